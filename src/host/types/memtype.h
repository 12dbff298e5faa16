/*
 * memtype.h: what the host asks about memory types beside ec_malloc.h.
 */
#ifndef HOST_MEMTYPE_H
#define HOST_MEMTYPE_H

#include <stdbool.h>

bool memtype_is_sized(int type); /* a type for blocks of any size? */

#endif
