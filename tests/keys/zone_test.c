/*
 * zone_test.c: master files as people write them (RFC 1035 section 5.1), and
 * what a look-up finds in them.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "keys/zone.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "folder.h"

static struct zone *
parse(struct span text)
{
	struct zone *zone;
	struct why why = { "" };

	if (zone_parse(text, "test.zone", &zone, &why) != 0)
		fail_msg("%s", why.text);
	return zone;
}

static void
assert_span(struct span got, struct span want)
{
	if (!span_eq(got, want))
		fail_msg("got \"%.*s\", wanted \"%.*s\"", (int)got.n,
		    (const char *)got.p, (int)want.n, (const char *)want.p);
}

/* Each row is a whole master file and the one text that "k.a.test" has. */
static const struct row {
	const char *name;
	struct span file;
	struct span text;
	uint32_t ttl;
} rows[] = {
	/* the order and absence of TTL and class */
	{ "TTL, class", SPAN_INIT("k.a.test. 60 IN TXT \"v\"\n"),
	    SPAN_INIT("v"), 60 },
	{ "class, TTL", SPAN_INIT("k.a.test. IN 60 TXT \"v\"\n"),
	    SPAN_INIT("v"), 60 },
	{ "TTL alone", SPAN_INIT("k.a.test. 60 TXT \"v\"\n"),
	    SPAN_INIT("v"), 60 },
	{ "class alone", SPAN_INIT("k.a.test. IN TXT \"v\"\n"),
	    SPAN_INIT("v"), 3600 },
	{ "neither", SPAN_INIT("k.a.test. TXT \"v\"\n"), SPAN_INIT("v"), 3600 },
	{ "in lower case", SPAN_INIT("k.a.test. in txt \"v\"\n"),
	    SPAN_INIT("v"), 3600 },
	{ "by number", SPAN_INIT("k.a.test. CLASS1 TYPE16 \"v\"\n"),
	    SPAN_INIT("v"), 3600 },
	{ "TTL in units", SPAN_INIT("k.a.test. 1h30m TXT \"v\"\n"),
	    SPAN_INIT("v"), 5400 },
	{ "TTL 0", SPAN_INIT("k.a.test. 0 TXT \"v\"\n"), SPAN_INIT("v"), 0 },
	{ "largest TTL", SPAN_INIT("k.a.test. 2147483647 TXT \"v\"\n"),
	    SPAN_INIT("v"), 2147483647 },
	{ "$TTL", SPAN_INIT("$TTL 1d\nk.a.test. TXT \"v\"\n"),
	    SPAN_INIT("v"), 86400 },
	{ "$TTL wins over the last one (RFC 2308 section 4)",
	    SPAN_INIT("$TTL 7\nx.test. 9 TXT \"x\"\nk.a.test. TXT \"v\"\n"),
	    SPAN_INIT("v"), 7 },
	{ "the last one stated",
	    SPAN_INIT("x.test. 9 TXT \"x\"\nk.a.test. TXT \"v\"\n"),
	    SPAN_INIT("v"), 9 },
	/* owners */
	{ "case of the owner", SPAN_INIT("K.A.TesT. TXT \"v\"\n"),
	    SPAN_INIT("v"), 3600 },
	{ "relative to the root", SPAN_INIT("k.a.test TXT \"v\"\n"),
	    SPAN_INIT("v"), 3600 },
	{ "relative to $ORIGIN",
	    SPAN_INIT("$ORIGIN a.test.\nk TXT \"v\"\n"), SPAN_INIT("v"), 3600 },
	{ "relative $ORIGIN",
	    SPAN_INIT("$ORIGIN test.\n$ORIGIN a\nk TXT \"v\"\n"),
	    SPAN_INIT("v"), 3600 },
	{ "$origin in lower case, with a comment",
	    SPAN_INIT("$origin a.test. ; here\nk TXT \"v\"\n"),
	    SPAN_INIT("v"), 3600 },
	{ "@", SPAN_INIT("$ORIGIN k.a.test.\n@ TXT \"v\"\n"),
	    SPAN_INIT("v"), 3600 },
	{ "no owner: the last one",
	    SPAN_INIT("k.a.test. A 192.0.2.1\n\tTXT \"v\"\n"),
	    SPAN_INIT("v"), 3600 },
	{ "no owner but TTL and class",
	    SPAN_INIT("k.a.test. A 192.0.2.1\n 5 IN TXT \"v\"\n"),
	    SPAN_INIT("v"), 5 },
	{ "no owner behind empty lines and comments",
	    SPAN_INIT("k.a.test. A 192.0.2.1\n\n  \n ; c\n TXT \"v\"\n"),
	    SPAN_INIT("v"), 3600 },
	{ "an owner that looks like a class or a TTL",
	    SPAN_INIT("$ORIGIN a.test.\nIN TXT \"x\"\n60 TXT \"y\"\n"
		"k TXT \"v\"\n"), SPAN_INIT("v"), 3600 },
	{ "escapes in the owner", SPAN_INIT("\\107\\.a.test. TXT \"x\"\n"
	    "\\107.\\a.test. TXT \"v\"\n"), SPAN_INIT("v"), 3600 },
	/* strings */
	{ "unquoted", SPAN_INIT("k.a.test. TXT v=DKIM1\n"),
	    SPAN_INIT("v=DKIM1"), 3600 },
	{ "joined with nothing between (RFC 6376 section 3.6.2.2)",
	    SPAN_INIT("k.a.test. TXT \"v=DK\" IM1 \"; p=\"\n"),
	    SPAN_INIT("v=DKIM1; p="), 3600 },
	{ "no space between strings",
	    SPAN_INIT("k.a.test. TXT \"a\"\"b\"c\"d\"\n"),
	    SPAN_INIT("abcd"), 3600 },
	{ "empty strings around",
	    SPAN_INIT("k.a.test. TXT \"\" \"a\" \"\" \"b\" \"\"\n"),
	    SPAN_INIT("ab"), 3600 },
	{ "one empty string", SPAN_INIT("k.a.test. TXT \"\"\n"),
	    SPAN_INIT(""), 3600 },
	{ "\\X and \\DDD",
	    SPAN_INIT("k.a.test. TXT \"a\\\"b\\\\c\\065\\000\\255\\;\" \\\"\\ \n"),
	    SPAN_INIT("a\"b\\cA\0\377;\" "), 3600 },
	{ "semicolon, parentheses, @ in quotes",
	    SPAN_INIT("k.a.test. TXT \"v=DKIM1; (p) @\"\n"),
	    SPAN_INIT("v=DKIM1; (p) @"), 3600 },
	{ "semicolon without quotes begins a comment",
	    SPAN_INIT("k.a.test. TXT v=DKIM1;p=abc\n"),
	    SPAN_INIT("v=DKIM1"), 3600 },
	{ "bytes above 0x7f",
	    SPAN_INIT("k.a.test. TXT \"caf\303\251 \200\377\" \303\251\n"),
	    SPAN_INIT("caf\303\251 \200\377\303\251"), 3600 },
	{ "a tab and a NUL", SPAN_INIT("k.a.test. TXT \"a\tb\0c\"\n"),
	    SPAN_INIT("a\tb\0c"), 3600 },
	{ "a line end in quotes",
	    SPAN_INIT("k.a.test. TXT \"a\nb\"\n"), SPAN_INIT("a\nb"), 3600 },
	{ "octets by RFC 3597",
	    SPAN_INIT("k.a.test. TXT \\# 5 0161 ( 02\n6263 )\n"),
	    SPAN_INIT("abc"), 3600 },
	/* parentheses and comments */
	{ "parentheses",
	    SPAN_INIT("k.a.test. TXT ( \"a\"\n  \"b\"\n\t) \"c\"\n"),
	    SPAN_INIT("abc"), 3600 },
	{ "parentheses around everything behind the owner",
	    SPAN_INIT("k.a.test. (\n60\nIN\nTXT\n\"v\"\n)\n"),
	    SPAN_INIT("v"), 60 },
	{ "parentheses within each other, without spaces",
	    SPAN_INIT("k.a.test. TXT((\"a\"\n)\"b\"\n)\n"),
	    SPAN_INIT("ab"), 3600 },
	{ "comments with quotes and parentheses",
	    SPAN_INIT("; \"one ( \n; it's\nk.a.test. TXT ( ; \"x\" )\n"
		"\"a\" ; \"b\n) ; \"end\"\n; \"\n"), SPAN_INIT("a"), 3600 },
	/* what is around */
	{ "no final line end", SPAN_INIT("k.a.test. TXT \"v\""),
	    SPAN_INIT("v"), 3600 },
	{ "CRLF", SPAN_INIT("$TTL 5\r\n\r\nx.test. A 192.0.2.1\r\n"
	    "k.a.test. TXT ( \"v\"\r\n \"w\" ) ; c\r\n"), SPAN_INIT("vw"), 5 },
	{ "a byte order mark", SPAN_INIT("\357\273\277k.a.test. TXT \"v\"\n"),
	    SPAN_INIT("v"), 3600 },
	{ "other types around",
	    SPAN_INIT("$ORIGIN a.test.\n"
		"@ IN SOA ns host ( 1 ; \"serial\n 2h 3h 4w 5m )\n"
		" NS ns\n MX 10 mail.a.test.\n"
		"ns A 192.0.2.1\n AAAA 2001:db8::1\n"
		"_x._tcp SRV 0 0 53 .\n@ CAA 0 issue \"ca.test; x\"\n"
		"k HINFO \"a (b\" c\n TYPE65534 \\# 3 abcdef\n"
		" TXT \"v\"\n NSEC z.a.test. TXT\n"), SPAN_INIT("v"), 3600 },
	{ "other classes do not count",
	    SPAN_INIT("k.a.test. CH TXT \"x\"\nk.a.test. TXT \"v\"\n"
		"k.a.test. CLASS32 TXT \"y\"\n"), SPAN_INIT("v"), 3600 },
	{ "the same record twice is one (RFC 2181 section 5)",
	    SPAN_INIT("k.a.test. TXT \"v\"\nk.a.test. 5 TXT \"v\"\n"),
	    SPAN_INIT("v"), 5 },
	/* CNAME */
	{ "a link", SPAN_INIT("k.a.test. 9 CNAME x.test.\nx.test. 20 TXT \"v\"\n"),
	    SPAN_INIT("v"), 9 },
	{ "a link to a relative name",
	    SPAN_INIT("$ORIGIN a.test.\nk CNAME x\nx 20 TXT \"v\"\n"),
	    SPAN_INIT("v"), 20 },
	{ "a chain of links, any case",
	    SPAN_INIT("k.a.test. 99 CNAME X.Test.\nx.test. 3 CNAME y.test.\n"
		"Y.TEST. 50 TXT \"v\"\n"), SPAN_INIT("v"), 3 },
	{ "a link by RFC 3597", SPAN_INIT("k.a.test. CNAME \\# 3 015800\n"
	    "x. TXT \"v\"\n"), SPAN_INIT("v"), 3600 },
	/* wildcards, RFC 4592 */
	{ "a wildcard", SPAN_INIT("*.a.test. TXT \"v\"\n"),
	    SPAN_INIT("v"), 3600 },
	{ "a wildcard further up", SPAN_INIT("*.test. 8 TXT \"v\"\n"),
	    SPAN_INIT("v"), 8 },
	{ "a wildcard that is a link",
	    SPAN_INIT("*.a.test. CNAME x.\nx. TXT \"v\"\n"),
	    SPAN_INIT("v"), 3600 },
};

