"""mailseald behind an MTA: milter_mta speaks to it as Postfix and as Sendmail
do, and as nobody should.

usage: milter_test.py MAILSEALD MAILSEAL MILTER_MTA MILTER_LOAD ECXS
                      PROBE-FOLDER
"""
import json
import os
import pwd
import random
import re
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True  # the source tree stays as it is

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "..", "cli"))

from tap import equal, holds, lacks, main, test

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


@test("mail is signed, whatever the MTA's macros and the protocol's version")
def signing():
    with Daemon(SIGN) as daemon:
        for arguments in (["--macros", "postfix"], ["--macros", "sendmail"],
                          ["--macros", "none"], ["--protocol", 2],
                          ["--protocol", 3], ["--protocol", 4],
                          ["--protocol", 6, "--all-replies"],
                          ["--no-leadspc"], ["--chunk", 1],
                          ["--body-at-end"],
                          ["--body-at-end", "--chunk", 3],
                          ["--protocol", 2, "--body-at-end"],
                          ["--protocol", 2, "--macros", "sendmail"],
                          ["--client", "::1"], ["--tls"],
                          ["--client", "::1", "--macros", "sendmail"],
                          ["--from", "ada@example.com",
                           "--from-parameters", "SIZE=100 BODY=8BITMIME"],
                          ["--rcpt", "a@x.test", "--rcpt", "b@x.test"],
                          ["--no-helo"], ["--from", ""],
                          ["--client-name", "host.example.com"]):
            signed(daemon.send(MAIL, *arguments))


@test("a queue id stands in the log, from either MTA")
def queue_ids():
    with Daemon(SIGN.replace(KEY, "/nonexistent/%{d}")) as daemon:
        for style in ("postfix", "sendmail"):
            daemon.send(MAIL.replace(b"example.com", style.encode()),
                        "--macros", style, "--queue-id", "ID" + style)
            daemon.wait_for_log(f"ID{style}: dkim_sign")


@test("without a macro list of the filter's, macros arrive as well")
def old_macros():
    """Actions without SETSYMLIST: the MTA sends what it likes to."""
    with Daemon(PROBING + SIGN, relay="") as daemon:
        for style in ("postfix", "sendmail"):
            result = daemon.send(
                probing("variable auth_user"), "--actions", "0x3f",
                "--macros", style, "--auth", "ada")
            holds(result.mail, b"X-Variable: auth_user=ada\r\n", style)


@test("new fields stand above the MTA's own Received")
def on_top():
    with Daemon(SIGN + VALIDATE) as daemon:
        with open("mail", "wb") as file:
            file.write(MAIL)
        for style in ("postfix", "sendmail"):
            out = daemon.mta("--macros", style, "--output", "-",
                             "mail").stdout
            names = re.findall(rb"^([\w-]+):", out, re.M)[:4]
            equal(names, [b"DKIM-Signature", b"Authentication-Results",
                          b"Received", b"Received"], style)
            verify(out)


@test("inserts, changes and deletions end where the module wanted them")
def edits():
    with Daemon(PROBING) as daemon:
        result = daemon.send(probing(
            "prepend X-One 1", "prepend X-Two 2", "append X-Last z",
            "remove Received", "remove To"))
        fields = result.mail.split(b"\r\n\r\n", 1)[0].split(b"\r\n")
        equal(fields[:2], [b"X-Two: 2", b"X-One: 1"])
        equal(fields[-1], b"X-Last: z")
        lacks(result.mail, b"\r\nReceived:")
        lacks(result.mail, b"\r\nTo:")
        assert result.mail.endswith(MAIL.split(b"\r\n\r\n", 1)[1])


@test("without leading space, edits have exactly one blank behind the colon")
def leading_space():
    with Daemon(PROBING) as daemon:
        for arguments in ([], ["--no-leadspc"], ["--protocol", 2]):
            result = daemon.send(probing("prepend X-New v"), *arguments)
            assert result.mail.startswith(b"X-New: v\r\n"), result.mail


@test("many messages on one connection, each with its own signature")
def many():
    mails = [MAIL.replace(b"<1@", b"<%d@" % n) for n in range(20)]
    with Daemon(SIGN) as daemon:
        for style in ("postfix", "sendmail"):
            results = daemon.send_all(mails, "--macros", style)
            for result, mail in zip(results, mails, strict=True):
                signed(result, mail)


