/*
 * dkim_validate, as policy and readers see it: Authentication-Results and the
 * variables of the message.
 */
#include "roll.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SIGN(selector) "dkim_sign \"" selector "\" { selector = " selector \
	" key = \"~/" selector ".key\" allow_weak_key = true "
#define VALIDATE "hostname = \"mx.example.net\" " \
	"dns_zone_file = \"~/keys.zone\" dkim_validate \"v\" { "
#define PLAIN "From: <ann@example.com>\r\nSubject: x\r\n\r\nhello\r\n"

static struct scene scene;

/* PLAIN, or another text, as a configuration signs it; freed by free(). */
static char *
signed_by(const char *configuration, const char *text)
{
	char *out;

	scene_run(&scene, configuration, &(struct mail){
	    .text = text == NULL ? PLAIN : text });
	out = scene.out;
	scene.out = NULL;
	return out;
}

/* The message with one byte changed, in place: the first one of `from`. */
static void
change(char *message, const char *from)
{
	char *at = strstr(message, from);

	assert_non_null(at);
	at[0]++;
}

/* Take a signature tag's name away: "bh=" becomes "xh=". */
static const struct verdict_row {
	const char *name;
	const char *sign; /* configuration; NULL: not signed */
	const char *validate; /* options */
	const char *changed; /* the byte changed afterwards; NULL: none */
	const char *authres; /* in the field's value; NULL: no field */
	const char *variables[5];
	const char *text; /* NULL: PLAIN */
} verdict_rows[] = {
	{ "a good signature passes", SIGN("rsa") "}", "", NULL,
	    "dkim=pass header.d=example.com",
	    { "dkim_status=pass\n", "dkim_result=pass\n",
	    "dkim_signer=example.com\n", "dkim_domains=example.com\n",
	    "dkim_alignment=strict\n" }, NULL },
	{ "the clause names d, i, s, a and b (RFC 8601, RFC 6008)",
	    SIGN("rsa") "}", "", NULL,
	    "header.s=rsa", { "dkim_selector=rsa\n", "dkim_signatures=1\n",
	    "dkim_testing=false\n", "dkim_reason=ok\n" }, NULL },
	{ "Ed25519 passes (RFC 8463)", SIGN("ed") "}", "", NULL,
	    "header.a=ed25519-sha256", { "dkim_status=pass\n" }, NULL },
	{ "a changed body fails", SIGN("rsa") "}", "", "hello",
	    "dkim=fail", { "dkim_status=fail\n", "dkim_result=fail\n",
	    "dkim_reason=body-hash-mismatch\n", "dkim_domains=\n",
	    "dkim_alignment=none\n" }, NULL },
	{ "a changed header field fails", SIGN("rsa") "}", "", "x\r\n\r\nh",
	    "dkim=fail", { "dkim_status=fail\n",
	    "dkim_reason=signature-mismatch\n" }, NULL },
	{ "a key that is not there is invalid (facts 0)",
	    "dkim_sign \"s\" { selector = gone key = \"~/rsa.key\" }", "", NULL,
	    "dkim=permerror", { "dkim_status=invalid\n",
	    "dkim_result=permerror\n", "dkim_reason=key-not-found\n" }, NULL },
	{ "a signature that cannot be read is invalid", SIGN("rsa") "}", "",
	    "bh=", "dkim=permerror", { "dkim_status=invalid\n",
	    "dkim_signatures=1\n" }, NULL },
	{ "a revoked key is invalid (RFC 6376 3.6.1)",
	    "dkim_sign \"s\" { selector = revoked key = \"~/rsa.key\" }", "",
	    NULL, "dkim=permerror", { "dkim_status=invalid\n",
	    "dkim_reason=key-revoked\n" }, NULL },
	{ "a key in test mode is told (RFC 6376 3.6.1 t=y)",
	    "dkim_sign \"s\" { selector = testing key = \"~/rsa.key\" }", "",
	    "hello", "dkim=fail", { "dkim_status=fail\n",
	    "dkim_testing=true\n" }, NULL },
	{ "no signature, no field, but variables (2.3)", NULL, "", NULL, NULL,
	    { "dkim_status=none\n", "dkim_result=none\n",
	    "dkim_reason=no-signature\n", "dkim_signer=\n",
	    "dkim_signatures=0\n" }, NULL },
	{ "report_none says so", NULL, "report_none = true", NULL,
	    "mx.example.net;\tdkim=none", { "dkim_status=none\n" }, NULL },
	{ "rsa-sha1 is policy (RFC 8301)",
	    SIGN("rsa") "digest = rsa-sha1 }", "", NULL, "dkim=policy",
	    { "dkim_status=invalid\n", "dkim_result=policy\n" }, NULL },
	{ "allow_rsa_sha1", SIGN("rsa") "digest = rsa-sha1 }",
	    "allow_rsa_sha1 = true", NULL, "dkim=pass",
	    { "dkim_status=pass\n" }, NULL },
	{ "a key under 1024 bits is policy (RFC 8301)", SIGN("weak") "}", "",
	    NULL, "dkim=policy", { "dkim_result=policy\n" }, NULL },
	{ "min_key_bits lowers that", SIGN("weak") "}", "min_key_bits = 512",
	    NULL, "dkim=pass", { "dkim_result=pass\n" }, NULL },
	{ "min_key_bits raises that", SIGN("other") "}", "min_key_bits = 2048",
	    NULL, "dkim=policy", { "dkim_result=policy\n" }, NULL },
	{ "authserv_id instead of the host's name", SIGN("rsa") "}",
	    "authserv_id = \"id.example\"", NULL, "id.example;\tdkim=pass",
	    { "dkim_status=pass\n" }, NULL },
	{ "several signatures, a clause each", SIGN("rsa") "} " SIGN("ed") "}",
	    "", NULL, "header.s=ed", { "dkim_signatures=2\n",
	    "dkim_domains=example.com\n" }, NULL },
	{ "max_signatures leaves the others out (policy)",
	    SIGN("rsa") "} " SIGN("ed") "} " SIGN("other") "}",
	    "max_signatures = 1", NULL, "dkim=policy",
	    { "dkim_status=pass\n", "dkim_signatures=3\n" }, NULL },
	{ "max_header_size: signatures under a larger header are policy",
	    SIGN("rsa") "} " SIGN("ed") "} " SIGN("other") "}",
	    "max_header_size = 1024", NULL, "dkim=policy",
	    { "dkim_result=policy\n", "dkim_reason=header-too-large\n" },
	    NULL },
	{ "one that passes is enough (RFC 6376 6.1)",
	    "dkim_sign \"s\" { selector = gone key = \"~/rsa.key\" } "
	    SIGN("ed") "}", "", NULL, "dkim=pass",
	    { "dkim_status=pass\n", "dkim_selector=ed\n" }, NULL },
	{ "alignment: the organizational domain is relaxed (RFC 7489 3.1.1)",
	    SIGN("rsa") "dk_domain \"mail.example.com\" { "
	    "base_domain = \"example.com\" } }", "", NULL, "dkim=pass",
	    { "dkim_alignment=relaxed\n" },
	    "From: <ann@mail.example.com>\r\n\r\nhello\r\n" },
	{ "alignment: another domain's signature has none",
	    SIGN("rsa") "dk_domain \"example.org\" { "
	    "base_domain = \"example.com\" } }", "", NULL, "dkim=pass",
	    { "dkim_alignment=none\n", "dkim_status=pass\n" },
	    "From: <ann@example.org>\r\n\r\nhello\r\n" },
	{ "dkim_domains has the domain of i=", SIGN("rsa")
	    "identity = \"ann@News.Example.com\" }", "", NULL, "dkim=pass",
	    { "dkim_domains=news.example.com\n" }, NULL },
	{ "enabled = false is passive", SIGN("rsa") "}", "enabled = false",
	    NULL, NULL, { NULL }, NULL },
};

