/*
 * parts.h: the parts of a message as objects of scripts, in a tree.
 *
 * A part is an object with a table of its own that scripts cannot get at; all
 * memory is the interpreter's.  The top part of a message speaks for its header
 * and writes the whole body anew after every change below it.
 *
 * An index is that of a part on the stack.
 */
#ifndef SCRIPTLET_PARTS_H
#define SCRIPTLET_PARTS_H

#include "base/buffer.h"
#include "ec_message.h"

#include <lua.h>

#include <stdbool.h>

#define PARTS_DEPTH 64 /* of parts in parts that a script puts together */
#define PARTS_STEP_BYTES 16 /* bytes that cost as much as an instruction */

struct parts_object {
	bool writable;
	bool top; /* of a message: its header is there, not here */
};

/* What is in the table of a part. */
enum parts_key {
	PARTS_HEADER = 1, /* fields, each with its CRLF; not of the top */
	PARTS_BODY, /* not of a container that holds parts */
	PARTS_CHILDREN, /* of a container: an array */
	PARTS_PARENT,
	PARTS_INDEX, /* in the parent's array */
	PARTS_BOUNDARY, /* of a container, and what stands around its parts: */
	PARTS_PREAMBLE,
	PARTS_EPILOGUE,
	PARTS_MESSAGE, /* of the top: handle; false: that of the callout */
	PARTS_STAMP, /* of the top: the body as this tree knows it */
};

/* Raises an error when it is no part. */
struct parts_object *parts_check(lua_State *L, int index);

/* Push what the table has, and give its type; set it to what is on top, which
 * is popped. */
int parts_get(lua_State *L, int index, int key);
void parts_set(lua_State *L, int index, int key);
bool parts_has(lua_State *L, int index, int key);

/* A text of the table, which holds on to it; "" when there is none. */
struct span parts_text(lua_State *L, int index, int key);
void parts_set_text(lua_State *L, int index, int key, struct span text);
lua_Integer parts_number(lua_State *L, int index, int key);

/* Push a part with an empty table. */
void parts_push_new(lua_State *L, bool writable, bool top);

/* Push the top part of the message at `arg` (nil: that of the callout), with
 * all parts below it. */
void parts_push(lua_State *L, int arg, bool writable);

/* The message of a top part; raises an error when it is gone. */
ec_message *parts_message(lua_State *L, int index);

/* Push the top of the tree that the part is in. */
void parts_push_root(lua_State *L, int index);

/* Push its first child, the next one of its parent's, or the part that comes
 * behind it in a walk over its tree, parents before children; or nil. */
void parts_push_first(lua_State *L, int index);
void parts_push_sibling(lua_State *L, int index);
void parts_push_next(lua_State *L, int index);

/* Append its body, with all parts in it; depth is 0. */
void parts_render_body(lua_State *L, int index, struct buffer *out,
    unsigned depth);

/* May this part be changed?  Raises an error when not. */
void parts_check_writable(lua_State *L, int index);

/* Write the tree that the part is in into its message. */
void parts_write(lua_State *L, int index);

#endif
