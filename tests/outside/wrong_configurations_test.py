"""What people get who write something wrong: exit status 78, every error with
its line, what was expected there, and the name that was probably meant.

usage: wrong_configurations_test.py MAILSEALD
"""
import os
import re
import sys

from surroundings import CONFIG, OK, configuration, run
from tap import equal, holds, lacks, main, test

MAILSEALD = os.path.abspath(sys.argv[1])
SIGN = 'dkim_sign "s" {\n key = "/k/%{d}.key" selector = "s"\n '

# (what is wrong, the file, [(line, part of the message) ...])
ROWS = [
    ("a slip in a global option", 'hostnmae = "x"',
     [(1, "unknown option 'hostnmae' in scope 'Global' (expected an option "
       "or scope of 'Global'; did you mean 'Hostname'?)")]),
    ("a slip in a switch of a module that nobody loads", "dkmi = enabled",
     [(1, "did you mean 'dkim'?")]),
    ("a slip in a module's option", SIGN + "headr_canon = relaxed }",
     [(3, "did you mean 'header_canon'?")]),
    ("a slip in a module's name", 'dkim_sing "s" { }',
     [(1, "unknown scope 'dkim_sing' in scope 'Global' (expected an option "
       "or scope of 'Global'; did you mean 'dkim_sign'?)")]),
    ("a slip in a scope", 'bindng "x" { dkim = enabled }',
     [(1, "did you mean 'Binding'?")]),
    ("a slip in dk_domain", SIGN + 'dk_domian "x" { } }',
     [(3, "did you mean 'dk_domain'?")]),
    ("a name like no other", "frobnicate = 1", [(1, "unknown option")]),
    ("an option at the top that is of a listener", "timeout = 3",
     [(1, "(expected in Control_Listener)")]),
    ("a switch in a scope that has none", "Milter_Listener { dkim = on }",
     [(1, "unknown option 'dkim' in scope 'Milter_Listener' (expected in "
       "Binding_Group:Binding:Domain>")]),
    ("a dk_domain's own option in its module", SIGN + 'base_domain = "x.y" }',
     [(3, "(expected in dkim_sign:dk_domain)")]),
    ("a module's option in another module",
     'dkim_validate "v" { selector = "x" }', [(1, "unknown option")]),
    ("a module in a domain", 'domain "x.test" {\n dkim_sign "s" { } }',
     [(2, "scope 'dkim_sign' may not stand in scope 'Domain' (expected in "
       "Global)")]),
    ("a binding in a domain", 'domain "x.test" {\n binding "b" { } }',
     [(2, "scope 'Binding' may not stand in scope 'Domain' (expected in "
       "Global, Binding_Group)")]),
    ("a group in a binding", 'binding "b" { binding_group "g" { } }',
     [(1, "scope 'Binding_Group' may not stand in scope 'Binding'")]),
    ("required options missing", 'dkim_sign "s" { }',
     [(1, "dkim_sign 's' lacks the option 'key' (expected 'key = value')"),
      (1, "dkim_sign 's' lacks the option 'selector'")]),
    ("a required option missing in one of two domains",
     'dkim_sign "s" {\n key = "/k"\n dk_domain "a.test" { selector = "s" }\n'
     ' dk_domain "b.test" { }\n}',
     [(4, "dk_domain 'b.test' lacks the option 'selector'")]),
    ("no boolean", 'domain "x.test" { dkim = maybe }',
     [(1, "option 'dkim': 'maybe' is not right (expected true/false, ")]),
    ("no number", "dns_timeout = soon", [(1, "(expected a whole number)")]),
    ("too large a number", "dns_timeout = 99999999999",
     [(1, "(expected a whole number)")]),
    ("negative numbers", "dns_timeout = -1\npermastore_interval = -3\n" +
     SIGN + "lifetime = -1 }",
     [(1, "expected 1 or more"), (2, "expected 0 or more"),
      (5, "-1 is not within 0 and 876000")]),
    ("a negative size", "large_message_threshold = -1",
     [(1, "'-1' is not right (expected a number of octets)")]),
    ("no octal mode", "Control_Listener { file_mode = 0999 }",
     [(1, "(expected an octal mode such as 0660)")]),
    ("no choice", SIGN + "digest = rsa-sha512 }",
     [(3, "(expected 'rsa-sha256', 'ed25519-sha256' or 'rsa-sha1')")]),
    ("networks", "relay_hosts = ( 10.0.0.0/8\n 10.0.0.0/33\n x )",
     [(2, "'10.0.0.0/33' is not right (expected an IP address or a network "
       "such as 10.0.0.0/8)\n\tline 3: 'x' is not right")]),
    ("a peer that is no network", 'Milter_Listener { Peer "10.0.0/9" { } }',
     [(1, "'10.0.0/9' is no network")]),
    ("a broken expression", 'domain "/(abc/" { }',
     [(1, "'/(abc/' is no pattern: missing closing parenthesis")]),
    ("an array for one value", "hostname = ( a b )",
     [(1, "one value wanted, not an array (expected text)")]),
    ("a dictionary for an array", "relay_hosts = [ a = b ]",
     [(1, "an array wanted, not a dictionary (expected '( value ... )')")]),
    ("a value for a dictionary", "Milter_Listener { context = x }",
     [(1, "expected a dictionary: [ key = value ... ]")]),
    ("From left unsigned", SIGN + 'headerlist = "Subject" }',
     [(3, "the header list does not name From")]),
    ("a selector that is none", 'dkim_sign "s" { key = "/k" selector = "a b" '
     "}", [(1, "it is no selector")]),
    ("a pattern that is none", 'dkim_sign "s" { selector = "a" key = "/%{q}" '
     "}", [(1, "%{d} (domain), %{s} (selector)")]),
    ("a quote missing", 'hostname = "mail.a.test\ndns_timeout = 3\n'
     'dkim_validate "v" { }\nrelay_hosts = ( "10.0.0.1" )',
     [(3, "is a quote missing in line 1?"),
      (4, "quoted text without an end (expected a closing quote)")]),
    ("a comment without an end", 'hostname = "x"\n/* a\nb',
     [(2, 'comment without an end (expected "*/")')]),
    ("a stanza without an end", 'domain "x.test" {\n dkim = off\n',
     [(1, "the stanza 'domain' is not closed (expected '}' before the end "
       "of the file)")]),
    ("an array without an end", "relay_hosts = ( 10.0.0.1\nhostname = x",
     [(2, "unexpected '=' (expected a value or ')' in an array)")]),
    ("a dictionary without an end", "Milter_Listener {\n context = [ a = b "
     "\n}", [(3, "unexpected '}' (expected a key or ']' in a dictionary)")]),
    ("a brace too many", 'dkim_validate "v" { } }',
     [(1, "unexpected '}' (expected the name of an option or scope)")]),
    ("no equals sign", 'hostname "mail.test"',
     [(1, "'hostname' has no value (expected '=' and a value for an option, "
       "'{' for a scope)")]),
    ("no value", "hostname =\n}", [(2, "unexpected '}' (expected a value "
                                    "behind '=')")]),
    ("an option as a scope", "hostname { }",
     [(1, "'hostname' is an option, not a scope (expected 'hostname = value'"
       ")")]),
    ("a scope as an option", 'binding = "x"',
     [(1, "'binding' is a scope, not an option")]),
    ("a scope without its name", "binding { }",
     [(1, "scope 'Binding' has no name (expected 'Binding \"NAME\" { ... }'"
       ")")]),
    ("a name that a scope cannot have", 'Debug_Flags "x" { }',
     [(1, "expected 'Debug_Flags { ... }' without one")]),
    ("a second name of what there is one of", 'alerting "a" { }\n'
     'alerting "b" { }', [(2, "has a second name, 'b' (expected 'a' as in "
                           "ecelerity.conf:1)")]),
    ("an old stanza with an option slipped", "Validate validate/dkim "
     "dkim_sign {\n key = /k/%{d}/%{s}.key\n selector = s\n"
     " example.com [ selectr = s1 ]\n}",
     [(4, "did you mean 'selector'?")]),
    ("an old stanza of a module that is not there",
     "Validate validate/nosuch nosuch { }", [(1, "unknown scope 'nosuch'")]),
    ("an include of nothing", 'include "nowhere.conf"',
     [(1, "'nowhere.conf' is not found (expected in '.', or in one of '")]),
    ("an include of itself", 'include "ecelerity.conf"',
     [(1, "includes itself")]),
    ("an include by another protocol", 'include "http://x.test/y"',
     [(1, 'expected a path, "file://" or "persist://"')]),
    ("a directory of modules that is not there",
     'module_path = ( "." "/nowhere"\n "/nor/here" )',
     [(1, "option 'Module_Path': '/nowhere': No such file or directory "
       "(expected a directory with modules)"), (2, "'/nor/here'")]),
    ("Local_Changes_Only alone", "local_changes_only = true",
     [(1, "expected Local_Changes_File as well")]),
    ("a zone file that is not there", 'dkim_validate "v" { }\n'
     'dns_zone_file = "/nowhere/zone"',
     [(1, "Module 'dkim_validate' instance 'v' initialization failed while "
       "preparing to commit. Consult your vendor.\n\tzone file "
       "'/nowhere/zone': No such file or directory")]),
    ("a NUL byte", "dns_timeout = 3\n\0\n", [(2, "NUL byte")]),
    ("another program's file", "Domain example.com\nSelector s",
     [(1, "'Domain' has no value"), (2, "'Selector' has no value")]),
]


