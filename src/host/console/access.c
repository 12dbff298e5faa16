/*
 * access.c: options into one answer.
 */
#include "host/console/access.h"

#include "host/config/config.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

struct lookup {
	const struct config *config;
	struct config_query query;
};

static struct lookup
look(const struct config *config, const struct access_place *place)
{
	struct lookup lookup = { .config = config };

	(void)config_query_add(config, &lookup.query, "Control_Listener",
	    place->listener);
	(void)config_query_add(config, &lookup.query, "Listen",
	    place->listen);
	(void)config_query_add(config, &lookup.query, "Peer", place->peer);
	return lookup;
}

static int
slot_of(const struct lookup *lookup, const char *name)
{
	struct registry *registry = config_registry(lookup->config);
	int slot = registry_slot(registry, "Control_Listener:Listen", name);

	return slot >= 0 ? slot :
	    registry_slot(registry, "Control_Listener", name);
}

static int
number(const struct lookup *lookup, const char *name)
{
	int slot = slot_of(lookup, name);
	const struct config_value *value = slot < 0 ? NULL :
	    config_lookup(lookup->config, slot, &lookup->query);

	return value != NULL ? value->one.integer : 0;
}

/* Written somewhere, not a default. */
static const struct config_setting *
setting(const struct lookup *lookup, const char *name)
{
	int slot = slot_of(lookup, name);

	return slot < 0 ? NULL :
	    config_find(lookup->config, slot, &lookup->query);
}

static const char *
hostname(const struct config *config)
{
	const struct config_value *value = config_global(config, "Hostname");

	return value != NULL ? value->one.string : "localhost";
}

bool
access_is_loopback(const char *peer)
{
	struct cidr block, own;

	return cidr_parse(peer, &block) &&
	    ((cidr_parse("127.0.0.0/8", &own) && cidr_contains(&own, &block)) ||
	    (cidr_parse("::1", &own) && cidr_contains(&own, &block)));
}

static const struct mechanism {
	const char *name, *option;
} mechanisms[ACCESS_MECHANISMS] = {
	[ACCESS_DIGEST_MD5] = { "digest-md5", "AuthDigestMD5Parameters" },
	[ACCESS_CRAM_MD5] = { "cram-md5", "AuthCramMD5Parameters" },
	[ACCESS_LOGIN] = { "login", "AuthLoginParameters" },
};

const char *
access_mechanism_name(enum access_mechanism mechanism)
{
	return mechanisms[mechanism].name;
}

int
access_mechanism_of(const char *name, size_t n)
{
	for (int i = 0; i < ACCESS_MECHANISMS; i++) {
		if (strlen(mechanisms[i].name) == n &&
		    strncasecmp(mechanisms[i].name, name, n) == 0)
			return i;
	}
	return -1;
}

/* dictionaries */

static bool
fail(struct buffer *why, const char *option, const char *what,
    const char *expected)
{
	buffer_add_text(why, "cannot be served: ");
	buffer_add_text(why, option);
	buffer_add_text(why, " ");
	buffer_add_text(why, what);
	buffer_add_text(why, " (expected ");
	buffer_add_text(why, expected);
	buffer_add_text(why, ")");
	return false;
}

/* 1 or 0, `otherwise` when it is not there, -1 when it is neither. */
static int
flag(const struct config_value *value, const char *key, int otherwise)
{
	static const char *const words[] = { "false", "no", "off", "disabled",
		"0", "true", "yes", "on", "enabled", "1" };
	const char *text = value_dict_get(value, key);

	for (size_t i = 0; text != NULL && i < 10; i++) {
		if (strcasecmp(text, words[i]) == 0)
			return i >= 5;
	}
	return text == NULL ? otherwise : -1;
}

static const char *
after(const char *text, const char *prefix)
{
	size_t n = strlen(prefix);

	return strncasecmp(text, prefix, n) == 0 ? text + n : NULL;
}

static bool
read_uri(enum access_mechanism mechanism, const char *uri,
    struct password_file *file)
{
	const char *path = uri != NULL ? after(uri, "digest://") : NULL;

	file->has_realms = path != NULL;
	if (path == NULL && uri != NULL)
		path = after(uri, "file://");
	file->path = path;
	/* hashes are what a digest file is for, and what DIGEST-MD5 can do
	 * with */
	file->is_hashed = file->has_realms || mechanism == ACCESS_DIGEST_MD5;
	return path != NULL && path[0] == '/';
}

static const char *
unknown_key(const struct config_value *value)
{
	static const char *const keys[] = { "uri", "realm", "stored_cleartext",
		"log_authentication", "allow_cleartext" };

	for (uint32_t i = 0; i < value->count; i++) {
		bool known = false;

		for (size_t k = 0; k < sizeof(keys) / sizeof(keys[0]); k++)
			known = known ||
			    strcmp(value->pairs[i].key, keys[k]) == 0;
		if (!known)
			return value->pairs[i].key;
	}
	return NULL;
}

static bool
read_source(enum access_mechanism mechanism, const struct config_value *value,
    const struct config *config, struct access_source *source,
    struct buffer *why)
{
	const char *option = mechanisms[mechanism].option;
	struct password_file *file = &source->file;
	int clear, logged = flag(value, "log_authentication", 0);

