"""What scripts ask for outside the message: DNS, databases, files, lists of
addresses, counters.

usage: data_test.py MAILSEALD
"""
import os
import socket
import sqlite3
import struct
import threading

from policy import DEFERRED, policy, rows, run, script, write
from tap import equal, holds, main, test

ZONE = """$ORIGIN a.test.
$TTL 300
@ MX 20 mx2
@ MX 10 mx1
  MX 20 mx2
@ A 192.0.2.1
@ A 192.0.2.2
@ AAAA 2001:db8::1
@ TXT "one " "two"
@ TXT "x\\000y"
@ NS ns1
alias CNAME @
loop CNAME loop
bare TXT "only"
*.wild A 192.0.2.9
nullmx MX 0 .
generic A \\# 4 c0000205
7.2.0.192.in-addr.arpa. PTR client.test.
client.test. A 192.0.2.7
1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa. PTR v6
"""


def with_zone(body, zone=ZONE, conf=""):
    write("zone", zone)
    return policy(body, conf='dns_zone_file = "zone"\n' + conf)


def dns(sentence, body):
    test(sentence)(lambda: with_zone(body))


dns("addresses, of four and six parts", r"""
    is(table.concat(msys.dnsLookup("a.test"), " "), "192.0.2.1 192.0.2.2")
    is(table.concat(msys.dnsLookup("A.TEST.", "aaaa"), " "), "2001:db8::1")
    is(msys.dnsLookup("generic.a.test")[1], "192.0.2.5")""")
dns("MX records come best first, with their preference on demand", r"""
    is(table.concat(msys.dnsLookup("a.test", "mx"), " "),
       "mx1.a.test mx2.a.test")
    local mx = msys.dnsLookup("a.test", "MX", { priority = true })
    is(mx[1][1], 10) is(mx[1][2], "mx1.a.test") is(mx[2][1], 20) is(#mx, 2)
    is(msys.dnsLookup("a.test", "MX", { priority = false })[1], "mx1.a.test")
    is(msys.dnsLookup("nullmx.a.test", "mx")[1], ".")""")
dns("TXT strings are joined, and may hold NUL", r"""
    local t = msys.dnsLookup("a.test", "Txt") is(t[1], "one two")
    is(t[2], "x\0y") is(#t, 2)""")
dns("NS, and PTR by name or by address", r"""
    is(msys.dnsLookup("a.test", "NS")[1], "ns1.a.test")
    is(msys.dnsLookup("7.2.0.192.in-addr.arpa", "ptr")[1], "client.test")
    is(msys.dnsLookup("192.0.2.7", "PTR")[1], "client.test")
    is(msys.dnsLookup("2001:db8::1", "PTR")[1], "v6.a.test")""")
dns("CNAMEs and wildcards are followed", r"""
    is(#msys.dnsLookup("alias.a.test"), 2)
    is(msys.dnsLookup("x.y.wild.a.test")[1], "192.0.2.9")""")
dns("failures are nil and a word; no such record is an empty table", r"""
    local t, why = msys.dnsLookup("none.a.test") is(t, nil) is(why, "NXDOMAIN")
    t, why = msys.dnsLookup("bare.a.test", "a") is(#t, 0) is(why, nil)
    t, why = msys.dnsLookup("loop.a.test") is(t, nil) is(why, "SERVFAIL")
    for _, n in ipairs{"a..b", "", "a\0b", string.rep("x", 64) .. ".test",
                       string.rep("x.", 200)} do
      t, why = msys.dnsLookup(n)
      if n ~= "" then is(t, nil) is(why, "NXDOMAIN") end
    end""")
dns("a type that is none is an error (msys.dnsLookup)", r"""
    fails(function() msys.dnsLookup("a.test", "SRV") end,
          "'SRV' is no type of record")
    fails(function() msys.dnsLookup("a.test", 5) end, "no type of record")
    fails(function() msys.dnsLookup({}) end, "string expected")
    fails(function() msys.dnsLookup("a.test", "A", 5) end, "table expected")
    """)
