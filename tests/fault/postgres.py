# SPDX-License-Identifier: GPL-3.0-or-later
"""PostgreSQL servers of a test's own, by TCP on loopback and by socket: a primary, its standbys, and what befalls them; and a dsrd that uses one as
it would use the library's."""
import atexit
import glob
import multiprocessing
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "harness"))
from dsrd import AS_ROOT, PATIENCE, RUNNER, Dsrd, UnixConnection, equal, free_port, processes, wait_for  # noqa: E402

BIN = sorted(glob.glob("/usr/lib/postgresql/*/bin"), key=lambda path: int(path.split("/")[4]))[-1]
SETTINGS = {"listen_addresses": "127.0.0.1", "fsync": "off", "max_connections": "60", "shared_buffers": "16MB", "wal_level": "replica", "hot_standby": "on",
            "max_wal_senders": "8", "wal_keep_size": "64MB", "wal_receiver_timeout": "5s", "wal_sender_timeout": "5s", "log_line_prefix": "%m [%p] %u ", "autovacuum": "off"}


def folder_for(name):
    """One that goes at the end, and that PostgreSQL may use."""
    folder = tempfile.mkdtemp(prefix=f"dsrd-{name}-", dir="/tmp")
    os.chmod(folder, 0o755)
    if AS_ROOT:
        shutil.chown(folder, "nobody", "nogroup")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


class Postgres:
    """`primary`: a standby of that one, made by pg_basebackup. `folder`: of a file system of the test's."""

    def __init__(self, name, primary=None, folder=None, settings=None, init=()):
        self.name, self.port = name, free_port()
        self.folder = folder or folder_for(name)
        self.data, self.log = os.path.join(self.folder, "data"), os.path.join(self.folder, "log")
        self.process = None
        self.stopped = []  # by SIGSTOP
        atexit.register(self.end)
        if primary is None:
            self.program("initdb", "-D", self.data, "-U", "dsrd_admin", "-A", "trust", "--no-sync", *init)
            with open(os.path.join(self.data, "pg_hba.conf"), "a") as file:
                file.write("host replication all 127.0.0.1/32 trust\nhost all all 127.0.0.1/32 trust\n")
        else:
            self.program("pg_basebackup", "-D", self.data, "-h", "127.0.0.1", "-p", str(primary.port), "-U", "dsrd_admin", "-c", "fast", "-X", "stream", "-R",
                         "-d", f"application_name={name}", "--no-sync")
        self.configure(dict(SETTINGS, unix_socket_directories=self.folder, port=str(self.port), cluster_name=name, **(settings or {})))

    def configure(self, settings):
        with open(os.path.join(self.data, "postgresql.conf"), "a") as file:
            file.writelines(f"{key} = '{value}'\n" for key, value in settings.items())

    def program(self, name, *arguments):
        result = subprocess.run(RUNNER + [os.path.join(BIN, name), *arguments], capture_output=True, text=True, cwd="/", timeout=PATIENCE)
        if result.returncode != 0:
            raise AssertionError(f"{name}: {result.stderr}")
        return result.stdout

    def start(self, wait=True):
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(RUNNER + [os.path.join(BIN, "postgres"), "-D", self.data], stdout=log, stderr=log, stdin=subprocess.DEVNULL, cwd="/",
                                            start_new_session=True)
        if wait:
            wait_for(lambda: self.answers() or self.process.poll() is not None, f"{self.name} answers")
            equal(self.process.poll(), None, self.read_log()[-2000:])
        return self

    def read_log(self):
        with open(self.log, errors="replace") as file:
            return file.read()

    def answers(self):
        return subprocess.run(["psql", "-X", "-q", "-t", "-h", self.folder, "-p", str(self.port), "-U", "dsrd_admin", "-d", "postgres", "-c", "select 1"],
                              capture_output=True).returncode == 0

    def sql(self, text, database="dsrd"):
        result = subprocess.run(["psql", "-X", "-q", "-t", "-A", "-v", "ON_ERROR_STOP=1", "-h", self.folder, "-p", str(self.port), "-U", "dsrd_admin", "-d", database,
                                 "-c", text], capture_output=True, text=True, timeout=PATIENCE, env=dict(os.environ, PGTZ="UTC"))
        if result.returncode != 0:
            raise AssertionError(result.stderr)
        return result.stdout.strip()

    def shell(self):
        """A psql that stays connected, to write lines to."""
        return subprocess.Popen(["psql", "-X", "-q", "-t", "-A", "-h", self.folder, "-p", str(self.port), "-U", "dsrd_admin", "-d", "dsrd"], stdin=subprocess.PIPE,
                                stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, bufsize=1)

    def stop(self, how=signal.SIGQUIT):
        """SIGQUIT: at once, as `pg_ctl -m immediate`."""
        if self.process is None:
            return
        self.thaw()
        self.process.send_signal(how)
        self.process.wait(PATIENCE)
        self.process = None

    def end(self):
        try:
            self.stop()
        except subprocess.TimeoutExpired:
            self.process.kill()

    def backends(self):
        """The server and all its processes."""
        pids = [self.process.pid] if self.process else []
        for pid, _ in processes():
            try:
                with open(f"/proc/{pid}/stat") as file:
                    if self.process and int(file.read().rsplit(")", 1)[1].split()[1]) == self.process.pid:
                        pids.append(pid)
            except (OSError, ValueError):
                continue
        return pids

    def freeze(self):
        """The kernel goes on to take what is sent; nobody answers."""
        self.process.send_signal(signal.SIGSTOP)
        self.stopped = self.backends()
        for pid in self.stopped:
            os.kill(pid, signal.SIGSTOP)

    def thaw(self):
        for pid in self.stopped:
            try:
                os.kill(pid, signal.SIGCONT)
            except ProcessLookupError:
                pass
        self.stopped = []

    def promote(self):
        """When that began, by time.monotonic()."""
        begin = time.monotonic()
        self.program("pg_ctl", "-D", self.data, "promote", "-w", "-t", str(PATIENCE))
        wait_for(lambda: self.sql("select pg_is_in_recovery()") == "f", "it is promoted")
        return begin

    def synchronous(self, standby):
        """From now on a COMMIT waits for that one."""
        self.sql(f"alter system set synchronous_standby_names = '{standby.name}'", "postgres")
        self.sql("select pg_reload_conf()", "postgres")
        wait_for(lambda: self.sql(f"select sync_state from pg_stat_replication where application_name = '{standby.name}'", "postgres") == "sync", "it is synchronous")

    @property
    def timeline(self):
        return int(self.sql("select left(pg_walfile_name(pg_current_wal_lsn()), 8)", "postgres"), 16)


