"""docs/architecture.md is true of the source tree.

Its tables of rooms say who may include whom, and here every #include is held
against them.  All files that the page names are there, and no folder is missing.

usage: architecture_test.py SOURCES
"""
import fnmatch
import glob
import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "cli"))

from tap import main, test

TOP = os.path.abspath(sys.argv[1])
TOPS = ("src", "include", "modules") # tests and bench may include everything


def read(path):
    with open(f"{TOP}/{path}", encoding="utf-8") as file:
        return file.read()


PAGE = read("docs/architecture.md")
FILES = sorted(os.path.relpath(path, TOP) for top in TOPS for path
               in glob.glob(f"{TOP}/{top}/**/*.[ch]", recursive=True))


def table(heading):
    """The rows below that line of headings, cells as they are."""
    rows = PAGE.split(f"\n{heading}\n| ", 1)[1].split("\n\n", 1)[0]
    return [[cell.strip() for cell in line.strip("|").split(" | ")]
            for line in rows.splitlines()[1:]]


def names(cell):
    return re.findall(r"`([^`]+)`", cell)


def place_of(name):
    """What a name in the last column stands for."""
    found = [place for place in (name, f"src/{name}", f"src/{name}.h")
             if os.path.exists(f"{TOP}/{place}")]
    assert found, f"there is no {name}"
    return found[0]


def rules():
    """Room -> what it may include beside itself."""
    return {room: [place_of(name) for name in names(may)]
            for first, _, may in table("| folder | holds | may include |")
            for room in names(first) if room.startswith(TOPS)}


def is_in(path, place):
    return path == place or path.startswith(f"{place}/")


def room_of(path, rooms):
    """The narrowest room that holds it; a room may be a pattern."""
    fitting = [room for room in rooms
               if is_in(path, room) or fnmatch.fnmatch(path, room)]
    return max(fitting, key=lambda room: len(room.rstrip("*")), default=None)


def included(path):
    """Ours among what a file includes, found as the compiler finds it."""
    where = [os.path.dirname(path)]
    where += ["modules"] if is_in(path, "modules") else []
    for name in re.findall(r'^#include "([^"]+)"', read(path), re.M):
        found = [os.path.normpath(f"{folder}/{name}")
                 for folder in (*where, "include", "src")]
        there = [each for each in found if each in FILES]
        assert there, f"{path} includes {name}, which is not there"
        yield there[0]


def may_include(path, other, rooms):
    room, target = room_of(path, rooms), room_of(other, rooms)
    return target == room or any(
        target == place or place not in rooms and is_in(other, place)
        for place in rooms[room])


def none(found):
    assert not found, "\n".join(found)


@test("every folder has its place in the table of rooms")
def placed():
    rooms = rules()
    none([path for path in FILES if room_of(path, rooms) is None])
    none([room for room in rooms if not glob.glob(f"{TOP}/{room}")])


@test("nobody includes what the table does not allow")
def allowed():
    rooms = rules()
    none([f"{path} includes {other}" for path in FILES
          for other in included(path) if not may_include(path, other, rooms)])


def is_there(name):
    """The end of a path, with or without .c; a pattern of one as well."""
    return any(fnmatch.fnmatch(f"/{path}", f"*/{name}{end}")
               for path in FILES for end in ("", ".c"))


@test("the rooms of the host are those of its table")
def host():
    named = [name for row in table("| `src/host/` | holds |")
             for name in names(row[0])]
    none([name for name in named
          if not os.path.exists(f"{TOP}/src/host/{name}")])
    none([f"{row[0]}: {name}" for row in table("| `src/host/` | holds |")
          for name in names(row[1])
          if not name.startswith((".", "ec_")) # endings, types
          and not is_there(f"{names(row[0])[0]}/{name}")])
    folders = {path.split("/")[2] for path in FILES
               if re.match("src/host/[^/]+/", path)}
    none(sorted(folders - set(named)))


@test("the files that say where a rule lives are there")
def rule_files():
    missing = []
    for _, cell in table("| rule | file |"):
        folder = ""
        for name in names(cell):
            # a name alone is in the folder of the one before
            folder = os.path.dirname(name) or folder
            path = os.path.join(folder, os.path.basename(name))
            if not is_there(path):
                missing.append(path)
    none(missing)


@test("the files on the ways of a message are there")
def ways():
    drawn = "\n".join(re.findall(r"^    \S.*$", PAGE, re.M))
    none([name for name in re.findall(r"[a-z_]+/[a-z_/]+", drawn)
          if not is_there(name) and not os.path.isdir(f"{TOP}/{name}")])


@test("the options that say what becomes of mail are there, and whose they are")
def options():
    page = read("docs/options.md").lower()
    modules = {chapter.split("\n", 1)[0]: chapter
               for chapter in page.split("\n## module ")[1:]}
    for row in table("| what | option | default |"):
        whose = row[1].partition("` of ")[2]
        for name in names(row[1]) if whose != "Postfix" else []:
            for chapter in whose.split(", ") if whose else [None]:
                text = modules[chapter] if chapter else page
                assert f"| `{name}` |" in text, f"{name} of {whose}"


@test("a file opens with its own name, and what it is for")
def stories():
    def opens(path):
        stem, ending = os.path.splitext(os.path.basename(path))
        name = rf"(\w+/)*{stem}({ending})?"
        if is_in(path, "include/hooks"):
            name = r"\w+(, \w+)*" # that of the hook, or of several
        return re.match(rf"/\*(\n \*)? {name}:", read(path))
    none([path for path in FILES if not opens(path)])


main()
