/*
 * dk_sign, as an administrator sees it: what a stanza makes of a message, and
 * what is said when it cannot.
 */
#include "dk_scene.h"
#include "roll.h"

#include "host/log/results.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define STANZA "dk_sign \"s\" { selector = \"dk\" key = \"~/rsa.key\" "
#define NO_MAIL ((struct mail){ 0 })
#define PLAIN "From: <ann@example.com>\r\nSubject: x\r\n\r\nhello\r\n"

static struct scene scene;

/* The value of the first signature without its folds: a blank before each tag,
 * and no other; freed by free().  NULL when there is none. */
static char *
signature(void)
{
	char *value = scene_value(scene.out, "DomainKey-Signature", 0), *out;

	if (value == NULL)
		return NULL;
	out = value;
	for (const char *at = value; *at != '\0'; at++) {
		if (*at == '\t' && at[-1] == ';')
			*out++ = ' ';
		else if (*at != '\t')
			*out++ = *at;
	}
	*out = '\0';
	return value;
}

/* Options, a row each: what the DomainKey-Signature says, unfolded. */
static const struct option_row {
	const char *name;
	const char *options; /* after STANZA */
	const char *says[2], *says_not;
	const char *verified; /* a line of dk_scene_verify(); NULL: not asked */
} option_rows[] = {
	{ "key and selector alone sign with rsa-sha1 and nofws (facts 2.4)", "",
	    { " a=rsa-sha1; q=dns; c=nofws; d=example.com; s=dk; h=" }, NULL,
	    "pass d=example.com s=dk c=nofws" },
	{ "the list of what was signed is always there; Received is not in it",
	    "", { "h=From:To:Subject:Date:Message-ID;" }, "Received", "pass" },
	{ "canon = simple", "canon = simple", { "c=simple" }, NULL,
	    "pass d=example.com s=dk c=simple" },
	{ "canon = nofws", "canon = \"nofws\"", { "c=nofws" }, NULL, "pass" },
	{ "digest = rsa-sha1", "digest = rsa-sha1", { "a=rsa-sha1" }, NULL,
	    "pass" },
	{ "headerlist restricts and orders (facts 2.4)",
	    "headerlist = \"Subject:From\"", { "h=Subject:From;" }, NULL,
	    "pass" },
	{ "headerlist as an array (B4)", "headerlist = ( Subject, \"From\" )",
	    { "h=Subject:From;" }, NULL, "pass" },
	{ "headerlist with commas",
	    "headerlist = ( \"Subject, From\" Date )",
	    { "h=Subject:From:Date;" }, NULL, "pass" },
	{ "the sender's field is signed in any case (RFC 4870 3.3)",
	    "headerlist = \"Subject\"", { "From" }, NULL, "pass" },
	{ "headerlist may name what is not there",
	    "headerlist = \"Cc:From:Subject\"", { "h=From:Subject;" }, NULL,
	    "pass" },
	{ "the key's path may hold %{d} and %{s}",
	    "selector = \"s1\" key = \"~/%{d}/%{s}.key\"", { "s=s1;" }, NULL,
	    NULL },
	{ "an RSA key of 1024 bits", "selector = other key = \"~/other.key\"",
	    { "s=other" }, NULL, "pass d=example.com s=other" },
	{ "allow_weak_key lets a key under 1024 bits sign (B15)",
	    "selector = weak key = \"~/weak.key\" allow_weak_key = true",
	    { "s=weak" }, NULL, "pass d=example.com s=weak" },
	{ "a dk_domain sets options for its domain alone (F12)",
	    "dk_domain \"Example.COM\" { selector = other "
	    "key = \"~/other.key\" } dk_domain \"example.net\" { }",
	    { "s=other" }, NULL, "pass d=example.com s=other" },
	{ "all options may stand in a dk_domain (facts 2.4)",
	    "dk_domain \"example.com\" { canon = simple digest = rsa-sha1 "
	    "headerlist = \"From:To\" key = \"~/other.key\" keycache_size = 9 "
	    "neg_keycache_ttl = 9 pos_keycache_ttl = 9 selector = other }",
	    { "c=simple; d=example.com; s=other; h=From:To;" }, NULL,
	    "pass d=example.com s=other c=simple" },
	{ "another domain's dk_domain does not count",
	    "dk_domain \"example.org\" { selector = other }", { "s=dk" }, NULL,
	    "pass" },
	{ "a domain and brackets in a new stanza (facts 1.3)",
	    "example.com [ selector = other key = \"~/other.key\" ]",
	    { "s=other" }, NULL, "pass" },
};

