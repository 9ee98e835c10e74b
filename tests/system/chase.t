#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Chasers: one letter about all that a vendor owes, approved, on the wire, in each record, and not again by itself."""
import datetime
import email
import email.policy
import os
import signal
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "harness"))
from dsrd import Dsrd, case, contains, days_ago, equal, lacks, run_cases, wait_for  # noqa: E402
from relay import Relay  # noqa: E402

relay = Relay()
d = Dsrd({"mail": {"transport": "smtp", "relay": relay.url, "backoff_s": [1], "doubt_pause_s": 0, "reply_address": "requests@library.example"},
          "reminders": {"scan_ms": 200}}, owner_email=None)
aliases = [d.dsr("subject", "add", "--residence", "NL", "--name", f"Canary {n}", "--email", f"canary{n}@patron.example").strip() for n in range(5)]
refs = [d.file("elsevier", "access", "--law", "eu-gdpr", "--for", alias, "--sent", days_ago(50 + n)) for n, alias in enumerate(aliases[:3])]
young = d.file("elsevier", "access", "--law", "eu-gdpr", "--for", aliases[3], "--sent", days_ago(3))
portal = d.file("overdrive", "access", "--law", "eu-gdpr", "--for", aliases[4], "--sent", days_ago(60))


def chasers():
    return [mail for mail in relay.mails if b"requests that you have not answered" in mail.data]


def letters(what="state", where="true"):
    return d.sql(f"select {what} from dsr.letter l join dsr.request r on r.library_id = l.library_id and r.id = l.request_id where {where} order by r.ref").split()


@case
def who_owes_is_listed_longest_first():
    rows = d.dsr_json("chase")
    equal([(row["vendor"], row["overdue"], row["to_chase"], row["chased"]) for row in rows], [("overdrive", 1, 1, None), ("elsevier", 3, 3, None)])
    contains(d.dsr("chase"), "VENDOR", "OVERDUE", "elsevier")
    # East of here the last day ended yesterday by this clock; it is late from the next day on all the same.
    for row in rows:
        last = min(d.dsr_json("status", ref)["request"]["latest"] for ref in (*refs, portal) if d.dsr_json("status", ref)["request"]["vendor"] == row["vendor"])
        equal(row["since"], (datetime.date.fromisoformat(last) + datetime.timedelta(days=1)).isoformat(), row)


@case
def it_is_shown_and_names_requests_and_nobody():
    d.dsr("chase", "elsevier", status=2)
    contains(d.errors, "Somebody must approve the letter")
    shown = d.dsr_json("chase", "Elsevier B.V.")
    equal(sorted(shown["requests"]), sorted(refs))
    contains(shown["text"], *refs, "General Data Protection Regulation", "art. 12(3)", "Test Library")
    lacks(shown["text"], young, "Canary", *aliases)
    contains(" ".join(shown["text"].split()), ", answer due on")
    contains(d.dsr_json("chase", "elsevier", "--lang", "es")["text"], "Las solicitudes siguientes")
    contains(d.dsr_json("chase", "elsevier", "--details", "We called twice.")["text"], "We called twice.")
    equal(d.sql("select count(*) from dsr.audit where act = 'subject_reveal'"), "0")
    reply = d.http("POST", "/v1/vendors/elsevier/chasers", {"hash": "0" * 64})
    equal((reply.status, chasers()), (409, []))
    d.dsr("chase", "kanopy", status=4)
    contains(d.errors, "There is nothing to chase Kanopy, Inc. for: nothing is overdue.")
    contains(d.dsr("chase", "overdrive"), "No e-mail address of this vendor is known")


@case
def each_line_says_what_is_late():
    ref = d.file("exlibris", "access", "--law", "us-ca-ccpa", "--residence", "US-CA", "--sent", days_ago(25))
    text = " ".join(d.dsr_json("chase", "exlibris")["text"].split())
    contains(text, ref, ", confirmation of receipt due on", "11 CCR 7021(a)")
    lacks(text, "answer due on")
    d.dsr("log", ref, "acknowledged")


@case
def an_authority_that_ended_is_said_to_be_why_nothing_is_chased():
    alias = d.dsr("subject", "add", "--residence", "NL").strip()
    d.dsr("authority", "add", alias, "--form", "signed", "--on", days_ago(60))
    ref = d.file("cengage", "access", "--law", "eu-gdpr", "--for", alias, "--sent", days_ago(50))
    d.dsr("authority", "withdraw", alias)
    d.dsr("chase", "cengage", status=4)
    contains(d.errors, "There is nothing to chase Cengage", "for: 1 left out: the patron's authority has ended.")
    lacks(d.errors, "nothing is overdue", "seven days", "on its way")
    d.dsr("close", ref, "no_answer")


@case
def one_mail_goes_and_each_record_says_so():
    contains(d.dsr("chase", "elsevier", "--yes"), "Queued: one letter about 3 requests")
    wait_for(lambda: letters("logged") == ["t"] * 3, "each record says so")
    mail, = chasers()
    parsed = email.message_from_bytes(mail.data, policy=email.policy.default)
    text = parsed.get_content()
    contains(text, *refs)
    lacks(mail.data.decode(), "Canary", young, "Auto-Submitted")
    address = str(parsed["Reply-To"])
    contains(address, "requests+", "@library.example")
    equal(mail.sender, f"<{address}>")
    equal(d.sql("select count(distinct hash) || ' ' || count(*) from dsr.reply_token"), "1 3")
    for ref in refs:
        contains(d.dsr("show", ref), "overdue, en: sent")
        own = d.dsr_json("evidence", ref)["letters"][0]["text"]
        contains(own, ref)
        lacks(own, *(other for other in refs if other != ref))
    equal(d.sql("select count(*) from dsr.event where event = 'note'"), "3")


