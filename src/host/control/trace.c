/*
 * trace.c: trace client, trace recipient, list, show, stop.
 */
#include "host/control/commands.h"
#include "host/control/commands_of.h"
#include "host/control/form.h"
#include "host/validation/watch.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* A whole number from 1 to most; `otherwise` when there is no such word. */
static bool
read_number(command_construct *cc, int word, unsigned long most,
    unsigned otherwise, unsigned *number_r)
{
	const char *text = word < cc->argc ? cc->argv[word] : NULL;
	unsigned long number;
	char *end;

	*number_r = otherwise;
	if (text == NULL)
		return true;
	number = strtoul(text, &end, 10);
	if (*text >= '0' && *text <= '9' && *end == '\0' && number > 0 &&
	    number <= most) {
		*number_r = (unsigned)number;
		return true;
	}
	(void)stringprintf(&cc->response, "'%s' is no number from 1 to %lu\n",
	    text, most);
	return false;
}

/* closure tells which kind it is. */
static int
run_add(command_construct *cc, void *closure)
{
	enum watch_kind kind = closure != NULL ? WATCH_RECIPIENT :
	    WATCH_CLIENT;
	unsigned messages, seconds, number;

	if (cc->argc < 3) {
		(void)stringprintf(&cc->response, "expected %s\n",
		    kind == WATCH_CLIENT ? "an address, or a block of them" :
		    "user@domain, @domain, or a pattern with '*'");
		return 0;
	}
	if (commands_has_rest(cc, 5) ||
	    !read_number(cc, 3, WATCH_MESSAGES_MOST, WATCH_MESSAGES,
	    &messages) ||
	    !read_number(cc, 4, WATCH_SECONDS_MOST, WATCH_SECONDS, &seconds))
		return 0;
	number = watch_add(kind, cc->argv[2], messages, seconds,
	    &cc->response);
	if (number == 0)
		return 0;
	if (form_is_wanted(cc))
		return form_answer(cc, "trace", json_pack("{s:i}", "tracer",
		    (int)number));
	(void)stringprintf(&cc->response, "Registered tracer #%u\n", number);
	return 1;
}

static const char *
kind_word(enum watch_kind kind)
{
	return kind == WATCH_CLIENT ? "client" : "recipient";
}

static void
write_view(string *out, const struct watch_view *view)
{
	(void)stringprintf(out, "[%6u] %9s: %s\n%18s: %u of %u\n%18s: ",
	    view->number, kind_word(view->kind), view->who, "messages",
	    view->messages, view->messages_most, "time");
	if (view->seconds_left > 0)
		(void)stringprintf(out, "%llu seconds left\n",
		    (unsigned long long)view->seconds_left);
	else
		(void)stringprintf(out, "over\n");
	(void)stringprintf(out, "%18s: %zu, %zu bytes", "lines", view->lines,
	    view->bytes);
	if (view->lines_lost > 0)
		(void)stringprintf(out, "; there was no room for %zu more",
		    view->lines_lost);
	(void)stringprintf(out, "\n");
}

static json_t *
view_model(const struct watch_view *view)
{
	return json_pack("{s:i,s:s,s:o,s:i,s:i,s:I,s:I,s:I,s:I}", "tracer",
	    (int)view->number, "kind", kind_word(view->kind), "who",
	    form_text(view->who), "messages", (int)view->messages,
	    "messages_most", (int)view->messages_most, "seconds_left",
	    (json_int_t)view->seconds_left, "lines", (json_int_t)view->lines,
	    "bytes", (json_int_t)view->bytes, "lines_lost",
	    (json_int_t)view->lines_lost);
}

static int
run_list(command_construct *cc, void *closure)
{
	json_t *list = form_is_wanted(cc) ? json_array() : NULL;
	struct watch_view views[WATCHES];
	size_t n = watch_list(views);

	(void)closure;
	for (size_t i = 0; i < n; i++) {
		if (list != NULL)
			(void)json_array_append_new(list, view_model(
			    &views[i]));
		else
			write_view(&cc->response, &views[i]);
	}
	return list == NULL ? 1 : form_answer(cc, "trace", json_pack("{s:o}",
	    "tracers", list));
}

