"""ec_console as an operator has it: at a terminal, in a pipe, and with servers
that misbehave.

usage: interactive_test.py MAILSEALD EC_CONSOLE
"""
import os
import re
import shutil
import signal
import stat
import subprocess

from scene import (CONSOLE, FOLDER, PATIENCE, SOCKET, UNAVAILABLE, Daemon,
                   equal, holds, main, test)
from tap import Skip, lacks
from terminal import (CTRL_C, CTRL_D, CTRL_Z, TAB, UP, Pipe, Server,
                      Terminal, environment)

USAGE, REFUSED, NOPERM = 64, 1, 77
UNKNOWN = "whether the command was carried out is not known"


def echo(talk):
    """A server that repeats what it is asked."""
    talk.greet()
    while (line := talk.request()) is not None:
        if line.startswith("complete "):
            talk.answer("unknown command\n", 2)
        else:
            talk.answer(f"said: {line}\n")


def answering(text, status=0):
    def serve(talk):
        talk.greet()
        while talk.request() is not None:
            talk.answer(text, status)
    return serve


def batch(path, *words, text=None):
    done = subprocess.run([CONSOLE, path, *words], capture_output=True,
                          input=text, timeout=PATIENCE, check=False,
                          env=environment())
    return done.returncode, done.stdout, done.stderr.decode()


@test("banner, prompt with the time, commands, help of the console, quit")
def dialogue():
    with Daemon() as process, Terminal() as t:
        banner = t.prompt()
        holds(banner, "mailseal 0.")
        holds(banner, SOCKET)
        holds(t.ask("pid"), f"{process.pid}\r\n")
        told = t.ask("help")
        holds(told, "config")
        holds(told, "\\pager")
        holds(t.ask("\\nonsense"), "There is no such command")
        holds(t.ask("no such command"), "\r\n")
        t.line("quit")
        equal(t.end(), 0)


@test("tab completes the daemon's commands and our own, and lists several")
def completion():
    with Daemon() as process, Terminal() as t:
        t.prompt()
        t.send("pi" + TAB)
        t.text("d ")
        t.send("\r")
        holds(t.prompt(), f"{process.pid}\r\n")
        t.send("config sho" + TAB)
        t.text("w")
        t.send(TAB)
        t.text("showrecurse")
        t.text("config show")
        t.send(CTRL_C)
        t.prompt()
        t.send("\\pa" + TAB)
        t.text("er ")
        t.send("\r")
        t.text("Pager is on")


@test("tab at a server that does not know it, or lies, does nothing bad")
def completion_unknown():
    def serve(talk):
        talk.greet()
        while (line := talk.request()) is not None:
            if line == "complete evil":
                talk.answer(b"evil\x1b]0;x\x07\nother\nevil\xff\nevil\n"
                            b"evil\xe2\x80\xae\n")  # from right to left
            elif line.startswith("complete"):
                talk.answer("what?\n", 2)
            else:
                talk.answer(f"said: {line}\n")

    with Server(serve) as server, Terminal(endpoint=server.path) as t:
        t.prompt()
        t.send("he" + TAB)
        t.text("lp ")
        t.send(CTRL_C)
        t.prompt()
        t.send("zz" + TAB + "z\r")
        t.text("said: zzz")
        t.prompt()
        t.send("evil" + TAB + "x\r")
        t.text("said: evil x")
        lacks(t.seen, "\x1b]0")


@test("one candidate replaces the word, in its own case of letters")
def completion_case():
    def serve(talk):
        talk.greet()
        while (line := talk.request()) is not None:
            if line == "complete get dom":
                talk.answer("Domain\n")
            elif line == 'complete get Domain "jö':
                talk.answer('"jörg.test"\n')
            elif line.startswith("complete many "):
                talk.answer("".join(f"item{i}\n" for i in range(150)))
            else:
                talk.answer(f"said: {line}\n")

    with Server(serve) as server, Terminal(endpoint=server.path) as t:
        t.prompt()
        t.send("get dom" + TAB)
        t.text("omain ")
        t.send('"jö' + TAB)
        t.text("rg.test")
        t.send("dkim\r")
        t.text('said: get Domain "jörg.test" dkim\r\n')
        t.prompt()
        t.send("many " + TAB)
        t.text("item")
        t.send(TAB)
        t.text("150 possibilities")
        t.send("n")
        t.prompt()
        t.send("9\r")
        t.text("said: many item9")


