"""mailseald as a daemon, from the shell that starts it to the signal that ends
it.

usage: daemon_test.py MAILSEALD NOTIFIES

NOTIFIES is "true" when it was built to talk to systemd.  Started by root, the
daemon becomes nobody here, and all rows run; started by somebody else, it stays
that user, and rows that need root say so.
"""
import grp
import os
import pwd
import re
import resource
import signal
import socket
import struct
import subprocess
import sys
import time

sys.dont_write_bytecode = True  # the source tree stays as it is

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "cli"))

from tap import Skip, equal, holds, lacks, main, test

MAILSEALD = os.path.abspath(sys.argv[1])
NOTIFIES = sys.argv[2] == "true"

UNAVAILABLE, CANTCREAT, TEMPFAIL, NOPERM, CONFIG = 69, 73, 75, 77, 78
IS_ROOT = os.geteuid() == 0
USER = pwd.getpwnam("nobody") if IS_ROOT else pwd.getpwuid(os.geteuid())
PATIENCE = 60  # seconds, on a machine that is busy
CONF, PID, LOG, SOCKET = "ecelerity.conf", "pid", "paniclog", "socket"

started = []  # processes of this test that may be left


def configuration(text="", user=True, log=True, listen=SOCKET):
    with open(CONF, "w", encoding="ascii") as file:
        if IS_ROOT and user:
            file.write('user = "nobody"\n')
        file.write(f'pid_file = "{PID}"\n')
        if log:
            file.write(f'paniclog = "{LOG}"\n')
        file.write('Milter_Listener { Listen '
                   f'"unix:{os.path.abspath(listen)}" {{ }} }}\n')
        file.write(text)
    os.chmod(CONF, 0o644)  # it is read again without root's rights


def run(*arguments, **rest):
    done = subprocess.run([MAILSEALD, "-c", CONF, *arguments],
                          capture_output=True, text=True, timeout=PATIENCE,
                          check=False, **rest)
    if done.returncode == 0 and os.path.exists(PID):
        started.append(pid())
    return done


def start(*arguments, **rest):
    """Into the background."""
    done = run(*arguments, **rest)
    equal((done.returncode, done.stdout, done.stderr), (0, "", ""))
    return pid()


class Foreground:
    def __init__(self, env=None):
        with open("stderr", "wb") as err:
            self.process = subprocess.Popen(
                [MAILSEALD, "-c", CONF, "-f"], stdin=subprocess.DEVNULL,
                stdout=err, stderr=err, env={**os.environ, **(env or {})})
        started.append(self.process.pid)
        wait_for(self.serves, "mail to be served")

    def serves(self):
        equal(self.process.poll(), None, self.told())
        return answers()

    def told(self):
        return read("stderr")

    def end(self, number=signal.SIGTERM):
        self.process.send_signal(number)
        return self.process.wait(PATIENCE)


def wait_for(happens, what):
    end = time.monotonic() + PATIENCE
    while not happens():
        assert time.monotonic() < end, f"waited in vain for {what}: {log()}"
        time.sleep(0.01)


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def log():
    return read(LOG) if os.path.exists(LOG) else ""


def pid():
    return int(read(PID))


def is_alive(number):
    """Its first thread may be gone while others still hold its files."""
    try:
        with open(f"/proc/{number}/stat", encoding="ascii") as file:
            return (file.read().rsplit(")", 1)[1].split()[0] != "Z" or
                    len(os.listdir(f"/proc/{number}/task")) > 1)
    except (FileNotFoundError, ProcessLookupError):
        return False


def answers():
    with socket.socket(socket.AF_UNIX) as client:
        try:
            client.connect(SOCKET)
        except OSError:
            return False
    return True


def stop(number):
    os.kill(number, signal.SIGTERM)
    wait_for(lambda: not is_alive(number), "the end")
    lacks(log(), "Sanitizer")


def reload(number, times=1):
    """Reload, and wait until that is through."""
    before = log().count("loaded again") + log().count("not taken into use")
    for _ in range(times):
        os.kill(number, signal.SIGHUP)
    wait_for(lambda: log().count("loaded again") +
             log().count("not taken into use") > before, "the reload")


