"""msys.validate.opendkim and opendkim.dkim: each function, what it takes, gives
and says; each status and each flag.

usage: opendkim_binding_test.py MAILSEALD MAILSEAL CONF.D
"""
import os
import re
import sys

from policy import ACCEPTED, DEFERRED, policy, run, script
from sealed import KEYS, LETTER, ZONE, signed, tampered
from tap import equal, holds, main, test

OPENDKIM = ('local opendkim = require("msys.validate.opendkim")\n'
            'local dkim = require("opendkim.dkim")\n')
FINAL = "core_final_validation"


def stanza(more=""):
    return (f'dns_zone_file = "{ZONE}"\nhostname = "mx.b.test"\n'
            f'opendkim "o" {{ enabled = false {more} }}\n')


def signer(more=""):
    return stanza(f'selector = "rsa" key = "{KEYS}/%{{d}}/%{{s}}.key" '
                  'header_canon = relaxed body_canon = relaxed '
                  'headerlist = ( "From" "To" "Subject" "Date" ) ' + more)


def asking(body, mail=None, callout="validate_data", conf=None):
    """The body as a callout about mail that came."""
    return policy(OPENDKIM + body, callout,
                  mail=signed() if mail is None else mail,
                  conf=stanza() if conf is None else conf)


def sealing(body, conf=None, callout=FINAL, mail=LETTER):
    """The body as a callout about mail that leaves."""
    return policy(OPENDKIM + body, callout, mail=mail,
                  conf=signer() if conf is None else conf)


def tags(field):
    return {name.strip().decode(): b"".join(value.split()).decode()
            for name, _, value in (tag.partition(b"=")
                                   for tag in field.split(b";"))}


def signatures(out):
    return [tags(field) for field in out.fields("DKIM-Signature")]


def holding(out, selectors):
    """The selectors of the signatures that hold, from the top."""
    asking("local d, status = opendkim.verify(msg) is(status, 0)\n" +
           "".join(f'is(opendkim.get_sig_selector(opendkim.get_sig(d, {i})), '
                   f'"{selector}") is(opendkim.get_sig_errorstr('
                   f'opendkim.get_sig(d, {i})), nil)\n'
                   for i, selector in enumerate(selectors)) +
           f"is(opendkim.get_num_sigs(d), {len(selectors)})", out.out)


# verify


@test("verify gives a handle and DKIM_STAT_OK for a signature that holds")
def verify():
    out = asking("""
    local d, status = opendkim.verify(msg)
    is(type(d), "userdata") is(status, dkim.DKIM_STAT_OK)
    is(opendkim.get_num_sigs(d), 1) is(msys.type(d), "DKIM")
    is(msys.type(opendkim.get_sig(d)), "DKIM_SIGINFO")""")
    equal(out.fields("Authentication-Results"), [])


@test("verify takes the message of the callout when there is no argument")
def verify_nil():
    asking("local d, status = opendkim.verify() is(status, 0)")


@test("verify works in each phase from validate_data on (C4)")
def phases():
    for callout in ("validate_data", "validate_data_spool",
                    "validate_data_spool_each_rcpt", FINAL):
        asking("is(select(2, opendkim.verify(msg)), 0)", callout=callout)


@test("before the data verify is an error that says when to call it")
def too_early():
    asking('fails(function() opendkim.verify(msg) end, "verify() needs the '
           'whole message: call it in validate_data or later")',
           callout="validate_rcptto")


@test("without an opendkim stanza verify is an error that names the module")
def no_stanza():
    asking('fails(function() opendkim.verify(msg) end, "this needs the module '
           'opendkim, and the configuration has no stanza of it")',
           conf="# none\n")


@test("verify takes nothing that is no message")
def verify_types():
    asking('for _, v in ipairs{ 1, "x", {}, vctx } do '
           'fails(function() opendkim.verify(v) end, "ec_message") end')


