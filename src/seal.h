/*
 * seal.h: sign and verify mail with DKIM (RFC 6376, 8301, 8463, 8616) and with
 * its historic forerunner DomainKeys (RFC 4870), and write and read
 * Authentication-Results (RFC 8601).
 *
 * libseal does no input or output.  A signer or a verifier is fed one message,
 * header fields first, then the body in chunks of any size; the bytes are
 * hashed as they pass, so memory does not grow with the body.  A verifier
 * names the DNS records it needs and takes the answers from its caller.
 *
 * Lifetimes: spans given to libseal are read during the call and copied if
 * they are needed longer.  Spans and strings that libseal hands out live as
 * long as the object they came from, until it is reset or freed.
 *
 * Threads: a signer, verifier or parsed object belongs to one thread at a
 * time.  Private keys, key records and signing profiles do not change once
 * made and may be shared; ref and unref may be called from any thread.
 * No call needs initialisation and none touches errno, locale or signals.
 */
#ifndef SEAL_H
#define SEAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#ifndef SEAL_API
#define SEAL_API __attribute__((visibility("default")))
#endif

/* Raised when the interface changes: the first for a break, the second for an
 * addition.  seal_version() tells the library that runs. */
#define SEAL_VERSION_MAJOR 0
#define SEAL_VERSION_MINOR 1

/* "0.1.0" */
SEAL_API const char *seal_version(void);

/* A view of somebody else's bytes.  Any byte may occur, NUL included; p may
 * be NULL when n is 0. */
#ifndef STRUCT_SPAN_DEFINED
#define STRUCT_SPAN_DEFINED
struct span {
	const unsigned char *p;
	size_t n;
};
#endif

/*
 * Errors.  Functions that can fail return 0 or one of these; a signature that
 * does not verify is no error but a result.
 */
enum seal_error {
	SEAL_E_NOMEM = -1, /* out of memory */
	SEAL_E_CRYPTO = -2, /* OpenSSL could not do its part */
	SEAL_E_ORDER = -3, /* a call out of order, such as body before header end */
	SEAL_E_LIMIT = -4, /* over a limit below */
	SEAL_E_OPTION = -5, /* an option that cannot be: see why */
	SEAL_E_KEY = -6, /* key material that cannot be used: see why */
	SEAL_E_SYNTAX = -7, /* text that cannot be parsed: see why */
	SEAL_E_NO_FROM = -8, /* the message has no From field: not signed */
	SEAL_E_SEVERAL_FROM = -9, /* more than one From field: not signed */
};

/* A stable word for a code, such as "several-from"; "ok" for 0. */
SEAL_API const char *seal_error_word(int error);

/*
 * Limits.  What goes past one of them is an error (signing) or a result with
 * a reason (verifying), never ignored.
 */
#define SEAL_MAX_HEADER_BYTES (1024 * 1024) /* the default is lower, see options */
#define SEAL_MAX_HEADER_FIELDS 1000
#define SEAL_MAX_SIGNATURES 20 /* signature fields parsed in one message */
#define SEAL_MAX_SIGNATURE_BYTES (16 * 1024) /* one signature field */
#define SEAL_MAX_TAGS 64 /* in one tag list */
#define SEAL_MAX_SIGNED_NAMES 512 /* names in h= */
#define SEAL_MAX_SIGNATURE_VALUE 2048 /* decoded octets of b= */
#define SEAL_MAX_RECORD_BYTES (8 * 1024) /* one key record, strings joined */
#define SEAL_MAX_RECORDS 8 /* TXT records looked at under one name */
#define SEAL_MAX_KEY_TEXT 4096 /* base64 characters of p= */
#define SEAL_MAX_QUERIES 10 /* DNS names in one message */
#define SEAL_MIN_RSA_BITS 512 /* what parses; policy decides what counts */
#define SEAL_MAX_RSA_BITS 8192
#define SEAL_MAX_PROFILES 16 /* signatures made on one message */
#define SEAL_MAX_CLAUSES 64 /* in one Authentication-Results field */
#define SEAL_MAX_PROPERTIES 64 /* in one clause of it */

/*
 * Algorithms and canonicalizations (RFC 6376 section 3.3 and 3.4, RFC 8463).
 */
enum seal_algorithm {
	SEAL_ALGORITHM_NONE = 0, /* unknown; for signing: whatever the key is for */
	SEAL_RSA_SHA256,
	SEAL_ED25519_SHA256,
	SEAL_RSA_SHA1, /* historic: RFC 8301 */
};

enum seal_canon {
	SEAL_CANON_SIMPLE = 0,
	SEAL_CANON_RELAXED,
};

