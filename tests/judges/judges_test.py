#!/usr/bin/python3
"""judges_test.py: what mailseal signs, others verify, and the other way round.

Usage: judges_test.py MAILSEAL OPENDKIM_JUDGE WORK [--quick]

The judges are dkimpy, Mail::DKIM and libopendkim (OPENDKIM_JUDGE is the
program built of opendkim_judge.c, or "-").  Messages come from messages.py.
Files go to WORK, which is emptied first; keys are made there.  Nothing is
asked of the DNS or, but for what Mail::DKIM does with x=, of the clock.
--quick takes one canonicalization for each message in place of four.

Prints TAP, a row for each shape of message, judge and direction.
"""

import argparse
import base64
import collections
import concurrent.futures
import json
import os
import re
import shutil
import subprocess
import sys
import types

import messages
from rows import Rows

HERE = os.path.dirname(os.path.abspath(__file__))
DOMAIN = "example.com"
NOW = 1700000000  # past for every clock, for the judges that look at theirs
LIFETIME = 1500000000  # from NOW into 2071
CANONS = ["simple/simple", "simple/relaxed", "relaxed/simple",
          "relaxed/relaxed"]
ALGORITHMS = {"rsa-sha256": "rsa", "ed25519-sha256": "ed"}  # and selectors

# Options of "mailseal sign" that are taken in turn.
SIGN_OPTIONS = [
    [],
    ["--identity", f"joe@sub.{DOMAIN}"],
    ["--expire", str(LIFETIME)],
    ["--body-length"],
    ["--copy-headers"],
    ["--headers", "From*:Subject*:Received+:Comments?:X-Absent:Date"],
    ["--headers", "received:FROM:from:Keywords+:X-Empty:X-Tab?:to:To:Comments*"],
    ["--headers", "From", "--identity", f"=joe, j@{DOMAIN}"],
    ["--expire", str(LIFETIME), "--body-length", "--copy-headers"],
]


def unended(job):
    """The body's last line has no CRLF."""
    body = job.text.partition(b"\r\n\r\n")[2]
    return body != b"" and not body.endswith(b"\r\n")


def spaced_name(job):
    """White space between a field's name and its colon."""
    header = job.text.partition(b"\r\n\r\n")[0]
    return re.search(rb"^[!-9;-~]+[ \t]+:", header, re.MULTILINE) is not None


# Where a judge is known to be wrong: (judge, who signs, when, why).  What it
# says there does not count, and is told in a comment.
FAULTS = [
    ("Mail::DKIM", "either",
     lambda job: unended(job) and job.canon.endswith("/simple"),
     "does not add the CRLF that a body without one has at its end in "
     "canonical form (RFC 6376 section 3.4.3)"),
    ("dkimpy", "either",
     lambda job: unended(job) and job.canon.endswith("/relaxed")
     and job.text.endswith((b" ", b"\t")),
     "keeps white space at the end of a last line without CRLF; RFC 6376 "
     "section 3.4.4 ignores it at the end of every line"),
    ("libopendkim", "either",
     lambda job: unended(job) and job.canon.endswith("/relaxed"),
     "wants a CRLF at the end of the body where RFC 6376 section 3.4.4 adds "
     "one"),
    ("libopendkim", "either", spaced_name,
     "refuses white space before the colon, which RFC 6376 section 3.4.2 "
     "tells to delete (RFC 5322 section 4.5.8 has it)"),
    ("dkimpy", "either", spaced_name,
     "refuses white space before the colon, as libopendkim does"),
    ("libopendkim", "judge",
     lambda job: job.algorithm == "ed25519-sha256"
     and job.canon.startswith("simple/"),
     "makes Ed25519 signatures over simple header fields that it does not "
     "verify itself"),
]


def fault_of(judge, signer, job):
    """Why the judge's word does not count, or None."""
    for name, side, applies, why in FAULTS:
        if name == judge and side in ("either", signer) and applies(job):
            return why
    return None


