#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is recorded is kept as long as the settings say, longer under a hold, and then gone for good: purges at the right day, by two dsrd
at once, killed in the middle; what stays is counts."""
import json
import os
import re
import signal
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "harness"))
from dsrd import RUNNER, Dsrd, case, contains, days_ago, equal, lacks, run_cases, wait_for  # noqa: E402

KEPT = {"days": 90, "denied_days": 200, "duplicate_days": 5, "draft_days": 30}
d = Dsrd({"api": {"account_cache_ms": 0}, "retention": KEPT, "reminders": {"manager_digest": False}})
wait_for(lambda: d.sql("select count(*) from dsr.purge_day") == "1", "the day's own purge is done: the cases say when there is one")


def person(name):
    return d.dsr("subject", "add", "--residence", "NL", "--name", name, "--email", name.split()[0].lower() + "@example.org").strip()


def closed(days, outcome="fulfilled", alias=None, vendor="oclc"):
    """A request that was closed so many days ago."""
    sent = days + 20
    whose = ["--for", alias] if alias else ["--residence", "NL"]
    ref = d.file(vendor, "access", "--law", "voluntary", "--sent", days_ago(sent), *whose, "--note", f"note of {alias}", "--anyway")
    d.dsr("log", ref, "acknowledged", "--on", days_ago(sent - 3))
    d.dsr("log", ref, "answered", "--on", days_ago(sent - 12))
    why = ["--reason", "no_match"] if outcome == "denied" else []
    d.dsr("close", ref, outcome, "--on", days_ago(days), *why, "--note", f"closed for {alias}")
    return ref


def there(*refs):
    return [ref for ref in refs if d.sql(f"select count(*) from dsr.request where ref = '{ref}'") == "1"]


def later(days):
    """Moves all that was recorded so many days into the past: as if these had gone by. The day's own purge stays done."""
    d.sql(f"""begin; set local session_replication_role = replica;
        update dsr.request set closed_on = closed_on - {days}, sent_on = sent_on - {days}, received = received - {days},
            created_at = created_at - interval '{days} days';
        update dsr.event set on_date = on_date - {days}, at = at - interval '{days} days';
        update dsr.clock set due = due - {days}, earliest = earliest - {days}, latest = latest - {days};
        update dsr.subject set created_at = created_at - interval '{days} days';
        update dsr.message set day = day - {days}, created_at = created_at - interval '{days} days';
        update dsr.hold set until = until - {days}, released_at = released_at - interval '{days} days';
        commit""")


def reports():
    quarters = sorted({f"{day[:4]}Q{(int(day[5:7]) + 2) // 3}" for day in map(days_ago, range(0, 800, 30))})
    return [d.dsr_json("report", what)["rows"] for what in ("vendors", "rights")] + \
        [d.dsr_json("report", "vendors", "--quarter", quarter)["rows"] for quarter in quarters]


def dump(*options):
    command = ["pg_dump", "-h", os.path.join(d.data, "run"), "-U", "dsrd_admin", *options, "dsrd"]
    return subprocess.run(RUNNER + command, capture_output=True, check=True).stdout


@case
def a_closed_request_says_until_when_it_is_kept():
    ref = closed(10)
    until = days_ago(-80)
    equal(d.dsr_json("show", ref)["kept_until"], until)
    contains(d.dsr("status", ref), f"Kept until {until}; then it is purged.")
    contains(d.dsr("show", ref), f"kept until     {until}")
    denied, open_one = closed(10, "denied"), d.file("oclc", "access", "--law", "voluntary")
    equal(d.dsr_json("show", denied)["kept_until"], days_ago(-190))
    equal(d.dsr_json("show", open_one)["kept_until"], None)
    d.dsr("reopen", ref)
    equal(d.dsr_json("status", ref)["kept_until"], None)
    lacks(d.dsr("status", ref), "Kept")


@case
def only_officers_hold_and_purge():
    me = str(os.getuid())
    d.dsr("account", "set", me, *(word for role in ("patron", "staff", "manager", "operator") for word in ("--role", role)))
    for command in (("hold", "list"), ("hold", "add", "R-7K3F-92QM", "--reason", "x", "--until", days_ago(-9)), ("purge", "--dry-run"),
                    ("purge",), ("hold", "release", "00000000-0000-0000-0000-000000000000")):
        d.dsr(*command, status=3)
    d.dsr("account", "set", me, *(word for role in ("patron", "staff", "manager", "officer", "operator") for word in ("--role", role)))


