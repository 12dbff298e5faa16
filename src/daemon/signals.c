/*
 * signals.c: a signalfd for what comes from outside, an eventfd for what comes
 * from other threads.
 */
#include "daemon/signals.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

static const struct {
	int number;
	enum signals meaning;
} table[] = {
	{ SIGTERM, SIGNALS_STOP },
	{ SIGINT, SIGNALS_STOP },
	{ SIGHUP, SIGNALS_RELOAD },
	{ SIGUSR1, SIGNALS_REOPEN },
};
#define COUNT (sizeof(table) / sizeof(table[0]))

static int from_outside = -1, from_inside = -1;

int
signals_open(void)
{
	sigset_t set;

	(void)sigemptyset(&set);
	for (size_t i = 0; i < COUNT; i++) {
		/* nohup and the like have them ignored */
		(void)signal(table[i].number, SIG_DFL);
		(void)sigaddset(&set, table[i].number);
	}
	/* whoever writes to a peer that is gone hears EPIPE */
	(void)signal(SIGPIPE, SIG_IGN);
	/* a file that may not grow is an error of writing, as a full disk */
	(void)signal(SIGXFSZ, SIG_IGN);
	errno = pthread_sigmask(SIG_SETMASK, &set, NULL);
	if (errno != 0)
		return -1;
	from_outside = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
	from_inside = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	return from_outside < 0 || from_inside < 0 ? -1 : 0;
}

static unsigned
take_signals(void)
{
	struct signalfd_siginfo info;
	unsigned came = 0;

	while (read(from_outside, &info, sizeof(info)) ==
	    (ssize_t)sizeof(info)) {
		for (size_t i = 0; i < COUNT; i++) {
			if (info.ssi_signo == (uint32_t)table[i].number)
				came |= table[i].meaning;
		}
	}
	return came;
}

static unsigned
take_wake(void)
{
	uint64_t times;

	return read(from_inside, &times, sizeof(times)) ==
	    (ssize_t)sizeof(times) ? SIGNALS_WAKE : 0;
}

unsigned
signals_wait(void)
{
	struct pollfd fds[] = {
		{ .fd = from_outside, .events = POLLIN },
		{ .fd = from_inside, .events = POLLIN },
	};
	unsigned came = 0;

	while (came == 0) {
		(void)poll(fds, 2, -1);
		came = take_signals() | take_wake();
	}
	return came;
}

void
signals_wake(void)
{
	const uint64_t once = 1;

	/* full means that it is awake already */
	if (write(from_inside, &once, sizeof(once)) < 0)
		errno = 0;
}
