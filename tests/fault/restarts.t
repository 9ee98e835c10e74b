#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""dsrd is stopped under load: what was asked is answered, a second SIGTERM ends it at once, and behind a service manager's socket nobody notices.
RESTARTS (8) with clients calling all the time, IN_FLIGHT (200) requests at a SIGTERM."""
import atexit
import os
import signal
import sys
import threading
import time

sys.path[:0] = [os.path.dirname(os.path.abspath(__file__)), os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "harness")]
from clients import Answers, Broken, Worker, connect, head  # noqa: E402
from dsrd import PATIENCE, Dsrd, case, equal, figure, run_cases, wait_for  # noqa: E402
from manager import listener, start_passed  # noqa: E402

RESTARTS = int(os.environ.get("RESTARTS", "8"))
IN_FLIGHT = int(os.environ.get("IN_FLIGHT", "200"))
CALLERS = 3
LOG = "passed.log"

d = Dsrd({"api": {"connections": IN_FLIGHT + 50}})
path = os.path.join(d.data, "passed.sock")
passed = listener(path)


def read_log():
    try:
        with open(os.path.join(d.folder, LOG), errors="replace") as file:
            return file.read()
    except FileNotFoundError:
        return ""


def start():
    before = read_log().count("serving on")
    api = start_passed(d, passed, ["api", "--private", d.data], os.path.join(d.folder, LOG))
    atexit.register(api.kill)  # of a test that failed; one that has ended is left alone
    wait_for(lambda: read_log().count("serving on") > before or api.poll() is not None, "it serves")
    equal(api.poll(), None, read_log()[-500:])
    return api


def adding(number):
    """A person who is added: a write that no other one stands in the way of."""
    body = b'{"residence": "NL"}'
    return head("POST", "/v1/subjects", "Content-Type: application/json", f"Idempotency-Key: k{number}", f"Content-Length: {len(body)}") + body


def answers_of(connections):
    """Of each connection its answer, or how it broke."""
    found = [None] * len(connections)

    def read(number):
        try:
            found[number] = Answers(connections[number]).next()
        except (Broken, OSError) as error:
            found[number] = repr(error)
    threads = [threading.Thread(target=read, args=(number,)) for number in range(len(connections))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    return found


def terminate_with(place, process, stopped):
    """SIGTERM while so many requests are on their way; all are answered, and what was acknowledged is there."""
    count = int(d.sql("select count(*) from dsr.subject"))
    connections = [connect(place) for _ in range(IN_FLIGHT)]
    for number, connection in enumerate(connections):
        connection.sendall(adding(time.time_ns() % 10**9 * 1000 + number))
    process.send_signal(signal.SIGTERM)
    found = answers_of(connections)
    for connection in connections:
        connection.close()
    equal(process.wait(PATIENCE), 0)
    broken = [one for one in found if isinstance(one, str) or one is None]
    equal(broken, [])
    statuses = [status for status, _, _ in found]
    equal(set(statuses) <= {201, 503}, True, statuses)
    for status, fields, _ in found:
        equal(status == 201 or (fields.get("connection"), "retry-after" in fields) == ("close", True), True, fields)
    stopped()
    written = int(d.sql("select count(*) from dsr.subject")) - count
    equal(written, statuses.count(201), "what is acknowledged is there, and nothing else")
    return statuses


@case
def what_is_in_flight_at_a_sigterm_is_answered_twice_in_a_row():
    told = []
    for _ in range(2):
        process, d.process = d.process, None
        api = d.pids("api")[0]
        statuses = terminate_with(d.socket, process, d.start)
        equal(os.path.exists(f"/proc/{api}"), False)
        told.append(f"{statuses.count(201)} finished and {statuses.count(503)} were told to come again")
    figure(f"{IN_FLIGHT} requests at a SIGTERM", "; ".join(told) + "; 0 without an answer")


class Caller(Worker):
    """Calls all the time, in turn on a new connection and on one that it keeps, reading and writing. Found: how many were answered, the failures, and
    the longest wait for an answer that was not 503."""

    def __init__(self, name):
        self.name = name

    def call(self, connection, request):
        connection.sendall(request)
        return Answers(connection).next()

    def work(self):
        answered, failures, kept, longest, number, since = 0, [], None, 0, 0, time.monotonic()
        while not self.asked_to_end():
            number += 1
            request = adding(self.name * 10**6 + number) if number % 5 == 0 else head("GET", "/v1/me")
            fresh = kept is None or number % 3 == 0
            try:
                connection = connect(path) if fresh else kept
                status, fields, _ = self.call(connection, request)
            except (OSError, Broken) as error:
                if fresh:  # nobody closes a connection that has just been made without an answer
                    failures.append(repr(error))
                else:  # HTTP lets a server close one that rests; a client then asks again
                    kept = None
                    number -= 1
                continue
            answered += 1
            if status == 503 and "retry-after" in fields:
                number -= 1
                time.sleep(0.01)
            elif status not in (200, 201):
                failures.append(status)
            else:
                longest, since = max(longest, time.monotonic() - since), time.monotonic()
            if kept is not None and connection is not kept:
                connection.close()
            else:
                kept = connection
            if fields.get("connection") == "close":
                kept = None
        return answered, failures, longest


@case
def behind_the_sockets_of_a_service_manager_nobody_notices_a_restart():
    api = start()
    callers = [Caller(name).begin() for name in range(CALLERS)]
    for _ in range(RESTARTS):
        api.send_signal(signal.SIGTERM)
        equal(api.wait(PATIENCE), 0)
        equal(os.path.exists(path), True)
        api = start()
    found = [caller.end() for caller in callers]
    equal([failure for _, failures, _ in found for failure in failures], [])
    figure("restarts behind a passed socket", f"{RESTARTS}, {sum(answered for answered, _, _ in found)} answers, 0 refused, 0 failed, "
                                              f"longest wait for another answer than 503 {max(longest for _, _, longest in found):.2f} s")
    equal(d.sql("select count(*) from (select 1 from dsr.idempotency group by library_id, key having count(*) > 1) twice"), "0")
    api.terminate()
    equal(api.wait(PATIENCE), 0)


@case
def a_second_sigterm_ends_it_at_once():
    api = start()
    slow = connect(path)
    slow.sendall(head("POST", "/v1/requests", "Content-Type: application/json", "Content-Length: 100") + b"{")
    equal(d.http("GET", "/v1/health").status, 200)
    # It is waited for, up to api.stop_timeout_ms; a line of the log says that the first has been heard.
    before = read_log().count("stopping")
    wait_for(lambda: _is_heard(), "the head has come")
    api.send_signal(signal.SIGTERM)
    wait_for(lambda: read_log().count("stopping") > before, "it has heard")
    equal(api.poll(), None, "it waits for the body")
    began = time.monotonic()
    api.send_signal(signal.SIGTERM)
    api.wait(PATIENCE)
    waited = time.monotonic() - began
    slow.close()
    figure("time from the second SIGTERM to the end", f"{waited * 1000:.0f} ms")
    equal(waited < 2, True)


def _is_heard():
    """One round trip on another connection of the same socket: what was sent before has been read."""
    connection = connect(path)
    connection.sendall(head("GET", "/v1/health", "Connection: close"))
    status, _, _ = Answers(connection).next()
    connection.close()
    return status in (200, 503)


run_cases()
