/*
 * checking.c: verifiers between a message and the DNS.
 */
#include "verifying/checking.h"

#include "dkim/feed.h"
#include "dkim/memory.h"
#include "verifying/resolvers.h"

#include <time.h>

void
checking_deinit(struct checking *checking)
{
	void *verifier;

	while ((verifier = pool_take(&checking->verifiers)) != NULL) {
		struct seal_verifier *idle = verifier;

		seal_verifier_free(&idle);
	}
	resolvers_put(&checking->resolver);
}

struct seal_verifier *
checking_borrow(struct checking *checking)
{
	struct seal_verify_options options = checking->options;
	struct seal_verifier *verifier = pool_take(&checking->verifiers);
	int ret;

	options.now = time(NULL);
	ret = verifier == NULL ? seal_verifier_new(&options, &verifier) :
	    seal_verifier_reset(verifier, &options);
	if (ret != 0 && verifier != NULL)
		seal_verifier_free(&verifier);
	return verifier;
}

void
checking_give_back(struct checking *checking, struct seal_verifier *verifier)
{
	/* nothing of the message shall wait in the pool */
	if (seal_verifier_reset(verifier, &checking->options) == 0)
		verifier = pool_give(&checking->verifiers, verifier);
	seal_verifier_free(&verifier);
}

int
checking_begin(struct checking *checking, struct seal_verifier *verifier,
    ec_message *msg, struct resolver_lookup **lookup)
{
	int ret = feed_verifier_header(msg, verifier);

	*lookup = NULL;
	if (ret == 0)
		ret = resolver_start_verifier(checking->resolver, verifier,
		    lookup);
	if (ret == 0)
		ret = feed_verifier_body(msg, verifier);
	return ret;
}

int
checking_end(struct seal_verifier *verifier, struct resolver_lookup *lookup)
{
	int ret = resolver_answer_verifier(lookup, verifier);

	return ret == 0 ? seal_verifier_finish(verifier) : ret;
}

char *
checking_text(struct span text)
{
	char *out;

	if (text.n == 0)
		return NULL;
	out = memory_new(text.n + 1);
	for (size_t i = 0; i < text.n; i++) {
		unsigned char c = text.p[i];

		out[i] = c < ' ' || c == 0x7f ? '?' : (char)c;
	}
	return out;
}
