/*
 * settings.h: what the pipeline wants to know from the configuration.
 */
#ifndef VALIDATION_SETTINGS_H
#define VALIDATION_SETTINGS_H

#include "ec_sockaddr.h"
#include "ecdict.h"
#include "host/message/message.h"

#include <stdbool.h>

struct generation;

/* What happens to a message that the host itself cannot handle. */
enum settings_trouble {
	TROUBLE_TEMPFAIL, /* 451 4.3.0: the mail server tries again */
	TROUBLE_REJECT,
	TROUBLE_ACCEPT, /* goes on as it came */
};

/* Where a client came in: instances of Milter_Listener and, within it, Listen;
 * NULL for a stanza without a name, or for none. */
struct settings_place {
	const char *listener, *listen;
};

/* What is done about a CR or LF that stands alone. */
enum settings_lone {
	LONE_IGNORE,
	LONE_FIX,
	LONE_PEDANTIC, /* the message is refused */
};

/* generation->config may be NULL: then defaults hold.  The folder's text lives
 * as long as the generation. */
struct message_storage settings_storage(const struct generation *generation);
enum settings_trouble settings_trouble(const struct generation *generation);

enum settings_lone settings_lone_in_header(
    const struct generation *generation);
enum settings_lone settings_lone_in_body(const struct generation *generation);

/* May this client relay, by relay_hosts or open_relay?  An unknown address may
 * not.  address is without port. */
bool settings_may_relay(const struct generation *generation,
    const struct settings_place *place, const char *address);

/* The option `context` into the connection's dictionary. */
void settings_fill_context(const struct generation *generation,
    const struct settings_place *place, const char *address,
    ECDict connection);

#endif
