/*
 * authres_claims.c: does an Authentication-Results field claim to be ours?
 * (RFC 8601 section 5)
 *
 * The question is not what the field says but what any of its readers could
 * take it to say.  A forger writes for the sloppiest of them, so the text in
 * front of the first ";" is read in every way at once: of its bytes those that
 * names are made of are gathered, comments and all else left out, and wherever
 * a reader might stop, what is there so far is compared with our name.
 *
 * What cannot be decided counts as a claim: to lose somebody else's broken
 * field costs less than to pass on a forged one.
 */
#include "base/arena.h"
#include "message/domain.h"
#include "message/lexer.h"
#include "seal.h"

#define MAX_NAME 1024 /* octets of a name that are looked at */
#define MAX_CONVERSIONS 8 /* of U-labels, in one field: they are costly */

enum claim {
	CLAIM_NO,
	CLAIM_OPEN, /* not so far */
	CLAIM_YES, /* or nobody can tell */
};

struct name {
	unsigned char text[MAX_NAME];
	size_t n;
	size_t compared; /* n when it was compared last */
	bool ascii;
};

struct claims {
	struct arena arena;
	struct span ours; /* in lower case: an A-label form if it has one */
	struct name name; /* theirs, as far as it is read */
	unsigned char previous; /* the last byte seen */
	unsigned conversions;
};

/* All else ends a name for some reader and is dropped by others. */
static bool
byte_is_in_names(unsigned char c)
{
	return byte_is_alpha(c) || byte_is_digit(c) || c >= 0x80 || c == '-' ||
	    c == '_' || c == '.';
}

static bool
name_add(struct name *name, unsigned char c)
{
	if (name->n == MAX_NAME)
		return false;
	name->text[name->n++] = byte_lower(c);
	if (c >= 0x80)
		name->ascii = false;
	return true;
}

static struct span
name_span(const struct name *name)
{
	struct span s = span_of(name->text, name->n);

	while (s.n > 0 && s.p[s.n - 1] == '.')
		s.n--;
	return s;
}

/* Compare at a place where the name might end. */
static enum claim
compare(struct claims *c)
{
	struct span theirs, ascii;

	if (c->name.compared == c->name.n)
		return CLAIM_OPEN;
	c->name.compared = c->name.n;
	theirs = name_span(&c->name);
	if (span_eq(theirs, c->ours))
		return CLAIM_YES;
	if (c->name.ascii)
		return CLAIM_OPEN;
	/* U-labels equal to ours, or bytes that somebody may drop to make them
	 * so */
	if (++c->conversions > MAX_CONVERSIONS ||
	    domain_to_ascii(theirs, &c->arena, &ascii) != 0 ||
	    span_eq(ascii, c->ours))
		return CLAIM_YES;
	return CLAIM_OPEN;
}

/* One byte of the name, or of what stands around it. */
static enum claim
take_byte(struct claims *c, unsigned char byte)
{
	bool encoded = c->previous == '=' && byte == '?';

	c->previous = byte;
	if (encoded) /* RFC 2047 has no place here, but some decode it anywhere */
		return CLAIM_YES;
	if (!byte_is_in_names(byte))
		return compare(c);
	if (name_add(&c->name, byte))
		return CLAIM_OPEN;
	return c->name.ascii ? CLAIM_NO : CLAIM_YES;
}

/* A comment is left out, unless its readers might disagree where it ends:
 * "(a(b) us.example; dkim=pass (c)) other.example; none". */
static enum claim
take_comment(struct claims *c, struct lexer *in)
{
	const unsigned char *start = in->at + 1;
	struct span text;

	if (compare(c) == CLAIM_YES || !lexer_skip_comment(in))
		return CLAIM_YES;
	text = span_of(start, (size_t)(in->at - start));
	if (span_find(text, '(') < text.n || span_find(text, '\\') < text.n)
		return CLAIM_YES;
	return CLAIM_OPEN;
}

/* All up to the ";" behind the name. */
static enum claim
take_name(struct claims *c, struct span value)
{
	struct lexer in = lexer_of(value);
	enum claim claim = CLAIM_OPEN;
	bool quoted = false;

	while (claim == CLAIM_OPEN && in.at < in.end) {
		if (*in.at == ';' && !quoted)
			break;
		if (*in.at == '(' && !quoted) {
			claim = take_comment(c, &in);
			continue;
		}
		if (*in.at == '"')
			quoted = !quoted;
		else if (*in.at == '\\' && in.end - in.at > 1)
			in.at++;
		claim = take_byte(c, *in.at++);
	}
	if (claim == CLAIM_OPEN && c->name.n == 0) /* no name: nobody's, or ours */
		return CLAIM_YES;
	return claim == CLAIM_OPEN ? compare(c) : claim;
}

/* Our name, read as theirs will be.  Returns false if that cannot be done or
 * leaves nothing to compare. */
static bool
set_ours(struct claims *c, struct span id)
{
	struct name name = { .ascii = true };
	int ret = domain_to_ascii(id, &c->arena, &c->ours);

	if (ret == 0)
		return true;
	for (size_t i = 0; i < id.n; i++) {
		if (byte_is_in_names(id.p[i]) && !name_add(&name, id.p[i]))
			return false;
	}
	return ret > 0 && name_span(&name).n > 0 &&
	    arena_copy(&c->arena, name_span(&name), &c->ours) == 0;
}

bool
seal_authres_claims(struct span value, struct span authserv_id)
{
	struct claims c = { .name = { .ascii = true } };
	bool claims;

	if (authserv_id.n == 0) /* nobody is called that */
		return false;
	claims = !set_ours(&c, authserv_id) || take_name(&c, value) == CLAIM_YES;
	arena_deinit(&c.arena);
	return claims;
}
