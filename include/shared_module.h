/*
 * shared_module.h: the structure through which host and module know each
 * other.
 *
 * A module exports one of these per module name, filled by position or by
 * member name, with the callbacks of its choice.  Position by position it
 * begins with EC_MODULE_INIT(type, flags), which stands for the first three
 * members:
 *
 *	EC_MODULE_EXPORT generic_module_infrastructure greeter = { {
 *		EC_MODULE_INIT(EC_MODULE_TYPE_GENERIC, 0),
 *		.module_name = "greeter.c",
 *		.module_description = "greets every message",
 *		EC_MODULE_VERSION,
 *		.module_config_setup = greeter_config_setup,
 *		.module_ext_init = greeter_ext_init,
 *	} };
 *
 * What the host checks before it calls anything: that module_api_version
 * carries the mark of this interface, and that module_version is of our
 * major version.  A source of the older edition, which has no version word,
 * is recognised too: its callbacks begin one place earlier, and the host
 * moves them.
 */
#ifndef EC_SHARED_MODULE_H
#define EC_SHARED_MODULE_H

#include "ec_types.h"
#include "version.h"

/* What the host keeps about an instance; modules see it from afar only. */
typedef struct _module_instance_data module_instance_data;

/*
 * Answers a console command addressed to the module.  `command` is all that
 * follows the address; `xml` tells that the user asked for XML.  Runs in the
 * console's thread while messages are being processed.
 */
typedef void (*ControlHookFunc)(generic_module_infrastructure *self,
    string *response, const char *command, int xml);

/*
 * Runs once in the process for each module name, however many instances
 * there are and however often the configuration changes: registers options
 * and memory types and, in a singleton, hooks and commands.  Returns 0, or -1
 * when the module cannot be used.  `ignoreme` is always 0.
 */
typedef int (*ModuleConfSetupFunc)(generic_module_infrastructure *self,
    int ignoreme);

/*
 * Runs for every instance at the moments that EC_MODULE_INIT_MODE(flags)
 * names.  Words for the administrator about what is wrong go into `output`.
 * Returns 0; -1 refuses the configuration, and the old one stays.
 */
typedef int (*ModuleExtendedInitFunc)(generic_module_infrastructure *self,
    ec_config_header *transaction, string *output, int flags);

/* Left over from older editions: the host wants to see NULL here. */
typedef int (*ModuleConfFunc)(generic_module_infrastructure *,
    ec_config_header *, const char *, const char *);
typedef int (*ModuleExtendedConfFunc)(generic_module_infrastructure *,
    ec_config_header *, const char *, int type, void *data);
typedef int (*ModuleInitFunc)(generic_module_infrastructure *);
typedef void (*ModuleEnablerFunc)(generic_module_infrastructure *, int enable);
typedef int (*ModuleCanUnloadFunc)(generic_module_infrastructure *);

struct _shared_module_infrastructure_9 {
	u_int32_t module_api_version; /* EC_MODULE_INIT */
	module_instance_data *_inst; /* EC_MODULE_INIT; the host's */
	void *_proxy; /* EC_MODULE_INIT; the host's */
	const char *module_name; /* for "module list" alone */
	const char *module_description; /* for "module list" alone */
	uintptr_t module_version; /* _EC_VER */
	ControlHookFunc module_control; /* NULL: no commands */
	ModuleConfFunc module_conf; /* NULL */
	ModuleExtendedConfFunc module_ext_conf; /* NULL */
	ModuleInitFunc module_init; /* NULL */
	ModuleInitFunc module_post_init; /* NULL */
	ModuleConfSetupFunc module_config_setup;
	ModuleEnablerFunc module_enable; /* NULL */
	ModuleCanUnloadFunc module_can_unload; /* NULL */
	ModuleExtendedInitFunc module_ext_init;
};
typedef struct _shared_module_infrastructure_9 shared_module_infrastructure_9;

struct _generic_module_infrastructure {
	shared_module_infrastructure_9 shared;

	/*
	 * The one member that a module may write: its own configuration.
	 * A multi-instance module gets a fresh structure, with NULL here, for
	 * each instance of each configuration, a singleton keeps its one for
	 * life and guards what hangs here against the threads that read it.
	 */
	void *module_private_data;
};

/* What kinds of module there are. */
#define EC_MODULE_TYPE_GENERIC 1u /* any number of instances */
#define EC_MODULE_TYPE_SINGLETON 2u /* one, without an instance name */
#define EC_MODULE_TYPE_LOGGER 3u /* as GENERIC; "Logger" in "module list" */
#define EC_MODULE_TYPE_VALIDATE 4u /* as GENERIC; obeys __bypass_MODULE */

/* The mark of this interface in module_api_version; the low 16 bits carry
 * type and flags. */
#define EC_MODULE_API_MARK 0x4d390000u
#define EC_MODULE_API_VERSION(type, flags) \
	(EC_MODULE_API_MARK | (((flags) & 0xffu) << 8) | ((type) & 0xffu))

/* The first three members. */
#define EC_MODULE_INIT(type, flags) \
	EC_MODULE_API_VERSION(type, flags), NULL, NULL

/* The version word, for initialisers that name their members (addition). */
#define EC_MODULE_VERSION .module_version = _EC_VER

/* Keeps the symbol visible whatever the compiler was told. */
#define EC_MODULE_EXPORT __attribute__((visibility("default"), used))

/*
 * The moments of module_ext_init:
 *
 * INIT       a configuration is being prepared.  With EC_MODULE_INIT_PRIVILEGED
 *            the process is just starting and still has its first rights:
 *            open what needs them, and leave the rest to POSTINIT.
 * POSTINIT   once for each instance of the first configuration, after the
 *            rights were given up.
 * DESTROY    the last message of the instance's configuration is done, or
 *            the configuration was refused; the result is ignored.  A
 *            singleton gets it when the host closes.
 *
 * INIT and POSTINIT never overlap with other INIT or POSTINIT calls.
 */
#define EC_MODULE_INIT_INIT 1
#define EC_MODULE_INIT_POSTINIT 2
#define EC_MODULE_INIT_DESTROY 3
#define EC_MODULE_INIT_MODE(flags) ((flags) & 0x0f)
#define EC_MODULE_INIT_PRIVILEGED 0x10

#endif
