"""mailseald behind an MTA with many connections, and what comes in between:
reloads and stops.  Run under ThreadSanitizer, too.

usage: load_test.py with the arguments of scene.py
"""
import signal
import socket
import sys
import time

sys.dont_write_bytecode = True  # the source tree stays as it is

from packets import HELLO
from scene import (MAIL, PATIENCE, SIGN, Daemon, go_on, load, paused, prepare,
                   reload, result_of)
from tap import equal, main, test


@test("32 connections at once: each message gets its one signature")
def at_once():
    with Daemon(SIGN) as daemon:
        for style in ("postfix", "sendmail"):
            status, row, err = result_of(load(
                daemon, "--connections", 32, "--messages", 640, "--macros",
                style))
            equal(status, 0, err)
            equal((row["accept"], row["signatures"], row["edits"],
                   row["wrong"], row["lost"]), (640, 640, 640, 0, 0))


@test("connections that come and go are served")
def short_connections():
    with Daemon(SIGN) as daemon:
        status, row, err = result_of(load(
            daemon, "--connections", 4, "--messages", 200,
            "--messages-per-connection", 3))
        equal(status, 0, err)
        equal((row["accept"], row["signatures"]), (200, 200))


@test("SIGHUP in the middle of messages: none is lost, none is signed twice")
def reload_under_load():
    with Daemon(SIGN) as daemon:
        process = load(daemon, "--connections", 8, "--messages", 3000)
        hangups = 0
        while process.poll() is None:
            daemon.process.send_signal(signal.SIGHUP)
            hangups += 1
            time.sleep(0.05)
        status, row, err = result_of(process)
        equal(status, 0, err + daemon.logged())
        equal((row["accept"], row["signatures"], row["edits"],
               row["lost"]), (3000, 3000, 3000, 0))
        assert hangups > 1, "too fast to be interrupted"


@test("a message finishes on the configuration it began with")
def reload_in_mid_message():
    with Daemon(SIGN) as daemon:
        for stage in ("mail", "header", "body"):
            daemon.configure(SIGN)
            reload(daemon)
            sending = paused(daemon, stage)
            daemon.configure("")
            reload(daemon)
            out = go_on(sending)
            equal([row["name"] for row in out["edits"]],
                  ["DKIM-Signature"], stage)
            equal(daemon.send(MAIL).edits, [])


@test("SIGTERM in the middle of a message: it is finished, then all ends")
def stop_in_mid_message():
    for stage in ("mail", "rcpt", "header", "body"):
        with Daemon(SIGN) as daemon:
            idle = socket.socket(socket.AF_UNIX)
            idle.connect("socket")
            idle.sendall(HELLO)
            idle.recv(65536)
            sending = paused(daemon, stage)
            daemon.process.terminate()
            daemon.wait_for_log("stopping")
            out = go_on(sending)
            equal((out["verdict"], [row["name"] for row in out["edits"]]),
                  ("accept", ["DKIM-Signature"]), stage)
            equal(daemon.process.wait(PATIENCE), 0)
            idle.close()


@test("SIGTERM under load: what was begun is finished or refused with 4xx")
def stop_under_load():
    with Daemon(SIGN) as daemon:
        process = load(daemon, "--connections", 8, "--seconds", 60,
                       "--macros", "sendmail")
        time.sleep(0.5)
        daemon.process.terminate()
        equal(daemon.process.wait(PATIENCE), 0)
        _, row, _ = result_of(process)
        equal(row["signatures"], row["accept"])
        equal(row["reject"] + row["discard"], 0)
        equal(row["messages"], row["accept"] + row["tempfail"])


if __name__ == "__main__":
    prepare()
    main()
