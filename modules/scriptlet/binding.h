/*
 * binding.h: functions that scripts may call, each with the words that describe
 * it.
 *
 * A row both gives the function to scripts and is its entry in the reference
 * (docs/lua.md is written from the rows), so neither can be without the
 * other.
 */
#ifndef SCRIPTLET_BINDING_H
#define SCRIPTLET_BINDING_H

#include "shared_module.h"

#include <lauxlib.h>
#include <lua.h>

#include <stdbool.h>
#include <stddef.h>

struct binding {
	const char *name; /* "match" */
	lua_CFunction function; /* NULL: described here, made elsewhere */
	const char *usage; /* "match(text, pattern [, options])" */
	const char *returns; /* "the captures, or nil"; "" for nothing */
	const char *text; /* one or more sentences, Markdown */
	bool addition; /* not in the published surface */
};

/* What require() gives: a table of functions. */
struct binding_library {
	const char *name; /* "msys.pcre", which is also where it is found
			     without require() */
	const char *text;
	const struct binding *rows;
	size_t count;
	/* Put more into the table on top of the stack, constants say; or
	 * NULL. */
	void (*more)(lua_State *L);
};

/* The methods and members of one kind of object. */
struct binding_class {
	const char *name; /* "ec_message": name of its metatable */
	const char *text;
	const struct binding *rows;
	size_t count;
	/* __index for what is no method, __newindex; or NULL */
	lua_CFunction get_member, set_member;
	const struct binding *members; /* for the reference */
	size_t member_count;
	lua_CFunction to_text; /* __tostring, or NULL */
	lua_CFunction collect; /* __gc, or NULL */
};

/* Every library and class there is, ending with NULL: bindings.c. */
extern const struct binding_library *const binding_libraries[];
extern const struct binding_class *const binding_classes[];

/* Into a fresh state: all of them. */
void bindings_open(lua_State *L);

/* The reference, as Markdown, to standard output; 0 or -1.  For programs, which
 * find it by name. */
EC_MODULE_EXPORT int bindings_document(void);

#endif
