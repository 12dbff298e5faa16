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
import shutil
import subprocess
import sys

import messages

HERE = os.path.dirname(os.path.abspath(__file__))
DOMAIN = "example.com"
SELECTOR = "dk"
JUDGE = ["/usr/bin/perl", os.path.join(HERE, "maildkim_judge.pl")]
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


def unended(text):
    """The body's last line has no CRLF."""
    body = text.partition(b"\r\n\r\n")[2]
    return body != b"" and not body.endswith(b"\r\n")


def fault_of(text, canon):
    """Where Mail::DKIM is known to be wrong, or None."""
    del canon
    if unended(text):
        return ("does not add the CRLF that every line has in canonical form "
                "(RFC 4870 section 3.4.2.1)")
    return None


def read(path):
    with open(path, "rb") as file:
        return file.read()


def write(path, text):
    with open(path, "wb") as file:
        file.write(text)


def run(command, lines):
    done = subprocess.run(command, input="\n".join(lines).encode() + b"\n",
                          stdout=subprocess.PIPE, check=False)
    said = done.stdout.decode(errors="replace").splitlines()
    return said + [f"ended with status {done.returncode}"] * (
        len(lines) - len(said))


class Rows:
    """TAP, with the plan at the end."""

    def __init__(self):
        self.count = self.failed = 0

    def row(self, name, problems):
        self.count += 1
        self.failed += bool(problems)
        print(f"{'not ok' if problems else 'ok'} {self.count} - {name}")
        for problem in problems:
            print(f"# {problem}")

    def end(self):
        print(f"1..{self.count}")
        return 1 if self.failed else 0


def make_key(mailseal, work):
    """The key file, and the file with its record."""
    subprocess.run([mailseal, "keygen", "--domain", DOMAIN, "--selector",
                    SELECTOR, "--type", "rsa", "--bits", "1024", "--out",
                    work], check=True, capture_output=True)
    text = read(os.path.join(work, SELECTOR + ".txt")).decode()
    record = "".join(re.findall(r'"([^"]*)"', text))
    record = record.replace("h=sha256; ", "").replace("v=DKIM1; ", "")
    keys = os.path.join(work, "keys.txt")
    write(keys, f"{SELECTOR}._domainkey.{DOMAIN}\t{record}\n".encode())
    return os.path.join(work, SELECTOR + ".key"), keys


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
    shutil.rmtree(work, ignore_errors=True)
    os.makedirs(work)
    pem, keys = make_key(mailseal, work)
    rows = Rows()
    corpus(rows, judged, work, folder)
    found = subprocess.run(["/usr/bin/perl", "-MMail::DKIM", "-e", "1"],
                           capture_output=True, check=False)
    if found.returncode != 0:
        print(f"ok {rows.count + 1} - judge Mail::DKIM # SKIP "
              "libmail-dkim-perl is not installed")
        rows.count += 1
        return rows.end()

    def ours(lines):
        return run([judged, keys], lines)

    def theirs(lines):
        return run(JUDGE + [keys], lines)

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
