#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What people are reminded of: what they asked for, until it is over; the right next step, whatever came before; and nobody is forgotten."""
import email
import email.policy
import os
import signal
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "harness"))
from clock import WHY_NOT, Clock  # noqa: E402
from dsrd import Dsrd, case, contains, equal, lacks, run_cases, wait_for  # noqa: E402

if WHY_NOT:
    print(f"1..0 # SKIP {WHY_NOT}")
    sys.exit(0)

d = Dsrd({"reminders": {"scan_ms": 100, "manager_digest": False, "weekends": False}, "vault": {"bucket_days": 366, "backup_days": 800}}, start=False)
clock = Clock(d.folder)


def go_to(day):
    """Noon of that day, and until the scheduler has looked."""
    clock.move_to(f"{day} 12:00:00")
    wait_for(lambda: d.sql("select current_date") == day, day)
    moment = d.sql("select now()")
    wait_for(lambda: d.sql(f"select looked_at > '{moment}' from dsr.look where library_id = 1") == "t", "the scheduler has looked")
    wait_for(lambda: d.sql("select count(*) from dsr.message where state in ('queued', 'leased', 'sending')") == "0", "nothing is under way")


def texts(day, address=None):
    """What the mails of that day said."""
    mails = [email.message_from_bytes(mail, policy=email.policy.default) for mail in d.mails()]
    return [mail.get_content() for mail in mails
            if mail["Date"].datetime.date().isoformat() == day and (address is None or address in mail["To"])]


def said(day, ref, address=None):
    """What they said of a request."""
    return [item for text in texts(day, address) for item in text.split("\n\n") if item.startswith(ref)]


def planned(ref, kind):
    return [row["on"] for row in d.dsr_json("status", ref)["reminders"] if row["kind"] == kind]


def person(residence="NL"):
    return d.dsr("subject", "add", "--residence", residence).strip()


clock.move_to("2026-12-03 12:00:00")  # a Thursday
d.start(more=clock.environment())


@case
def what_was_asked_for_on_a_weekend_comes_on_monday_whatever_is_logged_until_then():
    go_to("2026-12-04")
    ref = d.file("elsevier", "access", "--law", "eu-gdpr", "--for", person(), "--sent", "2026-11-14", "--remind", "9 days before")
    dated = d.file("elsevier", "deletion", "--law", "eu-gdpr", "--for", person(), "--sent", "2026-11-14", "--remind", "2026-12-05")
    past = d.file("elsevier", "correction", "--law", "eu-gdpr", "--for", person(), "--sent", "2026-11-14", "--remind", "20 days before")
    equal((planned(ref, "wanted"), planned(dated, "wanted"), planned(past, "wanted")), (["2026-12-05"], ["2026-12-05"], []))
    go_to("2026-12-06")
    for one in (ref, dated, past):
        d.dsr("log", one, "note", "--note", "a call")
    equal((planned(ref, "wanted"), planned(dated, "wanted"), planned(past, "wanted")), (["2026-12-05"], ["2026-12-05"], []))
    go_to("2026-12-07")
    equal([len(said("2026-12-07", one)) for one in (ref, dated, past)], [1, 1, 0])
    d.dsr("log", ref, "note", "--note", "another")
    go_to("2026-12-08")
    equal(said("2026-12-08", ref), [], "once")


