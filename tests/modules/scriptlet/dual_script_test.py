"""Signing twice by the table of a script: the way of the public script dkimsign,
which signs for the sender's domain and again for the provider's.

usage: dual_script_test.py MAILSEALD MAILSEAL

The script here is written like that one.  The public one itself runs when
MAILSEAL_PUBLIC_SCRIPTS names a folder with a copy of
https://github.com/SparkPost/momentum-scriptlets, as it stands there; only where
the keys lie is changed in its example of a configuration.

Signatures are judged by dkimpy, where there is one, and by ourselves.
"""
import os
import re

from policy import ACCEPTED, run
from sealed import KEYS, LETTER, ZONE, make_key
from tap import equal, holds, main, test

try:
    import dkim
except ImportError:
    dkim = None

PUBLIC = os.environ.get("MAILSEAL_PUBLIC_SCRIPTS")

SELECTORS = {
    "foo.com": ("dkim-s2048", "dkim-s1024"),
    "bar.com": ("dkim-s1024",),
    "esp.com": ("esp_selector", "dkim-s1024"),
}
for domain, selectors in SELECTORS.items():
    for selector in selectors:
        make_key(domain, selector)

# What stands in the public script's instructions: neither key nor selector.
STANZA = """opendkim "feedbackid-sign" {
  # Feedback-ID is signed so that nobody else can put one
  headerlist = ("from" "to" "message-id" "date" "subject" "Content-Type" "Feedback-ID")
}
"""

SCRIPT = """
require("msys.core");
require("msys.validate.opendkim");
require("msys.extended.message");
require("sign_table");

local mod = {};

local function over(usual, own)
  local both = {};
  if !own then
    return usual;
  end;
  for name, value in pairs(usual) do
    if own and !own[name] then
      both[name] = value;
    end;
  end;
  for name, value in pairs(own) do
    both[name] = value;
  end;
  return both;
end;

function mod:core_final_validation(msg, ac, vctx)
  local from = msg:address_header("From", "domain");
  local of = msys.sign_table.of;
  msys.validate.opendkim.sign(msg, vctx, over(msys.sign_table.usual,
      of[from[1]]));
  if of["*"] then
    msys.validate.opendkim.sign(msg, vctx, over(msys.sign_table.usual,
        of["*"]));
  end;
  return msys.core.VALIDATE_CONT;
end;

msys.registerModule("twice", mod);
"""

TABLE = f"""
module("msys.sign_table", package.seeall);

msys.sign_table.usual = {{
  header_canon = "relaxed",
  body_canon = "relaxed",
  digest = "rsa-sha256",
  selector = "dkim-s1024",
  keyfile = "{KEYS}/%{{d}}/%{{s}}.key",
}};
msys.sign_table.of = {{
  ["foo.com"] = {{ selector = "dkim-s2048" }},
  ["esp.com"] = {{ selector = "esp_selector" }},
  ["*"] = {{ base_domain = "esp.com", selector = "esp_selector" }},
}};
"""


def letter(domain):
    return LETTER.replace(b"a.test", domain.encode()).replace(
        b"\r\n\r\n", b"\r\nFeedback-ID: 1:2:3:esp\r\n\r\n", 1)


def signed_by(out):
    """d=, s= and h= of each signature, from the top."""
    found = []
    for field in out.fields("DKIM-Signature"):
        tags = {name.strip(): b"".join(value.split())
                for name, _, value in (tag.partition(b"=")
                                       for tag in field.split(b";"))}
        found.append((tags[b"d"].decode(), tags[b"s"].decode(),
                      tags[b"h"].decode().lower().split(":")))
    return found


def record(name, timeout=None):
    """For dkimpy: the TXT record of a name."""
    selector, domain = name.decode().rstrip(".").split("._domainkey.")
    with open(f"{KEYS}/{domain}/{selector}.txt", encoding="ascii") as file:
        rr = [line for line in file if line[:1] != ";"]
    return "".join(re.findall('"([^"]*)"', "".join(rr))).encode()


def hold(out, count):
    """All signatures do, to dkimpy and to us."""
    if dkim is not None:
        for index in range(count):
            assert dkim.DKIM(out.out).verify(idx=index, dnsfunc=record), \
                f"dkimpy: signature {index} of {out.out!r}"
    back = run({}, mail=out.out, scripts=(), conf=f'dns_zone_file = "{ZONE}"\n'
               'hostname = "mx.b.test"\ndkim_validate "v" {}\n')
    results, = back.fields("Authentication-Results")
    equal(results.count(b"dkim=pass"), count, results)
    equal(results.count(b"dkim="), count, results)


SENDERS = [
    ("foo.com", [("esp.com", "esp_selector"), ("foo.com", "dkim-s2048")]),
    ("bar.com", [("esp.com", "esp_selector"), ("bar.com", "dkim-s1024")]),
    ("esp.com", [("esp.com", "esp_selector"), ("esp.com", "esp_selector")]),
    # no key is no trouble: the other signature is made
    ("keyless.com", [("esp.com", "esp_selector")]),
]


def check(files, name):
    for domain, wanted in SENDERS:
        out = run(files, mail=letter(domain), sender=f"ann@{domain}",
                  scripts=(name,), conf=STANZA)
        equal(out.status, ACCEPTED, out.err)
        found = signed_by(out)
        equal([(d, s) for d, s, h in found], wanted, out.err)
        for _, _, headers in found:
            for header in "from", "subject", "feedback-id":
                holds(headers, header)
        hold(out, len(wanted))


@test("a script signs twice: for the sender's domain, and the provider's")
def twice():
    check({"twice.lua": SCRIPT, "sign_table.lua": TABLE}, "twice")


if PUBLIC:  # the folder where somebody has them
    @test("the public script does the same, as it is")
    def public():
        with open(f"{PUBLIC}/dkimsign/dkimsign.lua", "rb") as file:
            text = file.read()
        with open(f"{PUBLIC}/dkimsign/dkimsign_config-example.lua",
                  encoding="utf-8") as file:
            config = file.read()
        pattern = re.search('keyfile *= *"(.*)/%{d}', config).group(1)
        check({"dkimsign.lua": text,
               "dkimsign_config.lua": config.replace(pattern, KEYS)}, "dkimsign")


main()
