#!/usr/bin/python3
"""corpus_test.py: every case of the corpus through "mailseal verify".

Usage: corpus_test.py MAILSEAL [CASE...]

Prints TAP, a row for each case.  README.md describes the cases.
"""

import concurrent.futures
import json
import os
import subprocess
import sys

FOLDER = os.path.dirname(os.path.abspath(__file__))
SECONDS = 60  # for one message of at most some hundred kB: longer is a hang
NOW = 1767225600  # for cases that name no time: they pass or fail at any
GOOD_EXITS = {0: True, 1: False, 65: False, 75: False}  # and: passed?


def command(mailseal, case, message):
    when = case["time"] if case["time"] is not None else NOW
    return [mailseal, "verify", "--zone", os.path.join(FOLDER, case["zone"]),
            "--time", str(when), "--allow", "partial-body", "--json", message]


def differences(case, report):
    """What the report says otherwise than the case accepts."""
    expect = case["expect"]
    if report["result"] not in expect["accept"]:
        yield (f"the message: {report['result']}, "
               f"wanted {' or '.join(expect['accept'])}")
    if "signatures" not in case:
        return
    wanted, came = case["signatures"], report["signatures"]
    if len(wanted) != len(came):
        yield f"{len(came)} signatures, wanted {len(wanted)}"
    for i, (want, got) in enumerate(zip(wanted, came), 1):
        if got["result"] not in want["accept"]:
            yield (f"signature {i}: {got['result']} ({got.get('reason')}), "
                   f"wanted {' or '.join(want['accept'])}"
                   f" ({want.get('why', 'sound')})")


def problems(mailseal, name):
    path = os.path.join(FOLDER, "cases", name)
    with open(path + ".json", encoding="utf-8") as file:
        case = json.load(file)
    try:
        run = subprocess.run(command(mailseal, case, path + ".eml"),
                             stdin=subprocess.DEVNULL, capture_output=True,
                             timeout=SECONDS, check=False)
    except subprocess.TimeoutExpired:
        return [f"no end after {SECONDS} seconds"]
    stderr = run.stderr.decode(errors="replace").splitlines()
    if run.returncode not in GOOD_EXITS:
        return [f"exit status {run.returncode}"] + stderr
    if "robust" in case.get("tags", []):
        return []
    try:
        report = json.loads(run.stdout)
    except ValueError as error:
        return [f"exit status {run.returncode}, but no JSON: {error}"] + stderr
    found = list(differences(case, report))
    if GOOD_EXITS[run.returncode] != (report["result"] == "pass"):
        found.append(f"exit status {run.returncode} for {report['result']}")
    if found:
        found.append(f"the case: {case['why']}")
    return found


def main(mailseal, names):
    if not names:
        names = sorted(entry[:-len(".eml")]
                       for entry in os.listdir(os.path.join(FOLDER, "cases"))
                       if entry.endswith(".eml"))
    print(f"1..{len(names)}", flush=True)
    failed = 0
    with concurrent.futures.ThreadPoolExecutor(max_workers=2) as pool:
        results = pool.map(lambda name: problems(mailseal, name), names)
        for number, (name, found) in enumerate(zip(names, results), 1):
            print(f"{'not ok' if found else 'ok'} {number} - {name}")
            for line in found:
                print(f"# {line}")
            failed += bool(found)
    return 1 if failed else 0


if len(sys.argv) < 2:
    sys.exit(__doc__)
sys.exit(main(sys.argv[1], sys.argv[2:]))
