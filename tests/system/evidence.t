#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Evidence of a request: what the PDF and the data beside it say, what is never in them, and who may take it."""
import hashlib
import json
import os
import subprocess
import sys
import unicodedata

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "harness"))
from dsrd import Dsrd, case, contains, days_ago, equal, lacks, run_cases, wait_for  # noqa: E402
from relay import Relay  # noqa: E402

relay = Relay()
d = Dsrd({"mail": {"transport": "smtp", "relay": relay.url, "backoff_s": [1], "reply_address": "requests@library.example"}}, owner_name="Canary Clerk")
alias = d.dsr("subject", "add", "--residence", "PL", "--name", "Łucja Żółć", "--email", "lucja@patron.example").strip()
other = d.dsr("subject", "add", "--residence", "NL", "--name", "Canary Other", "--email", "other@canary.example").strip()
ref = d.file("elsevier", "access", "--law", "eu-gdpr", "--for", alias, "--draft")
other_ref = d.file("elsevier", "deletion", "--law", "eu-gdpr", "--for", other, "--sent", days_ago(40))
folder = os.path.join(d.folder, "evidence")
os.mkdir(folder)


def text_of(pdf):
    # A letter put together from its parts is read as those parts.
    return unicodedata.normalize("NFC", subprocess.run(["pdftotext", "-layout", pdf, "-"], check=True, capture_output=True, text=True).stdout)


@case
def a_draft_has_evidence_too():
    base = os.path.join(folder, "draft")
    contains(d.dsr("evidence", ref, "--file", base + ".pdf"), f"Written: {base}.pdf, and {base}.json")
    contains(text_of(base + ".pdf"), f"Evidence: {ref}", "Elsevier B.V.", "There are none.")


@case
def the_whole_story_is_in_one_file():
    d.dsr("send", ref, "--yes")
    wait_for(lambda: d.sql("select count(*) from dsr.letter where logged") == "1", "the letter is sent and on record")
    d.dsr("log", ref, "acknowledged", "--note", "Canary note: the clerk's own words")
    d.dsr("log", ref, "received", "--on", "today")
    d.dsr("undo", ref, "received", "--reason", "Canary reason")
    d.sql("insert into dsr.reply (library_id, sha256, came_at, size, cut, sender_domain, media_types, kind, event, match_by, request_id, vendor, channel, state) "
          "select library_id, sha256('x'), now(), 4711, false, 'elsevier.com', '{text/plain}', 'auto_ack', 'acknowledged', 'token', id, vendor, 'email-1', 'proposed' "
          f"from dsr.request where ref = '{ref}'")
    d.dsr("evidence", ref, "--file", os.path.join(folder, "whole"), "--paper", "a4")
    pdf, data = os.path.join(folder, "whole.pdf"), os.path.join(folder, "whole.json")
    equal([os.stat(path).st_mode & 0o777 for path in (pdf, data)], [0o600, 0o600])
    text = text_of(pdf)
    contains(text, f"Evidence: {ref}", "Taken from the record of Test Library", hashlib.sha256(open(data, "rb").read()).hexdigest(), alias,
             "sent", "acknowledged", "undone", "art. 12(3)", "1. ", "[", "Complaints", "Letter 1: request", "Message-ID", "250 2.0.0", "SHA-256",
             "elsevier.com", "4711 bytes", hashlib.sha256(b"x").hexdigest(), "Łucja Żółć", "Kind regards")
    equal("Pages:" in subprocess.run(["pdfinfo", pdf], check=True, capture_output=True, text=True).stdout, True)
    contains(subprocess.run(["pdfinfo", pdf], check=True, capture_output=True, text=True).stdout, "595")
    evidence = json.load(open(data))
    letter, = evidence["letters"]
    equal(letter["mail_sha256"] in {hashlib.sha256(mail.data).hexdigest() for mail in relay.mails}, True, "the hash is that of what was on the wire")
    contains(letter["text"], "Subject: Request for access", "Łucja Żółć")
    contains(letter["tries"][0]["reply"], "250")
    equal(evidence["explanation"]["clocks"][0]["cite"] != "", True)
    equal(evidence["record"]["request"]["ref"], ref)


@case
def nothing_of_others_is_in_it():
    everything = open(os.path.join(folder, "whole.json")).read() + text_of(os.path.join(folder, "whole.pdf"))
    lacks(everything, "Canary", other, other_ref, "owner@example.org", "requests+")


@case
def files_that_are_there_stay_unless_forced():
    before = {name: open(os.path.join(folder, name), "rb").read() for name in os.listdir(folder)}
    d.dsr("evidence", ref, "--file", os.path.join(folder, "whole"), status=4)
    contains(d.errors, "whole.pdf is there already; --force writes over it.")
    equal({name: open(os.path.join(folder, name), "rb").read() for name in os.listdir(folder)}, before)
    with open(os.path.join(folder, "half.json"), "w") as file:
        file.write("{}")
    d.dsr("evidence", ref, "--file", os.path.join(folder, "half"), status=4)
    contains(d.errors, "half.json is there already; --force writes over it.")
    os.unlink(os.path.join(folder, "half.json"))
    equal(sorted(os.listdir(folder)), sorted(before), "nor is one of the two written without the other")
    d.dsr("evidence", ref, "--file", os.path.join(folder, "whole"), "--force", "--paper", "letter")
    contains(subprocess.run(["pdfinfo", os.path.join(folder, "whole.pdf")], check=True, capture_output=True, text=True).stdout, "612 x 792")
    d.dsr("evidence", ref, "--file", os.path.join(folder, "x"), "--paper", "a5", status=2)
    contains(d.errors, "--paper is a4 or letter.")
    d.dsr("evidence", ref, "--file", os.path.join(folder, "none", "x"), status=2)
    contains(d.errors, "cannot be written: No such file or directory")
    d.dsr("evidence", ref, "--file", os.path.join(folder, "y"), env={"PATH": folder}, status=5)
    contains(d.errors, "apt install groff")
    equal(sorted(os.listdir(folder)), sorted(before))


@case
def each_time_it_is_taken_is_audited():
    before = int(d.sql("select count(*) from dsr.audit where act = 'evidence'"))
    equal(d.dsr_json("evidence", ref)["record"]["request"]["ref"], ref)
    equal(d.sql(f"select count(*) || ' ' || max(target) from dsr.audit where act = 'evidence'"), f"{before + 1} {ref}")
    d.dsr("evidence", "R-0000-0000", status=1)


run_cases()
