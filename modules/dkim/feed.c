/*
 * feed.c: walk fields and body.
 */
#include "dkim/feed.h"

#include "dkim/field.h"

int
feed_signer_header(ec_message *msg, struct seal_signer *signer)
{
	struct field field;
	int ret = 0;

	for (int i = 0; ret == 0 && field_at(msg, i, &field); i++)
		ret = seal_signer_field(signer, field.whole);
	return ret == 0 ? seal_signer_end_header(signer) : ret;
}

int
feed_verifier_header(ec_message *msg, struct seal_verifier *verifier)
{
	struct field field;
	int ret = 0;

	for (int i = 0; ret == 0 && field_at(msg, i, &field); i++)
		ret = seal_verifier_field(verifier, field.whole);
	return ret == 0 ? seal_verifier_end_header(verifier) : ret;
}

static struct span
span_of_bytes(const char *bytes, size_t n)
{
	return (struct span){ (const unsigned char *)bytes, n };
}

int
feed_signer_body(ec_message *msg, struct seal_signer *signer)
{
	size_t offset = 0, n;
	const char *bytes;
	int ret = 0;

	while (ret == 0 && ec_message_body_next(msg, &offset, &bytes, &n))
		ret = seal_signer_body(signer, span_of_bytes(bytes, n));
	return ret;
}

int
feed_verifier_body(ec_message *msg, struct seal_verifier *verifier)
{
	size_t offset = 0, n;
	const char *bytes;
	int ret = 0;

	while (ret == 0 && ec_message_body_next(msg, &offset, &bytes, &n))
		ret = seal_verifier_body(verifier, span_of_bytes(bytes, n));
	return ret;
}
