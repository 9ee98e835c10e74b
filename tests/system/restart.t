#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Processes that die or go away, at bad moments, and signals."""
import concurrent.futures
import os
import signal
import socket
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "harness"))
from dsrd import Dsrd, case, contains, days_ago, equal, run_cases, wait_for  # noqa: E402
from relay import Relay  # noqa: E402

relay = Relay()
d = Dsrd({"mail": {"transport": "smtp", "relay": relay.url, "backoff_s": [1], "doubt_pause_s": 1, "mailers": 2}})


def kill(role, number):
    pids = wait_for(lambda: d.pids(role), role)
    for pid in pids:
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            pass  # it ended by itself
    return pids


def gone(pid):
    return not os.path.exists(f"/proc/{pid}")


@case
def a_killed_api_comes_back_and_nothing_recorded_is_lost():
    refs = [d.file("oclc", "deletion", "--law", "voluntary", "--residence", "NL", "--sent", days_ago(day)) for day in range(1, 6)]
    old = kill("api", signal.SIGKILL)
    wait_for(lambda: all(gone(pid) for pid in old), "the old one is gone")
    d.wait_ready()
    equal({row["ref"] for row in d.dsr_json("list")}, set(refs))
    contains(d.read_log(), "api ended unexpectedly (signal 9); starting it again")


@case
def the_client_repeats_what_was_not_answered_and_it_is_done_once():
    before = len(d.dsr_json("list"))
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        job = pool.submit(lambda: [d.file("oclc", "access", "--law", "voluntary", "--sent", days_ago(1)) for _ in range(40)])
        kill("api", signal.SIGKILL)
        try:
            refs = job.result()
        except AssertionError:  # it was away longer than dsr is patient: what was said to be recorded is
            refs = None
    d.wait_ready()
    rows = d.dsr_json("list")
    if refs is not None:
        equal(len(rows), before + 40)
        equal(set(refs) <= {row["ref"] for row in rows}, True)


@case
def a_mailer_killed_in_the_middle_of_a_mail_leaves_it_in_doubt_and_the_same_bytes_go_again():
    relay.after_data[:] = ["silence", "250 2.0.0 Ok: queued as M1"]
    queued = d.http("POST", "/v1/mail/tests", {"address": "x@example.org"}).json["id"]
    wait_for(lambda: relay.mails, "the relay has the whole mail")
    old = kill("mailer", signal.SIGKILL)
    wait_for(lambda: all(gone(pid) for pid in old), "the mailers are gone")
    wait_for(lambda: d.dsr_json("mail", "show", queued)["state"] == "sent", "sent by another")
    equal([attempt["verdict"] for attempt in d.dsr_json("mail", "show", queued)["tries"]], ["in_doubt", "sent"])
    equal(relay.mails[0].data, relay.mails[1].data)


@case
def a_mailer_killed_at_any_moment_loses_and_repeats_nothing():
    relay.mails.clear()
    ids = [d.http("POST", "/v1/mail/tests", {"address": f"n{n}@example.org"}).json["id"] for n in range(30)]
    for _ in range(4):
        kill("mailer", signal.SIGKILL)
        wait_for(lambda: len(d.pids("mailer")) == 2, "two mailers again")
    wait_for(lambda: all(d.dsr_json("mail", "show", i)["state"] == "sent" for i in ids), "all sent")
    counts = {}
    for mail in relay.mails:
        counts.setdefault(mail.recipients[0], []).append(mail.data)
    equal(len(counts), 30)
    for recipient, copies in counts.items():
        equal(len(set(copies)), 1, recipient)  # a second one only after doubt, and then the same to the byte
        if len(copies) > 1:
            doubted = d.sql(f"select count(*) from dsr.attempt a join dsr.message m on m.id = a.message_id where verdict = 'in_doubt' and m.id in ({','.join(repr(i) for i in ids)})")
            equal(int(doubted) >= 1, True)


@case
def postgresql_goes_away_and_comes_back():
    postmaster = d.pids("postgres")[0]
    os.kill(postmaster, signal.SIGSTOP)  # so that the supervisor does not start another one at once
    for pid in [int(p) for p in subprocess.run(["pgrep", "-P", str(postmaster)], capture_output=True, text=True).stdout.split()]:
        os.kill(pid, signal.SIGKILL)
    reply = wait_for(lambda: (lambda r: r.status == 503 and r)(d.http("GET", "/v1/status")), "503")
    equal((reply.headers["Retry-After"] is not None, reply.json["code"]), (True, "unavailable"))
    d.dsr("status", status=5)
    os.kill(postmaster, signal.SIGCONT)
    wait_for(lambda: d.http("GET", "/v1/status").status == 200, "back")
    d.file("oclc", "access", "--law", "voluntary", "--sent", days_ago(1))
    contains(d.dsr("mail", "test", "after@example.org"), "Sent")


