/*
 * policy_config.c: a stanza for the script, and what scripts count on.
 */
#include "cli/policy_config.h"

#include "cli/report.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

static const char constant[] =
    "dkim_validate \"dkim_validate\" { }\n"
    "# for scripts that sign\n"
    "dkim_sign \"dkim_sign\" {\n"
    "  enabled = false\n"
    "  selector = \"default\"\n"
    "  key = \"/etc/mailseal/keys/%{d}/%{s}.key\"\n"
    "}\n";

/* The file that a script's name means: "policy" is policy.lua. */
static int
find_script(const char *script, char *path_r)
{
	char name[PATH_MAX];
	int n = snprintf(name, sizeof(name), "%s%s", script,
	    strlen(script) > 4 &&
	    strcmp(script + strlen(script) - 4, ".lua") == 0 ? "" : ".lua");

	if (n >= (int)sizeof(name))
		errno = ENAMETOOLONG;
	else if (realpath(name, path_r) != NULL)
		return 0;
	if (errno == ENOENT && access(script, F_OK) == 0)
		report_error("%s: the name of a script ends in .lua", script);
	else
		report_error("%s: cannot be read: %s", name, strerror(errno));
	return EX_NOINPUT;
}

/* In double quotes, as docs/configuration.md says. */
static void
add_quoted(struct buffer *text, struct span s)
{
	buffer_add(text, SPAN("\""));
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '"' || s.p[i] == '\\')
			buffer_add(text, SPAN("\\"));
		buffer_add(text, span_of(s.p + i, 1));
	}
	buffer_add(text, SPAN("\""));
}

static void
add_option(struct buffer *text, const char *before, struct span value,
    const char *after)
{
	buffer_add(text, span_of_text(before));
	add_quoted(text, value);
	buffer_add(text, span_of_text(after));
}

/* Where it is, for what it requires; then its stanza, with the name that its
 * file has. */
static void
add_script(struct buffer *text, const char *path)
{
	const char *slash = strrchr(path, '/');
	struct span whole = span_of_text(path);
	struct span folder = span_first(whole, slash == path ? 1 :
	    (size_t)(slash - path));
	struct span file = span_of_text(slash + 1);

	add_option(text, "script_path = ( ", folder, " )\n");
	add_option(text, "scriptlet \"scriptlet\" {\n  script ",
	    span_first(file, file.n - 4), " {\n");
	add_option(text, "    source = ", span_first(whole, whole.n - 4),
	    "\n  }\n}\n");
}

int
policy_config_write(const char *script, const char *zone, struct buffer *text)
{
	char path[PATH_MAX];
	int status = find_script(script, path);

	if (status != 0)
		return status;
	if (zone != NULL) {
		char zone_path[PATH_MAX];

		if (realpath(zone, zone_path) == NULL) {
			report_error("%s: cannot be read: %s", zone,
			    strerror(errno));
			return EX_NOINPUT;
		}
		add_option(text, "dns_zone_file = ", span_of_text(zone_path),
		    "\n");
	}
	buffer_add(text, span_of_text(constant));
	add_script(text, path);
	return text->failed ? report_no_memory() : 0;
}
