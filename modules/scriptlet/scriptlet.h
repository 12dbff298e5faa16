/*
 * scriptlet.h: one stanza of the configuration with its scripts.
 *
 * Made by ext_init, and gone with the last message of its configuration.
 * Nothing in it changes after that but what its pool and its sources guard.
 */
#ifndef SCRIPTLET_SCRIPTLET_H
#define SCRIPTLET_SCRIPTLET_H

#include "module.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct states;
struct sources;

struct script { /* script "NAME" { source = "..." } */
	char *name, *source;
};

enum script_error {
	SCRIPT_ERROR_CONTINUE = 0,
	SCRIPT_ERROR_TEMPFAIL = 1,
};

struct scriptlet {
	generic_module_infrastructure *self;
	struct script *scripts; /* in the order of the file */
	size_t script_count;
	struct sources *sources;
	struct states *states;
	enum script_error script_error;
	unsigned script_time; /* milliseconds, of one callout */
	int64_t script_instructions; /* of one callout */
	size_t script_memory; /* bytes, of one state */
	unsigned max_spare; /* idle states kept */
	int gc_pause, gc_stepmul; /* per cent */
	bool unsafe_libraries;
	bool loaded; /* a state was made of it */
	bool has[64]; /* by callout: some script has it */
};

#endif
