/*
 * rfc2821_address.c: misc/rfc2821addr.h, in one pass over the text.
 */
#include "misc/rfc2821addr.h"

#include "host/message/address_syntax.h"

#include <arpa/inet.h>

#define LOCALPART_MAX 64 /* RFC 5321 section 4.5.3.1.1 */
#define LABEL_MAX 63 /* RFC 1035 section 2.3.4 */

struct cursor {
	struct span rest;
	const struct _rfc2821_ctx_inputs *inputs;
};

static bool
is_at(const struct cursor *c, unsigned char byte)
{
	return c->rest.n > 0 && c->rest.p[0] == byte;
}

static struct span
take(struct cursor *c, size_t n)
{
	struct span taken = span_first(c->rest, n);

	c->rest = span_from(c->rest, taken.n);
	return taken;
}

static bool
take_byte(struct cursor *c, unsigned char byte)
{
	if (!is_at(c, byte))
		return false;
	(void)take(c, 1);
	return true;
}

static void
skip_space(struct cursor *c)
{
	while (is_at(c, ' ') || is_at(c, '\t'))
		(void)take(c, 1);
}

static enum rfc2821_error
keep(char *out, struct span text)
{
	if (text.n >= MAXDOMAINNAME)
		return RFC2821_E_LENGTH;
	memcpy(out, text.p, text.n);
	out[text.n] = '\0';
	return RFC2821_E_NONE;
}

/* Quoted-string = DQUOTE *QcontentSMTP DQUOTE; its length, 0: it is none. */
static size_t
quoted_length(struct span s, bool ascii)
{
	for (size_t i = 1; i < s.n; i++) {
		unsigned char c = s.p[i];

		if (c == '"')
			return i + 1;
		if (c == '\\' && ++i < s.n)
			c = s.p[i];
		if (c < ' ' || c == 0x7f || (ascii && c >= 0x80))
			return 0;
	}
	return 0;
}

/* Dot-string = Atom *("." Atom); its length, 0: it is none. */
static size_t
dotted_length(struct span s, bool strict)
{
	size_t n = 0;

	for (; n < s.n; n++) {
		if (s.p[n] == '.') {
			if (strict && (n == 0 || s.p[n - 1] == '.'))
				return 0;
		} else if (!address_is_atext(s.p[n]) ||
		    (strict && s.p[n] >= 0x80)) {
			break;
		}
	}
	return strict && n > 0 && s.p[n - 1] == '.' ? 0 : n;
}

static enum rfc2821_error
take_localpart(struct cursor *c, rfc2821_ctx *ctx)
{
	bool strict = c->inputs->full_validation;
	size_t n = is_at(c, '"') ? quoted_length(c->rest, strict) :
	    dotted_length(c->rest, strict);
	struct span local = take(c, n), user = local;
	enum rfc2821_error e;

	if (n == 0)
		return RFC2821_E_LOCALPART;
	if (strict && n > LOCALPART_MAX)
		return RFC2821_E_LENGTH;
	if (c->inputs->populate_detail) {
		user = span_first(local, address_find_detail(local));
		if (user.n < local.n) {
			e = keep(ctx->detail, span_from(local, user.n + 1));
			if (e != RFC2821_E_NONE)
				return e;
		}
	}
	return keep(ctx->localpart, user);
}

static bool
is_ip(struct span text, int family)
{
	char name[INET6_ADDRSTRLEN];
	unsigned char bytes[sizeof(struct in6_addr)];

	if (text.n >= sizeof(name))
		return false;
	memcpy(name, text.p, text.n);
	name[text.n] = '\0';
	return inet_pton(family, name, bytes) == 1;
}

/* address-literal without its brackets: RFC 5321 section 4.1.3 */
static bool
is_literal(struct span text)
{
	struct span tag = span_first(text, span_find(text, ':'));

	if (tag.n == text.n)
		return is_ip(text, AF_INET);
	if (span_ieq(tag, SPAN("IPv6")))
		return is_ip(span_from(text, tag.n + 1), AF_INET6);
	for (size_t i = 0; i < tag.n; i++) {
		if (!address_is_alnum(tag.p[i]) && tag.p[i] != '-')
			return false;
	}
	return tag.n > 0 && tag.p[tag.n - 1] != '-' && tag.n + 1 < text.n;
}

/* The length of "[" *dcontent "]", 0: it is none. */
static size_t
literal_length(struct span s, bool strict)
{
	for (size_t i = 1; i < s.n; i++) {
		if (s.p[i] == ']')
			return i > 1 && (!strict || is_literal(span_of(s.p + 1,
			    i - 1))) ? i + 1 : 0;
		if (s.p[i] < '!' || s.p[i] > '~' || s.p[i] == '[' ||
		    s.p[i] == '\\')
			return 0;
	}
	return 0;
}

/* sub-domain = Let-dig [Ldh-str] */
static bool
is_label(struct span label, bool strict)
{
	if (label.n == 0)
		return false;
	if (!strict)
		return true;
	for (size_t i = 0; i < label.n; i++) {
		if (!address_is_alnum(label.p[i]) && label.p[i] != '-')
			return false;
	}
	return label.n <= LABEL_MAX && label.p[0] != '-' &&
	    label.p[label.n - 1] != '-';
}

