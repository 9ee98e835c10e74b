#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The audit log of a real dsrd: what is written, who sees it, the heads, retention, and that tampering is found through dsr."""
import email
import email.policy
import http.client
import os
import re
import signal
import socket
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "harness"))
import clock  # noqa: E402
from dsrd import AS_ROOT, Dsrd, as_several_users, case, contains, equal, lacks, run_cases, wait_for  # noqa: E402

WHY_NOT = as_several_users()

with socket.socket() as listener:
    listener.bind(("127.0.0.1", 0))
    PORT = listener.getsockname()[1]
d = Dsrd({"audit": {"officer_mail": True, "refusals_per_minute": 2}, "api": {"account_cache_ms": 0, "listen": f"127.0.0.1:{PORT}"}})
OWNER = d.sql("select id from dsr.account")


def entries(*arguments):
    return d.dsr_json("audit", "list", *arguments)


def as_user(uid, *arguments):
    return subprocess.run(["setpriv", f"--reuid={uid}", f"--regid={uid}", "--clear-groups", os.path.join(d.program, "dsr"), *arguments],
                          capture_output=True, text=True, env=d.environment())


def be_officer(is_one):
    roles = "{patron,staff,manager,operator" + (",officer}" if is_one else "}")
    d.sql(f"update dsr.account set roles = '{roles}' where id = '{OWNER}'")


def tamper(*statements):
    d.sql("set session_replication_role = replica; " + "; ".join(statements))


@case
def the_first_start_has_told_what_it_runs_with():
    wait_for(lambda: entries("--act", "configuration"), "the configuration is noted")
    first = [e for e in entries()[::-1] if e["act"] in ("account", "configuration")]
    equal([(e["seq"] == 1, e["act"]) for e in first], [(True, "account"), (False, "configuration")])
    equal((first[0]["account"], first[0]["target"], first[0]["detail"]),
          (None, OWNER, {"roles": ["patron", "staff", "manager", "officer", "operator"]}))
    equal((first[1]["detail"]["event"], first[1]["detail"]["changed"]), ("start", ["all"]))


@case
def a_start_or_reload_with_the_same_settings_is_no_entry_and_one_with_others_names_them():
    d.stop()
    d.start()
    wait_for(lambda: d.sql("select noted_at from dsr.configuration"), "it is looked at")
    d.write_conf({"library": {"contact": "canary-contact@library.example"}, "letters": {"travel_days": 6}})
    text = os.path.join(d.program, "etc", "mail", "en", "test.txt")
    with open(text, "a") as file:
        file.write("Changed.\n")
    os.kill(d.pids("api")[0], signal.SIGHUP)
    wait_for(lambda: len(entries("--act", "configuration")) == 2, "the reload is noted")
    detail = entries("--act", "configuration")[0]["detail"]
    equal((detail["event"], detail["changed"]), ("reload", ["files.mail", "letters.travel_days", "library.contact"]))
    os.kill(d.pids("api")[0], signal.SIGHUP)
    wait_for(lambda: d.read_log().count("reload: done") == 2, "the second reload")
    d.write_conf({"audit": {"keep_days": 400}})
    os.kill(d.pids("api")[0], signal.SIGHUP)
    wait_for(lambda: len(entries("--act", "configuration")) == 3, "the third reload is noted")
    equal(entries("--act", "configuration")[0]["detail"]["changed"], ["audit.keep_days"])
    lacks(d.sql("select string_agg(marks::text, '') from dsr.configuration")
          + d.sql("select string_agg(detail::text, '') from dsr.audit"), "canary-contact")


