"""Who may give console commands: names and passwords, roles, addresses.

usage: login_test.py MAILSEALD EC_CONSOLE
"""
import base64
import grp
import hashlib
import hmac
import json
import os
import pwd
import socket
import stat
import subprocess
import threading
import time

from scene import (CONF, CONFIG, CONSOLE, FOLDER, LISTEN, LOG, MAILSEALD,
                   PATIENCE, SOCKET, UNAVAILABLE, Daemon, check, console,
                   equal, holds, main, test, wait_for, write)
from tap import Skip

DENIED, NOPERM = 3, 77
REFUSAL = "Not Authorized for this command\n"
WANTED = "Authorization required for console session\n"
FAILED = "Authentication failed\n"
ME = pwd.getpwuid(os.geteuid()).pw_name
# whose files a daemon trusts that was started by root
OWNER = pwd.getpwnam("nobody").pw_uid if os.geteuid() == 0 else os.geteuid()


def md5(octets):
    return hashlib.md5(octets)


def hashed(user, realm, password):
    return md5(f"{user}:{realm}:{password}".encode()).hexdigest()


def secret(name, text, mode=0o600):
    """A file as a careful administrator leaves it."""
    path = os.path.join(FOLDER, name)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    os.chmod(path, mode)
    if os.geteuid() == 0:
        os.chown(path, OWNER, -1)
    return path


def free_port(host="127.0.0.1"):
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as s:
        s.bind((host, 0))
        return s.getsockname()[1]


class Wire:
    """The protocol, by hand."""

    def __init__(self, endpoint=SOCKET):
        if isinstance(endpoint, str):
            self.socket = socket.socket(socket.AF_UNIX)
        else:
            self.socket = socket.socket(socket.AF_INET6 if ":" in endpoint[0]
                                        else socket.AF_INET)
        self.socket.settimeout(PATIENCE)
        self.socket.connect(endpoint)
        self.file = self.socket.makefile("rb")
        self.greeting = self.file.readline().decode()

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        self.file.close()
        self.socket.close()

    def send(self, line):
        self.socket.sendall(line.encode() + b"\n")

    def answer(self):
        head = self.file.readline().split()
        if not head:
            return None
        return int(head[0]), self.file.read(int(head[1])).decode()

    def ask(self, line):
        self.send(line)
        return self.answer()

    def reply(self, octets):
        return self.ask(base64.b64encode(octets).decode())

    def is_over(self):
        """The server closes; waits for that."""
        try:
            return self.file.read(1) == b""
        except ConnectionResetError:
            return True

    def digest(self, user, password, change=lambda said: said):
        """RFC 2831, section 2.1.2.1; gives the verdict and rspauth."""
        status, challenge = self.ask(f"auth digest-md5 {user}")
        equal(status, 4)
        told = dict(part.split("=", 1) for part in challenge.split(","))
        realm, nonce = told["realm"].strip('"'), told["nonce"].strip('"')
        inner = (md5(f"{user}:{realm}:{password}".encode()).digest()
                 + f":{nonce}:mine".encode())

        def proof(method):
            return md5(
                f"{md5(inner).hexdigest()}:{nonce}:00000001:mine:auth:"
                f"{md5((method + ':mailseal/here').encode()).hexdigest()}"
                .encode()).hexdigest()

        said = (f'username="{user}",realm="{realm}",nonce="{nonce}",'
                'cnonce="mine",nc=00000001,qop=auth,'
                'digest-uri="mailseal/here",response='
                + proof("AUTHENTICATE"))
        return self.reply(change(said).encode()), f"rspauth={proof('')}\n"

    def cram(self, user, password):
        status, challenge = self.ask(f"auth cram-md5 {user}")
        equal(status, 4)
        digest = hmac.new(password.encode(), challenge.encode(), "md5")
        return self.reply(f"{user} {digest.hexdigest()}".encode())

    def login(self, user, password):
        equal(self.ask(f"auth login {user}"), (4, "Password:"))
        return self.reply(password.encode())


def tcp(rest, port=None):
    """A listener by TCP beside the socket file, and its address."""
    port = port or free_port()
    return f'Listen "127.0.0.1:{port}" {{ {rest} }} {LISTEN}', \
        ("127.0.0.1", port)


def log():
    with open(LOG, encoding="utf-8", errors="replace") as file:
        return file.read()


def digest_file(text):
    return (f'enable_authentication = true AuthDigestMD5Parameters = '
            f'[ uri = "digest://{secret("digest", text)}" ]')


