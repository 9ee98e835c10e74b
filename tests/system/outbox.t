#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Two at once: a person records what happened at the very moment the scheduler gathers, or a mailer begins to send."""
import datetime
import os
import subprocess
import sys
import threading

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "harness"))
from dsrd import RUNNER, Dsrd, case, contains, days_ago, equal, run_cases, wait_for  # noqa: E402
from relay import Relay  # noqa: E402

relay = Relay()
d = Dsrd({"mail": {"transport": "smtp", "relay": relay.url, "backoff_s": [1]}})
relay.close()  # what is gathered stays untried: nothing leaves but by the hand of a test
holders = []
GATHER = '{"limit": 1000, "quiet_from": "00:00", "quiet_until": "00:00", "weekends": true, "digest": false}'


class Session:
    """A session of the database with a transaction left open."""

    def __init__(self, *statements):
        self.psql = subprocess.Popen(RUNNER + ["psql", "-X", "-q", "-t", "-A", "-v", "ON_ERROR_STOP=1", "-h", os.path.join(d.data, "run"), "-U", "dsrd_admin", "-d", "dsrd"],
                                     stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for statement in ("begin", "select set_config('dsr.library', '1', true)") + statements + ("select 'open'",):
            self.psql.stdin.write(statement + ";\n")
        self.psql.stdin.flush()
        for line in self.psql.stdout:
            if line == "open\n":
                return
        raise AssertionError("the session has ended")

    def commit(self):
        self.psql.communicate("commit;\n")
        equal(self.psql.returncode, 0)


def meanwhile(session, *command):
    """Runs dsr, which has to wait for the session, and lets the session go then."""
    thread = threading.Thread(target=d.dsr, args=command)
    thread.start()
    wait_for(lambda: d.sql("select count(*) from pg_stat_activity where wait_event_type = 'Lock'") != "0", "dsr waits for the other one")
    session.commit()
    thread.join()


def overdue(sent):
    ref = d.file("elsevier", "access", "--law", "eu-gdpr", "--for", d.dsr("subject", "add", "--residence", "NL").strip(), "--sent", days_ago(sent))
    wait_for(lambda: reminders(ref, "gathered") == 1, "gathered")
    return ref


def reminders(ref, *states):
    chosen = ", ".join(f"'{state}'" for state in states)
    return int(d.sql(f"select count(*) from dsr.reminder d join dsr.request r on r.id = d.request_id where r.ref = '{ref}' and d.state in ({chosen})"))


def mail_of(ref, what):
    return d.sql(f"select {what} from dsr.message m where id = (select message_id from dsr.reminder d join dsr.request r on r.id = d.request_id where r.ref = '{ref}' and message_id is not null)")


def begun(message, mailer, attempt):
    """As if a mailer were in the middle of sending; its lock is held, so that nobody takes it for dead."""
    holders.append(Session(f"select pg_advisory_lock(hashtextextended('{mailer}', 1))"))
    # A real one may be trying at this moment: after it has failed.
    wait_for(lambda: d.sql(f"update dsr.message set state = 'sending', bytes = decode(repeat('01', 64), 'hex'), attempts = attempts + 1, incarnation = '{mailer}', "
                           f"lease_until = now() + interval '1 hour' where id = '{message}' and state = 'queued' returning 1") == "1", "begun")
    d.sql(f"insert into dsr.attempt (library_id, id, message_id, n, incarnation) select 1, '{attempt}', id, attempts, '{mailer}' from dsr.message where id = '{message}'")


def verdict(message, mailer, attempt, word):
    return f'{{"message": "{message}", "attempt": "{attempt}", "incarnation": "{mailer}", "verdict": "{word}", "smtp_code": 250}}'


@case
def an_event_while_the_scheduler_gathers_leaves_no_later_reminder():
    ref = overdue(75)
    chosen = f"request_id = (select id from dsr.request where ref = '{ref}')"
    d.sql(f"delete from dsr.reminder where {chosen} and state = 'gathered'")
    session = Session(f"update dsr.reminder set on_date = current_date, gather_on = current_date where {chosen}", f"select api.reminders_gather('{GATHER}')")
    meanwhile(session, "log", ref, "answered")
    equal(reminders(ref, "planned"), 0)
    # A mailer may have begun in vain to send what was gathered; it is not sent when the relay is back.
    wait_for(lambda: reminders(ref, "gathered") == 0, "nor anything to be sent")


@case
def an_answer_while_the_relay_is_tried_in_vain_is_not_asked_for_by_the_next_try():
    ref = overdue(75)
    mailer, attempt = "00000000-0000-4000-8000-00000000000c", "00000000-0000-4000-8000-00000000000d"
    message = mail_of(ref, "id")
    begun(message, mailer, attempt)
    d.dsr("log", ref, "answered")
    equal((mail_of(ref, "state"), reminders(ref, "gathered")), ("sending", 0))
    d.dsr("undo", ref, "answered")
    equal(reminders(ref, "gathered"), 1)
    d.dsr("log", ref, "answered")
    d.sql(f"select api.mail_verdict(1, '{verdict(message, mailer, attempt, 'retry')}')")
    equal(mail_of(ref, "state"), "cancelled")


@case
def what_falls_due_while_the_relay_is_tried_in_vain_joins_that_mail():
    ref = overdue(77)
    mailer, attempt = "00000000-0000-4000-8000-00000000000e", "00000000-0000-4000-8000-00000000000f"
    message = mail_of(ref, "id")
    begun(message, mailer, attempt)
    other = d.file("proquest", "access", "--law", "uk-gdpr", "--for", d.dsr("subject", "add", "--residence", "GB").strip(), "--sent", days_ago(100))
    d.sql(f"select set_config('dsr.library', '1', false); select pg_advisory_xact_lock(hashtextextended('dsr.gather', 1)); select api.reminders_gather('{GATHER}')")
    equal(d.sql("select count(*) from dsr.reminder d join dsr.request r on r.id = d.request_id where r.ref = "
                f"'{other}' and d.state = 'planned' and d.gather_on <= current_date"), "1", "it waits")
    d.sql(f"select api.mail_verdict(1, '{verdict(message, mailer, attempt, 'retry')}')")
    wait_for(lambda: reminders(other, "gathered") == 1, "gathered today")
    equal(mail_of(other, "id"), message)
    for each in (ref, other):
        d.dsr("log", each, "answered")


@case
def what_falls_due_at_the_moment_when_a_try_in_vain_ends_joins_that_mail_too():
    ref = overdue(78)
    mailer, attempt = "00000000-0000-4000-8000-000000000010", "00000000-0000-4000-8000-000000000011"
    message = mail_of(ref, "id")
    begun(message, mailer, attempt)
    session = Session(f"select api.mail_verdict(1, '{verdict(message, mailer, attempt, 'retry')}')")
    other = d.file("proquest", "deletion", "--law", "uk-gdpr", "--for", d.dsr("subject", "add", "--residence", "GB").strip(), "--sent", days_ago(100))
    filed = d.sql("select clock_timestamp()")
    wait_for(lambda: d.sql(f"select looked_at > '{filed}' from dsr.look where library_id = 1") == "t", "the scheduler has looked, and does not know the verdict")
    equal(reminders(other, "planned") >= 1, True)
    session.commit()
    wait_for(lambda: reminders(other, "gathered") == 1, "gathered today")
    equal(mail_of(other, "id"), message)
    for each in (ref, other):
        d.dsr("log", each, "answered")


@case
def an_event_while_a_mail_is_begun_leaves_it_the_reminder_it_tells_of():
    ref = overdue(75)
    message = mail_of(ref, "id")
    wait_for(lambda: mail_of(ref, "state") == "queued", "no mailer is at it")
    session = Session(f"update dsr.message set state = 'sending', bytes = decode(repeat('01', 64), 'hex'), attempts = attempts + 1 where id = '{message}'")
    meanwhile(session, "log", ref, "received", "--on", days_ago(74))
    equal((mail_of(ref, "state"), reminders(ref, "gathered")), ("sending", 1))
    # Who has just been told is not told again the same day, though the record was corrected.
    equal(d.sql(f"select count(*) from dsr.reminder d join dsr.request r on r.id = d.request_id where r.ref = '{ref}' and d.state = 'planned' and on_date <= current_date"), "0")
    d.sql(f"update dsr.message set state = 'cancelled' where id = '{message}'")


@case
def a_mailer_that_lost_its_connection_may_still_say_that_the_relay_took_it():
    ref = overdue(76)
    mailer, attempt = "00000000-0000-4000-8000-00000000000a", "00000000-0000-4000-8000-00000000000b"
    message = mail_of(ref, "id")
    begun(message, mailer, attempt)
    d.sql(f"update dsr.message set lease_until = now() where id = '{message}'")
    wait_for(lambda: mail_of(ref, "state") == "in_doubt", "the lease has run out")
    said = verdict(message, mailer, attempt, "sent")
    contains(d.sql(f"select api.mail_verdict(1, '{said}')"), "true")
    equal((mail_of(ref, "state"), mail_of(ref, "bytes is null"), reminders(ref, "sent")), ("sent", "t", 1))
    contains(d.sql(f"select api.mail_verdict(1, '{said}')"), "false")


def asked_in_vain(*statements):
    """The last answer, of a session that waits for nobody and leaves nothing."""
    return d.sql(";".join(("begin", "set local lock_timeout = '1s'", "select set_config('dsr.library', '1', true)") + statements + ("rollback",))).split("\n")[-1]


@case
def a_mail_that_waits_behind_a_slow_one_is_not_taken_for_one_that_mailers_die_of():
    slow, behind = "00000000-0000-4000-8000-0000000000a3", "00000000-0000-4000-8000-0000000000a4"
    for message in (slow, behind):  # which no mailer of dsrd takes
        d.sql(f"insert into dsr.message (library_id, id, kind, recipient_kind, address_hash, day, next_at) values (1, '{message}', 'test', 'address', sha256('x'), current_date, 'infinity')")
    mailer = "00000000-0000-4000-8000-0000000000a1"
    begun(slow, mailer, "00000000-0000-4000-8000-0000000000a2")
    # Its own lease has run out meanwhile.
    leased = (f"update dsr.message set state = 'leased', incarnation = '{mailer}', lease_until = clock_timestamp() - interval '1 s', next_at = now() - interval '1 h', "
              f"deaths = 0 where id = '{behind}'")
    equal(asked_in_vain(leased, "select dsr.leases_recover(60, 12)",
                        f"select state, deaths, next_at < now() - interval '59 min' from dsr.message where id = '{behind}'"), "queued|0|t")
    # A mailer that is begun with none may have died of any.
    equal(asked_in_vain(leased, f"update dsr.message set incarnation = gen_random_uuid() where id = '{behind}'", "select dsr.leases_recover(60, 12)",
                        f"select deaths from dsr.message where id = '{behind}'"), "1")
    d.sql(f"update dsr.message set state = 'cancelled' where id = '{slow}'")


@case
def nobody_waits_for_who_looks_at_the_clock():
    d.sql("update dsr.time_guard set acted_at = clock_timestamp() - interval '1 hour'")
    look = Session("select from dsr.time_guard for update")
    equal(asked_in_vain("select dsr.time_note()", "select 'noted'"), "noted")
    equal(asked_in_vain("select api.mail_lease(0, gen_random_uuid(), 1, 300, 0)", "select 'leased'"), "leased")
    look.commit()


@case
def writes_without_an_end_do_not_keep_the_scheduler_from_looking():
    stream = subprocess.Popen(RUNNER + ["psql", "-X", "-q", "-h", os.path.join(d.data, "run"), "-U", "dsrd_admin", "-d", "dsrd", "-c",
                                        "do $$ begin for i in 1..20000 loop perform pg_notify('dsr', 'reminder 1'); commit; perform pg_sleep(0.001); end loop; end $$"])
    wait_for(lambda: d.sql("select count(*) from pg_stat_activity where query like 'do $$%' and pid <> pg_backend_pid()") == "1", "they have begun")
    moment = d.sql("select clock_timestamp() + interval '1 s'")
    wait_for(lambda: d.sql(f"select looked_at > '{moment}' from dsr.look where library_id = 1") == "t", "it looks")
    equal(stream.poll(), None, "while they go on")
    stream.terminate()
    stream.wait()


run_cases()