@test("asked twice, verify gives two handles, and each has its signatures")
def verify_twice():
    asking("local a, b = opendkim.verify(msg), opendkim.verify(msg)\n"
           'is(a == b, false) a = nil collectgarbage()\n'
           'is(opendkim.get_sig_domain(opendkim.get_sig(b)), "a.test")')


# statuses

def changed(old, new, mail=None):
    mail = signed() if mail is None else mail
    assert old in mail, mail
    return mail.replace(old, new, 1)


# what, mail, status of the message, options of the stanza
STATUSES = [
    ("a signature holds", signed(), "OK", ""),
    ("the body was changed", tampered(signed()), "BADSIG", ""),
    ("a signed field was changed",
     changed(b"Subject: a letter", b"Subject: the letter"), "BADSIG", ""),
    ("no signature", LETTER, "NOSIG", ""),
    ("a key that is not there", signed("gone"), "NOKEY", ""),
    ("a revoked key", signed("revoked"), "REVOKED", ""),
    ("a tag is missing", changed(b" s=rsa;", b""), "CANTVRFY", ""),
    ("an unknown version", changed(b"v=1;", b"v=2;"), "CANTVRFY", ""),
    ("an algorithm that is none",
     changed(b"a=rsa-sha256", b"a=rsa-sha3"), "CANTVRFY", ""),
    ("it expired", signed(more=("--time", "1000", "--expire", "1")),
     "CANTVRFY", ""),
    ("a key that is weaker than configured", signed(), "CANTVRFY",
     "verify_min_key_bits = 4096"),
    ("the end of the body is not signed",
     signed(more=("--body-length",)) + b"more\r\n", "CANTVRFY", ""),
    ("the same, and it may be", signed(more=("--body-length",)) + b"more\r\n",
     "OK", "verify_partial_body = true"),
    ("more header than configured",
     signed(mail=b"X-Long: " + b"x" * 1100 + b"\r\n" + LETTER), "CANTVRFY",
     "verify_max_header_size = 1024"),
    ("no From", LETTER.replace(b"From:", b"X-From:"), "SYNTAX", ""),
    ("two From fields", b"From: eve@e.test\r\n" + signed(), "SYNTAX", ""),
    ("one of two holds", signed("gone", mail=signed("ed")), "OK", ""),
    ("none of two holds: the topmost counts",
     signed("revoked", mail=signed("gone")), "REVOKED", ""),
]


@test("each status of a message, by what is wrong with it")
def statuses():
    for name, mail, status, options in STATUSES:
        asking("local d, status = opendkim.verify(msg)\n"
               f"is(status, dkim.DKIM_STAT_{status}, [[{name}]])", mail,
               conf=stanza(options))


@test("rsa-sha1 does not pass, unless it is configured to")
def rsa_sha1():
    old = signed(more=("--algorithm", "rsa-sha1"))
    asking("""
    local d, status = opendkim.verify(msg) is(status, dkim.DKIM_STAT_CANTVRFY)
    local sig = opendkim.get_sig(d)
    is(opendkim.get_sig_signalg(sig), "rsa-sha1")
    is((select(2, opendkim.get_sig_errorstr(sig))), 4)""", old)
    asking("local d, status = opendkim.verify(msg) is(status, 0)", old,
           conf=stanza("verify_rsa_sha1 = true"))


@test("a key that cannot be had now is DKIM_STAT_KEYFAIL")
def keyfail():
    asking("""
    local d, status = opendkim.verify(msg) is(status, dkim.DKIM_STAT_KEYFAIL)
    local sig = opendkim.get_sig(d)
    is(opendkim.get_sig_flags(sig), dkim.DKIM_SIGFLAG_PROCESSED)
    is(opendkim.get_sig_keysize(sig), 0)""",
           conf='dns_forwarders = ( "127.0.0.1@1" )\ndns_timeout = 1\n'
           'opendkim "o" { verify_dns_timeout = 1 }\n')


# one signature


