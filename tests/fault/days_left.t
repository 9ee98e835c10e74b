#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""How many days are left or late, at any instant, for any pair of zones: by the calendar, and not by hours.

DAYS_LEFT_CASES (8000) random cases of FAULT_SEED (1), most of them near a midnight or a night on which clocks are set, of the vendor's or of the library's
zone, or at the end of February. What the mails make of it is seen by virtual_year.t."""
import atexit
import datetime
import os
import random
import shutil
import subprocess
import sys
import tempfile
import zoneinfo

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "harness"))
from dsrd import ROOT, case, equal, run_cases  # noqa: E402

CASES, SEED = int(os.environ.get("DAYS_LEFT_CASES", "8000")), int(os.environ.get("FAULT_SEED", "1"))
UTC = datetime.timezone.utc
CLUSTER = os.path.join(ROOT, "tests", "harness", "cluster.sh")
folder = tempfile.mkdtemp(prefix="dsrd-days-", dir="/tmp")
os.chmod(folder, 0o755)


def remove():
    subprocess.run([CLUSTER, "stop", folder], capture_output=True)
    shutil.rmtree(folder, ignore_errors=True)


atexit.register(remove)
subprocess.run([CLUSTER, "start", folder], check=True, capture_output=True)
PSQL = ["psql", "-X", "-q", "-t", "-A", "-v", "ON_ERROR_STOP=1", "-h", folder, "-U", "dsrd_admin", "-d", "dsrd"]
known = subprocess.run(PSQL + ["-c", "select name from pg_timezone_names where name !~ '^(posix|right)/'"], check=True, capture_output=True, text=True).stdout.split()
ZONES = sorted(set(known) & zoneinfo.available_timezones() - {"localtime", "posixrules", "Factory", "CET", "EET", "MET", "WET"})  # the last four are refused by dsrd
chance = random.Random(SEED)


def changes(zone):
    """The moments of 2020 to 2040 at which the clocks of a zone are set, to the hour."""
    info, found = zoneinfo.ZoneInfo(zone), []
    day = datetime.datetime(2020, 1, 1, tzinfo=UTC)
    while day.year < 2041:
        later = day + datetime.timedelta(days=10)
        if day.astimezone(info).utcoffset() != later.astimezone(info).utcoffset():
            hour = next(hour for hour in range(240) if (day + datetime.timedelta(hours=hour + 1)).astimezone(info).utcoffset() != day.astimezone(info).utcoffset())
            found.append(day + datetime.timedelta(hours=hour + 1))
        day = later
    return found


NIGHTS = {zone: changes(zone) for zone in chance.sample(ZONES, 30) + ["America/New_York", "Europe/Berlin", "Australia/Lord_Howe", "Pacific/Apia", "America/Sao_Paulo"]}


def instant(zones):
    pick = chance.random()
    zone = zoneinfo.ZoneInfo(chance.choice(zones))
    if pick < 0.25 and NIGHTS.get(zone.key):
        at = chance.choice(NIGHTS[zone.key]) + datetime.timedelta(seconds=chance.randint(-90000, 90000))
    elif pick < 0.5:
        day = datetime.date(2020, 1, 1) + datetime.timedelta(days=chance.randint(0, 7600))
        at = datetime.datetime.combine(day, datetime.time(0, 0, 0), zone).astimezone(UTC) + datetime.timedelta(seconds=chance.randint(-120, 120))
    elif pick < 0.65:
        year = chance.randint(2020, 2040)
        at = datetime.datetime(year, 2, 28, 12, tzinfo=UTC) + datetime.timedelta(seconds=chance.randint(0, 172800))
    else:
        at = datetime.datetime(2020, 1, 1, tzinfo=UTC) + datetime.timedelta(seconds=chance.randint(0, 21 * 366 * 86400))
    return at.replace(microsecond=0)


def right(at, due, latest, there, here):
    """By civil dates alone."""
    today_there, today_here = (at.astimezone(zoneinfo.ZoneInfo(zone)).date() for zone in (there, here))
    day = latest if today_there > due else due
    days = day.toordinal() - today_here.toordinal()
    # Late is what is over where the vendor is; the reader's calendar may be a day before or after.
    return day, min(days, -1) if today_there > day else max(days, 0)


@case
def days_are_those_between_two_dates_on_the_calendar():
    cases = []
    special = sorted(NIGHTS)
    for _ in range(CASES):
        there, here = (chance.choice(special if chance.random() < 0.5 else ZONES) for _ in range(2))
        at = instant((there, here))
        due = at.date() + datetime.timedelta(days=chance.choice((0, 0, 0, 1, 1, -1, -1, 2, -2, chance.randint(-400, 400))))
        latest = due + datetime.timedelta(days=chance.choice((0, 0, 1, 3)))
        cases.append((at, due, latest, there, here))
    rows = "".join(f"{n}\t{at.isoformat()}\t{due}\t{latest}\t{there}\t{here}\n" for n, (at, due, latest, there, here) in enumerate(cases))
    script = ("create temp table c (n int, at timestamptz, due date, latest date, there text, here text);\ncopy c from stdin;\n" + rows + "\\.\n"
              "copy (select dsr.deadline_at(due, latest, there, at), dsr.days_left_at(dsr.deadline_at(due, latest, there, at), there, here, at) from c order by n) to stdout;\n")
    answer = subprocess.run(PSQL, input=script, check=True, capture_output=True, text=True).stdout.splitlines()
    equal(len(answer), CASES)
    wrong = 0
    for one, line in zip(cases, answer):
        day, days = right(*one)
        if line != f"{day}\t{days}":
            wrong += 1
            if wrong <= 5:
                print(f"# seed {SEED}: {one}: {line!r} and not {day} {days}")
    print(f"# figure days_left_cases: {CASES}")
    print(f"# figure days_left_wrong: {wrong}")
    equal(wrong, 0)


run_cases()
