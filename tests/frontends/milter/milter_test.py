"""mailseald behind an MTA: milter_mta speaks to it as Postfix and as Sendmail
do.

usage: milter_test.py with the arguments of scene.py
"""
import os
import random
import re
import sys

sys.dont_write_bytecode = True  # the source tree stays as it is

from scene import (DISCARDED, KEY, MAIL, PROBING, REJECTED, SIGN, TEMPFAIL,
                   VALIDATE, Daemon, prepare, probing, results_of, signed,
                   verify)
from tap import equal, holds, lacks, main, test


@test("mail is signed, whatever the MTA's macros and the protocol's version")
def signing():
    with Daemon(SIGN) as daemon:
        for arguments in (["--macros", "postfix"], ["--macros", "sendmail"],
                          ["--macros", "none"], ["--protocol", 2],
                          ["--protocol", 3], ["--protocol", 4],
                          ["--protocol", 6, "--all-replies"],
                          ["--no-leadspc"], ["--chunk", 1],
                          ["--body-at-end"],
                          ["--body-at-end", "--chunk", 3],
                          ["--protocol", 2, "--body-at-end"],
                          ["--protocol", 2, "--macros", "sendmail"],
                          ["--client", "::1"], ["--tls"],
                          ["--client", "::1", "--macros", "sendmail"],
                          ["--from", "ada@example.com",
                           "--from-parameters", "SIZE=100 BODY=8BITMIME"],
                          ["--rcpt", "a@x.test", "--rcpt", "b@x.test"],
                          ["--no-helo"], ["--from", ""],
                          ["--client-name", "host.example.com"]):
            signed(daemon.send(MAIL, *arguments))


@test("a queue id stands in the log, from either MTA")
def queue_ids():
    with Daemon(SIGN.replace(KEY, "/nonexistent/%{d}")) as daemon:
        for style in ("postfix", "sendmail"):
            daemon.send(MAIL.replace(b"example.com", style.encode()),
                        "--macros", style, "--queue-id", "ID" + style)
            daemon.wait_for_log(f"ID{style}: dkim_sign")


@test("without a macro list of the filter's, macros arrive as well")
def old_macros():
    """Actions without SETSYMLIST: the MTA sends what it likes to."""
    with Daemon(PROBING + SIGN, relay="") as daemon:
        for style in ("postfix", "sendmail"):
            result = daemon.send(
                probing("variable auth_user"), "--actions", "0x3f",
                "--macros", style, "--auth", "ada")
            holds(result.mail, b"X-Variable: auth_user=ada\r\n", style)


@test("new fields stand above the MTA's own Received")
def on_top():
    with Daemon(SIGN + VALIDATE) as daemon:
        with open("mail", "wb") as file:
            file.write(MAIL)
        for style in ("postfix", "sendmail"):
            out = daemon.mta("--macros", style, "--output", "-",
                             "mail").stdout
            names = re.findall(rb"^([\w-]+):", out, re.M)[:4]
            equal(names, [b"DKIM-Signature", b"Authentication-Results",
                          b"Received", b"Received"], style)
            verify(out)


@test("inserts, changes and deletions end where the module wanted them")
def edits():
    with Daemon(PROBING) as daemon:
        result = daemon.send(probing(
            "prepend X-One 1", "prepend X-Two 2", "append X-Last z",
            "remove Received", "remove To"))
        fields = result.mail.split(b"\r\n\r\n", 1)[0].split(b"\r\n")
        equal(fields[:2], [b"X-Two: 2", b"X-One: 1"])
        equal(fields[-1], b"X-Last: z")
        lacks(result.mail, b"\r\nReceived:")
        lacks(result.mail, b"\r\nTo:")
        assert result.mail.endswith(MAIL.split(b"\r\n\r\n", 1)[1])


@test("without leading space, edits have exactly one blank behind the colon")
def leading_space():
    with Daemon(PROBING) as daemon:
        for arguments in ([], ["--no-leadspc"], ["--protocol", 2]):
            result = daemon.send(probing("prepend X-New v"), *arguments)
            assert result.mail.startswith(b"X-New: v\r\n"), result.mail


