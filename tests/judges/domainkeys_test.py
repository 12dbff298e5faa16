#!/usr/bin/python3
"""domainkeys_test.py: DomainKeys with Mail::DKIM, both ways, and the corpus.

Usage: domainkeys_test.py JUDGED MAILSEAL WORK CORPUS

JUDGED is the program built of domainkeys_judged.c; MAILSEAL makes the key.
Messages come from messages.py; files go to WORK, which is emptied first.
CORPUS is the folder with DomainKeys messages that others made, years ago.

Prints TAP, a row for each shape of message and direction.
"""

import os
import re
import sys

from dk_tools import (DOMAIN, SELECTOR, maildkim, make_key, new_folder,
                      read, run, unended, write)
import messages
from rows import Rows

# With Sender, which must be signed where it is the sender's field.
LISTS = ["Sender:From:Subject:Received",
         "received:to:from:comments:date:comments:sender"]

# What the corpus's DomainKeys messages come to: (reason, dk_status).
CORPUS = {
    # Google's and MySpace's own, of 2009
    "james-gamma_gmail.com": ("ok", "good"),
    "james-pmta_myspace.com": ("ok", "good"),
    # the key of this one was not kept
    "maildkim-good_dk_5": ("key-not-found", "bad (no key)"),
    "maildkim-bad_dk_4": ("unknown-query-method",
                          "bad (unsupported query type)"),
    "maildkim-bad_dk_5": ("unknown-query-method",
                          "bad (unsupported query type)"),
}


def fault_of(text, canon):
    """Where Mail::DKIM is known to be wrong, or None."""
    del canon
    if unended(text):
        return ("does not add the CRLF that every line has in canonical form "
                "(RFC 4870 section 3.4.2.1)")
    return None


def jobs_of(work, prefix, hows):
    """(shape, canon, how, plain, field, signed) for every message and way."""
    for i, (name, text) in enumerate(messages.shapes()):
        plain = os.path.join(work, f"mail-{i:02d}.eml")
        write(plain, text)
        for canon in ("simple", "nofws"):
            for j, how in enumerate(hows):
                where = os.path.join(work, f"{prefix}-{i:02d}-{canon}-{j}")
                yield name, canon, how, plain, where + ".field", where + ".eml"


def round_trip(rows, title, jobs, sign, verify):
    jobs = list(jobs)
    said = sign(jobs)
    problems, sound, skipped = {}, [], 0
    for job, word in zip(jobs, said):
        name, canon, how, plain, field, signed = job
        problems.setdefault(name, [])
        if fault_of(read(plain), canon) is not None:
            skipped += 1
        elif word != "pass":
            problems[name].append(f"{canon} {how}: not signed: {word}")
        else:
            write(signed, read(field) + read(plain))
            sound.append(job)
    for job, word in zip(sound, verify([job[5] for job in sound])):
        if word.split("\t")[0] not in ("pass", "ok"):
            problems[job[0]].append(f"{job[1]} {job[2]} ({job[5]}): {word}")
    if skipped:
        print(f"# {title}: {skipped} messages not counted: Mail::DKIM does "
              "not add the CRLF that every line has in canonical form "
              "(RFC 4870 section 3.4.2.1)")
    for name, found in problems.items():
        rows.row(f"{title}: {name}", found)


def zone_records(path):
    """name -> text of the TXT records in a zone file of the corpus."""
    found = {}
    for line in read(path).decode(errors="replace").splitlines():
        match = re.match(r"(\S+?)\.?\s+\d+\s+IN\s+TXT\s+(.*)", line)
        if match:
            found[match[1].lower()] = "".join(
                re.findall(r'"([^"]*)"', match[2]))
    return found


def corpus(rows, judged, work, folder):
    for name, wanted in CORPUS.items():
        path = os.path.join(folder, "cases", name)
        zone = re.search(rb'"zone": "([^"]*)"', read(path + ".json"))[1]
        keys = os.path.join(work, name + ".keys")
        write(keys, "".join(
            f"{key}\t{text}\n" for key, text in zone_records(
                os.path.join(folder, zone.decode())).items()).encode())
        said = tuple(run([judged, keys],
                         [f"verify\t{path}.eml"])[0].split("\t"))
        rows.row(f"corpus: {name}",
                 [] if said == wanted else [f"{said}, wanted {wanted}"])


def main(judged, mailseal, work, folder):
    work = new_folder(work)
    pem, keys = make_key(mailseal, work)
    rows = Rows()
    corpus(rows, judged, work, folder)
    if maildkim(keys, None) is None:
        rows.skip("judge Mail::DKIM", "libmail-dkim-perl is not installed")
        return rows.end()

    def ours(lines):
        return run([judged, keys], lines)

    def theirs(lines):
        return maildkim(keys, lines)

    round_trip(
        rows, "libseal signs, Mail::DKIM verifies",
        jobs_of(work, "ours", ["all", "bare"] + LISTS),
        lambda jobs: ours(["\t".join(
            ["sign", job[3], job[4], DOMAIN, SELECTOR, pem, job[1], job[2]])
            for job in jobs]),
        lambda paths: theirs([f"verify\t{path}" for path in paths]))
    round_trip(
        rows, "Mail::DKIM signs, libseal verifies",
        jobs_of(work, "theirs", [""] + LISTS),
        lambda jobs: theirs(["\t".join(
            ["sign-dk", job[3], job[4], DOMAIN, SELECTOR, pem, job[1],
             job[2]]) for job in jobs]),
        lambda paths: ours([f"verify\t{path}" for path in paths]))
    return rows.end()


if len(sys.argv) != 5:
    sys.exit(__doc__)
sys.exit(main(*sys.argv[1:]))
