/*
 * suggest.h: "did you mean ...?"
 */
#ifndef CONFIG_SUGGEST_H
#define CONFIG_SUGGEST_H

#include <stddef.h>

#define SUGGEST_BYTES 48 /* longer words get no suggestion */

struct suggest {
	const char *word; /* what was written */
	const char *closest; /* NULL: nothing is close */
	size_t distance; /* of closest */
};

/* Offer one known word. */
void suggest_offer(struct suggest *suggest, const char *known);

#endif
