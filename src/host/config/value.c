/*
 * value.c: a reader for each type, and what is common to them: choices, arrays,
 * dictionaries.
 */
#include "host/config/value.h"

#include "host/config/must.h"
#include "host/config/shown.h"
#include "host/config/sockaddr.h"

#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <strings.h>

#define ITEMS_TOLD 20 /* of the wrong ones of an array */

struct reader {
	const struct config_option *option;
	struct arena *arena;
	struct buffer *why;
};

typedef bool read_fn(struct reader *reader, const char *text,
    union config_item *item_r);

static const struct {
	const char *text;
	int value;
} booleans[] = {
	{ "true", 1 }, { "false", 0 },
	{ "yes", 1 }, { "no", 0 },
	{ "on", 1 }, { "off", 0 },
	{ "enabled", 1 }, { "disabled", 0 },
	{ "1", 1 }, { "0", 0 },
};

static bool
read_string(struct reader *reader, const char *text,
    union config_item *item_r)
{
	(void)reader;
	item_r->string = text;
	return true;
}

static bool
is_decimal(const char *text)
{
	size_t n = strlen(text);

	return n > 0 && strspn(text, "0123456789") == n;
}

static bool
read_int(struct reader *reader, const char *text, union config_item *item_r)
{
	long long number;

	(void)reader;
	if (!is_decimal(text + (text[0] == '-')))
		return false;
	errno = 0;
	number = strtoll(text, NULL, 10);
	if (errno != 0 || number < INT_MIN || number > INT_MAX)
		return false;
	item_r->integer = (int)number;
	return true;
}

static bool
read_u64(struct reader *reader, const char *text, union config_item *item_r)
{
	(void)reader;
	if (!is_decimal(text))
		return false;
	errno = 0;
	item_r->u64 = strtoull(text, NULL, 10);
	return errno == 0;
}

static bool
read_size(struct reader *reader, const char *text, union config_item *item_r)
{
	union config_item number;

	if (!read_u64(reader, text, &number) || number.u64 > SIZE_MAX)
		return false;
	item_r->size = (size_t)number.u64;
	return true;
}

/* perms = 1*6( "0" - "7" ) */
static bool
read_perms(struct reader *reader, const char *text, union config_item *item_r)
{
	size_t n = strlen(text);
	unsigned long mode;

	(void)reader;
	if (n == 0 || n > 6 || strspn(text, "01234567") != n)
		return false;
	mode = strtoul(text, NULL, 8);
	item_r->integer = (int)mode;
	return mode <= 07777;
}

static bool
read_bool(struct reader *reader, const char *text, union config_item *item_r)
{
	(void)reader;
	for (size_t i = 0; i < sizeof(booleans) / sizeof(booleans[0]); i++) {
		if (strcasecmp(text, booleans[i].text) == 0) {
			item_r->integer = booleans[i].value;
			return true;
		}
	}
	return false;
}

static bool
read_float(struct reader *reader, const char *text, union config_item *item_r)
{
	size_t n = strlen(text);
	char *end;

	(void)reader;
	/* no "inf", no hexadecimal */
	if (n == 0 || strspn(text, "0123456789.eE+-") != n)
		return false;
	item_r->real = strtod(text, &end);
	return *end == '\0' && isfinite(item_r->real);
}

static bool
read_address(struct reader *reader, const char *text,
    union config_item *item_r)
{
	struct sockaddr_storage address, *kept;

	if (!sockaddr_parse(text,
	    reader->option->type != CONFIG_SOCKADDR_PORTLESS, &address))
		return false;
	kept = must(arena_alloc(reader->arena, sizeof(*kept)));
	*kept = address;
	item_r->address = kept;
	return true;
}

/* Slashes around a pattern are no part of it. */
static bool
read_regex(struct reader *reader, const char *text, union config_item *item_r)
{
	size_t n = strlen(text);

	if (n >= 2 && text[0] == '/' && text[n - 1] == '/')
		text = must(arena_text(reader->arena, span_of(text + 1,
		    n - 2)));
	item_r->regex = regex_new(text, false, reader->arena, reader->why);
	return item_r->regex != NULL;
}

static bool
read_network(struct reader *reader, const char *text,
    union config_item *item_r)
{
	struct cidr cidr, *kept;

	if (!cidr_parse(text, &cidr))
		return false;
	kept = must(arena_alloc(reader->arena, sizeof(*kept)));
	*kept = cidr;
	item_r->network = kept;
	return true;
}

