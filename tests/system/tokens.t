#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tokens: the loopback listener, wrong and revoked ones, what slows guessing down; behind a real nginx with TLS; dsr login."""
import http.client
import json
import os
import pty
import re
import socket
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "harness"))
from dsrd import AS_ROOT, Dsrd, Reply, as_several_users, case, contains, equal, free_port, lacks, run_cases  # noqa: E402
from nginx import Nginx  # noqa: E402

WHY_NOT = as_several_users()


PORT = free_port()
# 127.0.0.1 stands for nginx; the clients before it are told apart by what it writes into X-Forwarded-For.
d = Dsrd({"api": {"listen": f"127.0.0.1:{PORT}", "trusted_proxy": "127.0.0.1", "body_limit_bytes": 4096, "account_cache_ms": 0}})


def tcp(method, path, token=None, body=None, source="198.51.100.1", headers=None):
    connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=60)
    headers = dict({"X-Forwarded-For": source}, **(headers or {}))
    if token is not None:
        headers["Authorization"] = "Bearer " + token
    data = None if body is None else json.dumps(body)
    if data is not None:
        headers["Content-Type"] = "application/json"
    connection.request(method, path, data, headers)
    response = connection.getresponse()
    reply = Reply(response.status, response.headers, response.read())
    connection.close()
    return reply


def raw(data, port=PORT):
    """What a server answers to these bytes, until it closes the connection."""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        connection.sendall(data)
        answer = b""
        while True:
            more = connection.recv(65536)
            if not more:
                return answer.decode()
            answer += more


def make_token(**members):
    reply = d.http("POST", "/v1/tokens", members)
    equal(reply.status, 201, reply.body)
    return reply.json


def refused(reply, *words, pause=None):
    equal((reply.status, reply.json["code"]), (401, "unauthenticated"), reply.body)
    contains(reply.headers["WWW-Authenticate"], "Bearer")
    contains(reply.json["detail"], *words)
    if pause is not None:
        equal(int(reply.headers["Retry-After"]), pause)


def patron(**members):
    reply = d.http("POST", "/v1/accounts", dict({"roles": ["patron"]}, **members))
    equal(reply.status, 201, reply.body)
    return reply.json["account"]


own = make_token()
pat = patron(email="pat@example.org")
pats = make_token(account=pat)


@case
def a_token_lets_its_account_in_and_says_so():
    equal(tcp("GET", "/v1/me", own["token"]).json, dict(d.http("GET", "/v1/me").json,
                                                        token={"id": own["id"], "scope": "write", "expires": own["expires"]}))
    me = tcp("GET", "/v1/me", pats["token"]).json
    equal((me["account"], me["roles"]), (pat, "patron"))
    equal("token" in d.http("GET", "/v1/me").json, False)


@case
def a_patron_without_a_user_here_files_and_sees_the_own_request_only():
    foreign = d.file("elsevier", "access", "--law", "eu-gdpr", "--residence", "NL")
    body = {"vendor": "elsevier", "right": "access", "law": "eu-gdpr", "residence": "NL", "sent": "2026-10-05"}
    reply = tcp("POST", "/v1/requests", pats["token"], body)
    equal(reply.status, 201, reply.body)
    seen = [row["ref"] for row in tcp("GET", "/v1/requests", pats["token"]).json["requests"]]
    equal(seen, [reply.json["request"]["ref"]])
    equal(tcp("GET", f"/v1/requests/{foreign}", pats["token"]).status, 404)
    equal(tcp("GET", "/v1/accounts", pats["token"]).status, 403)


@case
def without_a_token_nothing_is_answered_over_tcp():
    for path in ("/v1/health", "/metrics", "/v1/me", "/v1/requests"):
        reply = tcp("GET", path)
        refused(reply, "A token is needed")
        equal(reply.headers["Retry-After"], None)
    refused(tcp("GET", "/v1/me", headers={"Authorization": "Basic b3duZXI6cGFzc3dvcmQ="}), "A token is needed")
    equal(tcp("GET", "/v1/health", pats["token"]).status, 200)


@case
def a_revoked_token_is_refused_at_once():
    token = make_token(account=pat)
    equal(tcp("GET", "/v1/me", token["token"]).status, 200)
    for _ in range(2):
        equal(d.http("DELETE", f"/v1/tokens/{token['id']}").json, {"id": token["id"], "state": "revoked"})
    refused(tcp("GET", "/v1/me", token["token"]), "revoked", pause=1)
    equal(d.sql(f"select string_agg(act || ' ' || (detail ->> 'account'), ',' order by seq) from dsr.audit where target = '{token['id']}'"),
          f"token_made {pat},token_revoked {pat}")


