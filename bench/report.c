/*
 * report.c: a line of the table for a race, a line of JSON for each row of it.
 */
#include <stdio.h>
#include <stdlib.h>

#include <jansson.h>

#include "fatal.h"
#include "report.h"

/* More digits would claim more than was measured. */
#define JSON_DIGITS 6

void
report_head(void)
{
	printf("relaxed/relaxed, messages a second on one core\n\n");
	printf("%-7s %-7s %-16s %10s %10s %11s %10s %9s %13s %8s\n", "work",
	    "size", "algorithm", "libseal", "openssl", "libopendkim", "host",
	    "/openssl", "/libopendkim", "host us");
}

static void
print_number(int width, int digits, double number)
{
	if (number > 0)
		printf(" %*.*f", width, digits, number);
	else
		printf(" %*s", width, "-");
}

void
report_race(struct score *score, struct row row)
{
	static const int widths[IMPL_COUNT] = { 10, 10, 11, 10 };

	printf("%-7s %-7s %-16s", work_name(row.work), size_text(row.size),
	    algorithm_name(row.algorithm));
	for (row.impl = 0; row.impl < IMPL_COUNT; row.impl++) {
		double rate = *score_at(score, &row);

		print_number(widths[row.impl], rate < 1000 ? 1 : 0, rate);
	}
	print_number(9, 2, score_ratio(score, &row, IMPL_OPENSSL));
	print_number(13, 2, score_ratio(score, &row, IMPL_LIBOPENDKIM));
	print_number(8, 1, score_more_us(score, &row, IMPL_HOST));
	printf("\n");
	fflush(stdout);
}

/* Takes the object over. */
static void
print_json(json_t *object)
{
	const size_t flags = JSON_COMPACT | JSON_PRESERVE_ORDER |
	    JSON_REAL_PRECISION(JSON_DIGITS);
	char *line = json_dumps(object, flags);

	if (line == NULL)
		fatal("cannot write JSON");
	puts(line);
	fflush(stdout);
	free(line);
	json_decref(object);
}

void
report_race_json(struct score *score, struct row row)
{
	for (row.impl = 0; row.impl < IMPL_COUNT; row.impl++) {
		double rate = *score_at(score, &row);

		if (rate == 0)
			continue;
		print_json(json_pack("{s:s, s:I, s:s, s:s, s:f}",
		    "work", work_name(row.work),
		    "size", (json_int_t)size_octets(row.size),
		    "algorithm", algorithm_name(row.algorithm),
		    "impl", impl_name(row.impl),
		    "per_second", rate));
	}
}

void
report_memory(const struct memory *memory)
{
	printf("peak memory of verifying, KiB:  1 MiB %ld  64 MiB %ld\n",
	    memory->small, memory->large);
}

static void
print_peak(size_t size, long kib)
{
	print_json(json_pack("{s:s, s:I, s:s, s:I}",
	    "work", "memory",
	    "size", (json_int_t)size,
	    "impl", impl_name(IMPL_LIBSEAL),
	    "peak_rss_kib", (json_int_t)kib));
}

void
report_memory_json(const struct memory *memory)
{
	print_peak(MEMORY_SMALL, memory->small);
	print_peak(MEMORY_LARGE, memory->large);
}
