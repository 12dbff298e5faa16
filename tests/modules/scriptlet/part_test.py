"""Message parts: reading them, changing them, putting messages together.

usage: part_test.py MAILSEALD
"""
from policy import policy, rows
from tap import holds, lacks, main, test

MAIL = b"""From: a@a.test
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="outer (x)"
Subject: x

preamble
--outer (x)
Content-Type: multipart/alternative;
\tboundary=inner

--inner
Content-Type: text/plain; charset=iso-8859-1
Content-Transfer-Encoding: quoted-printable

Hi =E4
there
--inner
Content-Type: TEXT/HTML; charset="utf-8"
Content-Transfer-Encoding: base64

PGI+R3LDvMOfZTwvYj4=
--inner--
--outer (x)
X-P: p
 q <r@r.test>
Content-Type: application/pdf; name="=?utf-8?Q?=C3=BC.pdf?="
Content-Disposition: attachment; filename*0*=utf-8''%C3%A4; filename*1="b.pdf"

%PDF
--outer (x)
Content-Type: text/plain; name=x y.txt

attached
--outer (x)--
epilogue
""".replace(b"\n", b"\r\n")

WALK = """local function walk(top)
  local types, part = {}, top
  while part do
    types[#types + 1] = part:content_type().mimetype
    part = part.thread
  end
  return table.concat(types, " ")
end
"""


def nested(depth):
    head = b"Content-Type: multipart/mixed; boundary=b0\r\n\r\n"
    return head + b"".join(
        b"--b%d\r\nContent-Type: multipart/mixed; boundary=b%d\r\n\r\n" %
        (i, i + 1) for i in range(depth))


