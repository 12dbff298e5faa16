/*
 * ec_malloc.h: memory with a type, so that leaks and mix-ups have a name.
 *
 * A type is registered once, in module_config_setup.  Memory remembers its
 * type; freeing it as another one ends the process with a line that names
 * both.  Allocating never fails: a host without memory says so and ends.
 * Any thread.
 */
#ifndef EC_MALLOC_H
#define EC_MALLOC_H

#include "ec_types.h"

#define MEMTYPE_MAX 512
#define MEMTYPE_REGISTER_FAILED (-1)

/* Types that are always there, for blocks of any size. */
#define MEMTYPE_MESSAGE_BODY 8
#define MEMTYPE_SIEVE 21
#define MEMTYPE_EC_HASH_TABLE 46
#define MEMTYPE_STRING 51
#define MEMTYPE_EC_MESSAGE 88
#define MEMTYPE_BLOBJECT 96
#define MEMTYPE_IS_MALLOC_3C 97 /* plain malloc and free */
#define MEMTYPE_ECDICT 105

#define EC_ALLOCATOR_VSIZE 0 /* ec_malloc_size, ec_realloc */
#define EC_ALLOCATOR_FIXED 1 /* ec_malloc */

typedef struct ec_mem_type_def {
	const char *memtype_description; /* "module:what"; must stay alive */
	size_t size; /* 0 for EC_ALLOCATOR_VSIZE */
	size_t aligned; /* SIZEOF_VOID_P */
	int lock_class; /* 0 */
	int allocator_type; /* EC_ALLOCATOR_... */
	int force_zero; /* nonzero: fill new memory with rubbish */
} mem_type_def;

struct ec_mem_type_usage {
	const char *memtype_description;
	size_t size; /* 0: any */
	long active; /* objects in use */
	long peak; /* most in use at a time */
	long allocd; /* allocations ever made */
	long bytes; /* in use */
	long peak_bytes; /* most in use at a time (addition) */
};

/* Gives the new type, or MEMTYPE_REGISTER_FAILED: too many, or a definition
 * that contradicts itself. */
int ec_memtype_register(const mem_type_def *def);
int ec_memtype_by_name(const char *name); /* or MEMTYPE_REGISTER_FAILED */
int ec_memtype_get_stats(int object_type, struct ec_mem_type_usage *usage);

void *ec_malloc(int object_type); /* a FIXED type; not cleared */
void *ec_malloc_size(int object_type, size_t size); /* VSIZE; not cleared */
void *ec_realloc(int object_type, void *old, size_t size);
void ec_free(int object_type, void *ptr); /* NULL is fine */

char *ec_mt_strdup(int object_type, const char *str);
/* `len` bytes whatever they are, and a final NUL. */
char *ec_mt_strndup(int object_type, const char *str, size_t len);

#define ec_strdup(str) ec_mt_strdup(MEMTYPE_MESSAGE_BODY, (str))
#define ec_strndup(str, len) ec_mt_strndup(MEMTYPE_MESSAGE_BODY, (str), (len))

#endif
