/*
 * log_test.c: lines of the paniclog are whole, tell which message they are
 * about, and cannot be forged.
 */
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cmocka.h>

#include "host/log/log.h"
#include "host/types/clock.h"

static char path[] = "/tmp/log_test.XXXXXX";

static int
open_log(void **state)
{
	struct log_targets targets = { .path = path };
	int fd = mkstemp(path);

	(void)state;
	if (fd < 0)
		return -1;
	(void)close(fd);
	return log_open(&targets);
}

static int
close_log(void **state)
{
	(void)state;
	return unlink(path);
}

/* What the file holds, for free(); it is empty afterwards. */
static char *
take_file(void)
{
	FILE *file = fopen(path, "r");
	char *text = calloc(1, 1 << 20);

	assert_non_null(file);
	(void)fread(text, 1, (1 << 20) - 1, file);
	(void)fclose(file);
	assert_int_equal(truncate(path, 0), 0);
	return text;
}

/* The line without the time in front, which is "[...] ". */
static const char *
after_time(const char *line)
{
	const char *end = strstr(line, "] ");

	assert_int_equal(line[0], '[');
	assert_non_null(end);
	return end + 2;
}

static void
a_line_has_level_and_text(void **state)
{
	char *text;

	(void)state;
	log_line(DWARNING, "key '%s': %s\n", "s1._domainkey.a.test",
	    "no record");
	text = take_file();
	assert_string_equal(after_time(text),
	    "[warning] key 's1._domainkey.a.test': no record\n");
	free(text);
}

static void
a_line_about_a_message_begins_with_its_id(void **state)
{
	const char *before;
	char *text;

	(void)state;
	before = log_message_set("4bTx9Q");
	assert_null(before);
	log_line(DERROR, "not signed");
	assert_string_equal(log_message_set(before), "4bTx9Q");
	text = take_file();
	assert_string_equal(after_time(text), "[error] 4bTx9Q: not signed\n");
	free(text);
}

static void
text_from_mail_cannot_make_another_line(void **state)
{
	char *text;

	(void)state;
	log_line(DERROR, "sender '%s'", "a\r\n[Mon] [critical] forged\x1b[2J");
	text = take_file();
	assert_string_equal(after_time(text),
	    "[error] sender 'a??[Mon] [critical] forged?[2J'\n");
	free(text);
}

static void
a_long_line_is_cut(void **state)
{
	char *text, *word = calloc(1, 10000);

	(void)state;
	memset(word, 'x', 9999);
	log_line(DERROR, "%s", word);
	text = take_file();
	assert_true(strlen(text) <= LOG_LINE_BYTES);
	assert_int_equal(text[strlen(text) - 1], '\n');
	free(text);
	free(word);
}

static void
debug_flags_choose_what_the_host_says(void **state)
{
	char *text;

	(void)state;
	assert_int_equal(ec_debug_printf(DDEBUG, DDNS, "quiet"), 1);
	log_set_flags(DDEBUG, DDNS | DNET);
	(void)ec_debug_printf(DDEBUG, DDNS, "heard");
	(void)ec_debug_printf(DDEBUG, DSSL, "quiet");
	(void)ec_debug_printf(DERROR, DSSL, "heard");
	log_set_flags(DDEBUG, 0);
	text = take_file();
	assert_null(strstr(text, "quiet"));
	assert_non_null(strstr(text, "[debug] heard\n"));
	assert_non_null(strstr(text, "[error] heard\n"));
	free(text);
	assert_int_equal(log_flag_of("mod"), DMOD);
	assert_int_equal(log_flag_of("NONE"), 0);
}

static void
levels_have_names_in_any_case(void **state)
{
	(void)state;
	assert_int_equal(log_level_of("NOTICE"), DNOTICE);
	assert_int_equal(log_level_of("Critical"), DCRITICAL);
	assert_int_equal(log_level_of("loud"), -1);
	assert_string_equal(log_level_name(DINFO), "info");
}

static void
the_latest_ten_lines_of_a_level_are_kept(void **state)
{
	string out;

	(void)state;
	(void)string_init_type(&out, 1, STRING_TYPE_ECSTRING);
	for (int i = 0; i < 12; i++)
		log_line(DNOTICE, "notice %d", i);
	log_tail(&out);
	assert_null(strstr(out.buffer, "notice 1\n"));
	assert_non_null(strstr(out.buffer, "[notice] notice 2\n"));
	assert_non_null(strstr(out.buffer, "[notice] notice 11\n"));
	(void)string_destroy(&out);
	free(take_file());
}

static void
writes_to_a_new_file_after_rotation(void **state)
{
	char rotated[64], *text;

	(void)state;
	(void)snprintf(rotated, sizeof(rotated), "%s.1", path);
	assert_int_equal(rename(path, rotated), 0);
	log_line(DERROR, "to the old file");
	assert_int_equal(log_reopen(), 0);
	log_line(DERROR, "to the new file");
	text = take_file();
	assert_string_equal(after_time(text), "[error] to the new file\n");
	free(text);
	assert_int_equal(unlink(rotated), 0);
}

static void
a_file_that_cannot_be_opened_changes_nothing(void **state)
{
	struct log_targets targets = { .path = "/nonexistent/paniclog" };
	char *text;

	(void)state;
	assert_int_equal(log_open(&targets), -1);
	log_line(DERROR, "still here");
	text = take_file();
	assert_string_equal(after_time(text), "[error] still here\n");
	free(text);
}

