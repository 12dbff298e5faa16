/*
 * control.h: commands for the console.
 *
 * A command is known by its first words, the prefix; the longest prefix that
 * fits the words of a line gets it.  A module need not register anything for
 * commands addressed to itself ("greeter:one stats", or "greeter stats" for a
 * singleton): those reach its module_control.
 */
#ifndef EC_CONTROL_H
#define EC_CONTROL_H

#include "ec_blobject.h"
#include "ec_types.h"
#include "misc/ec_string.h"

/* The line being answered.  Read only, except response. */
struct _command_construct {
	string command; /* the whole line */
	string response; /* what is written here is the answer */
	unsigned xml : 1; /* the user put "xml" in front */
	unsigned json : 1; /* the user put "json" in front (addition) */
	unsigned failed : 1; /* see ec_control_fail (addition) */
	unsigned _spare : 29;
	int argc;
	const char **argv; /* the words, quotes taken off */
	const char **argv_offsets; /* where each begins in command.buffer */
	ec_config_header *transaction; /* the newest configuration */
	const char *user; /* or NULL: not authenticated */
	void *async_ptr; /* NULL */
};

/* Answers a command: writes to cc->response.  Gives 1, or 0 when it could not
 * do it and wrote why. */
typedef int (*ec_control_function2)(command_construct *cc, void *closure);
/* The older form: gives nothing. */
typedef void (*ec_control_function)(string *response, int argc,
    const char **argv, void *closure);

/*
 * Register for the life of the process, from module_config_setup or at any
 * time: replaces an older registration of the prefix.
 */
void ec_control_register_command2(const char *prefix, void *closure,
    ec_control_function2 func);

/*
 * Register for the life of a configuration, from module_ext_init (INIT or
 * POSTINIT) or a provider of config_rsrc_setup.  func gets closure->self.
 * The registration holds a reference of its own.  1, or 0 when no
 * configuration is being prepared.
 */
int ec_control_register_command3(const char *prefix, ec_blobject *closure,
    ec_control_function2 func);

/* With a line for "help", and the full text for "help PREFIX" (addition). */
EC_ADDITION void ec_control_register_help(const char *prefix,
    const char *summary, const char *text);

/*
 * The same for a command that goes to the module's own module_control
 * ("flush keycache"): help lists it, and completion offers it, under the
 * addresses that the configuration in use has for the module.  From
 * module_config_setup; everything is copied.  text may be NULL (addition).
 */
EC_ADDITION void ec_control_register_module_help(
    generic_module_infrastructure *self, const char *command,
    const char *summary, const char *text);

/* Called by module_control: what it was asked for it could not do, as the answer
 * says.  Whoever asked is told by the status, too (addition). */
EC_ADDITION void ec_control_fail(void);

void ec_control_register_command(const char *prefix, void *closure,
    ec_control_function func);
void ec_control_register_command_allsched(const char *prefix, void *closure,
    ec_control_function func);

/* The command that this thread is answering, or NULL. */
command_construct *ec_control_get_command_construct(void);

/* What became of a command. */
#define EC_RUN_COMMAND_COMPLETED 0
#define EC_RUN_COMMAND_AGAIN 1
#define EC_RUN_COMMAND_FAILED 2
#define EC_RUN_COMMAND_NOT_AUTHZ 3
#define EC_RUN_COMMAND_NOT_AUTHN 4
#define EC_RUN_COMMAND_CONTINUE 5
#define EC_RUN_COMMAND_ASYNC 6

/* Run cc->command.  `session` is NULL.  Never AGAIN, CONTINUE or ASYNC. */
int run_command2(command_construct *cc, string *response, Event *session);

#endif
