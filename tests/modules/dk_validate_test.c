/*
 * dk_validate, as policy and readers see it: DomainKey-Status, dk_status, and
 * domainkeys= in Authentication-Results.
 */
#include "dk_scene.h"
#include "roll.h"

#include "host/log/results.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HOST "hostname = \"mx.example.net\" dns_zone_file = \"~/dk.zone\" "
#define VALIDATE HOST "dk_validate \"v\" { "
#define PLAIN "From: <ann@example.com>\r\nSubject: x\r\n\r\nhello\r\n"
#define FROM(domain) "From: <ann@" domain ">\r\nSubject: x\r\n\r\nhello\r\n"

static struct scene scene;

/* text with `to` in the place of the first `from`; freed by free(), as text is
 * here. */
static char *
changed(char *text, const char *from, const char *to)
{
	char *at = strstr(text, from), *out;

	assert_non_null(at);
	assert_true(asprintf(&out, "%.*s%s%s", (int)(at - text), text, to,
	    at + strlen(from)) > 0);
	free(text);
	return out;
}

#define SIGNED(s) { .selector = (s) }, true
#define UNSIGNED { .selector = NULL }, false

static const struct verdict_row {
	const char *name;
	struct dk_scene_signature signature;
	bool is_signed;
	const char *text; /* NULL: PLAIN */
	const char *from, *to; /* changed after signing */
	const char *options;
	const char *header; /* DomainKey-Status; NULL: none */
	const char *status; /* dk_status; NULL: not set */
	const char *reason; /* dk_reason */
} verdict_rows[] = {
	/* the eight values of dk_status (facts 3.7) */
	{ "dk_status good", SIGNED("dk"), NULL, NULL, NULL, "", "good", "good",
	    "ok" },
	{ "dk_status bad: the body was changed", SIGNED("dk"), NULL, "hello",
	    "hullo", "", "bad", "bad", "signature-mismatch" },
	{ "dk_status bad (key type)", SIGNED("dsa"), NULL, NULL, NULL, "",
	    "bad", "bad (key type)", "unknown-key-type" },
	{ "dk_status bad (no key)", SIGNED("gone"), NULL, NULL, NULL, "",
	    "bad", "bad (no key)", "key-not-found" },
	{ "dk_status bad (key revoked)", SIGNED("revoked"), NULL, NULL, NULL,
	    "", "bad", "bad (key revoked)", "key-revoked" },
	{ "dk_status bad (public key)", SIGNED("junk"), NULL, NULL, NULL, "",
	    "bad", "bad (public key)", NULL },
	{ "dk_status bad (malformed signature)", SIGNED("dk"), NULL, "c=nofws",
	    "c=nofwz", "", "bad", "bad (malformed signature)", NULL },
	{ "dk_status bad (unsupported query type)", SIGNED("dk"), NULL,
	    "q=dns", "q=dnt", "", "bad", "bad (unsupported query type)",
	    "unknown-query-method" },
	/* what no signature means is said by the policy (RFC 4870 3.6) */
	{ "unsigned, o=~: nothing", UNSIGNED, NULL, NULL, NULL, "", NULL, NULL,
	    "no-signature" },
	{ "unsigned, o=-: bad", UNSIGNED, FROM("all.example"), NULL, NULL, "",
	    "bad", "bad", "domain-signs-all" },
	{ "unsigned, o=- and t=y: nothing", UNSIGNED, FROM("trial.example"),
	    NULL, NULL, "", NULL, NULL, "no-signature" },
	{ "unsigned, no policy: o=~ is meant", UNSIGNED, FROM("other.example"),
	    NULL, NULL, "", NULL, NULL, "no-signature" },
	{ "unsigned, a record that is no policy", UNSIGNED,
	    FROM("strange.example"), NULL, NULL, "", NULL, NULL,
	    "no-signature" },
	{ "unsigned, nobody to ask", UNSIGNED, "Subject: x\r\n\r\nhello\r\n",
	    NULL, NULL, "", NULL, NULL, "no-signature" },
	/* whom a message is from (RFC 4870 3.3) */
	{ "Sender before From: the policy of Sender's domain", UNSIGNED,
	    "From: a@example.com\r\nSender: b@all.example\r\n\r\nx\r\n", NULL,
	    NULL, "", "bad", "bad", "domain-signs-all" },
	{ "Sender before From: not that of From's", UNSIGNED,
	    "From: a@all.example\r\nSender: b@example.com\r\n\r\nx\r\n", NULL,
	    NULL, "", NULL, NULL, "no-signature" },
	{ "the signature speaks for Sender", SIGNED("dk"),
	    "From: a@all.example\r\nSender: b@example.com\r\n\r\nx\r\n", NULL,
	    NULL, "", "good", "good", "ok" },
	{ "a domain below d=", SIGNED("dk"), FROM("mail.example.com"), NULL,
	    NULL, "", "good", "good", "ok" },
	{ "a domain that is not in d=", SIGNED("dk"), NULL, "ann@example.com",
	    "ann@example.org", "", "bad", "bad", NULL },
	/* keys in test mode (RFC 4870 3.2.3): as if there were none */
	{ "t=y and it holds", SIGNED("testing"), NULL, NULL, NULL, "", "good",
	    "good", "ok" },
	{ "t=y and it does not hold: as if unsigned", SIGNED("testing"), NULL,
	    "hello", "hullo", "", NULL, NULL, "no-signature" },
	{ "t=y, it does not hold, and o=-", { "all.example", "testing", NULL,
	    false }, true, FROM("all.example"), "hello", "hullo", "", "bad",
	    "bad", "domain-signs-all" },
	/* g= (facts 2.11, B13; RFC 4870 3.2.3) */
	{ "g= is the local part", SIGNED("g-ann"), NULL, NULL, NULL, "",
	    "good", "good", "ok" },
	{ "g= is another's", SIGNED("g-ann"),
	    "From: bob@example.com\r\n\r\nx\r\n", NULL, NULL, "", "bad", "bad",
	    "key-not-for-sender" },
	{ "g= with a star", SIGNED("g-star"), NULL, NULL, NULL, "", "good",
	    "good", "ok" },
	{ "g= empty is for nobody (facts 2.11)", SIGNED("g-none"), NULL, NULL,
	    NULL, "", "bad", "bad", "key-not-for-sender" },
	{ "g= empty with empty_granularity = everybody (RFC 4870)",
	    SIGNED("g-none"), NULL, NULL, NULL,
	    "empty_granularity = everybody", "good", "good", "ok" },
	/* position and h= (RFC 4870 3.3) */
	{ "no h=: all that stands below", { NULL, NULL, NULL, true }, true,
	    NULL, NULL, NULL, "", "good", "good", "ok" },
	{ "no h=: a field added below is not signed", { NULL, NULL, NULL, true },
	    true, NULL, "Subject: x\r\n", "Subject: x\r\nX-More: y\r\n", "",
	    "bad", "bad", "signature-mismatch" },
	{ "a field added above is not looked at", { NULL, NULL, NULL, true },
	    true, NULL, "DomainKey-Signature:",
	    "X-More: y\r\nDomainKey-Signature:", "", "good", "good", "ok" },
	{ "h= names some", { NULL, NULL, "From", false }, true, NULL,
	    "Subject: x", "Subject: y", "", "good", "good", "ok" },
	/* limits */
	{ "min_key_bits refuses smaller keys", SIGNED("dk"), NULL, NULL, NULL,
	    "min_key_bits = 4096", "bad", "bad (public key)",
	    "key-too-small" },
	{ "max_header_size: signatures under more are bad", SIGNED("dk"),
	    "From: a@example.com\r\nX-Much: "
	    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	    "\r\n\r\nx\r\n",
	    NULL, NULL, "max_header_size = 1024", "bad", "bad",
	    "header-too-large" },
};

