"""Every command of the console, asked of a real mailseald by a real ec_console:
the documented layouts, line by line; the same as data; and what the commands
bring about.

usage: commands_test.py MAILSEALD EC_CONSOLE MILTER_MTA OPENSSL
"""
import json
import os
import re
import socket
import subprocess
import sys
import xml.etree.ElementTree

from scene import (CONSOLE, FOLDER, LOG, PATIENCE, SOCKET, Daemon, console,
                   equal, holds, main, test, wait_for)

MILTER_MTA, OPENSSL = map(os.path.abspath, sys.argv[3:5])
MILTER = f"unix:{FOLDER}/milter"
TEXT = f'''dns_zone_file = "{FOLDER}/keys.zone"
masterdb_file = "{FOLDER}/ecdb"
dkim_sign "one" {{
  key = "{FOLDER}/%{{s}}.key"
  key_permissions = "any"
  selector = "s1"
  dk_domain "c.test" {{ key = "{FOLDER}/none.key" }}
}}
dkim_validate "v" {{ }}
'''
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..",
                       "docs", "console.md"), encoding="utf-8") as manual:
    MANUAL = manual.read()
NUMBER, RATE = r" *\d+", r" *\d+\.\d\d"


def make_key():
    subprocess.run([OPENSSL, "genpkey", "-algorithm", "ed25519", "-out",
                    f"{FOLDER}/s1.key"], check=True,
                   stdout=subprocess.DEVNULL)
    os.chmod(f"{FOLDER}/s1.key", 0o644)


def prepare():
    make_key()
    with open(f"{FOLDER}/keys.zone", "w", encoding="ascii") as file:
        file.write('s1._domainkey.a.test. 300 IN TXT "v=DKIM1; " "p=MA"\n')
    os.chmod(f"{FOLDER}/keys.zone", 0o644)


def send(domain, rcpt="y@b.test"):
    """One message from a client on 127.0.0.1; what the MTA would hear."""
    with open(f"{FOLDER}/message", "w", encoding="ascii", newline="") as file:
        file.write(f"From: x@{domain}\r\nSubject: hello\r\n\r\nhello\r\n")
    done = subprocess.run([MILTER_MTA, MILTER, "--from", f"x@{domain}",
                           "--rcpt", rcpt, f"{FOLDER}/message"],
                          capture_output=True, text=True, timeout=PATIENCE,
                          check=False)
    equal(done.returncode, 0, done.stdout + done.stderr)


def answer(line):
    status, told = console(line)
    equal(status, 0, line + ": " + told)
    return told


def data(line):
    return json.loads(answer("json " + line))


def laid_out(line, patterns):
    """Each line of the answer is as its pattern says, and there are no more."""
    told = answer(line)
    lines = told.split("\n")
    equal(lines.pop(), "", "a line end at the end")
    for number, pattern in enumerate(patterns):
        if number == len(lines) or not re.fullmatch(pattern, lines[number]):
            equal(told, pattern, f"line {number + 1} of '{line}'")
    equal(len(lines), len(patterns), f"lines of '{line}': {told}")


@test("summary has all published lines")
def summary():
    with Daemon(text=TEXT):
        for domain in ("a.test", "a.test", "c.test"):
            send(domain)
        laid_out("summary", [
            "Summary Statistics",
            " {8}Outbound Concurrency: +0",
            " {8}Inbound Concurrency: +\\d+",
            " {8}Active Domains: +\\d+",
            " {8}Active Queue Size: +0",
            " {8}Delayed Queue Size: +0",
            " {8}Total Queue Size: +0",
            " {8}DNS Resolver: libunbound",
            *(f" {{8}}DNS {kind} {what}: 0"
              for kind in ("A", "AAAA", "MX", "TXT")
              for what in ("Queries", "Timeouts")),
            " {8}Pending DNS Queries: 0",
            f" {{8}}Query Rate: {RATE} queries/second",
            f" {{8}}DNS Response Time Peak: {NUMBER} ms",
            " {8}DNS Response Time Average:  \\d+\\.\\d{3} ms",
            " {8}DNS Rate Limiter: disabled",
            " {8}Successfully Delivered Messages: +0",
            " {8}Failed Messages: +0",
            " {8}Rejected Messages: +0",
            " {8}Received Messages: +3",
            f" {{8}}Delivery Rate: {RATE} messages/second",
            f" {{8}}Reception Rate: {RATE} messages/second",
            f" {{8}}Statistics Last Reset: {NUMBER} seconds",
            f" {{8}}Uptime: {NUMBER} seconds",
        ])
        # under the names that the published HTTP interface has
        equal(data("summary")["ReceivedMessages"], 3)
        equal(answer("summary reset"), "statistics cleared.\n")
        equal(data("summary")["ReceivedMessages"], 0)
        send("a.test")
        equal(data("summary")["ReceivedMessages"], 1)
        # what monitoring systems read is not reset
        holds(answer("metrics"), 'mailseal_messages_total{action="accept"} 4')


