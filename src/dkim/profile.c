/*
 * profile.c: options are checked here once, and the constant beginning of the
 * field is written once.
 */
#include "dkim/profile.h"

#include "dkim/algorithm.h"
#include "dkim/field_writer.h"
#include "dkim/quoted.h"
#include "message/domain.h"

#include <stdatomic.h>
#include <stdlib.h>

#define MIN_SIGNING_BITS 1024 /* RFC 8301 section 3.2 */
#define MAX_IDENTITY 320 /* 64 octets, "@" and 255: RFC 5321 section 4.5.3.1 */
#define MAX_LIFETIME (INT64_C(100) * 366 * 86400) /* seconds; more is a slip */

struct seal_profile {
	atomic_uint references;
	struct profile_settings settings;
	struct arena arena;
};

void
seal_sign_options_init(struct seal_sign_options *options)
{
	*options = (struct seal_sign_options){
		.header_canon = SEAL_CANON_RELAXED,
		.body_canon = SEAL_CANON_RELAXED,
	};
}

static int
refuse(const char **why_r, const char *why)
{
	*why_r = why;
	return SEAL_E_OPTION;
}

static int
no_memory(const char **why_r)
{
	*why_r = "out of memory";
	return SEAL_E_NOMEM;
}

static int
check_algorithm(const struct seal_sign_options *options,
    enum seal_algorithm *algorithm_r, const char **why_r)
{
	enum seal_algorithm natural = seal_key_algorithm(options->key);
	enum seal_algorithm algorithm = options->algorithm;

	if (algorithm == SEAL_ALGORITHM_NONE)
		algorithm = natural;
	if (algorithm_of(algorithm) == NULL)
		return refuse(why_r, "the algorithm is not known");
	if (!span_eq(algorithm_of(algorithm)->key_type,
	    algorithm_of(natural)->key_type)) {
		*why_r = "the key is not of the type that the algorithm needs";
		return SEAL_E_KEY;
	}
	if (algorithm == SEAL_RSA_SHA1 && !options->allow_rsa_sha1)
		return refuse(why_r,
		    "rsa-sha1 must not be used any more (RFC 8301)");
	if (natural == SEAL_RSA_SHA256 && !options->allow_weak_key &&
	    seal_key_bits(options->key) < MIN_SIGNING_BITS) {
		*why_r = "the RSA key has less than 1024 bits (RFC 8301)";
		return SEAL_E_KEY;
	}
	*algorithm_r = algorithm;
	return 0;
}

static int
to_ascii(struct span name, struct arena *arena, struct span *ascii_r,
    const char *what, const char **why_r)
{
	int ret = domain_to_ascii(name, arena, ascii_r);

	if (ret < 0)
		return no_memory(why_r);
	return ret == 0 ? 0 : refuse(why_r, what);
}

/* i= with its domain as an A-label, in dkim-quoted-printable. */
static int
write_identity(struct buffer *out, struct span identity, struct span domain,
    struct arena *arena, const char **why_r)
{
	struct span ascii;
	size_t at = identity.n;
	int ret;

	if (identity.n > MAX_IDENTITY)
		return refuse(why_r,
		    "the identity is longer than an address may be");
	while (at > 0 && identity.p[at - 1] != '@')
		at--;
	if (at == 0)
		return refuse(why_r, "the identity has no @");
	ret = to_ascii(span_from(identity, at), arena, &ascii,
	    "the identity's domain is not a domain name", why_r);
	if (ret != 0)
		return ret;
	if (!domain_is_within(ascii, domain))
		return refuse(why_r,
		    "the identity's domain is not the signing domain or below it");
	buffer_add_text(out, "i=");
	quoted_encode(out, span_first(identity, at), false);
	buffer_add(out, ascii);
	return 0;
}

static void
write_tag(struct field_writer *writer, struct buffer *word, const char *name,
    struct span value)
{
	buffer_clear(word);
	buffer_add_text(word, name);
	buffer_add_byte(word, '=');
	buffer_add(word, value);
	field_writer_word(writer, buffer_span(word));
	field_writer_byte(writer, ';');
}

