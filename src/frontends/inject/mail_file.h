/*
 * mail_file.h: a message file, whole, cut where header fields and body are.
 *
 * The first line end decides how the file is read: after a bare LF every LF is
 * a line end, otherwise only CRLF is.  Nothing is copied but what has to be: a
 * file is mapped, a pipe is read into memory.
 */
#ifndef INJECT_MAIL_FILE_H
#define INJECT_MAIL_FILE_H

#include "base/buffer.h"

struct mail_file {
	struct span bytes; /* of the whole file */
	bool lf; /* lines end in LF */
	bool mapped;
	struct buffer read; /* what came through a pipe */
	size_t at; /* of the next field */
	size_t body; /* offset of what is behind the last field, the empty line
	    included; known once mail_file_field() returned false */
	struct buffer field; /* the last one given, when it had to be changed */
};

/* path "-" is standard input.  Returns 0, or -1 with errno. */
int mail_file_open(struct mail_file *file, const char *path);
void mail_file_close(struct mail_file *file);

/* The next field: with CRLF between its lines and none at its end, good until
 * the next call; *raw_r is the same in the file, its last line end included. */
bool mail_file_field(struct mail_file *file, struct span *field_r,
    struct span *raw_r);

/* The body, with CRLF for LF, in chunks to feed().  Returns what feed() did
 * when that was not 0. */
int mail_file_body(struct mail_file *file,
    int (*feed)(void *arg, struct span s), void *arg);

#endif
