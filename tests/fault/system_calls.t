#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each listed system call of the API, a mailer, dsr and `dsrd keys` fails with each error it may give: an answer or a clean refusal, nothing half done,
no weak key, and afterwards all goes on. strace lets them fail, in the programs as they are, sandbox and all.

SYSTEM_CALLS_HITS is how many hits of each call fail, one after the other, with each of the errors; 0, as in make check: one hit, with one error that
FAULT_SEED chooses. SYSTEM_CALLS_ONLY=WORD runs the cases whose name holds the word."""
import itertools
import json
import os
import random
import signal
import subprocess
import sys
import threading

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "harness"))
from dsrd import RUNNER, Dsrd, as_several_users, case, days_ago, equal, fault_seed, run_cases, wait_for  # noqa: E402
from relay import Relay  # noqa: E402

WHY_NOT = as_several_users()  # dsrd lets nobody attach to it but root
if WHY_NOT:
    print(f"1..0 # SKIP strace attaches to dsrd as root only: {WHY_NOT}")
    sys.exit(0)
if os.environ.get("SANDBOX") == "off":
    print("1..0 # SKIP that a role begins its loop shows in that it is shut in")
    sys.exit(0)
SEED = fault_seed()
HITS = int(os.environ.get("SYSTEM_CALLS_HITS", "0"))
ONLY = os.environ.get("SYSTEM_CALLS_ONLY", "")
ANSWER_S = 20
FLEX = "input in flex scanner failed"  # libconfig's words; it ends the process with them
LOADER = "error while loading shared libraries"  # before the program begins
draw = random.Random(SEED)
number = itertools.count(1)
relay = Relay()
d = Dsrd({"mail": {"transport": "smtp", "relay": relay.url, "backoff_s": [1], "doubt_pause_s": 0, "poll_ms": 500, "mailers": 1, "transfer_timeout_ms": 3000},
          "reminders": {"scan_ms": 3600000}, "database": {"backoff_first_ms": 10, "backoff_last_ms": 100, "connections": 2}, "api": {"account_cache_ms": 0}})
figures = {"failed": 0, "refused": 0, "ended": 0}
problems = []
# call: the errors it may give.
API_CALLS = {
    "read": ["EINTR", "EIO", "ENOMEM"], "write": ["EINTR", "EIO", "ENOSPC", "EPIPE"], "recvfrom": ["ECONNRESET", "ENOMEM", "ETIMEDOUT"],
    "sendto": ["EPIPE", "ECONNRESET", "ENOBUFS", "ENOMEM"], "accept4": ["EMFILE", "ENFILE", "ECONNABORTED", "ENOMEM", "EINTR"],
    "epoll_ctl": ["ENOMEM", "ENOSPC"], "openat": ["EMFILE", "ENFILE", "ENOMEM", "EIO", "ENOENT"], "socket": ["EMFILE", "ENFILE", "ENOBUFS", "ENOMEM"],
    "connect": ["ECONNREFUSED", "EAGAIN", "EINTR", "ENOENT"], "mmap": ["ENOMEM"], "getrandom": ["EINTR", "ENOSYS", "EIO"],
}
MAILER_CALLS = {
    "sendto": ["EPIPE", "ECONNRESET", "ENOBUFS", "ENOMEM"], "recvfrom": ["ECONNRESET", "ENOMEM", "ETIMEDOUT"], "socket": ["EMFILE", "ENFILE", "ENOBUFS", "ENOMEM"],
    "connect": ["ECONNREFUSED", "ENETUNREACH", "ETIMEDOUT", "EINTR"], "poll": ["EINTR", "ENOMEM"], "openat": ["EMFILE", "ENFILE", "ENOMEM", "EIO"],
    "mmap": ["ENOMEM"], "getrandom": ["EINTR", "ENOSYS", "EIO"], "read": ["EINTR", "EIO"],
}
KEY_CALLS = {
    "openat": ["EMFILE", "ENOMEM", "EIO", "EACCES", "ENOSPC"], "write": ["ENOSPC", "EIO", "EINTR", "EDQUOT"], "fsync": ["EIO", "ENOSPC", "EINTR"],
    "renameat2": ["ENOSPC", "EIO", "EACCES", "EINVAL"], "flock": ["EINTR", "ENOLCK"], "unlink": ["EIO", "EACCES"], "pwrite64": ["EIO", "ENOSPC"],
    "fchown": ["EPERM", "EIO"], "getrandom": ["EINTR", "ENOSYS", "EIO"], "mmap": ["ENOMEM"], "read": ["EINTR", "EIO"], "close": ["EIO", "ENOSPC"],
}
DSR_CALLS = {
    "read": ["EINTR", "EIO"], "write": ["EPIPE", "ENOSPC", "EIO"], "openat": ["EMFILE", "ENOMEM", "EIO"], "socket": ["EMFILE", "ENOMEM"],
    "connect": ["ECONNREFUSED", "EACCES", "EAGAIN"], "sendto": ["EPIPE", "ECONNRESET", "ENOMEM"], "recvfrom": ["ECONNRESET", "ENOMEM"], "mmap": ["ENOMEM"],
    "poll": ["EINTR", "ENOMEM"], "getrandom": ["EINTR", "ENOSYS"],
}
# After these the process ends at once, by its library's choice or because a key or a reference would be weak; who starts it again finds all as it was.
ENDS = {
    ("api", "epoll_ctl"): "libuv aborts: it has no way to tell that a descriptor is not watched",
    ("api", "getrandom"): "libsodium aborts: no weak key",
    ("mailer", "getrandom"): "libsodium aborts: no weak key",
}


def ask(method, path, body=None, key=None):
    return d.ask(method, path, body, key, ANSWER_S)


class Tracer:
    """Lets the hit-th call of a running process fail, from its beginning to its end."""

    def __init__(self, process, call, errno, hit):
        self.output = os.path.join(d.folder, f"trace-{next(number)}")
        self.strace = subprocess.Popen(["strace", "-f", "-qq", "-o", self.output, "-e", f"trace={call}", "-e", "signal=none", "-e",
                                        f"inject={call}:error={errno}:when={hit}", "-p", str(process)], stderr=subprocess.DEVNULL)
        wait_for(lambda: self._attached(process), "strace has attached")

    @staticmethod
    def _attached(process):
        try:
            with open(f"/proc/{process}/status") as file:
                return "TracerPid:\t0\n" not in file.read()
        except OSError:
            return True

    def failed(self):
        with open(self.output, errors="replace") as file:
            return "(INJECTED)" in file.read()

    def stop(self):
        """Whether a call has failed."""
        self.strace.send_signal(signal.SIGINT)
        self.strace.wait(20)
        return self.failed()


def is_sealed(process):
    """Whether it has begun its loop: until then it reads its files, and may end with a sentence."""
    try:
        with open(f"/proc/{process}/status") as file:
            return "\nSeccomp:\t2\n" in file.read()
    except OSError:
        return False


def one(role):
    return wait_for(lambda: [process for process in d.pids(role) if is_sealed(process)], f"a process {role} at work")[0]


def has_ended(role, call, process):
    """Whether the process is gone; where it may end, that is waited for: it would be taken for the next case's."""
    moments = 50 if (role, call) in ENDS else 1
    for _ in range(moments):
        if process not in d.pids(role):
            return True
        threading.Event().wait(0.02)
    return False


