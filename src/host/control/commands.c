/*
 * commands.c: control.h.
 *
 * Registrations of the process are in a list under a lock, which is held for
 * finding one only; those of a generation are immutable with it.
 */
#include "host/control/commands.h"

#include "host/control/debugging.h"
#include "host/control/form.h"
#include "host/generation.h"
#include "host/hooks/hooks.h"
#include "host/loader/instance.h"
#include "host/types/alloc.h"
#include "hooks/core/control_post_command.h"
#include "hooks/core/control_pre_command.h"

#include <ctype.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

struct command {
	struct command *next; /* by prefix */
	char *prefix; /* words with one blank between */
	ec_control_function2 func;
	ec_control_function old; /* the older form; one of both */
	void *closure;
	ec_blobject *owner; /* whose self is the closure; NULL: no count */
	char *summary, *text; /* or NULL */
};

static pthread_mutex_t commands_lock = PTHREAD_MUTEX_INITIALIZER;
static struct command *commands; /* of the process; under commands_lock */
static _Thread_local command_construct *answering;

char *
commands_tidy(const char *prefix)
{
	char *out = xmalloc(strlen(prefix) + 1);
	size_t n = 0;

	for (; *prefix != '\0'; prefix++) {
		bool blank = isspace((unsigned char)*prefix) != 0;

		if (!blank)
			out[n++] = *prefix;
		else if (n > 0 && out[n - 1] != ' ')
			out[n++] = ' ';
	}
	while (n > 0 && out[n - 1] == ' ')
		n--;
	out[n] = '\0';
	return out;
}

/* The registration of a prefix in a list, made when it is new. */
static struct command *
command_at(struct command **list, const char *prefix)
{
	char *tidy = commands_tidy(prefix);
	struct command *command;

	while (*list != NULL && strcasecmp((*list)->prefix, tidy) < 0)
		list = &(*list)->next;
	if (*list != NULL && strcasecmp((*list)->prefix, tidy) == 0) {
		free(tidy);
		return *list;
	}
	command = xcalloc(1, sizeof(*command));
	command->prefix = tidy;
	command->next = *list;
	*list = command;
	return command;
}

static void
set(struct command *command, ec_control_function2 func,
    ec_control_function old, void *closure)
{
	command->func = func;
	command->old = old;
	command->closure = closure;
}

void
ec_control_register_command2(const char *prefix, void *closure,
    ec_control_function2 func)
{
	(void)pthread_mutex_lock(&commands_lock);
	set(command_at(&commands, prefix), func, NULL, closure);
	(void)pthread_mutex_unlock(&commands_lock);
}

void
ec_control_register_command(const char *prefix, void *closure,
    ec_control_function func)
{
	(void)pthread_mutex_lock(&commands_lock);
	set(command_at(&commands, prefix), NULL, func, closure);
	(void)pthread_mutex_unlock(&commands_lock);
}

void
ec_control_register_command_allsched(const char *prefix, void *closure,
    ec_control_function func)
{
	ec_control_register_command(prefix, closure, func);
}

int
ec_control_register_command3(const char *prefix, ec_blobject *closure,
    ec_control_function2 func)
{
	struct hooks_registration *who = hooks_registering();
	struct generation *building = generation_pinned();
	struct command *command;

	if (who == NULL || who->into == NULL || building == NULL)
		return 0;
	command = command_at(&building->commands, prefix);
	if (closure != NULL)
		ec_blobject_addref(closure);
	ec_blobject_delref(command->owner);
	command->owner = closure;
	set(command, func, NULL, closure != NULL ? closure->self : NULL);
	return 1;
}

void
ec_control_register_help(const char *prefix, const char *summary,
    const char *text)
{
	struct command *command;

	(void)pthread_mutex_lock(&commands_lock);
	command = command_at(&commands, prefix);
	free(command->summary);
	free(command->text);
	command->summary = summary != NULL ? xstrdup(summary) : NULL;
	command->text = text != NULL ? xstrdup(text) : NULL;
	(void)pthread_mutex_unlock(&commands_lock);
}

bool
commands_has_rest(command_construct *cc, int words)
{
	if (cc->argc <= words)
		return false;
	(void)stringprintf(&cc->response, "'%s': there is no '%s' here "
	    "(\"help\" lists the commands)\n", cc->command.buffer,
	    cc->argv[words]);
	return true;
}

