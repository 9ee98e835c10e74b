# SPDX-License-Identifier: GPL-3.0-or-later
"""Several dsrd on one database: a cluster of its own, hosts (each with a configuration, sockets, a copy of the key ring and mailers), the web servers
before them, and clients that call all the time and keep what they were answered."""
import atexit
import http.client
import json
import os
import random
import shutil
import signal
import socket
import ssl
import subprocess
import threading
import time
import uuid

from dsrd import AS_ROOT, ROOT, RUNNER, PATIENCE, Dsrd, Reply, days_ago, equal, free_port, processes, wait_for
from nginx import NginxProcess

CLUSTER = os.path.join(ROOT, "tests", "harness", "cluster.sh")


class Cluster:
    """A PostgreSQL of its own, empty, with the database dsrd."""

    def __init__(self, folder):
        self.folder = os.path.join(folder, "server")
        subprocess.run([CLUSTER, "bare", self.folder], check=True)
        atexit.register(self.stop)
        self.conninfo = f"host={self.folder} dbname=dsrd"
        self.admin_conninfo = self.conninfo + " user=dsrd_admin"

    def stop(self):
        subprocess.run([CLUSTER, "stop", self.folder], capture_output=True)


class Host(Dsrd):
    """One dsrd among several. The first one makes the schema and the keys; another one is given `first`, and has a copy of its ring."""

    def __init__(self, cluster, settings=None, first=None, start=True, owner_email="owner@example.org", etc=None):
        self.cluster, self.first = cluster, first
        self.port, self.passed = free_port(), None
        super().__init__(settings, start=False, owner_email=owner_email)
        if etc is not None:  # that of another version, which may not know this setting
            self.settings.pop("sandbox")
            shutil.rmtree(os.path.join(self.program, "etc"))
            shutil.copytree(etc, os.path.join(self.program, "etc"))
            subprocess.run(["chmod", "-R", "u=rwX,go=rX", self.program], check=True)
        self.write_conf({
            "database": {"conninfo": cluster.conninfo, "admin_conninfo": cluster.admin_conninfo},
            "api": {"socket": self.socket, "listen": f"127.0.0.1:{self.port}", "trusted_proxy": "127.0.0.1"},
            "vault": {"ring": self.data + "/keyring", "credential": self.data + "/credential", "makes_keys": first is None},
            "mail": {"maildir": self.data + "/Maildir"},
        })
        if first is None:
            made = self.run("setup", "--yes", "--owner", str(os.getuid()), "--owner-email", owner_email)
            equal(made.returncode, 0, made.stderr)
        else:
            self.copy_ring()
        if start:
            self.start()

    def copy_ring(self):
        for name in ("keyring", "credential"):
            shutil.copy(os.path.join(self.first.data, name), self.data)
            if AS_ROOT:
                shutil.chown(os.path.join(self.data, name), "nobody", "nogroup")

    def command(self, name, *arguments):
        return RUNNER + [os.path.join(self.program, "dsrd"), name, "-c", self.conf, *arguments]

    def start(self, wait=True, more=None, command="run"):
        """`listen()` before it: as under a service manager, the sockets stay when dsrd stops."""
        variables = self.environment(more)
        if self.passed:
            variables["LISTEN_FDS"] = str(len(self.passed))
        with open(self.log, "ab") as log:
            words = (["sh", "-c", 'LISTEN_PID=$$ exec "$@"', "sh"] if self.passed else []) + self.command(command)
            self.process = subprocess.Popen(words, stdout=log, stderr=log, stdin=subprocess.DEVNULL, env=variables, start_new_session=True,
                                            close_fds=not self.passed, preexec_fn=self._pass if self.passed else None)
        if wait:
            self.wait_ready()

    def _pass(self):
        high = [os.dup2(passed.fileno(), 100 + i, inheritable=True) for i, passed in enumerate(self.passed)]
        for i, descriptor in enumerate(high):
            os.dup2(descriptor, 3 + i, inheritable=True)
        os.closerange(3 + len(high), 256)

    def listen(self):
        """Listens in the place of dsrd from now on."""
        unix, tcp = socket.socket(socket.AF_UNIX), socket.socket()
        tcp.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if os.path.exists(self.socket):
            os.unlink(self.socket)
        unix.bind(self.socket)
        os.chmod(self.socket, 0o666)
        tcp.bind(("127.0.0.1", self.port))
        for listener in (unix, tcp):
            listener.listen(4096)
        self.passed = [unix, tcp]

    def listen_no_more(self):
        for listener in self.passed or []:
            listener.close()
        self.passed = None

    def pids(self, role):
        return [pid for pid, words in processes() if self.conf in words and role in words]

    def sql(self, text, user="dsrd_admin"):
        result = subprocess.run(["psql", "-X", "-q", "-t", "-A", "-v", "ON_ERROR_STOP=1", "-d", f"{self.cluster.conninfo} user={user}", "-c", text],
                                capture_output=True, text=True, timeout=PATIENCE, env=dict(os.environ, PGTZ="UTC"))
        if result.returncode != 0:
            raise AssertionError(result.stderr)
        return result.stdout.strip()

    def restart(self):
        equal(self.stop(), 0)
        self.start()

    def token(self, **members):
        reply = self.http("POST", "/v1/tokens", members)
        equal(reply.status, 201, reply.body)
        return reply.json["token"]

    def patron(self, address):
        """An account that files for itself, and its token."""
        reply = self.http("POST", "/v1/accounts", {"roles": ["patron"], "email": address})
        equal(reply.status, 201, reply.body)
        return self.token(account=reply.json["account"])