	if (unknown_key(value) != NULL)
		return fail(why, option, "has a key that means nothing here",
		    "uri, realm, stored_cleartext, log_authentication, "
		    "allow_cleartext");
	if (!read_uri(mechanism, value_dict_get(value, "uri"), file))
		return fail(why, option, "has no uri that is known",
		    "uri = \"digest:///path\" or \"file:///path\"");
	clear = flag(value, "stored_cleartext", !file->is_hashed);
	if (clear < 0 || logged < 0 || flag(value, "allow_cleartext", 0) < 0)
		return fail(why, option, "has a value that is no boolean",
		    "true or false");
	file->is_hashed = clear == 0;
	if (mechanism == ACCESS_CRAM_MD5 && file->is_hashed)
		return fail(why, option, "has a file of hashes, which "
		    "CRAM-MD5 can do nothing with", "a file with the "
		    "passwords themselves");
	file->realm = value_dict_get(value, "realm");
	file->hostname = hostname(config);
	if (file->realm != NULL && strlen(file->realm) >=
	    PASSWORDS_REALM_BYTES)
		return fail(why, option, "has a realm that is too long",
		    "at most 127 octets");
	source->is_logged = logged == 1;
	source->is_offered = true;
	return true;
}

/* The password itself crosses the network: only when somebody said so. */
static bool
is_safe(enum access_mechanism mechanism, const struct config_value *value,
    const struct access_place *place)
{
	return mechanism != ACCESS_LOGIN || place->is_file ||
	    access_is_loopback(place->peer) ||
	    flag(value, "allow_cleartext", 0) == 1;
}

static bool
read_sources(const struct lookup *lookup, const struct access_place *place,
    struct access *access, struct buffer *why)
{
	for (int i = 0; i < ACCESS_MECHANISMS; i++) {
		const struct config_setting *found = setting(lookup,
		    mechanisms[i].option);

		if (found == NULL)
			continue;
		if (!read_source((enum access_mechanism)i, &found->value,
		    lookup->config, &access->sources[i], why))
			return false;
		if (!is_safe((enum access_mechanism)i, &found->value, place))
			access->sources[i].is_offered = false;
	}
	return true;
}

static bool
read_groups(const struct lookup *lookup, struct access *access,
    struct buffer *why)
{
	static const char option[] = "AuthorizationParameters";
	const struct config_setting *found = setting(lookup, option);
	const char *uri;

	if (found == NULL)
		return true; /* a role may bear the name of a user */
	uri = value_dict_get(&found->value, "uri");
	access->groups = uri != NULL ? after(uri, "groups://") : NULL;
	if (access->groups == NULL || access->groups[0] != '/')
		return fail(why, option, "has no uri that is known",
		    "uri = \"groups:///path\"");
	return true;
}

/* Where it is not said, whoever says where passwords are wants them asked
 * for. */
static bool
authenticates(const struct lookup *lookup)
{
	const struct config_setting *found = setting(lookup,
	    "Enable_Authentication");
	bool any = false;

	if (found != NULL)
		return found->value.one.integer != 0;
	for (int i = 0; i < ACCESS_MECHANISMS; i++)
		any = any || setting(lookup, mechanisms[i].option) != NULL;
	return any;
}

static bool
read_users(const struct lookup *lookup, const struct access_place *place,
    struct access *access, struct buffer *why)
{
	bool asks = authenticates(lookup), any = false;
	bool all = number(lookup, "Always_Allow") != 0;

	access->wants_user = asks && !all;
	if (asks && !read_sources(lookup, place, access, why))
		return false;
	for (int i = 0; i < ACCESS_MECHANISMS; i++)
		any = any || access->sources[i].is_offered;
	if (place->is_file)
		return true; /* the system says who that is */
	if (access->wants_user && !any) {
		buffer_add_text(why, setting(lookup, "AuthLoginParameters") !=
		    NULL ? "would have passwords cross the network as they "
		    "are (expected AuthDigestMD5Parameters, or "
		    "\"allow_cleartext = true\" within AuthLoginParameters)" :
		    "asks for a password, and nothing says where they are "
		    "(expected AuthDigestMD5Parameters, say)");
		return false;
	}
	if (access->wants_user)
		return true;
	if (!access_is_loopback(place->peer)) {
		buffer_add_text(why, "is open to other machines without a "
		    "password (expected Enable_Authentication, a socket file "
		    "or an address of loopback)");
		return false;
	}
	if (!all) {
		buffer_add_text(why, "lets everybody on this machine give "
		    "commands without a password (expected "
		    "\"always_allow = true\" within it, if that is wanted)");
		return false;
	}
	return true;
}

bool
access_read(const struct config *config, const struct access_place *place,
    struct access *access_r, struct buffer *why)
{
	struct lookup lookup = look(config, place);

	*access_r = (struct access){ 0 };
	access_r->timeout = number(&lookup, "Timeout");
	access_r->is_denied = number(&lookup, "Always_Deny") != 0;
	if (access_r->is_denied)
		return true; /* whatever else may be wrong */
	access_r->authorizes = number(&lookup, "Enable_Authorization") != 0;
	return read_users(&lookup, place, access_r, why) &&
	    (!access_r->authorizes || read_groups(&lookup, access_r, why));
}
