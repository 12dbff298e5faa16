"""The command line as its users see it: arguments in; output, reports, files
and exit status out.

usage: mailseal_test.py MAILSEAL MAN-FOLDER
"""
import json
import os
import re
import shutil
import socket
import stat
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True  # the source tree stays as it is

from fixtures import (BARE_RSA_P, ED25519_P, MESSAGE, NOW, RSA1024_P, RSA_P,
                      SPKI_ED25519_P, WEAK_P, WEAK_PEM)
from tap import Skip, equal, holds, lacks, main, test

MAILSEAL = os.path.abspath(sys.argv[1])
MAN = os.path.abspath(sys.argv[2])

COMMANDS = ("sign", "verify", "keygen", "key", "explain", "policy")

PASS, NO = 0, 1
USAGE, DATA, INPUT, CREATE, IO, TEMPORARY, CONFIG = 64, 65, 66, 73, 74, 75, 78


class Done:
    """What a run left behind."""

    def __init__(self, status, out, err):
        self.status = status
        self.out = out
        self.err = err.decode()
        self.text = out.decode("utf-8", "replace")


def mailseal(*arguments, stdin=b"", **rest):
    done = subprocess.run([MAILSEAL, *map(str, arguments)], input=stdin,
                          capture_output=True, timeout=60, check=False, **rest)
    return Done(done.returncode, done.stdout, done.stderr)


def expect(status, *arguments, **rest):
    done = mailseal(*arguments, **rest)
    equal(done.status, status, f"{arguments} said {done.err!r} {done.text!r}")
    for line in done.err.splitlines():
        assert line.startswith("mailseal: "), f"{arguments}: {line!r}"
    return done


def write(path, content, mode=0o644):
    if isinstance(content, str):
        content = content.encode()
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
    os.chmod(path, mode)


def zone(*records):
    """A zone file of (name, text) pairs, the text in strings of 255."""
    lines = []
    for name, text in records:
        text = text.replace("\\", "\\\\").replace('"', '\\"')
        strings = re.findall(r"(?:\\.|[^\\]){1,200}", text) or [""]
        lines.append(f"{name}. 60 IN TXT "
                     + " ".join(f'"{string}"' for string in strings))
    write("zone", "\n".join(lines) + "\n")


KEYS = tempfile.TemporaryDirectory()


def keygen(selector="s1", kind="rsa", domain="example.com"):
    """A key and its record, made once for all tests that want the same."""
    folder = os.path.join(KEYS.name, selector + kind + domain)
    if not os.path.exists(folder):
        os.mkdir(folder)
        expect(PASS, "keygen", "--domain", domain, "--selector", selector,
               "--type", kind, "--out", folder)
    for name in (f"{selector}.key", f"{selector}.txt"):
        shutil.copy(os.path.join(folder, name), name)


def sign(*options, message=MESSAGE, selector="s1", key="s1.key", status=PASS):
    return expect(status, "sign", "--domain", "example.com", "--selector",
                  selector, "--key", key, "--time", NOW, *options,
                  stdin=message)


def verify(message, *options, status=PASS, zone_file="s1.txt"):
    return expect(status, "verify", "--zone", zone_file, "--time", NOW,
                  *options, stdin=message)


def verdict(message, *options, status=PASS, zone_file="s1.txt"):
    done = verify(message, "--json", *options, status=status,
                  zone_file=zone_file)
    equal(done.text.count("\n"), 1, "lines of JSON")
    return json.loads(done.text)


def unfolded(field):
    return re.sub(r"\r?\n[ \t]", " ", field)


def signature_of(signed):
    """The top field's tags, white space taken out."""
    top = re.match(rb"DKIM-Signature:((?:.|\r?\n[ \t])*)", signed, re.I)
    assert top, signed[:80]
    text = re.sub(r"\s", "", top.group(1).decode())
    return dict(tag.split("=", 1) for tag in text.split(";") if tag)


# Signing and verifying

@test("what sign made with a keygen key verifies against keygen's record")
def _():
    for kind in ("rsa", "ed25519"):
        keygen(kind, kind)
        signed = sign(selector=kind, key=f"{kind}.key").out
        done = verify(signed, zone_file=f"{kind}.txt")
        holds(done.text, f"pass d=example.com s={kind} a={kind}-sha256 "
              "c=relaxed/relaxed", kind)
        holds(done.text, "reason=ok: ", kind)
        equal(done.text.count("\n"), 1, "one line for one signature")


@test("sign writes the message untouched behind the signature, CRLF with CRLF")
def _():
    keygen()
    signed = sign().out
    equal(signed[-len(MESSAGE):], MESSAGE)
    top = signed[:-len(MESSAGE)]
    assert top.startswith(b"DKIM-Signature: ") and top.endswith(b"\r\n")
    equal(top.count(b"\n"), top.count(b"\r\n"))


@test("a message with bare LF gets a signature with bare LF and verifies")
def _():
    keygen()
    message = MESSAGE.replace(b"\r\n", b"\n")
    signed = sign(message=message).out
    equal(signed[-len(message):], message)
    lacks(signed, b"\r")
    verify(signed)
    # the same signature holds for the message as it travels
    verify(signed.replace(b"\n", b"\r\n"))