@test("get_num_sigs gives how many there are, 0 of unsigned mail")
def num_sigs():
    asking("local n, status = opendkim.get_num_sigs(opendkim.verify(msg))\n"
           "is(n, 3) is(status, 0)", signed("ed", mail=signed("ed", "rsa")))
    asking("local n, status = opendkim.get_num_sigs(opendkim.verify(msg))\n"
           "is(n, 0) is(status, 0)", LETTER)


@test("get_sig counts from 0 at the top, which is the default (C6)")
def get_sig():
    asking("""
    local d = opendkim.verify(msg)
    local function s(...)
      local sig, status = opendkim.get_sig(d, ...) is(status, 0)
      return opendkim.get_sig_selector(sig)
    end
    is(s(), "ed") is(s(nil), "ed") is(s(0), "ed") is(s(1), "rsa")
    is(s("1"), "rsa")""", signed("ed", mail=signed("rsa")))


@test("of an index that is not there get_sig gives nil and DKIM_STAT_INVALID")
def get_sig_none():
    asking("""
    local d = opendkim.verify(msg)
    for _, i in ipairs{ 1, 2147483647, -1 } do
      local sig, status, why = opendkim.get_sig(d, i)
      is(sig, nil) is(status, dkim.DKIM_STAT_INVALID)
      is(why, "There is no signature with the index " .. i)
    end
    for _, i in ipairs{ "x", {}, 1e30 } do
      fails(function() opendkim.get_sig(d, i) end, "an index")
    end""")


@test("what a signature says comes as a value and DKIM_STAT_OK")
def parts():
    mail = signed(more=("--identity", "ann@sub.a.test", "--canon",
                        "relaxed/simple"))
    asking("""
    local d = opendkim.verify(msg)
    local sig = opendkim.get_sig(d, 0)
    local function gives(wanted, value, status)
      is(value, wanted) is(status, 0)
    end
    gives("a.test", opendkim.get_sig_domain(sig))
    gives("rsa", opendkim.get_sig_selector(sig))
    gives("ann@sub.a.test", opendkim.get_sig_identity(d, sig))
    gives("ann@sub.a.test", opendkim.get_sig_identity(nil, sig))
    gives("relaxed", opendkim.get_sig_canons(sig))
    is((select(3, opendkim.get_sig_canons(sig))), "simple")
    gives(2048, opendkim.get_sig_keysize(sig))
    gives("rsa-sha256", opendkim.get_sig_signalg(sig))
    gives(nil, opendkim.get_sig_errorstr(sig))
    gives(6, opendkim.get_sig_flags(sig))""", mail)


@test("without i= the identity is @ and d= (#8085)")
def no_identity():
    asking("local d = opendkim.verify(msg)\n"
           'is(opendkim.get_sig_identity(d, opendkim.get_sig(d)), "@a.test")')


@test("without a signature get_sig_identity takes the one that decided")
def deciding():
    asking("local d = opendkim.verify(msg)\n"
           'is(opendkim.get_sig_identity(d), "ann@a.test")',
           signed("gone", mail=signed(more=("--identity", "ann@a.test"))))
    asking("local d = opendkim.verify(msg)\n"
           'is(opendkim.get_sig_identity(d, nil), "@a.test")',
           signed("gone"))
    asking("local text, status = opendkim.get_sig_identity("
           "(opendkim.verify(msg)))\n"
           "is(text, nil) is(status, dkim.DKIM_STAT_INVALID)", LETTER)


ALGORITHMS = [
    (signed(), "rsa-sha256", 2048),
    (signed("ed"), "ed25519-sha256", 256),
    (changed(b"a=rsa-sha256", b"a=rsa-sha3"), "unknown", 0),
]


@test("algorithm and key size, as far as they are known")
def algorithms():
    for mail, name, bits in ALGORITHMS:
        asking("local sig = opendkim.get_sig((opendkim.verify(msg)))\n"
               f'is(opendkim.get_sig_signalg(sig), "{name}")\n'
               "local bits, status = opendkim.get_sig_keysize(sig)\n"
               f"is(bits, {bits}) is(status, {bits} > 0 and 0 or 3)", mail)


