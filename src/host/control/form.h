/*
 * form.h: answers as data: "json COMMAND" and "xml COMMAND".
 *
 * A command makes one model of what it has to tell, and it is written as JSON,
 * or as XML by a fixed rule: a member is an element of its name (with '_' for
 * what no name may have), what stands in a list an element "item".
 */
#ifndef HOST_FORM_H
#define HOST_FORM_H

#include "base/span.h"
#include "control.h"

#include <jansson.h>
#include <stdbool.h>

enum form {
	FORM_WORDS,
	FORM_JSON,
	FORM_XML,
};

/* Does the user want data? */
static inline bool
form_is_wanted(const command_construct *cc)
{
	return cc->json || cc->xml;
}

/* Answer with the model, which is freed; `root` is the outermost element of
 * XML.  Gives 1, as a command that was done. */
int form_answer(command_construct *cc, const char *root, json_t *model);

/* Answer that something was done: with the words, or with "ok", the members of
 * `more`, which is freed, and the words as "text".  Gives 1. */
int form_answer_done(command_construct *cc, const char *root, json_t *more,
    const char *words);

/* The form that the first word of a line asks for. */
enum form form_of_line(const char *line);

/* Whoever asked for a form gets it, whatever wrote the answer: what is not JSON
 * or XML by itself becomes the text of {"ok": ..., "text": ...}, and elements
 * without one around them get one.  Outermost in XML is "answer" then, or
 * "error" when `ok` is false. */
void form_ensure(enum form form, bool ok, string *response);

/* A text that may hold anything: what is no UTF-8 becomes '?'.  NULL is null. */
json_t *form_text(const char *text);
json_t *form_span(struct span text);

/* Append text, with what XML has a meaning for escaped, and '?' for what it
 * cannot hold. */
void form_xml_text(const char *text, string *out);

#endif
