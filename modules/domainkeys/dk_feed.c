/*
 * dk_feed.c: walk fields and body.
 */
#include "dk_feed.h"

#include "dkim/field.h"

static struct span
span_of_bytes(const char *bytes, size_t n)
{
	return (struct span){ (const unsigned char *)bytes, n };
}

int
dk_feed_signer_header(ec_message *msg, struct seal_dk_signer *signer)
{
	struct field field;
	int ret = 0;

	for (int i = 0; ret == 0 && field_at(msg, i, &field); i++)
		ret = seal_dk_signer_field(signer, field.whole);
	return ret == 0 ? seal_dk_signer_end_header(signer) : ret;
}

int
dk_feed_verifier_header(ec_message *msg, struct seal_dk_verifier *verifier)
{
	struct field field;
	int ret = 0;

	for (int i = 0; ret == 0 && field_at(msg, i, &field); i++)
		ret = seal_dk_verifier_field(verifier, field.whole);
	return ret == 0 ? seal_dk_verifier_end_header(verifier) : ret;
}

int
dk_feed_signer_body(ec_message *msg, struct seal_dk_signer *signer)
{
	size_t offset = 0, n;
	const char *bytes;
	int ret = 0;

	while (ret == 0 && ec_message_body_next(msg, &offset, &bytes, &n))
		ret = seal_dk_signer_body(signer, span_of_bytes(bytes, n));
	return ret;
}

int
dk_feed_verifier_body(ec_message *msg, struct seal_dk_verifier *verifier)
{
	size_t offset = 0, n;
	const char *bytes;
	int ret = 0;

	while (ret == 0 && ec_message_body_next(msg, &offset, &bytes, &n))
		ret = seal_dk_verifier_body(verifier, span_of_bytes(bytes, n));
	return ret;
}
