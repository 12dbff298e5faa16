"""The configuration changed online, on a real mailseald: by several consoles, as
a user who may not write everything, and killed at bad moments.

usage: config_test.py MAILSEALD EC_CONSOLE
"""
import json
import os
import re
import signal
import threading
import xml.etree.ElementTree

from scene import (CHANGES, CONF, FOLDER, LOG, PATIENCE, SOCKET, Console,
                   Daemon, check, console, equal, holds, main, test, wait_for)

INCLUDED = f"{FOLDER}/included.conf"
STANZAS = '''Domain "a.test" { dkim = "disabled" }
dkim_sign "s" {
  key = "/nowhere/%{d}.key" # one for each
  selector = "one"
  old.test [ selector = "two" ]
}
'''


def ours(path, mode=0o644):
    """Let the daemon's user write to a file."""
    os.chmod(path, mode)
    if os.geteuid() == 0:
        import pwd
        user = pwd.getpwnam("nobody")
        os.chown(path, user.pw_uid, user.pw_gid)


def put(path, text):
    with open(path, "w", encoding="ascii") as file:
        file.write(text)
    ours(path)


def text_of(path):
    with open(path, encoding="ascii") as file:
        return file.read()


def answer(line):
    status, told = console(line)
    equal(status, 0, line + ": " + told)
    return told


def eval_timeout():
    return answer("config eval Stop_Timeout")


@test("the first of two transactions to be committed wins, the loser is told")
def first_commit_wins():
    with Daemon():
        one, two = Console(), Console()
        equal(one("config begin"), (0, "Transaction begun\n"))
        equal(two("config begin"), (0, "Transaction begun\n"))
        equal(one("config set Stop_Timeout 11")[0], 0)
        equal(two("config set Stop_Timeout 12")[0], 0)
        equal(two("config get Stop_Timeout"), (0, "Stop_Timeout = 12\n"))
        equal(one("config get Stop_Timeout"), (0, "Stop_Timeout = 11\n"))
        equal(eval_timeout(), "Stop_Timeout = 30\n")
        equal(two("config commit"),
              (0, "Committed; 1 change:\n  Stop_Timeout = 12\n"))
        status, told = one("config commit")
        equal(status, 2)
        holds(told, "Nothing is committed: the configuration in use has "
              "changed")
        equal(one("config replay"), (0, "config set Stop_Timeout 11\n"))
        equal(one("config rollback"), (0, "Transaction rolled back\n"))
        equal(one("config get Stop_Timeout"), (0, "Stop_Timeout = 12\n"))
        # a set and a reload are commits, too
        for other in ("config set Stop_Timeout 13", "config reload"):
            equal(one("config begin")[0], 0)
            equal(one("config set Stop_Timeout 14")[0], 0)
            equal(console(other)[0], 0)
            equal(one("config commit")[0], 2)
            equal(one("config rollback")[0], 0)


@test("a stanza of a module is made beside another, all of it or nothing")
def another_stanza():
    with Daemon(text=STANZAS):
        one = Console()
        equal(one("config begin")[0], 0)
        equal(one('config set dkim_sign s2 key "/nowhere/%{s}.key"')[0], 0)
        equal(one("config set dkim_sign s2 selector other")[0], 0)
        equal(one("config commit"),
              (0, "Committed; 2 changes:\n"
               '  dkim_sign "s2" key = "/nowhere/%{s}.key"\n'
               '  dkim_sign "s2" selector = other\n'))
        equal(answer("config get dkim_sign s2 selector"),
              "\tselector = other\n")
        equal(answer("config get dkim_sign s selector"),
              '\tselector = "one"\n')
        holds(console("config set dkim_sign bogus other")[1],
              "There is no option or scope 'bogus'")


@test("a console that vanishes drops its transaction")
def vanished():
    with Daemon():
        lost = Console()
        equal(lost("config begin")[0], 0)
        equal(lost("config set Stop_Timeout 11")[0], 0)
        lost.close()
        one = Console()
        equal(one("config replay")[0], 2)
        equal(eval_timeout(), "Stop_Timeout = 30\n")


