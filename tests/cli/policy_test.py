"""mailseal policy: a script's callouts on a message, from outside.

usage: policy_test.py MAILSEAL REFERENCE
"""
import difflib
import json
import os
import subprocess
import sys
import time

sys.dont_write_bytecode = True  # the source tree stays as it is

from fixtures import MESSAGE
from tap import equal, holds, lacks, main, test

MAILSEAL, REFERENCE = map(os.path.abspath, sys.argv[1:3])

ACCEPTED, REJECTED, USAGE, NOINPUT, FAILED = 0, 1, 64, 66, 70
DEFERRED, CONFIG, DISCARDED = 75, 78, 99

HEAD = """\
require("msys.core")
require("msys.extended.message")
require("msys.extended.vctx")
local core = msys.core
local mod = {}
"""
TAIL = '\nmsys.registerModule("try", mod)\n'


def mailseal(*arguments, stdin=MESSAGE):
    done = subprocess.run([MAILSEAL, "policy", *map(str, arguments)],
                          input=stdin, capture_output=True, timeout=60,
                          check=False)
    done.text = done.stdout.decode()
    done.err = done.stderr.decode()
    lacks(done.err, "Sanitizer")
    return done


def write(name, text):
    with open(name, "wb") as file:
        file.write(text if isinstance(text, bytes) else text.encode())


def policy(body, *arguments, callout="validate_data_spool(msg, ac, vctx)"):
    write("try.lua", f"{HEAD}function mod:{callout}\n{body}\n"
                     f"return core.VALIDATE_CONT\nend{TAIL}")
    write("m.eml", MESSAGE)
    return mailseal("try.lua", "m.eml", *arguments)


def record(body, *arguments, **more):
    done = policy(body, *arguments, "--json", **more)
    return done, json.loads(done.text)


@test("what a callout printed, set and returned is shown")
def shown():
    done = policy('print("seen", msg:header("Subject")[1])\n'
                  'vctx:set(core.VCTX_CONN, "who", "ann")\n'
                  'vctx:set(core.VCTX_MESS, "spam", "no")')
    equal(done.returncode, ACCEPTED, done.err)
    equal(done.err, "")
    equal(done.text, """\
validate_data_spool (try)
  prints   seen seals and their keepers
  sets     connection: who = "ann"
  sets     message: spam = "no"
  returns  VALIDATE_CONT

verdict  accept
""")


@test("--json has the same in one object on one line")
def as_json():
    done, seen = record('print("a") print("b")\n'
                        'vctx:set(core.VCTX_MESS, "spam", "no")')
    equal(done.text.count("\n"), 1)
    equal(seen, {
        "calls": [{
            "callout": "validate_data_spool", "module": "try",
            "prints": ["a", "b"],
            "set": [{"context": "message", "name": "spam", "value": "no"}],
            "returned": "VALIDATE_CONT", "error": None}],
        "delays": [], "recipients": [], "edits": [],
        "verdict": {"action": "accept", "code": None, "status": None,
                    "text": None, "reason": "", "disconnect": False}})


@test("what a script prints while it is loaded is shown")
def loading():
    write("try.lua", 'print("loading")\n' + HEAD + TAIL)
    write("m.eml", MESSAGE)
    holds(mailseal("try.lua", "m.eml").text, "loading\n  prints   loading\n")


@test("a script is found with and without .lua, and so is what it requires")
def names():
    os.makedirs("with space.d/deep")
    write("with space.d/deep/helper.lua", 'return { word = "helped" }')
    write('with space.d/deep/a"b.lua',
          'local helper = require("helper")\nprint(helper.word)\n')
    write("m.eml", MESSAGE)
    for name in 'with space.d/deep/a"b', 'with space.d/deep/a"b.lua':
        done = mailseal(name, "m.eml")
        equal(done.returncode, ACCEPTED, done.err)
        holds(done.text, "helped")


@test("the client, who it is, sender and recipients reach the script")
def envelope():
    done, seen = record(
        'print(msg:mailfrom(), msg:rcptto(), ac.remote_addr)\n'
        'print(vctx:get(core.VCTX_CONN, "ehlo_domain"))',
        "--client", "192.0.2.7", "--helo", "client.test", "--auth", "ann",
        "--from", "a@a.test", "--rcpt", "b@b.test", "--rcpt", "c@c.test")
    equal(done.returncode, ACCEPTED, done.err)
    equal(seen["calls"][0]["prints"],
          ["a@a.test\tb@b.test\t192.0.2.7:0", "client.test"])


