#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Two dsrd on one database behind a real nginx, restarted one after the other while clients call: no call fails, nothing is lost or done twice, each
reminder goes out once. ROLLING_ROUNDS: how often both are restarted, with sockets of their own and with those of a service manager (1)."""
import os
import random
import re
import signal
import subprocess
import sys
import threading

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "harness"))
from dsrd import Dsrd, case, contains, days_ago, equal, fault_seed, figure, run_cases, wait_for  # noqa: E402
from relay import Relay  # noqa: E402
from several import Balancer, Clients, Cluster, Host, restarted  # noqa: E402

ROUNDS = int(os.environ.get("ROLLING_ROUNDS", "1"))
PATRONS = 20 + 10 * ROUNDS  # each files once, and is reminded once

random.seed(fault_seed())
scratch = Dsrd(start=False)  # for its folder, which goes at the end
cluster = Cluster(scratch.folder)
relay = Relay()
SETTINGS = {"mail": {"transport": "smtp", "relay": relay.url}}
one = Host(cluster, SETTINGS)
two = Host(cluster, SETTINGS, first=one)
balancer = Balancer(scratch.folder, [one, two])
home = os.path.join(scratch.folder, "home")
os.mkdir(home)
REMOTE = {"HOME": home, "XDG_CONFIG_HOME": home, "DSR_SOCKET": "", "DSR_SERVER": ""}


def dsr_until(stop, host, failed, counts, *first, env=None):
    """Somebody at the prompt, who files and looks, again and again."""
    number = 0
    while not stop.is_set():
        number += 1
        command = ("file", "oclc", "access", "--law", "voluntary", "--residence", "NL", "--sent", days_ago(1)) if number % 3 == 0 else ("list", "--limit", "5") if number % 3 == 1 else ("status",)
        result = subprocess.run([os.path.join(host.program, "dsr"), *command, *first], capture_output=True, text=True, env=host.environment(env))
        counts.append(command[0])
        if result.returncode not in (0, 1):  # 1 of status: something is overdue
            failed.append((command, result.returncode, result.stderr))


def roll(rounds, prompt):
    """Clients at the balancer, `prompt` at the prompt, while both are restarted; what they did is checked."""
    patrons = [(f"p{len(known) + n}@example.org", None) for n in range(PATRONS)]
    patrons = [(address, one.patron(address)) for address, _ in patrons]
    known.extend(address for address, _ in patrons)
    writers = [one.patron(f"w{len(known)}.{n}@example.org") for n in range(2)]
    clients = Clients(balancer.url, one.token(), ca_file=balancer.certificate, writers=writers, readers=2, patrons=patrons)
    stop, failed, counts = threading.Event(), [], []
    threads = [threading.Thread(target=dsr_until, args=(stop, one, failed, counts, *words), kwargs={"env": env}, daemon=True) for words, env in prompt]
    for thread in threads:
        thread.start()
    wait_for(lambda: clients.calls > 20, "they call")
    longest = restarted([one, two], rounds)
    wait_for(lambda: not clients.patrons or clients.failed, "every patron has filed")
    stop.set()
    for thread in threads:
        thread.join(60)
    clients.stop()
    equal(failed[:3], [])
    clients.check(one)
    equal(set(clients.filers), {address for address, _ in patrons})
    for name, value in (("calls during rolling restarts", clients.calls), ("of these failed", len(clients.failed)), ("commands at the prompt", len(counts)),
                        ("of these failed", len(failed)), ("keys sent twice", clients.again), ("longest call, seconds", round(clients.longest, 2)),
                        ("longest restart of a dsrd, seconds", round(longest, 2))):
        figure(name, value)


known = []


@case
def behind_nginx_no_call_fails_while_both_are_restarted():
    token = one.token()
    result = subprocess.run([os.path.join(one.program, "dsr"), "login", "--server", balancer.url, "--ca-file", balancer.certificate], input=token + "\n",
                            capture_output=True, text=True, env=one.environment(REMOTE))
    equal(result.returncode, 0, result.stderr)
    roll(ROUNDS, [(("--server", balancer.url), REMOTE)])


@case
def nor_where_a_service_manager_keeps_the_sockets_at_the_prompt_either():
    for host in (one, two):
        equal(host.stop(), 0)
        host.listen()
        host.start()
    roll(ROUNDS, [((), None)])
    for host in (one, two):
        equal(host.stop(), 0)
        host.listen_no_more()
        host.start()


@case
def each_reminder_went_out_once():
    def recipients():
        return [address.strip("<>") for mail in list(relay.mails) for address in mail.recipients]
    wait_for(lambda: set(recipients()) >= set(known), "every patron is reminded")
    wait_for(lambda: one.sql("select count(*) from dsr.message where state in ('queued', 'leased')") == "0", "nothing waits")
    counts = {address: recipients().count(address) for address in known}
    equal({address: count for address, count in counts.items() if count != 1}, {})
    equal(one.sql("select count(*) from dsr.attempt where verdict = 'in_doubt'"), "0")
    figure("reminders due during rolling restarts", len(known))
    figure("sent twice", 0)


@case
def before_it_stops_a_balancer_is_told():
    two.write_conf({"api": {"drain_ms": 1500}})
    two.restart()
    equal((two.http("GET", "/v1/ready").status, two.http("GET", "/v1/ready").json), (200, {"status": "ready"}))
    two.process.send_signal(signal.SIGTERM)
    wait_for(lambda: two.http("GET", "/v1/ready").status == 503, "it says that it stops")
    answer = subprocess.run(["curl", "-sS", f"http://127.0.0.1:{two.port}/v1/ready"], capture_output=True, text=True)  # by TCP without a token too
    contains(answer.stdout, "dsrd is stopping")
    two.file("oclc", "access", "--law", "voluntary", "--residence", "NL", "--sent", days_ago(1))
    equal(two.process.wait(30), 0)
    two.process = None
    equal(re.findall(r"stopping.*", two.read_log())[-2:], ["stopping in 1500 ms", "stopping"])


run_cases()
