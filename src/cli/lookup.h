/*
 * lookup.h: where keys come from, as the options say.
 */
#ifndef CLI_LOOKUP_H
#define CLI_LOOKUP_H

#include "cli/options.h"
#include "keys/resolver.h"

#define LOOKUP_TIMEOUT 10 /* seconds for all names, unless told otherwise */

struct lookup_settings {
	const char *zone;
	const char *resolv_conf;
	const char *trust_anchor;
	struct option_list forward;
	int64_t timeout; /* seconds */
};

/* The rows for a struct that has a struct lookup_settings as its member
 * "lookup". */
#define LOOKUP_ROWS(settings) \
	{ .name = "zone", .argument = "FILE", \
	  .help = "take DNS from this master file (RFC 1035) alone: no packet\n" \
	      "leaves the machine", \
	  .parse = option_text, .offset = offsetof(settings, lookup.zone) }, \
	{ .name = "resolv-conf", .argument = "FILE", \
	  .help = "ask the servers that this file names; default\n" \
	      "/etc/resolv.conf", \
	  .parse = option_text, \
	  .offset = offsetof(settings, lookup.resolv_conf) }, \
	{ .name = "forward", .argument = "ADDRESS", \
	  .help = "ask this server, such as 192.0.2.1 or ::1@5353; may be\n" \
	      "given several times", \
	  .parse = option_text_list, \
	  .offset = offsetof(settings, lookup.forward) }, \
	{ .name = "trust-anchor", .argument = "FILE", \
	  .help = "validate DNSSEC from the anchors in this file, such as\n" \
	      "/usr/share/dns/root.key", \
	  .parse = option_text, \
	  .offset = offsetof(settings, lookup.trust_anchor) }, \
	{ .name = "timeout", .argument = "SECONDS", \
	  .help = "wait so long for the DNS; default 10", \
	  .parse = option_number, .least = 1, .most = 600, \
	  .offset = offsetof(settings, lookup.timeout) }

/* Returns 0 with the resolver for the caller to free, or an exit status after
 * telling why. */
int lookup_open(const struct lookup_settings *settings,
    struct resolver **resolver_r);

#endif