/* "rsa-sha256"; "" for SEAL_ALGORITHM_NONE. */
SEAL_API const char *seal_algorithm_name(enum seal_algorithm algorithm);
/* The algorithm of that name (lower case), or SEAL_ALGORITHM_NONE. */
SEAL_API enum seal_algorithm seal_algorithm_by_name(struct span name);
/* "simple" or "relaxed". */
SEAL_API const char *seal_canon_name(enum seal_canon canon);

/* Read "relaxed/simple", "relaxed" (the body is then simple, RFC 6376 section
 * 3.5 c=) into both.  Returns 0 or SEAL_E_SYNTAX, leaving the outputs. */
SEAL_API int seal_canon_parse(struct span text, enum seal_canon *header_r,
    enum seal_canon *body_r);

/*
 * Private keys.  Counted; the key is wiped from memory with the last
 * reference.
 */
struct seal_key;

/* Read a private key from PEM text: PKCS#1 RSA, or PKCS#8 RSA or Ed25519,
 * not encrypted.  The caller owns one reference in *key_r and wipes the text.
 * Returns 0, SEAL_E_KEY with *why_r saying what is wrong, or SEAL_E_NOMEM. */
SEAL_API int seal_key_from_pem(struct span pem, struct seal_key **key_r,
    const char **why_r);

/* Make a key: bits (1024 to 8192) count for RSA only.  Same returns. */
SEAL_API int seal_key_generate(enum seal_algorithm algorithm, unsigned bits,
    struct seal_key **key_r, const char **why_r);

SEAL_API struct seal_key *seal_key_ref(struct seal_key *key);
/* Drop one reference and clear the caller's pointer; NULL is fine. */
SEAL_API void seal_key_unref(struct seal_key **key);

/* SEAL_RSA_SHA256 or SEAL_ED25519_SHA256: what the key signs with unless told
 * otherwise. */
SEAL_API enum seal_algorithm seal_key_algorithm(const struct seal_key *key);
SEAL_API unsigned seal_key_bits(const struct seal_key *key);

/* The key as PKCS#8 PEM, or its public half as a key record such as
 * "v=DKIM1; k=rsa; p=MIIB..." (RFC 6376 section 3.6.1, RFC 8463 section 4).
 * *text_r is NUL-terminated and freed by seal_text_free(), which wipes it.
 * Return 0, SEAL_E_NOMEM or SEAL_E_CRYPTO. */
SEAL_API int seal_key_to_pem(const struct seal_key *key, char **text_r);
SEAL_API int seal_key_to_record(const struct seal_key *key, char **text_r);
SEAL_API void seal_text_free(char **text);

/*
 * Verdicts and reasons.  The verdict is the word of RFC 8601 section 2.7.1;
 * each reason belongs to one verdict.
 */
enum seal_verdict {
	SEAL_NONE = 0, /* no signature */
	SEAL_PASS,
	SEAL_FAIL, /* the hash or the signature does not match */
	SEAL_NEUTRAL, /* not used by this library's verifier; parsed in fields */
	SEAL_POLICY, /* refused by us though it may be sound */
	SEAL_TEMPERROR, /* the key could not be had now */
	SEAL_PERMERROR, /* syntax, or no usable key */
};

enum seal_reason {
	SEAL_WHY_NO_SIGNATURE = 0,
	SEAL_WHY_OK,
	/* fail */
	SEAL_WHY_BODY_HASH,
	SEAL_WHY_SIGNATURE,
	/* policy */
	SEAL_WHY_RSA_SHA1,
	SEAL_WHY_KEY_TOO_SMALL,
	SEAL_WHY_KEY_TOO_LARGE,
	SEAL_WHY_PARTIAL_BODY,
	SEAL_WHY_TOO_MANY_SIGNATURES,
	SEAL_WHY_TOO_MANY_QUERIES,
	SEAL_WHY_HEADER_TOO_LARGE,
	SEAL_WHY_SIGNED_IN_FUTURE,
	/* temperror */
	SEAL_WHY_DNS_TIMEOUT,
	SEAL_WHY_DNS_FAILED,
	SEAL_WHY_DNS_BOGUS,
	SEAL_WHY_NO_ANSWER,
	SEAL_WHY_NO_MEMORY,
	/* permerror: the signature field */
	SEAL_WHY_FIELD_TOO_LONG,
	SEAL_WHY_TAG_SYNTAX,
	SEAL_WHY_TAG_TWICE,
	SEAL_WHY_TOO_MANY_TAGS,
	SEAL_WHY_TAG_MISSING,
	SEAL_WHY_VERSION,
	SEAL_WHY_ALGORITHM,
	SEAL_WHY_CANONICALIZATION,
	SEAL_WHY_SIGNATURE_BASE64,
	SEAL_WHY_BODY_HASH_BASE64,
	SEAL_WHY_BODY_HASH_LENGTH,
	SEAL_WHY_DOMAIN,
	SEAL_WHY_SELECTOR,
	SEAL_WHY_SIGNED_HEADERS,
	SEAL_WHY_FROM_NOT_SIGNED,
	SEAL_WHY_IDENTITY,
	SEAL_WHY_IDENTITY_DOMAIN,
	SEAL_WHY_LENGTH,
	SEAL_WHY_LENGTH_BEYOND_BODY,
	SEAL_WHY_QUERY_METHOD,
	SEAL_WHY_TIMESTAMP,
	SEAL_WHY_EXPIRATION,
	SEAL_WHY_EXPIRES_BEFORE_SIGNED,
	SEAL_WHY_EXPIRED,
	/* permerror: the key */
	SEAL_WHY_KEY_NOT_FOUND,
	SEAL_WHY_KEY_REVOKED,
	SEAL_WHY_KEY_SYNTAX,
	SEAL_WHY_KEY_VERSION,
	SEAL_WHY_KEY_TYPE,
	SEAL_WHY_KEY_MISMATCH,
	SEAL_WHY_KEY_HASH,
	SEAL_WHY_KEY_SERVICE,
	SEAL_WHY_KEY_IDENTITY,
	SEAL_WHY_KEY_UNUSABLE,
	/* DomainKeys alone */
	SEAL_WHY_SENDER, /* permerror: no one address in Sender or From */
	SEAL_WHY_SENDER_DOMAIN, /* permerror: it is not in d= */
	SEAL_WHY_SENDER_NOT_SIGNED, /* permerror: above, or not in h= */
	SEAL_WHY_KEY_GRANULARITY, /* permerror: g= of the key */
	SEAL_WHY_SIGNS_ALL, /* fail: o=- of the domain's policy */
	SEAL_WHY_COUNT, /* not a reason */
};

