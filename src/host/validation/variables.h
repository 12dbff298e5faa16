/*
 * variables.h: the variables that the host itself sets.
 */
#ifndef VALIDATION_VARIABLES_H
#define VALIDATION_VARIABLES_H

#include "netlistener.h"

/* ehlo_string, ehlo_domain */
void variables_of_helo(validate_context *ctx, const char *line,
    const char *name);
/* auth_user, auth_name, auth_status; can_relay when it went well */
void variables_of_auth(message_construct *mc, int status);
/* can_relay */
void variables_may_relay(message_construct *mc);
/* mailfrom_ or rcptto_ string, localpart, domain; command is the whole line,
 * address what is within its brackets */
void variables_of_address(validate_context *ctx, const char *prefix,
    const char *command, const char *address);
/* connection_message_count, connection_rcpt_count, message_rcpt_count */
void variables_of_counts(message_construct *mc);
/* rfc2822_date_missing */
void variables_of_header(validate_context *ctx, ec_message *msg);

#endif
