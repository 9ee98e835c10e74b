#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every kind of request from filing to closing, each under two laws where two give it: its own clocks, its events, what comes next, and what is refused."""
import email
import email.policy
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "harness"))
from dsrd import Dsrd, case, contains, days_ago, equal, lacks, run_cases, wait_for  # noqa: E402
from relay import Relay  # noqa: E402

d = Dsrd()

# Sent on Monday, 3 August 2026; the dates are counted by hand. The clock that decides comes first, then what its answer is called.
SENT = "2026-08-03"
KINDS = [
    ("oclc", "access", "us-va-vcdpa", {"respond": "2026-09-17"}, "answered", "access"),
    ("elsevier", "deletion", "eu-gdpr", {"respond": "2026-09-03"}, "answered", "deletion"),
    ("lexisnexis", "correction", "us-ca-ccpa", {"respond": "2026-09-17", "ack": "2026-08-17"}, "answered", "correction"),
    ("elsevier", "correction", "eu-gdpr", {"respond": "2026-09-03"}, "answered", "correction"),
    ("oclc", "correction", "nz-privacy", {"respond": "2026-08-31", "transfer": "2026-08-17"}, "answered", "correction"),
    ("elsevier", "portability", "eu-gdpr", {"respond": "2026-09-03"}, "answered", "portability"),
    ("oclc", "portability", "us-va-vcdpa", {"respond": "2026-09-17"}, "answered", "portability"),
    ("lexisnexis", "opt_out", "us-ca-ccpa", {"respond": "2026-08-24"}, "answered", "opt-out"),
    ("elsevier", "opt_out", "eu-gdpr", {"respond": "2026-09-03"}, "answered", "opt-out"),
    ("lexisnexis", "limit_sensitive", "us-ca-ccpa", {"respond": "2026-08-24"}, "answered", "limit on sensitive data"),
    ("elsevier", "restrict_object", "eu-gdpr", {"respond": "2026-09-03"}, "answered", "restriction or objection"),
    ("oclc", "restrict_object", "us-ct-ctdpa", {"consent_revocation": "2026-08-18", "respond": "2026-09-17"}, "answered", "restriction or objection"),
    ("oclc", "restrict_object", "ca-pipeda", {"respond": "2026-09-02", "complain": "2027-03-02"}, "answered", "restriction or objection"),
    ("kanopy", "third_party_list", "us-ca-stl", {"respond": "2026-09-02"}, "answered", "list of third parties"),
    ("oclc", "third_party_list", "us-or-ocpa", {"respond": "2026-09-17"}, "answered", "list of third parties"),
    ("proquest", "complaint", "uk-gdpr", {"complaint_ack": "2026-09-02"}, "complaint_answered", "complaint"),
    ("oclc", "complaint", "us-mo-library", {}, "complaint_answered", "complaint"),
    ("elsevier", "adm", "eu-gdpr", {"respond": "2026-09-03"}, "answered", "automated decisions"),
    ("oclc", "adm", "us-mn-mcdpa", {"respond": "2026-09-17"}, "answered", "automated decisions"),
    ("oclc", "adm", "br-lgpd", {}, "answered", "automated decisions"),
]


def file(vendor, right, law, sent=SENT, *more):
    alias = d.dsr_json("subject", "add", "--residence", "US-CA")["alias"]
    # Many American states take no agent for most rights: filing for somebody is warned of.
    return d.file(vendor, right, "--law", law, "--for", alias, "--sent", sent, *more, *(["--anyway"] if law.startswith("us-") and not law.startswith("us-ca-") else []))


def clocks(ref):
    return {c["clock"]: c for c in d.dsr_json("status", ref)["clocks"]}


def log(ref, *events):
    """Logs (event, day), and gives what dsr says last."""
    for event, day in events:
        out = d.dsr("log", ref, event, "--on", day)
    return out


def refused(*arguments, status=4):
    d.dsr(*arguments, status=status)
    equal(d.errors.startswith("dsr: ") and d.errors.count("\n") == 1, True, d.errors)
    return d.errors


def status(ref):
    return d.dsr_json("status", ref)["request"]["status"]


@case
def every_right_is_among_the_kinds():
    contains(refused("list", "--right", "any", status=2), ", ".join(dict.fromkeys(kind[1] for kind in KINDS)).split(", ")[0])
    named = d.errors.rsplit(": ", 1)[1].rstrip(".\n").split(", ")
    equal({kind[1] for kind in KINDS}, set(named))


