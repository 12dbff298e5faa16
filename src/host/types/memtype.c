/*
 * memtype.c: ec_malloc.h.
 *
 * Every block but those of plain malloc has a head in front of it with its
 * type, so that a block freed as another type is caught at once and not when
 * the heap falls apart.  Types are added under a lock and never change after
 * that: the count is published last, and readers look below it.
 */
#include "ec_malloc.h"

#include "host/types/alloc.h"
#include "host/types/memtype.h"

#include <pthread.h>
#include <stdalign.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_REGISTERED 128 /* the published numbers are below */
#define BLOCK_LIVE 0x6c697665u
#define BLOCK_DEAD 0x64656164u

struct head {
	alignas(16) uint32_t state; /* BLOCK_... */
	int type;
	size_t size;
};

struct memtype {
	mem_type_def def;
	_Atomic long active, peak, allocd, bytes, peak_bytes;
};

static pthread_mutex_t types_lock = PTHREAD_MUTEX_INITIALIZER;
static struct memtype types[MEMTYPE_MAX] = {
	[MEMTYPE_MESSAGE_BODY] = { .def = { "core:message_body", 0,
	    SIZEOF_VOID_P, 0, EC_ALLOCATOR_VSIZE, 0 } },
	[MEMTYPE_SIEVE] = { .def = { "core:sieve", 0, SIZEOF_VOID_P, 0,
	    EC_ALLOCATOR_VSIZE, 0 } },
	[MEMTYPE_EC_HASH_TABLE] = { .def = { "core:hash_table", 0,
	    SIZEOF_VOID_P, 0, EC_ALLOCATOR_VSIZE, 0 } },
	[MEMTYPE_STRING] = { .def = { "core:string", 0, SIZEOF_VOID_P, 0,
	    EC_ALLOCATOR_VSIZE, 0 } },
	[MEMTYPE_EC_MESSAGE] = { .def = { "core:message", 0, SIZEOF_VOID_P, 0,
	    EC_ALLOCATOR_VSIZE, 0 } },
	[MEMTYPE_BLOBJECT] = { .def = { "core:blobject", 0, SIZEOF_VOID_P, 0,
	    EC_ALLOCATOR_VSIZE, 0 } },
	[MEMTYPE_IS_MALLOC_3C] = { .def = { "core:malloc", 0, SIZEOF_VOID_P,
	    0, EC_ALLOCATOR_VSIZE, 0 } },
	[MEMTYPE_ECDICT] = { .def = { "core:dict", 0, SIZEOF_VOID_P, 0,
	    EC_ALLOCATOR_VSIZE, 0 } },
};
static _Atomic int types_end = FIRST_REGISTERED;

static struct memtype *
type_find(int type)
{
	if (type < 0 || type >= atomic_load(&types_end))
		return NULL;
	if (types[type].def.memtype_description == NULL)
		return NULL;
	return &types[type];
}

static const char *
type_name(int type)
{
	struct memtype *t = type_find(type);

	return t != NULL ? t->def.memtype_description : "(no such type)";
}

/* A bug of the caller, told in words before the process ends: going on would
 * corrupt memory. */
static void
misused(const char *what, int wanted, int found)
{
	(void)fprintf(stderr, "memory: %s: type %d '%s', the block has %d "
	    "'%s'\n", what, wanted, type_name(wanted), found, type_name(found));
	abort();
}

static struct memtype *
type_of_kind(int type, int allocator, const char *what)
{
	struct memtype *t = type_find(type);

	if (t == NULL || t->def.allocator_type != allocator) {
		(void)fprintf(stderr, "memory: %s: type %d '%s' is not for "
		    "%s\n", what, type, type_name(type),
		    allocator == EC_ALLOCATOR_FIXED ? "blocks of a fixed size" :
		    "blocks of any size");
		abort();
	}
	return t;
}

int
ec_memtype_register(const mem_type_def *def)
{
	bool fixed = def->allocator_type == EC_ALLOCATOR_FIXED;
	int type = MEMTYPE_REGISTER_FAILED;

	if (def->memtype_description == NULL || fixed != (def->size > 0))
		return MEMTYPE_REGISTER_FAILED;
	(void)pthread_mutex_lock(&types_lock);
	if (types_end < MEMTYPE_MAX) {
		type = types_end;
		types[type].def = *def;
		types_end = type + 1;
	}
	(void)pthread_mutex_unlock(&types_lock);
	return type;
}

