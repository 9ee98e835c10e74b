#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The HTTP API as a stranger would try it: strictness, errors, repetition, versions, accounts, concurrency."""
import concurrent.futures
import hashlib
import json
import os
import re
import socket
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "harness"))
from dsrd import AS_ROOT, ROOT, Dsrd, as_several_users, case, contains, equal, lacks, run_cases, wait_for  # noqa: E402

WHY_NOT = as_several_users()

d = Dsrd({"api": {"body_limit_bytes": 4096, "request_timeout_ms": 500, "idle_timeout_ms": 1000, "connections": 16, "account_cache_ms": 0}})
GOOD = {"vendor": "elsevier", "right": "access", "law": "eu-gdpr", "residence": "NL", "sent": "2026-10-05"}


def problem(reply, status, code, field=None, *parts):
    equal((reply.status, reply.headers["Content-Type"]), (status, "application/problem+json"), reply.body)
    body = reply.json
    equal((body["code"], body["type"], body["status"]), (code, f"urn:dsrd:error:{code}", status))
    if field is not None:
        equal(body.get("field"), field)
    contains(body["detail"], *parts)


@case
def strict_json_is_refused_by_name():
    def post(raw):
        return d.http("POST", "/v1/requests", raw=raw)
    problem(post(b"{"), 400, "malformed")
    problem(post(b"[]"), 400, "malformed", None, "object")
    problem(post(b'{"vendor":"a","vendor":"b"}'), 400, "malformed", None, "duplicate")
    problem(post(json.dumps(dict(GOOD, colour="red")).encode()), 422, "invalid", "colour", "colour")
    problem(post(json.dumps(dict(GOOD, vendor=7)).encode()), 422, "invalid", "vendor", "string")
    problem(post(json.dumps(dict(GOOD, vendor="a\u0007")).encode()), 422, "invalid", "vendor", "control")
    problem(post(json.dumps(dict(GOOD, vendor="a\u202e")).encode()), 422, "invalid", "vendor", "control")
    problem(post(b'{"vendor":"\xff"}'), 400, "malformed")
    problem(post(json.dumps(dict(GOOD, vendor="")).encode()), 422, "invalid", "vendor", "empty")
    problem(post(json.dumps({k: v for k, v in GOOD.items() if k != "law"}).encode()), 422, "invalid", "law")
    problem(post(json.dumps(dict(GOOD, note="x" * 5000)).encode()), 413, "too_large")
    problem(post(json.dumps(dict(GOOD, sent="2026-02-30")).encode()), 422, "invalid", "sent", "2026-02-30")
    problem(post(json.dumps(dict(GOOD, law="eu-gdrp")).encode()), 422, "invalid", "law", "Did you mean eu-gdpr?")
    problem(post(json.dumps(dict(GOOD, right="adoption")).encode()), 422, "invalid", "right")
    equal(d.http("GET", "/v1/requests").json["requests"], [])


@case
def addresses_methods_and_query_parameters_are_known_or_refused():
    problem(d.http("GET", "/v1/nothing"), 404, "not_found")
    problem(d.http("DELETE", "/v1/requests"), 405, "method_not_allowed")
    problem(d.http("GET", "/v1/requests?colour=red"), 422, "invalid", "query", "colour")
    problem(d.http("GET", "/v1/requests?limit=0"), 422, "invalid", "limit", "1 to 200")
    problem(d.http("GET", "/v1/requests?cursor=rubbish"), 422, "invalid", "cursor")
    problem(d.http("GET", "/v1/requests/R-XXXX"), 404, "not_found", "ref", "R-7K3F-92QM")


