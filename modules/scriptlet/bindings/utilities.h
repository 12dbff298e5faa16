/*
 * utilities.h: the libraries that help a policy with everything but the
 * message itself, for the lists in bindings.c.
 *
 * Several libraries may have one name; their rows then share a table.
 */
#ifndef SCRIPTLET_UTILITIES_H
#define SCRIPTLET_UTILITIES_H

#include "scriptlet/binding.h"

extern const struct binding_library library_audit; /* audit.c */
extern const struct binding_library library_audit_series; /* audit_series.c */
extern const struct binding_library library_base64; /* base64.c */
extern const struct binding_library library_cidr; /* cidr.c */
extern const struct binding_library library_control; /* control.c: msys */
extern const struct binding_library library_datasource; /* db.c */
extern const struct binding_library library_db; /* db.c */
extern const struct binding_library library_dns; /* dns.c: msys */
extern const struct binding_library library_dumper; /* dumper.c */
extern const struct binding_library library_files; /* files.c: msys */
extern const struct binding_library library_files_core; /* files.c: msys.core */
extern const struct binding_library library_json; /* json.c */
extern const struct binding_library library_lock; /* lock.c: msys */
extern const struct binding_library library_log; /* log.c: msys */
extern const struct binding_library library_macro; /* macro.c: msys */
extern const struct binding_library library_objects; /* objects.c: msys */
extern const struct binding_library library_pbp; /* pbp.c */
extern const struct binding_library library_pcre; /* pcre.c */
extern const struct binding_library library_qp; /* qp.c */
extern const struct binding_library library_thread; /* lock.c */
extern const struct binding_library library_threadpool; /* waiting.c */
extern const struct binding_library library_waiting; /* waiting.c: msys */

/* Libraries of Momentum that this host has not: each function of them raises
 * an error that says so.  absent.c, ending with NULL. */
extern const struct binding_library *const absent_libraries[];

extern const struct binding_class class_io_object; /* files.c */
extern const struct binding_class class_json; /* json.c */
extern const struct binding_class class_mutex; /* lock.c */

#endif