@case
def each_kind_is_filed_and_has_its_own_clocks():
    for vendor, right, law, due, awaits, words in KINDS:
        ref = file(vendor, right, law)
        what = (right, law)
        shown = d.dsr_json("status", ref)
        equal({c["clock"]: c["due"] for c in shown["clocks"]}, due, what)
        equal([c["assumed"] for c in shown["clocks"] if c["party"] == "vendor"], [True] * len([c for c in shown["clocks"] if c["party"] == "vendor"]), what)
        decides = next(iter(due), None)
        equal([shown["request"]["clock"], shown["request"]["status"]], [decides, "overdue" if decides else "waiting"], what)
        equal(ref in d.dsr("overdue", "--right", right), decides is not None, what)
        contains(d.dsr("list", "--right", right, "--law", law), ref)
        equal(bool(shown["reminders"]), decides is not None, what)
        text = d.dsr("status", ref)
        contains(text, f": {words} under the ")
        contains(text, f"dsr log {ref} {'acknowledged' if decides == 'complaint_ack' else awaits}")
        contains(d.dsr("explain", ref), *[f"{name.replace('_', ' ')}: running" for name in due] or ["Its law sets no date for what was asked."])


@case
def each_kind_goes_from_its_answer_to_its_end():
    for vendor, right, law, due, answer, words in KINDS:
        ref = file(vendor, right, law)
        what = (right, law)
        contains(refused("log", ref, "appeal_answered"), "appeal_answered needs appeal_sent or appeal_received first")
        if right != "complaint":
            contains(refused("log", ref, "complaint_answered"), "complaint_answered needs complaint_sent")
        if "ack" in due or "complaint_ack" in due:
            log(ref, ("acknowledged", "2026-08-10"))
            equal([c["state"] for name, c in clocks(ref).items() if name in ("ack", "complaint_ack")], ["met"], what)
            contains(refused("log", ref, "acknowledged"), "already recorded, on 2026-08-10")
        contains(log(ref, (answer, "2026-09-10")), "answer to check", f"dsr close {ref} fulfilled")
        shown = d.dsr_json("status", ref)
        equal([shown["request"]["status"], shown["reminders"]], ["answer_to_check", []], what)
        equal([c["clock"] for c in shown["clocks"] if c["state"] == "running"], [], what)
        lacks(d.dsr("overdue", "--right", right), ref)
        contains(d.dsr("close", ref, "fulfilled", "--on", "2026-09-11"), "closed: fulfilled", f"`dsr reopen {ref}` opens it again")
        contains(refused("log", ref, "acknowledged" if "ack" in due else "answered"), "it is closed: `dsr reopen` it first")
        equal([c["state"] for c in clocks(ref).values()], ["met"] * len(due) if right != "restrict_object" or law != "ca-pipeda" else ["met"], what)


@case
def the_report_counts_each_kind_and_only_acknowledgements_that_are_due():
    rows = {row["right"]: row for row in d.http("GET", "/v1/reports/rights").json["rows"]}
    count = {right: sum(kind[1] == right for kind in KINDS) for right in rows}
    equal({right: (row["asked"], row["answered"], row["open"]) for right, row in rows.items()}, {right: (2 * n, n, n) for right, n in count.items()})
    # Of the complaints two must be acknowledged; half of two were, after seven days. GDPR and New Zealand ask for none.
    equal({right: row["median_days_to_acknowledge"] for right, row in rows.items() if row["median_days_to_acknowledge"] is not None}, {"correction": 7, "complaint": 7})
    equal({row["median_days_to_answer"] for row in rows.values()}, {38})
    ref = file("elsevier", "deletion", "eu-gdpr")  # nobody asks for it, but it came
    log(ref, ("acknowledged", "2026-08-05"))
    rows = {row["right"]: row["median_days_to_acknowledge"] for row in d.http("GET", "/v1/reports/rights").json["rows"]}
    equal([rows["deletion"], rows["access"]], [2, None])


@case
def one_law_alone_gives_the_limit_on_sensitive_data():
    for law in ("eu-gdpr", "us-va-vcdpa", "voluntary"):
        contains(refused("file", "oclc", "limit_sensitive", "--law", law, "--residence", "US-CA", status=2), "has no right limit_sensitive; it gives access, ")
    contains(refused("file", "oclc", "limit", "--law", "us-ca-ccpa", "--residence", "US-CA", status=2), "There is no right limit. There are: access, ")
    contains(refused("file", "oclc", "adm", "--law", "us-ca-ccpa", "--residence", "US-CA", "--sent", SENT, status=2), "gives the right adm only from 2027-01-01")


@case
def an_opt_out_asks_whether_it_is_done():
    ref = file("lexisnexis", "opt_out", "us-ca-ccpa", days_ago(3))
    contains(d.dsr("status", ref), "when the vendor says, or its site shows, that it is done")
    contains(d.dsr("close", ref, "partially_fulfilled"), "closed: partially fulfilled")


