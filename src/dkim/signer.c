/*
 * signer.c: one message in, a DKIM-Signature field for each profile out.
 */
#include "base/base64.h"
#include "dkim/algorithm.h"
#include "dkim/field_writer.h"
#include "dkim/intake.h"
#include "dkim/key.h"
#include "dkim/profile.h"
#include "dkim/quoted.h"
#include "message/canon_header.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#define MAX_TAG_TEXT 64 /* "x=" and any number */
#define REST_BYTES 3072 /* bh= and b= of the longest key, with their folds */

struct signing { /* one signature to be */
	struct seal_profile *profile;
	const struct profile_settings *settings;
	struct header_choices choices;
	struct body_hash *body;
	struct buffer field;
};

struct seal_signer {
	struct intake intake;
	struct signing signings[SEAL_MAX_PROFILES];
	size_t n;
	int64_t now;
	const char *why;
	struct digest digest; /* of header fields, one signature at a time */
	struct buffer scratch;
};

static int
fail(struct seal_signer *signer, int error, const char *why)
{
	signer->why = why;
	return error;
}

static const char *
why_of(int error)
{
	switch (error) {
	case SEAL_E_NOMEM:
		return "out of memory";
	case SEAL_E_CRYPTO:
		return "OpenSSL could not sign";
	case SEAL_E_LIMIT:
		return "the signature field would be larger than verifiers take";
	case SEAL_E_ORDER:
		return "a call out of order";
	default:
		return NULL;
	}
}

/* Pass an error on, with words for it unless there are better ones. */
static int
told(struct seal_signer *signer, int error)
{
	if (error != 0 && signer->why == NULL)
		signer->why = why_of(error);
	return error;
}

static int
prepare(struct seal_signer *signer, struct signing *signing)
{
	const struct profile_settings *s = signing->settings;
	int ret;

	ret = header_list_choose(&s->headers, &signer->intake.header,
	    &signing->choices);
	if (ret == SEAL_E_LIMIT)
		return fail(signer, ret,
		    "the message has more fields to sign than h= may name");
	if (ret != 0)
		return ret;
	signing->body = body_hashes_want(&signer->intake.bodies, s->body_canon,
	    algorithm_of(s->algorithm)->digest, BODY_NO_LIMIT);
	return signing->body == NULL ? SEAL_E_NOMEM : 0;
}

/* A message without From, or with two, is not one that we put our name to
 * (RFC 6376 sections 5.4 and 8.15). */
static int
check_message(struct seal_signer *signer)
{
	const struct header *header = &signer->intake.header;
	size_t from = header_count(header, SPAN("from"));

	if (header->over)
		return fail(signer, SEAL_E_LIMIT,
		    "the header has more than 1000 fields or 1 MiB");
	if (from == 0)
		return fail(signer, SEAL_E_NO_FROM,
		    "the message has no From field");
	if (from > 1)
		return fail(signer, SEAL_E_SEVERAL_FROM,
		    "the message has more than one From field");
	return 0;
}

static int
on_header(void *arg)
{
	struct seal_signer *signer = arg;
	int ret = check_message(signer);

	for (size_t i = 0; i < signer->n && ret == 0; i++)
		ret = prepare(signer, &signer->signings[i]);
	return ret;
}

int
seal_signer_new(int64_t now, struct seal_signer **signer_r)
{
	struct seal_signer *signer = calloc(1, sizeof(*signer));
	int ret;

	if (signer == NULL)
		return SEAL_E_NOMEM;
	ret = seal_signer_reset(signer, now);
	if (ret != 0)
		seal_signer_free(&signer);
	*signer_r = signer;
	return ret;
}

static void
drop_profiles(struct seal_signer *signer)
{
	for (size_t i = 0; i < signer->n; i++) {
		seal_profile_unref(&signer->signings[i].profile);
		buffer_clear(&signer->signings[i].field);
	}
	signer->n = 0;
}

int
seal_signer_reset(struct seal_signer *signer, int64_t now)
{
	drop_profiles(signer);
	signer->why = NULL;
	signer->now = now;
	intake_reset(&signer->intake, SEAL_MAX_HEADER_BYTES, on_header, signer);
	if (now >= 0)
		return 0;
	signer->intake.error = SEAL_E_OPTION; /* and nothing can be signed */
	return fail(signer, SEAL_E_OPTION, "the time is before 1970");
}

void
seal_signer_free(struct seal_signer **signer)
{
	struct seal_signer *s = *signer;

	*signer = NULL;
	if (s == NULL)
		return;
	drop_profiles(s);
	for (size_t i = 0; i < SEAL_MAX_PROFILES; i++)
		buffer_deinit(&s->signings[i].field);
	buffer_deinit(&s->scratch);
	digest_deinit(&s->digest);
	intake_deinit(&s->intake);
	free(s);
}