@test("ctrl-C clears the line, ctrl-D leaves")
def keys():
    with Server(echo) as server, Terminal(endpoint=server.path) as t:
        t.prompt()
        t.until_raw()
        t.send("shutdown")
        t.text("shutdown")
        t.send(CTRL_C)
        t.text("^C")
        t.prompt()
        holds(t.ask("hello"), "said: hello")
        t.send(CTRL_D)
        equal(t.end(), 0)
        equal(server.lines, ["hello"])


@test("ctrl-C stops waiting for an answer, and nothing is asked twice")
def interrupt():
    def serve(talk):
        talk.greet()
        while (line := talk.request()) is not None:
            if line != "slow":
                talk.answer(f"said: {line}\n")

    with Server(serve) as server, Terminal(endpoint=server.path) as t:
        t.prompt()
        t.line("slow")
        t.text("slow\r\n")
        while "slow" not in server.lines:
            t.read()
        t.send(CTRL_C)
        t.text("interrupted")
        t.text(UNKNOWN)
        t.prompt()
        told = t.ask("hello")
        holds(told, "Connected again: mailseal 9.9")
        holds(told, "said: hello")
        equal(server.lines, ["slow", "hello"])


@test("history goes from one session to the next, without secrets")
def history():
    path = os.path.join(os.getcwd(), ".mailseal_history")
    with Server(echo) as server:
        with Terminal(endpoint=server.path) as t:
            t.prompt()
            t.ask("first")
            t.ask("config set Database Password hunter2")
            t.ask(" with a blank")
            t.ask("last")
            t.ask("last")
        equal(stat.S_IMODE(os.stat(path).st_mode), 0o600)
        with open(path, encoding="utf-8") as file:
            equal(file.read(), "first\nlast\n")
        with Terminal(endpoint=server.path) as t:
            t.prompt()
            t.send(UP)
            t.text("last")
            t.send(UP)
            t.text("first")
            t.send("\r")
            t.text("said: first")


@test("history follows no link, and leaves the file there alone")
def history_link():
    home = os.path.join(os.getcwd(), "linked")
    os.mkdir(home)
    with open("mine", "w", encoding="utf-8") as file:
        file.write("mine\n")
    os.chmod("mine", 0o644)
    for link in os.symlink, os.link:
        link(os.path.abspath("mine"), f"{home}/.mailseal_history")
        with Server(echo) as server, \
                Terminal(endpoint=server.path, HOME=home) as t:
            t.prompt()
            t.ask("first")
        with open("mine", encoding="utf-8") as file:
            equal(file.read(), "mine\n")
        equal(stat.S_IMODE(os.stat("mine").st_mode), 0o644)
        os.unlink(f"{home}/.mailseal_history")


@test("the history's file is bounded, and XDG_STATE_HOME moves it")
def history_file():
    state = os.path.join(os.getcwd(), "state")
    path = os.path.join(state, "mailseal", "console_history")
    os.makedirs(os.path.dirname(path))
    with open(path, "w", encoding="utf-8") as file:
        file.writelines(f"line{i}\n" for i in range(2500))
    with Server(echo) as server, \
            Terminal(endpoint=server.path, XDG_STATE_HOME=state) as t:
        t.prompt()
        t.ask("new")
    with open(path, encoding="utf-8") as file:
        lines = file.read().split()
    equal((len(lines), lines[0], lines[-2:]),
          (1001, "line1500", ["line2499", "new"]))
    equal(stat.S_IMODE(os.stat(path).st_mode), 0o600)


def numbered(talk):
    talk.greet()
    while (line := talk.request()) is not None:
        talk.answer("".join(f"row {i}\n" for i in range(int(line))))


