"""mailseal explain: what the log says of a message, in words (Log_Results,
Log_Results_Format).

The lines are those of a real mailseald, which also makes them: see
tests/daemon/monitoring_test.py.

usage: explain_test.py MAILSEAL
"""
import gzip
import json
import os
import subprocess
import sys

sys.dont_write_bytecode = True  # the source tree stays as it is

from tap import equal, holds, lacks, main, test

MAILSEAL = os.path.abspath(sys.argv[1])
KNOWN, NOTHING, USAGE, INPUT = 0, 1, 64, 66

STAMP = "[Sun 22 Nov 2026 22:16:32] [info] "
NO_FILE = ("key file '/k/example.org/s1.key': No such file or directory")
RESULTS = {
    "A1": 'dkim_sign:one: result=signed d=example.com s=s1 '
          'scope="dk_domain example.com" key=/k/s1.key us=412',
    "A2": 'dkim_sign:one: result=failed d=example.org s=s1 scope=stanza '
          f'key=/k/example.org/s1.key reason="{NO_FILE}" us=50',
    "A3": 'dkim_sign:one: result=unsigned from=x.test scope=stanza '
          'condition=can_relay reason="sign_condition is in neither context" '
          'us=4',
    "A4": 'dkim_sign:one: result=unsigned from=x.test scope="option dkim" '
          'reason="option dkim is disabled for every recipient" us=0',
    "A6": 'opendkim:o: result=unsigned from=x.test scope=stanza '
          'reason="key is not set there" us=1',
    "A5": 'dkim_sign:one: result=signed d=parent.test s=s1 from=sub.parent.test'
          ' scope="dk_domain sub.parent.test" key=/k/s1.key us=1',
    "B1": 'dkim_validate:in: result=pass d=example.net s=k2 us=9',
    "B5": 'dkim_validate:in: result=policy d=example.net s=k2 '
          'reason="the key is too small" us=8',
    "B6": 'dk_validate:in: result=policy d=example.net s=k2 '
          'reason="the key is too small" us=8',
    "B2": 'dkim_validate:in: result=fail d=example.net s=k2 '
          'reason="body hash did not verify" us=2381',
    "B3": 'dkim_validate: result=none us=7',
    "A7": 'dkim_sign:one: result=incomplete d=list.test s=s2 from=a.test '
          'scope=stanza key=/k/s2.key reason="key file" count=2 '
          'signatures="signed d=a.test s=s1; failed d=list.test s=s2" us=8',
    "B4": 'dkim_validate:in: result=pass d=a.test s=s1 count=5 '
          'signatures="fail d=b.test s=s2; pass d=a.test s=s1; permerror" '
          'us=3',
}
WORDS = {
    "A1": ('dkim_sign "one": it was signed.', 'dk_domain "example.com"',
           "d=example.com, s=s1", "/k/s1.key", "412 microseconds",
           "mailseal key s1 example.com"),
    "A2": ("could not be", "no dk_domain is for that domain", NO_FILE,
           "mailseal keygen", "--trace"),
    "A3": ("was not to be signed", "x.test, the domain",
           "sign_condition = can_relay does not hold", "relay_hosts"),
    "A4": ("was not to be signed", "disabled for every recipient",
           "config eval"),
    "A6": ("no dkim_domain is for that", 'add dkim_domain "x.test"'),
    "A5": ("sub.parent.test, the domain", "d=parent.test, s=s1"),
    "B1": ("a signature holds", "k2._domainkey.example.net, a TXT record",
           "No signing module"),
    "B5": ("of a kind that is refused", "allow_rsa_sha1, allow_partial_body, "
           "min_key_bits, max_signatures and max_header_size of dkim_validate"),
    "B6": ("of a kind that is refused", "the options min_key_bits, "
           "max_signatures and max_header_size of dk_validate"),
    "B2": ("does not hold", "body hash did not verify", "mailing list"),
    "B3": ("dkim_validate: it was looked at, and has no signature",),
    "A7": ("a signature is missing",
           "  all of them signed: d=a.test, s=s1\n"
           "              failed: d=list.test, s=s2\n"),
    "B4": ("d=a.test, s=s1\n  all of them fail: d=b.test, s=s2\n"
           "              pass: d=a.test, s=s1\n"
           "              permerror\n              and 2 more\n"),
}


