/*
 * dk_scene.c: records, signing, verifying.
 */
#include "dk_scene.h"

#include "base/span.h"
#include "keys/resolver.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ZONE_STRING 200 /* octets of one string in the zone file */
#define WEAK_BITS 512

static struct seal_key *
key_of(const struct scene *scene, const char *name)
{
	char path[SCENE_PATH_BYTES], pem[8192];
	FILE *file = fopen(scene_path(scene, name, path), "r");
	struct seal_key *key = NULL;
	const char *why;
	size_t n;

	assert_non_null(file);
	n = fread(pem, 1, sizeof(pem) - 1, file);
	pem[n] = '\0';
	(void)fclose(file);
	assert_int_equal(seal_key_from_pem(span_of_text(pem), &key, &why), 0);
	return key;
}

/* "SELECTOR._domainkey.DOMAIN. TXT ( ... )": these tags, then p= of a key. */
static void
write_key(FILE *zone, const struct scene *scene, const char *selector,
    const char *domain, const char *tags, const char *key_name)
{
	struct seal_key *key = key_of(scene, key_name);
	char *record = NULL;

	assert_int_equal(seal_key_to_record(key, &record), 0);
	fprintf(zone, "%s._domainkey.%s. 300 IN TXT ( \"%s\"", selector,
	    domain, tags);
	for (const char *at = strstr(record, "p="); *at != '\0';) {
		int n = fprintf(zone, " \"%.*s\"", ZONE_STRING, at) - 3;

		at += n;
	}
	fprintf(zone, " )\n");
	seal_text_free(&record);
	seal_key_unref(&key);
}

static void
write_zone(const struct scene *scene)
{
	char path[SCENE_PATH_BYTES];
	FILE *zone = fopen(scene_path(scene, "dk.zone", path), "w");

	assert_non_null(zone);
	write_key(zone, scene, "dk", "example.com", "k=rsa; n=a note; ",
	    "rsa.key");
	write_key(zone, scene, "other", "example.com", "", "other.key");
	write_key(zone, scene, "weak", "example.com", "", "weak.key");
	write_key(zone, scene, "dsa", "example.com", "k=dsa; ", "rsa.key");
	write_key(zone, scene, "testing", "example.com", "t=y; ", "rsa.key");
	write_key(zone, scene, "g-ann", "example.com", "g=ann; ", "rsa.key");
	write_key(zone, scene, "g-star", "example.com", "g=a*n; ", "rsa.key");
	write_key(zone, scene, "g-none", "example.com", "g=; ", "rsa.key");
	write_key(zone, scene, "dk", "all.example", "", "rsa.key");
	write_key(zone, scene, "testing", "all.example", "t=y; ", "rsa.key");
	write_key(zone, scene, "dk", "trial.example", "", "rsa.key");
	write_key(zone, scene, "dk", "strange.example", "", "rsa.key");
	fprintf(zone,
	    "junk._domainkey.example.com. 300 IN TXT \"k=rsa; p=AAAA\"\n"
	    "revoked._domainkey.example.com. 300 IN TXT \"k=rsa; p=\"\n"
	    "_domainkey.example.com. 300 IN TXT \"o=~; r=a@example.com\"\n"
	    "_domainkey.all.example. 300 IN TXT \"n=all of it; o=-\"\n"
	    "_domainkey.trial.example. 300 IN TXT \"o=-; t=y\"\n"
	    "_domainkey.strange.example. 300 IN TXT \"v=spf1 -all\"\n");
	assert_int_equal(fclose(zone), 0);
}

void
dk_scene_begin(struct scene *scene)
{
	scene_begin(scene);
	write_zone(scene);
}

char *
dk_scene_sign(const struct scene *scene,
    const struct dk_scene_signature *signature, const char *text)
{
	struct seal_dk_sign_options options;
	struct seal_dk_profile *profile = NULL;
	struct seal_dk_signer *signer = NULL;
	const char *why = "";
	struct span field;
	char *out;

	seal_dk_sign_options_init(&options);
	options.key = key_of(scene, "rsa.key");
	options.domain = span_of_text(signature->domain == NULL ? "example.com" :
	    signature->domain);
	options.selector = span_of_text(signature->selector == NULL ? "dk" :
	    signature->selector);
	options.no_list = signature->bare;
	if (signature->headers != NULL)
		options.headers = span_of_text(signature->headers);
	if (seal_dk_profile_new(&options, &profile, &why) != 0)
		fail_msg("%s", why);
	assert_int_equal(seal_dk_signer_new(&signer), 0);
	assert_int_equal(seal_dk_signer_add(signer, profile), 0);
	if (seal_dk_signer_feed(signer, span_of_text(text), SEAL_LINES_CRLF) != 0 ||
	    seal_dk_signer_finish(signer) != 0)
		fail_msg("%s", seal_dk_signer_why(signer));
	field = seal_dk_signer_signature(signer, 0);
	assert_true(asprintf(&out, "%.*s\r\n%s", (int)field.n,
	    (const char *)field.p, text) > 0);
	seal_dk_signer_free(&signer);
	seal_dk_profile_unref(&profile);
	seal_key_unref(&options.key);
	return out;
}

static void
answer_all(const struct scene *scene, struct seal_dk_verifier *verifier)
{
	struct resolver_options options;
	struct resolver *resolver = NULL;
	struct resolver_lookup *lookup = NULL;
	const char *names[RESOLVER_MAX_NAMES];
	struct seal_answer answers[RESOLVER_MAX_NAMES];
	size_t n = seal_dk_verifier_query_count(verifier);
	char path[SCENE_PATH_BYTES];
	struct why why;

	resolver_options_init(&options);
	options.zone_file = scene_path(scene, "dk.zone", path);
	assert_int_equal(resolver_new(&options, &resolver, &why), 0);
	for (size_t i = 0; i < n; i++)
		names[i] = seal_dk_verifier_query(verifier, i);
	assert_int_equal(resolver_start(resolver, names, n, &lookup), 0);
	resolver_wait(lookup, answers);
	for (size_t i = 0; i < n; i++) {
		assert_int_equal(seal_dk_verifier_answer(verifier, i,
		    &answers[i]), 0);
		seal_record_unref(&answers[i].record);
	}
	resolver_lookup_free(&lookup);
	resolver_free(&resolver);
}

char *
dk_scene_verify(const struct scene *scene)
{
	struct seal_dk_verify_options options;
	struct seal_dk_verifier *verifier = NULL;
	char *text = NULL;
	size_t length;
	FILE *out = open_memstream(&text, &length);

	seal_dk_verify_options_init(&options);
	options.min_rsa_bits = WEAK_BITS;
	assert_int_equal(seal_dk_verifier_new(&options, &verifier), 0);
	assert_int_equal(seal_dk_verifier_feed(verifier, span_of_text(scene->out),
	    SEAL_LINES_CRLF), 0);
	answer_all(scene, verifier);
	assert_int_equal(seal_dk_verifier_finish(verifier), 0);
	for (size_t i = 0; i < seal_dk_verifier_result_count(verifier); i++) {
		const struct seal_dk_result *r =
		    seal_dk_verifier_result(verifier, i);

		fprintf(out, "%s d=%.*s s=%.*s c=%s\n",
		    r->reason == SEAL_WHY_OK ? "pass" :
		    seal_reason_word(r->reason),
		    (int)r->domain.n, (const char *)r->domain.p,
		    (int)r->selector.n, (const char *)r->selector.p,
		    seal_dk_canon_name(r->canon));
	}
	assert_int_equal(fclose(out), 0);
	seal_dk_verifier_free(&verifier);
	return text;
}
