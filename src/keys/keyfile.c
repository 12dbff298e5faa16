/*
 * keyfile.c: open, look at what was opened, read, forget.
 *
 * The order matters.  The descriptor is judged, not the path, since a path
 * may lead elsewhere a moment later; O_NONBLOCK keeps a FIFO from holding us
 * up before it can be refused; and the text is wiped whatever comes of it.
 */
#include "keys/keyfile.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <openssl/crypto.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define USER_BYTES 96 /* "uid 4294967295 (name)" */
#define FACTS_BYTES 320

/* "uid 33 (www-data)" */
static void
describe_user(uid_t uid, char text_r[static USER_BYTES])
{
	char names[4096];
	struct passwd user, *found = NULL;

	if (getpwuid_r(uid, &user, names, sizeof(names), &found) == 0 &&
	    found != NULL)
		snprintf(text_r, USER_BYTES, "uid %u (%.64s)", (unsigned)uid,
		    user.pw_name);
	else
		snprintf(text_r, USER_BYTES, "uid %u", (unsigned)uid);
}

/* What is there, who looks, and what would do. */
static void
describe_facts(const struct stat *st, unsigned flags,
    char text_r[static FACTS_BYTES])
{
	char owner[USER_BYTES], us[USER_BYTES];
	const char *mode =
	    (flags & KEYFILE_ALLOW_GROUP_READ) != 0 ? "0640" : "0600";

	describe_user(st->st_uid, owner);
	describe_user(geteuid(), us);
	snprintf(text_r, FACTS_BYTES,
	    "owner %s, mode %04o, we are %s; wanted: a regular file, owner "
	    "root or us, mode %s or less", owner,
	    (unsigned)(st->st_mode & 07777), us, mode);
}

/* What is wrong with owner and mode, or NULL. */
static const char *
find_unsafe(const struct stat *st, unsigned flags)
{
	if ((flags & KEYFILE_ALLOW_UNSAFE) != 0)
		return NULL;
	if (st->st_uid != 0 && st->st_uid != geteuid())
		return "belongs to another user";
	if ((st->st_mode & S_IWOTH) != 0)
		return "may be written by everyone";
	if ((st->st_mode & S_IWGRP) != 0)
		return "may be written by its group";
	if ((st->st_mode & S_IROTH) != 0)
		return "may be read by everyone";
	if ((st->st_mode & S_IRGRP) != 0 &&
	    (flags & KEYFILE_ALLOW_GROUP_READ) == 0)
		return "may be read by its group";
	return NULL;
}

static int
refuse(const char *path, const struct stat *st, unsigned flags,
    const char *what, int outcome, struct why *why_r)
{
	char facts[FACTS_BYTES];

	describe_facts(st, flags, facts);
	why_set(why_r, "key file '%s' %s: %s", path, what, facts);
	return outcome;
}

/* open() said no: error is its errno.  The path is looked at again for the
 * words alone. */
static int
refuse_unopened(const char *path, int error, unsigned flags,
    struct why *why_r)
{
	struct stat st;
	char us[USER_BYTES];
	const char *reason = strerrordesc_np(error);

	if (reason == NULL)
		reason = "unknown error";
	if (error == ENOENT || error == ENOTDIR) {
		why_set(why_r, "key file '%s': %s", path, reason);
		return KEYFILE_ABSENT;
	}
	if (error == ELOOP && lstat(path, &st) == 0 && S_ISLNK(st.st_mode))
		return refuse(path, &st, flags,
		    "is a symbolic link, which is not followed",
		    KEYFILE_UNSAFE, why_r);
	if (error == ENXIO && lstat(path, &st) == 0)
		return refuse(path, &st, flags, "is not a regular file",
		    KEYFILE_UNSAFE, why_r);
	if (error == EACCES && lstat(path, &st) == 0)
		return refuse(path, &st, flags, "may not be read by us",
		    KEYFILE_UNUSABLE, why_r);
	describe_user(geteuid(), us);
	why_set(why_r, "key file '%s': %s; we are %s", path, reason, us);
	return error == EACCES ? KEYFILE_UNUSABLE : KEYFILE_E_IO;
}

/* Read up to room octets, or to the end.  Returns 0 or an errno. */
static int
read_whole(int fd, unsigned char *to, size_t room, size_t *n_r)
{
	size_t n = 0;
	ssize_t got;

	while (n < room) {
		got = read(fd, to + n, room - n);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return errno;
		if (got == 0)
			break;
		n += (size_t)got;
	}
	*n_r = n;
	return 0;
}

static int
parse_key(const char *path, struct span pem, struct seal_key **key_r,
    struct why *why_r)
{
	const char *why = NULL;
	int ret = seal_key_from_pem(pem, key_r, &why);

	if (ret == 0)
		return KEYFILE_OK;
	if (ret == SEAL_E_NOMEM) {
		why_set(why_r, "key file '%s': out of memory", path);
		return KEYFILE_E_NOMEM;
	}
	why_set(why_r, "key file '%s': %s", path,
	    why != NULL ? why : seal_error_word(ret));
	return KEYFILE_UNUSABLE;
}

