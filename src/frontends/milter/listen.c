/*
 * listen.c: from a stanza to an address.
 *
 * libmilter reads addresses by itself, but a mistake in one would show late
 * and in its log only.  So they are read here, told about with file and line,
 * and written down again in the one form that libmilter cannot mistake.
 */
#include "frontends/milter/listen.h"

#include "host/config/config.h"
#include "host/config/sockaddr.h"

#include <arpa/inet.h>
#include <grp.h>
#include <netinet/in.h>
#include <stdio.h>
#include <sys/un.h>

#define EXPECTED "(expected \"unix:/path\", \"inet:PORT@ADDRESS\" or " \
	"\"inet6:PORT@[ADDRESS]\")"

/* addresses */

/* Cut "WORD:" off the front. */
static bool
take_word(struct span *s, struct span word)
{
	if (s->n <= word.n || s->p[word.n] != ':' ||
	    !span_ieq(span_first(*s, word.n), word))
		return false;
	*s = span_from(*s, word.n + 1);
	return true;
}

/* ADDRESS [ ":" PORT ] as the configuration spells it elsewhere. */
static bool
parse_host_port(struct span host, struct span port, int family,
    struct sockaddr_storage *address_r)
{
	char text[128];
	bool bracketed = host.n > 0 && host.p[0] == '[';

	if (span_ieq(host, SPAN("localhost")))
		host = family == AF_INET6 ? SPAN("::1") : SPAN("127.0.0.1");
	if (host.n + port.n + 4 > sizeof(text))
		return false;
	(void)snprintf(text, sizeof(text),
	    family == AF_INET6 && !bracketed ? "[%.*s]:%.*s" : "%.*s:%.*s",
	    (int)host.n, (const char *)host.p, (int)port.n,
	    (const char *)port.p);
	return sockaddr_parse(text, true, address_r);
}

static bool
is_number(struct span s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (!byte_is_digit(s.p[i]))
			return false;
	}
	return s.n > 0;
}

/* PORT [ "@" ADDRESS ], or ADDRESS ":" PORT as in Postfix's main.cf */
static bool
parse_inet(struct span s, int family, struct sockaddr_storage *address_r)
{
	struct span port, host = s;

	if (span_cut(&host, '@', &port))
		return parse_host_port(host, port, family, address_r);
	if (is_number(s))
		return parse_host_port(SPAN("*"), s, family, address_r);
	for (size_t i = s.n; i-- > 0;) {
		if (s.p[i] == ':')
			return parse_host_port(span_first(s, i),
			    span_from(s, i + 1), family, address_r);
	}
	return false;
}

static bool
has_port(const struct sockaddr_storage *address)
{
	return address->ss_family == AF_INET ?
	    ((const struct sockaddr_in *)address)->sin_port != 0 :
	    ((const struct sockaddr_in6 *)address)->sin6_port != 0;
}

static bool
parse_path(struct span path, struct sockaddr_storage *address_r,
    struct buffer *why)
{
	struct sockaddr_un *un = (struct sockaddr_un *)address_r;
	char limit[32];

	if (path.n == 0 || path.p[0] != '/') {
		buffer_add_text(why, "no absolute path " EXPECTED);
		return false;
	}
	/* libmilter wants one octet more than the system does */
	if (path.n + 1 >= sizeof(un->sun_path)) {
		(void)snprintf(limit, sizeof(limit), "%zu",
		    sizeof(un->sun_path) - 2);
		buffer_add_text(why, "the path is too long (expected at most ");
		buffer_add_text(why, limit);
		buffer_add_text(why, " octets)");
		return false;
	}
	*address_r = (struct sockaddr_storage){ .ss_family = AF_UNIX };
	memcpy(un->sun_path, path.p, path.n);
	return true;
}

bool
listen_parse(const char *text, struct sockaddr_storage *address_r,
    struct buffer *why)
{
	struct span s = span_of_text(text);
	int family = AF_UNSPEC;
	bool good;

	if (text[0] == '/' || take_word(&s, SPAN("unix")) ||
	    take_word(&s, SPAN("local")))
		return parse_path(s, address_r, why);
	if (take_word(&s, SPAN("inet6")))
		family = AF_INET6;
	else if (take_word(&s, SPAN("inet")))
		family = AF_INET;
	/* in an address alone, the brackets tell */
	good = family == AF_UNSPEC ? sockaddr_parse(text, true, address_r) :
	    parse_inet(s, family, address_r) && address_r->ss_family == family;
	if (!good || address_r->ss_family == AF_UNIX) {
		buffer_add_text(why, "not an address " EXPECTED);
		return false;
	}
	if (!has_port(address_r)) {
		buffer_add_text(why, "port 0 (expected 1 to 65535)");
		return false;
	}
	return true;
}

