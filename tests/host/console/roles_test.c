/*
 * roles_test.c: which commands a role lets its users give.
 */
#include "../config/fixture.h"

#include <sys/stat.h>

#include "folder.h"
#include "host/console/roles.h"

static struct folder folder;
static char groups[FOLDER_PATH_BYTES];

static int
begin(void **state)
{
	(void)state;
	folder_make(&folder);
	(void)folder_file(&folder, "groups", groups);
	return 0;
}

static int
end(void **state)
{
	(void)state;
	folder_remove(&folder);
	return 0;
}

static const struct {
	const char *name, *line, *seen;
} lines[] = {
	{ "as it is", "config get x", "config get x" },
	{ "blanks around and between", " \tconfig  \t get x \r",
	  "config get x" },
	{ "blanks in quotes stay", "a  \"b  c\"  d", "a \"b  c\" d" },
	{ "an escaped quote does not end it", "a \"b\\\"  c\"  d",
	  "a \"b\\\"  c\" d" },
	{ "a quote within a word begins nothing", "a\"b  c", "a\"b c" },
	{ "a closing quote ends the word", "\"a\"b \"c\"\"d\"\"e  f\" g",
	  "\"a\" b \"c\" \"d\" \"e  f\" g" },
	{ "json in front", "json  config get", "config get" },
	{ "xml in front", "XML config get", "config get" },
	{ "once only", "json xml config", "xml config" },
	{ "alone it is a command", "json", "json" },
	{ "a word that begins like it", "jsonify x", "jsonify x" },
	{ "quoted it is none", "\"json\" pid", "\"json\" pid" },
	{ "nothing", "  ", "" },
};

static void
shows_expressions_the_command_alone(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		char *seen = roles_command(lines[i].line);

		if (strcmp(seen, lines[i].seen) != 0)
			fail_msg("%s: came '%s'", lines[i].name, seen);
		free(seen);
	}
}

/* The role that lets him, "-" when none does. */
static const char *
allows(const struct config *config, const char *file, const char *user,
    const char *command)
{
	static char role[ROLES_NAME_BYTES];
	struct buffer why = { 0 };

	if (!roles_allow(config, file, user, command, role, &why))
		(void)strcpy(role, "-");
	buffer_deinit(&why);
	return role;
}

static void
refuses_what_no_expression_of_a_users_roles_matches(void **state)
{
	static const struct {
		const char *user, *command, *role;
	} rows[] = {
		{ "ann", "pid", "reader" },
		{ "ann", "config get x", "writer" },
		{ "ann", "configure", "-" },
		{ "ann", "PID", "-" },
		{ "ann", "pid x", "-" },
		{ "bob", "pid", "reader" },
		{ "bob", "config get x", "-" },
		{ "eve", "pid", "-" }, /* a role that is not defined */
		{ "writer", "config get x", "writer" }, /* by his own name */
		{ "reader", "config get x", "-" },
		{ "nobody", "pid", "-" },
		{ "", "pid", "-" },
	};
	struct registry *registry = bare_registry();
	struct config *config = must_load(registry, "Authorization {\n"
	    "Role \"reader\" { allow = ( \"^pid$\" \"^version$\" ) }\n"
	    "Role \"writer\" { allow = \"^config \" }\n"
	    "Role \"empty\" { }\n}\n");

	(void)state;
	folder_write(&folder, "groups", SPAN("# who\n"
	    "reader:ann,bob\nwriter:x:ann\nempty: ann nobody\n"
	    "undefined:x:100:eve,ann\r\n"), 0644);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *role = allows(config, groups, rows[i].user,
		    rows[i].command);

		if (strcmp(role, rows[i].role) != 0)
			fail_msg("%s, %s: came '%s'", rows[i].user,
			    rows[i].command, role);
	}
	/* without a file, and without the stanza */
	assert_string_equal(allows(config, NULL, "ann", "pid"), "-");
	assert_string_equal(allows(config, NULL, "reader", "pid"), "reader");
	config_unref(&config);
	config = must_load(registry, "");
	assert_string_equal(allows(config, groups, "ann", "pid"), "-");
	config_unref(&config);
	registry_free(&registry);
}

static void
says_what_is_wrong_with_a_file_of_roles(void **state)
{
	static const struct {
		const char *text;
		mode_t mode;
		const char *says;
	} rows[] = {
		{ "a:b\n", 0644, "" },
		{ "a:\n", 0644, "" },
		{ "a\n", 0644, "line 1 is not \"role:user,user...\"" },
		{ "#\na:b:c:d:e\n", 0644, "line 2 is not" },
		{ " :b\n", 0644, "line 1 has no role" },
		{ "a:b\n", 0664, "may be written by its group" },
	};
	struct guarded_reader reader;

	(void)state;
	guarded_reader_init(&reader, (uid_t)-1, (gid_t)-1);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct buffer why = { 0 };
		char *words;
		bool good;

		folder_write(&folder, "groups", span_of_text(rows[i].text),
		    rows[i].mode);
		good = roles_check(groups, &reader, &why);
		words = buffer_take_text(&why);
		assert_non_null(words);
		if (good != (rows[i].says[0] == '\0') ||
		    strstr(words, rows[i].says) == NULL)
			fail_msg("'%s': '%s'", rows[i].text, words);
		free(words);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(shows_expressions_the_command_alone),
		cmocka_unit_test(
		    refuses_what_no_expression_of_a_users_roles_matches),
		cmocka_unit_test(says_what_is_wrong_with_a_file_of_roles),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