dns("pbp.fcdns_check looks both ways", r"""
    local good, rdns, fdns = msys.pbp.fcdns_check(ac, vctx)
    is(good, true) is(rdns, nil) is(fdns, nil)
    is(vctx:get(core.VCTX_CONN, "reverse_dns"), "client.test")
    is(vctx:get(core.VCTX_CONN, "fcdns_status"), "true")""")


@test("a name that is not the client's, and no name, fail the check")
def fcdns_fails():
    with_zone("""
        local good, rdns, fdns = msys.pbp.fcdns_check(ac, vctx)
        is(good, false) is(rdns, nil) is(fdns, "NXDOMAIN")
        is(vctx:get(core.VCTX_CONN, "fcdns_status"), "false")""",
              "7.2.0.192.in-addr.arpa. PTR other.test.\n")
    with_zone("""
        local good, rdns = msys.pbp.fcdns_check(ac, vctx)
        is(good, false) is(rdns, "NXDOMAIN")
        is(vctx:get(core.VCTX_CONN, "reverse_dns"), "")""", "a.test. A 1.2.3.4")


@test("a zone file with a bad record is told with its line")
def bad_zone():
    for record, words in (("A 192.0.2", "'192.0.2' is no IPv4 address"),
                          ("AAAA x", "'x' is no IPv6 address"),
                          ("MX mx1", "the preference of an MX"),
                          ("MX 70000 x", "the preference of an MX"),
                          ("A 192.0.2.1 x", "one word too many"),
                          ("A \\# 3 c00002", "not of its type")):
        with_zone(f"""
            local t, why = msys.dnsLookup("a.test")
            is(t, nil) is(why, [[zone:1: ]] .. why:match("zone:1: (.*)"))
            is(why:find([[{words}]], 1, true) ~= nil, true, why)""",
                  f"a.test. {record}\n")


@test("a server that does not answer is a time-out, and waiting costs no "
      "script time")
def timeout():
    result = policy("""
        local t, why = msys.dnsLookup("a.test", "A",
            { server = "127.0.0.1@1" })
        is(t, nil) is(why == "TIMEOUT" or why == "SERVFAIL", true)
        fails(function() msys.dnsLookup("a.test", "A", { server = "nobody" })
              end, "'nobody' is no address of a server")""",
                    conf='dns_timeout = 1\n'
                    'dns_forwarders = ( "127.0.0.1@1" )\n'
                    'scriptlet "scriptlet" { script_time = 500 }\n')
    equal(result.status, 0)


class Server(threading.Thread):
    """Answers UDP queries: {(name, type): [data]}; others do not exist.  A
    query for "mute.test" gets no answer, one for "broken.test" SERVFAIL."""

    def __init__(self, answers):
        super().__init__(daemon=True)
        self.answers = answers
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.start()

    def run(self):
        while True:
            query, client = self.socket.recvfrom(4096)
            labels, at = [], 12
            while query[at]:
                labels.append(query[at + 1:at + 1 + query[at]].decode())
                at += 1 + query[at]
            name = ".".join(labels).lower()
            kind = struct.unpack(">H", query[at + 1:at + 3])[0]
            if name == "mute.test":
                continue
            known = any(n == name for n, _ in self.answers)
            data = self.answers.get((name, kind), [])
            code = 2 if name == "broken.test" else 0 if known else 3
            reply = query[:2] + struct.pack(">HHHHH", 0x8180 | code, 1,
                                            len(data), 0, 0)
            reply += query[12:at + 5]
            for item in data:
                reply += b"\xc0\x0c" + struct.pack(">HHIH", kind, 1, 60,
                                                   len(item)) + item
            self.socket.sendto(reply, client)


