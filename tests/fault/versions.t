#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""dsrd of one version on the schema of the next: what it asks is still there, it goes on while the database is migrated under load, it starts anew, and
it stops where it is not served. VERSIONS_MIGRATIONS: how often the database is migrated under load (1). VERSIONS_OLD=1: the oldest dsrd that is
served is built from the history and goes through its day on the schema of today."""
import os
import random
import re
import shutil
import subprocess
import sys
import threading

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "harness"))
import statements  # noqa: E402
from dsrd import BUILD, ROOT, RUNNER, Dsrd, case, contains, days_ago, equal, fault_seed, figure, run_cases, wait_for  # noqa: E402
from several import Clients, Cluster, Host  # noqa: E402

MIGRATIONS = int(os.environ.get("VERSIONS_MIGRATIONS", "1"))
NEXT = statements.version() + 1

random.seed(fault_seed())
scratch = Dsrd(start=False)  # for its folder, which goes at the end
cluster = Cluster(scratch.folder)
one = Host(cluster, {"inbox": {"source": "maildir", "maildir": scratch.folder + "/inbox", "poll_ms": 200}}, start=False)
for part in ("", "/tmp", "/new", "/cur"):
    os.mkdir(scratch.folder + "/inbox" + part)
    os.chmod(scratch.folder + "/inbox" + part, 0o777)
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


def day(host):
    """What people do with a dsrd, command after command."""
    mark = f"day{len(made_up)}"
    alias = host.dsr_json("subject", "add", "--residence", "NL", "--name", "Nora North", "--email", f"{mark}@example.org")["alias"]
    host.dsr("authority", "add", alias, "--form", "signed", "--on", days_ago(70))
    refs = [host.file("elsevier", right, "--law", "eu-gdpr", "--for", alias, "--sent", days_ago(60), "--anyway") for right in ("access", "deletion", "portability")]
    draft = host.file("elsevier", "correction", "--law", "eu-gdpr", "--for", alias, "--draft")
    host.dsr("log", refs[0], "acknowledged", "--on", days_ago(50))
    host.dsr("log", refs[0], "answered", "--on", days_ago(2))
    host.dsr("close", refs[0], "fulfilled")
    host.dsr("reopen", refs[0])
    host.dsr("amend", refs[1], "--sent", days_ago(61), "--anyway")
    host.dsr("undo", refs[1], status=None)
    host.dsr("abandon", draft)
    for command in (("show", refs[0]), ("explain", refs[1]), ("list",), ("overdue",), ("status",), ("status", refs[2]), ("letter", refs[1]), ("mail", "list"),
                    ("chase",), ("report", "vendors"), ("report", "rights"), ("subject", "list"), ("subject", "show", alias, "--reason", "patron_asked"), ("subject", "export", alias),
                    ("authority", "list"), ("me", "show"), ("me", "export"), ("vendor", "list"), ("vendor", "show", "elsevier"), ("law", "list"),
                    ("law", "diff"), ("calendar", "list"), ("demand", "list"), ("inbox", "list"), ("held",), ("account", "list"), ("token", "list"),
                    ("whoami",), ("hold", "list"), ("purge", "--dry-run"), ("audit", "list"), ("audit", "verify"), ("homework", "list"), ("version",)):
        host.dsr(*command)
    host.dsr("send", refs[1], "--yes", status=None)
    host.dsr("vendor", "confirm", "elsevier")
    host.dsr("subject", "reminders", alias, "on")
    hold = host.dsr_json("hold", "add", refs[2], "--reason", "asked to", "--until", days_ago(-30))
    host.dsr("demand", "add", "--kind", "subpoena", "--from", "A. Court", "--asked", "everything")
    host.dsr("hold", "release", hold["hold"] if "hold" in hold else hold["id"])
    host.dsr("account", "add", "--role", "patron", "--email", f"{mark}.p@example.org")
    host.dsr("token", "add", "--scope", "read")
    contains(host.dsr("mail", "test", f"{mark}.m@example.org"), "Sent")
    wait_for(lambda: host.sql("select count(*) from dsr.reminder where state = 'planned' and gather_on <= current_date") == "0", "reminders are gathered")
    wait_for(lambda: host.sql("select count(*) from dsr.message where state in ('queued', 'leased')") == "0", "and sent")
    with open(scratch.folder + f"/inbox/tmp/{mark}", "w") as file:
        file.write(f"From: privacy@elsevier.example\nTo: requests@library.example\nMessage-ID: <{mark}@elsevier.example>\n"
                   f"Date: Thu, 26 Nov 2026 10:00:00 +0000\nSubject: Your request {refs[1]}\n\nWe have done it.\n")
    os.chmod(scratch.folder + f"/inbox/tmp/{mark}", 0o666)
    before = host.sql("select count(*) from dsr.reply")
    os.rename(scratch.folder + f"/inbox/tmp/{mark}", scratch.folder + f"/inbox/new/{mark}")
    wait_for(lambda: host.sql("select count(*) from dsr.reply") != before, "the answer is read")
    host.dsr("subject", "erase", alias, "--reason", "patron_asked", "--yes", status=None)


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
    health = wait_for(lambda: (lambda told: told["schema_version"] == NEXT and told)(one.http("GET", "/v1/health").json), "it is told which schema there is")
    equal(health["serves_from"], NEXT - 1)
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
    day(one)
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
    """The last commit whose dsrd is of the oldest version served, or the first one when that is today's; None without the history."""
    def first_of(version):
        found = subprocess.run(["git", "-C", ROOT, "log", "--first-parent", "--format=%H", "--reverse", "-S", f"SCHEMA_VERSION = {version}", "--",
                                "daemon/database/schema_version.h"], capture_output=True, text=True)
        return (found.stdout.split() or [None])[0] if found.returncode == 0 else None
    if shutil.which("git") is None:
        return None
    if serves_from() == NEXT - 1:
        return first_of(serves_from())
    after = first_of(serves_from() + 1)
    found = subprocess.run(["git", "-C", ROOT, "rev-parse", "--verify", "--quiet", f"{after}^"], capture_output=True, text=True)
    return found.stdout.strip() if after is not None and found.returncode == 0 else None


