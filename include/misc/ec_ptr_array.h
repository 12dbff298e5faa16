/*
 * misc/ec_ptr_array.h: an array of pointers that grows.
 *
 * size and items may be read directly.  Not safe for threads that change it
 * at the same time.
 */
#ifndef EC_PTR_ARRAY_H
#define EC_PTR_ARRAY_H

#include "ec_types.h"

typedef void (*ec_ptr_array_free_func)(void *element);

#define EC_PTR_ARRAY_DEFAULT_PREALLOC 16

struct _ec_ptr_array {
	u_int32_t sizeof_ec_ptr_array;
	int size;
	int allocd;
	void **items; /* static_items, or memory of its own */
	ec_ptr_array_free_func free_func;
	void *static_items[EC_PTR_ARRAY_DEFAULT_PREALLOC];
};

/* An array may not be moved in memory once it is made.  free_func frees each
 * element at destroy, and may be NULL.  Gives 1. */
int ec_ptr_array_init(ec_ptr_array *array, int prealloc_size,
    ec_ptr_array_free_func free_func);
void ec_ptr_array_destroy(ec_ptr_array *array);

/* Gives the index of the new element, or -1 when there are too many. */
int ec_ptr_array_append(ec_ptr_array *array, void *element);
/* Put it before the element at `slot`; beyond the end, the gap is filled with
 * NULLs.  1, or 0 for a slot that cannot be. */
int ec_ptr_array_insert(ec_ptr_array *array, int slot, void *element);
/* Put it first.  Gives the new size. */
int ec_ptr_array_unshift(ec_ptr_array *array, void *element);
/* The element, or NULL outside the array. */
void *ec_ptr_array_get(ec_ptr_array *array, int slot);
/* Take it out and close the gap; it is not freed. */
void ec_ptr_array_remove(ec_ptr_array *array, int slot);

#endif
