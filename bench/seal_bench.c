/*
 * seal_bench.c: how fast libseal signs and verifies, beside the least that
 * OpenSSL has to do and, where it is installed, libopendkim.
 */
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "contestant.h"
#include "filter.h"
#include "memory.h"
#include "proof.h"
#include "race.h"
#include "report.h"
#include "target.h"

#define MAX_SECONDS 3600

static const char help[] =
    "usage: seal_bench [--json] [--seconds S] [--only FILTER]\n"
    "       seal_bench [--json] --memory\n"
    "       seal_bench --list [--only FILTER]\n"
    "\n"
    "Signs and verifies generated mail, relaxed/relaxed, on one core with keys\n"
    "ready, and prints messages a second.\n"
    "\n"
    "  --json         one JSON object a line instead of the table\n"
    "  --seconds S    processor time for each row (default 1)\n"
    "  --only FILTER  only some rows: words separated by commas, of which a row\n"
    "                 has to match one of each kind that occurs\n"
    "  --memory       only the peak memory of verifying 1 MiB and 64 MiB\n"
    "  --list         print the rows, each as the filter that takes it alone\n"
    "  --help         print this\n"
    "\n"
    "words of a filter:\n"
    "  work           sign verify\n"
    "  size           4096 32768 1048576\n"
    "  algorithm      rsa-sha256-2048 rsa-sha256-1024 ed25519-sha256\n"
    "  implementation libseal openssl libopendkim host\n"
    "\n"
    "example: seal_bench --only sign,4096,rsa-sha256-2048,libseal\n";

struct plan {
	bool json, memory, list, filtered;
	double seconds;
	struct filter filter;
};

/* What the races of one run share, made when first wanted. */
struct stock {
	struct letter *letters[SIZE_COUNT];
	struct keypair *keypairs[ALGORITHM_COUNT];
};

__attribute__((noreturn, format(printf, 1, 2)))
static void
usage(const char *format, ...)
{
	va_list args;

	fputs("seal_bench: ", stderr);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputs("\ntry: seal_bench --help\n", stderr);
	exit(EX_USAGE);
}

static double
read_seconds(const char *text)
{
	char *end;
	double seconds = strtod(text, &end);

	if (end == text || *end != '\0' || !(seconds > 0) ||
	    seconds > MAX_SECONDS)
		usage("--seconds wants a number above 0 and up to %d, "
		      "not \"%s\"", MAX_SECONDS, text);
	return seconds;
}

static struct filter
read_filter(const char *text)
{
	struct filter filter;
	const char *word;
	int n;

	if (filter_parse(text, &filter, &word, &n) < 0)
		usage("--only: \"%.*s\" is no work, size, algorithm or "
		      "implementation", n, word);
	return filter;
}

static struct plan
read_arguments(int argc, char **argv)
{
	static const struct option options[] = {
		{ "json", no_argument, NULL, 'j' },
		{ "seconds", required_argument, NULL, 's' },
		{ "only", required_argument, NULL, 'o' },
		{ "memory", no_argument, NULL, 'm' },
		{ "list", no_argument, NULL, 'l' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 },
	};
	struct plan plan = { .seconds = 1, .filter = filter_all() };
	int option;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		switch (option) {
		case 'j':
			plan.json = true;
			break;
		case 's':
			plan.seconds = read_seconds(optarg);
			break;
		case 'o':
			plan.filter = read_filter(optarg);
			plan.filtered = true;
			break;
		case 'm':
			plan.memory = true;
			break;
		case 'l':
			plan.list = true;
			break;
		case 'h':
			fputs(help, stdout);
			exit(0);
		default: /* getopt_long has said what is wrong */
			fputs("try: seal_bench --help\n", stderr);
			exit(EX_USAGE);
		}
	}
	if (optind < argc)
		usage("\"%s\" is not an option", argv[optind]);
	if (plan.memory && plan.filtered)
		usage("--memory has no rows to choose from with --only");
	return plan;
}

