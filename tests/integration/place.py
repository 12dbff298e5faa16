"""Where the programs of a test live: a folder, a loopback address of their
own, and processes that end with the test, however it ends."""
import atexit
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True  # the source tree stays as it is
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "cli"))

LIMIT = 120  # seconds, for what takes one or two on most machines

PROGRAMS = {
    "postfix": "/usr/sbin/postfix",
    "nsd": "/usr/sbin/nsd",
    "setpriv": "/usr/bin/setpriv",
}


def skip(why):
    print(f"1..0 # SKIP missing: {why}")
    sys.exit(0)


def be_root():
    """Goes on as root, or leaves: Postfix's master needs to be root."""
    for name, path in PROGRAMS.items():
        if not os.access(path, os.X_OK):
            skip(f"{path} (Debian package {name})")
    if os.geteuid() == 0:
        return
    done = subprocess.run(["sudo", "-n", "true"], capture_output=True,
                          check=False) if shutil.which("sudo") else None
    if done is None or done.returncode != 0:
        skip("root, for a Postfix of its own")
    kept = [f"{name}={value}" for name, value in os.environ.items()
            if name.endswith("SAN_OPTIONS") or
            name in ("LC_ALL", "PATH", "PYTHONDONTWRITEBYTECODE")]
    os.execvp("sudo", ["sudo", "-n", "env", *kept, sys.executable, *sys.argv])


def wait(about, holds, limit=LIMIT):
    """Until holds() gives something true, which is returned."""
    end = time.monotonic() + limit
    while True:
        came = holds()
        if came:
            return came
        if time.monotonic() > end:
            raise AssertionError(f"waited {limit} s for {about}")
        time.sleep(0.02)


def read(path):
    with open(path, "rb") as file:
        return file.read()


def write(path, text):
    """At once: a reader sees the old text or the new one."""
    with open(path + ".new", "wb") as file:
        file.write(text if isinstance(text, bytes) else text.encode())
    os.rename(path + ".new", path)
    return path


def run(*arguments, stdin=b"", good=True):
    done = subprocess.run([str(a) for a in arguments], input=stdin,
                          capture_output=True, timeout=LIMIT, check=False)
    done.err = done.stderr.decode(errors="replace")
    assert not good or done.returncode == 0, \
        f"{arguments[0]}: status {done.returncode}: {done.err}"
    return done


class Process:
    """A program in the background.  It gets a SIGTERM when this one dies."""

    def __init__(self, *arguments, output):
        with open(output, "ab") as file:
            self.popen = subprocess.Popen(
                ["setpriv", "--pdeathsig", "TERM", "--"] +
                [str(a) for a in arguments], stdin=subprocess.DEVNULL,
                stdout=file, stderr=file, start_new_session=True)
        self.pid = self.popen.pid
        self.output = output

    def ended(self):
        return self.popen.poll() is not None

    def alive(self):
        assert not self.ended(), \
            f"{self.popen.args[4]} ended with status " \
            f"{self.popen.returncode}: {self.text()[-4000:]}"

    def text(self):
        return read(self.output).decode(errors="replace")

    def send(self, number):
        self.popen.send_signal(number)

    def wait(self):
        """The exit status."""
        return self.popen.wait(LIMIT)

    def end(self, number=signal.SIGTERM):
        """In any case; for a program that ought to stop by itself, too."""
        if self.ended():
            return
        self.send(number)
        try:
            self.popen.wait(20)
        except subprocess.TimeoutExpired:
            self.popen.kill()
            self.popen.wait()


class Place:
    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="mailseal-integration-")
        os.chmod(self.folder, 0o755)  # Postfix has users of its own
        self.endings = []
        atexit.register(self.close)
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
        self.address = self._own_address()
        self.taken = set()

    def _own_address(self):
        # All of 127/8 is this machine's.  On an address of its own a test
        # meets neither those who run beside it nor the source ports that
        # the kernel gives to outgoing connections.
        pid = os.getpid()
        address = f"127.{100 + (pid >> 16) % 100}.{pid >> 8 & 255}.{pid & 255}"
        try:
            with socket.socket() as probe:
                probe.bind((address, 0))
        except OSError:
            return "127.0.0.1"
        return address

    def port(self):
        """One that is free for TCP and UDP."""
        while True:
            port = random.randint(10000, 60000)
            if port in self.taken:
                continue
            try:
                with socket.socket() as tcp, \
                        socket.socket(type=socket.SOCK_DGRAM) as udp:
                    tcp.bind((self.address, port))
                    udp.bind((self.address, port))
            except OSError:
                continue
            self.taken.add(port)
            return port

    def listens(self, where):
        """Is the port, or the socket file, served?"""
        kind, address = socket.AF_INET, (self.address, where)
        if isinstance(where, str):
            kind, address = socket.AF_UNIX, where
        with socket.socket(kind) as asker:
            asker.settimeout(5)
            return asker.connect_ex(address) == 0

    def path(self, *names):
        return os.path.join(self.folder, *names)

    def at_end(self, function):
        self.endings.append(function)

    def close(self):
        while self.endings:
            ending = self.endings.pop()
            try:
                ending()
            except Exception as trouble:  # the others have their turn, too
                print(f"# cleaning up: {trouble}")
        if os.environ.get("MAILSEAL_KEEP"):
            print(f"# kept: {self.folder}")
        else:
            shutil.rmtree(self.folder, ignore_errors=True)