@case
def a_purge_takes_what_is_over_at_the_right_day_and_says_so_before():
    before = {"kept": closed(90), "over": closed(91), "denied": closed(199, "denied"), "denied over": closed(201, "denied"),
              "twice": closed(5, "duplicate"), "twice over": closed(6, "duplicate")}
    plan = d.dsr_json("purge", "--dry-run")
    equal({rule["class"]: (rule["days"], rule["requests"], rule["refs"]) for rule in plan["rules"]},
          {"fulfilled": (90, 1, [before["over"]]), "denied": (200, 1, [before["denied over"]]),
           "duplicate": (5, 1, [before["twice over"]])})
    said = d.dsr("purge", "--dry-run")
    contains(said, before["over"], before["denied over"], before["twice over"], "Would be gone: 3 requests")
    equal(len(there(*before.values())), 6)
    contains(d.dsr("purge"), "Gone: 3 requests")
    equal(there(*before.values()), [before["kept"], before["denied"], before["twice"]])
    d.dsr("show", before["over"], status=1)
    later(1)
    contains(d.dsr("purge"), "Gone: 2 requests")
    equal(there(*before.values()), [before["denied"]])
    last = d.sql("select act, target is null, detail - 'mails' - 'holds' from dsr.audit order by seq desc limit 1")
    equal(last, 'purge|t|{"classes": {"duplicate": 1, "fulfilled": 1}, "requests": 2, "subjects": 0}')


@case
def a_draft_goes_too():
    ref = d.file("oclc", "access", "--law", "voluntary", "--draft")
    later(30)
    d.dsr("purge")
    equal(there(ref), [ref])
    later(1)
    contains(d.dsr("purge"), "Gone: 1 request,")
    equal(there(ref), [])


@case
def a_hold_keeps_and_when_it_ends_frees():
    alias = person("Hilda Held")
    kind = {"ref": closed(89), "subject": closed(89, alias=alias), "vendor": closed(89, vendor="elsevier"),
            "none": closed(89, vendor="cengage")}
    first = d.dsr_json("hold", "add", kind["ref"].lower(), "--subject", alias, "--reason", "letter of Counsel Crumb", "--until",
                       days_ago(-20))
    second = d.dsr("hold", "add", "--vendor", "Elsevier", "--reason", "subpoena 12", "--until", days_ago(-400)).splitlines()
    equal((first["refs"], first["subjects"], first["vendors"], first["requests"]), ([kind["ref"]], [alias], [], 2))
    contains(second[1], "elsevier (1 request)")
    contains(d.dsr("status", kind["vendor"]), "Kept as long as a hold lasts.")
    equal(d.dsr_json("show", kind["ref"])["kept_until"], None)
    listed = {row["id"]: row for row in d.dsr_json("hold", "list")}
    equal((listed[first["id"]]["reason"], listed[first["id"]]["state"]), ("letter of Counsel Crumb", "in_force"))
    later(10)
    equal(d.dsr_json("purge", "--dry-run")["held"] >= 3, True)
    d.dsr("purge")
    equal(there(*kind.values()), [kind["ref"], kind["subject"], kind["vendor"]])
    later(11)
    d.dsr("purge")
    equal(there(*kind.values()), [kind["vendor"]])  # the other hold had its last day
    equal({row["id"]: row["state"] for row in d.dsr_json("hold", "list")}, {first["id"]: "ended", second[0]: "in_force"})
    d.dsr("hold", "release", second[0])
    d.dsr("hold", "release", second[0], status=4)
    d.dsr("purge")
    equal(there(*kind.values()), [])
    equal(d.sql("select string_agg(act, ' ' order by seq) from dsr.audit where act like 'hold%'"), "hold hold hold_release")
    lacks(dump().decode(), "Counsel Crumb", "subpoena 12")
    later(91)
    contains(d.dsr("purge"), "2 ended holds")


@case
def a_hold_names_what_is_wrong():
    d.dsr("hold", "add", "R-0000-0000", "--reason", "x", "--until", days_ago(-1), status=1)
    contains(d.errors, "There is no request R-0000-0000")
    d.dsr("hold", "add", "--reason", "x", "--until", days_ago(-1), status=2)
    contains(d.errors, "Say what to hold")
    d.dsr("hold", "add", "--vendor", "oclc", "--until", days_ago(-1), status=2)
    contains(d.errors, "--reason")
    d.dsr("hold", "add", "--vendor", "oclc", "--reason", "x", "--until", days_ago(1), status=2)
    contains(d.errors, "ended on")
    d.dsr("hold", "release", "nothing", status=1)