static int
no_tracer(command_construct *cc, const char *word)
{
	(void)stringprintf(&cc->response, "There is no tracer '%s' "
	    "(\"trace list\" has them)\n", word);
	return 0;
}

static json_t *
lines_model(char *text)
{
	json_t *list = json_array();
	char *rest = text, *line;

	while ((line = strsep(&rest, "\n")) != NULL) {
		if (*line != '\0')
			(void)json_array_append_new(list, form_text(line));
	}
	return json_pack("{s:o}", "lines", list);
}

/* One, or all of them one after the other. */
static int
run_show(command_construct *cc, void *closure)
{
	const char *wanted = cc->argc > 2 ? cc->argv[2] : NULL;
	struct watch_view views[WATCHES];
	size_t n = watch_list(views), shown = 0;
	string text;

	(void)closure;
	(void)string_init_type(&text, 4096, STRING_TYPE_ECSTRING);
	for (size_t i = 0; i < n; i++) {
		if (wanted == NULL || strtoul(wanted, NULL, 10) ==
		    views[i].number)
			shown += watch_show(views[i].number, &text) ? 1 : 0;
	}
	if (wanted != NULL && shown == 0) {
		(void)string_destroy(&text);
		return no_tracer(cc, wanted);
	}
	if (form_is_wanted(cc))
		(void)form_answer(cc, "trace", lines_model(text.buffer));
	else
		(void)stringwrite2(&cc->response, text.buffer,
		    (size_t)text.len);
	(void)string_destroy(&text);
	return 1;
}

static void
stop(command_construct *cc, unsigned number)
{
	if (watch_remove(number) && !form_is_wanted(cc))
		(void)stringprintf(&cc->response, "Removed tracer #%u\n",
		    number);
}

static int
run_stop(command_construct *cc, void *closure)
{
	const char *wanted = cc->argc > 2 ? cc->argv[2] : NULL;
	struct watch_view views[WATCHES];
	size_t n = watch_list(views), stopped = 0;

	(void)closure;
	for (size_t i = 0; i < n; i++) {
		if (wanted != NULL && strtoul(wanted, NULL, 10) !=
		    views[i].number)
			continue;
		stop(cc, views[i].number);
		stopped++;
	}
	if (wanted != NULL && stopped == 0)
		return no_tracer(cc, wanted);
	if (form_is_wanted(cc))
		return form_answer(cc, "trace", json_pack("{s:I}", "removed",
		    (json_int_t)stopped));
	return 1;
}

void
trace_add_commands(void)
{
	static char recipient[] = "recipient";
	static const struct command_row rows[] = {
		{ "trace client", run_add, "keep what is said of a client's "
		    "messages",
		    "trace client ADDRESS|CIDR [MESSAGES [SECONDS]]\nOf the "
		    "next 10 messages within 600 seconds, or so many, "
		    "everything is kept in\nmemory that modules say at any "
		    "level, and what became of them: \"trace show\"." },
		{ "trace list", run_list, "who is traced", NULL },
		{ "trace show", run_show, "what was kept",
		    "trace show [TRACER]" },
		{ "trace stop", run_stop, "trace no more, and forget",
		    "trace stop [TRACER]" },
	};

	commands_add_rows(rows, sizeof(rows) / sizeof(rows[0]));
	ec_control_register_command2("trace recipient", recipient, run_add);
	ec_control_register_help("trace recipient",
	    "keep what is said of messages to somebody",
	    "trace recipient PATTERN [MESSAGES [SECONDS]]\nPATTERN is "
	    "user@domain, @domain, or has '*' and '?' in it.  See \"help "
	    "trace client\".");
}
