/*
 * keeper.h: the totals of signing are read at the start and saved in time.
 *
 * A thread of its own saves every Permastore_Interval seconds, after a reset,
 * and at the end.  What cannot be read or saved is logged, and mail goes on; a
 * file that could not be read is left alone until it can be.
 */
#ifndef HOST_STATS_KEEPER_H
#define HOST_STATS_KEEPER_H

struct config;

/* Begin to keep them, where the configuration says; from then on
 * keeper_follow() tells of other configurations. */
void keeper_open(const struct config *config);

/* Save for the last time and end.  Nothing happens if it was not opened. */
void keeper_close(void);

/* A configuration is taken into use: Signing_Stats, Permastore_Interval.
 * Another MasterDB_File takes effect with a restart. */
void keeper_follow(const struct config *config);

/* Statistics were reset: the file is to know soon. */
void keeper_was_reset(void);

#endif
