/*
 * edit.h: the text of a configuration file, changed in one place and otherwise
 * left as it is: comments, blanks, order, line ends.
 *
 * An edit is a range of octets and what stands there instead; those of one file
 * do not overlap, and are applied together.  Places are those of the load that
 * read this very text.
 */
#ifndef HOST_EDIT_H
#define HOST_EDIT_H

#include "base/buffer.h"
#include "host/config/place.h"
#include "host/config/written.h"

#include <stddef.h>

struct edit {
	size_t start, end;
	struct buffer text;
};

/* The value of the option at a place becomes another one.  Of lists, elements
 * that stay are not touched. */
struct edit edit_value(struct span file, struct config_place place,
    const struct written *old, const struct written *value);

/* What stands at a place goes, and its lines with it when they are empty then. */
struct edit edit_remove(struct span file, struct config_place place);

/* Lines are added at the end of the stanza at a place ... */
struct edit edit_into(struct span file, struct config_place place,
    struct span lines);
/* ... or behind what stands there ... */
struct edit edit_behind(struct span file, struct config_place place,
    struct span lines);
/* ... or at the end of the file. */
struct edit edit_append(struct span file, struct span lines);

/* The file with the edits, which are sorted for it.  Appends to out. */
void edit_apply(struct span file, struct edit *edits, size_t n,
    struct buffer *out);

void edit_deinit(struct edit *edit);

#endif
