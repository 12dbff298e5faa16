/*
 * lexer.c: comments nest, quoted strings do not, and in both a backslash takes
 * the meaning from the next byte (RFC 5322 sections 3.2.1, 3.2.2 and 3.2.4).
 */
#include "message/lexer.h"

/* quoted-pair = "\" (VCHAR / WSP), and any other byte but a line end */
static bool
skip_pair(struct lexer *in)
{
	if (in->end - in->at < 2 || in->at[1] == '\r' || in->at[1] == '\n')
		return false;
	in->at += 2;
	return true;
}

/* comment = "(" *([FWS] ccontent) [FWS] ")" */
bool
lexer_skip_comment(struct lexer *in)
{
	unsigned depth = 0;

	while (in->at < in->end) {
		unsigned char c = *in->at;

		if (c == '\\') {
			if (!skip_pair(in))
				return false;
			continue;
		}
		in->at++;
		if (c == '(' && ++depth > LEXER_MAX_DEPTH)
			return false;
		if (c == ')' && --depth == 0)
			return true;
	}
	return false;
}

/* CFWS = (1*([FWS] comment) [FWS]) / FWS */
bool
lexer_skip_cfws(struct lexer *in)
{
	while (in->at < in->end) {
		if (byte_is_fws(*in->at))
			in->at++;
		else if (*in->at != '(')
			break;
		else if (!lexer_skip_comment(in))
			return false;
	}
	return true;
}

/* quoted-string = DQUOTE *([FWS] qcontent) [FWS] DQUOTE */
bool
lexer_skip_quoted(struct lexer *in)
{
	in->at++;
	while (in->at < in->end) {
		if (*in->at == '\\') {
			if (!skip_pair(in))
				return false;
			continue;
		}
		if (*in->at++ == '"')
			return true;
	}
	return false;
}

size_t
lexer_text(struct span inner, unsigned char *out)
{
	size_t n = 0;

	for (size_t i = 0; i < inner.n; i++) {
		if (inner.p[i] == '\r' || inner.p[i] == '\n')
			continue;
		if (inner.p[i] == '\\' && i + 1 < inner.n)
			i++;
		out[n++] = inner.p[i];
	}
	return n;
}
