/*
 * exchange.h: one attempt to log in, from the user's name to the verdict.
 *
 *	digest-md5	challenge and response of RFC 2831, qop "auth",
 *			algorithm md5-sess; octets as typed, no charset;
 *			the answer to a good response is "rspauth=..."
 *	cram-md5	RFC 2195
 *	login		the challenge is "Password:", the response that
 *
 * A response is base64.  Whether there is such a user shows neither in what is
 * said nor in the time that it takes.
 */
#ifndef HOST_EXCHANGE_H
#define HOST_EXCHANGE_H

#include "host/console/access.h"

#define EXCHANGE_CHALLENGE_BYTES 512

struct exchange {
	enum access_mechanism mechanism;
	char user[PASSWORDS_USER_BYTES];
	char nonce[2 * PROOF_BYTES + 1];
	char challenge[EXCHANGE_CHALLENGE_BYTES];
	struct password password;
};

/* The challenge is in *exchange then.  False, with words for the log in why,
 * when passwords cannot be looked up: exchange_end() will refuse whatever it is
 * given, as for a wrong password.  user may be anything. */
bool exchange_begin(struct exchange *exchange_r,
    enum access_mechanism mechanism, const struct access_source *source,
    const char *user, struct buffer *why);

/* Is that the user?  answer gets what the client may want to see. */
bool exchange_end(struct exchange *exchange, struct span response,
    struct buffer *answer);

void exchange_deinit(struct exchange *exchange); /* wipe */

#endif
