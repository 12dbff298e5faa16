/*
 * printable.c: letter by letter, as the locale understands them.
 */
#include "cli/console/printable.h"

#include <stdio.h>
#include <wchar.h>
#include <wctype.h>

/* Shown as nothing, or they change how the rest of the line is shown: soft
 * hyphen, directions, joiners, separators, tags. */
static const struct {
	wint_t first, last;
} hidden[] = {
	{ 0x00ad, 0x00ad },
	{ 0x061c, 0x061c },
	{ 0x180e, 0x180e },
	{ 0x200b, 0x200f },
	{ 0x2028, 0x202e },
	{ 0x2060, 0x206f },
	{ 0xfeff, 0xfeff },
	{ 0xfff9, 0xfffb },
	{ 0xe0000, 0xe007f },
};

bool
console_printable_letter(wint_t c)
{
	for (size_t i = 0; i < sizeof(hidden) / sizeof(hidden[0]); i++) {
		if (c >= hidden[i].first && c <= hidden[i].last)
			return false;
	}
	return iswprint(c) != 0;
}

static bool
is_shown(wint_t c)
{
	return c == '\n' || c == '\t' || console_printable_letter(c);
}

static void
add_escaped(struct buffer *out, struct span octets)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < octets.n; i++) {
		buffer_add_text(out, "\\x");
		buffer_add_byte(out, (unsigned char)digits[octets.p[i] >> 4]);
		buffer_add_byte(out, (unsigned char)digits[octets.p[i] & 15]);
	}
}

/* Append the first letter; gives its length, or 0 when the rest of it has yet
 * to come. */
static size_t
add_letter(struct buffer *out, struct span s)
{
	mbstate_t state = { 0 };
	wchar_t c;
	size_t n = mbrtowc(&c, (const char *)s.p, s.n, &state);

	if (n == (size_t)-2 && s.n < MB_LEN_MAX)
		return 0;
	if (n == 0 || n == (size_t)-1 || n == (size_t)-2) {
		add_escaped(out, span_first(s, 1)); /* NUL, or no letter */
		return 1;
	}
	if (is_shown((wint_t)c))
		buffer_add(out, span_first(s, n));
	else
		add_escaped(out, span_first(s, n));
	return n;
}

void
console_printable_add(struct console_printable *printable, struct span piece,
    struct buffer *out)
{
	/* what was kept gets octets until it is a letter, or none */
	while (printable->n > 0 && piece.n > 0) {
		size_t used;

		printable->kept[printable->n++] = piece.p[0];
		piece = span_from(piece, 1);
		while (printable->n > 0 && (used = add_letter(out,
		    span_of(printable->kept, printable->n))) > 0) {
			printable->n -= used;
			memmove(printable->kept, printable->kept + used,
			    printable->n);
		}
	}
	while (piece.n > 0) {
		size_t used = add_letter(out, piece);

		if (used == 0) {
			memcpy(printable->kept, piece.p, piece.n);
			printable->n = piece.n;
			return;
		}
		piece = span_from(piece, used);
	}
}

void
console_printable_end(struct console_printable *printable, struct buffer *out)
{
	add_escaped(out, span_of(printable->kept, printable->n));
	printable->n = 0;
}

void
console_printable_text(const char *text, struct buffer *out)
{
	struct console_printable printable = { 0 };

	console_printable_add(&printable, span_of_text(text), out);
	console_printable_end(&printable, out);
}

void
console_printable_complain(const char *endpoint, const char *words)
{
	struct buffer line = { 0 };

	buffer_add_text(&line, "ec_console: ");
	if (endpoint != NULL) {
		console_printable_text(endpoint, &line);
		buffer_add_text(&line, ": ");
	}
	console_printable_text(words, &line);
	buffer_add_text(&line, "\n");
	(void)fflush(stdout);
	(void)fwrite(line.p, 1, line.n, stderr);
	buffer_deinit(&line);
}
