/*
 * loader_test.c ECXS SOURCES: modules are found, loaded, started and ended as
 * module.h and shared_module.h promise.  The modules are built with the build
 * helper while the test runs.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "workshop.h"

#include "ec_config.h"
#include "host/generation.h"
#include "host/host.h"
#include "host/loader/instance.h"
#include "host/log/log.h"
#include "module-hooks.h"

/* As in modules/tracer.c. */
EC_DECLARE_VOID_HOOK(tracer, called,
    (void *, string *),
    (string *out),
    (EC_HOOK_CLOSURE, out))

static const char *
called(void)
{
	static char text[1024];
	string out = STRING_STATIC_INIT(text);

	text[0] = '\0';
	call_tracer_called_hook(&out);
	return text;
}

static void
expect_error(const char *part)
{
	if (strstr(workshop_errors(), part) == NULL)
		fail_msg("wanted '%s' in\n%s", part, workshop_errors());
}

static int
close_host(void **state)
{
	(void)state;
	host_close();
	(void)workshop_events();
	test_refuse_init = 0;
	return 0;
}

/* First in this process: config_setup is seen to run once. */
static void
a_start_is_setup_privileged_init_and_postinit(void **state)
{
	(void)state;
	assert_true(workshop_load("alpha \"one\" { level = 2 }\n"
	    "solo { level = 4 }\n"
	    "alpha \"two\" { }\n"));
	assert_string_equal(workshop_events(),
	    "alpha setup 0;solo setup 0;"
	    "alpha:one INIT|PRIVILEGED level=2;"
	    "solo INIT|PRIVILEGED level=4;"
	    "alpha:two INIT|PRIVILEGED level=0;"
	    "alpha:one POSTINIT level=2;"
	    "solo POSTINIT level=4;"
	    "alpha:two POSTINIT level=0;");
	assert_string_equal(called(), "solo=by default;"
	    "alpha:one=by default;alpha:two=by default;");
}

static void
a_reload_makes_new_instances_and_ends_the_old_ones(void **state)
{
	(void)state;
	assert_true(workshop_load("alpha \"one\" { }\nsolo { }\n"));
	(void)workshop_events();
	assert_true(workshop_reload("alpha \"one\" { level = 6 }\n"
	    "solo { word = changed }\n"));
	assert_string_equal(workshop_events(), "alpha:one INIT level=6;"
	    "solo INIT level=0;alpha:one DESTROY level=0;");
	assert_string_equal(called(), "solo=changed;alpha:one=by default;");
	assert_true(workshop_reload(""));
	assert_string_equal(workshop_events(), "alpha:one DESTROY level=6;");
	assert_string_equal(called(), "");
	/* a singleton that is gone can come back */
	assert_true(workshop_reload("solo { }\n"));
	assert_string_equal(called(), "solo=by default;");
	host_close();
	assert_string_equal(workshop_events(), "solo INIT level=0;"
	    "solo DESTROY;");
}

static void
an_old_configuration_lives_until_it_is_let_go(void **state)
{
	ec_config_header *held;
	struct generation *before;

	(void)state;
	assert_true(workshop_load("alpha \"one\" { word = old }\n"));
	held = ec_config_fetch_globalconf();
	(void)workshop_events();
	assert_true(workshop_reload("alpha \"one\" { word = new }\n"));
	assert_string_equal(workshop_events(), "alpha:one INIT level=0;");
	assert_string_equal(called(), "alpha:one=new;");
	before = generation_pin(generation_of(held));
	assert_string_equal(called(), "alpha:one=old;");
	(void)generation_pin(before);
	ec_config_release_scope_instance(held);
	assert_string_equal(workshop_events(), "alpha:one DESTROY level=0;");
}

static void
a_module_that_refuses_keeps_the_old_configuration(void **state)
{
	(void)state;
	assert_true(workshop_load("solo { word = old }\n"
	    "alpha \"one\" { word = old }\n"));
	(void)workshop_events();
	/* the singleton is told of the new one, and then of the old again */
	test_refuse_init = 0;
	assert_false(workshop_reload("solo { word = new level = 8 }\n"
	    "alpha \"one\" { word = new }\nrefuser \"r\" { }\n"));
	expect_error("test.conf:4: Module 'refuser' instance 'r' "
	    "initialization failed while preparing to commit. Consult your "
	    "vendor.\n\tthe key is missing");
	assert_string_equal(called(), "solo=old;alpha:one=old;");
	assert_string_equal(workshop_events(), "refuser setup 0;"
	    "solo INIT level=8;alpha:one INIT level=0;refuser:r INIT level=0;"
	    "solo INIT level=0;refuser:r DESTROY level=0;"
	    "alpha:one DESTROY level=0;");
}

