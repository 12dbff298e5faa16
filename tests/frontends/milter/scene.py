"""What the tests of the milter have in common: a mailseald in a folder of its
own, and milter_mta in front of it, as Postfix, Sendmail or nobody would be.

The first arguments of a test that imports this:
MAILSEALD MAILSEAL MILTER_MTA MILTER_LOAD ECXS PROBE-FOLDER
"""
import json
import os
import pwd
import re
import signal
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True  # the source tree stays as it is

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "..", "cli"))

from tap import equal, lacks

(MAILSEALD, MAILSEAL, MILTER_MTA, MILTER_LOAD, ECXS,
 PROBE) = map(os.path.abspath, sys.argv[1:7])

PATIENCE = 120  # seconds, on a machine that is busy
REJECTED, TEMPFAIL, DISCARDED = 1, 75, 99
STAGES = "connect helo mail rcpt data header eoh body end".split()

ROOM = tempfile.TemporaryDirectory()  # the module and the key of all tests
ZONE = os.path.join(ROOM.name, "zone")
KEY = os.path.join(ROOM.name, "s.key")

MAIL = (b"Received: from x\r\n\tby y\r\n"
        b"From: Ada <ada@example.com>\r\n"
        b"To:bob@example.net\r\n"
        b"Subject:  two  blanks\r\n\tand a fold \r\n"
        b"Date: Thu, 01 Jan 2026 12:00:00 +0000\r\n"
        b"Message-ID: <1@example.com>\r\n"
        b"X-Empty:\r\n"
        b"\r\n"
        b"One line.  \r\n"
        b"\r\n"
        b"Another line.\r\n")

SIGN = f'dkim_sign "s" {{ key = "{KEY}" \n selector = "s" }}\n'
VALIDATE = (f'dns_zone_file = "{ZONE}"\n'
            'dkim_validate "v" { report_none = true }\n')
PROBING = f'Module_Path = ( "{ROOM.name}" )\nprobe "p" {{ }}\n'


def prepare():
    """The key with its zone, and the module that does what a message asks."""
    done = subprocess.run(
        [MAILSEAL, "keygen", "--domain", "example.com", "--selector", "s",
         "--out", ROOM.name], capture_output=True, check=True, text=True)
    with open(ZONE, "w", encoding="ascii") as file:
        file.write(done.stdout)
    subprocess.run([sys.executable, ECXS, "-c", "-o",
                    os.path.join(ROOM.name, "probe.so"),
                    os.path.join(PROBE, "probe.c")], check=True,
                   stdout=subprocess.DEVNULL)


class Daemon:
    """mailseald on a socket in the folder of the test."""

    def __init__(self, conf, relay='relay_hosts = ( 127.0.0.1 "::1" )\n'):
        self.address = "unix:" + os.path.abspath("socket")
        user = pwd.getpwuid(os.geteuid()).pw_name
        self.conf = ('hostname = "mx.example.org"\n' + relay +
                     (f'user = "{user}"\n' if os.geteuid() == 0 else "") +
                     f'Milter_Listener {{ Listen "{self.address}" {{ }} }}\n')
        self.configure(conf)
        self.log = open("log", "w+", encoding="utf-8", errors="replace")
        self.process = subprocess.Popen(
            [MAILSEALD, "-c", "ecelerity.conf", "-f"],
            stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log)
        self.wait()

    def configure(self, conf):
        with open("ecelerity.conf", "w", encoding="ascii") as file:
            file.write(self.conf + conf)

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        if self.process.poll() is None:
            if kind is None:
                self.process.terminate()
                try:
                    status = self.process.wait(PATIENCE)
                except subprocess.TimeoutExpired:
                    self.process.kill()
                    raise
                assert status == 0, f"status {status}: {self.logged()}"
                assert not os.path.exists("socket"), "left behind"
                for word in ("Sanitizer", "runtime error"):
                    lacks(self.logged(), word)
            else:
                self.process.kill()
                self.process.wait()
        self.log.close()

    def logged(self):
        with open("log", encoding="utf-8", errors="replace") as file:
            return file.read()

    def wait(self):
        end = time.monotonic() + PATIENCE
        while subprocess.run([MILTER_MTA, self.address, "--health-check"],
                             capture_output=True,
                             check=False).returncode != 0:
            assert self.process.poll() is None, self.logged()
            assert time.monotonic() < end, "no socket"
            time.sleep(0.02)

    def wait_for_log(self, words):
        end = time.monotonic() + PATIENCE
        while words not in self.logged():
            assert time.monotonic() < end, f"no {words!r}: {self.logged()}"
            time.sleep(0.02)

    def is_fine(self):
        """Still there, and serving."""
        assert self.process.poll() is None, self.logged()
        equal(self.send(MAIL).verdict, "accept")

    def mta(self, *arguments, **rest):
        return subprocess.run(
            [MILTER_MTA, self.address, *map(str, arguments)],
            capture_output=True, check=False, timeout=PATIENCE, **rest)

    def send_all(self, mails, *arguments):
        """Over one connection; a Result for each, and the exit status."""
        names = []
        for number, mail in enumerate(mails):
            names.append(f"mail{number}")
            with open(names[-1], "wb") as file:
                file.write(mail)
            for left in ("out", f"out.{number + 1}"):
                if os.path.exists(left):
                    os.unlink(left)
        done = self.mta("--json", "--output", "out", "--no-received",
                        *arguments, *names)
        lines = done.stdout.decode().splitlines()
        assert len(lines) == len(names) or done.returncode != 0, done
        results = [Result(json.loads(line), number)
                   for number, line in enumerate(lines)]
        for result in results:
            result.status = done.returncode
            result.err = done.stderr.decode()
        assert results, done.stderr.decode() + self.logged()
        return results

    def send(self, mail, *arguments):
        results = self.send_all([mail], *arguments)
        equal(len(results), 1)
        return results[0]


