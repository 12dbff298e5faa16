/*
 * passwords.h: files of users and their passwords.
 *
 *	file   = *( [ "#" comment / line ] LF )
 *	line   = user ":" secret		; file://
 *	line   = user ":" realm ":" secret	; digest://, as htdigest writes it
 *	secret = password / 32HEXDIG
 *
 * A hashed secret is the MD5 of "user:realm:password".  A file with a line that
 * is not understood is of no use as a whole: better nobody gets in than that it
 * means something else.  Files are read each time, so a new user is one at
 * once.
 */
#ifndef HOST_PASSWORDS_H
#define HOST_PASSWORDS_H

#include "host/console/guarded.h"
#include "host/console/proof.h"

#define PASSWORDS_USER_BYTES 64 /* with the NUL, as the rest */
#define PASSWORDS_REALM_BYTES 128
#define PASSWORDS_SECRET_BYTES 256

struct password_file {
	const char *path;
	bool has_realms; /* digest:// */
	bool is_hashed;
	const char *realm; /* NULL: see passwords_find() */
	const char *hostname; /* the realm where nothing else is known */
};

struct password {
	bool is_known; /* else there is no such user, and the rest is random */
	char realm[PASSWORDS_REALM_BYTES];
	unsigned char digest[PROOF_BYTES]; /* of user, realm and password */
	char text[PASSWORDS_SECRET_BYTES]; /* unless the file is hashed */
	size_t n; /* of text */
};

/* Read the file as it will be read.  False, with words in why that name file and
 * line. */
bool passwords_check(const struct password_file *file,
    const struct guarded_reader *reader, struct buffer *why);

/*
 * Look for a user; it takes as long whether there is one or not.  Without a
 * realm in *file it is the host's name, unless no line of a digest file has
 * that: then it is the realm of the first line.  False when the file is of no
 * use, or no random numbers are to be had: words are in why, and *password_r is
 * one that nobody knows.
 */
bool passwords_find(const struct password_file *file,
    const struct guarded_reader *reader, const char *user,
    struct password *password_r, struct buffer *why);

void password_deinit(struct password *password); /* wipe */

#endif
