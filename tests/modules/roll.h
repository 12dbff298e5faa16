/*
 * roll.h: the tests of a program about modules, some of them once for each row
 * of a table.
 *
 *	roll_begin(&scene, scene_begin);
 *	ADD_ROWS(error_rows, "refused: ", wrong_options_are_refused_with_words);
 *	ADD(a_reload_takes_effect_for_the_next_message);
 *	return roll_run("dkim_sign");
 *
 * Each test has the scene to itself: it begins before and ends after.
 */
#ifndef TESTS_MODULES_ROLL_H
#define TESTS_MODULES_ROLL_H

#include "scene.h"

/* Come first; the scene is the program's as long as it runs. */
void roll_begin(struct scene *scene, void (*begin)(struct scene *scene));

/* A test by the name of both words; *state is the row.  The function's name and
 * the row must live as long as the program. */
void roll_add(const char *prefix, const char *name,
    CMUnitTestFunction function, const void *row);

/* Run all of them; the exit status of the program. */
int roll_run(const char *group);

#define ADD(function) roll_add("", #function, function, NULL)
#define ADD_ROWS(rows, prefix, function) \
	ADD_ROWS_BY(rows, name, prefix, function)
/* With the member that tells the rows apart. */
#define ADD_ROWS_BY(rows, member, prefix, function) \
	for (size_t i = 0; i < sizeof(rows) / sizeof((rows)[0]); i++) \
		roll_add(prefix, (rows)[i].member, function, &(rows)[i])

/* What is wrong with a configuration that does not load, a row each. */
#define REFUSAL_WORDS 2
struct refusal {
	const char *name;
	const char *configuration;
	const char *says[REFUSAL_WORDS]; /* file and line, what was expected */
};

void wrong_options_are_refused_with_words(void **state);

#endif
