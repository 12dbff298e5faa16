/*
 * serve.c: the daemon's life, in order.
 *
 * One thread takes signals and does what they say: this one.  Mail is served by
 * libmilter in threads of its own, below one that waits for it to end.  A stop
 * has a thread, too, so that a second signal can cut it short.
 */
#include "daemon/serve.h"

#include "daemon/background.h"
#include "daemon/fixed.h"
#include "daemon/globals.h"
#include "daemon/logging.h"
#include "daemon/notify.h"
#include "daemon/parting.h"
#include "daemon/pidfile.h"
#include "daemon/privileges.h"
#include "daemon/signals.h"
#include "frontends/milter/milter.h"
#include "host/config/config.h"
#include "host/console/listener.h"
#include "host/generation.h"
#include "host/host.h"
#include "host/log/journal.h"
#include "host/log/log.h"
#include "host/log/results.h"
#include "host/metrics/endpoint.h"
#include "host/online/online.h"
#include "host/stats/keeper.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

struct daemon {
	const struct daemon_start *start;
	struct identity identity;
	struct pidfile pidfile;
	struct fixed *fixed;
	bool is_listening; /* there is a socket to close */
	int status; /* to end with */
	pthread_t server, stopper;
	bool has_stopper;
	int served; /* what milter_serve() gave; once ... */
	atomic_bool has_served; /* ... this is true */
	unsigned stop_seconds;
	unsigned left; /* what milter_stop() gave; once ... */
	atomic_bool has_stopped; /* ... this is true */
};

static void
tell(const struct buffer *why)
{
	struct buffer line = { 0 };

	buffer_add_text(&line, "mailseald: ");
	buffer_add(&line, buffer_span(why));
	buffer_add_text(&line, "\n");
	journal_complain(line.p, line.n);
	buffer_deinit(&line);
}

static void
tell_errors(const struct config_errors *errors)
{
	struct buffer out = { 0 };

	errors_format_all(errors, &out);
	journal_complain(out.p, out.n);
	buffer_deinit(&out);
}

/* The buffer is taken. */
static void
log_lines(int level, struct buffer *lines)
{
	char *text, *rest, *line;

	rest = text = buffer_take_text(lines);
	while (rest != NULL && (line = strsep(&rest, "\n")) != NULL) {
		if (line[0] != '\0')
			log_line(level, "%s", line);
	}
	free(text);
}

static void
log_errors(const struct config_errors *errors)
{
	struct buffer out = { 0 };

	errors_format_all(errors, &out);
	log_lines(DERROR, &out);
}

/* Each connection takes a descriptor or two, and the usual soft limit is there
 * for programs that cannot count beyond 1024. */
static void
raise_descriptors(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
		return;
	limit.rlim_cur = limit.rlim_max;
	(void)setrlimit(RLIMIT_NOFILE, &limit);
}

static int
prepare(const struct daemon_start *start)
{
	struct buffer why = { 0 };

	if (background_fill_standard() != 0)
		return -1;
	privileges_restrict();
	raise_descriptors();
	if (!start->foreground && background_enter(&why) != 0) {
		tell(&why);
		buffer_deinit(&why);
		return -1;
	}
	if (signals_open() == 0)
		return 0;
	(void)fprintf(stderr, "mailseald: signals: %s\n", strerror(errno));
	return -1;
}

/* The option that is to blame, in the form that errors of a configuration
 * have. */
static void
blame(const struct config *config, const char *name, struct buffer *why)
{
	errors_format_place(globals_place(config, name), why);
	buffer_add_text(why, "option '");
	buffer_add_text(why, name);
	buffer_add_text(why, "': ");
}

static int
find_identity(struct daemon *daemon, const struct config *config,
    struct buffer *why)
{
	const char *user = globals_text(config, "User");

	daemon->status = EX_NOPERM;
	blame(config, "User", why);
	if (privileges_choose(user, &daemon->identity, why) != 0)
		return -1;
	buffer_clear(why);
	return 0;
}

static int
open_files(struct daemon *daemon, const struct config *config,
    struct buffer *why)
{
	const char *path = globals_text(config, "Pid_File");

