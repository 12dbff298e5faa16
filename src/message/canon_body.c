/*
 * canon_body.c: text goes to the digest in the longest runs that need no
 * change.
 *
 * Both forms agree on line ends: the CRLF behind text is given out at once,
 * for a canonical body with any text in it ends in exactly one; CRLFs of empty
 * lines wait until more text shows that they are not the last.  Simple changes
 * nothing else, so a chunk is one run.  Relaxed also stops at white space that
 * is more than one space or ends a line; looking for such places many octets
 * at a time keeps it well ahead of SHA-256.
 */
#include "message/canon_body.h"

#include <endian.h>

#define LONG_RUN 1024 /* goes to the sink uncopied */
#define LANE 16 /* octets looked at together */

typedef unsigned char lane __attribute__((vector_size(LANE)));
typedef uint64_t lane_words __attribute__((vector_size(LANE)));

void
canon_body_init(struct canon_body *body, enum seal_canon canon,
    canon_body_sink *sink, void *arg)
{
	body->canon = canon;
	body->sink = sink;
	body->arg = arg;
	body->empty_lines = 0;
	body->in_line = body->space = body->cr = body->any = false;
	body->staged = 0;
}

static void
flush(struct canon_body *body)
{
	if (body->staged > 0)
		body->sink(body->arg, span_of(body->stage, body->staged));
	body->staged = 0;
}

/* Short runs are gathered, for there may be several a line. */
static void
give(struct canon_body *body, struct span run)
{
	if (run.n >= LONG_RUN) {
		flush(body);
		body->sink(body->arg, run);
		return;
	}
	if (run.n > CANON_BODY_STAGE - body->staged)
		flush(body);
	memcpy(body->stage + body->staged, run.p, run.n);
	body->staged += run.n;
}

/* The same for text whose length the compiler knows. */
static inline void
give_literal(struct canon_body *body, const char *text, size_t n)
{
	if (n > CANON_BODY_STAGE - body->staged)
		flush(body);
	memcpy(body->stage + body->staged, text, n);
	body->staged += n;
}

static inline void
give_crlf(struct canon_body *body)
{
	give_literal(body, "\r\n", 2);
}

static inline void
give_empty_lines(struct canon_body *body)
{
	for (; body->empty_lines > 0; body->empty_lines--)
		give_crlf(body);
}

/* Text of a line: whatever was held back before it is now due. */
static void
give_text(struct canon_body *body, struct span run)
{
	give_empty_lines(body);
	if (body->space) {
		give_literal(body, " ", 1);
		body->space = false;
	}
	give(body, run);
	body->in_line = true;
	body->any = true;
}

static void
end_line(struct canon_body *body)
{
	body->space = false;
	if (body->in_line)
		give_crlf(body);
	else
		body->empty_lines++;
	body->in_line = false;
}

/* A CR was the last byte of the chunk before: say what it was. */
static struct span
settle_cr(struct canon_body *body, struct span chunk)
{
	if (!body->cr || chunk.n == 0)
		return chunk;
	body->cr = false;
	if (chunk.p[0] == '\n') {
		end_line(body);
		return span_from(chunk, 1);
	}
	give_text(body, SPAN("\r"));
	return chunk;
}

/* How many octets of CRLFs end s. */
static size_t
crlfs_at_end(struct span s)
{
	size_t n = 0;

	while (s.n - n >= 2 && s.p[s.n - n - 1] == '\n' &&
	    s.p[s.n - n - 2] == '\r')
		n += 2;
	return n;
}

static void
feed_simple(struct canon_body *body, struct span chunk)
{
	size_t crlfs;

	if (chunk.n > 0 && chunk.p[chunk.n - 1] == '\r') {
		body->cr = true;
		chunk.n--;
	}
	crlfs = crlfs_at_end(chunk);
	if (crlfs < chunk.n)
		give_text(body, span_first(chunk, chunk.n - crlfs));
	for (; crlfs > 0; crlfs -= 2)
		end_line(body);
}

static bool
needs_care(const unsigned char *p)
{
	return p[0] == '\t' || (p[0] == ' ' && p[1] <= ' ') ||
	    (p[0] == '\n' && p[1] == '\r');
}

/* Which of LANE octets need care, as a lane of 0 and 255. */
static lane
care_at(const unsigned char *p)
{
	lane here, next;

	memcpy(&here, p, LANE);
	memcpy(&next, p + 1, LANE);
	return (lane)(here == '\t') |
	    ((lane)(here == ' ') & (lane)(next <= ' ')) |
	    ((lane)(here == '\n') & (lane)(next == '\r'));
}

