/*
 * dig_test.c: what people are shown of the DNS: data as text, answers of a real
 * name server and of broken ones, and what is kept.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "keys/dig.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "asking.h"
#include "dns_server.h"

#define TYPE_A 1
#define TYPE_CNAME 5
#define TYPE_SOA 6
#define TYPE_MX 15
#define TYPE_TXT 16
#define TYPE_AAAA 28
#define TYPE_SRV 33

static struct nsd nsd;

static const char zone[] =
    "$ORIGIN dig.test.\n$TTL 1000\n"
    "@ SOA ns host 1 7200 3600 1209600 20\n@ NS ns\nns A 127.0.0.1\n"
    "@ MX 10 mx\nmx A 192.0.2.7\nmx AAAA 2001:db8::7\n"
    "key TXT \"v=DKIM1; \" \"p=MA\\\"0\"\nlink 50 CNAME key\n";

/* RFC 1035 section 5.1, RFC 3597 section 5 */
static void
writes_data_as_master_files_have_it(void **state)
{
	static const struct {
		uint16_t type;
		struct span data;
		const char *text;
	} rows[] = {
		{ TYPE_A, SPAN_INIT("\300\0\2\7"), "192.0.2.7" },
		{ TYPE_A, SPAN_INIT("\300\0\2"), "\\# 3 C00002" },
		{ TYPE_AAAA, SPAN_INIT(" \1\r\270\0\0\0\0\0\0\0\0\0\0\0\7"),
		    "2001:db8::7" },
		{ TYPE_CNAME, SPAN_INIT("\1a\4test\0"), "a.test." },
		{ TYPE_CNAME, SPAN_INIT("\3a.b\0"), "a\\.b." },
		{ TYPE_CNAME, SPAN_INIT("\0"), "." },
		{ TYPE_CNAME, SPAN_INIT("\1a\4test"), "\\# 7 01610474657374" },
		{ TYPE_CNAME, SPAN_INIT("\1a\0x"), "\\# 4 01610078" },
		{ TYPE_MX, SPAN_INIT("\0\12\2mx\0"), "10 mx." },
		{ TYPE_SRV, SPAN_INIT("\0\1\0\2\0\3\1s\0"), "1 2 3 s." },
		{ TYPE_SOA, SPAN_INIT("\1n\0\1h\0\0\0\0\1\0\0\0\2\0\0\0\3\0\0"
		    "\0\4\0\0\0\5"), "n. h. 1 2 3 4 5" },
		{ TYPE_TXT, SPAN_INIT("a\"b\\c\1\377"),
		    "\"a\\\"b\\\\c\\001\\255\"" },
		{ TYPE_TXT, SPAN_INIT(""), "\"\"" },
		{ 65280, SPAN_INIT("\1\2"), "\\# 2 0102" },
		{ 65280, SPAN_INIT(""), "\\# 0" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct buffer out = { 0 };
		char *text;

		dig_data(rows[i].type, rows[i].data, &out);
		text = buffer_take_text(&out);
		assert_string_equal(text, rows[i].text);
		free(text);
	}
}

static void
cuts_a_long_text_into_strings(void **state)
{
	unsigned char long_text[300];
	struct buffer out = { 0 };
	char *text;

	(void)state;
	memset(long_text, 'x', sizeof(long_text));
	dig_data(TYPE_TXT, span_of(long_text, sizeof(long_text)), &out);
	text = buffer_take_text(&out);
	/* RFC 1035 section 3.3: at most 255 */
	assert_int_equal(strlen(text), 300 + 4 + 1);
	assert_ptr_equal(strstr(text, "\" \""), text + 1 + 255);
	free(text);
}

static char asked[256]; /* events of the resolver, a letter each */
static atomic_int asked_n;

static void
count(void *context, enum resolver_event event, uint16_t type,
    const char *name, int64_t nanoseconds)
{
	static const char letters[] = {
		[RESOLVER_HIT] = 'h', [RESOLVER_MISS] = 'm',
		[RESOLVER_ASKED] = 'q', [RESOLVER_ANSWERED] = 'a',
		[RESOLVER_BAD] = 'b', [RESOLVER_TIMED_OUT] = 't',
	};

	(void)context;
	(void)type;
	(void)name;
	(void)nanoseconds;
	asked[atomic_fetch_add(&asked_n, 1)] = letters[event];
}

static struct resolver *
resolver_at(const char *address)
{
	struct resolver_options options;

	memset(asked, 0, sizeof(asked));
	atomic_store(&asked_n, 0);
	resolver_options_init(&options);
	options.count = count;
	options.query_timeout = 300;
	return start_resolver(&options, address);
}

/* "STATUS owner type data; ..." */
static const char *
dig_text(struct resolver *resolver, const char *name, uint16_t type)
{
	static char text[512];
	struct dig *dig;
	int n;

	assert_int_equal(dig_ask(resolver, name, type, &dig), 0);
	n = snprintf(text, sizeof(text), "%s", dig->status);
	for (size_t i = 0; i < dig->n; i++)
		n += snprintf(text + n, sizeof(text) - (size_t)n,
		    "; %s %lld %s %s", dig->records[i].owner,
		    (long long)dig->ttl, dig->records[i].type,
		    dig->records[i].data);
	assert_true(dig->nanoseconds > 0);
	dig_unref(dig);
	return text;
}

static void
shows_what_a_name_server_says(void **state)
{
	static const struct {
		const char *name;
		uint16_t type;
		const char *text;
	} rows[] = {
		{ "mx.dig.test", TYPE_A, "NOERROR; mx.dig.test. 1000 A "
		    "192.0.2.7" },
		{ "MX.dig.test.", TYPE_AAAA, "NOERROR; mx.dig.test. 1000 AAAA "
		    "2001:db8::7" },
		{ "dig.test", TYPE_MX, "NOERROR; dig.test. 1000 MX 10 "
		    "mx.dig.test." },
		{ "key.dig.test", TYPE_TXT, "NOERROR; key.dig.test. 1000 TXT "
		    "\"v=DKIM1; p=MA\\\"0\"" },
		{ "link.dig.test", TYPE_TXT, "NOERROR; link.dig.test. 50 "
		    "CNAME key.dig.test.; key.dig.test. 50 TXT "
		    "\"v=DKIM1; p=MA\\\"0\"" },
		{ "key.dig.test", TYPE_A, "NOERROR" },
		{ "none.dig.test", TYPE_TXT, "NXDOMAIN" },
		/* no such zone there; libunbound finds nobody else */
		{ "else.test", TYPE_TXT, "SERVFAIL" },
		{ "a..b", TYPE_TXT, "NOT A NAME" },
	};
	struct resolver *resolver = resolver_at(nsd.address);

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_string_equal(dig_text(resolver, rows[i].name,
		    rows[i].type), rows[i].text);
	/* past the cache, so nothing was looked up there; a name that is none
	 * is not asked for */
	assert_string_equal(asked, "qaqaqaqaqaqaqaqb");
	resolver_free(&resolver);
}

static void
keeps_what_was_submitted(void **state)
{
	struct resolver *resolver = resolver_at(nsd.address);
	struct dig *dig;

	(void)state;
	assert_null(dig_cached(resolver, "mx.dig.test", TYPE_A));
	assert_int_equal(dig_submit(resolver, "mx.dig.test", TYPE_A), 0);
	while ((dig = dig_cached(resolver, "MX.dig.test", TYPE_A)) == NULL)
		continue;
	assert_int_equal(dig->n, 1);
	assert_string_equal(dig->records[0].data, "192.0.2.7");
	assert_string_equal(dig->records[0].type, "A");
	assert_in_range(dig->ttl, 900, 1000);
	dig_unref(dig);
	/* TXT as verifiers have it */
	discard(ask(resolver, "key.dig.test"));
	dig = dig_cached(resolver, "key.dig.test", TYPE_TXT);
	assert_non_null(dig);
	assert_string_equal(dig->records[0].data, "\"v=DKIM1; p=MA\\\"0\"");
	dig_unref(dig);
	assert_int_equal(resolver_flush(resolver), 1);
	assert_null(dig_cached(resolver, "mx.dig.test", TYPE_A));
	assert_null(dig_cached(resolver, "key.dig.test", TYPE_TXT));
	resolver_free(&resolver);
}

static void
tell_name(void *context, const char *name, const char *type,
    unsigned references, int64_t ttl)
{
	char line[128];

	(void)snprintf(line, sizeof(line), "%u %s %s %s;", references, name,
	    type, ttl > 900 ? "long" : "short");
	strcat(context, line);
}

static void
lists_names_with_their_users(void **state)
{
	struct resolver *resolver = resolver_at(nsd.address);
	static const char *const names[] = { "key.dig.test" };
	struct resolver_lookup *lookup;
	struct seal_answer answer;
	char list[512] = "";

	(void)state;
	assert_int_equal(resolver_start(resolver, names, 1, &lookup), 0);
	resolver_wait(lookup, &answer);
	dig_each(resolver, tell_name, list);
	/* the cache, the look-up, and what brought it */
	assert_string_equal(list, "3 key.dig.test TXT long;");
	discard(answer);
	resolver_lookup_free(&lookup);
	/* the network's thread lets go when it comes to it */
	do {
		list[0] = '\0';
		dig_each(resolver, tell_name, list);
	} while (strcmp(list, "1 key.dig.test TXT long;") != 0);
	resolver_free(&resolver);
}

static void
ends_in_time_when_nobody_answers(void **state)
{
	struct puppet *puppet = puppet_start(PUPPET_SILENT);
	struct resolver *resolver = resolver_at(puppet_address(puppet));

	(void)state;
	assert_string_equal(dig_text(resolver, "a.test", TYPE_TXT),
	    "TIMEOUT");
	assert_string_equal(asked, "qt");
	resolver_free(&resolver);
	puppet_stop(&puppet);
}

static void
names_the_error_of_a_server(void **state)
{
	struct puppet *puppet = puppet_start(PUPPET_SERVFAIL);
	struct resolver *resolver = resolver_at(puppet_address(puppet));

	(void)state;
	assert_string_equal(dig_text(resolver, "a.test", TYPE_A), "SERVFAIL");
	assert_string_equal(asked, "qb");
	resolver_free(&resolver);
	puppet_stop(&puppet);
}

static int
begin_nsd(void **state)
{
	const struct nsd_zone zones[] = {
		{ "dig.test", span_of_text(zone) },
	};

	(void)state;
	nsd_start(&nsd, zones, 1);
	return 0;
}

static int
end_nsd(void **state)
{
	(void)state;
	nsd_stop(&nsd);
	return 0;
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(writes_data_as_master_files_have_it),
		cmocka_unit_test(cuts_a_long_text_into_strings),
		cmocka_unit_test(shows_what_a_name_server_says),
		cmocka_unit_test(keeps_what_was_submitted),
		cmocka_unit_test(lists_names_with_their_users),
		cmocka_unit_test(ends_in_time_when_nobody_answers),
		cmocka_unit_test(names_the_error_of_a_server),
	};

	if (!nsd_present()) {
		/* of TAP; cmocka's own skips are no TAP */
		puts("1..0 # SKIP missing: /usr/sbin/nsd (Debian package nsd)");
		return 0;
	}
	return cmocka_run_group_tests_name("dig", tests, begin_nsd, end_nsd);
}
