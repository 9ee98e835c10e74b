#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What staff do for a patron without an account: hand over everything held, and erase it but for what must stay."""
import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "harness"))
from dsrd import Dsrd, case, contains, days_ago, equal, lacks, run_cases, wait_for  # noqa: E402

d = Dsrd()
ACCESS = ["access", "--law", "eu-gdpr"]
NAME, ADDRESS, NOTE = "Wanda Walkin", "wanda@walkin.example", "asked at the desk about Kafka"
wanda = d.dsr("subject", "add", "--residence", "NL", "--name", NAME, "--email", ADDRESS).strip()
other = d.dsr("subject", "add", "--residence", "BE", "--name", "Otto Other").strip()
d.dsr("authority", "add", wanda, "--form", "signed", "--on", "today")
late = d.file("elsevier", *ACCESS, "--for", wanda, "--sent", days_ago(100), "--note", NOTE)
refs = [late] + [d.file(vendor, *ACCESS, "--for", wanda) for vendor in ("oclc", "kanopy")]
theirs = d.file("oclc", *ACCESS, "--for", other)
d.dsr("log", late, "note", "--note", "to be undone")
d.dsr("undo", late, "note", "--reason", "a slip")
d.http("POST", "/v1/mail/tests", {"address": ADDRESS})
wait_for(lambda: len(d.mails()) >= 2, "a reminder to the owner, and a test mail to Wanda")


def as_roles(*roles):
    d.sql(f"update dsr.account set roles = '{{{','.join(roles)}}}' where uid_hash is not null")
    wait_for(lambda: d.http("GET", "/v1/me").json.get("roles") == ",".join(roles), "the roles hold")


def exported(alias):
    document = json.loads(d.dsr("subject", "export", alias))
    kinds = {item["kind"] for item in document["items"]}
    return {kind: [item["data"] for item in document["items"] if item["kind"] == kind] for kind in kinds}


def audited(act):
    return [json.loads(line) for line in d.sql("select jsonb_build_object('target', target, 'detail', detail, 'by', account_id is not null) "
                                               f"from dsr.audit where act = '{act}' order by seq").splitlines()]


@case
def staff_export_everything_for_a_person_without_an_account():
    got = exported(wanda)
    person = got["person"][0]
    equal((person["account"], person["subject"]["name"], person["subject"]["email"], person["subject"]["alias"]), (None, NAME, ADDRESS, wanda))
    equal(sorted(r["request"]["ref"] for r in got["request"]), sorted(refs))
    record = next(r for r in got["request"] if r["request"]["ref"] == late)
    contains(json.dumps(record), NOTE, "a slip", NAME)
    equal((got["authority"][0]["form"], len(got["request"]), record["explanation"] is not None), ("signed", 3, True))
    contains(json.dumps(got["audit"]), "authority_add")
    # It is as that person would see it: nobody else's, no names of staff, nothing sealed.
    lacks(json.dumps(got), "Otto", theirs, other, d.owner_name, d.owner_email, '"sealed"')
    equal(audited("subject_export")[0], {"target": wanda, "detail": {}, "by": True})
    lacks(d.sql("select string_agg(a::text, ' ') from dsr.audit a"), NAME, ADDRESS)


