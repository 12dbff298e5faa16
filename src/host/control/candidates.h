/*
 * candidates.h: words that could stand where the cursor is.
 */
#ifndef HOST_CANDIDATES_H
#define HOST_CANDIDATES_H

#include "misc/ec_string.h"

#include <stdbool.h>
#include <stddef.h>

#define CANDIDATES_MOST 1000 /* more are left out: nobody reads them */

struct candidates {
	const char *typed; /* the beginning of the word; quotes taken off */
	bool quoted; /* it was begun with a quote */
	char **list;
	size_t n, room;
};

/* Take a word if it begins as typed; case does not matter. */
void candidates_add(struct candidates *candidates, const char *word);
/* The first n octets of it. */
void candidates_add_part(struct candidates *candidates, const char *word,
    size_t n);

/* A line for each, sorted, none twice; quoted where a command wants that. */
void candidates_write(struct candidates *candidates, string *out);
void candidates_deinit(struct candidates *candidates);

/* complete_config.c: the words after "config COMMAND". */
struct config;
void complete_config(const struct config *config, const char **words, int n,
    struct candidates *candidates);

#endif