static void
verdicts_show_in_field_and_variables(void **state)
{
	const struct verdict_row *row = *state;
	char configuration[512], *value, *text;

	text = row->sign == NULL ? strdup(PLAIN) :
	    signed_by(row->sign, row->text);
	if (row->changed != NULL)
		change(text, row->changed);
	(void)snprintf(configuration, sizeof(configuration), VALIDATE "%s }",
	    row->validate);
	scene_run(&scene, configuration, &(struct mail){ .text = text });
	free(text);
	assert_int_equal(scene.action, SESSION_ACCEPT);
	value = scene_value(scene.out, "Authentication-Results", 0);
	if (row->authres == NULL)
		assert_null(value);
	else
		assert_says(value, row->authres);
	free(value);
	for (size_t i = 0; i < 5 && row->variables[i] != NULL; i++)
		assert_says(scene.context, row->variables[i]);
	if (row->variables[0] == NULL)
		assert_says_not(scene.context, "dkim_");
}

static void
a_part_of_the_body_is_policy_unless_allowed(void **state)
{
	char *text = signed_by(SIGN("rsa") "body_length_limit = true }", NULL);
	char *longer;

	(void)state;
	assert_true(asprintf(&longer, "%sand more\r\n", text) > 0);
	scene_run(&scene, VALIDATE "}", &(struct mail){ .text = longer });
	assert_says(scene.context, "dkim_result=policy\n");
	scene_run(&scene, VALIDATE "allow_partial_body = yes }",
	    &(struct mail){ .text = longer });
	assert_says(scene.context, "dkim_result=pass\n");
	free(longer);
	free(text);
}

