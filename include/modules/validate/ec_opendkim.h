/*
 * modules/validate/ec_opendkim.h: signing and verifying by the module
 * opendkim, from C.
 *
 * A module that calls these says so in its manifest (msys.requires =
 * opendkim); the functions are that module's and are found when it is loaded.
 * They may be called from any thread that works on the message.
 *
 * Names and numbers of statuses and flags are those of libopendkim's dkim.h,
 * with which this header can be included; the objects are not that library's,
 * and its functions do not know them.
 */
#ifndef EC_OPENDKIM_H
#define EC_OPENDKIM_H

#include "ec_message.h"
#include "ec_types.h"
#include "validate_context.h"

#ifdef __cplusplus
extern "C" {
#endif

struct dkim;
typedef struct dkim DKIM; /* the verifying of one message */
struct dkim_siginfo;
typedef struct dkim_siginfo DKIM_SIGINFO; /* one of its signatures */

/* What became of something. */
typedef int DKIM_STAT;
#define DKIM_STAT_OK 0 /* done */
#define DKIM_STAT_BADSIG 1 /* signature does not match header or body */
#define DKIM_STAT_NOSIG 2 /* not signed */
#define DKIM_STAT_NOKEY 3 /* there is no such key */
#define DKIM_STAT_CANTVRFY 4 /* cannot be verified */
#define DKIM_STAT_SYNTAX 5 /* not in valid syntax */
#define DKIM_STAT_NORESOURCE 6 /* no memory, or the like */
#define DKIM_STAT_INTERNAL 7 /* failed within */
#define DKIM_STAT_REVOKED 8 /* the key is revoked */
#define DKIM_STAT_INVALID 9 /* a call or an argument that cannot be */
#define DKIM_STAT_NOTIMPLEMENT 10 /* not implemented */
#define DKIM_STAT_KEYFAIL 11 /* the key could not be had now */
#define DKIM_STAT_CBREJECT 12 /* these four are never given here */
#define DKIM_STAT_CBINVALID 13
#define DKIM_STAT_CBTRYAGAIN 14
#define DKIM_STAT_CBERROR 15

/* What is known of a signature, in bits. */
#define DKIM_SIGFLAG_IGNORE 0x01 /* left aside: policy or limits */
#define DKIM_SIGFLAG_PROCESSED 0x02 /* its key was asked for */
#define DKIM_SIGFLAG_PASSED 0x04 /* it holds */
#define DKIM_SIGFLAG_TESTKEY 0x08 /* the key says t=y */
#define DKIM_SIGFLAG_NOSUBDOMAIN 0x10 /* the key says t=s */

/*
 * Sign now, in core_final_validation: one DKIM-Signature goes on top of the
 * message.
 *
 * What is NULL is taken from the first opendkim stanza: from the dkim_domain
 * of the message's responsible domain, else from the stanza itself.
 *
 *	base_domain	the domain to sign as
 *	header_canon	"simple" or "relaxed"; so for body_canon
 *	digest		"rsa-sha256", "ed25519-sha256", "rsa-sha1"
 *	key_file	a path, in which %{d} and %{s} stand for domain and selector
 *	key		the key itself instead: PEM, or the base64 inside a PEM
 *	body_length_limit  0 no l=, 1 with l=, -1 as configured
 *
 * The options sign_condition and opendkim_sign do not count here: whoever
 * calls has decided.  Returns 1, or 0 when the message was not signed and the
 * log says why.
 */
int ec_opendkim_sign(ec_message *m, validate_context *ctx,
    const char *base_domain, const char *header_canon, const char *body_canon,
    const char *digest, const char *identity, const char *selector,
    const char *key_file, const char *key, int body_length_limit);

/* The same with more (addition).  Start from EC_OPENDKIM_SIGN_ARGS_INIT. */
struct ec_opendkim_sign_args {
	const char *base_domain, *header_canon, *body_canon, *digest;
	const char *identity, *selector, *key_file, *key;
	/* names separated by colons: instead of the stanza's headerlist,
	 * oversign_headerlist and skip_headerlist */
	const char *headerlist;
	int body_length_limit;
	int lifetime; /* hours from t= to x=; 0: no x=; -1: as configured */
};
#define EC_OPENDKIM_SIGN_ARGS_INIT { .body_length_limit = -1, .lifetime = -1 }
EC_ADDITION int ec_opendkim_sign_with(ec_message *m, validate_context *ctx,
    const struct ec_opendkim_sign_args *args);

/*
 * A handle to verify one message with, by the first opendkim stanza.  NULL
 * when there is none, or no memory.  ec_opendkim_free() ends it (addition).
 */
DKIM *ec_opendkim_start(void);
EC_ADDITION void ec_opendkim_free(DKIM *dkim); /* NULL is fine */

/*
 * Verify the message, from core_validate_data on.
 *
 * With resume_func NULL this waits for the answers of the DNS, and returns
 * VALIDATE_CONT.
 *
 * With resume_func it does not wait.  VALIDATE_AGAIN: the answers are not here
 * yet.  resume_func is called once, with resume_closure, when they are: by a
 * thread of the host's, perhaps before this returns.  Call again then with the
 * same arguments.  A validation module gives the VALIDATE_AGAIN to the host,
 * which calls its provider again soon, and may pass a resume_func that does
 * nothing.  ec_opendkim_free() waits for a resume_func that is under way, and
 * so must not be called by it.
 *
 * VALIDATE_CONT: done, and *status says what of: that of the first signature
 * that holds, DKIM_STAT_OK; if none does, that of the topmost;
 * DKIM_STAT_NOSIG without any; DKIM_STAT_INVALID for a handle that was used
 * for another message.  Asked again about the same message, it says the same.
 * status may be NULL.
 */
typedef void (*OpenDKIMResumeFunc)(void *closure);
int ec_opendkim_verify(ec_message *m, DKIM *dkim, int *status,
    OpenDKIMResumeFunc resume_func, void *resume_closure);

/*
 * What was found out, once ec_opendkim_verify() gave VALIDATE_CONT (additions,
 * all that follows).  Texts are the handle's, and so are signatures: they end
 * with it.
 *
 * The functions return DKIM_STAT_OK; DKIM_STAT_INVALID when the message was
 * not verified, for an index that is not there, and for the NULL that this
 * leaves in place of a signature; DKIM_STAT_SYNTAX when the signature has no
 * such part, or it could not be read: then the result is NULL or 0.  Texts of
 * signatures have control characters, and 8-bit bytes that are no UTF-8, as
 * '?'.
 */
EC_ADDITION DKIM_STAT ec_opendkim_get_num_sigs(const DKIM *dkim, int *count);
/* From 0, which is the topmost. */
EC_ADDITION DKIM_STAT ec_opendkim_get_sig(DKIM *dkim, int index,
    DKIM_SIGINFO **sig);

/* What became of this signature: never a failure of the call. */
EC_ADDITION DKIM_STAT ec_opendkim_get_sig_status(const DKIM_SIGINFO *sig);
/* A sentence, or NULL when there is no error. */
EC_ADDITION DKIM_STAT ec_opendkim_get_sig_errorstr(const DKIM_SIGINFO *sig,
    const char **text);
EC_ADDITION DKIM_STAT ec_opendkim_get_sig_flags(const DKIM_SIGINFO *sig,
    unsigned *flags); /* DKIM_SIGFLAG_* */
EC_ADDITION DKIM_STAT ec_opendkim_get_sig_domain(const DKIM_SIGINFO *sig,
    const char **domain); /* d= */
EC_ADDITION DKIM_STAT ec_opendkim_get_sig_selector(const DKIM_SIGINFO *sig,
    const char **selector); /* s= */
EC_ADDITION DKIM_STAT ec_opendkim_get_sig_identity(const DKIM_SIGINFO *sig,
    const char **identity); /* i=, else "@" and d= */
/* "simple" or "relaxed"; either pointer may be NULL. */
EC_ADDITION DKIM_STAT ec_opendkim_get_sig_canons(const DKIM_SIGINFO *sig,
    const char **header, const char **body);
/* "rsa-sha1", "rsa-sha256", "ed25519-sha256" or "unknown". */
EC_ADDITION DKIM_STAT ec_opendkim_get_sig_signalg(const DKIM_SIGINFO *sig,
    const char **algorithm);
/* DKIM_STAT_NOKEY and 0 while no key is known. */
EC_ADDITION DKIM_STAT ec_opendkim_get_sig_keysize(const DKIM_SIGINFO *sig,
    unsigned *bits);
/* Whether h= names the header: in any case of letters. */
EC_ADDITION DKIM_STAT ec_opendkim_get_sig_hdrsigned(const DKIM_SIGINFO *sig,
    const char *name, int *is_signed);

/* "no key available", and so on. */
EC_ADDITION const char *ec_opendkim_status_to_string(DKIM_STAT status);

#ifdef __cplusplus
}
#endif

#endif
