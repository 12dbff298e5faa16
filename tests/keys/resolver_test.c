/*
 * resolver_test.c: public keys from a zone file, and what is kept of them.
 * The network has network_test.c.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "keys/resolver.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "folder.h"

/* RFC 8463 appendix A.2 */
#define GOOD "v=DKIM1; k=ed25519; " \
	"p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="

static const char zone_text[] =
    "$ORIGIN a.test.\n$TTL 1000\n"
    "good._domainkey TXT \"" GOOD "\"\n"
    "short._domainkey 10 TXT \"" GOOD "\"\n"
    "zero._domainkey 0 TXT \"" GOOD "\"\n"
    "long._domainkey 1w TXT \"" GOOD "\"\n"
    "revoked._domainkey TXT \"v=DKIM1; p=\"\n"
    "garbage._domainkey TXT \"v=spf1 -all\"\n"
    "link._domainkey CNAME good._domainkey\n"
    "loop._domainkey CNAME loop._domainkey\n"
    "bare._domainkey A 192.0.2.1\n";

struct fixture {
	struct folder folder;
	char path[FOLDER_PATH_BYTES];
	struct resolver *resolver;
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
	struct resolver_options options;
	struct why why = { "" };

	assert_non_null(f);
	folder_make(&f->folder);
	folder_write(&f->folder, "keys.zone", span_of_text(zone_text), 0644);
	folder_file(&f->folder, "keys.zone", f->path);
	resolver_options_init(&options);
	options.zone_file = f->path;
	options.clock = fixture_clock;
	options.clock_context = f;
	if (resolver_new(&options, &f->resolver, &why) != 0)
		fail_msg("%s", why.text);
	*state = f;
	return 0;
}

static int
end(void **state)
{
	struct fixture *f = *state;

	resolver_free(&f->resolver);
	assert_null(f->resolver);
	folder_remove(&f->folder);
	free(f);
	return 0;
}

static struct seal_answer
ask(struct resolver *resolver, const char *name)
{
	struct resolver_lookup *lookup;
	struct seal_answer answer;

	assert_int_equal(resolver_start(resolver, &name, 1, &lookup), 0);
	resolver_wait(lookup, &answer);
	resolver_lookup_free(&lookup);
	assert_null(lookup);
	return answer;
}

static enum seal_reason
reason_of(struct seal_answer *answer)
{
	enum seal_reason reason;

	assert_int_equal(answer->dns, SEAL_DNS_ANSWERED);
	assert_non_null(answer->record);
	reason = seal_record_info(answer->record)->reason;
	seal_record_unref(&answer->record);
	return reason;
}

static uint64_t
count_loads(struct resolver *resolver)
{
	struct cache_stats stats;

	resolver_stats(resolver, &stats);
	return stats.loads;
}

static void
has_the_documented_defaults(void **state)
{
	struct resolver_options options;

	(void)state;
	resolver_options_init(&options);
	assert_int_equal(options.query_timeout, 5000);
	assert_int_equal(options.message_timeout, 10000);
	assert_int_equal(options.cache_size, 2048);
	assert_null(options.zone_file);
	assert_null(options.trust_anchor);
	assert_int_equal(options.n_forwarders, 0);
}

static void
answers_from_the_zone_and_nowhere_else(void **state)
{
	static const struct {
		const char *name;
		enum seal_reason reason;
	} rows[] = {
		{ "good._domainkey.a.test", SEAL_WHY_OK },
		{ "GOOD._DomainKey.A.test.", SEAL_WHY_OK },
		{ "link._domainkey.a.test", SEAL_WHY_OK },
		/* RFC 6376 section 3.6.1: an empty p= */
		{ "revoked._domainkey.a.test", SEAL_WHY_KEY_REVOKED },
		{ "bare._domainkey.a.test", SEAL_WHY_KEY_NOT_FOUND },
		{ "none._domainkey.a.test", SEAL_WHY_KEY_NOT_FOUND },
		{ "s._domainkey.example.com", SEAL_WHY_KEY_NOT_FOUND },
		/* what cannot be a name is not there */
		{ "", SEAL_WHY_KEY_NOT_FOUND },
		{ "a..test", SEAL_WHY_KEY_NOT_FOUND },
	};
	struct fixture *f = *state;
	struct seal_answer answer;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		print_message("# '%s'\n", rows[i].name);
		answer = ask(f->resolver, rows[i].name);
		assert_int_equal(answer.dnssec, SEAL_DNSSEC_UNKNOWN);
		assert_int_equal(reason_of(&answer), rows[i].reason);
	}
	answer = ask(f->resolver, "garbage._domainkey.a.test");
	assert_int_not_equal(reason_of(&answer), SEAL_WHY_OK);
	answer = ask(f->resolver, "loop._domainkey.a.test");
	assert_int_equal(answer.dns, SEAL_DNS_FAILED);
	assert_null(answer.record);
}

