/*
 * Any bytes as an Authentication-Results value.  What parses claims the name it
 * bears; what is written of it parses, and ends up written the same way.
 */
#include "fuzz.h"

#include "seal.h"

#include <string.h>

static struct span
span_of_text(const char *text)
{
	return (struct span){ (const unsigned char *)text, strlen(text) };
}

static char *
read_and_write(const char *text)
{
	struct seal_authres *authres;
	const char *why;
	char *again;

	must(seal_authres_parse(span_of_text(text), &authres, &why) == 0);
	must(seal_authres_format(authres, &again) == 0);
	seal_authres_free(&authres);
	return again;
}

/* Where a byte became "?", the quotes may go the first time. */
static void
read_again(const char *text)
{
	char *once = read_and_write(text);
	char *twice = read_and_write(once);

	must(strcmp(once, twice) == 0);
	seal_text_free(&once);
	seal_text_free(&twice);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span value = { data, size };
	struct span us = { (const unsigned char *)"mx.example.org", 14 };
	struct seal_authres *authres;
	const char *why;
	char *text;

	(void)seal_authres_claims(value, us);
	(void)seal_authres_claims(us, value);
	if (seal_authres_parse(value, &authres, &why) != 0) {
		must(authres == NULL && why != NULL);
		return 0;
	}
	must(seal_authres_claims(value, authres->authserv_id));
	/* a property without a type is read but not written */
	if (seal_authres_format(authres, &text) == 0)
		read_again(text);
	seal_text_free(&text);
	seal_authres_free(&authres);
	return 0;
}
