# SPDX-License-Identifier: GPL-3.0-or-later
"""Many people with a reminder each, held back until all are there, and one or two daemons that then send them."""
import atexit
import concurrent.futures
import contextlib
import datetime
import json
import os
import signal
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "harness"))
from dsrd import AS_ROOT, PATIENCE, RUNNER, Dsrd, UnixConnection, conf, days_ago, merge, processes, wait_for  # noqa: E402
from relay import Relay  # noqa: E402

MAIL = {"transport": "smtp", "backoff_s": [1], "doubt_pause_s": 0, "transfer_timeout_ms": 5000, "from": "dsrd@library.example", "poll_ms": 100}


def on_record(folder):
    return os.path.join(folder, "taken.jsonl")


class Second:
    """Another `dsrd run` on the database and the key ring of the first one."""

    def __init__(self, first):
        self.first, self.process = first, None
        atexit.register(self.stop)  # a test that fails leaves none behind
        self.folder = os.path.join(first.data, "second")
        os.mkdir(self.folder)
        if AS_ROOT:
            os.chmod(self.folder, 0o777)
        self.conf, self.log = os.path.join(first.folder, "second.conf"), os.path.join(first.folder, "second.log")
        self.socket = os.path.join(self.folder, "sock")

    def write_conf(self):
        with open(self.conf, "w") as file:
            file.write(conf(merge(self.first.settings, {
                "database": {"conninfo": f"host={self.first.data}/run dbname=dsrd"}, "api": {"socket": self.socket},
                "vault": {"ring": self.first.data + "/keyring", "credential": self.first.data + "/credential", "makes_keys": False}})))
        os.chmod(self.conf, 0o644)

    def start(self):
        self.write_conf()
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(RUNNER + [os.path.join(self.first.program, "dsrd"), "run", "-c", self.conf], stdout=log, stderr=log,
                                            stdin=subprocess.DEVNULL, env=self.first.environment(), start_new_session=True)

    def stop(self):
        if self.process is not None:
            self.process.terminate()
            self.process.wait(PATIENCE)
            self.process = None


class Drain:
    """`people` {address: reference}; none of their mails leaves before start()."""

    def __init__(self, count, mailers=1, plan=None, more=None):
        self.relay_record = None
        now = datetime.datetime.now(datetime.timezone.utc)
        hours = [(now + datetime.timedelta(hours=away)).strftime("%H:%M") for away in (-6, 6)]
        self.d = Dsrd(merge({"reminders": {"quiet_from": hours[0], "quiet_until": hours[1], "respond": {"to": ["subject"]}, "scan_ms": 200},
                             "mail": dict(MAIL, relay="smtp://127.0.0.1:9", mailers=mailers)}, more or {}))
        self.record = on_record(self.d.folder)
        self.relay = Relay(record=self.record)
        self.relay.plan = plan or {}
        self.d.write_conf({"mail": {"relay": self.relay.url}})
        self.set_fsync("off")  # nothing but time is at stake until they are all filed
        self.people = self.file(count)
        self.set_fsync("on")

    def set_fsync(self, value):
        self.d.sql(f"alter system set fsync = {value}")
        self.d.sql("select pg_reload_conf()")

    def file(self, count):
        def some(numbers):
            connection = UnixConnection(self.d.socket)

            def call(path, body):
                connection.request("POST", path, json.dumps(body), {"Content-Type": "application/json"})
                reply = connection.getresponse()
                answer = json.loads(reply.read())
                if reply.status not in (200, 201):
                    raise AssertionError(f"{path}: {reply.status} {answer}")
                return answer
            people = {}
            for number in numbers:
                address = f"p{number}@example.org"
                subject = call("/v1/subjects", {"residence": "NL", "email": address})["alias"]
                request = call("/v1/requests", {"vendor": "elsevier", "right": "access", "law": "eu-gdpr", "subject": subject, "sent": days_ago(75)})
                people[address] = request["request"]["ref"]
            connection.close()
            return people
        people = {}
        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            for part in pool.map(some, [range(first, count, 4) for first in range(4)]):
                people.update(part)
        return people

    def victims(self):
        """[(role, pid)] of all daemons on this database, and the backends that serve them."""
        roles = {"run": "supervisor", "api": "api", "mailer": "mailer"}
        ours = {self.d.data, self.d.conf, os.path.join(self.d.folder, "second.conf")}
        found, backends, postmasters = [], [], set()
        for pid, words in processes():
            if words[0].endswith("/dsrd") and len(words) > 1 and words[1] in roles and ours & set(words):
                found.append((roles[words[1]], pid))
            elif words[0].endswith("/postgres") and os.path.join(self.d.data, "postgres") in words:
                postmasters.add(pid)
            elif words[0].startswith("postgres: ") and ": dsrd_" in words[0]:
                backends.append(pid)
        return found + [("backend", pid) for pid in backends if parent_of(pid) in postmasters]

    def sql(self, text):
        """The database's answer, even if it is just coming back."""
        end = time.monotonic() + PATIENCE
        while True:
            try:
                return self.d.sql(text)
            except AssertionError:
                if time.monotonic() > end:
                    raise
                time.sleep(0.1)

    def release(self):
        """Day breaks: from the next start on everything may go out."""
        self.d.stop()
        self.d.write_conf({"reminders": {"quiet_from": "00:00", "quiet_until": "00:00"}})

    def again(self):
        """Everybody is due once more, as if nothing had gone out. The daemons are stopped, the database is not."""
        self.sql("delete from dsr.attempt; update dsr.reminder set state = 'planned', message_id = null where state in ('sent', 'gathered'); delete from dsr.message")
        os.truncate(self.record, 0)
        self.relay.accepted.clear()

    def left(self):
        return int(self.sql(LEFT))

    def finish(self, patience=None):
        end = time.monotonic() + (patience or PATIENCE)
        while self.left() > 0:
            if time.monotonic() > end:
                raise AssertionError("what is left: " + self.sql("select state, count(*), min(last_problem), min(next_at) - now() from dsr.message group by 1") +
                                     "\nreminders: " + self.sql("select state, count(*) from dsr.reminder group by 1") + "\n" + self.d.read_log()[-3000:])
            time.sleep(0.1)


