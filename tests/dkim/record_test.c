/*
 * record_test.c: key records, rule by rule of RFC 6376 section 3.6.1, with RFC
 * 8301 and 8463 section 4 for the keys themselves.
 *
 * Nobody holds the private halves of the RSA keys of odd sizes.
 */
#include "fixture.h"

#include "dkim/key.h"
#include "dkim/record.h"

#include <pthread.h>

#define ED "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=" /* RFC 8463 A.2 */

/* RFC 6376 appendix C */
#define RSA \
    "MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDwIRP/UC3SBsEmGqZ9ZJW3/DkMoGeL" \
    "nQg1fWn7/zYtIxN2SnFCjxOCKG9v3b4jYfcTNh5ijSsq631uBItLa7od+v/RtdC2UzJ1" \
    "lWT947qR+Rcac2gbto/NMqJ0fzfVjH4OuKhitdY9tf6mcwGjaNBcWToIMmPSPDdQPNUY" \
    "ckcQ2QIDAQAB"

/* The same without what says that it is RSA: RSAPublicKey alone. */
#define BARE_RSA \
    "MIGJAoGBAPAhE/9QLdIGwSYapn1klbf8OQygZ4udCDV9afv/Ni0jE3ZKcUKPE4Iob2/d" \
    "viNh9xM2HmKNKyrrfW4Ei0truh36/9G10LZTMnWVZP3jupH5FxpzaBu2j80yonR/N9WM" \
    "fg64qGK11j21/qZzAaNo0FxZOggyY9I8N1A81RhyRxDZAgMBAAE="

#define EC \
    "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEVj2SrZ3n1vz5HEkZ/ZVFxEab/FYVH5UK" \
    "gcDXE6ilW4TIKyJHF6u69eC3OfPRai4+sN4ydGIbNUbJfdO1tft4zQ=="

#define DSA \
    "MIIBuDCCASwGByqGSM44BAEwggEfAoGBAL0Gn4Wc9hEEI3FvZU0PB6WKixwMGs5lTmLE" \
    "6QwM8X8Bbe6mw4vjUOoDCEtlXrBSOr1068cRw4SlRlWv66bN9Ufr1d/GpJAi0mQ6A9Nv" \
    "oUXtLZriHFMJUWfJfhatIWVpUh3iugxjKAO9wdDXJGths0aYp6I/bFuuy0EI7d7ues+9" \
    "AhUA2DOlmqWTHIos12oIFzmI7+yELfECgYEAmxssHu1Bq4cWgliDrqLn6vq/iI1xZrUw" \
    "GTx0aMuvon5CrWBcD+pNh+wEvtvoZGCTF2Ia0bPMRUfII4yB8glsuKWWoTqjeSX78cTM" \
    "78JRvCIu8VXN08iDPs3xSQdLeEEAr66QWt9dzcvv2z67MNPWGljQYNUrMwkaZvoDTbUk" \
    "b8MDgYUAAoGBAKlVBmqZUF3r+SebJIp7KB+VYR8FTe2vJX8i1GYxdH6btO2RJ2MLlTmJ" \
    "wnbwqdnLllNZ4awJ6tHY4gQZ7Yca8AEzZZeUfaBSNBzUPq75bw1M7QzKo7Jx05LR7wEQ" \
    "4aFnzBL0mV7bjj5qH+fhFneK+0ZJSnYGVzPj9EJBDOJ+occ+"


#define ED_SPKI "MCowBQYDK2VwAyEA5Yxd1nYp9Sj0mnq/ro1V0Z/bXZUzHYFDAh8GrUvRw+o="

static struct seal_record *
parse(struct span text)
{
	struct seal_record *record = NULL;

	assert_int_equal(seal_record_parse(&text, 1, &record), 0);
	assert_non_null(record);
	assert_int_equal(seal_record_info(record)->count, 1);
	return record;
}

