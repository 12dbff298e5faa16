/*
 * numbers.h: what dkim_validate counts for monitoring systems.
 */
#ifndef DKIM_VALIDATE_NUMBERS_H
#define DKIM_VALIDATE_NUMBERS_H

/* Once in the process. */
void check_numbers_register(void);

/* A message was verified: an EC_DKIM_... of ec_dkim.h, or below 0 when it could
 * not be. */
void check_numbers_verdict(int status);

#endif
