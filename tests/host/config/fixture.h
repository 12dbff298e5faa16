/*
 * fixture.h: configurations as text, questions as text, answers as text.
 *
 * The registry holds the host's rows and some of the tests' own:
 *	e, m, s, v, a, b, x, other	in the sending scopes, at their places
 *	dkim_sign, dkim_validate	modules, with dk_domain in the first
 */
#ifndef CONFIG_FIXTURE_H
#define CONFIG_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "host/config/config.h"
#include "host/config/host_options.h"

#define MODULE_PATHS "dkim_sign:dk_domain>dkim_sign"

static inline void
must_add(struct registry *registry, const struct config_option *row)
{
	struct buffer why = { 0 };

	if (registry_add_option(registry, row, &why) < 0)
		fail_msg("option %s: %.*s", row->name, (int)why.n,
		    (const char *)why.p);
	buffer_deinit(&why);
}

static inline void
must_add_module(struct registry *registry)
{
	static const struct config_scope dk_domain = {
		.name = "dk_domain", .parents = "dkim_sign",
		.match = CONFIG_MATCH_CASELESS,
		.flags = CONFIG_SCOPE_NAMED | CONFIG_SCOPE_BRACKETS,
	};
	static const struct config_choice canon[] = {
		{ "simple", 0 }, { "relaxed", 1 }, { NULL, 0 },
	};
	static const struct config_option rows[] = {
		{ .name = "selector", .fallback = MODULE_PATHS },
		{ .name = "key", .fallback = MODULE_PATHS },
		{ .name = "header_canon", .fallback = MODULE_PATHS,
		  .map = canon, .defval = "simple" },
		{ .name = "lifetime", .type = CONFIG_INT,
		  .fallback = MODULE_PATHS, .defval = "0" },
		{ .name = "headerlist", .fallback = MODULE_PATHS,
		  .separator = ':' },
		{ .name = "oversign_headerlist", .fallback = MODULE_PATHS,
		  .separator = ':', .flags = CONFIG_OPTION_ARRAY },
		{ .name = "base_domain", .fallback = "dkim_sign:dk_domain" },
		{ .name = "dkim", .type = CONFIG_BOOL, .defval = "enabled",
		  .fallback = CONFIG_FALLBACK_SENDING },
	};
	struct buffer why = { 0 };

	assert_non_null(host_options_add_module(registry, "dkim_sign", false,
	    "Signs.", &why));
	assert_non_null(host_options_add_module(registry, "dkim_validate",
	    false, "Verifies.", &why));
	assert_non_null(registry_add_scope(registry, &dk_domain, &why));
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct config_option row = rows[i];

		row.module = "dkim_sign";
		must_add(registry, &row);
	}
	buffer_deinit(&why);
}

/* A registry without modules. */
static inline struct registry *
bare_registry(void)
{
	static const struct config_option rows[] = {
		{ .name = "e", .type = CONFIG_INT, .defval = "1",
		  .fallback = CONFIG_FALLBACK_SENDING },
		{ .name = "m", .type = CONFIG_INT, .defval = "1",
		  .fallback = CONFIG_FALLBACK_SENDING },
		{ .name = "message_expiration", .type = CONFIG_INT,
		  .fallback = CONFIG_FALLBACK_SENDING },
		{ .name = "s", .type = CONFIG_BOOL, .defval = "true",
		  .fallback = CONFIG_FALLBACK_SENDING },
		{ .name = "v", .type = CONFIG_INT, .defval = "0",
		  .fallback = CONFIG_FALLBACK_SENDING },
		{ .name = "a", .type = CONFIG_INT,
		  .fallback = CONFIG_FALLBACK_SENDING },
		{ .name = "b", .type = CONFIG_INT,
		  .fallback = CONFIG_FALLBACK_SENDING },
		{ .name = "other", .type = CONFIG_INT,
		  .fallback = CONFIG_FALLBACK_SENDING },
		{ .name = "x", .type = CONFIG_INT,
		  .fallback = "ESMTP_Listener:Listen:Peer>ESMTP_Listener:Peer>"
		      "ESMTP_Listener:Listen>ESMTP_Listener" },
	};
	struct registry *registry = registry_new();

	host_options_add(registry);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		must_add(registry, &rows[i]);
	return registry;
}

static inline struct registry *
full_registry(void)
{
	struct registry *registry = bare_registry();

	must_add_module(registry);
	return registry;
}

