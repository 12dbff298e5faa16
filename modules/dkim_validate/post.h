/*
 * post.h: mail of our own, on its way out.
 *
 * Letters wait in a queue of the process and are sent by a few jobs in the
 * pool IO (ec_thread_pool.h), so that nobody who queues one waits.  Each has its
 * time from the moment it is queued: what a command or a relay did not take by
 * then is given up, and so the queue is empty soon after the last letter,
 * whatever the other side does.
 */
#ifndef DKIM_VALIDATE_POST_H
#define DKIM_VALIDATE_POST_H

#include <stdbool.h>
#include <stddef.h>
#include <time.h>

#define POST_OUTSTANDING 100 /* letters queued or being sent; more are dropped */
#define POST_WORKERS 4 /* letters being sent at a time */
#define POST_RCPTS 50 /* of one letter */
#define POST_WHY_BYTES 320 /* words of a failure */

struct letter {
	struct letter *next;
	char *about; /* queue id of the message that gave rise to it */
	char *rcpts[POST_RCPTS + 1]; /* of the envelope, a NULL at the end */
	char *text; /* a whole mail with CRLF */
	size_t length;
	char *host; /* our name: letters, digits, hyphens and dots */
	char *command; /* path of a program that is called as sendmail is ... */
	char *relay; /* ... unless there is this "host:port" */
	int timeout; /* seconds from post_queue() */
	struct timespec until; /* on CLOCK_MONOTONIC; set by post_queue() */
};

/* Made by memory_new(); the envelope's sender is always the null sender. */
void letter_free(struct letter **letter); /* NULL inside is fine */

/* Milliseconds that it still has; 0 when its time is over. */
int letter_time_left(const struct letter *letter);

/* Takes the letter.  What becomes of it is logged, with `about`; false when it
 * was dropped at once, because too many are outstanding or the host ends. */
bool post_queue(struct letter *letter);

#endif
