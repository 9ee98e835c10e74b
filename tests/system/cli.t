#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""dsr against a real dsrd: what people type and what they see."""
import csv
import datetime
import fcntl
import io
import json
import os
import pty
import re
import socket
import struct
import subprocess
import sys
import termios

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "harness"))
from dsrd import Dsrd, case, contains, days_ago, equal, lacks, run_cases, wait_for  # noqa: E402

d = Dsrd()


@case
def the_first_own_request_asks_for_a_residence():
    for dry in ([], ["--dry-run"]):  # which promises nothing that would be refused
        d.dsr("file", "kanopy", "third_party_list", "--law", "us-ca-stl", *dry, status=2)
        contains(d.errors, "--residence")
    rows = ["vendor,right,law,sent,residence,email\n", "oclc,access,voluntary,2026-05-05,,\n", "oclc,access,voluntary,2026-05-06,NL,\n", "oclc,access,voluntary,2026-05-07,,\n"]
    contains(d.dsr("import", write_csv("own.csv", "".join(rows)), "--dry-run", "--anyway", status=4), "2 would be recorded, 0 known already, 1 refused")
    contains(d.errors, "row 2: The row names nobody", "fill in residence", "subject, or name or email with residence")
    d.dsr("import", write_csv("own.csv", rows[0] + rows[1]), status=4)
    contains(d.errors, "row 2: The row names nobody")
    out = d.dsr("file", "kanopy", "third_party_list", "--law", "us-ca-stl", "--residence", "US-CA", "--sent", "2026-11-02")
    contains(out, "Recorded: R-", "Kanopy, Inc.", "list of third parties", "Shine the Light", "2026-12-02")
    for dry in (["--dry-run"], []):
        d.dsr("file", "proquest", "portability", "--law", "voluntary", "--residence", "NL", *dry)
        contains(d.errors, "dsr: note: The residence recorded is US-CA, which counts here")
    lacks(d.dsr("file", "proquest", "portability", "--law", "voluntary", "--residence", "us-ca", "--dry-run") + d.errors, "counts here")
    d.dsr("file", "oclc", "correction", "--law", "voluntary", "--draft", "--sent", "yesterday", status=2)
    contains(d.errors, "A draft is not sent yet")


@case
def vendors_match_by_slug_name_and_brand_in_any_case_and_near_misses_are_named():
    for name in ("CENGAGE", "Cengage Learning, Inc.", "gale"):
        contains(d.dsr("vendor", "show", name), "cengage  Cengage Learning, Inc.")
    d.dsr("vendor", "show", "Kanpy", status=1)
    contains(d.errors, "Did you mean: kanopy?")


@case
def kanopy_once_a_calendar_year_needs_anyway():
    d.dsr("file", "kanopy", "third_party_list", "--law", "us-ca-stl", "--sent", "2026-11-03", status=4)
    contains(d.errors, "calendar year", "2027-01-01", "--anyway")
    ref = d.file("kanopy", "third_party_list", "--law", "us-ca-stl", "--sent", "2026-11-03", "--anyway")
    contains(d.dsr("show", ref), "recorded despite a warning")


@case
def the_third_access_request_in_twelve_months_under_the_ccpa_needs_anyway():
    alias = d.dsr("subject", "add", "--residence", "US-CA").strip()
    for day in ("2026-01-10", "2026-05-10"):
        d.file("lexisnexis", "access", "--law", "us-ca-ccpa", "--for", alias, "--sent", day)
    d.dsr("file", "lexisnexis", "access", "--law", "us-ca-ccpa", "--for", alias, "--sent", "2026-11-10", status=4)
    contains(d.errors, "twice in 12 months")


@case
def deletion_while_access_is_open_is_warned_of():
    alias = d.dsr("subject", "add", "--residence", "NL").strip()
    ref = d.file("elsevier", "access", "--law", "eu-gdpr", "--for", alias, "--sent", "2026-11-01")
    d.dsr("file", "elsevier", "deletion", "--law", "eu-gdpr", "--for", alias, status=4)
    contains(d.errors, ref, "still open")
    d.dsr("close", ref, "fulfilled")
    d.dsr("file", "elsevier", "deletion", "--law", "eu-gdpr", "--for", alias)


