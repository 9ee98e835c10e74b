#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A mailer with three mails is killed at every system call it makes, the production binary under strace, and another one goes on.
FAULT_STRIDE: at each so-manieth call only; 1 is all of them. FAULT_SEED says where it begins."""
import os
import re
import shutil
import signal
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "harness"))
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from checker import check  # noqa: E402
from drain import Bench  # noqa: E402
from dsrd import BUILD, PATIENCE, case, equal, fault_seed, run_cases, wait_for  # noqa: E402

if "sanitize" in BUILD or shutil.which("strace") is None:
    print("1..0 # SKIP strace and AddressSanitizer's leak checker do not go together" if "sanitize" in BUILD else "1..0 # SKIP there is no strace")
    sys.exit(0)

STRIDE = int(os.environ.get("FAULT_STRIDE", "37"))
SEED = fault_seed()
bench = Bench(3)
trace = os.path.join(bench.d.data, "trace")
figures = {"calls": 0, "deaths": 0, "lost": 0, "duplicates": 0, "unexplained": 0, "in doubt": 0}


def strace(*arguments):
    return ["strace", "-D", "-f", "-qq", "-o", trace, *arguments]


def calls_made():
    """The names of the calls of one drain by one mailer, in their order. A mailer that is done waits in poll: what comes before counts."""
    victim = bench.start("mailer", before=strace("-s", "0"))
    wait_for(lambda: bench.left() == 0, "all sent under strace")
    victim.send_signal(signal.SIGTERM)
    victim.wait(PATIENCE)
    with open(trace) as file:
        names = [match.group(1) for match in map(re.compile(r"^\d+ +(\w+)\(").match, file) if match]
    return names


@case
def at_every_system_call():
    names = calls_made()
    bench.set_up()
    figures["calls"] = len(names)
    with bench.running("mailer") as clean:
        for place in range(SEED % STRIDE, len(names), STRIDE):
            name, count = names[place], names[:place + 1].count(names[place])
            bench.freeze(clean)
            bench.set_up()
            # strace counts each call by itself: so this is the `place`th of all.
            victim = bench.start("mailer", before=strace("-e", f"trace={name}", "-e", f"inject={name}:signal=KILL:when={count}"))
            wait_for(lambda: victim.poll() is not None or bench.left() == 0, f"dead at {name} {count}")
            if victim.poll() is None:  # it came by once less this time, and has done its work
                victim.send_signal(signal.SIGTERM)
            figures["deaths"] += victim.wait(PATIENCE) == -signal.SIGKILL
            taken = len(bench.relay.accepted)
            os.kill(clean.pid, signal.SIGCONT)
            bench.wait_sent(f"{name} {count}")
            verdict = check(bench.sql, bench.record, bench.scene.people, kills=1)
            equal(verdict.wrong, [], f"killed at call {place}, {name} for the {count}th time; FAULT_SEED={SEED}")
            equal(verdict.duplicates <= taken, True, f"{place}: twice, and none was taken before")
            for what in ("lost", "duplicates", "unexplained"):
                figures[what] += getattr(verdict, what)
            figures["in doubt"] += verdict.in_doubt
    for what, value in figures.items():
        print(f"# figure deaths at system calls, {what}: {value}", flush=True)
    equal(figures["deaths"] >= 0.8 * len(range(SEED % STRIDE, len(names), STRIDE)), True, f"{figures}")


run_cases()
