"""DomainKeys through a real Postfix: what dk_sign signed is good to dk_validate
when it comes back as it was delivered, and others' DomainKey-Status is gone.

usage: see scene.py
"""
from judges import fields, names
from scene import OUTSIDE, Scene
from tap import equal, main, test

scene = Scene()

FROM = b"From: Ada <ada@here.test>\r\n"
SHAPES = {
    "plain": FROM + b"Subject: s\r\n\r\nbody\r\n",
    "empty body": FROM + b"Subject: s\r\n\r\n",
    "empty lines at the end": FROM + b"\r\nbody\r\n\r\n\r\n",
    "lines of dots": FROM + b"\r\n.\r\n..\r\n.x\r\n...\r\n",
    "odd folding": FROM + b"Subject:\r\n folded at once\r\nX-Odd: a\r\n"
        b"\t \tb\r\n  c\r\nX-Tab: a\t\r\n\tb\r\n\r\nbody \t \r\n",
    "fields twice": FROM + b"X-Twice: 1\r\nSubject: s\r\nX-Twice: 2\r\n"
        b"Received: from a by b\r\n\r\nbody\r\n",
    "Sender": b"Sender: ada@here.test\r\nFrom: eve@other.test\r\n\r\nbody\r\n",
}


def back(mail):
    """A mail of ours that comes in from outside."""
    return scene.send(mail, outside=OUTSIDE)


@test("each shape is signed on top, with both canonicalizations, and both "
      "signatures hold when it comes back")
def round_trip():
    for about, shape in SHAPES.items():
        mail = scene.send(shape)
        equal(names(mail)[:3], ["DomainKey-Signature"] * 2 + ["Received"],
              about)
        came = back(mail)
        equal(fields(came, "DomainKey-Status"), ["good"], about)
        results = fields(came, "Authentication-Results")
        equal([text.count("domainkeys=pass") for text in results], [2], about)


@test("what was changed on the way is bad")
def changed():
    mail = scene.send(SHAPES["plain"]).replace(b"\r\n\r\nbody",
                                               b"\r\n\r\nbully")
    equal(fields(back(mail), "DomainKey-Status"), ["bad"])


@test("every DomainKey-Status of others goes, and ours is on top")
def forged():
    mail = scene.send(SHAPES["plain"])
    mail = (b"DomainKey-Status: good\r\nDOMAINKEY-STATUS: bad\r\n" +
            mail.replace(b"\r\nSubject:",
                         b"\r\ndomainkey-status: error\r\nSubject:"))
    came = back(mail)
    equal(fields(came, "DomainKey-Status"), ["good"])
    equal(sorted(names(came)[:3]), ["Authentication-Results",
                                    "DomainKey-Status", "Received"])


@test("mail without a signature that needs none has no DomainKey-Status")
def unsigned():
    mail = b"DomainKey-Status: good\r\n" + SHAPES["plain"]
    equal(fields(back(mail), "DomainKey-Status"), [])


@test("mailseald stops cleanly")
def clean():
    scene.stop()


scene.start(f'dns_forwarders = ( "{scene.dns.forwarder}" )\n'
            'dk_validate "v" { authentication_results = true }\n' + "".join(
                f'dk_sign "{canon}" {{\n\tselector = "rsa" canon = {canon}\n'
                f'\tkey = "{scene.keys.folder}/%{{d}}/%{{s}}.key"\n'
                '\tsign_condition = "can_relay"\n}\n'
                for canon in ("nofws", "simple")))
main()
