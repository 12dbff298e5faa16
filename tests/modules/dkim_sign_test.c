/*
 * dkim_sign, as an administrator sees it: what a stanza makes of a message, and
 * what is said when it cannot.
 */
#include "host/types/clock.h"
#include "roll.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define STANZA "dkim_sign \"s\" { selector = \"rsa\" key = \"~/rsa.key\" "
#define NO_MAIL ((struct mail){ 0 })

static struct scene scene;

/* Options, a row each: what the first DKIM-Signature says, unfolded. */
static const struct option_row {
	const char *name;
	const char *options; /* after STANZA */
	const char *says[3], *says_not[2];
	const char *verified; /* a line of scene_verify(); NULL: not asked */
} option_rows[] = {
	{ "key and selector alone sign with rsa-sha256, relaxed/relaxed (2.1)",
	    "", { "v=1; a=rsa-sha256; c=relaxed/relaxed; d=example.com; s=rsa;" },
	    { "l=", "x=" },
	    "pass rsa-sha256 d=example.com s=rsa c=relaxed/relaxed" },
	{ "the default header list oversigns From (RFC 6376 8.15)", "",
	    { "h=From:From:" }, { 0 }, "pass" },
	{ "body_canon = simple", "body_canon = \"simple\"",
	    { "c=relaxed/simple" }, { 0 },
	    "pass rsa-sha256 d=example.com s=rsa c=relaxed/simple" },
	{ "header_canon = simple", "header_canon = simple",
	    { "c=simple/relaxed" }, { 0 },
	    "pass rsa-sha256 d=example.com s=rsa c=simple/relaxed" },
	{ "simple for both", "header_canon = simple body_canon = Simple",
	    { "c=simple/simple" }, { 0 },
	    "pass rsa-sha256 d=example.com s=rsa c=simple/simple" },
	{ "body_length_limit puts l= (facts 2.1; the value is spelled True)",
	    "body_length_limit = \"True\"", { " l=" }, { 0 }, "pass" },
	{ "copy_headers puts z=", "copy_headers = true",
	    { " z=", "Subject:" }, { 0 }, "pass" },
	{ "digest = rsa-sha256", "digest = \"rsa-sha256\"",
	    { "a=rsa-sha256" }, { 0 }, "pass rsa-sha256" },
	{ "digest = rsa-sha1", "digest = \"rsa-sha1\"",
	    { "a=rsa-sha1" }, { 0 }, "pass rsa-sha1" },
	{ "headerlist names the fields", "headerlist = \"From:Subject:Date\"",
	    { "h=From:Subject:Date;" }, { 0 }, "pass" },
	{ "headerlist: ? leaves out what is not there, no suffix asserts",
	    "headerlist = \"From:Cc?:Reply-To:Subject?\"",
	    { "h=From:Reply-To:Subject;" }, { 0 }, "pass" },
	{ "headerlist: * asserts the end, + does not (facts 2.2)",
	    "headerlist = \"Received+:X-Example*:From:Subject?:Received\"",
	    { "h=Received:X-Example:From:Subject:Received;" }, { 0 }, "pass" },
	{ "headerlist with commas, as people carry it over from opendkim",
	    "headerlist = \"From, Subject*,Date\"",
	    { "h=From:Subject:Subject:Date;" }, { 0 }, "pass" },
	{ "headerlist as an array (B4)",
	    "headerlist = ( \"From\" Subject \"Date\" )",
	    { "h=From:Subject:Date;" }, { 0 }, "pass" },
	{ "identity puts i=", "identity = \"ann@mail.example.com\"",
	    { "i=ann@mail.example.com;" }, { 0 }, "pass" },
	{ "lifetime counts hours", "lifetime = 2", { " x=" }, { 0 }, "pass" },
	{ "the key's path may hold %{d} and %{s}",
	    "selector = \"s1\" key = \"~/%{d}/%{s}.key\"",
	    { "s=s1;" }, { 0 }, "pass rsa-sha256 d=example.com s=s1" },
	{ "an Ed25519 key signs with ed25519-sha256 by itself",
	    "selector = ed key = \"~/ed.key\"", { "a=ed25519-sha256" }, { 0 },
	    "pass ed25519-sha256" },
	{ "digest = ed25519-sha256", "selector = ed key = \"~/ed.key\" "
	    "digest = \"ed25519-sha256\"", { "a=ed25519-sha256" }, { 0 },
	    "pass ed25519-sha256" },
	{ "allow_weak_key lets a key under 1024 bits sign (RFC 8301)",
	    "selector = weak key = \"~/weak.key\" allow_weak_key = true",
	    { "s=weak" }, { 0 }, "pass" },
	{ "an RSA key of 1024 bits may sign (RFC 8301)",
	    "selector = other key = \"~/other.key\"", { "s=other" }, { 0 },
	    "pass" },
	{ "a dk_domain sets options for its domain alone (F12)",
	    "dk_domain \"Example.COM\" { selector = \"other\" "
	    "key = \"~/other.key\" } dk_domain \"example.net\" { }",
	    { "s=other" }, { 0 }, "pass" },
	{ "what a dk_domain does not set is the stanza's (F12)",
	    "body_canon = simple dk_domain \"example.com\" { selector = s1 }",
	    { "c=relaxed/simple", "s=s1" }, { 0 }, "pass" },
	{ "another domain's dk_domain does not count",
	    "dk_domain \"example.org\" { selector = \"other\" }",
	    { "s=rsa" }, { 0 }, "pass" },
	{ "the old syntax: a domain and brackets (facts 1.3)",
	    "example.com [ selector = s1 ]", { "s=s1" }, { 0 }, "pass" },
};