@test("version, sysinfo and pid")
def identity():
    with Daemon() as process:
        laid_out("version", [
            "#{46}", r"# mailseal version: \S+ r\(([0-9a-f]{8}|unknown)\)",
            "# Copyright .*", "# .*License.*", "#{46}"])
        laid_out("sysinfo", [
            r"mailseal Version: \S+ r\(([0-9a-f]+|unknown)\) \(\d\d-bit\)",
            r"build date: \w{3} [ \d]\d \d{4} \((RELEASE|DEBUG)\)",
            "product name: mailseal", ".+",
            re.escape(" ".join(os.uname()))])
        equal(answer("pid"), f"{process.pid}\n")
        equal(data("pid"), {"pid": process.pid})
        equal(answer("xml pid"),
              f"<process>\n  <pid>{process.pid}</pid>\n</process>\n")


@test("threads: pools and queues")
def threads():
    with Daemon():
        laid_out("threads", [r"Current thread count: \d+"])
        # a pool without a job yet has one line
        laid_out("threads stats", [
            f"{name} thread pool: concurrency {n}" for name, n in (
                ("CPU", 4), ("IO", 50), ("SWAPOUT", 5), ("SWAPIN", 5),
                ("CLOSE", 0), ("UNLINK", 6), ("BATCH_UNLINK", 4),
                ("SPOOLIN", 1))])
        equal(answer("threads io queue"), "Jobs in the IO pool\n0 jobs\n")
        equal(answer("threads cpu queue"), "Jobs in the CPU pool\n0 jobs\n")
        equal(data("threads cpu queue"),
              {"pool": "CPU", "waiting": 0, "jobs": []})
        equal(console("threads of silk")[0], 1)


@test("memory: two tables, and what the system sees")
def memory():
    fixed = "-{30} -{6} -{7} -{7} -{7} -{9}"
    sized = "-{30} -{11} -{11} -{21}"
    size = r" +\d+ +[\d,]+ +\d+\.\d\d%"
    with Daemon():
        told = answer("memory").split("\n")
        equal(told[:2], [
            "                        memory   buf  active  peak    allocd    "
            "current",
            "                        type     size objects objects objects   "
            "bytes"])
        equal([bool(re.fullmatch(fixed, line)) for line in told].count(True),
              2)
        start = told.index("       memory                  current       "
                           "peak      mmap")
        equal(told[start + 1], "       type                    bytes         "
                               "bytes     count/peak/current %")
        equal(bool(re.fullmatch(sized, told[start + 2])), True)
        rows = told[start + 3:]
        end = [bool(re.fullmatch(sized, row)) for row in rows].index(True)
        for row in rows[:end]:
            equal(bool(re.fullmatch(r" {7}\S+ +\d+ +\d+", row)), True, row)
        equal(bool(re.fullmatch(r" {7}\d+", rows[end + 1])), True)
        equal(rows[end + 2], "")
        equal(bool(re.fullmatch("RSS:" + size, rows[end + 3])), True)
        equal(bool(re.fullmatch("System RSS:" + size, rows[end + 4])), True)
        equal(rows[end + 5:], [""])
        holds(answer("memory core:string"), "       core:string")
        equal(console("memory no:such"),
              (1, "There is no memory type 'no:such'\n"))
        equal(data("memory")["system_rss"] > 1 << 20, True)
        tree = xml.etree.ElementTree.fromstring(answer("xml memory"))
        equal([item.find("memory_type").text for item in
               tree.find("sized")].count("core:string"), 1)


