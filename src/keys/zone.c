/*
 * zone.c: names in a hash table, each with what it holds.
 *
 * Every ancestor of a name has a node too: a name with names below it exists
 * (RFC 4592 section 2.2.2), and the search for a wildcard starts at the
 * closest ancestor that does.
 */
#include "keys/zone.h"

#include "base/arena.h"
#include "base/buffer.h"
#include "keys/hash.h"
#include "keys/master.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#define READ_BYTES (64 * 1024)
#define FIRST_CHAINS 64

struct node {
	struct node *next; /* in the chain */
	uint64_t hash;
	struct span name; /* as dnsname.h has it */
	struct span target; /* of a CNAME; empty: none */
	uint32_t target_ttl;
	uint32_t ttl; /* the least of the TXT records */
	struct span *texts;
	size_t n_texts, room;
	struct zone_record *records, *last_record; /* of zone_load_hosts() */
	size_t n_records;
};

struct zone {
	struct arena arena; /* nodes, names and texts */
	struct node **chains;
	size_t mask; /* number of chains, a power of two, less one */
	size_t n_nodes, n_records;
	uint64_t seed;
};

/* Where loading stands: one for each file that is open. */
struct loading {
	struct zone *zone;
	const char *path;
	unsigned depth;
	bool hosts;
	struct why *why;
};

/*
 * The table.
 */
static struct node *
find_node(const struct zone *zone, struct span name)
{
	uint64_t hash = hash_bytes(zone->seed, name.p, name.n);
	struct node *node = zone->chains[hash & zone->mask];

	while (node != NULL && (node->hash != hash ||
	    !span_eq(node->name, name)))
		node = node->next;
	return node;
}

static int
grow_table(struct zone *zone)
{
	size_t n = (zone->mask + 1) * 2, i;
	struct node **chains = calloc(n, sizeof(struct node *));
	struct node *node, *next;

	if (chains == NULL)
		return ZONE_E_NOMEM;
	for (i = 0; i <= zone->mask; i++) {
		for (node = zone->chains[i]; node != NULL; node = next) {
			next = node->next;
			node->next = chains[node->hash & (n - 1)];
			chains[node->hash & (n - 1)] = node;
		}
	}
	free(zone->chains);
	zone->chains = chains;
	zone->mask = n - 1;
	return 0;
}

static struct node *
add_node(struct zone *zone, struct span name)
{
	struct node *node;

	if (zone->n_nodes > zone->mask && grow_table(zone) != 0)
		return NULL;
	node = arena_calloc(&zone->arena, 1, sizeof(*node));
	if (node == NULL || arena_copy(&zone->arena, name, &node->name) != 0)
		return NULL;
	node->hash = hash_bytes(zone->seed, name.p, name.n);
	node->next = zone->chains[node->hash & zone->mask];
	zone->chains[node->hash & zone->mask] = node;
	zone->n_nodes++;
	return node;
}

/* The name without its first label; not for the root. */
static struct span
parent_of(struct span name)
{
	return span_from(name, 1 + (size_t)name.p[0]);
}

/* The node of name, made if need be, with its ancestors. */
static struct node *
want_node(struct zone *zone, struct span name)
{
	struct node *node = find_node(zone, name), *wanted;

	if (node != NULL)
		return node;
	wanted = node = add_node(zone, name);
	while (node != NULL && name.n > 1) {
		name = parent_of(name);
		if (find_node(zone, name) != NULL)
			return wanted;
		node = add_node(zone, name);
	}
	return node != NULL ? wanted : NULL;
}

/*
 * Filling it.
 */
__attribute__((format(printf, 3, 4)))
static int
bad(const struct loading *loading, unsigned line, const char *format, ...)
{
	struct why what;
	va_list arguments;

	va_start(arguments, format);
	why_vset(&what, format, arguments);
	va_end(arguments);
	why_set(loading->why, "%s:%u: %s", loading->path, line, what.text);
	return ZONE_BAD;
}

/* Character-strings, their lengths taken out. */
static int
join_strings(struct arena *arena, struct span data, struct span *text_r)
{
	unsigned char *text = arena_bytes(arena, data.n);
	size_t at = 0, n = 0, length;

	if (text == NULL)
		return ZONE_E_NOMEM;
	while (at < data.n) {
		length = data.p[at++];
		memcpy(text + n, data.p + at, length);
		at += length;
		n += length;
	}
	arena_shrink(arena, text, data.n, n);
	*text_r = span_of(text, n);
	return 0;
}

