/*
 * encoding.c: the encodings of util.h.
 */
#include "util.h"

#include "base/base64.h"
#include "misc/ec_string.h"

#include <stdbool.h>
#include <string.h>

#define FOLD_COLUMNS 76 /* RFC 2045 6.7 and 6.8 */

int
ec_base64_encode_space(int len)
{
	return len < 0 ? 0 : (int)base64_length((size_t)len) + 1;
}

int
ec_base64_decode_space(int len)
{
	return len < 0 ? 0 : len / 4 * 3 + 3 + 1;
}

int
ec_base64_encode(const char *src, int src_len, char *dest, int dest_len)
{
	if (src_len < 0 || ec_base64_encode_space(src_len) > dest_len)
		return 0;
	base64_encode(span_of(src, (size_t)src_len), (unsigned char *)dest);
	return ec_base64_encode_space(src_len) - 1;
}

int
ec_base64_decode(const char *src, int src_len, char *dest, int dest_len)
{
	struct arena arena = { 0 };
	struct span octets;
	int n = 0;

	if (src_len > 0 && base64_decode(span_of(src, (size_t)src_len), &arena,
	    &octets) == 0 && octets.n <= (size_t)(dest_len > 0 ? dest_len : 0)) {
		memcpy(dest, octets.p, octets.n);
		n = (int)octets.n;
	}
	arena_deinit(&arena);
	return n;
}

int
ec_base64_encode_to_string(const char *src, size_t src_len, string *dest,
    int fold)
{
	/* as many octets as fill a line; a multiple of 3, so no padding
	 * stands in the middle */
	size_t step = FOLD_COLUMNS / 4 * 3;
	unsigned char line[FOLD_COLUMNS + 1];

	for (size_t at = 0; at < src_len; at += step) {
		size_t n = src_len - at < step ? src_len - at : step;

		if (fold != 0 && at > 0)
			(void)stringwrite2(dest, "\r\n", 2);
		base64_encode(span_of(src + at, n), line);
		(void)stringwrite2(dest, (char *)line, base64_length(n));
	}
	return 1;
}

int
ec_base64_encode_string_to_string(string *src, string *dest, int fold)
{
	return ec_base64_encode_to_string(src->buffer, (size_t)src->len, dest,
	    fold);
}

/* Must a character be written as =XX?  (RFC 2045 6.7 rules 1 to 3) */
static bool
qp_encodes(const char *src, size_t n, size_t at, const char *toencode)
{
	unsigned char c = (unsigned char)src[at];

	if (c == ' ' || c == '\t') /* not at the end of a line */
		return at + 1 == n || src[at + 1] == '\r' || src[at + 1] == '\n';
	if (c < '!' || c > '~' || c == '=')
		return true;
	return toencode != NULL && strchr(toencode, c) != NULL;
}

int
ec_qp_encode_to_string(const char *src, size_t src_len, string *dest,
    char *toencode)
{
	static const char hex[] = "0123456789ABCDEF";
	int start = dest->len;
	int column = 0;

	for (size_t i = 0; i < src_len; i++) {
		unsigned char c = (unsigned char)src[i];
		char coded[3] = { '=', hex[c >> 4], hex[c & 15] };
		bool encode = qp_encodes(src, src_len, i, toencode);

		if (c == '\r' && i + 1 < src_len && src[i + 1] == '\n') {
			(void)stringwrite2(dest, "\r\n", 2);
			i++;
			column = 0;
			continue;
		}
		/* one column stays free for the '=' of a soft line break */
		if (column + (encode ? 3 : 1) > FOLD_COLUMNS - 1) {
			(void)stringwrite2(dest, "=\r\n", 3);
			column = 0;
		}
		(void)stringwrite2(dest, encode ? coded : &src[i],
		    encode ? 3 : 1);
		column += encode ? 3 : 1;
	}
	return dest->len - start;
}

int
ec_hex_encode(const char *src, size_t src_len, char *dest, size_t dest_len)
{
	static const char hex[] = "0123456789ABCDEF";

	if (dest_len == 0 || src_len > (dest_len - 1) / 2)
		return 0;
	for (size_t i = 0; i < src_len; i++) {
		unsigned char c = (unsigned char)src[i];

		dest[2 * i] = hex[c >> 4];
		dest[2 * i + 1] = hex[c & 15];
	}
	dest[2 * src_len] = '\0';
	return (int)(2 * src_len);
}

int
ec_hex_decode(const char *src, size_t src_len, char *dest, size_t dest_len)
{
	if (src_len % 2 != 0 || src_len / 2 > dest_len)
		return 0;
	for (size_t i = 0; i < src_len / 2; i++) {
		int high = byte_hex((unsigned char)src[2 * i]);
		int low = byte_hex((unsigned char)src[2 * i + 1]);

		if (high < 0 || low < 0)
			return 0;
		dest[i] = (char)(high * 16 + low);
	}
	return (int)(src_len / 2);
}
