/*
 * Any bytes as the value of a From field.  An address that was found is an
 * address: read again it is the same one, and its domain has the form that all
 * names have inside.
 */
#include "fuzz.h"

#include "base/arena.h"
#include "message/address.h"
#include "message/alignment.h"
#include "message/domain.h"

#include <stdlib.h>

static void
read_again(struct span local, struct span domain, struct arena *arena)
{
	struct span again_local, again_domain;
	size_t n = local.n + 1 + domain.n, count;
	unsigned char *text = malloc(n);

	if (text == NULL)
		return;
	memcpy(text, local.p, local.n);
	text[local.n] = '@';
	memcpy(text + local.n + 1, domain.p, domain.n);
	must(address_first(span_of(text, n), arena, &again_local,
	    &again_domain, &count) == 0);
	must(count == 1 && span_eq(again_local, local));
	must(span_eq(again_domain, domain));
	free(text);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span value = span_of(data, size);
	struct arena arena = { 0 };
	struct span local, domain, ascii;
	size_t count;

	if (domain_to_ascii(value, &arena, &ascii) == 0)
		must(ascii.n > 0 && ascii.n <= DOMAIN_MAX_OCTETS);
	if (address_first(value, &arena, &local, &domain, &count) == 0) {
		must(count > 0);
		must(domain_to_ascii(domain, &arena, &ascii) == 0);
		must(span_eq(domain, ascii));
		must(alignment_of(domain, ascii) == SEAL_ALIGNED_STRICT);
		must(domain_is_within(domain, ascii));
		read_again(local, domain, &arena);
	}
	arena_deinit(&arena);
	return 0;
}
