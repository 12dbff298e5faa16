/*
 * patterns.c: the patterns of Lua, matched so that they can be stopped.
 *
 *	pattern = ["^"] *item ["$"]
 *	item = single ["*" / "+" / "-" / "?"]
 *	     / "(" *item ")" / "()" / "%1".."%9" / "%b" x y / "%f" set
 *	single = "." / "%" class / "[" ["^"] *(range / class) "]" / character
 *
 * An item that repeats tries the rest of the pattern at every place where it
 * may end, so the time can grow with a high power of the subject's length.
 * Every step therefore comes from the script's budget.
 *
 * A "%" before nothing special in the replacement of gsub stands for what
 * follows it, as in Lua 5.1.
 */
#include "scriptlet/patterns.h"

#include "scriptlet/running.h"

#include <lauxlib.h>

#include <ctype.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define MAX_CAPTURES 32
#define MAX_DEPTH 200 /* of the C stack, as in Lua itself */
#define CHARGE_EVERY 500 /* steps */

#define OPEN SIZE_MAX /* a capture whose end was not seen yet */
#define POSITION (SIZE_MAX - 1) /* "()" */

struct capture {
	const char *start;
	size_t n; /* or OPEN, POSITION */
};

struct match {
	lua_State *L;
	const char *subject, *end;
	const char *pattern_end;
	size_t steps; /* not charged yet */
	unsigned depth;
	int count;
	struct capture captures[MAX_CAPTURES];
};

static const char *match_items(struct match *m, const char *s, const char *p);

static void
charge(struct match *m, size_t steps)
{
	m->steps += steps;
	if (m->steps >= CHARGE_EVERY) {
		running_charge(m->L, m->steps);
		m->steps = 0;
	}
}

/* single characters */

static bool
is_in_class(unsigned char c, char class)
{
	bool is;

	switch (tolower((unsigned char)class)) {
	case 'a':
		is = isalpha(c) != 0;
		break;
	case 'c':
		is = iscntrl(c) != 0;
		break;
	case 'd':
		is = isdigit(c) != 0;
		break;
	case 'g':
		is = isgraph(c) != 0;
		break;
	case 'l':
		is = islower(c) != 0;
		break;
	case 'p':
		is = ispunct(c) != 0;
		break;
	case 's':
		is = isspace(c) != 0;
		break;
	case 'u':
		is = isupper(c) != 0;
		break;
	case 'w':
		is = isalnum(c) != 0;
		break;
	case 'x':
		is = isxdigit(c) != 0;
		break;
	case 'z':
		is = c == 0;
		break;
	default:
		return (unsigned char)class == c; /* escaped */
	}
	return isupper((unsigned char)class) ? !is : is;
}

/* Behind the single character that begins at p. */
static const char *
single_end(const struct match *m, const char *p)
{
	if (*p == '%') {
		if (p + 1 >= m->pattern_end)
			(void)luaL_error(m->L, "malformed pattern (ends with "
			    "'%%')");
		return p + 2;
	}
	if (*p != '[')
		return p + 1;
	p++;
	if (p < m->pattern_end && *p == '^')
		p++;
	/* a "]" that comes first is one of the set */
	do {
		if (p >= m->pattern_end)
			(void)luaL_error(m->L, "malformed pattern (missing "
			    "']')");
		if (*p++ == '%')
			p++; /* "%]" does not end it */
	} while (p >= m->pattern_end || *p != ']');
	return p + 1;
}

/* set = "[" ... "]", last being its bracket. */
static bool
is_in_set(unsigned char c, const char *set, const char *last)
{
	bool inside = true;
	const char *p = set + 1;

	if (*p == '^') {
		inside = false;
		p++;
	}
	while (p < last) {
		if (*p == '%') {
			if (is_in_class(c, p[1]))
				return inside;
			p += 2;
		} else if (p[1] == '-' && p + 2 < last) {
			if ((unsigned char)p[0] <= c &&
			    c <= (unsigned char)p[2])
				return inside;
			p += 3;
		} else {
			if ((unsigned char)*p == c)
				return inside;
			p++;
		}
	}
	return !inside;
}

