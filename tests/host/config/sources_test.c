/*
 * sources_test.c: files that include files and directories, in a folder of the
 * test's own.
 */
#include "fixture.h"

#include <ftw.h>
#include <sys/stat.h>
#include <unistd.h>

struct place {
	char folder[64];
	struct registry *registry;
};

static int
begin(void **state)
{
	struct place *place = calloc(1, sizeof(*place));

	assert_non_null(place);
	strcpy(place->folder, "/tmp/mailseal-config-XXXXXX");
	assert_non_null(mkdtemp(place->folder));
	place->registry = full_registry();
	*state = place;
	return 0;
}

static int
remove_one(const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
	(void)st;
	(void)flag;
	(void)ftw;
	return remove(path);
}

static int
end(void **state)
{
	struct place *place = *state;

	(void)nftw(place->folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
	registry_free(&place->registry);
	free(place);
	return 0;
}

static const char *
path_of(const struct place *place, const char *name)
{
	static char path[4][256];
	static unsigned next;
	char *p = path[next++ % 4];

	(void)snprintf(p, sizeof(path[0]), "%s/%s", place->folder, name);
	return p;
}

static void
put_bytes(const struct place *place, const char *name, const void *bytes,
    size_t n)
{
	FILE *file = fopen(path_of(place, name), "w");

	assert_non_null(file);
	assert_int_equal(fwrite(bytes, 1, n, file), n);
	assert_int_equal(fclose(file), 0);
}

static void
put(const struct place *place, const char *name, const char *text)
{
	put_bytes(place, name, text, strlen(text));
}

static void
put_folder(const struct place *place, const char *name)
{
	assert_int_equal(mkdir(path_of(place, name), 0755), 0);
}

static struct config *
load_main(const struct place *place)
{
	struct config_load load = { .path = path_of(place, "main.conf"),
	    .search_path = path_of(place, "search") };
	char *errors;
	struct config *config = try_load(place->registry, load, &errors);

	if (config == NULL)
		fail_msg("%s", errors);
	free(errors);
	return config;
}

/* What is wrong with main.conf, with the folder's name taken out. */
static char *
errors_of_main(const struct place *place)
{
	struct config_load load = { .path = path_of(place, "main.conf"),
	    .search_path = path_of(place, "search") };
	size_t n = strlen(place->folder) + 1;
	char *errors, *at;

	assert_null(try_load(place->registry, load, &errors));
	while ((at = strstr(errors, place->folder)) != NULL)
		memmove(at, at + n, strlen(at + n) + 1);
	return errors;
}

static bool
is_readonly(const struct config *config, const char *name)
{
	const struct config_file *file = config_first_file(config);
	const char *base;

	for (; file != NULL; file = file->next) {
		base = strrchr(file->path, '/') + 1;
		if (strcmp(base, name) == 0)
			return file->readonly;
	}
	fail_msg("no file %s", name);
	return false;
}

static void
finds_files_beside_the_includer_then_on_the_search_path(void **state)
{
	struct place *place = *state;
	struct config *config;

	put_folder(place, "sub");
	put_folder(place, "search");
	put(place, "main.conf", "include \"sub/a.conf\"\ninclude far.conf\n");
	put(place, "sub/a.conf", "include b.conf\n");
	put(place, "sub/b.conf", "m = 2\n");
	put(place, "b.conf", "m = 99\n");
	put(place, "search/far.conf", "e = 3\n");
	put(place, "search/b.conf", "m = 98\n");
	config = load_main(place);
	assert_text("beside", ask(config, "", "m", ""), "2");
	assert_text("search path", ask(config, "", "e", ""), "3");
	config_unref(&config);
}

static void
takes_the_search_path_from_the_environment(void **state)
{
	struct place *place = *state;
	struct config_load load = { 0 };
	struct config *config;
	char *errors;

	put_folder(place, "env");
	put(place, "main.conf", "include far.conf\n");
	put(place, "env/far.conf", "m = 5\n");
	load.path = path_of(place, "main.conf");
	assert_int_equal(setenv("EC_CONF_SEARCH_PATH",
	    path_of(place, "env"), 1), 0);
	config = try_load(place->registry, load, &errors);
	assert_int_equal(unsetenv("EC_CONF_SEARCH_PATH"), 0);
	assert_string_equal(errors, "");
	free(errors);
	assert_text("found", ask(config, "", "m", ""), "5");
	config_unref(&config);
}

static void
includes_in_any_scope_and_by_file_scheme(void **state)
{
	struct place *place = *state;
	struct config *config;
	char text[256];

	(void)snprintf(text, sizeof(text), "binding b {\n"
	    "  include \"file://%s\"\n}\n", path_of(place, "in.conf"));
	put(place, "main.conf", text);
	put(place, "in.conf", "domain x.test { m = 2 }\nm = 3\n");
	config = load_main(place);
	assert_text("stanza", ask(config, "", "m",
	    "Binding=b Domain=x.test"), "2");
	assert_text("option", ask(config, "", "m", "Binding=b"), "3");
	assert_text("not outside", ask(config, "", "m", ""), "1");
	config_unref(&config);
}

static void
reads_a_directory_in_order_without_hidden_files_and_folders(void **state)
{
	struct place *place = *state;
	struct config *config;

	put_folder(place, "conf.d");
	put_folder(place, "conf.d/sub");
	put(place, "main.conf", "include \"conf.d\"\n");
	put(place, "conf.d/10-a", "m = 10\ne = 10\n");
	put(place, "conf.d/20-b", "e = 20\n");
	put(place, "conf.d/.hidden", "m = 99\n");
	put(place, "conf.d/sub/x", "m = 98\n");
	config = load_main(place);
	assert_text("m", ask(config, "", "m", ""), "10");
	assert_text("later wins", ask(config, "", "e", ""), "20");
	config_unref(&config);
}

static void
knows_which_files_are_read_only(void **state)
{
	struct place *place = *state;
	struct config *config;

	put(place, "main.conf", "include once.conf\n"
	    "readonly_include ro.conf\ninclude twice.conf\n"
	    "domain x.test { include twice.conf }\n");
	put(place, "once.conf", "m = 1\n");
	put(place, "ro.conf", "include below.conf\n");
	put(place, "below.conf", "m = 1\n");
	put(place, "twice.conf", "m = 1\n");
	config = load_main(place);
	assert_false(is_readonly(config, "main.conf"));
	assert_false(is_readonly(config, "once.conf"));
	assert_true(is_readonly(config, "ro.conf"));
	assert_true(is_readonly(config, "below.conf"));
	assert_true(is_readonly(config, "twice.conf"));
	config_unref(&config);
}

static void
remembers_where_everything_was_written(void **state)
{
	struct place *place = *state;
	struct config *config;
	const struct config_node *node;
	const struct config_definition *definition;

	put(place, "main.conf", "\ndomain x.test { m = 1 }\n"
	    "include more.conf\n");
	put(place, "more.conf", "\n\n domain x.test {\n  m = 2 }\n");
	config = load_main(place);
	node = config_root(config)->first_child;
	definition = node->first_definition;
	assert_int_equal(definition->place.line, 2);
	assert_int_equal(definition->place.start, 1);
	assert_int_equal(definition->place.end, 24);
	assert_string_equal(definition->place.file->path,
	    path_of(place, "main.conf"));
	assert_int_equal(definition->next->place.line, 3);
	assert_null(definition->next->next);
	assert_int_equal(node->first_setting->place.line, 4);
	assert_int_equal(node->first_setting->place.start, 21);
	assert_int_equal(node->first_setting->place.end, 26);
	assert_string_equal(node->first_setting->place.file->path,
	    path_of(place, "more.conf"));
	config_unref(&config);
}

static void
reads_local_changes_last_wherever_they_are_named(void **state)
{
	struct place *place = *state;
	struct config *config;

	put(place, "main.conf", "Local_Changes_File = local.conf\nm = 1\n");
	config = load_main(place); /* it need not exist */
	assert_text("none", ask(config, "", "m", ""), "1");
	config_unref(&config);
	put(place, "local.conf", "m = 2\n");
	config = load_main(place);
	assert_text("last", ask(config, "", "m", ""), "2");
	config_unref(&config);
}

static void
tells_what_cannot_be_included(void **state)
{
	static const struct {
		const char *main, *want;
	} cases[] = {
		{ "\ninclude \"none.conf\"\n", "main.conf:2: 'none.conf' is not "
		  "found (expected in " },
		{ "include \"/nowhere/at/all\"\n", "main.conf:1: CFG-07961 "
		  "failed to stat '/nowhere/at/all': No such file or "
		  "directory\n" },
		{ "include \"https://example.com/x\"\n", "main.conf:1: "
		  "'https://example.com/x' cannot be included (expected a path, "
		  "\"file://\" or \"persist://\")\n" },
		{ "include \"\"\n", "main.conf:1: nothing to include (expected "
		  "a file or a directory)\n" },
		{ "include \"main.conf\"\n", "main.conf:1: 'main.conf' includes "
		  "itself\n" },
		{ "include \"loop.conf\"\n", "loop.conf:1: 'main.conf' includes "
		  "itself\n" },
		{ "include \"open.conf\"\nm = 1\n", "open.conf:1: the stanza "
		  "'domain' is not closed" },
		{ "domain x { include \"close.conf\"\n}\n", "close.conf:1: "
		  "unexpected '}'" },
		{ "include \"fifo\"\n", "main.conf:1: 'fifo' is no regular "
		  "file\n" },
		{ "include \"utf16.conf\"\n", "utf16.conf:1: this is UTF-16 "
		  "(expected UTF-8)\n" },
		{ "Local_Changes_Only = true\n", "main.conf:1: "
		  "Local_Changes_Only needs a file (expected "
		  "Local_Changes_File as well)\n" },
		{ "Local_Changes_File = main.conf\n", "main.conf:1: "
		  "Local_Changes_File 'main.conf' is the main file or an "
		  "included one (expected a file of its own)\n" },
		{ "Local_Changes_File = good.conf include good.conf\n",
		  "main.conf:1: Local_Changes_File 'good.conf' is the main file "
		  "or an included one (expected a file of its own)\n" },
	};
	struct place *place = *state;

	put(place, "loop.conf", "include \"main.conf\"\n");
	put(place, "open.conf", "domain x {\n");
	put(place, "close.conf", "}\n");
	put(place, "good.conf", "m = 1\n");
	put_bytes(place, "utf16.conf", "\xff\xfem\0=\0", 6);
	assert_int_equal(mkfifo(path_of(place, "fifo"), 0600), 0);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char *errors;

		put(place, "main.conf", cases[i].main);
		errors = errors_of_main(place);
		if (strncmp(errors, cases[i].want, strlen(cases[i].want)) != 0)
			fail_msg("%s: got '%s', wanted '%s'", cases[i].main,
			    errors, cases[i].want);
		free(errors);
	}
}

