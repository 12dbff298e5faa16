/*
 * mutexes.h: locks with names, of the whole process.
 *
 * A lock is held by an interpreter, not by a thread: an interpreter serves one
 * session at a time, but from phase to phase maybe in another thread.  What an
 * interpreter holds is given back at the latest when it ends.
 */
#ifndef SCRIPTLET_MUTEXES_H
#define SCRIPTLET_MUTEXES_H

#include <stdbool.h>
#include <stddef.h>

#define MUTEX_NAMES 1024 /* names in use at one time */
#define MUTEX_WAIT 10000 /* milliseconds: longer is a lock left behind */

enum mutex_outcome {
	MUTEX_TAKEN = 0,
	MUTEX_BUSY, /* of mutexes_try: held by another */
	MUTEX_OWN, /* held by this one already */
	MUTEX_TIMEOUT,
	MUTEX_TOO_MANY, /* names */
};

/* Take the lock for `owner`, which is any address of its own. */
enum mutex_outcome mutexes_lock(const void *owner, const char *name,
    size_t n);
enum mutex_outcome mutexes_try(const void *owner, const char *name, size_t n);

/* false: not held by this owner. */
bool mutexes_unlock(const void *owner, const char *name, size_t n);

/* All that an owner holds.  Returns how many that were. */
size_t mutexes_unlock_all(const void *owner);

/* Does any owner hold anything?  Cheap. */
bool mutexes_in_use(void);

#endif
