"""What an operator can ask of a running mailseald: metrics by HTTP, totals of
signing over restarts and kills, and a line for each message.

usage: monitoring_test.py MAILSEALD MILTER_MTA MODULES OPENSSL DOCS
"""
import json
import os
import random
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request

sys.dont_write_bytecode = True  # the source tree stays as it is

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "cli"))

import openmetrics
from tap import equal, holds, lacks, main, test

MAILSEALD, MILTER_MTA, MODULES, OPENSSL, DOCS = map(os.path.abspath,
                                                    sys.argv[1:])
IS_ROOT = os.geteuid() == 0
PATIENCE = 60  # seconds, on a machine that is busy
MESSAGE = "From: x@{0}\r\nSubject: hello\r\n\r\nhello\r\n"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


class Daemon:
    """One that signs for a.test, has no key for c.test, and verifies."""

    def __init__(self, more=""):
        self.port = free_port()
        os.chmod(".", 0o777)
        if not os.path.exists("s1.key"):
            subprocess.run([OPENSSL, "genpkey", "-algorithm", "ed25519",
                            "-out", "s1.key"], check=True,
                           stdout=subprocess.DEVNULL)
            os.chmod("s1.key", 0o644)
        here = os.getcwd()
        with open("keys.zone", "w", encoding="ascii") as file:
            file.write("x.test. TXT \"nothing\"\n")
        with open("ecelerity.conf", "w", encoding="ascii") as file:
            file.write(f'''
module_path = ( "{MODULES}/dkim_sign" "{MODULES}/dkim_validate" )
{'user = "nobody"' if IS_ROOT else ''}
paniclog = "{here}/paniclog"
masterdb_file = "{here}/ecdb"
dns_zone_file = "{here}/keys.zone"
Milter_Listener {{ Listen "unix:{here}/socket" {{ }} }}
Metrics_Listener {{ Listen "127.0.0.1:{self.port}" {{ }} }}
dkim_sign "one" {{
  key = "{here}/%{{s}}.key"
  key_permissions = "any"
  selector = "s1"
  dk_domain "c.test" {{ key = "{here}/none.key" }}
}}
dkim_validate "v" {{ }}
{more}
''')
        os.chmod("ecelerity.conf", 0o644)
        with open("stderr", "wb") as err:
            self.process = subprocess.Popen(
                [MAILSEALD, "-c", "ecelerity.conf", "-f"], stderr=err,
                stdin=subprocess.DEVNULL)
        self.wait_for(lambda: os.path.exists("socket") and self.scrape())

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.terminate()
            self.process.wait(PATIENCE)
        lacks(read("stderr"), "Sanitizer")

    def wait_for(self, happens):
        end = time.monotonic() + PATIENCE
        while not happens():
            equal(self.process.poll(), None, read("stderr"))
            assert time.monotonic() < end, "waited in vain"
            time.sleep(0.02)

    def ask(self, path="/metrics", method="GET", accept=None):
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}{path}", method=method,
            headers={"Accept": accept} if accept else {})
        return urllib.request.urlopen(request, timeout=PATIENCE)

    def scrape(self):
        """Name with labels to value."""
        try:
            with self.ask() as answer:
                text = answer.read().decode()
        except urllib.error.URLError:
            return None
        return {line.rsplit(" ", 1)[0]: float(line.rsplit(" ", 1)[1])
                for line in text.splitlines() if not line.startswith("#")}

    def send(self, domain, times=1, rcpt="b.test"):
        self.send_text(MESSAGE.format(domain), domain, times, rcpt)

    def send_text(self, text, domain="a.test", times=1, rcpt="b.test"):
        with open("message", "w", encoding="ascii", newline="") as file:
            file.write(text)
        done = subprocess.run(
            [MILTER_MTA, f"unix:{os.getcwd()}/socket", "--from",
             f"x@{domain}", "--rcpt", f"y@{rcpt}", *["message"] * times],
            capture_output=True, text=True, timeout=PATIENCE, check=False)
        equal(done.returncode, 0, done.stdout + done.stderr)


