/*
 * debug_tools.h: severities, and lines for the paniclog.
 *
 * The paniclog is the host's own log.  Lines are whole whatever the number of
 * threads, carry time and severity, and the id of the message that the
 * calling thread is working on.  A final newline is not needed.
 */
#ifndef EC_DEBUG_TOOLS_H
#define EC_DEBUG_TOOLS_H

#include "ec_types.h"

enum {
	DDEBUG = 0,
	DINFO = 1,
	DNOTICE = 2,
	DWARNING = 3,
	DERROR = 4,
	DCRITICAL = 5
};

/* Subsystems of the host, a bit each; the global Debug_Flags says which of
 * them speak at which severity. */
#define DTIME 0x0001
#define DFD 0x0002
#define DSMTP 0x0004
#define DLOG1 0x0008
#define DDNS 0x0010
#define DDNSDS 0x0020
#define DNET 0x0040
#define DSIG 0x0080
#define DMEM 0x0100
#define DDB 0x0200
#define DLIC 0x0400
#define DSSL 0x0800
#define DMOD 0x1000
#define DSTART 0x2000
#define DALL 0xffff

/* Log when Debug_Flags wants any subsystem of `mask` at `level`.  Gives 1. */
int ec_debug_printf(int level, int mask, const char *fmt, ...)
    EC_PRINTF_LIKE(3, 4);
EC_ADDITION int ec_debug_vprintf(int level, int mask, const char *fmt,
    va_list args) EC_PRINTF_LIKE(3, 0);

#define mod_printf(level, ...) ec_debug_printf((level), DMOD, __VA_ARGS__)
#define log1_printf(level, ...) ec_debug_printf((level), DLOG1, __VA_ARGS__)

#endif
