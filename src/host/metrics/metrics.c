/*
 * metrics.c: samples gathered, put in order by family, and written.
 *
 * A family's samples have to stand together under one HELP and TYPE line,
 * whoever told them, and in whatever order.
 */
#include "host/metrics/metrics.h"

#include "host/generation.h"
#include "host/types/alloc.h"

#include <ctype.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PREFIX "mailseal_"
#define NANOSECONDS 1e9
/* Names that are everybody's, not ours. */
#define COMMON_PREFIX "process_"

enum type { TYPE_COUNTER, TYPE_GAUGE, TYPE_HISTOGRAM };

struct sample {
	char *name, *help, *labels; /* labels "" when there are none */
	enum type type;
	double value;
	int cells; /* of a histogram */
	size_t order; /* told as the ...th */
};

struct _ec_metrics {
	struct sample *samples;
	size_t n, room;
};

static bool
is_name(const char *name)
{
	size_t n = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_");

	return n > 0 && name[n] == '\0' && !isdigit((unsigned char)name[0]);
}

static struct sample *
add(ec_metrics *metrics, const char *name, const char *help,
    const char *labels, enum type type)
{
	struct sample *sample;

	if (!is_name(name))
		return NULL;
	if (metrics->n == metrics->room) {
		metrics->room = metrics->room == 0 ? 128 : metrics->room * 2;
		metrics->samples = xrealloc(metrics->samples,
		    metrics->room * sizeof(*metrics->samples));
	}
	sample = &metrics->samples[metrics->n];
	*sample = (struct sample){
		.name = xstrdup(name),
		.help = xstrdup(help != NULL ? help : ""),
		.labels = xstrdup(labels != NULL ? labels : ""),
		.type = type,
		.order = metrics->n,
	};
	metrics->n++;
	return sample;
}

void
ec_metrics_tell_counter(ec_metrics *metrics, const char *name,
    const char *help, const char *labels, double value)
{
	struct sample *sample = add(metrics, name, help, labels,
	    TYPE_COUNTER);

	if (sample != NULL)
		sample->value = value;
}

void
ec_metrics_tell_gauge(ec_metrics *metrics, const char *name, const char *help,
    const char *labels, double value)
{
	struct sample *sample = add(metrics, name, help, labels, TYPE_GAUGE);

	if (sample != NULL)
		sample->value = value;
}

static void
take_family(void *closure, const struct cells_family *family)
{
	struct sample *sample = add(closure, family->name, family->help,
	    family->labels, family->is_histogram ? TYPE_HISTOGRAM :
	    TYPE_COUNTER);

	if (sample == NULL)
		return;
	sample->cells = family->first;
	if (!family->is_histogram)
		sample->value = (double)cells_sum(family->first);
}

/* Modules tell what they know of the newest configuration. */
static void
gather(ec_metrics *metrics)
{
	struct generation *generation = generation_current(), *before;

	cells_each(take_family, metrics);
	metrics_of_host(metrics);
	if (generation == NULL)
		return;
	before = generation_pin(generation);
	call_core_metrics_hook(metrics);
	(void)generation_pin(before);
	generation_unref(generation);
}

static int
compare(const void *a, const void *b)
{
	const struct sample *one = a, *two = b;
	int ret = strcmp(one->name, two->name);

	if (ret != 0)
		return ret;
	return one->order < two->order ? -1 : one->order > two->order;
}

/* writing */

struct writer {
	string *out;
	enum metrics_form form;
};

static const char *
prefix_of(const struct sample *sample)
{
	return strncmp(sample->name, COMMON_PREFIX, strlen(COMMON_PREFIX)) ==
	    0 ? "" : PREFIX;
}

static const char *
type_word(enum type type)
{
	switch (type) {
	case TYPE_COUNTER:
		return "counter";
	case TYPE_GAUGE:
		return "gauge";
	case TYPE_HISTOGRAM:
		return "histogram";
	}
	return "unknown";
}

/* The unit that ends a name, as OpenMetrics wants it said; or NULL. */
static const char *
unit_of(const char *name)
{
	static const char *const units[] = { "seconds", "bytes" };
	const char *last = strrchr(name, '_');

	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		if (last != NULL && strcmp(last + 1, units[i]) == 0)
			return units[i];
	}
	return NULL;
}

/* A quote is escaped in OpenMetrics only. */
static void
write_help(const struct writer *writer, const char *help)
{
	for (const char *c = help; *c != '\0'; c++) {
		bool escaped = *c == '\\' ||
		    (*c == '"' && writer->form == METRICS_OPENMETRICS);

		(void)stringprintf(writer->out, "%s%c", escaped ? "\\" : "",
		    *c == '\n' ? ' ' : *c);
	}
	(void)stringprintf(writer->out, "\n");
}

