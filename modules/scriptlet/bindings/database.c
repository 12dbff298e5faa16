/*
 * database.c: SQLite.
 *
 * Scripts write the SQL, so what leads out of the database is closed: ATTACH,
 * extensions, and the tables that describe the others.
 */
#include "scriptlet/bindings/database.h"

#include "base/arena.h"
#include "keys/cache.h"

#include <sqlite3.h>

#include <stdatomic.h>
#include <stdlib.h>

#define STEPS 10000 /* of SQLite between two looks at the clock */

struct rows {
	atomic_uint users;
	struct arena arena; /* everything below */
	size_t n_columns;
	char **columns;
	struct row *first, **end;
	size_t octets;
};

struct statement {
	struct statement *next; /* the one used before */
	struct database *database;
	sqlite3_stmt *stmt;
	struct span sql; /* in the heap, behind the struct */
};

struct database {
	sqlite3 *handle;
	struct statement *statements; /* the latest first */
	unsigned n_statements;
	int64_t deadline; /* of what runs */
};

/* rows */

struct rows *
rows_ref(struct rows *rows)
{
	(void)atomic_fetch_add(&rows->users, 1);
	return rows;
}

void
rows_unref(struct rows *rows)
{
	if (rows == NULL || atomic_fetch_sub(&rows->users, 1) != 1)
		return;
	arena_deinit(&rows->arena);
	free(rows);
}

size_t
rows_columns(const struct rows *rows)
{
	return rows->n_columns;
}

const char *
rows_column(const struct rows *rows, size_t i)
{
	return rows->columns[i];
}

const struct row *
rows_first(const struct rows *rows)
{
	return rows->first;
}

size_t
rows_octets(const struct rows *rows)
{
	return rows->octets;
}

static struct rows *
rows_new(sqlite3_stmt *stmt)
{
	struct rows *rows = calloc(1, sizeof(*rows));
	const char *name;

	if (rows == NULL)
		return NULL;
	atomic_init(&rows->users, 1);
	rows->end = &rows->first;
	rows->n_columns = (size_t)sqlite3_column_count(stmt);
	rows->columns = arena_calloc(&rows->arena, rows->n_columns + 1,
	    sizeof(*rows->columns));
	for (size_t i = 0; rows->columns != NULL && i < rows->n_columns; i++) {
		name = sqlite3_column_name(stmt, (int)i);
		rows->columns[i] = name == NULL ? NULL :
		    arena_text(&rows->arena, span_of_text(name));
		if (rows->columns[i] == NULL)
			rows->columns = NULL;
	}
	if (rows->columns == NULL) {
		rows_unref(rows);
		return NULL;
	}
	return rows;
}

static int
take_value(struct rows *rows, sqlite3_stmt *stmt, int i, struct value *value)
{
	const void *bytes;

	switch (sqlite3_column_type(stmt, i)) {
	case SQLITE_NULL:
		value->type = VALUE_NULL;
		return 0;
	case SQLITE_INTEGER:
		value->type = VALUE_INTEGER;
		value->integer = sqlite3_column_int64(stmt, i);
		return 0;
	case SQLITE_FLOAT:
		value->type = VALUE_REAL;
		value->real = sqlite3_column_double(stmt, i);
		return 0;
	default:
		value->type = VALUE_TEXT;
		bytes = sqlite3_column_blob(stmt, i);
		value->text = span_of(bytes, bytes == NULL ? 0 :
		    (size_t)sqlite3_column_bytes(stmt, i));
		rows->octets += value->text.n;
		if (value->text.n == 0) {
			value->text = SPAN("");
			return 0;
		}
		return arena_copy(&rows->arena, value->text, &value->text);
	}
}

static int
take_row(struct rows *rows, sqlite3_stmt *stmt)
{
	size_t size = sizeof(struct row) +
	    rows->n_columns * sizeof(struct value);
	struct row *row = arena_calloc(&rows->arena, 1, size);

	if (row == NULL)
		return -1;
	rows->octets += size;
	for (size_t i = 0; i < rows->n_columns; i++) {
		if (take_value(rows, stmt, (int)i, &row->values[i]) != 0)
			return -1;
	}
	*rows->end = row;
	rows->end = &row->next;
	return 0;
}

