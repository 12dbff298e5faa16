/*
 * manual.c: as installed, wherever that is, or wherever man(1) finds it.
 */
#include "cli/console/manual.h"

#include <stdio.h>
#include <sysexits.h>
#include <unistd.h>

int
console_manual_show(void)
{
	if (access(MAILSEAL_MANUAL, R_OK) == 0) {
		(void)execlp("man", "man", MAILSEAL_MANUAL, (char *)NULL);
		(void)execlp("mandoc", "mandoc", "-a", MAILSEAL_MANUAL,
		    (char *)NULL);
	} else {
		(void)execlp("man", "man", "1", "ec_console", (char *)NULL);
	}
	(void)fprintf(stderr, "ec_console: there is no man(1); the manual page "
	    "is %s\n", MAILSEAL_MANUAL);
	return EX_UNAVAILABLE;
}
