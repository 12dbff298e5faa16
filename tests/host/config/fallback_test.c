/*
 * fallback_test.c: which stanza's value holds: the worked examples of the
 * published pages, one row for each question.
 */
#include "fixture.h"

#define F1 "m = 40\n" \
	"domain \"example.com\" { m = 20 }\n" \
	"domain \"someotherexample.com\" { other = 1 }\n"
#define F2 "e = 86400\n" \
	"binding \"example\" { e = 3600 }\n" \
	"domain \"example.com\" { e = 120 }\n" \
	"binding \"example2\" { e = 7200\n" \
	"  domain \"example.com\" { e = 86400 }\n" \
	"  domain \"anotherexample.com\" { other = 1 } }\n" \
	"binding \"example3\" {\n" \
	"  domain \"example.com\" { other = 1 }\n" \
	"  domain \"anotherexample.com\" { e = 86400 } }\n"
#define F3(m15) "m = 30\n" \
	"binding_group \"group1\" { m = 5\n" \
	"  binding \"example\" { " m15 "\n" \
	"    domain \"example.com\" { other = 1 } } }\n"
#define F4 "binding_group \"opendkim_signing\" { s = true\n" \
	"  binding \"foo\" {\n" \
	"    domain \"test1.example.com\" { s = true }\n" \
	"    domain \"test2.example.com\" { s = false } } }\n"
#define F4_FOO "Binding_Group=opendkim_signing Binding=foo "
#define F5 "binding_group \"g\" { domain \"d.test\" { v = 1 }\n" \
	"  binding \"b\" { v = 2 } }\n"
#define F6 "binding_group \"g\" { v = 5 binding \"b\" { other = 1 } }\n" \
	"domain \"d.test\" { v = 9 }\nv = 1\n"
#define F7 "domain \"example.com\" { a = 20 }\n" \
	"domain \"/(^|[.])example[.](com|co[.]uk)$/\" { a = 15 b = 5 }\n" \
	"a = 32\nb = 0\n"
#define F8 "dkim = disabled\nbinding \"b\" { dkim = enabled }\n"
#define F9 "Control_Listener { Enable_Authentication = true\n" \
	"  Listen \"127.0.0.1:2025\" { }\n" \
	"  Listen \"/tmp/2025\" { Enable_Authentication = false } }\n"
#define F9_PATH "Control_Listener:Listen"
#define F10 "ESMTP_Listener {\n" \
	"  Peer 10.0.0.0/16 { x = 1 }\n" \
	"  Listen \":25\" { Peer 10.0.0.1 { x = 2 } } }\n"
#define F10_PATH "ESMTP_Listener:Peer"
#define F10_AT "ESMTP_Listener= Listen=:25 Peer="
#define F11 "relay_hosts = ( 10.0.0.1 )\n" \
	"ESMTP_Listener { Relay_Hosts = ( 10.9.0.0/16 ) Listen \":25\" { } }\n" \
	"Milter_Listener { Listen \"/run/m\" { } }\n"
#define F12 "dkim_sign \"s\" { selector = a header_canon = relaxed\n" \
	"  dk_domain \"x.test\" { selector = b }\n" \
	"  dk_domain \"y.test\" { } }\n"
#define F12_PATH "dkim_sign:dk_domain"
#define F12_S "dkim_sign=s dk_domain="

