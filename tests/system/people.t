#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What patrons authorise, their own rights against the record, and the link that stops reminders."""
import datetime
import email
import email.policy
import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "harness"))
from dsrd import AS_ROOT, Dsrd, as_several_users, case, contains, days_ago, equal, lacks, run_cases, wait_for  # noqa: E402
from relay import Relay  # noqa: E402

WHY_NOT = as_several_users()

relay = Relay()
URL = "https://requests.library.example"
with socket.socket() as listener:
    listener.bind(("127.0.0.1", 0))
    PORT = listener.getsockname()[1]
d = Dsrd({"authority": {"required": "confirm"}, "api": {"listen": f"127.0.0.1:{PORT}"},
          "mail": {"transport": "smtp", "relay": relay.url, "backoff_s": [1], "doubt_pause_s": 1, "from": "dsrd@library.example",
                   "public_url": URL}})
TODAY = days_ago(0)
ACCESS = ["access", "--law", "eu-gdpr"]
PATRON = 7301
NOTE = "asked at the desk about Kafka"
past = iter(range(1, 1000))


def person(*more):
    return d.dsr("subject", "add", "--residence", "NL", *more).strip()


def filed(vendor, alias, *more):
    return d.file(vendor, *ACCESS, "--for", alias, *more)


def as_patron(*arguments, status=0, input=None):
    """dsr as another user of this machine."""
    result = subprocess.run(["setpriv", f"--reuid={PATRON}", f"--regid={PATRON}", "--clear-groups", os.path.join(d.program, "dsr"),
                             *arguments],
                            capture_output=True, text=True, input=input, env=d.environment(), timeout=60)
    equal(result.returncode, status, result.stdout + result.stderr)
    return result.stdout + (result.stderr if status else "")


def forget():
    """A new day: yesterday's mails do not stand in the way of today's."""
    wait_for(lambda: d.sql("select count(*) from dsr.message where state in ('queued','leased','sending','in_doubt')") == "0",
             "the outbox is empty")
    d.sql(f"update dsr.message set day = day - 100 * {next(past)} where day > current_date - 30")
    relay.mails.clear()


def parse(mail):
    return email.message_from_bytes(mail.data, policy=email.policy.default)


def mail_to(address):
    return wait_for(lambda: [m for m in relay.mails if m.recipients == [f"<{address}>"]], f"a mail to {address}")[-1]


def reminders(ref, state):
    return int(d.sql("select count(*) from dsr.reminder d join dsr.request r on r.id = d.request_id "
                     f"where r.ref = '{ref}' and d.state = '{state}'"))


def warnings(ref):
    return [w["code"] for w in d.http("GET", "/v1/requests/" + ref).json["events"][-1]["detail"]["anyway"]]


@case
def filing_for_a_patron_asks_for_its_authority_and_anyway_is_recorded():
    alias = person()
    d.dsr("file", "elsevier", *ACCESS, "--for", alias, status=4)
    contains(d.errors, "No authority of the patron on record", "dsr authority add ALIAS", "--anyway records it all the same")
    equal(d.dsr_json("list", "--subject", alias), [])
    equal(warnings(filed("elsevier", alias, "--anyway")), ["no_authority"])
    own = d.file("elsevier", *ACCESS, "--residence", "NL")  # one's own needs none
    equal(d.http("GET", "/v1/requests/" + own).json["events"][-1]["detail"], None)
    said = d.dsr("authority", "add", alias, "--form", "in_person", "--on", "yesterday", "--until", days_ago(-30))
    contains(said, f"Authority 1 of {alias}", "vendors all; rights all", "until " + days_ago(-30))
    filed("proquest", alias)


