"""What docs/operating.md tells to do is done here, with its own words: a key is
rotated while mail is signed, and every message verifies.

The commands of the blocks marked "rotation" are run one after the other as they
stand, but for the user, the paths and systemd.  "rotation-conf" goes to the end
of the configuration.  Console commands of the page are given to the daemon.

usage: operating_test.py MAILSEALD MAILSEAL MILTER_MTA EC_CONSOLE CONF.D PAGE
"""
import os
import pwd
import re
import signal
import socket
import subprocess
import sys
import threading
import time

sys.dont_write_bytecode = True  # the source tree stays as it is

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "cli"))

from tap import equal, holds, main, test

MAILSEALD, MAILSEAL, MILTER_MTA, CONSOLE, CONF_D, PAGE = map(
    os.path.abspath, sys.argv[1:])
PATIENCE = 60  # seconds, on a machine that is busy
DOMAIN = "example.com"
MESSAGE = ("From: ann@example.com\r\nTo: bob@example.net\r\nSubject: hello\r\n"
           "\r\nHello.\r\n")


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def add(path, text):
    with open(path, "a", encoding="utf-8") as file:
        file.write(text)


def blocks(kind):
    return re.findall(f"^```{kind}\n(.*?)^```$", read(PAGE), re.M | re.S)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def run(command):
    return subprocess.run(command, shell=True, capture_output=True, text=True,
                          timeout=PATIENCE, check=False)


class Scene:
    """An installation of one's own, in this folder."""

    def __init__(self):
        self.port, self.here = free_port(), os.getcwd()
        os.makedirs(f"keys/{DOMAIN}", 0o700)
        for path in os.listdir(CONF_D):
            if path.endswith(".conf"):
                text = read(f"{CONF_D}/{path}")
                for folder in ("/etc", "/run", "/var/lib"):
                    text = text.replace(f"{folder}/mailseal", self.here)
                text = text.replace('#include "oper', 'include "oper')
                text = text.replace("127.0.0.1:9108",
                                    f"127.0.0.1:{free_port()}")
                add(path, text.replace(":8895@", f":{self.port}@"))
        user = pwd.getpwuid(os.getuid()).pw_name
        add("ecelerity.conf", f'''
{f'user = "{user}"' if os.getuid() == 0 else ""}
paniclog = "{self.here}/paniclog"
dns_zone_file = "{self.here}/zone"
''')
        for kind in ("rsa", "ed25519"):
            self.publish(self.do("mailseal keygen --domain example.com "
                                 f"--selector {kind} --type {kind} --out "
                                 f"/etc/mailseal/keys/{DOMAIN}"))
        with open("message.eml", "w", encoding="ascii", newline="") as file:
            file.write(MESSAGE)

    def publish(self, record):
        holds(record, "_domainkey.example.com.")
        add("zone", record)

    def do(self, line):
        """A command of the page, on this scene; what it prints."""
        if line == "systemctl reload mailseald":
            before = read("paniclog").count("was loaded again")
            os.kill(self.process.pid, signal.SIGHUP)
            self.wait_for(lambda: read("paniclog").count(
                "was loaded again") > before)
            return ""
        line = line.replace("runuser -u mailseal -- ", "")
        line = line.replace("/etc/mailseal", self.here)
        line = re.sub(r"^mailseald\b", MAILSEALD, line)
        line = re.sub(r"^mailseal (key|verify)\b",
                      rf"{MAILSEAL} \1 --zone {self.here}/zone", line)
        line = re.sub(r"^mailseal\b", MAILSEAL, line)
        done = run(line)
        equal(done.returncode, 0, f"{line}: {done.stdout}{done.stderr}")
        return done.stdout

    def wait_for(self, happens):
        end = time.monotonic() + PATIENCE
        while not happens():
            equal(self.process.poll(), None, read("stderr"))
            assert time.monotonic() < end, "waited in vain"
            time.sleep(0.02)

    def __enter__(self):
        with open("stderr", "wb") as err:
            self.process = subprocess.Popen(
                [MAILSEALD, "-c", "ecelerity.conf", "-f"], stderr=err,
                stdin=subprocess.DEVNULL)
        self.wait_for(lambda: os.path.exists("control") and run(
            f"{MILTER_MTA} inet:{self.port}@127.0.0.1 --health-check"
        ).returncode == 0)
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(PATIENCE)