@case
def more_time_is_noticed_in_time_or_void():
    for vendor, right, law, first, later in (("lexisnexis", "correction", "us-ca-ccpa", "2026-09-17", "2026-11-02"), ("elsevier", "portability", "eu-gdpr", "2026-09-03", "2026-11-03"),
                                             ("proquest", "adm", "uk-gdpr", "2026-09-03", "2026-11-03")):
        ref = file(vendor, right, law)
        log(ref, ("extension_notice", first))
        equal(clocks(ref)["respond"]["due"], later, (right, law))
        d.dsr("undo", ref, "extension_notice")
        log(ref, ("extension_notice", "2026-09-18"))  # after the first last day
        equal(clocks(ref)["respond"]["due"], first, (right, law))
        contains(d.dsr("explain", ref), "it is void and the first day stands")
    ref = file("oclc", "correction", "nz-privacy")  # no number: to the day that is named
    contains(refused("log", ref, "extension_until", "--on", "2026-10-01"), "needs extension_notice first")
    log(ref, ("extension_notice", "2026-08-20"), ("extension_until", "2026-10-01"))
    equal(clocks(ref)["respond"]["due"], "2026-10-01")


@case
def an_appeal_has_a_clock_of_its_own():
    for law, due in (("us-va-vcdpa", "2026-11-13"), ("us-mn-mcdpa", "2026-10-29")):
        ref = file("oclc", "opt_out", law)
        contains(log(ref, ("refused", "2026-08-10")), "the vendor refused. Appeal or complain", f"dsr log {ref} appeal_sent", f"dsr close {ref} denied --reason WORD")
        contains(d.dsr("explain", ref), "Appeals to the vendor: a reasonable period after the refusal")
        contains(refused("log", ref, "appeal_sent", "--on", "2026-08-02", status=2), "before the request was sent")
        log(ref, ("appeal_sent", "2026-09-14"))
        appeal = clocks(ref)["appeal_answer"]
        equal([appeal["due"], appeal["assumed"], appeal["state"]], [due, True, "running"])
        contains(d.dsr("explain", ref), "No receipt of the appeal is recorded; what is sent electronically is assumed to arrive at once, on Mon 14 Sep 2026.")
        contains(d.dsr("status", ref), f"when the vendor answers the appeal, type  dsr log {ref} appeal_answered")
        equal([r["clock"] for r in d.dsr_json("status", ref)["reminders"]], ["appeal_answer"] * len(d.dsr_json("status", ref)["reminders"]))
        contains(refused("log", ref, "refused"), "What the vendor says to the appeal, yes or no, is appeal_answered.")
        log(ref, ("appeal_received", "2026-09-15"))
        appeal = clocks(ref)["appeal_answer"]
        equal([appeal["raw"], appeal["assumed"]], [{"us-va-vcdpa": "2026-11-14", "us-mn-mcdpa": "2026-10-30"}[law], False])
        d.dsr("undo", ref, "appeal_received")
        if law == "us-mn-mcdpa":  # 60 more days; a notice after the appeal is about the appeal
            log(ref, ("extension_notice", "2026-10-20"))
            equal([clocks(ref)[name]["due"] for name in ("respond", "appeal_answer")], ["2026-09-17", "2026-12-28"])
        contains(log(ref, ("appeal_answered", "2026-10-22")), "check the answer to the appeal", f"dsr log {ref} complaint_sent")
        equal([status(ref), clocks(ref)["appeal_answer"]["state"], d.dsr_json("status", ref)["reminders"]], ["answer_to_check", "met", []])
        contains(refused("close", ref, "denied", status=2), "The reason is missing; allowed are: suspected_fraud,")
        contains(d.dsr("close", ref, "denied", "--reason", "claim_not_covered"), "closed: denied")
        contains(d.dsr("log", ref, "complaint_sent"), "closed: denied")


@case
def days_are_told_as_ranges_and_counted_to_their_end():
    out = d.dsr("file", "lexisnexis", "correction", "--law", "us-ca-ccpa", "--for", d.dsr_json("subject", "add", "--residence", "US-CA")["alias"], "--sent", "2026-11-17")
    contains(out, "to confirm that it has the request by ~2026-11-30 to 2026-12-03\n")
    ref = file("lexisnexis", "correction", "us-ca-ccpa", days_ago(5))
    d.sql(f"update dsr.request set due = '{days_ago(0)}', earliest = '{days_ago(2)}', latest = '{days_ago(-3)}' where ref = '{ref}'")
    contains(d.dsr("status", ref), f"{days_ago(2)} to {days_ago(-3)}, in 3 days")


