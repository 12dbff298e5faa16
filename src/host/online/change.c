/*
 * change.c: config set, unset and reload.
 *
 * A change is a text, as it would stand in the Local_Changes_File.
 */
#include "host/config/parser.h"
#include "host/control/commands.h"
#include "host/control/commands_of.h"
#include "host/control/form.h"
#include "host/generation.h"
#include "host/host.h"
#include "host/log/log.h"
#include "host/online/changed.h"
#include "host/online/configured.h"
#include "host/online/online.h"
#include "host/online/refusal.h"
#include "host/online/transaction.h"

#include <stdlib.h>
#include <string.h>

static void
add_buffer(const struct buffer *text, string *out)
{
	if (text->n > 0)
		(void)stringwrite2(out, (const char *)text->p, text->n);
}

/* What the change leaves without a socket; within a transaction the commit says
 * it. */
static void
find_warnings(const command_construct *cc, struct buffer *out)
{
	struct generation *now = generation_current();

	if (!transaction_is_begun())
		(void)changed_warn(generation_of(cc->transaction)->config,
		    now->config, out);
	generation_unref(now);
}

static void
warn(command_construct *cc)
{
	struct buffer text = { 0 };

	find_warnings(cc, &text);
	add_buffer(&text, &cc->response);
	buffer_deinit(&text);
}

static json_t *
with_warnings(const command_construct *cc, json_t *model)
{
	struct buffer text = { 0 };

	find_warnings(cc, &text);
	configured_add_warnings(&text, model);
	buffer_deinit(&text);
	return model;
}

/* Change the transaction, or what is in use; or leave all as it is. */
static int
apply(command_construct *cc, struct span change)
{
	struct config_errors errors = { 0 };
	int ret;

	ret = transaction_is_begun() ? transaction_change(cc, change,
	    &errors) : (int)online_apply(NULL, change, NULL, &errors);
	if (ret != 0)
		(void)refusal_answer(cc, &errors, "Nothing has changed");
	errors_deinit(&errors);
	return ret;
}

/* changes as text */

static void
add_stanza_head(const struct where *where, unsigned step, struct buffer *out)
{
	struct written_atom name = { .text = where->steps[step].instance,
	    .quote = '"' };

	buffer_add_text(out, where->steps[step].scope->name);
	if (name.text != NULL) {
		buffer_add_text(out, " ");
		written_format_atom(&name, out);
	}
}

static void
open_stanzas(const struct where *where, unsigned depth, struct buffer *out)
{
	for (unsigned i = 0; i < depth; i++) {
		add_stanza_head(where, i, out);
		buffer_add_text(out, " {\n");
	}
}

static void
close_stanzas(unsigned depth, struct buffer *out)
{
	while (depth-- > 0)
		buffer_add_text(out, "}\n");
}

static int
tell_usage(command_construct *cc, const char *usage)
{
	(void)stringprintf(&cc->response, "%s\n", usage);
	return 0;
}

/* "dkim=no" is as good as "dkim = no".  The word is cut there, and what follows
 * the sign is returned; NULL: there is none. */
static const char *
cut_at_equals(command_construct *cc, int word, char **name_r)
{
	const char *typed = cc->argv_offsets[word];
	size_t n = strcspn(typed, "= \t");

	*name_r = NULL;
	if (typed[0] == '"' || n == 0 || typed[n] != '=')
		return NULL;
	*name_r = strndup(typed, n);
	if (*name_r == NULL)
		return NULL;
	cc->argv[word] = *name_r;
	typed += n + 1;
	return typed + strspn(typed, " \t");
}

/* The words up to the option; *value_r is the rest as it was typed, NULL when
 * there is none. */
static bool
read_set(command_construct *cc, struct where *where, const char **value_r,
    char **name_r)
{
	const char *value = NULL;
	int argc = cc->argc;
	bool good;

	*name_r = NULL;
	for (int i = 2; i < argc && value == NULL; i++) {
		value = cut_at_equals(cc, i, name_r);
		cc->argc = value != NULL ? i + 1 : argc;
	}
	good = where_read(cc, 2, transaction_config(cc), where);
	cc->argc = argc;
	if (good && value == NULL && where->rest < argc) {
		value = cc->argv_offsets[where->rest];
		if (value[0] == '=')
			value += 1 + strspn(value + 1, " \t");
	}
	*value_r = value != NULL && value[0] != '\0' ? value : NULL;
	return good;
}

