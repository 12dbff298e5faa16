/*
 * options.c: ec_config_register_option().
 *
 * The published row is translated into a row of the registry, which then does
 * the parsing, checking and falling back.  Scopes that a module has inside its
 * stanza become known by being named in a fallback.
 */
#include "host/loader/options.h"

#include "ec_config.h"
#include "host/config/host_options.h"
#include "host/generation.h"
#include "host/hooks/hooks.h"
#include "host/loader/loaded.h"
#include "host/loader/values.h"
#include "host/log/log.h"
#include "host/types/alloc.h"

#include <ctype.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#define OPTIONS_MOST 4096 /* slots; a module has some dozen */
#define SCOPE_NAME_BYTES 64

static _Atomic(ec_config_option_def *) defs[OPTIONS_MOST];
static struct registry *registry;

static void
make_registry(void)
{
	registry = registry_new();
	registry_on_value_free(registry, values_free_view);
	host_options_add(registry);
}

struct registry *
options_registry(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	(void)pthread_once(&once, make_registry);
	return registry;
}

ec_config_option_def *
options_def(int slot)
{
	if (slot < 0 || slot >= OPTIONS_MOST)
		return NULL;
	return atomic_load_explicit(&defs[slot], memory_order_acquire);
}

/* Say it to whoever loads the module, and else to the log. */
static void
refuse(const ec_config_option_def *def, const char *why)
{
	struct hooks_registration *who = hooks_registering();
	const char *name = def->name != NULL ? def->name : "(no name)";

	if (who != NULL && who->trouble != NULL)
		(void)stringprintf(who->trouble, "option '%s': %s\n", name, why);
	else
		log_line(DERROR, "option '%s': %s", name, why);
}

static const struct {
	ec_config_item_type_t published;
	enum config_type type;
} types[] = {
	{ ECCFGTYPE_STRING, CONFIG_STRING },
	{ ECCFGTYPE_INT, CONFIG_INT },
	{ ECCFGTYPE_UINT64, CONFIG_UINT64 },
	{ ECCFGTYPE_PERMS, CONFIG_PERMS },
	{ ECCFGTYPE_BOOL, CONFIG_BOOL },
	{ ECCFGTYPE_FLOAT, CONFIG_FLOAT },
	{ ECCFGTYPE_SOCKADDR, CONFIG_SOCKADDR },
	{ ECCFGTYPE_ECDICT, CONFIG_DICT },
	{ ECCFGTYPE_SIZE_T, CONFIG_SIZE },
	{ ECCFGTYPE_EC_CONFIG_REGEX, CONFIG_REGEX },
	{ ECCFGTYPE_SOCKADDR_PORTLESS, CONFIG_SOCKADDR_PORTLESS },
};

static bool
type_of(ec_config_item_type_t published, enum config_type *type_r)
{
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		if (types[i].published == published) {
			*type_r = types[i].type;
			return true;
		}
	}
	return false;
}

static unsigned
flags_of(unsigned published)
{
	unsigned flags = 0;

	if ((published & EC_CFG_OPT_IS_ARRAY) != 0)
		flags |= CONFIG_OPTION_ARRAY;
	if ((published & EC_CFG_OPT_REQUIRED) != 0)
		flags |= CONFIG_OPTION_REQUIRED;
	if ((published & EC_CFG_OPT_ADDITION) != 0)
		flags |= CONFIG_OPTION_ADDITION;
	if ((published & EC_CFG_OPT_NOT_TUNABLE_ONLINE) != 0)
		flags |= CONFIG_OPTION_STATIC;
	return flags;
}

/* The published table says which text a word stands for; the registry wants
 * a number where the type has one, and the words alone where it has not. */
static struct config_choice *
choices_of(const ec_config_option_def *def)
{
	struct config_choice *choices;
	size_t n = 0;

	if (def->map == NULL)
		return NULL;
	while (def->map[n].name != NULL)
		n++;
	choices = xcalloc(n + 1, sizeof(*choices));
	for (size_t i = 0; i < n; i++) {
		choices[i].text = def->map[i].name;
		choices[i].number = def->map[i].value != NULL ?
		    (int)strtol(def->map[i].value, NULL,
		    def->type == ECCFGTYPE_PERMS ? 8 : 0) : 0;
	}
	return choices;
}

/* The module's own check, in its own terms. */
static bool
validate(void *closure, const struct config_option *option,
    const struct config_value *value, struct buffer *why)
{
	ec_config_option_def *def = closure;
	struct generation *building = generation_pinned();
	char memory[512];
	string output = STRING_GROWABLE_STATIC_INIT(memory);
	void *view;
	int ok;

	(void)option;
	memory[0] = '\0';
	view = values_new_view(def, value, NULL);
	ok = def->validate_value(def, &output,
	    building != NULL ? &building->header : NULL,
	    values_of_view(view));
	if (ok == 0) {
		while (output.len > 0 &&
		    isspace((unsigned char)output.buffer[output.len - 1]))
			string_truncate(&output, output.len - 1);
		buffer_add_text(why, output.len > 0 ? output.buffer :
		    "the module does not take this value");
	}
	values_free_view(view);
	(void)string_destroy(&output);
	return ok != 0;
}

