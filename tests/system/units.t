#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Units as they are installed: whole, and shut in; and how the installed programs were built, read from the files."""
import glob
import os
import re
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "harness"))
from dsrd import BUILD, ROOT, Dsrd, case, contains, equal, lacks, run_cases  # noqa: E402

# The most that `systemd-analyze security` may say of each (10 is open, 0 is shut). A unit without a row fails.
EXPOSURE = {"dsrd-api.service": 0.5, "dsrd-mailer@.service": 1.0, "dsrd-inbox.service": 1.0, "user/dsrd.service": 6.6}
SHUT_IN = ("seccomp", "landlock_create_ruleset", "landlock_add_rule", "landlock_restrict_self")
SANITIZED = "sanitize" in BUILD

d = Dsrd(start=False)
TARGET = os.path.join(d.folder, "target")
subprocess.run(["make", "-s", "-C", ROOT, f"BUILD={BUILD}", f"DESTDIR={TARGET}", "install-files"], check=True, stdout=subprocess.DEVNULL)
LIB = os.path.join(TARGET, "usr/local/lib")
# The units name the program where it will be; verify wants to find it.
COPY = os.path.join(d.folder, "units")
UNITS = {}
for installed in sorted(glob.glob(LIB + "/systemd/system/*") + glob.glob(LIB + "/systemd/user/*")):
    name = ("user/" if "/systemd/user/" in installed else "") + os.path.basename(installed)
    path = os.path.join(COPY, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(installed) as source, open(path, "w") as copy:
        copy.write(source.read().replace("/usr/local/sbin/dsrd", os.path.join(TARGET, "usr/local/sbin/dsrd")))
    UNITS[name] = path


def analyze(*arguments):
    return subprocess.run(["systemd-analyze", "--no-pager", *arguments], capture_output=True, text=True, env=dict(os.environ, XDG_RUNTIME_DIR=d.folder))


def settings(unit):
    """[(name, value)] of a unit."""
    with open(UNITS[unit]) as file:
        return [tuple(line.rstrip("\n").split("=", 1)) for line in file if "=" in line and not line.startswith("#")]


@case
def every_unit_is_there_and_sockets_users_and_folders():
    for name in ("dsrd-api.service", "dsrd-api.socket", "dsrd-mailer@.service", "dsrd-inbox.service", "user/dsrd.service", "user/dsrd.socket"):
        equal(name in UNITS, True, name)
    with open(LIB + "/sysusers.d/dsrd.conf") as file:
        contains(file.read(), "u dsrd ")
    with open(LIB + "/tmpfiles.d/dsrd.conf") as file:
        contains(file.read(), "d /run/dsrd ", "d /var/lib/dsrd 0700 dsrd dsrd")
    root = os.path.join(d.folder, "root")
    for folder in ("etc", "usr/lib/sysusers.d", "usr/lib/tmpfiles.d"):
        os.makedirs(os.path.join(root, folder), exist_ok=True)
    shutil.copy(LIB + "/sysusers.d/dsrd.conf", root + "/usr/lib/sysusers.d/")
    shutil.copy(LIB + "/tmpfiles.d/dsrd.conf", root + "/usr/lib/tmpfiles.d/")
    if os.getuid() == 0 and shutil.which("systemd-sysusers") and shutil.which("systemd-tmpfiles"):
        for command in (["systemd-sysusers", f"--root={root}"], ["systemd-tmpfiles", "--create", f"--root={root}"]):
            made = subprocess.run(command, capture_output=True, text=True)
            equal(made.returncode, 0, made.stderr)
        with open(root + "/etc/passwd") as file:
            contains(file.read(), "dsrd:x:")
        equal(oct(os.stat(root + "/var/lib/dsrd").st_mode & 0o777), "0o700")


@case
def systemd_finds_nothing_wrong_with_them():
    for unit, path in UNITS.items():
        result = analyze("verify", "--man=no", "--recursive-errors=no", *(["--user"] if unit.startswith("user/") else []), path)
        # Nothing but ours is looked at: what basic.target or the socket of an instance is, only a system that runs systemd knows.
        complaints = [line for line in result.stderr.splitlines() if os.path.basename(path).replace("@", "@i") in line or os.path.basename(path) in line]
        equal([line for line in complaints if "Unit basic.target not found" not in line], [], unit)


@case
def none_is_more_exposed_than_it_must_be():
    for unit, path in UNITS.items():
        if not unit.endswith(".service"):
            continue
        result = analyze("security", "--offline=yes", f"--threshold={round(EXPOSURE[unit] * 10)}", *(["--user"] if unit.startswith("user/") else []), path)
        said = re.search(r"Overall exposure level for \S+: ([0-9.]+)", result.stdout)
        equal(result.returncode, 0, f"{unit}: {said.group(1) if said else result.stdout + result.stderr}")
        print(f"# {unit}: {said.group(1)}, at most {EXPOSURE[unit]}")


@case
def the_api_sees_who_calls_and_its_socket_outlives_it():
    api = settings("dsrd-api.service")
    equal([value for name, value in api if name == "PrivateUsers"], [], "in a user namespace everybody else would be nobody")
    equal([value for name, value in api if name in ("RuntimeDirectory", "DynamicUser")], [], "it would go with the service, and the socket in it")
    contains(dict(settings("dsrd-api.socket"))["ListenStream"], "/run/dsrd/dsrd.sock")


def expand(groups, name):
    return {name} if not name.startswith("@") else {one for inner in groups[name] for one in expand(groups, inner)}


@case
def they_let_dsrd_make_its_calls():
    with open(os.path.join(ROOT, "daemon", "sandbox", "calls.c")) as file:
        source = file.read()
    wanted = set(re.findall(r'"(\w+)"', source[source.index("*const common"):source.index("of_api[]")])) | set(SHUT_IN) | {"accept4", "clone", "execve"}
    groups = {}
    for line in analyze("syscall-filter").stdout.splitlines():
        if line.startswith("@"):
            group = groups.setdefault(line.strip(), [])
        elif line.startswith("    ") and not line.strip().startswith("#"):
            group.append(line.strip())

    known = {one for group in groups for one in expand(groups, group)} | set(SHUT_IN)
    for unit in UNITS:
        if not unit.endswith(".service"):
            continue
        allowed = expand(groups, "@default")
        for value in [value for name, value in settings(unit) if name == "SystemCallFilter"]:
            named = {one for name in value.lstrip("~").split() for one in expand(groups, name)}
            allowed = allowed - named if value.startswith("~") else allowed | named
        equal(sorted((wanted & known) - allowed), [], unit)
        equal(dict(settings(unit)).get("SystemCallErrorNumber"), "EPERM", unit)


def readelf(program, *options):
    return subprocess.run(["readelf", "-W", *options, program], capture_output=True, text=True, check=True).stdout


@case
def the_programs_are_hardened_as_they_were_built():
    if SANITIZED:
        print("# skipped: a build with sanitizers is another one")
        return
    for program in (TARGET + "/usr/local/sbin/dsrd", TARGET + "/usr/local/bin/dsr"):
        headers, segments, dynamic, symbols = readelf(program, "-h"), readelf(program, "-l"), readelf(program, "-d"), readelf(program, "--dyn-syms")
        contains(headers, "DYN (Position-Independent Executable file)")
        contains(segments, "GNU_RELRO", "INTERP")
        stack = next(line.split() for line in segments.splitlines() if "GNU_STACK" in line)
        equal("E" in stack[-2], False, "a stack that can be run")
        for line in segments.splitlines():
            if line.strip().startswith("LOAD"):
                equal("W" in line and "E" in line.split("0x")[-2], False, "memory that can be written and run")
        contains(dynamic, "BIND_NOW", "PIE")
        lacks(dynamic, "RPATH", "RUNPATH", "TEXTREL")
        contains(symbols, "__stack_chk_fail@")
        fortified = set(re.findall(r"\b(__\w+_chk)@", symbols))
        equal({"__snprintf_chk", "__vsnprintf_chk"} & fortified != set(), True, f"fortified calls: {sorted(fortified)}")
        lacks(symbols, " sprintf@", " strcpy@", " strcat@", " gets@")
        if "X86-64" in headers:
            # The note of the whole file is not there: Debian's own start of a program has none. Ours begin where an indirect call may land.
            main = subprocess.run(["objdump", "-d", "--disassemble=main", "--no-show-raw-insn", program], capture_output=True, text=True, check=True).stdout
            contains(main.splitlines()[next(i for i, line in enumerate(main.splitlines()) if line.endswith("<main>:")) + 1], "endbr64")


@case
def they_probe_the_stack_and_clear_what_is_not_set():
    if SANITIZED:
        print("# skipped: a build with sanitizers is another one")
        return
    # What leaves no mark in the file is read where the compiler itself wrote its options down.
    options = readelf(TARGET + "/usr/local/sbin/dsrd", "-p", ".debug_str") + readelf(TARGET + "/usr/local/sbin/dsrd", "-p", ".debug_line_str")
    contains(options, "-fstack-clash-protection", "-ftrivial-auto-var-init=zero", "-fcf-protection=full", "-fstack-protector-strong")


run_cases()
