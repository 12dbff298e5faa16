/*
 * encoded_word.c: "=?charset?encoding?text?=" and back.
 */
#include "scriptlet/bindings/encoded_word.h"

#include "scriptlet/bindings/charset.h"
#include "scriptlet/bindings/transfer.h"

#define WORD_BYTES 75 /* RFC 2047 section 2 */
/* Some character sets cost time to set up; more turns to them than this in one
 * field are an attempt to waste it. */
#define MAX_CONVERSIONS 64

struct word {
	struct span charset;
	unsigned char encoding; /* 'q' or 'b' */
	struct span text;
	size_t length; /* of all of it */
};

/* Text up to the next '?', of at least one byte. */
static bool
take_field(struct span *s, struct span *field_r)
{
	size_t n = 0;

	while (n < s->n && s->p[n] > ' ' && s->p[n] != '?')
		n++;
	if (n == s->n || s->p[n] != '?')
		return false;
	*field_r = span_first(*s, n);
	*s = span_from(*s, n + 1);
	return true;
}

/* Q text may hold spaces: some write them although they must not. */
static bool
take_text(struct span *s, struct span *text_r)
{
	size_t n = span_find(*s, '?');

	if (n + 1 >= s->n || s->p[n + 1] != '=')
		return false;
	*text_r = span_first(*s, n);
	*s = span_from(*s, n + 2);
	return true;
}

static bool
parse_word(struct span s, struct word *word_r)
{
	struct span rest = s, encoding;

	if (s.n < 2 || s.p[0] != '=' || s.p[1] != '?')
		return false;
	rest = span_from(rest, 2);
	if (!take_field(&rest, &word_r->charset) ||
	    !take_field(&rest, &encoding) || encoding.n != 1 ||
	    !take_text(&rest, &word_r->text))
		return false;
	/* "charset*language" of RFC 2231 section 5 */
	word_r->charset.n = span_find(word_r->charset, '*');
	word_r->encoding = byte_lower(encoding.p[0]);
	word_r->length = s.n - rest.n;
	return word_r->encoding == 'q' || word_r->encoding == 'b';
}

static bool
decode_word(const struct word *word, struct buffer *octets)
{
	return word->encoding == 'q' ? transfer_decode_q(word->text, octets) :
	    transfer_decode_b(word->text, octets);
}

static size_t
blanks(struct span s)
{
	size_t n = 0;

	while (n < s.n && byte_is_fws(s.p[n]))
		n++;
	return n;
}

/*
 * Words of one character set that follow each other are decoded together: some
 * cut a character in two.  Returns how much of s that was; 0 when there is no
 * word that can be decoded.
 */
static size_t
decode_run(struct span s, struct buffer *octets, unsigned *conversions,
    struct buffer *out)
{
	struct word word;
	struct span charset = { 0 };
	size_t done = 0, at = 0;

	buffer_clear(octets);
	while (parse_word(span_from(s, at), &word) && (done == 0 ||
	    span_ieq(word.charset, charset))) {
		size_t before = octets->n;

		if (!decode_word(&word, octets)) {
			octets->n = before;
			break;
		}
		charset = word.charset;
		done = at + word.length;
		at = done + blanks(span_from(s, done));
	}
	if (done == 0)
		return 0;
	if (!charset_is_usual(charset) && ++*conversions > MAX_CONVERSIONS)
		return 0;
	return charset_to_utf8(charset, buffer_span(octets), out) ? done : 0;
}

void
encoded_word_decode(struct span s, struct buffer *out)
{
	struct buffer octets = { 0 };
	unsigned conversions = 0;
	bool after_word = false;

	while (s.n > 0) {
		size_t gap = after_word ? blanks(s) : 0, n = 0;
		struct span at = span_from(s, gap);

		if (at.n > 1 && at.p[0] == '=' && at.p[1] == '?')
			n = decode_run(at, &octets, &conversions, out);
		/* white space between words is not shown (section 6.2) */
		after_word = n > 0;
		if (n == 0) {
			n = gap + 1 + span_find(span_from(s,
			    gap < s.n ? gap + 1 : gap), '=');
			if (n > s.n)
				n = s.n;
			buffer_add(out, span_first(s, n));
			s = span_from(s, n);
		} else {
			s = span_from(at, n);
		}
	}
	buffer_deinit(&octets);
}

static bool
is_plain(unsigned char c)
{
	return (c >= ' ' && c <= '~') || c == '\t' || c == '\r' || c == '\n';
}

bool
encoded_word_needed(struct span text)
{
	for (size_t i = 0; i < text.n; i++) {
		if (!is_plain(text.p[i]))
			return true;
	}
	return false;
}

