#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each mail holds the data of exactly one person. Everybody has a word of their own in whatever can reach a mail; two mailers send them over connections used again and
again, and each recorded mail is decoded and searched. CANARY_PEOPLE."""
import os
import re
import secrets
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from backlog import Sink, copy_requests, record, text_of  # noqa: E402
from dsrd import Dsrd, case, days_ago, equal, figure, run_cases  # noqa: E402

PEOPLE = int(os.environ.get("CANARY_PEOPLE", "200"))
PATIENCE_S = 60 + PEOPLE // 10
d = Dsrd({"mail": {"transport": "smtp", "mailers": 2, "backoff_s": [1], "public_url": "https://requests.example.org"},
          "reminders": {"respond": {"before": [3], "to": ["subject"]}}}, start=False)
sink = Sink(d.folder)
d.write_conf({"mail": {"relay": sink.url}})
d.start()
words = [f"canary{secrets.token_hex(6)}" for _ in range(PEOPLE)]
people = [{"name": f"Ann {word}", "email": f"{word}@example.org", "word": word, "requests": []} for word in words]


def wait_until_all_are(state):
    end = time.monotonic() + PATIENCE_S
    while d.sql(f"select count(distinct request_id) from dsr.reminder where state = '{state}'") != str(2 * PEOPLE):
        equal(time.monotonic() < end, True, f"everybody's is {state} within {PATIENCE_S} s")
        time.sleep(0.2)  # a look costs what a mail does


@case
def each_mail_holds_one_persons_data():
    for start in range(0, PEOPLE, 1000):
        vendors = ",".join(f"('v-{word}', 'Vendor {word}')" for word in words[start:start + 1000])
        d.sql("select set_config('dsr.library', '1', false); select count(dsr.vendor_load(1, json_build_object('slug', slug, 'name', name, 'brands', json_build_array('Brand of ' || name), "
              f"'establishments', json_build_array(), 'channels', json_build_array())::jsonb)) from (values {vendors}) v (slug, name)")
    record(d, people)
    # One that nobody has been told of yet is the pattern of all the others.
    first = {"name": "Ann", "email": "first@example.org", "requests": [{"vendor": "elsevier", "right": "access", "law": "eu-gdpr", "sent": days_ago(10)}]}
    record(d, [first])
    wanted = []
    for n, one in enumerate(people):
        one["refs"] = [f"R-{n // 5000:04d}-{n * 2 % 10000 + k:04d}" for k in (0, 1)]
        wanted += [(ref, one["alias"], f"v-{one['word']}") for ref in one["refs"]]
    copy_requests(d, first["refs"][0], wanted)
    d.sql(f"update dsr.reminder set on_date = current_date, gather_on = current_date where request_id <> (select id from dsr.request where ref = '{first['refs'][0]}')")
    wait_until_all_are("gathered")
    sink.open()
    wait_until_all_are("sent")
    of_address = {f"<{one['email']}>": one for one in people}
    of_ref = {ref: one for one in people for ref in one["refs"]}
    of_alias = {one["alias"]: one for one in people}
    mails = foreign = 0
    connections, told_of = set(), set()
    for mail in sink.taken():
        equal(len(mail.to), 1, "one recipient")
        one = of_address[mail.to[0]]
        text = text_of(mail.mail) + mail.mail.decode()
        found = set(re.findall(r"canary[0-9a-f]{12}", text))
        refs = set(re.findall(r"\bR-[0-9A-Z]{4}-[0-9A-Z]{4}\b", text))
        aliases = {word for word in re.findall(r"\b[a-z]+-[a-z]+(?:-[0-9]+)?\b", text) if word in of_alias}
        wrong = (found - {one["word"]}) | {ref for ref in refs if of_ref[ref] is not one} | {alias for alias in aliases if of_alias[alias] is not one}
        if wrong:
            print(f"# to {mail.to[0]}: {sorted(wrong)}", flush=True)
        foreign += len(wrong)
        equal(one["word"] in found and bool(refs), True, text)
        mails += 1
        connections.add(mail.connection)
        told_of |= refs
    figure("mails searched", mails)
    figure("words of somebody else in them", foreign)
    figure("connections they came over", len(connections))
    equal(foreign, 0)
    equal(told_of, set(of_ref), "every request was told of")
    equal(len(connections) < mails / 2, True, "connections are used again")


run_cases()