def status_of(number, field):
    for line in read(f"/proc/{number}/status").splitlines():
        if line.startswith(field + ":"):
            return line.split(":", 1)[1].split()
    raise AssertionError(f"no {field}")


def needs_root():
    if not IS_ROOT:
        raise Skip("only root can become another user")


def daemon_test(sentence):
    """A test in a folder that the daemon's user may use, too, and that leaves
    no process behind."""
    def add(function):
        @test(sentence)
        def wrapped():
            os.chmod(".", 0o777)
            try:
                function()
            finally:
                for number in started:
                    if is_alive(number):
                        os.kill(number, signal.SIGKILL)
                started.clear()
        return wrapped
    return add


@daemon_test("the command comes back when the socket answers")
def background():
    configuration()
    number = start()
    assert answers(), "nobody answers"
    assert is_alive(number), "no process of the pid file's number"
    holds(log(), "[notice] mailseald ")
    stop(number)
    assert not answers(), "somebody answers after the end"
    holds(log(), "[notice] stopped\n")
    equal(sorted(os.listdir()), [CONF, LOG], "left behind")


def close_standard():
    """Between fork and exec: nothing is left of what a shell gives."""
    for number in (0, 1, 2):
        os.close(number)


@daemon_test("with -f and a closed standard error, no log goes to the pid file")
def pid_file_is_no_log():
    configuration(log=False, text='syslog = "off"\n')
    with subprocess.Popen([MAILSEALD, "-c", CONF, "-f"],
                          preexec_fn=close_standard) as process:
        started.append(process.pid)
        wait_for(answers, "mail to be served")
        equal([os.readlink(f"/proc/{process.pid}/fd/{number}")
               for number in (0, 1, 2)], ["/dev/null"] * 3)
        # what is said on standard error went here
        equal(read(PID), f"{process.pid}\n")
        process.terminate()


@daemon_test("a start that fails gives its status and reason to the command")
def failed_start():
    for text, listen, status, words in (
            ("nonsense = 1\n", SOCKET, CONFIG, f"{CONF}:"),
            ("", "/nonexistent/folder/socket", UNAVAILABLE,
             f"{CONF}:{4 if IS_ROOT else 3}: Milter_Listener: "
             "'/nonexistent/folder' cannot be "),
            ('paniclog = "/nonexistent/log"\n', SOCKET, CANTCREAT,
             "option 'Paniclog': /nonexistent/log: No such file")):
        configuration(text, listen=listen)
        for more in ([], ["-f"]):
            done = run(*more)
            equal(done.returncode, status, done.stderr)
            holds(done.stderr, words)
            equal([name for name in os.listdir() if name not in (CONF, LOG)],
                  [], "left behind")


@daemon_test("two daemons cannot share a pid file, and the error says who has "
             "it")
def taken():
    configuration()
    number = start()
    configuration(listen="other")
    for more in ([], ["-f"]):
        done = run(*more)
        equal(done.returncode, CANTCREAT, done.stderr)
        line = 2 if IS_ROOT else 1
        equal(done.stderr, f"{CONF}:{line}: option 'Pid_File': {PID}: process "
              f"{number} has it: mailseald is running already\n")
    equal(pid(), number)
    assert answers(), "the first one is disturbed"
    assert not os.path.exists("other"), "the second one opened its socket"
    stop(number)


@daemon_test("two daemons cannot share a socket")
def socket_taken():
    configuration()
    number = start()
    configuration('pid_file = "other"\n')
    done = run()
    equal(done.returncode, UNAVAILABLE, done.stderr)
    equal(done.stderr, f"{CONF}:{4 if IS_ROOT else 3}: Milter_Listener: "
          f"'{os.path.abspath(SOCKET)}' is served by another process\n")
    assert answers(), "the first one is disturbed"
    assert not os.path.exists("other"), "a pid file is left behind"
    stop(number)


@daemon_test("files that a killed daemon left behind are no obstacle")
def stale():
    configuration()
    number = start()
    os.kill(number, signal.SIGKILL)
    wait_for(lambda: not is_alive(number), "the end")
    for text in (f"{number}\n", f"{os.getpid()}\n", "", "no number\n"):
        with open(PID, "w", encoding="ascii") as file:
            file.write(text)
        number = start()
        equal(read(PID), f"{number}\n")
        assert answers(), "nobody answers"
        stop(number)


