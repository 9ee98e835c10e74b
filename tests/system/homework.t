#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Homework: several requests filed together, each once whatever happens; the picker, the checklists, and where it stands on one screen."""
import fcntl
import json
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import threading

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "harness"))
from dsrd import AS_ROOT, PATIENCE, ROOT, Dsrd, case, contains, days_ago, equal, lacks, run_cases, wait_for  # noqa: E402

d = Dsrd()
PATRON = 7302
VENDORS = ["cengage", "elsevier", "exlibris", "kanopy", "lexisnexis", "linkedin-learning", "oclc", "overdrive", "proquest", "thomson-reuters"]
F_SETPIPE_SZ, PIPE_SIZE = 1031, 4096


def person(place="US-CA"):
    return d.dsr("subject", "add", "--residence", place).strip()


def count(name, alias=None):
    whose = f" and s.alias = '{alias}'" if alias else ""
    return int(d.sql("select count(*) from dsr.request r join dsr.subject s on s.library_id = r.library_id and s.id = r.subject_id "
                     f"where r.homework = '{name}'{whose}"))


def is_each_once(name, alias, wanted):
    """Nothing twice, nothing missing."""
    rows = d.sql("select r.vendor || ' ' || r.\"right\" from dsr.request r join dsr.subject s on s.library_id = r.library_id and s.id = r.subject_id "
                 f"where r.homework = '{name}' and s.alias = '{alias}' order by 1").splitlines()
    equal(rows, sorted(wanted))


def start(*arguments, **more):
    return subprocess.Popen([os.path.join(d.program, "dsr"), "homework", *arguments], env=d.environment(), text=True, **more)


