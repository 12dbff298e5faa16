/*
 * results.h: which lines of ec_result_log.h are written.
 */
#ifndef HOST_RESULTS_H
#define HOST_RESULTS_H

#include <stdbool.h>

enum results_mode { /* the option Log_Results */
	RESULTS_ALL,
	RESULTS_FAILURES,
	RESULTS_OFF,
};

/* As a configuration says. */
void results_set(enum results_mode mode, bool json);

/* Nothing is written before the program that serves mail says so: who sends one
 * message from a file sees what comes of it. */
void results_begin(void);

#endif
