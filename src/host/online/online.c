/*
 * online.c: two configurations under one lock.
 */
#include "host/online/online.h"

#include "host/config/config.h"
#include "host/generation.h"
#include "host/host.h"
#include "host/online/changed.h"

#include <pthread.h>

static pthread_mutex_t online_lock = PTHREAD_MUTEX_INITIALIZER;
static struct config *files; /* NULL: what is in use; under online_lock */
static unsigned beside; /* the number of the configuration in use that `files`
    is kept for: of any other it is not what its files held */
static void (*tell_adopt)(void *closure);
static void *tell_closure;

void
online_tell(void (*adopt)(void *closure), void *closure)
{
	tell_adopt = adopt;
	tell_closure = closure;
}

/* What its files held.  Under online_lock. */
static const struct config *
files_of(const struct generation *generation)
{
	if (files != NULL && beside != config_generation(generation->config))
		config_unref(&files);
	return files != NULL ? files : generation->config;
}

/* `running` is in use now, and its files hold `held` (with a reference, which
 * is taken over).  Under online_lock. */
static void
keep(const struct config *running, struct config *held)
{
	config_unref(&files);
	beside = config_generation(running);
	if (held == running)
		config_unref(&held);
	files = held;
}

static void
adopt(void)
{
	if (tell_adopt != NULL)
		tell_adopt(tell_closure);
}

/* Under online_lock. */
static int
build(struct generation *before, const struct host_source *source,
    struct config_errors *errors)
{
	const struct config *held = files_of(before);
	struct config *kept = config_ref((struct config *)(uintptr_t)held);
	struct generation *now;
	int ret = host_reload(source, errors);

	if (ret != 0) {
		config_unref(&kept);
		return -1;
	}
	now = generation_current();
	keep(now->config, kept);
	generation_unref(now);
	adopt();
	return 0;
}

enum online_outcome
online_apply(const struct config *onto, struct span text,
    const struct config *expected, struct config_errors *errors)
{
	struct generation *before;
	struct host_source source = { .changes = text };
	enum online_outcome outcome = ONLINE_DONE;

	(void)pthread_mutex_lock(&online_lock);
	before = generation_current();
	source.onto = onto != NULL ? onto : before->config;
	if (expected != NULL && expected != before->config)
		outcome = ONLINE_CONFLICT;
	else if (build(before, &source, errors) != 0)
		outcome = ONLINE_REFUSED;
	generation_unref(before);
	(void)pthread_mutex_unlock(&online_lock);
	return outcome;
}

static void
report(const struct config *held, const struct config *before,
    const struct config *now, struct online_report *report_r)
{
	report_r->dropped_count = changed_tell(held, before, "  ",
	    &report_r->dropped);
	report_r->change_count = changed_tell(before, now, "  ",
	    &report_r->changed);
	(void)changed_warn(before, now, &report_r->warnings);
}

int
online_reload(const char *path, struct online_report *report_r,
    struct config_errors *errors)
{
	struct host_source source = { .path = path, .is_passing = true };
	struct generation *before, *now;
	int ret;

	*report_r = (struct online_report){ 0 };
	(void)pthread_mutex_lock(&online_lock);
	before = generation_current();
	ret = host_reload(path != NULL ? &source : NULL, errors);
	if (ret == 0) {
		now = generation_current();
		report(files_of(before), before->config, now->config,
		    report_r);
		config_unref(&files);
		generation_unref(now);
		adopt();
	}
	generation_unref(before);
	(void)pthread_mutex_unlock(&online_lock);
	return ret;
}

void
online_report_deinit(struct online_report *report)
{
	buffer_deinit(&report->changed);
	buffer_deinit(&report->dropped);
	buffer_deinit(&report->warnings);
}

void
online_begin(struct online *online_r)
{
	(void)pthread_mutex_lock(&online_lock);
	online_r->running = generation_current();
	online_r->files = files_of(online_r->running);
}

void
online_end(struct online *online, struct config *now)
{
	if (now != NULL)
		keep(online->running->config, now);
	generation_unref(online->running);
	(void)pthread_mutex_unlock(&online_lock);
}