@case
def an_authority_covers_what_it_names_on_its_days():
    alias = person()
    d.dsr("authority", "add", alias, "--form", "signed", "--on", days_ago(20), "--until", days_ago(10), "--vendor", "Kanopy",
          "--vendor", "overdrive",
          "--right", "access", "--right", "deletion")
    row = d.dsr_json("authority", "list", alias)[0]
    equal([row[name] for name in ("vendors", "rights", "state", "form")],
          [["kanopy", "overdrive"], ["access", "deletion"], "expired", "signed"])

    def wanted(vendor, right, sent):
        body = {"vendor": vendor, "right": right, "law": "eu-gdpr", "subject": alias, "sent": sent}
        reply = d.http("POST", "/v1/requests?dry_run=true", body)
        return [w["code"] for w in reply.json["warnings"] if w["code"].startswith("no_a")]
    none = ["no_authority"]
    for vendor, right, sent, codes in (
            ("kanopy", "access", days_ago(15), []), ("overdrive", "deletion", days_ago(20), []), ("kanopy", "access", days_ago(10), []),
            ("kanopy", "access", days_ago(9), none), ("kanopy", "access", days_ago(21), none),
            ("kanopy", "portability", days_ago(15), none), ("elsevier", "access", days_ago(15), none)):
        equal(wanted(vendor, right, sent), codes, (vendor, right, sent))
    d.dsr("authority", "withdraw", alias, "1", "--on", days_ago(15))
    equal([wanted("kanopy", "access", days_ago(day)) for day in (16, 15)], [[], ["no_authority"]])


@case
def a_draft_is_asked_when_it_is_sent_and_a_request_when_its_vendor_is_corrected():
    alias = person()
    draft = filed("elsevier", alias, "--draft")
    d.dsr("log", draft, "sent", status=4)
    contains(d.errors, "No authority of the patron")
    d.dsr("authority", "add", alias, "--form", "email", "--on", "today", "--vendor", "elsevier")
    d.dsr("log", draft, "sent")
    d.dsr("amend", draft, "--vendor", "proquest", status=4)
    contains(d.errors, "No authority of the patron")
    d.dsr("amend", draft, "--vendor", "proquest", "--anyway")
    equal(warnings(draft), ["no_authority"])


@case
def a_law_that_takes_no_agent_says_so_with_its_section():
    alias = person()
    d.dsr("authority", "add", alias, "--form", "signed", "--on", "today")
    d.dsr("file", "lexisnexis", "access", "--law", "us-ky-kcdpa", "--for", alias, status=4)
    contains(d.errors, "takes no agent for this right (KRS 367.3615(1))", "the patron must ask, not staff")
    equal(warnings(d.file("lexisnexis", "access", "--law", "us-ky-kcdpa", "--for", alias, "--anyway")), ["no_agent"])
    d.dsr("file", "lexisnexis", "access", "--law", "us-co-cpa", "--for", alias, status=4)  # there agents may opt out only
    contains(d.errors, "C.R.S. 6-1-1306(1)(a)(II)")
    d.file("lexisnexis", "opt_out", "--law", "us-co-cpa", "--for", alias)
    d.file("lexisnexis", "access", "--law", "us-ky-kcdpa")  # one's own


@case
def what_cannot_be_an_authority_is_refused_by_name():
    alias = person()
    for body, field in (
            ({"form": "oral", "on": TODAY}, "form"), ({"form": "signed"}, "on"), ({"form": "signed", "on": "soon"}, "on"),
            ({"form": "signed", "on": days_ago(-2)}, "on"), ({"form": "signed", "on": TODAY, "until": days_ago(1)}, "until"),
            ({"form": "signed", "on": TODAY, "rights": ["acces"]}, "rights"), ({"form": "signed", "on": TODAY, "vendors": [7]}, "vendors"),
            ({"form": "signed", "on": TODAY, "why": "x"}, "why")):
        reply = d.http("POST", f"/v1/subjects/{alias}/authorities", body)
        equal((reply.status in (400, 422), reply.json["field"]), (True, field), body)
    equal(d.http("POST", f"/v1/subjects/{alias}/authorities", {"form": "signed", "on": TODAY, "vendors": ["nobody"]}).status, 404)
    equal(d.http("POST", "/v1/subjects/no-body/authorities", {"form": "signed", "on": TODAY}).status, 404)
    equal(d.http("POST", f"/v1/subjects/{alias}/withdrawals", {}).status, 409)
    equal(d.http("POST", f"/v1/subjects/{alias}/withdrawals", {"authority": 3}).status, 404)
    key = {"Idempotency-Key": "once"}
    first, again = (d.http("POST", f"/v1/subjects/{alias}/authorities", {"form": "signed", "on": TODAY}, key) for _ in range(2))
    equal((first.status, first.json["n"], again.json), (201, 1, first.json))
    equal(len(d.dsr_json("authority", "list", alias)), 1)