/* No file of this process may grow above so many octets. */
static void
limit_files(rlim_t octets)
{
	struct rlimit limit;

	assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
	limit.rlim_cur = octets;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

/* Option paniclog: what a full disk has taken is not missed in silence. */
static void
lines_that_a_full_disk_took_are_counted_once_there_is_room(void **state)
{
	struct log_targets same = { .path = path };
	struct rlimit before;
	const char *note, *line;
	char *text;

	(void)state;
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	(void)signal(SIGXFSZ, SIG_IGN);
	limit_files(20); /* the first line is cut */
	log_line(DNOTICE, "lost, the first");
	log_line(DNOTICE, "lost, the second");
	log_line(DNOTICE, "lost, the third");
	assert_int_equal(log_open(&same), 0); /* as a reload does */
	limit_files(before.rlim_cur);
	log_line(DNOTICE, "there is room");
	log_line(DNOTICE, "and more");

	text = take_file();
	note = strchr(text, '\n');
	assert_non_null(note);
	assert_int_equal(note - text, 20);
	line = strchr(note + 1, '\n');
	assert_non_null(line);
	assert_memory_equal(after_time(note + 1),
	    "[error] the log could not be written, 3 lines are missing here: ",
	    strlen("[error] the log could not be written, 3 lines are "
		"missing here: "));
	assert_string_equal(after_time(strchr(line + 1, '\n') + 1),
	    "[notice] and more\n");
	assert_memory_equal(after_time(line + 1), "[notice] there is room\n",
	    strlen("[notice] there is room\n"));
	free(text);
}

static void
a_key_is_told_once_a_minute(void **state)
{
	struct log_hidden hidden = { 99, 99 };
	char words[LOG_HIDDEN_BYTES];

	(void)state;
	assert_true(log_once("key a", &hidden));
	assert_int_equal(hidden.n, 0);
	assert_string_equal(log_hidden_words(&hidden, words), "");
	assert_false(log_once("key a", NULL));
	assert_true(log_once("key b", NULL));
	clock_advance(59);
	assert_false(log_once("key a", NULL));
	clock_advance(2);
	assert_true(log_once("key a", &hidden));
	assert_int_equal(hidden.n, 2);
	assert_string_equal(log_hidden_words(&hidden, words),
	    " (2 more in the last minute)");
	assert_false(log_once("key a", NULL));
	clock_advance(600);
	assert_true(log_once("key a", &hidden));
	assert_string_equal(log_hidden_words(&hidden, words),
	    " (1 more in the last 10 minutes)");
	assert_true(log_once("key b", &hidden));
	assert_string_equal(log_hidden_words(&hidden, words), "");
}

static void
what_was_told_is_new_after_it_is_forgotten(void **state)
{
	(void)state;
	assert_true(log_once("key c", NULL));
	assert_false(log_once("key c", NULL));
	log_once_forget();
	assert_true(log_once("key c", NULL));
}

static void
keys_chosen_by_a_peer_do_not_fill_the_memory(void **state)
{
	char key[64];

	(void)state;
	for (int i = 0; i < 20000; i++) {
		(void)snprintf(key, sizeof(key), "d=%d.test", i);
		assert_true(log_once(key, NULL));
	}
	/* the latest are remembered */
	assert_false(log_once(key, NULL));
}

enum { THREADS = 4, LINES = 500 };

static void *
write_lines(void *closure)
{
	char id[16];

	(void)snprintf(id, sizeof(id), "M%d", *(int *)closure);
	(void)log_message_set(id);
	for (int i = 0; i < LINES; i++)
		log_line(DERROR, "line %d of %s.", i, id);
	return NULL;
}

static void
lines_of_threads_are_whole_and_know_their_message(void **state)
{
	pthread_t threads[THREADS];
	int numbers[THREADS], lines = 0;
	char *text, *line, *rest;

	(void)state;
	for (int t = 0; t < THREADS; t++) {
		numbers[t] = t;
		assert_int_equal(pthread_create(&threads[t], NULL, write_lines,
		    &numbers[t]), 0);
	}
	for (int t = 0; t < THREADS; t++)
		(void)pthread_join(threads[t], NULL);
	text = take_file();
	for (rest = text; (line = strsep(&rest, "\n")) != NULL && *line != '\0';
	    lines++) {
		char id[16], again[16];
		int n;

		assert_int_equal(sscanf(after_time(line),
		    "[error] %15[^:]: line %d of %15[^.].", id, &n, again), 3);
		assert_string_equal(id, again);
	}
	assert_int_equal(lines, THREADS * LINES);
	free(text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_line_has_level_and_text),
		cmocka_unit_test(a_line_about_a_message_begins_with_its_id),
		cmocka_unit_test(text_from_mail_cannot_make_another_line),
		cmocka_unit_test(a_long_line_is_cut),
		cmocka_unit_test(debug_flags_choose_what_the_host_says),
		cmocka_unit_test(levels_have_names_in_any_case),
		cmocka_unit_test(the_latest_ten_lines_of_a_level_are_kept),
		cmocka_unit_test(writes_to_a_new_file_after_rotation),
		cmocka_unit_test(a_file_that_cannot_be_opened_changes_nothing),
		cmocka_unit_test(
		    lines_that_a_full_disk_took_are_counted_once_there_is_room),
		cmocka_unit_test(a_key_is_told_once_a_minute),
		cmocka_unit_test(what_was_told_is_new_after_it_is_forgotten),
		cmocka_unit_test(keys_chosen_by_a_peer_do_not_fill_the_memory),
		cmocka_unit_test(lines_of_threads_are_whole_and_know_their_message),
	};

	return cmocka_run_group_tests(tests, open_log, close_log);
}
