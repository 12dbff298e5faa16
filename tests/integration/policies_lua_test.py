"""The ready policies in Lua, between Postfix and the world, and the reports of
msys.validate.dkim.reflect.

usage: see scene.py
"""
import email
import os
import time

from judges import fields, tags
from place import read, wait, write
from place import run as run_program
from scene import CONF_D, MAILSEAL, OUTSIDE, Scene, somebody
from tap import equal, holds, lacks, main, test

scene = Scene()
KEYS = {}
for selector in "rsa", "testing", "gone":
    KEYS[selector] = scene.keys.make("other.test", selector,
                                     publish=selector == "rsa")
scene.keys.add(read(KEYS["testing"].replace(".key", ".txt")).decode()
               .replace('"v=DKIM1; ', '"v=DKIM1; t=y; " "', 1))
scene.keys.make("esp.test", "esp", "ed25519")

MAIL = (b"From: Eve <eve@other.test>\r\nTo: ada@here.test\r\n"
        b"Subject: good news\r\nDate: Thu, 01 Jan 2026 12:00:00 +0000\r\n"
        b"Message-ID: <1@other.test>\r\n\r\nPlease pay.\r\n")
OURS = MAIL.replace(b"eve@other.test", b"ada@here.test")

SETTINGS = {
    "exim_dkim": "delay_unsigned = 0, delay_test = 1",
    "refuse_spoofed": 'domains = { "here.test" }',
    "dual_signing": 'domains = { ["here.test"] = { base_domain = "esp.test", '
                    'selector = "esp" } }',
    "sign_by_header": 'domains = { "other.test" }, '
                      f'keyfile = "{scene.keys.folder}/%{{d}}/%{{s}}.key"',
}


def configuration(more=""):
    text = scene.validating(more) + scene.signing("rsa")
    for name, settings in SETTINGS.items():
        write(scene.place.path(f"{name}_settings.lua"),
              f"return {{ {settings} }}\n")
        text += f'include "{CONF_D}/policy-{name}.conf"\n'
    write(scene.place.path("refuse.lua"), """
local mod = {}
function mod:core_final_validation2(msg, ac, vctx)
  if #msg:header("X-Refuse") > 0 then vctx:set_code(554, "5.7.1 no") end
  return msys.core.EC_HOOK_CONT
end
msys.registerModule("refuse", mod)
""")
    return text + \
        'scriptlet "scriptlet" { script "refuse" { source = "refuse" } }\n'


def signed(mail=MAIL, selector="rsa", domain="other.test"):
    return run_program(MAILSEAL, "sign", "--domain", domain, "--selector",
                       selector, "--key",
                       f"{scene.keys.folder}/{domain}/{selector}.key",
                       stdin=mail).stdout


def tampered(mail):
    return mail.replace(b"Please pay", b"Please pray")


def from_outside(mail):
    return scene.send(mail, sender="eve@other.test", outside=OUTSIDE)


def refused_outside(mail):
    return scene.refused(mail, sender="eve@other.test", outside=OUTSIDE)


def signers(mail):
    return sorted(tags(field)["d"] for field in fields(mail, "DKIM-Signature"))


@test("exim_dkim: good mail comes with X-DKIM, without the one it had")
def exim_pass():
    came = from_outside(b"X-DKIM: pass d=bank.test\r\n" + signed())
    equal(fields(came, "X-DKIM"), ["pass d=other.test"])
    holds(fields(came, "Authentication-Results")[0], "dkim=pass")


@test("exim_dkim: what was changed is refused while the client is there")
def exim_fail():
    code, text = refused_outside(tampered(signed()))
    equal(code, 550)
    holds(text, "5.7.20 DKIM signature does not fit the message")


@test("exim_dkim: a key that is not there makes mail invalid, and refused")
def exim_invalid():
    code, text = refused_outside(signed(selector="gone"))
    equal(code, 550)
    holds(text, "5.7.20 DKIM signature cannot be verified")


@test("exim_dkim: with a key in test mode it is taken, late and with a note")
def exim_testing():
    began = time.monotonic()
    came = from_outside(tampered(signed(selector="testing")))
    assert time.monotonic() - began >= 0.9
    note, = fields(came, "X-DKIM")
    holds(note, "fail (test mode) d=other.test")


@test("exim_dkim: unsigned mail is taken")
def exim_unsigned():
    equal(fields(from_outside(MAIL), "X-DKIM"), [])


@test("refuse_spoofed: our name from outside is refused without our signature")
def spoofed():
    code, text = refused_outside(OURS)
    equal((code, text), (550, "5.7.1 mail from this domain must carry its "
                              "DKIM signature"))
    code, _ = refused_outside(signed(OURS))
    equal(code, 550)


