"""mailseald as its users see it: -t, --inject, and what it says when something
is wrong.

usage: mailseald_test.py MAILSEALD ECXS PROBE-FOLDER MAN-FOLDER
"""
import os
import random
import re
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True  # the source tree stays as it is

from tap import Skip, equal, holds, lacks, main, test

MAILSEALD, ECXS, PROBE, MAN = map(os.path.abspath, sys.argv[1:5])

ACCEPTED, REJECTED, USAGE, NOINPUT, IO = 0, 1, 64, 66, 74
DEFERRED, CONFIG, DISCARDED = 75, 78, 99

MODULES = tempfile.TemporaryDirectory()

MAIL = (b"Received: from x\r\n\tby y\r\n"
        b"From:  odd   spaces <f@a.test>\r\n"
        b"Subject : before the colon\r\n"
        b"Subject:\r\n folded\r\n"
        b"no field at all\r\n"
        b"X-Empty:\r\n"
        b"\r\n"
        b".dot\r\n..two\r\nlone \n LF\r\nlast without end")


def run(*arguments, stdin=b""):
    done = subprocess.run([MAILSEALD, *map(str, arguments)], input=stdin,
                          capture_output=True, timeout=60, check=False)
    done.err = done.stderr.decode()
    return done


def build_probe():
    done = subprocess.run(
        [sys.executable, ECXS, "-c", "-o",
         os.path.join(MODULES.name, "probe.so"),
         os.path.join(PROBE, "probe.c")],
        capture_output=True, check=False)
    if done.returncode != 0:
        raise AssertionError(done.stderr.decode())


def config(text="", probe=True):
    with open("ecelerity.conf", "w", encoding="ascii") as file:
        file.write(f'Module_Path = ( "{MODULES.name}" )\n')
        if probe:
            file.write('probe "p" { }\n')
        file.write(text)
    return "ecelerity.conf"


def inject(mail, *arguments, conf="", probe=True):
    return run("-c", config(conf, probe), "--inject", "-", *arguments,
               stdin=mail)


def accepted(mail, *arguments, **rest):
    done = inject(mail, *arguments, **rest)
    equal(done.returncode, ACCEPTED, done.err)
    equal(done.err, "")
    return done.stdout


def probing(*wishes, mail=MAIL, end=b"\r\n"):
    """The mail with wishes below its header fields."""
    head, body = mail.split(end + end, 1)
    fields = b"".join(b"X-Probe: " + wish.encode() + end for wish in wishes)
    return head + end + fields + end + body


@test("mail that nobody edits comes out byte for byte")
def unedited():
    for mail in (MAIL, MAIL.replace(b"\r\n", b"\n"), b"", b"\r\n", b"\n",
                 b"A: b", b"A: b\r\n", b"A: b\n", b"\r\nbody", b" A: b\n\nx",
                 b"A: b\r\n\r\n", b"A: b\n\nx\r\ny\n", b"A: \0b\n\n\0\n",
                 b"A: b\r\n\r\r\n\r\n", b"From x y\nA: b\n\nx"):
        equal(accepted(mail, probe=False), mail)
        equal(accepted(mail, "--rcpt", "t@b.test"), mail)


@test("random bytes come out as they went in, in one edit and in none")
def random_mail():
    chance = random.Random(7)
    for _ in range(60):
        mail = bytes(chance.choice(b"a: \t\r\n\n.\0") for _ in
                     range(chance.randrange(60)))
        equal(accepted(mail, probe=False), mail)


@test("an edited field leaves all other bytes alone")
def edited():
    for end in (b"\r\n", b"\n"):
        mail = MAIL.replace(b"\r\n", end)
        sent = probing("prepend X-New v", "append X-Last w", "remove Received",
                       mail=mail, end=end)
        head, body = sent.split(end + end, 1)
        wanted = (b"X-New: v" + end +
                  head[head.index(b"From:"):] + end +
                  b"X-Last: w" + end + end + body)
        equal(accepted(sent), wanted)


@test("a message without an empty line is edited, too")
def header_only():
    equal(accepted(b"A: b\nX-Probe: prepend N v"),
          b"N: v\nA: b\nX-Probe: prepend N v\n")
    equal(accepted(b"X-Probe: prepend N v\r\n"),
          b"N: v\r\nX-Probe: prepend N v\r\n")


@test("a new body is written in the line ends of the file")
def new_body():
    for end in (b"\r\n", b"\n"):
        mail = b"X-Probe: body one||two|" + end + end + b"old" + end
        equal(accepted(mail), b"X-Probe: body one||two|" + end + end +
              b"one" + end + end + b"two" + end)


