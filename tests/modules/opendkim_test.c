/*
 * opendkim, as an administrator sees it: its options, in both places and both
 * spellings; its lists of headers; its switch; and that it does not sign beside
 * dkim_sign.
 *
 * What it shares with dkim_sign (whose domain is responsible, what goes wrong)
 * is tried there; here a row of each shows that it is shared.
 */
#include "host/log/results.h"
#include "host/metrics/metrics.h"
#include "misc/ec_string.h"
#include "roll.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define KEYS "selector = rsa key = \"~/rsa.key\" "
#define LIST "headerlist = ( from to subject date ) "
#define STANZA "opendkim \"o\" { " KEYS LIST
#define NO_MAIL ((struct mail){ 0 })

static struct scene scene;

/* Options, a row each: what the first DKIM-Signature says, unfolded.  Each is
 * tried in the stanza and in the dkim_domain of the message. */
static const struct option_row {
	const char *name;
	const char *options;
	const char *says, *says_not[4];
	const char *verified; /* a line of scene_verify() */
} option_rows[] = {
	{ "the defaults are rsa-sha256, simple/simple, no l=, z=, x=, i= (2.6)",
	    "", "v=1; a=rsa-sha256; c=simple/simple; d=example.com; s=rsa;",
	    { " l=", " z=", " x=", " i=" },
	    "pass rsa-sha256 d=example.com s=rsa c=simple/simple" },
	{ "body_canon", "body_canon = relaxed", "c=simple/relaxed;", { 0 },
	    "pass" },
	{ "header_canon", "header_canon = \"relaxed\"", "c=relaxed/simple;",
	    { 0 }, "pass" },
	{ "body_length_limit", "body_length_limit = true", " l=", { 0 },
	    "pass" },
	{ "copy_headers", "copy_headers = true", " z=From:", { 0 }, "pass" },
	{ "digest = rsa-sha256", "digest = \"rsa-sha256\"", "a=rsa-sha256;",
	    { 0 }, "pass" },
	{ "digest = rsa-sha1 (B15)", "digest = rsa-sha1", "a=rsa-sha1;", { 0 },
	    "pass rsa-sha1" },
	{ "digest = ed25519-sha256", "selector = ed key = \"~/ed.key\" "
	    "digest = \"ed25519-sha256\"", "a=ed25519-sha256;", { 0 },
	    "pass ed25519-sha256" },
	{ "an Ed25519 key without digest", "selector = ed key = \"~/ed.key\"",
	    "a=ed25519-sha256;", { 0 }, "pass ed25519-sha256" },
	{ "identity", "identity = \"ann@mail.example.com\"",
	    "i=ann@mail.example.com;", { 0 }, "pass" },
	{ "lifetime", "lifetime = 2", " x=", { 0 }, "pass" },
	{ "selector and key, with %{d} and %{s}",
	    "selector = s1 key = \"~/%{d}/%{s}.key\"", "s=s1;", { 0 }, "pass" },
	{ "allow_weak_key", "selector = weak key = \"~/weak.key\" "
	    "allow_weak_key = true", "s=weak;", { 0 }, "pass" },
	{ "keycache_size", "keycache_size = 7", "s=rsa;", { 0 }, "pass" },
	{ "key_cache_size, the other spelling (B5)", "key_cache_size = 7",
	    "s=rsa;", { 0 }, "pass" },
	{ "neg_keycache_ttl and pos_keycache_ttl",
	    "neg_keycache_ttl = 1 pos_keycache_ttl = 1", "s=rsa;", { 0 },
	    "pass" },
	{ "testing puts z=", "testing = true", " z=From:", { 0 }, "pass" },

	/* lists: of each name all that there are, in the order of the list */
	{ "headerlist is an array of names", "headerlist = ( From Subject )",
	    "h=From:Subject;", { 0 }, "pass" },
	{ "headerlist: blanks or commas between (L10)",
	    "headerlist = (\"subject\", \"from\" \"to\")",
	    "h=subject:from:to;", { 0 }, "pass" },
	{ "headerlist as a text with colons (B4)",
	    "headerlist = \"From:Subject:Date\"", "h=From:Subject:Date;", { 0 },
	    "pass" },
	{ "headerlist as a text with commas",
	    "headerlist = \"From,Subject , Date\"", "h=From:Subject:Date;",
	    { 0 }, "pass" },
	{ "headerlist: commas within an item",
	    "headerlist = ( \"From,Subject\" To )", "h=From:Subject:To;",
	    { 0 }, "pass" },
	{ "headerlist: all fields of a name, none of an absent one",
	    "headerlist = ( From X-Twice Cc )", "h=From:X-Twice:X-Twice;",
	    { 0 }, "pass" },
	{ "headerlist: From is signed where it is not listed",
	    "headerlist = ( Subject )", "h=From:Subject;", { 0 }, "pass" },
	{ "headerlist: suffixes are those of dkim_sign",
	    "headerlist = ( From* X-Twice? Cc* To )",
	    "h=From:From:X-Twice:Cc:To;", { 0 }, "pass" },
	{ "headerlist: a name twice is as once",
	    "headerlist = ( From X-Twice x-twice )", "h=From:X-Twice:X-Twice;",
	    { 0 }, "pass" },
	{ "oversign_headerlist names fields once more than they occur (4.4.1)",
	    "headerlist = ( From X-Twice To ) "
	    "oversign_headerlist = ( from X-Twice )",
	    "h=From:From:X-Twice:X-Twice:X-Twice:To;", { 0 }, "pass" },
	{ "oversign_headerlist asserts the absence of fields",
	    "headerlist = ( From ) oversign_headerlist = ( Reply-To, Cc )",
	    "h=From:Reply-To:Cc;", { 0 }, "pass" },
	{ "oversign_headerlist signs what headerlist does not name",
	    "headerlist = ( From ) oversign_headerlist = ( Subject )",
	    "h=From:Subject:Subject;", { 0 }, "pass" },
	{ "oversign_headerlist as a text with colons",
	    "headerlist = ( From ) oversign_headerlist = \"From:Subject\"",
	    "h=From:From:Subject:Subject;", { 0 }, "pass" },
	{ "oversign_headerlist and skip_headerlist with commas",
	    "oversign_headerlist = \"From, Cc\" "
	    "skip_headerlist = \"to,subject,date\"", "h=from:from:Cc;",
	    { 0 }, "pass" },
	{ "skip_headerlist takes names away",
	    "headerlist = ( From X-Twice Subject ) "
	    "skip_headerlist = ( x-twice )", "h=From:Subject;", { 0 }, "pass" },
	{ "skip_headerlist goes before oversign_headerlist",
	    "headerlist = ( From To ) oversign_headerlist = ( To Cc ) "
	    "skip_headerlist = ( To Cc )", "h=From;", { 0 }, "pass" },
	{ "skip_headerlist does not take From away (RFC 6376 5.4)",
	    "headerlist = ( From To ) skip_headerlist = ( from )",
	    "h=From:To;", { 0 }, "pass" },
	{ "empty lists", "oversign_headerlist = () skip_headerlist = ()",
	    "h=from:to:subject:date;", { 0 }, "pass" },
};

