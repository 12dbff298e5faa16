/*
 * main.c: mailseal, DKIM from the command line.
 *
 * What a shell can do to a new process is put right here; the rest is in
 * command.c.
 */
#include "cli/command.h"

#include <fcntl.h>
#include <signal.h>
#include <sysexits.h>
#include <unistd.h>

/* With one of the standard descriptors closed, the next file opened would
 * take its place, and a report could end up in it.  The stand-ins face the
 * wrong way, so that using them fails as using a closed one does. */
static int
hold_standard_descriptors(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
		int mode = fd == STDIN_FILENO ? O_WRONLY : O_RDONLY;

		if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", mode) != fd)
			return -1;
	}
	return 0;
}

int
main(int argc, char **argv)
{
	if (hold_standard_descriptors() != 0)
		return EX_OSERR;
	/* a reader that went away is an error of writing, and told as one */
	signal(SIGPIPE, SIG_IGN);
	return command_run(argc, argv);
}
