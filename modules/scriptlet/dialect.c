/*
 * dialect.c: one pass over the words and signs of a script.
 *
 * What is not understood goes through as it is, for Lua itself to complain
 * about with the right line.
 */
#include "scriptlet/dialect.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

struct scan {
	const char *at, *end;
	char *out; /* NULL: count alone */
	size_t n; /* written */
	bool after_name_sign; /* '.', ':', "local" or "function" came last */
};

static void
put(struct scan *s, const char *text, size_t n)
{
	if (s->out != NULL)
		memcpy(s->out + s->n, text, n);
	s->n += n;
}

static void
put_text(struct scan *s, const char *text)
{
	put(s, text, strlen(text));
}

/* Let the next n characters through. */
static void
copy(struct scan *s, size_t n)
{
	put(s, s->at, n);
	s->at += n;
}

static size_t
left(const struct scan *s)
{
	return (size_t)(s->end - s->at);
}

/* The character at a distance; 0 behind the end. */
static char
peek(const struct scan *s, size_t ahead)
{
	return ahead < left(s) ? s->at[ahead] : '\0';
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
is_octal(char c)
{
	return c >= '0' && c <= '7';
}

static bool
is_hex(char c)
{
	return isxdigit((unsigned char)c) != 0;
}

static bool
is_blank(char c)
{
	return c != '\0' && strchr(" \t\r\n\v\f", c) != NULL;
}

static bool
begins_name(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool
is_name(char c)
{
	return begins_name(c) || is_digit(c);
}

/* long-bracket = "[" *"=" "[": how many signs, or 0 when there is none. */
static size_t
long_bracket(const struct scan *s, size_t ahead)
{
	size_t n = 1;

	if (peek(s, ahead) != '[')
		return 0;
	while (peek(s, ahead + n) == '=')
		n++;
	return peek(s, ahead + n) == '[' ? n + 1 : 0;
}

static bool
closes(const struct scan *s, size_t signs)
{
	if (peek(s, 0) != ']' || peek(s, signs - 1) != ']')
		return false;
	for (size_t i = 1; i + 1 < signs; i++) {
		if (peek(s, i) != '=')
			return false;
	}
	return true;
}

static void
copy_long(struct scan *s, size_t signs)
{
	copy(s, signs);
	while (s->at < s->end && !closes(s, signs))
		copy(s, 1);
	copy(s, left(s) < signs ? left(s) : signs);
}

static void
copy_line(struct scan *s)
{
	while (s->at < s->end && *s->at != '\n')
		copy(s, 1);
}

static void
copy_comment(struct scan *s)
{
	size_t signs;

	copy(s, 2);
	signs = long_bracket(s, 0);
	if (signs > 0)
		copy_long(s, signs);
	else
		copy_line(s);
}

/* How much of "\..." Lua 5.4 understands; 0: the backslash means nothing. */
static size_t
escape_length(const struct scan *s)
{
	char c = peek(s, 1);
	size_t n;

	if (c == '\0' || strchr("abfnrtv\\\"'\n", c) != NULL)
		return left(s) < 2 ? left(s) : 2;
	if (c == '\r')
		return peek(s, 2) == '\n' ? 3 : 2;
	if (is_digit(c))
		return 2; /* others that follow are plain characters to us */
	if (c == 'x')
		return is_hex(peek(s, 2)) && is_hex(peek(s, 3)) ? 4 : 0;
	if (c == 'z')
		return is_blank(peek(s, 2)) ? 2 : 0;
	if (c != 'u' || peek(s, 2) != '{')
		return 0;
	for (n = 3; is_hex(peek(s, n)); n++)
		;
	return n > 3 && peek(s, n) == '}' ? n + 1 : 0;
}

/* After \z the string goes on behind white space, new lines too. */
static void
copy_escape(struct scan *s)
{
	size_t n = escape_length(s);
	bool skips = peek(s, 1) == 'z' && n > 0;

	if (n == 0)
		s->at++; /* drop it, keep what follows */
	copy(s, n == 0 ? 1 : n);
	while (skips && is_blank(peek(s, 0)))
		copy(s, 1);
}

static void
copy_string(struct scan *s)
{
	char quote = *s->at;

	copy(s, 1);
	while (s->at < s->end && *s->at != quote) {
		if (*s->at == '\n')
			return; /* unfinished: Lua complains */
		if (*s->at == '\\')
			copy_escape(s);
		else
			copy(s, 1);
	}
	copy(s, s->at < s->end ? 1 : 0);
}

/* A number with its suffixes, as greedy as Lua is. */
static size_t
number_length(const struct scan *s)
{
	bool hex = peek(s, 0) == '0' && (peek(s, 1) | 0x20) == 'x';
	char exponent = hex ? 'p' : 'e';
	size_t n = hex ? 2 : 0;

	for (;;) {
		char c = peek(s, n);

		if ((c | 0x20) == exponent && c != '\0' &&
		    (peek(s, n + 1) == '+' || peek(s, n + 1) == '-'))
			n += 2;
		else if (is_name(c) || c == '.')
			n++;
		else
			return n;
	}
}

static bool
is_octal_number(const char *p, size_t n)
{
	if (n < 2 || p[0] != '0')
		return false;
	for (size_t i = 1; i < n; i++) {
		if (!is_octal(p[i]))
			return false;
	}
	return true;
}

static void
copy_number(struct scan *s)
{
	size_t n = number_length(s);
	unsigned long long value = 0;
	char hex[32];

	if (!is_octal_number(s->at, n) || n > 20) {
		copy(s, n);
		return;
	}
	for (size_t i = 1; i < n; i++)
		value = value * 8 + (unsigned)(s->at[i] - '0');
	(void)snprintf(hex, sizeof(hex), "0x%llx", value);
	put_text(s, hex);
	s->at += n;
}

static bool
is_word(const char *p, size_t n, const char *word)
{
	return strlen(word) == n && memcmp(p, word, n) == 0;
}

/* Does a name follow, as it does behind the statement? */
static bool
label_follows(const struct scan *s, size_t ahead)
{
	while (is_blank(peek(s, ahead)))
		ahead++;
	return begins_name(peek(s, ahead));
}

static void
copy_name(struct scan *s)
{
	const char *word = s->at;
	size_t n = 0;

	while (is_name(peek(s, n)))
		n++;
	copy(s, n);
	if (is_word(word, n, "goto") &&
	    (s->after_name_sign || !label_follows(s, 0)))
		put_text(s, "_");
	s->after_name_sign = is_word(word, n, "local") ||
	    is_word(word, n, "function");
}

static const struct {
	const char *momentum, *lua;
} signs[] = {
	{ "!=", "~=" },
	{ "!", " not " },
	{ "^^", "~" },
	{ "\\", "//" },
};

static bool
translate_sign(struct scan *s)
{
	for (size_t i = 0; i < sizeof(signs) / sizeof(signs[0]); i++) {
		size_t n = strlen(signs[i].momentum);

		if (left(s) >= n && memcmp(s->at, signs[i].momentum, n) == 0) {
			put_text(s, signs[i].lua);
			s->at += n;
			return true;
		}
	}
	return false;
}

static void
copy_sign(struct scan *s)
{
	char c = *s->at;

	s->after_name_sign = (c == '.' && peek(s, 1) != '.') ||
	    (c == ':' && peek(s, 1) != ':');
	if (translate_sign(s))
		return;
	/* ".." and "::" in one piece, so that no name sign is seen in them */
	copy(s, (c == '.' || c == ':') && peek(s, 1) == c ? 2 : 1);
}

static void
step(struct scan *s)
{
	char c = *s->at;
	size_t bracket = long_bracket(s, 0);

	if (is_blank(c)) {
		copy(s, 1);
	} else if (c == '-' && peek(s, 1) == '-') {
		copy_comment(s);
	} else if (begins_name(c)) {
		copy_name(s);
	} else if (bracket > 0) {
		copy_long(s, bracket);
		s->after_name_sign = false;
	} else if (c == '"' || c == '\'') {
		copy_string(s);
		s->after_name_sign = false;
	} else if (is_digit(c) || (c == '.' && is_digit(peek(s, 1)))) {
		copy_number(s);
		s->after_name_sign = false;
	} else {
		copy_sign(s);
	}
}

/* What an editor or a shell wants in the first line. */
static void
skip_preamble(struct scan *s)
{
	if (left(s) >= 3 && memcmp(s->at, "\xef\xbb\xbf", 3) == 0)
		s->at += 3;
	if (peek(s, 0) == '#') {
		while (s->at < s->end && *s->at != '\n')
			s->at++;
	}
}

size_t
dialect_translate(const char *text, size_t n, char *out)
{
	struct scan s = { .at = text, .end = text + n, .out = out };

	skip_preamble(&s);
	while (s.at < s.end)
		step(&s);
	return s.n;
}
