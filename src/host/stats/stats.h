/*
 * stats.h: what the host counts, as the console shows it.
 */
#ifndef HOST_STATS_STATS_H
#define HOST_STATS_STATS_H

/* signing_stats, and signing_stats reset. */
void stats_add_commands(void);

#endif
