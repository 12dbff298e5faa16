/*
 * algorithm.h: what a= and c= name (RFC 6376 sections 3.3 and 3.5, RFC 8463
 * section 3), as one table.
 */
#ifndef DKIM_ALGORITHM_H
#define DKIM_ALGORITHM_H

#include "base/digest.h"
#include "seal.h"

struct algorithm {
	enum seal_algorithm algorithm;
	struct span name; /* as in a= */
	struct span key_type; /* as in k= of a key record */
	struct span hash_name; /* as in h= of a key record */
	enum digest_type digest;
};

/* The row of an algorithm; not for SEAL_ALGORITHM_NONE. */
const struct algorithm *algorithm_of(enum seal_algorithm algorithm);

#endif
