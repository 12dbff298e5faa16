/*
 * deadlines.c: a thread that sleeps until the first of them.
 *
 * All have the same time, so a new deadline is never the first but when it is
 * the only one; the thread that sleeps need not be told of any other.
 */
#include "host/metrics/deadlines.h"

#include "host/types/alloc.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>

struct deadline {
	struct deadline *earlier, *later; /* in the line */
	int fd;
	struct timespec at;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct { /* all under lock */
	pthread_cond_t changed;
	pthread_t thread;
	struct deadline *places; /* NULL: not open */
	struct deadline *free; /* linked by `later` */
	struct deadline *first, *last; /* the line, by time */
	unsigned milliseconds;
	bool is_ending;
} watch;

static void
line_add(struct deadline *deadline)
{
	(void)clock_gettime(CLOCK_MONOTONIC, &deadline->at);
	deadline->at.tv_sec += watch.milliseconds / 1000;
	deadline->at.tv_nsec += (long)(watch.milliseconds % 1000) * 1000000;
	if (deadline->at.tv_nsec >= 1000000000) {
		deadline->at.tv_nsec -= 1000000000;
		deadline->at.tv_sec++;
	}
	deadline->later = NULL;
	deadline->earlier = watch.last;
	if (watch.last != NULL)
		watch.last->later = deadline;
	else
		watch.first = deadline;
	watch.last = deadline;
	if (watch.first == deadline)
		(void)pthread_cond_signal(&watch.changed);
}

static void
line_remove(struct deadline *deadline)
{
	if (deadline->earlier != NULL)
		deadline->earlier->later = deadline->later;
	else if (watch.first == deadline)
		watch.first = deadline->later;
	else
		return; /* it is out already: its time was over */
	if (deadline->later != NULL)
		deadline->later->earlier = deadline->earlier;
	else
		watch.last = deadline->earlier;
	deadline->earlier = deadline->later = NULL;
}

static bool
is_over(const struct deadline *deadline)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec > deadline->at.tv_sec ||
	    (now.tv_sec == deadline->at.tv_sec &&
	    now.tv_nsec >= deadline->at.tv_nsec);
}

static void *
keep_watch(void *closure)
{
	struct deadline *first;
	struct timespec at;

	(void)closure;
	(void)pthread_mutex_lock(&lock);
	while (!watch.is_ending) {
		first = watch.first;
		if (first == NULL) {
			(void)pthread_cond_wait(&watch.changed, &lock);
		} else if (!is_over(first)) {
			at = first->at; /* the place may be another's then */
			(void)pthread_cond_timedwait(&watch.changed, &lock,
			    &at);
		} else {
			line_remove(first);
			(void)shutdown(first->fd, SHUT_RDWR);
		}
	}
	(void)pthread_mutex_unlock(&lock);
	return NULL;
}

/* Signals are for the thread that waits for them. */
static int
start_thread(void)
{
	sigset_t all, before;
	int error;

	(void)sigfillset(&all);
	(void)pthread_sigmask(SIG_SETMASK, &all, &before);
	error = pthread_create(&watch.thread, NULL, keep_watch, NULL);
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
	return error;
}

int
deadlines_open(size_t room, unsigned milliseconds)
{
	pthread_condattr_t attributes;
	int error;

	(void)pthread_mutex_lock(&lock);
	(void)pthread_condattr_init(&attributes);
	(void)pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	(void)pthread_cond_init(&watch.changed, &attributes);
	(void)pthread_condattr_destroy(&attributes);
	watch.places = xcalloc(room, sizeof(*watch.places));
	for (size_t i = 0; i < room; i++) {
		watch.places[i].later = watch.free;
		watch.free = &watch.places[i];
	}
	watch.milliseconds = milliseconds;
	watch.is_ending = false;
	error = start_thread();
	if (error != 0) {
		free(watch.places);
		watch.places = watch.free = NULL;
		(void)pthread_cond_destroy(&watch.changed);
	}
	(void)pthread_mutex_unlock(&lock);
	errno = error;
	return error == 0 ? 0 : -1;
}

void
deadlines_close(void)
{
	(void)pthread_mutex_lock(&lock);
	if (watch.places == NULL) {
		(void)pthread_mutex_unlock(&lock);
		return;
	}
	watch.is_ending = true;
	(void)pthread_cond_signal(&watch.changed);
	(void)pthread_mutex_unlock(&lock);
	(void)pthread_join(watch.thread, NULL);
	(void)pthread_mutex_lock(&lock);
	free(watch.places);
	watch.places = watch.free = watch.first = watch.last = NULL;
	(void)pthread_cond_destroy(&watch.changed);
	(void)pthread_mutex_unlock(&lock);
}

struct deadline *
deadline_start(int fd)
{
	struct deadline *deadline;

	(void)pthread_mutex_lock(&lock);
	deadline = watch.free;
	if (deadline != NULL) {
		watch.free = deadline->later;
		deadline->fd = fd;
		line_add(deadline);
	}
	(void)pthread_mutex_unlock(&lock);
	return deadline;
}

void
deadline_stop(struct deadline *deadline)
{
	if (deadline == NULL)
		return;
	(void)pthread_mutex_lock(&lock);
	line_remove(deadline);
	deadline->later = watch.free;
	watch.free = deadline;
	(void)pthread_mutex_unlock(&lock);
}
