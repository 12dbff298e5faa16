/*
 * alignment.h: whether a signing domain speaks for the From domain (RFC 7489
 * sections 3.1.1 and 3.2).
 */
#ifndef MESSAGE_ALIGNMENT_H
#define MESSAGE_ALIGNMENT_H

#include "base/span.h"
#include "seal.h"

/* Compare two names in the form of domain_to_ascii().  Strict: the same name.
 * Relaxed: the same organizational domain, which is one label below the
 * public suffix.  A public suffix has none and aligns with itself alone.
 * Unaligned when either is empty.  Any thread. */
enum seal_alignment alignment_of(struct span domain, struct span from_domain);

#endif