@test("many messages on one connection, each with its own signature")
def many():
    mails = [MAIL.replace(b"<1@", b"<%d@" % n) for n in range(20)]
    with Daemon(SIGN) as daemon:
        for style in ("postfix", "sendmail"):
            results = daemon.send_all(mails, "--macros", style)
            for result, mail in zip(results, mails, strict=True):
                signed(result, mail)


@test("only clients that may relay, or have authenticated, are signed for")
def who_is_signed():
    conf = SIGN.replace("{", '{ sign_condition = "can_relay" \n')
    with Daemon(conf) as daemon:
        for arguments, is_signed in (
                (["--client", "127.0.0.1"], True),
                (["--client", "::1"], True),
                (["--client", "192.0.2.1"], False),
                (["--client", "2001:db8::1"], False),
                (["--client", "unknown"], False),
                (["--client", "/var/run/socket"], False),
                (["--client", "192.0.2.1", "--auth", "ada"], True),
                (["--client", "unknown", "--auth", "ada"], True)):
            for style in ("postfix", "sendmail"):
                result = daemon.send(MAIL, "--macros", style, *arguments)
                equal(len(result.edits), 1 if is_signed else 0,
                      (arguments, style))
                equal(result.verdict, "accept")
        # without macros nobody authenticated
        equal(daemon.send(MAIL, "--client", "192.0.2.1", "--auth", "ada",
                          "--macros", "none").edits, [])


@test("policy sees user, HELO, TLS, sender and the client's rights")
def variables():
    with Daemon(PROBING) as daemon:
        for name, value, arguments in (
                ("auth_user", "ada", ["--auth", "ada"]),
                ("auth_user", "", []),
                ("ehlo_domain", "c.example", ["--helo", "c.example"]),
                ("ehlo_domain", "", ["--no-helo"]),
                ("tls_cipher", "TLS_AES_256_GCM_SHA384", ["--tls"]),
                ("tls_cipher", "", []),
                ("can_relay", "true", []),
                ("can_relay", "", ["--client", "192.0.2.1"])):
            for style in ("postfix", "sendmail"):
                result = daemon.send(probing("variable " + name), "--macros",
                                     style, *arguments)
                wanted = f"X-Variable: {name}={value}\r\n".encode()
                assert result.mail.startswith(wanted), (wanted, result.mail)


@test("what was signed is verified, what was tampered with fails")
def verifying():
    with Daemon(SIGN) as daemon:
        good = daemon.send(MAIL).mail
    with Daemon(VALIDATE) as daemon:
        for style in ("postfix", "sendmail"):
            for mail, wanted in (
                    (good, "mx.example.org; dkim=pass "),
                    (good.replace(b"One line", b"0ne line"),
                     "mx.example.org; dkim=fail "),
                    (MAIL, "mx.example.org; dkim=none")):
                result = daemon.send(mail, "--macros", style)
                assert results_of(result.mail).startswith(wanted), (
                    wanted, result.mail)
                assert result.mail.endswith(mail)
        # an MTA that eats the blank behind the colon: relaxed does not mind
        result = daemon.send(good, "--no-leadspc")
        assert results_of(result.mail).startswith(
            "mx.example.org; dkim=pass "), result.mail


@test("forged Authentication-Results go, wherever they stand; others stay")
def forged():
    forgery = b"Authentication-Results: mx.example.org; dkim=pass\r\n"
    folded = (b"Authentication-Results:\r\n\tmx.example.org;\r\n"
              b"\tspf=pass\r\n")
    other = b"Authentication-Results: other.example; dkim=pass\r\n"
    head, body = MAIL.split(b"\r\n\r\n", 1)
    lines = [line + b"\r\n" for line in
             re.split(rb"\r\n(?![ \t])", head)]
    with Daemon(VALIDATE) as daemon:
        for fields in ([forgery], [forgery, forgery],
                       [forgery, other, forgery], [other, folded, other],
                       [forgery, folded, forgery],
                       [folded, other, forgery, other, folded],
                       [other, other]):
            for spread in (False, True):
                sent = list(lines)
                for number, field in enumerate(fields):
                    at = 2 * number if spread else number
                    sent.insert(at, field)
                mail = b"".join(sent) + b"\r\n" + body
                kept = [line for line in sent
                        if line not in (forgery, folded)]
                result = daemon.send(mail)
                equal(results_of(result.mail), "mx.example.org; dkim=none")
                rest = re.split(rb"\r\n(?![ \t])", result.mail, 1)[1]
                equal(rest, b"".join(kept) + b"\r\n" + body, fields)