@case
def page_by_page_it_is_the_same_and_every_page_is_audited():
    whole, pages, before, cursor = json.loads(d.dsr("subject", "export", wanda))["items"], [], len(audited("subject_export")), ""
    while cursor is not None:
        page = d.http("GET", f"/v1/subjects/{wanda}/export?limit=2{cursor}").json
        equal(len(page["items"]) <= 2, True)
        pages += page["items"]
        cursor = page["next"] and "&cursor=" + page["next"]
        equal(len(pages) < 200, True, "it ends")
    equal([i for i in pages if i["kind"] != "audit"], [i for i in whole if i["kind"] != "audit"])
    equal(len(audited("subject_export")) - before >= len(whole) // 2, True)
    equal(d.http("GET", f"/v1/subjects/{wanda}/export?cursor=zz").status, 422)


@case
def what_cannot_be_is_refused_with_a_sentence():
    d.dsr("subject", "erase", wanda, status=2)
    contains(d.errors, "--reason patron_asked")
    d.dsr("subject", "erase", wanda, "--yes", "--reason", f"{NAME} asked", status=2)
    contains(d.errors, "reason must be one of: patron_asked")
    d.dsr("subject", "erase", wanda, "--reason", "patron_asked", input="no-body\n", status=4)
    contains(d.errors, "Nothing is erased", wanda)
    for command in (("export", "no-body"), ("erase", "no-body", "--yes", "--reason", "other")):
        d.dsr("subject", *command, status=1)
        contains(d.errors, "There is no subject no-body")
    mine = d.dsr_json("file", "oclc", *ACCESS, "--residence", "NL")["request"]["subject"]
    for command, own in ((("export", mine), "dsr me export"), (("erase", mine, "--yes", "--reason", "other"), "dsr me erase")):
        d.dsr("subject", *command, status=4)
        contains(d.errors, f"{mine} has an account here", own)
    for role in ("patron", "manager", "officer", "operator"):
        as_roles(role)
        d.dsr("subject", "export", wanda, status=3)
        d.dsr("subject", "erase", wanda, "--yes", "--reason", "other", status=3)
    as_roles("patron", "staff", "manager", "officer", "operator")
    equal(d.sql(f"select count(*) from dsr.request r join dsr.subject s on s.id = r.subject_id where alias = '{wanda}'"), "3")


@case
def erasing_takes_what_may_go_and_says_what_stays_and_why():
    hold = d.dsr_json("hold", "add", refs[2], "--reason", "a subpoena", "--until", days_ago(-20))["id"]
    for ref in refs[1:]:
        d.dsr("abandon", ref)
    counted = d.dsr_json("report", "vendors")
    said = d.dsr("subject", "erase", wanda, "--reason", "patron_asked", input=wanda + "\n")
    contains(said, "Erased: 1 requests", f"request {late} is open", f"the person as a subject, {wanda} stays as long as",
             f"request {refs[2]} is held by order of the privacy officer, until {days_ago(-20)}", "the audit log keeps")
    lacks(said, "account", "your")
    equal(d.dsr_json("report", "vendors"), counted)  # how vendors answered is not the patron's
    d.dsr("show", refs[1], status=1)
    d.dsr("show", late)
    d.dsr("abandon", late)
    d.dsr("hold", "release", hold)
    gone = json.loads(d.dsr("subject", "erase", wanda, "--reason", "guardian_asked", "--yes", "--json"))
    equal((gone["erased"]["person"], [item["what"] for item in gone["stays"]]), (True, ["audit"]))
    equal(d.sql(f"select count(*) from dsr.subject where alias = '{wanda}'"), "0")
    equal(d.sql("select count(*) from dsr.message where address_hash not in (select email_hash from dsr.account where email_hash is not null)"), "0")
    d.dsr("subject", "export", wanda, status=1)
    d.dsr("show", theirs)  # nobody else's
    equal([(entry["target"], entry["detail"]) for entry in audited("subject_erase")],
          [(wanda, {"reason": "patron_asked", "requests": 1, "stays": 3}), (wanda, {"reason": "guardian_asked", "requests": 2, "stays": 0})])
    lacks(d.sql("select string_agg(a::text, ' ') from dsr.audit a") + d.read_log(), NAME, ADDRESS)


@case
def of_a_person_whose_account_is_closed_staff_see_to_it():
    pat = d.dsr_json("account", "add", "--uid", "7399", "--role", "patron", "--name", "Pat Closed", "--email", "pat@closed.example")["account"]
    d.sql(f"update dsr.account set subject_id = (select id from dsr.subject where alias = '{other}') where id = '{pat}'")
    d.dsr("subject", "export", other, status=4)
    d.dsr("account", "set", "7399", "--disable")
    equal(exported(other)["person"][0]["account"]["name"], "Pat Closed")
    d.dsr("abandon", theirs)
    contains(d.dsr("subject", "erase", other, "--yes", "--reason", "patron_asked"), "and the person as a subject", "account is closed, and stays")
    equal(d.sql(f"select count(*) from dsr.account where id = '{pat}' and subject_id is null"), "1")


run_cases()
