#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The law engine against the second implementation in tests/model, which shares nothing with it but the law files."""
import json
import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "harness"))
from dsrd import BUILD, ROOT, case, equal, run_cases  # noqa: E402
from model import calendars  # noqa: E402

LAWS, CALENDARS = os.path.join(ROOT, "etc", "laws"), os.path.join(ROOT, "etc", "calendars")
YEARS = range(2020, 2046) if os.environ.get("LAW_MODEL_ALL_YEARS") else (2022, 2027, 2028, 2034)


@case
def days_off_agree_in_every_calendar_and_year():
    checked = 0
    for calendar in calendars.load(CALENDARS).values():
        for year in YEARS:
            result = subprocess.run([os.path.join(BUILD, "dsr"), "calendar", "show", calendar.id, "--year", str(year), "--json", "--laws", LAWS,
                                     "--calendars", CALENDARS], capture_output=True, text=True, check=True)
            theirs = sorted({row["day"] for row in json.loads(result.stdout)})
            equal(theirs, [calendars.show(day) for day in sorted(calendar.year(year))], f"{calendar.id} {year}")
            checked += len(theirs)
    print(f"# {checked} days off agree")


run_cases()