@test("a reload is illegal in a transaction, and SIGHUP does what it does")
def reloads():
    with Daemon(text=STANZAS) as process:
        one = Console()
        equal(one("config begin")[0], 0)
        holds(one("config reload")[1], "There is a transaction")
        equal(one("config rollback")[0], 0)
        answer("config set Stop_Timeout 11")
        answer("config set Domain a.test dkim enabled")
        equal(answer("config reload"),
              "Configuration reloaded; 2 changes:\n"
              "  Stop_Timeout is not set any more (was 11)\n"
              '  Domain "a.test" dkim = "disabled" (was enabled)\n'
              "Dropped, as it was set online and is in no file:\n"
              "  Stop_Timeout = 11\n"
              '  Domain "a.test" dkim = enabled (was "disabled")\n')
        answer("config set Stop_Timeout 12")
        with open(CONF, "a", encoding="ascii") as file:
            file.write('Hostname = "new.test"\n')
        process.send_signal(signal.SIGHUP)
        wait_for(lambda: "dropped, as it was set online" in text_of(LOG),
                 "the reload")
        for line in ("was loaded again: 2 changes",
                     "Stop_Timeout is not set any more (was 12)",
                     'Hostname = "new.test"', "  Stop_Timeout = 12"):
            holds(text_of(LOG), line)
        equal(eval_timeout(), "Stop_Timeout = 30\n")
        holds(answer("config writeback"), "Nothing to write")


@test("a long list of changes ends, and says how many more there are")
def bounded():
    with Daemon(text=STANZAS):
        domains = "".join(f'Domain "d{n}.test" {{ dkim = no }}\n'
                          for n in range(200))
        with open(CONF, "a", encoding="ascii") as file:
            file.write(domains)
        told = answer("config reload")
        holds(told, "Configuration reloaded; 200 changes:\n")
        holds(told, "  and 150 more\n")
        equal(len(told.splitlines()), 52)


@test("another main file holds until the next reload, errors change nothing")
def another_file():
    with Daemon():
        other = text_of(CONF) + "Stop_Timeout = 44\n"
        put(f"{FOLDER}/other.conf", other)
        holds(answer("config reload other.conf"), "Stop_Timeout = 44")
        equal(eval_timeout(), "Stop_Timeout = 44\n")
        put(f"{FOLDER}/other.conf", other + "this is {")
        status, told = console("config", "reload", f"{FOLDER}/other.conf")
        equal(status, 1)
        holds(told, f"{FOLDER}/other.conf:")
        equal(told.endswith("Reconfigure failed\n"), True, told)
        equal(eval_timeout(), "Stop_Timeout = 44\n")
        answer("config reload")
        equal(eval_timeout(), "Stop_Timeout = 30\n")


@test("what may be written is changed in place, in modules and old brackets too")
def in_place():
    put(INCLUDED, STANZAS)
    with Daemon(text=f'include "{INCLUDED}"\n'):
        answer('config set dkim_sign s selector "new-one"')
        answer("config set dkim_sign s dk_domain old.test selector three")
        answer("config set dkim_sign s dk_domain a.test selector four")
        answer("config unset Domain a.test dkim")
        equal(answer("config writeback"), f"Written to {INCLUDED}\n")
        equal(text_of(INCLUDED), '''Domain "a.test" {  }
dkim_sign "s" {
  key = "/nowhere/%{d}.key" # one for each
  selector = "new-one"
  old.test [ selector = "two" ]
  dk_domain "old.test" {
    selector = three
  }
  dk_domain "a.test" {
    selector = four
  }
}
''')
        equal(answer("config reload"),
              "Configuration reloaded; nothing has changed\n")
        holds(answer("config eval dkim_sign s dk_domain old.test selector"),
              "selector = three")


@test("what has no file is shown, and Local_Changes_File can be set for it")
def nowhere():
    text = 'Domain "a.test" { dkim = no }\n'
    with Daemon(text=text):
        os.chmod(FOLDER, 0o755 if os.geteuid() == 0 else 0o555)
        try:
            status, told = 0, ""
            answer("config unset Local_Changes_File")
            answer("config set Domain a.test dkim enabled")
            status, told = console("config writeback")
            equal(status, 1)
            holds(told, "not all of it could be saved")
            holds(told, f"{CONF}: Permission denied (the process runs as '"
                  if os.geteuid() == 0 else f"{FOLDER}: Permission denied")
            holds(told, 'Domain "a.test" {\n  dkim = enabled\n}\n')
        finally:
            os.chmod(FOLDER, 0o777)
        put(f"{FOLDER}/elsewhere.conf", "")
        os.chmod(CONF, 0o444)
        answer(f"config set Local_Changes_File {FOLDER}/elsewhere.conf")
        status, told = console("config writeback")
        if os.geteuid() != 0:
            os.chmod(CONF, 0o644)
        holds(told, f"Written to {FOLDER}/elsewhere.conf\n")
        holds(text_of(f"{FOLDER}/elsewhere.conf"), "dkim = enabled")
        # the main file has to name it, and cannot be written
        holds(told, f"Local_Changes_File = \"{FOLDER}/elsewhere.conf\"\n")


