# SPDX-License-Identifier: GPL-3.0-or-later
"""Clients of the API as a server meets them: steady ones whose waiting is measured, and crowds that trickle. Each kind runs in a process of its
own, so that measuring one does not disturb the other. A place is the path of a Unix socket or a (host, port)."""
import multiprocessing
import os
import resource
import select
import selectors
import socket
import subprocess
import time

from dsrd import PATIENCE, RUNNER, wait_for

FORK = multiprocessing.get_context("fork")
resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)


def connect(place, small=False):
    made = socket.socket(socket.AF_UNIX if isinstance(place, str) else socket.AF_INET)
    if small and not isinstance(place, str):
        made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    made.settimeout(PATIENCE)
    made.connect(place)
    return made


def head(method, path, *fields):
    return "\r\n".join([f"{method} {path} HTTP/1.1", "Host: d", *fields, "", ""]).encode()


class Broken(Exception):
    """An answer that did not come whole."""


class Answers:
    """The answers on one connection, one after the other, read as strictly as they are written."""

    def __init__(self, connection):
        self.connection, self.rest = connection, b""

    def more(self):
        part = self.connection.recv(65536)
        if not part:
            raise Broken(f"closed after {self.rest[:200]!r}")
        self.rest += part

    def next(self, bodiless=False):
        """(status, {name: value}, body)"""
        while b"\r\n\r\n" not in self.rest:
            self.more()
        first, self.rest = self.rest.split(b"\r\n\r\n", 1)
        lines = first.decode().split("\r\n")
        version, status, _ = lines[0].split(" ", 2)
        if version not in ("HTTP/1.1", "HTTP/1.0"):
            raise Broken(lines[0])
        fields = {name.lower(): value.strip() for name, value in (line.split(":", 1) for line in lines[1:])}
        if status == "100":
            return self.next(bodiless)
        length = 0 if bodiless else int(fields["content-length"])
        while len(self.rest) < length:
            self.more()
        body, self.rest = self.rest[:length], self.rest[length:]
        return int(status), fields, body


def everything(place, data, patience=PATIENCE):
    """All the answers that a server gives to these bytes: [(status, fields, body)], and how it ended: closed, reset, or waits, when nothing came for
    so long."""
    connection = connect(place)
    reader, answers, end = Answers(connection), [], "closed"
    try:
        connection.sendall(data)
    except ConnectionError:
        pass  # it has heard enough; what it said is there to be read
    connection.settimeout(patience)
    try:
        while True:
            answers.append(reader.next())
    except Broken:
        pass
    except ConnectionError:
        end = "reset"
    except TimeoutError:
        end = "waits"
    finally:
        connection.close()
    return answers, end


class Worker:
    """A process of ours: begin(), then end() for what it found."""

    def begin(self):
        self.ours, theirs = FORK.Pipe()
        self.process = FORK.Process(target=self._main, args=(theirs,), daemon=True)
        self.process.start()
        theirs.close()
        return self

    def _main(self, pipe):
        self.pipe = pipe
        try:
            pipe.send(self.work())
        except (EOFError, BrokenPipeError):
            pass

    def asked_to_end(self):
        return self.pipe.poll()

    def end(self):
        self.ours.send("end")
        found = self.ours.recv()
        self.process.join(PATIENCE)
        return found