@test("\\pager shows with $PAGER what is longer than the terminal, only that")
def pager():
    with Server(numbered) as server, \
            Terminal(endpoint=server.path, PAGER="sed s/^/paged/") as t:
        t.prompt()
        lacks(t.ask("30"), "paged")
        holds(t.ask("\\pager"), "Pager is on: sed")
        holds(t.ask("30"), "pagedrow 29")
        lacks(t.ask("23"), "paged")
        holds(t.ask("24"), "pagedrow 23")
        t.resize(10, 200)
        holds(t.ask("12"), "pagedrow 11")
        holds(t.ask("\\pager sed s/^/other/"), "Pager is on: sed")
        holds(t.ask("12"), "otherrow 11")
        holds(t.ask("\\pager /no/such/program"), "Pager is on")
        holds(t.ask("12"), "row 11")
        holds(t.ask("\\pager off"), "Pager is off")
        lacks(t.ask("12"), "other")


@test("ctrl-C in the pager is the pager's, and one that dies does no harm")
def pager_interrupt():
    script = os.path.join(os.getcwd(), "pager")
    with open(script, "w", encoding="ascii") as file:
        file.write("#!/bin/sh\ntrap 'echo got-it' INT\nstty raw -echo -icanon "
                   "isig </dev/tty\necho ready\n"
                   "until read x </dev/tty; do :; done\nkill -9 $$\n")
    os.chmod(script, 0o755)
    with Server(numbered) as server, \
            Terminal(endpoint=server.path, PAGER=script) as t:
        t.prompt()
        t.ask("\\pager")
        t.line("50")
        t.text("ready")
        t.send(CTRL_C)
        t.text("got-it")
        t.send("\n")
        t.prompt()
        t.ask("\\pager")
        holds(t.ask("3"), "row 2")
        t.send(CTRL_D)
        equal(t.end(), 0)


@test("a dumb terminal, or one without a name, gets no escape codes")
def dumb():
    for term in ("dumb", None):
        with Server(echo) as server, \
                Terminal(endpoint=server.path, TERM=term) as t:
            t.prompt()
            holds(t.ask("hello"), "said: hello")
            t.send("half" + CTRL_C)
            t.prompt()
            t.line("quit")
            equal(t.end(), 0)
            lacks(t.seen, "\x1b")
            equal(server.lines, ["hello"])


@test("what a stranger wrote does not reach the terminal as escape codes")
def escape_codes():
    evil = b"Subject: \x1b]0;pwned\x07\x9b31m\xe2\x80\xaegro\r\ngr\xc3\xbcn\t!\n"
    with Server(answering(evil)) as server:
        with Terminal(endpoint=server.path) as t:
            t.prompt()
            told = t.ask("explain")
            for part in ("\\x1b]0;pwned\\x07\\x9b31m", "\\xe2\\x80\\xaegro",
                         "grün"):
                holds(told, part)
            lacks(t.seen, "\x1b]")
            t.ask("\\pager cat")
            lacks(t.ask("explain"), "\x1b]")
        with Terminal("--password-file", "none", endpoint=server.path) as t:
            t.prompt()
        # what goes into a file is not touched
        equal(batch(server.path, "explain"), (0, evil, ""))


@test("letters that are cut between two pieces of an answer stay letters")
def cut_letters():
    text = "x" + "ü" * 20000 + "€" * 20000 + "\n"
    with Server(answering(text)) as server, \
            Terminal(endpoint=server.path) as t:
        t.prompt()
        told = t.ask("explain")
        equal((told.count("ü"), told.count("€")), (20000, 20000))
        lacks(told, "\\x")
    with Server(answering(b"gr\xc3")) as server, \
            Terminal(endpoint=server.path) as t:
        t.prompt()
        holds(t.ask("explain"), "gr\\xc3\r\n")


@test("words of a server that complains are made fit, too")
def escape_codes_in_words():
    def serve(talk):
        talk.say(b"mailseal \x1b]0;x\x07\n")

    with Server(serve) as server:
        status, _, told = batch(server.path, "pid")
        equal(status, UNAVAILABLE)
        holds(told, "not mailseald")
        lacks(told, "\x1b")


