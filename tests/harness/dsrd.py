# SPDX-License-Identifier: GPL-3.0-or-later
"""A real dsrd with its private PostgreSQL, a real dsr, and TAP. For tests/system/*.t."""
import atexit
import datetime
import http.client
import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import traceback
import zoneinfo

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.path.join(ROOT, os.environ.get("BUILD", "build"))
AS_ROOT = os.getuid() == 0
RUNNER = ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"] if AS_ROOT else []
# STRACE=FOLDER, as root: every call of dsrd and its children goes there, one file a thread, for calls.py beside this.
TRACER = ["strace", "-D", "-f", "-ff", "-qq", "-s", "200", "-o", os.path.join(os.environ["STRACE"], "trace")] if os.environ.get("STRACE") else []
# VALGRIND=FOLDER, which everybody may write to, with SANDBOX=off: dsrd and its children under memcheck, one report a process.
MEMCHECK = ["valgrind", "-q", "--trace-children=yes", "--trace-children-skip=*/postgres,*/initdb,/usr/bin/*,/bin/*", "--leak-check=full", "--show-leak-kinds=definite",
            "--errors-for-leak-kinds=definite", f"--suppressions={ROOT}/tests/fault/valgrind.supp", f"--log-file={os.environ['VALGRIND']}/%p"] if os.environ.get("VALGRIND") else []
PATIENCE = int(os.environ.get("PATIENCE", "60"))  # seconds until a condition that does not come is a failure
_cases = []


def as_several_users():
    """For a test that speaks as several users of the machine, called before anything else of it: an ordinary user starts it over as root of a
    user namespace, where the users of /etc/subuid are at hand. Returns "", or in one sentence why neither is possible."""
    if AS_ROOT:
        return ""
    inside = ["unshare", "--user", "--map-root-user", "--map-auto"]
    drop = ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", "true"]  # there must be 65,534 of them
    try:
        probe = subprocess.run(inside + drop, capture_output=True, text=True)
    except FileNotFoundError:
        return "only root can speak as somebody else, and there is no unshare"
    if probe.returncode == 0:
        sys.stdout.flush()
        os.execvp(inside[0], inside + [sys.executable] + sys.argv)
    why = (probe.stderr.strip().splitlines() or ["unshare fails"])[0]
    return f"only root can speak as somebody else, or an ordinary user with uidmap and 65536 users in /etc/subuid ({why})"


def with_own(variable, options, lacks):
    """As as_several_users(), for a test that also mounts file systems, or needs what else of its own these options of unshare(1) give; `variable` says
    to the one that is started over that it has it. `lacks`: what there is not, where that is impossible."""
    why = as_several_users()
    if why or variable in os.environ:
        return why
    inside = ["unshare", "--mount", "--propagation", "private", *options]
    probe = subprocess.run(inside + ["mount", "-t", "tmpfs", "none", "/mnt"], capture_output=True, text=True)
    if probe.returncode == 0:
        os.environ[variable] = "1"
        os.execvp(inside[0], inside + [sys.executable] + sys.argv)
    return f"{lacks} ({(probe.stderr.strip().splitlines() or ['unshare fails'])[0]})"


def fault_seed():
    """The number of FAULT_SEED, or another one each time; said, so that a failure can be had again."""
    number = int(os.environ.get("FAULT_SEED") or random.SystemRandom().randrange(1 << 32))
    print(f"# FAULT_SEED={number}", flush=True)
    return number


def figure(name, value):
    """A measured value, for the table of the long runs."""
    print(f"# figure {name}: {value}", flush=True)


def case(function):
    """A test: runs in the order of the file."""
    _cases.append(function)
    return function


def run_cases():
    failed = 0
    for number, function in enumerate(_cases, 1):
        try:
            function()
            print(f"ok {number} - {function.__name__.replace('_', ' ')}", flush=True)
        except Exception:  # a broken test is a failed one
            failed += 1
            for line in traceback.format_exc().splitlines():
                print(f"# {line}", file=sys.stderr)
            print(f"not ok {number} - {function.__name__.replace('_', ' ')}", flush=True)
    print(f"1..{len(_cases)}")
    sys.exit(1 if failed else 0)


def equal(got, wanted, what=""):
    if got != wanted:
        raise AssertionError(f"{what}\n  got    {got!r}\n  wanted {wanted!r}")


def contains(text, *parts):
    for part in parts:
        if part not in text:
            raise AssertionError(f"{part!r} is not in:\n{text}")


def lacks(text, *parts):
    for part in parts:
        if part in text:
            raise AssertionError(f"{part!r} is in:\n{text}")


def days_ago(count, zone="Etc/UTC"):
    """An ISO date in the zone of the test library, or in that of a vendor: the tests must hold on any day."""
    return (datetime.datetime.now(zoneinfo.ZoneInfo(zone)).date() - datetime.timedelta(days=count)).isoformat()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def processes():
    """The number of every process and the words it was started with."""
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/cmdline", "rb") as file:
                yield int(pid), file.read().decode(errors="replace").split("\0")
        except OSError:
            continue


