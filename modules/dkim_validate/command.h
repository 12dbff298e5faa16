/*
 * command.h: hand a letter to a program that is called as sendmail is.
 */
#ifndef DKIM_VALIDATE_COMMAND_H
#define DKIM_VALIDATE_COMMAND_H

#include "post.h"

/*
 * Run "COMMAND -i -f <> -- RCPT..." with the mail as its input, lines ending in
 * LF, and wait for it as long as the letter has time; then it is killed with all
 * that it started.  No shell is involved, and nothing of our environment and
 * our descriptors is passed on.  Returns whether it exited with 0, else with
 * the reason in why.
 */
bool command_send(const struct letter *letter, char why[POST_WHY_BYTES]);

#endif