static const struct {
	const char *name;
	struct span text;
	enum seal_reason reason;
	const char *bad_tag; /* NULL: none */
} rows[] = {
	{ "all recommended tags", SPAN_INIT("v=DKIM1; k=rsa; p=" RSA),
	    SEAL_WHY_OK, NULL },
	{ "v= and k= are optional", SPAN_INIT("p=" RSA), SEAL_WHY_OK, NULL },
	{ "every tag of the section", SPAN_INIT("v=DKIM1; h=sha1:sha256; "
	    "k=rsa; n=notes; p=" RSA "; s=email:other; t=y:s"), SEAL_WHY_OK,
	    NULL },
	{ "v= in front, others in any order",
	    SPAN_INIT("v=DKIM1; t=s; p=" RSA "; k=rsa"), SEAL_WHY_OK, NULL },
	{ "v= must be the first tag", SPAN_INIT("k=rsa; v=DKIM1; p=" RSA),
	    SEAL_WHY_KEY_VERSION, "v" },
	{ "v= behind p=", SPAN_INIT("p=" RSA "; v=DKIM1"),
	    SEAL_WHY_KEY_VERSION, "v" },
	{ "another version", SPAN_INIT("v=DKIM2; p=" RSA),
	    SEAL_WHY_KEY_VERSION, "v" },
	{ "the version in lower case", SPAN_INIT("v=dkim1; p=" RSA),
	    SEAL_WHY_KEY_VERSION, "v" },
	{ "an empty version", SPAN_INIT("v=; p=" RSA), SEAL_WHY_KEY_VERSION,
	    "v" },
	{ "the version of a DMARC record", SPAN_INIT("v=DMARC1; p=none"),
	    SEAL_WHY_KEY_VERSION, "v" },
	{ "no p=", SPAN_INIT("v=DKIM1; k=rsa"), SEAL_WHY_KEY_SYNTAX, "p" },
	{ "p= empty: revoked", SPAN_INIT("v=DKIM1; p="), SEAL_WHY_KEY_REVOKED,
	    NULL },
	{ "p= empty and a semicolon", SPAN_INIT("p=;"), SEAL_WHY_KEY_REVOKED,
	    NULL },
	{ "p= of white space alone", SPAN_INIT("v=DKIM1; p= \t "),
	    SEAL_WHY_KEY_REVOKED, NULL },
	{ "P= is another tag", SPAN_INIT("v=DKIM1; P=" RSA),
	    SEAL_WHY_KEY_SYNTAX, "p" },
	{ "an unknown key type", SPAN_INIT("k=x509; p=" RSA),
	    SEAL_WHY_KEY_TYPE, "k" },
	{ "an empty key type", SPAN_INIT("k=; p=" RSA), SEAL_WHY_KEY_TYPE,
	    "k" },
	{ "a key type in capitals", SPAN_INIT("k=RSA; p=" RSA),
	    SEAL_WHY_KEY_TYPE, "k" },
	{ "an unknown key type, revoked", SPAN_INIT("k=x509; p="),
	    SEAL_WHY_KEY_TYPE, "k" },
	{ "unknown tags are ignored",
	    SPAN_INIT("v=DKIM1; x=1; zz=; p=" RSA "; z_9=:"), SEAL_WHY_OK,
	    NULL },
	{ "what is no tag is not", SPAN_INIT("v=DKIM1; p=" RSA "; _=2"),
	    SEAL_WHY_KEY_SYNTAX, "_=2" },
	{ "g= of RFC 4871 is one of them", SPAN_INIT("g=; p=" RSA),
	    SEAL_WHY_OK, NULL },
	{ "n= is for people", SPAN_INIT("n=a =3B b=; p=" RSA), SEAL_WHY_OK,
	    NULL },
	{ "unknown flags, services and hashes are ignored here",
	    SPAN_INIT("t=x:yy; s=tlsrpt; h=sha512; p=" RSA), SEAL_WHY_OK,
	    NULL },
	{ "a tag twice", SPAN_INIT("p=" RSA "; p=" RSA), SEAL_WHY_KEY_SYNTAX,
	    "p" },
	{ "no tag list", SPAN_INIT("hello"), SEAL_WHY_KEY_SYNTAX, "hello" },
	{ "empty text", SPAN_INIT(""), SEAL_WHY_KEY_SYNTAX, NULL },
	{ "two semicolons", SPAN_INIT("v=DKIM1;; p=" RSA),
	    SEAL_WHY_KEY_SYNTAX, NULL },
	{ "quotes and backslashes of a master file left in it",
	    SPAN_INIT("v=DKIM1\\; p=" RSA), SEAL_WHY_KEY_VERSION, "v" },
	{ "quotes around it", SPAN_INIT("\"v=DKIM1; p=" RSA "\""),
	    SEAL_WHY_KEY_SYNTAX, "\"v=DKIM1" },
	{ "NUL in it", SPAN_INIT("v=DKIM1; p=\0" RSA), SEAL_WHY_KEY_SYNTAX,
	    NULL },
	{ "white space and folds in p=",
	    SPAN_INIT("p= MIGfMA0GCSqGSIb3DQEBAQUAA4GN\r\n ADCBiQKBgQDwIRP/UC3S"
	    "BsEmGqZ9ZJW3/DkMoGeL\tnQg1fWn7/zYtIxN2SnFCjxOCKG9v3b4jYfcTNh5ijSsq"
	    "631uBItLa7od+v/RtdC2UzJ1lWT947qR+Rcac2gbto/NMqJ0fzfVjH4OuKhitdY9tf"
	    "6mcwGjaNBcWToIMmPSPDdQPNUYckcQ2QIDAQAB "), SEAL_WHY_OK, NULL },

	{ "p= that is not base64", SPAN_INIT("p=#" RSA),
	    SEAL_WHY_KEY_UNUSABLE, "p" },
	{ "p= without its padding", SPAN_INIT("k=ed25519; p="
	    "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo"),
	    SEAL_WHY_KEY_UNUSABLE, "p" },
	{ "p= that is no DER", SPAN_INIT("p=QUJDREVGR0hJSktMTU5PUA=="),
	    SEAL_WHY_KEY_UNUSABLE, "p" },
	{ "p= cut short", SPAN_INIT("p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKB"),
	    SEAL_WHY_KEY_UNUSABLE, "p" },
	{ "octets behind the key (Exim 3116)", SPAN_INIT("p=" RSA "AAAA"),
	    SEAL_WHY_KEY_UNUSABLE, "p" },
	{ "a negative modulus: its sign octet is missing", SPAN_INIT(
	    "p=MIGeMA0GCSqGSIb3DQEBAQUAA4GMADCBiAKBgPAhE/9QLdIGwSYa"
	    "pn1klbf8OQygZ4udCDV9afv/Ni0jE3ZKcUKPE4Iob2/dviNh9xM2HmKNKyrrfW4E"
	    "i0truh36/9G10LZTMnWVZP3jupH5FxpzaBu2j80yonR/N9WMfg64qGK11j21/qZz"
	    "AaNo0FxZOggyY9I8N1A81RhyRxDZAgMBAAE="),
	    SEAL_WHY_KEY_UNUSABLE, "p" },
	{ "an even modulus", SPAN_INIT(
	    "p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDwIRP/UC3SBsEm"
	    "GqZ9ZJW3/DkMoGeLnQg1fWn7/zYtIxN2SnFCjxOCKG9v3b4jYfcTNh5ijSsq631u"
	    "BItLa7od+v/RtdC2UzJ1lWT947qR+Rcac2gbto/NMqJ0fzfVjH4OuKhitdY9tf6m"
	    "cwGjaNBcWToIMmPSPDdQPNUYckcQ2AIDAQAB"),
	    SEAL_WHY_KEY_UNUSABLE, "p" },
	{ "the type of RSASSA-PSS", SPAN_INIT(
	    "p=MIGfMA0GCSqGSIb3DQEBCgUAA4GNADCBiQKBgQDwIRP/UC3SBsEm"
	    "GqZ9ZJW3/DkMoGeLnQg1fWn7/zYtIxN2SnFCjxOCKG9v3b4jYfcTNh5ijSsq631u"
	    "BItLa7od+v/RtdC2UzJ1lWT947qR+Rcac2gbto/NMqJ0fzfVjH4OuKhitdY9tf6m"
	    "cwGjaNBcWToIMmPSPDdQPNUYckcQ2QIDAQAB"),
	    SEAL_WHY_KEY_UNUSABLE, "p" },
	{ "octets behind the numbers, inside the key", SPAN_INIT(
	    "p=MIGhMA0GCSqGSIb3DQEBAQUAA4GPADCBiQKBgQDwIRP/UC3SBsEm"
	    "GqZ9ZJW3/DkMoGeLnQg1fWn7/zYtIxN2SnFCjxOCKG9v3b4jYfcTNh5ijSsq631u"
	    "BItLa7od+v/RtdC2UzJ1lWT947qR+Rcac2gbto/NMqJ0fzfVjH4OuKhitdY9tf6m"
	    "cwGjaNBcWToIMmPSPDdQPNUYckcQ2QIDAQABAAA="),
	    SEAL_WHY_KEY_UNUSABLE, "p" },
	{ "a third number", SPAN_INIT(
	    "p=MIGiMA0GCSqGSIb3DQEBAQUAA4GQADCBjAKBgQDwIRP/UC3SBsEm"
	    "GqZ9ZJW3/DkMoGeLnQg1fWn7/zYtIxN2SnFCjxOCKG9v3b4jYfcTNh5ijSsq631u"
	    "BItLa7od+v/RtdC2UzJ1lWT947qR+Rcac2gbto/NMqJ0fzfVjH4OuKhitdY9tf6m"
	    "cwGjaNBcWToIMmPSPDdQPNUYckcQ2QIDAQABAgEF"),
	    SEAL_WHY_KEY_UNUSABLE, "p" },
	{ "a bare RSAPublicKey, as the text of the RFC has it",
	    SPAN_INIT("p=" BARE_RSA), SEAL_WHY_OK, NULL },
	{ "an EC key where RSA is named", SPAN_INIT("k=rsa; p=" EC),
	    SEAL_WHY_KEY_UNUSABLE, "p" },
	{ "a DSA key where RSA is named", SPAN_INIT("k=rsa; p=" DSA),
	    SEAL_WHY_KEY_UNUSABLE, "p" },
	{ "an Ed25519 SPKI where RSA is named", SPAN_INIT("k=rsa; p=" ED_SPKI),
	    SEAL_WHY_KEY_UNUSABLE, "p" },
	{ "32 octets where RSA is named", SPAN_INIT("k=rsa; p=" ED),
	    SEAL_WHY_KEY_UNUSABLE, "p" },
	{ "RFC 8463 4: Ed25519 is the 32 octets alone",
	    SPAN_INIT("v=DKIM1; k=ed25519; p=" ED), SEAL_WHY_OK, NULL },
	{ "RFC 8463 4: in an SPKI it is not",
	    SPAN_INIT("k=ed25519; p=" ED_SPKI), SEAL_WHY_KEY_UNUSABLE, "p" },
	{ "31 octets", SPAN_INIT("k=ed25519; p="
	    "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHUQ=="),
	    SEAL_WHY_KEY_UNUSABLE, "p" },
	{ "33 octets", SPAN_INIT("k=ed25519; p="
	    "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURoA"),
	    SEAL_WHY_KEY_UNUSABLE, "p" },
	{ "an RSA key where Ed25519 is named", SPAN_INIT("k=ed25519; p=" RSA),
	    SEAL_WHY_KEY_UNUSABLE, "p" },
	{ "an Ed25519 key, revoked", SPAN_INIT("k=ed25519; p="),
	    SEAL_WHY_KEY_REVOKED, NULL },
};