static void
answers_all_names_of_a_message_in_their_order(void **state)
{
	static const char *const names[] = {
		"revoked._domainkey.a.test", "good._domainkey.a.test",
		"loop._domainkey.a.test", "none.a.test",
		"good._domainkey.a.test",
	};
	static const char *many[RESOLVER_MAX_NAMES + 1];
	struct fixture *f = *state;
	struct resolver_lookup *lookup;
	struct seal_answer answers[5], again[5];

	assert_int_equal(resolver_start(f->resolver, names, 5, &lookup), 0);
	resolver_wait(lookup, answers);
	resolver_wait(lookup, again);
	resolver_lookup_free(&lookup);
	assert_ptr_equal(answers[1].record, answers[4].record);
	assert_int_equal(reason_of(&answers[0]), SEAL_WHY_KEY_REVOKED);
	assert_int_equal(reason_of(&answers[1]), SEAL_WHY_OK);
	assert_int_equal(answers[2].dns, SEAL_DNS_FAILED);
	assert_int_equal(reason_of(&answers[3]), SEAL_WHY_KEY_NOT_FOUND);
	assert_int_equal(reason_of(&answers[4]), SEAL_WHY_OK);
	for (size_t i = 0; i < 5; i++)
		seal_record_unref(&again[i].record);

	assert_int_equal(resolver_start(f->resolver, names, 0, &lookup), 0);
	resolver_wait(lookup, answers);
	resolver_lookup_free(&lookup);
	for (size_t i = 0; i < RESOLVER_MAX_NAMES + 1; i++)
		many[i] = names[0];
	assert_int_equal(resolver_start(f->resolver, many,
	    RESOLVER_MAX_NAMES + 1, &lookup), RESOLVER_E_OPTION);
	assert_null(lookup);
}

static void
keeps_an_answer_as_long_as_ttl_and_options_let_it(void **state)
{
	static const struct {
		const char *name;
		int64_t min, max, negative; /* seconds */
		int64_t kept; /* seconds */
	} rows[] = {
		{ "good._domainkey.a.test", 0, 86400, 300, 1000 },
		{ "short._domainkey.a.test", 0, 86400, 300, 10 },
		{ "short._domainkey.a.test", 30, 86400, 300, 30 },
		{ "zero._domainkey.a.test", 0, 86400, 300, 0 },
		{ "zero._domainkey.a.test", 5, 86400, 300, 5 },
		{ "long._domainkey.a.test", 0, 86400, 300, 86400 },
		{ "good._domainkey.a.test", 0, 60, 3600, 60 },
		{ "revoked._domainkey.a.test", 0, 86400, 300, 1000 },
		{ "none._domainkey.a.test", 0, 86400, 300, 300 },
		{ "bare._domainkey.a.test", 0, 60, 3600, 3600 },
		{ "none._domainkey.a.test", 0, 60, 0, 0 },
		/* temporary by nature */
		{ "loop._domainkey.a.test", 0, 86400, 300, 2 },
	};
	struct fixture *f = *state;
	struct resolver_options options;
	struct seal_answer answer;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		print_message("# %s, %lld seconds\n", rows[i].name,
		    (long long)rows[i].kept);
		resolver_free(&f->resolver);
		resolver_options_init(&options);
		options.zone_file = f->path;
		options.positive_min = rows[i].min;
		options.positive_max = rows[i].max;
		options.negative_max = rows[i].negative;
		options.clock = fixture_clock;
		options.clock_context = f;
		assert_int_equal(resolver_new(&options, &f->resolver, NULL),
		    0);
		answer = ask(f->resolver, rows[i].name);
		seal_record_unref(&answer.record);
		if (rows[i].kept > 0) {
			f->now += rows[i].kept * 1000 - 1;
			answer = ask(f->resolver, rows[i].name);
			seal_record_unref(&answer.record);
			assert_int_equal(count_loads(f->resolver), 1);
			f->now += 1;
		}
		answer = ask(f->resolver, rows[i].name);
		seal_record_unref(&answer.record);
		assert_int_equal(count_loads(f->resolver), 2);
	}
}