static void
reads_what_master_files_may_hold(void **state)
{
	struct zone *zone;
	struct zone_txt txt;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		print_message("# %s\n", rows[i].name);
		zone = parse(rows[i].file);
		assert_int_equal(zone_lookup(zone, "k.a.test", &txt),
		    ZONE_FOUND);
		assert_int_equal(txt.n, 1);
		assert_span(txt.texts[0], rows[i].text);
		assert_int_equal(txt.ttl, rows[i].ttl);
		zone_free(&zone);
	}
}

static void
tells_file_line_and_word_of_what_it_cannot_read(void **state)
{
	static const struct {
		struct span file;
		const char *why;
	} bad[] = {
		{ SPAN_INIT("a. TXT \"x\"\nb. TXTT \"x\"\n"),
		    "test.zone:2: 'TXTT' is no record type" },
		{ SPAN_INIT("\n\na. TXT ( \"x\"\n \"y\n ; )\n"),
		    "test.zone:4: a quote that is never closed" },
		{ SPAN_INIT("a. TXT \"x\\\""),
		    "test.zone:1: a quote that is never closed" },
		{ SPAN_INIT("a. TXT \"x\\"),
		    "test.zone:1: a quote that is never closed" },
		{ SPAN_INIT("a. TXT ( \"x\"\n\n"),
		    "test.zone:3: a '(' that is never closed" },
		{ SPAN_INIT("a. TXT \"x\" )\n"),
		    "test.zone:1: ')' without a '(' before it" },
		{ SPAN_INIT("a. TXT\n"),
		    "test.zone:1: a TXT record without a string" },
		{ SPAN_INIT("a. TXT \"\\25\"\n"), "test.zone:1: a bad escape in "
		    "'\\25': it is \\X or \\DDD up to \\255" },
		{ SPAN_INIT("a. TXT \"\\256\"\n"), "test.zone:1: a bad escape in "
		    "'\\256': it is \\X or \\DDD up to \\255" },
		{ SPAN_INIT("a. TXT x\\\n"),
		    "test.zone:1: a backslash at the end of a line" },
		{ SPAN_INIT("a.\n"),
		    "test.zone:1: a record type is wanted here" },
		{ SPAN_INIT("a. 5 IN\n"),
		    "test.zone:1: a record type is wanted here" },
		{ SPAN_INIT("a. 5 6 TXT x\n"),
		    "test.zone:1: '6' is no record type" },
		{ SPAN_INIT("a. 2147483648 TXT x\n"), "test.zone:1: "
		    "'2147483648' is no TTL: it is a number up to 2147483647" },
		{ SPAN_INIT("a. 9999999w TXT x\n"), "test.zone:1: "
		    "'9999999w' is no TTL: it is a number up to 2147483647" },
		{ SPAN_INIT("a. 5x TXT x\n"), "test.zone:1: '5x' is no TTL" },
		{ SPAN_INIT("$TTL\n"), "test.zone:1: '' is no TTL: it is a "
		    "number up to 2147483647" },
		{ SPAN_INIT(" TXT x\n"),
		    "test.zone:1: the first record has no owner name" },
		{ SPAN_INIT("a..b TXT x\n"), "test.zone:1: 'a..b' is no domain "
		    "name: labels are of 1 to 63 octets, a name of at most "
		    "255" },
		{ SPAN_INIT("\"a\" TXT x\n"),
		    "test.zone:1: a domain name is wanted here" },
		{ SPAN_INIT("a. CNAME b. c.\n"),
		    "test.zone:1: 'c.' is one word too many" },
		{ SPAN_INIT("a. CNAME\n"),
		    "test.zone:1: a domain name is wanted here" },
		{ SPAN_INIT("a. CNAME b.\na. CNAME c.\n"),
		    "test.zone:2: a second CNAME under one name" },
		{ SPAN_INIT("$ORIGIN\n"),
		    "test.zone:1: a domain name is wanted here" },
		{ SPAN_INIT("$GENERATE 1-2 a TXT x\n"), "test.zone:1: "
		    "'$GENERATE' is none of $ORIGIN, $TTL, $INCLUDE" },
		{ SPAN_INIT("$INCLUDE\n"),
		    "test.zone:1: $INCLUDE without a file" },
		{ SPAN_INIT("$INCLUDE \"\"\n"),
		    "test.zone:1: $INCLUDE of no file" },
		{ SPAN_INIT("a. TXT \\# 2 01\n"),
		    "test.zone:1: \\# 2 has 1 octets behind it" },
		{ SPAN_INIT("a. TXT \\# 1 05\n"),
		    "test.zone:1: \\# with data that is not of its type" },
		{ SPAN_INIT("a. CNAME \\# 2 c000\n"),
		    "test.zone:1: \\# with data that is not of its type" },
		{ SPAN_INIT("a. TXT \\# 1 0x\n"),
		    "test.zone:1: '0x' is not in hexadecimal pairs" },
		{ SPAN_INIT("a. TXT \\# x\n"), "test.zone:1: \\# is followed by "
		    "the number of octets" },
	};
	struct zone *zone;
	struct why why;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		why.text[0] = '\0';
		assert_int_equal(zone_parse(bad[i].file, "test.zone", &zone,
		    &why), ZONE_BAD);
		assert_null(zone);
		assert_string_equal(why.text, bad[i].why);
	}
}