static void
assert_record(const char *name, const struct seal_record *record,
    enum seal_reason reason, const char *bad_tag)
{
	const struct seal_record_info *info = seal_record_info(record);

	if (info->reason != reason)
		fail_msg("%s: %s, %s wanted", name,
		    seal_reason_word(info->reason), seal_reason_word(reason));
	if (!span_eq(info->bad_tag, span_of_text(bad_tag == NULL ? "" :
	    bad_tag)) && (bad_tag != NULL || reason == SEAL_WHY_OK))
		fail_msg("%s: '%.*s' at fault, '%s' wanted", name,
		    (int)info->bad_tag.n, (const char *)info->bad_tag.p,
		    bad_tag);
	if ((info->algorithm != SEAL_ALGORITHM_NONE) !=
	    (reason == SEAL_WHY_OK))
		fail_msg("%s: usable, or is it?", name);
	if (reason != SEAL_WHY_OK)
		assert_int_equal(info->bits, 0);
}

static void
follows_rfc6376_section_3_6_1(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct seal_record *record = parse(rows[i].text);

		assert_record(rows[i].name, record, rows[i].reason,
		    rows[i].bad_tag);
		seal_record_unref(&record);
	}
}

static void
tells_what_is_in_a_record(void **state)
{
	struct seal_record *record = parse(SPAN("v=DKIM1; h=sha1 : sha256; "
	    "k=ed25519; n=a =20 note; p=" ED "; s=email:x; t=y : s"));
	const struct seal_record_info *info = seal_record_info(record);

	(void)state;
	assert_true(span_eq(info->version, SPAN("DKIM1")));
	assert_true(span_eq(info->key_type, SPAN("ed25519")));
	assert_true(span_eq(info->hashes, SPAN("sha1 : sha256")));
	assert_true(span_eq(info->services, SPAN("email:x")));
	assert_true(span_eq(info->notes, SPAN("a =20 note")));
	assert_int_equal(info->algorithm, SEAL_ED25519_SHA256);
	assert_int_equal(info->bits, 256);
	assert_int_equal(info->flags,
	    SEAL_RECORD_TESTING | SEAL_RECORD_STRICT);
	seal_record_unref(&record);

	record = parse(SPAN("p=" RSA));
	info = seal_record_info(record);
	assert_int_equal(info->version.n, 0);
	assert_true(span_eq(info->key_type, SPAN("rsa")));
	assert_int_equal(info->hashes.n, 0);
	assert_true(span_eq(info->services, SPAN("*")));
	assert_int_equal(info->algorithm, SEAL_RSA_SHA256);
	assert_int_equal(info->bits, 1024);
	assert_int_equal(info->flags, 0);
	assert_true(span_eq(info->text, SPAN("p=" RSA)));
	seal_record_unref(&record);
}

