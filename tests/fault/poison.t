#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Mails that cannot be composed, and mails that mailers die of: nobody else waits for them, and in the end they are given up and shown.
POISON_DEADLY: so many that mailers die of, of each of two kinds; POISON_BROKEN; POISON_PEOPLE."""
import os
import shutil
import signal
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from backlog import Sink, record  # noqa: E402
from dsrd import BUILD, Dsrd, case, contains, days_ago, equal, figure, run_cases, wait_for  # noqa: E402

if "sanitize" in BUILD:
    print("1..0 # SKIP a library loaded before and AddressSanitizer do not go together")
    sys.exit(0)

DEADLY = int(os.environ.get("POISON_DEADLY", "1"))
BROKEN = int(os.environ.get("POISON_BROKEN", "10"))
PEOPLE = int(os.environ.get("POISON_PEOPLE", "60"))
ATTEMPTS, BATCH, TICK_S = 2, 20, 30  # a tick: reminders.scan_ms as it is by default
SLOWEST = 50  # mails a second, which two mailers send beside much else
d = Dsrd({"mail": {"transport": "smtp", "mailers": 2, "batch": BATCH, "attempts": ATTEMPTS, "backoff_s": [1], "doubt_pause_s": 1},
          "reminders": {"respond": {"to": ["subject"]}}}, start=False)
sink = Sink(d.folder)
sink.open()
library = os.path.join(d.folder, "poison.so")
shutil.copy(os.path.join(BUILD, "fault", "poison.so"), library)
d.write_conf({"mail": {"relay": sink.url}})
d.start(more={"LD_PRELOAD": library})


def somebody(address, sent):
    return {"name": "Ann", "email": address, "requests": [{"vendor": "elsevier", "right": "access", "law": "eu-gdpr", "sent": days_ago(sent)}]}


# The poison is the most pressing, so that it comes first in every batch.
poison = [somebody(f"poison-{kind}-{n}@example.org", 90) for kind in ("compose", "send") for n in range(DEADLY)]
broken = [somebody(f"broken{n}@example.org", 91) for n in range(BROKEN)]
people = [somebody(f"person{n}@example.org", 50 + n % 10) for n in range(PEOPLE)]


def states(those):
    rows = d.sql("select s.alias, m.state from dsr.message m join dsr.subject s on s.id = m.recipient_id")
    known = dict(row.split("|") for row in rows.splitlines())
    return [known.get(one["alias"]) for one in those]


@case
def nobody_else_waits_for_longer_than_a_tick():
    mailers = d.pids("mailer")
    for pid in mailers:
        os.kill(pid, signal.SIGSTOP)
    record(d, poison + broken + people)
    wait_for(lambda: set(states(poison + broken + people)) == {"queued"}, "a mail waits for each")
    # Half of the broken ones hold sealed bytes that no key opens, the others what the database itself cannot read.
    aliases = [f"'{one['alias']}'" for one in broken]
    d.sql(f"update dsr.subject set email = set_byte(email, octet_length(email) - 3, get_byte(email, octet_length(email) - 3) # 1) where alias in ({','.join(aliases[::2])})")
    without_zone = f"where subject_id in (select id from dsr.subject where alias in ({','.join(aliases[1::2])}))"
    d.sql(f"update dsr.request set zone = 'No/Where' {without_zone}")
    begin = time.time()
    for pid in mailers:
        os.kill(pid, signal.SIGCONT)
    wait_for(lambda: set(states(people)) == {"sent"}, "everybody else has their mail")
    moments = sorted(mail.at for mail in sink.taken() if mail.to[0].startswith("<person"))
    last = moments[-1] - begin
    pause = max(later - earlier for earlier, later in zip([begin] + moments, moments))
    wait_for(lambda: set(states(broken)) == {"failed"}, "what is broken is given up at once")
    d.sql(f"update dsr.request set zone = 'Europe/Amsterdam' {without_zone}")
    figure("mails that mailers die of, that cannot be composed, and others", f"{len(poison)}, {BROKEN}, {PEOPLE}")
    figure("seconds until everybody else had their mail", round(last, 1))
    figure("longest pause between two of theirs, in seconds", round(pause, 1))
    equal(pause <= TICK_S and last <= max(TICK_S, PEOPLE / SLOWEST), True, f"the last one came after {last} s, the longest pause was {pause} s")


@case
def it_is_given_up_in_the_end_and_shown():
    wait_for(lambda: set(states(poison + broken)) == {"failed"}, "all are given up")
    deaths = d.read_log().count("ended unexpectedly (signal")
    figure("deaths of mailers until all were given up", deaths)
    # One death of a batch, of which any may be the cause, for each that is composed; then each dies alone.
    equal(deaths <= 2 * len(poison) * (ATTEMPTS + 1), True, f"{deaths} deaths")
    status = d.dsr("status")
    contains(status, "Mail that did not get through")
    equal(min(20, len(poison) + BROKEN), len(d.dsr_json("status")["mail_trouble"]))
    problems = {row.split("|")[0]: row.split("|")[1] for row in d.sql("select last_problem, count(*) from dsr.message where state = 'failed' group by 1").splitlines()}
    equal(set(problems), {"The mailer stopped while it wrote this mail.", "The mailer stopped in the middle of sending.", "dsrd could not compose the mail.",
                          "What it is to say cannot be read from the database."}, str(problems))


@case
def nobody_got_two_and_the_others_go_on():
    to = [mail.to[0] for mail in sink.taken()]
    doubled = {one for one in to if to.count(one) > 1}
    doubt = set(d.sql("select s.alias from dsr.attempt a join dsr.message m on m.id = a.message_id join dsr.subject s on s.id = m.recipient_id where a.verdict = 'in_doubt'").split())
    known = {f"<{one['email']}>": one["alias"] for one in people}
    equal({known[one] for one in doubled} - doubt, set(), "twice only what was in doubt")
    figure("mails sent twice, each of them in doubt before", len(doubled))
    late = [somebody("late@example.org", 60)]
    record(d, late)
    wait_for(lambda: any(mail.to == ["<late@example.org>"] for mail in sink.taken()), "the next mail goes")


run_cases()
