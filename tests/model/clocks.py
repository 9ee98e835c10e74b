# SPDX-License-Identifier: GPL-3.0-or-later
"""From a law, a right and events to every date, as `dsr due` gives them."""
from . import counting
from .calendars import day_of, show
from .facts import Facts

DONE = ("answered", "refused", "referred", "outcome")
RECEIPT = ("received", "relevant_time")
ANY_DAY = ("sent", "today", "earlier_request", "no_longer_needed", "violation", "act_or_discovery", "known")  # they may be older than the request
ITSELF = {"complaint_received": "complaint", "revocation_received": "restrict_object"}  # what a request of that right is itself


def met_by(clock, right):
    """The events that meet a clock."""
    if clock.met_by:
        return clock.met_by
    if clock.party == "requester":
        return ("sent", "complaint_sent") if right == "complaint" else ("complaint_sent", "appeal_sent")
    if clock.id.startswith("appeal"):
        return ("appeal_answered",)
    if clock.id.startswith("complaint"):
        return ("acknowledged", "complaint_answered", "answered", "refused")
    if clock.id.startswith("grievance"):
        return ("complaint_answered",)
    return ("acknowledged",) + DONE if clock.id == "ack" else DONE


class Refused(Exception):
    """The question cannot be answered."""


class Question:
    def __init__(self, law, right, events, calendar=None, channel=None, designation=None, days=None):
        self.law, self.right, self.events, self.calendar = law, right, events, calendar
        self.channel, self.designation, self.courtesy_days = channel, designation, days


class Period:
    """The days of one clock: as read by its calendar, most strictly and most generously; before and after it is rolled."""

    def __init__(self, clock, n, start, question, facts, pauses):
        rule = clock.rule
        usual = question.calendar if rule.controllers_calendar and question.calendar is not None else rule.calendar
        self.raw, self.due = self._end(clock, n, start, usual, facts, pauses, rule.roll)
        self.earliest = self.latest = self.due
        if "earliest" in rule.readings:
            self.earliest = self._end(clock, n, start, rule.readings["earliest"], facts, pauses, rule.roll)[1]
        if "latest" in rule.readings or rule.latest_roll:
            self.latest = self._end(clock, n, start, rule.readings.get("latest", usual), facts, pauses, rule.latest_roll or rule.roll)[1]
        self.earliest, self.latest = min(self.earliest, self.due), max(self.latest, self.due)

    @staticmethod
    def _end(clock, n, start, calendar, facts, pauses, roll):
        raw = counting.period(start, n, clock.unit, calendar)
        end = counting.rolled(raw, roll, calendar)
        if pauses:
            for day in sorted(facts.uncounted):  # each day that does not count, while the period runs, makes it one day longer
                if start <= day <= end:
                    raw = (raw if day <= raw else end) + 1
                    end = counting.rolled(raw, roll, calendar)
        return raw, end


