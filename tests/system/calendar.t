#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reminders over weeks, by moving the clock of dsrd and its PostgreSQL: quiet hours, weekends, weekly repeats, one mail a day, Mondays."""
import email
import email.policy
import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "harness"))
from clock import WHY_NOT, Clock  # noqa: E402
from dsrd import Dsrd, case, equal, run_cases, wait_for  # noqa: E402

if WHY_NOT:
    print(f"1..0 # SKIP {WHY_NOT}")
    sys.exit(0)

d = Dsrd({"library": {"zone": "America/New_York"}, "reminders": {"quiet_from": "20:00", "quiet_until": "08:00", "weekends": False, "scan_ms": 100,
                                                                 "manager_digest": False},
          "vault": {"bucket_days": 366, "backup_days": 800}}, start=False)
the_clock = Clock(d.folder)


def move_to(moment):
    """Sets the clock, in New York."""
    the_clock.move_to(moment, "America/New_York")
    # Everybody has seen it once the database says so and has looked for what falls due after that.
    wait_for(lambda: d.sql("select (now() at time zone 'America/New_York')::date") == moment[:10], moment)
    looked = d.sql("select api_looks from (select count(*) as api_looks from pg_stat_activity where usename = 'dsrd_api') x")
    equal(int(looked) > 0, True)
    before = scans()
    wait_for(lambda: scans() >= before + 3, "the scheduler has looked")
    wait_for(lambda: d.sql("select count(*) from dsr.message where state in ('queued','leased','sending')") == "0", "nothing is under way")


def scans():
    return int(d.sql("select pg_stat_clear_snapshot(); select coalesce(sum(calls), 0) from pg_stat_user_functions where funcname = 'reminders_gather'").split("\n")[-1] or 0)


def subjects():
    found = []
    for mail in d.mails():
        message = email.message_from_bytes(mail, policy=email.policy.default)
        found.append((re.sub(r".*?0?(\d+ \w+ \d{4}).*", r"\1", message["Date"]), message["Subject"]))
    return found


the_clock.move_to("2026-11-02 10:00:00", "America/New_York")
d.start(more=the_clock.environment())
d.sql("alter system set track_functions = 'all'")
d.sql("select pg_reload_conf()")
# Received on Monday, 2 November: 30 days are Wednesday, 2 December. The second: one month from Saturday, 7 November, is Monday, 7 December.
kanopy = d.file("kanopy", "third_party_list", "--law", "us-ca-stl", "--residence", "US-CA", "--sent", "2026-11-02", "--received", "2026-11-02", "--remind", "4 days before")


@case
def the_clock_is_where_it_was_set():
    equal(d.dsr_json("status", kanopy)["request"]["due"], "2026-12-02")
    equal([(r["on"], r["kind"]) for r in d.dsr_json("status", kanopy)["reminders"]], [("2026-11-28", "wanted"), ("2026-12-03", "overdue")])


@case
def nothing_comes_on_a_weekend_and_what_fell_due_then_comes_on_monday():
    move_to("2026-11-28 10:00:00")  # a Saturday
    equal(subjects(), [])
    move_to("2026-11-29 10:00:00")
    equal(subjects(), [])
    move_to("2026-11-30 07:00:00")  # Monday, too early
    equal(subjects(), [])
    move_to("2026-11-30 08:30:00")
    equal(subjects(), [("30 Nov 2026", f"{kanopy}: a data request needs a look")])


@case
def on_the_last_day_it_is_not_overdue_and_the_day_after_it_is():
    move_to("2026-12-02 19:59:00")
    equal(d.dsr_json("status", kanopy)["request"]["status"], "due_soon")
    equal(len(subjects()), 1)
    move_to("2026-12-03 02:59:00")  # in California it is still the 2nd
    equal(d.dsr_json("status", kanopy)["request"]["status"], "due_soon")
    move_to("2026-12-03 03:01:00")
    equal(d.dsr_json("status", kanopy)["request"]["status"], "overdue")
    equal(len(subjects()), 1)  # quiet hours
    move_to("2026-12-03 09:00:00")
    equal(subjects()[1:], [("3 Dec 2026", f"{kanopy}: a data request needs a look")])
    move_to("2026-12-03 21:00:00")
    equal(len(subjects()), 2)


@case
def then_weekly_while_nothing_happens():
    for day in range(4, 10):
        move_to(f"2026-12-{day:02d} 10:00:00")
        equal(len(subjects()), 2, day)
    move_to("2026-12-10 10:00:00")
    equal(subjects()[2:], [("10 Dec 2026", f"{kanopy}: a data request needs a look")])


@case
def after_a_long_silence_there_is_one_mail_and_not_a_storm():
    move_to("2027-01-20 10:00:00")  # six occurrences have passed
    equal(subjects()[3:], [("20 Jan 2027", f"{kanopy}: a data request needs a look")])
    move_to("2027-01-20 15:00:00")
    equal(len(subjects()), 4)
    move_to("2027-01-21 10:00:00")  # Thursday again
    equal(len(subjects()) <= 5, True)


@case
def once_answered_there_is_silence():
    d.dsr("log", kanopy, "answered", "--on", "2027-01-21")
    before = len(subjects())
    for day in ("2027-01-28", "2027-02-04", "2027-03-01"):
        move_to(f"{day} 10:00:00")
    equal(len(subjects()), before)


run_cases()
