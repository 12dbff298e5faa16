"""What "ninja install" puts where, what it leaves alone, and whether that works.

Everything goes below a DESTDIR of the test's own.  The log of the build folder
by which "ninja uninstall" knows what to remove is put back afterwards.

usage: installation_test.py MESON BUILD PREFIX SBINDIR LIBDIR CONFDIR
"""
import os
import re
import shutil
import stat
import subprocess
import sys

from surroundings import OK, configuration, run
from tap import Skip, equal, holds, lacks, main, test

MESON, BUILD = sys.argv[1:3]
PREFIX, SBINDIR, LIBDIR, CONFDIR = sys.argv[3:7]
LOG = os.path.join(BUILD, "meson-logs", "install-log.txt")
UNIT = f"{PREFIX}/lib/systemd/system/mailseald.service"
POLICIES = ("dual_signing", "exim_dkim", "refuse_spoofed", "sign_by_header")
FILES = ("both", "domainkeys", "ecelerity", "milter", "opendkim", "operating",
         "signing", "validating",
         *(f"policy-{name}" for name in POLICIES))


class Installation:
    """A DESTDIR in the test's folder."""

    def __init__(self):
        self.root = os.path.join(os.getcwd(), "destdir")

    def path(self, name):
        return self.root + name

    def text(self, name):
        with open(self.path(name), encoding="utf-8") as file:
            return file.read()

    def _run(self, *command):
        environment = dict(os.environ, DESTDIR=self.root)
        done = subprocess.run([MESON, *command], cwd=BUILD, env=environment,
                              capture_output=True, text=True, timeout=120,
                              check=False)
        equal(done.returncode, 0, done.stdout + done.stderr)
        return done.stdout

    def install(self):
        kept = None
        if os.path.exists(LOG):
            with open(LOG, "rb") as log:
                kept = log.read()
        try:
            said = self._run("install", "--no-rebuild", "-C", BUILD)
            shutil.copy(LOG, "install-log.txt")
            return said
        finally:
            if kept is not None:
                with open(LOG, "wb") as log:
                    log.write(kept)
            else:
                os.remove(LOG)

    def uninstall(self):
        """What the target does: meson goes by the log in the folder it is
        called in."""
        os.mkdir("meson-logs")
        shutil.copy("install-log.txt", "meson-logs")
        done = run(MESON, "--internal", "uninstall")
        equal(done.returncode, 0, done.err)

    def mailseald(self, *arguments):
        """The installed program, which would find its library and its modules
        below the prefix."""
        os.environ["LD_LIBRARY_PATH"] = self.path(LIBDIR)
        try:
            return run(self.path(f"{SBINDIR}/mailseald"), *arguments)
        finally:
            del os.environ["LD_LIBRARY_PATH"]


def mode(path):
    return stat.S_IMODE(os.stat(path).st_mode)


@test("programs, manual, pages, unit and configuration are where one looks")
def places():
    here = Installation()
    here.install()
    for name in (f"{SBINDIR}/mailseald", f"{PREFIX}/bin/mailseal",
                 f"{PREFIX}/share/man/man8/mailseald.8",
                 f"{PREFIX}/share/doc/mailseal/postfix.md",
                 f"{PREFIX}/share/doc/mailseal/modules/dkim_sign.md",
                 f"{LIBDIR}/mailseal/modules/dkim_sign.so", UNIT,
                 f"{PREFIX}/lib/sysusers.d/mailseal.conf",
                 f"{PREFIX}/lib/tmpfiles.d/mailseal.conf"):
        assert os.path.isfile(here.path(name)), name
    for name in FILES:
        equal(mode(here.path(f"{CONFDIR}/{name}.conf")), 0o644, name)
    equal(mode(here.path(f"{CONFDIR}/keys")), 0o700, "keys are private")


@test("the installed configuration is fine without edits")
def starts_without_edits():
    here = Installation()
    here.install()
    main_file = here.path(f"{CONFDIR}/ecelerity.conf")
    modules = here.path(f"{LIBDIR}/mailseal/modules")
    configuration(f'module_path = ( "{modules}" )\ninclude "{main_file}"\n',
                  "here.conf")
    done = here.mailseald("-c", "here.conf", "-t")
    equal(done.returncode, OK, done.err)