def wait_for(condition, what):
    """The value of condition() once it is true; looked at often, not slept for."""
    end = time.monotonic() + PATIENCE
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"did not come within {PATIENCE} s: {what}")
        threading.Event().wait(0.02)


def conf(settings):
    """A dict of dicts as libconfig."""
    def value(item):
        if isinstance(item, dict):
            return "{ " + " ".join(f"{k} = {value(v)};" for k, v in item.items()) + " }"
        if isinstance(item, bool):
            return "true" if item else "false"
        if isinstance(item, (list, tuple)):
            return "[ " + ", ".join(value(i) for i in item) + " ]"
        if isinstance(item, int):
            return str(item)
        return '"' + item.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return "\n".join(f"{k} = {value(v)};" for k, v in settings.items()) + "\n"


def merge(base, more):
    merged = dict(base)
    for key, item in more.items():
        merged[key] = merge(base[key], item) if isinstance(item, dict) and key in base else item
    return merged


class Reply:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    @property
    def json(self):
        return json.loads(self.body)


class UnixConnection(http.client.HTTPConnection):
    def __init__(self, path):
        super().__init__("dsrd", timeout=PATIENCE)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(PATIENCE)
        self.sock.connect(self.path)


class Dsrd:
    """One dsrd in a folder of its own, which goes at the end."""

    def __init__(self, settings=None, start=True, owner_email="owner@example.org", owner_name="Olive Owner"):
        self.folder = tempfile.mkdtemp(prefix="dsrd-test-", dir="/tmp")
        os.chmod(self.folder, 0o755)
        atexit.register(self.remove)
        self.program = os.path.join(self.folder, "program")
        self.data = os.path.join(self.folder, "data")
        os.mkdir(self.program)
        os.mkdir(self.data)
        for name in ("dsrd", "dsr", "dsrd-inbox"):
            shutil.copy(os.path.join(BUILD, name), self.program)
        for name in ("etc", "sql"):
            shutil.copytree(os.path.join(ROOT, name), os.path.join(self.program, name))
        subprocess.run(["chmod", "-R", "u=rwX,go=rX", self.program], check=True)
        if AS_ROOT:
            shutil.chown(self.data, "nobody", "nogroup")
        self.owner_email, self.owner_name = owner_email, owner_name
        etc = os.path.join(self.program, "etc")
        self.settings = merge({
            "library": {"name": "Test Library", "zone": "Etc/UTC", "contact": "help@library.example"},
            "paths": {"laws": etc + "/laws", "calendars": etc + "/calendars", "vendors": etc + "/vendors",
                      "mail": etc + "/mail/en", "letters": etc + "/letters", "sql": os.path.join(self.program, "sql")},
            "reminders": {"quiet_from": "00:00", "quiet_until": "00:00", "weekends": True, "scan_ms": 200},
            "audit": {"officer_mail": False},
            "database": {"backoff_first_ms": 50, "backoff_last_ms": 500},
            "sandbox": {"mode": os.environ.get("SANDBOX", "on")},
            "authority": {"required": "no"},  # people.t tells what is asked without it
            "mail": {"transport": "maildir", "from": "dsrd@library.example", "poll_ms": 200},
        }, settings or {})
        self.conf = os.path.join(self.folder, "dsrd.conf")
        self.log = os.path.join(self.folder, "log")
        self.socket = os.path.join(self.data, "dsrd.sock")
        self.process = None
        self.write_conf()
        if start:
            self.start()

    def write_conf(self, more=None):
        self.settings = merge(self.settings, more or {})
        with open(self.conf, "w") as file:
            file.write(conf(self.settings))
        os.chmod(self.conf, 0o644)

    def environment(self, more=None):
        variables = dict(os.environ, ASAN_OPTIONS="abort_on_error=0:detect_leaks=1", DSR_SOCKET=self.socket,
                         DSR_LAWS=self.settings["paths"]["laws"], DSR_CALENDARS=self.settings["paths"]["calendars"],
                         DSR_HOMEWORK=os.path.join(self.program, "etc", "homework"))
        variables.pop("NO_COLOR", None)
        variables.update(more or {})
        return variables

    def command(self, name, *arguments):
        return RUNNER + [os.path.join(self.program, "dsrd"), name, "-c", self.conf, "--private", self.data, *arguments]

    def start(self, wait=True, more=None):
        arguments = ["--owner", str(os.getuid()), "--owner-name", self.owner_name]
        if self.owner_email:
            arguments += ["--owner-email", self.owner_email]
        with open(self.log, "ab") as log:
            # `more` is set for dsrd itself, not for what makes it another user first.
            command = self.command("run", *arguments)
            command[len(RUNNER):len(RUNNER)] = ["env"] + [f"{name}={value}" for name, value in (more or {}).items()] + MEMCHECK
            self.process = subprocess.Popen(TRACER + command, stdout=log, stderr=log, stdin=subprocess.DEVNULL, env=self.environment(), start_new_session=True)
        if wait:
            self.wait_ready()

    def wait_ready(self):
        def ready():
            if self.process.poll() is not None:
                raise AssertionError("dsrd ended:\n" + self.read_log())
            try:
                return self.http("GET", "/v1/health").status == 200
            except OSError:
                return False
        wait_for(ready, "dsrd is ready")

    def run(self, name, *arguments):
        """A command of dsrd to its end."""
        return subprocess.run(self.command(name, *arguments), capture_output=True, text=True, env=self.environment(), timeout=PATIENCE)

    def stop(self, number=signal.SIGTERM):
        if self.process is None:
            return None
        self.process.send_signal(number)
        status = self.process.wait(PATIENCE)
        self.process = None
        return status

    def remove(self):
        if self.process is not None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
        pid_file = os.path.join(self.data, "postgres", "postmaster.pid")
        if os.path.exists(pid_file):  # left by a test that killed the supervisor
            try:
                os.kill(int(open(pid_file).readline()), signal.SIGQUIT)
            except (OSError, ValueError):
                pass
        log = self.read_log()
        for sign in ("ERROR: AddressSanitizer", "ERROR: LeakSanitizer", "WARNING: ThreadSanitizer", "runtime error:"):
            if sign in log:
                print("# " + "\n# ".join(log.splitlines()[-80:]), flush=True)
                print("not ok - a sanitizer has found something", flush=True)
                os._exit(1)
        shutil.rmtree(self.folder, ignore_errors=True)

    def read_log(self):
        try:
            with open(self.log, errors="replace") as file:
                return file.read()
        except FileNotFoundError:
            return ""

    def pids(self, role):
        """The processes of a role: api, mailer, or postgres."""
        found = []
        for pid, words in processes():
            if self.data in words and (role in words or (role == "postgres" and words[0].endswith("/postgres"))):
                found.append(pid)
            elif role == "postgres" and words[0].endswith("/postgres") and os.path.join(self.data, "postgres") in words:
                found.append(pid)
        return found

    def http(self, method, path, body=None, headers=None, raw=None):
        connection = UnixConnection(self.socket)
        data = raw if raw is not None else None if body is None else json.dumps(body).encode()
        connection.request(method, path, data, dict({"Content-Type": "application/json"} if data is not None else {}, **(headers or {})))
        response = connection.getresponse()
        reply = Reply(response.status, response.headers, response.read())
        connection.close()
        return reply

    def ask(self, method, path, body=None, key=None, patience=PATIENCE):
        """As http(), of a dsrd that may fail: None, the connection was refused, or closed without an answer; status 0, none came in time."""
        connection = UnixConnection(self.socket)
        headers = {"Content-Type": "application/json"} if body is not None else {}
        try:
            connection.connect()
            connection.sock.settimeout(patience)
            connection.request(method, path, None if body is None else json.dumps(body).encode(), headers | ({"Idempotency-Key": key} if key else {}))
            response = connection.getresponse()
            return Reply(response.status, response.headers, response.read())
        except TimeoutError:
            return Reply(0, {}, b"no answer came")
        except (OSError, http.client.HTTPException):
            return None
        finally:
            connection.close()

    def answers(self):
        """Whether dsrd can be called now: one that was killed refuses connections for a moment."""
        try:
            return self.http("GET", "/v1/health").status == 200
        except OSError:
            return False

    def dsr(self, *arguments, status=0, env=None, input=None):
        """Runs dsr; the output. `status` None: do not check."""
        result = subprocess.run([os.path.join(self.program, "dsr"), *arguments], capture_output=True, text=True, input=input,
                                env=self.environment(env), timeout=PATIENCE)
        self.errors = result.stderr
        if status is not None and result.returncode != status:
            raise AssertionError(f"dsr {' '.join(arguments)}: status {result.returncode}, wanted {status}\n{result.stdout[-2000:]}{result.stderr[-2000:]}")
        return result.stdout

    def dsr_json(self, *arguments, status=0):
        return json.loads(self.dsr(*arguments, "--json", status=status))

    def file(self, *arguments):
        """Files a request; its reference."""
        return self.dsr_json("file", *arguments)["request"]["ref"]

    def sql(self, text, user="dsrd_admin"):
        result = subprocess.run(RUNNER + ["psql", "-X", "-q", "-t", "-A", "-v", "ON_ERROR_STOP=1", "-h", os.path.join(self.data, "run"),
                                          "-U", user, "-d", "dsrd", "-c", text], capture_output=True, text=True, timeout=PATIENCE,
                                env=dict(os.environ, PGTZ="UTC"))
        if result.returncode != 0:
            raise AssertionError(result.stderr)
        return result.stdout.strip()

    def mails(self):
        """What lies in the Maildir, as bytes, oldest first."""
        folder = os.path.join(self.data, "Maildir", "new")
        if not os.path.isdir(folder):
            return []
        paths = sorted((os.path.join(folder, name) for name in os.listdir(folder)), key=os.path.getmtime)
        return [open(path, "rb").read() for path in paths]
