#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The API and the mailers shut in: that they are, that they work, that nothing they call is refused, and what a poorer system does."""
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "harness"))
AS_ROOT = os.getuid() == 0
if AS_ROOT:  # anybody else cannot look into processes that are no debugger's business
    os.environ["STRACE"] = tempfile.mkdtemp(prefix="dsrd-test-calls-", dir="/tmp")
from calls import read  # noqa: E402
from dsrd import BUILD, PATIENCE, RUNNER, TRACER, Dsrd, case, conf, contains, days_ago, equal, lacks, merge, run_cases, wait_for  # noqa: E402
from relay import Relay  # noqa: E402

if "sanitize" in BUILD:
    print("1..0 # SKIP there is no sandbox with sanitizers")
    sys.exit(0)
os.environ.pop("SANDBOX", None)
relay = Relay()
NAME = next((name for name in (socket.gethostname(), "ip6-localhost", "localhost") if name), "localhost")  # libcurl looks localhost up by itself
d = Dsrd({"sandbox": {"mode": "on"}, "mail": {"transport": "smtp", "relay": relay.url, "mailers": 2}})
if "going on without" in d.read_log():
    print("1..0 # SKIP this system has no Landlock or no seccomp")
    d.stop()
    sys.exit(0)


def state(pid):
    """Of each thread: the filters of calls, above those of this test (a container has its own), and NoNewPrivs."""
    found = []
    for thread in os.listdir(f"/proc/{pid}/task"):
        with open(f"/proc/{pid}/task/{thread}/status") as file:
            lines = dict(line.rstrip("\n").split(":\t", 1) for line in file if ":\t" in line)
        found.append((int(lines["Seccomp_filters"]) - BEFORE, lines["NoNewPrivs"]))
    return found


BEFORE = 0
BEFORE = state("self")[0][0]


def start(role, settings, log, prefix=()):
    path = os.path.join(d.folder, "other.conf")
    with open(path, "w") as file:
        file.write(conf(merge(d.settings, settings)))
    os.chmod(path, 0o644)
    with open(log, "w") as file:
        return subprocess.Popen([*prefix, *RUNNER, os.path.join(d.program, "dsrd"), role, "-c", path, "--private", d.data], stdout=file, stderr=file, env=d.environment())


def text(path):
    with open(path, errors="replace") as file:
        return file.read()


@case
def each_thread_is_shut_in_and_the_supervisor_is_not():
    for role, count in (("api", 1), ("mailer", 2)):
        pids = d.pids(role)
        equal(len(pids), count, role)
        for pid in pids:
            equal(set(state(pid)), {(1, "1")}, role)
    for pid in d.pids("run") + d.pids("postgres"):
        equal({filters for filters, _ in state(pid)}, {0}, "not these")


@case
def they_work():
    ref = d.file("oclc", "deletion", "--law", "voluntary", "--residence", "NL", "--sent", days_ago(40))
    contains(d.dsr("show", ref), "OCLC")
    d.dsr("log", ref, "answered")
    contains(d.dsr("mail", "test", "t@example.org"), "Sent")
    equal(len(relay.mails) >= 1, True)
    d.dsr("audit", "verify")


@case
def files_that_an_editor_has_replaced_are_read_again():
    texts = d.settings["paths"]["mail"]
    for path in (d.conf, os.path.join(texts, "test.txt") if os.path.exists(os.path.join(texts, "test.txt")) else os.path.join(texts, sorted(os.listdir(texts))[0])):
        shutil.copy(path, path + ".edited")
        os.rename(path + ".edited", path)
    before = d.read_log()
    d.process.send_signal(signal.SIGHUP)
    wait_for(lambda: d.read_log()[len(before):].count("mail texts read") == 2 and "reload: done" in d.read_log()[len(before):], "reloaded")
    lacks(d.read_log()[len(before):], "cannot be")


@case
def a_key_ring_that_is_replaced_is_read_and_a_new_one_written():
    result = d.run("keys", "make", "--now")
    equal(result.returncode, 0, result.stderr)
    wait_for(lambda: d.read_log().count("the key ring has changed and was read again") >= 1, "read again")
    equal(d.file("oclc", "access", "--law", "voluntary", "--residence", "NL", "--sent", days_ago(1)) != "", True)


