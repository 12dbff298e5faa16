/*
 * dig_data.c: the data of records as master files have it (RFC 1035 section
 * 5.1; RFC 3597 section 5 for what is unknown).
 */
#include "keys/dig.h"

#include "keys/dnsname.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#define STRING_MOST 255 /* RFC 1035 section 3.3 */

static const struct {
	uint16_t type;
	const char *name;
} types[] = {
	{ 1, "A" }, { 2, "NS" }, { 5, "CNAME" }, { 6, "SOA" }, { 12, "PTR" },
	{ 15, "MX" }, { 16, "TXT" }, { 28, "AAAA" }, { 33, "SRV" },
	{ 43, "DS" }, { 48, "DNSKEY" }, { 52, "TLSA" }, { 257, "CAA" },
};

void
dig_type_name(uint16_t type, char name_r[static 12])
{
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		if (types[i].type == type) {
			(void)snprintf(name_r, 12, "%s", types[i].name);
			return;
		}
	}
	(void)snprintf(name_r, 12, "TYPE%u", type);
}

/* A reader whose failure sticks. */
struct reader {
	struct span left;
	bool bad;
};

static uint32_t
take_number(struct reader *reader, size_t octets)
{
	uint32_t number = 0;

	if (reader->bad || reader->left.n < octets) {
		reader->bad = true;
		return 0;
	}
	for (size_t i = 0; i < octets; i++)
		number = number << 8 | reader->left.p[i];
	reader->left = span_from(reader->left, octets);
	return number;
}

static void
add_number(uint32_t number, struct buffer *out)
{
	char text[16];

	(void)snprintf(text, sizeof(text), "%u", number);
	buffer_add_text(out, text);
}

static void
take_name(struct reader *reader, struct buffer *out)
{
	char text[DNSNAME_MAX_TEXT];
	struct dnsname name;
	size_t n = reader->bad ? 0 : dnsname_from_wire(reader->left, &name);

	if (n == 0) {
		reader->bad = true;
		return;
	}
	reader->left = span_from(reader->left, n);
	dnsname_format(&name, text);
	buffer_add_text(out, text);
	if (strcmp(text, ".") != 0)
		buffer_add_byte(out, '.');
}

static void
take_address(struct reader *reader, int family, struct buffer *out)
{
	size_t n = family == AF_INET ? 4 : 16;
	char text[INET6_ADDRSTRLEN];

	if (reader->left.n != n || inet_ntop(family, reader->left.p, text,
	    sizeof(text)) == NULL) {
		reader->bad = true;
		return;
	}
	reader->left = span_from(reader->left, n);
	buffer_add_text(out, text);
}

static void
add_octet(unsigned char c, struct buffer *out)
{
	char text[8];

	if (c == '"' || c == '\\')
		(void)snprintf(text, sizeof(text), "\\%c", c);
	else if (isprint(c))
		(void)snprintf(text, sizeof(text), "%c", c);
	else
		(void)snprintf(text, sizeof(text), "\\%03u", c);
	buffer_add_text(out, text);
}

/* In strings as long as they may be. */
static void
add_text(struct span text, struct buffer *out)
{
	size_t at = 0;

	do {
		if (at > 0)
			buffer_add_byte(out, ' ');
		buffer_add_byte(out, '"');
		for (size_t i = 0; i < STRING_MOST && at < text.n; i++)
			add_octet(text.p[at++], out);
		buffer_add_byte(out, '"');
	} while (at < text.n);
}

static void
take_numbers(struct reader *reader, const unsigned char *sizes,
    struct buffer *out)
{
	for (bool first = true; *sizes != 0; sizes++, first = false) {
		if (!first)
			buffer_add_byte(out, ' ');
		add_number(take_number(reader, *sizes), out);
	}
}

static void
take_data(uint16_t type, struct reader *reader, struct buffer *out)
{
	switch (type) {
	case 1:
		take_address(reader, AF_INET, out);
		break;
	case 28:
		take_address(reader, AF_INET6, out);
		break;
	case 2:
	case 5:
	case 12:
		take_name(reader, out);
		break;
	case 6:
		take_name(reader, out);
		buffer_add_byte(out, ' ');
		take_name(reader, out);
		buffer_add_byte(out, ' ');
		take_numbers(reader, (const unsigned char *)"\4\4\4\4\4", out);
		break;
	case 15:
		take_numbers(reader, (const unsigned char *)"\2", out);
		buffer_add_byte(out, ' ');
		take_name(reader, out);
		break;
	case 33:
		take_numbers(reader, (const unsigned char *)"\2\2\2", out);
		buffer_add_byte(out, ' ');
		take_name(reader, out);
		break;
	default:
		reader->bad = true;
		break;
	}
	if (reader->left.n > 0)
		reader->bad = true;
}

static void
add_unknown(struct span data, struct buffer *out)
{
	char text[32];

	(void)snprintf(text, sizeof(text), "\\# %zu%s", data.n,
	    data.n > 0 ? " " : "");
	buffer_add_text(out, text);
	for (size_t i = 0; i < data.n; i++) {
		(void)snprintf(text, sizeof(text), "%02X", data.p[i]);
		buffer_add_text(out, text);
	}
}

void
dig_data(uint16_t type, struct span data, struct buffer *out)
{
	struct reader reader = { data, false };
	struct buffer known = { 0 };

	if (type == 16) {
		add_text(data, out);
		return;
	}
	take_data(type, &reader, &known);
	if (reader.bad)
		add_unknown(data, out);
	else
		buffer_add(out, buffer_span(&known));
	buffer_deinit(&known);
}