@test("get_sig_hdrsigned knows the names of h=, in any case of letters")
def hdrsigned():
    asking("""
    local sig = opendkim.get_sig((opendkim.verify(msg)))
    local function signed(name)
      local yes, status = opendkim.get_sig_hdrsigned(sig, name)
      is(type(yes), "boolean") is(status, 0) return yes
    end
    for _, name in ipairs{ "From", "from", "SUBJECT", "X-None", "date" } do
      is(signed(name), true, name)
    end
    for _, name in ipairs{ "Fro", "rom", "From:", "FromX", "Received", "?" } do
      is(signed(name), false, name)
    end
    local yes, status = opendkim.get_sig_hdrsigned(sig, "")
    is(yes, false) is(status, dkim.DKIM_STAT_INVALID)
    fails(function() opendkim.get_sig_hdrsigned(sig) end, "got no value")
    fails(function() opendkim.get_sig_hdrsigned(sig, {}) end, "")
    fails(function() opendkim.get_sig_hdrsigned(sig, "a\\0b") end, "NUL")""",
           signed(more=("--headers", "From:Subject:X-None:Date")))


# name, mail, flags, options
FLAGS = [
    ("it holds", signed(), "PROCESSED PASSED", ""),
    ("test mode", signed("testing"), "PROCESSED PASSED TESTKEY", ""),
    ("test mode, and it does not hold", tampered(signed("testing")),
     "PROCESSED TESTKEY", ""),
    ("not for subdomains", signed("strict"), "PROCESSED PASSED NOSUBDOMAIN",
     ""),
    ("not for subdomains, and it is", signed(
        "strict", more=("--identity", "@sub.a.test")),
     "PROCESSED NOSUBDOMAIN", ""),
    ("header changed", changed(b"Subject: a", b"Subject: b"), "PROCESSED",
     ""),
    ("body changed", tampered(signed()), "PROCESSED", ""),
    ("no key", signed("gone"), "PROCESSED", ""),
    ("revoked", signed("revoked"), "PROCESSED", ""),
    ("cannot be read", changed(b" s=rsa;", b""), "", ""),
    ("too much header", signed(mail=b"X-Long: " + b"x" * 1100 + b"\r\n" +
                               LETTER), "IGNORE",
     "verify_max_header_size = 1024"),
    ("one too many, the other domain's",
     signed("ed", domain="other.test", mail=signed()), "IGNORE",
     "verify_max_signatures = 1"),
]


@test("each flag, by what is known of the signature")
def flags():
    for name, mail, words, options in FLAGS:
        asking("local sig = opendkim.get_sig((opendkim.verify(msg)))\n"
               "local wanted = 0\n" +
               "".join(f"wanted = wanted | dkim.DKIM_SIGFLAG_{word}\n"
                       for word in words.split()) +
               "local flags, status = opendkim.get_sig_flags(sig)\n"
               f"is(flags, wanted, [[{name}]]) is(status, 0)", mail,
               conf=stanza(options))


@test("errorstr is a sentence and the status of that signature")
def errorstr():
    asking("""
    local d = opendkim.verify(msg)
    local text, status = opendkim.get_sig_errorstr(opendkim.get_sig(d, 0))
    is(type(text), "string") is(status, dkim.DKIM_STAT_NOKEY)
    text, status = opendkim.get_sig_errorstr(opendkim.get_sig(d, 1))
    is(text, nil) is(status, dkim.DKIM_STAT_OK)""",
           signed("gone", mail=signed()))


