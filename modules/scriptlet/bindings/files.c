/*
 * files.c: msys.readfile and msys.core.io_wrapper_open.
 *
 * Reading is for anybody: a policy reads its lists.  Opening files for writing
 * wants the option that opens the sandbox.
 */
#include "scriptlet/bindings/args.h"
#include "scriptlet/bindings/scratch.h"
#include "scriptlet/bindings/utilities.h"
#include "scriptlet/scriptlet.h"
#include "scriptlet/state.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define CLASS "io_object"
#define FILE_MAX (64u << 20) /* octets that readfile reads */
#define CHUNK 65536

struct io_object { /* userdata */
	int fd; /* -1: closed */
};

/* The path that a URI means: "file:///path" or a path.  NULL for another kind
 * of URI. */
static const char *
path_of(const char *uri)
{
	size_t n = strspn(uri, "abcdefghijklmnopqrstuvwxyz0123456789+.-");

	if (strncmp(uri, "file://", 7) == 0)
		return uri + 7;
	return n > 0 && strncmp(uri + n, "://", 3) == 0 ? NULL : uri;
}

static int
push_reason(lua_State *L, const char *path, const char *reason)
{
	lua_pushnil(L);
	lua_pushfstring(L, "%s: %s", path, reason);
	return 2;
}

static int
push_errno(lua_State *L, const char *path, int error)
{
	return push_reason(L, path, strerrordesc_np(error));
}

/* reading */

/* 0, or an errno; EFBIG past the limit. */
static int
read_all(int fd, struct buffer *out)
{
	unsigned char *to;
	ssize_t got;

	for (;;) {
		if (out->n > FILE_MAX)
			return EFBIG;
		to = buffer_extend(out, CHUNK);
		if (to == NULL)
			return ENOMEM;
		out->n -= CHUNK;
		got = read(fd, to, CHUNK);
		if (got == 0)
			return 0;
		if (got > 0)
			out->n += (size_t)got;
		else if (errno != EINTR)
			return errno;
	}
}

/* Returns 0 or an errno.  A pipe or a device could keep us waiting, and has no
 * end. */
static int
read_path(const char *path, struct buffer *out)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	struct stat st;
	int error;

	if (fd < 0)
		return errno;
	if (fstat(fd, &st) != 0)
		error = errno;
	else if (S_ISDIR(st.st_mode))
		error = EISDIR;
	else if (!S_ISREG(st.st_mode))
		error = ESPIPE;
	else
		error = read_all(fd, out);
	(void)close(fd);
	return error;
}

static int
read_file(lua_State *L)
{
	const char *uri = args_word(L, 1, "a path"), *path = path_of(uri);
	struct buffer *out;
	int error;

	if (path == NULL)
		return push_reason(L, uri, "mailseal reads files only");
	out = scratch_buffer(L);
	running_wait_begins(L);
	error = read_path(path, out);
	running_wait_ends(L);
	running_charge(L, out->n / 16);
	if (error == ENOMEM)
		return luaL_error(L, "not enough memory");
	if (error != 0)
		return error == ESPIPE ? push_reason(L, path,
		    "not a regular file") : push_errno(L, path, error);
	scratch_push(L, out);
	return 1;
}

/* objects */

static struct io_object *
open_object(lua_State *L)
{
	struct io_object *object = luaL_checkudata(L, 1, CLASS);

	luaL_argcheck(L, object->fd >= 0, 1, "this file is closed");
	return object;
}

static int
io_wrapper_open(lua_State *L)
{
	const char *uri = args_word(L, 1, "a path"), *path = path_of(uri);
	int flags = args_number(L, 2, "flags of open");
	int mode = args_given(L, 3) ? args_number(L, 3, "a mode") : 0600;
	struct io_object *object;

	if (!state_of(L)->scriptlet->unsafe_libraries)
		return luaL_error(L, "msys.core.io_wrapper_open is not allowed "
		    "here (option unsafe_libraries)");
	if (path == NULL)
		return push_reason(L, uri, "mailseal opens files only");
	object = lua_newuserdatauv(L, sizeof(*object), 0);
	object->fd = -1;
	luaL_setmetatable(L, CLASS);
	/* a descriptor is no concern of programs that others start */
	object->fd = open(path, (flags & (O_ACCMODE | O_CREAT | O_APPEND |
	    O_EXCL | O_TRUNC)) | O_CLOEXEC | O_NOCTTY, (mode_t)mode & 0777);
	return object->fd >= 0 ? 1 : push_errno(L, path, errno);
}

