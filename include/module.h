/*
 * module.h: what a module is, how it logs, and what manifests say of others.
 *
 * A module is a shared object with a manifest of the same name beside it
 * (NAME.so, NAME.ecm).  The manifest has a section for each infrastructure
 * that the object exports:
 *
 *	[greeter]
 *	msys.requires = alerting
 *	msys.provides:auto = config.Global:Binding.greeting
 *
 * scripts/ecxs compiles a source and writes both files.
 */
#ifndef EC_MODULE_H
#define EC_MODULE_H

#include "configuration.h"
#include "debug_tools.h"
#include "ec_types.h"
#include "ecdict.h"
#include "misc/ec_ptr_array.h"
#include "misc/ec_string.h"
#include "shared_module.h"

/*
 * Log for a module, when its option debug_level asks for `level` or less
 * severe ones (ERROR unless configured: DERROR and DCRITICAL are logged).
 * The line carries the module's name, and the message's id while one is
 * being processed; a final newline in `fmt` is not needed.  Any thread.
 */
void ec_mod_vdebug(generic_module_infrastructure *self, int level,
    const char *fmt, va_list args) EC_PRINTF_LIKE(3, 0);
void ec_mod_debug(generic_module_infrastructure *self, int level,
    const char *fmt, ...) EC_PRINTF_LIKE(3, 4);

/* The same at most once a minute for each `key` of the module: for trouble
 * that every message runs into.  The next line tells how many were hidden. */
EC_ADDITION void ec_mod_debug_once(generic_module_infrastructure *self,
    const char *key, int level, const char *fmt, ...) EC_PRINTF_LIKE(4, 5);

/* What policy prints: a notice, whatever debug_level says (addition). */
EC_ADDITION void ec_mod_print(generic_module_infrastructure *self,
    const char *fmt, ...) EC_PRINTF_LIKE(2, 3);

/* Whether ec_mod_debug would log at `level`: saves costly preparation. */
EC_ADDITION int ec_mod_debug_enabled(generic_module_infrastructure *self,
    int level);

/* The name that the configuration and the console know the module by, and
 * that of the instance (NULL for a singleton).  Live as long as `self`. */
EC_ADDITION const char *ec_module_scope_name(
    const generic_module_infrastructure *self);
EC_ADDITION const char *ec_module_instance_name(
    const generic_module_infrastructure *self);

/* The option `enabled` of the instance: 0 means that hooks should let the
 * message pass while functions called by policy still work. */
EC_ADDITION int ec_module_is_enabled(const generic_module_infrastructure *self);

/*
 * Options in one line each, instead of a table.  The definition also tells
 * ecxs which msys.provides:auto line the manifest needs.  REGISTER goes into
 * module_config_setup and gives the slot, or -1; afterwards
 * ECCFG_MODULE_OPT_SLOT gives the slot again.
 *
 *	ECCFG_MODULE_OPT_DEF(greeter, greeting, ECCFGTYPE_STRING, NULL,
 *	    "Binding:Domain>Binding>Domain>Global", 0, NULL, "\"hello\"",
 *	    NULL, NULL, NULL, NULL)
 */
#define ECCFG_MODULE_OPT_DEF(modulename, optionname, optiontype, personality_,\
    fallback_, isarray, closure_, defaultvalue, optionmap, validate,          \
    postset_, datafree_)                                                      \
	static ec_config_option_def ec_opt_##modulename##_##optionname = {    \
		#optionname, optiontype, personality_, fallback_, isarray,    \
		closure_, defaultvalue, optionmap, validate, postset_,        \
		datafree_                                                     \
	};                                                                    \
	static const char ec_ecm_##modulename##_##optionname[]                \
	    __attribute__((section("ecm_options"), used)) =                   \
	    #modulename "\t" #optionname "\t" #fallback_;                     \
	static int ec_slot_##modulename##_##optionname = -1;
#define ECCFG_MODULE_OPT_REGISTER(modulename, optionname)                     \
	(ec_slot_##modulename##_##optionname =                                \
	    ec_config_register_option(&ec_opt_##modulename##_##optionname))
#define ECCFG_MODULE_OPT_SLOT(modulename, optionname)                         \
	(ec_slot_##modulename##_##optionname)

/*
 * The manifests found by the host, whether their modules are loaded or not.
 * An iterator walks the names in alphabetical order; it sees the manifests
 * as they were when it was made.  What the value functions give lives until
 * the iterator is destroyed, except lists and dictionaries, which the caller
 * frees (ec_ptr_array_destroy and then ec_free(MEMTYPE_STRING, ...) for the
 * array; dict_drop).  `iter` may be NULL in the value functions: the newest
 * manifests are asked, and a text lives until they are read again.  All give 1
 * when the key is defined, else 0.
 */
typedef struct ec_module_manifest_iter {
	void *manifests;
	unsigned int at;
} ec_module_manifest_iter_t;

void ec_module_manifest_iter_init(ec_module_manifest_iter_t *iter);
void ec_module_manifest_iter_clone(ec_module_manifest_iter_t *dst,
    ec_module_manifest_iter_t *src);
int ec_module_manifest_iter_next(ec_module_manifest_iter_t *iter,
    const char **modulename);
void ec_module_manifest_iter_destroy(ec_module_manifest_iter_t *iter);
void ec_module_manifest_refresh(void); /* read the directories again */
int ec_module_manifest_value_as_string(ec_module_manifest_iter_t *iter,
    const char *modulename, const char *keyname, const char **string_val);
int ec_module_manifest_value_as_list(ec_module_manifest_iter_t *iter,
    const char *modulename, const char *keyname, ec_ptr_array **list);
int ec_module_manifest_value_as_dict(ec_module_manifest_iter_t *iter,
    const char *modulename, const char *keyname, ECDict *dict);

/* Append the name of the module that provides a capability (say,
 * "config.Global:Binding.dkim").  1 when there is one, else 0. */
int ec_module_resolve_capability(const char *capability, string *out);

#endif