class Result:
    def __init__(self, row, number):
        self.row = row
        self.verdict, self.reply = row["verdict"], row.get("reply")
        self.stage = row["stage"]
        self.edits = row.get("edits", [])
        path = "out" if number == 0 else f"out.{number + 1}"
        self.mail = None
        if self.verdict in ("accept", "quarantine") and os.path.exists(path):
            with open(path, "rb") as file:
                self.mail = file.read()

    def names(self, edit="insert"):
        return [row["name"] for row in self.edits if row["edit"] == edit]


def results_of(mail):
    """What Authentication-Results on top of the mail says."""
    head = mail.split(b"\r\n\r\n", 1)[0].decode("latin-1")
    fields = re.split(r"\r\n(?![ \t])", head)
    name, value = fields[0].split(":", 1)
    equal(name, "Authentication-Results")
    return re.sub(r"\s+", " ", value).strip()


def verify(mail, wanted=0):
    done = subprocess.run([MAILSEAL, "verify", "--zone", ZONE], input=mail,
                          capture_output=True, check=False, timeout=PATIENCE)
    equal(done.returncode, wanted, done.stdout + done.stderr)


def signed(result, mail=MAIL):
    """Accepted, with one good signature on top and nothing else changed."""
    equal(result.verdict, "accept", result.row)
    equal([(row["edit"], row["index"], row["name"]) for row in result.edits],
          [("insert", 0, "DKIM-Signature")])
    assert result.mail.endswith(mail), result.mail
    verify(result.mail)


def probing(*wishes):
    return b"".join(b"X-Probe: " + wish.encode() + b"\r\n"
                    for wish in wishes) + MAIL


def write(path, data):
    with open(path, "wb") as file:
        file.write(data)
    return path


def load(daemon, *arguments):
    return subprocess.Popen([MILTER_LOAD, daemon.address, "--json",
                             "--from", "ada@example.com",
                             *map(str, arguments)],
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def result_of(process):
    out, err = process.communicate(timeout=PATIENCE)
    return process.returncode, json.loads(out) if out else {}, err.decode()


def reload(daemon):
    """SIGHUP, and wait until it shows in the log."""
    told = daemon.logged().count("\n")
    daemon.process.send_signal(signal.SIGHUP)
    end = time.monotonic() + PATIENCE
    while daemon.logged().count("\n") == told:
        assert time.monotonic() < end, "a reload says nothing"
        time.sleep(0.02)
    time.sleep(0.1)


def paused(daemon, stage):
    """A message under way that waits behind a stage."""
    write("mail", MAIL)
    sending = subprocess.Popen(
        [MILTER_MTA, daemon.address, "--json", "--pause-after", stage,
         "mail"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE)
    equal(sending.stderr.readline(), b"paused\n")
    return sending


def go_on(sending):
    out, err = sending.communicate(b"\n", timeout=PATIENCE)
    equal(sending.returncode, 0, err)
    return json.loads(out)
