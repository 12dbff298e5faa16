"""What the tests of DomainKeys with Mail::DKIM share."""

import os
import re
import shutil
import subprocess

HERE = os.path.dirname(os.path.abspath(__file__))
DOMAIN = "example.com"
SELECTOR = "dk"
JUDGE = ["/usr/bin/perl", os.path.join(HERE, "maildkim_judge.pl")]


def unended(text):
    """The body's last line has no CRLF."""
    body = text.partition(b"\r\n\r\n")[2]
    return body != b"" and not body.endswith(b"\r\n")


def read(path):
    with open(path, "rb") as file:
        return file.read()


def write(path, text):
    with open(path, "wb") as file:
        file.write(text)


def new_folder(path):
    """An empty one, with its full name."""
    shutil.rmtree(path, ignore_errors=True)
    os.makedirs(path)
    return os.path.abspath(path)


def run(command, lines):
    done = subprocess.run(command, input="\n".join(lines).encode() + b"\n",
                          stdout=subprocess.PIPE, check=False)
    said = done.stdout.decode(errors="replace").splitlines()
    return said + [f"ended with status {done.returncode}"] * (
        len(lines) - len(said))


def maildkim(keys, lines):
    """What Mail::DKIM says to each line; None when it is not installed."""
    found = subprocess.run(["/usr/bin/perl", "-MMail::DKIM", "-e", "1"],
                           capture_output=True, check=False)
    if found.returncode != 0:
        return None
    return run(JUDGE + [keys], lines) if lines else []


def make_key(mailseal, work):
    """The key file, and the file with its record."""
    subprocess.run([mailseal, "keygen", "--domain", DOMAIN, "--selector",
                    SELECTOR, "--type", "rsa", "--bits", "1024", "--out",
                    work], check=True, capture_output=True)
    text = read(os.path.join(work, SELECTOR + ".txt")).decode()
    record = "".join(re.findall(r'"([^"]*)"', text))
    keys = os.path.join(work, "keys.txt")
    write(keys, f"{SELECTOR}._domainkey.{DOMAIN}\t{record}\n".encode())
    return os.path.join(work, SELECTOR + ".key"), keys
