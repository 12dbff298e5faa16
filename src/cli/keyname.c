/*
 * keyname.c: selector and domain, as people write them, into a DNS name.
 */
#include "cli/keyname.h"

#include "cli/report.h"
#include "message/domain.h"

#include <sysexits.h>

static int
to_ascii(const char *what, const char *text, struct arena *arena,
    char **ascii_r)
{
	struct span ascii;
	int ret = domain_to_ascii(span_of_text(text), arena, &ascii);

	if (ret > 0) {
		report_error("'%s': is no %s", text, what);
		return EX_USAGE;
	}
	*ascii_r = ret == 0 ? arena_text(arena, ascii) : NULL;
	return *ascii_r != NULL ? 0 : report_no_memory();
}

int
keyname_make(const char *selector, const char *domain, struct arena *arena,
    struct keyname *name_r)
{
	int status;

	status = to_ascii("selector", selector, arena, &name_r->selector);
	if (status == 0)
		status = to_ascii("domain name", domain, arena,
		    &name_r->domain);
	if (status != 0)
		return status;
	name_r->text = arena_printf(arena, "%s._domainkey.%s",
	    name_r->selector, name_r->domain);
	if (name_r->text == NULL)
		return report_no_memory();
	if (strlen(name_r->text) > DOMAIN_MAX_OCTETS) {
		report_error("'%s': is longer than a DNS name may be",
		    name_r->text);
		return EX_USAGE;
	}
	return 0;
}
