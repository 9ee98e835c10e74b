#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Published counts do not tell who asked whom: an attacker with all tables of a quarter finds no hidden
cell, and every path shows the same. Demands, and what is held."""
import csv
import datetime
import io
import json
import os
import random
import signal
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "harness"))
import attack  # noqa: E402
from dsrd import BUILD, ROOT, Dsrd, case, contains, days_ago, equal, lacks, run_cases, wait_for  # noqa: E402

TABLES = int(os.environ.get("COUNTS_TABLES", "300"))
SEED = int(os.environ.get("COUNTS_SEED", "4"))


def random_facts(dice):
    """Small tables, in which everything is near the threshold."""
    least = dice.choice((3, 5, 5, 5, 10))
    vendors = [f"v{i}" for i in range(dice.randint(1, 5))]
    rights = [f"r{i}" for i in range(dice.randint(1, 4))]
    patrons = dice.randint(1, 12 * least)
    usual = dice.choice(([1, 1, 1, 1], [20, 1, 2, 1], [8, 4, 2, 1], [1, 0, 0, 0]))
    extended = dice.choice((0, 0.1, 0.5))
    facts = []
    for _ in range(dice.randint(0, 25 * least)):
        kind = dice.choices(range(4), usual)[0]
        facts.append([dice.randint(1, patrons),
                      min(dice.randrange(len(vendors)), dice.randrange(len(vendors))), dice.randrange(len(rights)), kind,
                      int(dice.random() < extended), dice.randint(0, 90) if kind < 2 else -1])
    return {"least": least, "vendors": vendors, "rights": rights, "facts": facts}


def publish(many):
    """Through the same code as dsrd's."""
    program = os.path.join(BUILD, "unit", "published_test")
    if not os.path.exists(program):
        subprocess.run(["make", "-s", os.path.relpath(program, ROOT)], cwd=ROOT, check=True)
    result = subprocess.run([program, "lines"], input="".join(json.dumps(facts) + "\n" for facts in many),
                            capture_output=True, text=True, check=True)
    return [json.loads(line) for line in result.stdout.splitlines()]


@case
def an_attacker_with_all_tables_finds_no_hidden_cell():
    dice = random.Random(SEED)
    many = [random_facts(dice) for _ in range(TABLES)]
    shown = hidden = 0
    for facts, tables in zip(many, publish(many), strict=True):
        equal(attack.given_back(tables, facts["least"]), {}, (SEED, facts, tables))
        for row in tables["vendors"] + tables["rights"]:
            cells = [row[name] for name in attack.CLASSES]
            shown += sum(cell is not None for cell in cells)
            hidden += sum(cell is None for cell in cells)
            answered = sum(cell or 0 for cell in cells[:2])
            equal(row["median_days_to_answer"] is None or answered * 2 >= row["asked"], True, row)
            equal(all(cell is None or cell >= facts["least"] for cell in cells + [row["asked"], row["extended"]]), True, row)
    print(f"# {TABLES} quarters from seed {SEED}: {shown} cells shown, {hidden} hidden")
    equal(shown > hidden / 4 > 0, True, "something is left to read")


@case
def the_same_attacker_opens_tables_that_hide_small_cells_only():
    dice = random.Random(SEED)
    opened = 0
    for _ in range(TABLES):
        facts = random_facts(dice)
        opened += bool(attack.given_back(attack.tabulate(facts, facts["least"]), facts["least"]))
    equal(opened > TABLES / 2, True, opened)



