/*
 * console.c: words in, an answer out.
 */
#include "dkim/console.h"

#include "control.h"
#include "misc/ec_string.h"

#include <inttypes.h>
#include <stdio.h>
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

/* How the user wants an answer. */
enum form { FORM_WORDS, FORM_XML, FORM_JSON };

struct answer {
	string *response;
	enum form form;
	unsigned rows; /* so far */
};

static enum form
form_wanted(int xml)
{
	const command_construct *cc = ec_control_get_command_construct();

	if (xml)
		return FORM_XML;
	return cc != NULL && cc->json ? FORM_JSON : FORM_WORDS;
}

static struct answer
answer_begin(string *response, int xml)
{
	struct answer answer = { response, form_wanted(xml), 0 };

	if (answer.form == FORM_JSON)
		(void)stringprintf(response, "{");
	else if (answer.form == FORM_XML)
		(void)stringprintf(response, "<keycache>\n");
	return answer;
}

/* Values are numbers, or words without quotes. */
static bool
is_number(const char *value)
{
	size_t n = strspn(value, "0123456789");

	n += value[n] == '.' ? 1 + strspn(value + n + 1, "0123456789") : 0;
	return n > 0 && value[n] == '\0';
}

static void
row(void *to, const char *label, const char *value)
{
	struct answer *answer = to;
	const char *quote = is_number(value) ? "" : "\"";

	switch (answer->form) {
	case FORM_WORDS:
		(void)stringprintf(answer->response, "%s = %s\n", label,
		    value);
		break;
	case FORM_XML:
		(void)stringprintf(answer->response, "  <%s>%s</%s>\n",
		    label, value, label);
		break;
	case FORM_JSON:
		(void)stringprintf(answer->response, "%s\"%s\": %s%s%s",
		    answer->rows > 0 ? ", " : "", label, quote, value, quote);
		break;
	}
	answer->rows++;
}

static void
row_number(struct answer *answer, const char *label, u_int64_t number)
{
	char text[24];

	(void)snprintf(text, sizeof(text), "%" PRIu64, number);
	row(answer, label, text);
}

static void
answer_end(struct answer *answer)
{
	if (answer->form == FORM_JSON)
		(void)stringprintf(answer->response, "}\n");
	else if (answer->form == FORM_XML)
		(void)stringprintf(answer->response, "</keycache>\n");
}

static void
answer_stats(const struct console_keycache *keycache, string *response,
    int xml)
{
	struct answer answer = answer_begin(response, xml);
	struct cache_stats stats;

	if (keycache->more != NULL)
		keycache->more(keycache->of, row, &answer);
	keycache->stats(keycache->of, &stats);
	row_number(&answer, "keycache_entries", stats.size);
	row_number(&answer, "keycache_hits", stats.hits);
	row_number(&answer, "keycache_negative_hits", stats.negative_hits);
	row_number(&answer, "keycache_misses", stats.misses);
	row_number(&answer, "keycache_evictions", stats.evictions);
	answer_end(&answer);
}

static void
answer_flush(const struct console_keycache *keycache, string *response,
    int xml)
{
	size_t n = keycache->flush(keycache->of);
	struct answer answer;

	if (form_wanted(xml) == FORM_WORDS) {
		(void)stringprintf(response,
		    "flushed %zu entries from the keycache\n", n);
		return;
	}
	answer = answer_begin(response, xml);
	row_number(&answer, "flushed", n);
	answer_end(&answer);
}

void
console_register(generic_module_infrastructure *self, const char *stats)
{
	char text[128];

	(void)snprintf(text, sizeof(text), "%s%show the key cache does",
	    stats != NULL ? stats : "", stats != NULL ? ", and " : "");
	ec_control_register_module_help(self, "flush keycache",
	    "forget all keys", "They are loaded again when they are needed.");
	ec_control_register_module_help(self, "stats", text, NULL);
}

void
console_answer(const struct console_keycache *keycache, string *response,
    const char *command, int xml)
{
	if (command == NULL)
		command = "";
	if (words_are(command, "flush", "keycache")) {
		answer_flush(keycache, response, xml);
	} else if (words_are(command, "stats", NULL)) {
		answer_stats(keycache, response, xml);
	} else {
		(void)stringprintf(response, "unknown command '%s': try "
		    "'flush keycache' or 'stats'\n", command);
		ec_control_fail();
	}
}
