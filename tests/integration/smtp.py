"""An SMTP client that tells every reply, and says who it is if Postfix lets
it (XCLIENT)."""
import smtplib


class Client:
    def __init__(self, address, port, outside=None, login=None):
        """outside: the IP address that the mail comes from; login: user and
        password."""
        self.smtp = smtplib.SMTP(address, port, timeout=120,
                                 local_hostname="client.test")
        self.smtp.ehlo()
        if outside is not None:
            code, text = self.smtp.docmd("XCLIENT", "ADDR=" + outside +
                                         " NAME=outside.test")
            assert code == 220, text
            self.smtp.ehlo()
        if login is not None:
            self.smtp.login(*login)

    def command(self, *words):
        code, text = self.smtp.docmd(*words)
        return code, text.decode(errors="replace")

    def envelope(self, sender, rcpts):
        """The first refusal, or None."""
        for verb, address in [("MAIL FROM:", sender)] + [
                ("RCPT TO:", rcpt) for rcpt in rcpts]:
            reply = self.command(f"{verb}<{address}>")
            if reply[0] != 250:
                return reply
        return None

    def send(self, sender, rcpts, mail):
        """The reply that decides, and its text."""
        refusal = self.envelope(sender, [rcpts] if isinstance(rcpts, str)
                                else rcpts)
        if refusal is not None:
            if refusal[0] != 421:  # with that the server hangs up
                self.smtp.rset()
            return refusal
        code, text = self.smtp.data(mail)
        return code, text.decode(errors="replace")

    def close(self):
        self.smtp.close()

    def __enter__(self):
        return self

    def __exit__(self, trouble, *_):
        if trouble is not None:  # who knows whose turn it is to speak
            self.close()
            return
        try:
            self.smtp.quit()
        except (smtplib.SMTPException, OSError):
            pass
