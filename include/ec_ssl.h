/*
 * ec_ssl.h: what TLS sessions look like to modules.
 *
 * This host takes no TLS connections itself: the mail server in front of it
 * does, and what it tells about them is in the connection's context
 * (tls_cipher and so on).  The names are here for sources that speak of them.
 */
#ifndef EC_SSL_H
#define EC_SSL_H

#include "ec_types.h"

typedef struct _ec_ssl_ctx ec_ssl_ctx;
typedef struct _ec_ssl_ctx_params ec_ssl_ctx_params;

#endif
