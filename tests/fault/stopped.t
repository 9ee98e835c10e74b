#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A mailer stands still in the middle of a mail for longer than its lease, another one takes over, and the first goes on: what it then says changes
nothing, and there is at most one copy too many, marked in doubt; none, if it stood still before the mail was handed over.
FAULT_LEASES: so many rounds wait the lease out; FAULT_STOPS: in so many the database is told that it is over."""
import contextlib
import os
import shutil
import signal
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "harness"))
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from checker import check  # noqa: E402
from drain import Bench  # noqa: E402
from dsrd import BUILD, PATIENCE, case, equal, run_cases, wait_for  # noqa: E402

ROUNDS = int(os.environ.get("FAULT_STOPS", "3"))
LEASES = int(os.environ.get("FAULT_LEASES", "1"))
LEASE_S = 10
# Where the relay holds a mailer up, and whether the whole mail is out by then.
PLACES = [("connect", False), ("ehlo", False), ("mail", False), ("rcpt", False), ("data", False), ("dot", True)]
# Where a failpoint does; the last one is after all but the dot that ends it.
POINTS = [("mailer_begun", False), ("smtp_body_begins", False), ("smtp_body_given", True)]
bench = Bench(len(PLACES) + len(POINTS), {"mail": {"lease_s": LEASE_S, "batch": 1, "transfer_timeout_ms": 9000, "connect_timeout_ms": 9000}})
shutil.copy(os.path.join(BUILD, "failpoints", "dsrd"), os.path.join(bench.d.program, "dsrd-failpoints"))
figures = {"mailers stopped": 0, "lost": 0, "duplicates": 0, "unexplained": 0, "in doubt": 0, "late verdicts taken": 0}


class Gate:
    """Holds one conversation up."""

    def __init__(self):
        self.reached, self.open = threading.Event(), threading.Event()

    def __call__(self, conversation):
        self.reached.set()
        self.open.wait(PATIENCE)


def state():
    return bench.sql("select id, state, attempts, incarnation, queue_id, last_code, last_problem, next_at from dsr.message order by id") + \
        bench.sql("select message_id, n, verdict, ended_at, smtp_code from dsr.attempt order by 1, 2")


def stands_still(process):
    with open(f"/proc/{process.pid}/stat") as file:
        return file.read().rsplit(")", 1)[1].split()[0] == "T"


def hold_up(places, points, end_the_leases):
    """A mailer and a mail for each place and failpoint, where it stands still until others have sent all."""
    count = len(places) + len(points)
    bench.set_up()
    if count < len(PLACES) + len(POINTS):
        bench.sql(f"begin; update dsr.message set state = 'sent' where id not in (select id from dsr.message order by id limit {count}); "
                  "update dsr.reminder set state = 'cancelled' where message_id in (select id from dsr.message where state = 'sent'); commit")
    with contextlib.ExitStack() as mailers:
        gates, stopped = [], []
        for place, _ in places:
            gates.append(Gate())
            bench.relay.plans[:] = [{place: gates[-1]}]
            stopped.append(mailers.enter_context(bench.running("mailer")))
            equal(gates[-1].reached.wait(PATIENCE), True, place)
            os.kill(stopped[-1].pid, signal.SIGSTOP)
        for point, _ in points:
            stopped.append(mailers.enter_context(bench.running("mailer", program="dsrd-failpoints", environment={"DSRD_FAILPOINT": f"{point}:stop:1"})))
            wait_for(lambda: stands_still(stopped[-1]), point)
        end_the_leases()
        with bench.running("mailer"):
            bench.wait_sent(f"{places}: taken over")
        before, heard = state(), len(bench.read_log())
        for gate in gates:
            gate.open.set()
        for mailer in stopped:
            os.kill(mailer.pid, signal.SIGCONT)
        # Each writes its verdict before it takes SIGTERM, at the end of this block.
        wait_for(lambda: bench.read_log()[heard:].count("mailer-1: message ") >= count, f"{places}: what they have to say")
    after = state()
    figures["late verdicts taken"] += before != after
    equal(after, before, f"{places}: a late verdict changed something")
    verdict = check(lambda text: bench.sql(text.replace("from dsr.message", "from dsr.message where attempts > 0") if text.startswith("select coalesce") else text),
                    bench.record, kills=count)
    equal(verdict.wrong, [])
    figures["mailers stopped"] += count
    for what in ("lost", "duplicates", "unexplained"):
        figures[what] += getattr(verdict, what)
    figures["in doubt"] += verdict.in_doubt
    return verdict


@case
def longer_than_the_lease():
    for _ in range(LEASES):
        verdict = hold_up(PLACES, POINTS, lambda: time.sleep(LEASE_S))
        handed_over = sum(out for _, out in PLACES + POINTS)
        equal(verdict.in_doubt, len(PLACES) + len(POINTS))
        equal(1 <= verdict.duplicates <= handed_over, True, f"{verdict.duplicates} came twice; {handed_over} mails were out as a whole")


@case
def its_late_word_changes_nothing():
    def over():
        bench.sql("update dsr.message set lease_until = clock_timestamp() where state = 'sending'")
    for number in range(ROUNDS):
        verdict = hold_up([PLACES[number % len(PLACES)]], [], over)
        equal((verdict.in_doubt, verdict.duplicates <= 1), (1, True))


@case
def the_figures():
    for what, value in figures.items():
        print(f"# figure stopped for longer than a lease, {what}: {value}", flush=True)


run_cases()
