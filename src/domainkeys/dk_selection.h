/*
 * dk_selection.h: which header fields a signature covers, in which order.
 *
 * Verifying (RFC 4870 section 3.3, h=): only fields below the signature count.
 * Without h= they all do, as they stand.  With it, a name brings all fields of
 * that name, from the top down; a name that comes n times brings the lowest
 * n - 1 one by one, and all that are left where it comes first.
 *
 * Signing: fields of one name stand together, and h= has the name as often as
 * there are such fields, which every reading of the above takes alike.
 */
#ifndef DOMAINKEYS_DK_SELECTION_H
#define DOMAINKEYS_DK_SELECTION_H

#include "message/header.h"
#include "seal.h"

struct dk_selection {
	struct header_field **fields; /* in the header's arena */
	size_t n;
};

/* All fields from an index on. */
int dk_selection_all(struct header *header, size_t first,
    struct dk_selection *selection_r);

/* Those that h= names, from an index on.  The names are at most
 * SEAL_MAX_SIGNED_NAMES. */
int dk_selection_listed(struct header *header, size_t first, struct span names,
    struct dk_selection *selection_r);

/* Those to sign: of the given names, or, without any, all that are suitable;
 * and the sender's field in any case.  SEAL_E_LIMIT when h= would be longer
 * than SEAL_MAX_SIGNED_NAMES. */
int dk_selection_to_sign(struct header *header, struct span names,
    struct header_field *sender, struct dk_selection *selection_r);

/* All return 0 or SEAL_E_NOMEM. */

bool dk_selection_holds(const struct dk_selection *selection,
    const struct header_field *field);

#endif