@case
def an_extension_is_named_while_one_may_still_come():
    ref, late = file("oclc", "deletion", "us-va-vcdpa", days_ago(3)), file("oclc", "deletion", "us-va-vcdpa", days_ago(60))
    contains(d.dsr("status", ref), f"with a valid extension {clocks(ref)['respond']['extended']}")
    for each in (ref, late):
        log(each, ("extension_notice", days_ago(0)))
        lacks(d.dsr("status", each), "with a valid extension")


@case
def status_is_about_ones_own_requests_and_tells_who_may_see_all_of_the_others():
    late, mine = len(d.dsr_json("overdue")), f"/v1/accounts/{os.getuid()}"
    roles = d.sql("select array_to_string(roles, ' ') from dsr.account").split()
    d.http("PATCH", mine, {"roles": ["manager", "operator"]})
    out = d.dsr("status")
    d.http("PATCH", mine, {"roles": ["patron", "operator"]})
    patrons, number = d.dsr("status"), d.dsr_json("status")["library_overdue"]
    equal(d.http("PATCH", mine, {"roles": roles}).status, 200)
    contains(out, f"Nothing of yours is open.\n{late} are overdue in the library: `dsr overdue`\n")
    equal([patrons, number], ["Nothing of yours is open. `dsr file VENDOR RIGHT --law LAW` records a request.\n", None])


@case
def an_appeal_goes_the_way_of_the_request():
    ref = file("oclc", "deletion", "us-va-vcdpa", SENT, "--channel", "letter")
    log(ref, ("refused", "2026-08-20"), ("appeal_sent", "2026-09-14"))
    equal(clocks(ref)["appeal_answer"]["due"], "2026-11-18")
    contains(d.dsr("explain", ref), "a letter sent on Mon 14 Sep 2026 is assumed to arrive 5 days later, on Sat 19 Sep 2026")


@case
def an_appeal_and_a_silence_that_refuses_wait_for_the_end_of_the_time():
    ref = file("oclc", "deletion", "us-va-vcdpa", days_ago(3))
    last = clocks(ref)["respond"]["latest"]
    contains(refused("log", ref, "appeal_sent"), f"the vendor may answer until {last}. An appeal follows an answer, a refusal")
    contains(refused("log", ref, "deemed_refused"), "does not say that silence counts as a refusal. The request is overdue by itself.")
    silent = file("oclc", "access", "ca-pipeda", days_ago(3))
    contains(refused("log", silent, "deemed_refused"), f"until {clocks(silent)['respond']['latest']}. Its silence counts as a refusal only when its time is over.")
    log(silent, ("answered", days_ago(1)))
    contains(refused("log", silent, "deemed_refused"), "the vendor has answered, so there is no silence")
    log(ref, ("answered", days_ago(1)))
    log(ref, ("appeal_sent", days_ago(0)))  # the answer was not what was asked for
    equal([status(ref), clocks(ref)["appeal_answer"]["raw"]], ["waiting", days_ago(-60, d.http("GET", "/v1/requests/" + ref).json["zone"])])
    paused = file("proquest", "access", "uk-gdpr", days_ago(10))
    log(paused, ("clarification_requested", days_ago(8)))
    contains(refused("log", paused, "appeal_sent"), "the vendor's time stands still, for it waits for something")


@case
def silence_that_is_logged_late_gives_no_more_time():
    ref = file("oclc", "access", "ca-qc-law25", days_ago(40))
    before = clocks(ref)["complain"]["due"]
    log(ref, ("deemed_refused", days_ago(0)))
    equal(clocks(ref)["complain"]["due"], before)


@case
def silence_that_counts_as_a_refusal_starts_the_persons_time():
    for law, complain in (("ca-pipeda", "2027-03-02"), ("ca-qc-law25", "2026-10-02")):
        ref = file("oclc", "correction", law)
        contains(log(ref, ("deemed_refused", "2026-10-06")), "the silence counts as a refusal", f"dsr close {ref} no_answer")
        clock = clocks(ref)["complain"]
        equal([clock["due"], clock["party"], clock["state"]], [complain, "requester", "running"], law)
        log(ref, ("complaint_sent", "2026-10-08"))
        equal(clocks(ref)["complain"]["state"], "met", law)
        contains(d.dsr("status", ref), "and you have complained")
        contains(d.dsr("close", ref, "no_answer"), "closed: no answer")


@case
def after_the_end_the_person_may_still_complain_in_time():
    ref = file("oclc", "restrict_object", "ca-pipeda", days_ago(20))
    log(ref, ("refused", days_ago(5)))
    out = d.dsr("close", ref, "denied", "--reason", "other")
    due = clocks(ref)["complain"]["due"]
    contains(out, f"You may complain until {due} (`dsr explain {ref}` says to whom):  dsr log {ref} complaint_sent")
    equal({r["kind"] for r in d.dsr_json("status", ref)["reminders"]}, {"own"})
    log(ref, ("complaint_sent", days_ago(0)))
    equal(d.dsr_json("status", ref)["reminders"], [])
    lacks(d.dsr("status", ref), "You may complain")


