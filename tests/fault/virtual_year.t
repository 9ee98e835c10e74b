#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A year in a few minutes, two libraries on two continents: what the relay gets equals what an independent model (tests/model) says, who, which
request, which clock, which day; and the days that a mail names are those on the calendar, on DST nights, on 29 February and a minute either side of midnight.

VIRTUAL_YEAR_REQUESTS (100) requests of FAULT_SEED (1); the clock goes on VIRTUAL_YEAR_STEP days (16) at a time, and to every night that is special."""
import collections
import datetime
import email
import email.policy
import os
import random
import re
import signal
import subprocess
import sys
from zoneinfo import ZoneInfo

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "harness"))
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from clock import WHY_NOT, Clock  # noqa: E402
from dsrd import ROOT, RUNNER, Dsrd, UnixConnection, case, equal, run_cases, wait_for  # noqa: E402
from model import calendars, clocks, laws, reminders  # noqa: E402
from relay import Relay  # noqa: E402

if WHY_NOT:
    print(f"1..0 # SKIP {WHY_NOT}")
    sys.exit(0)

import json  # noqa: E402

REQUESTS, STEP, SEED = (int(os.environ.get(name, standard)) for name, standard in
                        (("VIRTUAL_YEAR_REQUESTS", "100"), ("VIRTUAL_YEAR_STEP", "16"), ("FAULT_SEED", "1")))
UTC = datetime.timezone.utc
FIRST, LAST = datetime.datetime(2027, 11, 1, 10, 30, tzinfo=UTC), datetime.datetime(2028, 11, 12, tzinfo=UTC)
ZONES = {1: "America/New_York", 2: "Australia/Lord_Howe"}
# Between which days a night is that is looked at a minute before and after midnight: the ends of the year and of February, and where clocks are set.
NIGHTS = {1: ("2027-11-06", "2027-11-07", "2027-12-31", "2028-02-28", "2028-02-29", "2028-03-11", "2028-03-12", "2028-11-04", "2028-11-05"),
          2: ("2027-12-31", "2028-02-28", "2028-02-29", "2028-04-01", "2028-04-02", "2028-09-30", "2028-10-01")}
RULES = {"respond": reminders.Rule((3,), (1,), 7, ("filer", "subject")), "ack": reminders.Rule((), (1, 4), 0, ("filer",)),
         "appeal": reminders.Rule((2,), (1,), 14, ("filer",)), "complaint": reminders.Rule((), (1,), 7, ("filer",)),
         "courtesy": reminders.Rule((5, 1), (1, 10), 30, ("subject",)), "requester": reminders.Rule((10, 3, 1), (2,), 0, ("subject",))}
CASES = (("elsevier", "eu-gdpr", ("access", "deletion", "correction")), ("proquest", "uk-gdpr", ("access", "deletion")),
         ("lexisnexis", "us-ca-ccpa", ("access", "deletion", "correction", "opt_out")), ("oclc", "us-va-vcdpa", ("access", "deletion")),
         ("kanopy", "us-ca-stl", ("third_party_list",)), ("overdrive", "voluntary", ("access", "deletion")), ("cengage", "us-mn-mcdpa", ("access", "deletion")),
         ("oclc", "ca-pipeda", ("access",)), ("elsevier", "ch-fadp", ("access",)), ("cengage", "au-privacy", ("access", "correction")))
# What may happen, each some days after the one before.
STORIES = ((), (), ((4, "acknowledged"),), ((6, "acknowledged"), (20, "answered"), (3, "closed")), ((15, "extension_notice"), (50, "answered")),
           ((12, "identity_requested"), (8, "identity_provided")), ((9, "clarification_requested"), (25, "clarification_provided")), ((3, "identity_requested"),),
           ((25, "refused"), (12, "appeal_sent"), (70, "appeal_answered")), ((30, "refused"),), ((18, "withdrawn"),), ((40, "extension_notice"),),
           ((10, "answered"), (5, "closed"), (20, "complaint_sent")), ((8, "received"),), ((35, "answered"), (30, "closed")))

relay = Relay()
d = Dsrd({"library": {"zone": ZONES[1]}, "mail": {"transport": "smtp", "relay": relay.url, "poll_ms": 100},
          "reminders": {"quiet_from": "20:00", "quiet_until": "08:00", "weekends": False, "scan_ms": 1000, "manager_digest": False,
                        **{kind: rule.setting() for kind, rule in RULES.items()}},
          "vault": {"bucket_days": 366, "backup_days": 800}, "time": {"jump_days": 60}}, start=False, owner_email="filer1@example.org")
the_clock = Clock(d.folder)
now = FIRST


class Session:
    """One psql that stays: a process for each question would be most of the time."""

    def __init__(self):
        self.psql = subprocess.Popen(RUNNER + ["psql", "-X", "-q", "-t", "-A", "-v", "ON_ERROR_STOP=1", "-h", os.path.join(d.data, "run"), "-U", "dsrd_admin", "-d", "dsrd"],
                                     stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=dict(os.environ, PGTZ="UTC"))

    def ask(self, text):
        self.psql.stdin.write(text + ";\nselect 'the end';\n")
        self.psql.stdin.flush()
        lines = []
        for line in self.psql.stdout:
            if line == "the end\n":
                return "\n".join(lines)
            lines.append(line.rstrip("\n"))
        raise AssertionError("psql has ended")


def set_clock(moment):
    global now
    now = moment
    the_clock.set(round((moment - datetime.datetime.now(UTC)).total_seconds()))


set_clock(FIRST)
d.start(more=the_clock.environment())
command = d.command("library", "add", "Island Branch", "--zone", ZONES[2], "--owner", str(os.getuid()), "--owner-email", "filer2@example.org")
command[len(RUNNER):len(RUNNER)] = ["env"] + [f"{name}={value}" for name, value in the_clock.environment().items()]
subprocess.run(command, check=True, capture_output=True, env=d.environment())
session = Session()
wait_for(lambda: d.http("POST", "/v1/subjects", {"residence": "NL"}, {"Dsrd-Library": "1"}).status == 201, "the key ring was compared with the database")
connection = UnixConnection(d.socket)
LAWS_CALENDARS = calendars.load(os.path.join(ROOT, "etc", "calendars"))
LAWS = laws.load(os.path.join(ROOT, "etc", "laws"), LAWS_CALENDARS)
chance = random.Random(SEED)
model = {number: reminders.Library(zone, RULES) for number, zone in ZONES.items()}
people = iter(range(1, 10 ** 6))
count = collections.Counter()


def call(library, method, path, body=None):
    connection.request(method, path, None if body is None else json.dumps(body), {"Content-Type": "application/json", "Dsrd-Library": str(library)})
    response = connection.getresponse()
    return response.status, json.loads(response.read())


class Record:
    """A request as the driver knows it."""

    def __init__(self, library, ref, law, right, days, people_of, shown):
        self.library, self.ref, self.law, self.right, self.days, self.people = library, ref, LAWS[law], right, days, people_of
        self.calendar = LAWS_CALENDARS.get(shown.get("calendar"))
        self.channel = shown["channel_kind"]
        self.request = reminders.Request(ref, shown["zone"])
        self.events, self.outcome = [], None

    def today(self):
        return now.astimezone(ZoneInfo(self.request.zone)).date()

    def happened(self, event, answer):
        """The model is told of an event, and that its dates are those of dsrd."""
        self.events.append((event, self.today().toordinal()))
        designation = None
        answered = clocks.answer(clocks.Question(self.law, self.right, self.events, self.calendar, self.channel, designation, self.days))["clocks"]
        fields = ("clock", "state", "due", "earliest", "latest")  # of a closed request those that it had are kept
        theirs, ours = ([[c[f] or "" for f in fields] for c in found if c["state"] != "void"] for found in (answer["clocks"], answered))
        equal(sorted(theirs), sorted(ours), f"{self.ref}: {self.law.id} {self.events}")
        known = {c["clock"]: (c["party"], c["legal"]) for c in answer["clocks"]}
        running = [reminders.Clock(c, *known[c["clock"]]) for c in answered if c["state"] == "running" and c["due"]]
        self.outcome = {"withdrawn": "withdrawn", "closed": "fulfilled"}.get(event, self.outcome)
        is_open = answer["request"]["state"] == "open"
        model[self.library].plan(self.request, running, is_open, self.outcome == "withdrawn" and not is_open, self.people, now)


def file():
    library = chance.choice((1, 2))
    vendor, law, rights = chance.choice(CASES)
    address = f"p{next(people)}@example.org"
    status, subject = call(library, "POST", "/v1/subjects", {"residence": {"eu-gdpr": "NL", "uk-gdpr": "GB"}.get(law, "US-CA"), "email": address})
    equal(status, 201, subject)
    body = {"vendor": vendor, "law": law, "right": chance.choice(rights), "subject": subject["alias"], "anyway": True}
    if law == "voluntary":
        body["courtesy_days"] = chance.choice((10, 20, 30, 45))
    status, answer = call(library, "POST", "/v1/requests", body)
    if status != 201:
        count["refused"] += 1
        return None
    ref = answer["request"]["ref"]
    status, shown = call(library, "GET", "/v1/requests/" + ref)
    record = Record(library, ref, law, body["right"], body.get("courtesy_days"), {"filer": f"filer{library}@example.org", "subject": address}, {**shown, **shown["request"]})
    record.happened("sent", shown)
    count["filed"] += 1
    return record


def log(record, event):
    body = {"event": event, "on": record.today().isoformat(), **({"outcome": "fulfilled"} if event == "closed" else {})}
    status, answer = call(record.library, "POST", f"/v1/requests/{record.ref}/events", body)
    if status not in (200, 201):
        count["events refused"] += 1
        return
    count[event] += 1
    record.happened(event, call(record.library, "GET", "/v1/requests/" + record.ref)[1])


def long(day):
    day = datetime.date.fromordinal(day)
    return f"{day:%a} {day.day} {day:%b %Y}"


def items(text):
    """(reference, what is said of it) of each item of a mail."""
    return re.findall(r"^(R-[0-9A-Z]{4}-[0-9A-Z]{4})  .*\n  (.*)\n", text, re.M)


def said(library, ref, clock_id):
    """The end of the sentence about a clock."""
    day, days = model[library].said(ref, clock_id, now)
    own = model[library].requests[ref].clocks[clock_id].party == "requester"
    number = "1 day" if abs(days) == 1 else f"{abs(days)} days"
    if days == 0:
        return f"today, {long(day)}."
    if days > 0:
        return f"on {long(day)}: in {number}." if own else f"by {long(day)}: in {number}."
    return f"on {long(day)}: {number} ago." if own else f"by {long(day)}: {number} ago."


def ends_of(sentence):
    return re.sub(r"^.* (?=(today|on|by),? \w{3} \d)", "", sentence)


def quiesce(libraries):
    for library in libraries:
        gather = {"limit": 1000, "quiet_from": "%s", "quiet_until": "%s", "digest": False, "audit": False}
        first, last = model[library].quiet
        gather.update(quiet_from=f"{first:%H:%M}", quiet_until=f"{last:%H:%M}", weekends=model[library].weekends)
        # The scheduler does the same now and then; what it is just doing is waited for.
        while json.loads(session.ask(f"begin; do $$ begin perform set_config('dsr.library', '{library}', true), dsr.gather_wait(); end $$;"
                                     f" select api.reminders_gather('{json.dumps(gather)}'); commit"))["more"]:
            pass
    wait_for(lambda: session.ask("select count(*) from dsr.message where state in ('queued', 'leased', 'sending')") == "0", f"{now}: every mail has left")


def compare(what, record=None):
    """The mails that came in this moment are those of the model: after an event on one request those about it, for all else has been told."""
    libraries = [record.library] if record else list(ZONES)
    expected = {person: sorted((ref, said(library, ref, clock_id)) for ref, clock_id in found)
                for library in libraries for person, found in model[library].mails(now, record and record.request).items()}
    quiesce(libraries)
    mails, relay.mails[:] = list(relay.mails), []
    came = {}
    for mail in mails:
        person = mail.recipients[0].strip("<>")
        equal(person in came, False, f"{what}: two mails to {person}")
        text = email.message_from_bytes(mail.data, policy=email.policy.default).get_content().replace("\r", "")
        came[person] = sorted((ref, ends_of(sentence)) for ref, sentence in items(text))
    count["mails"] += len(came)
    count["items"] += sum(map(len, came.values()))
    for person in sorted(set(came) | set(expected)):
        equal(came.get(person, []), expected.get(person, []), f"seed {SEED}, {what} ({now:%A}), to {person}")


def rest(quiet, weekends):
    """Whether there are hours of rest, from now on."""
    for library in model.values():
        library.quiet, library.weekends = quiet, weekends
    d.write_conf({"reminders": {"quiet_from": f"{quiet[0]:%H:%M}", "quiet_until": f"{quiet[1]:%H:%M}", "weekends": weekends}})
    before = d.read_log().count("reload: done")
    os.kill(d.pids("api")[0], signal.SIGHUP)
    wait_for(lambda: d.read_log().count("reload: done") > before, "reloaded")


def moments():
    """(moment, whether it is a special night)."""
    found = {}
    day = FIRST
    while day < LAST:
        found[day] = found[day.replace(hour=16)] = found[day.replace(hour=23)] = False
        day += datetime.timedelta(days=STEP)
    for library, nights in NIGHTS.items():
        for night in nights:
            at = datetime.datetime.combine(datetime.date.fromisoformat(night), datetime.time(23, 59), ZoneInfo(ZONES[library]))
            found[at.astimezone(UTC)] = found[at.astimezone(UTC) + datetime.timedelta(minutes=2)] = True
    return sorted(found.items())


@case
def a_year_of_mails_is_that_of_the_model():
    steps = moments()
    todo = sorted((chance.uniform(0, len(steps) * 0.85), n) for n in range(REQUESTS))
    later = []  # (moment, number, record, event, the rest of its story)
    usual, nightly = ((datetime.time(20), datetime.time(8)), False), ((datetime.time(0), datetime.time(0)), True)
    resting = usual
    for number, (moment, special) in enumerate(steps):
        wanted = nightly if special else usual
        if wanted != resting:  # at the moment before, when all is quiet
            rest(*wanted)
            resting = wanted
            compare("other hours of rest")
        set_clock(moment)
        wait_for(lambda: abs(float(session.ask("select extract(epoch from clock_timestamp())")) - moment.timestamp()) < 50, moment)
        compare("at first")
        while todo and todo[0][0] <= number:
            todo.pop(0)
            record = file()
            story = chance.choice(STORIES)
            if record and story:
                later.append((moment + datetime.timedelta(days=story[0][0]), count["filed"], record, story))
                compare(f"{record.ref} is filed", record)
        for one in sorted(one for one in later if one[0] <= moment):
            later.remove(one)
            _, order, record, story = one
            log(record, story[0][1])
            compare(f"{record.ref}: {story[0][1]}", record)
            if story[1:]:
                later.append((moment + datetime.timedelta(days=story[1][0]), order, record, story[1:]))
    print("# " + ", ".join(f"{name} {number}" for name, number in sorted(count.items())))
    equal(count["filed"] > REQUESTS * 0.8 and count["mails"] > REQUESTS, True, count)
    print(f"# figure virtual_year_requests: {count['filed']}")
    print(f"# figure virtual_year_mails: {count['mails']}")
    print(f"# figure virtual_year_items: {count['items']}")
    print("# figure virtual_year_differences: 0")


run_cases()
