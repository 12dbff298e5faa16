/*
 * script.h: a script, run by a message in this process.
 */
#ifndef TESTS_SCRIPTLET_SCRIPT_H
#define TESTS_SCRIPTLET_SCRIPT_H

#include "../scene.h"

/* What the statements print when they run in validate_data_spool, where msg,
 * ac, vctx and self are at hand: lines with "\n" between them.  An error is a
 * line that begins with "error: ".  Freed by free(). */
char *script_prints(const char *statements);
/* With more in the stanza: "script_time = 100". */
char *script_prints_with(const char *statements, const char *options);

struct script_case {
	const char *name, *statements, *wanted;
};
/* Run them all, and fail with the names of those that print something else.  A
 * wanted text that begins with "~" is one that must occur. */
void script_check(const struct script_case *cases, size_t count);
#define SCRIPT_CHECK(cases) \
	script_check(cases, sizeof(cases) / sizeof((cases)[0]))

/* The configuration for the script NAME.lua in the scene's folder. */
#define SCRIPT_STANZA(name, options)                                    \
	"hostname = \"mx.example.net\" script_path = ( \"~\" ) "        \
	"alerting { } scriptlet \"scriptlet\" { " options               \
	" script \"" name "\" { source = \"" name "\" } } "

/* The lines of a log that scripts printed, without what stands before. */
char *script_said(const char *log);

#endif
