/*
 * jobs_test.c: a job is worked on once, by a thread of its pool, under the
 * configuration it was queued with, and completes the way it asked for
 * (ec_thread_pool.h).
 */
#include <pthread.h>
#include <semaphore.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "debug_tools.h"
#include "ec_malloc.h"
#include "ec_thread_pool.h"
#include "host/generation.h"
#include "host/jobs/jobs.h"
#include "host/log/log.h"

static sem_t gate; /* blocked workers wait for it */
static sem_t started; /* and post this before */
static sem_t completed;
static atomic_int worked, called, running, most_running;

static void
note_most(int now)
{
	int most = atomic_load(&most_running);

	while (now > most &&
	    !atomic_compare_exchange_weak(&most_running, &most, now))
		;
}

static void
count(ec_async_job *job, void *closure)
{
	(void)job;
	(void)closure;
	note_most(atomic_fetch_add(&running, 1) + 1);
	atomic_fetch_add(&worked, 1);
	atomic_fetch_sub(&running, 1);
}

/* Work that lasts until the gate opens. */
static void
block(ec_async_job *job, void *closure)
{
	(void)job;
	(void)closure;
	note_most(atomic_fetch_add(&running, 1) + 1);
	(void)sem_post(&started);
	while (sem_wait(&gate) != 0)
		;
	atomic_fetch_add(&worked, 1);
	atomic_fetch_sub(&running, 1);
}

static void
called_back(ec_async_job *job, void *closure)
{
	atomic_fetch_add(&called, 1);
	assert_ptr_equal(job->r.cb.closure, closure);
	(void)sem_post(&completed);
}

/* The thread of the worker goes to *closure. */
static void
tell_thread(ec_async_job *job, void *closure)
{
	(void)job;
	*(pthread_t *)closure = pthread_self();
	atomic_fetch_add(&worked, 1);
}

static void
wait_for(sem_t *sema, int times)
{
	while (times > 0)
		times -= sem_wait(sema) == 0 ? 1 : 0;
}

static void
open_gate(int times)
{
	while (times-- > 0)
		(void)sem_post(&gate);
}

static int
setup(void **state)
{
	(void)state;
	(void)sem_init(&gate, 0, 0);
	(void)sem_init(&started, 0, 0);
	(void)sem_init(&completed, 0, 0);
	worked = called = running = most_running = 0;
	jobs_open();
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	jobs_close();
	(void)sem_destroy(&gate);
	(void)sem_destroy(&started);
	(void)sem_destroy(&completed);
	return 0;
}

static void
a_job_completes_the_way_it_asked_for(void **state)
{
	static const struct {
		enum _ec_thread_pool_job_completion completion;
		int job_class;
		int calls;
		bool here; /* in the thread that queues? */
	} rows[] = {
		{ ECTP_COMPLETE_NONE, ECTP_CLASS_CPU, 0, false },
		{ ECTP_COMPLETE_CALLBACK, ECTP_CLASS_IO, 1, false },
		{ ECTP_COMPLETE_CALLBACK, ECTP_CLASS_SIEVE_IO, 1, false },
		{ ECTP_COMPLETE_CALLBACK_SCHED, ECTP_CLASS_UNLINK, 1, false },
		{ ECTP_COMPLETE_SEMAPHORE, ECTP_CLASS_SWAPOUT, 0, false },
		{ ECTP_COMPLETE_SYNC, ECTP_CLASS_IO, 0, true },
		{ ECTP_COMPLETE_CALLBACK, ECTP_CLASS_CLOSE, 1, true },
		{ ECTP_COMPLETE_CALLBACK, ECTP_CLASS_SHORT_LIVED, 1, true },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		pthread_t thread = pthread_self();
		ec_async_job job = {
			.completion = rows[i].completion,
			.job_class = rows[i].job_class,
			.worker = tell_thread,
			.closure = &thread,
		};

		(void)setup(state);
		if (rows[i].completion == ECTP_COMPLETE_SEMAPHORE) {
			job.r.sema = &completed;
		} else if (rows[i].calls > 0) {
			job.r.cb.func = called_back;
			job.r.cb.closure = &job;
		}
		assert_int_equal(ec_queue_async_job(&job), 1);
		if (rows[i].here)
			assert_int_equal(atomic_load(&worked), 1);
		else if (rows[i].completion != ECTP_COMPLETE_NONE)
			wait_for(&completed, 1);
		jobs_close();
		assert_int_equal(atomic_load(&worked), 1);
		assert_int_equal(atomic_load(&called), rows[i].calls);
		assert_int_equal(pthread_equal(thread, pthread_self()) != 0,
		    rows[i].here);
		assert_string_equal(job.file, __FILE__);
	}
}

