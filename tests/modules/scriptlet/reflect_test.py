"""Reports about signatures: who gets one, what is in it, how it goes out.

usage: reflect_test.py MAILSEALD MAILSEAL
"""
import email
import email.policy
import os
import socket
import threading

from policy import ACCEPTED, DEFERRED, run
from sealed import LETTER, signed, tampered, validating
from tap import equal, holds, lacks, main, test


def script(call, callout="validate_rcptto", arguments="msg, str, ac, vctx"):
    return ('local dkim = require("msys.validate.dkim")\nlocal mod = {}\n'
            f"function mod:{callout}({arguments})\n"
            f'local function reflect(...) print("gave " .. '
            "tostring(dkim.reflect(nil, nil, ...))) end\n"
            f"{call}\nreturn msys.core.VALIDATE_CONT\nend\n"
            'msys.registerModule("policy", mod)\n')


PLAIN = 'reflect("Seal <seal@mx.b.test>", "ann@a.test;log@b.test")'


def sendmail(body="exit 0"):
    """A program that keeps what it gets, and the path of it."""
    here = os.getcwd()
    with open("sendmail", "w", encoding="utf-8") as file:
        file.write(f'#!/bin/sh\nprintf "%s\\n" "$@" >{here}/args\n'
                   f"env >{here}/env\ncat >{here}/got\n{body}\n")
    os.chmod("sendmail", 0o755)
    return f"{here}/sendmail"


def reflect(call=PLAIN, mail=None, options=None, status=ACCEPTED, **more):
    """Run a letter from one recipient's point of view."""
    if options is None:
        options = f'report_command = "{sendmail()}"'
    out = run({"policy.lua": script(call)}, mail=signed() if mail is None
              else mail, rcpts=("bob@b.test",), conf=validating(options),
              **more)
    equal(out.status, status, out.err)
    return out


def got():
    with open("got", "rb") as file:
        return email.message_from_bytes(file.read(),
                                        policy=email.policy.default)


def words_of(report):
    return report.get_body().get_content().replace("\r\n", "\n")


def nothing_sent():
    assert not os.path.exists("got"), open("got", encoding="utf-8").read()


@test("the report goes to sendmail: null sender, recipients behind --")
def command():
    out = reflect()
    holds(out.err, "gave 1")
    with open("args", encoding="utf-8") as file:
        equal(file.read().split("\n"),
              ["-i", "-f", "<>", "--", "ann@a.test", "log@b.test", ""])
    with open("got", "rb") as file:
        assert b"\r" not in file.read()
    report = got()
    equal(report["From"], "Seal <seal@mx.b.test>")
    equal(report["To"], "ann@a.test")
    equal((report["Cc"], report["Bcc"]), (None, None))
    lacks(str(report), "log@b.test")
    equal(report["Auto-Submitted"], "auto-generated")
    equal(report["Subject"], "DKIM report")
    equal(report["MIME-Version"], "1.0")
    assert report["Date"].datetime.tzinfo is not None
    assert report["Message-ID"].endswith("@mx.b.test>"), report["Message-ID"]


@test("it tells of each signature, the size, and the client")
def text():
    mail = signed("testing", mail=signed("rsa"))
    reflect(mail=tampered(mail))
    words = words_of(got())
    holds(words, "queue id")
    holds(words, "192.0.2.7")
    holds(words, "ann@a.test")
    holds(words, f"{len(mail)} octets")
    holds(words, "from the top: 2, and all in all: fail")
    first, second = words.split("Signature 1")[1].split("Signature 2")
    for part, selector, algorithm, more in (
            (first, "testing", "ed25519-sha256", "test mode"),
            (second, "rsa", "rsa-sha256", "2048 bits")):
        holds(part, "fail")
        holds(part, "a.test")
        holds(part, selector)
        holds(part, algorithm)
        holds(part, "relaxed/relaxed")
        holds(part, "strict")
        holds(part, more)


@test("good ones pass, and unsigned mail has none")
def others():
    reflect()
    holds(words_of(got()), "all in all: pass")
    reflect(mail=LETTER)
    holds(words_of(got()), "It has no DKIM signature")


