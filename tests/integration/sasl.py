"""Who Postfix asks about passwords: a server of Dovecot's authentication
protocol 1.1 that knows one user, so that AUTH in the tests is Postfix's own."""
import base64
import socketserver
import threading

USER, PASSWORD = "ada", "sesame"


class _Session(socketserver.StreamRequestHandler):
    def say(self, *words):
        self.wfile.write("\t".join(words).encode() + b"\n")

    def handle(self):
        self.say("VERSION", "1", "1")
        self.say("MECH", "PLAIN", "plaintext")
        self.say("SPID", "1")
        self.say("CUID", "1")
        self.say("COOKIE", "00112233445566778899aabbccddeeff")
        self.say("DONE")
        for line in self.rfile:
            words = line.decode().rstrip("\n").split("\t")
            if words[0] != "AUTH":
                continue
            reply = words[-1].removeprefix("resp=")
            if base64.b64decode(reply) == f"\0{USER}\0{PASSWORD}".encode():
                self.say("OK", words[1], f"user={USER}")
            else:
                self.say("FAIL", words[1], f"user={USER}")


class Passwords(socketserver.ThreadingTCPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, place):
        self.port = place.port()
        super().__init__((place.address, self.port), _Session)
        self.path = f"inet:{place.address}:{self.port}"
        threading.Thread(target=self.serve_forever, args=(0.05,),
                         daemon=True).start()
        place.at_end(self.end)

    def end(self):
        self.shutdown()
        self.server_close()