static void
a_first_configuration_that_is_refused_leaves_nothing(void **state)
{
	(void)state;
	assert_false(workshop_load("alpha \"one\" { }\nrefuser \"r\" { }\n"));
	expect_error("Module 'refuser' instance 'r' initialization failed");
	assert_null(ec_config_fetch_globalconf());
	assert_true(workshop_load("alpha \"one\" { }\n"));
}

static void
a_check_starts_modules_and_takes_nothing_into_use(void **state)
{
	(void)state;
	assert_true(workshop_check("alpha \"one\" { }\n"));
	assert_string_equal(workshop_events(), "alpha:one INIT level=0;"
	    "alpha:one DESTROY level=0;");
	assert_null(ec_config_fetch_globalconf());
	assert_false(workshop_check("refuser \"r\" { }\n"));
}

static void
using_an_option_loads_its_module(void **state)
{
	(void)state;
	assert_true(workshop_load("beta_wide = here\n"));
	assert_string_equal(workshop_events(), "beta setup 0;"
	    "beta:beta INIT|PRIVILEGED level=0;beta:beta POSTINIT level=0;");
	assert_string_equal(called(), "beta:beta=by default;");
	/* and again, now that the option is known */
	assert_true(workshop_reload("binding \"b\" { domain \"d.test\" { "
	    "beta_wide = there } }\n"));
	assert_string_equal(called(), "beta:beta=by default;");
	assert_true(workshop_reload(""));
	assert_string_equal(called(), "");
}

static void
what_is_required_comes_first(void **state)
{
	(void)state;
	assert_true(workshop_load("delta \"d\" { }\nalpha \"a\" { }\n"));
	assert_string_equal(called(), "solo=by default;"
	    "alpha:a=by default;epsilon:epsilon=by default;"
	    "delta:d=by default;");
}

static void
trouble_with_requirements_is_told_with_names(void **state)
{
	(void)state;
	assert_false(workshop_load("chain_a \"a\" { }\n"));
	expect_error("test.conf:2: ");
	expect_error("modules require each other: chain_a -> chain_b -> "
	    "chain_c -> chain_a");
	assert_false(workshop_load("lonely \"l\" { }\n"));
	expect_error("module 'lonely': it requires module 'alphq', which no "
	    "manifest names; did you mean 'alpha'?");
}

/* What is asked of an infrastructure before anything of it is called. */
static void
a_module_of_another_edition_is_refused_with_its_version(void **state)
{
	static const struct {
		const char *module, *why;
	} rows[] = {
		{ "fifth_edition", "it was built for version 5.1.0 of the "
		    "module interface, this host offers 4.3.0" },
		{ "other_api", "its API version is 0x20008, this host offers "
		    "0x4d390008" },
		{ "no_version", "it has no version word (expected _EC_VER as "
		    "module_version)" },
		{ "deprecated", "it uses module_init, which is never called" },
		{ "odd_type", "its type is 77" },
		{ "absent", "absent.so" },
		{ "misnamed", "exports no symbol 'misnamed'" },
		{ "fails", "its module_config_setup returned -1" },
		{ "bad_option", "option 'lists': its type is not offered" },
		{ "bad_option", "option 'number': " },
	};
	char text[64];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		(void)snprintf(text, sizeof(text), "%s { }\n", rows[i].module);
		if (workshop_load(text))
			fail_msg("'%s' was taken", rows[i].module);
		expect_error("test.conf:2: ");
		expect_error(rows[i].module);
		expect_error(rows[i].why);
	}
}

static void
a_module_of_the_third_edition_is_understood(void **state)
{
	(void)state;
	assert_true(workshop_load("third_edition { }\nthird_silent { }\n"));
	assert_string_equal(workshop_command("third_edition hello there"),
	    "old heard hello there");
	assert_string_equal(workshop_command("third_silent hello"),
	    "Module 'third_silent' has no commands\n");
}

static void
an_unknown_module_is_told_with_the_nearest_name(void **state)
{
	(void)state;
	assert_false(workshop_load("alhpa \"one\" { }\n"));
	expect_error("test.conf:2: ");
	expect_error("did you mean 'alpha'?");
	expect_error("No module provides capability 'config.Global:alhpa'.");
}