ANN = f"# who\nann:console:{hashed('ann', 'console', 'sesame')}\n"


@test("DIGEST-MD5: no command before the password, every one after it")
def digest_md5():
    listen, address = tcp(digest_file(ANN))
    with Daemon(listen=listen) as process:
        with Wire(address) as wire:
            equal(wire.greeting.split(" ", 2)[2], "auth digest-md5\n")
            equal(wire.ask("auth"), (0, "digest-md5\n"))
            equal(wire.ask("pid"), (DENIED, WANTED))
            verdict, proof = wire.digest("ann", "sesame")
            equal(verdict, (0, proof))
            equal(wire.ask("pid"), (0, f"{process.pid}\n"))


@test("a wrong password, an unknown user and a response of somebody else's "
      "exchange are refused alike")
def refused():
    listen, address = tcp(digest_file(ANN))
    cases = (("ann", "Sesame", lambda said: said),
             ("bob", "sesame", lambda said: said),
             ("ann", "sesame",
              lambda said: said.replace('nonce="', 'nonce="0', 1)),
             ("ann", "sesame",
              lambda said: said.replace("nc=00000001", "nc=00000002")),
             ("ann", "sesame",
              lambda said: said.replace('username="ann"', 'username="bob"')),
             ("ann", "sesame", lambda said: said + ",nc=00000001"),
             ("ann", "sesame", lambda said: said[:-1]),
             ("ann", "sesame", lambda said: ""))
    came = []

    def attempt(case):
        with Wire(address) as wire:
            verdict, _ = wire.digest(*case)
            # the connection lives, and the right one is taken
            then, _ = wire.digest("ann", "sesame")
            came.append((verdict, then[0], wire.ask("pid")[0]))

    with Daemon(listen=listen):
        threads = [threading.Thread(target=attempt, args=(case,))
                   for case in cases]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        equal(came, [((DENIED, FAILED), 0, 0)] * len(cases))
        holds(log(), "127.0.0.1: user 'bob' is refused (digest-md5)")
        equal("esame" in log(), False)


@test("CRAM-MD5 and LOGIN: the password itself is in the file")
def cleartext():
    path = secret("words", "# ann's\nann:open: sesame\nbob:x\r\n")
    listen, address = tcp(
        "enable_authentication = true "
        f'AuthCramMD5Parameters = [ uri = "file://{path}" ] '
        f'AuthLoginParameters = [ uri = "file://{path}" '
        'log_authentication = "true" ]')
    with Daemon(listen=listen) as process:
        for mechanism in (Wire.cram, Wire.login):
            with Wire(address) as wire:
                equal(wire.greeting.split(" ", 2)[2], "auth cram-md5,login\n")
                equal(mechanism(wire, "ann", "open: sesame"), (0, ""))
                equal(wire.ask("pid"), (0, f"{process.pid}\n"))
            with Wire(address) as wire:
                equal(mechanism(wire, "bob", "x"), (0, ""))
                equal(mechanism(wire, "ann", "open:"), (DENIED, FAILED))
        holds(log(), "user 'ann' has logged in (login)")
        equal("has logged in (cram-md5)" in log(), False)
        equal("sesame" in log(), False)


@test("DIGEST-MD5 by stored_cleartext, LOGIN by hashes: both files do for both")
def both_files():
    words = secret("words", "ann:sesame\n")
    hashes = secret("digest", ANN)
    listen, address = tcp(
        "enable_authentication = true "
        f'AuthDigestMD5Parameters = [ uri = "file://{words}" '
        'stored_cleartext = "true" realm = "a \\"realm\\"" ] '
        f'AuthLoginParameters = [ uri = "digest://{hashes}" ]')
    with Daemon(listen=listen):
        with Wire(address) as wire:
            status, challenge = wire.ask("auth digest-md5 ann")
            equal(status, 4)
            holds(challenge, 'realm="a \\"realm\\""')
            equal(wire.reply(b"")[0], DENIED)
            equal(wire.login("ann", "sesame"), (0, ""))


@test("the realm is the one that is set, else the host's name, else the file's")
def realms():
    lines = (f"ann:first:{hashed('ann', 'first', 'one')}\n"
             f"ann:mx.test:{hashed('ann', 'mx.test', 'two')}\n"
             f"ann:third:{hashed('ann', 'third', 'three')}\n")
    path = secret("digest", lines)
    for rest, host, password in (("", "mx.test", "two"),
                                 ("", "other.test", "one"),
                                 ('realm = "third"', "mx.test", "three")):
        listen, address = tcp(
            "enable_authentication = true AuthDigestMD5Parameters = "
            f'[ uri = "digest://{path}" {rest} ]')
        with Daemon(listen=listen, text=f'Hostname = "{host}"\n'):
            with Wire(address) as wire:
                equal(wire.digest("ann", password)[0][0], 0, host + rest)


