/*
 * complete.c: "complete LINE": the words that may stand at the end of a line.
 *
 *	LINE is what was typed, up to the cursor.  Each line of the answer is
 *	one word for the place of the last one, which may be empty.
 *
 * Everything is offered that begins as typed: commands by their registration,
 * modules by their addresses, and then their own commands; after "config",
 * scopes, instances and options.
 */
#include "host/control/caches.h"
#include "host/control/candidates.h"
#include "host/control/commands.h"
#include "host/control/commands_of.h"
#include "host/control/form.h"
#include "host/control/module_help.h"
#include "host/online/transaction.h"

#include "ec_malloc.h"
#include "host/generation.h"
#include "host/loader/instance.h"
#include "host/types/alloc.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct line {
	const char *words[COMMAND_WORDS]; /* all but the last; in memory */
	int n;
	char *memory;
	const struct generation *generation;
	struct candidates candidates; /* for the last */
};

/* Cut text as a command is, but a last word that is open stays open. */
static bool
cut(struct line *line, const char *text)
{
	char *to = line->memory = xmalloc(2 * strlen(text) + 2);

	for (;;) {
		const char *word = to;
		bool quoted, closed = false;

		text += strspn(text, COMMAND_BLANKS);
		quoted = *text == '"';
		text += quoted ? 1 : 0;
		while (*text != '\0' && (quoted ? *text != '"' :
		    !isspace((unsigned char)*text))) {
			if (quoted && text[0] == '\\' && text[1] != '\0')
				text++;
			*to++ = *text++;
		}
		*to++ = '\0';
		if (quoted && *text == '"') {
			closed = text[1] != '\0';
			text++;
		}
		if (*text == '\0' && !closed) {
			line->candidates.typed = word;
			line->candidates.quoted = quoted;
			return true;
		}
		if (line->n == COMMAND_WORDS)
			return false;
		line->words[line->n++] = word;
	}
}

/* Offer the word of `command` that follows the first n words given, if it has
 * these. */
static void
offer_next(const char *command, const char *const *words, int n,
    struct candidates *candidates)
{
	for (int i = 0; i < n; i++) {
		size_t length = strcspn(command, " ");

		if (length == 0 || strlen(words[i]) != length ||
		    strncasecmp(command, words[i], length) != 0)
			return;
		command += length;
		command += strspn(command, " ");
	}
	if (*command != '\0')
		candidates_add_part(candidates, command, strcspn(command,
		    " "));
}

struct asked { /* words[0..n) of a line, from some word on */
	const char *const *words;
	int n;
	struct candidates *candidates;
};

static void
offer_command(void *closure, const char *prefix, const char *summary,
    const char *text)
{
	const struct asked *asked = closure;

	(void)summary;
	(void)text;
	/* of no use to people */
	if (strcmp(prefix, "complete") != 0)
		offer_next(prefix, asked->words, asked->n, asked->candidates);
}

static void
offer_module_command(void *closure, const struct module_help *help)
{
	const struct asked *asked = closure;

	offer_next(help->command, asked->words + 1, asked->n - 1,
	    asked->candidates);
}

/* The instance that a word addresses, whether or not its name has blanks. */
static void
offer_modules(const struct asked *asked, const struct generation *generation)
{
	string name;

	(void)string_init_type(&name, 64, STRING_TYPE_ECSTRING);
	for (struct instance *i = generation != NULL ? generation->instances :
	    NULL; i != NULL; i = i->next) {
		if (i->infra->shared.module_control == NULL)
			continue;
		string_truncate(&name, 0);
		instance_format_name(i, &name);
		if (asked->n == 0) {
			candidates_add(asked->candidates, name.buffer);
		} else if (strcasecmp(asked->words[0], name.buffer) == 0 ||
		    strcasecmp(asked->words[0], i->module->name) == 0) {
			module_help_each(i->module->name,
			    offer_module_command, (void *)(uintptr_t)asked);
			break;
		}
	}
	(void)string_destroy(&name);
}

/* The words of a command, without what it is about. */
static void
offer_commands(const struct asked *asked, const struct generation *generation)
{
	commands_each(offer_command, (void *)(uintptr_t)asked);
	offer_modules(asked, generation);
}

/* what commands are about */

static void
offer_caches(struct candidates *candidates)
{
	struct cache_view view;

	cache_view_init(&view);
	for (size_t i = 0; i < view.n; i++)
		candidates_add(candidates, view.rows[i].name);
	cache_view_deinit(&view);
}

