/*
 * regex.h: Perl-compatible regular expressions, compiled once.
 *
 * A compiled expression lies in an arena whole, is immutable, and may be used
 * by many threads.
 * Matching is bounded, so that no pattern can hang a message.
 */
#ifndef CONFIG_REGEX_H
#define CONFIG_REGEX_H

#include "base/arena.h"
#include "base/buffer.h"

struct regex;

/* Returns NULL with words in why when the pattern does not compile. */
const struct regex *regex_new(const char *pattern, bool ignore_case,
    struct arena *arena, struct buffer *why);

/* Unanchored, unless the pattern anchors itself. */
bool regex_matches(const struct regex *regex, const char *text);

#endif
