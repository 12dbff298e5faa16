/*
 * shown.c: cut and cleaned.
 */
#include "host/config/shown.h"

struct shown
shown_of(struct span s)
{
	struct span head = span_first(s, CONFIG_QUOTED_IN_ERROR);
	struct shown shown = { 0 };

	for (size_t i = 0; i < head.n; i++)
		shown.text[i] = head.p[i] < ' ' || head.p[i] == 0x7f ? '?' :
		    (char)head.p[i];
	if (head.n < s.n)
		memcpy(shown.text + head.n, "...", sizeof("..."));
	return shown;
}
