/*
 * form.c: a tree of jansson's, written in two ways.
 */
#include "host/control/form.h"

#include "host/control/wellformed.h"
#include "host/types/alloc.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

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

json_t *
form_span(struct span text)
{
	char *plain = xstrndup(text.n > 0 ? (const char *)text.p : "", text.n);
	json_t *value = form_text(plain);

	free(plain);
	return value;
}

/* How many octets the escape stands for; 0: the octet stands for itself. */
static size_t
xml_escape(const char *text, const char **escape_r)
{
	unsigned char c = (unsigned char)*text;

	*escape_r = c == '<' ? "&lt;" : c == '>' ? "&gt;" : c == '&' ?
	    "&amp;" : c == '"' ? "&quot;" : "?";
	if (strchr("<>&\"", c) != NULL)
		return 1;
	/* no XML 1.0 holds control characters, U+FFFE and U+FFFF */
	if (c < ' ' && c != '\n' && c != '\t')
		return 1;
	if (c == 0xef && (unsigned char)text[1] == 0xbf &&
	    (unsigned char)text[2] >= 0xbe)
		return 3;
	return 0;
}

void
form_xml_text(const char *text, string *out)
{
	json_t *value = form_text(text); /* for its UTF-8 */
	const char *at = json_string_value(value), *escape;

	while (at != NULL && *at != '\0') {
		size_t n = xml_escape(at, &escape);

		if (n > 0)
			(void)stringprintf(out, "%s", escape);
		else
			(void)stringwrite(out, at, 1);
		at += n > 0 ? n : 1;
	}
	json_decref(value);
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

int
form_answer_done(command_construct *cc, const char *root, json_t *more,
    const char *words)
{
	json_t *model;

	if (!form_is_wanted(cc)) {
		json_decref(more);
		(void)stringprintf(&cc->response, "%s", words);
		return 1;
	}
	model = json_pack("{s:b}", "ok", 1);
	(void)json_object_update(model, more);
	(void)json_object_set_new(model, "text", form_text(words));
	json_decref(more);
	return form_answer(cc, root, model);
}

/* what others wrote */

enum form
form_of_line(const char *line)
{
	static const struct {
		const char *word;
		enum form form;
	} words[] = {
		{ "json", FORM_JSON },
		{ "xml", FORM_XML },
	};

	while (isspace((unsigned char)*line) != 0)
		line++;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		size_t n = strlen(words[i].word);

		if (strncasecmp(line, words[i].word, n) == 0 &&
		    (line[n] == '\0' || isspace((unsigned char)line[n]) != 0))
			return words[i].form;
	}
	return FORM_WORDS;
}

static bool
is_json(const string *response)
{
	json_t *own = response->len == 0 ? NULL :
	    json_loadb(response->buffer, (size_t)response->len, 0, NULL);

	json_decref(own);
	return own != NULL;
}

static void
wrap_as_json(bool ok, string *response)
{
	json_t *model = json_pack("{s:b,s:o}", "ok", ok, "text",
	    form_text(response->len > 0 ? response->buffer : ""));
	char *text = json_dumps(model, 0);

	json_decref(model);
	string_truncate(response, 0);
	(void)stringprintf(response, "%s\n", text != NULL ? text : "{}");
	free(text);
}

/* `elements` as wellformed_elements() counts them. */
static void
wrap_as_xml(bool ok, int elements, string *response)
{
	const char *root = ok ? "answer" : "error";
	char *before = xstrdup(response->len > 0 ? response->buffer : "");

	string_truncate(response, 0);
	(void)stringprintf(response, "<%s>\n  <ok>%s</ok>\n", root,
	    ok ? "true" : "false");
	if (elements > 0) {
		(void)stringprintf(response, "%s%s", before,
		    before[strlen(before) - 1] == '\n' ? "" : "\n");
	} else {
		(void)stringprintf(response, "  <text>");
		form_xml_text(before, response);
		(void)stringprintf(response, "</text>\n");
	}
	(void)stringprintf(response, "</%s>\n", root);
	free(before);
}

void
form_ensure(enum form form, bool ok, string *response)
{
	int elements;

	switch (form) {
	case FORM_WORDS:
		break;
	case FORM_JSON:
		if (!is_json(response))
			wrap_as_json(ok, response);
		break;
	case FORM_XML:
		elements = wellformed_elements(span_of(response->buffer,
		    (size_t)response->len));
		if (elements != 1)
			wrap_as_xml(ok, elements, response);
		break;
	}
}