static const char letter[] =
    "X-Twice: 1\r\nFrom: Ann <ann@example.com>\r\nX-Twice: 2\r\n"
    "To: bob@example.net\r\nSubject: hello\r\n"
    "Date: Thu, 01 Jan 2026 12:00:00 +0000\r\n\r\nHello  Bob\r\n";

static void
check_option(const struct option_row *row, const char *configuration)
{
	char *value, *verified;

	scene_run(&scene, configuration, &(struct mail){ .text = letter });
	assert_int_equal(scene_count(scene.out, "DKIM-Signature"), 1);
	value = scene_value(scene.out, "DKIM-Signature", 0);
	assert_says(value, row->says);
	for (size_t i = 0; i < 4 && row->says_not[i] != NULL; i++)
		assert_says_not(value, row->says_not[i]);
	verified = scene_verify(&scene);
	assert_says(verified, row->verified);
	free(verified);
	free(value);
}

static void
options_show_in_the_signature(void **state)
{
	const struct option_row *row = *state;
	char configuration[1024];

	(void)snprintf(configuration, sizeof(configuration), STANZA "%s }",
	    row->options);
	check_option(row, configuration);
}

static void
options_may_stand_in_a_dkim_domain(void **state)
{
	const struct option_row *row = *state;
	char configuration[1024];

	(void)snprintf(configuration, sizeof(configuration), STANZA
	    "dkim_domain \"example.org\" { selector = s1 } "
	    "dkim_domain \"Example.COM\" { %s } }", row->options);
	check_option(row, configuration);
}