def saved():
    with sqlite3.connect("ecdb") as db:
        return dict(db.execute('SELECT binding, processed FROM '
                               '"signing_stats::binding" WHERE kind="dkim"'))


@test("metrics say what became of messages, and who signed")
def counts():
    with Daemon() as daemon:
        daemon.send("a.test", 3)
        daemon.send("c.test")
        found = daemon.scrape()
        for sample, value in {
                'mailseal_messages_total{action="accept"}': 4,
                'mailseal_messages_total{action="reject"}': 0,
                'mailseal_dkim_signatures_total{class="author"}': 3,
                'mailseal_dkim_verified_total{result="none"}': 4,
                'mailseal_errors_total{kind="signing"}': 1,
                'mailseal_signing_processed_total{kind="dkim"}': 4,
                'mailseal_signing_signed_total{kind="dkim"}': 3,
                'mailseal_keycache_hits_total{module="dkim_sign",'
                'stanza="one"}': 2,
                'mailseal_dns_query_seconds_count': 0,
        }.items():
            equal(found[sample], value, sample)
        assert found["process_resident_memory_bytes"] > 1 << 20, found
        assert found["process_open_fds"] > 3, found


# What the issue of an operator may be about, and the metric that says it.
METRICS = {
    "messages": "mailseal_messages",
    "verdicts by result": "mailseal_dkim_verified",
    "signatures by domain class": "mailseal_dkim_signatures",
    "key-cache hits": "mailseal_keycache_hits",
    "DNS latency": "mailseal_dns_query_seconds",
    "errors by kind": "mailseal_errors",
    "memory": "process_resident_memory_bytes",
    "connections": "mailseal_connections",
}


@test("to who asks for it the text is OpenMetrics, to the letter")
def open_metrics():
    odd = 'sign "o\\"d\\\\d" { selector = x key = "/none" }\n'
    others = 'dk_validate "w" { }\n'
    with Daemon(f"dkim_{odd}dk_{odd}{others}") as daemon:
        daemon.send("a.test")
        with daemon.ask(accept="application/openmetrics-text") as answer:
            holds(answer.headers["Content-Type"],
                  "application/openmetrics-text; version=1.0.0")
            families = openmetrics.parse(answer.read().decode())
        for about, name in METRICS.items():
            assert name in families, about
        equal(families["mailseal_dns_query_seconds"].type, "histogram")
        equal(families["mailseal_dns_query_seconds"].unit, "seconds")
        equal({dict(labels)["stanza"] for _, labels
               in families["mailseal_keycache_hits"].samples},
              {"one", "v", "w", 'o"d\\d'})
        with daemon.ask() as answer:
            holds(answer.headers["Content-Type"], "version=0.0.4")
            text = answer.read().decode()
        holds(text, "# TYPE mailseal_messages_total counter")
        lacks(text, "# UNIT")
        lacks(text, "# EOF")
        ask_only_what_is_there(families)


def ask_only_what_is_there(families):
    """The dashboard, and the alarms that docs/monitoring.md proposes."""
    known = {sample[0] for family in families.values()
             for sample in family.samples}
    labels = {"instance", "job", "le"} | {
        name for family in families.values() for sample in family.samples
        for name, _ in sample[1]}
    queries = list(expressions(json.loads(read(f"{DOCS}/grafana.json"))))
    assert len(queries) > 10, queries
    queries += re.findall(r"^    (.*mailseal_.*)$",
                          read(f"{DOCS}/monitoring.md"), re.M)
    for query in queries:
        for name in re.findall(r"\b(?:mailseal|process)_\w+", query):
            assert name in known, (name, query)
        for names in re.findall(r"\b(?:by|on) \(([^)]*)\)", query):
            for name in names.split(", "):
                assert name in labels, (name, query)
    for name in re.findall(r"`(mailseal_\w+|process_\w+)",
                           read(f"{DOCS}/monitoring.md")):
        assert name in known | set(families), name