@case
def a_withdrawal_stops_reminders_at_once_and_a_new_authority_brings_them_back():
    forget()
    alias = person()
    d.dsr("authority", "add", alias, "--form", "signed", "--on", days_ago(200))
    relay.close()  # so that it waits in a mail
    ref, other = filed("elsevier", alias, "--sent", days_ago(100)), filed("proquest", person(), "--sent", days_ago(100), "--anyway")
    wait_for(lambda: reminders(ref, "gathered") + reminders(other, "gathered") == 2, "both in the mail")
    contains(d.dsr("authority", "withdraw", alias), f"1 of {alias}", "1 more request rests on no authority now")
    equal((reminders(ref, "gathered"), reminders(ref, "stopped")), (0, 1))
    relay.open()
    text = parse(mail_to("owner@example.org")).get_content()
    contains(text, other)
    lacks(text, ref)
    equal(d.dsr_json("status", ref)["request"]["authority_ended"], TODAY)
    equal(d.dsr_json("status", ref)["reminders"], [])
    contains(d.dsr("status", ref), f"authority ended on {TODAY}", f"dsr authority add {alias}")
    contains(d.dsr("list", "--subject", alias), "overdue !", "authority has ended")
    contains(d.dsr("list", "--subject", alias, "--csv"), "authority_ended", TODAY)
    contains(d.dsr("show", ref), "authority ended")
    contains(d.dsr("authority", "list", alias), "withdrawn on " + TODAY)
    d.dsr("log", ref, "acknowledged")  # plans anew, and still nothing goes out
    forget()
    wait_for(lambda: reminders(ref, "stopped") == 1, "stopped again when it fell due")
    equal(relay.mails, [])
    d.dsr("authority", "add", alias, "--form", "signed", "--on", "today", "--vendor", "kanopy")  # does not cover it
    equal(d.dsr_json("status", ref)["request"]["authority_ended"], TODAY)
    d.dsr("authority", "add", alias, "--form", "signed", "--on", "today", "--vendor", "elsevier")
    contains(parse(mail_to("owner@example.org")).get_content(), ref)
    equal(d.dsr_json("status", ref)["request"]["authority_ended"], None)


@case
def what_is_closed_asks_for_no_new_authority_until_it_is_opened_again():
    alias = person()
    d.dsr("authority", "add", alias, "--form", "signed", "--on", days_ago(50))
    draft, done = filed("elsevier", alias, "--draft"), filed("proquest", alias, "--sent", days_ago(3))
    d.dsr("close", done, "fulfilled")
    contains(d.dsr("authority", "withdraw", alias), f"1 of {alias}", "1 more request rests on no authority now")
    shown = {line.split()[0]: line for line in d.dsr("list", "--subject", alias).splitlines() if line.startswith("R-")}
    equal([" !" in shown[ref] for ref in (draft, done)], [True, False], shown)
    lacks(d.dsr("status", done), "authority")
    contains(d.dsr("status", draft), f"authority ended on {TODAY}", f"dsr authority add {alias}")
    equal(d.sql(f"select authority_ended from dsr.request where ref = '{done}'"), TODAY, "by which reminders of the person's own time stay stopped")
    contains(d.dsr("reopen", done), "waiting !")
    contains(d.dsr("status", done), f"authority ended on {TODAY}")


