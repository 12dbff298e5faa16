"""messages.py: awkward messages, the same ones every time.

shapes() gives (name, message) pairs.  Lines end in CRLF unless the shape is
about something else.  Each shape is one thing that mail does and that signers
and verifiers have stumbled over; the "mixed" ones at the end are several at
once, drawn from a seeded generator.
"""

import random

SEED = 6376

FROM = b"From: Joe SixPack <joe@example.com>"
PLAIN = [
    b"Received: from client.example.net by mx.example.com; "
    b"Fri, 11 Jul 2003 21:00:37 -0700",
    FROM,
    b"To: Suzie Q <suzie@shopping.example.net>",
    b"Subject: Is dinner ready?",
    b"Date: Fri, 11 Jul 2003 21:00:37 -0700 (PDT)",
    b"Message-ID: <20030712040037.46341@football.example.com>",
]
BODY = b"Hi.\r\n\r\nWe lost the game. Are you hungry yet?\r\n\r\nJoe.\r\n"


def message(fields, body):
    return b"".join(field + b"\r\n" for field in fields) + b"\r\n" + body


def replaced(field):
    """PLAIN with one field in place of its namesake."""
    name = field.split(b":")[0].strip().lower()
    return [field if old.split(b":")[0].lower() == name else old
            for old in PLAIN]


def header_shapes():
    yield "from alone", [FROM]
    yield "folded", replaced(
        b"Subject: a subject\r\n that goes on\r\n\t and on\r\n   and ends ")
    yield "folded after the colon", replaced(b"Subject:\r\n late")
    yield "folded before white space", replaced(
        b"Subject: first \t \r\n \t second")
    yield "fold of white space alone", replaced(
        b"Subject: first\r\n \t\r\n second")
    yield "eight-bit", replaced(b"Subject: caf\xe9 \xa4\xff na\xefve")
    yield "utf-8", replaced(
        "Subject: Grüße, 日本語 \U0001f4e7".encode())
    yield "utf-8 address", replaced(
        "From: Jørn <jørn@example.com>".encode())
    yield "empty values", PLAIN + [b"Comments:", b"X-Empty: ",
                                   b"X-Tab:\t", b"Keywords: \t "]
    yield "empty folded value", PLAIN + [b"Comments: \r\n "]
    yield "repeated fields", PLAIN + [
        b"Received: one", b"Comments: first", b"Received: two",
        b"Comments: second", b"Received: three", b"Comments: first",
        b"Keywords: a", b"Keywords: b"]
    yield "no space after the colon", [
        field.replace(b": ", b":", 1) for field in PLAIN]
    yield "much space around values", [
        field.replace(b": ", b": \t  ", 1) + b" \t " for field in PLAIN]
    yield "space before the colon", PLAIN + [b"X-Spaced \t: value"]
    yield "odd case of names", [
        field.split(b":", 1)[0].swapcase() + b":" + field.split(b":", 1)[1]
        for field in PLAIN]
    yield "tabs", replaced(b"Subject:\ta\tb\t\tc\t")
    yield "tag-like text", replaced(
        b"Subject: v=1; b=abc; bh=def=; h=from:to; d=example.org")
    yield "very long field", replaced(b"Subject: " + b"long " * 2000)
    yield "many fields", PLAIN + [
        b"X-Field-%d: value %d" % (i % 50, i) for i in range(300)]
    yield "list and mime fields", PLAIN + [
        b"MIME-Version: 1.0",
        b"Content-Type: text/plain;\r\n\tcharset=\"utf-8\"",
        b"Content-Transfer-Encoding: 8bit",
        b"List-Id: Games <games.example.com>",
        b"List-Unsubscribe: <mailto:off@example.com>,\r\n"
        b" <https://example.com/off?a=b;c>",
        b"List-Unsubscribe-Post: List-Unsubscribe=One-Click",
        b"In-Reply-To: <1@example.com>", b"References: <0@x.test>\r\n"
        b" <1@example.com>", b"Sender: games@example.com",
        b"Reply-To: games@example.com", b"Cc: a@x.test,\r\n b@y.test"]
    yield "punctuation in names", PLAIN + [b"X-_.!#$%&'*+/^`{|}~9: odd"]


def body_shapes():
    yield "plain", BODY
    yield "empty body", b""
    yield "one empty line", b"\r\n"
    yield "only empty lines", b"\r\n" * 7
    yield "only white space", b" \t \r\n\t\r\n "
    yield "trailing empty lines", BODY + b"\r\n" * 5
    yield "trailing lines of white space", BODY + b" \r\n\t\r\n \t \r\n"
    yield "empty lines first", b"\r\n\r\n" + BODY
    yield "trailing white space", BODY.replace(b"\r\n", b" \t \r\n")
    yield "white space inside", BODY.replace(b" ", b" \t  ")
    yield "leading white space", b"  a\r\n\tb\r\n \t c\r\n"
    yield "no final line end", BODY[:-2]
    yield "no final line end, white space", BODY[:-2] + b" \t"
    yield "one byte", b"x"
    yield "one space", b" "
    yield "dot lines", b".\r\n..\r\n.dot\r\n...\r\n.\r\n"
    yield "eight-bit body", bytes(range(128, 256)) + b"\r\n" + BODY
    yield "control bytes", bytes(
        c for c in range(1, 32) if c not in b"\r\n\t") + b"\x7f\r\n"
    yield "NUL bytes", b"a\0b\0\r\n\0\r\n \0 \r\n"
    yield "long lines", (b"0123456789abcdef " * 600 + b"\r\n") * 3
    yield "a line of a megabyte", b"mega byte " * 105000 + b"\r\nend\r\n"
    yield "many short lines", b"x\r\n" * 20000
    yield "many empty lines inside", b"a" + b"\r\n" * 3000 + b"b\r\n"
    yield "mime", (
        b"--=_b\r\nContent-Type: text/plain; charset=utf-8\r\n"
        b"Content-Transfer-Encoding: 8bit\r\n\r\nGr\xc3\xbc\xc3\x9fe\r\n"
        b"--=_b\r\nContent-Type: application/octet-stream\r\n"
        b"Content-Transfer-Encoding: base64\r\n\r\n" + b"QUJD" * 19 +
        b"\r\n\r\n--=_b--\r\n\r\nepilogue \r\n")
    yield "looks like a header", b"From: other@example.org\r\nb=; bh=\r\n"


def mixed(rng):
    """Several oddities at once."""
    fields = rng.sample([fields for _, fields in header_shapes()], 2)
    extra = [field for field in fields[1]
             if field.split(b":")[0].strip().lower() not in
             (b"from", b"subject", b"date", b"message-id")]
    head = fields[0] + rng.sample(extra, rng.randint(0, min(9, len(extra))))
    words = [b"word", b" ", b"  ", b"\t", b"\r\n", b"\r\n\r\n", b".", b"\xff",
             b"=", b"a" * 80, b" \r\n", "ü".encode()]
    body = b"".join(rng.choice(words) for _ in range(rng.randint(0, 400)))
    return message(head, body + rng.choice([b"", b"\r\n"]))


def shapes():
    for name, fields in header_shapes():
        yield name, message(fields, BODY)
    yield "header without a body", message(PLAIN, b"")[:-2]
    for name, body in body_shapes():
        yield name, message(PLAIN, body)
    rng = random.Random(SEED)
    for i in range(1, 21):
        yield f"mixed {i}", mixed(rng)


def files():
    """Messages as files of a Unix system have them: lines end in LF."""
    for name, text in shapes():
        if name in ("folded", "trailing empty lines", "utf-8"):
            yield name + ", in a file", text.replace(b"\r\n", b"\n")
