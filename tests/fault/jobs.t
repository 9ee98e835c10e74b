#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Two dsrd on one database have the same jobs: reminders, digests, letters to be written into the record, quarters to close, purges, days of the audit
log. All of it falls due while none runs, then both start at the same moment: each thing is done once. JOBS_ROUNDS: how often (1)."""
import os
import random
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "harness"))
from dsrd import RUNNER, Dsrd, case, contains, days_ago, equal, fault_seed, figure, run_cases, wait_for  # noqa: E402
from relay import Relay  # noqa: E402
from several import Cluster, Host  # noqa: E402

ROUNDS = int(os.environ.get("JOBS_ROUNDS", "1"))
LETTERS, PATRONS, OVER = 4, 8, 5

random.seed(fault_seed())
scratch = Dsrd(start=False)  # for its folder, which goes at the end
cluster = Cluster(scratch.folder)
relay = Relay()
SETTINGS = {"mail": {"transport": "smtp", "relay": relay.url}, "reports": {"close_days": 0}, "audit": {"officer_mail": True},
            "reminders": {"scan_ms": 100}, "retention": {"days": 30}}
one = Host(cluster, SETTINGS)
two = Host(cluster, SETTINGS, first=one)


def letters(condition):
    return int(one.sql(f"select count(*) from dsr.letter where {condition}"))


class Held:
    """Nothing is gathered nor purged meanwhile."""

    def __enter__(self):
        self.psql = subprocess.Popen(["psql", "-X", "-q", "-o", "/dev/null", "-d", cluster.admin_conninfo], stdin=subprocess.PIPE, text=True)
        self.psql.stdin.write("select pg_advisory_lock(hashtextextended(name, 1)) from unnest(array['dsr.gather', 'dsr.purge']) name;\n")
        self.psql.stdin.flush()
        wait_for(lambda: one.sql("select count(*) from pg_locks where locktype = 'advisory' and granted and mode = 'ExclusiveLock'") == "2", "held")

    def __exit__(self, *_):
        self.psql.kill()
        self.psql.wait()


def fall_due(number):
    """What both will find, made by one API without a mailer; then a mailer alone, for the letters."""
    one.sql("delete from dsr.purge_day")
    one.start(command="api")
    for n in range(LETTERS):
        alias = one.dsr_json("subject", "add", "--residence", "NL", "--name", f"Lea {number} {n}", "--email", f"lea{number}.{n}@example.org")["alias"]
        ref = one.file("elsevier", "access", "--law", "eu-gdpr", "--for", alias, "--draft")
        one.dsr("send", ref, "--yes")
    patrons = []
    for n in range(PATRONS):
        address = f"pat{number}.{n}@example.org"
        token = one.patron(address)
        result = subprocess.run(["curl", "-sS", "-H", "Authorization: Bearer " + token, "-H", "Content-Type: application/json", "-d",
                                 f'{{"vendor": "oclc", "right": "access", "law": "voluntary", "sent": "{days_ago(150 + 100 * number)}", "residence": "NL"}}',
                                 f"http://127.0.0.1:{one.port}/v1/requests"], capture_output=True, text=True)
        contains(result.stdout, '"ref"')
        patrons.append(address)
    for n in range(OVER):
        ref = one.file("oclc", "deletion", "--law", "voluntary", "--residence", "NL", "--sent", days_ago(80), "--anyway")
        one.dsr("log", ref, "answered", "--on", days_ago(75))
        one.dsr("close", ref, "fulfilled", "--on", days_ago(70))
    equal(one.stop(), 0)
    mailer = subprocess.Popen(RUNNER + [os.path.join(one.program, "dsrd"), "mailer", "-c", one.conf], stderr=subprocess.DEVNULL)
    wait_for(lambda: letters("state <> 'sent'") == 0, "the letters are sent")
    mailer.terminate()
    equal(mailer.wait(60), 0)
    one.sql("delete from dsr.report_snapshot")
    relay.mails.clear()
    return patrons


@case
def what_falls_due_for_both_at_once_is_done_once():
    one.stop()
    two.stop()
    for number in range(ROUNDS):
        with Held():
            patrons = fall_due(number)
        quarters = [host.read_log().count("is closed") for host in (one, two)]
        for host in (one, two):
            host.start(wait=False)
        for host in (one, two):
            host.wait_ready()
        wait_for(lambda: letters("not logged") == 0, "the letters are in the record")
        equal(one.sql("select count(*) from (select detail ->> 'letter' from dsr.event where detail ? 'letter' group by 1 having count(*) <> 1) x"), "0")
        equal(one.sql("select count(distinct detail ->> 'letter') from dsr.event where detail ? 'letter'"), str(letters("state = 'sent'")))
        wait_for(lambda: one.sql("select count(*) from dsr.purge_day where done_on = current_date") == "1", "the purge of the day is done")
        wait_for(lambda: one.sql("select count(*) > 0 from dsr.report_snapshot") == "t", "quarters are closed")
        equal(one.sql("select count(*) from dsr.request where state = 'closed'"), "0")
        equal(one.sql("select count(*) from dsr.tombstone"), str(OVER * (number + 1)))
        equal(one.sql("select sum((detail ->> 'requests')::int) from dsr.audit where act = 'purge'"), str(OVER * (number + 1)))
        wait_for(lambda: {address for mail in list(relay.mails) for address in mail.recipients} >= {f"<{address}>" for address in patrons}, "all are reminded")
        wait_for(lambda: one.sql("select count(*) from dsr.message where state in ('queued', 'leased')") == "0", "nothing waits")
        sent = [address for mail in list(relay.mails) for address in mail.recipients]
        equal(sorted(address for address in set(sent) if address.startswith("<pat") and sent.count(address) != 1), [])
        equal(one.sql("select count(*) from (select address_hash, day, kind from dsr.message where kind <> 'letter' group by 1, 2, 3 having count(*) > 1) x"), "0")
        contains(one.dsr("audit", "verify"), "")
        figure("quarters closed, by the one and the other", [host.read_log().count("is closed") - before for host, before in zip((one, two), quarters)])
        for host in (one, two):
            equal([line for line in host.read_log().splitlines() if "SQLSTATE" in line or "ended unexpectedly" in line], [])
            equal(host.stop(), 0)
    figure("letters, patrons and requests over, done once by two", (letters("true"), PATRONS * ROUNDS, OVER * ROUNDS))


@case
def laws_that_one_host_applies_are_taken_by_the_other_that_has_the_files():
    for host in (one, two):
        host.start()
    for host in (one, two):
        law = os.path.join(host.program, "etc", "laws", "us-in-icdpa.conf")
        with open(law) as file:
            text = file.read()
        contains(text, "n = 45;", "n = 90;")
        with open(law, "w") as file:
            file.write(text.replace("n = 45;", "n = 44;").replace("n = 90;", "n = 89;"))
    two.file("oclc", "access", "--law", "voluntary", "--residence", "NL", "--sent", days_ago(1), "--anyway")
    one.dsr("law", "apply")
    one.file("oclc", "correction", "--law", "voluntary", "--residence", "NL", "--sent", days_ago(1), "--anyway")
    wait_for(lambda: "the laws in the files are those in force" in two.read_log(), "the other has taken them")
    two.file("oclc", "portability", "--law", "voluntary", "--residence", "NL", "--sent", days_ago(1), "--anyway")


run_cases()
