/*
 * jobs.h: the host's side of ec_thread_pool.h.
 *
 * Pools are open when the process starts, and have no threads until the first
 * job comes.  Both functions are for the one thread that starts and ends the
 * host, never for a job.
 */
#ifndef HOST_JOBS_H
#define HOST_JOBS_H

#define JOBS_BACKLOG 4096 /* jobs that wait in one pool; more are refused */

/* Take jobs again after jobs_close. */
void jobs_open(void);

/*
 * Refuse new jobs, finish those that are queued and drop those that may be
 * skipped, and end all threads.  When it returns, none of them runs.
 */
void jobs_close(void);

#endif