@case
def what_cannot_be_is_named_and_is_no_failure_of_dsrd():
    problem(d.http("GET", "/v1/vendors/%ff%fe"), 404, "not_found")
    problem(d.http("GET", "/v1/requests/%ff"), 404, "not_found")
    problem(d.http("GET", "/v1/mail/a%0ab"), 404, "not_found")
    problem(d.http("GET", "/v1/requests?" + "a" * 39 + "%c3%a9=1"), 422, "invalid", "query")
    problem(d.http("GET", "/v1/requests?limit"), 422, "invalid", "query", "limit has no value")
    problem(d.http("GET", "/v1/vendors?q=%ff"), 422, "invalid", "query", "UTF-8")
    problem(d.http("POST", "/v1/requests?dry_run=1", GOOD), 422, "invalid", "dry_run", "true or false")
    problem(d.http("POST", "/v1/requests", dict(GOOD, residence="Mars")), 422, "invalid", "residence", "US-CA")
    problem(d.http("POST", "/v1/subjects", {"residence": "US-"}), 422, "invalid", "residence", "US-CA")
    problem(d.http("POST", "/v1/requests", dict(GOOD, courtesy_days=0)), 422, "invalid", "courtesy_days", "1 to 3650")
    problem(d.http("POST", "/v1/requests", dict(GOOD, courtesy_days=4294967297)), 422, "invalid", "courtesy_days", "1 to 3650")
    problem(d.http("POST", "/v1/accounts", {"uid": 9, "roles": ["staff", "staff"]}), 422, "invalid", "roles", "each once")
    lacks(d.read_log(), "SQLSTATE")
    equal(d.http("GET", "/v1/requests").json["requests"], [])


@case
def head_and_the_methods_of_an_address_are_answered():
    reply = d.http("HEAD", "/v1/health")
    equal((reply.status, reply.body), (200, b""))
    equal(d.http("DELETE", "/v1/requests").headers["Allow"], "POST, GET, HEAD")


@case
def a_repeated_call_is_done_once_and_answered_alike():
    headers = {"Idempotency-Key": "one"}
    first = d.http("POST", "/v1/requests", GOOD, headers)
    second = d.http("POST", "/v1/requests", GOOD, headers)
    equal((first.status, second.status), (201, 201))
    equal(first.json["request"]["ref"], second.json["request"]["ref"])
    problem(d.http("POST", "/v1/requests", dict(GOOD, right="deletion"), headers), 409, "conflict", "Idempotency-Key")
    problem(d.http("POST", "/v1/requests", GOOD, {"Idempotency-Key": "\x7f"}), 422, "invalid", "Idempotency-Key")
    equal(len(d.http("GET", "/v1/requests").json["requests"]), 1)
    ref = first.json["request"]["ref"]
    for _ in range(2):
        reply = d.http("POST", f"/v1/requests/{ref}/events", {"event": "acknowledged", "on": "2026-10-06"}, {"Idempotency-Key": "ack"})
        equal((reply.status, reply.json["request"]["version"]), (200, 2))
    # The same key and body for another operation is another call.
    problem(d.http("POST", f"/v1/requests/{ref}/voids", {"event": "acknowledged", "on": "2026-10-06"}, {"Idempotency-Key": "ack"}), 422, "invalid", "on")
    problem(d.http("POST", f"/v1/requests/{ref}/voids", {"event": "acknowledged"}, {"Idempotency-Key": "ack"}), 409, "conflict", "Idempotency-Key")
    for path, body, field in (("accounts", {"uid": 4242, "roles": ["patron"]}, "account"), ("mail/tests", {"address": "a@example.org"}, "id")):
        first, second = (d.http("POST", f"/v1/{path}", body, {"Idempotency-Key": path}) for _ in range(2))
        equal((second.status, second.json[field]), (first.status, first.json[field]))
    equal(d.sql("select count(*) from dsr.message where kind = 'test'"), "1")


@case
def the_largest_library_finds_an_alias_for_the_next_person():
    """Eighty thousand are taken: all without a number, and twenty numbers with all words."""
    with open(os.path.join(ROOT, "daemon", "request", "alias.c")) as file:
        words = re.findall('"([a-z]+)",', file.read())
    equal(len(words), 128)
    d.sql("insert into dsr.subject (library_id, id, alias, residence, created_by) select 1, gen_random_uuid(), a || '-' || b || n, 'NL', (select id from dsr.account limit 1) "
          f"from unnest('{{{','.join(words[:64])}}}'::text[]) a, unnest('{{{','.join(words[64:])}}}'::text[]) b, unnest(array[''] || array(select '-' || n from generate_series(2, 21) n)) n on conflict do nothing")
    made = [d.http("POST", "/v1/subjects", {"residence": "NL"}) for _ in range(20)]
    equal({reply.status for reply in made}, {201})
    for reply in made:
        equal(re.fullmatch("[a-z]+-[a-z]+-[0-9]{1,6}", reply.json["alias"]) is not None, True, reply.json["alias"])
    d.sql("delete from dsr.subject where created_at = (select created_at from dsr.subject group by created_at having count(*) > 1000)")