@case
def accounts_vendors_and_laws_leave_entries():
    d.dsr("account", "add", "--uid", "2010097001", "--role", "manager", "--name", "Canary Manager")
    vendor = d.http("GET", "/v1/vendors/oclc").json
    equal(d.http("PUT", "/v1/vendors/oclc", {k: v for k, v in vendor.items() if k not in ("open", "overdue", "edited")}).status, 200)
    d.dsr("law", "apply")
    newest = entries("--limit", "3")
    equal([e["act"] for e in newest], ["laws", "vendor", "account"])
    equal((newest[1]["target"], newest[1]["account"], newest[1]["name"]), ("oclc", OWNER, "Olive Owner"))
    equal(newest[2]["detail"], {"roles": ["manager"]})
    lacks(d.sql("select string_agg(a::text, '') from dsr.audit a"), "Canary", "Olive", "2010097001")


@case
def an_act_that_is_refused_by_the_database_leaves_none():
    before = len(entries())
    d.dsr("account", "add", "--uid", "2010097001", "--role", "staff", status=4)
    equal(len(entries()), before)


@case
def refused_access_is_recorded_so_many_a_minute_and_the_rest_is_counted():
    if not AS_ROOT:
        print(f"# skipped: {WHY_NOT}")
        return
    be_officer(True)
    for _ in range(5):
        equal(as_user(2010097001, "account", "list").returncode, 3)
    equal(as_user(2010097001, "audit", "list").returncode, 3)
    equal(as_user(2010097001, "audit", "verify").returncode, 3)
    wait_for(lambda: len(entries("--act", "refused")) == 2, "the first two have entries")
    manager = d.sql("select target from dsr.audit where act = 'account' and detail = '{\"roles\": [\"manager\"]}'")
    equal([(e["account"], e["target"], e["detail"]) for e in entries("--act", "refused")], [(manager, "listAccounts", {"status": 403})] * 2)
    for uid in ("7002", "7003", "7002", "7002"):
        contains(as_user(uid, "list").stderr, f"The user with uid {uid} has no account here")
    system = wait_for(lambda: len(entries("--system", "--act", "refused")) == 3 and entries("--system", "--act", "refused"), "unknown callers have theirs in the system's log")
    equal({e["target"] for e in system}, {"listRequests"})
    sources = [e["detail"]["source"] for e in system]
    equal((len(set(sources)), all(re.fullmatch("uid:[0-9a-f]{16}", source) for source in sources)), (2, True), sources)
    d.stop()  # what was only counted is written then
    d.start()
    equal([e["detail"] for e in entries("--act", "refused", "--limit", "1")], [{"status": 403, "surplus": 4}])
    equal(entries("--system", "--act", "refused", "--limit", "1")[0]["detail"], {"status": 401, "source": sources[0]
                                                                      if sources.count(sources[0]) == 2 else sources[1]})


def tcp(path, token):
    connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=60)
    connection.request("GET", path, headers={} if token is None else {"Authorization": f"Bearer {token}"})
    status = connection.getresponse().status
    connection.close()
    return status


@case
def callers_by_tcp_are_recorded_by_a_mark_of_their_address():
    be_officer(True)
    before = len(entries("--system", "--act", "refused"))
    equal([tcp("/v1/requests", None), tcp("/v1/requests", "dsr_wrong"), tcp("/v1/vendors", "dsr_wrong_too")], [401, 401, 401])
    added = wait_for(lambda: len(entries("--system", "--act", "refused")) == before + 3 and entries("--system", "--act", "refused", "--limit", "3")[::-1], "three entries")
    marks = sorted((e["detail"]["source"], e["target"]) for e in added)  # calls at once are written in any order
    equal([target for _, target in marks], ["listRequests", "listVendors", "listRequests"])
    equal((marks[0][0] == marks[1][0], bool(re.fullmatch("address:[0-9a-f]{16}", marks[0][0])), marks[2][0]), (True, True, "none"), marks)
    lacks(d.sql("select string_agg(a::text, '') from dsr.audit a"), "127.0.0.1", "dsr_wrong")
    account = d.http("POST", "/v1/accounts", {"roles": ["patron"]}).json["account"]
    token = d.http("POST", "/v1/tokens", {"account": account}).json
    equal(tcp("/v1/accounts", token["token"]), 403)
    wait_for(lambda: [e for e in entries() if (e["act"], e["account"], e["target"]) == ("refused", account, "listAccounts")],
             "a patron's refusal")
    equal([e["act"] for e in entries("--act", "token_made")], ["token_made"])


