/*
 * hello_module.c: a module that greets.
 *
 * It adds the field X-Greeting to every message that it sees, unless the
 * message's recipients are to be left alone, and counts how often.  It shows
 * one of everything that most modules need: options inside and outside the
 * stanza, a scope inside the stanza, a hook, a context variable, a log line,
 * and a console command.  docs/module-sdk.md walks through it.
 */
#include "control.h"
#include "ec_atomic.h"
#include "ec_config.h"
#include "ec_message.h"
#include "hooks/core/validate_data.h"
#include "message.h"
#include "validate_module.h"

#include <string.h>

/* What a stanza says; made by ext_init, read by the hook, freed with it. */
struct hello {
	int quiet;
	ec_atomic_t greeted;
};

enum { OPT_TEXT, OPT_QUIET, OPT_HELLO, OPT_COUNT };
static int slots[OPT_COUNT];

static ec_config_option_def options[OPT_COUNT] = {
	/* in the stanza, or in a "guest" inside it, which goes first */
	[OPT_TEXT] = { .name = "text", .type = ECCFGTYPE_STRING,
	    .fallback = "hello_module:guest>hello_module",
	    .defval = "\"hello, world\"" },
	[OPT_QUIET] = { .name = "quiet", .type = ECCFGTYPE_BOOL,
	    .fallback = "hello_module", .defval = "false" },
	/* among the options of bindings and domains */
	[OPT_HELLO] = { .name = "hello", .type = ECCFGTYPE_BOOL,
	    .fallback = "Binding:Domain>Binding>Domain>Global",
	    .defval = "true" },
};

/* Does the configuration want messages to this domain greeted? */
static int
is_wanted(const char *domain)
{
	ec_config_value *value = ec_config_option_fetch_domain(NULL,
	    slots[OPT_HELLO], NULL, domain);
	int wanted = value->v->vint;

	ec_config_release_value(value);
	return wanted;
}

/* The text for a sender's domain: that of its guest, else the stanza's. */
static void
find_text(generic_module_infrastructure *self, const char *domain,
    string *text)
{
	ec_config_value *value = ec_config_option_fetch_module_scope(NULL,
	    slots[OPT_TEXT], self, "guest", domain);

	(void)stringprintf(text, "%s", value->v->vstr);
	ec_config_release_value(value);
}

static void
add_field(ec_message *msg, const char *text)
{
	ec_message_part *part = ec_message_get_first_part(msg, 1);
	rfc2822_context *header = ec_message_get_headers(part, 0);

	rfc2822_prepend_header(header, rfc2822_new_header("X-Greeting", text));
	ec_message_part_touch(part, EC_MSG_HDR_ADD);
}

static int
greet(void *closure, ec_message *msg, accept_construct *ac,
    validate_context *vctx)
{
	generic_module_infrastructure *self = closure;
	struct hello *hello = self->module_private_data;
	string sender, to, text;
	int null_sender;

	(void)ac;
	(void)string_init_type(&sender, 64, STRING_TYPE_ECSTRING);
	(void)string_init_type(&to, 64, STRING_TYPE_ECSTRING);
	(void)string_init_type(&text, 64, STRING_TYPE_ECSTRING);
	(void)ec_message_get_envelope2(msg, EC_MSG_ENV_FROM, NULL, &sender,
	    &null_sender);
	(void)ec_message_get_envelope2(msg, EC_MSG_ENV_TO, NULL, &to, NULL);
	if (is_wanted(to.buffer)) {
		find_text(self, sender.buffer, &text);
		add_field(msg, text.buffer);
		/* what later modules and policy may look at */
		validate_context_set(vctx, VCTX_MESS, "hello_text",
		    text.buffer);
		(void)ec_atomic_inc(&hello->greeted);
		if (!hello->quiet)
			ec_mod_debug(self, DINFO, "greeted with '%s'",
			    text.buffer);
	}
	(void)string_destroy(&sender);
	(void)string_destroy(&to);
	(void)string_destroy(&text);
	return VALIDATE_CONT;
}

/* "hello_module:NAME stats" and "hello_module:NAME reset" */
static void
control(generic_module_infrastructure *self, string *response,
    const char *command, int xml)
{
	struct hello *hello = self->module_private_data;

	if (strcmp(command, "stats") == 0) {
		(void)stringwrite_config_int(response, "greeted",
		    (int)ec_atomic_get(&hello->greeted), xml);
	} else if (strcmp(command, "reset") == 0) {
		ec_atomic_set(&hello->greeted, 0);
		(void)stringprintf(response, "counters reset\n");
	} else {
		(void)stringprintf(response, "unknown command '%s' (there are "
		    "stats and reset)\n", command);
	}
}

/* Once in the process. */
static int
config_setup(generic_module_infrastructure *self, int ignoreme)
{
	(void)ignoreme;
	for (int i = 0; i < OPT_COUNT; i++) {
		slots[i] = ec_config_register_option(&options[i]);
		if (slots[i] < 0) {
			ec_mod_debug(self, DCRITICAL, "option '%s' is refused",
			    options[i].name);
			return -1;
		}
	}
	return 0;
}

static int
begin(generic_module_infrastructure *self, ec_config_header *transaction,
    string *output)
{
	ec_config_value *text, *quiet;
	struct hello *hello;

	text = ec_config_option_fetch_module_at_init(transaction,
	    slots[OPT_TEXT], self);
	quiet = ec_config_option_fetch_module_at_init(transaction,
	    slots[OPT_QUIET], self);
	if (text->v->vstr[0] == '\0') {
		(void)stringprintf(output, "option 'text' is empty");
		ec_config_release_value(text);
		ec_config_release_value(quiet);
		return -1;
	}
	hello = ec_malloc_size(MEMTYPE_STRING, sizeof(*hello));
	hello->quiet = quiet->v->vint;
	hello->greeted = 0;
	ec_config_release_value(text);
	ec_config_release_value(quiet);
	self->module_private_data = hello;
	register_core_validate_data_hook_last(greet, self);
	return 0;
}

static void
end(generic_module_infrastructure *self)
{
	ec_free(MEMTYPE_STRING, self->module_private_data);
	self->module_private_data = NULL;
}

/* For every stanza of every configuration. */
static int
ext_init(generic_module_infrastructure *self, ec_config_header *transaction,
    string *output, int flags)
{
	switch (EC_MODULE_INIT_MODE(flags)) {
	case EC_MODULE_INIT_INIT:
		if ((flags & EC_MODULE_INIT_PRIVILEGED) != 0)
			return 0; /* POSTINIT follows */
		return begin(self, transaction, output);
	case EC_MODULE_INIT_POSTINIT:
		return begin(self, transaction, output);
	case EC_MODULE_INIT_DESTROY:
		end(self);
		break;
	}
	return 0;
}

EC_MODULE_EXPORT
generic_module_infrastructure hello_module = { {
	EC_MODULE_INIT(EC_MODULE_TYPE_GENERIC, 0),
	.module_name = "hello_module.c",
	.module_description = "greets every message",
	EC_MODULE_VERSION,
	.module_control = control,
	.module_config_setup = config_setup,
	.module_ext_init = ext_init,
}, NULL };
