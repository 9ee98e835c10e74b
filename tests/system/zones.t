#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""One status everywhere, and days that begin and end where the vendor is: a library in Auckland, vendors in California and Amsterdam, the clock moved."""
import datetime
import email
import email.policy
import json
import os
import sys
from collections import Counter
from zoneinfo import ZoneInfo

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "harness"))
from clock import WHY_NOT, Clock  # noqa: E402
from dsrd import Dsrd, case, contains, equal, lacks, run_cases, wait_for  # noqa: E402

if WHY_NOT:
    print(f"1..0 # SKIP {WHY_NOT}")
    sys.exit(0)

d = Dsrd({"library": {"zone": "Pacific/Auckland"}, "authority": {"required": "confirm"}, "reminders": {"scan_ms": 100, "manager_digest": False},
          "vault": {"bucket_days": 366, "backup_days": 800}}, start=False)
the_clock = Clock(d.folder)
LATE = ("overdue", "ack_overdue")


def scans():
    return int(d.sql("select pg_stat_clear_snapshot(); select coalesce(sum(calls), 0) from pg_stat_user_functions where funcname = 'reminders_gather'").split("\n")[-1] or 0)


def move_to(moment):
    """Sets the clock, in UTC, and waits until everybody has seen it and nothing is under way."""
    the_clock.move_to(f"{moment}:01")
    wait_for(lambda: d.sql("select to_char(now() at time zone 'UTC', 'YYYY-MM-DD HH24:MI')") == moment, moment)
    before = scans()
    wait_for(lambda: scans() >= before + 3, "the scheduler has looked")
    wait_for(lambda: d.sql("select count(*) from dsr.message where state in ('queued','leased','sending')") == "0", "nothing is under way")


def items(ref):
    """What the mails said of a request."""
    texts = [email.message_from_bytes(mail, policy=email.policy.default).get_content() for mail in d.mails()]
    return [item for text in texts for item in text.split("\n\n") if item.startswith(ref)]


def status(ref):
    return d.http("GET", f"/v1/requests/{ref}/status").json["request"]["status"]


def is_over(clock, zone, now):
    """By this test's own reckoning: whether the day `latest` has ended there."""
    return clock["state"] == "running" and clock["party"] == "vendor" and now.astimezone(ZoneInfo(zone)).date() > datetime.date.fromisoformat(clock["latest"])


def late_by_hand(record, now):
    over = {c["clock"] for c in record["clocks"] if is_over(c, record["zone"], now)}
    return "ack_overdue" if over == {"ack"} else "overdue" if over else None


def the_same_everywhere():
    """Compares every place that shows a status or counts it; the statuses."""
    rows = d.dsr_json("list")
    found = {row["ref"]: row["status"] for row in rows}
    now = datetime.datetime.fromisoformat(d.sql("select now() at time zone 'UTC'")).replace(tzinfo=datetime.timezone.utc)
    for row in rows:
        ref = row["ref"]
        record = d.http("GET", "/v1/requests/" + ref).json
        equal([status(ref), record["request"]["status"]], [row["status"]] * 2, ref)
        if row["state"] == "open" and row["status"] not in ("answer_to_check", "paused"):
            equal(row["status"] if row["status"] in LATE else None, late_by_hand(record, now), ref)
            equal(row["days"] is not None and row["days"] < 0, row["status"] == "overdue", (ref, row))
    counts = Counter(found.values())
    for name in counts:
        equal({row["ref"] for row in d.http("GET", "/v1/requests?status=" + name).json["requests"]}, {ref for ref in found if found[ref] == name}, name)
    late = {ref for ref in found if found[ref] in LATE}
    equal({row["ref"] for row in d.dsr_json("overdue")}, late)
    d.dsr("overdue", "--check", status=1 if late else 0)
    mine = d.dsr_json("status")
    equal({row["ref"] for row in mine["overdue"]}, late)
    asked = {row["ref"] for row in rows if row["asked"] and found[row["ref"]] in ("due_soon", "waiting")}
    equal(mine["counts"], {"overdue": len(late), "due_soon": counts["due_soon"] - sum(found[ref] == "due_soon" for ref in asked),
                           "waiting": counts["waiting"] - sum(found[ref] == "waiting" for ref in asked), "drafts": counts["draft"],
                           "waiting_on_me": counts["answer_to_check"] + counts["paused"] + len(asked), "closed": counts["closed"]})
    by_vendor = Counter(row["vendor"] for row in rows if row["ref"] in late)
    equal({v["slug"]: v["overdue"] for v in d.dsr_json("vendor", "list") if v["overdue"]}, dict(by_vendor))
    equal({r["vendor"]: r["overdue"] for r in d.http("GET", "/v1/reports/vendors").json["rows"] if r["overdue"]}, dict(by_vendor))
    digest = json.loads(d.sql("select set_config('dsr.library', '1', false); select dsr.digest_json()").split("\n")[-1])
    equal({row["vendor_name"]: row["overdue"] for row in digest if row["overdue"]}, dict(Counter(row["vendor_name"] for row in rows if row["ref"] in late)))
    soon = Counter(row["vendor_name"] for row in rows if row["status"] in ("due_soon", "waiting") and row["days"] is not None and row["days"] <= 6)
    equal(all(count <= next(r["due_soon"] for r in digest if r["vendor_name"] == name) for name, count in soon.items()), True, (soon, digest))
    return found


