/*
 * clause.h: what DKIM and DomainKeys write alike into a clause of
 * Authentication-Results (RFC 8601 section 2.2).
 */
#ifndef MESSAGE_CLAUSE_H
#define MESSAGE_CLAUSE_H

#include "base/span.h"
#include "seal.h"

/* Twice that, if each octet needs a backslash, still fits a line (RFC 5322
 * section 2.1.1). */
#define CLAUSE_MAX_VALUE 450

/* Add header.NAME to the clause's properties, which have room for it; a value
 * that is empty, or that nobody writes but to break lines, is left out. */
void clause_add(struct seal_clause *clause, const char *name,
    struct span value);

/* The whole value for a message without signatures: METHOD/1=none.  Returns 0
 * with *text_r for seal_text_free(), or SEAL_E_*. */
int clause_format_none(struct span method, struct span authserv_id,
    char **text_r);

#endif
