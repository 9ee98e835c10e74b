#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The chain of the audit log: writers at once with backends killed among them, and tampering of every kind by somebody who owns the
database, each found and located. CHAIN_WRITERS, CHAIN_TAMPERINGS and CHAIN_SEED make it longer (make soak) or the same again."""
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import atexit

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "harness"))
from dsrd import PATIENCE, ROOT, case, equal, run_cases, wait_for  # noqa: E402

WRITERS = int(os.environ.get("CHAIN_WRITERS", "8"))
EACH = 150  # entries of a writer
KILLS = WRITERS // 2
TAMPERINGS = int(os.environ.get("CHAIN_TAMPERINGS", "200"))
SEED = int(os.environ.get("CHAIN_SEED", str(time.time_ns() % 1000000)))
CLUSTER = os.path.join(ROOT, "tests", "harness", "cluster.sh")
PSQL = ["psql", "-X", "-q", "-t", "-A", "-U", "dsrd_admin", "-d", "dsrd"]

folder = tempfile.mkdtemp(prefix="dsrd-chain-", dir="/tmp")
os.chmod(folder, 0o755)
PSQL += ["-h", folder]


@atexit.register
def remove():
    subprocess.run([CLUSTER, "stop", folder], check=False)
    shutil.rmtree(folder, ignore_errors=True)


subprocess.run([CLUSTER, "start", folder], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
print(f"# seed {SEED}", flush=True)
chance = random.Random(SEED)


def sql(*statements):
    """Each in a transaction of its own; the answer of the last one. None when the server is not there."""
    result = subprocess.run(PSQL + ["-v", "ON_ERROR_STOP=1"] + [word for text in statements for word in ("-c", text)],
                            capture_output=True, text=True, timeout=PATIENCE)
    if result.returncode == 2:
        return None
    if result.returncode != 0:
        raise AssertionError(result.stderr)
    return result.stdout.strip().split("\n")[-1]


class Session:
    """One psql that is kept; ask() gives the line that begins with @, or None: then `said` is what came in its place."""

    def __init__(self):
        self.process = subprocess.Popen(PSQL, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.said = ""

    def ask(self, text):
        try:
            self.process.stdin.write(text + "\n\\echo @end\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            return None
        answer, self.said = None, ""
        for line in self.process.stdout:
            if line == "@end\n":
                return answer
            answer = line[1:].strip() if line.startswith("@") else answer
            self.said += line
        return None  # psql ends when its server goes

    def close(self):
        self.process.kill()
        self.process.wait()
        for stream in (self.process.stdin, self.process.stdout):
            try:
                stream.close()
            except BrokenPipeError:
                pass


# All pages of verifying a chain, as one list of faults.
SETUP = """
select dsr.library_put(1, 'One', 'Etc/UTC', 7), dsr.library_put(2, 'Two', 'Etc/UTC', 7);
create function public.faults(p_head text, p_limit integer) returns jsonb language plpgsql as $$
declare
    page json; found jsonb := '[]'; cursor text;
begin
    perform set_config('dsr.library', '1', true), set_config('dsr.roles', 'officer', true);
    loop
        page := api.audit_verify(jsonb_build_object('limit', p_limit, 'head', p_head, 'cursor', cursor));
        found := found || (page -> 'faults')::jsonb;
        cursor := page ->> 'next';
        exit when cursor is null;
    end loop;
    return found;