static void
reads_or_refuses_every_cut_of_a_file_and_never_falls(void **state)
{
	static const struct span file = SPAN_INIT("$TTL 1h\n$ORIGIN a.test.\n"
	    "@ SOA ns h ( 1 2 3 4 5 ) ; \"c\nk IN 60 TXT ( \"a\\\"\\065\" b "
	    "\"\" )\n TXT \\# 2 0161\nl CNAME \\# 3 015800\n*.w 5 TXT x\n");
	struct zone *zone;
	struct why why;
	unsigned char *copy;

	(void)state;
	for (size_t n = 0; n <= file.n; n++) {
		/* a copy of just that size, for the sanitizer to watch */
		copy = malloc(n + 1);
		assert_non_null(copy);
		memcpy(copy + 1, file.p, n);
		if (zone_parse(span_of(copy + 1, n), "cut", &zone, &why) == 0)
			zone_free(&zone);
		free(copy);
	}
}

static void
tells_no_such_name_from_a_name_without_text(void **state)
{
	static const struct {
		const char *name;
		enum zone_outcome outcome;
	} names[] = {
		{ "k.sub.a.test", ZONE_FOUND },
		{ "k.sub.a.test.", ZONE_FOUND },
		{ "K.SUB.a.TEST", ZONE_FOUND },
		{ "mail.a.test", ZONE_NODATA },
		/* names with names below them exist: RFC 4592 section 2.2.2 */
		{ "sub.a.test", ZONE_NODATA },
		{ "a.test", ZONE_NODATA },
		{ ".", ZONE_NODATA },
		{ "b.test", ZONE_NXDOMAIN },
		{ "x.k.sub.a.test", ZONE_NXDOMAIN },
		{ "sub.a.test.k", ZONE_NXDOMAIN },
		{ "link.a.test", ZONE_FOUND },
		{ "bare.a.test", ZONE_NODATA },
		{ "gone.a.test", ZONE_NXDOMAIN },
		{ "loop.a.test", ZONE_CNAME_LOOP },
		{ "self.a.test", ZONE_CNAME_LOOP },
		{ "any.w.a.test", ZONE_FOUND },
		{ "any.thing.w.a.test", ZONE_FOUND },
		{ "w.a.test", ZONE_NODATA },
		/* what exists hides the wildcard: RFC 4592 section 3.3.1 */
		{ "here.w.a.test", ZONE_NODATA },
		{ "below.here.w.a.test", ZONE_NXDOMAIN },
		{ "chaos.a.test", ZONE_NXDOMAIN },
		{ "", ZONE_NXDOMAIN },
		{ "..", ZONE_NXDOMAIN },
		{ ".a.test", ZONE_NXDOMAIN },
		{ "k..sub.a.test", ZONE_NXDOMAIN },
		{ "k\\.sub.a.test", ZONE_NXDOMAIN },
		{ "0123456789012345678901234567890123456789012345678901234567"
		  "890123456789.a.test", ZONE_NXDOMAIN },
	};
	struct zone *zone = parse(SPAN("$ORIGIN a.test.\nk.sub TXT v\n"
	    "mail A 192.0.2.1\nlink CNAME k.sub\nbare CNAME mail\n"
	    "gone CNAME not.here.\nloop CNAME loop2\nloop2 CNAME loop\n"
	    "self CNAME self\n*.w TXT wild\nhere.w A 192.0.2.1\n"
	    "chaos CH TXT v\n"));
	struct zone_txt txt;

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		print_message("# %s\n", names[i].name);
		assert_int_equal(zone_lookup(zone, names[i].name, &txt),
		    names[i].outcome);
		assert_int_equal(txt.n > 0, names[i].outcome == ZONE_FOUND);
	}
	zone_free(&zone);
}

