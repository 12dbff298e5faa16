/*
 * pcre.c: msys.pcre, on PCRE2.
 *
 * Patterns are compiled once for each interpreter and found again by their
 * text.  A pattern that goes astray on a hostile text ends at the limits of
 * the match, and that is an error like a bad pattern: nil, words, number.
 */
#define PCRE2_CODE_UNIT_WIDTH 8

#include "scriptlet/bindings/args.h"
#include "scriptlet/bindings/scratch.h"
#include "scriptlet/bindings/utilities.h"
#include "scriptlet/running.h"

#include <pcre2.h>

#define PATTERNS 128 /* compiled ones kept; past that all are dropped */
#define MATCH_LIMIT 1000000 /* steps: some ten milliseconds */
#define DEPTH_LIMIT 10000 /* backtracking points on the heap */
#define HEAP_LIMIT 8192 /* KiB for those */
#define PATTERN_MAX 65536 /* octets */
#define STEPS 500 /* of the budget for each match, beside the text's length */
#define PER_STEP 8 /* octets that count as an instruction */
#define WORDS 160

struct pattern { /* userdata */
	pcre2_code *code;
	pcre2_match_data *data;
	pcre2_match_context *limits;
	uint32_t name_count, name_size;
	const unsigned char *names;
	bool utf; /* "(*UTF)" */
};

struct search { /* one subject, from match to match */
	struct pattern *pattern;
	struct span subject;
	size_t at;
	bool again_here; /* the last match was empty */
};

static const char kept_key; /* registry: pattern text -> userdata */

static int
collect(lua_State *L)
{
	struct pattern *pattern = lua_touserdata(L, 1);

	pcre2_match_data_free(pattern->data);
	pcre2_match_context_free(pattern->limits);
	pcre2_code_free(pattern->code);
	*pattern = (struct pattern){ .code = NULL };
	return 0;
}

static struct pattern *
push_new(lua_State *L)
{
	struct pattern *pattern = lua_newuserdatauv(L, sizeof(*pattern), 0);

	*pattern = (struct pattern){ .code = NULL };
	if (luaL_newmetatable(L, "msys_pcre_pattern") != 0) {
		lua_pushcfunction(L, collect);
		lua_setfield(L, -2, "__gc");
		lua_pushboolean(L, 0);
		lua_setfield(L, -2, "__metatable");
	}
	(void)lua_setmetatable(L, -2);
	return pattern;
}

/* The table of those kept, with room for one more. */
static void
push_kept(lua_State *L)
{
	lua_Integer n = 0;

	if (lua_rawgetp(L, LUA_REGISTRYINDEX, &kept_key) == LUA_TTABLE) {
		(void)lua_rawgeti(L, -1, 0);
		n = lua_tointeger(L, -1);
		lua_pop(L, 1);
	}
	if (n == 0 || n == PATTERNS) {
		lua_pop(L, 1);
		n = 0;
		lua_newtable(L);
		lua_pushvalue(L, -1);
		lua_rawsetp(L, LUA_REGISTRYINDEX, &kept_key);
	}
	lua_pushinteger(L, n + 1);
	lua_rawseti(L, -2, 0); /* no text is the number 0 */
}

static int
push_error(lua_State *L, int code)
{
	PCRE2_UCHAR8 words[WORDS];

	if (pcre2_get_error_message(code, words, sizeof(words)) < 0)
		words[0] = '\0';
	lua_pushnil(L);
	lua_pushstring(L, (const char *)words);
	lua_pushinteger(L, code);
	return 3;
}

static int
compile(struct pattern *pattern, struct span text)
{
	uint32_t options = 0;
	PCRE2_SIZE at;
	int code;

	pattern->code = pcre2_compile(text.p, text.n, 0, &code, &at, NULL);
	if (pattern->code == NULL)
		return code;
	pattern->data = pcre2_match_data_create_from_pattern(pattern->code,
	    NULL);
	pattern->limits = pcre2_match_context_create(NULL);
	if (pattern->data == NULL || pattern->limits == NULL)
		return PCRE2_ERROR_NOMEMORY;
	(void)pcre2_set_match_limit(pattern->limits, MATCH_LIMIT);
	(void)pcre2_set_depth_limit(pattern->limits, DEPTH_LIMIT);
	(void)pcre2_set_heap_limit(pattern->limits, HEAP_LIMIT);
	(void)pcre2_pattern_info(pattern->code, PCRE2_INFO_ALLOPTIONS,
	    &options);
	pattern->utf = (options & PCRE2_UTF) != 0;
	(void)pcre2_pattern_info(pattern->code, PCRE2_INFO_NAMECOUNT,
	    &pattern->name_count);
	(void)pcre2_pattern_info(pattern->code, PCRE2_INFO_NAMEENTRYSIZE,
	    &pattern->name_size);
	(void)pcre2_pattern_info(pattern->code, PCRE2_INFO_NAMETABLE,
	    &pattern->names);
	return 0;
}

