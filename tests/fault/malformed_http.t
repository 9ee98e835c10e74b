#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""HTTP as nobody should write it: it is refused and the connection closed, nothing falls over, and dsrd and a web server before it never see the end of
a request in different places. MALFORMED_CASES (1000) heads and bodies are changed at random, from FAULT_SEED."""
import concurrent.futures
import os
import random
import re
import socket
import sys
import threading

sys.path[:0] = [os.path.dirname(os.path.abspath(__file__)), os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "harness")]
from clients import Answers, connect, everything, head  # noqa: E402
from dsrd import PATIENCE, Dsrd, case, equal, fault_seed, figure, free_port, run_cases  # noqa: E402
from nginx import Nginx  # noqa: E402

CASES = int(os.environ.get("MALFORMED_CASES", "1000"))
SEED = fault_seed()
AT_ONCE = 8
QUIET = 0.25  # seconds without an answer, and the rest is being waited for; what then looks different is looked at again
QUIET_AGAIN = 3
PORT = free_port()
LOOPBACK = ("127.0.0.1", PORT)
GOOD = head("GET", "/u/good")  # public, and without a look at the database
PAGE, ABSENT = 200, 404  # what GET and POST there get
LAST = b"GET /u/last HTTP/1.1\r\nHost: d\r\nConnection: close\r\n\r\n"
CHUNKED = "Transfer-Encoding: chunked"


def post(*fields, body=b"", path="/u/post"):
    return head("POST", path, *fields) + body


# What is sent, and the statuses that answer it; after one in REFUSED the connection is closed.
REFUSED = "refused"
CORPUS = {
    "length and encoding": (post("Content-Length: 5", CHUNKED, body=b"0\r\n\r\n"), [400]),
    "encoding and length": (post(CHUNKED, "Content-Length: 5", body=b"0\r\n\r\n"), [400]),
    "two equal lengths": (post("Content-Length: 2", "Content-Length: 2", body=b"ab"), [400]),
    "two different lengths": (post("Content-Length: 2", "Content-Length: 5", body=b"ab"), [400]),
    "a list of lengths": (post("Content-Length: 2, 2", body=b"ab"), [400]),
    "a length with a plus": (post("Content-Length: +2", body=b"ab"), [400]),
    "a negative length": (post("Content-Length: -2", body=b"ab"), [400]),
    "a hexadecimal length": (post("Content-Length: 0x2", body=b"ab"), [400]),
    "an empty length": (post("Content-Length:", body=b"ab"), [400]),
    "a length with letters": (post("Content-Length: 2a", body=b"ab"), [400]),
    "a length of 2^64": (post("Content-Length: 18446744073709551616"), [413]),
    "a length of 2^64 - 1": (post("Content-Length: 18446744073709551615"), []),
    "a length of 40 digits": (post("Content-Length: " + "9" * 40), [413]),
    "a length by another name": (post("Content-Length : 2", body=b"ab"), [400]),
    "a tab before the colon": (post("Content-Length\t: 2", body=b"ab"), [400]),
    "two encodings": (post(CHUNKED, CHUNKED, body=b"0\r\n\r\n"), [400]),
    "another encoding first": (post("Transfer-Encoding: gzip, chunked", body=b"0\r\n\r\n"), [400]),
    "an unknown encoding": (post("Transfer-Encoding: xchunked", body=b"0\r\n\r\n"), [400]),
    "chunked twice": (post("Transfer-Encoding: chunked, chunked", body=b"0\r\n\r\n"), [400]),
    "an encoding with a parameter": (post("Transfer-Encoding: chunked;q=1", body=b"0\r\n\r\n"), [400]),
    "an encoding in quotes": (post('Transfer-Encoding: "chunked"', body=b"0\r\n\r\n"), [400]),
    "an encoding of HTTP/1.0": (b"POST /u/x HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", [400]),
    "an encoding behind a fold": (b"POST /u/x HTTP/1.1\r\nHost: d\r\nTransfer-Encoding: chun\r\n ked\r\n\r\n0\r\n\r\n", [400]),
    "a bare LF after a field": (b"GET /u/x HTTP/1.1\r\nHost: d\nX: y\r\n\r\n", [400]),
    "a bare LF after the first line": (b"GET /u/x HTTP/1.1\nHost: d\r\n\r\n", [400]),
    "a bare LF at the end": (b"GET /u/x HTTP/1.1\r\nHost: d\r\n\n", [400]),
    "only bare LF": (b"GET /u/x HTTP/1.1\nHost: d\n\n", [400]),
    "a bare CR in a value": (b"GET /u/x HTTP/1.1\r\nHost: d\r\nX: a\rContent-Length: 3\r\n\r\n", [400]),
    "CR CR LF": (b"GET /u/x HTTP/1.1\r\nHost: d\r\nX: a\r\r\n\r\n", [400]),
    "a folded field": (b"GET /u/x HTTP/1.1\r\nHost: d\r\nX: a\r\n b\r\n\r\n", [400]),
    "a folded length": (post("Content-Length: 2\r\n 0", body=b"ab"), [400]),
    "a first field that is folded": (b"GET /u/x HTTP/1.1\r\n Host: d\r\n\r\n", [400]),
    "a NUL in a value": (b"GET /u/x HTTP/1.1\r\nHost: d\r\nX: a\0b\r\n\r\n", [400]),
    "a NUL in a length": (post("Content-Length: 2\x0000", body=b"ab"), [400]),
    "a NUL in a name": (b"GET /u/x HTTP/1.1\r\nHost: d\r\nX\0Y: a\r\n\r\n", [400]),
    "a NUL in an address": (b"GET /u/x\0y HTTP/1.1\r\nHost: d\r\n\r\n", [400]),
    "a NUL in a parameter": (b"GET /u/x?a=\0y HTTP/1.1\r\nHost: d\r\n\r\n", [400]),
    "a NUL in a method": (b"GE\0T /u/x HTTP/1.1\r\nHost: d\r\n\r\n", [400]),
    "a field without a colon": (b"GET /u/x HTTP/1.1\r\nHost: d\r\nX\r\n\r\n", [400]),
    "a field without a name": (b"GET /u/x HTTP/1.1\r\nHost: d\r\n: y\r\n\r\n", [400]),
    "a name in brackets": (b"GET /u/x HTTP/1.1\r\nHost: d\r\nX(y): z\r\n\r\n", [400]),
    "a name outside of ASCII": ("GET /u/x HTTP/1.1\r\nHost: d\r\nXé: z\r\n\r\n".encode(), [400]),
    "a field of 1 MiB": (b"GET /u/x HTTP/1.1\r\nHost: d\r\nX: " + b"y" * 2**20 + b"\r\n\r\n", [431]),
    "an address of 1 MiB": (b"GET /u/" + b"y" * 2**20 + b" HTTP/1.1\r\nHost: d\r\n\r\n", [414]),
    "10,000 fields": (b"GET /u/x HTTP/1.1\r\nHost: d\r\n" + b"".join(b"X-%d: y\r\n" % n for n in range(10000)) + b"\r\n", [431]),
    "no Host": (b"GET /u/x HTTP/1.1\r\n\r\n", [400]),
    "two Hosts": (b"GET /u/x HTTP/1.1\r\nHost: d\r\nHost: e\r\n\r\n", [400]),
    "%00": (head("GET", "/u/x%00y"), [400]),
    "%00 in a parameter": (head("GET", "/v1/vendors?q=a%00b"), [400]),
    "% without digits": (head("GET", "/u/%zz"), [400]),
    "% at the end": (head("GET", "/u/x%"), [400]),
    "%u": (head("GET", "/u/%u0041"), [400]),
    "a space in the address": (head("GET", "/u/x y"), [400]),
    "two spaces before the address": (b"GET  /u/x HTTP/1.1\r\nHost: d\r\n\r\n", [400]),
    "two spaces after it": (b"GET /u/x  HTTP/1.1\r\nHost: d\r\n\r\n", [400]),
    "a space before the method": (b" GET /u/x HTTP/1.1\r\nHost: d\r\n\r\n", REFUSED),
    "a space after the version": (b"GET /u/x HTTP/1.1 \r\nHost: d\r\n\r\n", [400]),
    "a tab for a space": (b"GET\t/u/x\tHTTP/1.1\r\nHost: d\r\n\r\n", REFUSED),
    "HTTP/0.9": (b"GET /u/x\r\n\r\n", [400]),
    "HTTP/2": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", [505]),
    "HTTP/0.1": (b"GET /u/x HTTP/0.1\r\nHost: d\r\n\r\n", [505]),
    "http in small letters": (b"GET /u/x http/1.1\r\nHost: d\r\n\r\n", [400]),
    "TLS": (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\n\n", REFUSED),
    "an absolute address": (head("GET", "http://elsewhere.example/u/x") + LAST, [PAGE, PAGE]),
    "one with TLS": (head("GET", "HTTPS://elsewhere.example/u/x?") + LAST, [PAGE, PAGE]),
    "an authority": (head("CONNECT", "d:443") + LAST, [404, PAGE]),
    "an asterisk": (head("OPTIONS", "*") + LAST, [404, PAGE]),
    "dots": (head("GET", "/u/../metrics") + head("GET", "/./u/x") + head("GET", "/u/%2e%2e/metrics") + LAST, [404, 404, 404, PAGE]),
    "an encoded slash": (head("GET", "/u%2fx") + LAST, [PAGE, PAGE]),
    "empty lines first": (b"\r\n\r\n" + LAST, [PAGE]),
    "another version of 1": (b"GET /u/x HTTP/1.9\r\nHost: d\r\n\r\n" + LAST, [PAGE, PAGE]),
    "a method nobody knows": (head("BREW", "/u/x") + LAST, [405, PAGE]),
    "a body of a GET": (head("GET", "/u/x", "Content-Length: 3") + b"abc" + LAST, [PAGE, PAGE]),
    "chunks": (post(CHUNKED, body=b"3\r\nabc\r\n0\r\n\r\n") + LAST, [ABSENT]),
    "chunks with extensions": (post(CHUNKED, body=b'3;a=b;c="d;e"\r\nabc\r\n0;x\r\n\r\n') + LAST, [ABSENT]),
    "trailers": (post(CHUNKED, body=b"3\r\nabc\r\n0\r\nContent-Length: 40\r\nHost: e\r\n\r\n") + LAST, [ABSENT]),
    "a NUL for a trailer": (post(CHUNKED, body=b"0\r\n\0\r\n") + LAST, [ABSENT]),
    "a trailer without a name": (post(CHUNKED, body=b"0\r\nX: y\r\n:\r\n") + LAST, [ABSENT]),
    "a chunk size that overflows": (post(CHUNKED, body=b"FFFFFFFFFFFFFFFFF\r\nabc\r\n"), [413]),
    "a negative chunk": (post(CHUNKED, body=b"-1\r\nabc\r\n"), [400]),
    "a chunk with a plus": (post(CHUNKED, body=b"+3\r\nabc\r\n"), [400]),
    "a chunk with 0x": (post(CHUNKED, body=b"0x3\r\nabc\r\n"), [400]),
    "a chunk without a size": (post(CHUNKED, body=b"\r\nabc\r\n"), [400]),
    "a space before an extension": (post(CHUNKED, body=b"3 ;a\r\nabc\r\n0\r\n\r\n"), [400]),
    "a chunk longer than it says": (post(CHUNKED, body=b"3\r\nabcd\r\n0\r\n\r\n"), [400]),
    "1,000 at once": (GOOD * 999 + LAST, [PAGE] * 1000),
    "what follows one that is refused": (post("Content-Length: 2", CHUNKED, body=b"0\r\n\r\n") + LAST, [400]),
}

d = Dsrd({"api": {"listen": f"127.0.0.1:{PORT}", "trusted_proxy": "127.0.0.1", "request_timeout_ms": 5000}})
api = d.pids("api")


def statuses(answers):
    return [status for status, _, _ in answers]


def still_right(place):
    equal(statuses(everything(place, LAST)[0]), [PAGE])


@case
def each_is_answered_as_http_has_it_and_the_next_is_right():
    wrong = []
    for place in (d.socket, LOOPBACK):
        for name, (data, wanted) in CORPUS.items():
            answers, end = everything(place, data, patience=QUIET if wanted == [] else QUIET_AGAIN)
            got = statuses(answers)
            if wanted == REFUSED:
                right = len(got) <= 1 and all(400 <= status < 600 for status in got) and end != "waits"
            else:
                right = got == wanted and (end == "waits") == (wanted == [])
            if not right:
                wrong.append((name, got, end))
            still_right(place)
    equal(wrong, [])
    figure("malformed requests of the corpus", len(CORPUS))


@case
def a_connection_closed_at_any_byte_harms_nobody():
    data = post("Content-Type: application/json", CHUNKED, "X-Long: " + "y" * 50, body=b'8;x="y"\r\n{"a": 1}\r\n0\r\nX: y\r\n\r\n')
    for number in range(len(data) + 1):
        for how in (socket.SHUT_WR, None):
            connection = connect(LOOPBACK if number % 2 else d.socket)
            connection.sendall(data[:number])
            if how is not None:
                connection.shutdown(how)
            connection.close()
    still_right(d.socket)
    still_right(LOOPBACK)
    equal(d.http("GET", "/v1/me").status, 200)
    equal(d.pids("api"), api, "it is still the same process")


class Recorder:
    """Stands between nginx and dsrd, and keeps what each connection carried."""

    def __init__(self):
        self.seen, self.lock = [], threading.Lock()
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=256)
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            client, _ = self.listener.accept()
            threading.Thread(target=self.carry, args=(client,), daemon=True).start()

    def carry(self, client):
        server = connect(LOOPBACK)
        asked, answered = bytearray(), bytearray()

        def one_way(source, target, kept):
            try:
                while part := source.recv(65536):
                    kept += part
                    target.sendall(part)
                target.shutdown(socket.SHUT_WR)
            except OSError:
                pass
        back = threading.Thread(target=one_way, args=(server, client, answered), daemon=True)
        back.start()
        one_way(client, server, asked)
        back.join(PATIENCE)
        client.close()
        server.close()
        with self.lock:
            self.seen.append((bytes(asked), bytes(answered)))

    def take(self):
        with self.lock:
            seen, self.seen = self.seen, []
        return seen


class Bytes:
    """Bytes as a connection from which they come."""

    def __init__(self, data):
        self.data = data

    def recv(self, _):
        data, self.data = self.data, b""
        return data


recorder = Recorder()
nginx = Nginx(d, recorder.port, tls=False, more=[("proxy_set_header Host $host;", "proxy_set_header Host $host; proxy_read_timeout 10s;"),
                                                 ("location ~ ^/(v1|u)/ {", "location ~ ^ {")])  # what nginx answers by itself, it does not read on for
FRONT = ("127.0.0.1", nginx.port)


def check_one_each(seen):
    """nginx sends one request a connection, with one length: dsrd must have seen one too, to its last byte."""
    for asked, answered in seen:
        before, _, body = asked.partition(b"\r\n\r\n")
        length = re.search(rb"(?i)\r\ncontent-length: *(\d+)", before)
        equal(len(body), int(length[1]) if length else 0, asked)
        if not answered and b"\r\n\r\n" not in asked:
            continue
        reader = Answers(Bytes(answered))
        status, _, _ = reader.next(bodiless=asked.startswith(b"HEAD "))
        equal((status >= 200, reader.rest), (True, b""), (asked, answered))


FRAMING = {400, 405, 408, 411, 413, 414, 417, 431, 501, 505}


def view(place, data, patience):
    """The requests that a server saw in these bytes, as the statuses it gave, and how it ended: refused, closed, or waits for more."""
    answers, end = everything(place, data, patience)
    seen = []
    for status, fields, _ in answers:
        last = fields.get("connection", "").lower() == "close"
        if last and status in FRAMING:
            return seen, "refused"
        seen.append(status)
        if last:
            return seen, "closed"
    return seen, "waits" if end == "waits" else "closed"


read_on, counting = [0], threading.Lock()


def disagree(data, patience=QUIET):
    """Whether both read on and saw different requests. Who refuses, or closes the connection early, has not been fooled."""
    (here, here_end), (there, there_end) = view(LOOPBACK, data, patience), view(FRONT, data, patience)
    if "refused" in (here_end, there_end):
        return None
    with counting:
        read_on[0] += 1
    common = min(len(here), len(there))
    shorter_end = here_end if len(here) < len(there) else there_end
    different = here[:common] != there[:common] or (len(here) != len(there) and shorter_end == "waits")
    return ((here, here_end), (there, there_end)) if different else None


SEEDS = [post("Content-Length: 3", body=b"abc"), post(CHUNKED, body=b"3\r\nabc\r\n0\r\n\r\n"), post(CHUNKED, body=b"3;a=b\r\nabc\r\nA\r\n0123456789\r\n0\r\nX: y\r\n\r\n"),
         GOOD, post("Content-Length: 0"), head("GET", "/u/x?a=b&c", "Cookie: a=b"), post("Content-Type: text/plain", "Content-Length: 40", body=b"GET /u/inside HTTP/1.1\r\nHost: inside\r\n\r\n")]
PIECES = [b"\r\n", b"\n", b"\r", b"\0", b" ", b"\t", b":", b",", b";", b"0", b"1", b"+", b"-", b"%00", b"%0a", b"%", b"/", b"//", b"?", b"#", b"\x0b", b"\x7f", b"\xff", b"\r\n ",
          b"\r\n\t", b"\r\nContent-Length: 0", b"\r\nContent-Length: 3", b"\r\nContent-Length: 44", b"\r\nTransfer-Encoding: chunked", b"\r\nTransfer-Encoding: identity",
          b"\r\nTransfer-Encoding:\x0bchunked", b"\r\nConnection: close", b"\r\nConnection: keep-alive, Content-Length", b"\r\nHost: e", b"\r\nExpect: x", b"HTTP/1.0", b"HTTP/1.1",
          b"0\r\n\r\n", b"\r\n\r\n", b"FFFFFFFFFFFFFFFF", b"chunked", b" chunked", b"GET /u/other HTTP/1.1\r\nHost: d\r\n\r\n"]


def changed(random_one):
    data = bytearray(random_one.choice(SEEDS))
    for _ in range(random_one.choice((1, 1, 1, 2, 2, 3, 5))):
        at, what = random_one.randrange(len(data) + 1), random_one.randrange(8)
        if what > 5:  # what is after the head decides where the next begins
            at = random_one.randrange(data.find(b"\r\n\r\n") + 4, len(data) + 1)
        if what == 0:
            del data[at:at + random_one.randrange(1, 8)]
        elif what == 1:
            data[at:at + 1] = bytes([random_one.randrange(256)])
        elif what == 2:  # where the lines end is where it matters
            ends = [found.start() for found in re.finditer(b"\r\n", data)] or [0]
            at = random_one.choice(ends)
            data[at:at + random_one.choice((0, 1, 2))] = random_one.choice(PIECES)
        elif what == 3:
            lines = bytes(data).split(b"\r\n")
            lines.insert(random_one.randrange(len(lines) + 1), random_one.choice(lines))
            data = bytearray(b"\r\n".join(lines))
        else:
            data[at:at + random_one.choice((0, 0, 1, 2))] = random_one.choice(PIECES)
    return bytes(data) + LAST


@case
def dsrd_and_nginx_never_see_different_requests():
    random_one = random.Random(SEED)
    cases = [data if data.endswith(LAST) else data + LAST for name, (data, _) in CORPUS.items() if "1,000" not in name]
    done = different = 0
    with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        while done < CASES + len(CORPUS):
            cases += [changed(random_one) for _ in range(min(1000, CASES + len(CORPUS) - done - len(cases)))]
            suspects = [data for data, found in zip(cases, pool.map(disagree, cases)) if found]
            different += sum(1 for data in suspects if report(data))
            check_one_each(recorder.take())
            done += len(cases)
            cases = []
    figure("requests given to nginx and dsrd", f"{done}, of which both read on after {read_on[0]}")
    figure("requests that they saw end in different places", different)
    equal(read_on[0] > done / 20, True, "they are not all refused")
    equal(different, 0, f"FAULT_SEED={SEED}")
    equal(d.pids("api"), api, "it is still the same process")


def report(data):
    found = disagree(data, QUIET_AGAIN)  # now alone, and with time
    if found:
        print(f"# dsrd {found[0]}, nginx {found[1]} of {data!r}")
    return found


run_cases()