/* The length of sub-domain *("." sub-domain), 0: it is none. */
static size_t
domain_length(struct span s, bool strict)
{
	size_t n = 0, label = 0;

	for (; n <= s.n; n++) {
		bool more = n < s.n;

		if (more && s.p[n] != '.' && address_is_atext(s.p[n]))
			continue;
		if (!is_label(span_of(s.p + label, n - label), strict))
			return 0;
		if (!more || s.p[n] != '.')
			break;
		label = n + 1;
	}
	return n;
}

static struct span
take_domain(struct cursor *c)
{
	bool strict = c->inputs->full_validation;

	return take(c, is_at(c, '[') ? literal_length(c->rest, strict) :
	    domain_length(c->rest, strict));
}

static enum rfc2821_error
take_at_domain(struct cursor *c, rfc2821_ctx *ctx)
{
	struct span domain;

	if (!take_byte(c, '@'))
		return c->inputs->allow_missing_domain ? RFC2821_E_NONE :
		    RFC2821_E_NO_DOMAIN;
	domain = take_domain(c);
	if (domain.n == 0)
		return RFC2821_E_DOMAIN;
	return keep(ctx->domain, domain);
}

/* A-d-l ":", with A-d-l = At-domain *("," At-domain): to be accepted and
 * ignored (RFC 5321 section 4.1.1.3 and appendix C). */
static enum rfc2821_error
skip_route(struct cursor *c)
{
	if (!is_at(c, '@'))
		return RFC2821_E_NONE;
	do {
		if (!take_byte(c, '@') || take_domain(c).n == 0)
			return RFC2821_E_ROUTE;
	} while (take_byte(c, ','));
	return take_byte(c, ':') ? RFC2821_E_NONE : RFC2821_E_ROUTE;
}

static enum rfc2821_error
take_path(struct cursor *c, rfc2821_ctx *ctx)
{
	bool bracket = take_byte(c, '<');
	enum rfc2821_error e = RFC2821_E_NONE;

	if (bracket && take_byte(c, '>'))
		return e;
	if (bracket)
		e = skip_route(c);
	if (e == RFC2821_E_NONE)
		e = take_localpart(c, ctx);
	if (e == RFC2821_E_NONE)
		e = take_at_domain(c, ctx);
	if (e == RFC2821_E_NONE && bracket && !take_byte(c, '>'))
		e = RFC2821_E_BRACKET;
	return e;
}

/* esmtp-param = esmtp-keyword ["=" esmtp-value]   (RFC 5321 section 4.1.2) */
static bool
add_param(ECDict params, struct span param)
{
	char text[RFC2821_ADDRESS_TEXT_MAX + 1];
	size_t name = span_first(param, span_find(param, '=')).n, i;

	if (name == 0 || param.p[0] == '-' || name + 1 == param.n)
		return false;
	for (i = 0; i < param.n; i++) {
		unsigned char c = param.p[i];

		if (i < name && !address_is_alnum(c) && c != '-')
			return false;
		if (c < '!' || c == 0x7f || (i > name && c == '='))
			return false;
		text[i] = (char)(i < name && c >= 'a' && c <= 'z' ?
		    c - 'a' + 'A' : c);
	}
	text[i] = '\0';
	text[name] = '\0';
	if (dict_key_exists(params, text))
		return false;
	dict_add_key_value(params, text, name < i ? text + name + 1 : "");
	return true;
}

static enum rfc2821_error
take_params(struct cursor *c, rfc2821_ctx *ctx)
{
	size_t before = c->rest.n;

	skip_space(c);
	if (c->rest.n == 0)
		return RFC2821_E_NONE;
	if (c->rest.n == before || !c->inputs->capture_params)
		return RFC2821_E_PARAMS;
	ctx->params = dict_blank();
	while (c->rest.n > 0) {
		if (!add_param(ctx->params, take(c, span_find(c->rest, ' '))))
			return RFC2821_E_PARAMS;
		skip_space(c);
	}
	return RFC2821_E_NONE;
}

static void
lower(char *text)
{
	for (; *text != '\0'; text++) {
		if (*text >= 'A' && *text <= 'Z')
			*text = (char)(*text - 'A' + 'a');
	}
}

static enum rfc2821_error
parse(struct cursor *c, rfc2821_ctx *ctx)
{
	enum rfc2821_error e;

	skip_space(c);
	if (c->rest.n == 0)
		return RFC2821_E_EMPTY;
	e = take_path(c, ctx);
	if (e == RFC2821_E_NONE)
		e = take_params(c, ctx);
	if (e == RFC2821_E_NONE && ctx->inputs.normalize_domain)
		lower(ctx->domain);
	return e;
}

static void
clear(rfc2821_ctx *ctx)
{
	ctx->localpart[0] = ctx->domain[0] = ctx->detail[0] = '\0';
	ctx->error = RFC2821_E_NONE;
	ctx->params = NULL;
}

int
rfc2821_address_parse(const char *addr, int addrlen, rfc2821_ctx *ctx)
{
	struct cursor c = { .inputs = &ctx->inputs };
	enum rfc2821_error e = RFC2821_E_LENGTH;

	clear(ctx);
	if (addrlen >= 0 && addrlen <= RFC2821_ADDRESS_TEXT_MAX) {
		c.rest = span_of(addr, (size_t)addrlen);
		e = parse(&c, ctx);
	}
	if (e == RFC2821_E_NONE)
		return 0;
	rfc2821_address_destroy(ctx);
	ctx->error = (int)e;
	return -1;
}

void
rfc2821_address_destroy(rfc2821_ctx *ctx)
{
	dict_drop(ctx->params);
	clear(ctx);
}
