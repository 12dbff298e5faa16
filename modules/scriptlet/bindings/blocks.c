/*
 * blocks.c: sorted by length and address, so that a look-up is one search for
 * each length that comes up.
 *
 * "!" makes a hole: a block whose text is NULL.
 */
#include "scriptlet/bindings/blocks.h"

#include "base/arena.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LINE_BYTES 4096
#define DEFAULT_A "127.0.0.2"

struct block {
	struct network_key key;
	const char *text; /* NULL: a hole */
};

struct blocks {
	struct arena arena; /* texts */
	struct block *list;
	size_t n, room;
	const char *default_a, *default_txt;
	const char *last; /* the text added last: neighbours often agree */
};

/* sorting */

static int
compare(const void *left, const void *right)
{
	const struct block *a = left, *b = right;

	if (a->key.family != b->key.family)
		return a->key.family - b->key.family;
	if (a->key.bits != b->key.bits) /* the longest first */
		return (int)b->key.bits - (int)a->key.bits;
	return memcmp(a->key.octets, b->key.octets, sizeof(a->key.octets));
}

/* Behind the blocks of the family and length of that at `at`. */
static size_t
group_end(const struct blocks *blocks, size_t at)
{
	const struct network_key *key = &blocks->list[at].key;
	size_t low = at, high = blocks->n, middle;

	while (low < high) {
		middle = low + (high - low) / 2;
		if (blocks->list[middle].key.family == key->family &&
		    blocks->list[middle].key.bits == key->bits)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

const char *
blocks_find(const struct blocks *blocks, const struct network_key *key)
{
	struct block wanted = { *key, NULL };
	const struct block *found;
	size_t end;

	/* the longest first: that is the smallest block */
	for (size_t at = 0; at < blocks->n; at = end) {
		end = group_end(blocks, at);
		if (blocks->list[at].key.family != key->family ||
		    blocks->list[at].key.bits > key->bits)
			continue;
		wanted.key.bits = blocks->list[at].key.bits;
		network_key_cut(&wanted.key);
		found = bsearch(&wanted, blocks->list + at, end - at,
		    sizeof(*blocks->list), compare);
		if (found != NULL)
			return found->text;
	}
	return NULL;
}

/* reading */

static int
add(struct blocks *blocks, const struct network_key *key, const char *text)
{
	struct block *list;
	size_t room = blocks->room == 0 ? 64 : blocks->room * 2;

	if (blocks->n == blocks->room) {
		list = reallocarray(blocks->list, room, sizeof(*list));
		if (list == NULL)
			return -1;
		blocks->list = list;
		blocks->room = room;
	}
	blocks->list[blocks->n++] = (struct block){ *key, text };
	return 0;
}

/* A copy, or the text before if it is the same. */
static const char *
keep(struct blocks *blocks, const char *text)
{
	if (blocks->last == NULL || strcmp(blocks->last, text) != 0)
		blocks->last = arena_text(&blocks->arena, span_of_text(text));
	return blocks->last;
}

/* value = ":" a [ ":" txt ] / txt; a of one number is 127.0.0.that */
static int
take_value(struct blocks *blocks, char *value, enum blocks_column column,
    const char **text_r)
{
	char short_a[32], *a, *txt = value;

	value += strspn(value, " \t");
	*text_r = column == BLOCKS_A ? blocks->default_a : blocks->default_txt;
	if (value[0] == '\0')
		return 0;
	a = NULL;
	if (value[0] == ':') {
		a = value + 1;
		txt = strchr(a, ':');
		if (txt != NULL)
			*txt++ = '\0';
	}
	if (column == BLOCKS_TXT) {
		if (txt != NULL && txt[0] != '\0')
			*text_r = keep(blocks, txt);
	} else if (a != NULL && a[0] != '\0') {
		if (strspn(a, "0123456789") == strlen(a)) {
			(void)snprintf(short_a, sizeof(short_a),
			    "127.0.0.%.3s", a);
			a = short_a;
		}
		*text_r = keep(blocks, a);
	}
	return *text_r == NULL ? -1 : 0;
}

/* Where the address ends.  A colon ends an IPv4 address; an IPv6 one has some
 * of its own, and ends with a blank. */
static size_t
address_length(const char *line)
{
	size_t n = strcspn(line, " \t");
	const char *colon = memchr(line, ':', n);

	if (colon != NULL && memchr(line, '.', (size_t)(colon - line)) != NULL)
		n = (size_t)(colon - line);
	return n;
}

/* "192.0.2.1-9" and "192.0.2.1-192.0.2.9", as the blocks it is made of.
 * Returns 1 for no range, 0, or -1 without memory. */
static int
add_range(struct blocks *blocks, const char *text, size_t n,
    const char *value)
{
	const char *dash = memchr(text, '-', n);
	struct network_key first, last;
	uint32_t low, high, from;
	uint64_t size; /* that of all addresses does not fit 32 bits */
	char end[NETWORK_KEY_TEXT];
	int base;

	if (dash == NULL ||
	    !network_key_parse(text, (size_t)(dash - text), &first) ||
	    first.family != AF_INET || first.bits != 32)
		return 1;
	/* the end may be its last number alone */
	base = memchr(dash + 1, '.', n - (size_t)(dash + 1 - text)) != NULL ?
	    0 : (int)((const char *)memrchr(text, '.',
	    (size_t)(dash - text)) + 1 - text);
	(void)snprintf(end, sizeof(end), "%.*s%.*s", base, text,
	    (int)(n - (size_t)(dash + 1 - text)), dash + 1);
	if (!network_key_parse(end, strlen(end), &last) ||
	    last.family != AF_INET || last.bits != 32)
		return 1;
	memcpy(&low, first.octets, 4);
	memcpy(&high, last.octets, 4);
	low = ntohl(low);
	high = ntohl(high);
	while (low <= high) {
		/* the largest block that begins here and does not go past */
		first.bits = 32;
		for (size = 1; first.bits > 0 && (low & size) == 0 &&
		    high - low >= size * 2 - 1; size *= 2)
			first.bits--;
		from = htonl(low);
		memcpy(first.octets, &from, 4);
		if (add(blocks, &first, value) != 0)
			return -1;
		if (high - low < size)
			break;
		low += (uint32_t)size;
	}
	return 0;
}

/* Lines that are none are passed over, as rbldnsd does. */
static int
take_line(struct blocks *blocks, char *line, enum blocks_column column)
{
	bool hole = line[0] == '!';
	struct network_key key;
	const char *text = NULL;
	size_t n;
	int ret;

	if (line[0] == '\0' || line[0] == '#' || line[0] == ';' ||
	    line[0] == '$')
		return 0;
	if (line[0] == ':' && strchr("0123456789", line[1]) != NULL) {
		const char *a = NULL, *txt = NULL;
		char copy[LINE_BYTES];

		(void)snprintf(copy, sizeof(copy), "%s", line);
		if (take_value(blocks, copy, BLOCKS_A, &a) != 0 ||
		    take_value(blocks, line, BLOCKS_TXT, &txt) != 0)
			return -1;
		blocks->default_a = a;
		blocks->default_txt = txt;
		return 0;
	}
	line += hole ? 1 : 0;
	n = address_length(line);
	if (!hole && take_value(blocks, line + n, column, &text) != 0)
		return -1;
	ret = add_range(blocks, line, n, text);
	if (ret <= 0)
		return ret;
	return network_key_parse(line, n, &key) ? add(blocks, &key, text) : 0;
}

/* Duplicates: the last line counts. */
static void
sort(struct blocks *blocks)
{
	size_t kept = 0;

	qsort(blocks->list, blocks->n, sizeof(*blocks->list), compare);
	for (size_t i = 0; i < blocks->n; i++) {
		if (kept > 0 && compare(&blocks->list[kept - 1],
		    &blocks->list[i]) == 0)
			blocks->list[kept - 1] = blocks->list[i];
		else
			blocks->list[kept++] = blocks->list[i];
	}
	blocks->n = kept;
}

static int
read_lines(struct blocks *blocks, FILE *file, enum blocks_column column)
{
	char line[LINE_BYTES];
	size_t octets = 0;

	while (fgets(line, sizeof(line), file) != NULL) {
		octets += strlen(line);
		if (octets > BLOCKS_MAX_BYTES)
			return -1;
		line[strcspn(line, "\r\n")] = '\0';
		if (take_line(blocks, line, column) != 0)
			return -1;
	}
	return 0;
}

int
blocks_load(const char *path, enum blocks_column column,
    struct blocks **blocks_r, struct why *why_r)
{
	struct blocks *blocks = calloc(1, sizeof(*blocks));
	FILE *file = NULL;

	*blocks_r = NULL;
	if (blocks == NULL) {
		why_set(why_r, "out of memory");
		return -1;
	}
	blocks->default_a = DEFAULT_A;
	blocks->default_txt = "";
	if (path != NULL && (file = fopen(path, "re")) == NULL) {
		why_set(why_r, "%s: %s", path, strerrordesc_np(errno));
		blocks_free(&blocks);
		return -1;
	}
	if (file != NULL && read_lines(blocks, file, column) != 0) {
		why_set(why_r, "%s: too large", path);
		blocks_free(&blocks);
	}
	if (file != NULL)
		(void)fclose(file);
	if (blocks == NULL)
		return -1;
	if (blocks->n > 0)
		sort(blocks);
	*blocks_r = blocks;
	return 0;
}

void
blocks_free(struct blocks **blocks)
{
	if (*blocks == NULL)
		return;
	arena_deinit(&(*blocks)->arena);
	free((*blocks)->list);
	free(*blocks);
	*blocks = NULL;
}
