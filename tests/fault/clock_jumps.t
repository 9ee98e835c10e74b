#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Clocks that jump, dsrd's, PostgreSQL's, both, and opposite ways, while nothing is due and in the middle of a drain: no reminder leaves before its
date by the database's clock, none twice, none later than a minute after the jump is undone; nothing is destroyed on the word of a wrong clock.

CLOCK_JUMPS=all tries all of them; without it a chosen few. What the relay recorded and the database are all that is looked at."""
import datetime
import json
import os
import re
import signal
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "harness"))
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from clock import WHY_NOT  # noqa: E402
from clocks_apart import start_apart  # noqa: E402
from dsrd import Dsrd, case, contains, equal, lacks, run_cases, wait_for  # noqa: E402
from relay import Relay  # noqa: E402

if WHY_NOT:
    print(f"1..0 # SKIP {WHY_NOT}")
    sys.exit(0)

HOUR, DAY = 3600, 86400
LEASE_S, DRAIN, SLACK_S = 10, 24, 5
FUTURE = (1, 3, 20, 44, 300)  # days from today on which reminders fall due
TO = {"1970": lambda: 2 * DAY - int(time.time()), "2039": lambda: int(datetime.datetime(2039, 3, 1, tzinfo=datetime.timezone.utc).timestamp() - time.time())}
JUMPS = {"1970": TO["1970"], "2039": TO["2039"]}
for name, seconds in (("1s", 1), ("1h", HOUR), ("1d", DAY), ("8d", 8 * DAY), ("45d", 45 * DAY), ("366d", 366 * DAY)):
    JUMPS["+" + name], JUMPS["-" + name] = (lambda s=seconds: s), (lambda s=seconds: -s)
OPPOSITE = {"1970": "2039", "2039": "1970", **{name: ("-" if name[0] == "+" else "+") + name[1:] for name in JUMPS if name[0] in "+-"}}
ALL = [(jump, where, phase) for jump in JUMPS for where in ("dsrd", "postgres", "both", "opposite") for phase in ("idle", "drain")]
FEW = [("+1h", "postgres", "drain"), ("-1d", "both", "drain"), ("+45d", "postgres", "idle"), ("1970", "dsrd", "drain"), ("2039", "both", "idle"),
       ("1970", "both", "idle"), ("+45d", "opposite", "drain"), ("+1d", "postgres", "idle"), ("-1h", "opposite", "drain")]
CASES = ALL if os.environ.get("CLOCK_JUMPS") == "all" else [one for one in FEW if one in ALL]


class Recorded(list):
    """Mails with the moment at which they came; each is taken after a pause."""
    pause = 0

    def append(self, mail):
        mail.at = time.time()
        super().append(mail)
        if self.pause:
            threading.Event().wait(self.pause)


relay = Relay()
relay.mails = Recorded()
d = Dsrd({"mail": {"transport": "smtp", "relay": relay.url, "backoff_s": [1], "lease_s": LEASE_S, "transfer_timeout_ms": 5000, "mailers": 2, "batch": 4, "attempts": 100},
          "reminders": {"scan_ms": 200, "manager_digest": False, "courtesy": {"before": [], "after": [1], "repeat_days": 0, "to": ["subject"]},
                        "respond": {"before": [], "after": [1], "repeat_days": 7, "to": ["subject"]}}}, start=False)
ours, theirs = start_apart(d)
d.sql("update dsr.account set email = null, email_hash = null")
history = [(0.0, 0)]  # since when PostgreSQL's clock is how much ahead
requests = {}         # reference: (its reminder's day, whose)
people = iter(range(1, 100000))
longest = {"after undo": 0.0}
state = {}


def today():
    return datetime.datetime.now(datetime.timezone.utc).date()


def move(mine, its):
    ours.set(mine)
    history.append((time.time(), its))
    theirs.set(its)


def file(days, law="voluntary", subject=None):
    """A request whose reminder falls due so many days from today, to a person of its own; 0: it is overdue. The reference."""
    who = subject or d.http("POST", "/v1/subjects", {"residence": "NL", "name": "Somebody", "email": f"p{next(people)}@example.org"}).json["alias"]
    body = {"vendor": "elsevier", "subject": who, "law": law, "right": "access", "anyway": True}
    if law == "voluntary" and days > 0:
        body["courtesy_days"] = days - 1 or 1
        body["sent"] = (today() - datetime.timedelta(days=0 if days > 1 else 1)).isoformat()
    elif law == "voluntary":
        body.update(courtesy_days=5, sent=(today() - datetime.timedelta(days=20)).isoformat())
    reply = d.http("POST", "/v1/requests", body)
    equal(reply.status, 201, reply.body)
    return reply.json["request"]["ref"]


def note(refs):
    """What the database has planned for them, right after filing."""
    chosen = ", ".join(f"'{ref}'" for ref in refs)
    for line in d.sql(f"select ref, min(on_date) from dsr.reminder w join dsr.request r on r.library_id = w.library_id and r.id = w.request_id"
                      f" where ref in ({chosen}) group by ref").splitlines():
        ref, day = line.split("|")
        requests[ref] = datetime.date.fromisoformat(day)
    equal({ref for ref in refs} - set(requests), set(), "each has a reminder")


def told():
    """The mails about each request: when they came."""
    found = {}
    for mail in list(relay.mails):
        for ref in set(re.findall(rb"R-[0-9A-Z]{4}-[0-9A-Z]{4}", mail.data)):
            found.setdefault(ref.decode(), []).append(mail.at)
    return found


def latest_date(at):
    """The latest that the database's clock has said in the moment before a mail came: it is handed over right after it is chosen."""
    ahead = [a for i, (since, a) in enumerate(history) if since <= at + SLACK_S and (i + 1 == len(history) or history[i + 1][0] >= at - SLACK_S)]
    return (datetime.datetime(1970, 1, 1) + datetime.timedelta(seconds=at + max(ahead))).date()