/* "pass", "permerror", … */
SEAL_API const char *seal_verdict_word(enum seal_verdict verdict);
/* A stable word such as "body-hash-mismatch". */
SEAL_API const char *seal_reason_word(enum seal_reason reason);
/* A sentence for people, without a full stop. */
SEAL_API const char *seal_reason_sentence(enum seal_reason reason);
SEAL_API enum seal_verdict seal_reason_verdict(enum seal_reason reason);

/*
 * Key records (RFC 6376 section 3.6.1).  Counted and shared, so that a cache
 * keeps them parsed.
 */
struct seal_record;

#define SEAL_RECORD_TESTING 0x01u /* t=y */
#define SEAL_RECORD_STRICT 0x02u /* t=s: i= must be in d= itself */

struct seal_record_info {
	enum seal_reason reason; /* SEAL_WHY_OK, or what is wrong with it */
	struct span text; /* the record that was chosen, strings joined */
	struct span version; /* v=, empty when absent */
	struct span key_type; /* k=, "rsa" when absent */
	struct span hashes; /* h=, empty when absent */
	struct span services; /* s=, "*" when absent */
	struct span notes; /* n=, as written */
	struct span granularity; /* g=, "*" when absent; DomainKeys alone heeds it */
	struct span bad_tag; /* the tag or text at fault, if one is */
	enum seal_algorithm algorithm; /* of the key, NONE when unusable */
	unsigned bits; /* 0 when there is no key */
	unsigned flags; /* SEAL_RECORD_* */
	size_t count; /* TXT records found under the name */
};

/* Parse the TXT records of one name, each with its strings joined and nothing
 * between (RFC 6376 section 3.6.2.2).  Of several the first that holds a
 * usable key counts; if none does, the first that looks like a key record.
 * n = 0 gives a record with SEAL_WHY_KEY_NOT_FOUND.  A bad record is no error:
 * its info says what is wrong.  Returns 0 or SEAL_E_NOMEM. */
SEAL_API int seal_record_parse(const struct span *texts, size_t n,
    struct seal_record **record_r);
SEAL_API struct seal_record *seal_record_ref(struct seal_record *record);
SEAL_API void seal_record_unref(struct seal_record **record);
SEAL_API const struct seal_record_info *seal_record_info(
    const struct seal_record *record);

/*
 * Verifying.
 *
 *	seal_verifier_new(&options, &v);
 *	seal_verifier_field(v, field) …         one call for each header field
 *	seal_verifier_end_header(v);
 *	for each of seal_verifier_query_count(v): resolve seal_verifier_query(v, i)
 *	        and seal_verifier_answer(v, i, &answer)  any time before finish
 *	seal_verifier_body(v, chunk) …
 *	seal_verifier_finish(v);
 *	seal_verifier_result(v, i) …
 *
 * seal_verifier_feed() takes the place of field, end_header and body for a
 * caller that has the message as one stream.  Fields given singly before the
 * stream stand above it.
 */
struct seal_verifier;

