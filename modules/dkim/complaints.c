/*
 * complaints.c: a table of what was told when.
 *
 * Two threads that come at the same moment with the same trouble may both
 * tell it, and two troubles that share a place push each other out: both mean
 * a line more, never one less.
 */
#include "dkim/complaints.h"

#include <time.h>

/* FNV-1a; 0 marks an unused place. */
static u_int64_t
hash(const char *text)
{
	u_int64_t h = UINT64_C(0xcbf29ce484222325);

	for (; *text != '\0'; text++)
		h = (h ^ (unsigned char)*text) * UINT64_C(0x100000001b3);
	return h == 0 ? 1 : h;
}

bool
complaints_due(struct complaints *complaints, const char *about)
{
	u_int64_t h = hash(about);
	struct complaint *complaint = &complaints->kept[h % COMPLAINTS_KEPT];
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	if (atomic_load(&complaint->about) == h &&
	    now.tv_sec - atomic_load(&complaint->told) < COMPLAINTS_SECONDS)
		return false;
	atomic_store(&complaint->told, now.tv_sec);
	atomic_store(&complaint->about, h);
	return true;
}