@case
def an_expired_token_and_a_disabled_account_are_refused():
    token = make_token(account=pat, days=1)
    d.sql("update dsr.token set created_at = created_at - interval '2 days', expires_at = expires_at - interval '1 day'"
          f" where id = '{token['id']}'")
    refused(tcp("GET", "/v1/me", token["token"], source="198.51.100.20"), "expired")
    states = {row["id"]: row["state"] for row in d.http("GET", "/v1/tokens").json["tokens"]}
    equal((states[token["id"]], states[own["id"]]), ("expired", "good"))
    token = make_token(account=pat)
    d.sql(f"update dsr.account set disabled = true where id = '{pat}'")
    refused(tcp("GET", "/v1/me", token["token"], source="198.51.100.21"), "not right")
    equal(d.http("POST", "/v1/tokens", {"account": pat}).status, 409)
    d.sql(f"update dsr.account set disabled = false where id = '{pat}'")
    equal(tcp("GET", "/v1/me", token["token"], source="198.51.100.22").status, 200)


@case
def a_token_that_may_only_read_does_only_that_and_gives_itself_up():
    token, other = make_token(account=pat, scope="read"), make_token(account=pat)
    equal(tcp("GET", "/v1/requests", token["token"]).status, 200)
    equal(tcp("HEAD", "/v1/requests", token["token"]).status, 200)
    reply = tcp("POST", "/v1/requests", token["token"], {})
    equal(reply.status, 403)
    contains(reply.json["detail"], "only read")
    equal(tcp("DELETE", f"/v1/tokens/{other['id']}", token["token"]).status, 403)
    equal(tcp("DELETE", f"/v1/tokens/{token['id']}", token["token"]).status, 200)
    refused(tcp("GET", "/v1/me", token["token"]), "revoked")


@case
def tokens_are_made_over_the_socket_and_for_others_by_operators():
    reply = tcp("POST", "/v1/tokens", own["token"], {})
    equal(reply.status, 403)
    contains(reply.json["detail"], "not with another token")
    for body, field in (({"days": 367}, "days"), ({"days": 0}, "days"), ({"scope": "all"}, "scope"), ({"account": "ann"}, "account"),
                        ({"account": "-1"}, "account")):
        reply = d.http("POST", "/v1/tokens", body)
        equal((reply.status, reply.json["field"]), (422, field), body)
    for account in ("424242", "00000000-0000-4000-8000-000000000000"):
        equal(d.http("POST", "/v1/tokens", {"account": account}).status, 404)
    by_uid = make_token(account=str(os.getuid()), days=366)
    equal(by_uid["account"], own["account"])
    # What an account may do to others' tokens.
    for method, path in (("DELETE", f"/v1/tokens/{own['id']}"), ("DELETE", "/v1/tokens/aaaaaaaaaa")):
        equal(tcp(method, path, pats["token"]).status, 404)
    equal({row["account"] for row in tcp("GET", "/v1/tokens", pats["token"]).json["tokens"]}, {pat})
    equal(len({row["account"] for row in tcp("GET", "/v1/tokens", own["token"]).json["tokens"]}), 2)
    equal(tcp("DELETE", f"/v1/tokens/{by_uid['id']}", own["token"]).status, 200)


def post_as(uid, body):
    """POST /v1/tokens over the socket as another user: the status and the answer."""
    out = subprocess.run(["setpriv", f"--reuid={uid}", f"--regid={uid}", "--clear-groups", "curl", "-s", "--unix-socket", d.socket,
                          "-w", "\\n%{http_code}", "-H", "Content-Type: application/json", "-d", json.dumps(body), "http://d/v1/tokens"],
                         capture_output=True, text=True, check=True).stdout
    answer, status = out.rsplit("\n", 1)
    return int(status), json.loads(answer)


@case
def everyone_makes_tokens_for_oneself_and_learns_of_no_other_account():
    if not AS_ROOT:
        print(f"# skipped: {WHY_NOT}")
        return
    mine = patron(uid=7001)
    for body in ({}, {"account": "7001"}, {"account": mine}):
        status, answer = post_as(7001, body)
        equal((status, answer["account"]), (201, mine), answer)
    answers = [post_as(7001, {"account": account}) for account in (pat, str(os.getuid()), "424242", "00000000-0000-4000-8000-000000000000")]
    equal({status for status, _ in answers}, {403})
    equal(len({json.dumps(answer) for _, answer in answers}), 1)


