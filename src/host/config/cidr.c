/*
 * cidr.c: every block is one of 128 bits; IPv4 lies at ::ffff:0:0/96.
 */
#include "host/config/cidr.h"

#include <arpa/inet.h>
#include <stdlib.h>

#define V4_OFFSET 96 /* where an IPv4 address begins among the 128 bits */

static const unsigned char v4_prefix[12] = { [10] = 0xff, [11] = 0xff };

/* Take off "[" and "]". */
static struct span
without_brackets(struct span s)
{
	if (s.n >= 2 && s.p[0] == '[' && s.p[s.n - 1] == ']')
		return span_of(s.p + 1, s.n - 2);
	return s;
}

static bool
parse_address(struct span s, struct cidr *cidr)
{
	char text[INET6_ADDRSTRLEN];

	s = without_brackets(s);
	if (s.n >= sizeof(text))
		return false;
	memcpy(text, s.p, s.n);
	text[s.n] = '\0';
	cidr->v6 = inet_pton(AF_INET6, text, cidr->address) == 1;
	if (cidr->v6)
		return true;
	memcpy(cidr->address, v4_prefix, sizeof(v4_prefix));
	return inet_pton(AF_INET, text, cidr->address + 12) == 1;
}

/* bits = 1*3DIGIT, at most those of the family */
static bool
parse_bits(struct span s, unsigned most, uint8_t *bits_r)
{
	unsigned bits = 0;

	if (s.n == 0 || s.n > 3)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		if (!byte_is_digit(s.p[i]))
			return false;
		bits = bits * 10 + s.p[i] - '0';
	}
	if (bits > most)
		return false;
	*bits_r = (uint8_t)(128 - most + bits);
	return true;
}

static void
clear_host_bits(struct cidr *cidr)
{
	for (unsigned bit = cidr->bits; bit < 128; bit++)
		cidr->address[bit / 8] &= (unsigned char)~(0x80u >> bit % 8);
}

/* block = address [ "/" bits ] */
bool
cidr_parse(const char *text, struct cidr *cidr_r)
{
	struct span bits = span_of_text(text), address;
	struct cidr cidr = { .bits = 128 };
	bool has_bits = span_cut(&bits, '/', &address);

	if (!parse_address(address, &cidr))
		return false;
	if (has_bits && !parse_bits(bits, cidr.v6 ? 128 : 32, &cidr.bits))
		return false;
	clear_host_bits(&cidr);
	*cidr_r = cidr;
	return true;
}

static bool
same_prefix(const unsigned char *a, const unsigned char *b, unsigned bits)
{
	unsigned rest = bits % 8;

	if (memcmp(a, b, bits / 8) != 0)
		return false;
	return rest == 0 || ((a[bits / 8] ^ b[bits / 8]) >> (8 - rest)) == 0;
}

bool
cidr_contains(const struct cidr *outer, const struct cidr *inner)
{
	if (!outer->v6 && outer->bits == V4_OFFSET)
		return true; /* 0.0.0.0/0: everyone */
	return inner->bits >= outer->bits &&
	    same_prefix(outer->address, inner->address, outer->bits);
}
