/*
 * check_test.c: what a wrong configuration gets to hear, by rows: every row is a
 * text and the whole of what is said, unless it ends with "...".
 */
#include "fixture.h"

static const struct {
	const char *name, *text, *want;
} rows[] = {
	{ "unknown option, three facts", "\nfrobnicate = 1\n",
	  "t.conf:2: unknown option 'frobnicate' in scope 'Global' (expected an "
	  "option or scope of 'Global')\n"
	  "\tNo module provides capability 'config.Global:frobnicate'.\n"
	  "\tSyntax error in t.conf at line 2 near 'frobnicate'\n"
	  "\t'frobnicate' is not a valid scope name in scope 'Global'\n" },
	{ "close to an option", "hostnmae = x\n", "t.conf:1: unknown option "
	  "'hostnmae' in scope 'Global' (expected an option or scope of "
	  "'Global'; did you mean 'Hostname'?)\n..." },
	{ "close to a module's option", "dkim_sign s { selecter = x }\n",
	  "t.conf:1: unknown option 'selecter' in scope 'dkim_sign' (expected "
	  "an option or scope of 'dkim_sign'; did you mean 'selector'?)\n"
	  "\tNo module provides capability "
	  "'config.Global:dkim_sign:selecter'.\n..." },
	{ "close to a scope", "dkim_sgin s { }\n", "t.conf:1: unknown scope "
	  "'dkim_sgin' in scope 'Global' (expected an option or scope of "
	  "'Global'; did you mean 'dkim_sign'?)\n..." },
	{ "close to a directive", "inclde = x\n", "t.conf:1: unknown option "
	  "'inclde' in scope 'Global' (expected an option or scope of "
	  "'Global'; did you mean 'include'?)\n..." },
	{ "an option of another scope", "domain x.test { hostname = y }\n",
	  "t.conf:1: unknown option 'hostname' in scope 'Domain' (expected in "
	  "Global)\n..." },
	{ "only in dk_domain", "dkim_sign s { base_domain = x }\n",
	  "t.conf:1: unknown option 'base_domain' in scope 'dkim_sign' "
	  "(expected in dkim_sign:dk_domain)\n..." },
	{ "bad nesting", "domain x.test {\n Listen \":25\" { } }\n",
	  "t.conf:2: scope 'Listen' may not stand in scope 'Domain' (expected "
	  "in Milter_Listener, Control_Listener, Metrics_Listener, "
	  "ESMTP_Listener)\n" },
	{ "a group in a group", "binding_group g { binding_group h { } }",
	  "t.conf:1: scope 'Binding_Group' may not stand in scope "
	  "'Binding_Group' (expected in Global)\n" },
	{ "an option written as a scope", "hostname { }\n", "t.conf:1: "
	  "'hostname' is an option, not a scope (expected 'hostname = value')"
	  "\n" },
	{ "a scope written as an option", "domain = x\n", "t.conf:1: 'domain' "
	  "is a scope, not an option (expected 'domain { ... }')\n" },
	{ "no number", "m = 12x\n", "t.conf:1: option 'm': '12x' is not right "
	  "(expected a whole number)\n" },
	{ "no boolean", "dkim = maybe\n", "t.conf:1: option 'dkim': 'maybe' is "
	  "not right (expected true/false, yes/no, on/off, enabled/disabled or "
	  "1/0)\n" },
	{ "no choice", "signing_stats = some\n", "t.conf:1: option "
	  "'Signing_Stats': 'some' is not right (expected 'all', 'global' or "
	  "'off')\n" },
	{ "no network, in its line", "relay_hosts = (\n  10.0.0.0/8\n"
	  "  10.0.0.0/33\n)\n", "t.conf:3: option 'Relay_Hosts': '10.0.0.0/33' "
	  "is not right (expected an IP address or a network such as "
	  "10.0.0.0/8)\n" },
	{ "each wrong network", "relay_hosts = ( ::1/129\n 10.0.0.0/8\n"
	  " x )\n", "t.conf:1: option 'Relay_Hosts': '::1/129' is not right "
	  "(expected an IP address or a network such as 10.0.0.0/8)\n"
	  "\tline 3: 'x' is not right (expected an IP address or a network "
	  "such as 10.0.0.0/8)\n" },
	{ "an array for one value", "hostname = ( a b )\n", "t.conf:1: option "
	  "'Hostname': one value wanted, not an array (expected text)\n" },
	{ "a dictionary for one value", "hostname = [ a = b ]\n", "t.conf:1: "
	  "option 'Hostname': one value wanted, not a dictionary (expected "
	  "text)\n" },
	{ "a dictionary for an array", "relay_hosts = [ a = b ]\n", "t.conf:1: "
	  "option 'Relay_Hosts': an array wanted, not a dictionary (expected "
	  "'( value ... )')\n" },
	{ "one value for a dictionary", "ESMTP_Listener { context = a }\n",
	  "t.conf:1: option 'Context': a dictionary wanted (expected a "
	  "dictionary: [ key = value ... ])\n" },
	{ "the row's own check", "dns_timeout = 0\n", "t.conf:1: option "
	  "'DNS_Timeout': too small a number (expected 1 or more)\n" },
	{ "a required option", "Datasource \"d\" {\n cache_size = 3\n}\n",
	  "t.conf:1: Datasource 'd' lacks the option 'Uri' (expected 'Uri = "
	  "value')\n" },
	{ "no name", "domain { }\n", "t.conf:1: scope 'Domain' has no name "
	  "(expected 'Domain \"NAME\" { ... }')\n" },
	{ "a name too many", "debug_flags \"x\" { }\n", "t.conf:1: scope "
	  "'Debug_Flags' has the name 'x' (expected 'Debug_Flags { ... }' "
	  "without one)\n" },
	{ "a name with a colon", "binding \"a:b\" { }\n", "t.conf:1: 'a:b' is "
	  "no name of a 'Binding' (expected one without blanks and colons)"
	  "\n" },
	{ "a second instance of what is one", "alerting a { }\n\nalerting b { "
	  "}\n", "t.conf:3: scope 'Alerting' has a second name, 'b' (expected "
	  "'a' as in t.conf:1)\n" },
	{ "no network as a name", "ESMTP_Listener { Peer \"10.0.0\" { } }",
	  "t.conf:1: '10.0.0' is no network (expected an IP address or a block "
	  "such as 10.0.0.0/8)\n" },
	{ "a broken pattern", "domain \"/(/\" { }\n", "t.conf:1: '/(/' is no "
	  "pattern: missing closing parenthesis (expected a regular "
	  "expression)\n" },
	{ "half a pattern", "domain \"/x\" { }\n", "t.conf:1: '/x' is no domain "
	  "(expected a name, or a pattern in slashes)\n" },
	{ "a name with a dot", "x.test = 1\n", "t.conf:1: unknown option "
	  "'x.test' in scope 'Global' (..." },
	{ "in an old domain block", "dkim_sign s { x.test [ selector = a\n"
	  "  lifetime = b ] }\n", "t.conf:2: option 'lifetime': 'b' is not "
	  "right (expected a whole number)\n" },
	{ "no old block where '=' was written",
	  "dkim_sign s { x.test = [ selector = a ] }\n", "t.conf:1: unknown "
	  "option 'x.test' in scope 'dkim_sign' (..." },
	{ "nothing of an unknown stanza's inside", "nowhere {\n a = b\n c { }\n"
	  "}\n", "t.conf:1: unknown scope 'nowhere' in scope 'Global' "
	  "(expected an option or scope of 'Global')\n"
	  "\tNo module provides capability 'config.Global:nowhere'.\n"
	  "\tSyntax error in t.conf at line 1 near 'nowhere'\n"
	  "\t'nowhere' is not a valid scope name in scope 'Global'\n" },
	{ "several at once", "m = x\ndomain y {\n m = z\n}\ndomain { }\n",
	  "t.conf:1: option 'm': 'x' is not right (expected a whole number)\n"
	  "t.conf:3: option 'm': 'z' is not right (expected a whole number)\n"
	  "t.conf:5: scope 'Domain' has no name (expected 'Domain \"NAME\" "
	  "{ ... }')\n" },
	{ "syntax and meaning at once", "m\ndns_timeout = x\n", "t.conf:1: 'm' "
	  "has no value (expected '=' and a value for an option, '{' for a "
	  "scope)\nt.conf:2: option 'DNS_Timeout': 'x' is not right (expected "
	  "a whole number)\n" },
	{ "long values are cut, signs cleaned", "m = \"0123456789012345678901234"
	  "5678901234567890123456789\n012345678901234567890123456789\"",
	  "t.conf:1: option 'm': '01234567890123456789012345678901234567890123"
	  "456789?012345678...' is not right (expected a whole number)\n" },
};

