#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Everything a relay can do wrong, at every place of the conversation: what dsrd makes of it is a table, and nothing else. Then relays that are
out to harm, and postfix's smtp-sink as a second opinion. FAULT_ROUNDS: how often each."""
import concurrent.futures
import contextlib
import os
import queue
import shutil
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "harness"))
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from checker import check  # noqa: E402
from drain import UNSENT, Bench, Session  # noqa: E402
from dsrd import AS_ROOT, PATIENCE, RUNNER, case, conf, equal, run_cases, wait_for  # noqa: E402
from mailservers import listens  # noqa: E402
from relay import PLACES, Relay  # noqa: E402

ROUNDS = int(os.environ.get("FAULT_ROUNDS", "1"))
WORKERS = int(os.environ.get("FAULT_WORKERS", "5"))
LIMIT_KIB = 64 * 1024  # what a mailer may take, whatever the relay says
ANSWERS = ("421 4.3.2 shutting down", "451 4.3.0 later", "452 4.2.2 full", "550 5.1.1 no", "554 5.7.1 never")
BREAKS = ("close", "reset", "silence", "garbage")
LATE = ("delay", 0.2)
figures = {"faults": 0, "wrong verdicts": 0, "lost": 0, "duplicates": 0, "unexplained": 0}

bench = Bench(2)
bench.session.close()


def verdict_wanted(place, action):
    """The table."""
    if action == LATE or place == "quit":
        return "sent"
    if place in ("connect", "ehlo", "auth", "mail"):  # it serves nobody now, or not dsrd: that is no fault of the mail
        return "retry"
    if place == "starttls":  # to a relay on this very machine TLS is used where it can be
        return "sent" if action[:3] in ("451", "452", "550", "554") else "retry"
    if action[:1] == "4":
        return "retry"
    if action[:1] == "5":
        return "failed"
    return "in_doubt" if place in ("body", "dot") else "retry"  # the whole mail is with the relay or on its way, or surely not


class Desk:
    """A mailer with a relay and a database of its own."""

    def __init__(self, name, login=True):
        subprocess.run(RUNNER + ["createdb", "-h", os.path.join(bench.d.data, "run"), "-U", "dsrd_admin", "-T", "dsrd", name], check=True)
        self.record = os.path.join(bench.d.folder, name + ".jsonl")
        self.relay = Relay(record=self.record, certificate=CERTIFICATE, login=login)
        self.session = Session(bench.d, name)
        self.conf = os.path.join(bench.d.folder, name + ".conf")
        with open(self.conf, "w") as file:
            file.write(conf(bench.settings({
                "database": {"conninfo": f"host={bench.d.data}/run dbname={name}"},
                "vault": {"ring": bench.d.data + "/keyring", "credential": bench.d.data + "/credential", "makes_keys": False},
                "mail": {"relay": self.relay.url, "connect_timeout_ms": 1000, "transfer_timeout_ms": 1000, "credentials": LOGIN if login else ""}})))
        os.chmod(self.conf, 0o644)
        self.mailer = bench.start("mailer", conf_path=self.conf)
        self.settle()  # what lay ready is out of the way

    def set_up(self, plan=None, count=1):
        """`count` mails wait; the next conversation goes by the plan."""
        self.relay.break_off()
        os.truncate(self.record, 0)
        self.relay.accepted.clear()
        self.relay.dialogue.clear()
        self.relay.plans[:] = [plan] if plan else []
        self.session.sql(f"begin; {UNSENT}; update dsr.message set state = 'cancelled' where id not in (select id from dsr.message order by id limit {count}); "
                         "update dsr.reminder set state = 'cancelled' where message_id in (select id from dsr.message where state = 'cancelled'); notify dsr, 'outbox'; commit")

    def first_try(self):
        return wait_for(lambda: self.session.sql("select verdict from dsr.attempt where n = 1 and ended_at is not null order by began_at limit 1"), "a verdict")

    def settle(self):
        """All tries there will be are made."""
        def settled():
            self.session.sql("update dsr.message set next_at = now() where state in ('queued', 'in_doubt') and next_at > now(); notify dsr, 'outbox'")
            return self.session.sql("select count(*) from dsr.message where state in ('queued', 'leased', 'sending', 'in_doubt')") == "0"
        try:
            wait_for(settled, "settled")
        except AssertionError:
            raise AssertionError(f"{self.conf}: {self.state()}, mailer's status {self.mailer.poll()}\n" + bench.read_log()[-3000:]) from None

    def state(self):
        return self.session.sql("select m.state, string_agg(a.verdict, ',' order by n) from dsr.message m join dsr.attempt a on a.message_id = m.id "
                                "where m.state <> 'cancelled' group by m.id, m.state")

    def end(self):
        self.mailer.terminate()
        equal(self.mailer.wait(PATIENCE), 0)
        self.session.close()
        self.relay.close()


