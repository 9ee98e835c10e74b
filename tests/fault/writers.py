# SPDX-License-Identifier: GPL-3.0-or-later
"""Clients that read and write while something fails. Each keeps a model of what was acknowledged to it; the database is compared with that at the end."""
import collections
import random
import threading
import time
import uuid

from dsrd import PATIENCE, days_ago, equal

RIGHTS = ("access", "deletion", "correction", "portability", "restrict_object")


class Client(threading.Thread):
    def __init__(self, writers, number):
        super().__init__(daemon=True)
        self.writers, self.dsrd = writers, writers.dsrd
        self.random = random.Random(f"{writers.seed} {number}")
        self.refs = {}      # of acknowledged requests, by Idempotency-Key
        self.noted = set()  # references whose event was acknowledged
        self.doubt = set()  # keys of what was never answered with success
        self.error = None

    def call(self, method, path, body=None, key=None):
        """The answer, counted. What is neither success nor 503 with Retry-After is remembered as wrong."""
        begin = time.monotonic()
        try:
            reply = self.dsrd.http(method, path, body, {"Idempotency-Key": key} if key else {})
        except OSError as error:
            self.writers.wrong.append(f"{method} {path}: {error!r}")
            return None
        self.writers.statuses[reply.status] += 1
        self.writers.longest = max(self.writers.longest, time.monotonic() - begin)
        if reply.status not in (200, 201) and (reply.status != 503 or "Retry-After" not in reply.headers):
            self.writers.wrong.append(f"{method} {path}: {reply.status} {reply.body[:300]!r}")
        return reply

    def until_done(self, path, body, key):
        """Repeats the call as a client should; None when the test ends first."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            reply = self.call("POST", path, body, key)
            if reply is not None and reply.status in (200, 201):
                return reply
            if reply is not None and reply.status != 503:
                return None
            self.writers.repeated += 1
            if self.writers.ended.wait(0.02):
                break
        return None

    def create(self):
        key = str(uuid.UUID(int=self.random.getrandbits(128)))
        self.doubt.add(key)
        body = {"vendor": "elsevier", "right": self.random.choice(RIGHTS), "law": "eu-gdpr", "subject": self.subject, "sent": days_ago(1), "anyway": True}
        reply = self.until_done("/v1/requests", body, key)
        if reply is not None:
            self.refs[key] = reply.json["request"]["ref"]
            self.doubt.discard(key)

    def note(self):
        ref = self.random.choice(sorted(self.refs.values()))
        if ref not in self.noted and self.until_done(f"/v1/requests/{ref}/events", {"event": "acknowledged", "on": days_ago(0)}, "note " + ref) is not None:
            self.noted.add(ref)

    def read(self):
        ref = self.random.choice(sorted(self.refs.values()))
        reply = self.call("GET", f"/v1/requests/{ref}")
        if reply is not None and reply.status == 200:
            events = {event["event"] for event in reply.json["events"]}
            if ref in self.noted and "acknowledged" not in events:
                self.writers.wrong.append(f"{ref} was read without its event")

    def run(self):
        try:
            self.subject = self.until_done("/v1/subjects", {"residence": "NL"}, str(uuid.UUID(int=self.random.getrandbits(128)))).json["alias"]
            while not self.writers.ended.is_set():
                begin = time.monotonic()
                draw = self.random.random()
                if draw < 0.4 or not self.refs:
                    self.create()
                elif draw < 0.6:
                    self.note()
                else:
                    self.read()
                self.writers.ended.wait(max(0, self.writers.pause - (time.monotonic() - begin)))
        except Exception as error:  # shown by the test
            self.error = error


class Writers:
    """`rate` calls a second by `count` clients; a context in which they are at work."""

    def __init__(self, dsrd, seed, count=5, rate=50):
        self.dsrd, self.seed, self.pause = dsrd, seed, count / rate
        self.ended = threading.Event()
        self.statuses, self.wrong, self.repeated, self.longest = collections.Counter(), [], 0, 0
        self.clients = [Client(self, number) for number in range(count)]

    def __enter__(self):
        for client in self.clients:
            client.start()
        return self

    def __exit__(self, *_):
        self.ended.set()
        for client in self.clients:
            client.join()

    @property
    def acknowledged(self):
        """How many writes; what is wrong already is said at once."""
        equal(self.wrong, [], "answers that are neither success nor 503 with Retry-After, or contradict the model")
        for client in self.clients:
            if client.error:
                raise client.error
        return sum(len(client.refs) + len(client.noted) for client in list(self.clients))

    def check(self, sql):
        """Compares the database; how many acknowledged writes are lost (which must be none)."""
        assert self.acknowledged > 0
        refs = sql("select ref from dsr.request").splitlines()
        keyed = sql("select distinct ref from dsr.idempotency where ref like 'R-%'").splitlines()
        noted = sql("select r.ref from dsr.event e join dsr.request r on r.library_id = e.library_id and r.id = e.request_id where event = 'acknowledged'").splitlines()
        known = [ref for client in self.clients for ref in client.refs.values()]
        doubt = sum(len(client.doubt) for client in self.clients)
        lost = [ref for ref in known if ref not in refs] + [ref for client in self.clients for ref in client.noted if ref not in noted]
        equal(lost, [], "acknowledged and not there")
        equal(len(known), len(set(known)), "each key has a request of its own")
        equal(sorted(keyed), sorted(refs), "each request was made by a key")
        equal(len(known) <= len(refs) <= len(known) + doubt, True, f"{len(refs)} requests of {len(known)} keys that were answered and {doubt} that were not")
        equal(len(noted), len(set(noted)), "an event is there once")
        whole = sql("""select count(*) from dsr.request r where not exists (select from dsr.event e where e.library_id = r.library_id and e.request_id = r.id and n = 1)
                                                            or not exists (select from dsr.clock c where c.library_id = r.library_id and c.request_id = r.id)""")
        equal(whole, "0", "requests of which only a part is there")
        return len(lost)
