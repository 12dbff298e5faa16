/*
 * version_test.c: the library that runs says which it is, and it is the one
 * that the header describes.
 */
#include "fixture.h"

#include <stdio.h>

static void
is_the_version_of_the_header(void **state)
{
	char want[32];

	(void)state;
	(void)snprintf(want, sizeof(want), "%d.%d.", SEAL_VERSION_MAJOR,
	    SEAL_VERSION_MINOR);
	assert_memory_equal(seal_version(), want, strlen(want));
	assert_true(strlen(seal_version()) > strlen(want));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(is_the_version_of_the_header),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
