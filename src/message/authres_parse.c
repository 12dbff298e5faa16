/*
 * authres_parse.c: read an Authentication-Results value (RFC 8601 section
 * 2.2).
 *
 * Stricter than many about structure, so that a field that parses has one
 * reading; more generous than the grammar about values, because mail is full
 * of them: base64 with "/" and "=", addresses in angle brackets and IPv6
 * addresses stand there unquoted.  A final ";" is taken, and so are properties
 * without a type ("action=none"), whose type is then empty.
 */
#include "base/arena.h"
#include "message/lexer.h"
#include "seal.h"

#include <stdlib.h>

struct authres { /* what the public structure is the head of */
	struct seal_authres public;
	struct arena arena;
};

struct parser {
	struct lexer in;
	struct arena *arena;
	const char *why;
	int ret; /* of the first failure */
	struct seal_property found[SEAL_MAX_PROPERTIES]; /* in this clause */
};

static bool
fail(struct parser *p, int ret, const char *why)
{
	if (p->ret == 0) {
		p->ret = ret;
		p->why = why;
	}
	return false;
}

static bool
bad_comment(struct parser *p)
{
	return fail(p, SEAL_E_SYNTAX,
	    "a comment does not end or nests too deep");
}

static bool
skip_cfws(struct parser *p)
{
	return lexer_skip_cfws(&p->in) || bad_comment(p);
}

static bool
at_end(const struct parser *p)
{
	return p->in.at == p->in.end;
}

static bool
sees(const struct parser *p, unsigned char c)
{
	return p->in.at < p->in.end && *p->in.at == c;
}

static bool
take_byte(struct parser *p, unsigned char c)
{
	if (!sees(p, c))
		return false;
	p->in.at++;
	return true;
}

/* Keyword of RFC 5321 section 4.1.2; the underscore is in use. */
static bool
byte_is_keyword(unsigned char c)
{
	return byte_is_alpha(c) || byte_is_digit(c) || c == '-' || c == '_';
}

/* token of RFC 2045 section 5.1, or bytes above ASCII: U-labels */
static bool
byte_is_token(unsigned char c)
{
	return c > ' ' && c != 0x7f &&
	    memchr("()<>@,;:\\\"/[]?=", c, 15) == NULL;
}

/* What may stand in a property's value without quotes. */
static bool
byte_is_value(unsigned char c)
{
	return c > ' ' && c != 0x7f && memchr("();\\\",", c, 6) == NULL;
}

static struct span
take_run(struct parser *p, bool (*wanted)(unsigned char))
{
	const unsigned char *start = p->in.at;

	while (p->in.at < p->in.end && wanted(*p->in.at))
		p->in.at++;
	return span_of(start, (size_t)(p->in.at - start));
}

static bool
copy(struct parser *p, struct span text, struct span *copy_r)
{
	return arena_copy(p->arena, text, copy_r) == 0 ||
	    fail(p, SEAL_E_NOMEM, "out of memory");
}

/* A copy of what stands between delimiters, without escapes and folds. */
static bool
copy_text(struct parser *p, struct span inner, struct span *copy_r)
{
	unsigned char *out = arena_bytes(p->arena, inner.n);
	size_t n;

	if (out == NULL)
		return fail(p, SEAL_E_NOMEM, "out of memory");
	n = lexer_text(inner, out);
	arena_shrink(p->arena, out, inner.n, n);
	*copy_r = span_of(out, n);
	return true;
}

static bool
take_keyword(struct parser *p, struct span *keyword_r)
{
	struct span run = take_run(p, byte_is_keyword);

	return copy(p, run, keyword_r) && run.n > 0;
}

static bool
skip_quoted(struct parser *p)
{
	return lexer_skip_quoted(&p->in) ||
	    fail(p, SEAL_E_SYNTAX, "a quoted string does not end");
}

static struct span
since(const struct parser *p, const unsigned char *start)
{
	return span_of(start, (size_t)(p->in.at - start));
}

/* What was read since start, without the delimiter at either end. */
static bool
copy_inner(struct parser *p, const unsigned char *start, struct span *copy_r)
{
	struct span text = since(p, start);

	return copy_text(p, span_of(text.p + 1, text.n - 2), copy_r);
}

static bool
take_quoted(struct parser *p, struct span *text_r)
{
	const unsigned char *start = p->in.at;

	return skip_quoted(p) && copy_inner(p, start, text_r);
}

