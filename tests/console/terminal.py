"""ec_console at a terminal, and servers that are none of ours."""
import atexit
import codecs
import fcntl
import os
import pty
import re
import select
import socket
import struct
import subprocess
import termios
import threading
import time

from scene import CONSOLE, FOLDER, PATIENCE, SOCKET, equal, wait_for

PROMPT = r"\d\d:\d\d:\d\d {}> "
CTRL_C, CTRL_D, CTRL_Z = "\x03", "\x04", "\x1a"
TAB, UP = "\t", "\x1b[A"


def environment(**more):
    kept = {name: value for name, value in os.environ.items()
            if name not in ("EDITRC", "PAGER", "LESS", "XDG_STATE_HOME")}
    kept.update(HOME=os.getcwd(), LC_ALL="C.UTF-8", TERM="xterm")
    kept.update(more)
    return {name: value for name, value in kept.items() if value is not None}


class Terminal:
    """A console whose standard streams and controlling terminal are a pty.

    until() gives what was written up to and with the text that it waits for,
    from where it was left the last time.
    """

    def __init__(self, *words, endpoint=SOCKET, rows=24, columns=200,
                 program=None, **env):
        self.endpoint = endpoint
        self.master, self.slave = pty.openpty()
        self.resize(rows, columns)
        self.before = termios.tcgetattr(self.slave)
        self.process = subprocess.Popen(
            program or [CONSOLE, *words, endpoint], stdin=self.slave, stdout=self.slave,
            stderr=self.slave, env=environment(**env),
            preexec_fn=self.become_leader)
        atexit.register(self.process.kill)
        self.seen, self.at = "", 0
        self.decoder = codecs.getincrementaldecoder("utf-8")("replace")

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        self.process.kill()
        self.process.wait()
        os.close(self.master)
        os.close(self.slave)

    def become_leader(self):
        os.setsid()
        fcntl.ioctl(self.slave, termios.TIOCSCTTY, 0)

    def resize(self, rows, columns):
        fcntl.ioctl(self.slave, termios.TIOCSWINSZ,
                    struct.pack("HHHH", rows, columns, 0, 0))

    def send(self, text):
        os.write(self.master, text.encode())

    def line(self, text):
        self.send(text + "\r")

    def read(self):
        """Some of what is there, or False at the end."""
        if not select.select([self.master], [], [], 0.2)[0]:
            return self.process.poll() is None
        try:
            octets = os.read(self.master, 65536)
        except OSError:
            return False
        self.seen += self.decoder.decode(octets)
        return bool(octets)

    def until(self, pattern):
        end = time.monotonic() + PATIENCE
        while True:
            found = re.compile(pattern).search(self.seen, self.at)
            if found:
                part = self.seen[self.at:found.end()]
                self.at = found.end()
                return part
            assert self.read() and time.monotonic() < end, \
                f"no {pattern!r} in {self.seen[self.at:]!r}"

    def text(self, text):
        return self.until(re.escape(text))

    def prompt(self, name=None):
        return self.until(PROMPT.format(re.escape(name or self.endpoint)))

    def until_raw(self):
        """Until keys are read as they are typed, and none is lost."""
        wait_for(lambda: not termios.tcgetattr(self.slave)[3] &
                 termios.ICANON, "a terminal in raw mode")

    def ask(self, command):
        """The answer to a command, up to the next prompt."""
        self.line(command)
        self.text("\n")
        return self.prompt()

    def end(self):
        """The exit status, once it ends by itself."""
        limit = time.monotonic() + PATIENCE
        while self.process.poll() is None:
            assert time.monotonic() < limit, f"still there: {self.seen!r}"
            self.read()
        while select.select([self.master], [], [], 0)[0] and self.read():
            pass
        equal(termios.tcgetattr(self.slave), self.before,
              "the terminal's settings")
        return self.process.returncode

    def kill(self, signo):
        self.process.send_signal(signo)


class Pipe:
    """A console in a pipe, asked line by line."""

    def __init__(self, endpoint):
        self.process = subprocess.Popen(
            [CONSOLE, endpoint], stdin=subprocess.PIPE, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment())

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        self.process.kill()
        self.process.communicate()

    def send(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def ask(self, line):
        self.send(line)
        return self.process.stdout.readline()

    def end(self):
        """The exit status, and what it complained of."""
        told = self.process.communicate(timeout=PATIENCE)[1]
        return self.process.returncode, told


class Server:
    """Listens on a socket file and serves each connection with a function.

    Its argument is a Conversation.  `lines` are all requests that came.
    """

    def __init__(self, serve, name="fake"):
        self.path = os.path.join(FOLDER, name)
        self.serve = serve
        self.lines = []
        self.connections = 0
        self.ends = 0  # of connections, by the function's return

    def __enter__(self):
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(self.path)
        self.listener.listen(8)
        threading.Thread(target=self.run, daemon=True).start()
        return self

    def __exit__(self, *unused):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        os.unlink(self.path)

    def run(self):
        while True:
            try:
                peer, _ = self.listener.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self.talk, args=(peer,),
                             daemon=True).start()

    def talk(self, peer):
        with peer:
            try:
                self.serve(Conversation(self, peer))
                # the FIN goes out now, whoever else has the descriptor
                peer.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
        self.ends += 1

    def wait_for_ends(self, n):
        wait_for(lambda: self.ends >= n, f"{n} connections that ended")


class Conversation:
    def __init__(self, server, peer):
        self.server, self.peer = server, peer
        self.file = peer.makefile("rb")
        self.number = server.connections

    def say(self, octets):
        self.peer.sendall(octets)

    def greet(self, more=""):
        self.say(f"mailseal 9.9{more}\n".encode())

    def answer(self, text, status=0):
        octets = text if isinstance(text, bytes) else text.encode()
        self.say(b"%d %d\n" % (status, len(octets)) + octets)

    def request(self):
        """The next line, or None when the console has gone."""
        line = self.file.readline()
        if not line.endswith(b"\n"):
            return None
        line = line[:-1].decode("utf-8", "replace")
        self.server.lines.append(line)
        return line
