/*
 * edit.c: where lines begin, how they are indented, and what lists look like.
 */
#include "host/online/edit.h"

#include "host/config/tokens.h"

#include <stdlib.h>

static bool
is_blank(unsigned char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

static size_t
line_start(struct span file, size_t at)
{
	while (at > 0 && file.p[at - 1] != '\n')
		at--;
	return at;
}

/* The offset of the LF, or of the end. */
static size_t
line_end(struct span file, size_t at)
{
	while (at < file.n && file.p[at] != '\n')
		at++;
	return at;
}

static bool
is_all_blank(struct span file, size_t from, size_t to)
{
	while (from < to && is_blank(file.p[from]))
		from++;
	return from >= to;
}

static struct span
indent_of(struct span file, size_t line)
{
	size_t n = line;

	while (n < file.n && (file.p[n] == ' ' || file.p[n] == '\t'))
		n++;
	return span_of(file.p + line, n - line);
}

static struct span
newline_of(struct span file)
{
	size_t end = line_end(file, 0);

	return end > 0 && end < file.n && file.p[end - 1] == '\r' ?
	    SPAN("\r\n") : SPAN("\n");
}

/* Lines, each after an indent, with the file's own line ends. */
static void
add_lines(struct span file, struct span lines, struct span indent,
    struct buffer *out)
{
	struct span line;

	while (lines.n > 0) {
		(void)span_cut(&lines, '\n', &line);
		buffer_add(out, indent);
		buffer_add(out, line);
		buffer_add(out, newline_of(file));
	}
}

/* values */

struct unit { /* an element of an array, or an entry of a dictionary */
	size_t start, end;
};

/* Where the value of the option at a place begins. */
static size_t
value_start(struct span file, struct config_place place)
{
	struct tokens tokens = tokens_of(file, NULL);
	struct token token;

	tokens.at = place.start;
	(void)tokens_next(&tokens);
	token = tokens_peek(&tokens);
	if (token.kind == TOKEN_EQUALS) {
		(void)tokens_next(&tokens);
		token = tokens_peek(&tokens);
	}
	return token.place.start;
}

/* The elements of the list that begins there; false: they are not as many as
 * was thought. */
static bool
find_units(struct span file, size_t at, const struct written *written,
    struct unit *units)
{
	uint32_t step = written->shape == WRITTEN_DICT ? 2 : 1;
	struct tokens tokens = tokens_of(file, NULL);
	struct token token;

	tokens.at = at;
	(void)tokens_next(&tokens);
	for (uint32_t i = 0; i < written->count; i += step) {
		do {
			token = tokens_next_in_list(&tokens);
		} while (token.kind == TOKEN_COMMA);
		units[i / step].start = token.place.start;
		if (step == 2) {
			(void)tokens_next_in_list(&tokens); /* = */
			token = tokens_next_in_list(&tokens);
		}
		if (token.kind != TOKEN_WORD && token.kind != TOKEN_QUOTED)
			return false;
		units[i / step].end = tokens.at;
	}
	return true;
}

static bool
is_same_unit(const struct written *a, uint32_t i, const struct written *b,
    uint32_t j)
{
	if (strcmp(a->atoms[i].text, b->atoms[j].text) != 0)
		return false;
	return a->shape != WRITTEN_DICT ||
	    strcmp(a->atoms[i + 1].text, b->atoms[j + 1].text) == 0;
}

static void
add_unit(const struct written *written, uint32_t i, struct buffer *out)
{
	written_format_atom(&written->atoms[i], out);
	if (written->shape != WRITTEN_DICT)
		return;
	buffer_add_text(out, " = ");
	written_format_atom(&written->atoms[i + 1], out);
}

struct list { /* two lists, and what they have in common */
	const struct written *old, *value;
	struct unit *units;
	uint32_t step, head, tail; /* head, tail: atoms that stay */
};

static void
find_common(struct list *list)
{
	uint32_t old = list->old->count, value = list->value->count;
	uint32_t least = old < value ? old : value;

	while (list->head < least && is_same_unit(list->old, list->head,
	    list->value, list->head))
		list->head += list->step;
	while (list->head + list->tail < least && is_same_unit(list->old,
	    old - list->tail - list->step, list->value,
	    value - list->tail - list->step))
		list->tail += list->step;
}

/* What separates the elements: a line of its own for each, or a blank. */
static void
add_separator(struct span file, const struct list *list, size_t value_at,
    struct buffer *out)
{
	size_t before = list->old->count > list->step ? list->units[0].end :
	    value_at;
	size_t at = list->units[list->old->count > list->step ? 1 : 0].start;
	size_t line = line_start(file, at);

	if (line > before) {
		buffer_add(out, newline_of(file));
		buffer_add(out, indent_of(file, line));
	} else {
		buffer_add_text(out, memchr(file.p + before, ',',
		    at - before) != NULL ? ", " : " ");
	}
}

static void
add_middle(struct span file, const struct list *list, size_t value_at,
    struct buffer *out)
{
	uint32_t end = list->value->count - list->tail;

	for (uint32_t i = list->head; i < end; i += list->step) {
		if (i > list->head)
			add_separator(file, list, value_at, out);
		add_unit(list->value, i, out);
	}
}

static struct edit
edit_remove_range(struct span file, size_t start, size_t end)
{
	size_t first = line_start(file, start), last = line_end(file, end);
	struct edit edit = { .start = start, .end = end };

	if (is_all_blank(file, first, start) &&
	    is_all_blank(file, end, last)) {
		edit.start = first;
		edit.end = last < file.n ? last + 1 : last;
	}
	return edit;
}

/* The elements between head and tail are replaced, added or taken away. */
static struct edit
edit_middle(struct span file, const struct list *list, size_t value_at)
{
	uint32_t first = list->head / list->step;
	uint32_t last = (list->old->count - list->tail) / list->step;
	struct edit edit = { 0 };

	if (list->value->count == list->head + list->tail) {
		size_t end = list->units[last - 1].end;

		if (end < file.n && file.p[end] == ',')
			end++;
		edit = edit_remove_range(file, list->units[first].start, end);
		/* one of two blanks, where others stand on the line */
		if (edit.start == list->units[first].start &&
		    edit.end < file.n && file.p[edit.end] == ' ')
			edit.end++;
	} else if (first < last) {
		edit.start = list->units[first].start;
		edit.end = list->units[last - 1].end;
		add_middle(file, list, value_at, &edit.text);
	} else if (first * list->step < list->old->count) {
		edit.start = edit.end = list->units[first].start;
		add_middle(file, list, value_at, &edit.text);
		add_separator(file, list, value_at, &edit.text);
	} else {
		edit.start = edit.end = list->units[first - 1].end;
		add_separator(file, list, value_at, &edit.text);
		add_middle(file, list, value_at, &edit.text);
	}
	return edit;
}

struct edit
edit_value(struct span file, struct config_place place,
    const struct written *old, const struct written *value)
{
	size_t at = value_start(file, place);
	struct edit edit = { .start = at, .end = place.end };
	struct list list = { .old = old, .value = value,
		.step = old->shape == WRITTEN_DICT ? 2 : 1 };

	if (old->shape == value->shape && old->shape != WRITTEN_SCALAR &&
	    old->count > 0 && value->count > 0) {
		list.units = calloc(old->count, sizeof(*list.units));
		if (list.units != NULL && find_units(file, at, old,
		    list.units)) {
			find_common(&list);
			edit = edit_middle(file, &list, at);
			free(list.units);
			return edit;
		}
		free(list.units);
	}
	written_format(value, &edit.text);
	return edit;
}

struct edit
edit_remove(struct span file, struct config_place place)
{
	return edit_remove_range(file, place.start, place.end);
}

/* How deep the body of a stanza is indented whose "}" begins a line. */
static struct span
body_indent(struct span file, size_t first, size_t close_line)
{
	struct span outer = indent_of(file, close_line), inner;
	size_t line = close_line;

	while (line > first) {
		line = line_start(file, line - 1);
		inner = indent_of(file, line);
		if (line > first && !is_all_blank(file, line,
		    line_end(file, line)))
			return inner.n > outer.n ? inner : outer;
	}
	return outer;
}

struct edit
edit_into(struct span file, struct config_place place, struct span lines)
{
	size_t close = place.end - 1, line = line_start(file, close);
	struct edit edit = { .start = close, .end = close };
	struct span indent;

	if (line > place.start && is_all_blank(file, line, close)) {
		indent = body_indent(file, place.start, line);
		edit.start = edit.end = line;
		if (indent.n == indent_of(file, line).n) {
			/* an empty body, or one that is not indented */
			struct buffer deeper = { 0 };

			buffer_add(&deeper, indent);
			buffer_add_text(&deeper, "  ");
			add_lines(file, lines, buffer_span(&deeper),
			    &edit.text);
			buffer_deinit(&deeper);
		} else {
			add_lines(file, lines, indent, &edit.text);
		}
		return edit;
	}
	if (close > 0 && !is_blank(file.p[close - 1]) &&
	    file.p[close - 1] != '\n')
		buffer_add_text(&edit.text, " ");
	while (lines.n > 0) {
		struct span one;

		(void)span_cut(&lines, '\n', &one);
		buffer_add(&edit.text, one);
		buffer_add_text(&edit.text, " ");
	}
	return edit;
}

struct edit
edit_behind(struct span file, struct config_place place, struct span lines)
{
	size_t first = line_start(file, place.start);
	size_t end = line_end(file, place.end);
	struct edit edit = { .start = place.end, .end = place.end };

	if (is_all_blank(file, first, place.start) && end < file.n &&
	    is_all_blank(file, place.end, end)) {
		edit.start = edit.end = end + 1;
		add_lines(file, lines, indent_of(file, first), &edit.text);
		return edit;
	}
	buffer_add(&edit.text, newline_of(file));
	add_lines(file, lines, SPAN(""), &edit.text);
	return edit;
}

struct edit
edit_append(struct span file, struct span lines)
{
	struct edit edit = { .start = file.n, .end = file.n };

	if (file.n > 0 && file.p[file.n - 1] != '\n')
		buffer_add(&edit.text, newline_of(file));
	add_lines(file, lines, SPAN(""), &edit.text);
	return edit;
}

/* Of two at the same place the one that was made first comes first. */
static void
sort(struct edit *edits, size_t n)
{
	for (size_t i = 1; i < n; i++) {
		struct edit edit = edits[i];
		size_t j = i;

		for (; j > 0 && edits[j - 1].start > edit.start; j--)
			edits[j] = edits[j - 1];
		edits[j] = edit;
	}
}

void
edit_apply(struct span file, struct edit *edits, size_t n, struct buffer *out)
{
	size_t at = 0;

	sort(edits, n);
	for (size_t i = 0; i < n; i++) {
		if (edits[i].start < at)
			continue; /* within what is gone */
		buffer_add(out, span_of(file.p + at, edits[i].start - at));
		buffer_add(out, buffer_span(&edits[i].text));
		at = edits[i].end;
	}
	buffer_add(out, span_from(file, at));
}

void
edit_deinit(struct edit *edit)
{
	buffer_deinit(&edit->text);
}