def check_record(where):
    for ref, times in told().items():
        if ref in requests:
            equal(len(times), 1, f"{where}: {ref} of {requests[ref]} was told of {len(times)} times")
            equal(requests[ref] <= latest_date(times[0]), True, f"{where}: {ref} of {requests[ref]} was told of on {latest_date(times[0])}")


def settle(refs, what, since):
    wait_for(lambda: set(refs) <= set(told()), f"{what}: every reminder that is due")
    late = max(told()[ref][0] for ref in refs) - since
    longest["after undo"] = max(longest["after undo"], late)
    equal(late <= 60, True, f"{what}: {late:.1f} s after the jump is undone")


def leases_are_short():
    return d.sql(f"select count(*) from dsr.message where state in ('leased', 'sending') and lease_until > clock_timestamp() + interval '{LEASE_S} s'") == "0"


def one(jump, where, phase):
    what = f"{jump} {where} {phase}"
    mine = JUMPS[jump]() if where in ("dsrd", "both", "opposite") else 0
    its = JUMPS[jump]() if where in ("postgres", "both") else JUMPS[OPPOSITE[jump]]() if where == "opposite" else 0
    future = [file(days) for days in FUTURE]
    due = []
    if phase == "drain":
        for pid in d.pids("mailer"):
            os.kill(pid, signal.SIGSTOP)
        due = [file(0) for _ in range(DRAIN)]
    note(future + due)
    if phase == "drain":
        wait_for(lambda: d.sql("select count(*) from dsr.message where state = 'queued'") == str(DRAIN), f"{what}: the mails wait")
        relay.mails.pause = 0.02
        before = len(relay.mails)
        for pid in d.pids("mailer"):
            os.kill(pid, signal.SIGCONT)
        wait_for(lambda: len(relay.mails) > before + 3, f"{what}: mails flow")
    else:
        relay.after_rcpt = ["451 4.3.0 not now"] * 2 + ["250 2.1.5 Ok"]  # some are put off by the wrong clock
    move(mine, its)
    looked = d.sql("select looked_at from dsr.time_guard")
    wait_for(lambda: d.sql("select looked_at from dsr.time_guard") != looked, f"{what}: dsrd looks at the clocks while they are wrong")
    wait_for(leases_are_short, f"{what}: leases are no longer than they were")
    threading.Event().wait(0.5)  # what a wrong clock brings about shall have time to come
    relay.after_rcpt = ["250 2.1.5 Ok"]
    move(0, 0)
    since = time.time()
    relay.mails.pause = 0
    wait_for(leases_are_short, f"{what}: leases are no longer than they were")
    fresh = []
    wait_for(lambda: d.http("POST", "/v1/subjects", {"residence": "NL", "name": "Writes go on"}).status == 201, f"{what}: dsrd writes again")
    fresh.append(file(0))
    note(fresh)
    settle(due + fresh, what, since)
    check_record(what)