/* value = token / quoted-string (RFC 2045 section 5.1) */
static bool
take_value(struct parser *p, struct span *value_r)
{
	struct span run;

	if (sees(p, '"'))
		return take_quoted(p, value_r);
	run = take_run(p, byte_is_token);
	return copy(p, run, value_r) && run.n > 0;
}

/* 1*DIGIT, as far as an unsigned holds it */
static bool
take_number(struct parser *p, unsigned *number_r)
{
	struct span run = take_run(p, byte_is_digit);
	unsigned number = 0;

	if (run.n == 0 || run.n > 9)
		return fail(p, SEAL_E_SYNTAX, "a version is not a number");
	for (size_t i = 0; i < run.n; i++)
		number = number * 10 + (run.p[i] - '0');
	*number_r = number;
	return true;
}

/* pvalue = [CFWS] (value / [[local-part] "@"] domain-name) [CFWS] */
static bool
take_property_value(struct parser *p, struct span *value_r)
{
	const unsigned char *start = p->in.at;

	if (!sees(p, '"'))
		return copy(p, take_run(p, byte_is_value), value_r);
	if (!skip_quoted(p))
		return false;
	if (!sees(p, '@'))
		return copy_inner(p, start, value_r);
	/* a quoted local part is part of an address and keeps its quotes */
	(void)take_run(p, byte_is_value);
	return copy(p, since(p, start), value_r);
}

/* reasonspec = "reason" [CFWS] "=" [CFWS] value, up to the value */
static bool
take_reason(struct parser *p, struct seal_clause *clause)
{
	if (clause->reason.p != NULL)
		return fail(p, SEAL_E_SYNTAX, "a result has two reasons");
	return take_value(p, &clause->reason) ||
	    fail(p, SEAL_E_SYNTAX, "a reason is empty");
}

static bool
take_property(struct parser *p, struct seal_clause *clause,
    struct seal_property *property)
{
	if (!take_property_value(p, &property->value))
		return false;
	if (clause->n_properties == SEAL_MAX_PROPERTIES)
		return fail(p, SEAL_E_LIMIT, "a result has too many properties");
	p->found[clause->n_properties++] = *property;
	return true;
}

/* propspec = ptype [CFWS] "." [CFWS] property [CFWS] "=" pvalue
 * or a reasonspec, which begins alike */
static bool
take_detail(struct parser *p, struct seal_clause *clause)
{
	struct seal_property property = { 0 };
	bool typed;

	if (!take_keyword(p, &property.name) || !skip_cfws(p))
		return fail(p, SEAL_E_SYNTAX, "a property has no name");
	typed = take_byte(p, '.');
	if (typed) {
		property.type = property.name;
		if (!skip_cfws(p) || !take_keyword(p, &property.name) ||
		    !skip_cfws(p))
			return fail(p, SEAL_E_SYNTAX, "a property has no name");
	}
	if (!take_byte(p, '=') || !skip_cfws(p))
		return fail(p, SEAL_E_SYNTAX, "a property has no value");
	if (!typed && span_ieq(property.name, SPAN("reason")))
		return take_reason(p, clause);
	return take_property(p, clause, &property);
}

/* The rest of a clause, up to the ";" or the end. */
static bool
take_details(struct parser *p, struct seal_clause *clause)
{
	size_t octets;

	while (!at_end(p) && !sees(p, ';')) {
		if (!take_detail(p, clause) || !skip_cfws(p))
			return false;
	}
	if (clause->n_properties == 0)
		return true;
	octets = clause->n_properties * sizeof(p->found[0]);
	clause->properties = arena_alloc(p->arena, octets);
	if (clause->properties == NULL)
		return fail(p, SEAL_E_NOMEM, "out of memory");
	memcpy(clause->properties, p->found, octets);
	return true;
}

/* The first comment behind a result, which is where people look for one. */
static bool
take_comment(struct parser *p, struct span *comment_r)
{
	const unsigned char *start;

	while (byte_is_fws(lexer_ahead(&p->in)))
		p->in.at++;
	if (!sees(p, '('))
		return true;
	start = p->in.at;
	if (!lexer_skip_comment(&p->in))
		return bad_comment(p);
	return copy_inner(p, start, comment_r) && skip_cfws(p);
}

