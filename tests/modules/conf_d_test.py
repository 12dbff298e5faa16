"""The ready configurations, and the modules through mailseald --inject.

usage: conf_d_test.py MAILSEAL MAILSEALD CONF.D MODULES
"""
import os
import shutil
import socket
import subprocess
import sys

sys.dont_write_bytecode = True  # the source tree stays as it is
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "cli"))

from tap import equal, holds, lacks, main, test

MAILSEAL, MAILSEALD, CONF_D, MODULES = map(os.path.abspath, sys.argv[1:5])

MESSAGE = (b"From: Ada <ada@example.com>\r\n"
           b"To: bob@example.net\r\n"
           b"Subject: seals\r\n"
           b"Date: Thu, 01 Jan 2026 12:00:00 +0000\r\n"
           b"Message-ID: <1@example.com>\r\n"
           b"\r\n"
           b"One line.  \r\n"
           b"..\r\n"
           b".\r\n")


def run(*arguments, status=0, stdin=b""):
    done = subprocess.run(arguments, input=stdin, capture_output=True,
                          timeout=60, check=False)
    equal(done.returncode, status, f"{arguments} said {done.stderr!r}")
    return done


def write(path, content):
    with open(path, "wb") as file:
        file.write(content if isinstance(content, bytes)
                   else content.encode())
    return path


def quickstart():
    """conf.d, and in build/quickstart what scripts/quickstart leaves."""
    shutil.copytree(CONF_D, "conf.d")
    os.makedirs("build/quickstart")
    zone = b""
    for kind in "rsa", "ed25519":
        run(MAILSEAL, "keygen", "--domain", "example.com", "--selector", kind,
            "--type", kind, "--out", "build/quickstart")
        with open(f"build/quickstart/{kind}.txt", "rb") as record:
            zone += record.read()
    here = os.getcwd() + "/build/quickstart"
    write("build/quickstart/keys.zone", zone)
    return write("build/quickstart/ecelerity.conf",
                 'include "../../conf.d/both.conf"\n'
                 f'module_path = ( "{MODULES}" )\n'
                 'hostname = "mail.example.net"\n'
                 f'dns_zone_file = "{here}/keys.zone"\n'
                 f'dkim_sign "rsa" {{ key = "{here}/rsa.key" }}\n'
                 f'dkim_sign "ed25519" {{ key = "{here}/ed25519.key" }}\n')


def domainkeys(signing, validating):
    """The same with domainkeys.conf, and a key for it."""
    path = quickstart()
    run(MAILSEAL, "keygen", "--domain", "example.com", "--selector", "dk",
        "--out", "build/quickstart")
    with open("build/quickstart/dk.txt", "rb") as record, \
            open("build/quickstart/keys.zone", "ab") as zone:
        zone.write(record.read())
    with open(path, "a", encoding="utf-8") as config:
        config.write('include "../../conf.d/domainkeys.conf"\n'
                     f'dk_sign "dk_sign1" {{ key = "{os.getcwd()}'
                     f'/build/quickstart/dk.key" {signing} }}\n'
                     f'dk_validate "dk_validate1" {{ {validating} }}\n')
    return path


def inject(config, message, *more, status=0):
    return run(MAILSEALD, "-c", config, "--inject", write("in.eml", message),
               "--from", "ada@example.com", "--rcpt", "bob@example.net",
               *more, status=status)


@test("each of the ready configurations is a good one, as it is")
def each_is_good():
    for name in os.listdir(CONF_D):
        if name.endswith(".conf"):
            run(MAILSEALD, "-c", os.path.join(CONF_D, name), "-t")


@test("the same files are good where they are installed, in one directory")
def elsewhere():
    shutil.copytree(CONF_D, "etc/mailseal")
    run(MAILSEALD, "-c", "etc/mailseal/ecelerity.conf", "-t")


@test("mailseald serves with it, and stops when told")
def serves():
    shutil.copytree(CONF_D, "conf.d")
    path = os.getcwd() + "/milter.sock"
    with open("conf.d/milter.conf", encoding="utf-8") as file:
        text = file.read()
    # the port of an installed one may be in use here
    write("conf.d/milter.conf",
          text.replace("inet:8895@127.0.0.1", f"unix:{path}"))
    with subprocess.Popen([MAILSEALD, "-f", "-c", "conf.d/ecelerity.conf"],
                          stderr=subprocess.PIPE, text=True) as daemon:
        try:
            holds(daemon.stderr.readline(), "serves mail")
            with socket.socket(socket.AF_UNIX) as mta:
                mta.connect(path)
        finally:
            daemon.terminate()
        daemon.stderr.read()
        equal(daemon.wait(60), 0)


@test("without keys and without edits mail goes on as it came")
def no_keys():
    equal(inject(os.path.join(CONF_D, "ecelerity.conf"), MESSAGE,
                 "--client", "127.0.0.1").stdout, MESSAGE)


@test("mail of a relay client comes out with two signatures that verify")
def signs():
    signed = inject(quickstart(), MESSAGE, "--client", "127.0.0.1").stdout
    assert signed.endswith(MESSAGE), signed
    done = run(MAILSEAL, "verify", "--zone", "build/quickstart/keys.zone",
               write("signed.eml", signed))
    equal(done.stdout.count(b"pass d=example.com"), 2, done.stdout)


