/*
 * header.h: reading and writing header fields for scripts.
 *
 * Values that scripts read are unfolded, without white space at their ends, and
 * with encoded words made UTF-8.  What they write cannot end its field or begin
 * another one: such a value is an error, as is a name that is none.
 */
#ifndef SCRIPTLET_HEADER_H
#define SCRIPTLET_HEADER_H

#include "base/buffer.h"
#include "ec_message.h"

#include <lua.h>

/* Where fields are: in a message, or in a text of fields, each ending in
 * CRLF. */
struct header_source {
	ec_message *msg; /* or NULL */
	struct span text; /* must not move meanwhile */
};

/* Push a table of the values of all fields with the name at `arg`. */
int header_push_values(lua_State *L, const struct header_source *source,
    int arg);

/* Push a table of addresses in all fields with the name at `arg`; the
 * component is at the argument behind it. */
int header_push_addresses(lua_State *L, const struct header_source *source,
    int arg);

/*
 * Change a message: name, value and mode are at `arg` and behind it.  The value
 * is a text or a table of texts; "" with mode replace deletes.  Pushes whether
 * anything changed.
 */
int header_change(lua_State *L, ec_message *msg, int arg);

/* The same in a text: pushes what it is afterwards. */
int header_change_text(lua_State *L, struct span text, int arg);

/* Set one field of a message, or take all of that name away with NULL; raises
 * an error for values as above.  Not folded or encoded. */
void header_set(lua_State *L, ec_message *msg, const char *name,
    const char *value);

/* The whole header as text. */
void header_text(ec_message *msg, struct buffer *out);

/* Replace the header by the fields of a text, whose lines end in CRLF; lines
 * that are none are left out. */
void header_replace(ec_message *msg, struct span text);

#endif