/* connections */

/* VACUUM attaches "", and that is no file. */
static int
authorize(void *closure, int action, const char *a, const char *b,
    const char *c, const char *d)
{
	(void)closure;
	(void)b;
	(void)c;
	(void)d;
	if (action == SQLITE_ATTACH && (a == NULL || a[0] != '\0'))
		return SQLITE_DENY;
	return SQLITE_OK;
}

static int
look_at_clock(void *closure)
{
	const struct database *database = closure;

	return cache_clock_monotonic(NULL) > database->deadline;
}

int
database_open(const char *path, struct database **database_r,
    struct why *why_r)
{
	struct database *database = calloc(1, sizeof(*database));

	*database_r = NULL;
	if (database == NULL) {
		why_set(why_r, "out of memory");
		return -1;
	}
	if (sqlite3_open_v2(path, &database->handle, SQLITE_OPEN_READWRITE |
	    SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK) {
		why_set(why_r, "'%s': %s", path, database->handle != NULL ?
		    sqlite3_errmsg(database->handle) : "out of memory");
		database_close(&database);
		return -1;
	}
	(void)sqlite3_db_config(database->handle, SQLITE_DBCONFIG_DEFENSIVE, 1,
	    NULL);
	(void)sqlite3_db_config(database->handle,
	    SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0, NULL);
	(void)sqlite3_limit(database->handle, SQLITE_LIMIT_LENGTH,
	    DATABASE_VALUE_BYTES);
	(void)sqlite3_limit(database->handle, SQLITE_LIMIT_SQL_LENGTH,
	    DATABASE_SQL_BYTES);
	(void)sqlite3_limit(database->handle, SQLITE_LIMIT_VARIABLE_NUMBER,
	    DATABASE_PARAMETERS);
	(void)sqlite3_busy_timeout(database->handle, DATABASE_BUSY_TIME);
	(void)sqlite3_set_authorizer(database->handle, authorize, NULL);
	sqlite3_progress_handler(database->handle, STEPS, look_at_clock,
	    database);
	*database_r = database;
	return 0;
}

static void
statement_free(struct statement *statement)
{
	(void)sqlite3_finalize(statement->stmt);
	free(statement);
}

void
database_close(struct database **database)
{
	struct database *d = *database;
	struct statement *next;

	*database = NULL;
	if (d == NULL)
		return;
	for (struct statement *s = d->statements; s != NULL; s = next) {
		next = s->next;
		statement_free(s);
	}
	(void)sqlite3_close_v2(d->handle);
	free(d);
}

/* statements */

/* The kept one of that text, moved to the front. */
static struct statement *
find(struct database *database, struct span sql)
{
	struct statement **at = &database->statements, *found;

	while (*at != NULL && !span_eq((*at)->sql, sql))
		at = &(*at)->next;
	found = *at;
	if (found != NULL) {
		*at = found->next;
		found->next = database->statements;
		database->statements = found;
	}
	return found;
}

static void
drop_oldest(struct database *database)
{
	struct statement **at = &database->statements, *oldest;

	while ((*at)->next != NULL)
		at = &(*at)->next;
	oldest = *at;
	*at = NULL;
	statement_free(oldest);
	database->n_statements--;
}

static bool
is_blank(const char *text, const char *end)
{
	while (text < end && (byte_is_fws((unsigned char)*text) ||
	    *text == ';'))
		text++;
	return text == end;
}

static int
compile(struct statement *statement, struct why *why_r)
{
	const char *sql = (const char *)statement->sql.p, *tail = NULL;
	sqlite3 *handle = statement->database->handle;

	if (sqlite3_prepare_v3(handle, sql, (int)statement->sql.n + 1,
	    SQLITE_PREPARE_PERSISTENT, &statement->stmt, &tail) != SQLITE_OK) {
		why_set(why_r, "%s", sqlite3_errmsg(handle));
		return -1;
	}
	if (statement->stmt == NULL)
		why_set(why_r, "there is no statement");
	else if (!is_blank(tail, sql + statement->sql.n))
		why_set(why_r, "more than one statement");
	else
		return 0;
	return -1;
}

struct statement *
database_prepare(struct database *database, struct span sql,
    struct why *why_r)
{
	struct statement *statement = find(database, sql);

