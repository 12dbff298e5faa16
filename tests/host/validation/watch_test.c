/*
 * watch_test.c: whose messages a tracer takes, and that it is bounded.
 */
#include <semaphore.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "ec_thread_pool.h"
#include "host/jobs/jobs.h"
#include "host/log/log.h"
#include "host/types/clock.h"
#include "host/validation/watch.h"

static string why;

static unsigned
add(enum watch_kind kind, const char *who, unsigned messages,
    unsigned seconds)
{
	return watch_add(kind, who, messages, seconds, &why);
}

static bool
takes_client(const char *address)
{
	struct watch *watch = watch_of_client(address, true);
	bool taken = watch != NULL;

	watch_unref(&watch);
	return taken;
}

static bool
takes_recipient(const char *address)
{
	struct watch *watch = watch_of_recipient(address);
	bool taken = watch != NULL;

	watch_unref(&watch);
	return taken;
}

static void
remove_all(void)
{
	struct watch_view views[WATCHES];
	size_t n = watch_list(views);

	for (size_t i = 0; i < n; i++)
		assert_true(watch_remove(views[i].number));
	assert_false(watch_any());
}

static void
clients_are_taken_by_address_or_block(void **state)
{
	static const struct {
		const char *who, *address;
		bool taken;
	} rows[] = {
		{ "192.0.2.1", "192.0.2.1", true },
		{ "192.0.2.1", "192.0.2.2", false },
		{ "192.0.2.0/24", "192.0.2.200", true },
		{ "192.0.2.0/24", "192.0.3.1", false },
		{ "2001:db8::/32", "2001:db8::1", true },
		{ "2001:db8::/32", "192.0.2.1", false },
		{ "0.0.0.0/0", "2001:db8::1", true },
		{ "192.0.2.1", NULL, false }, /* not known */
	};

	(void)state;
	assert_false(takes_client("192.0.2.1"));
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_not_equal(add(WATCH_CLIENT, rows[i].who, 9, 9), 0);
		assert_int_equal(takes_client(rows[i].address),
		    rows[i].taken);
		assert_false(takes_recipient("y@b.test"));
		remove_all();
	}
}