static void
options_show_in_the_signature(void **state)
{
	const struct option_row *row = *state;
	char configuration[1024], *value, *verified;

	(void)snprintf(configuration, sizeof(configuration), STANZA "%s }",
	    row->options);
	scene_run(&scene, configuration, &NO_MAIL);
	assert_int_equal(scene_count(scene.out, "DKIM-Signature"), 1);
	value = scene_value(scene.out, "DKIM-Signature", 0);
	for (size_t i = 0; i < 3 && row->says[i] != NULL; i++)
		assert_says(value, row->says[i]);
	for (size_t i = 0; i < 2 && row->says_not[i] != NULL; i++)
		assert_says_not(value, row->says_not[i]);
	verified = scene_verify(&scene);
	if (row->verified != NULL)
		assert_says(verified, row->verified);
	free(verified);
	free(value);
}

static void
base_domain_signs_as_the_parent(void **state)
{
	static const char text[] =
	    "From: <ann@corp.example.com>\r\n\r\nhello\r\n";
	char *verified;

	(void)state;
	scene_run(&scene, STANZA "dk_domain \"corp.example.com\" { "
	    "base_domain = \"example.com\" } }",
	    &(struct mail){ .text = text });
	verified = scene_verify(&scene);
	assert_says(verified, "pass rsa-sha256 d=example.com s=rsa");
	free(verified);
}

static void
base_domain_looks_for_the_key_in_both_domains(void **state)
{
	static const char text[] =
	    "From: <ann@corp.example.org>\r\n\r\nhello\r\n";
	char *log, *value;

	(void)state;
	/* %{d} is example.org, which has no key; example.com has one (B1) */
	scene_run(&scene, "dkim_sign \"s\" { debug_level = INFO "
	    "selector = s1 key = \"~/%{d}/%{s}.key\" "
	    "dk_domain \"example.com\" { base_domain = \"example.org\" } }",
	    &(struct mail){
	    .text = "From: <ann@example.com>\r\n\r\nhello\r\n" });
	value = scene_value(scene.out, "DKIM-Signature", 0);
	assert_says(value, "d=example.org;");
	log = scene_log(&scene);
	assert_says(log, "'example.org' is signed for with the key of "
	    "'example.com'");
	free(log);
	free(value);
	/* neither has one */
	scene_run(&scene, "dkim_sign \"s\" { selector = s1 "
	    "key = \"~/%{d}/%{s}.key\" dk_domain \"corp.example.org\" { "
	    "base_domain = \"example.org\" } }", &(struct mail){ .text = text });
	assert_int_equal(scene_count(scene.out, "DKIM-Signature"), 0);
	log = scene_log(&scene);
	assert_says(log, "/example.org/s1.key");
	assert_says(log, "/corp.example.org/s1.key");
	free(log);
}