/* What can be said of a record that is of no use, so that its owner can be
 * told how to mend it. */
static void
tells_what_it_can_of_a_bad_record(void **state)
{
	struct seal_record *record = parse(SPAN("v=DKIM1; t=y; k=rsa; p=###"));
	const struct seal_record_info *info = seal_record_info(record);

	(void)state;
	assert_int_equal(info->reason, SEAL_WHY_KEY_UNUSABLE);
	assert_true(span_eq(info->version, SPAN("DKIM1")));
	assert_int_equal(info->flags, SEAL_RECORD_TESTING);
	seal_record_unref(&record);
}

/* seal.h, SEAL_MIN_RSA_BITS and SEAL_MAX_RSA_BITS: what parses. */
static void
takes_rsa_keys_of_512_to_8192_bits(void **state)
{
	static const struct {
		unsigned bits;
		enum seal_reason reason;
	} sizes[] = {
		{ 8, SEAL_WHY_KEY_UNUSABLE },
		{ 511, SEAL_WHY_KEY_UNUSABLE },
		{ 512, SEAL_WHY_OK },
		{ 1023, SEAL_WHY_OK },
		{ 1024, SEAL_WHY_OK },
		{ 4096, SEAL_WHY_OK },
		{ 4097, SEAL_WHY_OK },
		{ 8192, SEAL_WHY_OK },
		{ 8193, SEAL_WHY_KEY_UNUSABLE },
		{ 16384, SEAL_WHY_KEY_UNUSABLE },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(sizes); i++) {
		struct buffer text = fixture_rsa_record(sizes[i].bits,
		    SPAN("\x01\x00\x01"));
		struct seal_record *record = parse(buffer_span(&text));

		assert_record("a size", record, sizes[i].reason,
		    sizes[i].reason == SEAL_WHY_OK ? NULL : "p");
		if (sizes[i].reason == SEAL_WHY_OK)
			assert_int_equal(seal_record_info(record)->bits,
			    sizes[i].bits);
		seal_record_unref(&record);
		buffer_deinit(&text);
	}
}

