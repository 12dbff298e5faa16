/*
 * numbers.c: signatures by the class of their domain.
 */
#include "signing/numbers.h"

#include "ec_metrics.h"
#include "signing/signing.h"

#include <stdbool.h>
#include <string.h>

enum class { /* how the signing domain stands to the responsible one */
	CLASS_AUTHOR, /* the same */
	CLASS_PARENT, /* above it */
	CLASS_OTHER,
	CLASSES
};

static int signatures[CLASSES], failures;

void
sign_numbers_register(void)
{
	static const char *const labels[CLASSES] = {
		[CLASS_AUTHOR] = "class=\"author\"",
		[CLASS_PARENT] = "class=\"parent\"",
		[CLASS_OTHER] = "class=\"other\"",
	};

	for (int i = 0; i < CLASSES; i++)
		signatures[i] = ec_metric_counter(signing.engine->metric,
		    signing.engine->metric_help, labels[i]);
	failures = ec_metric_counter("errors", "Troubles by their kind.",
	    "kind=\"signing\"");
}

/* Both are in lower case. */
static bool
is_above(const char *domain, const char *other)
{
	size_t n = strlen(domain), m = strlen(other);

	return m > n && other[m - n - 1] == '.' &&
	    strcmp(other + m - n, domain) == 0;
}

void
sign_numbers_signed(const char *domain, const char *responsible)
{
	enum class class = CLASS_OTHER;

	if (strcmp(domain, responsible) == 0)
		class = CLASS_AUTHOR;
	else if (is_above(domain, responsible))
		class = CLASS_PARENT;
	ec_metric_add(signatures[class], 1);
}

void
sign_numbers_failed(unsigned n)
{
	ec_metric_add(failures, n);
}
