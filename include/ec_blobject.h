/*
 * ec_blobject.h: any object with a count of its users and a way to end.
 */
#ifndef EC_BLOBJECT_H
#define EC_BLOBJECT_H

#include "ec_types.h"

struct _ec_blobject_class {
	const char *objectType; /* "module:what" */
	void (*dtor)(void *self); /* after the last release; or NULL */
	void (*printer)(void *self, string *output); /* or NULL */
};

struct _ec_blobject {
	ec_blobject_class *cls;
	ec_atomic_t ref;
	void *self;
};

/* One reference, the caller's.  `cls` must outlive it.  Any thread. */
ec_blobject *ec_blobject_wrap(ec_blobject_class *cls, void *object);
void ec_blobject_addref(ec_blobject *obj);
void ec_blobject_delref(ec_blobject *obj);
/* For places that want a void (*)(void *). */
void ec_blobject_delref_typeunsafe(void *obj);

#endif
