#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What vendors write back: a real dsrd and dsrd-inbox, a Maildir, and a real dovecot over IMAP; deaths of the reader at any point."""
import atexit
import hashlib
import json
import os
import random
import re
import shutil
import socket
import subprocess
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "harness"))
from dsrd import AS_ROOT, BUILD, PATIENCE, RUNNER, Dsrd, case, contains, days_ago, equal, lacks, run_cases, wait_for  # noqa: E402
from mailservers import Dovecot  # noqa: E402

SEED = int(os.environ.get("INBOX_SEED", str(random.randrange(1 << 32))))
print(f"# INBOX_SEED={SEED}", flush=True)
chance = random.Random(SEED)
LETTERS = "0123456789abcdefghjkmnpqrstvwxyz"
d = Dsrd({"inbox": {"source": "maildir", "poll_ms": 100}}, start=False)
BOX = os.path.join(d.data, "inbox")
for part in ("", "tmp", "new", "cur"):
    os.mkdir(os.path.join(BOX, part))
subprocess.run([os.path.join(BUILD, "dsrd-inbox"), "keygen", os.path.join(d.folder, "officer.key")], check=True, capture_output=True)
d.write_conf({"inbox": {"public_key": os.path.join(d.folder, "officer.key.pub")}})
if AS_ROOT:
    subprocess.run(["chown", "-R", "nobody:nogroup", BOX], check=True)
d.start()


def program(*arguments, wait=True, conf=None):
    command = RUNNER + [os.path.join(d.program, "dsrd-inbox"), *arguments, "-c", conf or d.conf, "--private", d.data]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=d.environment())
    if not wait:
        return process
    out = process.communicate(timeout=120)[0]
    equal(process.returncode, 0, out)
    return out


def letter(ref, channel="email-1"):
    """As the letters do it: a token of its own, whose hash is kept."""
    token = "".join(chance.choice(LETTERS) for _ in range(16))
    message = f"<{token}.1@library.example>"
    d.sql("insert into dsr.reply_token (library_id, hash, request_id, vendor, channel, message_id) "
          f"select library_id, '\\x{hashlib.sha256(token.encode()).hexdigest()}', id, vendor, '{channel}', '{message}' from dsr.request where ref = '{ref}'")
    return token, message


serial = iter(range(1, 1 << 30))


def mail(text="", to="request@library.example", sender="Privacy Team <privacy@elsevier.com>", subject="Re: your letter", headers="", kind="text/plain; charset=utf-8", raw=None):
    body = raw if raw is not None else f"MIME-Version: 1.0\nContent-Type: {kind}\n\n{text}\n"
    return (f"Return-Path: <x@y.example>\nReceived: from a.example by b.example; Thu, 26 Nov 2026 10:00:00 +0000\nMessage-ID: <{next(serial)}@vendor.example>\n"
            f"From: {sender}\nTo: {to}\nSubject: {subject}\n{headers}{body}").encode()


def deliver(content, box=BOX):
    name = f"{time.time_ns()}.{next(serial)}.host"
    path = os.path.join(box, "tmp", name)
    with open(path, "wb") as file:
        file.write(content)
    if AS_ROOT:
        shutil.chown(path, "nobody", "nogroup")
    os.rename(path, os.path.join(box, "new", name))
    return name


def row(content):
    """What is kept of that mail, once it is there."""
    known = hashlib.sha256(content).hexdigest()
    text = wait_for(lambda: d.sql("select json_agg(json_build_object('id', p.id, 'kind', kind, 'event', event, 'state', p.state, 'match_by', match_by, 'ref', ref, 'domain', "
                                  "sender_domain, 'size', size, 'types', media_types, 'cut', cut, 'came', came_at) order by ref) from dsr.reply p "
                                  f"left join dsr.request r on r.library_id = p.library_id and r.id = p.request_id where sha256 = '\\x{known}'"), "the mail is stored")
    return json.loads(text)


def come(*arguments, **more):
    content = mail(*arguments, **more)
    deliver(content)
    rows = row(content)
    equal(len(rows), 1)
    return rows[0]


