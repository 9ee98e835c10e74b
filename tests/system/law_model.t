#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The law engine against the second implementation in tests/model, which shares nothing with it but the law files.

LAW_MODEL_CASES (20000) random cases of LAW_MODEL_SEED (1) are asked of both; LAW_MODEL_ALL_YEARS=1 compares the days off of 2020 to 2045."""
import json
import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "harness"))
from dsrd import BUILD, ROOT, case, equal, run_cases  # noqa: E402
from model import calendars, compare  # noqa: E402

LAWS, CALENDARS = os.path.join(ROOT, "etc", "laws"), os.path.join(ROOT, "etc", "calendars")
YEARS = range(2020, 2046) if os.environ.get("LAW_MODEL_ALL_YEARS", "0") != "0" else (2022, 2027, 2028, 2034)

CASES, SEED = int(os.environ.get("LAW_MODEL_CASES", "20000")), int(os.environ.get("LAW_MODEL_SEED", "1"))
SHOWN = 5  # of the cases that are not good


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


@case
def the_engine_and_the_model_give_the_same_dates_and_keep_the_rules():
    comparison, bad = compare.Comparison(os.path.join(BUILD, "dsr"), LAWS, CALENDARS), 0
    for line, differences, broken in comparison.run(CASES, SEED):
        bad += 1
        if bad <= SHOWN:
            print(f"# {json.dumps(line)}\n#   " + "\n#   ".join(differences + broken))
    counts = comparison.counts
    print(f"# seed {SEED}: {CASES} cases, {bad} with a difference or a broken rule;", ", ".join(f"{number} {what}" for what, number in sorted(counts.items())))
    equal(bad, 0)
    # The cases must reach everything that is compared.
    for what, share in (("clocks", 0.5), ("running", 0.4), ("met", 0.1), ("paused", 0.02), ("void", 0.01), ("extended", 0.04), ("extension void", 0.01),
                        ("refused", 0.02), ("twins", 0.25)):
        equal(counts.get(what, 0) >= share * CASES, True, f"{what}: only {counts.get(what, 0)}")


run_cases()
