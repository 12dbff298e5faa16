/*
 * Any bytes as the TXT records of one name, cut at NULs.  A record that
 * is accepted has a key of a size that may be; one that is not has none.
 */
#include "base/span.h"
#include "dkim/record.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must(bool holds)
{
	if (!holds)
		abort();
}

static void
use_key(struct seal_record *record, enum seal_algorithm algorithm)
{
	static const unsigned char octets[256] = { 1 };

	must(record_verify(record, algorithm, span_of(octets, 32),
	    span_of(octets, sizeof(octets))) <= 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span rest = span_of(data, size), texts[SEAL_MAX_RECORDS + 1];
	const struct seal_record_info *info;
	struct seal_record *record;
	size_t n = 0;

	while (n <= SEAL_MAX_RECORDS && rest.n > 0)
		(void)span_cut(&rest, '\0', &texts[n++]);
	if (seal_record_parse(texts, n, &record) != 0)
		return 0;
	info = seal_record_info(record);
	must(info->count == n);
	must((info->reason == SEAL_WHY_KEY_NOT_FOUND) == (n == 0));
	must((info->reason == SEAL_WHY_OK) == (info->bits > 0));
	must((info->reason == SEAL_WHY_OK) ==
	    (info->algorithm != SEAL_ALGORITHM_NONE));
	must(info->bits <= SEAL_MAX_RSA_BITS);
	if (info->reason == SEAL_WHY_OK)
		use_key(record, info->algorithm);
	seal_record_unref(&record);
	return 0;
}
