/*
 * authres_format.c: write an Authentication-Results value (RFC 8601 section
 * 2.2).
 *
 * A field is a row of words: "method=result", a comment, "reason=...", and
 * properties.  Each clause begins a line and the words of it are filled into
 * lines of 78 columns; a line is never broken inside a word, since not every
 * reader unfolds quoted strings and comments.
 *
 * Much of what is written here was chosen by whoever sent the message.  So
 * that it stays a value, keywords are checked, values that are no token and no
 * address are quoted, and bytes that neither quotes nor escapes can hold
 * become "?": controls, among them the C1 controls that some readers take for
 * line ends, and what is not UTF-8 (RFC 6532 section 3.2).
 */
#include "base/buffer.h"
#include "seal.h"

#include <stdio.h>

#define MAX_COLUMN 77 /* and one for a ";" (RFC 5322 section 2.1.1) */
#define NAME_COLUMNS 24 /* "Authentication-Results: " */
#define TAB_COLUMNS 8

struct writer {
	struct buffer out;
	struct buffer word; /* the one being made */
	size_t column;
};

/* How many octets the UTF-8 sequence at the start of s has (RFC 3629 section
 * 4), or 0 for none. */
static size_t
utf8_sequence(struct span s)
{
	unsigned char c = s.p[0], low = 0x80, high = 0xbf;
	size_t n = c < 0x80 ? 1 : c < 0xc2 ? 0 : c < 0xe0 ? 2 :
	    c < 0xf0 ? 3 : c < 0xf5 ? 4 : 0;

	if (n > s.n)
		return 0;
	if (c == 0xe0)
		low = 0xa0;
	else if (c == 0xed)
		high = 0x9f;
	else if (c == 0xf0)
		low = 0x90;
	else if (c == 0xf4)
		high = 0x8f;
	for (size_t i = 1; i < n; i++) {
		if (s.p[i] < low || s.p[i] > high)
			return 0;
		low = 0x80;
		high = 0xbf;
	}
	return n;
}

/* How many octets at the start of s are one character that may be written, or
 * 0 for a byte that may not. */
static size_t
writable(struct span s)
{
	size_t n = utf8_sequence(s);

	if (n == 1)
		return s.p[0] == '\t' || (s.p[0] >= ' ' && s.p[0] != 0x7f);
	if (n == 2 && s.p[0] == 0xc2 && s.p[1] < 0xa0) /* C1 controls */
		return 0;
	return n;
}

/* Add text to the word, with a backslash before each of the special bytes. */
static void
add_escaped(struct writer *w, struct span text, const char *specials)
{
	while (text.n > 0) {
		size_t n = writable(text);

		if (n == 1 && strchr(specials, text.p[0]) != NULL)
			buffer_add_byte(&w->word, '\\');
		if (n == 0)
			buffer_add_byte(&w->word, '?');
		else
			buffer_add(&w->word, span_first(text, n));
		text = span_from(text, n == 0 ? 1 : n);
	}
}

static void
add_quoted(struct writer *w, struct span text)
{
	buffer_add_byte(&w->word, '"');
	add_escaped(w, text, "\"\\");
	buffer_add_byte(&w->word, '"');
}

/* token = 1*<any ASCII character but SPACE, CTLs, or tspecials>
 * (RFC 2045 section 5.1) */
static bool
is_token(struct span s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] <= ' ' || s.p[i] >= 0x7f ||
		    strchr("()<>@,;:\\\"/[]?=", s.p[i]) != NULL)
			return false;
	}
	return s.n > 0;
}

/* Words of atext between single dots, ASCII or UTF-8; for a domain name only
 * letters, digits, "-" and "_". */
static bool
is_dotted(struct span s, const char *symbols)
{
	bool after_dot = true;

	while (s.n > 0) {
		size_t n = writable(s);
		bool dot = s.p[0] == '.';

		if (n == 0 || (dot && after_dot))
			return false;
		if (n == 1 && !dot && !byte_is_alpha(s.p[0]) &&
		    !byte_is_digit(s.p[0]) && strchr(symbols, s.p[0]) == NULL)
			return false;
		after_dot = dot;
		s = span_from(s, n);
	}
	return !after_dot;
}

/* [ [ local-part ] "@" ] domain-name, the local part without quotes */
static bool
is_address(struct span s)
{
	struct span local = { 0 }, domain = s;
	size_t at = span_find(s, '@');

	if (at < s.n) {
		local = span_first(s, at);
		domain = span_from(s, at + 1);
	}
	return (local.n == 0 || is_dotted(local, "!#$%&'*+-/=?^_`{|}~")) &&
	    is_dotted(domain, "-_");
}

static void
add_value(struct writer *w, struct span value, bool address_too)
{
	if (is_token(value) || (address_too && is_address(value)))
		buffer_add(&w->word, value);
	else
		add_quoted(w, value);
}

