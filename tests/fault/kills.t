#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Two daemons with two mailers each send what is due to many people. First in peace: each gets one mail. Then supervisors, APIs, mailers and
PostgreSQL's backends are killed all the while: nothing is lost, and what comes twice was in doubt and is the same to the byte.
FAULT_REMINDERS and FAULT_KILLS say how many."""
import os
import random
import signal
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "harness"))
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from checker import check  # noqa: E402
from drain import Drain, Second, kill  # noqa: E402
from dsrd import case, equal, fault_seed, run_cases, wait_for  # noqa: E402

REMINDERS = int(os.environ.get("FAULT_REMINDERS", "150"))
KILLS = int(os.environ.get("FAULT_KILLS", "30"))
PATIENCE = int(os.environ.get("PATIENCE", "60")) + REMINDERS // 10
MAILERS = 4
STALL_S = 1.5  # no mail for so long: it is time for the next death all the same
WEIGHTS = {"supervisor": 3, "api": 1, "mailer": 5, "backend": 2}
SEED = fault_seed()
random.seed(SEED)
scene = Drain(REMINDERS, mailers=2)
second = Second(scene.d)
scene.release()


def judge(name, kills, **more):
    verdict = check(scene.sql, scene.record, scene.people, kills, MAILERS)
    verdict.print_figures(name, **more)
    equal(scene.relay.violations, [])
    equal(verdict.wrong, [], f"FAULT_SEED={SEED}")
    return verdict


class Killer:
    def __init__(self):
        self.dead = dict.fromkeys(WEIGHTS, 0)
        self.longest_stall, self.last, self.struck = 0.0, (0, time.monotonic()), 0.0

    def revive(self):
        """What a service manager does."""
        if scene.d.process.poll() is not None:
            scene.d.start(wait=False)
        if second.process.poll() is not None:
            second.start()

    def strike(self, role):
        """Kills one of this role, if there is one now."""
        pids = [pid for other, pid in scene.victims() if other == role]
        struck = bool(pids) and kill(random.choice(pids))
        self.dead[role] += struck
        return struck

    def stalled(self):
        count, now = len(scene.relay.accepted), time.monotonic()
        if count != self.last[0]:
            self.last = (count, now)
        self.longest_stall = max(self.longest_stall, now - self.last[1])
        return now - max(self.last[1], self.struck)

    def run(self, kills):
        """Each a few mails after the one before, so that they spread over the whole of it."""
        end = time.monotonic() + PATIENCE
        step = 0.9 * REMINDERS / kills
        mark, role = step, None
        while sum(self.dead.values()) < kills and time.monotonic() < end:
            role = role or random.choices(list(WEIGHTS), list(WEIGHTS.values()))[0]
            self.revive()
            stalled = self.stalled()
            if (len(scene.relay.accepted) >= mark or stalled > STALL_S) and self.strike(role):
                mark, role = len(scene.relay.accepted) + step * 2 * random.random(), None
                self.struck = time.monotonic()
            time.sleep(random.random() / 50)
        while scene.left() > 0 and time.monotonic() < end:
            self.revive()
            self.stalled()
            time.sleep(0.05)
        self.revive()


def hesitate(conversation):
    """Some answers come late, so that death finds mails in every phase."""
    return ("delay", random.random() / 10) if random.random() < 0.6 else None


@case
def two_daemons_share_the_work_and_nobody_gets_a_mail_twice():
    scene.d.start(wait=False)
    wait_for(lambda: scene.victims(), "the first runs")
    second.start()
    scene.finish(PATIENCE)
    verdict = judge("two daemons in peace", 0)
    incarnations = int(scene.sql("select count(distinct incarnation) from dsr.attempt"))
    equal((verdict.duplicates, verdict.in_doubt, incarnations > 2), (0, 0, True))
    equal(scene.sql("select count(*) from dsr.attempt where verdict is distinct from 'sent'"), "0")
    second.stop()
    kill(scene.d.process.pid)  # its PostgreSQL goes on
    scene.d.process.wait()
    wait_for(lambda: all(role == "backend" for role, _ in scene.victims()), "what it had started ends with it")
    scene.again()


@case
def killed_at_random_moments_they_lose_nothing_and_repeat_only_what_was_in_doubt():
    scene.relay.plan = {"dot": hesitate}
    scene.d.start(wait=False)
    second.start()
    killer = Killer()
    killer.run(KILLS)
    scene.finish(PATIENCE)
    dead = sum(killer.dead.values())
    judge("random deaths", dead, deaths=dead, seed=SEED, **{f"kills of {role}": count for role, count in killer.dead.items()},
          **{"longest stall s": round(killer.longest_stall, 1)})
    equal(dead >= KILLS, True, f"{killer.dead}")
    second.stop()
    equal(scene.d.stop(signal.SIGTERM), 0)


run_cases()
