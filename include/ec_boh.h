/*
 * ec_boh.h: a bag, in which a function finds what its caller works on.
 *
 * The host keeps one per callout and puts the message, the validation context
 * and the accept construct into it under the names of their types:
 *
 *	ec_message *msg = ec_bag_get(bag, "ec_message");
 *
 * The bag refers to things, it does not own them.  One thread at a time;
 * only the count is safe for several.
 */
#ifndef EC_BOH_H
#define EC_BOH_H

#include "ec_types.h"

ec_bag *ec_bag_create(void);
ec_bag *ec_bag_addref(ec_bag *bag);
void ec_bag_delref(ec_bag *bag); /* NULL is fine */
void ec_bag_empty(ec_bag *bag);

int ec_bag_put(ec_bag *bag, const char *typedname, void *thing); /* 1 */
void *ec_bag_get(ec_bag *bag, const char *typedname); /* or NULL */
/* As get; asks the providers of hooks/core/ec_bag_find.h for what is not
 * in the bag itself. */
void *ec_bag_find(ec_bag *bag, const char *typedname);
/* Take it out, and give it. */
void *ec_bag_remove(ec_bag *bag, const char *typedname);

#endif