static const struct {
	const char *id, *config, *path, *name, *query, *want;
} rows[] = {
	{ "F1", F1, "", "m", "Domain=example.com", "20" },
	{ "F1 case", F1, "", "M", "domain=EXAMPLE.com", "20" },
	{ "F1", F1, "", "m", "Domain=someotherexample.com", "40" },
	{ "F1", F1, "", "m", "Domain=nowhere.test", "40" },
	{ "F1", F1, "", "m", "", "40" },
	{ "F2", F2, "", "e", "", "86400" },
	{ "F2", F2, "", "e", "Domain=example.com", "120" },
	{ "F2", F2, "", "e", "Binding=example", "3600" },
	{ "F2", F2, "", "e", "Binding=example Domain=example.com", "3600" },
	{ "F2", F2, "", "e", "Binding=example Domain=x.test", "3600" },
	{ "F2", F2, "", "e", "Binding=example2 Domain=example.com", "86400" },
	{ "F2", F2, "", "e", "Binding=example2 Domain=anotherexample.com",
	  "7200" },
	{ "F2", F2, "", "e", "Binding=example2 Domain=x.test", "7200" },
	{ "F2", F2, "", "e", "Binding=example3 Domain=anotherexample.com",
	  "86400" },
	{ "F2", F2, "", "e", "Binding=example3 Domain=example.com", "120" },
	{ "F2", F2, "", "e", "Binding=example3 Domain=x.test", "86400" },
	{ "F2 names of bindings have case", F2, "", "e", "Binding=Example",
	  "86400" },
	{ "F3", F3("m = 15"), "", "m",
	  "Binding_Group=group1 Binding=example Domain=example.com", "15" },
	{ "F3 without m=15", F3(""), "", "m",
	  "Binding_Group=group1 Binding=example Domain=example.com", "5" },
	{ "F3 the binding brings its group", F3(""), "", "m",
	  "Binding=example Domain=example.com", "5" },
	{ "F3", F3("m = 15"), "", "m", "Binding=elsewhere Domain=example.com",
	  "30" },
	{ "F4", F4, "", "s", F4_FOO "Domain=test2.example.com", "0" },
	{ "F4", F4, "", "s", F4_FOO "Domain=test1.example.com", "1" },
	{ "F4", F4, "", "s", F4_FOO "Domain=other.test", "1" },
	{ "F4 no binding", F4, "", "s", "Domain=test2.example.com", "1" },
	{ "F5", F5, "", "v", "Binding_Group=g Binding=b Domain=d.test", "1" },
	{ "F5 other domain", F5, "", "v",
	  "Binding_Group=g Binding=b Domain=e.test", "2" },
	{ "F6", F6, "", "v", "Binding_Group=g Binding=b Domain=d.test", "5" },
	{ "F6 no binding", F6, "", "v", "Domain=d.test", "9" },
	{ "F7", F7, "", "a", "Domain=example.com", "20" },
	{ "F7", F7, "", "b", "Domain=example.com", "5" },
	{ "F7", F7, "", "a", "Domain=sub.example.co.uk", "15" },
	{ "F7", F7, "", "b", "Domain=sub.Example.co.uk", "5" },
	{ "F7", F7, "", "a", "Domain=other.test", "32" },
	{ "F7", F7, "", "b", "Domain=other.test", "0" },
	{ "F8", F8, "", "dkim", "", "0" },
	{ "F8", F8, "", "dkim", "Binding=b", "1" },
	{ "F9", F9, F9_PATH, "Enable_Authentication",
	  "Control_Listener= Listen=127.0.0.1:2025", "1" },
	{ "F9", F9, F9_PATH, "Enable_Authentication",
	  "Control_Listener= Listen=/tmp/2025", "0" },
	{ "F10", F10, F10_PATH, "x", F10_AT "10.0.0.1", "2" },
	{ "F10", F10, F10_PATH, "x", F10_AT "10.0.5.5", "1" },
	{ "F10", F10, F10_PATH, "x", F10_AT "192.0.2.1", "unset" },
	{ "F10 not at that listener", F10, F10_PATH, "x",
	  "Milter_Listener= Listen=:25 Peer=10.0.5.5", "unset" },
	{ "F11 replaced", F11, "ESMTP_Listener", "relay_hosts",
	  "ESMTP_Listener= Listen=:25", "/112" },
	{ "F11 inherited", F11, "ESMTP_Listener", "relay_hosts",
	  "Milter_Listener= Listen=/run/m", "/128" },
	{ "F12", F12, F12_PATH, "selector", F12_S "x.test", "b" },
	{ "F12", F12, F12_PATH, "selector", F12_S "y.test", "a" },
	{ "F12", F12, F12_PATH, "selector", F12_S "z.test", "a" },
	{ "F12", F12, F12_PATH, "header_canon", F12_S "x.test", "relaxed" },
	{ "F12 default", F12, F12_PATH, "lifetime", F12_S "x.test", "0" },
};

static void
resolves_the_worked_examples(void **state)
{
	struct registry *registry = full_registry();

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct config *config = must_load(registry, rows[i].config);
		char what[256];

		(void)snprintf(what, sizeof(what), "%s: %s of '%s'",
		    rows[i].id, rows[i].name, rows[i].query);
		assert_text(what, ask(config, rows[i].path, rows[i].name,
		    rows[i].query), rows[i].want);
		config_unref(&config);
	}
	registry_free(&registry);
}

/* F13: an option unset online lets the outer value through again. */
static void
falls_back_when_an_option_is_unset(void **state)
{
	struct registry *registry = full_registry();
	struct config_load load = {
		.text = SPAN("message_expiration = 86400\n"
		    "domain earthlink.net { message_expiration = 900 }\n"),
		.changes = SPAN("domain earthlink.net "
		    "{ unset message_expiration }\n"),
	};
	struct config *config;
	char *errors;

	(void)state;
	config = try_load(registry, load, &errors);
	assert_string_equal(errors, "");
	free(errors);
	assert_text("unset", ask(config, "Domain", "message_expiration",
	    "Domain=earthlink.net"), "86400");
	config_unref(&config);
	registry_free(&registry);
}

/* A module's sub-scope, else its stanza, else the default, starting from the
 * node that the module holds. */