@test("20 MB pass through a temporary file, edited and not")
def large():
    body = b"".join(b"%072d\r\n" % n for n in range(270000))
    for threshold in ("1000", "100000000"):
        conf = f"Large_Message_Threshold = {threshold}\n"
        mail = b"A: b\r\n\r\n" + body
        assert accepted(mail, conf=conf) == mail, "unedited"
        mail = b"X-Probe: prepend N v\r\n\r\n" + body
        assert accepted(mail, conf=conf) == b"N: v\r\n" + mail, "edited"


@test("replies and exit status tell what became of the message")
def verdicts():
    for wishes, status, words in (
            (["code 550 5.7.1 not here"], REJECTED, "550 5.7.1 not here\n"),
            (["code 450 4.2.0 later"], DEFERRED, "450 4.2.0 later\n"),
            (["final 1"], REJECTED, "550 5.7.1 refused by policy\n"),
            (["final 2"], DEFERRED, "451 4.7.1 try again later\n"),
            (["discard"], DISCARDED,
             "discarded: 550 5.7.0 discarded by policy\n"),
            (["discard", "code 550 5.7.1 more"], REJECTED,
             "550 5.7.1 more\n")):
        done = inject(probing(*wishes))
        equal(done.returncode, status, wishes)
        equal(done.err, words, wishes)
        equal(done.stdout, b"", wishes)


@test("held mail is accepted and says so")
def held():
    mail = probing("hold")
    done = inject(mail)
    equal(done.returncode, ACCEPTED)
    equal(done.err, "held: held by policy\n")
    equal(done.stdout, mail)


@test("a module that asks for a little time gets it")
def again():
    accepted(probing("again"))


@test("the message goes on to the recipients that were taken")
def recipients():
    done = inject(b"A: b\n\n", "--rcpt", "refuse@b.test", "--rcpt",
                  "t@b.test")
    equal(done.returncode, ACCEPTED)
    equal(done.err, "refuse@b.test: 550 5.1.1 no such user\n")
    done = inject(b"A: b\n\n", "--rcpt", "refuse@b.test")
    equal(done.returncode, REJECTED)
    equal(done.err, "550 5.1.1 no such user\n")
    done = inject(b"A: b\n\n", "--rcpt", "no address")
    equal(done.returncode, REJECTED)
    holds(done.err, "501 5.1.3")


def variable(name, *arguments, conf=""):
    out = accepted(b"X-Probe: variable " + name.encode() + b"\n\n",
                   *arguments, conf=conf).decode()
    return out.splitlines()[0].removeprefix(f"X-Variable: {name}=")


@test("what is told on the command line reaches policy")
def variables():
    equal(variable("auth_user", "--auth", "joe"), "joe")
    equal(variable("auth_status", "--auth", "joe"), "pass")
    equal(variable("can_relay", "--auth", "joe"), "true")
    equal(variable("ehlo_domain", "--helo", "c.test"), "c.test")
    equal(variable("ehlo_string", "--helo", "c.test"), "EHLO c.test")
    equal(variable("auth_user"), "")


@test("relay_hosts and context hold for the client's address")
def relaying():
    conf = ('Relay_Hosts = ( 192.0.2.0/24 2001:db8::/32 )\n'
            'Milter_Listener { Peer "198.51.100.0/24" '
            '{ Open_Relay = true Context = [ zone = "near" ] } }\n')
    for client, relays, zone in (
            ("192.0.2.77", "true", ""), ("192.0.3.1", "", ""),
            ("2001:db8::5", "true", ""), ("2001:db9::5", "", ""),
            ("198.51.100.9", "true", "near")):
        equal(variable("can_relay", "--client", client, conf=conf), relays,
              client)
        equal(variable("zone", "--client", client, conf=conf), zone, client)


@test("__bypass_MODULE and enabled = false leave a module out")
def left_out():
    mail = b"X-Probe: code 550 no\n\n"
    equal(accepted(mail, "--client", "192.0.2.1", conf='Milter_Listener { '
                   'Peer "0.0.0.0/0" { Context = [ __bypass_probe = "true" ] '
                   '} }\n'), mail)
    equal(accepted(mail, conf='probe "p" { enabled = false }\n'), mail)
    equal(inject(mail).returncode, REJECTED)


@test("-t says that a good configuration is fine")
def check_good():
    done = run("-t", "-c", config())
    equal(done.returncode, 0, done.err)
    equal(done.stdout, b"ecelerity.conf: configuration is fine\n")
    equal(done.err, "")


@test("-t tells every error with file and line, and exits with 78")
def check_bad():
    done = run("-t", "-c", config('Hostnam = "x"\n'
                                  'Relay_Hosts = ( 1.2.3.4/99 )\n\n'
                                  'Large_Message_Threshold = much\n'))
    equal(done.returncode, CONFIG)
    equal(done.stdout, b"")
    equal(re.findall(r"^ecelerity\.conf:(\d+): ", done.err, re.M),
          ["3", "4", "6"])


