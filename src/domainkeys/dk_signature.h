/*
 * dk_signature.h: one DomainKey-Signature field, parsed (RFC 4870 section 3.3).
 */
#ifndef DOMAINKEYS_DK_SIGNATURE_H
#define DOMAINKEYS_DK_SIGNATURE_H

#include "message/header.h"
#include "seal.h"

struct dk_signature {
	struct header_field *field;
	struct span domain, ascii_domain; /* d=, as written and as an A-label */
	struct span selector, ascii_selector; /* s= */
	struct span algorithm_name; /* a=, "rsa-sha1" when absent */
	struct span b_text, b; /* without white space; decoded */
	struct span signed_headers; /* h=, as written */
	struct span query_methods; /* q=, as written */
	enum seal_dk_canon canon;
	bool has_list; /* there is h= */
};

/* Parse a field; text lives in the arena or the field.  Returns SEAL_WHY_OK or
 * what is wrong, with what is at fault; what parsed is there all the same. */
enum seal_reason dk_signature_parse(struct header_field *field,
    struct arena *arena, struct dk_signature *signature_r,
    struct span *fault_r);

#endif
