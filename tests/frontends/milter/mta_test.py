"""milter_mta, the MTA of the other tests, against a filter that says what a
test wants: what it sends, what it does to a message, and what it will not take.

usage: mta_test.py MILTER_MTA
"""
import json
import os
import socket
import struct
import subprocess
import sys
import threading

sys.dont_write_bytecode = True  # the source tree stays as it is

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "..", "cli"))

from tap import equal, holds, main, test

MILTER_MTA = os.path.abspath(sys.argv[1])

REJECTED, PROTOCOL, TEMPFAIL, DISCARDED = 1, 76, 75, 99
USAGE, NOINPUT, UNAVAILABLE = 64, 66, 69

MAIL = (b"Received: from a\r\n\tby b\r\nFrom: f@a.test\r\nTo: t@a.test\r\n"
        b"To: u@a.test\r\n\r\nbody\r\n")


def packet(command, data=b""):
    return struct.pack(">I", len(data) + 1) + command + data


def agreement(version=6, actions=0x1ff, steps=0x100000, lists=b""):
    return packet(b"O", struct.pack(">III", version, actions, steps) + lists)


def insert(index, name, value):
    return packet(b"i", struct.pack(">I", index) + name + b"\0" + value +
                  b"\0")


def change(index, name, value):
    return packet(b"m", struct.pack(">I", index) + name + b"\0" + value +
                  b"\0")


class Filter(threading.Thread):
    """Serves one connection: `answers` by command, else CONTINUE."""

    def __init__(self, **answers):
        super().__init__()
        self.answers = {"O": agreement(), **answers}
        self.heard = []
        self.server = socket.socket(socket.AF_UNIX)
        if os.path.exists("socket"):
            os.unlink("socket")
        self.server.bind("socket")
        self.server.listen()
        self.start()

    def take(self, peer, n):
        data = b""
        while len(data) < n:
            more = peer.recv(n - len(data))
            if not more:
                raise EOFError
            data += more
        return data

    def run(self):
        with self.server, self.server.accept()[0] as peer:
            try:
                while True:
                    n = struct.unpack(">I", self.take(peer, 4))[0]
                    data = self.take(peer, n)
                    command = chr(data[0])
                    self.heard.append((command, data[1:]))
                    if command not in "DAQK":
                        peer.sendall(self.answers.get(command, packet(b"c")))
            except (EOFError, OSError):
                pass

    def commands(self):
        return "".join(command for command, _ in self.heard)

    def macros(self, command):
        """What was sent before a command, the last time."""
        found = [data[1:] for name, data in self.heard
                 if name == "D" and data[:1] == command.encode()]
        texts = found[-1].decode().split("\0")[:-1] if found else []
        return dict(zip(texts[::2], texts[1::2]))


def send(*arguments, mail=MAIL, **answers):
    """(what the program did, the filter)"""
    served = Filter(**answers)
    with open("mail", "wb") as file:
        file.write(mail)
    done = subprocess.run(
        [MILTER_MTA, "unix:socket", *arguments, "mail"], check=False,
        capture_output=True, timeout=60)
    served.join(60)
    return done, served


def delivered(*edits, mail=MAIL, arguments=(), steps=0x100000):
    done, _ = send("--output", "-", *arguments, mail=mail,
                   O=agreement(steps=steps),
                   E=b"".join(edits) + packet(b"c"))
    equal(done.returncode, 0, done.stderr)
    return done.stdout


@test("an insert counts the MTA's own Received, a change does not")
def indexes():
    own = delivered().split(b"Received: from a")[0]
    assert own.startswith(b"Received: from client.example.com"), own
    equal(delivered(insert(0, b"X", b" 1")), b"X: 1\r\n" + own + MAIL)
    equal(delivered(insert(1, b"X", b" 1")), own + b"X: 1\r\n" + MAIL)
    equal(delivered(insert(0, b"X", b" 1"), insert(0, b"Y", b" 2")),
          b"Y: 2\r\nX: 1\r\n" + own + MAIL)
    equal(delivered(insert(99, b"X", b" 1")),
          own + MAIL.replace(b"\r\n\r\n", b"\r\nX: 1\r\n\r\n"))
    equal(delivered(change(1, b"received", b" r")),
          own + MAIL.replace(b"Received: from a\r\n\tby b",
                             b"received: r"))
    equal(delivered(change(2, b"To", b"")),
          own + MAIL.replace(b"To: u@a.test\r\n", b""))
    equal(delivered(change(1, b"To", b""), change(1, b"To", b" x")),
          own + MAIL.replace(b"To: t@a.test\r\nTo: u@a.test", b"To: x"))
    equal(delivered(change(3, b"To", b" new")),
          own + MAIL.replace(b"\r\n\r\n", b"\r\nTo: new\r\n\r\n"))