static void
the_field_goes_on_top_and_the_rest_stays(void **state)
{
	char *text = signed_by(SIGN("rsa") "}", NULL);

	(void)state;
	scene_run(&scene, VALIDATE "}", &(struct mail){ .text = text });
	assert_int_equal(strncmp(scene.out,
	    "Authentication-Results: mx.example.net;", 39), 0);
	assert_non_null(strstr(scene.out, text));
	assert_string_equal(strstr(scene.out, text), text);
	free(text);
}

/* Forged fields: a header of letters, "o" for one that claims to be ours, "t"
 * for another server's, "-" for any other field. */
static const struct forged_row {
	const char *header;
	const char *left;
} forged_rows[] = {
	{ "o", "" },
	{ "oo", "" },
	{ "ooo", "" },
	{ "o-o-o", "--" },
	{ "tot", "tt" },
	{ "oot-oto-o", "t-t-" },
	{ "-t-", "-t-" },
	{ "oooooooooooooooooooo-oooooooooooooooooooo", "-" },
};

static void
add_letter(FILE *out, char letter, size_t i)
{
	static const char *const claims[] = {
		"Authentication-Results: mx.example.net; dkim=pass",
		"AUTHENTICATION-RESULTS:MX.Example.NET 1; none",
		"Authentication-Results: (a) \"mx.example.net\"; spf=pass",
		"Authentication-Results:\r\n mx.example.net;\r\n\tdkim=pass",
		"Authentication-Results : mx.example.net; dkim=pass",
	};

	switch (letter) {
	case 'o':
		fprintf(out, "%s\r\n", claims[i % 5]);
		break;
	case 't':
		fprintf(out, "Authentication-Results: mx.example.org; "
		    "dkim=pass\r\n");
		break;
	default:
		fprintf(out, "X-Other: %zu\r\n", i);
		break;
	}
}

