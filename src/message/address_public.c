/*
 * address_public.c: the address parser, for those who choose whose signature a
 * message gets.
 */
#include "message/address.h"
#include "message/domain.h"
#include "seal.h"

#include <assert.h>

static_assert(SEAL_DOMAIN_BYTES == DOMAIN_MAX_OCTETS + 1,
    "a domain name and its NUL");

int
seal_address_domain(struct span value, char domain_r[SEAL_DOMAIN_BYTES])
{
	struct arena arena = { 0 };
	struct span domain;
	size_t count;
	int ret = address_domain(value, &arena, &domain, &count);

	domain_r[0] = '\0';
	if (ret == 0 && domain.n < SEAL_DOMAIN_BYTES) {
		memcpy(domain_r, domain.p, domain.n);
		domain_r[domain.n] = '\0';
	}
	arena_deinit(&arena);
	if (ret < 0)
		return SEAL_E_NOMEM;
	return ret == 0 ? 0 : SEAL_E_SYNTAX;
}