@test("refuse_spoofed: our own mail that comes back is taken")
def came_back():
    came = from_outside(scene.send(OURS))
    assert "strict" not in str(fields(came, "X-DKIM"))
    holds(fields(came, "X-DKIM")[0], "pass d=")


@test("dual_signing: our mail has two signatures that everybody accepts")
def dual():
    came = scene.send(OURS)
    equal(signers(came), ["esp.test", "here.test"])
    scene.judges.all_pass({"dual": came})


@test("dual_signing: mail of others that we relay has none of them")
def dual_others():
    lacks(str(signers(scene.send(MAIL))), "esp.test")


@test("sign_by_header: who may relay chooses the domain that signs")
def chosen():
    mail = b"X-DkimDomain: other.test\r\n" + OURS
    came = scene.send(mail)
    equal(signers(came), ["esp.test", "other.test"])
    equal(fields(came, "X-DkimDomain"), [])
    scene.judges.all_pass({"chosen": came})
    # and the next message of the same connection is signed as usual
    with scene.postfix.client("mx") as smtp:
        for text, wanted in ((mail, "other.test"), (OURS, "here.test")):
            rcpt = somebody()
            equal(smtp.send("ada@here.test", rcpt, text)[0], 250)
            holds(signers(scene.sink.await_mail(rcpt)), wanted)


@test("sign_by_header: a message that is refused leaves nothing to the next")
def refused_between():
    with scene.postfix.client("mx") as smtp:
        asking = b"X-DkimDomain: other.test\r\nX-Refuse: now\r\n" + OURS
        equal(smtp.send("ada@here.test", somebody(), asking)[0], 554)
        rcpt = somebody()
        equal(smtp.send("ada@here.test", rcpt, OURS)[0], 250)
        equal(signers(scene.sink.await_mail(rcpt)), ["esp.test", "here.test"])


@test("sign_by_header: not a domain that is not allowed, and nobody outside")
def not_chosen():
    code, text = scene.refused(b"X-DkimDomain: bank.test\r\n" + OURS)
    equal((code, text),
          (550, "5.7.1 X-DkimDomain: you may not sign as bank.test"))
    came = from_outside(b"X-DkimDomain: other.test\r\n" + MAIL)
    equal((signers(came), fields(came, "X-DkimDomain")), ([], []))


def reflecting(option):
    write(scene.place.path("reflect.lua"), """
local mod = {}
function mod:validate_rcptto(msg, str, ac, vctx)
  if msg:rcptto() == "check@here.test" then
    msys.validate.dkim.reflect(msg, vctx, "seal@here.test", msg:mailfrom() ..
                               ";log@world.test", "Your signature")
  end
  return msys.core.VALIDATE_CONT
end
msys.registerModule("reflect", mod)
""")
    return configuration(option) + \
        'scriptlet "scriptlet" { script "reflect" { source = "reflect" } }\n'


def reported():
    """Send a letter to the reflector; the report that comes back."""
    sender = somebody()
    with scene.postfix.client("mx", outside=OUTSIDE) as smtp:
        equal(smtp.send(sender, "check@here.test", signed())[0], 250)
    scene.sink.await_mail("check@here.test")
    report = email.message_from_bytes(scene.sink.await_mail(sender))
    equal((report["From"], report["To"], report["Subject"],
           report["Auto-Submitted"]),
          ("seal@here.test", sender, "Your signature", "auto-generated"))
    equal(report["Return-Path"] in (None, "<>"), True)
    text = report.get_payload(0).get_payload(decode=True).decode()
    holds(text, "all in all: pass")
    holds(text, "other.test")


@test("a report goes out by Postfix's sendmail command")
def by_command():
    command = write(scene.place.path("sendmail"),
                    "#!/bin/sh\nexec /usr/sbin/sendmail -C "
                    f'"{scene.postfix.folder}" "$@"\n')
    os.chmod(command, 0o755)
    scene.mailseald.restart(reflecting(f'report_command = "{command}"'))
    reported()


@test("a report goes out by Postfix as a relay")
def by_relay():
    scene.mailseald.restart(reflecting(
        f'report_relay = "{scene.place.address}:'
        f'{scene.postfix.ports["mx"]}"'))
    reported()
    wait("the copy", lambda: len(scene.sink.got("log@world.test")) >= 2)


@test("changed settings count after a reload, for a running mailseald")
def reload():
    equal(refused_outside(tampered(signed()))[0], 550)
    SETTINGS["exim_dkim"] += ", reject_fail = false"
    scene.mailseald.reload(configuration())

    def taken():
        with scene.postfix.client("mx", outside=OUTSIDE) as smtp:
            return smtp.send("eve@other.test", somebody(),
                             tampered(signed()))[0] == 250
    wait("the new settings", taken)


@test("mailseald stops cleanly")
def clean():
    lacks(scene.mailseald.log(), "[error]")
    scene.stop()


scene.start(configuration())
main()