class Dkimpy:
    name = "dkimpy"
    package = "python3-dkim"
    options = ["plain", "identity", "length"]

    def __init__(self, keys):
        self.keys = keys
        try:
            import dkim
            self.dkim = dkim
            dkim.time = types.SimpleNamespace(time=lambda: NOW)
            self.algorithms = ["rsa-sha256"]
            import nacl.signing  # noqa: F401, pylint: disable=unused-import
            self.algorithms.append("ed25519-sha256")
        except ImportError:
            self.algorithms = []

    def look_up(self, name, timeout=5):
        del timeout
        return self.keys.records.get(name.decode().rstrip(".").lower(),
                                     "").encode()

    def verify(self, paths):
        return [self.verdict(path) for path in paths]

    def verdict(self, path):
        try:
            message = self.dkim.DKIM(read(path), logger=SILENT)
            count = sum(name.lower() == b"dkim-signature"
                        for name, _ in message.headers)
            good = [message.verify(i, dnsfunc=self.look_up)
                    for i in range(count)]
        except self.dkim.DKIMException as error:
            return str(error)
        return "pass" if good and all(good) else "signature mismatch"

    def sign(self, jobs):
        return [self.signed(job) for job in jobs]

    def signed(self, job):
        if job.algorithm == "rsa-sha256":
            key = read(self.keys.pem[job.algorithm])
        else:
            key = self.keys.ed25519_seed
        try:
            signer = self.dkim.DKIM(job.text, logger=SILENT)
            field = signer.sign(
                ALGORITHMS[job.algorithm].encode(), DOMAIN.encode(), key,
                signature_algorithm=job.algorithm.encode(),
                identity=f"joe@sub.{DOMAIN}".encode()
                if job.option == "identity" else None,
                canonicalize=tuple(job.canon.encode().split(b"/")),
                length=job.option == "length")
        except self.dkim.DKIMException as error:
            return str(error)
        write(job.field, field)
        return "pass"


class Program:
    """A judge that is a program of its own, fed many jobs at once."""

    def __init__(self, name, package, command, algorithms, options, keys):
        self.name, self.package = name, package
        self.command = command + [keys.file]
        self.algorithms, self.options = algorithms, options
        self.keys = keys

    def do(self, lines):
        run = subprocess.run(self.command, input="\n".join(lines).encode(),
                             stdout=subprocess.PIPE, check=False)
        said = run.stdout.decode(errors="replace").splitlines()
        missing = len(lines) - len(said)
        return said + [f"ended with status {run.returncode}"] * missing

    def verify(self, paths):
        return self.do([f"verify\t{path}" for path in paths])

    def sign(self, jobs):
        return self.do(["\t".join(
            ["sign", job.plain, job.field, DOMAIN, ALGORITHMS[job.algorithm],
             self.keys.pem[job.algorithm], job.algorithm,
             *job.canon.split("/"), job.option, str(NOW)]) for job in jobs])


class Silent:
    """A logger for dkimpy, which would else write to standard error."""

    @staticmethod
    def nothing(*args, **kwargs):
        pass

    debug = info = warning = error = nothing

    @staticmethod
    def isEnabledFor(level):
        del level
        return False


SILENT = Silent()


class Keys:
    """An RSA and an Ed25519 key of mailseal's making."""

    def __init__(self, mailseal, work):
        self.pem, self.records = {}, {}
        self.zone = os.path.join(work, "keys.zone")
        self.file = os.path.join(work, "keys.txt")
        zone = ""
        for algorithm, selector in ALGORITHMS.items():
            subprocess.run(
                [mailseal, "keygen", "--domain", DOMAIN, "--selector",
                 selector, "--type", algorithm.split("-", maxsplit=1)[0],
                 "--out", work],
                check=True, capture_output=True)
            self.pem[algorithm] = os.path.join(work, selector + ".key")
            text = read(os.path.join(work, selector + ".txt")).decode()
            self.records[f"{selector}._domainkey.{DOMAIN}"] = "".join(
                re.findall(r'"([^"]*)"', text))
            zone += text
        write(self.zone, zone.encode())
        write(self.file, "".join(f"{name}\t{text}\n" for name, text
                                 in self.records.items()).encode())
        der = b"".join(read(self.pem["ed25519-sha256"]).splitlines()[1:-1])
        # RFC 8410: the seed is the last 32 octets of the PKCS#8 structure
        self.ed25519_seed = base64.b64encode(base64.b64decode(der)[-32:])