static void
base_domain_signs_as_the_parent(void **state)
{
	char *verified;

	(void)state;
	scene_run(&scene, STANZA "dkim_domain \"corp.example.com\" { "
	    "base_domain = \"example.com\" } }", &(struct mail){
	    .text = "From: <ann@corp.example.com>\r\n\r\nhello\r\n" });
	verified = scene_verify(&scene);
	assert_says(verified, "pass rsa-sha256 d=example.com s=rsa");
	free(verified);
}

/* The configuration of the 4.x page, but for its names. */
static void
the_published_example_signs(void **state)
{
	char *verified;

	(void)state;
	scene_run(&scene,
	    "Binding_Group \"opendkim_signing\" {\n"
	    "  opendkim_sign = \"true\"\n"
	    "  binding \"foo\"{\n"
	    "    domain \"test1.example.com\" { opendkim_sign = \"true\" }\n"
	    "    domain \"test2.example.com\" { opendkim_sign = \"false\" }\n"
	    "  }\n"
	    "}\n"
	    "opendkim \"opendkim1\" {\n"
	    "  header_canon = \"relaxed\"\n"
	    "  body_canon = \"relaxed\"\n"
	    "  headerlist = (\"from\", \"to\", \"message-id\", \"date\", "
	    "\"subject\", \"Content-Type\")\n"
	    "  digest = \"rsa-sha256\"\n"
	    "  key = \"~/%{d}/%{s}.key\"\n"
	    "  dkim_domain \"example.com\" {\n"
	    "    selector = \"s1\"\n"
	    "  }\n"
	    "}\n", &(struct mail){ .text = letter });
	verified = scene_verify(&scene);
	assert_says(verified,
	    "pass rsa-sha256 d=example.com s=s1 c=relaxed/relaxed");
	free(verified);
}