def expressions(part):
    if isinstance(part, dict):
        for name, value in part.items():
            if name in ("expr", "query", "definition") and \
                    isinstance(value, str) and "_" in value:
                yield value
            else:
                yield from expressions(value)
    elif isinstance(part, list):
        for value in part:
            yield from expressions(value)


@test("other paths and methods get an answer that says so")
def other_requests():
    with Daemon() as daemon:
        for path, method, status in (("/secrets", "GET", 404),
                                     ("/metrics", "POST", 405),
                                     ("/metrics", "DELETE", 405)):
            try:
                daemon.ask(path, method).close()
                status_came = 200
            except urllib.error.HTTPError as error:
                status_came = error.code
            equal(status_came, status, method + path)
        with socket.create_connection(("127.0.0.1", daemon.port)) as rude:
            rude.sendall(b"GET /" + b"a" * 100000)
        assert daemon.scrape(), "it serves on"


@test("totals are there again after a stop, and after a kill those last saved")
def restarts():
    with Daemon("permastore_interval = 1") as daemon:
        daemon.send("a.test", 2)
        daemon.process.terminate()
        equal(daemon.process.wait(PATIENCE), 0)
        equal(saved(), {"default": 2})
    with Daemon("permastore_interval = 1") as daemon:
        equal(daemon.scrape()['mailseal_signing_signed_total{kind="dkim"}'], 2)
        daemon.send("a.test", 3)
        daemon.wait_for(lambda: saved() == {"default": 5})
        daemon.process.send_signal(signal.SIGKILL)
        daemon.process.wait(PATIENCE)
    with Daemon() as daemon:
        equal(daemon.scrape()['mailseal_signing_processed_total'
                              '{kind="dkim"}'], 5)


def totals():
    """Signed messages in the file: of all, and of the only binding."""
    with sqlite3.connect("ecdb") as db:
        equal(db.execute("PRAGMA integrity_check").fetchall(), [("ok",)])
        return db.execute(
            'SELECT signed FROM "signing_stats::global" WHERE kind="dkim" '
            'UNION ALL '
            'SELECT signed FROM "signing_stats::binding" WHERE kind="dkim" '
            'AND binding="default"').fetchall()


@test("killed at any moment under load, totals never go back nor run ahead")
def killed():
    for name in ("ecdb", "paniclog"):
        if os.path.exists(name):
            os.unlink(name)
    name = 'mailseal_signing_signed_total{kind="dkim"}'
    moments = random.Random(6)
    kept = [(0,), (0,)]
    for _ in range(3):
        with Daemon("permastore_interval = 1") as daemon:
            equal(daemon.scrape()[name], kept[0][0])  # no more, and no less
            before = read("paniclog").count("result=signed")
            with open("message", "w", encoding="ascii", newline="") as file:
                file.write(MESSAGE.format("a.test"))
            with subprocess.Popen(
                    [MILTER_MTA, f"unix:{os.getcwd()}/socket", "--from",
                     "x@a.test", *["message"] * 20000],
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL) as load:
                daemon.wait_for(lambda: os.path.exists("ecdb") and
                                os.path.getsize("ecdb") > 0 and
                                totals() > kept)
                seen = totals()
                time.sleep(moments.uniform(0, 1))  # any moment will do
                daemon.process.send_signal(signal.SIGKILL)
                daemon.process.wait(PATIENCE)
                load.kill()
        # each one is counted before its line is written
        most = read("paniclog").count("result=signed") - before + 1
        for was, had, is_now in zip(kept, seen, totals()):
            equal(was < had <= is_now, True, f"{was} {had} {is_now}")
            equal(is_now[0] <= was[0] + most, True, f"{is_now} {was} {most}")
        kept = totals()
    with Daemon("permastore_interval = 1") as daemon:
        daemon.send("a.test", 2)
    equal(totals(), [(n + 2,) for n, in kept])


