/*
 * interactive.c: a banner, and then prompt, command, answer.
 */
#include "cli/console/interactive.h"

#include "cli/console/editor.h"
#include "cli/console/output.h"
#include "cli/console/pager.h"
#include "cli/console/printable.h"
#include "cli/console/signals.h"

#include <stdio.h>
#include <stdlib.h>
#include <strings.h>
#include <sysexits.h>
#include <time.h>

#define OWN_HELP \
	"\\pager [on | off | PROGRAM]  show long answers with $PAGER, or not\n" \
	"\\quit, quit                  leave (so does ctrl-D)\n"

struct console {
	struct console_link *link;
	bool is_paged;
	char *pager; /* that was named; NULL: $PAGER */
	bool has_left;
};

/* HH:MM:SS ENDPOINT>, to be freed */
static char *
make_prompt(const struct console_link *link)
{
	char *name = console_link_name(link);
	struct buffer prompt = { 0 };
	char clock[16] = "";
	time_t now = time(NULL);
	struct tm tm;

	if (localtime_r(&now, &tm) != NULL)
		(void)strftime(clock, sizeof(clock), "%H:%M:%S ", &tm);
	buffer_add_text(&prompt, clock);
	buffer_add_text(&prompt, name == NULL ? "" : name);
	buffer_add_text(&prompt, "> ");
	free(name);
	return buffer_take_text(&prompt);
}

static void
complain(const struct console *console, struct buffer *why)
{
	char *words = buffer_take_text(why);

	if (words != NULL)
		console_printable_complain(console->link->endpoint.name, words);
	free(words);
}

static void
tell_where(const struct console_link *link, const char *words)
{
	char *name = console_link_name(link);

	(void)printf("%smailseal %s at %s\n", words,
	    console_client_version(link->client), name == NULL ? "" : name);
	free(name);
}

/* Words about a connection that was lost. */
static void
tell_loss(const struct console *console, struct buffer *why)
{
	/* the terminal has written ^C, and no line end */
	if (console_signals_interrupt())
		(void)putchar('\n');
	complain(console, why);
	(void)printf("The next command connects again.\n");
}

/* The answer, and what we have to add to it. */
static void
show(struct console *console, const char *addition)
{
	struct console_output output;
	struct buffer why = { 0 };
	struct span piece;
	int ret;

	if (console->is_paged)
		console_output_begin_paged(&output, console->pager);
	else
		console_output_begin(&output);
	output.ends_line = true;
	while ((ret = console_link_read(console->link, &piece, &why)) > 0) {
		if (console_output_add(&output, piece) != 0)
			break;
	}
	if (ret == 0 && addition != NULL)
		(void)console_output_add(&output, span_of_text(addition));
	if (console_output_end(&output) != 0 || ret > 0) {
		/* the rest of the answer must not be the next one's start */
		console_client_free(&console->link->client);
		buffer_add_text(&why, "the answer cannot be written");
		complain(console, &why);
	} else if (ret < 0) {
		tell_loss(console, &why);
	}
	buffer_deinit(&why);
}

static void
ask(struct console *console, const char *request)
{
	struct buffer why = { 0 };
	int status = console_link_send(console->link, request, &why);

	if (console->link->came_back) {
		tell_where(console->link, "Connected again: ");
		console->link->came_back = false;
	}
	if (status == CONSOLE_CLIENT_E_UNFIT) {
		complain(console, &why);
	} else if (status < 0) {
		tell_loss(console, &why);
	} else {
		show(console, status == CONSOLE_CLIENT_DONE &&
		    strcasecmp(request, "help") == 0 ? OWN_HELP : NULL);
	}
	buffer_deinit(&why);
}

/* our own commands */

static void
set_pager(struct console *console, const char *words)
{
	bool is_switch = strcasecmp(words, "on") == 0 ||
	    strcasecmp(words, "off") == 0;

	if (words[0] == '\0')
		console->is_paged = !console->is_paged;
	else
		console->is_paged = strcasecmp(words, "off") != 0;
	if (words[0] != '\0' && !is_switch) {
		free(console->pager);
		console->pager = strdup(words);
	}
	if (console->is_paged)
		(void)printf("Pager is on: %s\n", console->pager != NULL ?
		    console->pager : console_pager_name());
	else
		(void)printf("Pager is off\n");
}

static void
leave(struct console *console, const char *words)
{
	(void)words;
	console->has_left = true;
}

static const struct own {
	const char *name;
	void (*run)(struct console *console, const char *words);
} owns[] = {
	{ "\\pager", set_pager },
	{ "\\quit", leave },
	{ "quit", leave },
};

/* Takes the commands that are ours; the others are the server's. */
static bool
run_own(struct console *console, const char *line)
{
	size_t n = strcspn(line, " \t");

	for (size_t i = 0; i < sizeof(owns) / sizeof(owns[0]); i++) {
		const char *words = line + n + strspn(line + n, " \t");

		if (n == strlen(owns[i].name) &&
		    strncasecmp(line, owns[i].name, n) == 0 &&
		    (owns[i].name[0] == '\\' || words[0] == '\0')) {
			owns[i].run(console, words);
			return true;
		}
	}
	if (line[0] != '\\')
		return false;
	(void)printf("There is no such command of the console: it has \\pager "
	    "and \\quit\n");
	return true;
}

/* Without blanks around it; to be freed. */
static char *
tidy(const char *line)
{
	size_t n;

	line += strspn(line, " \t");
	for (n = strlen(line); n > 0 && (line[n - 1] == ' ' ||
	    line[n - 1] == '\t'); n--)
		;
	return strndup(line, n);
}

static void
run_line(struct console *console, const char *typed)
{
	char *line = tidy(typed);

	if (line != NULL && line[0] != '\0' && !run_own(console, line))
		ask(console, line);
	free(line);
	/* it was for what was waited for */
	(void)console_signals_take(SIGINT);
}

/* Returns the signal that ended it, or 0. */
static int
run(struct console *console, struct console_editor *editor)
{
	while (!console->has_left) {
		char *prompt = make_prompt(console->link);
		const char *line;
		enum console_editor_outcome outcome;

		if (prompt == NULL)
			return 0;
		outcome = console_editor_read(editor, prompt, &line);
		free(prompt);
		if (outcome == CONSOLE_EDITOR_SIGNAL)
			return console_signals_end();
		if (outcome == CONSOLE_EDITOR_END)
			return 0;
		if (outcome == CONSOLE_EDITOR_LINE)
			run_line(console, line);
		if (console_signals_end() != 0)
			return console_signals_end();
	}
	return 0;
}

int
console_interactive_run(struct console_link *link)
{
	struct console console = { .link = link };
	struct console_editor *editor;
	int signo;

	console_signals_catch();
	editor = console_editor_new(link);
	if (editor == NULL)
		return EX_OSERR;
	tell_where(link, "");
	(void)printf("help lists the commands, \\quit leaves.\n");
	signo = run(&console, editor);
	console_editor_free(&editor);
	free(console.pager);
	if (signo != 0)
		console_signals_obey(signo);
	console_signals_release();
	return EX_OK;
}
