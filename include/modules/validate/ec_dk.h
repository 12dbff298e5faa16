/*
 * modules/validate/ec_dk.h: signing with DomainKeys (RFC 4870), and asking whom
 * a message is from, from C.
 *
 * A module that calls these says in its manifest which module it needs
 * (msys.requires = dk_sign); the functions are that module's and are found when
 * it is loaded.  They may be called from any thread that works on the message.
 */
#ifndef EC_DK_H
#define EC_DK_H

#include "ec_message.h"
#include "ec_types.h"
#include "misc/ec_string.h"
#include "validate_context.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Sign now, in core_final_validation: one DomainKey-Signature goes on top of
 * the message.  Module dk_sign.
 *
 * What is NULL is taken from the first dk_sign stanza: from the dk_domain of
 * the message's responsible domain, else from the stanza itself.
 *
 *	base_domain	the domain to sign as
 *	selector
 *	key_file	a path, in which %{d} and %{s} stand for domain and selector
 *	key		the key itself instead: PEM, or the base64 inside a PEM
 *
 * The options sign_condition and domainkeys do not count here: whoever calls
 * has decided.  Returns 1, or 0 when the message was not signed and the log
 * says why.
 */
int ec_dk_sign(ec_message *m, validate_context *ctx, const char *base_domain,
    const char *selector, const char *key_file, const char *key);

/* The same with more of the options (addition).  Start from
 * EC_DK_SIGN_ARGS_INIT. */
struct ec_dk_sign_args {
	const char *base_domain, *selector, *key_file, *key;
	const char *canon; /* "simple" or "nofws" */
	const char *digest; /* "rsa-sha1": there is no other */
	const char *headerlist; /* names separated by colons */
};
#define EC_DK_SIGN_ARGS_INIT { 0 }
EC_ADDITION int ec_dk_sign_with(ec_message *m, validate_context *ctx,
    const struct ec_dk_sign_args *args);

/*
 * The domain of the first address in Sender, else in From, as an A-label in
 * lower case.  Module dk_sign or dk_validate.
 *
 * *domain is for the caller to free(); NULL when there is none.  The other
 * form (an addition) appends to a string that the caller has initialised.
 * Return 1, or 0 when there is none.
 */
int ec_dk_responsible_domain(ec_message *m, validate_context *ctx,
    char **domain);
EC_ADDITION int ec_dk_responsible_domain_string(ec_message *m,
    validate_context *ctx, string *domain);

/*
 * What dk_status is, or will be when the validation of the data is over: "good",
 * "bad", "bad (no key)" and so on; *status is NULL for mail that is not signed
 * and need not be (addition).  Module dk_validate; verifies the message when
 * nobody did before.  The text is constant.
 *
 * Returns 1, or 0 when the message has not come yet, could not be verified, or
 * there is no dk_validate stanza.
 */
EC_ADDITION int ec_dk_status(ec_message *m, validate_context *ctx,
    const char **status);

#ifdef __cplusplus
}
#endif

#endif