@test("the caches of modules are listed, and flushed over the socket")
def caches():
    with Daemon(text=TEXT):
        laid_out("cache list", [
            " dkim_sign:one:keycache", " dkim_sign:one:keytexts",
            " dkim_sign:one:profiles", " dkim_validate:v:keycache", "",
            " 4 caches listed\\."])
        for _ in range(4):
            send("a.test")
        laid_out("cache stat dkim_sign:one:keycache", [
            "Name          : dkim_sign:one:keycache",
            "Capacity      : 2048", "Entries       : 1",
            "Utilization   :   0\\.05%", "Query Rate    : \\d+ q/s",
            "Loads         : 4", "  Hits        : 3", "  Misses      : 1",
            "  Pending     : 0", "Stores        : 1", "Invalidations : 0",
            "  Forced      : 0", "  Expired     : 0", "  Capacity    : 0",
            "Hit Rate      :  75\\.00%", "Workload \\(R/W\\):  80\\.00%",
            "  Reads       : 4", "  Writes      : 1"])
        laid_out("cache stats dkim_sign:one:keycache", [
            "cache name {22}lookups % {18}deletions %",
            " {23}elts  hit miss pend  total  inserts man ttl lru  total",
            "-{22} -{5} -{20} -{8} -{18}", "",
            "dkim_sign:one:keycache    1  75  25   0 {8}4 {8}1   0   0   0 "
            "{8}0"])
        laid_out("cache list entries hit-rate", [
            " {9}1  75\\.00% dkim_sign:one:keycache",
            " {9}0   0\\.00% dkim_sign:one:keytexts",
            " {9}1 .* dkim_sign:one:profiles",
            " {9}0 .* dkim_validate:v:keycache", "", " 4 caches listed\\."])
        equal(console("cache list colour"), (
            1, "Valid attributes are [capacity,entries,utilization,loads,"
               "stores,hits,misses,\n forced,expired,lru,hit-rate,workload,"
               "query-rate]\n"))
        # both forms of address, for there is one instance
        flushed = "flushed {} entries from the keycache\n"
        equal(answer("dkim_sign:one flush keycache"), flushed.format(1))
        send("a.test")
        equal(answer("dkim_sign flush keycache"), flushed.format(1))
        equal(data("dkim_sign:one flush keycache"), {"flushed": 0})
        equal(data("dkim_sign:one stats")["keycache_misses"], 2)
        tree = xml.etree.ElementTree.fromstring(
            answer("xml dkim_sign:one stats"))
        equal(tree.findtext("keycache_misses"), "2")
        equal(data("cache stat dkim_sign:one:keycache")["forced"], 2)
        equal(console("dkim_sign:one flush nothing")[0], 1)
        equal(console("dkim_sign:two flush keycache"), (
            1, "No instance 'dkim_sign:two'; there are: dkim_sign:one\n"))


@test("every module with keys forgets them, in both forms of address")
def flush():
    text = TEXT + f'''
dk_sign "d" {{ key = "{FOLDER}/rsa.key"  selector = "r1"  enabled = false }}
dk_validate "w" {{ }}
opendkim "o" {{
  key = "{FOLDER}/%{{s}}.key"  selector = "s1"  enabled = false
  headerlist = ( From Subject )
}}
'''
    with Daemon(text=text):
        names = [row["name"] for row in data("cache list")["caches"]]
        told = answer("help")
        for module, instance in (("dkim_sign", "one"), ("dkim_validate", "v"),
                                 ("dk_sign", "d"), ("dk_validate", "w"),
                                 ("opendkim", "o")):
            for address in (f"{module}:{instance}", module):
                equal(answer(address + " flush keycache"),
                      "flushed 0 entries from the keycache\n")
            equal(f"{module}:{instance}:keycache" in names, True, module)
            holds(told, f"  {module}:INSTANCE flush keycache  ")
            equal(answer(f"complete {module}:{instance} flush "),
                  "keycache\n")
            # S2 of the documentation names the module alone
            equal("keycache_hits" in data(f"{module} stats"), True, module)