@test("of a signature that cannot be read, parts are nil and ..._SYNTAX")
def unreadable():
    asking("""
    local d = opendkim.verify(msg)
    local sig = opendkim.get_sig(d)
    for _, name in ipairs{ "domain", "selector" } do
      local text, status = opendkim["get_sig_" .. name](sig)
      is(text, nil, name) is(status, dkim.DKIM_STAT_SYNTAX, name)
    end
    local text, status = opendkim.get_sig_identity(d, sig)
    is(text, nil) is(status, dkim.DKIM_STAT_SYNTAX)
    text, status = opendkim.get_sig_hdrsigned(sig, "From")
    is(text, false) is(status, dkim.DKIM_STAT_SYNTAX)
    is(opendkim.get_sig_signalg(sig), "unknown")
    is(type(opendkim.get_sig_errorstr(sig)), "string")""",
           b"DKIM-Signature: v=1\r\n" + LETTER)


@test("get_sig_result is pass, or fail and why")
def sig_result():
    asking('local d = opendkim.verify(msg)\n'
           'is(opendkim.get_sig_result(opendkim.get_sig(d)), "pass")')
    asking('local d = opendkim.verify(msg)\n'
           'local r = opendkim.get_sig_result(opendkim.get_sig(d))\n'
           'is(r:match("^fail %(.+%)$"), r)', tampered(signed()))


@test("get_stat_result has a word where no signature does")
def stat_result():
    asking("""
    local r = opendkim.get_stat_result
    for _, n in ipairs{ 0, 1, 3, 4, 8 } do is(r(n), nil, n) end
    is(r(2), "none (message not signed)")
    is(r(5), "permerror (signature syntax error)")
    for _, n in ipairs{ 6, 7, 9, 10, 11, 99, -1 } do
      is(r(n), "temperror (verification status " .. n .. ")")
    end
    fails(function() r() end, "a status")""")


# handles


@test("functions about a signature take nothing else")
def wrong_handles():
    asking("""
    local d = opendkim.verify(msg)
    local sig = opendkim.get_sig(d)
    for _, name in ipairs{ "canons", "domain", "selector", "errorstr",
        "flags", "hdrsigned", "keysize", "signalg", "result" } do
      for _, v in ipairs{ d, msg, 1, "x", {}, false } do
        fails(function() opendkim["get_sig_" .. name](v, "From") end,
              "DKIM_SIGINFO expected")
      end
      fails(function() opendkim["get_sig_" .. name](nil, "From") end,
            "DKIM_SIGINFO expected, got nil")
    end
    for _, v in ipairs{ sig, msg, 1, {} } do
      fails(function() opendkim.get_num_sigs(v) end, "DKIM expected")
      fails(function() opendkim.get_sig(v) end, "DKIM expected")
      fails(function() opendkim.get_sig_identity(v, sig) end,
            "DKIM expected")
    end
    fails(function() opendkim.get_num_sigs() end, "DKIM expected")
    fails(function() opendkim.get_sig_identity() end, "DKIM_SIGINFO expected")
    fails(function() opendkim.get_sig_identity(d, d) end,
          "DKIM_SIGINFO expected")""")


@test("a signature keeps the handle that it came from")
def kept():
    asking("""
    KEPT = opendkim.get_sig((opendkim.verify(msg)))
    collectgarbage() collectgarbage()
    is(opendkim.get_sig_domain(KEPT), "a.test")""")


@test("handles that are let go make room, and those that are kept have a limit")
def many():
    asking("""
    for i = 1, 200 do opendkim.verify(msg) end
    local all = {}
    local ok, why = pcall(function()
      for i = 1, 200 do all[i] = opendkim.verify(msg) end
    end)
    is(ok, false) is(#all, 64)
    is(why:match("may keep 64 handles") ~= nil, true)
    is(opendkim.get_num_sigs(all[64]), 1)
    all = nil
    is(select(2, opendkim.verify(msg)), 0)""", signed("ed"))


@test("verifying takes its share of the budget")
def budget():
    out = run({"policy.lua": script(
        OPENDKIM + "while true do opendkim.verify(msg) end",
        "validate_data")}, mail=signed("ed"), scripts=(),
        conf=stanza() + 'scriptlet "s" { script_instructions = 500000 '
        'script "policy" { source = "policy" } }\n')
    equal(out.status, DEFERRED, out.err)