static void
options_show_in_the_signature(void **state)
{
	const struct option_row *row = *state;
	char configuration[1024], *value, *verified;

	(void)snprintf(configuration, sizeof(configuration), STANZA "%s }",
	    row->options);
	scene_run(&scene, configuration, &NO_MAIL);
	assert_int_equal(scene_count(scene.out, "DomainKey-Signature"), 1);
	assert_int_equal(strncmp(scene.out, "DomainKey-Signature: ", 21), 0);
	value = signature();
	for (size_t i = 0; i < 2 && row->says[i] != NULL; i++)
		assert_says(value, row->says[i]);
	if (row->says_not != NULL)
		assert_says_not(value, row->says_not);
	verified = dk_scene_verify(&scene);
	if (row->verified != NULL)
		assert_says(verified, row->verified);
	free(verified);
	free(value);
}

/* Facts 1.3: the page of the 2.x module, and its console. */
static void
the_old_syntax_signs(void **state)
{
	char *value, *answer;

	(void)state;
	assert_true(scene_open(&scene,
	    "Validate validate/domainkeys dk_sign {\n"
	    "  sign_condition = can_relay\n"
	    "  canon = nofws\n"
	    "  digest = rsa-sha1\n"
	    "  key = ~/rsa.key\n"
	    "  selector = dk\n"
	    "  example.com [\n"
	    "    selector = other\n"
	    "    key = ~/other.key\n"
	    "  ]\n"
	    "}\nrelay_hosts = ( 192.0.2.0/24 )"));
	scene_send(&scene, &NO_MAIL);
	value = scene_value(scene.out, "DomainKey-Signature", 0);
	assert_says(value, "d=example.com; s=other;");
	free(value);
	scene_send(&scene, &(struct mail){
	    .text = "From: a@all.example\r\n\r\nx\r\n" });
	value = scene_value(scene.out, "DomainKey-Signature", 0);
	assert_says(value, "d=all.example; s=dk;");
	free(value);
	free(scene_command("signing_stats reset"));
	scene_send(&scene, &NO_MAIL);
	answer = scene_command("dk_sign stats");
	assert_says(answer, "TotalMessagesSigned = 1\n");
	assert_says(answer, "keycache_entries = 2\n");
	free(answer);
	answer = scene_command("dk_sign flush keycache");
	assert_says(answer, "flushed 2 entries from the keycache");
	free(answer);
}

/* Whose domain is responsible: Sender, else From; the first address. */
static const struct sender_row {
	const char *name;
	const char *header;
	const char *says; /* of the signature; NULL: there is none */
} sender_rows[] = {
	{ "From", "From: Ann <a@Example.COM>\r\n", "d=example.com;" },
	{ "Sender before From, and signed",
	    "From: a@example.org\r\nSender: b@example.com\r\n",
	    "d=example.com; s=dk; h=From:Sender;" },
	{ "the first address of several",
	    "From: a@example.com, b@example.org\r\n", "d=example.com;" },
	{ "an encoded display name (RFC 2047)",
	    "From: =?utf-8?q?An=2C_n?=\r\n <a@example.com>\r\n",
	    "d=example.com;" },
	{ "odd white space around the colon", "From : a@example.com\r\n",
	    "d=example.com;" },
	{ "no address at all", "From: nobody\r\n", NULL },
	{ "no From", "Sender: a@example.com\r\n", NULL },
	{ "two From fields", "From: a@example.com\r\nFrom: b@example.com\r\n",
	    NULL },
	{ "two Sender fields: nobody could verify that", "From: a@example.com"
	    "\r\nSender: a@example.com\r\nSender: b@example.com\r\n", NULL },
};

