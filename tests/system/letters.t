#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Letters to vendors: shown, approved, on the wire, in doubt, stopped; checklists, PDFs and mails of one's own."""
import email
import email.policy
import os
import pty
import re
import shutil
import signal
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "harness"))
from dsrd import ROOT, case, contains, days_ago, equal, lacks, run_cases, wait_for  # noqa: E402
from letters import Letters  # noqa: E402

OK = "250 2.0.0 Ok: queued as A1"
bench = Letters()
d, relay = bench.d, bench.relay
subject, draft, refused, letter, message = bench.subject, bench.draft, bench.refused, bench.letter, bench.message
is_logged, mails_about = bench.is_logged, bench.mails_about


def parse(data):
    return email.message_from_bytes(data, policy=email.policy.default)


@case
def a_letter_is_shown_and_that_is_audited():
    ref = draft(subject())
    text = d.dsr("letter", ref)
    contains(text, "Subject: Request for access to my personal data", "art. 15", "zoe1@example.org", "Zoë Patron", ref,
             "Test Library sends this letter for me, as I authorised it to do on")
    equal(d.sql("select detail ->> 'reason' || ' ' || (detail ->> 'ref') from dsr.audit where act = 'subject_reveal' order by seq desc limit 1"), f"letter {ref}")
    contains(d.dsr("letter", ref, "--lang", "es"), "Solicitud de acceso", "Atentamente")
    contains(d.dsr("letter", ref, "--lang", "de"), "Auskunft über meine personenbezogenen Daten")
    d.dsr("letter", ref, "--lang", "xx", status=2)
    contains(d.errors, "There are no letters in the language xx; there are: de, en, es.")
    d.dsr("letter", ref, "--kind", "overdue", status=2)
    contains(d.errors, "was not sent yet")


@case
def nothing_goes_without_an_approval():
    ref = draft(subject())
    d.dsr("send", ref, status=2)
    contains(d.errors, "Somebody must approve the letter; without a terminal --yes says so.")
    both = subprocess.run([os.path.join(d.program, "dsr"), "send", ref], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True, env=d.environment(None)).stdout
    equal(both.splitlines()[-1][:18], "dsr: Somebody must", "in a pipe too, what is asked about comes before")
    reply = d.http("POST", f"/v1/requests/{ref}/letters", {})
    equal((reply.status, reply.json["field"]), (422, "hash"))
    reply = d.http("POST", f"/v1/requests/{ref}/letters", {"hash": "0" * 64})
    equal(reply.status, 409)
    contains(reply.json["detail"], "not the one that was shown")
    equal((letter(ref, "id"), mails_about(ref)), ("", []))


@case
def at_a_terminal_somebody_is_asked():
    ref = draft(subject())
    for said, status in (("n\n", 4), ("\n", 4), ("y\n", 0)):
        master, slave = pty.openpty()
        os.write(master, said.encode())
        result = subprocess.run([os.path.join(d.program, "dsr"), "send", ref], stdin=slave, capture_output=True, text=True, env=d.environment(), timeout=60)
        os.close(master)
        os.close(slave)
        equal(result.returncode, status, result.stderr)
        contains(result.stdout, "Subject: Request for access", "Send it? [y/N]")
        if status != 0:
            contains(result.stderr, "Nothing is sent.")
            equal(letter(ref, "id"), "")
    wait_for(lambda: is_logged(ref), "logged")


