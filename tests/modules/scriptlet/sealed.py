"""Keys of a.test and other.test, made once for a test program, and letters that
are signed with them.

Selectors: rsa and ed are good, testing is in test mode (t=y), strict is not for
subdomains (t=s), revoked has an empty p=, gone has no record.  The program is run with MAILSEALD MAILSEAL.
"""
import atexit
import os
import shutil
import subprocess
import sys
import tempfile

MAILSEAL = os.path.abspath(sys.argv[2])
KEYS = tempfile.mkdtemp(prefix="mailseal-keys-")
atexit.register(shutil.rmtree, KEYS)
ZONE = os.path.join(KEYS, "keys.zone")

LETTER = (b"Received: from a by b\r\n"
          b"From: Ann <ann@a.test>\r\n"
          b"To: bob@b.test\r\n"
          b"Subject: a letter\r\n"
          b"Date: Thu, 01 Jan 2026 12:00:00 +0000\r\n"
          b"Message-ID: <1@a.test>\r\n"
          b"\r\n"
          b"Dear Bob,\r\n"
          b".and so on\r\n")


def mailseal(*arguments):
    return subprocess.run([MAILSEAL, *arguments], capture_output=True,
                          timeout=60, check=True).stdout


def make_key(domain, selector, kind="rsa", more="", record=None):
    folder = os.path.join(KEYS, domain)
    os.makedirs(folder, exist_ok=True)
    mailseal("keygen", "--domain", domain, "--selector", selector, "--type",
             kind, "--out", folder)
    if record is None:
        with open(f"{folder}/{selector}.txt", encoding="utf-8") as file:
            record = file.read().replace("v=DKIM1; ", "v=DKIM1; " + more, 1)
    with open(ZONE, "a", encoding="utf-8") as file:
        file.write(record)


def make_keys():
    make_key("a.test", "rsa")
    make_key("a.test", "ed", "ed25519")
    make_key("a.test", "testing", "ed25519", "t=y; ")
    make_key("a.test", "strict", "ed25519", "t=s; ")
    make_key("a.test", "revoked", "ed25519", record=
          'revoked._domainkey.a.test. IN TXT "v=DKIM1; p="\n')
    make_key("a.test", "gone", "ed25519", record="")
    make_key("other.test", "ed", "ed25519")


def signed(*selectors, mail=LETTER, domain="a.test", more=()):
    """The mail with a signature for each selector."""
    path = os.path.join(KEYS, "mail")
    with open(path, "wb") as file:
        file.write(mail)
    keys = []
    for selector in selectors or ("rsa",):
        keys += ["--selector", selector, "--key",
                 f"{KEYS}/{domain}/{selector}.key"]
    return mailseal("sign", "--domain", domain, *keys, *more, path)


def tampered(mail):
    return mail.replace(b"Dear Bob", b"Dear Bab")


def validating(more=""):
    return (f'dns_zone_file = "{ZONE}"\nhostname = "mx.b.test"\n'
            f'dkim_validate "v" {{ {more} }}\n')


def signing(more="", selector="rsa"):
    return (f'dkim_sign "s" {{ selector = "{selector}" '
            f'key = "{KEYS}/%{{d}}/%{{s}}.key" {more} }}\n')


make_keys()
