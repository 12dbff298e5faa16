/*
 * fuzz.h: what fuzz targets have in common.
 */
#ifndef TESTS_FUZZ_FUZZ_H
#define TESTS_FUZZ_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

/* A target: takes any bytes, and returns 0. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What must be so whatever the bytes are. */
static inline void
must(bool holds)
{
	if (!holds)
		abort();
}

#endif
