/*
 * base64.c: white space and padding are checked here, the octets are
 * OpenSSL's work.
 */
#include "base/base64.h"

#include <limits.h>
#include <openssl/evp.h>

static bool
is_base64_byte(unsigned char c)
{
	return byte_is_alpha(c) || byte_is_digit(c) || c == '+' || c == '/';
}

int
base64_squeeze(struct span text, struct arena *arena, struct span *text_r)
{
	unsigned char *out;
	size_t n = 0, i = 0;

	while (i < text.n && !byte_is_fws(text.p[i]))
		i++;
	if (i == text.n) {
		*text_r = text;
		return 0;
	}
	out = arena_bytes(arena, text.n);
	if (out == NULL)
		return -1;
	for (i = 0; i < text.n; i++) {
		if (!byte_is_fws(text.p[i]))
			out[n++] = text.p[i];
	}
	arena_shrink(arena, out, text.n, n);
	*text_r = span_of(out, n);
	return 0;
}

/* How many "=" end the text, or -1 when it is not base64. */
static int
check_padding(struct span text)
{
	size_t n = text.n;
	int padding = 0;

	while (n > 0 && padding < 2 && text.p[n - 1] == '=') {
		n--;
		padding++;
	}
	for (size_t i = 0; i < n; i++) {
		if (!is_base64_byte(text.p[i]))
			return -1;
	}
	return text.n % 4 == 0 && (n > 0 || padding == 0) ? padding : -1;
}

int
base64_decode(struct span text, struct arena *arena, struct span *octets_r)
{
	struct span squeezed;
	unsigned char *out;
	int padding, n;

	if (base64_squeeze(text, arena, &squeezed) < 0)
		return -1;
	padding = check_padding(squeezed);
	if (padding < 0 || squeezed.n > INT_MAX)
		return 1;
	out = arena_bytes(arena, squeezed.n / 4 * 3 + 1);
	if (out == NULL)
		return -1;
	n = EVP_DecodeBlock(out, squeezed.p, (int)squeezed.n);
	if (n < padding)
		return 1;
	*octets_r = span_of(out, (size_t)(n - padding));
	return 0;
}

void
base64_encode(struct span octets, unsigned char *out)
{
	(void)EVP_EncodeBlock(out, octets.p, (int)octets.n);
}
