/*
 * network_nsd_test.c: the resolver over the network, against a real name
 * server with zones of ours.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "keys/resolver.h"

#include <stdio.h>
#include <stdlib.h>

#include "asking.h"
#include "dns_server.h"

#define GOOD "v=DKIM1; k=ed25519; " \
	"p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="
#define STRING_OF_50 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define STRING_OF_250 STRING_OF_50 STRING_OF_50 STRING_OF_50 STRING_OF_50 \
	STRING_OF_50
#define STRINGS_OF_1000 "\"" STRING_OF_250 "\" \"" STRING_OF_250 "\" \"" \
	STRING_OF_250 "\" \"" STRING_OF_250 "\" "

static const char plain_zone[] =
    "$ORIGIN plain.test.\n$TTL 1000\n"
    "@ SOA ns host 1 7200 3600 1209600 20\n@ NS ns\nns A 127.0.0.1\n"
    "good._domainkey TXT \"" GOOD "\"\n"
    "split._domainkey TXT \"v=DKIM1; k=ed2\" \"5519; p=11qYAYKxCrfVS/7Ty\" "
	"\"\" \"WQHOg7hcvPapiMlrwIaaPcHURo=\"\n"
    "short._domainkey 7 TXT \"" GOOD "\"\n"
    "revoked._domainkey TXT \"v=DKIM1; p=\"\n"
    "link._domainkey 50 CNAME link2._domainkey\n"
    "link2._domainkey CNAME good._domainkey\n"
    "bare._domainkey A 192.0.2.1\n"
    "two._domainkey TXT \"v=spf1 -all\"\n"
    "two._domainkey TXT \"" GOOD "\"\n"
    "large._domainkey TXT \"v=DKIM1; n=\" "
	STRINGS_OF_1000 STRINGS_OF_1000 STRINGS_OF_1000 STRINGS_OF_1000
	STRINGS_OF_1000 "\"; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwI"
	"aaPcHURo=\"\n"
    "$ORIGIN 64._domainkey.plain.test.\n"
    "a TXT \"" GOOD "\"\nb TXT \"" GOOD "\"\nc TXT \"" GOOD "\"\n";

/* Signed once for sixty-five years; the text under "forged" was changed
 * afterwards. */
static const char signed_zone[] =
    "signed.test. 3600 IN SOA ns.signed.test. hostmaster.signed.test. 1"
	" 7200 3600 1209600 300\n"
    "signed.test. 3600 IN RRSIG SOA 15 2 3600 20850101000000 2020010100"
	"0000 51376 signed.test. jBBQarfiroT5kpB12uJhRr7vG72+03GnqYkZkvQJ87"
	"pVjh9KrM9I+Blaq6fkLLjpTY4PPisdGYqeAnF2rlj9Dw==\n"
    "signed.test. 3600 IN NS ns.signed.test.\n"
    "signed.test. 3600 IN RRSIG NS 15 2 3600 20850101000000 20200101000"
	"000 51376 signed.test. WA1/h19yqNTb4N2Psp6b9doawM/Fa7Wm1ZsawShcgiv"
	"lpjz+8bnV2sBBEXL7SY1F7Ljpjpe77fW4zk8SopVwCw==\n"
    "signed.test. 3600 IN DNSKEY 257 3 15 WdfMc7ik00oqLgBh6Pf4L6mTrOPVI"
	"aZmBZTKXqsVuaY=\n"
    "signed.test. 3600 IN RRSIG DNSKEY 15 2 3600 20850101000000 2020010"
	"1000000 51376 signed.test. H/OVpPRLISAknUw5tEq12Wfm/cpqLQSPgAINKZ3"
	"N0OQZtU3QFmAP+3yHBHVL4xMZnZnxQG43PVrBotmphCP3Dw==\n"
    "signed.test. 300 IN NSEC forged._domainkey.signed.test. NS SOA RRS"
	"IG NSEC DNSKEY\n"
    "signed.test. 300 IN RRSIG NSEC 15 2 300 20850101000000 20200101000"
	"000 51376 signed.test. LtabruuyMo0+GynbKvH56wUSdGfFy2ykxyTPaieKvHB"
	"kfVBnEOOqsPdSgsM4gH80Pe3vD/NFHBUjVMqHrU2RCQ==\n"
    "forged._domainkey.signed.test. 3600 IN TXT \"v=DKIM1; k=ed25519; p"
	"=22qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\"\n"
    "forged._domainkey.signed.test. 3600 IN RRSIG TXT 15 4 3600 2085010"
	"1000000 20200101000000 51376 signed.test. +0fKntsDlNTOdKbwTXJkHldL"
	"e/591Vmn3NO/XYMfjhKwno92ZtGwhqsjWM6xS+ipyVlRRvFDUzn0C2tKFiA7CA==\n"
    "forged._domainkey.signed.test. 300 IN NSEC good._domainkey.signed."
	"test. TXT RRSIG NSEC\n"
    "forged._domainkey.signed.test. 300 IN RRSIG NSEC 15 4 300 20850101"
	"000000 20200101000000 51376 signed.test. 7WPhueJUE59WPSpH4rMEe0fyX"
	"ZKD/Kv+Edhe9+Q8SLGUdNq/2Z5HAkZX0lxYzYF4vYfB4bgHhlATuqjImfa1Bw==\n"
    "good._domainkey.signed.test. 3600 IN TXT \"v=DKIM1; k=ed25519; p=1"
	"1qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\"\n"
    "good._domainkey.signed.test. 3600 IN RRSIG TXT 15 4 3600 208501010"
	"00000 20200101000000 51376 signed.test. gAbA6ULZvEJEM7oOedjxpgm1OO"
	"Qfseq86F+JP9p+vj2jcpefaPuerfBBYh2LGO/Y9yef+S7CIVj5nTh85Ea9AA==\n"
    "good._domainkey.signed.test. 300 IN NSEC ns.signed.test. TXT RRSIG"
	" NSEC\n"
    "good._domainkey.signed.test. 300 IN RRSIG NSEC 15 4 300 2085010100"
	"0000 20200101000000 51376 signed.test. NEo+Z1mCpC30oNFC2FgvRtF2zvk"
	"8CN4IFZHdd+FDhvV2KsMDg80qDn8ez9sQwr9HmmjNjThzAaPpaNvCkPAGBQ==\n"
    "ns.signed.test. 3600 IN A 127.0.0.1\n"
    "ns.signed.test. 3600 IN RRSIG A 15 3 3600 20850101000000 202001010"
	"00000 51376 signed.test. ThGVO8c/kiPTmDAfY4oewUcf5uRc1vfmh4uw3nwZl"
	"SAab4In90JW6HyoUjIgDUEQQ88+ETVVYjIhToRyscCwAw==\n"
    "ns.signed.test. 300 IN NSEC signed.test. A RRSIG NSEC\n"
    "ns.signed.test. 300 IN RRSIG NSEC 15 3 300 20850101000000 20200101"
	"000000 51376 signed.test. 6Dktyuu6/J4rorWSjeAPgZusBM6GNivex6wr28I2"
	"skguRxFkGoG3mJ3lgi6Yhaur+edUcJqXT/PpLD42D0rrAQ==\n";