@test("a broken MasterDB_File is told of in one line, and mail goes on")
def broken_file():
    with open("ecdb", "w", encoding="ascii") as file:
        file.write("no database " * 100)
    os.chmod("ecdb", 0o666)
    with Daemon("permastore_interval = 1") as daemon:
        daemon.send("a.test")
        time.sleep(2.5)  # two times to save
        equal(read("paniclog").count("signing statistics cannot be read"), 1)
        holds(read("paniclog"), "not a database")
        equal(daemon.scrape()['mailseal_signing_signed_total{kind="dkim"}'], 1)
    holds(read("ecdb"), "no database")


@test("each message has a line: Log_Results, Log_Results_Format")
def result_lines():
    rows = (
        ("", [("signed", "a.test", "s1"), ("failed", "c.test", "s1")]),
        ('Log_Results = "failures"', [("failed", "c.test", "s1")]),
        ('Log_Results = "off"', []),
    )
    for more, wanted in rows:
        if os.path.exists("paniclog"):
            os.unlink("paniclog")
        with Daemon(more) as daemon:
            daemon.send("a.test")
            daemon.send("c.test")
        came = re.findall(r"\[info\] \S+: dkim_sign:one: result=(\S+) "
                          r"d=(\S+) s=(\S+) .*us=\d+$", read("paniclog"),
                          re.MULTILINE)
        equal(came, wanted, more)
    os.unlink("paniclog")
    with Daemon('Log_Results_Format = "json"') as daemon:
        daemon.send("c.test")
    lines = [json.loads(line.split("] ", 2)[2])
             for line in read("paniclog").splitlines() if "[info]" in line]
    equal([(line["module"], line["result"]) for line in lines],
          [("dkim_validate:v", "none"), ("dkim_sign:one", "failed")])
    holds(lines[1]["reason"], "none.key")
    assert lines[1]["id"] and lines[1]["microseconds"] >= 0, lines


@test("the line says how it came to that: scope, condition, key")
def how_it_came():
    here = os.getcwd()
    unsigned = "dkim_sign:one: result=unsigned from="
    more = ('dkim_sign "one" { dk_domain "d.test" {\n'
            'base_domain = "a.test" sign_condition = "auth_user" } }\n'
            'domain "off.test" { dkim = disabled }\n')
    with Daemon(more) as daemon:
        for domain, rcpt, part in (
                ("a.test", "b.test", f": result=signed d=a.test s=s1 "
                 f"scope=stanza key={here}/s1.key us="),
                ("c.test", "b.test", ': result=failed d=c.test s=s1 scope='
                 f'"dk_domain c.test" key={here}/none.key reason="'),
                ("d.test", "b.test", unsigned + 'd.test scope="dk_domain '
                 'd.test" condition=auth_user reason="sign_condition is in '
                 'neither context" us='),
                ("a.test", "off.test", unsigned + 'a.test scope="option dkim"'
                 ' reason="option dkim is disabled for every recipient" us=')):
            daemon.send(domain, rcpt=rcpt)
            holds(read("paniclog").splitlines()[-1], part, domain)
    with Daemon(more + 'Log_Results_Format = "json"') as daemon:
        daemon.send("d.test")
        told = json.loads(read("paniclog").splitlines()[-1].split("] ", 2)[2])
        equal({name: told[name] for name in ("module", "result", "from",
                                             "scope", "condition")},
              {"module": "dkim_sign:one", "result": "unsigned",
               "from": "d.test", "scope": "dk_domain d.test",
               "condition": "auth_user"})


def many_signatures(domains):
    """A message with a signature by each, none of which is worth anything."""
    return "".join(
        f"DKIM-Signature: v=1; a=rsa-sha256; d={domain}; s=s{number};\r\n"
        " h=From; bh=AAAA; b=AAAA\r\n"
        for number, domain in enumerate(domains)) + MESSAGE.format("a.test")


