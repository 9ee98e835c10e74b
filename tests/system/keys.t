#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keys by time bucket, with the clock moved: what is purged dies with its key, in old dumps too; what lives on is sealed anew."""
import json
import os
import shutil
import signal
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "harness"))
from clock import WHY_NOT, Clock  # noqa: E402
from dsrd import AS_ROOT, PATIENCE, RUNNER, Dsrd, case, conf, contains, equal, lacks, merge, run_cases, wait_for  # noqa: E402

if WHY_NOT:
    print(f"1..0 # SKIP {WHY_NOT}")
    sys.exit(0)

SUBJECTS = int(os.environ.get("KEYS_SUBJECTS", "600"))
d = Dsrd(start=False)
clock = Clock(d.folder)
RING = os.path.join(d.data, "keyring")


def look():
    """The daemon looks after its keys, soon."""
    before = d.read_log().count("reload: done")
    os.kill(d.pids("api")[0], signal.SIGHUP)
    wait_for(lambda: d.read_log().count("reload: done") > before, "reloaded")


def move_to(day):
    clock.move_to(f"{day} 10:00:00")
    wait_for(lambda: d.sql("select now()::date") == day, day)
    equal(d.run("time", "confirm").returncode, 0)  # else nothing is destroyed after such a jump
    look()


def as_of_now():
    return RUNNER + ["env"] + [f"{name}={value}" for name, value in clock.environment().items()]


def dsrd(*arguments, settings=None, status=0):
    """A command of dsrd in the moved time."""
    path = d.conf
    if settings is not None:
        path = os.path.join(d.folder, "other.conf")
        with open(path, "w") as file:
            file.write(conf(merge(d.settings, settings)))
        os.chmod(path, 0o644)
    command = as_of_now() + [os.path.join(d.program, "dsrd"), *arguments, "-c", path, "--private", d.data]
    result = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE)
    equal(result.returncode, status, result.stdout + result.stderr)
    return result.stdout + result.stderr


def ring_ids():
    return [key["id"] for key in json.load(open(RING))["keys"] if key["purpose"] == "seal"]


def sealed_by():
    """How many values each key has sealed."""
    tables = [line.split("|") for line in d.sql("select name, unnest(columns) from dsr.sealed_tables()").splitlines()]
    union = " union all ".join(f"select dsr.envelope_key({column}) k from dsr.{table} where {column} is not null" for table, column in tables)
    return {int(key): int(count) for key, count in (line.split("|") for line in d.sql(f"select k, count(*) from ({union}) x group by 1").splitlines())}


def dump(name):
    path = os.path.join(d.data, name)
    subprocess.run(RUNNER + ["pg_dump", "-h", os.path.join(d.data, "run"), "-U", "dsrd_admin", "-Fc", "-f", path, "dsrd"], check=True)
    return path


class Restored:
    """A dsrd on a restored dump, with the ring as it is now."""

    def __init__(self, path, name, ring=RING):
        self.name, self.folder = name, os.path.join(d.data, name + ".d")
        tool = RUNNER + ["env", "PGHOST=" + os.path.join(d.data, "run"), "PGUSER=dsrd_admin"]
        subprocess.run(tool + ["createdb", name], check=True)
        subprocess.run(tool + ["pg_restore", "-d", name, path], check=True, capture_output=True)
        os.mkdir(self.folder)
        if AS_ROOT:
            shutil.chown(self.folder, "nobody", "nogroup")
        self.socket = os.path.join(self.folder, "sock")
        self.conf = os.path.join(self.folder, "conf")
        with open(self.conf, "w") as file:
            file.write(conf(merge(d.settings, {"database": {"conninfo": f"host={d.data}/run dbname={name}"}, "api": {"socket": self.socket},
                                               "vault": {"ring": ring, "credential": d.data + "/credential", "makes_keys": False}})))
        os.chmod(self.conf, 0o644)

    def __enter__(self):
        command = as_of_now() + [os.path.join(d.program, "dsrd"), "api", "-c", self.conf]
        with open(self.folder + ".log", "wb") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log)
        wait_for(lambda: b"serving on" in open(self.folder + ".log", "rb").read() or self.process.poll() is not None, "it serves")
        return self

    def log(self):
        return open(self.folder + ".log").read()

    def __exit__(self, *ignored):
        self.process.terminate()
        self.process.wait(PATIENCE)
        subprocess.run(RUNNER + ["dropdb", "-h", os.path.join(d.data, "run"), "-U", "dsrd_admin", self.name], check=True)