/* The configuration of a text, or NULL with *errors_r (to be freed). */
static inline struct config *
try_load(struct registry *registry, struct config_load load, char **errors_r)
{
	struct config_errors errors = { 0 };
	struct buffer text = { 0 };
	struct config *config = config_load(registry, &load, &errors);

	errors_format_all(&errors, &text);
	*errors_r = buffer_take_text(&text);
	errors_deinit(&errors);
	return config;
}

static inline struct config *
must_load(struct registry *registry, const char *text)
{
	struct config_load load = { .text = span_of_text(text),
	    .text_name = "t.conf" };
	struct config *config;
	char *errors;

	config = try_load(registry, load, &errors);
	if (config == NULL)
		fail_msg("does not load:\n%s\n%s", text, errors);
	free(errors);
	return config;
}

/* What is wrong with a text, to be freed; fails if nothing is. */
static inline char *
errors_of(struct registry *registry, const char *text)
{
	struct config_load load = { .text = span_of_text(text),
	    .text_name = "t.conf" };
	struct config *config;
	char *errors;

	config = try_load(registry, load, &errors);
	if (config != NULL)
		fail_msg("loads, but should not:\n%s", text);
	return errors;
}

/* A query such as "Binding=b Domain=x.test"; "ESMTP_Listener=" has no name.
 * The words are kept in the buffer of the caller. */
static inline struct config_query
query_of(const struct config *config, char *words)
{
	struct config_query query = { 0 };
	char *save = NULL;

	for (char *word = strtok_r(words, " ", &save); word != NULL;
	    word = strtok_r(NULL, " ", &save)) {
		char *instance = strchr(word, '=');

		assert_non_null(instance);
		*instance++ = '\0';
		if (!config_query_add(config, &query, word,
		    *instance == '\0' ? NULL : instance))
			fail_msg("no scope %s", word);
	}
	return query;
}

/* A value as text: arrays and dictionaries with ',' between. */
static inline char *
value_text(const struct config_value *value)
{
	struct buffer out = { 0 };
	char number[64];

	if (value == NULL)
		return strdup("unset");
	for (uint32_t i = 0; i < value->count; i++) {
		const union config_item *item =
		    (value->option->flags & CONFIG_OPTION_ARRAY) != 0 ?
		    &value->items[i] : &value->one;

		if (i > 0)
			buffer_add_text(&out, ",");
		switch (value->option->type) {
		case CONFIG_STRING:
			buffer_add_text(&out, item->string);
			continue;
		case CONFIG_DICT:
			buffer_add_text(&out, value->pairs[i].key);
			buffer_add_text(&out, "=");
			buffer_add_text(&out, value->pairs[i].value);
			continue;
		case CONFIG_INT: case CONFIG_BOOL:
			(void)snprintf(number, sizeof(number), "%d",
			    item->integer);
			break;
		case CONFIG_PERMS:
			(void)snprintf(number, sizeof(number), "0%o",
			    (unsigned)item->integer);
			break;
		case CONFIG_UINT64:
			(void)snprintf(number, sizeof(number), "%llu",
			    (unsigned long long)item->u64);
			break;
		case CONFIG_SIZE:
			(void)snprintf(number, sizeof(number), "%zu",
			    item->size);
			break;
		case CONFIG_FLOAT:
			(void)snprintf(number, sizeof(number), "%g",
			    item->real);
			break;
		case CONFIG_NETWORK:
			(void)snprintf(number, sizeof(number), "/%u",
			    item->network->bits);
			break;
		case CONFIG_REGEX:
			(void)snprintf(number, sizeof(number), "regex");
			break;
		case CONFIG_SOCKADDR: case CONFIG_SOCKADDR_PORTLESS:
			(void)snprintf(number, sizeof(number), "family %d",
			    item->address->ss_family);
			break;
		}
		buffer_add_text(&out, number);
	}
	buffer_add_text(&out, "");
	return out.p == NULL ? strdup("") : buffer_take_text(&out);
}

/* The value of PATH.NAME for a query, as text, to be freed. */
static inline char *
ask(const struct config *config, const char *path, const char *name,
    const char *query_text)
{
	char *words = strdup(query_text);
	struct config_query query = query_of(config, words);
	int slot = registry_slot(config_registry(config), path, name);
	char *text;

	if (slot < 0)
		fail_msg("no option %s in '%s'", name, path);
	text = value_text(config_lookup(config, slot, &query));
	free(words);
	return text;
}

/* Fails with all of it when got is not want; frees got. */
static inline void
assert_text(const char *what, char *got, const char *want)
{
	if (strcmp(got, want) != 0)
		fail_msg("%s: got '%s', wanted '%s'", what, got, want);
	free(got);
}

#endif
