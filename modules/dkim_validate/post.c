/*
 * post.c: a list, and at most a few jobs that work on it.
 *
 * A job takes letters until there are none.  So reports never have more than
 * POST_WORKERS of the pool's threads, however many of them wait.
 */
#include "post.h"

#include "command.h"
#include "relay.h"

#include "debug_tools.h"
#include "dkim/memory.h"
#include "ec_thread_pool.h"

#include <pthread.h>

static struct {
	pthread_mutex_t lock; /* guards all of this; held for a few lines */
	struct letter *first, *last;
	unsigned outstanding; /* in the list, or being sent */
	unsigned workers;
} post = { .lock = PTHREAD_MUTEX_INITIALIZER };

void
letter_free(struct letter **letter)
{
	struct letter *l = *letter;

	*letter = NULL;
	if (l == NULL)
		return;
	for (size_t i = 0; l->rcpts[i] != NULL; i++)
		memory_free(l->rcpts[i]);
	memory_free(l->about);
	memory_free(l->text);
	memory_free(l->host);
	memory_free(l->command);
	memory_free(l->relay);
	memory_free(l);
}

int
letter_time_left(const struct letter *letter)
{
	struct timespec now;
	long long ms;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	ms = (long long)(letter->until.tv_sec - now.tv_sec) * 1000 +
	    (letter->until.tv_nsec - now.tv_nsec) / 1000000;
	return ms > 0 ? (int)ms : 0;
}

static void
lose(const struct letter *letter, const char *why)
{
	(void)mod_printf(DERROR, "dkim_validate: the report about message '%s' "
	    "is lost: %s", letter->about, why);
}

static void
send_letter(const struct letter *letter)
{
	char why[POST_WHY_BYTES] = "";
	bool sent = letter->relay != NULL ? relay_send(letter, why) :
	    command_send(letter, why);

	if (!sent)
		lose(letter, why);
	else
		(void)mod_printf(DINFO, "dkim_validate: a report about "
		    "message '%s' is sent to '%s'", letter->about,
		    letter->rcpts[0]);
}

/* The next letter; NULL: there is none, and this worker counts no more. */
static struct letter *
take(void)
{
	struct letter *letter;

	(void)pthread_mutex_lock(&post.lock);
	letter = post.first;
	if (letter != NULL)
		post.first = letter->next;
	else
		post.workers--;
	(void)pthread_mutex_unlock(&post.lock);
	return letter;
}

static void
work(ec_async_job *job, void *closure)
{
	struct letter *letter;

	(void)job;
	(void)closure;
	while ((letter = take()) != NULL) {
		if (letter_time_left(letter) > 0)
			send_letter(letter);
		else
			lose(letter, "those before it took all its time");
		letter_free(&letter);
		(void)pthread_mutex_lock(&post.lock);
		post.outstanding--;
		(void)pthread_mutex_unlock(&post.lock);
	}
}

static void
end_job(ec_async_job *job, void *closure)
{
	(void)closure;
	memory_free(job);
}

static bool
start_worker(void)
{
	ec_async_job *job = memory_new(sizeof(*job));

	job->job_class = ECTP_CLASS_IO;
	job->worker = work;
	job->completion = ECTP_COMPLETE_CALLBACK;
	job->r.cb.func = end_job;
	/* it takes the letters of all messages */
	if (ec_queue_async_job_(job, __FILE__, __LINE__,
	    ECTP_QUEUE_OF_NO_MESSAGE))
		return true;
	memory_free(job);
	return false;
}

/* Returns whether there is room; *start_r: one more worker is to be started,
 * and is counted already. */
static bool
append(struct letter *letter, bool *start_r)
{
	bool room;

	(void)pthread_mutex_lock(&post.lock);
	room = post.outstanding < POST_OUTSTANDING;
	*start_r = room && post.workers < POST_WORKERS;
	if (room) {
		if (post.first == NULL)
			post.first = letter;
		else
			post.last->next = letter;
		post.last = letter;
		post.outstanding++;
	}
	if (*start_r)
		post.workers++;
	(void)pthread_mutex_unlock(&post.lock);
	return room;
}

/* A worker could not be started: unless others work, nobody will come. */
static void
give_up(void)
{
	struct letter *lost = NULL, *next;

	(void)pthread_mutex_lock(&post.lock);
	if (--post.workers == 0) {
		lost = post.first;
		post.first = NULL;
	}
	for (struct letter *l = lost; l != NULL; l = l->next)
		post.outstanding--;
	(void)pthread_mutex_unlock(&post.lock);
	for (; lost != NULL; lost = next) {
		next = lost->next;
		lose(lost, "no job can be started");
		letter_free(&lost);
	}
}

bool
post_queue(struct letter *letter)
{
	bool start;

	(void)clock_gettime(CLOCK_MONOTONIC, &letter->until);
	letter->until.tv_sec += letter->timeout;
	if (!append(letter, &start)) {
		lose(letter, "too many reports wait to be sent");
		letter_free(&letter);
		return false;
	}
	if (start && !start_worker()) {
		give_up();
		return false;
	}
	return true;
}
