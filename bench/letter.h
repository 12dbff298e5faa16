/*
 * letter.h: messages that look like mail and are the same in every run.
 *
 * The header has eighteen fields, three of them folded.  The body is prose in
 * lines of some 60 to 76 columns with some empty lines, some double spaces and
 * the odd blank before a line end, so that both relaxed canonicalizations have
 * their work.
 */
#ifndef BENCH_LETTER_H
#define BENCH_LETTER_H

#include "base/span.h"

/* A message in memory, cut as a mail server has it. */
struct letter {
	unsigned char *text; /* all of it, CRLF line ends */
	size_t n;
	struct span *fields; /* views of text, without the last CRLF */
	size_t n_fields;
	struct span body;
};

/* n octets in all; n is at least LETTER_MIN. */
#define LETTER_MIN 2048
struct letter *letter_new(size_t n);

/* A copy, and a copy with one more field at the top. */
struct letter *letter_copy(const struct letter *letter);
struct letter *letter_with_field(const struct letter *letter,
    struct span field);

/* Change one byte of the body. */
void letter_damage(struct letter *letter);

void letter_free(struct letter **letter);

/* The same message a piece at a time, for sizes that should not be in memory:
 * the whole header first, then the body. */
struct letter_stream {
	size_t left; /* octets of the body still to come, never 1 or 2 */
	uint32_t dice; /* state of the number generator */
};

/* A message of n octets; returns its header with the empty line. */
struct span letter_stream_init(struct letter_stream *stream, size_t n);

/* Fill the chunk with whole lines; returns the octets filled, 0 at the end.
 * size is at least LETTER_LINE. */
#define LETTER_LINE 128
size_t letter_stream_read(struct letter_stream *stream, unsigned char *chunk,
    size_t size);

#endif