class Clients:
    """Threads that call all the time, by TCP with a token; a call is never repeated here, whatever is answered. `url` is http://... or https://...
    with `ca_file`; each of `writers` is a token, which files for its own account, and `readers` threads look at what `token` may see. What failed stands in `failed`; `filed` says which reference each Idempotency-Key was answered with."""

    def __init__(self, url, token, ca_file=None, writers=(), readers=2, patrons=None, pause=0.01):
        self.url, self.token, self.ca_file, self.pause = url, token, ca_file, pause
        self.patrons = list(patrons or [])  # (address, token): each files once
        self.filed, self.failed, self.refs = {}, [], []
        self.doubtful = {}  # Idempotency-Key: what was asked, and not answered
        self.acknowledged_at = 0.0  # the last write
        self.calls, self.longest, self.again = 0, 0.0, 0
        self.filers = {}  # address: reference
        self._stop, self._lock = threading.Event(), threading.Lock()
        self.threads = [threading.Thread(target=self._write, args=(writer,), daemon=True) for writer in writers] + \
                       [threading.Thread(target=self._read, daemon=True) for _ in range(readers)]
        for thread in self.threads:
            thread.start()

    def call(self, method, path, body=None, key=None, token=None):
        """One call on a connection of its own; None when it failed."""
        scheme, place = self.url.split("://")
        headers = {"Authorization": "Bearer " + (token or self.token)}
        if body is not None:
            headers["Content-Type"] = "application/json"
        if key is not None:
            headers["Idempotency-Key"] = key
        begun, reply, problem = time.monotonic(), None, None
        try:
            if scheme == "https":
                connection = http.client.HTTPSConnection(place, timeout=PATIENCE, context=ssl.create_default_context(cafile=self.ca_file))
            else:
                connection = http.client.HTTPConnection(place, timeout=PATIENCE)
            connection.request(method, path, None if body is None else json.dumps(body), headers)
            response = connection.getresponse()
            reply = Reply(response.status, response.headers, response.read())
            connection.close()
        except (OSError, http.client.HTTPException) as error:
            problem = repr(error)
        with self._lock:
            self.calls += 1
            self.longest = max(self.longest, time.monotonic() - begun)
            if reply is None or reply.status >= 300:
                self.failed.append((method, path, problem or (reply.status, reply.body[:300])))
                return None
        return reply

    def _write(self, token_of_writer):
        while not self._stop.wait(self.pause):
            with self._lock:
                patron = self.patrons.pop() if self.patrons else None
            key = str(uuid.uuid4())
            body = {"vendor": "oclc", "right": "access", "law": "voluntary", "sent": days_ago(60 if patron else 1), "residence": "NL"}
            token = patron[1] if patron else token_of_writer
            reply = self.call("POST", "/v1/requests", body, key, token)
            if reply is None:
                with self._lock:
                    self.doubtful[key] = (body, token)
                continue
            ref = reply.json["request"]["ref"]
            with self._lock:
                self.filed[key] = ref
                self.acknowledged_at = time.monotonic()
                if patron:
                    self.filers[patron[0]] = ref
                else:
                    self.refs.append(ref)
            if random.random() < 0.2:  # as a client that has not heard the answer
                reply = self.call("POST", "/v1/requests", body, key, token)
                with self._lock:
                    self.again += 1
                    if reply is not None and reply.json["request"]["ref"] != ref:
                        self.failed.append(("again", key, ref, reply.json["request"]["ref"]))
            if not patron and random.random() < 0.3:
                self.call("POST", f"/v1/requests/{ref}/events", {"event": "note", "on": days_ago(0), "note": "still nothing"}, str(uuid.uuid4()), token)

    def _read(self):
        while not self._stop.wait(self.pause):
            with self._lock:
                ref = random.choice(self.refs) if self.refs else None
            self.call("GET", random.choice([f"/v1/requests/{ref}", "/v1/status", "/v1/requests?limit=20"] if ref else ["/v1/status"]))

    def stop(self):
        self._stop.set()
        for thread in self.threads:
            thread.join(PATIENCE)

    def settle(self):
        """Asks again, with the same keys, what was not answered."""
        while self.doubtful:
            key, (body, token) = self.doubtful.popitem()
            reply = self.call("POST", "/v1/requests", body, key, token)
            equal(reply is not None and reply.status, 201, self.failed[-1:])
            self.filed[key] = reply.json["request"]["ref"]

    def check(self, host):
        """Nothing failed, nothing is lost, nothing is there twice."""
        equal(self.failed[:5], [], f"{len(self.failed)} of {self.calls} calls failed")
        rows = set(host.sql("select ref from dsr.request").split())
        equal(sorted(ref for ref in self.filed.values() if ref not in rows), [], "lost")
        equal(len(set(self.filed.values())), len(self.filed), "one request for each key")
        return rows


