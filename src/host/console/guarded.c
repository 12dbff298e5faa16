/*
 * guarded.c: open, look at what was opened, read.
 *
 * O_NONBLOCK keeps a FIFO from holding us up before it can be refused.
 */
#include "host/console/guarded.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PASSWD_BYTES 4096

void
guarded_reader_init(struct guarded_reader *reader_r, uid_t uid, gid_t gid)
{
	struct passwd pw, *found = NULL;
	char room[PASSWD_BYTES];

	*reader_r = (struct guarded_reader){ .uid = uid };
	if (uid == (uid_t)-1) {
		reader_r->uid = geteuid();
		reader_r->count = getgroups(GUARDED_GROUPS - 1,
		    reader_r->groups);
		if (reader_r->count < 0)
			reader_r->count = 0;
		reader_r->groups[reader_r->count++] = getegid();
		return;
	}
	reader_r->count = GUARDED_GROUPS;
	if (getpwuid_r(uid, &pw, room, sizeof(room), &found) != 0 ||
	    found == NULL || getgrouplist(pw.pw_name, gid, reader_r->groups,
	    &reader_r->count) < 0) {
		reader_r->groups[0] = gid;
		reader_r->count = 1;
	}
}

static bool
is_in(const struct guarded_reader *reader, gid_t group)
{
	for (int i = 0; i < reader->count; i++) {
		if (reader->groups[i] == group)
			return true;
	}
	return false;
}

static bool
can_read(const struct guarded_reader *reader, const struct stat *st)
{
	if (reader->uid == 0)
		return true;
	if (reader->uid == st->st_uid)
		return (st->st_mode & S_IRUSR) != 0;
	if (is_in(reader, st->st_gid))
		return (st->st_mode & S_IRGRP) != 0;
	return (st->st_mode & S_IROTH) != 0;
}

/* NULL: it can be trusted. */
static const char *
objection(const struct stat *st, const struct guarded_reader *reader,
    bool has_passwords)
{
	if (!S_ISREG(st->st_mode))
		return "is not a regular file";
	if (st->st_uid != 0 && st->st_uid != reader->uid)
		return "belongs to another user";
	if ((st->st_mode & S_IWOTH) != 0)
		return "may be written by everyone";
	if ((st->st_mode & S_IWGRP) != 0)
		return "may be written by its group";
	if (has_passwords && (st->st_mode & S_IROTH) != 0)
		return "may be read by everyone";
	if (has_passwords && (st->st_mode & S_IRGRP) != 0 &&
	    !is_in(reader, st->st_gid))
		return "may be read by a group that is not ours";
	if (!can_read(reader, st))
		return "cannot be read by us";
	if (st->st_size > GUARDED_BYTES)
		return "is larger than 1 MiB";
	return NULL;
}

static bool
tell(struct buffer *why, const char *path, const char *what)
{
	buffer_add_text(why, "'");
	buffer_add_text(why, path);
	buffer_add_text(why, "' ");
	buffer_add_text(why, what);
	return false;
}

static bool
tell_facts(struct buffer *why, const char *path, const char *what,
    const struct stat *st, const struct guarded_reader *reader,
    bool has_passwords)
{
	char facts[256];

	(void)tell(why, path, what);
	(void)snprintf(facts, sizeof(facts), " (owner uid %u, gid %u, mode "
	    "%04o, we are uid %u; expected a file of root or ours, mode %s)",
	    (unsigned)st->st_uid, (unsigned)st->st_gid,
	    (unsigned)(st->st_mode & 07777), (unsigned)reader->uid,
	    has_passwords ? "0600, or 0640 with a group of ours" :
	    "0644 or less");
	buffer_add_text(why, facts);
	return false;
}

/* 0, or an errno; EAGAIN: it changed meanwhile. */
static int
read_all(int fd, size_t size, struct buffer *text)
{
	/* one octet more than the file had, to see it grow */
	unsigned char *p = buffer_extend(text, size + 1);
	size_t n = 0;

	if (p == NULL)
		return ENOMEM;
	while (n <= size) {
		ssize_t got = read(fd, p + n, size + 1 - n);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return errno;
		if (got == 0)
			break;
		n += (size_t)got;
	}
	text->n -= size + 1 - n;
	return n > size ? EAGAIN : 0;
}

static bool
check_and_read(int fd, const char *path,
    const struct guarded_reader *reader, bool has_passwords,
    struct buffer *text, struct buffer *why)
{
	struct stat st;
	const char *what;
	int error;

	if (fstat(fd, &st) != 0)
		return tell(why, path, "cannot be looked at");
	what = objection(&st, reader, has_passwords);
	if (what != NULL)
		return tell_facts(why, path, what, &st, reader,
		    has_passwords);
	error = read_all(fd, (size_t)st.st_size, text);
	if (error == EAGAIN)
		return tell(why, path, "changed while it was read");
	return error == 0 || tell(why, path, "cannot be read");
}

bool
guarded_read(const char *path, const struct guarded_reader *reader,
    bool has_passwords, struct buffer *text, struct buffer *why)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY |
	    O_NOFOLLOW);
	bool good;

	if (fd < 0) {
		const char *reason = strerrordesc_np(errno);

		if (errno == ELOOP)
			return tell(why, path, "is a symbolic link, which is "
			    "not followed");
		(void)tell(why, path, "cannot be opened: ");
		buffer_add_text(why, reason != NULL ? reason : "unknown error");
		return false;
	}
	good = check_and_read(fd, path, reader, has_passwords, text, why);
	(void)close(fd);
	return good;
}

bool
guarded_next(struct guarded_lines *lines, struct span *line_r)
{
	while (lines->rest.n > 0) {
		bool cut = span_cut(&lines->rest, '\n', line_r);

		if (!cut)
			lines->rest = span_of(NULL, 0);
		lines->number++;
		if (line_r->n > 0 && line_r->p[line_r->n - 1] == '\r')
			line_r->n--;
		if (line_r->n > 0 && line_r->p[0] != '#')
			return true;
	}
	return false;
}