/* Exponents are odd and from 3 to 2^32: with 1 every signature holds. */
static void
takes_odd_exponents_from_3_to_2_to_the_32nd(void **state)
{
	static const struct {
		const char *name;
		struct span exponent;
		enum seal_reason reason;
	} exponents[] = {
		{ "0", SPAN_INIT("\x00"), SEAL_WHY_KEY_UNUSABLE },
		{ "1", SPAN_INIT("\x01"), SEAL_WHY_KEY_UNUSABLE },
		{ "2", SPAN_INIT("\x02"), SEAL_WHY_KEY_UNUSABLE },
		{ "3", SPAN_INIT("\x03"), SEAL_WHY_OK },
		{ "17", SPAN_INIT("\x11"), SEAL_WHY_OK },
		{ "65536", SPAN_INIT("\x01\x00\x00"), SEAL_WHY_KEY_UNUSABLE },
		{ "65537", SPAN_INIT("\x01\x00\x01"), SEAL_WHY_OK },
		{ "2^32 - 1", SPAN_INIT("\x00\xff\xff\xff\xff"),
		    SEAL_WHY_OK },
		{ "2^32 + 1", SPAN_INIT("\x01\x00\x00\x00\x01"),
		    SEAL_WHY_KEY_UNUSABLE },
		{ "2^64 + 1", SPAN_INIT("\x01\0\0\0\0\0\0\0\x01"),
		    SEAL_WHY_KEY_UNUSABLE },
		{ "negative", SPAN_INIT("\xff"), SEAL_WHY_KEY_UNUSABLE },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(exponents); i++) {
		struct buffer text = fixture_rsa_record(1024, exponents[i].exponent);
		struct seal_record *record = parse(buffer_span(&text));

		assert_record(exponents[i].name, record, exponents[i].reason,
		    exponents[i].reason == SEAL_WHY_OK ? NULL : "p");
		seal_record_unref(&record);
		buffer_deinit(&text);
	}
}