@test("policy's answers reach the MTA: reject, tempfail, discard, quarantine")
def answers():
    with Daemon(PROBING) as daemon:
        for wish, verdict, reply, status in (
                ("code 550 5.7.1 not here", "reject", "550 5.7.1 not here",
                 REJECTED),
                ("code 550 5.7.1 100% no %s", "reject",
                 "550 5.7.1 100% no %s", REJECTED),
                ("code 450 4.2.0 later", "tempfail", "450 4.2.0 later",
                 TEMPFAIL),
                ("final 1", "reject", "550 5.7.1 refused by policy",
                 REJECTED),
                ("final 2", "tempfail", "451 4.7.1 try again later",
                 TEMPFAIL),
                ("discard", "discard", "", DISCARDED),
                ("hold", "quarantine", "", 0),
                ("again", "accept", "", 0)):
            for style in ("postfix", "sendmail"):
                result = daemon.send(probing(wish), "--macros", style)
                equal((result.verdict, result.reply, result.status),
                      (verdict, reply, status), wish)
                equal(result.stage, "end")
        held = daemon.send(probing("hold", "prepend X-New v"))
        equal(held.row["quarantine"], "held by policy")
        assert held.mail.startswith(b"X-New: v\r\n")


@test("a refused recipient is refused alone, the message goes to the others")
def recipients():
    with Daemon(PROBING) as daemon:
        for style in ("postfix", "sendmail"):
            result = daemon.send(
                MAIL, "--macros", style, "--rcpt", "refuse@b.test", "--rcpt",
                "t@b.test", "--rcpt", "refuse@c.test")
            equal(result.verdict, "accept")
            equal([row["rcpt"] for row in result.row["refused"]],
                  ["refuse@b.test", "refuse@c.test"])
            equal(result.row["refused"][0]["reply"],
                  "550 5.1.1 no such user")
            equal(result.row["rcpts"], ["t@b.test"])
        result = daemon.send(MAIL, "--rcpt", "refuse@b.test")
        equal((result.verdict, result.stage), ("reject", "rcpt"))


@test("recipients added and removed, and a new body, reach the MTA")
def other_edits():
    with Daemon(PROBING) as daemon:
        result = daemon.send(
            probing("rcpt c@b.test", "unrcpt a@b.test"), "--rcpt",
            "a@b.test", "--rcpt", "b@b.test")
        equal(sorted(result.row["rcpts"]), ["b@b.test", "c@b.test"])
        result = daemon.send(probing("body one|two|"))
        assert result.mail.endswith(b"\r\n\r\none\r\ntwo\r\n"), result.mail


@test("an edit that the MTA does not allow is an internal error, and is told")
def forbidden_edits():
    conf = PROBING
    with Daemon(conf) as daemon:
        for actions, wish in ((0x1fe, "prepend X-New v"),
                              (0x1ef, "remove To"),
                              (0x1fd, "body x|"),
                              (0x1fb, "rcpt c@b.test"),
                              (0x1f7, "unrcpt a@b.test"),
                              (0x1df, "hold")):
            result = daemon.send(probing(wish), "--actions", hex(actions),
                                 "--queue-id", f"Q{actions:x}",
                                 "--rcpt", "a@b.test", "--rcpt", "d@b.test")
            equal((result.verdict, result.edits), ("tempfail", []), wish)
            daemon.wait_for_log(f"Q{actions:x}: ")
        # what is not wanted is not missed
        equal(daemon.send(MAIL, "--actions", "0x1").verdict, "accept")
    with Daemon(conf + "On_Internal_Error = accept\n") as daemon:
        result = daemon.send(probing("remove To"), "--actions", "0x1")
        equal((result.verdict, result.edits), ("accept", []))
        equal(result.mail, probing("remove To"))


