"""The ready policies of lua/policies, as conf.d/ switches them on.

usage: policies_test.py MAILSEALD MAILSEAL CONF.D
"""
import os
import sys

from policy import ACCEPTED, DEFERRED, REJECTED, run
from sealed import KEYS, LETTER, signed, signing, tampered, validating
from tap import equal, holds, lacks, main, test

CONF_D = os.path.abspath(sys.argv[3])
NO_DELAYS = "delay_test = 0, delay_unsigned = 0"


def judge(policy, mail, settings="", conf=None, files=(), **more):
    """What becomes of mail under a policy."""
    files = dict(files)
    if settings:
        files[f"{policy}_settings.lua"] = f"return {{ {settings} }}"
    return run(files, mail=mail, rcpts=("bob@b.test",), scripts=(),
               conf=(validating() if conf is None else conf) +
               f'include "{CONF_D}/policy-{policy}.conf"\n', **more)


LOCAL = "relay_hosts = ( 192.0.2.7 )\n"  # the client of judge()


def d_and_s(out):
    """d= and s= of each signature, from the top."""
    found = []
    for field in out.fields("DKIM-Signature"):
        tags = dict(tag.strip().split(b"=", 1)
                    for tag in field.split(b";") if b"=" in tag)
        found.append((tags[b"d"].decode(), tags[b"s"].decode()))
    return found


# exim_dkim


def exim(mail, settings=NO_DELAYS, **more):
    return judge("exim_dkim", mail, settings, **more)


@test("exim_dkim: what passes is taken, and X-DKIM says whose it is")
def passes():
    out = exim(signed())
    equal(out.status, ACCEPTED, out.err)
    equal(out.fields("X-DKIM"), [b"pass d=a.test"])
    equal(exim(signed(), "note_pass = false").fields("X-DKIM"), [])


@test("exim_dkim: what was changed is refused, and the reason told")
def changed():
    out = exim(tampered(signed()))
    equal(out.status, REJECTED, out.err)
    holds(out.err, "550 5.7.20 DKIM signature does not fit the message: ")
    equal(exim(tampered(signed()), "reject_fail = false").status, ACCEPTED)


@test("exim_dkim: a revoked key, no key, and no sense are refused as invalid")
def invalid():
    nonsense = b"DKIM-Signature: v=1; a=rsa-sha256; d=a.test\r\n" + LETTER
    for mail in signed("revoked"), signed("gone"), nonsense:
        out = exim(mail)
        equal(out.status, REJECTED, out.err)
        holds(out.err, "550 5.7.20 DKIM signature cannot be verified: ")
        equal(exim(mail, "reject_invalid = false").status, ACCEPTED)


@test("exim_dkim: a key in test mode has nothing refused, but noted")
def test_mode():
    out = exim(tampered(signed("testing")))
    equal(out.status, ACCEPTED, out.err)
    note, = out.fields("X-DKIM")
    assert note.startswith(b"fail (test mode) d=a.test: "), note
    equal(exim(tampered(signed("testing")),
               "spare_test_keys = false").status, REJECTED)


@test("exim_dkim: one good signature is enough")
def one_good():
    equal(exim(signed("revoked", "rsa")).status, ACCEPTED)


@test("exim_dkim: a key that cannot be had now is asked for again")
def temporary():
    conf = ('dns_forwarders = ( "127.0.0.1@9" )\nhostname = "mx.b.test"\n'
            'dkim_validate "v" { dns_timeout = 1 }\n')
    out = exim(signed(), conf=conf)
    equal(out.status, DEFERRED, out.err)
    holds(out.err, "451 4.7.5 DKIM key cannot be had now")
    equal(exim(signed(), "defer_temporary = false", conf=conf).status,
          ACCEPTED)


@test("exim_dkim: unsigned mail is taken")
def unsigned():
    out = exim(LETTER)
    equal(out.status, ACCEPTED, out.err)
    equal(out.fields("X-DKIM"), [])


