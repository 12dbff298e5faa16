"""mailseald behind something that is no MTA, or one that breaks off.

usage: wire_test.py with the arguments of scene.py
"""
import random
import socket
import sys

sys.dont_write_bytecode = True  # the source tree stays as it is

from packets import CONNECT, HELLO, negotiation, packet
from scene import (MAIL, PROBING, SIGN, STAGES, VALIDATE, Daemon, prepare,
                   probing, signed)
from tap import equal, lacks, main, test


# Macros that are no pairs of texts are left out below: libmilter reads past
# the end of its list then, and nobody but the MTA sends macros.


def throw(daemon, data, patience=0.3):
    """Send bytes, read for a while, hang up."""
    with socket.socket(socket.AF_UNIX) as peer:
        peer.settimeout(patience)
        peer.connect("socket")
        try:
            peer.sendall(data)
            peer.shutdown(socket.SHUT_WR)
            while peer.recv(65536):
                pass
        except (TimeoutError, BrokenPipeError, ConnectionResetError):
            pass


@test("a message broken off at any stage does not disturb the next")
def aborts():
    with Daemon(SIGN + PROBING) as daemon:
        for stage in STAGES:
            first, second = daemon.send_all(
                [probing("code 550 no"), MAIL], "--abort-after", stage)
            equal(first.verdict, "reject" if stage == "end" else "aborted",
                  stage)
            signed(second)


@test("clients that vanish at any stage, and health checks, leave it serving")
def vanishing():
    with Daemon(SIGN) as daemon:
        for stage in STAGES:
            equal(daemon.send(MAIL, "--vanish-after", stage).stage, stage)
        for _ in range(20):
            equal(daemon.mta("--health-check").returncode, 0)
        equal(daemon.mta("--negotiate-only").returncode, 0)
        signed(daemon.send(MAIL))
        lacks(daemon.logged(), "[critical]")


@test("broken packets, wrong lengths and commands out of order do no harm")
def structured_garbage():
    start = packet(b"M", b"<a@b>\0") + packet(b"R", b"<c@d>\0")
    header = packet(b"L", b"From\0 a@example.com\0")
    with Daemon(SIGN + VALIDATE) as daemon:
        for data in (
                b"", b"\0", b"\0\0\0", b"\0\0\0\0", b"\0\0\0\0\0\0\0\0",
                b"\0\0\0\x0dO", b"\xff\xff\xff\xffO",
                b"\x7f\xff\xff\xffL" + b"x" * 1000,
                packet(b"O"), packet(b"O", b"\0" * 11),
                packet(b"O", b"\xff" * 12), packet(b"O", b"\0" * 12),
                negotiation(1), negotiation(7), negotiation(2, 0, 0),
                negotiation(6, 0, 0), negotiation() * 3,
                packet(b"E"), packet(b"B", b"x"), packet(b"L", b"a\0b\0"),
                HELLO + packet(b"C"), HELLO + packet(b"H"),
                HELLO + packet(b"M"), HELLO + packet(b"M", b"<a@b>"),
                HELLO + packet(b"R", b"<c@d>\0"), HELLO + packet(b"E"),
                HELLO + packet(b"N"), HELLO + packet(b"B", b"x"),
                HELLO + header + packet(b"E"),
                HELLO + start + packet(b"L"),
                HELLO + start + packet(b"L", b"\0\0"),
                HELLO + start + packet(b"L", b"a"),
                HELLO + start + packet(b"L", b"a\0b"),
                HELLO + start + packet(b"L", b"\0value\0"),
                HELLO + start + packet(b"D"),
                HELLO + start + packet(b"D", b"M"),
                HELLO + start + packet(b"D", b"?i\0x\0"),
                HELLO + start + packet(b"D", b"Ei\0" + b"Q" * 5000 + b"\0"),
                HELLO + start + header + packet(b"M", b"<a@b>\0"),
                HELLO + start + header + packet(b"N") + header +
                packet(b"E"),
                HELLO + start + packet(b"E") * 3,
                HELLO + start + packet(b"A") * 3 + packet(b"E"),
                HELLO + start * 50 + packet(b"E"),
                HELLO + start + packet(b"K") + packet(b"E"),
                HELLO + packet(b"K") + CONNECT + start + packet(b"E"),
                HELLO + packet(b"U", b"BOGUS\0") + packet(b"Z") +
                packet(b"\0"),
                negotiation() + packet(b"C", b"h\0U"),
                negotiation() + packet(b"C", b"h\0" + b"4\0\x19999\0"),
                negotiation() + packet(b"C", b"h\0" + b"6\0\x19zz\0"),
                negotiation() + packet(b"C", b"h\0" + b"4\0"),
                negotiation() + packet(b"C", b"h"),
                negotiation() + packet(b"C", b"h\0?\0\0x\0"),
                HELLO + packet(b"M", b"<" + b"a" * 60000 + b"@b>\0"),
                HELLO + packet(b"M", b"no brackets\0SIZE\0=\0\0")):
            throw(daemon, data)
        daemon.is_fine()
        signed_twice = daemon.send_all([MAIL, MAIL])
        equal([len(r.names()) for r in signed_twice], [2, 2])


@test("random bytes, and conversations with random damage, do no harm")
def random_garbage():
    chance = random.Random(8461)
    good = (HELLO + packet(b"M", b"<a@example.com>\0SIZE=100\0") +
            packet(b"R", b"<c@d>\0") + packet(b"T") +
            packet(b"L", b"From\0 a@example.com\0") +
            packet(b"L", b"Subject\0 x\n y\0") + packet(b"N") +
            packet(b"B", b"body\r\n") + packet(b"E"))
    with Daemon(SIGN + VALIDATE) as daemon:
        for _ in range(60):
            throw(daemon, chance.randbytes(chance.randrange(1, 300)), 0.1)
        for _ in range(150):
            data = bytearray(good)
            for _ in range(chance.randrange(1, 4)):
                at = chance.randrange(len(data))
                what = chance.randrange(3)
                if what == 0:
                    data[at] = chance.randrange(256)
                elif what == 1:
                    del data[at:at + chance.randrange(1, 20)]
                else:
                    data[at:at] = chance.randbytes(4)
            throw(daemon, bytes(data), 0.1)
        daemon.is_fine()


if __name__ == "__main__":
    prepare()
    main()
