/*
 * field.h: a header field of a message as the bytes on the wire.
 */
#ifndef DKIM_FIELD_H
#define DKIM_FIELD_H

#include "ec_message.h"
#include "seal.h"

#include <stdbool.h>

struct field {
	struct span whole; /* without the final CRLF */
	struct span name; /* empty: a line without a colon */
	struct span value; /* all behind the colon */
};

/* The field at index, from 0 at the top; false when there is none. */
bool field_at(ec_message *msg, int index, struct field *field_r);

/* Whether it has that name; case does not matter. */
bool field_is(const struct field *field, const char *name);

#endif
