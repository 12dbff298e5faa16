/*
 * tracer.c: a module that tells the test what it hears.  Built under several
 * names: NAME; SINGLETON makes it one; SETUP_RESULT and INIT_RESULT are what
 * its callbacks give.
 */
#include "control.h"
#include "ec_config.h"
#include "module-hooks.h"
#include "module.h"

#include <stdlib.h>
#include <string.h>

#ifndef SETUP_RESULT
#define SETUP_RESULT 0
#endif
#ifndef INIT_RESULT
#define INIT_RESULT 0
#endif
#define TEXT_OF(x) #x
#define TEXT(x) TEXT_OF(x)
#ifdef SINGLETON
#define OWN_SCOPE "[" TEXT(NAME) "]"
#define TYPE EC_MODULE_TYPE_SINGLETON
#else
#define OWN_SCOPE TEXT(NAME)
#define TYPE EC_MODULE_TYPE_GENERIC
#endif

void test_event(const char *fmt, ...);
extern int test_refuse_init; /* the next INIT fails */

EC_DECLARE_VOID_HOOK(tracer, called,
    (void *, string *),
    (string *out),
    (EC_HOOK_CLOSURE, out))

enum { OPT_LEVEL, OPT_WORD, OPT_WIDE, OPT_COUNT };
static int slots[OPT_COUNT];

static int
is_even(ec_config_option_def *option, string *output, ec_config_header *cfghdr,
    ec_config_value *val)
{
	(void)option;
	(void)cfghdr;
	if (val->v->vint % 2 == 0)
		return 1;
	(void)stringprintf(output, "%d is odd\n", val->v->vint);
	return 0;
}

static ec_config_option_def options[OPT_COUNT] = {
	{ "level", ECCFGTYPE_INT, NULL, OWN_SCOPE, 0, NULL, "0", NULL, is_even,
	  NULL, NULL },
	{ "word", ECCFGTYPE_STRING, NULL,
	  OWN_SCOPE ":part>" OWN_SCOPE, 0, NULL, "\"by default\"", NULL, NULL,
	  NULL, NULL },
	{ TEXT(NAME) "_wide", ECCFGTYPE_STRING, NULL,
	  "Binding:Domain>Domain>Binding>Global", 0, NULL, NULL, NULL, NULL,
	  NULL, NULL },
};

static void
name_self(generic_module_infrastructure *self, string *out)
{
	(void)stringwrite_strings(out, 3, ec_module_scope_name(self),
	    ec_module_instance_name(self) != NULL ? ":" : NULL,
	    ec_module_instance_name(self));
}

static void
on_called(void *closure, string *out)
{
	generic_module_infrastructure *self = closure;
	ec_config_value *value = ec_config_option_fetch_module(NULL,
	    slots[OPT_WORD], self);

	name_self(self, out);
	(void)stringprintf(out, "=%s;", value->v->vstr);
	ec_config_release_value(value);
}

static int
tell_part(void *closure, const char *instance)
{
	string *out = closure;

	(void)stringprintf(out, "%s,", instance);
	return 0;
}

static void
show(generic_module_infrastructure *self, string *response, const char *part)
{
	ec_config_value *word = ec_config_option_fetch_module_scope(NULL,
	    slots[OPT_WORD], self, "part", part);
	ec_config_value *wide = ec_config_option_fetch_binding_domain(NULL,
	    slots[OPT_WIDE], NULL, "b", part);

	(void)stringprintf(response, "word=%s exists=%d wide=%s parts=",
	    word->v->vstr, ec_config_module_scope_exists(NULL, self, "part",
	    part), wide->v->vstr != NULL ? wide->v->vstr : "(unset)");
	(void)ec_config_module_scope_each(NULL, self, "part", tell_part,
	    response);
	ec_config_release_value(word);
	ec_config_release_value(wide);
}

static void
control(generic_module_infrastructure *self, string *response,
    const char *command, int xml)
{
	if (strncmp(command, "show ", 5) == 0)
		show(self, response, command + 5);
	else if (strcmp(command, "break") == 0) {
		(void)stringprintf(response, "broken");
		ec_control_fail();
	} else
		(void)stringprintf(response, "'%s' xml=%d", command, xml);
}

static int
on_command(command_construct *cc, void *closure)
{
	name_self(closure, &cc->response);
	(void)stringprintf(&cc->response, " heard %s", cc->argv[cc->argc - 1]);
	return 1;
}

static int
setup(generic_module_infrastructure *self, int ignoreme)
{
	test_event("%s setup %d", TEXT(NAME), ignoreme);
	for (int i = 0; i < OPT_COUNT; i++) {
		slots[i] = ec_config_register_option(&options[i]);
		if (slots[i] < 0)
			return -1;
	}
#ifdef SINGLETON
	register_tracer_called_hook_last(on_called, self);
#endif
	ec_control_register_module_help(self, " say  part", "what a part says",
	    "say part NAME");
	ec_mod_debug(self, DERROR, "setup of %s", TEXT(NAME));
	return SETUP_RESULT;
}

static const char *
mode_name(int flags)
{
	switch (EC_MODULE_INIT_MODE(flags)) {
	case EC_MODULE_INIT_INIT:
		return (flags & EC_MODULE_INIT_PRIVILEGED) != 0 ?
		    "INIT|PRIVILEGED" : "INIT";
	case EC_MODULE_INIT_POSTINIT:
		return "POSTINIT";
	default:
		return "DESTROY";
	}
}

static ec_blobject_class class = { "tracer:self", NULL, NULL };

static void
begin(generic_module_infrastructure *self)
{
	ec_blobject *closure = ec_blobject_wrap(&class, self);

	self->module_private_data = strdup("private");
	register_tracer_called_hook_last(on_called, self);
	(void)ec_control_register_command3("trace " TEXT(NAME), closure,
	    on_command);
	ec_blobject_delref(closure);
}

static int
init(generic_module_infrastructure *self, ec_config_header *transaction,
    string *output, int flags)
{
	char memory[64] = "";
	string who = STRING_GROWABLE_STATIC_INIT(memory);
	ec_config_value *level;
	int ret = INIT_RESULT;

	name_self(self, &who);
	if (transaction != NULL) {
		level = ec_config_option_fetch_module_at_init(transaction,
		    slots[OPT_LEVEL], self);
		test_event("%s %s level=%d", who.buffer, mode_name(flags),
		    level->v->vint);
		ec_config_release_value(level);
	} else {
		test_event("%s %s", who.buffer, mode_name(flags));
	}
	(void)string_destroy(&who);
	switch (EC_MODULE_INIT_MODE(flags)) {
	case EC_MODULE_INIT_DESTROY:
		free(self->module_private_data);
		self->module_private_data = NULL;
		return 0;
	case EC_MODULE_INIT_INIT:
		if ((flags & EC_MODULE_INIT_PRIVILEGED) != 0)
			return 0;
		break;
	default:
		break;
	}
	if (test_refuse_init != 0) {
		test_refuse_init = 0;
		ret = -1;
	}
	if (ret != 0) {
		(void)stringprintf(output, "the key is missing\n");
		return ret;
	}
#ifndef SINGLETON
	begin(self);
#else
	(void)begin;
#endif
	return 0;
}

EC_MODULE_EXPORT
generic_module_infrastructure NAME = { {
	EC_MODULE_INIT(TYPE, 0),
	"tracer.c",
	"tells the test",
	_EC_VER,
	control,
	NULL,
	NULL,
	NULL,
	NULL,
	setup,
	NULL,
	NULL,
	init
} };