@test("a new user is one at once; a broken or open file lets nobody in")
def files_change():
    listen, address = tcp(digest_file(ANN))
    with Daemon(listen=listen), Wire(address) as wire:
        secret("digest", ANN + f"bob:console:{hashed('bob', 'console', 'b')}\n")
        equal(wire.digest("bob", "b")[0][0], 0)
        path = secret("digest", ANN + "bob\n")
        equal(wire.digest("ann", "sesame")[0], (DENIED, FAILED))
        holds(log(), f"'{path}' line 3 is not \"user:realm:hash\"")
        secret("digest", ANN, 0o644)
        equal(wire.digest("ann", "sesame")[0], (DENIED, FAILED))
        holds(log(), f"'{path}' may be read by everyone")


@test("ec_console logs in by each mechanism, and as another user at the file")
def by_console():
    digest = f'AuthDigestMD5Parameters = [ uri = "digest://{secret("d", ANN)}" ]'
    words = secret("words", "ann:sesame\n")
    cram = f'AuthCramMD5Parameters = [ uri = "file://{words}" ]'
    login = f'AuthLoginParameters = [ uri = "file://{words}" ]'
    right, wrong = secret("right", "sesame\n"), secret("wrong", "Sesame\n")
    for path in right, wrong:
        os.chown(path, os.geteuid(), -1)
    ports = [free_port() for _ in range(3)]
    listen = "".join(f'Listen "127.0.0.1:{port}" {{ {rest} }} ' for port, rest
                     in zip(ports, (digest + cram, cram + login, login)))
    listen += f'Listen "{SOCKET}" {{ {digest} }}'

    def run(endpoint, password):
        done = subprocess.run([CONSOLE, "--password-file", password,
                               endpoint, "authz id"], capture_output=True,
                              text=True, timeout=PATIENCE, check=False)
        return done.returncode, done.stdout + done.stderr

    with Daemon(listen=listen):
        for endpoint in [f"127.0.0.1:{port}" for port in ports] + [SOCKET]:
            status, told = run(f"ann@{endpoint}", right)
            equal(status, 0, told)
            holds(told, 'username="ann"')
        status, told = run(f"ann@127.0.0.1:{ports[0]}", wrong)
        equal(status, NOPERM, told)
        holds(told, "another password")
        equal("esame" in told + log(), False)


@test("the third attempt is the last one, and a line is one")
def attempts():
    listen, address = tcp(digest_file(ANN))
    with Daemon(listen=listen), Wire(address) as wire:
        equal(wire.ask("pid"), (DENIED, WANTED))
        began = time.monotonic()
        equal(wire.digest("ann", "no")[0], (DENIED, FAILED))
        equal(time.monotonic() - began >= 1, True, "a second has passed")
        equal(wire.ask("pid"), (DENIED, WANTED))
        equal(wire.is_over(), True)
        holds(log(), "closed, too many attempts to log in")


@test("who is idle, or does not log in, is closed after Timeout")
def timeouts():
    listen, address = tcp(digest_file(ANN))
    with Daemon(listen=f"timeout = 1 {listen}"):
        with Wire() as idle, Wire(address) as silent, \
                Wire(address) as talking:
            equal(idle.ask("pid")[0], 0)
            equal(talking.digest("ann", "sesame")[0][0], 0)
            equal(idle.is_over(), True)
            equal(silent.is_over(), True)
            equal(talking.is_over(), True)
        holds(log(), "127.0.0.1: nobody has logged in in time")


