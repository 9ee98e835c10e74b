#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Living law: files that differ from what is in force, what they would move, and moving it; local days; the catalogue's commands."""
import json
import os
import signal
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "harness"))
from dsrd import Dsrd, case, contains, days_ago, equal, lacks, run_cases, wait_for  # noqa: E402

d = Dsrd()
LAWS, CALENDARS = d.settings["paths"]["laws"], d.settings["paths"]["calendars"]


def edit(path, before, after):
    with open(path) as file:
        text = file.read()
    contains(text, before)
    with open(path, "w") as file:
        file.write(text.replace(before, after, 1))


def clock(ref, name="respond"):
    return next(c for c in d.dsr_json("status", ref)["clocks"] if c["clock"] == name)


# Indiana's days are counted plainly: no weekend of the day this runs on moves them.
indiana = d.file("oclc", "access", "--law", "us-in-icdpa", "--residence", "US-IN", "--sent", days_ago(3))
done = d.file("oclc", "deletion", "--law", "us-in-icdpa", "--sent", days_ago(3), "--anyway")
d.dsr("close", done, "fulfilled")
gdpr = d.file("elsevier", "access", "--law", "eu-gdpr", "--sent", days_ago(3))
INDIANA = os.path.join(LAWS, "us-in-icdpa.conf")


@case
def with_the_files_in_force_nothing_would_move():
    contains(d.dsr("law", "diff"), "are those in force")


@case
def a_changed_figure_shows_the_dates_it_would_move_and_moves_none():
    before = clock(indiana)
    edit(INDIANA, "n = 45;", "n = 44;")
    edit(INDIANA, "n = 90;", "n = 89;")
    text = d.dsr("law", "diff")
    contains(text, "law us-in-icdpa: changed", indiana, before["due"], days_ago(3 - 44), "`dsr law apply`")
    lacks(text, gdpr, done)
    moves = d.dsr_json("law", "diff")
    equal([i["ref"] for i in moves["items"]], [indiana])
    equal({m["clock"]: (m["was"]["due"], m["becomes"]["due"]) for m in moves["items"][0]["moves"]}, {"respond": (days_ago(3 - 45), days_ago(3 - 44))})
    contains(d.dsr("law", "diff", "--csv"), "ref,law,right,clock,was,becomes")
    equal(clock(indiana), before)


@case
def until_they_are_applied_the_daemon_goes_on_with_the_laws_it_knows():
    ref = d.file("oclc", "correction", "--law", "us-in-icdpa", "--sent", days_ago(3), "--anyway")
    equal(clock(ref)["due"], days_ago(3 - 45))
    d.dsr("abandon", ref)


@case
def a_daemon_started_with_files_not_in_force_answers_but_writes_nothing():
    d.stop()
    d.start()
    contains(d.read_log(), "the laws in the files differ")
    d.dsr("file", "oclc", "access", "--law", "voluntary", status=4)
    contains(d.errors, "dsr law apply")
    contains(d.dsr("status"), indiana)
    contains(d.dsr("law", "diff"), indiana)


@case
def applying_moves_open_requests_with_an_event_and_their_reminders_and_leaves_closed_ones():
    before = d.dsr_json("show", done)["clocks"]
    contains(d.dsr("law", "apply"), indiana, "1 open request moved")
    equal(clock(indiana)["due"], days_ago(3 - 44))
    text = d.dsr("show", indiana)
    contains(text, "law changed", f'respond: "{days_ago(3 - 44)}", was "{days_ago(3 - 45)}"')
    event = next(e for e in d.dsr_json("show", indiana)["events"] if e["event"] == "law_changed")
    equal((event["detail"]["law"], len(event["detail"]["version"])), ("us-in-icdpa", 64))
    equal(d.sql(f"select distinct on_date from dsr.reminder m join dsr.request r on r.id = m.request_id where r.ref = '{indiana}' and m.state = 'planned'"), days_ago(3 - 45))
    equal(d.dsr_json("show", done)["clocks"], before)
    equal(len([e for e in d.dsr_json("show", gdpr)["events"] if e["event"] == "law_changed"]), 0)
    d.dsr("file", "oclc", "access", "--law", "voluntary", "--anyway")
    contains(d.dsr("law", "diff"), "are those in force")