@test("what is another user's is left alone, for its owner could not be kept")
def others():
    if os.geteuid() != 0:
        return
    put(INCLUDED, 'Domain "a.test" { dkim = no }\n')
    os.chown(INCLUDED, 0, 0)
    os.chmod(INCLUDED, 0o666)
    with Daemon(text=f'include "{INCLUDED}"\n'):
        answer("config set Domain a.test dkim enabled")
        equal(answer("config writeback"), f"Written to {CHANGES}\n")
        equal(text_of(INCLUDED), 'Domain "a.test" { dkim = no }\n')
        answer("config reload")
        holds(answer("config eval Domain a.test dkim"), "enabled")
        os.chmod(CHANGES, 0o600)


@test("a file is left alone when a label that it has could not be kept")
def labelled():
    path = f"{FOLDER}/labelled.conf"
    put(path, 'Domain "a.test" { dkim = no }\n')
    try:
        os.setxattr(path, "security.label", b"ours")
    except OSError:
        return  # it takes root, and a file system that has such
    with Daemon(text=f'include "{path}"\n'):
        answer("config set Domain a.test dkim enabled")
        equal(answer("config writeback"), f"Written to {CHANGES}\n")
        equal(text_of(path), 'Domain "a.test" { dkim = no }\n')
        equal(os.getxattr(path, "security.label"), b"ours")
        # where there is no other file it is said
        os.setxattr(CHANGES, "security.label", b"ours")
        answer("config set Domain a.test dkim disabled")
        status, told = console("config writeback")
        equal(status, 1)
        holds(told, "security.label could not be kept: Operation not "
              "permitted")
        holds(told, 'Domain "a.test" {\n  dkim = disabled\n}\n')


@test("what waits for a restart is accepted, and said to wait")
def waits():
    with Daemon():
        equal(answer("config set Pid_File /nowhere/pid"),
              'Pid_File = "/nowhere/pid"\nPid_File takes effect with a '
              "restart\n")
        equal(json.loads(answer("json config set Stop_Timeout 9")),
              {"ok": True, "name": "Stop_Timeout", "value": 9,
               "waits_for_restart": False})
        holds(answer("config reload"), "; waits for a restart\n")


NO_CONSOLE = ("Warning: no Control_Listener has a Listen any more: after a "
              "restart there is no console\n")
NO_MAIL = ("Warning: no Milter_Listener has a Listen any more: mailseald will "
           "not start again with this\n")
GONE = [f'  {name} is gone{more}\n' for name, more in (
    ("Milter_Listener", ""),
    (f'Milter_Listener Listen "unix:{FOLDER}/milter"',
     "; waits for a restart"),
    ("Control_Listener", ""),
    (f'Control_Listener Listen "{SOCKET}"', "; waits for a restart"))]


@test("a commit that takes listeners away names them, whatever else goes")
def listeners_go():
    domains = "".join(f'Domain "d{n}.test" {{ dkim = no }}\n'
                      for n in range(60))
    with Daemon(text=domains):
        one = Console()
        for form in "", "json ":
            equal(one("config begin from scratch")[0], 0)
            equal(one("config set Hostname new.test")[0], 0)
            status, told = one(form + "config commit")
            equal(status, 0)
            if form:
                model = json.loads(told)
                for line in GONE:
                    equal(line.strip() in model["changed"], True, told)
                equal(model["warnings"], [
                    line.strip().removeprefix("Warning: ")
                    for line in (NO_CONSOLE, NO_MAIL)])
            else:
                for line in GONE:
                    holds(told, line)
                holds(told, NO_CONSOLE + NO_MAIL + '"config reload" goes back '
                      "to what the files say\n")
            # what is open stays open, and the way back is
            holds(answer("config eval Hostname"), "new.test")
            told = answer("config reload")
            equal("Warning" in told, False, told)
            holds(told, f'Control_Listener Listen "{SOCKET}"')