static const char anchor[] =
    "signed.test. IN DNSKEY 257 3 15 "
	"WdfMc7ik00oqLgBh6Pf4L6mTrOPVIaZmBZTKXqsVuaY=\n";

static struct nsd nsd;

static int
begin_nsd(void **state)
{
	const struct nsd_zone zones[] = {
		{ "plain.test", span_of_text(plain_zone) },
		{ "signed.test", span_of_text(signed_zone) },
	};

	(void)state;
	nsd_start(&nsd, zones, 2);
	return 0;
}

static int
end_nsd(void **state)
{
	(void)state;
	nsd_stop(&nsd);
	return 0;
}

static void
finds_keys_and_tells_what_is_not_there(void **state)
{
	static const struct {
		const char *name;
		enum seal_reason reason;
		size_t count;
	} rows[] = {
		{ "good._domainkey.plain.test", SEAL_WHY_OK, 1 },
		{ "GOOD._domainkey.PLAIN.test.", SEAL_WHY_OK, 1 },
		/* RFC 6376 section 3.6.2.2: strings are joined */
		{ "split._domainkey.plain.test", SEAL_WHY_OK, 1 },
		{ "two._domainkey.plain.test", SEAL_WHY_OK, 2 },
		{ "link._domainkey.plain.test", SEAL_WHY_OK, 1 },
		/* over 4096 octets: truncated, then by TCP (RFC 7766) */
		{ "large._domainkey.plain.test", SEAL_WHY_OK, 1 },
		{ "revoked._domainkey.plain.test", SEAL_WHY_KEY_REVOKED, 1 },
		{ "none._domainkey.plain.test", SEAL_WHY_KEY_NOT_FOUND, 0 },
		{ "bare._domainkey.plain.test", SEAL_WHY_KEY_NOT_FOUND, 0 },
		{ "64._domainkey.plain.test", SEAL_WHY_KEY_NOT_FOUND, 0 },
	};
	struct resolver_options options;
	struct resolver *resolver;
	struct seal_answer answer;

	(void)state;
	resolver_options_init(&options);
	resolver = start_resolver(&options, nsd.address);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		print_message("# %s\n", rows[i].name);
		answer = ask(resolver, rows[i].name);
		assert_int_equal(answer.dnssec, SEAL_DNSSEC_UNKNOWN);
		if (answer.record != NULL)
			assert_int_equal(seal_record_info(answer.record)->count,
			    rows[i].count);
		assert_answer(answer, SEAL_DNS_ANSWERED, rows[i].reason);
	}
	/* NSD has no such zone and says so: REFUSED */
	assert_answer(ask(resolver, "x._domainkey.else.test"),
	    SEAL_DNS_FAILED, 0);
	resolver_free(&resolver);
}

