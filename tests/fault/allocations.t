#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each allocation of the API fails once while it answers: the answer is the right one or says that memory ran out, the record shows all of what was
asked or nothing, and the process goes on. A mailer, a scheduler and the commands are in allocations_programs.t.

ALLOCATIONS_MOST is how many of each scenario fail, spread over it from one that FAULT_SEED chooses on; ALLOCATIONS_ONLY=WORD runs the scenarios
whose name holds the word."""
import itertools
import json
import os
import random
import re
import signal
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "harness"))
from allocations import ALWAYS, Allocations  # noqa: E402
from dsrd import Dsrd, case, days_ago, equal, fault_seed, run_cases, wait_for  # noqa: E402

SEED = fault_seed()
MOST = int(os.environ.get("ALLOCATIONS_MOST", "2"))
ONLY = os.environ.get("ALLOCATIONS_ONLY", "")
ANSWER_S = 20
# Libraries that end the process when they have no memory; who starts it again finds all as it was.
ENDS = {"libconfig": "its parser exits, or uses what it did not get; read at a start, a reload, and for `dsr law diff`"}
draw = random.Random(SEED)
number = itertools.count(1)
a = Allocations("api")
d = Dsrd({"mail": {"transport": "maildir", "mailers": 1, "reply_address": "requests@library.example", "poll_ms": 600000}, "reminders": {"scan_ms": 3600000},
          "database": {"backoff_first_ms": 10, "backoff_last_ms": 100, "connections": 2, "statement_timeout_ms": 2000}}, start=False)
d.start(more=a.environment())
control = a["api"]
figures = {"failed": 0, "refused": 0, "closed": 0, "served": 0, "ended": 0, "ended by a library": 0}
VARIES = [(r"R-[0-9A-Z]{4}-[0-9A-Z]{4}", "REF"), (r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", "UUID"),
          (r"\d{4}-\d\d-\d\d[T ][0-9:.+Z-]+", "TIME"), (r'"[a-z]+-[a-z]+(-\d+)?"', '"ALIAS"'), (r"\b[a-z]+-[a-z]+(-\d+)?(?=[.,;:\n\\ ])", "ALIAS"),
          (r"\b[0-9a-f]{64}\b", "HASH"), (r"\bzoe\d+@", "zoe@"), (r"Date: [^\\]*", "DATE"), (r"\b(D|person|new)-?\d+\b", "N"), (r"dsrd?_[0-9a-zA-Z_-]{20,}", "TOKEN"), (r'"id" ?: ?"[0-9a-z]{10}"', "ID"),
          (r"\"oldest_queued_s\" ?: ?\d+", "AGE"), (r"\"(age_s|silent_s|waiting|up)\" ?: ?[-\w]+", "AGE"), (r"dsrd_(memory|uptime)\S* \S+", "GAUGE")]


def differ(got, wanted):
    at = len(os.path.commonprefix([got, wanted]))
    return f"...{got[max(0, at - 60):at + 200]}\n#   not ...{wanted[max(0, at - 60):at + 200]}"


def same(text):
    """Without what differs from one time to the next."""
    for pattern, word in VARIES:
        text = re.sub(pattern, word, text)
    return text


def ask(method, path, body=None, key=None):
    return d.ask(method, path, body, key, ANSWER_S)


def good(method, path, body=None):
    reply = ask(method, path, body)
    if reply is None or not 200 <= reply.status < 300:
        raise AssertionError(f"{method} {path}: {reply and (reply.status, reply.body)}")
    return reply.json


def settled(method, path, body=None, key=None):
    """The reply once dsrd has its connections to the database again."""
    def reply():
        got = ask(method, path, body, key)
        return got if got is not None and got.status != 503 else None
    return wait_for(reply, f"{method} {path} is served again")


class Scenario:
    """`make` makes what is needed and gives (method, path, body, what to look for); `look` reads that from the record.
    A call with a key is repeated under it, and must have been done once; of one without, all or nothing must have been done."""

    def __init__(self, name, make, look=None, keyed=False, most=1 << 30):
        self.most = most
        self.name, self.make, self.look, self.keyed = name, make, look, keyed
        self.problems = []

    def seen(self, about):
        return same(self.look(about)) if self.look is not None else ""

    def answered(self, reply):
        """What is wrong with the answer of a call in which an allocation failed, or None."""
        if reply is None:
            figures["closed"] += 1
        elif reply.status == 503:
            figures["refused"] += 1
            problem = json.loads(reply.body)
            if problem["code"] != "unavailable" or reply.headers["Retry-After"] is None:
                return f"a refusal like no other: {reply.body}"
        elif "libconfig" in control.where():  # it loses a value without a word, and the file is refused for what it lacks
            figures["refused"] += 1
        elif (reply.status, same(reply.body.decode())) == (self.status, self.body):
            figures["served"] += 1
        else:
            return f"answered {reply.status} {differ(same(reply.body.decode()), self.body)}"
        return None

    def fail(self, first):
        """One call in which that allocation fails. False: there were not so many."""
        method, path, body, about = self.make()
        before = self.seen(about)
        key = f"{self.name} {next(number)}" if self.keyed else None
        process = control.process
        control.arm(first)
        reply = ask(method, path, body, key)
        control.disarm()
        if control.failed == 0:
            return False
        figures["failed"] += 1
        if control.process != process or not d.pids("api") or (reply is not None and reply.status == 0):
            where = control.where()
            gone = control.process != process or not d.pids("api")
            wrong = None if gone and any(library in where for library in ENDS) else "the process has ended" if gone else "no answer came"
            figures["ended by a library" if wrong is None else "ended"] += 1
            wait_for(d.answers, "dsrd is back")
        else:
            wrong = self.answered(reply)
        if self.keyed or self.look is None:
            again = settled(method, path, body, key)
            if not (200 <= again.status < 300 if self.keyed else again.status == self.status) or (not self.keyed and self.look is None and same(again.body.decode()) != self.body):
                wrong = f"{wrong}; the next time {again.status} {differ(same(again.body.decode()), self.body)}"
        else:
            settled("GET", "/v1/health")
        after = self.seen(about)
        if after != self.after and (self.keyed or after != before):
            wrong = f"{wrong}; on record is {differ(after, self.after)}"
        if wrong is not None:
            self.problems.append(f"allocation {first}: {control.where()}\n#   {wrong}")
        return True

    def run(self):
        method, path, body, about = self.make()
        control.count_only()
        reply = ask(method, path, body, f"{self.name} {next(number)}" if self.keyed else None)
        count = control.count
        control.disarm()
        equal(reply is not None and 200 <= reply.status < 300, True, f"{self.name}: {reply and (reply.status, reply.body)}")
        equal(count > 0, True, f"{self.name}: its allocations are counted")
        self.status, self.body, self.after = reply.status, same(reply.body.decode()), self.seen(about)
        step = max(1, count // min(MOST, self.most))
        first, tries, began = draw.randrange(1, step + 1), 0, time.monotonic()
        while first < count + 400 and self.fail(first):
            tries += 1
            first += step
        print(f"# {self.name}: {tries} of {count} allocations in {time.monotonic() - began:.1f} s" + f", {len(self.problems)} WRONG" * bool(self.problems), flush=True)
        for problem in self.problems:
            print(f"# {self.name}, {problem}", file=sys.stderr, flush=True)
        return self.problems


def subject():
    return good("POST", "/v1/subjects", {"residence": "NL", "name": "Zoë Patron", "email": f"zoe{next(number)}@example.org"})["alias"]


def authority(alias):
    good("POST", f"/v1/subjects/{alias}/authorities", {"form": "signed", "on": days_ago(200)})
    return alias


def request(**more):
    return good("POST", "/v1/requests", dict(FILE, **more))["request"]["ref"]


def draft():
    return good("POST", "/v1/requests", {"vendor": "elsevier", "right": "access", "law": "eu-gdpr", "subject": authority(subject()), "draft": True})["request"]["ref"]


def rows(table, where):
    return d.sql(f"select count(*) from dsr.{table} where {where}")


def about_request(ref):
    counts = ", ".join(f"(select count(*) from dsr.{table} t where t.request_id = r.id)" for table in ("event", "clock", "reminder", "letter"))
    return good("GET", f"/v1/requests/{ref}") and json.dumps(good("GET", f"/v1/requests/{ref}"), sort_keys=True) + d.sql(
        f"select version, state, law, {counts} from dsr.request r where ref = '{ref}'")


def requests_of(alias):
    return " ".join(about_request(row["ref"]) for row in good("GET", f"/v1/requests?subject={alias}")["requests"])


def about_subject(alias):
    return d.sql("select residence, state_of, name is null, email is null from (select *, '' state_of from dsr.subject) s where alias = " + f"'{alias}'")


def reply_of_vendor(ref):
    return d.sql("insert into dsr.reply (library_id, sha256, came_at, size, cut, media_types, kind, event, match_by, request_id, vendor, channel, state) "
                 "select library_id, sha256(random()::text::bytea), now(), 4711, false, '{text/plain}', 'auto_ack', 'acknowledged', 'token', id, vendor, 'email-1', "
                 f"'proposed' from dsr.request where ref = '{ref}' returning id")


def new_vendor():
    return {"slug": f"new-{next(number)}", "name": "New", "date_seen": "2026-11-01", "channels": [],
            "establishments": [{"country": "NL", "zone": "Europe/Amsterdam"}]}


def vendor_count(slug):
    return d.sql(f"select doc - 'slug' from dsr.vendor where slug = '{slug}'")


def reading(name, path):
    return Scenario(name, lambda: ("GET", path, None, None))


def on_request(name, action, body, keyed=False, method="POST", make=request, look=about_request):
    def made():
        ref = make(subject=subject()) if make is request else make()
        return method, f"/v1/requests/{ref}{action}", body(ref) if callable(body) else body, ref
    return Scenario(name, made, look, keyed)


def on_subject(name, action, body, look, method="POST", keyed=False, make=subject):
    def made():
        alias = make()
        return method, f"/v1/subjects/{alias}{action}", body, alias
    return Scenario(name, made, look, keyed)


def letter_hash(ref):
    return {"hash": good("POST", f"/v1/requests/{ref}/letter", {})["hash"]}


def made_for(make, build):
    def made():
        thing = make()
        return (*build(thing), thing)
    return made


def hold(ref):
    return good("POST", "/v1/holds", {"refs": [ref], "reason": "a hold", "until": days_ago(-9)})["id"]


def inbox(action, body):
    def made():
        ref = request(subject=subject())
        reply = reply_of_vendor(ref)
        return "POST", f"/v1/inbox/{reply}/{action}", body(ref), (ref, reply)
    return made


FILE = {"vendor": "elsevier", "right": "access", "law": "eu-gdpr", "sent": days_ago(75), "note": "Zoë's own words"}
SHOWN = request(subject=authority(subject()))
OTHER = draft()
TOKEN_PATH = "/v1/tokens"
wait_for(lambda: d.sql("select count(*) from dsr.message where state not in ('sent', 'cancelled')") == "0", "the outbox is empty")
scenarios = [
    reading("health", "/v1/health"), reading("me", "/v1/me"), reading("status", "/v1/status"),
    reading("me held", "/v1/me/held"), reading("list", "/v1/requests?limit=2&sort=due&subject=" + good("GET", f"/v1/requests/{SHOWN}")["request"]["subject"]),
    reading("show", f"/v1/requests/{SHOWN}"), reading("explanation", f"/v1/requests/{SHOWN}/explanation"), reading("evidence", f"/v1/requests/{SHOWN}/evidence"),
    reading("vendors", "/v1/vendors?q=cengage"), reading("vendor", "/v1/vendors/elsevier"), reading("held", "/v1/held"), 
    Scenario("laws", lambda: ("GET", "/v1/laws/changes", None, None), most=2),  # a supervisor takes its time after several ends
    reading("report", "/v1/reports/vendors"), reading("unsubscribe page", "/u/" + "a" * 26),
    Scenario("letter shown", lambda: ("POST", f"/v1/requests/{OTHER}/letter", {}, None)),
    Scenario("chaser shown", lambda: ("POST", "/v1/vendors/elsevier/chaser", {"lang": "de"}, None)),
    Scenario("dry run", lambda: ("POST", "/v1/requests?dry_run=true", dict(FILE, subject="no-body") | {"subject": good("GET", f"/v1/requests/{SHOWN}")["request"]["subject"]}, None)),
    Scenario("file", made_for(subject, lambda alias: ("POST", "/v1/requests", dict(FILE, subject=alias, received=days_ago(74)))), requests_of, True),
    Scenario("draft", made_for(subject, lambda alias: ("POST", "/v1/requests", {k: v for k, v in FILE.items() if k != "sent"} | {"subject": alias, "draft": True})), requests_of, True),
    on_request("event", "/events", {"event": "acknowledged", "on": days_ago(70), "note": "they wrote"}, True),
    on_request("extension", "/events", {"event": "extension_notice", "on": days_ago(60)}, True),
    on_request("void", "/voids", {"event": "sent", "reason": "a slip"}, True),
    on_request("amend", "", {"law": "uk-gdpr", "remind": [days_ago(-20)], "anyway": True}, True, "PATCH"),
    on_request("other vendor", "", {"vendor": "cengage", "anyway": True}, True, "PATCH"),
    on_request("close", "/events", {"event": "closed", "on": days_ago(1), "outcome": "fulfilled"}, True),
    on_request("letter sent", "/letters", letter_hash, False, make=draft, look=lambda ref: rows("letter", f"request_id = (select id from dsr.request where ref = '{ref}')")),
    Scenario("subject", made_for(lambda: f"new{next(number)}@example.org", lambda email: ("POST", "/v1/subjects", {"residence": "NL", "name": "Zoë", "email": email})), None, True),
    on_subject("change subject", "", {"name": "Zoë Other", "residence": "BE"}, lambda alias: json.dumps(good("POST", f"/v1/subjects/{alias}/reveals", {"reason": "other"})), "PATCH"),
    on_subject("reveal", "/reveals", {"reason": "other"}, about_subject),
    on_subject("authority", "/authorities", {"form": "signed", "on": days_ago(2)}, lambda alias: json.dumps(good("GET", f"/v1/authorities?subject={alias}")), keyed=True),
    on_subject("withdraw", "/withdrawals", {}, lambda alias: json.dumps(good("GET", f"/v1/authorities?subject={alias}")), make=lambda: authority(subject())),
    on_subject("erase", "/erasures", {"reason": "patron_asked"}, lambda alias: rows("subject", f"alias = '{alias}'")),
    Scenario("add vendor", made_for(new_vendor, lambda vendor: ("POST", "/v1/vendors", vendor)), lambda vendor: vendor_count(vendor["slug"])),
    Scenario("put vendor", made_for(lambda: good("POST", "/v1/vendors", new_vendor())["slug"], lambda slug: ("PUT", f"/v1/vendors/{slug}", new_vendor() | {"slug": slug, "name": "Other"})),
             vendor_count),
    Scenario("import", made_for(lambda: f"new-{next(number)}", lambda slug: ("PUT", "/v1/vendors", {"format": "datenanfragen", "records": [
        {"slug": slug, "name": f"Company {slug}", "address": "Street 1\n1000 City\nGermany", "email": f"privacy@{slug}.example", "web": f"https://{slug}.example", "runs": ["Brand " + slug]}]})),
        lambda slug: d.sql(f"select doc - 'slug' from dsr.vendor where doc ->> 'name' = 'Company {slug}'")),
    Scenario("account", made_for(lambda: 7000 + next(number), lambda uid: ("POST", "/v1/accounts", {"uid": uid, "roles": ["patron"], "name": "N", "email": f"n{uid}@example.org"})), None, True),
    # An account has no more than 20, so those made before are taken away.
    Scenario("token", made_for(lambda: d.sql("delete from dsr.token"), lambda _: ("POST", TOKEN_PATH, {"scope": "read"})), lambda _: ""),
    Scenario("hold", made_for(lambda: request(subject=subject()), lambda ref: ("POST", "/v1/holds", {"refs": [ref], "reason": "a hold", "until": days_ago(-9)})),
             lambda ref: rows("hold_target", f"request_id = (select id from dsr.request where ref = '{ref}')")),
    Scenario("release", made_for(lambda: hold(request(subject=subject())), lambda id: ("POST", f"/v1/holds/{id}/release", None)),
             lambda id: d.sql(f"select released_at is null from dsr.hold where id = '{id}'")),
    Scenario("demand", made_for(lambda: f"somebody {next(number)}", lambda name: ("POST", "/v1/demands", {"kind": "other", "from": name, "asked": "something"})), None, True),
    Scenario("test mail", made_for(lambda: f"t{next(number)}@example.org", lambda address: ("POST", "/v1/mail/tests", {"address": address})), None, True),
    Scenario("inbox discard", inbox("decision", lambda ref: {"state": "discarded"}), lambda both: d.sql(f"select state from dsr.reply where id = '{both[1]}'")),
    Scenario("inbox confirm", lambda: (lambda ref: (lambda reply: ("POST", f"/v1/requests/{ref}/events", {"event": "acknowledged", "reply": reply}, (ref, reply)))(reply_of_vendor(ref)))(
        request(subject=subject())), lambda both: about_request(both[0]) + d.sql(f"select state from dsr.reply where id = '{both[1]}'"), True),
    Scenario("purge", lambda: ("POST", "/v1/purges", None, None)),
    Scenario("audit verified", lambda: ("GET", "/v1/audit/verification?chain=library", None, None)),
]


@case
def connections_to_the_database_are_made_anew_without_one_allocation():
    def sessions():
        return set(d.sql("select pid from pg_stat_activity where usename = 'dsrd_api'").split())

    def cut():
        before = sessions()
        d.sql("select pg_terminate_backend(pid) from pg_stat_activity where usename = 'dsrd_api'")
        wait_for(lambda: len(sessions() - before) == 2, f"both are back: {control.where()}")
    if ONLY not in "connections":
        return
    control.count_only()
    cut()
    count = control.count
    step = max(1, count // (4 * MOST))
    for first in range(draw.randrange(1, step + 1), count + 1, step):
        process = control.process
        control.arm(first)
        cut()
        control.disarm()
        figures["failed"] += control.failed
        settled("GET", "/v1/requests")
        settled("GET", "/v1/health")
        equal(control.process, process, f"seed {SEED}: the process has ended: {control.where()}")


@case
def each_allocation_of_an_answer_fails():
    problems = []
    for scenario in scenarios:
        if ONLY in scenario.name:
            problems += scenario.run()
    for name, value in figures.items():
        print(f"# figure allocations of the API, {name}: {value}")
    equal((len(problems), figures["ended"]), (0, 0), f"seed {SEED}")


@case
def it_stops_when_asked_without_one_allocation():
    if ONLY not in "stop":
        return
    process = control.process
    control.arm(1, ALWAYS)
    os.kill(process, signal.SIGTERM)
    wait_for(lambda: not os.path.exists(f"/proc/{process}"), f"it has ended: {control.where()}")
    control.disarm()
    wait_for(lambda: control.process != process and (ask("GET", "/v1/health") or False), "another answers")


if __name__ == "__main__":
    run_cases()
