/*
 * command_key.c: mailseal key.
 *
 * Fetches a key record as a verifier would and explains it to the person who
 * published it.
 */
#include "cli/command.h"

#include "cli/diagnosis.h"
#include "cli/keyname.h"
#include "cli/lookup.h"
#include "cli/report.h"
#include "cli/text.h"
#include "cli/verdict.h"
#include "dkim/tags.h"

#include <stdio.h>
#include <sysexits.h>

struct key_settings {
	struct lookup_settings lookup;
	bool json;
};

static const struct option_row rows[] = {
	LOOKUP_ROWS(struct key_settings),
	{ .name = "json", .help = "print one JSON object",
	  .parse = option_switch,
	  .offset = offsetof(struct key_settings, json) },
};

static const struct option_page page = {
	.name = "key",
	.usage = "[OPTION...] SELECTOR DOMAIN",
	.about = "Fetch the key record at SELECTOR._domainkey.DOMAIN, parse it, and say what is\n"
	    "wrong with it and how to put it right.",
	.rows = rows,
	.n_rows = sizeof(rows) / sizeof(rows[0]),
	.notes = "exit status: 0 the key can be used, 1 it cannot, 64 misuse, 65 bad zone file,\n"
	    "66 file cannot be read, 75 the DNS gave no answer: try again later",
};

/* All that lives while one record is looked at. */
struct inspection {
	struct arena arena;
	struct keyname name;
	struct resolver *resolver;
	struct seal_answer answer;
	struct diagnosis diagnosis;
};

static int
look_up(struct resolver *resolver, const char *name,
    struct seal_answer *answer_r)
{
	struct resolver_lookup *lookup = NULL;
	int error = resolver_start(resolver, &name, 1, &lookup);

	if (error != 0) {
		report_error("%s: the look-up could not be started", name);
		return error == RESOLVER_E_NOMEM ? EX_OSERR : EX_SOFTWARE;
	}
	resolver_wait(lookup, answer_r);
	resolver_lookup_free(&lookup);
	return 0;
}

/* A resolver that gave no record: in words. */
static const char *
dns_words(enum seal_dns dns)
{
	switch (dns) {
	case SEAL_DNS_TIMEOUT:
		return "the DNS did not answer in time";
	case SEAL_DNS_FAILED:
		return "the DNS could not answer";
	case SEAL_DNS_BOGUS:
		return "the answer failed DNSSEC validation";
	case SEAL_DNS_ANSWERED:
		break;
	}
	return "the answer could not be kept: out of memory";
}

static bool
is_there(const struct seal_answer *answer)
{
	return answer->dns == SEAL_DNS_ANSWERED && answer->record != NULL &&
	    seal_record_info(answer->record)->count > 0;
}

/* Whether a TXT record stands under a name where people put keys by mistake. */
static int
look_elsewhere(struct inspection *in, const char *name, const char *what,
    const char *fix)
{
	struct seal_answer answer = { 0 };
	int status;

	if (name == NULL)
		return report_no_memory();
	if (strlen(name) > SEAL_MAX_RECORD_BYTES)
		return 0;
	status = look_up(in->resolver, name, &answer);
	if (status == 0 && is_there(&answer))
		diagnosis_add(&in->diagnosis, FINDING_ERROR,
		    arena_printf(&in->arena, "%s: %s", what, name), fix);
	seal_record_unref(&answer.record);
	return status;
}

static int
explain_absence(struct inspection *in)
{
	struct arena *arena = &in->arena;
	const struct keyname *name = &in->name;
	int status;

	diagnosis_add(&in->diagnosis, FINDING_ERROR,
	    "there is no TXT record under this name",
	    "publish the key here, or look for a slip in selector or domain; "
	    "a new record may take as long as the zone's negative TTL to show");
	status = look_elsewhere(in,
	    arena_printf(arena, "%s.%s", name->text, name->domain),
	    "there is one under the name with the domain twice",
	    "the zone file adds the domain to names without a final dot: end "
	    "the name in a dot, or leave the domain out");
	if (status == 0)
		status = look_elsewhere(in,
		    arena_printf(arena, "%s.%s", name->selector, name->domain),
		    "there is one under the name without _domainkey",
		    "put ._domainkey between selector and domain");
	return status;
}

static int
inspect(struct inspection *in, const struct key_settings *settings)
{
	int status;

	status = lookup_open(&settings->lookup, &in->resolver);
	if (status == 0)
		status = look_up(in->resolver, in->name.text, &in->answer);
	if (status != 0)
		return status;
	if (in->answer.dns != SEAL_DNS_ANSWERED || in->answer.record == NULL) {
		report_error("%s: %s", in->name.text,
		    dns_words(in->answer.dns));
		return EX_TEMPFAIL;
	}
	in->diagnosis.arena = &in->arena;
	if (is_there(&in->answer))
		diagnosis_of_record(&in->diagnosis,
		    seal_record_info(in->answer.record));
	else
		status = explain_absence(in);
	return in->diagnosis.failed ? report_no_memory() : status;
}

static void
print_labelled(const char *label, struct span value)
{
	printf("%-9s ", label);
	text_print(value);
	printf("\n");
}

/* Tag by tag as the record's readers cut it; what follows bad syntax is left
 * to the findings.  The key itself stands in the record above. */
