/*
 * database.h: one connection to an SQLite database, and what it answers.
 *
 * A connection belongs to one thread at a time.  Statements that come again are
 * not prepared again.  A statement may neither open other files nor run for
 * ever.  Nothing here calls an interpreter.
 */
#ifndef SCRIPTLET_DATABASE_H
#define SCRIPTLET_DATABASE_H

#include "base/span.h"
#include "keys/why.h"

#define DATABASE_STATEMENTS 32 /* prepared ones kept for a connection */
#define DATABASE_BUSY_TIME 5000 /* milliseconds to wait for a lock */
#define DATABASE_TIME 10000 /* milliseconds for a statement */
#define DATABASE_SQL_BYTES (1 << 20) /* of a statement */
#define DATABASE_VALUE_BYTES (16 << 20) /* of a value */
#define DATABASE_ANSWER_BYTES (64u << 20) /* of all rows */
#define DATABASE_PARAMETERS 999 /* of a statement */

enum value_type {
	VALUE_NULL = 0,
	VALUE_INTEGER,
	VALUE_REAL,
	VALUE_TEXT, /* or a blob */
};

struct value {
	enum value_type type;
	union {
		int64_t integer;
		double real;
		struct span text;
	};
};

struct row {
	struct row *next;
	struct value values[]; /* one for each column */
};

struct rows; /* counted; does not change */

struct rows *rows_ref(struct rows *rows);
void rows_unref(struct rows *rows); /* NULL is fine */
size_t rows_columns(const struct rows *rows);
const char *rows_column(const struct rows *rows, size_t i);
const struct row *rows_first(const struct rows *rows);
size_t rows_octets(const struct rows *rows); /* in memory, about */

struct database;
struct statement;

/* Returns 0, or -1 with words. */
int database_open(const char *path, struct database **database_r,
    struct why *why_r);
void database_close(struct database **database);

/* The statement for an SQL text, to be used before the next call.  NULL with
 * words. */
struct statement *database_prepare(struct database *database, struct span sql,
    struct why *why_r);

/* How many parameters it has, and the name of one, from 1 on, without its ':'
 * or '$'; NULL: it is known by its number. */
int statement_parameters(const struct statement *statement);
const char *statement_parameter(const struct statement *statement, int i);
bool statement_only_reads(const struct statement *statement);

/* Run it.  max_rows -1: all.  Returns 0 with a reference in *rows_r, or -1 with
 * words. */
int statement_run(struct statement *statement, const struct value *parameters,
    int64_t max_rows, struct rows **rows_r, struct why *why_r);

#endif
