/*
 * field.h: one header field as the lines of rfc2822_parser.h, and back.
 */
#ifndef MESSAGE_FIELD_H
#define MESSAGE_FIELD_H

#include "base/span.h"
#include "rfc2822_parser.h"

/* Cut raw (without final CRLF) into field, which is zeroed.  Texts point into
 * raw.  more() gives zeroed memory for the lines after the first. */
void field_parse(rfc2822_field *field, struct span raw,
    rfc2822_field_body *(*more)(void *arg), void *arg);

/* Would field_write() give these bytes? */
bool field_is(const rfc2822_field *field, struct span raw);

/* How many octets field_write() writes: name to value, no final CRLF. */
size_t field_length(const rfc2822_field *field);
void field_write(const rfc2822_field *field, unsigned char *out);

/* The name, and what follows the colon in the bytes of a whole field.  A line
 * that is no field has an empty name, and is all value. */
struct span field_name(const rfc2822_field *field);
struct span field_value_of(struct span raw);

#endif
