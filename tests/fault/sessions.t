#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sessions of dsrd that PostgreSQL ends at random moments while clients read and write. FAULT_TERMINATIONS: how many."""
import os
import random
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from postgres import Outside, Postgres  # noqa: E402
from dsrd import case, equal, fault_seed, figure, run_cases, wait_for  # noqa: E402
from writers import Writers  # noqa: E402

COUNT = int(os.environ.get("FAULT_TERMINATIONS", "60"))
seed = fault_seed()
server = Postgres("primary").start()
d = Outside(server, [server.port], {"database": {"backoff_first_ms": 20, "backoff_last_ms": 200}, "mail": {"mailers": 2}})


@case
def no_acknowledged_write_is_lost_and_nothing_is_answered_500():
    draw = random.Random(seed)
    ended = 0
    shell = server.shell()
    with Writers(d, seed) as writers:
        wait_for(lambda: writers.acknowledged > 5, "clients are at work")
        while ended < COUNT:
            shell.stdin.write("select coalesce(string_agg(pid::text, ' '), 'none') from pg_stat_activity where usename in ('dsrd_api', 'dsrd_mailer');\n")
            pids = [pid for pid in shell.stdout.readline().split() if pid != "none"]
            # Often one, sometimes all; half of them in the midst of a transaction, as they come.
            for pid in draw.sample(pids, min(len(pids), draw.choice((1, 1, 1, 2, 99)))):
                shell.stdin.write(f"select pg_terminate_backend({pid});\n")
                ended += shell.stdout.readline().strip() == "t"
            writers.ended.wait(draw.uniform(0.02, 0.3))
        goal = writers.acknowledged + 5
        wait_for(lambda: writers.acknowledged > goal, "clients are still at work")
    shell.kill()
    lost = writers.check(d.sql)
    wait_for(lambda: d.http("GET", "/v1/health").json["database"]["up"], "it is up")
    for sign in ("SQLSTATE", "ended unexpectedly"):
        equal(sign in d.read_log(), False, d.read_log()[-3000:])
    figure("backends terminated", ended)
    figure("calls answered", dict(sorted(writers.statuses.items())))
    figure("acknowledged writes", writers.acknowledged)
    figure("acknowledged writes lost", lost)
    figure("answers 500", writers.statuses[500])


run_cases()
