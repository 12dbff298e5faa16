/*
 * The C functions of modules/validate/ec_dkim.h and dkim.h, called by a module
 * that requires dkim_sign and dkim_validate (facts of the published interface:
 * 1 and 0, what the caller frees, phases of reflect).
 */
#include "roll.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define STANZA(options) "dkim_sign \"s\" { enabled = false selector = rsa " \
	"key = \"~/rsa.key\" " options " } "
#define VALIDATE "dns_zone_file = \"~/keys.zone\" dkim_validate \"v\" { " \
	"report_command = \"~/sendmail\" } "
#define PLAIN "From: <ann@example.com>\r\nSubject: x\r\n\r\nhello\r\n"

static struct scene scene;
static const char *caller_folder; /* of caller.so */

static void
begin(struct scene *new)
{
	scene_begin(new);
	/* what is sent by the caller's reports */
	scene_write(new, "sendmail", "#!/bin/sh\n"
	    "cd \"${0%/*}\" && printf '%s ' \"$@\" >args && cat >report\n",
	    0700);
}

/* Run a message through a configuration with the caller in it. */
static void
call(const char *configuration, const char *arguments, const char *text)
{
	char all[8192];

	assert_true((size_t)snprintf(all, sizeof(all),
	    "module_path = ( \"%s\" ) %s caller \"c\" { sign = [ %s ] }",
	    caller_folder, configuration, arguments) < sizeof(all));
	scene_run(&scene, all, &(struct mail){ .text = text });
}

static const struct sign_row {
	const char *name;
	const char *stanza; /* NULL: STANZA("") */
	const char *arguments;
	const char *says; /* of the DKIM-Signature; NULL: none */
	const char *verified; /* or the log, when there is none */
} sign_rows[] = {
	{ "all NULL: as configured", NULL, "plainly = yes",
	    "c=relaxed/relaxed; d=example.com; s=rsa;", "pass" },
	{ "canonicalizations", NULL,
	    "do = yes header_canon = simple body_canon = simple",
	    "c=simple/simple;", "pass" },
	{ "selector and key_file with patterns", NULL,
	    "do = yes selector = s1 key_file = \"~/%{d}/%{s}.key\"", "s=s1;",
	    "pass" },
	{ "base_domain", NULL, "do = yes base_domain = \"Example.ORG\"",
	    "d=example.org;", NULL },
	{ "headerlist", NULL, "do = yes headerlist = \"From:Subject\"",
	    "h=From:Subject;", "pass" },
	{ "identity", NULL, "do = yes identity = \"ann@example.com\"",
	    "i=ann@example.com;", "pass" },
	{ "body_length_limit = 1", NULL, "do = yes body_length_limit = 1",
	    " l=", "pass" },
	{ "body_length_limit = 0 overrides",
	    STANZA("body_length_limit = true header_canon = simple"),
	    "do = yes body_length_limit = 0", "c=simple/relaxed", "pass" },
	{ "lifetime", NULL, "do = yes lifetime = 1", " x=", "pass" },
	{ "the dk_domain of the message holds",
	    STANZA("dk_domain \"example.com\" { selector = s1 }"), "do = yes",
	    "s=s1;", "pass" },
	{ "sign_condition does not count",
	    STANZA("sign_condition = \"absent\""), "do = yes", "s=rsa;",
	    "pass" },
	{ "a wrong canonicalization", NULL, "do = yes header_canon = nofws",
	    NULL, "header_canon and body_canon are" },
	{ "an unknown digest", NULL, "do = yes digest = rsa-md5", NULL,
	    "digest is" },
	{ "a selector that leads elsewhere", NULL,
	    "do = yes selector = \"../x\"", NULL, "selector" },
	{ "an absent key file", NULL, "do = yes key_file = \"~/absent\"", NULL,
	    "absent" },
	{ "a key that is none", NULL, "do = yes key = \"AAAA\"", NULL,
	    "the key" },
};

