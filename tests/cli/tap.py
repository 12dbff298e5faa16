"""Tests that are functions, reported as TAP.

A test is a function decorated with @test("a sentence"); a failed assert fails
it with its message.  Each runs in a folder of its own.
"""
import os
import sys
import tempfile
import traceback

_tests = []


class Skip(Exception):
    """Raised with what is missing."""


def test(sentence):
    def add(function):
        _tests.append((sentence, function))
        return function
    return add


def equal(came, wanted, about=""):
    assert came == wanted, f"{about}: came {came!r}, wanted {wanted!r}"


def holds(text, part, about=""):
    assert part in text, f"{about}: no {part!r} in {text!r}"


def lacks(text, part, about=""):
    assert part not in text, f"{about}: {part!r} in {text!r}"


def _run(function):
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        try:
            function()
        finally:
            os.chdir("/")


def main():
    failed = 0
    print("TAP version 13")
    print(f"1..{len(_tests)}")
    for number, (sentence, function) in enumerate(_tests, 1):
        try:
            _run(function)
            print(f"ok {number} - {sentence}")
        except Skip as missing:
            print(f"ok {number} - {sentence} # SKIP {missing}")
        except Exception:
            failed += 1
            for line in traceback.format_exc().splitlines():
                print(f"# {line}")
            print(f"not ok {number} - {sentence}")
        sys.stdout.flush()
    sys.exit(1 if failed else 0)
