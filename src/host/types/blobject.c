/*
 * blobject.c: ec_blobject.h.
 */
#include "ec_blobject.h"

#include "ec_atomic.h"
#include "ec_malloc.h"

ec_blobject *
ec_blobject_wrap(ec_blobject_class *cls, void *object)
{
	ec_blobject *obj = ec_malloc_size(MEMTYPE_BLOBJECT, sizeof(*obj));

	obj->cls = cls;
	obj->ref = 1;
	obj->self = object;
	return obj;
}

void
ec_blobject_addref(ec_blobject *obj)
{
	(void)ec_atomic_inc(&obj->ref);
}

void
ec_blobject_delref(ec_blobject *obj)
{
	if (obj == NULL || ec_atomic_dec(&obj->ref) > 0)
		return;
	if (obj->cls->dtor != NULL)
		obj->cls->dtor(obj->self);
	ec_free(MEMTYPE_BLOBJECT, obj);
}

void
ec_blobject_delref_typeunsafe(void *obj)
{
	ec_blobject_delref(obj);
}
