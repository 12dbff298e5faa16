/*
 * proof.h: the arithmetic of proving that one knows a password: DIGEST-MD5
 * (RFC 2831) and CRAM-MD5 (RFC 2195).
 *
 * Both ends use it, and neither keeps anything.  Texts are octets as they were
 * typed: no character set is converted, which is what htdigest files do.  A
 * function returns false when OpenSSL has no MD5 to offer.
 */
#ifndef HOST_PROOF_H
#define HOST_PROOF_H

#include "base/buffer.h"

#include <stdbool.h>

#define PROOF_BYTES 16 /* of an MD5 */
#define PROOF_HEX_BYTES 33 /* the same in hex digits, with a NUL */

/* MD5 of USER ":" REALM ":" PASSWORD: what a digest file holds. */
bool proof_secret(const char *user, const char *realm, struct span password,
    unsigned char secret_r[static PROOF_BYTES]);

struct proof_exchange { /* of DIGEST-MD5 with qop "auth" */
	const char *nonce, *cnonce, *count, *uri;
};

/* The client's response, or the server's own proof behind it ("rspauth"). */
bool proof_digest(const unsigned char secret[static PROOF_BYTES],
    const struct proof_exchange *exchange, bool is_servers,
    char hex_r[static PROOF_HEX_BYTES]);

bool proof_cram(struct span password, const char *challenge,
    char hex_r[static PROOF_HEX_BYTES]);

void proof_hex(const unsigned char *octets, size_t n, char *hex_r);
/* False when text is not 2 * n hex digits. */
bool proof_unhex(struct span text, unsigned char *octets_r, size_t n);

/*
 * A directive of a DIGEST-MD5 list: name=value, name="quoted \" value", ...
 * Returns 1 with its text, 0 when the list has none of that name, -1 when the
 * list is not one, has the name twice, or the text does not fit or holds a
 * control character.
 */
int proof_directive(struct span list, const char *name, char *value_r,
    size_t room);

/* Append `name="value"`, a comma in front unless it is the first. */
void proof_add_directive(struct buffer *list, const char *name,
    const char *value);

#endif