/* Whose domain is responsible: Sender, else From; the first address. */
static const struct sender_row {
	const char *name;
	const char *header;
	const char *domain; /* of the signature; NULL: there is none */
} sender_rows[] = {
	{ "From", "From: Ann <a@Example.COM>\r\n", "d=example.com;" },
	{ "Sender before From",
	    "From: a@example.org\r\nSender: b@example.com\r\n",
	    "d=example.com;" },
	{ "a Sender below From, written in capitals",
	    "FROM: a@example.org\r\nSENDER: b@example.com\r\n",
	    "d=example.com;" },
	{ "the first address of several",
	    "From: a@example.com, b@example.org\r\n", "d=example.com;" },
	{ "a Sender that holds no address",
	    "Sender: nobody\r\nFrom: a@example.com\r\n", "d=example.com;" },
	{ "an encoded display name (RFC 2047)",
	    "From: =?utf-8?q?An=2C_n?=\r\n <a@example.com>\r\n",
	    "d=example.com;" },
	{ "a comment and white space before the colon",
	    "From : (x@example.org) a@example.com\r\n", "d=example.com;" },
	{ "a U-label becomes an A-label (RFC 8616)",
	    "From: a@b\xc3\xbc" "cher.example\r\n",
	    "d=xn--bcher-kva.example;" },
	{ "no address at all", "From: nobody\r\n", NULL },
	{ "no From", "Subject: x\r\n", NULL },
	{ "two From fields", "From: a@example.com\r\nFrom: b@example.com\r\n",
	    NULL },
};

static void
the_responsible_domain_signs(void **state)
{
	const struct sender_row *row = *state;
	char text[512], *value;

	(void)snprintf(text, sizeof(text), "%s\r\nhello\r\n", row->header);
	scene_run(&scene, STANZA "}", &(struct mail){ .text = text });
	value = scene_value(scene.out, "DKIM-Signature", 0);
	if (row->domain == NULL)
		assert_null(value);
	else
		assert_says(value, row->domain);
	free(value);
	assert_int_equal(scene.action, SESSION_ACCEPT);
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
	{ "sign_condition: can_relay, from a relay host",
	    "relay_hosts = ( 192.0.2.0/24 ) "
	    STANZA "sign_condition = \"can_relay\" }", { 0 }, true },
	{ "sign_condition: can_relay, from elsewhere",
	    "relay_hosts = ( 192.0.2.0/24 ) "
	    STANZA "sign_condition = \"can_relay\" }",
	    { .client = "198.51.100.1" }, false },
	{ "sign_condition: a variable of the message",
	    STANZA "sign_condition = \"mailfrom_domain\" }", { 0 }, true },
	{ "sign_condition in a dk_domain",
	    STANZA "dk_domain \"example.com\" { sign_condition = x } }",
	    { 0 }, false },
	{ "enabled = false is passive", STANZA "enabled = false }", { 0 },
	    false },
	{ "__bypass_dkim_sign (facts 3.6)", STANZA "}",
	    { .variable = "__bypass_dkim_sign" }, false },
	{ "dkim = disabled globally", "dkim = disabled " STANZA "}", { 0 },
	    false },
	{ "dkim = enabled for the domain of the recipient (F8)",
	    "dkim = disabled domain \"example.net\" { dkim = enabled } "
	    STANZA "}", { 0 }, true },
	{ "dkim = disabled for the domain of the recipient",
	    "domain \"example.net\" { dkim = \"disabled\" } " STANZA "}",
	    { 0 }, false },
	{ "dkim = disabled for another domain",
	    "domain \"example.org\" { dkim = \"disabled\" } " STANZA "}",
	    { 0 }, true },
	{ "dkim = disabled holds for one of two recipients: both get it signed",
	    "domain \"example.net\" { dkim = \"disabled\" } " STANZA "}",
	    { .rcpts = { "a@example.net", "b@example.org" } }, true },
	{ "dkim = disabled holds for both recipients",
	    "domain \"/^example[.]/\" { dkim = \"disabled\" } " STANZA "}",
	    { .rcpts = { "a@example.net", "b@example.org" } }, false },
	{ "dkim = disabled in the binding of the message",
	    "binding \"default\" { dkim = \"disabled\" } " STANZA "}", { 0 },
	    false },
	{ "dkim = disabled in another binding",
	    "binding \"other\" { dkim = \"disabled\" } " STANZA "}", { 0 },
	    true },
	{ "a domain in the binding outranks the binding (facts 1.4)",
	    "binding \"default\" { dkim = disabled domain \"example.net\" { "
	    "dkim = enabled } } " STANZA "}", { 0 }, true },
	{ "dkim = disabled in a binding group",
	    "binding_group \"g\" { dkim = disabled binding \"default\" { } } "
	    STANZA "}", { 0 }, false },
	{ "only dk_domains sign where the stanza has no selector",
	    "dkim_sign \"s\" { dk_domain \"example.org\" { selector = rsa "
	    "key = \"~/rsa.key\" } }", { 0 }, false },
	{ "no stanza", "dkim = enabled", { 0 }, false },
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
	{ "the key file holds no key", "selector = x key = \"~/junk.key\"",
	    NULL, "junk.key" },
	{ "the key is too small (RFC 8301)",
	    "selector = weak key = \"~/weak.key\"", NULL, "1024 bits" },
	{ "the key is of another type than digest says",
	    "selector = ed key = \"~/ed.key\" digest = rsa-sha256", NULL,
	    "the type that the algorithm needs" },
	{ "the identity is of another domain",
	    "selector = rsa key = \"~/rsa.key\" identity = \"@example.org\"",
	    NULL, "identity" },
	{ "two From fields", "selector = rsa key = \"~/rsa.key\"",
	    "From: a@example.com\r\nFrom: b@example.com\r\n\r\nx\r\n",
	    "more than one From" },
	{ "no From field", "selector = rsa key = \"~/rsa.key\"",
	    "Subject: x\r\n\r\nx\r\n", "no From field" },
};