int
seal_signer_add(struct seal_signer *signer, struct seal_profile *profile)
{
	struct signing *signing;

	if (signer->intake.stage != INTAKE_HEADER)
		return told(signer, SEAL_E_ORDER);
	if (signer->n == SEAL_MAX_PROFILES)
		return fail(signer, SEAL_E_LIMIT,
		    "more than 16 signatures on one message");
	signing = &signer->signings[signer->n++];
	signing->profile = seal_profile_ref(profile);
	signing->settings = profile_settings(profile);
	return 0;
}

int
seal_signer_field(struct seal_signer *signer, struct span field)
{
	return told(signer, intake_field(&signer->intake, field));
}

int
seal_signer_end_header(struct seal_signer *signer)
{
	return told(signer, intake_end_header(&signer->intake));
}

int
seal_signer_body(struct seal_signer *signer, struct span chunk)
{
	return told(signer, intake_body(&signer->intake, chunk));
}

int
seal_signer_feed(struct seal_signer *signer, struct span bytes,
    enum seal_line_ends line_ends)
{
	return told(signer, intake_feed(&signer->intake, bytes, line_ends));
}

static void
write_number(struct field_writer *writer, const char *tag, uint64_t number)
{
	char text[MAX_TAG_TEXT];

	(void)snprintf(text, sizeof(text), "%s=%" PRIu64, tag, number);
	field_writer_word(writer, span_of_text(text));
	field_writer_byte(writer, ';');
}

static void
write_times(struct field_writer *writer, const struct seal_signer *signer,
    const struct profile_settings *s)
{
	if (s->timestamp)
		write_number(writer, "t", (uint64_t)signer->now);
	if (s->lifetime > 0)
		write_number(writer, "x",
		    (uint64_t)signer->now + (uint64_t)s->lifetime);
}

/* h= and a name with its colon stay together; folds stand between names. */
static void
write_names(struct field_writer *writer, struct buffer *scratch,
    const struct header_choices *choices)
{
	buffer_clear(scratch);
	buffer_add_text(scratch, "h=");
	for (size_t i = 0; i < choices->n; i++) {
		buffer_add(scratch, choices->choices[i].name);
		buffer_add_byte(scratch, i + 1 < choices->n ? ':' : ';');
		if (i == 0)
			field_writer_word(writer, buffer_span(scratch));
		else
			field_writer_part(writer, buffer_span(scratch));
		buffer_clear(scratch);
	}
}

/* sig-z-tag-copy = hdr-name [FWS] ":" qp-hdr-value */
static void
copy_fields(struct field_writer *writer, struct buffer *scratch,
    const struct header_choices *choices)
{
	bool first = true;

	field_writer_word(writer, SPAN("z="));
	for (size_t i = 0; i < choices->n; i++) {
		const struct header_field *field = choices->choices[i].field;

		if (field == NULL)
			continue;
		buffer_clear(scratch);
		if (!first)
			buffer_add_byte(scratch, '|');
		buffer_add(scratch, field->name);
		buffer_add_byte(scratch, ':');
		field_writer_part(writer, buffer_span(scratch));
		buffer_clear(scratch);
		quoted_encode(scratch, field->value, true);
		field_writer_run(writer, buffer_span(scratch));
		first = false;
	}
	field_writer_byte(writer, ';');
}

/* Copies help to find what changed a message, but the signature matters more:
 * where a long field would make it larger than verifiers take, it goes
 * without. */
static void
write_copies(struct field_writer *writer, struct buffer *scratch,
    const struct header_choices *choices)
{
	const struct field_writer before = *writer;
	size_t n = writer->out->n;

	copy_fields(writer, scratch, choices);
	if (writer->out->n + REST_BYTES <= SEAL_MAX_SIGNATURE_BYTES)
		return;
	writer->out->n = n;
	*writer = before;
}

static void
write_body_hash(struct field_writer *writer, struct buffer *scratch,
    const struct body_hash *body)
{
	unsigned char *out;
	size_t n = digest_octets(body->type);

	buffer_clear(scratch);
	buffer_add_text(scratch, "bh=");
	out = buffer_extend(scratch, base64_length(n) + 1);
	if (out == NULL)
		return; /* scratch tells */
	base64_encode(span_of(body->value, n), out);
	scratch->n--;
	field_writer_word(writer, buffer_span(scratch));
	field_writer_byte(writer, ';');
}

