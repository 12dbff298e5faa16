/*
 * sieve/address.h: the addresses of a header field (RFC 5322 section 3.4).
 *
 *	rfc2822_address_context ctx;
 *
 *	if (rfc2822_address_parse(&ctx, text, length) > 0)
 *		for (a = ctx.addr; a != NULL; a = a->next) ...
 *	rfc2822_address_destroy(&ctx);
 *
 * Any thread, each with a context of its own.
 */
#ifndef EC_SIEVE_ADDRESS_H
#define EC_SIEVE_ADDRESS_H

#include "ec_types.h"

/* More than these is no field that a mail needs (additions). */
#define RFC2822_ADDRESS_TEXT_MAX (1 << 20) /* bytes of a field */
#define RFC2822_ADDRESS_COUNT_MAX 8192 /* addresses in it */
#define RFC2822_ADDRESS_PART_MAX 255 /* bytes of a localpart or a domain */

/* Counted.  Not NUL-terminated, but for desc. */
struct rfc2822_address_part_string {
	char *s; /* NULL: there is none */
	int l;
};

/*
 * Comments, folding and routes are gone from the address; quotes of a
 * localpart stay, so that `complete` can be written into a mail again.  A
 * quoted localpart is not split into user and detail.
 */
struct rfc2822_address {
	struct rfc2822_address *next;

	char *complete; /* localpart@domain, NUL-terminated; "" for <> */
	int len; /* of complete */

	struct rfc2822_address_part_string
	    localpart,
	    domain,
	    user, /* the localpart up to the first '+' */
	    detail, /* behind that '+'; may be there and empty */
	    desc; /* the name without its quotes, or else the last comment;
		     encoded words (RFC 2047) stay as they are */

	unsigned is_group_addr : 1; /* a member of a group */
};

struct rfc2822_address_context {
	struct rfc2822_address *addr; /* the first, or NULL */
	int naddr;
	char *freeme; /* the host's: all of the above */
};
typedef struct rfc2822_address_context rfc2822_address_context;

/*
 * Parse what stands behind the colon of a field, folded or not.  Gives the
 * number of addresses; what is none is left out.  0 when there is none at all,
 * or when the text is longer or has more of them than the limits above.
 *
 * *ctx is written whatever was in it.  The result is a copy, and lives until
 * rfc2822_address_destroy; after 0 there is nothing to destroy, but one may.
 */
int rfc2822_address_parse(rfc2822_address_context *ctx, const char *hdr,
    int hdrlen);

/* Free what parse put there, and leave the context empty. */
void rfc2822_address_destroy(struct rfc2822_address_context *ctx);

#endif
