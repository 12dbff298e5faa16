/*
 * input.h: the message that a subcommand works on, a file or standard input,
 * in chunks.
 *
 * Signing has to read it twice, since the signature stands on top of what it
 * covers.  A file is read again from where it began; what comes through a pipe
 * is kept in a temporary file without a name, so that memory does not grow
 * with the message.
 */
#ifndef CLI_INPUT_H
#define CLI_INPUT_H

#include "base/span.h"

#include <sys/stat.h>

#define INPUT_CHUNK (64 * 1024)

struct input {
	const char *name; /* for reports */
	int fd;
	int spool; /* the temporary file, or -1 */
	off_t start; /* where in fd the message begins */
	struct stat opened; /* fd as it was then */
	uint64_t octets; /* read since open or rewind */
	uint64_t expected; /* how many the first reading gave */
	bool again; /* reading for the second time */
	bool first_line_over; /* a line end has been seen */
	bool bare_lf; /* and it was a LF without CR */
	unsigned char last; /* the octet read last */
	unsigned char *chunk;
};

/* Open path, or standard input when it is NULL or "-"; twice: input_rewind()
 * will be called.  Returns 0, or an exit status after telling why.  The caller
 * calls input_close() in either case. */
int input_open(struct input *input, const char *path, bool twice);

/* The next chunk, valid until the next call; empty at the end.  Returns as
 * input_open(). */
int input_read(struct input *input, struct span *chunk_r);

/* Begin again from the start.  After the second reading input_read() tells of
 * a message that changed meanwhile.  Returns as input_open(). */
int input_rewind(struct input *input);

void input_close(struct input *input);

#endif