/* Whether a message is signed at all. */
static const struct condition_row {
	const char *name;
	const char *configuration;
	struct mail mail;
	bool is_signed;
} condition_rows[] = {
	{ "opendkim_sign is true by default", STANZA "}", { 0 }, true },
	{ "opendkim_sign globally", "opendkim_sign = false " STANZA "}", { 0 },
	    false },
	{ "opendkim_sign = disabled, as 3.x writes it (A6)",
	    "opendkim_sign = \"disabled\" " STANZA "}", { 0 }, false },
	{ "opendkim_sign in a domain",
	    "domain \"example.net\" { opendkim_sign = \"false\" } " STANZA "}",
	    { 0 }, false },
	{ "opendkim_sign in another domain",
	    "domain \"example.org\" { opendkim_sign = \"false\" } " STANZA "}",
	    { 0 }, true },
	{ "opendkim_sign in a domain, for one of two recipients",
	    "domain \"example.net\" { opendkim_sign = false } " STANZA "}",
	    { .rcpts = { "a@example.net", "b@example.org" } }, true },
	{ "opendkim_sign in a binding",
	    "binding \"default\" { opendkim_sign = \"false\" } " STANZA "}",
	    { 0 }, false },
	{ "opendkim_sign in another binding",
	    "binding \"other\" { opendkim_sign = false } " STANZA "}", { 0 },
	    true },
	{ "opendkim_sign in a domain of the binding",
	    "binding \"default\" { opendkim_sign = false domain "
	    "\"example.net\" { opendkim_sign = true } } " STANZA "}", { 0 },
	    true },
	{ "opendkim_sign in a binding group",
	    "binding_group \"g\" { opendkim_sign = false binding \"default\" "
	    "{ } } " STANZA "}", { 0 }, false },
	{ "opendkim_sign in a domain of a binding group",
	    "opendkim_sign = false binding_group \"g\" { domain "
	    "\"example.net\" { opendkim_sign = true } binding \"default\" { } "
	    "} " STANZA "}", { 0 }, true },
	{ "opendkim_sign in a binding of a binding group",
	    "opendkim_sign = false binding_group \"g\" { binding \"default\" "
	    "{ opendkim_sign = true } } " STANZA "}", { 0 }, true },
	{ "opendkim_sign in a domain of a binding of a binding group",
	    "opendkim_sign = true binding_group \"g\" { binding \"default\" { "
	    "opendkim_sign = true domain \"example.net\" { opendkim_sign = "
	    "false } } } " STANZA "}", { 0 }, false },
	{ "opendkim_sign is not dkim", "opendkim_sign = true " STANZA "} "
	    "dkim_sign \"passive\" { enabled = false " KEYS "} dkim = false",
	    { 0 }, true },
	{ "sign_condition: the variable is there (B6)",
	    STANZA "sign_condition = \"auth_user\" }",
	    { .variable = "auth_user" }, true },
	{ "sign_condition: it is not",
	    STANZA "sign_condition = \"auth_user\" }", { 0 }, false },
	{ "sign_condition in a dkim_domain",
	    STANZA "dkim_domain \"example.com\" { sign_condition = x } }",
	    { 0 }, false },
	{ "enabled = false is passive", STANZA "enabled = false }", { 0 },
	    false },
	{ "__bypass_opendkim (facts 3.6)", STANZA "}",
	    { .variable = "__bypass_opendkim" }, false },
	{ "only dkim_domains sign where the stanza has no selector",
	    "opendkim \"o\" { key = \"~/rsa.key\" " LIST
	    "dkim_domain \"example.org\" { selector = rsa } }", { 0 }, false },
	{ "a stanza for scripts, with a header list alone",
	    "opendkim \"o\" { headerlist = (\"from\" \"to\" \"Feedback-ID\") }",
	    { 0 }, false },
	{ "an empty stanza (L19)", "opendkim \"o\" { }", { 0 }, false },
	{ "a stanza without a name", "opendkim { }", { 0 }, false },
};

static void
conditions_decide(void **state)
{
	const struct condition_row *row = *state;

	scene_run(&scene, row->configuration, &row->mail);
	assert_int_equal(scene_count(scene.out, "DKIM-Signature"),
	    row->is_signed ? 1 : 0);
	assert_int_equal(scene.action, SESSION_ACCEPT);
}

/* What goes wrong is told, and the message goes where sign_failure says. */
static void
sign_failure_says_what_becomes_of_the_message(void **state)
{
	static const struct {
		const char *options;
		enum session_action action;
		int code;
	} rows[] = {
		{ "", SESSION_ACCEPT, 0 },
		{ "sign_failure = tempfail", SESSION_TEMPFAIL, 451 },
		{ "sign_failure = reject", SESSION_REJECT, 550 },
		{ "sign_failure = reject testing = true", SESSION_ACCEPT, 0 },
	};
	char configuration[512], *log;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		(void)snprintf(configuration, sizeof(configuration), STANZA
		    "key = \"~/absent.key\" %s }", rows[i].options);
		free(scene_log(&scene));
		scene_run(&scene, configuration, &NO_MAIL);
		assert_int_equal(scene_count(scene.out, "DKIM-Signature"), 0);
		assert_int_equal(scene.action, rows[i].action);
		if (rows[i].code != 0)
			assert_int_equal(scene.code, rows[i].code);
		log = scene_log(&scene);
		assert_says(log, "not signed for 'example.com'");
		assert_says(log, "absent.key");
		free(log);
	}
}