@test("answers over the network are those of a zone file")
def network():
    server = Server({
        ("a.test", 1): [bytes([192, 0, 2, 1])],
        ("a.test", 28): [b"\x20\x01\x0d\xb8" + bytes(11) + b"\x01"],
        # names in them point back at the question
        ("a.test", 15): [b"\x00\x14\x03mx2\xc0\x0c",
                         b"\x00\x0a\x03mx1\xc0\x0c"],
        ("a.test", 2): [b"\x03ns1\xc0\x0c"],
        ("a.test", 16): [b"\x03one\x04 two", b"\x01x"],
        ("7.2.0.192.in-addr.arpa", 12): [b"\x06client\x04test\x00"],
    })
    policy("""
        local l = msys.dnsLookup
        is(l("a.test")[1], "192.0.2.1") is(l("a.test", "aaaa")[1],
           "2001:db8::1")
        is(table.concat(l("a.test", "mx"), " "), "mx1.a.test mx2.a.test")
        is(l("a.test", "mx", { priority = true })[2][1], 20)
        is(l("a.test", "ns")[1], "ns1.a.test")
        local txt = l("a.test", "txt") table.sort(txt)
        is(txt[1], "one two") is(txt[2], "x") is(#txt, 2)
        is(l("192.0.2.7", "ptr")[1], "client.test")
        is(#l("7.2.0.192.in-addr.arpa", "a"), 0)
        local t, why = l("none.test") is(t, nil) is(why, "NXDOMAIN")
        t, why = l("broken.test") is(t, nil) is(why, "SERVFAIL")
        t, why = l("mute.test") is(t, nil) is(why, "TIMEOUT")
        is(l("a.test", "A", { server = "127.0.0.1@%d" })[1], "192.0.2.1")"""
           % server.port,
           conf=f'dns_timeout = 2\ndns_forwarders = ( "127.0.0.1@'
                f'{server.port}" )\n'
                'scriptlet "scriptlet" { script_time = 500 }\n')


# msys.db

def database(*statements):
    with sqlite3.connect("d.db") as db:
        for statement in statements:
            db.execute(statement)


TABLE = ("CREATE TABLE t (ID TEXT, COUNT INTEGER, SCORE REAL, NOTE TEXT)",
         "INSERT INTO t VALUES ('ann', 1, 2.5, NULL), ('bob', 2, 3, 'it''s')")


def with_db(body, options="", statements=TABLE, uri="sqlite:d.db"):
    if statements:
        database(*statements)
    return policy(body, conf=f'Datasource "db" {{ uri = ( "{uri}" ) '
                  f'{options} }}\n')


def db(sentence, body, options=""):
    test(sentence)(lambda: with_db(body, options))


db("query walks rows, numbers as numbers", r"""
   local seen = {}
   for row in msys.db.query("db", "SELECT * FROM t ORDER BY ID") do
     seen[#seen + 1] = row
   end
   is(#seen, 2) is(seen[1].ID, "ann") is(seen[1].COUNT == 1, true)
   is(math.type(seen[1].COUNT), "integer") is(seen[1].SCORE, 2.5)
   is(seen[1].NOTE, nil) is(seen[2].NOTE, "it's")
   is(require("msys.db"), msys.db) is(type(require("msys.datasource")),
   "table")""")
db("parameters by position and by name; nil is NULL", r"""
   local one = msys.db.fetch_row
   is(one("db", "SELECT COUNT FROM t WHERE ID = ? AND COUNT < ?",
          { "bob", 5 }).COUNT, 2)
   is(one("db", "SELECT COUNT FROM t WHERE ID = :id", { id = "bob" }).COUNT, 2)
   is(one("db", "SELECT COUNT FROM t WHERE ID = $id", { id = "ann" }).COUNT, 1)
   is(one("db", "SELECT ? IS NULL AS n, ? AS b", { nil, true }).n, 1)
   is(one("db", "SELECT :x IS NULL AS n").n, 1)
   is(one("db", "SELECT ? AS x", { 2.0 }).x, 2)
   is(one("db", "SELECT ? AS x", { "a\0b" }).x, "a\0b")
   is(one("db", "SELECT ? AS x", { "'; DROP TABLE t" }).x, "'; DROP TABLE t")
   fails(function() one("db", "SELECT ?", { print }) end, "string expected")
   fails(function() one("db", "SELECT 1", 5) end, "table expected")""")
