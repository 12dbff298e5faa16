/*
 * permastore.h: totals of signing in a SQLite file, over restarts.
 *
 * The table signing_stats::binding has a row for each kind of signature and
 * binding, and signing_stats::global one for each kind.  A save is one
 * transaction that is on the disk when it ends: whoever dies in between leaves
 * the totals of the save before.  Rows of bindings that nobody speaks of stay.
 */
#ifndef HOST_STATS_PERMASTORE_H
#define HOST_STATS_PERMASTORE_H

#include "base/buffer.h"
#include "host/stats/ledger.h"

#include <stdbool.h>

/*
 * Keep other processes from doing the same: two that save into one file would
 * take each other's totals away.  *fd_r is -1 before the first call; it stays
 * open until permastore_release(), or the end of the process, however that
 * comes.  A file that was put in the place of the one held is held instead.
 * Makes the file if `make`.  0; 1 when there is no file, or none that could be
 * opened; -1 with words in why when another process holds it.
 */
int permastore_hold(const char *path, bool make, int *fd_r,
    struct buffer *why);
void permastore_release(int *fd);

/* Ask for all totals of the file: of all (name NULL), then of bindings.
 * Returns 0; 1 when there is no such file, or nothing in it, yet; -1 with words
 * in why. */
int permastore_load(const char *path, void (*each)(void *closure,
    const char *name, const struct ledger_sums *sums), void *closure,
    struct buffer *why);

/* Save what `totals` tells of to the function that it is given; all that was
 * there before goes if `anew`.  The file is made if need be, its folder not.
 * Returns 0, or -1 with words in why and the file as it was. */
int permastore_save(const char *path, bool anew,
    void (*totals)(void (*each)(void *closure, const char *name,
    const struct ledger_sums *sums), void *closure), struct buffer *why);

#endif
