"""mailseald from the build tree, in the foreground."""
import os
import pwd
import signal

from place import Process, read, run, wait, write


class Keys:
    """A folder of private keys, and their records: as zone text for the name
    server and for mailseal, as a table for those who look them up in
    Python."""

    def __init__(self, place, mailseal):
        self.mailseal, self.folder = mailseal, place.path("keys")
        self.zone, self.records = "", {}

    def make(self, domain, selector, kind="rsa", publish=True):
        """The path of the new private key."""
        folder = os.path.join(self.folder, domain)
        os.makedirs(folder, exist_ok=True)
        run(self.mailseal, "keygen", "--domain", domain, "--selector",
            selector, "--type", kind, "--out", folder)
        if publish:
            self.add(read(f"{folder}/{selector}.txt").decode())
        return f"{folder}/{selector}.key"

    def add(self, text):
        """Zone text of one TXT record."""
        self.zone += text
        name = text.split()[0].rstrip(".").lower()
        self.records[name] = "".join(text.split('"')[1::2])


class Mailseald:
    """Serves a port; or, with a group, a socket file for that group."""

    def __init__(self, place, program, name="mailseald", user="root",
                 group=None):
        self.place, self.program, self.name = place, program, name
        self.user, self.port, self.path = user, None, None
        if group is None:
            self.port = place.port()
            self.milter = f"inet:{place.address}:{self.port}"
            self.listen = f'Listen "inet:{self.port}@{place.address}" {{ }}'
        else:
            folder = place.path(name)
            os.mkdir(folder)
            os.chown(folder, pwd.getpwnam(user).pw_uid, -1)
            self.path = f"{folder}/milter.sock"
            self.milter = f"unix:{self.path}"
            self.listen = f'Listen "{self.milter}" {{ file_mode = 0660 ' \
                f'file_group = "{group}" }}'
        self.config_path = place.path(f"{name}.conf")
        self.output = place.path(f"{name}.err")
        self.process = None
        place.at_end(self._end)

    def configure(self, text):
        """With time enough for the name server on a machine that does other
        things, too; what stands in the text counts."""
        write(self.config_path, f"""\
hostname = "mx.here.test"
user = "{self.user}"
relay_hosts = ( 127.0.0.0/8 )
dns_timeout = 60
dns_message_timeout = 60
Milter_Listener {{
	{self.listen}
}}
{text}
""")

    def start(self, text=None):
        if text is not None:
            self.configure(text)
        self.process = Process(self.program, "-f", "-c", self.config_path,
                               output=self.output)
        wait(f"{self.name} to serve", self._serves)

    def _serves(self):
        self.process.alive()
        return self.place.listens(self.port or self.path)

    def reload(self, text):
        self.configure(text)
        self.process.alive()
        self.process.send(signal.SIGHUP)

    def stop(self):
        """Cleanly, which includes what a sanitizer says at the end."""
        self.process.alive()
        self.process.send(signal.SIGTERM)
        status = self.process.wait()
        assert status == 0, f"{self.name} ended with {status}: " + \
            self.log()[-4000:]
        self.looks_well()

    def restart(self, text=None):
        self.stop()
        self.start(text)

    def kill(self):
        self.process.send(signal.SIGKILL)
        self.process.wait()
        self.looks_well()

    def looks_well(self):
        for word in "Sanitizer", "runtime error:":
            assert word not in self.log(), self.log()[-8000:]

    def log(self):
        return read(self.output).decode(errors="replace")

    def _end(self):
        if self.process is not None:
            self.process.end()