clock.move_to("2026-03-02 10:00:00")
d.start(more=clock.environment())
alias = d.dsr("subject", "add", "--residence", "NL", "--name", "Zebulon Quartermaine", "--email", "zebulon@example.org").strip()
ref = d.file("elsevier", "access", "--law", "eu-gdpr", "--for", alias, "--sent", "2026-02-20", "--note", "a very private note")
stays = d.dsr("subject", "add", "--residence", "NL", "--name", "Stella Staying").strip()
stays_ref = d.file("oclc", "access", "--law", "eu-gdpr", "--for", stays, "--sent", "2026-02-20", "--note", "her note")
first = ring_ids()[0]
state = {}


def opened(reference, person, env=None):
    """What is sealed of a request and of whom it is about."""
    return d.dsr("show", reference, env=env) + d.dsr("subject", "show", person, "--reason", "other", env=env)


@case
def keys_are_made_ahead_and_shown():
    equal(len(ring_ids()), 5)
    shown = dsrd("keys")
    contains(shown, "2026-03-02  2026-03-09  2026-04-06  seals now", "2026-03-30  2026-04-06  2026-05-04  made ahead", "this host makes more in time")
    equal(set(sealed_by()), {first})
    equal(d.sql("select act || ' ' || target from dsr.audit where library_id = 0"), "keys_added " + ",".join(map(str, ring_ids())))


@case
def nobody_reads_a_process_with_keys():
    attach = "import ctypes, sys; sys.exit(ctypes.CDLL(None, use_errno=True).ptrace(16, int(sys.argv[1]), 0, 0) and 9)"
    own = subprocess.Popen(RUNNER + ["sleep", "1000"])
    # The same user may do that to a process of its own, so that it is our doing below, and not the machine's.
    wait_for(lambda: b"sleep" in open(f"/proc/{own.pid}/cmdline", "rb").read(), "sleep sleeps")
    able = subprocess.run(RUNNER + ["/usr/bin/python3", "-c", attach, str(own.pid)]).returncode
    own.kill()
    own.wait()
    for role in ("api", "mailer"):
        pid = d.pids(role)[0]
        equal(subprocess.run(RUNNER + ["/usr/bin/python3", "-c", attach, str(pid)]).returncode, 9, f"ptrace of the {role}")
        for name in ("environ", "mem", "maps"):
            equal(subprocess.run(RUNNER + ["head", "-c", "1", f"/proc/{pid}/{name}"], capture_output=True).returncode != 0, True, f"{name} of the {role}")
        contains(open(f"/proc/{pid}/limits").read(), "Max core file size        0                    0")
        equal(os.stat(f"/proc/{pid}/environ").st_uid, 0)
    if able != 0:
        print("# this machine lets nobody trace anything, so the refusal above proves little")


@case
def what_lives_on_is_sealed_anew_when_a_bucket_ends():
    state["dump"] = dump("first.dump")
    # The purge itself, as it leaves the database.
    d.sql(f"begin; select set_config('dsr.library', '1', true); delete from dsr.message; delete from dsr.request where ref = '{ref}';"
          f" delete from dsr.subject where alias = '{alias}'; commit")
    move_to("2026-03-10")
    wait_for(lambda: first not in sealed_by(), "nothing is sealed by the first key")
    equal(set(sealed_by()), {first + 1})
    equal(len(ring_ids()), 6)
    contains(opened(stays_ref, stays), "Stella Staying", "her note")
    contains(dsrd("keys"), "2026-03-02  2026-03-09  2026-04-06  ended", "2026-03-09  2026-03-16  2026-04-13  seals now")


@case
def a_dump_of_the_window_can_be_restored():
    move_to("2026-04-05")
    equal(first in ring_ids(), True)
    with Restored(state["dump"], "inside") as old:
        contains(opened(ref, alias, {"DSR_SOCKET": old.socket}), "Zebulon Quartermaine", "a very private note")


@case
def what_was_purged_is_unreadable_in_last_months_dump_once_its_key_is_gone():
    before = open(RING).read()
    move_to("2026-04-07")
    wait_for(lambda: first not in ring_ids(), "the first key is destroyed")
    contains(d.sql("select target from dsr.audit where act = 'keys_destroyed'").split("\n"), str(first))
    equal(d.sql(f"select destroyed_at is not null from dsr.ring_key where id = {first}"), "t")
    contains(opened(stays_ref, stays), "Stella Staying", "her note")
    with Restored(state["dump"], "outside") as old:
        d.dsr("show", ref, env={"DSR_SOCKET": old.socket}, status=5)
        contains(d.errors, f"its key {first} is not in the key ring")
        d.dsr("show", stays_ref, env={"DSR_SOCKET": old.socket}, status=5)
        wait_for(lambda: f"the ring lacks key {first}" in old.log(), "it says so")
    # With a copy of the ring from before it can be read again: why old copies must go.
    state["old ring"] = before


@case
def an_old_copy_of_the_ring_undoes_it():
    old_ring = os.path.join(d.data, "keyring.old")
    put_ring(state["old ring"], old_ring)
    with Restored(state["dump"], "undone", old_ring) as old:
        contains(opened(ref, alias, {"DSR_SOCKET": old.socket}), "Zebulon Quartermaine")