	daemon->status = EX_CANTCREAT;
	if (path != NULL) {
		blame(config, "Pid_File", why);
		buffer_add_text(why, path);
		buffer_add_text(why, ": ");
		if (pidfile_open(&daemon->pidfile, path, why) != 0)
			return -1;
		buffer_clear(why);
	}
	blame(config, "Paniclog", why);
	if (logging_open(config, daemon->start->foreground, &daemon->identity,
	    why) != 0)
		return -1;
	buffer_clear(why);
	return 0;
}

static int
open_socket(struct daemon *daemon, const struct config *config,
    struct buffer *why)
{
	daemon->status = EX_CONFIG;
	if (!milter_is_configured(config)) {
		buffer_add_text(why, daemon->start->path);
		buffer_add_text(why, ": there is no Milter_Listener with a "
		    "Listen that is enabled, so no mail server could connect");
		return -1;
	}
	daemon->status = EX_UNAVAILABLE;
	if (milter_open(config, daemon->identity.uid, daemon->identity.gid,
	    why) != 0)
		return -1;
	daemon->is_listening = true;
	return listener_open(config, daemon->identity.uid,
	    daemon->identity.gid, why);
}

/* All that takes the first rights, then without them. */
static int
take_and_drop(void *closure, const struct config *config, struct buffer *why)
{
	struct daemon *daemon = closure;

	if (find_identity(daemon, config, why) != 0 ||
	    open_files(daemon, config, why) != 0 ||
	    open_socket(daemon, config, why) != 0)
		return -1;
	daemon->status = EX_NOPERM;
	if (privileges_drop(&daemon->identity, why) != 0)
		return -1;
	daemon->status = EX_CONFIG;
	daemon->fixed = fixed_new(config);
	return 0;
}

static int
open_host(struct daemon *daemon)
{
	struct host_start start = {
		.source.path = daemon->start->path,
		.drop_privileges = take_and_drop,
		.closure = daemon,
	};
	struct config_errors errors = { 0 };
	int ret = host_open(&start, &errors);

	if (ret != 0)
		tell_errors(&errors);
	errors_deinit(&errors);
	return ret;
}

static void
open_statistics(void)
{
	struct generation *generation = generation_current();

	keeper_open(generation->config);
	(void)endpoint_follow(generation->config);
	generation_unref(generation);
}

static void *
serve_mail(void *closure)
{
	struct daemon *daemon = closure;

	daemon->served = milter_serve();
	atomic_store(&daemon->has_served, true);
	signals_wake();
	return NULL;
}

static void
log_start(const struct daemon *daemon)
{
	log_line(DNOTICE, "mailseald " MAILSEAL_VERSION " serves mail, "
	    "configuration '%s'", daemon->start->path);
	if (daemon->identity.is_fallback)
		log_line(DWARNING, "there is no user '%s': running as '%s' "
		    "(make that user, or set the option User)",
		    PRIVILEGES_USER, PRIVILEGES_FALLBACK);
	if (geteuid() == 0)
		log_line(DWARNING, "running as root, as the option User says");
}

/* What a configuration that is in use now means outside of the host.  A signal
 * may ask for it while the console does. */
static void
adopt(void *closure)
{
	static pthread_mutex_t adopt_lock = PTHREAD_MUTEX_INITIALIZER;
	struct daemon *daemon = closure;
	struct generation *generation;
	struct buffer why = { 0 };

	(void)pthread_mutex_lock(&adopt_lock);
	generation = generation_current();
	if (logging_open(generation->config, daemon->start->foreground, NULL,
	    &why) != 0)
		log_line(DERROR, "option 'Paniclog': %.*s; the old one is "
		    "written on", (int)why.n, (char *)why.p);
	(void)endpoint_follow(generation->config);
	(void)fixed_compare(daemon->fixed, generation->config);
	if (milter_differs(generation->config))
		log_line(DWARNING, "Milter_Listener asks for another socket "
		    "(address, mode, group, backlog, time-out) than the one "
		    "that is served: that takes effect with a restart only");
	generation_unref(generation);
	(void)pthread_mutex_unlock(&adopt_lock);
	buffer_deinit(&why);
}