/* A good key with so many spaces in it that p= has n characters. */
static struct buffer
key_of_length(size_t n)
{
	struct buffer text = { 0 };

	buffer_add_text(&text, "p=M");
	for (size_t i = strlen(RSA); i < n; i++)
		buffer_add_byte(&text, ' ');
	buffer_add(&text, span_from(SPAN(RSA), 1));
	return text;
}

static void
takes_so_much_of_a_key_and_of_a_record_and_no_more(void **state)
{
	struct buffer text = key_of_length(SEAL_MAX_KEY_TEXT);
	struct seal_record *record = parse(buffer_span(&text));

	(void)state;
	assert_record("4096 characters of p=", record, SEAL_WHY_OK, NULL);
	seal_record_unref(&record);
	buffer_deinit(&text);

	text = key_of_length(SEAL_MAX_KEY_TEXT + 1);
	record = parse(buffer_span(&text));
	assert_record("4097 characters of p=", record, SEAL_WHY_KEY_UNUSABLE,
	    "p");
	seal_record_unref(&record);
	buffer_deinit(&text);

	buffer_add_text(&text, "p=" RSA "; n=");
	while (text.n < SEAL_MAX_RECORD_BYTES)
		buffer_add_byte(&text, 'x');
	record = parse(buffer_span(&text));
	assert_record("8 KiB of record", record, SEAL_WHY_OK, NULL);
	seal_record_unref(&record);
	buffer_add_byte(&text, 'x');
	record = parse(buffer_span(&text));
	assert_record("one octet more", record, SEAL_WHY_KEY_SYNTAX, NULL);
	seal_record_unref(&record);
	buffer_deinit(&text);
}

/* RFC 6376 section 3.6.2.2 leaves several records open; seal.h says what we
 * do. */
