/*
 * trace.c: who is to say everything.
 */
#include "host/log/log.h"

#include <stdatomic.h>

static atomic_bool process;
static _Thread_local bool thread;

void
log_trace_process(bool on)
{
	atomic_store(&process, on);
}

bool
log_trace_thread(bool on)
{
	bool before = thread;

	thread = on;
	return before;
}

bool
log_is_traced(void)
{
	return thread || atomic_load_explicit(&process, memory_order_relaxed);
}
