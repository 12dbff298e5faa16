/*
 * ptr_array.c: misc/ec_ptr_array.h.
 */
#include "misc/ec_ptr_array.h"

#include "host/types/alloc.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#define ARRAY_MOST (INT_MAX / 2) /* so that doubling stays an int */

static void
reserve(ec_ptr_array *array, int wanted)
{
	int size = array->allocd;
	void **items;

	if (wanted <= size)
		return;
	while (size < wanted)
		size *= 2;
	if (array->items == array->static_items) {
		items = xmalloc((size_t)size * sizeof(*items));
		memcpy(items, array->static_items,
		    (size_t)array->size * sizeof(*items));
		array->items = items;
	} else {
		array->items = xrealloc(array->items,
		    (size_t)size * sizeof(*items));
	}
	array->allocd = size;
}

int
ec_ptr_array_init(ec_ptr_array *array, int prealloc_size,
    ec_ptr_array_free_func free_func)
{
	memset(array, 0, sizeof(*array));
	array->sizeof_ec_ptr_array = (u_int32_t)sizeof(*array);
	array->items = array->static_items;
	array->allocd = EC_PTR_ARRAY_DEFAULT_PREALLOC;
	array->free_func = free_func;
	if (prealloc_size > ARRAY_MOST)
		return 0;
	reserve(array, prealloc_size);
	return 1;
}

void
ec_ptr_array_destroy(ec_ptr_array *array)
{
	for (int i = 0; array->free_func != NULL && i < array->size; i++) {
		if (array->items[i] != NULL)
			array->free_func(array->items[i]);
	}
	if (array->items != array->static_items)
		free(array->items);
	array->items = array->static_items;
	array->allocd = EC_PTR_ARRAY_DEFAULT_PREALLOC;
	array->size = 0;
}

int
ec_ptr_array_insert(ec_ptr_array *array, int slot, void *element)
{
	int end = slot > array->size ? slot : array->size;

	if (slot < 0 || end >= ARRAY_MOST)
		return 0;
	reserve(array, end + 1);
	if (slot < array->size)
		memmove(&array->items[slot + 1], &array->items[slot],
		    (size_t)(array->size - slot) * sizeof(void *));
	for (int i = array->size; i < slot; i++)
		array->items[i] = NULL;
	array->items[slot] = element;
	array->size = end + 1;
	return 1;
}

int
ec_ptr_array_append(ec_ptr_array *array, void *element)
{
	int slot = array->size;

	return ec_ptr_array_insert(array, slot, element) != 0 ? slot : -1;
}

int
ec_ptr_array_unshift(ec_ptr_array *array, void *element)
{
	return ec_ptr_array_insert(array, 0, element) != 0 ? array->size : 0;
}

void *
ec_ptr_array_get(ec_ptr_array *array, int slot)
{
	if (slot < 0 || slot >= array->size)
		return NULL;
	return array->items[slot];
}

void
ec_ptr_array_remove(ec_ptr_array *array, int slot)
{
	if (slot < 0 || slot >= array->size)
		return;
	array->size--;
	memmove(&array->items[slot], &array->items[slot + 1],
	    (size_t)(array->size - slot) * sizeof(void *));
}
