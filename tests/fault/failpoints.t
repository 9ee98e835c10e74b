#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""At every failpoint of the table a mailer or an API dies, hangs or fails, and another one goes on: nothing is lost, and what comes twice was in
doubt. FAULT_HITS: at so many passings of each, the first ones."""
import json
import os
import signal
import subprocess
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "harness"))
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import base64  # noqa: E402
import shutil  # noqa: E402
from checker import check  # noqa: E402
from drain import Bench, kill  # noqa: E402
from dsrd import BUILD, PATIENCE, case, days_ago, equal, lacks, run_cases, wait_for  # noqa: E402

HITS = int(os.environ.get("FAULT_HITS", "2"))
LONG = HITS > 2
ACTIONS = os.environ.get("FAULT_ACTIONS", "kill hang error").split()
WITH = os.path.join(BUILD, "failpoints", "dsrd")
TABLE = [line.split() for line in subprocess.run([WITH, "failpoints"], capture_output=True, text=True, check=True).stdout.splitlines()]
bench = Bench(max(4, HITS + 1))
shutil.copy(WITH, os.path.join(bench.d.program, "dsrd-failpoints"))
PEOPLE = bench.scene.people
reached, figures = set(), {"rounds": 0, "deaths": 0, "lost": 0, "duplicates": 0, "unexplained": 0, "in doubt": 0}


def places(role):
    return [(name, mail == "before") for name, of, mail in TABLE if of == role]


def plans(role):
    """(place, whether no byte of the mail at hand is out then, action, hit)"""
    for number, (name, before) in enumerate(places(role)):
        for action in ACTIONS:
            # In the short run every place hangs or fails, not both.
            if not LONG and action == ("error" if number % 2 else "hang"):
                continue
            for hit in range(1, HITS + 1 if LONG or (action == "kill" and role == "mailer") else 2):
                yield name, before, action, hit


def hangs(process):
    try:
        with open(f"/proc/{process.pid}/comm") as file:
            return file.read() == "hanging\n"
    except OSError:
        return False


def wait_fate(victim, action):
    """Until the victim is dead, hangs, or has done it all without passing there so often. Whether it passed there."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if victim.poll() is not None:
            equal(victim.returncode, -signal.SIGKILL, bench.read_log()[-1000:])
            return True
        if action == "hang" and hangs(victim):
            return True
        if bench.left() == 0:
            return False
        bench.hurry()
        time.sleep(0.005)
    raise AssertionError("neither dead nor done:\n" + bench.read_log()[-3000:])


def take_over(victim):
    """What a hanging mailer holds is free when its time is over; here it is over at once."""
    if hangs(victim):
        bench.sql("update dsr.message set lease_until = clock_timestamp() where state in ('leased', 'sending')")


def judge(name, before, action, hit):
    at_the_time = judge.taken
    verdict = check(bench.sql, bench.record, PEOPLE, kills=1)
    equal(verdict.wrong, [], f"{name}:{action}:{hit}")
    if before and hit == 1:
        equal(verdict.duplicates, 0, f"{name}:{action}: twice, and not a byte of it was out")
    if verdict.duplicates:
        equal(at_the_time > 0, True, f"{name}:{action}:{hit}: twice, and none was taken before")
    figures["rounds"] += 1
    figures["deaths"] += action == "kill"
    figures["lost"] += verdict.lost
    figures["duplicates"] += verdict.duplicates
    figures["unexplained"] += verdict.unexplained
    figures["in doubt"] += verdict.in_doubt


def one_round(clean, name, before, action, hit, refusing=False, conf_path=None):
    bench.freeze(clean)
    bench.set_up()
    bench.relay.plan = {"connect": "421 4.3.2 not now"} if refusing else {}
    victim = bench.start("mailer", "dsrd-failpoints", {"DSRD_FAILPOINT": f"{name}:{action}:{hit}"})
    if refusing and action == "error":
        wait_for(lambda: int(bench.sql("select max(attempts) from dsr.message")) > hit, "tries in vain")
        bench.relay.plan = {}
    if wait_fate(victim, action):
        reached.add(name)
    judge.taken = len(bench.relay.accepted)
    bench.relay.plan = {}
    take_over(victim)
    os.kill(clean.pid, signal.SIGCONT)
    bench.wait_sent(f"{name}:{action}:{hit}")
    kill(victim.pid)
    victim.wait(PATIENCE)


