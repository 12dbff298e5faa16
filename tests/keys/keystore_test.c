/*
 * keystore_test.c: what a path stood for is remembered, good or bad, for as
 * long as the options say.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "keys/keystore.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "folder.h"
#include "pem.h"

struct fixture {
	struct folder folder;
	char path[FOLDER_PATH_BYTES];
	char *pem;
	struct keystore *store;
	int64_t now;
};

static int64_t
fixture_clock(void *context)
{
	const struct fixture *f = context;

	return f->now;
}

static int
begin(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	struct keystore_options options;

	assert_non_null(f);
	folder_make(&f->folder);
	folder_file(&f->folder, "key", f->path);
	f->pem = pem_make(PEM_PKCS8_ED25519);
	keystore_options_init(&options);
	options.clock = fixture_clock;
	options.clock_context = f;
	assert_int_equal(keystore_new(&options, &f->store), 0);
	*state = f;
	return 0;
}

static int
end(void **state)
{
	struct fixture *f = *state;

	keystore_free(&f->store);
	folder_remove(&f->folder);
	free(f->pem);
	free(f);
	return 0;
}

static int
get(struct fixture *f, struct why *why)
{
	struct seal_key *key;
	int ret = keystore_get(f->store, f->path, &key, why);

	assert_int_equal(key != NULL, ret == KEYFILE_OK);
	seal_key_unref(&key);
	return ret;
}

static uint64_t
count_loads(struct fixture *f)
{
	struct cache_stats stats;

	keystore_stats(f->store, &stats);
	return stats.loads;
}

static void
has_the_documented_defaults(void **state)
{
	struct keystore_options options;

	(void)state;
	keystore_options_init(&options);
	assert_int_equal(options.size, 2048); /* keycache_size */
	assert_int_equal(options.positive_lifetime, 300); /* pos_keycache_ttl */
	assert_int_equal(options.negative_lifetime, 3600); /* neg_keycache_ttl */
	assert_int_equal(options.keyfile_flags, 0);
}

static void
reads_a_good_key_once_in_its_lifetime(void **state)
{
	struct fixture *f = *state;
	struct seal_key *first, *second;
	struct why why;

	folder_write(&f->folder, "key", span_of_text(f->pem), 0600);
	assert_int_equal(keystore_get(f->store, f->path, &first, &why), 0);
	assert_int_equal(unlink(f->path), 0);
	f->now += 300 * 1000 - 1;
	assert_int_equal(keystore_get(f->store, f->path, &second, &why), 0);
	assert_ptr_equal(first, second);
	f->now += 1;
	assert_int_equal(get(f, &why), KEYFILE_ABSENT);
	/* a key in use outlives its place in the cache */
	assert_int_equal(seal_key_algorithm(first), SEAL_ED25519_SHA256);
	seal_key_unref(&first);
	seal_key_unref(&second);
}

static void
tells_a_bad_key_again_in_the_same_words_without_the_disk(void **state)
{
	struct fixture *f = *state;
	struct why first, second;

	folder_write(&f->folder, "key", span_of_text(f->pem), 0644);
	assert_int_equal(get(f, &first), KEYFILE_UNSAFE);
	folder_write(&f->folder, "key", span_of_text(f->pem), 0600);
	f->now += 3600 * 1000 - 1;
	assert_int_equal(get(f, &second), KEYFILE_UNSAFE);
	assert_string_equal(first.text, second.text);
	assert_non_null(strstr(second.text, "may be read by everyone"));
	assert_int_equal(count_loads(f), 1);
	f->now += 1;
	assert_int_equal(get(f, &second), KEYFILE_OK);
}

/* A key that is copied over the old one in place is seen half by whoever comes
 * meanwhile. */
