/*
 * endpoint.h: where monitoring systems fetch the numbers: HTTP, GET /metrics.
 *
 *	Metrics_Listener { Listen "127.0.0.1:9108" { } }
 *
 * Nothing listens without that stanza; a stanza without a Listen is on loopback
 * at ENDPOINT_DEFAULT.  There is neither TLS nor a password.
 */
#ifndef HOST_METRICS_ENDPOINT_H
#define HOST_METRICS_ENDPOINT_H

#include "host/config/errors.h"

#define ENDPOINT_DEFAULT "127.0.0.1:9108"
#define ENDPOINT_LISTENS 8 /* sockets */
#define ENDPOINT_CONNECTIONS 16 /* at a time, for each socket */
#define ENDPOINT_IDLE 10 /* seconds without an octet */
#define ENDPOINT_REQUEST 30 /* seconds for a connection: one request */

struct config;

/* Every address that could not be listened on becomes an error. */
void endpoint_examine(const struct config *config,
    struct config_errors *errors);

/* Serve, as the configuration says: sockets that are served already stay, those
 * that it does not name any more are closed.  Returns 0, or -1 when one cannot
 * be opened, which is logged; the others are served. */
int endpoint_follow(const struct config *config);

void endpoint_close(void);

/* Another time than ENDPOINT_REQUEST: for tests, before anything is served. */
void endpoint_patience(unsigned milliseconds);

#endif
