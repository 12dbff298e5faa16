/*
 * mail_file.c: reading a message from a file.
 */
#include "frontends/inject/mail_file.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define READ_BYTES (64 * 1024)
#define CHUNK_BYTES (64 * 1024) /* of a body that is being converted */

static int
read_all(struct mail_file *file, int fd)
{
	unsigned char *room;
	ssize_t n = 1;

	while (n > 0) {
		room = buffer_extend(&file->read, READ_BYTES);
		if (room == NULL) {
			errno = ENOMEM;
			return -1;
		}
		do
			n = read(fd, room, READ_BYTES);
		while (n < 0 && errno == EINTR);
		file->read.n -= READ_BYTES - (n > 0 ? (size_t)n : 0);
	}
	file->bytes = buffer_span(&file->read);
	return n < 0 ? -1 : 0;
}

static int
map_or_read(struct mail_file *file, int fd)
{
	struct stat st;
	void *map;

	if (fstat(fd, &st) != 0)
		return -1;
	if (S_ISDIR(st.st_mode)) {
		errno = EISDIR;
		return -1;
	}
	if (!S_ISREG(st.st_mode) || st.st_size == 0)
		return read_all(file, fd);
	map = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (map == MAP_FAILED)
		return read_all(file, fd);
	file->mapped = true;
	file->bytes = span_of(map, (size_t)st.st_size);
	return 0;
}

int
mail_file_open(struct mail_file *file, const char *path)
{
	bool is_stdin = strcmp(path, "-") == 0;
	int fd = is_stdin ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
	size_t first;
	int ret;

	*file = (struct mail_file){ 0 };
	if (fd < 0)
		return -1;
	ret = map_or_read(file, fd);
	if (!is_stdin) {
		int error = errno;

		(void)close(fd);
		errno = error;
	}
	first = span_find(file->bytes, '\n');
	file->lf = ret == 0 && first < file->bytes.n &&
	    (first == 0 || file->bytes.p[first - 1] != '\r');
	return ret;
}

void
mail_file_close(struct mail_file *file)
{
	if (file->mapped)
		(void)munmap((void *)(uintptr_t)file->bytes.p,
		    file->bytes.n);
	buffer_deinit(&file->read);
	buffer_deinit(&file->field);
}

/* The line at an offset without its line end; returns where the next begins,
 * or the same offset at the end of the file. */
static size_t
line_at(const struct mail_file *file, size_t at, struct span *line_r)
{
	struct span rest = span_from(file->bytes, at);
	size_t n = 0, end;

	for (;;) {
		n += span_find(span_from(rest, n), '\n');
		if (n >= rest.n || file->lf || (n > 0 &&
		    rest.p[n - 1] == '\r'))
			break;
		n++; /* a LF alone, in CRLF text */
	}
	end = n < rest.n ? at + n + 1 : at + rest.n;
	if (n > 0 && n < rest.n && rest.p[n - 1] == '\r')
		n--;
	*line_r = span_first(rest, n);
	return end;
}

static void
add_line(struct mail_file *file, struct span line)
{
	if (file->field.n > 0)
		buffer_add(&file->field, SPAN("\r\n"));
	buffer_add(&file->field, line);
}

bool
mail_file_field(struct mail_file *file, struct span *field_r,
    struct span *raw_r)
{
	size_t start = file->at, next;
	struct span line;

	next = line_at(file, start, &line);
	file->body = start;
	if (next == start || line.n == 0)
		return false;
	buffer_clear(&file->field);
	do {
		add_line(file, line);
		file->at = next;
		next = line_at(file, next, &line);
	} while (line.n > 0 && byte_is_wsp(line.p[0]));
	file->body = file->at;
	*field_r = buffer_span(&file->field);
	*raw_r = span_first(span_from(file->bytes, start),
	    file->at - start);
	return true;
}

struct converter {
	int (*feed)(void *arg, struct span s);
	void *arg;
	size_t n;
	unsigned char bytes[CHUNK_BYTES];
};

static int
flush(struct converter *c)
{
	int ret = c->n == 0 ? 0 : c->feed(c->arg, span_of(c->bytes, c->n));

	c->n = 0;
	return ret;
}

static int
convert(struct converter *c, struct span body)
{
	bool cr = false;
	int ret = 0;

	for (size_t i = 0; ret == 0 && i < body.n; i++) {
		if (c->n + 2 > sizeof(c->bytes))
			ret = flush(c);
		if (body.p[i] == '\n' && !cr)
			c->bytes[c->n++] = '\r';
		c->bytes[c->n++] = body.p[i];
		cr = body.p[i] == '\r';
	}
	return ret == 0 ? flush(c) : ret;
}

int
mail_file_body(struct mail_file *file,
    int (*feed)(void *arg, struct span s), void *arg)
{
	struct converter converter = { .feed = feed, .arg = arg };
	struct span line, body;

	/* behind the empty line, if there is one */
	body = span_from(file->bytes, line_at(file, file->body, &line));
	if (file->lf)
		return convert(&converter, body);
	for (size_t n; body.n > 0; body = span_from(body, n)) {
		int ret;

		n = body.n < CHUNK_BYTES ? body.n : CHUNK_BYTES;
		ret = feed(arg, span_first(body, n));
		if (ret != 0)
			return ret;
	}
	return 0;
}