static void
run_failure(const struct failure_row *row, const char *sign_failure)
{
	char configuration[512];

	scene_write(&scene, "junk.key", "this is no key\n", 0600);
	scene_write(&scene, "open.key", "-----BEGIN PRIVATE KEY-----\n", 0644);
	(void)snprintf(configuration, sizeof(configuration),
	    "dkim_sign \"s\" { %s %s }", row->options, sign_failure);
	free(scene_log(&scene));
	scene_run(&scene, configuration, &(struct mail){ .text = row->text });
	assert_int_equal(scene_count(scene.out, "DKIM-Signature"), 0);
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
	assert_says(log, "QUEUEID1");
	free(log);
}

static void
sign_failure_tempfail_defers(void **state)
{
	run_failure(*state, "sign_failure = tempfail");
	assert_int_equal(scene.action, SESSION_TEMPFAIL);
	assert_int_equal(scene.code, 451);
	assert_says(scene.reply, "4.7.5 The message cannot be signed now");
}

static void
sign_failure_reject_rejects(void **state)
{
	run_failure(*state, "sign_failure = \"reject\"");
	assert_int_equal(scene.action, SESSION_REJECT);
	assert_int_equal(scene.code, 550);
	assert_says(scene.reply, "5.7.5 The message cannot be signed");
}

/* A header list that takes more fields than h= may name fails while signing,
 * after core_final_validation2. */
static void
a_failure_in_signing_itself_refuses_too(void **state)
{
	static const char field[] = "X-Many: x\r\n";
	char *text = malloc(600 * sizeof(field) + 64), *at = text;

	(void)state;
	at = stpcpy(at, "From: <ann@example.com>\r\n");
	for (int i = 0; i < 600; i++)
		at = stpcpy(at, field);
	(void)stpcpy(at, "\r\nhello\r\n");
	scene_run(&scene, STANZA "headerlist = \"From:X-Many+\" "
	    "sign_failure = tempfail }", &(struct mail){ .text = text });
	assert_int_equal(scene.action, SESSION_TEMPFAIL);
	assert_int_equal(scene.code, 451);
	/* another stanza signs all the same when this one leaves it unsigned */
	scene_run(&scene, STANZA "headerlist = \"From:X-Many+\" } "
	    "dkim_sign \"e\" { selector = ed key = \"~/ed.key\" }",
	    &(struct mail){ .text = text });
	assert_int_equal(scene.action, SESSION_ACCEPT);
	assert_int_equal(scene_count(scene.out, "DKIM-Signature"), 1);
	free(text);
}