@test("dig and dns_cache ask the resolver that the modules use")
def dns():
    with Daemon(text=TEXT):
        laid_out("dig s1._domainkey.a.test TXT", [
            ";; status: NOERROR, ANSWER: 1", "",
            ";; QUESTION SECTION:", ";s1._domainkey.a.test   IN      TXT", "",
            ";; ANSWER SECTION:",
            's1._domainkey.a.test.   300     IN      TXT     '
            '"v=DKIM1; p=MA"', "",
            ";; DNSSEC: not validated", ";; Query time: \\d+ msec",
            ";; SOURCE: zone file '.*/keys.zone' alone, 1 records"])
        equal(data("dig none.a.test TXT")["status"], "NXDOMAIN")
        equal(console("dig a.test NONSENSE")[0], 1)
        # what cannot be asked is refused alike, whoever asks
        why = "dns_zone_file is read for records of type TXT alone\n"
        status, told = console("dig a.test A")
        equal((status, told.split("\n\n")[0]),
              (1, f";; status: NOTIMP, ANSWER: 0\n;; {why[:-1]}"))
        equal(console("dig a.test"), (1, why))
        equal(console("dns_cache submit a.test A"), (1, why))
        equal(console("dns_cache submit a..test TXT"),
              (1, "no domain can have that name\n"))
        holds(console("dig a..test TXT")[1], ";; status: NOT A NAME, ")
        for line in ("dig a.test A", "dig a.test", "dns_cache submit a.test A"):
            status, told = console("json " + line)
            equal((status, json.loads(told)["status"],
                   json.loads(told)["why"]), (1, "NOTIMP", why[:-1]), line)
        missing = "Cached result not found, try a submit.\n"
        look = "dns_cache lookup s1._domainkey.a.test TXT"
        equal(answer(look), missing)
        equal(answer("dns_cache submit s1._domainkey.a.test TXT"),
              "Submitted\n")
        laid_out(look, [
            ";; QUESTION SECTION:", ";s1._domainkey.a.test   IN      TXT", "",
            ";; ANSWER SECTION:",
            's1._domainkey.a.test.   [23]\\d\\d     IN      TXT     '
            '"v=DKIM1; p=MA"', ""])
        laid_out("dns_cache refcnts",
                 [r"\[  1\] s1\._domainkey\.a\.test \[[23]\d\ds\]"])
        equal(data("summary")["ActiveDomains"], 1)
        laid_out("dns_cache stats", [
            "DNS Queries:", " {8}TXT: 0", " {8}PTR: 0", " {9}MX: 0",
            " {10}A: 0", "  arpa IPv4: 0", "  arpa IPv6: 0", "",
            "DNS responses:", " {6}Total: 0", " {8}Bad: 0", "",
            "DNS cache:", " {4}Lookups: 1", " {3}Hit Rate: 0\\.0000%", ""])
        equal(answer("dkim_validate:v flush keycache"),
              "flushed 1 entries from the keycache\n")
        equal(answer(look), missing)
    with Daemon():
        equal(console("dig a.test TXT"), (
            1, "No module of this configuration asks the DNS\n"))


@test("a name server that is silent holds up who asked, and nobody else")
def silence():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))
        text = TEXT.replace(
            f'dns_zone_file = "{FOLDER}/keys.zone"',
            f'dns_forwarders = ( "127.0.0.1@{server.getsockname()[1]}" )\n'
            'dns_timeout = 2')
        with Daemon(text=text) as process:
            with subprocess.Popen([CONSOLE, SOCKET, "dig a.test TXT"],
                                  stdout=subprocess.PIPE,
                                  text=True) as asking:
                server.settimeout(PATIENCE)
                server.recv(512)
                equal(answer("pid"), f"{process.pid}\n")
                equal(data("summary")["DNSPendingQueries"], 1)
                equal(asking.poll(), None, "it is still waiting")
                told = asking.communicate(timeout=PATIENCE)[0]
                equal(asking.returncode, 1)
                holds(told, ";; status: TIMEOUT, ANSWER: 0\n")
            found = data("summary")
            equal((found["DNSTXTQueries"], found["DNSTXTTimeouts"],
                   found["DNSPendingQueries"]), (1, 1, 0))


@test("trace keeps the decisions about one client's or recipient's messages")
def trace():
    with Daemon(text=TEXT):
        equal(answer("trace client 127.0.0.0/8 1"),
              "Registered tracer #1\n")
        equal(answer("trace recipient @B.test 5 60"),
              "Registered tracer #2\n")
        equal(console("trace client nobody")[0], 1)
        equal(console("trace client 192.0.2.1 0")[0], 1)
        send("a.test")
        send("c.test")
        send("c.test", rcpt="y@other.test")
        laid_out("trace list", [
            r"\[     1\]    client: 127\.0\.0\.0/8",
            " {10}messages: 1 of 1", " {14}time: over",
            r" {13}lines: \d+, \d+ bytes",
            r"\[     2\] recipient: @B\.test",
            " {10}messages: 1 of 5", r" {14}time: \d+ seconds left",
            r" {13}lines: \d+, \d+ bytes"])
        first, second = answer("trace show 1"), answer("trace show 2")
        for text in ("client 127.0.0.1, MAIL FROM:<x@a.test>",
                     "RCPT TO:<y@b.test>",
                     "the stanza itself decides",
                     f"file '{FOLDER}/s1.key'", "result=signed",
                     "edit: insert DKIM-Signature", "verdict: accept"):
            holds(first, text)
        for text in ('dk_domain "c.test" decides',
                     f"not signed for 'c.test': key file '{FOLDER}/none.key'",
                     "result=failed"):
            holds(second, text)
        # what is said for the tracer alone is not in the log
        with open(LOG, encoding="utf-8") as file:
            equal("decides" in file.read(), False)
        equal(len(data("trace show 1")["lines"]), first.count("\n"))
        equal(answer("trace stop 1"), "Removed tracer #1\n")
        equal(console("trace show 1")[0], 1)
        equal(answer("trace stop"), "Removed tracer #2\n")
        equal(data("trace list"), {"tracers": []})
        for number in range(8):
            answer(f"trace client 192.0.2.{number}")
        equal(console("trace client 192.0.2.9")[0], 1)


