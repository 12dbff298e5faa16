/*
 * signing_report.c: the statistics of signing as people and programs read them.
 *
 * The text is laid out as operators of this family know it: rows of 32 columns
 * at column 16, under the names that their scripts look for.
 */
#include "host/stats/signing.h"

#include "host/config/must.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#define ROW_COLUMNS 32
#define NANOSECONDS 1e9

static const char *const kind_names[LEDGER_KINDS] = {
	[EC_SIGNING_DOMAINKEYS] = "DomainKeys",
	[EC_SIGNING_DKIM] = "DKIM",
};

static const char time_name[] = "AccumulatedSigningTime";
static const char signed_name[] = "TotalMessagesSigned";
static const char failed_name[] = "FailedSigningAttempts";
static const char processed_name[] = "TotalMessagesProcessed";

static double
seconds(const struct ledger_sums *sums)
{
	return (double)sums->nanoseconds / NANOSECONDS;
}

/* A value too long for its columns keeps a blank before it. */
static void
write_row(string *out, const char *name, const char *value)
{
	int width = ROW_COLUMNS - (int)strlen(name) - 1;

	(void)stringprintf(out, "%16s%s %*s\n", "", name, width, value);
}

static void
write_number(string *out, const char *name, uint64_t number)
{
	char text[24];

	(void)snprintf(text, sizeof(text), "%" PRIu64, number);
	write_row(out, name, text);
}

static void
write_groups(string *out, const struct ledger_sums *sums)
{
	char text[40];

	for (int kind = 0; kind < LEDGER_KINDS; kind++, sums++) {
		(void)stringprintf(out, "%8s%s\n", "", kind_names[kind]);
		(void)snprintf(text, sizeof(text), "%.4f", seconds(sums));
		write_row(out, time_name, text);
		write_number(out, signed_name, sums->signed_ok);
		write_number(out, failed_name, sums->failed);
		write_number(out, processed_name, sums->processed);
	}
}

/* The pairs of a binding from at on, which is moved behind them. */
static void
write_pairs(string *out, const struct signing_view *view, const char *binding,
    size_t *at)
{
	(void)stringprintf(out, "%8sPer Binding Per Domain\n", "");
	/* pairs of a binding that has no row are passed over */
	while (*at < view->pairs_n &&
	    strcmp(view->pairs[*at].binding, binding) < 0)
		(*at)++;
	for (; *at < view->pairs_n &&
	    strcmp(view->pairs[*at].binding, binding) == 0; (*at)++) {
		(void)stringprintf(out, "%8sDomainName %s\n", "",
		    view->pairs[*at].domain);
		write_groups(out, view->pairs[*at].sums);
	}
}

void
signing_write_text(string *out)
{
	struct signing_view view;
	size_t at = 0;

	signing_view_init(&view);
	(void)stringprintf(out, "Signing Statistics\n\nGlobal\n");
	write_groups(out, view.all);
	if (signing_get_mode() == SIGNING_ALL) {
		(void)stringprintf(out, "Per Domain\n");
		for (size_t i = 0; i < view.domains_n; i++) {
			(void)stringprintf(out, "%8sDomainName  %s\n", "",
			    view.domains[i].domain);
			write_groups(out, view.domains[i].sums);
		}
		(void)stringprintf(out, "Per Binding\n");
		for (size_t i = 0; i < view.bindings_n; i++) {
			(void)stringprintf(out, "%8sbinding_name %s\n", "",
			    view.bindings[i].binding);
			write_groups(out, view.bindings[i].sums);
			write_pairs(out, &view, view.bindings[i].binding, &at);
		}
	}
	signing_view_deinit(&view);
}

/* xml */

static void
write_escaped(string *out, const char *text)
{
	for (; *text != '\0'; text++) {
		switch (*text) {
		case '<':
			(void)stringprintf(out, "&lt;");
			break;
		case '>':
			(void)stringprintf(out, "&gt;");
			break;
		case '&':
			(void)stringprintf(out, "&amp;");
			break;
		case '"':
			(void)stringprintf(out, "&quot;");
			break;
		default:
			(void)stringwrite(out, text, 1);
			break;
		}
	}
}