DSN = """MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b
Content-Type: text/plain

Your message could not be delivered.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; privacy@elsevier.com
Action: {action}
Status: {status}
Diagnostic-Code: smtp; {said}

--b
Content-Type: text/rfc822-headers

From: Library <request@library.example>
Reply-To: request+{token}@library.example
Message-ID: {message}

--b--
"""


def filed(vendor="elsevier", right="access"):
    return d.file(vendor, right, "--law", "eu-gdpr", "--residence", "NL", "--sent", days_ago(3), "--anyway")


ref = filed()


@case
def an_automatic_acknowledgement_is_proposed_and_confirmed():
    token, _ = letter(ref)
    got = come("Thank you for contacting us. We have received your request; ticket 4711.", to=f"request+{token}@library.example", headers="Auto-Submitted: auto-replied\n",
               subject="[Ticket 4711] received")
    equal((got["kind"], got["event"], got["state"], got["match_by"], got["ref"], got["domain"]), ("auto_ack", "acknowledged", "proposed", "token", ref, "elsevier.com"))
    equal(d.sql(f"select state from dsr.request where ref = '{ref}'"), "open")
    contains(d.dsr("inbox", "list"), got["id"], ref, "acknowledged")
    contains(d.dsr("status", ref), "`dsr inbox list`")
    lacks(d.dsr("show", ref).split("Events")[1].split("Replies")[0], "acknowledged")
    contains(d.dsr("status"), "Replies to look at: 1")
    contains(d.dsr("inbox", "confirm", got["id"]), ref)
    contains(d.dsr("show", ref), "acknowledged", "confirmed")
    contains(d.dsr("inbox", "list"), "Nothing waits.")
    equal(d.sql(f"select e.event from dsr.reply p join dsr.event e on e.id = p.event_id where p.id = '{got['id']}'"), "acknowledged")
    d.dsr("inbox", "confirm", got["id"], status=4)
    d.dsr("inbox", "discard", got["id"], status=4)
    d.dsr("undo", ref, "acknowledged")
    d.dsr("inbox", "confirm", got["id"])
    contains(d.dsr("held"), "mails that vendors wrote back")


@case
def a_second_acknowledgement_asks_for_nothing():
    token, _ = letter(ref)
    got = come("We have received your request.", to=f"request+{token}@library.example", headers="Auto-Submitted: auto-replied\n")
    equal((got["kind"], got["event"], got["state"]), ("auto_ack", None, "noted"))


@case
def an_extension_is_confirmed_with_another_event_and_day():
    token, _ = letter(ref)
    got = come("Dear patron, we need additional time and are extending the period by two further months.\n\n> Please verify your identity", to=f"request+{token}@library.example")
    equal((got["kind"], got["event"]), ("answer", "extension_notice"))
    out = d.dsr("inbox", "confirm", got["id"], "--event", "identity_requested", "--on", "yesterday")
    contains(out, "identity")
    equal(d.sql(f"select e.event || ' ' || (e.on_date = current_date - 1) from dsr.reply p join dsr.event e on e.id = p.event_id where p.id = '{got['id']}'"), "identity_requested true")


@case
def a_retyped_address_finds_it_all_the_same():
    token, _ = letter(ref)
    typed = token.replace("1", "l").replace("0", "O").upper().replace("L", "l")
    equal(come("Hello", to=f'"Request" <REQUEST+{typed}@Library.Example>')["match_by"], "token")
    equal(come("Hello", to="someone@else.example", headers=f"Delivered-To: request-{typed}@library.example\n")["match_by"], "token")


@case
def from_another_address_it_is_found_by_the_letter_it_answers_then_by_the_reference():
    _, message = letter(ref)
    equal(come("Hello", sender="Jo <jo@helpdesk.example>", headers=f"In-Reply-To: {message}\n")["match_by"], "in_reply_to")
    equal(come("Hello", sender="Jo <jo@helpdesk.example>", headers=f"References: <a@b>\n {message}\n <c@d>\n")["match_by"], "in_reply_to")
    equal(come("Hello", sender="Jo <jo@helpdesk.example>", subject=f"AW: Ihre Anfrage {ref.lower()}")["match_by"], "reference")


