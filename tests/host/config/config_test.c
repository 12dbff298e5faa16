/*
 * config_test.c: generations: what is counted, many stanzas, many readers.
 */
#include "fixture.h"

#include <pthread.h>

static char freed[64];
static char set_view[] = "s", default_view[] = "d";

static void
note_freed(void *data)
{
	strcat(freed, data);
}

static void
is_there_until_the_last_reference_goes(void **state)
{
	struct registry *registry = full_registry();
	struct config *config = must_load(registry, "m = 2\n"), *second;

	(void)state;
	second = config_ref(config);
	config_unref(&config);
	assert_null(config);
	assert_text("still there", ask(second, "", "m", ""), "2");
	config_unref(&second);
	assert_null(second);
	config_unref(&second); /* nothing */
	registry_free(&registry);
}

static void
frees_the_views_of_values(void **state)
{
	struct registry *registry = full_registry();
	struct config *config;
	const struct config_value *set, *by_default;

	(void)state;
	registry_on_value_free(registry, note_freed);
	config = must_load(registry, "m = 2\n");
	set = config_lookup(config, registry_slot(registry, "", "m"), NULL);
	by_default = config_lookup(config, registry_slot(registry, "", "e"),
	    NULL);
	atomic_store(&((struct config_value *)set)->view, set_view);
	atomic_store(&((struct config_value *)by_default)->view, default_view);
	freed[0] = '\0';
	config_unref(&config);
	assert_string_equal(freed, "s");
	registry_free(&registry);
	assert_string_equal(freed, "sd");
}

static void
numbers_its_generations_and_keeps_them_apart(void **state)
{
	struct registry *registry = full_registry();
	struct config *old = must_load(registry, "m = 2\n");
	struct config *new = must_load(registry, "m = 3\n");

	(void)state;
	assert_true(config_generation(new) > config_generation(old));
	assert_text("old", ask(old, "", "m", ""), "2");
	assert_text("new", ask(new, "", "m", ""), "3");
	config_unref(&old);
	assert_text("new alone", ask(new, "", "m", ""), "3");
	config_unref(&new);
	registry_free(&registry);
}

/* An option that came with a module later than the generation. */
static void
answers_with_the_default_for_an_option_it_never_saw(void **state)
{
	struct registry *registry = bare_registry();
	struct config *config = must_load(registry, "m = 2\n");

	(void)state;
	must_add_module(registry);
	assert_text("default", ask(config, "", "dkim", "Domain=x.test"), "1");
	assert_null(config_lookup(config, -1, NULL));
	assert_null(config_lookup(config, 1 << 20, NULL));
	config_unref(&config);
	registry_free(&registry);
}

static void
finds_a_binding_in_its_group(void **state)
{
	struct registry *registry = full_registry();
	struct config *config = must_load(registry,
	    "binding top { m = 2 }\n"
	    "binding_group g { binding inner { m = 3 } }\n");
	const struct config_node *node;

	(void)state;
	node = config_binding(config, "inner");
	assert_non_null(node);
	assert_string_equal(node->parent->instance, "g");
	node = config_binding(config, "top");
	assert_non_null(node);
	assert_ptr_equal(node->parent, config_root(config));
	assert_null(config_binding(config, "none"));
	config_unref(&config);
	registry_free(&registry);
}

static void
takes_away_what_online_changes_unset(void **state)
{
	static const struct {
		const char *changes, *query, *want;
	} cases[] = {
		{ "unset m", "", "1" },
		{ "unset M\nm = 7", "", "7" },
		{ "unset domain x.test", "Domain=x.test", "2" },
		{ "unset domain \"/y/\"", "Domain=y.test", "2" },
		{ "unset domain x.test\ndomain x.test { m = 8 }",
		  "Domain=x.test", "8" },
		{ "binding b { unset m }", "Binding=b", "2" },
		{ "unset binding b", "Binding=b Domain=none", "2" },
		{ "domain none.test { unset m }", "Domain=x.test", "3" },
	};
	struct registry *registry = full_registry();

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct config_load load = {
			.text = SPAN("m = 2\ndomain x.test { m = 3 }\n"
			    "domain \"/y/\" { m = 4 }\n"
			    "binding b { m = 5 domain z.test { } }\n"),
			.changes = span_of_text(cases[i].changes),
		};
		char *errors;
		struct config *config = try_load(registry, load, &errors);

		assert_string_equal(errors, "");
		free(errors);
		assert_text(cases[i].changes, ask(config, "", "m",
		    cases[i].query), cases[i].want);
		config_unref(&config);
	}
	registry_free(&registry);
}

#define STANZAS 100000