static void
run_row(const struct verdict_row *row, const char *form)
{
	const char *plain = row->text == NULL ? PLAIN : row->text;
	char configuration[512], *text = row->is_signed ?
	    dk_scene_sign(&scene, &row->signature, plain) : strdup(plain);

	if (row->from != NULL)
		text = changed(text, row->from, row->to);
	(void)snprintf(configuration, sizeof(configuration), form,
	    row->options);
	scene_run(&scene, configuration, &(struct mail){ .text = text });
	free(text);
}

static void
verdicts_show_in_header_and_variable(void **state)
{
	const struct verdict_row *row = *state;
	char line[128], *value;

	run_row(row, VALIDATE "%s }");
	assert_int_equal(scene.action, SESSION_ACCEPT);
	value = scene_value(scene.out, "DomainKey-Status", 0);
	(void)snprintf(line, sizeof(line), " %s", row->header == NULL ? "" :
	    row->header);
	if (row->header == NULL)
		assert_null(value);
	else
		assert_string_equal(value, line);
	free(value);
	(void)snprintf(line, sizeof(line), "dk_status=%s\n",
	    row->status == NULL ? "" : row->status);
	if (row->status == NULL)
		assert_says_not(scene.context, "dk_status=");
	else
		assert_says(scene.context, line);
	(void)snprintf(line, sizeof(line), "dk_reason=%s\n",
	    row->reason == NULL ? "" : row->reason);
	if (row->reason != NULL)
		assert_says(scene.context, line);
	assert_int_equal(scene_count(scene.out, "Authentication-Results"), 0);
}