static int
load_open_file(const char *path, int fd, off_t size, struct seal_key **key_r,
    struct why *why_r)
{
	/* one octet more than the file had, to see it grow */
	size_t room = (size_t)size + 1, n = 0;
	unsigned char *text = malloc(room);
	int error, ret;

	if (text == NULL) {
		why_set(why_r, "key file '%s': out of memory", path);
		return KEYFILE_E_NOMEM;
	}
	error = read_whole(fd, text, room, &n);
	if (error != 0) {
		why_set(why_r, "key file '%s': %s", path,
		    strerrordesc_np(error));
		ret = KEYFILE_E_IO;
	} else if (n == room) {
		why_set(why_r, "key file '%s' changed while it was read", path);
		ret = KEYFILE_E_IO;
	} else {
		ret = parse_key(path, (struct span){ text, n }, key_r, why_r);
	}
	OPENSSL_cleanse(text, room);
	free(text);
	return ret;
}

static int
check_and_load(const char *path, int fd, unsigned flags,
    struct seal_key **key_r, struct why *why_r)
{
	struct stat st;
	const char *unsafe;

	if (fstat(fd, &st) != 0) {
		why_set(why_r, "key file '%s': %s", path,
		    strerrordesc_np(errno));
		return KEYFILE_E_IO;
	}
	if (!S_ISREG(st.st_mode))
		return refuse(path, &st, flags, "is not a regular file",
		    KEYFILE_UNSAFE, why_r);
	unsafe = find_unsafe(&st, flags);
	if (unsafe != NULL)
		return refuse(path, &st, flags, unsafe, KEYFILE_UNSAFE, why_r);
	if (st.st_size == 0) {
		why_set(why_r, "key file '%s' is empty", path);
		return KEYFILE_UNUSABLE;
	}
	if (st.st_size > KEYFILE_MAX_BYTES) {
		why_set(why_r, "key file '%s' has %lld octets, at most %d are "
		    "read", path, (long long)st.st_size, KEYFILE_MAX_BYTES);
		return KEYFILE_UNUSABLE;
	}
	return load_open_file(path, fd, st.st_size, key_r, why_r);
}

int
keyfile_load(const char *path, unsigned flags, struct seal_key **key_r,
    struct why *why_r)
{
	int how = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY;
	int fd, ret;

	*key_r = NULL;
	if ((flags & KEYFILE_ALLOW_UNSAFE) == 0)
		how |= O_NOFOLLOW;
	fd = open(path, how);
	if (fd < 0)
		return refuse_unopened(path, errno, flags, why_r);
	ret = check_and_load(path, fd, flags, key_r, why_r);
	close(fd);
	return ret;
}

/* Write all of text and bring it to disk.  Returns 0 or an errno. */
static int
write_whole(int fd, struct span text)
{
	ssize_t put;

	/* open() took the umask's bits off, which may be the owner's own */
	if (fchmod(fd, S_IRUSR | S_IWUSR) != 0)
		return errno;
	while (text.n > 0) {
		put = write(fd, text.p, text.n);
		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0)
			return errno;
		text.p += put;
		text.n -= (size_t)put;
	}
	return fsync(fd) == 0 ? 0 : errno;
}

/* The name of a new file is on disk only when its directory is. */
static int
sync_directory(const char *path)
{
	char *copy = strdup(path);
	int fd, error = 0;

	if (copy == NULL)
		return ENOMEM;
	fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	free(copy);
	if (fd < 0)
		return errno == EACCES ? 0 : errno; /* may be write-only to us */
	/* EINVAL: a file system that cannot, and need not */
	if (fsync(fd) != 0 && errno != EINVAL)
		error = errno;
	close(fd);
	return error;
}

int
keyfile_create(const char *path, struct span text, struct why *why_r)
{
	int fd, error;

	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
	    S_IRUSR | S_IWUSR);
	if (fd < 0 && errno == EEXIST) {
		why_set(why_r, "key file '%s' exists and is left as it is", path);
		return KEYFILE_EXISTS;
	}
	if (fd < 0) {
		error = errno;
		why_set(why_r, "key file '%s' cannot be created: %s", path,
		    strerrordesc_np(error));
		return error == ENOENT || error == ENOTDIR ? KEYFILE_ABSENT
							   : KEYFILE_E_IO;
	}
	error = write_whole(fd, text);
	if (close(fd) != 0 && error == 0 && errno != EINTR)
		error = errno;
	if (error == 0)
		error = sync_directory(path);
	if (error == 0)
		return KEYFILE_OK;
	unlink(path); /* ours: O_EXCL made it */
	why_set(why_r, "key file '%s' cannot be written: %s; removed", path,
	    strerrordesc_np(error));
	return KEYFILE_E_IO;
}