struct seal_verify_options {
	int64_t now; /* seconds since 1970: the verifier has no clock */
	int64_t clock_drift; /* seconds; for x= and t=; default 300 */
	size_t max_header_bytes; /* default 64 KiB, at most SEAL_MAX_HEADER_BYTES */
	unsigned max_signatures; /* distinct (d=, s=) verified; default 5 */
	unsigned min_rsa_bits; /* default 1024 (RFC 8301) */
	unsigned max_rsa_bits; /* default 4096 (RFC 8301) */
	bool allow_rsa_sha1; /* default false (RFC 8301) */
	bool allow_partial_body; /* accept octets that l= leaves unsigned */
	bool refuse_future; /* t= past now is policy; default false, as RFC 6376 leaves it */
};

/* Fill in the defaults; now becomes 0 and is the caller's to set. */
SEAL_API void seal_verify_options_init(struct seal_verify_options *options);

/* Returns 0, SEAL_E_NOMEM, or SEAL_E_OPTION for values out of range. */
SEAL_API int seal_verifier_new(const struct seal_verify_options *options,
    struct seal_verifier **verifier_r);
/* Make ready for the next message, keeping memory and contexts. */
SEAL_API int seal_verifier_reset(struct seal_verifier *verifier,
    const struct seal_verify_options *options);
SEAL_API void seal_verifier_free(struct seal_verifier **verifier);

/* One header field from its name up to, not including, its last CRLF:
 * "Subject: a\r\n folded".  Top of the message first.  Once over
 * max_header_bytes or SEAL_MAX_HEADER_FIELDS the rest is dropped, and every
 * signature gets SEAL_WHY_HEADER_TOO_LARGE. */
SEAL_API int seal_verifier_field(struct seal_verifier *verifier,
    struct span field);
SEAL_API int seal_verifier_end_header(struct seal_verifier *verifier);
SEAL_API int seal_verifier_body(struct seal_verifier *verifier,
    struct span chunk);

/* How line ends in a stream are to be read. */
enum seal_line_ends {
	SEAL_LINES_CRLF = 0, /* as in SMTP: a lone CR or LF is a byte like others */
	SEAL_LINES_FILE, /* if the first line ends in a bare LF, every LF is CRLF */
};

/* A stretch of the message, header and body, of any size.  The first call
 * fixes the line ends.  The header ends at the first empty line, or at
 * finish.  Answers can be given once seal_verifier_in_body() says so, or
 * after seal_verifier_end_header(), which ends a message without a body. */
SEAL_API int seal_verifier_feed(struct seal_verifier *verifier,
    struct span bytes, enum seal_line_ends line_ends);
SEAL_API bool seal_verifier_in_body(const struct seal_verifier *verifier);

/* The DNS names to ask for TXT records, in A-label form, lower case, without
 * the final dot: "s1._domainkey.example.com".  No name occurs twice, and
 * signatures that cannot count ask for none. */
SEAL_API size_t seal_verifier_query_count(const struct seal_verifier *verifier);
SEAL_API const char *seal_verifier_query(const struct seal_verifier *verifier,
    size_t i);

enum seal_dns {
	SEAL_DNS_ANSWERED = 0, /* record holds what was found, if only "nothing" */
	SEAL_DNS_TIMEOUT,
	SEAL_DNS_FAILED, /* SERVFAIL, REFUSED, no server */
	SEAL_DNS_BOGUS, /* DNSSEC validation failed */
};

enum seal_dnssec {
	SEAL_DNSSEC_UNKNOWN = 0, /* not asked, or not validated */
	SEAL_DNSSEC_INSECURE,
	SEAL_DNSSEC_SECURE,
};

struct seal_answer {
	enum seal_dns dns;
	enum seal_dnssec dnssec;
	struct seal_record *record; /* the verifier takes a reference of its own */
};

/* Returns 0, SEAL_E_ORDER after finish or before the end of the header, or
 * SEAL_E_OPTION for an index that is not there.  A query left without an
 * answer makes its signatures SEAL_WHY_NO_ANSWER. */
SEAL_API int seal_verifier_answer(struct seal_verifier *verifier, size_t i,
    const struct seal_answer *answer);

/* End the message and judge the signatures.  Returns 0 whatever the verdicts
 * are, or an error. */
SEAL_API int seal_verifier_finish(struct seal_verifier *verifier);

enum seal_alignment {
	SEAL_UNALIGNED = 0, /* or no From domain to compare with */
	SEAL_ALIGNED_RELAXED, /* same organizational domain (RFC 7489 3.1.1) */
	SEAL_ALIGNED_STRICT, /* same domain */
};

#define SEAL_RESULT_HAS_TIMESTAMP 0x01u
#define SEAL_RESULT_HAS_EXPIRATION 0x02u
#define SEAL_RESULT_HAS_LENGTH 0x04u
#define SEAL_RESULT_TESTING 0x08u /* the key has t=y: RFC 6376 section 3.6.1 */
#define SEAL_RESULT_STRICT 0x10u /* the key has t=s: i= must be in d= itself */