def explain(*arguments, text=None):
    done = subprocess.run([MAILSEAL, "explain", *arguments], input=text,
                          capture_output=True, text=True, timeout=60,
                          check=False)
    for line in done.stderr.splitlines():
        assert line.startswith("mailseal: "), line
    return done


def write(name, *lines):
    with open(name, "w", encoding="utf-8") as file:
        file.writelines(line + "\n" for line in lines)
    return name


def paniclog():
    return write("paniclog", *(f"{STAMP}{queue_id}: {result}"
                               for queue_id, result in RESULTS.items()))


@test("each result is told in words: scope, condition, key, what to do next")
def words():
    paniclog()
    for queue_id, parts in WORDS.items():
        done = explain(queue_id, "paniclog")
        equal((done.returncode, done.stderr), (KNOWN, ""), queue_id)
        holds(done.stdout, f"{queue_id}, Sun 22 Nov 2026 22:16:32, ")
        for part in parts:
            holds(done.stdout, part, queue_id)


def in_forms(result):
    """The line of A2 as the various logs have it."""
    line = f"A2: {result}"
    pairs = {"id": "A2", "module": "dkim_sign:one", "result": "failed",
             "domain": "example.org", "selector": "s1", "scope": "stanza",
             "key": "/k/example.org/s1.key", "reason": NO_FILE,
             "microseconds": 50}
    objects = json.dumps(pairs, separators=(",", ":"))
    return {
        "paniclog": STAMP + line,
        "paniclog, json": STAMP + objects,
        "syslog": f"Nov 22 22:16:32 mx mailseald[99]: {line}",
        "syslog, new": f"2026-11-22T22:16:32.1+01:00 mx mailseald[9]: {line}",
        "syslog, json": f"Nov 22 22:16:32 mx mailseald[99]: {objects}",
        "journal of stderr": f"Nov 22 22:16:32 mx mailseald[9]: {STAMP}{line}",
        "journal, cat": line,
        "journal, cat, json": objects,
        "journal, json": json.dumps({
            "MESSAGE": STAMP + line, "__REALTIME_TIMESTAMP":
            "1795386992000000", "SYSLOG_IDENTIFIER": "mailseald"}),
        "journal, json, syslog": json.dumps({
            "__REALTIME_TIMESTAMP": "1795386992000000",
            "MESSAGE": line, "SYSLOG_IDENTIFIER": "mailseald"}),
    }


@test("it is the same from a file, from syslog, and from the journal")
def forms():
    for name, line in in_forms(RESULTS["A2"]).items():
        done = explain("A2", "-", text=f"something else\n{line}\n")
        equal((done.returncode, done.stderr), (KNOWN, ""), name)
        for part in WORDS["A2"]:
            holds(done.stdout, part, name)
        told = json.loads(explain("A2", "--json", "--log", "-",
                                  text=line).stdout)
        (result,) = told["results"]
        equal((told["id"], result["result"], result["key"], result["module"],
               result["instance"], result["microseconds"]),
              ("A2", "failed", "/k/example.org/s1.key", "dkim_sign", "one",
               50), name)
        holds(result["next"], "keygen", name)


@test("several signatures are the same from a line and from an object")
def signatures():
    wanted = [{"result": "fail", "domain": "b.test", "selector": "s2"},
              {"result": "pass", "domain": "a.test", "selector": "s1"},
              {"result": "permerror"}]
    objects = json.dumps({
        "id": "B4", "module": "dkim_validate:in", "result": "pass",
        "domain": "a.test", "selector": "s1", "count": 5,
        "signatures": wanted, "microseconds": 3}, separators=(",", ":"))
    words = set()
    for line in (f"{STAMP}B4: {RESULTS['B4']}", STAMP + objects):
        told = json.loads(explain("B4", "--json", "-", text=line).stdout)
        (result,) = told["results"]
        equal((result["count"], result["signatures"]), (5, wanted), line)
        words.add(explain("B4", "-", text=line).stdout)
    equal(len(words), 1, str(words))
    # what is no list of ours
    for odd in ('"x"', "7", "[7, null, {}]"):
        line = STAMP + objects.replace(json.dumps(
            wanted, separators=(",", ":")), odd)
        equal(explain("B4", "-", text=line).returncode, KNOWN, odd)


