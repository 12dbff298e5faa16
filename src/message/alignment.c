/*
 * alignment.c: the organizational domain comes from libpsl's copy of the
 * Public Suffix List.
 *
 * The whole list counts, with its wildcards and exceptions, and both of its
 * sections: the private one ("github.io") names domains under which strangers
 * get names, and a customer's signature must not speak for another's From.
 * A top-level domain that is not listed counts as a public suffix, as the
 * list's own algorithm says.
 */
#include "message/alignment.h"

#include "message/domain.h"

#include <libpsl.h>
#include <pthread.h>

static pthread_once_t list_once = PTHREAD_ONCE_INIT;
static const psl_ctx_t *list; /* written once, in load_list() */

/* The list compiled into libpsl needs no file, and libseal does no input or
 * output.  A libpsl built without one leaves no choice: then the list that
 * the system installs is read, once, and kept until the process ends. */
static void
load_list(void)
{
	list = psl_builtin();
	if (list == NULL)
		list = psl_latest(NULL);
}

/* The organizational domain within name, or an empty span when name is a
 * public suffix or there is no list to tell. */
static struct span
organizational(struct span name)
{
	char text[DOMAIN_MAX_OCTETS + 1];
	const char *domain;

	if (name.n > DOMAIN_MAX_OCTETS || list == NULL)
		return span_of(NULL, 0);
	memcpy(text, name.p, name.n);
	text[name.n] = '\0';
	domain = psl_registrable_domain(list, text);
	if (domain == NULL)
		return span_of(NULL, 0);
	return span_from(name, (size_t)(domain - text));
}

enum seal_alignment
alignment_of(struct span domain, struct span from_domain)
{
	struct span ours, theirs;

	if (domain.n == 0 || from_domain.n == 0)
		return SEAL_UNALIGNED;
	if (span_eq(domain, from_domain))
		return SEAL_ALIGNED_STRICT;
	(void)pthread_once(&list_once, load_list);
	ours = organizational(domain);
	theirs = organizational(from_domain);
	if (ours.n == 0 || !span_eq(ours, theirs))
		return SEAL_UNALIGNED;
	return SEAL_ALIGNED_RELAXED;
}
