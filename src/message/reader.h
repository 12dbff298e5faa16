/*
 * reader.h: a message as a stream of bytes, turned into header fields and body
 * chunks (RFC 5322 section 2.1).
 *
 * The header is gathered whole, up to a limit, and given out field by field
 * once its end is seen; the body passes through.  With SEAL_LINES_FILE the
 * first line end decides: after a bare LF every LF is a line end and is given
 * out as CRLF, otherwise the bytes are taken as they are.
 */
#ifndef MESSAGE_READER_H
#define MESSAGE_READER_H

#include "base/buffer.h"
#include "seal.h"

/* Each returns 0, or an error that ends reading and is returned. */
struct reader_events {
	int (*field)(void *arg, struct span field);
	int (*end_header)(void *arg);
	int (*body)(void *arg, struct span chunk);
};

struct reader { /* { 0 } before init */
	const struct reader_events *events;
	void *arg;
	struct buffer head; /* the header so far, as it came */
	size_t max_octets; /* of the head; more is not kept */
	size_t line; /* octets of the current line so far */
	enum seal_line_ends line_ends;
	bool line_ends_known;
	bool lf; /* every LF is a line end */
	bool cr; /* the byte before was CR */
	bool in_body;
};

void reader_init(struct reader *reader, const struct reader_events *events,
    void *arg, size_t max_octets);
int reader_feed(struct reader *reader, struct span bytes,
    enum seal_line_ends line_ends);
/* The stream is over; a header that has not ended ends here. */
int reader_finish(struct reader *reader);
void reader_deinit(struct reader *reader);

#endif
