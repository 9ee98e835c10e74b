# SPDX-License-Identifier: GPL-3.0-or-later
"""Counting by etc/laws/counting.conf: from day to day, one at a time."""
import datetime
import os

from . import conf
from .calendars import SATURDAY, SUNDAY, day_of, weekday


class Rule:
    """One rule, with its calendars looked up."""

    def __init__(self, data, calendars):
        self.id = data["id"]
        self.roll = set(data["roll"])
        self.latest_roll = set(data.get("latest_roll", ()))
        self.controllers_calendar = data.get("controllers_calendar", False)
        self.calendar = calendars[data["calendar"]] if "calendar" in data else None
        self.readings = {name: calendars[data[name]] for name in ("earliest", "latest") if name in data}


def load(folder, calendars):
    return {data["id"]: Rule(data, calendars) for data in conf.read(os.path.join(folder, "counting.conf"))["counting"]}


def _months_on(day, months):
    start = datetime.date.fromordinal(day)
    year, month = start.year, start.month
    for _ in range(months):
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)
    number = start.day
    while True:  # a month that has no such day ends on its last day
        try:
            return day_of(year, month, number)
        except ValueError:
            number -= 1


def period(start, n, unit, calendar):
    """The last day of a period; the day of the event itself is not counted."""
    if unit == "months":
        return _months_on(start, n)
    day, left = start, n * 7 if unit == "weeks" else n
    working = unit in ("business_days", "working_days")
    while left > 0:
        day += 1
        if not working or calendar is None and weekday(day) not in (SATURDAY, SUNDAY) or calendar is not None and not calendar.is_off(day):
            left -= 1
    return day


def stays_off(day, roll, calendar):
    """Whether a period may not end on this day."""
    return ("saturday" in roll and weekday(day) == SATURDAY or "sunday" in roll and weekday(day) == SUNDAY or
            "holiday" in roll and calendar is not None and calendar.is_holiday(day))


def rolled(day, roll, calendar):
    while stays_off(day, roll, calendar):
        day += 1
    return day
