/*
 * signing.h: the statistics of signing that are in use, and the totals of
 * earlier runs that they are shown and saved with.
 *
 * ec_signing_stats.h is how modules count; that takes no lock.  The rest is for
 * the console, the permastore and metrics, one at a time behind a lock of its
 * own.
 */
#ifndef HOST_STATS_SIGNING_H
#define HOST_STATS_SIGNING_H

#include "host/stats/ledger.h"
#include "misc/ec_string.h"

#include <stdbool.h>

enum signing_mode { /* the option Signing_Stats */
	SIGNING_ALL,
	SIGNING_GLOBAL,
	SIGNING_OFF,
};

void signing_set_mode(enum signing_mode mode);
enum signing_mode signing_get_mode(void);

/* Totals of earlier runs: those of all (name NULL) and those of a binding.
 * They replace what was told of that name before. */
void signing_restore(const char *name, const struct ledger_sums *sums);

/* Call for all (name NULL), then for every binding that was counted or
 * restored, whether the configuration still has it or not, by name. */
void signing_totals(void (*each)(void *closure, const char *name,
    const struct ledger_sums *sums), void *closure);

/* The sums of all alone: sums_r has LEDGER_KINDS. */
void signing_get_all(struct ledger_sums *sums_r);

/* Everything from zero; what was restored is forgotten. */
void signing_reset(void);

/* The documented layouts of "signing_stats": see signing_report.c. */
void signing_write_text(string *out);
void signing_write_xml(string *out);
void signing_write_json(string *out);

/* For signing_report.c: what is to be shown.  Bindings that the configuration
 * does not have any more are left out; all are sorted by name, domains within a
 * binding follow each other. */
struct signing_row {
	char *binding; /* NULL: all bindings together */
	char *domain; /* NULL: all domains together */
	struct ledger_sums sums[LEDGER_KINDS];
};
struct signing_view {
	struct ledger_sums all[LEDGER_KINDS];
	struct signing_row *domains, *bindings, *pairs;
	size_t domains_n, bindings_n, pairs_n;
};
void signing_view_init(struct signing_view *view);
void signing_view_deinit(struct signing_view *view);

#endif