static void
recipients_are_taken_by_address_domain_or_pattern(void **state)
{
	static const struct {
		const char *who, *address;
		bool taken;
	} rows[] = {
		{ "y@b.test", "y@b.test", true },
		{ "Y@B.test", "y@b.TEST", true },
		{ "y@b.test", "yy@b.test", false },
		{ "@b.test", "anybody@b.test", true },
		{ "b.test", "anybody@b.test", true },
		{ "@b.test", "y@a.b.test", false },
		{ "*.b.test", "y@a.b.test", true },
		{ "y*@b.test", "yes@b.test", true },
		{ "y?@b.test", "yes@b.test", false },
		{ "@b.test", "\"a@b\"@b.test", true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_not_equal(add(WATCH_RECIPIENT, rows[i].who, 9, 9),
		    0);
		assert_int_equal(takes_recipient(rows[i].address),
		    rows[i].taken);
		assert_false(takes_client("192.0.2.1"));
		remove_all();
	}
}

static void
a_tracer_ends_by_messages_and_by_time(void **state)
{
	struct watch_view view[WATCHES];
	unsigned number;

	(void)state;
	assert_int_not_equal(add(WATCH_CLIENT, "192.0.2.1", 2, 60), 0);
	assert_true(takes_client("192.0.2.1"));
	assert_true(takes_client("192.0.2.1"));
	assert_false(takes_client("192.0.2.1"));
	assert_int_equal(watch_list(view), 1);
	assert_int_equal(view[0].messages, 2);
	assert_int_equal(view[0].seconds_left, 0);
	remove_all();
	number = add(WATCH_CLIENT, "192.0.2.1", 2, 60);
	clock_advance(59);
	assert_true(takes_client("192.0.2.1"));
	clock_advance(2);
	assert_false(takes_client("192.0.2.1"));
	assert_true(watch_remove(number));
	assert_false(watch_remove(number));
}

static void
one_that_is_over_gives_way_to_another(void **state)
{
	unsigned first;

	(void)state;
	first = add(WATCH_CLIENT, "192.0.2.1", 1, 60);
	for (int i = 1; i < WATCHES; i++)
		assert_int_not_equal(add(WATCH_CLIENT, "192.0.2.2", 1, 60), 0);
	assert_int_equal(add(WATCH_CLIENT, "192.0.2.3", 1, 60), 0);
	assert_non_null(strstr(why.buffer, "8 are watched already"));
	assert_true(takes_client("192.0.2.1")); /* its only one */
	assert_int_not_equal(add(WATCH_CLIENT, "192.0.2.3", 1, 60), 0);
	assert_false(watch_remove(first));
	assert_true(takes_client("192.0.2.3"));
	remove_all();
}

static void
what_is_said_is_kept_up_to_a_bound(void **state)
{
	unsigned number = add(WATCH_CLIENT, "192.0.2.1", 1, 60);
	struct watch *watch = watch_of_client("192.0.2.1", true);
	struct watch_view view[WATCHES];
	const struct log_ear *before;
	char long_text[3000];
	string text;

	(void)state;
	memset(long_text, 'x', sizeof(long_text) - 1);
	long_text[sizeof(long_text) - 1] = '\0';
	assert_false(log_is_heard());
	log_aside(DINFO, "nobody hears this");
	before = log_ear_set(watch_ear(watch));
	log_aside(DDEBUG, "the first line\nis one");
	log_line(DINFO, "and what is logged");
	for (int i = 0; i < 100; i++)
		log_aside(DDEBUG, "%s", long_text);
	log_aside(DDEBUG, "the last one");
	assert_null(before);
	(void)log_ear_set(before);
	(void)string_init_type(&text, 64, STRING_TYPE_ECSTRING);
	assert_true(watch_show(number, &text));
	assert_non_null(strstr(text.buffer, "[debug] the first line?is one\n"));
	assert_non_null(strstr(text.buffer, "[info] and what is logged\n"));
	assert_null(strstr(text.buffer, "nobody"));
	/* nothing after a gap, which would not be seen */
	assert_null(strstr(text.buffer, "the last one"));
	assert_in_range(text.len, WATCH_BYTES - 4096, WATCH_BYTES);
	assert_int_equal(watch_list(view), 1);
	assert_int_equal(view[0].bytes, text.len);
	assert_int_equal(view[0].lines + view[0].lines_lost, 103);
	(void)string_destroy(&text);
	/* who works on the message still may speak */
	assert_true(watch_remove(number));
	before = log_ear_set(watch_ear(watch));
	log_aside(DDEBUG, "into the void");
	(void)log_ear_set(before);
	watch_unref(&watch);
	assert_false(watch_show(number, &text));
}

/* what is said in pools */

struct said { /* by a job */
	ec_async_job job;
	sem_t *gate; /* that it waits for, or NULL */
	bool heard;
};

static void
speak(ec_async_job *job, void *closure)
{
	struct said *said = closure;

	(void)job;
	while (said->gate != NULL && sem_wait(said->gate) != 0)
		continue;
	said->heard = log_is_heard();
	log_aside(DDEBUG, "said by a job of %s",
	    log_message() != NULL ? log_message() : "nobody");
}

static void
queue(struct said *said, sem_t *gate, sem_t *done, int flags)
{
	*said = (struct said){
		.job = {
			.job_class = ECTP_CLASS_SPOOL_IN, /* one thread */
			.worker = speak,
			.closure = said,
			.completion = ECTP_COMPLETE_SEMAPHORE,
			.r.sema = done,
		},
		.gate = gate,
	};
	assert_int_equal(ec_queue_async_job_(&said->job, "watch_test.c", 1,
	    flags), 1);
}

static void
wait_for(sem_t *done, int n)
{
	while (n > 0)
		n -= sem_wait(done) == 0 ? 1 : 0;
}

static void
jobs_are_heard_that_were_queued_for_the_message(void **state)
{
	unsigned number = add(WATCH_CLIENT, "192.0.2.1", 1, 60);
	struct watch *watch = watch_of_client("192.0.2.1", true);
	char id[] = "4cXyz";
	struct said said[4];
	sem_t gate, done;
	string text;

	(void)state;
	(void)sem_init(&gate, 0, 0);
	(void)sem_init(&done, 0, 0);
	(void)log_message_set(id);
	(void)log_ear_set(watch_ear(watch));
	queue(&said[0], &gate, &done, 0);
	queue(&said[1], NULL, &done, ECTP_QUEUE_OF_NO_MESSAGE);
	queue(&said[2], NULL, &done, 0);
	/* the session goes its way, and its message with it */
	(void)log_ear_set(NULL);
	(void)log_message_set(NULL);
	watch_unref(&watch);
	memset(id, '?', sizeof(id) - 1);
	queue(&said[3], NULL, &done, 0);
	(void)sem_post(&gate);
	wait_for(&done, 4);
	assert_true(said[0].heard);
	assert_false(said[1].heard);
	assert_true(said[2].heard);
	assert_false(said[3].heard);
	(void)string_init_type(&text, 64, STRING_TYPE_ECSTRING);
	assert_true(watch_show(number, &text));
	assert_non_null(strstr(text.buffer,
	    "] [debug] 4cXyz: said by a job of 4cXyz\n"));
	assert_null(strstr(text.buffer, "nobody"));
	(void)string_destroy(&text);
	assert_true(watch_remove(number));
	(void)sem_destroy(&gate);
	(void)sem_destroy(&done);
}

static void
a_job_may_outlive_its_tracer(void **state)
{
	unsigned number = add(WATCH_CLIENT, "192.0.2.1", 1, 60);
	struct watch *watch = watch_of_client("192.0.2.1", true);
	struct said said;
	sem_t gate, done;

	(void)state;
	(void)sem_init(&gate, 0, 0);
	(void)sem_init(&done, 0, 0);
	(void)log_ear_set(watch_ear(watch));
	queue(&said, &gate, &done, 0);
	(void)log_ear_set(NULL);
	watch_unref(&watch);
	assert_true(watch_remove(number));
	(void)sem_post(&gate);
	wait_for(&done, 1);
	assert_true(said.heard); /* into the void */
	jobs_close();
	jobs_open();
	(void)sem_destroy(&gate);
	(void)sem_destroy(&done);
}

static void
nobodys_address_is_refused(void **state)
{
	char long_who[2 * WATCH_WHO_BYTES];

	(void)state;
	memset(long_who, 'x', sizeof(long_who) - 1);
	long_who[sizeof(long_who) - 1] = '\0';
	assert_int_equal(add(WATCH_CLIENT, "b.test", 1, 1), 0);
	assert_int_equal(add(WATCH_CLIENT, "192.0.2.0/33", 1, 1), 0);
	assert_int_equal(add(WATCH_RECIPIENT, "", 1, 1), 0);
	assert_int_equal(add(WATCH_RECIPIENT, long_who, 1, 1), 0);
	assert_false(watch_any());
}

static int
begin(void **state)
{
	(void)state;
	(void)string_init_type(&why, 64, STRING_TYPE_ECSTRING);
	return 0;
}

static int
end(void **state)
{
	(void)state;
	(void)string_destroy(&why);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(clients_are_taken_by_address_or_block),
		cmocka_unit_test(
		    recipients_are_taken_by_address_domain_or_pattern),
		cmocka_unit_test(a_tracer_ends_by_messages_and_by_time),
		cmocka_unit_test(one_that_is_over_gives_way_to_another),
		cmocka_unit_test(what_is_said_is_kept_up_to_a_bound),
		cmocka_unit_test(
		    jobs_are_heard_that_were_queued_for_the_message),
		cmocka_unit_test(a_job_may_outlive_its_tracer),
		cmocka_unit_test(nobodys_address_is_refused),
	};
	struct log_targets silence = { 0 };

	(void)log_open(&silence);
	return cmocka_run_group_tests(tests, begin, end);
}
