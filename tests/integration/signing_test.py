"""Mail that a real Postfix submits is signed, and other implementations verify
what it delivers.

usage: see scene.py
"""
import os
import pwd
import re
import socket

from daemon import Mailseald
from judges import fields, names, tags
from place import PROGRAMS, read, run, wait
from sasl import PASSWORD, USER, Passwords
from scene import MAILSEALD, OUTSIDE, Scene, somebody
from tap import Skip, equal, holds, main, test

scene = Scene()
MAIL = (b"From: Ada <ada@here.test>\r\nTo: bob@world.test\r\n"
        b"Subject: seals\r\n\tand their keepers\r\n"
        b"\r\nOne line.  \r\n\r\nAnother.\r\n")


def selectors(mail):
    return [tags(value)["s"] for value in fields(mail, "DKIM-Signature")]


@test("mail from relay_hosts has both signatures, above Received, and others "
      "verify it")
def submitted():
    mail = scene.send(MAIL)
    equal(names(mail)[:3], ["DKIM-Signature", "DKIM-Signature", "Received"])
    equal(sorted(selectors(mail)), ["ed25519", "rsa"])
    equal({tags(value)["d"] for value in fields(mail, "DKIM-Signature")},
          {"here.test"})
    scene.judges.all_pass({"submitted": mail})


@test("mail from sendmail(1), through non_smtpd_milters, as well")
def local():
    rcpt = somebody()
    scene.postfix.sendmail("ada@here.test", rcpt, MAIL.replace(b"\r", b""))
    mail = scene.sink.await_mail(rcpt)
    equal(sorted(selectors(mail)), ["ed25519", "rsa"])
    scene.judges.all_pass({"sendmail": mail})


@test("who authenticated by SASL is signed for, wherever he is")
def authenticated():
    mail = scene.send(MAIL, somebody("else.example"), service="submission",
                      outside=OUTSIDE, login=(USER, PASSWORD))
    holds(fields(mail, "Received")[0], "ESMTPA")
    equal(sorted(selectors(mail)), ["ed25519", "rsa"])
    scene.judges.all_pass({"authenticated": mail})


@test("who is outside and did not authenticate is not signed for")
def outside():
    equal(selectors(scene.send(MAIL, outside=OUTSIDE)), [])
    equal(selectors(scene.send(MAIL, service="submission", outside=OUTSIDE)),
          [])


@test("who authenticated, then came again without, is not signed for: the "
      "name was that connection's")
def each_connection():
    scene.send(MAIL, service="submission", outside=OUTSIDE,
               login=(USER, PASSWORD))
    equal(selectors(scene.send(MAIL, service="submission", outside=OUTSIDE)),
          [])


@test("a domain without a key is not signed for, and the log says so with "
      "Postfix's queue id")
def no_key():
    rcpt = somebody()
    with scene.postfix.client("mx") as smtp:
        code, text = smtp.send("x@keyless.test", rcpt,
                               MAIL.replace(b"here.test", b"keyless.test"))
    equal(code, 250, text)
    equal(selectors(scene.sink.await_mail(rcpt)), [])
    queue_id = re.search(r"queued as (\w+)", text)[1]
    assert [line for line in scene.mailseald.log().splitlines()
            if queue_id in line and "keyless.test" in line], \
        scene.mailseald.log()


@test("mail of the null sender is signed")
def null_sender():
    mail = scene.send(MAIL, sender="")
    equal(sorted(selectors(mail)), ["ed25519", "rsa"])
    scene.judges.all_pass({"null sender": mail})


@test("mail with a sender and a From in UTF-8 (RFC 6531) is signed")
def utf8():
    rcpt = somebody()
    with scene.postfix.client("mx") as smtp:
        smtp.smtp.command_encoding = "utf-8"
        equal(smtp.command("MAIL FROM:<käthe@here.test> SMTPUTF8")[0], 250)
        equal(smtp.command(f"RCPT TO:<{rcpt}>")[0], 250)
        equal(smtp.smtp.data(MAIL.replace(
            b"Ada <ada", "Käthe <käthe".encode()))[0], 250)
    mail = scene.sink.await_mail(rcpt)
    equal(sorted(selectors(mail)), ["ed25519", "rsa"])
    scene.judges.all_pass({"UTF-8": mail})


