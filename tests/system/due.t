#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""dsr due: the calculator, with every vector of the six laws through its batch mode, and nothing else running."""
import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "harness"))
from dsrd import ROOT, Dsrd, case, contains, equal, run_cases  # noqa: E402

d = Dsrd(start=False)
with open(os.path.join(ROOT, "tests", "vectors", "laws.json")) as file:
    VECTORS = json.load(file)


def clock(answer, name):
    return next((c for c in answer["clocks"] if c["clock"] == name), {})


@case
def every_vector_in_one_batch():
    # A vendor is an organisation unless it is said to be an agency: that needs no word.
    lines = "\n".join(json.dumps({k: v for k, v in vector.items() if (k, v) != ("when", "organisation")}) for vector in VECTORS)
    # Some lines are about rights not yet given: each is answered with a refusal in its place, and the status tells.
    answers = [json.loads(line) for line in d.dsr("due", "--batch", "-", "--json", input=lines, status=2).splitlines()]
    equal(len(answers), len(VECTORS))
    checked = 0
    for vector, answer in zip(VECTORS, answers):
        equal(answer["id"], vector["id"])
        equal("error" in answer, vector["expect"].get("applicable") is False, vector["id"])
        if "error" in answer:
            continue
        respond = clock(answer, "respond")
        for key, got in (("respond_by", respond.get("due")), ("respond_by_raw", respond.get("raw")), ("ack_by", clock(answer, "ack").get("due")),
                         ("max_extended_by", answer["extension"]["until"]), ("extension_notice_by", answer["extension"]["notice_by"]),
                         ("next_free_from", answer["next_free_from"])):
            if key in vector["expect"]:
                equal(got, vector["expect"][key], f"{vector['id']} {key}")
                checked += 1
    equal(checked >= 70, True, checked)


@case
def the_shape_of_the_answer():
    answer = d.dsr_json("due", "us-ca-ccpa", "deletion", "2026-11-23")
    equal({"received", "clocks", "extension", "next_free_from"} <= set(answer), True)
    for item in answer["clocks"]:
        equal({"clock", "due", "earliest", "latest", "raw", "state", "steps"} <= set(item), True)
    equal(set(answer["extension"]), {"valid", "notice_by", "until"})


@case
def events_zones_and_channels_count():
    equal(clock(d.dsr_json("due", "uk-gdpr", "access", "2026-03-02", "--event", "clarification_requested=2026-03-05"), "respond")["state"], "paused")
    late = d.dsr_json("due", "us-ca-ccpa", "access", "2026-03-31T23:30-07:00", "--zone", "America/New_York")
    equal(late["received"], "2026-04-01")
    other = clock(d.dsr_json("due", "us-ca-stl", "third_party_list", "2026-03-02", "--channel-kind", "other_address"), "respond")["due"]
    equal(other, "2026-07-30")


@case
def nothing_happens_before_the_request_is_received():
    for received, more, words in (("2026-01-10", ["answered=2026-01-09"], "answered on 2026-01-09 lies before the request was received (2026-01-10); an event comes on that day or later."),
                                  ("-", ["sent=2026-01-10", "answered=2026-01-09"], "lies before the request was sent (2026-01-10)")):
        d.dsr("due", "eu-gdpr", "access", received, *[word for event in more for word in ("--event", event)], status=2)
        contains(d.errors, words)
    for event in ("sent=2026-01-09", "answered=2026-01-10", "earlier_request=2025-01-09"):
        d.dsr("due", "eu-gdpr", "access", "2026-01-10", "--event", event)
    d.dsr("due", "us-mo-library", "complaint", "2026-01-10", "--event", "violation=2026-01-01")


@case
def what_cannot_be_taken_is_named():
    for arguments, words in ((["eu-gdrp", "access", "2026-01-01"], "Did you mean eu-gdpr?"), (["eu-gdpr", "access", "2026-02-30"], "2026-02-30"),
                             (["eu-gdpr", "limit_sensitive", "2026-01-01"], "limit_sensitive"),
                             (["eu-gdpr", "access", "2026-01-01", "--event", "eaten=2026-01-02"], "There is no event eaten"),
                             (["eu-gdpr", "access", "2026-01-01", "--calendar", "atlantis"], "atlantis"),
                             (["eu-gdpr", "access", "2026-01-01T10:00Z"], "--zone"),
                             (["us-va-vcdpa", "adm", "2026-01-01"], "The VCDPA has no right adm; it gives access, correction, deletion, portability, opt_out."),
                             (["eu-gdpr", "acess", "2026-01-01"], "There is no right acess. Did you mean access? There are: access, deletion, correction,"),
                             (["eu-gdpr", "access", "2026-01-01", "--calendar", "at"], "There is no calendar at; there are br, "),
                             (["eu-gdpr", "access", "2026-01-01", "--event", "anwered=2026-01-02"], "Did you mean answered? Known are: sent, received, acknowledged,"),
                             (["us-ca-ccpa", "adm", "2026-12-31"], "The CCPA gives the right adm only from 2027-01-01, and the request came before that, on 2026-12-31."),
                             (["in-dpdp", "access", "2026-12-31"], "only from 2027-05-13")):
        d.dsr("due", *arguments, status=None)
        contains(d.errors, words)
    out = d.dsr("due", "--batch", "-", input='{"law":"eu-gdpr"}\nrubbish\n{"law":"eu-gdpr","right":"access","received":"2026-01-31"}\n', status=2)
    lines = [json.loads(line) for line in out.splitlines()]
    equal(["error" in line for line in lines], [True, True, False])
    wrong = [{"received": 20260131}, {"received": "2026-01-31", "days": "20"}, {"received": "2026-01-31", "days": 0}, {"received": "2026-01-31", "events": "sent"}]
    out = d.dsr("due", "--batch", "-", input="\n".join(json.dumps(dict(one, law="voluntary", right="access")) for one in wrong), status=2)
    equal([json.loads(line).get("field") for line in out.splitlines()], ["received", "days", "days", "events"])
    d.dsr("due", "eu-gdpr", "access", "2026-01-01", "--batch", "-", input="", status=2)
    contains(d.errors, "usage: dsr due LAW RIGHT RECEIVED, or dsr due --batch FILE")


run_cases()
