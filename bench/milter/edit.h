/*
 * edit.h: what a filter asked for at the end of a message, as it came.
 */
#ifndef BENCH_MILTER_EDIT_H
#define BENCH_MILTER_EDIT_H

#include "base/buffer.h"

enum edit_kind {
	EDIT_ADD, /* a field at the end of the header */
	EDIT_INSERT, /* a field with `index` fields above it */
	EDIT_CHANGE, /* the index-th field of that name; without a value it
	    goes */
	EDIT_BODY, /* a piece of the new body, in value */
	EDIT_FROM, /* name: the address; value: ESMTP arguments */
	EDIT_RCPT_ADD, /* likewise */
	EDIT_RCPT_DELETE, /* name: the address */
	EDIT_QUARANTINE, /* value: the reason */
};
#define EDIT_KINDS (EDIT_QUARANTINE + 1)

struct edit {
	enum edit_kind kind;
	uint32_t index;
	struct span name, value; /* views of the list's bytes */
};

/* More is a filter gone wild. */
#define EDIT_LIST_MAX 10000

struct edit_list { /* { 0 } is an empty list */
	struct edit *items;
	size_t n, room;
	struct span *packets; /* what the items' spans point into: heap */
	size_t n_packets;
};

/* Does a reply of that octet ask for an edit? */
bool edit_is_reply(char reply);

/* Read the reply's data and append it.  Returns 0; or -1 when the data are
 * malformed, the list is full, or memory ran out. */
int edit_list_add(struct edit_list *list, char reply, struct span data);

void edit_list_clear(struct edit_list *list);
void edit_list_deinit(struct edit_list *list);

/* "add", "insert", "change", "body", "from", "add-rcpt", "delete-rcpt",
 * "quarantine". */
const char *edit_kind_name(enum edit_kind kind);

#endif
