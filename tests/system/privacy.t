#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is personal is nowhere in the clear: not in the database, its log, dsrd's log, or a core."""
import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "harness"))
from dsrd import RUNNER, Dsrd, case, contains, equal, lacks, run_cases, wait_for  # noqa: E402

SECRETS = ("Zebulon Quartermaine", "zebulon@example.org", "a very private note", "mistyped by Zebulon", "Olive Owner", "owner@example.org")
d = Dsrd()
alias = d.dsr("subject", "add", "--residence", "NL", "--name", SECRETS[0], "--email", SECRETS[1]).strip()
ref = d.file("elsevier", "access", "--law", "eu-gdpr", "--for", alias, "--sent", "2026-01-05", "--note", SECRETS[2])
d.dsr("log", ref, "acknowledged", "--on", "2026-01-06")
d.dsr("undo", ref, "acknowledged", "--reason", SECRETS[3])
wait_for(d.mails, "a reminder")


@case
def it_is_there_for_who_may_see_it():
    contains(d.dsr("show", ref), SECRETS[0], SECRETS[2], SECRETS[3])


@case
def the_database_holds_envelopes_only():
    dump = subprocess.run(RUNNER + ["pg_dump", "-h", os.path.join(d.data, "run"), "-U", "dsrd_admin", "dsrd"], capture_output=True, check=True).stdout
    contains(dump.decode(), alias, ref)
    for secret in SECRETS:
        for form in (secret.encode(), secret.encode().hex().encode()):
            equal(form in dump, False, secret)


@case
def not_even_in_the_files_of_the_cluster_once_written():
    d.sql("checkpoint")
    for folder, _, names in os.walk(os.path.join(d.data, "postgres")):
        for name in names:
            with open(os.path.join(folder, name), "rb") as file:
                content = file.read()
            for secret in SECRETS:
                equal(secret.encode() in content, False, f"{secret} in {name}")


@case
def the_logs_hold_none():
    lacks(d.read_log(), *SECRETS)
    lacks(open(os.path.join(d.data, "postgres.log")).read(), *SECRETS)


@case
def subject_lines_and_lists_hold_none():
    lacks(d.dsr("list") + d.dsr("status") + d.dsr("subject", "list") + d.dsr("report", "vendors"), SECRETS[0], SECRETS[1])
    subject = [line for line in d.mails()[0].decode().splitlines() if line.startswith("Subject:")][0]
    equal(subject, f"Subject: {ref}: a data request needs a look")


@case
def keys_and_data_are_closed_to_others_and_no_core_is_written():
    for name in ("keyring", "credential"):
        equal(oct(os.stat(os.path.join(d.data, name)).st_mode & 0o777), "0o600")
    equal(oct(os.stat(os.path.join(d.data, "postgres")).st_mode & 0o777), "0o700")
    for role in ("api", "mailer"):
        limits = open(f"/proc/{d.pids(role)[0]}/limits").read()
        contains(limits, "Max core file size        0                    0")


@case
def without_the_key_ring_nothing_is_read_and_dsrd_says_so():
    d.stop()
    ring = os.path.join(d.data, "keyring")
    os.rename(ring, ring + ".away")
    d.start(wait=False)
    equal(d.process.wait(30) != 0, True)
    d.process = None
    contains(d.read_log(), "keyring")
    equal(os.path.exists(ring), False)
    os.rename(ring + ".away", ring)


@case
def another_key_ring_is_refused():
    other = Dsrd()
    for name in ("keyring", "credential"):
        subprocess.run(["cp", "-p", os.path.join(other.data, name), os.path.join(d.data, name)], check=True)
    d.start(wait=False)
    equal(d.process.wait(30), 78)
    d.process = None
    contains(d.read_log(), "is not the one that seals this database")


run_cases()
