"""msys.validate.dkim: each function, what it takes, gives and says.

usage: dkim_binding_test.py MAILSEALD MAILSEAL
"""
from policy import ACCEPTED, DEFERRED, policy, run, script
from sealed import KEYS, LETTER, signed, signing, tampered, validating
from tap import equal, holds, lacks, main, test

DKIM = 'local dkim = require("msys.validate.dkim")\n'
FINAL = "core_final_validation"


def asking(body, mail=None, callout="validate_data_spool", conf=None):
    return policy(DKIM + body, callout, mail=signed() if mail is None
                  else mail, conf=validating() if conf is None else conf)


def sealing(body, mail=LETTER, conf=None, callout=FINAL):
    return policy(DKIM + body, callout, mail=mail,
                  conf=signing("enabled = false") if conf is None else conf)


def tags(field):
    return {name.strip().decode(): b"".join(value.split()).decode()
            for name, _, value in (tag.partition(b"=")
                                   for tag in field.split(b";"))}


def signatures(out):
    return [tags(field) for field in out.fields("DKIM-Signature")]


def verified(out):
    back = run({}, mail=out.out, scripts=(), conf=validating())
    return back.fields("Authentication-Results")[0]


# sign


@test("sign gives 1, and signs as the stanza says")
def sign():
    out = sealing("is(dkim.sign(msg, vctx), 1)")
    found, = signatures(out)
    equal((found["d"], found["s"], found["a"]), ("a.test", "rsa",
                                                  "rsa-sha256"))
    holds(verified(out), b"dkim=pass")


@test("msg and vctx may be nil or left out (facts 6.4)")
def sign_nil():
    for call in "dkim.sign(nil, nil)", "dkim.sign()", "dkim.sign(msg)":
        equal(len(signatures(sealing(f"is({call}, 1)"))), 1, call)


@test("what is signed twice has two signatures that hold (B10)")
def sign_twice():
    out = sealing('is(dkim.sign(nil, nil, { selector = "ed" }), 1)\n'
                  "is(dkim.sign(), 1)", conf=signing())
    equal(sorted(found["s"] for found in signatures(out)),
          ["ed", "rsa", "rsa"])
    equal(verified(out).count(b"dkim=pass"), 3)


OPTIONS = [
    ('base_domain = "other.test", selector = "ed"', "d", "other.test"),
    ('signing_domain = "other.test", selector = "ed"', "d", "other.test"),
    ('header_canon = "simple"', "c", "simple/relaxed"),
    ('body_canon = "simple"', "c", "relaxed/simple"),
    ('selector = "ed", digest = "ed25519-sha256"', "a", "ed25519-sha256"),
    ('headerlist = "From:Subject:X-None?"', "h", "From:Subject"),
    ('headerlist = { "From", "Subject", "Date" }', "h", "From:Subject:Date"),
    ('identity = "ann@a.test"', "i", "ann@a.test"),
    ('selector = "testing"', "s", "testing"),
    (f'keyfile = "{KEYS}/%{{d}}/%{{s}}.key"', "s", "rsa"),
    (f'key = "{KEYS}/a.test/rsa.key"', "s", "rsa"),
    ("body_length_limit = true", "l", "23"),
    ("body_length_limit = 1", "l", "23"),
    ('body_length_limit = "true"', "l", "23"),
    ("body_length_limit = false", "l", None),
    ("body_length_limit = 0", "l", None),
    ("body_length_limit = -1", "l", None),
    ("lifetime = 2", "x", lambda found: str(int(found["t"]) + 7200)),
    ("lifetime = 0", "x", None),
]


@test("each option does what the option of the stanza does")
def sign_options():
    for option, tag, wanted in OPTIONS:
        out = sealing(f"is(dkim.sign(msg, vctx, {{ {option} }}), 1)")
        found, = signatures(out)
        if callable(wanted):
            wanted = wanted(found)
        equal(found.get(tag), wanted, option)


@test("keybuf is what stands between BEGIN and END, or all of it (B16)")
def keybuf():
    with open(f"{KEYS}/a.test/ed.key", encoding="utf-8") as file:
        pem = file.read()
    bare = "".join(line for line in pem.splitlines() if line[:1] != "-")
    for text in bare, pem:
        out = sealing('is(dkim.sign(msg, vctx, { selector = "ed", '
                      f"keybuf = [[{text}]] }}), 1)")
        holds(verified(out), b"dkim=pass")


@test("what cannot be signed gives 0, and goes on without")
def sign_fails():
    for option in ('selector = "none"', 'selector = "../rsa"',
                   'header_canon = "nofws"', 'digest = "rsa-md5"',
                   'keyfile = "/nowhere"', 'headerlist = "Subject"',
                   'identity = "ann@c.test"', 'keybuf = "AAAA"',
                   'base_domain = "a test"'):
        out = run({"policy.lua": script(
            DKIM + f"is(dkim.sign(msg, vctx, {{ {option} }}), 0, "
            f"[[{option}]])", FINAL)}, mail=LETTER,
            conf=signing("enabled = false"))
        equal(out.status, ACCEPTED, out.err)
        holds(out.err, "reached the end", option)
        holds(out.err, "not signed", option)
        equal(signatures(out), [])