static int
make_room_for_text(struct zone *zone, struct node *node)
{
	size_t room = node->room == 0 ? 1 : node->room * 2;
	struct span *texts;

	if (node->n_texts < node->room)
		return 0;
	texts = arena_calloc(&zone->arena, room, sizeof(*texts));
	if (texts == NULL)
		return ZONE_E_NOMEM;
	if (node->n_texts > 0)
		memcpy(texts, node->texts, node->n_texts * sizeof(*texts));
	node->texts = texts;
	node->room = room;
	return 0;
}

static int
add_text(const struct loading *loading, struct node *node,
    const struct master_record *record)
{
	struct zone *zone = loading->zone;
	struct span text;
	size_t i;

	if (node->n_texts == ZONE_MAX_TEXTS)
		return bad(loading, record->line,
		    "more than %d TXT records under one name", ZONE_MAX_TEXTS);
	if (make_room_for_text(zone, node) != 0 ||
	    join_strings(&zone->arena, record->data, &text) != 0)
		return ZONE_E_NOMEM;
	if (node->n_texts == 0 || record->ttl < node->ttl)
		node->ttl = record->ttl;
	/* records are a set: RFC 2181 section 5 */
	for (i = 0; i < node->n_texts; i++) {
		if (span_eq(node->texts[i], text))
			return 0;
	}
	node->texts[node->n_texts++] = text;
	return 0;
}

static int
add_target(const struct loading *loading, struct node *node,
    const struct master_record *record)
{
	struct dnsname target;
	struct span name;

	/* into lower case: octets by \# come as they are */
	if (dnsname_from_wire(record->data, &target) == 0)
		return bad(loading, record->line, "a CNAME without a name");
	name = span_of(target.p, target.n);
	if (node->target.n > 0 && !span_eq(node->target, name))
		return bad(loading, record->line,
		    "a second CNAME under one name");
	node->target_ttl = record->ttl;
	return arena_copy(&loading->zone->arena, name,
	    &node->target) == 0 ? 0 : ZONE_E_NOMEM;
}

/* In the order of the file; records are a set: RFC 2181 section 5. */
static int
add_host(const struct loading *loading, struct node *node,
    const struct master_record *record, struct span data)
{
	struct zone *zone = loading->zone;
	struct zone_record *added;

	for (const struct zone_record *r = node->records; r != NULL;
	    r = r->next) {
		if (r->type == record->type && span_eq(r->data, data))
			return 0;
	}
	if (node->n_records == ZONE_MAX_TEXTS)
		return bad(loading, record->line,
		    "more than %d records under one name", ZONE_MAX_TEXTS);
	added = arena_calloc(&zone->arena, 1, sizeof(*added));
	if (added == NULL || arena_copy(&zone->arena, data, &added->data) != 0)
		return ZONE_E_NOMEM;
	added->type = record->type;
	if (node->last_record != NULL)
		node->last_record->next = added;
	else
		node->records = added;
	node->last_record = added;
	node->n_records++;
	return 0;
}

static bool
type_is_of_hosts(uint16_t type)
{
	return type == MASTER_TYPE_A || type == MASTER_TYPE_AAAA ||
	    type == MASTER_TYPE_MX || type == MASTER_TYPE_NS ||
	    type == MASTER_TYPE_PTR;
}

static int
add_record(const struct loading *loading, const struct master_record *record)
{
	struct node *node;
	int ret;

	if (record->class != MASTER_CLASS_IN)
		return 0;
	loading->zone->n_records++;
	node = want_node(loading->zone, span_of(record->owner.p,
	    record->owner.n));
	if (node == NULL)
		return ZONE_E_NOMEM;
	if (record->type == MASTER_TYPE_TXT) {
		ret = add_text(loading, node, record);
		return ret != 0 || !loading->hosts ? ret : add_host(loading,
		    node, record, node->texts[node->n_texts - 1]);
	}
	if (record->type == MASTER_TYPE_CNAME)
		return add_target(loading, node, record);
	if (loading->hosts && type_is_of_hosts(record->type))
		return add_host(loading, node, record, record->data);
	return 0;
}