void
commands_free(struct command **list)
{
	for (struct command *next; *list != NULL; *list = next) {
		next = (*list)->next;
		ec_blobject_delref((*list)->owner);
		free((*list)->prefix);
		free((*list)->summary);
		free((*list)->text);
		free(*list);
	}
}

command_construct *
ec_control_get_command_construct(void)
{
	return answering;
}

void
ec_control_fail(void)
{
	if (answering != NULL)
		answering->failed = 1;
}

/* Cut cc->command into words; quotes are taken off into `memory`, which has
 * room for the line.  Returns 0, or -1 when a quote is not closed or there are
 * too many words. */
static int
split(command_construct *cc, char *memory)
{
	const char *at = cc->command.buffer;

	for (;;) {
		bool quoted;

		at += strspn(at, COMMAND_BLANKS);
		if (*at == '\0')
			return 0;
		if (cc->argc == COMMAND_WORDS)
			return -1;
		cc->argv_offsets[cc->argc] = at;
		cc->argv[cc->argc++] = memory;
		quoted = *at == '"';
		at += quoted ? 1 : 0;
		while (*at != '\0' && (quoted ? *at != '"' :
		    !isspace((unsigned char)*at))) {
			if (quoted && at[0] == '\\' && (at[1] == '"' ||
			    at[1] == '\\'))
				at++;
			*memory++ = *at++;
		}
		if (quoted && *at != '"') {
			/* a line that is not finished may be asked about */
			*memory = '\0';
			return strcasecmp(cc->argv[0], "complete") == 0 ? 0 :
			    -1;
		}
		at += quoted ? 1 : 0;
		*memory++ = '\0';
	}
}

/* How many words of the line a prefix takes up; 0: it does not fit. */
static int
prefix_fits(const char *prefix, const command_construct *cc)
{
	int words = 0;

	while (*prefix != '\0') {
		size_t n = strcspn(prefix, " ");

		if (words == cc->argc || strlen(cc->argv[words]) != n ||
		    strncasecmp(cc->argv[words], prefix, n) != 0)
			return 0;
		words++;
		prefix += n;
		prefix += strspn(prefix, " ");
	}
	return words;
}

static void
find_longest(const struct command *list, const command_construct *cc,
    int *words, struct command *found_r)
{
	for (; list != NULL; list = list->next) {
		int fits = list->func == NULL && list->old == NULL ? 0 :
		    prefix_fits(list->prefix, cc);

		if (fits > *words) {
			*words = fits;
			*found_r = *list;
		}
	}
}

/* A copy of the registration that fits best: it may be replaced meanwhile. */
static bool
find(const command_construct *cc, const struct generation *generation,
    struct command *found_r)
{
	int words = 0;

	if (generation != NULL)
		find_longest(generation->commands, cc, &words, found_r);
	(void)pthread_mutex_lock(&commands_lock);
	find_longest(commands, cc, &words, found_r);
	(void)pthread_mutex_unlock(&commands_lock);
	return words > 0;
}

/* MODULE and INSTANCE of a word; false: it addresses no module. */
static struct instance *
addressed(const char *word, const struct generation *generation)
{
	const char *colon = strchr(word, ':');
	char *module = xstrndup(word, colon != NULL ? (size_t)(colon - word) :
	    strlen(word));
	struct instance *instance = NULL;

	if (generation != NULL)
		instance = instances_find(generation, module,
		    colon != NULL ? colon + 1 : NULL);
	free(module);
	return instance;
}

/* The names that a module with several instances could be addressed by. */
static bool
tell_instances(const char *word, const struct generation *generation,
    string *response)
{
	size_t n = strcspn(word, ":");
	bool any = false;

	for (struct instance *i = generation != NULL ? generation->instances :
	    NULL; i != NULL; i = i->next) {
		if (strncasecmp(i->module->name, word, n) != 0 ||
		    i->module->name[n] != '\0')
			continue;
		(void)stringprintf(response, any ? ", " :
		    "No instance '%s'; there are: ", word);
		instance_format_name(i, response);
		any = true;
	}
	if (any)
		(void)stringprintf(response, "\n");
	return any;
}

struct siblings { /* commands that begin with the same word */
	const char *word;
	string *out;
	unsigned n;
};

static void
add_sibling(void *closure, const char *prefix, const char *summary,
    const char *text)
{
	struct siblings *siblings = closure;
	size_t n = strlen(siblings->word);

	(void)summary;
	(void)text;
	if (strncasecmp(prefix, siblings->word, n) != 0 || prefix[n] != ' ')
		return;
	(void)stringprintf(siblings->out, "%s%s",
	    siblings->n++ == 0 ? "" : ", ", prefix);
}

