/*
 * field_list.h: lists of header fields as people write them: "From:To", as
 * dkim_sign has them, or "From, To", as the page of opendkim says.
 */
#ifndef SIGNING_FIELD_LIST_H
#define SIGNING_FIELD_LIST_H

/* Colons alone between names, in place: a comma counts as one, and blanks
 * beside them are dropped.  What is no list then, such as "From::To" or
 * "From To", stays for others to refuse.  NULL is fine. */
void field_list_settle(char *list);

#endif
