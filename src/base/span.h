/*
 * span.h: a view of somebody else's bytes, counted and unsigned.
 *
 * Nothing here allocates, and nothing looks for a NUL.  White space is WSP of
 * RFC 5234 (space and tab); folding white space adds CR and LF.
 */
#ifndef BASE_SPAN_H
#define BASE_SPAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#ifndef STRUCT_SPAN_DEFINED
#define STRUCT_SPAN_DEFINED
struct span {
	const unsigned char *p;
	size_t n;
};
#endif

/* A span of a literal, without its NUL; the second form is for tables. */
#define SPAN(literal) ((struct span)SPAN_INIT(literal))
#define SPAN_INIT(literal) { (const unsigned char *)("" literal), sizeof(literal) - 1 }

static inline struct span
span_of(const void *p, size_t n)
{
	return (struct span){ p, n };
}

static inline struct span
span_of_text(const char *text)
{
	return span_of(text, strlen(text));
}

/* From offset at to the end; at <= s.n.  NULL stays NULL, for C has no sum
 * of NULL and 0. */
static inline struct span
span_from(struct span s, size_t at)
{
	return span_of(s.p == NULL ? NULL : s.p + at, s.n - at);
}

static inline struct span
span_first(struct span s, size_t n)
{
	return span_of(s.p, n < s.n ? n : s.n);
}

static inline bool
byte_is_wsp(unsigned char c)
{
	return c == ' ' || c == '\t';
}

static inline bool
byte_is_fws(unsigned char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static inline bool
byte_is_digit(unsigned char c)
{
	return c >= '0' && c <= '9';
}

static inline bool
byte_is_alpha(unsigned char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static inline unsigned char
byte_lower(unsigned char c)
{
	return c >= 'A' && c <= 'Z' ? (unsigned char)(c | 0x20) : c;
}

/* What a hexadecimal digit stands for, or -1. */
static inline int
byte_hex(unsigned char c)
{
	if (byte_is_digit(c))
		return c - '0';
	c = byte_lower(c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static inline bool
span_eq(struct span a, struct span b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

/* Equal but for the case of ASCII letters. */
bool span_ieq(struct span a, struct span b);

/* The offset of the first c, or s.n. */
size_t span_find(struct span s, unsigned char c);

/* Without white space, or folding white space, at both ends. */
struct span span_trim_wsp(struct span s);
struct span span_trim_fws(struct span s);

/* Cut at the first separator: *head_r gets what is before it, *rest what is
 * behind it.  Returns false, with everything in *head_r, when there is none. */
bool span_cut(struct span *rest, unsigned char separator, struct span *head_r);

#endif