@test("signing takes its share of the budget")
def signing_budget():
    out = run({"policy.lua": script(
        OPENDKIM + "for i = 1, 100 do opendkim.sign(msg, vctx) end", FINAL)},
        scripts=(), mail=LETTER,
        conf=signer() + 'scriptlet "s" { script_instructions = 500000 '
        'script "policy" { source = "policy" } }\n')
    holds(out.err, "too many instructions")


# opendkim.dkim


@test("opendkim.dkim has the numbers of libopendkim, and is a global too")
def numbers():
    asking("is(opendkim == msys.validate.opendkim, true)\n"
           "is(_G.opendkim.dkim == dkim, true)\n" +
           "".join(f"is(dkim.DKIM_STAT_{name}, {number})\n"
                   for number, name in enumerate(
                       "OK BADSIG NOSIG NOKEY CANTVRFY SYNTAX NORESOURCE "
                       "INTERNAL REVOKED INVALID NOTIMPLEMENT KEYFAIL "
                       "CBREJECT CBINVALID CBTRYAGAIN CBERROR".split())) +
           "".join(f"is(dkim.DKIM_SIGFLAG_{name}, {number})\n"
                   for number, name in (
                       (1, "IGNORE"), (2, "PROCESSED"), (4, "PASSED"),
                       (8, "TESTKEY"), (16, "NOSUBDOMAIN"))))


@test("the example of the published pages runs")
def example():
    out = run({"policy.lua": """
require("opendkim.dkim");
require("msys.validate.opendkim");
local mod = {};
function mod:validate_data(msg, accept, vctx)
  local num, stat = 0;
  local dkim = msys.validate.opendkim.verify(msg);
  num, stat = msys.validate.opendkim.get_num_sigs(dkim);
  if num > 0 then
    for i = 0, num - 1 do
      local sig = msys.validate.opendkim.get_sig(dkim, i);
      if msys.validate.opendkim.get_sig_keysize(sig) < 1024 then
        print("weak " .. msys.validate.opendkim.get_sig_selector(sig))
      end
    end
  end
  return msys.core.VALIDATE_CONT;
end
msys.registerModule("test_opendkim", mod);
"""}, mail=signed("ed", mail=signed("rsa", mail=signed("gone"))),
        conf=stanza())
    equal(out.status, ACCEPTED, out.err)
    equal([line.rsplit(" ", 2)[1:] for line in out.err.splitlines()
           if " weak " in line], [["weak", "ed"], ["weak", "gone"]])


@test("the script of the module's own page runs")
def page():
    path = os.path.join(sys.argv[3], "..", "docs", "modules", "opendkim.md")
    with open(path, encoding="utf-8") as file:
        text, = [block for block in re.findall(
            "^```lua\n(.*?)^```$", file.read(), re.M | re.S)
            if "look_at_signatures" in block]
    out = run({"policy.lua": text}, mail=signed("testing", mail=signed(
        "gone")), conf=stanza())
    equal(out.status, ACCEPTED, out.err)
    for words in ("a.test pass\n", "a.test fail (there is no key record)\n",
                  "the key is in test mode\n"):
        holds(out.err, words)


# sign


@test("sign gives 1, and signs as the stanza says")
def sign():
    out = sealing("is(opendkim.sign(msg, vctx), 1)")
    found, = signatures(out)
    equal((found["d"], found["s"], found["a"], found["c"], found["h"]),
          ("a.test", "rsa", "rsa-sha256", "relaxed/relaxed",
           "From:To:Subject:Date"))
    holding(out, ["rsa"])


@test("msg and vctx of sign may be nil or left out")
def sign_nil():
    for call in "opendkim.sign(nil, nil)", "opendkim.sign()":
        equal(len(signatures(sealing(f"is({call}, 1)"))), 1, call)


@test("what is signed twice has two signatures that hold (B10)")
def sign_twice():
    out = sealing('is(opendkim.sign(msg, vctx, { selector = "ed" }), 1)\n'
                  "is(opendkim.sign(msg, vctx), 1)")
    holding(out, ["rsa", "ed"])