static void
chooses_the_one_of_several_that_says_most(void **state)
{
	static const struct {
		const char *name;
		struct span texts[9];
		size_t n;
		enum seal_reason reason;
		size_t chosen;
	} cases[] = {
		{ "a key behind other text", { SPAN_INIT("hello"),
		    SPAN_INIT("v=spf1 -all"), SPAN_INIT("p=" RSA) }, 3,
		    SEAL_WHY_OK, 2 },
		{ "the first of two keys", { SPAN_INIT("p=" RSA),
		    SPAN_INIT("k=ed25519; p=" ED) }, 2, SEAL_WHY_OK, 0 },
		{ "a key behind a revoked one", { SPAN_INIT("p="),
		    SPAN_INIT("p=" RSA) }, 2, SEAL_WHY_OK, 1 },
		{ "a revocation behind a bad one", { SPAN_INIT("v=DKIM1; p=#"),
		    SPAN_INIT("v=DKIM1; p=") }, 2, SEAL_WHY_KEY_REVOKED, 1 },
		{ "what claims to be DKIM behind what does not",
		    { SPAN_INIT("hello"), SPAN_INIT("v=DKIM1; k=x; p=" RSA) },
		    2, SEAL_WHY_KEY_TYPE, 1 },
		{ "the first of what says nothing", { SPAN_INIT("hello"),
		    SPAN_INIT("there") }, 2, SEAL_WHY_KEY_SYNTAX, 0 },
		{ "the eighth counts", { SPAN_INIT("a"), SPAN_INIT("b"),
		    SPAN_INIT("c"), SPAN_INIT("d"), SPAN_INIT("e"),
		    SPAN_INIT("f"), SPAN_INIT("g"), SPAN_INIT("p=" RSA) }, 8,
		    SEAL_WHY_OK, 7 },
		{ "the ninth does not", { SPAN_INIT("a"), SPAN_INIT("b"),
		    SPAN_INIT("c"), SPAN_INIT("d"), SPAN_INIT("e"),
		    SPAN_INIT("f"), SPAN_INIT("g"), SPAN_INIT("h"),
		    SPAN_INIT("p=" RSA) }, 9, SEAL_WHY_KEY_SYNTAX, 0 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct seal_record *record = NULL;
		const struct seal_record_info *info;

		assert_int_equal(seal_record_parse(cases[i].texts, cases[i].n,
		    &record), 0);
		info = seal_record_info(record);
		if (info->reason != cases[i].reason || !span_eq(info->text,
		    cases[i].texts[cases[i].chosen]))
			fail_msg("%s: %s: '%.*s'", cases[i].name,
			    seal_reason_word(info->reason), (int)info->text.n,
			    (const char *)info->text.p);
		assert_int_equal(info->count, cases[i].n);
		seal_record_unref(&record);
	}
}

static void
is_not_found_when_there_is_none(void **state)
{
	struct seal_record *record = NULL;

	(void)state;
	assert_int_equal(seal_record_parse(NULL, 0, &record), 0);
	assert_int_equal(seal_record_info(record)->reason,
	    SEAL_WHY_KEY_NOT_FOUND);
	assert_int_equal(seal_record_info(record)->count, 0);
	assert_int_equal(seal_record_info(record)->text.n, 0);
	seal_record_unref(&record);
}

static void
keeps_its_own_copy_and_lives_until_the_last_reference(void **state)
{
	char text[] = "k=ed25519; p=" ED;
	struct seal_record *record = parse(span_of_text(text)), *other;

	(void)state;
	memset(text, '!', sizeof(text) - 1);
	other = seal_record_ref(record);
	seal_record_unref(&record);
	assert_null(record);
	assert_true(span_eq(seal_record_info(other)->key_type,
	    SPAN("ed25519")));
	seal_record_unref(&other);
	seal_record_unref(&other); /* NULL is fine */
	assert_null(seal_record_ref(NULL));
}

#define DIGEST_32 "12345678901234567890123456789012"
#define DIGEST_20 "12345678901234567890"

static struct seal_record *
record_of_key(const struct seal_key *key)
{
	struct seal_record *record;
	char *text = NULL;

	assert_int_equal(seal_key_to_record(key, &text), 0);
	record = parse(span_of_text(text));
	seal_text_free(&text);
	return record;
}

static const struct {
	const char *name, *pem;
	enum seal_algorithm algorithm;
	struct span digest;
} keys[] = {
	{ "rsa-sha256", fixture_rsa2048, SEAL_RSA_SHA256,
	    SPAN_INIT(DIGEST_32) },
	{ "rsa-sha1", fixture_rsa1024, SEAL_RSA_SHA1, SPAN_INIT(DIGEST_20) },
	{ "ed25519-sha256", fixture_ed25519, SEAL_ED25519_SHA256,
	    SPAN_INIT(DIGEST_32) },
};

static void
verifies_what_the_key_signed_and_nothing_else(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(keys); i++) {
		struct seal_key *key = fixture_key(keys[i].pem);
		struct seal_record *record = record_of_key(key);
		struct buffer b = { 0 };
		unsigned char other[32];

		assert_int_equal(key_sign(key, keys[i].algorithm,
		    keys[i].digest, &b), 0);
		assert_int_equal(record_verify(record, keys[i].algorithm,
		    keys[i].digest, buffer_span(&b)), 1);
		memcpy(other, keys[i].digest.p, keys[i].digest.n);
		other[keys[i].digest.n - 1] ^= 1;
		assert_int_equal(record_verify(record, keys[i].algorithm,
		    span_of(other, keys[i].digest.n), buffer_span(&b)), 0);
		b.p[b.n / 2] ^= 0x10;
		assert_int_equal(record_verify(record, keys[i].algorithm,
		    keys[i].digest, buffer_span(&b)), 0);
		/* and it still works after those */
		b.p[b.n / 2] ^= 0x10;
		assert_int_equal(record_verify(record, keys[i].algorithm,
		    keys[i].digest, buffer_span(&b)), 1);
		buffer_deinit(&b);
		seal_record_unref(&record);
		seal_key_unref(&key);
	}
}