@test("whatever leaves no socket to come in by warns of it, and nothing else")
def listeners_left():
    more = f'Control_Listener "b" {{ Listen "{FOLDER}/b" {{ }} }}\n'
    with Daemon(text=more) as process:
        told = answer("config unset Control_Listener b")
        equal(told, "The stanza has been unset\n")
        equal(answer(f'config unset Control_Listener Listen "{SOCKET}"'),
              "The stanza has been unset\n" + NO_CONSOLE)
        answer("config reload")
        holds(answer("config set Milter_Listener Enable false"), NO_MAIL)
        answer("config reload")
        for command, warning in (
                (f'unset Control_Listener Listen "{SOCKET}"', []),
                ("unset Control_Listener b", [NO_CONSOLE]),
                ("set Milter_Listener Enable false", [NO_MAIL])):
            model = json.loads(answer(f"json config {command}"))
            equal(model.get("warnings", []),
                  [line.strip().removeprefix("Warning: ")
                   for line in warning], command)
        answer("config reload")
        text = text_of(CONF)
        with open(CONF, "w", encoding="ascii") as file:
            file.write(text[:text.index("Control_Listener")])
        told = answer("config reload")
        holds(told, f'  Control_Listener "b" Listen "{FOLDER}/b" is gone; '
              "waits for a restart\n")
        equal(told.endswith("\n" + NO_CONSOLE), True, told)
        with open(CONF, "w", encoding="ascii") as file:
            file.write(text)
        answer("config reload")
        with open(CONF, "w", encoding="ascii") as file:
            file.write(text[:text.index("Control_Listener")])
        with open(LOG, "w", encoding="ascii"):
            pass
        process.send_signal(signal.SIGHUP)
        wait_for(lambda: NO_CONSOLE in text_of(LOG), "the log's warning")


@test("each command has an answer as JSON, and in XML")
def forms():
    with Daemon(text=STANZAS):
        lines = '''json config begin
json config set Relay_Hosts ( 10.0.0.1 )
json config unset Domain a.test dkim
json config replay
json config commit
json config get Relay_Hosts
json config eval Stop_Timeout
json config show Domain a.test
json config showrecurse
json config locate Domain a
json write config
json config writeback
json config reload
json config begin from scratch
json config rollback
xml config showrecurse
'''
        talk = Console()
        models = {}
        for line in lines.splitlines():
            status, told = talk(line)
            equal(status, 0, told)
            if line.startswith("json "):
                models[line[12:]] = json.loads(told)
            else:
                holds(told, "<scope>Global</scope>")
        equal(models["get Relay_Hosts"],
              {"ok": True, "name": "Relay_Hosts", "value": ["10.0.0.1"]})
        equal(models["eval Stop_Timeout"]["value"], 30)
        equal(models["commit"]["changed"],
              ["Relay_Hosts = ( 10.0.0.1 )",
               'Domain "a.test" dkim is not set any more (was "disabled")'])
        equal(models["replay"]["commands"][0],
              "config set Relay_Hosts ( 10.0.0.1 )")
        # the main file is root's, where root runs this
        equal(models["writeback"]["written"],
              [CHANGES if os.geteuid() == 0 else CONF])
        equal(models["locate Domain a"]["found"],
              [{"scope": "Domain", "instance": "a.test",
                "place": "Domain:a.test:"}])
        equal(models["reload"], {"ok": True, "changed": [], "dropped": []})


@test("what config set echoes, and write config in a transaction, are published")
def published():
    with Daemon(text=STANZAS):
        one = Console()
        equal(one("config set Relay_Hosts ( 10.0.0.1 10.0.0.2 )"),
              (0, "Relay_Hosts = (\n  10.0.0.1\n  10.0.0.2\n  )\n"))
        equal(one("config set Exclude_Vctx_Mess ( )")[1],
              "Exclude_Vctx_Mess = ( )\n")
        # what is shown ends at the margin
        array = "Relay_Hosts = (\n  10.0.0.1\n  10.0.0.2\n)\n"
        holds(one("config show")[1], array)
        equal(one("config get Relay_Hosts"), (0, array))
        equal(one("config eval Relay_Hosts"), (0, array))
        equal(one("config set Domain a.test Exclude_Vctx_Mess ( x )")[0], 0)
        equal(one("config get Domain a.test Exclude_Vctx_Mess")[1],
              "\tExclude_Vctx_Mess = (\n\t  x\n\t)\n")
        equal(one("config begin")[0], 0)
        equal(one("config set Domain z.test dkim disabled")[0], 0)
        holds(one("config showrecurse")[1], "z.test")
        for line in ("write config", "json write config", "xml write config"):
            equal("z.test" in one(line)[1], False, line)
        one.close()