class _Answer:
    def __init__(self, question):
        self.question, self.law = question, question.law
        self.facts = Facts(question.law, question.right, question.events, question.channel)
        self.clocks, self.periods = [], {}
        self.extension = {"valid": None, "notice_by": None, "until": None}

    def check(self):
        received = self.facts.received
        if received is None:
            raise Refused("nothing to count from")
        begins = self.facts.sent if self.facts.first("received") is None else self.facts.first("received")
        if begins is not None and any(day < begins and name not in ANY_DAY for name, day in self.question.events):
            raise Refused("an event before the request")
        if self.question.right not in self.law.rights:
            raise Refused("no such right")
        since = [day for day in (self.law.effective_from, self.law.rights[self.question.right]) if day is not None]
        if received < max(since, default=received) and self.question.right != "complaint":  # whose clocks have days of their own
            raise Refused("not yet given")

    def applies(self, clock):
        if self.question.right not in clock.rights or clock.extends:
            return False
        if clock.when in ("designated_address", "other_address"):
            return clock.when == (self.question.designation or "designated_address")
        return clock.when is None

    def itself(self, clock):
        """Whether the request is what the clock counts from, which is not recorded once more."""
        return ITSELF.get(clock.source) == self.question.right and self.facts.first(clock.source) is None

    def start(self, clock):
        """The day of the event that a clock counts from; None without; "waiting" while the law lets the vendor wait for it."""
        facts, source = self.facts, clock.source
        if source == "received":
            day = facts.received
        elif source == "relevant_time":
            day = "waiting" if facts.waiting else facts.relevant
        elif source == "refused_or_deemed":
            day = min((day for day in (facts.first("refused"), self.deemed()) if day is not None), default=None)
        elif source == "appeal_received":
            day = facts.appeal
        elif self.itself(clock):
            day = facts.received
        else:
            day = facts.last(source) if clock.repeats else facts.first(source)
            if day is None and source == "drop_submitted" and self.question.channel == "state_platform":
                day = facts.sent
            if day is None and source == "authenticated" and self.law.identity == "starts":
                day = "waiting"
        return self.in_force(clock, day)

    def deemed(self):
        """The day on which silence became a refusal: the last one for the answer, though it was logged later."""
        logged, (period, _) = self.facts.first("deemed_refused"), self.periods.get("respond", (None, None))
        return logged if logged is None or period is None else min(logged, period.latest)

    @staticmethod
    def in_force(clock, day):
        if day in (None, "waiting"):
            return day
        if clock.from_date is not None and day < clock.from_date or clock.until_date is not None and day >= clock.until_date:
            return None
        return day

    def pauses(self, clock):
        return clock.party == "vendor" and clock.source in RECEIPT

    def met(self, clock, start):
        """Whether it was done; what came before the event that a clock counts from is about something else."""
        always = clock.source in RECEIPT + ("authenticated", "appeal_received") or self.itself(clock)
        if clock.party == "requester":
            always = self.question.right != "complaint"
        return any(always or day >= start for day in self.facts.days(*met_by(clock, self.question.right)))

    def state(self, clock, start, waiting):
        if self.met(clock, start):
            return "met"
        if self.facts.ended and clock.party == "vendor":  # the person may still complain
            return "void"
        if self.facts.lapsed and clock.source in RECEIPT:
            return "void"
        return "paused" if waiting else "running"

    def period(self, clock, start):
        """The days of a clock, extended if it was; None while there are none."""
        if start == "waiting" or self.facts.lapsed and clock.source in RECEIPT:
            return None
        start = start if clock.not_before is None else max(start, clock.not_before)
        days = self.question.courtesy_days if self.law.kind == "voluntary" else None
        period = Period(clock, days or clock.n, start, self.question, self.facts, self.pauses(clock))
        extension = next((other for other in self.law.clocks if other.extends == clock.id and self.question.right in other.rights), None)
        told = dict(self.extension)
        if extension is not None:
            period = self.extended(clock, extension, start, period)
        asked = self.facts.open_question if self.pauses(clock) else None
        if asked is not None and asked <= period.latest:  # one asked when the time was over stops nothing
            self.extension = told
            return None
        return period

    def add(self, clock, start):
        if start is None:
            return
        period = self.period(clock, start)
        state = self.state(clock, start, period is None)
        self.periods.setdefault(clock.id, (period, state))
        dates = {name: show(getattr(period, name)) if period else None for name in ("due", "earliest", "latest", "raw")}
        self.clocks.append({"clock": clock.id, "state": state, **dates})

    def add_deemed(self, clock):
        """Silence is a refusal once the time to answer is over in every reading."""
        period, state = self.periods.get("respond", (None, None))
        if clock.id not in self.periods and period is not None and state == "running":
            self.add(clock, self.in_force(clock, period.latest))

    def notices(self, clock):
        """The notices that are about this clock: once an appeal was received, notices are about its answer."""
        appeal, days = self.facts.appeal, self.facts.days("extension_notice")
        if clock.id == "respond":
            return [day for day in days if appeal is None or day < appeal]
        return [day for day in days if appeal is not None and day >= appeal]

    def extended(self, clock, extension, start, period):
        notices = self.notices(clock)
        valid = None if not notices else extension.any_day or notices[0] <= period.latest
        longer = until = named = None
        if extension.n is None:
            named = self.facts.last("extension_until") if valid else None
            until = named if named is not None and named >= period.due else None
        else:
            longer = Period(extension, extension.n, start, self.question, self.facts, self.pauses(clock))
            until = longer.due
        if clock.id == "respond":
            self.extension = {"valid": valid, "notice_by": None if extension.any_day else show(period.due), "until": show(until)}
        if not valid:
            return period
        if named is not None:  # it shortens no reading
            period.raw = period.raw if until is None else until
            period.due, period.latest = max(period.due, named), max(period.latest, named)
            period.earliest = min(period.due, max(period.earliest, named))
        return longer or period

    def next_free(self):
        limit = self.law.frequency
        received = self.facts.received if self.facts.sent is None else self.facts.sent  # the day of asking
        if "count" not in limit or self.question.right not in self.law.frequency_rights:
            return None
        asked = self.facts.days("earlier_request") + [received]
        year = int(show(received)[:4])
        if limit.get("calendar_year"):
            this_year = [day for day in asked if day_of(year, 1, 1) <= day <= received]
            return show(day_of(year + 1, 1, 1)) if len(this_year) >= limit["count"] else None
        free = sorted(counting.period(day, limit["window_months"], "months", None) for day in asked if day <= received)
        reached = len(free) - limit["count"]
        return show(free[reached]) if reached >= 0 and free[reached] > received else None


def answer(question):
    """What `dsr due` should say: received, clocks, extension and next_free_from."""
    work = _Answer(question)
    work.check()
    applying = [clock for clock in work.law.clocks if work.applies(clock)]
    for clock in applying:
        if clock.source != "refused_or_deemed":
            work.add(clock, work.start(clock))
    for clock in applying:
        if clock.source == "refused_or_deemed":
            work.add(clock, work.start(clock))
            work.add_deemed(clock)
    return {"received": show(work.facts.received), "clocks": work.clocks, "extension": work.extension, "next_free_from": work.next_free()}
