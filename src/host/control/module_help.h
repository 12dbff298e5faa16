/*
 * module_help.h: the commands that modules answer themselves, by module.
 *
 * A module tells them once, when it is loaded; which addresses they have says
 * the configuration in use.
 */
#ifndef HOST_MODULE_HELP_H
#define HOST_MODULE_HELP_H

#include "control.h"

struct module_help { /* lives as long as the process */
	const char *module, *command; /* words with one blank between */
	const char *summary, *text; /* summary "" and text NULL: none */
};

/* Call for all of a module by command; of all modules, by module, with NULL. */
void module_help_each(const char *module, void (*each)(void *closure,
    const struct module_help *help), void *closure);

#endif
