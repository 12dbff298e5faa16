/*
 * tokens.c: one pass over the bytes.  Only skip_ and take_ move the cursor, and
 * skip_to() counts the lines.
 */
#include "host/config/tokens.h"

#include "host/config/limits.h"
#include "host/config/must.h"

static bool
at_end(const struct tokens *t)
{
	return t->at == t->input.n;
}

/* The byte at an offset from the cursor, or 0 behind the end: NUL is no part of
 * any token, so that both end one. */
static unsigned char
ahead(const struct tokens *t, size_t offset)
{
	return offset < t->input.n - t->at ? t->input.p[t->at + offset] : 0;
}

static void
skip_to(struct tokens *t, size_t at)
{
	for (; t->at < at; t->at++)
		t->line += t->input.p[t->at] == '\n';
}

static bool
is_space(unsigned char c)
{
	return byte_is_fws(c) || c == '\v' || c == '\f';
}

static bool
is_comment(const struct tokens *t, size_t offset)
{
	return ahead(t, offset) == '/' && ahead(t, offset + 1) == '*';
}

static struct token
token_at(const struct tokens *t, enum token_kind kind)
{
	return (struct token){
		.kind = kind,
		.place = { t->file, t->line, (uint32_t)t->at,
		    (uint32_t)t->at },
		.last_line = t->line,
	};
}

/* Step to an offset; the token goes so far. */
static struct token
take(struct tokens *t, struct token token, size_t until)
{
	skip_to(t, until);
	token.place.end = (uint32_t)until;
	token.last_line = t->line;
	return token;
}

static struct token
take_broken(struct tokens *t, size_t until, const char *why,
    const char *expected)
{
	struct token token = take(t, token_at(t, TOKEN_BROKEN), until);

	token.why = why;
	token.expected = expected;
	return token;
}

static size_t
find_line_end(const struct tokens *t)
{
	return t->at + span_find(span_from(t->input, t->at), '\n');
}

/* The offset behind a comment's end, or 0 when it has none. */
static size_t
find_comment_end(const struct tokens *t)
{
	for (size_t i = t->at + 2; i + 1 < t->input.n; i++) {
		if (t->input.p[i] == '*' && t->input.p[i + 1] == '/')
			return i + 2;
	}
	return 0;
}

/* Returns false at a comment without an end, the cursor on it. */
static bool
skip_space(struct tokens *t)
{
	size_t end;

	while (!at_end(t)) {
		if (is_space(ahead(t, 0))) {
			skip_to(t, t->at + 1);
		} else if (ahead(t, 0) == '#') {
			skip_to(t, find_line_end(t));
		} else if (is_comment(t, 0)) {
			end = find_comment_end(t);
			if (end == 0)
				return false;
			skip_to(t, end);
		} else {
			break;
		}
	}
	return true;
}

/* quoted = quote *( any byte / "\" quote / "\\" ) quote, without NUL */
static struct token
take_quoted(struct tokens *t)
{
	struct token token = token_at(t, TOKEN_QUOTED);
	unsigned char quote = ahead(t, 0), c;
	size_t i = 1;

	for (; (c = ahead(t, i)) != quote; i++) {
		if (t->at + i >= t->input.n)
			return take_broken(t, find_line_end(t),
			    "quoted text without an end", "a closing quote");
		if (c == '\0')
			return take_broken(t, t->at + i + 1,
			    "NUL byte in quoted text", "text");
		if (c == '\\' && (ahead(t, i + 1) == quote ||
		    ahead(t, i + 1) == '\\'))
			i++;
	}
	if (i > CONFIG_TOKEN_BYTES)
		return take_broken(t, t->at + i + 1,
		    "quoted text of more than 64 KiB", "a closing quote");
	token.text = span_of(t->input.p + t->at + 1, i - 1);
	return take(t, token, t->at + i + 1);
}

static bool
is_bare(const struct tokens *t, size_t offset, bool in_list)
{
	unsigned char c = ahead(t, offset);

	if (c <= ' ' || c == 0x7f || is_comment(t, offset) ||
	    (c == ',' && in_list))
		return false;
	return strchr("#\"'={}[]()", c) == NULL;
}

/* pattern = "%{" 1*letter "}": how long it is, or 0. */
static size_t
measure_pattern(const struct tokens *t, size_t offset)
{
	size_t n = 2;

	if (ahead(t, offset) != '%' || ahead(t, offset + 1) != '{')
		return 0;
	while (byte_is_alpha(ahead(t, offset + n)))
		n++;
	return n > 2 && ahead(t, offset + n) == '}' ? n + 1 : 0;
}