static void
the_modules_own_check_speaks_for_an_option(void **state)
{
	(void)state;
	assert_false(workshop_load("alpha \"one\" {\n level = 3\n}\n"));
	expect_error("test.conf:3: option 'level': 3 is odd");
	assert_false(workshop_load("alpha \"one\" { levle = 2 }\n"));
	expect_error("did you mean 'level'?");
}

static void
options_come_in_their_types(void **state)
{
	(void)state;
	assert_true(workshop_load("types { }\n"));
	assert_string_equal(workshop_command("types show"),
	    "a_string=two words\nan_int=-5\na_uint64=18446744073709551615\n"
	    "perms=640\na_bool=1\na_float=0.50\na_sockaddr=1/25\n"
	    "a_dict=k:v 1.2.3.4:x y \na_size=4096\nan_array=[one][two]\n"
	    "mapped=1000\nword=relaxed\nunset=(null)\nunset_array=\n");
	assert_true(workshop_reload("types { mapped = few word = tight "
	    "an_array = ( ) unset = x a_dict = [ k = w ] a_bool = off }\n"));
	assert_string_equal(workshop_command("types show"),
	    "a_string=two words\nan_int=-5\na_uint64=18446744073709551615\n"
	    "perms=640\na_bool=0\na_float=0.50\na_sockaddr=1/25\n"
	    "a_dict=k:w 1.2.3.4: \na_size=4096\nan_array=\n"
	    "mapped=3\nword=strict\nunset=x\nunset_array=\n");
}

/* The worked row F12: value of the inner scope, else of the stanza, else the
 * default; and the standard scopes around it. */
static void
scopes_inside_a_stanza_fall_back_to_it(void **state)
{
	(void)state;
	assert_true(workshop_load("alpha \"one\" {\n"
	    " word = stanza\n"
	    " part \"x.test\" { word = inner }\n"
	    " part \"Y.test\" { }\n"
	    "}\n"
	    "alpha_wide = global\n"
	    "domain \"x.test\" { alpha_wide = domain }\n"
	    "binding \"b\" { domain \"y.test\" { alpha_wide = both } }\n"));
	assert_string_equal(workshop_command("alpha:one show x.test"),
	    "word=inner exists=1 wide=domain parts=x.test,Y.test,");
	assert_string_equal(workshop_command("alpha:one show X.TEST"),
	    "word=inner exists=1 wide=domain parts=x.test,Y.test,");
	assert_string_equal(workshop_command("alpha:one show y.test"),
	    "word=stanza exists=1 wide=both parts=x.test,Y.test,");
	assert_string_equal(workshop_command("alpha:one show z.test"),
	    "word=stanza exists=0 wide=global parts=x.test,Y.test,");
}

static void
values_outlive_the_configuration_they_came_from(void **state)
{
	char capability[] = "config.Global.alpha_wide";
	ec_config_value *value;
	int slot;

	(void)state;
	assert_true(workshop_load("alpha_wide = kept\n"));
	slot = ec_config_option_slot_from_capability(capability);
	assert_true(slot >= 0);
	value = ec_config_option_fetch(NULL, slot, NULL);
	assert_true(workshop_reload("alpha_wide = changed\n"));
	assert_string_equal(value->v->vstr, "kept");
	ec_config_release_value(value);
	value = ec_config_option_fetch_generic(NULL, slot, NULL, 4, NULL,
	    "Binding", "b", "Domain", "d.test");
	assert_string_equal(value->v->vstr, "changed");
	ec_config_release_value(value);
	assert_null(ec_config_null_value(-1));
	assert_null(ec_config_null_value(slot)->v->vstr);
}

static void
the_debug_level_of_an_instance_is_its_own(void **state)
{
	struct generation *generation;
	string tail;

	(void)state;
	assert_true(workshop_load("types { debug_level = debug }\n"
	    "alpha \"one\" { enabled = false }\n"));
	generation = generation_current();
	for (struct instance *i = generation->instances; i != NULL;
	    i = i->next) {
		ec_mod_debug(i->infra, DDEBUG, "is debugging\n");
		assert_int_equal(ec_module_is_enabled(i->infra),
		    ec_module_instance_name(i->infra) == NULL);
	}
	generation_unref(generation);
	(void)string_init_type(&tail, 1, STRING_TYPE_ECSTRING);
	log_tail(&tail);
	assert_non_null(strstr(tail.buffer, "[debug] types: is debugging\n"));
	assert_null(strstr(tail.buffer, "alpha:one: is debugging"));
	(void)string_destroy(&tail);
}

