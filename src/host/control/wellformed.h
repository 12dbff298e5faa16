/*
 * wellformed.h: is a text XML that a parser takes?
 *
 * For answers of modules and scripts, which write what they like.  What is
 * rare in answers is not known here, and so is not XML: declarations, comments,
 * CDATA and entities of one's own.
 */
#ifndef HOST_WELLFORMED_H
#define HOST_WELLFORMED_H

#include "base/span.h"

#define WELLFORMED_DEPTH 64 /* elements within each other; deeper is no XML */

/* How many elements stand side by side in the text, with nothing but blanks
 * between them; -1: it is no XML 1.0, or not in UTF-8. */
int wellformed_elements(struct span text);

#endif
