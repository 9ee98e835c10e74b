# SPDX-License-Identifier: GPL-3.0-or-later
"""Days off of etc/calendars. A day is the number of days since 1 January of the year 1 (datetime's ordinal)."""
import datetime
import glob
import os

from . import conf

WEEKDAYS = {"mon": 0, "tue": 1, "wed": 2, "thu": 3, "fri": 4, "sat": 5, "sun": 6}
SATURDAY, SUNDAY = 5, 6


def day_of(year, month, day):
    return datetime.date(year, month, day).toordinal()


def parse(text):
    return datetime.date.fromisoformat(text).toordinal()


def show(day):
    return None if day is None else datetime.date.fromordinal(day).isoformat()


def weekday(day):
    return (day - 1) % 7  # 1 January of the year 1 was a Monday


def easter(year):
    """Easter Sunday by Gauss's rule: the Sunday after the full moon that Gauss counts from 21 March."""
    century = year // 100
    moon = (15 + century - century // 4 - (8 * century + 13) // 25) % 30
    sun = (4 + century - century // 4) % 7
    full = (19 * (year % 19) + moon) % 30
    ahead = (2 * (year % 4) + 4 * (year % 7) + 6 * full + sun) % 7
    if full == 29 and ahead == 6:
        full -= 7
    elif full == 28 and ahead == 6 and (11 * moon + 11) % 30 < 19:
        full -= 7
    return day_of(year, 3, 22) + full + ahead


def _days_of_rule(holiday, year):
    """The day or days of one holiday in a year, before any is moved."""
    rule, month = holiday["rule"], holiday.get("month")
    if rule == "fixed":
        return [day_of(year, month, holiday["day"])]
    if rule == "easter":
        return [easter(year) + holiday["offset"]]
    if rule == "table":
        return [day for day in map(parse, holiday["dates"]) if datetime.date.fromordinal(day).year == year]
    if rule == "period":
        day, end = day_of(year, month, holiday["day"]), (holiday["to_month"], holiday["to_day"])
        last = day_of(year if end >= (month, holiday["day"]) else year + 1, *end)
        return list(range(day, last + 1))
    if rule == "st-brigid":
        day = day_of(year, 2, 1)
        if weekday(day) != WEEKDAYS["fri"]:
            while weekday(day) != WEEKDAYS["mon"]:
                day += 1
        return [day]
    wanted = WEEKDAYS[holiday["weekday"]]
    if rule == "nth":
        day, left = day_of(year, month, 1), holiday["n"]
        while True:
            left -= weekday(day) == wanted
            if left == 0:
                return [day + holiday.get("plus_days", 0)]
            day += 1
    if rule in ("last", "before"):
        day = day_of(year, month, holiday["day"]) - 1 if rule == "before" else day_of(year + month // 12, month % 12 + 1, 1) - 1
        while weekday(day) != wanted:
            day -= 1
        return [day]
    raise ValueError(f"no rule {rule}")


_MOVES = {  # from which weekday, by how many days
    "sun->mon": (SUNDAY, 1), "sat->fri": (SATURDAY, -1), "sat->mon": (SATURDAY, 2), "sun->prevsat": (SUNDAY, -1),
}


class Calendar:
    def __init__(self, data, extra):
        self.id = data["id"]
        self.weekend = {WEEKDAYS[name] for name in data["weekend"]}
        self.holidays = data["holidays"]
        self.extra = {parse(day["on"]) for day in extra}
        self._by_rule_year, self._by_year, self._off = {}, {}, {}

    def _kept(self, holiday, year):
        return (holiday.get("from", year) <= year <= holiday.get("until", year)) and not (holiday.get("even_years") and year % 2)

    def _rule_year(self, year):
        """All days that the rules of one year give; a moved one may lie in the year before or after."""
        if year not in self._by_rule_year:
            found, substitutes = set(), []
            for holiday in self.holidays:
                if not self._kept(holiday, year):
                    continue
                days, observed = _days_of_rule(holiday, year), holiday.get("observed", [])
                if not holiday.get("only_observed"):
                    found.update(day for day in days if "sun->prevsat" not in observed or weekday(day) != SUNDAY)
                for day in days:
                    for name in observed:
                        if name == "uk":
                            substitutes += [day] if weekday(day) in self.weekend else []
                        elif weekday(day) == _MOVES[name][0]:
                            found.add(day + _MOVES[name][1])
            for day in sorted(substitutes):  # the earlier holiday chooses first
                while weekday(day) in self.weekend or day in found:
                    day += 1
                found.add(day)
            self._by_rule_year[year] = found
        return self._by_rule_year[year]

    def year(self, year):
        """The holidays that lie in a year."""
        if year not in self._by_year:
            first, last = day_of(year, 1, 1), day_of(year, 12, 31)
            near = self._rule_year(year - 1) | self._rule_year(year) | self._rule_year(year + 1) | self.extra
            self._by_year[year] = {day for day in near if first <= day <= last}
        return self._by_year[year]

    def is_holiday(self, day):
        return day in self.year(datetime.date.fromordinal(day).year)

    def is_off(self, day):
        off = self._off.get(day)
        if off is None:
            off = self._off[day] = weekday(day) in self.weekend or self.is_holiday(day)
        return off


def load(folder):
    """All calendars, by identifier."""
    read = {os.path.basename(path)[:-5]: conf.read(path) for path in sorted(glob.glob(os.path.join(folder, "*.conf")))}
    extra = read.pop("local", {"days": []})["days"]
    calendars = (Calendar(data["calendar"], [day for day in extra if day["calendar"] == data["calendar"]["id"]]) for data in read.values())
    return {calendar.id: calendar for calendar in calendars}