static void
one_signature_that_holds_is_enough(void **state)
{
	char *good = dk_scene_sign(&scene, &(struct dk_scene_signature){
	    .selector = "dk" }, PLAIN);
	char *text = dk_scene_sign(&scene, &(struct dk_scene_signature){
	    .selector = "gone" }, good);

	(void)state;
	scene_run(&scene, VALIDATE "}", &(struct mail){ .text = text });
	assert_says(scene.context, "dk_status=good\n");
	/* only one key is asked for: that of the one on top */
	scene_run(&scene, VALIDATE "max_signatures = 1 }",
	    &(struct mail){ .text = text });
	assert_says_not(scene.context, "dk_status=good\n");
	free(good);
	free(text);
}

/* RFC 4870 section 3.8: what others put there must not be believed. */
static void
every_existing_status_goes_and_ours_is_on_top(void **state)
{
	static const char forged[] = "DomainKey-Status: good\r\n"
	    "From: <ann@all.example>\r\ndomainkey-status:good\r\n"
	    "Subject: x\r\nDOMAINKEY-STATUS : good\r\n\r\nhello\r\n";
	char *value;

	(void)state;
	scene_run(&scene, VALIDATE "}", &(struct mail){ .text = forged });
	assert_int_equal(strncmp(scene.out, "DomainKey-Status: bad\r\n", 23),
	    0);
	assert_int_equal(scene_count(scene.out, "DomainKey-Status"), 1);
	value = strstr(scene.out, "Status :");
	assert_null(value);
	/* and where there is nothing to say, none is left */
	scene_run(&scene, VALIDATE "}", &(struct mail){ .text =
	    "DomainKey-Status: good\r\nDomainKey-Status: good\r\n" PLAIN });
	assert_string_equal(scene.out, PLAIN);
}

/* A server that never answers: nobody listens on this port. */
#define DEAF "hostname = \"mx.example.net\" " \
	"dns_forwarders = ( \"127.0.0.1@9\" ) dns_timeout = 1 " \
	"dk_validate \"v\" { dns_timeout = 1 "

