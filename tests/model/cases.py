# SPDX-License-Identifier: GPL-3.0-or-later
"""Random questions: any law, right and channel; events as they come in life, and as they do not."""
import datetime
import random
import zoneinfo

from .calendars import day_of, parse, show
from .clocks import ANY_DAY, Question, Refused
from .laws import RIGHTS

FIRST, LAST = day_of(2020, 1, 1), day_of(2040, 12, 31)
CHANNELS = ("email", "webform", "portal", "phone", "letter", "state_platform")
ZONES = ("America/Los_Angeles", "America/New_York", "Europe/Berlin", "Europe/London", "Asia/Seoul", "Pacific/Auckland", "America/Sao_Paulo", "Asia/Kolkata")
PAIRS = (("identity_requested", "identity_provided"), ("clarification_requested", "clarification_provided"), ("fee_requested", "fee_paid"),
         ("fee_requested", "fee_confirmed"), ("fee_requested", "today"), ("extension_notice", "extension_until"), ("closed", "reopened"),
         ("appeal_received", "appeal_answered"), ("complaint_received", "complaint_answered"), ("drop_submitted", "drop_retrieved"),
         ("drop_retrieved", "drop_deleted"), ("refused", "appeal_received"), ("appeal_sent", "appeal_received"),
         ("appeal_received", "extension_notice"))
SINGLE = ("acknowledged", "identity_requested", "identity_provided", "authenticated", "fee_requested", "fee_paid", "fee_confirmed",
          "clarification_requested", "clarification_provided", "extension_notice", "extension_until", "answered", "refused", "deemed_refused", "referred",
          "appeal_sent", "appeal_received", "appeal_answered", "complaint_sent", "complaint_received", "complaint_answered", "revocation_received",
          "grievance_received", "outcome", "drop_submitted", "drop_retrieved", "drop_deleted", "no_longer_needed", "violation", "act_or_discovery", "known",
          "last_contact", "withdrawn", "abandoned", "closed", "reopened", "amended", "law_changed", "note", "sent", "today", "earlier_request")


def weight(law):
    """Laws with rules of their own are asked about more often."""
    special = (law.clarification["effect"] != "none", law.fee["effect"] != "none", law.identity in ("resets", "suspends", "starts"),
               any(clock.extends and clock.n is None for clock in law.clocks), any(clock.from_date or clock.when for clock in law.clocks),
               any(clock.source not in ("received", "appeal_received") for clock in law.clocks))
    return 1 + 2 * sum(special)


def words(law):
    """The events that a law speaks of."""
    found = {clock.source for clock in law.clocks if clock.source in SINGLE} | {name for clock in law.clocks for name in clock.met_by or ()}
    found |= {"refused", "deemed_refused"} if any(clock.source == "refused_or_deemed" for clock in law.clocks) else set()
    found |= {"extension_notice"} if any(clock.extends for clock in law.clocks) else set()
    found |= {"clarification_requested", "clarification_provided"} if law.clarification["effect"] != "none" else set()
    found |= {"fee_requested", "fee_paid", "fee_confirmed", "today"} if law.fee["effect"] != "none" else set()
    found |= {"identity_requested", "identity_provided"} if law.identity not in ("none", "condition") else set()
    return sorted(found) or ["answered"]


def lengths(law):
    """About how many days the periods of a law have."""
    days = {"days": 1, "weeks": 7, "months": 30.5, "business_days": 1.4, "working_days": 1.4}
    return sorted({round(clock.n * days[clock.unit]) for clock in law.clocks if clock.n} | {law.fee.get("days", 10)})


def edges(law):
    """Days on which something in a law begins or ends, and the ends of months and years."""
    clocks = [day for clock in law.clocks for day in (clock.from_date, clock.until_date, clock.not_before)]
    own = {day for day in [law.effective_from, *law.rights.values(), *clocks] if day is not None and FIRST <= day <= LAST}
    return sorted(own), [day_of(year, month, 1) - 1 for year in range(2021, 2041) for month in (1, 2, 3, 4, 9)]


