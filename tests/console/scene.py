"""A real mailseald and a real ec_console, in a folder of their own.

The programs are the first two arguments of the test that imports this:
MAILSEALD EC_CONSOLE.
"""
import atexit
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "cli"))

from tap import equal, holds, main, test

MAILSEALD = os.path.abspath(sys.argv[1])
CONSOLE = os.path.abspath(sys.argv[2])
PATIENCE = 60
UNAVAILABLE, CONFIG = 69, 78
FOLDER = tempfile.mkdtemp(prefix="console_test.")
atexit.register(shutil.rmtree, FOLDER, True)
os.chmod(FOLDER, 0o777)  # started by root, the daemon becomes nobody
CONF, SOCKET, CHANGES, LOG = (
    os.path.join(FOLDER, name)
    for name in ("ecelerity.conf", "control", "changes.conf", "log"))
LISTEN = f'Listen "{SOCKET}" {{ file_mode = 0600 }}'
TEXT = f'''Paniclog = "{LOG}"
Local_Changes_File = "{CHANGES}"
Milter_Listener {{ Listen "unix:{FOLDER}/milter" {{ }} }}
'''


def write(listen=LISTEN, text=""):
    """The configuration: what every test has, text, and a console."""
    with open(CONF, "w", encoding="ascii") as file:
        if os.geteuid() == 0:
            file.write('User = "nobody"\n')
        file.write(f"{TEXT}{text}Control_Listener {{ {listen} }}\n")
    os.chmod(CONF, 0o644)


def check():
    """mailseald -t: its status and what it says."""
    done = subprocess.run([MAILSEALD, "-c", CONF, "-t"], capture_output=True,
                          text=True, timeout=PATIENCE, check=False)
    return done.returncode, done.stderr


def console(*words, text=None, endpoint=SOCKET):
    """One batch of ec_console: its status and what it wrote."""
    done = subprocess.run([CONSOLE, endpoint, *words], input=text,
                          capture_output=True, text=True, timeout=PATIENCE,
                          check=False)
    return done.returncode, done.stdout


class Console:
    """A connection that stays: answers are (status, text)."""

    def __init__(self):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(PATIENCE)
        self.socket.connect(SOCKET)
        self.file = self.socket.makefile("rb")
        self.file.readline()

    def __call__(self, line):
        self.socket.sendall(line.encode() + b"\n")
        status, length = self.file.readline().split()
        return int(status), self.file.read(int(length)).decode()

    def close(self):
        self.file.close()
        self.socket.close()


def wait_for(condition, what):
    end = time.monotonic() + PATIENCE
    while not condition():
        equal(time.monotonic() < end, True, what)
        time.sleep(0.05)


class Daemon:
    """Serves within a `with`; gives the process."""

    def __init__(self, listen=LISTEN, text="", endpoint=SOCKET):
        if os.path.exists(CHANGES):
            os.unlink(CHANGES)
        write(listen, text)
        self.endpoint = endpoint

    def __enter__(self):
        self.process = subprocess.Popen([MAILSEALD, "-c", CONF, "-f"])
        atexit.register(self.process.kill)
        wait_for(self.serves, "a console that answers")
        return self.process

    def serves(self):
        equal(self.process.poll(), None, "exit status of mailseald")
        return console("pid", endpoint=self.endpoint)[0] == 0

    def __exit__(self, *unused):
        self.process.terminate()
        status = self.process.wait(PATIENCE)
        # a sanitizer has a status of its own
        equal(status in (0, -signal.SIGKILL), True, f"ends with {status}")