static void
ec_dkim_sign_follows_its_arguments(void **state)
{
	const struct sign_row *row = *state;
	char *value, *text;

	free(scene_log(&scene));
	call(row->stanza == NULL ? STANZA("") VALIDATE : row->stanza,
	    row->arguments, PLAIN);
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
	if (row->verified != NULL)
		assert_says(text, row->verified);
	free(text);
	free(value);
}

/* keybuf: what stands between BEGIN and END, in one line (B16). */
static void
a_key_may_come_as_text(void **state)
{
	char path[SCENE_PATH_BYTES], arguments[4096 + 64], bare[4096] = "";
	char line[128], *verified;
	FILE *file = fopen(scene_path(&scene, "rsa.key", path), "r");

	(void)state;
	assert_non_null(file);
	while (fgets(line, sizeof(line), file) != NULL) {
		line[strcspn(line, "\n")] = '\0';
		if (line[0] != '-')
			strcat(bare, line);
	}
	(void)fclose(file);
	(void)snprintf(arguments, sizeof(arguments),
	    "do = yes selector = rsa key = \"%s\"", bare);
	call("dkim_sign \"s\" { enabled = false selector = ed "
	    "key = \"~/ed.key\" }", arguments, PLAIN);
	verified = scene_verify(&scene);
	assert_says(verified, "pass rsa-sha256 d=example.com s=rsa");
	free(verified);
}

/* What is signed twice by hand carries two signatures (B10). */
static void
signing_by_hand_adds_to_signing_by_configuration(void **state)
{
	char *verified;

	(void)state;
	call("dkim_sign \"s\" { selector = ed key = \"~/ed.key\" }",
	    "do = yes selector = rsa key_file = \"~/rsa.key\"", PLAIN);
	verified = scene_verify(&scene);
	assert_says(verified, "pass rsa-sha256 d=example.com s=rsa");
	assert_says(verified, "pass ed25519-sha256 d=example.com s=ed");
	free(verified);
}

static void
results_are_there_before_dkim_validate_ran(void **state)
{
	char *text;

	(void)state;
	scene_run(&scene, "dkim_sign \"s\" { selector = rsa "
	    "key = \"~/rsa.key\" identity = \"x@News.example.com\" } "
	    "dkim_sign \"t\" { selector = gone key = \"~/ed.key\" "
	    "header_canon = simple }", &(struct mail){ .text = PLAIN });
	text = scene.out;
	scene.out = NULL;
	call(STANZA("") VALIDATE, "", text);
	free(text);
	assert_says(scene.context, "count=2\n");
	assert_says(scene.context, "item0=pass|rsa-sha256|-|example.com|"
	    "x@news.example.com|ok|relaxed/relaxed|2048\n");
	assert_says(scene.context, "item1=permerror|ed25519-sha256|-|"
	    "example.com|@example.com|key-not-found|simple/relaxed|0\n");
	assert_says(scene.context, "domains_found=1\n");
	assert_says(scene.context, "domains=news.example.com\n");
	assert_says(scene.context, "responsible=example.com\n");
	assert_says(scene.context, "strings=news.example.com/example.com\n");
	/* and the module itself still says what it has to say, once */
	assert_int_equal(scene_count(scene.out, "Authentication-Results"), 1);
	assert_says(scene.context, "dkim_status=pass\n");
}

static void
an_unsigned_message_has_no_results_and_no_trouble(void **state)
{
	(void)state;
	call(STANZA("") VALIDATE, "", "Subject: x\r\n\r\nhello\r\n");
	assert_says(scene.context, "count=0\n");
	assert_says(scene.context, "known=yes\n");
	assert_says(scene.context, "domains_found=0\n");
	assert_says(scene.context, "domains=(null)\n");
	assert_says(scene.context, "responsible_found=0\n");
	assert_says(scene.context, "responsible=(null)\n");
	assert_says(scene.context, "strings=/\n");
}