@test("fields, body and line ends of an edit come out as they should")
def values():
    plain = ("--no-received",)
    equal(delivered(packet(b"h", b"X\0 a\n\tb\0"), arguments=plain),
          MAIL.replace(b"\r\n\r\n", b"\r\nX: a\r\n\tb\r\n\r\n"))
    equal(delivered(packet(b"h", b"X\0a\0"), arguments=plain, steps=0),
          MAIL.replace(b"\r\n\r\n", b"\r\nX: a\r\n\r\n"))
    equal(delivered(packet(b"b", b"new "), packet(b"b", b"body\r\n"),
                    arguments=plain), MAIL.replace(b"body", b"new body"))
    for mail in (MAIL, MAIL.replace(b"\r\n", b"\n")):
        equal(delivered(arguments=plain, mail=mail), MAIL)


@test("sender and recipients are edited")
def envelope():
    done, _ = send("--json", "--from", "a@b", "--rcpt", "c@d", "--rcpt",
                   "e@f", E=packet(b"e", b"<n@b>\0") +
                   packet(b"-", b"<C@d>\0") + packet(b"+", b"<g@h>\0") +
                   packet(b"2", b"<i@j>\0NOTIFY=NEVER\0") + packet(b"c"))
    row = json.loads(done.stdout)
    equal((row["sender"], row["rcpts"]), ("n@b", ["e@f", "g@h", "i@j"]))


@test("every answer of a filter has its verdict and exit status")
def verdicts():
    for reply, verdict, words, status in (
            (packet(b"a"), "accept", "", 0),
            (packet(b"c"), "accept", "", 0),
            (packet(b"p") * 3 + packet(b"c"), "accept", "", 0),
            (packet(b"q", b"why\0") + packet(b"a"), "quarantine", "", 0),
            (packet(b"r"), "reject", "550 5.7.1 Command rejected", REJECTED),
            (packet(b"t"), "tempfail", "451 4.7.1 Service unavailable - try "
             "again later", TEMPFAIL),
            (packet(b"d"), "discard", "", DISCARDED),
            (packet(b"y", b"554 5.7.1 50%% no\0"), "reject",
             "554 5.7.1 50% no", REJECTED),
            (packet(b"y", b"421 4.3.2 bye\0"), "tempfail", "421 4.3.2 bye",
             TEMPFAIL)):
        for stage, command in (("mail", "M"), ("header", "L"), ("eoh", "N"),
                               ("body", "B"), ("end", "E")):
            if reply[4:5] in b"cpq" and stage != "end":
                continue
            done, _ = send("--json", **{command: reply})
            row = json.loads(done.stdout)
            equal((row["verdict"], row["reply"], row["stage"],
                   done.returncode), (verdict, words, stage, status))


@test("a filter that breaks the protocol is told about, with status 76")
def protocol():
    for answers, words in (
            ({"E": packet(b"?")}, "no such reply"),
            ({"L": insert(0, b"X", b"1")}, "not at the end"),
            ({"E": packet(b"i", b"\0\0")}, "malformed"),
            ({"E": packet(b"h", b"X\0no end")}, "malformed"),
            ({"E": packet(b"h", b"X\0v\0more\0")}, "malformed"),
            ({"E": packet(b"y", b"nonsense\0")}, "malformed reply code"),
            ({"E": packet(b"y", b"550 no end")}, "malformed reply code"),
            ({"E": packet(b"c", b"x")}, "it has data"),
            ({"E": b"\0\0\0\0c"}, "a packet of 0 octets"),
            ({"E": b"\x7f\0\0\0c"}, "a packet of 2130706432 octets"),
            ({"O": agreement(7)}, "protocol 7"),
            ({"O": agreement(actions=0x1000)}, "wants actions"),
            ({"O": agreement(steps=0x40000000)}, "wants steps"),
            ({"O": packet(b"O", b"\0\0")}, "too short"),
            ({"O": packet(b"c")}, "not an answer"),
            ({"O": agreement(lists=b"\0\0\0\0no end")}, "malformed"),
            ({"O": agreement(actions=0), "E": insert(0, b"X", b"1")},
             "not agreed on")):
        done, _ = send(**answers)
        equal(done.returncode, PROTOCOL, words)
        holds(done.stderr.decode(), words)
    done, _ = send("--timeout", "1", E=b"")
    equal(done.returncode, PROTOCOL)
    holds(done.stderr.decode(), "no answer from the filter for 1000 ms")