static void
a_dns_without_an_answer_is_an_error(void **state)
{
	char *text = dk_scene_sign(&scene, &(struct dk_scene_signature){
	    .selector = "dk" }, PLAIN), *value, *log;

	(void)state;
	scene_run(&scene, DEAF "authentication_results = true }",
	    &(struct mail){ .text = text });
	assert_int_equal(scene.action, SESSION_ACCEPT);
	value = scene_value(scene.out, "DomainKey-Status", 0);
	assert_string_equal(value, " error");
	free(value);
	assert_says(scene.context, "dk_status=bad (no key)\n"); /* C3 */
	assert_says(scene.context, "dk_result=temperror\n");
	value = scene_value(scene.out, "Authentication-Results", 0);
	assert_says(value, "domainkeys=temperror");
	free(value);
	free(scene_log(&scene));
	scene_run(&scene, DEAF "dns_failure = tempfail }",
	    &(struct mail){ .text = text });
	assert_int_equal(scene.action, SESSION_TEMPFAIL);
	assert_int_equal(scene.code, 451);
	assert_says(scene.reply, "4.4.3 The key or policy of a DomainKeys");
	log = scene_log(&scene);
	assert_says(log, "deferred, as dns_failure says: key 'dk' of "
	    "'example.com': ");
	free(log);
	free(text);
}

static const struct authres_row {
	const char *name;
	struct dk_scene_signature signature;
	bool is_signed;
	const char *text;
	const char *options;
	const char *says[2]; /* NULL first: no field */
} authres_rows[] = {
	{ "domainkeys=pass with d, s, who and b (RFC 5451, RFC 6008)",
	    SIGNED("dk"), PLAIN, "", { "mx.example.net;\tdomainkeys=pass "
	    "header.d=example.com header.s=dk", "header.from=ann@example.com "
	    "header.b=" } },
	{ "header.sender for Sender", SIGNED("dk"),
	    "Sender: b@example.com\r\nFrom: a@example.org\r\n\r\nx\r\n", "",
	    { "header.sender=b@example.com" } },
	{ "a reason", SIGNED("gone"), PLAIN, "",
	    { "domainkeys=permerror reason=" } },
	{ "none for unsigned mail", UNSIGNED, PLAIN, "", { NULL } },
	{ "report_none says so", UNSIGNED, PLAIN, "report_none = true",
	    { "mx.example.net;\tdomainkeys=none" } },
	{ "authserv_id", SIGNED("dk"), PLAIN, "authserv_id = id.example",
	    { " id.example;\tdomainkeys=pass" } },
};

static void
authentication_results_on_request(void **state)
{
	const struct authres_row *row = *state;
	char configuration[512], *value, *text = row->is_signed ?
	    dk_scene_sign(&scene, &row->signature, row->text) :
	    strdup(row->text);

	(void)snprintf(configuration, sizeof(configuration), VALIDATE
	    "authentication_results = true %s }", row->options);
	scene_run(&scene, configuration, &(struct mail){ .text = text });
	value = scene_value(scene.out, "Authentication-Results", 0);
	if (row->says[0] == NULL)
		assert_null(value);
	for (size_t i = 0; i < 2 && row->says[i] != NULL; i++)
		assert_says(value, row->says[i]);
	free(value);
	free(text);
}

static void
forged_results_go_when_we_write_ours(void **state)
{
	static const char text[] =
	    "Authentication-Results: mx.example.net; domainkeys=pass\r\n"
	    "Authentication-Results: other.example; domainkeys=pass\r\n" PLAIN;

	(void)state;
	scene_run(&scene, VALIDATE "authentication_results = true }",
	    &(struct mail){ .text = text });
	assert_int_equal(scene_count(scene.out, "Authentication-Results"), 1);
	assert_says(scene.out, "Authentication-Results: other.example");
	/* without the option, that is another's business */
	scene_run(&scene, VALIDATE "}", &(struct mail){ .text = text });
	assert_int_equal(scene_count(scene.out, "Authentication-Results"), 2);
}

#define DK "dk_validate \"v\" { authentication_results = true } "
#define DKIM "dkim_validate \"v\" { report_none = true } "