the_clock.move_to("2026-11-20 20:00:00")
d.start(more=the_clock.environment())
d.sql("alter system set track_functions = 'all'")
d.sql("select pg_reload_conf()")
FOR = ["--for", d.dsr_json("subject", "add", "--residence", "US-CA")["alias"]]
d.dsr("authority", "add", FOR[1], "--form", "signed", "--on", "2026-11-01")
refs = {}


def file(name, *arguments):
    refs[name] = d.file(*arguments, *FOR)
    return d.http("GET", "/v1/requests/" + refs[name]).json


@case
def an_instant_is_the_day_it_is_where_the_vendor_is():
    # 20:00 UTC on 20 November: noon in California, 21:00 in Amsterdam, 9:00 on the 21st in Auckland.
    equal(file("kanopy", "kanopy", "third_party_list", "--law", "us-ca-stl")["received"], "2026-11-20")
    equal(file("elsevier", "elsevier", "access", "--law", "eu-gdpr")["received"], "2026-11-20")
    equal(file("letter", "elsevier", "correction", "--law", "eu-gdpr", "--channel", "letter")["received"], "2026-11-25")
    move_to("2026-11-20 23:30")
    equal(file("elsevier after midnight", "elsevier", "deletion", "--law", "eu-gdpr", "--anyway")["received"], "2026-11-21")
    equal(file("opt out", "lexisnexis", "opt_out", "--law", "us-ca-ccpa", "--remind", "2026-12-15", "--channel", "webform-1")["request"]["due"], "2026-12-14")
    file("access", "lexisnexis", "access", "--law", "us-ca-ccpa")
    file("uk", "proquest", "access", "--law", "uk-gdpr")
    file("virginia", "oclc", "access", "--law", "us-va-vcdpa", "--anyway")  # which takes no agent
    file("courtesy", "overdrive", "access", "--law", "voluntary", "--days", "20")
    file("draft", "cengage", "access", "--law", "us-ca-ccpa", "--draft")
    file("closed", "cengage", "deletion", "--law", "us-ca-ccpa")
    d.dsr("close", refs["closed"], "fulfilled")
    d.dsr("log", refs["uk"], "clarification_requested")
    equal(Counter(the_same_everywhere().values()), {"waiting": 8, "paused": 1, "draft": 1, "closed": 1})


@case
def an_acknowledgement_is_late_after_the_most_generous_reading():
    ack = next(c for c in d.dsr_json("status", refs["access"])["clocks"] if c["clock"] == "ack")
    equal([ack["due"], ack["latest"]], ["2026-12-07", "2026-12-08"])
    move_to("2026-12-09 04:59")  # New York: a minute before the 9th
    equal(the_same_everywhere()[refs["access"]], "waiting")
    move_to("2026-12-09 05:00")
    found = the_same_everywhere()
    equal(found[refs["access"]], "ack_overdue")
    equal(Counter(found.values()) - Counter({"waiting": 9}), {"ack_overdue": 1, "paused": 1, "draft": 1, "closed": 1, "due_soon": Counter(found.values())["due_soon"]})


@case
def between_the_date_shown_and_the_latest_nobody_is_called_late():
    equal(d.dsr_json("status", refs["opt out"])["request"]["latest"], "2026-12-15")
    move_to("2026-12-15 15:00")  # New York: 10:00 on the 15th; the date shown was the 14th
    equal(the_same_everywhere()[refs["opt out"]], "due_soon")
    lacks(d.dsr("status", refs["opt out"]), "late")
    # In Auckland it is the 16th, and the reminder wanted for the 15th has come: once.
    told = items(refs["opt out"])
    equal(len(told), 1)
    contains(told[0], "has to do what was asked today, Tue 15 Dec 2026")
    move_to("2026-12-16 05:00")
    equal(the_same_everywhere()[refs["opt out"]], "overdue")
    contains(d.dsr("status", refs["opt out"]), "1 day late")
    move_to("2026-12-16 23:00")
    contains(items(refs["opt out"])[1], "had to do what was asked by Tue 15 Dec 2026")


