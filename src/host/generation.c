/*
 * generation.c: counting generations, and switching to another one.
 *
 * The lock is held for the few instructions between reading the pointer and
 * counting the reference; a message takes it once, and pins what it got.
 */
#include "host/generation.h"

#include "ec_atomic.h"
#include "ec_config.h"
#include "host/config/config.h"
#include "host/control/commands.h"
#include "host/hooks/hooks.h"
#include "host/loader/instance.h"
#include "host/types/alloc.h"

#include <pthread.h>
#include <stdlib.h>

static pthread_mutex_t current_lock = PTHREAD_MUTEX_INITIALIZER;
static struct generation *current; /* under current_lock, with a reference */
static ec_atomic_t numbered; /* generations made so far */
static _Thread_local struct generation *pinned;

struct generation *
generation_new(void)
{
	struct generation *generation = xcalloc(1, sizeof(*generation));

	generation->header.refcnt = 1;
	generation->header.generation = ec_atomic_inc(&numbered);
	generation->header.transaction = &generation->header;
	generation->hooks = hooks_registry_new();
	return generation;
}

struct generation *
generation_ref(struct generation *generation)
{
	(void)ec_atomic_inc(&generation->header.refcnt);
	return generation;
}

void
generation_unref(struct generation *generation)
{
	struct generation *before;

	if (generation == NULL || ec_atomic_dec(&generation->header.refcnt) > 0)
		return;
	/* DESTROY may ask for options and hooks: it finds its own ones */
	generation->header.refcnt = 1;
	before = generation_pin(generation);
	instances_free(&generation->instances);
	(void)generation_pin(before != generation ? before : NULL);
	commands_free(&generation->commands);
	hooks_registry_free(&generation->hooks);
	config_unref(&generation->config);
	free(generation);
}

struct generation *
generation_current(void)
{
	struct generation *generation;

	(void)pthread_mutex_lock(&current_lock);
	generation = current;
	if (generation != NULL)
		(void)generation_ref(generation);
	(void)pthread_mutex_unlock(&current_lock);
	return generation;
}

void
generation_commit(struct generation *generation)
{
	struct generation *old;

	(void)pthread_mutex_lock(&current_lock);
	old = current;
	current = generation;
	(void)pthread_mutex_unlock(&current_lock);
	generation_unref(old);
}

struct generation *
generation_pin(struct generation *generation)
{
	struct generation *before = pinned;

	pinned = generation;
	return before;
}

struct generation *
generation_pinned(void)
{
	return pinned;
}

struct generation *
generation_here(void)
{
	return pinned != NULL ? generation_ref(pinned) : generation_current();
}

ec_config_header *
ec_config_fetch_globalconf(void)
{
	struct generation *generation = generation_here();

	return generation != NULL ? &generation->header : NULL;
}

void
ec_config_release_scope_instance(void *transaction)
{
	generation_unref(transaction);
}