@case
def operators_see_how_dsrd_is_run_and_officers_all():
    everything = {e["act"] for e in entries()}
    equal("refused" in everything, True, everything)
    be_officer(False)
    equal({e["act"] for e in entries()} <= {"account", "configuration", "laws", "retention", "role", "token_made", "vendor"}, True)
    contains(d.dsr("audit", "list", "--act", "refused"), "No entries.")
    contains(d.dsr("audit", "verify"), "The log is whole")
    be_officer(True)


@case
def lists_are_read_at_the_prompt_and_by_machines():
    out = d.dsr("audit", "list", "--act", "vendor")
    contains(out, "ENTRY", "vendor", "Olive Owner", "oclc")
    contains(d.dsr("audit", "list", "--act", "account", "--csv"), "seq,local,act,account,target,detail", "roles manager")
    equal(entries("--since", "tomorrow"), [])
    equal(len(entries("--until", "today")), len(entries()))
    equal([e["seq"] for e in entries("--limit", "2")], [len(entries()), len(entries()) - 1])
    d.dsr("audit", "list", "--since", "someday", status=2)
    contains(d.errors, "since")
    equal(d.http("GET", "/v1/audit?since=yesterday").json["field"], "since")
    equal(d.http("GET", "/v1/audit?chain=other").json["field"], "chain")


@case
def the_head_is_in_the_log_at_a_start():
    found = re.findall(r"audit: (library 1|system) head (\d+):([0-9a-f]{64})", d.read_log())
    contains(" ".join(sorted({chain for chain, _, _ in found})), "library 1")
    chain, seq, digest = [f for f in found if f[0] == "library 1"][-1]
    contains(d.dsr("audit", "verify", "--head", f"{seq}:{digest}"), "and the noted one among them", "The log is whole")


@case
def officers_get_the_heads_by_mail():
    def of_officers():
        return [mail for mail in d.mails() if b"audit verify" in mail]

    def yesterday():  # one mail a day: as if today's were yesterday's
        wait_for(lambda: d.sql("select count(*) from dsr.message where state in ('queued', 'leased', 'sending')") == "0",
                 "nothing is under way")
        d.sql("update dsr.message set state = 'cancelled'; update dsr.audit_mailed set day = day - 1")
        return len(d.mails())
    wait_for(of_officers, "a first mail")
    count = yesterday()
    d.sql("update dsr.audit_mailed set seq = 0")
    wait_for(lambda: len(d.mails()) > count, "the next day's mail")
    mails = of_officers()
    message = email.message_from_bytes(mails[-1], policy=email.policy.default)
    contains(message["Subject"], "Audit log, new entries: ")
    commands = re.findall(r"^  dsr (audit verify .*)$", message.get_content(), re.M)
    equal([command.split()[2] for command in commands], ["--head", "--system"])
    for command in commands:
        contains(d.dsr(*command.split()), "The log is whole")