/* Everything up to and including "b=". */
static int
write_unsigned(struct seal_signer *signer, struct signing *signing,
    struct field_writer *writer)
{
	const struct profile_settings *s = signing->settings;

	buffer_clear(&signing->field);
	buffer_add(&signing->field, s->beginning);
	*writer = (struct field_writer){ &signing->field, s->column };
	write_times(writer, signer, s);
	if (s->body_length)
		write_number(writer, "l", signing->body->hashed);
	write_names(writer, &signer->scratch, &signing->choices);
	if (s->copy_headers)
		write_copies(writer, &signer->scratch, &signing->choices);
	write_body_hash(writer, &signer->scratch, signing->body);
	field_writer_word(writer, SPAN("b="));
	if (buffer_failed(&signing->field) || buffer_failed(&signer->scratch))
		return SEAL_E_NOMEM;
	return 0;
}

static int
digest_fields(struct seal_signer *signer, const struct signing *signing)
{
	enum seal_canon canon = signing->settings->header_canon;
	struct header_choices choices = signing->choices;

	for (size_t i = 0; i < choices.n; i++) {
		if (choices.choices[i].field != NULL &&
		    canon_header_digest(&signer->digest, &signer->intake.header,
		    choices.choices[i].field, canon) < 0)
			return SEAL_E_NOMEM;
	}
	return 0;
}

/* The field itself, its b= empty and no CRLF behind it, comes last. */
static int
digest_own_field(struct seal_signer *signer, struct signing *signing)
{
	struct span field = buffer_span(&signing->field);
	unsigned char *out;

	if (signing->settings->header_canon == SEAL_CANON_RELAXED) {
		out = arena_bytes(&signer->intake.arena,
		    canon_header_room(field.n));
		if (out == NULL)
			return SEAL_E_NOMEM;
		field = span_of(out, canon_header_relaxed(field, out));
	}
	digest_add(&signer->digest, field);
	return 0;
}

static int
write_signature(struct seal_signer *signer, struct signing *signing,
    struct field_writer *writer, struct span digest)
{
	struct buffer octets = { 0 };
	unsigned char *out;
	int ret;

	ret = key_sign(signing->settings->key, signing->settings->algorithm,
	    digest, &octets);
	if (ret == 0) {
		buffer_clear(&signer->scratch);
		out = buffer_extend(&signer->scratch,
		    base64_length(octets.n) + 1);
		if (out == NULL) {
			ret = SEAL_E_NOMEM;
		} else {
			base64_encode(buffer_span(&octets), out);
			signer->scratch.n--;
			field_writer_run(writer, buffer_span(&signer->scratch));
		}
	}
	buffer_deinit(&octets);
	if (ret == 0 && buffer_failed(&signing->field))
		ret = SEAL_E_NOMEM;
	return ret;
}

static int
sign(struct seal_signer *signer, struct signing *signing)
{
	const struct algorithm *algorithm =
	    algorithm_of(signing->settings->algorithm);
	unsigned char value[DIGEST_MAX_OCTETS];
	struct field_writer writer;
	int ret;

	if (signing->body->failed)
		return SEAL_E_CRYPTO;
	if (digest_start(&signer->digest, algorithm->digest) < 0)
		return SEAL_E_CRYPTO;
	ret = write_unsigned(signer, signing, &writer);
	if (ret == 0)
		ret = digest_fields(signer, signing);
	if (ret == 0)
		ret = digest_own_field(signer, signing);
	if (ret != 0)
		return ret;
	if (digest_finish(&signer->digest, value) < 0)
		return SEAL_E_CRYPTO;
	ret = write_signature(signer, signing, &writer,
	    span_of(value, digest_octets(algorithm->digest)));
	if (ret == 0 && signing->field.n > SEAL_MAX_SIGNATURE_BYTES)
		ret = SEAL_E_LIMIT;
	return ret;
}

int
seal_signer_finish(struct seal_signer *signer)
{
	int ret = intake_finish(&signer->intake);

	if (ret != 0)
		return told(signer, ret);
	for (size_t i = 0; i < signer->n && ret == 0; i++)
		ret = sign(signer, &signer->signings[i]);
	for (size_t i = 0; i < signer->n && ret != 0; i++)
		buffer_clear(&signer->signings[i].field);
	return told(signer, ret);
}

const char *
seal_signer_why(const struct seal_signer *signer)
{
	return signer->why;
}

size_t
seal_signer_count(const struct seal_signer *signer)
{
	return signer->n;
}

struct span
seal_signer_signature(const struct seal_signer *signer, size_t i)
{
	if (i >= signer->n || signer->intake.stage != INTAKE_DONE)
		return span_of(NULL, 0);
	return buffer_span(&signer->signings[i].field);
}
