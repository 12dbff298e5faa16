/*
 * privileges.h: who the process is, and how it becomes somebody with fewer
 * rights for good.
 */
#ifndef DAEMON_PRIVILEGES_H
#define DAEMON_PRIVILEGES_H

#include "base/buffer.h"

#include <stdbool.h>
#include <sys/types.h>

#define PRIVILEGES_USER "mailseal" /* who root becomes unless told otherwise */
#define PRIVILEGES_FALLBACK "nobody" /* ... where that one is missing */

struct identity { /* who to become */
	char *name; /* NULL: nobody else, the process stays who it is */
	uid_t uid; /* (uid_t)-1 then */
	gid_t gid;
	bool is_fallback; /* PRIVILEGES_USER is missing */
};

/* Is there such a user? */
bool privileges_is_user(const char *name);

/* Who a process started by this user should become.  user NULL: nothing is
 * configured.  0, or -1 with words in why. */
int privileges_choose(const char *user, struct identity *identity_r,
    struct buffer *why);
void privileges_deinit(struct identity *identity);

/* Become that user in all threads, with all of the user's groups and no other,
 * and make sure that there is no way back.  0, or -1 with words in why; the
 * process must end then, for it may be half somebody else. */
int privileges_drop(const struct identity *identity, struct buffer *why);

/* What a process that holds private keys and reads everybody's mail does not
 * need in any case: making files for others, getting rights by running a
 * program, and leaving its memory on the disk when it dies.  Before there are
 * threads. */
void privileges_restrict(void);

#endif
