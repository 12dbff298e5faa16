/*
 * notify.c: sd_notify(3) by libsystemd.
 *
 * The process's number goes along: in the background it is not the one that
 * was started.
 */
#include "daemon/notify.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <systemd/sd-daemon.h>
#include <time.h>
#include <unistd.h>

#define NOTIFY_SPARE 5 /* seconds beyond what a stop should take */

static uint64_t
microseconds(void)
{
	struct timespec now = { 0 };

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

void
notify_ready(void)
{
	(void)sd_notifyf(0, "READY=1\nMAINPID=%ld", (long)getpid());
}

void
notify_reloading(void)
{
	/* the time is what Type=notify-reload waits for */
	(void)sd_notifyf(0, "RELOADING=1\nMONOTONIC_USEC=%" PRIu64,
	    microseconds());
}

void
notify_stopping(unsigned seconds)
{
	(void)sd_notifyf(0, "STOPPING=1\nEXTEND_TIMEOUT_USEC=%" PRIu64,
	    ((uint64_t)seconds + NOTIFY_SPARE) * 1000000);
}

void
notify_status(const char *format, ...)
{
	char text[256];
	va_list args;

	va_start(args, format);
	(void)vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	(void)sd_notifyf(0, "STATUS=%s", text);
}
