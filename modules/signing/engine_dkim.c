/*
 * engine_dkim.c: the calls of seal_signer_*, behind one face.
 */
#include "signing/engine_dkim.h"

#include "dkim/feed.h"
#include "ec_signing_stats.h"
#include "signing/settings.h"

#include <string.h>

static struct span
span_of_text(const char *text)
{
	return (struct span){ (const unsigned char *)text,
	    text == NULL ? 0 : strlen(text) };
}

static int
profile_new(const struct settings *s, const char *domain,
    struct seal_key *key, void **profile_r, const char **why_r)
{
	struct seal_sign_options options;
	struct seal_profile *profile = NULL;
	int ret;

	seal_sign_options_init(&options);
	options.domain = span_of_text(domain);
	options.key = key;
	options.selector = span_of_text(s->selector);
	options.identity = span_of_text(s->identity);
	options.headers = span_of_text(s->headerlist);
	options.algorithm = s->digest;
	options.header_canon = s->header_canon;
	options.body_canon = s->body_canon;
	options.lifetime = s->lifetime;
	options.body_length = s->body_length_limit;
	options.copy_headers = s->copy_headers;
	options.allow_rsa_sha1 = s->digest == SEAL_RSA_SHA1;
	options.allow_weak_key = s->allow_weak_key;
	ret = seal_profile_new(&options, &profile, why_r);
	*profile_r = profile;
	return ret;
}

static void *
profile_ref(void *profile)
{
	return seal_profile_ref(profile);
}

static void
profile_unref(void *profile)
{
	struct seal_profile *p = profile;

	seal_profile_unref(&p);
}

static int
signer_new(int64_t now, void **signer_r)
{
	struct seal_signer *signer = NULL;
	int ret = seal_signer_new(now, &signer);

	*signer_r = signer;
	return ret;
}

static int
signer_reset(void *signer, int64_t now)
{
	return seal_signer_reset(signer, now);
}

static void
signer_free(void *signer)
{
	struct seal_signer *s = signer;

	seal_signer_free(&s);
}

static int
signer_add(void *signer, void *profile)
{
	return seal_signer_add(signer, profile);
}

static int
signer_run(void *signer, ec_message *msg)
{
	int ret = feed_signer_header(msg, signer);

	if (ret == 0)
		ret = feed_signer_body(msg, signer);
	return ret == 0 ? seal_signer_finish(signer) : ret;
}

static struct span
signer_signature(const void *signer, size_t i)
{
	return seal_signer_signature(signer, i);
}

static const char *
signer_why(const void *signer)
{
	return seal_signer_why(signer);
}

const struct engine engine_dkim = {
	.field = "DKIM-Signature",
	.stats_kind = EC_SIGNING_DKIM,
	.metric = "dkim_signatures",
	.metric_help = "Signatures made, by whose domain signs: the author's, "
	    "one above it, or another.",
	.rsa_sha1_is_past = true,
	.one_module = true,
	.profile_new = profile_new,
	.profile_ref = profile_ref,
	.profile_unref = profile_unref,
	.signer_new = signer_new,
	.signer_reset = signer_reset,
	.signer_free = signer_free,
	.signer_add = signer_add,
	.signer_run = signer_run,
	.signer_signature = signer_signature,
	.signer_why = signer_why,
};
