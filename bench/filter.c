/*
 * filter.c: reading --only and asking it about rows.
 */
#include <stdio.h>
#include <string.h>

#include "filter.h"

struct filter
filter_all(void)
{
	return (struct filter){
		.any_work = true,
		.any_size = true,
		.any_algorithm = true,
		.any_impl = true,
	};
}

static bool
word_is(const char *word, size_t n, const char *name)
{
	return strlen(name) == n && memcmp(word, name, n) == 0;
}

static bool
take_work(struct filter *filter, const char *word, size_t n)
{
	for (enum work i = 0; i < WORK_COUNT; i++) {
		if (!word_is(word, n, work_name(i)))
			continue;
		filter->works[i] = true;
		filter->any_work = false;
		return true;
	}
	return false;
}

static bool
take_size(struct filter *filter, const char *word, size_t n)
{
	char octets[24];

	for (enum size i = 0; i < SIZE_COUNT; i++) {
		snprintf(octets, sizeof(octets), "%zu", size_octets(i));
		if (!word_is(word, n, octets))
			continue;
		filter->sizes[i] = true;
		filter->any_size = false;
		return true;
	}
	return false;
}

static bool
take_algorithm(struct filter *filter, const char *word, size_t n)
{
	for (enum algorithm i = 0; i < ALGORITHM_COUNT; i++) {
		if (!word_is(word, n, algorithm_name(i)))
			continue;
		filter->algorithms[i] = true;
		filter->any_algorithm = false;
		return true;
	}
	return false;
}

static bool
take_impl(struct filter *filter, const char *word, size_t n)
{
	for (enum impl i = 0; i < IMPL_COUNT; i++) {
		if (!word_is(word, n, impl_name(i)))
			continue;
		filter->impls[i] = true;
		filter->any_impl = false;
		return true;
	}
	return false;
}

int
filter_parse(const char *text, struct filter *filter_r, const char **word_r,
    int *n_r)
{
	const char *word = text;

	*filter_r = filter_all();
	for (;;) {
		size_t n = strcspn(word, ",");

		if (!take_work(filter_r, word, n) &&
		    !take_size(filter_r, word, n) &&
		    !take_algorithm(filter_r, word, n) &&
		    !take_impl(filter_r, word, n)) {
			*word_r = word;
			*n_r = (int)n;
			return -1;
		}
		if (word[n] == '\0')
			return 0;
		word += n + 1;
	}
}

bool
filter_takes(const struct filter *filter, const struct row *row)
{
	return (filter->any_work || filter->works[row->work]) &&
	    (filter->any_size || filter->sizes[row->size]) &&
	    (filter->any_algorithm || filter->algorithms[row->algorithm]) &&
	    (filter->any_impl || filter->impls[row->impl]);
}
