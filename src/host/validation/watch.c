/*
 * watch.c: a short list, and a text for each.
 *
 * The list has a lock, which a message takes only while somebody watches; the
 * text of a watch has one of its own, held for a copy.
 */
#include "host/validation/watch.h"

#include "host/config/cidr.h"
#include "host/log/log.h"
#include "host/types/alloc.h"
#include "host/types/clock.h"

#include <fnmatch.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct watch {
	struct watch *next; /* by number; this and the next two under lock */
	unsigned number;
	unsigned messages; /* taken so far */
	/* set once */
	enum watch_kind kind;
	char who[WATCH_WHO_BYTES];
	struct cidr block; /* of WATCH_CLIENT */
	unsigned messages_most;
	uint64_t ends; /* clock_seconds() */
	struct log_ear ear;

	atomic_uint refs;
	pthread_mutex_t text_lock; /* guards what follows */
	char *text;
	size_t n, room, lines, lines_lost;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct watch *watches; /* under lock */
static unsigned last_number; /* under lock */
static atomic_uint count;

bool
watch_any(void)
{
	return atomic_load_explicit(&count, memory_order_relaxed) > 0;
}

const struct log_ear *
watch_ear(const struct watch *watch)
{
	return watch != NULL ? &watch->ear : NULL;
}

void
watch_unref(struct watch **watch)
{
	struct watch *w = *watch;

	*watch = NULL;
	if (w == NULL || atomic_fetch_sub(&w->refs, 1) != 1)
		return;
	(void)pthread_mutex_destroy(&w->text_lock);
	free(w->text);
	free(w);
}

static void
ref(void *closure)
{
	struct watch *watch = closure;

	atomic_fetch_add(&watch->refs, 1);
}

static void
unref(void *closure)
{
	struct watch *watch = closure;

	watch_unref(&watch);
}

/* Make room for so many octets more.  Under text_lock. */
static bool
make_room(struct watch *watch, size_t n)
{
	size_t room = watch->room;

	if (n > WATCH_BYTES - watch->n)
		return false;
	while (room - watch->n < n)
		room = room == 0 ? 4096 : room * 2;
	if (room != watch->room) {
		watch->text = xrealloc(watch->text, room);
		watch->room = room;
	}
	return true;
}

static void
hear(void *closure, const char *line, size_t n)
{
	struct watch *watch = closure;

	(void)pthread_mutex_lock(&watch->text_lock);
	/* nothing after what was left out, lest it look complete */
	if (watch->lines_lost > 0 || !make_room(watch, n + 1)) {
		watch->lines_lost++;
	} else {
		memcpy(watch->text + watch->n, line, n);
		watch->text[watch->n + n] = '\n';
		watch->n += n + 1;
		watch->lines++;
	}
	(void)pthread_mutex_unlock(&watch->text_lock);
}

/* who is watched */

static bool
read_who(struct watch *watch, const char *who, string *why)
{
	(void)snprintf(watch->who, sizeof(watch->who), "%s", who);
	if (who[0] == '\0' || strlen(who) >= sizeof(watch->who)) {
		(void)stringprintf(why, "'%.64s' is nobody's address\n", who);
		return false;
	}
	if (watch->kind == WATCH_CLIENT && !cidr_parse(who, &watch->block)) {
		(void)stringprintf(why, "'%.64s' is neither an address nor a "
		    "block of them, such as 192.0.2.0/24\n", who);
		return false;
	}
	return true;
}

/* Without an '@' in front of it, it is the domain that is named. */
static bool
is_recipient(const struct watch *watch, const char *address)
{
	const char *at = strrchr(address, '@');
	const char *wanted = watch->who;

	if (wanted[0] == '@')
		wanted++;
	else if (strchr(wanted, '@') != NULL)
		at = NULL;
	return fnmatch(wanted, at != NULL ? at + 1 : address,
	    FNM_CASEFOLD) == 0;
}

static bool
is_client(const struct watch *watch, const struct cidr *client)
{
	return cidr_contains(&watch->block, client);
}

static bool
is_over(const struct watch *watch)
{
	return watch->messages >= watch->messages_most ||
	    clock_seconds() >= watch->ends;
}

/* The first that wants the message; `client` or `recipient` is NULL. */
static struct watch *
find(const struct cidr *client, const char *recipient, bool counts)
{
	struct watch *watch;

	(void)pthread_mutex_lock(&lock);
	for (watch = watches; watch != NULL; watch = watch->next) {
		bool is_it = watch->kind == WATCH_CLIENT ?
		    client != NULL && is_client(watch, client) :
		    recipient != NULL && is_recipient(watch, recipient);

		if (is_it && !is_over(watch)) {
			atomic_fetch_add(&watch->refs, 1);
			watch->messages += counts ? 1 : 0;
			break;
		}
	}
	(void)pthread_mutex_unlock(&lock);
	return watch;
}