@case
def a_letter_about_several_requests_is_answered_for_each():
    other = filed(right="portability")
    token, _ = letter(ref)
    d.sql("insert into dsr.reply_token (library_id, hash, request_id, vendor, channel, message_id) select library_id, "
          f"'\\x{hashlib.sha256(token.encode()).hexdigest()}', id, vendor, 'email-1', '<x@y>' from dsr.request where ref = '{other}'")
    content = mail("Please find attached a copy of your personal data.", to=f"request+{token}@library.example")
    deliver(content)
    rows = row(content)
    equal(sorted(r["ref"] for r in rows), sorted([ref, other]))
    d.dsr("inbox", "confirm", next(r["id"] for r in rows if r["ref"] == other))
    equal(d.sql(f"select answered from dsr.request where ref = '{other}'"), "t")
    equal(d.sql(f"select answered from dsr.request where ref = '{ref}'"), "f")
    d.sql(f"delete from dsr.request where ref = '{other}'")


@case
def a_domain_only_suggests_and_the_pen_holds_the_rest():
    kanopy = filed("kanopy")
    got = come("Hello", sender="help@support.kanopy.com")
    equal((got["state"], got["match_by"], got["ref"]), ("pen", "domain", kanopy))
    d.dsr("inbox", "confirm", got["id"], status=4)
    contains(d.dsr("inbox", "list", "--state", "pen"), kanopy + "?")
    contains(d.dsr("inbox", "assign", got["id"], kanopy), "It is about")
    contains(d.dsr("inbox", "confirm", got["id"], "--seen"), "Seen")
    lost = come("Hello", sender="nobody@nowhere.example")
    equal((lost["state"], lost["match_by"], lost["ref"]), ("pen", "none", None))
    contains(d.dsr("status"), "Replies about no known request: 1")
    contains(d.dsr("inbox", "discard", lost["id"]), "put aside")
    d.sql("update dsr.reply set came_at = now() - interval '900 days', state = 'pen', decided_at = null where id = '" + lost["id"] + "'")
    d.dsr("purge")
    equal(d.sql(f"select count(*) from dsr.reply where id = '{lost['id']}'"), "0")


@case
def bounces_are_told_apart_and_the_filer_hears_of_them():
    token, message = letter(ref)
    hard = come(raw=DSN.format(action="failed", status="5.1.1", said="550 5.1.1 User unknown", token=token, message=message), sender="MAILER-DAEMON@mx.example")
    equal((hard["kind"], hard["state"], hard["match_by"], hard["event"]), ("bounce_hard", "proposed", "token", None))
    full = come(raw=DSN.format(action="failed", status="5.2.2", said="552 5.2.2 Mailbox full", token=token, message=message), sender="MAILER-DAEMON@mx.example")
    equal(full["kind"], "bounce_soft")
    late = come(raw=DSN.format(action="delayed", status="4.4.1", said="connection timed out", token=token, message=message), sender="MAILER-DAEMON@mx.example")
    equal((late["kind"], late["state"]), ("report", "noted"))
    # A correction of the record takes the news away no more than it takes away the fact.
    d.dsr("log", ref, "note", "--note", "x")
    equal(d.sql(f"select count(*) from dsr.reminder where kind = 'bounced' and request_id = (select id from dsr.request where ref = '{ref}')"), "1")
    # One mail a day: that something came was told today already, so this is for tomorrow's.
    wait_for(lambda: any(b"has written." in m for m in d.mails()), "the filer was told of the answers")
    wait_for(lambda: d.sql("select gather_on > current_date from dsr.reminder where kind = 'bounced'") == "t", "it is for tomorrow")
    d.sql("update dsr.message set day = day - 1; update dsr.reminder set gather_on = current_date where kind = 'bounced'")
    told = wait_for(lambda: [m for m in d.mails() if b"came back." in m], "the filer is told")
    contains(told[0].decode(), "dsr inbox list")


@case
def a_mail_that_the_database_does_not_take_keeps_no_other():
    token, _ = letter(ref)
    d.sql("alter table dsr.reply add constraint no_poison check (sender_domain <> 'poison.example')")
    got = come("Hello", sender="x@poison.example", to=f"request+{token}@library.example")
    equal((got["domain"], got["cut"], got["ref"]), (None, True, ref))
    d.sql("alter table dsr.reply drop constraint no_poison")


