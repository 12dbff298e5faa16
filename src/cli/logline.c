/*
 * logline.c: what is in front is taken off first, then it is ours or not.
 *
 *	[Sun 22 Nov 2026 22:16:32] [info] ID: dkim_sign:one: result=signed ...
 *	[Sun 22 Nov 2026 22:16:32] [info] {"id":"ID","module":"dkim_sign:one",...
 *	Nov 22 22:16:32 mx mailseald[99]: ID: dkim_sign:one: ...
 *	{"MESSAGE":"[Sun 22 ...", "__REALTIME_TIMESTAMP":"1700000000000000", ...
 */
#include "cli/logline.h"

#include "cli/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define SYSLOG_TIME 15 /* octets of "Nov 22 22:16:32" (RFC 3164 4.1.2) */
#define MICROSECONDS 1000000
#define TIME_BYTES 64

struct content { /* a line without what is in front of it */
	struct span time, level; /* empty: not there */
	struct span text;
	bool is_ours;
};

static const struct span levels[] = {
	SPAN_INIT("debug"), SPAN_INIT("info"), SPAN_INIT("notice"),
	SPAN_INIT("warning"), SPAN_INIT("error"), SPAN_INIT("critical"),
};

static bool
begins(struct span s, struct span with)
{
	return s.n >= with.n && memcmp(s.p, with.p, with.n) == 0;
}

/* Where `what` is in s, or s.n. */
static size_t
find(struct span s, struct span what)
{
	const unsigned char *at = s.n == 0 ? NULL :
	    memmem(s.p, s.n, what.p, what.n);

	return at == NULL ? s.n : (size_t)(at - s.p);
}

static bool
is_level(struct span word)
{
	for (size_t i = 0; i < sizeof(levels) / sizeof(levels[0]); i++) {
		if (span_eq(levels[i], word))
			return true;
	}
	return false;
}

/* stamp = "[" time "] [" level "] " text */
static bool
take_stamp(struct span s, struct content *content)
{
	struct span rest = s, time, level;

	if (!begins(s, SPAN("[")))
		return false;
	rest = span_from(rest, 1);
	if (!span_cut(&rest, ']', &time) || !begins(rest, SPAN(" [")))
		return false;
	rest = span_from(rest, 2);
	if (!span_cut(&rest, ']', &level) || !is_level(level) ||
	    !begins(rest, SPAN(" ")))
		return false;
	content->time = time;
	content->level = level;
	content->text = span_from(rest, 1);
	content->is_ours = true;
	return true;
}

/* Syslog's own time: "Nov 22 22:16:32", or "2026-11-22T22:16:32+00:00". */
static struct span
syslog_time(struct span line)
{
	if (line.n > 0 && byte_is_digit(line.p[0]))
		return span_first(line, span_find(line, ' '));
	return span_first(line, SYSLOG_TIME);
}

/* syslog = time SP host SP "mailseald[" pid "]: " text */
static bool
take_syslog(struct span line, struct content *content)
{
	size_t at = find(line, SPAN(" mailseald["));
	struct span rest, pid;

	/* what stands in the words of another program is not ours */
	if (at == line.n || find(span_first(line, at), SPAN(": ")) < at)
		return false;
	rest = span_from(line, at);
	if (!span_cut(&rest, ']', &pid) || !begins(rest, SPAN(": ")))
		return false;
	content->time = syslog_time(line);
	content->text = span_from(rest, 2);
	content->is_ours = true;
	(void)take_stamp(content->text, content);
	return true;
}

static struct content
take_content(struct span line, struct span id)
{
	struct content content = { .text = line };

	if (take_stamp(line, &content) || take_syslog(line, &content))
		return content;
	/* journalctl -o cat, of what went to syslog */
	content.is_ours = begins(line, SPAN("{\"id\":")) ||
	    (begins(line, id) && begins(span_from(line, id.n), SPAN(": ")));
	return content;
}

/* results */

static const struct {
	struct span text; /* as the line has it */
	const char *json;
} names[] = {
	{ SPAN_INIT("d"), "domain" },
	{ SPAN_INIT("s"), "selector" },
};

static void
put(json_t *object, const char *name, struct span value)
{
	(void)json_object_set_new(object, name, text_json(value));
}

static void
put_number(json_t *object, const char *name, struct span digits)
{
	json_int_t number = 0;

	for (size_t i = 0; i < digits.n && byte_is_digit(digits.p[i]) &&
	    number < INT64_MAX / 10 - 10; i++)
		number = number * 10 + (digits.p[i] - '0');
	(void)json_object_set_new(object, name, json_integer(number));
}

/* one = result *( SP name "=" value ); "pass d=a.test s=s1" */
static json_t *
signature_of(struct span one)
{
	json_t *object = json_object();
	struct span word, name;

	one = span_trim_wsp(one);
	(void)span_cut(&one, ' ', &word);
	put(object, "result", word);
	while (one.n > 0) {
		(void)span_cut(&one, ' ', &word);
		(void)span_cut(&word, '=', &name);
		if (span_eq(name, SPAN("d")))
			put(object, "domain", word);
		else if (span_eq(name, SPAN("s")))
			put(object, "selector", word);
	}
	return object;
}

/* signatures = one *( "; " one ) */
static void
put_signatures(json_t *object, struct span value)
{
	json_t *list = json_array();
	struct span one;

	while (value.n > 0) {
		(void)span_cut(&value, ';', &one);
		(void)json_array_append_new(list, signature_of(one));
	}
	(void)json_object_set_new(object, "signatures", list);
}