def on_terminal(arguments, answers="", rows=24, columns=80):
    """What dsr shows on a terminal of that size, and its exit status."""
    pid, master = pty.fork()
    if pid == 0:
        os.execve(os.path.join(d.program, "dsr"), ["dsr", *arguments], d.environment({"TERM": "xterm", "NO_COLOR": "1"}))
    fcntl.ioctl(master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
    os.write(master, answers.encode())
    shown = b""
    while select.select([master], [], [], PATIENCE)[0]:
        try:
            piece = os.read(master, 65536)
        except OSError:
            piece = b""
        if not piece:
            break
        shown += piece
    os.close(master)
    return shown.decode(), os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def as_patron(*arguments, status=0):
    result = subprocess.run(["setpriv", f"--reuid={PATRON}", f"--regid={PATRON}", "--clear-groups", os.path.join(d.program, "dsr"), *arguments],
                            capture_output=True, text=True, env=d.environment(), timeout=PATIENCE, stdin=subprocess.DEVNULL)
    equal(result.returncode, status, result.stdout + result.stderr)
    return result.stdout


@case
def a_set_shows_law_channel_and_day_first_and_files_only_when_told():
    plan = d.dsr("homework", "--set", "databases", "--residence", "US-CA", "--dry-run")
    contains(plan, "Databases and journals", "ANSWER DUE IF SENT TODAY", "elsevier        access GDPR likely", "CCPA possible webform", "The CCPA may apply.")
    equal(count("databases"), 0)
    d.dsr("homework", "--set", "databases", "--residence", "US-CA", input="n\n", status=4)
    d.dsr("homework", "--set", "databases", "--residence", "US-CA", input="", status=4)
    contains(d.errors, "File these 5? [Y/n]", "Nothing is filed; --yes files without asking.")
    equal(count("databases"), 0)
    d.dsr("homework", "--set", "databases", status=2, input="y\n")
    contains(d.errors, "Say where you live")
    d.dsr("homework", "--set", "nonsuch", "--residence", "NL", status=1)
    contains(d.errors, "databases, learning, streaming")
    d.dsr("homework", "--residence", "NL", status=2, input="")
    contains(d.errors, "Say whom to ask")
    d.dsr("homework", "finish", status=2)


@case
def a_set_is_filed_as_drafts_with_what_to_do_for_each():
    said = d.dsr("homework", "start", "--set", "databases", "--residence", "US-CA", input="\n")
    contains(said, "Homework databases: 5 recorded, 0 there already", "by e-mail to DPO@elsevier.com", "[ ] Open https://info.cengage.com/LP=5633")
    contains(d.errors, "1 of 5: cengage, access: R-", "5 of 5: thomson-reuters, access: R-")
    rows = {row["vendor"]: row for row in d.dsr_json("homework", "status")["requests"]}
    mail, form = rows["elsevier"]["ref"], rows["cengage"]["ref"]
    contains(said, f"dsr letter {mail}", f"dsr send {mail}", f"dsr log {form} sent --on DATE")
    equal({row["state"] for row in rows.values()}, {"draft"})
    equal((rows["elsevier"]["law"], rows["cengage"]["law"], rows["elsevier"]["next"]), ("eu-gdpr", "us-ca-ccpa", f"dsr letter {mail}"))


@case
def typed_again_in_other_words_it_files_nothing_twice():
    refs = {row["ref"] for row in d.dsr_json("homework", "status", "databases")["requests"]}
    again = d.dsr_json("homework", "--set", "databases", "--yes")  # where one lives is known by now
    equal((again["recorded"], again["known"], {item["ref"] for item in again["items"]}), (0, 5, refs))
    again = d.dsr_json("homework", "--vendors", "Gale, SCIENCEDIRECT,proquest,Westlaw,lexis+", "--right", "access", "--name", " Data_Bases ", "--yes")
    equal((again["homework"], again["recorded"], again["skipped"]), ("data-bases", 0, 5))  # another homework, but the same questions
    again = d.dsr_json("homework", "--vendors", "Gale, SCIENCEDIRECT,proquest,Westlaw,lexis+,cengage", "--right", "access", "--name", "DataBases", "--yes")
    equal((again["known"], len(again["items"])), (5, 5))
    lacks(d.dsr("homework", "--set", "databases", "--yes"), "ANSWER DUE")
    items = d.dsr_json("homework", "--vendors", "oclc", "--right", "access", "--residence", "NL", "--dry-run")["items"]
    contains(d.errors, "you are recorded as living in US-CA")
    equal(items[0]["law"], "voluntary")  # what is recorded counts
    equal(count("databases"), 5)


@case
def two_calls_for_the_same_request_answer_the_same_one():
    alias = person()
    body = {"vendor": "elsevier", "right": "access", "law": "eu-gdpr", "subject": alias, "homework": "race", "draft": True}
    replies = []
    threads = [threading.Thread(target=lambda n=n: replies.append(d.http("POST", "/v1/requests", dict(body, vendor=n)))) for n in ["elsevier", "Scopus"] * 5]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    equal(sorted(reply.status for reply in replies), [200] * 9 + [201])
    equal(len({reply.json["request"]["ref"] for reply in replies}), 1)
    for name in ("Summer", "-x", "a" * 65):
        reply = d.http("POST", "/v1/requests", dict(body, homework=name))
        equal((reply.status, reply.json["field"]), (422, "homework"))
    ref = replies[0].json["request"]["ref"]
    other = d.http("POST", "/v1/requests", dict(body, vendor="cengage")).json["request"]["ref"]
    d.dsr("amend", other, "--vendor", "elsevier", "--law", "eu-gdpr", status=4)
    contains(d.errors, f"{ref} of the homework race asks that already")


@case
def killed_midway_and_typed_again_nothing_is_twice_and_nothing_missing():
    alias = person()
    arguments = ["--vendors", ",".join(VENDORS), "--right", "access-then-delete", "--name", "killed", "--for", alias, "--yes"]
    wanted = [f"{vendor} {right}" for vendor in VENDORS for right in ("access", "deletion")]
    for least in (1, 4, 9):  # its lines go into a pipe that is full after so many, so that it is known to be midway
        reader, writer = os.pipe()
        fcntl.fcntl(writer, F_SETPIPE_SZ, PIPE_SIZE)
        os.write(writer, b"x" * (PIPE_SIZE - 60 * least))
        before = count("killed", alias)
        process = start(*arguments, stdout=subprocess.DEVNULL, stderr=writer)
        wait_for(lambda: count("killed", alias) > before, "it has begun")
        process.kill()
        equal(process.wait(PATIENCE), -signal.SIGKILL)
        os.close(reader)
        os.close(writer)
        equal(before < count("killed", alias) < len(wanted), True, f"{count('killed', alias)} of {len(wanted)}")
    there = count("killed", alias)
    said = d.dsr_json("homework", *arguments)
    equal((said["recorded"], said["failed"]), (len(wanted) - said["known"], 0))
    equal(said["known"] >= there, True)
    is_each_once("killed", alias, wanted)


@case
def at_once_from_four_sides_nothing_is_twice_and_nothing_missing():
    alias = person("NL")
    wanted = [f"{vendor} access" for vendor in VENDORS]
    running = [start("--vendors", ",".join(order), "--right", "access", "--name", "at once", "--for", alias, "--yes", "--json", stdout=subprocess.PIPE)
               for order in (VENDORS, VENDORS[::-1], VENDORS[5:] + VENDORS[:5], VENDORS)]
    said = [json.loads(process.communicate(timeout=PATIENCE)[0]) for process in running]
    equal([process.returncode for process in running], [0] * 4)
    equal(sum(one["recorded"] for one in said), len(VENDORS))
    equal([one["recorded"] + one["known"] for one in said], [len(VENDORS)] * 4)
    is_each_once("at-once", alias, wanted)


@case
def dsrd_killed_midway_the_same_command_goes_on():
    alias = person()
    arguments = ["--vendors", ",".join(VENDORS), "--right", "deletion", "--name", "restart", "--for", alias, "--yes"]
    reader, writer = os.pipe()
    fcntl.fcntl(writer, F_SETPIPE_SZ, PIPE_SIZE)
    os.write(writer, b"x" * (PIPE_SIZE - 150))
    process = start(*arguments, stdout=subprocess.PIPE, stderr=writer)
    wait_for(lambda: count("restart", alias) > 0, "it has begun")
    d.stop()
    os.close(writer)
    drained = threading.Thread(target=lambda: open(reader, "rb").read())
    drained.start()
    said = process.communicate(timeout=PATIENCE)[0]
    drained.join()
    equal(process.returncode, 4)
    contains(said, "It stopped with", "The same command goes on where it was")
    d.start()
    d.dsr("homework", *arguments)
    is_each_once("restart", alias, [f"{vendor} deletion" for vendor in VENDORS])


@case
def a_deletion_waits_for_the_answer_to_the_access_request():
    alias = person()
    said = d.dsr("homework", "--vendors", "Libby", "--right", "access-then-delete", "--name", "order", "--for", alias, "--yes")
    contains(said, f"`dsr homework status order --for {alias}` shows where it stands.")
    access, deletion = d.dsr_json("homework", "status", "order", "--for", alias)["requests"]
    equal((access["right"], deletion["right"], access["after"], deletion["after"]), ("access", "deletion", None, access["ref"]))
    contains(said, "after the access answer", f"Wait for the answer to {access['ref']}", "[ ] Only the person can do this", f"dsr log {access['ref']} sent --on DATE")
    lacks(said, f"dsr log {deletion['ref']} sent")
    contains(d.dsr("status", deletion["ref"]), f"wait for the answer to {access['ref']}")
    d.dsr("log", access["ref"], "sent", "--on", days_ago(5))
    contains(d.dsr("homework", "status", "order", "--for", alias), "order: 1 later, 1 sent", f"after {access['ref']}", " until ")
    d.sql(f"update dsr.request set created_at = now() - interval '3 years' where ref = '{deletion['ref']}'")  # a draft is not kept for ever ...
    equal(d.http("GET", f"/v1/requests/{deletion['ref']}/status").json["kept_until"], None)  # ... but while it waits
    d.dsr("log", access["ref"], "answered")
    equal(d.http("GET", f"/v1/requests/{deletion['ref']}/status").json["kept_until"], days_ago(-90))
    shown = d.dsr("homework", "status", "order", "--for", alias)
    contains(shown, "1 to send, 1 answered", f"dsr log {deletion['ref']} sent", f"dsr status {access['ref']}")
    contains(d.dsr("homework", "status", "order", "--for", alias, "--steps"), f"dsr log {deletion['ref']} sent --on DATE", "Delete my data")
    d.dsr("log", deletion["ref"], "sent")
    d.dsr("close", access["ref"], "fulfilled")
    contains(d.dsr("homework", "status", "order", "--for", alias), "1 sent, 1 closed", " fulfilled")


@case
def what_is_asked_already_or_used_up_is_left_out_and_said():
    alias = person()
    elsewhere = d.file("elsevier", "access", "--law", "eu-gdpr", "--for", alias)
    draft = d.file("proquest", "access", "--law", "us-ca-ccpa", "--for", alias, "--draft")
    used = d.file("kanopy", "third_party_list", "--law", "us-ca-stl", "--for", alias)
    d.dsr("close", used, "fulfilled")
    said = d.dsr("homework", "--vendors", "elsevier,proquest,oclc", "--right", "access", "--name", "twice", "--for", alias, "--yes")
    contains(said, "1 recorded, 0 there already, 2 left out", f"{elsewhere}, which is open, asks this vendor for that already.",
             f"{draft}, which is not sent yet, asks this vendor for that already.")
    contains(d.dsr("homework", "--vendors", "kanopy", "--right", "third_party_list", "--law", "us-ca-stl", "--name", "twice", "--for", alias, "--yes"), "used up", "1 left out")
    is_each_once("twice", alias, ["oclc access"])
    d.dsr("close", elsewhere, "fulfilled")  # no longer in the way
    d.dsr("homework", "--vendors", "elsevier,proquest,oclc", "--right", "access", "--name", "twice", "--for", alias, "--yes", "--anyway")
    is_each_once("twice", alias, ["elsevier access", "oclc access", "proquest access"])


@case
def a_vendor_that_was_taken_over_is_asked_once():
    alias, other = person("NL"), person("NL")
    start_it = ("homework", "--vendors", "kanopy", "--right", "access", "--name", "merged", "--for", alias, "--yes")
    d.dsr(*start_it)
    access, = (row["ref"] for row in d.dsr_json("homework", "status", "merged", "--for", alias)["requests"])
    old_deletion = d.file("kanopy", "deletion", "--law", "eu-gdpr", "--for", other, "--draft")
    d.dsr("vendor", "merge", "kanopy", "overdrive")
    try:
        said = d.dsr(*start_it)
        contains(said, "0 recorded, 1 there already", f"kanopy was taken over by overdrive since: `dsr amend {access} --vendor overdrive` asks there.")
        lacks(said, "look in the privacy policy")
        d.dsr("log", access, "sent", "--on", days_ago(5))
        contains(d.dsr(*start_it), "0 recorded, 1 there already")
        is_each_once("merged", alias, ["kanopy access"])
        contains(d.dsr("homework", "--vendors", "overdrive", "--right", "access", "--name", "merged2", "--for", alias, "--yes"), "1 left out",
                 f"{access}, which is open, asks this vendor for that already.")
        # Access comes before deletion, whichever of the two was asked under the old name.
        deletion = d.file("overdrive", "deletion", "--law", "eu-gdpr", "--for", alias, "--draft")
        new_access = d.file("overdrive", "access", "--law", "eu-gdpr", "--for", other, "--sent", days_ago(5))
        d.sql("update dsr.request set created_at = now() - interval '3 years' where state = 'draft' and \"right\" = 'deletion'")
        for later, first in ((deletion, access), (old_deletion, new_access)):
            status = d.dsr_json("status", later)
            equal((status["request"]["after"], status["kept_until"]), (first, None), "it waits, and is kept")
            contains(d.dsr("status", later), f"wait for the answer to {first}")
            d.dsr("log", later, "sent", status=4)
            contains(d.errors, first, "still open")
        d.dsr("abandon", old_deletion)
        # Its own draft may be brought to who took it over, and not to where the homework asks already.
        third = person("NL")
        d.dsr("homework", "--vendors", "overdrive", "--right", "access", "--name", "merged", "--for", third, "--yes")
        d.dsr("amend", access, "--vendor", "overdrive")
        is_each_once("merged", alias, ["overdrive access"])
    finally:
        d.dsr("vendor", "merge", "kanopy", "--undo")


@case
def one_that_fails_does_not_stop_the_others():
    alias = person()
    said = d.dsr("homework", "--vendors", "nonsuch,oclc,elsevier", "--right", "access", "--name", "fails", "--for", alias, "--yes", status=4)
    contains(said, "2 recorded, 0 there already, 0 left out, 1 failed", 'There is no vendor "nonsuch"')
    is_each_once("fails", alias, ["elsevier access", "oclc access"])
    contains(d.dsr("homework", "status", "fails", "--for", alias), f"dsr homework status fails --for {alias} --steps")
    contains(d.dsr("homework", "status", "fails", "--for", alias, "--steps"), "elsevier, access")
    said = d.dsr("homework", "--vendors", "nonsuch", "--right", "access", "--name", "nothing", "--for", alias, "--yes", status=4)
    lacks(said, "dsr homework status")  # there is no such homework
    d.dsr("homework", "--vendors", "oclc", "--right", "flying", "--for", alias, status=2)
    d.dsr("homework", "--vendors", "oclc", "--right", "access", "--law", "eu-gdrp", "--name", "fails2", "--for", alias, "--yes", status=4)


@case
def each_person_gets_the_law_of_where_it_lives_and_a_courtesy_where_there_is_none():
    dutch, ohioan = person("NL"), person("US-OH")
    items = d.dsr_json("homework", "--vendors", "libby,oclc", "--right", "access", "--name", "laws", "--for", dutch, "--for", ohioan, "--dry-run")["items"]
    equal([(i["subject"] == dutch, i["vendor"], i["law"], i["strength"], i.get("courtesy_days")) for i in items],
          [(True, "overdrive", "eu-gdpr", "possible", None), (True, "oclc", "eu-gdpr", "possible", None),
           (False, "overdrive", "voluntary", "policy", 30), (False, "oclc", "voluntary", "courtesy", None)])
    said = d.dsr("homework", "--vendors", "libby,oclc", "--right", "access", "--name", "laws", "--for", ohioan, "--dry-run")
    contains(said, "(courtesy)", "own policy", "the vendor's own policy gives it", "you ask for a courtesy")
    items = d.dsr_json("homework", "--vendors", "libby", "--right", "access", "--law", "voluntary", "--name", "laws", "--for", dutch, "--dry-run")["items"]
    equal((items[0]["law"], items[0]["strength"], items[0]["courtesy_days"], items[0]["legal"]), ("voluntary", "chosen", 30, False))


@case
def a_class_is_filed_at_once_and_seen_counts_first():
    aliases = sorted(person() for _ in range(3))
    sheet = os.path.join(d.folder, "class.csv")
    with open(sheet, "w") as file:
        file.write("alias,group\n" + "".join(f"{alias},b\n" for alias in aliases) + f"{aliases[0]},b\nno-body,b\n")
    said = d.dsr("homework", "--set", "learning", "--name", "class-b", "--class", sheet, "--yes", status=4)
    contains(said, "12 recorded", "4 failed", "There is no subject no-body", "dsr homework status class-b --class")
    equal(count("class-b"), 12)
    contains(d.dsr("homework", "status", "class-b", "--for", aliases[2], "--steps"), f"`dsr homework status class-b --for {aliases[2]} --steps` says how to go on")
    d.dsr("log", d.dsr_json("homework", "status", "class-b", "--for", aliases[1])["requests"][0]["ref"], "sent")
    shown = d.dsr("homework", "status", "class-b", "--class").splitlines()
    equal(shown[0], "class-b: 3 people, 5 to send, 6 later, 1 sent")
    equal([line.split()[:2] for line in shown[2:]], [[alias, "4"] for alias in aliases])
    whole = d.dsr_json("homework", "status", "class-b", "--class")
    equal((len(whole["people"]), len(whole["requests"]), whole["counts"]["wait"]), (3, 12, 6))
    d.dsr("homework", "status", "class-b", status=1)
    contains(d.errors, "--class everybody's")
    d.dsr("homework", "--set", "learning", "--name", "class-b", "--class", sheet, "--yes", status=4)
    equal(count("class-b"), 12)
    row = next(row for row in d.dsr_json("homework", "list") if row["homework"] == "class-b")
    equal([row[name] for name in ("people", "requests", "to_send", "wait", "waiting", "mine")], [3, 12, 5, 6, 1, 0], "as its status counts them")
    contains(d.dsr("homework", "list"), "TO SEND", "LATER")
    equal(d.dsr("homework", "list", "--csv").splitlines()[0], "homework,began,people,requests,to_send,wait,waiting,overdue,answered,closed")
    equal(len(d.dsr("homework", "status", "class-b", "--class", "--csv").splitlines()), 13)
    d.dsr("homework", "status", "nonsuch", status=1)


@case
def the_picker_asks_by_what_one_uses_and_a_bar_shows_how_far_it_is():
    answers = ["n"] * 11
    listed = [row["slug"] for row in d.dsr_json("vendor", "list")]
    for slug in ("overdrive", "elsevier"):
        answers[listed.index(slug)] = "y"
    shown, status = on_terminal(["homework", "--name", "picked"], "\n".join([*answers, "access-then-delete", "y"]) + "\n")
    equal(status, 0, shown)
    contains(shown, "What do you use?", "Do you use Libby or Sora (OverDrive, Inc.)? [y/N]", "Do you use Kanopy, Inc.? [y/N]", "What do you want?",
             "File these 3? [Y/n]", "\r\033[K[", "] 2 of 3  overdrive", "dsr homework --name picked --right access-then-delete --vendors elsevier,overdrive",
             "Homework picked: ")
    lacks(shown, "1 of 3: ")
    shown, status = on_terminal(["homework", "--name", "picked2", "--right", "access"], "\n" * 11)
    equal(status, 2, shown)
    contains(shown, "You named none")
    shown, status = on_terminal(["homework", "--name", "picked2", "--right", "deletion"], "y\nq\nn\n")
    equal(status, 4, shown)
    contains(shown, "File this one? [Y/n]", "Nothing is filed.")
    equal((count("picked"), count("picked2")), (3, 0))  # elsevier access is in the homework databases


@case
def where_it_stands_fits_on_one_screen():
    alias = person()
    d.dsr("homework", "--vendors", ",".join(VENDORS), "--right", "access-then-delete", "--name", "a long name of a homework", "--for", alias, "--yes")
    rows = d.dsr_json("homework", "status", "a-long-name-of-a-homework", "--for", alias)["requests"]
    access = [row["ref"] for row in rows if row["right"] == "access"]
    for ref in access[:6]:
        d.dsr("log", ref, "sent", "--on", days_ago(200))
    for ref in access[6:9]:
        d.dsr("log", ref, "sent")
    for ref in access[2:4]:
        d.dsr("log", ref, "answered")
    d.dsr("close", access[4], "partially_fulfilled")
    shown, status = on_terminal(["homework", "status", "a-long-name-of-a-homework", "--for", alias])
    lines = shown.replace("\r\n", "\n").rstrip("\n").split("\n")
    equal(status, 0, shown)
    equal(len(lines) <= 23, True, f"{len(lines)} lines, and the prompt:\n{shown}")
    equal(max(len(line.rstrip()) for line in lines) <= 80, True, shown)
    contains(shown, "a-long-name-of-a-h: 4 to send, 7 later, 3 sent, 3 overdue, 2 answered, 1 closed", " overdue ", " until ", " answered", "partially", f"dsr status {access[2]}", f" deletion after {access[0]}")
    equal(len(re.findall(r"R-[0-9A-Z]{4}-[0-9A-Z]{4} \S", shown)) >= 20, True)


@case
def staff_file_for_others_only_what_they_may():
    alias = person("US-CA")
    d.write_conf({"authority": {"required": "always"}})
    d.process.send_signal(signal.SIGHUP)
    body = {"vendor": "cengage", "right": "access", "law": "us-ca-ccpa", "subject": alias, "homework": "authority"}
    wait_for(lambda: "no_authority" in [w["code"] for w in d.http("POST", "/v1/requests?dry_run=true", body).json["warnings"]], "the setting counts")
    said = d.dsr("homework", "--vendors", "cengage,lexisnexis", "--right", "access", "--name", "authority", "--for", alias, "--yes")
    contains(said, "2 left out", "No authority of the patron on record")
    d.dsr("authority", "add", alias, "--form", "signed", "--on", "today", "--vendor", "cengage")
    d.dsr("homework", "--vendors", "cengage,lexisnexis", "--right", "access", "--name", "authority", "--for", alias, "--yes")
    is_each_once("authority", alias, ["cengage access"])
    d.write_conf({"authority": {"required": "no"}})
    d.process.send_signal(signal.SIGHUP)


@case
def a_patron_does_its_own_homework_and_sees_nobody_elses():
    if not AS_ROOT:
        return
    d.dsr("account", "add", "--uid", str(PATRON), "--role", "patron", "--email", "pia@example.org")
    equal(as_patron("homework", "list"), "There is no homework yet; `dsr homework` begins one.\n")
    command = ["setpriv", f"--reuid={PATRON}", f"--regid={PATRON}", "--clear-groups", os.path.join(d.program, "dsr"), "homework", "--set", "learning",
               "--residence", "NL", "--yes", "--json"]
    running = [subprocess.Popen(command, env=d.environment(), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) for _ in range(3)]
    said = [json.loads(process.communicate(timeout=PATIENCE)[0]) for process in running]
    equal(([one["failed"] for one in said], sum(one["recorded"] for one in said)), ([0] * 3, 4))  # and who one is, is settled once
    mine = json.loads(as_patron("homework", "list", "--json"))
    equal([(row["homework"], row["people"], row["requests"], row["mine"]) for row in mine], [("learning", 1, 4, 4)])
    equal(len(json.loads(as_patron("homework", "status", "--json"))["requests"]), 4)
    alias = json.loads(as_patron("list", "--json"))[0]["subject"]
    contains(d.dsr("homework", "--set", "learning", "--for", alias, "--yes"), "0 recorded, 4 there already")  # the teacher, after the patron
    is_each_once("learning", alias, ["cengage access", "cengage deletion", "linkedin-learning access", "linkedin-learning deletion"])
    as_patron("homework", "status", "class-b", status=1)
    as_patron("homework", "--set", "learning", "--for", person(), "--yes", status=3)
    with open(os.path.join(ROOT, "sql/functions/homework_list.sql"), encoding="utf-8") as source:  # row level security keeps it apart beneath
        text = source.read()
    condition = "(dsr.sees_all() OR r.subject_id = dsr.my_subject())"
    equal(condition in text, True)
    d.sql(text.replace(condition, "true"))
    equal(json.loads(as_patron("homework", "list", "--json")), mine)


run_cases()