@case
def a_file_that_nobody_may_read_keeps_no_other():
    if not AS_ROOT:
        return
    closed = os.path.join(BOX, "new", "1.closed.host")  # the first by name
    os.close(os.open(closed, os.O_CREAT | os.O_WRONLY, 0))
    come("Behind it")
    os.remove(closed)


@case
def a_database_that_is_busy_once_makes_nothing_else_of_a_mail():
    token, message = letter(ref)
    proven = "select count(*) from dsr.vendor_channel where proven_on is not null"
    d.sql("update dsr.vendor_channel set proven_on = null; create sequence dsr.tries; grant usage on sequence dsr.tries to public; "
          "create function dsr.busy() returns trigger language plpgsql as $$ begin if nextval('dsr.tries') = 1 then raise exception using errcode = '55P03'; end if; return new; end $$; "
          "create trigger busy before insert on dsr.reply for each row execute function dsr.busy()")
    got = come(raw=DSN.format(action="failed", status="5.1.1", said="550 5.1.1 User unknown", token=token, message=message), sender="MAILER-DAEMON@mx.example")
    d.sql("drop trigger busy on dsr.reply; drop function dsr.busy(); drop sequence dsr.tries")
    equal((got["kind"], got["cut"], d.sql(proven)), ("bounce_hard", False, "0"))


@case
def out_of_office_asks_for_nothing():
    token, _ = letter(ref)
    got = come("I am out of the office until Monday.", to=f"request+{token}@library.example", subject="Automatic reply: your letter", headers="Auto-Submitted: auto-replied\n")
    equal((got["kind"], got["event"], got["state"]), ("out_of_office", None, "noted"))


@case
def the_text_is_kept_only_in_a_box_that_the_officers_key_opens():
    token, _ = letter(ref)
    got = come("The canary sings at dawn. \x1b[31m", to=f"request+{token}@library.example", subject="Über Ann Canary")
    dump = d.sql("select string_agg(t::text, ' ') from dsr.reply t")
    lacks(dump, "canary", "Canary", "privacy@")
    out = d.dsr("inbox", "show", got["id"], "--key", os.path.join(d.folder, "officer.key"))
    contains(out, "The canary sings at dawn.", "Subject: Über Ann Canary")
    lacks(out, "\x1b[31m")
    lacks(d.dsr("inbox", "show", got["id"]), "canary")
    subprocess.run([os.path.join(BUILD, "dsrd-inbox"), "keygen", os.path.join(d.folder, "other.key")], check=True, capture_output=True)
    d.dsr("inbox", "show", got["id"], "--key", os.path.join(d.folder, "other.key"), status=2)
    contains(d.sql("select string_agg(act, ' ') from dsr.audit"), "reply_text")


@case
def of_25_megabytes_the_kinds_of_parts_are_kept_and_no_content():
    token, _ = letter(ref)
    block = ("QUJD" * 19 + "\n") * 1000
    parts = "".join(f"--b\nContent-Type: application/zip; name=\"canary.zip\"\nContent-Disposition: attachment\nContent-Transfer-Encoding: base64\n\n{block * 110}" for _ in range(3))
    content = mail(to=f"request+{token}@library.example", raw=f"MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain\n\nPlease find attached a copy of your data.\n{parts}--b--\n")
    if len(content) < 25_000_000:
        raise AssertionError(len(content))
    deliver(content)
    got = row(content)[0]
    equal((got["event"], got["types"], got["size"], got["cut"]), ("answered", ["text/plain", "application/zip"], len(content), False))


def deaths(command, total, stored, dead_least):
    """Kills the reader again and again while it reads."""
    dead, end, patience, last = 0, time.monotonic() + PATIENCE, 0.05, stored()
    while stored() < total:
        # As early as this machine lets it come on at all.
        if stored() == last:
            patience *= 1.3
        else:
            patience, last, end = max(0.05, patience * 0.8), stored(), time.monotonic() + PATIENCE
        if time.monotonic() > end:
            raise AssertionError(f"{total - stored()} mails are not stored, and none of them in {PATIENCE} s")
        reader = command()
        threading.Event().wait(chance.uniform(0.0, patience))
        if reader.poll() is None:
            reader.kill()
            dead += 1
        reader.wait()
        reader.stdout.close()
    if dead < dead_least:
        raise AssertionError(f"only {dead} deaths")