@case
def what_was_shown_is_what_is_on_the_wire_and_it_is_logged():
    ref = draft(subject(), "elsevier", "deletion")
    shown = d.http("POST", f"/v1/requests/{ref}/letter", {}).json
    contains(d.dsr("send", ref, "--yes"), "Answers to: requests+TOKEN@library.example", "Queued: it goes out now",
             "(an address seen on 2026-11-23, confidence high: datenanfragen")
    wait_for(lambda: is_logged(ref), "logged")
    mail, = mails_about(ref)
    parsed = parse(mail.data)
    equal(parsed.get_content().replace("\r\n", "\n").strip(), shown["text"].strip())
    equal((parsed["From"], parsed["To"], parsed["Subject"]), ("Test Library <dsrd@library.example>", "DPO@elsevier.com", shown["subject"]))
    for name in ("Auto-Submitted", "List-Unsubscribe", "Precedence", "X-Unsent"):
        equal(parsed[name], None, name)
    token = re.fullmatch(r"<requests\+([0-9a-hjkmnp-tv-z]{16})@library\.example>", mail.sender).group(1)
    contains(str(parsed["Reply-To"]), f"requests+{token}@library.example")
    equal(mail.recipients, ["<DPO@elsevier.com>"])
    if re.search(rb"[^\x00-\x7f]", mail.data) or max(len(line) for line in mail.data.split(b"\r\n")) > 998:
        raise AssertionError("not 7 bit, or a line is too long")
    row = d.sql("select t.vendor, t.channel, t.message_id = l.mail_id, t.hash = sha256(convert_to('" + token + "', 'UTF8')) "
                f"from dsr.reply_token t join dsr.letter l on l.request_id = t.request_id join dsr.request r on r.id = t.request_id where r.ref = '{ref}'")
    equal(row, "elsevier|email-1|t|t")
    lacks(d.sql("select string_agg(t::text, ' ') from dsr.reply_token t"), token)
    record = d.dsr_json("show", ref)
    equal((record["request"]["state"], record["request"]["status"], [event["event"] for event in record["events"]]), ("open", "waiting", ["sent"]))
    equal([(each["kind"], each["state"], each["logged"]) for each in record["letters"]], [("request", "sent", True)])
    equal((message(ref, "bytes is null"), letter(ref, "sender is null")), ("t", "t"))
    equal(d.sql(f"select count(*) from dsr.audit where act = 'letter_send' and target = '{ref}'"), "1")
    # The same again is nothing new: an answer may have got lost.
    d.dsr("send", ref, "--yes", "--kind", "request", status=None)
    equal(len(mails_about(ref)), 1)


@case
def later_letters_fall_into_the_same_thread():
    ref = draft(subject())
    d.dsr("send", ref, "--yes")
    wait_for(lambda: is_logged(ref), "logged")
    first = parse(mails_about(ref)[0].data)["Message-ID"]
    d.dsr("log", ref, "identity_requested")
    contains(d.dsr("letter", ref), "you\nasked me to prove who I am", "social security number")
    d.dsr("send", ref, "--yes")
    wait_for(lambda: letter(ref, "kind || logged") == "identitytrue", "logged")
    second = parse(mails_about(ref)[1].data)
    equal((second["In-Reply-To"], second["References"]), (first, first))
    events = d.dsr_json("show", ref)["events"]
    equal([event["event"] for event in events], ["sent", "identity_requested", "note"])
    equal(events[2]["note"], "The letter identity was sent to the vendor.")


@case
def a_change_between_the_look_and_the_approval_is_refused():
    alias = subject()
    ref = draft(alias)
    shown = d.http("POST", f"/v1/requests/{ref}/letter", {}).json
    d.dsr("subject", "edit", alias, "--name", "Zoë Other")
    reply = d.http("POST", f"/v1/requests/{ref}/letters", {"kind": "request", "hash": shown["hash"]})
    equal((reply.status, reply.json["field"]), (409, "hash"))


@case
def a_letter_in_doubt_is_never_sent_again_by_itself():
    ref = draft(subject(), "elsevier", "portability")
    relay.after_data = ["close", OK]
    d.dsr("send", ref, "--yes")
    wait_for(lambda: letter(ref, "state") == "in_doubt", "in doubt")
    contains(d.dsr("status"), "took the whole mail but did not confirm it", "letter " + letter(ref, "message_id"), "dsr mail resolve ID --sent")
    other = draft(subject())
    d.dsr("send", other, "--yes")  # goes out after: the mailer has looked for work since
    wait_for(lambda: is_logged(other), "the other one is logged")
    d.sql("update dsr.message set next_at = now() - interval '1 day' where state = 'in_doubt'")
    for _ in range(3):
        third = draft(subject())
        d.dsr("send", third, "--yes")
        wait_for(lambda: is_logged(third), "another round of the mailer")
    equal((letter(ref, "state"), len(mails_about(ref)), message(ref, "attempts")), ("in_doubt", 1, "1"))
    d.dsr("mail", "retry", letter(ref, "message_id"), status=4)
    contains(d.errors, "letter to a vendor")
    d.dsr("send", ref, "--yes", status=4)
    contains(d.errors, "may have arrived or not", "--sent")
    d.dsr("mail", "resolve", letter(ref, "message_id"), status=2)
    contains(d.dsr("mail", "resolve", letter(ref, "message_id"), "--again"), "sent again now")
    wait_for(lambda: is_logged(ref), "sent again, and logged")
    equal(len({parse(mail.data)["Message-ID"] for mail in mails_about(ref)}), 1)
    equal(mails_about(ref)[0].data, mails_about(ref)[1].data)