/* word = 1*( pattern / bare byte ) */
static struct token
take_word(struct tokens *t, bool in_list)
{
	struct token token = token_at(t, TOKEN_WORD);
	size_t n = 0, pattern;

	for (;;) {
		pattern = measure_pattern(t, n);
		if (pattern == 0 && !is_bare(t, n, in_list))
			break;
		n += pattern == 0 ? 1 : pattern;
	}
	if (n == 0)
		return take_broken(t, t->at + 1, ahead(t, 0) == '\0' ?
		    "NUL byte" : "control character", "text");
	if (n > CONFIG_TOKEN_BYTES)
		return take_broken(t, t->at + n,
		    "word of more than 64 KiB", "a configuration");
	token.text = span_of(t->input.p + t->at, n);
	return take(t, token, t->at + n);
}

static enum token_kind
sign_kind(unsigned char c, bool in_list)
{
	switch (c) {
	case '=': return TOKEN_EQUALS;
	case '{': return TOKEN_OPEN_BRACE;
	case '}': return TOKEN_CLOSE_BRACE;
	case '[': return TOKEN_OPEN_BRACKET;
	case ']': return TOKEN_CLOSE_BRACKET;
	case '(': return TOKEN_OPEN_PAREN;
	case ')': return TOKEN_CLOSE_PAREN;
	case '"': case '\'': return TOKEN_QUOTED;
	case ',': return in_list ? TOKEN_COMMA : TOKEN_WORD;
	default: return TOKEN_WORD;
	}
}

static struct token
next(struct tokens *t, bool in_list)
{
	enum token_kind kind;

	if (!skip_space(t))
		return take_broken(t, t->input.n,
		    "comment without an end", "\"*/\"");
	if (at_end(t))
		return token_at(t, TOKEN_END);
	kind = sign_kind(ahead(t, 0), in_list);
	if (kind == TOKEN_QUOTED)
		return take_quoted(t);
	if (kind == TOKEN_WORD)
		return take_word(t, in_list);
	return take(t, token_at(t, kind), t->at + 1);
}

struct tokens
tokens_of(struct span input, const struct config_file *file)
{
	static const struct span bom = SPAN_INIT("\xef\xbb\xbf");
	struct tokens t = { .input = input, .line = 1, .file = file };

	if (span_eq(span_first(input, bom.n), bom))
		t.at = bom.n;
	return t;
}

struct token
tokens_next(struct tokens *t)
{
	return next(t, false);
}

struct token
tokens_next_in_list(struct tokens *t)
{
	return next(t, true);
}

/* How long "/.../" is, when white space and "{" follow it; else 0. */
static size_t
measure_regex(const struct tokens *t)
{
	size_t n = 0, i;

	while (ahead(t, n) > ' ')
		n++;
	for (i = n; is_space(ahead(t, i)); i++)
		;
	if (n < 2 || ahead(t, n - 1) != '/' || ahead(t, i) != '{')
		return 0;
	return n;
}

struct token
tokens_next_instance(struct tokens *t)
{
	struct token token;
	size_t n;

	if (!skip_space(t) || ahead(t, 0) != '/')
		return next(t, false);
	n = measure_regex(t);
	if (n == 0 || n > CONFIG_TOKEN_BYTES)
		return next(t, false);
	token = token_at(t, TOKEN_WORD);
	token.text = span_of(t->input.p + t->at, n);
	return take(t, token, t->at + n);
}

struct token
tokens_peek(const struct tokens *t)
{
	struct tokens copy = *t;

	return next(&copy, false);
}

const char *
tokens_text(const struct token *token, struct arena *arena)
{
	unsigned char *text = must(arena_bytes(arena, token->text.n + 1));
	struct span s = token->text;
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++) {
		/* the byte before the text is its quote */
		if (token->kind == TOKEN_QUOTED && s.p[i] == '\\' &&
		    i + 1 < s.n && (s.p[i + 1] == '\\' ||
		    s.p[i + 1] == s.p[-1]))
			i++;
		text[n++] = s.p[i];
	}
	text[n] = '\0';
	arena_shrink(arena, text, token->text.n + 1, n + 1);
	return (const char *)text;
}

const char *
token_name(enum token_kind kind)
{
	switch (kind) {
	case TOKEN_END: return "end of the file";
	case TOKEN_BROKEN: return "what is no token";
	case TOKEN_WORD: return "a word";
	case TOKEN_QUOTED: return "quoted text";
	case TOKEN_EQUALS: return "'='";
	case TOKEN_COMMA: return "','";
	case TOKEN_OPEN_BRACE: return "'{'";
	case TOKEN_CLOSE_BRACE: return "'}'";
	case TOKEN_OPEN_BRACKET: return "'['";
	case TOKEN_CLOSE_BRACKET: return "']'";
	case TOKEN_OPEN_PAREN: return "'('";
	case TOKEN_CLOSE_PAREN: return "')'";
	}
	return "";
}
