#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fail-overs to a standby that is promoted, with both hosts in database.conninfo and default pauses; the old primary that comes back; a standby that does not
confirm. FAULT_FAILOVERS: how many."""
import os
import random
import shutil
import sys
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from postgres import Outside, Postgres  # noqa: E402
from dsrd import case, contains, days_ago, equal, fault_seed, figure, run_cases, wait_for  # noqa: E402
from relay import Relay  # noqa: E402
from writers import Writers  # noqa: E402

COUNT = int(os.environ.get("FAULT_FAILOVERS", "1"))
BACK_S = 5.0  # at most, after the promotion
seed = fault_seed()
draw = random.Random(seed)
relay = Relay()
primary = Postgres("one").start()
standby = None
# The pauses are those of the defaults, which the harness shortens otherwise.
d = Outside(primary, [primary.port, 1], {"database": {"backoff_first_ms": 200, "backoff_last_ms": 2000, "statement_timeout_ms": 2000},
                                         "mail": {"transport": "smtp", "relay": relay.url, "poll_ms": 1000}}, start=False)
inbox = os.path.join(d.data, "inbox")
for name in ("", "new", "cur", "tmp"):
    os.mkdir(os.path.join(inbox, name))
    if os.getuid() == 0:
        shutil.chown(os.path.join(inbox, name), "nobody", "nogroup")
d.write_conf({"inbox": {"source": "maildir", "maildir": inbox, "poll_ms": 300}})


def use(*servers):
    """These are the hosts of database.conninfo from now on."""
    d.write_conf({"database": {"conninfo": f"host={','.join(['127.0.0.1'] * len(servers))} port={','.join(str(server.port) for server in servers)} "
                                           "dbname=dsrd sslmode=disable gssencmode=disable"}})


def mail(number):
    """Asks for a test mail; when the relay had it, by time.monotonic()."""
    address = f"test{number}@patron.example"
    wait_for(lambda: d.http("POST", "/v1/mail/tests", {"address": address}).status == 202, "a test mail is asked for")
    wait_for(lambda: any(address in str(mail.recipients) for mail in relay.mails), "the mail is out")
    return time.monotonic()


def letter(name):
    """A vendor's answer lands in the mailbox."""
    path = os.path.join(inbox, "new", name)
    with open(path, "w") as file:
        file.write(f"From: privacy@vendor.example\nMessage-ID: <{name}@vendor.example>\nSubject: Your request\n\nWe look into it.\n")
    os.chmod(path, 0o644)
    return path


@case
def a_promoted_standby_is_found_within_five_seconds_and_nothing_acknowledged_is_lost():
    global primary, standby
    api, mailer, lost = [], [], 0
    standby = Postgres("two", primary).start()
    use(primary, standby)
    d.start()
    with Writers(d, seed, count=4, rate=40) as writers:
        for number in range(COUNT):
            primary.synchronous(standby)
            goal = writers.acknowledged + 5
            wait_for(lambda: writers.acknowledged > goal, "clients are at work")
            primary.stop()
            # So long nobody promotes; often, in many rounds, until the pauses are as long as they become.
            writers.ended.wait(draw.uniform(0, 3 if COUNT == 1 else 20))
            promoted = standby.promote()
            d.postgres = standby
            while True:
                if d.http("POST", "/v1/subjects", {"residence": "NL"}).status == 201:
                    break
                writers.ended.wait(0.02)
            api.append(time.monotonic() - promoted)
            mailer.append(mail(number) - promoted)
            primary, standby = standby, primary
            if number < COUNT - 1:  # the old one becomes a standby of the new one
                shutil.rmtree(standby.folder)
                os.mkdir(standby.folder)
                os.chmod(standby.folder, 0o755)
                if os.getuid() == 0:
                    shutil.chown(standby.folder, "nobody", "nogroup")
                port = standby.port
                standby = Postgres(standby.name, primary, folder=standby.folder)
                standby.configure({"port": port})
                standby.port = port
                standby.start()
        goal = writers.acknowledged + 5
        wait_for(lambda: writers.acknowledged > goal, "clients are at work")
    lost += writers.check(d.sql)
    figure("fail-overs", COUNT)
    figure("longest until the API was back after a promotion", f"{max(api):.1f} s")
    figure("longest until a mail was out after a promotion", f"{max(mailer):.1f} s")
    figure("acknowledged writes lost", lost)
    equal([took for took in api + mailer if took > BACK_S], [], "back within five seconds")
    contains(d.read_log(), f"PostgreSQL is on timeline {COUNT + 1} now")


