"""body, raw and text of messages, and patterns in them.

usage: contents_test.py MAILSEALD
"""
from policy import LETTER, policy, rows
from tap import equal, main, test

PARTS = b"""MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=b
Subject: x

--b
Content-Type: text/plain; charset=iso-8859-1
Content-Transfer-Encoding: quoted-printable

one =E4
--b
Content-Type: text/html; charset=utf-8
Content-Transfer-Encoding: base64

PGI+b25lPC9iPg==
--b
Content-Type: application/x

one
--b--
""".replace(b"\n", b"\r\n")


def mail(header, body):
    return header + b"\r\n\r\n" + body


def typed(fields, body):
    return mail(b"Content-Type: " + fields, body)


rows(test, [
    ("body gives the body as it is on the wire, without marker or dots", r"""
     is(msg:body(), "Hällo world\r\n.dot\r\n")"""),
    ("a new body may end with the end-of-data marker, and loses it", r"""
     is(msg:body("x\r\n.\r\n"), "x\r\n") is(msg:body("x\r\n"), "x\r\n")
     is(msg:body(""), "") is(msg:body(".\r\n"), "") is(msg:body(), "")"""),
    ("line ends of a new body become CRLF, one at the end included", r"""
     is(msg:body("a\nb\rc\r\n\r\rd"), "a\r\nb\r\nc\r\n\r\n\r\nd\r\n")"""),
    ("any bytes can be a body", r"""
     is(msg:body("\0\255\1\r\n"), "\0\255\1\r\n")
     fails(function() msg:body({}) end, "string expected")
     is(msg:body(5), "5\r\n")"""),
    ("raw gives the whole message and its length", r"""
     local raw, n = msg:raw()
     is(n, #raw) is(raw:sub(1, 9), "Received:")
     is(raw:sub(-8), "\r\n.dot\r\n")"""),
    ("raw sets header and body, byte by byte", r"""
     msg:raw("A:  1\t\r\nB : 2\r\n\t3\r\nC: \0\255\r\n\r\nbody\r\n")
     is(msg:raw(), "A:  1\t\r\nB : 2\r\n\t3\r\nC: \0\255\r\n\r\nbody\r\n")
     is(#msg:header("Received"), 0) is(msg:header("C")[1], "\0\255")"""),
    ("lines in the header of raw that are no fields are left out", r"""
     msg:raw("A: 1\nno field\nB C: 2\n: 3\n x\nD: 4\n\nbody\n")
     is(msg:raw(), "A: 1\r\nD: 4\r\n\r\nbody\r\n")"""),
    ("raw without an empty line is all header, and without header all body",
     r"""
     msg:raw("A: 1") is(msg:raw(), "A: 1\r\n\r\n")
     msg:raw("\r\nA: 1") is(msg:raw(), "\r\nA: 1\r\n")
     msg:raw("") is(msg:raw(), "\r\n")"""),
    ("setting raw to itself changes nothing", r"""
     local raw = msg:raw() msg:raw(raw) is((msg:raw()), raw)""",
     b"A:1\r\nB: =?q?\r\n  x \r\nA: \0\r\n\r\n.\r\n..\r\n\r\n"),
    ("text undoes transfer encoding and character set",
     'is(msg:text(), "ä=\\r\\n")',
     typed(b"text/plain; charset=ISO-8859-1\r\n"
           b"Content-Transfer-Encoding: Quoted-Printable", b"=E4=\r\n=3D\r\n")),
    ("text of several parts is a table, of none nil (published page of "
     "msg:text)", r"""
     local text = msg:text() is(#text, 2)
     is(text[1], "one ä") is(text[2], "<b>one</b>")
     msg:header("Content-Type", "application/x") is(msg:text(), nil)""",
     PARTS),
    ("a message that does not say is text/plain (RFC 2045 5.2)",
     'is(msg:text(), "x\\r\\n")', mail(b"A: b", b"x\r\n")),
    ("text that is no good UTF-8 gets U+FFFD",
     r'is(msg:text(), "a\239\191\189b\r\n")',
     typed(b"text/plain; charset=utf-8", b"a\xffb\r\n")),
    ("text of an unknown character set keeps its ASCII",
     r'is(msg:text(), "a\239\191\189b\r\n")',
     typed(b"text/plain; charset=x-nope", b"a\xffb\r\n")),
    ("what is no base64 in base64 is skipped (RFC 2045 6.8)",
     'is(msg:text(), "aa")',
     typed(b"text/plain\r\nContent-Transfer-Encoding: base64",
           b"Y!\r\n W*E\x80=\r\n")),
    ("what is no quoted-printable stays as it is",
     r'is(msg:text(), "=ZZ =4 a ")',
     typed(b"text/plain\r\nContent-Transfer-Encoding: quoted-printable",
           b"=ZZ =4 =61= \r\n =")),
    ("text sets body and MIME fields; ASCII needs no encoding", r"""
     is(msg:text("plain\n"), "plain\r\n") is(msg:body(), "plain\r\n")
     is(msg:header("Content-Type")[1], "text/plain; charset=us-ascii")
     is(msg:header("Content-Transfer-Encoding")[1], "7bit")
     is(msg:header("MIME-Version")[1], "1.0")"""),
    ("text beyond ASCII goes out as quoted-printable UTF-8", r"""
     is(msg:text("Grüße = x"), "Grüße = x\r\n")
     is(msg:body(), "Gr=C3=BC=C3=9Fe =3D x\r\n")
     is(msg:header("Content-Type")[1], "text/plain; charset=utf-8")"""),
    ("text can have a type and a character set of its own", r"""
     msg:text("Grüße", "text/html", "iso-8859-1")
     is(msg:body(), "Gr=FC=DFe\r\n") is(msg:text(), "Grüße\r\n")
     is(msg:header("Content-Type")[1], "text/html; charset=iso-8859-1")
     msg:text("日本", "text/plain", "utf-16") is(msg:text(), "日本\r\n")
     is(msg:header("Content-Transfer-Encoding")[1], "base64")"""),
    ("a character set that is none, or lacks a character, is an error", r"""
     fails(function() msg:text("日", "text/plain", "iso-8859-1") end,
           "the text cannot be written in the character set 'iso-8859-1'")
     fails(function() msg:text("x", "text/plain", "no-such-set") end,
           "the character set 'no-such-set'")
     fails(function() msg:text("x", "text/plain", "utf-8//IGNORE") end,
           "a character set is like utf-8")
     is(msg:body(), "Hällo world\r\n.dot\r\n")"""),
    ("a type that is none is an error, and so no field of its own", r"""
     for _, t in ipairs{"text", "", "text/plain\r\nBcc: x@y.test", "a b/c",
                        "text/", "/x", "text/plain\n"} do
       fails(function() msg:text("x", t) end, "a type is like text/plain")
     end"""),
    ("long lines, white space at line ends, and dots survive in text", r"""
     local text = string.rep("x", 2000) .. "\r\na \r\nb\t\r\n.\r\nFrom me\r\n"
     is(msg:text(text), text)
     for line in msg:body():gmatch("[^\r\n]+") do is(#line <= 76, true) end"""),
    ("match gives what msys.pcre gives, or false", r"""
     is(msg:body_match("w(.)r")[1], "o") is(msg:body_match("none"), false)
     is(msg:raw_match("(?m)^Subject: (?<s>[^ ]+)").s:sub(1, 8), "=?utf-8?")
     is(msg:text_match("Hä(..)")[1], "ll") is(msg:text_match("zzz"), false)
     """),
    ("text_match looks into every text part, and into no other", r"""
     is(msg:text_match("<b>")[0], "<b>") is(msg:text_match("ä")[0], "ä")
     is(msg:text_match("PGI"), false) is(msg:body_match("PGI")[0], "PGI")""",
     PARTS),
    ("a broken pattern is an error", r"""
     for _, f in ipairs{"body_match", "raw_match", "text_match"} do
       fails(function() msg[f](msg, "(") end, "pattern: ")
     end
     for _, f in ipairs{"body_replace", "raw_replace", "text_replace"} do
       fails(function() msg[f](msg, "(", "x") end, "pattern: ")
       fails(function() msg[f](msg, "x") end, "string expected")
     end"""),
    ("body_replace tells whether anything changed", r"""
     is(msg:body_replace("world", "you"), true)
     is(msg:body(), "Hällo you\r\n.dot\r\n")
     is(msg:body_replace("world", "you"), false)
     is(msg:body_replace("you", "you"), false)"""),
    ("raw_replace reaches header and body, but makes no broken header", r"""
     is(msg:raw_replace("(?m)^Received: (.*?)\r$", "X-Was: $1\r"), true)
     is(#msg:header("X-Was"), 2) is(#msg:header("Received"), 0)
     is(msg:raw_replace("X-Was: from a", "no field"), true)
     is(#msg:header("X-Was"), 1)"""),
    ("the end-of-data marker is found at the end by those who look for it",
     r"""
     is(msg:body_replace("\r\n.\r\n", "\r\nthe end\r\n.\r\n"), true)
     is(msg:body(), "Hällo world\r\n.dot\r\nthe end\r\n")"""),
    ("text_replace keeps character set and encoding of each part", r"""
     is(msg:text_replace("one", "zwö"), true)
     local text = msg:text() is(text[1], "zwö ä\r\n")
     is(text[2], "<b>zwö</b>\r\n")
     is(msg:body():find("zw=F6 =E4", 1, true) ~= nil, true)
     is(msg:body():find("application/x\r\n\r\none", 1, true) ~= nil, true)
     is(msg:text_replace("none of it", ""), false)""", PARTS),
    ("text_replace falls back to UTF-8 where the character set cannot hold it",
     r"""
     is(msg:text_replace("one", "日"), true) is(msg:text()[1], "日 ä\r\n")
     is(msg:mime().parts:content_type().charset, "utf-8")""", PARTS),
    ("text_replace of a message in one part changes its header", r"""
     is(msg:text_replace("x", "ü"), true) is(msg:text(), "ü\r\n")
     is(msg:header("Content-Type")[1], "text/plain; charset=utf-8")
     is(msg:header("Content-Transfer-Encoding")[1], "quoted-printable")""",
     mail(b"A: b", b"x\r\n")),
    ("the published way to add a disclaimer works", r"""
     is(msg:text_replace("\r\n.\r\n", "\r\nDisclaimer\r\n.\r\n"), true)
     is(msg:text():sub(-14), "\r\nDisclaimer\r\n")"""),
    ("twenty thousand text parts are read and changed in time", r"""
     local text = msg:text() is(#text > 9000, true) is(text[1], "aa")
     is(msg:text_replace("a", "b"), true) is(msg:text()[1], "bb\r\n")""",
     typed(b"multipart/mixed; boundary=b",
           b"--b\r\nContent-Type: text/plain; charset=cp932\r\n"
           b"Content-Transfer-Encoding: base64\r\n\r\nYWE=\r\n" * 20000)),
])


@test("a body that a script set goes on, its header untouched")
def body_goes_on():
    out = policy('msg:body("new\\n")')
    equal(out.body, b"new\n")
    equal(out.header.replace(b"\n", b"\r\n") + b"\r\n",
          LETTER.partition(b"\r\n\r\n")[0] + b"\r\n")


@test("a message that a script only looked at goes on byte by byte")
def untouched():
    out = policy('msg:body() msg:raw() msg:text() msg:text_match("x") '
                 'msg:text_replace("zzz", "") msg:mime(false)', mail=PARTS)
    equal(out.out.replace(b"\r\n", b"\n"), PARTS.replace(b"\r\n", b"\n"))


main()
