"""json COMMAND and xml COMMAND: whatever a command is and however it ends, a
program that asks for data can read what comes.  The commands are those that
"help" lists: one that is registered is held to it.

usage: forms_test.py MAILSEALD EC_CONSOLE
"""
import json
import os
import xml.etree.ElementTree

from scene import FOLDER, Console, Daemon, equal, holds, main, test

TEXT = f'''dns_zone_file = "{FOLDER}/keys.zone"
masterdb_file = "{FOLDER}/ecdb"
dkim_sign "one" {{ key = "{FOLDER}/no.key"  selector = "s1" }}
dkim_validate "v" {{ }}
dk_sign "d" {{ key = "{FOLDER}/no.key"  selector = "s1" }}
dk_validate "w" {{ }}
scriptlet "scriptlet" {{ script "greeter" {{ source = "greeter" }} }}
'''
SCRIPT = '''msys.registerControl("greet", function(cc)
  if cc.argc > 1 then error("who is <" .. cc.argv[1] .. ">?") end
  print("hello & <goodbye>")
end)
'''
KEY = "s1._domainkey.a.test TXT"
# what commands need to do what they are for
WORDS = {
    "cache stat": "dkim_sign:one:keycache",
    "complete": "con",
    "config eval": "Domain a.test dkim",
    "config get": "dkim_sign one selector",
    "config locate": "dkim_sign",
    "config set": "Domain a.test dkim disabled",
    "config unset": "Domain a.test dkim",
    "dig": KEY,
    "dns_cache lookup": KEY,
    "dns_cache submit": KEY,
    "trace client": "192.0.2.1",
    "trace recipient": "@a.test",
}
# what they cannot be done without: a transaction, something to save
UNDONE = {"config commit", "config replay", "config rollback",
          "config writeback"}
# whose answers are a text, as it was written
TEXTS = {"write config", "greet", "scriptlet:scriptlet modules"}
DONE, FAILED = 0, 2


def prepare():
    for name, text in (("keys.zone",
                        's1._domainkey.a.test. 300 IN TXT "v=DKIM1; p=MA"\n'),
                       ("greeter.lua", SCRIPT)):
        with open(f"{FOLDER}/{name}", "w", encoding="ascii") as file:
            file.write(text)
        os.chmod(f"{FOLDER}/{name}", 0o644)


def commands(console):
    """All that help lists, at the instance that a module has."""
    status, text = console("json help")
    equal(status, DONE, text)
    instances = dict(zip(("dkim_sign", "dkim_validate", "dk_sign",
                          "dk_validate", "scriptlet"),
                         ("one", "v", "d", "w", "scriptlet")))
    for row in json.loads(text)["commands"]:
        module, colon, rest = row["command"].partition(":INSTANCE")
        yield f"{module}:{instances[module]}{rest}" if colon else module


def read_json(console, line):
    status, text = console("json " + line)
    data = json.loads(text)
    equal(isinstance(data, dict), True, line)
    return status, data


def read_xml(console, line):
    status, text = console("xml " + line)
    return status, xml.etree.ElementTree.fromstring(text)


def check_done(console, command):
    line = f"{command} {WORDS.get(command, '')}"
    status, data = read_json(console, line)
    if command not in UNDONE:
        equal((status, data.get("ok", True)), (DONE, True), line)
    if status == DONE:
        members = set(data) - {"ok", "text"}
        equal(members == set(), command in TEXTS, f"{line}: {data}")
    console("config rollback")
    status, tree = read_xml(console, line)
    if command not in UNDONE and command != "config unset":
        equal((status, tree.findtext("ok", "true")), (DONE, "true"), line)
    console("config rollback")


def check_failed(console, command):
    for line in (f"{command} no <such> words & more", f'{command} "'):
        status, data = read_json(console, line)
        if status == FAILED:
            equal(data["ok"], False, line)
            equal(bool(data["text"]), True, line)
        status, tree = read_xml(console, line)
        if status == FAILED:
            equal(tree.tag, "error", line)
            equal(tree.findtext("ok"), "false", line)
            equal(bool(tree.findtext("text").strip()), True, line)


@test("every command that help lists answers with data, done or failed")
def every_command():
    with Daemon(text=TEXT):
        console = Console()
        names = list(commands(console))
        for name in ("config show", "greet", "metrics", "shutdown",
                     "dk_sign:d flush keycache", "scriptlet:scriptlet stats"):
            equal(names.count(name), 1, name)
        for name in names:
            check_failed(console, name)
            if name != "shutdown":
                check_done(console, name)
        console.close()


@test("shutdown says as data what it does")
def shutdown():
    for line in ("json shutdown", "xml shutdown"):
        with Daemon() as process:
            console = Console()
            status, text = console(line)
            equal(status, DONE, text)
            if line.startswith("json"):
                equal(json.loads(text)["pid"], process.pid)
            else:
                holds(text, f"<pid>{process.pid}</pid>")
            console.close()


@test("what is no command is an error as data")
def refused():
    with Daemon():
        console = Console()
        for line in ("nonsense", "dkim_sign:two stats", "", '"'):
            status, data = read_json(console, line)
            equal((status, data["ok"]), (FAILED, False), line)
            status, tree = read_xml(console, line)
            equal((status, tree.tag), (FAILED, "error"), line)
        console.close()


@test("metrics as data are those of the text, number by number")
def metrics():
    with Daemon(text=TEXT):
        console = Console()
        data = read_json(console, "metrics")[1]
        text = console("metrics")[1]
        names = [family["name"] for family in data["families"]]
        equal(names, [line.split()[2] for line in text.splitlines()
                      if line.startswith("# TYPE ")])
        found = {family["name"]: family for family in data["families"]}
        messages = found["mailseal_messages"]
        equal(messages["type"], "counter")
        equal([sample["labels"]["action"] for sample in messages["samples"]],
              ["accept", "hold", "discard", "tempfail", "reject"])
        equal([sample["value"] for sample in messages["samples"]], [0] * 5)
        histogram = next(family for family in data["families"]
                         if family["type"] == "histogram")["samples"][0]
        equal(histogram["buckets"][-1],
              {"le": None, "count": histogram["count"]})
        console.close()


prepare()
main()
