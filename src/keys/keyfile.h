/*
 * keyfile.h: private keys in files, opened with care.
 *
 * A key that others can read or replace signs for them.  The file is opened
 * without following a symbolic link in its last component, and what is looked
 * at is the open descriptor, so nothing can be swapped in between.
 */
#ifndef KEYS_KEYFILE_H
#define KEYS_KEYFILE_H

#include "keys/why.h"
#include "seal.h"

#define KEYFILE_MAX_BYTES (64 * 1024) /* RSA-8192 in PEM takes under 7 KiB */

/* What may be relaxed.  The default, 0, is: a regular file, owned by root or
 * by our effective user, no access for group and others (their execute bits
 * do not count). */
#define KEYFILE_ALLOW_GROUP_READ 0x01u /* 0640, for a daemon's own group */
/* Any owner, any mode, symbolic links: for those who guard the folder. */
#define KEYFILE_ALLOW_UNSAFE 0x02u

enum keyfile_outcome {
	KEYFILE_OK = 0,
	KEYFILE_ABSENT = 1, /* no such file */
	KEYFILE_UNSAFE = 2, /* not a regular file, a link, or wrong owner or mode */
	KEYFILE_UNUSABLE = 3, /* too large, or no private key that can be used */
	KEYFILE_EXISTS = 4, /* keyfile_create: left as it was */
	KEYFILE_E_NOMEM = SEAL_E_NOMEM,
	KEYFILE_E_IO = -20, /* open, read, write or fsync failed */
};

/* Load a private key; flags are KEYFILE_ALLOW_*.  The caller owns one
 * reference in *key_r.  Returns an enum keyfile_outcome; unless that is 0,
 * *why_r (which may be NULL) names the path and, where they matter, owner,
 * mode, our user, and what is wanted. */
int keyfile_load(const char *path, unsigned flags, struct seal_key **key_r,
    struct why *why_r);

/* Write text to a new file, mode 0600 from its first moment, and bring it to
 * disk.  Never overwrites and never follows a link: KEYFILE_EXISTS.  A file
 * that could not be written whole is removed.  Returns as keyfile_load(). */
int keyfile_create(const char *path, struct span text, struct why *why_r);

#endif
