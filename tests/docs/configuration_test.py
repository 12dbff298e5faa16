"""The examples of docs/configuration.md load, and its errors are what
mailseald says.

usage: configuration_test.py MAILSEALD PAGE
"""
import os
import re
import subprocess
import sys
import tempfile

MAILSEALD, PAGE = map(os.path.abspath, sys.argv[1:3])
OK, CONFIG = 0, 78


def blocks(kind):
    with open(PAGE, encoding="utf-8") as file:
        return re.findall(f"^```{kind}\n(.*?)^```$", file.read(), re.M | re.S)


def check(text):
    with tempfile.TemporaryDirectory() as folder:
        with open(os.path.join(folder, "ecelerity.conf"), "w",
                  encoding="utf-8") as file:
            file.write(text)
        return subprocess.run([MAILSEALD, "-c", "ecelerity.conf", "-t"],
                              cwd=folder, capture_output=True, text=True,
                              timeout=60, check=False)


def main():
    good, wrong, errors = blocks("conf"), blocks("wrong"), blocks("errors")
    rows = []
    for text in good:
        done = check(text)
        first = text.strip().splitlines()[0].strip("# {")
        rows.append((done.returncode == OK and not done.stderr,
                     f"the example '{first}' loads", done.stderr))
    rows.append((len(good) >= 5 and len(wrong) == len(errors) == 1,
                 "the page has examples, and one of what is wrong",
                 f"{len(good)}, {len(wrong)}, {len(errors)}"))
    for text, expected in zip(wrong, errors):
        done = check(text)
        rows.append((done.returncode == CONFIG and done.stderr == expected,
                     "the errors are those on the page", done.stderr))
    print(f"1..{len(rows)}")
    for number, (passed, words, said) in enumerate(rows, 1):
        print(f"{'ok' if passed else 'not ok'} {number} - {words}")
        if not passed:
            print(re.sub("^", "# ", said, flags=re.M))


main()