static bool
is_as_wanted(const char *got, const char *want)
{
	size_t n = strlen(want);

	if (n > 3 && strcmp(want + n - 3, "...") == 0)
		return strncmp(got, want, n - 3) == 0;
	return strcmp(got, want) == 0;
}

static void
tells_every_mistake_with_its_line_and_what_was_expected(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct registry *registry = full_registry();
		char *errors = errors_of(registry, rows[i].text);

		if (!is_as_wanted(errors, rows[i].want))
			fail_msg("%s: got:\n%s\nwanted:\n%s", rows[i].name,
			    errors, rows[i].want);
		free(errors);
		registry_free(&registry);
	}
}

/* What stood in a required option's outer stanza will do. */
static void
finds_a_required_option_in_the_stanza_around(void **state)
{
	struct registry *registry = full_registry();
	const struct config_option row = { .name = "needed",
	    .fallback = MODULE_PATHS, .flags = CONFIG_OPTION_REQUIRED };
	struct config *config;
	char *errors;

	(void)state;
	must_add(registry, &row);
	config = must_load(registry, "dkim_sign s { needed = x\n"
	    "dk_domain a.test { } }\n");
	config_unref(&config);
	config = must_load(registry, "dkim_sign s {\n"
	    "dk_domain a.test { needed = x } }\n");
	config_unref(&config);
	errors = errors_of(registry, "dkim_sign s {\n"
	    "dk_domain a.test { needed = x }\ndk_domain b.test { } }\n");
	assert_string_equal(errors, "t.conf:3: dk_domain 'b.test' lacks the "
	    "option 'needed' (expected 'needed = value')\n");
	free(errors);
	registry_free(&registry);
}

