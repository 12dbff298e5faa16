/*
 * generation.h: one configuration, from the file to its last message.
 *
 * A generation ties together what is replaced together: the tree of options,
 * the module instances made from it, their hooks and their commands.  It is
 * built by one thread beside the old one, then published in one step, and
 * never changes after that.  Whoever reads it holds a reference; when the last
 * one goes, the instances are told and everything is freed, in the thread
 * that let it go.
 *
 * Modules know a generation as ec_config_header ("transaction").
 */
#ifndef HOST_GENERATION_H
#define HOST_GENERATION_H

#include "configuration.h"

struct config;
struct hook_registry;
struct instance;
struct command;

struct generation {
	ec_config_header header; /* first: modules hold pointers to it */
	struct config *config; /* NULL in one that was not loaded */
	struct hook_registry *hooks;
	struct instance *instances; /* as they were started */
	struct command *commands; /* of ec_control_register_command3 */
};

/* An empty one with one reference. */
struct generation *generation_new(void);

struct generation *generation_ref(struct generation *generation);
void generation_unref(struct generation *generation); /* NULL is fine */

static inline struct generation *
generation_of(ec_config_header *transaction)
{
	return (struct generation *)transaction;
}

/* The newest, with a reference; NULL when none was published yet. */
struct generation *generation_current(void);

/*
 * Publish: new messages begin with it.  Takes over the caller's reference,
 * and drops that of the one before.  NULL takes the newest out of use.
 */
void generation_commit(struct generation *generation);

/*
 * What this thread works on, whatever is the newest: the generation that a
 * message began with, or the one being built.  Hooks and options are looked up
 * in it without a lock.  Returns what it was, to be put back.  A pin holds no
 * reference; the caller does.
 *
 *	gen = generation_current();
 *	before = generation_pin(gen);
 *	... the phases of a message ...
 *	(void)generation_pin(before);
 *	generation_unref(gen);
 */
struct generation *generation_pin(struct generation *generation);
struct generation *generation_pinned(void); /* no reference; may be NULL */

/* The pinned one, else the newest, with a reference; or NULL. */
struct generation *generation_here(void);

#endif