@test("the first line alone decides on line ends, and odd bytes are kept")
def _():
    keygen()
    for message in (
            b"From: a@example.com\n\nbody \xff\x00 end without line end",
            b"From: a@example.com\r\n\r\nlone \n and lone \r\r\n",
            b"From: a@example.com\nSubject: \xc3\xa4\n\na\rb\n\n\n",
            b"From: a@example.com",
            b"From: a@example.com\r\n"):
        signed = sign(message=message).out
        equal(signed[-len(message):], message)
        verify(signed)


@test("a message comes from a file, from -, from a pipe and from a redirection")
def _():
    keygen()
    write("m.eml", b"junk" + MESSAGE)
    piped = sign().out
    write("m2.eml", MESSAGE)
    equal(sign("m2.eml").out, piped, "file")
    equal(sign("-").out, piped, "-")
    with open("m.eml", "rb", buffering=0) as file:
        file.seek(4)
        done = subprocess.run(
            [MAILSEAL, "sign", "--domain", "example.com", "--selector", "s1",
             "--key", "s1.key", "--time", str(NOW)], stdin=file,
            capture_output=True, check=True)
    equal(done.stdout, piped, "redirected, from where the shell left it")
    write("signed.eml", piped)
    verify(b"", "signed.eml")


@test("a large message passes through a pipe and through a file alike")
def _():
    keygen()
    body = b"".join(b"%070d\r\n" % i for i in range(60000))
    message = MESSAGE + body
    signed = sign(message=message).out
    equal(signed[-len(message):], message)
    write("large.eml", message)
    equal(sign("large.eml").out, signed)
    verify(signed)


@test("several keys make several signatures in one pass, the first on top")
def _():
    keygen("r", "rsa")
    keygen("e", "ed25519")
    signed = expect(PASS, "sign", "--domain", "example.com",
                    "--selector", "r", "--key", "r.key",
                    "--selector", "e", "--key", "e.key",
                    "--time", NOW, stdin=MESSAGE).out
    write("both.txt", open("r.txt").read() + open("e.txt").read())
    found = verdict(signed, zone_file="both.txt")
    equal([(s["selector"], s["result"]) for s in found["signatures"]],
          [("r", "pass"), ("e", "pass")])
    # one that holds is enough (RFC 6376 section 4.3)
    found = verdict(signed, zone_file="e.txt")
    equal([s["result"] for s in found["signatures"]], ["permerror", "pass"])
    equal(found["result"], "pass")


@test("keys, selectors and domains that do not pair up are misuse")
def _():
    keygen()
    for arguments in (
            ("--domain", "a.example", "--selector", "s1", "--selector", "s2",
             "--key", "s1.key"),
            ("--domain", "a.example", "--domain", "b.example", "--selector",
             "s1", "--key", "s1.key")):
        expect(USAGE, "sign", *arguments, stdin=MESSAGE)


@test("one changed byte of body or header is a fail, exit 1")
def _():
    keygen()
    signed = sign().out
    for was, becomes, reason in (
            (b"Another", b"another", "body-hash-mismatch"),
            (b"seals", b"Seals", "signature-mismatch"),
            (b"From: Ada", b"From: Eve", "signature-mismatch")):
        found = verdict(signed.replace(was, becomes), status=NO)
        equal(found["result"], "fail")
        equal(found["signatures"][0]["reason"], reason)


@test("a From field added above a signed message is a fail (RFC 6376 8.15)")
def _():
    keygen()
    done = verify(b"From: eve@example.org\r\n" + sign().out, status=NO)
    holds(done.text, "fail ")
    holds(done.err, "2 From fields")


@test("an unsigned message is none, exit 1, in words and in JSON")
def _():
    zone(("x.example", "x"))
    done = verify(MESSAGE, status=NO, zone_file="zone")
    holds(done.text, "none reason=no-signature: ")
    equal(verdict(MESSAGE, status=NO, zone_file="zone")["signatures"], [])
    verify(b"", status=NO, zone_file="zone")


@test("a message without From, or with two, is refused and nothing written")
def _():
    keygen()
    write("two.eml", b"From: a@example.com\r\n" + MESSAGE)
    done = sign("two.eml", status=DATA)
    equal(done.out, b"")
    holds(done.err, "two.eml: not signed: ")
    done = sign(message=b"To: a@example.com\r\n\r\nhello\r\n", status=DATA)
    equal(done.out, b"")
    holds(done.err, "standard input: not signed: ")
    holds(done.err, "From")


@test("the options of sign appear in the signature")
def _():
    keygen()
    for options, tag, wanted in (
            (("--canon", "simple/relaxed"), "c", "simple/relaxed"),
            (("--canon", "relaxed"), "c", "relaxed/simple"),
            (("--identity", "ada@mail.example.com"), "i",
             "ada@mail.example.com"),
            (("--time", "1700000000"), "t", "1700000000"),
            (("--expire", "60"), "x", str(NOW + 60)),
            (("--headers", "From:Subject?:X-No?:Cc"), "h", "From:Subject:Cc"),
            (("--headers=From*:Received+",), "h", "From:From"),
            (("--body-length",), "l", "28"),
            (("--algorithm", "rsa-sha256"), "a", "rsa-sha256")):
        signed = sign(*options).out
        equal(signature_of(signed)[tag].lower(), wanted.lower(), options)
        verify(signed)
    signed = sign("--copy-headers").out
    holds(signature_of(signed)["z"], "From:")
    verify(signed)
    lacks(signature_of(sign().out), "l")
    lacks(signature_of(sign().out), "x")