static void
a_flush_forgets_answers_but_not_those_in_use(void **state)
{
	struct fixture *f = *state;
	struct seal_answer held = ask(f->resolver, "good._domainkey.a.test");
	struct seal_answer answer = ask(f->resolver, "none.a.test");

	seal_record_unref(&answer.record);
	assert_int_equal(resolver_flush(f->resolver), 2);
	assert_int_equal(resolver_flush(f->resolver), 0);
	assert_int_equal(reason_of(&held), SEAL_WHY_OK);
	answer = ask(f->resolver, "good._domainkey.a.test");
	assert_int_equal(reason_of(&answer), SEAL_WHY_OK);
	assert_int_equal(count_loads(f->resolver), 3);
}

static void
a_lookup_may_outlive_the_resolver(void **state)
{
	static const char *const name = "good._domainkey.a.test";
	struct fixture *f = *state;
	struct resolver_lookup *lookup;
	struct seal_answer answer;

	assert_int_equal(resolver_start(f->resolver, &name, 1, &lookup), 0);
	resolver_free(&f->resolver);
	resolver_wait(lookup, &answer);
	resolver_lookup_free(&lookup);
	assert_int_equal(reason_of(&answer), SEAL_WHY_OK);
}

/*
 * With a verifier.
 */
static const char message_header[] =
    "DKIM-Signature: v=1; a=ed25519-sha256; d=a.test; s=good; h=from;\r\n"
    " bh=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=; b=AAAA";

static void
gives_a_verifier_the_answers_to_its_queries(void **state)
{
	struct fixture *f = *state;
	struct seal_verify_options options;
	struct seal_verifier *verifier;
	struct resolver_lookup *lookup;

	seal_verify_options_init(&options);
	assert_int_equal(seal_verifier_new(&options, &verifier), 0);
	for (int round = 0; round < 2; round++) {
		assert_int_equal(seal_verifier_field(verifier,
		    span_of_text(message_header)), 0);
		assert_int_equal(seal_verifier_field(verifier,
		    SPAN("From: x@a.test")), 0);
		assert_int_equal(seal_verifier_end_header(verifier), 0);
		assert_int_equal(seal_verifier_query_count(verifier), 1);
		if (round == 0) {
			assert_int_equal(resolver_start_verifier(f->resolver,
			    verifier, &lookup), 0);
			assert_int_equal(resolver_answer_verifier(lookup,
			    verifier), 0);
			resolver_lookup_free(&lookup);
		} else {
			assert_int_equal(resolver_verify_answers(f->resolver,
			    verifier), 0);
		}
		assert_int_equal(seal_verifier_finish(verifier), 0);
		/* the key was had: what is wrong is the mathematics */
		assert_int_equal(seal_verifier_result_count(verifier), 1);
		assert_int_equal(seal_verifier_result(verifier, 0)->verdict,
		    SEAL_FAIL);
		assert_int_equal(seal_verifier_reset(verifier, &options), 0);
	}
	seal_verifier_free(&verifier);
}

/*
 * Options.
 */
static void
says_which_option_cannot_be_used(void **state)
{
	static const char *const not_addresses[] = { "127.0.0.1", "dns.test" };
	static const char *many[RESOLVER_MAX_FORWARDERS + 1];
	struct fixture *f = *state;
	struct resolver_options rows[6];
	static const struct {
		int error;
		const char *words;
	} wanted[] = {
		{ RESOLVER_E_ZONE, "/none': No such file" },
		{ RESOLVER_E_ZONE, "keys.zone:1: " },
		{ RESOLVER_E_OPTION, "forwarder 'dns.test'" },
		{ RESOLVER_E_OPTION, "17 forwarders, at most 16" },
		{ RESOLVER_E_OPTION, "keys.zone' names no server" },
		{ RESOLVER_E_OPTION, "trust anchor '/none/root.key': No such" },
	};
	struct resolver *resolver;
	struct why why;

	for (size_t i = 0; i < RESOLVER_MAX_FORWARDERS + 1; i++)
		many[i] = "192.0.2.1";
	for (size_t i = 0; i < 6; i++)
		resolver_options_init(&rows[i]);
	rows[0].zone_file = "/none";
	rows[1].zone_file = f->path;
	rows[2].forwarders = not_addresses;
	rows[2].n_forwarders = 2;
	rows[3].forwarders = many;
	rows[3].n_forwarders = RESOLVER_MAX_FORWARDERS + 1;
	rows[4].resolv_conf = f->path;
	rows[5].forwarders = not_addresses;
	rows[5].n_forwarders = 1;
	rows[5].trust_anchor = "/none/root.key";
	folder_write(&f->folder, "keys.zone", SPAN("a TXTT x\n"), 0644);
	for (size_t i = 0; i < 6; i++) {
		why.text[0] = '\0';
		assert_int_equal(resolver_new(&rows[i], &resolver, &why),
		    wanted[i].error);
		assert_null(resolver);
		if (strstr(why.text, wanted[i].words) == NULL)
			fail_msg("\"%s\" lacks \"%s\"", why.text,
			    wanted[i].words);
	}
}

