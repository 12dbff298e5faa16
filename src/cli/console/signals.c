/*
 * signals.c: flags, set by a handler that runs within ppoll() alone.
 */
#include "cli/console/signals.h"

#include <errno.h>
#include <poll.h>
#include <stddef.h>
#include <time.h>

static const int caught[] = { SIGINT, SIGQUIT, SIGTERM, SIGHUP, SIGTSTP,
	SIGCONT, SIGWINCH };
#define N_CAUGHT (sizeof(caught) / sizeof(caught[0]))

static volatile sig_atomic_t arrived[N_CAUGHT];
static sigset_t before; /* what was blocked at the start */
static struct sigaction actions[N_CAUGHT]; /* and what was done */
static void (*on_pipe)(int);
static unsigned depth;

static size_t
place(int signo)
{
	size_t i = 0;

	while (i < N_CAUGHT && caught[i] != signo)
		i++;
	return i;
}

static void
note(int signo)
{
	size_t i = place(signo);

	if (i < N_CAUGHT)
		arrived[i] = 1;
}

void
console_signals_catch(void)
{
	struct sigaction action = { .sa_handler = note };
	sigset_t set;

	if (depth++ > 0)
		return;
	(void)sigemptyset(&set);
	for (size_t i = 0; i < N_CAUGHT; i++)
		(void)sigaddset(&set, caught[i]);
	(void)sigprocmask(SIG_BLOCK, &set, &before);
	for (size_t i = 0; i < N_CAUGHT; i++) {
		/* what nohup ignores stays ignored */
		(void)sigaction(caught[i], NULL, &actions[i]);
		if (actions[i].sa_handler != SIG_IGN)
			(void)sigaction(caught[i], &action, NULL);
	}
	on_pipe = signal(SIGPIPE, SIG_IGN);
}

void
console_signals_release(void)
{
	if (--depth > 0)
		return;
	for (size_t i = 0; i < N_CAUGHT; i++)
		(void)sigaction(caught[i], &actions[i], NULL);
	(void)signal(SIGPIPE, on_pipe);
	(void)sigprocmask(SIG_SETMASK, &before, NULL);
}

const sigset_t *
console_signals_mask(void)
{
	return &before;
}

static bool
any(void)
{
	for (size_t i = 0; i < N_CAUGHT; i++) {
		if (arrived[i] != 0)
			return true;
	}
	return false;
}

int
console_signals_wait(int fd, short events, int ms)
{
	static const struct timespec none = { 0 };
	struct timespec time = { .tv_sec = ms / 1000,
		.tv_nsec = ms % 1000 * 1000000L };
	struct pollfd wanted = { .fd = fd, .events = events };
	int n;

	if (depth > 0) {
		/* a descriptor that is always ready must not hide signals */
		(void)ppoll(NULL, 0, &none, &before);
		if (any())
			return -1;
	}
	do {
		n = ppoll(&wanted, 1, ms < 0 ? NULL : &time,
		    depth > 0 ? &before : NULL);
	} while (n < 0 && errno == EINTR && !any());
	return n;
}

bool
console_signals_take(int signo)
{
	size_t i = place(signo);
	bool was = i < N_CAUGHT && arrived[i] != 0;

	if (was)
		arrived[i] = 0;
	return was;
}

int
console_signals_end(void)
{
	static const int ends[] = { SIGQUIT, SIGTERM, SIGHUP };

	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		if (arrived[place(ends[i])] != 0)
			return ends[i];
	}
	return 0;
}

bool
console_signals_interrupt(void)
{
	return arrived[place(SIGINT)] != 0 || console_signals_end() != 0;
}

void
console_signals_obey(int signo)
{
	struct sigaction action = { .sa_handler = SIG_DFL }, old;
	sigset_t set, mask;

	(void)sigaction(signo, &action, &old);
	(void)sigemptyset(&set);
	(void)sigaddset(&set, signo);
	(void)raise(signo);
	(void)sigprocmask(SIG_UNBLOCK, &set, &mask);
	/* still here, after a stop */
	(void)sigprocmask(SIG_SETMASK, &mask, NULL);
	(void)sigaction(signo, &old, NULL);
}