@test("an identity outside the domain is refused (RFC 6376 section 3.5)")
def _():
    keygen()
    done = sign("--identity", "ada@example.org", status=USAGE)
    equal(done.out, b"")


@test("a domain with U-labels signs with A-labels (RFC 8616)")
def _():
    keygen(domain="b\u00fccher.example")
    signed = expect(PASS, "sign", "--domain", "b\u00fccher.example",
                    "--selector", "s1", "--key", "s1.key", "--time", NOW,
                    stdin=MESSAGE).out
    equal(signature_of(signed)["d"], "xn--bcher-kva.example")
    verify(signed)


@test("an expired signature does not pass")
def _():
    keygen()
    signed = sign("--expire", "3600").out
    equal(verdict(signed)["result"], "pass")
    found = verdict(signed, "--time", NOW + 8000, status=NO)
    equal(found["signatures"][0]["reason"], "expired")


@test("an algorithm that is not the key's is refused")
def _():
    keygen("e", "ed25519")
    equal(sign("--algorithm", "rsa-sha256", selector="e", key="e.key",
               status=DATA).out, b"")


@test("rsa-sha1 is made only when asked for, with a warning, and does not pass "
      "unless allowed (RFC 8301)")
def _():
    keygen()
    done = sign("--algorithm", "rsa-sha1")
    holds(done.err, "warning: rsa-sha1")
    found = verdict(done.out, status=NO)
    equal(found["result"], "policy")
    equal(found["signatures"][0]["reason"], "rsa-sha1")
    verify(done.out, "--allow", "rsa-sha1")
    verify(done.out, "--allow", "weak-key,partial-body", status=NO)


@test("a weak key signs only when allowed, and passes only when allowed "
      "(RFC 8301)")
def _():
    write("weak.key", WEAK_PEM, 0o600)
    zone(("s1._domainkey.example.com", "v=DKIM1; p=" + WEAK_P))
    equal(sign(key="weak.key", status=DATA).out, b"")
    done = sign("--allow", "weak-key", key="weak.key")
    holds(done.err, "warning: weak.key: an RSA key of 768 bits")
    found = verdict(done.out, status=NO, zone_file="zone")
    equal(found["result"], "policy")
    equal(found["signatures"][0]["reason"], "key-too-small")
    equal(found["signatures"][0]["key_bits"], 768)
    verify(done.out, "--allow", "weak-key", zone_file="zone")
    verify(done.out, "--min-key-bits", "768", zone_file="zone")
    verify(done.out, "--allow", "weak-key", "--min-key-bits", "769",
           zone_file="zone", status=NO)


@test("--min-key-bits raises the bar")
def _():
    keygen()
    signed = sign().out
    verify(signed, "--min-key-bits", "2048")
    found = verdict(signed, "--min-key-bits", "2049", status=NO)
    equal(found["result"], "policy")


@test("text behind what l= covers is policy, and passes when allowed")
def _():
    keygen()
    signed = sign("--body-length").out + b"more\r\n"
    found = verdict(signed, status=NO)
    equal(found["signatures"][0]["reason"], "partial-body")
    equal(found["signatures"][0]["length"], 28)
    found = verdict(signed, "--allow", "partial-body")
    equal(found["signatures"][0]["unsigned_octets"], 6)


@test("JSON has every member, with null for what is not known")
def _():
    keygen()
    found = verdict(sign("--expire", "60").out)
    equal(set(found), {"result", "signatures", "from_domain", "from_fields"})
    equal(found["from_domain"], "example.com")
    one = found["signatures"][0]
    for member, wanted in (
            ("result", "pass"), ("domain", "example.com"), ("selector", "s1"),
            ("identity", "@example.com"), ("algorithm", "rsa-sha256"),
            ("canonicalization", "relaxed/relaxed"), ("key_bits", 2048),
            ("testing", False), ("reason", "ok"),
            ("query", "s1._domainkey.example.com"), ("alignment", "strict"),
            ("timestamp", NOW), ("expiration", NOW + 60), ("length", None),
            ("unsigned_octets", 0)):
        equal(one[member], wanted, member)
    broken = verdict(b"DKIM-Signature: nonsense\r\n" + MESSAGE, status=NO)
    equal(broken["result"], "permerror")
    equal(set(broken["signatures"][0]), set(one), "the same members")
    equal(broken["signatures"][0]["domain"], None)


@test("a record with t=y is shown as testing, and passes all the same")
def _():
    keygen()
    record = re.search(r"v=DKIM1.*", mailseal(
        "key", "--zone", "s1.txt", "s1", "example.com").text).group()
    zone(("s1._domainkey.example.com", record + "; t=y"))
    signed = sign().out
    assert verdict(signed, zone_file="zone")["signatures"][0]["testing"]
    holds(verify(signed, zone_file="zone").text, " testing=yes ")


