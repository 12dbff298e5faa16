/*
 * builtin.c: the commands that the host answers itself, file by file.
 */
#include "host/control/commands.h"
#include "host/control/commands_of.h"

void
commands_add_rows(const struct command_row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		ec_control_register_command2(rows[i].prefix, NULL,
		    rows[i].run);
		ec_control_register_help(rows[i].prefix, rows[i].summary,
		    rows[i].text);
	}
}

void
commands_add_builtin(void)
{
	authz_add_commands();
	caches_add_commands();
	change_add_commands();
	complete_add_commands();
	configured_add_commands();
	help_add_commands();
	identity_add_commands();
	locate_add_commands();
	logs_add_commands();
	lookup_add_commands();
	memory_add_commands();
	metrics_view_add_commands();
	modules_add_commands();
	process_add_commands();
	summary_add_commands();
	threads_add_commands();
	trace_add_commands();
	transaction_add_commands();
	writeback_add_commands();
}
