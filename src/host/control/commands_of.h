/*
 * commands_of.h: the host's own commands, by the file that answers them.
 */
#ifndef HOST_COMMANDS_OF_H
#define HOST_COMMANDS_OF_H

#include "control.h"

#include <stddef.h>

struct command_row {
	const char *prefix;
	ec_control_function2 run;
	const char *summary, *text; /* text NULL: none */
};

void commands_add_rows(const struct command_row *rows, size_t count);

void authz_add_commands(void);
void caches_add_commands(void); /* cache list, stat, stats */
void change_add_commands(void); /* config set, unset, reload */
void complete_add_commands(void);
void configured_add_commands(void); /* config show, get, eval ... */
void help_add_commands(void);
void identity_add_commands(void); /* version, sysinfo, pid */
void locate_add_commands(void); /* config locate */
void logs_add_commands(void); /* paniclog, reopen logs */
void lookup_add_commands(void); /* dig, dns_cache */
void memory_add_commands(void);
void metrics_view_add_commands(void); /* metrics */
void modules_add_commands(void); /* module list, hooks */
void process_add_commands(void); /* shutdown, debugging mode */
void summary_add_commands(void);
void threads_add_commands(void);
void trace_add_commands(void);
void transaction_add_commands(void); /* config begin, commit ... */
void writeback_add_commands(void); /* config writeback, write config */

#endif