static const struct {
	read_fn *read;
	const char *name;
	const char *expects;
} types[] = {
	[CONFIG_STRING] = { read_string, "text", "text" },
	[CONFIG_INT] = { read_int, "integer", "a whole number" },
	[CONFIG_UINT64] = { read_u64, "integer", "a whole number from 0" },
	[CONFIG_PERMS] = { read_perms, "octal mode",
	    "an octal mode such as 0660" },
	[CONFIG_BOOL] = { read_bool, "boolean",
	    "true/false, yes/no, on/off, enabled/disabled or 1/0" },
	[CONFIG_FLOAT] = { read_float, "decimal", "a decimal number" },
	[CONFIG_SOCKADDR] = { read_address, "address and port",
	    "an address with its port, such as 192.0.2.1:25 or "
	    "\"[2001:db8::1]:25\", or the path of a socket" },
	[CONFIG_SOCKADDR_PORTLESS] = { read_address, "address",
	    "an IP address" },
	[CONFIG_DICT] = { read_string, "dictionary",
	    "a dictionary: [ key = value ... ]" },
	[CONFIG_SIZE] = { read_size, "octets", "a number of octets" },
	[CONFIG_REGEX] = { read_regex, "regular expression",
	    "a regular expression" },
	[CONFIG_NETWORK] = { read_network, "network",
	    "an IP address or a network such as 10.0.0.0/8" },
};

const char *
value_type(const struct config_option *option)
{
	return types[option->type].name;
}

static void
list_choices(const struct config_choice *map, struct buffer *out)
{
	for (const struct config_choice *choice = map; choice->text != NULL;
	    choice++) {
		if (choice != map)
			buffer_add_text(out, choice[1].text == NULL ? " or " :
			    ", ");
		buffer_add_text(out, "'");
		buffer_add_text(out, choice->text);
		buffer_add_text(out, "'");
	}
}

static void
tell_expected(struct reader *reader)
{
	buffer_add_text(reader->why, " (expected ");
	if (reader->option->map != NULL)
		list_choices(reader->option->map, reader->why);
	else
		buffer_add_text(reader->why, types[reader->option->type].expects);
	buffer_add_text(reader->why, ")");
}

static void
tell_wrong(struct reader *reader, const char *text)
{
	struct buffer details = *reader->why;

	/* a reader that knows more has said it already */
	*reader->why = (struct buffer){ 0 };
	buffer_add_text(reader->why, "'");
	buffer_add_text(reader->why, shown(text).text);
	buffer_add_text(reader->why, "' is not right");
	if (details.n > 0) {
		buffer_add_text(reader->why, ": ");
		buffer_add(reader->why, buffer_span(&details));
	}
	buffer_deinit(&details);
	tell_expected(reader);
}

/* A text of the map; a number only where the type is one. */
static bool
read_choice(struct reader *reader, const char *text, union config_item *item_r)
{
	bool numeric = reader->option->type != CONFIG_STRING;
	union config_item number = { 0 };
	bool is_number = numeric && read_int(reader, text, &number);

	for (const struct config_choice *choice = reader->option->map;
	    choice->text != NULL; choice++) {
		if (strcasecmp(choice->text, text) != 0 &&
		    (!is_number || number.integer != choice->number))
			continue;
		if (numeric)
			item_r->integer = choice->number;
		else
			item_r->string = choice->text;
		return true;
	}
	return false;
}

static bool
read_item(struct reader *reader, const char *text, union config_item *item_r)
{
	read_fn *read = reader->option->map != NULL ? read_choice :
	    types[reader->option->type].read;

	*item_r = (union config_item){ 0 };
	if (read(reader, text, item_r))
		return true;
	tell_wrong(reader, text);
	return false;
}

/* An array given to an option of one text: joined, if the row says how. */
static const char *
join(struct reader *reader, const struct written *written)
{
	struct buffer text = { 0 };
	const char *joined;

	for (uint32_t i = 0; i < written->count; i++) {
		if (i > 0)
			buffer_add_byte(&text,
			    (unsigned char)reader->option->separator);
		buffer_add_text(&text, written->atoms[i].text);
	}
	joined = must(arena_text(reader->arena, buffer_span(&text)));
	buffer_deinit(&text);
	return joined;
}

static bool
read_one(struct reader *reader, const struct written *written,
    struct config_value *value)
{
	const char *text = written->atoms[0].text;