	if (statement != NULL)
		return statement;
	if (sql.n > DATABASE_SQL_BYTES || memchr(sql.p, '\0', sql.n) != NULL) {
		why_set(why_r, "the statement is too long, or holds a NUL");
		return NULL;
	}
	statement = calloc(1, sizeof(*statement) + sql.n + 1);
	if (statement == NULL) {
		why_set(why_r, "out of memory");
		return NULL;
	}
	memcpy(statement + 1, sql.p, sql.n);
	statement->sql = span_of(statement + 1, sql.n);
	statement->database = database;
	/* reading the schema may wait for a lock */
	database->deadline = cache_clock_monotonic(NULL) + DATABASE_TIME;
	if (compile(statement, why_r) != 0) {
		statement_free(statement);
		return NULL;
	}
	if (database->n_statements == DATABASE_STATEMENTS)
		drop_oldest(database);
	statement->next = database->statements;
	database->statements = statement;
	database->n_statements++;
	return statement;
}

int
statement_parameters(const struct statement *statement)
{
	return sqlite3_bind_parameter_count(statement->stmt);
}

const char *
statement_parameter(const struct statement *statement, int i)
{
	const char *name = sqlite3_bind_parameter_name(statement->stmt, i);

	return name == NULL || name[0] == '?' ? NULL : name + 1;
}

bool
statement_only_reads(const struct statement *statement)
{
	return sqlite3_stmt_readonly(statement->stmt) != 0;
}

static int
bind(sqlite3_stmt *stmt, int i, const struct value *value)
{
	switch (value->type) {
	case VALUE_NULL:
		return sqlite3_bind_null(stmt, i);
	case VALUE_INTEGER:
		return sqlite3_bind_int64(stmt, i, value->integer);
	case VALUE_REAL:
		return sqlite3_bind_double(stmt, i, value->real);
	case VALUE_TEXT:
		break;
	}
	/* it stays where it is until the statement is reset */
	return sqlite3_bind_text64(stmt, i, (const char *)value->text.p,
	    value->text.n, SQLITE_STATIC, SQLITE_UTF8);
}

static int
step_all(struct statement *statement, int64_t max_rows, struct rows *rows,
    struct why *why_r)
{
	int64_t count = 0;
	int ret;

	while ((ret = sqlite3_step(statement->stmt)) == SQLITE_ROW) {
		if (count == max_rows)
			return 0;
		if (take_row(rows, statement->stmt) != 0) {
			why_set(why_r, "out of memory");
			return -1;
		}
		if (rows->octets > DATABASE_ANSWER_BYTES) {
			why_set(why_r, "the answer is too large");
			return -1;
		}
		count++;
	}
	if (ret == SQLITE_DONE)
		return 0;
	if (ret == SQLITE_INTERRUPT)
		why_set(why_r, "stopped after %d seconds",
		    DATABASE_TIME / 1000);
	else
		why_set(why_r, "%s",
		    sqlite3_errmsg(statement->database->handle));
	return -1;
}

int
statement_run(struct statement *statement, const struct value *parameters,
    int64_t max_rows, struct rows **rows_r, struct why *why_r)
{
	int n = statement_parameters(statement), ret = 0;
	struct rows *rows = rows_new(statement->stmt);

	*rows_r = NULL;
	if (rows == NULL) {
		why_set(why_r, "out of memory");
		return -1;
	}
	for (int i = 0; i < n && ret == 0; i++) {
		if (bind(statement->stmt, i + 1, &parameters[i]) != SQLITE_OK) {
			why_set(why_r, "parameter %d: %s", i + 1,
			    sqlite3_errmsg(statement->database->handle));
			ret = -1;
		}
	}
	statement->database->deadline = cache_clock_monotonic(NULL) +
	    DATABASE_TIME;
	if (ret == 0)
		ret = step_all(statement, max_rows, rows, why_r);
	(void)sqlite3_reset(statement->stmt);
	(void)sqlite3_clear_bindings(statement->stmt);
	if (ret == 0)
		*rows_r = rows;
	else
		rows_unref(rows);
	return ret;
}
