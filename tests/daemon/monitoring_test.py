"""What an operator can ask of a running mailseald: metrics by HTTP, totals of
signing over restarts and kills, and a line for each message.

usage: monitoring_test.py MAILSEALD MILTER_MTA MODULES OPENSSL
"""
import json
import os
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

from tap import equal, holds, lacks, main, test

MAILSEALD, MILTER_MTA, MODULES, OPENSSL = map(os.path.abspath, sys.argv[1:])
IS_ROOT = os.geteuid() == 0
PATIENCE = 60  # seconds, on a machine that is busy
MESSAGE = "From: x@{0}\r\nSubject: hello\r\n\r\nhello\r\n"
SAMPLE = re.compile(r'^([a-z_]+)(?:\{([a-z]+="[^"]*"(?:,[a-z]+="[^"]*")*)\})?'
                    r' ([0-9.e+-]+)$')


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

    def send(self, domain, times=1):
        with open("message", "w", encoding="ascii", newline="") as file:
            file.write(MESSAGE.format(domain))
        done = subprocess.run(
            [MILTER_MTA, f"unix:{os.getcwd()}/socket", "--from",
             f"x@{domain}", "--rcpt", "y@b.test", *["message"] * times],
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


@test("the text is OpenMetrics to who asks for that: families together, EOF")
def open_metrics():
    with Daemon() as daemon:
        with daemon.ask(accept="application/openmetrics-text") as answer:
            holds(answer.headers["Content-Type"],
                  "application/openmetrics-text; version=1.0.0")
            lines = answer.read().decode().splitlines()
        equal(lines[-1], "# EOF")
        family, seen = None, set()
        for line in lines[:-1]:
            if line.startswith("# TYPE "):
                family, kind = line.split()[2:]
                assert family not in seen, line
                seen.add(family)
            elif not line.startswith(f"# HELP {family} "):
                match = SAMPLE.match(line)
                assert match is not None, line
                allowed = {"counter": ["_total"], "gauge": [""],
                           "histogram": ["_bucket", "_count", "_sum"]}[kind]
                assert match[1] in [family + end for end in allowed], line
        with daemon.ask() as answer:
            holds(answer.headers["Content-Type"], "version=0.0.4")
            holds(answer.read().decode(),
                  "# TYPE mailseal_messages_total counter")


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