/* Keyword of RFC 5321 section 4.1.2; the underscore is in use. */
static bool
is_keyword(struct span s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (!byte_is_alpha(s.p[i]) && !byte_is_digit(s.p[i]) &&
		    s.p[i] != '-' && s.p[i] != '_')
			return false;
	}
	return s.n > 0;
}

static void
start_line(struct writer *w)
{
	buffer_add_text(&w->out, "\r\n\t");
	w->column = TAB_COLUMNS;
}

/* Put the word made so far, after a space or on a line of its own. */
static void
put_word(struct writer *w)
{
	struct span word = buffer_span(&w->word);

	if (w->column > TAB_COLUMNS) {
		if (w->column + 1 + word.n > MAX_COLUMN) {
			start_line(w);
		} else {
			buffer_add_byte(&w->out, ' ');
			w->column++;
		}
	}
	buffer_add(&w->out, word);
	w->column += word.n;
	if (buffer_failed(&w->word))
		w->out.failed = true;
	buffer_clear(&w->word);
}

static void
add_version(struct writer *w, const char *before, unsigned version)
{
	char text[16];

	(void)snprintf(text, sizeof(text), "%s%u", before, version);
	buffer_add_text(&w->word, text);
}

/* methodspec = [CFWS] method [CFWS] "=" [CFWS] result */
static void
put_method(struct writer *w, const struct seal_clause *clause)
{
	buffer_add(&w->word, clause->method);
	if (clause->method_version != 1)
		add_version(w, "/", clause->method_version);
	buffer_add_byte(&w->word, '=');
	buffer_add(&w->word, clause->result);
	put_word(w);
}

static void
put_comment(struct writer *w, struct span comment)
{
	buffer_add_byte(&w->word, '(');
	add_escaped(w, comment, "()\\");
	buffer_add_byte(&w->word, ')');
	put_word(w);
}

/* reasonspec = "reason" [CFWS] "=" [CFWS] value; always quoted, since readers
 * have been written that expect it. */
static void
put_reason(struct writer *w, struct span reason)
{
	buffer_add_text(&w->word, "reason=");
	add_quoted(w, reason);
	put_word(w);
}

/* propspec = ptype [CFWS] "." [CFWS] property [CFWS] "=" pvalue */
static void
put_property(struct writer *w, const struct seal_property *property)
{
	buffer_add(&w->word, property->type);
	buffer_add_byte(&w->word, '.');
	buffer_add(&w->word, property->name);
	buffer_add_byte(&w->word, '=');
	add_value(w, property->value, true);
	put_word(w);
}

static void
put_clause(struct writer *w, const struct seal_clause *clause)
{
	buffer_add_byte(&w->out, ';');
	start_line(w);
	put_method(w, clause);
	if (clause->comment.n > 0)
		put_comment(w, clause->comment);
	if (clause->reason.n > 0)
		put_reason(w, clause->reason);
	for (size_t i = 0; i < clause->n_properties; i++)
		put_property(w, &clause->properties[i]);
}

static int
check_clause(const struct seal_clause *clause)
{
	if (!is_keyword(clause->method) || !is_keyword(clause->result))
		return SEAL_E_OPTION;
	if (clause->n_properties > SEAL_MAX_PROPERTIES)
		return SEAL_E_LIMIT;
	for (size_t i = 0; i < clause->n_properties; i++) {
		if (!is_keyword(clause->properties[i].type) ||
		    !is_keyword(clause->properties[i].name))
			return SEAL_E_OPTION;
	}
	return 0;
}

static int
check(const struct seal_authres *authres)
{
	int ret = 0;

	if (authres->authserv_id.n == 0)
		return SEAL_E_OPTION;
	if (authres->n_clauses > SEAL_MAX_CLAUSES)
		return SEAL_E_LIMIT;
	for (size_t i = 0; ret == 0 && i < authres->n_clauses; i++)
		ret = check_clause(&authres->clauses[i]);
	return ret;
}

/* authres-payload = [CFWS] authserv-id [CFWS authres-version]
 *                   (no-result / 1*resinfo) [CFWS] CRLF */
int
seal_authres_format(const struct seal_authres *authres, char **text_r)
{
	struct writer w = { 0 };
	int ret;

	*text_r = NULL;
	ret = check(authres);
	if (ret != 0)
		return ret;
	add_value(&w, authres->authserv_id, false);
	put_word(&w);
	w.column += NAME_COLUMNS;
	if (authres->version != 1) {
		add_version(&w, "", authres->version);
		put_word(&w);
	}
	if (authres->n_clauses == 0)
		buffer_add_text(&w.out, "; none");
	for (size_t i = 0; i < authres->n_clauses; i++)
		put_clause(&w, &authres->clauses[i]);
	buffer_deinit(&w.word);
	*text_r = buffer_take_text(&w.out);
	return *text_r == NULL ? SEAL_E_NOMEM : 0;
}