@test("what does not load is told as data: file, line and message")
def errors_as_data():
    with Daemon(text=STANZAS):
        with open(CONF, encoding="ascii") as file:
            good = file.read()
        console = Console()
        told = json.loads(console("json config set Stop_Timeout soon")[1])
        equal((told["ok"], told["count"], len(told["errors"])),
              (False, 1, 1))
        holds(told["text"], told["errors"][0]["message"])
        holds(told["text"], "Nothing has changed\n")
        with open(CONF, "w", encoding="ascii") as file:
            file.write(good + "no_such_option = 1\n")
        status, text = console("json config reload")
        told = json.loads(text)
        equal((status, told["ok"]), (2, False))
        equal((told["errors"][0]["file"], told["errors"][0]["line"]),
              (CONF, good.count("\n") + 1))
        holds(told["errors"][0]["message"], "no_such_option")
        tree = xml.etree.ElementTree.fromstring(
            console("xml config reload")[1])
        equal((tree.tag, tree.findtext("errors/item/line")),
              ("error", str(good.count("\n") + 1)))
        # the loser of two transactions
        with open(CONF, "w", encoding="ascii") as file:
            file.write(good)
        console("config begin")
        console("config set Domain z.test dkim disabled")
        equal(Console()("config set Domain y.test dkim disabled")[0], 0)
        told = json.loads(console("json config commit")[1])
        equal((told["ok"], told["errors"]), (False, []))
        holds(told["text"], "Nothing is committed")
        console.close()


@test("write config gives a file that a daemon can begin with")
def whole():
    with Daemon(text=STANZAS):
        answer("config set Domain b.test dkim no")
        answer("write config whole.conf")
        shown = answer("config showrecurse")
    equal(text_of(f"{FOLDER}/whole.conf").split("\n", 2)[2], shown)
    os.replace(f"{FOLDER}/whole.conf", CONF)
    equal(check()[0], 0)


@test("killed while it writes, the daemon leaves the old file or the new one")
def killed():
    head = "".join(f"# line {n} of many\n" for n in range(20000))
    names = re.compile(r"Hostname = \"?h(\d+)[.]test\"?\n")
    for _ in range(3):
        put(INCLUDED, head + 'Hostname = "h0.test"\n')
        with Daemon(text=f'include "{INCLUDED}"\n') as process:
            talk = Console()

            def write_on():
                try:
                    for n in range(1, 1000):
                        talk(f"config set Hostname h{n}.test")
                        talk("config writeback")
                except (OSError, ValueError):
                    pass
            thread = threading.Thread(target=write_on)
            thread.start()
            before = os.stat(INCLUDED).st_ino
            wait_for(lambda: os.stat(INCLUDED).st_ino != before, "a write")
            process.kill()
            process.wait(PATIENCE)
            thread.join(PATIENCE)
            talk.close()
        text = text_of(INCLUDED)
        equal(text.startswith(head), True, "the head")
        equal(names.fullmatch(text[len(head):]) is not None, True,
              text[len(head):])
        equal(check()[0], 0)
    equal([name for name in os.listdir(FOLDER) if "included" in name and
           name not in ("included.conf", ".included.conf.mailseal")], [])


@test("several consoles set, commit, reload and look at once; all is whole")
def together():
    with Daemon(text=STANZAS):
        troubles = []

        def work(number):
            try:
                talk = Console()
                for n in range(15):
                    talk(f"config set Domain d{number}.test dkim no")
                    talk("config begin")
                    talk(f"config set Stop_Timeout {n + 1}")
                    talk("config commit")
                    talk("config rollback")
                    if n % 5 == number:
                        talk("config reload")
                    status, told = talk("config showrecurse")
                    if status != 0 or "dkim_sign" not in told:
                        troubles.append(told)
                talk.close()
            except (OSError, ValueError) as error:
                troubles.append(error)
        threads = [threading.Thread(target=work, args=(n,)) for n in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(PATIENCE)
        equal(troubles, [])
        answer("config reload")
        equal(answer("config locate Domain d"),
              "There is no stanza of that kind\n")


main()
