"""Mail from the world, judged: what readers find in Authentication-Results.

usage: see scene.py
"""
import base64

from judges import dkim, fields, names
from place import read, skip
from scene import OUTSIDE, Scene
from tap import equal, holds, lacks, main, test

if dkim is None:
    skip("python3-dkim, which signs the mail of these tests")

scene = Scene()
RSA = scene.keys.make("other.test", "rsa")
ED25519 = scene.keys.make("other.test", "ed25519", "ed25519")
REVOKED = scene.keys.make("gone.test", "rsa", publish=False)
MISSING = scene.keys.make("lost.test", "rsa", publish=False)
scene.keys.add('rsa._domainkey.gone.test. TXT "v=DKIM1; p="\n')

MAIL = (b"From: Eve <eve@other.test>\r\nTo: ada@here.test\r\n"
        b"Subject: good news\r\nDate: Thu, 01 Jan 2026 12:00:00 +0000\r\n"
        b"Message-ID: <1@other.test>\r\n\r\nPlease pay.\r\n")
FORGED = (b"Authentication-Results: mx.here.test; dkim=pass "
          b"header.d=bank.test\r\n")
ANOTHERS = b"Authentication-Results: mx.far.test; dkim=pass header.d=x.test\r\n"


def seed(path):
    """An Ed25519 key as dkimpy wants it: RFC 8410 has it in the last 32
    octets."""
    der = base64.b64decode(b"".join(read(path).splitlines()[1:-1]))
    return base64.b64encode(der[-32:])


def signed(mail, path=RSA, domain="other.test", selector="rsa"):
    """As others do it: dkimpy's signature on top."""
    key, algorithm = read(path), b"rsa-sha256"
    if selector == "ed25519":
        key, algorithm = seed(path), b"ed25519-sha256"
    return dkim.sign(mail, selector.encode(), domain.encode(), key,
                     canonicalize=(b"relaxed", b"relaxed"),
                     signature_algorithm=algorithm,
                     include_headers=[b"from", b"to", b"subject"]) + mail


def results(mail):
    """What a client outside sends, as delivered, and the results in it."""
    mail = scene.send(mail, sender="eve@other.test", outside=OUTSIDE)
    return mail, fields(mail, "Authentication-Results")


def judged(mail, *words):
    """One field, above what Postfix put, that says all the words."""
    mail, said = results(mail)
    equal(len(said), 1, said)
    equal(names(mail)[:2], ["Authentication-Results", "Received"])
    assert said[0].startswith("mx.here.test; "), said
    for word in words:
        holds(said[0], word)
    return said[0]


@test("a good RSA signature passes")
def good_rsa():
    judged(signed(MAIL), "dkim=pass ", "header.d=other.test",
           "header.s=rsa", "header.a=rsa-sha256")


@test("a good Ed25519 signature passes")
def good_ed25519():
    judged(signed(MAIL, ED25519, selector="ed25519"), "dkim=pass ",
           "header.s=ed25519", "header.a=ed25519-sha256")


@test("two signatures have a clause each, in one field")
def both():
    said = judged(signed(signed(MAIL), ED25519, selector="ed25519"))
    equal(said.count("dkim=pass "), 2, said)


@test("a changed body, or a changed subject, fails")
def tampered():
    judged(signed(MAIL).replace(b"Please pay", b"Do pay"), "dkim=fail ")
    judged(signed(MAIL).replace(b"good news", b"bad news"), "dkim=fail ")


@test("of a good signature and a broken one each has its word")
def mixed():
    changed = signed(MAIL).replace(b"good news", b"bad news")
    said = judged(signed(changed, ED25519, selector="ed25519"))
    holds(said, "dkim=pass ")
    holds(said, "dkim=fail ")


@test("a revoked key and a key that is not there are permanent errors")
def no_key():
    judged(signed(MAIL, REVOKED, "gone.test"), "dkim=permerror ",
           "header.d=gone.test")
    judged(signed(MAIL, MISSING, "lost.test"), "dkim=permerror ",
           "header.d=lost.test")


@test("unsigned mail gets no field, or dkim=none where report_none is set")
def unsigned():
    mail, said = results(MAIL)
    equal(said, [])
    equal(names(mail)[0], "Received")
    scene.mailseald.restart(scene.validating("report_none = true"))
    judged(MAIL, "dkim=none")
    scene.mailseald.restart(scene.validating())


@test("fields that claim to be ours are gone, however many and wherever")
def forged():
    subject = MAIL.index(b"Subject:")
    for about, mail in {
            "one on top": FORGED + MAIL,
            "two on top": FORGED * 2 + MAIL,
            "three on top": FORGED * 3 + MAIL,
            "one within": MAIL[:subject] + FORGED + MAIL[subject:],
            "in other letters": FORGED.replace(b"mx.h", b"MX.H").replace(
                b"Auth", b"AUTH") + MAIL,
            "folded": FORGED.replace(b": ", b":\r\n\t").replace(
                b"; ", b"\r\n ;\r\n ") + MAIL,
            "with a version": FORGED.replace(b"test;", b"test 1;") + MAIL,
            "with comments": FORGED.replace(b" mx", b" (a) mx") + MAIL,
    }.items():
        came, said = results(mail)
        equal(said, [], about)
        lacks(came, b"bank.test", about)
        came, said = results(signed(mail))
        equal(len(said), 1, about)
        holds(said[0], "dkim=pass header.d=other.test", about)
        lacks(came, b"bank.test", about)


@test("forged ones go and those of other servers stay, in their order")
def interleaved():
    mail = (FORGED + ANOTHERS.replace(b"far", b"far1") + FORGED + b"X-A: 1\r\n"
            + ANOTHERS.replace(b"far", b"far2") + FORGED + signed(MAIL))
    came, said = results(mail)
    equal([value.split(";")[0] for value in said],
          ["mx.here.test", "mx.far1.test", "mx.far2.test"])
    holds(said[0], "dkim=pass ")
    lacks(came, b"bank.test")
    equal(names(came)[:5], [
        "Authentication-Results", "Received", "Authentication-Results",
        "X-A", "Authentication-Results"])


@test("long lines, 8-bit text and odd white space are judged as they were "
      "signed")
def shapes():
    for about, mail in {
            "8 bits": MAIL.replace(b"pay", "zahlen, Käthe".encode()),
            "long lines": MAIL.replace(b"Please", b"Please " * 140),
            "over 998 octets": MAIL.replace(b"Please", b"x" * 5000),
            "white space": MAIL.replace(b"Subject: ", b"Subject:   \t"),
            "dots": MAIL + b".\r\n..\r\n",
            "empty body": MAIL.partition(b"Please")[0],
            "20 MiB": MAIL + b"0123456789abcdef\r\n" * (20 << 16),
    }.items():
        _, said = results(signed(mail))
        equal(len(said), 1, about)
        holds(said[0], "dkim=pass ", about)


@test("mail of the null sender is judged")
def null_sender():
    mail = scene.send(signed(MAIL), sender="", outside=OUTSIDE)
    holds(fields(mail, "Authentication-Results")[0], "dkim=pass ")


@test("Postfix has nothing to complain about, and mailseald stops cleanly")
def clean():
    for line in scene.postfix.log().splitlines():
        assert "milter" not in line.lower() or "warning" not in line, line
    scene.stop()


scene.start(scene.validating())
main()