def errors(text):
    """(file, line, message with its indented lines) of each error."""
    found = re.findall(r"^(\S[^\n]*?):(\d+): ([^\n]*(?:\n\t[^\n]*)*)$", text,
                       re.M)
    return [(file, int(line), message) for file, line, message in found]


def check():
    return run(MAILSEALD, "-c", "ecelerity.conf", "-t")


def row(wrong, text, wanted):
    @test(f"{wrong}: told with line and expectation")
    def told():
        configuration(text)
        done = check()
        equal(done.returncode, CONFIG)
        equal(done.stdout, b"")
        came = errors(done.err)
        equal([(file, line) for file, line, _ in came],
              [("ecelerity.conf", line) for line, _ in wanted], done.err)
        for (_, _, message), (_, part) in zip(came, wanted):
            holds(message, part)


for line in ROWS:
    row(*line)


@test("all errors of all files come in one run")
def all_at_once():
    os.mkdir("parts")
    configuration("hostnmae = x\n", "parts/10.conf")
    configuration("dns_timeout = x\n", "parts/20.conf")
    configuration("not read", "parts/.hidden")
    configuration('include "parts"\nrelay_hosts = ( x )\n' + SIGN +
                  'headr = 1\n}\ninclude "nowhere"\n')
    done = check()
    equal(done.returncode, CONFIG)
    equal(sorted((os.path.basename(file), line)
                 for file, line, _ in errors(done.err)),
          [("10.conf", 1), ("20.conf", 1), ("ecelerity.conf", 2),
           ("ecelerity.conf", 5), ("ecelerity.conf", 7)], done.err)


