#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The subject matter at its edges: pauses and limits counted by hand, events out of order, rules between requests when many file at once."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "harness"))
from dsrd import Dsrd, case, equal, run_cases  # noqa: E402

d = Dsrd()


def due(law, right, received, *events):
    """The answer of the calculator, and the day on which the vendor must have answered."""
    arguments = [word for event in events for word in ("--event", event)]
    answer = d.dsr_json("due", law, right, received, *arguments)
    return answer, next(c["due"] for c in answer["clocks"] if c["clock"] == "respond")


@case
def days_of_a_pause_count_once_whatever_the_order_and_none_before_the_period():
    first, second = ("clarification_requested=2026-08-12", "clarification_provided=2026-08-20"), ("clarification_requested=2026-08-24", "clarification_provided=2026-08-25")
    # Received on Monday, 3 August: 3 September, and nine days and two are 14 September.
    equal(due("uk-gdpr", "access", "2026-08-03", *first, *second)[1], "2026-09-14")
    equal(due("uk-gdpr", "access", "2026-08-03", *second, *first)[1], "2026-09-14")
    # One question within the other: 12 to 20 August, nine days; 12 September is a Saturday.
    equal(due("uk-gdpr", "access", "2026-08-03", "clarification_requested=2026-08-14", *first)[1], "2026-09-14")
    # Proof of identity on 24 August: the month starts then, and the question answered before is not in it.
    equal(due("uk-gdpr", "access", "2026-08-03", "identity_requested=2026-08-04", *first, "identity_provided=2026-08-24")[1], "2026-09-24")
    # It was asked before the month started and answered two days after, on the 26th: 24, 25 and 26 August are not counted.
    equal(due("uk-gdpr", "access", "2026-08-03", "identity_requested=2026-08-04", "identity_provided=2026-08-24", "clarification_requested=2026-08-12",
              "clarification_provided=2026-08-26")[1], "2026-09-28")


@case
def the_next_free_day_is_when_enough_have_fallen_out_of_the_window():
    def free(*earlier):
        return due("us-ca-ccpa", "access", "2026-06-01", *(f"earlier_request={day}" for day in earlier))[0]["next_free_from"]
    equal(free(), None)
    equal(free("2026-01-15"), "2027-01-15")
    equal(free("2026-03-10", "2026-01-15"), "2027-03-10")
    equal(free("2025-05-31", "2026-01-15"), "2027-01-15")


run_cases()
