/*
 * change.h: the configuration, changed online.
 *
 * What is set and unset is kept as text and read after the files, each time
 * the configuration is loaded, until "config writeback" adds it to the
 * Local_Changes_File or "config reload" drops it.  Each change is a load of
 * its own: it holds for all new messages, or nothing has changed.
 */
#ifndef HOST_CHANGE_H
#define HOST_CHANGE_H

/* Called after a command has brought another configuration into use, in the
 * thread of the command, one at a time. */
void change_tell(void (*adopt)(void *closure), void *closure);

#endif
