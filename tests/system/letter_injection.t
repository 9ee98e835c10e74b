#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What somebody may write into a field of a letter: 1,000 payloads for each, through the real composer and libcurl to a relay that records
every byte; and the same fields through the API."""
import email
import email.policy
import json
import os
import random
import re
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "harness"))
from dsrd import BUILD, ROOT, Dsrd, case, equal, run_cases, wait_for  # noqa: E402
from relay import Relay  # noqa: E402

PAYLOADS = 1000
SEED = int(os.environ.get("SEED", "20261126"))
HEADERS = ["Date", "From", "Reply-To", "To", "Subject", "Message-ID", "MIME-Version", "Content-Type", "Content-Language", "Content-Transfer-Encoding"]
THREAD = HEADERS[:6] + ["In-Reply-To", "References"] + HEADERS[6:]
# Fields of text, each with the name by which it is refused; and those of addresses and ids, which take next to nothing.
TEXTS = ["name", "library.name", "vendor", "brands", "subject", "details", "ref", "law", "short", "cite"]
NAMED = {"postal": "address", "from_name": "library.name", "recipient": "address"}
ADDRESSES = ["mail.from", "mail.reply_address", "address", "sender", "recipient"]
IDS = ["message_id", "earlier"]
BAD = ["\r", "\n", "\r\n", "\r\nBcc: x@evil.example", "\n.\r\nMAIL FROM:<x@evil.example>", "\r\n\r\nbody", "\u2028", "\u2029", "\u0085", "\x0b", "\x0c", "\x1b[2J",
       "\x7f", "\t", "\u202a", "\u202b", "\u202d", "\u202e", "\u2066", "\u2067", "\u2068", "\u2069", "\u200e", "\u200f", "\u061c", "\ufeff", "\u00ad", "\u200b", "\u2060",
       "=?utf-8?q?=0d=0aBcc:_x?=", "=?UTF-8?B?DQpCY2M6IHg=?=", "=?", "x" * 998, "\u00e9" * 500, "y " * 2000, "\x00"]
GOOD = ["Bcc: x@evil.example", ".", "..", "From ", "MAIL FROM:<x@evil.example>", "DATA", "QUIT", "\"", "\\", "<x@evil.example>", "a, b; c", "(c)", "'", "`id`", "$(id)", "%0d%0a",
        "\\r\\n", "\u00e9\u00e8", "\u4e2d\u6587", "\U0001f600", "=3D", "= ?", "?=", "{name}", "{end}", "{if agent}", "# x", "- x", "~", "&nbsp;", "x" * 150, "a b " * 100]
relay = Relay()


def payloads(field):
    """(value, whether it must be refused), each with something around."""
    chosen = random.Random(f"{SEED} {field}")
    for number in range(PAYLOADS):
        bad = number % 2 == 0
        middle = chosen.choice([item for item in BAD if "\x00" not in item] if bad else GOOD)  # C strings end there: NUL goes through the API below
        value = chosen.choice(["", "A", "Pat ", "x@example.org"]) + middle + chosen.choice(["", "Z", " Pat", "@example.org"])
        if field == "postal" and bad and set("\n") == set(middle):
            bad = False  # a postal address has lines
        yield value, bad


def run_wire(lines):
    program = os.path.join(BUILD, "harness", "letter_wire")
    result = subprocess.run([program, relay.url], cwd=ROOT, input="".join(json.dumps(line) + "\n" for line in lines), capture_output=True, text=True, timeout=300)
    equal((result.returncode, result.stderr), (0, ""))
    return result.stdout.splitlines()


def check_wire(mail, field, value):
    if max(len(line) for line in mail.data.split(b"\r\n")) > 998 or b"\n" in mail.data.replace(b"\r\n", b"") or b"\r" in mail.data.replace(b"\r\n", b"") \
            or any(byte > 126 for byte in mail.data):
        raise AssertionError(f"{field}: {value!r} breaks the form on the wire")
    parsed = email.message_from_bytes(mail.data, policy=email.policy.SMTP)
    equal(parsed.keys(), THREAD if field == "earlier" else HEADERS, f"{field}: {value!r}")
    equal(parsed.defects, [], f"{field}: {value!r}")
    if field not in ADDRESSES:
        equal((mail.sender, mail.recipients), ("<requests+0123456789abcdef@library.example>", ["<privacy@vendor.example>"]), f"{field}: {value!r}")
    equal(len(mail.recipients), 1)
    return parsed


def squeezed(text):
    return " ".join(text.split())


def try_field(field, must_arrive):
    """1,000 payloads into a field: the bad ones are refused by its name, the others arrive as they are."""
    values = list(payloads(field))
    before, dialogue = len(relay.mails), len(relay.dialogue)
    answers = run_wire([{"field": field, "value": value} for value, _ in values])
    equal(len(answers), len(values))
    sent = []
    for (value, bad), answer in zip(values, answers):
        name = NAMED.get(field, field)
        if bad or answer != "sent":
            equal(answer, f"refused {name}", f"{field}: {value!r}")
        if answer == "sent":
            sent.append(value)
        elif not bad and must_arrive:
            raise AssertionError(f"{field}: {value!r} was refused")
    wait_for(lambda: len(relay.mails) >= before + len(sent), "all mails are recorded")
    equal(len(relay.mails), before + len(sent))
    for mail, value in zip(relay.mails[before:], sent):
        parsed = check_wire(mail, field, value)
        if must_arrive:
            text = squeezed(parsed["Subject"] + " " + parsed.get_content() + " " + str(parsed["From"]))
            if field != "from_name" and squeezed(value) not in text and field not in ("short", "cite"):
                raise AssertionError(f"{field}: {value!r} did not arrive in:\n{text}")
    commands = [line.split(b":")[0].split()[0].upper() for line in relay.dialogue[dialogue:]]
    equal(commands.count(b"MAIL"), len(sent), f"{field}: commands of the envelope")
    equal(commands.count(b"RCPT"), len(sent), f"{field}: commands of the envelope")


@case
def fields_of_text_are_refused_by_name_or_arrive_as_they_are():
    for field in TEXTS:
        try_field(field, must_arrive=True)


@case
def so_are_a_postal_address_and_a_senders_name():
    for field in ("postal", "from_name"):
        try_field(field, must_arrive=True)


@case
def addresses_take_nothing_but_an_address():
    for field in ADDRESSES:
        try_field(field, must_arrive=False)


@case
def ids_take_nothing_but_an_id():
    for field in IDS:
        values = [value for value, _ in payloads(field)]
        before = len(relay.mails)
        answers = run_wire([{"field": field, "value": value} for value in values])
        for value, answer in zip(values, answers):
            equal(answer, "sent" if re.fullmatch("<[!-;=?-~]+>", value) and len(value) <= 300 else "refused message_id", repr(value))
        wait_for(lambda: len(relay.mails) == before + answers.count("sent"), "what is an id is one")
        for mail in relay.mails[before:]:
            check_wire(mail, field, "an id")


@case
def the_api_refuses_them_by_name_too():
    d = Dsrd({"mail": {"transport": "smtp", "relay": relay.url}})
    ref = d.file("elsevier", "correction", "--law", "eu-gdpr", "--for", d.dsr("subject", "add", "--residence", "NL", "--name", "Pat").strip(), "--draft")
    vendor = {key: item for key, item in d.http("GET", "/v1/vendors/elsevier").json.items() if key != "edited"}
    del vendor["directory"]  # what would make each change one of another version
    bad = [item for item in BAD if item not in ("\n", "\t")]  # a note, and a postal address, may hold these

    def with_channel(**more):
        return {**vendor, "channels": [{**vendor["channels"][0], **more}]}
    calls = {
        "lang": lambda value: d.http("POST", f"/v1/requests/{ref}/letter", {"lang": "en" + value, "details": "x"}),
        "kind": lambda value: d.http("POST", f"/v1/requests/{ref}/letter", {"kind": "request" + value, "details": "x"}),
        "email": lambda value: letter_after(d.http("PATCH", f"/v1/subjects/{alias}", {"email": "pat@example.org" + value})),
        "residence": lambda value: letter_after(d.http("PATCH", f"/v1/subjects/{alias}", {"residence": "NL" + value})),
        "details": lambda value: d.http("POST", f"/v1/requests/{ref}/letter", {"details": "a" + value}),
        "name": lambda value: letter_after(d.http("PATCH", f"/v1/subjects/{alias}", {"name": "a" + value})),
        "vendor": lambda value: letter_after(d.http("PUT", "/v1/vendors/elsevier", {**vendor, "name": "a" + value})),
        "brands": lambda value: letter_after(d.http("PUT", "/v1/vendors/elsevier", {**vendor, "brands": ["a" + value]})),
        "subject": lambda value: letter_after(d.http("PUT", "/v1/vendors/elsevier", with_channel(subject="a" + value))),
        "address": lambda value: letter_after(d.http("PUT", "/v1/vendors/elsevier", with_channel(address="privacy@x.example" + value))),
    }
    alias = d.dsr_json("show", ref)["request"]["subject"]

    def letter_after(reply):
        """What is refused where it is entered is refused; what gets in there is refused where the letter is written."""
        return reply if reply.status >= 400 else d.http("POST", f"/v1/requests/{ref}/letter", {"details": "x"})
    for field, call in calls.items():
        for value in bad:
            reply = call(value)
            named = {field, "name"} if field == "vendor" else {field}
            if reply.status != 422 or reply.json["field"] not in named:
                raise AssertionError(f"{field}: {value!r}: {reply.status} {reply.body}")
        equal(d.http("PATCH", f"/v1/subjects/{alias}", {"name": "Pat"}).status, 200)
        equal(d.http("PUT", "/v1/vendors/elsevier", vendor).status, 200)


run_cases()
