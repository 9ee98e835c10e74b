#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Several libraries in one dsrd: added while it runs, kept apart, each with its own day, reminders, mails, purge and audit log."""
import http.client
import json
import os
import re
import sys
import threading

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "harness"))
from dsrd import ROOT, Dsrd, Reply, case, contains, days_ago, equal, free_port, lacks, run_cases, wait_for  # noqa: E402


PORT = free_port()
d = Dsrd({"api": {"listen": f"127.0.0.1:{PORT}", "account_cache_ms": 600000}, "mail": {"public_url": "https://dsr.library.example"}})
UID = str(os.getuid())
EAST = {"DSR_LIBRARY": "2"}


def tcp(method, path, token, headers=None):
    connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=60)
    connection.request(method, path, None, {"Authorization": "Bearer " + token, **(headers or {})})
    response = connection.getresponse()
    reply = Reply(response.status, response.headers, response.read())
    connection.close()
    return reply


def library(*arguments, status=0):
    result = d.run("library", *arguments)
    equal(result.returncode, status, result.stderr)
    return result.stdout + result.stderr


@case
def another_library_is_added_while_dsrd_runs():
    contains(library(), "  1  Test Library  (Etc/UTC)")
    contains(library("add", status=1), "Say its name and first user")
    contains(library("add", "East Branch", "--zone", "Mars/Olympus", "--owner", UID, status=1), "Mars/Olympus is no time zone known here")
    contains(library("add", "test library", "--owner", UID, status=1), "Library 1 has that name already.")
    contains(library("set", "1", "--library", "Another", status=1), "those of dsrd.conf")
    contains(library("set", "7", "--library", "Another", status=1), "There is no library 7")
    contains(library("drop", status=1), "There is no `dsrd library drop`")
    contains(library("add", "East Branch", "--zone", "Asia/Tokyo", "--contact", "east@library.example", "--owner", UID, "--owner-email",
                     "owner@example.org", "--owner-name", "Ella East"), "Library 2 is added.", "dsr --library 2")
    contains(library(), "  2  East Branch  (Asia/Tokyo)  east@library.example")
    wait_for(lambda: "this database has 2 libraries" in d.read_log(), "dsrd notices")
    equal(d.http("GET", "/v1/health").json["libraries"], 2)


@case
def who_is_in_several_says_which():
    wait_for(lambda: "2 libraries" in (d.dsr("whoami", status=None) + d.errors), "the account is looked at anew")
    d.dsr("whoami", status=2)
    contains(d.errors, "You have accounts in 2 libraries: 1 (Test Library), 2 (East Branch)", "--library NUMBER")
    contains(d.dsr("whoami", "--library", "1"), "library: 1, Test Library")
    contains(d.dsr("whoami", env=EAST), "library: 2, East Branch")
    contains(d.dsr("--library", "1", "whoami", env=EAST), "library: 1")
    d.dsr("whoami", "--library", "3", status=None)
    contains(d.errors, "You have no account in library 3, but in 1 (Test Library), 2 (East Branch).")
    d.dsr("whoami", "--library", "east", status=2)
    contains(d.errors, "named by its number")
    reply = d.http("GET", "/v1/me", headers={"Dsrd-Library": "x"})
    equal((reply.status, reply.json["field"]), (400, "library"))


