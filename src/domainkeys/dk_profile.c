/*
 * dk_profile.c: options are checked here once, and the constant beginning of
 * the field is written once.
 */
#include "domainkeys/dk_profile.h"

#include "dkim/field_writer.h"
#include "dkim/tags.h"
#include "message/domain.h"
#include "message/header.h"

#include <stdatomic.h>
#include <stdlib.h>

#define MIN_SIGNING_BITS 1024 /* RFC 8301 section 3.2 */

struct seal_dk_profile {
	atomic_uint references;
	struct dk_profile_settings settings;
	struct arena arena;
};

void
seal_dk_sign_options_init(struct seal_dk_sign_options *options)
{
	*options = (struct seal_dk_sign_options){ .canon = SEAL_DK_NOFWS };
}

static int
refuse(int error, const char **why_r, const char *why)
{
	*why_r = why;
	return error;
}

static int
check_key(const struct seal_dk_sign_options *options, const char **why_r)
{
	if (options->key == NULL)
		return refuse(SEAL_E_OPTION, why_r, "there is no key");
	if (seal_key_algorithm(options->key) != SEAL_RSA_SHA256)
		return refuse(SEAL_E_KEY, why_r,
		    "DomainKeys signs with RSA keys alone");
	if (!options->allow_weak_key &&
	    seal_key_bits(options->key) < MIN_SIGNING_BITS)
		return refuse(SEAL_E_KEY, why_r,
		    "the RSA key has less than 1024 bits (RFC 8301)");
	return 0;
}

static int
check_headers(struct span names, const char **why_r)
{
	struct span name;
	size_t n = 0;

	while (names.n > 0 && tag_next_item(&names, &name)) {
		if (!header_name_is_good(name))
			return refuse(SEAL_E_OPTION, why_r, "the header list "
			    "has an entry that is no field name");
		if (++n > SEAL_MAX_SIGNED_NAMES)
			return refuse(SEAL_E_OPTION, why_r,
			    "the header list has more than 512 names");
	}
	return 0;
}

static int
to_ascii(struct span name, struct arena *arena, struct span *ascii_r,
    const char *what, const char **why_r)
{
	int ret = domain_to_ascii(name, arena, ascii_r);

	if (ret < 0)
		return refuse(SEAL_E_NOMEM, why_r, "out of memory");
	return ret == 0 ? 0 : refuse(SEAL_E_OPTION, why_r, what);
}

static void
write_tag(struct field_writer *writer, struct buffer *word, const char *name,
    struct span value)
{
	buffer_clear(word);
	buffer_add_text(word, name);
	buffer_add(word, value);
	buffer_add_byte(word, ';');
	field_writer_word(writer, buffer_span(word));
}

static int
write_beginning(struct dk_profile_settings *s, struct span selector,
    struct arena *arena)
{
	struct buffer out = { 0 }, word = { 0 };
	struct field_writer writer;
	int ret = 0;

	field_writer_begin(&writer, &out, "DomainKey-Signature");
	write_tag(&writer, &word, "a=", SPAN("rsa-sha1"));
	write_tag(&writer, &word, "q=", SPAN("dns"));
	write_tag(&writer, &word, "c=",
	    span_of_text(seal_dk_canon_name(s->canon)));
	write_tag(&writer, &word, "d=", s->domain);
	write_tag(&writer, &word, "s=", selector);
	s->column = writer.column;
	if (buffer_failed(&out) || buffer_failed(&word) ||
	    arena_copy(arena, buffer_span(&out), &s->beginning) < 0)
		ret = SEAL_E_NOMEM;
	buffer_deinit(&out);
	buffer_deinit(&word);
	return ret;
}

static int
set_up(struct seal_dk_profile *profile,
    const struct seal_dk_sign_options *options, const char **why_r)
{
	struct dk_profile_settings *s = &profile->settings;
	struct arena *arena = &profile->arena;
	struct span selector = { NULL, 0 };
	int ret = check_key(options, why_r);

	if (ret == 0)
		ret = check_headers(options->headers, why_r);
	if (ret == 0 && options->no_list && options->headers.n > 0)
		ret = refuse(SEAL_E_OPTION, why_r,
		    "a header list, and none to be written");
	if (ret == 0)
		ret = to_ascii(options->domain, arena, &s->domain,
		    "the domain is not a domain name", why_r);
	if (ret == 0)
		ret = to_ascii(options->selector, arena, &selector,
		    "the selector is not a selector", why_r);
	if (ret != 0)
		return ret;
	s->canon = options->canon;
	s->no_list = options->no_list;
	s->key = seal_key_ref(options->key);
	if (arena_copy(arena, options->headers, &s->headers) < 0 ||
	    write_beginning(s, selector, arena) != 0)
		return refuse(SEAL_E_NOMEM, why_r, "out of memory");
	return 0;
}

int
seal_dk_profile_new(const struct seal_dk_sign_options *options,
    struct seal_dk_profile **profile_r, const char **why_r)
{
	struct seal_dk_profile *profile = calloc(1, sizeof(*profile));
	int ret;

	if (profile == NULL)
		return refuse(SEAL_E_NOMEM, why_r, "out of memory");
	atomic_init(&profile->references, 1);
	ret = set_up(profile, options, why_r);
	if (ret == 0) {
		*profile_r = profile;
		profile = NULL; /* the caller's now */
	}
	seal_dk_profile_unref(&profile);
	return ret;
}

struct seal_dk_profile *
seal_dk_profile_ref(struct seal_dk_profile *profile)
{
	if (profile != NULL)
		atomic_fetch_add_explicit(&profile->references, 1,
		    memory_order_relaxed);
	return profile;
}

void
seal_dk_profile_unref(struct seal_dk_profile **profile)
{
	struct seal_dk_profile *p = *profile;

	*profile = NULL;
	if (p == NULL || atomic_fetch_sub_explicit(&p->references, 1,
	    memory_order_acq_rel) != 1)
		return;
	seal_key_unref(&p->settings.key);
	arena_deinit(&p->arena);
	free(p);
}

const struct dk_profile_settings *
dk_profile_settings(const struct seal_dk_profile *profile)
{
	return &profile->settings;
}