static void
several_stanzas_sign_in_their_order(void **state)
{
	char *verified;

	(void)state;
	scene_run(&scene, STANZA "} opendkim \"e\" { selector = ed "
	    "key = \"~/ed.key\" headerlist = ( From ) body_canon = relaxed "
	    "oversign_headerlist = ( From Subject ) }", &NO_MAIL);
	verified = scene_verify(&scene);
	assert_string_equal(verified,
	    "pass rsa-sha256 d=example.com s=rsa c=simple/simple\n"
	    "pass ed25519-sha256 d=example.com s=ed c=simple/relaxed\n");
	free(verified);
}

/* The rule, and its words: who, and what to do; file and line of the
 * second. */
static const struct rival_row {
	const char *name;
	const char *configuration;
	const char *says[3]; /* NULL first: it loads */
} rival_rows[] = {
	{ "opendkim below dkim_sign",
	    "dkim_sign \"d\" { " KEYS "}\n" STANZA "}",
	    { "test.conf:2:", "dkim_sign 'd' and opendkim 'o' would both sign",
	    "enabled = false" } },
	{ "dkim_sign below opendkim", STANZA "}\n\ndkim_sign \"d\" { " KEYS "}",
	    { "test.conf:3:",
	    "opendkim 'o' and dkim_sign 'd' would both sign" } },
	{ "selector and key in a dkim_domain alone",
	    "dkim_sign \"d\" { " KEYS "}\nopendkim \"o\" { " LIST
	    "dkim_domain \"example.org\" { " KEYS "} }",
	    { "test.conf:2:", "would both sign" } },
	{ "the passive one may stay: opendkim", STANZA "enabled = false } "
	    "dkim_sign \"d\" { " KEYS "}", { NULL } },
	{ "the passive one may stay: dkim_sign", STANZA "} "
	    "dkim_sign \"d\" { enabled = false " KEYS "}", { NULL } },
	{ "a stanza that only scripts use may stay", "opendkim \"o\" { " LIST
	    "} dkim_sign \"d\" { " KEYS "}", { NULL } },
};

static void
one_module_signs_by_configuration(void **state)
{
	const struct rival_row *row = *state;

	assert_int_equal(scene_open(&scene, row->configuration),
	    row->says[0] == NULL);
	for (size_t i = 0; i < 3 && row->says[i] != NULL; i++)
		assert_says(scene.errors, row->says[i]);
	if (row->says[0] != NULL)
		return;
	scene_send(&scene, &NO_MAIL);
	assert_int_equal(scene_count(scene.out, "DKIM-Signature"), 1);
	/* a reload is held to it, and the one in use stays */
	assert_false(scene_reload(&scene, STANZA "} dkim_sign \"d\" { " KEYS
	    "}"));
	scene_send(&scene, &NO_MAIL);
	assert_int_equal(scene_count(scene.out, "DKIM-Signature"), 1);
}

