/*
 * modules/validate/ec_dkim.h: signing and asking about signatures, from C.
 *
 * A module that calls these says in its manifest which module it needs
 * (msys.requires = dkim_sign, or dkim_validate); the functions are that
 * module's and are found when it is loaded.  They may be called from any
 * thread that works on the message.
 */
#ifndef EC_DKIM_H
#define EC_DKIM_H

#include "ec_message.h"
#include "ec_types.h"
#include "misc/ec_string.h"
#include "modules/validate/dkim.h"
#include "validate_context.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Sign now, in core_final_validation: one DKIM-Signature goes on top of the
 * message.  Module dkim_sign.
 *
 * What is NULL is taken from the first dkim_sign stanza: from the dk_domain of
 * the message's responsible domain, else from the stanza itself.
 *
 *	base_domain	the domain to sign as
 *	header_canon	"simple" or "relaxed"; so for body_canon
 *	digest		"rsa-sha256", "ed25519-sha256", "rsa-sha1"
 *	headerlist	names with suffixes, as the option of that name
 *	key_file	a path, in which %{d} and %{s} stand for domain and selector
 *	key		the key itself instead: PEM, or the base64 inside a PEM
 *	body_length_limit  0 no l=, 1 with l=, -1 as configured
 *
 * The options sign_condition and dkim do not count here: whoever calls has
 * decided.  Returns 1, or 0 when the message was not signed and the log says
 * why.
 */
int ec_dkim_sign(ec_message *m, validate_context *ctx,
    const char *base_domain, const char *header_canon, const char *body_canon,
    const char *digest, const char *headerlist, const char *identity,
    const char *selector, const char *key_file, const char *key,
    int body_length_limit);

/* The same with what came later (addition).  Start from
 * EC_DKIM_SIGN_ARGS_INIT. */
struct ec_dkim_sign_args {
	const char *base_domain, *header_canon, *body_canon, *digest;
	const char *headerlist, *identity, *selector, *key_file, *key;
	int body_length_limit;
	int lifetime; /* hours from t= to x=; 0: no x=; -1: as configured */
};
#define EC_DKIM_SIGN_ARGS_INIT { .body_length_limit = -1, .lifetime = -1 }
EC_ADDITION int ec_dkim_sign_with(ec_message *m, validate_context *ctx,
    const struct ec_dkim_sign_args *args);

/*
 * The domains of the identities (i=, else d=) whose signatures pass, each
 * once, separated by a comma, in the order of the signatures.  Module
 * dkim_validate; verifies the message when nobody did before.
 *
 * *domains is for the caller to free(); NULL when there is none.  The other
 * form appends to a string that the caller has initialised.  Return 1, or 0
 * when there is none.
 */
int ec_dkim_domains(ec_message *m, validate_context *ctx, char **domains);
int ec_dkim_domains_string(ec_message *m, validate_context *ctx,
    string *domains);

/*
 * The domain of the first address in Sender, else in From, as an A-label in
 * lower case.  Either module.
 *
 * *domain is for the caller to free(); NULL when there is none.  The other
 * form appends to a string that the caller has initialised.  Return 1, or 0
 * when there is none.
 */
int ec_dkim_responsible_domain(ec_message *m, validate_context *ctx,
    char **domain);
int ec_dkim_responsible_domain_string(ec_message *m, validate_context *ctx,
    string *domain);

/*
 * Mail a report about the coming message's signatures to `rcpts`, separated by
 * ';', as from `sender`; subject and note may be NULL.  Before validate_data.
 * Module dkim_validate.
 *
 * The report is written when the message has been verified, and goes out with
 * the null sender by the option report_relay or report_command; nobody waits for
 * that, and what fails is logged.  The first recipient stands in To, the others
 * are of the envelope alone.  There is none about a message that has the null
 * sender, or an Auto-Submitted field that says more than "no", nor when the
 * client goes away before its message is in.
 *
 * Returns 1 noted; 0 not configured here: there is no dkim_validate stanza that
 * is enabled, or no way to send mail, or this message has 8 reports already;
 * -1 without an SMTP session that has this message; -2 too late; -3 the sender
 * is not an address, or there is a recipient that is none, or none, or more than
 * 50.  Localparts are dot-atoms: quoted ones are refused.
 */
int ec_dkim_reflect(ec_message *m, validate_context *ctx, const char *sender,
    const char *rcpts, const char *subject, const char *note);

#ifdef __cplusplus
}
#endif

#endif