static void
the_responsible_domain_signs(void **state)
{
	const struct sender_row *row = *state;
	char text[512], *value;

	(void)snprintf(text, sizeof(text), "%s\r\nhello\r\n", row->header);
	scene_run(&scene, STANZA "}", &(struct mail){ .text = text });
	value = signature();
	if (row->says == NULL)
		assert_null(value);
	else
		assert_says(value, row->says);
	free(value);
	assert_int_equal(scene.action, SESSION_ACCEPT);
}

static void
base_domain_signs_as_the_parent(void **state)
{
	static const char text[] =
	    "From: <ann@corp.example.com>\r\n\r\nhello\r\n";
	char *verified, *log;

	(void)state;
	scene_run(&scene, STANZA "dk_domain \"corp.example.com\" { "
	    "base_domain = \"example.com\" } }",
	    &(struct mail){ .text = text });
	verified = dk_scene_verify(&scene);
	assert_says(verified, "pass d=example.com s=dk");
	free(verified);
	/* another domain's signature means nothing (RFC 4870 3.3, d=) */
	free(scene_log(&scene));
	scene_run(&scene, STANZA "dk_domain \"corp.example.com\" { "
	    "base_domain = \"example.org\" } }",
	    &(struct mail){ .text = text });
	assert_int_equal(scene_count(scene.out, "DomainKey-Signature"), 0);
	log = scene_log(&scene);
	assert_says(log, "not in the signing domain");
	free(log);
}

/* Conditions: whether a message is signed at all. */
static const struct condition_row {
	const char *name;
	const char *configuration;
	struct mail mail;
	bool is_signed;
} condition_rows[] = {
	{ "sign_condition: the variable of the connection is there (B6)",
	    STANZA "sign_condition = \"auth_user\" }",
	    { .variable = "auth_user" }, true },
	{ "sign_condition: it is not",
	    STANZA "sign_condition = \"auth_user\" }", { 0 }, false },
	{ "sign_condition: a variable of the message",
	    STANZA "sign_condition = \"mailfrom_domain\" }", { 0 }, true },
	{ "sign_condition in a dk_domain",
	    STANZA "dk_domain \"example.com\" { sign_condition = x } }",
	    { 0 }, false },
	{ "enabled = false is passive", STANZA "enabled = false }", { 0 },
	    false },
	{ "__bypass_dk_sign (facts 3.6)", STANZA "}",
	    { .variable = "__bypass_dk_sign" }, false },
	{ "domainkeys = disabled globally", "domainkeys = disabled " STANZA
	    "}", { 0 }, false },
	{ "domainkeys = disabled for the domain of the recipient (B7)",
	    "domain \"example.net\" { domainkeys = \"disabled\" } " STANZA "}",
	    { 0 }, false },
	{ "domainkeys = enabled for that domain alone",
	    "domainkeys = disabled domain \"example.net\" { domainkeys = "
	    "enabled } " STANZA "}", { 0 }, true },
	{ "domainkeys = disabled for another domain",
	    "domain \"example.org\" { domainkeys = disabled } " STANZA "}",
	    { 0 }, true },
	{ "domainkeys = disabled in the binding",
	    "binding \"default\" { domainkeys = disabled } " STANZA "}", { 0 },
	    false },
	{ "a domain in the binding outranks the binding",
	    "binding \"default\" { domainkeys = disabled domain "
	    "\"example.net\" { domainkeys = enabled } } " STANZA "}", { 0 },
	    true },
	{ "domainkeys = disabled in a binding group",
	    "binding_group \"g\" { domainkeys = disabled binding \"default\" "
	    "{ } } " STANZA "}", { 0 }, false },
	{ "domainkeys = disabled in a domain in a binding group",
	    "binding_group \"g\" { binding \"default\" { } domain "
	    "\"example.net\" { domainkeys = disabled } } " STANZA "}", { 0 },
	    false },
	{ "the switch of DKIM is another", "dkim = disabled " STANZA "}",
	    { 0 }, true },
	{ "only dk_domains sign where the stanza has no selector",
	    "dk_sign \"s\" { dk_domain \"example.org\" { selector = dk "
	    "key = \"~/rsa.key\" } }", { 0 }, false },
	{ "no stanza, nothing is signed", "domainkeys = enabled", { 0 },
	    false },
};

