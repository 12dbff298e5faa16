/*
 * macro_spf.c: a letter, and what is done to its value.
 *
 *	macro = letter *DIGIT [ "r" ] *delimiter
 *	delimiter = "." / "-" / "+" / "," / "/" / "_" / "="
 */
#include "scriptlet/bindings/macro_spf.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <time.h>

#define PARTS 128 /* an IPv6 address in nibbles has 32 */

static void
value_of_ip(const struct macro_spf_facts *facts, struct buffer *out)
{
	char text[INET6_ADDRSTRLEN];

	if (facts->family == AF_INET &&
	    inet_ntop(AF_INET, &facts->ip4, text, sizeof(text)) != NULL)
		buffer_add_text(out, text);
	for (size_t i = 0; facts->family == AF_INET6 && i < 16; i++) {
		(void)snprintf(text, sizeof(text), "%s%x.%x",
		    i > 0 ? "." : "", facts->ip6.s6_addr[i] >> 4,
		    facts->ip6.s6_addr[i] & 15u);
		buffer_add_text(out, text);
	}
}

static void
value_of_readable_ip(const struct macro_spf_facts *facts, struct buffer *out)
{
	char text[INET6_ADDRSTRLEN];
	const void *address = facts->family == AF_INET ?
	    (const void *)&facts->ip4 : (const void *)&facts->ip6;

	if (facts->family != 0 && inet_ntop(facts->family, address, text,
	    sizeof(text)) != NULL)
		buffer_add_text(out, text);
}

/* Returns false for what is no letter of SPF. */
static bool
value_of(const struct macro_spf_facts *facts, unsigned char letter,
    struct buffer *out)
{
	char text[32];

	switch (letter) {
	case 's':
		/* section 4.3: no local part is "postmaster" */
		if (facts->localpart.n == 0)
			buffer_add_text(out, "postmaster");
		buffer_add(out, facts->localpart);
		buffer_add_byte(out, '@');
		buffer_add(out, facts->domain.n > 0 ? facts->domain :
		    facts->ehlo);
		return true;
	case 'l':
		if (facts->localpart.n == 0)
			buffer_add_text(out, "postmaster");
		buffer_add(out, facts->localpart);
		return true;
	case 'o':
	case 'd':
		buffer_add(out, facts->domain.n > 0 ? facts->domain :
		    facts->ehlo);
		return true;
	case 'i':
		value_of_ip(facts, out);
		return true;
	case 'c':
		value_of_readable_ip(facts, out);
		return true;
	case 'p':
		/* section 7.3 lets a checker give this */
		buffer_add_text(out, "unknown");
		return true;
	case 'v':
		buffer_add_text(out, facts->family == AF_INET6 ? "ip6" :
		    "in-addr");
		return true;
	case 'h':
		buffer_add(out, facts->ehlo);
		return true;
	case 'r':
		buffer_add(out, facts->hostname);
		return true;
	case 't':
		(void)snprintf(text, sizeof(text), "%lld",
		    (long long)facts->now);
		buffer_add_text(out, text);
		return true;
	default:
		return false;
	}
}

static bool
is_delimiter(unsigned char c)
{
	return c != '\0' && strchr(".-+,/_=", c) != NULL;
}

/* Cut at any of the delimiters.  What is too much stays in the last part. */
static size_t
split(struct span value, struct span delimiters, struct span parts[PARTS])
{
	size_t n = 0, from = 0;

	for (size_t i = 0; i < value.n && n < PARTS - 1; i++) {
		if (span_find(delimiters, value.p[i]) == delimiters.n)
			continue;
		parts[n++] = span_of(value.p + from, i - from);
		from = i + 1;
	}
	parts[n++] = span_from(value, from);
	return n;
}

static void
transform(struct span value, unsigned keep, bool reverse,
    struct span delimiters, struct buffer *out)
{
	struct span parts[PARTS], swap;
	size_t n = split(value, delimiters, parts), first;

	for (size_t i = 0; reverse && i < n / 2; i++) {
		swap = parts[i];
		parts[i] = parts[n - 1 - i];
		parts[n - 1 - i] = swap;
	}
	first = keep > 0 && keep < n ? n - keep : 0;
	for (size_t i = first; i < n; i++) {
		if (i > first)
			buffer_add_byte(out, '.');
		buffer_add(out, parts[i]);
	}
}

bool
macro_spf_expand(const struct macro_spf_facts *facts, struct span macro,
    struct buffer *out)
{
	struct buffer value = { 0 };
	struct span delimiters = SPAN(".");
	bool reverse = false, good;
	unsigned keep = 0;
	size_t at = 1;

	if (macro.n == 0)
		return false;
	while (at < macro.n && byte_is_digit(macro.p[at]) && keep < 1000)
		keep = keep * 10 + (unsigned)(macro.p[at++] - '0');
	if (at < macro.n && byte_lower(macro.p[at]) == 'r') {
		reverse = true;
		at++;
	}
	for (size_t i = at; i < macro.n; i++) {
		if (!is_delimiter(macro.p[i]))
			return false;
	}
	if (at < macro.n)
		delimiters = span_from(macro, at);
	good = value_of(facts, byte_lower(macro.p[0]), &value);
	if (good && macro.n == 1)
		buffer_add(out, buffer_span(&value));
	else if (good)
		transform(buffer_span(&value), keep, reverse, delimiters, out);
	buffer_deinit(&value);
	return good;
}
