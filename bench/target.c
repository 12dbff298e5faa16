/*
 * target.c: the targets as a table.
 */
#include <stdio.h>

#include "target.h"

static const struct target {
	struct row row;
	enum impl against;
	double at_least; /* times the rate of the other */
} targets[] = {
	{ { WORK_SIGN, SIZE_4K, ALGORITHM_RSA_2048, IMPL_LIBSEAL },
	    IMPL_OPENSSL, 0.93 },
	{ { WORK_SIGN, SIZE_4K, ALGORITHM_RSA_2048, IMPL_LIBSEAL },
	    IMPL_LIBOPENDKIM, 3 },
	{ { WORK_SIGN, SIZE_1M, ALGORITHM_ED25519, IMPL_LIBSEAL },
	    IMPL_OPENSSL, 0.6 },
	{ { WORK_VERIFY, SIZE_4K, ALGORITHM_RSA_2048, IMPL_LIBSEAL },
	    IMPL_LIBOPENDKIM, 5 },
	{ { WORK_VERIFY, SIZE_1M, ALGORITHM_RSA_2048, IMPL_LIBSEAL },
	    IMPL_LIBOPENDKIM, 5 },
};

/* What the host may take beyond the engine, on the row where the engine itself
 * takes least and scatters least. */
static const struct row host_row = {
	WORK_SIGN, SIZE_4K, ALGORITHM_ED25519, IMPL_HOST
};
#define HOST_MAX_US 20.0

/* What two measurements of the same may differ by. */
#define MAX_GROWTH_KIB 256

static void
print_head(bool *printed)
{
	if (!*printed)
		printf("\ntargets\n");
	*printed = true;
}

static void
print_target(const struct target *target, double ratio)
{
	printf("%-7s %-7s %-16s %5.2f of %-12s wanted %.2f  %s\n",
	    work_name(target->row.work), size_text(target->row.size),
	    algorithm_name(target->row.algorithm), ratio,
	    impl_name(target->against), target->at_least,
	    ratio >= target->at_least ? "met" : "MISSED");
}

void
target_print(const struct score *score)
{
	bool printed = false;

	for (size_t i = 0; i < sizeof(targets) / sizeof(targets[0]); i++) {
		double ratio = score_ratio(score, &targets[i].row,
		    targets[i].against);

		if (ratio == 0)
			continue;
		print_head(&printed);
		print_target(&targets[i], ratio);
	}
	if (score_more_us(score, &host_row, IMPL_HOST) != 0) {
		double us = score_more_us(score, &host_row, IMPL_HOST);

		print_head(&printed);
		printf("%-7s %-7s host takes %.1f us more than libseal, wanted "
		       "at most %.1f  %s\n", work_name(host_row.work),
		    size_text(host_row.size), us, HOST_MAX_US,
		    us <= HOST_MAX_US ? "met" : "MISSED");
	}
	if (score->memory.small > 0) {
		long growth = score->memory.large - score->memory.small;

		print_head(&printed);
		printf("verify  64 MiB  %ld KiB, 1 MiB %ld KiB: %+ld, wanted at "
		       "most %+d  %s\n",
		    score->memory.large, score->memory.small, growth,
		    MAX_GROWTH_KIB,
		    growth <= MAX_GROWTH_KIB ? "met" : "MISSED");
	}
}