/* Does the character at s fit the single one from p to end? */
static bool
fits(struct match *m, const char *s, const char *p, const char *end)
{
	if (s >= m->end)
		return false;
	charge(m, 1);
	switch (*p) {
	case '.':
		return true;
	case '%':
		return is_in_class((unsigned char)*s, p[1]);
	case '[':
		charge(m, (size_t)(end - p) / 8);
		return is_in_set((unsigned char)*s, p, end - 1);
	default:
		return *p == *s;
	}
}

/* items */

/* As often as it fits, then less and less often. */
static const char *
match_most(struct match *m, const char *s, const char *p, const char *end)
{
	size_t n = 0;

	while (fits(m, s + n, p, end))
		n++;
	for (;; n--) {
		const char *found = match_items(m, s + n, end + 1);

		if (found != NULL || n == 0)
			return found;
	}
}

/* As seldom as the rest allows. */
static const char *
match_least(struct match *m, const char *s, const char *p, const char *end)
{
	for (;; s++) {
		const char *found = match_items(m, s, end + 1);

		if (found != NULL)
			return found;
		if (!fits(m, s, p, end))
			return NULL;
	}
}

static const char *
open_capture(struct match *m, const char *s, const char *p, size_t n)
{
	const char *found;

	if (m->count >= MAX_CAPTURES)
		(void)luaL_error(m->L, "too many captures");
	m->captures[m->count] = (struct capture){ s, n };
	m->count++;
	found = match_items(m, s, p);
	if (found == NULL)
		m->count--;
	return found;
}

static const char *
close_capture(struct match *m, const char *s, const char *p)
{
	const char *found;
	int i = m->count - 1;

	while (i >= 0 && m->captures[i].n != OPEN)
		i--;
	if (i < 0)
		(void)luaL_error(m->L, "invalid pattern capture");
	m->captures[i].n = (size_t)(s - m->captures[i].start);
	found = match_items(m, s, p);
	if (found == NULL)
		m->captures[i].n = OPEN;
	return found;
}

/* "%b" x y: from x to the y that balances it. */
static const char *
match_balance(struct match *m, const char *s, const char *p)
{
	size_t open = 0;

	if (p + 1 >= m->pattern_end)
		(void)luaL_error(m->L, "malformed pattern (missing arguments "
		    "to '%%b')");
	if (s >= m->end || *s != p[0])
		return NULL;
	for (; s < m->end; s++) {
		charge(m, 1);
		if (*s == p[1] && (p[0] != p[1] || open == 1)) {
			if (--open == 0)
				return s + 1;
		} else if (*s == p[0]) {
			open++;
		}
	}
	return NULL;
}

/* "%1": what a capture holds once more. */
static const char *
match_again(struct match *m, const char *s, char digit)
{
	int i = digit - '1';
	size_t n;

	if (i < 0 || i >= m->count || m->captures[i].n == OPEN ||
	    m->captures[i].n == POSITION)
		(void)luaL_error(m->L, "invalid capture index %%%d", i + 1);
	n = m->captures[i].n;
	charge(m, n / 16);
	if ((size_t)(m->end - s) < n ||
	    memcmp(m->captures[i].start, s, n) != 0)
		return NULL;
	return s + n;
}

/* "%f" set: between a character outside the set and one inside. */
static bool
is_frontier(struct match *m, const char *s, const char *set, const char *end)
{
	unsigned char before = s == m->subject ? 0 : (unsigned char)s[-1];
	unsigned char after = s == m->end ? 0 : (unsigned char)*s;

	return !is_in_set(before, set, end - 1) &&
	    is_in_set(after, set, end - 1);
}

/* What begins with "%" and is no single character.  Returns false when it is
 * one; else *s is behind it, or NULL, and *p behind the item. */
