/*
 * privileges.c: users by name, and the one-way street from root to one.
 */
#include "daemon/privileges.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#define PASSWD_BYTES 65536 /* texts of one entry; more is no user we know */

/* LeakSanitizer looks into the process like a debugger, which the kernel allows
 * for a process only that may be dumped. */
#ifdef __SANITIZE_ADDRESS__
#define DUMPABLE 1
#else
#define DUMPABLE 0
#endif

static int
fail(const char *what, const char *name, int error, struct buffer *why)
{
	buffer_add_text(why, what);
	if (name != NULL) {
		buffer_add_text(why, " '");
		buffer_add_text(why, name);
		buffer_add_text(why, "'");
	}
	if (error != 0) {
		buffer_add_text(why, ": ");
		buffer_add_text(why, strerror(error));
	}
	return -1;
}

/* 1 with uid and gid, 0 when there is no such user, -1 with errno. */
static int
look_up(const char *name, uid_t *uid_r, gid_t *gid_r)
{
	struct passwd entry, *found = NULL;
	char *texts = malloc(PASSWD_BYTES);
	int error;

	if (texts == NULL)
		return -1;
	do {
		error = getpwnam_r(name, &entry, texts, PASSWD_BYTES, &found);
	} while (error == EINTR);
	if (found != NULL) {
		*uid_r = found->pw_uid;
		*gid_r = found->pw_gid;
	}
	free(texts);
	/* some sources of users say this for "no such user" */
	if (error == ENOENT || error == ESRCH)
		error = 0;
	errno = error;
	return found != NULL ? 1 : error == 0 ? 0 : -1;
}

bool
privileges_is_user(const char *name)
{
	uid_t uid;
	gid_t gid;

	return look_up(name, &uid, &gid) == 1;
}

static int
become(const char *name, struct identity *identity, struct buffer *why)
{
	switch (look_up(name, &identity->uid, &identity->gid)) {
	case 1:
		identity->name = strdup(name);
		return identity->name != NULL ? 0 :
		    fail("user", name, ENOMEM, why);
	case 0:
		return fail("there is no user", name, 0, why);
	default:
		return fail("user", name, errno, why);
	}
}

/* Somebody who is not root can only stay who he is. */
static int
stay(const char *user, struct buffer *why)
{
	char text[128];
	uid_t uid;
	gid_t gid;

	if (user == NULL)
		return 0;
	if (look_up(user, &uid, &gid) == 1 && uid == geteuid())
		return 0;
	(void)snprintf(text, sizeof(text), "; started by user id %ld, it "
	    "cannot (start it as root)", (long)geteuid());
	(void)fail("the process should become", user, 0, why);
	buffer_add_text(why, text);
	return -1;
}

int
privileges_choose(const char *user, struct identity *identity_r,
    struct buffer *why)
{
	*identity_r = (struct identity){ .uid = (uid_t)-1, .gid = (gid_t)-1 };
	if (geteuid() != 0)
		return stay(user, why);
	if (user != NULL)
		return become(user, identity_r, why);
	if (privileges_is_user(PRIVILEGES_USER))
		return become(PRIVILEGES_USER, identity_r, why);
	identity_r->is_fallback = true;
	return become(PRIVILEGES_FALLBACK, identity_r, why);
}

void
privileges_deinit(struct identity *identity)
{
	free(identity->name);
	*identity = (struct identity){ .uid = (uid_t)-1, .gid = (gid_t)-1 };
}

/* Real, effective and saved: any one of them would be a way back. */
static bool
is_all(const struct identity *identity)
{
	uid_t uids[3];
	gid_t gids[3];

	if (getresuid(&uids[0], &uids[1], &uids[2]) != 0 ||
	    getresgid(&gids[0], &gids[1], &gids[2]) != 0)
		return false;
	for (int i = 0; i < 3; i++) {
		if (uids[i] != identity->uid || gids[i] != identity->gid)
			return false;
	}
	return true;
}

/* Capabilities may outlive the user id; then this would still work. */
static bool
can_return(const struct identity *identity)
{
	if (identity->uid == 0)
		return false; /* root by the administrator's own wish */
	return setresuid((uid_t)-1, 0, (uid_t)-1) == 0 || setuid(0) == 0 ||
	    (identity->gid != 0 && setresgid((gid_t)-1, 0, (gid_t)-1) == 0) ||
	    setgroups(0, NULL) == 0;
}

int
privileges_drop(const struct identity *identity, struct buffer *why)
{
	if (identity->name == NULL)
		return 0;
	if (initgroups(identity->name, identity->gid) != 0)
		return fail("cannot take the groups of user", identity->name,
		    errno, why);
	if (setresgid(identity->gid, identity->gid, identity->gid) != 0 ||
	    setresuid(identity->uid, identity->uid, identity->uid) != 0)
		return fail("cannot become user", identity->name, errno, why);
	if (!is_all(identity) || can_return(identity))
		return fail("could become root again, being user",
		    identity->name, 0, why);
	/* a change of user sets it to what the system has for that */
	(void)prctl(PR_SET_DUMPABLE, DUMPABLE, 0, 0, 0);
	return 0;
}

void
privileges_restrict(void)
{
	const struct rlimit none = { 0, 0 };

	(void)umask(077);
	(void)prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	/* the limit does not hold where dumps go to a program */
	(void)setrlimit(RLIMIT_CORE, &none);
	(void)prctl(PR_SET_DUMPABLE, DUMPABLE, 0, 0, 0);
}
