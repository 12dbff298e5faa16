/*
 * host.h: the life of the host: the first configuration, others after it, the
 * end.
 *
 *	host_open	a configuration is read, its modules are loaded and
 *			started with the process's first rights, these are
 *			given up, and the configuration is in use
 *	host_reload	another one is built beside it; if it is good, it is
 *			in use with one step, if not, nothing has changed
 *	host_close	the configuration goes as soon as its last message is
 *			done; nothing may be begun any more
 *
 * These are for one thread at a time; messages go on in others meanwhile.  All
 * that is wrong is added to `errors`, not the first thing only.
 */
#ifndef HOST_HOST_H
#define HOST_HOST_H

#include "host/config/errors.h"

struct config;

struct host_source { /* where a configuration comes from */
	const char *path; /* the main file; or NULL and ... */
	struct span text; /* ... a text instead */
	const char *text_name; /* its name in messages */
	struct span changes; /* made online: see config_load */
	/* Not NULL: no file is read, the changes are made to this one. */
	const struct config *onto;
	bool is_passing; /* nothing to come back to: see host_reload */
	const char *search_path; /* NULL: the usual one */
};

struct host_start {
	struct host_source source;
	/* Give up the process's first rights: runs when all modules have
	 * opened what needs them, and may open more with them itself, by the
	 * configuration that is about to be used.  Returns 0, or -1 with words
	 * in why.  NULL: there is nothing to give up. */
	int (*drop_privileges)(void *closure, const struct config *config,
	    struct buffer *why);
	void *closure;
};

/* What the program itself wants of a configuration: asked about each one that is
 * good in itself, before its modules are started.  What it adds to the errors
 * keeps that configuration out.  Set before the first is loaded. */
void host_examine_with(void (*examine)(const struct config *config,
    struct config_errors *errors));

/* 0, or -1 with the errors told; then the host is as before the call. */
int host_open(const struct host_start *start, struct config_errors *errors);

/* source NULL: the last one that came from files, or text, and was not meant to
 * be a passing one. 0, or -1 with the errors told
 * and the configuration in use as it was. */
int host_reload(const struct host_source *source,
    struct config_errors *errors);

/* Would it load?  Modules are loaded and started, nothing is taken into use.
 * 0 or -1. */
int host_check(const struct host_source *source, struct config_errors *errors);

/* A configuration that is held against the rows and modules of the host, but
 * neither examined nor started: to look at, or to build on.  NULL with the
 * errors told; else with a reference.  The load's callbacks are the host's. */
struct config_load;
struct config *host_read(const struct config_load *load,
    struct config_errors *errors);

/* The main file that host_reload(NULL) reads, to be freed; NULL: none. */
char *host_path(void);

void host_close(void);

#endif