/* The pattern whose text is an argument, pushed, or NULL with *error_r. */
static struct pattern *
pattern_at(lua_State *L, int arg, int *error_r)
{
	struct pattern *pattern;
	size_t n;
	const char *text = args_text(L, arg, &n);

	*error_r = 0;
	if (n > PATTERN_MAX)
		(void)luaL_argerror(L, arg, "the pattern is too long");
	if (lua_rawgetp(L, LUA_REGISTRYINDEX, &kept_key) == LUA_TTABLE) {
		lua_pushvalue(L, arg);
		if (lua_rawget(L, -2) == LUA_TUSERDATA) {
			lua_remove(L, -2);
			return lua_touserdata(L, -1);
		}
		lua_pop(L, 1);
	}
	lua_pop(L, 1);
	running_charge(L, n);
	pattern = push_new(L);
	*error_r = compile(pattern, span_of(text, n));
	if (*error_r != 0)
		return NULL;
	push_kept(L);
	lua_pushvalue(L, arg);
	lua_pushvalue(L, -3);
	lua_rawset(L, -3);
	lua_pop(L, 1);
	return pattern;
}

/* 1: found; 0: no more; negative: an error of PCRE2. */
static int
search_next(lua_State *L, struct search *search)
{
	uint32_t options = search->again_here ?
	    PCRE2_NOTEMPTY_ATSTART | PCRE2_ANCHORED : 0;
	const PCRE2_SIZE *ends;
	int ret;

	for (;;) {
		running_charge(L, STEPS);
		ret = pcre2_match(search->pattern->code,
		    search->subject.p, search->subject.n, search->at, options,
		    search->pattern->data, search->pattern->limits);
		if (ret != PCRE2_ERROR_NOMATCH)
			break;
		if (options == 0 || search->at >= search->subject.n)
			return 0;
		/* an empty match stood here: go on behind the next character */
		search->at++;
		while (search->pattern->utf && search->at < search->subject.n &&
		    (search->subject.p[search->at] & 0xc0) == 0x80)
			search->at++;
		options = 0;
	}
	if (ret < 0)
		return ret;
	ends = pcre2_get_ovector_pointer(search->pattern->data);
	if (ends[0] > ends[1]) /* \K in a lookahead */
		return PCRE2_ERROR_INTERNAL;
	search->at = ends[1];
	search->again_here = ends[0] == ends[1];
	return 1;
}

/* A capture of the last match; false when it took no part. */
static bool
capture(const struct search *search, uint32_t number, struct span *text_r)
{
	const PCRE2_SIZE *ends =
	    pcre2_get_ovector_pointer(search->pattern->data);

	if (number >= pcre2_get_ovector_count(search->pattern->data) ||
	    ends[2 * number] == PCRE2_UNSET ||
	    ends[2 * number] > ends[2 * number + 1])
		return false;
	*text_r = span_of(search->subject.p + ends[2 * number],
	    ends[2 * number + 1] - ends[2 * number]);
	return true;
}

/* The number that entry i of the table of names has, and its name. */
static uint32_t
named(const struct pattern *pattern, uint32_t i, const char **name_r)
{
	const unsigned char *entry = pattern->names + i * pattern->name_size;

	*name_r = (const char *)entry + 2;
	return (uint32_t)entry[0] << 8 | entry[1];
}

static void
push_span(lua_State *L, struct span text)
{
	(void)lua_pushlstring(L, (const char *)text.p, text.n);
}

/* match */

static void
push_captures(lua_State *L, const struct search *search)
{
	uint32_t count = pcre2_get_ovector_count(search->pattern->data);
	uint32_t number;
	const char *name;
	struct span text;

	lua_createtable(L, (int)count, (int)search->pattern->name_count);
	for (uint32_t i = 0; i < count; i++) {
		if (!capture(search, i, &text))
			continue;
		push_span(L, text);
		lua_rawseti(L, -2, i);
	}
	for (uint32_t i = 0; i < search->pattern->name_count; i++) {
		number = named(search->pattern, i, &name);
		/* (?J) gives several numbers one name: the one that matched */
		if (!capture(search, number, &text))
			continue;
		push_span(L, text);
		lua_setfield(L, -2, name);
	}
}

static struct span
subject_at(lua_State *L, int arg)
{
	size_t n;
	const char *text = args_text(L, arg, &n);

	running_charge(L, n / PER_STEP);
	return span_of(text, n);
}

static int
match(lua_State *L)
{
	struct search search = { .at = 0 };
	int ret;

	lua_settop(L, 2);
	search.subject = subject_at(L, 1);
	search.pattern = pattern_at(L, 2, &ret);
	if (search.pattern == NULL)
		return push_error(L, ret);
	ret = search_next(L, &search);
	if (ret < 0)
		return push_error(L, ret);
	if (ret == 0)
		lua_pushnil(L);
	else
		push_captures(L, &search);
	return 1;
}

/* replace */

/* A reference at the start of text: $1 ${1} ${name} \1.  Returns its length,
 * or 0 for none; *number_r is UINT32_MAX when there is no such capture. */
