/*
 * dk_signer.c: one message in, a DomainKey-Signature field for each profile
 * out.
 *
 * At the end of the header the fields are chosen and hashed; the body goes into
 * the same hashes as it passes, so nothing is left for the end but to sign.
 */
#include "base/base64.h"
#include "dkim/field_writer.h"
#include "dkim/intake.h"
#include "dkim/key.h"
#include "domainkeys/dk_hashes.h"
#include "domainkeys/dk_party.h"
#include "domainkeys/dk_profile.h"
#include "domainkeys/dk_selection.h"
#include "message/domain.h"

#include <stdlib.h>

struct signing { /* one signature to be */
	struct seal_dk_profile *profile;
	const struct dk_profile_settings *settings;
	struct dk_selection selection;
	struct dk_hash *hash;
	struct buffer field;
};

struct seal_dk_signer {
	struct intake intake;
	struct dk_hashes hashes;
	struct signing signings[SEAL_MAX_PROFILES];
	size_t n;
	struct seal_dk_party party;
	struct header_field *sender; /* the party's field */
	const char *why;
	struct buffer scratch;
};

static int
fail(struct seal_dk_signer *signer, int error, const char *why)
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
		return "the message has more fields to sign than h= may name";
	case SEAL_E_ORDER:
		return "a call out of order";
	default:
		return NULL;
	}
}

/* Pass an error on, with words for it unless there are better ones. */
static int
told(struct seal_dk_signer *signer, int error)
{
	if (error != 0 && signer->why == NULL)
		signer->why = why_of(error);
	return error;
}

/* A message that nobody can verify as ours is not signed. */
static int
check_message(struct seal_dk_signer *signer)
{
	const struct header *header = &signer->intake.header;
	size_t from = header_count(header, SPAN("from"));

	if (header->over)
		return fail(signer, SEAL_E_LIMIT,
		    "the header has more than 1000 fields or 1 MiB");
	if (from > 1 || header_count(header, SPAN("sender")) > 1)
		return fail(signer, SEAL_E_SEVERAL_FROM,
		    "the message has more than one From or Sender field");
	if (from == 0)
		return fail(signer, SEAL_E_NO_FROM,
		    "the message has no From field");
	if (dk_party_find(header, &signer->party, &signer->sender) < 0)
		return SEAL_E_NOMEM;
	if (signer->sender == NULL)
		return fail(signer, SEAL_E_NO_FROM,
		    "there is no address in Sender or From");
	return 0;
}

static int
choose(struct seal_dk_signer *signer, struct signing *signing)
{
	struct header *header = &signer->intake.header;
	const struct dk_profile_settings *s = signing->settings;

	if (!domain_is_within(signer->party.domain, s->domain))
		return fail(signer, SEAL_E_OPTION,
		    "the sender's address is not in the signing domain");
	if (s->no_list && signing != &signer->signings[signer->n - 1])
		return fail(signer, SEAL_E_OPTION, "a signature without h= "
		    "would cover those below it: only the last can be such");
	if (s->no_list)
		return dk_selection_all(header, 0, &signing->selection);
	return dk_selection_to_sign(header, s->headers, signer->sender,
	    &signing->selection);
}

static int
prepare(struct seal_dk_signer *signer, struct signing *signing)
{
	const struct dk_selection *selection = &signing->selection;
	int ret = choose(signer, signing);

	if (ret != 0)
		return ret;
	signing->hash = dk_hashes_start(&signer->hashes,
	    signing->settings->canon);
	if (signing->hash == NULL)
		return SEAL_E_NOMEM;
	for (size_t i = 0; i < selection->n; i++)
		dk_canon_field(&signing->hash->digest,
		    selection->fields[i]->raw, signing->settings->canon);
	return 0;
}

static int
on_header(void *arg)
{
	struct seal_dk_signer *signer = arg;
	int ret = check_message(signer);

	for (size_t i = 0; i < signer->n && ret == 0; i++)
		ret = prepare(signer, &signer->signings[i]);
	return ret;
}

static void
on_body(void *arg, struct span chunk)
{
	struct seal_dk_signer *signer = arg;

	dk_hashes_feed(&signer->hashes, chunk);
}

int
seal_dk_signer_new(struct seal_dk_signer **signer_r)
{
	struct seal_dk_signer *signer = calloc(1, sizeof(*signer));

	*signer_r = signer;
	if (signer == NULL)
		return SEAL_E_NOMEM;
	seal_dk_signer_reset(signer);
	return 0;
}

static void
drop_profiles(struct seal_dk_signer *signer)
{
	for (size_t i = 0; i < signer->n; i++) {
		seal_dk_profile_unref(&signer->signings[i].profile);
		buffer_clear(&signer->signings[i].field);
	}
	signer->n = 0;
}

void
seal_dk_signer_reset(struct seal_dk_signer *signer)
{
	drop_profiles(signer);
	signer->why = NULL;
	signer->sender = NULL;
	dk_hashes_init(&signer->hashes);
	intake_reset(&signer->intake, SEAL_MAX_HEADER_BYTES, on_header, signer);
	signer->intake.on_body = on_body;
}

