"""Modules of people who know the published pages and nothing else: built with
ecxs, found through module_path, loaded, asked for their options, run.

usage: foreign_module_test.py MAILSEALD ECXS FOLDER
"""
import os
import shutil
import sys
import tempfile

from surroundings import CONFIG, OK, configuration, run
from tap import equal, holds, lacks, main, test

MAILSEALD, ECXS, SOURCES = map(os.path.abspath, sys.argv[1:4])
MAIL = b"From: a@a.test\n\nhello\n"


def build(folder):
    for name in "foreign", "greeter":
        # options that builders of such modules pass
        done = run(sys.executable, ECXS, "-c", "-o", f"{folder}/{name}.so",
                   "-I./include/", os.path.join(SOURCES, f"{name}.c"))
        equal(done.returncode, 0, done.err)
        equal(done.err, "")


BUILT = tempfile.TemporaryDirectory()


def config(text):
    shutil.copytree(BUILT.name, ".", dirs_exist_ok=True)
    return configuration('module_path = ( "." )\n' + text)


def inject(*arguments):
    return run(MAILSEALD, "-c", "ecelerity.conf", "--inject", "-", "--from",
               "a@a.test", *arguments, stdin=MAIL)


def check(text):
    config(text)
    return run(MAILSEALD, "-c", "ecelerity.conf", "-t")


@test("both build without a warning, and ecxs writes what they provide")
def builds():
    build(BUILT.name)
    with open(f"{BUILT.name}/foreign.ecm", encoding="utf-8") as manifest:
        equal(manifest.read().split(), [
            "[foreign]"] + sum((["msys.provides:auto", "=", "config." + place +
                                 ".foreign_switch"] for place in (
                "Global", "Global:Binding", "Global:Binding:Domain",
                "Global:Domain")), []))
    with open(f"{BUILT.name}/greeter.ecm", encoding="utf-8") as manifest:
        equal(manifest.read().split(), ["[greeter]"])


@test("defaults of every type reach the module")
def defaults():
    config('foreign "f" { }\n')
    done = inject("--rcpt", "b@b.test")
    equal(done.returncode, OK, done.err)
    equal(done.stdout, b"X-Foreign: good day 1 a b k=v b.test \n" + MAIL)


@test("settings of every type reach the module")
def settings():
    config('foreign "f" { word = "good night" LIST = ( x, "y z" )\n'
           'level = high map [ k = "w" ] }\n')
    done = inject("--rcpt", "b@b.test", "--auth", "joe")
    equal(done.stdout, b"X-Foreign: good night 9 x y z k=w b.test true\n" +
          MAIL)


@test("its switch works in the sending scopes")
def switch():
    config('foreign "f" { }\ndomain "b.test" { foreign_switch = off }\n')
    equal(inject("--rcpt", "b@b.test").stdout, MAIL)
    holds(inject("--rcpt", "b@c.test").stdout, b"X-Foreign")


@test("its switch alone loads it")
def implicit():
    equal(check('domain "b.test" { foreign_switch = maybe }\n').returncode,
          CONFIG)
    equal(check('domain "b.test" { foreign_switch = no }\n').returncode, OK)


@test("two instances each act for themselves, in the order of the file")
def two():
    config('foreign "one" { word = 1 }\nforeign "two" { word = 2 }\n')
    words = [line.split()[1] for line in
             inject("--rcpt", "b@b.test").stdout.splitlines()
             if line.startswith(b"X-Foreign")]
    equal(words, [b"2", b"1"])  # each puts its field on top


@test("a disabled instance does nothing")
def disabled():
    config('foreign "f" { enabled = false }\n')
    equal(inject("--rcpt", "b@b.test").stdout, MAIL)


@test("a published singleton loads and logs at its debug level")
def singleton():
    done = check("greeter { debug_level = DEBUG }\n")
    equal(done.returncode, OK, done.err)
    holds(done.err, "greeter: ext_init")
    lacks(check("greeter { }\n").err, "ext_init")


@test("the module's own checks speak, with file and line")
def refusals():
    for text, words in (
            ('foreign "f" { word = bad }', ":2: option 'word': no bad words"),
            ('foreign "f" { word = worse }', ":2: Module 'foreign' instance "
             "'f' initialization failed while preparing to commit. Consult "
             "your vendor.\n\tworse is not wanted\n"),
            ('foreign "f" { level = middle }', "expected 'low' or 'high'"),
            ('foreign "f" { wrod = x }', "did you mean 'word'?"),
            ("foreign_swich = yes", "did you mean 'foreign_switch'?"),
            ('foriegn "f" { }', "did you mean 'foreign'?")):
        done = check(text + "\n")
        equal(done.returncode, CONFIG, text)
        holds(done.err, words, text)


@test("a module without its object, or of no module's bytes, is an error")
def broken():
    config('foreign "f" { }\n')
    with open("foreign.so", "wb") as file:
        file.write(b"no module")
    done = run(MAILSEALD, "-c", "ecelerity.conf", "-t")
    equal(done.returncode, CONFIG)
    holds(done.err, "ecelerity.conf:2: ")
    holds(done.err, "foreign.so")
    os.unlink("foreign.so")
    done = run(MAILSEALD, "-c", "ecelerity.conf", "-t")
    equal(done.returncode, CONFIG)
    holds(done.err, "foreign.so")


if __name__ == "__main__":
    main()
