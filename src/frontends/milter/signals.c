/*
 * signals.c: a sigwait() that never comes back.
 *
 * libmilter starts a thread that waits for SIGHUP, SIGTERM and SIGINT with
 * sigwait(), and stops the whole filter on any of them, with the messages that
 * are in flight.  There is no way to tell it not to.  In this program SIGHUP
 * means another configuration, and a stop finishes its messages first, so the
 * daemon must be the one who hears of signals.
 *
 * A function of the program goes before that of a shared library, as with
 * malloc(): libmilter calls this one, and its thread sleeps for good.  Nobody
 * else in this program may use sigwait(); sigwaitinfo(), sigtimedwait() and
 * signalfd() are as they were.
 */
#include "frontends/milter/signals.h"

#include <dlfcn.h>
#include <signal.h>
#include <unistd.h>

__attribute__((visibility("default"), noreturn))
int
sigwait(const sigset_t *restrict set, int *restrict sig)
{
	(void)set;
	(void)sig;
	/* the thread has these signals blocked, so nothing wakes it */
	for (;;)
		(void)pause();
}

bool
signals_are_ours(void)
{
	int (*found)(const sigset_t *restrict, int *restrict);
	void *symbol = dlsym(RTLD_DEFAULT, "sigwait");

	/* POSIX lets dlsym() give functions; ISO C has no cast for it */
	*(void **)&found = symbol;
	return found == sigwait;
}
