/*
 * numbers.h: what signing counts for monitoring systems.
 */
#ifndef SIGNING_NUMBERS_H
#define SIGNING_NUMBERS_H

/* Once in the process. */
void sign_numbers_register(void);

/* A signature of `domain` on mail that `responsible` is responsible for. */
void sign_numbers_signed(const char *domain, const char *responsible);

/* So many signatures could not be made. */
void sign_numbers_failed(unsigned n);

#endif
