"""msg:header() and msg:address_header().

usage: header_test.py MAILSEALD
"""
from policy import policy, rows
from tap import equal, holds, lacks, main, test

rows(test, [
    ("header(name) gives all values from the top, whatever the case of the "
     "name", r"""
     local got = msg:header("RECEIVED")
     is(#got, 2) is(got[1], "from a by b") is(got[2], "from c by a")"""),
    ("a field that is not there gives an empty table",
     'is(#msg:header("X-None"), 0) is(type(msg:header("X-None")), "table")'),
    ("encoded words come as UTF-8, those of one text joined (RFC 2047 6.2)",
     'is(msg:header("Subject")[1], "Grüße an alle")'),
    ("values are unfolded and without blanks at their ends",
     'is(msg:header("To")[1], "bob+list@b.test, Cy <cy@c.test>")\n'
     'is(msg:header("X")[1], "a b c") is(msg:header("Y")[1], "")',
     b"X:   a\r\n\tb\r\n  c  \r\nY:\r\nTo: bob+list@b.test,\r\n"
     b" Cy <cy@c.test>\r\n\r\n"),
    ("an encoded word of an unknown character set stays as it is",
     'is(msg:header("X")[1], "=?nope?Q?a?= =?utf-8?Q?=ZZ?= =?utf-8?x?a?=")',
     b"X: =?nope?Q?a?= =?utf-8?Q?=ZZ?= =?utf-8?x?a?=\r\n\r\n"),
    ("a character cut in two by encoded words comes whole",
     'is(msg:header("X")[1], "ä")',
     b"X: =?utf-8?Q?=C3?=\r\n =?utf-8?Q?=A4?=\r\n\r\n"),
    ("bytes that are no UTF-8 become U+FFFD in encoded words, and stay "
     "outside of them", r"""
     is(msg:header("X")[1], "\239\191\189") is(msg:header("Y")[1], "\195")""",
     b"X: =?utf-8?Q?=C3?=\r\nY: \xc3\r\n\r\n"),
    ("encoded words of other character sets are converted", r"""
     is(msg:header("X")[1], "äö") is(msg:header("Y")[1], "日本")""",
     b"X: =?iso-8859-1?q?=E4?= =?windows-1252?Q?=F6?=\r\n"
     b"Y: =?shift_jis?B?k/qWew==?=\r\n\r\n"),
    ("NUL and control characters of a mail reach the script as they are",
     r'is(msg:header("X")[1], "a\0b\1c")', b"X: a\0b\x01c\r\n\r\n"),
    ("CR or LF alone in a mail makes no field of its own for the script", r"""
     is(#msg:header("Subject"), 1) is(msg:header("Subject")[1], "a X-In: b")
     is(#msg:header("X-In"), 0)""", b"Subject: a\rX-In: b\r\n\r\n"),
    ("a value without mode replaces all fields of that name (facts 10-D1)",
     r"""
     is(msg:header("received", "one"), true)
     is(#msg:header("Received"), 1) is(msg:header("Received")[1], "one")"""),
    ("replace puts the field at the bottom, prepend on top, append at the "
     "bottom", r"""
     msg:header("X", "1") msg:header("X", "0", "prepend")
     msg:header("X", "2", "append")
     is(table.concat(msg:header("X"), " "), "0 1 2")
     is(msg:raw():sub(1, 5), "X: 0\r")
     is(msg:raw():find("X: 1\r\nX: 2\r\n\r\n", 1, true) ~= nil, true)
     msg:header("X", "r", "replace") is(#msg:header("X"), 1)"""),
    ("a table of values makes a field of each, in its order", r"""
     msg:header("X", {"a", "b"}) is(table.concat(msg:header("X")), "ab")
     msg:header("X", {"1", "2"}, "prepend")
     is(table.concat(msg:header("X")), "12ab")
     is(msg:header("X", {}), true) is(#msg:header("X"), 0)"""),
    ("an empty value deletes, and tells whether there was anything", r"""
     is(msg:header("Received", ""), true) is(#msg:header("Received"), 0)
     is(msg:header("Received", ""), false)"""),
    ("nil for the value reads", 'is(msg:header("Received", nil)[2], '
     '"from c by a")'),
    ("numbers, booleans and objects are written as their text", r"""
     msg:header("X", 5) is(msg:header("X")[1], "5")
     msg:header("X", true) is(msg:header("X")[1], "true")
     msg:header("X", ac.remote_addr)
     is(msg:header("X")[1], tostring(ac.remote_addr))"""),
    ("an unknown mode is an error, and nothing changes", r"""
     fails(function() msg:header("Received", "x", "below") end,
           "invalid option 'below'")
     is(#msg:header("Received"), 2)"""),
    ("a name that is none is an error (RFC 5322 3.6.8)", r"""
     for _, name in ipairs{"", "X A", "X:A", "X\r\nA", "X\0", "\195\164",
                           "X\t", string.rep("x", 1000)} do
       fails(function() msg:header(name, "v") end,
             "the name of a header field is")
       fails(function() msg:header(name, "") end,
             "the name of a header field is")
     end"""),
    ("a value cannot end its field or begin another one (RFC 5322 2.2.3)",
     r"""
     for _, value in ipairs{"a\r\nBcc: x@y.test", "a\nb", "a\rb", "a\r\n",
                            "\r\n", "a\r\n \r\n b", "\r\n\r\nbody", "a\n b",
                            "a\r\n ", "a\r b"} do
       for _, mode in ipairs{"replace", "append", "prepend"} do
         fails(function() msg:header("Subject", value, mode) end,
               "header 'Subject': a header value cannot hold a line end that "
               .. "is no fold")
         fails(function() msg:header("Subject", {"good", value}, mode) end,
               "line end that is no fold")
       end
     end
     is(#msg:header("Subject"), 1) is(msg:header("Subject")[1], "Grüße an alle")
     """),
    ("a value cannot hold NUL", r"""
     fails(function() msg:header("X", "a\0b") end,
           "header 'X': a header value cannot hold a NUL byte")"""),
    ("a folded value is taken as it is", r"""
     msg:header("X", "one\r\n two\r\n\tthree")
     is(msg:header("X")[1], "one two three")
     is(msg:raw():find("X: one\r\n two\r\n\tthree\r\n", 1, true) ~= nil, true)
     """),
    ("a value of a mebibyte is an error, not a field", r"""
     fails(function() msg:header("X", string.rep("a", 1048576)) end,
           "header 'X': the value is too long")"""),
    ("more than a thousand values in one call are an error", r"""
     local many = {} for i = 1, 1001 do many[i] = "v" end
     fails(function() msg:header("X", many) end, "too many values")"""),
    ("a table as an element of the values is an error", r"""
     fails(function() msg:header("X", {{}}) end, "string expected")"""),
    ("address_header gives whole addresses unless told otherwise", r"""
     is(table.concat(msg:address_header("To"), " "),
        "bob+list@b.test cy@c.test")
     is(table.concat(msg:address_header("To", "all"), " "),
        "bob+list@b.test cy@c.test")"""),
    ("address_header gives components, \"\" for what is not there", r"""
     local function all(c) return table.concat(msg:address_header("To", c),
                                               "|") end
     is(all("localpart"), "bob+list|cy") is(all("user"), "bob|cy")
     is(all("detail"), "list|") is(all("domain"), "b.test|c.test")"""),
    ("address_header looks at every field of the name, and gives an empty "
     "table for none (facts 10-D10)", r"""
     is(table.concat(msg:address_header("X", "domain"), " "), "a.test b.test")
     is(table.concat(msg:address_header("None")), "")""",
     b"X: a@a.test\r\nX: B <b@b.test>\r\n\r\n"),
    ("address_header does not take a quoted comma for a separator",
     'is(table.concat(msg:address_header("From"), "|"), "ann@a.test")'),
    ("an unknown component is an error",
     'fails(function() msg:address_header("To", "zip") end, '
     '"invalid option \'zip\'")'),
    ("ten thousand fields are read, changed and deleted in time", r"""
     is(#msg:header("X"), 9900) is(msg:header("X")[9900], "9899")
     is(msg:header("X", ""), true) is(#msg:header("X"), 0)
     is(msg:header("Y")[1], "y")""",
     b"".join(b"X: %d\r\n" % i for i in range(9900)) + b"Y: y\r\n\r\n"),
    ("a header of a mebibyte is read in time", r"""
     is(#msg:header("Subject")[1], 900000)
     is(#msg:address_header("To"), 0)""",
     b"Subject: " + b"=?" * 450000 + b"\r\nTo: " + b"(" * 100000 +
     b"\r\n\r\n"),
    ("fifty thousand encoded words that cut one character are read in time",
     'is(#msg:header("Subject")[1], 150000)',
     b"Subject: " + b"=?utf-8?Q?=C3?= " * 50000 + b"\r\n\r\n"),
])


