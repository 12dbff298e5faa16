/*
 * notify.h: telling systemd (or whatever listens at NOTIFY_SOCKET) how far the
 * process is: sd_notify(3).  Without such a listener nothing happens.
 */
#ifndef DAEMON_NOTIFY_H
#define DAEMON_NOTIFY_H

void notify_ready(void); /* also after a reload */
void notify_reloading(void);
void notify_stopping(unsigned seconds); /* that it may take */

/* A word or two for people. */
__attribute__((format(printf, 1, 2)))
void notify_status(const char *format, ...);

#endif
