/*
 * scripts.h: states with scripts in them.
 */
#ifndef SCRIPTLET_SCRIPTS_H
#define SCRIPTLET_SCRIPTS_H

#include "scriptlet/binding.h"
#include "scriptlet/state.h"

/* msys.registerModule */
extern const struct binding_library library_modules;

/* A state in which all scripts were run and their `init` called; NULL with
 * words in why, a line for each script that failed. */
struct state *scripts_load(struct scriptlet *scriptlet, string *why);
/* Call `deinit`: the state is about to be freed. */
void scripts_deinit(struct state *state);

/* Append a line for each module and its callouts. */
void scripts_list(struct state *state, string *out);

#endif
