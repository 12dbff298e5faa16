/*
 * save.c: one temporary name for each file, so that what a crash leaves behind
 * is replaced the next time.
 */
#include "host/online/save.h"

#include "host/online/attributes.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int
fail(struct buffer *why, const char *path, const char *what)
{
	buffer_add_text(why, path);
	buffer_add_text(why, ": ");
	buffer_add_text(why, what);
	return -1;
}

/* The file behind links; one that does not exist is what it is called. */
static char *
real_path(const char *path)
{
	char *real = realpath(path, NULL);

	return real != NULL ? real : strdup(path);
}

static char *
folder_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	if (slash == NULL)
		return strdup(".");
	return strndup(path, slash == path ? 1 : (size_t)(slash - path));
}

static void
add_user(struct buffer *why)
{
	struct passwd room, *user = NULL;
	char number[32], names[4096];

	(void)snprintf(number, sizeof(number), "%u", (unsigned)geteuid());
	(void)getpwuid_r(geteuid(), &room, names, sizeof(names), &user);
	buffer_add_text(why, user != NULL ? user->pw_name : number);
}

static bool
may_write(const char *path, struct buffer *why)
{
	if (access(path, W_OK) == 0)
		return true;
	buffer_add_text(why, path);
	buffer_add_text(why, ": ");
	buffer_add_text(why, strerror(errno));
	buffer_add_text(why, " (the process runs as '");
	add_user(why);
	buffer_add_text(why, "')");
	return false;
}

static bool
is_our_group(gid_t gid)
{
	gid_t groups[NGROUPS_MAX];
	int n = getgroups(NGROUPS_MAX, groups);

	for (int i = 0; i < n; i++) {
		if (groups[i] == gid)
			return true;
	}
	return gid == getegid();
}

/* The new file is to belong to whom the old one did, and only root may give
 * files away. */
static bool
may_be_ours(const char *path, struct buffer *why)
{
	struct stat st;

	if (geteuid() == 0 || stat(path, &st) != 0 ||
	    (st.st_uid == geteuid() && is_our_group(st.st_gid)))
		return true;
	buffer_add_text(why, path);
	buffer_add_text(why, ": it is another user's or group's, which could "
	    "not be kept (the process runs as '");
	add_user(why);
	buffer_add_text(why, "')");
	return false;
}

static char *
aside_of(const char *path)
{
	const char *slash = strrchr(path, '/');
	int folder = slash == NULL ? 0 : (int)(slash - path) + 1;
	char *aside = NULL;

	if (asprintf(&aside, "%.*s.%s.mailseal", folder, path,
	    path + folder) < 0)
		return NULL;
	return aside;
}

/* A new file beside the other; what one that was interrupted left goes. */
static int
open_aside(const char *aside)
{
	(void)unlink(aside);
	return open(aside, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW |
	    O_CLOEXEC, 0600);
}

/* A label of a security module, say, is the new file's by itself, or may be
 * given to it, or may not: that is tried. */
static bool
may_be_alike(const char *path, struct buffer *why)
{
	char *aside;
	bool alike = false;
	int fd;

	if (!attributes_are_special(path))
		return true;
	aside = aside_of(path);
	fd = aside != NULL ? open_aside(aside) : -1;
	if (fd < 0) {
		(void)fail(why, path, strerror(errno));
	} else {
		alike = attributes_copy(path, fd, why) == 0;
		(void)close(fd);
		(void)unlink(aside);
	}
	free(aside);
	return alike;
}

bool
save_is_possible(const char *path, struct buffer *why)
{
	char *real = real_path(path), *folder = NULL;
	bool possible = false;

	if (real != NULL)
		folder = folder_of(real);
	if (folder != NULL && access(real, F_OK) != 0)
		possible = may_write(folder, why);
	else if (folder != NULL)
		possible = may_write(real, why) && may_be_ours(real, why) &&
		    may_write(folder, why) && may_be_alike(real, why);
	free(folder);
	free(real);
	return possible;
}

static bool
write_all(int fd, struct span text)
{
	while (text.n > 0) {
		ssize_t n = write(fd, text.p, text.n);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		text = span_from(text, (size_t)n);
	}
	return true;
}

/* The mode comes last: the others change it. */
static int
take_over(int fd, const struct save *save, mode_t mode, struct buffer *why)
{
	struct stat st;

	if (save->was.st_nlink == 0) {
		if (fchmod(fd, mode & 0777) == 0)
			return 0;
		return fail(why, save->path, strerror(errno));
	}
	if (fstat(fd, &st) != 0 || ((st.st_uid != save->was.st_uid ||
	    st.st_gid != save->was.st_gid) &&
	    fchown(fd, save->was.st_uid, save->was.st_gid) != 0))
		return fail(why, save->path, "its owner could not be kept");
	if (attributes_copy(save->path, fd, why) != 0)
		return -1;
	if (fchmod(fd, save->was.st_mode & 07777) != 0)
		return fail(why, save->path, "its mode could not be kept");
	return 0;
}

int
save_prepare(struct save *save, const char *path, struct span text,
    mode_t mode, struct buffer *why)
{
	int fd = -1, ret = -1;

	*save = (struct save){ .path = real_path(path) };
	if (save->path == NULL)
		return fail(why, path, strerror(errno));
	if (stat(save->path, &save->was) != 0)
		save->was = (struct stat){ .st_nlink = 0 };
	else if (!S_ISREG(save->was.st_mode))
		return fail(why, path, "no regular file");
	save->aside = aside_of(save->path);
	if (save->aside == NULL)
		return fail(why, path, strerror(errno));
	fd = open_aside(save->aside);
	if (fd < 0) {
		(void)fail(why, save->aside, strerror(errno));
		free(save->aside);
		save->aside = NULL;
		return -1;
	}
	if (!write_all(fd, text))
		(void)fail(why, save->aside, strerror(errno));
	else if (take_over(fd, save, mode, why) == 0) {
		if (fsync(fd) == 0)
			ret = 0;
		else
			(void)fail(why, save->aside, strerror(errno));
	}
	(void)close(fd);
	return ret;
}

static bool
is_as_it_was(const struct save *save)
{
	struct stat st;

	if (stat(save->path, &st) != 0)
		return errno == ENOENT && save->was.st_nlink == 0;
	return save->was.st_nlink > 0 && st.st_dev == save->was.st_dev &&
	    st.st_ino == save->was.st_ino && st.st_size == save->was.st_size &&
	    st.st_mtim.tv_sec == save->was.st_mtim.tv_sec &&
	    st.st_mtim.tv_nsec == save->was.st_mtim.tv_nsec;
}

static void
sync_folder(const char *path)
{
	char *folder = folder_of(path);
	int fd = folder != NULL ? open(folder, O_RDONLY | O_DIRECTORY |
	    O_CLOEXEC) : -1;

	if (fd >= 0) {
		(void)fsync(fd);
		(void)close(fd);
	}
	free(folder);
}

int
save_commit(struct save *save, struct buffer *why)
{
	if (!is_as_it_was(save))
		return fail(why, save->path, "was changed by somebody else "
		    "meanwhile");
	if (rename(save->aside, save->path) != 0)
		return fail(why, save->path, strerror(errno));
	sync_folder(save->path);
	free(save->aside);
	save->aside = NULL;
	return 0;
}

void
save_deinit(struct save *save)
{
	if (save->aside != NULL)
		(void)unlink(save->aside);
	free(save->aside);
	free(save->path);
	*save = (struct save){ 0 };
}