@case
def mailers_at_every_place():
    with bench.running("mailer") as clean:
        for role in ("mailer", "release"):
            for plan in plans(role):
                one_round(clean, *plan, refusing=role == "release")
                judge(*plan)
    equal({name for name, _ in places("mailer") + places("release")} - reached, set(), "never passed")


def folder_as_record():
    """What lies in the Maildir, as the relay's record has it."""
    taken = []
    for data in bench.d.mails():
        data = data.replace(b"\n", b"\r\n")
        to = [line[4:] for line in data.decode().split("\r\n") if line.startswith("To: ")][0]
        taken.append({"at": 0, "sender": "", "recipients": [to], "data": base64.b64encode(data).decode()})
    with open(bench.record, "w") as file:
        file.writelines(json.dumps(row) + "\n" for row in taken)
    return len(taken)


@case
def mailers_that_write_to_a_folder():
    bench.d.write_conf({"mail": {"transport": "maildir"}})
    with bench.running("mailer") as clean:
        for plan in plans("maildir"):
            shutil.rmtree(os.path.join(bench.d.data, "Maildir", "new"), ignore_errors=True)
            one_round(clean, *plan)
            equal(folder_as_record(), len(PEOPLE))  # a second delivery replaces the first: no mail is there twice, and none in part
            judge(*plan)
    bench.d.write_conf({"mail": {"transport": "smtp"}})
    equal({name for name, _ in places("maildir")} - reached, set(), "never passed")


def file_once(key, filed):
    """Files a request until it is told that it is filed, as dsr does."""
    while not filed:
        try:
            reply = bench.d.http("POST", "/v1/requests", {"vendor": "oclc", "right": "access", "law": "voluntary", "sent": days_ago(0), "residence": "NL",
                                                          "anyway": True}, {"Idempotency-Key": key})
            if reply.status != 503:
                filed.append(reply)
        except OSError:
            pass
        time.sleep(0.01)


AGAIN = "delete from dsr.attempt; update dsr.reminder set state = 'planned', message_id = null where state in ('sent', 'gathered'); delete from dsr.message"


@case
def the_api_at_every_place():
    with bench.running("mailer"):
        for number, plan in enumerate(plans("api")):
            name, _, action, hit = plan
            before, filed = int(bench.sql("select count(*) from dsr.request")), []
            bench.set_up(AGAIN)
            victim = bench.start("api", "dsrd-failpoints", {"DSRD_FAILPOINT": f"{name}:{action}:{hit}"})
            client = threading.Thread(target=file_once, args=(f"key-{number}", filed), daemon=True)
            client.start()
            wait_for(lambda: victim.poll() is not None or hangs(victim) or (bench.left() == 0 and filed), f"{plan}")
            if hangs(victim) or victim.poll() is not None:
                reached.add(name)
            judge.taken = len(PEOPLE)
            kill(victim.pid)
            victim.wait(PATIENCE)
            with bench.running("api"):
                bench.wait_sent(f"{plan}")
                client.join(PATIENCE)
            equal([reply.status for reply in filed], [201], f"{plan}: {filed[0].body if filed else None}")
            equal(int(bench.sql("select count(*) from dsr.request")), before + 1, f"{plan}")
            judge(*plan)
    equal({name for name, _ in places("api")} - reached, set(), "never passed")


@case
def the_normal_program_holds_nothing_of_them():
    with open(os.path.join(BUILD, "dsrd"), "rb") as file:
        program = file.read().decode("latin-1")
    lacks(program, "DSRD_FAILPOINT", *[name for name, _, _ in TABLE])
    equal(len(TABLE) >= 20 and {role for _, role, _ in TABLE} == {"mailer", "release", "maildir", "api"}, True)
    for what, value in figures.items():
        print(f"# figure failpoints, {what}: {value}", flush=True)
    print(f"# figure failpoints, places: {len(reached)}", flush=True)


run_cases()
