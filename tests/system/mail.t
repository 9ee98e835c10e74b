#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reminders through a real SMTP conversation: every byte, and what becomes of each when the relay misbehaves."""
import datetime
import email
import email.policy
import os
import re
import signal
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "harness"))
from dsrd import Dsrd, case, contains, days_ago, equal, lacks, run_cases, wait_for  # noqa: E402
from relay import Relay  # noqa: E402

relay = Relay()
SETTINGS = {"mail": {"transport": "smtp", "relay": relay.url, "backoff_s": [1], "attempts": 4, "doubt_pause_s": 1, "transfer_timeout_ms": 2000,
                     "lease_s": 10, "from": "dsrd@library.example", "from_name": "Testbücherei", "reply_to": "privacy@library.example"}}
d = Dsrd(SETTINGS)
today = datetime.datetime.now(datetime.timezone.utc).date()
uids = iter(range(5000, 6000))
pasts = iter(range(1, 1000))


def person(residence="NL"):
    """A subject of its own."""
    return d.dsr("subject", "add", "--residence", residence).strip()


def forget():
    """A new day for the owner: yesterday's mails do not stand in the way of today's."""
    wait_for(lambda: d.sql("select count(*) from dsr.message where state in ('queued','leased','sending','in_doubt')") == "0", "the outbox is empty")
    d.sql(f"update dsr.message set day = day - 100 * {next(pasts)} where day > current_date - 30")
    relay.mails.clear()
    relay.dialogue.clear()


def parse(mail):
    return email.message_from_bytes(mail.data, policy=email.policy.default)


def state_of(message_id="%"):
    return d.sql(f"select string_agg(state || ' ' || attempts, ',') from dsr.message where id::text like '{message_id}'")


@case
def an_overdue_request_brings_one_mail_whose_every_byte_is_known():
    ref = d.file("elsevier", "access", "--law", "eu-gdpr", "--residence", "NL", "--sent", days_ago(75), "--received", days_ago(75))
    mail = wait_for(lambda: relay.mails and relay.mails[0], "a mail")
    equal((mail.sender, mail.recipients), ("<dsrd@library.example>", ["<owner@example.org>"]))
    due = datetime.date.fromisoformat(d.dsr_json("status", ref)["request"]["due"])
    late = (datetime.datetime.now(datetime.timezone.utc).date() - due).days
    alias = d.dsr_json("status", ref)["request"]["subject"]
    message = d.dsr_json("mail", "list")[0]
    date = re.match(rb"Date: (\w{3}, \d{1,2} \w{3} \d{4} \d\d:\d\d:\d\d \+0000)\r\n", mail.data).group(1).decode()

    def long(day):
        return f"{day:%a} {day.day} {day:%b %Y}"
    body = (f"Test Library: data requests that need a look, {long(today)}\n\n"
            f"{ref}  Elsevier B.V.: access under the GDPR, for {alias}\n"
            f"  Elsevier B.V. had to answer by {long(due)}: {late} days ago.\n"
            "  Why:   GDPR, art. 12(3) (no action: art. 12(4)).\n"
            "  Next:  ask Elsevier B.V. for its answer, or complain (`dsr explain` names the authority). When it answers, record that.\n"
            f"  Type:  dsr log {ref} answered\n\n"
            "This mail comes from dsrd, which keeps track of requests about personal data. You get it because you\n"
            "filed these requests, or are responsible for them. A reminder stops once you have recorded what happened;\n"
            "`dsr status` shows where everything stands. This is not legal advice.\n"
            "Questions: help@library.example\n")
    headers = (f"Date: {date}\r\n"
               "From: =?UTF-8?B?VGVzdGLDvGNoZXJlaQ==?=\r\n <dsrd@library.example>\r\n"
               "Reply-To: <privacy@library.example>\r\n"
               "To: <owner@example.org>\r\n"
               f"Subject: {ref}: a data request needs a look\r\n"
               f"Message-ID: <{message['id']}@library.example>\r\n"
               f"List-Unsubscribe: <mailto:privacy@library.example?subject=unsubscribe%20{ref}>\r\n"
               "Auto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=UTF-8\r\n"
               "Content-Transfer-Encoding: quoted-printable\r\n\r\n")
    head, _, coded = mail.data.partition(b"\r\n\r\n")
    equal(head + b"\r\n\r\n", headers.encode())
    equal(parse(mail).get_content().replace("\r\n", "\n"), body)
    equal(coded.count(b"\n"), coded.count(b"\r\n"))
    equal(max(len(line) for line in mail.data.split(b"\r\n") if not line.startswith(b"List-Unsubscribe:")) <= 76, True)
    wait_for(lambda: d.dsr_json("mail", "list")[0]["state"] == "sent", "the verdict")
    shown = d.dsr_json("mail", "show", message["id"])
    equal((shown["queue_id"], shown["last_code"], shown["size"]), ("A1", 250, len(mail.data)))