@test("exim_dkim: X-DKIM of others is taken away")
def forged_note():
    forged = b"X-DKIM: pass d=bank.test\r\nx-dkim: pass\r\n"
    equal(exim(forged + LETTER).fields("X-DKIM"), [])
    equal(exim(signed(mail=forged + LETTER)).fields("X-DKIM"),
          [b"pass d=a.test"])


@test("exim_dkim: the delays are 30 and 60 seconds unless they are set")
def delays():
    for mail, wanted in ((LETTER, "delay_unsigned"),
                         (tampered(signed("testing")), "delay_test")):
        # a delay that is none is refused by vctx:tarpit, which shows that
        # this mail is the one that waits
        out = exim(mail, NO_DELAYS.replace(f"{wanted} = 0",
                                           f"{wanted} = 1e9"))
        equal(out.status, DEFERRED, out.err)
        holds(out.err, "an interval is a number")


@test("exim_dkim: clients that may relay have none of it, unless told so")
def exempt():
    conf = LOCAL + validating()
    equal(exim(tampered(signed()), conf=conf).status, ACCEPTED)
    equal(exim(tampered(signed()), NO_DELAYS + ", exempt_relay = false",
               conf=conf).status, REJECTED)


@test("exim_dkim: the variable that skips dkim_validate skips it, too")
def skipped():
    skip = ("local mod = {} function mod:validate_connect(ac, vctx)\n"
            'vctx:set(msys.core.VCTX_CONN, "__bypass_dkim_validate", "true")\n'
            "return msys.core.VALIDATE_CONT end "
            'msys.registerModule("skip", mod)')
    conf = validating() + 'scriptlet "scriptlet" { script "skip" ' \
        '{ source = "skip" } }\n'
    out = exim(tampered(signed()), conf=conf, files={"skip.lua": skip})
    equal(out.status, ACCEPTED, out.err)


@test("exim_dkim: without dkim_validate nothing slips through")
def no_validate():
    out = exim(signed(), conf="")
    equal(out.status, DEFERRED, out.err)
    holds(out.err, "does the configuration have a stanza of it?")


@test("exim_dkim: hostile text from a signature cannot end a reply or a field")
def hostile():
    mail = (b"DKIM-Signature: v=1; a=rsa-sha256; d=a.test\x01\xff" +
            b"x" * 900 + b"; s=rsa; h=From; bh=x; b=x\r\n" + LETTER)
    out = exim(mail, NO_DELAYS + ", reject_invalid = false")
    equal(out.status, ACCEPTED, out.err)
    equal(exim(mail).status, REJECTED)


@test("settings that are misspelled, or of another type, do not load")
def settings():
    for text, words in (("reject_fial = true", "no setting 'reject_fial'"),
                        ('delay_test = "30"', "'delay_test' must be a number"),
                        ("delay_test = ", "exim_dkim_settings")):
        out = exim(LETTER, text)
        equal(out.status, 78, out.err)
        holds(out.err, words)
    out = exim(LETTER, "", files={"exim_dkim_settings.lua": "return 1"})
    holds(out.err, "must return a table")


# dual_signing

DUAL = '["a.test"] = { base_domain = "other.test", selector = "ed" }'


def dual(mail=LETTER, domains=DUAL, more="", conf=LOCAL, files=()):
    return judge("dual_signing", mail, f"domains = {{ {domains} }} {more}",
                 conf + validating() + signing(), files)


def verdicts(out):
    """What the next host makes of the signatures."""
    back = run({}, mail=out.out, scripts=(), conf=validating())
    return back.fields("Authentication-Results")[0].count(b"dkim=pass")


@test("dual_signing: a domain in the table gets a second signature")
def second():
    out = dual()
    equal(sorted(d_and_s(out)), [("a.test", "rsa"), ("other.test", "ed")],
          out.err)
    equal(verdicts(out), 2)


