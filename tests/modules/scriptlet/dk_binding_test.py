"""msys.validate.dk: signing with DomainKeys, and whose message it is.

usage: dk_binding_test.py MAILSEALD MAILSEAL
"""
from policy import ACCEPTED, policy, run, script
from sealed import KEYS, LETTER, ZONE, make_key
from tap import equal, holds, main, test

DK = 'local dk = require("msys.validate.dk")\n'
FINAL = "core_final_validation"

make_key("a.test", "other")


def stanza(more=""):
    return (f'dk_sign "s" {{ enabled = false selector = "rsa" '
            f'key = "{KEYS}/%{{d}}/%{{s}}.key" {more} }}\n')


def sealing(body, conf=None, callout=FINAL, mail=LETTER):
    return policy(DK + body, callout, mail=mail,
                  conf=stanza() if conf is None else conf)


def tags(field):
    return {name.strip().decode(): b"".join(value.split()).decode()
            for name, _, value in (tag.partition(b"=")
                                   for tag in field.split(b";"))}


def signatures(out):
    return [tags(field) for field in out.fields("DomainKey-Signature")]


def status(out):
    """What dk_validate says of it."""
    back = run({}, mail=out.out, scripts=(), conf=f'dns_zone_file = "{ZONE}"\n'
               'hostname = "mx.b.test"\ndk_validate "v" {}\n')
    return back.fields("DomainKey-Status")


@test("sign gives 1, and signs as the stanza says")
def sign():
    out = sealing("is(dk.sign(msg, vctx), 1)")
    found, = signatures(out)
    equal((found["d"], found["s"], found["a"], found["c"]),
          ("a.test", "rsa", "rsa-sha1", "nofws"))
    equal(status(out), [b"good"])


@test("msg and vctx may be nil or left out")
def sign_nil():
    for call in "dk.sign(nil, nil)", "dk.sign()", "dk.sign(msg)":
        equal(len(signatures(sealing(f"is({call}, 1)"))), 1, call)


OPTIONS = [
    ('selector = "other"', "s", "other"),
    (f'keyfile = "{KEYS}/%{{d}}/%{{s}}.key"', "s", "rsa"),
    (f'key = "{KEYS}/a.test/rsa.key"', "s", "rsa"),
    ('canon = "simple"', "c", "simple"),
    ('digest = "rsa-sha1"', "a", "rsa-sha1"),
    ('headerlist = "From:Subject"', "h", "From:Subject"),
    ('headerlist = { "From", "Date" }', "h", "From:Date"),
    ('headerlist = "From,Date"', "h", "From:Date"),
]


@test("each option of sign does what the option of the stanza does")
def options():
    for option, tag, wanted in OPTIONS:
        out = sealing(f"is(dk.sign(msg, vctx, {{ {option} }}), 1)")
        found, = signatures(out)
        equal(found.get(tag), wanted, option)
        equal(status(out), [b"good"], option)


@test("base_domain, also as signing_domain, is above the sender's")
def base_domain():
    mail = LETTER.replace(b"ann@a.test", b"ann@sub.a.test")
    for name in "base_domain", "signing_domain":
        out = sealing(f'is(dk.sign(msg, vctx, {{ {name} = "a.test" }}), 1)',
                      mail=mail)
        equal(signatures(out)[0]["d"], "a.test", name)
        equal(status(out), [b"good"])


@test("keybuf is what stands between BEGIN and END, or all of it (B16)")
def keybuf():
    with open(f"{KEYS}/a.test/other.key", encoding="utf-8") as file:
        pem = file.read()
    bare = "".join(line for line in pem.splitlines() if line[:1] != "-")
    for text in bare, pem:
        out = sealing('is(dk.sign(msg, vctx, { selector = "other", '
                      f"keybuf = [[{text}]] }}), 1)")
        equal(status(out), [b"good"])


@test("what cannot be signed gives 0, and goes on without")
def fails():
    for option in ('selector = "none"', 'canon = "relaxed"',
                   'digest = "rsa-sha256"', 'keyfile = "/nowhere"',
                   'keybuf = "AAAA"', 'selector = "ed"',
                   'base_domain = "other.test"'):
        out = run({"policy.lua": script(
            DK + f"is(dk.sign(msg, vctx, {{ {option} }}), 0, [[{option}]])",
            FINAL)}, mail=LETTER, conf=stanza())
        equal(out.status, ACCEPTED, out.err)
        holds(out.err, "reached the end", option)
        holds(out.err, "not signed", option)
        equal(signatures(out), [])


@test("options of a wrong type are errors")
def types():
    sealing(r"""
    fails(function() dk.sign(msg, vctx, "x") end, "table expected")
    fails(function() dk.sign(msg, vctx, { selector = {} }) end,
          "option 'selector' of sign() must be text")
    fails(function() dk.sign(msg, vctx, { keyfile = "a\0b" }) end,
          "option 'keyfile' of sign() must be text without NUL bytes")
    fails(function() dk.sign("x", vctx) end, "ec_message")""")


