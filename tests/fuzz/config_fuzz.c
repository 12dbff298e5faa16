/*
 * Any bytes as a configuration.  Either it loads, or something is told; what
 * loaded can be written out value by value, read again, and is the same; and
 * questions about it have answers.
 *
 * What is included does not exist: the fuzzer reads no files.
 */
#include "fuzz.h"

#include "host/config/config.h"
#include "host/config/host_options.h"

static void
add_module(struct registry *registry)
{
	static const struct config_scope dk_domain = {
		.name = "dk_domain", .parents = "dkim_sign",
		.match = CONFIG_MATCH_CASELESS,
		.flags = CONFIG_SCOPE_NAMED | CONFIG_SCOPE_BRACKETS,
	};
	static const struct config_option rows[] = {
		{ .name = "dkim", .type = CONFIG_BOOL, .defval = "enabled",
		  .fallback = CONFIG_FALLBACK_SENDING },
		{ .name = "selector",
		  .fallback = "dkim_sign:dk_domain>dkim_sign" },
		{ .name = "headerlist", .flags = CONFIG_OPTION_ARRAY,
		  .fallback = "dkim_sign:dk_domain>dkim_sign",
		  .separator = ':' },
	};
	struct buffer why = { 0 };

	must(host_options_add_module(registry, "dkim_sign", false, NULL,
	    &why) != NULL);
	must(registry_add_scope(registry, &dk_domain, &why) != NULL);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		must(registry_add_option(registry, &rows[i], &why) >= 0);
	buffer_deinit(&why);
}

static struct registry *
shared_registry(void)
{
	static struct registry *registry;

	if (registry == NULL) {
		registry = registry_new();
		host_options_add(registry);
		add_module(registry);
	}
	return registry;
}

/* An include would read files. */
static bool
has_include(struct span text)
{
	for (size_t i = 0; i + 7 <= text.n; i++) {
		if (span_ieq(span_of(text.p + i, 7), SPAN("include")) ||
		    span_ieq(span_of(text.p + i, 7), SPAN("local_c")))
			return true;
	}
	return false;
}

static void
ask(const struct config *config)
{
	struct config_query query = { 0 };
	const struct config_option *option;

	must(config_query_add(config, &query, "Binding", "b"));
	must(config_query_add(config, &query, "Domain", "x.test"));
	must(config_query_add(config, &query, "ESMTP_Listener", NULL));
	must(config_query_add(config, &query, "Listen", ":25"));
	must(config_query_add(config, &query, "Peer", "192.0.2.1"));
	for (int slot = 0; (option = registry_option(config_registry(config),
	    slot)) != NULL; slot++)
		must(config_lookup(config, slot, &query) != NULL ||
		    option->default_value == NULL);
}

static void
write_settings(const struct config *config, struct buffer *out)
{
	for (const struct config_setting *setting =
	    config_root(config)->first_setting; setting != NULL;
	    setting = setting->next) {
		buffer_add_text(out, setting->name);
		buffer_add_text(out, " = ");
		written_format(&setting->written, out);
		buffer_add_text(out, "\n");
	}
}

/* What stands outside of stanzas, written and read again. */
static void
read_again(struct config *config)
{
	struct buffer first = { 0 }, second = { 0 };
	struct config_errors errors = { 0 };
	struct config_load load = { 0 };
	struct config *again;

	write_settings(config, &first);
	load.text = buffer_span(&first);
	again = config_load(config_registry(config), &load, &errors);
	must(again != NULL && errors.count == 0);
	write_settings(again, &second);
	must(span_eq(buffer_span(&first), buffer_span(&second)));
	config_unref(&again);
	buffer_deinit(&first);
	buffer_deinit(&second);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct config_load load = { .text = span_of(data, size) };
	struct config_errors errors = { 0 };
	struct config *config;

	if (has_include(load.text))
		return 0;
	config = config_load(shared_registry(), &load, &errors);
	must((config == NULL) == (errors.count > 0));
	if (config != NULL) {
		ask(config);
		read_again(config);
	}
	config_unref(&config);
	errors_deinit(&errors);
	return 0;
}
