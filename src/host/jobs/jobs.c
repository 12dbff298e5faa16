/*
 * jobs.c: pools of threads, and the jobs that modules give them.
 *
 * Every pool has a lock of its own, which guards its queue, its counters and
 * its threads' list.  It is held for a few instructions and never while a
 * worker, a completion or the end of a generation runs, so all of those may
 * queue jobs.  No other lock is taken under it.
 */
#include "host/jobs/jobs.h"

#include "debug_tools.h"
#include "ec_malloc.h"
#include "ec_thread_pool.h"
#include "host/generation.h"
#include "host/log/log.h"
#include "host/types/alloc.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#define THREADS_MAX 50 /* the most that any pool has */
#define KEY_BYTES 256

struct queued { /* a job, and what it was queued under */
	struct queued *next;
	ec_async_job *job;
	struct generation *generation; /* with a reference; may be NULL */
	const struct log_ear *ear; /* with a reference; may be NULL */
	bool has_message;
	char message[]; /* whose log lines it writes */
};

struct pool {
	const char *name;
	unsigned threads_max; /* 0: jobs run in the caller's thread */
	pthread_mutex_t lock; /* guards all below */
	pthread_cond_t changed; /* a job more, or closed */
	struct queued *first;
	struct queued **end; /* NULL stands for &first */
	unsigned waiting; /* jobs in the queue */
	unsigned idle; /* threads that wait for one */
	unsigned busy; /* threads that work */
	uint64_t invocations;
	uint64_t worked, occupied; /* nanoseconds, up to `counted` */
	uint64_t began, counted; /* clock_now() */
	unsigned threads_n;
	pthread_t threads[THREADS_MAX];
	bool closed;
};

#define POOL(text, n) { .name = (text), .threads_max = (n), \
	.lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER }

static struct pool pools[] = {
	[ECTP_CLASS_CPU] = POOL("CPU", 4),
	[ECTP_CLASS_IO] = POOL("IO", THREADS_MAX),
	[ECTP_CLASS_SWAPOUT] = POOL("SwapOut", 5),
	[ECTP_CLASS_SWAPIN] = POOL("SwapIn", 5),
	[ECTP_CLASS_CLOSE] = POOL("Close", 0),
	[ECTP_CLASS_UNLINK] = POOL("Unlink", 6),
	[ECTP_CLASS_BATCH_UNLINK] = POOL("Batch_Unlink", 4),
	[ECTP_CLASS_SPOOL_IN] = POOL("SpoolIn", 1),
};

#define POOLS (sizeof(pools) / sizeof(pools[0]))

int
ec_thread_pool_name_to_class(const char *name)
{
	for (size_t i = 0; name != NULL && i < POOLS; i++) {
		if (strcasecmp(pools[i].name, name) == 0)
			return (int)i;
	}
	return ECTP_CLASS_UNKNOWN;
}

/* The pool of a class that has one, or NULL. */
static struct pool *
pool_of(int job_class)
{
	if (job_class == ECTP_CLASS_ASYNC_BOUNCE ||
	    job_class == ECTP_CLASS_SIEVE_IO)
		job_class = ECTP_CLASS_IO;
	return job_class >= 0 && job_class < (int)POOLS ? &pools[job_class] :
	    NULL;
}

static void
refuse(const char *file, int line, const char *why)
{
	char key[KEY_BYTES], more[LOG_HIDDEN_BYTES];
	struct log_hidden hidden;

	(void)snprintf(key, sizeof(key), "job %s %s:%d", why, file, line);
	if (log_once(key, &hidden))
		log_line(DERROR, "a job of %s:%d is refused: %s%s", file, line,
		    why, log_hidden_words(&hidden, more));
}

/* Why a job can never be run, or NULL. */
static const char *
fault_of(const ec_async_job *job)
{
	if (job->worker == NULL)
		return "it has no worker";
	if (job->job_class != ECTP_CLASS_SHORT_LIVED &&
	    pool_of(job->job_class) == NULL)
		return "there is no pool of its class";
	switch (job->completion) {
	case ECTP_COMPLETE_NONE:
	case ECTP_COMPLETE_SYNC:
		return NULL;
	case ECTP_COMPLETE_CALLBACK:
	case ECTP_COMPLETE_CALLBACK_SCHED:
		return job->r.cb.func != NULL ? NULL : "it has no callback";
	case ECTP_COMPLETE_SEMAPHORE:
		return job->r.sema != NULL ? NULL : "it has no semaphore";
	case ECTP_COMPLETE_EVENT:
	case ECTP_COMPLETE_MODULE:
	case ECTP_COMPLETE_EVENT_INST:
	case ECTP_COMPLETE_CALLBACK_SCHED_INST:
		break;
	}
	return "this host has nothing to complete it with (use a callback)";
}