	value->count = 1;
	if (written->shape == WRITTEN_ARRAY &&
	    reader->option->separator != '\0' &&
	    reader->option->type == CONFIG_STRING) {
		text = join(reader, written);
	} else if (written->shape != WRITTEN_SCALAR) {
		buffer_add_text(reader->why,
		    written->shape == WRITTEN_ARRAY ?
		    "one value wanted, not an array" :
		    "one value wanted, not a dictionary");
		tell_expected(reader);
		return false;
	}
	return read_item(reader, text, &value->one);
}

/* One text given to an option with an array: split, if the row says where. */
static struct written
split(struct reader *reader, const struct written_atom *atom)
{
	struct span rest = span_of_text(atom->text), head;
	struct written_atom *atoms;
	uint32_t n = 0;
	bool more;

	atoms = must(arena_calloc(reader->arena, rest.n + 1, sizeof(*atoms)));
	do {
		more = span_cut(&rest, (unsigned char)reader->option->separator,
		    &head);
		head = span_trim_fws(head);
		if (head.n == 0)
			continue;
		atoms[n] = *atom;
		atoms[n++].text = must(arena_text(reader->arena, head));
	} while (more);
	return (struct written){ WRITTEN_ARRAY, n, atoms };
}

/* One more wrong item: the first is the message, the others follow it. */
static void
tell_item(struct buffer *whole, struct buffer *why, unsigned wrong,
    uint32_t line)
{
	char text[32];

	if (wrong > 1) {
		(void)snprintf(text, sizeof(text), "\n\tline %u: ", line);
		buffer_add_text(whole, text);
	}
	buffer_add(whole, buffer_span(why));
	buffer_clear(why);
}

static bool
read_items(struct reader *reader, const struct written *written,
    struct config_value *value, uint32_t *line_r)
{
	struct written list = *written;
	struct buffer *whole = reader->why, why = { 0 };
	union config_item *items;
	unsigned wrong = 0;

	if (list.shape == WRITTEN_DICT) {
		buffer_add_text(reader->why, "an array wanted, not a "
		    "dictionary (expected '( value ... )')");
		return false;
	}
	if (list.shape == WRITTEN_SCALAR && reader->option->separator != '\0')
		list = split(reader, list.atoms);
	items = must(arena_calloc(reader->arena, (size_t)list.count + 1,
	    sizeof(*items)));
	reader->why = &why;
	for (uint32_t i = 0; i < list.count && wrong < ITEMS_TOLD; i++) {
		if (read_item(reader, list.atoms[i].text, &items[i]))
			continue;
		if (wrong++ == 0)
			*line_r = list.atoms[i].line;
		tell_item(whole, &why, wrong, list.atoms[i].line);
	}
	reader->why = whole;
	buffer_deinit(&why);
	value->items = items;
	value->count = list.count;
	return wrong == 0;
}

static bool
read_dict(struct reader *reader, const struct written *written,
    struct config_value *value)
{
	struct config_pair *pairs;

	if (written->shape != WRITTEN_DICT) {
		buffer_add_text(reader->why, "a dictionary wanted");
		tell_expected(reader);
		return false;
	}
	value->count = written->count / 2;
	pairs = must(arena_calloc(reader->arena, (size_t)value->count + 1,
	    sizeof(*pairs)));
	for (uint32_t i = 0; i < value->count; i++) {
		pairs[i].key = written->atoms[2 * i].text;
		pairs[i].value = written->atoms[2 * i + 1].text;
	}
	value->pairs = pairs;
	return true;
}

bool
value_read_line(const struct config_option *option,
    const struct written *written, struct arena *arena,
    struct config_value *value_r, struct buffer *why, uint32_t *line_r)
{
	struct reader reader = { option, arena, why };
	bool ok;

	memset(value_r, 0, sizeof(*value_r));
	value_r->option = option;
	value_r->written = written;
	if (option->type == CONFIG_DICT)
		ok = read_dict(&reader, written, value_r);
	else if ((option->flags & CONFIG_OPTION_ARRAY) != 0)
		ok = read_items(&reader, written, value_r, line_r);
	else
		ok = read_one(&reader, written, value_r);
	return ok && (option->validate == NULL ||
	    option->validate(option->closure, option, value_r, why));
}

bool
value_read(const struct config_option *option, const struct written *written,
    struct arena *arena, struct config_value *value_r, struct buffer *why)
{
	uint32_t line;

	return value_read_line(option, written, arena, value_r, why, &line);
}

const char *
value_dict_get(const struct config_value *value, const char *key)
{
	const char *found = NULL; /* of a key given twice the last */

	for (uint32_t i = 0; i < value->count; i++) {
		if (strcmp(value->pairs[i].key, key) == 0)
			found = value->pairs[i].value;
	}
	return found;
}