/* Lengths are the peer's choice: none of them is an error of ours. */
static void
refuses_signatures_of_any_wrong_length(void **state)
{
	static const unsigned char zeros[SEAL_MAX_SIGNATURE_VALUE];

	(void)state;
	for (size_t i = 0; i < COUNT(keys); i++) {
		struct seal_key *key = fixture_key(keys[i].pem);
		struct seal_record *record = record_of_key(key);
		struct buffer b = { 0 };
		size_t n;

		assert_int_equal(key_sign(key, keys[i].algorithm,
		    keys[i].digest, &b), 0);
		n = b.n;
		buffer_add_byte(&b, 0);
		assert_int_equal(record_verify(record, keys[i].algorithm,
		    keys[i].digest, buffer_span(&b)), 0);
		for (size_t length = 0; length < n; length += 7)
			assert_int_equal(record_verify(record,
			    keys[i].algorithm, keys[i].digest,
			    span_of(b.p, length)), 0);
		assert_int_equal(record_verify(record, keys[i].algorithm,
		    keys[i].digest, span_of(zeros, sizeof(zeros))), 0);
		assert_int_equal(record_verify(record, keys[i].algorithm,
		    keys[i].digest, span_of(zeros, n)), 0);
		buffer_deinit(&b);
		seal_record_unref(&record);
		seal_key_unref(&key);
	}
}

struct shared {
	struct seal_record *record;
	struct buffer b;
};

static void *
verify_often(void *arg)
{
	struct shared *shared = arg;
	uintptr_t ok = 1;

	for (int i = 0; i < 200; i++) {
		if (record_verify(shared->record, SEAL_RSA_SHA256,
		    SPAN(DIGEST_32), buffer_span(&shared->b)) != 1)
			ok = 0;
	}
	return (void *)ok;
}

static void
verifies_in_many_threads(void **state)
{
	struct seal_key *key = fixture_key(fixture_rsa2048);
	struct shared shared = { .record = record_of_key(key) };
	pthread_t threads[4];
	void *ok;

	(void)state;
	assert_int_equal(key_sign(key, SEAL_RSA_SHA256, SPAN(DIGEST_32),
	    &shared.b), 0);
	for (size_t i = 0; i < COUNT(threads); i++)
		assert_int_equal(pthread_create(&threads[i], NULL,
		    verify_often, &shared), 0);
	for (size_t i = 0; i < COUNT(threads); i++) {
		assert_int_equal(pthread_join(threads[i], &ok), 0);
		assert_non_null(ok);
	}
	buffer_deinit(&shared.b);
	seal_record_unref(&shared.record);
	seal_key_unref(&key);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(follows_rfc6376_section_3_6_1),
		cmocka_unit_test(tells_what_is_in_a_record),
		cmocka_unit_test(tells_what_it_can_of_a_bad_record),
		cmocka_unit_test(takes_rsa_keys_of_512_to_8192_bits),
		cmocka_unit_test(takes_odd_exponents_from_3_to_2_to_the_32nd),
		cmocka_unit_test(
		    takes_so_much_of_a_key_and_of_a_record_and_no_more),
		cmocka_unit_test(chooses_the_one_of_several_that_says_most),
		cmocka_unit_test(is_not_found_when_there_is_none),
		cmocka_unit_test(
		    keeps_its_own_copy_and_lives_until_the_last_reference),
		cmocka_unit_test(verifies_what_the_key_signed_and_nothing_else),
		cmocka_unit_test(refuses_signatures_of_any_wrong_length),
		cmocka_unit_test(verifies_in_many_threads),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
