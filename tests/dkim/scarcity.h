/*
 * scarcity.h: memory that runs out, after one allocation more each time.
 *
 * Who uses it is linked with --wrap, so that malloc() and calloc() of the
 * library come here; OpenSSL keeps its own.  A sanitizer sees leaks.
 */
#ifndef TESTS_DKIM_SCARCITY_H
#define TESTS_DKIM_SCARCITY_H

/* Run something with one allocation more each time until it returns 0; what it
 * may return before is SEAL_E_NOMEM, or SEAL_E_CRYPTO.  The name says what it
 * was when the test fails. */
void scarcity_repeat(const char *name, int (*work)(void));

#endif
