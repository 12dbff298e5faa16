"""Clients that send many messages at once and try again until each is taken,
as an MTA does."""
import collections
import smtplib
import threading
import time

from place import LIMIT, wait
from scene import somebody

PER_CONNECTION = 5  # messages


class Load:
    """rcpts: who gets a message each.  replies: how often each code came."""

    def __init__(self, postfix, mail, count, clients=8, service="mx"):
        self.postfix, self.mail, self.service = postfix, mail, service
        self.rcpts = [somebody() for _ in range(count)]
        self.waiting = collections.deque(self.rcpts)
        self.replies = collections.Counter()
        self.taken, self.lost = 0, []
        self.end = time.monotonic() + LIMIT
        self.lock = threading.Lock()
        self.threads = [threading.Thread(target=self._work, daemon=True)
                        for _ in range(clients)]
        for thread in self.threads:
            thread.start()

    def _work(self):
        smtp, sent = None, 0
        while True:
            try:
                rcpt = self.waiting.popleft()
            except IndexError:
                return
            try:
                smtp = smtp or self.postfix.client(self.service)
                code = smtp.send("ada@here.test", rcpt, self.mail)[0]
                sent += 1
            except (smtplib.SMTPException, OSError):
                code = 421  # nobody said that it was taken
            if smtp is not None and (code != 250 or sent % PER_CONNECTION == 0):
                smtp.close()
                smtp = None
            with self.lock:
                self.replies[code] += 1
                if code == 250:
                    self.taken += 1
                elif code < 500 and time.monotonic() < self.end:
                    self.waiting.append(rcpt)
                else:
                    self.lost.append((rcpt, code))

    def going(self):
        return any(thread.is_alive() for thread in self.threads)

    def await_taken(self, count):
        wait(f"{count} messages to be taken",
             lambda: self.taken >= count or not self.going())

    def finish(self):
        """What everybody got, once each."""
        for thread in self.threads:
            thread.join()
        assert not self.lost, self.lost
        self.postfix.await_empty_queue()
        mails = []
        for rcpt in self.rcpts:
            got = self.postfix.sink.got(rcpt)
            assert len(got) == 1, f"{rcpt} got {len(got)} messages"
            mails.append(got[0].data)
        return mails