def note(name, problem):
    problems.append(f"{name}: {problem}")
    print(f"# {name}: {problem}", flush=True)


def cases(role, calls):
    for call, errnos in calls.items():
        for errno in errnos if HITS else [draw.choice(errnos)]:
            for hit in range(1, max(HITS, 1) + 1):
                name = f"{role} {call} {errno} {hit}"
                if ONLY in name:
                    yield call, errno, hit, name


def requests_of(alias):
    return d.sql(f"select count(*) from dsr.request r join dsr.subject s on s.id = r.subject_id where s.alias = '{alias}'")


def settled(method, path, body=None, key=None):
    def reply():
        got = ask(method, path, body, key)
        return got if got is not None and got.status not in (0, 503) else None
    return wait_for(reply, f"{method} {path} is served again")


@case
def a_failing_call_of_the_api_is_refused_or_survived():
    for call, errno, hit, name in cases("api", API_CALLS):
        alias = settled("POST", "/v1/subjects", {"residence": "NL"}).json["alias"]
        body, key = {"vendor": "elsevier", "right": "access", "law": "eu-gdpr", "subject": alias, "sent": days_ago(40)}, f"key {next(number)}"
        process = one("api")
        tracer = Tracer(process, call, errno, hit)
        if call in ("socket", "connect"):  # the pool connects anew
            d.sql("select pg_terminate_backend(pid) from pg_stat_activity where usename = 'dsrd_api'")
        reply = ask("POST", "/v1/requests", body, key)
        injected = tracer.stop()
        gone = has_ended("api", call, process)
        figures["failed"] += injected
        figures["ended"] += gone
        if gone and ("api", call) not in ENDS:
            note(name, "the process has ended")
        elif reply is not None and reply.status not in (201, 503):
            note(name, f"answered {reply.status} {reply.body[:300]}")
        figures["refused"] += reply is None or reply.status == 503
        again = settled("POST", "/v1/requests", body, key)
        if again.status != 201 or requests_of(alias) != "1":
            note(name, f"repeated: {again.status} {again.body[:300]}, {requests_of(alias)} requests")