@test("the header comes back as it was received")
def header():
    forged = b"Authentication-Results: mx.b.test; dkim=pass\r\n"
    mail = forged + signed()
    out = reflect(mail=mail)
    lacks(out.out, forged)  # but the host takes it away
    part = list(got().iter_attachments())[0]
    equal(part.get_content_type(), "text/rfc822-headers")
    came = part.get_content()
    came = came if isinstance(came, bytes) else came.encode()
    equal(came.replace(b"\r\n", b"\n").rstrip(b"\n"),
          mail.partition(b"\r\n\r\n")[0].replace(b"\r\n", b"\n"))


@test("bytes that mail cannot carry travel as base64")
def eight_bit():
    odd = b"X-Odd: a\x00\xff\x01 " + b"long " * 400 + b"\r\n"
    reflect(mail=odd + LETTER)
    with open("got", "rb") as file:
        raw = file.read()
    assert max(raw) < 0x7f and max(map(len, raw.split(b"\n"))) < 998
    part = list(got().iter_attachments())[0]
    assert odd in part.get_payload(decode=True), part


@test("subject and note are the script's")
def words():
    reflect('reflect("seal@mx.b.test", "ann@a.test", "Gr\\195\\188\\195\\159e '
            'an alle, " .. ("lang "):rep(20), "Erste Zeile\\nZ\\195\\188ge")')
    report = got()
    equal(report["Subject"], "Gr\u00fc\u00dfe an alle, " + "lang " * 20)
    holds(words_of(report), "Erste Zeile\nZ\u00fcge\n\n")
    equal(report["From"], "seal@mx.b.test")


@test("a subject cannot end its line")
def inject_subject():
    reflect('reflect("seal@mx.b.test", "ann@a.test", '
            '"x\\r\\nBcc: evil@c.test\\n\\nbody")')
    report = got()
    equal(report["Bcc"], None)
    equal(report["Subject"], "x  Bcc: evil@c.test  body")
    reflect('reflect("seal@mx.b.test", "ann@a.test", '
            '"=?utf-8?Q?a=0D=0ABcc:_evil@c.test?=")')
    equal(got()["Bcc"], None)


@test("a note stays within its part, whatever is in it")
def inject_note():
    reflect('reflect("seal@mx.b.test", "ann@a.test", nil, '
            '"a\\r\\n.\\r\\nQUIT\\r\\n--=_x--\\r\\nFrom: x")')
    report = got()
    equal(len(list(report.iter_attachments())), 1)
    holds(words_of(report), "a\n.\nQUIT\n--=_x--\nFrom: x\n")


BAD_ADDRESSES = [
    "", " ", "ann", "@a.test", "ann@", "ann@a.test, bob@a.test",
    "ann@a.test\\r\\nBcc: evil@c.test", "ann@a.test\\nX: y", "ann\\n@a.test",
    "a b@a.test", '\\"a b\\"@a.test', "ann@a.test\\t", "ann@a..test",
    "x: ann@a.test;", "\\195\\188@a.test", "a" * 65 + "@a.test",
    "a@" + "x." * 130 + "test", "<ann@a.test", "ann@a.test>", "..@a.test",
]


@test("what is no address is refused, as sender and as recipient")
def bad_addresses():
    calls = "".join(f'reflect("{bad}", "ann@a.test") '
                    f'reflect("seal@b.test", "ann@a.test;{bad}")\n'
                    for bad in BAD_ADDRESSES)
    out = reflect(calls)
    equal(out.err.count("gave -3"), 2 * len(BAD_ADDRESSES), out.err)
    lacks(out.err, "gave 1")
    nothing_sent()


@test("a recipient that looks like an option is none")
def dash():
    reflect('reflect("seal@b.test", "-oQ/tmp@a.test;-X/tmp/x@a.test")')
    with open("args", encoding="utf-8") as file:
        equal(file.read().split("\n")[3:],
              ["--", "-oQ/tmp@a.test", "-X/tmp/x@a.test", ""])


@test("fifty recipients are the most")
def many():
    out = reflect('local t = {} for i = 1, 50 do t[i] = "r" .. i .. "@a.test" '
                  'end local all = table.concat(t, ";") '
                  'reflect("s@b.test", all) '
                  'reflect("s@b.test", all .. ";more@a.test")')
    holds(out.err, "gave 1")
    holds(out.err, "gave -3")
    with open("args", encoding="utf-8") as file:
        equal(len(file.read().split("\n")), 4 + 50 + 1)


