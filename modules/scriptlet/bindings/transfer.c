/*
 * transfer.c: quoted-printable and base64 as they occur in mail.
 */
#include "scriptlet/bindings/transfer.h"

#include "base/base64.h"

#define COLUMNS 76 /* RFC 2045 sections 6.7 and 6.8 */
#define BASE64_OCTETS 57 /* of one line */

static const struct {
	const char *name;
	enum transfer transfer;
} names[] = {
	{ "7bit", TRANSFER_7BIT },
	{ "8bit", TRANSFER_8BIT },
	{ "quoted-printable", TRANSFER_QUOTED_PRINTABLE },
	{ "base64", TRANSFER_BASE64 },
	{ "binary", TRANSFER_BINARY },
};

enum transfer
transfer_from_name(struct span name)
{
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (span_ieq(name, span_of_text(names[i].name)))
			return names[i].transfer;
	}
	return TRANSFER_BINARY;
}

const char *
transfer_name(enum transfer transfer)
{
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (names[i].transfer == transfer)
			return names[i].name;
	}
	return "binary";
}

/* "=XX" at the beginning of s: the octet, or -1. */
static int
quoted_octet(struct span s)
{
	int high, low;

	if (s.n < 3 || s.p[0] != '=')
		return -1;
	high = byte_hex(s.p[1]);
	low = byte_hex(s.p[2]);
	return high < 0 || low < 0 ? -1 : high << 4 | low;
}

/* The length of a soft line break at the beginning of s, or 0. */
static size_t
soft_break(struct span s)
{
	size_t n = 1;

	while (n < s.n && byte_is_wsp(s.p[n]))
		n++;
	if (n < s.n && s.p[n] == '\r')
		n++;
	return n < s.n && s.p[n] == '\n' ? n + 1 : n == s.n ? n : 0;
}

static void
decode_quoted(struct span s, struct buffer *out)
{
	while (s.n > 0) {
		size_t plain = span_find(s, '='), n;
		int octet;

		buffer_add(out, span_first(s, plain));
		s = span_from(s, plain);
		if (s.n == 0)
			break;
		octet = quoted_octet(s);
		n = octet >= 0 ? 3 : soft_break(s);
		if (octet >= 0)
			buffer_add_byte(out, (unsigned char)octet);
		else if (n == 0)
			buffer_add_byte(out, '=');
		s = span_from(s, n > 0 ? n : 1);
	}
}

static int
base64_digit(unsigned char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (byte_is_digit(c))
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* Anything outside the alphabet is skipped (RFC 2045 section 6.8).  Returns
 * whether there was nothing but digits and padding. */
static bool
decode_base64(struct span s, struct buffer *out)
{
	uint32_t bits = 0;
	unsigned count = 0;
	bool clean = true;

	for (size_t i = 0; i < s.n; i++) {
		int digit = base64_digit(s.p[i]);

		if (s.p[i] == '=')
			count = 0; /* what follows begins anew */
		if (digit < 0) {
			clean = clean && s.p[i] == '=';
			continue;
		}
		bits = bits << 6 | (uint32_t)digit;
		count += 6;
		if (count >= 8) {
			count -= 8;
			buffer_add_byte(out, (unsigned char)(bits >> count));
		}
	}
	return clean;
}

void
transfer_decode(enum transfer transfer, struct span text, struct buffer *out)
{
	switch (transfer) {
	case TRANSFER_QUOTED_PRINTABLE:
		decode_quoted(text, out);
		break;
	case TRANSFER_BASE64:
		(void)decode_base64(text, out);
		break;
	case TRANSFER_7BIT:
	case TRANSFER_8BIT:
	case TRANSFER_BINARY:
		buffer_add(out, text);
		break;
	}
}

bool
transfer_decode_q(struct span text, struct buffer *out)
{
	while (text.n > 0) {
		int octet = quoted_octet(text);

		if (text.p[0] == '=' && octet < 0)
			return false;
		if (octet >= 0)
			buffer_add_byte(out, (unsigned char)octet);
		else
			buffer_add_byte(out, text.p[0] == '_' ? ' ' :
			    text.p[0]);
		text = span_from(text, octet >= 0 ? 3 : 1);
	}
	return true;
}

bool
transfer_decode_b(struct span text, struct buffer *out)
{
	return decode_base64(text, out);
}

static bool
is_crlf(struct span s)
{
	return s.n >= 2 && s.p[0] == '\r' && s.p[1] == '\n';
}

/* White space at the end of a line gets lost on the way (RFC 2045 section 6.7
 * rule 3); a dot that begins one, and "From ", are changed by some. */
static bool
must_quote(struct span s, size_t column)
{
	unsigned char c = s.p[0];

	if (byte_is_wsp(c))
		return s.n == 1 || is_crlf(span_from(s, 1));
	return c < ' ' || c > '~' || c == '=' || (column == 0 && (c == '.' ||
	    (c == 'F' && span_eq(span_first(s, 5), SPAN("From ")))));
}

static void
encode_quoted(struct span s, struct buffer *out)
{
	static const char digits[] = "0123456789ABCDEF";
	size_t column = 0;

	for (; s.n > 0; s = span_from(s, 1)) {
		bool quote;

		if (is_crlf(s)) {
			buffer_add(out, SPAN("\r\n"));
			s = span_from(s, 1);
			column = 0;
			continue;
		}
		quote = must_quote(s, column);
		if (column + (quote ? 3 : 1) > COLUMNS - 1) {
			buffer_add(out, SPAN("=\r\n"));
			column = 0;
			quote = must_quote(s, column);
		}
		if (quote) {
			buffer_add_byte(out, '=');
			buffer_add_byte(out, (unsigned char)digits[s.p[0] >> 4]);
			buffer_add_byte(out,
			    (unsigned char)digits[s.p[0] & 0x0f]);
		} else {
			buffer_add_byte(out, s.p[0]);
		}
		column += quote ? 3 : 1;
	}
}

static void
encode_base64(struct span s, struct buffer *out)
{
	unsigned char line[COLUMNS + 1];
	struct span octets;

	for (; s.n > 0; s = span_from(s, octets.n)) {
		octets = span_first(s, BASE64_OCTETS);
		base64_encode(octets, line);
		buffer_add(out, span_of(line, base64_length(octets.n)));
		buffer_add(out, SPAN("\r\n"));
	}
}

void
transfer_encode(enum transfer transfer, struct span octets,
    struct buffer *out)
{
	switch (transfer) {
	case TRANSFER_QUOTED_PRINTABLE:
		encode_quoted(octets, out);
		break;
	case TRANSFER_BASE64:
		encode_base64(octets, out);
		break;
	case TRANSFER_7BIT:
	case TRANSFER_8BIT:
	case TRANSFER_BINARY:
		buffer_add(out, octets);
		break;
	}
}
