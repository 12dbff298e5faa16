/*
 * lookup.c: options into a resolver.
 */
#include "cli/lookup.h"

#include "cli/report.h"

#include <sysexits.h>
#include <unistd.h>

static bool
cannot_be_read(const char *path)
{
	return path != NULL && access(path, R_OK) != 0;
}

/* Files that are not there are told from options that make no sense. */
static int
status_of(enum resolver_error error, const struct lookup_settings *settings)
{
	switch (error) {
	case RESOLVER_E_NOMEM:
		return EX_OSERR;
	case RESOLVER_E_OPTION:
		return cannot_be_read(settings->resolv_conf) ||
		    cannot_be_read(settings->trust_anchor) ? EX_NOINPUT :
		    EX_USAGE;
	case RESOLVER_E_ZONE:
		return cannot_be_read(settings->zone) ? EX_NOINPUT : EX_DATAERR;
	case RESOLVER_E_DNS:
		return EX_CONFIG;
	}
	return EX_SOFTWARE;
}

int
lookup_open(const struct lookup_settings *settings,
    struct resolver **resolver_r)
{
	struct resolver_options options;
	struct why why = { 0 };
	int error;

	resolver_options_init(&options);
	options.zone_file = settings->zone;
	options.resolv_conf = settings->resolv_conf;
	options.trust_anchor = settings->trust_anchor;
	options.forwarders = settings->forward.items;
	options.n_forwarders = settings->forward.n;
	options.query_timeout = (unsigned)settings->timeout * 1000;
	options.message_timeout = (unsigned)settings->timeout * 1000;
	error = resolver_new(&options, resolver_r, &why);
	if (error == 0)
		return 0;
	report_error("%s", why.text[0] != '\0' ? why.text :
	    "the resolver could not be set up");
	return status_of((enum resolver_error)error, settings);
}
