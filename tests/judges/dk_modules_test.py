#!/usr/bin/python3
"""dk_modules_test.py: dk_sign and dk_validate in the whole host, with
Mail::DKIM, both ways, and the DomainKeys messages of the corpus.

Usage: dk_modules_test.py MAILSEALD MODULES MAILSEAL WORK CORPUS [--quick]

Each message goes through `mailseald --inject`.  MODULES is the folder of the
build tree that they are in; MAILSEAL makes the key; files go to WORK, which is
emptied first.  --quick takes every fourth message: under a sanitizer a process
costs more.

Prints TAP, a row for each shape of message and direction.
"""

import os
import re
import subprocess
import sys

from dk_tools import (DOMAIN, SELECTOR, maildkim, make_key, new_folder,
                      read, unended, write)
import messages
from rows import Rows

# What a DomainKeys message of the corpus comes to: DomainKey-Status, and
# dk_status.
CORPUS = {
    "james-gamma_gmail.com": ("good", "good"),
    "james-pmta_myspace.com": ("good", "good"),
    "maildkim-good_dk_5": ("bad", "bad (no key)"),
    "maildkim-bad_dk_4": ("bad", "bad (unsupported query type)"),
    "maildkim-bad_dk_5": ("bad", "bad (unsupported query type)"),
}

# Those that Mail::DKIM has in its own suite, of Yahoo!, Gmail and its author's
# university, with their keys; it and we differ where a row says so.
GOOD, BAD = ("good", "good"), ("bad", "bad")
OLD = [
    ("bad_dk_1", BAD, ""),  # signed by another domain
    ("bad_dk_2", BAD, ""),  # a Sender was added
    ("bad_dk_3", GOOD, ""),  # no q=: that is "dns"
    ("dk_headers_1", GOOD, ""),
    # a Sender without an address was added: Mail::DKIM goes by From then
    ("dk_headers_2", BAD, ""),
    ("dk_multiple_1", GOOD, ""),
    ("good_dk_1", GOOD, ""),
    ("good_dk_2", GOOD, ""),
    ("good_dk_3", GOOD, ""),  # g= with the From address
    ("good_dk_4", GOOD, ""),  # g= with the Sender address
    ("good_dk_5", BAD, ""),  # an empty g= is nobody to the published module
    ("good_dk_5", GOOD, "empty_granularity = everybody"),  # and to RFC 4870
    ("good_dk_6", GOOD, ""),  # no h=
    ("good_dk_7", GOOD, ""),  # domains in other letters
    ("good_dk_gmail", GOOD, ""),
    ("good_dk_yahoo", GOOD, ""),
]


class Host:
    """A configuration, and messages through it."""

    def __init__(self, mailseald, work, name, text):
        self.command = [mailseald, "-c", os.path.join(work, name + ".conf"),
                        "--from", "ann@example.com", "--rcpt",
                        "bob@example.net"]
        write(self.command[2], text.encode())

    def run(self, path):
        """What comes out, and what was said of it."""
        done = subprocess.run(self.command + ["--inject", path],
                              capture_output=True, timeout=60, check=False)
        return done.stdout, done.stderr.decode(errors="replace").strip()


def value_of(text, name):
    """The value of the only field of that name, or "none"."""
    found = re.findall(rb"^" + name.encode() + rb": ?([^\r\n]*)",
                       text.partition(b"\n\r\n")[0], re.M | re.I)
    return found[0].decode() if len(found) == 1 else "none"


def status_of(text):
    return value_of(text, "DomainKey-Status")


def ours_to_theirs(rows, work, host, jobs, keys):
    """Signed twice with DomainKeys and once with DKIM, and still the same
    message below."""
    signed, problems = [], {}
    for name, plain in jobs:
        text, said = host.run(plain)
        problems[name] = []
        if not text.endswith(read(plain)) or text == read(plain):
            problems[name].append(f"not signed, or changed: {said}")
            continue
        out = plain + ".ours"
        write(out, text)
        signed.append((name, out))
    for (name, path), word in zip(signed, maildkim(keys, [
            f"verify\t{path}" for _, path in signed])):
        if word != "pass":
            problems[name].append(f"{path}: {word}")
    for name, found in problems.items():
        rows.row(f"dk_sign and dkim_sign sign, Mail::DKIM verifies: {name}",
                 found)


