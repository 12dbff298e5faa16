/*
 * call.h: what modules have in common that call functions of ours, and leave
 * what came of it in the message context.
 */
#ifndef TESTS_MODULES_CALL_H
#define TESTS_MODULES_CALL_H

#include "ec_message.h"
#include "ecdict.h"

/* A variable of the message; NULL is "(null)". */
void call_set(ec_message *msg, const char *name, const char *value);
void call_set_number(ec_message *msg, const char *name, int number);

/* Of a dictionary of arguments: the words, or NULL; the number, or -1, which
 * means that there is none. */
const char *call_text(ECDict dict, const char *name);
int call_number(ECDict dict, const char *name);

#endif