@case
def the_mark_of_a_repeated_call_cannot_be_guessed_from_what_was_said():
    body = {"residence": "NL", "email": "guess@example.org"}
    headers = {"Idempotency-Key": "guess"}
    d.http("POST", "/v1/subjects", body, headers)
    kept, key = d.sql("select encode(body_hash, 'hex'), key from dsr.idempotency order by created_at desc limit 1").split("|")
    text = json.dumps(body, sort_keys=True, separators=(",", ":"))
    guesses = {hashlib.blake2b((before + text).encode(), digest_size=32).hexdigest() for before in ("", "\0", "createSubject||")}
    equal((len(kept), kept in guesses), (64, False))
    # Nor can the key, which an import makes from the person, the vendor and the day.
    equal((len(key), key in {"guess", hashlib.blake2b(b"guess", digest_size=32).hexdigest()}), (64, False))


@case
def a_version_guards_against_lost_changes():
    ref = d.http("GET", "/v1/requests").json["requests"][0]["ref"]
    reply = d.http("GET", f"/v1/requests/{ref}")
    equal(reply.headers["ETag"], '"2"')
    problem(d.http("PATCH", f"/v1/requests/{ref}", {"law": "uk-gdpr"}, {"If-Match": '"1"'}), 412, "precondition_failed", "If-Match")
    problem(d.http("PATCH", f"/v1/requests/{ref}", {"law": "uk-gdpr"}, {"If-Match": "rubbish"}), 422, "invalid", "If-Match")
    equal(d.http("PATCH", f"/v1/requests/{ref}", {"law": "uk-gdpr"}, {"If-Match": '"2"'}).headers["ETag"], '"3"')


@case
def limits_hold_when_many_write_at_once():
    alias = d.http("POST", "/v1/subjects", {"residence": "US-CA"}).json["alias"]
    body = {"vendor": "kanopy", "right": "third_party_list", "law": "us-ca-stl", "subject": alias, "sent": "2026-11-02"}
    with concurrent.futures.ThreadPoolExecutor(12) as pool:
        statuses = sorted(reply.status for reply in pool.map(lambda _: d.http("POST", "/v1/requests", body), range(12)))
    equal(statuses.count(201), 1, statuses)
    equal(set(statuses) <= {201, 428, 409}, True, statuses)


@case
def events_at_once_are_each_recorded_or_refused():
    ref = d.http("POST", "/v1/requests", dict(GOOD, vendor="oclc", law="voluntary")).json["request"]["ref"]
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        replies = list(pool.map(lambda n: d.http("POST", f"/v1/requests/{ref}/events", {"event": "note", "note": f"n{n}"}), range(8)))
    good = [reply for reply in replies if reply.status == 200]
    notes = [e for e in d.http("GET", f"/v1/requests/{ref}").json["events"] if e["event"] == "note"]
    equal(len(notes), len(good))
    equal({reply.status for reply in replies} <= {200, 409}, True)


@case
def a_vendor_is_edited_and_the_files_do_not_overwrite_it():
    vendor = d.http("GET", "/v1/vendors/oclc").json
    vendor.pop("edited")
    vendor["brands"].append("OhioLINK")
    equal(d.http("PUT", "/v1/vendors/oclc", vendor).status, 200)
    contains(d.dsr("vendor", "show", "ohiolink"), "OCLC, Inc.")
    problem(d.http("PUT", "/v1/vendors/oclc", dict(vendor, slug="other")), 422, "invalid", "slug")
    problem(d.http("PUT", "/v1/vendors/oclc", dict(vendor, channels=[{"id": "x"}])), 422, "invalid")
    equal(d.run("migrate").returncode, 0)
    contains(d.dsr("vendor", "show", "ohiolink"), "OCLC, Inc.")


def as_user(uid, *arguments):
    return subprocess.run(["setpriv", f"--reuid={uid}", f"--regid={uid}", "--clear-groups", "curl", "-s", "--unix-socket", d.socket, *arguments],
                          capture_output=True, text=True, check=True).stdout


