/*
 * running.h: what a script runs for at the moment, and the objects it is
 * handed.
 *
 * Functions that take a message or a context may be called without: then those
 * of the running callout are meant ("bag" in Momentum's documentation).
 *
 * Handles: a script may keep an object longer than the object lives.  A handle
 * knows; using it then is an error in the script, never a crash.
 */
#ifndef SCRIPTLET_RUNNING_H
#define SCRIPTLET_RUNNING_H

#include "ec_message.h"
#include "message.h"
#include "module.h"
#include "validate_context.h"

#include <lua.h>

struct running { /* members may be NULL, and change with every callout */
	const char *callout; /* "validate_data_spool"; "init"; NULL: loading */
	const char *module; /* as registered with msys.registerModule */
	generic_module_infrastructure *self; /* the scriptlet instance */
	ec_message *msg;
	validate_context *vctx;
	accept_construct *ac;
	string *response; /* of a console command: print goes there */
};

/* Of this state; never NULL. */
struct running *running_of(lua_State *L);

/* The object at an argument: a handle of that kind; or, when the argument is
 * nil or absent, that of the running callout.  Raises an error that names the
 * argument when there is neither, or the handle's object is gone. */
ec_message *running_message(lua_State *L, int arg);
validate_context *running_context(lua_State *L, int arg);
accept_construct *running_accept(lua_State *L, int arg);

/* Push a handle; nil for NULL.  A message's handle holds a reference if the
 * message can be held, else it ends with the message. */
void running_push_message(lua_State *L, ec_message *msg);
void running_push_context(lua_State *L, validate_context *vctx);
void running_push_accept(lua_State *L, accept_construct *ac);
/* An ec_string with a copy of a text: the str arguments of callouts. */
void running_push_text(lua_State *L, const char *text, size_t n);

/* __gc of messages: bindings_open gives it to their class unless that has a
 * function of its own, which then calls it. */
int running_collect(lua_State *L);

/* A call that waits (DNS, a database) takes time of the message, not of the
 * script's budget. */
void running_wait_begins(lua_State *L);
void running_wait_ends(lua_State *L);

/* A function in C that works long on what a script gave it takes steps from the
 * budget, about one for what an instruction of Lua does.  Raises an error when
 * the budget is used up, so own nothing at that moment. */
void running_charge(lua_State *L, size_t steps);

#endif
