"""A Postfix of the test's own: configuration, queue, log and ports."""
import json
import os
import pwd
import signal

from place import Process, read, run, wait, write
from smtp import Client

_MAIN = """\
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
maillog_file = {folder}/postfix.log
maillog_file_prefixes = {folder}
myhostname = mx.here.test
myorigin = here.test
mydestination =
mynetworks = 127.0.0.0/8
inet_interfaces = loopback-only
inet_protocols = ipv4
alias_maps =
alias_database =
local_recipient_maps =
relay_domains = test
relayhost = [{sink.address}]:{sink.port}
smtpd_relay_restrictions = permit_mynetworks, permit_sasl_authenticated,
    reject_unauth_destination
smtpd_authorized_xclient_hosts = 127.0.0.0/8
smtpd_peername_lookup = no
smtp_host_lookup = native
smtp_tls_security_level = none
message_size_limit = 50000000
mailbox_size_limit = 0
queue_minfree = 0
notify_classes =
biff = no
# nothing of it is about milters: the tests need not wait
in_flow_delay = 0
smtpd_client_connection_count_limit = 0
smtpd_error_sleep_time = 0
smtpd_soft_error_limit = 10000
smtpd_hard_error_limit = 10000
minimal_backoff_time = 1s
maximal_backoff_time = 2s
queue_run_delay = 1s
initial_destination_concurrency = 20
"""

# name, type, private, unprivileged, chroot, wakeup, most processes, command
_MASTER = """\
pickup unix n - n 1 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
relay unix - - n - - smtp
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
"""


class Postfix:
    """services: for each name the settings of an smtpd with a port of its
    own, {"in": {"smtpd_milters": "inet:127.0.0.1:8891"}}.  settings go to
    main.cf, master to master.cf."""

    def __init__(self, place, sink, services, settings="", master=""):
        self.place, self.sink, self.process = place, sink, None
        self.folder = place.path("postfix")
        self.log_path = f"{self.folder}/postfix.log"
        self.ports = {name: place.port() for name in services}
        os.makedirs(f"{self.folder}/queue")
        os.mkdir(f"{self.folder}/data", 0o700)
        os.chown(f"{self.folder}/data", pwd.getpwnam("postfix").pw_uid, -1)
        self._configure(_MAIN.format(folder=self.folder, sink=sink) +
                        settings, services, master)
        place.at_end(self.stop)

    def _configure(self, main, services, more):
        master = _MASTER + more
        for name, settings in services.items():
            master += f"{self.place.address}:{self.ports[name]} " \
                "inet n - n - - smtpd\n"
            for setting, value in settings.items():
                master += f"    -o {{ {setting} = {value} }}\n"
        write(f"{self.folder}/main.cf", main)
        write(f"{self.folder}/master.cf", master)

    def command(self, name, *arguments, **rest):
        return run(f"/usr/sbin/{name}", "-c", self.folder, *arguments, **rest)

    def start(self):
        # makes the queue's folders, with their owners
        self.command("postfix", "check")
        daemons = run("/usr/sbin/postconf", "-c", self.folder, "-h",
                      "daemon_directory").stdout.decode().strip()
        self.process = Process(f"{daemons}/master", "-c", self.folder, "-d",
                               output=f"{self.folder}/master.out")
        # the master opens all ports before anything runs
        wait("Postfix to serve", self._answers)

    def _answers(self):
        self.process.alive()
        try:
            self.client(next(iter(self.ports))).close()
            return True
        except OSError:
            return False

    def client(self, name, **rest):
        return Client(self.place.address, self.ports[name], **rest)

    def sendmail(self, sender, rcpt, mail):
        """As a program on this host does, by sendmail(1)."""
        run("/usr/sbin/sendmail", "-C", self.folder, "-i", "-f", sender,
            "--", rcpt, stdin=mail)

    def queue(self):
        """What mailq would list, as dictionaries."""
        done = self.command("postqueue", "-j")
        return [json.loads(line) for line in done.stdout.splitlines()]

    def await_empty_queue(self):
        def empty():
            folders = ("maildrop", "incoming", "active", "deferred")
            return not any(
                files for folder in folders for _, _, files
                in os.walk(f"{self.folder}/queue/{folder}"))
        wait("an empty queue", empty)

    def log(self):
        return read(self.log_path).decode(errors="replace")

    def stop(self):
        if self.process is None:
            return
        self.process.end()
        # the master's children see its end and go; the queue is theirs until
        # then
        try:
            wait("Postfix to end", self._all_ended, 20)
        except AssertionError:
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process = None

    def _all_ended(self):
        try:
            os.killpg(self.process.pid, 0)
        except ProcessLookupError:
            return True
        return False
