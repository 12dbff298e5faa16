/*
 * editor.c: libedit, with our own reading of characters.
 *
 * libedit would handle signals itself, and pass each on to the whole process
 * group.  Here they arrive while we wait for a key, and only then.
 */
#include "cli/console/editor.h"

#include "cli/console/completion.h"
#include "cli/console/history.h"
#include "cli/console/signals.h"
#include "cli/console/terminal.h"

#include <errno.h>
#include <histedit.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <wchar.h>

#define ASK_ABOVE 100 /* candidates are listed only when one wants to */
#define LINE_BYTES (CONSOLE_CLIENT_REQUEST_BYTES + 2)
#define CTRL_C "^C\n"

struct console_editor {
	EditLine *el; /* NULL: the terminal cannot edit */
	struct console_history *history;
	struct console_link *link;
	const char *prompt;
	char *line; /* LINE_BYTES */

};

/* 1, or 0 to go on waiting, or -1: the line ends here. */
static int
heed_signals(EditLine *el)
{
	if (console_signals_interrupt())
		return -1;
	if (console_signals_take(SIGTSTP)) {
		(void)el_set(el, EL_PREP_TERM, 0);
		console_signals_obey(SIGTSTP);
		(void)console_signals_wait(-1, 0, 0);
		(void)console_signals_take(SIGCONT);
		(void)el_set(el, EL_PREP_TERM, 1);
		(void)el_set(el, EL_REFRESH);
	}
	if (console_signals_take(SIGCONT)) {
		(void)el_set(el, EL_PREP_TERM, 1);
		(void)el_set(el, EL_REFRESH);
	}
	if (console_signals_take(SIGWINCH))
		el_resize(el);
	return 0;
}

/* One octet: 1, or 0 at the end, or -1. */
static int
read_octet(EditLine *el, char *c)
{
	for (;;) {
		ssize_t n;

		if (console_signals_wait(STDIN_FILENO, POLLIN, -1) < 0) {
			if (heed_signals(el) == 0)
				continue;
			errno = EINTR;
			return -1;
		}
		n = read(STDIN_FILENO, c, 1);
		if (n >= 0 || errno != EAGAIN)
			return (int)n;
	}
}

static int
read_key(EditLine *el, wchar_t *key)
{
	char octets[MB_LEN_MAX];
	size_t n = 0;

	for (;;) {
		mbstate_t state = { 0 };
		int ret = read_octet(el, octets + n);
		size_t length;

		if (ret <= 0)
			return ret;
		n++;
		length = mbrtowc(key, octets, n, &state);
		if (length != (size_t)-1 && length != (size_t)-2)
			return 1;
		/* no letter of this locale: drop it, as libedit does */
		if (length == (size_t)-1 || n == sizeof(octets))
			n = 0;
	}
}

static char *
get_prompt(EditLine *el)
{
	struct console_editor *editor;

	(void)el_get(el, EL_CLIENTDATA, &editor);
	return (char *)(uintptr_t)editor->prompt;
}

/* completion */

static size_t
count_columns(const char *text)
{
	size_t n = 0, length;
	wchar_t c;

	for (; *text != '\0'; text += length) {
		mbstate_t state = { 0 };

		length = mbrtowc(&c, text, MB_CUR_MAX, &state);
		if (length == 0 || length > MB_CUR_MAX) {
			length = 1;
			n++;
		} else {
			n += (size_t)(wcwidth(c) > 0 ? wcwidth(c) : 0);
		}
	}
	return n;
}

/* Letters, which libedit counts. */
static int
count_letters(const char *text)
{
	size_t n = mbstowcs(NULL, text, 0);

	return n == (size_t)-1 || n > INT_MAX ? (int)strlen(text) : (int)n;
}

static bool
wants_all(EditLine *el, size_t n)
{
	wchar_t key = L'n';

	if (n <= ASK_ABOVE)
		return true;
	(void)printf("\n%zu possibilities; show them? (y/n) ", n);
	(void)fflush(stdout);
	return read_key(el, &key) == 1 && (key == L'y' || key == L'Y');
}

/* In columns, downwards, as ls has it. */
static void
list(const struct console_completion *completion)
{
	size_t columns = console_terminal_size().columns, widest = 0;
	size_t across, down;

	for (size_t i = 0; i < completion->n; i++) {
		size_t n = count_columns(completion->candidates[i]);

		widest = n > widest ? n : widest;
	}
	across = (columns + 1) / (widest + 2);
	across = across == 0 ? 1 : across;
	down = (completion->n + across - 1) / across;
	(void)putchar('\n');
	for (size_t row = 0; row < down; row++) {
		for (size_t i = row; i < completion->n; i += down) {
			const char *text = completion->candidates[i];
			bool is_last = i + down >= completion->n;

			(void)fputs(text, stdout);
			for (size_t n = count_columns(text);
			    !is_last && n < widest + 2; n++)
				(void)putchar(' ');
		}
		(void)putchar('\n');
	}
	(void)fflush(stdout);
}

/* An address that is followed by an instance, and an open quote, go on. */
static bool
is_finished(const char *word)
{
	size_t n = strlen(word), quotes = 0;

	for (size_t i = 0; i < n; i++)
		quotes += word[i] == '"';
	return n > 0 && word[n - 1] != ':' && quotes % 2 == 0;
}

/* Returns what is to be done with the line. */
static unsigned char
take(EditLine *el, const struct console_completion *completion)
{
	bool grew = strcmp(completion->common, completion->word) != 0;

	if (grew && strlen(completion->common) >= strlen(completion->word)) {
		el_deletestr(el, count_letters(completion->word));
		(void)el_insertstr(el, completion->common);
	}
	if (completion->n == 1) {
		if (is_finished(completion->common))
			(void)el_insertstr(el, " ");
		return CC_REFRESH;
	}
	if (grew && strlen(completion->common) > strlen(completion->word))
		return CC_REFRESH;
	if (wants_all(el, completion->n))
		list(completion);
	else
		(void)putchar('\n');
	return CC_REDISPLAY;
}

