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

/* How many octets the UTF-8 character at the start of s has (RFC 3629 section
 * 4), or 0 for what is none, or a C1 control. */
static size_t
character_length(struct span s)
{
	static const uint32_t lowest[] = { 0, 0, 0xa0, 0x800, 0x10000 };
	unsigned char c = s.p[0];
	size_t n = c < 0x80 ? 1 : c < 0xc0 ? 0 : c < 0xe0 ? 2 : c < 0xf0 ? 3 :
	    c < 0xf8 ? 4 : 0;
	uint32_t code = n < 2 ? c : c & (0x7fu >> n);

	if (n == 0 || n > s.n)
		return 0;
	for (size_t i = 1; i < n; i++) {
		if ((s.p[i] & 0xc0) != 0x80)
			return 0;
		code = code << 6 | (s.p[i] & 0x3f);
	}
	return code < lowest[n] || code > 0x10ffff ||
	    (code >= 0xd800 && code <= 0xdfff) ? 0 : n;
}

char *
checking_text(struct span text)
{
	char *out, *end;

	if (text.n == 0)
		return NULL;
	out = end = memory_new(text.n + 1);
	while (text.n > 0) {
		size_t n = text.p[0] < ' ' || text.p[0] == 0x7f ? 0 :
		    character_length(text);

		if (n == 0)
			*end = '?';
		else
			memcpy(end, text.p, n);
		n += n == 0;
		end += n;
		text = (struct span){ text.p + n, text.n - n };
	}
	return out;
}