@test("several recipients get the same signed message")
def several():
    rcpts = [somebody() for _ in range(3)]
    with scene.postfix.client("mx") as smtp:
        equal(smtp.send("ada@here.test", rcpts, MAIL)[0], 250)
    mails = [scene.sink.await_mail(rcpt) for rcpt in rcpts]
    equal(len({tuple(fields(mail, "DKIM-Signature")) for mail in mails}), 1)
    equal(sorted(selectors(mails[0])), ["ed25519", "rsa"])


@test("many messages on one connection, aborted ones between, are signed once "
      "each")
def many():
    rcpts = [somebody() for _ in range(20)]
    with scene.postfix.client("mx") as smtp:
        for i, rcpt in enumerate(rcpts):
            if i % 3 == 0:
                smtp.envelope("gone@here.test", [somebody()])
                equal(smtp.command("RSET")[0], 250)
            equal(smtp.send("ada@here.test", rcpt, MAIL)[0], 250)
    for rcpt in rcpts:
        equal(sorted(selectors(scene.sink.await_mail(rcpt))),
              ["ed25519", "rsa"])


@test("without HELO mail is signed, too")
def no_helo():
    rcpt = somebody()
    with socket.create_connection((
            scene.postfix.place.address, scene.postfix.ports["mx"])) as raw:
        answers = raw.makefile("rb")
        for line in b"", b"MAIL FROM:<ada@here.test>", \
                f"RCPT TO:<{rcpt}>".encode(), b"DATA", \
                MAIL.replace(b"\r\n\r\n", b"\r\n\r\n..") + b".", b"QUIT":
            if line:
                raw.sendall(line + b"\r\n")
            assert answers.readline()[:1] in (b"2", b"3"), line
    equal(sorted(selectors(scene.sink.await_mail(rcpt))), ["ed25519", "rsa"])


@test("clients that vanish within a message, and health checks of the milter "
      "port, leave it working")
def vanishing():
    for _ in range(10):
        smtp = scene.postfix.client("mx")
        smtp.envelope("ada@here.test", [somebody()])
        smtp.command("DATA")
        smtp.smtp.send(MAIL[:40])
        smtp.close()
        socket.create_connection((scene.place.address,
                                  scene.mailseald.port)).close()
    wait("Postfix to see them go", lambda: scene.postfix.log().count(
        "lost connection after DATA") >= 10)
    equal(sorted(selectors(scene.send(MAIL))), ["ed25519", "rsa"])


@test("through a socket file for Postfix's group, by a mailseald that gave up "
      "root, also after a reload")
def dropped():
    if run(PROGRAMS["setpriv"], "--reuid", "nobody", "--clear-groups", "test",
           "-x", MAILSEALD, good=False).returncode != 0:
        raise Skip("missing: a build folder that user nobody may enter")
    for selector in "rsa", "ed25519":
        os.chown(f"{scene.keys.folder}/here.test/{selector}.key",
                 pwd.getpwnam("nobody").pw_uid, -1)
    socket_daemon.start(scene.signing("rsa"))
    status = read(f"/proc/{socket_daemon.process.pid}/status").decode()
    uid = pwd.getpwnam("nobody").pw_uid
    holds(status, f"\nUid:\t{uid}\t{uid}\t{uid}\t{uid}\n")
    equal(selectors(scene.send(MAIL, service="file")), ["rsa"])
    socket_daemon.reload(scene.signing("ed25519"))
    wait("the reload", lambda: selectors(scene.send(MAIL, service="file")) ==
         ["ed25519"])
    socket_daemon.stop()
    assert not os.path.exists(socket_daemon.path), "the socket file is left"


@test("Postfix has nothing to complain about, and mailseald stops cleanly")
def clean():
    for line in scene.postfix.log().splitlines():
        assert "milter" not in line.lower() or "warning" not in line, line
    scene.stop()


passwords = Passwords(scene.place)
socket_daemon = Mailseald(scene.place, MAILSEALD, "dropped", user="nobody",
                          group="postfix")
scene.start(scene.ready_made(), {
    "mx": {},
    "file": {"smtpd_milters": socket_daemon.milter},
    "submission": {
        "smtpd_sasl_auth_enable": "yes",
        "smtpd_sasl_type": "dovecot",
        "smtpd_sasl_path": passwords.path,
    },
})
main()
