#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A database that falls silent or is slow: connections of which nothing goes through any more and nothing is closed, processes that are stopped, answers that are late,
a table that is locked. FAULT_SILENCES: how many rounds."""
import os
import sys
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from postgres import Outside, Postgres, Stall  # noqa: E402
from proxy import Proxy  # noqa: E402
from dsrd import case, days_ago, equal, figure, run_cases, wait_for  # noqa: E402

COUNT = int(os.environ.get("FAULT_SILENCES", "1"))
NOTICED_S, STALL_MS, HEALTH_MS, MEMORY_MIB = 15, 50, 100, 64
server = Postgres("primary").start()
proxy = Proxy(server.port)
# Times are those of the defaults, but for the pauses, which the harness shortens.
d = Outside(server, [proxy.port], {"mail": {"mailers": 1}})
d.file("oclc", "access", "--law", "voluntary", "--residence", "NL", "--sent", days_ago(1))


def back():
    wait_for(lambda: d.http("GET", "/v1/status").status == 200 and d.http("GET", "/v1/health").status == 200, "it serves")
    wait_for(lambda: proxy.users().count("dsrd_api") >= 4 and "dsrd_mailer" in proxy.users(), "all are connected")


def timed(path="/v1/status"):
    begin = time.monotonic()
    status = d.http("GET", path).status
    return status, time.monotonic() - begin


@case
def a_half_open_connection_is_noticed_and_the_loop_does_not_stand_still():
    longest, stall, busy = 0, 0, 0
    for _ in range(COUNT):
        back()
        proxy.left.clear()
        connections = set(proxy.connections)
        with Stall(d) as stalls:
            begin = time.monotonic()
            proxy.swallowing = True
            status, took = timed()  # on one of them; the others listen and wait
            equal(status, 503)
            busy = max(busy, took)
            wait_for(lambda: connections <= {connection for connection, _ in proxy.left}, "all are given up")
            longest = max([longest] + [left - begin for connection, left in proxy.left if connection in connections])
            equal({connection.user for connection in connections}, {"dsrd_api", "dsrd_mailer"})
            equal(timed("/v1/health")[0], 503)
            proxy.heal()
            back()
        stall = max(stall, stalls.longest_ms)
    figure("half-open connections noticed within", f"{longest:.1f} s")
    figure("a call on one answered 503 after", f"{busy:.1f} s")
    figure("longest stall of the loop meanwhile", f"{stall} ms")
    equal((longest <= NOTICED_S, busy <= NOTICED_S, stall <= STALL_MS), (True, True, True))


@case
def a_mail_goes_out_though_the_connection_that_listens_for_it_is_dead():
    longest = 0
    for number in range(COUNT):
        back()
        before = len(d.mails())
        wait_for(lambda: d.postgres.sql("select query from pg_stat_activity where usename = 'dsrd_mailer' and state = 'idle'") != "", "it is idle")
        equal(proxy.swallow("dsrd_mailer"), 1)
        begin = time.monotonic()
        equal(d.http("POST", "/v1/mail/tests", {"address": f"t{number}@patron.example"}).status, 202)
        wait_for(lambda: len(d.mails()) > before, "the mail")
        longest = max(longest, time.monotonic() - begin)
        proxy.heal()
    figure("a mail went out, with a dead connection that listens, after", f"{longest:.1f} s")
    equal(longest <= NOTICED_S, True)


@case
def a_server_that_stands_still_is_given_up_by_all_and_found_again():
    """The kernel goes on to take what is sent."""
    # In check with shorter times: that the defaults are short enough has just been seen.
    d.write_conf({"database": {"statement_timeout_ms": 2000, "heartbeat_ms": 2000, "connect_timeout_ms": 2000}})
    d.stop()
    d.start()
    for _ in range(COUNT):
        back()
        before = len(d.mails())
        equal(d.http("POST", "/v1/mail/tests", {"address": "still@patron.example"}).status, 202)
        wait_for(lambda: len(d.mails()) > before, "the mailer is at work")
        seen = d.read_log().count("mailer-1: The database")
        with Stall(d) as stalls:
            server.freeze()
            status, took = timed()
            equal((status, took < 6), (503, True), took)
            wait_for(lambda: d.http("GET", "/v1/health").status == 503, "health says so")
            wait_for(lambda: d.read_log().count("mailer-1: The database") > seen, "the mailer has noticed")
            server.thaw()
            back()
        equal(stalls.longest_ms <= STALL_MS, True, stalls.longest_ms)
        before = len(d.mails())
        equal(d.http("POST", "/v1/mail/tests", {"address": "again@patron.example"}).status, 202)
        wait_for(lambda: len(d.mails()) > before, "the mailer is at work again")


@case
def connections_that_nobody_uses_are_given_up_too():
    """The kernel of the server that stands still answers for it: only the heartbeat can tell. One with a job of dsrd's own on it waits longer."""
    d.write_conf({"database": {"connections": 12, "statement_timeout_ms": 50000, "heartbeat_ms": 2000}, "reminders": {"scan_ms": 3600000}})
    d.stop()
    d.start()
    wait_for(lambda: proxy.users().count("dsrd_api") == 12, "all are connected")
    wait_for(lambda: server.sql("select count(*) from pg_stat_activity where usename = 'dsrd_api' and state <> 'idle'") == "0", "what it begins with is done")
    idle = {connection for connection in proxy.connections if connection.user == "dsrd_api"}
    begin = time.monotonic()
    server.freeze()
    wait_for(lambda: len(idle & proxy.connections) <= 2, "all but what jobs are on are given up, and nobody has called")
    took = time.monotonic() - begin
    server.thaw()
    figure("connections that nobody used were given up after", f"{took:.1f} s")
    equal(took <= NOTICED_S, True, took)


