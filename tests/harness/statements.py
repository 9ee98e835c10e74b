#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What dsrd asks of a database: role, name and SQL of each statement that it prepares, read from its sources.
`statements.py --keep` adds what is new to tests/vectors/statements/NNNN.txt, the list of this schema version; a line of it never goes."""
import os
import re
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
FOLDER = os.path.join(ROOT, "tests", "vectors", "statements")


def read(*path):
    with open(os.path.join(ROOT, *path)) as file:
        return file.read()


def version():
    return int(re.search(r"SCHEMA_VERSION = (\d+)", read("daemon", "database", "schema_version.h")).group(1))


def statements():
    """Lines "role name sql", sorted."""
    pool = [(name, sql) for name, sql in re.findall(r"X\((\w+), \d+, \"(.*?)\"\)", read("daemon", "database", "statements.h"))]
    pool += [("enter", re.search(r"\"enter\", \"(.*?)\"", read("daemon", "database", "connection.c")).group(1))]
    found = [("dsrd_api", name, sql) for name, sql in pool]
    for role, path in (("dsrd_mailer", ("daemon", "mail", "outbox.c")), ("dsrd_inbox", ("daemon", "inbox", "store.c"))):
        found += [(role, name, sql) for name, sql in re.findall(r"^    \{\"(\w+)\", \"(.*?)\"\},", read(*path), re.M)]
        found.append((role, "schema", re.search(r"run\(session, \"(select .*?)\"", read("daemon", "database", "session.c")).group(1)))
    return sorted(" ".join(line) for line in found)


def path_of(number):
    return os.path.join(FOLDER, f"{number:04}.txt")


def kept(number):
    """The lines of a version's list."""
    try:
        with open(path_of(number)) as file:
            return [line.rstrip("\n") for line in file if not line.startswith("#")]
    except FileNotFoundError:
        return []


if __name__ == "__main__":
    lines = statements()
    if sys.argv[1:] == ["--keep"]:
        lines = sorted(set(kept(version())) | set(lines))
        os.makedirs(FOLDER, exist_ok=True)
        with open(path_of(version()), "w") as file:
            file.write("# What a dsrd of this schema version prepares: role, name, SQL. Made by tests/harness/statements.py --keep.\n")
            file.write("\n".join(lines) + "\n")
    else:
        print("\n".join(lines))