static void
all_forged_fields_go_whatever_their_order(void **state)
{
	const struct forged_row *row = *state;
	char *text = NULL, letters[64] = "";
	size_t length, n = 0;
	FILE *out = open_memstream(&text, &length);

	for (size_t i = 0; row->header[i] != '\0'; i++)
		add_letter(out, row->header[i], i);
	fprintf(out, "From: a@example.com\r\n\r\nx\r\n");
	assert_int_equal(fclose(out), 0);
	scene_run(&scene, VALIDATE "report_none = true }",
	    &(struct mail){ .text = text });
	free(text);
	assert_int_equal(strncmp(scene.out,
	    "Authentication-Results: mx.example.net;", 39), 0);
	text = strstr(scene.out, "\r\nAuth");
	/* what is left, in order, below ours */
	for (char *line = strstr(scene.out, "dkim=none"); line != NULL;
	    line = strstr(line, "\r\n")) {
		line += 2;
		if (strncmp(line, "Authentication-Results", 22) == 0)
			letters[n++] = 't';
		else if (strncmp(line, "X-Other", 7) == 0)
			letters[n++] = '-';
	}
	assert_string_equal(letters, row->left);
	assert_null(strstr(scene.out + 1, "mx.example.net; dkim=pass"));
}

static void
forged_fields_go_without_a_signature_too(void **state)
{
	(void)state;
	scene_run(&scene, VALIDATE "}", &(struct mail){ .text =
	    "Authentication-Results: mx.example.net; dkim=pass\r\n" PLAIN });
	assert_int_equal(scene_count(scene.out, "Authentication-Results"), 0);
	/* with another authserv-id they are somebody else's */
	scene_run(&scene, VALIDATE "authserv_id = other }",
	    &(struct mail){ .text =
	    "Authentication-Results: mx.example.net; dkim=pass\r\n" PLAIN });
	assert_int_equal(scene_count(scene.out, "Authentication-Results"), 1);
}

/* A server that never answers: nobody listens on this port. */
#define DEAF "hostname = \"mx.example.net\" " \
	"dns_forwarders = ( \"127.0.0.1@9\" ) dns_timeout = 1 " \
	"dkim_validate \"v\" { dns_timeout = 1 "

static void
dns_failure_accepts_or_defers(void **state)
{
	char *text = signed_by(SIGN("rsa") "}", NULL), *value, *log;

	(void)state;
	scene_run(&scene, DEAF "}", &(struct mail){ .text = text });
	assert_int_equal(scene.action, SESSION_ACCEPT);
	value = scene_value(scene.out, "Authentication-Results", 0);
	assert_says(value, "dkim=temperror");
	free(value);
	assert_says(scene.context, "dkim_status=invalid\n");
	assert_says(scene.context, "dkim_result=temperror\n");
	scene_run(&scene, DEAF "dns_failure = tempfail }",
	    &(struct mail){ .text = text });
	assert_int_equal(scene.action, SESSION_TEMPFAIL);
	assert_int_equal(scene.code, 451);
	assert_says(scene.reply, "4.4.3 The key of a DKIM signature cannot");
	log = scene_log(&scene);
	assert_says(log, "deferred, as dns_failure says: key 'rsa' of "
	    "'example.com': ");
	free(log);
	/* an unsigned message does not care */
	scene_run(&scene, DEAF "dns_failure = tempfail }",
	    &(struct mail){ .text = PLAIN });
	assert_int_equal(scene.action, SESSION_ACCEPT);
	free(text);
}

static void
two_stanzas_verify_once(void **state)
{
	char *text = signed_by(SIGN("rsa") "}", NULL);

	(void)state;
	scene_run(&scene, VALIDATE "} dkim_validate \"w\" { }",
	    &(struct mail){ .text = text });
	assert_int_equal(scene_count(scene.out, "Authentication-Results"), 1);
	free(text);
}