@test("the daemon goes and comes: the next command says so, and is asked once")
def restart():
    daemon = Daemon()
    with daemon as process:
        t = Terminal()
        t.prompt()
        holds(t.ask("pid"), f"{process.pid}\r\n")
    with t:
        told = t.ask("pid")
        holds(told, "nothing listens there")
        holds(told, "the command was not sent")
        with daemon as process:
            told = t.ask("pid")
            holds(told, "Connected again")
            holds(told, f"{process.pid}\r\n")
            lacks(t.ask("pid"), "Connected again")


@test("a console that was idle for too long connects again, and says nothing")
def idle():
    def serve(talk):
        talk.greet()
        line = talk.request()
        if line is not None:
            talk.answer(f"said: {line}\n")

    with Server(serve) as server:
        with Terminal(endpoint=server.path) as t:
            t.prompt()
            holds(t.ask("one"), "said: one")
            server.wait_for_ends(1)
            told = t.ask("two")
            equal(re.sub(r"\x1b\[[0-9]*[A-Z]", "", told).split("\n")[0],
                  "said: two\r")
            server.wait_for_ends(2)
        with Pipe(server.path) as pipe:
            equal(pipe.ask("three"), "said: three\n")
            server.wait_for_ends(3)
            equal(pipe.ask("four"), "said: four\n")
        equal(server.lines, ["one", "two", "three", "four"])


@test("no command leaves the transaction that it was meant for")
def transaction():
    def serve(talk):
        talk.greet()
        while (line := talk.request()) is not None:
            talk.answer(f"said: {line}\n")
            if line == "end":
                return

    with Server(serve) as server:
        with Terminal(endpoint=server.path) as t:
            t.prompt()
            t.ask("config begin")
            t.ask("end")
            server.wait_for_ends(1)
            told = t.ask("config set a b")
            holds(told, "the transaction ended with it")
            holds(told, "the command was not sent")
            holds(t.ask("config begin"), "Connected again")
            t.ask("config commit")
            t.ask("end")
            server.wait_for_ends(2)
            holds(t.ask("config get a"), "said: config get a")
        server.wait_for_ends(3)
        with Pipe(server.path) as pipe:
            pipe.ask("config begin")
            pipe.ask("end")
            server.wait_for_ends(4)
            pipe.send("config set a b")
            status, told = pipe.end()
            equal(status, UNAVAILABLE)
            holds(told, "the transaction ended with it")
        lacks(" ".join(server.lines), "set")


@test("a command that may have been carried out is never sent again")
def lost():
    def serve(talk):
        talk.greet()
        talk.request()

    with Server(serve) as server:
        status, _, told = batch(server.path, "flush")
        equal(status, UNAVAILABLE)
        holds(told, UNKNOWN)
        equal(batch(server.path, text=b"flush\nmore\n")[0], UNAVAILABLE)
        with Terminal(endpoint=server.path) as t:
            t.prompt()
            told = t.ask("flush")
            holds(told, UNKNOWN)
            holds(told, "The next command connects again")
        equal(server.lines, ["flush"] * 3)


GARBLED = [
    ("a greeting without end", b"mailseal " + b"x" * 100000, "does not speak"),
    ("another service", b"220 mail.example.com ESMTP\r\n", "not mailseald"),
    ("no greeting", b"", "without a greeting"),
    ("a NUL in the greeting", b"mailseal 1\0\n", "does not speak"),
    ("no status", b"mailseal 1\nfine\n", "does not speak"),
    ("an unknown status", b"mailseal 1\n9 1\nx", "does not speak"),
    ("a negative length", b"mailseal 1\n0 -1\n", "does not speak"),
    ("a length that no number holds",
     b"mailseal 1\n0 99999999999999999999\n", "does not speak"),
    ("a head without end", b"mailseal 1\n0 " + b"1" * 1000, "does not speak"),
    ("an answer that ends early", b"mailseal 1\n0 5\nabc", "within the answer"),
    ("a length of everything", b"mailseal 1\n0 9000000000000000000\nabc",
     "within the answer"),
    ("an answer before the question", b"mailseal 1\n0 0\n0 0\n", "nobody"),
]


