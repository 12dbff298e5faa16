/*
 * passwords_test.c: which files are taken, what is said about the others, and
 * who is found in them.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include <sys/stat.h>
#include <unistd.h>

#include "folder.h"
#include "host/console/passwords.h"

#define HASH "da0d2adc408c8dbe6effa0b17903517c" /* a:console:b */
#define OTHER "00000000000000000000000000000001"

static struct folder folder;
static char path[FOLDER_PATH_BYTES];
static struct guarded_reader reader;

static int
begin(void **state)
{
	(void)state;
	folder_make(&folder);
	(void)folder_file(&folder, "users", path);
	guarded_reader_init(&reader, (uid_t)-1, (gid_t)-1);
	return 0;
}

static int
end(void **state)
{
	(void)state;
	folder_remove(&folder);
	return 0;
}

static void
write_users(const char *text, mode_t mode)
{
	folder_write(&folder, "users", span_of_text(text), mode);
}

/* "" when the file is taken. */
static const char *
check(bool has_realms, bool is_hashed)
{
	struct password_file file = { path, has_realms, is_hashed, NULL,
		"mx.test" };
	struct buffer why = { 0 };
	static char words[1024];
	bool good = passwords_check(&file, &reader, &why);

	(void)snprintf(words, sizeof(words), "%.*s", (int)why.n,
	    why.n > 0 ? (const char *)why.p : "");
	buffer_deinit(&why);
	assert_int_equal(good, words[0] == '\0');
	/* words name the file */
	assert_true(good || strstr(words, path) != NULL);
	return words;
}

static const struct {
	const char *name, *text;
	bool has_realms, is_hashed;
	const char *says; /* "": it is taken */
} files[] = {
	{ "empty", "", true, true, "" },
	{ "comments and empty lines", "# a\n\n#b:c\n", true, true, "" },
	{ "htdigest", "a:console:" HASH "\n", true, true, "" },
	{ "no end of line", "a:console:" HASH, true, true, "" },
	{ "CRLF", "a:console:" HASH "\r\n", true, true, "" },
	{ "an empty realm", "a::" HASH "\n", true, true, "" },
	{ "two fields", "a:" HASH "\n", true, true,
	  "line 1 is not \"user:realm:hash\"" },
	{ "behind a good one", "#\na:console:" HASH "\n\nb\n", true, true,
	  "line 4 is not" },
	{ "a short hash", "a:console:da0d\n", true, true,
	  "line 1 holds no MD5" },
	{ "a blank behind the hash", "a:console:" HASH " \n", true, true,
	  "line 1 holds no MD5" },
	{ "no user", ":console:" HASH "\n", true, true, "has no user" },
	{ "passwords", "a:b\nc: d:e \n", false, false, "" },
	{ "an empty password", "a:\n", false, false, "an empty password" },
	{ "no colon", "a\n", false, false, "line 1 is not \"user:password\"" },
	{ "hashes without realms", "a:" HASH "\n", false, true, "" },
	{ "a name that is too long",
	  "0123456789012345678901234567890123456789012345678901234567890123:x",
	  false, false, "more than 63" },
};

static void
says_which_line_is_not_understood(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		const char *said;

		write_users(files[i].text, 0600);
		said = check(files[i].has_realms, files[i].is_hashed);
		if (files[i].says[0] == '\0' ? said[0] != '\0' :
		    strstr(said, files[i].says) == NULL)
			fail_msg("%s: '%s'", files[i].name, said);
	}
}

