/*
 * The verifying functions of modules/validate/ec_opendkim.h, called by a module
 * that requires opendkim: waiting for the answers, or coming back for them.
 */
#include "roll.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PLAIN "From: <ann@example.com>\r\nSubject: x\r\n\r\nhello\r\n"
#define SIGN "dkim_sign \"s\" { selector = rsa key = \"~/rsa.key\" } " \
	"dkim_sign \"t\" { selector = gone key = \"~/ed.key\" " \
	"header_canon = simple identity = \"x@news.example.com\" }"

static struct scene scene;
static const char *caller_folder; /* of verify_caller.so */

/* Verify a message, which has come, in one of the caller's ways. */
static void
verify(const char *way, const char *options, const char *text)
{
	char all[1024];

	assert_true((size_t)snprintf(all, sizeof(all),
	    "module_path = ( \"%s\" ) dns_zone_file = \"~/keys.zone\" "
	    "opendkim \"o\" { enabled = false %s } verify_caller \"c\" { way = \"%s\" }",
	    caller_folder, options, way) < sizeof(all));
	scene_run(&scene, all, &(struct mail){ .text = text });
	assert_int_equal(scene.action, SESSION_ACCEPT);
	assert_says(scene.context, "started=yes\n");
}

/* The message with the signatures that a configuration makes; freed by
 * free(). */
static char *
signed_by(const char *configuration)
{
	char *text;

	scene_run(&scene, configuration, &(struct mail){ .text = PLAIN });
	text = scene.out;
	scene.out = NULL;
	return text;
}

static void
assert_two_signatures(void)
{
	assert_says(scene.context, "status=0\n");
	assert_says(scene.context, "counted=0\n");
	assert_says(scene.context, "count=2\n");
	assert_says(scene.context, "sig0=0|6|example.com|rsa|@example.com|"
	    "relaxed/relaxed|rsa-sha256|2048|10|-\n");
	assert_says(scene.context, "sig1=3|2|example.com|gone|"
	    "x@news.example.com|simple/relaxed|ed25519-sha256|0|10|the");
}

static const struct way_row {
	const char *name;
	const char *way;
	const char *again; /* there was a VALIDATE_AGAIN */
	const char *resumed; /* calls of resume_func */
} way_rows[] = {
	{ "waiting in the call", "wait", "again=no\n", "resumed=0\n" },
	{ "coming back when the host does", "resume", "again=yes\n",
	    "resumed=1\n" },
	{ "waiting in the second call", "block", "again=yes\n",
	    "resumed=1\n" },
	{ "taking the result in resume_func", "inside", "again=yes\n",
	    "resumed=1\n" },
};

static void
the_results_are_the_same(void **state)
{
	const struct way_row *row = *state;
	char *text = signed_by(SIGN);

	verify(row->way, "", text);
	free(text);
	assert_two_signatures();
	assert_says(scene.context, row->again);
	assert_says(scene.context, row->resumed);
}

static void
a_handle_may_end_before_the_answers_are_here(void **state)
{
	char *text = signed_by(SIGN);

	(void)state;
	verify("leave", "", text);
	free(text);
	assert_says(scene.context, "again=yes\n");
	assert_says(scene.context, "resumed=1\n");
}

static void
without_a_question_to_ask_nobody_comes_back(void **state)
{
	(void)state;
	verify("resume", "", PLAIN);
	assert_says(scene.context, "again=no\n");
	assert_says(scene.context, "resumed=0\n");
	assert_says(scene.context, "status=2\n");
	assert_says(scene.context, "words=not signed\n");
	assert_says(scene.context, "counted=0\n");
	assert_says(scene.context, "count=0\n");
}

static void
asked_again_it_says_the_same(void **state)
{
	char *text = signed_by(SIGN);

	(void)state;
	verify("wait", "", text);
	free(text);
	assert_says(scene.context, "once_more=0\n");
}

