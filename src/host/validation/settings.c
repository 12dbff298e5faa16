/*
 * settings.c: looking up the host's own options.
 *
 * An option's slot does not change while the process lives, so it is looked up
 * by name once.
 */
#include "host/validation/settings.h"

#include "host/config/config.h"
#include "host/generation.h"

#include <stdatomic.h>

struct setting {
	const char *scope, *name;
	_Atomic int slot; /* plus 2; 0: not asked yet */
};

static struct setting threshold = { "Global", "large_message_threshold", 0 };
static struct setting spool_directory = { "Global", "spool_directory", 0 };
static struct setting trouble = { "Global", "on_internal_error", 0 };
static struct setting relay_hosts = { "Global", "relay_hosts", 0 };
static struct setting open_relay = { "Milter_Listener", "open_relay", 0 };
static struct setting lone_in_header = { "Global",
    "rfc2822_lone_lf_in_headers", 0 };
static struct setting lone_in_body = { "Global", "rfc2822_lone_lf_in_body", 0 };
static struct setting context = { "Milter_Listener", "context", 0 };

static const struct config_value *
look_up(const struct generation *generation, struct setting *setting,
    const struct config_query *query)
{
	struct config *config = generation->config;
	int slot = atomic_load(&setting->slot) - 2;

	if (config == NULL)
		return NULL;
	if (slot == -2) {
		slot = registry_slot(config_registry(config), setting->scope,
		    setting->name);
		atomic_store(&setting->slot, slot + 2);
	}
	return slot < 0 ? NULL : config_lookup(config, slot, query);
}

struct message_storage
settings_storage(const struct generation *generation)
{
	struct message_storage storage = message_storage_default;
	const struct config_value *value;

	value = look_up(generation, &threshold, NULL);
	if (value != NULL)
		storage.threshold = value->one.size;
	value = look_up(generation, &spool_directory, NULL);
	if (value != NULL && value->one.string[0] != '\0')
		storage.folder = value->one.string;
	return storage;
}

enum settings_trouble
settings_trouble(const struct generation *generation)
{
	const struct config_value *value;

	value = look_up(generation, &trouble, NULL);
	if (value == NULL)
		return TROUBLE_TEMPFAIL;
	switch (value->one.string[0]) {
	case 'r': /* reject */
		return TROUBLE_REJECT;
	case 'a': /* accept */
		return TROUBLE_ACCEPT;
	default:
		return TROUBLE_TEMPFAIL;
	}
}

/* Every message comes through the pathway "default". */
static enum settings_lone
lone(const struct generation *generation, struct setting *setting)
{
	const struct config_value *value;
	struct config_query query = { 0 };

	if (generation->config == NULL)
		return LONE_IGNORE;
	(void)config_query_add(generation->config, &query, "Pathway",
	    "default");
	value = look_up(generation, setting, &query);
	if (value == NULL)
		return LONE_IGNORE;
	switch (value->one.string[0]) {
	case 'f': /* fix */
		return LONE_FIX;
	case 'p': /* pedantic */
		return LONE_PEDANTIC;
	default:
		return LONE_IGNORE;
	}
}

enum settings_lone
settings_lone_in_header(const struct generation *generation)
{
	return lone(generation, &lone_in_header);
}

enum settings_lone
settings_lone_in_body(const struct generation *generation)
{
	return lone(generation, &lone_in_body);
}

static struct config_query
query_for(const struct generation *generation,
    const struct settings_place *place, const char *address)
{
	struct config_query query = { 0 };

	(void)config_query_add(generation->config, &query, "Milter_Listener",
	    place->listener);
	if (place->listen != NULL)
		(void)config_query_add(generation->config, &query, "Listen",
		    place->listen);
	/* what an SMTP listener says about its peers holds for clients that
	 * the mail server in front tells of */
	(void)config_query_add(generation->config, &query, "ESMTP_Listener",
	    NULL);
	if (address != NULL)
		(void)config_query_add(generation->config, &query, "Peer",
		    address);
	(void)config_query_add(generation->config, &query, "Pathway",
	    "default");
	return query;
}

static bool
is_listed(const struct config_value *list, const char *address)
{
	struct cidr client;

	if (list == NULL || address == NULL || !cidr_parse(address, &client))
		return false;
	for (uint32_t i = 0; i < list->count; i++) {
		if (cidr_contains(list->items[i].network, &client))
			return true;
	}
	return false;
}

bool
settings_may_relay(const struct generation *generation,
    const struct settings_place *place, const char *address)
{
	const struct config_value *value;
	struct config_query query;

	if (generation->config == NULL)
		return false;
	query = query_for(generation, place, address);
	value = look_up(generation, &open_relay, &query);
	if (value != NULL && value->one.integer != 0)
		return true;
	return is_listed(look_up(generation, &relay_hosts, &query), address);
}

void
settings_fill_context(const struct generation *generation,
    const struct settings_place *place, const char *address,
    ECDict connection)
{
	const struct config_value *value;
	struct config_query query;

	if (generation->config == NULL)
		return;
	query = query_for(generation, place, address);
	value = look_up(generation, &context, &query);
	for (uint32_t i = 0; value != NULL && i < value->count; i++)
		dict_add_key_value(connection, value->pairs[i].key,
		    value->pairs[i].value);
}
