/*
 * rfc2822_address.c: sieve/address.h.
 *
 * A field is cut into entries first: what stands between commas, and the
 * members of groups, with quotes, comments and literals stepped over.  Each
 * entry is then written out as address and name.  Every byte is looked at a
 * fixed number of times, and nesting is counted, not recursed into.
 *
 * All of a result is one block: as many addresses as there can be, and behind
 * them room for their texts, which are no longer than what they come from.
 */
#include "sieve/address.h"

#include "host/message/address_syntax.h"
#include "host/types/alloc.h"

#include <stdlib.h>

struct scan {
	struct span in;
	size_t at;
	bool in_group;
};

struct entry {
	size_t start, end;
	size_t open, close; /* of '<' and '>'; SIZE_MAX: there is none */
	struct span comment; /* the last one, without its brackets */
	bool bad;
	bool is_group_addr;
};

static bool
is_fws(unsigned char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static bool
is_control(unsigned char c)
{
	return (c < ' ' && !is_fws(c)) || c == 0x7f;
}

/* The index behind what begins at `at` and ends with `end`, a quoted pair
 * (RFC 5322 section 3.2.1) being no end; in.n + 1 when it does not end. */
static size_t
behind(struct span in, size_t at, unsigned char end)
{
	unsigned char start = in.p[at];
	size_t depth = 1;

	while (++at < in.n) {
		if (in.p[at] == '\\')
			at++;
		else if (in.p[at] == end && --depth == 0)
			return at + 1;
		else if (in.p[at] == start && start == '(')
			depth++;
	}
	return in.n + 1;
}

/* The index behind the quoted string, comment or literal at `at`, or else
 * `at`. */
static size_t
behind_enclosed(struct span in, size_t at)
{
	switch (in.p[at]) {
	case '"':
		return behind(in, at, '"');
	case '(':
		return behind(in, at, ')');
	case '[':
		return behind(in, at, ']');
	default:
		return at;
	}
}

static void
mark(size_t *mark_r, size_t at, struct entry *entry)
{
	if (*mark_r != SIZE_MAX)
		entry->bad = true;
	*mark_r = at;
}

static struct entry
entry_at(const struct scan *s)
{
	return (struct entry){
		.start = s->at, .open = SIZE_MAX, .close = SIZE_MAX,
		.is_group_addr = s->in_group,
	};
}

/* A ':' ends the name of a group, but not within another one. */
static void
begin_group(struct scan *s, struct entry *entry)
{
	if (s->in_group) {
		entry->bad = true;
		return;
	}
	s->in_group = true;
	s->at++;
	*entry = entry_at(s);
	s->at--;
}

/* One byte outside of everything; true when it ends the entry. */
static bool
step(struct scan *s, struct entry *entry)
{
	bool in_angle = entry->open != SIZE_MAX && entry->close == SIZE_MAX;

	switch (s->in.p[s->at]) {
	case '<':
		mark(&entry->open, s->at, entry);
		break;
	case '>':
		if (!in_angle)
			entry->bad = true;
		mark(&entry->close, s->at, entry);
		break;
	case ':':
		if (!in_angle)
			begin_group(s, entry);
		break;
	case ',':
		return !in_angle;
	case ';': /* between addresses also where there is no group */
		if (!in_angle)
			s->in_group = false;
		return !in_angle;
	default:
		break;
	}
	return false;
}

/* Cut off the next entry, which may be empty.  False at the end. */
static bool
next_entry(struct scan *s, struct entry *entry_r)
{
	struct entry entry = entry_at(s);

	if (s->at >= s->in.n)
		return false;
	while (s->at < s->in.n) {
		size_t end = behind_enclosed(s->in, s->at);

		if (end > s->in.n) {
			entry.bad = true;
			s->at = s->in.n;
		} else if (end > s->at) {
			if (s->in.p[s->at] == '(')
				entry.comment = span_of(s->in.p + s->at + 1,
				    end - s->at - 2);
			s->at = end;
		} else if (step(s, &entry)) {
			break;
		} else {
			s->at++;
		}
	}
	entry.end = s->at++;
	*entry_r = entry;
	return true;
}

static bool
is_clean(struct span text)
{
	for (size_t i = 0; i < text.n; i++) {
		if (is_control(text.p[i]))
			return false;
	}
	return true;
}

/* Texts are written one behind the other. */
struct out {
	char *at;
};

static void
put(struct out *out, unsigned char c)
{
	*out->at++ = (char)c;
}

static size_t
skip_cfws(struct span s, size_t i)
{
	while (i < s.n && (is_fws(s.p[i]) || s.p[i] == '('))
		i = s.p[i] == '(' ? behind(s, i, ')') : i + 1;
	return i;
}

/* Copy what is enclosed, without the line ends of folding. */
static size_t
copy_enclosed(struct out *out, struct span s, size_t i)
{
	size_t end = behind_enclosed(s, i);

	for (; i < end && i < s.n; i++) {
		if (s.p[i] != '\r' && s.p[i] != '\n')
			put(out, s.p[i]);
	}
	return end;
}

static size_t
copy_atom(struct out *out, struct span s, size_t i)
{
	while (i < s.n && address_is_atext(s.p[i]))
		put(out, s.p[i++]);
	return i;
}

/*
 * Copy local-part = word *("." word), or the like for a domain where quoted
 * strings are none; obsolete white space around dots is left out.  Empty words
 * are in use for local parts, but not in domains.  Gives the index behind it;
 * nothing is written when there is nothing.
 */
static size_t
copy_words(struct out *out, struct span s, size_t i, bool is_domain)
{
	bool after_word = false;

	for (i = skip_cfws(s, i); i < s.n; i = skip_cfws(s, i)) {
		bool is_dot = s.p[i] == '.';

		if (is_dot ? is_domain && !after_word : after_word)
			break;
		if (is_dot)
			put(out, s.p[i++]);
		else if (s.p[i] == '"' && !is_domain)
			i = copy_enclosed(out, s, i);
		else if (address_is_atext(s.p[i]))
			i = copy_atom(out, s, i);
		else
			break;
		after_word = !is_dot;
	}
	return i;
}

static struct rfc2822_address_part_string
part(char *start, const char *end)
{
	return (struct rfc2822_address_part_string){
		start, (int)(end - start),
	};
}

static size_t
copy_domain(struct out *out, struct span s, size_t i)
{
	i = skip_cfws(s, i);
	if (i < s.n && s.p[i] == '[')
		return skip_cfws(s, copy_enclosed(out, s, i));
	return copy_words(out, s, i, true);
}

static bool
fits(struct rfc2822_address_part_string p)
{
	return p.l > 0 && p.l <= RFC2822_ADDRESS_PART_MAX;
}

static void
split_local(struct rfc2822_address *a)
{
	struct span local = span_of(a->localpart.s, (size_t)a->localpart.l);
	size_t plus = address_find_detail(local);

	a->user = part(a->localpart.s, a->localpart.s + plus);
	if (plus < local.n)
		a->detail = part(a->localpart.s + plus + 1,
		    a->localpart.s + local.n);
}

/* addr-spec = local-part "@" domain */
static bool
copy_addr_spec(struct out *out, struct span s, struct rfc2822_address *a)
{
	char *local = out->at, *domain;
	size_t i = copy_words(out, s, 0, false);

	a->localpart = part(local, out->at);
	if (i >= s.n || s.p[i] != '@')
		return false;
	put(out, '@');
	domain = out->at;
	i = copy_domain(out, s, i + 1);
	a->domain = part(domain, out->at);
	a->complete = local;
	a->len = (int)(out->at - local);
	put(out, '\0');
	if (i < s.n || !fits(a->localpart) || !fits(a->domain) ||
	    a->domain.s[a->domain.l - 1] == '.')
		return false;
	split_local(a);
	return true;
}

/* obs-route = obs-domain-list ":", of which only the end matters */
static struct span
without_route(struct span s)
{
	size_t i = skip_cfws(s, 0);

	if (i >= s.n || s.p[i] != '@')
		return s;
	while (i < s.n && s.p[i] != ':') {
		size_t end = behind_enclosed(s, i);

		i = end > i ? end : i + 1;
	}
	return i < s.n ? span_from(s, i + 1) : s;
}

/* Return-Path: <> */
static void
set_null(struct out *out, struct rfc2822_address *a)
{
	a->complete = out->at;
	a->localpart = a->domain = a->user = part(out->at, out->at);
	put(out, '\0');
}

/* The words of a name: without comments, quotes and folding, with one space
 * between them. */
static void
copy_name(struct out *out, struct span s, bool is_comment)
{
	char *start = out->at;
	bool space = false, quoted = false;

	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '(' && !quoted && !is_comment) {
			i = behind(s, i, ')') - 1;
			space = true;
			continue;
		}
		if (s.p[i] == '"' && !is_comment) {
			quoted = !quoted;
			continue;
		}
		if (is_fws(s.p[i])) {
			space = true;
			continue;
		}
		if (s.p[i] == '\\' && i + 1 < s.n)
			i++;
		if (space && out->at > start)
			put(out, ' ');
		space = false;
		put(out, s.p[i]);
	}
}

