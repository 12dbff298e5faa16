/*
 * report.h: what the program has to say beside its output, on standard error.
 *
 * One line each, "mailseal: what: why".  Names of files and words out of
 * messages may stand in it: control bytes are shown as text_show() does.
 */
#ifndef CLI_REPORT_H
#define CLI_REPORT_H

__attribute__((format(printf, 1, 2)))
void report_error(const char *format, ...);

/* The same with "warning: " in front. */
__attribute__((format(printf, 1, 2)))
void report_warning(const char *format, ...);

/* That libseal could not do its part, with one of its errors; what is "the
 * signer" or the like.  Returns the exit status. */
int report_engine(const char *what, int error);

/* Out of memory: says so and returns EX_OSERR. */
int report_no_memory(void);

#endif