@case
def the_day_after_its_last_one_an_authority_has_ended_by_itself():
    forget()
    alias = person()
    d.dsr("authority", "add", alias, "--form", "signed", "--on", days_ago(200), "--until", "today")
    ref = filed("elsevier", alias, "--sent", days_ago(100))
    mail_to("owner@example.org")
    forget()
    d.sql("update dsr.authority a set until = current_date - 1 from dsr.subject s "  # a day goes by
          f"where s.id = a.subject_id and s.alias = '{alias}'")
    d.sql("update dsr.reminder set gather_on = current_date where state = 'planned' and "
          f"request_id = (select id from dsr.request where ref = '{ref}')")
    wait_for(lambda: d.dsr_json("status", ref)["request"]["authority_ended"] == TODAY, "its end is seen")
    wait_for(lambda: reminders(ref, "stopped") == 1, "the reminder is stopped")
    equal(d.dsr_json("authority", "list", alias)[0]["state"], "expired")
    equal(relay.mails, [])


@case
def what_was_filed_anyway_without_any_authority_goes_on():
    forget()
    alias = person()
    d.dsr("authority", "add", alias, "--form", "signed", "--on", days_ago(300), "--until", days_ago(200))
    ref = filed("elsevier", alias, "--sent", days_ago(100), "--anyway")
    equal(d.dsr_json("status", ref)["request"]["authority_ended"], None)
    contains(parse(mail_to("owner@example.org")).get_content(), ref)


@case
def a_reminder_holds_the_link_that_stops_it_and_a_test_mail_does_not():
    forget()
    filed("elsevier", person(), "--sent", days_ago(100), "--anyway")
    mail = mail_to("owner@example.org")
    headers = mail.data.split(b"\r\n\r\n")[0].decode().split("\r\n")
    header = [h for h in headers if h.startswith("List-Unsubscribe:")][0]
    link = re.fullmatch(rf"List-Unsubscribe: <({re.escape(URL)}/u/([0-9a-f]{{40}}))>", header)
    equal(headers[headers.index(link.group(0)) + 1], "List-Unsubscribe-Post: List-Unsubscribe=One-Click")
    contains(parse(mail).get_content().replace("\r\n", "\n"), f"\nNo more reminders: {link.group(1)}\n")
    # Only its hash is kept.
    equal(d.sql(f"select count(*) from dsr.recipient where encode(token_hash, 'hex') like '%{link.group(2)}%'"), "0")
    equal(d.sql("select count(*) from dsr.recipient where token_hash is not null"), "1")
    d.dsr("mail", "test", "probe@example.org")
    lacks(mail_to("probe@example.org").data.decode(), "List-Unsubscribe")
    global TOKEN
    TOKEN = link.group(2)


