/*
 * modules/validate/dkim.h: what dkim_validate found out about a message.
 *
 * A message is verified once, when the first asks: policy in validate_data may
 * be earlier than the module itself.
 */
#ifndef EC_DKIM_VERIFY_H
#define EC_DKIM_VERIFY_H

#include "ec_message.h"
#include "ec_types.h"
#include "validate_context.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Results of RFC 8601 section 2.7.1. */
enum ec_dkim_status {
	EC_DKIM_NONE = 0, /* not signed */
	EC_DKIM_PASS,
	EC_DKIM_FAIL, /* the message was changed, or the signature is not theirs */
	EC_DKIM_NEUTRAL, /* not given by this module */
	EC_DKIM_POLICY, /* refused by our configuration though it may be sound */
	EC_DKIM_TEMPERROR, /* the key could not be had now */
	EC_DKIM_PERMERROR, /* cannot be read, or has no usable key */
};

/* Alignment with the domain of From (RFC 7489 section 3.1.1). */
enum ec_dkim_alignment {
	EC_DKIM_UNALIGNED = 0,
	EC_DKIM_ALIGNED_RELAXED, /* same organizational domain */
	EC_DKIM_ALIGNED_STRICT, /* same domain */
};

/*
 * One signature.  Texts are NUL-terminated; those of the signature are as
 * written there, with control characters and 8-bit bytes that are no UTF-8 as
 * '?', and NULL when it does not have them or could not be read so far.
 */
typedef struct _ec_dkim_verify_result {
	int status; /* enum ec_dkim_status */
	const char *diagnostic; /* a sentence: why this status */
	const char *query; /* q=, or NULL */
	const char *algorithm; /* a= */

	/* additions */
	const char *reason; /* a stable word, such as "body-hash-mismatch" */
	const char *domain; /* d= */
	const char *selector; /* s= */
	const char *identity; /* i=, else "@" and d= */
	const char *header_canon, *body_canon; /* "simple" or "relaxed" */
	unsigned key_bits; /* 0 while no key is known */
	int testing; /* 1: the key says t=y */
	int alignment; /* enum ec_dkim_alignment, of d= */
} ec_dkim_verify_result;

/* All signatures, from the top of the message.  Never changes; counted. */
typedef struct _ec_dkim_verify_results {
	ec_atomic_t ref;
	int count;
	int status; /* of all: pass if any passes, else the most telling */
	const ec_dkim_verify_result *items; /* count of them, from 0 */
} ec_dkim_verify_results;

/*
 * The results of the message of this session; verifies when nobody did before.
 * From validate_data on.  Returns how many signatures there are, 0 for an
 * unsigned message; *results is then valid, too, and a reference for the caller
 * to release.  0 with *results NULL: there is no message yet, or dkim_validate
 * is not configured.
 */
int ec_dkim_get_verify_results(validate_context *vctx,
    ec_dkim_verify_results **results);

/* NULL is fine (additions, as is all below). */
EC_ADDITION void ec_dkim_verify_results_addref(ec_dkim_verify_results *results);
EC_ADDITION void ec_dkim_verify_results_release(
    ec_dkim_verify_results *results);

/* The word of a status for Authentication-Results: "pass", "permerror". */
EC_ADDITION const char *ec_dkim_verify_status_to_string(int status);

#ifdef __cplusplus
}
#endif

#endif
