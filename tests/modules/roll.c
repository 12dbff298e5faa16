/*
 * roll.c: tests that are added one by one.
 */
#include "roll.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct {
	struct scene *scene;
	void (*begin)(struct scene *scene);
	struct CMUnitTest *tests; /* their names are theirs */
	size_t n;
} roll;

static int
set_up(void **state)
{
	(void)state;
	roll.begin(roll.scene);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	scene_end(roll.scene);
	return 0;
}

void
roll_begin(struct scene *scene, void (*begin)(struct scene *scene))
{
	roll.scene = scene;
	roll.begin = begin;
}

void
roll_add(const char *prefix, const char *name, CMUnitTestFunction function,
    const void *row)
{
	char *words;

	roll.tests = reallocarray(roll.tests, roll.n + 1,
	    sizeof(*roll.tests));
	if (roll.tests == NULL || asprintf(&words, "%s%s", prefix, name) < 0)
		abort();
	roll.tests[roll.n++] = (struct CMUnitTest){ words, function, set_up,
	    tear_down, (void *)(uintptr_t)row };
}

int
roll_run(const char *group)
{
	return _cmocka_run_group_tests(group, roll.tests, roll.n, NULL, NULL);
}

void
wrong_options_are_refused_with_words(void **state)
{
	const struct refusal *row = *state;

	assert_false(scene_open(roll.scene, row->configuration));
	for (size_t i = 0; i < REFUSAL_WORDS && row->says[i] != NULL; i++)
		assert_says(roll.scene->errors, row->says[i]);
}