@case
def who_you_are_decides_what_you_see():
    if not AS_ROOT:
        print(f"# skipped: {WHY_NOT}")
        return
    contains(as_user(7001, "http://d/v1/me"), "unauthenticated", "dsr account add --uid 7001")
    d.dsr("account", "add", "--uid", "7001", "--role", "patron", "--email", "pat@example.org")
    d.dsr("account", "add", "--uid", "7002", "--role", "manager", "--email", "man@example.org")
    d.dsr("account", "add", "--uid", "7001", "--role", "staff", status=4)
    ref = d.http("GET", "/v1/requests").json["requests"][0]["ref"]
    equal(json.loads(as_user(7001, "http://d/v1/requests"))["requests"], [])
    contains(as_user(7001, f"http://d/v1/requests/{ref}"), "not_found")
    contains(as_user(7001, "http://d/v1/accounts"), "forbidden", "operator")
    contains(as_user(7001, "http://d/v1/subjects"), "forbidden", "staff")
    own = json.loads(as_user(7001, "-H", "Content-Type: application/json", "-d", json.dumps(GOOD), "http://d/v1/requests"))
    equal(own["request"]["mine"], True)
    lacks(json.dumps(json.loads(as_user(7001, "http://d/v1/requests"))["requests"]), ref)
    contains(as_user(7002, "-H", "Content-Type: application/json", "-d", json.dumps(GOOD), "http://d/v1/requests"), "forbidden")
    shown = json.loads(as_user(7002, f"http://d/v1/requests/{own['request']['ref']}"))
    equal((shown["subject_name"], shown["filer"]), (None, None))
    contains(as_user(7002, "http://d/v1/reports/vendors"), "not_found", "are made on")


@case
def a_body_that_trickles_in_is_cut_off():
    connection = socket.socket(socket.AF_UNIX)
    connection.settimeout(20)
    connection.connect(d.socket)
    connection.sendall(b"POST /v1/requests HTTP/1.1\r\nHost: d\r\nContent-Length: 1000\r\n\r\n")

    def cut():
        try:
            connection.sendall(b" ")
            connection.setblocking(False)
            return connection.recv(1000) == b""
        except BlockingIOError:
            return False
        except OSError:
            return True
        finally:
            connection.setblocking(True)
    wait_for(cut, "the connection is closed")
    equal(d.http("GET", "/v1/me").status, 200)


@case
def a_head_that_trickles_in_and_a_body_without_end_are_cut_off():
    for data in (b"GET /v1/me HTTP/1.1\r\nHost: d\r\nX-Slow: ", b"POST /v1/requests HTTP/1.1\r\nHost: d\r\nContent-Length: 900000000\r\n\r\n"):
        connection = socket.socket(socket.AF_UNIX)
        connection.settimeout(20)
        connection.connect(d.socket)
        connection.sendall(data)
        more = b"x" if data.startswith(b"GET") else b"x" * 5000

        def closed():
            try:
                connection.sendall(more)
                return False
            except OSError:
                return True
        wait_for(closed, "the connection is closed")
        connection.close()


@case
def who_holds_every_connection_shuts_nobody_out():
    held = []
    for _ in range(24):  # api.connections is 16
        connection = socket.socket(socket.AF_UNIX)
        connection.settimeout(20)
        connection.connect(d.socket)
        held.append(connection)
    began = time.monotonic()
    equal(d.http("GET", "/v1/me").status, 200)
    equal(time.monotonic() - began < 0.9, True, "before an idle connection would have been closed anyway")
    for connection in held:
        connection.close()


@case
def rubbish_on_the_socket_harms_nobody():
    for data in (b"\0" * 100, b"GET /" + b"a" * 100000, b"\x16\x03\x01" * 50, b"GET / HTTP/9.9\r\n\r\n"):
        connection = socket.socket(socket.AF_UNIX)
        connection.settimeout(5)
        connection.connect(d.socket)
        try:
            connection.sendall(data)
            connection.recv(10)
        except OSError:
            pass
        connection.close()
    equal(d.http("GET", "/v1/me").status, 200)


run_cases()
