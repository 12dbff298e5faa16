/*
 * address.h: the same as sieve/address.h; both names are published.
 */
#ifndef EC_ADDRESS_H
#define EC_ADDRESS_H

#include "sieve/address.h"

#endif