@case
def one_mail_a_day_for_many_requests_and_no_vendor_in_the_subject_line():
    forget()
    alias = person()
    relay.close()  # so that all are there before the first try
    refs = [d.file("elsevier", right, "--law", "eu-gdpr", "--for", alias, "--sent", days_ago(100), "--anyway")
            for right in ("access", "deletion", "correction", "portability")]
    wait_for(lambda: d.sql("select count(*) from dsr.reminder where state = 'gathered'") == "4", "all four gathered")
    relay.open()
    mail = wait_for(lambda: relay.mails and relay.mails[0], "a mail")
    subject = parse(mail)["Subject"]
    contains(subject, "4 data requests need a look: R-")
    lacks(subject, "Elsevier", alias)
    contains(parse(mail).get_content(), *refs)
    wait_for(lambda: d.sql("select count(*) from dsr.message where state = 'sent'") == "2", "the verdict")
    equal(len(relay.mails), 1)


@case
def a_reminder_stops_when_the_vendor_has_answered():
    forget()
    relay.close()
    ref = d.file("proquest", "access", "--law", "uk-gdpr", "--for", person("GB"), "--sent", days_ago(100))
    wait_for(lambda: d.sql(f"select count(*) from dsr.reminder join dsr.request r on r.id = request_id where r.ref = '{ref}' and reminder.state = 'gathered'") == "1", "gathered")
    d.dsr("log", ref, "answered")
    relay.open()
    d.dsr("mail", "test", "probe@example.org")  # goes after it: when this is out, the other would be too
    equal([mail.recipients for mail in relay.mails], [["<probe@example.org>"]])
    equal(d.sql(f"select count(*) from dsr.reminder join dsr.request r on r.id = request_id where r.ref = '{ref}' and reminder.state in ('planned','gathered')"), "0")
    d.dsr("undo", ref, "answered")
    mail = wait_for(lambda: [m for m in relay.mails if m.recipients == ["<owner@example.org>"]], "undone, so reminded again")
    contains(parse(mail[0])["Subject"], ref)


@case
def in_reply_to_stands_where_one_request_alone_is_concerned():
    forget()
    ref = d.file("oclc", "deletion", "--law", "voluntary", "--for", person(), "--sent", days_ago(60), "--remind", today.isoformat())
    first = wait_for(lambda: relay.mails and relay.mails[0], "a mail")
    contains(parse(first).get_content(), "not a legal deadline")
    forget()
    d.sql(f"update dsr.reminder set gather_on = current_date where state = 'planned' and request_id = (select id from dsr.request where ref = '{ref}')")
    second = wait_for(lambda: relay.mails and relay.mails[0], "the weekly one")
    equal(parse(second)["In-Reply-To"], parse(first)["Message-ID"])


def verdict_case(answer, seen, states, at="after_data"):
    """One mail against a relay that first does `answer` and is well after; how often it saw the mail, and the states on the way."""
    forget()
    getattr(relay, at)[:] = [answer, getattr(relay, at)[-1]]
    d.dsr("mail", "test", "verdict@example.org", status=None)
    message = d.dsr_json("mail", "list")[0]["id"]
    wait_for(lambda: d.dsr_json("mail", "show", message)["state"] == states[-1], f"{answer}: {states}")
    verdicts = [attempt["verdict"] for attempt in d.dsr_json("mail", "show", message)["tries"]]
    equal(verdicts, states)
    equal(len(relay.mails), seen)
    return message


@case
def put_off_with_4xx_it_is_tried_again():
    verdict_case("451 4.3.0 later", 2, ["retry", "sent"])


@case
def refused_with_5xx_it_is_shown_to_people():
    message = verdict_case("554 5.7.1 no", 1, ["failed"])
    contains(d.dsr("mail", "show", message), "The relay refused the mail.", "554 5.7.1 no")
    contains(d.dsr("status"), "Mail that did not get through", message)
    d.dsr("mail", "retry", message)
    wait_for(lambda: d.dsr_json("mail", "show", message)["state"] == "sent", "after a retry by hand")


@case
def an_address_refused_with_5xx_fails_and_with_4xx_is_tried_again():
    verdict_case("550 5.1.1 nobody", 0, ["failed"], at="after_rcpt")
    verdict_case("450 4.2.1 later", 1, ["retry", "sent"], at="after_rcpt")