@test("a message broken off at any stage does not disturb the next")
def aborts():
    with Daemon(SIGN + PROBING) as daemon:
        for stage in STAGES:
            first, second = daemon.send_all(
                [probing("code 550 no"), MAIL], "--abort-after", stage)
            equal(first.verdict, "reject" if stage == "end" else "aborted",
                  stage)
            signed(second)


@test("clients that vanish at any stage, and health checks, leave it serving")
def vanishing():
    with Daemon(SIGN) as daemon:
        for stage in STAGES:
            equal(daemon.send(MAIL, "--vanish-after", stage).stage, stage)
        for _ in range(20):
            equal(daemon.mta("--health-check").returncode, 0)
        equal(daemon.mta("--negotiate-only").returncode, 0)
        signed(daemon.send(MAIL))
        lacks(daemon.logged(), "[critical]")


@test("only clients that may relay, or have authenticated, are signed for")
def who_is_signed():
    conf = SIGN.replace("{", '{ sign_condition = "can_relay" \n')
    with Daemon(conf) as daemon:
        for arguments, is_signed in (
                (["--client", "127.0.0.1"], True),
                (["--client", "::1"], True),
                (["--client", "192.0.2.1"], False),
                (["--client", "2001:db8::1"], False),
                (["--client", "unknown"], False),
                (["--client", "/var/run/socket"], False),
                (["--client", "192.0.2.1", "--auth", "ada"], True),
                (["--client", "unknown", "--auth", "ada"], True)):
            for style in ("postfix", "sendmail"):
                result = daemon.send(MAIL, "--macros", style, *arguments)
                equal(len(result.edits), 1 if is_signed else 0,
                      (arguments, style))
                equal(result.verdict, "accept")
        # without macros nobody authenticated
        equal(daemon.send(MAIL, "--client", "192.0.2.1", "--auth", "ada",
                          "--macros", "none").edits, [])


@test("policy sees user, HELO, TLS, sender and the client's rights")
def variables():
    with Daemon(PROBING) as daemon:
        for name, value, arguments in (
                ("auth_user", "ada", ["--auth", "ada"]),
                ("auth_user", "", []),
                ("ehlo_domain", "c.example", ["--helo", "c.example"]),
                ("ehlo_domain", "", ["--no-helo"]),
                ("tls_cipher", "TLS_AES_256_GCM_SHA384", ["--tls"]),
                ("tls_cipher", "", []),
                ("can_relay", "true", []),
                ("can_relay", "", ["--client", "192.0.2.1"])):
            for style in ("postfix", "sendmail"):
                result = daemon.send(probing("variable " + name), "--macros",
                                     style, *arguments)
                wanted = f"X-Variable: {name}={value}\r\n".encode()
                assert result.mail.startswith(wanted), (wanted, result.mail)


@test("what was signed is verified, what was tampered with fails")
def verifying():
    with Daemon(SIGN) as daemon:
        good = daemon.send(MAIL).mail
    with Daemon(VALIDATE) as daemon:
        for style in ("postfix", "sendmail"):
            for mail, wanted in (
                    (good, "mx.example.org; dkim=pass "),
                    (good.replace(b"One line", b"0ne line"),
                     "mx.example.org; dkim=fail "),
                    (MAIL, "mx.example.org; dkim=none")):
                result = daemon.send(mail, "--macros", style)
                assert results_of(result.mail).startswith(wanted), (
                    wanted, result.mail)
                assert result.mail.endswith(mail)
        # an MTA that eats the blank behind the colon: relaxed does not mind
        result = daemon.send(good, "--no-leadspc")
        assert results_of(result.mail).startswith(
            "mx.example.org; dkim=pass "), result.mail


@test("forged Authentication-Results go, wherever they stand; others stay")
def forged():
    forgery = b"Authentication-Results: mx.example.org; dkim=pass\r\n"
    folded = (b"Authentication-Results:\r\n\tmx.example.org;\r\n"
              b"\tspf=pass\r\n")
    other = b"Authentication-Results: other.example; dkim=pass\r\n"
    head, body = MAIL.split(b"\r\n\r\n", 1)
    lines = [line + b"\r\n" for line in
             re.split(rb"\r\n(?![ \t])", head)]
    with Daemon(VALIDATE) as daemon:
        for fields in ([forgery], [forgery, forgery],
                       [forgery, other, forgery], [other, folded, other],
                       [forgery, folded, forgery],
                       [folded, other, forgery, other, folded],
                       [other, other]):
            for spread in (False, True):
                sent = list(lines)
                for number, field in enumerate(fields):
                    at = 2 * number if spread else number
                    sent.insert(at, field)
                mail = b"".join(sent) + b"\r\n" + body
                kept = [line for line in sent
                        if line not in (forgery, folded)]
                result = daemon.send(mail)
                equal(results_of(result.mail), "mx.example.org; dkim=none")
                rest = re.split(rb"\r\n(?![ \t])", result.mail, 1)[1]
                equal(rest, b"".join(kept) + b"\r\n" + body, fields)