void
seal_dk_signer_free(struct seal_dk_signer **signer)
{
	struct seal_dk_signer *s = *signer;

	*signer = NULL;
	if (s == NULL)
		return;
	drop_profiles(s);
	for (size_t i = 0; i < SEAL_MAX_PROFILES; i++)
		buffer_deinit(&s->signings[i].field);
	buffer_deinit(&s->scratch);
	dk_hashes_deinit(&s->hashes);
	intake_deinit(&s->intake);
	free(s);
}

int
seal_dk_signer_add(struct seal_dk_signer *signer,
    struct seal_dk_profile *profile)
{
	struct signing *signing;

	if (signer->intake.stage != INTAKE_HEADER)
		return told(signer, SEAL_E_ORDER);
	if (signer->n == SEAL_MAX_PROFILES)
		return fail(signer, SEAL_E_LIMIT,
		    "more than 16 signatures on one message");
	signing = &signer->signings[signer->n++];
	signing->profile = seal_dk_profile_ref(profile);
	signing->settings = dk_profile_settings(profile);
	return 0;
}

int
seal_dk_signer_field(struct seal_dk_signer *signer, struct span field)
{
	return told(signer, intake_field(&signer->intake, field));
}

int
seal_dk_signer_end_header(struct seal_dk_signer *signer)
{
	return told(signer, intake_end_header(&signer->intake));
}

int
seal_dk_signer_body(struct seal_dk_signer *signer, struct span chunk)
{
	return told(signer, intake_body(&signer->intake, chunk));
}

int
seal_dk_signer_feed(struct seal_dk_signer *signer, struct span bytes,
    enum seal_line_ends line_ends)
{
	return told(signer, intake_feed(&signer->intake, bytes, line_ends));
}

/* h= and a name with its colon stay together; folds stand between names. */
static void
write_names(struct field_writer *writer, struct buffer *scratch,
    const struct dk_selection *selection)
{
	buffer_clear(scratch);
	buffer_add_text(scratch, "h=");
	for (size_t i = 0; i < selection->n; i++) {
		buffer_add(scratch, selection->fields[i]->name);
		buffer_add_byte(scratch, i + 1 < selection->n ? ':' : ';');
		if (i == 0)
			field_writer_word(writer, buffer_span(scratch));
		else
			field_writer_part(writer, buffer_span(scratch));
		buffer_clear(scratch);
	}
}

static int
write_field(struct seal_dk_signer *signer, struct signing *signing,
    struct span octets)
{
	const struct dk_profile_settings *s = signing->settings;
	struct field_writer writer = { &signing->field, s->column };
	unsigned char *out;

	buffer_clear(&signing->field);
	buffer_add(&signing->field, s->beginning);
	if (!s->no_list)
		write_names(&writer, &signer->scratch, &signing->selection);
	field_writer_word(&writer, SPAN("b="));
	buffer_clear(&signer->scratch);
	out = buffer_extend(&signer->scratch, base64_length(octets.n) + 1);
	if (out == NULL)
		return SEAL_E_NOMEM;
	base64_encode(octets, out);
	signer->scratch.n--;
	field_writer_run(&writer, buffer_span(&signer->scratch));
	if (buffer_failed(&signing->field))
		return SEAL_E_NOMEM;
	if (signing->field.n > SEAL_MAX_SIGNATURE_BYTES)
		return fail(signer, SEAL_E_LIMIT, "the signature field would "
		    "be larger than verifiers take");
	return 0;
}

static int
sign(struct seal_dk_signer *signer, struct signing *signing)
{
	struct buffer octets = { 0 };
	int ret = SEAL_E_CRYPTO;

	if (!signing->hash->failed)
		ret = key_sign(signing->settings->key, SEAL_RSA_SHA1,
		    span_of(signing->hash->value, DK_HASH_OCTETS), &octets);
	if (ret == 0)
		ret = write_field(signer, signing, buffer_span(&octets));
	buffer_deinit(&octets);
	return ret;
}

int
seal_dk_signer_finish(struct seal_dk_signer *signer)
{
	int ret = intake_finish(&signer->intake);

	if (ret != 0)
		return told(signer, ret);
	dk_hashes_finish(&signer->hashes);
	for (size_t i = 0; i < signer->n && ret == 0; i++)
		ret = sign(signer, &signer->signings[i]);
	for (size_t i = 0; i < signer->n && ret != 0; i++)
		buffer_clear(&signer->signings[i].field);
	return told(signer, ret);
}

const char *
seal_dk_signer_why(const struct seal_dk_signer *signer)
{
	return signer->why;
}

size_t
seal_dk_signer_count(const struct seal_dk_signer *signer)
{
	return signer->n;
}

struct span
seal_dk_signer_signature(const struct seal_dk_signer *signer, size_t i)
{
	if (i >= signer->n || signer->intake.stage != INTAKE_DONE)
		return span_of(NULL, 0);
	return buffer_span(&signer->signings[i].field);
}
