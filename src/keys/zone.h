/*
 * zone.h: TXT records from a master file (RFC 1035 section 5.1), and on
 * demand those that name hosts.
 *
 * A zone is read whole and does not change afterwards; any thread may look
 * things up.  Records of other types are read for their names, so that a name
 * that exists without TXT is told from one that does not exist.  DNAME and
 * delegations are not followed, classes other than IN are left out.
 */
#ifndef KEYS_ZONE_H
#define KEYS_ZONE_H

#include "keys/why.h"
#include "seal.h"

#define ZONE_MAX_BYTES (256 * 1024 * 1024) /* one master file */
#define ZONE_MAX_CNAMES 8 /* links followed from one name */
#define ZONE_MAX_INCLUDES 8 /* files open within each other */
#define ZONE_MAX_TEXTS 256 /* TXT records under one name */

struct zone;

enum zone_load_outcome {
	ZONE_BAD = 1, /* not a master file, or over a limit: see why */
	ZONE_E_NOMEM = SEAL_E_NOMEM,
	ZONE_E_IO = -20, /* cannot be opened or read: see why */
};

/* Read a master file; names are relative to the root until an $ORIGIN, and the
 * paths of $INCLUDE to the folder of the file that names them.  Returns 0 or
 * an enum zone_load_outcome; *why_r (which may be NULL) then names the file
 * and, for bad text, the line: "keys.zone:3: 'TXTT' is no record type". */
int zone_load(const char *path, struct zone **zone_r, struct why *why_r);

/* The same from text; name stands in for the path. */
int zone_parse(struct span text, const char *name, struct zone **zone_r,
    struct why *why_r);

void zone_free(struct zone **zone);

enum zone_outcome {
	ZONE_FOUND = 0,
	ZONE_NODATA, /* the name exists but has no TXT record */
	ZONE_NXDOMAIN, /* no such name, nor one below it */
	ZONE_CNAME_LOOP, /* more than ZONE_MAX_CNAMES links */
};

struct zone_txt {
	const struct span *texts; /* each record's strings, joined */
	size_t n;
	uint32_t ttl; /* seconds, the least of all records that led here */
};

/* The TXT records at name ("s1._domainkey.example.com", with or without the
 * final dot, any case), CNAMEs followed and wildcards (RFC 4592) applied.
 * *txt_r lives as long as the zone and is empty unless ZONE_FOUND. */
enum zone_outcome zone_lookup(const struct zone *zone, const char *name,
    struct zone_txt *txt_r);

/* The same as zone_load(), for a zone that knows more types than TXT: A, AAAA,
 * MX, NS and PTR.  Data of these that is malformed makes it ZONE_BAD. */
int zone_load_hosts(const char *path, struct zone **zone_r,
    struct why *why_r);

struct zone_record {
	const struct zone_record *next; /* of the same name */
	uint16_t type; /* enum MASTER_TYPE_... of master.h */
	struct span data; /* in wire form, names whole; of TXT: joined */
};

/* As zone_lookup() for a type of those: *records_r begins the list of all
 * records of the name, of whatever type, that zone_load_hosts() read; at least
 * one has the type if ZONE_FOUND. */
enum zone_outcome zone_lookup_type(const struct zone *zone, const char *name,
    uint16_t type, const struct zone_record **records_r);

/* How many records, of any type, were read. */
size_t zone_record_count(const struct zone *zone);

#endif
