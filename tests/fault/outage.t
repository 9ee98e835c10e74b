#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The relay is away for 72 hours, on the clocks of dsrd and PostgreSQL, and everybody's mail waits. Then it is back. OUTAGE_PEOPLE, OUTAGE_RATE (a minute)."""
import bisect
import collections
import datetime
import os
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from backlog import Sink, looked, record, text_of  # noqa: E402
from clock import WHY_NOT, Clock  # noqa: E402
from dsrd import Dsrd, case, days_ago, equal, figure, run_cases, wait_for  # noqa: E402

if WHY_NOT:
    print(f"1..0 # SKIP {WHY_NOT}")
    sys.exit(0)

PEOPLE = int(os.environ.get("OUTAGE_PEOPLE", "96"))
RATE = int(os.environ.get("OUTAGE_RATE", "1200"))
MAILERS, HOUR = 3, 3600
PATIENCE_S = PEOPLE * 60 // RATE * 3 + 120
d = Dsrd({"mail": {"transport": "smtp", "mailers": MAILERS, "rate_per_minute": RATE, "batch": 20},
          "reminders": {"manager_digest": False, "respond": {"before": [6, 5, 4, 3, 2, 1], "after": [1], "repeat_days": 1, "to": ["subject"]}},
          "vault": {"bucket_days": 366, "backup_days": 800}}, start=False)
sink = Sink(d.folder)
d.write_conf({"mail": {"relay": sink.url}})
clock = Clock(d.folder)  # of dsrd and of its PostgreSQL
d.start(more=clock.environment())
people = [{"name": f"Person {n}", "email": f"person{n}@example.org",
           "requests": [{"vendor": "elsevier", "right": "access", "law": "eu-gdpr", "sent": days_ago(30 + n * 7 % 48)}]} for n in range(PEOPLE)]
returned = 0.0


def wait_long(condition, what):
    end = time.monotonic() + PATIENCE_S
    while not condition():
        if time.monotonic() > end:
            raise AssertionError(f"did not come within {PATIENCE_S} s: {what}")
        time.sleep(0.2)  # a look costs what a mail does


def count(where):
    return int(d.sql(f"select count(*) from dsr.message where kind = 'reminder' and {where}"))


@case
def during_the_outage_one_mail_waits_for_each_person():
    record(d, people)
    wait_long(lambda: count("state in ('queued', 'leased', 'sending')") == PEOPLE, "a mail for everybody waits")
    for hours in (24, 48, 72):
        clock.set(hours * HOUR)
        looked(d)  # the database is there again, and reminders have been looked for
        wait_long(lambda: d.sql("select count(*) from dsr.reminder where state = 'planned' and gather_on <= current_date") == "0", "what fell due is gathered")
    equal(count("true"), PEOPLE, "mails in all")
    # Each mailer knocks now and then; the backlog is no reason to knock more often.
    tries = int(d.sql("select count(*) from dsr.attempt"))
    seconds = int(d.sql("select extract(epoch from now() - interval '72 hours' - min(began_at))::int + 1 from dsr.attempt"))
    figure("tries against a relay that is away, a mailer and minute", round(tries / MAILERS / max(seconds / 60, 1), 1))
    equal(tries <= MAILERS * (6 + seconds / 15), True, f"{tries} tries in {seconds} seconds")


@case
def an_operator_is_told_that_mail_stands_still():
    wait_for(lambda: "mail waits and the relay has taken none" in d.dsr("status", status=1), "after the jump of the clock the mailers have been heard of")


