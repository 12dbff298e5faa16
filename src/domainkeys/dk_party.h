/*
 * dk_party.h: whom a message is from, as DomainKeys sees it: Sender before From
 * (RFC 4870 section 3.3, d=).
 */
#ifndef DOMAINKEYS_DK_PARTY_H
#define DOMAINKEYS_DK_PARTY_H

#include "message/header.h"
#include "seal.h"

/* Find it; *field_r is the field that has the address, or NULL when nobody is
 * found.  Text lives in the header's arena.  Returns 0, or -1 without memory. */
int dk_party_find(const struct header *header, struct seal_dk_party *party_r,
    struct header_field **field_r);

#endif
