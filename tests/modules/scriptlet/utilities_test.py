"""Texts: base64, qp, pcre, json, dumper, macros, addresses; locks, pools, the
log, and what is not available.

usage: utilities_test.py MAILSEALD
"""
from policy import LETTER, policy, rows, run, script
from tap import equal, holds, lacks, main, test

MIXED = (b"From: a@b.test\r\nMIME-Version: 1.0\r\n"
         b"Content-Type: multipart/mixed; boundary=b\r\n\r\n"
         b"--b\r\nContent-Type: text/plain; charset=iso-8859-1\r\n"
         b"Content-Transfer-Encoding: quoted-printable\r\n\r\n"
         b"gr=FCn\r\nzwei\r\n"
         b"--b\r\nContent-Type: image/png\r\n\r\nPNG\r\n"
         b"--b\r\nContent-Type: text/html\r\n\r\n<p>\r\n--b--\r\n")

rows(test, [
    # msys.base64 and msys.qp (RFC 2045 sections 6.7 and 6.8)
    ("base64 encodes texts, numbers and ec_strings", r"""
     is(msys.base64.encode("hello"), "aGVsbG8=") is(msys.base64.encode(""), "")
     is(msys.base64.encode(12), "MTI=")
     is(msys.base64.encode("a\0b"), "YQBi")
     local s = core.string_new() s:set("hello")
     is(msys.base64.encode(s), "aGVsbG8=")
     is(require("msys.base64"), msys.base64)"""),
    ("base64 folds at 76 characters with CRLF between lines", r"""
     local t = msys.base64.encode(string.rep("x", 58), true)
     is(#t, 80 + 2) is(t:sub(77, 78), "\r\n")
     is(msys.base64.encode(string.rep("x", 57), true):find("\r"), nil)
     is(msys.base64.encode(string.rep("x", 58), false):find("\r"), nil)"""),
    ("base64 decodes what it encoded, white space in it, and NUL", r"""
     local all = {} for i = 0, 255 do all[#all + 1] = string.char(i) end
     all = table.concat(all)
     is(msys.base64.decode(msys.base64.encode(all, true)), all)
     is(msys.base64.decode("aGVs bG8=\r\n"), "hello")
     is(msys.base64.decode(""), "")"""),
    ("base64 that is none is an error", r"""
     for _, t in ipairs{"a", "a===", "aGVsbG8=x", "!!!!", "aGVsbG8\0"} do
       fails(function() msys.base64.decode(t) end, "this is not base64")
     end
     fails(function() msys.base64.decode() end, "string expected")
     fails(function() msys.base64.encode({}) end, "string expected")"""),
    ("base64 brings text into a character set and back", r"""
     is(msys.base64.encode("\xc3\xbc", false, "iso-8859-1"), "/A==")
     is(msys.base64.decode("/A==", "iso-8859-1"), "\xc3\xbc")
     fails(function() msys.base64.encode("x", false, "klingon") end,
           "character set 'klingon'")
     fails(function() msys.base64.decode("eA==", "klingon") end,
           "there is no character set 'klingon'")
     fails(function() msys.base64.encode("\xe2\x82\xac", false, "iso-8859-1")
           end, "cannot be written")"""),
    ("a large base64 text comes back whole", r"""
     local t = string.rep("0123456789abcdef", 65536)
     is(msys.base64.decode(msys.base64.encode(t, true)) == t, true)"""),
    ("qp encodes what is not ASCII, and keeps line ends", r"""
     is(msys.qp.encode("a=b"), "a=3Db")
     is(msys.qp.encode("\xc3\xa4\r\nx"), "=C3=A4\r\nx")
     is(msys.qp.encode("\xc3\xa4", "iso-8859-1"), "=E4")
     is(require("msys.qp"), msys.qp)"""),
    ("qp leaves no dot at the beginning of a line", r"""
     local t = string.rep(".", 200)
     for _, stuffing in ipairs{false, true} do
       local q = msys.qp.encode(t, nil, stuffing)
       is(q:find("^%.") or q:find("\n.", 1, true), nil)
       is(msys.qp.decode(q), t)
     end"""),
    ("qp decodes, soft breaks too", r"""
     is(msys.qp.decode("a=3Db=\r\nc= \t\r\nd=\ne"), "a=bcde")
     is(msys.qp.decode("=c3=A4"), "\xc3\xa4") is(msys.qp.decode("x="), "x")
     is(msys.qp.decode("=E4", "iso-8859-1"), "\xc3\xa4")"""),
    ("qp that is none is an error", r"""
     for _, t in ipairs{"=", "=4", "=zz", "a=x\r\n"} do
       if t ~= "=" then
         fails(function() msys.qp.decode(t) end, "this is not quoted-printable")
       end
     end
     fails(function() msys.qp.decode("x", "klingon") end, "character set")"""),
    # msys.pcre
    ("match gives the whole at 0, captures behind it, and names", r"""
     local m = msys.pcre.match("x abc-123", [[(?P<w>[a-z]{2,})-(\d+)(z)?]])
     is(m[0], "abc-123") is(m[1], "abc") is(m[2], "123") is(m[3], nil)
     is(m.w, "abc") is(require("msys.pcre"), msys.pcre)"""),
    ("match gives nil alone where nothing matches", r"""
     local m, text, number = msys.pcre.match("abc", "x")
     is(m, nil) is(text, nil) is(number, nil)"""),
    ("a pattern that cannot be compiled gives nil, words and a number", r"""
     local m, text, number = msys.pcre.match("abc", "(")
     is(m, nil) is(text, "missing closing parenthesis") is(number, 114)
     local r, t2 = msys.pcre.replace("a", "[", "b")
     is(r, nil) is(type(t2), "string")
     local s, t3 = msys.pcre.split("a", "(?<n>")
     is(s, nil) is(type(t3), "string")"""),
    ("a pattern that goes astray ends at the limits", r"""
     local m, text, number = msys.pcre.match(string.rep("a", 40) .. "b",
                                             "^(a|a)*$")
     is(m, nil) is(text, "match limit exceeded") is(number, -47)
     local _, deep = msys.pcre.replace(string.rep("a", 100000),
                                       "^(a(?1)?)*b", "")
     is(type(deep), "string")"""),
    ("texts and patterns may hold NUL and anything else", r"""
     is(msys.pcre.match("a\0b", "\0(.)")[1], "b")
     is(msys.pcre.match("\xff\xfe", "\xff(.)")[1], "\xfe")
     local m, text = msys.pcre.match("\xff", "(*UTF)x") is(m, nil)
     is(type(text), "string")
     is(msys.pcre.match("", "^$")[0], "")"""),
    ("replace replaces all, with captures by number and name", r"""
     is(msys.pcre.replace("a-b c-d", [[(\w)-(?<r>\w)]], "$2${r}\\1$$$0"),
        "bba$a-b ddc$c-d")
     is(msys.pcre.replace("abc", "x", "y"), "abc")
     is(msys.pcre.replace("abc", "b", ""), "ac")
     is(msys.pcre.replace("abc", "(z)?b", "[$1$9${none}]"), "a[]c")
     is(msys.pcre.replace("a$", [[\$]], "$"), "a$")"""),
    ("replace goes on behind empty matches", r"""
     is(msys.pcre.replace("abc", "", "-"), "-a-b-c-")
     is(msys.pcre.replace("abc", "x*", "-"), "-a-b-c-")
     is(msys.pcre.replace("a\xc3\xa4", "(*UTF)", "-"), "-a-\xc3\xa4-")
     is(msys.pcre.replace("foobar", [[foo\Kb]], "X"), "fooXar")"""),
    ("split cuts at every match", r"""
     local function joined(...) return table.concat(msys.pcre.split(...), "|")
     end
     is(joined("a, b,c", [[,\s*]]), "a|b|c") is(joined("abc", ","), "abc")
     is(joined(",a,", ","), "|a|") is(joined("abc", ""), "a|b|c")
     is(joined("", ","), "") is(joined("one\ntwo", "\\n"), "one|two")"""),
    # json
    ("json objects are read and written by field", r"""
     local o = json.decode('{ "hello": "world" }')
     is(o.hello, "world") o.int = 4 o.num = 3.5 o.yes = true
     is(tostring(o), '{"hello": "world", "int": 4, "num": 3.5, "yes": true}')
     o.hello = nil is(o.hello, nil) is(o.none, nil) is(o[1], nil)
     is(require("json"), json)"""),
    ("the table of an assignment is an array if it has a first element", r"""
     local o = json.new() is(tostring(o), "{}")
     o.arr = { 0, 1, 3 } o.obj = { a = 1, [7] = "x" } o.empty = {}
     is(tostring(o.arr), "[0, 1, 3]") is(o.arr[3], 3) is(o.arr[4], nil)
     is(o.arr[0], nil) is(#o.arr, 3) is(o.obj["7"], "x")
     is(tostring(o.empty), "{}")
     o.holes = { 1, nil, 3 } is(#o.holes, 1)"""),
    ("objects in objects are references", r"""
     local o, inner = json.new(), json.new()
     o.inner = inner inner.x = 1 is(o.inner.x, 1)
     o.inner.y = "z" is(inner.y, "z")
     is(o.inner == inner, true)"""),
    ("arrays are counted from 1 and take positions alone", r"""
     local a = json.encode({ "a", "b" })
     a[3] = "c" a[1] = 7 is(tostring(a), '[7, "b", "c"]')
     fails(function() a[9] = 1 end, "position 9 of a JSON array with 3")
     fails(function() a.x = 1 end, "a JSON array has positions, not 'x'")
     local seen = {} for i, v in pairs(a) do seen[i] = v end
     is(seen[1], 7) is(seen[3], "c")
     local keys = {} for k in pairs(json.decode('{"a":1,"b":2}')) do
     keys[#keys + 1] = k end is(table.concat(keys), "ab")"""),
    ("encode takes plain values, and texts of any octets", r"""
     is(tostring(json.encode(42)), "42") is(tostring(json.encode("x")), '"x"')
     is(tostring(json.encode(nil)), "null") is(tostring(json.encode(2.0)), "2")
     is(tostring(json.encode("a\0b\"")), '"a\\u0000b\\""')
     is(tostring(json.encode("\xff")), '"\xef\xbf\xbd"')
     is(json.decode('"a\\u0000b"'), "a\0b")
     is(json.decode("17"), 17) is(json.decode("null"), nil)"""),
    ("what JSON cannot hold is an error", r"""
     fails(function() json.encode(print) end, "a function cannot be put")
     fails(function() json.encode(msg) end, "an object cannot be put")
     fails(function() json.encode(0/0) end, "JSON cannot express")
     fails(function() json.encode({ [true] = 1 }) end, "must be a string")
     local t = {} t.t = t
     fails(function() json.encode(t) end, "nested too deeply")
     local o = json.new()
     fails(function() o.o = o end, "cannot hold itself")
     local p = json.new() p.o = o
     fails(function() o.p = p end, "cannot hold itself")"""),
    ("deep values end at a limit", r"""
     local v, code = json.decode(string.rep("[", 600) .. string.rep("]", 600))
     is(v, nil) is(code, json.ERROR_DEPTH)
     v, code = json.decode(string.rep("[", 1000000)) is(v, nil)
     is(code, json.ERROR_DEPTH)
     v = json.decode(string.rep("[", 500) .. string.rep("]", 500))
     is(#v, 1)
     local o = json.new() local cur = o
     fails(function() for i = 1, 600 do cur.x = json.new() cur = cur.x end end,
           "nested too deeply")
     fails(function() for i = 1, 600 do local n = json.new() n.x = o o = n end
           end, "nested too deeply")"""),
    ("errors of decode have the published numbers (facts 6.9)", r"""
     for text, name in pairs{
       [""] = "PARSE_EOF", ["{"] = "PARSE_EOF", ["[1"] = "PARSE_EOF",
       ["nul"] = "PARSE_NULL", ["[tru]"] = "PARSE_BOOLEAN",
       ["[1 2]"] = "PARSE_ARRAY", ["{1:2}"] = "PARSE_OBJECT_KEY_NAME",
       ['{"a" 1}'] = "PARSE_OBJECT_KEY_SEP",
       ['{"a":1 "b":2}'] = "PARSE_OBJECT_VALUE_SEP",
       ['["\\x"]'] = "PARSE_STRING", ["[1] x"] = "PARSE_UNEXPECTED",
       ["/* c */ 1"] = "PARSE_COMMENT", ["[-]"] = "PARSE_NUMBER",
       ["[1e999]"] = "PARSE_NUMBER", ['["\xff"]'] = "PARSE_STRING",
     } do
       local v, code, words = json.decode(text)
       is(v, nil, text) is(code, json["ERROR_" .. name], text)
       is(words:find(json.strerror(code), 1, true), 1, text)
     end
     is(json.strerror(0), "success") is(json.strerror(99), "unknown error")
     for _, n in ipairs{"DEPTH", "PARSE_COMMENT"} do
       is(type(json["ERROR_" .. n]), "number") end"""),
    # msys.dumper
    ("Dumper writes what Lua reads again", r"""
     local D = msys.dumper.Dumper
     is(D({ code = "550", 1, 2 }), 'return { 1, 2, code="550" }')
     is(D("a\n\"\\\0"), 'return "a\\n\\"\\\\\\000"') is(D(nil), "return nil")
     is(D({ ["a b"] = true, [5] = 1.5, ["end"] = {} }),
        'return {\n  [5]=1.5,\n  ["a b"]=true,\n  ["end"]={ }\n}')
     local t = load(D({ 1, { 2, { "x" } }, k = 1/0 }))()
     is(t[2][2][1], "x") is(t.k, 1/0)
     is(D(print):find("return nil --[[function", 1, true), 1)
     is(D({ 1, 2, [0] = 3 }), "return { 1, 2, [0]=3 }")"""),
    ("Dumper survives tables that hold themselves", r"""
     local t = {} t.t = t
     is(msys.dumper.Dumper(t):find("tables in tables", 1, true) ~= nil, true)
     fails(function() msys.dumper.Dumper() end, "value expected")"""),
    # msys.expandMacro (facts 6.9)
    ("macros of contexts and the envelope are expanded", r"""
     vctx:set(core.VCTX_CONN, "k", "conn") vctx:set(core.VCTX_MESS, "k", "%{i}")
     is(msys.expandMacro("<%{vctx_conn:k}|%{vctx_mess:k}>"), "<conn|%{i}>")
     is(msys.expandMacro("%{vctx_conn:ehlo_domain}"), "client.test")
     is(msys.expandMacro("%{mailfrom_localpart} %{mailfrom_domain}"),
        "ann a.test")
     is(msys.expandMacro("%{rcptto_localpart} %{rcptto_domain}"),
        "bob+list b.test")
     is(msys.expandMacro("%{k}"), "%{i}") is(msys.expandMacro("%{i}"),
        "192.0.2.7")"""),
    ("what is not known expands to nothing, the rest stays", r"""
     is(msys.expandMacro("a%{none}b%{x:y}c%{vctx_conn:}d"), "abcd")
     is(msys.expandMacro("100%% %x % %{open"), "100% %x % %{open")
     is(msys.expandMacro(""), "") is(msys.expandMacro("a\0b"), "a\0b")
     is(msys.expandMacro("%{" .. string.rep("x", 5000) .. "}"), "")"""),
    ("SPF letters and transformers (RFC 7208 section 7)", r"""
     local function x(m) return msys.expandMacro("%{spfv1:" .. m .. "}") end
     is(x("s"), "ann@a.test") is(x("l"), "ann") is(x("o"), "a.test")
     is(x("d"), "a.test") is(x("d1"), "test") is(x("dr"), "test.a")
     is(x("i"), "192.0.2.7") is(x("ir"), "7.2.0.192") is(x("i2"), "2.7")
     is(x("v"), "in-addr") is(x("h"), "client.test") is(x("p"), "unknown")
     is(x("t"):match("^%d+$") ~= nil, true) is(x("q"), "") is(x("d!"), "")"""),
    ("%{rfc822:date} is a date, in English", r"""
     is(msys.expandMacro("%{rfc822:date}"):match(
        "^%a%a%a, %d+ %a%a%a %d%d%d%d %d%d:%d%d:%d%d [+-]%d%d%d%d$") ~= nil,
        true)"""),
    ("parts of the message, by lines and octets", r"""
     local x = msys.expandMacro
     is(x("%{rfc2822:body}"), "H\xc3\xa4llo world\r\n.dot\r\n")
     is(x("%{rfc2822:body,1}"), "H\xc3\xa4llo world\r\n")
     is(x("%{rfc2822:body,4b}"), "H\xc3\xa4l\r\n")
     is(x("%{rfc2822:body,0}"), "")
     is(x("%{rfc2822:message,1}"), "Received: from a by b\r\n")
     is(x("%{rfc2822:headers}"):sub(-40):find("utf%-8\r\n$") ~= nil, true)
     is(x("%{rfc2822:message}"), x("%{rfc2822:headers}") .. "\r\n" ..
        x("%{rfc2822:body}"))
     is(x("%{rfc2822:body,x}%{rfc2822:body,}%{rfc2822:odd}"), "")"""),
    ("parts of MIME, decoded or as they are", r"""
     local x = msys.expandMacro
     is(x("%{rfc2822:text}"), "gr\xc3\xbcn\r\nzwei\r\n")
     is(x("%{rfc2822:text,1,1}"), "gr\xc3\xbcn\r\n")
     is(x("%{rfc2822:text,2}"), "Content-Type: text/html\r\n\r\n<p>\r\n")
     is(x("%{rfc2822:part,2}"), "Content-Type: image/png\r\n\r\nPNG\r\n")
     is(x("%{rfc2822:part,9}%{rfc2822:text,0}%{rfc2822:part}"), "")""", MIXED),
    # objects
    ("msys.type tells classes apart", r"""
     is(msys.type(msg), "msys.core:_ec_message")
     is(msys.type(vctx), "msys.core:_validate_context")
     is(msys.type(core.string_new()), "msys.core:_ec_string")
     is(msys.type(1), "number") is(msys.type(nil), "nil")
     is(msys.type(json.new()), "json")
     is(msys.cast(msg, "msys.core:_ec_message"), msg)
     fails(function() msys.cast(1, "ec_message") end, "is no ec_message")
     fails(function() msys.cast(ac, "ec_message") end, "is no ec_message")"""),
    ("a script may add a method to a class", r"""
     local mt = msys.getClassMetaTable("msys.core:_ec_message")
     function mt.__index:shout() return "HEY " .. self:mailfrom() end
     is(msg:shout(), "HEY ann@a.test")
     is(msys.getClassMetaTable("none"), nil) is(mt.__gc, nil)"""),
    ("addresses are parsed into components (RFC 5322 section 3.4)", r"""
     local p = msys.parseRFC2822Addresses
     local text = '"Ann, of A" <ann+x@a.test>, bob@b.test (Bob)'
     is(table.concat(p(text), "|"), "ann+x@a.test|bob@b.test")
     is(table.concat(p(text, "user"), "|"), "ann|bob")
     is(table.concat(p(text, "detail"), "|"), "x|")
     is(table.concat(p(text, "localpart"), "|"), "ann+x|bob")
     is(table.concat(p(text, "domain"), "|"), "a.test|b.test")
     is(#p(""), 0) is(#p(",,;"), 0)
     fails(function() p(text, "colour") end, "invalid option 'colour'")"""),
    # waiting, pools, locks, log
    ("a function for a pool runs, with results as pcall gives them", r"""
     local ok, a, b = msys.runInPool("IO", function() return 1, 2 end)
     is(ok, true) is(a, 1) is(b, 2)
     local ok, why = msys.runInPool(1, function() error("odd", 0) end)
     is(ok, false) is(why, "odd")
     local log = {}
     is(msys.runInPool("CPU", function() log[#log + 1] = "w" return "r" end,
                       function() log[#log + 1] = "c" end,
                       core.ECTP_COMPLETE_CALLBACK_SCHED), true)
     is(table.concat(log), "wc")
     is(select("#", msys.runInPool("LUA_LOGS", function() log = 1 end, true)),
        0) is(log, 1)
     is(select(2, msys.runInInst(nil, function() return 5 end)), 5)
     is(msys.asyncOk(), true)
     fails(function() msys.runInPool("IO", 5) end, "function expected")"""),
    ("pools have names and numbers", r"""
     is(msys.threadpool.find("io"), 1) is(msys.threadpool.find(0), "CPU")
     is(msys.threadpool.find("none"), nil) is(msys.threadpool.find(99), nil)
     is(msys.threadpool.count(), 8)"""),
    ("sleep waits, and is not the script's own time", r"""
     local t = os.clock() msys.sleep(0.02) msys.sleep(0)
     fails(function() msys.sleep(-1) end, "time does not run backwards")
     fails(function() msys.sleep("x") end, "number expected")"""),
    ("locks are taken once and given back once", r"""
     msys.lock("a") msys.lock("b")
     fails(function() msys.lock("a") end,
           "the lock 'a' is locked by this script already")
     msys.unlock("a") msys.lock("a") msys.unlock("a") msys.unlock("b")
     fails(function() msys.unlock("a") end, "is not locked by this script")
     fails(function() msys.lock(string.rep("x", 300)) end, "too long")"""),
    ("mutexes of each kind", r"""
     for _, kind in ipairs{thread.MUTEX_NORMAL, thread.MUTEX_ERRORCHECK} do
       local m = thread.mutex(kind)
       m:lock() is(m:trylock(), false)
       fails(function() m:lock() end, "locked by this script already")
       m:unlock() is(m:trylock(), true) m:unlock()
       fails(function() m:unlock() end, "is not locked")
     end
     local r = thread.mutex(thread.MUTEX_RECURSIVE)
     r:lock() r:lock() is(r:trylock(), true) r:unlock() r:unlock() r:unlock()
     fails(function() r:unlock() end, "is not locked")
     fails(function() thread.mutex(7) end, "no kind of mutex")
     thread.mutex():lock() is(require("thread"), thread)"""),
    ("msys.log knows levels by number and name", r"""
     for _, l in ipairs{"ERR", "debug", core.LOG_WARNING, 7} do
       if l ~= "ERR" then msys.log(l, "text") end
     end
     fails(function() msys.log("LOUD", "x") end, "no level of a log")
     fails(function() msys.log(99, "x") end, "no level of a log")"""),
    # what is not here
    ("libraries of other channels can be required, and say so when called", r"""
     for _, name in ipairs{"msys.adaptive", "msys.delivery", "msys.httpclnt",
         "msys.http_lua", "msys.http.client", "msys.smpp", "xml", "curl",
         "msys.timer", "msys.rfc3464", "msys.getopt", "msys.policyeditor"} do
       local library = require(name)
       fails(function() library.anything(1) end,
             name .. ".anything is not available in mailseal: ")
     end
     fails(function() msys.timer.every(2, print) end,
           "msys.timer.every is not available in mailseal")
     fails(function() msys.threadpool.stat("IO") end, "is not available")"""),
])


@test("msys.log writes with its level, and who wrote it")
def log_line():
    result = policy('msys.log("CRIT", "hear this\\nnot this")')
    holds(result.err, "[critical]")
    holds(result.err, "test: hear this")


@test("a script that ends with an error gives its locks back")
def lock_left():
    result = run({"policy.lua": script("""
        msys.lock("left")""", "validate_connect") + script("""
        msys.lock("left") msys.unlock("left")""")})
    lacks(result.err, "was not given back")


@test("a registration of a command in a callout is refused")
def late_control():
    policy("""fails(function() msys.registerControl("x", print) end,
              "is registered while its script is loaded")""")


@test("a macro that repeats the message for ever ends")
def long_macro():
    big = LETTER + b"x" * 70 + b"\r\n"
    result = policy("""
        fails(function()
          msys.expandMacro(string.rep("%{rfc2822:message}", 400))
        end, "the text becomes too long")""",
                    mail=big + (b"y" * 70 + b"\r\n") * 10000)
    equal(result.status, 0)


main()
