/*
 * no_libopendkim.c: stands in for by_libopendkim.c where libopendkim was not
 * found at build time; its rows are left out.
 */
#include "contestant.h"
#include "fatal.h"

bool
libopendkim_can(enum algorithm algorithm)
{
	(void)algorithm;
	return false;
}

struct contestant
by_libopendkim(const struct job *job)
{
	(void)job;
	fatal("libopendkim was not there when this was built");
}