static void
what_cannot_be_completed_is_refused_with_a_line_in_the_log(void **state)
{
	static const ec_async_job rows[] = {
		{ .completion = ECTP_COMPLETE_EVENT, .worker = count },
		{ .completion = ECTP_COMPLETE_MODULE, .worker = count },
		{ .completion = ECTP_COMPLETE_EVENT_INST, .worker = count },
		{ .completion = ECTP_COMPLETE_CALLBACK_SCHED_INST,
		    .worker = count },
		{ .completion = ECTP_COMPLETE_CALLBACK, .worker = count },
		{ .completion = ECTP_COMPLETE_SEMAPHORE, .worker = count },
		{ .completion = ECTP_COMPLETE_NONE },
		{ .job_class = 10, .worker = count },
		{ .job_class = -2, .worker = count },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		ec_async_job job = rows[i];
		unsigned long lines = log_count(DERROR);

		assert_int_equal(ec_queue_async_job_(&job, "row", (int)i, 0),
		    0);
		assert_int_equal(log_count(DERROR), lines + 1);
		assert_null(job.file);
	}
	jobs_close();
	assert_int_equal(atomic_load(&worked), 0);
}

static void
pools_have_names(void **state)
{
	static const struct {
		const char *name;
		int job_class;
	} rows[] = {
		{ "CPU", ECTP_CLASS_CPU },
		{ "io", ECTP_CLASS_IO },
		{ "SwapOut", ECTP_CLASS_SWAPOUT },
		{ "SwapIn", ECTP_CLASS_SWAPIN },
		{ "Close", ECTP_CLASS_CLOSE },
		{ "Unlink", ECTP_CLASS_UNLINK },
		{ "Batch_Unlink", ECTP_CLASS_BATCH_UNLINK },
		{ "SpoolIn", ECTP_CLASS_SPOOL_IN },
		{ "Spool", ECTP_CLASS_UNKNOWN },
		{ NULL, ECTP_CLASS_UNKNOWN },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_int_equal(ec_thread_pool_name_to_class(rows[i].name),
		    rows[i].job_class);
}

static void
a_pool_works_on_as_many_jobs_as_it_has_threads(void **state)
{
	static const struct {
		int job_class, threads;
	} rows[] = {
		{ ECTP_CLASS_CPU, 4 },
		{ ECTP_CLASS_IO, 50 },
		{ ECTP_CLASS_SWAPOUT, 5 },
		{ ECTP_CLASS_SWAPIN, 5 },
		{ ECTP_CLASS_UNLINK, 6 },
		{ ECTP_CLASS_BATCH_UNLINK, 4 },
		{ ECTP_CLASS_SPOOL_IN, 1 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		ec_async_job jobs[60] = { 0 };

		(void)setup(state);
		for (size_t j = 0; j < 60; j++) {
			jobs[j].job_class = rows[i].job_class;
			jobs[j].worker = block;
			assert_int_equal(ec_queue_async_job(&jobs[j]), 1);
		}
		wait_for(&started, rows[i].threads);
		open_gate(60);
		jobs_close();
		assert_int_equal(atomic_load(&worked), 60);
		assert_int_equal(atomic_load(&most_running), rows[i].threads);
	}
}

static void
a_full_backlog_refuses_and_loses_nothing(void **state)
{
	ec_async_job *jobs = calloc(JOBS_BACKLOG + 2, sizeof(*jobs));

	(void)state;
	for (int i = 0; i < JOBS_BACKLOG + 2; i++) {
		jobs[i].job_class = ECTP_CLASS_SPOOL_IN;
		jobs[i].worker = i == 0 ? block : count;
		assert_int_equal(ec_queue_async_job(&jobs[i]),
		    i <= JOBS_BACKLOG ? 1 : 0);
		if (i == 0)
			wait_for(&started, 1);
	}
	open_gate(1);
	jobs_close();
	assert_int_equal(atomic_load(&worked), JOBS_BACKLOG + 1);
	free(jobs);
}

struct seen {
	struct generation *generation;
	sigset_t blocked;
};

static void
look_around(ec_async_job *job, void *closure)
{
	struct seen *seen = closure;

	block(job, NULL);
	seen->generation = generation_pinned();
	(void)pthread_sigmask(SIG_SETMASK, NULL, &seen->blocked);
}

static void
a_job_keeps_the_configuration_it_was_queued_under(void **state)
{
	struct generation *first = generation_new(), *second = generation_new();
	struct seen seen = { 0 };
	ec_async_job job = { .worker = look_around, .closure = &seen };

	(void)state;
	(void)generation_ref(first); /* to look at it at the end */
	generation_commit(first);
	assert_int_equal(ec_queue_async_job(&job), 1);
	wait_for(&started, 1);
	generation_commit(second);
	assert_int_equal(first->header.refcnt, 2); /* the test and the job */
	open_gate(1);
	jobs_close();
	assert_ptr_equal(seen.generation, first);
	assert_int_equal(first->header.refcnt, 1);
	assert_null(generation_pinned());
	generation_unref(first);
	generation_commit(NULL);
}

static void
signals_go_to_the_threads_of_the_program(void **state)
{
	static const int signals[] = { SIGTERM, SIGHUP, SIGINT, SIGCHLD };
	struct seen seen = { 0 };
	ec_async_job job = { .worker = look_around, .closure = &seen };
	sigset_t own;

	(void)state;
	open_gate(1);
	assert_int_equal(ec_queue_async_job(&job), 1);
	jobs_close();
	(void)pthread_sigmask(SIG_SETMASK, NULL, &own);
	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
		assert_int_equal(sigismember(&seen.blocked, signals[i]), 1);
		assert_int_equal(sigismember(&own, signals[i]), 0);
	}
}

static void
a_semaphore_bounds_how_many_run(void **state)
{
	ec_async_job jobs[30] = { 0 };
	sem_t two;
	int left;

	(void)state;
	(void)sem_init(&two, 0, 2);
	for (size_t i = 0; i < 30; i++) {
		jobs[i].job_class = ECTP_CLASS_IO;
		jobs[i].worker = block;
		jobs[i].concurrency = &two;
		assert_int_equal(ec_queue_async_job(&jobs[i]), 1);
	}
	wait_for(&started, 2);
	open_gate(30);
	jobs_close();
	assert_int_equal(atomic_load(&worked), 30);
	assert_int_equal(atomic_load(&most_running), 2);
	assert_int_equal(sem_getvalue(&two, &left), 0);
	assert_int_equal(left, 2);
	(void)sem_destroy(&two);
}

static int
job_type(void)
{
	static const mem_type_def def = { "test:job", sizeof(ec_async_job),
		SIZEOF_VOID_P, 0, EC_ALLOCATOR_FIXED, 0 };
	int type = ec_memtype_by_name("test:job");

	return type != MEMTYPE_REGISTER_FAILED ? type :
	    ec_memtype_register(&def);
}

static ec_async_job *
job_new(int job_class, ec_thread_pool_work_func worker)
{
	ec_async_job *job = ec_malloc(job_type());

	memset(job, 0, sizeof(*job));
	job->job_class = job_class;
	job->worker = worker;
	job->completion = ECTP_COMPLETE_CALLBACK;
	job->r.cb.func = called_back;
	job->free_on_completion_memtype = job_type();
	return job;
}

static long
jobs_alive(void)
{
	struct ec_mem_type_usage usage;

	(void)ec_memtype_get_stats(job_type(), &usage);
	return usage.active;
}

static void
a_job_with_a_memtype_is_freed_when_complete(void **state)
{
	(void)state;
	assert_int_equal(ec_queue_async_job(job_new(ECTP_CLASS_IO, count)), 1);
	assert_int_equal(ec_queue_async_job(job_new(ECTP_CLASS_CLOSE, count)),
	    1);
	jobs_close();
	assert_int_equal(atomic_load(&called), 2);
	assert_int_equal(jobs_alive(), 0);
}

static void
a_skipped_completion_waits_for_its_tail(void **state)
{
	ec_async_job *job = job_new(ECTP_CLASS_CPU, count);

	(void)state;
	job->skip_completion = 1;
	assert_int_equal(ec_queue_async_job(job), 1);
	jobs_close();
	assert_int_equal(atomic_load(&worked), 1);
	assert_int_equal(atomic_load(&called), 0);
	assert_int_equal(jobs_alive(), 1);
	ec_async_complete_tail(job);
	assert_int_equal(atomic_load(&called), 1);
	assert_int_equal(jobs_alive(), 0);
}

/* Lets SwapIn go on as soon as the pools are closed; SpoolIn is the last of
 * them to be. */
static void *
open_gate_when_closed(void *closure)
{
	ec_async_job job = {
		.job_class = ECTP_CLASS_SPOOL_IN,
		.completion = ECTP_COMPLETE_SEMAPHORE,
		.worker = tell_thread,
		.r.sema = &completed,
	};
	pthread_t thread;

	job.closure = &thread;
	while (ec_queue_async_job(&job) == 1)
		wait_for(&completed, 1);
	open_gate(*(int *)closure);
	return NULL;
}

static void
the_end_finishes_what_waits_but_for_what_may_be_skipped(void **state)
{
	enum { THREADS = 5 }; /* of SwapIn */
	ec_async_job jobs[THREADS + 1] = { 0 }, *skipped;
	int gates = THREADS + 1;
	pthread_t helper;

	(void)state;
	for (int i = 0; i < THREADS; i++) {
		jobs[i].job_class = ECTP_CLASS_SWAPIN;
		jobs[i].worker = block;
		assert_int_equal(ec_queue_async_job(&jobs[i]), 1);
	}
	wait_for(&started, THREADS);
	skipped = job_new(ECTP_CLASS_SWAPIN, count);
	skipped->skip_on_shutdown = 1;
	assert_int_equal(ec_queue_async_job(skipped), 1);
	jobs[THREADS].job_class = ECTP_CLASS_SWAPIN;
	jobs[THREADS].worker = block;
	assert_int_equal(ec_queue_async_job(&jobs[THREADS]), 1);
	assert_int_equal(pthread_create(&helper, NULL, open_gate_when_closed,
	    &gates), 0);
	jobs_close();
	(void)pthread_join(helper, NULL);
	wait_for(&started, 1); /* the one behind the skipped one ran */
	assert_int_equal(atomic_load(&called), 0);
	assert_int_equal(jobs_alive(), 0);
}

static void
closed_pools_refuse_until_they_are_opened_again(void **state)
{
	ec_async_job job = { .worker = count };

	(void)state;
	jobs_close();
	jobs_close();
	assert_int_equal(ec_queue_async_job(&job), 0);
	assert_int_equal(atomic_load(&worked), 0);
	jobs_open();
	assert_int_equal(ec_queue_async_job(&job), 1);
	jobs_close();
	assert_int_equal(atomic_load(&worked), 1);
}

#define QUEUERS 4
#define EACH 500

/* Completed, a job queues the next one: from a pool's own thread. */
static void
queue_another(ec_async_job *job, void *closure)
{
	ec_async_job *next = job_new((job->job_class + 1) % 4, count);

	(void)closure;
	next->r.cb.func = called_back;
	assert_int_equal(ec_queue_async_job(next), 1);
}

/* Gives what it got if a job is refused, else NULL. */
static void *
queue_many(void *closure)
{
	for (int i = 0; i < EACH; i++) {
		ec_async_job *job = job_new(i % 4, count);

		job->r.cb.func = queue_another;
		if (ec_queue_async_job(job) != 1)
			return closure;
	}
	return NULL;
}

static void
threads_queue_at_once_and_every_job_is_done_once(void **state)
{
	pthread_t threads[QUEUERS];
	char refused[] = "refused";
	void *wrong;

	(void)state;
	for (int t = 0; t < QUEUERS; t++)
		assert_int_equal(pthread_create(&threads[t], NULL, queue_many,
		    refused), 0);
	for (int t = 0; t < QUEUERS; t++) {
		assert_int_equal(pthread_join(threads[t], &wrong), 0);
		assert_null(wrong);
	}
	wait_for(&completed, QUEUERS * EACH);
	jobs_close();
	assert_int_equal(atomic_load(&worked), 2 * QUEUERS * EACH);
	assert_int_equal(jobs_alive(), 0);
}

#define test(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		test(a_job_completes_the_way_it_asked_for),
		test(what_cannot_be_completed_is_refused_with_a_line_in_the_log),
		test(pools_have_names),
		test(a_pool_works_on_as_many_jobs_as_it_has_threads),
		test(a_full_backlog_refuses_and_loses_nothing),
		test(a_job_keeps_the_configuration_it_was_queued_under),
		test(signals_go_to_the_threads_of_the_program),
		test(a_semaphore_bounds_how_many_run),
		test(a_job_with_a_memtype_is_freed_when_complete),
		test(a_skipped_completion_waits_for_its_tail),
		test(the_end_finishes_what_waits_but_for_what_may_be_skipped),
		test(closed_pools_refuse_until_they_are_opened_again),
		test(threads_queue_at_once_and_every_job_is_done_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