static bool
is_wanted(const struct plan *plan, const struct row *row)
{
	return filter_takes(&plan->filter, row) &&
	    contestant_can(row->impl, row->work, row->algorithm);
}

static size_t
count_rows(const struct plan *plan)
{
	struct row row = row_first();
	size_t n = 0;

	do {
		if (is_wanted(plan, &row))
			n++;
	} while (row_next(&row));
	return n;
}

static void
list_rows(const struct plan *plan)
{
	struct row row = row_first();

	do {
		if (is_wanted(plan, &row))
			printf("%s,%zu,%s,%s\n", work_name(row.work),
			    size_octets(row.size),
			    algorithm_name(row.algorithm),
			    impl_name(row.impl));
	} while (row_next(&row));
}

static struct job
job_of(struct stock *stock, const struct row *row)
{
	if (stock->letters[row->size] == NULL)
		stock->letters[row->size] = letter_new(size_octets(row->size));
	if (stock->keypairs[row->algorithm] == NULL)
		stock->keypairs[row->algorithm] = keypair_new(row->algorithm);
	return (struct job){
		.work = row->work,
		.algorithm = row->algorithm,
		.letter = stock->letters[row->size],
		.keypair = stock->keypairs[row->algorithm],
	};
}

/* Let those of a race that are wanted run; returns false when none is. */
static bool
hold_race(const struct plan *plan, struct stock *stock, struct row row,
    struct score *score)
{
	struct contestant contestants[RACE_MAX];
	double rates[RACE_MAX];
	struct letter *sealed = NULL;
	struct job job = { 0 };
	size_t n = 0;

	for (row.impl = 0; row.impl < IMPL_COUNT; row.impl++) {
		if (!is_wanted(plan, &row))
			continue;
		if (n == 0)
			job = job_of(stock, &row);
		if (row.work == WORK_VERIFY && row.impl != IMPL_OPENSSL &&
		    sealed == NULL)
			job.sealed = sealed = proof_seal(&job);
		contestants[n] = contestant_new(row.impl, &job);
		proof_check(&contestants[n], &job);
		n++;
	}
	race_run(contestants, n, plan->seconds, rates);
	for (size_t i = 0; i < n; i++) {
		row.impl = contestants[i].impl;
		*score_at(score, &row) = rates[i];
		contestant_free(&contestants[i]);
	}
	letter_free(&sealed);
	return n > 0;
}

static void
hold_races(const struct plan *plan, struct score *score)
{
	struct stock stock = { 0 };
	struct row row = row_first();

	do {
		if (row.impl != 0 || !hold_race(plan, &stock, row, score))
			continue;
		if (plan->json)
			report_race_json(score, row);
		else
			report_race(score, row);
	} while (row_next(&row));
	for (size_t i = 0; i < SIZE_COUNT; i++)
		letter_free(&stock.letters[i]);
	for (size_t i = 0; i < ALGORITHM_COUNT; i++)
		keypair_free(&stock.keypairs[i]);
}

/* A plain table has the memory below it; a script asks for it by --memory. */
static void
run(const struct plan *plan)
{
	struct score score = { 0 };

	if (plan->memory || (!plan->json && !plan->filtered))
		score.memory = memory_measure();
	if (plan->memory && plan->json) {
		report_memory_json(&score.memory);
		return;
	}
	if (!plan->memory) {
		if (!plan->json)
			report_head();
		race_pin();
		hold_races(plan, &score);
	}
	if (plan->json)
		return;
	if (score.memory.small > 0)
		report_memory(&score.memory);
	target_print(&score);
}

int
main(int argc, char **argv)
{
	struct plan plan = read_arguments(argc, argv);

	if (count_rows(&plan) == 0)
		usage("no row matches --only in this build: see --list");
	if (plan.list)
		list_rows(&plan);
	else
		run(&plan);
	return 0;
}
