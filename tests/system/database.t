#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A PostgreSQL that hangs, shuts, takes no writes, or is one of several; and what is asked of dsrd meanwhile."""
import atexit
import os
import signal
import socket
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "harness"))
from dsrd import RUNNER, Dsrd, case, conf, contains, days_ago, equal, lacks, merge, run_cases, wait_for  # noqa: E402

d = Dsrd({"api": {"stop_timeout_ms": 300}, "database": {"statement_timeout_ms": 1500, "lock_timeout_ms": 60000}})
d.file("oclc", "access", "--law", "voluntary", "--residence", "NL", "--sent", days_ago(1))


class Locked:
    """The requests' table, locked for everybody else."""

    def __enter__(self):
        self.psql = subprocess.Popen(RUNNER + ["psql", "-X", "-q", "-h", os.path.join(d.data, "run"), "-U", "dsrd_admin", "-d", "dsrd"],
                                     stdin=subprocess.PIPE, text=True)
        self.psql.stdin.write("begin; lock dsr.request in access exclusive mode;\n")
        self.psql.stdin.flush()
        wait_for(lambda: d.sql("select 1 from pg_locks where mode = 'AccessExclusiveLock' and granted and relation = 'dsr.request'::regclass"), "locked")
        return self

    def __exit__(self, *_):
        self.psql.kill()
        self.psql.wait()


def ask(count, path="/v1/requests"):
    """Requests that get no answer for now."""
    connections = []
    for _ in range(count):
        connection = socket.socket(socket.AF_UNIX)
        connection.settimeout(30)
        connection.connect(d.socket)
        connection.sendall(f"GET {path} HTTP/1.1\r\nHost: d\r\n\r\n".encode())
        connections.append(connection)
    wait_for(lambda: d.sql("select count(*) from pg_stat_activity where usename = 'dsrd_api' and wait_event_type = 'Lock'") == str(min(count, 4)), "they wait")
    return connections


def pids_of_sessions():
    return set(filter(None, d.sql("select pid from pg_stat_activity where usename = 'dsrd_api'").split()))


@case
def sigterm_answers_what_the_database_does_not_answer_in_time():
    d.write_conf({"database": {"statement_timeout_ms": 60000}})
    d.stop()
    d.start()
    with Locked():
        connections = ask(6)
        d.process.send_signal(signal.SIGTERM)
        for connection in connections:
            contains(connection.recv(4096).decode(), "503 Service Unavailable", "Retry-After")
    equal(d.process.wait(30), 0)
    d.process = None
    lacks(d.read_log(), "ended unexpectedly", "Fatal")


@case
def a_second_sigterm_does_not_wait_for_the_database():
    d.write_conf({"api": {"stop_timeout_ms": 600000}})
    d.start()
    with Locked():
        ask(6)
        before = d.read_log().count("api: stopping")
        api = d.pids("api")[0]
        os.kill(api, signal.SIGTERM)
        wait_for(lambda: d.read_log().count("api: stopping") > before, "it has heard")
        os.kill(api, signal.SIGTERM)
        wait_for(lambda: "api ended unexpectedly" in d.read_log(), "it has ended")
    lacks(d.read_log(), "Fatal")
    contains(d.read_log(), "api ended unexpectedly (status 1)")
    d.write_conf({"api": {"stop_timeout_ms": 300}, "database": {"statement_timeout_ms": 1000}})
    d.stop()
    d.start()


@case
def a_database_that_stands_still_is_given_up_and_found_again():
    postmaster = d.pids("postgres")[0]
    backends = [int(pid) for pid in pids_of_sessions()]
    for pid in [postmaster] + backends:
        os.kill(pid, signal.SIGSTOP)
    try:
        reply = d.http("GET", "/v1/status")
        equal((reply.status, reply.json["code"], reply.headers["Retry-After"] is not None), (503, "unavailable", True))
        contains(d.read_log(), "no answer long after database.statement_timeout_ms")
    finally:
        for pid in [postmaster] + backends:
            os.kill(pid, signal.SIGCONT)
    wait_for(lambda: d.http("GET", "/v1/status").status == 200, "back")


