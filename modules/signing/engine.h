/*
 * engine.h: the part of libseal that makes a module's signatures, DKIM or
 * DomainKeys.
 *
 * Profiles and signers are the engine's own; the others only hand them around.
 * What returns an int returns as the functions of seal.h do.
 */
#ifndef SIGNING_ENGINE_H
#define SIGNING_ENGINE_H

#include "ec_message.h"
#include "seal.h"

#include <stdbool.h>

struct settings;

struct engine {
	const char *field; /* "DKIM-Signature" */
	int stats_kind; /* EC_SIGNING_DKIM */
	const char *metric, *metric_help; /* "dkim_signatures" */
	bool rsa_sha1_is_past; /* who asks for it is warned (RFC 8301) */
	bool one_module; /* may sign with it by configuration: rivals.h */

	/* How `domain` signs under these settings with this key; the caller owns
	 * a reference in *profile_r.  profile_ref and _unref take NULL. */
	int (*profile_new)(const struct settings *settings, const char *domain,
	    struct seal_key *key, void **profile_r, const char **why_r);
	void *(*profile_ref)(void *profile);
	void (*profile_unref)(void *profile);

	int (*signer_new)(int64_t now, void **signer_r);
	int (*signer_reset)(void *signer, int64_t now);
	void (*signer_free)(void *signer); /* NULL is fine */
	int (*signer_add)(void *signer, void *profile);

	/* Take in a whole message and make the signatures: "NAME: value" each,
	 * in the order of signer_add. */
	int (*signer_run)(void *signer, ec_message *msg);
	struct span (*signer_signature)(const void *signer, size_t i);
	const char *(*signer_why)(const void *signer); /* of the last error */

	/* Make the message ready, just before it is signed; or NULL. */
	void (*prepare)(ec_message *msg);
};

#endif