static void
set_name(struct out *out, struct span phrase, struct span comment,
    struct rfc2822_address *a)
{
	char *start = out->at;

	copy_name(out, phrase, false);
	if (out->at == start)
		copy_name(out, comment, true);
	if (out->at == start)
		return;
	a->desc = part(start, out->at);
	put(out, '\0');
}

/* mailbox = [phrase] "<" addr-spec ">" / addr-spec */
static bool
copy_mailbox(struct out *out, const struct entry *entry, struct span in,
    struct rfc2822_address *a)
{
	bool angle = entry->open != SIZE_MAX;
	struct span s = span_of(in.p + entry->start, entry->end - entry->start);
	struct span name = span_of(in.p, 0);

	if (entry->bad || !is_clean(s) || (angle && entry->close == SIZE_MAX))
		return false;
	if (angle) {
		struct span tail = span_of(in.p + entry->close + 1,
		    entry->end - entry->close - 1);

		name = span_first(s, entry->open - entry->start);
		s = span_of(in.p + entry->open + 1,
		    entry->close - entry->open - 1);
		if (skip_cfws(tail, 0) < tail.n)
			return false;
	}
	a->is_group_addr = entry->is_group_addr;
	if (angle && skip_cfws(s, 0) >= s.n)
		set_null(out, a);
	else if (!copy_addr_spec(out, angle ? without_route(s) : s, a))
		return false;
	set_name(out, name, entry->comment, a);
	return true;
}

