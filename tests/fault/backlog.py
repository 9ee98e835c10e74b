# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests of backlogs share: many people with a request each, and a server that records many mails."""
import atexit
import collections
import email
import email.policy
import http.client
import json
import os
import subprocess
import sys
import threading

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "harness"))
from dsrd import UnixConnection, free_port, wait_for  # noqa: E402

WRITERS = 4
Taken = collections.namedtuple("Taken", "at connection open to mail")


class Sink:
    """sink.py as a process of its own, so that neither waits for the other."""

    def __init__(self, folder, delay_ms=0):
        self.port, self.file, self.process = free_port(), os.path.join(folder, "taken"), None
        self.delay_ms = delay_ms
        open(self.file, "wb").close()
        atexit.register(self.close)

    @property
    def url(self):
        return f"smtp://127.0.0.1:{self.port}"

    def open(self):
        self.process = subprocess.Popen([sys.executable, os.path.join(os.path.dirname(os.path.abspath(__file__)), "sink.py"), str(self.port), self.file],
                                        env=dict(os.environ, DELAY_MS=str(self.delay_ms)))

    def close(self):
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None

    def taken(self):
        """Each mail in the order in which it came; read one by one, since they may be many."""
        with open(self.file, "rb") as file:
            for line in file:
                head = json.loads(line)
                yield Taken(head["at"], head["connection"], head["open"], head["to"], file.read(head["size"]))


def text_of(mail):
    """Every header and the text as a person reads them, decoded."""
    message = email.message_from_bytes(mail, policy=email.policy.default)
    headers = "\n".join(f"{name}: {value}" for name, value in message.items())
    return headers + "\n\n" + "\n".join(part.get_content() for part in message.walk() if not part.is_multipart())


class Caller:
    """One connection to the API, kept open."""

    def __init__(self, d):
        self.connection = UnixConnection(d.socket)

    def post(self, path, body):
        self.connection.request("POST", path, json.dumps(body).encode(), {"Content-Type": "application/json"})
        reply = self.connection.getresponse()
        text = reply.read()
        if reply.status >= 300:
            raise AssertionError(f"POST {path}: {reply.status} {text[:300]}")
        return json.loads(text)


def record(d, people):
    """Adds a subject and its requests for each of `people`, dicts {name, email, requests: [body]}; sets `alias` and `refs` in them."""
    waiting, problems = iter(people), []
    lock = threading.Lock()

    def write():
        try:
            caller = Caller(d)
            while True:
                with lock:
                    person = next(waiting, None)
                if person is None:
                    return
                person["alias"] = caller.post("/v1/subjects", {"residence": "NL", "name": person["name"], "email": person["email"]})["alias"]
                person["refs"] = [caller.post("/v1/requests", dict(body, subject=person["alias"], anyway=True))["request"]["ref"] for body in person["requests"]]
        except (AssertionError, OSError, http.client.HTTPException, KeyError) as problem:
            problems.append(problem)
    threads = [threading.Thread(target=write) for _ in range(WRITERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if problems:
        raise problems[0]


def copy_requests(d, pattern, wanted):
    """Copies a request with its clocks and planned reminders for each of `wanted`, (new reference, alias, vendor): what many calls of the API would have made
    of the same dates. The people themselves come by the API, which seals what is theirs."""
    def columns(table, *without):
        names = d.sql(f"select column_name from information_schema.columns where table_schema = 'dsr' and table_name = '{table}' and is_generated = 'NEVER' "
                      "order by ordinal_position").split()
        return [f'"{name}"' for name in names if name not in without]
    for start in range(0, len(wanted), 1000):
        values = ",".join(f"('{ref}', '{alias}', '{vendor}')" for ref, alias, vendor in wanted[start:start + 1000])
        of_request, of_clock, of_reminder = columns("request", "id"), columns("clock"), columns("reminder", "id")
        new = {'"ref"': "w.ref", '"vendor"': "w.vendor", '"subject_id"': "s.id", '"request_id"': "n.id", '"recipient_id"': "n.subject_id"}
        d.sql(f"""select set_config('dsr.library', '1', false);
            with w (ref, alias, vendor) as (values {values}),
            n as (insert into dsr.request ({", ".join(of_request)})
                  select {", ".join(new.get(name, "r." + name) for name in of_request)} from w join dsr.subject s on s.alias = w.alias cross join dsr.request r where r.ref = '{pattern}'
                  returning *),
            c as (insert into dsr.clock ({", ".join(of_clock)})
                  select {", ".join(new.get(name, "o." + name) for name in of_clock)} from n cross join dsr.clock o join dsr.request r on r.id = o.request_id where r.ref = '{pattern}')
            insert into dsr.reminder ({", ".join(of_reminder)})
            select {", ".join(new.get(name, "o." + name) for name in of_reminder)} from n cross join dsr.reminder o join dsr.request r on r.id = o.request_id
             where r.ref = '{pattern}' and o.state = 'planned'""")


def looked(d):
    """Waits until the scheduler has looked from now on, by the database's clock."""
    moment = d.sql("select now()")
    wait_for(lambda: d.sql(f"select looked_at > '{moment}' from dsr.look where library_id = 1") == "t", "the scheduler has looked")