@test("garbled and oversized answers end the connection, with a reason")
def garbled():
    for name, octets, reason in GARBLED:
        def serve(talk):
            head, end, rest = octets.partition(b"\n")
            if reason == "nobody":
                talk.say(octets)
                talk.request()
                return
            talk.say(head + end)
            if rest and talk.request() is not None:
                talk.say(rest)

        with Server(serve) as server:
            status, _, told = batch(server.path, "pid")
            equal(status, UNAVAILABLE, name)
            holds(told, reason, name)


@test("in a pipe: a line is a command, whatever its length, and all are asked")
def pipe():
    with Server(echo) as server:
        equal(batch(server.path, text=b" one \r\n\n\t\ntwo"),
              (0, b"said: one\nsaid: two\n", ""))
        equal(batch(server.path, text=b"one\nQUIT\ntwo\n")[1], b"said: one\n")
        long = b"x" * 65536
        equal(batch(server.path, text=long + b"\n")[1],
              b"said: " + long + b"\n")
        status, out, told = batch(server.path, text=long + b"y\npid\n")
        equal((status, out), (REFUSED, b"said: pid\n"))
        holds(told, "too long")
        status, out, told = batch(server.path, text=b"config\0reload\npid\n")
        equal((status, out), (REFUSED, b"said: pid\n"))
        holds(told, "NUL")
        equal(batch(server.path, "x" * 65537)[0], USAGE)
        equal(batch(server.path, "config", "set", "a b", "", 'c"d', "(e f)"),
              (0, b'said: config set "a b" "" "c\\"d" (e f)\n', ""))
        equal(batch(server.path, "a\nb")[1], b"said: a b\n")


@test("an answer that cannot be written is told by the exit status")
def full():
    with Server(numbered) as server, open("/dev/full", "wb") as out:
        done = subprocess.run([CONSOLE, server.path, "100"], stdout=out,
                              stderr=subprocess.PIPE, timeout=PATIENCE,
                              check=False)
        equal(done.returncode, 74)
        holds(done.stderr.decode(), "cannot be written")


@test("a window that changes while one types keeps the line")
def window():
    with Server(echo) as server, \
            Terminal(endpoint=server.path, columns=90) as t:
        t.prompt()
        t.until_raw()
        t.send("abc")
        t.text("abc")
        t.resize(30, 60)
        t.kill(signal.SIGWINCH)
        t.send("def\r")
        t.text("said: abcdef")


@test("ctrl-Z stops it, in the pager as well, and fg goes on where it was")
def stopped():
    if shutil.which("bash") is None:
        raise Skip("bash")
    with open("pager", "w", encoding="ascii") as file:
        file.write("#!/bin/sh\necho ready\nread x </dev/tty\necho got $x\n")
    os.chmod("pager", 0o755)
    shell = ["bash", "--norc", "--noediting", "-i"]
    with Server(numbered) as server, \
            Terminal(endpoint=server.path, program=shell, PS1="SH$ ",
                     HISTFILE=None, PAGER="./pager") as t:
        t.text("SH$ ")
        t.line(f"'{CONSOLE}' {server.path}")
        t.prompt()
        t.until_raw()
        t.send("1")
        t.text("1")
        t.send(CTRL_Z)
        t.text("Stopped")
        t.text("SH$ ")
        t.line("stty -a | grep -c ' icanon.*'; fg")
        t.until("\n1\r\n")
        t.prompt()
        t.until_raw()
        t.send("2\r")
        t.text("row 11")
        t.prompt()
        t.line("\\pager")
        t.prompt()
        t.line("100")
        t.text("ready")
        t.send(CTRL_Z)
        t.text("Stopped")
        t.text("SH$ ")
        t.line("fg")
        t.text("fg\r\n")
        t.text("\n")
        t.line("word")
        t.text("got word")
        t.prompt()
        t.line("quit")
        t.text("SH$ ")


@test("a signal that ends it leaves the terminal as it was")
def ended():
    for signo in (signal.SIGTERM, signal.SIGHUP):
        with Server(echo) as server, Terminal(endpoint=server.path) as t:
            t.prompt()
            t.until_raw()
            t.send("abc")
            t.text("abc")
            t.kill(signo)
            equal(t.end(), -signo)


