/*
 * socket_file.c: whose file is it?
 */
#include "host/console/socket_file.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static int
tell(struct buffer *why, const char *path, const char *what, int error)
{
	buffer_add_text(why, "'");
	buffer_add_text(why, path);
	buffer_add_text(why, "' ");
	buffer_add_text(why, what);
	if (error != 0) {
		buffer_add_text(why, ": ");
		buffer_add_text(why, strerror(error));
	}
	return -1;
}

/* Of those who are not root, the system lets only members give a file to a
 * group. */
static int
tell_owner(struct buffer *why, const char *path, gid_t gid, int error)
{
	const struct group *group = error == EPERM ? getgrgid(gid) : NULL;

	(void)tell(why, path, "cannot get its owner and group", error);
	if (group != NULL) {
		buffer_add_text(why, " (mailseald has to be a member of the "
		    "group '");
		buffer_add_text(why, group->gr_name);
		buffer_add_text(why, "'; under systemd by "
		    "SupplementaryGroups=");
		buffer_add_text(why, group->gr_name);
		buffer_add_text(why, ")");
	}
	return -1;
}

/* By a descriptor: whoever owns the folder above could put a link to another one
 * in its place. */
static int
hand_over_folder(const char *folder, uid_t owner, gid_t group)
{
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	int ret, error;

	if (fd < 0)
		return -1;
	/* without what the umask may have taken */
	ret = fchmod(fd, 0755) == 0 ? fchown(fd, owner, group) : -1;
	error = errno;
	(void)close(fd);
	errno = error;
	return ret;
}

/* The folder is made, but not those above it: a misspelled path should not
 * become a tree. */
static int
prepare_folder(const char *path, uid_t owner, gid_t group, struct buffer *why)
{
	char folder[sizeof(((struct sockaddr_un *)NULL)->sun_path)];
	struct stat st;
	char *slash;

	(void)strncpy(folder, path, sizeof(folder) - 1);
	folder[sizeof(folder) - 1] = '\0';
	slash = strrchr(folder, '/');
	if (slash == NULL || slash == folder)
		return 0;
	*slash = '\0';
	if (stat(folder, &st) == 0)
		return S_ISDIR(st.st_mode) ? 0 :
		    tell(why, folder, "is not a folder", 0);
	if (errno != ENOENT || geteuid() != 0)
		return tell(why, folder, "cannot be used", errno);
	if (mkdir(folder, 0755) != 0)
		return tell(why, folder, "cannot be made", errno);
	return hand_over_folder(folder, owner, group) == 0 ? 0 :
	    tell(why, folder, "cannot be handed over", errno);
}

/* A process that serves takes a connection, and one that is busy has it wait. */
static bool
is_served(const char *path)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK,
	    0);
	bool served;

	if (fd < 0)
		return true; /* not known: rather leave it */
	(void)strncpy(un.sun_path, path, sizeof(un.sun_path) - 1);
	served = connect(fd, (struct sockaddr *)&un, sizeof(un)) == 0 ||
	    (errno != ECONNREFUSED && errno != ENOENT);
	(void)close(fd);
	return served;
}

int
socket_file_prepare(const char *path, uid_t owner, gid_t group,
    struct buffer *why)
{
	struct stat st;

	if (prepare_folder(path, owner, group, why) != 0)
		return -1;
	if (lstat(path, &st) != 0)
		return errno == ENOENT ? 0 :
		    tell(why, path, "cannot be used", errno);
	if (!S_ISSOCK(st.st_mode))
		return tell(why, path, "is there, and is no socket", 0);
	if (is_served(path))
		return tell(why, path, "is served by another process", 0);
	if (unlink(path) != 0 && errno != ENOENT)
		return tell(why, path, "is left over, and cannot be removed",
		    errno);
	return 0;
}

/* A socket cannot be opened, and chmod() goes where a link leads: its mode is
 * set by the name that the descriptor has. */
static int
change_mode(int fd, mode_t mode)
{
	char name[32];

	(void)snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
	return chmod(name, mode);
}

static int
hand_over(int fd, const char *path, mode_t mode, uid_t owner, gid_t group,
    struct stat *st_r, struct buffer *why)
{
	if (fstat(fd, st_r) != 0)
		return tell(why, path, "cannot be looked at", errno);
	if (!S_ISSOCK(st_r->st_mode) || st_r->st_nlink > 1)
		return tell(why, path, "is not the socket that was made", 0);
	/* first the owner: fchownat() may take bits of the mode */
	if ((owner != (uid_t)-1 || group != (gid_t)-1) &&
	    fchownat(fd, "", owner, group, AT_EMPTY_PATH) != 0)
		return tell_owner(why, path, group, errno);
	if (change_mode(fd, mode) != 0)
		return tell(why, path, "cannot get its mode", errno);
	return fstat(fd, st_r) == 0 ? 0 :
	    tell(why, path, "cannot be looked at", errno);
}

/* The folder may belong to another user than the one who hands over (root does
 * it first): what is there now need not be what was bound. */
int
socket_file_hand_over(const char *path, mode_t mode, uid_t owner,
    gid_t group, struct stat *st_r, struct buffer *why)
{
	int fd = open(path, O_PATH | O_NOFOLLOW | O_CLOEXEC), ret;

	if (fd < 0)
		return tell(why, path, "is gone again", errno);
	ret = hand_over(fd, path, mode, owner, group, st_r, why);
	(void)close(fd);
	return ret;
}

void
socket_file_remove(const char *path, const struct stat *st)
{
	struct stat now;

	if (lstat(path, &now) == 0 && now.st_dev == st->st_dev &&
	    now.st_ino == st->st_ino)
		(void)unlink(path);
}