OPTIONS = [
    ('base_domain = "other.test", selector = "ed"', "d", "other.test"),
    ('signing_domain = "other.test", selector = "ed"', "d", "other.test"),
    ('header_canon = "simple"', "c", "simple/relaxed"),
    ('body_canon = "simple"', "c", "relaxed/simple"),
    ('selector = "ed", digest = "ed25519-sha256"', "a", "ed25519-sha256"),
    ('headerlist = "From:Subject"', "h", "From:Subject"),
    ('headerlist = { "From", "Subject", "Date" }', "h", "From:Subject:Date"),
    ('headerlist = "From, Subject,Date"', "h", "From:Subject:Date"),
    ('identity = "ann@a.test"', "i", "ann@a.test"),
    (r"identity = '\@a.test'", "i", "@a.test"),
    ('selector = "testing"', "s", "testing"),
    (f'keyfile = "{KEYS}/%{{d}}/%{{s}}.key"', "s", "rsa"),
    (f'key = "{KEYS}/a.test/rsa.key"', "s", "rsa"),
    ("body_length_limit = true", "l", "23"),
    ("body_length_limit = 0", "l", None),
    ("body_length_limit = -1", "l", None),
    ("lifetime = 2", "x", lambda found: str(int(found["t"]) + 7200)),
]


@test("each option of sign does what the option of the stanza does")
def sign_options():
    for option, tag, wanted in OPTIONS:
        out = sealing(f"is(opendkim.sign(msg, vctx, {{ {option} }}), 1)")
        found, = signatures(out)
        equal(found.get(tag), wanted(found) if callable(wanted) else wanted,
              option)
        holding(out, [found["s"]])


@test("rsa-sha1 signs, as in the published examples")
def sign_rsa_sha1():
    out = sealing('is(opendkim.sign(msg, vctx, { digest = "rsa-sha1" }), 1)')
    equal(signatures(out)[0]["a"], "rsa-sha1")
    asking("is(select(2, opendkim.verify(msg)), 0)", out.out,
           conf=stanza("verify_rsa_sha1 = true"))


@test("keybuf is what stands between BEGIN and END, or all of it (B16)")
def keybuf():
    for name in "rsa", "ed":
        with open(f"{KEYS}/a.test/{name}.key", encoding="utf-8") as file:
            pem = file.read()
        bare = "".join(line for line in pem.splitlines() if line[:1] != "-")
        for text in bare, pem:
            out = sealing("is(opendkim.sign(msg, vctx, { "
                          f'selector = "{name}", keybuf = [[{text}]] }}), 1)')
            holding(out, [name])


@test("a key where its path belongs is refused, and not shown in the log")
def key_as_path():
    for name in "rsa", "ed":
        with open(f"{KEYS}/a.test/{name}.key", encoding="utf-8") as file:
            pem = file.read()
        lines = [line for line in pem.splitlines() if line[:1] != "-"]
        for option in "key", "keyfile":
            for text in "".join(lines), pem:
                out = run({"policy.lua": script(
                    OPENDKIM + "is(opendkim.sign(msg, vctx, { selector = "
                    f'"{name}", {option} = [[{text}]] }}), 0)', FINAL)},
                    mail=LETTER, conf=signer())
                holds(out.err, "reached the end")
                holds(out.err, "key_file is a key itself")
                equal([line for line in lines if line[:40] in out.err], [])


@test("what one call could not sign with does not fail the calls after it")
def options_apart():
    for length in "", "3 ":
        out = run({"policy.lua": script(OPENDKIM + f"""
            for i = 0, 200 do
              is(opendkim.sign(msg, vctx, {{
                identity = "x@a.test\\n" .. i .. " {length}rsa" }}), 0)
            end
            is(opendkim.sign(msg, vctx, {{ identity = "x@a.test",
                                           selector = "rsa" }}), 1)""", FINAL)},
                  mail=LETTER, conf=signer())
        holds(out.err, "reached the end", length)