@case
def an_overdue_request_is_shown_explained_answered_undone_and_closed():
    alias = d.dsr("subject", "add", "--residence", "DE").strip()
    ref = d.file("elsevier", "access", "--law", "eu-gdpr", "--for", alias, "--sent", "2026-01-31", "--received", "2026-01-31")
    contains(d.dsr("status"), "Overdue:", ref)
    # 31 January and one month: there is no 31 February; the 28th is a Saturday, so Monday, 2 March.
    contains(d.dsr("explain", ref), "2026-03-02", "Sat 28 Feb 2026", "[art. 12(3)", "Regulation (EEC, Euratom) No 1182/71", "Complaints go to:")
    contains(d.dsr("status", ref), "overdue: due 2026-03-02", f"dsr log {ref} answered")
    contains(d.dsr("log", ref, "answered", "--on", "2026-03-10", "--note", "a CD by post"), "answer to check")
    contains(d.dsr("undo", ref, "answered", "--reason", "another vendor"), "overdue")
    contains(d.dsr("show", ref), "answered, by me  [undone: another vendor]", "a CD by post")
    d.dsr("close", ref, "denied", status=2)
    contains(d.errors, "reason is missing", "no_match")
    contains(d.dsr("close", ref, "denied", "--reason", "no_match"), "closed: denied")
    d.dsr("log", ref, "acknowledged", status=4)
    contains(d.errors, "closed", "dsr reopen")
    contains(d.dsr("reopen", ref), "overdue")
    contains(d.dsr("abandon", ref), "closed: abandoned")


@case
def events_before_sending_or_in_the_future_are_refused():
    ref = d.file("oclc", "deletion", "--law", "voluntary", "--sent", "2026-11-01", "--days", "20")
    d.dsr("log", ref, "answered", "--on", "2026-10-31", status=2)
    contains(d.errors, "before the request was sent (2026-11-01)")
    d.dsr("log", ref, "answered", "--on", "2099-01-01", status=2)
    contains(d.errors, "future")
    d.dsr("log", ref, "fee_paid", status=4)
    contains(d.errors, "fee_requested first")
    d.dsr("log", ref, "eaten", status=2)
    contains(d.errors, "There is no event eaten")
    d.dsr("log", ref, "answred", status=2)
    contains(d.errors, "Did you mean answered?")
    d.dsr("log", ref, "closed", status=2)
    contains(d.errors, f"dsr close {ref} OUTCOME")
    d.dsr("log", ref, "note", status=2)
    contains(d.errors, "The note has no text (--note TEXT)")
    contains(d.dsr("log", ref, "note", "--note", "asked by phone"), "note on")
    contains(d.dsr("status", ref), "2026-11-21", "not a legal deadline")
    d.dsr("file", "oclc", "access", "--law", "eu-gdpr", "--days", "20", status=2)
    contains(d.errors, "only under voluntary")


@case
def amend_keeps_the_old_values():
    ref = d.file("cengage", "deletion", "--law", "us-ca-ccpa", "--sent", "2026-11-10", "--anyway")
    before = d.dsr_json("status", ref)["request"]
    contains(d.dsr("amend", ref, "--law", "us-va-vcdpa", "--sent", "2026-11-09"), "VCDPA")
    after = d.dsr_json("status", ref)["request"]
    equal((before["sent"], after["sent"]), ("2026-11-10", "2026-11-09"))
    equal(after["due"], "2026-12-29")  # by letter, which is assumed to travel five days
    contains(d.dsr("show", ref), 'law: "us-va-vcdpa", was "us-ca-ccpa"', 'sent: "2026-11-09", was "2026-11-10"')
    d.dsr("amend", ref, "--law", "us-va-vcdpa", status=2)
    contains(d.errors, "Nothing would change")
    d.dsr("amend", ref, "--days", "5", status=2)
    contains(d.errors, "The days (--days) of the VCDPA are in the law")


@case
def a_draft_has_no_dates_until_it_is_sent():
    ref = d.file("thomson-reuters", "access", "--law", "us-ca-ccpa", "--draft")
    contains(d.dsr("status"), "Drafts, not sent yet: 1")
    contains(d.dsr("explain", ref), "no dates yet")
    contains(d.dsr("log", ref, "sent"), "the vendor has until")


