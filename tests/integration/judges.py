"""Other people's implementations, asked about what Postfix delivered."""
import os
import re
import subprocess

from place import run, write

try:
    import dkim
except ImportError:
    dkim = None

PERL_JUDGE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..",
                          "judges", "maildkim_judge.pl")


def fields(mail, name):
    """The values of the fields with that name, unfolded, from the top."""
    header = mail.partition(b"\r\n\r\n")[0].decode("utf-8", "surrogateescape")
    found = []
    for line in header.replace("\r\n\t", " ").replace(
            "\r\n ", " ").split("\r\n"):
        came, _, value = line.partition(":")
        if came.strip().lower() == name.lower():
            found.append(" ".join(value.split()))
    return found


def names(mail):
    """The names of all fields, from the top."""
    header = mail.partition(b"\r\n\r\n")[0]
    return [line.partition(b":")[0].decode() for line in header.split(b"\r\n")
            if line[:1] not in (b" ", b"\t")]


def tags(signature):
    """A DKIM-Signature's value as a dictionary."""
    pairs = (part.partition("=") for part in signature.split(";"))
    return {name.strip(): value.strip() for name, _, value in pairs}


def without_ed25519(mail):
    """For judges from before RFC 8463: without the signatures that they
    cannot read."""
    header, end, body = mail.partition(b"\r\n\r\n")
    kept = [field for field in re.split(rb"\r\n(?![ \t])", header)
            if not (field.lower().startswith(b"dkim-signature:")
                    and b"a=ed25519-sha256" in field)]
    return b"\r\n".join(kept) + end + body


class Judges:
    """Each says "pass" if every signature of a message is good."""

    def __init__(self, place, mailseal, opendkim_judge, keys):
        self.place, self.mailseal, self.keys = place, mailseal, keys
        self.table = place.path("keys.table")
        self.zone = place.path("keys.zone")
        self.programs = {}
        if subprocess.run(["/usr/bin/perl", "-MMail::DKIM::Verifier", "-e1"],
                          capture_output=True, check=False).returncode == 0:
            self.programs["Mail::DKIM"] = ["/usr/bin/perl", PERL_JUDGE]
        if opendkim_judge != "-":
            self.programs["libopendkim"] = [opendkim_judge]
        self.ed25519 = set()
        if "libopendkim" in self.programs and b"ed25519" in run(
                opendkim_judge, "--algorithms").stdout:
            self.ed25519.add("libopendkim")

    def ask(self, mails):
        """What each judge says of each message: {judge: [word]}."""
        paths = self._prepare(mails)
        old_paths = [write(path + "-rsa", without_ed25519(mail))
                     for path, mail in zip(paths, mails, strict=True)]
        said = {"mailseal": [self._mailseal(path) for path in paths]}
        if dkim is not None:
            said["dkimpy"] = [self._dkimpy(mail) for mail in mails]
        for name, program in self.programs.items():
            done = run(*program, self.table, stdin="".join(
                f"verify\t{path}\n" for path in
                (paths if name in self.ed25519 else old_paths)).encode())
            said[name] = done.stdout.decode().splitlines()
        return said

    def mailseal_says(self, mail):
        return self._mailseal(self._prepare([mail])[0])

    def write_table(self):
        """A file with a line for each key: its name and its text."""
        return write(self.table, "".join(
            f"{name}\t{text}\n" for name, text in self.keys.records.items()))

    def _prepare(self, mails):
        write(self.zone, self.keys.zone)
        self.write_table()
        return [write(self.place.path(f"judged-{i}"), mail)
                for i, mail in enumerate(mails)]

    def all_pass(self, mails):
        """mails: {what it is: the message}; one at least, all signed."""
        for name, words in self.ask(list(mails.values())).items():
            for about, word in zip(mails, words, strict=True):
                assert word == "pass", f"{about}: {name} says {word}"

    def _mailseal(self, path):
        done = run(self.mailseal, "verify", "--zone", self.zone, path,
                   good=False)
        lines = done.stdout.decode().splitlines()
        good = done.returncode == 0 and all(
            line.startswith("pass") for line in lines)
        return "pass" if good else " ".join(lines) + done.err

    def look_up(self, name, timeout=5):
        del timeout
        text = self.keys.records.get(name.decode().rstrip(".").lower())
        return text.encode() if text else None

    def _dkimpy(self, mail):
        try:
            message = dkim.DKIM(mail)
            count = len(fields(mail, "DKIM-Signature"))
            good = [message.verify(i, dnsfunc=self.look_up)
                    for i in range(count)]
        except dkim.DKIMException as error:
            return str(error)
        return "pass" if good and all(good) else "signature mismatch"