@test("what is longer than it can be is refused before it is kept")
def long_options():
    for option in "headerlist", "identity", "keyfile":
        out = run({"policy.lua": script(
            OPENDKIM + f'is(opendkim.sign(msg, vctx, {{ {option} = '
            '("x"):rep(100000) .. "@a.test" }), 0)', FINAL)},
            mail=LETTER, conf=signer())
        holds(out.err, "reached the end", option)
        holds(out.err, "is longer than any can be", option)


@test("a stanza without key and selector signs with what the script brings")
def bare_stanza():
    for more in "", 'headerlist = ("from" "to" "subject")':
        out = sealing('is(opendkim.sign(msg, vctx, { selector = "ed", '
                      f'keyfile = "{KEYS}/%{{d}}/%{{s}}.key" }}), 1)',
                      conf=stanza(more))
        holding(out, ["ed"])


@test("what cannot be signed gives 0, and goes on without")
def sign_fails():
    for option in ('selector = "none"', 'header_canon = "nofws"',
                   'digest = "rsa-md5"', 'keyfile = "/nowhere"',
                   'identity = "ann@c.test"', 'keybuf = "AAAA"',
                   'base_domain = "a test"'):
        out = run({"policy.lua": script(
            OPENDKIM + f"is(opendkim.sign(msg, vctx, {{ {option} }}), 0, "
            f"[[{option}]])", FINAL)}, mail=LETTER, conf=signer())
        equal(out.status, ACCEPTED, out.err)
        holds(out.err, "reached the end", option)
        holds(out.err, "ec_opendkim_sign: not signed", option)
        equal(signatures(out), [])


@test("options of a wrong type are errors")
def sign_types():
    sealing(r"""
    fails(function() opendkim.sign(msg, vctx, "x") end, "table expected")
    fails(function() opendkim.sign(msg, vctx, { selector = {} }) end,
          "option 'selector' of sign() must be text")
    fails(function() opendkim.sign(msg, vctx, { keybuf = "a\0b" }) end,
          "option 'keybuf' of sign() must be text without NUL bytes")
    fails(function() opendkim.sign(msg, vctx, { headerlist = { {} } }) end,
          "option 'headerlist' of sign() holds something that is no name")
    fails(function() opendkim.sign("x", vctx) end, "ec_message")""")


@test("options that nobody knows are logged, and nothing more (D4)")
def sign_unknown():
    out = sealing('is(opendkim.sign(msg, vctx, { sign_condition = "no" }), 1)',
                  conf=signer() + 'debug_flags { INFO = "all" }\n')
    equal(len(signatures(out)), 1)
    holds(out.err, "msys.validate.opendkim.sign: option 'sign_condition' is "
          "unknown and has no effect")


@test("sign_condition and opendkim_sign do not count: who calls has decided")
def sign_conditions():
    out = sealing("is(opendkim.sign(), 1)", conf="opendkim_sign = false\n" +
                  signer('sign_condition = "absent"'))
    equal(len(signatures(out)), 1)


@test("in an earlier phase sign is an error that says when to call it")
def sign_early():
    sealing('fails(function() opendkim.sign(msg, vctx) end, "call it in '
            'core_final_validation")', callout="validate_data_spool")


@test("without an opendkim stanza sign is an error that names the module")
def sign_no_stanza():
    sealing('fails(function() opendkim.sign(msg, vctx) end, "this needs the '
            'module opendkim, and the configuration has no stanza of it")',
            conf="# none\n")


@test("both families of functions sign the same message (B11)")
def both():
    out = sealing('is(opendkim.sign(msg, vctx), 1)\n'
                  'is(msys.validate.dkim.sign(msg, vctx), 1)',
                  conf=signer() + 'dkim_sign "s" { enabled = false '
                  f'selector = "ed" key = "{KEYS}/%{{d}}/%{{s}}.key" }}\n')
    holding(out, ["ed", "rsa"])


main()
