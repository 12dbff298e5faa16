/*
 * field.c: cut a field at its colon.
 */
#include "dkim/field.h"

#include <string.h>
#include <strings.h>

static bool
is_wsp(unsigned char c)
{
	return c == ' ' || c == '\t';
}

bool
field_at(ec_message *msg, int index, struct field *field_r)
{
	size_t n;
	const unsigned char *p, *colon;

	p = (const unsigned char *)ec_message_header_bytes(msg, index, &n);
	if (p == NULL)
		return false;
	*field_r = (struct field){ .whole = { p, n } };
	colon = memchr(p, ':', n);
	if (colon == NULL)
		return true;
	field_r->value.p = colon + 1;
	field_r->value.n = n - (size_t)(colon + 1 - p);
	/* white space before the colon (RFC 5322 section 4.5) */
	while (colon > p && is_wsp(colon[-1]))
		colon--;
	field_r->name = (struct span){ p, (size_t)(colon - p) };
	return true;
}

bool
field_is(const struct field *field, const char *name)
{
	size_t n = strlen(name);

	return field->name.n == n &&
	    strncasecmp((const char *)field->name.p, name, n) == 0;
}