/* What is known about one signature.  Spans are empty where the field did not
 * parse so far. */
struct seal_result {
	enum seal_verdict verdict;
	enum seal_reason reason;
	const char *why; /* a sentence, with the tag's name where one is at fault */
	struct span domain; /* d=, as written */
	struct span selector; /* s=, as written */
	struct span identity; /* i= decoded, or "@" and d= */
	struct span algorithm_name; /* a=, as written */
	struct span signature; /* b= without white space, for header.b */
	struct span signed_headers; /* h=, as written */
	struct span query_methods; /* q=, as written; empty: not given */
	const char *query; /* the DNS name of the key, or NULL */
	enum seal_algorithm algorithm;
	enum seal_canon header_canon, body_canon;
	enum seal_dnssec dnssec;
	enum seal_alignment alignment; /* of d= with the From domain */
	unsigned flags; /* SEAL_RESULT_* */
	unsigned key_bits; /* 0 while no key is known */
	int64_t timestamp, expiration; /* seconds since 1970 */
	uint64_t length; /* l= */
	uint64_t unsigned_octets; /* canonical body octets past l= */
	size_t field; /* which header field of the message, from 0 at the top */
};

/* Results in the order of the fields, from the top of the message.  Present
 * after the end of the header; the verdicts count after finish. */
SEAL_API size_t seal_verifier_result_count(const struct seal_verifier *verifier);
SEAL_API const struct seal_result *seal_verifier_result(
    const struct seal_verifier *verifier, size_t i);

/* Pass if any signature passes; otherwise the first of fail, policy,
 * temperror, permerror that occurs; none without a signature. */
SEAL_API enum seal_verdict seal_verifier_overall(
    const struct seal_verifier *verifier);

/* The domain of the only address of the only From field, as an A-label in
 * lower case; empty when there is no such one. */
SEAL_API struct span seal_verifier_from_domain(
    const struct seal_verifier *verifier);
/* How many From fields there were: more than one is malformed, and readers
 * may be shown another than the signed one (RFC 6376 section 8.15). */
SEAL_API size_t seal_verifier_from_count(const struct seal_verifier *verifier);

/*
 * Signing.  A profile is made once per key, domain and settings; a signer
 * makes the signatures of all its profiles in one pass over the body.
 */
struct seal_profile;

struct seal_sign_options {
	struct span domain; /* d=; a U-label is turned into an A-label */
	struct span selector; /* s= */
	struct span identity; /* i=, decoded: "user@sub.example.com"; empty: none */
	struct seal_key *key; /* the profile takes a reference of its own */
	enum seal_algorithm algorithm; /* NONE: as the key says */
	enum seal_canon header_canon, body_canon; /* default relaxed */
	/* Names separated by colons, each with a suffix or none: "Name" one
	 * instance, or its absence; "Name?" one if there; "Name*" all, and that
	 * there are no more; "Name+" all that are there.  Empty: the default. */
	struct span headers;
	int64_t lifetime; /* seconds from t= to x=; 0: no x= */
	bool no_timestamp; /* leave out t= */
	bool body_length; /* put l= */
	bool copy_headers; /* put z=, unless the field would be too large */
	bool allow_rsa_sha1; /* else refused (RFC 8301) */
	bool allow_weak_key; /* RSA below 1024 bits, else refused (RFC 8301) */
};

SEAL_API void seal_sign_options_init(struct seal_sign_options *options);

/* The default of options.headers: the fields that RFC 6376 section 5.4.1
 * names, MIME and List fields, and From once more than it occurs. */
SEAL_API const char *seal_default_headers(void);

/* Returns 0, or SEAL_E_OPTION, SEAL_E_KEY or SEAL_E_NOMEM with *why_r. */
SEAL_API int seal_profile_new(const struct seal_sign_options *options,
    struct seal_profile **profile_r, const char **why_r);
SEAL_API struct seal_profile *seal_profile_ref(struct seal_profile *profile);
SEAL_API void seal_profile_unref(struct seal_profile **profile);

/*
 *	seal_signer_new(now, &s);
 *	seal_signer_add(s, profile) …          before end_header
 *	seal_signer_field(s, field) …; seal_signer_end_header(s);
 *	seal_signer_body(s, chunk) …; seal_signer_finish(s);
 *	seal_signer_signature(s, i) …
 */
struct seal_signer;

/* now: t= of the signatures, in seconds since 1970. */
SEAL_API int seal_signer_new(int64_t now, struct seal_signer **signer_r);
SEAL_API int seal_signer_reset(struct seal_signer *signer, int64_t now);
SEAL_API void seal_signer_free(struct seal_signer **signer);

/* Returns 0, SEAL_E_LIMIT past SEAL_MAX_PROFILES, or SEAL_E_ORDER. */
SEAL_API int seal_signer_add(struct seal_signer *signer,
    struct seal_profile *profile);

