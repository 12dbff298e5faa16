/*
 * jobs.h: the host's side of ec_thread_pool.h.
 *
 * Pools are open when the process starts, and have no threads until the first
 * job comes.  Both functions are for the one thread that starts and ends the
 * host, never for a job.
 */
#ifndef HOST_JOBS_H
#define HOST_JOBS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define JOBS_BACKLOG 4096 /* jobs that wait in one pool; more are refused */

/* Take jobs again after jobs_close. */
void jobs_open(void);

/*
 * Refuse new jobs, finish those that are queued and drop those that may be
 * skipped, and end all threads.  When it returns, none of them runs.
 */
void jobs_close(void);

/* How a pool does: everything since the process began. */
struct jobs_pool {
	const char *name; /* "IO" */
	unsigned concurrency; /* threads that it may have; 0: none of its own */
	unsigned busy, idle; /* threads now */
	unsigned waiting; /* jobs now */
	uint64_t invocations; /* jobs begun */
	uint64_t worked; /* nanoseconds, of all threads together */
	uint64_t occupied; /* nanoseconds in which any thread worked */
	uint64_t open; /* nanoseconds since the first job began */
};

/* The pool of that number, from 0.  False: there is none. */
bool jobs_pool_get(size_t number, struct jobs_pool *pool_r);

/* Where the jobs that wait were queued, the oldest first. */
struct jobs_waiting {
	const char *file; /* lives as long as the process */
	int line;
};
/* As many as there is room for; gives how many. */
size_t jobs_pool_queue(size_t number, struct jobs_waiting *queue_r,
    size_t room);

#endif
