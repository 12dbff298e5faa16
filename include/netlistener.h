/*
 * netlistener.h: the connection that a message comes through.
 *
 * The host makes one accept_construct per connection to the mail server in
 * front, and one message_construct with it.  Both live until the connection
 * ends and belong to the thread that runs the hook.
 */
#ifndef EC_NETLISTENER_H
#define EC_NETLISTENER_H

#include "ec_message.h"
#include "ec_sockaddr.h"
#include "ec_types.h"
#include "validate_context.h"

typedef struct _netlistener_instance netlistener_instance; /* opaque */

struct _accept_construct {
	Event *death; /* NULL */
	ec_sockaddr remote_addr; /* the client, as the mail server tells it */
	union _accept_construct_closure {
		void *vptr; /* the message_construct */
	} accept_construct_closure;
	u_int8_t protocol; /* P_ESMTP */
	netlistener_instance *inst; /* NULL */
	message_id conn_id;
};

/* How far the session is. */
enum {
	MC_STATE_START = 0,
	MC_STATE_START_RESPONSE,
	MC_STATE_EHLO,
	MC_STATE_EHLO_RESPONSE,
	MC_STATE_MAILFROM,
	MC_STATE_MAILFROM_RESPONSE,
	MC_STATE_RCPTTO,
	MC_STATE_RCPTTO_RESPONSE,
	MC_STATE_DATA,
	MC_STATE_BODY,
	MC_STATE_BODY_RESPONSE,
	MC_STATE_ASYNC_BODY_RESPONSE,
	MC_STATE_OK,
	MC_STATE_RELAYING_DENIED,
	MC_STATE_EXTENSION_1,
	MC_STATE_EXTENSION_2,
	MC_STATE_EXTENSION_3,
	MC_STATE_EXTENSION_4,
	MC_STATE_CONCURRENCY_LIMIT,
	MC_STATE_RCPTTO_LIST_RESPONSE,
	MC_STATE_RCPTTO_LIST_FINAL_RESPONSE,
	MC_STATE_SETUP,
	MC_STATE_MCMT_FIXUP,
	MC_STATE_COUNT
};

struct ec_auth_info {
	const char *user; /* name that the client gave */
	const char *scheme; /* PLAIN, LOGIN, ... or "" */
};

/* Values of auth_status in hooks/core/validate_auth.h. */
#define EC_AUTH_OK 0
#define EC_AUTH_FAIL 1
#define EC_AUTH_ERROR 2

struct _message_construct {
	accept_construct *ac;
	int state; /* MC_STATE_... */
	unsigned relayable : 1; /* as the connection variable can_relay */
	unsigned can_auth : 1;
	unsigned internal : 1;
	const char *banner_hostname;
	const char *received_hostname;
	int connection_message_count;
	int connection_rcpt_count;
	int message_rcpt_count;
	ec_message *message; /* NULL between messages */
	validate_context ctx;
	struct ec_auth_info auth_info; /* texts may be "", never NULL */
	int auth_status; /* EC_AUTH_..., when auth_info names a user */
	char peer_address[INET6_ADDRSTRLEN]; /* without port */
};

/* NULL when it is not a mail session. */
struct _message_construct *accept_construct_get_message_construct(
    struct _accept_construct *ac);

#endif