/* As for the verifier.  end_header returns SEAL_E_NO_FROM or
 * SEAL_E_SEVERAL_FROM when the message may not be signed. */
SEAL_API int seal_signer_field(struct seal_signer *signer, struct span field);
SEAL_API int seal_signer_end_header(struct seal_signer *signer);
SEAL_API int seal_signer_body(struct seal_signer *signer, struct span chunk);
SEAL_API int seal_signer_feed(struct seal_signer *signer, struct span bytes,
    enum seal_line_ends line_ends);
SEAL_API int seal_signer_finish(struct seal_signer *signer);
/* What the last error was about, or NULL. */
SEAL_API const char *seal_signer_why(const struct seal_signer *signer);

SEAL_API size_t seal_signer_count(const struct seal_signer *signer);
/* The whole field, "DKIM-Signature: v=1; …", folded with CRLF and without a
 * final one, in the order of seal_signer_add(); empty before finish.  It goes
 * above all other fields. */
SEAL_API struct span seal_signer_signature(const struct seal_signer *signer,
    size_t i);

/* The domain of the first address in a Sender or From field's value, folded
 * as on the wire: an A-label in lower case, NUL-terminated.  Returns 0,
 * SEAL_E_SYNTAX when there is no address or more than an address list, or
 * SEAL_E_NOMEM. */
#define SEAL_DOMAIN_BYTES 254
SEAL_API int seal_address_domain(struct span value,
    char domain_r[SEAL_DOMAIN_BYTES]);

/*
 * Authentication-Results (RFC 8601).
 */
struct seal_property {
	struct span type; /* "header", "smtp", "body", "policy" */
	struct span name; /* "d" */
	struct span value; /* unquoted */
};

struct seal_clause { /* one method's result */
	struct span method; /* "dkim" */
	unsigned method_version; /* 1 unless written */
	struct span result; /* "pass" */
	struct span reason; /* unquoted; empty: none */
	struct span comment; /* after the result, without its parentheses; or empty */
	struct seal_property *properties;
	size_t n_properties;
};

struct seal_authres {
	struct span authserv_id; /* unquoted */
	unsigned version; /* 1 unless written */
	struct seal_clause *clauses; /* none: the field says "none" */
	size_t n_clauses;
};

/* Write the field's value, "mx.example.org;\r\n\tdkim=pass …", folded, without
 * name and final CRLF.  What needs it is quoted and escaped; bytes that no
 * quoting can carry (CR, LF, NUL, other controls) become "?", so a value
 * cannot start a new field; so do C1 controls and invalid UTF-8.  *text_r is
 * NUL-terminated, freed by seal_text_free().  Returns 0, SEAL_E_NOMEM,
 * SEAL_E_LIMIT for too many clauses or properties, SEAL_E_OPTION for an empty
 * authserv-id, or a method, result, property type or name that is no
 * keyword. */
SEAL_API int seal_authres_format(const struct seal_authres *authres,
    char **text_r);

/* The same for what a verifier found: a dkim clause for each result with
 * header.d, header.i, header.s, header.a, header.b (RFC 6008: eight
 * characters, more where that would not tell two apart); "none" results give
 * "dkim=none".  Call after finish. */
SEAL_API int seal_authres_of_verifier(const struct seal_verifier *verifier,
    struct span authserv_id, char **text_r);

/* Read a field's value (what follows "Authentication-Results:").  Common
 * slips are taken: a final ";", values that ought to be quoted, a property
 * without a type (type is then empty).  Everything in *authres_r is freed with
 * it.  Returns 0, SEAL_E_SYNTAX, SEAL_E_LIMIT with
 * *why_r, or SEAL_E_NOMEM. */
SEAL_API int seal_authres_parse(struct span value,
    struct seal_authres **authres_r, const char **why_r);
SEAL_API void seal_authres_free(struct seal_authres **authres);

/* Whether a field claims to come from authserv_id: compared without case,
 * after comments and quotes, U-labels as A-labels (RFC 8601 section 5).  Works
 * on fields that do not parse as a whole: what cannot be understood counts as
 * a claim, so that a forgery cannot hide behind a syntax error.  An empty
 * authserv_id claims nothing. */
SEAL_API bool seal_authres_claims(struct span value, struct span authserv_id);

/*
 * DomainKeys (RFC 4870), which DKIM replaced in 2007.  It knows rsa-sha1 alone,
 * signs nothing of its own signature field, and speaks for the address in
 * Sender, or else in From.  It is here for mail systems that still want it:
 * what it says should decide nothing by itself.
 *
 * Keys, key records, answers, reasons and limits are those of DKIM.  A
 * signature covers what stands below it, so it goes above all other fields.
 */
enum seal_dk_canon {
	SEAL_DK_SIMPLE = 0,
	SEAL_DK_NOFWS, /* no folding white space: what survives most of the way */
};

