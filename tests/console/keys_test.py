"""Private keys that change on disk under a real mailseald: when the new one signs,
and what is said of one that cannot.

usage: keys_test.py MAILSEALD EC_CONSOLE MILTER_MTA OPENSSL MAILSEAL
"""
import base64
import os
import re
import subprocess
import sys

from scene import (FOLDER, LOG, PATIENCE, Daemon, console, equal, holds, main,
                   test, wait_for)

MILTER_MTA, OPENSSL, MAILSEAL = map(os.path.abspath, sys.argv[3:6])
KEY, MESSAGE, SIGNED = (f"{FOLDER}/{name}" for name in
                        ("s1.key", "message", "signed"))
KEPT, UNKEPT = "", "pos_keycache_ttl = 0 neg_keycache_ttl = 0"
FORMS = ("dkim_sign:one flush keycache", "dkim_sign flush keycache")


def stanza(more):
    return f'''masterdb_file = "{FOLDER}/ecdb"
dkim_sign "one" {{
  key = "{KEY}"
  selector = "s1"
  {more}
}}
'''


def openssl(*words, text=None):
    return subprocess.run([OPENSSL, *words], input=text, check=True,
                          capture_output=True, timeout=PATIENCE).stdout


def place(text, mode=0o600):
    """The key file is another one, with one step."""
    aside = KEY + ".new"
    with open(aside, "wb") as file:
        file.write(text)
    os.chmod(aside, mode)
    if os.geteuid() == 0:
        import pwd
        user = pwd.getpwnam("nobody")
        os.chown(aside, user.pw_uid, user.pw_gid)
    os.rename(aside, KEY)


class Key:
    """A key pair, and the zone that its public part would stand in."""

    def __init__(self, name):
        self.pem = openssl("genpkey", "-algorithm", "ed25519")
        public = openssl("pkey", "-pubout", "-outform", "DER",
                         text=self.pem)[-32:]
        self.zone = f"{FOLDER}/{name}.zone"
        with open(self.zone, "w", encoding="ascii") as file:
            file.write('s1._domainkey.a.test. 300 IN TXT "v=DKIM1; '
                       'k=ed25519; p='
                       f'{base64.b64encode(public).decode()}"\n')

    def has_signed(self):
        done = subprocess.run([MAILSEAL, "verify", "--zone", self.zone,
                               SIGNED], capture_output=True, text=True,
                              timeout=PATIENCE, check=False)
        return done.returncode == 0


OLD, NEW = Key("old"), Key("new")


def send():
    """A message from a.test; what was signed is in SIGNED."""
    with open(MESSAGE, "w", encoding="ascii", newline="") as file:
        file.write("From: x@a.test\r\nSubject: hello\r\n\r\nhello\r\n")
    done = subprocess.run([MILTER_MTA, f"unix:{FOLDER}/milter", "--from",
                           "x@a.test", "--output", SIGNED, MESSAGE],
                          capture_output=True, text=True, timeout=PATIENCE,
                          check=False)
    return done.returncode


def signed_by(key, about):
    """key None: nobody."""
    equal(send(), 0, about)
    if key is not None:
        equal(key.has_signed(), True, about)
        return
    with open(SIGNED, encoding="ascii") as file:
        equal("DKIM-Signature" in file.read(), False, about)


def flush(form):
    status, told = console(form)
    equal(status, 0, told)
    return int(re.fullmatch(r"flushed (\d+) entries from the keycache\n",
                            told)[1])


def log():
    with open(LOG, encoding="utf-8", errors="replace") as file:
        return file.read()


def clear_log():
    with open(LOG, "w", encoding="ascii"):
        pass


# what a key file may become, and what is said of it
def become_text():
    place(b"this is no key\n")
    return "s1.key': "