static void
the_query_tag_is_handed_out(void **state)
{
	(void)state;
	call(STANZA("") VALIDATE, "", "DKIM-Signature: v=1; a=rsa-sha256; "
	    "d=example.com; s=rsa; q = dns/txt ; h=From; bh=AAAA;\r\n"
	    " b=AAAA\r\n" PLAIN);
	assert_says(scene.context, "item0=permerror|rsa-sha256|dns/txt|");
}

static void
results_are_not_there_before_the_data(void **state)
{
	(void)state;
	call(STANZA("") VALIDATE, "", PLAIN);
	assert_says(scene.context, "early=0\n");
	assert_says(scene.context, "early_known=no\n");
}

static char *
contents(const char *name)
{
	char path[SCENE_PATH_BYTES], *text = NULL;
	size_t length = 0;
	FILE *file = fopen(scene_path(&scene, name, path), "r");

	assert_non_null(file);
	assert_true(getdelim(&text, &length, '\0', file) > 0);
	(void)fclose(file);
	return text;
}

static void
reflect_checks_phase_and_addresses(void **state)
{
	char *text;

	(void)state;
	call(STANZA("") VALIDATE, "", PLAIN);
	assert_says(scene.context, "reflect=1\n");
	assert_says(scene.context, "reflect_no_rcpt=-3\n");
	assert_says(scene.context, "reflect_no_sender=-3\n");
	assert_says(scene.context, "reflect_late=-2\n");
	assert_says(scene.context, "reflect_alone=-1\n");
	text = contents("args");
	assert_string_equal(text, "-i -f <> -- b@example.com c@example.com ");
	free(text);
	text = contents("report");
	assert_says(text, "\nFrom: a@example.com\nTo: b@example.com\n"
	    "Subject: subject\n");
	assert_says(text, "note\n");
	assert_says(text, "QUEUEID1");
	free(text);
}

/* The command blocks until we say so, which we do when the message is through:
 * were it waited for, this test would not end. */
static void
a_message_does_not_wait_for_its_report(void **state)
{
	char path[SCENE_PATH_BYTES], all[1024], *text;
	FILE *gate;

	(void)state;
	assert_int_equal(mkfifo(scene_path(&scene, "gate", path), 0600), 0);
	scene_write(&scene, "sendmail", "#!/bin/sh\ncd \"${0%/*}\"\n"
	    "read go <gate\ncat >report\n", 0700);
	(void)snprintf(all, sizeof(all), "module_path = ( \"%s\" ) "
	    STANZA("") VALIDATE "caller \"c\" { }", caller_folder);
	assert_true(scene_open(&scene, all));
	scene_send(&scene, &(struct mail){ .text = PLAIN });
	assert_int_equal(scene.action, SESSION_ACCEPT);
	gate = fopen(path, "w");
	assert_non_null(gate);
	assert_true(fputs("go\n", gate) >= 0);
	assert_int_equal(fclose(gate), 0);
	scene_close(&scene); /* which waits for what is being sent */
	text = contents("report");
	assert_says(text, "QUEUEID1");
	free(text);
}

int
main(int argc, char **argv)
{
	if (argc != 2) {
		fprintf(stderr, "usage: functions_test FOLDER-OF-CALLER\n");
		return 64;
	}
	caller_folder = argv[1];
	roll_begin(&scene, begin);
	ADD_ROWS(sign_rows, "ec_dkim_sign: ",
	    ec_dkim_sign_follows_its_arguments);
	ADD(a_key_may_come_as_text);
	ADD(signing_by_hand_adds_to_signing_by_configuration);
	ADD(results_are_there_before_dkim_validate_ran);
	ADD(an_unsigned_message_has_no_results_and_no_trouble);
	ADD(the_query_tag_is_handed_out);
	ADD(results_are_not_there_before_the_data);
	ADD(reflect_checks_phase_and_addresses);
	ADD(a_message_does_not_wait_for_its_report);
	return roll_run("functions");
}
