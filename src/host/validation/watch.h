/*
 * watch.h: clients and recipients that an administrator watches, and what was
 * said of their messages.
 *
 * A watch takes the messages of a client, or to a recipient, until it has had
 * so many, or its time is over.  All that is said in the threads that work on
 * them, and in the jobs that these give to pools, is kept, up to a bound, until
 * the watch is removed.
 *
 * Any thread.  As long as nobody watches, a message costs one load.
 */
#ifndef VALIDATION_WATCH_H
#define VALIDATION_WATCH_H

#include "misc/ec_string.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define WATCHES 8 /* at a time; one that is over gives way to another */
#define WATCH_BYTES (256u << 10) /* kept of each; what comes after is counted */
#define WATCH_MESSAGES 10 /* unless it is said otherwise */
#define WATCH_MESSAGES_MOST 1000
#define WATCH_SECONDS 600 /* unless it is said otherwise */
#define WATCH_SECONDS_MOST 86400
#define WATCH_WHO_BYTES 320 /* of an address or pattern */

enum watch_kind {
	WATCH_CLIENT, /* an address, or a block of them */
	WATCH_RECIPIENT, /* user@domain, @domain, or with '*' and '?' */
};

struct watch;
struct log_ear;

/* Watch.  Gives its number, from 1 on, or 0 with words in why. */
unsigned watch_add(enum watch_kind kind, const char *who, unsigned messages,
    unsigned seconds, string *why);
/* No more, and forget what was kept.  False: there is none of that number. */
bool watch_remove(unsigned number);

struct watch_view {
	unsigned number;
	enum watch_kind kind;
	char who[WATCH_WHO_BYTES];
	unsigned messages, messages_most;
	uint64_t seconds_left; /* 0: it is over */
	size_t lines, bytes, lines_lost;
};
/* Those that there are, by number; gives how many. */
size_t watch_list(struct watch_view views_r[WATCHES]);
/* Append the lines that a watch kept.  False: there is none of that number. */
bool watch_show(unsigned number, string *out);

/* For sessions */

/* Might there be one? */
bool watch_any(void);

/* A watch that takes the message, with a reference for the caller, or NULL.
 * `counts`: the message is one of those that the watch wants. */
struct watch *watch_of_client(const char *address, bool counts);
struct watch *watch_of_recipient(const char *address);
void watch_unref(struct watch **watch); /* NULL inside is fine */

/* For log_ear_set; NULL for none. */
const struct log_ear *watch_ear(const struct watch *watch);

#endif