static const struct {
	const char *name;
	const char *configuration;
	size_t fields;
	const char *first; /* how the first of them goes on, unfolded */
	const char *second;
} together_rows[] = {
	{ "dkim_validate first", HOST DKIM DK, 1, " mx.example.net;\tdkim=none;"
	    "\tdomainkeys=pass header.d=example.com", NULL },
	{ "dk_validate first", HOST DK DKIM, 1, " mx.example.net;"
	    "\tdomainkeys=pass header.d=example.com", "\tdkim=none" },
	{ "two names, two fields", HOST DKIM "dk_validate \"v\" { "
	    "authentication_results = true authserv_id = \"b c\" } ", 2,
	    " \"b c\";\tdomainkeys=pass", NULL },
	{ "a quoted name with a semicolon", HOST
	    "dkim_validate \"v\" { report_none = true authserv_id = \"b;c\" } "
	    "dk_validate \"v\" { authentication_results = true "
	    "authserv_id = \"b;c\" } ", 1,
	    " \"b;c\";\tdkim=none;\tdomainkeys=pass", NULL },
	{ "only dkim_validate writes", HOST "dk_validate \"v\" { } " DKIM, 1,
	    " mx.example.net;\tdkim=none", NULL },
};

/* Facts C2: one field for all methods. */
static void
with_dkim_validate_there_is_one_field_for_each_name(void **state)
{
	static const char forged[] = "Authentication-Results: mx.example.net; "
	    "dkim=pass\r\nAuthentication-Results: \"b;c\"; dkim=pass\r\n"
	    "Authentication-Results: \"b c\"; dkim=pass\r\n";
	char *text = dk_scene_sign(&scene, &(struct dk_scene_signature){
	    .headers = "From" }, PLAIN), *all, *value;

	(void)state;
	for (size_t i = 0; i < sizeof(together_rows) /
	    sizeof(together_rows[0]); i++) {
		scene_run(&scene, together_rows[i].configuration,
		    &(struct mail){ .text = text });
		print_message("# %s\n", together_rows[i].name);
		assert_int_equal(scene_count(scene.out,
		    "Authentication-Results"), together_rows[i].fields);
		value = scene_value(scene.out, "Authentication-Results", 0);
		assert_says(value, together_rows[i].first);
		if (together_rows[i].second != NULL)
			assert_says(value, together_rows[i].second);
		free(value);
	}
	/* what was forged goes, and nothing of ours with it */
	assert_true(asprintf(&all, "%s%s", forged, text) > 0);
	scene_run(&scene, HOST DKIM DK, &(struct mail){ .text = all });
	assert_int_equal(scene_count(scene.out, "Authentication-Results"), 3);
	value = scene_value(scene.out, "Authentication-Results", 0);
	assert_says(value, "dkim=none;\tdomainkeys=pass");
	free(value);
	assert_says_not(scene.out, "mx.example.net; dkim=pass");
	free(all);
	free(text);
}

/* What one of them takes away may be signed for the other. */
static void
both_judge_the_message_as_it_came(void **state)
{
	static const char text[] = "Authentication-Results: mx.example.net; "
	    "dkim=pass\r\nDomainKey-Status: good\r\n" PLAIN;
	char *signed_text = dk_scene_sign(&scene,
	    &(struct dk_scene_signature){ .bare = true }, text), *value;

	(void)state;
	scene_run(&scene, HOST DKIM DK, &(struct mail){ .text = signed_text });
	assert_says(scene.context, "dk_status=good\n");
	value = scene_value(scene.out, "Authentication-Results", 0);
	assert_says(value, "domainkeys=pass");
	free(value);
	free(signed_text);
	/* the other way round */
	scene_run(&scene, "dkim_sign \"s\" { selector = rsa "
	    "key = \"~/rsa.key\" headerlist = \"From+:DomainKey-Status+\" }",
	    &(struct mail){ .text = text });
	signed_text = scene.out;
	scene.out = NULL;
	scene_run(&scene, "hostname = \"mx.example.net\" "
	    "dns_zone_file = \"~/keys.zone\" " DK DKIM,
	    &(struct mail){ .text = signed_text });
	assert_says(scene.context, "dkim_status=pass\n");
	assert_int_equal(scene_count(scene.out, "DomainKey-Status"), 0);
	free(signed_text);
}

