/*
 * regex.c: PCRE2, with limits.
 */
#define PCRE2_CODE_UNIT_WIDTH 8
#include "host/config/regex.h"

#include "host/config/must.h"

#include <pcre2.h>
#include <string.h>

#define MATCH_STEPS 100000 /* far above any sane pattern on a domain name */
#define MATCH_HEAP_KIB 1024
#define PATTERN_NESTING 64

struct regex {
	pcre2_code *code;
	pcre2_match_context *limits;
};

static void *
take_from_arena(size_t n, void *arena)
{
	return arena_alloc(arena, n);
}

static void
leave_in_arena(void *memory, void *arena)
{
	(void)memory;
	(void)arena;
}

static pcre2_code *
compile(const char *pattern, uint32_t flags, pcre2_general_context *memory,
    struct buffer *why)
{
	pcre2_compile_context *limits =
	    must(pcre2_compile_context_create(memory));
	PCRE2_UCHAR message[128];
	PCRE2_SIZE at;
	pcre2_code *code;
	int error;

	(void)pcre2_set_parens_nest_limit(limits, PATTERN_NESTING);
	code = pcre2_compile((PCRE2_SPTR)pattern, PCRE2_ZERO_TERMINATED, flags,
	    &error, &at, limits);
	if (code == NULL) {
		(void)pcre2_get_error_message(error, message, sizeof(message));
		buffer_add_text(why, (const char *)message);
	}
	return code;
}

const struct regex *
regex_new(const char *pattern, bool ignore_case, struct arena *arena,
    struct buffer *why)
{
	uint32_t flags = PCRE2_NEVER_BACKSLASH_C | PCRE2_NEVER_UTF;
	pcre2_general_context *memory = must(pcre2_general_context_create(
	    take_from_arena, leave_in_arena, arena));
	struct regex *regex;
	pcre2_code *code;

	code = compile(pattern, flags | (ignore_case ? PCRE2_CASELESS : 0),
	    memory, why);
	if (code == NULL)
		return NULL;
	regex = must(arena_calloc(arena, 1, sizeof(*regex)));
	regex->code = code;
	regex->limits = must(pcre2_match_context_create(memory));
	(void)pcre2_set_match_limit(regex->limits, MATCH_STEPS);
	(void)pcre2_set_heap_limit(regex->limits, MATCH_HEAP_KIB);
	return regex;
}

bool
regex_matches(const struct regex *regex, const char *text)
{
	pcre2_match_data *data = must(pcre2_match_data_create(1, NULL));
	int ret;

	ret = pcre2_match(regex->code, (PCRE2_SPTR)text, strlen(text), 0, 0,
	    data, regex->limits);
	pcre2_match_data_free(data);
	return ret >= 0;
}