class Mail(threading.Thread):
    """Sends, until it is told to stop; what came out is in files."""

    def __init__(self, scene):
        super().__init__()
        self.scene, self.files, self.over = scene, [], threading.Event()
        self.wrong = []

    def run(self):
        while not self.over.is_set():
            name = f"out.{len(self.files)}.eml"
            done = run(f"{MILTER_MTA} inet:{self.scene.port}@127.0.0.1 --from "
                       "ann@example.com --rcpt bob@example.net "
                       f"--output {name} message.eml")
            if done.returncode != 0:
                self.wrong.append(done.stdout + done.stderr)
            self.files.append(name)

    def count(self):
        return len(self.files)


@test("a key is rotated as the page says, and no message is unsigned")
def rotation():
    commands = [line for block in blocks("rotation")
                for line in block.splitlines()]
    equal(len(commands), 6, "the page has the commands")
    scene = Scene()
    with scene:
        mail = Mail(scene)
        mail.start()
        try:
            for line in commands:
                if "mailseald -c" in line:  # step 4 is next
                    add("ecelerity.conf", blocks("rotation-conf")[0])
                told = scene.do(line)
                if "keygen" in line:
                    scene.publish(told)
            until = mail.count() + 3
            scene.wait_for(lambda: mail.count() >= until)
        finally:
            mail.over.set()
            mail.join()
        equal(mail.wrong, [])
        used = set()
        for name in mail.files:
            told = scene.do(f"mailseal verify {name}").splitlines()
            equal([line.split()[0] for line in told], ["pass", "pass"], name)
            used |= set(re.findall(r" s=(\w+)", "\n".join(told)))
        equal(used, {"rsa", "rsa2027", "ed25519"})
        (last,) = re.findall(r" s=(rsa\w*)", "\n".join(told))
        equal(last, "rsa2027", "the last is signed with the new key")


@test("the console commands of the page are commands")
def console():
    lines = re.findall(r"^    ec_console /run/mailseal/control (.*)$",
                       read(PAGE), re.M)
    assert len(lines) >= 3, lines
    with Scene() as scene:
        for line in lines:
            done = run(f"{CONSOLE} {scene.here}/control {line}")
            equal(done.returncode, 0, f"{line}: {done.stdout}{done.stderr}")


@test("the options that the page names are those of the programs")
def options():
    text = read(PAGE)
    for program, words in re.findall(
            r"^ {0,4}(?:runuser -u mailseal -- )?(mailseald?)"
            r"((?: [^\n`|]+)+)$", text, re.M):
        words = words.split()
        if program == "mailseald":
            known = run(f"{MAILSEALD} --help").stdout
        else:
            known = run(f"{MAILSEAL} {words[0]} --help").stdout
            holds(known, f"usage: mailseal {words[0]}")
        for option in re.findall(r" (--[a-z-]+)", " " + " ".join(words)):
            holds(known, option, f"{program} {words}")


@test("what it shows of mailseal explain is what that says")
def explained():
    (shown,) = re.findall(r"(?m)^(    4bXyZ1, .*\n(?:      .*\n)+)",
                          read(PAGE))
    add("log", "[Sun 22 Nov 2026 22:16:40] [info] 4bXyZ1: dkim_sign:rsa: "
        "result=unsigned from=example.com scope=stanza condition=can_relay "
        'reason="sign_condition is in neither context" us=4\n')
    told = run(f"{MAILSEAL} explain 4bXyZ1 log").stdout
    holds(told, re.sub(r"(?m)^    ", "", shown))


if __name__ == "__main__":
    main()
