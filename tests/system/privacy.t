#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is personal is nowhere in the clear: not in the database, its log, dsrd's log, or a core."""
import base64
import glob
import os
import quopri
import secrets
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "harness"))
from dsrd import AS_ROOT, RUNNER, Dsrd, case, contains, equal, lacks, run_cases, wait_for  # noqa: E402

SECRETS = ("Zebulon Quartermaine", "zebulon@example.org", "a very private note", "mistyped by Zebulon", "Olive Owner", "owner@example.org")
d = Dsrd()
alias = d.dsr("subject", "add", "--residence", "NL", "--name", SECRETS[0], "--email", SECRETS[1]).strip()
ref = d.file("elsevier", "access", "--law", "eu-gdpr", "--for", alias, "--sent", "2026-01-05", "--note", SECRETS[2])
d.dsr("log", ref, "acknowledged", "--on", "2026-01-06")
d.dsr("undo", ref, "acknowledged", "--reason", SECRETS[3])
wait_for(d.mails, "a reminder")


@case
def it_is_there_for_who_may_see_it():
    contains(d.dsr("show", ref), SECRETS[2], SECRETS[3])
    lacks(d.dsr("show", ref), SECRETS[0], SECRETS[1])
    contains(d.dsr("subject", "show", alias, "--reason", "patron_asked"), SECRETS[0], SECRETS[1])


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


CANARIES = int(os.environ.get("PRIVACY_CANARIES", "500"))  # 10,000 in make soak


def forms_of(text):
    """How a text could stand somewhere: plain, UTF-16, base64 at each of its three places, hex, quoted-printable, percent-encoded."""
    plain = text.encode()
    yield plain
    yield text.encode("utf-16-le")
    yield text.encode("utf-16-be")
    for shift in range(3):
        # Only the characters that no neighbour has a part in.
        encoded = base64.b64encode(b"\0" * shift + plain)
        yield encoded[(shift * 8 + 5) // 6:len(plain + b"\0" * shift) * 8 // 6]
    yield plain.hex().encode()
    yield plain.hex().upper().encode()
    yield quopri.encodestring(plain)
    yield quopri.encodestring(plain, header=True)
    yield "".join(chr(b) if chr(b).isalnum() else f"%{b:02X}" for b in plain).encode()


def hits(patterns, *paths):
    """Every pattern that stands in one of the files."""
    result = subprocess.run(["grep", "-r", "-a", "-o", "-h", "-F", "-f", patterns, *paths], capture_output=True, env=dict(os.environ, LC_ALL="C"))
    equal(result.returncode in (0, 1), True, result.stderr)
    return result.stdout


@case
def canaries_are_found_nowhere():
    d.sql("alter system set log_statement = 'all'")
    d.sql("alter system set log_min_duration_statement = 0")  # with the parameters
    with open(os.path.join(d.data, "postgres", "pg_hba.conf"), "a") as file:
        file.write("local replication all peer map=dsrd\n")
    d.sql("select pg_reload_conf()")
    patterns, control = os.path.join(d.folder, "patterns"), os.path.join(d.folder, "control")
    with open(patterns, "wb") as file, open(control, "wb") as positive:
        for n in range(CANARIES):
            mark = secrets.token_hex(8)
            name, email = f"Zoë Kanarienvogel-{mark}", f"kanarie.{mark}@birds.example"
            reply = d.http("POST", "/v1/subjects", {"residence": "NL", "name": name, "email": email})
            equal(reply.status, 201, reply.body)
            if n % 100 == 0:  # some of them in notes and mails too
                d.file("elsevier", "access", "--law", "eu-gdpr", "--for", reply.json["alias"], "--sent", "2026-01-05", "--note", f"wrote to {name}", "--anyway")
                equal(d.http("POST", "/v1/mail/tests", {"address": email}).status, 202)
                letter = d.file("elsevier", "deletion", "--law", "eu-gdpr", "--for", reply.json["alias"], "--draft", "--anyway")
                contains(d.dsr("send", letter, "--yes", "--anyway"), name)
                contains(d.dsr("evidence", letter, "--json"), name)
            for form in sorted({form for text in (mark, name, email) for form in forms_of(text)}):
                file.write(form + b"\n")
                positive.write(b"before" + form + b"after\n")
    # What is looked for would be found: each form, in a file that holds it.
    if len(hits(patterns, control).splitlines()) < 20 * CANARIES:
        raise AssertionError("the forms are not found where they are")
    wait_for(lambda: d.sql("select exists (select from dsr.message where state not in ('sent', 'cancelled'))") == "f", "the mails are sent")
    folder = os.path.join(d.data, "stolen")
    subprocess.run(RUNNER + ["mkdir", folder], check=True)
    tool = ["-h", os.path.join(d.data, "run"), "-U", "dsrd_admin"]
    subprocess.run(RUNNER + ["pg_dump", *tool, "-f", folder + "/dump", "dsrd"], check=True)
    subprocess.run(RUNNER + [sorted(glob.glob("/usr/lib/postgresql/*/bin/pg_basebackup"))[-1], *tool, "-D", folder + "/base", "-X", "stream", "-c", "fast"], check=True)
    with open(os.path.join(d.folder, "metrics"), "wb") as file:
        file.write(d.http("GET", "/metrics").body)
    for role in ("api", "mailer") if AS_ROOT else ():
        with open(f"/proc/{d.pids(role)[0]}/environ", "rb") as source, open(os.path.join(d.folder, "environ-" + role), "wb") as file:
            file.write(source.read())
    looked_at = [folder, d.log, os.path.join(d.data, "postgres.log"), os.path.join(d.data, "postgres"), *glob.glob(d.folder + "/environ-*"), d.folder + "/metrics"]
    contains(open(os.path.join(d.data, "postgres.log"), errors="replace").read(), "api.subject_create")
    equal(hits(patterns, *looked_at), b"")
    d.sql("alter system reset all")
    d.sql("select pg_reload_conf()")


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