static void
calls_that_cannot_be_are_invalid(void **state)
{
	static const char *const names[] = { "early_count", "early_sig",
		"no_message", "no_handle", "other_message", "no_sig",
		"negative", "null_count", "no_status", "nothing_status",
		"nothing_error", "nothing_flags", "nothing_domain",
		"nothing_selector", "nothing_identity", "nothing_canons",
		"nothing_signalg", "nothing_keysize", "nothing_hdrsigned" };
	char *text = signed_by(SIGN), line[64];

	(void)state;
	verify("wrong", "", text);
	free(text);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		(void)snprintf(line, sizeof(line), "%s=9\n", names[i]);
		assert_says(scene.context, line);
	}
	assert_says(scene.context, "no_message_signed=0\n");
	assert_says(scene.context, "nothing_text=(null)\n");
	assert_says(scene.context, "nothing_number=0\n");
	assert_says(scene.context, "no_word=unknown status\n");
}

/* What a signature holds may end up in a header field, or in JSON. */
static void
texts_hold_no_controls_and_are_utf8(void **state)
{
	(void)state;
	verify("wait", "", "DKIM-Signature: v=1; a=rsa-sha256; h=From; bh=AAAA; "
	    "b=AAAA; d=b\xc3\xbc\xff\xc2\x9b\xed\xa0\x80.test;\r\n"
	    " s=\xe2\x80x\xe2\x82\xac\xc0\xaf\xf5\x80\x80\x80"
	    "\xf0\x9f\x93\xa7\xc2;\r\n"
	    " i=a=0D=0AX:=00=C2=85=FF@b.test\r\n" PLAIN);
	assert_says(scene.context, "|b\xc3\xbc??????.test|"
	    "??x\xe2\x82\xac??????\xf0\x9f\x93\xa7?|");
	assert_says(scene.context, "|a??X:????@b.test|");
}

static void
who_requires_the_module_needs_no_stanza_of_it(void **state)
{
	char all[1024];

	(void)state;
	(void)snprintf(all, sizeof(all), "module_path = ( \"%s\" ) "
	    "verify_caller \"c\" { }", caller_folder);
	scene_run(&scene, all, &(struct mail){ .text = PLAIN });
	assert_says(scene.context, "started=yes\n");
	assert_says(scene.context, "status=2\n");
}

static void
the_log_tells_of_each_signature_when_asked_to(void **state)
{
	char *text = signed_by(SIGN), *log;

	(void)state;
	free(scene_log(&scene));
	verify("wait", "debug_level = DEBUG", text);
	free(text);
	log = scene_log(&scene);
	assert_says(log, "verified for policy, with 2 signatures: success");
	assert_says(log, "signature 1 of 'example.com': key "
	    "'rsa._domainkey.example.com': it holds");
	assert_says(log, "signature 2 of 'example.com': key "
	    "'gone._domainkey.example.com': the");
	free(log);
}

static const struct option_row {
	const char *option, *words;
} option_rows[] = {
	{ "verify_dns_timeout = 0", "not within 1 and 300" },
	{ "verify_max_header_size = 10", "not within 1024 and 1048576" },
	{ "verify_max_signatures = 11", "not within 1 and 10" },
	{ "verify_min_key_bits = 100", "not within 512 and 8192" },
	{ "verify_rsa_sha1 = perhaps", "verify_rsa_sha1" },
};

static void
numbers_that_are_too_large_or_small_are_refused(void **state)
{
	char all[256];

	(void)state;
	for (size_t i = 0; i < sizeof(option_rows) / sizeof(option_rows[0]);
	    i++) {
		(void)snprintf(all, sizeof(all), "opendkim \"o\" { %s }",
		    option_rows[i].option);
		assert_false(scene_open(&scene, all));
		assert_says(scene.errors, option_rows[i].words);
	}
}

int
main(int argc, char **argv)
{
	if (argc != 2) {
		fprintf(stderr, "usage: opendkim_functions_test "
		    "FOLDER-OF-VERIFY_CALLER\n");
		return 64;
	}
	caller_folder = argv[1];
	roll_begin(&scene, scene_begin);
	ADD_ROWS(way_rows, "", the_results_are_the_same);
	ADD(a_handle_may_end_before_the_answers_are_here);
	ADD(without_a_question_to_ask_nobody_comes_back);
	ADD(asked_again_it_says_the_same);
	ADD(calls_that_cannot_be_are_invalid);
	ADD(texts_hold_no_controls_and_are_utf8);
	ADD(who_requires_the_module_needs_no_stanza_of_it);
	ADD(the_log_tells_of_each_signature_when_asked_to);
	ADD(numbers_that_are_too_large_or_small_are_refused);
	return roll_run("opendkim functions");
}
