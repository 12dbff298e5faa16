/*
 * body.c: a chain of blocks that becomes a mapped file when it grows long.
 *
 * The file has no name, so it is gone with its descriptor whatever happens to
 * the process, and nobody else can change it under the mapping.
 */
#include "host/message/body.h"

#include "host/types/alloc.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#define FIRST_BLOCK (16u * 1024) /* most mail fits */
#define LARGEST_BLOCK (256u * 1024)

struct body_block {
	struct body_block *next;
	size_t start; /* offset of its first byte in the body */
	size_t n, room;
	unsigned char bytes[];
};

void
body_init(struct body *body, size_t threshold, const char *folder)
{
	*body = (struct body){
		.threshold = threshold, .folder = folder, .fd = -1
	};
}

static size_t
block_room(const struct body *body, size_t n)
{
	size_t room = FIRST_BLOCK;

	if (body->last != NULL)
		room = body->last->room * 2;
	if (room > LARGEST_BLOCK)
		room = LARGEST_BLOCK;
	return room > n ? room : n;
}

static void
add_block(struct body *body, size_t n)
{
	size_t room = block_room(body, n);
	struct body_block *block = xmalloc(sizeof(*block) + room);

	*block = (struct body_block){ .start = body->size, .room = room };
	if (body->last == NULL)
		body->first = block;
	else
		body->last->next = block;
	body->last = block;
}

static void
keep(struct body *body, struct span s)
{
	if (body->last != NULL) {
		struct span head = span_first(s,
		    body->last->room - body->last->n);

		memcpy(body->last->bytes + body->last->n, head.p, head.n);
		body->last->n += head.n;
		body->size += head.n;
		s = span_from(s, head.n);
	}
	if (s.n == 0)
		return;
	add_block(body, s.n);
	memcpy(body->last->bytes, s.p, s.n);
	body->last->n = s.n;
	body->size += s.n;
}

static void
free_blocks(struct body *body)
{
	struct body_block *next;

	for (struct body_block *b = body->first; b != NULL; b = next) {
		next = b->next;
		free(b);
	}
	body->first = body->last = NULL;
}

/* For file systems without O_TMPFILE: a name for a moment. */
static int
open_and_unlink(const char *folder)
{
	char *path = NULL;
	int fd;

	if (asprintf(&path, "%s/mailseal-XXXXXX", folder) < 0)
		return -1;
	fd = mkostemp(path, O_CLOEXEC);
	if (fd >= 0)
		(void)unlink(path);
	free(path);
	return fd;
}

static int
fail(struct body *body, int error)
{
	if (body->error == 0)
		body->error = error != 0 ? error : EIO;
	return -1;
}

static int
open_file(struct body *body)
{
	body->fd = open(body->folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	if (body->fd < 0)
		body->fd = open_and_unlink(body->folder);
	return body->fd < 0 ? fail(body, errno) : 0;
}

static int
write_out(struct body *body, struct span s)
{
	while (s.n > 0) {
		ssize_t n = write(body->fd, s.p, s.n);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return fail(body, errno);
		s = span_from(s, (size_t)n);
	}
	return 0;
}

static int
write_blocks(struct body *body)
{
	for (struct body_block *b = body->first; b != NULL; b = b->next) {
		if (write_out(body, span_of(b->bytes, b->n)) < 0)
			return -1;
	}
	free_blocks(body);
	return 0;
}

int
body_append(struct body *body, struct span s)
{
	if (body->error != 0)
		return -1;
	if (s.n == 0)
		return 0;
	if (s.n > SIZE_MAX / 2 - body->size)
		return fail(body, EFBIG);
	if (body->fd < 0 && body->size + s.n > body->threshold) {
		if (open_file(body) < 0)
			return -1;
	}
	if (body->fd < 0) {
		keep(body, s);
		return 0;
	}
	/* one block gathers what comes in small pieces */
	if (body->last != NULL && body->last->room - body->last->n >= s.n) {
		keep(body, s);
		return 0;
	}
	if (write_blocks(body) < 0)
		return -1;
	if (s.n < FIRST_BLOCK) {
		keep(body, s);
		return 0;
	}
	body->size += s.n;
	return write_out(body, s);
}

int
body_finish(struct body *body)
{
	void *map;

	if (body->error != 0)
		return -1;
	if (body->fd < 0 || body->map != NULL)
		return 0;
	if (write_blocks(body) < 0)
		return -1;
	map = mmap(NULL, body->size, PROT_READ, MAP_PRIVATE, body->fd, 0);
	if (map == MAP_FAILED)
		return fail(body, errno);
	body->map = map;
	return 0;
}

/* The block that holds an offset.  Blocks are few: they double. */
static const struct body_block *
block_at(const struct body *body, size_t offset)
{
	const struct body_block *b = body->first;

	while (b != NULL && offset - b->start >= b->n)
		b = b->next;
	return b;
}

bool
body_next(const struct body *body, size_t *offset, struct span *run_r)
{
	const struct body_block *block;

	if (*offset >= body->size || body->error != 0)
		return false;
	if (body->map != NULL) {
		*run_r = span_of(body->map + *offset, body->size - *offset);
	} else {
		block = block_at(body, *offset);
		if (block == NULL)
			return false;
		*run_r = span_from(span_of(block->bytes, block->n),
		    *offset - block->start);
	}
	*offset += run_r->n;
	return true;
}

struct span
body_join(struct body *body)
{
	struct body_block *whole;
	struct span run;
	size_t offset = 0;

	if (body->map != NULL)
		return span_of(body->map, body->size);
	if (body->first == NULL)
		return SPAN("");
	if (body->first->next == NULL)
		return span_of(body->first->bytes, body->first->n);
	whole = xmalloc(sizeof(*whole) + body->size);
	*whole = (struct body_block){ .room = body->size };
	while (body_next(body, &offset, &run)) {
		memcpy(whole->bytes + whole->n, run.p, run.n);
		whole->n += run.n;
	}
	free_blocks(body);
	body->first = body->last = whole;
	return span_of(whole->bytes, whole->n);
}

bool
body_equal(const struct body *a, const struct body *b)
{
	struct span left = { 0 }, right = { 0 };
	size_t at_left = 0, at_right = 0, n;

	if (a->size != b->size)
		return false;
	for (;;) {
		if (left.n == 0 && !body_next(a, &at_left, &left))
			return true;
		if (right.n == 0 && !body_next(b, &at_right, &right))
			return true;
		n = left.n < right.n ? left.n : right.n;
		if (memcmp(left.p, right.p, n) != 0)
			return false;
		left = span_from(left, n);
		right = span_from(right, n);
	}
}

void
body_deinit(struct body *body)
{
	free_blocks(body);
	if (body->map != NULL)
		(void)munmap((void *)(uintptr_t)body->map, body->size);
	if (body->fd >= 0)
		(void)close(body->fd);
	body_init(body, body->threshold, body->folder);
}
