/*
 * permastore.c: two tables, read at the start and written now and then.
 *
 * The file is opened for each save and closed after it: it may be moved away,
 * made anew or mended while we run, and minutes lie between two saves.
 */
#include "host/stats/permastore.h"

#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define BUSY_MS 2000 /* somebody else looks into the file */
#define NAME_MAX_BYTES 1024 /* of a binding; who wrote more was not us */

static const char *const kind_names[LEDGER_KINDS] = {
	[EC_SIGNING_DOMAINKEYS] = "domainkeys",
	[EC_SIGNING_DKIM] = "dkim",
};

#define COLUMNS "nanoseconds INTEGER NOT NULL, signed INTEGER NOT NULL, " \
	"failed INTEGER NOT NULL, processed INTEGER NOT NULL"

static const char schema[] =
    "CREATE TABLE IF NOT EXISTS \"signing_stats::global\" ("
    "kind TEXT PRIMARY KEY, " COLUMNS ");"
    "CREATE TABLE IF NOT EXISTS \"signing_stats::binding\" ("
    "binding TEXT NOT NULL, kind TEXT NOT NULL, " COLUMNS ", "
    "PRIMARY KEY (binding, kind));";

static const char put_all[] =
    "INSERT OR REPLACE INTO \"signing_stats::global\" "
    "(nanoseconds, signed, failed, processed, kind) "
    "VALUES (?1, ?2, ?3, ?4, ?5)";
static const char put_binding[] =
    "INSERT OR REPLACE INTO \"signing_stats::binding\" "
    "(nanoseconds, signed, failed, processed, kind, binding) "
    "VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
static const char empty_all[] = "DELETE FROM \"signing_stats::global\";"
    "DELETE FROM \"signing_stats::binding\"";

static const char get_tables[] =
    "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name IN "
    "('signing_stats::global', 'signing_stats::binding')";
static const char get_all[] =
    "SELECT nanoseconds, signed, failed, processed, kind, NULL "
    "FROM \"signing_stats::global\"";
static const char get_bindings[] =
    "SELECT nanoseconds, signed, failed, processed, kind, binding "
    "FROM \"signing_stats::binding\" ORDER BY binding";

struct store {
	sqlite3 *db;
	sqlite3_stmt *all, *binding; /* of a save */
	bool failed;
};

static void
tell(sqlite3 *db, const char *path, struct buffer *why)
{
	buffer_add_text(why, "'");
	buffer_add_text(why, path);
	buffer_add_text(why, "': ");
	buffer_add_text(why, db != NULL ? sqlite3_errmsg(db) :
	    "out of memory");
}

static sqlite3 *
open_file(const char *path, int flags, struct buffer *why)
{
	sqlite3 *db = NULL;

	if (sqlite3_open_v2(path, &db, flags, NULL) ==
	    SQLITE_OK) {
		(void)sqlite3_busy_timeout(db, BUSY_MS);
		return db;
	}
	if (why != NULL)
		tell(db, path, why);
	(void)sqlite3_close(db);
	return NULL;
}

/* hold */

void
permastore_release(int *fd)
{
	if (*fd >= 0)
		(void)close(*fd);
	*fd = -1;
}

/* Is the file that is held still the one of that name? */
static bool
is_held(const char *path, int fd)
{
	struct stat held, named;

	return fd >= 0 && fstat(fd, &held) == 0 && stat(path, &named) == 0 &&
	    held.st_dev == named.st_dev && held.st_ino == named.st_ino;
}

/* Not SQLite's locks, which are for the moments of reading and writing; and the
 * descriptor is closed only when SQLite has none of the file. */
