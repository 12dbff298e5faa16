/*
 * packet.c: lengths, numbers and texts.
 */
#include "packet.h"

#define LENGTH_OCTETS 4

size_t
packet_begin(struct buffer *out, char command)
{
	size_t start = out->n;

	packet_add_long(out, 0);
	buffer_add_byte(out, (unsigned char)command);
	return start;
}

static void
put_long(unsigned char *p, uint32_t number)
{
	p[0] = (unsigned char)(number >> 24);
	p[1] = (unsigned char)(number >> 16);
	p[2] = (unsigned char)(number >> 8);
	p[3] = (unsigned char)number;
}

void
packet_end(struct buffer *out, size_t start)
{
	if (!buffer_failed(out))
		put_long(out->p + start,
		    (uint32_t)(out->n - start - LENGTH_OCTETS));
}

void
packet_add_octet(struct buffer *out, unsigned char octet)
{
	buffer_add_byte(out, octet);
}

void
packet_add_short(struct buffer *out, uint16_t number)
{
	buffer_add_byte(out, (unsigned char)(number >> 8));
	buffer_add_byte(out, (unsigned char)number);
}

void
packet_add_long(struct buffer *out, uint32_t number)
{
	unsigned char *p = buffer_extend(out, LENGTH_OCTETS);

	if (p != NULL)
		put_long(p, number);
}

void
packet_add_text(struct buffer *out, const char *text)
{
	buffer_add(out, span_of(text, strlen(text) + 1));
}

void
packet_add_span_text(struct buffer *out, struct span s)
{
	buffer_add(out, span_first(s, span_find(s, '\0')));
	buffer_add_byte(out, '\0');
}

void
packet_add_bare(struct buffer *out, char command)
{
	packet_end(out, packet_begin(out, command));
}

uint32_t
packet_length(const unsigned char *octets)
{
	return (uint32_t)octets[0] << 24 | (uint32_t)octets[1] << 16 |
	    (uint32_t)octets[2] << 8 | octets[3];
}

struct packet_reader
packet_read(struct span data)
{
	return (struct packet_reader){ .rest = data };
}

uint32_t
packet_take_long(struct packet_reader *reader)
{
	uint32_t number;

	if (reader->failed || reader->rest.n < LENGTH_OCTETS) {
		reader->failed = true;
		return 0;
	}
	number = packet_length(reader->rest.p);
	reader->rest = span_from(reader->rest, LENGTH_OCTETS);
	return number;
}

struct span
packet_take_text(struct packet_reader *reader)
{
	size_t n = span_find(reader->rest, '\0');
	struct span text = span_first(reader->rest, n);

	if (reader->failed || n == reader->rest.n) {
		reader->failed = true;
		return SPAN("");
	}
	reader->rest = span_from(reader->rest, n + 1);
	return text;
}

bool
packet_is_done(const struct packet_reader *reader)
{
	return !reader->failed && reader->rest.n == 0;
}