@case
def the_list_is_filtered_sorted_and_paged_to_the_end():
    alias = d.dsr("subject", "add", "--residence", "US-VA").strip()
    for day in range(1, 29):
        for vendor in ("proquest", "exlibris", "orangeboy", "linkedin-learning", "oclc", "overdrive", "cengage", "lexisnexis"):
            reply = d.http("POST", "/v1/requests", {"vendor": vendor, "right": "deletion", "law": "us-va-vcdpa", "subject": alias,
                                                    "sent": f"2026-10-{day:02d}", "anyway": True})
            equal(reply.status, 201, reply.body)
    rows = d.dsr_json("list", "--subject", alias)
    equal(len(rows), 28 * 8)
    equal(len({row["ref"] for row in rows}), 28 * 8)
    equal([row["due"] for row in rows], sorted(row["due"] for row in rows))
    equal(len(d.dsr_json("list", "--subject", alias, "--vendor", "proquest")), 28)
    equal(len(d.dsr_json("list", "--subject", alias, "--limit", "5")), 5)
    newest = [row["sent"] for row in d.dsr_json("list", "--subject", alias, "--sort", "-sent")]
    equal(newest, sorted(newest, reverse=True))
    equal({row["status"] for row in d.dsr_json("overdue", "--subject", alias)}, {"overdue"} if d.dsr_json("overdue", "--subject", alias) else set())
    d.dsr("list", "--sort", "beauty", status=2)
    contains(d.errors, "sort must be one of")


@case
def what_is_overdue_is_sorted_as_asked():
    alias = d.dsr("subject", "add", "--residence", "FR").strip()
    for vendor, day in (("proquest", "2026-01-07"), ("cengage", "2026-01-09"), ("oclc", "2026-01-08")):
        d.file(vendor, "access", "--law", "eu-gdpr", "--for", alias, "--sent", day)
    for sort, vendors in (("due", ["proquest", "oclc", "cengage"]), ("-due", ["cengage", "oclc", "proquest"]), ("vendor", ["cengage", "oclc", "proquest"]),
                          ("-sent", ["cengage", "oclc", "proquest"])):
        equal([row["vendor"] for row in d.dsr_json("overdue", "--subject", alias, "--sort", sort)], vendors, sort)
        equal([row["vendor"] for row in d.dsr_json("list", "--overdue", "--subject", alias, "--sort", sort)], vendors, sort)


@case
def what_has_no_day_is_not_due_today():
    ref = d.file("oclc", "access", "--law", "voluntary", "--draft")
    equal([row["days"] for row in d.dsr_json("list", "--state", "draft") if row["ref"] == ref], [None])
    lacks(next(line for line in d.dsr("list", "--state", "draft").splitlines() if ref in line), "today")


@case
def a_residence_is_written_as_the_record_has_it():
    for wrong in ("Mars", "U", "US-", "US-CALI", "1A"):
        d.dsr("subject", "add", "--residence", wrong, status=2)
        contains(d.errors, f'The residence "{wrong}" is not written like one', "US-CA")
    alias = d.dsr("subject", "add", "--residence", "us-ca").strip()
    equal([row["residence"] for row in d.dsr_json("subject", "list") if row["alias"] == alias], ["US-CA"])


@case
def after_each_change_one_knows_what_happened_and_what_comes_next():
    alias = d.dsr("subject", "add", "--residence", "NL").strip()
    out = d.dsr("file", "elsevier", "access", "--law", "eu-gdpr", "--for", alias, "--sent", days_ago(3))
    ref = out.split("Recorded: ")[1].split()[0]
    contains(out, "sent on " + days_ago(3), f"Next: wait; when the vendor answers, type  dsr log {ref} answered")
    contains(d.dsr("log", ref, "answered", "--on", days_ago(2)), "answered on " + days_ago(2), f"Next: check the answer, then type  dsr close {ref} fulfilled")
    contains(d.dsr("close", ref, "fulfilled"), f"`dsr reopen {ref}` opens it again")
    contains(d.dsr("undo", ref, "closed"), "Next: check the answer")
    d.dsr("close", ref, status=2)
    contains(d.errors, "something is missing", "REF OUTCOME", "partially_fulfilled")


@case
def overdue_check_has_an_exit_status():
    d.file("thomson-reuters", "access", "--law", "voluntary", "--sent", days_ago(1))
    equal(d.dsr("overdue", "--check", "--vendor", "thomson-reuters"), "")
    d.dsr("overdue", "--check", "--law", "uk-gdpr")
    alias = d.dsr("subject", "add", "--residence", "GB").strip()
    d.file("proquest", "access", "--law", "uk-gdpr", "--for", alias, "--sent", "2026-01-05")
    d.dsr("overdue", "--check", "--law", "uk-gdpr", status=1)


