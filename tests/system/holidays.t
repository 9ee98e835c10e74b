#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Holidays of 2026 to 2028 against a list that others keep (Debian's python3-holidays): every difference must be explained by a row of
tests/vectors/holiday_differences.csv, and every row must explain one. Korea is not in that list; eu-institutions is nobody's."""
import contextlib
import csv
import io
import json
import os
import subprocess
import sys

import holidays

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "harness"))
from dsrd import BUILD, ROOT, case, equal, run_cases  # noqa: E402

YEARS = (2026, 2027, 2028)
LISTS = {
    "us-federal": lambda y: holidays.UnitedStates(years=y),
    "us-ca-judicial": lambda y: holidays.UnitedStates(state="CA", years=y),
    "us-ca-civ": lambda y: holidays.UnitedStates(state="CA", years=y),
    "us-al": lambda y: holidays.UnitedStates(state="AL", years=y), "us-co": lambda y: holidays.UnitedStates(state="CO", years=y),
    "us-ky": lambda y: holidays.UnitedStates(state="KY", years=y), "us-la": lambda y: holidays.UnitedStates(state="LA", years=y),
    "us-md": lambda y: holidays.UnitedStates(state="MD", years=y), "us-mt": lambda y: holidays.UnitedStates(state="MT", years=y),
    "us-nv": lambda y: holidays.UnitedStates(state="NV", years=y), "us-ok": lambda y: holidays.UnitedStates(state="OK", years=y),
    "us-tn": lambda y: holidays.UnitedStates(state="TN", years=y), "us-tx": lambda y: holidays.UnitedStates(state="TX", years=y),
    "us-ut": lambda y: holidays.UnitedStates(state="UT", years=y), "us-va": lambda y: holidays.UnitedStates(state="VA", years=y),
    "us-wa": lambda y: holidays.UnitedStates(state="WA", years=y),
    "ca-qc": lambda y: holidays.Canada(prov="QC", years=y), "ca-ab": lambda y: holidays.Canada(prov="AB", years=y),
    "uk-eaw": lambda y: holidays.England(years=y), "uk-sct": lambda y: holidays.Scotland(years=y), "uk-nir": lambda y: holidays.NorthernIreland(years=y),
    "de": lambda y: holidays.Germany(years=y), "nl": lambda y: holidays.Netherlands(years=y), "ie": lambda y: holidays.Ireland(years=y),
    "fr": lambda y: holidays.France(years=y), "lu": lambda y: holidays.Luxembourg(years=y), "ch": lambda y: holidays.Switzerland(years=y),
    "nz": lambda y: holidays.NewZealand(years=y), "ca-fed": lambda y: holidays.Canada(years=y), "ca-bc": lambda y: holidays.Canada(prov="BC", years=y),
    "br": lambda y: holidays.Brazil(years=y), "za": lambda y: holidays.SouthAfrica(years=y), "sg": lambda y: holidays.Singapore(years=y),
}


def ours(calendar, year):
    result = subprocess.run([os.path.join(BUILD, "dsr"), "calendar", "show", calendar, "--year", str(year), "--json", "--laws", os.path.join(ROOT, "etc/laws"),
                             "--calendars", os.path.join(ROOT, "etc/calendars")], capture_output=True, text=True, check=True)
    return {row["day"]: row["name"] for row in json.loads(result.stdout)}


def theirs(calendar, year):
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):  # it talks
        return {day.isoformat(): name for day, name in LISTS[calendar](year).items() if day.year == year}


@case
def every_difference_is_explained():
    with open(os.path.join(ROOT, "tests/vectors/holiday_differences.csv"), newline="") as file:
        explained = {(row["calendar"], row["whose"], row["holiday"]) for row in csv.DictReader(file)}
    found, agreed = {}, 0
    for calendar in LISTS:
        for year in YEARS:
            we, they = ours(calendar, year), theirs(calendar, year)
            agreed += len(set(we) & set(they))
            for day in set(we) ^ set(they):
                found.setdefault((calendar, "ours", we[day]) if day in we else (calendar, "theirs", they[day]), []).append(day)
    equal({key: days for key, days in found.items() if key not in explained}, {}, "not explained")
    equal(explained - set(found), set(), "explains nothing")
    print(f"# {agreed} days agree, {sum(map(len, found.values()))} differ and are explained")


run_cases()
