/*
 * scarcity.c: stand before malloc() and calloc().
 */
#include "scarcity.h"

#include "fixture.h"

#define MOST 1000 /* allocations that any work needs */

void *__real_malloc(size_t n);
void *__real_calloc(size_t count, size_t size);
void *__wrap_malloc(size_t n);
void *__wrap_calloc(size_t count, size_t size);

static size_t left = SIZE_MAX; /* allocations that succeed */

static bool
fails(void)
{
	if (left == SIZE_MAX)
		return false;
	if (left == 0)
		return true;
	left--;
	return false;
}

void *
__wrap_malloc(size_t n)
{
	return fails() ? NULL : __real_malloc(n);
}

void *
__wrap_calloc(size_t count, size_t size)
{
	return fails() ? NULL : __real_calloc(count, size);
}

void
scarcity_repeat(const char *name, int (*work)(void))
{
	int ret = SEAL_E_NOMEM;

	for (size_t n = 0; ret != 0; n++) {
		left = n;
		ret = work();
		left = SIZE_MAX;
		if (ret != 0 && ret != SEAL_E_NOMEM && ret != SEAL_E_CRYPTO)
			fail_msg("%s, %zu allocations: %s", name, n,
			    seal_error_word(ret));
		assert_true(n < MOST);
	}
}