@case
def a_connection_that_breaks_after_the_dot_leaves_it_in_doubt_and_the_same_bytes_go_again():
    verdict_case("close", 2, ["in_doubt", "sent"])
    equal(relay.mails[0].data, relay.mails[1].data)


@case
def silence_after_the_dot_leaves_it_in_doubt():
    verdict_case("silence", 2, ["in_doubt", "sent"])
    equal(relay.mails[0].data, relay.mails[1].data)


@case
def after_so_many_tries_it_is_given_up_and_shown():
    forget()
    relay.after_data[:] = ["451 4.3.0 later"]
    d.dsr("mail", "test", "given-up@example.org", status=5)
    message = d.dsr_json("mail", "list")[0]["id"]
    wait_for(lambda: d.dsr_json("mail", "show", message)["state"] == "failed", "given up")
    equal(len(relay.mails), 4)
    relay.after_data[:] = ["250 2.0.0 Ok: queued as B2"]


@case
def a_relay_that_never_confirms_does_not_get_the_same_mail_for_ever():
    forget()
    relay.after_data[:] = ["close"]
    d.dsr("mail", "test", "doubt@example.org", status=5)
    message = d.dsr_json("mail", "list")[0]["id"]
    wait_for(lambda: d.dsr_json("mail", "show", message)["state"] == "failed", "given up")
    equal([attempt["verdict"] for attempt in d.dsr_json("mail", "show", message)["tries"]], ["in_doubt"] * 4)
    relay.after_data[:] = ["250 2.0.0 Ok: queued as B2"]
    d.dsr("mail", "retry", message)
    wait_for(lambda: d.dsr_json("mail", "show", message)["state"] == "sent", "after a retry by hand")
    equal([len(relay.mails), len({mail.data for mail in relay.mails})], [5, 1])


@case
def a_sender_that_the_relay_refuses_is_no_fault_of_the_mail():
    forget()
    relay.after_mail[:] = ["550 5.7.1 sender not allowed here"]
    d.dsr("mail", "test", "sender@example.org", status=5)
    message = d.dsr_json("mail", "list")[0]["id"]
    wait_for(lambda: len(d.dsr_json("mail", "show", message)["tries"]) > 5, "more tries than a mail has that is put off itself")
    equal(d.dsr_json("mail", "show", message)["last_problem"], "The relay refuses the sender address (mail.from).")
    relay.after_mail[:] = ["250 2.1.0 Ok"]
    wait_for(lambda: d.dsr_json("mail", "show", message)["state"] == "sent", "once it is allowed")


@case
def in_quiet_hours_what_waits_keeps_waiting_and_a_test_mail_does_not():
    forget()
    relay.close()
    d.file("proquest", "deletion", "--law", "uk-gdpr", "--for", person("GB"), "--sent", days_ago(100))
    wait_for(lambda: d.sql("select count(*) from dsr.message where state = 'queued' and attempts > 0") == "1", "a try in vain")
    now = datetime.datetime.now(datetime.timezone.utc)
    hours = [(now + datetime.timedelta(hours=away)).strftime("%H:%M") for away in (-2, 2)]
    d.write_conf({"reminders": {"quiet_from": hours[0], "quiet_until": hours[1]}})
    os.kill(d.process.pid, signal.SIGHUP)
    wait_for(lambda: d.sql("select count(*) from dsr.library where quiet_from <> quiet_until") == "1", "the quiet hours are taken over")
    relay.open()
    d.sql("update dsr.message set next_at = now() where state = 'queued'")
    contains(d.dsr("mail", "test", "night@example.org"), "Sent")
    equal([mail.recipients for mail in relay.mails], [["<night@example.org>"]])
    d.write_conf({"reminders": {"quiet_from": "00:00", "quiet_until": "00:00"}})
    os.kill(d.process.pid, signal.SIGHUP)
    wait_for(lambda: len(relay.mails) == 2, "the morning")


@case
def mail_that_failed_is_old_news_once_a_later_one_has_arrived():
    forget()
    relay.after_rcpt[:] = ["550 5.1.1 nobody", "250 2.1.5 Ok"]
    alias = person("GB")
    d.file("proquest", "correction", "--law", "uk-gdpr", "--for", alias, "--sent", days_ago(100))
    message = wait_for(lambda: d.sql("select id from dsr.message where state = 'failed' and kind = 'reminder'"), "refused")
    contains(d.dsr("status"), message)
    d.sql(f"update dsr.message set day = day - 3 where id = '{message}'")
    d.file("proquest", "portability", "--law", "uk-gdpr", "--for", alias, "--sent", days_ago(100), "--anyway")
    wait_for(lambda: d.sql("select count(*) from dsr.message where state = 'sent' and day = current_date and kind = 'reminder'") == "1", "a later one")
    lacks(d.dsr("status"), message)