@daemon_test("a pid file that is a link or no file is left alone")
def odd_pid_file():
    with open("precious", "w", encoding="ascii") as file:
        file.write("1\n")
    for make, words in (
            (lambda: os.symlink("precious", PID), "a symbolic link"),
            (lambda: os.symlink("absent", PID), "a symbolic link"),
            (lambda: os.link("precious", PID), "not an ordinary file"),
            (lambda: os.mkfifo(PID), "not an ordinary file"),
            (lambda: os.mkdir(PID), "Is a directory")):
        configuration()
        make()
        done = subprocess.run([MAILSEALD, "-c", CONF], capture_output=True,
                              text=True, timeout=PATIENCE, check=False)
        equal(done.returncode, CANTCREAT, done.stderr)
        holds(done.stderr, words)
        equal(read("precious"), "1\n")
        assert not os.path.exists("absent"), "a link was followed"
        assert os.path.lexists(PID), "it was taken away"
        if os.path.isdir(PID):
            os.rmdir(PID)
        else:
            os.unlink(PID)


@daemon_test("where the folder does not let the pid file go, it is left empty")
def pid_file_stays():
    needs_root()
    os.mkdir("run", 0o755)
    configuration('pid_file = "run/pid"\n')
    done = subprocess.run([MAILSEALD, "-c", CONF], capture_output=True,
                          timeout=PATIENCE, check=False)
    equal(done.returncode, 0, done.stderr)
    started.append(int(read("run/pid")))
    equal(os.stat("run/pid").st_uid, 0, "whose the pid file is")
    equal(os.stat("run/pid").st_mode & 0o777, 0o644, "who may read it")
    stop(started[-1])
    equal(read("run/pid"), "")
    configuration('pid_file = "run/pid"\n')
    equal(subprocess.run([MAILSEALD, "-c", CONF], check=False,
                         timeout=PATIENCE).returncode, 0)
    started.append(int(read("run/pid")))
    stop(started[-1])


@daemon_test("with -f it stays, and logs to standard error")
def foreground():
    configuration(log=False)
    for number in signal.SIGTERM, signal.SIGINT:
        daemon = Foreground()
        equal(pid(), daemon.process.pid)
        equal(daemon.end(number), 0, daemon.told())
        holds(daemon.told(), "[notice] mailseald ")
        holds(daemon.told(), "[notice] stopped\n")


@daemon_test("with -f and a paniclog nothing goes to standard error")
def foreground_log():
    configuration()
    daemon = Foreground()
    equal(daemon.end(), 0)
    equal(daemon.told(), "")
    holds(log(), "[notice] stopped\n")


def stream_of(path):
    """As systemd tells a service that the journal reads what is written there
    (systemd.exec(5))."""
    with open(path, "wb") as file:
        st = os.fstat(file.fileno())
    return {"JOURNAL_STREAM": f"{st.st_dev}:{st.st_ino}"}


@daemon_test("the journal of systemd gets the level of each line, and no second "
             "time")
def journal():
    configuration(log=False)
    daemon = Foreground(stream_of("stderr"))
    equal(daemon.end(), 0)
    equal(daemon.told().splitlines()[-1], "<5>stopped")
    for line in daemon.told().splitlines():
        assert re.match(r"<[0-7]>[^\[]", line), line
    # somebody else's, handed on by a shell
    daemon = Foreground(stream_of("other"))
    equal(daemon.end(), 0)
    assert re.search(r"^\[[^]]+\] \[notice\] stopped$", daemon.told(), re.M)
    os.unlink("other")


@daemon_test("what keeps it from starting, or fails -t, is an error in the "
             "journal, too")