/* As it would stand in a file: what is no value there is one text. */
static struct written
read_value(const char *typed, struct arena *arena)
{
	struct span text = span_of_text(typed);
	char *plain;

	while (text.n > 0 && (text.p[text.n - 1] == '\r' ||
	    text.p[text.n - 1] == ' ' || text.p[text.n - 1] == '\t'))
		text.n--;
	plain = arena_text(arena, text);
	return parser_value(plain != NULL ? plain : "", arena);
}

static const struct config_option *
option_of(const command_construct *cc, const struct where *where)
{
	return registry_option(config_registry(transaction_config(cc)),
	    where->slot);
}

static int
tell_set(command_construct *cc, const struct config_option *option,
    const struct written *written)
{
	struct config_value value = { .option = option, .written = written };

	if (form_is_wanted(cc))
		return form_answer(cc, "set", with_warnings(cc,
		    json_pack("{s:b,s:s,s:o,s:b}", "ok", 1, "name",
		    option->name, "value", configured_model(&value),
		    "waits_for_restart", changed_waits(NULL, option))));
	configured_echo(option->name, written, &cc->response);
	if (changed_waits(NULL, option) && !transaction_is_begun())
		(void)stringprintf(&cc->response, "%s takes effect with a "
		    "restart\n", option->name);
	warn(cc);
	return 1;
}

static int
set(command_construct *cc, const struct where *where,
    const struct written *written)
{
	const struct config_option *option = option_of(cc, where);
	struct buffer text = { 0 };
	int ret;

	open_stanzas(where, where->depth, &text);
	buffer_add_text(&text, where->option);
	buffer_add_text(&text, " = ");
	written_format(written, &text);
	buffer_add_text(&text, "\n");
	close_stanzas(where->depth, &text);
	ret = apply(cc, buffer_span(&text));
	buffer_deinit(&text);
	return ret == 0 ? tell_set(cc, option, written) : 0;
}

static int
run_set(command_construct *cc, void *closure)
{
	struct arena arena = { 0 };
	struct written written;
	struct where where;
	const char *typed;
	char *name;
	int ok = 0;

	(void)closure;
	if (!read_set(cc, &where, &typed, &name))
		goto out;
	if (where.option == NULL || typed == NULL) {
		ok = tell_usage(cc, "config set [SCOPE [INSTANCE]]... OPTION "
		    "[=] VALUE");
		goto out;
	}
	written = read_value(typed, &arena);
	ok = set(cc, &where, &written);
out:
	arena_deinit(&arena);
	free(name);
	return ok;
}

static int
effective_model(command_construct *cc, const struct config_option *option,
    const struct config_value *value)
{
	return form_answer(cc, "unset", json_pack("{s:b,s:s,s:o}", "ok", 1,
	    "name", option->name, "effective", value != NULL ?
	    configured_model(value) : json_null()));
}

/* The words again, in the configuration that holds by now. */
static int
tell_effective(command_construct *cc)
{
	struct generation *generation = generation_current();
	const struct config *config = transaction_is_begun() ?
	    transaction_config(cc) : generation->config;
	const struct config_option *option;
	const struct config_value *value;
	struct where where;
	int ok = 1;

	if (!where_read(cc, 2, config, &where))
		goto out;
	option = registry_option(config_registry(config), where.slot);
	value = configured_effective(config, &where);
	if (form_is_wanted(cc)) {
		ok = effective_model(cc, option, value);
		goto out;
	}
	(void)stringprintf(&cc->response, "\"%s\" has been unset. Effective "
	    "value is now:\n", option->name);
	if (value != NULL)
		configured_value(option->name, value, "\t", &cc->response);
	else
		(void)stringprintf(&cc->response, "\t(none)\n");
	if (changed_waits(NULL, option) && !transaction_is_begun())
		(void)stringprintf(&cc->response, "%s takes effect with a "
		    "restart\n", option->name);
out:
	generation_unref(generation);
	return ok;
}

static int
unset(command_construct *cc, const struct where *where)
{
	unsigned outer = where->option != NULL ? where->depth :
	    where->depth - 1;
	struct buffer text = { 0 };
	int ret;

	open_stanzas(where, outer, &text);
	buffer_add_text(&text, "unset ");
	if (where->option != NULL)
		buffer_add_text(&text, where->option);
	else
		add_stanza_head(where, outer, &text);
	buffer_add_text(&text, "\n");
	close_stanzas(outer, &text);
	ret = apply(cc, buffer_span(&text));
	buffer_deinit(&text);
	return ret;
}

