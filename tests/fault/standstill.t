#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A scheduler or a mailer that stands still is noticed: by the service manager, by /metrics and /v1/health, and by an operator's `dsr status`.
STANDSTILL_ROUNDS; with STANDSTILL_REAL=1 the pauses are those of the defaults, and what takes a minute takes one."""
import os
import random
import re
import signal
import socket
import subprocess
import sys
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from backlog import Sink, looked  # noqa: E402
from dsrd import RUNNER, Dsrd, case, contains, equal, fault_seed, figure, lacks, run_cases, wait_for  # noqa: E402

REAL = os.environ.get("STANDSTILL_REAL") == "1"
ROUNDS = int(os.environ.get("STANDSTILL_ROUNDS", "1"))
SEED = fault_seed()
random.seed(SEED)
SCAN_MS = 30000 if REAL else 200
TIMEOUT_MS = 10000 if REAL else 500
FED_MS = 15000 if REAL else 400  # WatchdogSec= of systemd/dsrd-api.service
SILENCE_S = 4  # beside the time-out of a statement
LIMIT_S = (SCAN_MS + TIMEOUT_MS) / 1000 + SILENCE_S + FED_MS / 1000  # the last feeding, and the patience after it


class Manager:
    """What a service manager hears."""

    def __init__(self, path):
        self.socket, self.path, self.fed_at, self.count = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM), path, time.monotonic(), 0
        self.socket.bind(path)
        os.chmod(path, 0o777)
        threading.Thread(target=self.listen, daemon=True).start()

    def listen(self):
        while True:
            if b"WATCHDOG=1" in self.socket.recv(4096):
                self.fed_at, self.count = time.monotonic(), self.count + 1

    @property
    def environment(self):
        return {"NOTIFY_SOCKET": self.path, "WATCHDOG_USEC": str(FED_MS * 1000)}

    def silent(self):
        """Whether a service manager would have ended the process by now."""
        return time.monotonic() - self.fed_at > FED_MS / 1000

    def wait_silent(self, limit):
        begin = time.monotonic()
        while not self.silent():
            equal(time.monotonic() - begin < limit, True, f"the watchdog is still fed after {limit} s (FAULT_SEED={SEED})")
            threading.Event().wait(0.01)
        return time.monotonic() - begin


d = Dsrd({"mail": {"transport": "smtp", "poll_ms": 100, "backoff_s": [1]}, "reminders": {"scan_ms": SCAN_MS},
          "database": {"statement_timeout_ms": TIMEOUT_MS, "lock_timeout_ms": TIMEOUT_MS}}, start=False)
sink = Sink(d.folder)
sink.open()
d.write_conf({"mail": {"relay": sink.url}})
manager, of_mailer = Manager(os.path.join(d.folder, "manager")), Manager(os.path.join(d.folder, "manager-mailer"))
d.start(more=manager.environment)
command = d.command("mailer", "--number", "9")
command[len(RUNNER):len(RUNNER)] = ["env"] + [f"{name}={value}" for name, value in of_mailer.environment.items()]
mailer = subprocess.Popen(command, env=d.environment(), stderr=open(os.path.join(d.folder, 'mailer.log'), 'wb'))


class Holder:
    """Another session, which holds the lock under which reminders are gathered."""

    def __init__(self):
        self.psql = subprocess.Popen(RUNNER + ["psql", "-X", "-q", "-t", "-A", "-h", os.path.join(d.data, "run"), "-U", "dsrd_admin", "-d", "dsrd"],
                                     stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.psql.stdin.write("select pg_advisory_lock(hashtextextended('dsr.gather', 1));\nselect 'held';\n")
        self.psql.stdin.flush()
        for line in self.psql.stdout:
            if line == "held\n":
                return

    def release(self):
        self.psql.communicate()


def metric(name):
    return int(re.search(rf"^{name} (\d+)$", d.http("GET", "/metrics").body.decode(), re.M).group(1))


def later(table, column, where="true"):
    """Two minutes pass for what is recorded there; in the real run they do pass."""
    if not REAL:
        d.sql(f"update {table} set {column} = {column} - interval '2 minutes' where {where}")


@case
def while_all_goes_well_both_are_fed_and_nothing_is_said():
    before, of = manager.count, of_mailer.count
    wait_for(lambda: manager.count > before + 2 and of_mailer.count > of + 2, "both are fed")
    health = d.http("GET", "/v1/health").json
    equal((health["status"], health["standstill"], metric("dsrd_standstill")), ("ok", [], 0))
    equal(metric("dsrd_mailers"), 2)
    lacks(d.dsr("status"), "nobody has looked", "mail waits")


@case
def a_scheduler_that_is_held_up_is_noticed():
    longest = noticed = 0
    for _ in range(ROUNDS):
        looked(d)
        threading.Event().wait(random.random() * SCAN_MS / 1000)
        holder = Holder()
        begin = time.monotonic()
        longest = max(longest, manager.wait_silent(LIMIT_S + 5))
        later("dsr.look", "looked_at")
        wait_for(lambda: metric("dsrd_standstill") == 1, "the metrics say so")
        contains(d.dsr("status", status=1), "nobody has looked for reminders")
        # It answers from what is known, which is some seconds old.
        wait_for(lambda: d.http("GET", "/v1/health").json["standstill"] == ["reminders"], "health says so")
        equal(d.http("GET", "/v1/health").json["status"], "standstill")
        noticed = max(noticed, time.monotonic() - begin)
        equal(metric("dsrd_reminders_looked_seconds") >= SCAN_MS // 1000 + 15, True)
        equal([item["what"] for item in d.dsr_json("status", status=1)["standstill"]], ["reminders"])
        holder.release()
        looked(d)
        wait_for(lambda: not manager.silent(), "it is fed again")
        d.dsr("status")
    figure("standstills of the scheduler", ROUNDS)
    figure("seconds until the service manager acts, at most, of allowed", f"{round(longest, 1)} of {round(LIMIT_S, 1)}")
    figure("seconds until health, metrics and status say so too, at most", round(noticed, 1))


@case
def a_database_that_does_not_answer_is_no_reason_to_end_dsrd():
    stopped = d.pids("postgres") + [int(pid) for pid in d.sql("select string_agg(pid::text, ' ') from pg_stat_activity").split()]
    before = manager.count
    for pid in set(stopped):
        try:
            os.kill(pid, signal.SIGSTOP)
        except ProcessLookupError:
            pass  # the session that asked
    threading.Event().wait(LIMIT_S * 1.3)
    silent = manager.silent()
    for pid in set(stopped):
        try:
            os.kill(pid, signal.SIGCONT)
        except ProcessLookupError:
            pass
    equal(silent, False, "it is fed while the database is away")
    equal(manager.count > before + 5, True)
    wait_for(d.answers, "it serves again")


@case
def an_api_that_hangs_is_not_fed():
    api = d.pids("api")[0]
    os.kill(api, signal.SIGSTOP)
    manager.wait_silent(FED_MS / 1000 * 2 + 5)
    os.kill(api, signal.SIGCONT)
    wait_for(lambda: not manager.silent(), "it is fed again")


@case
def a_mailer_that_hangs_is_not_fed_and_mail_that_nobody_takes_is_noticed():
    wait_for(lambda: not of_mailer.silent(), "it is back from the database's absence")
    mailers = d.pids("mailer")
    equal(len(mailers), 2)
    for pid in mailers:
        os.kill(pid, signal.SIGSTOP)
    of_mailer.wait_silent(FED_MS / 1000 * 2 + 5)
    equal(d.http("POST", "/v1/mail/tests", {"address": "waits@example.org"}).status, 202)
    begin = time.monotonic()
    later("dsr.message", "next_at")
    later("dsr.mailer", "seen_at")
    later("dsr.mailer", "sent_at")
    end = begin + 90
    while metric("dsrd_standstill") != 1:
        equal(time.monotonic() < end, True, "the metrics say so")
        threading.Event().wait(0.1)
    figure("seconds until mail that nobody takes is noticed", round(time.monotonic() - begin, 1))
    equal((metric("dsrd_standstill"), metric("dsrd_mailers")), (1, 0))
    equal(metric("dsrd_mail_oldest_due_seconds") >= 60, True)
    contains(d.dsr("status", status=1), "mail waits, and no mailer is at work")
    for pid in mailers:
        os.kill(pid, signal.SIGCONT)
    wait_for(lambda: metric("dsrd_standstill") == 0, "all goes well again")
    wait_for(lambda: any(mail.to == ["<waits@example.org>"] for mail in sink.taken()), "the mail has gone")
    d.dsr("status")


@case
def who_is_no_operator_is_not_bothered():
    d.dsr("account", "add", "--uid", "4242", "--role", "staff")
    account = d.sql("select id from dsr.account where roles = '{staff}'")
    output = d.sql(f"begin; select api.enter('1', '{account}', 'staff', 'library'); select 'standstill: ' || (api.status_mine() ->> 'standstill' is null)")
    contains(output, "standstill: true")


try:
    run_cases()
finally:
    mailer.kill()
