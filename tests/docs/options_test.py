"""docs/options.md is what mailseald writes, and says something of each option.

usage: options_test.py MAILSEALD PAGE
"""
import difflib
import os
import re
import subprocess
import sys

MAILSEALD, PAGE = map(os.path.abspath, sys.argv[1:3])


def report(number, passed, words, said=""):
    print(f"{'ok' if passed else 'not ok'} {number} - {words}")
    if not passed:
        print(re.sub("^", "# ", said, flags=re.M))


def main():
    done = subprocess.run([MAILSEALD, "--options-doc"], capture_output=True,
                          text=True, timeout=60, check=False)
    with open(PAGE, encoding="utf-8") as file:
        page = file.read()
    print("1..3")
    report(1, done.returncode == 0 and not done.stderr,
           "all modules load", done.stderr)
    changes = "\n".join(difflib.unified_diff(
        page.splitlines(), done.stdout.splitlines(), "docs/options.md",
        "mailseald --options-doc", lineterm=""))
    report(2, page == done.stdout, "docs/options.md is up to date",
           f"{changes}\nTo update it:\n"
           f"{MAILSEALD} --options-doc >{PAGE}")
    silent = re.findall(r"^\| `\S+` .*\|  \|$", done.stdout, re.M)
    report(3, not silent, "every option and scope has a meaning",
           "\n".join(silent))


main()
