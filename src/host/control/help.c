/*
 * help.c: one line for each command, and the whole of one.
 *
 * A module's own commands stand under the address that they have: INSTANCE is
 * whatever the configuration calls it ("module list" says).
 */
#include "host/control/commands.h"
#include "host/control/commands_of.h"
#include "host/control/form.h"
#include "host/control/module_help.h"

#include "host/generation.h"
#include "host/loader/instance.h"
#include "module.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct question {
	string *out;
	json_t *list; /* NULL: in words */
	const char *about; /* NULL: a list of all */
	unsigned found;
	struct generation *generation;
};

static void
tell(struct question *question, const char *name, const char *summary,
    const char *text)
{
	question->found++;
	if (question->list != NULL)
		(void)json_array_append_new(question->list, json_pack(
		    "{s:o,s:o,s:o}", "command", form_text(name), "summary",
		    form_text(summary), "text", form_text(text)));
	else if (question->about == NULL)
		(void)stringprintf(question->out, "  %-23s  %s\n", name,
		    summary);
	else
		(void)stringprintf(question->out, "%s: %s\n%s%s", name,
		    summary, text != NULL ? text : "",
		    text != NULL ? "\n" : "");
}

/* Does a command begin with the words that are asked about? */
static bool
is_asked(const char *about, const char *name)
{
	size_t n = about != NULL ? strlen(about) : 0;

	return about == NULL || (strncasecmp(name, about, n) == 0 &&
	    (name[n] == '\0' || name[n] == ' ' || name[n] == ':'));
}

static void
tell_command(void *closure, const char *prefix, const char *summary,
    const char *text)
{
	struct question *question = closure;

	if (is_asked(question->about, prefix))
		tell(question, prefix, summary, text);
}

/* The instance of a module that a configuration has, or NULL. */
static struct instance *
instance_of(const struct generation *generation, const char *module)
{
	struct instance *i = generation != NULL ? generation->instances : NULL;

	while (i != NULL && strcasecmp(i->module->name, module) != 0)
		i = i->next;
	return i;
}

/* "dkim_sign:one flush keycache" is asked about as the command of INSTANCE. */
static bool
is_asked_of_instance(const char *about, const struct module_help *help)
{
	size_t n = strlen(help->module);

	if (about == NULL || strncasecmp(about, help->module, n) != 0 ||
	    about[n] != ':')
		return false;
	about += n + strcspn(about + n, " ");
	return *about == '\0' || is_asked(about + 1, help->command);
}

static void
tell_module(void *closure, const struct module_help *help)
{
	struct question *question = closure;
	struct instance *instance = instance_of(question->generation,
	    help->module);
	string plain, name;

	if (instance == NULL)
		return;
	(void)string_init_type(&plain, 64, STRING_TYPE_ECSTRING);
	(void)string_init_type(&name, 64, STRING_TYPE_ECSTRING);
	(void)stringprintf(&plain, "%s %s", help->module, help->command);
	(void)stringprintf(&name, "%s%s %s", help->module,
	    ec_module_instance_name(instance->infra) != NULL ? ":INSTANCE" :
	    "", help->command);
	if (is_asked(question->about, plain.buffer) ||
	    is_asked_of_instance(question->about, help))
		tell(question, name.buffer, help->summary, help->text);
	(void)string_destroy(&plain);
	(void)string_destroy(&name);
}

static int
run_help(command_construct *cc, void *closure)
{
	char *about = cc->argc > 1 ? commands_tidy(cc->argv_offsets[1]) : NULL;
	struct question question = {
		.out = &cc->response,
		.list = form_is_wanted(cc) ? json_array() : NULL,
		.about = about,
		.generation = generation_of(cc->transaction),
	};
	int ret = 1;

	(void)closure;
	commands_each(tell_command, &question);
	module_help_each(NULL, tell_module, &question);
	if (question.found == 0) {
		json_decref(question.list);
		(void)stringprintf(&cc->response, "There is no command '%s'\n",
		    about != NULL ? about : "");
		ret = 0;
	} else if (question.list != NULL) {
		ret = form_answer(cc, "help", json_pack("{s:o}", "commands",
		    question.list));
	}
	free(about);
	return ret;
}

void
help_add_commands(void)
{
	static const struct command_row rows[] = {
		{ "help", run_help, "this list, or what begins with some words",
		    "help [COMMAND]\n\"json COMMAND\" and \"xml COMMAND\" "
		    "answer with data." },
	};

	commands_add_rows(rows, sizeof(rows) / sizeof(rows[0]));
}
