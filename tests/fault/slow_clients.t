#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Slow clients that take every connection there is: those who are not slow notice nothing, the slow ones are closed in time, and what a connection
costs is bounded. SLOW_CLIENTS (150), SLOW_CONNECTIONS (64: api.connections), SLOW_SECONDS (3), SLOW_PACE (10: seconds from one byte to the next),
MEMORY_CONNECTIONS (200), SLOPE_SECONDS (6)."""
import os
import sys
import time

sys.path[:0] = [os.path.dirname(os.path.abspath(__file__)), os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "harness")]
from clients import BODY, HEAD, IDLE, LINE, READER, Answers, Crowd, Steady, connect, descriptors, descriptors_at_rest, head, percentile, resident  # noqa: E402
from dsrd import Dsrd, case, equal, figure, free_port, run_cases, wait_for  # noqa: E402

CLIENTS = int(os.environ.get("SLOW_CLIENTS", "150"))
CONNECTIONS = int(os.environ.get("SLOW_CONNECTIONS", "64"))
SECONDS = float(os.environ.get("SLOW_SECONDS", "3"))
PACE = float(os.environ.get("SLOW_PACE", "10"))
MEMORY_CONNECTIONS = int(os.environ.get("MEMORY_CONNECTIONS", "200"))
SLOPE_SECONDS = float(os.environ.get("SLOPE_SECONDS", "6"))
P99_SECONDS = 0.05
ATTEMPTS = 3
RATE = 100  # on each of the two sockets
PORT = free_port()
LOOPBACK = ("127.0.0.1", PORT)
KIB = 1024
BODY_LIMIT = 256 * KIB
CONNECTION_MOST = 28 * KIB  # as dsrd.conf(5) says

d = Dsrd({"api": {"listen": f"127.0.0.1:{PORT}", "connections": CONNECTIONS}})
token = d.http("POST", "/v1/tokens", {}).json["token"]
# One answer larger than what the kernel keeps for a socket, so that who does not read it keeps dsrd from finishing it.
d.sql("set dsr.library = '1'; update dsr.vendor set doc = jsonb_set(doc, '{brands}', (select jsonb_agg('brand ' || n) from generate_series(1, 6000) n)) "
      "where slug in (select slug from dsr.vendor limit 5)")
BIG = head("GET", "/v1/vendors")
equal(len(d.http("GET", "/v1/vendors").body) > 260 * KIB, True)


def api():
    return d.pids("api")[0]


def restart(**settings):
    d.stop()
    d.write_conf({"api": settings})
    d.start()


def both_for(seconds):
    """Requests on the two sockets for so long: the waits of all, and the failures."""
    workers = [Steady(d.socket, RATE, head("GET", "/v1/me")).begin(),
               Steady(LOOPBACK, RATE, head("GET", "/v1/me", f"Authorization: Bearer {token}")).begin()]
    time.sleep(seconds)
    found = [worker.end() for worker in workers]
    return [wait for waits, _ in found for wait in waits], [failure for _, failures in found for failure in failures]


def mixed(count):
    kinds = [(HEAD, d.socket), (BODY, d.socket), (READER, d.socket), (IDLE, d.socket), (LINE, d.socket),
             (HEAD, LOOPBACK), (BODY, LOOPBACK), (IDLE, LOOPBACK), (LINE, LOOPBACK), (HEAD, d.socket), (BODY, d.socket)]
    return [kinds[n % len(kinds)] for n in range(count)]


def beside(kinds):
    """What the steady ones wait while those of the crowd take every connection."""
    crowd = Crowd(kinds, PACE, again=1, big=BIG).begin()
    waits, failures = both_for(SECONDS)
    lives, left = crowd.end()
    equal(failures, [])
    equal(len(waits) > SECONDS * RATE, True, "they were asked at all")
    equal(sum(len(ages) for ages in lives.values()) > 0 and left > 0, True, "some had to go, and some stay")
    return waits


@case
def who_is_not_slow_notices_nothing_of_those_who_take_every_connection():
    for name, kinds in (("with bodies", [(BODY, d.socket), (BODY, LOOPBACK)] * (CLIENTS // 2)), ("of every kind", mixed(CLIENTS))):
        for attempt in range(ATTEMPTS):
            alone, failures = both_for(1)
            equal(failures, [])
            waits = beside(kinds)
            p99, p99_alone = percentile(waits, 0.99), percentile(alone, 0.99)
            # On a busy machine the work of others shows in both; what dsrd makes them wait for would show every time.
            if p99 <= max(P99_SECONDS, 2 * p99_alone) or attempt == ATTEMPTS - 1:
                break
        figure(f"p99 of {2 * RATE} requests a second beside {CLIENTS} slow clients {name}",
               f"{p99 * 1000:.1f} ms, alone {p99_alone * 1000:.1f} ms, longest {max(waits) * 1000:.0f} ms")
        equal(p99 <= max(P99_SECONDS, 2 * p99_alone), True, (name, p99, p99_alone))


@case
def a_request_has_a_time_to_arrive_and_an_answer_a_time_to_be_taken():
    restart(connections=256, request_timeout_ms=1500, idle_timeout_ms=2500)
    kinds = mixed(min(CLIENTS, 120))
    crowd = Crowd(kinds, 0.2, again=None, big=BIG).begin()  # who sends a byte now and then is not spared
    time.sleep(4)
    lives, left = crowd.end()
    equal(left, 0, lives)
    for kind, limit in ((LINE, 2.5), (HEAD, 1.5), (BODY, 1.5), (READER, 1.5), (IDLE, 2.5)):
        equal(len(lives[kind]), sum(1 for one, _ in kinds if one == kind))
        # They are looked at four times in the shorter limit. A reader's time begins with the answer.
        equal(limit * 0.9 < min(lives[kind]) and max(lives[kind]) < limit + (3 if kind == READER else 1.5), True,
              (kind, min(lives[kind]), max(lives[kind])))
    figure("slow clients that outlived their time", 0)


def grown(count, begin):
    """By how much the API's memory grows for each of so many connections, on which begin() has done something, and how many it has open then."""
    open_before, before = descriptors_at_rest(api()), resident(api())
    made = [connect(d.socket if n % 2 else LOOPBACK) for n in range(count)]
    for connection in made:
        begin(connection)
    wait_for(lambda: open_before is None or descriptors(api()) >= open_before + count, "all are accepted")
    equal(d.http("GET", "/v1/me").status, 200)  # it has come round, and read what was sent
    growth = (resident(api()) - before) / count
    for connection in made:
        connection.close()
    wait_for(lambda: open_before is None or descriptors(api()) <= open_before + 1, "all are closed")
    return growth


