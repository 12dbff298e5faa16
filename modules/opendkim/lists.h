/*
 * lists.h: headerlist, oversign_headerlist and skip_headerlist as one header
 * list of the engine.
 */
#ifndef OPENDKIM_LISTS_H
#define OPENDKIM_LISTS_H

/*
 * Names are separated by colons.  In `sign` a name without a suffix stands for
 * all fields of that name that there are; with one, it means what it means to
 * the engine.  The names in `oversign` are signed, wherever they stand, and that
 * there are no more of them; those in `skip` are left out.  From is always
 * signed.
 *
 * Any may be NULL; without `sign` the engine's own list is taken.  The result
 * is for memory_free(), and NULL when there was nothing at all.
 */
char *lists_join(const char *sign, const char *oversign, const char *skip);

#endif
