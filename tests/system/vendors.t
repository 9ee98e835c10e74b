#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The directory of vendors: imports that change nothing twice, what is learned of channels, take-overs, editing. DSRD_VENDOR_SAMPLE names a
file of company records of datenanfragen.de, which is then imported too; DSRD_VENDOR_PRODUCTS one of products."""
import json
import os
import pty
import re
import stat
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "harness"))
from dsrd import ROOT, Dsrd, case, contains, days_ago, equal, lacks, run_cases  # noqa: E402

COMPANIES = os.path.join(ROOT, "tests", "vectors", "companies.jsonl")
PRODUCTS = os.path.join(ROOT, "tests", "vectors", "products.csv")
SAMPLE = os.environ.get("DSRD_VENDOR_SAMPLE")
SAMPLE_PRODUCTS = os.environ.get("DSRD_VENDOR_PRODUCTS")
LOST = 4  # exit status when something was refused

d = Dsrd({"vendors": {"stale_days": 300}})
alias = d.dsr("subject", "add", "--residence", "NL").strip()


def vendor(name):
    return d.dsr_json("vendor", "show", name)


def channel(name, number="email-1"):
    return next(c for c in vendor(name)["channels"] if c["id"] == number)


def learned(name, number="email-1"):
    return vendor(name)["directory"]["channels"][number]


def channel_of(ref):
    return d.sql(f"select channel_id from dsr.request where ref = '{ref}'")


def as_library(text):
    return d.sql(f"set dsr.library = '1'; {text}")


def import_again(*arguments, status=LOST):
    return d.dsr_json("vendor", "import", *arguments, status=status)


def put(name, **more):
    document = {**vendor(name), **more}
    return d.http("PUT", f"/v1/vendors/{name}", document)


@case
def an_import_takes_what_is_good_and_says_why_the_rest_was_refused():
    d.dsr("vendor", "import", PRODUCTS, "--format", "xyz", status=2)
    contains(d.errors, "format must be datenanfragen (company records) or vendorpol")
    out = d.dsr("vendor", "import", COMPANIES, "--seen", days_ago(30), status=LOST)
    contains(out, "19 added, 0 changed, 0 unchanged, 1 kept as they are here, 13 refused.")
    contains(d.errors,
             "kept: line 33 elsevier: Elsevier B.V. is here already, from the files in etc/vendors.",
             "line 2 gone: It is obsolete at the source without a successor: the company is gone.",
             "line 3 lost: Its successor not-there is not here; import that first.",
             "line 7 soft-hyphens, line 8 soft-hyphen-domain: address is not an e-mail address that mail can be sent to: it holds a character that nobody sees (U+00AD)",
             "line 9 no-width: name: ", "(U+200B)",
             "nowhere: address: its last line must be the country", '"Atlantis"', "x: slug is longer than 80 bytes.", "under_score: slug: ",
             "line 27: email holds control characters", "wrong-type: email must be a text.", "no-name: name is missing.", "line 30: The body is not JSON",
             "line 31: The body is not JSON")
    equal(d.http("GET", "/v1/vendors/soft-hyphens").status, 404)


@case
def the_same_import_again_changes_nothing_on_any_day():
    before = d.sql("select md5(string_agg(v::text, ',' order by slug)) from dsr.vendor v")
    entries = d.sql("select count(*) from dsr.audit")
    again = import_again(COMPANIES)
    equal([again[name] for name in ("added", "changed", "unchanged")], [0, 0, 19])
    equal(sum(len(labels) for labels in again["refused"].values()), 13)
    equal(d.sql("select md5(string_agg(v::text, ',' order by slug)) from dsr.vendor v"), before)
    equal(d.sql("select count(*) from dsr.audit"), entries)


@case
def a_record_says_where_a_company_is_and_how_to_reach_it():
    plain = vendor("Beispiel Hören")
    equal(plain["slug"], "plain-de")
    equal([(e["country"], e["zone"]) for e in plain["establishments"]], [("DE", "Europe/Berlin")])
    equal([c["kind"] for c in plain["channels"]], ["email", "letter", "phone"])
    equal(plain["channels"][1]["address"], "Beispiel Verlag GmbH\nAm Weg 1\n12345 Musterstadt\nDeutschland")
    equal(plain["channels"][0]["date_seen"], days_ago(30))
    contains(plain["note"], "Fax: +49 30 1234568")
    contains(plain["channels"][0]["people"], "listed for: de, at")
    equal([channel(name)["confidence"] for name in ("english-country", "plain-de")], ["high", "medium"])
    equal([c["kind"] for c in vendor("form-only")["channels"]], ["webform", "letter"])
    equal([c["confidence"] for c in vendor("form-only")["channels"]], ["low", "low"])
    equal([c["kind"] for c in vendor("letter-only")["channels"]], ["letter"])
    equal([vendor(name)["establishments"][0]["zone"] for name in ("english-country", "letter-only", "idn")], ["Europe/Berlin", "Europe/Helsinki", "Europe/Zurich"])
    equal([(e["country"], e["zone"]) for e in vendor("us-state")["establishments"]], [("US-CA", "America/Los_Angeles")])
    equal(vendor("us-no-state")["establishments"][0]["zone"], "America/New_York")
    contains(vendor("us-no-state")["note"], "America/New_York is assumed")
    equal(channel("idn")["address"], "datenschutz@bücher.example")
    equal(channel("capitals")["address"], "DPO@Capitals.EXAMPLE")
    equal({channel("shared-one")["address"], channel("shared-two")["address"]}, {"dpo@group.example"})
    equal(vendor("quoting")["name"], 'Foo, Bar; "Baz" <qux@example> GmbH')
    equal(vendor("βιβλία ΚΑΙ 本 αε")["slug"], "beyond-latin")
    equal(vendor("shop 89")["slug"], "many-names")
    contains(channel("asks-much")["steps"], "Customer number, Birthday (not needed).", "identity document", '"sv"')


@case
def a_directory_for_the_gdpr_gives_no_contact_for_the_ccpa():
    equal({tuple(c["laws"]) for c in vendor("us-state")["channels"]}, {("eu-gdpr", "uk-gdpr")})
    ref = d.file("us-state", "deletion", "--law", "eu-gdpr", "--for", alias)
    equal(channel_of(ref), "email-1")
    ref = d.file("us-state", "deletion", "--law", "us-ca-ccpa", "--for", alias, "--anyway")
    contains(d.dsr("file", "us-state", "access", "--law", "us-ca-ccpa", "--for", alias, "--anyway", "--dry-run") + d.errors,
             "No channel of this vendor is known for this right and law")
    equal(channel_of(ref), "")
    d.dsr("file", "us-state", "access", "--law", "us-ca-ccpa", "--for", alias, "--channel", "email-1", status=2)
    contains(d.errors, "does not serve")
    contains(d.dsr("vendor", "show", "us-state"), "requests under the GDPR: under other laws, ask where to write")


@case
def a_name_of_several_says_which_there_are():
    d.dsr("file", "Thrice Named SARL", "access", "--law", "eu-gdpr", "--for", alias, status=4)
    contains(d.errors, "3 vendors are called", "thrice-de, thrice-es, thrice-fr")
    d.file("thrice-fr", "access", "--law", "eu-gdpr", "--for", alias)


@case
def what_a_person_wrote_or_confirmed_is_not_overwritten_by_an_import():
    equal(put("capitals", note="Ask for Ms Example.").status, 200)
    d.dsr("vendor", "confirm", "idn", "email-1")
    lines = []
    for line in open(COMPANIES, encoding="utf-8"):
        if any(f'"slug": "{slug}"' in line for slug in ("capitals", "idn", "plain-de", "shared-one")):
            lines.append(line.replace("datenschutz@", "neu@").replace("DPO@", "new@").replace("dpo@", "new@"))
    path = os.path.join(d.folder, "changed.jsonl")
    with open(path, "w", encoding="utf-8") as file:
        file.writelines(lines)
    again = import_again(path, status=0)
    equal([again["changed"], again["unchanged"]], [2, 0])
    contains(json.dumps(again["kept"]), "It was edited here.", "It was confirmed here on")
    equal([channel(name)["address"] for name in ("capitals", "idn", "plain-de", "shared-one")],
          ["DPO@Capitals.EXAMPLE", "datenschutz@bücher.example", "neu@verlag.example", "new@group.example"])
    import_again(COMPANIES)


@case
def products_find_their_vendor_and_override_nothing():
    out = d.dsr("vendor", "import", PRODUCTS, status=LOST)
    contains(out, "4 added, 0 changed, 0 unchanged, 2 kept as they are here, 3 refused.")
    contains(d.errors, 'refused: row 8 Some Atlas, row 9 Another Atlas: There is no vendor "Nobody We Know".', "row 10",
             '"abi/inform" is a name of proquest, so this is not taken for a product of cengage.')
    contains(d.dsr("vendor", "import", PRODUCTS, status=LOST), "0 added, 0 changed, 4 unchanged")
    equal([vendor(name)["slug"] for name in ("abi/inform trade and industry", "Elsewhere Too")], ["proquest", "elsevier"])
    contains(d.dsr("vendor", "show", "elsewhere too"), "by vendorpol, a list that has errors")
    # What a file says goes before what an import said.
    path = os.path.join(d.folder, "brand.jsonl")
    with open(path, "w") as file:
        file.write(json.dumps({"slug": "brandish", "name": "Brandish GmbH", "runs": ["Scopus", "Brand X"], "relevant-countries": ["all"], "quality": "verified",
                               "address": "Weg 1\n12345 Ort\nGermany", "sources": ["https://brandish.example"], "email": "privacy@brandish.example"}) + "\n")
    import_again(path, status=0)
    equal([vendor(name)["slug"] for name in ("scopus", "brand x")], ["elsevier", "brandish"])
    # The vendor itself, once it is there, goes before what a list said; and the files keep what they say.
    d.dsr("vendor", "add", "Elsewhere Too", "--slug", "elsewhere", "--country", "NL", "--email", "privacy@elsewhere.example")
    equal(vendor("Elsewhere Too")["slug"], "elsewhere")
    equal(vendor("elsewhere, a journal")["slug"], "elsevier")


@case
def what_came_back_and_what_was_answered_is_learned_and_an_edit_does_not_lose_it():
    equal(learned("plain-de")["status"], "ok")
    as_library(f"select dsr.channel_bounced('plain-de', 'email-1', '{days_ago(9)}', false), dsr.channel_bounced('plain-de', 'email-1', '{days_ago(8)}', false)")
    equal(learned("plain-de")["status"], "ok", "two soft ones are no proof")
    as_library(f"select dsr.channel_bounced('plain-de', 'email-1', '{days_ago(7)}', false)")
    equal([learned("plain-de")[k] for k in ("status", "bounces", "bounced_on")], ["bouncing", 3, days_ago(7)])
    equal(put("plain-de", note="Edited.").status, 200)
    equal([learned("plain-de")[k] for k in ("status", "bounces")], ["bouncing", 3])
    as_library(f"select dsr.channel_proven('plain-de', 'email-1', '{days_ago(8)}')")
    equal(learned("plain-de")["status"], "bouncing", "an answer from before the last one that came back")
    as_library(f"select dsr.channel_proven('plain-de', 'email-1', '{days_ago(6)}')")
    equal([learned("plain-de")[k] for k in ("status", "bounces", "proven_on")], ["ok", 0, days_ago(6)])
    as_library(f"select dsr.channel_bounced('plain-de', 'email-1', '{days_ago(7)}', true)")
    equal(learned("plain-de")["status"], "ok", "it came back before the answer")
    as_library(f"select dsr.channel_bounced('plain-de', 'email-1', '{days_ago(5)}', true)")
    equal([learned("plain-de")[k] for k in ("status", "hard")], ["bouncing", True])
    document = vendor("plain-de")
    document["channels"][0]["address"] = "other@verlag.example"
    equal(d.http("PUT", "/v1/vendors/plain-de", document).status, 200)
    equal(learned("plain-de"), {"status": "ok", "bounces": 0, "hard": False}, "another address begins anew")
    equal(as_library("select dsr.channel_bounced('plain-de', 'email-9', current_date, true), dsr.channel_proven('none', 'email-1', current_date)"), "f|f")


@case
def an_answer_that_is_recorded_proves_the_channel():
    ref = d.file("english-country", "access", "--law", "eu-gdpr", "--for", alias, "--sent", days_ago(9))
    as_library(f"select dsr.channel_bounced('english-country', 'email-1', '{days_ago(8)}', true)")
    equal(learned("english-country")["status"], "bouncing")
    d.dsr("log", ref, "received", "--on", days_ago(7))
    equal(learned("english-country")["status"], "bouncing", "who says that it was received?")
    d.dsr("log", ref, "acknowledged", "--on", days_ago(6))
    equal([learned("english-country")[k] for k in ("status", "proven_on")], ["ok", days_ago(6)])
    d.dsr("undo", ref, "acknowledged", "--reason", "another vendor")
    equal(learned("english-country").get("proven_on"), None)


@case
def the_status_of_who_can_mend_it_begins_with_what_bounces_or_is_stale():
    lacks(d.dsr("status"), "--trouble")
    equal(d.dsr_json("status")["vendor_trouble"], None)
    as_library("select dsr.channel_bounced('thrice-fr', 'email-1', current_date, true), dsr.channel_bounced('thrice-de', 'email-1', current_date, true)")
    d.sql(f"update dsr.vendor_channel set seen_on = '{days_ago(300)}' where vendor = 'us-state'")
    equal(learned("us-state")["status"], "ok")
    d.sql(f"update dsr.vendor_channel set seen_on = '{days_ago(301)}' where vendor = 'us-state'")
    equal(learned("us-state")["status"], "stale")
    equal(d.dsr_json("status")["vendor_trouble"], {"bouncing": 1, "stale": 1}, "thrice-de has no open request")
    first = d.dsr("status").splitlines()
    contains(first[0], "Vendors with open requests whose addresses bounce: 1. `dsr vendor list --trouble`")
    contains(first[1], "nobody has looked at for long: 1.")
    rows = d.dsr_json("vendor", "list", "--trouble")
    equal([row["slug"] for row in rows], ["thrice-fr", "us-state", "thrice-de"])
    contains(d.dsr("vendor", "list", "--trouble"), "email-1 bounces, last on", f"letter-1 not seen since {days_ago(301)}")
    contains(d.dsr("vendor", "list", "--trouble", "--csv"), f"email-1 not seen since {days_ago(301)}")
    contains(d.dsr("vendor", "show", "thrice-fr"), "bouncing; mail came back on")
    d.dsr("file", "thrice-fr", "portability", "--law", "eu-gdpr", "--for", alias)
    contains(d.errors, "note: Mail to the channel email-1 came back, last on")
    d.dsr("file", "us-state", "portability", "--law", "eu-gdpr", "--for", alias)
    contains(d.errors, f"note: Nobody has looked at the channel email-1 since {days_ago(301)}")
    contains(d.dsr("vendor", "confirm", "thrice-fr", "email-1", "--source", "https://thrice.example/privacy"), "thrice-fr is confirmed as of today: email-1")
    equal([learned("thrice-fr")[k] for k in ("status", "confirmed_source")], ["ok", "https://thrice.example/privacy"])
    d.dsr("vendor", "confirm", "us-state")
    equal(d.dsr_json("status")["vendor_trouble"], None)
    d.dsr("vendor", "confirm", "us-state", "fax-1", status=1)
    contains(d.errors, "us-state has no channel fax-1. There are: email-1, letter-1.")
    equal(d.sql("select detail ->> 'confirmed' from dsr.audit where act = 'vendor' and target in ('thrice-fr', 'us-state') order by seq").splitlines(), ["email-1", "all"])


@case
def a_vendor_that_was_taken_over_leads_to_the_other_and_keeps_its_requests():
    ref = d.file("shared-one", "access", "--law", "eu-gdpr", "--for", alias)
    contains(d.dsr("vendor", "merge", "shared-one", "Shared Two SAS"), "shared-one leads to shared-two from now on.")
    equal(vendor("Shared One SAS")["slug"], "shared-two")
    contains(d.dsr("vendor", "show", "shared-one"), "! shared-one (Shared One SAS) was taken over on")
    contains(d.dsr("status", ref), "shared-one was taken over by shared-two since: write there")
    contains(d.dsr("show", ref), "taken over by shared-two since")
    equal([row["ref"] for row in d.dsr_json("list", "--vendor", "shared-two")], [ref])
    # What was asked of the old one counts for the new one: deletion while access is open.
    d.dsr("file", "shared-one", "deletion", "--law", "eu-gdpr", "--for", alias, status=4)
    contains(d.errors, ref, "still open")
    second = d.file("shared-one", "deletion", "--law", "eu-gdpr", "--for", alias, "--anyway")
    equal(d.dsr_json("show", second)["request"]["vendor"], "shared-two")
    d.dsr("vendor", "merge", "shared-two", "form-only")
    equal([vendor(name)["slug"] for name in ("shared-one", "shared-two")], ["form-only"] * 2, "never a chain")
    equal(d.sql("select slug, merged_into from dsr.vendor where merged_into = 'form-only' order by slug").splitlines(), ["shared-one|form-only", "shared-two|form-only"])
    d.dsr("vendor", "merge", "form-only", "shared-one", status=2)
    contains(d.errors, "form-only cannot take over itself.")
    equal(sorted(row["ref"] for row in d.dsr_json("list", "--vendor", "form-only")), sorted([ref, second]))
    equal([row["open"] for row in d.dsr_json("vendor", "list", "form-only")], [2], "what was asked of the old ones is its own affair now")
    equal([(row["slug"], row["open"]) for row in d.dsr_json("vendor", "list", "--merged")], [("oldname", 0), ("shared-one", 1), ("shared-two", 1)])
    lacks(json.dumps([row["slug"] for row in d.dsr_json("vendor", "list")]), "shared-")
    equal([row["slug"] for row in d.dsr_json("vendor", "list", "Shared One")], ["form-only"])
    equal([row["slug"] for row in d.dsr_json("vendor", "list", "--merged")], ["oldname", "shared-one", "shared-two"])
    # A hold on the successor covers what was asked of the old ones.
    d.dsr("hold", "add", "--vendor", "form-only", "--reason", "a case", "--until", days_ago(-9))
    equal(d.sql("select vendor from dsr.hold_target order by 1").splitlines(), ["form-only", "shared-one", "shared-two"], d.errors)
    # And one that was there before, what was asked of who is taken over now.
    d.dsr("vendor", "merge", "capitals", "form-only")
    equal(d.sql("select vendor from dsr.hold_target order by 1").splitlines(), ["capitals", "form-only", "shared-one", "shared-two"])
    contains(d.dsr("vendor", "merge", "shared-two", "--undo"), "shared-two stands for itself.")
    equal(vendor("shared-two")["slug"], "shared-two")
    d.dsr("vendor", "merge", "Shared One SAS", "--undo", status=2)  # found as who took it over
    contains(d.errors, "Shared One SAS is a name of form-only, which nobody took over", "dsr vendor list --merged")


@case
def an_import_of_a_take_over_only_ever_adds_a_name():
    equal(vendor("Old Name Ltd")["slug"], "plain-de")
    d.dsr("vendor", "merge", "oldname", "--undo")
    equal(d.http("GET", "/v1/vendors/oldname").status, 404, "it was only a name")


@case
def adding_a_vendor_is_one_line():
    out = d.dsr("vendor", "add", "Acme Books, Inc.", "--country", "US-IL", "--email", "privacy@acme.example", "--right", "access", "--law", "us-ca-ccpa",
                "--brand", "Acme Audio", "--parent", "proquest")
    contains(out, "Added: acme-books-inc, Acme Books, Inc.", "dsr file acme-books-inc RIGHT --law LAW")
    acme = vendor("acme audio")
    equal(acme["establishments"], [{"country": "US-IL", "zone": "America/Chicago", "name": "Acme Books, Inc."}])
    equal([(c["id"], c["rights"], c["laws"]) for c in acme["channels"]], [("email-1", ["access"], ["us-ca-ccpa"])])
    d.dsr("vendor", "add", "Acme Books, Inc.", "--country", "NL", "--email", "x@acme.example", status=4)
    contains(d.errors, "There is a vendor acme-books-inc already", "dsr vendor edit acme-books-inc")
    d.dsr("vendor", "add", "Nowhere", status=2)
    contains(d.errors, "--country")
    d.dsr("vendor", "add", "Nowhere", "--country", "US", "--email", "a@b.example", status=2)
    contains(d.errors, "--zone")
    d.dsr("vendor", "add", "Nowhere", "--country", "NL", "--email", "a\u00ad@b.example", status=2)
    contains(d.errors, "nobody sees")
    d.dsr("vendor", "add", "Nowhere", "--country", "NL", "--email", "a@b.example", "--law", "eu-gdrp", status=2)
    contains(d.errors, "eu-gdpr")
    path = os.path.join(d.folder, "new.conf")
    text = open(os.path.join(ROOT, "etc", "vendors", "kanopy.conf"), encoding="utf-8").read()
    with open(path, "w", encoding="utf-8") as file:
        file.write(text.replace("privacy@kanopy.com", "someone@kanopy.com"))
    d.dsr("vendor", "add", "--file", path, status=4)
    contains(d.errors, "kanopy already")
    with open(path, "w", encoding="utf-8") as file:
        file.write(text.replace('slug = "kanopy"', 'slug = "kanopy-new"'))
    contains(d.dsr("vendor", "add", "--file", path), "Added: kanopy-new")


@case
def the_tree_shows_who_belongs_to_whom():
    tree = d.dsr("vendor", "list", "--tree")
    contains(tree, "Clarivate (not in the directory)\n  exlibris  Ex Libris Ltd.\n  proquest  ProQuest LLC\n    acme-books-inc  Acme Books, Inc.\n")
    equal(tree.count("Clarivate (not"), 1)
    contains(tree, "KKR (not in the directory)\n  overdrive  OverDrive, Inc.\n    kanopy  Kanopy, Inc.\n")
    contains(d.dsr("vendor", "show", "acme-books-inc"), "belongs to proquest  ProQuest LLC")
    contains(d.dsr("vendor", "show", "proquest"), "owns       acme-books-inc", "beside it  exlibris")
    equal(put("proquest", parent="acme-books-inc").status, 422)


def editor(script):
    path = os.path.join(d.folder, "editor")
    with open(path, "w") as file:
        file.write("#!/bin/sh\n" + script)
    os.chmod(path, os.stat(path).st_mode | stat.S_IXUSR | stat.S_IXGRP | stat.S_IXOTH)
    return {"EDITOR": path, "TMPDIR": d.folder}


@case
def editing_goes_on_after_a_mistake_and_loses_nothing():
    once = 'if [ -e "$0.tried" ]; then sed -i s/nonsense/low/ "$1"; else touch "$0.tried"; sed -i "s/\\"medium\\"/\\"nonsense\\"/" "$1"; fi'
    out = d.dsr("vendor", "edit", "acme audio", env=editor(once), input="y\n")
    contains(d.errors, "confidence must be high, medium or low.", "Edit it again?")
    contains(out, "Written: acme-books-inc.")
    equal(channel("acme-books-inc")["confidence"], "low")
    d.dsr("vendor", "edit", "acme audio", env=editor('echo "{" > "$1"'), input="n\n", status=2)
    contains(d.errors, "Nothing was written, and your text is in ")
    kept = re.search(r"your text is in (\S+\.json)", d.errors).group(1)
    equal(open(kept).read(), "{\n")
    # Somebody else was faster.
    other = vendor("acme-books-inc")
    equal(put("acme-books-inc", note="Faster.").status, 200)
    equal(d.http("PUT", "/v1/vendors/acme-books-inc", {**other, "note": "Slower."}).status, 412)
    reply = d.http("PUT", "/v1/vendors/acme-books-inc", {**other, "directory": {"version": {"a": 1}}})
    equal((reply.status, reply.json["detail"]), (422, "directory.version must be a string."))
    equal(vendor("acme-books-inc")["note"], "Faster.")


@case
def an_import_shows_how_far_it_is():
    parent, child = pty.openpty()
    process = subprocess.Popen([os.path.join(d.program, "dsr"), "vendor", "import", COMPANIES], stdout=subprocess.DEVNULL, stderr=child, env=d.environment())
    os.close(child)
    seen = b""
    try:
        while chunk := os.read(parent, 4096):
            seen += chunk
    except OSError:
        pass
    process.wait()
    contains(seen.decode(), "0 of 30")


@case
def a_large_sample_is_imported_twice():
    if SAMPLE is None:
        print("# DSRD_VENDOR_SAMPLE names no file")
        return
    fresh = Dsrd()
    figures = []
    for _ in range(2):
        begin = time.monotonic()
        result = json.loads(fresh.dsr("vendor", "import", SAMPLE, "--json", status=None))
        counts = {k: result[k] for k in ("added", "changed", "unchanged")}
        counts.update({k: sum(map(len, result[k].values())) for k in ("kept", "refused")})
        figures.append(counts)
        print(f"# {counts} in {time.monotonic() - begin:.2f} s")
    equal([figures[1]["added"], figures[1]["changed"]], [0, 0])
    equal(figures[1]["unchanged"], figures[0]["added"])
    equal([figures[1][k] for k in ("kept", "refused")], [figures[0][k] for k in ("kept", "refused")])
    if SAMPLE_PRODUCTS is not None:
        for _ in range(2):
            print("# " + fresh.dsr("vendor", "import", SAMPLE_PRODUCTS, status=None).strip())


@case
def a_row_that_cannot_be_is_refused_and_not_those_beside_it():
    path = os.path.join(d.folder, "rows.csv")
    with open(path, "w") as file:
        file.write('title,vendor\nBackwards \u202egnihT,Elsevier\n"Two\nlines",Elsevier\nPlain Thing Online,Elsevier\n')
    contains(d.dsr("vendor", "import", path, status=LOST), "1 added", "2 refused")
    contains(d.errors, "row 2", "product holds control characters")
    equal(vendor("plain thing online")["slug"], "elsevier")


run_cases()