def canaries():
    """Two people with all that may hang on a request; the envelopes, ids and hashes about them."""
    found = {}
    for name in ("Quirin Canary", "Zelda Canary"):
        alias = person(name)
        ref = closed(30, alias=alias, vendor="proquest")
        other = d.file("kanopy", "access", "--law", "eu-gdpr", "--for", alias, "--sent", days_ago(60))
        d.dsr("log", other, "acknowledged", "--on", days_ago(50), "--note", f"{name} said so")
        d.dsr("undo", other, "acknowledged", "--reason", f"mistyped for {name}")
        found[alias] = [ref, other]
    wait_for(lambda: int(d.sql("select count(*) from dsr.message where state = 'sent' and kind = 'reminder'")) > 0, "a reminder about them")
    for alias, refs in found.items():
        d.dsr("close", refs[1], "no_answer")
        theirs = f"join dsr.subject s on s.id = r.subject_id where s.alias = '{alias}'"
        marks = d.sql(f"""select id, encode(name, 'hex'), encode(email, 'hex'), encode(email_hash, 'hex') from dsr.subject
              where alias = '{alias}';
            select r.ref from dsr.request r {theirs};
            select e.id, encode(e.note, 'hex'), encode(e.void_reason, 'hex')
              from dsr.event e join dsr.request r on r.id = e.request_id {theirs};
            select m.id, encode(m.sha256, 'hex'), m.message_id, encode(a.reply, 'hex'), a.id
              from dsr.message m join dsr.attempt a on a.message_id = m.id
              join dsr.reminder w on w.message_id = m.id join dsr.request r on r.id = w.request_id {theirs};
            select key, encode(body_hash, 'hex') from dsr.idempotency where ref in ('{alias}', '{refs[0]}', '{refs[1]}')""")
        found[alias] = sorted({alias} | {mark for mark in re.split(r"[|\n]", marks) if len(mark) > 6})
    return found


@case
def nothing_of_a_purged_person_is_left_in_any_table_and_the_statistics_are_the_same():
    marks = canaries()
    whole = dump("--data-only").decode()
    for alias, of_one in marks.items():
        equal(len(of_one) > 25, True, f"{len(of_one)} marks of {alias}")
        contains(whole, *of_one)
    later(300)
    before, rows = reports(), int(d.sql("select count(*) from dsr.request"))
    gone = d.dsr("purge")
    equal(int(re.search(r"Gone: (\d+) request", gone)[1]) >= 4, True, gone)
    contains(gone, "2 subjects")
    equal(reports(), before)
    equal(int(d.sql("select count(*) from dsr.request")) < rows, True)
    after = dump("--data-only").decode()
    for of_one in marks.values():
        lacks(after, *of_one)
    left = d.sql("select count(*) from dsr.idempotency "
                 "where ref not in (select ref from dsr.request union all select alias from dsr.subject)")
    equal(left, "0")


@case
def a_tombstone_holds_no_person_and_no_day():
    columns = d.sql("select string_agg(attname, ' ' order by attnum) from pg_attribute "
                    "where attrelid = 'dsr.tombstone'::regclass and attnum > 0")
    equal(columns, "library_id id vendor law right outcome sent_month to_acknowledge to_be_acknowledged to_answer denied extended class "
          "days purged_month")
    equal(d.sql("select count(*) from dsr.tombstone where extract(day from sent_month) <> 1 or extract(day from purged_month) <> 1"), "0")
    equal(d.sql("select distinct outcome, to_acknowledge, to_answer, class, days from dsr.tombstone where vendor = 'proquest'"),
          "fulfilled|3|12|fulfilled|90")


@case
def limits_say_as_far_as_dsrd_still_knows():
    ask = ["file", "kanopy", "third_party_list", "--law", "us-ca-stl", "--for", person("Lena Limit"), "--sent", days_ago(1)]
    d.sql("delete from dsr.tombstone")
    lacks(json.dumps(d.dsr_json(*ask, "--dry-run")["warnings"]), "frequency", "as far as")
    year, month = days_ago(1)[:4], days_ago(1)[5:7]
    d.sql("insert into dsr.tombstone (library_id, vendor, law, \"right\", sent_month, to_be_acknowledged, denied, extended, class, days, "
          "purged_month) "
          f"select 1, 'kanopy', 'us-ca-stl', 'third_party_list', '{year}-{'02' if month == '01' else '01'}-01', false, false, false, "
          "'fulfilled', 90, date_trunc('month', now())")
    unknown = d.dsr_json(*ask, "--dry-run")
    said = [warning for warning in unknown["warnings"] if warning["code"].startswith("frequency")]
    equal({(warning["code"], "as far as dsrd still knows" in warning["text"]) for warning in said}, {("frequency_unknown", True)})
    equal(unknown["must_confirm"], False)
    d.file(*ask[1:])
    d.dsr(*ask, status=4)
    contains(d.errors, "is used up", "as far as dsrd still knows")


