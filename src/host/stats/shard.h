/*
 * shard.h: which of several copies of a counter a thread moves.
 *
 * Threads that count at the same time would wait for each other's cache line;
 * so what every message counts has SHARDS copies, each in lines of its own,
 * and a thread stays with one.  The sum is made when somebody asks.
 */
#ifndef HOST_STATS_SHARD_H
#define HOST_STATS_SHARD_H

#define SHARDS 16 /* more threads than that share */
#define SHARD_LINE 64 /* bytes in a cache line */

unsigned shard_here(void); /* below SHARDS */

#endif