@test("bytes that are no text neither break the JSON nor reach the terminal")
def _():
    zone(("x.example", "x"))
    message = (b"DKIM-Signature: v=1; a=rsa\x1b[2J-sha256; d=ex\xff\xfe.com;"
               b" s=\xe2\x80\xae1\x07; h=from; bh=x; b=x\r\n" + MESSAGE)
    found = verdict(message, status=NO, zone_file="zone")
    equal(found["result"], "permerror")
    plain = verify(message, status=NO, zone_file="zone")
    for bad in (b"\x1b", b"\x07", b"\xff", b"\xe2\x80\xae"):
        lacks(plain.out, bad)


@test("the DNS is asked once the header is known: absent key, exit 1")
def _():
    keygen()
    zone(("other._domainkey.example.com", "v=DKIM1; p=" + RSA_P))
    found = verdict(sign().out, status=NO, zone_file="zone")
    equal(found["result"], "permerror")
    equal(found["signatures"][0]["reason"], "key-not-found")


@test("--authserv-id adds the Authentication-Results field (RFC 8601)")
def _():
    keygen()
    signed = sign().out
    lacks(verify(signed).text, "Authentication-Results")
    done = verify(signed, "--authserv-id", "mx.example.net")
    lines = done.text.split("\n", 1)
    holds(lines[0], "pass ")
    field = unfolded(lines[1])
    for part in ("Authentication-Results: mx.example.net;", "dkim=pass",
                 "header.d=example.com", "header.s=s1", "header.b="):
        holds(field, part)
    lacks(done.text, "\r")
    found = verdict(signed, "--authserv-id", "mx.example.net")
    equal(re.sub(r"\s+", " ", found["authentication_results"]).strip(),
          re.sub(r"\s+", " ", field).strip())
    zone(("x.example", "x"))
    holds(verify(MESSAGE, "--authserv-id", "mx.example.net", status=NO,
                 zone_file="zone").text, "dkim=none")


@test("servers that do not answer are temperror, exit 75")
def _():
    keygen()
    signed = sign().out
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
        silent.bind(("127.0.0.1", 0))
        server = f"127.0.0.1@{silent.getsockname()[1]}"
        found = json.loads(expect(
            TEMPORARY, "verify", "--forward", server, "--timeout", "1",
            "--json", "--time", NOW, stdin=signed).text)
        equal(found["result"], "temperror")
        equal(found["signatures"][0]["reason"], "dns-timeout")
        done = expect(TEMPORARY, "key", "--forward", server, "--timeout", "1",
                      "s1", "example.com")
        holds(done.err, "s1._domainkey.example.com: the DNS did not answer")


# Files and streams that fail

@test("files that cannot be opened are exit 66 and named")
def _():
    keygen()
    for arguments in (
            ("verify", "--zone", "s1.txt", "absent.file"),
            ("verify", "--zone", "absent.file"),
            ("verify", "--resolv-conf", "absent.file", "s1.txt"),
            ("verify", "--trust-anchor", "absent.file", "s1.txt"),
            ("key", "--zone", "absent.file", "s1", "example.com"),
            ("sign", "--domain", "example.com", "--selector", "s1", "--key",
             "absent.file"),
            ("sign", "--domain", "example.com", "--selector", "s1", "--key",
             "s1.key", "absent.file")):
        done = expect(INPUT, *arguments)
        holds(done.err, "absent.file")
        equal(done.err.count("\n"), 1, "lines")
        equal(done.out, b"")
    os.mkdir("folder")
    holds(expect(INPUT, "verify", "--zone", "s1.txt", "folder").err,
          "folder: ")


@test("a zone file that is none is exit 65, with file and line")
def _():
    write("bad.zone", "a.example. 60 IN TXT \"ok\"\nb.example. 60 IN TXT \"o\n")
    for arguments in (("verify", "--zone", "bad.zone"),
                      ("key", "--zone", "bad.zone", "s1", "example.com")):
        done = expect(DATA, *arguments, stdin=MESSAGE)
        assert re.search(r"bad\.zone.*2", done.err), done.err


@test("a key file that others can read is exit 78 and says what is wanted")
def _():
    keygen()
    os.chmod("s1.key", 0o644)
    done = sign(status=CONFIG)
    equal(done.out, b"")
    holds(done.err, "s1.key")
    holds(done.err, "0644")
    os.chmod("s1.key", 0o600)
    os.symlink("s1.key", "link.key")
    sign(key="link.key", status=CONFIG)


@test("a file that holds no key is exit 65")
def _():
    write("none.key", "hello\n", 0o600)
    holds(sign(key="none.key", status=DATA).err, "none.key")


@test("no private key is ever printed")
def _():
    for kind in ("rsa", "ed25519"):
        done = expect(PASS, "keygen", "--domain", "example.com", "--selector",
                      kind, "--type", kind)
        secret = open(f"{kind}.key").read().splitlines()
        for line in secret[1:-1]:
            lacks(done.text + done.err, line)
            lacks(open(f"{kind}.txt").read(), line)