@test("policy's answers reach the MTA: reject, tempfail, discard, quarantine")
def answers():
    with Daemon(PROBING) as daemon:
        for wish, verdict, reply, status in (
                ("code 550 5.7.1 not here", "reject", "550 5.7.1 not here",
                 REJECTED),
                ("code 550 5.7.1 100% no %s", "reject",
                 "550 5.7.1 100% no %s", REJECTED),
                ("code 450 4.2.0 later", "tempfail", "450 4.2.0 later",
                 TEMPFAIL),
                ("final 1", "reject", "550 5.7.1 refused by policy",
                 REJECTED),
                ("final 2", "tempfail", "451 4.7.1 try again later",
                 TEMPFAIL),
                ("discard", "discard", "", DISCARDED),
                ("hold", "quarantine", "", 0),
                ("again", "accept", "", 0)):
            for style in ("postfix", "sendmail"):
                result = daemon.send(probing(wish), "--macros", style)
                equal((result.verdict, result.reply, result.status),
                      (verdict, reply, status), wish)
                equal(result.stage, "end")
        held = daemon.send(probing("hold", "prepend X-New v"))
        equal(held.row["quarantine"], "held by policy")
        assert held.mail.startswith(b"X-New: v\r\n")


@test("a refused recipient is refused alone, the message goes to the others")
def recipients():
    with Daemon(PROBING) as daemon:
        for style in ("postfix", "sendmail"):
            result = daemon.send(
                MAIL, "--macros", style, "--rcpt", "refuse@b.test", "--rcpt",
                "t@b.test", "--rcpt", "refuse@c.test")
            equal(result.verdict, "accept")
            equal([row["rcpt"] for row in result.row["refused"]],
                  ["refuse@b.test", "refuse@c.test"])
            equal(result.row["refused"][0]["reply"],
                  "550 5.1.1 no such user")
            equal(result.row["rcpts"], ["t@b.test"])
        result = daemon.send(MAIL, "--rcpt", "refuse@b.test")
        equal((result.verdict, result.stage), ("reject", "rcpt"))


@test("recipients added and removed, and a new body, reach the MTA")
def other_edits():
    with Daemon(PROBING) as daemon:
        result = daemon.send(
            probing("rcpt c@b.test", "unrcpt a@b.test"), "--rcpt",
            "a@b.test", "--rcpt", "b@b.test")
        equal(sorted(result.row["rcpts"]), ["b@b.test", "c@b.test"])
        result = daemon.send(probing("body one|two|"))
        assert result.mail.endswith(b"\r\n\r\none\r\ntwo\r\n"), result.mail


@test("an edit that the MTA does not allow is an internal error, and is told")
def forbidden_edits():
    conf = PROBING
    with Daemon(conf) as daemon:
        for actions, wish in ((0x1fe, "prepend X-New v"),
                              (0x1ef, "remove To"),
                              (0x1fd, "body x|"),
                              (0x1fb, "rcpt c@b.test"),
                              (0x1f7, "unrcpt a@b.test"),
                              (0x1df, "hold")):
            result = daemon.send(probing(wish), "--actions", hex(actions),
                                 "--queue-id", f"Q{actions:x}",
                                 "--rcpt", "a@b.test", "--rcpt", "d@b.test")
            equal((result.verdict, result.edits), ("tempfail", []), wish)
            daemon.wait_for_log(f"Q{actions:x}: ")
        # what is not wanted is not missed
        equal(daemon.send(MAIL, "--actions", "0x1").verdict, "accept")
    with Daemon(conf + "On_Internal_Error = accept\n") as daemon:
        result = daemon.send(probing("remove To"), "--actions", "0x1")
        equal((result.verdict, result.edits), ("accept", []))
        equal(result.mail, probing("remove To"))