@case
def opening_the_link_changes_nothing_and_one_press_stops_the_reminders():
    forget()
    page = d.http("GET", "/u/" + TOKEN)
    equal((page.status, page.headers["Content-Type"], page.headers["Referrer-Policy"]), (200, "text/html; charset=utf-8", "no-referrer"))
    contains(page.headers["Content-Security-Policy"], "default-src 'none'", "form-action 'self'")
    contains(page.body.decode(), '<form method="post"><button name="List-Unsubscribe" value="One-Click">')
    equal(d.http("GET", "/u/" + "0" * 40).body, page.body)  # who looks learns nothing
    equal(d.dsr_json("status")["reminders_off"], None)
    for wrong in ("0" * 40, "x", TOKEN[:-1], TOKEN.upper()):
        equal(d.http("POST", "/u/" + wrong, raw=b"List-Unsubscribe=One-Click").status, 404)
    equal(d.dsr_json("status")["reminders_off"], None)
    relay.close()
    ref = filed("elsevier", person(), "--sent", days_ago(100), "--anyway")
    wait_for(lambda: reminders(ref, "gathered") == 1, "in a mail")
    reply = d.http("POST", "/u/" + TOKEN, raw=b"List-Unsubscribe=One-Click", headers={"Content-Type": "application/x-www-form-urlencoded"})
    equal(reply.status, 200)
    contains(reply.body.decode(), "No more reminders")
    equal((reminders(ref, "gathered"), reminders(ref, "stopped")), (0, 1))
    relay.open()
    later = filed("proquest", person(), "--sent", days_ago(100), "--anyway")
    wait_for(lambda: reminders(later, "stopped") == 1, "not gathered either")
    d.dsr("mail", "test", "owner@example.org")  # a test mail goes all the same, and after all that waited
    equal([parse(m)["Subject"] for m in relay.mails], ["Test mail from dsrd"])
    contains(d.dsr("status"), f"stopped your reminders on {TODAY}", "dsr me reminders on")


@case
def the_link_needs_no_token_from_outside_and_nothing_else_goes_without_one():
    def outside(method, path):
        connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=60)
        connection.request(method, path, b"List-Unsubscribe=One-Click" if method == "POST" else None)
        status = connection.getresponse().status
        connection.close()
        return status
    d.dsr("me", "reminders", "on")
    equal([outside("GET", "/u/" + TOKEN), outside("GET", "/v1/me/held"), outside("GET", "/v1/health")], [200, 401, 401])
    equal(d.dsr_json("status")["reminders_off"], None)
    equal([outside("POST", "/u/" + TOKEN), outside("POST", "/u/" + "1" * 40)], [200, 404])
    equal(d.dsr_json("status")["reminders_off"], TODAY)


@case
def a_mail_in_doubt_is_not_sent_again_to_who_wants_none():
    d.dsr("me", "reminders", "on")
    forget()
    relay.after_data[:] = ["close"]
    filed("elsevier", person(), "--sent", days_ago(100), "--anyway")
    wait_for(lambda: d.sql("select count(*) from dsr.message where state = 'in_doubt'") == "1", "in doubt")
    d.sql("update dsr.message set next_at = now() + interval '1 hour' where state = 'in_doubt'")  # so that no try comes between
    d.dsr("me", "reminders", "off")
    wait_for(lambda: d.sql("select count(*) from dsr.message where state in ('in_doubt', 'sending', 'leased')") == "0", "cancelled")
    equal(d.sql("select count(*) from dsr.message where bytes is not null"), "0")
    relay.after_data[:] = ["250 2.0.0 Ok: queued as A1"]
    seen = len(relay.mails)
    d.dsr("mail", "test", "probe@example.org")
    equal(len(relay.mails), seen + 1)


@case
def reminders_come_back_by_command_by_the_page_and_by_staff():
    forget()
    d.dsr("me", "reminders", "on")
    mail_to("owner@example.org")
    equal(d.dsr_json("status")["reminders_off"], None)
    equal(d.http("POST", "/u/" + TOKEN).status, 200)
    equal(d.dsr_json("status")["reminders_off"], TODAY)
    contains(d.http("POST", "/u/" + TOKEN, raw=b"reminders=on").body.decode(), "go to this address again")
    equal(d.dsr_json("status")["reminders_off"], None)
    alias = person("--email", "ann@example.org")
    contains(d.dsr("subject", "reminders", alias, "off"), f"No more reminders go to {alias}")
    equal(d.sql("select count(*) from dsr.recipient where stopped_at is not null"), "1")
    d.dsr("subject", "reminders", alias, "on")
    d.dsr("subject", "reminders", person(), "off", status=4)
    contains(d.errors, "No e-mail address")
    d.dsr("me", "reminders", "maybe", status=2)