@test("output that cannot be written is exit 74")
def _():
    keygen()
    write("m.eml", MESSAGE)
    signing = ["sign", "--domain", "example.com", "--selector", "s1", "--key",
               "s1.key", "m.eml"]
    for arguments in (signing, ["--help"], ["sign", "--help"],
                      ["verify", "--zone", "s1.txt", "--json", "m.eml"],
                      ["key", "--zone", "s1.txt", "s1", "example.com"]):
        with open("/dev/full", "wb") as full:
            done = subprocess.run([MAILSEAL, *arguments], stdout=full,
                                  stderr=subprocess.PIPE, check=False)
        equal(done.returncode, IO, arguments)
        holds(done.stderr, b"mailseal: standard output: ", arguments)
        closed = subprocess.run(["sh", "-c", 'exec "$0" "$@" >&-', MAILSEAL,
                                 *arguments], stderr=subprocess.PIPE,
                                check=False)
        equal(closed.returncode, IO, f"{arguments}, closed")
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run([MAILSEAL, *signing], stdout=writer,
                          stderr=subprocess.PIPE, check=False)
    os.close(writer)
    equal(done.returncode, IO, "a pipe that nobody reads")


@test("a message that changes while it is signed is told, exit 75")
def _():
    keygen()
    write("m.eml", MESSAGE + b"line\r\n" * 200000)
    with subprocess.Popen(
            [MAILSEAL, "sign", "--domain", "example.com", "--selector", "s1",
             "--key", "s1.key", "m.eml"], stdout=subprocess.PIPE,
            stderr=subprocess.PIPE) as child:
        child.stdout.read(1)
        # the first output comes after the first reading, and the pipe is too
        # small for the second to be over
        with open("m.eml", "ab") as file:
            file.write(b"more\r\n")
        _, err = child.communicate()
        equal(child.returncode, TEMPORARY)
        holds(err, b"m.eml: changed")


@test("without a place for a temporary file a pipe cannot be signed, exit 73")
def _():
    keygen()
    done = mailseal("sign", "--domain", "example.com", "--selector", "s1",
                    "--key", "s1.key", stdin=MESSAGE,
                    env={**os.environ, "TMPDIR": "/nonexistent"})
    equal(done.status, CREATE)
    holds(done.err, "/nonexistent: ")
    equal(done.out, b"")


@test("nothing is left in the folder of temporary files")
def _():
    keygen()
    os.mkdir("tmp")
    done = mailseal("sign", "--domain", "example.com", "--selector", "s1",
                    "--key", "s1.key", stdin=MESSAGE,
                    env={**os.environ, "TMPDIR": os.path.abspath("tmp")})
    equal(done.status, PASS)
    equal(os.listdir("tmp"), [])


# keygen

@test("keygen makes the key with mode 0600 and the record with the umask's")
def _():
    old = os.umask(0)
    try:
        expect(PASS, "keygen", "--domain", "example.com", "--selector", "s1")
    finally:
        os.umask(old)
    equal(stat.S_IMODE(os.stat("s1.key").st_mode), 0o600)
    equal(stat.S_IMODE(os.stat("s1.txt").st_mode), 0o644)
    holds(open("s1.key").read(), "BEGIN PRIVATE KEY")


@test("keygen overwrites nothing and leaves nothing half done")
def _():
    keygen()
    before = open("s1.key").read(), open("s1.txt").read()
    again = ("keygen", "--domain", "example.com", "--selector", "s1")
    holds(expect(CREATE, *again).err, "s1.key")
    equal((open("s1.key").read(), open("s1.txt").read()), before)
    os.unlink("s1.key")
    holds(expect(CREATE, *again).err, "s1.txt")
    assert not os.path.exists("s1.key"), "the key stayed behind"
    os.unlink("s1.txt")
    os.symlink("elsewhere", "s1.key")
    expect(CREATE, *again)
    equal(sorted(os.listdir(".")), ["s1.key"])
    os.unlink("s1.key")
    with open("/dev/full", "wb") as full:
        done = subprocess.run([MAILSEAL, *again], stdout=full,
                              stderr=subprocess.PIPE, check=False)
    equal(done.returncode, IO)
    equal(os.listdir("."), [], "output that got lost")
    expect(CREATE, *again, "--out", "nowhere")


@test("keygen prints the record in one line and in strings of at most 255")
def _():
    for bits, warned in (("1024", "2048 bits"), ("2048", ""),
                         ("4104", "over 4096 bits")):
        done = expect(PASS, "keygen", "--domain", "example.com", "--selector",
                      f"s{bits}", "--bits", bits)
        holds(done.err, warned)
        one_line = re.search(r"^;\s+(v=DKIM1; k=rsa; p=[A-Za-z0-9+/=]+)$",
                             done.text, re.M).group(1)
        record = open(f"s{bits}.txt").read()
        strings = re.findall(r'"([^"]*)"', record)
        equal("".join(strings), one_line)
        assert all(len(string) <= 255 for string in strings), strings
        holds(done.text, record)
        assert record.startswith(f"s{bits}._domainkey.example.com. IN TXT ")
        # what is printed is itself good for a zone file
        write("printed.zone", done.out)
        found = json.loads(expect(
            PASS, "key", "--json", "--zone", "printed.zone", f"s{bits}",
            "example.com").text)
        equal(found["record"], one_line)
        equal(found["key_bits"], int(bits))