@case
def applying_again_changes_nothing():
    version = d.dsr_json("status", indiana)["request"]["version"]
    contains(d.dsr("law", "apply"), "0 open requests moved")
    equal(d.dsr_json("status", indiana)["request"]["version"], version)


@case
def a_write_by_other_laws_is_refused_by_the_database():
    d.sql("update dsr.catalogue set hash = repeat('0', 64)")  # as if another host had applied newer ones
    d.dsr("file", "oclc", "access", "--law", "voluntary", "--anyway", status=4)
    contains(d.errors, "not those in force", "dsr law diff")
    d.dsr("log", indiana, "acknowledged", status=4)
    d.dsr("law", "apply")
    d.dsr("log", indiana, "acknowledged")


@case
def a_reload_takes_files_that_another_host_has_put_in_force():
    text = open(INDIANA).read()
    edit(INDIANA, "n = 44;", "n = 43;")
    edit(INDIANA, "length = 45", "length = 46")
    d.process.send_signal(signal.SIGHUP)
    wait_for(lambda: "reload: the law files are changed" in d.read_log(), "the files are noticed")
    d.sql(f"update dsr.catalogue set hash = '{d.dsr_json('law', 'diff')['files']}'")
    d.process.send_signal(signal.SIGHUP)
    wait_for(lambda: "reload: the laws in the files are those in force" in d.read_log(), "the files are taken")
    d.dsr("log", indiana, "note", "--note", "counted by the new files")
    with open(INDIANA, "w") as file:
        file.write(text)
    d.dsr("law", "apply")


@case
def a_local_day_moves_the_dates_it_touches():
    due = clock(gdpr)["due"]
    calendar = d.dsr_json("show", gdpr)["calendar"]
    local = os.path.join(CALENDARS, "local.conf")
    edit(local, "days = ( );", f'days = ( {{ calendar = "{calendar}"; on = "{due}"; name = "Day of the test"; }} );')
    contains(d.dsr("law", "check"), "50 laws")
    contains(d.dsr("law", "diff"), f"calendar {calendar}: changed", gdpr, due)
    d.dsr("law", "apply")
    equal(clock(gdpr)["due"] > due, True)
    contains(d.dsr("explain", gdpr), "Day of the test")


@case
def local_days_are_checked():
    local = os.path.join(CALENDARS, "local.conf")
    with open(local) as file:
        good = file.read()
    for text, words in (('days = ( { calendar = "mars"; on = "2026-01-01"; name = "x"; } );', 'no calendar "mars"'),
                        ('days = ( { calendar = "nl"; on = "2026-12-25"; name = "x"; } );', "day off in the calendar nl already"),
                        ('days = ( { calendar = "nl"; on = "soon"; name = "x"; } );', "local.conf:1")):
        with open(local, "w") as file:
            file.write(text)
        d.dsr("law", "check", status=2)
        contains(d.errors, words)
    with open(local, "w") as file:
        file.write(good)


@case
def a_day_moved_by_a_holiday_is_no_surer_than_its_calendar():
    contains(d.dsr("due", "us-ut-ucpa", "access", "2026-06-09"), "~2026-07-27", "Pioneer Day")
    lacks(d.dsr("due", "us-ut-ucpa", "access", "2026-06-10"), "~")  # 25 July 2026, a Saturday: no holiday moves it
    contains(d.dsr("due", "us-mt-mtcdpa", "access", "2026-09-30"), "2026-11-14 to 2026-11-16", "leaves open whether such a last day moves on")


@case
def a_counting_rule_is_checked():
    path = os.path.join(d.folder, "counting.conf")
    rule = 'id = "x"; cite = "y"; confidence = "sure"; '
    for text, words in (('roll = [ "sunday" ]; latest_roll = [ "saturday" ];', "must hold all that `roll` holds"),
                        ('roll = [ ]; latest_roll = [ "friday" ];', "latest_roll: \"friday\" is not known"),
                        ('roll = [ ]; latest_roll = [ "holiday" ];', "holidays need a `calendar`"),
                        ('roll = [ ]; sources = ( { where = "a page"; } );', "must say whether the text itself was read"),
                        ('roll = [ ]; sources = ( { where = "a page"; seen = false; } );', "what nobody has read cannot be sure"),
                        ('roll = [ ]; sources = ( { seen = true; } );', "where")):
        with open(path, "w") as file:
            file.write(f"counting = ( {{ {rule}{text} }} );")
        d.dsr("law", "check", path, status=2)
        contains(d.errors, "counting.conf:", words)