@case
def a_killed_postmaster_is_started_again():
    postmaster = d.pids("postgres")[0]
    os.kill(postmaster, signal.SIGKILL)
    wait_for(lambda: [pid for pid in d.pids("postgres") if pid != postmaster] and d.http("GET", "/v1/status").status == 200, "back")


@case
def dates_are_counted_with_postgresql_down():
    out = d.dsr("due", "eu-gdpr", "access", "2026-01-31", "--socket", "/nowhere")
    contains(out, "2026-03-02")


@case
def sigterm_lets_requests_in_flight_finish():
    connection = socket.socket(socket.AF_UNIX)
    connection.settimeout(20)
    connection.connect(d.socket)
    body = f'{{"vendor":"oclc","right":"access","law":"voluntary","sent":"{days_ago(1)}"}}'.encode()
    connection.sendall(b"POST /v1/requests HTTP/1.1\r\nHost: d\r\nContent-Length: %d\r\n\r\n" % len(body) + body[:20])
    api = d.pids("api")[0]
    os.kill(d.process.pid, signal.SIGTERM)
    wait_for(lambda: "api: stopping" in d.read_log(), "it has heard")
    connection.sendall(body[20:])
    contains(connection.recv(65536).decode(), "201 Created")
    connection.close()
    equal(d.process.wait(30), 0)
    d.process = None
    equal(gone(api) and d.pids("postgres") == [], True)


@case
def what_was_recorded_is_there_after_a_restart_and_a_crashed_supervisors_cluster_is_adopted():
    d.start()
    rows = {row["ref"] for row in d.dsr_json("list")}
    d.process.kill()
    d.process.wait()
    wait_for(lambda: not d.pids("api") and not d.pids("mailer"), "the roles end with their supervisor")
    equal(len(d.pids("postgres")) > 0, True)
    d.start()
    contains(d.read_log(), "the private PostgreSQL is still running; using it")
    equal({row["ref"] for row in d.dsr_json("list")}, rows)


@case
def a_second_sigterm_ends_it_at_once():
    before = d.read_log().count("api: stopping")
    connection = socket.socket(socket.AF_UNIX)
    connection.connect(d.socket)
    connection.sendall(b"POST /v1/requests HTTP/1.1\r\nHost: d\r\nContent-Length: 100\r\n\r\n{")
    os.kill(d.process.pid, signal.SIGTERM)
    wait_for(lambda: d.read_log().count("api: stopping") > before, "it has heard")
    os.kill(d.process.pid, signal.SIGTERM)
    equal(d.process.wait(10), 1)
    d.process = None
    connection.close()
    wait_for(lambda: not d.pids("api") and not d.pids("postgres"), "all gone")


@case
def sighup_reloads_what_may_be_reloaded_and_says_what_may_not():
    d.start()
    d.write_conf({"reminders": {"weekends": False}, "mail": {"from_name": "Other"}})
    os.kill(d.process.pid, signal.SIGHUP)
    wait_for(lambda: "reload: done" in d.read_log(), "reloaded")
    contains(d.read_log(), "reload: reminders.weekends is changed", "reload: mail.from_name is changed in the file, but takes effect only after a restart")
    with open(d.conf, "a") as file:
        file.write("nonsense = 1;\n")
    os.kill(d.process.pid, signal.SIGHUP)
    wait_for(lambda: "nothing is changed" in d.read_log(), "refused")
    contains(d.read_log(), "nonsense: there is no such setting")
    equal(d.http("GET", "/v1/me").status, 200)
    d.write_conf()


@case
def the_service_manager_is_told():
    d.stop()
    path = os.path.join(d.folder, "notify")
    manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    manager.bind(path)
    os.chmod(path, 0o777)
    manager.settimeout(30)
    heard = []

    def hear(word):
        while not any(word in part for part in heard):
            heard.append(manager.recv(4096).decode())
    d.start(more={"NOTIFY_SOCKET": path, "WATCHDOG_USEC": "400000"})
    hear("READY=1")
    hear("WATCHDOG=1")
    os.kill(d.process.pid, signal.SIGHUP)
    hear("RELOADING=1\nMONOTONIC_USEC=")
    api = d.pids("api")[0]
    os.kill(api, signal.SIGSTOP)  # a loop that stands still feeds no watchdog
    manager.settimeout(0.05)
    try:
        while True:
            manager.recv(4096)
    except TimeoutError:
        pass
    manager.settimeout(1.0)
    try:
        equal(manager.recv(4096), b"nothing")
    except TimeoutError:
        pass
    os.kill(api, signal.SIGCONT)
    manager.settimeout(30)
    d.process.send_signal(signal.SIGTERM)
    heard.clear()
    hear("STOPPING=1")
    equal(d.process.wait(30), 0)
    d.process = None


run_cases()