@case
def a_failing_call_of_a_mailer_loses_no_mail_and_records_none_that_was_not_taken():
    ids = {}
    for call, errno, hit, name in cases("mailer", MAILER_CALLS):
        process = one("mailer")
        tracer = Tracer(process, call, errno, hit)
        message = settled("POST", "/v1/mail/tests", {"address": f"m{next(number)}@example.org"}).json["id"]
        ids[message] = name
        wait_for(lambda: process not in d.pids("mailer") or tracer.failed() or d.sql(f"select attempts > 0 from dsr.message where id = '{message}'") == "t",
                 f"{name}: the mailer has tried")
        figures["failed"] += tracer.stop()
        if has_ended("mailer", call, process):
            figures["ended"] += 1
            if ("mailer", call) not in ENDS:
                note(name, "the process has ended")
    d.sql("update dsr.message set next_at = now() where state in ('queued', 'in_doubt')")
    for message, name in ids.items():
        state = lambda: d.sql(f"select state from dsr.message where id = '{message}'")  # noqa: E731
        wait_for(lambda: state() in ("sent", "failed"), f"{name}: the mail is settled")
        accepted = [mail.data for mail in relay.mails if f"<{message}@".encode() in mail.data]
        doubt = d.sql(f"select count(*) from dsr.attempt where message_id = '{message}' and verdict = 'in_doubt'")
        if state() != "sent" or not accepted or len(set(accepted)) > 1 or len(accepted) > 1 + int(doubt):
            note(name, f"{state()}, accepted {len(accepted)} times, {doubt} tries in doubt")


def traced(output, call, inject=None):
    os.close(os.open(output, os.O_CREAT | os.O_TRUNC, 0o666))
    os.chmod(output, 0o666)
    return ["strace", "-f", "-qq", "-o", output, "-e", f"trace={call},openat"] + (["-e", f"inject={call}:{inject}"] if inject else [])


def calls_of(role, command, run):
    """(name, [call to let fail, as strace -e inject= has it]) of a command; the calls of the loader, before the program begins, are left alone."""
    for call, errnos in command.items():
        output = os.path.join(d.folder, f"trace-{next(number)}")
        run(traced(output, call))
        before, total = 0, 0
        for line in open(output, errors="replace"):
            total += f" {call}(" in line
            if " openat(" in line and ".so" in line:
                before = total
        if call == "mmap":
            before += 8  # the loader maps the last library, and what is each thread's own
        for errno in errnos if HITS else [draw.choice(errnos)]:
            hits = list(range(before + 1, total + 1))
            for hit in hits[:HITS] if HITS > 1 else draw.sample(hits, min(1, len(hits))):
                name = f"{role} {call} {errno} {hit}"
                if ONLY in name:
                    yield name, traced(output, call, f"error={errno}:when={hit}"), call, output


@case
def a_failing_call_leaves_the_old_key_ring_or_the_new_one():
    ring = os.path.join(d.data, "keyring")

    def run(strace):
        command = d.command("keys", "make", "--now")
        command[len(RUNNER):len(RUNNER)] = strace
        return subprocess.run(command, capture_output=True, text=True, env=d.environment(), timeout=60)
    for name, strace, call, output in calls_of("keys", KEY_CALLS, run):
        before = json.load(open(ring))["keys"]
        result = run(strace)
        figures["failed"] += "(INJECTED)" in open(output, errors="replace").read()
        after = json.load(open(ring))["keys"]
        ids = [{key["id"] for key in keys} for keys in (before, after)]
        aborted = (call == "getrandom" and result.returncode in (-signal.SIGABRT, 128 + signal.SIGABRT)) or LOADER in result.stderr
        if result.returncode not in (0, 1, 78) and FLEX not in result.stderr and not aborted:
            note(name, f"status {result.returncode}: {result.stderr[-300:]}")
        if not ids[0] <= ids[1] or (result.returncode == 0 and ids[0] == ids[1]):
            note(name, f"status {result.returncode}, keys {sorted(ids[0])} before and {sorted(ids[1])} after: {result.stderr[-300:]}")
        check = d.run("keys")
        if check.returncode != 0:
            note(name, f"the ring cannot be read any more: {check.stderr[-300:]}")
    os.kill(one("api"), signal.SIGHUP)  # it compares another ring with the database at once, which it may have put off for a minute
    settled("POST", "/v1/subjects", {"residence": "NL", "name": "Sealed Afterwards"})


@case
def a_failing_call_of_dsr_ends_with_a_sentence():
    settled("POST", "/v1/requests", {"vendor": "elsevier", "right": "access", "law": "eu-gdpr", "residence": "NL", "sent": days_ago(40)})
    for command in (["status"], ["due", "eu-gdpr", "access", "2026-01-31"]):
        def run(strace):
            return subprocess.run(strace + [os.path.join(d.program, "dsr"), *command], capture_output=True, text=True, env=d.environment(), timeout=60)
        for name, strace, call, output in calls_of(f"dsr {command[0]}", DSR_CALLS, run):
            result = run(strace)
            figures["failed"] += "(INJECTED)" in open(output, errors="replace").read()
            aborted = (call == "getrandom" and result.returncode == -signal.SIGABRT) or LOADER in result.stderr
            if result.returncode not in range(0, 7) and not aborted:
                note(name, f"status {result.returncode}: {result.stderr[-300:]}")
            elif result.returncode != 0 and result.stderr.strip() == "" and not aborted and call != "write":
                note(name, f"status {result.returncode} without a word")


@case
def nothing_was_wrong():
    for name, value in figures.items():
        print(f"# figure system calls, {name}: {value}")
    equal(problems, [], f"seed {SEED}")


if __name__ == "__main__":
    run_cases()