static void
follows_eight_links_and_no_more(void **state)
{
	struct zone *zone = parse(SPAN("l9. CNAME l8.\nl8. CNAME l7.\n"
	    "l7. CNAME l6.\nl6. CNAME l5.\nl5. CNAME l4.\nl4. CNAME l3.\n"
	    "l3. CNAME l2.\nl2. CNAME l1.\nl1. CNAME l0.\nl0. TXT v\n"));
	struct zone_txt txt;

	(void)state;
	assert_int_equal(ZONE_MAX_CNAMES, 8);
	assert_int_equal(zone_lookup(zone, "l8", &txt), ZONE_FOUND);
	assert_int_equal(zone_lookup(zone, "l9", &txt), ZONE_CNAME_LOOP);
	zone_free(&zone);
}

static void
keeps_several_records_of_one_name_in_their_order(void **state)
{
	struct zone *zone = parse(SPAN("k. 30 TXT \"one\"\nx. TXT y\n"
	    "K. 10 TXT \"two\" \"2\"\nk. 20 TXT \"\"\n"));
	struct zone_txt txt;

	(void)state;
	assert_int_equal(zone_lookup(zone, "k", &txt), ZONE_FOUND);
	assert_int_equal(txt.n, 3);
	assert_span(txt.texts[0], SPAN("one"));
	assert_span(txt.texts[1], SPAN("two2"));
	assert_span(txt.texts[2], SPAN(""));
	assert_int_equal(txt.ttl, 10);
	assert_int_equal(zone_record_count(zone), 4);
	zone_free(&zone);
}

