/*
 * hooks_test.c: providers are called in order, for the generation they belong
 * to, whatever is published meanwhile; a provider of another type is refused
 * (module-hooks.h).
 */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ec_config.h"
#include "host/generation.h"
#include "host/hooks/hooks.h"
#include "host/log/log.h"

EC_DECLARE_VOID_HOOK(test, note,
    (void *, string *),
    (string *out),
    (EC_HOOK_CLOSURE, out))

EC_DECLARE_HOOK(test, int, decide,
    (void *, string *, int),
    (string *out, int question),
    (EC_HOOK_CLOSURE, out, question),
    if (EC_HOOK_RETVAL != 0) EC_HOOK_RETURN(EC_HOOK_RETVAL))

EC_DECLARE_HOOK_NOARGS(test, void *, get_closure,
    EC_HOOK_RETURN(EC_HOOK_RETVAL))

EC_DECLARE_VOID_HOOK_NOARGS(test, tick)

EC_DECLARE_VOID_HOOK(test, many,
    (void *, const char *, size_t, struct timeval *, va_list),
    (const char *format, size_t n, struct timeval *now, va_list args),
    (EC_HOOK_CLOSURE, format, n, now, args))

/* A generation whose providers the test registers itself. */
struct fixture {
	struct generation *generation;
	struct hooks_registration registration;
	string trouble;
};

static void
begin(struct fixture *f)
{
	memset(f, 0, sizeof(*f));
	f->generation = generation_new();
	(void)string_init_type(&f->trouble, 1, STRING_TYPE_ECSTRING);
	f->registration.into = f->generation->hooks;
	f->registration.trouble = &f->trouble;
	hooks_begin(&f->registration);
}

/* No more providers; what is returned is the generation, with a reference. */
static struct generation *
end(struct fixture *f)
{
	hooks_end(&f->registration);
	(void)string_destroy(&f->trouble);
	return f->generation;
}

static void
note_closure(void *closure, string *out)
{
	(void)stringprintf(out, "%s ", (const char *)closure);
}

static int
decide_by_closure(void *closure, string *out, int question)
{
	const char *text = closure;

	note_closure(closure, out);
	return text[0] == '?' ? question : 0;
}

static void *
give_closure(void *closure)
{
	return closure;
}

static char one[] = "one", two[] = "two", three[] = "three", ask[] = "?";

static void
providers_are_called_in_order_first_and_last(void **state)
{
	struct generation *generation;
	struct fixture f;
	string out;

	(void)state;
	begin(&f);
	register_test_note_hook_last(note_closure, two);
	register_test_note_hook_first(note_closure, one);
	register_test_note_hook_last(note_closure, three);
	generation = end(&f);
	(void)string_init_type(&out, 1, STRING_TYPE_ECSTRING);
	assert_true(has_test_note_hook_txn(&generation->header));
	call_test_note_hook_txn(&generation->header, &out);
	assert_string_equal(out.buffer, "one two three ");
	(void)string_destroy(&out);
	generation_unref(generation);
}

static void
a_result_ends_the_chain_where_the_hook_says_so(void **state)
{
	struct generation *generation;
	struct fixture f;
	string out;

	(void)state;
	begin(&f);
	register_test_decide_hook_last(decide_by_closure, one);
	register_test_decide_hook_last(decide_by_closure, ask);
	register_test_decide_hook_last(decide_by_closure, three);
	generation = end(&f);
	(void)string_init_type(&out, 1, STRING_TYPE_ECSTRING);
	assert_int_equal(call_test_decide_hook_txn(&generation->header, &out,
	    0), 0);
	assert_string_equal(out.buffer, "one ? three ");
	string_truncate(&out, 0);
	assert_int_equal(call_test_decide_hook_txn(&generation->header, &out,
	    7), 7);
	assert_string_equal(out.buffer, "one ? ");
	(void)string_destroy(&out);
	generation_unref(generation);
}

static void
without_a_generation_there_is_no_provider(void **state)
{
	(void)state;
	assert_false(has_test_note_hook());
	assert_false(has_test_note_hook_txn(NULL));
	call_test_note_hook(NULL); /* nobody would mind the NULL */
	call_test_tick_hook();
}