@case
def a_law_that_cannot_count_a_request_leaves_it_and_says_so():
    text = open(INDIANA).read()
    edit(INDIANA, '{ id = "access"; cite = "IC 24-15-3-1(b)(1); may be a representative summary"; },', "")
    edit(INDIANA, 'rights = [ "access", "portability" ]', 'rights = [ "portability" ]')
    contains(d.dsr("law", "diff"), indiana, "has no right")
    due = clock(indiana)["due"]
    d.dsr("law", "apply")
    equal(clock(indiana)["due"], due)
    with open(INDIANA, "w") as file:
        file.write(text)
    d.dsr("law", "apply")


@case
def a_calendar_that_ends_soon_warns_those_who_can_mend_it():
    name = d.dsr_json("show", gdpr)["calendar"]
    path = os.path.join(CALENDARS, name + ".conf")
    edit(path, "holidays = (", f'holidays = (\n    {{ name = "Yearly day"; rule = "table"; dates = [ "{days_ago(800)}", "{days_ago(400)}" ]; }},')
    lacks(d.dsr("status"), "knows its yearly days")
    d.dsr("law", "apply")
    contains(wait_for(lambda: "knows its yearly days" in d.dsr("status") and d.dsr("status"), "the warning"), f"The calendar {name} knows its yearly days only until {days_ago(400)[:4]}-12-31")
    equal([w["calendar"] for w in d.dsr_json("status")["calendars"]], [name])
    contains(d.read_log(), f"the calendar {name} knows its yearly days only until")
    contains(d.http("GET", "/metrics").body.decode(), f'dsrd_calendar_days_left{{calendar="{name}"}} ', "dsrd_laws_read_only 0", 'dsrd_mail_messages{state="queued"}')
    result = d.dsr("due", "eu-gdpr", "access", days_ago(-500), "--calendar", name)
    contains(result, "knows its yearly", "~")


@case
def only_an_operator_applies_laws():
    d.sql("update dsr.account set roles = array['staff']")
    d.stop()
    d.start(more={})
    d.sql("update dsr.account set roles = array['staff']")
    d.dsr("law", "diff", status=3)
    d.dsr("law", "apply", status=3)


@case
def a_law_is_shown_with_all_it_says():
    text = d.dsr("law", "show", "us-mt-mtcdpa")
    contains(text, "Montana Consumer Data Privacy Act", "45 days from received", "appeal answer: 60 days", "What was read, and where", "statute_text")
    document = d.dsr_json("law", "show", "us-mt-mtcdpa")
    equal(document["rights"][0]["id"], "access")
    equal(len(document["readings"]) > 5, True)
    contains(d.dsr("law", "show", "us-mt-mtcdpa", "--file"), "SPDX-License-Identifier")
    rows = d.dsr_json("law", "list")
    equal(len(rows), 50)
    contains(d.dsr("law", "list", env={"COLUMNS": "200"}), "~ ", "from 2028-01-01")


@case
def a_file_is_checked_before_it_is_used():
    contains(d.dsr("law", "check", INDIANA), "is good: a law")
    contains(d.dsr("law", "check", os.path.join(CALENDARS, "nz.conf")), "is good: a calendar")
    contains(d.dsr("law", "check", os.path.join(LAWS, "counting.conf")), "is good: counting rules")
    path = os.path.join(d.folder, "new.conf")
    with open(path, "w") as file:
        file.write(open(INDIANA).read().replace("length = 45", "length = 30") if "length = 45" in open(INDIANA).read() else "law = { id = 5; };")
    d.dsr("law", "check", path, status=2)
    contains(d.errors, "new.conf:")


@case
def a_figure_that_nobody_read_is_not_sure():
    with open(INDIANA) as file:
        law = file.read()
    contains(law, 'confidence = "sure"; seen = true;')
    path = os.path.join(d.folder, "new.conf")
    for confidence, status in (("likely", 0), ("sure", 2)):
        with open(path, "w") as file:
            file.write(law.replace('confidence = "sure"; seen = true;', f'confidence = "{confidence}"; seen = false;', 1))
        d.dsr("law", "check", path, status=status)
    contains(d.errors, "confidence", "a figure nobody has read cannot be sure", "likely")


run_cases()