class Job:
    """One message, signed one way."""

    def __init__(self, shape, where, canon, algorithm, option):
        self.shape, self.plain, self.text = shape
        self.canon = canon
        self.algorithm, self.option = algorithm, option
        self.field = where + ".field"
        self.signed = where + ".eml"
        self.problem = None

    def label(self):
        option = self.option if isinstance(self.option, str) else " ".join(
            self.option)
        return " ".join(filter(None, [
            self.canon, self.algorithm, option,
            f"({os.path.basename(self.signed)})"]))


def read(path):
    with open(path, "rb") as file:
        return file.read()


def write(path, text):
    with open(path, "wb") as file:
        file.write(text)


class Court:
    def __init__(self, arguments):
        self.mailseal = arguments.mailseal
        self.work = arguments.work
        self.quick = arguments.quick
        shutil.rmtree(self.work, ignore_errors=True)
        os.makedirs(self.work)
        self.keys = Keys(self.mailseal, self.work)
        self.rows = Rows()
        self.shapes = self.written("mail", messages.shapes())
        self.files = self.written("file", messages.files())
        self.pool = concurrent.futures.ThreadPoolExecutor(max_workers=2)
        self.judges = [
            Dkimpy(self.keys),
            Program("Mail::DKIM", "libmail-dkim-perl",
                    ["/usr/bin/perl", os.path.join(HERE,
                                                   "maildkim_judge.pl")],
                    maildkim_algorithms(), ["plain", "identity", "expire"],
                    self.keys),
            Program("libopendkim", "libopendkim-dev",
                    [arguments.opendkim_judge],
                    opendkim_algorithms(arguments.opendkim_judge),
                    ["plain", "identity", "length"], self.keys),
        ]

    def written(self, prefix, named):
        """(name, path, text) of each message, now in a file of its own."""
        shapes = []
        for i, (name, text) in enumerate(named):
            path = os.path.join(self.work, f"{prefix}-{i:02d}.eml")
            write(path, text)
            shapes.append((name, path, text))
        return shapes

    def canons(self, turn):
        return [CANONS[turn % len(CANONS)]] if self.quick else CANONS

    # mailseal signs

    def our_jobs(self):
        turn = 0
        for i, shape in enumerate(self.shapes + self.files):
            for canon in self.canons(i):
                for algorithm in ALGORITHMS:
                    where = os.path.join(self.work, f"ours-{turn:04d}")
                    yield Job(shape, where, canon, algorithm,
                              SIGN_OPTIONS[turn % len(SIGN_OPTIONS)])
                    turn += 1
            where = os.path.join(self.work, f"both-{i:04d}")
            yield Job(shape, where, CANONS[i % len(CANONS)], "both", [])

    def sign_ours(self, job):
        command = [self.mailseal, "sign", "--domain", DOMAIN, "--canon",
                   job.canon, "--time", str(NOW), *job.option]
        for algorithm, selector in ALGORITHMS.items():
            if job.algorithm in (algorithm, "both"):
                command += ["--selector", selector, "--key",
                            self.keys.pem[algorithm]]
        run = subprocess.run(command + [job.plain], capture_output=True,
                             stdin=subprocess.DEVNULL, check=False)
        if run.returncode != 0:
            job.problem = (f"mailseal sign: status {run.returncode}: "
                           + run.stderr.decode(errors="replace"))
        elif not run.stdout.endswith(job.text):
            job.problem = "mailseal sign: the message was changed"
        elif b"\r\n" in job.text:
            write(job.signed, run.stdout)
        else:  # on its way through SMTP, a file's LF becomes CRLF
            write(job.signed, run.stdout.replace(b"\n", b"\r\n"))
        return job

    def others_verify_ours(self):
        jobs = list(self.pool.map(self.sign_ours, self.our_jobs()))
        for job in jobs:
            if job.problem is None:
                job.problem = self.verify_with_mailseal(job)
        self.report("mailseal", "mailseal", jobs)
        for judge in self.judges:
            if judge.algorithms:
                self.judge_ours(judge, jobs)

    def judge_ours(self, judge, jobs):
        able = [job for job in jobs if job.problem is None and
                (job.algorithm in judge.algorithms or
                 job.algorithm == "both" and len(judge.algorithms) == 2)]
        for job, said in zip(able, judge.verify([job.signed for job in able])):
            job.problem = None if said == "pass" else f"{judge.name}: {said}"
        self.report("mailseal", judge.name, able)
        for job in able:
            job.problem = None

    # the others sign

    def verify_with_mailseal(self, job):
        run = subprocess.run(
            [self.mailseal, "verify", "--zone", self.keys.zone, "--time",
             str(NOW), "--json", job.signed], capture_output=True,
            stdin=subprocess.DEVNULL, check=False)
        try:
            results = json.loads(run.stdout)["signatures"]
        except (ValueError, KeyError):
            return (f"mailseal verify: status {run.returncode}: "
                    + run.stderr.decode(errors="replace"))
        bad = [f"{result['result']} ({result['reason']})"
               for result in results if result["result"] != "pass"]
        want = 2 if job.algorithm == "both" else 1
        if bad or len(results) != want or run.returncode != 0:
            return (f"mailseal verify: {len(results)} signatures, "
                    f"status {run.returncode}: {', '.join(bad)}")
        return None

    def their_jobs(self, judge):
        turn = 0
        for i, shape in enumerate(self.shapes):
            for canon in self.canons(i):
                for algorithm in judge.algorithms:
                    where = os.path.join(self.work,
                                         f"{judge.package}-{turn:04d}")
                    yield Job(shape, where, canon, algorithm,
                              judge.options[turn % len(judge.options)])
                    turn += 1

    def ours_verifies_others(self, judge):
        jobs = list(self.their_jobs(judge))
        for job, said in zip(jobs, judge.sign(jobs)):
            if said == "pass":
                write(job.signed, read(job.field) + job.text)
            else:
                job.problem = f"{judge.name} does not sign: {said}"
        sound = [job for job in jobs if job.problem is None]
        for job, problem in zip(sound, self.pool.map(
                self.verify_with_mailseal, sound)):
            job.problem = problem
        self.report(judge.name, "mailseal", jobs)

    # what came of it

    def report(self, signer, verifier, jobs):
        if signer == "mailseal":
            judge, side = verifier, "mailseal"
        else:
            judge, side = signer, "judge"
        by_shape, faults = {}, collections.Counter()
        for job in jobs:
            fault = fault_of(judge, side, job)
            if fault is None:
                by_shape.setdefault(job.shape, []).append(job)
            else:
                faults[fault] += 1
        for fault, count in faults.items():
            print(f"# {signer} signs, {verifier} verifies: {count} messages "
                  f"not counted: {judge} {fault}")
        for shape, group in by_shape.items():
            self.rows.row(
                f"{signer} signs, {verifier} verifies: {shape}",
                [f"{job.label()}: {job.problem}" for job in group
                 if job.problem])

    def sit(self):
        self.others_verify_ours()
        for judge in self.judges:
            if judge.algorithms:
                self.ours_verifies_others(judge)
            else:
                self.rows.skip(f"judge {judge.name}",
                               f"{judge.package} is not installed")
        return self.rows.end()


def maildkim_algorithms():
    try:
        found = subprocess.run(["/usr/bin/perl", "-MMail::DKIM", "-e", "1"],
                               capture_output=True, check=False)
    except FileNotFoundError:
        return []
    # Debian 12's version knows RSA only.
    return ["rsa-sha256"] if found.returncode == 0 else []


def opendkim_algorithms(program):
    if program == "-":
        return []
    return subprocess.run([program, "--algorithms"], capture_output=True,
                          check=True).stdout.decode().split()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("mailseal")
    parser.add_argument("opendkim_judge")
    parser.add_argument("work")
    parser.add_argument("--quick", action="store_true")
    return Court(parser.parse_args()).sit()


sys.exit(main())