@case
def a_complaint_to_the_vendor_is_confirmed_then_answered():
    ref = file("proquest", "complaint", "uk-gdpr", days_ago(3))
    text = d.dsr("status", ref)
    contains(text, f"when the vendor confirms, type  dsr log {ref} acknowledged ; when the complaint is answered,  dsr log {ref} complaint_answered", "receipt assumed")
    contains(log(ref, ("acknowledged", days_ago(1))), f"no deadline of the vendor runs; when the complaint is answered, type  dsr log {ref} complaint_answered")
    equal([status(ref), d.dsr_json("status", ref)["reminders"]], ["waiting", []])
    late = file("proquest", "complaint", "uk-gdpr")
    contains(d.dsr("status", late), f"ask whether the vendor has the complaint (`dsr send {late}` writes to it); when it confirms, type  dsr log {late} acknowledged")
    log(late, ("refused", "2026-09-10"))  # the authority is open for three months from there
    equal([clocks(late)["complaint_ack"]["state"], clocks(late)["complain"]["due"], clocks(late)["complain"]["state"]], ["met", "2026-12-10", "running"])
    letter = file("proquest", "complaint", "uk-gdpr", SENT, "--channel", "letter")
    equal([clocks(letter)["complaint_ack"][name] for name in ("due", "assumed")], ["2026-09-07", True])
    log(letter, ("complaint_received", "2026-08-04"))
    equal([clocks(letter)["complaint_ack"][name] for name in ("due", "assumed")], ["2026-09-03", False])


@case
def a_complaint_to_the_authority_keeps_the_persons_time():
    ref = file("oclc", "complaint", "us-mo-library")
    log(ref, ("violation", "2026-07-10"))  # 180 days
    equal([clocks(ref)["complain"][name] for name in ("due", "state")], ["2027-01-06", "met"])
    contains(d.dsr("explain", ref), "Day 0 is Fri 10 Jul 2026 (the law was broken)", "Done on Mon 3 Aug 2026", "Missouri Attorney General")
    contains(log(ref, ("complaint_answered", "2026-09-01")), "check the answer to the complaint")
    contains(d.dsr("close", ref, "fulfilled"), "closed: fulfilled")


@case
def a_complaint_after_the_answer_is_waited_for():
    ref = file("oclc", "correction", "au-privacy")
    log(ref, ("refused", "2026-08-20"))
    equal(status(ref), "answer_to_check")
    log(ref, ("complaint_sent", "2026-09-01"))
    request = d.dsr_json("status", ref)["request"]
    equal([request["clock"], request["due"], request["status"]], ["complaint_answer", "2026-10-01", "overdue"])
    contains(d.dsr("status", ref), f"when the complaint is answered, type  dsr log {ref} complaint_answered")
    contains(log(ref, ("complaint_answered", "2026-10-05")), "answer to check", "check the answer to the complaint")


@case
def an_answer_to_the_request_is_none_to_a_later_withdrawal_of_consent():
    def state(*events):
        arguments = [word for event in events for word in ("--event", event)]
        answer = d.dsr_json("due", "us-ct-ctdpa", "restrict_object", "2026-08-03", *arguments)
        return next((c["state"], c["due"]) for c in answer["clocks"] if c["clock"] == "consent_revocation")
    equal(state("answered=2026-08-10"), ("met", "2026-08-18"))
    equal(state("answered=2026-08-10", "revocation_received=2026-08-20"), ("running", "2026-09-04"))
    equal(state("answered=2026-08-21", "revocation_received=2026-08-20"), ("met", "2026-09-04"))


