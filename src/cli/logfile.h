/*
 * logfile.h: a log, line by line: a file, one that gzip made smaller, or
 * standard input.
 */
#ifndef CLI_LOGFILE_H
#define CLI_LOGFILE_H

#include "base/buffer.h"

#define LOGFILE_LINE (256 * 1024) /* octets; longer lines are cut */

struct logfile {
	const char *name; /* for reports */
	void *gz; /* of zlib, which reads what is not compressed as it is */
	struct buffer line;
};

/* "-" is standard input.  0, or an exit status after telling why. */
int logfile_open(struct logfile *file, const char *path);

/* The next line without its end, valid until the next call.  1, or 0 at the
 * end, or -1 after telling why it cannot be read. */
int logfile_next(struct logfile *file, struct span *line_r);

void logfile_close(struct logfile *file);

#endif
