#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""dsrd of one version on the schema of the next: what it asks is still there, it goes on while the database is migrated under load, it starts anew, and
it stops where it is not served. VERSIONS_MIGRATIONS: how often the database is migrated under load (2). VERSIONS_OLD=1: the oldest dsrd that is
served is built from the history and goes through its day on the schema of today."""
import os
import re
import shutil
import subprocess
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "harness"))
import statements  # noqa: E402
from dsrd import BUILD, ROOT, RUNNER, Dsrd, case, contains, days_ago, equal, run_cases, wait_for  # noqa: E402
from several import Clients, Cluster, Host, figure, seed  # noqa: E402

MIGRATIONS = int(os.environ.get("VERSIONS_MIGRATIONS", "2"))
NEXT = statements.version() + 1

seed()
scratch = Dsrd(start=False)  # for its folder, which goes at the end
cluster = Cluster(scratch.folder)
one = Host(cluster, {"inbox": {"source": "maildir", "maildir": scratch.folder + "/inbox", "poll_ms": 200}}, start=False)
os.makedirs(scratch.folder + "/inbox/new", mode=0o777)
os.chmod(scratch.folder + "/inbox", 0o777)
os.chmod(scratch.folder + "/inbox/new", 0o777)
one.start()
writers = [one.patron(f"writer{number}@example.org") for number in range(3)]


def serves_from():
    return int(re.search(r"SELECT (\d+) ", open(os.path.join(ROOT, "sql", "functions", "serves_from.sql")).read()).group(1))


made_up = []


def migrate(serves):
    """The next dsrd's `migrate`, with a migration that it might bring: tables get columns, and every function is made anew."""
    sql = os.path.join(scratch.folder, "sql")
    shutil.rmtree(sql, ignore_errors=True)
    shutil.copytree(os.path.join(ROOT, "sql"), sql)
    made_up.append(True)
    columns = "\n".join(f"ALTER TABLE dsr.{table} ADD COLUMN made_up_{len(made_up)} integer NOT NULL DEFAULT 7;"
                        for table in ("request", "event", "clock", "reminder", "message", "account", "library", "vendor", "idempotency"))
    with open(os.path.join(sql, "schema", f"{NEXT:04}_made_up.sql"), "w") as file:
        file.write(f"SET LOCAL ROLE dsrd_owner;\n{columns}\nCREATE INDEX made_up ON dsr.request (library_id, made_up_{len(made_up)});\nRESET ROLE;\n")
    with open(os.path.join(sql, "functions", "serves_from.sql"), "a") as file:
        file.write(f"CREATE OR REPLACE FUNCTION dsr.serves_from() RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE AS 'SELECT {serves}';\n")
    subprocess.run(["chmod", "-R", "u=rwX,go=rX", sql], check=True)
    shutil.copy(os.path.join(BUILD, "harness", "dsrd_next"), os.path.join(scratch.folder, "dsrd_next"))
    conf = os.path.join(scratch.folder, "next.conf")
    with open(one.conf) as file, open(conf, "w") as copy:
        copy.write(file.read().replace(os.path.join(one.program, "sql"), sql))
    os.chmod(conf, 0o644)
    return subprocess.run(RUNNER + [os.path.join(scratch.folder, "dsrd_next"), "migrate", "-c", conf], capture_output=True, text=True, timeout=120)


def back(version=NEXT - 1):
    """The tables stay as they are: only the number and the function say otherwise."""
    one.sql(f"delete from dsr.schema_version where version > {version}; drop index if exists dsr.made_up;"
            f"create or replace function dsr.serves_from() returns integer language sql immutable parallel safe as 'select {serves_from()}'")


def ended(host):
    status = host.process.wait(60)
    host.process = None
    return status


@case
def what_this_dsrd_asks_stands_in_the_list_of_its_version():
    missing = sorted(set(statements.statements()) - set(statements.kept(NEXT - 1)))
    equal(missing, [], "add them with tests/harness/statements.py --keep")


@case
def what_every_dsrd_that_is_served_asks_is_there_and_its_role_may_ask_it():
    served = range(serves_from(), NEXT)
    lines = sorted({line for version in served for line in statements.kept(version)})
    equal([version for version in served if not statements.kept(version)], [], "versions without a list")
    script, role = [], None
    for number, line in enumerate(lines):
        name, sql = line.split(" ", 2)[::2]
        if name != role:
            script.append(f"reset role; set role {name};")
            role = name
        count = max((int(n) for n in re.findall(r"\$(\d)", sql)), default=0)
        # EXPLAIN EXECUTE: only what is about to run asks whether it may.
        values = f"({', '.join(['null'] * count)})" if count else ""
        script.append(f"prepare s{number} as {sql}; explain execute s{number}{values};")
    result = subprocess.run(["psql", "-X", "-q", "-o", "/dev/null", "-d", cluster.admin_conninfo], input="\n".join(script), capture_output=True, text=True)
    equal(result.stderr, "")
    figure("statements of served versions that prepare", len(lines))