/* Make a scope that stands inside another one known. */
static bool
add_inner_scope(const char *name, const char *parent, struct buffer *why)
{
	struct config_scope scope = {
		.name = name,
		.parents = parent,
		.match = CONFIG_MATCH_CASELESS,
		.flags = CONFIG_SCOPE_NAMED | CONFIG_SCOPE_BRACKETS,
	};

	return registry_add_scope(options_registry(), &scope, why) != NULL;
}

/* One step of a fallback: "name" or "[name]". */
static bool
step_name(const char *p, size_t n, char *name)
{
	while (n > 0 && (isspace((unsigned char)*p) || *p == '[')) {
		p++;
		n--;
	}
	while (n > 0 && (isspace((unsigned char)p[n - 1]) || p[n - 1] == ']'))
		n--;
	if (n == 0 || n >= SCOPE_NAME_BYTES)
		return false;
	memcpy(name, p, n);
	name[n] = '\0';
	return true;
}

/* alternative = step *( ":" step ): each new name stands in the one before,
 * which is a scope of a module, or stands in one. */
static bool
add_scopes_of(const char *alternative, size_t n, struct buffer *why)
{
	char parent[SCOPE_NAME_BYTES] = "", name[SCOPE_NAME_BYTES];
	const struct config_scope *known;
	bool ours = false;

	for (size_t at = 0; at < n;) {
		size_t step = 0;

		while (at + step < n && alternative[at + step] != ':')
			step++;
		if (!step_name(alternative + at, step, name))
			return true; /* the registry will say what is wrong */
		known = registry_scope(options_registry(), name);
		if (ours && (known == NULL ||
		    (known->flags & CONFIG_SCOPE_BRACKETS) != 0)) {
			if (!add_inner_scope(name, parent, why))
				return false;
		}
		ours = ours || (known != NULL &&
		    (known->flags & CONFIG_SCOPE_MODULE) != 0);
		memcpy(parent, name, sizeof(parent));
		at += step + 1;
	}
	return true;
}

static bool
add_scopes(const char *fallback, struct buffer *why)
{
	while (fallback != NULL && *fallback != '\0') {
		size_t n = strcspn(fallback, ">");

		if (!add_scopes_of(fallback, n, why))
			return false;
		fallback += n + (fallback[n] == '>' ? 1 : 0);
	}
	return true;
}

static int
add_row(ec_config_option_def *def, struct buffer *why)
{
	struct hooks_registration *who = hooks_registering();
	struct loaded *module = who != NULL ? loaded_of(who->owner) : NULL;
	struct config_option row = {
		.name = def->name,
		.flags = flags_of(def->flags),
		.fallback = def->fallback,
		.defval = def->defval,
		.map = NULL,
		.validate = def->validate_value != NULL ? validate : NULL,
		.closure = def,
		.module = module != NULL ? module->name : NULL,
	};
	int slot = -1;

	if (def->name == NULL) {
		buffer_add_text(why, "the row has no name");
	} else if (!type_of(def->type, &row.type)) {
		buffer_add_text(why, "its type is not offered by this host");
	} else if (add_scopes(def->fallback, why)) {
		/* the registry keeps the table, as long as the row */
		row.map = choices_of(def);
		slot = registry_add_option(options_registry(), &row, why);
	}
	if (slot >= OPTIONS_MOST) {
		buffer_add_text(why, "there are too many options");
		slot = -1;
	}
	return slot;
}

/* The slot of a row that is registered already, or -1. */
static int
slot_of(const ec_config_option_def *def)
{
	for (int slot = 0; slot < OPTIONS_MOST &&
	    registry_option(options_registry(), slot) != NULL; slot++) {
		if (options_def(slot) == def)
			return slot;
	}
	return -1;
}

int
ec_config_register_option(ec_config_option_def *option)
{
	struct buffer why = { 0 };
	int slot = slot_of(option);

	if (slot >= 0)
		return slot;
	slot = add_row(option, &why);
	if (slot < 0) {
		buffer_add_byte(&why, '\0');
		refuse(option, (const char *)why.p);
	} else {
		atomic_store_explicit(&defs[slot], option,
		    memory_order_release);
	}
	buffer_deinit(&why);
	return slot;
}

void
ec_config_option_help(int slot, const char *help)
{
	registry_describe(options_registry(), slot, help, 0);
}

int
ec_config_option_type(int slot, ec_config_item_type_t *type_r,
    int *is_array_r)
{
	const struct config_option *option =
	    registry_option(options_registry(), slot);

	if (option == NULL)
		return 0;
	*type_r = ECCFGTYPE_PTR;
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		if (types[i].type == option->type)
			*type_r = types[i].published;
	}
	*is_array_r = (option->flags & CONFIG_OPTION_ARRAY) != 0;
	return 1;
}

int
ec_config_option_slot_from_capability(char *capability)
{
	return registry_slot_of_capability(options_registry(), capability);
}
