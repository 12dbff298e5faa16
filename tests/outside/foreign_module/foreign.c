/*
 * foreign.c: a module as one would write it who has read the published pages
 * and never seen this project: positional initialisers, one option of each
 * kind, a memory type, hooks of three phases, and the switch fall through in
 * ext_init.
 */
#include "module.h"
#include "validate_module.h"
#include "ec_config.h"
#include "ec_message.h"
#include "validate_context.h"
#include "control.h"
#include "misc/ec_string.h"
#include "ec_malloc.h"
#include "rfc2822_parser.h"
#include "ecdict.h"
#include "hooks/core/final_validation.h"
#include "hooks/core/validate_data_spool_each_rcpt.h"
#include <string.h>

static int memtype;
static int slot_word, slot_list, slot_map, slot_level, slot_switch;

static int
no_bad_words(ec_config_option_def *def, string *output, ec_config_header *h,
    ec_config_value *val)
{
	if (strcmp(val->v->vstr, "bad") != 0)
		return 1;
	stringprintf(output, "no bad words");
	return 0;
}

static const struct ec_config_value_mapping levels[] = {
	{ "low", "1" }, { "high", "9" }, { NULL, NULL }
};

static ec_config_option_def word = { "word", ECCFGTYPE_STRING, NULL, "foreign",
	0, NULL, "\"good day\"", NULL, no_bad_words, NULL, NULL };
static ec_config_option_def list = { "list", ECCFGTYPE_STRING, NULL, "foreign",
	EC_CFG_OPT_IS_ARRAY, NULL, "( a b )", NULL, NULL, NULL, NULL };
static ec_config_option_def map = { "map", ECCFGTYPE_ECDICT, NULL, "foreign",
	0, NULL, "[ k = v ]", NULL, NULL, NULL, NULL };
static ec_config_option_def level = { "level", ECCFGTYPE_INT, NULL, "foreign",
	0, NULL, "low", levels, NULL, NULL, NULL };
static ec_config_option_def foreign_switch = { "foreign_switch",
	ECCFGTYPE_BOOL, NULL, "Binding:Domain>Binding>Domain>Global", 0, NULL,
	"true", NULL, NULL, NULL, NULL };

static void
each_rcpt(void *closure, ec_message *m, accept_construct *ac,
    validate_context *c)
{
	char local[256], domain[256];
	int null_sender = 0;

	if (ec_message_get_envelope(m, EC_MSG_ENV_TO, local, sizeof(local),
	    domain, sizeof(domain), &null_sender))
		ec_message_context_set(m, ECMESS_CTX_MESS, "foreign_rcpt",
		    domain);
}

static void
write_options(generic_module_infrastructure *self, string *out)
{
	ec_config_value *w = ec_config_option_fetch_module(NULL, slot_word,
	    self);
	ec_config_value *l = ec_config_option_fetch_module(NULL, slot_list,
	    self);
	ec_config_value *d = ec_config_option_fetch_module(NULL, slot_map,
	    self);
	ec_config_value *n = ec_config_option_fetch_module(NULL, slot_level,
	    self);
	const char *v = "";

	stringprintf(out, "%s %d", w->v->vstr, n->v->vint);
	for (int i = 0; i < l->v->varr->size; i++) {
		ec_config_value_storage *item = l->v->varr->items[i];

		stringwrite_strings(out, 2, " ", item->vstr);
	}
	if (dict_key_exists_and_fetch(d->v->vdict, "k", &v))
		stringwrite_strings(out, 2, " k=", v);
	ec_config_release_value(w);
	ec_config_release_value(l);
	ec_config_release_value(d);
	ec_config_release_value(n);
}

static int
last_look(void *closure, ec_message *m, accept_construct *ac,
    validate_context *c)
{
	generic_module_infrastructure *self = closure;
	const char *rcpt = ec_message_context_get(m, ECMESS_CTX_MESS,
	    "foreign_rcpt");
	ec_config_value *wanted = ec_config_option_fetch_domain(NULL,
	    slot_switch, NULL, rcpt);
	ec_message_part *part = ec_message_get_first_part(m, 1);
	rfc2822_context *header = ec_message_get_headers(part, 0);
	string text;

	if (wanted->v->vint) {
		string_init_type(&text, 32, memtype);
		write_options(self, &text);
		stringwrite_strings(&text, 4, " ", rcpt, " ",
		    validate_context_get(c, VCTX_CONN, "can_relay"));
		rfc2822_prepend_header(header,
		    rfc2822_new_header("X-Foreign", text.buffer));
		ec_message_part_touch(part, EC_MSG_HDR_ADD);
		string_destroy(&text);
	}
	ec_config_release_value(wanted);
	return EC_HOOK_CONT;
}

static void
control(generic_module_infrastructure *self, string *response,
    const char *command, int xml)
{
	stringprintf(response, "heard '%s'\n", command);
}

static int
setup(generic_module_infrastructure *self, int ignoreme)
{
	static const mem_type_def type = { "foreign:text", 0, SIZEOF_VOID_P, 0,
		EC_ALLOCATOR_VSIZE, 0 };

	memtype = ec_memtype_register(&type);
	slot_word = ec_config_register_option(&word);
	slot_list = ec_config_register_option(&list);
	slot_map = ec_config_register_option(&map);
	slot_level = ec_config_register_option(&level);
	slot_switch = ec_config_register_option(&foreign_switch);
	return slot_word < 0 || slot_list < 0 || slot_map < 0 ||
	    slot_level < 0 || slot_switch < 0 ? -1 : 0;
}

static int
ext_init(generic_module_infrastructure *self, ec_config_header *transaction,
    string *output, int flags)
{
	ec_config_value *value;
	int ret = 0;

	switch (EC_MODULE_INIT_MODE(flags)) {
	case EC_MODULE_INIT_INIT:
		if (flags & EC_MODULE_INIT_PRIVILEGED)
			break;
		/* fall through */
	case EC_MODULE_INIT_POSTINIT:
		value = ec_config_option_fetch_module_at_init(transaction,
		    slot_word, self);
		if (strcmp(value->v->vstr, "worse") == 0) {
			stringprintf(output, "worse is not wanted\n");
			ret = -1;
		}
		ec_config_release_value(value);
		register_core_validate_data_spool_each_rcpt_hook_last(
		    each_rcpt, self);
		register_core_final_validation2_hook_last(last_look, self);
		break;
	case EC_MODULE_INIT_DESTROY:
		break;
	}
	return ret;
}

EC_MODULE_EXPORT
generic_module_infrastructure foreign = {{
	EC_MODULE_INIT(EC_MODULE_TYPE_GENERIC, 0),
	"foreign.c",
	"a module from elsewhere",
#if _EC_MAJOR_VER > 3
	_EC_VER,
#endif
	control,
	NULL,
	NULL,
	NULL,
	NULL,
	setup,
	NULL,
	NULL,
	ext_init
}};