static void
calls_go_to_the_newest_unless_the_thread_is_pinned(void **state)
{
	struct generation *old, *new, *before;
	struct fixture f;

	(void)state;
	begin(&f);
	register_test_get_closure_hook_first(give_closure, one);
	generation_commit(end(&f));
	old = generation_current();
	assert_ptr_equal(call_test_get_closure_hook(), one);

	begin(&f);
	register_test_get_closure_hook_first(give_closure, two);
	new = end(&f);
	/* not published: it is as if it were not there */
	assert_ptr_equal(call_test_get_closure_hook(), one);
	generation_commit(new);
	assert_ptr_equal(call_test_get_closure_hook(), two);

	before = generation_pin(old);
	assert_ptr_equal(call_test_get_closure_hook(), one);
	assert_ptr_equal(call_test_get_closure_hook_txn(&new->header), two);
	(void)generation_pin(before);
	generation_unref(old);
	generation_commit(NULL);
	assert_false(has_test_get_closure_hook());
}

static void
a_held_configuration_keeps_its_providers(void **state)
{
	ec_config_header *held;
	struct fixture f;

	(void)state;
	begin(&f);
	register_test_get_closure_hook_first(give_closure, one);
	generation_commit(end(&f));
	held = ec_config_fetch_globalconf();
	generation_commit(NULL);
	assert_null(ec_config_fetch_globalconf());
	assert_ptr_equal(call_test_get_closure_hook_txn(held), one);
	ec_config_release_scope_instance(held);
}

static void
singletons_are_replayed_into_every_generation(void **state)
{
	struct hook_record *record = NULL;
	struct hooks_registration registration = { .record = &record };

	(void)state;
	hooks_begin(&registration);
	register_test_get_closure_hook_first(give_closure, three);
	hooks_end(&registration);
	for (int i = 0; i < 2; i++) {
		struct generation *generation = generation_new();

		assert_false(has_test_get_closure_hook_txn(
		    &generation->header));
		hooks_replay(record, generation->hooks);
		assert_ptr_equal(call_test_get_closure_hook_txn(
		    &generation->header), three);
		generation_unref(generation);
	}
	hooks_record_free(&record);
}

static void
another_prototype_is_refused_with_both_named(void **state)
{
	struct fixture f;

	(void)state;
	begin(&f);
	(void)has_test_note_hook(); /* the hook is known from here on */
	/* white space is not a difference */
	assert_true(module_add_hook_last("test_note",
	    "void(void*,string*)", (void *)note_closure, NULL, 0) >= 0);
	assert_int_equal(f.trouble.len, 0);
	assert_int_equal(module_add_hook_last("test_note",
	    "void(void *, ec_message *)|void(ec_message *m)",
	    (void *)note_closure, NULL, 0), -1);
	assert_string_equal(f.trouble.buffer, "hook 'test_note': its "
	    "prototype is 'void(void *, string *)' here, and 'void(void *, "
	    "ec_message *)' in the module: it was built with other headers\n");
	generation_unref(end(&f));
}

static void
registering_at_another_time_is_refused(void **state)
{
	unsigned long errors = log_count(DERROR);
	struct log_targets silence = { 0 };
	struct fixture f;

	(void)state;
	assert_int_equal(log_open(&silence), 0);
	register_test_note_hook_first(note_closure, one);
	assert_int_equal(log_count(DERROR), errors + 1);
	begin(&f);
	assert_false(has_test_note_hook_txn(&f.generation->header));
	generation_unref(end(&f));
}

