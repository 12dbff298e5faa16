/*
 * why.c: words for people, made fit for one line of a log.
 */
#include "keys/why.h"

#include <stdio.h>
#include <string.h>

void
why_set(struct why *why, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	why_vset(why, format, arguments);
	va_end(arguments);
}

void
why_vset(struct why *why, const char *format, va_list arguments)
{
	char *c;
	int n;

	if (why == NULL)
		return;
	n = vsnprintf(why->text, sizeof(why->text), format, arguments);
	if (n < 0)
		why->text[0] = '\0';
	else if ((size_t)n >= sizeof(why->text))
		memcpy(why->text + sizeof(why->text) - 4, "...", 4);
	for (c = why->text; *c != '\0'; c++) {
		if ((unsigned char)*c < 0x20 || *c == 0x7f)
			*c = '?';
	}
}