@test("keygen makes RSA-2048 by default, quietly, and refuses under 1024 bits "
      "(RFC 8301)")
def _():
    base = ("keygen", "--domain", "example.com", "--selector")
    equal(expect(PASS, *base, "a").err, "")
    holds(expect(PASS, "key", "--zone", "a.txt", "a", "example.com").text,
          "rsa, 2048 bits")
    holds(expect(PASS, *base, "d", "--type", "ed25519").err, "RSA")
    for bits in ("1023", "512", "8193", "0", "-1", "2048x", "", " 2048",
                 "99999999999999999999"):
        expect(USAGE, *base, "e", "--bits", bits)
    expect(USAGE, *base, "e", "--type", "dsa")
    expect(USAGE, *base, "e", "--type", "ed25519", "--bits", "2048")
    lacks(" ".join(os.listdir(".")), "e.key")


@test("keygen turns U-labels into A-labels and refuses what is no name")
def _():
    done = expect(PASS, "keygen", "--domain", "B\u00dcCHER.example.",
                  "--selector", "mail.s1")
    holds(done.text, "mail.s1._domainkey.xn--bcher-kva.example. IN TXT")
    assert os.path.exists("mail.s1.key")
    for selector, domain in (("../s", "example.com"), ("s", "exa mple.com"),
                             ("s", "a..b"), ("s;", "example.com"),
                             ("s", "x" * 64 + ".com"),
                             ("s", ".".join(["a" * 60] * 4) + ".com")):
        expect(USAGE, "keygen", "--domain", domain, "--selector", selector)


@test("keygen --out names the folder")
def _():
    os.mkdir("keys")
    expect(PASS, "keygen", "--domain", "example.com", "--selector", "s1",
           "--type", "ed25519", "--out", "keys")
    equal(sorted(os.listdir("keys")), ["s1.key", "s1.txt"])


# key

NAME = "s1._domainkey.example.com"


@test("key shows name, record, tags, type, bits and flags of a good record")
def _():
    zone((NAME, f"v=DKIM1; k=rsa; t=s; n=hello; p={RSA_P}"))
    done = expect(PASS, "key", "--zone", "zone", "s1", "example.com")
    for part in (NAME, f"p={RSA_P}", "  v=DKIM1\n", "  t=s\n", "  n=hello\n",
                 "rsa, 2048 bits", "strict", "the key can be used"):
        holds(done.text, part)
    lacks(done.text, "error:")
    lacks(done.text, "warning:")


GOOD = f"v=DKIM1; k=rsa; p={RSA_P}"


@test("key says what is wrong with a record and how to fix it")
def _():
    for about, record, status, words in (
            ("no version", f"k=rsa; p={RSA_P}", PASS, "warning: v= is missing"),
            ("late version", f"k=rsa; v=DKIM1; p={RSA_P}", NO,
             "v= is not the first tag"),
            ("small version", f"v=dkim1; p={RSA_P}", NO, 'v= is "dkim1"'),
            ("version runs on", f"v=DKIM1 p={RSA_P}", NO,
             "put a semicolon behind v=DKIM1"),
            ("large tag", f"V=DKIM1; p={RSA_P}", NO, "lower case"),
            ("revoked", "v=DKIM1; p=", NO, "revoked"),
            ("no key", "v=DKIM1; k=rsa", NO, "p=, the key, is missing"),
            ("not base64", f"v=DKIM1; p={RSA_P[:40]}_{RSA_P[41:]}", NO,
             "holds '_', which is not base64"),
            ("odd length", f"v=DKIM1; p={RSA_P[:-1]}", NO,
             "not whole base64"),
            ("cut off", f"v=DKIM1; p={RSA_P[:240]}", NO, "cut off"),
            ("pasted twice", f"v=DKIM1; p={RSA_P + RSA_P}", NO,
             "more in p= than a key"),
            ("no DER", "v=DKIM1; p=aGVsbG8gd29ybGQh", NO,
             "no RSA public key"),
            ("bare RSA key", f"v=DKIM1; p={BARE_RSA_P}", PASS,
             "bare RSAPublicKey"),
            ("unknown type", f"v=DKIM1; k=dsa; p={RSA_P}", NO,
             "k=dsa is no key type"),
            ("large type", f"v=DKIM1; k=RSA; p={RSA_P}", NO,
             "k=RSA is no key type"),
            ("wrapped Ed25519", f"v=DKIM1; k=ed25519; p={SPKI_ED25519_P}", NO,
             f"publish the bare key: p={ED25519_P}"),
            ("Ed25519 as RSA", f"v=DKIM1; p={ED25519_P}", NO,
             "write k=ed25519"),
            ("RSA as Ed25519", f"v=DKIM1; k=ed25519; p={RSA_P}", NO,
             "write k=rsa"),
            ("Ed25519", f"v=DKIM1; k=ed25519; p={ED25519_P}", PASS,
             "not all receivers know Ed25519"),
            ("1024 bits", f"v=DKIM1; p={RSA1024_P}", PASS,
             "should have 2048 bits, not 1024"),
            ("768 bits", f"v=DKIM1; p={WEAK_P}", NO,
             "768 bits is not accepted"),
            ("testing", f"{GOOD}; t=y", PASS, "take y out of t="),
            ("strict", f"{GOOD}; t=s", PASS, "note: t=s"),
            ("wrong service", f"{GOOD}; s=tlsrpt", NO,
             "does not allow email"),
            ("old hash", f"{GOOD}; h=sha1", NO, "does not allow sha256"),
            ("both hashes", f"{GOOD}; h=sha1:sha256", PASS, "can be used"),
            ("g=", f"{GOOD}; g=*", PASS, "g= was dropped"),
            ("unknown tag", f"{GOOD}; zz=1", PASS, '"zz=" is no tag'),
            ("twin", f"{GOOD}; p={RSA_P}", NO, '"p=" occurs twice'),
            ("no tag", f"{GOOD}; hello", NO, '"hello" is no tag=value'),
            ("two semicolons", f"v=DKIM1;; p={RSA_P}", NO,
             "two semicolons"),
            ("quotes", f'"v=DKIM1; p={RSA_P}"', NO, "quotation marks"),
            ("escapes", f"v=DKIM1\\; p={RSA_P}", NO, "backslashes"),
            ("PEM", f"v=DKIM1; p=-----BEGIN PUBLIC KEY----- {RSA_P}", NO,
             "PEM"),
            ("SPF", "v=spf1 -all", NO, "SPF or DMARC"),
            ("empty", "", NO, "the record is empty"),
            ("control bytes", "v=DKIM1; p=\x1b[2J", NO, "0x1b")):
        zone((NAME, record))
        done = expect(status, "key", "--zone", "zone", "s1", "example.com")
        holds(done.text, words, about)
        lacks(done.text, "\x1b", about)
        found = json.loads(expect(status, "key", "--json", "--zone", "zone",
                                  "s1", "example.com").text)
        equal(found["usable"], status == PASS, about)
        equal(any(f["level"] == "error" for f in found["findings"]),
              status == NO, about)


