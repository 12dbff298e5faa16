/*
 * checking.h: verify messages with DKIM, for the modules that do.
 *
 * Nothing in a checking changes after it was set up but its pool and the
 * resolver's cache, so any thread may use it.
 */
#ifndef VERIFYING_CHECKING_H
#define VERIFYING_CHECKING_H

#include "dkim/pool.h"
#include "ec_message.h"
#include "keys/resolver.h"
#include "seal.h"

struct checking {
	struct resolver *resolver; /* resolvers.h; given back at the end */
	struct seal_verify_options options; /* but now */
	struct pool verifiers; /* struct seal_verifier */
};

/* Empty is fine. */
void checking_deinit(struct checking *checking);

/* A verifier ready for a message, or NULL without memory. */
struct seal_verifier *checking_borrow(struct checking *checking);
void checking_give_back(struct checking *checking,
    struct seal_verifier *verifier);

/* Verify, in two steps: the look-ups run while the body is hashed, and the
 * second step waits for them, and does without the message.  Return 0 or an enum
 * seal_error or resolver_error; *lookup is to be freed in any case. */
int checking_begin(struct checking *checking, struct seal_verifier *verifier,
    ec_message *msg, struct resolver_lookup **lookup);
int checking_end(struct seal_verifier *verifier,
    struct resolver_lookup *lookup);

/* A text of a signature as a string for people, to be freed by memory_free():
 * with control characters, and octets that are no UTF-8, as '?'.  NULL for an
 * empty one. */
char *checking_text(struct span text);

#endif