/* All of it, or nothing behind an error. */
static int
write_all(int fd, const char *text, size_t n)
{
	ssize_t done;

	while (n > 0) {
		done = write(fd, text, n);
		if (done < 0 && errno != EINTR)
			return errno;
		if (done > 0) {
			text += done;
			n -= (size_t)done;
		}
	}
	return 0;
}

static int
object_write(lua_State *L)
{
	struct io_object *object = open_object(L);
	lua_Integer given;
	size_t n;
	const char *text = args_text(L, 2, &n);
	int error;

	if (args_given(L, 3)) {
		given = luaL_checkinteger(L, 3);
		luaL_argcheck(L, given >= 0, 3, "a length is not negative");
		n = (size_t)given < n ? (size_t)given : n;
	}
	running_charge(L, n / 16);
	error = write_all(object->fd, text, n);
	if (error != 0)
		return push_errno(L, "write", error);
	lua_pushinteger(L, (lua_Integer)n);
	return 1;
}

static int
object_read(lua_State *L)
{
	struct io_object *object = open_object(L);
	lua_Integer want = luaL_optinteger(L, 2, FILE_MAX);
	struct buffer *out = scratch_buffer(L);
	unsigned char *to;
	ssize_t got;
	size_t chunk;

	luaL_argcheck(L, want >= 0 && want <= (lua_Integer)FILE_MAX, 2,
	    "that is too much at once");
	while (out->n < (size_t)want) {
		chunk = (size_t)want - out->n < CHUNK ? (size_t)want - out->n :
		    CHUNK;
		to = buffer_extend(out, chunk);
		if (to == NULL)
			return luaL_error(L, "not enough memory");
		got = read(object->fd, to, chunk);
		out->n -= chunk;
		if (got < 0 && errno != EINTR)
			return push_errno(L, "read", errno);
		if (got == 0)
			break;
		if (got > 0)
			out->n += (size_t)got;
	}
	running_charge(L, out->n / 16);
	if (out->n == 0 && want > 0)
		lua_pushnil(L);
	else
		scratch_push(L, out);
	buffer_deinit(out);
	return 1;
}

static int
object_close(lua_State *L)
{
	struct io_object *object = luaL_checkudata(L, 1, CLASS);

	if (object->fd >= 0)
		(void)close(object->fd);
	object->fd = -1;
	return 0;
}

static const struct binding rows[] = {
	{ .name = "readfile", .function = read_file,
	  .usage = "readfile(path)",
	  .returns = "the text of the file; or nil, text",
	  .text = "Reads a whole file, named by its path or as "
	      "`file:///path`: a regular file of 64 MiB at most. Other URIs "
	      "give nil and a text." },
};

const struct binding_library library_files = {
	.name = "msys",
	.text = "Files.",
	.rows = rows,
	.count = sizeof(rows) / sizeof(rows[0]),
};

static const struct binding core_rows[] = {
	{ .name = "io_wrapper_open", .function = io_wrapper_open,
	  .usage = "io_wrapper_open(path, flags [, mode])",
	  .returns = "a file object; or nil, text",
	  .text = "Opens a file. Flags are `msys.core.O_RDONLY`, `O_WRONLY`, "
	      "`O_RDWR`, `O_CREAT` and `O_APPEND`, added up; the mode of a "
	      "new file is an octal number such as 0640. Only with the option "
	      "`unsafe_libraries`; else it raises an error." },
};

const struct binding_library library_files_core = {
	.name = "msys.core",
	.text = "Opening files.",
	.rows = core_rows,
	.count = sizeof(core_rows) / sizeof(core_rows[0]),
};

static const struct binding object_rows[] = {
	{ .name = "write", .function = object_write,
	  .usage = "write(text [, length])",
	  .returns = "how many octets were written; or nil, text",
	  .text = "Writes the text, or as many octets of it." },
	{ .name = "read", .function = object_read,
	  .usage = "read([length])",
	  .returns = "a text, nil at the end; or nil, text",
	  .text = "Reads so many octets, or all there are." },
	{ .name = "close", .function = object_close,
	  .usage = "close()", .returns = "",
	  .text = "Closes the file; forgetting the object does so as well." },
};

const struct binding_class class_io_object = {
	.name = CLASS,
	.text = "A file, from `msys.core.io_wrapper_open`.",
	.rows = object_rows,
	.count = sizeof(object_rows) / sizeof(object_rows[0]),
	.collect = object_close,
};
