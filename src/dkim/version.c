/*
 * version.c: which libseal runs.
 */
#include "seal.h"

const char *
seal_version(void)
{
	return MAILSEAL_VERSION;
}