@case
def an_old_primary_that_comes_back_is_refused():
    """It takes writes, as nobody told it that it is a primary no more; the new one is away for a moment."""
    new, old = primary, standby
    old.start()
    old.sql("alter system reset synchronous_standby_names", "postgres")
    old.sql("select pg_reload_conf()", "postgres")
    wait_for(lambda: old.sql("show synchronous_standby_names", "postgres") == "", "it waits for nobody")
    old.sql("create table public.writable ()")
    equal((old.sql("select pg_is_in_recovery()"), old.timeline < new.timeline), ("f", True))
    rows = {table: old.sql(f"select count(*) from dsr.{table}") for table in ("subject", "message", "reply", "audit")}
    use(old, new)
    path = letter("late")
    new.stop()
    before = len(relay.mails)

    def refused(why):
        wait_for(lambda: all(f"{role}: database: This PostgreSQL is an old primary" in d.read_log() for role in ("api", "mailer-1", "inbox")), why)
        statuses = {d.http("POST", "/v1/subjects", {"residence": "NL"}).status for _ in range(20)}
        equal(statuses, {503})
        equal(d.http("GET", "/v1/requests").status, 503)
        equal({table: old.sql(f"select count(*) from dsr.{table}") for table in rows}, rows, "nothing is written there")
        equal((len(relay.mails), os.path.exists(path)), (before, True))
        return len(statuses)
    refused("those that have seen the new one refuse")
    contains(d.read_log(), "dsrd.conf(5) says what to do under database.timeline_file")
    d.stop()
    os.truncate(d.log, 0)
    d.start(wait=False)  # what was seen is not forgotten
    refused("so they do after a restart")
    new.start()
    wait_for(lambda: d.http("POST", "/v1/subjects", {"residence": "NL"}).status == 201, "the new one serves, though the old one is asked first")
    mail("back")
    wait_for(lambda: not os.path.exists(path), "the letter is read")
    equal({table: old.sql(f"select count(*) from dsr.{table}") for table in rows}, rows)
    old.stop()
    figure("calls an old primary got", 0)


@case
def who_goes_back_on_purpose_removes_the_file():
    d.stop()
    primary.stop()
    standby.start()
    use(standby)
    os.remove(os.path.join(d.data, "timeline"))
    d.postgres = standby
    d.start()
    equal(d.http("POST", "/v1/subjects", {"residence": "NL"}).status, 201)
    d.stop()
    standby.stop()


@case
def a_write_that_the_standby_did_not_confirm_is_not_acknowledged():
    """Somebody cancels the wait for it: PostgreSQL warns, and says COMMIT all the same."""
    server = Postgres("three").start()
    other = Postgres("four", server).start()
    os.remove(os.path.join(d.data, "timeline"))
    use(server)
    d.postgres = server
    admin = f"host={server.folder} port={server.port} dbname=dsrd user=dsrd_admin"
    d.write_conf({"database": {"admin_conninfo": admin, "statement_timeout_ms": 500}})
    server.sql("create database dsrd", "postgres")
    made = d.run("migrate", "--owner", str(os.getuid()), "--owner-email", "owner@example.org")
    equal(made.returncode, 0, made.stderr)
    d.start()
    server.synchronous(other)
    body = {"vendor": "elsevier", "right": "access", "law": "eu-gdpr", "residence": "NL", "sent": days_ago(1)}
    other.freeze()
    for _ in range(2):  # also when it finds what it did before
        replies = []
        caller = threading.Thread(target=lambda: replies.append(d.http("POST", "/v1/requests", body, {"Idempotency-Key": "one"})))
        caller.start()
        while caller.is_alive():
            server.sql("select pg_cancel_backend(pid) from pg_stat_activity where wait_event = 'SyncRep' and usename = 'dsrd_api'")
        equal(replies[0].status, 503, replies[0].body)
    equal(d.sql("select count(*) from dsr.request"), "1", "it is written on this server")
    other.thaw()
    reply = wait_for(lambda: (lambda r: r.status == 201 and r)(d.http("POST", "/v1/requests", body, {"Idempotency-Key": "one"})), "confirmed")
    server.stop()
    other.promote()
    equal(other.sql("select ref from dsr.request"), reply.json["request"]["ref"])
    figure("acknowledged without the standby", 0)


run_cases()