@test("a body of 20 MB is signed, and its spool file goes")
def large():
    body = b"".join(b"%072d\r\n" % n for n in range(270000))
    mail = MAIL + body
    os.mkdir("spool")
    for threshold in (1000, 100000000):
        conf = (f"Large_Message_Threshold = {threshold}\n"
                f'Spool_Directory = "{os.path.abspath("spool")}"\n')
        with Daemon(SIGN + conf) as daemon:
            results = daemon.send_all([mail, MAIL, mail])
            for result, sent in zip(results, (mail, MAIL, mail),
                                    strict=True):
                signed(result, sent)
            equal(daemon.send(mail, "--vanish-after", "body").verdict,
                  "vanished")
            daemon.is_fine()
        equal(os.listdir("spool"), [])


@test("NUL, 8-bit octets and lone line ends in the body are signed as they are")
def odd_bodies():
    chance = random.Random(4)
    bodies = [b"", b"\r\n", b"\r\n\r\n", b"no end", b"\0", b"a\0b\r\n",
              bytes(range(256)) + b"\r\n", b"lone \n LF\r\n",
              b"lone \r CR\r\n", b"\r", b"\n", b"x \t \r\n\t\r\n",
              b"y" * 100000 + b"\r\n"]
    bodies += [bytes(chance.choice(b"a \t\r\n\0\xff") for _ in
                     range(chance.randrange(200))) for _ in range(30)]
    head = MAIL.split(b"\r\n\r\n", 1)[0]
    with Daemon(SIGN) as daemon:
        for arguments in ([], ["--chunk", 1]):
            mails = [head + b"\r\n\r\n" + body for body in bodies]
            for result, mail in zip(daemon.send_all(mails, *arguments),
                                    mails, strict=True):
                equal(result.verdict, "accept")
                verify(result.mail)
                assert result.mail.endswith(mail), mail


@test("odd header fields: nothing is lost, and the signature holds")
def odd_headers():
    with Daemon(SIGN) as daemon:
        for field in (b"Subject:", b"Subject: ", b"Subject:\r\n ",
                      b"Subject: \r\n\t\r\n x", b"SUBJECT :odd", b"Subject:x",
                      b"Subject:\t\tx\t", b"Subject: \xfc\xe9\x80",
                      b"Subject: " + b"w" * 2000,
                      b"Subject: " + b"w w\r\n " * 900 + b"x",
                      b"Subject: %s %n %d 100%",
                      b"Subject: one\r\nSubject: two"):
            mail = re.sub(rb"Subject:[^\r\n]*\r\n\tand[^\r\n]*",
                          lambda _, f=field: f, MAIL)
            signed(daemon.send(mail), mail)


@test("CR, LF and NUL inside a field's value do no harm")
def hostile_headers():
    with Daemon(SIGN + VALIDATE + PROBING) as daemon:
        for value in (b"a\rb", b"a\nb", b"a\nX-Fake: b", b"\n", b"\r",
                      b"a\r\r", b"a\0b", b"\0", b"\n\n\n", b" \n x",
                      b"x\n"):
            mail = b"From: a@example.com\r\nX-Odd: " + value + MAIL[14:]
            for arguments in ([], ["--protocol", 2]):
                result = daemon.send(mail, *arguments)
                equal(result.verdict, "accept", value)
        daemon.is_fine()


@test("headers beyond the limits are taken, and told about")
def header_limits():
    """Postfix sends fields of 102400 octets (header_size_limit)."""
    for fields, result, is_signed in (
            (b"X-Many: 1\r\n" * 3000, "policy", False),
            (b"X-Long: " + b"x" * 60000 + b"\r\n", "none", True),
            (b"X-Long: " + b"x" * 102000 + b"\r\n", "policy", True),
            (b"N" * 5000 + b": v\r\n", "none", True)):
        with Daemon(VALIDATE + SIGN) as daemon:
            got = daemon.send(fields + MAIL, "--queue-id", "QLARGE")
            equal(got.verdict, "accept")
            holds(got.edits[0]["value"], "dkim=" + result)
            equal("DKIM-Signature" in got.names(), is_signed)
            if not is_signed:
                daemon.wait_for_log("QLARGE: dkim_sign")


def write(path, data):
    with open(path, "wb") as file:
        file.write(data)
    return path


def packet(command, data=b""):
    return struct.pack(">I", len(data) + 1) + command + data


