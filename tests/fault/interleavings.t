#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A person's wish meets a mailer at work: every order of their steps, in two sessions of the database. Once the wish is committed nothing is sent any more but what
had been begun. INTERLEAVING_STEPS=5 also moves the steps of the wish that change nothing: 252 orders instead of 21 each.
INTERLEAVING_VERDICTS=3: the relay puts the mail off, takes it, or leaves it in doubt."""
import functools
import itertools
import json
import os
import select
import signal
import subprocess
import sys
import uuid

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from backlog import record  # noqa: E402
from dsrd import PATIENCE, RUNNER, Dsrd, case, days_ago, equal, figure, free_port, run_cases, wait_for  # noqa: E402

PUT_OFF = int(os.environ.get("INTERLEAVING_PUT_OFF", "2000"))
STEPS = int(os.environ.get("INTERLEAVING_STEPS", "2"))
ORDERS = list(itertools.combinations(range(5 + STEPS), STEPS))  # at which places the steps of the wish stand
WORDS = ("retry", "sent", "in_doubt")[:int(os.environ.get("INTERLEAVING_VERDICTS", "1"))]
MAILER = "00000000-0000-4000-8000-00000000000a"
# Its mailer is stopped at once: the mailer of these tests is the only one at work.
d = Dsrd({"mail": {"transport": "smtp", "relay": f"smtp://127.0.0.1:{free_port()}"}, "reminders": {"respond": {"to": ["subject"]}, "scan_ms": 3600000}})

MAILERS = d.pids("mailer")
for process in MAILERS:
    os.kill(process, signal.SIGSTOP)


class Session:
    """A session of the database whose statements may have to wait for another one's."""

    def __init__(self):
        self.psql = subprocess.Popen(RUNNER + ["psql", "-X", "-q", "-t", "-A", "-h", os.path.join(d.data, "run"), "-U", "dsrd_admin", "-d", "dsrd"],
                                     stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.output = b""
        self.pid = self.run("select pg_backend_pid()")

    def ask(self, statement):
        self.output = b""
        self.psql.stdin.write(statement.encode() + b";\n\\echo END\n")
        self.psql.stdin.flush()

    def has_answered(self, seconds):
        if not self.output.endswith(b"END\n") and select.select([self.psql.stdout], [], [], seconds)[0]:
            part = os.read(self.psql.stdout.fileno(), 65536)
            equal(part != b"", True, "the session has ended")
            self.output += part
        return self.output.endswith(b"END\n")

    def answer(self):
        while not self.has_answered(PATIENCE):
            pass
        text = self.output[:-len(b"END\n")].decode().strip()
        equal("ERROR" in text or "WARNING" in text, False, text)
        return text

    def run(self, statement):
        self.ask(statement)
        return self.answer()


watcher, mailer, person = Session(), Session(), Session()


def is_held_up(session):
    """Whether its statement waits for the other session; false once it has come to an end."""
    while not session.has_answered(0.001):
        if watcher.run(f"select wait_event_type = 'Lock' from pg_stat_activity where pid = {session.pid}") == "t":
            return True
    return False


class Mail:
    """The mailer's steps with one mail: {lease, begin, its commit and the handing over, verdict, its commit}."""

    def __init__(self, word):
        self.leased, self.go, self.begun, self.word, self.handed = None, None, False, word, None
        self.attempt = str(uuid.uuid4())

    def lease(self):
        mailer.ask(f"select api.mail_lease(0, '{MAILER}', 1, 300, 0)")

    def on_lease(self, text):
        self.leased = (json.loads(text)["messages"] or [None])[0]

    def begin(self):
        begin = {"message": self.leased["id"], "version": self.leased["version"], "incarnation": MAILER, "attempt": self.attempt, "seconds": 300,
                 "message_id": f"<{self.leased['id']}@x>"} if self.leased else None
        if begin and self.leased["bytes"] is None:
            begin.update(bytes_sealed="AQ" + "A" * 82, sha256="00" * 32, size=10)
        mailer.ask("begin" + (f"; select api.mail_begin(1, '{json.dumps(begin)}')" if begin else ""))

    def on_begin(self, text):
        self.go = bool(text) and json.loads(text)["go"]  # nothing to begin: no text

    def hand_over(self):
        mailer.ask("commit")

    def on_hand_over(self, _):
        self.begun = self.go
        if self.go:
            self.handed = self.leased

    def verdict(self):
        verdict = {"message": self.leased["id"], "attempt": self.attempt, "incarnation": MAILER, "verdict": self.word, "smtp_code": 250,
                   "about_this": True, "problem": "", "retry_in_s": 0} if self.begun else None
        mailer.ask("begin" + (f"; select api.mail_verdict(1, '{json.dumps(verdict)}')" if verdict else ""))

    def end(self):
        mailer.ask("commit")

    def steps(self):
        return [(self.lease, self.on_lease), (self.begin, self.on_begin), (self.hand_over, self.on_hand_over), (self.verdict, None), (self.end, None)]


def wishes(call):
    """The person's steps; only the call and its commit touch what the mailer touches."""
    enter = f"begin; select api.enter('1', '{OWNER}', '{ROLES}', 'library')"
    if STEPS == 2:
        return [f"{enter}; {call}", "commit"]
    return ["begin", f"select api.enter('1', '{OWNER}', '{ROLES}', 'library')", "select api.status_mine() is null", call, "commit"]


def in_order(places, mail, wish):
    """Runs the steps in that order; one that has to wait goes on when the other has let it. When the wish was committed, and when the mail was handed over."""
    mine, now = iter(mail.steps()), itertools.count()
    theirs = iter([(functools.partial(person.ask, statement), statement) for statement in wish])
    committed = handed = None
    pending = {}

    def finish(session):
        nonlocal committed, handed
        done = pending.pop(session)
        text = session.answer()
        moment = next(now)
        if session is person:
            committed = moment if done == "commit" else committed
        elif done is not None:
            done(text)
            handed = moment if done == mail.on_hand_over and mail.begun else handed

    def step(session):
        """One step of it; false when it has none left."""
        other = person if session is mailer else mailer
        while session in pending:  # its next step cannot come before the last one is done: the other one goes first
            if not is_held_up(session):
                finish(session)
            else:
                step(other)
        ask, done = next(mine if session is mailer else theirs, (None, None))
        if ask is None:
            return False
        pending[session] = done
        ask()
        for each in (session, other):  # what it held up may go on
            if each in pending and not is_held_up(each):
                finish(each)
        return True
    for place in range(5 + STEPS):
        step(person if place in places else mailer)
    while step(mailer) or step(person) or pending:
        pass
    return committed, handed


OWNER, ROLES = d.sql("select id from dsr.account limit 1"), d.sql("select array_to_string(roles, ',') from dsr.account limit 1")
CATALOGUE = d.http("GET", "/v1/health").json["catalogue"]
numbers = itertools.count()


def all_orders(name, call_for, allowed=lambda mail, person_id: False):
    """`allowed`: what may be handed over after the wish all the same, since the wish holds for it."""
    people = [{"name": "Ann", "email": f"a{next(numbers)}@example.org", "requests": [{"vendor": "elsevier", "right": "access", "law": "eu-gdpr", "sent": days_ago(60)}]}
              for _ in range(len(ORDERS) * len(WORDS))]
    record(d, people)
    # All wait from here on; each comes to its turn below.
    wait_for(lambda: watcher.run("select count(*) from dsr.message where state = 'queued' and next_at < 'infinity'") == str(len(people)), "all have a mail")
    watcher.run("update dsr.message set next_at = 'infinity' where state <> 'sent'")
    after, waited = 0, 0
    for word, places in itertools.product(WORDS, ORDERS):
        one = people.pop()
        subject = watcher.run(f"select id from dsr.subject where alias = '{one['alias']}'")
        message = watcher.run(f"update dsr.message set next_at = now() where recipient_id = '{subject}' returning id")
        equal(len(message), 36, "its mail waits")
        mail = Mail(word)
        committed, handed = in_order(places, mail, wishes(call_for(one, subject)))
        what = f"{name}, {word}, wish at {places}: committed {committed}, handed over {handed}"
        if handed is not None and handed > committed and not allowed(mail.handed, one):
            raise AssertionError(what)
        after += handed is not None and handed < committed
        # And nothing later: neither in the next round, nor in one after a death.
        for _ in range(2):
            later = Mail("sent")
            for ask, on_answer in later.steps()[:3]:
                ask()
                text = mailer.answer()
                on_answer(text)
            if later.begun:
                equal(allowed(later.handed, one) or (word != "sent" and mail.handed is not None and later.handed["bytes"] is not None), True, what + ", sent later")
                mailer.run(f"update dsr.message set state = 'sent' where id = '{later.leased['id']}'")
        mailer.run(f"update dsr.message set next_at = 'infinity' where id = '{message}'")
        waited += 1
    figure(f"orders of {name} and a mailer", f"{waited}, of them {after} begun before")


@case
def withdrawing_the_request():
    def call(one, _):
        ref = one["refs"][0]
        version = watcher.run(f"select version from dsr.request where ref = '{ref}'")
        change = {"ref": ref, "version": int(version), "catalogue": CATALOGUE, "set": {"state": "closed", "outcome": "withdrawn", "closed_on": days_ago(0)}, "reminders": []}
        return f"select api.request_change('{json.dumps(change)}')"
    all_orders("withdrawing the request", call)


@case
def wanting_no_reminders():
    all_orders("wanting no reminders", lambda _, subject: "select dsr.recipient_set(email_hash, false) from dsr.subject where id = '" + subject + "'")


@case
def another_address():
    def call(_, subject):
        number = next(numbers)
        change = {"id": subject, "email_sealed": "AQ" + "A" * 82, "email_hash": f"{number:064x}"}
        return f"select api.subject_change('{json.dumps(change)}')"
    new = "AQ" + "A" * 82
    all_orders("another address", call, lambda message, _: message["address"]["sealed"].replace("\n", "").rstrip("=") == new.rstrip("="))


@case
def erasing_the_person():
    def call(one, _):
        # What is open must stay; a reminder of the person's own time outlives it.
        return f"update dsr.request set state = 'closed', outcome = 'withdrawn', closed_on = current_date where ref = '{one['refs'][0]}'; select api.subject_forget('" + json.dumps({"alias": one["alias"], "reason": "patron_asked"}) + "')"
    all_orders("erasing the person", call)


@case
def one_that_is_put_off_and_tried_again_stays_the_only_mail():
    # Between two statements of the scheduler's too, which no order of whole steps meets: as often as both can, at the same time.
    one = {"name": "Ann", "email": "often@example.org", "requests": [{"vendor": "elsevier", "right": "access", "law": "eu-gdpr", "sent": days_ago(60)}]}
    record(d, [one])
    subject = watcher.run(f"select id from dsr.subject where alias = '{one['alias']}'")
    of = f"from dsr.message where recipient_id = '{subject}'"
    message = wait_for(lambda: watcher.run(f"select id {of}"), "there is a mail")
    held = f"incarnation = '{MAILER}', lease_until = 'infinity'"
    mailer.ask(f"""do $do$ begin for i in 1..{PUT_OFF} loop
        update dsr.message set state = 'sending', {held} where id = '{message}'; commit;
        update dsr.message set state = 'queued', incarnation = null, lease_until = null where id = '{message}'; commit;
    end loop; end $do$""")
    looks = {"f": 0, "t": 0}
    person.run("select set_config('dsr.library', '1', false)")
    while not mailer.has_answered(0):
        # Each day anew: of one day there may be one mail only.
        looks[person.run(f"select dsr.message_for('subject', id, email_hash, dsr.today() + {sum(looks.values())}) is null from dsr.subject where id = '{subject}'")] += 1
    mailer.answer()
    equal(watcher.run(f"select count(*) {of}"), "1", looks)
    equal(looks["f"] > 0 and looks["t"] > 0, True, looks)
    figure("looks while a mail is put off and tried again", sum(looks.values()))


@case
def after_a_jump_of_the_clock_no_mailer_waits_for_another():
    other = "00000000-0000-4000-8000-00000000000b"
    person.run(f"insert into dsr.mailer (incarnation, seen_at) values ('{other}', now() - interval '2 days')")
    person.run(f"begin; update dsr.mailer set alone = alone where incarnation = '{other}'")  # it is in the middle of its own lease
    mailer.ask(f"select api.mail_lease(0, '{MAILER}', 1, 300, 0)")
    held_up = is_held_up(mailer)
    person.run("commit")
    mailer.answer()
    equal(held_up, False)
    mailer.run(f"select api.mail_lease(0, '{MAILER}', 1, 300, 0)")
    equal(watcher.run(f"select count(*) from dsr.mailer where incarnation = '{other}'"), "0", "later it is forgotten")


try:
    run_cases()
finally:
    for process in MAILERS:
        os.kill(process, signal.SIGCONT)
