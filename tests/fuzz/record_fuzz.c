/*
 * Any bytes as the TXT records of one name, parted by octets of 255.  A record
 * that is taken holds a key of a size that verifies (and refuses nonsense), and
 * parses the same once more.
 */
#include "fuzz.h"

#include "base/span.h"
#include "dkim/record.h"

#define MAX_TEXTS (SEAL_MAX_RECORDS + 2)

static size_t
part(struct span text, struct span *texts)
{
	size_t n = 0;
	bool more = true;

	while (more && n < MAX_TEXTS)
		more = span_cut(&text, 0xff, &texts[n++]);
	return n;
}

static void
check_key(struct seal_record *record)
{
	static const unsigned char nonsense[256] = { 1, 2, 3 };
	const struct seal_record_info *info = seal_record_info(record);
	struct span digest = span_of(nonsense, 32);

	must(info->algorithm != SEAL_ALGORITHM_NONE);
	if (info->algorithm == SEAL_ED25519_SHA256)
		must(info->bits == 256);
	else
		must(info->bits >= SEAL_MIN_RSA_BITS &&
		    info->bits <= SEAL_MAX_RSA_BITS);
	must(record_verify(record, info->algorithm, digest,
	    span_of(nonsense, 64)) <= 0);
	must(record_verify(record, info->algorithm, digest,
	    span_of(nonsense, sizeof(nonsense))) <= 0);
}

static void
check_again(const struct seal_record_info *info)
{
	struct seal_record *again = NULL;

	if (info->text.n == SEAL_MAX_RECORD_BYTES)
		return; /* it may have been cut */
	must(seal_record_parse(&info->text, 1, &again) == 0);
	must(seal_record_info(again)->reason == info->reason);
	must(seal_record_info(again)->bits == info->bits);
	must(seal_record_info(again)->flags == info->flags);
	must(span_eq(seal_record_info(again)->text, info->text));
	seal_record_unref(&again);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span texts[MAX_TEXTS];
	struct seal_record *record = NULL;
	const struct seal_record_info *info;
	size_t n = part(span_of(data, size), texts);

	if (seal_record_parse(texts, n, &record) != 0)
		return 0;
	info = seal_record_info(record);
	must(info->count == n);
	must(seal_reason_verdict(info->reason) == SEAL_PERMERROR ||
	    info->reason == SEAL_WHY_OK);
	if (info->reason == SEAL_WHY_OK)
		check_key(record);
	else
		must(info->bits == 0 && info->algorithm == SEAL_ALGORITHM_NONE);
	check_again(info);
	seal_record_unref(&record);
	return 0;
}
