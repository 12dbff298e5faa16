/*
 * filter_header.h: "DKIM-Filter: mailseal VERSION HOST ID", for those who want
 * to see which machine looked at a message.
 */
#ifndef DKIM_FILTER_HEADER_H
#define DKIM_FILTER_HEADER_H

#include "ec_message.h"

/* Put it on top, but below `index` fields that shall stay above it. */
void filter_header_add(ec_message *msg, const char *host, int index);

#endif