static int
tell_stanza_unset(command_construct *cc, const struct where *where)
{
	string stanza;
	json_t *more;

	(void)string_init_type(&stanza, 128, STRING_TYPE_ECSTRING);
	where_format(where, &stanza);
	more = with_warnings(cc, json_pack("{s:o}", "stanza",
	    form_text(stanza.buffer)));
	(void)string_destroy(&stanza);
	(void)form_answer_done(cc, "unset", more,
	    "The stanza has been unset\n");
	if (!form_is_wanted(cc))
		warn(cc);
	return 1;
}

static int
run_unset(command_construct *cc, void *closure)
{
	struct where where;

	(void)closure;
	if (!where_read(cc, 2, transaction_config(cc), &where))
		return 0;
	if (where.option == NULL && where.depth == 0) {
		if (cc->argc > 2)
			return tell_usage(cc, "config unset [SCOPE "
			    "[INSTANCE]]... [OPTION]");
		return tell_usage(cc, "All of it cannot be unset: config "
		    "unset [SCOPE [INSTANCE]]... [OPTION]");
	}
	if (where.rest < cc->argc)
		return tell_usage(cc, "config unset [SCOPE [INSTANCE]]... "
		    "[OPTION]");
	if (where.node == NULL) {
		(void)stringprintf(&cc->response, "There is no stanza '");
		where_format(&where, &cc->response);
		(void)stringprintf(&cc->response, "'\n");
		return 0;
	}
	if (unset(cc, &where) != 0)
		return 0;
	if (where.option != NULL)
		return tell_effective(cc);
	return tell_stanza_unset(cc, &where);
}

/* reload */

static int
report_model(command_construct *cc, const struct online_report *report)
{
	json_t *changed = json_array(), *dropped = json_array();
	json_t *model = json_pack("{s:b,s:o,s:o}", "ok", 1, "changed",
	    changed, "dropped", dropped);

	configured_add_lines(buffer_span(&report->changed), changed);
	configured_add_lines(buffer_span(&report->dropped), dropped);
	configured_add_warnings(&report->warnings, model);
	return form_answer(cc, "reload", model);
}

static int
tell_report(command_construct *cc, const struct online_report *report)
{
	unsigned n = report->change_count;

	if (form_is_wanted(cc))
		return report_model(cc, report);
	if (n == 0)
		(void)stringprintf(&cc->response, "Configuration reloaded; "
		    "nothing has changed\n");
	else
		(void)stringprintf(&cc->response, "Configuration reloaded; "
		    "%u change%s:\n", n, n == 1 ? "" : "s");
	add_buffer(&report->changed, &cc->response);
	if (report->dropped_count > 0)
		(void)stringprintf(&cc->response, "Dropped, as it was set "
		    "online and is in no file:\n");
	add_buffer(&report->dropped, &cc->response);
	add_buffer(&report->warnings, &cc->response);
	return 1;
}

static int
reload(command_construct *cc, const char *path)
{
	struct config_errors errors = { 0 };
	struct online_report report;
	char *main_file = host_path();
	int ok = 0;

	if (online_reload(path, &report, &errors) != 0) {
		ok = refusal_answer(cc, &errors, "Reconfigure failed");
	} else {
		ok = tell_report(cc, &report);
		log_line(DNOTICE, "'%s' was loaded, by the console: %u "
		    "changes, %u of them dropped what was set online",
		    path != NULL ? path : main_file != NULL ? main_file : "",
		    report.change_count, report.dropped_count);
	}
	online_report_deinit(&report);
	errors_deinit(&errors);
	free(main_file);
	return ok;
}

static int
run_reload(command_construct *cc, void *closure)
{
	char *path;
	int ok;

	(void)closure;
	if (cc->argc > 3)
		return tell_usage(cc, "config reload [PATH]");
	if (transaction_is_begun())
		return tell_usage(cc, "There is a transaction: nothing can be "
		    "reloaded before \"config commit\" or \"config "
		    "rollback\"");
	path = cc->argc > 2 ? configured_path(cc->argv[2]) : NULL;
	ok = reload(cc, path);
	free(path);
	return ok;
}

void
change_add_commands(void)
{
	static const struct command_row rows[] = {
		{ "config reload", run_reload,
		  "read the files again, without changes made online",
		  "config reload [PATH]\nWith a path that file is read this "
		  "time; relative ones are beside the main file." },
		{ "config set", run_set, "set an option",
		  "config set [SCOPE [INSTANCE]]... OPTION [=] VALUE" },
		{ "config unset", run_unset, "unset an option or a stanza",
		  "config unset [SCOPE [INSTANCE]]... [OPTION]" },
	};

	commands_add_rows(rows, sizeof(rows) / sizeof(rows[0]));
}