def guarded(talk):
    """Wants the password "s3cret", as it is."""
    talk.greet(" auth login")
    while (line := talk.request()) is not None:
        if line == "auth":
            talk.answer("login")
        elif line.startswith("auth login "):
            talk.answer("Password:", 4)
            good = talk.request() == "czNjcmV0"
            talk.answer("" if good else "no", 0 if good else 3)
        else:
            talk.answer(f"said: {line}\n")


@test("a password is asked for without echo, and again when it was wrong")
def password():
    with Server(guarded) as server, \
            Terminal(endpoint="joe@" + server.path) as t:
        t.text("Authorization required for console session\r\n")
        t.text("Password:")
        t.line("wrong")
        t.text("another password")
        t.text("Password:")
        t.line("s3cret")
        t.prompt()
        holds(t.ask("hello"), "said: hello")
        t.line("quit")
        equal(t.end(), 0)
        lacks(t.seen, "s3cret")
        lacks(t.seen, "wrong")
        holds(" ".join(server.lines), "auth login joe")


@test("ctrl-C at the password ends it, and the terminal echoes again")
def password_interrupt():
    with Server(guarded) as server, \
            Terminal(endpoint="joe@" + server.path) as t:
        t.text("Password:")
        t.send("half")
        t.send(CTRL_C)
        equal(t.end(), -signal.SIGINT)


@test("--password-file: its first line; not one that others can read")
def password_file():
    with open("password", "w", encoding="ascii") as file:
        file.write("s3cret\nmore\n")
    with Server(guarded) as server:
        command = [CONSOLE, "--password-file", "password",
                   "joe@" + server.path, "pid"]
        for mode, status, part in ((0o600, 0, "said: pid"),
                                   (0o640, NOPERM, "by others"),
                                   (0o604, NOPERM, "by others")):
            os.chmod("password", mode)
            done = subprocess.run(command, capture_output=True, text=True,
                                  timeout=PATIENCE, check=False)
            equal(done.returncode, status, oct(mode))
            holds(done.stdout + done.stderr, part)
        # nobody to ask
        done = subprocess.run([CONSOLE, "joe@" + server.path, "pid"],
                              capture_output=True, text=True, check=False,
                              timeout=PATIENCE, start_new_session=True)
        equal(done.returncode, NOPERM)
        holds(done.stderr, "--password-file")


@test("a password that was good is used again after an idle time")
def password_again():
    def serve(talk):
        talk.peer.settimeout(PATIENCE)
        asked = talk.request

        def once():
            line = asked()
            if line is not None and not line.startswith("auth") and \
                    line != "czNjcmV0":
                talk.answer(f"said: {line}\n")
                return None
            return line
        talk.request = once
        guarded(talk)

    with Server(serve) as server, \
            Terminal(endpoint="joe@" + server.path) as t:
        t.text("Password:")
        t.line("s3cret")
        t.prompt()
        holds(t.ask("one"), "said: one")
        server.wait_for_ends(1)
        told = t.ask("two")
        holds(told, "said: two")
        lacks(told, "Password:")
        equal(server.connections, 2)


ENDPOINTS = [
    ("ssh://host/", "ssh -L"), ("@host:2025", "no user"),
    ("::1:2025", "[ADDRESS]:PORT"), ("host:", "HOST:PORT"),
    (":2025", "HOST:PORT"), ("joe@", "socket file"),
]


@test("endpoints that are none, options, and where nothing listens")
def endpoints():
    for endpoint, part in ENDPOINTS:
        status, _, told = batch(endpoint, "pid")
        equal(status, USAGE, endpoint)
        holds(told, part)
    status, _, told = batch(FOLDER + "/none", "pid")
    equal(status, UNAVAILABLE)
    holds(told, "nothing listens there")
    equal(batch("--nonsense")[0], USAGE)
    holds(batch("--help")[1].decode(), "usage: ec_console")
    holds(batch("--version")[1].decode(), "ec_console 0.")
    # a command's words may look like options
    with Server(echo) as server:
        equal(batch(server.path, "set", "--help")[1], b"said: set --help\n")


main()
