#!/usr/bin/python3
"""opendkim_module_test.py: what the module opendkim signs, others verify; and
what it is not let do beside dkim_sign.

usage: opendkim_module_test.py MAILSEAL MAILSEALD MODULES OPENDKIM_JUDGE

OPENDKIM_JUDGE is the program built of opendkim_judge.c, or "-".  Mail::DKIM and
dkimpy judge, too, where they are installed.
"""
import os
import re
import subprocess
import sys

sys.dont_write_bytecode = True  # the source tree stays as it is
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "cli"))

from tap import Skip, equal, holds, lacks, main, test

MAILSEAL, MAILSEALD, MODULES = map(os.path.abspath, sys.argv[1:4])
OPENDKIM_JUDGE = sys.argv[4] if sys.argv[4] == "-" else \
    os.path.abspath(sys.argv[4])
MAILDKIM_JUDGE = ["/usr/bin/perl", os.path.join(HERE, "maildkim_judge.pl")]

MESSAGE = (b"Received: from a.example.com by b.example.com;\r\n"
           b"\tThu, 01 Jan 2026 12:00:02 +0000\r\n"
           b"X-Twice: one\r\n"
           b"Received: by a.example.com; Thu, 01 Jan 2026 12:00:01 +0000\r\n"
           b"From: Ada <ada@example.com>\r\n"
           b"To: bob@example.net,\r\n"
           b"  carol@example.net\r\n"
           b"X-Twice: two  \r\n"
           b"Subject: seals   and  seals\r\n"
           b"Date: Thu, 01 Jan 2026 12:00:00 +0000\r\n"
           b"MIME-Version: 1.0\r\n"
           b"Content-Type: text/plain\r\n"
           b"\r\n"
           b"One line.  \r\n"
           b"..\r\n"
           b"\r\n"
           b"the end\t of it\r\n"
           b"\r\n")

LIST = ('headerlist = ("from", "to", "message-id", "date", "subject", '
        '"Content-Type") ')
# What a stanza says besides key and list: (name, options, selector).
STANZAS = [
    ("the defaults", "", "rsa"),
    ("relaxed", "header_canon = relaxed body_canon = relaxed", "rsa"),
    ("relaxed/simple", "header_canon = relaxed", "rsa"),
    ("simple/relaxed", "body_canon = relaxed", "rsa"),
    ("oversigned", 'oversign_headerlist = ( From Subject Reply-To Cc )',
     "rsa"),
    ("fields that come twice, and some left out",
     "headerlist = ( X-Twice From Received Subject To ) "
     "skip_headerlist = ( Received ) oversign_headerlist = ( X-Twice )",
     "rsa"),
    ("identity, lifetime, l= and z=",
     'identity = "ada@mail.example.com" lifetime = 24 '
     "body_length_limit = true copy_headers = true", "rsa"),
    ("testing", "testing = true", "rsa"),
    ("Ed25519, oversigned", "header_canon = relaxed body_canon = relaxed "
     "oversign_headerlist = ( From )", "ed25519"),
]


def run(*arguments, status=0, stdin=b""):
    done = subprocess.run(arguments, input=stdin, capture_output=True,
                          timeout=60, check=False)
    equal(done.returncode, status, f"{arguments} said {done.stderr!r}")
    return done


def write(path, content):
    with open(path, "wb") as file:
        file.write(content if isinstance(content, bytes)
                   else content.encode())
    return path


def make_keys():
    """Both kinds; keys.txt as the judges want it."""
    zone = ""
    for kind in "rsa", "ed25519":
        run(MAILSEAL, "keygen", "--domain", "example.com", "--selector", kind,
            "--type", kind, "--out", ".")
        with open(f"{kind}.txt", encoding="ascii") as record:
            zone += f"{kind}._domainkey.example.com\t" + "".join(
                re.findall(r'"([^"]*)"', record.read())) + "\n"
    write("keys.txt", zone)


def stanza(options, selector, name="o"):
    here = os.getcwd()
    return (f'opendkim "{name}" {{ key = "{here}/%{{s}}.key" '
            f"selector = {selector} {LIST}{options} }}\n")


def configuration(text):
    return write("ecelerity.conf", f'module_path = ( "{MODULES}" )\n{text}')


