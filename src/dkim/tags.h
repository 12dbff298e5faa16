/*
 * tags.h: tag lists, the syntax of DKIM-Signature fields and of key records
 * (RFC 6376 section 3.2, with erratum 5070: an empty value is legal).
 *
 * Nothing is copied: names and values are spans of the input, and live as long.
 */
#ifndef DKIM_TAGS_H
#define DKIM_TAGS_H

#include "base/span.h"
#include "seal.h"

struct tag {
	struct span name; /* as written: tag names are case-sensitive */
	struct span value; /* trimmed at both ends, inner folding kept */
	struct span raw; /* all from behind "=" up to the ";" or the end */
};

struct tag_cursor { /* at <= end, always */
	const unsigned char *at, *end;
};

struct tag_cursor tag_first(struct span list);

/* Step to the next tag.  Returns 1 with *tag_r filled, 0 at the end of the
 * list, -1 on bad syntax, leaving cursor->at on the offending byte. */
int tag_next(struct tag_cursor *cursor, struct tag *tag_r);

struct tag_list {
	struct tag tags[SEAL_MAX_TAGS];
	size_t n;
	struct span at_fault; /* after a failure: the tag or text at fault */
};

/* Read a whole list; at least one tag is needed.  Returns SEAL_WHY_OK,
 * SEAL_WHY_TAG_SYNTAX, SEAL_WHY_TAG_TWICE or SEAL_WHY_TOO_MANY_TAGS.  After a
 * failure the tags before the fault are there. */
enum seal_reason tag_list_parse(struct tag_list *list, struct span text);

/* The tag of that name, or NULL. */
const struct tag *tag_list_find(const struct tag_list *list,
    const char *name);

/* A value that is a list with colons: cut off the next item, trimmed.
 * Returns false when there is none left; *rest begins as the value. */
bool tag_next_item(struct span *rest, struct span *item_r);

/* Whether such a value holds the item, compared byte by byte. */
bool tag_value_lists(struct span value, struct span item);

/* A value of 1 to max_digits digits, as a number that stops at UINT64_MAX. */
bool tag_value_number(struct span value, size_t max_digits, uint64_t *number_r);

#endif
