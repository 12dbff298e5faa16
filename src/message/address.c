/*
 * address.c: tokens first, then the list.
 *
 * A token is an atom, a quoted string, a domain literal or one special
 * character; comments and white space between tokens are skipped where they
 * are met.  One token is looked at ahead and none is read twice, so the time
 * is linear.  Groups do not nest, so nothing recurses.
 *
 * The pieces of an address are copied into one stretch of the arena as they
 * come, because comments and folds may stand between them.  Only the first
 * mailbox is wanted; of the others only the form and the number count.
 */
#include "message/address.h"

#include "message/domain.h"
#include "message/lexer.h"

enum token_type {
	TOKEN_END,
	TOKEN_ATOM, /* atext, or bytes above ASCII */
	TOKEN_QUOTED, /* with its quotes */
	TOKEN_LITERAL, /* with its brackets */
	TOKEN_SPECIAL, /* one of . < > @ , ; : */
	TOKEN_BAD, /* what cannot be a token: never stepped over */
};

struct token {
	enum token_type type;
	struct span text;
};

struct parser {
	struct lexer in;
	struct token token; /* the one ahead */
	unsigned char *kept; /* where the next piece goes */
	struct span local, domain; /* of the first mailbox, gathered */
	bool literal; /* its domain is a literal */
	size_t count;
};

static bool
byte_is_special(unsigned char c)
{
	return memchr(".<>@,;:", c, 7) != NULL;
}

static bool
byte_is_atext(unsigned char c)
{
	return c > ' ' && c != 0x7f && !byte_is_special(c) &&
	    memchr("()[]\\\"", c, 6) == NULL;
}

/* domain-literal = "[" *([FWS] dtext) [FWS] "]" */
static bool
skip_literal(struct lexer *in)
{
	in->at++;
	while (in->at < in->end && *in->at != '[' && *in->at != '\\') {
		if (*in->at++ == ']')
			return true;
	}
	return false;
}

static enum token_type
skip_token(struct lexer *in, const unsigned char **start_r)
{
	if (!lexer_skip_cfws(in))
		return TOKEN_BAD;
	*start_r = in->at;
	if (in->at == in->end)
		return TOKEN_END;
	if (*in->at == '"')
		return lexer_skip_quoted(in) ? TOKEN_QUOTED : TOKEN_BAD;
	if (*in->at == '[')
		return skip_literal(in) ? TOKEN_LITERAL : TOKEN_BAD;
	if (byte_is_special(*in->at)) {
		in->at++;
		return TOKEN_SPECIAL;
	}
	if (!byte_is_atext(*in->at))
		return TOKEN_BAD;
	while (in->at < in->end && byte_is_atext(*in->at))
		in->at++;
	return TOKEN_ATOM;
}

static void
step(struct parser *p)
{
	const unsigned char *start = p->in.at;

	if (p->token.type == TOKEN_BAD)
		return;
	p->token.type = skip_token(&p->in, &start);
	p->token.text = span_of(start, (size_t)(p->in.at - start));
}

static bool
sees(const struct parser *p, char special)
{
	return p->token.type == TOKEN_SPECIAL &&
	    p->token.text.p[0] == (unsigned char)special;
}

static bool
take(struct parser *p, char special)
{
	if (!sees(p, special))
		return false;
	step(p);
	return true;
}

/* Append the token to a piece of the first mailbox, unfolded, and step.  All
 * that is ever kept comes from the value once, so it cannot outgrow it. */
static void
keep(struct parser *p, struct span *piece)
{
	struct span text = p->token.text;

	if (piece->n == 0)
		piece->p = p->kept;
	for (size_t i = 0; p->count == 0 && i < text.n; i++) {
		if (text.p[i] == '\r' || text.p[i] == '\n')
			continue;
		*p->kept++ = text.p[i];
		piece->n++;
	}
	step(p);
}

/* What may stand before "@", "<" or ":" (RFC 5322 sections 3.2.5, 4.1, 4.4):
 *
 *	phrase     = word *(word / "." / CFWS)
 *	local-part = word *("." word), here with dots anywhere
 */
enum words {
	WORDS_NONE,
	WORDS_LOCAL, /* can be either */
	WORDS_PHRASE, /* two words with no dot between */
};

static enum words
take_words(struct parser *p, struct span *text)
{
	enum words words = WORDS_NONE;
	bool after_word = false;

	for (;;) {
		bool word = p->token.type == TOKEN_ATOM ||
		    p->token.type == TOKEN_QUOTED;

		if (!word && !sees(p, '.'))
			return words;
		if (word && after_word)
			words = WORDS_PHRASE;
		else if (word && words == WORDS_NONE)
			words = WORDS_LOCAL;
		after_word = word;
		keep(p, text);
	}
}