end $$
"""
sql(SETUP)


def writer(number, acknowledged, problems):
    try:
        session, done = None, 0
        while done < EACH:
            session = session or Session()
            target = f"w{number}-{done}"
            # One statement: psql shows its row only once the transaction is committed.
            if session.ask("set dsr.library = '1'; select '@' || "
                           f"'{target}' from dsr.audit_add('test', '{target}', '{{\"n\": {done}}}');") == target:
                acknowledged.append(target)
                done += 1
                continue
            session.close()
            session = None
            threading.Event().wait(0.05)
            # Whether it was written before the connection went is not known; written twice it must not be.
            known = wait_for(lambda: sql("select 'known', exists (select from dsr.audit where target = '" + target + "')"),
                             "the server is back")
            done += known.endswith("t")
        session.close()
    except Exception as problem:  # in a thread it would be lost
        problems.append(problem)


@case
def writers_at_once_with_backends_killed_among_them_make_one_chain_and_lose_nothing():
    acknowledged, problems, began = [], [], time.monotonic()
    threads = [threading.Thread(target=writer, args=(n, acknowledged, problems)) for n in range(WRITERS)]
    for thread in threads:
        thread.start()
    killed = 0
    while killed < KILLS and any(thread.is_alive() for thread in threads):
        before = len(acknowledged)
        pids = sql("select string_agg(pid::text, ' ') from pg_stat_activity where query like '%audit_add(%' and pid <> pg_backend_pid()")
        if pids:
            try:
                os.kill(int(chance.choice(pids.split())), signal.SIGKILL)
                killed += 1
            except ProcessLookupError:
                pass
        wait_for(lambda: len(acknowledged) >= before + WRITERS or not any(thread.is_alive() for thread in threads), "the writers go on")
    for thread in threads:
        thread.join()
    equal(problems, [])
    equal(killed >= min(KILLS, 3), True, f"{killed} killed")
    written = set(sql("select string_agg(target, ' ') from dsr.audit where library_id = 1").split())
    equal(set(acknowledged) - written, set())
    equal(len(written), WRITERS * EACH)
    equal(sql("select count(*), count(distinct target), count(distinct prev), max(seq) from dsr.audit where library_id = 1"),
          "|".join([str(WRITERS * EACH)] * 4))
    for limit in (7, 5000):
        equal(sql(f"select public.faults(null, {limit})"), "[]")
    print(f"# {time.monotonic() - began:.1f} s: {WRITERS} writers, {len(acknowledged)} of {len(written)} acknowledged, "
          f"{killed} backends killed", flush=True)


# Tampering. A chain of which 20 entries were taken away in time, the rest of mixed kind.
FIRST, LAST = 21, 101


def make_chain():
    sql("set session_replication_role = replica; truncate dsr.audit, dsr.audit_head, dsr.audit_checkpoint",
        "select dsr.audit_add('other', 'x') from set_config('dsr.library', '2', true)",
        "select set_config('dsr.library', '1', false); "
        "select set_config('dsr.account', case when n % 3 = 0 then '' else gen_random_uuid()::text end, true),"
        " dsr.audit_add((array['reveal', 'export', 'hold', 'vendor'])[n % 4 + 1], case when n % 5 > 0 then 't' || n end,"
        " jsonb_build_object('n', n))"
        " from generate_series(1, 100) n",
        "select dsr.audit_cut(now() + interval '1 day', 20) from set_config('dsr.library', '1', true)",
        # Who owns the database can do without these.
        "alter table dsr.audit drop constraint audit_pkey, drop constraint audit_library_id_prev_key;"
        " create index on dsr.audit (library_id, seq);"
        " create index on dsr.audit (library_id, prev)")
    equal(sql("select min(seq), max(seq) from dsr.audit where library_id = 1"), f"{FIRST}|{LAST}")
    return sql("select set_config('dsr.library', '1', false); select dsr.audit_head_text()")


def fault(kind, first, last=None, place=None):
    return (kind, first, first if last is None else last, place)


UPDATE = "update dsr.audit set {} where library_id = 1 and seq = {};"
REHASH = "update dsr.audit a set hash = dsr.audit_hash(a) where library_id = 1 and seq = {};"


def change_a_column(n):
    change = chance.choice(("at = at + interval '1 microsecond'", "account_id = gen_random_uuid()", "act = 'nothing'", "target = 'other'",
                            "detail = '{\"n\": 0}'", "detail = '{}'", "prev = sha256('x')", "hash = sha256('x')",
                            "target = coalesce(target, '') || 'x'"))
    return UPDATE.format(change, n), [fault("changed", n)]


def change_an_account_to_none(n):
    return UPDATE.format("account_id = case when account_id is null then gen_random_uuid() end", n), [fault("changed", n)]


def change_and_hash_anew(n):
    return (UPDATE.format("target = 'other'", n) + REHASH.format(n)), [fault("head", n) if n == LAST else fault("replaced", n, n + 1)]


def into_another_library(n):
    return UPDATE.format("library_id = 2", n), [fault("missing", n)]


def drop_some(n):
    last = min(n + chance.randrange(5), LAST)
    return f"delete from dsr.audit where library_id = 1 and seq between {n} and {last};", [fault("missing", n, last)]


def drop_one_and_close_the_gap(n):
    text = f"delete from dsr.audit where library_id = 1 and seq = {n};"
    text += f"update dsr.audit set seq = seq - 1 where library_id = 1 and seq > {n};"
    return text, ([fault("moved", n, LAST - 1, n + 1)] if n < LAST else []) + [fault("missing", LAST)]


def swap_two(n):
    other = chance.choice([seq for seq in range(FIRST, LAST + 1) if seq != n])
    low, high = min(n, other), max(n, other)
    text = f"update dsr.audit set seq = {low} + {high} - seq where library_id = 1 and seq in ({low}, {high});"
    return text, [fault("moved", low, None, high), fault("moved", high, None, low)]


def swap_what_two_say(n):
    other = chance.choice([seq for seq in range(FIRST, LAST + 1) if seq != n])
    text = (f"update dsr.audit a set (at, account_id, act, target, detail) = (select at, account_id, act, target, detail from dsr.audit o"
            f" where o.library_id = 1 and o.seq = {n} + {other} - a.seq) where library_id = 1 and seq in ({n}, {other});")
    low, high = min(n, other), max(n, other)
    return text, [fault("changed", low, high)] if high == low + 1 else [fault("changed", low), fault("changed", high)]


def put_one_in(n):
    text = (f"update dsr.audit set seq = seq + 1 where library_id = 1 and seq >= {n};"
            f" insert into dsr.audit select 1, {n}, now(), null, 'reveal', 'forged', '{{}}', coalesce((select hash from dsr.audit"
            f" where library_id = 1 and seq = {n} - 1), (select hash from dsr.audit_checkpoint)), '\\x{'00' * 32}';") + REHASH.format(n)
    return text, [fault("moved", n + 1, LAST + 1, n), fault("beyond", LAST + 1)] + ([fault("head", LAST)] if n == LAST else [])


def put_one_at_the_end(n):
    text = (f"insert into dsr.audit select 1, seq + 1, now(), null, 'reveal', 'forged', '{{\"n\": {n}}}', hash, hash"
            " from dsr.audit_head where library_id = 1;" + REHASH.format(LAST + 1))
    return text, [fault("beyond", LAST + 1)]


def double_one(n):
    return f"insert into dsr.audit select * from dsr.audit where library_id = 1 and seq = {n};", [fault("twice", n)]


def cut_the_end(n):
    return f"delete from dsr.audit where library_id = 1 and seq >= {n};", [fault("missing", n, LAST)]


MEND = ("update dsr.audit_head h set seq = a.seq, hash = a.hash from dsr.audit a where h.library_id = 1 and a.library_id = 1"
        " and a.seq = (select max(seq) from dsr.audit where library_id = 1);")


def cut_the_end_and_mend_the_head(n):
    n = max(n, FIRST + 1)
    found = [fault("cut", n, LAST)]
    if n <= LAST:  # the purge's own entry is the last one
        found.insert(0, fault("unexplained", 1, FIRST - 1))
    return f"delete from dsr.audit where library_id = 1 and seq >= {n};" + MEND, found


def anew(first, last):
    """Entries as if they had been written so: what `first` is about is changed, and each has the right hashes."""
    return (f"do $$ begin for i in {first}..{last} loop update dsr.audit a set target = case when i = {first} then 'other' else target end,"
            " prev = coalesce((select hash from dsr.audit where library_id = 1 and seq = i - 1), (select hash from dsr.audit_checkpoint))"
            " where library_id = 1 and seq = i;"
            " update dsr.audit a set hash = dsr.audit_hash(a) where library_id = 1 and seq = i; end loop; end $$;")


def write_the_rest_anew(n):
    text = anew(n, LAST) + MEND
    return text, [fault("another", LAST)]


def write_some_anew(n):
    last = min(n + chance.randrange(1, 5), LAST - 1)
    if n >= last:
        return change_a_column(n)
    return anew(n, last), [fault("replaced", last, last + 1)]


def tamper_with_the_head(n):
    if n % 4 == 0:
        return "delete from dsr.audit_head where library_id = 1;", [fault("head", LAST)]
    if n % 4 == 1:
        return "update dsr.audit_head set hash = sha256('x') where library_id = 1;", [fault("head", LAST)]
    if n % 4 == 2:
        return f"update dsr.audit_head set seq = {LAST} + 3 where library_id = 1;", [fault("missing", LAST + 1, LAST + 3)]
    return (f"update dsr.audit_head h set seq = a.seq, hash = a.hash from dsr.audit a"
            f" where h.library_id = 1 and a.library_id = 1 and a.seq = {LAST} - 2;",
            [fault("beyond", LAST - 1, LAST)])


def tamper_with_the_checkpoint(n):
    if n % 3 == 0:
        return "delete from dsr.audit_checkpoint where library_id = 1;", [fault("missing", 1, FIRST - 1)]
    if n % 3 == 1:
        return ("update dsr.audit_checkpoint set hash = sha256('x') where library_id = 1;",
                [fault("replaced", FIRST - 1, FIRST), fault("unexplained", 1, FIRST - 1)])
    through = chance.randrange(FIRST, LAST - 1)
    return (f"insert into dsr.audit_checkpoint select 1, seq, hash from dsr.audit where library_id = 1 and seq = {through};"
            f" delete from dsr.audit where library_id = 1 and seq <= {through};", [fault("unexplained", 1, through)])


def put_a_purged_one_back(n):
    seq = n % (FIRST - 1) + 1
    return (f"insert into dsr.audit select 1, {seq}, at, account_id, act, target, detail, prev, hash from dsr.audit"
            f" where library_id = 1 and seq = {n};", [fault("put_back", seq)])


def take_all_away(n):
    what = "delete from dsr.audit where library_id = 1; delete from dsr.audit_head where library_id = 1;"
    what += f"delete from dsr.audit_checkpoint where library_id = {n % 2};"
    return what, ([fault("cut", 1, LAST)] if n % 2 else [fault("unexplained", 1, FIRST - 1), fault("cut", FIRST, LAST)])


WAYS = [change_a_column, change_an_account_to_none, change_and_hash_anew, into_another_library, drop_some, drop_one_and_close_the_gap,
        swap_two, swap_what_two_say, put_one_in, put_one_at_the_end, double_one, cut_the_end, cut_the_end_and_mend_the_head,
        write_the_rest_anew, write_some_anew, tamper_with_the_head, tamper_with_the_checkpoint, put_a_purged_one_back, take_all_away]


@case
def every_tampering_is_found_and_located():
    head = make_chain()
    session = Session()
    ask = "begin; set local session_replication_role = replica; {} select '@' || public.faults({}, {})::text; rollback;"
    noted = f"'{head}'"
    equal(session.ask(ask.format("", noted, 5000)), "[]", session.said)
    session.ask("drop index dsr.audit_act; select '@';")
    for number in range(TAMPERINGS):
        way = WAYS[number % len(WAYS)]
        n = chance.randrange(FIRST, LAST + 1)
        text, wanted = way(n)
        limit = chance.choice((9, 30, 5000))
        # A head is needed for what is consistent in itself; the rest is found without one.
        needs_head = {part[0] for part in wanted} & {"cut", "another"}
        answer = session.ask(ask.format(text, noted if needs_head else "null", limit))
        found = [(f["kind"], f["from"], f["to"], f.get("place")) for f in json.loads(answer)] if answer else session.said
        if not answer or not match(found, wanted):
            raise AssertionError(f"seed {SEED}, tampering {number}: {way.__name__}({n}), pages of {limit}\n  {text}\n"
                                 f"  got    {found}\n  wanted {wanted}")
    equal(session.ask(ask.format("", noted, 5000)), "[]")
    session.close()
    print(f"# {TAMPERINGS} tamperings of {len(WAYS)} kinds, all found and located", flush=True)


def match(found, wanted):
    """The same faults; one that goes across the end of a page may come in parts."""
    parts = sorted(found, key=lambda part: (part[0], part[1]))
    joined = []
    for part in parts:
        if joined and joined[-1][0] == part[0] and joined[-1][2] + 1 == part[1] and \
                (part[3] is None or part[3] - part[1] == joined[-1][3] - joined[-1][1]):
            joined[-1] = (part[0], joined[-1][1], part[2], joined[-1][3])
        else:
            joined.append(part)
    # The last entry tells of the purge: what befalls it leaves the purge unexplained too.
    extra = fault("unexplained", 1, FIRST - 1)
    if extra in joined and extra not in wanted and any(first <= LAST <= last for _, first, last, _ in wanted):
        joined.remove(extra)
    return joined == sorted(wanted, key=lambda part: (part[0], part[1]))


run_cases()
