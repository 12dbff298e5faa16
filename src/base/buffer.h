/*
 * buffer.h: bytes that grow, on the heap.
 *
 * A failed allocation sticks: later appends do nothing, and the caller asks
 * once, at the end, with buffer_failed().
 */
#ifndef BASE_BUFFER_H
#define BASE_BUFFER_H

#include "base/span.h"

struct buffer { /* { 0 } is an empty buffer */
	unsigned char *p;
	size_t n, room;
	bool failed;
};

void buffer_add(struct buffer *buffer, struct span s);
void buffer_add_text(struct buffer *buffer, const char *text);
void buffer_add_byte(struct buffer *buffer, unsigned char c);

/* n octets at the end for the caller to fill, or NULL. */
unsigned char *buffer_extend(struct buffer *buffer, size_t n);

static inline bool
buffer_failed(const struct buffer *buffer)
{
	return buffer->failed;
}

static inline struct span
buffer_span(const struct buffer *buffer)
{
	return span_of(buffer->p, buffer->n);
}

/* Empty it but keep the memory. */
void buffer_clear(struct buffer *buffer);

/* Hand over the bytes, NUL-terminated, to be freed by the caller; NULL when an
 * allocation failed.  The buffer is empty afterwards. */
char *buffer_take_text(struct buffer *buffer);

/* Wipe and free. */
void buffer_deinit(struct buffer *buffer);

#endif
