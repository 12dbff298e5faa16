/*
 * guarded.h: files that say who may do what, opened with care.
 *
 * Whoever can change such a file can let himself in, and whoever can read
 * passwords has them.  The last component of the path may not be a symbolic
 * link, and what is judged is the open descriptor, not the path.
 */
#ifndef HOST_GUARDED_H
#define HOST_GUARDED_H

#include "base/buffer.h"

#include <stdbool.h>
#include <sys/types.h>

#define GUARDED_BYTES (1024 * 1024) /* some 20,000 users */
#define GUARDED_GROUPS 64

struct guarded_reader { /* who reads the file when it counts */
	uid_t uid;
	gid_t groups[GUARDED_GROUPS];
	int count; /* of groups */
};

/* The user that this process becomes, with his groups; (uid_t)-1: the one that
 * it is. */
void guarded_reader_init(struct guarded_reader *reader_r, uid_t uid,
    gid_t gid);

/*
 * Append the whole file to text.  It must be a regular one of at most
 * GUARDED_BYTES, belong to root or the reader, be readable for the reader, and
 * not be writable for others; one with passwords not readable for others
 * either, but for a group of the reader.  False, with words in why: they name
 * the path, owner and mode.
 */
bool guarded_read(const char *path, const struct guarded_reader *reader,
    bool has_passwords, struct buffer *text, struct buffer *why);

/* A text line by line: comments ('#' at the beginning) and empty lines are
 * passed by, a CR at the end is taken off. */
struct guarded_lines {
	struct span rest;
	unsigned number; /* of the line that was given last, from 1 */
};

/* False at the end. */
bool guarded_next(struct guarded_lines *lines, struct span *line_r);

#endif