def negotiation(version=6, actions=0x1ff, steps=0x1fffff):
    return packet(b"O", struct.pack(">III", version, actions, steps))


CONNECT = packet(b"C", b"h.example\0" + b"4\0\x19" + b"127.0.0.1\0")
HELLO = negotiation() + CONNECT + packet(b"H", b"c.example\0")

# Macros that are no pairs of texts are left out below: libmilter reads past
# the end of its list then, and nobody but the MTA sends macros.


def throw(daemon, data, patience=0.3):
    """Send bytes, read for a while, hang up."""
    with socket.socket(socket.AF_UNIX) as peer:
        peer.settimeout(patience)
        peer.connect("socket")
        try:
            peer.sendall(data)
            peer.shutdown(socket.SHUT_WR)
            while peer.recv(65536):
                pass
        except (TimeoutError, BrokenPipeError, ConnectionResetError):
            pass


@test("broken packets, wrong lengths and commands out of order do no harm")
def structured_garbage():
    start = packet(b"M", b"<a@b>\0") + packet(b"R", b"<c@d>\0")
    header = packet(b"L", b"From\0 a@example.com\0")
    with Daemon(SIGN + VALIDATE) as daemon:
        for data in (
                b"", b"\0", b"\0\0\0", b"\0\0\0\0", b"\0\0\0\0\0\0\0\0",
                b"\0\0\0\x0dO", b"\xff\xff\xff\xffO",
                b"\x7f\xff\xff\xffL" + b"x" * 1000,
                packet(b"O"), packet(b"O", b"\0" * 11),
                packet(b"O", b"\xff" * 12), packet(b"O", b"\0" * 12),
                negotiation(1), negotiation(7), negotiation(2, 0, 0),
                negotiation(6, 0, 0), negotiation() * 3,
                packet(b"E"), packet(b"B", b"x"), packet(b"L", b"a\0b\0"),
                HELLO + packet(b"C"), HELLO + packet(b"H"),
                HELLO + packet(b"M"), HELLO + packet(b"M", b"<a@b>"),
                HELLO + packet(b"R", b"<c@d>\0"), HELLO + packet(b"E"),
                HELLO + packet(b"N"), HELLO + packet(b"B", b"x"),
                HELLO + header + packet(b"E"),
                HELLO + start + packet(b"L"),
                HELLO + start + packet(b"L", b"\0\0"),
                HELLO + start + packet(b"L", b"a"),
                HELLO + start + packet(b"L", b"a\0b"),
                HELLO + start + packet(b"L", b"\0value\0"),
                HELLO + start + packet(b"D"),
                HELLO + start + packet(b"D", b"M"),
                HELLO + start + packet(b"D", b"?i\0x\0"),
                HELLO + start + packet(b"D", b"Ei\0" + b"Q" * 5000 + b"\0"),
                HELLO + start + header + packet(b"M", b"<a@b>\0"),
                HELLO + start + header + packet(b"N") + header +
                packet(b"E"),
                HELLO + start + packet(b"E") * 3,
                HELLO + start + packet(b"A") * 3 + packet(b"E"),
                HELLO + start * 50 + packet(b"E"),
                HELLO + start + packet(b"K") + packet(b"E"),
                HELLO + packet(b"K") + CONNECT + start + packet(b"E"),
                HELLO + packet(b"U", b"BOGUS\0") + packet(b"Z") +
                packet(b"\0"),
                negotiation() + packet(b"C", b"h\0U"),
                negotiation() + packet(b"C", b"h\0" + b"4\0\x19999\0"),
                negotiation() + packet(b"C", b"h\0" + b"6\0\x19zz\0"),
                negotiation() + packet(b"C", b"h\0" + b"4\0"),
                negotiation() + packet(b"C", b"h"),
                negotiation() + packet(b"C", b"h\0?\0\0x\0"),
                HELLO + packet(b"M", b"<" + b"a" * 60000 + b"@b>\0"),
                HELLO + packet(b"M", b"no brackets\0SIZE\0=\0\0")):
            throw(daemon, data)
        daemon.is_fine()
        signed_twice = daemon.send_all([MAIL, MAIL])
        equal([len(r.names()) for r in signed_twice], [2, 2])


