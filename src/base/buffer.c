/*
 * buffer.c: doubling, and wiping what is let go, for it may hold a key.
 */
#include "base/buffer.h"

#include <openssl/crypto.h>
#include <stdlib.h>

static bool
make_room(struct buffer *buffer, size_t n)
{
	size_t room = buffer->room == 0 ? 256 : buffer->room;
	unsigned char *p;

	if (buffer->failed)
		return false;
	if (buffer->p != NULL && n <= buffer->room - buffer->n)
		return true;
	if (n > SIZE_MAX / 2 - buffer->n) {
		buffer->failed = true;
		return false;
	}
	while (room - buffer->n < n)
		room *= 2;
	p = malloc(room);
	if (p == NULL) {
		buffer->failed = true;
		return false;
	}
	if (buffer->n > 0)
		memcpy(p, buffer->p, buffer->n);
	OPENSSL_cleanse(buffer->p, buffer->room);
	free(buffer->p);
	buffer->p = p;
	buffer->room = room;
	return true;
}

unsigned char *
buffer_extend(struct buffer *buffer, size_t n)
{
	unsigned char *p;

	if (!make_room(buffer, n))
		return NULL;
	p = buffer->p + buffer->n;
	buffer->n += n;
	return p;
}

void
buffer_add(struct buffer *buffer, struct span s)
{
	unsigned char *p = buffer_extend(buffer, s.n);

	if (p != NULL && s.n > 0)
		memcpy(p, s.p, s.n);
}

void
buffer_add_text(struct buffer *buffer, const char *text)
{
	buffer_add(buffer, span_of_text(text));
}

void
buffer_add_byte(struct buffer *buffer, unsigned char c)
{
	buffer_add(buffer, span_of(&c, 1));
}

void
buffer_clear(struct buffer *buffer)
{
	buffer->n = 0;
	buffer->failed = false;
}

char *
buffer_take_text(struct buffer *buffer)
{
	char *text = NULL;

	buffer_add_byte(buffer, '\0');
	if (!buffer->failed) {
		text = (char *)buffer->p;
		*buffer = (struct buffer){ 0 };
	}
	buffer_deinit(buffer);
	return text;
}

void
buffer_deinit(struct buffer *buffer)
{
	OPENSSL_cleanse(buffer->p, buffer->room);
	free(buffer->p);
	*buffer = (struct buffer){ 0 };
}