@test("key agrees with verify on whether a record can be used")
def _():
    keygen()
    signed = sign().out
    record = json.loads(expect(PASS, "key", "--json", "--zone", "s1.txt", "s1",
                               "example.com").text)["record"]
    for change, status in (
            (lambda r: r, PASS),
            (lambda r: r.replace("v=DKIM1; ", ""), PASS),
            (lambda r: r.replace("DKIM1", "DKIM2"), NO),
            (lambda r: r + ";", PASS),
            (lambda r: r + "; ;", NO),
            (lambda r: r + "; x", NO),
            (lambda r: r.replace("p=", "p= "), PASS),
            (lambda r: r.replace("k=rsa", "k=rsa "), PASS),
            (lambda r: r.replace("k=rsa", "k = rsa"), PASS),
            (lambda r: r + "; h=sha256; s=*:x; t=y:s", PASS),
            (lambda r: r + "; s=other", NO)):
        changed = change(record)
        zone((NAME, changed))
        verify(signed, zone_file="zone", status=status)
        expect(status, "key", "--zone", "zone", "s1", "example.com")


@test("key warns of several records under one name")
def _():
    zone((NAME, GOOD), (NAME, "hello"))
    done = expect(PASS, "key", "--zone", "zone", "s1", "example.com")
    holds(done.text, "warning: there are 2 TXT records")


@test("key finds a record under the doubled name or without _domainkey")
def _():
    zone(("x.example.com", "x"))
    done = expect(NO, "key", "--zone", "zone", "s1", "example.com")
    holds(done.text, "there is no TXT record")
    equal(done.text.count("error:"), 1)
    zone((NAME + ".example.com", GOOD))
    holds(expect(NO, "key", "--zone", "zone", "s1", "example.com").text,
          "the domain twice: s1._domainkey.example.com.example.com")
    zone(("s1.example.com", GOOD))
    holds(expect(NO, "key", "--zone", "zone", "s1", "example.com").text,
          "without _domainkey: s1.example.com")


@test("key takes U-labels and refuses what is no name")
def _():
    zone(("s1._domainkey.xn--bcher-kva.example", GOOD))
    expect(PASS, "key", "--zone", "zone", "s1", "b\u00fccher.example")
    for arguments in (("s1",), (), ("a b", "example.com"), ("s1", "a..b"),
                      ("s1", "example.com", "more")):
        expect(USAGE, "key", "--zone", "zone", *arguments)


# The command line itself