static const struct refusal error_rows[] = {
	{ "no header list", "\nopendkim \"o\" { " KEYS "}",
	    { "test.conf:2:", "lacks the option 'headerlist'" } },
	{ "no header list in a dkim_domain that signs",
	    "opendkim \"o\" { dkim_domain \"a.test\" { " KEYS "} }",
	    { "dkim_domain 'a.test'", "lacks the option 'headerlist'" } },
	{ "an empty header list", STANZA "\nheaderlist = () }",
	    { "test.conf:2:", "it is empty" } },
	{ "a header list that is an empty text", STANZA "\nheaderlist = \"\" }",
	    { "test.conf:2:", "it is empty" } },
	{ "a header list with commas that part nothing", STANZA
	    "\nheaderlist = \"From,,To\" }",
	    { "test.conf:2:", "names of header fields" } },
	{ "a header list with what is no name", STANZA
	    "\nheaderlist = ( \"From\" \"a b\" ) }",
	    { "test.conf:2:", "names of header fields" } },
	{ "oversign_headerlist knows no suffixes that are none", STANZA
	    "\noversign_headerlist = ( \"To::Cc\" ) }",
	    { "test.conf:2:", "names of header fields" } },
	{ "base_domain outside dkim_domain", STANZA
	    "\nbase_domain = \"a.test\" }", { "test.conf:2:", "base_domain" } },
	{ "dk_domain is dkim_sign's", STANZA
	    "\ndk_domain \"example.com\" { } }",
	    { "test.conf:2:", "dk_domain" } },
	{ "a canonicalization that there is not", STANZA
	    "\nbody_canon = nofws }", { "test.conf:2:", "relaxed" } },
	{ "a digest that there is not", STANZA "\ndigest = md5 }",
	    { "test.conf:2:", "rsa-sha256" } },
	{ "a cache of no keys", STANZA "\nkey_cache_size = 0 }",
	    { "test.conf:2:", "key_cache_size" } },
	{ "a switch that is none", "opendkim_sign = perhaps\n" STANZA "}",
	    { "test.conf:1:", "opendkim_sign" } },
	{ "a dkim_domain that is no domain",
	    STANZA "dkim_domain \"a b\" { } }",
	    { "dkim_domain 'a b'", "no domain name" } },
};

/* Either spelling bounds the cache. */
static void
keycache_size_has_two_spellings(void **state)
{
	static const char *const spellings[] = { "keycache_size",
	    "key_cache_size" };
	char configuration[512], *answer;

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		(void)snprintf(configuration, sizeof(configuration), STANZA
		    "%s = 1 dkim_domain \"example.org\" { key = \"~/ed.key\" "
		    "} }", spellings[i]);
		assert_true(scene_open(&scene, configuration));
		scene_send(&scene, &NO_MAIL);
		scene_send(&scene, &(struct mail){
		    .text = "From: a@example.org\r\n\r\nx\r\n" });
		assert_int_equal(scene_count(scene.out, "DKIM-Signature"), 1);
		answer = scene_command("opendkim:o stats");
		assert_says(answer, "keycache_entries = 1\n");
		assert_says(answer, "keycache_misses = 2\n");
		free(answer);
		scene_close(&scene);
	}
}

static void
keys_are_cached_until_flushed(void **state)
{
	static const char *const commands[] = { "opendkim:o flush keycache",
	    "opendkim flush keycache" };
	char path[SCENE_PATH_BYTES], aside[SCENE_PATH_BYTES], *answer;

	(void)state;
	(void)scene_path(&scene, "rsa.key", path);
	(void)scene_path(&scene, "aside", aside);
	for (size_t i = 0; i < 2; i++) {
		assert_true(scene_open(&scene, STANZA "}"));
		scene_send(&scene, &NO_MAIL);
		assert_int_equal(rename(path, aside), 0);
		scene_send(&scene, &NO_MAIL);
		assert_int_equal(scene_count(scene.out, "DKIM-Signature"), 1);
		answer = scene_command(commands[i]);
		assert_says(answer, "flushed 1 entries from the keycache");
		free(answer);
		scene_send(&scene, &NO_MAIL);
		assert_int_equal(scene_count(scene.out, "DKIM-Signature"), 0);
		assert_int_equal(rename(aside, path), 0);
		scene_close(&scene);
	}
}