static void
a_hook_knows_the_types_and_names_of_its_arguments(void **state)
{
	static const struct {
		const char *type, *name;
		int size;
	} rows[] = {
		{ "const char *", "format", sizeof(char *) },
		{ "size_t", "n", sizeof(size_t) },
		{ "struct timeval *", "now", sizeof(void *) },
		{ "va_list", "args", sizeof(va_list) },
	};
	struct __ec_hookarg *arg;
	struct __ec_hook_head *head;

	(void)state;
	(void)has_test_many_hook();
	head = module_get_hook_head("test_many", "void(void *, const char *, "
	    "size_t, struct timeval *, va_list)");
	assert_non_null(head);
	arg = head->args;
	for (size_t i = 0; i < 4; i++) {
		assert_string_equal(arg->type_name, rows[i].type);
		assert_string_equal(arg->arg_name, rows[i].name);
		assert_int_equal(arg->arg_size, rows[i].size);
		arg = arg->next;
	}
	assert_null(arg);
}

static void
the_list_shows_prototypes_without_blanks(void **state)
{
	string out;

	(void)state;
	(void)has_test_decide_hook();
	(void)has_test_tick_hook();
	(void)string_init_type(&out, 1, STRING_TYPE_ECSTRING);
	hooks_list(&out);
	assert_non_null(strstr(out.buffer,
	    "test_decide\n\tint(string*,int)\n"));
	assert_non_null(strstr(out.buffer, "test_many\n\tvoid(constchar*,"
	    "size_t,structtimeval*,va_list)\n"));
	assert_non_null(strstr(out.buffer, "test_tick\n\tvoid()\n"));
	(void)string_destroy(&out);
}

/*
 * Threads call while generations come and go.  Each generation has two
 * providers with the same closure: a call that saw half of one and half of
 * another would count them unequal.
 */
enum { THREADS = 3, SWITCHES = 400 };
static atomic_bool over;
static atomic_int mixed, called;

EC_DECLARE_VOID_HOOK(test, pair,
    (void *, void **),
    (void **seen),
    (EC_HOOK_CLOSURE, seen))

static void
see_closure(void *closure, void **seen)
{
	if (*seen != NULL && *seen != closure)
		atomic_fetch_add(&mixed, 1);
	*seen = closure;
	atomic_fetch_add(&called, 1);
}

static struct generation *
generation_with_pair(void *closure)
{
	struct fixture f;

	begin(&f);
	register_test_pair_hook_last(see_closure, closure);
	register_test_pair_hook_last(see_closure, closure);
	return end(&f);
}

static void *
call_forever(void *closure)
{
	(void)closure;
	while (!atomic_load(&over)) {
		struct generation *generation = generation_current();
		struct generation *before = generation_pin(generation);
		void *seen = NULL;

		/* a message: all its calls see one generation */
		call_test_pair_hook(&seen);
		call_test_pair_hook(&seen);
		(void)generation_pin(before);
		generation_unref(generation);
		seen = NULL;
		call_test_pair_hook(&seen);
	}
	return NULL;
}

static void
threads_see_one_generation_each_while_it_is_switched(void **state)
{
	pthread_t threads[THREADS];
	char closures[SWITCHES];

	(void)state;
	generation_commit(generation_with_pair(&closures[0]));
	for (int i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL,
		    call_forever, NULL), 0);
	for (int i = 1; i < SWITCHES; i++)
		generation_commit(generation_with_pair(&closures[i]));
	while (atomic_load(&called) == 0)
		(void)sched_yield();
	atomic_store(&over, true);
	for (int i = 0; i < THREADS; i++)
		(void)pthread_join(threads[i], NULL);
	generation_commit(NULL);
	assert_int_equal(atomic_load(&mixed), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(providers_are_called_in_order_first_and_last),
		cmocka_unit_test(a_result_ends_the_chain_where_the_hook_says_so),
		cmocka_unit_test(without_a_generation_there_is_no_provider),
		cmocka_unit_test(calls_go_to_the_newest_unless_the_thread_is_pinned),
		cmocka_unit_test(a_held_configuration_keeps_its_providers),
		cmocka_unit_test(singletons_are_replayed_into_every_generation),
		cmocka_unit_test(another_prototype_is_refused_with_both_named),
		cmocka_unit_test(registering_at_another_time_is_refused),
		cmocka_unit_test(a_hook_knows_the_types_and_names_of_its_arguments),
		cmocka_unit_test(the_list_shows_prototypes_without_blanks),
		cmocka_unit_test(threads_see_one_generation_each_while_it_is_switched),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