@test("files and parameters that are of no use are errors of the configuration")
def configuration():
    words = secret("words", "ann:sesame\n")
    opened = secret("opened", "ann:sesame\n", 0o644)
    broken = secret("broken", "# one\nann\n")
    clear = secret("clear", "ann:console:sesame\n")
    link = os.path.join(FOLDER, "link")
    os.symlink(words, link)
    for rest, told in (
            (f'AuthLoginParameters = [ uri = "file://{opened}" ]',
             "may be read by everyone"),
            (f'AuthLoginParameters = [ uri = "file://{broken}" ]',
             f"'{broken}' line 2 is not \"user:password\""),
            (f'AuthLoginParameters = [ uri = "file://{link}" ]',
             "is a symbolic link"),
            (f'AuthLoginParameters = [ uri = "file://{FOLDER}" ]',
             "is not a regular file"),
            ('AuthLoginParameters = [ uri = "file:///none" ]',
             "No such file"),
            (f'AuthDigestMD5Parameters = [ uri = "digest://{clear}" ]',
             "line 1 holds no MD5"),
            ('AuthDigestMD5Parameters = [ uri = "ecauth://" ]',
             'expected uri = "digest:///path"'),
            (f'AuthCramMD5Parameters = [ uri = "digest://{clear}" ]',
             "a file of hashes"),
            (f'AuthLoginParameters = [ uri = "file://{words}" relm = "x" ]',
             "a key that means nothing")):
        write(tcp("enable_authentication = true\n" + rest)[0])
        status, said = check()
        equal(status, CONFIG, rest)
        holds(said, told)
        holds(said, f"{CONF}:")
    # and where nothing is said, they turn it on
    write(tcp(f'AuthLoginParameters = [ uri = "file://{words}" ]')[0])
    equal(check()[0], 0)


@test("other machines: not without a password, and not with one in the clear "
      "unless it is said")
def other_machines():
    words = secret("words", "ann:sesame\n")
    login = f'AuthLoginParameters = [ uri = "file://{words}" %s ]'
    digest = digest_file(ANN)
    for rest, status in (
            (login % "", CONFIG),
            (login % 'allow_cleartext = "true"', 0),
            (digest, 0),
            (digest + ' Peer "10.0.0.0/8" { always_allow = true }', CONFIG),
            (digest + ' Peer "127.0.0.1" { always_allow = true }', 0),
            (digest + ' Peer "10.0.0.0/8" { enable_authentication = false }',
             CONFIG),
            ('always_deny = true Peer "::1" { always_deny = false }', 0),
            ('always_deny = true Peer "127.0.0.1" { always_deny = false '
             'always_allow = true }', 0),
            ('always_deny = true Peer "10.0.0.1" { always_deny = false }',
             CONFIG)):
        write(f'Listen "0.0.0.0:2025" {{ {rest} }}')
        equal(check()[0], status, rest)
    # LOGIN is offered to whom it is safe for
    port = free_port()
    with Daemon(listen=f'Listen "0.0.0.0:{port}" {{ {digest} {login % ""} }} '
                f"{LISTEN}"):
        with Wire(("127.0.0.1", port)) as wire:
            holds(wire.greeting, " auth digest-md5,login\n")


@test("the most specific Peer decides, and one within the Listen before others")
def peers():
    words = secret("words", "ann:sesame\n")
    listen, address = tcp(
        f'AuthLoginParameters = [ uri = "file://{words}" ] '
        'Peer "127.0.0.0/8" { always_deny = true } '
        'Peer "127.0.0.1" { always_deny = false always_allow = true }')
    with Daemon(listen=f'{listen} Peer "127.0.0.1" {{ always_allow = false }}'
                ) as process:
        with Wire(address) as wire:
            equal("auth" in wire.greeting, False)
            equal(wire.ask("pid"), (0, f"{process.pid}\n"))
            # who need not log in may
            equal(wire.login("ann", "sesame"), (0, ""))
            holds(wire.ask("authz id")[1], 'username="ann"')
        with socket.socket() as s:
            s.bind(("127.0.0.2", 0))
            s.connect(address)
            equal(s.recv(100), b"")
        holds(log(), "console from 127.0.0.2: denied by Always_Deny")