/* Facts 7.4: opendkim counts under DKIM. */
static void
signatures_count_under_dkim(void **state)
{
	char *answer, *dkim;

	(void)state;
	assert_true(scene_open(&scene, STANZA
	    "dkim_domain \"example.org\" { key = \"~/absent.key\" } }"));
	free(scene_command("signing_stats reset"));
	scene_send(&scene, &NO_MAIL);
	scene_send(&scene, &NO_MAIL);
	scene_send(&scene, &(struct mail){
	    .text = "From: a@example.org\r\n\r\nx\r\n" });
	answer = scene_command("signing_stats");
	dkim = strstr(answer, "        DKIM\n");
	assert_non_null(dkim);
	assert_says(dkim, "TotalMessagesSigned            2\n");
	assert_says(dkim, "FailedSigningAttempts          1\n");
	assert_says(dkim, "TotalMessagesProcessed         3\n");
	free(answer);
}

static void
the_log_has_a_line_for_each_message(void **state)
{
	char *log;

	(void)state;
	results_begin(); /* as the daemon does */
	free(scene_log(&scene));
	scene_run(&scene, STANZA "}", &NO_MAIL);
	log = scene_log(&scene);
	assert_says(log, "[info] QUEUEID1: opendkim:o: result=signed "
	    "d=example.com s=rsa");
	free(log);
	scene_run(&scene, "opendkim_sign = false " STANZA "}", &NO_MAIL);
	log = scene_log(&scene);
	assert_says(log, "result=unsigned");
	assert_says(log, "option opendkim_sign is disabled");
	free(log);
}

static void
metrics_are_told_under_the_names_of_dkim_sign(void **state)
{
	string text;

	(void)state;
	assert_true(scene_open(&scene, STANZA "}"));
	scene_send(&scene, &NO_MAIL);
	scene_send(&scene, &NO_MAIL);
	(void)string_init_type(&text, 1024, STRING_TYPE_MALLOC);
	metrics_write(METRICS_PROMETHEUS, &text);
	assert_says(text.buffer,
	    "mailseal_dkim_signatures_total{class=\"author\"} ");
	assert_says(text.buffer, "mailseal_keycache_hits_total{"
	    "module=\"opendkim\",stanza=\"o\"} 1\n");
	assert_says(text.buffer, "mailseal_keycache_misses_total{"
	    "module=\"opendkim\",stanza=\"o\"} 1\n");
	(void)string_destroy(&text);
}

/*
 * From C: opendkim_caller requires opendkim, and hands the dictionary `sign` to
 * ec_opendkim_sign_with().
 */
static const char *caller_folder;

static const struct call_row {
	const char *name;
	const char *stanza;
	const char *arguments;
	const char *says; /* of the DKIM-Signature; NULL: none */
	const char *verified; /* or the log, when there is none */
} call_rows[] = {
	{ "all NULL: as configured", "opendkim \"o\" { enabled = false "
	    KEYS LIST "}", "plainly = yes", "c=simple/simple; d=example.com; "
	    "s=rsa;", "pass" },
	{ "selector and key from the caller, headers from the stanza",
	    "opendkim \"o\" { headerlist = ( from subject X-Twice ) }",
	    "do = yes selector = s1 key_file = \"~/%{d}/%{s}.key\" "
	    "digest = \"rsa-sha256\" header_canon = relaxed",
	    "h=from:subject:X-Twice:X-Twice;", "pass rsa-sha256" },
	{ "a header list takes the place of the three of the stanza",
	    "opendkim \"o\" { enabled = false " KEYS LIST
	    "oversign_headerlist = ( To ) skip_headerlist = ( Date ) }",
	    "do = yes headerlist = \"From:Date\"", "h=From:Date;", "pass" },
	{ "the dkim_domain of the message holds",
	    "opendkim \"o\" { enabled = false " KEYS LIST
	    "dkim_domain \"example.com\" { selector = s1 } }", "do = yes",
	    "s=s1;", "pass" },
	{ "opendkim_sign and sign_condition do not count",
	    "opendkim_sign = false opendkim \"o\" { " KEYS LIST
	    "sign_condition = absent }", "do = yes", "s=rsa;", "pass" },
	{ "it adds to what the configuration signs", STANZA "}",
	    "do = yes selector = ed key_file = \"~/ed.key\"", "s=ed;",
	    "pass rsa-sha256 d=example.com s=rsa" },
	{ "it signs beside dkim_sign", "dkim_sign \"d\" { " KEYS "} "
	    "opendkim \"o\" { " LIST "}",
	    "do = yes selector = ed key_file = \"~/ed.key\"", "s=ed;",
	    "pass rsa-sha256 d=example.com s=rsa" },
	{ "lifetime and body_length_limit", "opendkim \"o\" { " LIST "}",
	    "do = yes selector = rsa key_file = \"~/rsa.key\" lifetime = 1 "
	    "body_length_limit = 1", " x=", "pass" },
	{ "no selector anywhere", "opendkim \"o\" { " LIST "}", "do = yes",
	    NULL, "ec_opendkim_sign: not signed: there is no selector" },
};