static void
two_stanzas_verify_once(void **state)
{
	char *text = dk_scene_sign(&scene, &(struct dk_scene_signature){
	    .selector = "dk" }, PLAIN);

	(void)state;
	scene_run(&scene, VALIDATE "} dk_validate \"w\" { }",
	    &(struct mail){ .text = text });
	assert_int_equal(scene_count(scene.out, "DomainKey-Status"), 1);
	free(text);
}

static void
passive_and_bypassed_leave_the_message_alone(void **state)
{
	char *text = dk_scene_sign(&scene, &(struct dk_scene_signature){
	    .selector = "dk" }, "DomainKey-Status: good\r\n" PLAIN), *log;

	(void)state;
	scene_run(&scene, VALIDATE "enabled = false }",
	    &(struct mail){ .text = text });
	assert_string_equal(scene.out, text);
	assert_says_not(scene.context, "dk_");
	scene_run(&scene, VALIDATE "}", &(struct mail){ .text = text,
	    .variable = "__bypass_dk_validate" });
	assert_string_equal(scene.out, text);
	/* dkim_validate, which is about to change the header, does not have it
	 * verified either */
	scene_run(&scene, VALIDATE "} " DKIM, &(struct mail){ .text = text,
	    .variable = "__bypass_dk_validate" });
	assert_says_not(scene.context, "dk_");
	assert_int_equal(scene_count(scene.out, "Authentication-Results"), 1);
	results_begin();
	free(scene_log(&scene));
	scene_run(&scene, HOST DKIM DK, &(struct mail){ .text = text,
	    .variable = "__bypass_dk_validate" });
	log = scene_log(&scene);
	assert_says(log, "dkim_validate:v: result=none");
	assert_says_not(log, "dk_validate");
	free(log);
	free(text);
}

static void
records_are_cached_until_flushed(void **state)
{
	char *text = dk_scene_sign(&scene, &(struct dk_scene_signature){
	    .selector = "dk" }, PLAIN), *answer;

	(void)state;
	assert_true(scene_open(&scene, VALIDATE "}"));
	scene_send(&scene, &(struct mail){ .text = text });
	scene_send(&scene, &(struct mail){ .text = text });
	answer = scene_command("dk_validate:v stats");
	assert_says(answer, "keycache_hits = 2\n"); /* policy and key */
	free(answer);
	answer = scene_command("dk_validate:v flush keycache");
	assert_says(answer, "flushed 2 entries from the keycache");
	free(answer);
	free(text);
}

/* Facts 1.3, and the console of that age. */
static void
the_old_syntax_loads(void **state)
{
	char *text = dk_scene_sign(&scene, &(struct dk_scene_signature){
	    .selector = "dk" }, PLAIN), *answer;

	(void)state;
	assert_true(scene_open(&scene, HOST
	    "Validate validate/domainkeys dk_validate { }"));
	scene_send(&scene, &(struct mail){ .text = text });
	assert_says(scene.context, "dk_status=good\n");
	answer = scene_command("dk_validate flush keycache");
	assert_says(answer, "flushed 2 entries from the keycache");
	free(answer);
	free(text);
}

static void
metrics_count_messages_and_records(void **state)
{
	char *text = dk_scene_sign(&scene, &(struct dk_scene_signature){
	    .selector = "revoked" }, PLAIN), *before, *after, *line;

	(void)state;
	assert_true(scene_open(&scene, VALIDATE "}"));
	before = scene_metric("mailseal_domainkeys_verified_total{"
	    "result=\"permerror\"} ");
	scene_send(&scene, &(struct mail){ .text = text });
	after = scene_metric("mailseal_domainkeys_verified_total{"
	    "result=\"permerror\"} ");
	assert_non_null(before);
	assert_int_equal(atoi(strchr(after, ' ')),
	    atoi(strchr(before, ' ')) + 1);
	line = scene_metric("mailseal_keycache_entries{module=\"dk_validate\","
	    "stanza=\"v\"} ");
	assert_says(line, "} 2");
	free(line);
	free(before);
	free(after);
	free(text);
}

