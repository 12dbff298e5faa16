/*
 * request.h: a signature that policy asks for.
 *
 * The arguments are laid over the settings that the module's first stanza has
 * for the message.
 */
#ifndef SIGNING_REQUEST_H
#define SIGNING_REQUEST_H

#include "ec_message.h"

/* What is NULL, or -1, is as configured.  What the module's engine has no use
 * for is left out. */
struct request_args {
	const char *base_domain, *header_canon, *body_canon, *dk_canon, *digest;
	const char *headerlist; /* as in struct settings */
	const char *identity, *selector, *key_file, *key;
	int body_length_limit;
	int lifetime; /* hours */
};
#define REQUEST_ARGS_INIT { .body_length_limit = -1, .lifetime = -1 }

/* Put one signature on top of the message.  Returns 1, or 0 when it was not
 * signed and the log says why. */
int request_sign(ec_message *m, const struct request_args *args);

#endif
