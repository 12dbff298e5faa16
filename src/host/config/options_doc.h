/*
 * options_doc.h: docs/options.md, written from the rows.
 */
#ifndef CONFIG_OPTIONS_DOC_H
#define CONFIG_OPTIONS_DOC_H

#include "host/config/registry.h"

/* Append the reference of every scope and option known, in Markdown: the
 * host's first, then each module's, by name. */
void options_doc_write(const struct registry *registry, struct buffer *out);

#endif
