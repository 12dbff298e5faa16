/*
 * row.c: the names and the order of the rows.
 */
#include "row.h"

static const struct {
	size_t octets;
	const char *text;
} sizes[SIZE_COUNT] = {
	[SIZE_4K] = { 4 * 1024, "4 KiB" },
	[SIZE_32K] = { 32 * 1024, "32 KiB" },
	[SIZE_1M] = { 1024 * 1024, "1 MiB" },
};

const char *
work_name(enum work work)
{
	static const char *const names[WORK_COUNT] = {
		[WORK_SIGN] = "sign",
		[WORK_VERIFY] = "verify",
	};

	return names[work];
}

const char *
algorithm_name(enum algorithm algorithm)
{
	static const char *const names[ALGORITHM_COUNT] = {
		[ALGORITHM_RSA_2048] = "rsa-sha256-2048",
		[ALGORITHM_RSA_1024] = "rsa-sha256-1024",
		[ALGORITHM_ED25519] = "ed25519-sha256",
	};

	return names[algorithm];
}

const char *
impl_name(enum impl impl)
{
	static const char *const names[IMPL_COUNT] = {
		[IMPL_LIBSEAL] = "libseal",
		[IMPL_OPENSSL] = "openssl",
		[IMPL_LIBOPENDKIM] = "libopendkim",
		[IMPL_HOST] = "host",
	};

	return names[impl];
}

size_t
size_octets(enum size size)
{
	return sizes[size].octets;
}

const char *
size_text(enum size size)
{
	return sizes[size].text;
}

struct row
row_first(void)
{
	return (struct row){ 0 };
}

bool
row_next(struct row *row)
{
	if (++row->impl < IMPL_COUNT)
		return true;
	row->impl = 0;
	if (++row->algorithm < ALGORITHM_COUNT)
		return true;
	row->algorithm = 0;
	if (++row->size < SIZE_COUNT)
		return true;
	row->size = 0;
	return ++row->work < WORK_COUNT;
}