@case
def requests_subjects_vendors_and_logs_are_kept_apart():
    equal(len(d.dsr_json("vendor", "list", "--library", "1")), len(json.loads(d.dsr("vendor", "list", "--json", env=EAST))))
    global here, there
    filed = []
    for number in ("1", "2"):
        alias = d.http("POST", "/v1/subjects", {"residence": "NL", "name": "Sam Same", "email": "same@patron.example"}, {"Dsrd-Library": number}).json["alias"]
        filed.append(d.dsr_json("file", "elsevier", "access", "--law", "eu-gdpr", "--sent", days_ago(40), "--for", alias, "--library", number)["request"])
    here, there = filed
    contains(d.dsr("list", "--library", "1"), here["ref"])
    lacks(d.dsr("list", "--library", "1"), there["ref"])
    contains(d.dsr("list", env=EAST), there["ref"])
    absent = d.http("GET", "/v1/requests/R-0000-0000", headers={"Dsrd-Library": "1"})
    foreign = d.http("GET", f"/v1/requests/{there['ref']}", headers={"Dsrd-Library": "1"})
    equal((foreign.status, foreign.body.replace(there["ref"].encode(), b"R")), (404, absent.body.replace(b"R-0000-0000", b"R")))
    for number in ("1", "2"):
        contains(d.dsr("audit", "verify", "--library", number), "The log is whole")
    lacks(d.dsr("audit", "list", "--library", "1"), there["subject"])


@case
def a_token_knows_its_library():
    tokens = {number: d.http("POST", "/v1/tokens", {}, headers={"Dsrd-Library": number}).json["token"] for number in ("1", "2")}
    for number, token in tokens.items():
        equal(tcp("GET", "/v1/me", token).json["library"], int(number))
        equal(tcp("GET", "/v1/me", token, {"Dsrd-Library": number}).status, 200)
        refused = tcp("GET", "/v1/me", token, {"Dsrd-Library": "3"})
        equal((refused.status, refused.json["detail"]), (401, "This token is for another library; leave the library out."))
    contains(tcp("GET", f"/v1/requests/{there['ref']}", tokens["2"]).body.decode(), there["ref"])
    equal(tcp("GET", f"/v1/requests/{there['ref']}", tokens["1"]).status, 404)


@case
def each_library_reminds_in_its_own_name():
    wait_for(lambda: len(d.mails()) >= 2, "both remind")
    mails = [mail.decode() for mail in d.mails()]
    of = {ref: [mail for mail in mails if ref in mail] for ref in (here["ref"], there["ref"])}
    equal([len(list_) for list_ in of.values()], [1, 1], mails)
    contains(of[here["ref"]][0], "Test Library", "help@library.example")
    contains(of[there["ref"]][0], "East Branch", "east@library.example")
    lacks(of[there["ref"]][0], "Test Library", here["ref"])
    today = d.sql("select (now() at time zone 'Asia/Tokyo')::date")
    equal(d.sql("select distinct day from dsr.message where library_id = 2"), today)
    equal(d.sql("select count(*) from dsr.attempt where library_id = 2 and verdict = 'sent'"), "1")


@case
def one_link_stops_what_all_of_them_send_to_an_address():
    links = [re.search(r"List-Unsubscribe: <https://dsr.library.example(/u/[0-9a-f]+)>", mail.decode()) for mail in d.mails()]
    equal([link[1] for link in links], [links[0][1]] * 2)
    link = links[0]
    page = d.http("GET", link[1]).body.decode()
    lacks(page, "Test Library", "East Branch")
    reply = d.http("POST", link[1], raw=b"List-Unsubscribe=One-Click", headers={"Content-Type": "application/x-www-form-urlencoded"})
    equal(reply.status, 200, reply.body)
    equal(d.sql("select string_agg(library_id::text, ',' order by library_id) from dsr.recipient where stopped_at is not null"), "1,2")


@case
def each_library_has_its_day():
    for number in ("1", "2"):
        wait_for(lambda: d.sql(f"select done_on from dsr.purge_day where library_id = {number}"), "its purge has run")
        wait_for(lambda: re.search(rf"audit: library {number} head \d+:", d.read_log()), "the head of its log is written")
        contains(d.dsr("audit", "list", "--library", number), "configuration")


