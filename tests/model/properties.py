# SPDX-License-Identifier: GPL-3.0-or-later
"""What must hold of the engine's answers, whatever the model says. Each check returns what is wrong, in words."""
import datetime
import re

from . import counting
from .calendars import parse, show

_DAY = r"\w{3} \d{1,2} \w{3} \d{4}"
_COUNT = re.compile(rf"(\d+) (days|months?|working days) after ({_DAY})(?:, which itself is not counted:| is| \(calendar ([a-z-]+)\):) ({_DAY})\.$")
_PAUSE = re.compile(r"(\d+) days? on which")
_WRITTEN = {}


def _written(text):
    """The day in "Mon 2 Mar 2026"."""
    if text not in _WRITTEN:
        day = datetime.datetime.strptime(text[4:], "%d %b %Y").date()
        _WRITTEN[text] = day.toordinal() if f"{day:%a}" == text[:3] else None
    return _WRITTEN[text]


class Explanation:
    """Goes through the steps of one clock and does each sum again."""

    def __init__(self, clock, calendars):
        self.clock, self.calendars, self.wrong = clock, calendars, []
        self.day_0 = self.day = None
        self.left_out, self.readings = set(), set()

    def expect(self, good, step):
        if not good:
            self.wrong.append(f"{self.clock['clock']}: {step['text']}")

    def _count(self, step, on):
        match = _COUNT.match(step["text"])
        self.expect(match is not None, step)
        if match is None:
            return
        n, unit, start, end = int(match[1]), match[2], _written(match[3]), _written(match[5])
        self.expect(start == self.day_0 and end == on, step)
        if unit == "days":
            self.expect(start + n == end, step)
        elif unit == "working days":
            weekend = self.calendars[match[4]].weekend
            self.expect(sum((day - 1) % 7 not in weekend and day not in self.left_out for day in range(start + 1, end + 1)) == n, step)
        else:
            self.expect(counting.period(start, n, "months", None) == end, step)
        self.day = end

    def _step(self, step):
        rule, on = step["rule"], None if step["on"] is None else parse(step["on"])
        if rule == "day_0":
            self.day_0 = on
            self.expect([_written(text) for text in re.findall(_DAY, step["text"])] == [on], step)
        elif rule == "skip":
            self.left_out.add(on)
        elif rule == "count":
            self._count(step, on)
        elif rule == "clamp":
            self.expect(on == self.day, step)
        elif rule == "pause" and _PAUSE.match(step["text"]):
            self.day += int(_PAUSE.match(step["text"])[1])
            self.expect(on == self.day, step)
        elif rule == "roll" and "cannot be" in step["text"]:
            self.expect(on == self.day, step)
            self.day += 1
        elif rule == "roll":
            self.expect(on == self.day, step)
        elif rule == "reading":
            self.readings.add(on)
        elif rule == "extension" and " and named " in step["text"]:
            self.day = on

    def check(self):
        for step in self.clock["steps"]:
            self._step(step)
        if self.clock["due"] is not None:
            due, earliest, latest = (parse(self.clock[name]) for name in ("due", "earliest", "latest"))
            if self.day != due:
                self.wrong.append(f"{self.clock['clock']}: the steps end on {show(self.day)}, the clock on {show(due)}")
            if not earliest <= due <= latest or not {earliest, latest} <= self.readings | {due}:
                self.wrong.append(f"{self.clock['clock']}: no step gives {self.clock['earliest']} or {self.clock['latest']}")
        return self.wrong


def rule_clocks(law, line, name):
    """The clocks of the law file that a clock of the answer may be."""
    return [clock for clock in law.clocks if clock.id == name and not clock.extends and line["right"] in clock.rights]


def ends_on_working_days(law, line, answer, calendars):
    """No clock ends on a day on which its rule lets none end; a day that the vendor itself named is no such end."""
    wrong, named = [], {event["on"] for event in line.get("events", ()) if event["event"] == "extension_until"}
    for clock in answer["clocks"]:
        rules = {found.rule for found in rule_clocks(law, line, clock["clock"])}
        if clock["due"] is None or clock["due"] in named or len(rules) != 1:
            continue
        rule = rules.pop()
        calendar = calendars.get(line.get("calendar")) if rule.controllers_calendar else None
        if counting.stays_off(parse(clock["due"]), rule.roll, calendar or rule.calendar):
            wrong.append(f"{clock['clock']}: {clock['due']} is a day off")
    return wrong


def received_later(line, days):
    """The same question about a request that came some days later; None when it has no plain day of receipt."""
    received = line.get("received")
    if received is None or "T" in received:
        return None
    return dict(line, received=show(parse(received) + days))


def not_extended(line):
    """The same question without a notice of extension; None when there is none."""
    events = [event for event in line.get("events", ()) if not event["event"].startswith("extension_")]
    return dict(line, events=events) if len(events) < len(line.get("events", ())) else None


def not_earlier(law, line, answer, other):
    """No date of `other` is before that of `answer`, as far as both count by one and the same rule."""
    if "error" in answer or "error" in other:
        return []
    found = {clock["clock"]: clock for clock in other["clocks"]}
    wrong = []
    for clock in answer["clocks"]:
        twin = found.get(clock["clock"])
        same_rule = law.kind == "voluntary" or len({(c.n, c.rule, c.when) for c in rule_clocks(law, line, clock["clock"])}) == 1
        if twin is None or clock["due"] is None or twin["due"] is None or not same_rule:
            continue
        wrong += [f"{clock['clock']} {name}: {clock[name]}, then {twin[name]}" for name in ("due", "earliest", "latest") if twin[name] < clock[name]]
    return wrong
