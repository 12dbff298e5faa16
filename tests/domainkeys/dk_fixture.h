/*
 * dk_fixture.h: DomainKeys signatures made by hand, and a DNS that is a table.
 *
 * Signatures by hand are made with OpenSSL alone, over text that is written in
 * canonical form, so that they share nothing with what they test.
 */
#ifndef TESTS_DOMAINKEYS_DK_FIXTURE_H
#define TESTS_DOMAINKEYS_DK_FIXTURE_H

#include "../dkim/fixture.h"

/* The field, with the signature over the canonical text for "$B"; for free(). */
char *dk_forge(const char *pem, const char *field, struct span canonical);

/* Options with the defaults, but keys of 512 bits, as RFC 4870 has them. */
struct seal_dk_verify_options dk_options(void);

/* Feed, answer and finish.  The verifier is new if it is NULL.  Names whose
 * text is "timeout", "servfail" or "bogus" get no answer but this. */
void dk_verify(struct seal_dk_verifier **verifier,
    const struct seal_dk_verify_options *options, struct span message,
    const struct fixture_txt *zone);

/* That the first result is what is wanted, and status and header of the whole
 * ("" is NULL); name tells which row it was. */
void dk_assert_outcome(const char *name,
    const struct seal_dk_verifier *verifier, enum seal_reason want,
    const char *status, const char *header);

/* Sign a message with one profile: the field with its CRLF, and the message
 * below it; for free().  NULL when it is refused, with *error_r. */
char *dk_sign(const struct seal_dk_sign_options *options, struct span message,
    size_t *n_r, int *error_r);

#endif
