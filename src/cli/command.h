/*
 * command.h: the subcommands of mailseal.
 *
 * Each takes the arguments from its own name on, writes its result to standard
 * output, tells of errors on standard error, and returns the exit status: 0,
 * COMMAND_NEGATIVE, or a value of <sysexits.h>.
 */
#ifndef CLI_COMMAND_H
#define CLI_COMMAND_H

#define COMMAND_NEGATIVE 1 /* it worked, and the answer is no */

int command_sign(int argc, char **argv);
int command_verify(int argc, char **argv);
int command_keygen(int argc, char **argv);
int command_key(int argc, char **argv);
int command_policy(int argc, char **argv);
int command_explain(int argc, char **argv);

/* The whole program but for what main.c does to the process: pick the
 * subcommand, run it, see that its output arrived. */
int command_run(int argc, char **argv);

#endif
