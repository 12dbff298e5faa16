"""What the tests of this folder share: programs, keys, configurations."""
import os
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True  # the source tree stays as it is
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "cli"))

OK, CONFIG = 0, 78


def run(*arguments, stdin=b""):
    done = subprocess.run([str(a) for a in arguments], input=stdin,
                          capture_output=True, timeout=60, check=False)
    done.err = done.stderr.decode(errors="replace")
    return done


class Keys:
    """A folder with an RSA and an Ed25519 key of a.test, and their zone."""

    def __init__(self, mailseal):
        self.folder = tempfile.TemporaryDirectory()
        self.zone = os.path.join(self.folder.name, "zone")
        with open(self.zone, "wb") as zone:
            for kind in "rsa", "ed25519":
                run(mailseal, "keygen", "--domain", "a.test", "--selector",
                    kind, "--type", kind, "--out", self.folder.name)
                with open(f"{self.folder.name}/{kind}.txt", "rb") as record:
                    zone.write(record.read())

    def path(self, kind):
        return f"{self.folder.name}/{kind}.key"


def configuration(text, name="ecelerity.conf"):
    with open(name, "wb") as file:
        file.write(text if isinstance(text, bytes) else text.encode())
    return name
