/*
 * signing.h: what the sign() functions of scripts have in common: when they may
 * be called, and how their options are read.
 *
 * Modules may be loaded or not, so their functions are looked for when a script
 * calls.
 */
#ifndef SCRIPTLET_SIGNING_H
#define SCRIPTLET_SIGNING_H

#include "ec_message.h"
#include "scriptlet/bindings/scratch.h"
#include "validate_context.h"

#include <lua.h>

#include <stddef.h>

/* A function of a module that need not be there, or NULL.  Modules stay once
 * they are loaded, so what was found stays good. */
#define SIGNING_FIND_IF_THERE(function) \
	((__typeof__(&(function)))dlsym(RTLD_DEFAULT, #function))

/* The same; raises an error that names the module when it is not there. */
#define SIGNING_FIND(L, function, module) \
	((__typeof__(&(function)))signing_found((L), \
	    dlsym(RTLD_DEFAULT, #function), (module)))
void *signing_found(lua_State *L, void *function, const char *module);

enum signing_kind {
	SIGNING_TEXT, /* const char * */
	SIGNING_LIST, /* the same: "From:To", or { "From", "To" } */
	SIGNING_FLAG, /* int: 0, 1, or -1 for as configured */
	SIGNING_HOURS, /* int */
};

struct signing_option {
	const char *name; /* in scripts */
	enum signing_kind kind;
	size_t offset; /* within the arguments */
};

/* What one sign() takes. */
struct signing_call {
	const char *name; /* "msys.validate.dkim.sign" */
	const struct signing_option *options;
	size_t count;
};

/*
 * Read sign(msg, vctx [, options]) into args, which has its defaults.  Gives
 * the message; *vctx_r may be NULL.  Raises an error in a callout that is not
 * one of the last, and for options of a wrong type; those of an unknown name
 * are logged.  Texts are the stack's and live as long as the call.
 */
ec_message *signing_read(lua_State *L, const struct signing_call *call,
    validate_context **vctx_r, void *args);

/* Push a text of C's, "" for NULL, and free() it, even where Lua has no memory
 * for it.  Room for it is made before there is a text: scratch_buffer(). */
void signing_push_and_free(lua_State *L, struct buffer *room, char *text);

#endif