VERDICTS = [
    ('vctx:set_code(550, "5.7.1 no thanks")', REJECTED, "reject",
     (550, "5.7.1", "no thanks")),
    ('vctx:set_code(451, "4.7.1 later")', DEFERRED, "tempfail",
     (451, "4.7.1", "later")),
]


@test("the verdict is the exit status, and its reply is shown")
def verdicts():
    for body, status, action, reply in VERDICTS:
        done, seen = record(body)
        equal(done.returncode, status, done.err)
        verdict = seen["verdict"]
        equal(verdict["action"], action)
        equal((verdict["code"], verdict["status"], verdict["text"]), reply)
        holds(policy(body).text, "verdict  %s: %d %s %s\n"
              % (action, *reply))


@test("edits are shown, and --output has the message with them")
def edits():
    body = ('msg:header("X-New", "new")\n'
            'msg:header("Subject", "other")')
    done, seen = record(body, "--output", "out.eml")
    equal(done.returncode, ACCEPTED, done.err)
    kinds = {(edit["type"], edit["name"]) for edit in seen["edits"]}
    assert ("insert", "X-New") in kinds, seen["edits"]
    with open("out.eml", "rb") as file:
        out = file.read()
    holds(out, b"\r\nX-New: new\r\n")
    holds(out, b"Subject: other\r\n")
    holds(policy(body).text, "insert   X-New: new")


@test("with --output - the message alone is on standard output")
def output():
    done = policy('print("words")', "--output", "-")
    equal(done.stdout, MESSAGE)
    holds(done.err, "words")


@test("a message that is refused is not written")
def not_written():
    policy('vctx:set_code(550, "5.7.1 no")', "--output", "out.eml")
    assert not os.path.exists("out.eml")


@test("nobody waits for a tarpit, but it is told")
def tarpit():
    began = time.monotonic()
    done, seen = record("vctx:tarpit(20)")
    assert time.monotonic() - began < 15
    equal(seen["delays"], [{"after": "message", "ms": 20000}])
    equal(done.returncode, ACCEPTED)


@test("a recipient that was refused is told, and the message goes on")
def recipient():
    done, seen = record(
        'if tostring(str):find("bad") then\n'
        'vctx:set_code(550, "5.1.1 unknown") end',
        "--rcpt", "bad@b.test", "--rcpt", "good@b.test",
        callout="validate_rcptto(msg, str, ac, vctx)")
    equal(done.returncode, ACCEPTED, done.err)
    equal(seen["recipients"], [{"address": "bad@b.test",
                                "reply": "550 5.1.1 unknown"}])


@test("a script that does not compile is told with its line, and status 78")
def compiles_not():
    write("try.lua", "local a = 1\nlocal = 2\n")
    write("m.eml", MESSAGE)
    done = mailseal("try.lua", "m.eml")
    equal(done.returncode, CONFIG)
    holds(done.err, "try.lua:2: ")
    equal(done.text, "")


@test("an error while it runs is told with line and traceback, status 70")
def fails():
    done = policy("local function inner(x) return x.y.z end\n"
                  "vctx:set(core.VCTX_MESS, 'before', '1')\n"
                  "inner({})")
    equal(done.returncode, FAILED)
    holds(done.err, "validate_data_spool (try): ")
    holds(done.err, "try.lua:7: attempt to index a nil value (field 'y')")
    holds(done.err, "stack traceback:\n\t")
    holds(done.err, "try.lua:9: in ")
    holds(done.text, "before")
    holds(done.text, "verdict  tempfail: 451 4.3.0 ")


@test("bytes of the message do no harm to terminal or JSON")
def hostile():
    write("try.lua", f"{HEAD}function mod:validate_data_spool(msg, ac, vctx)\n"
          'print(msg:header("X-Bad")[1])\nreturn 0\nend' + TAIL)
    mail = b"From: a@a.test\r\nX-Bad: \x1b[2J\xff\xfe\r\n\r\nhello\r\n"
    write("m.eml", mail)
    done = mailseal("try.lua", "m.eml")
    equal(done.returncode, ACCEPTED, done.err)
    lacks(done.text, "\x1b")
    json.loads(mailseal("try.lua", "m.eml", "--json").stdout.decode())


