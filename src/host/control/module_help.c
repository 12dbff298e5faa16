/*
 * module_help.c: a list that only grows, as modules are never unloaded.
 *
 * The lock is held for adding and for one step of a walk; what stands in a row
 * does not change any more, but that a row may be put in front of it.
 */
#include "host/control/module_help.h"

#include "host/control/commands.h"
#include "host/types/alloc.h"
#include "module.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct row {
	struct row *next; /* by module and command */
	struct module_help help;
};

static pthread_mutex_t rows_lock = PTHREAD_MUTEX_INITIALIZER;
static struct row *rows; /* under rows_lock */

static int
compare(const struct module_help *a, const struct module_help *b)
{
	int order = strcasecmp(a->module, b->module);

	return order != 0 ? order : strcasecmp(a->command, b->command);
}

void
ec_control_register_module_help(generic_module_infrastructure *self,
    const char *command, const char *summary, const char *text)
{
	struct row *row = xcalloc(1, sizeof(*row)), **at = &rows;

	row->help.module = xstrdup(ec_module_scope_name(self));
	row->help.command = commands_tidy(command);
	row->help.summary = xstrdup(summary != NULL ? summary : "");
	row->help.text = text != NULL ? xstrdup(text) : NULL;
	(void)pthread_mutex_lock(&rows_lock);
	while (*at != NULL && compare(&(*at)->help, &row->help) < 0)
		at = &(*at)->next;
	/* the first one stays: somebody may be reading it */
	if (*at == NULL || compare(&(*at)->help, &row->help) != 0) {
		row->next = *at;
		*at = row;
		row = NULL;
	}
	(void)pthread_mutex_unlock(&rows_lock);
	if (row != NULL) {
		free((void *)(uintptr_t)row->help.module);
		free((void *)(uintptr_t)row->help.command);
		free((void *)(uintptr_t)row->help.summary);
		free((void *)(uintptr_t)row->help.text);
		free(row);
	}
}

static struct row *
step(struct row *const *from)
{
	struct row *row;

	(void)pthread_mutex_lock(&rows_lock);
	row = *from;
	(void)pthread_mutex_unlock(&rows_lock);
	return row;
}

void
module_help_each(const char *module, void (*each)(void *closure,
    const struct module_help *help), void *closure)
{
	for (struct row *row = step(&rows); row != NULL;
	    row = step(&row->next)) {
		if (module == NULL || strcasecmp(row->help.module, module) == 0)
			each(closure, &row->help);
	}
}
