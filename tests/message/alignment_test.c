/*
 * Identifier alignment of d= with the From domain (RFC 7489 sections 3.1.1
 * and 3.2).  Example names are kept to public suffixes that do not come and go.
 */
#include "message/alignment.h"

#include "message/domain.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define DEEP "a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a."

static const struct {
	const char *name;
	struct span domain, from;
	enum seal_alignment want;
} rows[] = {
	{ "same", SPAN_INIT("example.com"), SPAN_INIT("example.com"),
	    SEAL_ALIGNED_STRICT },
	{ "signed above", SPAN_INIT("example.com"), SPAN_INIT("news.example.com"),
	    SEAL_ALIGNED_RELAXED },
	{ "signed below", SPAN_INIT("mail.example.com"), SPAN_INIT("example.com"),
	    SEAL_ALIGNED_RELAXED },
	{ "siblings", SPAN_INIT("a.example.com"), SPAN_INIT("b.example.com"),
	    SEAL_ALIGNED_RELAXED },
	{ "strangers", SPAN_INIT("example.net"), SPAN_INIT("example.com"),
	    SEAL_UNALIGNED },
	{ "the same ending but no dot", SPAN_INIT("badexample.com"),
	    SPAN_INIT("example.com"), SEAL_UNALIGNED },
	{ "two-label suffix", SPAN_INIT("a.co.uk"), SPAN_INIT("b.co.uk"),
	    SEAL_UNALIGNED },
	{ "below a two-label suffix", SPAN_INIT("m.a.co.uk"),
	    SPAN_INIT("a.co.uk"), SEAL_ALIGNED_RELAXED },
	{ "a suffix does not speak for those below", SPAN_INIT("co.uk"),
	    SPAN_INIT("a.co.uk"), SEAL_UNALIGNED },
	{ "nor a top-level domain", SPAN_INIT("com"), SPAN_INIT("example.com"),
	    SEAL_UNALIGNED },
	{ "a suffix is itself", SPAN_INIT("co.uk"), SPAN_INIT("co.uk"),
	    SEAL_ALIGNED_STRICT },
	{ "wildcard: *.ck", SPAN_INIT("a.shop.ck"), SPAN_INIT("b.shop.ck"),
	    SEAL_UNALIGNED },
	{ "below a wildcard", SPAN_INIT("x.a.shop.ck"), SPAN_INIT("a.shop.ck"),
	    SEAL_ALIGNED_RELAXED },
	{ "exception: !www.ck", SPAN_INIT("a.www.ck"), SPAN_INIT("b.www.ck"),
	    SEAL_ALIGNED_RELAXED },
	{ "private section", SPAN_INIT("alice.github.io"),
	    SPAN_INIT("bob.github.io"), SEAL_UNALIGNED },
	{ "below the private section", SPAN_INIT("m.alice.github.io"),
	    SPAN_INIT("alice.github.io"), SEAL_ALIGNED_RELAXED },
	{ "unlisted top level", SPAN_INIT("b.a.test"), SPAN_INIT("a.test"),
	    SEAL_ALIGNED_RELAXED },
	{ "strangers under an unlisted one", SPAN_INIT("b.test"),
	    SPAN_INIT("a.test"), SEAL_UNALIGNED },
	{ "A-labels", SPAN_INIT("m.xn--bcher-kva.example"),
	    SPAN_INIT("xn--bcher-kva.example"), SEAL_ALIGNED_RELAXED },
	{ "suffix in A-labels", SPAN_INIT("a.xn--55qx5d.cn"),
	    SPAN_INIT("b.xn--55qx5d.cn"), SEAL_UNALIGNED },
	{ "underscore label", SPAN_INIT("_x.example.com"),
	    SPAN_INIT("example.com"), SEAL_ALIGNED_RELAXED },
	{ "deep", SPAN_INIT(DEEP "example.com"), SPAN_INIT("example.com"),
	    SEAL_ALIGNED_RELAXED },
	{ "no From domain", SPAN_INIT("example.com"), SPAN_INIT(""),
	    SEAL_UNALIGNED },
	{ "no d=", SPAN_INIT(""), SPAN_INIT("example.com"), SEAL_UNALIGNED },
	{ "neither", SPAN_INIT(""), SPAN_INIT(""), SEAL_UNALIGNED },
};

static void
relaxed_alignment_is_the_same_organizational_domain(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		enum seal_alignment one, other;

		one = alignment_of(rows[i].domain, rows[i].from);
		other = alignment_of(rows[i].from, rows[i].domain);
		if (one != rows[i].want || other != rows[i].want)
			fail_msg("%s: got %d and %d swapped, wanted %d",
			    rows[i].name, one, other, rows[i].want);
	}
}

static void
a_u_label_and_its_a_label_align_once_converted(void **state)
{
	struct arena arena = { 0 };
	struct span domain;

	(void)state;
	assert_int_equal(domain_to_ascii(SPAN("News.B\xc3\x9c" "CHER.example"),
	    &arena, &domain), 0);
	assert_int_equal(alignment_of(domain, SPAN("xn--bcher-kva.example")),
	    SEAL_ALIGNED_RELAXED);
	arena_deinit(&arena);
}

static void *
align_often(void *wrong)
{
	for (int i = 0; i < 1000; i++) {
		if (alignment_of(SPAN("b.a.test"), SPAN("a.test")) !=
		    SEAL_ALIGNED_RELAXED)
			*(bool *)wrong = true;
	}
	return NULL;
}

static void
threads_may_ask_at_once(void **state)
{
	pthread_t threads[4];
	bool wrong[4] = { false };

	(void)state;
	for (int i = 0; i < 4; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, align_often,
		    &wrong[i]), 0);
	for (int i = 0; i < 4; i++) {
		assert_int_equal(pthread_join(threads[i], NULL), 0);
		assert_false(wrong[i]);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(threads_may_ask_at_once),
		cmocka_unit_test(
		    relaxed_alignment_is_the_same_organizational_domain),
		cmocka_unit_test(a_u_label_and_its_a_label_align_once_converted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
