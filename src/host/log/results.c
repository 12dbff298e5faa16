/*
 * results.c: a line of names and values, or an object of JSON.
 *
 *	dkim_sign:one: result=signed d=example.com s=s1 scope=stanza us=312
 *	{"id":"4cX…","module":"dkim_sign:one","result":"signed", …}
 *
 * Values come from mail.  In a line they are quoted when they hold more than a
 * name does, and quotes in them become apostrophes; so a line can be cut at
 * blanks and no value can pretend to be another.
 */
#include "host/log/results.h"

#include "ec_result_log.h"
#include "host/log/log.h"

#include <ctype.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define VALUE_BYTES 1024 /* of one value; the rest is cut */
#define SIGNATURES_SHOWN 20 /* as many as are parsed in a message */
#define SIGNATURE_BYTES 16 /* of one in the list, besides its words */
#define NANOSECONDS_IN_MICROSECOND 1000u

static _Atomic int mode = RESULTS_ALL;
static atomic_bool is_json, has_begun;

void
results_set(enum results_mode to, bool json)
{
	atomic_store(&mode, to);
	atomic_store(&is_json, json);
}

void
results_begin(void)
{
	atomic_store(&has_begun, true);
}

/* Is it for the log, and not for somebody who listens to this thread alone? */
static bool
is_for_log(int is_trouble)
{
	if (!atomic_load_explicit(&has_begun, memory_order_relaxed))
		return false;
	switch ((enum results_mode)atomic_load_explicit(&mode,
	    memory_order_relaxed)) {
	case RESULTS_ALL:
		return true;
	case RESULTS_FAILURES:
		return is_trouble != 0;
	case RESULTS_OFF:
		return false;
	}
	return false;
}

int
ec_result_log_wanted(int is_trouble)
{
	return is_for_log(is_trouble) || log_is_heard();
}

static bool
is_plain(const char *text)
{
	for (; *text != '\0'; text++) {
		if (!isalnum((unsigned char)*text) &&
		    strchr("-._:/@+", *text) == NULL)
			return false;
	}
	return true;
}

static void
add(string *out, const char *name, const char *value)
{
	size_t n = value == NULL ? 0 : strnlen(value, VALUE_BYTES);
	bool plain;

	if (n == 0)
		return;
	plain = is_plain(value);
	(void)stringprintf(out, " %s=%s", name, plain ? "" : "\"");
	if (plain) {
		(void)stringwrite(out, value, (int)n);
		return;
	}
	for (size_t i = 0; i < n; i++)
		(void)stringwrite(out, value[i] == '"' ? "'" : &value[i], 1);
	(void)stringwrite(out, "\"", 1);
}

/* several signatures */

static size_t
length(const char *text)
{
	return text != NULL ? strlen(text) : 0;
}

/* How many of them a line has: its length does not hang on the message. */
static size_t
shown(const struct ec_result *result)
{
	size_t n = 0, bytes = 0;

	for (; n < result->signature_count && n < SIGNATURES_SHOWN; n++) {
		const struct ec_result_signature *one = &result->signatures[n];

		bytes += length(one->result) + length(one->domain) +
		    length(one->selector) + SIGNATURE_BYTES;
		if (bytes > VALUE_BYTES)
			break;
	}
	return n;
}

/* A word of the list; what has a meaning there cannot come from mail. */
static void
add_word(string *out, const char *name, const char *word)
{
	if (length(word) == 0)
		return;
	(void)stringprintf(out, "%s", name);
	for (; *word != '\0'; word++)
		(void)stringwrite(out, strchr(" \t\";=", *word) == NULL ? word :
		    "?", 1);
}

/* count=2 signatures="pass d=a.test s=s1; fail d=b.test s=s2" */
static void
add_signatures(string *out, const struct ec_result *result)
{
	size_t n = shown(result);

	(void)stringprintf(out, " count=%zu", result->signature_count);
	for (size_t i = 0; i < n; i++) {
		const struct ec_result_signature *one = &result->signatures[i];

		add_word(out, i == 0 ? " signatures=\"" : "; ",
		    length(one->result) > 0 ? one->result : "unknown");
		add_word(out, " d=", one->domain);
		add_word(out, " s=", one->selector);
	}
	if (n > 0)
		(void)stringprintf(out, "\"");
}