@case
def what_the_vendor_asks_for_is_named_until_it_is_given():
    for vendor, right, law, asked, given, words, state in (
            ("oclc", "portability", "us-va-vcdpa", "identity_requested", "identity_provided", "proof of who you are", "overdue"),
            ("oclc", "opt_out", "us-va-vcdpa", "identity_requested", "authenticated", "proof of who you are", "overdue"),
            ("proquest", "restrict_object", "uk-gdpr", "identity_requested", "identity_provided", "proof of who you are", "paused"),
            ("proquest", "access", "uk-gdpr", "clarification_requested", "clarification_provided", "what exactly you mean", "paused"),
            ("proquest", "deletion", "uk-gdpr", "clarification_requested", "clarification_provided", "what exactly you mean", "overdue"),
            ("proquest", "adm", "uk-gdpr", "fee_requested", "fee_paid", "a fee", "paused"),
            ("oclc", "third_party_list", "ch-fadp", "fee_requested", "fee_confirmed", "your consent to a fee", "paused")):
        ref = file(vendor, right, law)
        if given != "authenticated":
            contains(refused("log", ref, given), f"{given} needs {asked} first")
        log(ref, (asked, "2026-08-05"))
        equal([status(ref), d.dsr_json("status", ref)["request"]["asked"]], [state, True], (right, law))
        contains(d.dsr("status", ref), f"the vendor has asked you for {words}; when you have given it, type  dsr log {ref} {given.replace('authenticated', 'identity_provided')}")
        contains(d.dsr("status"), "Waiting on you:" if state == "paused" else ref)
        log(ref, (given, "2026-08-12"))
        equal([status(ref), d.dsr_json("status", ref)["request"]["asked"]], ["overdue", False], (right, law, given))
    # Ten days to think the fee over, then thirty: 15 August and 14 September.
    equal([clocks(ref)[name]["due"] for name in ("respond", "confirm_fee")], ["2026-09-14", "2026-08-15"])


@case
def a_time_that_begins_with_authentication_waits_for_it():
    for right in ("access", "restrict_object"):
        ref = file("oclc", right, "us-nv-chd")
        contains(d.dsr("status", ref), "paused", f"when the vendor has made sure who is asking; then type  dsr log {ref} authenticated")
        log(ref, ("authenticated", "2026-08-10"))
        equal(clocks(ref)["respond"]["due"], "2026-09-24")
        contains(d.dsr("explain", ref), "Day 0 is Mon 10 Aug 2026 (the vendor made sure who is asking)")


@case
def the_states_platform_is_followed_to_the_deletion():
    ref = file("lexisnexis", "deletion", "us-ca-delete-act", SENT, "--channel", "state_platform")
    equal({name: clock["due"] for name, clock in clocks(ref).items()}, {"access": "2026-09-17", "respond_worst_case": "2026-11-02"})
    contains(d.dsr("status", ref), f"when the platform shows that the vendor fetched the request, type  dsr log {ref} drop_retrieved")
    log(ref, ("drop_retrieved", "2026-09-01"))
    equal([clocks(ref)["access"]["state"], clocks(ref)["respond"]["due"]], ["met", "2026-10-16"])
    log(ref, ("drop_deleted", "2026-10-01"))
    equal([clocks(ref)[name]["state"] for name in ("respond", "respond_worst_case")], ["met", "met"])
    other = file("elsevier", "access", "eu-gdpr")
    contains(refused("log", other, "drop_retrieved"), "takes deletion and opt_out, not access")


@case
def a_part_of_the_answer_and_then_the_rest():
    ref = file("elsevier", "third_party_list", "eu-gdpr", days_ago(20))
    log(ref, ("answered", days_ago(10)))
    contains(refused("log", ref, "answered"), f"already recorded, on {days_ago(10)}")
    contains(refused("close", ref, "partly", status=2), "There is no outcome partly; allowed are: fulfilled, partially_fulfilled, denied,")
    contains(refused("close", ref, "fulfilled", "--reason", "no_match", status=2), "A reason belongs to the outcome denied, not to fulfilled.")
    d.dsr("close", ref, "partially_fulfilled", "--on", days_ago(9))
    contains(d.dsr("reopen", ref, "--on", days_ago(8)), "waiting", "no deadline of the vendor runs", f"dsr log {ref} answered")
    contains(log(ref, ("answered", days_ago(2))), "answer to check")
    contains(d.dsr("close", ref, "fulfilled"), "closed: fulfilled")
    equal([e["event"] for e in d.http("GET", "/v1/requests/" + ref).json["events"]], ["sent", "answered", "closed", "reopened", "answered", "closed"])