static size_t
reference(const struct pattern *pattern, struct span text, uint32_t *number_r)
{
	bool braces = text.n > 2 && text.p[0] == '$' && text.p[1] == '{';
	size_t start = braces ? 2 : 1, end = start;
	uint32_t number = 0;
	const char *name;

	while (end < text.n && byte_is_digit(text.p[end]) &&
	    end - start < (text.p[0] == '$' ? 3 : 1))
		number = number * 10 + (uint32_t)(text.p[end++] - '0');
	*number_r = number;
	if (!braces)
		return end > start ? end : 0;
	if (end > start && end < text.n && text.p[end] == '}')
		return end + 1;
	while (end < text.n && text.p[end] != '}')
		end++;
	if (end == text.n)
		return 0;
	*number_r = UINT32_MAX;
	for (uint32_t i = 0; i < pattern->name_count; i++) {
		number = named(pattern, i, &name);
		if (span_eq(span_of_text(name), span_of(text.p + start,
		    end - start)))
			*number_r = number;
	}
	return end + 1;
}

static void
add_replacement(const struct search *search, struct span with,
    struct buffer *out)
{
	struct span text;
	uint32_t number;
	size_t n;

	while (with.n > 0) {
		n = 0;
		if (with.p[0] == '$' && with.n > 1 && with.p[1] == '$') {
			buffer_add_byte(out, '$');
			n = 2;
		} else if (with.p[0] == '$' || with.p[0] == '\\') {
			n = reference(search->pattern, with, &number);
			if (n > 0 && capture(search, number, &text))
				buffer_add(out, text);
		}
		if (n == 0) {
			buffer_add_byte(out, with.p[0]);
			n = 1;
		}
		with = span_from(with, n);
	}
}

static int
replace(lua_State *L)
{
	struct search search = { .at = 0 };
	struct span whole, with;
	struct buffer *out;
	size_t from = 0, n;
	const char *text;
	int ret;

	lua_settop(L, 3);
	search.subject = subject_at(L, 1);
	text = args_text(L, 3, &n);
	with = span_of(text, n);
	search.pattern = pattern_at(L, 2, &ret);
	if (search.pattern == NULL)
		return push_error(L, ret);
	out = scratch_buffer(L);
	while ((ret = search_next(L, &search)) > 0) {
		/* \K moves the beginning, but never before what was taken */
		if (!capture(&search, 0, &whole))
			break;
		n = (size_t)(whole.p - search.subject.p);
		if (n < from)
			continue;
		running_charge(L, with.n + (n - from) / PER_STEP);
		buffer_add(out, span_of(search.subject.p + from, n - from));
		add_replacement(&search, with, out);
		from = search.at;
	}
	if (ret < 0)
		return push_error(L, ret);
	buffer_add(out, span_from(search.subject, from));
	scratch_push(L, out);
	return 1;
}

/* split */

static int
split(lua_State *L)
{
	struct search search = { .at = 0 };
	lua_Integer count = 0;
	size_t from = 0, at;
	struct span whole;
	int ret;

	lua_settop(L, 2);
	search.subject = subject_at(L, 1);
	search.pattern = pattern_at(L, 2, &ret);
	if (search.pattern == NULL)
		return push_error(L, ret);
	lua_newtable(L);
	while ((ret = search_next(L, &search)) > 0 &&
	    capture(&search, 0, &whole)) {
		at = (size_t)(whole.p - search.subject.p);
		/* nothing stands before the text nor behind it */
		if (at < from || (whole.n == 0 &&
		    (at == 0 || at == search.subject.n)))
			continue;
		push_span(L, span_of(search.subject.p + from, at - from));
		lua_rawseti(L, -2, ++count);
		from = search.at;
	}
	if (ret < 0)
		return push_error(L, ret);
	push_span(L, span_from(search.subject, from));
	lua_rawseti(L, -2, ++count);
	return 1;
}

#define ERRORS "A pattern that cannot be compiled, and a match that hits the " \
	"limits, give nil, the error in words and its number."

static const struct binding rows[] = {
	{ .name = "match", .function = match,
	  .usage = "match(subject, pattern)",
	  .returns = "a table, or nil; or nil, text, number",
	  .text = "Looks for a PCRE pattern. The table has what matched at 0, "
	      "the captures from 1 on, and those that have names, "
	      "`(?P<name>…)`, under these as well; a capture that took no part "
	      "is nil. nil alone says that nothing matched. " ERRORS },
	{ .name = "replace", .function = replace,
	  .usage = "replace(subject, pattern, replacement)",
	  .returns = "the new text; or nil, text, number",
	  .text = "Replaces every match. In the replacement `$1`, `${1}` and "
	      "`\\1` stand for a capture, `$0` for the match, `${name}` for a "
	      "capture by name, `$$` for a dollar sign. " ERRORS },
	{ .name = "split", .function = split,
	  .usage = "split(subject, pattern)",
	  .returns = "the pieces, from 1 on; or nil, text, number",
	  .text = "Cuts the text at every match. A pattern that matches the "
	      "empty text cuts between all octets. " ERRORS },
};

const struct binding_library library_pcre = {
	.name = "msys.pcre",
	.text = "Regular expressions. Texts and patterns are octets, unless the "
	    "pattern begins with `(*UTF)`. Patterns are compiled once.",
	.rows = rows,
	.count = sizeof(rows) / sizeof(rows[0]),
};
