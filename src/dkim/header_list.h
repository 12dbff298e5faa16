/*
 * header_list.h: which header fields to sign.
 *
 * The text is names separated by colons, each with a suffix or none:
 *	Name	the next instance from the bottom, or its absence
 *	Name?	the next instance, if there is one
 *	Name*	all instances left, and that there are no more
 *	Name+	all instances left
 * Entries are worked from left to right, and an instance taken by one is not
 * there for the next.  To sign an absence is to put the name into h= once more
 * than the field occurs, so that adding one breaks the signature (RFC 6376
 * section 8.15).
 */
#ifndef DKIM_HEADER_LIST_H
#define DKIM_HEADER_LIST_H

#include "message/header.h"
#include "seal.h"

struct header_list_entry {
	struct span name;
	bool all; /* * and + */
	bool assert_absence; /* no suffix, and * */
};

struct header_list {
	struct header_list_entry *entries;
	size_t n;
};

/* One name of the resulting h=. */
struct header_choice {
	struct span name; /* as the list spells it */
	struct header_field *field; /* NULL: signed as absent */
};

struct header_choices {
	struct header_choice *choices;
	size_t n;
};

/* Parse into the arena, which keeps a copy of the text.  Returns 0;
 * SEAL_E_OPTION with *why_r for an empty or bad name, From missing, or more
 * names than SEAL_MAX_SIGNED_NAMES; SEAL_E_NOMEM. */
int header_list_parse(struct span text, struct arena *arena,
    struct header_list *list_r, const char **why_r);

/* Choose from a message's header, into the header's arena.  Returns 0,
 * SEAL_E_LIMIT when there would be more than SEAL_MAX_SIGNED_NAMES, or
 * SEAL_E_NOMEM. */
int header_list_choose(const struct header_list *list, struct header *header,
    struct header_choices *choices_r);

#endif