@case
def a_running_dsrd_goes_on_while_the_database_is_migrated():
    clients = Clients(f"http://127.0.0.1:{one.port}", one.token(), writers=writers)
    mails, stop = [], threading.Event()

    def send():
        while not stop.is_set():
            mails.append(one.dsr("mail", "test", f"n{len(mails)}@example.org"))
    sender = threading.Thread(target=send, daemon=True)
    sender.start()
    for number in range(MIGRATIONS):
        before = clients.calls
        wait_for(lambda: clients.calls > before + 50, "they call")
        back()
        made = migrate(NEXT - 1)
        equal((made.returncode, made.stderr.count(f"the schema is now version {NEXT}")), (0, 1), made.stderr)
        before, sent = clients.calls, len(mails)
        wait_for(lambda: clients.calls > before + 50 and len(mails) > sent, "and go on")
    stop.set()
    sender.join(60)
    clients.stop()
    clients.check(one)
    equal([mail for mail in mails if "Sent" not in mail], [])
    equal((one.http("GET", "/v1/health").json["schema_version"], one.http("GET", "/v1/health").json["serves_from"]), (NEXT, NEXT - 1))
    equal(re.findall(r".*(?:ended unexpectedly|SQLSTATE|connection lost).*", one.read_log()), [])
    figure("calls while the database is migrated", clients.calls)
    figure("of these failed", len(clients.failed))
    figure("longest of these calls, seconds", round(clients.longest, 2))


@case
def a_migration_gives_way_to_those_who_hold_a_table():
    back()
    holder = subprocess.Popen(["psql", "-X", "-q", "-d", cluster.admin_conninfo], stdin=subprocess.PIPE, text=True)
    holder.stdin.write("begin; lock dsr.request in access share mode;\n")
    holder.stdin.flush()
    wait_for(lambda: one.sql("select 1 from pg_locks where mode = 'AccessShareLock' and granted and relation = 'dsr.request'::regclass and pid <> pg_backend_pid()"), "held")
    clients = Clients(f"http://127.0.0.1:{one.port}", one.token(), writers=writers)
    made = []
    thread = threading.Thread(target=lambda: made.append(migrate(NEXT - 1)), daemon=True)
    thread.start()
    waits = "select pid from pg_locks where not granted and mode = 'AccessExclusiveLock' and relation = 'dsr.request'::regclass"
    for _ in range(2):  # it waits, gives way, and waits again
        wait_for(lambda: one.sql(waits), "the migration waits")
        wait_for(lambda: not one.sql(waits), "it gives way")
    holder.kill()
    holder.wait()
    thread.join(60)
    clients.stop()
    equal(made[0].returncode, 0, made[0].stderr)
    clients.check(one)
    figure("longest call while a migration waits for a table, seconds", round(clients.longest, 2))


@case
def it_starts_anew_on_the_newer_schema_and_so_does_the_newer_one():
    two = Host(cluster, first=one, start=False)
    equal(one.sql("select max(version) from dsr.schema_version"), str(NEXT))
    one.restart()
    ref = one.file("oclc", "access", "--law", "voluntary", "--residence", "NL", "--sent", days_ago(1))
    contains(one.dsr("mail", "test", "again@example.org"), "Sent")
    shutil.copy(os.path.join(BUILD, "harness", "dsrd_next"), os.path.join(two.program, "dsrd"))
    two.start()
    equal({row["ref"] for row in two.dsr_json("list", "--limit", "1000")} >= {ref}, True)
    contains(two.dsr("mail", "test", "two@example.org"), "Sent")
    equal(two.stop(), 0)


@case
def each_part_of_a_dsrd_that_is_not_served_any_more_stops_and_says_so():
    words = f"schema version {NEXT}, which serves a dsrd of version {NEXT} or later, and this one is of {NEXT - 1}: install the newer dsrd."
    equal(migrate(NEXT).returncode, 0)
    equal(ended(one), 78)  # at once: it is told
    contains(one.read_log(), words)
    for command, program in (("api", "dsrd"), ("mailer", "dsrd"), ("run", "dsrd-inbox")):
        result = subprocess.run(RUNNER + [os.path.join(one.program, program), command, "-c", one.conf], capture_output=True, text=True, timeout=60)
        equal(result.returncode, 78, program + command)
        contains(result.stderr, words)


@case
def a_newer_dsrd_says_that_the_database_is_to_be_migrated():
    back()
    result = subprocess.run(RUNNER + [os.path.join(scratch.folder, "dsrd_next"), "api", "-c", one.conf], capture_output=True, text=True, timeout=60)
    equal(result.returncode, 78, result.stderr)
    contains(result.stderr, f"has schema version {NEXT - 1}, this dsrd needs {NEXT}: run `dsrd migrate`")


def old_commit():
    """The first commit whose dsrd is of the oldest version served; None without the history."""
    if shutil.which("git") is None:
        return None
    found = subprocess.run(["git", "-C", ROOT, "log", "--format=%H", "--reverse", "-S", f"SCHEMA_VERSION = {serves_from()}", "--",
                            "daemon/database/schema_version.h"], capture_output=True, text=True)
    return (found.stdout.split() or [None])[0] if found.returncode == 0 else None


run_cases()