static void
names_of_bindings_have_numbers(void **state)
{
	(void)state;
	assert_true(workshop_load("hostname = mx.test\nbinding \"b\" { }\n"));
	assert_string_equal(config_get_hostname(NULL), "mx.test");
	assert_int_equal(config_get_binding_id_from_name("default"), 0);
	assert_true(config_get_binding_id_from_name("b") > 0);
	assert_string_equal(config_get_binding_name_from_id(
	    config_get_binding_id_from_name("b")), "b");
	assert_int_equal(config_get_binding_id_from_name("nowhere"), -1);
	assert_null(config_get_binding_name_from_id(99));
}

static void
groups_of_bindings_have_members(void **state)
{
	ec_binding_slot one, two;

	(void)state;
	assert_true(workshop_load("binding \"b\" { }\nbinding_group \"g\" {\n"
	    "binding \"one\" { }\nbinding \"two\" { }\n}\n"));
	assert_int_equal(config_get_binding_group_size("g"), 2);
	assert_int_equal(config_get_binding_group_size("b"), 0);
	assert_int_equal(config_get_binding_group_size("nowhere"), 0);
	assert_int_equal(config_get_binding_group_size(NULL), 0);
	one = config_get_binding_group_slot("g", 0);
	two = config_get_binding_group_slot("g", 1);
	assert_int_equal(one, config_get_binding_id_from_name("one"));
	assert_int_equal(two, config_get_binding_id_from_name("two"));
	assert_int_equal(config_get_binding_group_slot("g", 2), -1);
	assert_int_equal(config_get_binding_group_slot("g", -1), -1);
	assert_int_equal(config_get_binding_group_slot("nowhere", 0), -1);
	assert_string_equal(config_get_binding_group_from_id(two), "g");
	assert_null(config_get_binding_group_from_id(
	    config_get_binding_id_from_name("b")));
	assert_null(config_get_binding_group_from_id(0));
	assert_null(config_get_binding_group_from_id(99));
}

static void
options_tell_what_kind_of_value_they_have(void **state)
{
	static const struct {
		const char *capability;
		ec_config_item_type_t type;
		int is_array;
	} rows[] = {
		{ "config.Global.hostname", ECCFGTYPE_STRING, 0 },
		{ "config.Global.dns_timeout", ECCFGTYPE_INT, 0 },
		{ "config.Global.relay_hosts", ECCFGTYPE_PTR, 1 },
	};
	ec_config_item_type_t type;
	int is_array;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char capability[64];

		(void)snprintf(capability, sizeof(capability), "%s",
		    rows[i].capability);
		assert_int_equal(ec_config_option_type(
		    ec_config_option_slot_from_capability(capability), &type,
		    &is_array), 1);
		assert_int_equal(type, rows[i].type);
		assert_int_equal(is_array, rows[i].is_array);
	}
	assert_int_equal(ec_config_option_type(-1, &type, &is_array), 0);
	assert_int_equal(ec_config_option_type(999999, &type, &is_array), 0);
}

static void
manifests_can_be_asked(void **state)
{
	ec_module_manifest_iter_t iter;
	const char *name, *value = NULL;
	ec_ptr_array *list;
	string out;
	int seen = 0;

	(void)state;
	assert_true(workshop_load(""));
	ec_module_manifest_iter_init(&iter);
	while (ec_module_manifest_iter_next(&iter, &name) != 0)
		seen += strcmp(name, "chain_a") == 0 ||
		    strcmp(name, "types") == 0;
	assert_int_equal(seen, 2);
	assert_int_equal(ec_module_manifest_value_as_list(&iter, "Delta",
	    "msys.requires", &list), 1);
	assert_int_equal(list->size, 3);
	assert_string_equal(list->items[2], "solo");
	ec_ptr_array_destroy(list);
	ec_free(MEMTYPE_STRING, list);
	assert_int_equal(ec_module_manifest_value_as_string(&iter, "delta",
	    "msys.provides", &value), 1);
	assert_string_equal(value, "config.Global:delta_made_up");
	assert_int_equal(ec_module_manifest_value_as_string(&iter, "delta",
	    "nothing", &value), 0);
	ec_module_manifest_iter_destroy(&iter);
	(void)string_init_type(&out, 1, STRING_TYPE_ECSTRING);
	assert_int_equal(ec_module_resolve_capability(
	    "config.global.DELTA_MADE_UP", &out), 1);
	assert_string_equal(out.buffer, "delta");
	assert_int_equal(ec_module_resolve_capability("config.Global.none",
	    &out), 0);
	(void)string_destroy(&out);
}