@case
def an_old_copy_of_the_ring_put_back_makes_no_key_twice():
    newest = open(RING).read()
    put_ring(state["old ring"])
    wait_for(lambda: "this is an old copy of the ring, so no key is made" in d.read_log(), "it is noticed")
    wait_for(lambda: first not in ring_ids(), "and what had to die dies again")
    put_ring(newest)
    wait_for(lambda: d.http("POST", "/v1/subjects", {"residence": "NL", "name": "Put Back"}).status == 201, "writes go on")
    contains(opened(stays_ref, stays), "Stella Staying", "her note")


def put_ring(text, place=RING):
    path = os.path.join(d.data, "keyring.copied")
    with open(path, "w") as file:
        file.write(text)
    os.chmod(path, 0o600)
    if AS_ROOT:
        shutil.chown(path, "nobody", "nogroup")
    os.rename(path, place)


def refused(text):
    reply = d.http("POST", "/v1/subjects", {"residence": "NL", "name": "Nobody Yet"})
    equal(reply.status, 503, reply.body)
    contains(reply.json["detail"], text)


@case
def without_a_key_for_today_nothing_is_written_and_reads_go_on():
    d.write_conf({"vault": {"makes_keys": False}})
    look()  # before the day changes: the keeper's own look may come first
    move_to("2026-07-01")
    refused("The key ring has no key for now (its last one ended on 2026-05-11)")
    # Nor what needs no seal itself.
    equal(d.http("POST", f"/v1/requests/{stays_ref}/events", {"event": "acknowledged", "on": "2026-06-30"}).status, 503)
    contains(opened(stays_ref, stays), "Stella Staying")
    contains(d.http("GET", "/metrics").body.decode(), "dsrd_keys_seconds_left 0\n")
    wait_for(lambda: "the ring has keys for 0 more days only" in d.read_log(), "it is logged")
    contains(dsrd("keys"), "There is no key for now")
    contains(dsrd("keys", "make", status=78), "this host gets its ring by copy")


@case
def a_ring_copied_from_the_other_host_is_used_at_once_by_every_role():
    other = os.path.join(d.data, "keyring.other")
    subprocess.run(["cp", "-p", RING, other], check=True)
    contains(dsrd("keys", "make", settings={"vault": {"ring": other, "credential": d.data + "/credential", "makes_keys": True}}), "5 keys made.")
    mails = len(d.mails())
    os.rename(other, RING)
    wait_for(lambda: d.http("POST", "/v1/subjects", {"residence": "NL", "name": "After Copy"}).status == 201, "it was compared with the database")
    newest = dsrd("keys").split("seals now")[0].splitlines()[-1].split()[0]
    equal(d.http("POST", "/v1/mail/tests", {"address": "ann@example.org"}).status, 202)
    wait_for(lambda: len(d.mails()) > mails, "the mailer opens an address sealed by the new key")
    equal(d.sql("select dsr.envelope_key(recipient) from dsr.message where kind = 'test' order by created_at desc limit 1"), newest)


@case
def two_hosts_that_both_make_keys_are_told_apart():
    look()
    wait_for(lambda: d.sql("select count(*) from dsr.ring_key where seen_at::date = '2026-07-01'") == "5", "the database knows the keys")
    right = open(RING).read()
    wrong = os.path.join(d.data, "keyring.wrong")
    ring = json.loads(right)
    known = [int(i) for i in d.sql("select id from dsr.ring_key where seen_at::date < '2026-07-01'").split()]
    ring["keys"] = [key for key in ring["keys"] if key["purpose"] != "seal" or key["id"] in known]
    put_ring(json.dumps(ring))
    subprocess.run(["cp", "-p", RING, wrong], check=True)
    dsrd("keys", "make", settings={"vault": {"ring": wrong, "credential": d.data + "/credential", "makes_keys": True}})
    # A mail sealed by the right ring waits while the mailer gets the wrong one.
    put_ring(right)
    look()
    wait_for(lambda: d.http("POST", "/v1/subjects", {"residence": "NL", "name": "Still Right"}).status == 201, "compared")
    mailer = d.pids("mailer")[0]
    os.kill(mailer, signal.SIGSTOP)
    mail = d.http("POST", "/v1/mail/tests", {"address": "waits@example.org"}).json["id"]
    os.rename(wrong, RING)
    os.kill(mailer, signal.SIGCONT)
    wait_for(lambda: "so no mail is taken" in d.read_log(), "the mailer says so")
    equal(d.sql(f"select state from dsr.message where id = '{mail}'"), "queued")
    look()
    wait_for(lambda: "another key of the number" in d.read_log(), "it says so")
    refused("is not the one its database knows")
    contains(d.http("GET", "/metrics").body.decode(), "dsrd_keys_conflict 1\n")
    contains(dsrd("rekey", status=78), "is not the one that the database knows")
    equal(d.sql(f"select state from dsr.message where id = '{mail}'"), "queued")
    put_ring(right)
    look()
    wait_for(lambda: d.http("POST", "/v1/subjects", {"residence": "NL", "name": "Right Again"}).status == 201, "writes go on")
    wait_for(lambda: d.sql(f"select state from dsr.message where id = '{mail}'") == "sent", "and so do mails")