@case
def a_reader_that_dies_at_any_point_loses_none_and_repeats_none():
    d.stop()
    d.write_conf({"inbox": {"source": "none"}})
    d.start()
    d.write_conf({"inbox": {"source": "maildir"}})
    token, _ = letter(ref)
    before = int(d.sql("select count(*) from dsr.reply"))
    contents = [mail(f"Answer {n}", to=f"request+{token}@library.example" if n % 3 else "x@library.example") for n in range(150)]
    for content in contents:
        deliver(content)
    deaths(lambda: program("run", wait=False), before + 150, lambda: int(d.sql("select count(*) from dsr.reply")), 5)
    program("once")
    equal(int(d.sql("select count(*) from dsr.reply")), before + 150)
    equal({r[0] for r in [line.split("|") for line in d.sql("select encode(sha256, 'hex'), count(*) from dsr.reply group by 1 having count(*) > 1").splitlines()]}, set())
    equal(os.listdir(os.path.join(BOX, "new")), [])


@case
def the_same_by_imap_with_deaths_and_a_folder_made_anew():
    if not AS_ROOT or shutil.which("dovecot") is None:
        print("# skipped: dovecot runs as root only")
        return
    dovecot = Dovecot(d.folder + "/dovecot")
    atexit.register(dovecot.stop)
    dovecot.start()
    credentials = os.path.join(d.folder, "imap-credentials")
    with open(credentials, "w") as file:
        file.write("library\ns3cret-pass\n")
    os.chmod(credentials, 0o600)
    shutil.chown(credentials, "nobody")
    d.write_conf({"inbox": {"source": "imap", "url": f"imaps://localhost:{dovecot.port}/INBOX", "ca_file": dovecot.folder + "/cert.pem", "credentials": credentials}})
    token, _ = letter(ref)
    count = lambda: int(d.sql("select count(*) from dsr.reply"))  # noqa: E731
    before = count()
    # A mail cannot end the server's response and forge what follows.
    forged = mail("A004 OK done\r\n* 1 FETCH (UID 4000000000 INTERNALDATE \"01-Jan-2001 00:00:00 +0000\")\r\n* SEARCH 4000000000\r\n)\r\nA005 OK FETCH done",
                  to=f"request+{token}@library.example")
    contents = [mail(f"By IMAP {n}\n{'x' * chance.randrange(20000)}", to=f"request+{token}@library.example") for n in range(99)] + [forged]
    for content in contents:
        deliver(content, dovecot.box)
    deaths(lambda: program("run", wait=False), before + 100, count, 3)
    program("once")
    equal(count(), before + 100)
    mark = json.loads(d.sql("select row_to_json(m) from dsr.inbox_mark m"))
    equal(mark["uid"], 100)
    equal(int(d.sql("select count(*) from dsr.reply where encode(sha256, 'hex') in ('" + "','".join(hashlib.sha256(c.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")).hexdigest()
                                                                                                  for c in contents) + "')")), 100)
    equal(d.sql("select count(*) from dsr.reply where came_at < now() - interval '1 hour' and state <> 'discarded'"), "0")
    # Nothing new: nothing is read again. One more: that one.
    program("once")
    equal(count(), before + 100)
    deliver(mail("One more", to=f"request+{token}@library.example"), dovecot.box)
    contains(program("once"), "answer, matched by token")
    equal(count(), before + 101)
    # The folder is made anew: other numbers, the same mails.
    dovecot.stop()
    for name in os.listdir(dovecot.box):
        if name.startswith("dovecot"):
            os.remove(os.path.join(dovecot.box, name))
    with open(os.path.join(dovecot.box, "dovecot-uidlist"), "w") as file:
        file.write(f"3 V{mark['uidvalidity'] + 77} N1 G00000000000000000000000000000001\n")
    shutil.chown(os.path.join(dovecot.box, "dovecot-uidlist"), "nobody", "nogroup")
    deliver(mail("And another", to=f"request+{token}@library.example"), dovecot.box)
    dovecot.start()
    program("once")
    equal(count(), before + 102)
    again = json.loads(d.sql("select row_to_json(m) from dsr.inbox_mark m"))
    equal((again["uidvalidity"], again["uid"]), (mark["uidvalidity"] + 77, 102))
    # A mailbox that is away is waited for, and a wrong password said.
    dovecot.stop()
    reader = program("run", wait=False)
    contains(reader.stdout.readline(), "The mailbox does not answer")
    deliver(mail("After the outage", to=f"request+{token}@library.example"), dovecot.box)
    dovecot.start()
    wait_for(lambda: count() == before + 103, "it is read when the mailbox is back")
    reader.terminate()
    equal(reader.wait(20), 0)
    reader.stdout.close()
    # A mail that the server cannot give does not keep those behind it.
    refused = os.path.join(dovecot.box, "new", deliver(mail("Nobody may read this"), dovecot.box))
    os.chmod(refused, 0)
    shutil.chown(refused, "root", "root")
    deliver(mail("Behind it", to=f"request+{token}@library.example"), dovecot.box)
    reader = program("run", wait=False)
    wait_for(lambda: count() == before + 105, "the one behind it is read")
    reader.terminate()
    equal(reader.wait(20), 0)
    reader.stdout.close()
    equal(d.sql("select string_agg(state || ' ' || cut, ', ') from dsr.reply where size < 120"), "pen true")
    # What is beyond the limit stays with the server.
    d.write_conf({"inbox": {"max_bytes": 65536}})
    deliver(mail("x" * 79 + "\n" + ("y" * 79 + "\n") * 20000, to=f"request+{token}@library.example"), dovecot.box)
    program("once")
    equal(d.sql("select count(*) from dsr.reply where cut and size = 65536 and match_by = 'token'"), "1")
    program("once")
    equal(count(), before + 106)
    dovecot.stop()


@case
def it_may_do_nothing_else_and_holds_no_key():
    for text in ("select * from dsr.reply", "select api.request_show('R-0000-0000')", "create table x (y int)", "select api.mail_list('{}')"):
        try:
            d.sql(text, user="dsrd_inbox")
        except AssertionError as refused:
            contains(str(refused), "permission denied")
        else:
            raise AssertionError(text)
    linked = subprocess.run(["ldd", os.path.join(BUILD, "dsrd"), os.path.join(BUILD, "dsr")], capture_output=True, text=True).stdout
    lacks(linked, "gmime")
    process = program("run", wait=False)
    opened = wait_for(lambda: [os.readlink(f"/proc/{process.pid}/fd/{n}") for n in os.listdir(f"/proc/{process.pid}/fd")], "it runs")
    wait_for(lambda: "socket:" in " ".join(os.readlink(f"/proc/{process.pid}/fd/{n}") for n in os.listdir(f"/proc/{process.pid}/fd")), "it is connected")
    lacks(" ".join(opened), "keyring", "credential")
    process.terminate()
    equal(process.wait(20), 0)


def explain(content):
    path = os.path.join(d.folder, "bomb.eml")
    with open(path, "wb") as file:
        for part in content:
            file.write(part)
    # Of the reader and of the child that reads, whichever took more.
    script = ("import resource, subprocess, sys, time; t = time.monotonic(); r = subprocess.run(sys.argv[1:], capture_output=True, text=True);"
              "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, time.monotonic() - t); print(r.stdout or r.stderr)")
    out = subprocess.run([sys.executable, "-c", script, os.path.join(BUILD, "dsrd-inbox"), "explain", path], capture_output=True, text=True, timeout=120).stdout
    first, rest = out.split("\n", 1)
    kilobytes, seconds = first.split()
    return int(kilobytes), float(seconds), json.loads(rest)


@case
def bombs_cost_little():
    token = "0123456789abcdef".replace("e", "g")
    head = f"From: a@b.example\nTo: request+{token}@library.example\nSubject: x\nMIME-Version: 1.0\n".encode()
    multi = b"Content-Type: multipart/mixed; boundary=b\n\n"
    bombs = {
        "10,000 parts": [head, multi] + [b"--b\nContent-Type: text/plain\n\nx\n"] * 10000 + [b"--b--\n"],
        "1,000,000 parts": [head, multi] + [b"--b\n\n\n"] * 1000000,
        "nesting 1,000": [head] + [f"Content-Type: multipart/mixed; boundary=b{n}\n\n--b{n}\n".encode() for n in range(1000)] + [b"Content-Type: text/plain\n\nx\n"],
        "nesting 100,000": [head] + [f"Content-Type: multipart/mixed; boundary=b{n}\n\n--b{n}\n".encode() for n in range(100000)] + [b"\n\nx\n"],
        "messages in messages": [head] + [b"Content-Type: message/rfc822\n\n"] * 20000 + [b"\nx\n"],
        "50 MB of text": [head, b"\n"] + [b"x" * 999 + b"\n"] * 50000,
        "50 MB in one line": [head, b"\n", b"x" * 50_000_000],
        "50 MB of header": [head, b"X-Long: "] + [b"y" * 999 + b"\n "] * 50000 + [b"\n\nx\n"],
        "50 MB of headers": [head] + [b"X-%d: z\n" % n for n in range(3000000)] + [b"\nx\n"],
        "50 MB base64": [head, multi, b"--b\nContent-Type: application/zip\nContent-Transfer-Encoding: base64\n\n"] + [b"QUJD" * 19 + b"\n"] * 650000 + [b"--b--\n"],
        "addresses": [head, b"Cc: "] + [b"a@b.c,\n "] * 1000000 + [b"d@e.f\n\nx\n"],
        "parameters": [head, b"Content-Type: text/plain"] + [b";\n a%d*%d=x" % (n % 7, n) for n in range(300000)] + [b"\n\nx\n"],
        "entities": [head, b"Content-Type: text/html\n\n"] + [b"<" * 1000 + b"&" * 1000] * 1000,
        "encoded words": [head, b"X: y\nSubject: "] + [b"=?utf-8?q?=41?= "] * 200000 + [b"\n\nx\n"],
    }
    for name, content in bombs.items():
        kilobytes, seconds, got = explain(content)
        print(f"# {name}: {kilobytes // 1024} MiB, {seconds:.2f} s, {got['kind']}, {len(got['tokens'])} token", flush=True)
        if (kilobytes > 64 * 1024 and "sanitize" not in BUILD) or seconds > 25: # a sanitizer's own memory is larger
            raise AssertionError(f"{name}: {kilobytes} KiB, {seconds} s")
        equal(len(got["tokens"]), 1, name)


@case
def the_real_bounces_are_told_apart():
    folder = os.environ.get("DSRD_BOUNCES")
    if folder is None:
        print("# skipped: DSRD_BOUNCES names no folder with mails and expected.json")
        return
    expected = json.load(open(os.path.join(folder, "expected.json")))["cases"]
    names = sorted(expected)
    out = subprocess.run([os.path.join(BUILD, "dsrd-inbox"), "explain"] + [os.path.join(folder, name) for name in names], capture_output=True, text=True, check=True).stdout
    table, right = {}, 0
    for name, line in zip(names, out.splitlines()):
        hard = any(case_[3] == "1" for case_ in expected[name])
        kind = json.loads(line)["kind"]
        table[("hard" if hard else "other", kind)] = table.get(("hard" if hard else "other", kind), 0) + 1
        right += hard == (kind == "bounce_hard")
        if any(case_[2] == "vacation" for case_ in expected[name]) and kind.startswith("bounce"):
            raise AssertionError(name)
    print("# " + ", ".join(f"{hard} as {kind}: {n}" for (hard, kind), n in sorted(table.items())), flush=True)
    if right < 0.95 * len(names):
        raise AssertionError(f"{right} of {len(names)}")


@case
def a_maildir_that_is_not_there_yet_is_waited_for():
    other = os.path.join(d.folder, "later.conf")
    with open(d.conf) as file:
        text = file.read()
    with open(other, "w") as file:
        file.write(re.sub(r"^inbox = .*$", f'inbox = {{ source = "maildir"; maildir = "{d.folder}/nowhere"; }};', text, flags=re.M))
    os.chmod(other, 0o644)
    process = program("run", wait=False, conf=other)
    said = process.communicate(timeout=60)[0]
    equal((process.returncode, "cannot be read: No such file or directory" in said), (1, True), said)


run_cases()