@case
def who_has_decided_is_not_waiting_for_anything_any_more():
    go_to("2026-12-09")
    refused = d.file("elsevier", "access", "--law", "uk-gdpr", "--for", person("GB"), "--sent", "2026-09-01", "--remind", "2026-12-10")
    appealed = d.file("proquest", "deletion", "--law", "us-va-vcdpa", "--for", person("US-VA"), "--anyway", "--sent", "2026-09-01")
    for ref, events in ((refused, (("identity_requested", "2026-09-05"), ("refused", "2026-09-12"))),
                        (appealed, (("identity_requested", "2026-09-05"), ("refused", "2026-09-07"), ("appeal_sent", "2026-09-10")))):
        for event, day in events:
            d.dsr("log", ref, event, "--on", day)
    lacks(d.dsr("status", refused) + d.dsr("status", appealed), "identity_provided")
    go_to("2026-12-10")
    contains("".join(said("2026-12-10", refused)), f"Type:  dsr log {refused} complaint_sent")
    contains("".join(said("2026-12-10", appealed)), "had to answer the appeal by", f"Type:  dsr log {appealed} appeal_answered")
    asked_again = d.file("elsevier", "access", "--law", "uk-gdpr", "--for", person("GB"), "--sent", "2026-11-20")
    d.dsr("log", asked_again, "identity_requested")
    contains(d.dsr("status", asked_again), "identity_provided")


@case
def a_reminder_for_a_day_names_what_the_vendor_has_to_do_then():
    appealed = d.file("proquest", "deletion", "--law", "us-va-vcdpa", "--for", person("US-VA"), "--anyway", "--sent", "2026-11-01", "--remind", "2026-12-11")
    d.dsr("log", appealed, "refused", "--on", "2026-11-20")
    d.dsr("log", appealed, "appeal_sent", "--on", "2026-11-25")
    complaint = d.file("cengage", "complaint", "--law", "uk-gdpr", "--for", person("GB"), "--sent", "2026-12-01", "--remind", "2026-12-11")
    platform = d.file("lexisnexis", "deletion", "--law", "us-ca-delete-act", "--for", person("US-CA"), "--sent", "2026-12-01",
                      "--channel", "state_platform", "--remind", "2026-12-11")
    go_to("2026-12-11")
    contains("".join(said("2026-12-11", appealed)), "has to answer the appeal by", f"Type:  dsr log {appealed} appeal_answered")
    contains("".join(said("2026-12-11", complaint)), "has to confirm that it has the complaint by", f"Type:  dsr log {complaint} acknowledged")
    contains("".join(said("2026-12-11", platform)), "has to fetch the request from the state's platform by", f"Type:  dsr log {platform} drop_retrieved")


@case
def what_is_over_reminds_of_nothing_unless_somebody_asks_then():
    refs = [d.file("elsevier", "access", "--law", "eu-gdpr", "--for", person(), "--sent", "2026-12-01", "--remind", "2026-12-14") for _ in range(4)]
    draft = d.file("elsevier", "access", "--law", "eu-gdpr", "--for", person(), "--draft", "--remind", "2026-12-14")
    d.dsr("close", refs[0], "fulfilled")
    d.dsr("log", refs[1], "withdrawn")
    d.dsr("close", refs[2], "duplicate")
    d.dsr("close", refs[3], "fulfilled")
    d.dsr("abandon", draft)
    equal([planned(ref, "wanted") for ref in (*refs, draft)], [[]] * 5)
    d.dsr("amend", refs[3], "--remind", "2026-12-15")  # to look whether it stays so
    d.dsr("log", refs[0], "note", "--note", "filed away")
    d.dsr("log", refs[3], "note", "--note", "filed away")
    equal([planned(ref, "wanted") for ref in (*refs, draft)], [[], [], [], ["2026-12-15"], []])
    d.dsr("reopen", refs[2])
    equal(planned(refs[2], "wanted"), ["2026-12-14"])
    go_to("2026-12-14")
    equal([len(said("2026-12-14", ref)) for ref in (*refs, draft)], [0, 0, 1, 0, 0])


@case
def ones_own_time_is_of_no_use_after_what_was_asked_for_came_or_stands_elsewhere():
    kept = {}
    for outcome in ("fulfilled", "duplicate", "partially_fulfilled"):
        ref = d.file("elsevier", "access", "--law", "uk-gdpr", "--for", person("GB"), "--sent", "2026-12-01")
        d.dsr("log", ref, "refused", "--on", "2026-12-02")
        d.dsr("close", ref, outcome)
        shown = d.dsr("status", ref)
        (contains if outcome == "partially_fulfilled" else lacks)(shown, "You may complain")
        equal(len(planned(ref, "own")) > 0, outcome == "partially_fulfilled", outcome)
        kept[outcome] = d.sql(f"select set_config('dsr.library', '1', false); select dsr.kept_until(r) - current_date from dsr.request r where ref = '{ref}'").splitlines()[-1]
    equal(kept["duplicate"], "90")