def signed(text, message=MESSAGE):
    done = run(MAILSEALD, "-c", configuration(text), "--inject",
               write("in.eml", message), "--client", "127.0.0.1")
    assert done.stdout.endswith(message), done.stdout
    return done.stdout


def sign_all(kinds):
    """The messages of the stanzas whose selector is of these: name, path."""
    make_keys()
    for number, (name, options, selector) in enumerate(STANZAS):
        if selector in kinds:
            text = signed(stanza(options, selector))
            equal(text.count(b"DKIM-Signature:"), 1, name)
            yield name, write(f"{number}.eml", text)


def judged_by(program, kinds):
    mails = list(sign_all(kinds))
    jobs = "".join(f"verify\t{path}\n" for _, path in mails)
    verdicts = run(*program, "keys.txt", stdin=jobs.encode()).stdout
    equal([(name, verdict) for (name, _), verdict
           in zip(mails, verdicts.decode().splitlines(), strict=True)],
          [(name, "pass") for name, _ in mails])


@test("libopendkim verifies what opendkim signs")
def libopendkim():
    if OPENDKIM_JUDGE == "-":
        raise Skip("libopendkim-dev is not installed")
    known = run(OPENDKIM_JUDGE, "--algorithms").stdout.decode()
    judged_by([OPENDKIM_JUDGE],
              ["rsa", "ed25519"] if "ed25519" in known else ["rsa"])


@test("Mail::DKIM verifies what opendkim signs")
def maildkim():
    probe = subprocess.run(["/usr/bin/perl", "-MMail::DKIM::Verifier", "-e1"],
                           capture_output=True, check=False)
    if probe.returncode != 0:
        raise Skip("libmail-dkim-perl is not installed")
    judged_by(MAILDKIM_JUDGE, ["rsa"])


@test("dkimpy verifies what opendkim signs, each of several signatures")
def dkimpy():
    try:
        import dkim
    except ImportError:
        raise Skip("python3-dkim is not installed") from None
    make_keys()
    with open("keys.txt", encoding="ascii") as file:
        records = dict(line.rstrip("\n").split("\t") for line in file)
    rsa = [(name, options) for name, options, kind in STANZAS if kind == "rsa"]
    text = signed("".join(stanza(options, "rsa", str(number)) for
                          number, (_, options) in enumerate(rsa)))
    message = dkim.DKIM(text)
    for number, (name, _) in enumerate(rsa):
        assert message.verify(number, dnsfunc=lambda name, timeout=5:
                              records[name.decode().rstrip(".")].encode()), name


@test("one octet that changes breaks the signature")
def one_octet():
    if OPENDKIM_JUDGE == "-":
        raise Skip("libopendkim-dev is not installed")
    make_keys()
    text = signed(stanza("oversign_headerlist = ( Cc )", "rsa"))
    write("0.eml", text)
    write("1.eml", text.replace(b"the end\t", b"the  end"))
    write("2.eml", text.replace(b"MIME-Version", b"Cc: e@example.net\r\n"
                                b"MIME-Version"))
    jobs = b"".join(b"verify\t%d.eml\n" % number for number in range(3))
    verdicts = run(OPENDKIM_JUDGE, "keys.txt", stdin=jobs).stdout.decode()
    equal([verdict == "pass" for verdict in verdicts.splitlines()],
          [True, False, False], verdicts)


@test("it does not sign beside dkim_sign: -t says so, with file and line")
def beside():
    make_keys()
    other = (f'dkim_sign "d" {{ key = "{os.getcwd()}/rsa.key" '
             "selector = rsa }\n")
    for text, line in ((other + "\n" + stanza("", "rsa"), 4),
                       (stanza("", "rsa") + other, 3)):
        done = run(MAILSEALD, "-c", configuration(text), "-t", status=78)
        said = done.stderr.decode()
        holds(said, f"ecelerity.conf:{line}: ")
        holds(said, "would both sign")
        holds(said, "enabled = false")
    passive = configuration(stanza("enabled = false", "rsa") + other)
    lacks(run(MAILSEALD, "-c", passive, "-t").stderr.decode(), "both")
    equal(signed(stanza("enabled = false", "rsa") + other)
          .count(b"DKIM-Signature:"), 1)


main()
