#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Round on real servers: letters of dsr send go through postfix into the mailbox of a scripted vendor, who answers in every way; dsrd-inbox, started by dsrd and
killed now and then, reads it back by IMAP from dovecot and from a Maildir."""
import atexit
import email
import email.policy
import json
import os
import random
import shutil
import signal
import smtplib
import subprocess
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "harness"))
from dsrd import AS_ROOT, PATIENCE, Dsrd, case, contains, days_ago, equal, lacks, processes, run_cases, wait_for  # noqa: E402
from mailservers import Dovecot, Postfix  # noqa: E402

if not AS_ROOT or shutil.which("dovecot") is None or shutil.which("postfix") is None:
    print("1..0 # SKIP postfix and dovecot run as root only")
    sys.exit(0)

chance = random.Random(int(os.environ.get("INBOX_SEED", "0")) or None)
d = Dsrd(start=False, owner_email=None)
dovecot = Dovecot(d.folder + "/dovecot")
credentials = os.path.join(d.folder, "imap-credentials")
with open(credentials, "w") as file:
    file.write("library\ns3cret-pass\n")
os.chmod(credentials, 0o600)
shutil.chown(credentials, "nobody")
folders = {"dir": os.path.join(d.data, "inbox"), "vendor": d.folder + "/vendor"}
for folder in folders.values():
    for part in ("", "tmp", "new", "cur"):
        os.mkdir(os.path.join(folder, part))
        shutil.chown(os.path.join(folder, part), "nobody", "nogroup")
postfix = Postfix(d.folder + "/postfix", {"imap.library.example": dovecot.box, "dir.library.example": folders["dir"], "vendor.example": folders["vendor"]},
                  {"gone@vendor.example": "550 5.1.1 User unknown", "full@vendor.example": "552 5.2.2 Mailbox full"})
SOURCES = {"imap": {"source": "imap", "url": f"imaps://localhost:{dovecot.port}/INBOX", "ca_file": dovecot.folder + "/cert.pem", "credentials": credentials, "poll_ms": 200},
           "dir": {"source": "maildir", "poll_ms": 100}}
BLOCK = ("QUJD" * 19 + "\r\n") * 1000


def send(sender, to, text):
    with smtplib.SMTP("127.0.0.1", postfix.port) as server:
        server.sendmail(sender, [to], text.encode() if isinstance(text, str) else text)


def reply(letter, sender, text, to=None, subject=None, headers="", raw=None):
    to = to or letter["Reply-To"]
    body = raw if raw is not None else f"Content-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n"
    send(sender, to, f"From: {sender}\r\nTo: {to}\r\nSubject: {subject or 'Re: ' + letter['Subject']}\r\nMIME-Version: 1.0\r\n{headers}{body}")


# What the vendor does with a letter to that address.
VENDOR = {
    "ack": lambda m: reply(m, "privacy@vendor.example", "We have received your request.", headers="Auto-Submitted: auto-replied\r\n"),
    "extend": lambda m: reply(m, "privacy@vendor.example", "We are extending the period by two further months.\r\n\r\n> " + str(m["Subject"])),
    "identity": lambda m: reply(m, "privacy@vendor.example", "Please verify your identity: we need a copy of your ID."),
    "elsewhere": lambda m: reply(m, "jo@helpdesk.example", "Please find attached a copy of your data.", to="request@" + m["Reply-To"].split("@")[1],
                                 headers=f"In-Reply-To: {m['Message-ID']}\r\n"),
    "retyped": lambda m: reply(m, "jo@helpdesk.example", "Please clarify your request.",
                               to=m["Reply-To"].replace("0", "o").replace("1", "l").upper().replace("L", "l")),
    "big": lambda m: reply(m, "privacy@vendor.example", "", raw="Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nYour data is ready, "
                           f"see the file.\r\n--b\r\nContent-Type: application/zip\r\nContent-Transfer-Encoding: base64\r\n\r\n{BLOCK * 330}\r\n--b--\r\n"),
    "silent": lambda m: None,
}
# vendor's address, kind, proposed event, state, how it was found
WANTED = {
    "ack": ("auto_ack", "acknowledged", "proposed", "token"),
    "extend": ("answer", "extension_notice", "proposed", "token"),
    "identity": ("answer", "identity_requested", "proposed", "token"),
    "elsewhere": ("answer", "answered", "proposed", "in_reply_to"),
    "retyped": ("answer", "clarification_requested", "proposed", "token"),
    "big": ("answer", "answered", "proposed", "token"),
    "gone": ("bounce_hard", None, "proposed", "token"),
    "full": ("bounce_soft", None, "proposed", "token"),
}
refs, troubles = {}, []


def letter(way):
    """Files with a vendor that answers so, and sends the letter; the reference."""
    vendor = {"slug": f"v-{way}", "name": f"Vendor {way}", "date_seen": days_ago(1), "establishments": [{"country": "NL", "zone": "Europe/Amsterdam"}],
              "channels": [{"id": "email-1", "kind": "email", "address": f"{way}@vendor.example", "who": "anyone", "source": "x", "date_seen": days_ago(1), "confidence": "high"}]}
    if d.http("GET", f"/v1/vendors/v-{way}").status == 404:
        equal(d.http("PUT", f"/v1/vendors/v-{way}", vendor).status, 200)
    ref = d.file(f"v-{way}", "access", "--law", "eu-gdpr", "--residence", "NL", "--draft", "--anyway")
    d.dsr("send", ref, "--yes", "--anyway")
    wait_for(lambda: d.sql(f"select state from dsr.request where ref = '{ref}'") == "open", "it is sent, and the record says so")
    return ref


def work_as_vendor(stop):
    folder = os.path.join(folders["vendor"], "new")
    while not stop.is_set():
        try:
            for name in os.listdir(folder):
                with open(os.path.join(folder, name), "rb") as mail:
                    message = email.message_from_bytes(mail.read(), policy=email.policy.default)
                VENDOR[message["To"].addresses[0].username](message)
                os.remove(os.path.join(folder, name))
        except Exception as error:  # told by who waits for the answers
            troubles.append(repr(error))
        stop.wait(0.05)


def is_child(pid, of):
    try:
        with open(f"/proc/{pid}/stat") as file:
            return int(file.read().rsplit(")", 1)[1].split()[1]) in of
    except OSError:
        return True


def readers():
    found = [pid for pid, words in processes() if words[0].endswith("/dsrd-inbox") and d.data in words]
    return [pid for pid in found if not is_child(pid, found)]  # a child that dies is another matter: its mail is read in part


def round_by(source):
    address = f"request@{source}.library.example"
    d.write_conf({"inbox": SOURCES[source], "mail": {"transport": "smtp", "relay": f"smtp://127.0.0.1:{postfix.port}", "tls": "none", "from": address, "reply_address": address}})
    d.start()
    for way in (*WANTED, "silent"):
        refs[source, way] = letter(way)
    count = lambda: int(d.sql("select count(*) from dsr.reply p join dsr.request r on r.library_id = p.library_id and r.id = p.request_id where r.ref in ('"  # noqa: E731
                              + "','".join(refs[source, way] for way in WANTED) + "')"))
    kills, end = 0, time.monotonic() + 2 * PATIENCE
    while count() < len(WANTED): # killed wherever it is; dsrd starts it again
        if time.monotonic() > end or troubles:
            raise AssertionError(f"{source}: {count()} of {len(WANTED)} came; {troubles}; " + str([sorted(os.listdir(os.path.join(folder, part))) for folder in folders.values() for part in ("new", "cur")]) + open(postfix.log).read()[-6000:] + d.read_log()[-3000:])
        for pid in readers() if kills < 6 else []:
            os.kill(pid, signal.SIGKILL)
            kills += 1
        threading.Event().wait(chance.uniform(0.05, 0.5))
    for way, wanted in WANTED.items():
        rows = json.loads(d.sql("select json_agg(json_build_array(kind, event, p.state, match_by)) from dsr.reply p join dsr.request r on r.library_id = p.library_id "
                                f"and r.id = p.request_id where ref = '{refs[source, way]}'"))
        equal([tuple(row) for row in rows], [wanted], f"{source}, {way}")
    equal(d.sql(f"select count(*) from dsr.reply p join dsr.request r on r.id = p.request_id where ref = '{refs[source, 'silent']}'"), "0")
    equal(d.sql("select count(*) from dsr.reply where state = 'pen'"), "0")
    equal(d.sql("select string_agg(distinct state, ',') from dsr.request"), "open") # nothing happens by itself
    contains(d.dsr("status"), "Replies to look at")
    trouble = d.dsr("vendor", "list", "--trouble")
    contains(trouble, "v-gone", "bounces")
    proven = d.sql("select string_agg(vendor, ' ') from dsr.vendor_channel where proven_on is not null")
    contains(proven, "v-ack", "v-big", "v-extend", "v-identity", "v-retyped")  # who answered a token
    lacks(proven, "v-gone", "v-full", "v-silent")
    for way in WANTED: # and then somebody confirms
        shown = d.dsr_json("inbox", "list")
        mine = next(r for r in shown if r["ref"] == refs[source, way])
        d.dsr("inbox", "confirm", mine["id"])
        if WANTED[way][1] is not None:
            contains(d.dsr("show", refs[source, way]), WANTED[way][1].replace("_", " "))
    equal(d.dsr_json("inbox", "list"), [])
    d.stop()


@case
def by_imap():
    round_by("imap")


@case
def by_maildir():
    round_by("dir")


@case
def nothing_was_sent_by_the_reader():
    log = open(postfix.log).read()
    # Each letter, each answer, each bounce; no answer to any of these.
    letters = 2 * (len(WANTED) + 1)
    answers = 2 * (len(WANTED) - 2)
    equal(sum("postfix/smtpd[" in line and ": client=" in line for line in log.splitlines()), letters + answers, "mails that postfix took")


atexit.register(dovecot.stop)
atexit.register(postfix.stop)
stop = threading.Event()
atexit.register(stop.set)
dovecot.start()
postfix.start()
threading.Thread(target=work_as_vendor, args=(stop,), daemon=True).start()
run_cases()