def info_lines(module):
    return [line.split("] ", 2)[2] for line in read("paniclog").splitlines()
            if "[info]" in line and module in line]


@test("a line names all of several signatures, and stays short")
def several_signatures():
    here = os.getcwd()
    stanza = 'dkim_sign "{}" {{ key = "{}" key_permissions = "any" ' \
             'selector = "{}" dk_domain "a.test" {{ ' \
             'base_domain = "list.test" }} }}\n'
    more = stanza.format("two", f"{here}/s1.key", "s1") + \
        stanza.format("three", f"{here}/none.key", "s3")
    long_name = ".".join(["x" * 60] * 3 + ["test"])
    if os.path.exists("paniclog"):
        os.unlink("paniclog")
    with Daemon(more) as daemon:
        daemon.send("a.test")
        (line,) = info_lines("dkim_sign")
        holds(line, ' count=3 signatures="signed d=a.test s=s1; '
              'signed d=list.test s=s1; failed d=list.test s=s3" us=')
        holds(line, "dkim_sign:three: result=incomplete d=list.test s=s3 ")
        lacks(info_lines("dkim_validate")[0], "count")
        daemon.send_text(many_signatures(["b.test", "c.test"]))
        holds(info_lines("dkim_validate")[1],
              'count=2 signatures="permerror d=b.test s=s0; '
              'permerror d=c.test s=s1" us=')
        daemon.send_text(many_signatures([long_name] * 20))
        line = info_lines("dkim_validate")[2]
        holds(line, " count=20 ")
        assert 1 < line.count(long_name) < 8 and " us=" in line, line
    os.unlink("paniclog")
    with Daemon(more + 'Log_Results_Format = "json"') as daemon:
        daemon.send("a.test")
        daemon.send_text(many_signatures([long_name] * 20))
    told = json.loads(info_lines("dkim_sign")[0])
    equal((told["count"], [(one["result"], one["domain"], one["selector"])
                           for one in told["signatures"]]),
          (3, [("signed", "a.test", "s1"), ("signed", "list.test", "s1"),
               ("failed", "list.test", "s3")]))
    told = json.loads(info_lines("dkim_validate")[1])
    equal((told["count"], told["signatures"][0]),
          (20, {"result": "permerror", "domain": long_name,
                "selector": "s0"}))
    assert len(told["signatures"]) < 8, told


@test("--inject --trace tells which scope decided, and what failed")
def traces():
    with Daemon():
        pass
    for domain, parts in (
            ("a.test", ("the stanza itself decides", "s1.key'",
                        "result=signed d=a.test s=s1")),
            ("c.test", ('dk_domain "c.test" decides', "none.key",
                        "result=failed"))):
        with open("message", "w", encoding="ascii", newline="") as file:
            file.write(MESSAGE.format(domain))
        for trace in (["--trace"], []):
            told = subprocess.run(
                [MAILSEALD, "-c", "ecelerity.conf", "--inject", "message",
                 "--rcpt", "y@b.test", *trace], capture_output=True,
                text=True, timeout=PATIENCE, check=True).stderr
            for part in parts:
                if trace:
                    holds(told, part, domain)
            if not trace:
                lacks(told, "decides")
                lacks(told, "result=")


@test("a wrong address of Metrics_Listener keeps the configuration out")
def wrong_address():
    with open("ecelerity.conf", "w", encoding="ascii") as file:
        file.write('Milter_Listener { Listen "unix:/nonexistent/s" { } }\n'
                   'Metrics_Listener { Listen "nowhere" { } }\n')
    done = subprocess.run([MAILSEALD, "-c", "ecelerity.conf", "-t"],
                          capture_output=True, text=True, check=False,
                          timeout=PATIENCE)
    equal(done.returncode, 78)
    holds(done.stderr, "ecelerity.conf:2")
    holds(done.stderr, "'nowhere' is not an address with a port")


if __name__ == "__main__":
    os.umask(0o022)
    main()
