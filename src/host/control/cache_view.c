/*
 * cache_view.c: ec_caches.h.
 */
#include "host/control/caches.h"

#include "ec_caches.h"
#include "host/types/alloc.h"

#include <stdlib.h>
#include <string.h>

#define CACHES_TOLD 4096 /* more are not listed */

struct _ec_caches {
	struct cache_view *view;
};

void
ec_caches_tell(ec_caches *caches, const char *name,
    const struct ec_fc_stat *st)
{
	struct cache_view *view = caches->view;

	if (view->n == CACHES_TOLD)
		return;
	if (view->n == view->room) {
		view->room = view->room == 0 ? 64 : view->room * 2;
		view->rows = xrealloc(view->rows, view->room *
		    sizeof(*view->rows));
	}
	view->rows[view->n++] = (struct cache_row){ xstrdup(name), *st };
}

static int
take(void *closure, ec_fc_t *cache)
{
	struct ec_fc_stat st;

	ec_fc_stat(cache, &st);
	ec_caches_tell(closure, st.name, &st);
	return 0;
}

static int
by_name(const void *a, const void *b)
{
	const struct cache_row *one = a, *two = b;

	return strcmp(one->name, two->name);
}

void
cache_view_init(struct cache_view *view)
{
	ec_caches caches = { view };

	*view = (struct cache_view){ NULL, 0, 0 };
	(void)ec_fc_caches_each(take, &caches);
	call_core_caches_hook(&caches);
	if (view->n > 0)
		qsort(view->rows, view->n, sizeof(*view->rows), by_name);
}

void
cache_view_deinit(struct cache_view *view)
{
	for (size_t i = 0; i < view->n; i++)
		free(view->rows[i].name);
	free(view->rows);
	*view = (struct cache_view){ NULL, 0, 0 };
}

const struct cache_row *
cache_view_find(const struct cache_view *view, const char *name)
{
	for (size_t i = 0; i < view->n; i++) {
		if (strcmp(view->rows[i].name, name) == 0)
			return &view->rows[i];
	}
	return NULL;
}
