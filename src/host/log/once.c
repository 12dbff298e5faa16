/*
 * once.c: log_once(), the rate limiter for lines that repeat.
 *
 * Keys may hold what a peer chose, so their number is bounded: when there are
 * too many, those whose minute is over go, and if that is not enough, all.
 */
#include "host/log/log.h"

#include "echash.h"
#include "host/types/alloc.h"
#include "host/types/clock.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ONCE_SECONDS 60
#define SECONDS_IN_MINUTE 60
#define ONCE_KEYS 4096 /* some hundred KB at most */
#define ONCE_KEY_BYTES 512 /* what follows does not make another key */

struct once {
	uint64_t told; /* at; 0: never */
	unsigned hidden;
};

static pthread_mutex_t once_lock = PTHREAD_MUTEX_INITIALIZER;
static ec_hash_table *keys; /* key to struct once; under once_lock */

static void
make_room(uint64_t now)
{
	ec_hash_table *kept;
	ec_hash_iter iter = { 0 };
	const char *k;
	int klen;
	void *data;

	if (keys != NULL && keys->size < ONCE_KEYS)
		return;
	kept = echash_create(NULL, free);
	while (keys != NULL && echash_next(keys, &iter, &k, &klen, &data)) {
		struct once *once = data;

		if (once->told + ONCE_SECONDS <= now || kept->size >= ONCE_KEYS / 2)
			continue;
		once = xmalloc(sizeof(*once));
		*once = *(struct once *)data;
		(void)echash_store(kept, k, klen, once);
	}
	echash_delref(keys);
	keys = kept;
}

void
log_once_forget(void)
{
	(void)pthread_mutex_lock(&once_lock);
	echash_delref(keys);
	keys = NULL;
	(void)pthread_mutex_unlock(&once_lock);
}

const char *
log_hidden_words(const struct log_hidden *hidden,
    char words_r[LOG_HIDDEN_BYTES])
{
	uint64_t minutes = hidden->seconds / SECONDS_IN_MINUTE;

	words_r[0] = '\0';
	if (hidden->n > 0 && minutes < 2)
		(void)snprintf(words_r, LOG_HIDDEN_BYTES,
		    " (%u more in the last minute)", hidden->n);
	else if (hidden->n > 0)
		(void)snprintf(words_r, LOG_HIDDEN_BYTES,
		    " (%u more in the last %" PRIu64 " minutes)", hidden->n,
		    minutes);
	return words_r;
}

bool
log_once(const char *key, struct log_hidden *hidden_r)
{
	uint64_t now = clock_seconds();
	int klen = (int)strnlen(key, ONCE_KEY_BYTES);
	struct log_hidden hidden = { 0, 0 };
	struct once *once;
	bool ret = true;
	void *data;

	(void)pthread_mutex_lock(&once_lock);
	make_room(now);
	if (echash_retrieve(keys, key, klen, &data) == 0) {
		data = xcalloc(1, sizeof(*once));
		(void)echash_store(keys, key, klen, data);
	}
	once = data;
	if (once->told != 0 && now < once->told + ONCE_SECONDS) {
		once->hidden++;
		ret = false;
	} else {
		hidden = (struct log_hidden){ once->hidden, now - once->told };
		*once = (struct once){ now, 0 };
	}
	(void)pthread_mutex_unlock(&once_lock);
	if (hidden_r != NULL)
		*hidden_r = hidden;
	return ret;
}
