"""Messages of odd shapes, signed by one host and verified by another: what was
signed passes there and in the mailseal command, and stays what it was.

usage: odd_messages_test.py MAILSEAL MAILSEALD
"""
import os
import sys

from surroundings import OK, Keys, configuration, run
from tap import equal, holds, lacks, main, test

MAILSEAL, MAILSEALD = map(os.path.abspath, sys.argv[1:3])
KEYS = Keys(MAILSEAL)
FROM = b"From: joe@a.test\r\n"

SIGN = f'''
dkim_sign "rsa" {{ key = "{KEYS.path("%{s}")}" selector = rsa }}
dkim_sign "ed" {{ key = "{KEYS.path("ed25519")}" selector = ed25519 }}
'''
VERIFY = f'''
hostname = "mx.b.test"
dns_zone_file = "{KEYS.zone}"
dkim_validate "v" {{ }}
'''

SIGNED = [
    ("an empty body", FROM + b"\r\n"),
    ("no empty line", FROM),
    ("no end of the last line", FROM + b"\r\nhi"),
    ("LF lines", b"From: joe@a.test\nSubject: x\n\nhi\n"),
    ("empty lines at the end", FROM + b"\r\nhi\r\n\r\n\r\n"),
    ("NUL bytes", FROM + b"Subject: a\0b\r\n\r\na\0b\r\n"),
    ("UTF-8 in the header", FROM + "Subject: Grüße\r\n\r\nx\r\n".encode()),
    ("Latin-1 in the header", FROM + b"Subject: Gr\xfc\xdfe\r\n\r\nx\r\n"),
    ("lines with dots", FROM + b"\r\n.\r\n..\r\n.x\r\n"),
    ("a long line", FROM + b"\r\n" + b"x" * 200000 + b"\r\n"),
    ("a long field", FROM + b"Subject: " + b"y" * 60000 + b"\r\n\r\nx\r\n"),
    ("a folded From", b"From:\r\n joe@a.test\r\n\r\nx\r\n"),
    ("white space before the colon", b"From \t:\t joe@a.test\r\n\r\nx\r\n"),
    ("several authors", b"From: joe@a.test, ann@c.test\r\n"
     b"Sender: joe@a.test\r\n\r\nx\r\n"),
    ("an encoded From", b"From: =?utf-8?q?J=C3=B6?= <joe@a.test>\r\n\r\nx"
     b"\r\n"),
    ("a quoted local part", b'From: "joe @ x"@a.test\r\n\r\nx\r\n'),
    ("a Sender of ours for another From",
     b"From: joe@c.test\r\nSender: x@a.test\r\n\r\nx\r\n"),
    ("a line that is no field", FROM + b"no field\r\nSubject: x\r\n\r\nx\r\n"),
    ("a line of an mbox", b"From joe Mon Jan 1\r\n" + FROM + b"\r\nx\r\n"),
    ("lone CR and LF", FROM + b"Subject: a\nb: c\r\n\r\na\rb\nc\r\n"),
    ("500 fields", FROM + b"X: y\r\n" * 500 + b"\r\nx\r\n"),
    ("5 MB", FROM + b"\r\n" + b"0123456789abcdef\r\n" * 300000),
]

UNSIGNED = [
    ("nothing at all", b"", "no From field"),
    ("no From", b"Subject: x\r\n\r\nx\r\n", "no From field"),
    ("a body alone", b"\r\nbody\r\n", "no From field"),
    ("two From fields", FROM + FROM + b"\r\nx\r\n", "more than one From"),
    ("a From without address", b"From: list:;\r\n\r\nx\r\n",
     "neither Sender nor From holds an address"),
    ("5000 fields", FROM + b"X: y\r\n" * 5000 + b"\r\nx\r\n",
     "more than 1000 fields"),
]


def inject(conf, mail):
    done = run(MAILSEALD, "-c", configuration(conf), "--inject", "-",
               stdin=mail)
    equal(done.returncode, OK, done.err)
    return done


def rests(signed, mail):
    assert signed.endswith(mail), "the message is not what it was"
    return signed[:len(signed) - len(mail)]


def signed_row(shape, mail):
    @test(f"{shape}: signed twice, untouched, and verified")
    def verified():
        done = inject(SIGN, mail)
        equal(done.err, "")
        fields = rests(done.stdout, mail)
        equal(fields.count(b"DKIM-Signature:"), 2)
        seen = inject(VERIFY, done.stdout)
        equal(seen.err, "")
        results = rests(seen.stdout, done.stdout)
        equal(results.count(b"dkim=pass"), 2, results)
        equal(results.count(b"dkim="), 2, results)
        own = run(MAILSEAL, "verify", "--zone", KEYS.zone, stdin=done.stdout)
        equal(own.returncode, OK, own.stdout)


def unsigned_row(shape, mail, why):
    @test(f"{shape}: not signed, the log says why, nothing else happens")
    def left():
        done = inject(SIGN, mail)
        equal(done.stdout, mail)
        holds(done.err, why)


for each in SIGNED:
    signed_row(*each)
for each in UNSIGNED:
    unsigned_row(*each)


@test("a changed octet fails, wherever it is")
def changed():
    signed = inject(SIGN, FROM + b"Subject: dinner\r\n\r\n19:30\r\n").stdout
    for old, new in ((b"19:30\r", b"18:30\r"), (b"dinner", b"lunch!"),
                     (b"joe@", b"jon@")):
        seen = inject(VERIFY, signed.replace(old, new, 1)).stdout
        head = seen[:seen.index(b"DKIM-Signature:")]
        equal(head.count(b"dkim=fail"), 2, old)


FORGED = [
    b"Authentication-Results: mx.b.test; dkim=pass",
    b"Authentication-Results: MX.B.Test. ; dkim=pass",
    b"Authentication-Results: (c) mx.b.test (x) 1; dkim=pass",
    b'Authentication-Results: "mx.b.test"; dkim=pass',
    b"Authentication-Results:\r\n\tmx.b.test;\r\n\tdkim=pass",
    b"Authentication-Results: mx.b.test dkim=pass",
    b"authentication-results : mx.b.test; dkim=pass",
]


@test("fields that claim to be ours go, those of others stay")
def forged():
    others = (b"Authentication-Results: xmx.b.test; dkim=pass\r\n"
              b"Authentication-Results: other.test; spf=pass\r\n")
    for claim in FORGED:
        seen = inject(VERIFY, claim + b"\r\n" + FROM + claim + b"\r\n" +
                      others + b"\r\nx\r\n")
        equal(seen.stdout, FROM + others + b"\r\nx\r\n", claim)


@test("unsigned mail gets no field unless report_none asks for it")
def none():
    mail = FROM + b"\r\nx\r\n"
    equal(inject(VERIFY, mail).stdout, mail)
    seen = inject(VERIFY + 'dkim_validate "v" { report_none = yes }\n', mail)
    equal(rests(seen.stdout, mail),
          b"Authentication-Results: mx.b.test;\r\n\tdkim=none\r\n")
    lacks(seen.err, "error")


if __name__ == "__main__":
    main()