db("fetch_row gives nil where there is no row", r"""
   local r, why = msys.db.fetch_row("db", "SELECT * FROM t WHERE ID = 'x'")
   is(r, nil) is(why, nil)""")
db("execute changes, and says so", r"""
   is(msys.db.execute("db", "INSERT INTO t VALUES (?, 3, 0, '')", { "cy" }),
      true)
   is(msys.db.fetch_row("db", "SELECT count(*) AS n FROM t").n, 3)""")
db("failures raise, or give their words if the options want that", r"""
   fails(function() msys.db.query("db", "SELECT * FROM none") end,
         "datasource 'db': no such table: none")
   fails(function() msys.db.execute("db", "SELEKT") end,
         "datasource 'db': near \"SELEKT\": syntax error")
   local soft = { raise_error = false }
   local r, why = msys.db.query("db", "SELECT * FROM none", nil, soft)
   is(r, nil) is(why, "datasource 'db': no such table: none")
   r, why = msys.db.fetch_row("db", "SELECT * FROM none", nil, soft)
   is(r, nil) is(why, "datasource 'db': no such table: none")
   r, why = msys.db.execute("db", "SELECT * FROM none", nil, soft)
   is(r, false) is(why, "datasource 'db': no such table: none")
   r, why = msys.db.query("other", "SELECT 1", nil, soft) is(r, nil)
   is(why, "datasource 'other': there is no such Datasource in the "
      .. "configuration")
   r, why = msys.db.query("db", "SELECT 1; SELECT 2", nil, soft)
   is(why, "datasource 'db': more than one statement")
   r, why = msys.db.query("db", " -- nothing", nil, soft)
   is(why, "datasource 'db': there is no statement")
   fails(function() msys.db.query("db", "SELECT 1", nil, 5) end,
         "table expected")""")
db("an answer is kept, and nocache asks again", r"""
   local function n(options)
     return msys.db.fetch_row("db", "SELECT count(*) AS n FROM t", nil,
                              options).n
   end
   is(n(), 2) msys.db.execute("db", "DELETE FROM t")
   is(n(), 2) is(n({ nocache = true }), 0) is(n(), 2)
   local q = "SELECT ? AS x"
   is(msys.db.fetch_row("db", q, { 1 }).x, 1)
   is(msys.db.fetch_row("db", q, { "1" }).x, "1")""")
db("no_cache keeps none", r"""
   local q = "SELECT count(*) AS n FROM t"
   is(msys.db.fetch_row("db", q).n, 2) msys.db.execute("db", "DELETE FROM t")
   is(msys.db.fetch_row("db", q).n, 0)""", "no_cache = true")
db("cache_size 0 keeps none", r"""
   local q = "SELECT count(*) AS n FROM t"
   is(msys.db.fetch_row("db", q).n, 2) msys.db.execute("db", "DELETE FROM t")
   is(msys.db.fetch_row("db", q).n, 0)""", "cache_size = 0")
db("max_rows ends an answer", r"""
   local n = 0
   for _ in msys.db.query("db", [[WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL
       SELECT x + 1 FROM c WHERE x < 1000) SELECT x FROM c]]) do n = n + 1 end
   is(n, 7)""", "max_rows = 7")
db("100 rows are the default", r"""
   local n = 0
   for _ in msys.db.query("db", [[WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL
       SELECT x + 1 FROM c WHERE x < 1000) SELECT x FROM c]]) do n = n + 1 end
   is(n, 100)""")