@test("a wrong configuration stops --inject and the daemon as well")
def bad_elsewhere():
    for more in (["--inject", "-"], [], ["-f"]):
        done = run("-c", config('nonsense = 1\n'), *more)
        equal(done.returncode, CONFIG, more)
        holds(done.err, "ecelerity.conf:3: ")
    done = run("-c", "absent.conf", "-t")
    equal(done.returncode, CONFIG)
    holds(done.err, "absent.conf")


@test("without a listener the daemon says what is missing")
def no_listener():
    done = run("-c", config())
    equal(done.returncode, CONFIG)
    holds(done.err, "no Milter_Listener")


@test("misuse is told in a line or two and exits with 64")
def misuse():
    for arguments in (["--nonsense"], ["-t", "--inject", "x"],
                      ["--from", "a@b"], ["-t", "operand"],
                      ["--inject", "x", "--client", "host.test"],
                      ["--inject"], ["-c"]):
        done = run(*arguments)
        equal(done.returncode, USAGE, arguments)
        holds(done.err, "mailseald --help", arguments)
        equal(done.stdout, b"", arguments)


@test("a message that cannot be read exits with 66")
def unreadable():
    done = run("-c", config(), "--inject", "absent.eml")
    equal(done.returncode, NOINPUT)
    holds(done.err, "absent.eml: cannot be read: No such file")
    equal(run("-c", config(), "--inject", ".").returncode, NOINPUT)


@test("a result that cannot be written exits with 74")
def unwritable():
    if not os.path.exists("/dev/full"):
        raise Skip("/dev/full is missing")
    with open("/dev/full", "wb") as full:
        done = subprocess.run(
            [MAILSEALD, "-c", config(), "--inject", "-"], input=MAIL,
            stdout=full, stderr=subprocess.PIPE, check=False, timeout=60)
    equal(done.returncode, IO)
    holds(done.stderr.decode(), "cannot be written")


LONE = b"X: 1\r\nA: b\nc\rd\r\nB: e\r\r\n\r\nx\ny\rz\r\r\n\n\r"


@test("CR and LF alone are kept, mended or refused, as the options say")
def lone_line_ends():
    equal(accepted(LONE), LONE)
    equal(accepted(LONE, conf="rfc2822_lone_lf_in_body = fix\n"),
          LONE.split(b"\r\n\r\n", 1)[0] + b"\r\n\r\n"
          b"x\r\ny\r\nz\r\n\r\n\r\n\r\n")
    equal(accepted(LONE, conf="rfc2822_lone_lf_in_headers = fix\n"),
          b"X: 1\r\nA: b\r\n\tc\r\n\td\r\nB: e\r\n" +
          LONE[LONE.index(b"\r\n\r\nx") + 2:])
    for where in ("header", "body"):
        option = "headers" if where == "header" else where
        done = inject(LONE, conf=f"RFC2822_Lone_LF_In_{option} = pedantic\n")
        equal(done.returncode, REJECTED)
        equal(done.err, f"550 5.6.0 CR or LF alone in the {where}\n")
    clean = b"A: b\r\n c\r\n\r\nbody\r\n\r\n"
    equal(accepted(clean, conf="rfc2822_lone_lf_in_body = pedantic\n"
                   "rfc2822_lone_lf_in_headers = pedantic\n"), clean)


@test("what a full spool does to a message is an option, tempfail at first")
def no_spool():
    mail = MAIL * 10
    for more, status, words in (
            ("", DEFERRED, "451 4.3.0 internal error, try again later\n"),
            ("On_Internal_Error = reject\n", REJECTED,
             "554 5.3.0 internal error\n"),
            ("On_Internal_Error = accept\n", ACCEPTED, "")):
        done = inject(mail, conf='Large_Message_Threshold = 10\n'
                      'Spool_Directory = "/nonexistent"\n' + more)
        equal(done.returncode, status, more)
        holds(done.err, "body: cannot be kept: No such file")
        assert done.err.endswith(words), done.err
        equal(done.stdout, mail if status == ACCEPTED else b"", more)


@test("the manual page names every option of --help")
def manual():
    shown = run("--help").stdout.decode()
    with open(os.path.join(MAN, "mailseald.8"), encoding="utf-8") as file:
        page = file.read()
    options = set(re.findall(r"^ +(-\w)\b", shown, re.M))
    options |= set(re.findall(r"--([a-z-]+)", shown))
    assert len(options) >= 12, options
    for option in options:
        holds(page, "Fl " + (option[1:] if len(option) == 2 and
                             option[0] == "-" else "-" + option), option)


@test("--version and --options-doc answer on standard output")
def answers():
    done = run("--version")
    equal(done.returncode, 0)
    assert re.fullmatch(rb"mailseald \d+\.\d+\.\d+\n", done.stdout)
    done = run("--options-doc")
    equal(done.returncode, 0, done.err)
    holds(done.stdout.decode().lower(), "large_message_threshold")
    lacks(done.stdout.decode(), "\r")


if __name__ == "__main__":
    build_probe()
    main()