static void
ends_a_chain_of_includes_at_its_limit(void **state)
{
	struct place *place = *state;
	char name[16], text[32], *errors;

	put(place, "main.conf", "include 0\n");
	for (int i = 0; i < 20; i++) {
		(void)snprintf(name, sizeof(name), "%d", i);
		(void)snprintf(text, sizeof(text), "include %d\n", i + 1);
		put(place, name, text);
	}
	errors = errors_of_main(place);
	assert_string_equal(errors,
	    "15:1: includes are nested more than 16 deep\n");
	free(errors);
}

/* Sixteen files that each include the next twice are 65536 files. */
static void
ends_a_load_of_too_many_files(void **state)
{
	struct place *place = *state;
	char name[16], text[64], *errors;

	put(place, "main.conf", "include 0\n");
	for (int i = 0; i < 15; i++) {
		(void)snprintf(name, sizeof(name), "%d", i);
		(void)snprintf(text, sizeof(text), "include %d\ninclude %d\n",
		    i + 1, i + 1);
		put(place, name, text);
	}
	put(place, "15", "m = 1\n");
	errors = errors_of_main(place);
	assert_non_null(strstr(errors, "more than 10000 files are included"));
	free(errors);
}

static void
says_that_the_main_file_is_missing(void **state)
{
	struct place *place = *state;
	char *errors = errors_of_main(place);

	assert_string_equal(errors, "'main.conf' cannot be read: No such file "
	    "or directory\n");
	free(errors);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(finds_files_beside_the_includer_then_on_the_search_path),
		TEST(takes_the_search_path_from_the_environment),
		TEST(includes_in_any_scope_and_by_file_scheme),
		TEST(reads_a_directory_in_order_without_hidden_files_and_folders),
		TEST(knows_which_files_are_read_only),
		TEST(remembers_where_everything_was_written),
		TEST(reads_local_changes_last_wherever_they_are_named),
		TEST(tells_what_cannot_be_included),
		TEST(ends_a_chain_of_includes_at_its_limit),
		TEST(ends_a_load_of_too_many_files),
		TEST(says_that_the_main_file_is_missing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