static void
the_gravest_sign_failure_counts(void **state)
{
	(void)state;
	scene_run(&scene, STANZA "} dkim_sign \"t\" { selector = x "
	    "key = \"~/absent.key\" sign_failure = tempfail }", &NO_MAIL);
	assert_int_equal(scene.action, SESSION_TEMPFAIL);
	scene_run(&scene, STANZA "sign_failure = reject "
	    "dk_domain \"example.com\" { key = \"~/absent.key\" "
	    "sign_failure = unsigned } }", &NO_MAIL);
	assert_int_equal(scene.action, SESSION_ACCEPT);
}

static size_t
count_words(const char *text, const char *words)
{
	size_t n = 0;

	for (; (text = strstr(text, words)) != NULL; text++)
		n++;
	return n;
}

static void
trouble_is_told_once_for_each_key_and_minute(void **state)
{
	char *log;

	(void)state;
	assert_true(scene_open(&scene, "dkim_sign \"s\" { selector = x "
	    "key = \"~/%{d}.key\" }"));
	for (int i = 0; i < 5; i++)
		scene_send(&scene, &NO_MAIL);
	for (int i = 0; i < 5; i++)
		scene_send(&scene, &(struct mail){
		    .text = "From: a@example.org\r\n\r\nx\r\n" });
	log = scene_log(&scene);
	assert_int_equal(count_words(log, "/example.com.key"), 1);
	assert_int_equal(count_words(log, "/example.org.key"), 1);
	free(log);
	clock_advance(61);
	scene_send(&scene, &NO_MAIL);
	log = scene_log(&scene);
	assert_says(log, "/example.com.key");
	assert_says(log, "(4 more in the last minute)");
	free(log);
	/* who corrected something wants to see whether it helped */
	assert_true(scene_reload(&scene, "dkim_sign \"s\" { selector = x "
	    "key = \"~/%{d}.key\" }"));
	scene_send(&scene, &NO_MAIL);
	log = scene_log(&scene);
	assert_says(log, "/example.com.key");
	assert_says_not(log, "more in the last");
	free(log);
}

static void
stanzas_sign_side_by_side_in_their_order(void **state)
{
	char *value, *verified;

	(void)state;
	scene_run(&scene, STANZA "} "
	    "dkim_sign \"e\" { selector = ed key = \"~/ed.key\" } "
	    "dkim_sign \"o\" { selector = other key = \"~/other.key\" "
	    "header_canon = simple body_canon = simple }", &NO_MAIL);
	assert_int_equal(scene_count(scene.out, "DKIM-Signature"), 3);
	value = scene_value(scene.out, "DKIM-Signature", 0);
	assert_says(value, "s=rsa;");
	free(value);
	value = scene_value(scene.out, "DKIM-Signature", 1);
	assert_says(value, "s=ed;");
	free(value);
	verified = scene_verify(&scene);
	assert_string_equal(verified,
	    "pass rsa-sha256 d=example.com s=rsa c=relaxed/relaxed\n"
	    "pass ed25519-sha256 d=example.com s=ed c=relaxed/relaxed\n"
	    "pass rsa-sha256 d=example.com s=other c=simple/simple\n");
	free(verified);
}

static void
a_passive_stanza_in_front_does_not_stop_the_others(void **state)
{
	(void)state;
	scene_run(&scene, STANZA "enabled = false } "
	    "dkim_sign \"e\" { selector = ed key = \"~/ed.key\" }", &NO_MAIL);
	assert_int_equal(scene_count(scene.out, "DKIM-Signature"), 1);
}

/* B10: whoever signed before keeps the signature. */
static void
signatures_of_others_stay(void **state)
{
	static const char text[] =
	    "DKIM-Signature: v=1; a=rsa-sha256; d=example.org; s=x;\r\n"
	    "\th=From; bh=AAAA; b=AAAA\r\n"
	    "From: <ann@example.com>\r\n\r\nhello\r\n";
	char *value;

	(void)state;
	scene_run(&scene, STANZA "}", &(struct mail){ .text = text });
	assert_int_equal(scene_count(scene.out, "DKIM-Signature"), 2);
	value = scene_value(scene.out, "DKIM-Signature", 1);
	assert_string_equal(value, " v=1; a=rsa-sha256; d=example.org; s=x;"
	    "\th=From; bh=AAAA; b=AAAA");
	free(value);
}

