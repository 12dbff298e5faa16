/*
 * edits.h: what modules changed, as the fewest steps that turn the message that
 * came into the one there is now.
 *
 * Steps are meant to be taken in the order given.  Fields are first changed and
 * deleted, from the bottom of the header to its top, so that a step never moves
 * the fields that later steps speak of; then inserted, from the top to the
 * bottom.  That is how a milter's client takes them.  A message that nobody
 * edited has none, and neither has one where everything was undone.
 */
#ifndef MESSAGE_EDITS_H
#define MESSAGE_EDITS_H

#include "base/span.h"
#include "ec_message.h"

enum edit_type {
	EDIT_FIELD_CHANGE, /* the nth field of that name gets a value */
	EDIT_FIELD_DELETE, /* the nth field of that name */
	EDIT_FIELD_INSERT, /* so that `index` fields stand above it */
	EDIT_BODY, /* the body is another: ec_message_body_next() */
	EDIT_SENDER, /* address, "" for the null sender */
	EDIT_RCPT_DELETE, /* address */
	EDIT_RCPT_ADD, /* address */
};

struct edit {
	enum edit_type type;
	size_t nth; /* CHANGE, DELETE: from 1, counted when the step is taken */
	size_t index; /* INSERT: from 0 */
	struct span name; /* of the field */
	struct span value; /* all that follows the colon, inner CRLFs kept */
	const char *address;
};

struct edits {
	const struct edit *steps;
	size_t count;
};

/* Everything lives in the message, until its next change.  Lines without a
 * colon are no fields, and cannot be edited. */
struct edits message_edits(ec_message *msg);

const char *edit_type_name(enum edit_type type); /* for logs and tests */

#endif
