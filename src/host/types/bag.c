/*
 * bag.c: ec_boh.h.  A callout puts a handful of things into a bag, so an array
 * that is searched from its start is all it takes.
 */
#include "ec_boh.h"

#include "ec_atomic.h"
#include "hooks/core/ec_bag_find.h"
#include "host/types/alloc.h"

#include <stdlib.h>
#include <string.h>

struct thing {
	char *name;
	void *thing;
};

struct _ec_bag {
	ec_atomic_t ref;
	struct thing *things;
	size_t count, room;
};

ec_bag *
ec_bag_create(void)
{
	ec_bag *bag = xcalloc(1, sizeof(*bag));

	bag->ref = 1;
	return bag;
}

ec_bag *
ec_bag_addref(ec_bag *bag)
{
	(void)ec_atomic_inc(&bag->ref);
	return bag;
}

void
ec_bag_empty(ec_bag *bag)
{
	for (size_t i = 0; i < bag->count; i++)
		free(bag->things[i].name);
	bag->count = 0;
}

void
ec_bag_delref(ec_bag *bag)
{
	if (bag == NULL || ec_atomic_dec(&bag->ref) > 0)
		return;
	ec_bag_empty(bag);
	free(bag->things);
	free(bag);
}

static struct thing *
find(ec_bag *bag, const char *typedname)
{
	for (size_t i = 0; i < bag->count; i++) {
		if (strcmp(bag->things[i].name, typedname) == 0)
			return &bag->things[i];
	}
	return NULL;
}

int
ec_bag_put(ec_bag *bag, const char *typedname, void *thing)
{
	struct thing *at = find(bag, typedname);

	if (at == NULL) {
		if (bag->count == bag->room) {
			bag->room = bag->room > 0 ? bag->room * 2 : 8;
			bag->things = xrealloc(bag->things,
			    bag->room * sizeof(*bag->things));
		}
		at = &bag->things[bag->count++];
		at->name = xstrdup(typedname);
	}
	at->thing = thing;
	return 1;
}

void *
ec_bag_get(ec_bag *bag, const char *typedname)
{
	struct thing *at = find(bag, typedname);

	return at != NULL ? at->thing : NULL;
}

void *
ec_bag_find(ec_bag *bag, const char *typedname)
{
	void *thing = ec_bag_get(bag, typedname);

	if (thing == NULL && has_core_ec_bag_find_hook() != 0)
		thing = call_core_ec_bag_find_hook(bag, typedname);
	return thing;
}

void *
ec_bag_remove(ec_bag *bag, const char *typedname)
{
	struct thing *at = find(bag, typedname);
	void *thing;

	if (at == NULL)
		return NULL;
	thing = at->thing;
	free(at->name);
	*at = bag->things[--bag->count];
	return thing;
}
