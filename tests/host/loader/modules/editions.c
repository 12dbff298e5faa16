/*
 * editions.c: modules of other editions of the interface, one for each way in
 * which a source can differ from ours.
 */
#include "module.h"

static int
setup(generic_module_infrastructure *self, int ignoreme)
{
	(void)self;
	(void)ignoreme;
	return 0;
}

static int
init(generic_module_infrastructure *self, ec_config_header *transaction,
    string *output, int flags)
{
	(void)self;
	(void)transaction;
	(void)output;
	(void)flags;
	return 0;
}

static void
control(generic_module_infrastructure *self, string *response,
    const char *command, int xml)
{
	(void)self;
	(void)xml;
	(void)stringprintf(response, "old heard %s", command);
}

/* Without the version word, as sources of the third edition are: all that
 * follows is one place earlier, which the compiler warns of. */
#pragma GCC diagnostic ignored "-Wint-conversion"
#pragma GCC diagnostic ignored "-Wincompatible-pointer-types"
EC_MODULE_EXPORT
generic_module_infrastructure third_edition = { {
	EC_MODULE_INIT(EC_MODULE_TYPE_SINGLETON, 0),
	"editions.c", "has no version word",
	(uintptr_t)control, NULL, NULL, NULL, NULL, (void *)setup, NULL, NULL,
	(void *)init
} };

EC_MODULE_EXPORT
generic_module_infrastructure third_silent = { {
	EC_MODULE_INIT(EC_MODULE_TYPE_SINGLETON, 0),
	"editions.c", "has neither version word nor commands",
	0, NULL, NULL, NULL, NULL, (void *)setup, NULL, NULL, (void *)init
} };

EC_MODULE_EXPORT
generic_module_infrastructure fifth_edition = { {
	EC_MODULE_INIT(EC_MODULE_TYPE_SINGLETON, 0),
	"editions.c", "is of the future", 50100, NULL, NULL, NULL, NULL, NULL,
	setup, NULL, NULL, init
} };

EC_MODULE_EXPORT
generic_module_infrastructure other_api = { {
	EC_MODULE_INIT(EC_MODULE_TYPE_SINGLETON, 0),
	"editions.c", "is of another program", _EC_VER, NULL, NULL, NULL, NULL,
	NULL, setup, NULL, NULL, init
} };

/* The build helper knows modules by the mark; spoil it when it has done so. */
__attribute__((constructor)) static void
spoil(void)
{
	other_api.shared.module_api_version = 0x00020008;
}

EC_MODULE_EXPORT
generic_module_infrastructure no_version = { {
	EC_MODULE_INIT(EC_MODULE_TYPE_SINGLETON, 0),
	.module_name = "editions.c",
	.module_config_setup = setup,
	.module_ext_init = init,
} };

EC_MODULE_EXPORT
generic_module_infrastructure deprecated = { {
	EC_MODULE_INIT(EC_MODULE_TYPE_SINGLETON, 0),
	.module_name = "editions.c",
	EC_MODULE_VERSION,
	.module_init = (ModuleInitFunc)setup,
	.module_config_setup = setup,
} };

EC_MODULE_EXPORT
generic_module_infrastructure odd_type = { {
	EC_MODULE_INIT(77, 0),
	.module_name = "editions.c",
	EC_MODULE_VERSION,
	.module_config_setup = setup,
} };