class Balancer(NginxProcess):
    """nginx as etc/ shows it: on each host, by nginx.conf.example, and before them all, by nginx-several.conf.example. One process, with the addresses and
    the certificate of the test."""

    def __init__(self, folder, hosts):
        super().__init__(os.path.join(folder, "nginx"))
        ports = [free_port() for _ in hosts]
        before = self.site("nginx-several.conf.example", self.port, [
            (f"server dsr{number}.library.example:443", f"server 127.0.0.1:{port}") for number, port in enumerate(ports, 1)] + [
            ("/etc/ssl/certs/ca-certificates.crt", self.certificate), ("proxy_ssl_name dsr.library.example;", "proxy_ssl_name localhost;")])
        sites = [self.site("nginx.conf.example", port, [
            ("http://127.0.0.1:8765;", f"http://127.0.0.1:{host.port};"),
            ("X-Forwarded-For $remote_addr;", "X-Forwarded-For $proxy_add_x_forwarded_for;")]) for host, port in zip(hosts, ports)]
        self.start(before + "".join(sites), "warn")


def end(host):
    """As a machine that loses its power: all processes of a host at once."""
    for pid, words in processes():
        if host.conf in words:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
    if host.process is not None:
        host.process.wait(PATIENCE)
        host.process = None


def restarted(hosts, rounds):
    """Restarts one after the other, again and again, each by SIGTERM; the seconds of the longest restart."""
    longest = 0.0
    for _ in range(rounds):
        for host in hosts:
            begun = time.monotonic()
            host.restart()
            longest = max(longest, time.monotonic() - begun)
    return longest


__all__ = ["Balancer", "Cluster", "Host", "Clients", "end", "restarted", "wait_for"]
