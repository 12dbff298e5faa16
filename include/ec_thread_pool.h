/*
 * ec_thread_pool.h: work for other threads.
 *
 * A job names a pool (job_class), a function, and what happens when that is
 * done.  Fill one with zeros, set what is needed and queue it; then it belongs
 * to the pool until it is complete, and one thread at a time works on it:
 *
 *	memset(&lookup->job, 0, sizeof(lookup->job));
 *	lookup->job.job_class = ECTP_CLASS_IO;
 *	lookup->job.worker = look_up;
 *	lookup->job.closure = lookup;
 *	lookup->job.completion = ECTP_COMPLETE_CALLBACK;
 *	lookup->job.r.cb.func = use_answer;
 *	if (!ec_queue_async_job(&lookup->job))
 *		... it is still ours, nothing will happen ...
 *
 * Worker and completion see the configuration under which the job was queued,
 * whatever is loaded meanwhile.  Signals are blocked in the pools' threads.
 */
#ifndef EC_THREAD_POOL_H
#define EC_THREAD_POOL_H

#include "ec_types.h"

#include <semaphore.h>

/* Pools.  Those with no thread of their own work in the caller's. */
#define ECTP_CLASS_SHORT_LIVED (-1) /* in the caller's thread */
#define ECTP_CLASS_CPU 0 /* CPU, 4 threads */
#define ECTP_CLASS_IO 1 /* IO, 50 */
#define ECTP_CLASS_SWAPOUT 2 /* SwapOut, 5 */
#define ECTP_CLASS_SWAPIN 3 /* SwapIn, 5 */
#define ECTP_CLASS_CLOSE 4 /* Close, in the caller's thread */
#define ECTP_CLASS_UNLINK 5 /* Unlink, 6 */
#define ECTP_CLASS_BATCH_UNLINK 6 /* Batch_Unlink, 4 */
#define ECTP_CLASS_SPOOL_IN 7 /* SpoolIn, 1 */
#define ECTP_CLASS_ASYNC_BOUNCE 8 /* shares IO */
#define ECTP_CLASS_SIEVE_IO 9 /* shares IO */

typedef struct ec_thread_pool_job ec_async_job;
typedef struct _ec_scheduler_inst ec_scheduler_inst; /* there are none here */

typedef void (*ec_thread_pool_work_func)(ec_async_job *job, void *closure);
typedef void (*ec_thread_pool_completion_func)(ec_async_job *job,
    void *closure);

/*
 * This host has no scheduler and no events: it refuses to queue what would
 * have to wake one, and a callback meant for the scheduler's thread runs in
 * the pool's, as the other one does.  A validation module is not waited for
 * either: it asks for VALIDATE_AGAIN and looks whether its callback came.
 */
enum _ec_thread_pool_job_completion {
	ECTP_COMPLETE_NONE, /* nothing */
	ECTP_COMPLETE_EVENT, /* refused */
	ECTP_COMPLETE_MODULE, /* refused */
	ECTP_COMPLETE_CALLBACK, /* call r.cb.func in the pool's thread */
	ECTP_COMPLETE_SEMAPHORE, /* post to r.sema */
	ECTP_COMPLETE_SYNC, /* all work is done before queueing returns */
	ECTP_COMPLETE_CALLBACK_SCHED, /* as CALLBACK */
	ECTP_COMPLETE_EVENT_INST, /* refused */
	ECTP_COMPLETE_CALLBACK_SCHED_INST /* refused */
};

struct ec_thread_pool_job {
	struct ec_thread_pool_job *next; /* not used here */
	enum _ec_thread_pool_job_completion completion;
	int job_class;
	/* At most its value of jobs run at a time; NULL: as the pool has
	 * threads.  A job that waits for it occupies a thread. */
	sem_t *concurrency;
	ec_thread_pool_work_func worker; /* must not free the job */
	void *closure;
	union _ec_thread_pool_job_r {
		struct _ec_thread_pool_job_r_e {
			Event *event;
			int mask;
			validate_context *ctx;
			ec_scheduler_inst *inst;
		} e;
		struct _ec_thread_pool_job_r_cb {
			ec_thread_pool_completion_func func;
			void *closure;
			ec_scheduler_inst *inst;
		} cb;
		sem_t *sema;
	} r;
	/* Nonzero: the job came from ec_malloc with this type, and is freed
	 * when it is complete. */
	int free_on_completion_memtype;
	/* It is not complete when the worker returns, but when somebody calls
	 * ec_async_complete_tail.  Who calls that from another thread sets this
	 * before queueing. */
	unsigned skip_completion : 1;
	/* Still waiting when the host ends, it is dropped: neither run nor
	 * completed, but freed if its memtype says so. */
	unsigned skip_on_shutdown : 1;
	unsigned _spare_bits : 30;
	const char *file; /* where it was queued */
	int line;
};

/*
 * 1, or 0 and a line in the paniclog: the job is malformed or its completion
 * is refused, too many are waiting in its pool, or the host is ending.  Then
 * the job was not touched.  Any thread, also that of another job.
 */
int ec_queue_async_job(ec_async_job *job);
int ec_queue_async_job_(ec_async_job *job, const char *file, int line,
    int flags /* 0, or below */);
/* What the job logs is said of the message that this thread works on, and heard
 * by who traces that; so is the job's completion.  Not with this flag, which is
 * for jobs that serve several messages (addition). */
#define ECTP_QUEUE_OF_NO_MESSAGE 1
#define ec_queue_async_job(job) \
	ec_queue_async_job_((job), __FILE__, __LINE__, 0)

/* Complete a job that skipped it: in this thread.  SYNC is as NONE. */
void ec_async_complete_tail(ec_async_job *job);

/* The class of a pool's name, in any case; or ECTP_CLASS_UNKNOWN. */
int ec_thread_pool_name_to_class(const char *name);
#define ECTP_CLASS_UNKNOWN (-2)

#endif