@test("help has one line for each command, modules' own among them")
def help_():
    with Daemon(text=TEXT):
        lines = answer("help").splitlines()
        commands = [line.split("  ")[1] for line in lines]
        for line in lines:
            equal(bool(re.fullmatch(r"  \S.*\S +\S.*", line)), True, line)
        for command in ("cache list", "config show", "dig", "dns_cache stats",
                        "dkim_sign:INSTANCE flush keycache",
                        "dkim_validate:INSTANCE flush keycache", "help",
                        "memory", "module list", "paniclog", "pid",
                        "reopen logs", "shutdown", "signing_stats",
                        "summary reset", "sysinfo", "threads stats",
                        "trace client", "version"):
            equal(commands.count(command), 1, command)
        # the manual has them all
        for command in commands:
            words = command.split()
            if ":INSTANCE" in words[0]:
                words.pop(0)
            holds(MANUAL, "`" + " ".join(words))
        holds(answer("help trace client"), "trace client ADDRESS|CIDR")
        equal(console("help nothing")[0], 1)
        equal([row["command"] for row in data("help")["commands"]], commands)


@test("a line is completed with what the daemon knows")
def complete():
    with Daemon(text=TEXT):
        for line, words in (
                ("mod", ["module"]),
                ("module ", ["hooks", "list"]),
                ("dkim", ["dkim_sign:one", "dkim_validate:v"]),
                ("dkim_sign:one fl", ["flush"]),
                ("dkim_sign:one flush ", ["keycache"]),
                ("cache stat dkim_v", ["dkim_validate:v:keycache"]),
                ("config get dkim_sign one dk_domain ", ["c.test"]),
                ("config set dkim_sign one sel", ["selector"])):
            equal(answer("complete " + line).splitlines(), words, line)


@test("every command answers with data that has a structure")
def structure():
    with Daemon(text=TEXT):
        for line in ("cache list", "cache stat dkim_sign:one:keycache",
                     "cache stats", "dig s1._domainkey.a.test TXT",
                     "dns_cache refcnts", "dns_cache stats", "help",
                     "memory", "module hooks", "module list", "paniclog",
                     "pid", "signing_stats", "summary", "sysinfo", "threads",
                     "threads cpu queue", "threads stats", "trace list",
                     "version"):
            equal("text" in data(line), False, line)
            xml.etree.ElementTree.fromstring(
                "<all>" + re.sub(r"<\?xml.*?\?>", "", answer("xml " + line)) +
                "</all>")
        equal(data("reopen logs"), {"ok": True, "reopened": True, "text": "Logs reopened\n"})
        equal(json.loads(console("json no such command")[1])["ok"], False)


@test("paniclog has the latest lines; logs are opened again after rotation")
def logs():
    with Daemon(text=TEXT):
        send("c.test")
        stamp = r"\[\w{3} \d\d \w{3} \d{4} \d\d:\d\d:\d\d\]"
        for line in answer("paniclog").splitlines():
            equal(bool(re.match(stamp + r" \[[a-z]+\] .", line)), True, line)
        holds(answer("paniclog"), "[error] ")
        levels = [row["level"] for row in data("paniclog")["lines"]]
        equal("error" in levels, True)
        os.rename(LOG, LOG + ".1")
        equal(answer("reopen logs"), "Logs reopened\n")
        wait_for(lambda: os.path.exists(LOG), "a new log")


@test("debugging mode is answered as scripts expect, for one console alone")
def debugging():
    with Daemon():
        equal(answer("debugging mode")[:16], "I am Ten Ninjas\n")
        status, told = console(text="debugging mode\npid\nquit\n")
        equal(status, 0)
        equal(bool(re.search(r"\n\d+\n# [\d.]+ ms, configuration \d+\n",
                             told)), True, told)
        equal("#" in answer("pid"), False)


prepare()
main()
