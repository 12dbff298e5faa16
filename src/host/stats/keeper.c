/*
 * keeper.c: a thread that saves now and then.
 */
#include "host/stats/keeper.h"

#include "base/buffer.h"
#include "host/config/config.h"
#include "host/log/log.h"
#include "host/stats/permastore.h"
#include "host/stats/signing.h"
#include "host/types/alloc.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static pthread_mutex_t keeper_lock = PTHREAD_MUTEX_INITIALIZER;
static struct { /* under keeper_lock */
	pthread_cond_t changed;
	char *path; /* NULL: nothing is kept */
	unsigned interval; /* seconds; 0: only at the end */
	bool was_reset; /* what the file has is to go ... */
	bool is_urgent; /* ... at once */
	bool is_ending, has_thread;
	pthread_t thread;
} keeper;

/* Only the thread that saves, and who begins and ends it, look at these. */
static bool was_read; /* the file holds nothing that we do not know of */
static int held = -1; /* of permastore_hold() */
static bool has_complained;

/* Once, and again when it worked in between. */
static void
complain(const char *what, const struct buffer *why)
{
	if (!has_complained)
		log_line(DERROR, "signing statistics cannot be %s: %.*s; mail "
		    "goes on, and it is tried again", what, (int)why->n,
		    why->n > 0 ? (const char *)why->p : "");
	has_complained = true;
}

static void
restore(void *closure, const char *name, const struct ledger_sums *sums)
{
	(void)closure;
	signing_restore(name, sums);
}

/* Returns whether the file may be written. */
static bool
read_in(const char *path)
{
	struct buffer why = { 0 };

	if (!was_read) {
		was_read = permastore_hold(path, false, &held, &why) >= 0 &&
		    permastore_load(path, restore, NULL, &why) >= 0;
		if (!was_read)
			complain("read", &why);
	}
	buffer_deinit(&why);
	return was_read;
}

/* A reset makes what is in the file worthless, readable or not. */
static bool
save(const char *path, bool anew)
{
	struct buffer why = { 0 };
	bool good;

	if (anew)
		was_read = true;
	if (!read_in(path))
		return false;
	good = permastore_hold(path, true, &held, &why) >= 0;
	if (!good)
		was_read = false; /* what the other leaves is to be read */
	good = good && permastore_save(path, anew, signing_totals, &why) == 0;
	if (!good)
		complain("saved", &why);
	else if (has_complained)
		log_line(DNOTICE, "signing statistics are saved to '%s' again",
		    path);
	if (good)
		has_complained = false;
	buffer_deinit(&why);
	return good;
}

/* Under keeper_lock, which is let go while the disk works. */
static void
save_now(void)
{
	bool anew = keeper.was_reset, good;

	keeper.was_reset = keeper.is_urgent = false;
	(void)pthread_mutex_unlock(&keeper_lock);
	good = save(keeper.path, anew);
	(void)pthread_mutex_lock(&keeper_lock);
	if (anew && !good)
		keeper.was_reset = true;
}

/* Until the interval is over, or something happened.  Under keeper_lock. */
static void
wait(void)
{
	struct timespec until;

	if (keeper.interval == 0) {
		(void)pthread_cond_wait(&keeper.changed, &keeper_lock);
		return;
	}
	(void)clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += (time_t)keeper.interval;
	(void)pthread_cond_timedwait(&keeper.changed, &keeper_lock, &until);
}

static void *
keep(void *closure)
{
	(void)closure;
	(void)pthread_mutex_lock(&keeper_lock);
	while (!keeper.is_ending) {
		unsigned interval = keeper.interval;

		if (!keeper.is_urgent)
			wait();
		/* a new interval begins with its own wait */
		if (!keeper.is_ending && (keeper.interval == interval ||
		    keeper.is_urgent))
			save_now();
	}
	(void)pthread_mutex_unlock(&keeper_lock);
	return NULL;
}

/* Signals are for the thread that waits for them. */
static void
start_thread(void)
{
	sigset_t all, before;

	(void)sigfillset(&all);
	(void)pthread_sigmask(SIG_SETMASK, &all, &before);
	errno = pthread_create(&keeper.thread, NULL, keep, NULL);
	keeper.has_thread = errno == 0;
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (!keeper.has_thread)
		log_line(DERROR, "signing statistics are saved at the end "
		    "only: thread: %s", strerror(errno));
}

