/*
 * connection.c: from the first word to the last.
 */
#include "frontends/milter/connection.h"

#include "frontends/milter/inflight.h"
#include "frontends/milter/negotiate.h"
#include "host/types/alloc.h"

#include <stdlib.h>
#include <string.h>

static struct settings_place place; /* constant once connections come in */

void
connection_set_place(const struct settings_place *where)
{
	place = *where;
}

struct connection *
connection_of(SMFICTX *ctx)
{
	struct connection *c = smfi_getpriv(ctx);

	if (c == NULL) {
		c = xcalloc(1, sizeof(*c));
		negotiate_recall(c);
		(void)smfi_setpriv(ctx, c);
	}
	return c;
}

/* An IPv4 client on an IPv6 socket is an IPv4 client: lists have its short
 * address. */
static void
unmap(ec_sockaddr *address)
{
	struct sockaddr_in6 mapped = address->sin6;

	if (!IN6_IS_ADDR_V4MAPPED(&mapped.sin6_addr))
		return;
	memset(address, 0, sizeof(*address));
	address->sin.sin_family = AF_INET;
	address->sin.sin_port = mapped.sin6_port;
	memcpy(&address->sin.sin_addr, &mapped.sin6_addr.s6_addr[12],
	    sizeof(address->sin.sin_addr));
}

/* What is no internet address, a local submission say, is not known: such a
 * client is on no list. */
static void
set_address(ec_sockaddr *to, const struct sockaddr *from)
{
	if (from == NULL)
		return;
	if (from->sa_family == AF_INET) {
		memcpy(&to->sin, from, sizeof(to->sin));
	} else if (from->sa_family == AF_INET6) {
		memcpy(&to->sin6, from, sizeof(to->sin6));
		unmap(to);
	}
}

struct connection *
connection_open(SMFICTX *ctx, const struct sockaddr *address,
    const ec_sockaddr *local)
{
	struct connection *c = connection_of(ctx);
	struct session_client client = { .place = place };

	if (c->session != NULL)
		return c;
	set_address(&client.address, address);
	if (local != NULL)
		client.local = *local;
	c->session = session_new(&client);
	return c;
}

bool
connection_begin_message(struct connection *c)
{
	if (!c->in_flight)
		c->in_flight = inflight_begin();
	return c->in_flight;
}

void
connection_end_message(struct connection *c)
{
	if (c->in_flight)
		inflight_end();
	c->in_flight = false;
}

void
connection_close(SMFICTX *ctx)
{
	struct connection *c = smfi_getpriv(ctx);

	if (c == NULL)
		return;
	(void)smfi_setpriv(ctx, NULL);
	session_free(&c->session);
	connection_end_message(c);
	free(c->auth_user);
	free(c->auth_type);
	buffer_deinit(&c->field);
	buffer_deinit(&c->text);
	free(c);
}
