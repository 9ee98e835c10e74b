#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""JSON as nobody should write it, to every address that takes a body: refused in one sentence that names the member, and nothing is written.
MALFORMED_CASES (1000) bodies are changed at random, from FAULT_SEED."""
import datetime
import json
import os
import random
import re
import sys

sys.path[:0] = [os.path.dirname(os.path.abspath(__file__)), os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "harness")]
from dsrd import ROOT, Dsrd, UnixConnection, case, days_ago, equal, fault_seed, figure, run_cases, wait_for  # noqa: E402

CASES = int(os.environ.get("MALFORMED_CASES", "1000"))
SEED = fault_seed()
DEEP = 100000
DEPTH_MOST = 16

d = Dsrd()
alias = d.http("POST", "/v1/subjects", {"residence": "NL", "name": "Somebody"}).json["alias"]
ref = d.http("POST", "/v1/requests", {"vendor": "oclc", "right": "access", "law": "voluntary", "subject": alias}).json["request"]["ref"]
account = d.http("POST", "/v1/accounts", {"roles": ["patron"]}).json["account"]
mail = d.http("POST", "/v1/mail/tests", {"address": "x@example.org"}).json["id"]
demand = d.http("POST", "/v1/demands", {"kind": "other", "from": "Somebody", "asked": "something"}).json["demand"]
wait_for(lambda: d.sql(f"select state from dsr.message where id = '{mail}'") == "sent", "the mail is gone, and writes no more")
VALUES = {"{ref}": ref, "{alias}": alias, "{name}": "oclc", "{demand}": demand}

with open(os.path.join(ROOT, "daemon/http/openapi.json"), encoding="utf-8") as file:
    OPENAPI = json.load(file)


def schema_of(operation):
    schema = operation["requestBody"]["content"].get("application/json", {}).get("schema")
    return OPENAPI["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]] if schema and "$ref" in schema else schema


def address(path):
    for name, value in VALUES.items():
        path = path.replace(name, value)
    return path.replace("{id}", account if "accounts" in path else mail)


ROUTES = [(method.upper(), address(path), schema_of(operation)) for path, methods in OPENAPI["paths"].items() for method, operation in methods.items()
          if "requestBody" in operation and schema_of(operation)]


def sample(schema):
    """Something that the schema allows."""
    if "enum" in schema:
        return schema["enum"][0]
    kind = schema.get("type", "string")
    kind = kind[0] if isinstance(kind, list) else kind
    if kind == "object":
        return {name: sample(one) for name, one in schema.get("properties", {}).items()}
    if kind == "array":
        return [sample(schema.get("items", {}))]
    return {"string": datetime.date.today().isoformat() if schema.get("format") == "date" else "x", "integer": schema.get("minimum", 1),
            "boolean": True, "number": 1, "null": None}[kind]


connection = UnixConnection(d.socket)


def send(method, path, raw):
    connection.request(method, path, raw, {"Content-Type": "application/json"})
    response = connection.getresponse()
    body = response.read()
    if response.headers.get("Connection") == "close":
        connection.close()  # it opens again by itself
    return response.status, response.headers["Content-Type"], body


def is_problem(answer):
    """A refusal as it must be: a whole problem document, whose detail is a sentence."""
    status, kind, body = answer
    problem = json.loads(body)
    return kind == "application/problem+json" and problem["status"] == status and problem.get("detail", "").endswith(".") and 400 <= status < 500


TABLES = d.sql("select string_agg(format('select %L, count(*) from dsr.%I', tablename, tablename), ' union all ') from pg_tables where schemaname = 'dsr'")


def rows():
    return d.sql(TABLES + " order by 1")


# M stands for a member that is known at the address, and E for the same with an escape.
NOT_JSON = {
    "nothing": b"", "space": b" \n\t", "an opened object": b"{", "an opened member": b'{"M"', "no value": b'{"M":}', "no colon": b'{"M" 1}', "a comma at the end": b'{"M":1,}',
    "two commas": b'{"M":1,,"N":2}', "a comma first": b'{,"M":1}', "a number for a name": b'{1:2}', "a name without quotes": b"{M:1}", "single quotes": b"{'M':'x'}",
    "two objects": b"{}{}", "something behind": b"{}x", "a NUL behind": b"{}\0", "a NUL behind a word": b'{"M":true\0}', "a NUL behind a number": b'{"M":1\0}', "a bracket behind": b"{}]", "another bracket": b'{"M":1]',
    "NaN": b'{"M":NaN}', "Infinity": b'{"M":Infinity}', "-Infinity": b'{"M":-Infinity}', "1e999": b'{"M":1e999}', "-1e999": b'{"M":-1e999}', "2^63": b'{"M":9223372036854775808}',
    "-2^63 - 1": b'{"M":-9223372036854775809}', "a number of 100,000 digits": b'{"M":' + b"9" * 100000 + b"}", "a leading zero": b'{"M":01}', "a plus": b'{"M":+1}',
    "a point first": b'{"M":.5}', "a point last": b'{"M":1.}', "half an exponent": b'{"M":1e}', "hexadecimal": b'{"M":0x1}', "only a minus": b'{"M":-}', "underscores": b'{"M":1_000}',
    "half a word": b'{"M":tru}', "a word in capitals": b'{"M":TRUE}', "undefined": b'{"M":undefined}', "a comment": b'{"M":1 /* x */}', "a line's comment": b'{"M":1} // x', "another comment": b'# x\n{"M":1}',
    "a byte order mark": b"\xef\xbb\xbf{}", "UTF-16": '{"M":1}'.encode("utf-16"), "UTF-32": '{"M":1}'.encode("utf-32"), "a form feed": b'{"M":\x0c1}', "a no-break space": b'{"M":\xc2\xa01}',
    "a line in a string": b'{"M":"a\nb"}', "a tab in a string": b'{"M":"a\tb"}', "a NUL in a string": b'{"M":"a\0b"}', "an unknown escape": b'{"M":"\\x41"}', "an escape of half a character": '{"M":"\\é"}'.encode(), "half an escape": b'{"M":"\\u12"}',
    "an escape at the end": b'{"M":"\\', "a string without end": b'{"M":"x}', "a lone high surrogate": b'{"M":"\\ud800"}', "a lone low surrogate": b'{"M":"\\udc00"}', "two high ones": b'{"M":"\\ud800\\ud800"}',
    "a high one and a letter": b'{"M":"\\ud800a"}', "invalid UTF-8": b'{"M":"\xff"}', "half a character": b'{"M":"\xc3"}', "an overlong one": b'{"M":"\xc0\x80"}', "a surrogate in UTF-8": b'{"M":"\xed\xa0\x80"}',
    "beyond Unicode": b'{"M":"\xf4\x90\x80\x80"}', "invalid UTF-8 in a name": b'{"\xff":1}', "a NUL in a name": b'{"M\\u0000":1}', "the same twice": b'{"M":"x","M":"y"}',
    "the same twice inside": b'{"M":{"a":1,"a":2}}', "the same in two spellings": b'{"M":1,"E":2}', "deep lists": b"[" * DEEP, "deep lists, closed": b'{"M":' + b"[" * DEEP + b"]" * DEEP + b"}",
    "deep objects": b'{"a":' * (DEEP // 3), "deep objects, closed": b'{"a":' * (DEEP // 3) + b"1" + b"}" * (DEEP // 3), "null": b"null", "a list": b"[]", "a text": b'"M"', "a number": b"1", "true": b"true",
    "a list of objects": b'[{"M":1}]', "invalid bytes only": b"\xff\xfe\xfd" * 300, "long rubbish": b"x" * 100000, "long rubbish in a string": b'{"M":"' + "é".encode() * 50000,
}


@case
def the_addresses_are_those_that_take_a_body():
    with open(os.path.join(ROOT, "daemon/http/routes.c")) as routes:
        taking = re.findall(r'\{"(\w+)", "([^"]+)", .*, true, "[^"]*", handle_', routes.read())
    equal(sorted((method, address(path)) for method, path in taking), sorted((method, path) for method, path, _ in ROUTES))


@case
def what_is_not_json_is_refused_everywhere_and_nothing_is_written():
    before, wrong, sent = rows(), [], 0
    for method, path, schema in ROUTES:
        known = next(iter(schema["properties"])).encode()
        for name, raw in NOT_JSON.items():
            if len(raw) < 1000:
                raw = raw.replace(b'"M', b'"' + known).replace(b'"E"', b'"\\u%04x%s"' % (known[0], known[1:]))
            answer = send(method, path, raw)
            sent += 1
            if answer[0] != 400 or not is_problem(answer) or json.loads(answer[2])["code"] != "malformed":
                wrong.append((method, path, name, answer))
    equal(wrong, [])
    equal(rows(), before)
    figure("bodies that are not JSON, all refused", sent)


@case
def a_text_of_ten_megabytes_is_refused_and_not_kept():
    before = rows()
    for method, path, schema in ROUTES[:3]:
        answer = send(method, path, json.dumps({next(iter(schema["properties"])): "x" * 10**7}).encode())
        equal((answer[0], is_problem(answer)), (413, True), path)
    equal(rows(), before)


KNOWN = {"vendor": "oclc", "law": "voluntary", "right": "access", "residence": "NL", "channel": "email", "subject": alias, "sent": days_ago(0), "received": days_ago(0), "on": days_ago(0)}


def nested(depth):
    return json.loads("[" * depth + "]" * depth)


@case
def what_a_member_must_not_be_is_refused_by_its_name():
    before, wrong, sent = rows(), [], 0
    for method, path, schema in ROUTES:
        good = {name: KNOWN.get(name, value) if isinstance(value, str) else value for name, value in sample(schema).items()}
        bodies = [({**good, "colour": "red"}, "colour"), ({**good, "__proto__": {}}, "__proto__"), ({**good, "id": 7}, "id") if "id" not in good else ({**good, "Id": 7}, "Id")]
        for name in schema["properties"]:
            string = isinstance(good[name], str)
            bodies += [({**good, name: value}, name) for value in (
                {"a": 1}, [[]] if not isinstance(good[name], list) else "x", 0.5, nested(DEPTH_MOST + 1), "a\0b", "\u0007", "\u202e",
                *(("x" * 100000, "", 7, True) if string else ()), *((2**63 - 1, -2**63, -1, "1", True) if isinstance(good[name], int) and not isinstance(good[name], bool) else ()),
                *((7, "true", 1) if isinstance(good[name], bool) else ()))]
        for body, name in bodies:
            answer = send(method, path, json.dumps(body).encode())
            sent += 1
            problem = json.loads(answer[2])
            if not is_problem(answer) or not (problem.get("field") == name or name in problem["detail"]):
                wrong.append((method, path, name, str(body[name])[:30], answer[0], problem.get("field"), problem.get("detail")))
    equal(wrong, [])
    equal(rows(), before)
    figure("members that may not be so, all refused by name", sent)


def unlike_twice(pairs):
    if len({name for name, _ in pairs}) < len(pairs):
        raise ValueError("twice")
    return dict(pairs)


def no_constant(word):
    raise ValueError(word)


def in_range(text):
    if not -2**63 <= int(text) < 2**63:
        raise ValueError(text)
    return int(text)


def finite(text):
    if abs(float(text)) == float("inf"):
        raise ValueError(text)
    return float(text)


def is_object(raw):
    """Whether it is JSON as dsrd takes it, said by another reader."""
    try:
        read = json.loads(raw.decode("utf-8", "strict"), object_pairs_hook=unlike_twice, parse_constant=no_constant, parse_int=in_range, parse_float=finite)
        json.dumps(read, ensure_ascii=False).encode("utf-8", "strict")  # lone surrogates
    except (ValueError, RecursionError):
        return False
    return isinstance(read, dict)


PIECES = [b"{", b"}", b"[", b"]", b",", b":", b'"', b"\\", b"\\u0000", b"\\ud800", b"\\udc00", b"\xff", b"\xc3", b"\xe2\x80\xae", b"\0", b"1e999", b"-", b"9" * 30, b"null", b"true", b"NaN", b"//", b"\n",
          b'"a":1,', b"[[[[[[[[[[[[[[[[[[", b"0", b".", b"e", b"\xef\xbb\xbf", b" "]


def changed(random_one, raw):
    data = bytearray(raw)
    for _ in range(random_one.choice((1, 1, 2, 3, 8))):
        at = random_one.randrange(len(data) + 1)
        what = random_one.randrange(4)
        if what == 0:
            del data[at:at + random_one.randrange(1, 6)]
        elif what == 1 and at < len(data):
            data[at] = random_one.randrange(256)
        elif what == 2:
            other = random_one.randrange(len(data) + 1)
            data[at:at] = data[min(at, other):max(at, other)][:200]
        else:
            data[at:at] = random_one.choice(PIECES)
    return bytes(data)


@case
def changed_at_random_it_is_read_as_another_reader_does():
    random_one = random.Random(SEED)
    before, refused = rows(), 0
    for _ in range(CASES):
        method, path, schema = random_one.choice(ROUTES)
        raw = changed(random_one, json.dumps(sample(schema), ensure_ascii=random_one.random() < 0.5).encode())
        if is_object(raw):  # then only what writes nothing is asked
            answer = send("POST", "/v1/requests?dry_run=true", raw)
            equal(answer[0] < 500, True, (SEED, raw, answer))
            continue
        answer = send(method, path, raw)
        refused += 1
        equal((answer[0], is_problem(answer)), (400, True), (SEED, method, path, raw, answer))
    equal(rows(), before)
    equal(refused > CASES / 4, True, "they are changed")
    figure("bodies changed at random", f"{CASES}, of which {refused} were no JSON any more")
    equal(d.pids("api") != [] and "signal" not in d.read_log(), True)


run_cases()