@test("with --zone, keys come from the file alone")
def zone():
    subprocess.run([MAILSEAL, "keygen", "--domain", "a.test", "--selector",
                    "s", "--type", "ed25519"], check=True,
                   capture_output=True)
    write("plain.eml", MESSAGE)
    signed = subprocess.run(
        [MAILSEAL, "sign", "--domain", "a.test", "--selector", "s", "--key",
         "s.key", "plain.eml"], check=True, capture_output=True).stdout
    write("signed.eml", signed)
    write("try.lua", HEAD + 'local dkim = require("msys.validate.dkim")\n'
          "function mod:validate_data_spool(msg, ac, vctx)\n"
          "local count, results = dkim.get_verify_results(vctx)\n"
          "local item = dkim.verify_results_get_item(results, 0)\n"
          "print(item.domain, dkim.verify_status_to_string(item.status))\n"
          "return 0\nend" + TAIL)
    done = mailseal("--zone", "s.txt", "try.lua", "signed.eml")
    equal(done.returncode, ACCEPTED, done.err + done.text)
    holds(done.text, "prints   a.test pass")


@test("a script signs with a key that it names, and nothing else does")
def signs():
    subprocess.run([MAILSEAL, "keygen", "--domain", "example.com",
                    "--selector", "s", "--type", "ed25519"], check=True,
                   capture_output=True)
    key = os.path.abspath("s.key")
    body = ('local dkim = require("msys.validate.dkim")\n'
            f'dkim.sign(msg, vctx, {{ selector = "s", keyfile = "{key}" }})')
    done, seen = record(body, "--auth", "ann", callout=
                        "core_final_validation(msg, ac, vctx)")
    equal(done.returncode, ACCEPTED, done.err)
    equal([edit["name"] for edit in seen["edits"]], ["DKIM-Signature"])
    equal(record("")[1]["edits"], [])


@test("--config takes a configuration as it is, and no script")
def config():
    policy('print("from the configuration")')
    write("c.conf", 'scriptlet "scriptlet" { script "try" '
          '{ source = "try" } }\n')
    done = mailseal("--config", "c.conf", "m.eml")
    equal(done.returncode, ACCEPTED, done.err)
    holds(done.text, "from the configuration")
    equal(mailseal("--config", "c.conf", "try.lua", "m.eml").returncode,
          USAGE)
    equal(mailseal("--config", "c.conf", "--zone", "z", "m.eml").returncode,
          USAGE)


@test("the message may come from standard input")
def stdin():
    policy("")
    equal(mailseal("try.lua", "-").returncode, ACCEPTED)


MISUSES = [
    ((), USAGE, "a script and a message are wanted"),
    (("try.lua",), USAGE, "a script and a message are wanted"),
    (("try.lua", "m.eml", "--client", "here"), USAGE, "an IPv4 or IPv6"),
    (("none.lua", "m.eml"), NOINPUT, "none.lua: cannot be read"),
    (("try.lua", "none.eml"), NOINPUT, "none.eml: cannot be read"),
    (("--zone", "none.zone", "try.lua", "m.eml"), NOINPUT, "none.zone"),
    (("plain", "m.eml"), NOINPUT, "the name of a script ends in .lua"),
]


@test("what cannot be done is told")
def misuses():
    policy("")
    write("plain", "")
    for arguments, status, words in MISUSES:
        done = mailseal(*arguments)
        equal(done.returncode, status, f"{arguments}: {done.err}")
        holds(done.err, words)


@test("docs/lua.md is up to date, and says something of each function")
def reference():
    done = mailseal("--reference")
    equal(done.returncode, 0, done.err)
    with open(REFERENCE, encoding="utf-8") as file:
        page = file.read()
    assert page == done.text, "to update it: mailseal policy --reference " \
        ">docs/lua.md\n" + "\n".join(difflib.unified_diff(
            page.splitlines(), done.text.splitlines(), "docs/lua.md",
            "mailseal policy --reference", lineterm=""))
    blocks = done.text.split("\n### ")[1:]
    assert len(blocks) > 100, len(blocks)
    silent = [block for block in blocks if len(block.split("\n\n")[1]) < 10]
    equal(silent, [])


main()
