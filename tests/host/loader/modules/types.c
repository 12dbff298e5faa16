/*
 * types.c: a module with an option of every type, and the ways in which a
 * definition can be wrong.
 */
#include "ec_config.h"
#include "module.h"

#include <arpa/inet.h>
#include <netinet/in.h>

enum { T_STRING, T_INT, T_UINT64, T_PERMS, T_BOOL, T_FLOAT, T_SOCKADDR, T_DICT,
	T_SIZE, T_ARRAY, T_MAPPED, T_WORD, T_UNSET, T_UNSET_ARRAY, T_COUNT };
static int slots[T_COUNT];

static const struct ec_config_value_mapping numbers[] = {
	{ "few", "3" }, { "many", "1000" }, { NULL, NULL }
};
static const struct ec_config_value_mapping words[] = {
	{ "loose", "relaxed" }, { "tight", "strict" }, { NULL, NULL }
};

#define OPTION(n, t, f, d, m) \
	{ .name = n, .type = t, .fallback = "[types]", .flags = f, .defval = d, \
	  .map = m }

static ec_config_option_def options[T_COUNT] = {
	OPTION("a_string", ECCFGTYPE_STRING, 0, "\"two words\"", NULL),
	OPTION("an_int", ECCFGTYPE_INT, 0, "-5", NULL),
	OPTION("a_uint64", ECCFGTYPE_UINT64, 0, "18446744073709551615", NULL),
	OPTION("perms", ECCFGTYPE_PERMS, 0, "0640", NULL),
	OPTION("a_bool", ECCFGTYPE_BOOL, 0, "yes", NULL),
	OPTION("a_float", ECCFGTYPE_FLOAT, 0, "0.5", NULL),
	OPTION("a_sockaddr", ECCFGTYPE_SOCKADDR, 0, "127.0.0.1:25", NULL),
	OPTION("a_dict", ECCFGTYPE_ECDICT, 0, "[ k = v 1.2.3.4 = \"x y\" ]",
	    NULL),
	OPTION("a_size", ECCFGTYPE_SIZE_T, 0, "4096", NULL),
	OPTION("an_array", ECCFGTYPE_STRING, EC_CFG_OPT_IS_ARRAY,
	    "( one \"two\" )", NULL),
	OPTION("mapped", ECCFGTYPE_INT, 0, "many", numbers),
	OPTION("word", ECCFGTYPE_STRING, 0, "loose", words),
	OPTION("unset", ECCFGTYPE_STRING, 0, NULL, NULL),
	OPTION("unset_array", ECCFGTYPE_STRING, EC_CFG_OPT_IS_ARRAY, NULL,
	    NULL),
};

static void
show_dict(string *out, ECDict dict)
{
	const char *value = "";

	(void)dict_key_exists_and_fetch(dict, "k", &value);
	(void)stringprintf(out, "k:%s ", value);
	value = "";
	(void)dict_key_exists_and_fetch(dict, "1.2.3.4", &value);
	(void)stringprintf(out, "1.2.3.4:%s ", value);
}

static void
show_array(string *out, const ec_ptr_array *array)
{
	for (int i = 0; array != NULL && i < array->size; i++) {
		ec_config_value_storage *item = array->items[i];

		(void)stringprintf(out, "[%s]", item->vstr);
	}
}

static void
show(string *out, int which, const ec_config_value_storage *v)
{
	const struct sockaddr_in *sin;

	switch (which) {
	case T_STRING: case T_WORD: case T_UNSET:
		(void)stringprintf(out, "%s",
		    v->vstr != NULL ? v->vstr : "(null)");
		break;
	case T_UINT64:
		(void)stringprintf(out, "%llu", (unsigned long long)v->vu64);
		break;
	case T_PERMS:
		(void)stringprintf(out, "%o", (unsigned)v->vint);
		break;
	case T_FLOAT:
		(void)stringprintf(out, "%.2f", v->vdouble);
		break;
	case T_SOCKADDR:
		sin = (const struct sockaddr_in *)(const void *)v->vsa;
		(void)stringprintf(out, "%d/%d", sin->sin_family == AF_INET,
		    ntohs(sin->sin_port));
		break;
	case T_DICT:
		show_dict(out, v->vdict);
		break;
	case T_SIZE:
		(void)stringprintf(out, "%zu", v->vsize);
		break;
	case T_ARRAY: case T_UNSET_ARRAY:
		show_array(out, v->varr);
		break;
	default:
		(void)stringprintf(out, "%d", v->vint);
	}
}

static void
control(generic_module_infrastructure *self, string *response,
    const char *command, int xml)
{
	(void)command;
	(void)xml;
	for (int i = 0; i < T_COUNT; i++) {
		ec_config_value *value = ec_config_option_fetch_module(NULL,
		    slots[i], self);

		(void)stringprintf(response, "%s=", options[i].name);
		show(response, i, value->v);
		(void)stringprintf(response, "\n");
		ec_config_release_value(value);
	}
}

static int
setup(generic_module_infrastructure *self, int ignoreme)
{
	(void)self;
	(void)ignoreme;
	for (int i = 0; i < T_COUNT; i++) {
		slots[i] = ec_config_register_option(&options[i]);
		if (slots[i] < 0 ||
		    ec_config_register_option(&options[i]) != slots[i])
			return -1;
	}
	return 0;
}

EC_MODULE_EXPORT
generic_module_infrastructure types = { {
	EC_MODULE_INIT(EC_MODULE_TYPE_SINGLETON, 0),
	.module_name = "types.c",
	EC_MODULE_VERSION,
	.module_control = control,
	.module_config_setup = setup,
} };

static ec_config_option_def bad_type = { .name = "lists",
    .type = ECCFGTYPE_ECLIST, .fallback = "[bad_option]" };
static ec_config_option_def bad_default = { .name = "number",
    .type = ECCFGTYPE_INT, .fallback = "[bad_option]", .defval = "seven" };

static int
bad_setup(generic_module_infrastructure *self, int ignoreme)
{
	(void)self;
	(void)ignoreme;
	(void)ec_config_register_option(&bad_type);
	return ec_config_register_option(&bad_default) < 0 ? -1 : 0;
}

EC_MODULE_EXPORT
generic_module_infrastructure bad_option = { {
	EC_MODULE_INIT(EC_MODULE_TYPE_SINGLETON, 0),
	.module_name = "types.c",
	EC_MODULE_VERSION,
	.module_config_setup = bad_setup,
} };
