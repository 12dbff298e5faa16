/*
 * The C functions of modules/validate/ec_dk.h, called by a module that requires
 * dk_sign and dk_validate (facts 5: 1 and 0, what the caller frees).
 */
#include "dk_scene.h"
#include "roll.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STANZA "dk_sign \"s\" { enabled = false selector = dk " \
	"key = \"~/rsa.key\" } "
#define VALIDATE "dns_zone_file = \"~/dk.zone\" dk_validate \"v\" { } "
#define PLAIN "From: <ann@example.com>\r\nSubject: x\r\n\r\nhello\r\n"

static struct scene scene;
static const char *caller_folder; /* of dk_caller.so */

/* Run a message through a configuration with the caller in it. */
static void
call(const char *configuration, const char *arguments, const char *text)
{
	char all[8192];

	assert_true((size_t)snprintf(all, sizeof(all),
	    "module_path = ( \"%s\" ) %s dk_caller \"c\" { sign = [ %s ] }",
	    caller_folder, configuration, arguments) < sizeof(all));
	scene_run(&scene, all, &(struct mail){ .text = text });
}

static const struct sign_row {
	const char *name;
	const char *arguments;
	const char *says; /* of the signature; NULL: none, and the log: */
	const char *verified;
} sign_rows[] = {
	{ "all NULL: as configured, though the stanza is passive",
	    "plainly = yes", "c=nofws; d=example.com; s=dk;",
	    "pass d=example.com s=dk c=nofws" },
	{ "selector and key_file with patterns",
	    "do = yes selector = s1 key_file = \"~/%{d}/%{s}.key\"", "s=s1;",
	    NULL },
	{ "base_domain is the parent",
	    "do = yes base_domain = \"Example.COM\"", "d=example.com;",
	    "pass" },
	{ "base_domain that is another's signs nothing",
	    "do = yes base_domain = example.org", NULL,
	    "not in the signing domain" },
	{ "canon (addition)", "do = yes canon = simple", "c=simple;",
	    "pass d=example.com s=dk c=simple" },
	{ "headerlist (addition)", "do = yes headerlist = \"Subject:From\"",
	    "s=dk;", "pass" },
	{ "digest (addition)", "do = yes digest = rsa-sha1", "a=rsa-sha1;",
	    "pass" },
	{ "another digest", "do = yes digest = rsa-sha256", NULL,
	    "digest is rsa-sha1" },
	{ "another canon", "do = yes canon = relaxed", NULL, "nofws" },
	{ "a key file that is not there", "do = yes key_file = \"~/absent\"",
	    NULL, "absent" },
	{ "a key that is none", "do = yes key = AAAA", NULL, "ec_dk_sign" },
};

static void
ec_dk_sign_follows_its_arguments(void **state)
{
	const struct sign_row *row = *state;
	char *value, *text;

	free(scene_log(&scene));
	call(STANZA VALIDATE, row->arguments, PLAIN);
	value = scene_value(scene.out, "DomainKey-Signature", 0);
	if (row->says == NULL) {
		assert_null(value);
		assert_says(scene.context, "signed=0\n");
		text = scene_log(&scene);
	} else {
		assert_says(value, row->says);
		assert_says(scene.context, "signed=1\n");
		text = dk_scene_verify(&scene);
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
	(void)snprintf(arguments, sizeof(arguments), "do = yes key = \"%s\"",
	    bare);
	call("dk_sign \"s\" { enabled = false selector = dk "
	    "key = \"~/other.key\" } ", arguments, PLAIN);
	verified = dk_scene_verify(&scene);
	assert_says(verified, "pass d=example.com s=dk");
	free(verified);
}

static void
signing_by_hand_adds_to_signing_by_configuration(void **state)
{
	char *verified;

	(void)state;
	call("dk_sign \"s\" { selector = other key = \"~/other.key\" }",
	    "do = yes selector = dk key_file = \"~/rsa.key\"", PLAIN);
	verified = dk_scene_verify(&scene);
	assert_string_equal(verified, "pass d=example.com s=dk c=nofws\n"
	    "pass d=example.com s=other c=nofws\n");
	free(verified);
}

static void
the_responsible_domain_is_senders_else_froms(void **state)
{
	(void)state;
	call(VALIDATE, "", "From: a@example.com\r\nSender: b@Example.NET\r\n"
	    "\r\nx\r\n");
	assert_says(scene.context, "responsible_found=1\n");
	assert_says(scene.context, "responsible=example.net\n");
	assert_says(scene.context, "string=example.net\n");
	call(VALIDATE, "", "Subject: x\r\n\r\nx\r\n");
	assert_says(scene.context, "responsible_found=0\n");
	assert_says(scene.context, "responsible=(null)\n");
	assert_says(scene.context, "string_found=0\n");
	assert_says(scene.context, "string=\n");
}

/* Who asks first has it verified; before the data there is nothing to ask. */
static void
the_status_is_known_before_dk_validate_ran(void **state)
{
	char *text = dk_scene_sign(&scene, &(struct dk_scene_signature){
	    .selector = "gone" }, PLAIN);

	(void)state;
	call(VALIDATE, "", text);
	free(text);
	assert_says(scene.context, "early=0\n");
	assert_says(scene.context, "known=1\n");
	assert_says(scene.context, "\nstatus=bad (no key)\n");
	assert_says(scene.context, "not_yet=\n");
	assert_says(scene.context, "dk_status=bad (no key)\n");
	assert_int_equal(scene_count(scene.out, "DomainKey-Status"), 1);
	call(VALIDATE, "", PLAIN);
	assert_says(scene.context, "known=1\n");
	assert_says(scene.context, "\nstatus=(null)\n");
}

int
main(int argc, char **argv)
{
	assert_true(argc == 2);
	caller_folder = argv[1];
	roll_begin(&scene, dk_scene_begin);
	ADD_ROWS(sign_rows, "ec_dk_sign: ", ec_dk_sign_follows_its_arguments);
	ADD(a_key_may_come_as_text);
	ADD(signing_by_hand_adds_to_signing_by_configuration);
	ADD(the_responsible_domain_is_senders_else_froms);
	ADD(the_status_is_known_before_dk_validate_ran);
	return roll_run("dk_functions");
}
