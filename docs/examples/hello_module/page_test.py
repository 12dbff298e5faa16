#!/usr/bin/env python3
"""page_test.py PAGE ECXS MAILSEALD SAMPLE: do what docs/module-sdk.md says.

The commands and the configuration are taken from the page itself, in the order
they stand there.  Prints TAP.
"""
import os
import re
import shutil
import subprocess
import sys
import tempfile

page, ecxs, mailseald, sample = sys.argv[1:5]
row = 0


def report(good, words, said=''):
    global row
    row += 1
    print(('ok' if good else 'not ok') + f' {row} - {words}')
    if not good:
        print(re.sub('^', '# ', said, flags=re.M))


def blocks(kind):
    with open(page, encoding='utf-8') as file:
        return re.findall(f'^```{kind}\n(.*?)^```$', file.read(),
                          re.M | re.S)


def run(command, folder):
    path = os.pathsep.join([os.path.dirname(os.path.abspath(ecxs)),
                            os.path.dirname(os.path.abspath(mailseald)),
                            os.environ['PATH']])
    return subprocess.run(['sh', '-e', '-c', command], cwd=folder, check=False,
                          env={**os.environ, 'PATH': path},
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          text=True)


def main():
    print('1..5')
    build, inject = blocks('sh')[:2]
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(sample, folder)
        done = run(build, folder)
        report(done.returncode == 0 and not done.stderr,
               'the page\'s command builds the sample without a warning',
               done.stderr)
        with open(os.path.join(folder, 'hello_module.ecm'),
                  encoding='utf-8') as file:
            manifest = file.read()
        report(manifest.strip() == blocks('ini')[0].strip(),
               'the manifest is the one on the page', manifest)
        with open(os.path.join(folder, 'hello.conf'), 'w',
                  encoding='utf-8') as file:
            file.write(blocks('hello.conf')[0])
        done = run(inject, folder)
        report(done.stdout.startswith('X-Greeting: welcome back'),
               'the message comes out with the field on top',
               done.stdout + done.stderr)
        report("hello_module:one: greeted with 'welcome back'" in done.stderr,
               'the log says so', done.stderr)
        done = run(inject.replace('bob@b.test', 'bob@quiet.test'), folder)
        report(done.stdout.startswith('From:'),
               'a domain that wants no greeting gets none',
               done.stdout + done.stderr)


main()