@case
def no_jump_makes_a_reminder_early_or_late_or_sends_it_twice():
    for jump, where, phase in CASES:
        began = time.monotonic()
        one(jump, where, phase)
        print(f"# {jump} {where} {phase}: {time.monotonic() - began:.1f} s", flush=True)
    equal(d.sql("select count(*) from dsr.message where state in ('in_doubt', 'failed')"), "0", "nothing is in doubt")
    print(f"# figure clock_jumps: {len(CASES)}")
    print(f"# figure clock_reminders: {len(told())}")
    print(f"# figure clock_longest_after_undo_s: {longest['after undo']:.1f}")


@case
def what_has_not_been_told_is_planned_for_its_day():
    # Of all requests: those told of early by the right clock were so by the database's; the others wait for their own day.
    unsent = [ref for ref in requests if ref not in told()]
    equal(all(requests[ref] > today() for ref in unsent), True)
    wrong = d.sql("select count(*) from dsr.reminder where state = 'planned' and gather_on <> on_date")
    equal(wrong, "0", "and none was moved to a day that a wrong clock took for tomorrow")
    equal(d.sql("select count(*) from dsr.message where day > current_date"), "0", "no mail is of a day to come")
    equal(d.sql("select count(*) from dsr.message where state in ('queued', 'leased', 'sending')"), "0")


def ring():
    return [key for key in json.load(open(os.path.join(d.data, "keyring")))["keys"] if key["purpose"] == "seal"]


def sealed_by():
    tables = [line.split("|") for line in d.sql("select name, unnest(columns) from dsr.sealed_tables()").splitlines()]
    union = " union ".join(f"select dsr.envelope_key({column}) from dsr.{table} where {column} is not null" for table, column in tables)
    return {int(key) for key in d.sql(union).split()}


def doubt():
    return d.sql("select coalesce(doubt, 'none') from dsr.time_guard")


def look_at_keys():
    before = d.read_log().count("reload: done")
    os.kill(d.pids("api")[0], signal.SIGHUP)
    wait_for(lambda: d.read_log().count("reload: done") > before, "reloaded")


def closed():
    """A request that is to be purged in a hundred days."""
    ref = file(0)
    d.dsr("log", ref, "answered")
    d.dsr("close", ref, "fulfilled")
    return ref


def there(ref):
    return d.sql(f"select count(*) from dsr.request where ref = '{ref}'") == "1"