@test("dual_signing: the names of domains do not care for case; * is the rest")
def names():
    equal(len(d_and_s(dual(domains=DUAL.replace("a.test", "A.Test")))), 2)
    equal(len(d_and_s(dual(domains=DUAL.replace("a.test", "b.test")))), 1)
    equal(len(d_and_s(dual(domains=DUAL.replace("a.test", "*")))), 2)


@test("dual_signing: others' mail does not get one, unless told so")
def not_theirs():
    equal(len(d_and_s(dual(conf=""))), 1)
    equal(len(d_and_s(dual(conf="", more=", only_relay = false"))), 2)


@test("dual_signing: without a key the message goes on, and the log tells")
def no_key():
    out = dual(domains=DUAL.replace('"ed"', '"nokey"'))
    equal(d_and_s(out), [("a.test", "rsa")])
    holds(out.err, "no second signature for 'a.test'")


@test("dual_signing: no table, no second signature, and the log tells")
def no_table():
    out = dual(domains="")
    equal(len(d_and_s(out)), 1)
    holds(out.err, "nothing gets a second signature")
    equal(dual(domains='"a.test"').status, 78)


# sign_by_header

WANTED = b"X-DkimDomain: Other.Test\r\n"
KEYFILE = (f'keyfile = "{KEYS}/%{{d}}/%{{s}}.key", '
           'options = { selector = "ed" }')
ALLOW = 'domains = { "other.test" }, ' + KEYFILE


def by_header(mail=WANTED + LETTER, settings=ALLOW, conf=LOCAL, **more):
    return judge("sign_by_header", mail, settings,
                 conf + validating() + signing(), **more)


@test("sign_by_header: the field chooses the domain, and is taken away")
def chooses():
    out = by_header()
    equal(out.status, ACCEPTED, out.err)
    equal(d_and_s(out), [("other.test", "ed")])
    equal(out.fields("X-DkimDomain"), [])
    equal(verdicts(out), 1)


@test("sign_by_header: besides the usual signature, if it is to be so")
def beside():
    out = by_header(settings=ALLOW + ", replace = false")
    equal(sorted(d_and_s(out)), [("a.test", "rsa"), ("other.test", "ed")])


@test("sign_by_header: mail without the field is signed as usual")
def without():
    equal(d_and_s(by_header(LETTER)), [("a.test", "rsa")])


@test("sign_by_header: a client that may not relay chooses nothing")
def outsider():
    out = by_header(conf="")
    equal(out.status, ACCEPTED, out.err)
    equal(d_and_s(out), [("a.test", "rsa")])  # this stanza signs all mail
    equal(out.fields("X-DkimDomain"), [])


@test("sign_by_header: other domains, two fields, and what is none are refused")
def not_allowed():
    for field in (b"X-DkimDomain: c.test\r\n", WANTED + WANTED,
                  b"X-DkimDomain:\r\n", b"X-DkimDomain: ../other.test\r\n",
                  b"X-DkimDomain: other.test/../a.test\r\n",
                  b"X-DkimDomain: other.test\x00\r\n",
                  b"X-DkimDomain: other.test other.test\r\n",
                  b"X-DkimDomain: " + b"a." * 200 + b"test\r\n"):
        out = by_header(field + LETTER)
        equal(out.status, REJECTED, out.err)
        holds(out.err, "550 5.7.1 X-DkimDomain: ")
        out = by_header(field + LETTER, ALLOW + ", reject = false")
        equal(out.status, ACCEPTED, out.err)
        equal(d_and_s(out), [("a.test", "rsa")])
        equal(out.fields("X-DkimDomain"), [])