class Steady(Worker):
    """`rate` requests a second, in turn, at fixed moments, whether or not the one before was answered in time: what an answer waited for counts from the
    moment at which it was due. Every second one on a new connection. Found: the waits in seconds, and the failures."""

    def __init__(self, place, rate, *requests, good=(200,)):
        self.place, self.rate, self.requests, self.good = place, rate, requests, good

    def work(self):
        waits, failures, kept, due = [], [], None, time.monotonic()
        while not self.asked_to_end():
            time.sleep(max(0, due - time.monotonic()))
            try:
                if kept is None or len(waits) % 2:
                    connection = connect(self.place)
                else:
                    connection = kept
                connection.sendall(self.requests[len(waits) // 2 % len(self.requests)])
                status, fields, _ = Answers(connection).next()
                if status not in self.good:
                    failures.append(status)
                if connection is not kept and kept is not None:
                    kept.close()
                kept = None if fields.get("connection") == "close" else connection
            except (OSError, Broken) as error:
                if connection is kept:  # one that was kept may have been closed meanwhile, as HTTP says: that is no failure
                    kept = None
                    continue
                failures.append(repr(error))
            waits.append(time.monotonic() - due)
            due += 1 / self.rate
        return waits, failures


def percentile(values, share):
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


LINE, HEAD, BODY, READER, IDLE = "line", "head", "body", "reader", "idle"


class Slow:
    """One client that is never done: a byte in `pace` seconds."""

    def __init__(self, kind, place, big):
        self.kind, self.place, self.big = kind, place, big
        self.socket = None

    def start(self):
        self.socket = connect(self.place, small=True)
        self.socket.setblocking(False)
        self.began = time.monotonic()
        begin = {LINE: b"GET /v1", HEAD: b"GET /v1/health HTTP/1.1\r\nHost: d\r\nX-Slow: ", READER: self.big,
                 BODY: head("POST", "/v1/requests", "Content-Type: application/json", "Content-Length: 200000") + b'{"vendor": "',
                 IDLE: head("GET", "/v1/health")}[self.kind]
        self.socket.send(begin)

    def step(self):
        """False once the server has closed the connection."""
        try:
            if self.kind == READER:  # the end stands behind what it has not read, but can be seen
                closed = select.poll()
                closed.register(self.socket, select.POLLRDHUP)
                return self.socket.recv(1) != b"" and not closed.poll(0)
            if self.kind != IDLE:
                self.socket.send(b"x")
            while self.socket.recv(65536):
                pass
            return False
        except BlockingIOError:
            return True
        except OSError:
            return False


AGAIN_LATER = 5  # readers: many large answers at once are another matter, work


def kind_is_heard(kind):
    return kind != READER  # for a reader there is always something; it takes its time


class Crowd(Worker):
    """`kinds` is [(kind, place)]: so many slow clients, that come again `again` seconds after they were closed, or never (None).
    Found: {kind: [how long each lived]} and how many were still open."""

    def __init__(self, kinds, pace, again, big=b""):
        self.kinds, self.pace, self.again, self.big = kinds, pace, again, big

    def begin(self):
        super().begin()
        self.ours.recv()  # all have connected once, or tried to
        return self

    def work(self):
        selector, lives = selectors.DefaultSelector(), {}
        due = [(0, Slow(kind, place, self.big)) for kind, place in self.kinds]
        told = False
        while not self.asked_to_end():
            now = time.monotonic()
            later = [entry for entry in due if entry[0] > now]
            for _, slow in (entry for entry in due if entry[0] <= now):
                if slow.socket is None:
                    try:
                        slow.start()
                        if kind_is_heard(slow.kind):
                            selector.register(slow.socket, selectors.EVENT_READ, slow)
                    except OSError:  # nobody accepts now
                        slow.socket = None
                        later.append((now + 1, slow))
                        continue
                later += self.go_on(selector, slow, lives)
            due = later
            if not told:
                self.pipe.send("connected")
                told = True
            for key, _ in selector.select(0.02):
                slow = key.data
                if not slow.step():
                    due = [entry for entry in due if entry[1] is not slow] + self.over(selector, slow, lives)
        left = sum(1 for _, slow in due if slow.socket is not None)
        return lives, left

    def go_on(self, selector, slow, lives):
        if slow.step():
            return [(time.monotonic() + self.pace, slow)]
        return self.over(selector, slow, lives)

    def over(self, selector, slow, lives):
        lives.setdefault(slow.kind, []).append(time.monotonic() - slow.began)
        if kind_is_heard(slow.kind):
            selector.unregister(slow.socket)
        slow.socket.close()
        slow.socket = None
        return [] if self.again is None else [(time.monotonic() + self.again * (AGAIN_LATER if slow.kind == READER else 1), slow)]


# What a process uses, as everybody may see it.

def cpu_seconds(pid):
    with open(f"/proc/{pid}/stat") as file:
        words = file.read().rsplit(")", 1)[1].split()
    return (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")


def resident(pid):
    """Bytes."""
    with open(f"/proc/{pid}/status") as file:
        return next(int(line.split()[1]) * 1024 for line in file if line.startswith("VmRSS"))


def descriptors(pid):
    """How many it has open; None where nobody else may see that."""
    try:
        return len(os.listdir(f"/proc/{pid}/fd"))
    except PermissionError:
        return None


def descriptors_at_rest(pid, seconds=0.5):
    """As descriptors(), once it has had as many for so long: one that has just been started opens and closes some."""
    seen, since = descriptors(pid), time.monotonic()

    def rests():
        nonlocal seen, since
        if descriptors(pid) != seen:
            seen, since = descriptors(pid), time.monotonic()
        return time.monotonic() - since > seconds
    wait_for(rests, "its descriptors rest")
    return seen


def limit_descriptors(pid, most):
    subprocess.run(RUNNER + ["prlimit", "--pid", str(pid), f"--nofile={most}:"], check=True)
