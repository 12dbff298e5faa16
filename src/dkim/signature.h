/*
 * signature.h: one DKIM-Signature field, parsed (RFC 6376 section 3.5, and
 * section 6.1.1 for what a verifier must refuse).
 *
 * Times are not judged here, for that needs a clock, nor is policy.
 */
#ifndef DKIM_SIGNATURE_H
#define DKIM_SIGNATURE_H

#include "base/arena.h"
#include "base/digest.h"
#include "dkim/tags.h"
#include "message/header.h"
#include "seal.h"

struct signature {
	struct header_field *field;
	/* as written, empty when the tag is absent */
	struct span domain, selector, algorithm_name, signed_headers;
	struct span query_methods;
	struct span b_raw; /* the b= value where it stands in field->raw */
	struct span b_text; /* b= without white space */
	/* decoded */
	struct span b; /* the signature itself */
	struct span body_hash; /* bh= */
	struct span identity; /* i=, or "@" and d= */
	struct span ascii_domain, ascii_selector; /* A-labels, lower case */
	struct span ascii_identity_domain;
	enum seal_algorithm algorithm;
	enum seal_canon header_canon, body_canon;
	bool has_length, has_timestamp, has_expiration;
	uint64_t length;
	int64_t timestamp, expiration; /* at most INT64_MAX */
};

/* Parse a field.  Returns SEAL_WHY_OK or the first reason against it, with
 * *fault_r what is at fault, if that can be said; what could be read before
 * is in *signature_r either way.  Spans are of the field or the arena. */
enum seal_reason signature_parse(struct header_field *field,
    struct arena *arena, struct signature *signature_r, struct span *fault_r);

/* Hash the field as its own signature covers it: the b= value taken out with
 * the white space around it, everything else as it is, no final CRLF (RFC 6376
 * section 3.7).  Returns 0 or -1 without memory. */
int signature_digest(struct digest *digest, struct arena *arena,
    struct span field, struct span b_raw, enum seal_canon canon);

#endif
