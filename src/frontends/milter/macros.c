/*
 * macros.c: looked up as rarely as possible, for libmilter searches a list.
 */
#include "frontends/milter/macros.h"

#include "host/types/alloc.h"
#include "netlistener.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

static const char *
macro(SMFICTX *ctx, const char *name)
{
	const char *value = smfi_getsymval(ctx, (char *)(uintptr_t)name);

	return value != NULL && value[0] != '\0' ? value : NULL;
}

/* Postfix has daemon_addr; Sendmail has if_addr, as "IPv6:2001:db8::1". */
void
macros_local_address(SMFICTX *ctx, ec_sockaddr *address_r)
{
	static const char v6_prefix[] = "IPv6:";
	const char *address = macro(ctx, "{daemon_addr}");
	const char *digits = macro(ctx, "{daemon_port}");
	in_port_t port = htons((uint16_t)(digits != NULL ?
	    strtoul(digits, NULL, 10) : 0));

	memset(address_r, 0, sizeof(*address_r));
	if (address == NULL)
		address = macro(ctx, "{if_addr}");
	if (address == NULL)
		return;
	if (strncasecmp(address, v6_prefix, strlen(v6_prefix)) == 0)
		address += strlen(v6_prefix);
	if (inet_pton(AF_INET, address, &address_r->sin.sin_addr) == 1) {
		address_r->sin.sin_family = AF_INET;
		address_r->sin.sin_port = port;
	} else if (inet_pton(AF_INET6, address,
	    &address_r->sin6.sin6_addr) == 1) {
		address_r->sin6.sin6_family = AF_INET6;
		address_r->sin6.sin6_port = port;
	}
}

static const struct {
	const char *macro, *variable;
} tls[] = {
	{ "{cipher}", "tls_cipher" },
	{ "{cipher_bits}", "tls_cipher_usebits" },
	{ "{cert_subject}", "tls_client_cert_subject" },
	{ "{cert_issuer}", "tls_client_cert_issuer" },
};

void
macros_tell_tls(SMFICTX *ctx, struct connection *c)
{
	const char *version, *value;

	if (c->told_tls)
		return;
	version = macro(ctx, "{tls_version}");
	if (version == NULL)
		return;
	c->told_tls = true;
	session_set_variable(c->session, "tls", version);
	for (size_t i = 0; i < sizeof(tls) / sizeof(tls[0]); i++) {
		value = macro(ctx, tls[i].macro);
		if (value != NULL)
			session_set_variable(c->session, tls[i].variable,
			    value);
	}
	value = macro(ctx, "{verify}");
	if (value != NULL && strcasecmp(value, "OK") == 0)
		session_set_variable(c->session, "tls_client_verified",
		    "yes");
}

static bool
is_same(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

/* A user that policy refused is told again with the next message. */
static void
remember(struct connection *c, const char *user, const char *type)
{
	free(c->auth_user);
	free(c->auth_type);
	c->auth_user = user != NULL ? xstrdup(user) : NULL;
	c->auth_type = type != NULL ? xstrdup(type) : NULL;
}

const struct session_verdict *
macros_tell_auth(SMFICTX *ctx, struct connection *c)
{
	const char *user = macro(ctx, "{auth_authen}");
	const struct session_verdict *verdict;
	const char *type;

	if (user == NULL)
		return NULL;
	type = macro(ctx, "{auth_type}");
	if (is_same(user, c->auth_user) && is_same(type, c->auth_type))
		return NULL;
	verdict = session_auth(c->session, user, type, EC_AUTH_OK);
	if (verdict->action == SESSION_ACCEPT)
		remember(c, user, type);
	else
		remember(c, NULL, NULL);
	return verdict;
}

void
macros_tell_id(SMFICTX *ctx, struct connection *c)
{
	const char *id = macro(ctx, "i");

	if (id != NULL)
		session_set_id(c->session, id);
}