@case
def what_comes_next_names_the_letter_that_is_written_and_nothing_that_is_refused():
    def named(vendor, law, sent, *events, right="access"):
        alias = d.dsr("subject", "add", "--residence", "NL", "--name", "Pat Patron").strip()
        ref = d.file(vendor, right, "--law", law, "--for", alias, "--sent", sent, "--anyway")
        log(ref, *events)
        return ref, d.dsr("status", ref).split("Next: ")[1], d.dsr("letter", ref).splitlines()[0]
    ref, text, letter = named("oclc", "us-va-vcdpa", SENT, ("refused", "2026-08-10"))
    contains(text, "Appeal or complain: `dsr send", "writes the appeal, --kind complaint the complaint")
    contains(letter, "Subject: Appeal")
    d.dsr("log", ref, "appeal_sent", "--on", "2026-08-20")  # due in October
    equal(d.dsr_json("status", ref)["next"]["letter"], "complaint")
    text = d.dsr("status", ref)
    contains(text, f"the appeal was not answered in time: `dsr send {ref}` writes the complaint", f"dsr log {ref} appeal_answered")
    lacks(text, "ask again", "--kind complaint")
    contains(" ".join(d.dsr("letter", ref).split()), "Subject: Complaint", "The answer to my appeal was due on")
    contains(log(ref, ("appeal_answered", "2026-11-01")), f"You may still complain (`dsr explain {ref}` says to whom):  dsr log {ref} complaint_sent")
    contains(d.dsr("send", ref), f"dsr log {ref} complaint_sent --on DATE")
    lacks(log(ref, ("complaint_sent", "2026-11-02")), "complaint_sent")
    lacks(d.dsr("send", ref), "complaint_sent")
    contains(d.dsr("send", ref), f'dsr log {ref} note --note "complaint sent" --on DATE')
    ref, text, letter = named("elsevier", "eu-gdpr", SENT, ("refused", "2026-08-10"))  # which knows no appeal to the vendor
    contains(text, f"the vendor refused. Complain: `dsr send {ref}` writes the complaint", f"dsr log {ref} complaint_sent", f"dsr close {ref} denied --reason WORD")
    lacks(text.lower(), "appeal", "--kind")
    contains(letter, "Subject: Complaint")
    text = log(ref, ("complaint_sent", "2026-08-12"))
    contains(text, "the vendor refused, and you have complained", f"dsr close {ref} denied --reason WORD")
    lacks(text, "complaint_sent", "dsr send")
    ref, text, letter = named("elsevier", "eu-gdpr", SENT, ("extension_notice", "2026-10-01"))  # after the last day
    contains(text, f"said too late that it needs more time: `dsr send {ref}` writes that to it, or complain (--kind complaint)", f"dsr log {ref} answered")
    lacks(text, "ask again")
    contains(letter, "Subject: Your notice of extension")
    ref, text, letter = named("elsevier", "eu-gdpr", SENT, ("extension_notice", "2026-08-20"))  # in time, and over since
    contains(text, f"ask again (`dsr send {ref}` writes the letter), or complain (--kind complaint)")
    contains(letter, "Subject: Overdue")
    ref, text, letter = named("elsevier", "eu-gdpr", SENT, ("complaint_sent", "2026-10-01"))
    contains(text, f"ask again (`dsr send {ref}` writes the letter);")
    ref, text, letter = named("kanopy", "us-vppa", SENT, ("answered", "2026-08-10"), right="deletion")
    d.dsr("log", ref, "refused", "--on", "2026-08-11")  # only courts see to this law
    equal(d.dsr_json("status", ref)["next"]["letter"], None)
    lacks(d.dsr("status", ref), "dsr send")


@case
def nothing_is_advised_to_be_sent_for_whose_authority_has_ended():
    alias = d.dsr("subject", "add", "--residence", "NL", "--name", "Pat Patron").strip()
    d.dsr("authority", "add", alias, "--form", "signed", "--on", days_ago(90))
    late, refuses, unsent = (d.file("elsevier", right, "--law", "eu-gdpr", "--for", alias, *when, "--anyway")
                             for right, when in (("access", ("--sent", days_ago(60))), ("portability", ("--sent", days_ago(60))), ("deletion", ("--draft",))))
    log(refuses, ("refused", days_ago(20)))
    d.dsr("authority", "withdraw", alias)
    for ref in (late, refuses, unsent):
        text = d.dsr("status", ref)
        contains(text, f"so nothing more is sent until a new one is recorded (`dsr authority add {alias}`)")
        lacks(text, "dsr send", "--kind")
    contains(d.dsr("status", late), f"when the vendor answers, type  dsr log {late} answered")
    contains(d.dsr("status", refuses), f"dsr close {refuses} denied --reason WORD")
    d.dsr("authority", "add", alias, "--form", "signed", "--on", days_ago(0))
    contains(d.dsr("status", late), f"ask again (`dsr send {late}` writes the letter)")


@case
def who_holds_the_data_for_the_library_refers_to_it():
    ref = file("elsevier", "portability", "eu-gdpr")
    contains(log(ref, ("referred", "2026-08-10")), "referred you to somebody else", f"dsr close {ref} referred_to_library")
    contains(d.dsr("close", ref, "referred_to_library"), "closed: referred to library")