@case
def csv_is_rfc_4180_without_formulas():
    rows = list(csv.DictReader(io.StringIO(d.dsr("list", "--csv", "--limit", "3"))))
    equal(len(rows), 3)
    contains(",".join(rows[0]), "ref,vendor,vendor_name,right,law")
    d.dsr("account", "add", "--uid", "4242", "--role", "staff", "--name", "=HYPERLINK(1)", "--email", "p@example.org")
    names = {row["name"] for row in csv.DictReader(io.StringIO(d.dsr("account", "list", "--csv")))}
    contains(names, "'=HYPERLINK(1)")


@case
def a_name_is_shown_where_it_belongs_and_lists_show_aliases():
    alias = d.dsr("subject", "add", "--residence", "US-CA", "--name", "Zoë Patron", "--email", "zoe@example.org").strip()
    contains(d.dsr("subject", "add", "--residence", "US-CA", "--email", "ZOE@example.org"), alias, "already there")
    ref = d.file("oclc", "access", "--law", "voluntary", "--for", alias)
    lacks(d.dsr("list"), "Zoë")
    lacks(d.dsr("subject", "list"), "Zoë")
    lacks(d.dsr("show", ref), "Zoë")
    contains(d.dsr("subject", "show", alias, "--reason", "patron_asked"), "Zoë Patron", "zoe@example.org", "US-CA", "audit log")
    d.dsr("subject", "show", alias, status=2)
    contains(d.errors, "--reason patron_asked")
    d.dsr("subject", "show", alias, "--reason", "curious", status=2)
    contains(d.errors, "answer_to_vendor")
    d.dsr("subject", "show", "no-such", "--reason", "other", status=1)


@case
def a_person_is_corrected():
    alias = d.dsr("subject", "add", "--residence", "NL", "--name", "Wrng Nme", "--email", "wrng@example.org").strip()
    contains(d.dsr("subject", "edit", alias, "--name", "Right Name", "--email", "right@example.org", "--residence", "us-ca"), f"{alias} is corrected.")
    contains(d.dsr("subject", "show", alias, "--reason", "correction"), "Right Name", "right@example.org", "US-CA")
    contains(d.dsr("subject", "add", "--residence", "US-CA", "--email", "right@example.org"), alias, "already there")
    contains(d.dsr("subject", "edit", alias, "--email", ""), "no reminders reach them")
    lacks(d.dsr("subject", "show", alias, "--reason", "correction"), "right@example.org")
    equal(d.sql(f"select detail ->> 'changed' from dsr.audit where act = 'subject_change' and target = '{alias}' order by seq"),
          '["email", "name", "residence"]\n["email"]')
    for wrong in (["--email", "no address"], ["--residence", "Mars"], []):
        d.dsr("subject", "edit", alias, *wrong, status=2)


@case
def a_spreadsheet_is_imported_once():
    path = os.path.join(d.folder, "old.csv")
    with open(path, "w", encoding="utf-8-sig", newline="") as file:
        file.write("Vendor,Right,Law,Residence,Name,Email,Sent,Acknowledged,Answered,Outcome,Closed\r\n"
                   "elsevier,access,eu-gdpr,NL,\"Jansen, J.\",jansen@example.org,2026-02-02,2026-02-04,2026-02-20,fulfilled,2026-02-21\r\n"
                   "oclc,deletion,voluntary,NL,,jansen@example.org,2026-03-02,,,,\r\n"
                   "nobody,deletion,voluntary,NL,,jansen@example.org,2026-03-02,,,,\r\n"
                   "oclc,deletion,voluntary,NL,,jansen@example.org,2099-03-02,,,,\r\n")
    before = len(d.dsr_json("list"))
    contains(d.dsr("import", path, "--dry-run", status=4), "2 would be recorded", "2 refused")
    equal(len(d.dsr_json("list")), before)
    contains(d.dsr("import", path, status=4), "2 recorded, 0 known already, 2 refused")
    contains(d.errors, "row 4: There is no vendor", "row 5: sent: 2099-03-02 lies in the future")
    equal(len(d.dsr_json("list")), before + 2)
    contains(d.dsr("import", path, status=4), "0 recorded, 2 known already, 2 refused")
    equal(len(d.dsr_json("list")), before + 2)
    closed = [row for row in d.dsr_json("list", "--state", "closed") if row["sent"] == "2026-02-02"]
    equal(closed[0]["outcome"], "fulfilled")
    report = json.loads(d.dsr("report", "vendors", "--quarter", "2026Q1", "--json"))
    elsevier = next(row for row in report["rows"] if row["vendor"] == "elsevier")
    equal(elsevier["median_days_to_answer"] is not None, True)


