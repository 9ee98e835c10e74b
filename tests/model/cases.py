# SPDX-License-Identifier: GPL-3.0-or-later
"""Random questions: any law, right and channel; events as they come in life, and as they do not."""
import datetime
import random
import zoneinfo

from .calendars import day_of, parse, show
from .clocks import Question, Refused
from .laws import RIGHTS

FIRST, LAST = day_of(2020, 1, 1), day_of(2040, 12, 31)
CHANNELS = ("email", "webform", "portal", "phone", "letter", "state_platform")
ZONES = ("America/Los_Angeles", "America/New_York", "Europe/Berlin", "Europe/London", "Asia/Seoul", "Pacific/Auckland", "America/Sao_Paulo", "Asia/Kolkata")
PAIRS = (("identity_requested", "identity_provided"), ("clarification_requested", "clarification_provided"), ("fee_requested", "fee_paid"),
         ("fee_requested", "fee_confirmed"), ("extension_notice", "extension_until"), ("appeal_received", "appeal_answered"), ("closed", "reopened"),
         ("complaint_received", "complaint_answered"), ("drop_submitted", "drop_retrieved"), ("drop_retrieved", "drop_deleted"),
         ("refused", "appeal_received"), ("appeal_sent", "appeal_received"), ("appeal_received", "extension_notice"))
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
    found |= {"extension_notice"} if any(clock.extends for clock in law.clocks) else set()
    found |= {"clarification_requested", "clarification_provided"} if law.clarification["effect"] != "none" else set()
    found |= {"fee_requested", "fee_paid", "fee_confirmed", "today"} if law.fee["effect"] != "none" else set()
    found |= {"identity_requested", "identity_provided"} if law.identity not in ("none", "condition") else set()
    return sorted(found) or ["answered"]


class Cases:
    """An endless row of questions, the same for the same seed."""

    def __init__(self, laws, calendars, seed):
        self.laws, self.calendars, self.random = laws, calendars, random.Random(seed)
        self.names, self.calendar_names = sorted(laws), sorted(calendars)
        self.weights = [weight(laws[name]) for name in self.names]

    def _after(self, day):
        pick = self.random.random()
        if pick < 0.08:
            return day
        if pick < 0.14:
            return day - self.random.randint(1, 400)  # not in life
        return day + self.random.randint(1, 12 if pick < 0.4 else 70 if pick < 0.8 else 400)

    def _event(self, law, received):
        """One event, or two that belong together; half of them of those that the law speaks of."""
        own, pick = words(law), self.random.random()
        if pick < 0.4:
            pairs = [pair for pair in PAIRS if set(pair) & set(own)] or PAIRS
            first, second = self.random.choice(pairs if pick < 0.3 else PAIRS)
            day = self._after(received)
            return [[first, day], [second, self._after(day)]]
        name = self.random.choice(own if pick < 0.7 else SINGLE)
        if name == "earlier_request" and self.random.random() < 0.9:
            return [[name, received - self.random.randint(0, 800)]]
        return [[name, self._after(received)]]

    def _events(self, law, received):
        events = [event for _ in range(self.random.choice((0, 0, 0, 1, 1, 1, 2, 2, 3, 5))) for event in self._event(law, received)]
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
