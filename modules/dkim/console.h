/*
 * console.h: the commands that modules with keys answer.
 *
 *	flush keycache	forget all keys; they are loaded again when needed
 *	stats		how the key cache does
 */
#ifndef DKIM_CONSOLE_H
#define DKIM_CONSOLE_H

#include "ec_types.h"
#include "keys/cache.h"

/* Put one more row into an answer. */
typedef void console_row(void *answer, const char *label, const char *value);

struct console_keycache {
	size_t (*flush)(void *of); /* gives how many keys were held */
	void (*stats)(void *of, struct cache_stats *stats_r);
	void *of;
	/* tell what else is in the answer to `stats`, above; or NULL */
	void (*more)(void *of, console_row *row, void *answer);
};

/* Tell the host's help and completion of these commands: once, from
 * module_config_setup.  stats: what that answer tells besides the key cache;
 * NULL: nothing. */
void console_register(generic_module_infrastructure *self, const char *stats);

/* Answer a command of module_control. */
void console_answer(const struct console_keycache *keycache,
    string *response, const char *command, int xml);

#endif
