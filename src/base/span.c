/*
 * span.c: comparing, searching and trimming spans.
 */
#include "base/span.h"

bool
span_ieq(struct span a, struct span b)
{
	if (a.n != b.n)
		return false;
	for (size_t i = 0; i < a.n; i++) {
		if (byte_lower(a.p[i]) != byte_lower(b.p[i]))
			return false;
	}
	return true;
}

size_t
span_find(struct span s, unsigned char c)
{
	const unsigned char *at = s.n == 0 ? NULL : memchr(s.p, c, s.n);

	return at == NULL ? s.n : (size_t)(at - s.p);
}

struct span
span_trim_wsp(struct span s)
{
	while (s.n > 0 && byte_is_wsp(s.p[0]))
		s = span_from(s, 1);
	while (s.n > 0 && byte_is_wsp(s.p[s.n - 1]))
		s.n--;
	return s;
}

struct span
span_trim_fws(struct span s)
{
	while (s.n > 0 && byte_is_fws(s.p[0]))
		s = span_from(s, 1);
	while (s.n > 0 && byte_is_fws(s.p[s.n - 1]))
		s.n--;
	return s;
}

bool
span_cut(struct span *rest, unsigned char separator, struct span *head_r)
{
	size_t at = span_find(*rest, separator);

	*head_r = span_first(*rest, at);
	if (at == rest->n) {
		*rest = span_from(*rest, at);
		return false;
	}
	*rest = span_from(*rest, at + 1);
	return true;
}