db("a statement cannot leave its database", r"""
   fails(function() msys.db.execute("db", "ATTACH 'other.db' AS o") end,
         "not authorized")
   fails(function() msys.db.execute("db", "VACUUM INTO 'copy.db'") end,
         "authorization denied")
   fails(function() msys.db.query("db", "SELECT load_extension('x')") end,
         "not authorized")
   msys.db.execute("db", "VACUUM")""")
db("an answer of hostile size is refused", r"""
   fails(function() msys.db.query("db", "SELECT zeroblob(1000000000)") end,
         "datasource 'db': string or blob too big")""")


@test("a database of another driver, and one that cannot be opened")
def other_databases():
    with_db("""
        fails(function() msys.db.query("db", "SELECT 1") end,
              "datasource 'db': driver 'odbc' is not available in mailseal")
        """, uri="odbc:DSN=x", statements=())
    with_db("""
        fails(function() msys.db.query("db", "SELECT 1") end,
              "'/nowhere/d.db': unable to open database file")""",
            uri="sqlite:/nowhere/d.db", statements=())
    with_db('is(msys.db.fetch_row("db", "SELECT 1 AS x").x, 1)',
            uri="sqlite:/nowhere/d.db\" \"sqlite:d.db")


@test("a failed query is the script's error: the message is deferred")
def raises():
    result = run({"policy.lua": script('msys.db.query("none", "SELECT 1")')})
    equal(result.status, DEFERRED)
    holds(result.err, "policy.lua:")


# files

@test("readfile reads files, and says why it cannot")
def readfile():
    write("list", b"a\r\n\0\xff")
    os.mkfifo("pipe")
    policy(r"""
        is(msys.readfile("list"), "a\r\n\0\xff")
        local cwd = msys.readfile("cwd")
        is(msys.readfile("file://" .. cwd .. "/list"), "a\r\n\0\xff")
        local t, why = msys.readfile("none")
        is(t, nil) is(why, "none: No such file or directory")
        t, why = msys.readfile("/") is(t, nil) is(why, "/: Is a directory")
        t, why = msys.readfile("pipe") is(why, "pipe: not a regular file")
        t, why = msys.readfile("http://a.test/") is(t, nil)
        is(why, "http://a.test/: mailseal reads files only")
        fails(function() msys.readfile("a\0b") end, "NUL byte")"""
           if not write("cwd", os.getcwd()) else "")


OPEN = r"""
local f, why = core.io_wrapper_open("log",
    core.O_CREAT | core.O_APPEND | core.O_WRONLY, 0640)
is(why, nil)
is(f:write("one\n"), 4) is(f:write("twotwo", 3), 3) is(f:write("x", 9), 1)
f:close() f:close() fails(function() f:write("x") end, "this file is closed")
local r = core.io_wrapper_open("log", core.O_RDONLY)
is(r:read(3), "one") is(r:read(), "\ntwox") is(r:read(), nil)
f, why = core.io_wrapper_open("/nowhere/x", core.O_RDONLY)
is(f, nil) is(why, "/nowhere/x: No such file or directory")
f, why = core.io_wrapper_open("jlog:///x=>y", core.O_RDONLY)
is(f, nil) is(why, "jlog:///x=>y: mailseal opens files only")
is(msys.type(r), "msys.core:_io_object")
"""


@test("io_wrapper_open writes files where the administrator lets it")
def io_objects():
    policy(OPEN, conf='scriptlet "scriptlet" { unsafe_libraries = true }\n')
    with open("log", "rb") as log:
        equal(log.read(), b"one\ntwox")
    equal(os.stat("log").st_mode & 0o777 & ~0o640, 0)


@test("io_wrapper_open is refused in the sandbox")
def io_refused():
    policy("""fails(function()
          core.io_wrapper_open("log", core.O_CREAT | core.O_WRONLY, 0640)
        end, "is not allowed here (option unsafe_libraries)")""")
    equal(os.path.exists("log"), False)


# msys.cidr, msys.audit_series, msys.pbp

