/*
 * field.c: between LF and CRLF.
 */
#include "frontends/milter/field.h"

#include <stdlib.h>

struct span
field_from_milter(struct buffer *buffer, const char *name, const char *value,
    bool leading_space)
{
	struct span rest = span_of_text(value);

	buffer_clear(buffer);
	buffer_add_text(buffer, name);
	buffer_add_byte(buffer, ':');
	if (!leading_space)
		buffer_add_byte(buffer, ' ');
	for (;;) {
		size_t n = span_find(rest, '\n');

		/* some say CRLF themselves */
		buffer_add(buffer, span_first(rest, n));
		if (n == rest.n)
			break;
		if (n == 0 || rest.p[n - 1] != '\r')
			buffer_add_byte(buffer, '\r');
		buffer_add_byte(buffer, '\n');
		rest = span_from(rest, n + 1);
	}
	if (buffer_failed(buffer))
		abort(); /* the host gives up without memory */
	return buffer_span(buffer);
}