@case
def laws_are_in_force_for_all():
    path = d.settings["paths"]["laws"] + "/eu-gdpr.conf"
    with open(path) as file:
        text = file.read()
    with open(path, "w") as file:
        file.write(text.replace('n = 1; unit', 'n = 2; unit', 1).replace('n = 3; unit', 'n = 4; unit', 1))
    try:
        shown = d.dsr("law", "diff", "--library", "1")
        contains(shown, here["ref"], "in library 2")
        lacks(shown, there["ref"])
        d.dsr("law", "apply", "--library", "1")
        for number, ref in (("1", here["ref"]), ("2", there["ref"])):
            contains(d.dsr("show", ref, "--library", number), ref)
            equal(d.sql(f"select count(*) from dsr.event where library_id = {number} and event = 'law_changed' and request_id = "
                        f"(select id from dsr.request where library_id = {number} and ref = '{ref}')"), "1")
            contains(d.dsr("audit", "list", "--library", number), "laws")
        equal(d.sql("select count(*) from dsr.event where library_id = 2 and event = 'law_changed' and account_id is not null"), "0")
    finally:
        with open(path, "w") as file:
            file.write(text)
        # The logs are taken in one order by all that write into several: here a dsrd that starts notes its settings meanwhile.
        other = threading.Thread(target=lambda: noted.append(d.sql("""
            begin; select 1 from dsr.audit_head where library_id = 1 for update;
            do $$ begin for i in 1 .. 600 loop
                exit when exists (select from pg_locks where not granted);
                perform pg_sleep(0.05); end loop; end $$;
            set local deadlock_timeout = '10min'; select 1 from dsr.audit_head where library_id = 2 for update; commit""")))
        noted = []
        other.start()
        wait_for(lambda: d.sql("select count(*) from pg_stat_activity where query like '%for i in 1%' and pid <> pg_backend_pid()") != "0", "it notes")
        d.dsr("law", "apply", "--library", "2")
        other.join()
    equal(noted, ["1\n1"])
    equal(d.sql("select pg_stat_force_next_flush(), deadlocks from pg_stat_database where datname = current_database()"), "|0")
    equal(d.http("GET", "/v1/health").json["read_only"], False)


@case
def a_library_is_renamed():
    library("set", "2", "--library", "Eastern Branch", "--zone", "Asia/Seoul")
    contains(library(), "  2  Eastern Branch  (Asia/Seoul)  east@library.example")
    wait_for(lambda: "Eastern Branch" in d.dsr("whoami", "--library", "2"), "dsrd notices")


@case
def a_library_that_dsrd_does_not_know_yet_is_no_reason_to_fall():
    # Until it has read the list again: here the one who adds it tells nobody.
    d.sql("insert into dsr.library (id, name, zone) values (3, 'West Branch', 'Etc/UTC')")
    for table in ("account", "vendor", "vendor_name"):
        names = d.sql(f"select string_agg(quote_ident(attname), ', ') from pg_attribute where attrelid = 'dsr.{table}'::regclass and attnum > 0 "
                      "and attname <> 'library_id' and not attisdropped and attidentity = '' and attgenerated = ''")
        picked = names.replace("subject_id", "null")
        d.sql(f"insert into dsr.{table} (library_id, {names}) select 3, {picked} from dsr.{table} where library_id = 1")
    alias = d.http("POST", "/v1/subjects", {"residence": "NL", "name": "Wim West", "email": "wim@patron.example"}, {"Dsrd-Library": "3"}).json["alias"]
    ref = d.dsr_json("file", "elsevier", "access", "--law", "eu-gdpr", "--for", alias, "--sent", days_ago(50), "--anyway", "--library", "3")["request"]["ref"]
    for words in (("send", ref), ("chase", "elsevier")):
        d.dsr(*words, "--library", "3", status=None)
        contains(d.errors, "dsrd has not read of this library yet; try again in a moment.")
    equal(d.http("GET", "/v1/health").status, 200)
    d.sql("notify dsr, 'catalogue'")
    wait_for(lambda: "West Branch" in d.dsr("whoami", "--library", "3"), "dsrd notices")
    contains(d.dsr("chase", "elsevier", "--library", "3", status=None), "West Branch", ref)


run_cases()
