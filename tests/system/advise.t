#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""dsr advise against a real dsrd: the vendor's facts from the API, the laws from their files."""
import csv
import io
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "harness"))
from dsrd import Dsrd, case, contains, equal, lacks, run_cases  # noqa: E402

d = Dsrd()
LAWS = d.settings["paths"]["laws"]


def advise(vendor, right, residence, *more):
    return d.dsr("advise", vendor, right, "--residence", residence, "--on", "2026-11-23", *more)


def advice(vendor, right, residence, *more):
    return d.dsr_json("advise", vendor, right, "--residence", residence, "--on", "2026-11-23", *more)


def rows(answer):
    return [(law["strength"], law["law"]) for law in answer["laws"]]


@case
def a_non_profit_is_doubtful_under_a_law_that_exempts_those():
    text = advise("worldcat", "deletion", "us-va")
    contains(text, "deletion, asked of OCLC, Inc. on 2026-11-23 by somebody who lives in US-VA", "doubtful: us-va-vcdpa", 
             "OCLC, Inc. is a non-profit", "respond 45 days; extension 90 days in all", "100,000 consumers", "Agents are refused",
             "policy: voluntary", "About the vendor: ")
    equal(text.index("us-va-vcdpa") < text.index("us-vppa") < text.index("voluntary"), True)
    contains(text.splitlines()[-2] + text.splitlines()[-1], "guidance, not legal advice", "dsr file oclc deletion --law voluntary")
    equal(rows(advice("oclc", "access", "US-CO"))[0], ("possible", "us-co-cpa"))


@case
def an_establishment_in_the_union_reaches_people_anywhere():
    text = advise("elsevier", "access", "US-CA")
    contains(text, "likely: eu-gdpr", "by its establishment in NL (Elsevier B.V., Amsterdam) [art. 3(1)]", "possible: us-ca-ccpa",
             "Reach the person too, but do not give access: us-ca-delete-act, us-ca-library, us-ca-stl, us-vppa",
             "dsr file elsevier access --law eu-gdpr --residence US-CA\n")
    answer = advice("linkedin-learning", "access", "US-OH")
    equal(rows(answer), [("possible", "eu-gdpr"), ("policy", "voluntary")])
    reason = next(r for r in answer["laws"][0]["reasons"] if r["word"] == "reach")
    contains(reason["text"], "LinkedIn Corporation, Sunnyvale (US-CA) may answer")


@case
def a_processor_may_refer_to_the_library():
    answer = advice("exlibris", "access", "NL")
    equal(answer["laws"][0]["law"], "eu-gdpr")
    equal(answer["laws"][0]["strength"], "doubtful")
    equal(answer["laws"][0]["reasons"][0]["word"], "processor")
    equal(answer["suggested"], "eu-gdpr")


@case
def a_vendor_that_extends_a_right_is_asked_under_its_own_policy_and_figure():
    text = advise("libby", "deletion", "US-OH")
    contains(text, "any patron of a partner library", "within 30 days (seen 2026-11-23). [https://help.overdrive.com/",
             "dsr file overdrive deletion --law voluntary --days 30")
    answer = advice("libby", "correction", "US-OH")
    equal([r["weight"] for r in answer["laws"][0]["reasons"]], ["depends"])
    contains(d.dsr("vendor", "show", "libby"), "Rights it gives of its own accord", "access, deletion", "any patron of a partner library",
             "within 30 days")
    contains(d.dsr("vendor", "show", "oclc"), "It is a non-profit")


@case
def what_is_suggested_can_be_filed():
    command = advise("libby", "deletion", "US-OH").splitlines()[-1].split()
    equal(command[:2], ["dsr", "file"])
    contains(d.dsr(*command[1:], "--residence", "US-OH", "--dry-run"), "courtesy")


