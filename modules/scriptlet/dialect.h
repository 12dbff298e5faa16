/*
 * dialect.h: scripts in the Lua of Momentum, as scripts for Lua 5.4.
 *
 *	!=  !x  a ^^ b  a \ b		~=  not x  a ~ b  a // b
 *	0644 (octal)			0x1a4
 *	"\@" (an escape that is none)	"@"
 *	goto (as a name)		goto_
 *
 * Comments, long strings and everything else stay as they are, and so do line
 * numbers.  Lua 5.4 goes through unchanged but for the octal numbers.
 */
#ifndef SCRIPTLET_DIALECT_H
#define SCRIPTLET_DIALECT_H

#include <stddef.h>

/* Write the translation, which has no NUL at its end; returns its length.  With
 * out NULL nothing is written: ask for the length first. */
size_t dialect_translate(const char *text, size_t n, char *out);

#endif
