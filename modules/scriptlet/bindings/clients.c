/*
 * clients.c: a list of sessions, and series of counters.
 */
#include "scriptlet/bindings/clients.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BUCKETS 512
#define NAME_BYTES 32
#define INTERVAL_MAX 86400 /* seconds */

struct session {
	struct session *next; /* in the bucket */
	const void *ac; /* as a name */
	struct network_key key;
};

struct monitor {
	char name[NAME_BYTES];
	struct series *series[CLIENT_EVENTS];
};

/* Guards the sessions. */
static pthread_mutex_t sessions_lock = PTHREAD_MUTEX_INITIALIZER;
static struct session *buckets[BUCKETS];
static size_t session_count;

/* Guards adding; monitors stay, and `monitor_count` tells how many can be
 * looked at. */
static pthread_mutex_t monitors_lock = PTHREAD_MUTEX_INITIALIZER;
static struct monitor monitors[CLIENTS_MONITORS];
static atomic_size_t monitor_count;

/* sessions */

static struct session **
find(const void *ac)
{
	struct session **at = &buckets[((uintptr_t)ac >> 6) % BUCKETS];

	while (*at != NULL && (*at)->ac != ac)
		at = &(*at)->next;
	return at;
}

void
clients_begin(const accept_construct *ac)
{
	struct network_key key;
	struct session **at;

	if (!network_key_of(&ac->remote_addr, &key))
		return;
	(void)pthread_mutex_lock(&sessions_lock);
	at = find(ac);
	if (*at == NULL && session_count < CLIENTS_SESSIONS &&
	    (*at = calloc(1, sizeof(**at))) != NULL)
		session_count++;
	if (*at != NULL) {
		(*at)->ac = ac;
		(*at)->key = key;
	}
	(void)pthread_mutex_unlock(&sessions_lock);
	clients_count(ac, CLIENT_CONNECTED);
}

void
clients_end(const accept_construct *ac)
{
	struct session **at, *session;

	(void)pthread_mutex_lock(&sessions_lock);
	at = find(ac);
	session = *at;
	if (session != NULL) {
		*at = session->next;
		session_count--;
	}
	(void)pthread_mutex_unlock(&sessions_lock);
	free(session);
}

size_t
clients_sessions(const struct network_key *block)
{
	size_t n = 0;

	(void)pthread_mutex_lock(&sessions_lock);
	for (size_t i = 0; i < BUCKETS; i++) {
		for (const struct session *s = buckets[i]; s != NULL;
		    s = s->next)
			n += block->bits == 0 ||
			    network_key_within(&s->key, block) ? 1 : 0;
	}
	(void)pthread_mutex_unlock(&sessions_lock);
	return n;
}

/* monitors */

void
clients_count(const accept_construct *ac, enum client_event event)
{
	size_t n = atomic_load(&monitor_count);
	struct network_key key;

	if (n == 0 || ac == NULL || !network_key_of(&ac->remote_addr, &key))
		return;
	for (size_t i = 0; i < n; i++)
		series_add(monitors[i].series[event],
		    span_of(key.octets, key.bits / 8), 1);
}

/* name = seconds "," windows */
static bool
parse(const char *name, unsigned *interval_r, unsigned *windows_r)
{
	int n = 0;

	return strlen(name) < NAME_BYTES &&
	    strspn(name, "0123456789,") == strlen(name) &&
	    sscanf(name, "%6u,%6u%n", interval_r, windows_r, &n) == 2 &&
	    name[n] == '\0' && *interval_r > 0 &&
	    *interval_r <= INTERVAL_MAX && *windows_r > 0 &&
	    *windows_r <= SERIES_WINDOWS;
}

static bool
monitor_make(struct monitor *monitor, const char *name)
{
	char series[NAME_BYTES + 16];
	unsigned interval, windows;

	if (!parse(name, &interval, &windows))
		return false;
	(void)strcpy(monitor->name, name);
	for (int event = 0; event < CLIENT_EVENTS; event++) {
		(void)snprintf(series, sizeof(series), "\001%d %s", event,
		    name);
		monitor->series[event] = series_define(series, SERIES_CLIENTS,
		    interval, windows);
		if (monitor->series[event] == NULL)
			return false;
	}
	return true;
}

/* Everybody who is connected has connected at some time: now. */
static void
count_present(struct series *series)
{
	(void)pthread_mutex_lock(&sessions_lock);
	for (size_t i = 0; i < BUCKETS; i++) {
		for (const struct session *s = buckets[i]; s != NULL;
		    s = s->next)
			series_add(series, span_of(s->key.octets,
			    s->key.bits / 8), 1);
	}
	(void)pthread_mutex_unlock(&sessions_lock);
}

struct series *
clients_monitor(const char *name, enum client_event event)
{
	struct series *series = NULL;
	size_t n, i;

	(void)pthread_mutex_lock(&monitors_lock);
	n = atomic_load(&monitor_count);
	for (i = 0; i < n && strcmp(monitors[i].name, name) != 0; i++)
		;
	if (i == n && n < CLIENTS_MONITORS &&
	    monitor_make(&monitors[n], name)) {
		count_present(monitors[n].series[CLIENT_CONNECTED]);
		atomic_store(&monitor_count, ++n);
	}
	if (i < n)
		series = monitors[i].series[event];
	(void)pthread_mutex_unlock(&monitors_lock);
	return series;
}