def journal_errors():
    configuration("nonsense = 1\nnonsense2 = 1\n", log=False)
    env = {**os.environ, **stream_of("stderr")}
    for more in "-f", "-t":
        with open("stderr", "wb") as err:
            done = subprocess.run([MAILSEALD, "-c", CONF, more], stderr=err,
                                  env=env, timeout=PATIENCE, check=False)
        equal(done.returncode, CONFIG)
        lines = read("stderr").splitlines()
        equal(sum(line.startswith(f"<3>{CONF}:") for line in lines), 2)
        equal({line[:3] for line in lines}, {"<3>"})
    os.unlink("stderr")


@daemon_test("it has the ids and groups of the user, and no others")
def identity():
    configuration()
    number = start()
    groups = {USER.pw_gid}
    if IS_ROOT:
        groups |= {group.gr_gid for group in grp.getgrall()
                   if USER.pw_name in group.gr_mem}
        equal({int(gid) for gid in status_of(number, "Groups")}, groups)
    equal(status_of(number, "Uid"), [str(USER.pw_uid)] * 4)
    equal(status_of(number, "Gid"), [str(USER.pw_gid)] * 4
          if IS_ROOT else [str(os.getegid())] * 4)
    # every thread: one that kept its rights would be enough
    for thread in os.listdir(f"/proc/{number}/task"):
        equal(status_of(f"{number}/task/{thread}", "Uid"),
              [str(USER.pw_uid)] * 4, "a thread")
        for kind in "CapInh", "CapPrm", "CapEff", "CapAmb":
            equal(int(status_of(f"{number}/task/{thread}", kind)[0], 16), 0,
                  kind)
    for path in SOCKET, LOG:
        equal(os.stat(path).st_uid, USER.pw_uid, path)
    equal(os.stat(LOG).st_mode & 0o077, 0, "who may read the log")
    stop(number)


@daemon_test("it can get no rights, leave no core, and open many files")
def limits():
    configuration()
    number = start()
    equal(status_of(number, "NoNewPrivs"), ["1"])
    equal(status_of(number, "Umask"), ["0077"])
    lines = read(f"/proc/{number}/limits")
    assert re.search(r"^Max core file size +0 +0 ", lines, re.M), lines
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    assert re.search(rf"^Max open files +{hard} +{hard} ", lines, re.M), lines
    stop(number)


@daemon_test("a user that does not exist is told with file and line")
def unknown_user():
    configuration('user = "no-such-user"\n', user=False)
    for more in ([], ["-f"], ["-t"]):
        done = run(*more)
        equal(done.returncode, CONFIG)
        equal(done.stderr, f"{CONF}:4: option 'User': there is no user "
              "'no-such-user'\n")
        assert not os.path.exists(PID), "a pid file is left behind"


@daemon_test("a spool directory that is not there is told with file and line")
def no_spool():
    for path, words in (("/nowhere/spool", "No such file or directory "
                         "(expected a directory)"),
                        ("/dev/null", None)):
        configuration(f'spool_directory = "{path}"\n', user=False)
        done = run("-t")
        equal(done.returncode, CONFIG)
        equal(done.stderr, f"{CONF}:4: option 'Spool_Directory': '{path}'"
              + (f": {words}\n" if words else " is no directory\n"))


def as_nobody(*arguments):
    rest = {"user": USER.pw_uid, "group": USER.pw_gid,
            "extra_groups": []} if IS_ROOT else {}
    return run(*arguments, **rest)


@daemon_test("started by another user than root it cannot become somebody else")
def wrong_user():
    configuration('user = "root"\n', user=False)
    for more in ([], ["-f"]):
        done = as_nobody(*more)
        equal(done.returncode, NOPERM, done.stderr)
        holds(done.stderr, f"{CONF}:4: option 'User': the process should "
              "become 'root'")
        assert not os.path.exists(PID), "a pid file is left behind"
    equal(as_nobody("-t").returncode, 0, "-t, which becomes nobody")


@daemon_test("a socket file for a group that the user is no member of is told, "
             "and how to mend it")
