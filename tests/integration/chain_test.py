"""Several milters in a row, as Postfix asks them.

usage: see scene.py
"""
import os
import signal

from daemon import Mailseald
from judges import fields, names
from place import Process, wait, write
from scene import MAILSEALD, OUTSIDE, Scene
from tap import Skip, equal, holds, main, test

OPENDKIM = "/usr/sbin/opendkim"

scene = Scene()
verifier = Mailseald(scene.place, MAILSEALD, "verifier")
opendkim_port = scene.place.port()
opendkim = f"inet:{scene.place.address}:{opendkim_port}"
MAIL = b"From: Ada <ada@here.test>\r\nSubject: s\r\n\r\nbody\r\n"


@test("one mailseald signs, the next one verifies what the first one added")
def two():
    came = scene.send(MAIL, service="both")
    said = fields(came, "Authentication-Results")
    equal(len(said), 1, said)
    assert said[0].startswith("next.here.test; "), said
    equal(said[0].count("dkim=pass "), 2, said)
    equal(names(came)[:4], ["Authentication-Results", "DKIM-Signature",
                            "DKIM-Signature", "Received"])
    scene.judges.all_pass({"signed and judged": came})


@test("what the first one refuses to sign the next one finds unsigned")
def unsigned():
    came = scene.send(MAIL, service="both", outside=OUTSIDE)
    equal(fields(came, "DKIM-Signature"), [])
    holds(fields(came, "Authentication-Results")[0], "dkim=none")


@test("OpenDKIM behind mailseald verifies what was signed")
def before_opendkim():
    if not os.access(OPENDKIM, os.X_OK):
        raise Skip(f"missing: {OPENDKIM} (Debian package opendkim)")
    start_opendkim()
    came = scene.send(MAIL, service="opendkim")
    said = fields(came, "Authentication-Results")
    equal(len(said), 1, said)
    holds(said[0], "dkim=pass")
    scene.judges.all_pass({"judged by OpenDKIM": came})


def start_opendkim():
    process = Process(OPENDKIM, "-f", "-x", write(
        scene.place.path("opendkim.conf"), f"""\
Socket inet:{opendkim_port}@{scene.place.address}
Mode v
InternalHosts 198.51.100.1
AuthservID mx.far.test
TestPublicKeys {scene.judges.write_table()}
UserID root
"""), output=scene.place.path("opendkim.log"))
    scene.place.at_end(lambda: process.end(signal.SIGKILL))

    def serves():
        process.alive()
        return scene.place.listens(opendkim_port)
    wait("opendkim to serve", serves)


@test("both mailsealds stop cleanly")
def clean():
    verifier.stop()
    scene.stop()


verifier.start(scene.validating("report_none = true authserv_id = "
                                "next.here.test"))
scene.start(scene.signing("rsa") + scene.signing("ed25519"), {
    "both": {"smtpd_milters": f"{scene.mailseald.milter}, {verifier.milter}"},
    "opendkim": {"smtpd_milters": f"{scene.mailseald.milter}, {opendkim}"},
})
main()