@test("options of a wrong type are errors")
def sign_types():
    sealing(r"""
    fails(function() dkim.sign(msg, vctx, "x") end, "table expected")
    fails(function() dkim.sign(msg, vctx, { selector = {} }) end,
          "option 'selector' of sign() must be text")
    fails(function() dkim.sign(msg, vctx, { selector = "a\0b" }) end,
          "option 'selector' of sign() must be text without NUL bytes")
    fails(function() dkim.sign(msg, vctx, { headerlist = { {} } }) end,
          "option 'headerlist' of sign() holds something that is no name")
    for _, hours in ipairs{ -1, 1e9, 0/0, "x", {} } do
      fails(function() dkim.sign(msg, vctx, { lifetime = hours }) end,
            "option 'lifetime' of sign() is a number of hours from 0 to 878400")
    end
    fails(function() dkim.sign("x", vctx) end, "")""")


@test("options that nobody knows are logged, and nothing more (D4)")
def sign_unknown():
    out = sealing('is(dkim.sign(msg, vctx, { sign_condition = "no", '
                  "[1] = 2 }), 1)",
                  conf=signing("enabled = false") +
                  'debug_flags { INFO = "all" }\n')
    equal(len(signatures(out)), 1)
    holds(out.err, "option 'sign_condition' is unknown and has no effect")


@test("sign_condition and dkim do not count: who calls has decided")
def sign_conditions():
    out = sealing("is(dkim.sign(), 1)", conf="dkim = disabled\n" +
                  signing('sign_condition = "absent"'))
    equal(len(signatures(out)), 1)


@test("in an earlier phase sign is an error that says when to call it")
def sign_early():
    for callout in "validate_data", "validate_data_spool":
        sealing('fails(function() dkim.sign(msg, vctx) end, "sign() signs '
                'what leaves: call it in core_final_validation")',
                callout=callout)


@test("in the other final callouts it works")
def sign_final():
    for callout in "core_final_validation2", "core_post_final_validation":
        out = sealing("is(dkim.sign(msg, vctx), 1)", callout=callout)
        equal(len(signatures(out)), 1, callout)


@test("without a dkim_sign stanza sign is an error that names the module")
def sign_no_stanza():
    sealing('fails(function() dkim.sign(msg, vctx) end, "this needs the '
            'module dkim_sign, and the configuration has no stanza of it")',
            conf="# none\n")


# asking


@test("get_domains lists the domains that pass, each once, from the top")
def get_domains():
    mail = signed("ed", domain="other.test", mail=signed("rsa", "ed"))
    asking('local d = dkim.get_domains(msg, vctx) is(#d, 2) '
           'is(d[1], "other.test") is(d[2], "a.test")', mail)
    asking("is(#dkim.get_domains(), 0)", tampered(mail))
    asking("is(#dkim.get_domains(nil, nil), 0)", LETTER)
    asking('is(dkim.get_domains()[1], "sub.a.test")',
           signed(more=("--identity", "@sub.a.test")))


@test("get_responsible_domain is that of Sender, else of From")
def responsible():
    asking('is(dkim.get_responsible_domain(msg, vctx), "a.test") '
           'is(dkim.get_responsible_domain(), "a.test")')
    asking('is(dkim.get_responsible_domain(), "s.test")',
           b"Sender: x@S.Test\r\n" + LETTER)
    asking('is(dkim.get_responsible_domain(), "")',
           LETTER.replace(b"From:", b"X-From:"))
    sealing('is(dkim.get_responsible_domain(), "a.test")')


@test("get_verify_results gives the count and the results")
def results():
    mail = signed("revoked", mail=signed("rsa"))
    asking("""
    local n, r = dkim.get_verify_results(vctx) is(n, 2)
    is(dkim.verify_results_get_count(r), 2) is(r.count, 2)
    is(type(r.ref), "number") is(("x" .. r.ref):sub(1, 1), "x")
    is(r.nothing, nil)
    local m, s = dkim.get_verify_results() is(m, 2)
    is(dkim.verify_status_to_string(s.status), "pass")""", mail)


@test("items have the documented fields, and those that were added")
def items():
    asking("""
    local n, r = dkim.get_verify_results(vctx)
    local function item(i, wanted)
      local it = dkim.verify_results_get_item(r, i)
      is(dkim.verify_status_to_string(it.status), wanted.status, i)
      wanted.status = nil
      for k, v in pairs(wanted) do is(it[k], v, i .. "." .. k) end
      is(type(it.diagnostic), "string") is(it.query, nil)
    end
    item(0, { status = "permerror", domain = "a.test", selector = "revoked",
              reason = "key-revoked", algorithm = "ed25519-sha256" })
    item(1, { status = "pass", domain = "other.test", selector = "ed",
              alignment = "none", reason = "ok", testing = false })
    item(2, { status = "pass", domain = "a.test", selector = "testing",
              testing = true, alignment = "strict", key_bits = 256 })
    item(3, { status = "pass", selector = "rsa", algorithm = "rsa-sha256",
              identity = "ann@a.test", key_bits = 2048,
              canonicalization = "relaxed/simple" })""",
           signed("revoked", mail=signed(
               "ed", domain="other.test", mail=signed("testing", mail=signed(
                   more=("--identity", "ann@a.test", "--canon",
                         "relaxed/simple"))))))