@test("options that nobody knows are logged, and nothing more (D4)")
def unknown():
    out = sealing('is(dk.sign(msg, vctx, { identity = "ann@a.test" }), 1)',
                  conf=stanza() + 'debug_flags { INFO = "all" }\n')
    equal(len(signatures(out)), 1)
    holds(out.err, "msys.validate.dk.sign: option 'identity' is unknown and "
          "has no effect")


@test("sign_condition and domainkeys do not count: who calls has decided")
def conditions():
    out = sealing("is(dk.sign(), 1)", conf="domainkeys = disabled\n" +
                  stanza('sign_condition = "absent"'))
    equal(len(signatures(out)), 1)


@test("in an earlier phase sign is an error that says when to call it (D7)")
def early():
    for callout in "validate_data", "validate_data_spool":
        sealing('fails(function() dk.sign(msg, vctx) end, "call it in '
                'core_final_validation")', callout=callout)


@test("without a dk_sign stanza sign is an error that names the module")
def no_stanza():
    sealing('fails(function() dk.sign(msg, vctx) end, "this needs the module '
            'dk_sign, and the configuration has no stanza of it")',
            conf="# none\n")


@test("DomainKeys and then DKIM: both hold")
def with_dkim():
    out = sealing('is(dk.sign(msg, vctx), 1)\n'
                  'is(msys.validate.dkim.sign(msg, vctx), 1)',
                  conf=stanza() + 'dkim_sign "s" { enabled = false '
                  f'selector = "ed" key = "{KEYS}/%{{d}}/%{{s}}.key" }}\n')
    back = run({}, mail=out.out, scripts=(), conf=f'dns_zone_file = "{ZONE}"\n'
               'hostname = "mx.b.test"\ndkim_validate "v" {}\n'
               'dk_validate "v" {}\n')
    holds(back.fields("Authentication-Results")[0], b"dkim=pass")
    equal(back.fields("DomainKey-Status"), [b"good"])


@test("get_responsible_domain is that of Sender, else of From")
def responsible():
    for callout in "validate_data", "validate_data_spool", FINAL:
        sealing('is(dk.get_responsible_domain(msg, vctx), "a.test") '
                'is(dk.get_responsible_domain(), "a.test")', callout=callout)
    sealing('is(dk.get_responsible_domain(), "s.test")', callout="validate_data",
            mail=b"Sender: x@S.Test\r\n" + LETTER)
    sealing('is(dk.get_responsible_domain(), "")', callout="validate_data",
            mail=LETTER.replace(b"From:", b"X-From:"),
            conf='dk_validate "v" {}\n')


@test("without either stanza asking is an error that names the modules")
def nobody():
    sealing('fails(function() dk.get_responsible_domain() end, "this needs '
            'the module dk_sign or dk_validate")', conf="# none\n",
            callout="validate_data")


@test("get_status is dk_status before dk_validate has set it")
def get_status():
    mail = sealing("dk.sign()").out
    conf = f'dns_zone_file = "{ZONE}"\ndk_validate "v" {{}}\n'
    for text, wanted in ((mail, '"good"'), (LETTER, "nil"),
                         (mail.replace(b"Dear", b"Deer"), '"bad"')):
        sealing(f"is(dk.get_status(msg, vctx), {wanted}) "
                f"is(dk.get_status(), {wanted})", mail=text, conf=conf,
                callout="validate_data")
    sealing("local status, why = dk.get_status() is(status, nil) is(why, "
            '"There is no message to verify yet, or no dk_validate stanza.")',
            callout="validate_data")
    sealing('fails(function() dk.get_status(msg, vctx) end, "this needs the '
            'module dk_validate")', conf="# none\n", callout="validate_data")


@test("without memory for a domain there is an error, and no leak")
def no_memory():
    # what leaked is told by a leak detector, which run() hears of
    out = run({"policy.lua": script(DK + """
        local dkim, t, n = msys.validate.dkim, {}, 0
        local function fill(size)
          n = n + 1
          t[n] = string.rep(string.format("%4d", n % 1000 + size), size // 4)
        end
        for i = 1, 200000 do t[i] = false end
        for _, size in ipairs{ 100000, 1000, 200, 120, 90, 70, 60, 50, 45 } do
          while n < 200000 and pcall(fill, size) do end
        end
        local good = 0
        for i = 1, 20 do
          good = good + (pcall(dk.get_responsible_domain, msg) and 1 or 0)
          good = good + (pcall(dkim.get_responsible_domain, msg) and 1 or 0)
          good = good + (pcall(dkim.get_domains, msg) and 1 or 0)
        end
        t = nil
        is(good < 60, true)""", "validate_data")}, scripts=(), conf=stanza() +
        f'dns_zone_file = "{ZONE}"\ndkim_validate "v" {{ }}\n'
        'scriptlet "s" { script_time = 100000 script_memory = 12000000 '
        'script "policy" { source = "policy" } }\n')
    holds(out.err, "reached the end")


@test("msys.validate.dk is there without require, and as msys.sign.dk")
def names():
    sealing("is(msys.validate.dk, dk)\n"
            'is(require("msys.sign.dk").sign, dk.sign)\n'
            "is(msys.sign.dk.get_responsible_domain, "
            "dk.get_responsible_domain)")


main()