d = Dsrd({"api": {"account_cache_ms": 0}, "reminders": {"manager_digest": False}})
FILER = d.sql("select id from dsr.account")
TODAY = datetime.datetime.now(datetime.timezone.utc).date()
THIS = TODAY.replace(month=(TODAY.month - 1) // 3 * 3 + 1, day=1)
FIRST = (THIS - datetime.timedelta(days=1)).replace(day=1)
FIRST = FIRST.replace(month=FIRST.month - 2)
QUARTER = f"{FIRST.year}Q{(FIRST.month + 2) // 3}"


def roles(*names):
    """What the caller is from now on."""
    d.sql(f"update dsr.account set roles = '{{{','.join(names)}}}' where id = '{FILER}'")


def ask(patron, vendor, right, event=None, on=FIRST, recorded="now() - interval '1 day'", state="open"):
    """A request of that quarter, and what the vendor did ten days later."""
    number = int(d.sql("select count(*) from dsr.request"))
    subject = f"00000000-0000-0000-0000-{patron:012d}"
    d.sql(f"""insert into dsr.subject (library_id, id, alias, residence, created_by)
        values (1, '{subject}', 'amber-heron-{patron}', 'NL', '{FILER}') on conflict do nothing;
        insert into dsr.request (library_id, ref, subject_id, filer, vendor, law, law_name, "right", state,
                                 sent_on, received, zone, created_at, closed_on, answered)
        values (1, 'R-0000-{number:04d}', '{subject}', '{FILER}', '{vendor}', 'eu-gdpr', 'GDPR', '{right}', '{state}', '{on}', '{on}',
                'Etc/UTC', {recorded},
                {'null' if state == 'open' else f"'{on}'"}, {str(event is not None).lower()});"""
          + ("" if event is None else f"""insert into dsr.event (library_id, request_id, n, id, event, on_date)
        select 1, id, 1, gen_random_uuid(), '{event}', date '{on}' + 10 from dsr.request where ref = 'R-0000-{number:04d}'"""))


def table(what, *arguments):
    return d.dsr_json("report", what, *arguments)


@case
def staff_see_exact_figures_and_managers_no_open_quarter():
    for patron in range(1, 13):
        ask(patron, "kanopy", "access", "answered" if patron <= 11 else "refused")
    for patron in range(13, 21):
        ask(patron, "elsevier", "deletion", "answered")
    for patron in (21, 22):
        for _ in range(3):
            ask(patron, "overdrive", "deletion")
    # What was entered twice was asked once, also when the one too many is purged.
    ask(23, "kanopy", "access", state="closed")
    d.sql("update dsr.request set outcome = 'duplicate' where state = 'closed'")
    d.sql(f"""insert into dsr.tombstone (library_id, vendor, law, "right", outcome, sent_month, to_be_acknowledged, denied, extended, class, days,
                                         purged_month)
        values (1, 'kanopy', 'eu-gdpr', 'access', 'duplicate', '{FIRST}', false, false, false, 'duplicate', 5, '{FIRST}')""")
    exact = {row["vendor"]: row["asked"] for row in table("vendors", "--quarter", QUARTER)["rows"]}
    equal(exact, {"kanopy": 12, "elsevier": 8, "overdrive": 6})
    contains(d.dsr("report", "vendors"), "dsr report vendors --published")
    for names in (("manager",), ("officer",), ("manager", "officer", "patron", "operator")):
        roles(*names)
        d.dsr("report", "vendors", "--quarter", QUARTER, status=1)
        contains(d.errors, QUARTER, "are made on " + (max(THIS, TODAY) + datetime.timedelta(days=45)).isoformat())
    roles("operator")
    d.dsr("report", "vendors", status=3)
    roles("staff")
    d.dsr("report", "vendors", "--published", status=1)


@case
def a_closed_quarter_has_its_tables_and_small_rows_and_cells_are_not_in_them():
    d.write_conf({"reports": {"close_days": 0}})
    d.process.send_signal(signal.SIGHUP)
    wait_for(lambda: d.sql("select count(*) from dsr.report_snapshot") == "1", "the quarter is closed")
    roles("manager")
    report = table("vendors")
    equal((report["quarter"], report["from"], report["until"], report["k"]), 
          (QUARTER, FIRST.isoformat(), (THIS - datetime.timedelta(days=1)).isoformat(), 5))
    equal([(row["vendor"], row["asked"]) for row in report["rows"]], [("kanopy", 12), ("(others)", 14), ("(all)", 26)])
    equal([(row["right"], row["asked"]) for row in table("rights")["rows"]], [("access", 12), ("(others)", 14), ("(all)", 26)])
    equal(attack.given_back({"vendors": report["rows"], "rights": table("rights")["rows"]}, 5), {})
    lacks(json.dumps(report), "overdrive", "elsevier")
    roles("staff")
    equal(table("vendors", "--published"), report)


@case
def every_path_shows_the_same():
    roles("manager")
    for what, name in (("vendors", "vendor"), ("rights", "right")):
        rows = d.http("GET", "/v1/reports/" + what).json["rows"]
        equal(table(what, "--quarter", QUARTER)["rows"], rows)
        columns = [name, "asked", "not_denied", "denied", "overdue", "waiting", "extended", "median_days_to_answer"]
        equal(list(rows[0]), columns)
        equal(list(csv.reader(io.StringIO(d.dsr("report", what, "--csv")))),
              [columns] + [["" if row[c] is None else str(row[c]) for c in columns] for row in rows])
        wanted = [["*" if row[c] is None else str(row[c]) for c in columns] for row in rows]
        lines = d.dsr("report", what, env={"COLUMNS": "200"}).splitlines()
        equal([line.split() for line in lines[1:1 + len(rows)]], wanted)
        contains(lines[-1], "hidden", "5 patrons")
        names = [row[name] for row in rows]
        equal(names, sorted(n for n in names if n[0] != "(") + [n for n in names if n[0] == "("], "the order tells nothing")


@case
def what_is_published_does_not_change():
    roles("manager")
    before = [d.http("GET", "/v1/reports/" + what).body for what in ("vendors", "rights")]
    for patron in range(30, 40):
        ask(patron, "overdrive", "deletion", recorded="now()") # recorded late
    d.sql("update dsr.request set outcome = 'denied', state = 'closed', closed_on = current_date where vendor = 'kanopy'")
    d.write_conf({"reports": {"close_days": 0, "k": 2}})
    d.stop()
    d.start()
    roles("manager")
    earlier = (FIRST - datetime.timedelta(days=1)).replace(day=1)
    for patron in (50, 51):
        ask(patron, "kanopy", "access", on=earlier)
    wait_for(lambda: d.sql("select count(*) from dsr.report_snapshot") == "2", "the quarter before is closed as well")
    equal([d.http("GET", "/v1/reports/" + what).body for what in ("vendors", "rights")], before)


@case
def a_quarter_without_requests_looks_like_one_with_few():
    roles("manager")
    d.write_conf({"reports": {"k": 5}})
    d.process.send_signal(signal.SIGHUP)
    ask(60, "kanopy", "access", on=datetime.date(2019, 5, 5))
    wait_for(lambda: d.sql("select count(*) from dsr.report_snapshot where quarter = '2019-04-01'") == "1", "the old quarter is closed")
    few, none = (d.http("GET", "/v1/reports/vendors?quarter=" + quarter).json for quarter in ("2019Q2", "2018Q2"))
    equal({**few, "quarter": "", "from": "", "until": ""}, {**none, "quarter": "", "from": "", "until": ""})
    contains(d.dsr("report", "vendors", "--quarter", "2018Q2"), "Fewer than 5 patrons asked in 2018Q2.")


@case
def what_is_purged_counts_but_is_nobody():
    roles("manager")
    for year, living in ((2015, 6), (2016, 4)):
        for n in range(living):
            ask(100 + n, "kanopy", "access", "answered", on=datetime.date(year, 11, 2), recorded="now()")
        d.sql(f"""update dsr.request set created_at = now() - interval '1 day' where sent_on = '{year}-11-02';
            insert into dsr.tombstone (library_id, vendor, law, "right", outcome, sent_month, to_answer, denied, extended,
                                       to_be_acknowledged, class, days, purged_month)
            select 1, 'kanopy', 'eu-gdpr', 'access', 'fulfilled', '{year}-11-01', 7, false, false, false, 'fulfilled', 90, '2017-01-01'
              from generate_series(1, 5)""")
        wait_for(lambda: d.sql(f"select count(*) from dsr.report_snapshot where quarter = '{year}-10-01'") == "1", "the quarter is closed")
    equal([row["asked"] for row in table("vendors", "--published", "--quarter", "2015Q4")["rows"]], [11, 11])
    equal(table("vendors", "--published", "--quarter", "2016Q4")["rows"], [])


@case
def how_a_request_was_closed_says_what_the_vendor_did():
    """Also when nobody logged an answer; and who was never answered does not count as waiting, nor once it is purged."""
    roles("staff")
    day = "2020-11-02"
    for outcome in ["fulfilled"] * 3 + ["partially_fulfilled"] * 3 + ["denied", "no_answer"] * 6:
        alias = d.dsr("subject", "add", "--residence", "NL").strip()
        ref = d.file("proquest", "access", "--law", "eu-gdpr", "--for", alias, "--sent", day)
        d.dsr("close", ref, outcome, *(["--reason", "no_match"] if outcome == "denied" else []))
    for n in range(6):
        ask(200 + n, "proquest", "access", on=day, recorded="now()")
    d.sql(f"""insert into dsr.tombstone (library_id, vendor, law, "right", outcome, sent_month, denied, extended, to_be_acknowledged, class, days, purged_month)
        select 1, 'proquest', 'eu-gdpr', 'access', 'no_answer', '2020-11-01', false, false, false, 'no_answer', 90, '2022-01-01' from generate_series(1, 6);
        update dsr.request set created_at = now() - interval '1 day' where sent_on = '{day}'""")
    exact, = table("vendors", "--quarter", "2020Q4")["rows"]
    equal([exact[name] for name in ("asked", "answered", "overdue", "denied", "open")], [30, 12, 12, 6, 6])
    wait_for(lambda: d.sql("select count(*) from dsr.report_snapshot where quarter = '2020-10-01'") == "1", "the quarter is closed")
    published = table("vendors", "--published", "--quarter", "2020Q4")["rows"][0]
    equal([published[name] for name in ("asked", "not_denied", "denied", "overdue", "waiting")], [30, 6, 6, 12, 6])
    contains(d.dsr("report", "vendors", "--published", "--quarter", "2020Q4"), "OVERDUE also those closed as never answered")
    contains(d.dsr("report", "vendors", "--quarter", "2020Q4"), "OVERDUE are late, or closed as never answered")
    ask(230, "lexisnexis", "deletion", "drop_deleted", on=datetime.date(2018, 11, 2), recorded="now()")
    exact, = table("vendors", "--quarter", "2018Q4")["rows"]
    equal((exact["answered"], exact["median_days_to_answer"]), (1, 10), "the deletion that the state's platform shows is the answer")


@case
def many_vendors_hold_up_nobody_while_their_quarter_is_closed():
    rights = ["access", "correction", "deletion", "portability"]
    d.sql(f"""insert into dsr.vendor (library_id, slug, name, doc)
        select 1, 'many-' || n, name, jsonb_set(doc, '{{slug}}', to_jsonb('many-' || n)) from dsr.vendor, generate_series(0, 299) n where slug = 'kanopy';
        insert into dsr.subject (library_id, id, alias, residence, created_by)
        select 1, ('00000000-0000-0000-0000-' || lpad(n::text, 12, '0'))::uuid, 'amber-heron-' || n, 'NL', '{FILER}' from generate_series(1000, 5999) n;
        select setseed(0.5);
        insert into dsr.request (library_id, ref, subject_id, filer, vendor, law, law_name, "right", state, sent_on, received, zone, created_at)
        select 1, 'R-' || 1000 + vendor || '-' || 1000 + n, ('00000000-0000-0000-0000-' || lpad((1000 + floor(random() * 5000))::text, 12, '0'))::uuid, '{FILER}',
               'many-' || vendor, 'eu-gdpr', 'GDPR', ('{{{",".join(rights)}}}'::text[])[1 + floor(random() * 4)], 'open', '2013-02-01', '2013-02-01', 'Etc/UTC', now()
          from generate_series(0, 299) vendor, generate_series(1, 60) n where n <= 15 or n <= 15 * (vendor % 5);
        insert into dsr.event (library_id, request_id, n, id, event, on_date)
        select 1, id, 1, gen_random_uuid(), case when random() < 0.7 then 'answered' else 'refused' end, '2013-02-09' from dsr.request
         where sent_on = '2013-02-01' and random() < 0.8;
        analyze dsr.request, dsr.event""")
    facts = json.loads(d.sql(f"""select json_agg(json_build_array(right(subject_id::text, 5)::int, substring(vendor from '[0-9]+')::int,
        array_position('{{{",".join(rights)}}}', r."right") - 1, case event when 'answered' then 0 when 'refused' then 1 else 3 end, 0, coalesce(on_date - sent_on, -1)))
        from dsr.request r left join dsr.event e on request_id = r.id where sent_on = '2013-02-01'"""))
    begun = time.monotonic()
    publish([{"least": 5, "vendors": [f"many-{n}" for n in range(300)], "rights": rights, "facts": facts}])
    needed = time.monotonic() - begun
    d.sql("update dsr.request set created_at = now() - interval '1 day' where sent_on = '2013-02-01'")
    longest = 0
    while d.sql("select count(*) from dsr.report_snapshot where quarter = '2013-01-01'") == "0":
        for _ in range(5):
            begun = time.monotonic()
            equal(d.http("GET", "/v1/health").status, 200)
            longest = max(longest, time.monotonic() - begun)
    equal(longest < needed / 2, True, f"an answer took {longest:.3f} s while tables were worked out that take {needed:.3f} s")


@case
def the_functions_themselves_give_exact_figures_to_staff_only():
    for names, rows in (("manager,officer,operator", ""), ("staff", "1")):
        got = d.sql(f"""select set_config('dsr.library', '1', false), set_config('dsr.roles', '{names}', false);
            select count(*) from (select api.report_vendors('{{"from": "1900-01-01", "until": "9999-01-01"}}')) r (x)
             where x is not null""").split("\n")[-1]
        equal(got, rows or "0", names)


def hold():
    """A new hold; its id."""
    return d.dsr_json("hold", "add", "--vendor", "oclc", "--reason", "x", "--until", "in 9 days")["id"]


@case
def demands_are_the_officers_alone_sealed_and_audited():
    words = ("Superior Court of Elsewhere", "all that Zebulon asked for", "our counsel wrote")
    add = ("demand", "add", "--kind", "subpoena", "--from", words[0], "--asked", words[1])
    for names in ("staff", "manager", "patron", "operator"):
        roles(names)
        for command in (add, ("demand", "list"), ("demand", "show", "D-1"), ("demand", "close", "D-1", "refused"), ("held",)):
            d.dsr(*command, status=3)
    roles("officer", "manager", "staff")
    contains(d.dsr(*add, "--received", "yesterday", "--due", "in 5 days", "--hold", hold()), "D-1 is written down")
    contains(d.dsr("demand", "add", "--kind", "police_request", "--from", "x", "--asked", "y"), "D-2 is written down")
    dump = d.sql("select string_agg(t::text, ' ') from dsr.demand t")
    dump += d.sql("select coalesce(string_agg(t::text, ' '), '') from dsr.idempotency t")
    contains(d.dsr("demand", "show", "d-1"), *words[:2], "subpoena", "(in force)")
    contains(d.dsr("demand", "close", "D-1", "objected", "--note", words[2]), "D-1 is answered")
    contains(d.dsr("demand", "show", "D-1"), *words, "objected")
    listed = d.dsr("demand", "list", "--json")
    lacks(dump + listed + d.dsr("demand", "list") + d.read_log() + d.sql("select string_agg(t::text, ' ') from dsr.audit t"), *words)
    equal([(row["demand"], row["answer"]) for row in json.loads(listed)], [("D-2", None), ("D-1", "objected")])
    equal([row["demand"] for row in d.dsr_json("demand", "list", "--open")], ["D-2"])
    equal(d.sql("select string_agg(act || ' ' || target, ', ' order by seq) from dsr.audit where library_id = 1 and act like 'demand%'"),
          "demand_add D-1, demand_add D-2, demand_show D-1, demand_close D-1, demand_show D-1")


@case
def a_demand_is_refused_with_a_sentence():
    roles("officer")
    for arguments, status, parts in (
            (("add", "--kind", "letter", "--from", "x", "--asked", "y"), 2, ("kind must be one of: subpoena",)),
            (("add", "--kind", "subpoena", "--from", "x"), 2, ("--asked",)),
            (("add", "--kind", "subpoena", "--from", "x", "--asked", "y", "--received", "in 3 days"), 2, ("received_on is",)),
            (("show", "D-77"), 1, ("no such demand",)), (("show", "../x"), 1, ("no such",)),
            (("close", "D-2", "obeyed"), 2, ("answer must be one of: nothing_held",)),
            (("close", "D-2", "refused", "--on", "9 days ago"), 2, ("answered_on is",)),
            (("close", "D-1", "refused"), 4, ("D-1 was answered", "objected"))):
        d.dsr("demand", *arguments, status=status)
        contains(d.errors, *parts)
    for body in ({}, {"kind": "subpoena", "from": "x", "asked": "y", "received_on": "soon"},
                 {"kind": "a", "from": 1, "asked": "y"}, {"kind": ", ", "from": "x", "asked": "y"}):
        equal(d.http("POST", "/v1/demands", body).status in (400, 422), True, body)
    body = {"kind": "other", "from": "x", "asked": "y"}
    equal([d.http("POST", "/v1/demands", body, {"Idempotency-Key": "once"}).json["demand"] for _ in range(2)], ["D-3", "D-3"])
    for n in range(4, 8):
        equal(d.http("POST", "/v1/demands", body).json["demand"], f"D-{n}")
    page = d.http("GET", "/v1/demands?limit=3").json
    rest = d.http("GET", f"/v1/demands?limit=9&cursor={page['next']}").json
    equal([row["demand"] for row in page["demands"] + rest["demands"]], [f"D-{n}" for n in range(7, 0, -1)])


@case
def a_demand_names_a_hold_that_is_in_force():
    roles("officer")
    add = ("demand", "add", "--kind", "subpoena", "--from", "x", "--asked", "y", "--hold")
    ended, released, elsewhere, good, later = hold(), hold(), hold(), hold(), hold()
    d.sql(f"update dsr.hold set until = current_date - 1 where id = '{ended}'")
    d.dsr("hold", "release", released)
    equal(d.errors, "")
    d.sql("select dsr.library_put(2, 'Two', 'Etc/UTC', 7); insert into dsr.account (library_id, id, roles) select 2, id, roles from dsr.account where uid_hash is not null limit 1")
    d.sql(f"insert into dsr.hold (library_id, id, author, reason, until) select 2, gen_random_uuid(), author, reason, until from dsr.hold where id = '{elsewhere}'")
    elsewhere = d.sql("select id from dsr.hold where library_id = 2")
    before = d.sql("select count(*) from dsr.demand")
    for name, status, words in ((ended, 2, f"This hold ended on {days_ago(1)}"), (released, 2, f"This hold ended on {days_ago(0)}"),
                                (elsewhere, 1, "There is no such hold"), ("H-1", 1, "There is no such hold")):
        d.dsr(*add, name, status=status)
        contains(d.errors, words, "dsr hold")
        d.dsr("demand", "close", "D-4", "refused", "--hold", name, status=status)
        contains(d.errors, words)
        reply = d.http("POST", "/v1/demands", {"kind": "other", "from": "x", "asked": "y", "hold": name})
        equal((reply.status, reply.json["field"]), ({1: 404, 2: 422}[status], "hold"))
    equal(d.sql("select count(*) from dsr.demand"), before)
    opened = d.dsr_json(*add, good.upper())
    equal((opened["hold"], opened["hold_state"]), (good, "in_force"))
    other = d.dsr_json(*add, good)["demand"]
    contains(d.dsr("demand", "close", "D-4", "refused", "--hold", later), "D-4 is answered")
    contains(d.dsr("demand", "show", "D-4"), later)
    equal({row["id"]: row["demands"] for row in d.dsr_json("hold", "list") if row["demands"]}.get(good), [opened["demand"], other])

    # Released while a demand is open: that is said. An answered one rests on nothing.
    d.dsr("demand", "close", other, "withdrawn")
    contains(d.dsr("hold", "release", good), "Released.")
    contains(d.errors, f"Warning: {opened['demand']} is not answered yet")
    lacks(d.errors, other)
    d.dsr("hold", "release", later)
    equal(d.errors, "")
    contains(d.dsr("demand", "show", opened["demand"]), f"{good} (released)")
    equal(d.sql(f"select detail from dsr.audit where act = 'hold_release' and target = '{good}'"), json.dumps({"open_demands": [opened["demand"]]}))
    # What was written down stays when the hold is purged.
    d.sql(f"delete from dsr.hold where id = '{good}'")
    shown = d.dsr_json("demand", "show", opened["demand"])
    equal((shown["hold"], shown["hold_state"]), (good, None))


@case
def what_is_held_names_every_table_and_every_sealed_column():
    roles("officer")
    held = d.dsr_json("held")["held"]
    tables = d.sql("""select string_agg(relname, ',' order by relname) from pg_class
        where relnamespace = 'dsr'::regnamespace and relkind in ('r', 'p', 'm')""").split(",")
    equal(sorted({line["table"] for line in held}), tables, "each table has a line in sql/functions/held_lines.sql")
    sealed = d.sql("""select coalesce(string_agg(relname || '.' || attname, ',' order by relname, attname), '')
         from pg_attribute a join pg_class c on c.oid = attrelid
        where relnamespace = 'dsr'::regnamespace and relkind = 'r' and atttypid = 'dsr.sealed'::regtype and not attisdropped""").split(",")
    equal(sorted({f"{line['table']}.{column}" for line in held for column in line["sealed"]}), sealed)
    libraries = set(d.sql("select table_name from information_schema.columns where table_schema = 'dsr' and column_name = 'library_id'").split("\n"))
    for table in tables:  # of this library, and what is dsrd's own
        where = "library_id in (0, 1)" if table in libraries else "id = 1" if table == "library" else "true"
        equal(sum(line["count"] for line in held if line["table"] == table), int(d.sql(f"select count(*) from dsr.{table} where {where}")), table)
    equal(all(line["gone"] and "{" not in line["gone"] for line in held), True)
    closed = next(line for line in held if line["what"] == "closed requests")
    equal((str(closed["count"]), closed["since"]),
          tuple(d.sql("select count(*), min(created_at)::date from dsr.request where state = 'closed'").split("|")))
    text = d.dsr("held", env={"COLUMNS": "300"})
    contains(text, "subjects, whom requests are about", "name, email", "key ring and credential", os.path.join(d.data, "keyring"))
    equal(len(list(csv.reader(io.StringIO(d.dsr("held", "--csv"))))), len(held) + 1)


run_cases()