@test("Postfix and Sendmail send their own macros, in their own places")
def macros():
    _, postfix = send("--auth", "joe", "--queue-id", "QID")
    _, sendmail = send("--auth", "joe", "--queue-id", "QID", "--macros",
                       "sendmail")
    equal(list(postfix.macros("C")),
          ["j", "{daemon_name}", "{daemon_addr}", "v", "_"])
    equal(list(sendmail.macros("C")),
          ["j", "_", "{daemon_name}", "{if_name}", "{if_addr}"])
    for served in (postfix, sendmail):
        equal(served.macros("M")["{auth_authen}"], "joe")
        equal(served.macros("R")["{rcpt_addr}"], "recipient@example.net")
    # Postfix has no queue id before a recipient was taken
    equal(postfix.macros("M").get("i"), None)
    equal(postfix.macros("E"), {"i": "QID"})
    equal(sendmail.macros("M")["i"], "QID")
    equal(send("--macros", "none")[1].commands().count("D"), 0)


@test("the filter's own lists of macros are obeyed")
def macro_lists():
    lists = (struct.pack(">I", 0) + b"{client_addr} {j}\0" +
             struct.pack(">I", 5) + b"v,i\0")
    _, postfix = send(O=agreement(lists=lists))
    _, sendmail = send("--macros", "sendmail", O=agreement(lists=lists))
    for served in (postfix, sendmail):
        equal(list(served.macros("C")), ["{client_addr}", "{j}"])
        equal(sorted(served.macros("E")), ["i", "v"])
    # Postfix empties all lists once there is one
    equal(postfix.macros("R"), {})
    assert "{rcpt_addr}" in sendmail.macros("R")


@test("steps that the filter does not want are left out, and replies as well")
def steps():
    _, served = send("--macros", "none", O=agreement(steps=0x37f))
    equal(served.commands(), "OEQ")
    _, served = send("--macros", "none", "--protocol", "2",
                     O=agreement(2, 0, 0))
    equal(served.commands(), "OCHMRLLLLNBEQ")
    silent = 0x80 | 0x40000 | 0x80000 | 0x7f000
    quiet = {command: b"" for command in "CHMRTLNB"}
    done, served = send("--macros", "none", O=agreement(steps=silent),
                        **quiet)
    equal((done.returncode, served.commands()), (0, "OCHMRTLLLLNBEQ"))
    _, served = send("--macros", "none", L=packet(b"s"))
    equal(served.commands().count("L"), 1)


@test("the blank behind the colon is kept for those who ask for it")
def leading_space():
    mail = b"A:  two\r\nB: one\r\nC:none\r\nD:\ttab\r\n fold\r\n\r\n"
    for bits, wanted in (
            (0x100000, [b"  two", b" one", b"none", b"\ttab\n fold"]),
            (0, [b" two", b"one", b"none", b"\ttab\n fold"])):
        _, served = send(mail=mail, O=agreement(steps=bits))
        equal([data.split(b"\0")[1] for command, data in served.heard
               if command == "L"], wanted)


@test("misuse, an absent filter and an absent message have their statuses")
def misuse():
    def run(*arguments):
        done = subprocess.run([MILTER_MTA, *arguments], check=False,
                              capture_output=True, timeout=60)
        equal(done.stdout, b"")
        assert done.stderr
        return done.returncode
    for arguments in ([], ["unix:x"], ["unix:x", "--protocol", "9", "m"],
                      ["unix:x", "--macros", "exim", "m"],
                      ["unix:x", "--abort-after", "lunch", "m"],
                      ["unix:x", "--nonsense", "m"],
                      ["unix:x", "--health-check", "m"]):
        equal(run(*arguments), USAGE, arguments)
    for address in ("unix:absent", "/" + "x" * 200, "inet:1@127.0.0.1",
                    "inet:nothing", "inet6:1@[::1]", "bogus:1"):
        equal(run(address, "mail"), UNAVAILABLE, address)
    served = Filter()
    equal(run("unix:socket", "absent"), NOINPUT)
    served.join(60)


if __name__ == "__main__":
    main()