@test("q= is handed out as it was written")
def query():
    mail = signed().replace(b" c=relaxed", b" q=dns/txt; c=relaxed")
    asking("local n, r = dkim.get_verify_results() "
           'is(dkim.verify_results_get_item(r, 0).query, "dns/txt")', mail)


@test("a tampered message is fail, with a reason")
def fail():
    asking("""
    local n, r = dkim.get_verify_results()
    local it = dkim.verify_results_get_item(r, 0)
    is(dkim.verify_status_to_string(it.status), "fail")
    is(it.reason, "body-hash-mismatch")""", tampered(signed()))


@test("an unsigned message has no results, and no trouble (BZ5675)")
def unsigned():
    asking("""
    local n, r = dkim.get_verify_results(vctx)
    is(n, 0) is(dkim.verify_results_get_count(r), 0)
    is(dkim.verify_status_to_string(r.status), "none")
    local it, why = dkim.verify_results_get_item(r, 0)
    is(it, nil)""", LETTER)


@test("errors have the documented words (facts 6.4)")
def errors():
    asking("""
    local n, r = dkim.get_verify_results(vctx)
    local function gives(words, ...)
      local v, why = ... is(v, nil) is(why, words)
    end
    gives("No verification results to count.",
          dkim.verify_results_get_count(nil))
    gives("No verification results to get item from",
          dkim.verify_results_get_item(nil, 0))
    gives("No verification results to get item from",
          dkim.verify_results_get_item())
    gives("Index value not specified", dkim.verify_results_get_item(r, nil))
    gives("Index value not specified", dkim.verify_results_get_item(r))
    gives("Index value is greater than the number of verification results",
          dkim.verify_results_get_item(r, 1))
    gives("Index value is greater than the number of verification results",
          dkim.verify_results_get_item(r, 2147483647))
    gives("No status code is passed in", dkim.verify_status_to_string(nil))
    gives("No status code is passed in", dkim.verify_status_to_string())
    fails(function() dkim.verify_results_get_item(r, -1) end,
          "an index is 0 or more")
    fails(function() dkim.verify_results_get_item(r, "x") end, "an index")
    fails(function() dkim.verify_results_get_item(msg, 0) end, "")
    fails(function() dkim.verify_results_get_count({}) end, "")
    fails(function() dkim.verify_status_to_string({}) end, "a status")""")


@test("each status has its word of RFC 8601")
def words():
    asking("""
    for i, word in ipairs{ "pass", "fail", "neutral", "policy", "temperror",
                           "permerror" } do
      is(dkim.verify_status_to_string(i), word)
    end
    is(dkim.verify_status_to_string(0), "none")
    is(dkim.verify_status_to_string(99), "permerror")
    is(dkim.verify_status_to_string(-1), "permerror")""")


@test("results may be kept longer than their message")
def kept():
    asking("""
    local n, r = dkim.get_verify_results()
    KEPT = { r, dkim.verify_results_get_item(r, 0) }
    collectgarbage() collectgarbage()
    is(KEPT[2].domain, "a.test") is(KEPT[1].count, 1)""")


@test("asking in validate_data verifies, before dkim_validate itself")
def early():
    out = asking('is((dkim.get_verify_results(vctx)), 1) '
                 'is(dkim.get_domains()[1], "a.test")',
                 callout="validate_data")
    equal(len(out.fields("Authentication-Results")), 1)


@test("before the data there are no results, and a text says so")
def too_early():
    asking("""
    local n, r, why = dkim.get_verify_results(vctx)
    is(n, 0) is(r, nil)
    is(why, "There is no message to verify yet, or no dkim_validate stanza.")
    """, callout="validate_rcptto")


@test("without a dkim_validate stanza the error names the module")
def no_stanza():
    asking("""
    for _, f in ipairs{ "get_domains", "get_verify_results" } do
      fails(function() dkim[f]() end, "this needs the module dkim_validate")
    end
    fails(function() dkim.verify_status_to_string(1) end,
          "this needs the module dkim_validate")
    is(dkim.verify_results_get_count(nil), nil)
    is(dkim.reflect(msg, vctx, "a@a.test", "b@b.test"), 0)""",
           conf="# none\n")


@test("msys.validate.dkim is there without require")
def global_name():
    asking("is(msys.validate.dkim, dkim) "
           "is(type(msys.validate.dkim.sign), 'function')")


@test("an error in a script that signs defers the message")
def script_error():
    out = run({"policy.lua": script(DKIM + "dkim.sign(msg, vctx, 1)",
                                    "validate_data_spool")},
              mail=LETTER, conf=signing())
    equal(out.status, DEFERRED, out.err)
    lacks(out.err, "reached the end")


main()