void
listen_format(const struct sockaddr_storage *address,
    char text_r[LISTEN_CONN_BYTES])
{
	const struct sockaddr_in *v4 = (const struct sockaddr_in *)address;
	const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)address;
	char host[INET6_ADDRSTRLEN] = "";

	switch (address->ss_family) {
	case AF_INET:
		(void)inet_ntop(AF_INET, &v4->sin_addr, host, sizeof(host));
		(void)snprintf(text_r, LISTEN_CONN_BYTES, "inet:%u@[%s]",
		    (unsigned)ntohs(v4->sin_port), host);
		break;
	case AF_INET6:
		(void)inet_ntop(AF_INET6, &v6->sin6_addr, host, sizeof(host));
		(void)snprintf(text_r, LISTEN_CONN_BYTES, "inet6:%u@[%s]",
		    (unsigned)ntohs(v6->sin6_port), host);
		break;
	default:
		(void)snprintf(text_r, LISTEN_CONN_BYTES, "unix:%s",
		    ((const struct sockaddr_un *)address)->sun_path);
		break;
	}
}

/* stanzas */

/* An option of the listener; NULL: no such row, or no value. */
static const struct config_value *
option(const struct config *config, const struct config_node *node,
    const char *name)
{
	int slot = registry_slot(config_registry(config),
	    "Milter_Listener:Listen", name);

	return slot < 0 ? NULL : node_value(node, slot);
}

static int
number(const struct config *config, const struct config_node *node,
    const char *name, int otherwise)
{
	const struct config_value *value = option(config, node, name);

	return value != NULL ? value->one.integer : otherwise;
}

static struct config_place
place_of(const struct config_node *node)
{
	return node->first_definition->place;
}

/* Where an option is set that holds for a Listen. */
static struct config_place
place_of_option(const struct config *config, const struct config_node *node,
    const char *name)
{
	int slot = registry_slot(config_registry(config),
	    "Milter_Listener:Listen", name);
	const struct config_node *at = node;

	for (; at != NULL && slot >= 0; at = at->parent) {
		const struct config_setting *setting = node_setting(at, slot);

		if (setting != NULL)
			return setting->place;
	}
	return place_of(node);
}

static bool
read_address(const struct config_node *node, struct listen *listen,
    struct config_errors *errors)
{
	struct buffer why = { 0 };
	bool good = listen_parse(node->instance, &listen->address, &why);

	if (!good)
		errors_add(errors, place_of(node), "Listen \"%s\": %.*s",
		    node->instance, (int)why.n, (const char *)why.p);
	buffer_deinit(&why);
	return good;
}

static bool
read_group(const struct config *config, const struct config_node *node,
    struct listen *listen, struct config_errors *errors)
{
	const struct config_value *value = option(config, node, "File_Group");

	listen->group = value != NULL && value->one.string[0] != '\0' ?
	    value->one.string : NULL;
	if (listen->group == NULL || getgrnam(listen->group) != NULL)
		return true;
	errors_add(errors, place_of_option(config, node, "File_Group"),
	    "option 'File_Group': there is no group '%s'", listen->group);
	return false;
}

static bool
read_listen(const struct config *config, const struct config_node *node,
    struct listen *listen, struct config_errors *errors)
{
	bool good;

	*listen = (struct listen){
		.place = { node->parent->instance, node->instance },
		.defined = place_of(node),
		.mode = (mode_t)number(config, node, "File_Mode", 0660) & 0777,
		.backlog = number(config, node, "Listen_Backlog", 500),
		.timeout = number(config, node, "Timeout", LISTEN_TIMEOUT),
	};
	good = read_address(node, listen, errors);
	return read_group(config, node, listen, errors) && good;
}

enum listen_found
listen_find(const struct config *config, struct config_errors *errors,
    struct listen *listen_r)
{
	const struct config_scope *listeners = registry_scope(
	    config_registry(config), "Milter_Listener");
	const struct config_scope *listens = registry_scope(
	    config_registry(config), "Listen");
	const struct config_node *listener, *node, *found = NULL;
	struct config_errors untold = { 0 };
	struct listen another;
	bool good = true;

	if (errors == NULL)
		errors = &untold;
	listener = node_first(config_root(config), listeners);
	for (; listener != NULL; listener = node_next(listener, listeners)) {
		node = node_first(listener, listens);
		for (; node != NULL; node = node_next(node, listens)) {
			if (number(config, node, "Enable", 1) == 0)
				continue;
			if (found != NULL)
				errors_add(errors, place_of(node),
				    "a second Listen (expected one in all of "
				    "Milter_Listener; the first is \"%s\" in "
				    "line %u)", found->instance,
				    place_of(found).line);
			good = read_listen(config, node, found == NULL ?
			    listen_r : &another, errors) && found == NULL &&
			    good;
			if (found == NULL)
				found = node;
		}
	}
	errors_deinit(&untold);
	if (!good)
		return LISTEN_BAD;
	return found != NULL ? LISTEN_ONE : LISTEN_NONE;
}

static bool
same_text(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

bool
listen_same(const struct listen *a, const struct listen *b)
{
	char there[LISTEN_CONN_BYTES], here[LISTEN_CONN_BYTES];

	listen_format(&a->address, there);
	listen_format(&b->address, here);
	return strcmp(there, here) == 0 && a->mode == b->mode &&
	    same_text(a->group, b->group) && a->backlog == b->backlog &&
	    a->timeout == b->timeout &&
	    same_text(a->place.listener, b->place.listener) &&
	    same_text(a->place.listen, b->place.listen);
}
