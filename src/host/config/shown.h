/*
 * shown.h: a name or value as a message may show it: on one line, and short.
 */
#ifndef CONFIG_SHOWN_H
#define CONFIG_SHOWN_H

#include "base/span.h"
#include "host/config/limits.h"

struct shown {
	char text[CONFIG_QUOTED_IN_ERROR + sizeof("...")];
};

/* Control characters become '?', what is long ends with "...". */
struct shown shown_of(struct span s);

static inline struct shown
shown(const char *text)
{
	return shown_of(span_of_text(text));
}

#endif
