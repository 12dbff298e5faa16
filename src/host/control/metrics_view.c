/*
 * metrics_view.c: metrics, as text or as data.
 */
#include "host/control/commands.h"
#include "host/control/commands_of.h"
#include "host/control/form.h"
#include "host/metrics/metrics.h"

#include <string.h>

struct view {
	json_t *families;
	json_t *samples; /* of the latest family; borrowed */
	char name[128]; /* of it */
};

static const char *
until(const char *text, char end)
{
	const char *at = strchr(text, end);

	return at != NULL ? at : text + strlen(text);
}

/* Behind the quote that begins it; the end is behind the one that ends it. */
static json_t *
label_value(const char *at, const char **end_r)
{
	json_t *value;
	string text;

	(void)string_init_type(&text, 64, STRING_TYPE_ECSTRING);
	for (; *at != '\0' && *at != '"'; at++) {
		if (at[0] == '\\' && at[1] == 'n') {
			(void)stringwrite(&text, "\n", 1);
			at++;
			continue;
		}
		if (at[0] == '\\' && at[1] != '\0')
			at++;
		(void)stringwrite(&text, at, 1);
	}
	*end_r = *at == '"' ? at + 1 : at;
	value = form_text(text.buffer);
	(void)string_destroy(&text);
	return value;
}

/* labels = label *( "," label ); label = name "=" <"> value <"> */
static json_t *
labels_model(const char *at)
{
	json_t *model = json_object();

	while (*at != '\0') {
		const char *name = at, *end = until(at, '=');
		json_t *value;

		if (*end == '\0' || end[1] != '"')
			break; /* a module's own, and none */
		value = label_value(end + 2, &at);
		(void)json_object_setn_new(model, name,
		    (size_t)(end - name), value);
		at += *at == ',' ? 1 : 0;
	}
	return model;
}

/* Buckets add up, as in the text; the last one is without bound. */
static json_t *
histogram_model(const struct metrics_sample *sample)
{
	json_t *buckets = json_array();
	json_int_t count = 0;

	for (int i = 0; i <= CELLS_BOUNDS; i++) {
		count += (json_int_t)cells_sum(sample->cells + i);
		(void)json_array_append_new(buckets, json_pack("{s:o,s:I}",
		    "le", i < CELLS_BOUNDS ? json_real(cells_bounds[i]) :
		    json_null(), "count", count));
	}
	return json_pack("{s:o,s:I,s:f,s:o}", "labels",
	    labels_model(sample->labels), "count", count, "sum",
	    metrics_seconds(sample->cells), "buckets", buckets);
}

static void
add(void *closure, const struct metrics_sample *sample)
{
	struct view *view = closure;
	char name[sizeof(view->name)];

	(void)snprintf(name, sizeof(name), "%s%s", sample->prefix,
	    sample->name);
	if (view->samples == NULL || strcmp(name, view->name) != 0) {
		memcpy(view->name, name, sizeof(name));
		view->samples = json_array();
		(void)json_array_append_new(view->families, json_pack(
		    "{s:o,s:s,s:o,s:o}", "name", form_text(name), "type",
		    sample->type, "help", form_text(sample->help), "samples",
		    view->samples));
	}
	(void)json_array_append_new(view->samples, sample->cells >= 0 ?
	    histogram_model(sample) : json_pack("{s:o,s:f}", "labels",
	    labels_model(sample->labels), "value", sample->value));
}

static int
run_metrics(command_construct *cc, void *closure)
{
	struct view view = { .samples = NULL };

	(void)closure;
	if (commands_has_rest(cc, 1))
		return 0;
	if (!form_is_wanted(cc)) {
		metrics_write(METRICS_OPENMETRICS, &cc->response);
		return 1;
	}
	view.families = json_array();
	metrics_each(add, &view);
	return form_answer(cc, "metrics", json_pack("{s:o}", "families",
	    view.families));
}

void
metrics_view_add_commands(void)
{
	static const struct command_row rows[] = {
		{ "metrics", run_metrics, "all counters, as the metrics "
		    "endpoint has them",
		    "In the format of OpenMetrics, whether or not there is a "
		    "Metrics_Listener." },
	};

	commands_add_rows(rows, sizeof(rows) / sizeof(rows[0]));
}
