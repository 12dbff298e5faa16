/*
 * modules.c: module list, module hooks.
 */
#include "host/control/commands.h"
#include "host/control/commands_of.h"
#include "host/control/form.h"

#include "host/generation.h"
#include "host/hooks/hooks.h"
#include "host/loader/instance.h"
#include "module.h"

#include <string.h>

static const char *
or_nothing(const char *text)
{
	return text != NULL ? text : "";
}

static const char *
enabled(const struct instance *instance)
{
	return ec_module_is_enabled(instance->infra) != 0 ? "enabled" :
	    "disabled";
}

static void
write_module(struct instance *instance, string *out)
{
	const char *name = ec_module_instance_name(instance->infra);
	const shared_module_infrastructure_9 *shared =
	    &instance->infra->shared;

	(void)stringprintf(out, "Module: ");
	instance_format_name(instance, out);
	(void)stringprintf(out, "\n  Scope_Name: %s\n",
	    instance->module->name);
	if (name != NULL)
		(void)stringprintf(out, "  Instance_Name: %s\n", name);
	(void)stringprintf(out, "  Enabled: %s\n  API: %s\n  Name: %s\n"
	    "  Description: %s\n", enabled(instance),
	    loaded_kind(instance->module), or_nothing(shared->module_name),
	    or_nothing(shared->module_description));
}

static json_t *
module_model(const struct instance *instance)
{
	const shared_module_infrastructure_9 *shared =
	    &instance->infra->shared;

	return json_pack("{s:o,s:o,s:b,s:s,s:o,s:o}", "scope_name",
	    form_text(instance->module->name), "instance_name",
	    form_text(ec_module_instance_name(instance->infra)), "enabled",
	    ec_module_is_enabled(instance->infra) != 0, "api",
	    loaded_kind(instance->module), "name",
	    form_text(or_nothing(shared->module_name)), "description",
	    form_text(or_nothing(shared->module_description)));
}

static int
run_list(command_construct *cc, void *closure)
{
	struct generation *generation = generation_of(cc->transaction);
	json_t *list;

	(void)closure;
	if (commands_has_rest(cc, 2))
		return 0;
	list = form_is_wanted(cc) ? json_array() : NULL;
	for (struct instance *i = generation != NULL ? generation->instances :
	    NULL; i != NULL; i = i->next) {
		if (list != NULL)
			(void)json_array_append_new(list, module_model(i));
		else
			write_module(i, &cc->response);
	}
	return list == NULL ? 1 : form_answer(cc, "modules", json_pack(
	    "{s:o}", "modules", list));
}

/* hooks_list()'s lines: a name, then its prototype behind a tab. */
static json_t *
hooks_model(char *text)
{
	json_t *list = json_array();
	char *rest = text, *name, *prototype;

	while ((name = strsep(&rest, "\n")) != NULL && rest != NULL) {
		prototype = strsep(&rest, "\n");
		(void)json_array_append_new(list, json_pack("{s:o,s:o}",
		    "name", form_text(name), "prototype", form_text(
		    prototype != NULL && *prototype == '\t' ? prototype + 1 :
		    prototype)));
	}
	return json_pack("{s:o}", "hooks", list);
}

static int
run_hooks(command_construct *cc, void *closure)
{
	string text;
	int ret;

	(void)closure;
	if (commands_has_rest(cc, 2))
		return 0;
	if (!form_is_wanted(cc)) {
		hooks_list(&cc->response);
		return 1;
	}
	(void)string_init_type(&text, 4096, STRING_TYPE_ECSTRING);
	hooks_list(&text);
	ret = form_answer(cc, "hooks", hooks_model(text.buffer));
	(void)string_destroy(&text);
	return ret;
}

void
modules_add_commands(void)
{
	static const struct command_row rows[] = {
		{ "module hooks", run_hooks,
		    "hooks that are known, with their prototypes", NULL },
		{ "module list", run_list, "modules in use", NULL },
	};

	commands_add_rows(rows, sizeof(rows) / sizeof(rows[0]));
}
