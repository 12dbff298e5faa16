/*
 * blocks.h: a list of blocks of addresses, each with a text, as the files of
 * rbldnsd have them.
 *
 *	# a comment
 *	:127.0.0.2:Blocked, see https://rbl.example/$
 *	192.0.2.0/24
 *	198.51.100.7 :127.0.0.3:Open relay
 *	!192.0.2.1
 *	2001:db8::/32 :127.0.0.4:behind an IPv6 address a space stands first
 *
 * Does not change once it is read; any thread may ask.
 */
#ifndef SCRIPTLET_BLOCKS_H
#define SCRIPTLET_BLOCKS_H

#include "keys/why.h"
#include "scriptlet/bindings/network_key.h"

#define BLOCKS_MAX_BYTES (256u << 20) /* of a file */

struct blocks;

enum blocks_column { BLOCKS_A, BLOCKS_TXT };

/* path NULL: an empty one.  Returns 0, or -1 with words. */
int blocks_load(const char *path, enum blocks_column column,
    struct blocks **blocks_r, struct why *why_r);
void blocks_free(struct blocks **blocks);

/* The text of the smallest block with that address, or NULL. */
const char *blocks_find(const struct blocks *blocks,
    const struct network_key *key);

#endif