/* How many entries there are at most. */
static size_t
count_entries(struct span in)
{
	size_t n = 1;

	for (size_t i = 0; i < in.n; i++)
		n += in.p[i] == ',' || in.p[i] == ';';
	return n;
}

/* False when there are more than `room`. */
static bool
parse(struct scan *s, rfc2822_address_context *ctx, size_t room,
    struct out *out)
{
	struct rfc2822_address *at = ctx->addr, **link = &ctx->addr;
	struct entry entry;

	ctx->addr = NULL;
	while (next_entry(s, &entry)) {
		struct rfc2822_address a = { 0 };
		char *mark_of_text = out->at;

		if (!copy_mailbox(out, &entry, s->in, &a)) {
			out->at = mark_of_text;
			continue;
		}
		if ((size_t)ctx->naddr == room)
			return false;
		at[ctx->naddr] = a;
		*link = &at[ctx->naddr++];
		link = &(*link)->next;
	}
	return true;
}

int
rfc2822_address_parse(rfc2822_address_context *ctx, const char *hdr,
    int hdrlen)
{
	struct scan s = { 0 };
	struct out out;
	size_t room;

	*ctx = (rfc2822_address_context){ 0 };
	if (hdrlen <= 0 || hdrlen > RFC2822_ADDRESS_TEXT_MAX)
		return 0;
	s.in = span_of(hdr, (size_t)hdrlen);
	room = count_entries(s.in);
	if (room > RFC2822_ADDRESS_COUNT_MAX)
		room = RFC2822_ADDRESS_COUNT_MAX;
	/* an address and a name of each entry, and their NULs; the entry tried
	 * behind the last one that fits needs room for its text, too */
	ctx->addr = xcalloc(1, room * sizeof(*ctx->addr) + 2 * s.in.n +
	    2 * (room + 1));
	ctx->freeme = (char *)ctx->addr;
	out.at = (char *)(ctx->addr + room);
	if (!parse(&s, ctx, room, &out) || ctx->naddr == 0)
		rfc2822_address_destroy(ctx);
	return ctx->naddr;
}

void
rfc2822_address_destroy(struct rfc2822_address_context *ctx)
{
	free(ctx->freeme);
	*ctx = (rfc2822_address_context){ 0 };
}