static unsigned char
complete(EditLine *el, wint_t key)
{
	struct console_completion completion;
	struct console_editor *editor;
	const LineInfo *info = el_line(el);
	unsigned char ret = CC_ERROR;
	char *line;

	(void)key;
	(void)el_get(el, EL_CLIENTDATA, &editor);
	line = strndup(info->buffer, (size_t)(info->cursor - info->buffer));
	if (line == NULL)
		return CC_ERROR;
	console_completion_find(editor->link, line, &completion);
	if (completion.n > 0 && completion.common != NULL)
		ret = take(el, &completion);
	console_completion_deinit(&completion);
	free(line);
	return ret;
}

static EditLine *
new_el(struct console_editor *editor)
{
	EditLine *el = el_init("ec_console", stdin, stdout, stderr);

	if (el == NULL)
		return NULL;
	(void)el_set(el, EL_CLIENTDATA, editor);
	(void)el_set(el, EL_PROMPT, get_prompt);
	(void)el_set(el, EL_GETCFN, read_key);
	(void)el_set(el, EL_HIST, history,
	    console_history_list(editor->history));
	(void)el_set(el, EL_EDITOR, "emacs");
	/* the narrow one makes copies that nobody frees */
	(void)el_wset(el, EL_ADDFN, L"console-complete", L"complete the word",
	    complete);
	(void)el_set(el, EL_BIND, "^I", "console-complete", NULL);
	(void)el_set(el, EL_BIND, "^R", "em-inc-search-prev", NULL);
	(void)el_source(el, NULL);
	return el;
}

struct console_editor *
console_editor_new(struct console_link *link)
{
	struct console_editor *editor = calloc(1, sizeof(*editor));

	if (editor == NULL)
		return NULL;
	editor->link = link;
	editor->line = malloc(LINE_BYTES);
	editor->history = console_history_new();
	if (editor->line == NULL || editor->history == NULL) {
		console_editor_free(&editor);
		return NULL;
	}
	if (console_terminal_can_edit())
		editor->el = new_el(editor);
	return editor;
}

/* After a signal, or a failure. */
static enum console_editor_outcome
give_up(void)
{
	if (console_signals_end() != 0)
		return CONSOLE_EDITOR_SIGNAL;
	if (!console_signals_take(SIGINT))
		return CONSOLE_EDITOR_END;
	(void)fputs(CTRL_C, stdout);
	(void)fflush(stdout);
	return CONSOLE_EDITOR_CLEARED;
}

static enum console_editor_outcome
read_edited(struct console_editor *editor, const char **line_r)
{
	int n = 0;
	const char *line;

	(void)console_signals_take(SIGCONT);
	if (console_signals_take(SIGWINCH))
		el_resize(editor->el);
	/* before the prompt: who sees that may type ctrl-D */
	(void)el_set(editor->el, EL_PREP_TERM, 1);
	line = el_gets(editor->el, &n);
	if (line == NULL || n <= 0) {
		if (n < 0)
			return give_up();
		(void)putchar('\n');
		return CONSOLE_EDITOR_END;
	}
	/* libedit's line is as long as one types, ours ends somewhere */
	(void)snprintf(editor->line, LINE_BYTES, "%s", line);
	editor->line[strcspn(editor->line, "\r\n")] = '\0';
	*line_r = editor->line;
	return CONSOLE_EDITOR_LINE;
}

/* Octet by octet: what follows the line may be somebody else's. */
static enum console_editor_outcome
read_plain(struct console_editor *editor, const char **line_r)
{
	size_t n = 0;

	(void)fputs(editor->prompt, stdout);
	(void)fflush(stdout);
	for (;;) {
		ssize_t got;
		char c;

		if (console_signals_wait(STDIN_FILENO, POLLIN, -1) < 0) {
			(void)console_signals_take(SIGWINCH);
			if (console_signals_take(SIGTSTP))
				console_signals_obey(SIGTSTP);
			(void)console_signals_take(SIGCONT);
			if (console_signals_interrupt())
				return give_up();
			continue;
		}
		got = read(STDIN_FILENO, &c, 1);
		if (got <= 0) {
			(void)putchar('\n');
			return CONSOLE_EDITOR_END;
		}
		if (c == '\n')
			break;
		if (n < LINE_BYTES - 1 && c != '\0' && c != '\r')
			editor->line[n++] = c;
	}
	editor->line[n] = '\0';
	*line_r = editor->line;
	return CONSOLE_EDITOR_LINE;
}

enum console_editor_outcome
console_editor_read(struct console_editor *editor, const char *prompt,
    const char **line_r)
{
	enum console_editor_outcome outcome;

	editor->prompt = prompt;
	(void)fflush(stdout);
	outcome = editor->el != NULL ? read_edited(editor, line_r) :
	    read_plain(editor, line_r);
	if (outcome == CONSOLE_EDITOR_LINE &&
	    (*line_r)[strspn(*line_r, " \t")] != '\0')
		console_history_add(editor->history, *line_r);
	return outcome;
}

void
console_editor_free(struct console_editor **editor)
{
	if (*editor == NULL)
		return;
	if ((*editor)->el != NULL)
		el_end((*editor)->el);
	console_history_free(&(*editor)->history);
	if ((*editor)->line != NULL)
		explicit_bzero((*editor)->line, LINE_BYTES);
	free((*editor)->line);
	free(*editor);
	*editor = NULL;
}