def become_half():
    place(NEW.pem[:len(NEW.pem) // 2])
    return "s1.key': "


def become_empty():
    place(b"")
    return "s1.key' is empty"


def become_open():
    place(NEW.pem, 0o644)
    return "s1.key' may be read by everyone"


def become_link():
    os.rename(KEY, f"{FOLDER}/real.key")
    os.symlink(f"{FOLDER}/real.key", KEY)
    return "s1.key' is a symbolic link"


def become_nothing():
    os.unlink(KEY)
    return "s1.key': No such file or directory"


BROKEN = (become_text, become_half, become_empty, become_open, become_link,
          become_nothing)
HALVES = BROKEN[:3]  # what a key that is being written may look like


@test("a replaced key signs after a flush, addressed in both forms")
def replaced():
    place(OLD.pem)
    with Daemon(text=stanza(KEPT)):
        signed_by(OLD, "the first")
        for form, key, before in ((FORMS[0], NEW, OLD), (FORMS[1], OLD, NEW)):
            place(key.pem)
            signed_by(before, "the one that is kept")
            equal(flush(form), 1, form)
            signed_by(key, form)
        equal(console("dkim_sign:two flush keycache")[0], 1)


@test("a replaced key signs as soon as its time in the cache is over")
def expired():
    place(OLD.pem)
    with Daemon(text=stanza(UNKEPT)):
        for key in (OLD, NEW, OLD):
            place(key.pem)
            signed_by(key, "the file's")


@test("a key that is broken, unsafe or gone signs nothing, and is reported")
def broken():
    place(OLD.pem)
    with Daemon(text=stanza(KEPT)):
        for become in BROKEN:
            place(OLD.pem)
            flush(FORMS[0])
            signed_by(OLD, "before " + become.__name__)
            words = become()
            signed_by(OLD, "kept while " + become.__name__)
            clear_log()
            flush(FORMS[1])
            signed_by(None, become.__name__)
            holds(log(), "dkim_sign:one: result=failed")
            holds(log(), words)
            if become is not become_half:  # the same words within a minute
                holds(log(), "dkim_sign:one: not signed for 'a.test': key "
                      "file '")
            status, told = console("dkim_sign:one stats")
            equal(status, 0)
            holds(told, "keycache_entries = 1\n")
            if become in HALVES:
                continue
            # it is remembered as bad until the next flush
            place(NEW.pem)
            signed_by(None, "remembered after " + become.__name__)
            equal(flush(FORMS[0]), 1)
            signed_by(NEW, "after " + become.__name__)


@test("a file that was read half written is read again, without a flush")
def whole_again():
    place(OLD.pem)
    with Daemon(text=stanza(KEPT)):
        for become in HALVES:
            flush(FORMS[0])
            become()
            signed_by(None, become.__name__)
            place(NEW.pem)

            def signs():
                equal(send(), 0, become.__name__)
                return NEW.has_signed()
            wait_for(signs, "the key that is whole after " + become.__name__)


@test("without a cache each message sees the file as it is")
def broken_unkept():
    place(OLD.pem)
    with Daemon(text=stanza(UNKEPT)):
        for become in (become_half, become_nothing):
            place(OLD.pem)
            signed_by(OLD, "before " + become.__name__)
            clear_log()
            words = become()
            signed_by(None, become.__name__)
            holds(log(), words)
        place(NEW.pem)
        signed_by(NEW, "at the end")


@test("with sign_failure = tempfail a broken key defers mail until it is right")
def deferred():
    place(OLD.pem)
    with Daemon(text=stanza("sign_failure = tempfail")):
        signed_by(OLD, "the first")
        become_half()
        flush(FORMS[0])
        equal(send(), 75)
        place(NEW.pem)
        flush(FORMS[0])
        signed_by(NEW, "the next")


@test("a reload reads keys again as well")
def reloaded():
    place(OLD.pem)
    with Daemon(text=stanza(KEPT)):
        signed_by(OLD, "the first")
        place(NEW.pem)
        equal(console("config reload")[0], 0)
        signed_by(NEW, "after the reload")


main()