@test("text beyond ASCII goes out as encoded words, an address behind it as "
      "it is (RFC 2047 5)")
def encodes():
    out = policy("""msg:header("X", '"Jörg Müller" <j@x.test>')
                 is(msg:header("X")[1], 'Jörg Müller <j@x.test>')""")
    equal(out.fields("X"), [b"=?utf-8?B?SsO2cmcgTcO8bGxlcg==?= <j@x.test>"])


@test("encoded words are at most 75 long and cut no character in two "
      "(RFC 2047 2 and 5)")
def encoded_words_are_short():
    out = policy('local text = string.rep("äöü ", 100):sub(1, -2)\n'
                 'msg:header("X", text) is(msg:header("X")[1], text)')
    words = out.fields("X")[0].split()
    assert len(words) > 5, words
    for word in words:
        assert len(word) <= 75, word
        holds(word[:10], b"=?utf-8?")


@test("bytes that are no UTF-8 go out as unknown-8bit (RFC 1428)")
def unknown_bytes():
    out = policy(r'msg:header("X", "a \255")')
    holds(out.fields("X")[0], b"a =?unknown-8bit?")


@test("lines beyond 998 bytes are folded at blanks, others are left alone "
      "(RFC 5322 2.1.1)")
def folds():
    out = policy('msg:header("X", (string.rep("abc ", 600):sub(1, -2)))\n'
                 'msg:header("Y", (string.rep("abc ", 100):sub(1, -2)))')
    for line in out.fields("X")[0].split(b"\n"):
        assert len(line) <= 998, line
    equal(out.fields("X")[0].split(), [b"abc"] * 600)
    lacks(out.fields("Y")[0], b"\n")


@test("a message whose header nobody changed goes on byte by byte")
def unchanged():
    mail = b"A :  b\r\nX: =?utf-8?q?a?=\r\n\t c \r\nY:\r\n\r\nbody\r\n"
    out = policy('msg:header("X") msg:address_header("A")', mail=mail)
    equal(out.out.replace(b"\r\n", b"\n"), mail.replace(b"\r\n", b"\n"))


main()