@test("lists of addresses in rbldnsd's form")
def cidr():
    write("rbl", """# comment
:127.0.0.5:default for $
192.0.2.0/24
192.0.2.7 :9:the client
!192.0.2.8
198.51.100.1-3 :127.0.0.4:a range
10.79.0.0:127.0.0.6:no blank
2001:db8::/32 :127.0.0.7:six
nonsense here
""")
    policy(r"""
        local function define(name, more)
          more.type = "rbldnsd" more.source = "rbl"
          is(msys.cidr.define(name, more), true)
        end
        define("a", {}) define("a", {}) define("t", { value = "txt",
            interpolate = true, default_value = "none" })
        local q = msys.cidr.query
        is(q("a"), "127.0.0.9") is(q("a", "192.0.2.1"), "127.0.0.5")
        is(q("a", "192.0.2.8"), nil) is(q("a", "192.0.3.1"), nil)
        is(q("a", ac.remote_addr), "127.0.0.9") is(q("a", ac), "127.0.0.9")
        is(q("a", "198.51.100.3"), "127.0.0.4") is(q("a", "198.51.100.4"), nil)
        is(q("a", "198.51.100.0"), nil) is(q("a", "2001:db8::5"), "127.0.0.7")
        is(q("a", "[2001:db8::5]"), "127.0.0.7") is(q("a", "2001:db9::"), nil)
        is(q("t", "192.0.2.1"), "default for 192.0.2.1")
        is(q("t"), "the client") is(q("t", "8.8.8.8"), "none")
        fails(function() q("b") end, "there is no cidr 'b'")
        fails(function() q("a", "x") end, "'x' is no address")
        is(msys.cidr.define("e", "empty"), true) is(q("e"), nil)
        is(msys.cidr.reload("a"), true)
        fails(function() msys.cidr.define("f", { type = "datasource" }) end,
              "is not available in mailseal")
        fails(function() msys.cidr.define("f", "odd") end, "no type")""")


@test("a range may go to the last address, and be all there are")
def cidr_wide():
    for blocks, inside, outside in (
            ("0.0.0.0-255.255.255.255", ("0.0.0.0", "255.255.255.255"), ()),
            ("0.0.0.1-255", ("0.0.0.1", "0.0.0.255"), ("0.0.0.0", "0.0.1.0")),
            ("128.0.0.0-255.255.255.255", ("128.0.0.0", "255.255.255.255"),
             ("127.255.255.255",)),
            ("0.0.0.1-255.255.255.254", ("0.0.0.1", "255.255.255.254"),
             ("0.0.0.0", "255.255.255.255")),
            ("255.255.255.255-255.255.255.255", ("255.255.255.255",),
             ("255.255.255.254",))):
        write("wide", blocks + " :127.0.0.3:x\n")
        policy('msys.cidr.define("w", { type = "rbldnsd", source = "wide" })\n'
               + "".join(f'is(msys.cidr.query("w", "{a}"), "127.0.0.3")\n'
                         for a in inside) +
               "".join(f'is(msys.cidr.query("w", "{a}"), nil)\n'
                       for a in outside))


@test("a list whose file is not there is logged, and empty")
def cidr_without_file():
    result = run({"policy.lua": script("""
        is(msys.cidr.define("f", { type = "rbldnsd", source = "none" }), true)
        is(msys.cidr.query("f"), nil)
        local good, why = msys.cidr.reload("f") is(good, false)
        is(why, "none: No such file or directory")""")})
    holds(result.err, "reached the end")
    holds(result.err, "cidr 'f' is empty: none: No such file or directory")


