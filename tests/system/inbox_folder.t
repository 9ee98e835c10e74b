#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The reader of mails shut in, with a real dovecot: a folder of thousands, TLS from the beginning and after STARTTLS, a host that has to be looked up."""
import atexit
import json
import os
import shutil
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "harness"))
AS_ROOT = os.getuid() == 0
if not AS_ROOT or shutil.which("dovecot") is None:
    print("1..0 # SKIP dovecot runs as root only")
    sys.exit(0)
os.environ.pop("SANDBOX", None)
from dsrd import BUILD, RUNNER, Dsrd, case, contains, equal, lacks, run_cases, wait_for  # noqa: E402
from mailservers import Dovecot  # noqa: E402

MODE = "off" if "sanitize" in BUILD else "required"
d = Dsrd({"inbox": {"source": "none"}, "sandbox": {"mode": MODE}})
dovecot = Dovecot(d.folder + "/dovecot", starttls=True)
atexit.register(dovecot.stop)
CREDENTIALS = os.path.join(d.folder, "imap-credentials")
with open(CREDENTIALS, "w") as file:
    file.write("library\ns3cret-pass\n")
os.chmod(CREDENTIALS, 0o600)
shutil.chown(CREDENTIALS, "nobody")
d.write_conf({"inbox": {"source": "imap", "url": f"imaps://localhost:{dovecot.port}/INBOX", "ca_file": dovecot.folder + "/cert.pem", "credentials": CREDENTIALS, "poll_ms": 100}})
MANY = 2000
serial = iter(range(1, 1 << 30))


def program(*arguments, wait=True):
    command = RUNNER + [os.path.join(d.program, "dsrd-inbox"), *arguments, "-c", d.conf, "--private", d.data]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=d.environment())
    if not wait:
        return process
    out = process.communicate(timeout=300)[0]
    equal(process.returncode, 0, out)
    return out


def deliver(box):
    n = next(serial)
    path = os.path.join(box, "tmp", f"{1700000000 + n}.{n}.host")
    with open(path, "w") as file:
        file.write(f"Message-ID: <{n}@vendor.example>\nFrom: x@vendor.example\nTo: request@library.example\nSubject: {n}\n\nAnswer {n}\n")
    shutil.chown(path, "nobody", "nogroup")
    os.rename(path, os.path.join(box, "new", os.path.basename(path)))


def count():
    return int(d.sql("select count(*) from dsr.reply"))


@case
def after_starttls_and_by_a_name_that_is_looked_up():
    url = f"imap://localhost:{dovecot.starttls_port}/INBOX"
    d.write_conf({"inbox": {"url": url, "tls": "required"}})
    dovecot.start()
    reader = program("run", wait=False)
    deliver(dovecot.box)
    wait_for(lambda: count() == 1, "it is read")
    reader.terminate()
    equal(reader.wait(20), 0)
    lacks(reader.stdout.read(), "going on without", "Trying again")
    reader.stdout.close()
    dovecot.stop()


@case
def of_a_folder_with_thousands_none_is_passed_over():
    # Their numbers in one line are longer than what libcurl takes of one.
    shutil.rmtree(dovecot.box)
    dovecot.make_box()
    with open(os.path.join(dovecot.box, "dovecot-uidlist"), "w") as file:
        file.write("3 V77 N1000000000 G00000000000000000000000000000001\n")
    shutil.chown(os.path.join(dovecot.box, "dovecot-uidlist"), "nobody", "nogroup")
    for _ in range(MANY):
        deliver(dovecot.box)
    d.write_conf({"inbox": {"url": f"imaps://localhost:{dovecot.port}/INBOX"}})
    dovecot.start()
    program("once")
    equal(count(), 1 + MANY)
    program("once")
    equal(count(), 1 + MANY)


run_cases()
