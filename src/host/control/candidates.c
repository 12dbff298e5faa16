/*
 * candidates.c: a list, sorted at the end.
 */
#include "host/control/candidates.h"

#include "host/types/alloc.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

void
candidates_add_part(struct candidates *candidates, const char *word, size_t n)
{
	size_t typed = strlen(candidates->typed);

	if (n < typed || strncasecmp(word, candidates->typed, typed) != 0 ||
	    candidates->n == CANDIDATES_MOST)
		return;
	if (candidates->n == candidates->room) {
		candidates->room = candidates->room == 0 ? 32 :
		    candidates->room * 2;
		candidates->list = xrealloc(candidates->list,
		    candidates->room * sizeof(*candidates->list));
	}
	candidates->list[candidates->n++] = xstrndup(word, n);
}

void
candidates_add(struct candidates *candidates, const char *word)
{
	candidates_add_part(candidates, word, strlen(word));
}

static int
compare(const void *a, const void *b)
{
	const char *const *one = a, *const *two = b;
	int order = strcasecmp(*one, *two);

	return order != 0 ? order : strcmp(*one, *two);
}

static void
write_word(const char *word, bool quoted, string *out)
{
	if (!quoted && *word != '\0' && strpbrk(word, " \t\"") == NULL) {
		(void)stringprintf(out, "%s\n", word);
		return;
	}
	(void)stringprintf(out, "\"");
	for (; *word != '\0'; word++)
		(void)stringprintf(out, "%s%c", *word == '"' || *word ==
		    '\\' ? "\\" : "", *word);
	(void)stringprintf(out, "\"\n");
}

void
candidates_write(struct candidates *candidates, string *out)
{
	if (candidates->n > 0)
		qsort(candidates->list, candidates->n,
		    sizeof(*candidates->list), compare);
	for (size_t i = 0; i < candidates->n; i++) {
		if (i == 0 || strcmp(candidates->list[i - 1],
		    candidates->list[i]) != 0)
			write_word(candidates->list[i], candidates->quoted,
			    out);
	}
}

void
candidates_deinit(struct candidates *candidates)
{
	for (size_t i = 0; i < candidates->n; i++)
		free(candidates->list[i]);
	free(candidates->list);
}