@test("a ninth report about one message is not sent")
def nine():
    out = reflect((PLAIN + "\n") * 9)
    equal(out.err.count("gave 1"), 8, out.err)
    equal(out.err.count("gave 0"), 1, out.err)
    holds(out.err, "no more than 8 reports")


@test("mail with the null sender gets no report (loops)")
def null_sender():
    out = reflect(sender="", options=f'report_command = "{sendmail()}" '
                  "debug_level = NOTICE")
    holds(out.err, "gave 1")
    holds(out.err, "null sender")
    nothing_sent()


@test("automatic mail gets no report (RFC 3834), but Auto-Submitted: no does")
def automatic():
    options = f'report_command = "{sendmail()}" debug_level = NOTICE'
    for value in b"auto-replied", b"auto-generated; x=y", b"no-one", b"":
        out = reflect(mail=b"Auto-Submitted: " + value + b"\r\n" + signed(),
                      options=options)
        holds(out.err, "it is automatic itself")
        nothing_sent()
    reflect(mail=b"auto-submitted:\tno (really)\r\n" + signed())
    equal(got()["To"], "ann@a.test")


@test("each phase gives what the reference says")
def phases():
    for callout, arguments, gives in (
            ("validate_connect", "ac, vctx", "-1"),
            ("validate_ehlo", "str, ac, vctx", "-1"),
            ("validate_mailfrom", "str, ac, vctx", "1"),
            ("validate_rcptto", "msg, str, ac, vctx", "1"),
            ("validate_rcptto_list_final", "node, vctx", "1"),
            ("validate_data", "msg, ac, vctx", "-2"),
            ("validate_data_spool", "msg, ac, vctx", "-2"),
            ("core_final_validation", "msg, ac, vctx", "-2")):
        out = run({"policy.lua": script(PLAIN, callout, arguments)},
                  mail=signed(), rcpts=("bob@b.test",),
                  conf=validating(f'report_command = "{sendmail()}"'))
        holds(out.err, f"gave {gives}\n", callout)
        if gives == "1":
            os.unlink("got")
        nothing_sent()


@test("0 without a stanza, an enabled one, or a way to send")
def not_configured():
    out = run({"policy.lua": script(PLAIN)}, mail=signed())
    holds(out.err, "gave 0\n")
    for options, words in (
            ("enabled = false", ""),
            ('report_command = ""', "neither report_relay nor report_command"),
            ('report_command = "/nowhere/sendmail"',
             "'/nowhere/sendmail': No such file")):
        out = reflect(options=options)
        holds(out.err, "gave 0\n")
        holds(out.err, words)


@test("a wrong sender or list in a script is an error there")
def wrong_types():
    for arguments in "nil, 'a@a.test'", "'a@a.test', {}", "'a@a.test'":
        out = reflect(f"reflect({arguments})", status=DEFERRED)
        holds(out.err, "policy.lua")


@test("a command that fails is logged with the message and what it said")
def failing():
    command = sendmail('echo "no\nroom" >&2\nexit 75')
    out = reflect(options=f'report_command = "{command}"')
    holds(out.err, "the report about message '")
    holds(out.err, f"is lost: {command} ended with status 75: no room")
    command = sendmail("kill -TERM $$")
    out = reflect(options=f'report_command = "{command}"')
    holds(out.err, "was ended by signal 15")


@test("a program that reads nothing, or cannot be run, is no trouble")
def odd_programs():
    for body, words in (("#!/bin/sh\nexec <&-\nexit 1\n", "status 1"),
                        ("#!/nowhere/interpreter\n", "cannot be run"),
                        ("#!/bin/sh\nexit 0\n", None)):
        with open("odd", "w", encoding="utf-8") as file:
            file.write(body)
        os.chmod("odd", 0o755)
        out = reflect('reflect("s@b.test", "a@a.test", nil, '
                      '("x"):rep(16000))', mail=b"X-A: " + b"a" * 60000 +
                      b"\r\n" + LETTER,
                      options=f'report_command = "{os.getcwd()}/odd"')
        if words is None:
            lacks(out.err, "is lost")
        else:
            holds(out.err, words)