def the_oldest_dsrd_that_is_served_has_its_day_on_the_schema_of_today():
    commit = old_commit()
    if commit is None:
        print("# the history is not here: skipped")
        return
    old = os.path.join(scratch.folder, "old")
    os.makedirs(old)
    archive = subprocess.Popen(["git", "-C", ROOT, "archive", commit], stdout=subprocess.PIPE)
    subprocess.run(["tar", "-x", "-C", old], stdin=archive.stdout, check=True)
    equal(archive.wait(), 0)
    subprocess.run(["nice", "make", "-s", "-C", old, "-j2", "BUILD=build", "programs"], check=True, stdout=subprocess.DEVNULL)
    # Its own laws and texts, so that it is the same dsrd as ever; the schema is that of today, brought by the dsrd of today.
    before = Host(Cluster(old), {"inbox": {"source": "maildir", "maildir": scratch.folder + "/inbox", "poll_ms": 200}}, start=False, etc=os.path.join(old, "etc"))
    for name in ("dsrd", "dsr", "dsrd-inbox"):
        shutil.copy(os.path.join(old, "build", name), before.program)
    before.start()
    made_up.append(True)
    day(before)
    equal(re.findall(r".*(?:ended unexpectedly|SQLSTATE).*", before.read_log()), [])
    equal(before.stop(), 0)
    figure("oldest dsrd that has its day on the schema of today", commit[:12])


if os.environ.get("VERSIONS_OLD"):
    case(the_oldest_dsrd_that_is_served_has_its_day_on_the_schema_of_today)
run_cases()
