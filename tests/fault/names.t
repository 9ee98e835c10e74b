#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A name server that answers, and then never again, in a network of the test's own. FAULT_NAMES: how many rounds."""
import fcntl
import os
import socket
import struct
import subprocess
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "harness"))
from dsrd import figure, with_own  # noqa: E402

why = with_own("OWN_NETWORK", ["--net"], "there can be no network of the test's own here")
if why:
    print(f"1..0 # SKIP {why}")
    sys.exit(0)

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from postgres import Outside, Postgres, Stall, folder_for  # noqa: E402
from dsrd import case, equal, run_cases, wait_for  # noqa: E402

COUNT = int(os.environ.get("FAULT_NAMES", "2"))
STALL_MS = 50
SILENT, SERVER = "127.0.0.1", "127.0.0.2"  # of two addresses on loopback getaddrinfo() names 127.0.0.1 first


def loopback_up():
    SIOCSIFFLAGS, IFF_UP, IFF_RUNNING = 0x8914, 1, 0x40
    with socket.socket() as any_socket:
        fcntl.ioctl(any_socket, SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", IFF_UP | IFF_RUNNING))


class NameServer(threading.Thread):
    """Every name is SERVER, those in `pairs` are SILENT as well; for those in `silent` it never answers."""

    def __init__(self):
        super().__init__(daemon=True)
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 53))
        self.silent, self.pairs, self.asked = set(), set(), []
        self.start()

    def run(self):
        while True:
            query, address = self.socket.recvfrom(512)
            at, labels = 12, []
            while query[at]:
                labels.append(query[at + 1:at + 1 + query[at]].decode())
                at += 1 + query[at]
            name, kind, question = ".".join(labels), query[at + 1:at + 3], query[12:at + 5]
            self.asked.append(name)
            if name in self.silent:
                continue
            found = [] if kind != b"\x00\x01" else [SILENT, SERVER] if name in self.pairs else [SERVER]
            answers = b"".join(b"\xc0\x0c\x00\x01\x00\x01\x00\x00\x00\x01\x00\x04" + socket.inet_aton(one) for one in found)
            self.socket.sendto(query[:2] + b"\x81\x80\x00\x01" + struct.pack(">HI", len(found), 0) + question + answers, address)


loopback_up()
for path, text in (("/etc/resolv.conf", "nameserver 127.0.0.1\noptions timeout:30 attempts:5\n"), ("/etc/nsswitch.conf", "passwd: files\ngroup: files\nhosts: files dns\n")):
    file = os.path.join(folder_for("etc"), "file")
    with open(file, "w") as out:
        out.write(text)
    os.chmod(file, 0o644)
    subprocess.run(["mount", "--bind", file, os.path.realpath(path)], check=True)
names = NameServer()
server = Postgres("primary", settings={"listen_addresses": SERVER}).start()
d = Outside(server, [server.port, server.port], {}, host=["one.library.example", "two.library.example"], start=False)
# A third host, so that each of libuv's threads would be taken by names that hang.
d.write_conf({"database": {"conninfo": f"host=one.library.example,two.library.example,three.library.example port={server.port} dbname=dsrd sslmode=disable gssencmode=disable",
                           "connect_timeout_ms": 2000}})


def end_sessions():
    server.sql("select pg_terminate_backend(pid) from pg_stat_activity where usename in ('dsrd_api', 'dsrd_mailer')")


def serves():
    return d.http("GET", "/v1/status").status == 200


def mail_goes_out(number):
    before = len(d.mails())
    equal(d.http("POST", "/v1/mail/tests", {"address": f"n{number}@patron.example"}).status, 202)
    wait_for(lambda: len(d.mails()) > before, "the mail")


@case
def a_host_that_is_found_serves_while_the_name_of_another_hangs():
    names.silent = {"one.library.example", "two.library.example"}
    begin = time.monotonic()
    d.start(wait=False)
    wait_for(lambda: os.path.exists(d.socket) and d.answers(), "it serves by the third host")
    took = time.monotonic() - begin
    mail_goes_out("a")
    figure("serving by the host whose name is found, while others hang, after", f"{took:.1f} s")
    equal(took < 8, True, took)


@case
def names_that_hang_hold_up_neither_the_loop_nor_what_is_known():
    names.silent = set()
    d.stop()
    d.start()
    mail_goes_out("b")
    longest = 0
    names.silent = {"one.library.example", "two.library.example", "three.library.example"}
    with Stall(d) as stalls:
        for number in range(COUNT):
            end_sessions()
            begin = time.monotonic()
            wait_for(serves, "it serves by the addresses it knows")
            mail_goes_out(number)
            longest = max(longest, time.monotonic() - begin)
    asked = len(names.asked)
    figure("back, with name look-ups that hang, after", f"{longest:.1f} s")
    figure("longest stall of the loop meanwhile", f"{stalls.longest_ms} ms")
    equal((longest < 8, stalls.longest_ms <= STALL_MS), (True, True), (longest, stalls.longest_ms))
    threads = len(os.listdir(f"/proc/{d.pids('api')[0]}/task"))
    equal(threads <= 7, True, f"{threads} threads of the API, which asked {asked} times")


@case
def a_name_has_two_addresses_and_the_first_is_silent():
    names.silent, names.pairs = set(), {"pair.library.example"}
    before = d.settings["database"]["conninfo"]
    d.stop()
    d.write_conf({"database": {"conninfo": f"host=pair.library.example port={server.port} dbname=dsrd sslmode=disable gssencmode=disable"}})
    with socket.create_server((SILENT, server.port)) as silent:
        begin = time.monotonic()
        d.start(wait=False)
        wait_for(lambda: os.path.exists(d.socket) and d.answers(), "it serves by the second address")
        mail_goes_out("pair")
        took = time.monotonic() - begin
        silent.settimeout(0)
        silent.accept()  # it was asked, and first
    d.stop()
    d.write_conf({"database": {"conninfo": before}})
    d.start()
    figure("serving by the second address of a name, while the first is silent, after", f"{took:.1f} s")
    equal(took < 12, True, took)


@case
def sigterm_is_obeyed_while_names_hang():
    names.silent = {"one.library.example", "two.library.example", "three.library.example"}
    begin = time.monotonic()
    end_sessions()
    wait_for(serves, "look-ups are under way")
    equal(d.stop(), 0)
    took = time.monotonic() - begin
    figure("stopped, with name look-ups that hang, after", f"{took:.1f} s")
    equal(took < 10, True, took)


run_cases()
