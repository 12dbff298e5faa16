/*
 * memory.c: memory by type, and what the system sees.
 *
 * Types of one size come first, then those of any size, as published; a type
 * that was never used is left out, unless it is asked for.
 */
#include "host/control/commands.h"
#include "host/control/commands_of.h"
#include "host/control/form.h"

#include "ec_malloc.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define FIXED_RULE \
	"------------------------------ ------ ------- ------- ------- ---------"
#define SIZED_RULE \
	"------------------------------ ----------- ----------- " \
	"---------------------"

struct view {
	const char *wanted; /* a type; NULL: all that are used */
	bool fixed; /* which table */
	string *out;
	json_t *list;
	unsigned n;
	long bytes;
};

static void
tell_fixed(struct view *view, const struct ec_mem_type_usage *usage)
{
	(void)stringprintf(view->out, "%30s %6zu %7ld %7ld %7ld %9ld\n",
	    usage->memtype_description, usage->size, usage->active,
	    usage->peak, usage->allocd, usage->bytes);
}

static void
tell_sized(struct view *view, const struct ec_mem_type_usage *usage)
{
	(void)stringprintf(view->out, "       %-23s %-11ld %ld\n",
	    usage->memtype_description, usage->bytes, usage->peak_bytes);
}

static void
tell_data(struct view *view, const struct ec_mem_type_usage *usage)
{
	(void)json_array_append_new(view->list, json_pack(
	    "{s:o,s:I,s:I,s:I,s:I,s:I,s:I}", "memory_type",
	    form_text(usage->memtype_description), "buf_size",
	    (json_int_t)usage->size, "active_objects",
	    (json_int_t)usage->active, "peak_objects",
	    (json_int_t)usage->peak, "allocd_objects",
	    (json_int_t)usage->allocd, "current_bytes",
	    (json_int_t)usage->bytes, "peak_bytes",
	    (json_int_t)usage->peak_bytes));
}

static bool
is_wanted(const struct view *view, const struct ec_mem_type_usage *usage)
{
	if (view->wanted != NULL)
		return strcmp(view->wanted, usage->memtype_description) == 0;
	return usage->allocd > 0;
}

static void
each_type(struct view *view, void (*tell)(struct view *view,
    const struct ec_mem_type_usage *usage))
{
	struct ec_mem_type_usage usage;

	view->n = 0;
	view->bytes = 0;
	for (int type = 0; type < MEMTYPE_MAX; type++) {
		if (ec_memtype_get_stats(type, &usage) == 0 ||
		    (usage.size > 0) != view->fixed ||
		    !is_wanted(view, &usage))
			continue;
		tell(view, &usage);
		view->n++;
		view->bytes += usage.bytes;
	}
}

struct resident { /* bytes */
	long long ours; /* what the types sum up to */
	long long process, machine;
};

static void
resident_read(struct resident *resident, long long ours)
{
	FILE *file = fopen("/proc/self/statm", "re");
	long long whole = 0, pages = 0, page = sysconf(_SC_PAGESIZE);

	if (file != NULL) {
		if (fscanf(file, "%lld %lld", &whole, &pages) != 2)
			pages = 0;
		(void)fclose(file);
	}
	resident->ours = ours;
	resident->process = pages * page;
	resident->machine = sysconf(_SC_PHYS_PAGES) * page;
}

static double
percent(const struct resident *resident, long long bytes)
{
	return resident->machine > 0 ? 100.0 * (double)bytes /
	    (double)resident->machine : 0.0;
}

/* 8658726 as 8,658,726. */
static void
grouped(long long number, char text_r[32])
{
	char plain[24];
	int n = snprintf(plain, sizeof(plain), "%lld", number);
	char *to = text_r;

	for (int i = 0; i < n; i++) {
		if (i > 0 && (n - i) % 3 == 0)
			*to++ = ',';
		*to++ = plain[i];
	}
	*to = '\0';
}

static void
tell_resident(string *out, const char *label, long long bytes, double share)
{
	char text[32];

	grouped(bytes, text);
	(void)stringprintf(out, "%-11s%12lld%21s%7.2f%%\n", label, bytes, text,
	    share);
}

static void
write_tables(string *out)
{
	struct view view = { .fixed = true, .out = out };
	struct resident resident;
	long long ours;

	(void)stringprintf(out, "%30s   buf  active  peak    allocd    "
	    "current\n%28s     size objects objects objects   bytes\n"
	    FIXED_RULE "\n", "memory", "type");
	each_type(&view, tell_fixed);
	(void)stringprintf(out, FIXED_RULE "\n%71ld\n\n", view.bytes);
	ours = view.bytes;
	view.fixed = false;
	(void)stringprintf(out,
	    "       memory                  current       peak      mmap\n"
	    "       type                    bytes         bytes     "
	    "count/peak/current %%\n" SIZED_RULE "\n");
	each_type(&view, tell_sized);
	(void)stringprintf(out, SIZED_RULE "\n       %ld\n\n", view.bytes);
	resident_read(&resident, ours + view.bytes);
	tell_resident(out, "RSS:", resident.ours,
	    percent(&resident, resident.ours));
	tell_resident(out, "System RSS:", resident.process,
	    percent(&resident, resident.process));
}

static json_t *
model(const char *wanted)
{
	struct view view = { .wanted = wanted, .fixed = true };
	struct resident resident;
	json_t *fixed = view.list = json_array(), *sized;
	long long ours;

	each_type(&view, tell_data);
	ours = view.bytes;
	view.fixed = false;
	sized = view.list = json_array();
	each_type(&view, tell_data);
	resident_read(&resident, ours + view.bytes);
	if (wanted != NULL)
		return json_pack("{s:o,s:o}", "fixed", fixed, "sized", sized);
	return json_pack("{s:o,s:o,s:I,s:I,s:I}", "fixed", fixed, "sized",
	    sized, "rss", (json_int_t)resident.ours, "system_rss",
	    (json_int_t)resident.process, "machine",
	    (json_int_t)resident.machine);
}

static int
write_one(string *out, const char *wanted)
{
	struct view view = { .wanted = wanted, .out = out };

	(void)stringprintf(out,
	    "       memory                  current       peak      mmap\n"
	    "       type                    bytes         bytes     "
	    "count/peak/current %%\n" SIZED_RULE "\n");
	each_type(&view, tell_sized);
	if (view.n > 0)
		return 1;
	string_truncate(out, 0);
	(void)stringprintf(out, "%30s   buf  active  peak    allocd    "
	    "current\n%28s     size objects objects objects   bytes\n"
	    FIXED_RULE "\n", "memory", "type");
	view.fixed = true;
	each_type(&view, tell_fixed);
	if (view.n > 0)
		return 1;
	string_truncate(out, 0);
	(void)stringprintf(out, "There is no memory type '%s'\n", wanted);
	return 0;
}

static int
run_memory(command_construct *cc, void *closure)
{
	const char *wanted = cc->argc > 1 ? cc->argv[1] : NULL;

	(void)closure;
	if (wanted != NULL && (!form_is_wanted(cc) ||
	    ec_memtype_by_name(wanted) == MEMTYPE_REGISTER_FAILED))
		return write_one(&cc->response, wanted);
	if (form_is_wanted(cc))
		return form_answer(cc, "memory", model(wanted));
	write_tables(&cc->response);
	return 1;
}

void
memory_add_commands(void)
{
	static const struct command_row rows[] = {
		{ "memory", run_memory, "memory in use, by type",
		    "memory [TYPE]" },
	};

	commands_add_rows(rows, sizeof(rows) / sizeof(rows[0]));
}