@test("a body of 20 MB is signed, and its spool file goes")
def large():
    body = b"".join(b"%072d\r\n" % n for n in range(270000))
    mail = MAIL + body
    os.mkdir("spool")
    for threshold in (1000, 100000000):
        conf = (f"Large_Message_Threshold = {threshold}\n"
                f'Spool_Directory = "{os.path.abspath("spool")}"\n')
        with Daemon(SIGN + conf) as daemon:
            results = daemon.send_all([mail, MAIL, mail])
            for result, sent in zip(results, (mail, MAIL, mail),
                                    strict=True):
                signed(result, sent)
            equal(daemon.send(mail, "--vanish-after", "body").verdict,
                  "vanished")
            daemon.is_fine()
        equal(os.listdir("spool"), [])


@test("NUL, 8-bit octets and lone line ends in the body are signed as they are")
def odd_bodies():
    chance = random.Random(4)
    bodies = [b"", b"\r\n", b"\r\n\r\n", b"no end", b"\0", b"a\0b\r\n",
              bytes(range(256)) + b"\r\n", b"lone \n LF\r\n",
              b"lone \r CR\r\n", b"\r", b"\n", b"x \t \r\n\t\r\n",
              b"y" * 100000 + b"\r\n"]
    bodies += [bytes(chance.choice(b"a \t\r\n\0\xff") for _ in
                     range(chance.randrange(200))) for _ in range(30)]
    head = MAIL.split(b"\r\n\r\n", 1)[0]
    with Daemon(SIGN) as daemon:
        for arguments in ([], ["--chunk", 1]):
            mails = [head + b"\r\n\r\n" + body for body in bodies]
            for result, mail in zip(daemon.send_all(mails, *arguments),
                                    mails, strict=True):
                equal(result.verdict, "accept")
                verify(result.mail)
                assert result.mail.endswith(mail), mail


@test("odd header fields: nothing is lost, and the signature holds")
def odd_headers():
    with Daemon(SIGN) as daemon:
        for field in (b"Subject:", b"Subject: ", b"Subject:\r\n ",
                      b"Subject: \r\n\t\r\n x", b"SUBJECT :odd", b"Subject:x",
                      b"Subject:\t\tx\t", b"Subject: \xfc\xe9\x80",
                      b"Subject: " + b"w" * 2000,
                      b"Subject: " + b"w w\r\n " * 900 + b"x",
                      b"Subject: %s %n %d 100%",
                      b"Subject: one\r\nSubject: two"):
            mail = re.sub(rb"Subject:[^\r\n]*\r\n\tand[^\r\n]*",
                          lambda _, f=field: f, MAIL)
            signed(daemon.send(mail), mail)


@test("CR, LF and NUL inside a field's value do no harm")
def hostile_headers():
    with Daemon(SIGN + VALIDATE + PROBING) as daemon:
        for value in (b"a\rb", b"a\nb", b"a\nX-Fake: b", b"\n", b"\r",
                      b"a\r\r", b"a\0b", b"\0", b"\n\n\n", b" \n x",
                      b"x\n"):
            mail = b"From: a@example.com\r\nX-Odd: " + value + MAIL[14:]
            for arguments in ([], ["--protocol", 2]):
                result = daemon.send(mail, *arguments)
                equal(result.verdict, "accept", value)
        daemon.is_fine()


@test("headers beyond the limits are taken, and told about")
def header_limits():
    """Postfix sends fields of 102400 octets (header_size_limit)."""
    for fields, result, is_signed in (
            (b"X-Many: 1\r\n" * 3000, "policy", False),
            (b"X-Long: " + b"x" * 60000 + b"\r\n", "none", True),
            (b"X-Long: " + b"x" * 102000 + b"\r\n", "policy", True),
            (b"N" * 5000 + b": v\r\n", "none", True)):
        with Daemon(VALIDATE + SIGN) as daemon:
            got = daemon.send(fields + MAIL, "--queue-id", "QLARGE")
            equal(got.verdict, "accept")
            holds(got.edits[0]["value"], "dkim=" + result)
            equal("DKIM-Signature" in got.names(), is_signed)
            if not is_signed:
                daemon.wait_for_log("QLARGE: dkim_sign")


if __name__ == "__main__":
    prepare()
    main()