@test("misuse is exit 64, one line, and says where help is")
def _():
    keygen()
    base = ("sign", "--domain", "example.com", "--selector", "s1", "--key",
            "s1.key")
    for arguments in (
            (), ("--nonsense",), ("frobnicate",), ("help", "frobnicate"),
            ("sign",), ("sign", "--domain", "example.com"),
            ("sign", "--domain", "example.com", "--selector", "s1"),
            (*base, "--nonsense"), (*base, "-x"), (*base, "--domain"),
            (*base, "--domain", ""), (*base, "--body-length=1"),
            (*base, "--help=1"),
            (*base, "--algorithm", "rsa-md5"), (*base, "--algorithm", ""),
            (*base, "--canon", "tight"), (*base, "--canon", "relaxed/"),
            (*base, "--time", "now"), (*base, "--time", "-1"),
            (*base, "--time", "1e9"), (*base, "--expire", "0"),
            (*base, "--expire", "1d"), (*base, "--allow", "all"),
            (*base, "--headers", "To:Subject"), (*base, "--headers", "From: :"),
            (*base, "a.eml", "b.eml"),
            ("sign", "--domain", "exa mple", "--selector", "s1", "--key",
             "s1.key"),
            ("sign", "--domain", "example.com", "--selector", "s;1", "--key",
             "s1.key"),
            ("verify", "--allow", "everything"), ("verify", "--allow", ""),
            ("verify", "--allow", "rsa-sha1,"),
            ("verify", "--min-key-bits", "511"),
            ("verify", "--min-key-bits", "4097"),
            ("verify", "--time", "9223372036854775807"),
            ("verify", "--timeout", "0"), ("verify", "--forward", "nonsense"),
            ("verify", "a.eml", "b.eml"),
            ("keygen",), ("keygen", "--domain", "example.com"),
            ("keygen", "--domain", "example.com", "--selector", "s2", "x"),
            ("key", "s1")):
        done = expect(USAGE, *arguments, stdin=MESSAGE)
        equal(done.out, b"", arguments)
        equal(done.err.count("\n"), 1, f"{arguments}: {done.err}")
        if arguments[:3] != ("verify", "--forward", "nonsense"):
            assert re.search(r"see mailseal .*--help", done.err), done.err
    equal(sorted(os.listdir(".")), ["s1.key", "s1.txt"])


@test("a slip in a command's name gets a suggestion, another word does not")
def _():
    for slip, meant in (("verfy", "verify"), ("singn", "sign"),
                        ("key-gen", "keygen"), ("keys", "key")):
        holds(mailseal(slip).err, f"did you mean '{meant}'?")
    lacks(mailseal("frobnicate").err, "did you mean")


@test("options may stand behind the message, and -- ends them")
def _():
    keygen()
    write("--json", sign().out)
    done = expect(PASS, "verify", "--zone", "s1.txt", "--time", NOW, "--",
                  "--json")
    holds(done.text, "pass ")
    write("m.eml", sign().out)
    json.loads(expect(PASS, "verify", "m.eml", "--zone=s1.txt",
                      f"--time={NOW}", "--json").text)


@test("--help goes to standard output, exit 0, and help CMD is the same")
def _():
    for command in COMMANDS:
        done = expect(PASS, command, "--help")
        equal(done.err, "")
        holds(done.text, f"usage: mailseal {command} ")
        holds(done.text, "exit status:")
        equal(expect(PASS, "help", command).text, done.text)
        assert all(len(line) <= 80 for line in done.text.splitlines()), command
        holds(mailseal("--help").text, f"  {command} ")
    equal(expect(PASS, "help").text, expect(PASS, "--help").text)


@test("the documented options are there")
def _():
    lookup = {"zone", "resolv-conf", "forward", "trust-anchor", "timeout"}
    for command, options in (
            ("sign", {"domain", "selector", "key", "algorithm", "canon",
                      "headers", "identity", "time", "expire", "body-length",
                      "copy-headers", "allow"}),
            ("verify", lookup | {"time", "json", "authserv-id", "allow",
                                 "min-key-bits"}),
            ("keygen", {"domain", "selector", "type", "bits", "out"}),
            ("key", lookup | {"json"}),
            ("policy", {"zone", "from", "rcpt", "client", "auth", "helo",
                        "config", "output", "json", "reference"})):
        listed = re.findall(r"^  --([a-z0-9-]+)", mailseal(
            command, "--help").text, re.M)
        equal(set(listed), options | {"help"}, command)


@test("each manual page has the options of --help and no others")
def _():
    for command in COMMANDS:
        page = open(f"{MAN}/mailseal-{command}.1").read()
        listed = set(re.findall(r"^  --([a-z0-9-]+)", mailseal(
            command, "--help").text, re.M))
        items = set(re.findall(r"^\.It Fl -([a-z0-9-]+)", page, re.M))
        equal(items, listed, command)
        synopsis = page.split(".Sh DESCRIPTION")[0]
        equal(set(re.findall(r"Fl -([a-z0-9-]+)", synopsis)), listed,
              f"synopsis of {command}")
        for status in re.findall(r"\b([67]\d)\b", mailseal(
                command, "--help").text.split("exit status:")[1]):
            holds(page.split(".Sh EXIT STATUS")[1], status, command)
    main_page = open(f"{MAN}/mailseal.1").read()
    for command in COMMANDS:
        holds(main_page, f".Xr mailseal-{command} 1")


@test("the manual pages are sound mdoc")
def _():
    if shutil.which("mandoc") is None:
        raise Skip("mandoc")
    pages = sorted(f"{MAN}/{page}" for page in os.listdir(MAN)
                   if re.fullmatch(r"mailseal(-.*)?\.1", page))
    equal(len(pages), len(COMMANDS) + 1)
    done = subprocess.run(["mandoc", "-Tlint", "-Wwarning", *pages],
                          capture_output=True, check=False)
    equal((done.returncode, done.stdout), (0, b""))


@test("--version names program and version")
def _():
    assert re.fullmatch(r"mailseal \d+\.\d+\.\d+\n",
                        expect(PASS, "--version").text)


main()