@test("random bytes, and conversations with random damage, do no harm")
def random_garbage():
    chance = random.Random(8461)
    good = (HELLO + packet(b"M", b"<a@example.com>\0SIZE=100\0") +
            packet(b"R", b"<c@d>\0") + packet(b"T") +
            packet(b"L", b"From\0 a@example.com\0") +
            packet(b"L", b"Subject\0 x\n y\0") + packet(b"N") +
            packet(b"B", b"body\r\n") + packet(b"E"))
    with Daemon(SIGN + VALIDATE) as daemon:
        for _ in range(60):
            throw(daemon, chance.randbytes(chance.randrange(1, 300)), 0.1)
        for _ in range(150):
            data = bytearray(good)
            for _ in range(chance.randrange(1, 4)):
                at = chance.randrange(len(data))
                what = chance.randrange(3)
                if what == 0:
                    data[at] = chance.randrange(256)
                elif what == 1:
                    del data[at:at + chance.randrange(1, 20)]
                else:
                    data[at:at] = chance.randbytes(4)
            throw(daemon, bytes(data), 0.1)
        daemon.is_fine()


def load(daemon, *arguments):
    return subprocess.Popen([MILTER_LOAD, daemon.address, "--json",
                             "--from", "ada@example.com",
                             *map(str, arguments)],
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def result_of(process):
    out, err = process.communicate(timeout=PATIENCE)
    return process.returncode, json.loads(out) if out else {}, err.decode()


@test("32 connections at once: each message gets its one signature")
def at_once():
    with Daemon(SIGN) as daemon:
        for style in ("postfix", "sendmail"):
            status, row, err = result_of(load(
                daemon, "--connections", 32, "--messages", 640, "--macros",
                style))
            equal(status, 0, err)
            equal((row["accept"], row["signatures"], row["edits"],
                   row["wrong"], row["lost"]), (640, 640, 640, 0, 0))


@test("connections that come and go are served")
def short_connections():
    with Daemon(SIGN) as daemon:
        status, row, err = result_of(load(
            daemon, "--connections", 4, "--messages", 200,
            "--messages-per-connection", 3))
        equal(status, 0, err)
        equal((row["accept"], row["signatures"]), (200, 200))


@test("SIGHUP in the middle of messages: none is lost, none is signed twice")
def reload_under_load():
    with Daemon(SIGN) as daemon:
        process = load(daemon, "--connections", 8, "--messages", 3000)
        hangups = 0
        while process.poll() is None:
            daemon.process.send_signal(signal.SIGHUP)
            hangups += 1
            time.sleep(0.05)
        status, row, err = result_of(process)
        equal(status, 0, err + daemon.logged())
        equal((row["accept"], row["signatures"], row["edits"],
               row["lost"]), (3000, 3000, 3000, 0))
        assert hangups > 1, "too fast to be interrupted"


@test("a message finishes on the configuration it began with")
def reload_in_mid_message():
    with Daemon(SIGN) as daemon:
        for stage in ("mail", "header", "body"):
            daemon.configure(SIGN)
            reload(daemon)
            sending = paused(daemon, stage)
            daemon.configure("")
            reload(daemon)
            out = go_on(sending)
            equal([row["name"] for row in out["edits"]],
                  ["DKIM-Signature"], stage)
            equal(daemon.send(MAIL).edits, [])


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


@test("SIGTERM in the middle of a message: it is finished, then all ends")
def stop_in_mid_message():
    for stage in ("mail", "rcpt", "header", "body"):
        with Daemon(SIGN) as daemon:
            idle = socket.socket(socket.AF_UNIX)
            idle.connect("socket")
            idle.sendall(HELLO)
            idle.recv(65536)
            sending = paused(daemon, stage)
            daemon.process.terminate()
            daemon.wait_for_log("stopping")
            out = go_on(sending)
            equal((out["verdict"], [row["name"] for row in out["edits"]]),
                  ("accept", ["DKIM-Signature"]), stage)
            equal(daemon.process.wait(PATIENCE), 0)
            idle.close()


@test("SIGTERM under load: what was begun is finished or refused with 4xx")
def stop_under_load():
    with Daemon(SIGN) as daemon:
        process = load(daemon, "--connections", 8, "--seconds", 60,
                       "--macros", "sendmail")
        time.sleep(0.5)
        daemon.process.terminate()
        equal(daemon.process.wait(PATIENCE), 0)
        _, row, _ = result_of(process)
        equal(row["signatures"], row["accept"])
        equal(row["reject"] + row["discard"], 0)
        equal(row["messages"], row["accept"] + row["tempfail"])


if __name__ == "__main__":
    prepare()
    main()