static void
the_log_tells_the_result_and_how_it_came_to_it(void **state)
{
	char *text = dk_scene_sign(&scene, &(struct dk_scene_signature){
	    .selector = "gone" }, PLAIN), *log;

	(void)state;
	free(scene_log(&scene));
	results_begin();
	scene_run(&scene, VALIDATE
	    "debug_level = DEBUG }", &(struct mail){ .text = text });
	log = scene_log(&scene);
	assert_says(log, "dk_validate:v: result=permerror d=example.com "
	    "s=gone");
	assert_says(log, "responsible domain 'example.com', by From");
	assert_says(log, "policy: it may sign, reports to 'a@example.com'");
	assert_says(log, "key 'gone._domainkey.example.com': permerror");
	free(log);
	free(text);
}

static void
the_log_names_all_of_several_signatures(void **state)
{
	char *one = dk_scene_sign(&scene, &(struct dk_scene_signature){
	    .selector = "dk" }, PLAIN), *both, *log;

	(void)state;
	both = dk_scene_sign(&scene, &(struct dk_scene_signature){
	    .selector = "gone" }, one);
	free(scene_log(&scene));
	results_begin();
	scene_run(&scene, VALIDATE "}", &(struct mail){ .text = both });
	log = scene_log(&scene);
	assert_says(log, "dk_validate:v: result=pass d=example.com s=dk "
	    "count=2 signatures=\"permerror d=example.com s=gone; pass "
	    "d=example.com s=dk\" us=");
	free(log);
	scene_run(&scene, VALIDATE "}", &(struct mail){ .text = one });
	log = scene_log(&scene);
	assert_says_not(log, "count=");
	free(log);
	free(both);
	free(one);
}

static const struct refusal error_rows[] = {
	{ "a zone file that is not there",
	    "dns_zone_file = \"/nowhere/keys.zone\" dk_validate \"v\" { }",
	    { "/nowhere/keys.zone", "dk_validate" } },
	{ "no signatures at all", VALIDATE "\nmax_signatures = 0 }",
	    { "test.conf:2:", "max_signatures" } },
	{ "more keys than names may be asked for",
	    VALIDATE "\nmax_signatures = 10 }",
	    { "test.conf:2:", "max_signatures" } },
	{ "an unknown granularity", VALIDATE "\nempty_granularity = me }",
	    { "test.conf:2:", "nobody" } },
	{ "an unknown action", VALIDATE "\ndns_failure = reject }",
	    { "test.conf:2:", "tempfail" } },
	{ "a misspelled option", VALIDATE "\nauthserv-id = x }",
	    { "test.conf:2:" } },
};

int
main(void)
{
	roll_begin(&scene, dk_scene_begin);
	ADD_ROWS(verdict_rows, "", verdicts_show_in_header_and_variable);
	ADD_ROWS(authres_rows, "Authentication-Results: ",
	    authentication_results_on_request);
	ADD_ROWS(error_rows, "refused: ", wrong_options_are_refused_with_words);
	ADD(one_signature_that_holds_is_enough);
	ADD(every_existing_status_goes_and_ours_is_on_top);
	ADD(a_dns_without_an_answer_is_an_error);
	ADD(forged_results_go_when_we_write_ours);
	ADD(with_dkim_validate_there_is_one_field_for_each_name);
	ADD(both_judge_the_message_as_it_came);
	ADD(two_stanzas_verify_once);
	ADD(passive_and_bypassed_leave_the_message_alone);
	ADD(records_are_cached_until_flushed);
	ADD(the_old_syntax_loads);
	ADD(metrics_count_messages_and_records);
	ADD(the_log_tells_the_result_and_how_it_came_to_it);
	ADD(the_log_names_all_of_several_signatures);
	return roll_run("dk_validate");
}