@case
def a_law_to_come_is_listed_with_its_day_and_an_unsure_one_with_its_mark():
    text = advise("cengage", "access", "US-AL")
    contains(text, "~ later: us-al-apdpa from 2027-05-01", "~ unverified")
    equal(rows(d.dsr_json("advise", "cengage", "access", "--residence", "US-AL", "--on", "2027-05-01"))[0], ("possible", "us-al-apdpa"))
    answer = advice("cengage", "adm", "US-CA")
    equal((rows(answer), answer["laws"][0]["from"], answer["suggested"]), ([("later", "us-ca-ccpa")], "2027-01-01", None))
    lacks(advise("cengage", "adm", "US-CA"), "dsr file")
    contains(advise("cengage", "complaint", "JM"), "No law or policy known here gives that")


@case
def marks_come_from_the_law_files():
    path = os.path.join(LAWS, "za-popia.conf")
    lacks(advise("cengage", "correction", "ZA").split("policy:")[0], "~ possible", "~ likely")
    with open(path) as file:
        text = file.read()
    contains(text, '  confidence = "sure";\n')
    with open(path, "w") as file:
        file.write(text.replace('  confidence = "sure";\n', '  confidence = "unsure";\n', 1))
    contains(advise("cengage", "correction", "ZA"), "~ likely: za-popia")
    with open(path, "w") as file:
        file.write(text)


@case
def as_csv_it_has_a_row_a_law():
    table = list(csv.DictReader(io.StringIO(advise("oclc", "access", "US-VA", "--csv"))))
    equal([row["law"] for row in table], ["us-va-vcdpa", "voluntary"])
    contains(table[0]["against"], "non-profit")
    contains(table[0]["depends"], "100,000 consumers")
    equal(table[0]["cite"], "59.1-577(A)")


@case
def what_is_wrong_is_said_in_a_sentence():
    nl = ("--residence", "NL")
    for arguments, status, sentence in (
            (("oclc", "access"), 2, "--residence US-VA"),
            (("oclc", "access", "--residence", "US"), 2, "differ by state"),
            (("oclc", "access", "--residence", "US-ZZ"), 2, "no state of US"),
            (("oclc", "access", "--residence", "UK"), 2, "The United Kingdom is GB"),
            (("oclc", "access", "--residence", "CA"), 2, "CA-QC"),
            (("oclc", "access", "--residence", "?"), 2, "residence"),
            (("oclc", "erasure", *nl), 2, "there are access, deletion"),
            (("oclk", "access", *nl), 1, "Did you mean: oclc?"),
            (("oclc", "access", *nl, "--on", "soon"), 2, "is no day"),
            (("oclc",), 2, "VENDOR RIGHT"),
            (("oclc", "access", *nl, "--laws", "/nowhere"), None, "/nowhere")):
        equal(d.dsr("advise", *arguments, status=status), "")
        contains(d.errors, sentence)


@case
def a_vendors_new_members_are_checked():
    vendor = d.http("GET", "/v1/vendors/oclc").json
    vendor.pop("edited")
    good = {"rights": ["access"], "people": "everybody", "days": 14, "source": "its policy", "date_seen": "2026-11-23", "confidence": "low"}
    for wrong, field in (({"rights": []}, "rights"), ({"rights": ["erasure"]}, "rights"), ({"days": 0}, "days"), ({"days": 3651}, "days"),
                         ({"people": None}, "people"), ({"confidence": "sure"}, "confidence"), ({"date_seen": "soon"}, "date_seen"),
                         ({"colour": "red"}, "colour")):
        reply = d.http("PUT", "/v1/vendors/oclc", dict(vendor, extends_rights=[dict(good, **wrong)]))
        equal((reply.status, reply.json["field"]), (422, field))
    for wrong in ({"nonprofit": "yes"}, {"extends_rights": {}}, {"extends_rights": ["access"]}):
        equal(d.http("PUT", "/v1/vendors/oclc", dict(vendor, **wrong)).status, 422)
    equal(d.http("PUT", "/v1/vendors/oclc", dict(vendor, nonprofit=False, extends_rights=[good])).status, 200)
    answer = advice("oclc", "access", "US-VA")
    equal((rows(answer)[0], answer["laws"][-1]["days"]), (("possible", "us-va-vcdpa"), 14))


run_cases()
