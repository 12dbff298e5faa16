/*
 * form.c: a tree of jansson's, written in two ways.
 */
#include "host/control/form.h"

#include "base/span.h"
#include "host/types/alloc.h"

#include <stdlib.h>
#include <string.h>

json_t *
form_text(const char *text)
{
	json_t *value = text != NULL ? json_string(text) : json_null();
	char *plain;

	if (value != NULL)
		return value;
	plain = xstrdup(text);
	for (char *c = plain; *c != '\0'; c++) {
		if ((unsigned char)*c > '~')
			*c = '?';
	}
	value = json_string(plain);
	free(plain);
	return value;
}

void
form_xml_text(const char *text, string *out)
{
	for (; *text != '\0'; text++) {
		unsigned char c = (unsigned char)*text;

		if (c == '<')
			(void)stringprintf(out, "&lt;");
		else if (c == '>')
			(void)stringprintf(out, "&gt;");
		else if (c == '&')
			(void)stringprintf(out, "&amp;");
		else if (c == '"')
			(void)stringprintf(out, "&quot;");
		else if (c < ' ' && c != '\n' && c != '\t')
			(void)stringprintf(out, "?"); /* no XML 1.0 holds it */
		else
			(void)stringwrite(out, text, 1);
	}
}

static void write_element(const char *name, const json_t *value,
    unsigned depth, string *out);

/* A dictionary's key may be any word, an element's name may not. */
static void
write_name(const char *name, string *out)
{
	if (!byte_is_alpha((unsigned char)*name))
		(void)stringwrite(out, "_", 1);
	for (; *name != '\0'; name++) {
		unsigned char c = (unsigned char)*name;
		bool fits = byte_is_alpha(c) || byte_is_digit(c) ||
		    c == '_' || c == '-' || c == '.';

		(void)stringwrite(out, fits ? name : "_", 1);
	}
}

static void
write_inside(const json_t *value, unsigned depth, string *out)
{
	/* jansson walks what it may change, too */
	json_t *inside = (json_t *)(uintptr_t)value, *each;
	const char *name;
	size_t i;

	if (json_is_object(value)) {
		json_object_foreach(inside, name, each)
			write_element(name, each, depth, out);
		return;
	}
	json_array_foreach(inside, i, each)
		write_element("item", each, depth, out);
}

static void
write_scalar(const json_t *value, string *out)
{
	char *text;

	if (json_is_string(value)) {
		form_xml_text(json_string_value(value), out);
		return;
	}
	text = json_dumps(value, JSON_ENCODE_ANY | JSON_REAL_PRECISION(9));
	if (text != NULL && !json_is_null(value))
		(void)stringprintf(out, "%s", text);
	free(text);
}

static void
write_element(const char *name, const json_t *value, unsigned depth,
    string *out)
{
	bool nested = json_is_object(value) || json_is_array(value);

	(void)stringprintf(out, "%*s<", (int)(2 * depth), "");
	write_name(name, out);
	(void)stringprintf(out, ">");
	if (nested) {
		(void)stringprintf(out, "\n");
		write_inside(value, depth + 1, out);
		(void)stringprintf(out, "%*s", (int)(2 * depth), "");
	} else {
		write_scalar(value, out);
	}
	(void)stringprintf(out, "</");
	write_name(name, out);
	(void)stringprintf(out, ">\n");
}

int
form_answer(command_construct *cc, const char *root, json_t *model)
{
	char *text;

	if (cc->xml) {
		write_element(root, model, 0, &cc->response);
	} else {
		text = json_dumps(model, JSON_INDENT(2) |
		    JSON_REAL_PRECISION(9));
		(void)stringprintf(&cc->response, "%s\n",
		    text != NULL ? text : "{}");
		free(text);
	}
	json_decref(model);
	return 1;
}