class Outside(Dsrd):
    """A dsrd on servers of the library's: `addresses` are ports on loopback, in the order of database.conninfo. The schema goes into `postgres`."""

    def __init__(self, postgres, addresses, settings=None, start=True, host="127.0.0.1"):
        super().__init__(settings, start=False)
        self.postgres = postgres
        admin = f"host={postgres.folder} port={postgres.port} dbname=dsrd user=dsrd_admin"
        names = host if isinstance(host, list) else [host] * len(addresses)
        self.write_conf({"database": {"conninfo": f"host={','.join(names)} port={','.join(map(str, addresses))} dbname=dsrd sslmode=disable gssencmode=disable",
                                      "admin_conninfo": admin, "timeline_file": os.path.join(self.data, "timeline")},
                         "api": {"socket": self.socket}, "vault": {"ring": self.data + "/keyring", "credential": self.data + "/credential"}})
        if self.settings["mail"]["transport"] == "maildir" and "maildir" not in self.settings["mail"]:
            self.write_conf({"mail": {"maildir": self.data + "/Maildir"}})
        if postgres.sql("select 1 from pg_database where datname = 'dsrd'", "postgres") == "":
            postgres.sql("create database dsrd", "postgres")
        made = self.run("setup", "--yes", "--owner", str(os.getuid()), "--owner-email", self.owner_email, "--owner-name", self.owner_name)
        equal(made.returncode, 0, made.stderr)
        if start:
            self.start()

    def command(self, name, *arguments):
        return RUNNER + [os.path.join(self.program, "dsrd"), name, "-c", self.conf, *arguments]

    def pids(self, role):
        """api or mailer."""
        return [pid for pid, words in processes() if self.conf in words and role in words]

    def sql(self, text, user="dsrd_admin"):
        return self.postgres.sql(text)


class Stall:
    """Asks dsrd every few milliseconds for what it answers without the database, from a process of its own: how long its loop stood still at most. What the machine
    kept dsrd or the asking process from running for, as it has other work, is taken away."""

    def __init__(self, dsrd, path="/v1/nowhere", pause=0.004):
        self.path, self.socket, self.pause = path, dsrd.socket, pause
        self.pid = dsrd.pids("api")[0]
        self.pipe, self.out = multiprocessing.Pipe()
        self.stop = multiprocessing.Event()
        self.process = multiprocessing.Process(target=self.ask, daemon=True)

    @staticmethod
    def delayed(pid):
        """Seconds that it was ready to run and did not."""
        with open(f"/proc/{pid}/schedstat") as file:
            return int(file.read().split()[1]) / 1e9

    def ask(self):
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        times = []
        connection = UnixConnection(self.socket)
        self.out.send("begun")
        while not self.stop.wait(self.pause):
            delayed, begin = self.delayed(self.pid) + self.delayed("self"), time.monotonic()
            connection.request("GET", self.path)
            reply = connection.getresponse()
            reply.read()
            took = time.monotonic() - begin
            times.append((max(0, took - (self.delayed(self.pid) + self.delayed("self") - delayed)), reply.status))
        self.out.send(times)

    def __enter__(self):
        self.process.start()
        self.pipe.recv()
        return self

    def __exit__(self, *_):
        self.stop.set()
        answers = self.pipe.recv()
        self.process.join()
        self.statuses = {status for _, status in answers}
        self.times = sorted(took for took, _ in answers)

    @property
    def longest_ms(self):
        return round(self.times[-1] * 1000, 1)

    def part_ms(self, share):
        return round(self.times[int(len(self.times) * share)] * 1000, 1)