def make_certificate():
    paths = [os.path.join(bench.d.folder, name) for name in ("cert.pem", "key.pem")]
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=relay.example", "-out", paths[0], "-keyout", paths[1]],
                   check=True, capture_output=True)
    return paths


def make_login():
    path = os.path.join(bench.d.data, "login")
    with open(path, "w") as file:
        file.write("dsrd\ns3cret\n")
    os.chmod(path, 0o600)
    if AS_ROOT:
        shutil.chown(path, "nobody", "nogroup")
    return path


CERTIFICATE, LOGIN = make_certificate(), make_login()
desks = queue.Queue()
for desk_number in range(WORKERS):
    desks.put(Desk(f"desk{desk_number}"))


@contextlib.contextmanager
def a_desk():
    desk = desks.get()
    try:
        yield desk
    finally:
        desks.put(desk)


def one_fault(place, action):
    wanted = verdict_wanted(place, action)
    with a_desk() as desk:
        desk.set_up({place: action})
        got = desk.first_try()
        desk.settle()
        # 4xx and silence are never the end, 5xx always is; and what was in doubt goes out again.
        final = "failed|failed" if wanted == "failed" else "sent|sent" if wanted == "sent" else f"sent|{wanted},sent"
        right = (got, desk.state()) == (wanted, final)
        figures["faults"] += 1
        figures["wrong verdicts"] += not right
        told = check(desk.session.sql, desk.record, kills=1)
        figures["duplicates"] += told.duplicates
        figures["unexplained"] += told.unexplained
        if wanted != "failed":
            figures["lost"] += told.lost
            right = right and not told.wrong
        nested = desk.relay.violations
        return [] if right and not nested else [f"{action} at {place}: wanted {wanted} {final}, got {got} {desk.state()} {told.wrong} {nested}, said {desk.relay.dialogue}"]


@case
def every_fault_at_every_place():
    jobs = [(place, action) for place in PLACES for action in ANSWERS + BREAKS + (LATE,)] * ROUNDS
    # The slow ones, which wait for a limit to pass, first.
    jobs.sort(key=lambda job: job[1] not in ("silence", "garbage"))
    with concurrent.futures.ThreadPoolExecutor(WORKERS) as pool:
        wrong = sum(pool.map(lambda job: one_fault(*job), jobs), [])
    equal(wrong, [])
    equal((figures["faults"], figures["wrong verdicts"]), (100 * ROUNDS, 0))


@case
def a_refusal_leaves_no_mail_half_begun_for_the_next_one():
    with a_desk() as desk:
        for place in ("mail", "rcpt", "data", "dot"):
            for action in ("451 4.3.0 later", "550 5.1.1 no"):
                desk.set_up({place: action}, count=2)
                desk.settle()
                equal(desk.relay.violations, [], f"{action} at {place}: MAIL within a mail")
                equal(len({mail.id if hasattr(mail, "id") else mail.data for mail in desk.relay.accepted}), 2 if action[0] == "4" or place == "mail" else 1)


@case
def a_connection_that_was_ended_while_idle_costs_no_try():
    with a_desk() as desk:
        for goodbye in (b"421 4.4.2 idle for too long\r\n", b""):
            desk.set_up()
            desk.settle()
            for talk in list(desk.relay.talks):
                talk.connection.sendall(goodbye)
            desk.set_up()
            equal(desk.first_try(), "sent")
            desk.settle()