static void
print_tags(struct span text)
{
	struct tag_cursor cursor = tag_first(text);
	struct tag tag;

	while (tag_next(&cursor, &tag) > 0) {
		printf("  ");
		text_print(tag.name);
		printf("=");
		if (span_eq(tag.name, SPAN("p")) && tag.value.n > 0)
			printf("(%zu characters)", tag.value.n);
		else
			text_print(tag.value);
		printf("\n");
	}
}

static const char *
type_word(enum seal_algorithm algorithm)
{
	switch (algorithm) {
	case SEAL_ED25519_SHA256:
		return "ed25519";
	case SEAL_RSA_SHA1:
	case SEAL_RSA_SHA256:
		return "rsa";
	case SEAL_ALGORITHM_NONE:
		break;
	}
	return "none that can be used";
}

static void
print_record(const struct inspection *in)
{
	const struct seal_record_info *info =
	    seal_record_info(in->answer.record);

	if (info->count > 0) {
		print_labelled("record:", info->text);
		printf("tags:\n");
		print_tags(info->text);
		printf("%-9s %s", "key:", type_word(info->algorithm));
		if (info->bits > 0)
			printf(", %u bits", info->bits);
		printf("\n%-9s %s%s%s\n", "flags:",
		    (info->flags & SEAL_RECORD_TESTING) != 0 ? "testing " : "",
		    (info->flags & SEAL_RECORD_STRICT) != 0 ? "strict" : "",
		    info->flags == 0 ? "none" : "");
	}
	printf("%-9s %s\n", "dnssec:", verdict_dnssec_word(in->answer.dnssec));
}

static void
print_inspection(const struct inspection *in)
{
	const struct diagnosis *d = &in->diagnosis;

	print_labelled("name:", span_of_text(in->name.text));
	print_record(in);
	for (size_t i = 0; i < d->n; i++) {
		printf("%s: ", finding_word(d->findings[i].level));
		text_print(span_of_text(d->findings[i].what));
		if (d->findings[i].fix != NULL) {
			printf("\n  fix: ");
			text_print(span_of_text(d->findings[i].fix));
		}
		printf("\n");
	}
	printf("%s\n", diagnosis_is_usable(d) ? "the key can be used" :
	    "the key cannot be used");
}

static json_t *
finding_json(const struct finding *finding)
{
	return json_pack("{s:s, s:o, s:o}", "level",
	    finding_word(finding->level), "what",
	    text_json(span_of_text(finding->what)), "fix",
	    finding->fix != NULL ? text_json(span_of_text(finding->fix)) :
	    json_null());
}

static json_t *
findings_json(const struct diagnosis *d)
{
	json_t *list = json_array();

	for (size_t i = 0; i < d->n; i++) {
		if (json_array_append_new(list,
		    finding_json(&d->findings[i])) != 0) {
			json_decref(list);
			return NULL;
		}
	}
	return list;
}

static json_t *
inspection_json(const struct inspection *in)
{
	const struct seal_record_info *info =
	    seal_record_info(in->answer.record);

	return json_pack("{s:s, s:b, s:o, s:I, s:o, s:i, s:b, s:b, s:s, s:o}",
	    "name", in->name.text,
	    "usable", diagnosis_is_usable(&in->diagnosis),
	    "record", text_json_or_null(info->text),
	    "records", (json_int_t)info->count,
	    "key_type", info->algorithm != SEAL_ALGORITHM_NONE ?
	    json_string(type_word(info->algorithm)) : json_null(),
	    "key_bits", (int)info->bits,
	    "testing", (info->flags & SEAL_RECORD_TESTING) != 0,
	    "strict", (info->flags & SEAL_RECORD_STRICT) != 0,
	    "dnssec", verdict_dnssec_word(in->answer.dnssec),
	    "findings", findings_json(&in->diagnosis));
}

static int
print_json(const struct inspection *in)
{
	json_t *object = inspection_json(in);

	if (object == NULL)
		return report_no_memory();
	if (json_dumpf(object, stdout, JSON_COMPACT) == 0)
		putchar('\n');
	json_decref(object);
	return 0;
}

static int
explain(struct inspection *in, const struct key_settings *settings)
{
	int status = inspect(in, settings);

	if (status == 0 && settings->json)
		status = print_json(in);
	else if (status == 0)
		print_inspection(in);
	if (status == 0 && !diagnosis_is_usable(&in->diagnosis))
		status = COMMAND_NEGATIVE;
	return status;
}

int
command_key(int argc, char **argv)
{
	struct key_settings settings = { .lookup.timeout = LOOKUP_TIMEOUT };
	struct inspection in = { 0 };
	int operand, status;

	status = options_parse(&page, argc, argv, &settings, &operand);
	if (status != OPTIONS_RUN)
		return status;
	if (argc - operand != 2)
		return options_misuse(&page, "wants SELECTOR and DOMAIN");
	status = keyname_make(argv[operand], argv[operand + 1], &in.arena,
	    &in.name);
	if (status == 0)
		status = explain(&in, &settings);
	seal_record_unref(&in.answer.record);
	resolver_free(&in.resolver);
	arena_deinit(&in.arena);
	return status;
}
