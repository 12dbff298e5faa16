"""A real mailseald, asked by a real ec_console.

usage: console_test.py MAILSEALD EC_CONSOLE
"""
import os
import socket
import subprocess
import time

from scene import (CHANGES, CONSOLE, FOLDER, PATIENCE, SOCKET, UNAVAILABLE,
                   CONFIG, Daemon, check, console, equal, holds, main, test,
                   write)

DISABLED = 'Domain "a.test" { dkim = "disabled" }\n'


@test("nothing listens: it says so and ends with 69")
def nothing_listens():
    done = subprocess.run([CONSOLE, FOLDER + "/none", "pid"],
                          capture_output=True, text=True, check=False)
    equal(done.returncode, UNAVAILABLE)
    holds(done.stderr, "nothing listens there")


@test("pid is the process's number; lines of standard input are commands")
def pid():
    with Daemon() as process:
        equal(console("pid"), (0, f"{process.pid}\n"))
        equal(console(text="pid\nquit\n"), (0, f"{process.pid}\n"))
        equal(console("no", "such")[0], 1)
        equal(console("quit"), (0, ""))


@test("config set holds at once, or changes nothing")
def config_set():
    with Daemon(text=DISABLED):
        equal(console("config", "set", "Domain", "a.test", "dkim", "enabled"),
              (0, "dkim = enabled\n"))
        equal(console("config eval Domain a.test dkim"),
              (0, "dkim = enabled\n"))
        status, told = console("config set Domain a.test dkim perhaps")
        equal(status, 1)
        holds(told, "Nothing has changed")
        equal(console("config eval Domain a.test dkim"),
              (0, "dkim = enabled\n"))
        equal(console("config reload")[0], 0)
        equal(console("config eval Domain a.test dkim"),
              (0, 'dkim = "disabled"\n'))


@test("config unset tells what holds now, and writeback survives a reload")
def config_unset():
    with Daemon(text=DISABLED):
        equal(console("config unset Domain a.test dkim"),
              (0, '"dkim" has been unset. Effective value is now:\n'
                  "\tdkim = enabled\n"))
        equal(console("config writeback"), (0, f"Written to {CHANGES}\n"))
        equal(console("config reload")[0], 0)
        equal(console("config get Domain a.test dkim"),
              (0, "Option 'dkim' is not set in scope "
                  "'Domain \"a.test\"'.\n"))


@test("a line without an end, and consoles that vanish, do no harm")
def abuse():
    with Daemon() as process:
        for _ in range(100):
            with socket.socket(socket.AF_UNIX) as s:
                s.connect(SOCKET)
                s.sendall(b"config showrecurse\n" * 10)
        with socket.socket(socket.AF_UNIX) as s:
            s.connect(SOCKET)
            try:
                s.sendall(b"x" * 200000)
                while s.recv(4096):
                    pass
            except (BrokenPipeError, ConnectionResetError):
                pass
        end = time.monotonic() + PATIENCE
        while console("pid") != (0, f"{process.pid}\n"):
            equal(time.monotonic() < end, True, "in time")


@test("a word too many is an error, and nothing is done")
def words_behind():
    with Daemon():
        for command in ("pid", "version", "sysinfo", "module list",
                        "module hooks", "signing_stats reset", "shutdown"):
            status, told = console(f"{command} now")
            equal(status, 1, command)
            holds(told, "there is no 'now' here")
        equal(console("pid")[0], 0)


@test("shutdown ends the process, and its socket goes with it")
def shutdown():
    with Daemon() as process:
        equal(console("shutdown"), (0, "Shutting down\n"))
        equal(process.wait(PATIENCE), 0)
        equal(os.path.exists(SOCKET), False)


@test("sockets that would be open without a password are refused")
def refused():
    for listen in ('Listen "0.0.0.0:2025" { always_allow = true }',
                   'Listen "127.0.0.1:2025" { }',
                   'Listen "127.0.0.1:2025" { enable_authentication = true }'):
        write(listen)
        status, told = check()
        equal(status, CONFIG)
        holds(told, "password")


main()