static void
resolves_from_a_module_node(void **state)
{
	struct registry *registry = full_registry();
	struct config *config = must_load(registry, F12
	    "dkim_sign \"t\" { selector = c }\n");
	const struct config_scope *module = registry_scope(registry,
	    "dkim_sign");
	const struct config_scope *domain = registry_scope(registry,
	    "DK_Domain");
	const struct config_node *s, *t, *x, *y;
	int selector = registry_slot(registry, "dkim_sign", "selector");
	int canon = registry_slot(registry, "dkim_sign", "header_canon");

	(void)state;
	s = node_child(config_root(config), module, "s");
	t = node_child(config_root(config), module, "t");
	x = node_child(s, domain, "X.Test");
	y = node_child(s, domain, "y.test");
	assert_non_null(x);
	assert_string_equal(node_value(x, selector)->one.string, "b");
	assert_string_equal(node_value(y, selector)->one.string, "a");
	assert_string_equal(node_value(t, selector)->one.string, "c");
	assert_string_equal(node_value(x, canon)->one.string, "relaxed");
	assert_string_equal(node_value(t, canon)->one.string, "simple");
	assert_null(node_setting(x, canon));
	assert_null(node_child(t, domain, "x.test"));
	assert_ptr_equal(node_next(node_first(config_root(config), module),
	    module), t);
	config_unref(&config);
	registry_free(&registry);
}

static void
tries_the_patterns_of_a_container_in_file_order(void **state)
{
	struct registry *registry = full_registry();
	struct config *config = must_load(registry,
	    "domain \"/[.]test$/\" { a = 1 }\n"
	    "domain \"/^mail[.]/\" { a = 2 b = 2 }\n"
	    "binding \"b\" { domain \"/x/\" { b = 3 } }\n");

	(void)state;
	assert_text("first pattern", ask(config, "", "a",
	    "Domain=mail.x.test"), "1");
	assert_text("second pattern", ask(config, "", "b",
	    "Domain=mail.x.test"), "2");
	assert_text("inner container", ask(config, "", "b",
	    "Binding=b Domain=mail.x.test"), "3");
	config_unref(&config);
	registry_free(&registry);
}

static void
parses_fallback_strings_and_refuses_unknown_scopes(void **state)
{
	static const struct {
		const char *fallback;
		const char *want; /* NULL: accepted */
	} cases[] = {
		{ "Binding:Domain>Domain>Global", NULL },
		{ "Binding : Domain > Domain", NULL },
		{ "[dkim_sign]", NULL },
		{ "global", NULL },
		{ "Nowhere>Global", "Nowhere" },
		{ "Binding:>Global", "unknown scope ''" },
		{ "", "unknown scope ''" },
		{ "Binding:Binding:Binding:Binding:Binding:Binding:Binding",
		  "too many" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct registry *registry = full_registry();
		struct config_option row = { .name = "probe",
		    .fallback = cases[i].fallback };
		struct buffer why = { 0 };
		int slot = registry_add_option(registry, &row, &why);
		char *text = buffer_take_text(&why);

		if (cases[i].want == NULL)
			assert_true(slot >= 0);
		else
			assert_true(slot < 0);
		if (cases[i].want != NULL &&
		    strstr(text, cases[i].want) == NULL)
			fail_msg("%s: %s", cases[i].fallback, text);
		free(text);
		registry_free(&registry);
	}
}

/* The published string has no group in it, yet bindings stand in groups. */
static void
lets_a_binding_stand_in_a_group_without_saying_so(void **state)
{
	struct registry *registry = full_registry();
	struct config_option row = { .name = "probe", .type = CONFIG_INT,
	    .fallback = "Binding:Domain>Domain>Global", .defval = "0" };
	struct config *config;

	(void)state;
	must_add(registry, &row);
	config = must_load(registry, "binding_group g { binding b {\n"
	    "  domain x.test { probe = 3 } } }\n"
	    "binding c { domain x.test { probe = 4 } }\n"
	    "domain x.test { probe = 2 }\nprobe = 1\n");
	assert_text("in the group", ask(config, "", "probe",
	    "Binding_Group=g Binding=b Domain=x.test"), "3");
	assert_text("group found", ask(config, "", "probe",
	    "Binding=b Domain=x.test"), "3");
	assert_text("no group", ask(config, "", "probe",
	    "Binding=c Domain=x.test"), "4");
	assert_text("no binding", ask(config, "", "probe",
	    "Domain=x.test"), "2");
	assert_text("neither", ask(config, "", "probe", "Domain=y.test"),
	    "1");
	config_unref(&config);
	registry_free(&registry);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(resolves_the_worked_examples),
		cmocka_unit_test(falls_back_when_an_option_is_unset),
		cmocka_unit_test(resolves_from_a_module_node),
		cmocka_unit_test(
		    tries_the_patterns_of_a_container_in_file_order),
		cmocka_unit_test(
		    parses_fallback_strings_and_refuses_unknown_scopes),
		cmocka_unit_test(
		    lets_a_binding_stand_in_a_group_without_saying_so),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