static void
odd_but_legal_bytes_are_signed_as_they_are(void **state)
{
	static const char text[] =
	    "From:<ann@example.com>\r\n"
	    "Subject:   folded\r\n \t  twice\r\n"
	    "X-Empty:\r\n"
	    "Subject : odd  white space\t\r\n"
	    "To: b\xf6" "b@example.net\r\n"
	    "\r\n"
	    ". a dot\r\n.\r\n..\r\nlone \n and \r\r\n\r\n\r\n";
	char *verified;

	(void)state;
	scene_run(&scene, STANZA "header_canon = simple body_canon = simple "
	    "headerlist = \"From+:Subject+:X-Empty+:To+\" } dkim_sign \"e\" { "
	    "selector = ed key = \"~/ed.key\" }",
	    &(struct mail){ .text = text });
	verified = scene_verify(&scene);
	assert_string_equal(verified,
	    "pass rsa-sha256 d=example.com s=rsa c=simple/simple\n"
	    "pass ed25519-sha256 d=example.com s=ed c=relaxed/relaxed\n");
	free(verified);
}

static void
filter_header_tells_who_signed(void **state)
{
	char *value;

	(void)state;
	scene_run(&scene, "hostname = \"mx.example.net\" "
	    STANZA "filter_header = true }", &NO_MAIL);
	value = scene_value(scene.out, "DKIM-Filter", 0);
	assert_says(value, " mailseal ");
	assert_says(value, " mx.example.net QUEUEID1");
	free(value);
	/* nothing signed, nothing to tell */
	scene_run(&scene, STANZA "filter_header = true sign_condition = x }",
	    &NO_MAIL);
	assert_int_equal(scene_count(scene.out, "DKIM-Filter"), 0);
}

static void
rsa_sha1_is_warned_of(void **state)
{
	char *log;

	(void)state;
	free(scene_log(&scene));
	assert_true(scene_open(&scene, STANZA "digest = rsa-sha1 }"));
	log = scene_log(&scene);
	assert_says(log, "rsa-sha1");
	assert_says(log, "RFC 8301");
	free(log);
	scene_close(&scene);
	assert_true(scene_open(&scene, STANZA "dk_domain \"a.test\" { "
	    "digest = rsa-sha1 } }"));
	log = scene_log(&scene);
	assert_says(log, "rsa-sha1");
	free(log);
}

static void
key_permissions_say_who_else_may_read(void **state)
{
	char path[SCENE_PATH_BYTES];

	(void)state;
	assert_int_equal(chmod(scene_path(&scene, "rsa.key", path), 0640), 0);
	scene_run(&scene, STANZA "}", &NO_MAIL);
	assert_int_equal(scene_count(scene.out, "DKIM-Signature"), 0);
	scene_run(&scene, STANZA "key_permissions = group }", &NO_MAIL);
	assert_int_equal(scene_count(scene.out, "DKIM-Signature"), 1);
	assert_int_equal(chmod(path, 0644), 0);
	scene_run(&scene, STANZA "key_permissions = group }", &NO_MAIL);
	assert_int_equal(scene_count(scene.out, "DKIM-Signature"), 0);
	scene_run(&scene, STANZA "key_permissions = any }", &NO_MAIL);
	assert_int_equal(scene_count(scene.out, "DKIM-Signature"), 1);
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
	assert_int_equal(scene_count(scene.out, "DKIM-Signature"), 1);
	answer = scene_command("dkim_sign:s flush keycache");
	assert_says(answer, "flushed 1 entries from the keycache");
	free(answer);
	scene_send(&scene, &NO_MAIL);
	assert_int_equal(scene_count(scene.out, "DKIM-Signature"), 0);
}

static void
a_failed_load_is_remembered_for_neg_keycache_ttl(void **state)
{
	char path[SCENE_PATH_BYTES], aside[SCENE_PATH_BYTES];

	(void)state;
	assert_int_equal(rename(scene_path(&scene, "rsa.key", path),
	    scene_path(&scene, "aside", aside)), 0);
	assert_true(scene_open(&scene, STANZA "} dkim_sign \"t\" { "
	    "selector = rsa key = \"~/rsa.key\" neg_keycache_ttl = 0 }"));
	scene_send(&scene, &NO_MAIL);
	assert_int_equal(scene_count(scene.out, "DKIM-Signature"), 0);
	assert_int_equal(rename(aside, path), 0);
	scene_send(&scene, &NO_MAIL); /* the second stanza looks again */
	assert_int_equal(scene_count(scene.out, "DKIM-Signature"), 1);
}