@case
def a_person_may_say_that_it_arrived():
    ref = draft(subject())
    relay.after_data = ["close", OK]
    d.dsr("send", ref, "--yes")
    wait_for(lambda: letter(ref, "state") == "in_doubt", "in doubt")
    d.dsr("mail", "resolve", letter(ref, "message_id"), "--sent")
    wait_for(lambda: is_logged(ref), "logged")
    equal((d.dsr_json("show", ref)["request"]["state"], len(mails_about(ref))), ("open", 1))
    dropped = draft(subject())
    relay.after_data = ["close", OK]
    d.dsr("send", dropped, "--yes")
    wait_for(lambda: letter(dropped, "state") == "in_doubt", "in doubt")
    d.dsr("mail", "resolve", letter(dropped, "message_id"), "--drop")
    equal((letter(dropped, "state"), d.dsr_json("show", dropped)["request"]["state"]), ("withdrawn", "draft"))
    d.dsr("mail", "resolve", letter(dropped, "message_id"), "--again", status=4)


@case
def what_the_relay_surely_did_not_take_is_tried_again():
    ref = draft(subject())
    relay.after_data = ["451 4.3.0 later", OK]
    d.dsr("send", ref, "--yes")
    wait_for(lambda: is_logged(ref), "logged")
    equal((message(ref, "attempts"), len(mails_about(ref))), ("2", 2))
    equal(mails_about(ref)[0].data, mails_about(ref)[1].data)
    refused = draft(subject())
    relay.after_rcpt = ["550 5.1.1 nobody here", "250 2.1.5 Ok"]
    d.dsr("send", refused, "--yes")
    wait_for(lambda: letter(refused, "state") == "failed", "failed")
    contains(d.dsr("show", refused), "failed")
    d.dsr("send", refused, "--yes")  # a person approves it anew
    wait_for(lambda: is_logged(refused), "logged")


@case
def a_mailer_killed_in_the_middle_leaves_it_in_doubt():
    ref = draft(subject())
    relay.after_data = ["silence", OK]
    before = len(relay.mails)
    d.dsr("send", ref, "--yes")
    wait_for(lambda: len(relay.mails) > before, "the relay has the whole mail")
    for pid in d.pids("mailer"):
        os.kill(pid, signal.SIGKILL)
    wait_for(lambda: letter(ref, "state") == "in_doubt", "in doubt")
    other = draft(subject())
    d.dsr("send", other, "--yes")
    wait_for(lambda: is_logged(other), "another mailer works")
    equal((letter(ref, "state"), len(mails_about(ref))), ("in_doubt", 1))
    d.dsr("mail", "resolve", letter(ref, "message_id"), "--sent")
    wait_for(lambda: is_logged(ref), "logged")


@case
def what_was_sent_is_logged_after_a_death_of_the_api_too():
    ref = draft(subject())
    d.sql("create function dsr.no_log() returns trigger language plpgsql as $$ begin raise 'not now'; end $$; "
          "create trigger no_log before update of logged on dsr.letter for each row execute function dsr.no_log()")
    d.dsr("send", ref, "--yes")
    wait_for(lambda: letter(ref, "state") == "sent", "sent")
    equal((is_logged(ref), d.dsr_json("show", ref)["request"]["state"]), (False, "draft"))
    for pid in d.pids("api"):
        os.kill(pid, signal.SIGKILL)
    d.sql("drop trigger no_log on dsr.letter; drop function dsr.no_log()")
    wait_for(d.answers, "the api is back")
    wait_for(lambda: is_logged(ref), "logged")
    equal([event["event"] for event in d.dsr_json("show", ref)["events"]], ["sent"])
    equal(len(mails_about(ref)), 1)


@case
def somebody_who_has_logged_it_meanwhile_has_logged_it():
    ref = draft(subject())
    relay.after_data = ["close", OK]
    d.dsr("send", ref, "--yes")
    wait_for(lambda: letter(ref, "state") == "in_doubt", "in doubt")
    d.dsr("log", ref, "sent")
    d.dsr("mail", "resolve", letter(ref, "message_id"), "--sent")
    wait_for(lambda: is_logged(ref), "nothing is left to log")
    equal([event["event"] for event in d.dsr_json("show", ref)["events"]], ["sent"])


