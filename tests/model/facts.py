# SPDX-License-Identifier: GPL-3.0-or-later
"""What the events of a question say, before a period is counted."""


class Facts:
    """`received`: day 0, or None. `appeal`: when the appeal came in, or is assumed to have. `relevant`: the latest of receipt and what the law lets the vendor wait for; `waiting`: it still waits;
    `lapsed`: the request counts as withdrawn; `uncounted`: days on which an answer was awaited; `open_question`: since when one still is."""

    def __init__(self, law, right, events, channel):
        self.events = events  # (name, day) in the order of recording
        self.sent = self.first("sent")
        self.received = self.first("received")
        if self.received is None and right == "complaint":
            self.received = self.first("complaint_received")
        travel = 5 if channel == "letter" else 0
        if self.received is None and self.sent is not None:
            self.received = self.sent + travel
        self.appeal, appeal_sent = self.first("appeal_received"), self.first("appeal_sent")
        if self.appeal is None and appeal_sent is not None:
            self.appeal = appeal_sent + travel
        self.relevant, self.waiting, self.lapsed = self.received, False, False
        self.uncounted, self.open_question = frozenset(), None
        if self.received is None:
            return
        if law.identity == "resets":
            self._wait("identity_requested", "identity_provided")
        if right in law.fee_rights and law.fee["effect"] == "resets":
            self._wait("fee_requested", "fee_paid")
        if right in law.fee_rights and law.fee["effect"] == "reflection":
            self._reflect(law.fee["days"])
        if law.clarification["effect"] == "days_out" and right in law.clarification_rights:
            self._days_out()

    @property
    def ended(self):
        """Whether it was closed, and not opened again; what was recorded last decides, as it does for the request itself."""
        ended = False
        for name, _ in self.events:
            ended = name in ("closed", "withdrawn", "abandoned") or ended and name not in ("reopened", "appeal_sent", "appeal_received")
        return ended

    def days(self, *names):
        return sorted(day for name, day in self.events if name in names)

    def first(self, *names):
        return min(self.days(*names), default=None)

    def last(self, *names):
        return max(self.days(*names), default=None)

    def _wait(self, asked, given):
        """The period runs from the day on which what was asked for was given."""
        question, answer = self.last(asked), self.last(given)
        if question is not None and (answer is None or answer < question):
            self.waiting = True
        elif answer is not None:  # the question may not have been recorded
            self.relevant = max(self.relevant, answer)

    def _reflect(self, days):
        asked, confirmed, today = self.last("fee_requested"), self.last("fee_confirmed"), self.last("today")
        if asked is None:
            return
        end, told = asked + days, confirmed is not None and confirmed >= asked
        if told and confirmed <= end:
            self.relevant = max(self.relevant, end)
        elif told or today is not None and today > end:
            self.lapsed = True
        else:
            self.waiting = True

    def _days_out(self):
        """Each day from a question to its answer, both included, is not counted; nor counted twice."""
        out = set()
        answers = self.days("clarification_provided")
        for asked in self.days("clarification_requested"):
            answer = next((day for day in answers if day >= asked), None)
            if answer is None:
                self.open_question = asked if self.open_question is None else self.open_question
            else:
                out.update(range(asked, answer + 1))
        self.uncounted = out
