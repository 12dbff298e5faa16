/*
 * report.h: telling the log, and modules that keep logs, what became of a
 * command or message.
 */
#ifndef VALIDATION_REPORT_H
#define VALIDATION_REPORT_H

#include "host/validation/reply.h"
#include "netlistener.h"

struct generation;

/* The phase is read from the context's last_state. */
void report_refusal(const struct generation *generation,
    accept_construct *ac, validate_context *ctx, const struct reply *reply);
void report_reception(const struct generation *generation,
    accept_construct *ac, ec_message *msg);

#endif
