/*
 * misc/rfc2821addr.h: the address of a MAIL or RCPT command (RFC 5321 sections
 * 4.1.1.2, 4.1.1.3 and 4.1.2).
 *
 *	rfc2821_ctx ctx = { .inputs = { .full_validation = 1 } };
 *
 *	if (rfc2821_address_parse("<joe@a.test>", 12, &ctx) == 0) ...
 *	rfc2821_address_destroy(&ctx);
 *
 * Any thread, each with a context of its own.
 */
#ifndef EC_RFC2821ADDR_H
#define EC_RFC2821ADDR_H

#include "ec_types.h"
#include "ecdict.h"

#ifndef MAXDOMAINNAME
#define MAXDOMAINNAME 256 /* RFC 5321 section 4.5.3.1.2, and a NUL */
#endif

/* Room for the longest path and all parameters of a command (addition). */
#define RFC2821_ADDRESS_TEXT_MAX 4096

/* What `error` says (addition). */
enum rfc2821_error {
	RFC2821_E_NONE,
	RFC2821_E_LENGTH, /* the text or a part of it passes a limit */
	RFC2821_E_EMPTY, /* nothing there, not even <> */
	RFC2821_E_ROUTE,
	RFC2821_E_LOCALPART,
	RFC2821_E_NO_DOMAIN, /* and it may not be missing */
	RFC2821_E_DOMAIN,
	RFC2821_E_BRACKET, /* no '>' where it must be */
	RFC2821_E_PARAMS, /* or there are some, but they are not asked for */
};

struct _rfc2821_ctx {
	/* Set these before; clear the others with them. */
	struct _rfc2821_ctx_inputs {
		/* hold it to the grammar of RFC 5321, ASCII and a localpart of
		 * at most 64 bytes; else dots may be anywhere in the localpart,
		 * and labels of the domain are of any letters */
		unsigned full_validation : 1;
		/* parameters may follow, and go into params */
		unsigned capture_params : 1;
		unsigned normalize_domain : 1; /* to lower case */
		/* if non-zero, localpart holds the user and detail the detail
		 * of user+detail@domain; a quoted localpart stays whole */
		unsigned populate_detail : 1;
		unsigned allow_missing_domain : 1;
		unsigned _spare : 27;
	} inputs;
	/* C strings.  All "" for the null sender <>; quotes of a localpart and
	 * the brackets of an address literal stay; a route is left out. */
	char localpart[MAXDOMAINNAME];
	char domain[MAXDOMAINNAME];
	char detail[MAXDOMAINNAME];
	int error; /* enum rfc2821_error */
	ECDict params; /* KEYWORD in upper case to value, "" without one; NULL:
	    none */
};
typedef struct _rfc2821_ctx rfc2821_ctx;

/*
 * Parse an address with or without angle brackets; spaces around it do not
 * matter.  0, or -1 with `error` set and the texts empty.
 *
 * Everything but the inputs is written whatever was in it: call
 * rfc2821_address_destroy before parsing into the same context again.  After
 * -1 there is nothing to destroy, but one may.
 */
int rfc2821_address_parse(const char *addr, int addrlen, rfc2821_ctx *ctx);

/* Free the parameters and empty the texts; the inputs stay. */
void rfc2821_address_destroy(rfc2821_ctx *ctx);

#endif