@case
def names_are_looked_up_in_threads_of_their_own():
    free = socket.socket()
    free.bind(("127.0.0.1", 0))
    log, log_of_mailer = os.path.join(d.folder, "names.log"), os.path.join(d.folder, "mailer.log")
    hosts = {"database": {"conninfo": f"host=localhost,{d.data}/run port={free.getsockname()[1]},5432 dbname=dsrd"}, "api": {"socket": d.data + "/names.sock"}}
    path = os.path.join(d.folder, "names.conf")
    own = {"vault": {"ring": d.data + "/keyring", "credential": d.data + "/credential"}, "mail": {"maildir": d.data + "/Maildir", "mailers": 1}}
    with open(path, "w") as file:
        file.write(conf(merge(merge(d.settings, hosts), own)))
    os.chmod(path, 0o644)
    with open(log, "w") as file:
        api = subprocess.Popen([*TRACER, *RUNNER, os.path.join(d.program, "dsrd"), "api", "-c", path], stdout=file, stderr=file, env=d.environment())
    try:
        wait_for(lambda: "serving on" in text(log), "it serves, by the second host")
    finally:
        api.terminate()
        equal(api.wait(PATIENCE), 0)
    # The relay offers no TLS, so nothing is sent to it by that name; but it was found and called.
    d.write_conf({"mail": {"relay": f"smtp://{NAME}:{relay.port}"}})
    d.stop()
    if socket.gethostbyname(NAME).startswith("127."):
        relay.dialogue.clear()
        d.start()
        d.http("POST", "/v1/mail/tests", {"address": "n@example.org"})
        wait_for(lambda: any(line.upper().startswith(b"EHLO") for line in relay.dialogue), "the relay is called by its name")
        d.stop()
    else:
        print(f"# skipped: {NAME} is not this machine")
    d.write_conf({"mail": {"relay": relay.url}})
    d.start()


@case
def nothing_that_they_call_is_refused():
    if not TRACER:
        print("# skipped: only root can look into these processes")
        return
    d.stop()
    made, refused = read(os.environ["STRACE"])
    equal({role: len(calls) > 20 for role, calls in made.items()}, {"api": True, "mailer": True}, "calls were seen")
    # clone3 is refused on purpose, and ~/.pgpass of root is not for nobody.
    wrong = {role: {key: lines[:3] for key, lines in calls.items() if key[1] == "ENOSYS" and key[0] != "clone3" or
                    key[1] != "ENOSYS" and not all("/root/.p" in line or "/root/.config" in line for line in lines)} for role, calls in refused.items()}
    equal({role: calls for role, calls in wrong.items() if calls}, {})
    d.start()


@case
def on_a_system_without_them_it_says_so_once_and_goes_on_or_not_as_asked():
    if not AS_ROOT:
        print("# skipped: only root can take them away")
        return
    log = os.path.join(d.folder, "poor.log")
    for call, what in (("landlock_create_ruleset", "files (Landlock"), ("seccomp", "system calls (seccomp")):
        without = ["strace", "-D", "-f", "-qq", "-e", f"trace={call}", "-e", f"inject={call}:error=ENOSYS", "-o", "/dev/null"]
        path = os.path.join(d.data, "poor.sock")
        api = start("api", {"api": {"socket": path}}, log, without)
        wait_for(lambda: "serving on" in text(log), "it goes on")
        equal(text(log).count(f"this system does not let dsrd restrict {what}"), 1)
        api.terminate()
        equal(api.wait(PATIENCE), 0)
        for role in ("api", "mailer"):
            refused = start(role, {"api": {"socket": path}, "sandbox": {"mode": "required"}}, log, without)
            equal(refused.wait(PATIENCE), 78, role)
            contains(text(log), 'sandbox.mode is "required"')


@case
def older_kernels_refuse_what_they_know_of():
    if not AS_ROOT:
        print("# skipped: only root can make it seem older")
        return
    log, path = os.path.join(d.folder, "old.log"), os.path.join(d.data, "old.sock")
    for abi, noticed in ((1, 1), (2, 0), (3, 0), (4, 0), (5, 0)):
        seems = ["strace", "-D", "-f", "-qq", "-e", "trace=landlock_create_ruleset", "-e", f"inject=landlock_create_ruleset:retval={abi}:when=1", "-o", "/dev/null"]
        api = start("api", {"api": {"socket": path}}, log, seems)
        wait_for(lambda: "serving on" in text(log), f"it serves with Landlock {abi}")
        equal(text(log).count("does not let dsrd restrict files"), noticed, abi)
        api.terminate()
        equal(api.wait(PATIENCE), 0)


@case
def it_can_be_left_off():
    d.write_conf({"sandbox": {"mode": "off"}})
    d.stop()
    d.start()
    for role in ("api", "mailer"):
        equal({filters for pid in d.pids(role) for filters, _ in state(pid)}, {0}, role)


try:
    run_cases()
finally:
    shutil.rmtree(os.environ.get("STRACE", "/nonexistent"), ignore_errors=True)