static void
conditions_decide(void **state)
{
	const struct condition_row *row = *state;

	scene_run(&scene, row->configuration, &row->mail);
	assert_int_equal(scene_count(scene.out, "DomainKey-Signature"),
	    row->is_signed ? 1 : 0);
	assert_int_equal(scene.action, SESSION_ACCEPT);
}

/* What goes wrong, and what becomes of the message. */
static const struct failure_row {
	const char *name;
	const char *options;
	const char *text; /* NULL: the letter */
	const char *logged;
} failure_rows[] = {
	{ "the key file is absent", "selector = x key = \"~/absent.key\"",
	    NULL, "absent.key" },
	{ "others may read the key", "selector = x key = \"~/open.key\"", NULL,
	    "open.key" },
	{ "the key is too small (RFC 8301)",
	    "selector = weak key = \"~/weak.key\"", NULL, "1024 bits" },
	{ "the key is not of RSA", "selector = ed key = \"~/ed.key\"", NULL,
	    "RSA" },
	{ "two From fields", "selector = dk key = \"~/rsa.key\"",
	    "From: a@example.com\r\nFrom: b@example.com\r\n\r\nx\r\n",
	    "more than one From" },
};

static void
run_failure(const struct failure_row *row, const char *sign_failure)
{
	char configuration[512];

	scene_write(&scene, "open.key", "-----BEGIN PRIVATE KEY-----\n", 0644);
	(void)snprintf(configuration, sizeof(configuration),
	    "dk_sign \"s\" { %s %s }", row->options, sign_failure);
	free(scene_log(&scene));
	scene_run(&scene, configuration, &(struct mail){ .text = row->text });
	assert_int_equal(scene_count(scene.out, "DomainKey-Signature"), 0);
}

static void
failures_are_logged_and_the_message_goes_on(void **state)
{
	const struct failure_row *row = *state;
	char *log;

	run_failure(row, "");
	assert_int_equal(scene.action, SESSION_ACCEPT);
	log = scene_log(&scene);
	assert_says(log, "not signed for");
	assert_says(log, row->logged);
	free(log);
}

static void
sign_failure_tempfail_defers(void **state)
{
	run_failure(*state, "sign_failure = tempfail");
	assert_int_equal(scene.action, SESSION_TEMPFAIL);
	assert_int_equal(scene.code, 451);
}

/* Facts 2.5, changelog #1430. */
static void
domainkey_status_goes_when_a_message_is_signed(void **state)
{
	static const char text[] =
	    "DomainKey-Status: good\r\n"
	    "From: <ann@example.com>\r\n"
	    "domainkey-status: bad\r\n"
	    "\r\nhello\r\n";
	char *verified;

	(void)state;
	scene_run(&scene, STANZA "}", &(struct mail){ .text = text });
	assert_int_equal(scene_count(scene.out, "DomainKey-Status"), 0);
	verified = dk_scene_verify(&scene);
	assert_says(verified, "pass");
	free(verified);
	/* what is not signed stays as it is */
	scene_run(&scene, STANZA "sign_condition = x }",
	    &(struct mail){ .text = text });
	assert_string_equal(scene.out, text);
}

