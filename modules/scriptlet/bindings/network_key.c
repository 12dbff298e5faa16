/*
 * network_key.c: parse, compare, and what scripts pass.
 */
#include "scriptlet/bindings/network_key.h"

#include "scriptlet/bindings/args.h"
#include "scriptlet/bindings/classes.h"
#include "scriptlet/running.h"

#include "netlistener.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <lauxlib.h>
#include <string.h>

static unsigned
all_bits(int family)
{
	return family == AF_INET ? 32 : 128;
}

void
network_key_cut(struct network_key *key)
{
	for (unsigned i = 0; i < sizeof(key->octets); i++) {
		if (i * 8 >= key->bits)
			key->octets[i] = 0;
		else if (i * 8 + 8 > key->bits)
			key->octets[i] &= (unsigned char)(0xffu <<
			    (i * 8 + 8 - key->bits));
	}
}

/* "/24"; false: malformed or too many. */
static bool
parse_bits(const char *text, int family, unsigned *bits_r)
{
	size_t n = strspn(text, "0123456789");
	unsigned bits = 0;

	if (n == 0 || n > 3 || text[n] != '\0')
		return false;
	for (size_t i = 0; i < n; i++)
		bits = bits * 10 + (unsigned)(text[i] - '0');
	*bits_r = bits;
	return bits <= all_bits(family);
}

bool
network_key_parse(const char *given, size_t n, struct network_key *key_r)
{
	char copy[NETWORK_KEY_TEXT + 8], *text = copy, *slash, *bracket;

	memset(key_r, 0, sizeof(*key_r));
	if (n >= sizeof(copy) || memchr(given, '\0', n) != NULL)
		return false;
	memcpy(copy, given, n);
	copy[n] = '\0';
	slash = strchr(text, '/');
	if (slash != NULL)
		*slash++ = '\0';
	if (text[0] == '[') {
		bracket = strchr(++text, ']');
		if (bracket == NULL || bracket[1] != '\0')
			return false;
		*bracket = '\0';
	}
	key_r->family = strchr(text, ':') != NULL ? AF_INET6 : AF_INET;
	key_r->bits = all_bits(key_r->family);
	if (inet_pton(key_r->family, text, key_r->octets) != 1 ||
	    (slash != NULL && !parse_bits(slash, key_r->family, &key_r->bits)))
		return false;
	network_key_cut(key_r);
	return true;
}

bool
network_key_within(const struct network_key *key,
    const struct network_key *block)
{
	struct network_key cut = *key;

	if (key->family != block->family || key->bits < block->bits)
		return false;
	cut.bits = block->bits;
	network_key_cut(&cut);
	return memcmp(cut.octets, block->octets, sizeof(cut.octets)) == 0;
}

void
network_key_format(const struct network_key *key,
    char text_r[static NETWORK_KEY_TEXT])
{
	if (inet_ntop(key->family, key->octets, text_r, NETWORK_KEY_TEXT) ==
	    NULL)
		text_r[0] = '\0';
}

bool
network_key_of(const ec_sockaddr *address, struct network_key *key_r)
{
	memset(key_r, 0, sizeof(*key_r));
	key_r->family = address->sa.sa_family;
	if (key_r->family == AF_INET)
		memcpy(key_r->octets, &address->sin.sin_addr, 4);
	else if (key_r->family == AF_INET6)
		memcpy(key_r->octets, &address->sin6.sin6_addr, 16);
	else
		return false;
	key_r->bits = all_bits(key_r->family);
	return true;
}

static void
client_of(lua_State *L, int arg, const accept_construct *ac,
    struct network_key *key_r)
{
	if (!network_key_of(&ac->remote_addr, key_r))
		(void)luaL_argerror(L, arg, "the client's address is not "
		    "known");
}

/* "192.0.2.1:25" and "2001:db8::1.25", as objects of addresses print. */
static size_t
without_port(const char *text, size_t n)
{
	const char *colon = memchr(text, ':', n), *at;

	if (colon != NULL && memchr(colon + 1, ':',
	    n - (size_t)(colon + 1 - text)) == NULL)
		return (size_t)(colon - text);
	at = colon != NULL ? memrchr(text, '.', n) : NULL;
	/* the dot before a port, not those of ::ffff:192.0.2.1 */
	if (at != NULL && memrchr(text, '.', (size_t)(at - text)) == NULL)
		return (size_t)(at - text);
	return n;
}

void
network_key_at(lua_State *L, int arg, struct network_key *key_r)
{
	size_t n;
	const char *text;

	if (!args_given(L, arg)) {
		client_of(L, arg, running_accept(L, arg), key_r);
		return;
	}
	if (luaL_testudata(L, arg, CLASS_ACCEPT) != NULL) {
		client_of(L, arg, running_accept(L, arg), key_r);
		return;
	}
	text = args_text(L, arg, &n);
	if (n > 0 && text[0] == '/') {
		/* an argument past the last is nil: the running connection */
		client_of(L, arg, running_accept(L, lua_gettop(L) + 1), key_r);
		if (!parse_bits(text + 1, key_r->family, &key_r->bits))
			(void)luaL_argerror(L, arg, lua_pushfstring(L,
			    "'%s' is no length of a prefix", text));
		network_key_cut(key_r);
		return;
	}
	if (!network_key_parse(text, n, key_r) &&
	    !network_key_parse(text, without_port(text, n), key_r))
		(void)luaL_argerror(L, arg, lua_pushfstring(L,
		    "'%s' is no address or block of addresses", text));
}