@case
def it_does_not_go_again_unless_asked():
    d.dsr("chase", "elsevier", "--yes", status=4)
    contains(d.errors, "There is nothing to chase Elsevier B.V. for: 3 left out: chased in the last seven days (--again).")
    equal([row["to_chase"] for row in d.dsr_json("chase") if row["vendor"] == "elsevier"], [0])
    d.dsr("log", refs[0], "answered")
    contains(d.dsr("chase", "elsevier", "--again", "--yes"), "Queued: one letter about 2 requests")
    wait_for(lambda: len(chasers()) == 2, "the second one")
    lacks(chasers()[1].data.decode(), refs[0])
    wait_for(lambda: letters("logged", "l.kind = 'overdue'") == ["t"] * 5, "and recorded")


@case
def an_answer_that_comes_before_it_leaves_withdraws_it():
    d.sql("update dsr.letter set sent_at = sent_at - interval '30 days', approved_at = approved_at - interval '30 days'")
    for pid in d.pids("mailer"):
        os.kill(pid, signal.SIGSTOP)
    d.dsr("chase", "elsevier", "--yes")
    d.dsr("log", refs[1], "answered")
    for pid in d.pids("mailer"):
        os.kill(pid, signal.SIGCONT)
    wait_for(lambda: letters("l.state", "l.state in ('withdrawn', 'sent') and l.approved_at > now() - interval '1 day'") == ["withdrawn"] * 2, "it is withdrawn")
    equal(len(chasers()), 2)
    contains(d.dsr("chase", "elsevier", "--yes"), "Queued: one letter about 1 requests")
    wait_for(lambda: len(chasers()) == 3, "what is still owed is chased")


@case
def in_doubt_a_person_decides_once_for_all():
    d.sql("update dsr.letter set sent_at = sent_at - interval '30 days', approved_at = approved_at - interval '30 days'")
    more = [d.file("elsevier", "access", "--law", "eu-gdpr", "--for", alias, "--sent", days_ago(55), "--anyway") for alias in aliases[3:]]
    relay.after_data = ["close"]
    d.dsr("chase", "elsevier", "--yes")
    wait_for(lambda: letters("l.state", "l.state = 'in_doubt'") == ["in_doubt"] * 3, "nobody knows whether it arrived")
    relay.after_data = ["250 2.0.0 Ok: queued as A2"]
    d.dsr("chase", "elsevier", "--again", status=4)
    message = d.sql("select distinct message_id from dsr.letter where state = 'in_doubt'")
    contains(d.dsr("mail", "resolve", message, "--sent"), "It counts as sent")
    wait_for(lambda: all(f == "t" for f in letters("logged", "l.state = 'sent'")), "each record says so")
    equal(letters("l.state", f"r.ref in ('{more[0]}', '{more[1]}')"), ["sent", "sent"])


@case
def who_took_a_vendor_over_is_chased_for_what_that_one_owes():
    d.dsr("vendor", "add", "Streams of Old", "--country", "NL", "--email", "old@acme.example")
    owed = d.file("streams-of-old", "access", "--law", "eu-gdpr", "--for", aliases[0], "--sent", days_ago(70), "--channel", "email-1")
    d.dsr("vendor", "add", "Streams of Acme", "--country", "NL", "--email", "children@acme.example")
    document = d.dsr_json("vendor", "show", "streams-of-acme")
    one, = document["channels"]
    document["channels"] = [{**one, "id": "email-2", "address": "privacy@acme.example"}, one]
    equal(d.http("PUT", "/v1/vendors/streams-of-acme", document).status, 200)
    d.dsr("vendor", "merge", "streams-of-old", "streams-of-acme")
    rows = {row["vendor"]: row for row in d.dsr_json("chase")}
    equal(("streams-of-old" in rows, rows["streams-of-acme"]["overdue"], rows["streams-of-acme"]["to_chase"]), (False, 1, 1))
    equal([(row["open"], row["overdue"]) for row in d.dsr_json("vendor", "list", "streams-of-acme")], [(1, 1)])
    # The address is its own: what the old one called email-1 is another one here.
    for name in ("streams-of-old", "streams-of-acme"):
        shown = d.dsr_json("chase", name)
        equal((shown["requests"], shown["address"]), ([owed], "privacy@acme.example"))
    contains(d.dsr("chase", "streams-of-old", "--yes"), "Queued: one letter about 1 requests")
    wait_for(lambda: letters("logged", f"r.ref = '{owed}'") == ["t"], "the record says so")
    equal(chasers()[-1].recipients, ["<privacy@acme.example>"])
    equal(d.sql(f"select t.vendor, t.channel from dsr.reply_token t join dsr.request r on r.id = t.request_id where r.ref = '{owed}'"), "streams-of-acme|email-2")
    equal([row["to_chase"] for row in d.dsr_json("chase") if row["vendor"] == "streams-of-acme"], [0])


run_cases()
