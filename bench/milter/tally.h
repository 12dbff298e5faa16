/*
 * tally.h: what came of many messages, and how long each took.
 */
#ifndef BENCH_MILTER_TALLY_H
#define BENCH_MILTER_TALLY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum tally_verdict {
	TALLY_ACCEPT,
	TALLY_REJECT,
	TALLY_TEMPFAIL,
	TALLY_DISCARD,
	TALLY_QUARANTINE,
};
#define TALLY_VERDICTS (TALLY_QUARANTINE + 1)

struct tally {
	unsigned long verdicts[TALLY_VERDICTS];
	unsigned long edits; /* of all messages */
	unsigned long signatures; /* DKIM-Signature fields put on them */
	unsigned long wrong; /* messages with other numbers than expected */
	unsigned long lost; /* messages without a verdict */
	double seconds; /* from the first message to the end of the last */
	double cpu_seconds; /* of the generator itself */
	uint32_t *latencies; /* microseconds from MAIL to the verdict */
	size_t n, room; /* of the messages with a verdict */
};

void tally_add(struct tally *tally, enum tally_verdict verdict,
    uint32_t latency);
/* The latency that this part (0 to 1) of the messages did not exceed.  Sorts
 * once; nothing is added afterwards. */
void tally_sort(struct tally *tally);
uint32_t tally_percentile(const struct tally *tally, double part);
void tally_show(const struct tally *tally, unsigned long connections);
void tally_show_json(const struct tally *tally, unsigned long connections);
void tally_deinit(struct tally *tally);

#endif
