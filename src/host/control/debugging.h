/*
 * debugging.h: "debugging mode", of the console that this thread serves.
 */
#ifndef HOST_DEBUGGING_H
#define HOST_DEBUGGING_H

#include <stdbool.h>

bool debugging_is_on(void);
void debugging_set(bool on);

#endif