@case
def what_a_connection_costs_is_bounded():
    restart(connections=MEMORY_CONNECTIONS, request_timeout_ms=120000, idle_timeout_ms=120000)

    def kept(connection):
        connection.sendall(head("GET", "/v1/health", f"Authorization: Bearer {token}"))
        Answers(connection).next()
    whole = head("POST", "/v1/requests", "Content-Type: application/json", f"Content-Length: {BODY_LIMIT}")
    # In this order: what the allocator has once had it may keep, so that the second would seem cheaper after more.
    for name, most, begin in (("kept after an answer", CONNECTION_MOST, kept),
                              ("in a body of 256 KiB", CONNECTION_MOST + BODY_LIMIT, lambda connection: connection.sendall(whole + b" " * (BODY_LIMIT - 1)))):
        each = grown(MEMORY_CONNECTIONS, begin)
        figure(f"memory of a connection {name}", f"{each / KIB:.1f} KiB")
        equal(each < most, True, (name, each))
    figure(f"memory of the API after {MEMORY_CONNECTIONS} of each", f"{resident(api()) / KIB / KIB:.1f} MiB")


@case
def the_memory_does_not_grow_with_the_number_of_requests():
    restart(connections=256, request_timeout_ms=30000, idle_timeout_ms=60000)
    requests = (head("GET", "/v1/me"), head("GET", "/v1/requests"), head("GET", "/metrics"), head("GET", "/v1/nothing"),
                head("POST", "/v1/requests?dry_run=true", "Content-Type: application/json", "Content-Length: 14") + b'{"vendor": "x"')
    steady = Steady(d.socket, 2 * RATE, *requests, good=(200, 400, 404)).begin()
    time.sleep(SLOPE_SECONDS / 3)  # each has been asked, and what is kept of it is there
    began, before, open_before = time.monotonic(), resident(api()), descriptors(api())
    time.sleep(SLOPE_SECONDS * 2 / 3)
    growth, seconds = resident(api()) - before, time.monotonic() - began
    waits, failures = steady.end()
    equal(failures, [])
    if open_before is not None:
        wait_for(lambda: descriptors(api()) <= open_before, "no more descriptors than before")
        figure("descriptors of the API before and after", f"{open_before} and {descriptors(api())}")
    figure(f"memory slope of the API at {2 * RATE} requests a second", f"{growth / KIB:.0f} KiB in {seconds:.0f} s and {len(waits)} requests")
    equal(growth <= 512 * KIB, True, f"{growth} bytes")


run_cases()