static void
tell_unknown(const command_construct *cc, string *response)
{
	string list;
	struct siblings siblings = { cc->argv[0], &list, 0 };

	(void)string_init_type(&list, 256, STRING_TYPE_ECSTRING);
	commands_each(add_sibling, &siblings);
	if (siblings.n > 0)
		(void)stringprintf(response, "Unknown command '%s%s%s'; there "
		    "are: %s\n", cc->argv[0], cc->argc > 1 ? " " : "",
		    cc->argc > 1 ? cc->argv[1] : "", list.buffer);
	else
		(void)stringprintf(response, "Unknown command '%s' (\"help\" "
		    "lists them)\n", cc->argv[0]);
	(void)string_destroy(&list);
}

static int
run_module(command_construct *cc, const struct generation *generation,
    string *response)
{
	struct instance *instance = addressed(cc->argv[0], generation);
	ControlHookFunc control;
	char *words;
	size_t n;

	if (instance == NULL) {
		if (!tell_instances(cc->argv[0], generation, response))
			tell_unknown(cc, response);
		return EC_RUN_COMMAND_FAILED;
	}
	control = instance->infra->shared.module_control;
	if (control == NULL) {
		(void)stringprintf(response, "Module '%s' has no commands\n",
		    instance->module->name);
		return EC_RUN_COMMAND_FAILED;
	}
	words = xstrdup(cc->argc > 1 ? cc->argv_offsets[1] : "");
	n = strlen(words);
	while (n > 0 && isspace((unsigned char)words[n - 1]) != 0)
		n--;
	words[n] = '\0'; /* modules compare it as it is */
	control(instance->infra, response, words, cc->xml);
	free(words);
	return cc->failed ? EC_RUN_COMMAND_FAILED : EC_RUN_COMMAND_COMPLETED;
}

static int
dispatch(command_construct *cc, const struct generation *generation,
    string *response)
{
	struct command found;

	if (!find(cc, generation, &found))
		return run_module(cc, generation, response);
	if (found.old != NULL) {
		found.old(response, cc->argc, cc->argv, found.closure);
		return EC_RUN_COMMAND_COMPLETED;
	}
	/* the function writes to cc->response: that is where the answer of
	 * whoever called us is to go */
	cc->response = *response;
	*response = (string){ 0 };
	int ok = found.func(cc, found.closure);
	*response = cc->response;
	cc->response = (string){ 0 };
	return ok != 0 ? EC_RUN_COMMAND_COMPLETED : EC_RUN_COMMAND_FAILED;
}

/* Run with the hooks around it. */
static int
run(command_construct *cc, const struct generation *generation,
    string *response)
{
	int ret = EC_RUN_COMMAND_COMPLETED;

	if (has_core_control_pre_command_hook() == 0 ||
	    call_core_control_pre_command_hook(cc, response) == 0)
		ret = dispatch(cc, generation, response);
	call_core_control_post_command_hook(cc, response);
	return ret;
}

/* "xml" or "json" before a command. */
static void
take_form(command_construct *cc)
{
	if (cc->argc < 2)
		return;
	cc->xml = strcasecmp(cc->argv[0], "xml") == 0;
	cc->json = strcasecmp(cc->argv[0], "json") == 0;
	if (cc->xml || cc->json) {
		cc->argv++;
		cc->argv_offsets++;
		cc->argc--;
	}
}

/* A line of one word may be a command of that name; it may not be one, or it
 * cannot be cut into words. */
static enum form
form_of(const command_construct *cc, int ret)
{
	if (cc->json)
		return FORM_JSON;
	if (cc->xml)
		return FORM_XML;
	return ret == EC_RUN_COMMAND_FAILED ?
	    form_of_line(cc->command.buffer) : FORM_WORDS;
}