static void
a_broken_manifest_is_told_with_its_line(void **state)
{
	char path[4200];

	(void)state;
	workshop_write("broken.ecm", "msys.provides = x\n[bro ken]\n"
	    "[broken\njunk\n");
	assert_false(workshop_check(""));
	expect_error("DIR/broken.ecm:1: a value stands before the first");
	expect_error("DIR/broken.ecm:2: the section's name is not that of a");
	expect_error("DIR/broken.ecm:3: the section's ']' is missing");
	expect_error("DIR/broken.ecm:4: neither a [section] nor KEY = VALUE");
	(void)snprintf(path, sizeof(path), "%s/broken.ecm", workshop_folder());
	assert_int_equal(unlink(path), 0);
}

static char **arguments; /* of main; cmocka's setup takes none */

static int
build_all(void **state)
{
	(void)state;
	workshop_open(arguments[1], arguments[2]);
	workshop_build("alpha", "tracer.c", "-DNAME=alpha");
	workshop_build("beta", "tracer.c", "-DNAME=beta");
	workshop_build("epsilon", "tracer.c", "-DNAME=epsilon");
	workshop_write("delta.ecm", "[delta]\n# by hand\n"
	    "msys.requires = alpha, epsilon\nmsys.requires = solo\n"
	    "msys.provides = config.Global:delta_made_up\n");
	workshop_build("delta", "tracer.c", "-DNAME=delta");
	workshop_build("solo", "tracer.c", "-DNAME=solo -DSINGLETON");
	workshop_build("refuser", "tracer.c", "-DNAME=refuser -DINIT_RESULT=-1");
	workshop_build("fails", "tracer.c", "-DNAME=fails -DSETUP_RESULT=-1");
	workshop_build("editions", "editions.c", "");
	workshop_build("types", "types.c", "");
	workshop_write("absent.ecm", "# no object\n[absent]\n");
	workshop_build("misnamed", "tracer.c", "-DNAME=other");
	workshop_write("misnamed.ecm", "[misnamed]\n");
	workshop_build("chain_a", "tracer.c", "-DNAME=chain_a "
	    "--requires chain_b");
	workshop_build("chain_b", "tracer.c", "-DNAME=chain_b "
	    "--requires chain_c");
	workshop_build("chain_c", "tracer.c", "-DNAME=chain_c "
	    "--requires chain_a");
	workshop_build("lonely", "tracer.c", "-DNAME=lonely --requires alphq");
	return 0;
}

static int
remove_all(void **state)
{
	(void)state;
	workshop_close();
	return 0;
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
#define TEST(f) cmocka_unit_test_teardown(f, close_host)
		TEST(a_start_is_setup_privileged_init_and_postinit),
		TEST(a_reload_makes_new_instances_and_ends_the_old_ones),
		TEST(an_old_configuration_lives_until_it_is_let_go),
		TEST(a_module_that_refuses_keeps_the_old_configuration),
		TEST(a_first_configuration_that_is_refused_leaves_nothing),
		TEST(a_check_starts_modules_and_takes_nothing_into_use),
		TEST(using_an_option_loads_its_module),
		TEST(what_is_required_comes_first),
		TEST(trouble_with_requirements_is_told_with_names),
		TEST(a_module_of_another_edition_is_refused_with_its_version),
		TEST(a_module_of_the_third_edition_is_understood),
		TEST(an_unknown_module_is_told_with_the_nearest_name),
		TEST(the_modules_own_check_speaks_for_an_option),
		TEST(options_come_in_their_types),
		TEST(scopes_inside_a_stanza_fall_back_to_it),
		TEST(values_outlive_the_configuration_they_came_from),
		TEST(the_debug_level_of_an_instance_is_its_own),
		TEST(names_of_bindings_have_numbers),
		TEST(groups_of_bindings_have_members),
		TEST(options_tell_what_kind_of_value_they_have),
		TEST(manifests_can_be_asked),
		TEST(a_broken_manifest_is_told_with_its_line),
	};
	struct log_targets silence = { 0 };

	if (argc != 3)
		return 64;
	(void)log_open(&silence);
	arguments = argv;
	return cmocka_run_group_tests(tests, build_all, remove_all);
}
