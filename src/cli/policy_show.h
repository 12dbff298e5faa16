/*
 * policy_show.h: the record of a message, for people.
 */
#ifndef CLI_POLICY_SHOW_H
#define CLI_POLICY_SHOW_H

#include <jansson.h>
#include <stdio.h>

/* What policy_record_end() gave. */
void policy_show(const json_t *record, FILE *out);

/* The errors of scripts with their tracebacks, to standard error. */
void policy_show_errors(const json_t *record);

#endif