static void
pos_keycache_ttl_zero_reads_the_key_each_time(void **state)
{
	char path[SCENE_PATH_BYTES];

	(void)state;
	assert_true(scene_open(&scene, STANZA "pos_keycache_ttl = 0 "
	    "neg_keycache_ttl = 0 }"));
	scene_send(&scene, &NO_MAIL);
	assert_int_equal(scene_count(scene.out, "DKIM-Signature"), 1);
	assert_int_equal(unlink(scene_path(&scene, "rsa.key", path)), 0);
	scene_send(&scene, &NO_MAIL);
	assert_int_equal(scene_count(scene.out, "DKIM-Signature"), 0);
}

static void
keycache_size_bounds_the_cache(void **state)
{
	char *answer;

	(void)state;
	assert_true(scene_open(&scene, STANZA "keycache_size = 1 "
	    "dk_domain \"example.org\" { key = \"~/ed.key\" } }"));
	scene_send(&scene, &NO_MAIL);
	scene_send(&scene, &(struct mail){
	    .text = "From: a@example.org\r\n\r\nx\r\n" });
	assert_int_equal(scene_count(scene.out, "DKIM-Signature"), 1);
	answer = scene_command("dkim_sign:s stats");
	assert_says(answer, "keycache_entries = 1\n");
	assert_says(answer, "keycache_misses = 2\n");
	free(answer);
	answer = scene_command("dkim_sign:s frobnicate");
	assert_says(answer, "flush keycache");
	free(answer);
}

static void
a_reload_takes_effect_for_the_next_message(void **state)
{
	char *value;

	(void)state;
	assert_true(scene_open(&scene, STANZA "}"));
	scene_send(&scene, &NO_MAIL);
	assert_true(scene_reload(&scene, "dkim_sign \"s\" { selector = ed "
	    "key = \"~/ed.key\" }"));
	scene_send(&scene, &NO_MAIL);
	assert_int_equal(scene_count(scene.out, "DKIM-Signature"), 1);
	value = scene_value(scene.out, "DKIM-Signature", 0);
	assert_says(value, "s=ed;");
	free(value);
	assert_false(scene_reload(&scene, "dkim_sign \"s\" { selector = "
	    "\"a b\" key = \"~/ed.key\" }"));
	scene_send(&scene, &NO_MAIL);
	assert_int_equal(scene_count(scene.out, "DKIM-Signature"), 1);
}

/* Wrong configurations: refused, with file, line and what was expected. */
static const struct refusal error_rows[] = {
	{ "no selector", "\ndkim_sign \"s\" {\n key = \"~/rsa.key\" }",
	    { "test.conf:2:", "lacks the option 'selector'" } },
	{ "no key", "dkim_sign \"s\" { selector = \"rsa\" }",
	    { "test.conf:1:", "lacks the option 'key'" } },
	{ "no selector in one of the dk_domains",
	    "dkim_sign \"s\" { key = \"~/rsa.key\"\n"
	    "dk_domain \"a.test\" { selector = a }\n"
	    "dk_domain \"b.test\" { } }",
	    { "test.conf:3:", "lacks the option 'selector'" } },
	{ "base_domain outside dk_domain",
	    STANZA "\nbase_domain = \"a.test\" }",
	    { "test.conf:2:", "base_domain" } },
	{ "a word that no canonicalization has", STANZA "\nbody_canon = nofws }",
	    { "test.conf:2:", "relaxed" } },
	{ "a digest that there is not", STANZA "\ndigest = rsa-md5 }",
	    { "test.conf:2:", "rsa-sha256" } },
	{ "a header list without From", STANZA "\nheaderlist = \"To:Cc\" }",
	    { "test.conf:2:", "From" } },
	{ "a header list with an empty name",
	    STANZA "\nheaderlist = \"From::To\" }",
	    { "test.conf:2:", "headerlist" } },
	{ "a pattern that is none", STANZA "\nkey = \"/a/%{x}\" }",
	    { "test.conf:2:", "%{d}" } },
	{ "a selector that is none", STANZA "\nselector = \"../a\" }",
	    { "test.conf:2:", "selector" } },
	{ "an identity that is none", STANZA "\nidentity = \"ann\" }",
	    { "test.conf:2:", "address" } },
	{ "a negative lifetime", STANZA "\nlifetime = -1 }",
	    { "test.conf:2:", "-1" } },
	{ "a cache of no keys", STANZA "\nkeycache_size = 0 }",
	    { "test.conf:2:", "keycache_size" } },
	{ "an unknown failure action", STANZA "\nsign_failure = bounce }",
	    { "test.conf:2:", "tempfail" } },
	{ "a misspelled option", STANZA "\nselektor = x }",
	    { "test.conf:2:", "selector" } },
	{ "a dk_domain that is no domain",
	    STANZA "dk_domain \"a b\" { } }", { "a b", "no domain name" } },
};