def foreign_group():
    folder = os.path.abspath(".")
    for scope in "Milter_Listener", "Control_Listener":
        configuration(f'{scope} {{ Listen "{folder}/foreign" '
                      '{ file_group = "root" } }\n', user=False)
        if scope == "Milter_Listener":
            with open(CONF, encoding="ascii") as file:
                lines = [line for line in file if SOCKET not in line]
            with open(CONF, "w", encoding="ascii") as file:
                file.writelines(lines)
        done = as_nobody("-f")
        equal(done.returncode, UNAVAILABLE, done.stderr)
        line = 3 if scope == "Milter_Listener" else 4
        equal(done.stderr, f"{CONF}:{line}: {scope}: '{folder}/foreign' "
              "cannot get its owner and group: Operation not permitted "
              "(mailseald has to be a member of the group 'root'; under "
              "systemd by SupplementaryGroups=root)\n")
        assert not os.path.exists("foreign"), "a socket file is left behind"


@daemon_test("started by another user than root it stays that user")
def same_user():
    for text in "", f'user = "{USER.pw_name}"\n':
        configuration(text, user=False)
        done = as_nobody()
        equal((done.returncode, done.stderr), (0, ""))
        equal(status_of(pid(), "Uid"), [str(USER.pw_uid)] * 4)
        assert answers(), "nobody answers"
        stop(pid())


@daemon_test("root without a user mailseal becomes nobody, and the log warns")
def fallback():
    needs_root()
    try:
        pwd.getpwnam("mailseal")
        raise Skip("there is a user mailseal")
    except KeyError:
        pass
    configuration(user=False)
    number = start()
    equal(status_of(number, "Uid"), [str(USER.pw_uid)] * 4)
    holds(log(), "[warning] there is no user 'mailseal': running as 'nobody'")
    stop(number)


@daemon_test("root stays root only when told so, and the log warns")
def root():
    needs_root()
    configuration('user = "root"\n', user=False)
    number = start()
    equal(status_of(number, "Uid"), ["0"] * 4)
    holds(log(), "[warning] running as root")
    stop(number)


@daemon_test("a reload takes another configuration into use")
def reloading():
    configuration()
    number = start()
    configuration('paniclog = "new log"\n')
    os.kill(number, signal.SIGHUP)
    wait_for(lambda: os.path.exists("new log") and
             "loaded again" in read("new log"), "the reload")
    lacks(log(), "loaded again")
    assert answers(), "nobody answers"
    stop(number)
    holds(read("new log"), "[notice] stopped\n")
    lacks(log(), "stopped")


@daemon_test("a reload of a wrong configuration keeps the old one and logs why")
def broken_reload():
    configuration()
    number = start()
    configuration('paniclog = "new log"\nnonsense = 1\nstop_timeout = x\n')
    reload(number)
    holds(log(), f"[error] {CONF}:{6 if IS_ROOT else 5}: unknown option "
          "'nonsense'")
    holds(log(), f"[error] {CONF}:{7 if IS_ROOT else 6}: option "
          "'Stop_Timeout'")
    holds(log(), "is not taken into use (2 errors): the configuration before "
          "it stays")
    assert not os.path.exists("new log"), "a part of it was used"
    os.unlink(CONF)
    reload(number)
    holds(log(), "No such file")
    configuration("stop_timeout = 3\n")
    reload(number)
    holds(log(), "loaded again")
    stop(number)
    holds(log(), "have 3 seconds")


@daemon_test("a reload says which options wait for a restart")
def fixed():
    configuration()
    number = start()
    reload(number)
    lacks(log(), "restart")
    configuration('pid_file = "other"\nMilter_Listener { timeout = 5\n'
                  f'Listen "unix:{os.path.abspath(SOCKET)}" '
                  '{ file_mode = 0600 } }\n'
                  'user = "root"\n')
    reload(number)
    for words in (f"option 'Pid_File': 'other' instead of '{PID}' takes",
                  "option 'User': 'root' instead of ",
                  "Milter_Listener asks for another socket"):
        holds(log(), f"[warning] {words}")
    equal(log().count("[warning]"), 3, log())
    assert not os.path.exists("other"), "another pid file"
    configuration(listen="other")
    reload(number)
    equal(log().count("[warning]"), 4, log())
    assert not os.path.exists("other"), "another socket"
    assert answers(), "nobody answers"
    stop(number)
    equal(sorted(os.listdir()), [CONF, LOG], "left behind")


