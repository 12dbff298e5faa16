"""What the pages for administrators tell people to write is right.

Each block marked as conf loads, as the file that a reader would make of it: in
a directory with the ready configurations beside it.  Links lead somewhere.  The
tables of OpenDKIM and what the page makes of them agree.

usage: pages_test.py MAILSEALD SOURCES
"""
import glob
import grp
import os
import re
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "cli"))

from tap import Skip, equal, holds, main, test

MAILSEALD, TOP = map(os.path.abspath, sys.argv[1:3])
CONF_D, FROM_OPENDKIM = f"{TOP}/conf.d", f"{TOP}/docs/from-opendkim.md"
PAGES = [f"{TOP}/README.md",
         *sorted(glob.glob(f"{TOP}/docs/**/*.md", recursive=True))]


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def write(path, text):
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    return path


def blocks(page, kind):
    return re.findall(f"^```{kind}\n(.*?)^```$", read(page), re.M | re.S)


def need_group(name):
    """That it is there is part of what -t looks at."""
    try:
        grp.getgrnam(name)
    except KeyError:
        raise Skip(f"there is no group {name} here") from None


def add_scripts(page):
    """`NAME.lua`: and the script."""
    for name, text in re.findall(r"^`(\w+\.lua)`:\n\n```lua\n(.*?)^```$",
                                 read(page), re.M | re.S):
        write(name, text)


def add_loading(page, number, text):
    @test(f"{os.path.relpath(page, TOP)}: its configuration {number} loads")
    def loads():
        for path in glob.glob(f"{CONF_D}/*.conf"):
            shutil.copy(path, ".")
        add_scripts(page)
        for group in re.findall(r'file_group = "(\w+)"', text):
            need_group(group)
        done = subprocess.run([MAILSEALD, "-c", write("page.conf", text),
                               "-t"], capture_output=True, text=True,
                              timeout=60, check=False)
        equal((done.returncode, done.stderr), (0, ""), text)


def anchor_of(heading):
    """As it is made of a heading where the pages are shown."""
    kept = re.sub(r"[^\w\- ]", "", heading.lower())
    return kept.replace(" ", "-")


def prose(path):
    """Without what is code: there nothing is a heading or a link."""
    text = re.sub(r"^```.*?^```$", "", read(path), flags=re.M | re.S)
    return re.sub(r"^(    |\t).*$", "", text, flags=re.M)


def anchors(path):
    return {anchor_of(line) for line
            in re.findall(r"^#+ (.*)$", prose(path), re.M)}


def add_links(page):
    @test(f"{os.path.relpath(page, TOP)}: its links lead somewhere")
    def links():
        text = re.sub(r"`[^`]*`", "", prose(page))
        for target in re.findall(r"\]\(([^)\s]+)\)", text):
            if re.match(r"\w+:", target):
                continue
            name, _, anchor = target.partition("#")
            path = os.path.normpath(os.path.join(os.path.dirname(page), name)
                                    if name else page)
            assert os.path.exists(path), target
            if anchor:
                assert anchor in anchors(path), target


for each in PAGES:
    for index, found in enumerate(blocks(each, "conf"), 1):
        add_loading(each, index, found)
    add_links(each)


@test("from-opendkim.md: the script makes of the tables what the example has")
def tables():
    by_hand = ["joe@example.com 2020._domainkey.example.com",
               "*@example.com mail._domainkey.example.org",  # a second row
               "*@*.example.com 2020._domainkey.example.com",
               "*@example.info inline",
               "*@example.info nosuch"]
    one = {kind: blocks(FROM_OPENDKIM, kind)[0]
           for kind in ("keytable", "signingtable", "awk", "conf")}
    done = subprocess.run(
        ["awk", "-f", write("tables.awk", one["awk"]),
         write("key.table", "# keys\n" + one["keytable"] +
               "inline example.info:x:MIIBVAIBADANBgkq\n"),
         write("signing.table", "  # rows\n" + one["signingtable"] +
               "".join(f"{row}\r\n" for row in by_hand))],
        capture_output=True, text=True, timeout=60, check=False)
    equal(done.stderr, "")
    made = done.stdout.replace("/etc/dkimkeys/", "/etc/mailseal/keys/")
    lines = [line for line in made.splitlines() if "# by hand" not in line]
    equal(len(lines), 3, made)
    for line in lines:
        holds(one["conf"], line)
    for row in by_hand:
        holds(made, f"  # by hand: {row}\n")


@test("the port of the ready configuration is the one in the pages")
def port():
    ready = re.search(r'^\s*Listen "inet:(\d+)@127\.0\.0\.1"',
                      read(f"{CONF_D}/milter.conf"), re.M).group(1)
    for page in ("README.md", "docs/postfix.md"):
        holds(read(f"{TOP}/{page}"),
              f"smtpd_milters = inet:127.0.0.1:{ready}\n")
    holds(read(f"{TOP}/docs/sendmail.md"), f"S=inet:{ready}@127.0.0.1")


@test("what needs the installed keys is run as their user in the pages")
def key_user():
    """A key of another user is refused, to root as well."""
    found = 0
    for page in PAGES:
        joined = read(page).replace("\\\n", " ")
        for line in re.findall(r"^ *((?:runuser .*)?mailseald? .*)$", joined,
                               re.M):
            if re.search(r" --inject | --key /etc/mailseal/", line) and \
                    "/etc/mailseal/" in line:
                found += 1
                holds(line, "runuser -u mailseal -- mailseal",
                      os.path.relpath(page, TOP))
                # what is in root's folders that user cannot open
                assert re.search(r" <\w+\.eml", line), (page, line)
    assert found >= 8, found


main()
