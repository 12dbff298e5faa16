"""Messages of every shape are signed as Postfix delivers them: with simple and
with relaxed canonicalization, and others verify them.

usage: see scene.py
"""
from judges import fields, tags
from scene import Scene, somebody
from tap import equal, holds, main, test

scene = Scene()

FROM = b"From: Ada <ada@here.test>\r\n"
LONG = b"long " * 150  # within what SMTP allows to a line: 998 octets

SHAPES = {
    "plain": FROM + b"Subject: s\r\n\r\nbody\r\n",
    "no header but From": b"From: ada@here.test\r\n\r\nbody\r\n",
    "empty body": FROM + b"Subject: s\r\n\r\n",
    "no body, no empty line": FROM + b"Subject: s\r\n",
    "a body of empty lines": FROM + b"\r\n\r\n\r\n\r\n",
    "empty lines at the end": FROM + b"\r\nbody\r\n\r\n\r\n",
    "white space at ends of lines": FROM + b"\r\nbody \t \r\n \r\n\t\r\n",
    "lines of dots": FROM + b"\r\n.\r\n..\r\n.x\r\n...\r\n",
    "UTF-8 body": FROM + "\r\nKäthe und Jørn\r\n".encode(),
    "Latin-1 body": FROM + b"\r\nK\xe4the\r\n",
    "8-bit header": FROM + "Subject: Käthe\r\n\r\nbody\r\n".encode(),
    "leading white space": FROM + b"Subject:   three\r\nX-Tab:\ttab\r\n"
        b"X-None:none\r\n\r\nbody\r\n",
    "trailing white space": FROM + b"Subject: s  \t\r\n\r\nbody\r\n",
    "odd folding": FROM + b"Subject:\r\n folded at once\r\nX-Odd: a\r\n"
        b"\t \tb\r\n  c\r\nX-Tab: a\t\r\n\tb\r\n\r\nbody\r\n",
    "empty fields": FROM + b"Subject:\r\nX-Empty: \r\nX-Blank:\t\r\n\r\n"
        b"body\r\n",
    "blank before the colon": FROM + b"Subject : s\r\n\r\nbody\r\n",
    "fields twice": FROM + b"X-Twice: 1\r\nSubject: s\r\nX-Twice: 2\r\n"
        b"Received: from a by b\r\nReceived: from c by d\r\n\r\nbody\r\n",
    "percent signs": FROM + b"Subject: 100%s %n %%\r\n\r\n100%\r\n",
    "long lines": FROM + b"Subject: " + LONG + b"\r\n\r\n" + LONG + b"\r\n",
    "many fields": FROM + b"".join(b"X-F%d: %d\r\n" % (i, i)
                                   for i in range(300)) + b"\r\nbody\r\n",
    "folded over and over": FROM + b"Subject: s" + b"\r\n folded" * 200 +
        b"\r\n\r\nbody\r\n",
    "MIME": FROM + b"MIME-Version: 1.0\r\nContent-Type: multipart/mixed;\r\n"
        b"  boundary=\"b\"\r\n\r\n--b\r\nContent-Transfer-Encoding: 8bit\r\n"
        b"\r\n" + "ä\r\n".encode() + b"--b--\r\n",
    "no colon in the header": FROM + b"X-A: 1\r\nno field\r\n\r\nbody\r\n",
    "lone LF": FROM + b"\r\na\nb\n\nc\r\n",
    "lone CR": FROM + b"\r\na\rb\r\r\nc\r\n",
    "NUL": FROM + b"\r\na\0b\r\n",
}

delivered = {}


def send_all():
    for about, mail in SHAPES.items():
        delivered[about] = scene.send(mail)


# dkimpy and libopendkim refuse white space before the colon, which RFC 6376
# section 3.4.2 tells to delete
ODD_FOR_JUDGES = {"blank before the colon": {"dkimpy", "libopendkim"}}


@test("all shapes arrive with two signatures, simple and relaxed")
def two():
    send_all()
    for about, mail in delivered.items():
        equal(sorted((tags(value)["s"], tags(value)["c"])
                     for value in fields(mail, "DKIM-Signature")),
              [("ed25519", "relaxed/relaxed"), ("rsa", "simple/simple")],
              about)


@test("every shape is verified by every judge from what Postfix delivered")
def verified():
    wrong = []
    for judge, words in scene.judges.ask(list(delivered.values())).items():
        for about, word in zip(delivered, words, strict=True):
            if word != "pass" and judge not in ODD_FOR_JUDGES.get(about, ()):
                wrong.append(f"{about}: {judge} says {word}")
    equal(wrong, [])


@test("what is signed is delivered as it was, but for what Postfix adds")
def as_it_was():
    for about in "odd folding", "leading white space", "empty fields", \
            "trailing white space", "UTF-8 body", "lines of dots":
        head, _, body = SHAPES[about].partition(b"\r\n\r\n")
        holds(delivered[about], head + b"\r\n", about)
        equal(delivered[about].partition(b"\r\n\r\n")[2], body, about)


@test("twenty megabytes are signed and verified")
def large():
    line = b"0123456789abcdef" * 4 + b"\r\n"
    mail = FROM + b"\r\n" + line * (20 * 1024 * 1024 // len(line))
    equal(scene.judges.mailseal_says(scene.send(mail)), "pass")


@test("lines over 998 octets: signed as they are, and good where smtp(8) does "
      "not break them (smtp_line_length_limit = 0)")
def whole():
    mails = {}
    for size in 999, 1500, 2047, 2048, 2049, 5000, 100000:
        mails[f"{size} octets"] = scene.send(
            FROM + b"\r\n" + b"x" * size + b"\r\nend\r\n",
            somebody("whole.test"))
    scene.judges.all_pass(mails)


@test("lines over 998 octets: broken by smtp(8) on its way out, after all "
      "milters, so that the signature does not hold there")
def broken():
    mail = scene.send(FROM + b"\r\n" + b"x" * 1500 + b"\r\n")
    holds(mail, b"\r\n\r\n" + b"x" * 998 + b"\r\n " + b"x" * 502 + b"\r\n")
    holds(scene.judges.mailseal_says(mail), "body-hash-mismatch")


@test("mailseald stops cleanly")
def clean():
    scene.stop()


LIST = ("From*:Subject*:Received+:X-Odd*:X-Tab*:X-None*:X-Empty*:X-Blank*:"
        "X-Twice*:X-F1*:X-F299*:MIME-Version*:Content-Type*")

scene.start(
    scene.signing("rsa", "header_canon = simple body_canon = simple "
                  f'headerlist = "{LIST}"') +
    scene.signing("ed25519", f'headerlist = "{LIST}"'),
    settings=f"transport_maps = inline:{{{{ whole.test = whole:"
    f"[{scene.sink.address}]:{scene.sink.port} }}}}\n",
    master="whole unix - - n - - smtp -o smtp_line_length_limit=0\n")
main()
