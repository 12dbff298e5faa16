/*
 * body_hashes.h: the body hashes that the signatures of one message need, in
 * one pass over the body.
 *
 * Each canonical form is made once, and each distinct (form, hash, length) is
 * hashed once, however many signatures ask for it.
 */
#ifndef DKIM_BODY_HASHES_H
#define DKIM_BODY_HASHES_H

#include "base/digest.h"
#include "message/canon_body.h"
#include "seal.h"

#define BODY_HASHES_MOST (SEAL_MAX_SIGNATURES + SEAL_MAX_PROFILES)
#define BODY_NO_LIMIT UINT64_MAX

struct body_hash {
	enum digest_type type;
	uint64_t limit; /* l=, or BODY_NO_LIMIT */
	uint64_t hashed; /* octets so far */
	struct digest digest;
	unsigned char value[DIGEST_MAX_OCTETS]; /* after finish */
	bool failed;
	struct body_hash *next; /* of the same form */
};

struct body_form {
	struct canon_body canon;
	struct body_hash *hashes;
	uint64_t octets; /* of the canonical body so far */
};

struct body_hashes { /* { 0 } before the first init */
	struct body_form forms[2]; /* by enum seal_canon */
	struct body_hash *hashes[BODY_HASHES_MOST]; /* kept between messages */
	size_t n;
};

void body_hashes_init(struct body_hashes *bodies);

/* Ask for a hash.  Returns it, or NULL without memory or past
 * BODY_HASHES_MOST; it lives until deinit and is valid until the next init. */
struct body_hash *body_hashes_want(struct body_hashes *bodies,
    enum seal_canon canon, enum digest_type type, uint64_t limit);

void body_hashes_feed(struct body_hashes *bodies, struct span chunk);
void body_hashes_finish(struct body_hashes *bodies);

/* How many octets the canonical body has; after finish, for a form that was
 * asked for. */
uint64_t body_hashes_octets(const struct body_hashes *bodies,
    enum seal_canon canon);

void body_hashes_deinit(struct body_hashes *bodies);

#endif
