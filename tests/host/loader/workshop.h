/*
 * workshop.h: a folder of modules made for a test, and what they tell it.
 */
#ifndef TESTS_WORKSHOP_H
#define TESTS_WORKSHOP_H

#include "host/config/errors.h"
#include "misc/ec_string.h"

#include <stdbool.h>

/* Make the folder; `ecxs` and `sources` come from the command line. */
void workshop_open(const char *ecxs, const char *sources);
void workshop_close(void);
const char *workshop_folder(void);

/* ecxs -c -o NAME.so ARGUMENTS SOURCE, in the folder. */
void workshop_build(const char *name, const char *source,
    const char *arguments);
/* Write a file into the folder. */
void workshop_write(const char *name, const char *text);

/* host_open, host_reload or host_check with the text, in which the folder is
 * the module_path: true when it is good.  The errors, a line each, without
 * the folder's name, are kept until the next of these. */
bool workshop_load(const char *text);
bool workshop_reload(const char *text);
bool workshop_check(const char *text);
const char *workshop_errors(void);

/* What modules told since the last call, a line each with ';' for newline. */
const char *workshop_events(void);

/* The answer of a console command; kept until the next one. */
const char *workshop_command(const char *line);

/* For modules: see modules/tracer.c. */
void test_event(const char *fmt, ...) EC_PRINTF_LIKE(1, 2);
extern int test_refuse_init;

#endif
