/*
 * options_doc.c: a chapter for the host, one for each module, and in each a
 * table of the options that belong to the same scopes.
 */
#include "host/config/options_doc.h"

#include "host/config/must.h"
#include "host/config/value.h"

#include <strings.h>

static const char *
module_of(const struct config_option *option)
{
	return option->module == NULL ? "" : option->module;
}

static const char *
fallback_of(const struct config_option *option)
{
	return option->fallback == NULL ? "Global" : option->fallback;
}

/* Text in a cell: '|' would end it. */
static void
add_cell(struct buffer *out, const char *text)
{
	for (; *text != '\0'; text++) {
		if (*text == '|')
			buffer_add_byte(out, '\\');
		buffer_add_byte(out, *text == '\n' ? ' ' :
		    (unsigned char)*text);
	}
}

static void
add_code(struct buffer *out, const char *text)
{
	buffer_add_text(out, "`");
	add_cell(out, text);
	buffer_add_text(out, "`");
}

static void
add_type(struct buffer *out, const struct config_option *option)
{
	if ((option->flags & CONFIG_OPTION_ARRAY) != 0)
		buffer_add_text(out, "array of: ");
	if (option->map == NULL) {
		add_cell(out, value_type(option));
		return;
	}
	for (const struct config_choice *choice = option->map;
	    choice->text != NULL; choice++) {
		if (choice != option->map)
			buffer_add_text(out, ", ");
		add_code(out, choice->text);
	}
}

/* What the default is; the host's name is nobody's business. */
static void
add_default(struct buffer *out, const struct config_option *option)
{
	if ((option->flags & CONFIG_OPTION_REQUIRED) != 0)
		buffer_add_text(out, "required");
	else if (strcasecmp(option->name, "Hostname") == 0)
		buffer_add_text(out, "the system's name");
	else if (option->defval == NULL)
		buffer_add_text(out, "none");
	else
		add_code(out, option->defval);
}

static void
add_row(struct buffer *out, const struct config_option *option)
{
	buffer_add_text(out, "| ");
	add_code(out, option->name);
	buffer_add_text(out, " | ");
	add_type(out, option);
	buffer_add_text(out, " | ");
	add_default(out, option);
	buffer_add_text(out, " | ");
	if ((option->flags & CONFIG_OPTION_ADDITION) != 0)
		buffer_add_text(out, "*(addition)* ");
	add_cell(out, option->help == NULL ? "" : option->help);
	buffer_add_text(out, " |\n");
}

/* Is there an earlier row with the same scopes, whose table has this one? */
static bool
is_in_a_table(const struct registry *registry,
    const struct config_option *option)
{
	const struct config_option *other;

	for (int i = 0; i < option->slot; i++) {
		other = registry_option(registry, i);
		if (strcasecmp(module_of(other), module_of(option)) == 0 &&
		    strcasecmp(fallback_of(other), fallback_of(option)) == 0)
			return true;
	}
	return false;
}

static void
add_scopes(struct buffer *out, const char *fallback)
{
	buffer_add_text(out, "In ");
	for (; *fallback != '\0'; fallback++) {
		if (*fallback == '>')
			buffer_add_text(out, ", else ");
		else if (*fallback == ':')
			buffer_add_text(out, " › ");
		else
			buffer_add_byte(out, (unsigned char)*fallback);
	}
	buffer_add_text(out, ":\n\n");
}

static void
add_table(struct buffer *out, const struct registry *registry,
    const struct config_option *first)
{
	const struct config_option *option;

	add_scopes(out, fallback_of(first));
	buffer_add_text(out, "| option | value | default | meaning |\n"
	    "| --- | --- | --- | --- |\n");
	for (int i = first->slot; (option = registry_option(registry, i)) !=
	    NULL; i++) {
		if (strcasecmp(module_of(option), module_of(first)) == 0 &&
		    strcasecmp(fallback_of(option), fallback_of(first)) == 0)
			add_row(out, option);
	}
	buffer_add_text(out, "\n");
}

static void
add_tables(struct buffer *out, const struct registry *registry,
    const char *module)
{
	const struct config_option *option;

	for (int i = 0; (option = registry_option(registry, i)) != NULL; i++) {
		if (strcasecmp(module_of(option), module) == 0 &&
		    !is_in_a_table(registry, option))
			add_table(out, registry, option);
	}
}

/* The module's own words about itself. */
static void
add_introduction(struct buffer *out, const struct registry *registry,
    const char *module)
{
	const struct config_scope *scope = registry_scope(registry, module);

	if (scope == NULL || scope->help == NULL)
		return;
	buffer_add_text(out, scope->help);
	buffer_add_text(out, "\n\n");
}

/* The module whose name comes next behind the last; NULL: there is none. */
static const char *
next_module(const struct registry *registry, const char *last)
{
	const struct config_option *option;
	const char *next = NULL, *module;

	for (int i = 0; (option = registry_option(registry, i)) != NULL; i++) {
		module = module_of(option);
		if (strcasecmp(module, last) > 0 &&
		    (next == NULL || strcasecmp(module, next) < 0))
			next = module;
	}
	return next;
}

static void
add_scope_help(struct buffer *out, const struct config_scope *scope)
{
	if ((scope->flags & CONFIG_SCOPE_MODULE) != 0) {
		buffer_add_text(out, "The module of that name, below.");
	} else if (scope->help != NULL) {
		add_cell(out, scope->help);
	} else {
		buffer_add_text(out, "Settings of ");
		add_cell(out, scope->parents);
		buffer_add_text(out, " for one name.");
	}
}

static void
add_scope_row(struct buffer *out, const struct config_scope *scope)
{
	buffer_add_text(out, "| ");
	add_code(out, scope->name);
	buffer_add_text(out, " | ");
	add_cell(out, scope->parents[0] == '\0' ? "" : scope->parents);
	buffer_add_text(out, " | ");
	buffer_add_text(out, (scope->flags & CONFIG_SCOPE_NAMED) != 0 ?
	    "yes" : (scope->flags & CONFIG_SCOPE_UNNAMED) != 0 ? "no" :
	    "may have");
	buffer_add_text(out, " | ");
	if ((scope->flags & CONFIG_SCOPE_ADDITION) != 0)
		buffer_add_text(out, "*(addition)* ");
	add_scope_help(out, scope);
	buffer_add_text(out, " |\n");
}

static void
add_scope_table(struct buffer *out, const struct registry *registry)
{
	const struct config_scope *scope;

	buffer_add_text(out, "## Scopes\n\n"
	    "| scope | stands in | name | meaning |\n"
	    "| --- | --- | --- | --- |\n");
	for (int i = 0; (scope = registry_scope_at(registry, i)) != NULL; i++)
		add_scope_row(out, scope);
	buffer_add_text(out, "\n");
}

void
options_doc_write(const struct registry *registry, struct buffer *out)
{
	buffer_add_text(out, "# Options\n\n"
	    "This page is generated from the rows that the parser itself "
	    "reads. *(addition)* marks what Momentum does not have. Names of "
	    "options and scopes may be written in any case. Where several "
	    "scopes are listed, the first that sets the option decides; then "
	    "the default.\n\n");
	add_scope_table(out, registry);
	buffer_add_text(out, "## The host\n\n");
	add_tables(out, registry, "");
	for (const char *module = next_module(registry, ""); module != NULL;
	    module = next_module(registry, module)) {
		buffer_add_text(out, "## Module ");
		buffer_add_text(out, module);
		buffer_add_text(out, "\n\n");
		add_introduction(out, registry, module);
		add_tables(out, registry, module);
	}
}
