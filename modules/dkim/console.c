/*
 * console.c: words in, an answer out.
 */
#include "dkim/console.h"

#include "misc/ec_string.h"

#include <inttypes.h>
#include <string.h>
#include <strings.h>

#define SPACES " \t\r\n"

/* Whether the words of a command are these two; NULL: there is none. */
static int
words_are(const char *command, const char *first, const char *second)
{
	size_t n;

	command += strspn(command, SPACES);
	n = strcspn(command, SPACES);
	if (n != strlen(first) || strncasecmp(command, first, n) != 0)
		return 0;
	command += n;
	command += strspn(command, SPACES);
	n = strcspn(command, SPACES);
	if (second == NULL)
		return n == 0;
	if (n != strlen(second) || strncasecmp(command, second, n) != 0)
		return 0;
	return command[n + strspn(command + n, SPACES)] == '\0';
}

static void
line(string *response, const char *label, u_int64_t number, int xml)
{
	if (xml)
		(void)stringprintf(response, "<%s>%" PRIu64 "</%s>\n", label,
		    number, label);
	else
		(void)stringprintf(response, "%s = %" PRIu64 "\n", label,
		    number);
}

static void
answer_stats(const struct console_keycache *keycache, string *response,
    int xml)
{
	struct cache_stats stats;

	keycache->stats(keycache->of, &stats);
	line(response, "keycache_entries", stats.size, xml);
	line(response, "keycache_hits", stats.hits, xml);
	line(response, "keycache_negative_hits", stats.negative_hits, xml);
	line(response, "keycache_misses", stats.misses, xml);
	line(response, "keycache_evictions", stats.evictions, xml);
}

void
console_answer(const struct console_keycache *keycache, string *response,
    const char *command, int xml)
{
	if (command == NULL)
		command = "";
	if (words_are(command, "flush", "keycache"))
		(void)stringprintf(response,
		    "flushed %zu entries from the keycache\n",
		    keycache->flush(keycache->of));
	else if (words_are(command, "stats", NULL))
		answer_stats(keycache, response, xml);
	else
		(void)stringprintf(response, "unknown command '%s': try "
		    "'flush keycache' or 'stats'\n", command);
}
