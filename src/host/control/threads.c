/*
 * threads.c: the thread pools that modules queue work for.
 */
#include "host/control/commands.h"
#include "host/control/commands_of.h"
#include "host/control/form.h"
#include "host/jobs/jobs.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#define QUEUE_SHOWN 100 /* jobs of a queue */
#define NANOSECONDS_IN_MILLISECOND 1e6

/* A number of /proc/self/status. */
static long
status_number(const char *name)
{
	char line[256];
	long number = -1;
	FILE *file = fopen("/proc/self/status", "re");

	while (file != NULL && fgets(line, sizeof(line), file) != NULL) {
		size_t n = strlen(name);

		if (strncmp(line, name, n) == 0 && line[n] == ':')
			(void)sscanf(line + n + 1, "%ld", &number);
	}
	if (file != NULL)
		(void)fclose(file);
	return number;
}

static int
run_threads(command_construct *cc, void *closure)
{
	long threads = status_number("Threads");

	(void)closure;
	if (commands_has_rest(cc, 1))
		return 0;
	if (form_is_wanted(cc))
		return form_answer(cc, "threads", json_pack("{s:I}",
		    "current_thread_count", (json_int_t)threads));
	(void)stringprintf(&cc->response, "Current thread count: %ld\n",
	    threads);
	return 1;
}

struct figures { /* what is made of the counters */
	double concurrency, saturation, milliseconds;
};

static double
share(double part, double whole)
{
	return whole > 0 ? part / whole : 0;
}

static struct figures
figures_of(const struct jobs_pool *pool)
{
	double worked = (double)pool->worked;

	return (struct figures){
		.concurrency = share(worked, (double)pool->occupied),
		.saturation = 100.0 * share(worked, (double)pool->open *
		    pool->concurrency),
		.milliseconds = share(worked, (double)pool->invocations) /
		    NANOSECONDS_IN_MILLISECOND,
	};
}

static void
write_pool(string *out, const struct jobs_pool *pool)
{
	struct figures figures = figures_of(pool);

	for (const char *c = pool->name; *c != '\0'; c++)
		(void)stringprintf(out, "%c", toupper((unsigned char)*c));
	(void)stringprintf(out, " thread pool: concurrency %u\n",
	    pool->concurrency);
	if (pool->invocations == 0)
		return;
	(void)stringprintf(out, "%32s: %llu\n%32s: %.2f\n%32s: %5.2f%%\n"
	    "%32s: %.2fms\n%32s: %u\n  [inactive threads]\n%32s: %u\n",
	    "Total invocations", (unsigned long long)pool->invocations,
	    "Observed average concurrency", figures.concurrency,
	    "Thread pool saturation", figures.saturation,
	    "Average wallclock time per op", figures.milliseconds,
	    "Current thread count", pool->busy, "Current thread count",
	    pool->idle);
}

static json_t *
pool_model(const struct jobs_pool *pool)
{
	struct figures figures = figures_of(pool);

	return json_pack("{s:s,s:i,s:I,s:f,s:f,s:f,s:i,s:i,s:i}", "name",
	    pool->name, "concurrency", (int)pool->concurrency, "invocations",
	    (json_int_t)pool->invocations, "average_concurrency",
	    figures.concurrency, "saturation_percent", figures.saturation,
	    "average_milliseconds", figures.milliseconds, "busy_threads",
	    (int)pool->busy, "inactive_threads", (int)pool->idle,
	    "jobs_waiting", (int)pool->waiting);
}

static int
run_stats(command_construct *cc, void *closure)
{
	json_t *list = form_is_wanted(cc) ? json_array() : NULL;
	struct jobs_pool pool;

	(void)closure;
	for (size_t i = 0; jobs_pool_get(i, &pool); i++) {
		if (list != NULL)
			(void)json_array_append_new(list, pool_model(&pool));
		else
			write_pool(&cc->response, &pool);
	}
	return list == NULL ? 1 : form_answer(cc, "threads", json_pack(
	    "{s:o}", "pools", list));
}

static json_t *
queue_model(const struct jobs_pool *pool, const struct jobs_waiting *queue,
    size_t shown)
{
	json_t *jobs = json_array();

	for (size_t i = 0; i < shown; i++)
		(void)json_array_append_new(jobs, json_pack("{s:s,s:i}",
		    "file", queue[i].file, "line", queue[i].line));
	return json_pack("{s:s,s:i,s:o}", "pool", pool->name, "waiting",
	    (int)pool->waiting, "jobs", jobs);
}

/* closure is the pool's name. */
static int
run_queue(command_construct *cc, void *closure)
{
	struct jobs_waiting queue[QUEUE_SHOWN];
	struct jobs_pool pool;
	size_t shown, i = 0;

	while (jobs_pool_get(i, &pool) && strcmp(pool.name, closure) != 0)
		i++;
	shown = jobs_pool_queue(i, queue, QUEUE_SHOWN);
	if (form_is_wanted(cc))
		return form_answer(cc, "queue", queue_model(&pool, queue,
		    shown));
	(void)stringprintf(&cc->response, "Jobs in the %s pool\n", pool.name);
	for (size_t job = 0; job < shown; job++)
		(void)stringprintf(&cc->response, "  %s:%d\n",
		    queue[job].file, queue[job].line);
	(void)stringprintf(&cc->response, "%u jobs\n", pool.waiting);
	return 1;
}

void
threads_add_commands(void)
{
	static char io[] = "IO", cpu[] = "CPU";
	static const struct command_row rows[] = {
		{ "threads", run_threads, "how many threads there are", NULL },
		{ "threads stats", run_stats, "how the thread pools do",
		    "Times and counts since the process began.  A pool that "
		    "had no job yet\nhas one line." },
	};

	commands_add_rows(rows, sizeof(rows) / sizeof(rows[0]));
	ec_control_register_command2("threads io queue", io, run_queue);
	ec_control_register_help("threads io queue",
	    "jobs that wait in the IO pool", NULL);
	ec_control_register_command2("threads cpu queue", cpu, run_queue);
	ec_control_register_help("threads cpu queue",
	    "jobs that wait in the CPU pool", NULL);
}
