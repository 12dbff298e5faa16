/*
 * master.h: walk the records of a master file (RFC 1035 section 5.1, with
 * $TTL of RFC 2308 section 4 and \# and TYPEnnn of RFC 3597 section 5).
 *
 *	master_init(&master, text, &origin);
 *	while ((ret = master_next(&master, &record)) > 0) …
 *	if (ret < 0) … master.line, master.fault …
 *	master_deinit(&master);
 *
 * The data of TXT and CNAME records is read, and where `hosts` is set that of
 * A, AAAA, MX, NS and PTR; that of all others is skipped, with only its quotes
 * and parentheses looked at.  Opening files is left to the caller: a $INCLUDE
 * is handed out like a record.
 *
 * Why own code: the readers that Debian ships refuse what people have in such
 * files.  libzscanner takes no byte above 0x7f, no CRLF and no strings without
 * a space between them; ldns takes no class before a TTL and drops NULs.
 */
#ifndef KEYS_MASTER_H
#define KEYS_MASTER_H

#include "base/buffer.h"
#include "keys/dnsname.h"
#include "keys/why.h"

#define MASTER_MAX_RDATA 65535 /* RFC 1035 section 3.2.1: RDLENGTH */
#define MASTER_MAX_STRING 255 /* RFC 1035 section 3.3 */
#define MASTER_MAX_TTL 0x7fffffff /* RFC 2181 section 8 */
#define MASTER_DEFAULT_TTL 3600 /* where the file never names one */

enum { MASTER_CLASS_IN = 1 };
enum {
	MASTER_TYPE_A = 1,
	MASTER_TYPE_NS = 2,
	MASTER_TYPE_CNAME = 5,
	MASTER_TYPE_PTR = 12,
	MASTER_TYPE_MX = 15,
	MASTER_TYPE_TXT = 16,
	MASTER_TYPE_AAAA = 28,
};

struct master {
	struct span text;
	size_t at; /* <= text.n */
	unsigned line; /* of the byte at, from 1; after a fault, where it is */
	unsigned depth; /* open parentheses */
	struct dnsname origin, owner; /* owner.n is 0 before the first */
	bool hosts; /* to be set after master_init() */
	bool have_ttl, have_default_ttl;
	uint32_t ttl; /* the last one stated */
	uint32_t default_ttl; /* of $TTL */
	struct buffer data; /* of the record at hand */
	struct why fault;
};

struct master_record {
	struct dnsname owner; /* of a $INCLUDE: the origin to start with */
	uint32_t ttl; /* seconds */
	uint16_t class, type;
	unsigned line; /* where it began */
	/* In wire form; empty for types that are not read.  The path of a
	 * $INCLUDE, NUL-terminated.  Lives until the next step. */
	struct span data;
};

enum master_step {
	MASTER_END = 0,
	MASTER_RECORD = 1,
	MASTER_INCLUDE = 2,
	MASTER_BAD = -40, /* fault says what is wrong, line says where */
	MASTER_E_NOMEM = -1,
};

/* text must live as long; origin is copied. */
void master_init(struct master *master, struct span text,
    const struct dnsname *origin);

/* Returns an enum master_step; nothing may follow a negative one. */
int master_next(struct master *master, struct master_record *record_r);

void master_deinit(struct master *master);

#endif