static void
offer_list(struct candidates *candidates, const char *list)
{
	while (*list != '\0') {
		size_t n = strcspn(list, " ");

		candidates_add_part(candidates, list, n);
		list += n;
		list += strspn(list, " ");
	}
}

static void
offer_memory_types(struct candidates *candidates)
{
	struct ec_mem_type_usage usage;

	for (int type = 0; type < MEMTYPE_MAX; type++) {
		if (ec_memtype_get_stats(type, &usage) != 0)
			candidates_add(candidates, usage.memtype_description);
	}
}

#define ATTRIBUTES \
	"all summary capacity entries utilization loads stores hits misses " \
	"forced expired lru hit-rate workload query-rate"
#define TYPES "A AAAA CAA CNAME DNSKEY DS MX NS PTR SOA SRV TLSA TXT"
#define TYPES_CACHED "A AAAA CNAME MX PTR TXT"

static bool
begins(const struct asked *asked, const char *first, const char *second)
{
	return asked->n > (second != NULL ? 1 : 0) &&
	    strcasecmp(asked->words[0], first) == 0 &&
	    (second == NULL || strcasecmp(asked->words[1], second) == 0);
}

static void
offer_objects(const struct asked *asked)
{
	struct candidates *candidates = asked->candidates;

	if (begins(asked, "cache", "stats") ||
	    (begins(asked, "cache", "stat") && asked->n == 2))
		offer_caches(candidates);
	else if (begins(asked, "cache", "list"))
		offer_list(candidates, ATTRIBUTES);
	else if (begins(asked, "memory", NULL) && asked->n == 1)
		offer_memory_types(candidates);
	else if (begins(asked, "dig", NULL) && asked->n == 2)
		offer_list(candidates, TYPES);
	else if ((begins(asked, "dns_cache", "lookup") ||
	    begins(asked, "dns_cache", "submit")) && asked->n == 3)
		offer_list(candidates, TYPES_CACHED);
}

/* Commands of config that name a stanza or an option. */
static bool
is_about_options(const struct asked *asked)
{
	static const char *const about[] = {
		"show", "showrecurse", "get", "eval", "set", "unset", "locate",
	};

	for (size_t i = 0; i < sizeof(about) / sizeof(about[0]); i++) {
		if (begins(asked, "config", about[i]))
			return true;
	}
	return false;
}

static void
offer(struct line *line)
{
	struct asked asked = { line->words, line->n, &line->candidates };

	if (begins(&asked, "xml", NULL) || begins(&asked, "json", NULL)) {
		asked.words++;
		asked.n--;
	} else if (asked.n == 0) {
		offer_list(asked.candidates, "json quit xml");
	}
	if (begins(&asked, "help", NULL)) {
		asked.words++;
		asked.n--;
		offer_commands(&asked, line->generation);
		return;
	}
	offer_commands(&asked, line->generation);
	offer_objects(&asked);
	if (is_about_options(&asked) && line->generation != NULL &&
	    line->generation->config != NULL)
		complete_config(transaction_is_begun() ?
		    transaction_draft() : line->generation->config,
		    (const char **)(uintptr_t)asked.words + 2, asked.n - 2,
		    asked.candidates);
}

/* The lines of the text as a list. */
static json_t *
model(char *text)
{
	json_t *list = json_array();
	char *rest = text, *word;

	while ((word = strsep(&rest, "\n")) != NULL) {
		if (*word != '\0')
			(void)json_array_append_new(list, form_text(word));
	}
	return json_pack("{s:o}", "candidates", list);
}

static int
run_complete(command_construct *cc, void *closure)
{
	struct line line = {
		.generation = generation_of(cc->transaction),
		.candidates = { .typed = "" },
	};
	string text;

	(void)closure;
	if (cut(&line, cc->argc > 1 ? cc->argv_offsets[1] : ""))
		offer(&line);
	(void)string_init_type(&text, 1024, STRING_TYPE_ECSTRING);
	candidates_write(&line.candidates, &text);
	if (form_is_wanted(cc))
		(void)form_answer(cc, "complete", model(text.buffer));
	else
		(void)stringwrite2(&cc->response, text.buffer,
		    (size_t)text.len);
	(void)string_destroy(&text);
	candidates_deinit(&line.candidates);
	free(line.memory);
	return 1;
}

void
complete_add_commands(void)
{
	static const struct command_row rows[] = {
		{ "complete", run_complete,
		    "the words that may end a line, for consoles",
		    "complete LINE" },
	};

	commands_add_rows(rows, sizeof(rows) / sizeof(rows[0]));
}
