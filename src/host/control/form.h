/*
 * form.h: answers as data: "json COMMAND" and "xml COMMAND".
 *
 * A command makes one model of what it has to tell, and it is written as JSON,
 * or as XML by a fixed rule: a member is an element of its name (with '_' for
 * what no name may have), what stands in a list an element "item".
 */
#ifndef HOST_FORM_H
#define HOST_FORM_H

#include "control.h"

#include <jansson.h>
#include <stdbool.h>

/* Does the user want data? */
static inline bool
form_is_wanted(const command_construct *cc)
{
	return cc->json || cc->xml;
}

/* Answer with the model, which is freed; `root` is the outermost element of
 * XML.  Gives 1, as a command that was done. */
int form_answer(command_construct *cc, const char *root, json_t *model);

/* A text that may hold anything: what is no UTF-8 becomes '?'.  NULL is null. */
json_t *form_text(const char *text);

/* Append text, with what XML has a meaning for escaped. */
void form_xml_text(const char *text, string *out);

#endif
