#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""No descriptor is left: dsrd does not spin, goes on with the clients it has, and accepts again by itself. DESCRIPTORS_SECONDS (1.5): how long it stays so,
each time."""
import os
import socket
import subprocess
import sys
import time

sys.path[:0] = [os.path.dirname(os.path.abspath(__file__)), os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "harness")]
from clients import LINE, Answers, Crowd, connect, cpu_seconds, descriptors, head, limit_descriptors  # noqa: E402
from dsrd import AS_ROOT, PATIENCE, RUNNER, Dsrd, case, conf, contains, equal, figure, free_port, lacks, merge, run_cases, wait_for  # noqa: E402
from manager import listener, start_passed  # noqa: E402

SECONDS = float(os.environ.get("DESCRIPTORS_SECONDS", "1.5"))
CPU_MOST = 0.1  # of a core
PORT = free_port()
ME = head("GET", "/v1/me")
USUAL = 1024

d = Dsrd({"api": {"listen": f"127.0.0.1:{PORT}", "idle_timeout_ms": 120000}})
api = d.pids("api")[0]
shares = []


def share_of_a_core(seconds, known=()):
    """What dsrd uses of it, while it is asked now and then on the connections that it has."""
    began, before = time.monotonic(), cpu_seconds(api)
    while time.monotonic() - began < seconds:
        for connection in known:
            equal(ask(connection), 200)
        time.sleep(0.1)  # what is measured is how little happens meanwhile
    return (cpu_seconds(api) - before) / (time.monotonic() - began)


def ask(connection):
    connection.sendall(ME)
    return Answers(connection).next()[0]


def waiting(place):
    """Connected, and asked: the kernel has it, dsrd not yet."""
    connection = connect(place)
    connection.sendall(ME)
    connection.settimeout(0.3)
    try:
        connection.recv(1, socket.MSG_PEEK)
        raise AssertionError("it was accepted")
    except TimeoutError:
        return connection


def no_more():
    """Not one descriptor more than it has now. Lowering the limit to what is open needs no look at what that is."""
    limit_descriptors(api, 3)


@case
def without_a_descriptor_and_without_a_connection_it_does_not_spin():
    for place in (d.socket, ("127.0.0.1", PORT)):
        wait_for(lambda: d.answers(), "it answers")
        no_more()
        late = waiting(place)
        shares.append(share_of_a_core(SECONDS))
        equal(shares[-1] < CPU_MOST, True, shares)
        limit_descriptors(api, USUAL)
        late.settimeout(20)
        began = time.monotonic()
        equal(Answers(late).next()[0] in (200, 401), True, "who waited is answered")
        equal(time.monotonic() - began < 2, True, "soon after there are descriptors again")
        late.close()
    contains(d.read_log(), "no connection can be accepted: Too many open files")


@case
def those_it_has_are_served_meanwhile():
    kept = [connect(d.socket) for _ in range(20)]
    for connection in kept:
        equal(ask(connection), 200)
    no_more()
    late = waiting(d.socket)
    began, rounds = time.monotonic(), 0
    while time.monotonic() - began < SECONDS:
        for connection in kept:
            equal(ask(connection), 200)
        rounds += 1
    figure("answers to those who were connected while nobody else could be", rounds * len(kept))
    limit_descriptors(api, USUAL)
    late.settimeout(20)
    equal(Answers(late).next()[0], 200)
    for connection in [late, *kept]:
        connection.close()


@case
def who_takes_every_descriptor_and_does_nothing_makes_room():
    if descriptors(api) is None:
        print("# skipped: only root sees here how many descriptors dsrd has open")
        return
    crowd = Crowd([(LINE, d.socket)] * 60, 10, again=None).begin()
    wait_for(lambda: descriptors(api) > 60, "they are connected")
    limit_descriptors(api, descriptors(api))
    began = time.monotonic()
    late = connect(d.socket)
    equal(ask(late), 200)  # though the limit stays: slow ones go, one after the other
    figure("wait of a new client while slow ones hold every descriptor", f"{(time.monotonic() - began) * 1000:.0f} ms")
    limit_descriptors(api, USUAL)
    lives, left = crowd.end()
    equal(left < 60, True, lives)
    late.close()


@case
def a_system_without_descriptors_is_not_asked_again_and_again():
    if not AS_ROOT:
        print("# skipped: only root may trace dsrd here")
        return
    other = connect(d.socket)
    equal(ask(other), 200)
    tracer = subprocess.Popen(["strace", "-qq", "-p", str(api), "-e", "trace=accept4", "-e", "inject=accept4:error=ENFILE", "-o", os.path.join(d.folder, "accept")])
    try:
        wait_for(lambda: "TracerPid:\t0" not in open(f"/proc/{api}/status").read(), "it is traced")
        late = connect(d.socket)
        late.sendall(ME)
        shares.append(share_of_a_core(SECONDS, [other]))
    finally:
        tracer.terminate()
        tracer.wait()
    with open(os.path.join(d.folder, "accept")) as file:
        tries = file.read().count("accept4(")
    equal(0 < tries <= SECONDS * 10 + 5, True, tries)
    equal((Answers(late).next()[0], shares[-1] < CPU_MOST), (200, True), shares)
    figure("share of a core while no descriptor is left", f"{max(shares) * 100:.1f} %")


@case
def with_sixty_four_descriptors_it_takes_fewer_connections_and_says_so():
    path, log = os.path.join(d.data, "few.sock"), os.path.join(d.folder, "few.log")
    few = start_passed(d, listener(path), ["api", "--private", d.data], log, {"api": {"listen": ""}}, prefix=["prlimit", "--nofile=64:64"])
    try:
        wait_for(lambda: few.poll() is not None or "serving on" in open(log).read(), "it serves")
        equal(few.poll(), None, open(log).read())
        contains(open(log).read(), "the limit of open files, 64, leaves room for 24 instead of 256")
        held = [connect(path) for _ in range(64)]  # each of the first ones makes room for the next
        began = time.monotonic()
        connection = connect(path)
        equal((ask(connection), time.monotonic() - began < 1), (200, True))
        lacks(open(log).read(), "no connection can be accepted")
        for one in [connection, *held]:
            one.close()
    finally:
        few.terminate()
        equal(few.wait(PATIENCE), 0)


@case
def with_too_few_to_begin_it_ends_so_that_it_is_started_again():
    ends = []
    for count in range(6, 15):
        path, log = os.path.join(d.folder, f"{count}.conf"), os.path.join(d.folder, f"{count}.log")
        with open(path, "w") as file:
            file.write(conf(merge(d.settings, {"api": {"listen": "", "socket": os.path.join(d.data, f"{count}.sock")}})))
        os.chmod(path, 0o644)
        with open(log, "wb") as file:
            process = subprocess.Popen([*RUNNER, "prlimit", f"--nofile={count}:{count}", os.path.join(d.program, "dsrd"), "api", "-c", path, "--private", d.data],
                                       stdout=file, stderr=file, env=d.environment())
        wait_for(lambda: process.poll() is not None or "database: " in open(log).read() or "trying again" in open(log).read(), "it ends or goes on")
        if process.poll() is None:
            process.kill()
        ends.append(process.wait(PATIENCE))
    equal(set(ends) - {1, -9}, set(), ends)  # not 78, a wrong configuration, after which nobody starts it again
    equal(ends.count(1) > 2, True, ends)


run_cases()
