/*
 * identity.c: version, sysinfo, pid.
 *
 * The revision is the linker's build id and not that of a source tree: it is
 * right for every build, and leads to the debugging symbols.
 */
#include "host/control/identity.h"

#include "host/control/commands.h"
#include "host/control/commands_of.h"
#include "host/control/form.h"

#include <elf.h>
#include <link.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#define PRODUCT "mailseal"
#define LICENCE "Licensed under the Apache License, Version 2.0"
#define BOX "##############################################"
#define REVISION_OCTETS 4 /* shown */
#define NOTE_NAME "GNU"

#ifdef __OPTIMIZE__
#define BUILD "RELEASE"
#else
#define BUILD "DEBUG"
#endif

static size_t
padded(size_t n)
{
	return (n + 3) & ~(size_t)3;
}

/* Notes stand one after the other: sizes, type, name, content. */
static bool
find_id(const unsigned char *notes, size_t n, char *revision_r)
{
	ElfW(Nhdr) head;

	while (n >= sizeof(head)) {
		const unsigned char *name = notes + sizeof(head);
		size_t size;

		memcpy(&head, notes, sizeof(head));
		size = sizeof(head) + padded(head.n_namesz) +
		    padded(head.n_descsz);
		if (size > n)
			return false;
		if (head.n_type == NT_GNU_BUILD_ID &&
		    head.n_namesz == sizeof(NOTE_NAME) &&
		    memcmp(name, NOTE_NAME, sizeof(NOTE_NAME)) == 0 &&
		    head.n_descsz >= REVISION_OCTETS) {
			name += padded(head.n_namesz);
			for (size_t i = 0; i < REVISION_OCTETS; i++)
				(void)sprintf(revision_r + 2 * i, "%02x",
				    name[i]);
			return true;
		}
		notes += size;
		n -= size;
	}
	return false;
}

/* The first object is the program itself. */
static int
look_at(struct dl_phdr_info *object, size_t size, void *revision_r)
{
	(void)size;
	for (size_t i = 0; i < object->dlpi_phnum; i++) {
		const ElfW(Phdr) *part = &object->dlpi_phdr[i];

		if (part->p_type == PT_NOTE &&
		    find_id((const unsigned char *)(uintptr_t)
		    (object->dlpi_addr + part->p_vaddr), part->p_memsz,
		    revision_r))
			break;
	}
	return 1;
}

void
identity_revision(char revision_r[IDENTITY_REVISION_BYTES])
{
	(void)snprintf(revision_r, IDENTITY_REVISION_BYTES, "unknown");
	(void)dl_iterate_phdr(look_at, revision_r);
}

static int
run_version(command_construct *cc, void *closure)
{
	char revision[IDENTITY_REVISION_BYTES];

	(void)closure;
	if (commands_has_rest(cc, 1))
		return 0;
	identity_revision(revision);
	if (form_is_wanted(cc))
		return form_answer(cc, "version", json_pack(
		    "{s:s,s:s,s:s,s:s}", "product", PRODUCT, "version",
		    MAILSEAL_VERSION, "revision", revision, "licence",
		    LICENCE));
	(void)stringprintf(&cc->response, "%s\n# " PRODUCT " version: "
	    MAILSEAL_VERSION " r(%s)\n# Copyright (c) the authors of " PRODUCT
	    "\n# " LICENCE "\n%s\n", BOX, revision, BOX);
	return 1;
}

/* PRETTY_NAME of os-release(5), quotes taken off. */
static void
release(char *name_r, size_t size)
{
	static const char *const paths[] = {
		"/etc/os-release", "/usr/lib/os-release",
	};
	char line[256];
	FILE *file = NULL;

	(void)snprintf(name_r, size, "unknown");
	for (size_t i = 0; file == NULL && i < 2; i++)
		file = fopen(paths[i], "re");
	if (file == NULL)
		return;
	while (fgets(line, sizeof(line), file) != NULL) {
		char *value = line + sizeof("PRETTY_NAME=") - 1;

		if (strncmp(line, "PRETTY_NAME=", sizeof("PRETTY_NAME=") -
		    1) != 0)
			continue;
		value += strspn(value, "\"'");
		value[strcspn(value, "\"'\n")] = '\0';
		(void)snprintf(name_r, size, "%s", value);
	}
	(void)fclose(file);
}

static int
run_sysinfo(command_construct *cc, void *closure)
{
	char revision[IDENTITY_REVISION_BYTES], os[256];
	int bits = (int)sizeof(void *) * 8;
	struct utsname system;

	(void)closure;
	if (commands_has_rest(cc, 1))
		return 0;
	identity_revision(revision);
	release(os, sizeof(os));
	if (uname(&system) != 0)
		memset(&system, 0, sizeof(system));
	if (form_is_wanted(cc))
		return form_answer(cc, "sysinfo", json_pack(
		    "{s:s,s:s,s:i,s:s,s:s,s:s,s:o,s:s,s:s,s:s,s:s,s:s}",
		    "version", MAILSEAL_VERSION, "revision", revision, "bits",
		    bits, "build_date", __DATE__, "build", BUILD,
		    "product_name", PRODUCT, "os_release", form_text(os),
		    "sysname", system.sysname, "nodename", system.nodename,
		    "release", system.release, "version_of_system",
		    system.version, "machine", system.machine));
	(void)stringprintf(&cc->response, PRODUCT " Version: " MAILSEAL_VERSION
	    " r(%s) (%d-bit)\nbuild date: " __DATE__ " (" BUILD ")\n"
	    "product name: " PRODUCT "\n%s\n%s %s %s %s %s\n", revision, bits,
	    os, system.sysname, system.nodename, system.release,
	    system.version, system.machine);
	return 1;
}

static int
run_pid(command_construct *cc, void *closure)
{
	(void)closure;
	if (commands_has_rest(cc, 1))
		return 0;
	if (form_is_wanted(cc))
		return form_answer(cc, "process", json_pack("{s:I}", "pid",
		    (json_int_t)getpid()));
	(void)stringprintf(&cc->response, "%ld\n", (long)getpid());
	return 1;
}

void
identity_add_commands(void)
{
	static const struct command_row rows[] = {
		{ "pid", run_pid, "the process's number", NULL },
		{ "sysinfo", run_sysinfo,
		    "which mailseal this is, and what it runs on", NULL },
		{ "version", run_version, "which mailseal this is", NULL },
	};

	commands_add_rows(rows, sizeof(rows) / sizeof(rows[0]));
}
