/*
 * infra.c: reading the version words of a module.
 *
 * The older edition has no version word, so each of its callbacks lies one
 * place earlier than ours: the first where we look for the version.  There is
 * no doubt which it is: our word is a small number, theirs a function of the
 * module or nothing.
 */
#include "host/loader/infra.h"

#include <dlfcn.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#define VERSION_MOST 999999u /* 99.99.99 */

static bool refuse(struct buffer *why, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
static bool
refuse(struct buffer *why, const char *fmt, ...)
{
	char text[512];
	va_list args;

	va_start(args, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	buffer_add_text(why, text);
	return false;
}

static bool
is_code(uintptr_t word)
{
	Dl_info info;

	return dladdr((const void *)word, &info) != 0;
}

/* Move the callbacks behind the version word; the last one, which the source
 * did not reach, is free. */
static void
bring_into_order(shared_module_infrastructure_9 *shared)
{
	size_t from = offsetof(shared_module_infrastructure_9, module_version);
	size_t to = offsetof(shared_module_infrastructure_9, module_control);

	memmove((char *)shared + to, (char *)shared + from,
	    sizeof(*shared) - to);
	shared->module_version = _EC_VER;
}

static bool
check_version(shared_module_infrastructure_9 *shared, struct buffer *why)
{
	uintptr_t version = shared->module_version;

	if (version == 0 && (shared->module_config_setup != NULL ||
	    shared->module_ext_init != NULL))
		return refuse(why, "it has no version word (expected _EC_VER "
		    "as module_version)");
	if (version == 0 || is_code(version)) {
		bring_into_order(shared);
		return true;
	}
	if (version > VERSION_MOST)
		return refuse(why, "its version word %#lx means nothing here "
		    "(expected _EC_VER, which is %d)", (unsigned long)version,
		    _EC_VER);
	if (version / 10000 != _EC_MAJOR_VER)
		return refuse(why, "it was built for version %lu.%lu.%lu of the "
		    "module interface, this host offers %d.%d.%d: build it "
		    "again with this host's ecxs",
		    (unsigned long)version / 10000,
		    (unsigned long)version / 100 % 100,
		    (unsigned long)version % 100, _EC_MAJOR_VER,
		    _EC_MINOR_VER, _EC_MICRO_VER);
	return true;
}

bool
infra_check(generic_module_infrastructure *infra, struct buffer *why)
{
	shared_module_infrastructure_9 *shared = &infra->shared;
	u_int32_t api = shared->module_api_version;
	const char *unused = NULL;

	if ((api & 0xffff0000u) != EC_MODULE_API_MARK)
		return refuse(why, "its API version is %#x, this host offers "
		    "%#x: build it again with this host's ecxs (expected "
		    "EC_MODULE_INIT at the beginning)", api,
		    EC_MODULE_API_MARK | (api & 0xffffu));
	if (infra_type(infra) < EC_MODULE_TYPE_GENERIC ||
	    infra_type(infra) > EC_MODULE_TYPE_VALIDATE)
		return refuse(why, "its type is %u (expected one of "
		    "EC_MODULE_TYPE_*)", infra_type(infra));
	if (!check_version(shared, why))
		return false;
	if (shared->module_conf != NULL)
		unused = "module_conf";
	else if (shared->module_ext_conf != NULL)
		unused = "module_ext_conf";
	else if (shared->module_init != NULL)
		unused = "module_init";
	else if (shared->module_post_init != NULL)
		unused = "module_post_init";
	else if (shared->module_enable != NULL)
		unused = "module_enable";
	else if (shared->module_can_unload != NULL)
		unused = "module_can_unload";
	if (unused != NULL)
		return refuse(why, "it uses %s, which is never called (expected "
		    "NULL there)", unused);
	if (shared->module_config_setup == NULL &&
	    shared->module_ext_init == NULL)
		return refuse(why, "it has neither module_config_setup nor "
		    "module_ext_init");
	return true;
}