static void
ec_opendkim_sign_follows_its_arguments(void **state)
{
	const struct call_row *row = *state;
	char all[2048], *value, *text;

	free(scene_log(&scene));
	(void)snprintf(all, sizeof(all), "module_path = ( \"%s\" ) %s "
	    "opendkim_caller \"c\" { sign = [ %s ] }", caller_folder,
	    row->stanza, row->arguments);
	scene_run(&scene, all, &(struct mail){ .text = letter });
	value = scene_value(scene.out, "DKIM-Signature", 0);
	if (row->says == NULL) {
		assert_null(value);
		assert_says(scene.context, "signed=0\n");
		text = scene_log(&scene);
	} else {
		assert_says(value, row->says);
		assert_says(scene.context, "signed=1\n");
		text = scene_verify(&scene);
	}
	assert_says(text, row->verified);
	free(text);
	free(value);
}

static void
a_reload_takes_effect_for_the_next_message(void **state)
{
	char *value;

	(void)state;
	assert_true(scene_open(&scene, STANZA "}"));
	scene_send(&scene, &NO_MAIL);
	assert_true(scene_reload(&scene, "opendkim_sign = false " STANZA "}"));
	scene_send(&scene, &NO_MAIL);
	assert_int_equal(scene_count(scene.out, "DKIM-Signature"), 0);
	assert_true(scene_reload(&scene, STANZA "headerlist = ( From ) }"));
	scene_send(&scene, &NO_MAIL);
	value = scene_value(scene.out, "DKIM-Signature", 0);
	assert_says(value, "h=From;");
	free(value);
}

int
main(int argc, char **argv)
{
	assert_int_equal(argc, 2);
	caller_folder = argv[1];
	roll_begin(&scene, scene_begin);
	ADD_ROWS(option_rows, "option: ", options_show_in_the_signature);
	ADD_ROWS(option_rows, "option in dkim_domain: ",
	    options_may_stand_in_a_dkim_domain);
	ADD_ROWS(condition_rows, "condition: ", conditions_decide);
	ADD_ROWS(rival_rows, "beside dkim_sign: ",
	    one_module_signs_by_configuration);
	ADD_ROWS(error_rows, "refused: ", wrong_options_are_refused_with_words);
	ADD(base_domain_signs_as_the_parent);
	ADD(the_published_example_signs);
	ADD(sign_failure_says_what_becomes_of_the_message);
	ADD(several_stanzas_sign_in_their_order);
	ADD(keycache_size_has_two_spellings);
	ADD(keys_are_cached_until_flushed);
	ADD(signatures_count_under_dkim);
	ADD(metrics_are_told_under_the_names_of_dkim_sign);
	ADD_ROWS(call_rows, "from C: ", ec_opendkim_sign_follows_its_arguments);
	ADD(the_log_has_a_line_for_each_message);
	ADD(a_reload_takes_effect_for_the_next_message);
	return roll_run("opendkim");
}
