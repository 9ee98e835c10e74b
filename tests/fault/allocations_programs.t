#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Allocations of a mailer, the scheduler, the reader of mails, dsr and dsrd's own commands fail, one after the other: no mail is recorded as sent that
the relay did not accept, none is lost, what was read is on record once, and a command ends with the right output or with a sentence.

ALLOCATIONS_MOST is how many of each fail, spread over it from one that FAULT_SEED chooses on; ALLOCATIONS_ONLY=WORD runs the cases whose name holds
the word."""
import itertools
import os
import random
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "harness"))
from allocations import Allocations  # noqa: E402
from dsrd import AS_ROOT, RUNNER, Dsrd, case, days_ago, equal, fault_seed, run_cases, wait_for  # noqa: E402
from relay import Relay  # noqa: E402

SEED = fault_seed()
MOST = int(os.environ.get("ALLOCATIONS_MOST", "2"))
ONLY = os.environ.get("ALLOCATIONS_ONLY", "")
NO_END = 124
draw = random.Random(SEED)
number = itertools.count(1)
relay = Relay()
a = Allocations("api", "mailer", "dsr", "check", "migrate", "settings", "dsrd-inbox")
d = Dsrd({"mail": {"transport": "smtp", "relay": relay.url, "backoff_s": [1], "doubt_pause_s": 0, "poll_ms": 500, "mailers": 1, "lease_s": 10, "transfer_timeout_ms": 5000},
          "reminders": {"scan_ms": 3600000}, "inbox": {"source": "none"}, "database": {"backoff_first_ms": 10, "backoff_last_ms": 100}}, start=False)
BOX = os.path.join(d.data, "inbox")
for part in ("", "tmp", "new", "cur"):
    os.mkdir(os.path.join(BOX, part))
if AS_ROOT:
    subprocess.run(["chown", "-R", "nobody:nogroup", BOX], check=True)
d.start(more=a.environment())
d.write_conf({"inbox": {"source": "maildir"}})  # read by `dsrd-inbox once` alone
figures = {"failed": 0, "ended by a library": 0, "cut short by a library": 0, "accepted more than once": 0}
# Libraries that end the process, or use what they did not get, when they have no memory; of what was begun nothing is lost by that.
ENDS = ("libconfig", "libglib", "libgmime", "ld-linux", "libsmartcols", "libcrypto", "libssl", "libgnutls", "libldap", "libkrb5", "libp11", "libgcrypt", "libseccomp")


def chosen(name, count):
    """Which allocations of that many fail."""
    equal(count > 0, True, f"{name}: its allocations are counted")
    step = max(1, count // MOST)
    found = list(range(draw.randrange(1, step + 1), count + 1, step)) if ONLY in name else []
    print(f"# {name}: {len(found)} of {count} allocations", flush=True)
    return found


def mail_test():
    return d.http("POST", "/v1/mail/tests", {"address": f"m{next(number)}@example.org"}).json["id"]


def state_of(message):
    return d.sql(f"select state from dsr.message where id = '{message}'")


def accepted(message):
    return [mail.data for mail in relay.mails if f"<{message}@".encode() in mail.data]


@case
def no_mail_is_lost_and_none_recorded_as_sent_that_was_not_accepted():
    control, problems, tried = a["mailer"], [], {}
    wait_for(lambda: state_of(first) == "sent", "sent") if (first := mail_test()) else None
    control.count_only()
    message = mail_test()
    wait_for(lambda: state_of(message) == "sent", "sent")
    count = control.count
    control.disarm()
    for first in chosen("mailer", count):
        process = wait_for(lambda: d.pids("mailer"), "a mailer")[0]
        control.arm(first)
        message = mail_test()
        wait_for(lambda: control.failed or state_of(message) == "sent" or process not in d.pids("mailer"), f"allocation {first}: the mailer has tried")
        wait_for(lambda: d.sql(f"select state <> 'leased' or attempts > 0 from dsr.message where id = '{message}'") == "t", "it goes on")
        control.disarm()
        figures["failed"] += control.failed
        tried[message] = f"allocation {first} ({control.where()})"
        if process not in d.pids("mailer"):
            problems.append(f"{tried[message]}: the mailer has ended")
    d.sql("update dsr.message set next_at = now() where state in ('queued', 'in_doubt')")
    for message, name in tried.items():
        try:
            wait_for(lambda: state_of(message) in ("sent", "failed"), f"{name}: the mail is settled")
        except AssertionError as error:
            problems.append(str(error) + " " + state_of(message))
            continue
        mails, doubt = accepted(message), int(d.sql(f"select count(*) from dsr.attempt where message_id = '{message}' and verdict = 'in_doubt'"))
        figures["accepted more than once"] += len(mails) > 1
        if state_of(message) != "sent" or not mails or len(set(mails)) > 1 or len(mails) > 1 + doubt:
            problems.append(f"{name}: {state_of(message)}, accepted {len(mails)} times, {doubt} tries in doubt")
    equal(problems, [], f"seed {SEED}")


@case
def a_reminder_is_gathered_once_when_the_scheduler_had_no_memory():
    control, problems = a["api"], []
    ref = d.file("elsevier", "access", "--law", "eu-gdpr", "--residence", "NL", "--sent", days_ago(75), "--received", days_ago(75))
    of_request = f"request_id = (select id from dsr.request where ref = '{ref}')"
    wait_for(lambda: d.sql(f"select count(*) from dsr.reminder where {of_request} and state = 'planned' and gather_on <= current_date") == "0", "gathered")
    again = d.sql(f"select id from dsr.reminder where {of_request} and message_id is not null limit 1")

    def gathered():
        return d.sql(f"select state from dsr.reminder where id = '{again}'") != "planned"

    def begin():
        wait_for(lambda: d.sql("select count(*) from dsr.message where state not in ('sent', 'cancelled')") == "0", "the outbox is empty")
        d.sql(f"update dsr.message set day = day - 100 * {next(number)} where kind = 'reminder'")
        d.sql(f"update dsr.reminder set state = 'planned', message_id = null where id = '{again}'")
    begin()
    control.count_only()
    d.sql("notify dsr, 'reminder 1'")
    wait_for(gathered, "gathered")
    count = control.count
    control.disarm()
    for first in chosen("scheduler", count):
        begin()
        process = d.pids("api")
        control.arm(first)
        d.sql("notify dsr, 'reminder 1'")
        wait_for(lambda: control.failed or gathered(), "tried")
        control.disarm()
        figures["failed"] += control.failed
        wait_for(lambda: gathered() or d.sql("notify dsr, 'reminder 1'"), f"gathered after allocation {first} ({control.where()})")
        if d.pids("api") != process:
            problems.append(f"allocation {first} ({control.where()}): the API has ended")
        if d.sql("select count(*) from dsr.message where kind = 'reminder' and day >= current_date") != "1":
            problems.append(f"allocation {first} ({control.where()}): not one mail")
    equal(problems, [], f"seed {SEED}")


@case
def what_was_not_read_for_want_of_memory_says_nothing_of_the_database():
    control, problems, process = a["api"], [], d.pids("api")
    control.count_only()
    d.sql("notify dsr, 'catalogue'")  # is asked what is in force, and which schema, ring and libraries there are
    wait_for(lambda: control.count > 20, "asked")
    count = control.count
    for first in chosen("what is in force", count):
        control.arm(first)
        d.sql("notify dsr, 'catalogue'")
        wait_for(lambda: control.failed or control.count > count, "asked")
        control.disarm()
        figures["failed"] += control.failed
        wait_for(d.answers, "it serves")
        if d.pids("api") != process:
            problems.append(f"allocation {first} ({control.where()}): the API has ended")
            process = d.pids("api")
    equal(problems, [], f"seed {SEED}")


def run_failing(name, command, env, judge, control, may_change=False):
    """The command as often as was asked for, each time without one allocation."""
    problems = []

    def run():
        words = command() if callable(command) else command
        try:
            return subprocess.run(words, capture_output=True, text=True, env=env, timeout=90)
        except subprocess.TimeoutExpired:
            return subprocess.CompletedProcess(words, NO_END, "", "it did not end")
    control.count_only()
    reference = run()
    count = control.count
    control.disarm()
    equal(reference.returncode, 0, f"{name}: {reference.stderr}")
    for first in chosen(name, count):
        control.arm(first)
        result = run()
        control.disarm()
        figures["failed"] += control.failed
        wrong = None
        if result.returncode == 0 and "scols_print_table (libsmartcols" in control.where():
            figures["cut short by a library"] += result.stdout != reference.stdout  # it prints a heading alone, and says that all is printed
        elif result.returncode == 0:
            wrong = "another output: " + result.stdout[-300:] if not may_change and control.failed and result.stdout != reference.stdout else None
        elif result.returncode < 0 or result.returncode > 78:
            wrong = f"status {result.returncode}: {result.stderr[-300:]}"
            if result.returncode != NO_END and ("libconfig" in wrong or any(library in control.where() for library in ENDS)):
                figures["ended by a library"] += 1
                wrong = None
        elif result.stderr.strip() == "" and "seccomp_load (libseccomp" in control.where():
            figures["ended by a library"] += 1  # it loads a filter that lacks rules, which lets nothing through, and no word
        elif result.stderr.strip() == "":
            wrong = f"status {result.returncode} without a word"
        judged = judge(result)
        wrong = wrong or judged
        if wrong:
            problems.append(f"{name}, allocation {first} ({control.where()}): {wrong}")
    return problems


def never(_):
    return None


@case
def a_command_of_dsr_ends_with_its_output_or_a_sentence():
    alias = d.dsr("subject", "add", "--residence", "NL", "--name", "Zoë Patron", "--email", "zoe@example.org").strip()
    ref = d.file("elsevier", "access", "--law", "eu-gdpr", "--for", alias, "--sent", days_ago(75))
    dsr, env, problems = os.path.join(d.program, "dsr"), d.environment(a.environment()), []
    for words in (["list"], ["show", ref], ["explain", ref], ["vendor", "show", "elsevier"], ["due", "eu-gdpr", "access", "2026-01-31"], ["letter", ref],
                  ["law", "list", "--json"], ["list", "--csv"], ["advise", "elsevier", "access", "--residence", "NL"]):
        problems += run_failing("dsr " + " ".join(words[:2]), [dsr, *words], env, never, a["dsr"])
    for problem in problems:
        print(f"# {problem}", file=sys.stderr)
    equal(len(problems), 0, f"seed {SEED}")


@case
def a_command_of_dsrd_ends_with_its_output_or_a_sentence():
    problems = []
    for name in ("check", "migrate"):
        command = d.command(name)
        command[len(RUNNER):len(RUNNER)] = ["env"] + [f"{key}={value}" for key, value in a.environment().items()]
        problems += run_failing(f"dsrd {name}", command, d.environment(), never, a[name], may_change=True)
    equal(d.http("GET", "/v1/health").status, 200)
    for problem in problems:
        print(f"# {problem}", file=sys.stderr)
    equal(len(problems), 0, f"seed {SEED}")


@case
def a_mail_that_was_read_without_memory_is_on_record_once():
    def deliver():
        n = next(number)
        path = os.path.join(BOX, "tmp", f"{1700000000 + n}.{n}.host")
        with open(path, "w") as file:
            file.write(f"Message-ID: <{n}@vendor.example>\nFrom: x@vendor.example\nTo: request@library.example\nSubject: {n}\n\nAnswer {n}\n")
        if AS_ROOT:
            shutil.chown(path, "nobody", "nogroup")
        os.rename(path, os.path.join(BOX, "new", os.path.basename(path)))

    def rows():
        return int(d.sql("select count(*) from dsr.reply"))

    def once(env):
        return RUNNER + ["env", *(f"{key}={value}" for key, value in env.items()), os.path.join(d.program, "dsrd-inbox"), "once", "-c", d.conf, "--private", d.data]

    def command():
        deliver()
        return once(a.environment())

    def judge(_):
        expected[0] += 1
        subprocess.run(once({}), check=True, capture_output=True, timeout=60, env=d.environment())
        found = (rows(), len(os.listdir(os.path.join(BOX, "new"))))
        return None if found == (expected[0], 0) else f"on record are {found[0]} of {expected[0]} mails, {found[1]} are left"
    expected = [rows() + 1]  # one without a fault comes first
    problems = run_failing("dsrd-inbox", command, d.environment(), judge, a["dsrd-inbox"], may_change=True)
    for problem in problems:
        print(f"# {problem}", file=sys.stderr)
    equal(len(problems), 0, f"seed {SEED}")


@case
def figures_are_told():
    for name, value in figures.items():
        print(f"# figure allocations of the programs, {name}: {value}")


if __name__ == "__main__":
    run_cases()
