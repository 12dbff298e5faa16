/*
 * hash.h: spread names over a table.
 *
 * Peers choose the names that are looked up, so the seed of a table is random:
 * nobody outside can tell which names share a chain.
 */
#ifndef KEYS_HASH_H
#define KEYS_HASH_H

#include "base/span.h"

#include <sys/random.h>

static inline uint64_t
hash_seed(void)
{
	uint64_t seed = 0;

	/* without entropy a constant: slower under attack, never wrong */
	if (getrandom(&seed, sizeof(seed), GRND_NONBLOCK) !=
	    (ssize_t)sizeof(seed))
		seed = UINT64_C(0x9e3779b97f4a7c15);
	return seed;
}

/* Both halves of a 64 by 64 bit product, folded: each bit of the input reaches
 * every bit of the result. */
static inline uint64_t
hash_fold(uint64_t a, uint64_t b)
{
	__extension__ unsigned __int128 product = (unsigned __int128)a * b;

	return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static inline uint64_t
hash_bytes(uint64_t seed, const void *bytes, size_t n)
{
	const unsigned char *p = bytes;
	uint64_t hash = seed ^ UINT64_C(0xa0761d6478bd642f);
	uint64_t word;

	for (; n >= sizeof(word); p += sizeof(word), n -= sizeof(word)) {
		memcpy(&word, p, sizeof(word));
		hash = hash_fold(hash ^ word, UINT64_C(0xe7037ed1a0b428db));
	}
	word = n;
	for (; n > 0; n--)
		word = word << 8 | *p++;
	hash = hash_fold(hash ^ word, UINT64_C(0x8ebc6af09c88c6e3));
	return hash_fold(hash, seed | 1);
}

#endif
