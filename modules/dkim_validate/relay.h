/*
 * relay.h: hand a letter to a mail server, by SMTP.
 */
#ifndef DKIM_VALIDATE_RELAY_H
#define DKIM_VALIDATE_RELAY_H

#include "post.h"

/* Whether text is HOST:PORT; an IPv6 address stands in brackets. */
bool relay_is_place(const char *text);

/*
 * Send it, within the time that it has left.  The connection is encrypted when
 * the relay offers that, and its certificate is not looked at, as between mail
 * servers (RFC 7435): who wants more puts the relay on this machine.  Returns
 * whether the relay took the letter for at least one recipient, else with the
 * reason in why.
 */
bool relay_send(const struct letter *letter, char why[POST_WHY_BYTES]);

#endif
