#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Letters that were approved and do not go: the authority has ended, the request is another one, was given up, or is not late any more."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "harness"))
from dsrd import case, contains, days_ago, equal, run_cases, wait_for  # noqa: E402
from letters import Letters  # noqa: E402

OK = "250 2.0.0 Ok: queued as A1"
bench = Letters()
d, relay = bench.d, bench.relay
subject, draft, refused, letter, message = bench.subject, bench.draft, bench.refused, bench.letter, bench.message
is_logged, mails_about, mailers_stopped = bench.is_logged, bench.mails_about, bench.mailers_stopped


@case
def a_withdrawn_authority_stops_what_waits_that_day():
    alias = subject()
    ref = draft(alias)
    relay.after_mail = ["421 4.3.0 not now"]
    before = len(relay.mails)
    d.dsr("send", ref, "--yes")
    wait_for(lambda: message(ref, "attempts") != "0", "tried in vain")
    d.dsr("authority", "withdraw", alias)
    wait_for(lambda: letter(ref, "state") == "withdrawn", "withdrawn")
    equal((letter(ref, "reason"), message(ref, "state || (bytes is null)")), ("The patron's authority has ended.", "cancelledtrue"))
    contains(d.dsr("show", ref), "withdrawn", "authority has ended")
    relay.after_mail = ["250 2.1.0 Ok"]
    d.dsr("send", ref, "--yes", status=4)
    contains(d.errors, "The patron's authority ended on", "nothing is sent")
    equal(len(relay.mails), before)
    # One that the mailer has begun to look at when the authority ends is stopped at the last word.
    alias = subject()
    ref = draft(alias)
    relay.after_mail = ["421 4.3.0 not now"]
    d.dsr("send", ref, "--yes")
    wait_for(lambda: message(ref, "attempts") != "0", "tried in vain")
    d.sql(f"update dsr.request set created_at = now() - interval '10 days' where ref = '{ref}'")
    d.sql(f"update dsr.authority set until = '{days_ago(1)}' where subject_id = (select id from dsr.subject where alias = '{alias}')")
    relay.after_mail = ["250 2.1.0 Ok"]
    wait_for(lambda: letter(ref, "state") == "withdrawn", "stopped by the mailer or the scheduler")
    equal(len(mails_about(ref)), 0)


@case
def a_letter_that_waits_does_not_go_to_whom_it_is_not_for_any_more():
    ref = draft(subject())
    before = len(relay.mails)
    with mailers_stopped():
        d.dsr("send", ref, "--yes")
        d.dsr("amend", ref, "--remind", "3 days before")  # says nothing else to the vendor
        equal(d.sql("select state from dsr.letter order by approved_at desc limit 1"), "approved")
        d.dsr("amend", ref, "--right", "portability", "--anyway")
        equal(d.sql("select state || ': ' || reason from dsr.letter order by approved_at desc limit 1"),
              "withdrawn: The request was changed meanwhile.")
    d.dsr("send", ref, "--yes", "--anyway")
    wait_for(lambda: is_logged(ref), "the right one goes")
    equal(len(relay.mails), before + 1)


@case
def a_request_given_up_lets_no_letter_go():
    for ending in (("log", "withdrawn"), ("close", "duplicate"), ("abandon",)):
        ref = refused()
        with mailers_stopped():
            contains(d.dsr("send", ref, "--kind", "appeal", "--yes", "--anyway"), "Queued")
            d.dsr(ending[0], ref, *ending[1:])
            equal(letter(ref, "state || ': ' || coalesce(reason, '')"), "withdrawn: The request was given up.", ending)
        d.dsr("send", ref, "--kind", "appeal", "--yes", "--anyway", status=4)
        contains(d.errors, "The request was given up. The letter cannot be sent.")
        equal((letter(ref, "count(*) over ()"), mails_about(ref)), ("1", []), ending)
    ref = refused()
    d.dsr("close", ref, "denied", "--reason", "no_match")
    d.dsr("send", ref, "--kind", "appeal", "--yes", "--anyway")
    wait_for(lambda: is_logged(ref), "a refusal may be appealed after it was closed as one")
    equal((d.dsr_json("show", ref)["request"]["state"], len(mails_about(ref))), ("open", 1))


@case
def what_was_sent_before_it_was_given_up_is_noted_and_opens_nothing():
    asked = refused()
    d.dsr("log", asked, "identity_requested")
    for kind, ref, ending in (("appeal", refused(), ("log", "withdrawn")), ("request", draft(subject()), ("abandon",)),
                              ("identity", asked, ("close", "duplicate"))):
        relay.after_data = ["close", OK]
        d.dsr("send", ref, "--kind", kind, "--yes", "--anyway")
        wait_for(lambda: letter(ref, "state") == "in_doubt", "in doubt")
        d.dsr(ending[0], ref, *ending[1:])
        d.sql(f"update dsr.clock set cite = 'as counted then' where request_id = (select id from dsr.request where ref = '{ref}') and party = 'vendor'")
        before = d.dsr_json("show", ref)
        d.dsr("mail", "resolve", letter(ref, "message_id"), "--again", status=4)
        contains(d.errors, "cannot be sent again")
        d.dsr("mail", "resolve", letter(ref, "message_id"), "--sent")
        wait_for(lambda: is_logged(ref), "logged")
        record = d.dsr_json("show", ref)
        for name in ("state", "status", "outcome", "sent", "closed"):
            equal(record["request"].get(name), before["request"].get(name), (kind, name))
        equal(record["request"]["state"], "closed")
        equal(record["clocks"], before["clocks"], "its time was counted when it ended")
        equal([(event["event"], event["note"]) for event in record["events"]][-1], ("note", f"The letter {kind} was sent to the vendor."))


@case
def a_letter_about_what_is_late_goes_only_while_it_is():
    for change, why in ((("log", "extension_notice", "--on", days_ago(30)), "The vendor is not late any more."),
                        (("amend", "--sent", days_ago(3)), "The request was changed meanwhile."),
                        (("amend", "--sent", days_ago(60)), "The request was changed meanwhile."),  # late, but the letter names the other day
                        (("log", "answered"), "The vendor is not late any more.")):
        ref = d.file("elsevier", "access", "--law", "eu-gdpr", "--for", subject(), "--sent", days_ago(50))
        with mailers_stopped():
            contains(d.dsr("send", ref, "--kind", "overdue", "--yes"), "Queued")
            d.dsr("log", ref, "acknowledged", "--on", days_ago(2))  # which changes nothing about it
            equal(letter(ref, "state"), "approved")
            d.dsr(change[0], ref, *change[1:])
            equal(letter(ref, "state || ': ' || coalesce(reason, '')"), f"withdrawn: {why}", change)
    # What ends while a mailer has it in hand is asked about at the last word too.
    ref = d.file("elsevier", "access", "--law", "eu-gdpr", "--for", subject(), "--sent", days_ago(50))
    with mailers_stopped():
        d.dsr("send", ref, "--kind", "overdue", "--yes")
        d.sql(f"update dsr.request set breach_at = now() + interval '1 day' where ref = '{ref}'")
    wait_for(lambda: letter(ref, "state || ': ' || reason") == "withdrawn: The vendor is not late any more.", "stopped by the mailer")
    equal(mails_about(ref), [])

run_cases()