static void
looks_again_after_a_second_at_a_file_that_holds_no_key(void **state)
{
	struct fixture *f = *state;
	struct span pem = span_of_text(f->pem);
	const struct {
		const char *name;
		struct span content;
	} rows[] = {
		{ "half a key", { pem.p, pem.n / 2 } },
		{ "nothing yet", { pem.p, 0 } },
		{ "no key", SPAN_INIT("this is no key\n") },
	};
	struct why why;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		print_message("# %s\n", rows[i].name);
		folder_write(&f->folder, "key", pem, 0600);
		assert_int_equal(get(f, &why), KEYFILE_OK);
		folder_write(&f->folder, "key", rows[i].content, 0600);
		f->now += 300 * 1000;
		assert_int_equal(get(f, &why), KEYFILE_UNUSABLE);
		folder_write(&f->folder, "key", pem, 0600);
		f->now += 999;
		/* not the disk: many messages may want it in a second */
		assert_int_equal(get(f, &why), KEYFILE_UNUSABLE);
		assert_int_equal(count_loads(f), 3 * i + 2);
		f->now += 1;
		assert_int_equal(get(f, &why), KEYFILE_OK);
		assert_int_equal(count_loads(f), 3 * i + 3);
		f->now += 300 * 1000;
	}
}

static void
a_flush_takes_effect_at_once(void **state)
{
	struct fixture *f = *state;
	struct why why;

	assert_int_equal(get(f, &why), KEYFILE_ABSENT);
	folder_write(&f->folder, "key", span_of_text(f->pem), 0600);
	assert_int_equal(get(f, &why), KEYFILE_ABSENT);
	assert_int_equal(keystore_flush(f->store), 1);
	assert_int_equal(get(f, &why), KEYFILE_OK);
	assert_int_equal(keystore_flush(f->store), 1);
	assert_int_equal(keystore_flush(f->store), 0);
}

static void
does_not_remember_trouble_that_is_not_the_files(void **state)
{
	struct fixture *f = *state;
	struct rlimit before, none;
	struct why why;
	int ret;

	folder_write(&f->folder, "key", span_of_text(f->pem), 0600);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
	none = before;
	none.rlim_cur = 0;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
	ret = get(f, &why);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
	assert_int_equal(ret, KEYFILE_E_IO);
	assert_non_null(strstr(why.text, "Too many open files"));
	assert_int_equal(get(f, &why), KEYFILE_OK);
}

static void
asks_as_the_flags_say(void **state)
{
	struct fixture *f = *state;
	struct keystore_options options;
	struct why why;

	keystore_free(&f->store);
	keystore_options_init(&options);
	options.keyfile_flags = KEYFILE_ALLOW_GROUP_READ;
	assert_int_equal(keystore_new(&options, &f->store), 0);
	folder_write(&f->folder, "key", span_of_text(f->pem), 0640);
	assert_int_equal(get(f, &why), KEYFILE_OK);
}

static void *
get_often(void *context)
{
	struct fixture *f = context;
	struct seal_key *key;
	char bad[FOLDER_PATH_BYTES + 16];
	void *complaint = NULL;

	for (int i = 0; i < 200; i++) {
		if (keystore_get(f->store, f->path, &key, NULL) != KEYFILE_OK)
			complaint = f;
		seal_key_unref(&key);
		snprintf(bad, sizeof(bad), "%s-%d", f->path, i % 7);
		if (keystore_get(f->store, bad, &key, NULL) != KEYFILE_ABSENT)
			complaint = f;
	}
	return complaint;
}

static void
serves_many_threads_with_one_load_for_each_path(void **state)
{
	struct fixture *f = *state;
	pthread_t threads[16];
	void *complaint;

	folder_write(&f->folder, "key", span_of_text(f->pem), 0600);
	for (size_t i = 0; i < 16; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, get_often,
		    f), 0);
	for (size_t i = 0; i < 16; i++) {
		assert_int_equal(pthread_join(threads[i], &complaint), 0);
		assert_null(complaint);
	}
	assert_int_equal(count_loads(f), 1 + 7);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(has_the_documented_defaults),
		TEST(reads_a_good_key_once_in_its_lifetime),
		TEST(tells_a_bad_key_again_in_the_same_words_without_the_disk),
		TEST(looks_again_after_a_second_at_a_file_that_holds_no_key),
		TEST(a_flush_takes_effect_at_once),
		TEST(does_not_remember_trouble_that_is_not_the_files),
		TEST(asks_as_the_flags_say),
		TEST(serves_many_threads_with_one_load_for_each_path),
	};

	return cmocka_run_group_tests_name("keystore", tests, NULL, NULL);
}
