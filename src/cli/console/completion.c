/*
 * completion.c: ask the server, and believe what fits.
 */
#include "cli/console/completion.h"

#include "cli/console/printable.h"

#include <ctype.h>
#include <stdlib.h>
#include <strings.h>
#include <wchar.h>

#define CANDIDATES 20000 /* nobody reads more */

static const char *const own[] = { "\\pager", "\\quit", "help", "quit" };

/* After the last blank that is not in quotes. */
static const char *
find_word(const char *line)
{
	const char *word = line;
	bool quoted = false;

	for (const char *c = line; *c != '\0'; c++) {
		if (quoted && c[0] == '\\' && c[1] != '\0')
			c++;
		else if (*c == '"')
			quoted = !quoted;
		else if (!quoted && (*c == ' ' || *c == '\t'))
			word = c + 1;
	}
	return word;
}

/* Letters alone: it goes into the line that is edited. */
static bool
is_fit(const char *text)
{
	mbstate_t state = { 0 };
	wchar_t c;
	size_t n;

	while ((n = mbrtowc(&c, text, MB_CUR_MAX, &state)) != 0) {
		if (n > MB_CUR_MAX || !console_printable_letter((wint_t)c))
			return false;
		text += n;
	}
	return true;
}

/* Begins as the word does, in any case of letters, for so are the server's
 * words. */
static bool
continues(const char *candidate, const char *word)
{
	return strncasecmp(candidate, word, strlen(word)) == 0;
}

static void
add(struct console_completion *completion, struct span text)
{
	char *candidate;

	if (completion->n == CANDIDATES || text.n == 0)
		return;
	candidate = strndup((const char *)text.p, text.n);
	if (candidate != NULL && continues(candidate, completion->word) &&
	    is_fit(candidate))
		completion->candidates[completion->n++] = candidate;
	else
		free(candidate);
}

static void
add_lines(struct console_completion *completion, struct span text)
{
	while (text.n > 0) {
		const unsigned char *end = memchr(text.p, '\n', text.n);
		size_t n = end == NULL ? text.n : (size_t)(end - text.p);

		add(completion, span_first(text, n));
		text = span_from(text, end == NULL ? n : n + 1);
	}
}

static void
ask(struct console_link *link, const char *line,
    struct console_completion *completion)
{
	struct buffer request = { 0 }, why = { 0 }, answer = { 0 };
	struct span piece;
	char *text;
	int status, ret;

	buffer_add_text(&request, "complete ");
	buffer_add_text(&request, line);
	text = buffer_take_text(&request);
	if (text == NULL)
		return;
	status = console_link_send(link, text, &why);
	ret = status < 0 ? status : 1;
	while (ret > 0 && (ret = console_link_read(link, &piece, &why)) > 0) {
		/* the rest is read, and not kept */
		if (answer.n < CONSOLE_CLIENT_TEXT_BYTES)
			buffer_add(&answer, piece);
	}
	if (status == CONSOLE_CLIENT_DONE && ret == 0 &&
	    !buffer_failed(&answer))
		add_lines(completion, buffer_span(&answer));
	free(text);
	buffer_deinit(&answer);
	buffer_deinit(&why);
}

static int
compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void
sort(struct console_completion *completion)
{
	size_t kept = 0;

	if (completion->n > 0)
		qsort(completion->candidates, completion->n,
		    sizeof(completion->candidates[0]), compare);
	for (size_t i = 0; i < completion->n; i++) {
		char *candidate = completion->candidates[i];

		if (kept > 0 && strcmp(candidate,
		    completion->candidates[kept - 1]) == 0)
			free(candidate);
		else
			completion->candidates[kept++] = candidate;
	}
	completion->n = kept;
}

/* Cut between letters, not within one. */
static size_t
whole_letters(const char *text, size_t n)
{
	size_t whole = 0;

	while (whole < n) {
		mbstate_t state = { 0 };
		size_t length = mbrlen(text + whole, n - whole, &state);

		if (length == 0 || length > n - whole)
			break;
		whole += length;
	}
	return whole;
}

static void
find_common(struct console_completion *completion)
{
	const char *first;
	size_t n;

	if (completion->n == 0)
		return;
	first = completion->candidates[0];
	n = strlen(first);
	for (size_t i = 1; i < completion->n; i++) {
		const char *other = completion->candidates[i];
		size_t same = 0;

		while (same < n && tolower((unsigned char)first[same]) ==
		    tolower((unsigned char)other[same]))
			same++;
		n = same;
	}
	completion->common = strndup(first, whole_letters(first, n));
}

void
console_completion_find(struct console_link *link, const char *line,
    struct console_completion *completion_r)
{
	struct console_completion completion = { 0 };
	const char *word = find_word(line);
	bool is_first = line[strspn(line, " \t")] == '\0' ||
	    line + strspn(line, " \t") == word;

	completion.word = strdup(word);
	completion.candidates = calloc(CANDIDATES,
	    sizeof(completion.candidates[0]));
	if (completion.word == NULL || completion.candidates == NULL) {
		console_completion_deinit(&completion);
		*completion_r = completion;
		return;
	}
	for (size_t i = 0; is_first && i < sizeof(own) / sizeof(own[0]); i++)
		add(&completion, span_of_text(own[i]));
	if (word[0] != '\\' && console_link_is_quiet(link))
		ask(link, line, &completion);
	sort(&completion);
	find_common(&completion);
	*completion_r = completion;
}

void
console_completion_deinit(struct console_completion *completion)
{
	for (size_t i = 0; i < completion->n; i++)
		free(completion->candidates[i]);
	free(completion->candidates);
	free(completion->common);
	free(completion->word);
	*completion = (struct console_completion){ 0 };
}
