/*
 * notify_none.c: nobody to tell, where mailseal was built without libsystemd.
 */
#include "daemon/notify.h"

void
notify_ready(void)
{
}

void
notify_reloading(void)
{
}

void
notify_stopping(unsigned seconds)
{
	(void)seconds;
}

void
notify_status(const char *format, ...)
{
	(void)format;
}
