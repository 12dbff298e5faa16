/*
 * row.h: what is measured.  A row is one kind of work on one size of message
 * with one algorithm by one implementation; rows that differ in nothing but
 * the implementation form a race.
 */
#ifndef BENCH_ROW_H
#define BENCH_ROW_H

#include <stdbool.h>
#include <stddef.h>

enum work {
	WORK_SIGN,
	WORK_VERIFY,
	WORK_COUNT, /* not a work */
};

enum algorithm {
	ALGORITHM_RSA_2048,
	ALGORITHM_RSA_1024,
	ALGORITHM_ED25519,
	ALGORITHM_COUNT, /* not an algorithm */
};

enum impl {
	IMPL_LIBSEAL,
	IMPL_OPENSSL,
	IMPL_LIBOPENDKIM,
	IMPL_HOST, /* libseal within the host, by dkim_sign */
	IMPL_COUNT, /* not an implementation */
};

enum size {
	SIZE_4K,
	SIZE_32K,
	SIZE_1M,
	SIZE_COUNT, /* not a size */
};

struct row {
	enum work work;
	enum size size;
	enum algorithm algorithm;
	enum impl impl;
};

/* The words of the report and of --only. */
const char *work_name(enum work work);
const char *algorithm_name(enum algorithm algorithm);
const char *impl_name(enum impl impl);

/* Octets of the whole message, and the same for people: "4 KiB". */
size_t size_octets(enum size size);
const char *size_text(enum size size);

/* The first row, and the one after it in the order of the report; false past
 * the last.  The implementation changes fastest. */
struct row row_first(void);
bool row_next(struct row *row);

#endif
