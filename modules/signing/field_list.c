/*
 * field_list.c: a comma may stand in the name of a field (RFC 5322 section
 * 3.6.8), but no such field is known, and who writes one means the next name.
 */
#include "signing/field_list.h"

#include <string.h>

#define BLANKS " \t\r\n"

void
field_list_settle(char *list)
{
	const char *in = list;
	char *out = list, *name;
	size_t n;

	while (in != NULL) {
		in += strspn(in, BLANKS);
		n = strcspn(in, ":,");
		name = memmove(out, in, n);
		in += n;
		while (n > 0 && strchr(BLANKS, name[n - 1]) != NULL)
			n--;
		out += n;
		if (*in == '\0') {
			*out = '\0';
			return;
		}
		*out++ = ':';
		in++;
	}
}