@case
def where_nothing_is_reached_from_outside_the_mail_names_an_address():
    d.stop()
    d.write_conf({"mail": {"public_url": ""}})
    d.start()
    forget()
    ref = filed("elsevier", person(), "--sent", days_ago(100), "--anyway")
    mail = mail_to("owner@example.org").data.decode()
    contains(mail, f"\r\nList-Unsubscribe: <mailto:dsrd@library.example?subject=unsubscribe%20{ref}>\r\n")
    lacks(mail, "List-Unsubscribe-Post", "/u/")


@case
def without_exception_if_the_library_says_so():
    d.write_conf({"authority": {"required": "always"}})
    d.process.send_signal(signal.SIGHUP)
    alias = person()
    body = {"vendor": "elsevier", "right": "access", "law": "eu-gdpr", "subject": alias, "anyway": True}
    reply = wait_for(lambda: (r := d.http("POST", "/v1/requests", dict(body, vendor="cengage"))).status == 409 and r, "the setting counts")
    equal(reply.json["field"], "authority")
    d.dsr("authority", "add", alias, "--form", "signed", "--on", "today")
    equal(d.http("POST", "/v1/requests", body).status, 201)
    d.write_conf({"authority": {"required": "confirm"}})
    d.process.send_signal(signal.SIGHUP)


def export():
    document = json.loads(as_patron("me", "export"))
    kinds = {item["kind"] for item in document["items"]}
    return {kind: [item["data"] for item in document["items"] if item["kind"] == kind] for kind in kinds}


@case
def a_patron_sees_and_takes_away_what_is_held():
    if not AS_ROOT:
        print(f"# skipped: {WHY_NOT}")
        return
    forget()
    d.dsr("account", "add", "--uid", str(PATRON), "--role", "patron", "--name", "Pia Patron", "--email", "pia@example.org")
    contains(as_patron("me", "show"), "your account")
    own = json.loads(as_patron("file", "oclc", *ACCESS, "--residence", "NL", "--sent", days_ago(100), "--json"))["request"]
    mail_to("pia@example.org")
    d.dsr("authority", "add", own["subject"], "--form", "signed", "--on", "today")
    theirs = filed("elsevier", own["subject"], "--note", NOTE)
    for vendor in ("kanopy", "overdrive", "cengage", "proquest"):
        filed(vendor, own["subject"])
    shown = as_patron("me", "show")
    contains(shown, f"You are {own['subject']} here", "requests about you", "what you authorised", "notes on them", "mails to you",
             "until you erase it")
    got = export()
    account, subject = got["person"][0]["account"], got["person"][0]["subject"]
    equal((account["name"], account["uid"], subject["email"]), ("Pia Patron", str(PATRON), "pia@example.org"))
    equal(len(got["request"]), 6)
    record = next(r for r in got["request"] if r["request"]["ref"] == theirs)
    equal(record["events"][-1]["note"], NOTE)
    equal((got["authority"][0]["form"], got["mail"][0]["refs"], got["mail"][0]["state"]), ("signed", [own["ref"]], "sent"))
    equal({"authority_add"} <= {entry["act"] for entry in got["audit"]}, True)
    lacks(json.dumps(got), "owner@example.org", '"sealed"')
    equal(sorted(entry["act"] for entry in export()["audit"]).count("export") >= 1, True)  # the first export is in the second
    pages, path = [], "/v1/me/export?limit=2"
    while path:  # page by page it is the same
        curl = ["setpriv", f"--reuid={PATRON}", "--clear-groups", "curl", "-s", "--unix-socket", d.socket, "http://d" + path]
        page = json.loads(subprocess.run(curl, capture_output=True, text=True, check=True).stdout)
        equal(len(page["items"]) <= 2, True)
        pages += page["items"]
        path = page["next"] and "/v1/me/export?limit=2&cursor=" + page["next"]
    found = [item["kind"] for item in pages]
    equal([found.count(kind) for kind in ("person", "authority", "request", "mail")], [1, 1, 6, len(got["mail"])])
    equal(as_patron("authority", "list", status=0).count(own["subject"]), 1)
    as_patron("authority", "list", person(), status=1)