static void
answers_all_names_of_a_message_at_once(void **state)
{
	static const char *const names[] = {
		"good._domainkey.plain.test", "revoked._domainkey.plain.test",
		"none._domainkey.plain.test", "large._domainkey.plain.test",
		"a.64._domainkey.plain.test", "b.64._domainkey.plain.test",
		"c.64._domainkey.plain.test", "good._domainkey.plain.test",
	};
	static const enum seal_reason reasons[] = {
		SEAL_WHY_OK, SEAL_WHY_KEY_REVOKED, SEAL_WHY_KEY_NOT_FOUND,
		SEAL_WHY_OK, SEAL_WHY_OK, SEAL_WHY_OK, SEAL_WHY_OK,
		SEAL_WHY_OK,
	};
	struct resolver_options options;
	struct resolver_lookup *lookup;
	struct resolver *resolver;
	struct seal_answer answers[8];

	(void)state;
	resolver_options_init(&options);
	resolver = start_resolver(&options, nsd.address);
	assert_int_equal(resolver_start(resolver, names, 8, &lookup), 0);
	resolver_wait(lookup, answers);
	resolver_lookup_free(&lookup);
	for (size_t i = 0; i < 8; i++)
		assert_answer(answers[i], SEAL_DNS_ANSWERED, reasons[i]);
	/* the name that stands twice was asked for once */
	assert_int_equal(stats_of(resolver).loads, 7);
	resolver_free(&resolver);
}

static int64_t now;

static int64_t
test_clock(void *context)
{
	(void)context;
	return now;
}

static void
keeps_answers_by_the_ttl_that_dns_gave(void **state)
{
	static const struct {
		const char *name;
		int64_t ttl; /* seconds */
	} rows[] = {
		{ "short._domainkey.plain.test", 7 },
		{ "link._domainkey.plain.test", 50 }, /* the link's */
		{ "none._domainkey.plain.test", 20 }, /* of the SOA: RFC 2308 */
		{ "bare._domainkey.plain.test", 20 },
	};
	struct resolver_options options;
	struct resolver *resolver;
	uint64_t loads;

	(void)state;
	resolver_options_init(&options);
	options.clock = test_clock;
	resolver = start_resolver(&options, nsd.address);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		print_message("# %s\n", rows[i].name);
		loads = stats_of(resolver).loads;
		discard(ask(resolver, rows[i].name));
		/* it may have aged a second on its way: one less is right */
		now += (rows[i].ttl - 1) * 1000 - 1;
		discard(ask(resolver, rows[i].name));
		assert_int_equal(stats_of(resolver).loads, loads + 1);
		now += 1000 + 1;
		discard(ask(resolver, rows[i].name));
		assert_int_equal(stats_of(resolver).loads, loads + 2);
	}
	resolver_free(&resolver);
}

/* RFC 4033 section 5: secure, insecure, bogus. */
static void
carries_the_dnssec_status_with_the_answer(void **state)
{
	static const struct {
		const char *name;
		enum seal_dns dns;
		enum seal_dnssec dnssec;
		enum seal_reason reason;
	} rows[] = {
		{ "good._domainkey.signed.test", SEAL_DNS_ANSWERED,
		    SEAL_DNSSEC_SECURE, SEAL_WHY_OK },
		{ "none._domainkey.signed.test", SEAL_DNS_ANSWERED,
		    SEAL_DNSSEC_SECURE, SEAL_WHY_KEY_NOT_FOUND },
		{ "ns.signed.test", SEAL_DNS_ANSWERED, SEAL_DNSSEC_SECURE,
		    SEAL_WHY_KEY_NOT_FOUND },
		{ "forged._domainkey.signed.test", SEAL_DNS_BOGUS,
		    SEAL_DNSSEC_UNKNOWN, 0 },
		{ "good._domainkey.plain.test", SEAL_DNS_ANSWERED,
		    SEAL_DNSSEC_INSECURE, SEAL_WHY_OK },
	};
	char path[FOLDER_PATH_BYTES];
	struct resolver_options options;
	struct resolver *resolver;
	struct seal_answer answer;
	struct folder folder;

	(void)state;
	folder_make(&folder);
	folder_write(&folder, "anchor", span_of_text(anchor), 0644);
	resolver_options_init(&options);
	options.trust_anchor = folder_file(&folder, "anchor", path);
	resolver = start_resolver(&options, nsd.address);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		print_message("# %s\n", rows[i].name);
		answer = ask(resolver, rows[i].name);
		assert_int_equal(answer.dnssec, rows[i].dnssec);
		assert_answer(answer, rows[i].dns, rows[i].reason);
	}
	resolver_free(&resolver);
	folder_remove(&folder);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_keys_and_tells_what_is_not_there),
		cmocka_unit_test(answers_all_names_of_a_message_at_once),
		cmocka_unit_test(keeps_answers_by_the_ttl_that_dns_gave),
		cmocka_unit_test(carries_the_dnssec_status_with_the_answer),
	};

	if (!nsd_present()) {
		/* of TAP; cmocka's own skips are no TAP */
		puts("1..0 # SKIP missing: /usr/sbin/nsd (Debian package nsd)");
		return 0;
	}
	return cmocka_run_group_tests_name("network nsd", tests, begin_nsd,
	    end_nsd);
}