@case
def a_bucket_stretched_by_hand_is_refused():
    right = open(RING).read()
    ring = json.loads(right)
    [key for key in ring["keys"] if key["purpose"] == "seal"][-1]["until"] += 86400 * 365
    stretched = os.path.join(d.data, "keyring.stretched")
    with open(stretched, "w") as file:
        file.write(json.dumps(ring))
    os.chmod(stretched, 0o600)
    if AS_ROOT:
        shutil.chown(stretched, "nobody", "nogroup")
    contains(dsrd("keys", settings={"vault": {"ring": stretched, "credential": d.data + "/credential"}}, status=78), "is no key ring, or the credential")


@case
def rekey_killed_in_the_middle_goes_on_where_it_was():
    d.write_conf({"vault": {"makes_keys": True}})
    for n in range(SUBJECTS):
        equal(d.http("POST", "/v1/subjects", {"residence": "NL", "name": f"Person {n}", "email": f"p{n}@example.org"}).status, 201)
    contains(dsrd("keys", "make", "--now"), "5 keys made.", "Every key before them has ended")
    newest = int(dsrd("keys").split("seals now")[0].splitlines()[-1].split()[0])
    total = sum(sealed_by().values())
    # One row is held by somebody, so that it cannot be done before it is killed.
    holder = subprocess.Popen(RUNNER + ["psql", "-X", "-q", "-h", os.path.join(d.data, "run"), "-U", "dsrd_admin", "-d", "dsrd"], stdin=subprocess.PIPE,
                              stdout=subprocess.PIPE, text=True)
    holder.stdin.write("begin; select 'held' from dsr.subject order by ctid desc limit 1 for update;\n")
    holder.stdin.flush()
    wait_for(lambda: "held" in holder.stdout.readline(), "the lock")
    command = as_of_now() + [os.path.join(d.program, "dsrd"), "rekey", "-c", d.conf, "--private", d.data]
    try:
        rekey = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        contains(rekey.stderr.readline(), "% looked through")
        wait_for(lambda: sealed_by().get(newest, 0) > 1, "some are sealed anew")
        rekey.kill()
        equal(rekey.wait(), -9)
        equal(1 < sealed_by()[newest] < total, True, f"{sealed_by()} of {total}")
        # Meanwhile both are read, and what is written is sealed by the new one.
        contains(opened(stays_ref, stays), "Stella Staying", "her note")
    finally:
        holder.stdin.close()
        holder.wait()
    contains(dsrd("rekey"), "100 % looked through", "Everything is sealed by a key that has not ended.")
    equal(sealed_by(), {newest: total})
    contains(opened(stays_ref, stays), "Stella Staying", "her note")


@case
def one_value_that_was_tampered_with_is_named_and_holds_up_nothing_else():
    row = d.sql(f"select id from dsr.subject where name is not null and alias <> '{stays}' order by created_at desc limit 1")
    d.sql(f"select set_config('dsr.library', '1', false); update dsr.subject set name = set_byte(name, 40, get_byte(name, 40) # 1) where id = '{row}'")
    before = sum(sealed_by().values())
    dsrd("keys", "make", "--now")
    contains(dsrd("rekey", status=78), f"subject.name of {row} is left as it is", "1 values cannot be opened and stay as they are")
    counts = sealed_by()
    equal(sorted(counts.values()), [1, before - 1])


@case
def a_credential_of_the_service_manager_is_used():
    d.stop()
    folder = os.path.join(d.data, "credentials")
    os.mkdir(folder)
    os.rename(os.path.join(d.data, "credential"), os.path.join(folder, "credential"))
    os.chmod(os.path.join(folder, "credential"), 0o440)  # as an access list for one user looks
    if AS_ROOT:
        shutil.chown(folder, "nobody", "nogroup")
    d.start(more=dict(clock.environment(), CREDENTIALS_DIRECTORY=folder))
    contains(opened(stays_ref, stays), "Stella Staying")
    d.stop()
    os.chmod(os.path.join(folder, "credential"), 0o444)
    d.start(wait=False, more=dict(clock.environment(), CREDENTIALS_DIRECTORY=folder))
    equal(d.process.wait(PATIENCE), 78)
    d.process = None
    lacks(d.read_log(), "Zebulon", "Stella", "zebulon@example.org")


run_cases()