/* "simple" or "nofws". */
SEAL_API const char *seal_dk_canon_name(enum seal_dk_canon canon);
/* Returns 0, or SEAL_E_SYNTAX for another name, leaving *canon_r. */
SEAL_API int seal_dk_canon_parse(struct span name, enum seal_dk_canon *canon_r);

/*
 * The policy of a domain: the TXT record at _domainkey.DOMAIN (RFC 4870
 * section 3.6).
 */
struct seal_dk_policy {
	bool found; /* else the default counts: the domain may sign, o=~ */
	bool signs_all; /* o=-: what is not signed is not theirs */
	bool testing; /* t=y: unsigned mail means nothing */
	struct span report; /* r=, an address for reports */
	struct span notes; /* n= */
};

/* Read a record's text, whose spans *policy_r then holds.  What is no policy
 * gives the default: a policy is no reason to refuse mail by mistake. */
SEAL_API void seal_dk_policy_parse(struct span text,
    struct seal_dk_policy *policy_r);

/*
 * Whom a message is from: the first address of its only Sender field, or, if it
 * has no Sender, of its only From field.
 */
enum seal_dk_source {
	SEAL_DK_NOBODY = 0, /* no such field, several, or no address in it */
	SEAL_DK_SENDER,
	SEAL_DK_FROM,
};

struct seal_dk_party {
	enum seal_dk_source source;
	struct span local; /* of the address */
	struct span domain; /* an A-label in lower case */
};

/*
 * Verifying: the calls of seal_verifier_*, in the same order and with the same
 * returns.
 */
struct seal_dk_verifier;

struct seal_dk_verify_options {
	size_t max_header_bytes; /* default 64 KiB, at most SEAL_MAX_HEADER_BYTES */
	unsigned max_signatures; /* distinct (d=, s=) verified; default 5 */
	unsigned min_rsa_bits; /* default 1024 (RFC 8301; RFC 4870 has 512) */
	unsigned max_rsa_bits; /* default 4096 */
	/* "g=;" in a key allows nobody, as RFC 4871 has it, and not everybody,
	 * as RFC 4870 section 3.2.3 has it; default false */
	bool empty_granularity_is_none;
};

SEAL_API void seal_dk_verify_options_init(
    struct seal_dk_verify_options *options);
SEAL_API int seal_dk_verifier_new(const struct seal_dk_verify_options *options,
    struct seal_dk_verifier **verifier_r);
SEAL_API int seal_dk_verifier_reset(struct seal_dk_verifier *verifier,
    const struct seal_dk_verify_options *options);
SEAL_API void seal_dk_verifier_free(struct seal_dk_verifier **verifier);

SEAL_API int seal_dk_verifier_field(struct seal_dk_verifier *verifier,
    struct span field);
SEAL_API int seal_dk_verifier_end_header(struct seal_dk_verifier *verifier);
SEAL_API int seal_dk_verifier_body(struct seal_dk_verifier *verifier,
    struct span chunk);
SEAL_API int seal_dk_verifier_feed(struct seal_dk_verifier *verifier,
    struct span bytes, enum seal_line_ends line_ends);
SEAL_API bool seal_dk_verifier_in_body(
    const struct seal_dk_verifier *verifier);

/* The policy record of the sender's domain comes first when there is a sender,
 * then the keys.  All are answered alike, with what seal_record_parse() made
 * of the TXT records: the text of a policy is in its info. */
SEAL_API size_t seal_dk_verifier_query_count(
    const struct seal_dk_verifier *verifier);
SEAL_API const char *seal_dk_verifier_query(
    const struct seal_dk_verifier *verifier, size_t i);
SEAL_API int seal_dk_verifier_answer(struct seal_dk_verifier *verifier,
    size_t i, const struct seal_answer *answer);
SEAL_API int seal_dk_verifier_finish(struct seal_dk_verifier *verifier);

#define SEAL_DK_RESULT_TESTING 0x01u /* the key has t=y */
#define SEAL_DK_RESULT_HAS_LIST 0x02u /* the signature has h= */

/* What is known about one signature.  Spans are empty where the field did not
 * parse so far. */
struct seal_dk_result {
	enum seal_verdict verdict;
	enum seal_reason reason;
	const char *why; /* a sentence, with what is at fault */
	struct span domain; /* d=, as written */
	struct span selector; /* s=, as written */
	struct span algorithm_name; /* a=, as written */
	struct span signature; /* b= without white space */
	struct span signed_headers; /* h=, as written */
	struct span query_methods; /* q=, as written */
	const char *query; /* the DNS name of the key, or NULL */
	enum seal_dk_canon canon;
	enum seal_dnssec dnssec;
	unsigned flags; /* SEAL_DK_RESULT_* */
	unsigned key_bits; /* 0 while no key is known */
	size_t field; /* which header field of the message, from 0 at the top */
};

