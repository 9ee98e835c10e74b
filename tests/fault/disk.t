#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Disks that are full: that of PostgreSQL's tables, that of its log (then the server falls and does not come back), and dsrd's own. All of it is on small file systems
in memory. FAULT_DISKS: how many cycles."""
import collections
import os
import re
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "harness"))
from dsrd import figure, with_own  # noqa: E402

why = with_own("OWN_MOUNTS", [], "file systems cannot be mounted here")
if why:
    print(f"1..0 # SKIP {why}")
    sys.exit(0)

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from postgres import Outside, Postgres, folder_for  # noqa: E402
from dsrd import case, contains, equal, fault_seed, run_cases, wait_for  # noqa: E402
from relay import Relay  # noqa: E402
from writers import Writers  # noqa: E402

COUNT = int(os.environ.get("FAULT_DISKS", "1"))
seed = fault_seed()


class Disk:
    """A small file system, and what fills it."""

    def __init__(self, name, mib):
        self.path = folder_for(name)
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={mib}m,mode=0755,uid=65534,gid=65534", "none", self.path], check=True)
        self.ballast = os.path.join(self.path, "ballast")

    def fill(self):
        with open(self.ballast, "wb", buffering=0) as file:
            try:
                while True:
                    file.write(bytes(65536))
            except OSError:
                pass
            try:
                while True:
                    file.write(bytes(512))
            except OSError:
                pass

    def free(self):
        os.remove(self.ballast)


tables, log, state = Disk("tables", 100 + 8 * COUNT), Disk("wal", 24), Disk("state", 1)
server = Postgres("primary", folder=tables.path, init=("--waldir", os.path.join(log.path, "wal"), "--wal-segsize", "1"),
                  settings={"min_wal_size": "2MB", "max_wal_size": "8MB", "wal_keep_size": "0", "checkpoint_timeout": "30s"}).start()
relay = Relay()
d = Outside(server, [server.port], {"mail": {"transport": "smtp", "relay": relay.url, "backoff_s": [1], "doubt_pause_s": 1, "lease_s": 10, "transfer_timeout_ms": 5000},
                                    "database": {"backoff_first_ms": 50, "backoff_last_ms": 300}})
numbers = iter(range(1_000_000))


def ask_for_mail():
    """The status: 202, or 503 while it cannot be written."""
    return d.http("POST", "/v1/mail/tests", {"address": f"full{next(numbers)}@patron.example"}).status


def check_mails():
    """Each mail that the relay took is known to the database, with as many tries as it was taken; one that was taken twice was in doubt."""
    wait_for(lambda: d.sql("select count(*) from dsr.message where state in ('queued', 'leased', 'sending', 'in_doubt')") == "0", "all mail is out")
    taken = collections.Counter(re.search(rb"(?im)^Message-ID: <([0-9a-f-]+)@", mail.data).group(1).decode() for mail in relay.mails)
    tries = dict(line.split("|") for line in d.sql("select m.id, count(a.*) from dsr.message m left join dsr.attempt a on a.message_id = m.id group by 1").splitlines())
    equal({message: count for message, count in taken.items() if count > int(tries.get(message, 0))}, {}, "taken by the relay more often than it was begun in the database")
    sent = d.sql("select id from dsr.message where state = 'sent'").split()
    equal(set(sent), set(taken), "what is recorded as sent, and what the relay took")
    return len(taken), sum(taken.values()) - len(taken)


def cycle(disk, writers, failed, restart):
    api = d.pids("api")
    goal = writers.acknowledged + 3
    wait_for(lambda: writers.acknowledged > goal, "clients are at work")
    before = writers.statuses[503]
    for _ in range(20):
        ask_for_mail()
    disk.fill()
    statuses = collections.Counter()

    def refused():
        statuses[ask_for_mail()] += 1
        return failed() and writers.statuses[503] > before
    wait_for(refused, "writes are refused")
    equal(set(statuses) <= {202, 503}, True, statuses)
    disk.free()
    if restart:
        server.process.wait(60)
        server.process = None
        server.start()
    goal = writers.acknowledged + 5
    wait_for(lambda: writers.acknowledged > goal, "clients are at work again")
    equal(d.pids("api"), api, "dsrd was not started again")


def refusals_of_a_full_disk():
    """In the server's log: to a session that has begun, and to one that would begin."""
    log = server.read_log()
    return log.count("No space left on device") + log.count("could not write init file")


@case
def full_tables_refuse_writes_and_nothing_is_there_in_part():
    with Writers(d, seed, count=4, rate=80) as writers:
        for _ in range(COUNT):
            before = refusals_of_a_full_disk()
            cycle(tables, writers, lambda: refusals_of_a_full_disk() > before, False)
    lost = writers.check(d.sql)
    mails, twice = check_mails()
    figure("times the disk of the tables was full", COUNT)
    figure("answers meanwhile", dict(sorted(writers.statuses.items())))
    figure("acknowledged writes lost", lost)
    figure("mails taken by the relay, and taken twice", f"{mails}, {twice}")


def fallen():
    """Segments that are there already are used first: they are filled up."""
    subprocess.run(["psql", "-X", "-q", "-h", server.folder, "-p", str(server.port), "-U", "dsrd_admin", "-d", "dsrd", "-c",
                    "select pg_logical_emit_message(false, 'full', repeat('x', 300000))"], capture_output=True)
    return server.process.poll() is not None


@case
def a_full_log_fells_the_server_and_not_dsrd():
    before_requests = int(d.sql("select count(*) from dsr.request"))
    with Writers(d, seed + 1, count=4, rate=80) as writers:
        for _ in range(COUNT):
            cycle(log, writers, fallen, True)
    refs = set(d.sql("select ref from dsr.request").split())
    lost = [ref for client in writers.clients for ref in client.refs.values() if ref not in refs]
    equal(lost, [], "acknowledged and not there")
    equal(len(refs) >= before_requests, True)
    mails, twice = check_mails()
    contains(server.read_log(), "PANIC", "No space left on device")
    figure("times the disk of the log was full", COUNT)
    figure("answers meanwhile", dict(sorted(writers.statuses.items())))
    figure("acknowledged writes lost", len(lost))
    figure("mails taken by the relay, and taken twice", f"{mails}, {twice}")


@case
def a_full_maildir_keeps_the_mail_waiting():
    os.chmod(state.path, 0o777)
    d.write_conf({"mail": {"transport": "maildir", "maildir": os.path.join(state.path, "Maildir")}})
    d.stop()
    d.start()
    folder = os.path.join(state.path, "Maildir", "new")
    for _ in range(COUNT):
        wait_for(lambda: os.path.isdir(folder), "the Maildir is made")
        before = len(os.listdir(folder))
        state.fill()
        equal(ask_for_mail(), 202)
        wait_for(lambda: d.sql("select count(*) from dsr.message where state = 'queued' and attempts > 0") != "0", "it was tried")
        equal(len(os.listdir(folder)), before, "no piece of a mail")
        state.free()
        wait_for(lambda: len(os.listdir(folder)) > before, "it is there")
        equal(all(os.path.getsize(os.path.join(folder, name)) > 300 for name in os.listdir(folder)), True, "and whole")
    wait_for(lambda: d.sql("select count(*) from dsr.message where state <> 'sent'") == "0", "recorded as sent")
    figure("times dsrd's own disk was full", COUNT)


run_cases()
