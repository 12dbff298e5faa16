"""The world that Postfix delivers to: an SMTP server that keeps what it gets,
byte for byte."""
import re
import socketserver
import threading

from place import wait


class Delivery:
    def __init__(self, sender, rcpts, data):
        self.sender, self.rcpts, self.data = sender, rcpts, data


class _Session(socketserver.StreamRequestHandler):
    def answer(self, text):
        self.wfile.write(text + b"\r\n")

    def handle(self):
        sender, rcpts = "", []
        self.answer(b"220 sink.test ESMTP")
        for line in self.rfile:
            verb = line[:4].upper()
            if verb == b"EHLO":
                self.answer(b"250-sink.test\r\n250-PIPELINING\r\n"
                            b"250-8BITMIME\r\n250-SMTPUTF8\r\n250 SIZE")
            elif verb == b"DATA":
                self.answer(b"354 go on")
                self.server.keep(Delivery(sender, rcpts, self.data()))
                sender, rcpts = "", []
                self.answer(b"250 2.0.0 kept")
            elif verb == b"QUIT":
                self.answer(b"221 bye")
                return
            else:
                address = re.search(rb"<(.*?)>", line)
                if verb == b"MAIL":
                    sender, rcpts = address[1].decode(), []
                elif verb == b"RCPT":
                    rcpts.append(address[1].decode())
                self.answer(b"250 2.1.0 fine")

    def data(self):
        lines = []
        for line in self.rfile:
            if line == b".\r\n" and (not lines or lines[-1][-2:] == b"\r\n"):
                return b"".join(lines)
            lines.append(line[1:] if line[:1] == b"." else line)
        raise ConnectionError("the connection ended within a message")


class Sink(socketserver.ThreadingTCPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128
    allow_reuse_address = True

    def __init__(self, place):
        self.address, self.port = place.address, place.port()
        self.kept, self.lock = {}, threading.Lock()
        super().__init__((self.address, self.port), _Session)
        threading.Thread(target=self.serve_forever, args=(0.05,),
                         daemon=True).start()
        place.at_end(self.end)

    def handle_error(self, request, client_address):
        pass  # a connection that broke: Postfix tries again

    def keep(self, delivery):
        with self.lock:
            for rcpt in delivery.rcpts:
                self.kept.setdefault(rcpt, []).append(delivery)

    def got(self, rcpt):
        """All deliveries to a recipient so far."""
        with self.lock:
            return list(self.kept.get(rcpt, []))

    def await_mail(self, rcpt):
        """The bytes that the recipient gets, and gets once."""
        came = wait(f"mail to {rcpt}", lambda: self.got(rcpt))
        assert len(came) == 1, f"{rcpt} got {len(came)} messages"
        return came[0].data

    def end(self):
        self.shutdown()
        self.server_close()