@case
def a_server_that_takes_no_writes_any_more_is_left():
    before = pids_of_sessions()
    d.sql("alter system set default_transaction_read_only = on")
    d.sql("select pg_reload_conf()")
    body = {"vendor": "oclc", "right": "deletion", "law": "voluntary", "sent": days_ago(1), "anyway": True}
    equal(wait_for(lambda: (lambda r: r.status != 201 and r)(d.http("POST", "/v1/requests", body)), "refused").status, 503)
    # Every session goes that has met it, by a write or by the scheduler's look.
    wait_for(lambda: d.http("POST", "/v1/requests", body).status == 503 and before - pids_of_sessions(), "sessions are left")
    d.sql("alter system reset default_transaction_read_only")
    d.sql("select pg_reload_conf()")
    wait_for(lambda: d.http("POST", "/v1/requests", dict(body, right="correction")).status == 201, "writes again")


class Silent:
    """Something that takes connections and never says a word."""

    def __init__(self):
        self.socket = socket.socket()
        self.socket.bind(("127.0.0.1", 0))
        self.socket.listen(100)
        self.port = self.socket.getsockname()[1]


def api_of(conninfo, **environment):
    """Another dsrd api on the same data, with this way to PostgreSQL."""
    path = os.path.join(d.folder, "other.conf")
    with open(path, "w") as file:
        file.write(conf(merge(d.settings, {"api": {"socket": d.data + "/other.sock"}, "vault": {"ring": d.data + "/keyring", "credential": d.data + "/credential"},
                                           "database": {"conninfo": conninfo, "connect_timeout_ms": 300, "timeline_file": d.data + "/timeline"}})))
    os.chmod(path, 0o644)
    log = os.path.join(d.folder, "other.log")
    with open(log, "w") as file:
        process = subprocess.Popen(RUNNER + [os.path.join(d.program, "dsrd"), "api", "-c", path], stdout=file, stderr=file, env=d.environment(environment))
    atexit.register(process.kill)
    return process, lambda: open(log).read()


def passes_over_a_silent_host(conninfo, **environment):
    process, log = api_of(conninfo, **environment)
    wait_for(lambda: "serving on" in log(), "it has found the other host")
    wait_for(lambda: "no answer within database.connect_timeout_ms" in log(), "it has met the silent one")
    process.send_signal(signal.SIGTERM)
    equal(process.wait(30), 0)


@case
def of_several_hosts_a_silent_one_is_passed_over():
    silent = Silent()
    passes_over_a_silent_host(f"host=127.0.0.1,{d.data}/run port={silent.port},5432 dbname=dsrd")


@case
def so_it_is_when_a_service_file_or_the_environment_names_them():
    silent = Silent()
    folder = tempfile.TemporaryDirectory()
    os.chmod(folder.name, 0o755)
    path = os.path.join(folder.name, "services")  # not beside dsrd.conf, where its roles may read
    with open(path, "w") as file:
        file.write(f"[library]\nhost=127.0.0.1,{d.data}/run\nport={silent.port},5432\ndbname=dsrd\n")
    os.chmod(path, 0o644)
    passes_over_a_silent_host("service=library", PGSERVICEFILE=path)
    passes_over_a_silent_host("application_name=x", PGSERVICEFILE=path, PGSERVICE="library")
    passes_over_a_silent_host("dbname=dsrd", PGHOST=f"127.0.0.1,{d.data}/run", PGPORT=f"{silent.port},5432")


@case
def a_refused_log_in_is_explained():
    process, log = api_of(f"host={d.data}/run dbname=nothing_here")
    wait_for(lambda: 'database "nothing_here" does not exist' in log(), "the log says why")
    process.send_signal(signal.SIGTERM)
    equal(process.wait(30), 0)


@case
def an_adopted_cluster_that_dies_is_started_again():
    d.process.kill()
    d.process.wait()
    wait_for(lambda: not d.pids("api") and not d.pids("mailer"), "the roles have ended")
    d.start()
    contains(d.read_log(), "the private PostgreSQL is still running; using it")
    old = int(open(os.path.join(d.data, "postgres", "postmaster.pid")).readline())
    os.kill(old, signal.SIGKILL)
    wait_for(lambda: not os.path.exists(f"/proc/{old}"), "it is dead")
    wait_for(lambda: d.http("GET", "/v1/status").status == 200 and int(d.sql("select pg_backend_pid()")) and "postgres ended unexpectedly" in d.read_log(), "another one serves")
    equal(d.stop(), 0)
    equal(d.pids("postgres"), [])


run_cases()