@test("mail from elsewhere is left as it was")
def leaves_alone():
    equal(inject(quickstart(), MESSAGE, "--client", "192.0.2.1").stdout,
          MESSAGE)


@test("signed mail that comes back gets Authentication-Results")
def validates():
    config = quickstart()
    signed = inject(config, MESSAGE, "--client", "127.0.0.1").stdout
    back = inject(config, signed, "--client", "192.0.2.1").stdout
    assert back.startswith(b"Authentication-Results: mail.example.net;"), back
    assert back.endswith(signed), back
    equal(back.count(b"dkim=pass"), 2, back)


@test("domainkeys.conf signs beside DKIM, and finds both good")
def both_kinds():
    config = domainkeys("", "authentication_results = true")
    signed = inject(config, MESSAGE, "--client", "127.0.0.1").stdout
    equal(signed.count(b"\nDKIM-Signature:") +
          signed.startswith(b"DKIM-Signature:"), 2, signed)
    equal(signed.count(b"DomainKey-Signature: a=rsa-sha1; q=dns; c=nofws; "
                       b"d=example.com; s=dk;"), 1, signed)
    back = inject(config, b"DomainKey-Status: bad\r\n" + signed,
                  "--client", "192.0.2.1").stdout
    equal(back.count(b"DomainKey-Status: good\r\n"), 1, back)
    equal(back.count(b"DomainKey-Status:"), 1, back)
    equal(back.count(b"Authentication-Results:"), 1, back)
    equal(back.count(b"dkim=pass"), 2, back)
    equal(back.count(b"domainkeys=pass"), 1, back)
    assert back.endswith(signed), back


@test("one byte changed is dkim=fail, and a forged field goes")
def one_byte():
    config = quickstart()
    signed = inject(config, MESSAGE, "--client", "127.0.0.1").stdout
    forged = b"Authentication-Results: mail.example.net; dkim=pass\r\n"
    back = inject(config, forged + signed.replace(b"One", b"0ne"),
                  "--client", "192.0.2.1").stdout.decode()
    equal(back.count("dkim=fail"), 2, back)
    lacks(back, "dkim=pass")
    equal(back.count("Authentication-Results"), 1, back)


@test("a file with bare LF is signed as it will be sent")
def bare_lf():
    config = quickstart()
    signed = inject(config, MESSAGE.replace(b"\r\n", b"\n"),
                    "--client", "127.0.0.1").stdout
    done = run(MAILSEAL, "verify", "--zone", "build/quickstart/keys.zone",
               write("signed.eml", signed))
    equal(done.stdout.count(b"pass d=example.com"), 2, done.stdout)


@test("a large body is signed and verified from its file")
def large_body():
    config = quickstart()
    large = MESSAGE + b"A line of some length to fill the body.\r\n" * 60000
    signed = inject(config, large, "--client", "127.0.0.1").stdout
    assert signed.endswith(large)
    done = run(MAILSEAL, "verify", "--zone", "build/quickstart/keys.zone",
               write("signed.eml", signed))
    equal(done.stdout.count(b"pass d=example.com"), 2, done.stdout)


@test("sign_failure ends --inject with 75 and 1, and the reply is told")
def failures():
    quickstart()
    for word, status, code in (("tempfail", 75, "451"), ("reject", 1, "550")):
        write("fail.conf", f'module_path = ( "{MODULES}" )\n'
              'dkim_sign "s" { selector = x key = "/nowhere/x.key" '
              f'sign_failure = {word} }}\n')
        done = inject("fail.conf", MESSAGE, status=status)
        equal(done.stdout, b"")
        holds(done.stderr.decode(), code)
        holds(done.stderr.decode(), "/nowhere/x.key")


@test("opendkim.conf signs in the place of signing.conf, not beside it")
def opendkim_takes_its_place():
    path = quickstart()
    with open(path, encoding="utf-8") as file:
        both = file.read()
    key = os.getcwd() + "/build/quickstart/rsa.key"
    config = both.replace('conf.d/both.conf"', 'conf.d/validating.conf"\n'
                          'include "../../conf.d/opendkim.conf"\n'
                          'relay_hosts = ( 127.0.0.0/8 )')
    config = config[:config.index('dkim_sign "rsa"')]
    signed = inject(write(path, config + 'opendkim "opendkim1" '
                          f'{{ key = "{key}" }}\n'), MESSAGE,
                    "--client", "127.0.0.1").stdout
    equal(inject(path, MESSAGE, "--client", "192.0.2.1").stdout, MESSAGE)
    back = inject(path, signed, "--client", "192.0.2.1").stdout.decode()
    holds(back, "dkim=pass")
    holds(back, "c=relaxed/relaxed;")
    write(path, 'include "../../conf.d/opendkim.conf"\n' + both)
    done = run(MAILSEALD, "-c", path, "-t", status=78)
    holds(done.stderr.decode(), "would both sign")


@test("--options-doc has a row for every option of both modules")
def manual():
    done = run(MAILSEALD, "--options-doc").stdout.decode()
    for option in ("base_domain", "sign_failure", "headerlist", "dkim",
                   "authserv_id", "max_signatures", "report_none"):
        holds(done, f"`{option}`")


main()