int
ec_memtype_by_name(const char *name)
{
	for (int i = 0; i < atomic_load(&types_end); i++) {
		if (type_find(i) != NULL && strcmp(type_name(i), name) == 0)
			return i;
	}
	return MEMTYPE_REGISTER_FAILED;
}

int
ec_memtype_get_stats(int object_type, struct ec_mem_type_usage *usage)
{
	struct memtype *t = type_find(object_type);

	memset(usage, 0, sizeof(*usage));
	if (t == NULL)
		return 0;
	usage->memtype_description = t->def.memtype_description;
	usage->size = t->def.size;
	usage->active = atomic_load(&t->active);
	usage->peak = atomic_load(&t->peak);
	usage->allocd = atomic_load(&t->allocd);
	usage->bytes = atomic_load(&t->bytes);
	usage->peak_bytes = atomic_load(&t->peak_bytes);
	return 1;
}

bool
memtype_is_sized(int type)
{
	struct memtype *t = type_find(type);

	return t != NULL && t->def.allocator_type == EC_ALLOCATOR_VSIZE;
}

/* Move a count, and its peak with it. */
static void
count_move(_Atomic long *count, _Atomic long *most, long by)
{
	long now = atomic_fetch_add_explicit(count, by,
	    memory_order_relaxed) + by;
	long peak = atomic_load_explicit(most, memory_order_relaxed);

	while (now > peak && !atomic_compare_exchange_weak(most, &peak, now))
		continue;
}

static void
count_new(struct memtype *t, size_t size)
{
	count_move(&t->active, &t->peak, 1);
	atomic_fetch_add_explicit(&t->allocd, 1, memory_order_relaxed);
	count_move(&t->bytes, &t->peak_bytes, (long)size);
}

static void *
block_new(struct memtype *t, int type, size_t size)
{
	struct head *head;

	if (type == MEMTYPE_IS_MALLOC_3C)
		return xmalloc(size);
	if (size > PTRDIFF_MAX - sizeof(*head))
		misused("a size that cannot be", type, type);
	head = xmalloc(sizeof(*head) + size);
	head->state = BLOCK_LIVE;
	head->type = type;
	head->size = size;
	count_new(t, size);
	if (t->def.force_zero != 0)
		memset(head + 1, 0xa5, size);
	return head + 1;
}

static struct head *
block_head(int type, void *block, const char *what)
{
	struct head *head = (struct head *)block - 1;

	if (head->state != BLOCK_LIVE || head->type != type)
		misused(what, type, head->type);
	return head;
}

void *
ec_malloc(int object_type)
{
	struct memtype *t = type_of_kind(object_type, EC_ALLOCATOR_FIXED,
	    "ec_malloc");

	return block_new(t, object_type, t->def.size);
}

void *
ec_malloc_size(int object_type, size_t size)
{
	struct memtype *t = type_of_kind(object_type, EC_ALLOCATOR_VSIZE,
	    "ec_malloc_size");

	return block_new(t, object_type, size);
}

void *
ec_realloc(int object_type, void *old, size_t size)
{
	struct memtype *t = type_of_kind(object_type, EC_ALLOCATOR_VSIZE,
	    "ec_realloc");
	struct head *head;

	if (old == NULL)
		return block_new(t, object_type, size);
	if (object_type == MEMTYPE_IS_MALLOC_3C)
		return xrealloc(old, size);
	head = block_head(object_type, old, "ec_realloc");
	count_move(&t->bytes, &t->peak_bytes, (long)size - (long)head->size);
	head = xrealloc(head, sizeof(*head) + size);
	head->size = size;
	return head + 1;
}

void
ec_free(int object_type, void *ptr)
{
	struct memtype *t = type_find(object_type);
	struct head *head;

	if (ptr == NULL)
		return;
	if (object_type == MEMTYPE_IS_MALLOC_3C) {
		free(ptr);
		return;
	}
	head = block_head(object_type, ptr, "ec_free");
	if (t != NULL) {
		atomic_fetch_sub_explicit(&t->active, 1, memory_order_relaxed);
		atomic_fetch_sub_explicit(&t->bytes, (long)head->size,
		    memory_order_relaxed);
	}
	head->state = BLOCK_DEAD;
	free(head);
}

char *
ec_mt_strndup(int object_type, const char *str, size_t len)
{
	char *copy = ec_malloc_size(object_type, len + 1);

	memcpy(copy, str, len);
	copy[len] = '\0';
	return copy;
}

char *
ec_mt_strdup(int object_type, const char *str)
{
	return ec_mt_strndup(object_type, str, strlen(str));
}
