#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""make try, in a build folder of its own, and then what README.md says to type at the prompt, as it stands there and in that order."""
import atexit
import os
import pty
import re
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "harness"))
from dsrd import BUILD, PATIENCE, ROOT, case, contains, days_ago, equal, lacks, run_cases  # noqa: E402

# A trial that somebody runs from build/ has another folder, socket and process: nothing here touches it.
build = tempfile.mkdtemp(prefix="dsrd-try-test-", dir="/tmp")
os.chmod(build, 0o755)
folder = os.path.join(build, "try")
for name in ("dsrd", "dsrd-inbox", "dsr"):
    shutil.copy(os.path.join(BUILD, name), build)
here = os.path.join(folder, "here")  # where the librarian is
state = {}


def trial(name):
    result = subprocess.run([os.path.join(ROOT, "tests/try", name)], capture_output=True, text=True, timeout=3 * PATIENCE,
                            env=dict(os.environ, BUILD=build), stdin=subprocess.DEVNULL)
    equal(result.returncode, 0, result.stdout + result.stderr)
    return result.stdout


def others():
    """Trials of other folders that run on this machine: their processes."""
    found = set()
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            words = open(f"/proc/{pid}/cmdline", "rb").read().decode(errors="replace").split("\0")
        except OSError:
            continue
        if words[0].endswith("/try/program/dsrd") and not words[0].startswith(folder):
            found.add(int(pid))
    return found


def runs():
    return os.path.exists(os.path.join(folder, "pid"))


def remove():
    if runs():
        trial("stop")
    shutil.rmtree(build, ignore_errors=True)


atexit.register(remove)


def prompt():
    """The commands under "At the prompt", without what is said of them."""
    with open(os.path.join(ROOT, "README.md"), encoding="utf-8") as file:
        part = file.read().split("## At the prompt\n")[1].split("\n## ")[0]
    return [re.split(r"  +", line)[0] for line in re.findall(r"^    \$ (.*)$", part, re.M)]


def typed(command):
    """A command line as a shell takes it, with the trial's dsr, by somebody who says yes when asked."""
    alias = f"dsr() {{ '{folder}/dsr' \"$@\"; }}\n"
    master, slave = pty.openpty()
    os.write(master, b"y\n")
    result = subprocess.run(["bash", "-c", alias + command], capture_output=True, text=True, timeout=PATIENCE, cwd=here, stdin=slave)
    os.close(master)
    os.close(slave)
    return result.returncode, result.stdout + result.stderr


@case
def make_try_and_make_try_stop_are_these_scripts():
    for target, script in (("try", "start"), ("try-stop", "stop")):
        lines = subprocess.run(["make", "-n", "-C", ROOT, target, "BUILD=" + build], capture_output=True, text=True).stdout
        contains(lines, f"tests/try/{script}")


@case
def the_trial_starts_and_shows_its_reminder():
    state["others"] = others()
    said = trial("start")
    contains(said, "$ dsr status", "$ dsr explain R-", "GDPR", "the reminder mail, in " + folder, "Subject: R-", "Stop it:  make try-stop")
    state["ref"] = re.search(r"\$ dsr explain (R-\S+)", said)[1]
    os.makedirs(here)
    with open(os.path.join(here, "requests.csv"), "w") as file:
        file.write(f"vendor,right,law,subject,sent\noclc,access,eu-gdpr,{typed('dsr subject list --csv')[1].splitlines()[1].split(',')[0]},{days_ago(0)}\n")


@case
def every_line_of_the_readme_works_as_printed_and_in_that_order():
    lines = prompt()
    equal(len(lines) >= 8 and lines[1].startswith("dsr file "), True, lines)
    made_up = set(re.findall(r"R-[0-9A-Z]{4}-[0-9A-Z]{4}", "\n".join(lines)))
    equal(len(made_up), 1, "one reference stands for the request that was filed")
    ref = None
    for line in lines:
        for name in made_up:
            line = line.replace(name, ref or name)
        status, said = typed(line)
        equal(status, 0, f"{line}\n{said}")
        lacks(said, "dsr: ")
        state[line.split()[1]] = said
        if line.startswith("dsr file "):
            ref = re.search(r"R-[0-9A-Z]{4}-[0-9A-Z]{4}", said)[0]
    contains(state["status"], ref)
    contains(state["explain"], ref, "GDPR")
    contains(typed(f"dsr show {ref}")[1], "closed", "fulfilled")
    contains(state["import"], "1 would be recorded")
    contains(state["due"], "respond: 2026-03-02")
    equal(typed("dsr list --vendor oclc --csv")[1].count("R-"), 0, "the import was a dry run")


@case
def started_again_it_has_what_was_recorded_and_stopped_it_is_gone():
    before = typed("dsr list --csv")[1]
    contains(trial("start"), "Stop it:  make try-stop")
    equal(typed("dsr list --csv")[1], before)
    pid = int(open(os.path.join(folder, "pid")).read())
    contains(trial("stop"), "The trial is stopped.")
    equal((runs(), os.path.exists(f"/proc/{pid}")), (False, False))
    contains(trial("stop"), "No trial is running.")
    equal(typed("dsr status")[0] != 0, True)
    equal(state["others"] <= others(), True, "no other trial was stopped")


run_cases()