static void
takes_one_string_of_any_length_a_record_can_hold(void **state)
{
	static const size_t lengths[] = { 255, 256, 510, 511, 4000, 65000 };
	static char file[70000], text[65000];
	struct zone *zone;
	struct zone_txt txt;

	(void)state;
	memset(text, 'a', sizeof(text));
	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		text[lengths[i] - 1] = 'z';
		snprintf(file, sizeof(file), "k. TXT \"%.*s\"\n",
		    (int)lengths[i], text);
		zone = parse(span_of_text(file));
		assert_int_equal(zone_lookup(zone, "k", &txt), ZONE_FOUND);
		assert_int_equal(txt.n, 1);
		assert_span(txt.texts[0], span_of(text, lengths[i]));
		zone_free(&zone);
		text[lengths[i] - 1] = 'a';
	}
}

/* RFC 1035 section 3.2.1: RDLENGTH has 16 bits. */
static void
refuses_a_record_of_more_octets_than_dns_can_carry(void **state)
{
	const size_t n = 70000;
	char *file = malloc(n + 64);
	struct zone *zone;
	struct why why;

	(void)state;
	assert_non_null(file);
	strcpy(file, "x. TXT x\nk. TXT \"");
	memset(file + strlen(file), 'a', n);
	strcpy(file + strlen("x. TXT x\nk. TXT \"") + n, "\"\n");
	assert_int_equal(zone_parse(span_of_text(file), "test.zone", &zone,
	    &why), ZONE_BAD);
	assert_string_equal(why.text,
	    "test.zone:2: a record of more than 65535 octets");
	free(file);
}

