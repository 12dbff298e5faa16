/*
 * address.h: the address in a From or Sender field (RFC 5322 section 3.4 and
 * the obsolete forms of 4.4; groups in From by RFC 6854; UTF-8 by RFC 6532).
 *
 * A From that two readers may read differently is how a forgery borrows
 * somebody's name, so this is the only parser of addresses, and it does not
 * repair: text that is not an address list as a whole holds no usable address.
 * Beyond the grammar it takes what mail is full of and nobody reads in two
 * ways: dots in display names, dots anywhere in a local part, raw 8-bit bytes,
 * and an address as the display name of an address in the same domain.
 */
#ifndef MESSAGE_ADDRESS_H
#define MESSAGE_ADDRESS_H

#include "base/arena.h"

/* The domain of the first mailbox in a field's value, folded as on the wire,
 * in the form of domain_to_ascii().  *count_r is how many mailboxes were read.
 * Returns 0; 1 when there is no usable address: none at all, a domain that is
 * none or a literal, a NUL, or anything that is no address list (then *count_r
 * stops where reading did); -1 without memory. */
int address_domain(struct span value, struct arena *arena,
    struct span *domain_r, size_t *count_r);

/* The same with the local part, in the arena: comments and folding are out,
 * quotes and escapes still in, so that local, "@" and domain together are an
 * address again. */
int address_first(struct span value, struct arena *arena,
    struct span *local_r, struct span *domain_r, size_t *count_r);

#endif