static bool
match_special(struct match *m, const char **s, const char **p)
{
	const char *end;
	char what = *p + 1 < m->pattern_end ? (*p)[1] : '\0';

	if (what == 'b') {
		*s = match_balance(m, *s, *p + 2);
		*p += 4;
		return true;
	}
	if (what == 'f') {
		*p += 2;
		if (*p >= m->pattern_end || **p != '[')
			(void)luaL_error(m->L, "missing '[' after '%%f' in "
			    "pattern");
		end = single_end(m, *p);
		if (!is_frontier(m, *s, *p, end))
			*s = NULL;
		*p = end;
		return true;
	}
	if (what >= '0' && what <= '9') {
		*s = match_again(m, *s, what);
		*p += 2;
		return true;
	}
	return false;
}

/* The rest of the pattern from p on at s: where it ends, or NULL. */
static const char *
match_rest(struct match *m, const char *s, const char *p)
{
	while (p < m->pattern_end) {
		const char *end, *found;
		char repeat;

		charge(m, 1);
		if (*p == '(') {
			if (p + 1 < m->pattern_end && p[1] == ')')
				return open_capture(m, s, p + 2, POSITION);
			return open_capture(m, s, p + 1, OPEN);
		}
		if (*p == ')')
			return close_capture(m, s, p + 1);
		if (*p == '$' && p + 1 == m->pattern_end)
			return s == m->end ? s : NULL;
		if (*p == '%' && match_special(m, &s, &p)) {
			if (s == NULL)
				return NULL;
			continue;
		}
		end = single_end(m, p);
		repeat = end < m->pattern_end ? *end : '\0';
		if (repeat == '*')
			return match_most(m, s, p, end);
		if (repeat == '+')
			return fits(m, s, p, end) ?
			    match_most(m, s + 1, p, end) : NULL;
		if (repeat == '-')
			return match_least(m, s, p, end);
		if (repeat == '?') {
			if (fits(m, s, p, end) && (found =
			    match_items(m, s + 1, end + 1)) != NULL)
				return found;
			p = end + 1;
			continue;
		}
		if (!fits(m, s, p, end))
			return NULL;
		s++;
		p = end;
	}
	return s;
}

static const char *
match_items(struct match *m, const char *s, const char *p)
{
	const char *found;

	if (++m->depth > MAX_DEPTH)
		(void)luaL_error(m->L, "pattern too complex");
	found = match_rest(m, s, p);
	m->depth--;
	return found;
}

/* what was matched */

static void
push_capture(struct match *m, int i, const char *s, const char *end)
{
	if (i >= m->count) {
		if (i != 0)
			(void)luaL_error(m->L, "invalid capture index %%%d",
			    i + 1);
		(void)lua_pushlstring(m->L, s, (size_t)(end - s));
		return;
	}
	if (m->captures[i].n == OPEN)
		(void)luaL_error(m->L, "unfinished capture");
	if (m->captures[i].n == POSITION)
		lua_pushinteger(m->L,
		    m->captures[i].start - m->subject + 1);
	else
		(void)lua_pushlstring(m->L, m->captures[i].start,
		    m->captures[i].n);
}

/* The captures; without any the whole, unless s is NULL. */
static int
push_captures(struct match *m, const char *s, const char *end)
{
	int n = m->count == 0 && s != NULL ? 1 : m->count;

	luaL_checkstack(m->L, n, "too many captures");
	for (int i = 0; i < n; i++)
		push_capture(m, i, s, end);
	return n;
}

static void
match_begin(struct match *m, lua_State *L, const char *subject, size_t n,
    const char *pattern, size_t pattern_n)
{
	m->L = L;
	m->subject = subject;
	m->end = subject + n;
	m->pattern_end = pattern + pattern_n;
	m->steps = m->depth = 0;
	m->count = 0;
}

/* At s alone. */
static const char *
match_at(struct match *m, const char *s, const char *pattern)
{
	m->count = 0;
	m->depth = 0;
	charge(m, 1);
	return match_items(m, s, pattern);
}

