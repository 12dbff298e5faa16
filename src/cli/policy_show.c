/*
 * policy_show.c: a block for each callout, then what becomes of the message.
 *
 *	validate_data_spool (policy)
 *	  prints   checking
 *	  sets     message: spam = "no"
 *	  returns  VALIDATE_CONT
 *
 *	verdict  accept
 *	insert   X-Policy: yes  (above field 1)
 */
#include "cli/policy_show.h"

#include "cli/text.h"

#include <string.h>

/* All texts may come out of the message. */
static void
show(FILE *out, const char *s)
{
	struct buffer shown = { 0 };

	text_show(&shown, span_of_text(s));
	(void)fwrite(shown.p, 1, shown.n, out);
	buffer_deinit(&shown);
}

/* Of a member; "" when it is null. */
static const char *
string_of(const json_t *object, const char *name)
{
	const char *s = json_string_value(json_object_get(object, name));

	return s == NULL ? "" : s;
}

static json_int_t
number_of(const json_t *object, const char *name)
{
	return json_integer_value(json_object_get(object, name));
}

static bool
is_null(const json_t *object, const char *name)
{
	return json_is_null(json_object_get(object, name));
}

/* calls */

static void
show_title(const json_t *call, FILE *out)
{
	if (is_null(call, "callout")) {
		(void)fputs("loading", out);
	} else {
		show(out, string_of(call, "callout"));
		if (!is_null(call, "module")) {
			(void)fputs(" (", out);
			show(out, string_of(call, "module"));
			(void)fputs(")", out);
		}
	}
	(void)fputs("\n", out);
}

/* Lines as lines, and the tabs between values as blanks, as in the log. */
static void
show_print(const char *s, FILE *out)
{
	const char *label = "prints   ";
	size_t n;

	do {
		struct buffer line = { 0 };

		n = strcspn(s, "\n");
		buffer_add(&line, span_of(s, n));
		for (size_t i = 0; i < line.n; i++) {
			if (line.p[i] == '\t')
				line.p[i] = ' ';
		}
		buffer_add_byte(&line, '\0');
		(void)fprintf(out, "  %s", label);
		show(out, line.p == NULL ? "" : (const char *)line.p);
		(void)fputs("\n", out);
		buffer_deinit(&line);
		label = "         ";
		s += n + (s[n] == '\n');
	} while (*s != '\0');
}

static void
show_change(const json_t *change, FILE *out)
{
	bool gone = is_null(change, "value");

	(void)fprintf(out, "  %s %s: ", gone ? "removes " : "sets    ",
	    string_of(change, "context"));
	show(out, string_of(change, "name"));
	if (!gone) {
		(void)fputs(" = \"", out);
		show(out, string_of(change, "value"));
		(void)fputs("\"", out);
	}
	(void)fputs("\n", out);
}

static void
show_call(const json_t *call, FILE *out)
{
	const json_t *value;
	size_t i;

	show_title(call, out);
	json_array_foreach(json_object_get(call, "prints"), i, value)
		show_print(json_string_value(value), out);
	json_array_foreach(json_object_get(call, "set"), i, value)
		show_change(value, out);
	if (!is_null(call, "error"))
		(void)fputs("  fails\n", out);
	else if (string_of(call, "returned")[0] != '\0')
		(void)fprintf(out, "  returns  %s\n",
		    string_of(call, "returned"));
	(void)fputs("\n", out);
}

/* what becomes of the message */

static void
show_verdict(const json_t *verdict, FILE *out)
{
	(void)fprintf(out, "verdict  %s", string_of(verdict, "action"));
	if (!is_null(verdict, "code")) {
		(void)fprintf(out, ": %d %s ",
		    (int)number_of(verdict, "code"),
		    string_of(verdict, "status"));
		show(out, string_of(verdict, "text"));
	}
	if (string_of(verdict, "reason")[0] != '\0') {
		(void)fputs(": ", out);
		show(out, string_of(verdict, "reason"));
	}
	(void)fputs(json_is_true(json_object_get(verdict, "disconnect")) ?
	    ", then disconnect\n" : "\n", out);
}

static void
show_field(const json_t *edit, const char *word, FILE *out)
{
	(void)fprintf(out, "%-8s ", word);
	show(out, string_of(edit, "name"));
	if (json_object_get(edit, "value") != NULL) {
		(void)fputs(":", out);
		show(out, string_of(edit, "value"));
	}
	if (json_object_get(edit, "nth") != NULL)
		(void)fprintf(out, "  (number %d of that name)",
		    (int)number_of(edit, "nth"));
	else
		(void)fprintf(out, "  (below %d fields)",
		    (int)number_of(edit, "index"));
	(void)fputs("\n", out);
}

static void
show_edit(const json_t *edit, FILE *out)
{
	if (json_object_get(edit, "name") != NULL) {
		show_field(edit, json_object_get(edit, "index") != NULL ?
		    "insert" : json_object_get(edit, "value") != NULL ?
		    "change" : "delete", out);
	} else if (json_object_get(edit, "octets") != NULL) {
		(void)fprintf(out, "body     replaced, %lld octets\n",
		    (long long)number_of(edit, "octets"));
	} else {
		(void)fprintf(out, "%s <", string_of(edit, "type"));
		show(out, string_of(edit, "address"));
		(void)fputs(">\n", out);
	}
}

void
policy_show(const json_t *record, FILE *out)
{
	const json_t *value;
	size_t i;

	json_array_foreach(json_object_get(record, "calls"), i, value)
		show_call(value, out);
	json_array_foreach(json_object_get(record, "delays"), i, value)
		(void)fprintf(out, "delay    %.3f s after %s\n",
		    (double)number_of(value, "ms") / 1000,
		    string_of(value, "after"));
	json_array_foreach(json_object_get(record, "recipients"), i, value) {
		(void)fputs("refused  ", out);
		show(out, string_of(value, "address"));
		(void)fputs(": ", out);
		show(out, string_of(value, "reply"));
		(void)fputs("\n", out);
	}
	show_verdict(json_object_get(record, "verdict"), out);
	json_array_foreach(json_object_get(record, "edits"), i, value)
		show_edit(value, out);
}

static void
show_lines(const char *s, FILE *out)
{
	size_t n;

	for (; *s != '\0'; s += n + (s[n] != '\0')) {
		struct buffer line = { 0 };

		n = strcspn(s, "\n");
		text_show(&line, span_of(*s == '\t' ? s + 1 : s,
		    *s == '\t' ? n - 1 : n));
		(void)fprintf(out, "%s%.*s\n", *s == '\t' ? "\t" : "",
		    (int)line.n, (const char *)line.p);
		buffer_deinit(&line);
	}
}

void
policy_show_errors(const json_t *record)
{
	const json_t *call;
	size_t i;

	json_array_foreach(json_object_get(record, "calls"), i, call) {
		if (is_null(call, "error"))
			continue;
		(void)fprintf(stderr, "mailseal: %s (",
		    string_of(call, "callout"));
		show(stderr, string_of(call, "module"));
		(void)fputs("): ", stderr);
		show_lines(string_of(call, "error"), stderr);
	}
}