static void
put_pair(json_t *object, struct span name, struct span value)
{
	char key[32];

	if (span_eq(name, SPAN("us"))) {
		put_number(object, "microseconds", value);
		return;
	}
	if (span_eq(name, SPAN("count"))) {
		put_number(object, "count", value);
		return;
	}
	if (span_eq(name, SPAN("signatures"))) {
		put_signatures(object, value);
		return;
	}
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (span_eq(names[i].text, name)) {
			put(object, names[i].json, value);
			return;
		}
	}
	if (name.n >= sizeof(key))
		return;
	memcpy(key, name.p, name.n);
	key[name.n] = '\0';
	put(object, key, value);
}

/* pairs = *( SP name "=" ( value / %x22 value %x22 ) ) */
static void
put_pairs(json_t *object, struct span pairs)
{
	struct span name, value;

	while (span_cut(&pairs, '=', &name)) {
		unsigned char end = ' ';

		if (begins(pairs, SPAN("\""))) {
			pairs = span_from(pairs, 1);
			end = '"';
		}
		(void)span_cut(&pairs, end, &value);
		put_pair(object, span_trim_wsp(name), value);
	}
}

/* "dkim_sign:one" */
static void
put_module(json_t *object, struct span whose)
{
	struct span rest = whose, module;

	(void)span_cut(&rest, ':', &module);
	put(object, "module", module);
	if (module.n < whose.n)
		put(object, "instance", rest);
}

static json_t *
begin(const struct content *content)
{
	json_t *object = json_object();

	if (content->time.n > 0)
		put(object, "time", content->time);
	if (content->level.n > 0)
		put(object, "level", content->level);
	return object;
}

static bool
is_result(struct span text)
{
	return find(text, SPAN(": result=")) < text.n;
}

/* words = [ module [ ":" instance ] ": " ] text */
static enum logline_kind
read_words(const struct content *content, struct span words,
    json_t **object_r)
{
	size_t at = find(words, SPAN(": result="));
	json_t *object = begin(content);

	*object_r = object;
	/* a result stands right behind the module's name */
	if (at == words.n || find(words, SPAN(" ")) < at) {
		put(object, "text", words);
		return LOGLINE_SAID;
	}
	put_module(object, span_first(words, at));
	put_pairs(object, span_from(words, at + 2));
	return LOGLINE_RESULT;
}

static struct span
span_of_json(const json_t *text)
{
	return json_is_string(text) ? span_of(json_string_value(text),
	    json_string_length(text)) : span_of("", 0);
}

/* An object of Log_Results_Format = "json". */
static enum logline_kind
read_object(const struct content *content, json_t *object, struct span id,
    json_t **object_r)
{
	json_t *whole;

	if (!span_eq(span_of_json(json_object_get(object, "id")), id))
		return LOGLINE_OURS_RESULT;
	whole = begin(content);
	(void)json_object_update(whole, object);
	(void)json_object_del(whole, "id");
	put_module(whole, span_of_json(json_object_get(object, "module")));
	*object_r = whole;
	return LOGLINE_RESULT;
}

static enum logline_kind
read_content(const struct content *content, struct span id,
    json_t **object_r)
{
	struct span text = content->text;
	enum logline_kind kind;
	json_t *object;

	if (begins(text, SPAN("{\"id\":"))) {
		object = json_loadb((const char *)text.p, text.n, 0, NULL);
		if (object == NULL)
			return LOGLINE_OURS;
		kind = read_object(content, object, id, object_r);
		json_decref(object);
		return kind;
	}
	if (begins(text, id) && begins(span_from(text, id.n), SPAN(": ")))
		return read_words(content, span_from(text, id.n + 2),
		    object_r);
	return is_result(text) ? LOGLINE_OURS_RESULT : LOGLINE_OURS;
}

/* journalctl -o json */

static struct span
journal_time(const json_t *entry, char room[TIME_BYTES])
{
	const json_t *text = json_object_get(entry, "__REALTIME_TIMESTAMP");
	time_t when;
	struct tm tm;

	if (!json_is_string(text))
		return span_of(room, 0);
	when = (time_t)(strtoll(json_string_value(text), NULL, 10) /
	    MICROSECONDS);
	if (localtime_r(&when, &tm) == NULL)
		return span_of(room, 0);
	return span_of(room, strftime(room, TIME_BYTES, "%a %d %b %Y %H:%M:%S",
	    &tm));
}

static bool
is_journal(struct span line)
{
	return begins(line, SPAN("{")) &&
	    find(line, SPAN("\"MESSAGE\"")) < line.n;
}

static enum logline_kind
read_journal(struct span line, struct span id, json_t **object_r)
{
	json_t *entry = json_loadb((const char *)line.p, line.n, 0, NULL);
	enum logline_kind kind = LOGLINE_OTHERS;
	struct content content;
	char room[TIME_BYTES];

	content = take_content(span_of_json(json_object_get(entry, "MESSAGE")),
	    id);
	if (span_eq(span_of_json(json_object_get(entry, "SYSLOG_IDENTIFIER")),
	    SPAN("mailseald")))
		content.is_ours = true;
	if (content.time.n == 0)
		content.time = journal_time(entry, room);
	if (content.is_ours)
		kind = read_content(&content, id, object_r);
	json_decref(entry);
	return kind;
}

enum logline_kind
logline_read(struct span line, struct span id, json_t **object_r)
{
	struct content content;

	*object_r = NULL;
	line = span_trim_fws(line);
	if (is_journal(line))
		return read_journal(line, id, object_r);
	content = take_content(line, id);
	return content.is_ours ? read_content(&content, id, object_r) :
	    LOGLINE_OTHERS;
}