static double
milliseconds(void)
{
	struct timespec now = { 0 };

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

/* "debugging mode" */
static void
tell_more(const command_construct *cc, const struct generation *generation,
    double began, string *response)
{
	if (debugging_is_on() && !cc->json && !cc->xml)
		(void)stringprintf(response, "# %.3f ms, configuration %llu\n",
		    milliseconds() - began, generation == NULL ? 0ULL :
		    (unsigned long long)generation->header.generation);
}

int
run_command2(command_construct *cc, string *response, Event *session)
{
	struct generation *generation = generation_current();
	struct generation *before = generation_pin(generation);
	command_construct *outer = answering;
	char *memory = xmalloc((size_t)cc->command.len + 2);
	int ret = EC_RUN_COMMAND_FAILED;
	double began;

	(void)session;
	cc->argv = xcalloc(COMMAND_WORDS, sizeof(*cc->argv));
	cc->argv_offsets = xcalloc(COMMAND_WORDS, sizeof(*cc->argv));
	cc->argc = 0;
	cc->transaction = generation != NULL ? &generation->header : NULL;
	answering = cc;
	if (split(cc, memory) != 0) {
		(void)stringprintf(response, "A quote is not closed, or there "
		    "are too many words\n");
	} else if (cc->argc > 0) {
		began = milliseconds();
		take_form(cc);
		ret = run(cc, generation, response);
		tell_more(cc, generation, began, response);
	} else {
		ret = EC_RUN_COMMAND_COMPLETED;
	}
	form_ensure(form_of(cc, ret), ret == EC_RUN_COMMAND_COMPLETED,
	    response);
	answering = outer;
	free(cc->argv - cc->xml - cc->json);
	free(cc->argv_offsets - cc->xml - cc->json);
	cc->argv = cc->argv_offsets = NULL;
	free(memory);
	(void)generation_pin(before);
	generation_unref(generation);
	return ret;
}

int
commands_run(const char *line, const char *user, string *response)
{
	command_construct cc = { .user = user };
	size_t n = strlen(line);
	int ret;

	if (n > COMMAND_BYTES) {
		(void)stringprintf(response, "The command is too long\n");
		form_ensure(form_of_line(line), false, response);
		return EC_RUN_COMMAND_FAILED;
	}
	(void)string_init_type(&cc.command, n + 1, STRING_TYPE_ECSTRING);
	(void)stringwrite2(&cc.command, line, n);
	ret = run_command2(&cc, response, NULL);
	(void)string_destroy(&cc.command);
	return ret;
}

struct listed { /* a copy, so that no lock is held while telling */
	char *prefix, *summary, *text;
	bool has_function;
};

static int
by_prefix(const void *a, const void *b)
{
	const struct listed *x = a, *y = b;

	return strcasecmp(x->prefix, y->prefix);
}

static void
copy_list(const struct command *list, struct listed **all, size_t *n)
{
	for (; list != NULL; list = list->next) {
		*all = xrealloc(*all, (*n + 1) * sizeof(**all));
		(*all)[(*n)++] = (struct listed){
			xstrdup(list->prefix),
			xstrdup(list->summary != NULL ? list->summary : ""),
			list->text != NULL ? xstrdup(list->text) : NULL,
			list->func != NULL || list->old != NULL,
		};
	}
}

static void
listed_deinit(struct listed *listed)
{
	free(listed->prefix);
	free(listed->summary);
	free(listed->text);
}

/* Help is the process's, its command may be a configuration's: two rows of one
 * prefix become one.  Gives how many are left. */
static size_t
merge(struct listed *all, size_t n)
{
	size_t kept = 0;

	for (size_t i = 0; i < n; i++) {
		struct listed *last = kept > 0 ? &all[kept - 1] : NULL;

		if (last == NULL || by_prefix(last, &all[i]) != 0) {
			all[kept++] = all[i];
			continue;
		}
		last->has_function = last->has_function ||
		    all[i].has_function;
		if (last->summary[0] == '\0') {
			struct listed before = *last;

			last->summary = all[i].summary;
			last->text = all[i].text;
			all[i].summary = before.summary;
			all[i].text = before.text;
		}
		listed_deinit(&all[i]);
	}
	return kept;
}

void
commands_each(void (*each)(void *closure, const char *prefix,
    const char *summary, const char *text), void *closure)
{
	struct generation *generation = generation_here();
	struct listed *all = NULL;
	size_t n = 0;

	if (generation != NULL)
		copy_list(generation->commands, &all, &n);
	generation_unref(generation);
	(void)pthread_mutex_lock(&commands_lock);
	copy_list(commands, &all, &n);
	(void)pthread_mutex_unlock(&commands_lock);
	if (n > 0)
		qsort(all, n, sizeof(*all), by_prefix);
	n = merge(all, n);
	for (size_t i = 0; i < n; i++) {
		/* else it went with its configuration */
		if (all[i].has_function)
			each(closure, all[i].prefix, all[i].summary,
			    all[i].text);
		listed_deinit(&all[i]);
	}
	free(all);
}