static void
stanzas_sign_side_by_side_in_their_order(void **state)
{
	char *verified;

	(void)state;
	scene_run(&scene, STANZA "} dk_sign \"o\" { selector = other "
	    "key = \"~/other.key\" canon = simple }", &NO_MAIL);
	verified = dk_scene_verify(&scene);
	assert_string_equal(verified,
	    "pass d=example.com s=dk c=nofws\n"
	    "pass d=example.com s=other c=simple\n");
	free(verified);
}

static void
signatures_of_others_stay(void **state)
{
	char *text = dk_scene_sign(&scene, &(struct dk_scene_signature){
	    .bare = true }, PLAIN), *verified;

	(void)state;
	scene_run(&scene, STANZA "}", &(struct mail){ .text = text });
	verified = dk_scene_verify(&scene);
	assert_string_equal(verified,
	    "pass d=example.com s=dk c=nofws\n"
	    "pass d=example.com s=dk c=nofws\n");
	free(verified);
	free(text);
}

/* The changelog: both loaded must not corrupt headers; same-named fields that
 * are not adjacent, odd white space, values over several lines. */
static const char odd_text[] =
    "Received: from a by b;\r\n\tMon, 1 Jan 2024 00:00:00 +0000\r\n"
    "From:<ann@example.com>\r\n"
    "Subject:   folded\r\n \t  twice\r\n"
    "X-Same: 1\r\n"
    "X-Empty:\r\n"
    "X-Same : 2\r\n"
    "To: b\xf6" "b@example.net\r\n"
    "\r\n"
    ". a dot\r\n.\r\n..\r\nlone \n and \r\r\n"
    "\r\n\r\n";

static const struct {
	const char *name, *configuration, *first;
} both_rows[] = {
	{ "dk_sign, dkim_sign", STANZA "} dkim_sign \"s\" { selector = rsa "
	    "key = \"~/rsa.key\" } ", "DKIM-Signature:" },
	{ "dkim_sign, dk_sign", "dkim_sign \"s\" { selector = rsa "
	    "key = \"~/rsa.key\" header_canon = simple body_canon = simple } "
	    STANZA "canon = simple } ", "DomainKey-Signature:" },
	{ "two of each", STANZA "} dkim_sign \"s\" { selector = rsa "
	    "key = \"~/rsa.key\" } dk_sign \"o\" { selector = other "
	    "key = \"~/other.key\" } dkim_sign \"e\" { selector = ed "
	    "key = \"~/ed.key\" } ", "DKIM-Signature:" },
};

static void
with_dkim_both_signatures_hold(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(both_rows) / sizeof(both_rows[0]); i++) {
		char *dk, *dkim;

		print_message("# %s\n", both_rows[i].name);
		scene_run(&scene, both_rows[i].configuration,
		    &(struct mail){ .text = odd_text });
		assert_int_equal(strncmp(scene.out, both_rows[i].first,
		    strlen(both_rows[i].first)), 0);
		assert_non_null(strstr(scene.out, odd_text));
		dk = dk_scene_verify(&scene);
		dkim = scene_verify(&scene);
		assert_says(dk, "pass d=example.com s=dk");
		assert_says(dkim, "pass rsa-sha256 d=example.com s=rsa");
		assert_says_not(dk, "mismatch");
		assert_says_not(dkim, "fail");
		free(dk);
		free(dkim);
	}
}

static void
keys_are_cached_until_flushed(void **state)
{
	char path[SCENE_PATH_BYTES], *answer;

	(void)state;
	assert_true(scene_open(&scene, STANZA "}"));
	scene_send(&scene, &NO_MAIL);
	assert_int_equal(unlink(scene_path(&scene, "rsa.key", path)), 0);
	scene_send(&scene, &NO_MAIL);
	assert_int_equal(scene_count(scene.out, "DomainKey-Signature"), 1);
	answer = scene_command("dk_sign:s flush keycache");
	assert_says(answer, "flushed 1 entries from the keycache");
	free(answer);
	scene_send(&scene, &NO_MAIL);
	assert_int_equal(scene_count(scene.out, "DomainKey-Signature"), 0);
}

