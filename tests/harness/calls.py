#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which system calls the API and the mailers make once they are shut in, and which of them were refused.

    mkdir /tmp/calls; STRACE=/tmp/calls tests/system/mail.t; tests/harness/calls.py /tmp/calls

Run over the whole suite it says what daemon/sandbox/calls.c must allow."""
import collections
import glob
import os
import re
import sys

CALL = re.compile(r"^(\w+)\((.*)")
ROLE = re.compile(r'^execve\("[^"]*dsrd", \["[^"]*"(?:\.\.\.)?, "(api|mailer)"')
CHILD = re.compile(r"^(?:clone3?|fork|vfork)\(.* = (\d+)$")


def read(folder):
    """Of each role: {call: count} made, and {(call, errno): [line]} refused, after its filter was set."""
    made, refused = collections.defaultdict(collections.Counter), collections.defaultdict(lambda: collections.defaultdict(list))
    roles, threads = {}, {}
    paths = {os.path.basename(path).split(".")[-1]: path for path in glob.glob(os.path.join(folder, "trace.*"))}
    for thread in sorted(paths, key=int):  # a thread's number is above that of its process, but for a wrap
        role, shut = threads.get(thread), thread in threads
        with open(paths[thread], errors="replace") as file:
            for line in file:
                start = ROLE.match(line)
                role = start.group(1) if start else role
                call = CALL.match(line)
                if role is None or call is None:
                    continue
                if shut:
                    made[role][call.group(1)] += 1
                    if re.search(r" = -1 (ENOSYS|EACCES|EPERM)\b", line) or "SIGSYS" in line:
                        refused[role][(call.group(1), line.rsplit("= -1 ", 1)[-1].split()[0])].append(line.strip()[:160])
                    child = CHILD.match(line)
                    if child:
                        threads[child.group(1)] = role
                shut = shut or (call.group(1) == "seccomp" and "SECCOMP_SET_MODE_FILTER" in line and line.rstrip().endswith("= 0"))
        roles[thread] = role
    return made, refused


if __name__ == "__main__":
    made, refused = read(sys.argv[1])
    for role in sorted(made):
        print(f"{role}: " + " ".join(f"{call}" for call, _ in sorted(made[role].items())))
        for (call, errno), lines in sorted(refused[role].items()):
            print(f"  refused {errno}: {call} x {len(lines)}, such as {lines[0]}")