@case
def on_its_return_each_gets_one_mail_within_the_rate():
    global returned
    returned = time.time()
    sink.open()
    wait_long(lambda: count("state <> 'sent'") == 0, "everything is sent")
    taken = list(sink.taken())
    got = collections.Counter(mail.to[0] for mail in taken)
    for person in people:
        if got[f"<{person['email']}>"] != 1:  # what the database says of it, to look into
            print(f"# {person['email']}: {got['<' + person['email'] + '>']} mails\n# " + d.sql(
                "select m.id, m.day, m.attempts, m.deaths, a.n, a.verdict, a.curl_code, a.smtp_code, a.began_at, a.ended_at, a.incarnation from dsr.message m "
                "left join dsr.attempt a on a.message_id = m.id where m.recipient_id = (select id from dsr.subject where alias = '" + person["alias"] + "') order by a.began_at"
            ).replace("\n", "\n# "), flush=True)
    equal(set(got.values()), {1}, "one mail for each person")
    equal(len(got), PEOPLE, "for everybody")
    first = taken[0].at - returned
    equal(first < 60, True, f"the first mail came after {first} s")
    at = [mail.at for mail in taken]
    most = 0
    window = min(60, PEOPLE * 60 / RATE / 2)
    start = 0
    for end, moment in enumerate(at):
        while moment - at[start] >= window:
            start += 1
        most = max(most, end - start + 1)
    allowed = RATE * window / 60 + MAILERS  # what a mailer was given and still has in hand
    figure("people", PEOPLE)
    figure("seconds to the first mail after the return", round(first, 1))
    figure("most connections at once, of mailers", f"{max(mail.open for mail in taken)} of {MAILERS}")
    figure("most mails a minute, of allowed", f"{round(most * 60 / window)} of {RATE}")
    figure("mails a minute on average", round((len(at) - 1) * 60 / (at[-1] - at[0])))
    equal(max(mail.open for mail in taken) <= MAILERS, True, "connections at once")
    equal(most <= allowed, True, f"{most} mails within {window} s, {allowed} are allowed")


@case
def the_oldest_deadline_goes_first():
    rows = d.sql("select r.ref, case when c.due < current_date then c.latest else c.due end from dsr.request r join dsr.clock c on c.request_id = r.id and c.clock = 'respond'")
    deadline_of = dict(row.split("|") for row in rows.splitlines())
    deadline = {f"<{person['email']}>": deadline_of[person["refs"][0]] for person in people}
    order = [deadline[mail.to[0]] for mail in sink.taken()]
    # How many with an older deadline come after each: not more than the other mailers have in hand.
    worst, later = 0, []
    for day in reversed(order):
        place = bisect.bisect_left(later, day)
        worst = max(worst, place)
        later.insert(bisect.bisect_left(later, day), day)
    figure("most mails that one with a newer deadline overtook", worst)
    equal(worst <= MAILERS, True, f"one went before {worst} with older deadlines")


@case
def nobody_is_told_what_was_so_three_days_ago():
    today = datetime.date.fromisoformat(d.sql("select current_date"))
    rows = d.sql("select r.ref, case when c.due < current_date then c.latest else c.due end from dsr.request r join dsr.clock c on c.request_id = r.id and c.clock = 'respond'")
    due = dict(row.split("|") for row in rows.splitlines())
    of = {f"<{person['email']}>": person["refs"][0] for person in people}
    turned = 0
    for mail in sink.taken():
        left = (datetime.date.fromisoformat(due[of[mail.to[0]]]) - today).days
        days = f"{abs(left)} day" + ("s" if abs(left) != 1 else "")
        wanted = f": {days} ago." if left < 0 else ": in " + days + "." if left > 0 else " has to answer today"
        text = text_of(mail.mail)
        equal(wanted in text, True, f"{wanted!r} in\n{text}")
        equal(text.count("Elsevier B.V.: access under"), 1, "told once")
        turned += -3 <= left < 0
    figure("whose deadline passed during the outage, told as overdue", turned)
    equal(turned > 0 or PEOPLE < 48, True, "some deadlines passed meanwhile")


@case
def after_a_week_without_dsrd_each_gets_one_mail_and_status_lists_what_was_missed():
    before = {mail.to[0] for mail in sink.taken()}
    d.stop()
    clock.set((72 + 7 * 24) * HOUR)
    d.start(more=clock.environment())
    looked(d)
    wait_long(lambda: count("state not in ('sent', 'cancelled')") == 0 and d.sql("select count(*) from dsr.reminder where state = 'planned' and gather_on <= current_date") == "0",
              "everything is sent")
    again = [mail.to[0] for mail in sink.taken()][len(before):]
    equal(len(again), len(set(again)), "at most one for each")
    rows = d.sql("select r.ref, case when c.due < current_date then c.latest else c.due end < current_date from dsr.request r join dsr.clock c on c.request_id = r.id and c.clock = 'respond'")
    late = {ref for ref, passed in (row.split("|") for row in rows.splitlines()) if passed == "t"}
    of = {person["refs"][0]: f"<{person['email']}>" for person in people}
    equal(late and {of[ref] for ref in late} - set(again), set(), "everybody whose date passed is told")
    status = d.dsr_json("status")
    equal(status["counts"]["overdue"], len(late), "missed, by `dsr status`")
    equal({request["ref"] for request in status["overdue"]} - late, set())
    figure("mails after a week without dsrd, overdue, of people", f"{len(again)}, {len(late)}, {PEOPLE}")


run_cases()