static void
pos_and_neg_keycache_ttl_zero_read_the_key_each_time(void **state)
{
	char path[SCENE_PATH_BYTES], aside[SCENE_PATH_BYTES];

	(void)state;
	assert_true(scene_open(&scene, STANZA "pos_keycache_ttl = 0 "
	    "neg_keycache_ttl = 0 }"));
	assert_int_equal(rename(scene_path(&scene, "rsa.key", path),
	    scene_path(&scene, "aside", aside)), 0);
	scene_send(&scene, &NO_MAIL);
	assert_int_equal(scene_count(scene.out, "DomainKey-Signature"), 0);
	assert_int_equal(rename(aside, path), 0);
	scene_send(&scene, &NO_MAIL);
	assert_int_equal(scene_count(scene.out, "DomainKey-Signature"), 1);
}

/* Facts 7.3 and 7.4: the four counters of DomainKeys, and the key cache. */
static void
stats_tell_what_was_signed(void **state)
{
	char *answer;

	(void)state;
	assert_true(scene_open(&scene, STANZA "keycache_size = 1 "
	    "sign_condition = auth_user "
	    "dk_domain \"example.org\" { key = \"~/absent.key\" } }"));
	free(scene_command("signing_stats reset"));
	scene_send(&scene, &(struct mail){ .variable = "auth_user" });
	scene_send(&scene, &NO_MAIL);
	scene_send(&scene, &(struct mail){ .variable = "auth_user",
	    .text = "From: a@example.org\r\n\r\nx\r\n" });
	answer = scene_command("dk_sign:s stats");
	assert_says(answer, "AccumulatedSigningTime = 0.");
	assert_says(answer, "TotalMessagesSigned = 1\n");
	assert_says(answer, "FailedSigningAttempts = 1\n");
	assert_says(answer, "TotalMessagesProcessed = 3\n");
	assert_says(answer, "keycache_entries = 1\n");
	free(answer);
	answer = scene_command("signing_stats");
	assert_says(answer, "Signing Statistics\n\nGlobal\n        DomainKeys\n"
	    "                AccumulatedSigningTime");
	assert_says(answer, "                TotalMessagesSigned            1\n"
	    "                FailedSigningAttempts          1\n"
	    "                TotalMessagesProcessed         3\n"
	    "        DKIM\n");
	free(answer);
	answer = scene_command("dk_sign:s frobnicate");
	assert_says(answer, "flush keycache");
	free(answer);
	answer = scene_command("help dk_sign:s");
	assert_says(answer, "stats: what was signed, and how the key cache "
	    "does");
	free(answer);
}

static void
metrics_count_signatures_by_whose_domain_signs(void **state)
{
	char *before, *after;

	(void)state;
	assert_true(scene_open(&scene, STANZA "dk_domain \"a.example.com\" { "
	    "base_domain = \"example.com\" } }"));
	before = scene_metric("mailseal_domainkeys_signatures_total{"
	    "class=\"parent\"} ");
	scene_send(&scene, &(struct mail){
	    .text = "From: b@a.example.com\r\n\r\nx\r\n" });
	after = scene_metric("mailseal_domainkeys_signatures_total{"
	    "class=\"parent\"} ");
	assert_non_null(before);
	assert_int_equal(atoi(strchr(after, ' ')),
	    atoi(strchr(before, ' ')) + 1);
	free(before);
	free(after);
}

static void
the_log_tells_who_signed(void **state)
{
	char *log;

	(void)state;
	free(scene_log(&scene));
	results_begin();
	scene_run(&scene, STANZA "}", &NO_MAIL);
	log = scene_log(&scene);
	assert_says(log, "dk_sign:s: result=signed d=example.com s=dk");
	free(log);
}