rows(test, [
    ("thread walks over all parts, parents before children", WALK + r"""
     is(walk(msg:mime()), "multipart/mixed multipart/alternative text/plain "
        .. "text/html application/pdf text/plain")""", MAIL),
    ("parts, next and parent lead through the tree", r"""
     local top = msg:mime()
     is(top.parent, nil) is(top.next, nil)
     is(top.parts.parts.next:content_type().mimetype, "text/html")
     is(top.parts.next:content_type().mimetype, "application/pdf")
     is(top.parts.next.next.next, nil) is(top.parts.next.parts, nil)
     is(top.parts.next.parent:content_type().mimetype, "multipart/mixed")
     is(top.nothing, nil)""", MAIL),
    ("content_type tells type, character set, encoding and file name "
     "(RFC 2045, 2183, 2231)", r"""
     local plain = msg:mime().parts.parts:content_type()
     is(plain.mimetype, "text/plain") is(plain.charset, "iso-8859-1")
     is(plain.encoding, "quoted-printable") is(plain.filename, nil)
     is(plain.is_attachment, false)
     local pdf = msg:mime().parts.next:content_type()
     is(pdf.filename, "äb.pdf") is(pdf.is_attachment, true)
     is(pdf.charset, nil) is(pdf.encoding, nil)
     local txt = msg:mime().parts.next.next:content_type()
     is(txt.filename, "x y.txt") is(txt.is_attachment, true)""", MAIL),
    ("text and body of a part", r"""
     local top = msg:mime()
     is(top:text(), nil) is(top.parts:text(), nil)
     is(top.parts.parts:text(), "Hi ä\r\nthere")
     is(top.parts.parts:body(), "Hi =E4\r\nthere")
     is(top.parts.next:text(), nil) is(top.parts.next:body(), "%PDF")
     is(top:body(), msg:body())""", MAIL),
    ("header and address_header of a part", r"""
     local pdf = msg:mime().parts.next
     is(pdf:header("x-p")[1], "p q <r@r.test>") is(#pdf:header("Subject"), 0)
     is(pdf:address_header("X-P", "domain")[1], "r.test")
     is(msg:mime():header("Subject")[1], "x")""", MAIL),
    ("patterns in a part", r"""
     local plain = msg:mime().parts.parts
     is(plain:text_match("Hi (.+)\r")[1], "ä")
     is(plain:body_match("=E4")[0], "=E4") is(plain:body_match("ä"), false)
     is(plain:raw_match("^Content-Type")[0], "Content-Type")
     is(msg:mime().parts.next:text_match("PDF"), false)""", MAIL),
    ("parts that were got for reading cannot be changed", r"""
     for _, top in ipairs{msg:mime(), msg:mime(true)} do
       for _, f in ipairs{
         function() top:header("X", "y") end,
         function() top.parts:header("X", "y") end,
         function() top.parts:header("X", nil) end,
         function() top.parts.parts:text("x") end,
         function() top.parts.parts:body("x") end,
         function() top.parts:unlink() end,
         function() top:addLastChild(msg:makePart("text/plain")) end,
         function() top.parts.parts:text_replace("H", "h") end,
         function() top.parts.parts:body_replace("H", "h") end,
         function() top.parts.parts:raw_replace("H", "h") end,
         function() msg:makePart("text/plain"):insertAfter(top.parts) end,
       } do
         fails(f, "this part is for reading only: get it with msg:mime(false)")
       end
     end""", MAIL),
    ("fields of a part change the message at once, and back", r"""
     local before, plain = msg:body(), msg:mime(false).parts.parts
     is(plain:header("X", "ö"), true) is(plain:header("X")[1], "ö")
     is(msg:body():find("X: =?utf-8?", 1, true) ~= nil, true)
     plain:header("X", "2", "append") plain:header("X", "0", "prepend")
     is(table.concat(plain:header("X"), " "), "0 ö 2")
     plain:header("X", nil) is(msg:body(), before)
     plain:header("X", "1") plain:header("X", "") is(msg:body(), before)""",
     MAIL),
    ("fields of the top part are those of the message", r"""
     local top = msg:mime(false)
     top:header("X", "1") is(msg:header("X")[1], "1")
     top:header("X", nil) is(#msg:header("X"), 0)""", MAIL),
    ("a part's header cannot be broken out of", r"""
     local plain = msg:mime(false).parts.parts
     fails(function() plain:header("X: y", "z") end, "the name of a header")
     fails(function() plain:header("X", "a\r\n\r\nb") end, "no fold")
     fails(function() plain:header("X", "a\0") end, "NUL byte")""", MAIL),
    ("text of a part becomes its body, and its fields say how", r"""
     local plain = msg:mime(false).parts.parts
     is(plain:text("neu ü", "text/plain", "utf-8"), true)
     is(msg:text()[1], "neu ü\r\n") is(#plain:header("Content-Type"), 1)
     is(plain:header("Content-Type")[1], "text/plain; charset=utf-8")
     is(msg:text()[2], "<b>Grüße</b>")""", MAIL),
    ("replacing in a part", r"""
     local top = msg:mime(false)
     is(top.parts.parts:text_replace("ä", "ö"), true)
     is(msg:text()[1], "Hi ö\r\nthere\r\n")
     is(top.parts.next:body_replace("PDF", "pdf"), true)
     is(top.parts.next:body(), "%pdf") is(top.parts.next:body_replace("z", ""),
                                          false)
     is(top.parts.next:raw_replace("X-P: p", "X-R: r"), true)
     is(top.parts.next:header("X-R")[1], "r q <r@r.test>")
     fails(function() top:raw_replace("a", "b") end, "msg:raw_replace")""",
     MAIL),
    ("new parts are put into containers, and into nothing else", r"""
     local top = msg:mime(false)
     local new = msg:makePart("text/plain", "new")
     new.body_start = 0 new.body_end = 3
     is(top:addLastChild(new), true) is(msg:text()[4], "new")
     is(new.parent:header("Subject")[1], "x")
     is(new:addLastChild(msg:makePart("text/plain", "x")), false)
     local first = msg:makePart("text/plain; charset=utf-8", "first")
     is(top:addFirstChild(first), true) is(msg:text()[1], "first")
     is(first:insertAfter(new), true) is(msg:text()[5], "first")
     is(first:insertBefore(new), true) is(msg:text()[4], "first")""", MAIL),
    ("unlink takes a part out with all that is in it", WALK + r"""
     local top = msg:mime(false)
     local first = top.parts is(first:unlink(), true) is(first:unlink(), false)
     is(walk(msg:mime()), "multipart/mixed application/pdf text/plain")
     is(walk(first), "multipart/alternative text/plain text/html")
     is(top:addLastChild(first), true)
     is(#msg:text(), 3) is(top:unlink(), false)""", MAIL),
    ("a part cannot be put into itself, nor beside itself", r"""
     local top = msg:mime(false)
     local box = msg:makeContainer("multipart/mixed")
     local inner = msg:makeContainer("multipart/mixed", "BB")
     top:addLastChild(box) box:addLastChild(inner)
     fails(function() inner:addLastChild(box) end, "cannot be put into itself")
     fails(function() box:addLastChild(box) end, "cannot be put into itself")
     fails(function() box:insertAfter(inner) end, "cannot be put into itself")
     fails(function() inner:addLastChild(top) end, "the top part cannot be")
     fails(function() box:insertAfter(box) end, "this part is in no container")
     fails(function() box:insertAfter(top) end, "this part is in no container")
     fails(function() box:addLastChild("x") end, "ec_message_part expected")
     """, MAIL),
    ("a part moves from one message to another", r"""
     local copy = msg:copy()
     local part = copy:mime(false).parts.next
     msg:mime(false):addLastChild(part)
     is(#msg:text(), 3) is(copy:body_match("%PDF"), false)
     is(select(2, msg:body():gsub("%%PDF", "")), 2)""", MAIL),
    ("parts nested too deeply by a script are an error", r"""
     local box, top = msg:makeContainer("multipart/mixed", "top"), nil
     fails(function()
       for i = 1, 100 do
         local inner = msg:makeContainer("multipart/mixed", "b" .. i)
         box:addLastChild(inner) box = inner
       end
     end, "parts are nested too deeply")"""),
    ("a tree is of no use once the body was changed in another way", r"""
     local top = msg:mime(false)
     msg:body("gone\r\n")
     fails(function() top.parts:unlink() end,
           "the body of the message changed since msg:mime() gave this part")
     """, MAIL),
    ("makePart and makeContainer want good arguments", r"""
     fails(function() msg:makePart("bad") end, "a type is like")
     fails(function() msg:makePart("text/plain\r\nX: y") end, "a type is like")
     fails(function() msg:makePart("text/plain", "x", 9) end, "EC_MIME_TE_*")
     fails(function() msg:makePart() end, "string expected")
     fails(function() msg:makeContainer("text/plain") end, "multipart/...")
     for _, b in ipairs{"", "a b", "a\r\nb", string.rep("b", 71), "ä"} do
       fails(function() msg:makeContainer("multipart/mixed", b) end,
             "a boundary is 1 to 70")
     end
     is(msg:makePart("text/plain", "eA==", core.EC_MIME_TE_BASE64):text(), "x")
     """),
    ("boundaries stand nowhere in the message, and no two are the same", r"""
     local a, b = msg:makeBoundary(), msg:makeBoundary(msg:makePart("a/b"))
     is(a ~= b, true) is(msg:raw():find(a, 1, true), nil)"""),
    ("build fills an empty message, plain text first", WALK + r"""
     local new = core.ec_message_new()
     new:build({From = "a@a.test", Subject = "Grüße"},
               {["text/html"] = "<b>ä</b>",
                ["text/plain; charset=utf-8"] = "ä"},
               {{type = "application/x", name = 'f"ü.bin', content = "\0\1",
                 headers = "X-One: 1\r\nX-Two: 2"},
                {content = msg}, {type = "text/plain", content = "t"}})
     is(walk(new:mime()), "multipart/mixed multipart/alternative text/plain "
        .. "text/html application/x message/rfc822 text/plain")
     is(new:header("Subject")[1], "Grüße") is(new:text()[1], "ä")
     is(new:text()[2], "<b>ä</b>") is(new:text()[3], "t")
     local x = new:mime().parts.next
     is(x:content_type().filename, 'f"ü.bin') is(x:header("X-Two")[1], "2")
     is(x:body(), "AAE=") is(x.next:body():sub(1, #msg:raw()), (msg:raw()))
     is(#msg:header("From"), 1)""", MAIL),
    ("build wants an empty message and good headers", r"""
     local function new() return core.ec_message_new() end
     fails(function() msg:build({}, {}) end, "the message is not empty")
     fails(function() new():build({}) end, "table expected")
     fails(function() new():build({["A B"] = "x"}, {}) end, "name of a header")
     fails(function() new():build({A = "x\r\nB: c"}, {}) end, "no fold")
     fails(function() new():build({[1] = "x"}, {}) end, "must be texts")
     fails(function() new():build({}, {["no type"] = "x"}) end, "a type is")
     fails(function() new():build({}, {}, {"x"}) end, "table expected")
     fails(function() new():build({}, {}, {{content = "x",
           headers = "no field"}}) end, "are no header fields")
     fails(function() new():build({}, {}, {{content = "x",
           headers = "A: b\r\n\r\nbody"}}) end, "are no header fields")"""),
    ("two thousand containers in each other end at a limit", WALK + r"""
     local n = select(2, walk(msg:mime()):gsub("multipart", ""))
     is(n, 33) is(msg:text(), nil)
     local top = msg:mime(false) top.parts:header("X", "y")""", nested(2000)),
    ("two hundred thousand empty parts end at a limit", r"""
     local part, n = msg:mime(), 0
     while part do n = n + 1 part = part.thread end
     is(n, 10000)""", b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" +
     b"--b\r\n" * 200000),
    ("a container without its boundary, and one without parts, are one part",
     r"""
     is(msg:mime().parts, nil) is(msg:mime():body(), "--x\r\nhello\r\n")""",
     b"Content-Type: multipart/mixed; boundary=y\r\n\r\n--x\r\nhello\r\n"),
    ("a message that was cut off has the parts that came", r"""
     is(msg:text()[1], "one") is(msg:text()[2], "tw")""",
     b"Content-Type: multipart/mixed; boundary=y\r\n\r\n--y\r\n\r\none\r\n"
     b"--y\r\n\r\ntw"),
    ("hostile parameters of Content-Type are read in time", r"""
     is(msg:mime():content_type().mimetype, "text/plain")""",
     b"Content-Type: text/plain" + b'; a*0="x' * 30000 +
     b"\r\nContent-Disposition: " + b"(" * 100000 + b"\r\n\r\n"),
])


@test("what a script changes in parts goes on with the message")
def goes_on():
    out = policy("""local top = msg:mime(false)
                 top.parts:unlink() top.parts:header("X-Seen", "yes")""",
                 mail=MAIL)
    holds(out.body, b"X-Seen: yes\n")
    lacks(out.body, b"inner")
    holds(out.body, b"preamble\n--outer (x)\n")
    holds(out.body, b"--outer (x)--\nepilogue\n")


main()
