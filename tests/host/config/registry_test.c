/*
 * registry_test.c: what rows the registry takes, how they are named, and that
 * the manual tells all of them.
 */
#include "fixture.h"

#include "host/config/options_doc.h"

static char *
add_and_complain(struct registry *registry, struct config_option row)
{
	struct buffer why = { 0 };
	int slot = registry_add_option(registry, &row, &why);

	if (slot >= 0) {
		buffer_deinit(&why);
		return strdup("taken");
	}
	return buffer_take_text(&why);
}

static void
refuses_rows_that_cannot_be(void **state)
{
	static const struct {
		struct config_option row;
		const char *want;
	} cases[] = {
		{ { .name = "no-name" }, "'no-name' is no option name (expected "
		  "letters, digits, '_')" },
		{ { .name = "" }, "'' is no option name (expected letters, "
		  "digits, '_')" },
		{ { .name = "bad", .type = CONFIG_INT, .defval = "many" },
		  "the default of option 'bad': 'many' is not right (expected a "
		  "whole number)" },
		{ { .name = "HOSTNAME" }, "option 'HOSTNAME' is declared "
		  "already for one of its scopes" },
		{ { .name = "m", .fallback = "Domain" }, "option 'm' is "
		  "declared already for one of its scopes" },
		{ { .name = "lost", .fallback = "Moon>Global" }, "the fallback "
		  "names the unknown scope 'Moon'" },
		{ { .name = "selector" }, "taken" }, /* another scope */
	};
	struct registry *registry = full_registry();

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_text(cases[i].row.name, add_and_complain(registry,
		    cases[i].row), cases[i].want);
	registry_free(&registry);
}

static void
gives_the_same_row_the_same_slot(void **state)
{
	struct config_option row = { .name = "twice", .module = "dkim_sign",
	    .fallback = "dkim_sign" };
	struct registry *registry = full_registry();
	struct buffer why = { 0 };
	int slot = registry_add_option(registry, &row, &why);

	(void)state;
	assert_true(slot >= 0);
	assert_int_equal(registry_add_option(registry, &row, &why), slot);
	assert_string_equal(registry_option(registry, slot)->name, "twice");
	buffer_deinit(&why);
	registry_free(&registry);
}

static void
copies_the_texts_of_a_row(void **state)
{
	char name[] = "probe", fallback[] = "Global", defval[] = "x y";
	struct config_option row = { .name = name, .fallback = fallback,
	    .defval = defval };
	struct registry *registry = registry_new();
	const struct config_option *option;
	struct buffer why = { 0 };
	int slot = registry_add_option(registry, &row, &why);

	(void)state;
	memset(name, '#', sizeof(name) - 1);
	memset(fallback, '#', sizeof(fallback) - 1);
	memset(defval, '#', sizeof(defval) - 1);
	option = registry_option(registry, slot);
	assert_string_equal(option->name, "probe");
	/* text that is no value in the grammar is taken whole */
	assert_string_equal(option->default_value->one.string, "x y");
	buffer_deinit(&why);
	registry_free(&registry);
}

static void
gives_a_known_scope_further_parents(void **state)
{
	struct config_scope row = { .name = "dk_domain",
	    .parents = "dkim_validate", .match = CONFIG_MATCH_CASELESS,
	    .flags = CONFIG_SCOPE_NAMED | CONFIG_SCOPE_BRACKETS };
	struct registry *registry = full_registry();
	const struct config_scope *scope;
	struct buffer why = { 0 };
	struct config *config;
	char *text;

	(void)state;
	scope = registry_add_scope(registry, &row, &why);
	assert_ptr_equal(scope, registry_scope(registry, "DK_DOMAIN"));
	config = must_load(registry, "dkim_sign a { dk_domain x.test { } }\n"
	    "dkim_validate b { dk_domain x.test { } }\n");
	config_unref(&config);
	row.flags = 0;
	assert_null(registry_add_scope(registry, &row, &why));
	row.name = "other_thing";
	row.parents = "Global moon";
	assert_null(registry_add_scope(registry, &row, &why));
	text = buffer_take_text(&why);
	assert_string_equal(text, "scope 'dk_domain' is known already, with "
	    "other rulesscope 'other_thing' stands in a scope that is unknown");
	free(text);
	registry_free(&registry);
}

static void
names_options_by_path_and_by_capability(void **state)
{
	struct registry *registry = full_registry();
	int m = registry_slot(registry, "", "m");

	(void)state;
	assert_true(m >= 0);
	assert_int_equal(registry_slot(registry, "Global", "M"), m);
	assert_int_equal(registry_slot(registry,
	    "Global:Binding_Group:Binding:Domain", "m"), m);
	assert_int_equal(registry_slot(registry, "Listen", "m"), -1);
	assert_int_equal(registry_slot(registry, "Moon", "m"), -1);
	assert_int_equal(registry_slot_of_capability(registry,
	    "config.Global.m"), m);
	assert_int_equal(registry_slot_of_capability(registry,
	    "config.Global:m"), m);
	assert_int_equal(registry_slot_of_capability(registry,
	    "config.global:binding:domain.M"), m);
	assert_int_equal(registry_slot_of_capability(registry,
	    "config.Global:dkim_sign.selector"),
	    registry_slot(registry, "dkim_sign", "selector"));
	assert_int_equal(registry_slot_of_capability(registry,
	    "config.Global:dkim_sign.all_headers"), -1);
	assert_int_equal(registry_slot_of_capability(registry,
	    "datasource.mysql"), -1);
	assert_int_equal(registry_slot_of_capability(registry, "config."), -1);
	registry_free(&registry);
}