static char *
many_stanzas(void)
{
	struct buffer text = { 0 };
	char line[128];

	buffer_add_text(&text, "dkim_sign s { key = \"/keys/%{d}\"\n");
	for (int i = 0; i < STANZAS; i++) {
		(void)snprintf(line, sizeof(line), "dk_domain \"d%d.Example\" "
		    "{\n\tselector = \"s%d\"\n}\n", i, i);
		buffer_add_text(&text, line);
	}
	buffer_add_text(&text, "}\n");
	return buffer_take_text(&text);
}

static void
finds_each_of_a_hundred_thousand_stanzas(void **state)
{
	struct registry *registry = full_registry();
	char *text = many_stanzas(), name[32], want[32];
	struct config *config = must_load(registry, text);
	const struct config_scope *dk_domain = registry_scope(registry,
	    "dk_domain");
	const struct config_node *module = config_root(config)->first_child;
	int selector = registry_slot(registry, "dkim_sign", "selector");
	int key = registry_slot(registry, "dkim_sign", "key");

	(void)state;
	for (int i = 0; i < STANZAS; i++) {
		const struct config_node *node;

		(void)snprintf(name, sizeof(name), "D%d.example", i);
		(void)snprintf(want, sizeof(want), "s%d", i);
		node = node_child(module, dk_domain, name);
		assert_non_null(node);
		assert_string_equal(node_value(node, selector)->one.string,
		    want);
		assert_string_equal(node_value(node, key)->one.string,
		    "/keys/%{d}");
	}
	assert_null(node_child(module, dk_domain, "d100000.example"));
	config_unref(&config);
	free(text);
	registry_free(&registry);
}

struct shared { /* one loader, many readers */
	pthread_mutex_t swapping; /* guards current */
	struct config *current;
	struct registry *registry;
	int slot;
	_Atomic bool done;
	_Atomic int wrong;
};

static struct config *
take_current(struct shared *shared)
{
	struct config *config;

	(void)pthread_mutex_lock(&shared->swapping);
	config = config_ref(shared->current);
	(void)pthread_mutex_unlock(&shared->swapping);
	return config;
}

/* Within one generation, all three values are the same. */
static void *
read_on(void *arg)
{
	struct shared *shared = arg;

	while (!atomic_load(&shared->done)) {
		struct config *config = take_current(shared);
		struct config_query query = { 0 };
		int outer, domain, pattern;

		outer = config_lookup(config, shared->slot,
		    NULL)->one.integer;
		(void)config_query_add(config, &query, "Domain", "x.test");
		domain = config_lookup(config, shared->slot,
		    &query)->one.integer;
		(void)config_query_add(config, &query, "Domain", "a.y.test");
		pattern = config_lookup(config, shared->slot,
		    &query)->one.integer;
		if (outer != domain || outer != pattern)
			atomic_fetch_add(&shared->wrong, 1);
		config_unref(&config);
	}
	return NULL;
}

static void
swap_in(struct shared *shared, int number)
{
	struct config_option row = { .name = "later" };
	struct config *config, *before;
	char text[256], name[32];

	(void)snprintf(text, sizeof(text), "m = %d\ndomain x.test { m = %d }\n"
	    "domain \"/[.]y[.]test$/\" { m = %d }\n", number, number, number);
	config = must_load(shared->registry, text);
	(void)pthread_mutex_lock(&shared->swapping);
	before = shared->current;
	shared->current = config;
	(void)pthread_mutex_unlock(&shared->swapping);
	config_unref(&before);
	/* modules come while others read */
	(void)snprintf(name, sizeof(name), "later_%d", number);
	row.name = name;
	must_add(shared->registry, &row);
}

static void
is_read_by_many_threads_while_it_is_replaced(void **state)
{
	struct shared shared = { .swapping = PTHREAD_MUTEX_INITIALIZER,
	    .registry = full_registry() };
	pthread_t readers[4];

	(void)state;
	shared.slot = registry_slot(shared.registry, "", "m");
	swap_in(&shared, 0);
	for (int i = 0; i < 4; i++)
		assert_int_equal(pthread_create(&readers[i], NULL, read_on,
		    &shared), 0);
	for (int i = 1; i < 300; i++)
		swap_in(&shared, i);
	atomic_store(&shared.done, true);
	for (int i = 0; i < 4; i++)
		assert_int_equal(pthread_join(readers[i], NULL), 0);
	assert_int_equal(shared.wrong, 0);
	config_unref(&shared.current);
	registry_free(&shared.registry);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(is_there_until_the_last_reference_goes),
		cmocka_unit_test(frees_the_views_of_values),
		cmocka_unit_test(numbers_its_generations_and_keeps_them_apart),
		cmocka_unit_test(
		    answers_with_the_default_for_an_option_it_never_saw),
		cmocka_unit_test(finds_a_binding_in_its_group),
		cmocka_unit_test(takes_away_what_online_changes_unset),
		cmocka_unit_test(finds_each_of_a_hundred_thousand_stanzas),
		cmocka_unit_test(is_read_by_many_threads_while_it_is_replaced),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