static int
write_beginning(struct profile_settings *s,
    const struct seal_sign_options *options, struct arena *arena,
    const char **why_r)
{
	struct buffer out = { 0 }, word = { 0 };
	struct field_writer writer;
	struct span domain, selector;
	int ret;

	ret = to_ascii(options->domain, arena, &domain,
	    "the domain is not a domain name", why_r);
	if (ret == 0)
		ret = to_ascii(options->selector, arena, &selector,
		    "the selector is not a selector", why_r);
	if (ret != 0)
		return ret;
	field_writer_begin(&writer, &out, "DKIM-Signature");
	write_tag(&writer, &word, "v", SPAN("1"));
	write_tag(&writer, &word, "a", algorithm_of(s->algorithm)->name);
	buffer_clear(&word);
	buffer_add_text(&word, "c=");
	buffer_add_text(&word, seal_canon_name(s->header_canon));
	buffer_add_byte(&word, '/');
	buffer_add_text(&word, seal_canon_name(s->body_canon));
	field_writer_word(&writer, buffer_span(&word));
	field_writer_byte(&writer, ';');
	write_tag(&writer, &word, "d", domain);
	write_tag(&writer, &word, "s", selector);
	if (options->identity.n > 0) {
		buffer_clear(&word);
		ret = write_identity(&word, options->identity, domain, arena,
		    why_r);
		field_writer_word(&writer, buffer_span(&word));
		field_writer_byte(&writer, ';');
	}
	s->column = writer.column;
	if (ret == 0 && (buffer_failed(&out) || buffer_failed(&word) ||
	    arena_copy(arena, buffer_span(&out), &s->beginning) < 0))
		ret = no_memory(why_r);
	buffer_deinit(&out);
	buffer_deinit(&word);
	return ret;
}

static int
set_up(struct seal_profile *profile, const struct seal_sign_options *options,
    const char **why_r)
{
	struct profile_settings *s = &profile->settings;
	struct span headers = options->headers;
	int ret;

	if (options->key == NULL)
		return refuse(why_r, "there is no key");
	if (options->lifetime < 0 || options->lifetime > MAX_LIFETIME)
		return refuse(why_r, "the lifetime is negative or over 100 years");
	if (options->lifetime > 0 && options->no_timestamp)
		return refuse(why_r, "a lifetime needs a timestamp");
	ret = check_algorithm(options, &s->algorithm, why_r);
	if (ret != 0)
		return ret;
	if (headers.n == 0)
		headers = span_of_text(seal_default_headers());
	ret = header_list_parse(headers, &profile->arena, &s->headers, why_r);
	if (ret != 0)
		return ret;
	s->header_canon = options->header_canon;
	s->body_canon = options->body_canon;
	s->lifetime = options->lifetime;
	s->timestamp = !options->no_timestamp;
	s->body_length = options->body_length;
	s->copy_headers = options->copy_headers;
	s->key = seal_key_ref(options->key);
	return write_beginning(s, options, &profile->arena, why_r);
}

int
seal_profile_new(const struct seal_sign_options *options,
    struct seal_profile **profile_r, const char **why_r)
{
	struct seal_profile *profile = calloc(1, sizeof(*profile));
	int ret;

	if (profile == NULL)
		return no_memory(why_r);
	atomic_init(&profile->references, 1);
	ret = set_up(profile, options, why_r);
	if (ret == 0) {
		*profile_r = profile;
		profile = NULL; /* the caller's now */
	}
	seal_profile_unref(&profile);
	return ret;
}

struct seal_profile *
seal_profile_ref(struct seal_profile *profile)
{
	if (profile != NULL)
		atomic_fetch_add_explicit(&profile->references, 1,
		    memory_order_relaxed);
	return profile;
}

void
seal_profile_unref(struct seal_profile **profile)
{
	struct seal_profile *p = *profile;

	*profile = NULL;
	if (p == NULL || atomic_fetch_sub_explicit(&p->references, 1,
	    memory_order_acq_rel) != 1)
		return;
	seal_key_unref(&p->settings.key);
	arena_deinit(&p->arena);
	free(p);
}

const struct profile_settings *
profile_settings(const struct seal_profile *profile)
{
	return &profile->settings;
}