@case
def the_relay_is_away_and_comes_back_and_each_person_gets_one_mail():
    forget()
    relay.close()
    alias = person()
    d.file("thomson-reuters", "access", "--law", "eu-gdpr", "--for", alias, "--sent", days_ago(70))
    # More tries in vain than a mail has that the relay itself puts off.
    wait_for(lambda: int(d.sql("select coalesce(max(attempts), 0) from dsr.message where state in ('queued','leased')")) > 5, "tries in vain")
    # Days pass: what was planned for the next ones falls due too, and joins the mail that waits.
    d.sql("update dsr.message set day = day - 1 where state in ('queued','leased')")
    d.file("thomson-reuters", "deletion", "--law", "eu-gdpr", "--for", alias, "--sent", days_ago(71), "--anyway")
    wait_for(lambda: d.sql("select count(*) from dsr.reminder where state = 'planned' and gather_on <= current_date") == "0", "gathered")
    relay.open()
    wait_for(lambda: relay.mails, "a mail")
    wait_for(lambda: d.sql("select count(*) from dsr.message where state in ('queued','leased','sending')") == "0", "nothing left")
    equal(len(relay.mails), 1)
    contains(parse(relay.mails[0])["Subject"], "2 data requests")


@case
def nobody_is_reminded_of_what_waits_on_them_in_vain():
    # A paused clock, a lawful extension and a closed request have no reminders of the vendor's clock.
    for events in (["clarification_requested"], ["extension_notice"]):
        ref = d.file("elsevier", "access", "--law", "uk-gdpr", "--for", person("GB"), "--sent", days_ago(20), "--received", days_ago(20))
        for event in events:
            d.dsr("log", ref, event, "--on", days_ago(10))
        planned = [r for r in d.dsr_json("status", ref)["reminders"] if r["on"] <= (today + datetime.timedelta(days=20)).isoformat()]
        equal(planned, [], events[0])
    ref = d.file("elsevier", "access", "--law", "uk-gdpr", "--for", person("GB"), "--sent", days_ago(20))
    d.dsr("close", ref, "fulfilled")
    equal(d.dsr_json("status", ref)["reminders"], [])


@case
def early_notice_comes_when_asked_for():
    ref = d.file("exlibris", "access", "--law", "voluntary", "--for", person(), "--sent", days_ago(5), "--remind", "3 days before", "--remind", days_ago(-160))
    due = datetime.date.fromisoformat(d.dsr_json("status", ref)["request"]["due"])
    kinds = {(r["kind"], r["on"]) for r in d.dsr_json("status", ref)["reminders"]}
    contains(kinds, ("wanted", (due - datetime.timedelta(days=3)).isoformat()), ("wanted", days_ago(-160)),
             ("overdue", (due + datetime.timedelta(days=1)).isoformat()))


@case
def a_reminder_in_the_past_is_refused_or_noted():
    where = ("elsevier", "access", "--law", "eu-gdpr", "--for", person(), "--sent", days_ago(5))
    d.dsr("file", *where, "--remind", days_ago(2), status=2)
    contains(d.errors, f"The reminder on {days_ago(2)} would lie in the past; it may be today or later.")
    d.dsr("file", *where, "--remind", "60 days before")
    contains(d.errors, 'note: No reminder comes "60 days before": that was on ')


@case
def a_wanted_reminder_says_what_to_do_whatever_the_state():
    def asked_of(*events, draft=False):
        forget()
        ref = d.file("elsevier", "access", "--law", "uk-gdpr", "--for", person("GB"), *(["--draft"] if draft else ["--sent", days_ago(10)]))
        for event in events:
            d.dsr(*event[:1], ref, *event[1:])
        d.dsr("amend", ref, "--remind", today.isoformat())
        mail = wait_for(lambda: relay.mails and relay.mails[-1], "the reminder")
        text = parse(mail).get_content()
        contains(text, "You asked to be reminded of this request.", "Why:   no deadline runs under the UK GDPR now.")
        command = re.search(r"Type:  dsr (.*)", text).group(1).split()
        d.dsr(*command)  # it does what the mail says
        return command[0], *command[2:]
    equal(asked_of(draft=True), ("log", "sent"))
    equal(asked_of(("log", "clarification_requested")), ("log", "clarification_provided"))
    equal(asked_of(("log", "answered")), ("close", "fulfilled"))
    equal(asked_of(("close", "fulfilled")), ("status",))


