/*
 * loaded.c: from a manifest to a module whose options are known.
 *
 * The order is: the object is opened and its infrastructure checked, the
 * modules that it requires are loaded, its stanza becomes known, and its
 * config_setup runs.  When that was called, the object stays mapped, since it
 * may have left pointers into itself.
 */
#include "host/loader/loaded.h"

#include "host/config/host_options.h"
#include "host/config/suggest.h"
#include "host/loader/infra.h"
#include "host/loader/options.h"
#include "host/log/log.h"
#include "host/types/alloc.h"

#include <dlfcn.h>
#include <stdarg.h>
#include <stdlib.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

static struct loaded *first; /* appended to by the building thread alone */

static void fail(struct buffer *why, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
static void
fail(struct buffer *why, const char *fmt, ...)
{
	char text[1024];
	va_list args;

	va_start(args, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	buffer_add_text(why, text);
}

struct loaded *
loaded_first(void)
{
	return first;
}

static struct loaded *
find(const char *name)
{
	for (struct loaded *m = first; m != NULL; m = m->next) {
		if (strcasecmp(m->name, name) == 0)
			return m;
	}
	return NULL;
}

struct loaded *
loaded_find(const char *name)
{
	struct loaded *m = find(name);

	return m != NULL && m->state == LOADED_READY ? m : NULL;
}

const char *
loaded_why(const char *name)
{
	const struct loaded *m = find(name);

	return m != NULL ? m->why : NULL;
}

const char *
loaded_kind(const struct loaded *module)
{
	switch (module->type) {
	case EC_MODULE_TYPE_SINGLETON:
		return "Singleton";
	case EC_MODULE_TYPE_LOGGER:
		return "Logger";
	case EC_MODULE_TYPE_VALIDATE:
		return "Validate";
	default:
		return "Generic";
	}
}

static struct loaded *
loaded_new(const struct manifest *manifest)
{
	struct loaded *module = xcalloc(1, sizeof(*module)), **end = &first;

	module->state = LOADED_COMING;
	module->name = xstrdup(manifest->module);
	module->path = xstrdup(manifest->object);
	module->data.module = module;
	module->data.debug_level = DERROR;
	module->data.enabled = 1;
	while (*end != NULL)
		end = &(*end)->next;
	*end = module;
	return module;
}

static bool
open_object(struct loaded *module, struct buffer *why)
{
	module->object = dlopen(module->path, RTLD_NOW | RTLD_LOCAL);
	if (module->object == NULL) {
		fail(why, "%s", dlerror());
		return false;
	}
	module->infra = dlsym(module->object, module->name);
	if (module->infra == NULL) {
		fail(why, "'%s' exports no symbol '%s' (expected an "
		    "EC_MODULE_EXPORT generic_module_infrastructure of that "
		    "name)", module->path, module->name);
		return false;
	}
	if (!infra_check(module->infra, why))
		return false;
	module->type = infra_type(module->infra);
	module->singleton = module->type == EC_MODULE_TYPE_SINGLETON;
	module->infra->shared._inst = &module->data;
	return true;
}

/* "a -> b -> a": from the module that is required again to the latest. */
static void
tell_cycle(const struct loaded *again, struct buffer *why)
{
	bool within = false;

	buffer_add_text(why, "modules require each other: ");
	for (const struct loaded *m = first; m != NULL; m = m->next) {
		within = within || m == again;
		if (!within || m->state != LOADED_COMING)
			continue;
		buffer_add_text(why, m->name);
		buffer_add_text(why, " -> ");
	}
	buffer_add_text(why, again->name);
}

static struct loaded *
require(const struct manifests *manifests, const char *name,
    struct buffer *why)
{
	const struct manifest *manifest = manifests_find(manifests, name);
	struct suggest suggest = { .word = name };
	struct loaded *known = find(name);

	if (known != NULL && known->state == LOADED_COMING) {
		tell_cycle(known, why);
		return NULL;
	}
	if (manifest != NULL)
		return loaded_get(manifests, manifest, why);
	for (const struct manifest *m = manifests_first(manifests); m != NULL;
	    m = m->next)
		suggest_offer(&suggest, m->module);
	fail(why, "it requires module '%s', which no manifest names", name);
	if (suggest.closest != NULL)
		fail(why, "; did you mean '%s'?", suggest.closest);
	return NULL;
}

/* Functions that a module gives to others (ec_dkim_sign, say) are found by
 * those who require it, and so by name by all who come later.  Others keep
 * their symbols to themselves. */
static void
show_symbols(const struct loaded *module)
{
	if (module->object != NULL)
		(void)dlopen(module->path,
		    RTLD_NOW | RTLD_NOLOAD | RTLD_GLOBAL);
}

static bool
load_required(struct loaded *module, const struct manifests *manifests,
    const struct manifest *manifest, struct buffer *why)
{
	const struct manifest_value *value = NULL;

	while ((value = manifest_value(manifest, "msys.requires", value)) !=
	    NULL) {
		const char *at = value->text, *word;
		size_t n;

		while (manifest_word(&at, &word, &n)) {
			char *name = xstrndup(word, n);
			struct loaded *other = NULL;

			if (module->requires_count == LOADED_REQUIRES)
				fail(why, "it requires more than %d modules",
				    LOADED_REQUIRES);
			else
				other = require(manifests, name, why);
			free(name);
			if (other == NULL)
				return false;
			show_symbols(other);
			module->requires[module->requires_count++] = other;
		}
	}
	return true;
}

static bool
set_up(struct loaded *module, struct buffer *why)
{
	string trouble;
	struct hooks_registration *outer = hooks_registering();
	struct hooks_registration registration = {
		/* replayed into each generation that has the module */
		.record = &module->hooks,
		.owner = module->infra,
		.trouble = &trouble,
	};
	int ret = 0;

	(void)string_init_type(&trouble, 1, STRING_TYPE_ECSTRING);
	module->scope = host_options_add_module(options_registry(),
	    module->name, module->singleton,
	    module->infra->shared.module_description, why);
	if (module->scope == NULL)
		return false;
	hooks_begin(&registration);
	if (module->infra->shared.module_config_setup != NULL)
		ret = module->infra->shared.module_config_setup(module->infra,
		    0);
	hooks_end(&registration);
	hooks_begin(outer);
	if (ret != 0)
		fail(why, "its module_config_setup returned %d", ret);
	if (trouble.len > 0) {
		if (ret != 0)
			buffer_add_text(why, ": ");
		while (trouble.len > 0 && trouble.buffer[trouble.len - 1] == '\n')
			string_truncate(&trouble, trouble.len - 1);
		buffer_add_text(why, trouble.buffer);
	}
	ret = ret != 0 || trouble.len > 0;
	(void)string_destroy(&trouble);
	return ret == 0;
}

/* Nothing of it has run: let it go, so that a repaired one can be tried. */
static void
forget(struct loaded *module)
{
	struct loaded **at = &first;

	while (*at != module)
		at = &(*at)->next;
	*at = module->next;
	if (module->object != NULL)
		(void)dlclose(module->object);
	free(module->name);
	free(module->path);
	free(module);
}

static struct loaded *
load(const struct manifests *manifests, const struct manifest *manifest,
    struct buffer *why)
{
	struct loaded *module = loaded_new(manifest);

	/* what it requires comes first: it may call functions of that */
	if (!load_required(module, manifests, manifest, why) ||
	    !open_object(module, why)) {
		forget(module);
		return NULL;
	}
	if (!set_up(module, why)) {
		module->state = LOADED_FAILED;
		module->why = xstrndup((const char *)why->p, why->n);
		return NULL;
	}
	module->state = LOADED_READY;
	return module;
}

struct loaded *
loaded_get(const struct manifests *manifests, const struct manifest *manifest,
    struct buffer *why)
{
	struct loaded *module = find(manifest->module);
	struct buffer reason = { 0 };

	if (module == NULL)
		module = load(manifests, manifest, &reason);
	else if (module->state == LOADED_FAILED)
		buffer_add_text(&reason, module->why);
	if (module != NULL && module->state == LOADED_READY)
		return module;
	fail(why, "module '%s': ", manifest->module);
	buffer_add(why, buffer_span(&reason));
	buffer_deinit(&reason);
	return NULL;
}