@case
def drafts_and_requests_given_up_take_no_answers():
    ref = d.file("oclc", "opt_out", "--law", "us-va-vcdpa", "--for", d.dsr_json("subject", "add", "--residence", "US-VA")["alias"], "--draft")
    contains(d.dsr("status", ref), f"`dsr send {ref}` sends it; or send it, then type  dsr log {ref} sent")
    for event in ("answered", "refused", "appeal_sent", "acknowledged", "identity_requested", "deemed_refused"):
        contains(refused("log", ref, event), "it is a draft: log `sent` first")
    for ending in (("close", ref, "duplicate"), ("log", ref, "withdrawn")):
        contains(refused(*ending), "it is a draft: `dsr abandon` gives it up")  # to log `sent` would invent a request
    d.dsr("abandon", ref)
    for event in ("appeal_sent", "appeal_received", "complaint_sent", "complaint_received", "grievance_received", "last_contact", "drop_deleted"):
        contains(refused("log", ref, event), "it was given up before it was sent: `dsr reopen` it, and log `sent` first")
    d.dsr("log", ref, "note", "--note", "a note is possible")
    d.dsr("log", ref, "known", "--on", days_ago(5))  # may be older than the request
    d.dsr("reopen", ref)
    d.dsr("log", ref, "sent", "--on", days_ago(1), "--anyway")  # the law takes no agent
    contains(d.dsr("log", ref, "withdrawn"), "closed: withdrawn")
    contains(refused("log", ref, "withdrawn"), "it is closed")
    contains(refused("log", ref, "anwered", status=2), "Did you mean answered? Known are: sent, received,")
    d.dsr("reopen", ref)
    contains(d.dsr("log", ref, "withdrawn"), "closed: withdrawn")  # a second time


@case
def mails_say_what_each_kind_waits_for():
    global d
    relay = Relay()
    d = Dsrd({"mail": {"transport": "smtp", "relay": relay.url, "backoff_s": [1]}})
    relay.close()  # so that all are there before the first try
    wanted = []
    for vendor, right, law, events, words, command in (
            ("lexisnexis", "opt_out", "us-ca-ccpa", [], "LexisNexis, a division of RELX Inc. had to do what was asked by Mon 24 Aug 2026", "answered"),
            ("proquest", "complaint", "uk-gdpr", [], "had to confirm that it has the complaint by Wed 2 Sep 2026", "acknowledged"),
            ("lexisnexis", "correction", "us-ca-ccpa", [], "had to confirm that it has the request by Mon 17 Aug 2026", "acknowledged"),
            ("lexisnexis", "limit_sensitive", "us-ca-ccpa", [], "had to do what was asked by Mon 24 Aug 2026", "answered"),
            ("elsevier", "adm", "eu-gdpr", [], "had to answer by Thu 3 Sep 2026", "answered"),
            ("oclc", "restrict_object", "us-ct-ctdpa", [], "had to do what was asked by Tue 18 Aug 2026", "answered"),
            ("oclc", "deletion", "us-va-vcdpa", [("refused", "2026-08-10"), ("appeal_sent", "2026-09-14")], "had to answer the appeal by Fri 13 Nov 2026", "appeal_answered"),
            ("oclc", "correction", "au-privacy", [("refused", "2026-08-20"), ("complaint_sent", "2026-09-01")], "had to answer the complaint by Thu 1 Oct 2026", "complaint_answered"),
            ("lexisnexis", "deletion", "us-ca-delete-act", [], "had to fetch the request from the state's platform by Thu 17 Sep 2026", "drop_retrieved"),
            ("oclc", "access", "ca-qc-law25", [("refused", days_ago(25))], "Your own time (complain) ends on", "complaint_sent")):
        ref = file(vendor, right, law, SENT, *(["--channel", "state_platform"] if law == "us-ca-delete-act" else []))
        for event, day in events:
            log(ref, (event, day))
        wanted.append((ref, words, f"dsr log {ref} {command}\n"))
    ref = file("elsevier", "portability", "eu-gdpr", SENT, "--remind", days_ago(0))
    log(ref, ("refused", "2026-08-10"))
    wanted.append((ref, "You asked to be reminded of this request.", f"dsr close {ref} denied --reason WORD\n"))
    refs = ", ".join(f"'{item[0]}'" for item in wanted)
    wait_for(lambda: d.sql(f"select count(distinct r.ref) from dsr.reminder m join dsr.request r on r.id = m.request_id where m.state = 'gathered' and r.ref in ({refs})")
             == str(len(wanted)), "all are gathered")
    relay.open()
    wait_for(lambda: relay.mails, "the mail")
    text = email.message_from_bytes(relay.mails[0].data, policy=email.policy.default).get_content().replace("\r\n", "\n")
    for ref, words, command in wanted:
        items = [item for item in text.split("\n\n") if item.startswith(ref)]
        equal(any(words in item and item.endswith(command.rstrip()) for item in items), True, (words, command, items))
    contains(text, ": restriction or objection under the CTDPA, for ", ": automated decisions under the GDPR, for ", ": limit on sensitive data under the CCPA, for ")


run_cases()
