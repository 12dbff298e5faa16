/*
 * contestant.c: what the implementations have in common.
 */
#include "contestant.h"
#include "fatal.h"

const char *const signed_names[] = {
	SIGNED_FROM,
	"Reply-To",
	"Subject",
	"Date",
	"To",
	"Cc",
	"Message-ID",
	"In-Reply-To",
	"References",
	"MIME-Version",
	"Content-Type",
	"Content-Transfer-Encoding",
	"List-Id",
	"List-Unsubscribe",
	NULL,
};

struct contestant
contestant_new(enum impl impl, const struct job *job)
{
	switch (impl) {
	case IMPL_LIBSEAL:
		return by_libseal(job);
	case IMPL_OPENSSL:
		return by_openssl(job);
	case IMPL_LIBOPENDKIM:
		return by_libopendkim(job);
	case IMPL_HOST:
		return by_host(job);
	case IMPL_COUNT:
		break;
	}
	fatal("no such implementation");
}

void
contestant_free(struct contestant *contestant)
{
	contestant->free(contestant->state);
	*contestant = (struct contestant){ 0 };
}

bool
contestant_can(enum impl impl, enum work work, enum algorithm algorithm)
{
	if (impl == IMPL_HOST)
		return work == WORK_SIGN;
	return impl != IMPL_LIBOPENDKIM || libopendkim_can(algorithm);
}