int
permastore_hold(const char *path, bool make, int *fd_r, struct buffer *why)
{
	int fd;

	if (is_held(path, *fd_r))
		return 0;
	permastore_release(fd_r);
	fd = open(path, O_RDWR | O_CLOEXEC | O_NONBLOCK |
	    (make ? O_CREAT : 0), 0644);
	if (fd < 0)
		fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return 1;
	if (flock(fd, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK) {
		*fd_r = fd;
		return 0;
	}
	(void)close(fd);
	buffer_add_text(why, "'");
	buffer_add_text(why, path);
	buffer_add_text(why, "': another process keeps its statistics there");
	return -1;
}

/* load */

static int
kind_of(const unsigned char *text)
{
	for (int kind = 0; text != NULL && kind < LEDGER_KINDS; kind++) {
		if (strcmp((const char *)text, kind_names[kind]) == 0)
			return kind;
	}
	return -1;
}

static uint64_t
column(sqlite3_stmt *row, int i)
{
	sqlite3_int64 number = sqlite3_column_int64(row, i);

	return number > 0 ? (uint64_t)number : 0;
}

static void
take_row(sqlite3_stmt *row, struct ledger_sums *sums)
{
	int kind = kind_of(sqlite3_column_text(row, 4));

	if (kind >= 0)
		sums[kind] = (struct ledger_sums){
			.nanoseconds = column(row, 0),
			.signed_ok = column(row, 1),
			.failed = column(row, 2),
			.processed = column(row, 3),
		};
}

/* Rows of one name follow each other. */
static int
load_table(sqlite3 *db, const char *query, void (*each)(void *closure,
    const char *name, const struct ledger_sums *sums), void *closure)
{
	struct ledger_sums sums[LEDGER_KINDS] = { { 0 } };
	char name[NAME_MAX_BYTES] = "";
	sqlite3_stmt *row = NULL;
	bool any = false;
	int ret;

	if (sqlite3_prepare_v2(db, query, -1, &row, NULL) != SQLITE_OK)
		return -1;
	while ((ret = sqlite3_step(row)) == SQLITE_ROW) {
		const char *binding = (const char *)sqlite3_column_text(row, 5);

		if (any && strcmp(binding != NULL ? binding : "", name) != 0) {
			each(closure, name, sums);
			memset(sums, 0, sizeof(sums));
		}
		(void)snprintf(name, sizeof(name), "%s",
		    binding != NULL ? binding : "");
		take_row(row, sums);
		any = true;
	}
	if (any && ret == SQLITE_DONE)
		each(closure, query == get_all ? NULL : name, sums);
	(void)sqlite3_finalize(row);
	return ret == SQLITE_DONE ? 0 : -1;
}

static int
count_tables(sqlite3 *db)
{
	sqlite3_stmt *row = NULL;
	int ret = -1;

	if (sqlite3_prepare_v2(db, get_tables, -1, &row, NULL) == SQLITE_OK &&
	    sqlite3_step(row) == SQLITE_ROW)
		ret = sqlite3_column_int(row, 0);
	(void)sqlite3_finalize(row);
	return ret;
}

int
permastore_load(const char *path, void (*each)(void *closure,
    const char *name, const struct ledger_sums *sums), void *closure,
    struct buffer *why)
{
	sqlite3 *db = open_file(path, SQLITE_OPEN_READWRITE, NULL);
	int ret = -1, tables;

	if (db == NULL && access(path, F_OK) != 0 && errno == ENOENT)
		return 1;
	if (db == NULL)
		db = open_file(path, SQLITE_OPEN_READONLY, why);
	if (db == NULL)
		return -1;
	tables = count_tables(db);
	if (tables == 0)
		ret = 1;
	else if (tables > 0 && load_table(db, get_all, each, closure) == 0 &&
	    load_table(db, get_bindings, each, closure) == 0)
		ret = 0;
	if (ret < 0)
		tell(db, path, why);
	(void)sqlite3_close(db);
	return ret;
}

/* save */

static void
bind_sums(sqlite3_stmt *row, const struct ledger_sums *sums, int kind)
{
	(void)sqlite3_bind_int64(row, 1, (sqlite3_int64)sums->nanoseconds);
	(void)sqlite3_bind_int64(row, 2, (sqlite3_int64)sums->signed_ok);
	(void)sqlite3_bind_int64(row, 3, (sqlite3_int64)sums->failed);
	(void)sqlite3_bind_int64(row, 4, (sqlite3_int64)sums->processed);
	(void)sqlite3_bind_text(row, 5, kind_names[kind], -1, SQLITE_STATIC);
}

static void
save_one(void *closure, const char *name, const struct ledger_sums *sums)
{
	struct store *store = closure;
	sqlite3_stmt *row = name == NULL ? store->all : store->binding;

	for (int kind = 0; kind < LEDGER_KINDS && !store->failed; kind++) {
		bind_sums(row, &sums[kind], kind);
		if (name != NULL)
			(void)sqlite3_bind_text(row, 6, name, -1,
			    SQLITE_STATIC);
		/* the error of a step is that of the reset after it */
		(void)sqlite3_step(row);
		store->failed = sqlite3_reset(row) != SQLITE_OK;
	}
}

static bool
run(sqlite3 *db, const char *words)
{
	return sqlite3_exec(db, words, NULL, NULL, NULL) == SQLITE_OK;
}

static bool
save_into(struct store *store, bool anew,
    void (*totals)(void (*each)(void *closure, const char *name,
    const struct ledger_sums *sums), void *closure))
{
	sqlite3 *db = store->db;

	if (!run(db, "PRAGMA synchronous = FULL") ||
	    !run(db, "BEGIN IMMEDIATE") || !run(db, schema) ||
	    (anew && !run(db, empty_all)) ||
	    sqlite3_prepare_v2(db, put_all, -1, &store->all, NULL) !=
	    SQLITE_OK ||
	    sqlite3_prepare_v2(db, put_binding, -1, &store->binding, NULL) !=
	    SQLITE_OK)
		return false;
	totals(save_one, store);
	return !store->failed && run(db, "COMMIT");
}

int
permastore_save(const char *path, bool anew,
    void (*totals)(void (*each)(void *closure, const char *name,
    const struct ledger_sums *sums), void *closure), struct buffer *why)
{
	struct store store = { .db = open_file(path, SQLITE_OPEN_READWRITE |
	    SQLITE_OPEN_CREATE, why) };
	bool good;

	if (store.db == NULL)
		return -1;
	good = save_into(&store, anew, totals);
	if (!good)
		tell(store.db, path, why);
	(void)sqlite3_finalize(store.all);
	(void)sqlite3_finalize(store.binding);
	/* what was not committed is rolled back with the connection */
	(void)sqlite3_close(store.db);
	return good ? 0 : -1;
}
