/*
 * call.h: one function of a script, called for a callout.
 */
#ifndef SCRIPTLET_CALL_H
#define SCRIPTLET_CALL_H

#include "scriptlet/rows.h"
#include "scriptlet/state.h"

#include <stdbool.h>

struct call {
	const struct row *row;
	const struct callout_args *args;
	int function, self; /* references */
	/* out */
	bool silent; /* nothing was returned */
	bool is_true; /* true was */
	int result;
};

/* LUA_OK, or another status with words on top of the stack. */
int call_try(struct state *state, struct call *call);

/* The same, with errors in the log; false for one. */
bool call_function(struct state *state, const struct script_module *module,
    struct call *call);

/* Log what is on top of the stack as the error of a callout, and pop it. */
void call_complain(struct state *state, const char *callout);

/* To a program that looks on: see scriptlet_watch.h, with its kinds. */
bool call_tell(const struct state *state, int kind, const char *text);

/* The log's lines are lines: "a\n\tb" becomes "a | b". */
void call_join_lines(const char *text, char *out, size_t size);

#endif
