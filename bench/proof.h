/*
 * proof.h: nothing is timed before it has shown that it works.
 */
#ifndef BENCH_PROOF_H
#define BENCH_PROOF_H

#include "contestant.h"

/* The job's letter with a signature by libseal on top; the caller's to free. */
struct letter *proof_seal(const struct job *job);

/* Signing: libseal, and libopendkim where it is there, find the signature
 * good.  Verifying: the sealed letter is found good, and a copy with one byte
 * changed bad.  (The floor has no letter to read; it tries itself out when it
 * is made.)  Ends the program when that is not so. */
void proof_check(const struct contestant *contestant, const struct job *job);

#endif
