/*
 * locate.c: config locate: where the stanzas of a scope are.
 *
 *	Listen ":25"
 *	  is at ESMTP_Listener::Listen:\:25:
 */
#include "host/config/regex.h"
#include "host/config/tree.h"
#include "host/control/commands.h"
#include "host/control/commands_of.h"
#include "host/control/form.h"
#include "host/online/transaction.h"

#include <string.h>

#define LOCATED 1000 /* told; of more, how many */

struct search {
	const struct config_scope *scope;
	const struct regex *pattern; /* NULL: all */
	command_construct *cc;
	json_t *list; /* or NULL: in words */
	size_t count;
};

/* place = *( SCOPE ":" [ instance ] ":" ), with "\:" for a colon in it */
static void
add_place(const struct config_node *node, struct buffer *out)
{
	if (node->parent == NULL)
		return;
	add_place(node->parent, out);
	buffer_add_text(out, node->scope->name);
	buffer_add_text(out, ":");
	for (const char *at = node->instance; at != NULL && *at != '\0';
	    at++) {
		if (*at == ':' || *at == '\\')
			buffer_add_byte(out, '\\');
		buffer_add_byte(out, (unsigned char)*at);
	}
	buffer_add_text(out, ":");
}

static void
tell(struct search *search, const struct config_node *node)
{
	struct written_atom name = { .text = node->instance, .quote = '"' };
	struct buffer text = { 0 };
	string *out = &search->cc->response;

	if (search->list != NULL) {
		add_place(node, &text);
		(void)json_array_append_new(search->list, json_pack(
		    "{s:s,s:o,s:o}", "scope", node->scope->name, "instance",
		    form_text(node->instance), "place",
		    form_span(buffer_span(&text))));
		buffer_deinit(&text);
		return;
	}
	buffer_add_text(&text, node->scope->name);
	if (node->instance != NULL) {
		buffer_add_text(&text, " ");
		written_format_atom(&name, &text);
	}
	buffer_add_text(&text, "\n  is at ");
	add_place(node, &text);
	buffer_add_text(&text, "\n");
	(void)stringwrite2(out, (const char *)text.p, text.n);
	buffer_deinit(&text);
}

static bool
is_found(const struct search *search, const struct config_node *node)
{
	return node->scope == search->scope && (search->pattern == NULL ||
	    regex_matches(search->pattern, node->instance != NULL ?
	    node->instance : ""));
}

static int
run(struct search *search, const struct config *config)
{
	string *out = &search->cc->response;
	const struct config_node *node = config_root(config);

	if (form_is_wanted(search->cc))
		search->list = json_array();
	for (; node != NULL; node = tree_next(node)) {
		if (is_found(search, node) && ++search->count <= LOCATED)
			tell(search, node);
	}
	if (search->list != NULL)
		return form_answer(search->cc, "locate", json_pack(
		    "{s:b,s:o}", "ok", 1, "found", search->list));
	if (search->count > LOCATED)
		(void)stringprintf(out, "and %zu more\n",
		    search->count - LOCATED);
	if (search->count == 0)
		(void)stringprintf(out, "There is no stanza of that kind\n");
	return 1;
}

static int
run_locate(command_construct *cc, void *closure)
{
	const struct config *config = transaction_config(cc);
	struct search search = { .cc = cc };
	struct arena arena = { 0 };
	struct buffer why = { 0 };
	int ok = 0;

	(void)closure;
	if (cc->argc < 3 || cc->argc > 4) {
		(void)stringprintf(&cc->response, "config locate SCOPE "
		    "[REGEX]\n");
		return 0;
	}
	search.scope = registry_scope(config_registry(config), cc->argv[2]);
	if (cc->argc > 3)
		search.pattern = regex_new(cc->argv[3], true, &arena, &why);
	if (search.scope == NULL)
		(void)stringprintf(&cc->response, "There is no scope '%s'\n",
		    cc->argv[2]);
	else if (cc->argc > 3 && search.pattern == NULL)
		(void)stringprintf(&cc->response, "'%s' is no pattern: %.*s\n",
		    cc->argv[3], (int)why.n, why.n > 0 ? (char *)why.p : "");
	else
		ok = run(&search, config);
	buffer_deinit(&why);
	arena_deinit(&arena);
	return ok;
}

void
locate_add_commands(void)
{
	static const struct command_row rows[] = {
		{ "config locate", run_locate,
		  "where the stanzas of a scope are",
		  "config locate SCOPE [REGEX]" },
	};

	commands_add_rows(rows, sizeof(rows) / sizeof(rows[0]));
}