@case
def an_account_has_no_more_than_twenty():
    many = patron()
    for _ in range(20):
        make_token(account=many)
    reply = d.http("POST", "/v1/tokens", {"account": many})
    equal(reply.status, 409)
    contains(reply.json["detail"], "20 tokens")
    d.sql(f"update dsr.token set revoked_at = now() - interval '31 days' where account_id = '{many}'")
    make_token(account=many)
    equal(d.sql(f"select count(*) from dsr.token where account_id = '{many}'"), "1")


@case
def the_database_and_the_log_hold_no_secret_and_the_day_of_the_last_use():
    secret = pats["token"].rsplit("_", 1)[1]
    row = d.sql(f"select t::text from dsr.token t where id = '{pats['id']}'")
    lacks(row + d.read_log(), secret, pats["token"])
    lacks(d.http("GET", "/v1/tokens").body.decode(), secret)
    equal(d.sql(f"select last_used = current_date from dsr.token where id = '{pats['id']}'"), "t")
    equal(d.sql(f"select hash from dsr.token where id = '{pats['id']}'") in (f"\\x{secret}", ""), False)


@case
def an_unknown_id_and_a_wrong_secret_answer_alike():
    wrong_secret = pats["token"][:-1] + ("0" if pats["token"][-1] != "0" else "1")
    unknown = "dsr_abcdefghij_" + "0" * 64
    answers = [tcp("GET", "/v1/me", token, source=f"198.51.100.3{i}") for i, token in enumerate((wrong_secret, unknown, "rubbish"))]
    for reply in answers:
        refused(reply, "This token is not right.", pause=1)
    equal(len({reply.body for reply in answers}), 1)
    equal(len({tuple(sorted((name, value) for name, value in reply.headers.items() if name != "Date")) for reply in answers}), 1)


@case
def wrong_tries_slow_down_their_source_and_nobody_else():
    wrong = "dsr_zzzzzzzzzz_" + "0" * 64
    refused(tcp("GET", "/v1/me", wrong, source="203.0.113.7"), "not right", pause=1)
    refused(tcp("GET", "/v1/me", wrong, source="203.0.113.7"), "Too many wrong tokens", pause=1)
    # Ten are free, of different tokens; then the address waits for longer each time, whatever the token.
    for i in range(9):
        refused(tcp("GET", "/v1/me", f"dsr_zzzzzzzzz{'abcdefghi'[i]}_" + "0" * 64, source="203.0.113.7"), "not right", pause=1)
    fresh = make_token(account=pat)
    refused(tcp("GET", "/v1/me", "dsr_zzzzzzzzyy_" + "0" * 64, source="203.0.113.7"), "not right", pause=1)
    refused(tcp("GET", "/v1/me", fresh["token"], source="203.0.113.7"), "Too many wrong tokens")
    contains(d.read_log(), "wrong ones from 203.0.113.7 are slowed down")
    equal(tcp("GET", "/v1/me", fresh["token"], source="203.0.113.8").status, 200)
    # A client's own word does not make it another source: the last address that is no proxy counts.
    refused(tcp("GET", "/v1/me", wrong, source="192.0.2.1, 203.0.113.7"), "Too many wrong tokens")
    # And the neighbour behind the same address, known from before, goes on.
    equal(tcp("GET", "/v1/me", fresh["token"], source="203.0.113.7").status, 200)