/* find, match */

/* From 1, or from the end for negative ones; as an offset. */
static size_t
offset_of(lua_Integer position, size_t n)
{
	if (position > 0)
		return (size_t)position - 1;
	if (position == 0 || position < -(lua_Integer)n)
		return 0;
	return n - (size_t)-position;
}

static int
find_plain(lua_State *L, const char *subject, size_t n, size_t from,
    const char *text, size_t text_n)
{
	const char *found = memmem(subject + from, n - from, text, text_n);

	running_charge(L, (n - from) / 32);
	if (found == NULL) {
		luaL_pushfail(L);
		return 1;
	}
	lua_pushinteger(L, found - subject + 1);
	lua_pushinteger(L, found - subject + (lua_Integer)text_n);
	return 2;
}

static int
search(lua_State *L, bool find)
{
	size_t n, pattern_n;
	const char *subject = luaL_checklstring(L, 1, &n);
	const char *pattern = luaL_checklstring(L, 2, &pattern_n);
	size_t from = offset_of(luaL_optinteger(L, 3, 1), n);
	bool anchored = pattern_n > 0 && pattern[0] == '^';
	struct match m;

	if (from > n) {
		luaL_pushfail(L);
		return 1;
	}
	if (find && (lua_toboolean(L, 4) ||
	    (memchr(pattern, '\0', pattern_n) == NULL &&
	    strpbrk(pattern, "^$*+?.([%-") == NULL)))
		return find_plain(L, subject, n, from, pattern, pattern_n);
	match_begin(&m, L, subject, n, pattern, pattern_n);
	for (const char *s = subject + from; s <= m.end; s++) {
		const char *end = match_at(&m, s, pattern + (anchored ? 1 : 0));

		if (end != NULL && !find)
			return push_captures(&m, s, end);
		if (end != NULL) {
			lua_pushinteger(L, s - subject + 1);
			lua_pushinteger(L, end - subject);
			return 2 + push_captures(&m, NULL, NULL);
		}
		if (anchored)
			break;
	}
	luaL_pushfail(L);
	return 1;
}

static int
find(lua_State *L)
{
	return search(L, true);
}

static int
match(lua_State *L)
{
	return search(L, false);
}

/* gmatch */

enum { /* upvalues of the iterator */
	UP_SUBJECT = 1,
	UP_PATTERN,
	UP_FROM, /* offset */
	UP_LAST /* where the last one ended, or -1 */
};

static int
next_match(lua_State *L)
{
	size_t n, pattern_n;
	const char *subject = lua_tolstring(L, lua_upvalueindex(UP_SUBJECT), &n);
	const char *pattern = lua_tolstring(L, lua_upvalueindex(UP_PATTERN),
	    &pattern_n);
	lua_Integer from = lua_tointeger(L, lua_upvalueindex(UP_FROM));
	lua_Integer last = lua_tointeger(L, lua_upvalueindex(UP_LAST));
	struct match m;

	match_begin(&m, L, subject, n, pattern, pattern_n);
	for (const char *s = subject + from; s <= m.end; s++) {
		const char *end = match_at(&m, s, pattern);

		/* nothing right behind the last one is not another one */
		if (end == NULL || end - subject == last)
			continue;
		lua_pushinteger(L, end - subject);
		lua_pushvalue(L, -1);
		lua_replace(L, lua_upvalueindex(UP_FROM));
		lua_replace(L, lua_upvalueindex(UP_LAST));
		return push_captures(&m, s, end);
	}
	lua_pushinteger(L, (lua_Integer)n + 1);
	lua_replace(L, lua_upvalueindex(UP_FROM));
	return 0;
}

