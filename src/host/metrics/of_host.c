/*
 * of_host.c: what the host itself has to tell.
 */
#include "host/metrics/metrics.h"

#include "host/log/log.h"
#include "host/stats/signing.h"

#include <dirent.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#define NANOSECONDS 1e9
#define MICROSECONDS 1e6

static int messages[METRICS_MESSAGES], connections, internal_errors,
    reloads[2];
static _Atomic long connections_now;
static time_t started;

void
metrics_open(void)
{
	static const char *const became[METRICS_MESSAGES] = {
		[METRICS_ACCEPTED] = "action=\"accept\"",
		[METRICS_HELD] = "action=\"hold\"",
		[METRICS_DISCARDED] = "action=\"discard\"",
		[METRICS_DEFERRED] = "action=\"tempfail\"",
		[METRICS_REJECTED] = "action=\"reject\"",
	};

	for (int i = 0; i < METRICS_MESSAGES; i++)
		messages[i] = ec_metric_counter("messages",
		    "Messages by what became of them.", became[i]);
	connections = ec_metric_counter("connections_opened",
	    "Connections that mail servers told of.", NULL);
	internal_errors = ec_metric_counter("errors",
	    "Troubles by their kind.", "kind=\"internal\"");
	reloads[0] = ec_metric_counter("config_reloads",
	    "Reloads of the configuration.", "result=\"failed\"");
	reloads[1] = ec_metric_counter("config_reloads",
	    "Reloads of the configuration.", "result=\"done\"");
	if (started == 0)
		started = time(NULL);
	metrics_dns_open();
}

void
metrics_message(enum metrics_message became)
{
	ec_metric_add(messages[became], 1);
}

uint64_t
metrics_messages(enum metrics_message became)
{
	return cells_sum(messages[became]);
}

long
metrics_connections(void)
{
	return atomic_load_explicit(&connections_now, memory_order_relaxed);
}

void
metrics_connection_began(void)
{
	ec_metric_add(connections, 1);
	atomic_fetch_add_explicit(&connections_now, 1, memory_order_relaxed);
}

void
metrics_connection_ended(void)
{
	atomic_fetch_sub_explicit(&connections_now, 1, memory_order_relaxed);
}

void
metrics_internal_error(void)
{
	ec_metric_add(internal_errors, 1);
}

void
metrics_reload(bool good)
{
	ec_metric_add(reloads[good ? 1 : 0], 1);
}

static double
resident_bytes(void)
{
	FILE *file = fopen("/proc/self/statm", "re");
	long whole = 0, resident = 0;

	if (file == NULL)
		return 0;
	if (fscanf(file, "%ld %ld", &whole, &resident) != 2)
		resident = 0;
	(void)fclose(file);
	return (double)resident * (double)sysconf(_SC_PAGESIZE);
}

/* Without "." and "..", and without the folder itself. */
static double
open_descriptors(void)
{
	DIR *folder = opendir("/proc/self/fd");
	int n = -3;

	if (folder == NULL)
		return 0;
	while (readdir(folder) != NULL)
		n++;
	(void)closedir(folder);
	return n;
}

static double
seconds_of(struct timeval time)
{
	return (double)time.tv_sec + (double)time.tv_usec / MICROSECONDS;
}

static void
tell_process(ec_metrics *metrics)
{
	struct rusage usage;

	(void)getrusage(RUSAGE_SELF, &usage);
	ec_metrics_tell_counter(metrics, "process_cpu_seconds",
	    "Processor time, of the user and of the system.", NULL,
	    seconds_of(usage.ru_utime) + seconds_of(usage.ru_stime));
	ec_metrics_tell_gauge(metrics, "process_resident_memory_bytes",
	    "Memory in use.", NULL, resident_bytes());
	ec_metrics_tell_gauge(metrics, "process_open_fds",
	    "Open descriptors.", NULL, open_descriptors());
	ec_metrics_tell_gauge(metrics, "process_start_time_seconds",
	    "When the process began, in seconds since 1970.", NULL,
	    (double)started);
}

static void
tell_signing(ec_metrics *metrics)
{
	static const char *const kinds[LEDGER_KINDS] = {
		[EC_SIGNING_DOMAINKEYS] = "kind=\"domainkeys\"",
		[EC_SIGNING_DKIM] = "kind=\"dkim\"",
	};
	struct ledger_sums sums[LEDGER_KINDS];

	signing_get_all(sums);
	for (int i = 0; i < LEDGER_KINDS; i++) {
		ec_metrics_tell_counter(metrics, "signing_processed",
		    "Messages looked at, to be signed or not.", kinds[i],
		    (double)sums[i].processed);
		ec_metrics_tell_counter(metrics, "signing_signed",
		    "Messages signed.", kinds[i], (double)sums[i].signed_ok);
		ec_metrics_tell_counter(metrics, "signing_failed",
		    "Attempts to sign that failed.", kinds[i],
		    (double)sums[i].failed);
		ec_metrics_tell_counter(metrics, "signing_seconds",
		    "Time spent signing.", kinds[i],
		    (double)sums[i].nanoseconds / NANOSECONDS);
	}
}

static void
tell_log(ec_metrics *metrics)
{
	char labels[48];

	for (int level = 0; level < LOG_LEVELS; level++) {
		(void)snprintf(labels, sizeof(labels), "level=\"%s\"",
		    log_level_name(level));
		ec_metrics_tell_counter(metrics, "log_lines",
		    "Lines written to the log.", labels,
		    (double)log_count(level));
	}
}

void
metrics_of_host(ec_metrics *metrics)
{
	ec_metrics_tell_gauge(metrics, "build_info", "Which mailseal this is.",
	    "version=\"" MAILSEAL_VERSION "\"", 1);
	ec_metrics_tell_gauge(metrics, "connections",
	    "Connections that are open.", NULL,
	    (double)atomic_load(&connections_now));
	tell_process(metrics);
	tell_signing(metrics);
	metrics_dns_tell(metrics);
	tell_log(metrics);
}