static void
a_reload_takes_effect_for_the_next_message(void **state)
{
	char *value;

	(void)state;
	assert_true(scene_open(&scene, STANZA "}"));
	scene_send(&scene, &NO_MAIL);
	assert_true(scene_reload(&scene, "dk_sign \"s\" { selector = other "
	    "key = \"~/other.key\" }"));
	scene_send(&scene, &NO_MAIL);
	assert_int_equal(scene_count(scene.out, "DomainKey-Signature"), 1);
	value = scene_value(scene.out, "DomainKey-Signature", 0);
	assert_says(value, "s=other;");
	free(value);
}

/* Signed here and verified here. */
static void
what_dk_sign_signs_dk_validate_calls_good(void **state)
{
	char *text;

	(void)state;
	scene_run(&scene, STANZA "}", &NO_MAIL);
	text = scene.out;
	scene.out = NULL;
	scene_run(&scene, "dns_zone_file = \"~/dk.zone\" dk_validate \"v\" { }",
	    &(struct mail){ .text = text });
	assert_says(scene.context, "dk_status=good\n");
	free(text);
}

/* Wrong configurations: refused, with file, line and what was expected. */
static const struct refusal error_rows[] = {
	{ "no selector", "\ndk_sign \"s\" {\n key = \"~/rsa.key\" }",
	    { "test.conf:2:", "lacks the option 'selector'" } },
	{ "no key", "dk_sign \"s\" { selector = \"rsa\" }",
	    { "test.conf:1:", "lacks the option 'key'" } },
	{ "base_domain outside dk_domain (facts 2.4)",
	    STANZA "\nbase_domain = \"a.test\" }",
	    { "test.conf:2:", "base_domain" } },
	{ "a canonicalization of DKIM", STANZA "\ncanon = relaxed }",
	    { "test.conf:2:", "nofws" } },
	{ "another digest", STANZA "\ndigest = rsa-sha256 }",
	    { "test.conf:2:", "rsa-sha1" } },
	{ "suffixes of DKIM's header lists",
	    STANZA "\nheaderlist = \"From::To\" }",
	    { "test.conf:2:", "headerlist" } },
	{ "an option of DKIM", STANZA "\nidentity = \"a@example.com\" }",
	    { "test.conf:2:", "identity" } },
	{ "a cache of no keys", STANZA "\nkeycache_size = 0 }",
	    { "test.conf:2:", "keycache_size" } },
	{ "a dk_domain that is no domain",
	    STANZA "dk_domain \"a b\" { } }", { "a b", "no domain name" } },
};

int
main(void)
{
	roll_begin(&scene, dk_scene_begin);
	ADD_ROWS(option_rows, "option: ", options_show_in_the_signature);
	ADD_ROWS(sender_rows, "responsible: ", the_responsible_domain_signs);
	ADD_ROWS(condition_rows, "condition: ", conditions_decide);
	ADD_ROWS(failure_rows, "logged: ",
	    failures_are_logged_and_the_message_goes_on);
	ADD_ROWS(failure_rows, "tempfail: ", sign_failure_tempfail_defers);
	ADD_ROWS(error_rows, "refused: ", wrong_options_are_refused_with_words);
	ADD(the_old_syntax_signs);
	ADD(base_domain_signs_as_the_parent);
	ADD(domainkey_status_goes_when_a_message_is_signed);
	ADD(stanzas_sign_side_by_side_in_their_order);
	ADD(signatures_of_others_stay);
	ADD(with_dkim_both_signatures_hold);
	ADD(keys_are_cached_until_flushed);
	ADD(pos_and_neg_keycache_ttl_zero_read_the_key_each_time);
	ADD(stats_tell_what_was_signed);
	ADD(metrics_count_signatures_by_whose_domain_signs);
	ADD(the_log_tells_who_signed);
	ADD(a_reload_takes_effect_for_the_next_message);
	ADD(what_dk_sign_signs_dk_validate_calls_good);
	return roll_run("dk_sign");
}
