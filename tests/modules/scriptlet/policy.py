"""One callout of a script on one message, through mailseald --inject.

A script here is the body of the callout: it has msg, ac, vctx (as far as the
callout is handed them), core for msys.core, and two functions that fail the
test: is(came, wanted) and fails(function, words of the error).
"""
import os
import subprocess
import sys

sys.dont_write_bytecode = True  # the source tree stays as it is
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "..", "cli"))

MAILSEALD = os.path.abspath(sys.argv[1])

LETTER = b"""Received: from a by b
Received: from c by a
From: "Ann, of A" <ann@a.test>
To: bob+list@b.test,
\tCy <cy@c.test>
Subject: =?utf-8?Q?Gr=C3=BC=C3=9F?=
 =?utf-8?B?ZSBhbg==?= alle
Content-Type: text/plain; charset=utf-8

H\xc3\xa4llo world
.dot
""".replace(b"\n", b"\r\n")

PRELUDE = """local core = msys.core
local function is(came, wanted, about)
  if came ~= wanted then
    error(string.format("%s: came %q, wanted %q", tostring(about or ""),
                        tostring(came), tostring(wanted)), 2)
  end
end
local function fails(f, words)
  local ok, why = pcall(f)
  if ok then error("no error, wanted: " .. words, 2) end
  if not string.find(tostring(why), words, 1, true) then
    error("the error is: " .. tostring(why), 2)
  end
end
"""

ARGUMENTS = {
    "core_validate_accept": "ac, vctx",
    "validate_connect": "ac, vctx",
    "validate_ehlo": "str, ac, vctx",
    "validate_mailfrom": "str, ac, vctx",
    "validate_rcptto": "msg, str, ac, vctx",
    "validate_set_binding": "msg",
}

ACCEPTED, REJECTED, DEFERRED, DISCARDED = 0, 1, 75, 99


class Result:
    def __init__(self, done):
        self.status = done.returncode
        self.out = done.stdout
        self.err = done.stderr.decode(errors="replace")
        self.header, _, self.body = done.stdout.replace(
            b"\r\n", b"\n").partition(b"\n\n")

    def fields(self, name):
        """The values of all fields of a name, folds kept."""
        lines = self.header.replace(b"\n\t", b"\0\t").replace(
            b"\n ", b"\0 ").split(b"\n")
        return [line[len(name) + 1:].strip().replace(b"\0", b"\n")
                for line in lines
                if line.lower().startswith(name.lower().encode() + b":")]


def write(name, text):
    with open(name, "wb") as file:
        file.write(text if isinstance(text, bytes) else text.encode())


def run(files, mail=LETTER, rcpts=("bob+list@b.test", "cy@c.test"),
        sender="ann@a.test", conf="", scripts=("policy",)):
    """Run scripts, given as {file: text}, on a message."""
    for name, text in files.items():
        write(name, text)
    write("mail", mail)
    stanza = "".join(f' script "{s}" {{ source = "{s}" }}\n' for s in scripts)
    write("c.conf", f'scriptlet "scriptlet" {{\n{stanza}}}\n{conf}')
    command = [MAILSEALD, "-c", "c.conf", "--inject", "mail", "--from", sender,
               "--client", "192.0.2.7", "--helo", "client.test"]
    for rcpt in rcpts:
        command += ["--rcpt", rcpt]
    result = Result(subprocess.run(command, capture_output=True, timeout=120,
                                   check=False))
    for sign in "Sanitizer", "runtime error":
        assert sign not in result.err, result.err
    return result


def script(body, callout="validate_data_spool"):
    arguments = ARGUMENTS.get(callout, "msg, ac, vctx")
    return (PRELUDE + "local mod = {}\n"
            f"function mod:{callout}({arguments})\n{body}\n"
            'print("reached the end")\n'
            "return msys.core.VALIDATE_CONT\nend\n"
            'msys.registerModule("test", mod)\n')


def policy(body, callout="validate_data_spool", **more):
    """The body as a callout, which must come to its end."""
    result = run({"policy.lua": script(body, callout)}, **more)
    assert "reached the end" in result.err, result.err
    assert "[error]" not in result.err, result.err
    return result


def rows(test, table):
    """A test for each (sentence, body of validate_data_spool, mail)."""
    for sentence, body, *mail in table:
        def one(body=body, mail=mail):
            policy(body, mail=mail[0] if mail else LETTER)
        test(sentence)(one)
