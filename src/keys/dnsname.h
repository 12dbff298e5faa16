/*
 * dnsname.h: domain names as DNS compares them (RFC 1035 section 3.1).
 *
 * A name is a row of labels, each a length and as many bytes, ended by a
 * length of 0.  ASCII letters are kept in lower case, so that equal names have
 * equal bytes.
 */
#ifndef KEYS_DNSNAME_H
#define KEYS_DNSNAME_H

#include "base/span.h"

#define DNSNAME_MAX 255 /* octets, lengths and the final 0 included */
#define DNSNAME_MAX_LABEL 63
#define DNSNAME_MAX_TEXT (4 * DNSNAME_MAX + 1) /* each byte as \DDD, and NUL */

struct dnsname {
	unsigned char p[DNSNAME_MAX];
	size_t n; /* 1 for the root; 0 while under way */
};

/* Build a name label by label; done ends it.  Return false, with the name
 * unchanged, for an empty label, one that is too long, or a name that is. */
bool dnsname_add_label(struct dnsname *name, const unsigned char *label,
    size_t n);
bool dnsname_end(struct dnsname *name);

/* Append the labels of a whole name to one under way, which ends it. */
bool dnsname_add_name(struct dnsname *name, const unsigned char *wire,
    size_t n);

/* From plain text: dots separate labels, one at the end is ignored, no byte is
 * special otherwise.  Returns false when it cannot be a name. */
bool dnsname_from_text(const char *text, struct dnsname *name_r);

/* Take one whole, uncompressed name off the start of octets.  Returns its
 * length, or 0 when there is none. */
size_t dnsname_from_wire(struct span octets, struct dnsname *name_r);

/* Write as master files do, without the final dot (the root is "."); bytes
 * that are special there are escaped. */
void dnsname_format(const struct dnsname *name,
    char text_r[static DNSNAME_MAX_TEXT]);

#endif
