/*
 * algorithm.c: the table of algorithms and the names of canonicalizations.
 */
#include "dkim/algorithm.h"

static const struct algorithm algorithms[] = {
	{ SEAL_RSA_SHA256, SPAN_INIT("rsa-sha256"), SPAN_INIT("rsa"),
	  SPAN_INIT("sha256"), DIGEST_SHA256 },
	{ SEAL_ED25519_SHA256, SPAN_INIT("ed25519-sha256"), SPAN_INIT("ed25519"),
	  SPAN_INIT("sha256"), DIGEST_SHA256 },
	{ SEAL_RSA_SHA1, SPAN_INIT("rsa-sha1"), SPAN_INIT("rsa"),
	  SPAN_INIT("sha1"), DIGEST_SHA1 },
};

#define ALGORITHMS (sizeof(algorithms) / sizeof(algorithms[0]))

const struct algorithm *
algorithm_of(enum seal_algorithm algorithm)
{
	for (size_t i = 0; i < ALGORITHMS; i++) {
		if (algorithms[i].algorithm == algorithm)
			return &algorithms[i];
	}
	return NULL;
}

const char *
seal_algorithm_name(enum seal_algorithm algorithm)
{
	const struct algorithm *row = algorithm_of(algorithm);

	return row == NULL ? "" : (const char *)row->name.p;
}

enum seal_algorithm
seal_algorithm_by_name(struct span name)
{
	for (size_t i = 0; i < ALGORITHMS; i++) {
		if (span_eq(algorithms[i].name, name))
			return algorithms[i].algorithm;
	}
	return SEAL_ALGORITHM_NONE;
}

const char *
seal_canon_name(enum seal_canon canon)
{
	return canon == SEAL_CANON_RELAXED ? "relaxed" : "simple";
}

static bool
canon_by_name(struct span name, enum seal_canon *canon_r)
{
	if (span_eq(name, SPAN("simple")))
		*canon_r = SEAL_CANON_SIMPLE;
	else if (span_eq(name, SPAN("relaxed")))
		*canon_r = SEAL_CANON_RELAXED;
	else
		return false;
	return true;
}

/* sig-c-tag-alg = "simple" / "relaxed"; "header" or "header/body" */
int
seal_canon_parse(struct span text, enum seal_canon *header_r,
    enum seal_canon *body_r)
{
	enum seal_canon header, body = SEAL_CANON_SIMPLE;
	struct span name;
	bool both = span_cut(&text, '/', &name);

	if (!canon_by_name(name, &header))
		return SEAL_E_SYNTAX;
	if (both && !canon_by_name(text, &body))
		return SEAL_E_SYNTAX;
	*header_r = header;
	*body_r = body;
	return 0;
}
