"""What Postfix does while mailseald is reloaded, restarted or killed under
load, and while the DNS is dead: no mail is lost, none goes unsigned, none is
signed twice.

usage: see scene.py
"""
import signal
import time

from dns import SilentNameserver
from judges import dkim, fields, tags
from load import Load
from place import skip, wait
from scene import OUTSIDE, Scene, somebody
from tap import equal, holds, main, test

if dkim is None:
    skip("python3-dkim, which verifies what comes out under load")

scene = Scene()
SELECTORS = ["s1", "s2", "s3"]
for selector in SELECTORS:
    scene.keys.make("here.test", selector, "ed25519")

MAIL = b"From: Ada <ada@here.test>\r\nSubject: s\r\n\r\nbody\r\n"
COUNT = 300


def seal_of(mail):
    """The selector of the one signature, which is good."""
    seals = fields(mail, "DKIM-Signature")
    equal(len(seals), 1, seals)
    assert dkim.DKIM(mail).verify(dnsfunc=scene.judges.look_up), seals
    return tags(seals[0])["s"]


@test("reloads under load, broken configurations among them, lose nothing and "
      "sign nothing twice")
def reload():
    load = Load(scene.postfix, MAIL, COUNT)
    rounds = 0
    while load.going():
        rounds += 1
        if rounds % 5 == 0:
            scene.mailseald.reload("dkim_sign { no such thing")
        else:
            # the resolver comes and goes as well
            scene.mailseald.reload(
                scene.signing(SELECTORS[rounds % 3]) +
                (scene.validating("report_none = true") if rounds % 2 else ""))
        time.sleep(0.05)
    seals = {seal_of(mail) for mail in load.finish()}
    equal(dict(load.replies), {250: COUNT})
    assert seals <= set(SELECTORS), seals
    assert len(seals) > 1, f"{rounds} reloads, and all are signed by {seals}"
    scene.mailseald.reload(scene.signing("s3"))
    wait("the last configuration to hold",
         lambda: seal_of(scene.send(MAIL)) == "s3")


@test("restarts under load lose nothing, and all that was taken is signed")
def restart():
    load = Load(scene.postfix, MAIL, COUNT)
    for part in 1, 2, 3:
        load.await_taken(part * COUNT // 4)
        scene.mailseald.restart(scene.signing(SELECTORS[part - 1]))
    for mail in load.finish():
        assert seal_of(mail) in SELECTORS
    assert set(load.replies) <= {250, 421, 451}, load.replies


@test("kill -9 under load: Postfix defers, clients try again, nothing is lost "
      "or goes unsigned")
def kill():
    load = Load(scene.postfix, MAIL, COUNT)
    for part in 1, 2, 3:
        load.await_taken(part * COUNT // 4)
        scene.mailseald.kill()
        before = load.replies[451]
        wait("Postfix to defer", lambda n=before: load.replies[451] > n)
        scene.mailseald.start()
    for mail in load.finish():
        assert seal_of(mail) in SELECTORS
    assert set(load.replies) <= {250, 421, 451}, load.replies


@test("while mailseald is away Postfix answers 451, and sendmail(1)'s mail "
      "waits; when it is back all goes out, signed")
def away():
    scene.mailseald.kill()
    rcpt = somebody()
    with scene.postfix.client("mx") as smtp:
        code, text = smtp.send("ada@here.test", rcpt, MAIL)
        equal(code, 451, text)
        holds(text, "4.7.1 Service unavailable - try again later")
    local = somebody()
    scene.postfix.sendmail("ada@here.test", local, MAIL.replace(b"\r", b""))
    wait("Postfix to try", lambda: "warning: connect to Milter service" in
         scene.postfix.log())
    equal(scene.sink.got(rcpt) + scene.sink.got(local), [])
    scene.mailseald.start()
    seal_of(scene.send(MAIL, rcpt))
    seal_of(scene.sink.await_mail(local))


@test("an SMTP connection that lasts longer than mailseald goes on with 451")
def outlasting():
    with scene.postfix.client("mx") as smtp:
        rcpt = somebody()
        equal(smtp.send("ada@here.test", rcpt, MAIL)[0], 250)
        seal_of(scene.sink.await_mail(rcpt))
        scene.mailseald.restart()
        code, text = smtp.send("ada@here.test", somebody(), MAIL)
        assert code in (421, 451), f"{code} {text}"
    seal_of(scene.send(MAIL))


@test("a stop finishes the message in flight; mail that comes meanwhile has to "
      "come again")
def in_flight():
    rcpt = somebody()
    with scene.postfix.client("mx") as smtp:
        smtp.envelope("ada@here.test", [rcpt])
        smtp.command("DATA")
        head, body = MAIL.split(b"\r\n\r\n")
        smtp.smtp.send(head + b"\r\n\r\n")
        process = scene.mailseald.process
        process.send(signal.SIGTERM)
        wait("other mail to be put off",
             lambda: scene.answered(MAIL)[0] in (421, 451))
        assert not process.ended()
        smtp.smtp.send(body + b".\r\n")
        code, text = smtp.smtp.getreply()
        equal(code, 250, text)
    equal(process.wait(), 0)
    seal_of(scene.sink.await_mail(rcpt))
    scene.mailseald.looks_well()
    scene.mailseald.start()


def signed_by_others():
    """Mail from outside whose key has not been asked for yet."""
    with open(scene.fresh_key, "rb") as file:
        key = file.read()
    return dkim.sign(MAIL, b"fresh", b"other.test", key) + MAIL


@test("the DNS is dead: accept delivers with dkim=temperror, tempfail answers "
      "451 until the DNS is back")
def dns_dead():
    mail = signed_by_others()
    silent = SilentNameserver(scene.place)
    scene.dns.stop()
    for about, forwarder in {"down": scene.dns.forwarder,
                             "silent": silent.forwarder}.items():
        for choice in "accept", "tempfail":
            scene.mailseald.restart(
                f'dns_forwarders = ( "{forwarder}" )\ndns_timeout = 1\n'
                'dns_message_timeout = 1\n'
                f'dkim_validate "v" {{ dns_failure = {choice} }}\n')
            if choice == "accept":
                said = fields(scene.send(mail, outside=OUTSIDE),
                              "Authentication-Results")
                equal(len(said), 1, about)
                holds(said[0], "dkim=temperror", about)
                continue
            code, text = scene.refused(mail, outside=OUTSIDE)
            equal(code, 451, about)
            holds(text, "4.4.3", about)
            # what is unsigned needs no key
            scene.send(MAIL, outside=OUTSIDE)
    scene.mailseald.restart("dns_timeout = 1\n" + scene.validating(
        "dns_failure = tempfail neg_keycache_ttl = 1"))
    equal(scene.refused(mail, outside=OUTSIDE)[0], 451)
    scene.dns.start(scene.keys.zone)

    def passes():
        rcpt = somebody()
        with scene.postfix.client("mx", outside=OUTSIDE) as smtp:
            if smtp.send("eve@other.test", rcpt, mail)[0] != 250:
                return False
        said = fields(scene.sink.await_mail(rcpt), "Authentication-Results")
        holds(said[0], "dkim=pass ")
        return True
    wait("the DNS to be noticed", passes)


@test("mailseald stops cleanly")
def clean():
    scene.stop()


scene.fresh_key = scene.keys.make("other.test", "fresh")
scene.start(scene.signing("s1"))
main()