@test("sign_by_header: any domain with a key, if that is wanted")
def with_key():
    settings = "any_with_key = true, " + KEYFILE
    equal(d_and_s(by_header(settings=settings)), [("other.test", "ed")])
    nobody = b"X-DkimDomain: nokey.test\r\n" + LETTER
    out = by_header(nobody, settings)
    equal(out.status, REJECTED, out.err)
    holds(out.err, "there is no signature by nokey.test")
    out = by_header(nobody, settings + ", reject_unsigned = false")
    equal((out.status, d_and_s(out)), (ACCEPTED, []), out.err)


# refuse_spoofed

OWN = 'domains = { "A.test" }'


def spoofed(mail, settings=OWN, conf="", **more):
    return judge("refuse_spoofed", mail, settings, conf + validating(),
                 **more)


@test("refuse_spoofed: our name without our signature is refused")
def ours():
    for mail in LETTER, tampered(signed()), signed("ed", domain="other.test"):
        out = spoofed(mail)
        equal(out.status, REJECTED, out.err)
        holds(out.err, "550 5.7.1 mail from this domain must carry")


@test("refuse_spoofed: with our signature it is taken")
def ours_signed():
    equal(spoofed(signed()).status, ACCEPTED)


@test("refuse_spoofed: others may say who they are")
def theirs():
    for domain in b"other.test", b"notana.test", b"a.test.other.test":
        equal(spoofed(LETTER.replace(b"ann@a.test", b"x@" + domain)).status,
              ACCEPTED, domain)


@test("refuse_spoofed: it does not matter how our name is written")
def spelled():
    for value in (b"x@A.TEST", b"x@sub.a.test", b"Ann (x) <x @ a.test>",
                  b"x@b.test, ann@a.test", b"g: x@a.test;", b"x@a(c).test",
                  b"=?utf-8?Q?x?= <x@a.test>", b"\"x@a.test\" x@a.test",
                  b"x@a.test.", b"<<x@a.test>>", b"x@a.test\x00"):
        mail = LETTER.replace(b"Ann <ann@a.test>", value)
        equal(spoofed(mail).status, REJECTED, value)
    two = b"From: x@b.test\r\n" + LETTER
    equal(spoofed(two).status, REJECTED)
    equal(spoofed(b"From: x@b.test\r\n" + signed()).status, REJECTED)


@test("refuse_spoofed: domains below ours are ours unless told otherwise")
def below():
    mail = LETTER.replace(b"ann@a.test", b"x@sub.a.test")
    equal(spoofed(mail, OWN + ", subdomains = false").status, ACCEPTED)
    relaxed = signed(mail=mail)
    equal(spoofed(relaxed).status, ACCEPTED)
    equal(spoofed(relaxed, OWN + ', alignment = "strict"').status, REJECTED)
    equal(spoofed(signed(), OWN + ', alignment = "strict"').status, ACCEPTED)
    equal(spoofed(signed(), OWN + ', alignment = "lax"').status, 78)


@test("refuse_spoofed: those who may relay, or are excepted, are let through")
def let_through():
    equal(spoofed(LETTER, conf=LOCAL).status, ACCEPTED)
    equal(spoofed(LETTER, OWN + ', except = { "192.0.2.7" }').status, ACCEPTED)
    equal(spoofed(LETTER, OWN + ', except = { "192.0.2.8" }').status, REJECTED)


@test("refuse_spoofed: no domains, nothing refused, and the log tells")
def no_domains():
    out = spoofed(LETTER, "")
    equal(out.status, ACCEPTED)
    holds(out.err, "nothing is refused")


@test("all four are fine together, in one configuration")
def together():
    conf = LOCAL + validating() + signing() + "".join(
        f'include "{CONF_D}/policy-{name}.conf"\n'
        for name in ("dual_signing", "exim_dkim", "refuse_spoofed",
                     "sign_by_header"))
    out = run({}, mail=LETTER, conf=conf, scripts=())
    equal(out.status, ACCEPTED, out.err)
    lacks(out.err, "[error]")
    equal(d_and_s(out), [("a.test", "rsa")])


main()
