#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The subject matter at its edges: pauses and limits counted by hand, events out of order, rules between requests when many file at once."""
import os
import sys
import threading

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "harness"))
from dsrd import Dsrd, case, contains, days_ago, equal, lacks, run_cases  # noqa: E402

d = Dsrd()
LIGHT = ["third_party_list", "--law", "us-ca-stl"]


def together(method, *calls):
    """The statuses of calls (path, body) made at the same time, in order of size."""
    statuses = []
    threads = [threading.Thread(target=lambda path=path, body=body: statuses.append(d.http(method, path, body).status)) for path, body in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(statuses)


def somebody():
    return d.dsr_json("subject", "add", "--residence", "US-CA")["alias"]


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


@case
def a_limit_holds_when_many_file_at_once():
    kanopy = {"vendor": "kanopy", "right": "third_party_list", "law": "us-ca-stl", "subject": somebody()}
    equal(together("POST", *[("/v1/requests", kanopy)] * 6), [201] + [428] * 5)
    access = {"vendor": "lexisnexis", "right": "access", "law": "us-ca-ccpa", "subject": somebody()}
    equal(together("POST", *[("/v1/requests", access)] * 6), [201] * 2 + [428] * 4)


@case
def and_when_drafts_are_sent_or_vendors_corrected_at_once():
    person = somebody()
    drafts = [d.file("kanopy", *LIGHT, "--for", person, "--draft") for _ in range(5)]
    equal(together("POST", *[(f"/v1/requests/{ref}/events", {"event": "sent"}) for ref in drafts]), [200] + [428] * 4)
    person = somebody()
    others = [d.file(vendor, *LIGHT, "--for", person) for vendor in ("overdrive", "proquest", "oclc", "cengage")]
    equal(together("PATCH", *[(f"/v1/requests/{ref}", {"vendor": "kanopy"}) for ref in others]), [200] + [428] * 3)


@case
def who_files_much_for_one_person_at_once_is_not_turned_away():
    vendors = ["cengage", "elsevier", "kanopy", "lexisnexis", "overdrive", "proquest", "exlibris", "oclc"]
    person = somebody()
    equal(together("POST", *[("/v1/requests", {"vendor": v, "right": "access", "law": "eu-gdpr", "subject": person}) for v in vendors]), [201] * 8)
    ref = d.file("elsevier", "access", "--law", "eu-gdpr", "--for", somebody())
    equal(together("POST", *[(f"/v1/requests/{ref}/events", {"event": "note", "note": str(n)}) for n in range(8)]), [200] * 8)


@case
def what_was_overridden_is_recorded_with_what_was_said():
    person = somebody()
    d.file("kanopy", *LIGHT, "--for", person)
    again = d.file("kanopy", *LIGHT, "--for", person, "--anyway")
    draft = d.file("kanopy", *LIGHT, "--for", person, "--draft")
    d.dsr("log", draft, "sent", "--anyway")
    other = d.file("overdrive", *LIGHT, "--for", person)
    d.dsr("amend", other, "--vendor", "kanopy", "--anyway")
    for ref in (again, draft, other):
        warnings = d.http("GET", "/v1/requests/" + ref).json["events"][-1]["detail"]["anyway"]
        equal([w["code"] for w in warnings], ["still_open", "frequency_law", "frequency_vendor"], ref)
    needless = d.file("elsevier", "access", "--law", "eu-gdpr", "--for", person, "--draft")
    d.dsr("log", needless, "sent", "--anyway")  # nothing to override: nothing recorded
    equal(d.http("GET", "/v1/requests/" + needless).json["events"][-1]["detail"], None)


@case
def deletion_waits_for_the_answer_to_access():
    person = somebody()
    access = d.file("lexisnexis", "access", "--law", "us-ca-ccpa", "--for", person, "--sent", days_ago(20))
    deletion = ["file", "lexisnexis", "deletion", "--law", "us-ca-ccpa", "--for", person]
    d.dsr(*deletion, status=None)
    contains(d.errors, access, "ask for deletion after", "--anyway")
    d.dsr("file", "elsevier", "deletion", "--law", "eu-gdpr", "--for", person)  # another vendor's is no matter
    d.dsr("log", access, "answered")
    d.dsr(*deletion)


@case
def who_asks_for_the_same_twice_is_told_and_a_duplicate_counts_nowhere():
    person = somebody()
    first = d.file("elsevier", "access", "--law", "eu-gdpr", "--for", person, "--sent", days_ago(3))
    twice = ["file", "elsevier", "access", "--law", "eu-gdpr", "--for", person]
    d.dsr(*twice, "--dry-run")
    contains(d.errors, f"{first}, sent on {days_ago(3)}, asks this vendor for the same and is still open")
    second = next(word for word in d.dsr(*twice).split() if word.startswith("R-"))
    d.dsr("file", "elsevier", "correction", "--law", "eu-gdpr", "--for", person)
    lacks(d.errors, "asks this vendor for the same")
    d.dsr("close", first, "duplicate")
    d.dsr(*twice, "--dry-run")
    contains(d.errors, f"{second}, sent on")
    d.dsr("log", second, "answered")
    d.dsr(*twice)
    lacks(d.errors, "asks this vendor for the same")
    # The law lets a person ask this once a year; what was entered twice was asked once.
    mistaken = d.file("kanopy", *LIGHT, "--for", person)
    d.dsr("close", mistaken, "duplicate")
    d.dsr("file", "kanopy", *LIGHT, "--for", person)
    d.dsr("reopen", mistaken)
    d.dsr("file", "kanopy", *LIGHT, "--for", person, status=None)
    contains(d.errors, "that is used up")


def refused(ref, *arguments):
    """What dsr says when the record does not take it."""
    d.dsr(*arguments[:1], ref, *arguments[1:], status=None)
    equal(d.errors.startswith("dsr: "), True, d.errors)
    return d.errors


@case
def what_rests_on_an_event_is_undone_before_it():
    ref = d.file("elsevier", "access", "--law", "eu-gdpr", "--for", somebody(), "--sent", days_ago(20))
    d.dsr("close", ref, "fulfilled")
    contains(refused(ref, "reopen", "--on", days_ago(9)), "lies before closed")
    d.dsr("reopen", ref)
    contains(refused(ref, "undo", "closed"), "reopened rests on closed: undo reopened first")
    d.dsr("log", ref, "answered")
    contains(refused(ref, "undo", "reopened"), "answered rests on reopened: undo answered first")
    contains(refused(ref, "undo", "sent"), "rests on sent")
    for event in ("answered", "reopened", "closed"):
        d.dsr("undo", ref, event)
    equal(d.dsr_json("status", ref)["request"]["status"], "waiting")


@case
def a_draft_given_up_and_opened_again_is_a_draft():
    ref = d.file("elsevier", "access", "--law", "eu-gdpr", "--for", somebody(), "--draft")
    d.dsr("abandon", ref)
    d.dsr("reopen", ref)
    equal(d.dsr_json("status", ref)["request"]["status"], "draft")
    d.dsr("log", ref, "sent")
    equal(d.dsr_json("status", ref)["request"]["status"], "waiting")


@case
def what_was_not_sent_after_all_uses_up_no_limit_and_is_a_draft_again():
    person = somebody()
    ref = d.file("kanopy", *LIGHT, "--for", person, "--sent", days_ago(10))
    d.dsr("abandon", ref)
    d.dsr("undo", ref, "sent")
    record = d.dsr_json("status", ref)
    equal([record["request"][name] for name in ("state", "outcome", "sent")], ["closed", "abandoned", None])
    equal(record["clocks"], [])
    d.file("kanopy", *LIGHT, "--for", person)  # the law lets a person ask this once a year
    lacks(d.errors, "used up")
    d.dsr("reopen", ref)
    equal(d.dsr_json("status", ref)["request"]["status"], "draft")
    # An appeal cannot stay without what it appeals.
    ref = d.file("lexisnexis", "deletion", "--law", "us-va-vcdpa", "--for", somebody(), "--sent", days_ago(120), "--anyway")
    d.dsr("abandon", ref)
    d.dsr("log", ref, "appeal_sent")
    contains(refused(ref, "undo", "sent"), "appeal_sent rests on sent: undo appeal_sent first")


@case
def an_appeal_opens_a_closed_request_again_and_its_clock_runs():
    ref = d.file("lexisnexis", "deletion", "--law", "us-va-vcdpa", "--for", somebody(), "--sent", days_ago(120), "--anyway")
    contains(refused(ref, "log", "appeal_answered"), "needs appeal_sent or appeal_received first")
    d.dsr("log", ref, "refused", "--on", days_ago(100))
    d.dsr("close", ref, "denied", "--reason", "no_match", "--on", days_ago(99))
    d.dsr("log", ref, "appeal_sent", "--on", days_ago(71))
    status = d.dsr_json("status", ref)  # its receipt is assumed on that day
    equal([status["request"][name] for name in ("status", "clock", "assumed")], ["overdue", "appeal_answer", True])
    equal([c["raw"] for c in status["clocks"] if c["clock"] == "appeal_answer"], [days_ago(11)])
    d.dsr("log", ref, "appeal_received", "--on", days_ago(70))
    status = d.dsr_json("status", ref)
    equal([status["request"][name] for name in ("status", "clock", "assumed", "outcome")], ["overdue", "appeal_answer", False, None])
    equal([c["raw"] for c in status["clocks"] if c["clock"] == "appeal_answer"], [days_ago(10)])
    equal([r["kind"] for r in status["reminders"]][:1], ["overdue"])
    contains(d.dsr("status", ref), f"dsr log {ref} appeal_answered")
    d.dsr("log", ref, "appeal_answered")
    equal(d.dsr_json("status", ref)["request"]["status"], "answer_to_check")
    d.dsr("undo", ref, "appeal_answered")
    d.dsr("undo", ref, "appeal_received")
    d.dsr("undo", ref, "appeal_sent")
    equal([d.dsr_json("status", ref)["request"][name] for name in ("status", "outcome")], ["closed", "denied"])


@case
def another_law_does_not_change_how_the_request_was_sent():
    ref = d.file("elsevier", "access", "--law", "eu-gdpr", "--for", somebody(), "--sent", days_ago(40), "--channel", "letter")
    d.dsr("amend", ref, "--law", "uk-gdpr", "--right", "deletion")
    record = d.http("GET", "/v1/requests/" + ref).json
    equal([record["received"], record["channel"]["id"]], [days_ago(35), "letter-1"])
    equal(sorted(record["events"][-1]["detail"]), ["law", "right"])
    d.dsr("amend", ref, "--channel", "email")
    equal(d.http("GET", "/v1/requests/" + ref).json["received"], days_ago(40))


@case
def a_vendor_is_edited_and_stays_so():
    vendor = d.dsr_json("vendor", "show", "overdrive")
    del vendor["edited"], vendor["directory"]  # what stands beside the document
    for member, value, words in (("rights", ["acces"], "there is no right \"acces\""), ("kind", "pigeon", "pigeon"), ("who", "nobody", "patron_only")):
        wrong = dict(vendor, channels=[dict(vendor["channels"][0], **{member: value})])
        reply = d.http("PUT", "/v1/vendors/overdrive", wrong)
        equal(reply.status, 422)
        contains(reply.json["detail"], words)
    email = dict(vendor["channels"][0], id="email-9", kind="email", address="privacy@overdrive.example", rights=["deletion"], who="anyone")
    vendor = dict(vendor, brands=vendor["brands"] + ["Teachables"], channels=vendor["channels"] + [email])
    equal(d.http("PUT", "/v1/vendors/overdrive", vendor).status, 200)
    ref = d.file("teachables", "deletion", "--law", "eu-gdpr", "--for", somebody())
    equal(d.http("GET", "/v1/requests/" + ref).json["channel"]["id"], "email-9")
    d.stop()
    d.start()  # the files are loaded again, but not over it
    after = d.dsr_json("vendor", "show", "Teachables")
    del after["directory"]
    equal([after.pop("edited"), after], [True, vendor])


@case
def how_a_closed_request_was_counted_never_changes():
    closed = d.file("elsevier", "access", "--law", "eu-gdpr", "--for", somebody(), "--sent", days_ago(20))
    still_open = d.file("elsevier", "access", "--law", "eu-gdpr", "--for", somebody(), "--sent", days_ago(20))
    d.dsr("close", closed, "fulfilled")
    before = d.dsr_json("explain", closed)
    with open(os.path.join(d.settings["paths"]["laws"], "eu-gdpr.conf"), "a") as law:
        law.write("# A change.\n")
    d.dsr("law", "apply")
    for event in ("note", "complaint_sent"):
        d.dsr("log", closed, event, *(["--note", "seen"] if event == "note" else []))
        equal(d.dsr_json("explain", closed), before)
    old = before["clocks"][0]["law_hash"]
    d.dsr("log", still_open, "note", "--note", "seen")
    equal(d.dsr_json("explain", still_open)["clocks"][0]["law_hash"] != old, True)


run_cases()
