/*
 * console.h: the commands that both modules answer.
 *
 *	flush keycache	forget all keys; they are loaded again when needed
 *	stats		how the key cache does
 */
#ifndef DKIM_CONSOLE_H
#define DKIM_CONSOLE_H

#include "ec_types.h"
#include "keys/cache.h"

struct console_keycache {
	size_t (*flush)(void *of); /* gives how many keys were held */
	void (*stats)(void *of, struct cache_stats *stats_r);
	void *of;
};

/* Answer a command of module_control. */
void console_answer(const struct console_keycache *keycache,
    string *response, const char *command, int xml);

#endif