@daemon_test("a storm of signals is survived, and the last word counts")
def storm():
    configuration()
    number = start()
    for i in range(400):
        if i % 50 == 0:
            configuration(f"stop_timeout = {i + 1}\n")
            assert answers(), "nobody answers"
        os.kill(number, signal.SIGUSR1 if i % 3 == 0 else signal.SIGHUP)
    configuration("stop_timeout = 7\n")
    reload(number)
    for _ in range(20):
        os.kill(number, signal.SIGHUP)
    # SIGTERM goes before reloads that are still to be done
    stop(number)
    holds(log(), "have 7 seconds")
    lacks(log(), "[error]")


@daemon_test("reloads leave no descriptor open")
def descriptors():
    configuration()
    limit = 48  # a dozen are in use

    def few():
        resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit))

    number = start(preexec_fn=few)
    for _ in range(limit):
        reload(number)
    configuration("nonsense = 1\n")
    for _ in range(limit):
        reload(number)
    configuration()
    reload(number)
    assert "loaded again" in log().splitlines()[-1], log().splitlines()[-1]
    assert answers(), "nobody answers"
    lacks(log(), "Too many open files")
    stop(number)


@daemon_test("SIGUSR1 begins a new log after the old one was moved away")
def rotation():
    configuration()
    number = start()
    os.rename(LOG, "old")
    os.kill(number, signal.SIGUSR1)
    wait_for(lambda: os.path.exists(LOG), "a new log")
    stop(number)
    holds(log(), "[notice] stopped\n")
    lacks(read("old"), "stopped")


@daemon_test("a log that cannot be made anew is written on, and says so")
def no_rotation():
    needs_root()
    os.mkdir("logs", 0o755)
    configuration('paniclog = "logs/log"\n')
    number = start()
    os.rename("logs/log", "logs/old")
    os.kill(number, signal.SIGUSR1)
    wait_for(lambda: "cannot be opened again: Permission denied; the old file "
             "is written on" in read("logs/old"), "the log")
    stop(number)
    holds(read("logs/old"), "[notice] stopped\n")


class Message:
    """One that was begun, as an MTA does: milter protocol 6, up to MAIL."""

    def __init__(self):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(PATIENCE)
        self.socket.connect(SOCKET)
        equal(self.ask(b"O", struct.pack("!III", 6, 0x1ff, 0x1fffff)), b"O")
        equal(self.ask(b"C", b"client.test\0" b"4" +
                       struct.pack("!H", 25) + b"192.0.2.1\0"), b"c")
        equal(self.ask(b"H", b"client.test\0"), b"c")
        equal(self.ask(b"M", b"<a@client.test>\0"), b"c")

    def send(self, command, data=b""):
        self.socket.sendall(struct.pack("!I", len(data) + 1) + command + data)

    def ask(self, command, data=b""):
        self.send(command, data)
        length = struct.unpack("!I", self.take(4))[0]
        return self.take(length)[:1]

    def take(self, length):
        data = b""
        while len(data) < length:
            more = self.socket.recv(length - len(data))
            assert more, "the connection is closed"
            data += more
        return data

    def abort(self):
        self.send(b"A")
        self.send(b"Q")
        self.socket.close()


@daemon_test("a stop waits for the message in flight, and ends with status 0")
def patient_stop():
    configuration()
    daemon = Foreground()
    message = Message()
    daemon.process.send_signal(signal.SIGTERM)
    wait_for(lambda: "stopping" in log(), "the stop to begin")
    time.sleep(0.5)
    equal(daemon.process.poll(), None, "it did not wait")
    message.abort()
    equal(daemon.process.wait(PATIENCE), 0, log())
    lacks(log(), "in flight:")


@daemon_test("a stop waits for stop_timeout only, and says what is left")
def impatient_stop():
    configuration("stop_timeout = 1\n")
    daemon = Foreground()
    message = Message()
    equal(daemon.end(), TEMPFAIL, log())
    holds(log(), "[warning] stopped with 1 message in flight")
    assert not os.path.exists(PID), "the pid file is left behind"
    message.socket.close()


