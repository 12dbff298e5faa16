/*
 * refusal.c: errors of a configuration as an answer.
 */
#include "host/online/refusal.h"

#include "host/control/form.h"

static json_t *
error_model(const struct config_error *error)
{
	return json_pack("{s:o,s:o,s:o}", "file", error->path[0] != '\0' ?
	    form_text(error->path) : json_null(), "line", error->line != 0 ?
	    json_integer(error->line) : json_null(), "message",
	    form_text(error->message));
}

static json_t *
model(const struct config_errors *errors, struct span text)
{
	json_t *list = json_array();

	for (const struct config_error *e = errors->first; e != NULL;
	    e = e->next)
		(void)json_array_append_new(list, error_model(e));
	return json_pack("{s:b,s:i,s:o,s:o}", "ok", 0, "count",
	    (int)errors->count, "errors", list, "text", form_span(text));
}

int
refusal_answer(command_construct *cc, const struct config_errors *errors,
    const char *words)
{
	struct buffer text = { 0 };

	errors_format_all(errors, &text);
	buffer_add_text(&text, words);
	buffer_add_text(&text, "\n");
	if (form_is_wanted(cc))
		(void)form_answer(cc, "error", model(errors,
		    buffer_span(&text)));
	else if (text.n > 0)
		(void)stringwrite2(&cc->response, (const char *)text.p,
		    text.n);
	buffer_deinit(&text);
	return 0;
}