static int load_file(const struct loading *loading,
    const struct dnsname *origin);

/* A path that is not absolute starts in the folder of the file it is in. */
static int
load_included(const struct loading *loading, const struct master_record *record)
{
	const char *path = (const char *)record->data.p;
	const char *slash = strrchr(loading->path, '/');
	struct loading inner = *loading;
	struct buffer joined = { 0 };
	char *text;
	int ret;

	if (strlen(path) != record->data.n || record->data.n == 0)
		return bad(loading, record->line, "$INCLUDE of no file");
	if (++inner.depth > ZONE_MAX_INCLUDES)
		return bad(loading, record->line,
		    "$INCLUDE more than %d files deep", ZONE_MAX_INCLUDES);
	if (path[0] != '/' && slash != NULL)
		buffer_add(&joined, span_of(loading->path,
		    (size_t)(slash - loading->path) + 1));
	buffer_add_text(&joined, path);
	text = buffer_take_text(&joined);
	if (text == NULL)
		return ZONE_E_NOMEM;
	inner.path = text;
	ret = load_file(&inner, &record->owner);
	free(text);
	return ret;
}

static int
load_records(const struct loading *loading, struct master *master)
{
	struct master_record record;
	int step, ret = 0;

	while (ret == 0 && (step = master_next(master, &record)) != MASTER_END) {
		if (step == MASTER_RECORD)
			ret = add_record(loading, &record);
		else if (step == MASTER_INCLUDE)
			ret = load_included(loading, &record);
		else if (step == MASTER_BAD)
			ret = bad(loading, master->line, "%s",
			    master->fault.text);
		else
			ret = ZONE_E_NOMEM;
	}
	return ret;
}

static int
load_text(const struct loading *loading, struct span text,
    const struct dnsname *origin)
{
	/* on the heap: included files stack up, and it is not small */
	struct master *master = malloc(sizeof(*master));
	int ret;

	if (master == NULL)
		return ZONE_E_NOMEM;
	master_init(master, text, origin);
	master->hosts = loading->hosts;
	ret = load_records(loading, master);
	master_deinit(master);
	free(master);
	return ret;
}

/* All of a file, which may be a pipe.  Returns 0 or an errno. */
static int
read_file(const char *path, struct buffer *text)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY), error = 0;
	unsigned char *to;
	ssize_t got;

	if (fd < 0)
		return errno;
	while (error == 0 && text->n <= ZONE_MAX_BYTES) {
		to = buffer_extend(text, READ_BYTES);
		if (to == NULL) {
			error = ENOMEM;
			break;
		}
		text->n -= READ_BYTES;
		got = read(fd, to, READ_BYTES);
		if (got == 0)
			break;
		if (got > 0)
			text->n += (size_t)got;
		else if (errno != EINTR)
			error = errno;
	}
	close(fd);
	return error;
}

static int
load_file(const struct loading *loading, const struct dnsname *origin)
{
	struct buffer text = { 0 };
	int error = read_file(loading->path, &text), ret;

	if (error == ENOMEM) {
		ret = ZONE_E_NOMEM;
	} else if (error != 0) {
		why_set(loading->why, "zone file '%s': %s", loading->path,
		    strerrordesc_np(error));
		ret = ZONE_E_IO;
	} else if (text.n > ZONE_MAX_BYTES) {
		why_set(loading->why, "zone file '%s' has more than %d octets",
		    loading->path, ZONE_MAX_BYTES);
		ret = ZONE_BAD;
	} else {
		ret = load_text(loading, buffer_span(&text), origin);
	}
	buffer_deinit(&text);
	return ret;
}

static struct zone *
zone_new(void)
{
	struct zone *zone = calloc(1, sizeof(*zone));

	if (zone == NULL)
		return NULL;
	zone->seed = hash_seed();
	zone->chains = calloc(FIRST_CHAINS, sizeof(struct node *));
	zone->mask = FIRST_CHAINS - 1;
	if (zone->chains == NULL)
		zone_free(&zone);
	return zone;
}

/* From a file, or from text when that is not NULL. */
static int
zone_make(const char *path, const struct span *text, bool hosts,
    struct zone **zone_r, struct why *why_r)
{
	struct loading loading = { .path = path, .hosts = hosts,
		.why = why_r };
	struct dnsname root = { .n = 0 };
	int ret = ZONE_E_NOMEM;

