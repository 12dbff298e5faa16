/*
 * scriptlet: policy in Lua.
 *
 * A stanza names scripts, and a script registers tables of functions, which are
 * called in the phases whose names they have.
 *
 *	scriptlet "scriptlet" {
 *		script "policy" { source = "policy" }
 *	}
 *
 * With every configuration all scripts are read, compiled and run once before
 * it is taken into use; one that fails refuses it, and the old one goes on.
 */
#include "scriptlet/scriptlet.h"

#include "control.h"
#include "dkim/memory.h"
#include "dkim/option.h"
#include "scriptlet/callouts.h"
#include "scriptlet/options.h"
#include "scriptlet/scripts.h"
#include "scriptlet/source.h"
#include "scriptlet/states.h"

struct reading {
	struct scriptlet *scriptlet;
	ec_config_header *transaction;
};

static int
count_script(void *closure, const char *instance)
{
	(void)instance;
	++*(size_t *)closure;
	return 0;
}

static int
read_script(void *closure, const char *instance)
{
	struct reading *reading = closure;
	struct scriptlet *scriptlet = reading->scriptlet;
	const struct option_place place = {
		reading->transaction, scriptlet->self, "script", instance
	};
	struct script *script = &scriptlet->scripts[scriptlet->script_count++];

	script->name = memory_text(instance);
	script->source = option_text(&place, options_slot(OPTION_SOURCE));
	return 0;
}

static void
read_scripts(struct scriptlet *scriptlet, ec_config_header *transaction)
{
	struct reading reading = { scriptlet, transaction };
	size_t count = 0;

	(void)ec_config_module_scope_each(transaction, scriptlet->self,
	    "script", count_script, &count);
	scriptlet->scripts = memory_new((count + 1) *
	    sizeof(*scriptlet->scripts));
	(void)ec_config_module_scope_each(transaction, scriptlet->self,
	    "script", read_script, &reading);
}

static void
read_options(struct scriptlet *scriptlet, ec_config_header *transaction)
{
	const struct option_place place = {
		transaction, scriptlet->self, NULL, NULL
	};

	scriptlet->script_error = (enum script_error)option_int(&place,
	    options_slot(OPTION_SCRIPT_ERROR), SCRIPT_ERROR_TEMPFAIL);
	scriptlet->script_time = (unsigned)option_int(&place,
	    options_slot(OPTION_SCRIPT_TIME), 0);
	scriptlet->script_instructions = option_int(&place,
	    options_slot(OPTION_SCRIPT_INSTRUCTIONS), 0);
	scriptlet->script_memory = (size_t)option_int(&place,
	    options_slot(OPTION_SCRIPT_MEMORY), 0);
	scriptlet->max_spare = (unsigned)option_int(&place,
	    options_slot(OPTION_MAX_SPARE_PER_MASTER), 0);
	scriptlet->gc_pause = option_int(&place,
	    options_slot(OPTION_GC_PAUSE), 0);
	scriptlet->gc_stepmul = option_int(&place,
	    options_slot(OPTION_GC_STEPMUL), 0);
	scriptlet->unsafe_libraries = option_bool(&place,
	    options_slot(OPTION_UNSAFE_LIBRARIES));
}

static void
scriptlet_free(struct scriptlet **scriptlet)
{
	struct scriptlet *s = *scriptlet;

	*scriptlet = NULL;
	if (s == NULL)
		return;
	states_free(&s->states);
	sources_free(&s->sources);
	for (size_t i = 0; i < s->script_count; i++) {
		memory_free(s->scripts[i].name);
		memory_free(s->scripts[i].source);
	}
	memory_free(s->scripts);
	memory_free(s);
}

static int
begin(generic_module_infrastructure *self, ec_config_header *transaction,
    string *output)
{
	struct scriptlet *scriptlet = memory_new(sizeof(*scriptlet));
	struct state *state;

	self->module_private_data = scriptlet;
	scriptlet->self = self;
	read_options(scriptlet, transaction);
	read_scripts(scriptlet, transaction);
	scriptlet->sources = sources_new(transaction);
	scriptlet->states = states_new(scriptlet);
	state = states_take(scriptlet->states, output);
	if (state == NULL)
		return -1;
	scriptlet->loaded = true;
	callouts_register(scriptlet, state);
	states_give(scriptlet->states, state);
	return 0;
}

static int
ext_init(generic_module_infrastructure *self, ec_config_header *transaction,
    string *output, int flags)
{
	struct scriptlet *scriptlet = self->module_private_data;

	switch (EC_MODULE_INIT_MODE(flags)) {
	case EC_MODULE_INIT_INIT:
		return begin(self, transaction, output);
	case EC_MODULE_INIT_DESTROY:
		scriptlet_free(&scriptlet);
		self->module_private_data = NULL;
		return 0;
	default:
		return 0;
	}
}

static int
config_setup(generic_module_infrastructure *self, int ignoreme)
{
	(void)ignoreme;
	ec_control_register_module_help(self, "modules",
	    "what scripts registered, and their callouts", NULL);
	ec_control_register_module_help(self, "stats",
	    "interpreters and sessions", NULL);
	return options_register();
}

static void
show_stats(struct scriptlet *scriptlet, string *response, int xml)
{
	const command_construct *cc = ec_control_get_command_construct();
	struct states_count count = states_count(scriptlet->states);
	const char *format = "interpreters: %zu, idle: %zu, sessions: %zu\n";

	if (xml != 0)
		format = "<scriptlet>\n  <interpreters>%zu</interpreters>\n"
		    "  <idle>%zu</idle>\n  <sessions>%zu</sessions>\n"
		    "</scriptlet>\n";
	else if (cc != NULL && cc->json)
		format = "{\"interpreters\": %zu, \"idle\": %zu, "
		    "\"sessions\": %zu}\n";
	(void)stringprintf(response, format, count.made, count.idle,
	    count.sessions);
}

static void
show_modules(struct scriptlet *scriptlet, string *response)
{
	struct state *state = states_take(scriptlet->states, response);

	if (state == NULL)
		return;
	scripts_list(state, response);
	states_give(scriptlet->states, state);
}

static void
control(generic_module_infrastructure *self, string *response,
    const char *command, int xml)
{
	if (strcmp(command, "modules") == 0) {
		show_modules(self->module_private_data, response);
	} else if (strcmp(command, "stats") == 0) {
		show_stats(self->module_private_data, response, xml);
	} else {
		(void)stringprintf(response, "unknown command '%s': try "
		    "'modules' or 'stats'\n", command);
		ec_control_fail();
	}
}

EC_MODULE_EXPORT generic_module_infrastructure scriptlet = { .shared = {
	EC_MODULE_INIT(EC_MODULE_TYPE_GENERIC, 0),
	.module_name = "scriptlet",
	.module_description = "runs policy scripts in Lua",
	EC_MODULE_VERSION,
	.module_control = control,
	.module_config_setup = config_setup,
	.module_ext_init = ext_init,
} };
