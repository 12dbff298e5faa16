/*
 * replay.c: run a fuzz target over files, as libFuzzer would.
 *
 * Usage: NAME_replay FOLDER.  Prints TAP, a row for each file: that the target
 * came back.  What it should not do ends the process, by a sanitizer or an
 * abort() of its own.  Each file is run from memory of its exact size, so that
 * a byte read too far is seen.
 */
#include "fuzz.h"

#include <dirent.h>
#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* The file's bytes, to be freed by the caller; exits if they cannot be had. */
static uint8_t *
read_file(const char *path, size_t *size_r)
{
	FILE *file = fopen(path, "rb");
	uint8_t *bytes = NULL;
	struct stat st;
	size_t size = 0;
	int ok = file != NULL && fstat(fileno(file), &st) == 0;

	if (ok) {
		size = (size_t)st.st_size;
		bytes = malloc(size == 0 ? 1 : size);
		ok = bytes != NULL && fread(bytes, 1, size, file) == size;
	}
	if (!ok) {
		printf("Bail out! %s: %s\n", path, strerror(errno));
		exit(1);
	}
	fclose(file);
	*size_r = size;
	return bytes;
}

static void
replay(const char *folder, const char *name)
{
	char path[4096];
	uint8_t *bytes;
	size_t size;

	(void)snprintf(path, sizeof(path), "%s/%s", folder, name);
	bytes = read_file(path, &size);
	(void)LLVMFuzzerTestOneInput(bytes, size);
	free(bytes);
}

static int
is_seed(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

int
main(int argc, char **argv)
{
	struct dirent **entries = NULL;
	int n;

	if (argc != 2) {
		fprintf(stderr, "usage: %s FOLDER\n", argv[0]);
		return 64;
	}
	n = scandir(argv[1], &entries, is_seed, alphasort);
	if (n <= 0) {
		printf("Bail out! no seeds in %s\n", argv[1]);
		return 1;
	}
	printf("1..%d\n", n);
	for (int i = 0; i < n; i++) {
		fflush(stdout); /* what is running when it ends, is missing */
		replay(argv[1], entries[i]->d_name);
		printf("ok %d - comes back from %s\n", i + 1,
		    entries[i]->d_name);
		free(entries[i]);
	}
	free(entries);
	return 0;
}
