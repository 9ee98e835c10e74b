#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sockets that a service manager passes: nobody is refused while dsrd is started again and again."""
import http.client
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "harness"))
from dsrd import AS_ROOT, PATIENCE, RUNNER, Dsrd, UnixConnection, case, contains, equal, run_cases, wait_for  # noqa: E402
from manager import listener, start_passed  # noqa: E402

RESTARTS = int(os.environ.get("ACTIVATION_RESTARTS", "100"))
CLIENTS = 4
d = Dsrd()


def start(*arguments, **more):
    return start_passed(d, *arguments, **more)


def read(path):
    with open(path, errors="replace") as file:
        return file.read()


class Client(threading.Thread):
    """Asks again and again, on a connection of its own each time, and notes what it is not answered."""
    def __init__(self, path):
        super().__init__()
        self.path, self.answered, self.failed, self.done = path, 0, [], threading.Event()

    def run(self):
        while not self.done.is_set():
            connection = UnixConnection(self.path)
            try:
                connection.request("GET", "/v1/health")
                status = connection.getresponse().status
                if status not in (200, 503):
                    self.failed.append(status)
                self.answered += 1
            except Exception as error:  # each of them is a person who was refused
                self.failed.append(repr(error))
            connection.close()


@case
def a_hundred_restarts_refuse_nobody():
    path, log = os.path.join(d.folder, "passed.sock"), os.path.join(d.folder, "passed.log")
    passed = listener(path)
    api = start(passed, ["api", "--private", d.data], log)
    clients = [Client(path) for _ in range(CLIENTS)]
    for client in clients:
        client.start()
    try:
        for restart in range(RESTARTS):
            wait_for(lambda: read(log).count("serving on") > restart, "it serves")
            before = [client.answered for client in clients]
            wait_for(lambda: any(client.answered > count for client, count in zip(clients, before)), "it answers")
            api.send_signal(signal.SIGTERM)
            equal(api.wait(PATIENCE), 0, "stopped as asked")
            equal(os.path.exists(path), True, "the socket's file is not dsrd's to remove")
            api = start(passed, ["api", "--private", d.data], log)
    finally:
        for client in clients:
            client.done.set()
        for client in clients:
            client.join(PATIENCE)
        api.terminate()
        api.wait(PATIENCE)
    print(f"# {RESTARTS} restarts, {sum(client.answered for client in clients)} answers, {sum(len(client.failed) for client in clients)} refused")
    equal([failure for client in clients for failure in client.failed], [])


@case
def the_socket_of_the_configuration_is_left_alone():
    equal(d.http("GET", "/v1/health").status, 200)  # the other dsrd listens on it all the while


@case
def one_on_loopback_is_used_too_and_takes_tokens_only(prefix=()):
    log, path = os.path.join(d.folder, "both.log"), os.path.join(d.folder, "both.sock")
    both = [listener(), listener(path)]
    address = "%s:%d" % both[0].getsockname()
    api = start(both, ["api", "--private", d.data], log, {"api": {"listen": address}}, number=6, prefix=prefix)
    try:
        wait_for(lambda: "serving on" in read(log), "it serves")
        connection = UnixConnection(path)
        connection.request("GET", "/v1/health")
        equal(connection.getresponse().status, 200)
        connection.close()
        connection = http.client.HTTPConnection(address, timeout=PATIENCE)
        connection.request("GET", "/v1/requests")
        equal(connection.getresponse().status, 401)
        connection.close()
    finally:
        api.terminate()
        equal(api.wait(PATIENCE), 0)


@case
def without_a_network_of_its_own_both_are_served_all_the_same():
    if not AS_ROOT:
        print("# skipped: only root can take the network away")
        return
    for path in ("both.log", "both.sock"):
        os.unlink(os.path.join(d.folder, path))
    one_on_loopback_is_used_too_and_takes_tokens_only(["unshare", "--net"])  # as PrivateNetwork= of the unit


@case
def systemds_own_activator_passes_it_the_same_way():
    activate = shutil.which("systemd-socket-activate")
    if activate is None:
        print("# skipped: there is no systemd-socket-activate")
        return
    path = os.path.join(d.data, "activate.sock")
    with open(os.path.join(d.folder, "activate.log"), "w") as log:
        api = subprocess.Popen(RUNNER + [activate, "--listen", path, os.path.join(d.program, "dsrd"), "api", "-c", d.conf, "--private", d.data],
                               stdout=log, stderr=log, env=d.environment())
    try:
        wait_for(lambda: os.path.exists(path), "it listens")
        connection = UnixConnection(path)
        connection.request("GET", "/v1/health")  # the first one starts dsrd
        equal(connection.getresponse().status in (200, 503), True)
        connection.close()
    finally:
        api.terminate()
        equal(api.wait(PATIENCE), 0)
    equal(os.path.exists(path), True)


@case
def what_cannot_be_used_is_refused():
    log = os.path.join(d.folder, "refused.log")
    for passed, settings, why in ((listener(), None, "api.listen is empty"), (socket.socketpair()[0], None, "does not listen"),
                                  (socket.socket(socket.AF_UNIX), None, "does not listen"),
                                  (listener(os.path.join(d.folder, "one.sock")), {"api": {"listen": "127.0.0.1:1"}}, "none for api.listen")):
        api = start(passed, ["api", "--private", d.data], log, settings, number=4)
        equal(api.wait(PATIENCE), 78, why)
        contains(read(log).splitlines()[-1], why)


@case
def a_socket_for_another_process_is_not_taken():
    result = subprocess.run(RUNNER + ["env", "LISTEN_FDS=1", "LISTEN_PID=1", os.path.join(d.program, "dsrd"), "api", "-c", d.conf, "--private", d.data],
                            capture_output=True, text=True, timeout=PATIENCE, stdin=subprocess.DEVNULL)
    contains(result.stderr, "Another dsrd answers")


@case
def dsrd_run_passes_it_on():
    home = os.path.join(d.folder, "home")
    other = Dsrd(start=False)
    path, log = os.path.join(home, "run.sock"), os.path.join(d.folder, "run.log")
    os.mkdir(home)
    passed = listener(path)
    run = start(passed, ["run", "--private", other.data], log, number=5)
    try:
        wait_for(lambda: "serving on" in read(log), "it serves")
        connection = UnixConnection(path)
        connection.request("GET", "/v1/health")
        equal(connection.getresponse().status, 200)
        connection.close()
        equal(os.path.exists(other.socket), False)
        for pid in other.pids("postgres") + (other.pids("mailer") if AS_ROOT else []):  # nobody else sees what a mailer has open
            links = [os.readlink(f"/proc/{pid}/fd/{number}") for number in os.listdir(f"/proc/{pid}/fd")]
            equal(f"socket:[{os.fstat(passed.fileno()).st_ino}]" in links, False, "only the API has it")
    finally:
        run.terminate()
        equal(run.wait(PATIENCE), 0)


run_cases()