static void
refuses_more_texts_under_one_name_than_the_limit(void **state)
{
	static char file[ZONE_MAX_TEXTS * 16 + 64];
	struct zone *zone;
	struct why why;
	size_t n = 0;

	(void)state;
	for (int i = 0; i < ZONE_MAX_TEXTS; i++)
		n += (size_t)sprintf(file + n, "k. TXT %d\n", i);
	zone = parse(span_of(file, n));
	zone_free(&zone);
	n += (size_t)sprintf(file + n, "k. TXT more\n");
	assert_int_equal(zone_parse(span_of(file, n), "test.zone", &zone,
	    &why), ZONE_BAD);
	assert_string_equal(why.text,
	    "test.zone:257: more than 256 TXT records under one name");
}

static void
finds_each_of_many_names(void **state)
{
	const size_t names = 20000;
	char *file = malloc(names * 64), name[64], want[64];
	struct zone *zone;
	struct zone_txt txt;
	size_t n = 0;

	(void)state;
	assert_non_null(file);
	for (size_t i = 0; i < names; i++)
		n += (size_t)sprintf(file + n, "s%zu._domainkey.d%zu.test. "
		    "TXT \"v%zu\"\n", i, i % 1000, i);
	zone = parse(span_of(file, n));
	for (size_t i = 0; i < names; i++) {
		snprintf(name, sizeof(name), "s%zu._domainkey.d%zu.test", i,
		    i % 1000);
		snprintf(want, sizeof(want), "v%zu", i);
		assert_int_equal(zone_lookup(zone, name, &txt), ZONE_FOUND);
		assert_span(txt.texts[0], span_of_text(want));
	}
	assert_int_equal(zone_record_count(zone), names);
	zone_free(&zone);
	free(file);
}