@test("several logs, one of them compressed; other words of the message")
def several():
    with gzip.open("paniclog.1.gz", "wt") as file:
        file.write(f"{STAMP}A1: {RESULTS['A1']}\n")
    write("paniclog", "[Mon 23 Nov 2026 10:00:00] [warning] A1: scriptlet:s: "
          "policy.lua:3: odd", f"{STAMP}A1: {RESULTS['B1']}",
          "[Mon 23 Nov 2026 10:00:00] [info] A12: dkim_sign:one: result=x")
    done = explain("A1", "--log", "paniclog.1.gz", "--log", "paniclog")
    holds(done.stdout, "it was signed.")
    holds(done.stdout, "a signature holds")
    holds(done.stdout, "policy.lua:3: odd")
    lacks(done.stdout, "A12")
    lacks(done.stdout, "No signing module")


@test("when nothing is known, it says what there is, and what to configure")
def nothing():
    mta = "Nov 22 22:16:32 mx postfix/smtpd[7]: Q9: client=x[192.0.2.1]"
    other = f"{STAMP}A1: {RESULTS['A1']}"
    started = f"{STAMP}mailseald 0.1.0 serves mail, configuration 'x'"
    for name, lines, part in (
            ("empty", [], "it logs elsewhere"),
            ("the MTA alone", [mta], "it logs elsewhere"),
            ("no results", [mta, started], 'Log_Results = "all"'),
            ("others", [other], "is the queue id right"),
            ("not shown to it", [mta, other], "non_smtpd_milters")):
        done = explain("Q9", write("log", *lines))
        equal((done.returncode, done.stdout), (NOTHING, ""), name)
        holds(done.stderr, f"nothing is known of 'Q9': {len(lines)} lines")
        holds(done.stderr, part, name)
    done = explain("Q9", write("log", f"{STAMP}Q9: scriptlet:s: hello"))
    equal(done.returncode, KNOWN)
    holds(done.stdout, 'Log_Results =')
    holds(done.stdout, "hello")


@test("nobody who sends mail can speak for mailseald in another's line")
def forged():
    forgery = f"mailseald[99]: A1: {RESULTS['A1']}"
    for line in (f"Nov 22 22:16:32 mx postfix/cleanup[7]: Q1: warning: header "
                 f"Subject: x {forgery}", f"Subject: {STAMP}A1: x: result=x"):
        equal(explain("A1", "-", text=line).returncode, NOTHING, line)
    # and control characters do not reach the terminal
    done = explain("A1", "-", text=f"{STAMP}A1: x: result=x d=\x1b[31m us=1")
    lacks(done.stdout, "\x1b")


@test("misuse, and logs that cannot be read")
def wrong():
    equal(explain().returncode, USAGE)
    done = explain("A1", "nowhere")
    equal(done.returncode, INPUT)
    holds(done.stderr, "nowhere: cannot be opened: No such file")
    os.mkdir("folder")
    equal(explain("A1", "folder").returncode, INPUT)
    with open("broken.gz", "wb") as file:
        file.write(gzip.compress(b"x" * 100000 + os.urandom(5000))[:-3000])
    equal(explain("A1", "broken.gz").returncode, INPUT)


@test("lines of any length, without an end, with any octet")
def odd():
    with open("log", "wb") as file:
        file.write(b"x" * (1 << 20) + b"\n\0\xff\n\n" +
                   f"{STAMP}A1: {RESULTS['A1']}".encode())
    holds(explain("A1", "log").stdout, "it was signed.")
    # a crash may leave NULs, and must not cost the lines around them
    with open("log", "wb") as file:
        file.write(b"a line\0that broke off\n" + b"\0" * 5000 +
                   f"{STAMP}A1: {RESULTS['A1']}\nthe\0end\n".encode() +
                   f"{STAMP}A1: {RESULTS['B1']}\n".encode())
    told = explain("A1", "log").stdout
    holds(told, "it was signed.")
    holds(told, "a signature holds")
    for text in ("[", "[]", "[] [", "[] [info]", "{", '{"MESSAGE"', "A1: ",
                 '{"id":', '{"id":3}', '{"id":"A1"}', "A1: x: result=",
                 f"{STAMP}A1:", f"{STAMP}A1: ", f"{STAMP}A1: : result",
                 f'{STAMP}A1: d: result="', f"{STAMP}" + '{"id":"A1"',
                 " mailseald[", "mailseald[9]: A1: x"):
        done = explain("A1", "-", text=text)
        assert done.returncode in (KNOWN, NOTHING), (text, done)


if __name__ == "__main__":
    main()