class Cases:
    """An endless row of questions, the same for the same seed."""

    def __init__(self, laws, calendars, seed):
        self.laws, self.calendars, self.random = laws, calendars, random.Random(seed)
        self.names, self.calendar_names = sorted(laws), sorted(calendars)
        self.weights = [weight(laws[name]) for name in self.names]
        self.lengths = {name: lengths(law) for name, law in laws.items()}
        self.edges = {name: edges(law) for name, law in laws.items()}

    def _after(self, day, law):
        pick = self.random.random()
        if pick < 0.08:
            return day
        if pick < 0.14:
            return day - self.random.randint(1, 400)  # not in life
        if pick < 0.25:  # about the end of a period
            return day + self.random.choice(self.lengths[law.id]) + self.random.choice((-1, 0, 0, 1, 2, 3))
        return day + self.random.randint(1, 12 if pick < 0.45 else 70 if pick < 0.8 else 400)

    def _before(self, day):
        """The day of an earlier request."""
        return day - (self.random.choice((0, 1, 364, 365, 365, 366, 366, 730, 731)) if self.random.random() < 0.3 else self.random.randint(0, 800))

    def _edge(self, law):
        own, others = self.edges[law.id]
        return self.random.choice(own if own and self.random.random() < 0.6 else others) + self.random.choice((-1, 0, 0, 1))

    def _event(self, law, received):
        """One event, or two that belong together; half of them of those that the law speaks of."""
        own, pick = words(law), self.random.random()
        if pick < 0.4:
            pairs = [pair for pair in PAIRS if set(pair) & set(own)] or PAIRS
            first, second = self.random.choice(pairs if pick < 0.3 else PAIRS)
            day = self._after(received, law)
            return [[first, day], [second, self._after(day, law)]]
        name = self.random.choice(own if pick < 0.7 else SINGLE)
        if name == "earlier_request" and self.random.random() < 0.9:
            return [[name, self._before(received)]]
        return [[name, self._edge(law) if self.random.random() < 0.2 else self._after(received, law)]]

    def _events(self, law, received):
        events = [event for _ in range(self.random.choice((0, 0, 0, 1, 1, 1, 2, 2, 3, 5))) for event in self._event(law, received)]
        for event in events:  # most before the request, which are refused, come as long after it
            if event[1] < received and event[0] not in ANY_DAY and self.random.random() < 0.85:
                event[1] = 2 * received - event[1]
        if self.random.random() < 0.5:
            self.random.shuffle(events)
        return events

    def _instant(self, day):
        """A moment near the middle of the night, with the offset of some other place."""
        date = datetime.date.fromordinal(day)
        offset = datetime.timezone(datetime.timedelta(minutes=self.random.choice((-480, -300, 0, 60, 330, 540, 780))))
        return datetime.datetime.combine(date, datetime.time(self.random.choice((0, 1, 6, 12, 16, 23)), self.random.randint(0, 59)), offset)

    def line(self, number):
        """One question as dsr reads it."""
        pick = self.random.random
        law = self.laws[self.random.choices(self.names, self.weights)[0]]
        known = list(law.rights)
        right = self.random.choice(known) if known and pick() < 0.97 else self.random.choice(RIGHTS)
        received = self.random.randint(FIRST, LAST)
        if law.effective_from and pick() < 0.85:  # most of them when the law was in force
            received = self.random.randint(min(max(FIRST, law.effective_from - 30), LAST), LAST)
        if pick() < 0.08:
            received = self._edge(law)
        events = self._events(law, received)
        line = {"id": number, "law": law.id, "right": right}
        if pick() < 0.12:
            line["zone"] = self.random.choice(ZONES)
        if pick() < 0.1:
            moment = self._instant(received)
            line["received"] = moment.isoformat(timespec="minutes")
            if pick() < 0.95:
                line["zone"] = self.random.choice(ZONES)
        elif pick() < 0.9:
            line["received"] = show(received)
        elif pick() < 0.97:
            events.append(["sent", received])
        if events:
            line["events"] = [{"event": name, "on": show(day)} for name, day in events]
        if pick() < 0.3:
            line["calendar"] = self.random.choice(self.calendar_names) if pick() < 0.98 else "atlantis"
        if pick() < 0.3:
            line["channel_kind"] = self.random.choice(CHANNELS + ("designated_address", "other_address", "letter"))
        if law.kind == "voluntary" and pick() < 0.5 or pick() < 0.02:
            line["days"] = self.random.randint(1, 400)
        return line

    def question(self, line):
        """The same question for the model."""
        events = [(event["event"], parse(event["on"])) for event in line.get("events", ())]
        received = line.get("received")
        if received is not None and "T" in received:
            if "zone" not in line:
                raise Refused("an instant needs a zone")
            events.insert(0, ("received", datetime.datetime.fromisoformat(received).astimezone(zoneinfo.ZoneInfo(line["zone"])).date().toordinal()))
        elif received is not None:
            events.insert(0, ("received", parse(received)))
        if "calendar" in line and line["calendar"] not in self.calendars:
            raise Refused("no such calendar")
        kind = line.get("channel_kind")
        designation = kind if kind in ("designated_address", "other_address") else None
        return Question(self.laws[line["law"]], line["right"], events, self.calendars.get(line.get("calendar")), None if designation else kind, designation,
                        line.get("days"))