@test("the installed policies load, with the scripts that were installed")
def policies():
    here = Installation()
    here.install()
    modules = here.path(f"{LIBDIR}/mailseal/modules")
    scripts = here.path(f"{PREFIX}/share/mailseal/lua")
    for name in POLICIES:
        file = here.path(f"{CONFDIR}/policy-{name}.conf")
        configuration(f'module_path = ( "{modules}" )\n'
                      f'script_path = ( "{scripts}" )\ninclude "{file}"\n',
                      "here.conf")
        done = here.mailseald("-c", "here.conf", "-t")
        equal(done.returncode, OK, done.err)


@test("mailseald, the unit and the configuration agree on the directory")
def one_directory():
    here = Installation()
    here.install()
    holds(here.mailseald("--help").stdout.decode(),
          f"{CONFDIR}/ecelerity.conf")
    holds(here.text(UNIT), f"-c {CONFDIR}/ecelerity.conf")
    holds(here.text(f"{CONFDIR}/signing.conf"),
          f'key = "{CONFDIR}/keys/%{{d}}/%{{s}}.key"')


@test("a file that an administrator changed stays, and the new one is beside it")
def changed_files_stay():
    here = Installation()
    here.install()
    main_file = here.path(f"{CONFDIR}/ecelerity.conf")
    shipped = here.text(f"{CONFDIR}/ecelerity.conf")
    mine = 'include "both.conf"\nhostname = "mx.example.com"\n'
    configuration(mine, main_file)
    holds(here.install(), f"{main_file}.new")
    equal(here.text(f"{CONFDIR}/ecelerity.conf"), mine)
    equal(here.text(f"{CONFDIR}/ecelerity.conf.new"), shipped)
    equal(sorted(os.listdir(here.path(CONFDIR))),
          sorted(["keys", "ecelerity.conf.new",
                  *(f"{name}.conf" for name in FILES)]))


@test("installing again over unchanged files says nothing about them")
def unchanged_files():
    here = Installation()
    here.install()
    said = here.install()
    lacks(said, ".new")
    lacks(said, "Installing " + here.path(CONFDIR))


@test("uninstalling takes the programs and leaves the configuration and the keys")
def uninstalling():
    here = Installation()
    here.install()
    key = here.path(f"{CONFDIR}/keys/own.key")
    configuration("secret", key)
    here.uninstall()
    left = [os.path.join(folder, name)[len(here.root):]
            for folder, _, names in os.walk(here.root) for name in names]
    equal(sorted(left), sorted([f"{CONFDIR}/keys/own.key",
                                *(f"{CONFDIR}/{name}.conf"
                                  for name in FILES)]))


@test("systemd finds nothing wrong with the unit")
def unit():
    if not shutil.which("systemd-analyze"):
        raise Skip("systemd-analyze is not here")
    here = Installation()
    here.install()
    # A program that is not where the unit says would be told.
    os.mkdir("units")
    configuration(here.text(UNIT).replace(SBINDIR, here.path(SBINDIR)),
                  "units/mailseald.service")
    done = run("systemd-analyze", "verify", "--man=no",
               "units/mailseald.service")
    if "Failed to initialize manager" in done.err:
        raise Skip("systemd-analyze does not work here")
    lacks(done.err, "mailseald")
    equal(done.returncode, 0, done.err)


@test("the unit gives the daemon nothing that it does not need")
def unit_is_closed():
    if not shutil.which("systemd-analyze"):
        raise Skip("systemd-analyze is not here")
    here = Installation()
    here.install()
    done = run("systemd-analyze", "security", "--offline=true", "--no-pager",
               f"--root={here.root}", "mailseald.service")
    said = done.stdout.decode(errors="replace")
    level = re.search(r"Overall exposure level.*: (\d+\.\d)", said)
    if level is None:
        raise Skip("this systemd-analyze does not judge files")
    assert float(level.group(1)) < 2.5, said


@test("the user can be made by systemd-sysusers, and the keys are then its own")
def user():
    if os.geteuid() != 0 or not shutil.which("systemd-sysusers"):
        raise Skip("takes root and systemd-sysusers")
    here = Installation()
    here.install()
    for program in (["systemd-sysusers"], ["systemd-tmpfiles", "--create"]):
        done = run(*program, f"--root={here.root}", "mailseal.conf")
        equal(done.returncode, 0, done.err)
    line = re.search(r"^mailseal:[^:]*:(\d+):", here.text("/etc/passwd"),
                     re.M)
    assert line is not None, here.text("/etc/passwd")
    equal(os.stat(here.path(f"{CONFDIR}/keys")).st_uid, int(line.group(1)))


main()
