"""What most tests of this folder begin with: keys in the DNS, mailseald, a
Postfix that asks it, and the world behind.

usage: X_test.py MAILSEAL MAILSEALD OPENDKIM-JUDGE ECXS PROBE-FOLDER CONF.D
"""
import itertools
import os
import smtplib
import sys

from place import Place, be_root, run

be_root()  # before the modules of the Debian packages are looked for

from daemon import Keys, Mailseald  # noqa: E402
from dns import Nameserver  # noqa: E402
from judges import Judges  # noqa: E402
from postfix import Postfix  # noqa: E402
from sink import Sink  # noqa: E402

MAILSEAL, MAILSEALD, OPENDKIM_JUDGE, ECXS, PROBE, CONF_D = (
    name if name == "-" else os.path.abspath(name) for name in sys.argv[1:7])

OUTSIDE = "192.0.2.7"  # a client that may not relay

_numbers = itertools.count(1)


def somebody(host="world.test"):
    """A recipient that nobody else has."""
    return f"n{next(_numbers)}@{host}"


class Scene:
    def __init__(self):
        self.place = Place()
        self.sink = Sink(self.place)
        self.keys = Keys(self.place, MAILSEAL)
        for selector in "rsa", "ed25519":
            self.keys.make("here.test", selector, selector)
        self.judges = Judges(self.place, MAILSEAL, OPENDKIM_JUDGE, self.keys)
        self.dns = Nameserver(self.place)
        self.mailseald = Mailseald(self.place, MAILSEALD)
        self.postfix = None

    def start(self, config, services=None, settings="", master=""):
        self.dns.start(self.keys.zone)
        self.mailseald.start(config)
        if services is None:
            services = {"mx": {}}
        services = {name: {"smtpd_milters": self.mailseald.milter, **own}
                    for name, own in services.items()}
        self.postfix = Postfix(
            self.place, self.sink, services,
            f"non_smtpd_milters = {self.mailseald.milter}\n" + settings,
            master)
        self.postfix.start()

    def signing(self, selector, more=""):
        """A stanza that signs for whoever may relay."""
        return (f'dkim_sign "{selector}" {{\n\tselector = "{selector}"\n'
                f'\tkey = "{self.keys.folder}/%{{d}}/%{{s}}.key"\n'
                f'\tsign_condition = "can_relay"\n\t{more}\n}}\n')

    def validating(self, more=""):
        return (f'dns_forwarders = ( "{self.dns.forwarder}" )\n'
                f'dkim_validate "v" {{ {more} }}\n')

    def ready_made(self):
        """conf.d/both.conf, told where our keys are."""
        keys = "".join(
            f'dkim_sign "{name}" {{ key = "{self.keys.folder}/'
            f'%{{d}}/%{{s}}.key" }}\n' for name in ("rsa", "ed25519"))
        return (f'include "{CONF_D}/both.conf"\n{keys}'
                f'dns_forwarders = ( "{self.dns.forwarder}" )\n')

    def probe(self):
        """The module that does what X-Probe fields of a message ask for."""
        folder = self.place.path("modules")
        os.makedirs(folder, exist_ok=True)
        run(sys.executable, ECXS, "-c", "-o", f"{folder}/probe.so",
            os.path.join(PROBE, "probe.c"))
        return f'module_path = ( "{folder}" )\nprobe "p" {{ }}\n'

    def send(self, mail, rcpt=None, sender="ada@here.test", service="mx",
             **client):
        """What the recipient gets."""
        rcpt = rcpt or somebody()
        with self.postfix.client(service, **client) as smtp:
            code, text = smtp.send(sender, rcpt, mail)
        assert code == 250, f"{code} {text}"
        return self.sink.await_mail(rcpt)

    def answered(self, mail, rcpt=None, sender="ada@here.test", service="mx",
                 **client):
        """The reply to a message, or to the connection that was to bring
        it."""
        try:
            with self.postfix.client(service, **client) as smtp:
                return smtp.send(sender, rcpt or somebody(), mail)
        except smtplib.SMTPConnectError as refusal:
            return refusal.smtp_code, refusal.smtp_error.decode()

    def refused(self, mail, **how):
        """The reply, which is a refusal."""
        code, text = self.answered(mail, **how)
        assert code >= 400, f"{code} {text}"
        return code, text

    def stop(self):
        """The end of every test program: nothing may be amiss by then."""
        self.postfix.stop()
        self.mailseald.stop()
        self.place.close()