@test("files that include each other end with an error, not a hang")
def cycle():
    configuration('include "one"\n')
    configuration('include "two"\n', "one")
    configuration('\ninclude "one"\n', "two")
    done = check()
    equal(done.returncode, CONFIG)
    holds(done.err, "two:2: './one' includes itself")


@test("of hundreds of errors a hundred are told, and how many there are")
def many():
    configuration("dns_timeout = x\n" * 250)
    done = check()
    equal(done.returncode, CONFIG)
    equal(len(errors(done.err)), 100)
    holds(done.err, "150 more errors")


@test("any bytes at all end with status 0 or 78, and without a signal")
def garbage():
    for text in (bytes(range(256)) * 8, b"\xff\xfea\0b\0", b"{" * 5000,
                 b"a {" * 5000, b"(" * 5000, b'"' * 5001, b"/*", b"a = [" * 99,
                 b"x" * 200000, b"include include include"):
        configuration(text)
        done = check()
        equal(done.returncode, CONFIG, text[:20])
        holds(done.err, "ecelerity.conf:1: ", text[:20])
    configuration(b"")
    equal(check().returncode, OK)


@test("the stanzas of Momentum's manual load as they stand there")
def published():
    configuration('''
dkim_sign "dkim_sign1"{
  sign_condition = "can_relay"
  digest="rsa-sha256"
  header_canon = "relaxed"
  body_canon = "relaxed"
  headerlist = "From:Subject:Date:To:MIME-Version?:Content-Type?"
  key = "/opt/msys/ecelerity/etc/conf/dkim/%{d}/%{s}.key"
  dk_domain "example.com" {
    selector = "dkim1024"
  }
  dk_domain "example2.com" {
    selector = "s1024"
  }
}
dkim_validate "dkim_validate1" {
}
Binding_Group "signing" {
  dkim = "enabled"
  binding "foo"{
    domain "test1.example.com" { dkim = "enabled" }
    domain "test2.example.com" { dkim = "disabled" }
  }
}
Esmtp_Listener = {
  Listen ":25" { }
  Peer "0.0.0.0/0" { context = [ source = "world" ] }
}
Control_Listener {
  Listen /tmp/2025 { file_mode = 0660 }
  AuthDigestMD5Parameters [ uri = digest:///etc/users realm = "x" ]
}
domain /(^|[.])example[.](com|co[.]uk)$/ { dkim = disabled }
Debug_Flags { DEBUG = ( DNS MOD ) }
''')
    done = check()
    equal(done.err, "")
    equal(done.returncode, OK)


@test("suggestions are not made where nothing is near")
def no_suggestion():
    configuration("frobnicate = 1\nopenarc { }\n")
    lacks(check().err, "did you mean")


if __name__ == "__main__":
    main()
