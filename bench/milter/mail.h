/*
 * mail.h: a message in memory, cut as an MTA has it before a filter sees it.
 *
 * Line ends are CRLF.  A file whose first line ends in a bare LF is read as a
 * file of this system: every LF is a line end.  In any other file a CR or LF
 * alone is a byte like others.
 */
#ifndef BENCH_MILTER_MAIL_H
#define BENCH_MILTER_MAIL_H

#include "base/buffer.h"

#define MAIL_MAX (512u * 1024 * 1024)

struct mail_field {
	struct span text; /* all of it, without its last line end */
	struct span name; /* without blanks before the colon */
	struct span value; /* all that follows the colon */
};

struct mail {
	struct buffer text;
	struct mail_field *fields;
	size_t n_fields;
	struct span body; /* behind the empty line, or from the first line
	    that is no field */
};

/* path "-" is standard input.  Returns 0, or -1 with errno. */
int mail_read(const char *path, struct mail *mail_r);
void mail_deinit(struct mail *mail);

#endif