@case
def a_body_has_one_length():
    head = b"POST /v1/tokens HTTP/1.1\r\nHost: d\r\nContent-Type: application/json\r\n"
    bodies = (b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
              b"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
              b"Content-Length: 2\r\nContent-Length: 5\r\n\r\n{}",
              b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n")
    for body in bodies:
        contains(raw(head + body), "HTTP/1.1 400", "Say the length of the body once")
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(20)
            connection.connect(d.socket)
            connection.sendall(head + body + b"GET /v1/me HTTP/1.1\r\nHost: d\r\n\r\n")
            answer = b""
            while True:
                more = connection.recv(65536)
                if not more:
                    break
                answer += more
            equal((answer.count(b"HTTP/1.1"), answer[:12]), (1, b"HTTP/1.1 400"), answer)


@case
def a_body_over_the_limit_is_refused():
    reply = tcp("POST", "/v1/requests", pats["token"], {"note": "x" * 5000})
    equal((reply.status, reply.json["code"]), (413, "too_large"))


nginx = Nginx(d, PORT)
HOME = os.path.join(d.folder, "home")
os.mkdir(HOME)
LOGINS = os.path.join(HOME, "config", "dsr", "logins")


def dsr(*arguments, status=0, input=None, socket_path=None):
    """As a patron elsewhere: no socket, a configuration folder of one's own."""
    variables = {name: value for name, value in d.environment().items() if name != "DSR_SOCKET"}
    variables.update({"HOME": HOME, "XDG_CONFIG_HOME": os.path.join(HOME, "config")})
    result = subprocess.run([os.path.join(d.program, "dsr"), *arguments], capture_output=True, text=True, input=input, env=variables,
                            timeout=60)
    equal(result.returncode, status, f"dsr {arguments}: {result.stdout}{result.stderr}")
    return result.stdout + result.stderr


def type_token(token, *arguments):
    """dsr login at a terminal: what the terminal shows."""
    variables = dict(d.environment(), HOME=HOME, XDG_CONFIG_HOME=os.path.join(HOME, "config"))
    pid, master = pty.fork()
    if pid == 0:
        os.execve(os.path.join(d.program, "dsr"), ["dsr", "login", "--server", nginx.url, *arguments], variables)
    shown = b""
    typed = False
    while True:
        try:
            part = os.read(master, 65536)
        except OSError:
            part = b""
        if not part:
            break
        shown += part
        if b"not shown): " in shown and not typed:
            os.write(master, token.encode())
            typed = True
    status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    os.close(master)
    return status, shown.decode()


@case
def behind_nginx_a_token_lets_in_and_the_rest_of_the_site_is_closed():
    equal(nginx.http("GET", "/v1/me", pats["token"]).json["account"], pat)
    for path in ("/", "/metrics", "/v2/me"):
        equal(nginx.http("GET", path, pats["token"]).status, 404)
    refused(nginx.http("GET", "/v1/me"), "A token is needed")
    equal(nginx.http("GET", "/v1/nothing", pats["token"]).json["code"], "not_found")


@case
def behind_nginx_limits_hold():
    big = json.dumps({"note": "x" * 5000})
    equal(nginx.http("POST", "/v1/requests", pats["token"], big, headers={"Content-Type": "application/json"}).json["code"], "too_large")
    equal(nginx.http("POST", "/v1/requests", pats["token"], "x" * 20000).status, 413)  # nginx itself
    both = (f"POST /v1/requests HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {pats['token']}\r\n"
            "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")
    contains(nginx.raw(both.encode()), "HTTP/1.1 400")


@case
def behind_nginx_each_address_is_slowed_down_by_itself():
    wrong = [f"dsr_yyyyyyyyy{letter}_" + "0" * 64 for letter in "abcdefghijk"]
    for token in wrong:
        refused(nginx.http("GET", "/v1/me", token, source="127.0.0.2"), "not right")
    fresh = make_token(account=pat)
    # Not even by pretending to be somebody else.
    for headers in ({}, {"X-Forwarded-For": "192.0.2.9"}, {"Forwarded": "for=192.0.2.9"}):
        reply = nginx.http("GET", "/v1/me", fresh["token"], source="127.0.0.2", headers=headers)
        refused(reply, "Too many wrong tokens")
        equal(int(reply.headers["Retry-After"]) >= 1, True)
    equal(nginx.http("GET", "/v1/me", fresh["token"], source="127.0.0.3").status, 200)


@case
def a_patron_logs_in_lists_and_loses_the_token_at_once():
    made = d.dsr_json("account", "add", "--role", "patron", "--email", "quinn@example.org")["account"]
    token = d.dsr("token", "add", "--account", made, "--expires", "in 30 days").strip()
    contains(d.errors, "shown once", "read and write", "dsr login --server")
    equal(re.fullmatch(r"dsr_[a-z2-9]{10}_[0-9a-f]{64}", token) is not None, True, token)
    identity = token.split("_")[1]
    dsr("list", "--server", nginx.url, status=3)
    contains(dsr("login", "--server", nginx.url, input=token + "\n", status=3), "cannot show that it is the one", "--ca-file")
    equal(os.path.exists(LOGINS), False)
    status, shown = type_token(token + "\r", "--ca-file", nginx.certificate)
    equal(status, 0, shown)
    contains(shown, f"Logged in to {nginx.url}.", "roles: patron", f"token: {identity}, may read and write, until ")
    lacks(shown, token, token.rsplit("_", 1)[1])
    equal((oct(os.stat(LOGINS).st_mode & 0o777), oct(os.stat(os.path.dirname(LOGINS)).st_mode & 0o777)), ("0o600", "0o700"))
    # One login, no socket: then it is the one meant. Writes, too.
    contains(dsr("whoami"), "roles: patron", made)
    contains(dsr("file", "elsevier", "access", "--law", "eu-gdpr", "--residence", "NL"), "Recorded: R-")
    equal(len(json.loads(dsr("list", "--server", nginx.url.replace("localhost", "LOCALHOST") + "/", "--json"))), 1)
    row = [row for row in d.dsr_json("token", "list") if row["id"] == identity][0]
    equal((row["account"], row["scope"], row["state"], row["uid"], row["mine"]), (made, "write", "good", None, False))
    contains(d.dsr("token", "revoke", identity), identity)
    contains(dsr("list", status=3), "revoked")
    d.dsr("token", "revoke", "aaaaaaaaaa", status=1)


@case
def logging_out_revokes_the_token_and_forgets_it():
    token = make_token(account=pat, scope="read")
    contains(dsr("login", "--server", nginx.url, "--ca-file", nginx.certificate, input=token["token"]), "may only read")
    contains(dsr("file", "elsevier", "access", "--law", "eu-gdpr", "--server", nginx.url, status=3), "only read")
    contains(dsr("logout", "--server", nginx.url), "of no use any more")
    lacks(open(LOGINS).read(), "dsr_")
    refused(tcp("GET", "/v1/me", token["token"], source="198.51.100.77"), "revoked")
    contains(dsr("logout", "--server", nginx.url, status=1), "not logged in")
    contains(dsr("list", "--server", nginx.url, status=3), "not logged in", f"dsr login --server {nginx.url}")


@case
def what_is_typed_wrong_is_not_kept():
    for typed, status, words in (("dsr_nonsense", 2, "That is no token"), ("", 2, "Nothing was typed"), ("x" * 600, 2, "too long"),
                                 ("dsr_qqqqqqqqqq_" + "0" * 64, 3, "not right")):
        contains(dsr("login", "--server", nginx.url, "--ca-file", nginx.certificate, input=typed, status=status), words)
    status, shown = type_token("dsr_secret\x03", "--ca-file", nginx.certificate)
    equal(status, 2, shown)
    lacks(shown, "dsr_secret")
    lacks(open(LOGINS).read(), "dsr_")
    for url, words in (("http://dsr.library.example", "must be reached by https://"),
                       ("dsr.library.example", "is not the address of a server"),
                       ("https://user:secret@dsr.library.example", "is not the address"),
                       ("https://dsr.library.example/?a=b", "is not the address"),
                       ("ftp://dsr.library.example", "must be reached by https://"), ("", "is not the address")):
        contains(dsr("whoami", "--server", url, status=2), words)
    contains(dsr("whoami", "--server", nginx.url, "--socket", d.socket, status=2), "not both")
    contains(dsr("login", status=2), "--server https://")
    for wrong in ("0", "367", "2020-01-01", "soon"):
        d.dsr("token", "add", "--expires", wrong, status=2)


@case
def a_file_of_tokens_that_others_could_read_is_not_used():
    token = make_token(account=pat)
    dsr("login", "--server", f"http://127.0.0.1:{PORT}", input=token["token"])  # this machine itself needs no TLS
    contains(dsr("whoami"), pat)
    os.chmod(LOGINS, 0o640)
    contains(dsr("whoami", "--server", f"http://127.0.0.1:{PORT}", status=2), "closed to others")
    os.chmod(LOGINS, 0o600)
    contains(dsr("whoami"), pat)


@case
def a_server_that_is_away_is_said_so():
    contains(dsr("whoami", "--server", f"http://127.0.0.1:{PORT}"), pat)
    d.stop()
    contains(dsr("whoami", "--server", f"http://127.0.0.1:{PORT}", status=5), f"http://127.0.0.1:{PORT} does not answer")
    dsr("login", "--server", nginx.url, "--ca-file", nginx.certificate, input=pats["token"], status=5)
    contains(dsr("logout", "--server", f"http://127.0.0.1:{PORT}", status=5), "could not be revoked")
    nginx.stop()


@case
def an_address_that_others_could_reach_or_that_is_taken_stops_the_start():
    for listen, words in (("0.0.0.0:8765", "only loopback"), (f"127.0.0.1:{PORT}", "cannot be listened on")):
        with socket.socket() as taken:
            taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            taken.bind(("127.0.0.1", PORT))
            taken.listen()
            d.write_conf({"api": {"listen": listen}})
            d.start(wait=False)
            equal(d.process.wait(60) != 0, True)
            d.process = None
            contains(d.read_log(), words)


run_cases()