@case
def ones_own_time_is_told_of_until_one_has_acted_or_given_up():
    forget()
    refs = [d.file("elsevier", "access", "--law", "uk-gdpr", "--for", person("GB"), "--sent", days_ago(20)) for _ in range(2)]
    for ref in refs:
        d.dsr("log", ref, "refused", "--on", days_ago(2))
        equal([r["kind"] for r in d.dsr_json("status", ref)["reminders"]], ["own"] * 3)
    d.dsr("abandon", refs[0])
    equal(d.dsr_json("status", refs[0])["reminders"], [])
    d.sql(f"update dsr.reminder set gather_on = current_date where kind = 'own' and state = 'planned' and request_id = (select id from dsr.request where ref = '{refs[1]}')")
    mail = wait_for(lambda: relay.mails and relay.mails[-1], "the reminder")
    contains(parse(mail).get_content(), f"Type:  dsr log {refs[1]} complaint_sent")
    d.dsr("log", refs[1], "complaint_sent")
    equal([r for r in d.dsr_json("status", refs[1])["reminders"] if r["kind"] == "own"], [])


@case
def a_person_without_an_account_is_told_whom_to_tell_and_one_with_an_account_what_to_type():
    forget()
    alias = d.dsr("subject", "add", "--residence", "NL", "--email", "pat@example.org").strip()
    ref = d.file("proquest", "access", "--law", "eu-gdpr", "--for", alias, "--sent", days_ago(100), "--anyway")

    def remind(address, clock):
        d.sql("insert into dsr.reminder (library_id, request_id, clock, kind, on_date, gather_on, recipient_kind, recipient_id) "
              f"select 1, id, '{clock}', 'overdue', current_date, current_date, 'subject', subject_id from dsr.request where ref = '{ref}'")
        return parse(wait_for(lambda: [m for m in relay.mails if m.recipients == [f"<{address}>"]], "the person's mail")[-1]).get_content()
    text = remind("pat@example.org", "respond")
    contains(text, f"{ref}  ProQuest", "ask ProQuest", "Tell:  Test Library, which keeps this record for you.", "requests about your data", "Tell the library what happened")
    lacks(text, "`dsr status`", "Type:", alias)
    forget()
    d.dsr("account", "add", "--uid", str(next(uids)), "--role", "patron", "--email", "pat2@example.org")
    d.sql(f"update dsr.account set subject_id = (select id from dsr.subject where alias = '{alias}') where id = (select id from dsr.account order by created_at desc limit 1)")
    d.sql("update dsr.reminder set on_date = on_date - 30 where recipient_kind = 'subject'")
    text = remind("pat@example.org", "respond")
    contains(text, f"Type:  dsr log {ref} answered")
    lacks(text, "Tell:")
    d.dsr("log", ref, "answered")


@case
def managers_get_counts_by_vendor_without_identities():
    forget()
    for _ in range(6):
        d.file("cengage", "access", "--law", "eu-gdpr", "--for", person(), "--sent", days_ago(90))
    for alias in (person(), person(), person()):  # six requests, but of three people
        d.file("lexisnexis", "access", "--law", "eu-gdpr", "--for", alias, "--sent", days_ago(90))
        d.file("lexisnexis", "deletion", "--law", "eu-gdpr", "--for", alias, "--sent", days_ago(90), "--anyway")
    d.dsr("account", "add", "--uid", str(next(uids)), "--role", "manager", "--name", "Mia Manager", "--email", "mia@example.org")
    mail = wait_for(lambda: [m for m in relay.mails if m.recipients == ["<mia@example.org>"]], "the week's digest")[0]
    equal(parse(mail)["Subject"], "Data requests: some are overdue or due within a week")
    text = parse(mail).get_content()
    name = d.sql("select name from dsr.vendor where slug = 'cengage'")
    contains(text, "from 5 people up", f"  {name}: 5 or more overdue, fewer than 5 due within a week")
    lacks(text, "R-", "LexisNexis", *[row["alias"] for row in d.dsr_json("subject", "list")])
    equal(d.sql("select count(*) from dsr.digest d join dsr.account a on a.id = d.account_id where a.roles = '{manager}'"), "1")


@case
def a_test_mail_arrives():
    forget()
    contains(d.dsr("mail", "test", "name@bücher.example"), "Sent; the relay calls it B2.")
    equal(relay.mails[0].recipients, ["<name@xn--bcher-kva.example>"])
    d.dsr("mail", "test", "not an address", status=2)
    contains(d.errors, "not an e-mail address")


@case
def the_log_holds_no_personal_data():
    lacks(d.read_log(), "owner@example.org", "mia@", "Mia", "Olive", "verdict@", "Elsevier")


run_cases()
