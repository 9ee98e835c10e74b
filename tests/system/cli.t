#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""dsr against a real dsrd: what people type and what they see."""
import csv
import io
import json
import os
import pty
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "harness"))
from dsrd import Dsrd, case, contains, days_ago, equal, lacks, run_cases  # noqa: E402

d = Dsrd()


@case
def the_first_own_request_asks_for_a_residence():
    d.dsr("file", "kanopy", "third_party_list", "--law", "us-ca-stl", status=2)
    contains(d.errors, "--residence")
    out = d.dsr("file", "kanopy", "third_party_list", "--law", "us-ca-stl", "--residence", "US-CA", "--sent", "2026-11-02")
    contains(out, "Recorded: R-", "Kanopy, Inc.", "third party list", "Shine the Light", "2026-12-02")


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
    contains(d.errors, "2 times in 12 months")


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
    contains(d.dsr("status", ref), "2026-11-21", "not a legal deadline")


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
            d.http("POST", "/v1/requests", {"vendor": vendor, "right": "deletion", "law": "us-va-vcdpa", "subject": alias,
                                            "sent": f"2026-10-{day:02d}", "anyway": True})
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
    d.dsr("account", "add", "--uid", "4242", "--role", "patron", "--name", "=HYPERLINK(1)", "--email", "p@example.org")
    names = {row["name"] for row in csv.DictReader(io.StringIO(d.dsr("account", "list", "--csv")))}
    contains(names, "'=HYPERLINK(1)")


@case
def a_name_is_shown_where_it_belongs_and_lists_show_aliases():
    alias = d.dsr("subject", "add", "--residence", "US-CA", "--name", "Zoë Patron", "--email", "zoe@example.org").strip()
    contains(d.dsr("subject", "add", "--residence", "US-CA", "--email", "ZOE@example.org"), alias, "already there")
    ref = d.file("oclc", "access", "--law", "voluntary", "--for", alias)
    lacks(d.dsr("list"), "Zoë")
    lacks(d.dsr("subject", "list"), "Zoë")
    contains(d.dsr("show", ref), "Zoë Patron")


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
    contains(d.errors, "row 4: There is no vendor", "row 5: 2099-03-02 lies in the future")
    equal(len(d.dsr_json("list")), before + 2)
    contains(d.dsr("import", path, status=4), "0 recorded, 2 known already, 2 refused")
    equal(len(d.dsr_json("list")), before + 2)
    closed = [row for row in d.dsr_json("list", "--state", "closed") if row["sent"] == "2026-02-02"]
    equal(closed[0]["outcome"], "fulfilled")
    report = json.loads(d.dsr("report", "vendors", "--quarter", "2026Q1", "--json"))
    elsevier = next(row for row in report["rows"] if row["vendor"] == "elsevier")
    equal(elsevier["median_days_to_answer"] is not None, True)


@case
def reports_count_open_ones_too():
    out = d.dsr("report", "vendors")
    contains(out, "VENDOR", "ASKED", "DAYS TO CONFIRM", "DAYS TO ANSWER", "N")
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


def on_terminal(env=None):
    master, slave = pty.openpty()
    process = subprocess.Popen([os.path.join(d.program, "dsr"), "status"], stdout=slave, env=d.environment(env))
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
    lacks(on_terminal({"NO_COLOR": "1"}), "\033[")


run_cases()