rows(test, [
    ("counters of strings, by window", r"""
     local s = msys.audit_series
     s.define("n", "string", 3600, 3)
     s.add("n", "a") s.add("n", { key = "a", count = 2 }) s.add("n", "b")
     is(s.count("n", "a"), 3) is(s.count("n", { key = "b", startv = 0,
        endv = 2 }), 1) is(s.count("n", "c"), 0)
     s.add("n", { key = "a", count = -1 }) is(s.count("n", { key = "a" }), 2)
     s.add("n", { key = "a", count = 0.5 }) is(s.count("n", "a"), 2.5)
     s.remove_item("n", "a") is(s.count("n", "a"), 0)
     s.define("n", "string", 3600, 3) is(s.count("n", "b"), 1)
     s.define("n", "string", 60, 3) is(s.count("n", "b"), 0)
     fails(function() s.add("n") end, "wants a key")"""),
    ("counters of addresses, and of blocks of them", r"""
     local s = msys.audit_series
     s.define("c", "cidr", 3600, 12, { persist = true })
     s.add("c") s.add("c", ac) s.add("c", { key = "192.0.2.9" })
     is(s.count("c", ac), 2) is(s.count("c"), 2)
     is(s.count("c", "192.0.2.9"), 1) is(s.count("c", "/24"), 3)
     is(s.count("c", { key = "192.0.2.8/29", endv = 11 }), 1)
     s.remove_item("c", ac) is(s.count("c"), 0)
     s.define("6", "cidr_ipv6", 60, 1) s.add("6", ac) is(s.count("6", ac), 0)
     s.add("6", "2001:db8::1") is(s.count("6", "2001:db8::/32"), 1)
     fails(function() s.add("c", "nobody") end, "is no address")"""),
    ("series that are malformed are errors", r"""
     local s = msys.audit_series
     fails(function() s.add("none") end, "there is no series 'none'")
     fails(function() s.define("x", "odd", 1, 1) end, "invalid option 'odd'")
     fails(function() s.define("x", "cidr", 0, 1) end, "some seconds")
     fails(function() s.define("x", "cidr", 1, 5000) end, "1 to 1024")"""),
    ("a window passes", r"""
     local s = msys.audit_series
     s.define("w", "string", 1, 2) s.add("w", "k")
     msys.sleep(2.1) is(s.count("w", { key = "k", endv = 1 }), 0)"""),
    ("sessions and what clients did lately", r"""
     local a = msys.audit
     is(a.inbound_session_count("/32", "SMTP"), 1)
     is(a.inbound_session_count("/0"), 1) is(a.inbound_session_count(), 1)
     is(a.inbound_session_count("192.0.2.8"), 0)
     is(a.inbound_session_count("/32", "ECStream"), 0)
     is(a.connections("60,1"), 1) is(a.connection("60,1"), 1)
     is(a.connections("60,2", "/24"), 1)
     is(a.connections("60,2", { cidr = "198.51.100.0/24", endv = 1 }), 0)
     is(a.receptions("60,1"), 0) is(a.rejections("60,1"), 0)
     for _, m in ipairs{"x", "60", "0,1", "60,0", "60,1,2", "9999999,1",
                        "60,9999", ""} do
       fails(function() a.connections(m) end, "is no monitor")
     end"""),
    ("helpers of the default policy", r"""
     local p = msys.pbp
     is(p.size_in_bytes("30m"), 30 * 1024 * 1024) is(p.size_in_bytes("2k"),
        2048) is(p.size_in_bytes(7), 7) is(p.size_in_bytes("1G"), 1 << 30)
     fails(function() p.size_in_bytes("x") end, "a size is a number")
     is(p.check_whitelist(vctx, "w"), false)
     p.set_whitelist(vctx, core.VCTX_CONN, "w", true)
     is(vctx:get(core.VCTX_CONN, "dp_whitelist_w"), "true")
     is(p.check_whitelist(vctx, "w"), true)
     is(p.check_whitelist(vctx, { "v", "w" }), true)
     is(p.check_whitelist(vctx, { honor_whitelist = { "w" } }), true)
     is(p.check_whitelist(vctx, {}), false) is(p.check_whitelist(vctx), false)
     p.set_whitelist(vctx, core.VCTX_CONN, "w", false)
     is(p.check_whitelist(vctx, "w"), false)"""),
])

main()
