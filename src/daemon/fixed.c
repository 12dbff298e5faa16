/*
 * fixed.c: a text for each such option, kept from the start.
 */
#include "daemon/fixed.h"

#include "daemon/globals.h"
#include "host/config/must.h"
#include "host/log/log.h"

#include <stdlib.h>
#include <string.h>

static const char *const names[] = { "User", "Pid_File" };
#define COUNT (sizeof(names) / sizeof(names[0]))

struct fixed {
	char *texts[COUNT]; /* NULL: unset */
};

static char *
text_of(const struct config *config, const char *name)
{
	const char *text = globals_text(config, name);

	return text != NULL ? must(strdup(text)) : NULL;
}

static bool
is_same(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

struct fixed *
fixed_new(const struct config *config)
{
	struct fixed *fixed = must(calloc(1, sizeof(*fixed)));

	for (size_t i = 0; i < COUNT; i++)
		fixed->texts[i] = text_of(config, names[i]);
	return fixed;
}

void
fixed_free(struct fixed **fixed)
{
	if (*fixed == NULL)
		return;
	for (size_t i = 0; i < COUNT; i++)
		free((*fixed)->texts[i]);
	free(*fixed);
	*fixed = NULL;
}

unsigned
fixed_compare(const struct fixed *fixed, const struct config *config)
{
	unsigned differ = 0;

	for (size_t i = 0; i < COUNT; i++) {
		const char *before = fixed->texts[i];
		const char *now = globals_text(config, names[i]);

		if (is_same(before, now))
			continue;
		log_line(DWARNING, "option '%s': '%s' instead of '%s' takes "
		    "effect with a restart only", names[i],
		    now != NULL ? now : "", before != NULL ? before : "");
		differ++;
	}
	return differ;
}
