/*
 * domain.h: domain names as mail compares them and DNS is asked for them.
 *
 * Mail may write a name with U-labels ("bücher.example", RFC 8616); DNS and
 * every comparison want A-labels ("xn--bcher-kva.example", RFC 5890) in lower
 * case and without the final dot.  All names inside libseal have that form.
 */
#ifndef MESSAGE_DOMAIN_H
#define MESSAGE_DOMAIN_H

#include "base/arena.h"

#define DOMAIN_MAX_OCTETS 253 /* RFC 1035 section 2.3.4, as text */
#define DOMAIN_MAX_LABEL 63

/* The A-label form of a name with U-labels, A-labels or both, in the arena.
 * One final dot is dropped; labels with an underscore are names too.
 * Returns 0; 1 when it is no domain name (empty, an empty or over-long label,
 * an ASCII character other than letter, digit, '-', '_', bad UTF-8, or what
 * IDNA refuses); -1 without memory. */
int domain_to_ascii(struct span domain, struct arena *arena,
    struct span *ascii_r);

/* Whether sub is parent or below it; both as domain_to_ascii() gives them.
 * Nothing is within an empty name. */
bool domain_is_within(struct span sub, struct span parent);

#endif