def write_csv(name, text, encoding="utf-8"):
    path = os.path.join(d.folder, name)
    with open(path, "w", encoding=encoding, newline="") as file:
        file.write(text)
    return path


@case
def spreadsheets_come_with_semicolons_tabs_blank_rows_and_broken_lines():
    head = "Vendor;Right;Law;Residence;Name;Email;Sent;Note\r\n"
    path = write_csv("semicolons.csv", head + '\r\n"oclc";access;voluntary;nl;"de Wit; A.";dewit@example.org;2026-05-02;"two\r\nlines; ""both"""\r\n'
                     "nobody;access;voluntary;NL;;dewit@example.org;2026-05-02;\r\n", "utf-8-sig")
    contains(d.dsr("import", path, status=4), "1 recorded, 0 known already, 1 refused")
    contains(d.errors, "row 4: There is no vendor")  # as the spreadsheet counts: the blank row too, the broken line once
    ref = next(row["ref"] for row in d.dsr_json("list", "--vendor", "oclc") if row["sent"] == "2026-05-02")
    equal(d.dsr_json("show", ref)["events"][0]["note"], 'two\nlines; "both"')
    path = write_csv("tabs.csv", '"vendor"\t"right"\t"law"\t"sent"\t"email"\t"residence"\nkanopy\taccess\tvoluntary\t2026-05-03\ttab@example.org\tNL\n', "utf-8-sig")
    contains(d.dsr("import", path), "1 recorded")


@case
def what_the_file_as_a_whole_lacks_is_said_once():
    for text, problem in (("vendor,law,sent\nx,y,z\n", "There is no column right"), ("vendor,right,law,sent,recieved\n", "Did you mean received?"),
                          ("vendor,vendor,right,law,sent\n", "two columns vendor"), ("", "no line of headings"),
                          ("vendor,right,law,sent\noclc,access,voluntary,2026-05-05,x\n", "row 2: a field stands under no heading"),
                          ('vendor,right,law,sent\n"oclc,access\n', "row 2: a quoted field does not end")):
        d.dsr("import", write_csv("bad.csv", text), status=2)
        contains(d.errors, problem)
        equal(len(d.errors.splitlines()), 1)
    d.dsr("import", d.folder, status=2)
    contains(d.errors, "Is a directory")
    path = write_csv("more.csv", "vendor,right,law,sent,shelf,residence\noclc,access,voluntary,2026-05-05,B7,NL\n")
    d.dsr("import", path, "--dry-run", status=2)
    contains(d.errors, "--skip shelf")
    for shelf in ("shelf", "Shelf"):
        contains(d.dsr("import", path, "--dry-run", "--skip", shelf), "1 would be recorded")
    d.dsr("import", path, "--dry-run", "--skip", "shelf", "--skip", "VENDOR", status=2)
    contains(d.errors, "There is no column vendor")


@case
def a_row_is_recorded_whole_or_not_and_once_even_when_it_is_corrected():
    head = "vendor,right,law,residence,email,sent,answered,outcome,reason,closed,note\n"
    row = "proquest,correction,eu-gdpr,NL,whole@example.org,2026-05-06,2026-05-20,{},,2026-05-21,{}\n"
    before = len(d.dsr_json("list"))
    path = write_csv("whole.csv", head + row.format("fulfiled", "") + row.replace("2026-05-20", "2026-05-01").format("", ""))
    for arguments in (["--dry-run"], []):
        d.dsr("import", path, *arguments, status=4)
        contains(d.errors, "row 2: There is no outcome fulfiled", "row 3: answered: 2026-05-01 lies before the request was sent")
        equal(len(d.dsr_json("list")), before)
    contains(d.dsr("import", write_csv("whole.csv", head + row.replace(",2026-05-21", ",").format("", ""))), "1 recorded")
    contains(d.dsr("import", write_csv("whole.csv", head + row.format("fulfilled", "")), "--dry-run"), "0 would be recorded, 1 known already")
    contains(d.dsr("import", write_csv("whole.csv", head + row.format("fulfilled", ""))), "0 recorded, 1 known already")
    d.dsr("import", write_csv("whole.csv", head + row.format("fulfilled", "a note that was not there")), status=4)
    contains(d.errors, "imported before with another channel, note")
    rows = d.dsr_json("list")
    equal(len(rows), before + 1)
    equal([row["outcome"] for row in rows if row["sent"] == "2026-05-06"], ["fulfilled"])


