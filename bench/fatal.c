/*
 * fatal.c: ending the program with a line on standard error.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>

#include "fatal.h"

void
fatal(const char *format, ...)
{
	va_list args;

	fprintf(stderr, "%s: ", program_invocation_short_name);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	exit(EX_SOFTWARE);
}

void *
fatal_calloc(size_t count, size_t size)
{
	void *p = calloc(count, size);

	if (p == NULL)
		fatal("out of memory");
	return p;
}