/* In the order of the fields, from the top; they count after finish. */
SEAL_API size_t seal_dk_verifier_result_count(
    const struct seal_dk_verifier *verifier);
SEAL_API const struct seal_dk_result *seal_dk_verifier_result(
    const struct seal_dk_verifier *verifier, size_t i);

/* Known after the end of the header; lives until the next reset. */
SEAL_API const struct seal_dk_party *seal_dk_verifier_party(
    const struct seal_dk_verifier *verifier);
/* Known after finish. */
SEAL_API const struct seal_dk_policy *seal_dk_verifier_policy(
    const struct seal_dk_verifier *verifier);

/*
 * What all of it comes to.  A signature that holds makes the message good.
 * One that does not, by a key in test mode, is as if it were not there; what
 * no signature means, the policy says (RFC 4870 sections 3.2.3 and 3.6).
 */
struct seal_dk_outcome {
	enum seal_verdict verdict;
	enum seal_reason reason; /* of the signature that decided, if one did */
	const char *why;
	/* "good", "bad", or "bad (...)" with one of "key type", "no key", "key
	 * revoked", "public key", "malformed signature", "unsupported query
	 * type"; NULL: not signed, and nothing says that it should be */
	const char *status;
	/* for DomainKey-Status: "good", "bad", "error" when the DNS had no
	 * answer for us, or NULL */
	const char *header;
};

SEAL_API struct seal_dk_outcome seal_dk_verifier_outcome(
    const struct seal_dk_verifier *verifier);

/* As seal_authres_of_verifier(), with a domainkeys clause for each result:
 * header.d, header.s, header.sender or header.from, header.b. */
SEAL_API int seal_authres_of_dk_verifier(
    const struct seal_dk_verifier *verifier, struct span authserv_id,
    char **text_r);

/*
 * Signing: the calls of seal_signer_*, in the same order and with the same
 * returns.
 */
struct seal_dk_profile;
struct seal_dk_signer;

struct seal_dk_sign_options {
	struct span domain; /* d=: the sender's domain, or one above it */
	struct span selector; /* s= */
	struct seal_key *key; /* RSA; the profile takes a reference of its own */
	enum seal_dk_canon canon; /* default SEAL_DK_NOFWS */
	/* Names separated by colons: all fields of these names are signed, in
	 * this order, and the sender's field in any case.  Empty: all fields but
	 * those that trace or that are not meant to arrive. */
	struct span headers;
	/* sign every field, and write no h=: what is below it must then stay as
	 * it is, so that of several profiles only the last can be such */
	bool no_list;
	bool allow_weak_key; /* below 1024 bits, else refused (RFC 8301) */
};

SEAL_API void seal_dk_sign_options_init(struct seal_dk_sign_options *options);

/* Returns 0, or SEAL_E_OPTION, SEAL_E_KEY or SEAL_E_NOMEM with *why_r. */
SEAL_API int seal_dk_profile_new(const struct seal_dk_sign_options *options,
    struct seal_dk_profile **profile_r, const char **why_r);
SEAL_API struct seal_dk_profile *seal_dk_profile_ref(
    struct seal_dk_profile *profile);
SEAL_API void seal_dk_profile_unref(struct seal_dk_profile **profile);

SEAL_API int seal_dk_signer_new(struct seal_dk_signer **signer_r);
SEAL_API void seal_dk_signer_reset(struct seal_dk_signer *signer);
SEAL_API void seal_dk_signer_free(struct seal_dk_signer **signer);
SEAL_API int seal_dk_signer_add(struct seal_dk_signer *signer,
    struct seal_dk_profile *profile);
SEAL_API int seal_dk_signer_field(struct seal_dk_signer *signer,
    struct span field);
/* Returns SEAL_E_NO_FROM without a From field or without a sender's address,
 * SEAL_E_SEVERAL_FROM for more than one From or Sender, SEAL_E_OPTION when the
 * sender is not in the domain of a profile. */
SEAL_API int seal_dk_signer_end_header(struct seal_dk_signer *signer);
SEAL_API int seal_dk_signer_body(struct seal_dk_signer *signer,
    struct span chunk);
SEAL_API int seal_dk_signer_feed(struct seal_dk_signer *signer,
    struct span bytes, enum seal_line_ends line_ends);
SEAL_API int seal_dk_signer_finish(struct seal_dk_signer *signer);
SEAL_API const char *seal_dk_signer_why(const struct seal_dk_signer *signer);
SEAL_API size_t seal_dk_signer_count(const struct seal_dk_signer *signer);
/* "DomainKey-Signature: a=rsa-sha1; …", without a final CRLF. */
SEAL_API struct span seal_dk_signer_signature(
    const struct seal_dk_signer *signer, size_t i);

#ifdef __cplusplus
}
#endif

#endif