/* For tests alone. */
#define SECRET "MC4CAQAwBQYDK2VwBCIEIKjUrkqmLYYRGHR3DsPvn3hVA7mTo0yZBSkDXQVOnU5R"

/* A key where the path of its file belongs. */
static const struct key_row {
	const char *name;
	const char *key;
} key_rows[] = {
	{ "as PEM", "-----BEGIN PRIVATE KEY-----\n" SECRET
	    "\n-----END PRIVATE KEY-----\n" },
	{ "as PEM with something before it",
	    "key: -----BEGIN RSA PRIVATE KEY-----\n" SECRET },
	{ "as base64", SECRET },
	{ "as base64 in two lines", " MC4CAQAwBQYDK2VwBCIEIKjUrkqmLYYRGHR3\n"
	    "DsPvn3hVA7mTo0yZBSkDXQVOnU5R\n" },
};

static void
a_key_in_place_of_its_path_is_refused_and_not_shown(void **state)
{
	const struct key_row *row = *state;
	char configuration[512];
	char *log;

	free(scene_log(&scene));
	(void)snprintf(configuration, sizeof(configuration),
	    "dkim_sign \"s\" { selector = rsa key = \"%s\" }", row->key);
	assert_false(scene_open(&scene, configuration));
	assert_says(scene.errors, "it is a key itself");
	assert_says_not(scene.errors, "DsPvn3hVA7mTo0yZ");
	log = scene_log(&scene);
	assert_says_not(log, "DsPvn3hVA7mTo0yZ");
	free(log);
}

int
main(void)
{
	roll_begin(&scene, scene_begin);
	ADD_ROWS(option_rows, "option: ", options_show_in_the_signature);
	ADD_ROWS(sender_rows, "responsible: ", the_responsible_domain_signs);
	ADD_ROWS(condition_rows, "condition: ", conditions_decide);
	ADD_ROWS(failure_rows, "logged: ",
	    failures_are_logged_and_the_message_goes_on);
	ADD_ROWS(failure_rows, "tempfail: ", sign_failure_tempfail_defers);
	ADD_ROWS(failure_rows, "reject: ", sign_failure_reject_rejects);
	ADD_ROWS(key_rows, "a key is no path: ",
	    a_key_in_place_of_its_path_is_refused_and_not_shown);
	ADD_ROWS(error_rows, "refused: ", wrong_options_are_refused_with_words);
	ADD(base_domain_signs_as_the_parent);
	ADD(base_domain_looks_for_the_key_in_both_domains);
	ADD(a_failure_in_signing_itself_refuses_too);
	ADD(the_gravest_sign_failure_counts);
	ADD(trouble_is_told_once_for_each_key_and_minute);
	ADD(stanzas_sign_side_by_side_in_their_order);
	ADD(a_passive_stanza_in_front_does_not_stop_the_others);
	ADD(signatures_of_others_stay);
	ADD(odd_but_legal_bytes_are_signed_as_they_are);
	ADD(filter_header_tells_who_signed);
	ADD(rsa_sha1_is_warned_of);
	ADD(key_permissions_say_who_else_may_read);
	ADD(keys_are_cached_until_flushed);
	ADD(a_failed_load_is_remembered_for_neg_keycache_ttl);
	ADD(pos_keycache_ttl_zero_reads_the_key_each_time);
	ADD(keycache_size_bounds_the_cache);
	ADD(a_reload_takes_effect_for_the_next_message);
	return roll_run("dkim_sign");
}