@test("a socket file's user is the system's, with roles like anybody")
def roles():
    groups = secret("groups", f"# roles\nreaders:x:bob,{ME}\nothers:eve\n",
                    0o644)
    text = ('Authorization {\n'
            ' Role "readers" { allow = ( "^pid$" "^config (get|eval) " ) }\n'
            ' Role "others" { allow = ( ".*" ) }\n}\n')
    listen = (f'Listen "{SOCKET}" {{ enable_authorization = true '
              'enable_authentication = true '
              f'AuthorizationParameters = [ uri = "groups://{groups}" ] }}')
    with Daemon(listen=listen, text=text) as process:
        with Wire() as wire:
            equal("auth" in wire.greeting, False)
            for line in ("pid", "  pid  ", "pid\r"):
                equal(wire.ask(line), (0, f"{process.pid}\n"))
            equal(wire.ask("json pid")[0], 0)
            equal(wire.ask("config  eval   timeout_that_is_none")[0], 2)
            for line in ("config set Hostname x", "shutdown", "PID", '"pid"',
                         "pid shutdown", "complete_not pid",
                         "authz roles list"):
                equal(wire.ask(line), (DENIED, REFUSAL), line)
            # in the form that is asked for
            status, told = wire.ask("json shutdown")
            equal((status, json.loads(told)),
                  (DENIED, {"ok": False, "text": REFUSAL}))
            equal(wire.ask("xml json pid"),
                  (DENIED, "<error>\n  <ok>false</ok>\n"
                           f"  <text>{REFUSAL}</text>\n</error>\n"))
            # without these nobody finds out what he may do
            holds(wire.ask("help")[1], "shutdown")
            equal(wire.ask("authz id"),
                  (0, f'<AuthzInformation username="{ME}">\n  <Roles>\n'
                      '    <Role name="readers"/>\n  </Roles>\n'
                      '</AuthzInformation>\n'))
            equal(wire.ask("complete pi"), (0, "pid\n"))
            equal(wire.ask("complete config show "), (0, ""))
            # the file is read anew
            secret("groups", f"others:{ME}\n", 0o644)
            equal(wire.ask("authz roles list"),
                  (0, '<Roles>\n <Role name="readers"/>\n'
                      ' <Role name="others"/>\n</Roles>\n'))
        equal(console("config eval Hostname")[0], 0)
        secret("groups", f"others:{ME}\n", 0o666)
        equal(console("pid"), (1, REFUSAL))
        holds(log(), "is not authorized: config set Hostname x")
        holds(log(), "may be written by everyone")


@test("a user's own name is a role, also of who has logged in")
def own_role():
    listen, address = tcp(digest_file(ANN) + " enable_authorization = true")
    with Daemon(listen=listen,
                text='Authorization { Role "ann" { allow = "^pid" } }\n'
                ) as process:
        with Wire(address) as wire:
            equal(wire.digest("ann", "sesame")[0][0], 0)
            equal(wire.ask("pid"), (0, f"{process.pid}\n"))
            equal(wire.ask("version"), (DENIED, REFUSAL))
        equal(console("version")[0], 0)


@test("expressions: a bad one is an error with its line, a slow one ends")
def expressions():
    write(text='Authorization {\n Role "x" {\n  allow = ( "^(" )\n }\n}\n')
    status, told = check()
    equal(status, CONFIG)
    holds(told, f"{CONF}:")
    holds(told, "'^('")
    with Daemon(listen=f"enable_authorization = true {LISTEN}",
                text=f'Authorization {{ Role "{ME}" {{ allow = '
                     '( "^(a+)+(a+)+$" "^pid$" ) } }\n'):
        with Wire() as wire:
            equal(wire.ask("a" * 5000 + "b"), (DENIED, REFUSAL))
            equal(wire.ask("pid")[0], 0)


@test("what a reload changes holds for connected consoles from the next "
      "command on")
def reload():
    with Daemon() as process:
        with Wire() as other, Wire() as wire:
            equal(wire.ask("pid")[0], 0)
            write(f"enable_authorization = true {LISTEN}",
                  f'Authorization {{ Role "{ME}" {{ allow = "^config" }} }}\n')
            equal(wire.ask("config reload")[0], 0)
            equal(other.ask("pid"), (DENIED, REFUSAL))
            write(f"always_deny = true {LISTEN}")
            equal(wire.ask("config reload")[0], 0)
            equal(other.ask("pid")[0], DENIED)
            equal(other.is_over(), True)
            # an error changes nothing, nobody comes in
            with Wire() as third:
                equal(third.greeting, "")
        equal(process.poll(), None)


@test("32 consoles are connected at a time, 24 of these by TCP")
def limits():
    listen, address = tcp("always_allow = true")
    with Daemon(listen=listen) as process:
        by_tcp = [Wire(address) for _ in range(24)]
        with Wire(address) as one_more:
            equal(one_more.greeting, "")
        by_file = [Wire() for _ in range(8)]
        with Wire() as one_more:
            equal(one_more.greeting, "")
        holds(log(), "127.0.0.1: 32 are connected, and that is the limit")
        equal(by_tcp[23].ask("pid"), (0, f"{process.pid}\n"))
        by_file[0].__exit__()
        wait_for(lambda: console("pid")[0] == 0, "room again")
        for wire in by_tcp + by_file[1:]:
            wire.__exit__()