static void
log_report(const struct daemon *daemon, struct online_report *report)
{
	log_line(DNOTICE, "'%s' was loaded again: %u change%s",
	    daemon->start->path, report->change_count,
	    report->change_count == 1 ? "" : "s");
	if (report->change_count > 0)
		log_lines(DNOTICE, &report->changed);
	log_lines(DWARNING, &report->warnings);
	if (report->dropped_count == 0)
		return;
	log_line(DWARNING, "dropped, as it was set online and is in no file:");
	log_lines(DWARNING, &report->dropped);
}

static void
reload(struct daemon *daemon)
{
	struct config_errors errors = { 0 };
	struct online_report report;

	notify_reloading();
	logging_reopen();
	if (online_reload(NULL, &report, &errors) != 0) {
		log_errors(&errors);
		log_line(DERROR, "'%s' is not taken into use (%u error%s): "
		    "the configuration before it stays", daemon->start->path,
		    errors.count, errors.count == 1 ? "" : "s");
		notify_status("reload failed: %u errors in the configuration",
		    errors.count);
	} else {
		log_report(daemon, &report);
		notify_status("serving mail");
	}
	notify_ready();
	online_report_deinit(&report);
	errors_deinit(&errors);
}

/* Returns when the process is to end. */
static void
follow_signals(struct daemon *daemon)
{
	for (;;) {
		unsigned came = signals_wait();

		if ((came & SIGNALS_STOP) != 0)
			return;
		if (atomic_load(&daemon->has_served)) {
			log_line(DCRITICAL, "the milter socket is served no "
			    "more: ending (libmilter gave up, for want of "
			    "threads, memory or descriptors; what it said "
			    "itself is in the system's log)");
			daemon->status = EX_UNAVAILABLE;
			return;
		}
		if ((came & SIGNALS_RELOAD) != 0)
			reload(daemon);
		else if ((came & SIGNALS_REOPEN) != 0)
			logging_reopen();
	}
}

static time_t
now(void)
{
	struct timespec time;

	(void)clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec;
}

/* What is left of so many seconds, but never nothing. */
static unsigned
rest_of(unsigned seconds, time_t began)
{
	time_t gone = now() - began;

	return gone >= (time_t)seconds ? 1 : seconds - (unsigned)gone;
}

static void *
stop_mail(void *closure)
{
	struct daemon *daemon = closure;

	time_t began = now();

	daemon->left = milter_stop(daemon->stop_seconds);
	(void)parting_wait(rest_of(daemon->stop_seconds, began));
	atomic_store(&daemon->has_stopped, true);
	signals_wake();
	return NULL;
}

static unsigned
stop_seconds(void)
{
	struct generation *generation = generation_current();
	unsigned seconds = (unsigned)globals_number(generation->config,
	    "Stop_Timeout");

	generation_unref(generation);
	return seconds;
}

/* Have messages in flight been let end, and is nobody in libmilter any more? */
static bool
is_over(const struct daemon *daemon)
{
	return atomic_load(&daemon->has_stopped) &&
	    (daemon->left > 0 || atomic_load(&daemon->has_served));
}

/* Gives the number of messages that are not done. */
static unsigned
stop(struct daemon *daemon)
{
	unsigned came, left, hurries = 0;

	daemon->stop_seconds = stop_seconds();
	notify_stopping(daemon->stop_seconds);
	log_line(DNOTICE, "stopping: messages in flight have %u seconds",
	    daemon->stop_seconds);
	/* scripts that sleep wake up, and their messages end */
	parting_begin(daemon->status, signals_wake);
	daemon->has_stopper = pthread_create(&daemon->stopper, NULL, stop_mail,
	    daemon) == 0;
	if (!daemon->has_stopper)
		(void)stop_mail(daemon);
	while (!is_over(daemon)) {
		came = signals_wait();
		if ((came & SIGNALS_REOPEN) != 0)
			logging_reopen();
		if ((came & SIGNALS_STOP) != 0) {
			log_line(DWARNING, "stopping at once: a second signal "
			    "came");
			left = milter_stop(0);
			/* with nothing left the end is near anyway, unless
			 * something hangs */
			if (left > 0 || ++hurries > 1)
				return left;
		}
	}
	return daemon->left;
}

/* Both are through, see is_over(). */
static void
join_threads(struct daemon *daemon)
{
	if (daemon->has_stopper)
		(void)pthread_join(daemon->stopper, NULL);
	(void)pthread_join(daemon->server, NULL);
}

