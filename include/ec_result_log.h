/*
 * ec_result_log.h: one line in the log for each message that was signed or
 * verified (addition).
 *
 * The global options Log_Results and Log_Results_Format say which results are
 * told, and how; modules tell all of them.
 */
#ifndef EC_RESULT_LOG_H
#define EC_RESULT_LOG_H

#include "module.h"

struct ec_result_signature { /* texts may be NULL, and may hold anything */
	const char *result, *domain, *selector;
};

struct ec_result { /* texts may be NULL, and may hold anything */
	const char *result; /* "signed", "unsigned", "failed", "pass" ... */
	const char *domain, *selector;
	const char *reason; /* why it is not better */
	u_int64_t nanoseconds; /* that it took */
	int is_trouble; /* what Log_Results = failures is for */
	/* how it came to that, for who asks later why; NULL: nothing to say */
	const char *responsible; /* whose message it is, if not domain */
	const char *scope; /* of the configuration, which decided */
	const char *condition; /* that did not hold */
	const char *key; /* that was used, or looked for: a path */
	/* all signatures, when there are several: the line has their number, and
	 * as many of them as it has room for */
	const struct ec_result_signature *signatures;
	size_t signature_count;
};

/* Whether a line would be written: to save the work before it. */
EC_ADDITION int ec_result_log_wanted(int is_trouble);

/* Tell about the message that this thread works on. */
EC_ADDITION void ec_result_log(generic_module_infrastructure *self,
    const struct ec_result *result);

#endif