@case
def access_comes_before_deletion_and_authority_before_both():
    alias = subject()
    first = draft(alias)
    d.dsr("send", first, "--yes")
    wait_for(lambda: is_logged(first), "logged")
    ref = draft(alias, "elsevier", "deletion")
    d.dsr("send", ref, "--yes", status=4)
    contains(d.errors, "still open: wait for its answer and ask for deletion after", "--anyway sends it all the same")
    equal(len(mails_about(ref)), 0)
    d.dsr("send", ref, "--yes", "--anyway")
    wait_for(lambda: is_logged(ref), "logged")
    ref = draft(subject(authority=False), "elsevier", "access", "eu-gdpr", "--anyway")
    d.dsr("send", ref, "--yes", status=4)
    contains(d.errors, "No authority of the patron on record")


@case
def other_letters_follow_the_state_of_the_request():
    alias = subject()
    ref = d.file("elsevier", "access", "--law", "eu-gdpr", "--for", alias, "--sent", days_ago(90))
    contains(d.dsr("letter", ref), "Subject: Overdue:", "art. 12(3)", "I will complain")
    d.dsr("log", ref, "extension_notice", "--on", days_ago(20))
    contains(d.dsr("letter", ref), "Subject: Your notice of extension", "The notice came too late.")
    d.dsr("log", ref, "refused")
    text = d.dsr("letter", ref, "--details", "They said that they cannot find me.")
    contains(text, "Subject: Complaint about Elsevier", "They said that they cannot find me.")
    out = d.dsr("send", ref)
    contains(out, "1. Complain to this authority", "edpb.europa.eu", f"dsr log {ref} complaint_sent --on DATE")
    reply = d.http("POST", f"/v1/requests/{ref}/letters", {"kind": "complaint", "hash": "0" * 64})
    contains(reply.json["detail"], "goes to the authority")
    virginia = d.dsr("subject", "add", "--residence", "US-VA", "--name", "Val Patron").strip()
    ref = d.file("thomson-reuters", "access", "--law", "us-va-vcdpa", "--for", virginia, "--sent", days_ago(20), "--channel", "email", "--anyway")
    d.dsr("log", ref, "refused")
    contains(d.dsr("letter", ref), "Subject: Appeal:", "59.1-577(C)")


@case
def a_letter_says_what_is_late_the_confirmation_or_the_answer_or_that_to_the_appeal():
    def squeezed(*arguments):
        return " ".join(d.dsr("letter", *arguments).split())
    california = d.dsr("subject", "add", "--residence", "US-CA", "--name", "Cal Patron").strip()
    ref = d.file("exlibris", "access", "--law", "us-ca-ccpa", "--for", california, "--sent", days_ago(25), "--anyway")
    contains(squeezed(ref), "Subject: Not confirmed:", "Your confirmation that you have it was due on", "11 CCR 7021(a)", "Please confirm now that you have it")
    lacks(squeezed(ref), "Your answer was due", "will complain")
    contains(squeezed(ref, "--lang", "de"), "Ihre Bestätigung, dass er Ihnen vorliegt, war spätestens am")
    contains(squeezed(ref, "--lang", "es"), "Su confirmación de que la tienen debía llegar el")
    contains(squeezed(ref, "--kind", "complaint"), "It had to confirm by")
    d.dsr("log", ref, "acknowledged")
    d.dsr("letter", ref, "--kind", "overdue", status=2)
    contains(d.errors, "Nothing is overdue")
    ref = d.file("exlibris", "access", "--law", "us-ca-ccpa", "--for", california, "--sent", days_ago(60), "--anyway")
    contains(squeezed(ref), "Subject: Overdue:", "Your answer was due on", "I will complain")
    ref = d.file("cengage", "complaint", "--law", "uk-gdpr", "--for", subject(), "--sent", days_ago(40))
    contains(squeezed(ref), "Subject: Not confirmed:", "Your confirmation that you have it was due on", "164A")
    lacks(squeezed(ref), "Your answer was due")
    virginia = d.dsr("subject", "add", "--residence", "US-VA", "--name", "Val Patron").strip()
    for said in ("refused", "answered"):
        ref = d.file("thomson-reuters", "access", "--law", "us-va-vcdpa", "--for", virginia, "--sent", days_ago(150), "--channel", "email", "--anyway")
        d.dsr("log", ref, said, "--on", days_ago(130))
        d.dsr("log", ref, "appeal_sent", "--on", days_ago(100))
        contains(squeezed(ref, "--kind", "complaint"), "The answer to my appeal was due on", "59.1-577(C)")
    contains(squeezed(ref), "Your answer to my appeal of", "was due on")


