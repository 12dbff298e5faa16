/*
 * scene.h: a host with a configuration, and mail through it, in this process.
 *
 *	scene_begin(&scene);		a folder with keys and their zone file
 *	scene_open(&scene, text);	the host reads a configuration
 *	scene_send(&scene, &mail);	one message; scene.out, scene.verdict
 *	scene_close(&scene); scene_end(&scene);
 *
 * In a configuration "~" stands for the folder, which holds
 *
 *	rsa.key ed.key weak.key		RSA 2048, Ed25519, RSA 512
 *	other.key			RSA 1024
 *	example.com/s1.key		rsa.key again
 *	keys.zone			the records of all of them
 *
 * with the selectors rsa, ed, weak, other, s1, testing (t=y) and revoked under
 * example.com.  All of these end the test when they fail, unless they say otherwise.
 */
#ifndef TESTS_MODULES_SCENE_H
#define TESTS_MODULES_SCENE_H

#include "host/validation/session.h"
#include "seal.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <setjmp.h>

#include <cmocka.h>

#define SCENE_RCPTS 4
#define SCENE_PATH_BYTES 512

struct mail { /* { 0 } is a small letter from ann@example.com */
	const char *text; /* the whole message with CRLF; NULL: the letter */
	const char *client; /* IPv4 address; NULL: 192.0.2.1 */
	const char *rcpts[SCENE_RCPTS]; /* NULL first: bob@example.net */
	const char *variable; /* of the connection, set to "true"; or NULL */
};

struct scene {
	char folder[SCENE_PATH_BYTES / 2];
	bool open;
	char *out; /* the message as it went on, with CRLF */
	char *context; /* its variables, "name=value\n" each, sorted */
	char *errors; /* of the latest scene_open() */
	enum session_action action;
	int code;
	char reply[512];
};

void scene_begin(struct scene *scene);
void scene_end(struct scene *scene);

/* Returns whether the configuration loaded; scene->errors has the words. */
bool scene_open(struct scene *scene, const char *configuration);
void scene_close(struct scene *scene);

/* Read another one; as scene_open(). */
bool scene_reload(struct scene *scene, const char *configuration);

void scene_send(struct scene *scene, const struct mail *mail);

/* open, send, close in one. */
void scene_run(struct scene *scene, const char *configuration,
    const struct mail *mail);

/* What a console command answers; freed by free(). */
char *scene_command(const char *line);

/* The line of a metric, from its name on, or NULL; freed by free(). */
char *scene_metric(const char *name);

/* All that was logged since the last call; freed by free(). */
char *scene_log(struct scene *scene);

/* A file in the folder: its path, and writing one. */
const char *scene_path(const struct scene *scene, const char *name,
    char path_r[SCENE_PATH_BYTES]);
void scene_write(const struct scene *scene, const char *name,
    const char *text, unsigned mode);

/* Fields of that name in a message, and the value of one (from 0 at the top;
 * unfolded, without CR and LF), freed by free(); NULL when it is not there. */
size_t scene_count(const char *message, const char *name);
char *scene_value(const char *message, const char *name, size_t index);

/* Verify scene->out against keys.zone; the words "pass rsa-sha256 d=... s=...",
 * a line for each signature.  Freed by free(). */
char *scene_verify(const struct scene *scene);

/* Whether text holds words, with both in the message when it does not. */
#define assert_says(text, words) scene_assert_says(text, words, true, \
	__FILE__, __LINE__)
#define assert_says_not(text, words) scene_assert_says(text, words, false, \
	__FILE__, __LINE__)
void scene_assert_says(const char *text, const char *words, bool wanted,
    const char *file, int line);

#endif
