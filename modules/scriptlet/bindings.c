/*
 * bindings.c: every library and class there is, put into a state and into the
 * reference.
 */
#include "scriptlet/binding.h"

#include "scriptlet/bindings/classes.h"
#include "scriptlet/bindings/utilities.h"
#include "scriptlet/running.h"
#include "scriptlet/scripts.h"

#include <stdio.h>
#include <string.h>

const struct binding_library *const binding_libraries[] = {
	&library_modules,
	/* objects of mail */
	&library_core,
	&library_config,
	&library_extended_ac,
	&library_extended_message,
	&library_extended_message_routing,
	&library_extended_vctx,
	&library_shims,
	&library_shims_debug,
	&library_sign_dk,
	&library_validate_dk,
	&library_validate_dkim,
	&library_validate_opendkim,
	&library_opendkim_dkim,
	/* utilities */
	&library_audit,
	&library_audit_series,
	&library_base64,
	&library_cidr,
	&library_control,
	&library_datasource,
	&library_db,
	&library_dns,
	&library_dumper,
	&library_files,
	&library_files_core,
	&library_json,
	&library_lock,
	&library_log,
	&library_macro,
	&library_objects,
	&library_pbp,
	&library_pcre,
	&library_qp,
	&library_thread,
	&library_threadpool,
	&library_waiting,
	NULL
};

const struct binding_class *const binding_classes[] = {
	/* objects of mail */
	&class_accept,
	&class_construct,
	&class_context,
	&class_dkim,
	&class_dkim_results,
	&class_dkim_siginfo,
	&class_ec_string,
	&class_message,
	&class_part,
	&class_sockaddr,
	/* utilities */
	&class_io_object,
	&class_json,
	&class_mutex,
	NULL
};

/* into a state */

static void
set_rows(lua_State *L, const struct binding *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (rows[i].function == NULL)
			continue;
		lua_pushcfunction(L, rows[i].function);
		lua_setfield(L, -2, rows[i].name);
	}
}

/* Replace the table on top by its field, a table that is made if need be. */
static void
descend(lua_State *L, const char *name, size_t n)
{
	(void)lua_pushlstring(L, name, n);
	lua_pushvalue(L, -1);
	if (lua_rawget(L, -3) != LUA_TTABLE) {
		lua_pop(L, 1);
		lua_newtable(L);
		lua_pushvalue(L, -2);
		lua_pushvalue(L, -2);
		lua_rawset(L, -5);
	}
	lua_replace(L, -3);
	lua_pop(L, 1);
}

/* Push the table of a library: "msys.pcre" is the field pcre of the global
 * msys. */
static void
push_library(lua_State *L, const char *name)
{
	const char *dot;

	lua_pushglobaltable(L);
	if (strcmp(name, LUA_GNAME) == 0)
		return;
	for (; (dot = strchr(name, '.')) != NULL; name = dot + 1)
		descend(L, name, (size_t)(dot - name));
	descend(L, name, strlen(name));
}

static void
open_library(lua_State *L, const struct binding_library *library)
{
	push_library(L, library->name);
	set_rows(L, library->rows, library->count);
	if (library->more != NULL)
		library->more(L);
	(void)luaL_getsubtable(L, LUA_REGISTRYINDEX, LUA_LOADED_TABLE);
	lua_pushvalue(L, -2);
	lua_setfield(L, -2, library->name);
	lua_pop(L, 2);
}

/* __index of objects with methods and members.  Upvalues: the methods, the
 * function for members. */
static int
index_object(lua_State *L)
{
	lua_settop(L, 2);
	lua_pushvalue(L, 2);
	if (lua_rawget(L, lua_upvalueindex(1)) != LUA_TNIL)
		return 1;
	lua_settop(L, 2);
	return lua_tocfunction(L, lua_upvalueindex(2))(L);
}

static void
set_index(lua_State *L, const struct binding_class *class)
{
	lua_newtable(L);
	set_rows(L, class->rows, class->count);
	if (class->get_member != NULL) {
		lua_pushcfunction(L, class->get_member);
		lua_pushcclosure(L, index_object, 2);
	}
	lua_setfield(L, -2, "__index");
}

static void
set_function(lua_State *L, const char *name, lua_CFunction function)
{
	if (function == NULL)
		return;
	lua_pushcfunction(L, function);
	lua_setfield(L, -2, name);
}

static void
open_class(lua_State *L, const struct binding_class *class)
{
	(void)luaL_newmetatable(L, class->name);
	set_index(L, class);
	set_function(L, "__newindex", class->set_member);
	set_function(L, "__tostring", class->to_text);
	set_function(L, "__gc", class->collect != NULL ? class->collect :
	    strcmp(class->name, "ec_message") == 0 ? running_collect : NULL);
	/* its functions trust what they are called with */
	lua_pushboolean(L, 0);
	lua_setfield(L, -2, "__metatable");
	lua_pop(L, 1);
}

void
bindings_open(lua_State *L)
{
	for (size_t i = 0; binding_libraries[i] != NULL; i++)
		open_library(L, binding_libraries[i]);
	for (size_t i = 0; absent_libraries[i] != NULL; i++)
		open_library(L, absent_libraries[i]);
	for (size_t i = 0; binding_classes[i] != NULL; i++)
		open_class(L, binding_classes[i]);
}

/* into the reference */

static void
document_row(const struct binding *row, const char *joint, const char *prefix)
{
	(void)printf("### `%s%s%s`\n\n", prefix, joint, row->usage);
	if (row->addition)
		(void)printf("*Addition.* ");
	(void)printf("%s", row->text);
	if (row->returns != NULL && row->returns[0] != '\0')
		(void)printf(" Returns %s.", row->returns);
	(void)printf("\n\n");
}

/* What several files give to one table stands under one heading. */
static bool
is_first_of_name(const struct binding_library *const *libraries, size_t i)
{
	for (size_t j = 0; j < i; j++) {
		if (strcmp(libraries[j]->name, libraries[i]->name) == 0)
			return false;
	}
	return true;
}

static void
document_rows(const struct binding_library *library)
{
	bool global = strcmp(library->name, LUA_GNAME) == 0;

	if (library->text != NULL && library->text[0] != '\0')
		(void)printf("%s\n\n", library->text);
	for (size_t i = 0; i < library->count; i++)
		document_row(&library->rows[i], global ? "" : ".",
		    global ? "" : library->name);
}

static void
document_libraries(const struct binding_library *const *libraries)
{
	for (size_t i = 0; libraries[i] != NULL; i++) {
		if (!is_first_of_name(libraries, i))
			continue;
		(void)printf("## %s\n\n", libraries[i]->name);
		for (size_t j = i; libraries[j] != NULL; j++) {
			if (strcmp(libraries[j]->name, libraries[i]->name) ==
			    0)
				document_rows(libraries[j]);
		}
	}
}

static void
document_class(const struct binding_class *class)
{
	(void)printf("## %s\n\n%s\n\n", class->name, class->text);
	for (size_t i = 0; i < class->count; i++)
		document_row(&class->rows[i], ":", "object");
	for (size_t i = 0; i < class->member_count; i++)
		document_row(&class->members[i], ".", "object");
}

int
bindings_document(void)
{
	document_libraries(binding_libraries);
	(void)printf("# What mailseal does not have\n\nThese can be required, "
	    "so that a script loads; calling one is an error that says so."
	    "\n\n");
	document_libraries(absent_libraries);
	(void)printf("# Objects\n\n");
	for (size_t i = 0; binding_classes[i] != NULL; i++)
		document_class(binding_classes[i]);
	return fflush(stdout) == 0 ? 0 : -1;
}