/* method = Keyword [ [CFWS] "/" [CFWS] method-version ] */
static bool
take_method(struct parser *p, struct seal_clause *clause)
{
	clause->method_version = 1;
	if (!take_keyword(p, &clause->method) || !skip_cfws(p))
		return fail(p, SEAL_E_SYNTAX, "a result has no method");
	if (!take_byte(p, '/'))
		return true;
	return skip_cfws(p) && take_number(p, &clause->method_version) &&
	    skip_cfws(p);
}

/* resinfo = [CFWS] ";" methodspec [CFWS reasonspec] [CFWS 1*propspec]
 * methodspec = [CFWS] method [CFWS] "=" [CFWS] result */
static bool
take_clause(struct parser *p, struct seal_clause *clause)
{
	if (!take_method(p, clause))
		return false;
	if (!take_byte(p, '=') || !skip_cfws(p) ||
	    !take_keyword(p, &clause->result))
		return fail(p, SEAL_E_SYNTAX, "a method has no result");
	return take_comment(p, &clause->comment) && take_details(p, clause);
}

/* no-result = [CFWS] ";" [CFWS] "none", from the last on */
static bool
take_none(struct parser *p)
{
	struct lexer start = p->in;

	if (span_ieq(take_run(p, byte_is_keyword), SPAN("none")) &&
	    lexer_skip_cfws(&p->in) && (at_end(p) || sees(p, ';')))
		return true;
	p->in = start;
	return false;
}

/* no-result / 1*resinfo, with or without a final ";" */
static bool
take_results(struct parser *p, struct seal_authres *authres)
{
	bool none = false;

	while (take_byte(p, ';')) {
		if (!skip_cfws(p))
			return false;
		if (at_end(p))
			break;
		if (none)
			return fail(p, SEAL_E_SYNTAX, "results follow \"none\"");
		if (authres->n_clauses == 0 && take_none(p)) {
			none = true;
			continue;
		}
		if (authres->n_clauses == SEAL_MAX_CLAUSES)
			return fail(p, SEAL_E_LIMIT, "there are too many results");
		if (!take_clause(p, &authres->clauses[authres->n_clauses]))
			return false;
		authres->n_clauses++;
	}
	if (!at_end(p))
		return fail(p, SEAL_E_SYNTAX, "text follows the authserv-id");
	return none || authres->n_clauses > 0 ||
	    fail(p, SEAL_E_SYNTAX, "there are no results");
}

/* authres-payload = [CFWS] authserv-id [CFWS authres-version]
 *                   (no-result / 1*resinfo) [CFWS] */
static bool
take_payload(struct parser *p, struct seal_authres *authres)
{
	authres->version = 1;
	authres->clauses = arena_calloc(p->arena, SEAL_MAX_CLAUSES,
	    sizeof(authres->clauses[0]));
	if (authres->clauses == NULL)
		return fail(p, SEAL_E_NOMEM, "out of memory");
	if (!skip_cfws(p) || !take_value(p, &authres->authserv_id) ||
	    authres->authserv_id.n == 0)
		return fail(p, SEAL_E_SYNTAX, "there is no authserv-id");
	if (!skip_cfws(p))
		return false;
	if (byte_is_digit(lexer_ahead(&p->in)) &&
	    (!take_number(p, &authres->version) || !skip_cfws(p)))
		return false;
	return take_results(p, authres);
}

int
seal_authres_parse(struct span value, struct seal_authres **authres_r,
    const char **why_r)
{
	struct authres *authres;
	struct parser p = { .in = lexer_of(value) };

	*authres_r = NULL;
	*why_r = "out of memory";
	authres = calloc(1, sizeof(*authres));
	if (authres == NULL)
		return SEAL_E_NOMEM;
	p.arena = &authres->arena;
	if (span_find(value, '\0') < value.n)
		(void)fail(&p, SEAL_E_SYNTAX, "the field holds a NUL");
	else
		(void)take_payload(&p, &authres->public);
	*authres_r = &authres->public;
	*why_r = p.why;
	if (p.ret != 0)
		seal_authres_free(authres_r);
	return p.ret;
}

void
seal_authres_free(struct seal_authres **authres)
{
	struct authres *whole = (struct authres *)*authres;

	if (whole == NULL)
		return;
	arena_deinit(&whole->arena);
	free(whole);
	*authres = NULL;
}
