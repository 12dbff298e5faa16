/*
 * verify_options.h: the options of opendkim that are for verifying, a row each.
 *
 * All are additions: the published module verifies as its library does.  Their
 * names say what they are for, as most options of the module are for signing.
 */
#ifndef OPENDKIM_VERIFY_OPTIONS_H
#define OPENDKIM_VERIFY_OPTIONS_H

enum verify_option {
	VERIFY_DNS_TIMEOUT,
	VERIFY_MAX_HEADER_SIZE,
	VERIFY_MAX_SIGNATURES,
	VERIFY_MIN_KEY_BITS,
	VERIFY_PARTIAL_BODY,
	VERIFY_RSA_SHA1,
	VERIFY_OPTION_COUNT,
};

/* Register all rows, once in the process.  Returns 0 or -1, with the reason in
 * the log. */
int verify_options_register(void);

/* The slot of a registered option. */
int verify_options_slot(enum verify_option option);

#endif