@case
def tampering_is_found_and_said_where():
    whole = d.dsr("audit", "verify")
    contains(whole, "Its head is ")
    head = re.search(r"\d+:[0-9a-f]{64}", whole).group()
    newest = int(head.split(":")[0])
    tamper("create table public.kept as select * from dsr.audit where library_id = 1",
           "create table public.kept_head as select * from dsr.audit_head")
    for statement, said in (
            ("update dsr.audit set target = 'other' where library_id = 1 and seq = 3", ["Entry 3 was changed after it was written."]),
            ("delete from dsr.audit where library_id = 1 and seq in (3, 4)", ["Entries 3 to 4 are missing."]),
            (f"delete from dsr.audit where library_id = 1 and seq = {newest}", [f"Entry {newest} is missing."])):
        tamper(statement)
        contains(d.dsr("audit", "verify", status=1), *said, "The log is not whole")
        equal(len(d.dsr_json("audit", "verify", status=1)["faults"]), 1)
        tamper("delete from dsr.audit where library_id = 1", "insert into dsr.audit select * from public.kept")
    contains(d.dsr("audit", "verify"), "The log is whole")
    # Whoever mends the head too is found only by who has noted it.
    tamper(f"delete from dsr.audit where library_id = 1 and seq = {newest}",
           "update dsr.audit_head h set seq = a.seq, hash = a.hash from dsr.audit a "
           f"where h.library_id = 1 and a.library_id = 1 and a.seq = {newest - 1}")
    contains(d.dsr("audit", "verify"), "The log is whole")
    contains(d.dsr("audit", "verify", "--head", head, status=1), f"Entry {newest} is missing: the end of the log was cut off.")
    tamper("delete from dsr.audit where library_id = 1", "insert into dsr.audit select * from public.kept", "delete from dsr.audit_head",
           "insert into dsr.audit_head select * from public.kept_head", "drop table public.kept, public.kept_head")
    contains(d.dsr("audit", "verify", "--head", head), "The log is whole")
    d.dsr("audit", "verify", "--head", "12:ab", status=2)
    contains(d.errors, "64 hexadecimal digits")


@case
def at_midnight_the_head_is_logged_and_what_is_old_goes():
    if clock.WHY_NOT:
        print(f"# skipped: {clock.WHY_NOT}")
        return
    f = Dsrd({"audit": {"keep_days": 30}, "time": {"jump_days": 60}}, start=False)
    moved = clock.Clock(f.folder)

    def heads():
        return re.findall(r"audit: library 1 head (\d+):", f.read_log())
    moved.stop_at("2026-11-02 23:59:58")
    f.start(more=moved.environment())
    wait_for(lambda: {"configuration", "retention"} <= {e["act"] for e in f.dsr_json("audit", "list")}, "the start is noted")
    wait_for(lambda: len(heads()) == 1, "a head at the start")
    f.dsr("account", "add", "--uid", "2010097001", "--role", "staff")
    count = len(f.dsr_json("audit", "list"))
    moved.stop_at("2026-11-03 00:00:01")
    wait_for(lambda: len(heads()) == 2, "a head after midnight")
    equal(heads()[1], str(count))
    equal({e["local"][:10] for e in f.dsr_json("audit", "list")}, {"2026-11-02"})
    noted = f.dsr_json("audit", "verify")["head"]
    # 30 days later to the second everything is still there; after the next midnight it has gone.
    f.stop()
    moved.stop_at("2026-12-02 23:59:58")
    f.start(more=moved.environment())
    wait_for(lambda: len(heads()) == 3, "a head at the second start")
    equal(len(f.dsr_json("audit", "list")), count)
    moved.stop_at("2026-12-03 00:00:01")
    wait_for(lambda: len(heads()) == 4, "a head after the second midnight")
    equal([(e["seq"], e["act"], e["detail"]["through"]) for e in f.dsr_json("audit", "list")], [(count + 1, "audit_purge", count)])
    taken = re.search(r"audit: (\d+) entries older than 30 days are taken away", f.read_log())
    equal(int(taken.group(1)) >= count, True)  # and what the key ring had to say in the system's log
    contains(f.dsr("audit", "verify"), f"The log is whole: 1 entry, from {count + 1} on.")
    contains(f.dsr("audit", "verify", "--head", noted), "The log is whole")  # the last one taken away is the checkpoint
    contains(f.dsr("audit", "verify", "--head", "2:" + "0" * 64, status=1), "it was taken away when its time was over")
    f.stop()


run_cases()
