/*
 * macros.h: the macros that an MTA sends before its commands.
 *
 * Which ones, and in which order, is the MTA's habit: the lists of Postfix are
 * those of milter_connect_macros and its sisters, those of Sendmail what
 * cf/m4/proto.m4 sets for Milter.macros.connect and its sisters.  A filter may
 * ask for other lists.  A macro without a value is not sent.
 */
#ifndef BENCH_MILTER_MACROS_H
#define BENCH_MILTER_MACROS_H

#include "base/buffer.h"

enum macros_style {
	MACROS_POSTFIX,
	MACROS_SENDMAIL,
	MACROS_NONE, /* sends none, whatever the filter asks for */
};

#define MACROS_STAGES 7 /* SMFIM_CONNECT to SMFIM_EOH */
#define MACROS_MAX 48 /* names with a value */

struct macros {
	enum macros_style style;
	char *lists[MACROS_STAGES]; /* the filter's, or NULL */
	struct {
		const char *name; /* with its braces */
		char *value; /* or NULL */
	} values[MACROS_MAX];
	size_t n;
	bool failed; /* out of memory, or of room */
};

void macros_init(struct macros *macros, enum macros_style style);
void macros_deinit(struct macros *macros);

/* "postfix", "sendmail", "none".  Returns false for another word. */
bool macros_style_parse(const char *word, enum macros_style *style_r);

/* name is a literal; value is copied, NULL takes it away. */
void macros_set(struct macros *macros, const char *name, const char *value);
const char *macros_value(const struct macros *macros, struct span name);

/* The filter wants this list at this stage.  An unknown stage is passed over.
 * With the first list, Postfix drops all of its own: stages that the filter
 * does not name get none.  Sendmail keeps them. */
void macros_override(struct macros *macros, uint32_t stage,
    struct span list);

/* The packet that goes before a command, if this MTA sends one. */
void macros_write(const struct macros *macros, unsigned stage, char command,
    struct buffer *out);

#endif