@case
def an_import_that_is_broken_off_goes_on_where_it_was():
    path = write_csv("long.csv", "vendor,right,law,residence,email,sent,acknowledged\n" + "".join(
        f"overdrive,access,eu-gdpr,NL,long{n}@example.org,2026-05-07,2026-05-09\n" for n in range(40)))

    def count():
        return int(d.sql("select count(*) from dsr.request where sent_on = '2026-05-07'"))
    process = subprocess.Popen([os.path.join(d.program, "dsr"), "import", path], stdout=subprocess.DEVNULL, env=d.environment())
    wait_for(lambda: count() > 3, "a few rows are recorded")
    process.kill()
    process.wait()
    contains(d.dsr("import", path), "known already, 0 refused")
    equal((count(), int(d.sql("select count(*) from dsr.event e join dsr.request r on r.id = e.request_id where sent_on = '2026-05-07'"))), (40, 80))
    d.dsr("import", path, "--socket", "/nowhere", status=5)
    contains(d.errors, "row 2: dsrd does not answer", "40 rows left")
    equal(len(d.errors.splitlines()), 2)


@case
def reports_count_open_ones_too():
    out = d.dsr("report", "vendors")
    contains(out, "VENDOR", "ASKED", "CONFIRM", "ANSWER", "N", "median days")
    contains(d.dsr("report", "rights", "--quarter", "1999q1"), "Nothing was asked")
    rows = json.loads(d.dsr("report", "rights", "--json"))["rows"]
    total = sum(row["asked"] for row in rows)
    equal(total, len([row for row in d.dsr_json("list") if row["state"] != "draft"]))
    d.dsr("report", "vendors", "--quarter", "2026-4", status=2)
    contains(d.errors, "2026Q4")


@case
def what_is_not_there_is_said_so():
    d.dsr("status", "R-0000-0000", status=1)
    contains(d.errors, "R-0000-0000")
    d.dsr("stauts", status=2)
    contains(d.errors, "Did you mean status?")
    d.dsr("vendor", status=2)
    contains(d.errors, "`dsr vendor list`, `dsr vendor show`")
    d.dsr("--wrong", "list", status=2)
    contains(d.errors, "There is no option --wrong")
    d.dsr("--json", status=2)
    contains(d.errors, "which command?")
    d.dsr("file", "kanopy", status=2)
    contains(d.errors, "usage: dsr file VENDOR RIGHT --law LAW")
    d.dsr("list", "--wrong", status=2)
    contains(d.errors, "There is no option --wrong")
    d.dsr("list", "--vendr=kanopy", status=2)
    contains(d.errors, "There is no option --vendr here (did you mean --vendor?)")
    d.dsr("list", "--law", "eu-gdrp", status=1)
    contains(d.errors, "Did you mean eu-gdpr?")
    d.dsr("list", "--right", "acces", status=2)
    contains(d.errors, "right must be one of: access, deletion")
    d.dsr("list", "--subject", "amber-nobody", status=1)
    contains(d.errors, "There is no subject amber-nobody")
    d.dsr("status", "--csv", status=2)
    contains(d.errors, "--csv is for lists")
    contains(d.dsr("vendor", "list", "zzzzzz"), "No vendor is like that")
    d.dsr("status", "--socket", "/" + "x" * 200, status=2)
    contains(d.errors, "path of the socket")
    d.dsr("status", "--socket", "/nowhere", status=5)
    contains(d.errors, "does not answer on /nowhere")