/*
 * Files.
 */
static void
loads_a_file_and_those_it_includes(void **state)
{
	static const struct {
		const char *name, *text;
	} found[] = {
		{ "k.a.test", "included" },
		{ "k.b.test", "included" },
		{ "after.a.test", "kept" },
		{ "same.a.test", "owner" },
	};
	char path[FOLDER_PATH_BYTES];
	struct folder folder;
	struct zone *zone;
	struct zone_txt txt;
	struct why why = { "" };

	(void)state;
	folder_make(&folder);
	folder_write(&folder, "main.zone", SPAN("$ORIGIN a.test.\n"
	    "same A 192.0.2.1\n"
	    "$INCLUDE sub/part.zone ; with our origin\n"
	    " TXT owner\n" /* the owner from before the $INCLUDE */
	    "$INCLUDE \"sub/part.zone\" b.test.\nafter TXT kept\n"), 0644);
	assert_int_equal(mkdir(folder_file(&folder, "sub", path), 0700), 0);
	folder_write(&folder, "sub/part.zone", SPAN("$INCLUDE deeper\n"), 0644);
	folder_write(&folder, "sub/deeper", SPAN("k TXT included\n"
	    "$ORIGIN else.\n$TTL 1\n"), 0644);
	if (zone_load(folder_file(&folder, "main.zone", path), &zone,
	    &why) != 0)
		fail_msg("%s", why.text);
	for (size_t i = 0; i < sizeof(found) / sizeof(found[0]); i++) {
		print_message("# %s\n", found[i].name);
		assert_int_equal(zone_lookup(zone, found[i].name, &txt),
		    ZONE_FOUND);
		assert_span(txt.texts[0], span_of_text(found[i].text));
		assert_int_equal(txt.ttl, 3600);
	}
	zone_free(&zone);
	folder_remove(&folder);
}

static void
names_the_file_that_cannot_be_read(void **state)
{
	static const struct {
		const char *file, *text;
		int outcome;
		const char *words;
	} files[] = {
		{ "none", NULL, ZONE_E_IO, "/none': No such file" },
		{ ".", NULL, ZONE_E_IO, "/.': Is a directory" },
		{ "bad", "x. TXT x\n\ny. NONE\n", ZONE_BAD,
		    "/bad:3: 'NONE' is no record type" },
		{ "outer", "$INCLUDE bad\n", ZONE_BAD,
		    "/bad:3: 'NONE' is no record type" },
		{ "lost", "$INCLUDE sub/none\n", ZONE_E_IO,
		    "/sub/none': No such file" },
		{ "self", "\n$INCLUDE self\n", ZONE_BAD,
		    "/self:2: $INCLUDE more than 8 files deep" },
	};
	char path[FOLDER_PATH_BYTES];
	struct folder folder;
	struct zone *zone;
	struct why why;

	(void)state;
	folder_make(&folder);
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		if (files[i].text != NULL)
			folder_write(&folder, files[i].file,
			    span_of_text(files[i].text), 0644);
		assert_int_equal(zone_load(folder_file(&folder, files[i].file,
		    path), &zone, &why), files[i].outcome);
		assert_null(zone);
		if (strstr(why.text, files[i].words) == NULL)
			fail_msg("\"%s\" lacks \"%s\"", why.text,
			    files[i].words);
	}
	folder_remove(&folder);
}