struct modules { /* what a loader does, as far as the checker sees it */
	struct registry *registry;
	char asked[1024];
	const char *broken; /* a capability whose module does not load */
};

static int
load_module(void *closure, const char *capability, struct buffer *why)
{
	struct modules *modules = closure;
	size_t n = strlen(modules->asked);

	(void)snprintf(modules->asked + n, sizeof(modules->asked) - n, "%s;",
	    capability);
	if (modules->broken != NULL &&
	    strcmp(capability, modules->broken) == 0) {
		buffer_add_text(why, "wrong version");
		return -1;
	}
	if (strcmp(capability, "config.Global:dkim_sign") != 0 &&
	    strcmp(capability, "config.Global.dkim") != 0 &&
	    strcmp(capability, "config.Global:Binding.dkim") != 0)
		return 0;
	must_add_module(modules->registry);
	return 1;
}

static struct config *
load_with_modules(struct modules *modules, const char *text, char **errors_r)
{
	struct config_load load = {
		.text = span_of_text(text), .text_name = "t.conf",
		.resolve = load_module, .closure = modules,
	};

	return try_load(modules->registry, load, errors_r);
}

static void
lets_a_module_answer_for_a_word(void **state)
{
	static const struct {
		const char *text, *asked;
	} cases[] = {
		{ "dkim_sign s { selector = x dk_domain y { } }",
		  "config.Global:dkim_sign;" },
		{ "dkim = off\ndkim_sign s { }", "config.Global.dkim;" },
		{ "binding b { dkim = off }\ndkim = on",
		  "config.Global:Binding.dkim;" },
		{ "Validate validate/dkim dkim_sign { a.test [ selector = b ] }",
		  "config.Global:dkim_sign;" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct modules modules = { .registry = bare_registry() };
		char *errors;
		struct config *config = load_with_modules(&modules,
		    cases[i].text, &errors);

		assert_string_equal(errors, "");
		assert_non_null(config);
		assert_string_equal(modules.asked, cases[i].asked);
		free(errors);
		config_unref(&config);
		registry_free(&modules.registry);
	}
}

static void
asks_for_an_option_then_for_a_scope_then_at_the_top_and_complains(void **state)
{
	struct modules modules = { .registry = bare_registry() };
	char *errors;

	(void)state;
	assert_null(load_with_modules(&modules,
	    "binding b { nothing = off }", &errors));
	assert_string_equal(modules.asked, "config.Global:Binding.nothing;"
	    "config.Global:Binding:nothing;config.Global.nothing;");
	assert_non_null(strstr(errors, "No module provides capability "
	    "'config.Global:Binding:nothing'."));
	free(errors);
	registry_free(&modules.registry);
}

static int
know_a_module(void *closure, const char *capability, struct buffer *why)
{
	(void)closure;
	if (strcmp(capability, "config.Global:dk_sgin") == 0)
		buffer_add_text(why, "dk_sign");
	return 0;
}

static void
suggests_a_module_that_is_not_loaded(void **state)
{
	struct registry *registry = bare_registry();
	struct config_load load = { .text = SPAN("dk_sgin s { }\n"),
	    .text_name = "t.conf", .resolve = know_a_module };
	char *errors;

	(void)state;
	assert_null(try_load(registry, load, &errors));
	assert_non_null(strstr(errors, "; did you mean 'dk_sign'?)"));
	free(errors);
	registry_free(&registry);
}

static void
says_why_a_module_does_not_load(void **state)
{
	struct modules modules = { .registry = bare_registry(),
	    .broken = "config.Global:dkim_sign" };
	char *errors;

	(void)state;
	assert_null(load_with_modules(&modules,
	    "m = 1\ndkim_sign s { selector = x }\n", &errors));
	assert_string_equal(errors, "t.conf:2: the module for 'dkim_sign' does "
	    "not load: wrong version\n");
	free(errors);
	registry_free(&modules.registry);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    tells_every_mistake_with_its_line_and_what_was_expected),
		cmocka_unit_test(finds_a_required_option_in_the_stanza_around),
		cmocka_unit_test(lets_a_module_answer_for_a_word),
		cmocka_unit_test(
		    asks_for_an_option_then_for_a_scope_then_at_the_top_and_complains),
		cmocka_unit_test(suggests_a_module_that_is_not_loaded),
		cmocka_unit_test(says_why_a_module_does_not_load),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