@case
def a_wrong_clock_destroys_nothing_and_says_so():
    state["old"] = closed()
    keys, entries = ring(), int(d.sql("select count(*) from dsr.audit"))
    move(JUMPS["2039"](), JUMPS["2039"]())
    wait_for(lambda: doubt() == "ahead", "the jump is seen")
    wait_for(lambda: d.http("GET", "/metrics").body.decode().count("\ndsrd_time_in_doubt 1\n") == 1, "and shown")
    contains(d.dsr("status", status=None), "jumped ahead", "`dsrd time confirm`", "in 72 hours")
    contains(d.run("time").stdout, "In doubt: it has jumped ahead", "It has for 0 of 72 hours.")
    look_at_keys()
    wait_for(lambda: len(ring()) > len(keys), "keys are made, since the clock may be right")
    state["wrong"] = d.http("POST", "/v1/subjects", {"residence": "NL", "name": "Sealed In 2039"}).json["alias"]
    reply = d.http("POST", "/v1/purges", {})
    equal((reply.status, "The clock is in doubt" in reply.json["detail"]), (409, True), reply.body)
    looked = d.sql("select looked_at from dsr.time_guard")
    wait_for(lambda: d.sql("select looked_at from dsr.time_guard") > looked, "looks go on")
    equal(there(state["old"]), True)
    equal([key for key in keys if key["id"] not in {k["id"] for k in ring()}], [], "no key is destroyed")
    equal(int(d.sql("select count(*) from dsr.audit")) >= entries, True)
    equal(d.sql("select count(*) from dsr.report_snapshot") + d.sql("select count(*) from dsr.tombstone"), "00")
    equal(max(sealed_by()) > max(key["id"] for key in keys), True, "what is written now is sealed by a key of 2039")


@case
def back_again_what_it_sealed_is_sealed_by_the_key_of_today():
    move(0, 0)
    wait_for(lambda: doubt() == "none", "the jump is over")
    far = time.time() + 6 * 7 * DAY
    wait_for(lambda: not [key for key in ring() if key["from"] > far], "no key is of 2039 any more")
    now = [key["id"] for key in ring() if key["from"] <= time.time() < key["until"]][-1]
    wait_for(lambda: sealed_by() == {now}, "everything is sealed by the key of today")
    contains(d.dsr("subject", "show", state["wrong"], "--reason", "other"), "Sealed In 2039")
    contains(d.http("GET", "/metrics").body.decode(), "\ndsrd_time_in_doubt 0\n")
    lacks(d.dsr("status", status=None), "dsrd time confirm")


@case
def weekly_reminders_go_on_weekly():
    ref = d.file("oclc", "access", "--law", "eu-gdpr", "--for", d.http("POST", "/v1/subjects", {"residence": "NL", "email": "weekly@example.org"}).json["alias"],
                 "--sent", (today() - datetime.timedelta(days=75)).isoformat(), "--anyway")
    planned = f"select on_date from dsr.reminder w join dsr.request r on r.library_id = w.library_id and r.id = w.request_id where ref = '{ref}' and w.state = 'planned' and w.clock = 'respond'"
    wait_for(lambda: len(told().get(ref, ())) == 1 and d.sql(planned), "told, and the next one planned")
    right = d.sql(planned)
    move(0, JUMPS["2039"]())
    wait_for(lambda: len(told()[ref]) == 2 and d.sql(planned) > "2039", "told in 2039")
    move(0, 0)
    wait_for(lambda: d.sql(planned) < "2039", "the next one is brought back")
    # The one of `right` was told of, though too early; the one after it comes in its week.
    equal(datetime.date.fromisoformat(d.sql(planned)), datetime.date.fromisoformat(right) + datetime.timedelta(days=7))


@case
def who_was_off_for_long_goes_on_once_an_operator_says_so():
    move(100 * DAY, 100 * DAY)
    wait_for(lambda: doubt() == "ahead", "the jump is seen")
    equal(there(state["old"]), True)
    contains(d.run("time", "confirm").stdout, "Confirmed")
    wait_for(lambda: not there(state["old"]), "the purge goes on")
    contains(d.run("time").stdout, "in no doubt")
    equal(d.sql("select count(*) from dsr.audit where library_id = 0 and act = 'time_confirmed'"), "1")


@case
def or_by_itself_once_it_has_gone_on_evenly():
    move(0, 0)
    wait_for(lambda: doubt() == "back", "the clock has gone back")
    contains(d.dsr("status", status=None), "gone back")
    d.sql("update dsr.time_guard set stood = '71:59:58'")
    wait_for(lambda: doubt() == "none", "three days are over")
    equal(d.sql("select right_at::date = current_date and stood = '0' from dsr.time_guard"), "t")


run_cases()
