/*
 * mutexes.c: a list of the locks that are held or waited for.
 */
#include "scriptlet/bindings/mutexes.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct mutex {
	struct mutex *next;
	const void *owner;
	unsigned waiting;
	size_t n;
	char name[];
};

/* Guards the list; waiters of all locks share one condition, as scripts that
 * lock are few. */
static pthread_mutex_t list_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t given_back;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static struct mutex *list;
static atomic_size_t count;

static void
prepare(void)
{
	pthread_condattr_t monotonic;

	(void)pthread_condattr_init(&monotonic);
	(void)pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	(void)pthread_cond_init(&given_back, &monotonic);
	(void)pthread_condattr_destroy(&monotonic);
}

static struct mutex **
find(const char *name, size_t n)
{
	struct mutex **at = &list;

	while (*at != NULL && ((*at)->n != n ||
	    memcmp((*at)->name, name, n) != 0))
		at = &(*at)->next;
	return at;
}

static void
drop_if_idle(struct mutex **at)
{
	struct mutex *mutex = *at;

	if (mutex->owner != NULL || mutex->waiting > 0)
		return;
	*at = mutex->next;
	free(mutex);
	(void)atomic_fetch_sub(&count, 1);
}

static struct mutex *
find_or_make(const char *name, size_t n)
{
	struct mutex **at = find(name, n), *mutex = *at;

	if (mutex != NULL || atomic_load(&count) >= MUTEX_NAMES)
		return mutex;
	mutex = calloc(1, sizeof(*mutex) + n);
	if (mutex == NULL)
		return NULL;
	mutex->n = n;
	memcpy(mutex->name, name, n);
	*at = mutex;
	(void)atomic_fetch_add(&count, 1);
	return mutex;
}

/* With the list locked, and unlocked while waiting. */
static enum mutex_outcome
wait_for(struct mutex *mutex, const void *owner)
{
	struct timespec until;
	int ret = 0;

	(void)clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += MUTEX_WAIT / 1000;
	mutex->waiting++;
	while (mutex->owner != NULL && ret != ETIMEDOUT)
		ret = pthread_cond_timedwait(&given_back, &list_lock, &until);
	mutex->waiting--;
	if (mutex->owner != NULL)
		return MUTEX_TIMEOUT;
	mutex->owner = owner;
	return MUTEX_TAKEN;
}

static enum mutex_outcome
take(const void *owner, const char *name, size_t n, bool may_wait)
{
	enum mutex_outcome outcome = MUTEX_TAKEN;
	struct mutex *mutex;

	(void)pthread_once(&once, prepare);
	(void)pthread_mutex_lock(&list_lock);
	mutex = find_or_make(name, n);
	if (mutex == NULL)
		outcome = MUTEX_TOO_MANY;
	else if (mutex->owner == owner)
		outcome = MUTEX_OWN;
	else if (mutex->owner == NULL)
		mutex->owner = owner;
	else if (may_wait)
		outcome = wait_for(mutex, owner);
	else
		outcome = MUTEX_BUSY;
	(void)pthread_mutex_unlock(&list_lock);
	return outcome;
}

enum mutex_outcome
mutexes_lock(const void *owner, const char *name, size_t n)
{
	return take(owner, name, n, true);
}

enum mutex_outcome
mutexes_try(const void *owner, const char *name, size_t n)
{
	return take(owner, name, n, false);
}

bool
mutexes_unlock(const void *owner, const char *name, size_t n)
{
	struct mutex **at;
	bool held;

	(void)pthread_once(&once, prepare);
	(void)pthread_mutex_lock(&list_lock);
	at = find(name, n);
	held = *at != NULL && (*at)->owner == owner;
	if (held) {
		(*at)->owner = NULL;
		(void)pthread_cond_broadcast(&given_back);
		drop_if_idle(at);
	}
	(void)pthread_mutex_unlock(&list_lock);
	return held;
}

size_t
mutexes_unlock_all(const void *owner)
{
	struct mutex **at = &list, *mutex;
	size_t n = 0;

	if (!mutexes_in_use())
		return 0;
	(void)pthread_once(&once, prepare);
	(void)pthread_mutex_lock(&list_lock);
	while ((mutex = *at) != NULL) {
		if (mutex->owner == owner) {
			mutex->owner = NULL;
			n++;
			drop_if_idle(at);
		}
		if (*at == mutex)
			at = &mutex->next;
	}
	if (n > 0)
		(void)pthread_cond_broadcast(&given_back);
	(void)pthread_mutex_unlock(&list_lock);
	return n;
}

bool
mutexes_in_use(void)
{
	return atomic_load(&count) > 0;
}
