/*
 * hash.h: the hash function of the host, for keys that a peer may choose.
 */
#ifndef HOST_HASH_H
#define HOST_HASH_H

#include <stddef.h>
#include <stdint.h>

uint32_t hash_seed(void); /* secret, the same for the life of the process */
uint32_t hash_bytes(uint32_t seed, const void *bytes, size_t n);

#endif