@case
def what_is_known_everywhere_may_stand_before_the_command():
    equal(json.loads(d.dsr("--json", "list", "--limit", "1")), d.dsr_json("list", "--limit", "1"))
    d.dsr("--socket", "/nowhere", "--csv", "list", status=5)
    contains(d.errors, "does not answer on /nowhere")
    d.dsr("--socket=/nowhere", "vendor", "show", "oclc", status=5)
    contains(d.errors, "does not answer on /nowhere")


@case
def every_command_has_help():
    commands = [line.split("  ")[1].strip() for line in d.dsr("help").splitlines() if line.startswith("  ")]
    contains(commands, "subject add", "due", "import", "mail test")
    for command in commands:
        contains(d.dsr(*command.split(), "--help"), f"usage: dsr {command}")


def on_terminal(*arguments, env=None, width=80):
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 40, width, 0, 0))
    process = subprocess.Popen([os.path.join(d.program, "dsr"), *(arguments or ["status"])], stdout=slave, env=d.environment(dict({"TERM": "xterm"}, **(env or {}))))
    os.close(slave)
    out = b""
    try:
        while part := os.read(master, 65536):
            out += part
    except OSError:  # the other end is closed
        pass
    process.wait()
    os.close(master)
    return out.decode()


@case
def colour_is_for_terminals_only():
    lacks(d.dsr("status"), "\033[")
    contains(on_terminal(), "\033[31m", "Overdue")
    lacks(on_terminal(env={"NO_COLOR": "1"}), "\033[")
    lacks(on_terminal(env={"TERM": "dumb"}), "\033[")


@case
def tables_fit_the_terminal_and_are_whole_elsewhere():
    for width in (40, 80, 200):
        for command in (["list"], ["overdue"], ["vendor", "list"], ["law", "list"], ["mail", "list"], ["report", "vendors"], ["status"]):
            for line in on_terminal(*command, env={"NO_COLOR": "1"}, width=width).splitlines():
                if command != ["status"] or line.startswith("R-"):
                    if command == ["report", "vendors"] and not line[:1].islower():
                        continue  # the sentence below
                    if command == ["report", "vendors"] and width == 40:
                        continue  # what is left is counts
                    if command in (["mail", "list"], ["vendor", "list"], ["law", "list"]) and width == 40:
                        continue  # identifiers are not cut
                    equal(len(line.rstrip()) <= width, True, f"{command} at {width}: {line}")
    for line in on_terminal("due", "us-ca-ccpa", "access", "2026-11-23", env={"NO_COLOR": "1"}, width=60).splitlines():
        equal(len(line) <= 60 or not line.startswith("  "), True, line)
    contains(d.dsr("due", "us-ca-ccpa", "access", "2026-11-23"), "only after that is it called late. ['business day' is NOT defined")
    contains(on_terminal("overdue", width=80), "VENDOR", "RIGHT", "days late")
    contains(on_terminal("list", width=200), "FOR")
    contains(on_terminal("law", "list", width=80), "Vermont Data Privacy and Online Surveillance Act")
    contains(d.dsr("list", env={"COLUMNS": "40"}), "FOR", "LAW")


@case
def names_are_shown_in_any_locale():
    d.dsr("account", "add", "--uid", "4243", "--role", "staff", "--name", "王小明 Ängström")
    for locale in ("C", "C.UTF-8", "POSIX", "xx_XX"):
        contains(d.dsr("account", "list", env={"LC_ALL": locale}), "王小明 Ängström")


@case
def a_list_is_not_cut_in_csv():
    vendor = d.http("GET", "/v1/vendors/oclc").json
    vendor.pop("edited", None)
    vendor["brands"] = [f"A Brand with a Name that is Long, {n}" for n in range(20)]
    reply = d.http("PUT", "/v1/vendors/oclc", vendor)
    equal(reply.status, 200, reply.body)
    contains(d.dsr("vendor", "list", "oclc", "--csv"), ", ".join(vendor["brands"]))


@case
def mails_are_listed_to_the_last_page():
    before = len(d.dsr_json("mail", "list"))
    # Many of one instant, as a scan makes them.
    d.sql("insert into dsr.message (library_id, id, kind, recipient_kind, recipient_id, address_hash, day, state, created_at)"
          " select library_id, gen_random_uuid(), kind, recipient_kind, recipient_id, address_hash, day - n, 'cancelled', now()"
          " from (select * from dsr.message where kind = 'reminder' limit 1) m, generate_series(1, 450) n")
    mails = d.dsr_json("mail", "list")
    equal((len(mails), len({mail["id"] for mail in mails})), (before + 450, before + 450))
    equal(d.http("GET", "/v1/mail?cursor=x").status, 422)