@case
def a_patron_withdraws_its_own_authority_and_nobody_elses():
    if not AS_ROOT:
        print(f"# skipped: {WHY_NOT}")
        return
    mine = d.sql("select alias from dsr.subject s join dsr.account a on a.subject_id = s.id where a.roles = '{patron}'")
    other = person()
    d.dsr("authority", "add", other, "--form", "signed", "--on", "today")
    as_patron("authority", "withdraw", other, status=1)
    contains(as_patron("authority", "withdraw", mine), "5 more requests rest on no authority now")
    contains(as_patron("list", "--csv"), TODAY)
    as_patron("authority", "add", mine, "--form", "signed", "--on", "today", status=3)


@case
def erasing_takes_what_may_go_and_says_what_stays_and_why():
    if not AS_ROOT:
        print(f"# skipped: {WHY_NOT}")
        return
    mine = d.sql("select alias from dsr.subject s join dsr.account a on a.subject_id = s.id where a.roles = '{patron}'")
    refs = [row["ref"] for row in json.loads(as_patron("list", "--json"))]
    d.dsr("hold", "add", refs[-1], "--reason", "a subpoena", "--until", days_ago(-20))
    contains(as_patron("me", "erase", input="no-body\n", status=4), "Nothing is erased", mine)
    equal(len(json.loads(as_patron("list", "--json"))), 6)
    for ref in refs[1:]:
        as_patron("abandon", ref)
    counted = d.dsr_json("report", "vendors")
    notes = d.sql("select count(*) from dsr.event where note is not null")
    said = as_patron("me", "erase", input=mine + "\n")
    contains(said, "Erased: 4 requests", f"request {refs[0]} is open", f"you as a subject, {mine} stays", "your account stays",
             f"request {refs[-1]} is held by order of the privacy officer, until {days_ago(-20)}", "audit log keeps")
    equal(d.dsr_json("report", "vendors"), counted)  # how vendors answered is not the patron's
    equal(sorted(row["ref"] for row in json.loads(as_patron("list", "--json"))), sorted([refs[0], refs[-1]]))
    equal(int(notes) - int(d.sql("select count(*) from dsr.event where note is not null")), 1)
    equal(d.sql(f"select count(*) from dsr.idempotency where ref in ('{refs[1]}', '{refs[2]}')"), "0")
    as_patron("abandon", refs[0])
    contains(as_patron("me", "show"), "until you erase it, or its time is over")  # held: no day can be named
    d.dsr("hold", "release", d.dsr_json("hold", "list")[0]["id"])
    contains(as_patron("me", "show"), f"until {days_ago(-90, d.http('GET', '/v1/requests/' + refs[0]).json['zone'])}")
    gone = json.loads(as_patron("me", "erase", "--yes", "--json"))
    equal((gone["erased"]["person"], [item["what"] for item in gone["stays"]]), (True, ["account", "audit"]))
    equal(d.sql(f"select count(*) from dsr.subject where alias = '{mine}'"), "0")
    equal(d.sql("select count(*) from dsr.authority a where not exists (select from dsr.subject s where s.id = a.subject_id)"), "0")
    for ref in refs:
        d.dsr("show", ref, status=1)
    as_patron("me", "erase", "--yes", status=4)
    equal(export()["person"][0]["subject"], None)
    equal(d.sql(f"select string_agg(act, ',' order by seq) from dsr.audit where target = '{mine}' and act = 'erase'"), "erase,erase")
    own = json.loads(as_patron("file", "oclc", *ACCESS, "--residence", "NL", "--json"))["request"]["subject"]
    equal(own == mine, False)  # one may begin again, as somebody new


run_cases()
