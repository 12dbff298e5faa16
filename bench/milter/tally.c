/*
 * tally.c: every latency is kept: percentiles are exact.
 */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#include "fatal.h"
#include "tally.h"

#define JSON_DIGITS 6

void
tally_add(struct tally *tally, enum tally_verdict verdict, uint32_t latency)
{
	tally->verdicts[verdict]++;
	if (tally->n == tally->room) {
		tally->room = tally->room == 0 ? 65536 : 2 * tally->room;
		tally->latencies = realloc(tally->latencies,
		    tally->room * sizeof(*tally->latencies));
		if (tally->latencies == NULL)
			fatal("out of memory");
	}
	tally->latencies[tally->n++] = latency;
}

static int
compare(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

void
tally_sort(struct tally *tally)
{
	if (tally->n > 0)
		qsort(tally->latencies, tally->n, sizeof(*tally->latencies),
		    compare);
}

uint32_t
tally_percentile(const struct tally *tally, double part)
{
	size_t at = (size_t)(part * (double)tally->n);

	if (tally->n == 0)
		return 0;
	return tally->latencies[at < tally->n ? at : tally->n - 1];
}

static double
per_second(const struct tally *tally)
{
	return tally->seconds > 0 ? (double)tally->n / tally->seconds : 0;
}

static double
cpu_us(const struct tally *tally)
{
	return tally->n > 0 ? tally->cpu_seconds * 1e6 / (double)tally->n : 0;
}

static double
ms(uint32_t latency)
{
	return latency / 1000.0;
}

void
tally_show(const struct tally *tally, unsigned long connections)
{
	(void)printf("connections %lu  seconds %.2f  messages %zu  %.1f/s  "
	    "p50 %.2f ms  p99 %.2f ms  max %.2f ms\n", connections,
	    tally->seconds, tally->n, per_second(tally),
	    ms(tally_percentile(tally, 0.50)),
	    ms(tally_percentile(tally, 0.99)),
	    ms(tally_percentile(tally, 1)));
	(void)printf("accept %lu  reject %lu  tempfail %lu  discard %lu  "
	    "quarantine %lu  edits %lu  signatures %lu  wrong %lu  lost %lu  "
	    "generator %.0f us a message\n",
	    tally->verdicts[TALLY_ACCEPT], tally->verdicts[TALLY_REJECT],
	    tally->verdicts[TALLY_TEMPFAIL], tally->verdicts[TALLY_DISCARD],
	    tally->verdicts[TALLY_QUARANTINE], tally->edits,
	    tally->signatures, tally->wrong, tally->lost, cpu_us(tally));
}

static json_int_t
integer(unsigned long number)
{
	return (json_int_t)number;
}

void
tally_show_json(const struct tally *tally, unsigned long connections)
{
	json_t *object = json_pack("{s:I, s:f, s:I, s:f, s:I, s:I, s:I, s:I, "
	    "s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:f}",
	    "connections", integer(connections),
	    "seconds", tally->seconds,
	    "messages", integer(tally->n),
	    "per_second", per_second(tally),
	    "p50_us", integer(tally_percentile(tally, 0.50)),
	    "p99_us", integer(tally_percentile(tally, 0.99)),
	    "max_us", integer(tally_percentile(tally, 1)),
	    "accept", integer(tally->verdicts[TALLY_ACCEPT]),
	    "reject", integer(tally->verdicts[TALLY_REJECT]),
	    "tempfail", integer(tally->verdicts[TALLY_TEMPFAIL]),
	    "discard", integer(tally->verdicts[TALLY_DISCARD]),
	    "quarantine", integer(tally->verdicts[TALLY_QUARANTINE]),
	    "edits", integer(tally->edits),
	    "signatures", integer(tally->signatures),
	    "wrong", integer(tally->wrong),
	    "lost", integer(tally->lost),
	    "generator_us", cpu_us(tally));
	char *line = json_dumps(object, JSON_COMPACT | JSON_PRESERVE_ORDER |
	    JSON_REAL_PRECISION(JSON_DIGITS));

	if (line == NULL)
		fatal("cannot write JSON");
	(void)puts(line);
	free(line);
	json_decref(object);
}

void
tally_deinit(struct tally *tally)
{
	free(tally->latencies);
	*tally = (struct tally){ 0 };
}
