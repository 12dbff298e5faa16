/*
 * dk_engine.c: the calls of seal_dk_signer_*, behind one face.
 *
 * A signature covers what stands below it; that of an earlier hop, or of
 * DKIM, it takes as it finds it.
 */
#include "dk_engine.h"

#include "dk_feed.h"
#include "dk_publish.h"
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
	struct seal_dk_sign_options options;
	struct seal_dk_profile *profile = NULL;
	int ret;

	*profile_r = NULL;
	if (s->digest != SEAL_ALGORITHM_NONE && s->digest != SEAL_RSA_SHA1) {
		*why_r = "digest is rsa-sha1: DomainKeys has no other";
		return SEAL_E_OPTION;
	}
	seal_dk_sign_options_init(&options);
	options.domain = span_of_text(domain);
	options.key = key;
	options.selector = span_of_text(s->selector);
	options.headers = span_of_text(s->headerlist);
	options.canon = s->dk_canon;
	options.allow_weak_key = s->allow_weak_key;
	ret = seal_dk_profile_new(&options, &profile, why_r);
	*profile_r = profile;
	return ret;
}

static void *
profile_ref(void *profile)
{
	return profile == NULL ? NULL : seal_dk_profile_ref(profile);
}

static void
profile_unref(void *profile)
{
	struct seal_dk_profile *p = profile;

	seal_dk_profile_unref(&p);
}

/* There is no time in these signatures. */
static int
signer_new(int64_t now, void **signer_r)
{
	struct seal_dk_signer *signer = NULL;
	int ret = seal_dk_signer_new(&signer);

	(void)now;
	*signer_r = signer;
	return ret;
}

static int
signer_reset(void *signer, int64_t now)
{
	(void)now;
	seal_dk_signer_reset(signer);
	return 0;
}

static void
signer_free(void *signer)
{
	struct seal_dk_signer *s = signer;

	seal_dk_signer_free(&s);
}

static int
signer_add(void *signer, void *profile)
{
	return seal_dk_signer_add(signer, profile);
}

static int
signer_run(void *signer, ec_message *msg)
{
	int ret = dk_feed_signer_header(msg, signer);

	if (ret == 0)
		ret = dk_feed_signer_body(msg, signer);
	return ret == 0 ? seal_dk_signer_finish(signer) : ret;
}

static struct span
signer_signature(const void *signer, size_t i)
{
	return seal_dk_signer_signature(signer, i);
}

static const char *
signer_why(const void *signer)
{
	return seal_dk_signer_why(signer);
}

/* What an earlier verifier said is of no use to those who verify this. */
static void
prepare(ec_message *msg)
{
	(void)dk_publish_remove_status(msg);
}

const struct engine dk_engine = {
	.field = "DomainKey-Signature",
	.stats_kind = EC_SIGNING_DOMAINKEYS,
	.metric = "domainkeys_signatures",
	.metric_help = "DomainKeys signatures made, by whose domain signs: the "
	    "author's, one above it, or another.",
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
	.prepare = prepare,
};
