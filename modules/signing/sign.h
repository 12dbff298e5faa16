/*
 * sign.h: carry out a plan: one pass over the message, a field for each item.
 */
#ifndef SIGNING_SIGN_H
#define SIGNING_SIGN_H

#include "signing/plan.h"

/* Put the signatures on top of the message, in the order of the plan, and
 * DKIM-Filter below them where an item asks for it.  What goes wrong is logged
 * and raises plan->failure; the other signatures are made all the same.  Returns
 * how many were made. */
size_t sign_message(struct plan *plan, ec_message *msg);

#endif