	*zone_r = NULL;
	dnsname_end(&root);
	loading.zone = zone_new();
	if (loading.zone != NULL && text != NULL)
		ret = load_text(&loading, *text, &root);
	else if (loading.zone != NULL)
		ret = load_file(&loading, &root);
	if (ret == ZONE_E_NOMEM)
		why_set(why_r, "zone file '%s': out of memory", path);
	if (ret != 0)
		zone_free(&loading.zone);
	*zone_r = loading.zone;
	return ret;
}

int
zone_load(const char *path, struct zone **zone_r, struct why *why_r)
{
	return zone_make(path, NULL, false, zone_r, why_r);
}

int
zone_load_hosts(const char *path, struct zone **zone_r, struct why *why_r)
{
	return zone_make(path, NULL, true, zone_r, why_r);
}

int
zone_parse(struct span text, const char *name, struct zone **zone_r,
    struct why *why_r)
{
	return zone_make(name, &text, false, zone_r, why_r);
}

void
zone_free(struct zone **zone)
{
	if (*zone == NULL)
		return;
	arena_deinit(&(*zone)->arena);
	free((*zone)->chains);
	free(*zone);
	*zone = NULL;
}

/*
 * Looking things up.
 */

/* What answers for a name that has no node: "*" below its closest ancestor
 * (RFC 4592 section 3.3.1). */
static const struct node *
find_wildcard(const struct zone *zone, struct span name)
{
	struct dnsname wildcard = { .n = 0 };

	do {
		if (name.n <= 1)
			return NULL;
		name = parent_of(name);
	} while (find_node(zone, name) == NULL);
	if (!dnsname_add_label(&wildcard, (const unsigned char *)"*", 1) ||
	    !dnsname_add_name(&wildcard, name.p, name.n))
		return NULL;
	return find_node(zone, span_of(wildcard.p, wildcard.n));
}

enum zone_outcome
zone_lookup(const struct zone *zone, const char *name, struct zone_txt *txt_r)
{
	uint32_t ttl = UINT32_MAX;
	const struct node *node;
	struct dnsname wire;
	struct span at;
	int links;

	*txt_r = (struct zone_txt){ 0 };
	if (!dnsname_from_text(name, &wire))
		return ZONE_NXDOMAIN;
	at = span_of(wire.p, wire.n);
	for (links = 0; links <= ZONE_MAX_CNAMES; links++) {
		node = find_node(zone, at);
		if (node == NULL)
			node = find_wildcard(zone, at);
		if (node == NULL)
			return ZONE_NXDOMAIN;
		if (node->n_texts > 0) {
			txt_r->texts = node->texts;
			txt_r->n = node->n_texts;
			txt_r->ttl = node->ttl < ttl ? node->ttl : ttl;
			return ZONE_FOUND;
		}
		if (node->target.n == 0)
			return ZONE_NODATA;
		if (node->target_ttl < ttl)
			ttl = node->target_ttl;
		at = node->target;
	}
	return ZONE_CNAME_LOOP;
}

static bool
has_type(const struct node *node, uint16_t type)
{
	for (const struct zone_record *r = node->records; r != NULL;
	    r = r->next) {
		if (r->type == type)
			return true;
	}
	return false;
}

enum zone_outcome
zone_lookup_type(const struct zone *zone, const char *name, uint16_t type,
    const struct zone_record **records_r)
{
	const struct node *node;
	struct dnsname wire;
	struct span at;

	*records_r = NULL;
	if (!dnsname_from_text(name, &wire))
		return ZONE_NXDOMAIN;
	at = span_of(wire.p, wire.n);
	for (int links = 0; links <= ZONE_MAX_CNAMES; links++) {
		node = find_node(zone, at);
		if (node == NULL)
			node = find_wildcard(zone, at);
		if (node == NULL)
			return ZONE_NXDOMAIN;
		if (has_type(node, type)) {
			*records_r = node->records;
			return ZONE_FOUND;
		}
		if (node->target.n == 0)
			return ZONE_NODATA;
		at = node->target;
	}
	return ZONE_CNAME_LOOP;
}

size_t
zone_record_count(const struct zone *zone)
{
	return zone->n_records;
}