static void
takes_no_file_that_others_can_read_or_change(void **state)
{
	static const struct {
		mode_t mode;
		const char *says;
	} modes[] = {
		{ 0600, "" }, { 0400, "" }, { 0640, "" },
		{ 0660, "may be written by its group" },
		{ 0604, "may be read by everyone" },
		{ 0602, "may be written by everyone" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
		const char *said;

		write_users("a:b\n", modes[i].mode);
		said = check(false, false);
		if (modes[i].says[0] == '\0' ? said[0] != '\0' :
		    strstr(said, modes[i].says) == NULL)
			fail_msg("%o: '%s'", (unsigned)modes[i].mode, said);
	}
	/* the reader that counts is not in the file's group */
	write_users("a:b\n", 0640);
	reader.count = 0;
	assert_non_null(strstr(check(false, false),
	    "a group that is not ours"));
	guarded_reader_init(&reader, (uid_t)-1, (gid_t)-1);
}

static void
follows_no_link_and_reads_no_folder(void **state)
{
	char target[FOLDER_PATH_BYTES];

	(void)state;
	folder_write(&folder, "target", SPAN("a:b\n"), 0600);
	(void)unlink(path);
	assert_int_equal(symlink(folder_file(&folder, "target", target), path),
	    0);
	assert_non_null(strstr(check(false, false), "symbolic link"));
	assert_int_equal(unlink(path), 0);
	assert_non_null(strstr(check(false, false), "No such file"));
	assert_int_equal(mkdir(path, 0700), 0);
	assert_non_null(strstr(check(false, false), "not a regular file"));
	assert_int_equal(rmdir(path), 0);
}

/* who is found */

static struct password
find(const struct password_file *file, const char *user)
{
	struct buffer why = { 0 };
	struct password found;

	assert_true(passwords_find(file, &reader, user, &found, &why));
	assert_int_equal(why.n, 0);
	buffer_deinit(&why);
	return found;
}

static void
finds_the_first_line_of_a_user_in_the_realm(void **state)
{
	struct password_file file = { path, true, true, "console", "mx.test" };
	unsigned char wanted[PROOF_BYTES];
	struct password found;

	(void)state;
	write_users("a:other:" OTHER "\na:console:" HASH "\n"
	    "a:console:" OTHER "\n", 0600);
	found = find(&file, "a");
	assert_true(found.is_known);
	assert_true(proof_unhex(SPAN(HASH), wanted, sizeof(wanted)));
	assert_memory_equal(found.digest, wanted, sizeof(wanted));
	assert_string_equal(found.realm, "console");
	assert_false(find(&file, "A").is_known);
	assert_false(find(&file, "").is_known);
}

static void
an_unknown_user_has_a_secret_that_nobody_knows(void **state)
{
	struct password_file file = { path, true, true, "console", "mx.test" };
	struct password one, two;

	(void)state;
	write_users("a:console:" HASH "\n", 0600);
	one = find(&file, "nobody");
	two = find(&file, "nobody");
	assert_false(one.is_known);
	assert_memory_not_equal(one.digest, two.digest, PROOF_BYTES);
	/* and is told the same realm */
	assert_string_equal(one.realm, "console");
}

static void
chooses_the_realm_by_the_file_when_none_is_set(void **state)
{
	struct password_file file = { path, true, true, NULL, "mx.test" };

	(void)state;
	write_users("a:first:" HASH "\nb:mx.test:" HASH "\n", 0600);
	assert_string_equal(find(&file, "a").realm, "mx.test");
	file.hostname = "other.test";
	assert_string_equal(find(&file, "b").realm, "first");
	assert_false(find(&file, "b").is_known);
	write_users("", 0600);
	assert_string_equal(find(&file, "a").realm, "other.test");
}

static void
hashes_a_password_that_is_stored_as_it_is(void **state)
{
	struct password_file file = { path, false, false, "console",
		"mx.test" };
	unsigned char wanted[PROOF_BYTES];
	struct password found;

	(void)state;
	write_users("a:b\n", 0600);
	found = find(&file, "a");
	assert_true(proof_unhex(SPAN(HASH), wanted, sizeof(wanted)));
	assert_memory_equal(found.digest, wanted, sizeof(wanted));
	assert_int_equal(found.n, 1);
	assert_string_equal(found.text, "b");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(says_which_line_is_not_understood),
		cmocka_unit_test(takes_no_file_that_others_can_read_or_change),
		cmocka_unit_test(follows_no_link_and_reads_no_folder),
		cmocka_unit_test(finds_the_first_line_of_a_user_in_the_realm),
		cmocka_unit_test(an_unknown_user_has_a_secret_that_nobody_knows),
		cmocka_unit_test(chooses_the_realm_by_the_file_when_none_is_set),
		cmocka_unit_test(hashes_a_password_that_is_stored_as_it_is),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