/* A bit for each octet of a word of a lane, the first octet lowest. */
static uint32_t
bits_of(uint64_t word)
{
	return (uint32_t)(((le64toh(word) & 0x8080808080808080u) *
	    0x0002040810204081u) >> 56);
}

/* Without a branch, for where care is needed cannot be foreseen. */
static size_t
first_care(lane_words low, lane_words high)
{
	return (size_t)__builtin_ctz(bits_of(low[0]) | bits_of(low[1]) << 8 |
	    bits_of(high[0]) << 16 | bits_of(high[1]) << 24);
}

/*
 * How many octets from p on, short of the last, go out as they are whatever
 * line they are in: no tab, no space before white space or a control, no line
 * end that an empty line may follow.  To err on the careful side is cheap.
 */
static size_t
clean_length(const unsigned char *p, size_t n)
{
	size_t at = 0;
	lane_words words, more;

	for (; at + 2 * LANE < n; at += 2 * LANE) {
		words = (lane_words)care_at(p + at);
		more = (lane_words)care_at(p + at + LANE);
		if ((words[0] | words[1] | more[0] | more[1]) != 0)
			return at + first_care(words, more);
	}
	while (at + 1 < n && !needs_care(p + at))
		at++;
	return at;
}

/* At a line end: how many octets it and the empty lines behind it are, when
 * text is seen to follow, so that they are not the last; else 0. */
static size_t
inner_lines(struct span s)
{
	size_t n = 1; /* the LF */

	if (s.p[0] != '\n')
		return 0;
	while (n + 1 < s.n && s.p[n] == '\r' && s.p[n + 1] == '\n')
		n += 2;
	return n < s.n && s.p[n] > ' ' ? n : 0;
}

/* The length of a run in the middle of a line that goes out unchanged; it ends
 * before white space to be reduced or behind a line's CRLF. */
static size_t
run_length(struct span s)
{
	size_t n = 0, lines;

	do {
		n += clean_length(s.p + n, s.n - n);
		lines = inner_lines(span_from(s, n));
		n += lines;
	} while (lines > 0);
	if (n < s.n && s.p[n] == '\n') /* a line end: it and its CR belong here */
		n++;
	while (n < s.n && s.p[n] != ' ' && s.p[n] != '\t' && s.p[n] != '\r' &&
	    s.p[n] != '\n')
		n++;
	if (n > 0 && s.p[n - 1] == '\r')
		n--; /* what follows it decides */
	return n;
}

/* White space after a run, when it begins with a space and text is seen to
 * follow: then its first octet stands for all of it.  Else 0. */
static size_t
inner_space(struct span s)
{
	size_t n = 0;

	if (s.n == 0 || s.p[0] != ' ')
		return 0;
	while (n < s.n && byte_is_wsp(s.p[n]))
		n++;
	return n < s.n && s.p[n] != '\r' ? n : 0;
}

static void
feed_text_run(struct canon_body *body, struct span run)
{
	give_text(body, run);
	if (run.n >= 2 && run.p[run.n - 1] == '\n' && run.p[run.n - 2] == '\r')
		body->in_line = false;
}

static void
feed_relaxed(struct canon_body *body, struct span chunk)
{
	size_t n, space;

	while (chunk.n > 0) {
		if (byte_is_wsp(chunk.p[0])) {
			body->space = true;
			n = 1;
		} else if (chunk.p[0] != '\r') {
			n = run_length(chunk);
			space = inner_space(span_from(chunk, n));
			feed_text_run(body,
			    span_first(chunk, space > 0 ? n + 1 : n));
			n += space;
		} else if (chunk.n == 1) {
			body->cr = true;
			n = 1;
		} else if (chunk.p[1] == '\n') {
			end_line(body);
			n = 2;
		} else {
			give_text(body, span_first(chunk, 1));
			n = 1;
		}
		chunk = span_from(chunk, n);
	}
}

void
canon_body_feed(struct canon_body *body, struct span chunk)
{
	chunk = settle_cr(body, chunk);
	if (body->canon == SEAL_CANON_SIMPLE)
		feed_simple(body, chunk);
	else
		feed_relaxed(body, chunk);
}

void
canon_body_finish(struct canon_body *body)
{
	if (body->cr)
		give_text(body, SPAN("\r"));
	body->cr = false;
	body->space = false;
	/* simple makes one CRLF of an empty body, relaxed nothing */
	if (body->in_line || (!body->any && body->canon == SEAL_CANON_SIMPLE))
		give_crlf(body);
	body->in_line = false;
	body->any = true;
	flush(body);
}
