/*
 * memtype_test.c: memory has a type, and a mix-up ends the process at once
 * (ec_malloc.h).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "ec_malloc.h"

struct fixed {
	int a, b, c;
};

static const mem_type_def fixed_def = { "test:fixed", sizeof(struct fixed),
    SIZEOF_VOID_P, 0, EC_ALLOCATOR_FIXED, 0 };
static const mem_type_def any_def = { "test:any", 0, SIZEOF_VOID_P, 0,
    EC_ALLOCATOR_VSIZE, 0 };

static void
registers_types_by_name(void **state)
{
	int fixed = ec_memtype_register(&fixed_def);

	(void)state;
	assert_true(fixed >= 0 && fixed < MEMTYPE_MAX);
	assert_int_equal(ec_memtype_by_name("test:fixed"), fixed);
	assert_int_equal(ec_memtype_by_name("test:none"),
	    MEMTYPE_REGISTER_FAILED);
	assert_int_equal(ec_memtype_by_name("core:string"), MEMTYPE_STRING);
}

static void
refuses_definitions_that_contradict_themselves(void **state)
{
	static const mem_type_def rows[] = {
		{ "test:fixed of no size", 0, 8, 0, EC_ALLOCATOR_FIXED, 0 },
		{ "test:any of a size", 8, 8, 0, EC_ALLOCATOR_VSIZE, 0 },
		{ NULL, 0, 8, 0, EC_ALLOCATOR_VSIZE, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_int_equal(ec_memtype_register(&rows[i]),
		    MEMTYPE_REGISTER_FAILED);
}

static void
counts_what_is_in_use(void **state)
{
	int type = ec_memtype_register(&any_def);
	struct ec_mem_type_usage usage;
	void *a, *b;

	(void)state;
	a = ec_malloc_size(type, 100);
	b = ec_malloc_size(type, 10);
	a = ec_realloc(type, a, 200);
	assert_int_equal(ec_memtype_get_stats(type, &usage), 1);
	assert_int_equal(usage.active, 2);
	assert_int_equal(usage.bytes, 210);
	ec_free(type, a);
	ec_free(type, b);
	ec_free(type, NULL);
	(void)ec_memtype_get_stats(type, &usage);
	assert_int_equal(usage.active, 0);
	assert_int_equal(usage.bytes, 0);
	assert_int_equal(usage.peak, 2);
}

static void
duplicates_bytes_with_a_nul_behind(void **state)
{
	char *copy = ec_mt_strndup(MEMTYPE_STRING, "a\0bc", 3);

	(void)state;
	assert_memory_equal(copy, "a\0b", 4);
	ec_free(MEMTYPE_STRING, copy);
	copy = ec_strdup("whole");
	assert_string_equal(copy, "whole");
	ec_free(MEMTYPE_MESSAGE_BODY, copy);
}

/* How a process that does this ends. */
static int
status_of(void (*misuse)(void))
{
	static const struct rlimit no_core = { 0, 0 };
	pid_t child = fork();
	int status;

	if (child == 0) {
		(void)setrlimit(RLIMIT_CORE, &no_core);
		(void)close(STDERR_FILENO);
		misuse();
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	return status;
}

static void
free_as_another(void)
{
	ec_free(MEMTYPE_SIEVE, ec_malloc_size(MEMTYPE_STRING, 10));
}

static void
allocate_any_as_fixed(void)
{
	(void)ec_malloc(MEMTYPE_STRING);
}

static void
allocate_fixed_as_any(void)
{
	(void)ec_malloc_size(ec_memtype_by_name("test:fixed"), 12);
}

static void
ends_the_process_when_types_are_mixed_up(void **state)
{
	(void)state;
	assert_true(WIFSIGNALED(status_of(free_as_another)));
	assert_true(WIFSIGNALED(status_of(allocate_any_as_fixed)));
	assert_true(WIFSIGNALED(status_of(allocate_fixed_as_any)));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(registers_types_by_name),
		cmocka_unit_test(refuses_definitions_that_contradict_themselves),
		cmocka_unit_test(counts_what_is_in_use),
		cmocka_unit_test(duplicates_bytes_with_a_nul_behind),
		cmocka_unit_test(ends_the_process_when_types_are_mixed_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
