# SPDX-License-Identifier: GPL-3.0-or-later
"""Who is reminded of what and on which day, from dsrd.conf(5) alone.

A rule of a kind of clock names notices: days before its earliest date, days after its last one, and then again after so many days. A notice is
told once, by the first mail to its person that leaves on its day or later; of those missed only the newest counts. What a person is told of in one
moment comes in one mail, and a day of the library has one mail to a person."""
import datetime
from zoneinfo import ZoneInfo

from .calendars import parse

FIRST = -10 ** 6


def midnight(day, zone):
    """The moment at which a civil day begins."""
    return datetime.datetime.combine(datetime.date.fromordinal(day), datetime.time(), ZoneInfo(zone))


class Rule:
    def __init__(self, before=(), after=(1,), repeat_days=7, to=("filer",)):
        self.before, self.after, self.repeat_days, self.to = before, after, repeat_days, to

    def setting(self):
        return {"before": list(self.before), "after": list(self.after), "repeat_days": self.repeat_days, "to": list(self.to)}


class Clock:
    """A clock that runs: what reminders need of it."""

    def __init__(self, answer, party, legal):
        self.id, self.party, self.legal = answer["clock"], party, legal
        self.earliest, self.due, self.latest = parse(answer["earliest"]), parse(answer["due"]), parse(answer["latest"])

    def kind(self):
        """The group of settings that is about it."""
        if self.party == "requester":
            return "requester"
        if not self.legal:
            return "courtesy"
        return next((kind for kind in ("appeal", "complaint") if self.id.startswith(kind)), "ack" if self.id == "ack" else "respond")

    def deadline(self, today_there):
        """The day that a mail names: only after the latest is anything late."""
        return self.due if self.due >= today_there else self.latest


class Notices:
    """The notices of one clock to one person, of those before or those after its date, as planned on the day of the last event."""

    def __init__(self, days, again_from, repeat_days, planned_on, keep_past):
        self.days, self.again_from, self.repeat_days = sorted(days), again_from, repeat_days
        self.floor = planned_on  # what is not after that day is over ...
        if keep_past and self.newest(planned_on) is not None:
            self.floor = self.newest(planned_on) - 1  # ... but for the newest

    def newest(self, day):
        """The last notice up to that day, or None."""
        found = [x for x in self.days if x <= day]
        if self.repeat_days and self.again_from is not None and self.again_from <= day:
            found.append(day - (day - self.again_from) % self.repeat_days)
        return max(found, default=None)

    def waits(self, day, told):
        newest = self.newest(day)
        return newest is not None and newest > max(told, self.floor)


class Request:
    def __init__(self, ref, zone):
        self.ref, self.zone, self.clocks, self.plans = ref, zone, {}, {}


class Library:
    """One library: its zone, its rules, and whom it has told what. `quiet` is a pair of times, `weekends` whether mails go out then."""

    def __init__(self, zone, rules):
        self.zone, self.rules, self.quiet, self.weekends = zone, rules, (datetime.time(20), datetime.time(8)), False
        self.requests, self.told, self.last_mail = {}, {}, {}

    def plan(self, request, clocks, is_open, given_up, people, now):
        """After an event: `clocks` are those that run, `people` who is filer and who is subject."""
        self.requests[request.ref] = request
        today = now.astimezone(ZoneInfo(self.zone)).date().toordinal()
        request.clocks, request.plans = {clock.id: clock for clock in clocks}, {}
        for clock in clocks:
            if not is_open and clock.party == "vendor" or given_up and clock.party == "requester":
                continue
            rule = self.rules[clock.kind()]
            after = [clock.latest + n for n in rule.after]
            for who in rule.to:
                request.plans[clock.id, "before", people[who]] = Notices([clock.earliest - n for n in rule.before], None, 0, today, today <= clock.latest)
                request.plans[clock.id, "after", people[who]] = Notices(after, max(after, default=None), rule.repeat_days, today, True)

    def rests(self, now):
        local = now.astimezone(ZoneInfo(self.zone))
        first, last = self.quiet
        quiet = first <= local.time() < last if first <= last else local.time() >= first or local.time() < last
        return quiet or not self.weekends and local.isoweekday() > 5

    def mails(self, now, only=None):
        """The mails that leave now: {person: {(ref, clock)}}, of all requests or of one alone. They count as told."""
        if self.rests(now):
            return {}
        today = now.astimezone(ZoneInfo(self.zone)).date().toordinal()
        mails = {}
        for request in [only] if only else self.requests.values():
            for (clock_id, when, person), notices in request.plans.items():
                clock, key = request.clocks[clock_id], (request.ref, clock_id, when, person)
                # Nobody is called late before the last day is over where the vendor is.
                early = when == "after" and clock.party == "vendor" and now < midnight(clock.latest + 1, request.zone)
                if not early and self.last_mail.get(person) != today and notices.waits(today, self.told.get(key, FIRST)):
                    mails.setdefault(person, set()).add((request.ref, clock_id))
                    self.told[key] = today
        self.last_mail.update({person: today for person in mails})
        return mails

    def said(self, ref, clock_id, now):
        """The day that a mail names, and how many days it is ahead on the calendar of who reads it; but whether it is late is decided where the vendor is."""
        request = self.requests[ref]
        clock = request.clocks[clock_id]
        there, here = (now.astimezone(ZoneInfo(zone)).date().toordinal() for zone in (request.zone, self.zone))
        day = clock.deadline(there)
        days = day - here
        return day, min(days, -1) if day < there else max(days, 0)