static void
write_xml_groups(string *out, const struct ledger_sums *sums)
{
	for (int kind = 0; kind < LEDGER_KINDS; kind++, sums++) {
		(void)stringprintf(out, "<%s><%s>%.4f</%s><%s>%" PRIu64
		    "</%s>", kind_names[kind], time_name, seconds(sums),
		    time_name, signed_name, sums->signed_ok, signed_name);
		(void)stringprintf(out, "<%s>%" PRIu64 "</%s><%s>%" PRIu64
		    "</%s></%s>\n", failed_name, sums->failed, failed_name,
		    processed_name, sums->processed, processed_name,
		    kind_names[kind]);
	}
}

static void
write_xml_rows(string *out, const char *element, const struct signing_row *rows,
    size_t n)
{
	for (size_t i = 0; i < n; i++) {
		(void)stringprintf(out, "<%s", element);
		if (rows[i].binding != NULL) {
			(void)stringprintf(out, " binding=\"");
			write_escaped(out, rows[i].binding);
			(void)stringprintf(out, "\"");
		}
		if (rows[i].domain != NULL) {
			(void)stringprintf(out, " domain=\"");
			write_escaped(out, rows[i].domain);
			(void)stringprintf(out, "\"");
		}
		(void)stringprintf(out, ">\n");
		write_xml_groups(out, rows[i].sums);
		(void)stringprintf(out, "</%s>\n", element);
	}
}

void
signing_write_xml(string *out)
{
	struct signing_view view;

	signing_view_init(&view);
	(void)stringprintf(out, "<signing_stats>\n<global>\n");
	write_xml_groups(out, view.all);
	(void)stringprintf(out, "</global>\n");
	if (signing_get_mode() == SIGNING_ALL) {
		write_xml_rows(out, "per_domain", view.domains,
		    view.domains_n);
		write_xml_rows(out, "per_binding", view.bindings,
		    view.bindings_n);
		write_xml_rows(out, "per_binding_per_domain", view.pairs,
		    view.pairs_n);
	}
	(void)stringprintf(out, "</signing_stats>\n");
	signing_view_deinit(&view);
}

/* json */

static void
put(json_t *object, const char *name, json_t *value)
{
	if (json_object_set_new(object, name, value) != 0)
		(void)must(NULL);
}

static json_t *
json_groups(const struct ledger_sums *sums)
{
	json_t *out = must(json_object());

	for (int kind = 0; kind < LEDGER_KINDS; kind++, sums++) {
		json_t *group = must(json_object());

		put(group, time_name, json_real(seconds(sums)));
		put(group, signed_name,
		    json_integer((json_int_t)sums->signed_ok));
		put(group, failed_name,
		    json_integer((json_int_t)sums->failed));
		put(group, processed_name,
		    json_integer((json_int_t)sums->processed));
		put(out, kind_names[kind], group);
	}
	return out;
}

/* Domains come from strangers: what is no UTF-8 is shown as such. */
static json_t *
json_text(const char *text)
{
	json_t *out = json_string(text);

	return out != NULL ? out : must(json_string("(no UTF-8)"));
}

static json_t *
json_rows(const struct signing_row *rows, size_t n)
{
	json_t *out = must(json_array());

	for (size_t i = 0; i < n; i++) {
		json_t *row = json_groups(rows[i].sums);

		if (rows[i].binding != NULL)
			put(row, "binding", json_text(rows[i].binding));
		if (rows[i].domain != NULL)
			put(row, "domain", json_text(rows[i].domain));
		if (json_array_append_new(out, row) != 0)
			(void)must(NULL);
	}
	return out;
}

void
signing_write_json(string *out)
{
	struct signing_view view;
	json_t *root = must(json_object());
	char *text;

	signing_view_init(&view);
	put(root, "global", json_groups(view.all));
	if (signing_get_mode() == SIGNING_ALL) {
		put(root, "per_domain", json_rows(view.domains,
		    view.domains_n));
		put(root, "per_binding", json_rows(view.bindings,
		    view.bindings_n));
		put(root, "per_binding_per_domain", json_rows(view.pairs,
		    view.pairs_n));
	}
	signing_view_deinit(&view);
	text = must(json_dumps(root, JSON_COMPACT | JSON_SORT_KEYS |
	    JSON_REAL_PRECISION(15)));
	(void)stringwrite_strings(out, 2, text, "\n");
	free(text);
	json_decref(root);
}