@test("a program that does not end is ended, with its children")
def hanging():
    command = sendmail("sleep 1000 & wait")
    out = reflect(options=f'report_command = "{command}" report_timeout = 1')
    holds(out.err, "took more than 1 s")


@test("the program gets nothing of our environment")
def environment():
    os.environ["SECRET"] = "x"
    reflect()
    with open("env", encoding="utf-8") as file:
        lacks(file.read(), "SECRET")


@test("options that cannot work are told at once")
def options():
    for option, words in (('report_command = "sendmail -t"', "path from /"),
                          ('report_relay = "localhost"', "not HOST:PORT"),
                          ('report_relay = "a b:25"', "not HOST:PORT"),
                          ('report_relay = "h/x:25"', "not HOST:PORT"),
                          ('report_relay = "h:65536"', "not HOST:PORT"),
                          ('report_relay = "u@h:25"', "not HOST:PORT"),
                          ("report_timeout = 0", "not within 1 and 300")):
        holds(reflect(options=option, status=78).err, words)
    for option in 'report_relay = "[::1]:25"', 'report_relay = "h-1.x:25"':
        reflect('print("fine")', options=option)


class Relay:
    """A mail server for one connection, which answers as it is told."""

    def __init__(self, refuse=()):
        self.refuse, self.said, self.data = refuse, [], b""
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.listener.settimeout(15)
        port = self.listener.getsockname()[1]
        self.option = f'report_relay = "127.0.0.1:{port}" report_timeout = 20'
        self.thread = threading.Thread(target=self._serve, daemon=True)
        self.thread.start()

    def _serve(self):
        client, _ = self.listener.accept()
        with client, client.makefile("rb") as lines:
            client.sendall(b"220 relay.test\r\n")
            for line in lines:
                command = line.decode().strip()
                self.said.append(command)
                verb = command.split()[0].upper()
                if command in self.refuse:
                    client.sendall(b"550 5.1.1 not here\r\n")
                elif verb == "DATA":
                    client.sendall(b"354 go on\r\n")
                    for data in lines:
                        if data == b".\r\n":
                            break
                        self.data += data[data.startswith(b"."):]
                    client.sendall(b"250 taken\r\n")
                else:
                    client.sendall(b"250 fine\r\n" if verb != "QUIT"
                                   else b"221 bye\r\n")

    def done(self):
        self.thread.join(15)
        self.listener.close()
        return email.message_from_bytes(self.data,
                                        policy=email.policy.default)


@test("a relay gets it by SMTP, with the null sender")
def relay():
    server = Relay()
    out = reflect('reflect("seal@mx.b.test", "ann@a.test;log@b.test", nil, '
                  '"..\\n.\\nx")', options=server.option)
    report = server.done()
    lacks(out.err, "is lost")
    assert server.said[0].upper() == "EHLO MX.B.TEST", server.said
    mail = server.said[1].split()
    equal(" ".join(mail[:2]), "MAIL FROM:<>")
    equal(server.said[2:4], ["RCPT TO:<ann@a.test>", "RCPT TO:<log@b.test>"])
    equal((report["To"], report["Auto-Submitted"]),
          ("ann@a.test", "auto-generated"))
    holds(words_of(report), "..\n.\nx\n")


@test("a relay that refuses one recipient still gets it for the other")
def relay_one():
    server = Relay(refuse=("RCPT TO:<ann@a.test>",))
    out = reflect(options=server.option)
    equal(server.done()["To"], "ann@a.test")
    lacks(out.err, "is lost")


@test("a relay that refuses all, or is not there, is logged")
def relay_refuses():
    server = Relay(refuse=("RCPT TO:<ann@a.test>", "RCPT TO:<log@b.test>"))
    out = reflect(options=server.option)
    server.done()
    holds(out.err, "is lost: relay 127.0.0.1:")
    holds(out.err, "550")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    out = reflect(options=f'report_relay = "127.0.0.1:{port}"')
    holds(out.err, "is lost: relay 127.0.0.1:")


@test("a relay that says nothing costs the message nothing but its report")
def relay_silent():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        out = reflect(options=f'report_relay = "127.0.0.1:{port}" '
                      "report_timeout = 1")
    holds(out.err, "is lost: relay 127.0.0.1:")
    assert out.out.endswith(LETTER), out.out


main()