static void
filter_header_tells_who_looked(void **state)
{
	char *value;

	(void)state;
	scene_run(&scene, VALIDATE "filter_header = on }",
	    &(struct mail){ .text = PLAIN });
	value = scene_value(scene.out, "DKIM-Filter", 0);
	assert_says(value, " mailseal ");
	assert_says(value, " mx.example.net QUEUEID1");
	free(value);
}

static void
keys_are_cached_until_flushed(void **state)
{
	char *text = signed_by(SIGN("rsa") "}", NULL), *answer;

	(void)state;
	assert_true(scene_open(&scene, VALIDATE "}"));
	scene_send(&scene, &(struct mail){ .text = text });
	scene_send(&scene, &(struct mail){ .text = text });
	answer = scene_command("dkim_validate:v stats");
	assert_says(answer, "keycache_hits = 1\n");
	free(answer);
	answer = scene_command("dkim_validate:v flush keycache");
	assert_says(answer, "flushed 1 entries from the keycache");
	free(answer);
	free(text);
}

static void
bypass_leaves_the_message_alone(void **state)
{
	char *text = signed_by(SIGN("rsa") "}", NULL);

	(void)state;
	scene_run(&scene, VALIDATE "}", &(struct mail){ .text = text,
	    .variable = "__bypass_dkim_validate" });
	assert_string_equal(scene.out, text);
	free(text);
}

static void
signing_and_validating_stand_side_by_side(void **state)
{
	char *text = signed_by(SIGN("ed") "}", NULL), *verified;

	(void)state;
	scene_run(&scene, VALIDATE "} " SIGN("rsa") "}",
	    &(struct mail){ .text = text });
	verified = scene_verify(&scene);
	assert_says(verified, "pass rsa-sha256 d=example.com s=rsa");
	assert_says(verified, "pass ed25519-sha256 d=example.com s=ed");
	free(verified);
	free(text);
}

static const struct refusal error_rows[] = {
	{ "a zone file that is not there",
	    "dns_zone_file = \"/nowhere/keys.zone\" dkim_validate \"v\" { }",
	    { "/nowhere/keys.zone", "dkim_validate" } },
	{ "a forwarder that is no address",
	    "dns_forwarders = ( \"ns.example\" ) dkim_validate \"v\" { }",
	    { "ns.example" } },
	{ "no signatures at all", VALIDATE "\nmax_signatures = 0 }",
	    { "test.conf:2:", "max_signatures" } },
	{ "no header at all", VALIDATE "\nmax_header_size = 0 }",
	    { "test.conf:2:", "max_header_size" } },
	{ "keys larger than there are", VALIDATE "\nmin_key_bits = 100000 }",
	    { "test.conf:2:", "8192" } },
	{ "an unknown action", VALIDATE "\ndns_failure = reject }",
	    { "test.conf:2:", "tempfail" } },
	{ "an empty authserv_id", VALIDATE "\nauthserv_id = \"\" }",
	    { "test.conf:2:", "authserv_id" } },
	{ "a misspelled option", VALIDATE "\nauthserv-id = x }",
	    { "test.conf:2:" } },
};

int
main(void)
{
	roll_begin(&scene, scene_begin);
	ADD_ROWS(verdict_rows, "", verdicts_show_in_field_and_variables);
	ADD_ROWS_BY(forged_rows, header, "forged fields go (RFC 8601 5): ",
	    all_forged_fields_go_whatever_their_order);
	ADD_ROWS(error_rows, "refused: ", wrong_options_are_refused_with_words);
	ADD(a_part_of_the_body_is_policy_unless_allowed);
	ADD(the_field_goes_on_top_and_the_rest_stays);
	ADD(forged_fields_go_without_a_signature_too);
	ADD(dns_failure_accepts_or_defers);
	ADD(two_stanzas_verify_once);
	ADD(filter_header_tells_who_looked);
	ADD(keys_are_cached_until_flushed);
	ADD(bypass_leaves_the_message_alone);
	ADD(signing_and_validating_stand_side_by_side);
	return roll_run("dkim_validate");
}
