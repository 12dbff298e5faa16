/*
 * numbers.c: verdicts.
 */
#include "numbers.h"

#include "ec_metrics.h"
#include "modules/validate/ec_dkim.h"

static const struct {
	int status;
	const char *labels;
} rows[] = {
	{ EC_DKIM_NONE, "result=\"none\"" },
	{ EC_DKIM_PASS, "result=\"pass\"" },
	{ EC_DKIM_FAIL, "result=\"fail\"" },
	{ EC_DKIM_NEUTRAL, "result=\"neutral\"" },
	{ EC_DKIM_POLICY, "result=\"policy\"" },
	{ EC_DKIM_TEMPERROR, "result=\"temperror\"" },
	{ EC_DKIM_PERMERROR, "result=\"permerror\"" },
};
#define ROWS (sizeof(rows) / sizeof(rows[0]))

static int verdicts[ROWS], verifying_errors;

void
check_numbers_register(void)
{
	for (size_t i = 0; i < ROWS; i++)
		verdicts[i] = ec_metric_counter("dkim_verified",
		    "Messages verified, by the result for the message.",
		    rows[i].labels);
	verifying_errors = ec_metric_counter("errors",
	    "Troubles by their kind.", "kind=\"verifying\"");
}

void
check_numbers_verdict(int status)
{
	for (size_t i = 0; i < ROWS; i++) {
		if (rows[i].status == status) {
			ec_metric_add(verdicts[i], 1);
			return;
		}
	}
	ec_metric_add(verifying_errors, 1);
}
