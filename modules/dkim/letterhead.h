/*
 * letterhead.h: who says to have sent a message.
 *
 * The responsible domain is that of the first address in Sender, else of the
 * first in From; a Sender without a usable address counts as none.
 */
#ifndef DKIM_LETTERHEAD_H
#define DKIM_LETTERHEAD_H

#include "ec_message.h"
#include "misc/ec_string.h"
#include "seal.h"

struct letterhead {
	char domain[SEAL_DOMAIN_BYTES]; /* A-label, lower case; "": none */
	size_t from_count; /* From fields: one is right (RFC 5322 3.6) */
};

void letterhead_read(ec_message *msg, struct letterhead *head_r);

/* The responsible domain as the published functions give it: 1, or 0 when there
 * is none.  The first gives memory that free() takes, or NULL; the second
 * appends. */
int letterhead_domain(ec_message *msg, char **domain_r);
int letterhead_domain_string(ec_message *msg, string *domain);

#endif