@test("IPv6: [::1] is loopback, and Peer blocks count")
def ipv6():
    try:
        port, other = free_port("::1"), free_port("::")
    except OSError as error:
        raise Skip("IPv6") from error
    listen = (f'Listen "[::1]:{port}" {{ always_allow = true }} '
              f'Listen "[::]:{other}" {{ {digest_file(ANN)} '
              'Peer "::1" { always_deny = true } } '
              f'{LISTEN}')
    with Daemon(listen=listen) as process:
        with Wire(("::1", port)) as wire:
            equal(wire.ask("pid"), (0, f"{process.pid}\n"))
        equal(console("pid", endpoint=f"[::1]:{port}"),
              (0, f"{process.pid}\n"))
        with Wire(("::1", other)) as wire:
            equal(wire.greeting, "")
    write(f'Listen "[::]:{port}" {{ always_allow = true }}')
    equal(check()[0], CONFIG)


@test("the socket file has the mode and group that are set")
def file_rights():
    group = os.getgid()
    if os.geteuid() == 0:
        group = pwd.getpwnam("daemon").pw_gid
    name = grp.getgrgid(group).gr_name
    listen = (f'Listen "{SOCKET}" {{ file_mode = 0620 '
              f'file_group = "{name}" }}')
    with Daemon(listen=listen):
        st = os.stat(SOCKET)
        equal(stat.S_IMODE(st.st_mode), 0o620)
        equal((st.st_uid, st.st_gid), (OWNER, group))
    write(f'Listen "{SOCKET}" {{ file_group = "no-such-group" }}')
    status, told = check()
    equal(status, CONFIG)
    holds(told, "File_Group that does not exist")


def start_once():
    """A daemon that should not come up: its status and what it says."""
    done = subprocess.run([MAILSEALD, "-c", CONF, "-f"], capture_output=True,
                          text=True, timeout=PATIENCE, check=False)
    return done.returncode, done.stderr


@test("a socket file that a dead process left makes way, nothing else does")
def left_over():
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(SOCKET)
    with Daemon() as process:
        equal(console("pid"), (0, f"{process.pid}\n"))
    write()
    with socket.socket(socket.AF_UNIX) as alive:
        alive.bind(SOCKET)
        alive.listen()
        status, told = start_once()
        equal(status, UNAVAILABLE)
        with open(CONF, encoding="ascii") as file:
            last = len(file.readlines())
        holds(told, f"{CONF}:{last}: Control_Listener: '{SOCKET}' is served "
              "by another process")
    os.unlink(SOCKET)
    with open(SOCKET, "w", encoding="ascii") as file:
        file.write("precious")
    status, told = start_once()
    equal(status, UNAVAILABLE)
    holds(told, f"'{SOCKET}' is there, and is no socket")
    with open(SOCKET, encoding="ascii") as file:
        equal(file.read(), "precious")
    os.unlink(SOCKET)


@test("a Listen that is not enabled is not served, and there are at most 8")
def enabled():
    more = [f'Listen "{FOLDER}/more{n}" {{ }}' for n in range(7)]
    off = f'Listen "{FOLDER}/off" {{ enable = false }}'
    with Daemon(listen=" ".join([LISTEN, off, *more])):
        equal(console("pid", endpoint=f"{FOLDER}/more6")[0], 0)
        equal(os.path.exists(f"{FOLDER}/off"), False)
    write(" ".join([LISTEN, *more, off.replace("false", "true")]))
    status, told = check()
    equal(status, CONFIG)
    holds(told, "is one socket too many")


@test("a stop lets a command answer, and waits 5 seconds for one that does not "
      "end")
def stop():
    roles = "".join(f' Role "{n}" {{ allow = ".*" }}\n' for n in range(500))
    daemon = Daemon(text=f"Authorization {{\n{roles}}}\n")
    with daemon as process, Wire() as wire:
        # nobody reads: the answers do not fit, and the thread stands still
        wire.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        wire.socket.sendall(b"config showrecurse\n" * 200)
        wire.socket.recv(1, socket.MSG_PEEK)
        began = time.monotonic()
        process.terminate()
        equal(process.wait(PATIENCE), 0)
        equal(4 < time.monotonic() - began, True, "it waited")
        holds(log(), "a console command does not end")
    with daemon as process, Wire() as wire:
        wire.socket.sendall(b"config showrecurse\n" * 200)
        wire.answer()
        process.terminate()
        while wire.answer() is not None:
            pass
        equal(process.wait(PATIENCE), 0)


main()
