/*
 * ec_atomic.h: counters that several threads move without a lock.
 *
 * Every operation orders memory as a lock would, and gives back the value
 * that it left behind.
 */
#ifndef EC_ATOMIC_H
#define EC_ATOMIC_H

#include "ec_types.h"

static inline ec_atomic_t
ec_atomic_inc(ec_atomic_t *a)
{
	return __atomic_add_fetch(a, 1, __ATOMIC_ACQ_REL);
}

static inline ec_atomic_t
ec_atomic_dec(ec_atomic_t *a)
{
	return __atomic_sub_fetch(a, 1, __ATOMIC_ACQ_REL);
}

static inline ec_atomic_t
ec_atomic_add(ec_atomic_t *a, ec_atomic_t n)
{
	return __atomic_add_fetch(a, n, __ATOMIC_ACQ_REL);
}

static inline ec_atomic_t
ec_atomic_get(const ec_atomic_t *a)
{
	return __atomic_load_n(a, __ATOMIC_ACQUIRE);
}

static inline void
ec_atomic_set(ec_atomic_t *a, ec_atomic_t value)
{
	__atomic_store_n(a, value, __ATOMIC_RELEASE);
}

#endif