@case
def what_is_purged_does_not_come_back_silently():
    path = os.path.join(d.folder, "old.csv")
    with open(path, "w") as file:
        file.write("vendor,right,law,sent,name,email,residence,answered,outcome,closed\n"
                   f"oclc,access,voluntary,{days_ago(700)},Ida Import,ida@example.org,NL,{days_ago(690)},fulfilled,{days_ago(680)}\n")
    d.sql("delete from dsr.tombstone")
    contains(d.dsr("import", path), "1 recorded")
    contains(d.dsr("import", path), "1 known already")
    before = reports()
    contains(d.dsr("purge"), "Gone: 1 request,", "1 subject")
    contains(d.dsr("import", path, "--dry-run", status=4), "1 refused")
    contains(d.dsr("import", path, status=4), "0 recorded, 0 known already, 1 refused")
    contains(d.errors, "were recorded before and are purged")
    equal(reports(), before)
    contains(d.dsr("import", path, "--anyway"), "1 recorded")
    # A new request of today is none of them.
    lacks(json.dumps(d.dsr_json("file", "oclc", "access", "--law", "voluntary", "--dry-run")["warnings"]), '"purged"')


def many(count, days):
    """So many requests closed so long ago, of as many people."""
    d.sql(f"""insert into dsr.subject (library_id, id, alias, residence)
        select 1, gen_random_uuid(), 'crowd-person-' || n, 'NL' from generate_series(1, {count}) n;
        insert into dsr.request (library_id, ref, subject_id, filer, vendor, law, law_name, "right", state, sent_on, received, outcome,
            closed_on, zone)
        select 1, format('R-%s-%s', lpad((n / 10000)::text, 4, '0'), lpad((n % 10000)::text, 4, '0')), s.id,
               (select id from dsr.account limit 1), 'cengage', 'voluntary', 'v',
               'access', 'closed', current_date - {days} - 20, current_date - {days} - 20, 'fulfilled', current_date - {days}, 'Etc/UTC'
          from generate_series(1, {count}) n join dsr.subject s on s.alias = 'crowd-person-' || n;
        insert into dsr.event (library_id, request_id, n, id, event, on_date)
        select 1, r.id, k, gen_random_uuid(), 'answered', r.sent_on + 5 + k from dsr.request r, generate_series(1, 3) k
         where r.vendor = 'cengage' and r.closed_on = current_date - {days}""")


@case
def the_daily_purge_of_two_dsrd_killed_in_the_middle_takes_each_once():
    d.dsr("purge")
    d.sql("delete from dsr.tombstone")
    many(2000, 100)
    audited = d.sql("select seq from dsr.audit_head where library_id = 1")
    before = reports()
    second = os.path.join(d.data, "second.sock")
    conf = os.path.join(d.folder, "second.conf")
    with open(d.conf) as file, open(conf, "w") as copy:
        copy.write(file.read().replace("api = {", f'api = {{ socket = "{second}";'))
    os.chmod(conf, 0o644)
    with open(d.log, "ab") as log:
        other = subprocess.Popen(RUNNER + [os.path.join(d.program, "dsrd"), "api", "-c", conf, "--private", d.data], stdout=log, stderr=log,
                                 env=d.environment())
    try:
        wait_for(lambda: os.path.exists(second) and d.read_log().count("serving on") >= 2, "two dsrd")
        d.sql("delete from dsr.purge_day")
        for left in (1600, 800):
            wait_for(lambda: int(d.sql("select count(*) from dsr.request where vendor = 'cengage'")) <= left, "a part is gone")
            for pid in d.pids("api"):
                if pid != other.pid:
                    os.kill(pid, signal.SIGKILL)
        today = "select done_on = (now() at time zone 'utc')::date from dsr.purge_day"
        wait_for(lambda: d.sql(today) == "t", "the day's purge is finished")
    finally:
        other.kill()
        other.wait()
    equal(d.sql("select count(*) from dsr.request where vendor = 'cengage'"), "0")
    equal(d.sql("select count(*), count(distinct id) from dsr.tombstone where vendor = 'cengage'"), "2000|2000")
    equal(d.sql(f"select sum((detail ->> 'requests')::int) from dsr.audit where act = 'purge' and seq > {audited}"), "2000")
    wait_for(lambda: d.answers(), "the killed one is back")
    equal(reports(), before)


@case
def a_shorter_time_counts_from_the_reload_on_and_is_audited():
    ref = closed(15)
    d.write_conf({"retention": {"days": 10}})
    os.kill(d.process.pid, signal.SIGHUP)
    wait_for(lambda: d.sql("select days from dsr.retention where class = 'fulfilled'") == "10", "the database knows")
    equal(d.dsr_json("show", ref)["kept_until"], days_ago(5))
    equal(json.loads(d.sql("select detail from dsr.audit where act = 'retention' order by seq desc limit 1"))["fulfilled"], 10)
    d.sql("update dsr.purge_day set done_on = done_on - 1")  # a day later dsrd does it by itself
    wait_for(lambda: there(ref) == [], "purged")


run_cases()
