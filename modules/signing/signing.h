/*
 * signing.h: what one signing module has of its own.
 *
 * dkim_sign, opendkim and dk_sign are one signer.  Each of them has the sources
 * of this folder linked in and says here, in its one `signing`, what it is
 * called, which options it offers, and which engine makes its signatures.
 */
#ifndef SIGNING_SIGNING_H
#define SIGNING_SIGNING_H

#include "misc/ec_ptr_array.h"
#include "signing/engine.h"
#include "signing/options.h"

#include <stdbool.h>

/* Adds a stanza to those of the configuration. */
typedef void signing_give(void *closure, ec_ptr_array *stanzas);

struct signing {
	const char *name; /* of the module: "dkim_sign" */
	const char *function; /* that policy calls: "ec_dkim_sign" */
	const struct signing_option *options;
	size_t options_count;
	const char *domain_scope; /* within its stanza: "dk_domain" */
	const struct engine *engine;
	const char *stats; /* what `stats` tells besides the key cache, for help */

	/* A hook of the module's own (signing/stanzas.h): every instance
	 * provides for it, in the order of the file.  collect appends the
	 * struct stanza of each. */
	void (*provide)(signing_give *give, void *closure);
	void (*collect)(ec_ptr_array *stanzas);

	/* Whether what stands at a place goes together; false with words in
	 * output.  NULL: everything does. */
	bool (*check)(const struct option_place *place, string *output);

	/* Fill in what the options of a module's own make of the settings, whose
	 * place they were read at; NULL: there are none. */
	void (*adjust)(struct settings *settings,
	    const struct option_place *place);
};

/* Defined by each module. */
extern const struct signing signing;

#endif