@case
def nobody_is_late_by_a_day_that_is_no_deadline_of_the_answer():
    go_to("2026-12-15")
    equal(len(texts("2026-12-15")) > 0, True, "what was asked for of a closed request")
    zealand = d.file("exlibris", "access", "--law", "nz-privacy", "--for", person("NZ"), "--sent", "2026-11-27")
    brazil = d.file("exlibris", "access", "--law", "br-lgpd", "--for", person("BR"), "--sent", "2026-12-08")
    japan = d.file("exlibris", "access", "--law", "jp-appi", "--for", person("JP"), "--sent", "2026-11-01")
    rows = {row["ref"]: row for row in d.dsr_json("list")}
    equal([(rows[ref]["status"], rows[ref]["due"]) for ref in (zealand, brazil, japan)],
          [("waiting", "2027-01-18"), ("waiting", "2026-12-23"), ("waiting", None)])
    contains(d.dsr("explain", zealand), "transfer")
    go_to("2026-12-16")
    equal([said("2026-12-16", ref) for ref in (zealand, brazil, japan)], [[], [], []])


@case
def the_managers_are_reminded_in_the_place_of_who_is_gone():
    filer = d.sql("select id from dsr.account order by created_at limit 1")
    d.dsr("account", "add", "--uid", "3001", "--role", "manager", "--name", "Mia Manager", "--email", "mia@example.org")
    d.dsr("account", "add", "--uid", "3002", "--role", "staff", "--name", "Gus Gone", "--email", "gus@example.org")
    gone = d.sql("select id from dsr.account order by created_at desc limit 1")
    left = d.file("elsevier", "access", "--law", "eu-gdpr", "--for", person(), "--sent", "2026-11-16")
    stays = d.file("elsevier", "access", "--law", "eu-gdpr", "--for", person(), "--sent", "2026-11-16")
    d.sql(f"update dsr.request set filer = '{gone}' where ref = '{left}'; "
          f"update dsr.reminder set recipient_id = '{gone}' where recipient_kind = 'filer' and request_id = (select id from dsr.request where ref = '{left}')")
    contains(d.dsr("account", "set", "3002", "--disable"), "Open requests that it filed for others: 1. Of these the managers are reminded now.")
    go_to("2026-12-17")
    wait_for(lambda: said("2026-12-17", left, "mia@example.org"), "the manager's mail")
    contains("".join(said("2026-12-17", left)), "had to answer by", f"Type:  dsr log {left} answered")
    equal((len(said("2026-12-17", stays)), said("2026-12-17", stays, "mia@example.org"), said("2026-12-17", left, "gus@example.org")), (1, [], []), filer)


@case
def who_has_no_account_is_not_told_to_type_anything():
    d.write_conf({"reminders": {"respond": {"to": ["filer", "subject"]}}})
    d.process.send_signal(signal.SIGHUP)
    wait_for(lambda: "reload: done" in d.read_log(), "reloaded")
    alias = d.dsr("subject", "add", "--residence", "NL", "--email", "pat@example.org").strip()
    ref = d.file("proquest", "access", "--law", "eu-gdpr", "--for", alias, "--sent", "2026-11-01")
    wait_for(lambda: [text for text in texts("2026-12-17", "pat@example.org") if ref in text], "the patron's mail")
    item = "".join(said("2026-12-17", ref, "pat@example.org"))
    contains(item, "ask ProQuest", "the library names the authority", "tell the library", "Tell:  Test Library")
    lacks(item, "dsr ", "record that")


run_cases()