@case
def today_is_not_the_future_where_the_vendor_is():
    east = Dsrd({"library": {"zone": "Pacific/Kiritimati"}}, start=False)  # never on the same day as the vendor
    path = os.path.join(east.program, "etc", "vendors", "oclc.conf")
    with open(path) as file:
        vendor = file.read()
    with open(path, "w") as file:
        file.write(re.sub(r'zone = "[^"]*"', 'zone = "Etc/GMT+12"', vendor))
    east.start()
    here = {"TZ": "Pacific/Kiritimati"}
    there = (datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(hours=12)).date().isoformat()
    out = east.dsr("file", "oclc", "access", "--law", "voluntary", "--residence", "NL", "--sent", "today", env=here)
    contains(out, "sent on " + there)
    ref = out.split("Recorded: ")[1].split()[0]
    contains(east.dsr("log", ref, "acknowledged", "--on", "today", env=here), "acknowledged on " + there)
    east.dsr("log", ref, "answered", "--on", "tomorrow", env=here, status=2)
    contains(east.errors, "lies in the future")
    east.stop()


@case
def the_socket_says_why_it_is_closed():
    if os.getuid() != 0:
        return  # needs another user
    path = os.path.join(d.folder, "closed.sock")
    with socket.socket(socket.AF_UNIX) as closed:
        closed.bind(path)
        os.chmod(path, 0o600)
        result = subprocess.run(["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", os.path.join(d.program, "dsr"), "status", "--socket", path],
                                capture_output=True, text=True, env=d.environment())
    equal(result.returncode, 3)
    contains(result.stderr, "You may not use the socket", "Permission denied")
    d.dsr("status", "--socket", "/nowhere", status=5)
    contains(d.errors, "No such file or directory")


@case
def completion_completes():
    script = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "client", "dsr.bash-completion")

    def complete(*words):
        line = f". '{script}'; COMP_WORDS=(\"$@\"); COMP_CWORD=$(($# - 1)); _dsr; printf '%s\\n' \"${{COMPREPLY[@]}}\""
        environment = d.environment()
        environment["PATH"] = d.program + ":" + environment["PATH"]
        return subprocess.run(["bash", "-c", line, "bash", *words], capture_output=True, text=True, env=environment).stdout.split()
    for words, wanted in ((["dsr", "st"], ["status"]), (["dsr", "vendor", ""], ["list", "show", "add", "edit", "confirm", "merge", "import"]), (["dsr", "--json", "vendor", "show", "kan"], ["kanopy"]),
                          (["dsr", "file", "kanopy", "third"], ["third_party_list"]), (["dsr", "file", "kanopy", "access", "--law", "eu"], ["eu-gdpr"]),
                          (["dsr", "list", "--vendor", "=", "kan"], ["kanopy"]), (["dsr", "list", "--status", "ack"], ["ack_overdue"]),
                          (["dsr", "list", "--state", "o"], ["open"]), (["dsr", "mail", "list", "--state", "in"], ["in_doubt"]),
                          (["dsr", "list", "--limit", "5", "--sor"], ["--sort"]), (["dsr", "log", "R-1", "ans"], ["answered"]),
                          (["dsr", "close", "R-1", "no"], ["no_answer"]), (["dsr", "close", "R-1", "denied", "--reason", "no"], ["no_match"]),
                          (["dsr", "due", "eu-gdpr", "acc"], ["access"]), (["dsr", "due", "eu-gdpr", "access", "today", "--event", "answ"], ["answered="]),
                          (["dsr", "help", "mail", "re"], ["retry", "resolve"]), (["dsr", "advise", "kan"], ["kanopy"]),
                          (["dsr", "advise", "kanopy", "third"], ["third_party_list"]), (["dsr", "account", "add", "--role", "st"], ["staff"]),
                          (["dsr", "homework", "sta"], ["start", "status"]), (["dsr", "homework", "--set", "stream"], ["streaming"]),
                          (["dsr", "homework", "start", "--right", "access-"], ["access-then-delete"]), (["dsr", "homework", "status", "--st"], ["--steps"]),
                          (["dsr", "homework", "list", "--js"], ["--json"])):
        equal(complete(*words), wanted, words)


run_cases()