/* A word up to white space, or a quoted string. */
static size_t
token_length(struct span s)
{
	size_t n = 0;

	if (s.p[0] == '"') {
		for (n = 1; n < s.n && s.p[n] != '"'; n++) {
			if (s.p[n] == '\\')
				n++;
		}
		if (n < s.n)
			return n + 1;
		n = 0;
	}
	while (n < s.n && !byte_is_fws(s.p[n]))
		n++;
	return n > 0 ? n : 1;
}

/* From the first word that needs it to the last of those that follow each
 * other. */
static size_t
run_length(struct span s)
{
	size_t end = 0, at = 0;

	while (at < s.n) {
		struct span token = span_from(s, at);

		token.n = token_length(token);
		if (!encoded_word_needed(token))
			break;
		end = at + token.n;
		at = end + blanks(span_from(s, end));
	}
	return end;
}

/* What stays as it is in Q, also in a phrase (RFC 2047 section 5). */
static bool
is_q_plain(unsigned char c)
{
	return byte_is_alpha(c) || byte_is_digit(c) || c == '!' || c == '*' ||
	    c == '+' || c == '-' || c == '/';
}

static size_t
q_length(struct span s)
{
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++)
		n += is_q_plain(s.p[i]) || s.p[i] == ' ' ? 1 : 3;
	return n;
}

static void
add_q(struct span s, struct buffer *out)
{
	static const char digits[] = "0123456789ABCDEF";

	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = s.p[i];

		if (is_q_plain(c) || c == ' ') {
			buffer_add_byte(out, c == ' ' ? '_' : c);
			continue;
		}
		buffer_add_byte(out, '=');
		buffer_add_byte(out, (unsigned char)digits[c >> 4]);
		buffer_add_byte(out, (unsigned char)digits[c & 0x0f]);
	}
}

static void
add_b(struct span s, struct buffer *out)
{
	struct buffer lines = { 0 };

	/* a word is shorter than a line of base64 */
	transfer_encode(TRANSFER_BASE64, s, &lines);
	if (lines.n >= 2)
		buffer_add(out, span_of(lines.p, lines.n - 2));
	buffer_deinit(&lines);
}

/* How many bytes of s go into one word with `room` for its text. */
static size_t
fits(struct span s, bool utf8, bool q, size_t room)
{
	size_t n = 0, used = 0;

	while (n < s.n) {
		struct span rest = span_from(s, n);
		size_t step = utf8 ? charset_utf8_length(rest) : 1;

		used = q ? used + q_length(span_first(rest, step)) :
		    (n + step + 2) / 3 * 4;
		if (used > room)
			break;
		n += step;
	}
	return n;
}

static void
add_words(struct span s, struct buffer *out)
{
	bool utf8 = charset_is_utf8(s);
	const char *charset = utf8 ? "utf-8" : "unknown-8bit";
	bool q = q_length(s) <= (s.n + 2) / 3 * 4;
	size_t room = WORD_BYTES - strlen(charset) - strlen("=?" "?Q?" "?=");

	for (size_t n; s.n > 0; s = span_from(s, n)) {
		n = fits(s, utf8, q, room);
		buffer_add_text(out, "=?");
		buffer_add_text(out, charset);
		buffer_add_text(out, q ? "?Q?" : "?B?");
		if (q)
			add_q(span_first(s, n), out);
		else
			add_b(span_first(s, n), out);
		buffer_add_text(out, s.n > n ? "?=\r\n " : "?=");
	}
}

/* Quotes of a quoted string and folds have no place in encoded words. */
static void
plain_text(struct span run, struct buffer *out)
{
	for (size_t n; run.n > 0; run = span_from(run, n)) {
		struct span token = run;

		n = byte_is_fws(run.p[0]) ? blanks(run) : token_length(run);
		token.n = n;
		if (byte_is_fws(run.p[0])) {
			buffer_add_byte(out, ' ');
			continue;
		}
		if (n < 2 || token.p[0] != '"' || token.p[n - 1] != '"') {
			buffer_add(out, token);
			continue;
		}
		for (size_t i = 1; i + 1 < n; i++) {
			if (token.p[i] == '\\' && i + 2 < n)
				i++;
			buffer_add_byte(out, token.p[i]);
		}
	}
}

void
encoded_word_encode(struct span s, struct buffer *out)
{
	struct buffer plain = { 0 };

	while (s.n > 0) {
		size_t gap = blanks(s), n;

		buffer_add(out, span_first(s, gap));
		s = span_from(s, gap);
		if (s.n == 0)
			break;
		n = run_length(s);
		if (n > 0) {
			buffer_clear(&plain);
			plain_text(span_first(s, n), &plain);
			add_words(buffer_span(&plain), out);
		} else {
			n = token_length(s);
			buffer_add(out, span_first(s, n));
		}
		s = span_from(s, n);
	}
	buffer_deinit(&plain);
}