/* Keys need no hosts, so a bad one is passed over; whoever wants them is told
 * (RFC 1035 section 3.4.1, RFC 3596 section 2.2). */
static void
reads_the_records_of_hosts_where_they_are_wanted(void **state)
{
	static const char good[] =
	    "h.a.test. A 192.0.2.1\n A 192.0.2.1\n AAAA 2001:db8::1\n"
	    " MX 10 m\n NS n.b.test.\n TXT \"a\" \"b\"\n SRV 0 0 1 x\n"
	    "alias.a.test. CNAME h.a.test.\n";
	static const struct {
		uint16_t type;
		struct span data;
	} found[] = {
		{ 1, SPAN_INIT("\xc0\x00\x02\x01") },
		{ 28, SPAN_INIT("\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0"
		    "\x01") },
		{ 15, SPAN_INIT("\0\x0a\x01m\0") },
		{ 2, SPAN_INIT("\x01n\x01" "b\x04test\0") },
		{ 16, SPAN_INIT("ab") },
	};
	static const char *const bad[] = {
		"A 192.0.2", "A 192.0.2.1 x", "A", "A \"192.0.2.1\"",
		"AAAA 192.0.2.1", "AAAA x", "MX m", "MX 65536 m", "MX 5",
		"NS", "PTR a b", "A \\# 3 c00002", "MX \\# 2 000a",
	};
	const struct zone_record *record;
	char path[FOLDER_PATH_BYTES], text[64];
	struct folder folder;
	struct zone *zone;
	struct why why;

	(void)state;
	folder_make(&folder);
	folder_file(&folder, "zone", path);
	folder_write(&folder, "zone", span_of_text(good), 0644);
	assert_int_equal(zone_load_hosts(path, &zone, &why), 0);
	for (size_t i = 0; i < sizeof(found) / sizeof(found[0]); i++) {
		assert_int_equal(zone_lookup_type(zone, "alias.a.test",
		    found[i].type, &record), ZONE_FOUND);
		while (record->type != found[i].type)
			record = record->next;
		assert_span(record->data, found[i].data);
	}
	assert_int_equal(zone_lookup_type(zone, "h.a.test", 12, &record),
	    ZONE_NODATA);
	assert_int_equal(zone_lookup_type(zone, "x.a.test", 1, &record),
	    ZONE_NXDOMAIN);
	zone_free(&zone);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		print_message("# %s\n", bad[i]);
		(void)snprintf(text, sizeof(text), "h.test. %s\n", bad[i]);
		folder_write(&folder, "zone", span_of_text(text), 0644);
		assert_int_equal(zone_load_hosts(path, &zone, &why), ZONE_BAD);
		assert_int_equal(zone_load(path, &zone, &why), 0);
		zone_free(&zone);
	}
	folder_remove(&folder);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_what_master_files_may_hold),
		cmocka_unit_test(tells_file_line_and_word_of_what_it_cannot_read),
		cmocka_unit_test(
		    reads_or_refuses_every_cut_of_a_file_and_never_falls),
		cmocka_unit_test(tells_no_such_name_from_a_name_without_text),
		cmocka_unit_test(follows_eight_links_and_no_more),
		cmocka_unit_test(keeps_several_records_of_one_name_in_their_order),
		cmocka_unit_test(takes_one_string_of_any_length_a_record_can_hold),
		cmocka_unit_test(
		    refuses_a_record_of_more_octets_than_dns_can_carry),
		cmocka_unit_test(refuses_more_texts_under_one_name_than_the_limit),
		cmocka_unit_test(finds_each_of_many_names),
		cmocka_unit_test(loads_a_file_and_those_it_includes),
		cmocka_unit_test(names_the_file_that_cannot_be_read),
		cmocka_unit_test(
		    reads_the_records_of_hosts_where_they_are_wanted),
	};

	return cmocka_run_group_tests_name("zone", tests, NULL, NULL);
}