static void
write_text(const char *module, const char *instance,
    const struct ec_result *result, bool for_log)
{
	char room[512];
	string out = STRING_GROWABLE_STATIC_INIT(room);

	room[0] = '\0';
	add(&out, "result", result->result);
	add(&out, "d", result->domain);
	add(&out, "s", result->selector);
	add(&out, "from", result->responsible);
	add(&out, "scope", result->scope);
	add(&out, "condition", result->condition);
	add(&out, "key", result->key);
	add(&out, "reason", result->reason);
	if (result->signature_count > 1)
		add_signatures(&out, result);
	(for_log ? log_line : log_aside)(DINFO, "%s%s%s:%s us=%" PRIu64, module,
	    instance != NULL ? ":" : "", instance != NULL ? instance : "",
	    out.buffer, (uint64_t)result->nanoseconds /
	    NANOSECONDS_IN_MICROSECOND);
	(void)string_destroy(&out);
}

static void
put(json_t *object, const char *name, const char *value)
{
	char text[VALUE_BYTES + 1];
	size_t n = value == NULL ? 0 : strnlen(value, VALUE_BYTES);

	if (n == 0)
		return;
	memcpy(text, value, n);
	text[n] = '\0';
	if (json_object_set_new(object, name, json_string(text)) == 0)
		return;
	/* no UTF-8: what is not ASCII gives way */
	for (size_t i = 0; i < n; i++) {
		if ((unsigned char)text[i] > '~')
			text[i] = '?';
	}
	(void)json_object_set_new(object, name, json_string(text));
}

static void
put_signatures(json_t *object, const struct ec_result *result)
{
	json_t *list = json_array();
	size_t n = shown(result);

	(void)json_object_set_new(object, "count", json_integer(
	    (json_int_t)result->signature_count));
	for (size_t i = 0; i < n; i++) {
		const struct ec_result_signature *one = &result->signatures[i];
		json_t *item = json_object();

		put(item, "result", one->result);
		put(item, "domain", one->domain);
		put(item, "selector", one->selector);
		(void)json_array_append_new(list, item);
	}
	(void)json_object_set_new(object, "signatures", list);
}

/* The object names the message itself. */
static void
write_json(const char *module, const char *instance,
    const struct ec_result *result, bool for_log)
{
	const char *id = log_message();
	json_t *object = json_object();
	char whose[256], *text;

	(void)snprintf(whose, sizeof(whose), "%s%s%s", module,
	    instance != NULL ? ":" : "", instance != NULL ? instance : "");
	put(object, "id", id);
	put(object, "module", whose);
	put(object, "result", result->result);
	put(object, "domain", result->domain);
	put(object, "selector", result->selector);
	put(object, "from", result->responsible);
	put(object, "scope", result->scope);
	put(object, "condition", result->condition);
	put(object, "key", result->key);
	put(object, "reason", result->reason);
	if (result->signature_count > 1)
		put_signatures(object, result);
	(void)json_object_set_new(object, "microseconds", json_integer(
	    (json_int_t)(result->nanoseconds / NANOSECONDS_IN_MICROSECOND)));
	text = json_dumps(object, JSON_COMPACT);
	(void)log_message_set(NULL);
	(for_log ? log_line : log_aside)(DINFO, "%s", text != NULL ? text :
	    "{}");
	(void)log_message_set(id);
	free(text);
	json_decref(object);
}

void
ec_result_log(generic_module_infrastructure *self,
    const struct ec_result *result)
{
	const char *module = ec_module_scope_name(self);
	const char *instance = ec_module_instance_name(self);
	bool for_log = is_for_log(result->is_trouble);

	if (!for_log && !log_is_heard())
		return;
	if (atomic_load_explicit(&is_json, memory_order_relaxed))
		write_json(module, instance, result, for_log);
	else
		write_text(module, instance, result, for_log);
}