struct watch *
watch_of_client(const char *address, bool counts)
{
	struct cidr client;

	if (!watch_any() || address == NULL || !cidr_parse(address, &client))
		return NULL;
	return find(&client, NULL, counts);
}

struct watch *
watch_of_recipient(const char *address)
{
	return watch_any() ? find(NULL, address, true) : NULL;
}

/* the list */

static struct watch *
watch_new(enum watch_kind kind, unsigned messages, unsigned seconds)
{
	struct watch *watch = xcalloc(1, sizeof(*watch));

	watch->kind = kind;
	watch->messages_most = messages;
	watch->ends = clock_seconds() + seconds;
	watch->ear = (struct log_ear){ hear, watch, ref, unref };
	atomic_init(&watch->refs, 1);
	(void)pthread_mutex_init(&watch->text_lock, NULL);
	return watch;
}

/* Take one off the list, which had a reference.  Under lock. */
static struct watch *
unlist(struct watch **at)
{
	struct watch *watch = *at;

	*at = watch->next;
	watch->next = NULL;
	atomic_fetch_sub(&count, 1);
	return watch;
}

/* False: there are too many.  *gone_r gets one to drop.  Under lock. */
static bool
enlist(struct watch *watch, struct watch **gone_r)
{
	struct watch **at = &watches, **over = NULL;
	unsigned n = 0;

	for (; *at != NULL; at = &(*at)->next, n++) {
		if (over == NULL && is_over(*at))
			over = at;
	}
	if (n >= WATCHES && over == NULL)
		return false;
	watch->number = ++last_number;
	*at = watch;
	atomic_fetch_add(&count, 1);
	if (n >= WATCHES)
		*gone_r = unlist(over);
	return true;
}

unsigned
watch_add(enum watch_kind kind, const char *who, unsigned messages,
    unsigned seconds, string *why)
{
	struct watch *watch = watch_new(kind, messages, seconds);
	struct watch *gone = NULL;
	unsigned number = 0;

	if (read_who(watch, who, why)) {
		(void)pthread_mutex_lock(&lock);
		if (enlist(watch, &gone)) {
			number = watch->number;
			watch = NULL; /* the list's */
		}
		(void)pthread_mutex_unlock(&lock);
		if (number == 0)
			(void)stringprintf(why, "%d are watched already "
			    "(\"trace stop\" ends one)\n", WATCHES);
	}
	watch_unref(&watch);
	watch_unref(&gone);
	return number;
}

bool
watch_remove(unsigned number)
{
	struct watch **at = &watches, *gone = NULL;

	(void)pthread_mutex_lock(&lock);
	while (*at != NULL && (*at)->number != number)
		at = &(*at)->next;
	if (*at != NULL)
		gone = unlist(at);
	(void)pthread_mutex_unlock(&lock);
	if (gone == NULL)
		return false;
	watch_unref(&gone);
	return true;
}

static void
view(struct watch *watch, struct watch_view *view_r)
{
	uint64_t now = clock_seconds();

	*view_r = (struct watch_view){
		.number = watch->number,
		.kind = watch->kind,
		.messages = watch->messages,
		.messages_most = watch->messages_most,
		.seconds_left = is_over(watch) ? 0 : watch->ends - now,
	};
	memcpy(view_r->who, watch->who, sizeof(view_r->who));
	(void)pthread_mutex_lock(&watch->text_lock);
	view_r->lines = watch->lines;
	view_r->bytes = watch->n;
	view_r->lines_lost = watch->lines_lost;
	(void)pthread_mutex_unlock(&watch->text_lock);
}

size_t
watch_list(struct watch_view views_r[WATCHES])
{
	size_t n = 0;

	(void)pthread_mutex_lock(&lock);
	for (struct watch *w = watches; w != NULL && n < WATCHES; w = w->next)
		view(w, &views_r[n++]);
	(void)pthread_mutex_unlock(&lock);
	return n;
}

/* The text as it is now; the room is got before the lock is taken. */
static char *
copy_text(struct watch *watch, size_t *n_r)
{
	char *copy = xmalloc(WATCH_BYTES);

	(void)pthread_mutex_lock(&watch->text_lock);
	*n_r = watch->n;
	if (watch->n > 0)
		memcpy(copy, watch->text, watch->n);
	(void)pthread_mutex_unlock(&watch->text_lock);
	return copy;
}

bool
watch_show(unsigned number, string *out)
{
	struct watch *watch;
	char *text;
	size_t n;

	(void)pthread_mutex_lock(&lock);
	for (watch = watches; watch != NULL && watch->number != number;
	    watch = watch->next)
		continue;
	if (watch != NULL)
		atomic_fetch_add(&watch->refs, 1);
	(void)pthread_mutex_unlock(&lock);
	if (watch == NULL)
		return false;
	text = copy_text(watch, &n);
	(void)stringwrite2(out, text, n);
	free(text);
	watch_unref(&watch);
	return true;
}