def memory_mib():
    with open(f"/proc/{d.pids('api')[0]}/status") as file:
        return max(int(line.split()[1]) // 1024 for line in file if line.startswith("VmHWM"))


def ask_at_once(count):
    """The statuses of so many calls that begin together, and the longest."""
    answers = []

    def ask():
        answers.append(timed("/v1/requests"))
    threads = [threading.Thread(target=ask) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [status for status, _ in answers], max(took for _, took in answers)


@case
def a_slow_database_leaves_health_fast_and_the_queue_bounded():
    d.write_conf({"database": {"queue_limit": 40, "queue_timeout_ms": 1500, "statement_timeout_ms": 10000, "lock_timeout_ms": 1000, "heartbeat_ms": 5000}})
    d.stop()
    d.start()
    back()
    with Stall(d, "/v1/health") as stalls:
        proxy.only, proxy.latency = "dsrd_api", 2
        statuses, longest = ask_at_once(100)
        waiting = d.http("GET", "/v1/health").json["database"]
        proxy.heal()
    equal((set(statuses), statuses.count(503) > 50, statuses.count(200) >= 1), ({200, 503}, True, True), statuses)
    # Whoever may wait does so for queue_timeout_ms, and then an answer takes its two seconds.
    equal(longest < 5, True, f"{longest:.1f} s")
    equal((waiting["up"], stalls.statuses), (True, {200}))
    figure("p99 of /v1/health with a slow database", f"{stalls.part_ms(0.99)} ms")
    figure("calls refused of 100 that began at once", statuses.count(503))
    figure("longest wait of a call", f"{longest:.1f} s")
    equal(stalls.part_ms(0.99) < HEALTH_MS, True)
    wait_for(lambda: timed("/v1/requests")[0] == 200, "as before")
    shell = server.shell()
    shell.stdin.write("begin; lock dsr.request in access exclusive mode; select 'locked';\n")
    equal(shell.stdout.readline(), "locked\n")
    with Stall(d, "/v1/health") as stalls:
        statuses, longest = ask_at_once(100)
    shell.kill()
    shell.wait()
    equal((set(statuses), longest < 6), ({503}, True), longest)
    figure("p99 of /v1/health with a table locked", f"{stalls.part_ms(0.99)} ms")
    equal((stalls.part_ms(0.99) < HEALTH_MS, stalls.statuses), (True, {200}))
    wait_for(lambda: timed("/v1/requests")[0] == 200, "as before")
    figure("memory of the API at most", f"{memory_mib()} MiB")
    equal(memory_mib() < MEMORY_MIB, True)


run_cases()