@case
def other_channels_get_a_list_of_what_to_do():
    alias = subject()
    ref = draft(alias, "overdrive", "access", "voluntary")
    out = d.dsr("send", ref)
    contains(out, "Only the patron can do this", "https://help.overdrive.com/en-us/2290.htm", "User Privacy Portal", "What to expect, if it is sent today",
             "not a legal deadline", f"dsr log {ref} sent --on DATE")
    lacks(out, "sends this letter for me")
    contains(d.dsr("send", draft(alias, "cengage", "access", "us-ca-ccpa")), "ack by ~")
    ref = draft(alias, "elsevier", "correction", "eu-gdpr", "--channel", "webform")
    d.dsr("send", ref, status=2)
    contains(d.errors, "Say what is to be corrected")
    out = d.dsr("send", ref, "--details", "My name is Zoë.")
    contains(out, "1. Open this web form", "privacysupport", "My name is Zoë.", "respond by")
    shown = d.http("POST", f"/v1/requests/{ref}/letter", {"details": "x"}).json
    reply = d.http("POST", f"/v1/requests/{ref}/letters", {"details": "x", "hash": shown["hash"]})
    equal((reply.status, reply.json["field"]), (409, "channel"))


@case
def a_letter_is_made_for_paper_and_for_another_mail_program():
    folder = os.path.join(d.folder, "out")
    os.mkdir(folder)
    ref = draft(subject(), "elsevier", "access", "eu-gdpr", "--channel", "letter")
    pdf = os.path.join(folder, "letter.pdf")
    out = d.dsr("send", ref, "--pdf", pdf)
    contains(out, "1. Post the letter to this address", "Radarweg 29", f"The letter to post is in {pdf}.")
    equal(os.stat(pdf).st_mode & 0o777, 0o600)
    equal(open(pdf, "rb").read(5), b"%PDF-")
    mail = os.path.join(folder, "letter.eml")
    d.dsr("letter", ref, "--mail", mail, "--lang", "es")
    parsed = parse(open(mail, "rb").read())
    equal((str(parsed["From"]), parsed["X-Unsent"], parsed["Content-Language"]), (f"Zoë Patron <zoe{bench.people}@example.org>", "1", "es"))
    contains(parsed.get_content(), "Solicitud" if "Solicitud" in parsed.get_content() else "acceso")
    whole = open(pdf, "rb").read()
    d.dsr("letter", ref, "--pdf", pdf, env={"PATH": folder}, status=5)
    contains(d.errors, "apt install groff")
    equal(sorted(os.listdir(folder)), ["letter.eml", "letter.pdf"])
    equal(open(pdf, "rb").read(), whole, "the one before stays, whole")


@case
def letter_text_is_never_a_request_to_groff():
    # A name that begins like one, and escapes, come out as they are.
    pdf, text = os.path.join(d.folder, "out", "groff.pdf"), os.path.join(d.folder, "out", "groff.txt")
    alias = d.dsr("subject", "add", "--residence", "NL", "--name", r".sy touch \*[x] \n(yr ' .pso id").strip()
    d.dsr("authority", "add", alias, "--form", "signed", "--on", days_ago(200))
    ref = draft(alias)
    d.dsr("letter", ref, "--pdf", pdf)
    if shutil.which("pdftotext"):
        subprocess.run(["pdftotext", pdf, text], check=True)
        contains(open(text).read(), r".sy touch \*[x] \n(yr ' .pso id")
    alias = d.dsr("subject", "add", "--residence", "NL", "--name", "\u4e2d\u6587").strip()
    ref = draft(alias, "elsevier", "access", "eu-gdpr", "--anyway")
    d.dsr("letter", ref, "--pdf", pdf, status=2)
    contains(d.errors, "has no glyph")