static int
gmatch(lua_State *L)
{
	size_t n, from;

	(void)luaL_checklstring(L, 1, &n);
	(void)luaL_checkstring(L, 2);
	from = offset_of(luaL_optinteger(L, 3, 1), n);
	lua_settop(L, 2);
	lua_pushinteger(L, (lua_Integer)(from > n ? n + 1 : from));
	lua_pushinteger(L, -1);
	lua_pushcclosure(L, next_match, UP_LAST);
	return 1;
}

/* gsub */

/* The third argument with the captures in it. */
static void
add_text(struct match *m, luaL_Buffer *out, const char *s, const char *end)
{
	size_t n;
	const char *text = lua_tolstring(m->L, 3, &n);

	for (size_t i = 0; i < n; i++) {
		if (text[i] != '%') {
			luaL_addchar(out, text[i]);
			continue;
		}
		i++;
		if (i >= n)
			(void)luaL_error(m->L, "invalid use of '%%' in "
			    "replacement string");
		if (!isdigit((unsigned char)text[i])) {
			luaL_addchar(out, text[i]);
		} else if (text[i] == '0') {
			luaL_addlstring(out, s, (size_t)(end - s));
		} else {
			push_capture(m, text[i] - '1', s, end);
			(void)luaL_tolstring(m->L, -1, NULL);
			lua_remove(m->L, -2);
			luaL_addvalue(out);
		}
	}
	charge(m, n / 4);
}

/* What replaces the match; returns false when it stays as it is. */
static bool
add_replacement(struct match *m, luaL_Buffer *out, const char *s,
    const char *end)
{
	lua_State *L = m->L;
	int n;

	switch (lua_type(L, 3)) {
	case LUA_TFUNCTION:
		lua_pushvalue(L, 3);
		n = push_captures(m, s, end);
		lua_call(L, n, 1);
		break;
	case LUA_TTABLE:
		push_capture(m, 0, s, end);
		(void)lua_gettable(L, 3);
		break;
	default:
		add_text(m, out, s, end);
		return true;
	}
	if (lua_toboolean(L, -1) == 0) {
		lua_pop(L, 1);
		luaL_addlstring(out, s, (size_t)(end - s));
		return false;
	}
	if (lua_isstring(L, -1) == 0)
		(void)luaL_error(L, "invalid replacement value (a %s)",
		    luaL_typename(L, -1));
	luaL_addvalue(out);
	return true;
}

static int
gsub(lua_State *L)
{
	size_t n, pattern_n;
	const char *subject = luaL_checklstring(L, 1, &n), *s = subject;
	const char *pattern = luaL_checklstring(L, 2, &pattern_n);
	const char *last = NULL;
	int type = lua_type(L, 3);
	lua_Integer most = luaL_optinteger(L, 4, (lua_Integer)n + 1), done = 0;
	bool anchored = pattern_n > 0 && pattern[0] == '^';
	struct match m;
	luaL_Buffer out;

	luaL_argexpected(L, type == LUA_TNUMBER || type == LUA_TSTRING ||
	    type == LUA_TFUNCTION || type == LUA_TTABLE, 3,
	    "string/function/table");
	match_begin(&m, L, subject, n, pattern, pattern_n);
	luaL_buffinit(L, &out);
	while (done < most) {
		const char *end = match_at(&m, s, pattern + (anchored ? 1 : 0));

		if (end != NULL && end != last) {
			done++;
			(void)add_replacement(&m, &out, s, end);
			s = last = end;
		} else if (s < m.end) {
			luaL_addchar(&out, *s);
			s++;
		} else {
			break;
		}
		if (anchored)
			break;
	}
	luaL_addlstring(&out, s, (size_t)(m.end - s));
	luaL_pushresult(&out);
	lua_pushinteger(L, done);
	return 2;
}

static const luaL_Reg functions[] = {
	{ "find", find },
	{ "gmatch", gmatch },
	{ "gsub", gsub },
	{ "match", match },
	{ NULL, NULL },
};

void
patterns_open(lua_State *L)
{
	(void)lua_getglobal(L, "string");
	luaL_setfuncs(L, functions, 0);
	lua_pop(L, 1);
}
