/*
 * parting.c: a thread, and who waits for it.
 */
#include "daemon/parting.h"

#include "host/generation.h"
#include "hooks/core/control_shutdown.h"
#include "hooks/core/control_shutdown_ex.h"

#include <errno.h>
#include <pthread.h>
#include <stddef.h>
#include <time.h>

#define DIE 0 /* an end in order, not an accident */

static struct { /* of the one thread; set before it begins */
	int status;
	void (*done)(void);
} parting;

static pthread_mutex_t parting_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static bool is_telling; /* under parting_lock */

static void *
tell(void *unused)
{
	struct generation *generation = generation_current();
	struct generation *before = generation_pin(generation);

	call_core_control_shutdown_hook();
	call_core_control_shutdown_ex_hook(DIE, parting.status, __FILE__,
	    __LINE__);
	(void)generation_pin(before);
	generation_unref(generation);
	(void)pthread_mutex_lock(&parting_lock);
	is_telling = false;
	(void)pthread_cond_broadcast(&changed);
	(void)pthread_mutex_unlock(&parting_lock);
	parting.done();
	return unused;
}

void
parting_begin(int status, void (*done)(void))
{
	pthread_t thread;

	parting.status = status;
	parting.done = done;
	(void)pthread_mutex_lock(&parting_lock);
	is_telling = true;
	(void)pthread_mutex_unlock(&parting_lock);
	if (pthread_create(&thread, NULL, tell, NULL) == 0)
		(void)pthread_detach(thread);
	else
		(void)tell(NULL);
}

bool
parting_is_over(void)
{
	bool is;

	(void)pthread_mutex_lock(&parting_lock);
	is = !is_telling;
	(void)pthread_mutex_unlock(&parting_lock);
	return is;
}

bool
parting_wait(unsigned seconds)
{
	struct timespec until;
	int ret = 0;
	bool is;

	(void)clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += (time_t)seconds;
	(void)pthread_mutex_lock(&parting_lock);
	while (is_telling && ret != ETIMEDOUT)
		ret = pthread_cond_timedwait(&changed, &parting_lock, &until);
	is = !is_telling;
	(void)pthread_mutex_unlock(&parting_lock);
	return is;
}