static void
close_files(struct daemon *daemon)
{
	if (daemon->is_listening)
		milter_close();
	pidfile_close(&daemon->pidfile);
	privileges_deinit(&daemon->identity);
	fixed_free(&daemon->fixed);
}

/* Of LeakSanitizer, when the program is built with it. */
extern void __lsan_do_leak_check(void) __attribute__((weak));

/* libmilter's threads live as long as the process; what others registered for
 * exit(), OpenSSL for one, takes things away under them. */
_Noreturn static void
leave(int status)
{
	if (__lsan_do_leak_check != NULL)
		__lsan_do_leak_check();
	(void)fflush(NULL);
	_exit(status);
}

_Noreturn static void
end(struct daemon *daemon, unsigned left)
{
	bool quiet = listener_close();

	endpoint_close();
	keeper_close();
	if (left == 0 && quiet && is_over(daemon) && parting_is_over()) {
		join_threads(daemon);
		host_close();
		log_line(DNOTICE, "stopped");
		close_files(daemon);
		leave(daemon->status);
	}
	/* threads work on what they have until the very end, so nothing that
	 * they need is taken away */
	if (!parting_is_over())
		log_line(DWARNING, "a module does not come back from "
		    "core_control_shutdown: it is left");
	if (!quiet)
		log_line(DWARNING, "a console command does not end: it is "
		    "left");
	if (left > 0)
		log_line(DWARNING, "stopped with %u message%s in flight: "
		    "their senders try again", left, left == 1 ? "" : "s");
	else
		log_line(DNOTICE, "stopped");
	if (daemon->is_listening)
		milter_close();
	pidfile_close(&daemon->pidfile);
	_exit(daemon->status == EX_OK && left > 0 ? EX_TEMPFAIL :
	    daemon->status);
}

int
daemon_serve(const struct daemon_start *start)
{
	static struct daemon daemon; /* threads may outlive this function */

	daemon.start = start;
	daemon.status = EX_CONFIG;
	/* what is said before the configuration says where */
	(void)log_open(&(struct log_targets){ .to_stderr = true });
	if (prepare(start) != 0)
		return EX_OSERR;
	if (open_host(&daemon) != 0) {
		close_files(&daemon);
		return daemon.status;
	}
	daemon.status = EX_OK;
	results_begin();
	errno = pthread_create(&daemon.server, NULL, serve_mail, &daemon);
	if (errno != 0) {
		(void)fprintf(stderr, "mailseald: thread: %s\n",
		    strerror(errno));
		close_files(&daemon);
		host_close();
		return EX_OSERR;
	}
	log_start(&daemon);
	open_statistics();
	online_tell(adopt, &daemon);
	if (listener_serve() != 0)
		log_line(DERROR, "Control_Listener is not served: %s",
		    strerror(errno));
	background_ready();
	notify_status("serving mail");
	notify_ready();
	follow_signals(&daemon);
	end(&daemon, stop(&daemon));
}

/* Large messages would be deferred one after the other. */
static void
examine_spool(const struct config *config, struct config_errors *errors)
{
	const char *path = globals_text(config, "Spool_Directory");
	struct stat st;

	if (path == NULL)
		return;
	if (stat(path, &st) != 0)
		errors_add(errors, globals_place(config, "Spool_Directory"),
		    "option 'Spool_Directory': '%s': %s (expected a "
		    "directory)", path, strerror(errno));
	else if (!S_ISDIR(st.st_mode))
		errors_add(errors, globals_place(config, "Spool_Directory"),
		    "option 'Spool_Directory': '%s' is no directory", path);
}

void
daemon_examine(const struct config *config, struct config_errors *errors)
{
	const char *user = globals_text(config, "User");
	struct identity identity;
	struct buffer why = { 0 };

	milter_examine(config, errors);
	/* who it becomes is the one who reads files; whether that can be is
	 * told elsewhere */
	(void)privileges_choose(user, &identity, &why);
	listener_examine(config, identity.uid, identity.gid, errors);
	privileges_deinit(&identity);
	buffer_deinit(&why);
	endpoint_examine(config, errors);
	if (user != NULL && !privileges_is_user(user))
		errors_add(errors, globals_place(config, "User"), "option "
		    "'User': there is no user '%s'", user);
	examine_spool(config, errors);
}
