/*
 * log.h: the paniclog, where the host and its modules say what happened.
 *
 * A line reads "[Day DD Mon YYYY HH:MM:SS] [level] text".  While a thread works
 * on a message, its lines begin with the message's id.  A line is written
 * whole; control characters in it become '?', so that nobody who sends mail
 * can forge another line.  Any thread.
 */
#ifndef HOST_LOG_H
#define HOST_LOG_H

#include "debug_tools.h"
#include "misc/ec_string.h"

#include <stdbool.h>
#include <stdint.h>

#define LOG_LEVELS 6 /* DDEBUG to DCRITICAL */
#define LOG_LINE_BYTES 4096 /* longer ones are cut */
#define LOG_TAIL 10 /* lines of each level that are remembered */

struct log_targets { /* all may be on at once; all off is silence */
	const char *path; /* appended to; NULL: no file */
	bool to_stderr;
	bool to_syslog;
	int facility; /* of syslog.h; 0: LOG_MAIL */
};

/* Where lines go from now on: to standard error until told otherwise.  The
 * journal of systemd, where it reads that, gets levels of its own (journal.h).
 * Returns 0, or -1 with errno when the file cannot be opened, and the targets
 * stay as they were. */
int log_open(const struct log_targets *targets);

/* Open the file again, after it was moved away.  As log_open. */
int log_reopen(void);

/* Write a line whatever the level.  A final newline in fmt is dropped. */
void log_line(int level, const char *fmt, ...) EC_PRINTF_LIKE(2, 3);
void log_vline(int level, const char *fmt, va_list args) EC_PRINTF_LIKE(2, 0);

/* "debug" to "critical", and back: -1 for an unknown word.  Case does not
 * matter. */
const char *log_level_name(int level);
int log_level_of(const char *word);

/* Which subsystems of the host speak at a level: bits of debug_tools.h. */
void log_set_flags(int level, uint32_t mask);
uint32_t log_flags(int level);
/* The bit of a subsystem's name as Debug_Flags writes it; 0: unknown. */
uint32_t log_flag_of(const char *subsystem);

/*
 * The message that this thread works on; NULL: none.  Returns what it was, to
 * be put back.  The text must live until then.
 */
const char *log_message_set(const char *id);
const char *log_message(void);

/*
 * Whether modules say everything, whatever their debug_level: for the process,
 * or while this thread works on something that somebody watches.  The second
 * gives what it was, to be put back.
 */
void log_trace_process(bool on);
bool log_trace_thread(bool on);
bool log_is_traced(void);

/*
 * Who listens to what this thread says, beside the log: every line, and what
 * modules and log_aside() say for it alone.  NULL: nobody.  Gives who did, to be
 * put back.  Lines have their stamp and no line end; hear() must not log.
 */
struct log_ear {
	void (*hear)(void *closure, const char *line, size_t n);
	void *closure;
	/* for who wants to keep it longer than it is set; NULL: it lasts */
	void (*ref)(void *closure);
	void (*unref)(void *closure);
};
const struct log_ear *log_ear_set(const struct log_ear *ear);
/* The same ear for another thread, with a reference; NULL: nobody listens. */
const struct log_ear *log_ear_ref(void);
void log_ear_unref(const struct log_ear *ear); /* NULL is fine */
bool log_is_heard(void);
/* For the ear alone; nothing when there is none. */
void log_aside(int level, const char *fmt, ...) EC_PRINTF_LIKE(2, 3);
void log_vaside(int level, const char *fmt, va_list args) EC_PRINTF_LIKE(2, 0);

/* Append the latest lines of all levels, the oldest first in each. */
void log_tail(string *out);
/* The same, one call for each; no lock is held meanwhile. */
void log_tail_each(void (*each)(void *closure, int level, const char *line),
    void *closure);

struct log_hidden { /* lines that were not written, for they repeat */
	unsigned n;
	uint64_t seconds; /* since the same was told last */
};

/*
 * For trouble that repeats with every message: true the first time a key is
 * asked about, and again when a minute has passed since it was last true.
 * *hidden_r, if given, is how often it was false in between.  The number of
 * keys is bounded: of more than 4096, some are told oftener.
 */
bool log_once(const char *key, struct log_hidden *hidden_r);

/* " (37 more in the last minute)" for the end of the line, or "". */
#define LOG_HIDDEN_BYTES 64
const char *log_hidden_words(const struct log_hidden *hidden,
    char words_r[LOG_HIDDEN_BYTES]);

/* Everything counts as new: a new configuration may have cured it, and who made
 * it wants to see what it did not. */
void log_once_forget(void);

/* How many lines of a level were written: tests look for unannounced ones. */
unsigned long log_count(int level);

#endif