static void
writes_every_row_into_the_manual(void **state)
{
	struct registry *registry = full_registry();
	const struct config_option *option;
	struct buffer out = { 0 };
	char *text, row[128];

	(void)state;
	options_doc_write(registry, &out);
	text = buffer_take_text(&out);
	for (int slot = 0; (option = registry_option(registry, slot)) != NULL;
	    slot++) {
		(void)snprintf(row, sizeof(row), "| `%s` | ", option->name);
		if (strstr(text, row) == NULL)
			fail_msg("the manual lacks %s", option->name);
	}
	assert_non_null(strstr(text, "| `File_Mode` | octal mode | `0660` | "
	    "The mode of the socket"));
	assert_non_null(strstr(text, "| `Uri` | array of: text | required |"));
	assert_non_null(strstr(text, "| `DNS_Zone_File` | text | none | "
	    "*(addition)* A master file"));
	assert_non_null(strstr(text, "## Module dkim_sign\n\nSigns.\n\n"));
	assert_non_null(strstr(text, "In dkim_sign › dk_domain, else "
	    "dkim_sign:\n"));
	assert_non_null(strstr(text, "| `header_canon` | `simple`, `relaxed` | "
	    "`simple` |"));
	free(text);
	registry_free(&registry);
}

/* Each of the host's rows has words for the manual. */
static void
explains_every_row_of_the_host(void **state)
{
	struct registry *registry = registry_new();
	const struct config_option *option;
	const struct config_scope *scope;

	(void)state;
	host_options_add(registry);
	for (int i = 0; (option = registry_option(registry, i)) != NULL; i++) {
		if (option->help == NULL || option->help[0] == '\0')
			fail_msg("%s has no help", option->name);
	}
	for (int i = 0; (scope = registry_scope_at(registry, i)) != NULL; i++) {
		if (scope->help == NULL || scope->help[0] == '\0')
			fail_msg("%s has no help", scope->name);
	}
	registry_free(&registry);
}

/* Stanzas of the published pages, as a whole. */
static void
knows_the_scopes_and_options_of_the_host(void **state)
{
	struct registry *registry = full_registry();
	struct config *config = must_load(registry,
	    "Debug_Flags { DEBUG = ( DNS NET ) ERROR = ( ALL ) }\n"
	    "ThreadPool \"CPU\" { Concurrency = 4 Stack_Size = 65536 "
	    "Backlog = 0 }\n"
	    "Datasource \"d\" { uri = ( \"sqlite:/path\" ) cache_size = 200 "
	    "cache_life = 360 no_cache = true }\n"
	    "alerting {}\n"
	    "Authorization { Role \"admin\" { allow = ( \".*\" ) } }\n"
	    "Control_Listener { Listen \"/tmp/2025\" { file_mode = 0660 }\n"
	    "  Listen \"127.0.0.1:2025\" { enable = false\n"
	    "    Peer \"10.0.0.0/8\" { always_deny = true } }\n"
	    "  AuthDigestMD5Parameters = [ uri = \"digest:///x\" ]\n"
	    "  timeout = 30 }\n"
	    "Milter_Listener { Listen \"unix:/run/m.sock\" { file_mode = 0600 } "
	    "}\n"
	    "ESMTP_Listener { SMTP_Extensions = ( \"AUTH PLAIN\" STARTTLS )\n"
	    "  Peer \"0.0.0.0/0\" { context = [ listener = \"out\" ] }\n"
	    "  Listen \"[::]:25\" { static_banner = \"220 hi\" } }\n"
	    "pathway_group pg { pathway p { open_relay = true } }\n"
	    "security { }\ncluster { }\n");

	(void)state;
	assert_text("concurrency", ask(config, "ThreadPool", "concurrency",
	    "ThreadPool=CPU"), "4");
	assert_text("debug", ask(config, "Debug_Flags", "debug", ""),
	    "DNS,NET");
	assert_text("critical", ask(config, "Debug_Flags", "critical", ""),
	    "ALL");
	assert_text("notice", ask(config, "Debug_Flags", "notice", ""), "");
	assert_text("context", ask(config, "ESMTP_Listener:Peer", "context",
	    "ESMTP_Listener= Listen=[::]:25 Peer=2001:db8::1"),
	    "listener=out");
	assert_text("open relay", ask(config, "Pathway", "open_relay",
	    "Pathway_Group=pg Pathway=p"), "1");
	config_unref(&config);
	registry_free(&registry);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(refuses_rows_that_cannot_be),
		cmocka_unit_test(gives_the_same_row_the_same_slot),
		cmocka_unit_test(copies_the_texts_of_a_row),
		cmocka_unit_test(gives_a_known_scope_further_parents),
		cmocka_unit_test(names_options_by_path_and_by_capability),
		cmocka_unit_test(writes_every_row_into_the_manual),
		cmocka_unit_test(explains_every_row_of_the_host),
		cmocka_unit_test(knows_the_scopes_and_options_of_the_host),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