/* Prometheus's own format counts "_total" to the name of the family, and knows
 * no units. */
static void
write_head(const struct writer *writer, const struct sample *sample)
{
	const char *total = sample->type == TYPE_COUNTER &&
	    writer->form == METRICS_PROMETHEUS ? "_total" : "";
	const char *prefix = prefix_of(sample), *unit = unit_of(sample->name);

	(void)stringprintf(writer->out, "# TYPE %s%s%s %s\n", prefix,
	    sample->name, total, type_word(sample->type));
	if (unit != NULL && writer->form == METRICS_OPENMETRICS)
		(void)stringprintf(writer->out, "# UNIT %s%s %s\n", prefix,
		    sample->name, unit);
	(void)stringprintf(writer->out, "# HELP %s%s%s ", prefix, sample->name,
	    total);
	write_help(writer, sample->help);
}

static void
write_value(string *out, double value)
{
	if (value == floor(value) && fabs(value) < 1e15)
		(void)stringprintf(out, " %.0f\n", value);
	else
		(void)stringprintf(out, " %.9g\n", value);
}

static void
write_sample(const struct writer *writer, const struct sample *sample)
{
	bool labelled = sample->labels[0] != '\0';

	(void)stringprintf(writer->out, "%s%s%s%s%s%s", prefix_of(sample),
	    sample->name, sample->type == TYPE_COUNTER ? "_total" : "",
	    labelled ? "{" : "", sample->labels, labelled ? "}" : "");
	write_value(writer->out, sample->value);
}

/* Buckets add up; the count is made of the same reading, so both agree. */
static void
write_histogram(const struct writer *writer, const struct sample *sample)
{
	const char *prefix = prefix_of(sample), *name = sample->name;
	uint64_t count = 0;

	for (int i = 0; i < CELLS_BOUNDS; i++) {
		double bound = cells_bounds[i];

		count += cells_sum(sample->cells + i);
		/* OpenMetrics writes whole numbers as 1.0 */
		(void)stringprintf(writer->out,
		    "%s%s_bucket{le=\"%g%s\"} %" PRIu64 "\n", prefix, name,
		    bound, bound == floor(bound) ? ".0" : "", count);
	}
	count += cells_sum(sample->cells + CELLS_BOUNDS);
	(void)stringprintf(writer->out, "%s%s_bucket{le=\"+Inf\"} %" PRIu64
	    "\n%s%s_count %" PRIu64 "\n%s%s_sum", prefix, name, count, prefix,
	    name, count, prefix, name);
	write_value(writer->out, metrics_seconds(sample->cells));
}

double
metrics_seconds(int cells)
{
	return (double)cells_sum(cells + CELLS_BOUNDS + 1) / NANOSECONDS;
}

/* All samples, by family. */
static void
collect(ec_metrics *metrics)
{
	gather(metrics);
	if (metrics->n > 0)
		qsort(metrics->samples, metrics->n, sizeof(*metrics->samples),
		    compare);
}

static void
discard(ec_metrics *metrics)
{
	for (size_t i = 0; i < metrics->n; i++) {
		free(metrics->samples[i].name);
		free(metrics->samples[i].help);
		free(metrics->samples[i].labels);
	}
	free(metrics->samples);
}

void
metrics_each(void (*each)(void *closure, const struct metrics_sample *sample),
    void *closure)
{
	ec_metrics metrics = { NULL, 0, 0 };

	collect(&metrics);
	for (size_t i = 0; i < metrics.n; i++) {
		const struct sample *sample = &metrics.samples[i];

		each(closure, &(struct metrics_sample){
			.prefix = prefix_of(sample),
			.name = sample->name,
			.help = sample->help,
			.labels = sample->labels,
			.type = type_word(sample->type),
			.value = sample->value,
			.cells = sample->type == TYPE_HISTOGRAM ?
			    sample->cells : -1,
		});
	}
	discard(&metrics);
}

void
metrics_write(enum metrics_form form, string *out)
{
	struct writer writer = { out, form };
	ec_metrics metrics = { NULL, 0, 0 };

	collect(&metrics);
	for (size_t i = 0; i < metrics.n; i++) {
		const struct sample *sample = &metrics.samples[i];

		if (i == 0 || strcmp(sample[-1].name, sample->name) != 0)
			write_head(&writer, sample);
		if (sample->type == TYPE_HISTOGRAM)
			write_histogram(&writer, sample);
		else
			write_sample(&writer, sample);
	}
	if (form == METRICS_OPENMETRICS)
		(void)stringprintf(out, "# EOF\n");
	discard(&metrics);
}
