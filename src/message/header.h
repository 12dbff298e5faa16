/*
 * header.h: the header fields of one message, as they came.
 *
 * Fields are kept in message order and found by name from the bottom up, as
 * signing wants it (RFC 6376 section 5.4.2).  A line that is no field (no
 * colon) is kept too, with an empty name, so that it can be counted but never
 * be signed.  Everything lives in the arena given at init.
 */
#ifndef MESSAGE_HEADER_H
#define MESSAGE_HEADER_H

#include "base/arena.h"

#define HEADER_BUCKETS 64

struct header_field {
	struct span raw; /* name to value, inner CRLFs kept, no final one */
	struct span name; /* without white space before the colon; may be empty */
	struct span value; /* all after the colon */
	struct span relaxed; /* canonical form with CRLF, or empty: not made yet */
	uint32_t hash; /* of the lower-case name */
	uint32_t above; /* 1 + index of the next field of this bucket, or 0 */
	uint32_t taken_by; /* the selection that consumed it last */
	uint32_t index; /* from 0 at the top */
};

struct header {
	struct arena *arena;
	struct header_field *fields;
	uint32_t n, room;
	uint32_t selection; /* the latest number given out */
	size_t octets; /* of all fields, CRLFs included */
	size_t max_octets;
	bool over; /* a limit was passed and fields were dropped */
	uint32_t buckets[HEADER_BUCKETS]; /* 1 + index of the lowest, or 0 */
};

/* Fields in all may take max_octets and SEAL_MAX_HEADER_FIELDS. */
void header_init(struct header *header, struct arena *arena, size_t max_octets);

/* Add a copy below the others.  Past a limit nothing is added and
 * header->over is set.  Returns 0, or -1 without memory. */
int header_add(struct header *header, struct span raw);

/* The lowest field of that name (any case), and the next one above.  NULL
 * when there is none. */
struct header_field *header_last(const struct header *header, struct span name);
struct header_field *header_above(const struct header *header,
    const struct header_field *field);

size_t header_count(const struct header *header, struct span name);

/* Begin a selection: no field is taken. */
uint32_t header_select(struct header *header);

/* Take the lowest field of that name that this selection has not taken yet,
 * or NULL. */
struct header_field *header_take(struct header *header, uint32_t selection,
    struct span name);

/* Whether it may name a field in a list of names with colons between, h= of a
 * signature: for our own, printable ASCII (RFC 5322 section 3.6.8) without the
 * ";" that ends a tag; in those of others UTF-8, too, to be lenient where it
 * does no harm. */
bool header_name_is_good(struct span name);
bool header_name_is_bearable(struct span name);

#endif