/* domain = atom *("." atom) / domain-literal; CFWS around each (section 4.4).
 * Which atoms and dots make a name is domain_to_ascii()'s to say. */
static bool
take_domain(struct parser *p, struct span *domain, bool *literal)
{
	bool after_atom = false;
	size_t n = 0;

	*literal = p->token.type == TOKEN_LITERAL;
	if (*literal) {
		keep(p, domain);
		return true;
	}
	for (; p->token.type == TOKEN_ATOM || sees(p, '.'); n++) {
		bool atom = p->token.type == TOKEN_ATOM;

		if (atom && after_atom)
			return false;
		after_atom = atom;
		keep(p, domain);
	}
	return n > 0;
}

/* obs-route = *(CFWS / ",") "@" domain *("," [CFWS] ["@" domain]) ":" */
static bool
take_route(struct parser *p)
{
	struct span unused = { 0 };
	bool literal;

	if (!sees(p, '@') && !sees(p, ','))
		return true;
	while (!take(p, ':')) {
		if (take(p, ','))
			continue;
		if (!take(p, '@') || !take_domain(p, &unused, &literal))
			return false;
	}
	return true;
}

/* Note what was read as the first mailbox, if it is. */
static void
found(struct parser *p, struct span local, struct span domain, bool literal)
{
	if (p->count++ > 0)
		return;
	p->local = local;
	p->domain = domain;
	p->literal = literal;
}

/* angle-addr = "<" [obs-route] local-part "@" domain ">"
 * shown is the domain of an address that stands where the display name
 * should; empty: none does. */
static bool
take_angle(struct parser *p, struct span shown)
{
	struct span local = { 0 }, domain = { 0 };
	bool literal;

	if (!take(p, '<') || !take_route(p) ||
	    take_words(p, &local) != WORDS_LOCAL || !take(p, '@') ||
	    !take_domain(p, &domain, &literal) || !take(p, '>'))
		return false;
	if (shown.n > 0 && p->count == 0 && !span_ieq(shown, domain))
		return false;
	found(p, local, domain, literal);
	return true;
}

/* mailbox = name-addr / addr-spec, or the start of a group:
 * group = display-name ":" [group-list] ";" */
static bool
take_entry(struct parser *p, bool *in_group)
{
	struct span text = { 0 }, domain = { 0 };
	enum words words;
	bool literal;

	words = take_words(p, &text);
	if (sees(p, '<'))
		return take_angle(p, domain);
	if (words != WORDS_NONE && !*in_group && take(p, ':')) {
		*in_group = true;
		return true;
	}
	if (words != WORDS_LOCAL || !take(p, '@') ||
	    !take_domain(p, &domain, &literal))
		return false;
	if (sees(p, '<'))
		return take_angle(p, domain);
	found(p, text, domain, literal);
	return true;
}

/* address-list = (mailbox / group) *("," [mailbox / group])   (4.4: some of
 * the places between commas may be empty) */
static bool
take_list(struct parser *p)
{
	bool in_group = false, separated = true;

	while (p->token.type != TOKEN_END) {
		bool was_in_group = in_group;

		if (take(p, ',')) {
			separated = true;
			continue;
		}
		if (in_group && take(p, ';')) {
			in_group = separated = false;
			continue;
		}
		if (!separated || !take_entry(p, &in_group))
			return false;
		separated = in_group && !was_in_group;
	}
	return !in_group;
}

int
address_first(struct span value, struct arena *arena, struct span *local_r,
    struct span *domain_r, size_t *count_r)
{
	struct parser p = { .in = lexer_of(value) };
	unsigned char *room;
	bool whole;

	*local_r = *domain_r = span_of(NULL, 0);
	*count_r = 0;
	if (value.n == 0 || span_find(value, '\0') < value.n)
		return 1;
	p.kept = room = arena_bytes(arena, value.n);
	if (room == NULL)
		return -1;
	step(&p);
	whole = take_list(&p);
	arena_shrink(arena, room, value.n, (size_t)(p.kept - room));
	*count_r = p.count;
	if (!whole || p.count == 0 || p.literal)
		return 1;
	*local_r = p.local;
	return domain_to_ascii(p.domain, arena, domain_r);
}

int
address_domain(struct span value, struct arena *arena, struct span *domain_r,
    size_t *count_r)
{
	struct span local;

	return address_first(value, arena, &local, domain_r, count_r);
}