def endless(conversation):
    """A reply that never comes to its last line."""
    with contextlib.suppress(OSError):
        while True:
            conversation.connection.sendall(b"250-and another thing\r\n" * 1000)
    return "close"


def endless_line(conversation):
    with contextlib.suppress(OSError):
        while True:
            conversation.connection.sendall(b"250 " + b"x" * 60000)
    return "close"


HOSTILE = [
    ("connect", b"220-" + b"x" * 2**20 + b"\r\n", ("retry", "sent")),
    ("connect", b"220-" + b"\x00\xff\x1b[2J" * 1000 + b"\r\n", ("retry", "sent")),
    ("connect", endless, ("retry",)),
    ("connect", endless_line, ("retry",)),
    ("ehlo", endless, ("retry",)),
    ("ehlo", b"250-" + b"AUTH " * 10000 + b"\r\n", ("retry", "sent")),
    ("rcpt", endless, ("retry",)),
    ("rcpt", "999 no such number", ("retry",)),
    ("dot", endless, ("in_doubt",)),
    ("dot", endless_line, ("in_doubt",)),
    ("dot", "251 nearly", ("in_doubt",)),
    ("dot", "354 go on", ("in_doubt",)),
    ("dot", "999 no such number", ("in_doubt",)),
    ("dot", "2500 too long", ("in_doubt",)),
    ("dot", "250", ("sent",)),
    ("dot", "250 2.0.0 queued as \x00\x1b'; drop table dsr.message; --", ("sent",)),
    ("dot", b"250-\xff\xfe\x00" + b"y" * 3000 + b"\r\n", ("sent", "in_doubt")),
]


def one_attack(place, action, allowed):
    with a_desk() as desk:
        began = time.monotonic()
        desk.set_up({place: action})
        got = desk.first_try()
        took = time.monotonic() - began
        desk.settle()
        with open(f"/proc/{desk.mailer.pid}/status") as file:
            peak = max(int(line.split()[1]) for line in file if line.startswith("VmHWM:"))
        told = check(desk.session.sql, desk.record, kills=1)
        figures["longest attack s"] = round(max(took, figures.get("longest attack s", 0)), 1)
        figures["mailer's peak KiB"] = max(peak, figures.get("mailer's peak KiB", 0))
        good = got in allowed and not told.wrong and peak < LIMIT_KIB
        return [] if good else [f"{str(action)[:40]} at {place}: {got} after {took:.1f} s, {told.wrong}, {peak} KiB"]


@case
def a_relay_that_is_out_to_harm_is_borne():
    with concurrent.futures.ThreadPoolExecutor(WORKERS) as pool:
        wrong = sum(pool.map(lambda row: one_attack(*row), HOSTILE * ROUNDS), [])
    equal(wrong, [])


SINK = [(["-r", "rcpt"], "retry"), (["-f", "rcpt"], "failed"), (["-r", "data"], "retry"), (["-f", "data"], "failed"), (["-q", "data"], "retry"),
        (["-q", "."], "in_doubt"), (["-r", "."], "retry"), (["-f", "."], "failed"), ([], "sent")]


@case
def smtp_sink_agrees():
    if shutil.which("smtp-sink") is None:
        print("# SKIP postfix is not installed here")
        return
    desk = Desk("sink", login=False)  # smtp-sink knows no AUTH in two steps
    for options, wanted in SINK:
        desk.relay.close()
        user = ["-u", "nobody"] if AS_ROOT else []
        sink = subprocess.Popen(["smtp-sink", "-c", *user, *options, f"127.0.0.1:{desk.relay.port}", "10"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_for(lambda: listens(desk.relay.port), "smtp-sink listens")
        desk.set_up()
        got = desk.first_try()
        sink.terminate()
        sink.wait(PATIENCE)
        desk.relay.open()
        desk.settle()
        equal(got, wanted, f"smtp-sink {options}")
    desk.end()


@case
def the_figures():
    while not desks.empty():
        desks.get().end()
    for what, value in figures.items():
        print(f"# figure faults of the relay, {what}: {value}", flush=True)


run_cases()
