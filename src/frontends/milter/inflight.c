/*
 * inflight.c: one count and one flag behind one lock.
 */
#include "frontends/milter/inflight.h"

#include <pthread.h>
#include <stdint.h>
#include <time.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* of all below */
static pthread_cond_t changed; /* by the monotonic clock */
static pthread_once_t once = PTHREAD_ONCE_INIT;
static unsigned count;
static bool stopping;
static struct timespec deadline; /* of inflight_wait(); the earliest counts */

static void
init(void)
{
	pthread_condattr_t attr;

	(void)pthread_condattr_init(&attr);
	(void)pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	(void)pthread_cond_init(&changed, &attr);
	(void)pthread_condattr_destroy(&attr);
}

static void
enter(void)
{
	(void)pthread_once(&once, init);
	(void)pthread_mutex_lock(&lock);
}

static void
leave(void)
{
	(void)pthread_mutex_unlock(&lock);
}

static struct timespec
in_milliseconds(uint64_t ms)
{
	struct timespec at;

	(void)clock_gettime(CLOCK_MONOTONIC, &at);
	at.tv_sec += (time_t)(ms / 1000);
	at.tv_nsec += (long)(ms % 1000) * 1000000;
	if (at.tv_nsec >= 1000000000) {
		at.tv_sec++;
		at.tv_nsec -= 1000000000;
	}
	return at;
}

static bool
is_before(struct timespec a, struct timespec b)
{
	return a.tv_sec != b.tv_sec ? a.tv_sec < b.tv_sec :
	    a.tv_nsec < b.tv_nsec;
}

bool
inflight_begin(void)
{
	bool begun;

	enter();
	begun = !stopping;
	if (begun)
		count++;
	leave();
	return begun;
}

void
inflight_end(void)
{
	enter();
	count--;
	if (count == 0)
		(void)pthread_cond_broadcast(&changed);
	leave();
}

unsigned
inflight_count(void)
{
	unsigned n;

	enter();
	n = count;
	leave();
	return n;
}

void
inflight_stop(void)
{
	enter();
	stopping = true;
	(void)pthread_cond_broadcast(&changed);
	leave();
}

bool
inflight_stopping(void)
{
	bool is;

	enter();
	is = stopping;
	leave();
	return is;
}

unsigned
inflight_wait(unsigned seconds)
{
	struct timespec mine = in_milliseconds((uint64_t)seconds * 1000);
	unsigned left;
	int timed_out = 0;

	enter();
	if (deadline.tv_sec == 0 || is_before(mine, deadline)) {
		deadline = mine;
		(void)pthread_cond_broadcast(&changed);
	}
	while (count > 0 && timed_out == 0) {
		/* it may become earlier while this thread waits */
		struct timespec until = deadline;

		timed_out = pthread_cond_timedwait(&changed, &lock, &until);
		if (timed_out != 0 && is_before(deadline, until))
			timed_out = 0;
	}
	left = count;
	leave();
	return left;
}

bool
inflight_pause(unsigned milliseconds)
{
	struct timespec until = in_milliseconds(milliseconds);
	int timed_out = 0;
	bool whole;

	enter();
	while (!stopping && timed_out == 0)
		timed_out = pthread_cond_timedwait(&changed, &lock, &until);
	whole = !stopping;
	leave();
	return whole;
}