void
ec_async_complete_tail(ec_async_job *job)
{
	/* the callback may free the job, and so may who waits for sema */
	int memtype = job->free_on_completion_memtype;

	switch (job->completion) {
	case ECTP_COMPLETE_CALLBACK:
	case ECTP_COMPLETE_CALLBACK_SCHED:
		job->r.cb.func(job, job->r.cb.closure);
		break;
	case ECTP_COMPLETE_SEMAPHORE:
		(void)sem_post(job->r.sema);
		break;
	default:
		break;
	}
	if (memtype != 0)
		ec_free(memtype, job);
}

/* Worker and completion, with the generation in place; drops it. */
static void
run(ec_async_job *job, struct generation *generation)
{
	struct generation *before = generation_pin(generation);
	sem_t *concurrency = job->concurrency;
	bool skip = job->skip_completion;

	while (concurrency != NULL && sem_wait(concurrency) != 0) {
		if (errno != EINTR)
			concurrency = NULL; /* never taken: not given back */
	}
	job->worker(job, job->closure);
	if (concurrency != NULL)
		(void)sem_post(concurrency);
	/* if skipped from the start, it may be gone already */
	if (!skip && !job->skip_completion)
		ec_async_complete_tail(job);
	(void)generation_pin(before);
	generation_unref(generation);
}

/* The same, for the message that the job was queued for. */
static void
run_queued(const struct queued *queued)
{
	const char *message = log_message_set(queued->has_message ?
	    queued->message : NULL);
	const struct log_ear *ear = log_ear_set(queued->ear);

	run(queued->job, queued->generation);
	(void)log_ear_set(ear);
	(void)log_message_set(message);
}

/* A job that may be skipped at the end. */
static void
drop(ec_async_job *job, struct generation *generation)
{
	if (job->free_on_completion_memtype != 0)
		ec_free(job->free_on_completion_memtype, job);
	generation_unref(generation);
}

/* `message` NULL: it belongs to none. */
static struct queued *
queued_new(ec_async_job *job, const char *message, const struct log_ear *ear)
{
	size_t n = message != NULL ? strlen(message) : 0;
	struct queued *queued = xcalloc(1, sizeof(*queued) + n + 1);

	queued->job = job;
	queued->generation = generation_here();
	queued->ear = ear;
	queued->has_message = message != NULL;
	if (n > 0)
		memcpy(queued->message, message, n);
	return queued;
}

/* The job is another's by now, and so is its generation. */
static void
queued_free(struct queued *queued)
{
	log_ear_unref(queued->ear);
	free(queued);
}

/* The next job; NULL: the pool is closed and empty.  Under the lock. */
static struct queued *
take(struct pool *pool)
{
	struct queued *queued;

	while (pool->first == NULL && !pool->closed) {
		pool->idle++;
		(void)pthread_cond_wait(&pool->changed, &pool->lock);
		pool->idle--;
	}
	queued = pool->first;
	if (queued == NULL)
		return NULL;
	pool->first = queued->next;
	if (pool->first == NULL)
		pool->end = NULL;
	pool->waiting--;
	return queued;
}

