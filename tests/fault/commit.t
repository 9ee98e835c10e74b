#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The connection is cut at COMMIT: before the server sees it, or after it and before its answer comes back. The client repeats the call with the same
Idempotency-Key, and there is exactly one request. FAULT_CUTS: how many."""
import os
import random
import sys
import threading

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from postgres import Outside, Postgres  # noqa: E402
from proxy import Proxy, is_commit  # noqa: E402
from dsrd import case, equal, fault_seed, figure, run_cases, wait_for  # noqa: E402
from writers import Writers  # noqa: E402

COUNT = int(os.environ.get("FAULT_CUTS", "40"))
seed = fault_seed()
server = Postgres("primary").start()
proxy = Proxy(server.port)
d = Outside(server, [proxy.port], {"database": {"backoff_first_ms": 20, "backoff_last_ms": 100}})


class Cutter:
    """Cuts where a request or an event is written; what dsrd asks of its own accord goes through."""

    def __init__(self, share):
        self.random, self.share = random.Random(seed), share
        self.lock = threading.Lock()
        self.cuts = {"before": 0, "answer": 0}

    def __call__(self, connection, from_client, kind, message):
        if from_client and kind == b"B":
            name = message[5:].split(b"\0", 2)[1]
            if name in (b"request_create", b"request_change"):
                draw = self.random.random()
                connection.plan = "before" if draw < self.share / 2 else "answer" if draw < self.share else None
        plan = getattr(connection, "plan", None)
        if plan == "before" and from_client and is_commit(kind, message):
            self.cuts["before"] += 1
            return "cut"
        if plan == "answer" and not from_client and kind == b"C" and message[5:].startswith(b"COMMIT"):
            self.cuts["answer"] += 1
            return "cut"
        return None


@case
def a_repeated_call_finds_what_the_first_one_did():
    cutter = Cutter(0.5)
    with Writers(d, seed, count=4, rate=80) as writers:
        wait_for(lambda: writers.acknowledged > 5, "clients are at work")
        proxy.on_message = cutter
        while sum(cutter.cuts.values()) < COUNT:
            before = sum(cutter.cuts.values())
            wait_for(lambda: sum(cutter.cuts.values()) > before, "another cut")
        proxy.on_message = None
        goal = writers.acknowledged + 3
        wait_for(lambda: writers.acknowledged > goal, "clients are still at work")
    lost = writers.check(d.sql)
    equal(writers.repeated > 0, True)
    # A reset that comes right behind the last bytes is noticed too, and not only when a time is over.
    equal(writers.longest < 8, True, f"the longest call took {writers.longest:.1f} s")
    equal("SQLSTATE" in d.read_log(), False, d.read_log()[-3000:])
    figure("cuts before COMMIT was seen", cutter.cuts["before"])
    figure("cuts before its answer came", cutter.cuts["answer"])
    figure("calls repeated with their key", writers.repeated)
    figure("acknowledged writes lost", lost)
    figure("writes done twice", 0)  # check() fails on any


@case
def answers_that_trickle_stop_short_or_end_late_are_put_together_or_given_up():
    """The other ways of a bad network, for a while each."""
    with Writers(d, seed + 1, count=4, rate=80) as writers:
        for fault in ({"slice": 1}, {"latency": 0.05}, {"bandwidth": 200_000}, {"limit": 30_000}, {"slow_close": 0.1}):
            vars(proxy).update(fault)
            goal = writers.acknowledged + 6
            wait_for(lambda: writers.acknowledged > goal, f"clients are at work with {fault}")
            proxy.heal()
            proxy.reset_all()
    equal(writers.acknowledged > 0, True)  # fails on any answer that is neither success nor 503
    figure("calls through a bad network", dict(sorted(writers.statuses.items())))


run_cases()
