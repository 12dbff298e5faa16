/*
 * quoted.c: "=XX" and back.
 */
#include "dkim/quoted.h"

int
quoted_decode(struct span text, struct arena *arena, struct span *octets_r)
{
	unsigned char *out = arena_bytes(arena, text.n);
	size_t n = 0;
	int high, low;

	if (out == NULL)
		return -1;
	for (size_t i = 0; i < text.n; i++) {
		if (byte_is_fws(text.p[i]))
			continue;
		if (text.p[i] != '=') {
			out[n++] = text.p[i];
			continue;
		}
		if (text.n - i < 3)
			return 1;
		high = byte_hex(text.p[i + 1]);
		low = byte_hex(text.p[i + 2]);
		if (high < 0 || low < 0)
			return 1;
		out[n++] = (unsigned char)(high << 4 | low);
		i += 2;
	}
	arena_shrink(arena, out, text.n, n);
	*octets_r = span_of(out, n);
	return 0;
}

/* dkim-safe-char = %x21-3A / %x3C / %x3E-7E */
static bool
is_safe(unsigned char c)
{
	return c > 0x20 && c < 0x7f && c != ';' && c != '=';
}

void
quoted_encode(struct buffer *out, struct span octets, bool bar_too)
{
	static const char digits[] = "0123456789ABCDEF";

	for (size_t i = 0; i < octets.n; i++) {
		unsigned char c = octets.p[i];

		if (is_safe(c) && !(bar_too && c == '|')) {
			buffer_add_byte(out, c);
			continue;
		}
		buffer_add_byte(out, '=');
		buffer_add_byte(out, (unsigned char)digits[c >> 4]);
		buffer_add_byte(out, (unsigned char)digits[c & 15]);
	}
}