class Session:
    """One psql for many questions."""

    def __init__(self, d, database="dsrd"):
        self.process = subprocess.Popen(RUNNER + ["psql", "-X", "-q", "-t", "-A", "-h", os.path.join(d.data, "run"), "-U", "dsrd_admin", "-d", database],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=dict(os.environ, PGTZ="UTC"))

    def sql(self, text):
        self.process.stdin.write(text.rstrip().rstrip(";") + ";\n\\echo <over>\n")
        self.process.stdin.flush()
        lines = []
        for line in iter(self.process.stdout.readline, ""):
            if line == "<over>\n":
                if any(line.startswith(("ERROR:", "FATAL:", "psql: error")) for line in lines):
                    raise AssertionError("".join(lines) + text)
                return "".join(lines).strip()
            lines.append(line)
        raise AssertionError("psql has ended")

    def close(self):
        self.process.stdin.close()
        self.process.wait()


LEFT = """select (select count(*) from dsr.reminder where gather_on <= current_date and state in ('planned', 'gathered')) +
                 (select count(*) from dsr.message where state in ('queued', 'leased', 'sending', 'in_doubt'))"""
UNSENT = """delete from dsr.attempt;
update dsr.reminder set state = 'gathered' where message_id is not null;
update dsr.message set state = 'queued', attempts = 0, bytes = null, sha256 = null, size = null, message_id = null, queue_id = null,
       incarnation = null, lease_until = null, next_at = now(), last_code = null, last_problem = null"""


class Bench:
    """The mails of some people lie ready, with PostgreSQL and nothing else running: for mailers that a test starts one by one."""

    def __init__(self, count, more=None):
        self.scene = Drain(count, more=more)
        self.d, self.relay, self.record = self.scene.d, self.scene.relay, self.scene.record
        kill(self.d.process.pid)  # its PostgreSQL goes on
        self.d.process.wait()
        self.d.process = None
        wait_for(lambda: not self.d.pids("api") and not self.d.pids("mailer"), "all else ends with it")
        self.d.write_conf({"reminders": {"quiet_from": "00:00", "quiet_until": "00:00"}})
        self.session = Session(self.d)
        self.log = os.path.join(self.d.folder, "bench.log")
        with self.running("api"):
            wait_for(lambda: self.sql("select count(*) from dsr.reminder where gather_on <= current_date and state = 'planned'") == "0", "gathered")
        self.sql("delete from dsr.message where kind = 'reminder' and recipient_kind <> 'subject'")  # counts for managers
        self.set_up()

    def sql(self, text):
        return self.session.sql(text)

    def set_up(self, text=UNSENT):
        self.sql(text)
        os.truncate(self.record, 0)
        self.relay.accepted.clear()
        self.relay.mails.clear()

    def left(self):
        return int(self.sql(LEFT))

    def freeze(self, mailer):
        """The mailer stands still and has asked for nothing: what it may just be asking for ends with its connection."""
        os.kill(mailer.pid, signal.SIGSTOP)
        wait_for(lambda: self.sql("select count(pg_terminate_backend(pid)) from pg_stat_activity where usename = 'dsrd_mailer'") == "0", "its connection is gone")

    def hurry(self):
        """Pauses between tries are over."""
        self.sql("update dsr.message set next_at = now() where state in ('queued', 'in_doubt') and next_at > now(); notify dsr, 'outbox'")

    def settings(self, more):
        return merge(self.d.settings, more)

    def start(self, role, program="dsrd", environment=None, before=(), conf_path=None):
        arguments = [os.path.join(self.d.program, program), role, "-c", conf_path or self.d.conf]
        if conf_path is None:
            arguments += ["--private", self.d.data]
        with open(self.log, "ab") as log:
            process = subprocess.Popen(RUNNER + list(before) + arguments, stdout=log, stderr=log, stdin=subprocess.DEVNULL, env=self.d.environment(environment))
        atexit.register(lambda: process.poll() is None and process.kill())  # a test that fails leaves none behind
        return process

    @contextlib.contextmanager
    def running(self, role, **more):
        process = self.start(role, **more)
        try:
            yield process
        finally:
            process.send_signal(signal.SIGCONT)
            process.terminate()
            process.wait(PATIENCE)

    def read_log(self):
        with open(self.log, errors="replace") as file:
            return file.read()

    def wait_sent(self, what):
        end = time.monotonic() + PATIENCE
        while self.left() > 0:
            self.hurry()
            if time.monotonic() > end:
                raise AssertionError(f"{what}: left over\n" + self.sql("select state, attempts, last_problem, next_at - now() from dsr.message") + "\n" +
                                     self.sql("select state, count(*) from dsr.reminder group by 1") + self.read_log()[-3000:])
            time.sleep(0.005)


def parent_of(pid):
    try:
        with open(f"/proc/{pid}/stat") as file:
            return int(file.read().rsplit(")", 1)[1].split()[1])
    except OSError:
        return 0


def kill(pid, number=signal.SIGKILL):
    try:
        os.kill(pid, number)
        return True
    except ProcessLookupError:
        return False


__all__ = ["Bench", "Drain", "MAIL", "Second", "Session", "kill", "wait_for"]