static uint64_t
clock_now(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

/* Add up the time since it was last done, with so many threads working.  Under
 * the lock. */
static void
count_time(struct pool *pool, uint64_t now)
{
	uint64_t span = now - pool->counted;

	pool->worked += pool->busy * span;
	if (pool->busy > 0)
		pool->occupied += span;
	pool->counted = now;
}

static struct queued *
begin_job(struct pool *pool, bool *closed_r)
{
	struct queued *queued;
	uint64_t now;

	(void)pthread_mutex_lock(&pool->lock);
	queued = take(pool);
	*closed_r = pool->closed;
	if (queued != NULL) {
		now = clock_now();
		count_time(pool, now);
		if (pool->invocations++ == 0)
			pool->began = now;
		pool->busy++;
	}
	(void)pthread_mutex_unlock(&pool->lock);
	return queued;
}

static void
end_job(struct pool *pool)
{
	(void)pthread_mutex_lock(&pool->lock);
	count_time(pool, clock_now());
	pool->busy--;
	(void)pthread_mutex_unlock(&pool->lock);
}

static void *
pool_thread(void *closure)
{
	struct pool *pool = closure;
	struct queued *queued;
	bool closed;

	for (;;) {
		queued = begin_job(pool, &closed);
		if (queued == NULL)
			return NULL;
		if (closed && queued->job->skip_on_shutdown)
			drop(queued->job, queued->generation);
		else
			run_queued(queued);
		end_job(pool);
		queued_free(queued);
	}
}

bool
jobs_pool_get(size_t number, struct jobs_pool *pool_r)
{
	struct pool *pool = &pools[number < POOLS ? number : 0];
	uint64_t now;

	if (number >= POOLS)
		return false;
	(void)pthread_mutex_lock(&pool->lock);
	now = clock_now();
	count_time(pool, now);
	*pool_r = (struct jobs_pool){
		.name = pool->name,
		.concurrency = pool->threads_max,
		.busy = pool->busy,
		.idle = pool->idle,
		.waiting = pool->waiting,
		.invocations = pool->invocations,
		.worked = pool->worked,
		.occupied = pool->occupied,
		.open = pool->invocations > 0 ? now - pool->began : 0,
	};
	(void)pthread_mutex_unlock(&pool->lock);
	return true;
}

size_t
jobs_pool_queue(size_t number, struct jobs_waiting *queue_r, size_t room)
{
	struct pool *pool = &pools[number < POOLS ? number : 0];
	size_t n = 0;

	if (number >= POOLS)
		return 0;
	(void)pthread_mutex_lock(&pool->lock);
	for (const struct queued *at = pool->first; at != NULL && n < room;
	    at = at->next)
		queue_r[n++] = (struct jobs_waiting){ at->job->file,
		    at->job->line };
	(void)pthread_mutex_unlock(&pool->lock);
	return n;
}

/* One thread more when the idle ones are too few for what waits.  Signals are
 * for the threads of the program, which know what to do.  Under the lock. */
static void
pool_grow(struct pool *pool)
{
	sigset_t all, before;

	if (pool->waiting <= pool->idle || pool->threads_n == pool->threads_max)
		return;
	(void)sigfillset(&all);
	(void)pthread_sigmask(SIG_SETMASK, &all, &before);
	if (pthread_create(&pool->threads[pool->threads_n], NULL, pool_thread,
	    pool) == 0)
		pool->threads_n++;
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
}

/* Why the pool does not take one more, or NULL.  Under the lock. */
static const char *
pool_add(struct pool *pool, struct queued *queued)
{
	if (pool->closed)
		return "the host is ending";
	if (pool->waiting >= JOBS_BACKLOG)
		return "too many wait in its pool";
	pool->waiting++;
	pool_grow(pool);
	if (pool->threads_n == 0) {
		pool->waiting--;
		return "its pool cannot start a thread";
	}
	*(pool->end != NULL ? pool->end : &pool->first) = queued;
	pool->end = &queued->next;
	(void)pthread_cond_signal(&pool->changed);
	return NULL;
}

static const char *
queue(struct pool *pool, ec_async_job *job, const char *file, int line,
    int flags)
{
	bool of_message = (flags & ECTP_QUEUE_OF_NO_MESSAGE) == 0;
	struct queued *queued = queued_new(job, of_message ? log_message() :
	    NULL, of_message ? log_ear_ref() : NULL);
	const char *file_before = job->file, *why;
	int line_before = job->line;

	/* from here on the job may be complete at any time */
	job->file = file;
	job->line = line;
	(void)pthread_mutex_lock(&pool->lock);
	why = pool_add(pool, queued);
	(void)pthread_mutex_unlock(&pool->lock);
	if (why != NULL) {
		job->file = file_before;
		job->line = line_before;
		generation_unref(queued->generation);
		queued_free(queued);
	}
	return why;
}

int
ec_queue_async_job_(ec_async_job *job, const char *file, int line, int flags)
{
	const char *why = fault_of(job);
	struct pool *pool = pool_of(job->job_class);

	if (why == NULL && pool != NULL && pool->threads_max > 0 &&
	    job->completion != ECTP_COMPLETE_SYNC) {
		why = queue(pool, job, file, line, flags);
	} else if (why == NULL) {
		job->file = file;
		job->line = line;
		run(job, generation_here());
	}
	if (why != NULL)
		refuse(file, line, why);
	return why == NULL ? 1 : 0;
}

/* For who looks for the function itself, not for the macro. */
int
(ec_queue_async_job)(ec_async_job *job)
{
	return ec_queue_async_job_(job, "(unknown)", 0, 0);
}

static void
set_closed(struct pool *pool, bool closed)
{
	(void)pthread_mutex_lock(&pool->lock);
	pool->closed = closed;
	(void)pthread_cond_broadcast(&pool->changed);
	(void)pthread_mutex_unlock(&pool->lock);
}

void
jobs_open(void)
{
	for (size_t i = 0; i < POOLS; i++)
		set_closed(&pools[i], false);
}

void
jobs_close(void)
{
	/* all first: a job of one pool may be queueing into another */
	for (size_t i = 0; i < POOLS; i++)
		set_closed(&pools[i], true);
	for (size_t i = 0; i < POOLS; i++) {
		struct pool *pool = &pools[i];

		/* a closed pool starts none: the list stays as it is */
		for (unsigned t = 0; t < pool->threads_n; t++)
			(void)pthread_join(pool->threads[t], NULL);
		(void)pthread_mutex_lock(&pool->lock);
		pool->threads_n = 0;
		(void)pthread_mutex_unlock(&pool->lock);
	}
}
