/*
 * diagnosis.h: what is wrong with a key record, and how to put it right.
 *
 * The verifier stops at the first fault; a person wants all of them, each with
 * its cure.  So the text is read once more here, leniently, for the mistakes
 * that people make when they publish keys.
 */
#ifndef CLI_DIAGNOSIS_H
#define CLI_DIAGNOSIS_H

#include "base/arena.h"
#include "seal.h"

#define DIAGNOSIS_MAX 32 /* findings; there are fewer kinds */

enum finding_level {
	FINDING_NOTE, /* good to know */
	FINDING_WARNING, /* works, but should be put right */
	FINDING_ERROR, /* the key cannot be used */
};

struct finding {
	enum finding_level level;
	const char *what; /* one line */
	const char *fix; /* one line, or NULL */
};

struct diagnosis {
	struct arena *arena; /* of the words */
	struct finding findings[DIAGNOSIS_MAX];
	size_t n;
	bool failed; /* out of memory */
};

/* "note", "warning", "error" */
const char *finding_word(enum finding_level level);

/* Add a finding of one's own; the words live as long as the diagnosis. */
void diagnosis_add(struct diagnosis *diagnosis, enum finding_level level,
    const char *what, const char *fix);

/* Look at what was found under name. */
void diagnosis_of_record(struct diagnosis *diagnosis,
    const struct seal_record_info *info);

/* Whether no error was found. */
bool diagnosis_is_usable(const struct diagnosis *diagnosis);

#endif