@case
def ones_own_letter_needs_no_authority_and_no_entry_in_the_log():
    ref = d.file("elsevier", "access", "--law", "eu-gdpr", "--residence", "NL", "--draft")
    before = d.sql("select count(*) from dsr.audit where act = 'subject_reveal'")
    contains(d.dsr("letter", ref), "Olive Owner")
    lacks(d.dsr("letter", ref), "sends this letter for me")
    equal(d.sql("select count(*) from dsr.audit where act = 'subject_reveal'"), before)
    d.dsr("send", ref, "--yes")
    wait_for(lambda: is_logged(ref), "logged")
    contains(d.dsr_json("show", ref)["letters"][0]["text"], "Subject: Request for access", "Olive Owner")
    contains(d.dsr("send", d.file("overdrive", "access", "--law", "voluntary", "--draft")), "Only you can do this: the vendor asks for your card")
    export = d.dsr("me", "export")
    contains(export, "Subject: Request for access to my personal data (" + ref)


@case
def what_staff_sends_for_a_patron_who_filed_rests_on_the_authority_too():
    ref = d.file("elsevier", "portability", "--law", "eu-gdpr", "--draft")  # the owner's own
    mine = d.dsr_json("show", ref)["request"]["subject"]
    d.dsr("authority", "add", mine, "--form", "signed", "--on", days_ago(10))
    relay.after_mail = ["421 4.3.0 not now"]
    d.dsr("send", ref, "--yes")
    wait_for(lambda: message(ref, "attempts") != "0", "tried in vain")
    # As if a colleague had approved it.
    d.sql(f"update dsr.letter set approved_by = gen_random_uuid() where id = '{letter(ref, 'id')}'")
    d.dsr("authority", "withdraw", mine)
    equal(letter(ref, "state || ': ' || reason"), "withdrawn: The patron's authority has ended.")
    relay.after_mail = ["250 2.1.0 Ok"]


@case
def a_purge_takes_letters_with_their_request():
    ref = draft(subject())
    d.dsr("send", ref, "--yes")
    wait_for(lambda: is_logged(ref), "logged")
    about = letter(ref, "message_id")
    d.dsr("log", ref, "answered")
    d.dsr("close", ref, "fulfilled")
    d.sql(f"update dsr.request set closed_on = current_date - 200 where ref = '{ref}'")
    d.sql(f"update dsr.message set day = current_date - 300 where id = '{about}'")
    d.sql(f"update dsr.letter set state = 'in_doubt' where message_id = '{about}'")
    equal(d.dsr_json("purge", "--dry-run")["requests"], 0, "not while somebody has to decide")
    d.sql(f"update dsr.letter set state = 'sent' where message_id = '{about}'")
    planned = d.dsr_json("purge", "--dry-run")
    equal((planned["requests"], planned["mails"] >= 1), (1, True))
    gone = d.dsr_json("purge")
    equal((gone["requests"], gone["mails"]), (1, planned["mails"]))
    d.dsr("show", ref, status=1)
    equal(d.sql(f"select (select count(*) from dsr.message where id = '{about}') + (select count(*) from dsr.letter where message_id = '{about}')"), "0")


@case
def fields_that_could_break_a_letter_are_refused_with_their_name():
    ref = draft(subject())
    for details in ("a\nb", "a\rb", "a\u2028b", "a\u202eb", "=?utf-8?q?x?=", "x" * 1500):
        reply = d.http("POST", f"/v1/requests/{ref}/letter", {"details": details})
        equal((reply.status, reply.json["field"]), (422, "details"), repr(details[:20]))


@case
def the_templates_are_checked_and_taken_over_while_dsrd_runs():
    contains(d.run("check").stdout, "letters: 3 languages")
    ref = draft(subject())
    path = os.path.join(d.program, "etc", "letters", "en", "request_access.txt")
    content = open(path).read()
    open(path, "w").write(content.replace("I ask you for access", "I kindly ask you for access"))
    os.kill(d.pids("api")[0], signal.SIGHUP)
    wait_for(lambda: "I kindly ask" in d.dsr("letter", ref), "taken over")
    open(path, "w").write(content + "{email}\n")
    lines = content.count("\n") + 1
    contains(d.run("check").stderr, f"request_access.txt:{lines}: email may be empty")
    os.kill(d.pids("api")[0], signal.SIGHUP)
    wait_for(lambda: f"the letters stay as they are: {path}:{lines}:" in d.read_log(), "refused")
    contains(d.dsr("letter", ref), "I kindly ask")
    open(path, "w").write(content)

run_cases()