def theirs_to_ours(rows, work, host, jobs, keys, pem):
    lines, signed = [], []
    for i, (name, plain) in enumerate(jobs):
        names = ["", "Sender:From:Subject:Received"][i % 2]
        canon = ["nofws", "simple"][i // 2 % 2]
        field = plain + ".field"
        lines.append("\t".join(["sign-dk", plain, field, DOMAIN, SELECTOR,
                                pem, canon, names]))
        signed.append((name, plain, field, f"{canon} '{names}'"))
    for (name, plain, field, how), word in zip(signed,
                                               maildkim(keys, lines)):
        found = []
        if word != "pass":
            found.append(f"{how}: Mail::DKIM did not sign: {word}")
        else:
            write(plain + ".theirs", read(field) + read(plain))
            text, said = host.run(plain + ".theirs")
            if status_of(text) != "good":
                found.append(f"{how}: {status_of(text)}: {said}")
        rows.row(f"Mail::DKIM signs, dk_validate verifies: {name}", found)


def corpus(rows, mailseald, work, modules, folder):
    """The script tells dk_status in a field of its own."""
    def judged(name, path, zone, wanted, options):
        host = Host(mailseald, work, os.path.basename(path), f"""
            module_path = ( "{modules}" )
            dns_zone_file = "{os.path.join(folder, zone)}"
            dk_validate "v" {{ debug_level = DEBUG min_key_bits = 512
                {options} }}
            script_path = ( "{work}" )
            scriptlet "scriptlet" {{
                script "told" {{ source = "told" }}
            }}
            """)
        text, said = host.run(path + ".eml")
        found = (status_of(text), value_of(text, "X-Told") if text else said)
        rows.row(f"corpus: {name}",
                 [] if found == wanted else [f"{found}, wanted {wanted}"])

    for name, wanted in CORPUS.items():
        path = os.path.join(folder, "cases", name)
        zone = re.search(rb'"zone": "([^"]*)"', read(path + ".json"))[1]
        judged(name, path, zone.decode(), wanted, "")
    for name, wanted, options in OLD:
        judged(" ".join(["maildkim", name, options]).rstrip(),
               os.path.join(folder, "domainkeys", "maildkim-" + name),
               "domainkeys/keys.zone", wanted, options)


TOLD = """
require("msys.core")
local told = {}
function told:validate_data_spool_each_rcpt(msg, ac, vctx)
  msg:header("X-Told",
      msg:context_get(msys.core.ECMESS_CTX_MESS, "dk_status"))
end
msys.registerModule("told", told)
"""


def main(mailseald, modules, mailseal, work, folder, quick):
    work = new_folder(work)
    modules, folder = os.path.abspath(modules), os.path.abspath(folder)
    pem, keys = make_key(mailseal, work)
    write(os.path.join(work, "told.lua"), TOLD.encode())
    rows = Rows()
    corpus(rows, mailseald, work, modules, folder)
    if maildkim(keys, None) is None:
        rows.skip("judge Mail::DKIM", "libmail-dkim-perl is not installed")
        return rows.end()
    jobs = []
    for i, (name, text) in enumerate(messages.shapes()):
        # Mail::DKIM does not add the CRLF that every line has in canonical
        # form (RFC 4870 section 3.4.2.1)
        if unended(text) or quick and i % 4 > 0:
            continue
        jobs.append((name, os.path.join(work, f"mail-{i:02d}.eml")))
        write(jobs[-1][1], text)
    zone = os.path.join(work, SELECTOR + ".zone")
    name, text = read(keys).decode().rstrip("\n").split("\t")
    write(zone, f"{name}. 300 IN TXT ( ".encode() + b" ".join(
        f'"{text[i:i + 200]}"'.encode() for i in range(0, len(text), 200))
        + b" )\n")
    signing = f'selector = {SELECTOR} key = "{pem}"'
    ours_to_theirs(rows, work, Host(mailseald, work, "signing", f"""
        module_path = ( "{modules}" )
        dk_sign "one" {{ {signing} }}
        dkim_sign "dkim" {{ {signing} }}
        dk_sign "two" {{ {signing} canon = simple
            headerlist = "Received:Subject:From" }}
        """), jobs, keys)
    theirs_to_ours(rows, work, Host(mailseald, work, "validating", f"""
        module_path = ( "{modules}" )
        dns_zone_file = "{zone}"
        dk_validate "v" {{ debug_level = DEBUG
            max_header_size = 1048576 }}
        """), jobs, keys, pem)
    return rows.end()


if len(sys.argv) not in (6, 7):
    sys.exit(__doc__)
sys.exit(main(*sys.argv[1:6], "--quick" in sys.argv))