static void
describes_where_a_query_would_go(void **state)
{
	static const char *const forwarders[] = { "192.0.2.1", "::1@5353" };
	struct fixture *f = *state;
	struct resolver_options options;
	char *text;

	text = resolver_describe(f->resolver, "S1._domainkey.a.test");
	assert_non_null(strstr(text, "query: s1._domainkey.a.test. IN TXT\n"));
	assert_non_null(strstr(text, "keys.zone' alone, 9 records\n"));
	assert_null(strstr(text, "dnssec"));
	free(text);
	text = resolver_describe(f->resolver, "a..test");
	assert_non_null(strstr(text, "'a..test' cannot be a name\n"));
	free(text);

	resolver_free(&f->resolver);
	resolver_options_init(&options);
	options.forwarders = forwarders;
	options.n_forwarders = 2;
	assert_int_equal(resolver_new(&options, &f->resolver, NULL), 0);
	text = resolver_describe(f->resolver, NULL);
	assert_null(strstr(text, "query"));
	assert_non_null(strstr(text, "source: forwarder 192.0.2.1\n"
	    "source: forwarder ::1@5353\n"));
	assert_non_null(strstr(text, "dnssec: not validated\n"));
	assert_non_null(strstr(text, "5000 ms for a name, 10000 ms"));
	assert_non_null(strstr(text, "cache: 0 of 2048 names"));
	free(text);

	resolver_free(&f->resolver);
	folder_write(&f->folder, "resolv.conf", SPAN("nameserver 192.0.2.3\n"),
	    0644);
	resolver_options_init(&options);
	options.resolv_conf = folder_file(&f->folder, "resolv.conf", f->path);
	assert_int_equal(resolver_new(&options, &f->resolver, NULL), 0);
	text = resolver_describe(f->resolver, NULL);
	assert_non_null(strstr(text, "source: server 192.0.2.3 of '"));
	free(text);
}

/*
 * Threads.
 */
static void *
ask_often(void *context)
{
	static const char *const names[] = {
		"good._domainkey.a.test", "revoked._domainkey.a.test",
		"none._domainkey.a.test",
	};
	struct resolver *resolver = context;
	struct resolver_lookup *lookup;
	struct seal_answer answers[3];
	void *complaint = NULL;

	for (int i = 0; i < 200; i++) {
		if (resolver_start(resolver, names, 3, &lookup) != 0)
			return resolver;
		resolver_wait(lookup, answers);
		resolver_lookup_free(&lookup);
		for (size_t k = 0; k < 3; k++) {
			if (answers[k].record == NULL)
				complaint = resolver;
			seal_record_unref(&answers[k].record);
		}
		if (i % 50 == 49)
			resolver_flush(resolver);
	}
	return complaint;
}

static void
serves_many_threads(void **state)
{
	struct fixture *f = *state;
	pthread_t threads[16];
	void *complaint;

	for (size_t i = 0; i < 16; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, ask_often,
		    f->resolver), 0);
	for (size_t i = 0; i < 16; i++) {
		assert_int_equal(pthread_join(threads[i], &complaint), 0);
		assert_null(complaint);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(has_the_documented_defaults),
		TEST(answers_from_the_zone_and_nowhere_else),
		TEST(answers_all_names_of_a_message_in_their_order),
		TEST(keeps_an_answer_as_long_as_ttl_and_options_let_it),
		TEST(a_flush_forgets_answers_but_not_those_in_use),
		TEST(a_lookup_may_outlive_the_resolver),
		TEST(gives_a_verifier_the_answers_to_its_queries),
		TEST(says_which_option_cannot_be_used),
		TEST(describes_where_a_query_would_go),
		TEST(serves_many_threads),
	};

	return cmocka_run_group_tests_name("resolver", tests, NULL, NULL);
}
