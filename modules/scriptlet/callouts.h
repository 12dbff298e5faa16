/*
 * callouts.h: functions of scripts as providers of hooks.
 */
#ifndef SCRIPTLET_CALLOUTS_H
#define SCRIPTLET_CALLOUTS_H

#include "scriptlet/rows.h"
#include "scriptlet/state.h"

/* Provide for the hooks for which some script of this state has a callout. */
void callouts_register(struct scriptlet *scriptlet, struct state *state);

/* A hook was called: closure is the stanza's infrastructure.  Gives the result
 * of its modules together. */
int callouts_run(void *closure, enum callout callout,
    const struct callout_args *args);

#endif