@case
def the_day_ends_at_midnight_where_the_vendor_is():
    # 20 December is a Sunday: Monday, the 21st, for both; received on the 20th and the 21st.
    for name, latest, last_minute, over in (("elsevier", "2026-12-21", "2026-12-21 22:59", "2026-12-21 23:00"), ("kanopy", "2026-12-21", "2026-12-22 07:59", "2026-12-22 08:00"),
                                            ("letter", "2026-12-28", "2026-12-28 22:59", "2026-12-28 23:00")):
        equal(d.dsr_json("status", refs[name])["request"]["latest"], latest, name)
        move_to(last_minute)
        equal(status(refs[name]), "due_soon", name)
        move_to(over)
        wait_for(lambda: status(refs[name]) == "overdue", f"{name} is overdue")
    the_same_everywhere()


@case
def what_happens_changes_it_everywhere():
    d.dsr("log", refs["elsevier"], "answered")
    d.dsr("log", refs["opt out"], "refused")
    d.dsr("log", refs["uk"], "clarification_provided")
    d.dsr("log", refs["virginia"], "identity_requested")
    d.dsr("log", refs["access"], "acknowledged")
    found = the_same_everywhere()
    equal([found[refs[n]] for n in ("elsevier", "opt out", "courtesy", "kanopy")], ["answer_to_check", "answer_to_check", "overdue", "overdue"])


@case
def days_are_counted_across_the_change_to_summer_time():
    move_to("2027-03-14 07:30")  # 23:30 on the 13th in California, 20:30 on the 14th in Auckland
    equal(file("before", "kanopy", "access", "--law", "us-ca-ccpa")["received"], "2027-03-13")
    move_to("2027-03-15 06:30")  # since the 14th summer time there: 23:30, not 22:30
    equal(file("summer", "kanopy", "deletion", "--law", "us-ca-ccpa", "--anyway")["received"], "2027-03-14")
    move_to("2027-03-15 07:01")
    equal(file("midnight", "kanopy", "correction", "--law", "us-ca-ccpa")["received"], "2027-03-15")
    move_to("2027-03-28 22:01")  # Amsterdam: summer time since this morning, so it is past midnight
    equal(file("amsterdam", "elsevier", "portability", "--law", "eu-gdpr")["received"], "2027-03-29")
    the_same_everywhere()


@case
def what_is_typed_as_today_fits_what_was_recorded_a_moment_ago():
    d.sql("update dsr.library set zone = 'Pacific/Honolulu'")
    move_to("2027-03-30 22:30")  # 12:30 on the 30th in Honolulu, 0:30 on the 31st in Amsterdam
    ref = d.file("elsevier", "access", "--law", "eu-gdpr", "--anyway", *FOR)
    equal(d.http("GET", "/v1/requests/" + ref).json["received"], "2027-03-31")
    contains(d.dsr("log", ref, "acknowledged", "--on", "today"), "acknowledged on 2027-03-31")
    contains(d.dsr("log", ref, "answered", "--on", "2027-03-30"), "answered on 2027-03-31")
    d.dsr("undo", ref, "answered")
    d.dsr("log", ref, "answered", "--on", "yesterday", status=2)
    contains(d.errors, "2027-03-29 lies before the request was sent (2027-03-31)")
    early = d.file("elsevier", "portability", "--law", "eu-gdpr", "--anyway", "--sent", "yesterday", "--received", "today", *FOR)
    contains(d.dsr("show", early), "2027-03-29")
    equal(d.http("POST", "/v1/requests", {"vendor": "elsevier", "right": "access", "law": "eu-gdpr", "sent": "soon"}).status, 422)


@case
def an_authority_covers_what_was_sent_on_its_days_by_the_calendar_of_the_library():
    # It is the 30th in Honolulu: the last day of the one, the first of the other. In Amsterdam it is the 31st, in Auckland too.
    def stopped(ref):
        return d.http("GET", "/v1/requests/" + ref).json["request"]["authority_ended"]
    alias = d.dsr_json("subject", "add", "--residence", "NL")["alias"]
    d.dsr("authority", "add", alias, "--form", "signed", "--on", "2027-03-01", "--until", "2027-03-30")
    last_day = d.file("elsevier", "access", "--law", "eu-gdpr", "--for", alias)
    equal(stopped(last_day), None)
    move_to("2027-03-31 22:30")  # the 31st in Honolulu
    wait_for(lambda: stopped(last_day) == "2027-03-31", "what it covered has lost it")
    d.dsr("amend", last_day, "--right", "portability")  # which it covered when it was sent
    d.sql("update dsr.library set zone = 'Pacific/Auckland'")
    move_to("2027-04-01 20:00")  # the 2nd in Auckland, the 1st in Amsterdam
    d.dsr("authority", "add", alias, "--form", "signed", "--on", "today")
    first_day = d.file("elsevier", "correction", "--law", "eu-gdpr", "--for", alias)
    equal(d.http("GET", "/v1/requests/" + first_day).json["received"], "2027-04-01")
    move_to("2027-04-02 20:00")
    d.dsr("amend", first_day, "--right", "restrict_object")
    d.dsr("amend", first_day, "--sent", "2027-03-31", status=4)  # before it
    contains(d.errors, "No authority of the patron on record")


run_cases()