/* The folder that a path is in. */
static bool
has_folder(const char *path)
{
	const char *slash = strrchr(path, '/');
	char *folder = slash == NULL ? xstrdup(".") :
	    xstrndup(path, (size_t)(slash - path) + 1);
	bool there = access(folder, F_OK) == 0;

	free(folder);
	return there;
}

static const char *
choose_path(const struct config *config)
{
	const struct config_value *value = config_global(config, "MasterDB_File");
	const char *path = value != NULL ? value->one.string : "";

	if (path[0] == '\0')
		return NULL;
	if (config_global_setting(config, "MasterDB_File") != NULL ||
	    has_folder(path))
		return path;
	log_line(DNOTICE, "signing statistics begin at zero with each start: "
	    "the folder of '%s' is not there (the option MasterDB_File names "
	    "another file)", path);
	return NULL;
}

static void
init_condition(void)
{
	pthread_condattr_t attributes;

	(void)pthread_condattr_init(&attributes);
	(void)pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	(void)pthread_cond_init(&keeper.changed, &attributes);
	(void)pthread_condattr_destroy(&attributes);
}

void
keeper_open(const struct config *config)
{
	const char *path = choose_path(config);

	keeper_follow(config);
	if (path == NULL)
		return;
	init_condition();
	was_read = has_complained = false;
	(void)read_in(path);
	(void)pthread_mutex_lock(&keeper_lock);
	keeper.is_ending = keeper.was_reset = keeper.is_urgent = false;
	keeper.path = xstrdup(path);
	start_thread();
	(void)pthread_mutex_unlock(&keeper_lock);
}

void
keeper_close(void)
{
	bool has_thread;

	(void)pthread_mutex_lock(&keeper_lock);
	if (keeper.path == NULL || keeper.is_ending) {
		(void)pthread_mutex_unlock(&keeper_lock);
		return;
	}
	keeper.is_ending = true;
	has_thread = keeper.has_thread;
	(void)pthread_cond_signal(&keeper.changed);
	(void)pthread_mutex_unlock(&keeper_lock);
	if (has_thread)
		(void)pthread_join(keeper.thread, NULL);
	(void)pthread_mutex_lock(&keeper_lock);
	save_now();
	if (has_complained) /* that it is tried again is no longer true */
		log_line(DERROR, "signing statistics that are not in '%s' yet "
		    "end with the process: it still cannot be used",
		    keeper.path);
	permastore_release(&held);
	free(keeper.path);
	keeper.path = NULL;
	keeper.has_thread = false;
	(void)pthread_mutex_unlock(&keeper_lock);
	(void)pthread_cond_destroy(&keeper.changed);
}

static enum signing_mode
mode_of(const struct config_value *value)
{
	switch (value == NULL ? 'a' : value->one.string[0]) {
	case 'g': /* global */
		return SIGNING_GLOBAL;
	case 'o': /* off */
		return SIGNING_OFF;
	default:
		return SIGNING_ALL;
	}
}

void
keeper_follow(const struct config *config)
{
	const struct config_value *value = config_global(config,
	    "Permastore_Interval");
	unsigned interval = value == NULL ? 300 :
	    (unsigned)value->one.integer; /* the option refuses less than 0 */

	signing_set_mode(mode_of(config_global(config, "Signing_Stats")));
	(void)pthread_mutex_lock(&keeper_lock);
	if (keeper.path != NULL && keeper.interval != interval)
		(void)pthread_cond_signal(&keeper.changed);
	keeper.interval = interval;
	(void)pthread_mutex_unlock(&keeper_lock);
}

void
keeper_was_reset(void)
{
	(void)pthread_mutex_lock(&keeper_lock);
	if (keeper.path != NULL) {
		keeper.was_reset = keeper.is_urgent = true;
		(void)pthread_cond_signal(&keeper.changed);
	}
	(void)pthread_mutex_unlock(&keeper_lock);
}