@daemon_test("a second SIGTERM stops at once, and says what is left")
def second_signal():
    configuration("stop_timeout = 1000\n")
    for number in signal.SIGTERM, signal.SIGINT:
        daemon = Foreground()
        messages = [Message(), Message()]
        daemon.process.send_signal(signal.SIGTERM)
        wait_for(lambda: "stopping: " in log(), "the stop to begin")
        equal(daemon.end(number), TEMPFAIL, log())
        holds(log(), "[warning] stopped with 2 messages in flight")
        assert not os.path.exists(PID), "the pid file is left behind"
        for message in messages:
            message.socket.close()
        os.unlink(LOG)


@daemon_test("a stop wakes a script that sleeps, and its message ends")
def sleeping_script():
    with open("nap.lua", "w", encoding="ascii") as file:
        file.write('''local mod = {}
function mod:validate_rcptto()
  print("asleep") msys.sleep(290) print("awake")
end
msys.registerModule("nap", mod)
''')
    os.chmod("nap.lua", 0o644)
    configuration('stop_timeout = 280\n'
                  'scriptlet "s" { script "nap" { source = "nap" } }\n')
    daemon = Foreground()
    message = Message()
    message.send(b"R", b"<b@there.test>\0")
    wait_for(lambda: "asleep" in log(), "the script")
    daemon.process.send_signal(signal.SIGTERM)
    equal(message.take(5)[4:], b"c")  # both limits are beyond patience
    holds(log(), "awake")
    message.abort()
    equal(daemon.process.wait(PATIENCE), 0, log())


@daemon_test("a message in flight lives through reloads")
def reload_in_flight():
    configuration()
    number = start()
    message = Message()
    for _ in range(5):
        reload(number)
    equal(message.ask(b"R", b"<b@there.test>\0"), b"c")
    message.abort()
    stop(number)


class Listener:
    """systemd's end of sd_notify(3)."""

    def __init__(self):
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.settimeout(PATIENCE)
        self.path = os.path.abspath("notify")
        self.socket.bind(self.path)
        os.chmod(self.path, 0o777)

    def next(self):
        """The next word that is not a mere status."""
        while True:
            word = self.socket.recv(4096).decode()
            if not word.startswith("STATUS="):
                return dict(line.split("=", 1) for line in word.splitlines())


@daemon_test("systemd hears when it is ready, reloading and stopping")
def notifying():
    if not NOTIFIES:
        raise Skip("built without libsystemd")
    listener = Listener()
    configuration()
    daemon = Foreground({"NOTIFY_SOCKET": listener.path})
    number = str(daemon.process.pid)
    equal(listener.next(), {"READY": "1", "MAINPID": number})
    daemon.process.send_signal(signal.SIGHUP)
    word = listener.next()
    equal(word["RELOADING"], "1")
    assert int(word["MONOTONIC_USEC"]) > 0, word
    equal(listener.next(), {"READY": "1", "MAINPID": number})
    configuration("nonsense = 1\n")
    daemon.process.send_signal(signal.SIGHUP)
    equal(listener.next()["RELOADING"], "1")
    equal(listener.next()["READY"], "1", "after a reload that failed")
    equal(daemon.end(), 0)
    equal(listener.next()["STOPPING"], "1")


@daemon_test("in the background, systemd hears which process it is")
def notifying_background():
    if not NOTIFIES:
        raise Skip("built without libsystemd")
    listener = Listener()
    configuration()
    number = start(env={**os.environ, "NOTIFY_SOCKET": listener.path})
    equal(listener.next(), {"READY": "1", "MAINPID": str(number)})
    stop(number)


@test("who closes standard input, output and error gets a daemon that works")
def closed_descriptors():
    configuration()
    done = subprocess.run(
        ["/bin/sh", "-c", 'exec "$0" -c "$1" <&- >&- 2>&-', MAILSEALD, CONF],
        timeout=PATIENCE, check=False)
    equal(done.returncode, 0)
    number = pid()
    started.append(number)
    # its user may not be let into this folder: then the reload is refused
    os.kill(number, signal.SIGHUP)
    wait_for(lambda: "loaded again" in log() or
             "not taken into use" in log(), "the reload")
    stop(number)


if __name__ == "__main__":
    os.umask(0o022)
    main()
