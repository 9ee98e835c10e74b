#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Configuration, dsrd check, setup against a server of its own, schema versions, changed laws, installation."""
import json
import os
import pty
import shutil
import signal
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "harness"))
from dsrd import BUILD, ROOT, RUNNER, Dsrd, case, contains, equal, lacks, run_cases, wait_for  # noqa: E402

d = Dsrd()


def edit(path, before, after):
    with open(path) as file:
        text = file.read()
    contains(text, before)
    with open(path, "w") as file:
        file.write(text.replace(before, after, 1))


def append(path, text):
    with open(path, "a") as file:
        file.write(text)


def contents(folder):
    """{name: content} of all files in it."""
    paths = [os.path.join(inner, name) for inner, _, names in os.walk(folder) for name in names]
    return {os.path.relpath(path, folder): open(path, "rb").read() for path in paths}


def check(text):
    path = os.path.join(d.folder, "check.conf")
    with open(path, "w") as file:
        file.write(text)
    os.chmod(path, 0o644)
    result = subprocess.run([os.path.join(d.program, "dsrd"), "check", "-c", path], capture_output=True, text=True)
    return result.returncode, result.stderr + result.stdout


@case
def dsrd_check_verifies_and_names_file_and_line():
    result = d.run("check")
    equal(result.returncode, 0, result.stderr)
    contains(result.stdout, "laws: 50 read", "vendors: 11 read", "all good")
    for text, words in (("library = {\n  nmae = \"x\";\n};", ("check.conf:2", "library.nmae", "no such setting")),
                        ("database = { connections = \"four\"; };", ("database.connections", "whole number from 1 to 64")),
                        ("database = { connections = 65; };", ("65 is not allowed",)),
                        ("# 5000000000\ndatabase = { /* \"6000000000\n*/ connections = 4294967300; };", ("check.conf:3: 4294967300 is too large",)),
                        ("database = { conninfo = \"hots=db.example.org\"; };", ("database.conninfo", "hots")),
                        ("mail = { ca_file = \"/nowhere/ca.pem\"; };", ("mail.ca_file", "/nowhere/ca.pem")),
                        ("library = { zone = \"Mars/Olympus\"; };", ("Mars/Olympus", "time zone")),
                        ("mail = { relay = \"smtp://mail.example.org:25\"; tls = \"none\"; };", ("mail.tls", "must be encrypted")),
                        ("mail = { from = \"a@b\\r\\nBcc: x@y\"; };", ("mail.from",)),
                        ("api = { listen = \"0.0.0.0:8765\"; };", ("check.conf: api.listen", "0.0.0.0:8765", "only loopback")),
                        ("api = { trusted_proxy = \"10.0.0.0/40\"; };", ("api.trusted_proxy", "10.0.0.0/40", "addresses or ranges")),
                        ("library = ", ("check.conf:1",))):
        status, said = check(text)
        equal(status, 78, text)
        contains(said, *words)


@case
def a_mistake_in_a_law_is_refused_with_file_line_and_reason():
    law = os.path.join(d.program, "etc", "laws", "us-va-vcdpa.conf")
    shutil.copy(law, law + ".good")
    for before, after, words in (("n = 45;", "n = -1;", "n"), ('unit = "days"', 'unit = "moons"', "unit"), ('kind = "statute"', 'colour = "red"', "colour")):
        edit(law, before, after)
        result = d.run("check")
        equal(result.returncode, 78)
        contains(result.stderr, "us-va-vcdpa.conf:", words)
        shutil.copy(law + ".good", law)
    os.remove(law + ".good")


@case
def a_schema_of_another_version_is_refused():
    d.sql("insert into dsr.schema_version (version) values (99); create or replace function dsr.serves_from() returns integer language sql immutable return 98")
    result = d.run("migrate")
    equal(result.returncode, 78)
    contains(result.stderr, "schema version 99, newer than")
    os.kill(d.pids("api")[0], signal.SIGKILL)
    status = d.process.wait(30)
    d.process = None
    equal(status, 78)
    contains(d.read_log(), "The database has schema version 99, which serves a dsrd of version 98 or later")


@case
def setup_makes_everything_on_a_server_of_ones_own():
    server = os.path.join(d.folder, "server")
    subprocess.run([os.path.join(ROOT, "tests", "harness", "cluster.sh"), "bare", server], check=True)
    try:
        home = os.path.join(d.folder, "home")
        os.mkdir(home)
        os.chmod(home, 0o777)
        path = os.path.join(home, "dsrd.conf")
        settings = {key: value for key, value in d.settings.items() if key in ("paths", "reminders")}
        settings["api"] = {"socket": home + "/dsrd.sock"}
        settings["vault"] = {"ring": home + "/keyring", "credential": home + "/credential"}
        settings["mail"] = {"transport": "maildir", "maildir": home + "/Maildir", "poll_ms": 200}
        settings["library"] = {"name": "Springfield Public Library", "zone": "America/Chicago"}
        settings["database"] = {"conninfo": f"host={server} dbname=dsrd", "admin_conninfo": f"host={server} dbname=dsrd user=dsrd_admin"}
        from dsrd import conf
        with open(path, "w") as file:
            file.write(conf(settings))
        os.chmod(path, 0o644)
        program = os.path.join(d.program, "dsrd")
        reader, terminal = pty.openpty()
        made = subprocess.run(RUNNER + [program, "setup", "-c", path, "--yes", "--owner", str(os.getuid()), "--owner-email", "o@example.org"],
                              stdout=subprocess.PIPE, stderr=terminal, text=True)
        os.close(terminal)
        said = os.read(reader, 10000).decode()
        os.close(reader)
        equal(made.returncode, 0, said)
        contains(made.stdout, "Back up the last two")
        equal(said.startswith("setup: the schema is now version"), True, said)  # without the <5> that is for the journal
        log = open(os.path.join(home, "log"), "w")
        api = subprocess.Popen(RUNNER + [program, "api", "-c", path], stderr=log)
        mailer = subprocess.Popen(RUNNER + [program, "mailer", "-c", path], stderr=log)
        try:
            wait_for(lambda: "serving" in open(home + "/log").read(), "dsrd serves")
            d.dsr("status", env={"DSR_SOCKET": home + "/dsrd.sock"})
            contains(d.dsr("mail", "test", "t@example.org", env={"DSR_SOCKET": home + "/dsrd.sock"}), "Sent")
        finally:
            for process in (api, mailer):
                process.terminate()
                equal(process.wait(30), 0)
    finally:
        subprocess.run([os.path.join(ROOT, "tests", "harness", "cluster.sh"), "stop", server], check=True)


@case
def setup_writes_a_configuration_that_is_read_back():
    path = os.path.join(d.folder, "written.conf")
    result = subprocess.run([os.path.join(d.program, "dsrd"), "setup", "-c", path, "--private", os.path.join(d.folder, "own"), "--yes", "--library", 'The "Best" Library',
                             "--zone", "Europe/Dublin", "--relay", "smtp://localhost:2525", "--from", "a@b.example"], capture_output=True, text=True)
    equal(result.returncode, 0, result.stderr)
    with open(path) as file:
        contains(file.read(), 'name = "The \\"Best\\" Library";', 'zone = "Europe/Dublin";')
    equal(oct(os.stat(os.path.join(d.folder, "own", "keyring")).st_mode & 0o777), "0o600")


@case
def make_install_puts_everything_in_place_and_uninstall_takes_it_away():
    target = os.path.join(d.folder, "target")
    make = ["make", "-s", "-C", ROOT, f"BUILD={BUILD}", f"DESTDIR={target}"]
    subprocess.run(make + ["install-files"], check=True, stdout=subprocess.DEVNULL)
    for path in ("usr/local/bin/dsr", "usr/local/sbin/dsrd", "usr/local/share/man/man1/dsr.1", "usr/local/share/man/man5/dsrd.conf.5",
                 "usr/local/share/man/man8/dsrd.8", "usr/local/share/dsrd/sql/roles.sql", "usr/local/share/dsrd/openapi.json", "etc/dsrd/laws/eu-gdpr.conf",
                 "etc/dsrd/mail/en/item.txt", "etc/dsrd/dsrd.conf.example", "usr/local/lib/systemd/system/dsrd-api.service",
                 "usr/local/lib/systemd/system/dsrd-mailer@.service", "usr/local/share/bash-completion/completions/dsr",
                 "usr/local/share/doc/dsrd/nginx.conf"):
        equal(os.path.exists(os.path.join(target, path)), True, path)
    unit = open(os.path.join(target, "usr/local/lib/systemd/system/dsrd-api.service")).read()
    contains(unit, "ExecStart=/usr/local/sbin/dsrd api -c /etc/dsrd/dsrd.conf")
    lacks(unit, "@SBINDIR@", "@SYSCONFDIR@")
    law = os.path.join(target, "etc/dsrd/laws/eu-gdpr.conf")
    equal(contents(os.path.join(target, "usr/local/share/dsrd/etc")), {name: text for name, text in contents(os.path.join(target, "etc/dsrd")).items()
                                                                       if name != "dsrd.conf.example"}, "a copy of what was shipped")
    append(law, "# ours\n")
    subprocess.run(make + ["install-files"], check=True, stdout=subprocess.DEVNULL)
    equal((open(law).read().endswith("# ours\n"), os.path.exists(law + ".new")), (True, False), "the same release says nothing new")
    subprocess.run(make + ["uninstall"], check=True, stdout=subprocess.DEVNULL)
    equal(os.path.exists(os.path.join(target, "usr/local/bin/dsr")), False)
    equal(os.path.exists(os.path.join(target, "usr/local/share/dsrd")), False)
    equal(os.path.exists(law), True)


class Release:
    """The files of etc, as a release ships them, and a machine that they are installed on."""

    def __init__(self, name):
        self.etc, self.target, self.shipped = (os.path.join(d.folder, name, folder) for folder in ("release", "etc", "shipped"))
        shutil.copytree(os.path.join(ROOT, "etc"), self.etc)
        self.install()

    def install(self):
        """What it says."""
        return subprocess.run([os.path.join(self.etc, "install.sh"), self.target, self.shipped], check=True, capture_output=True, text=True).stdout

    def changes(self, name, text):
        append(os.path.join(self.etc, name), text)

    def edited(self, name, text):
        append(os.path.join(self.target, name), text)

    def installed(self, name):
        path = os.path.join(self.target, name)
        return open(path).read() if os.path.exists(path) else None

    def ships(self, name):
        return open(os.path.join(self.etc, name)).read()


@case
def a_release_replaces_what_nobody_has_edited():
    release = Release("unedited")
    release.changes("mail/en/phrases.conf", "# a new phrase\n")
    release.changes("laws/added.conf", "# a law\n")
    os.remove(os.path.join(release.etc, "calendars/br.conf"))
    equal(release.install(), "")
    for name in ("mail/en/phrases.conf", "laws/added.conf"):
        equal((release.installed(name), release.installed(name + ".new")), (release.ships(name), None), name)
    equal(release.installed("calendars/br.conf") is not None, True, "what is shipped no more stays")
    release.changes("mail/en/phrases.conf", "# and another\n")
    equal(release.install(), "")
    equal(release.installed("mail/en/phrases.conf"), release.ships("mail/en/phrases.conf"), "the copy is that of the last release")


@case
def a_release_keeps_what_was_edited_and_puts_the_new_one_beside_it():
    release = Release("edited")
    for name in ("laws/eu-gdpr.conf", "laws/uk-gdpr.conf", "laws/us-vppa.conf"):
        release.edited(name, "# ours\n")
    release.changes("laws/eu-gdpr.conf", "# corrected\n")
    release.changes("laws/us-vppa.conf", "# ours\n")
    said = release.install()
    equal(said.splitlines(), [f"kept {release.target}/laws/eu-gdpr.conf; the new one is laws/eu-gdpr.conf.new"])
    equal(release.installed("laws/eu-gdpr.conf").splitlines()[-1], "# ours")
    equal(release.installed("laws/eu-gdpr.conf.new"), release.ships("laws/eu-gdpr.conf"))
    for name in ("laws/uk-gdpr.conf", "laws/us-vppa.conf"):  # one that the release left alone, one that it changed in the same way
        equal((release.installed(name).splitlines()[-1], release.installed(name + ".new")), ("# ours", None), name)
    before = contents(release.target), contents(release.shipped)
    equal(release.install(), "")
    equal((contents(release.target), contents(release.shipped)) == before, True, "the second time changes nothing")
    equal(release.installed("laws/eu-gdpr.conf").splitlines()[-1], "# ours")


@case
def what_was_installed_without_copies_is_kept_where_it_differs():
    release = Release("old")
    shutil.rmtree(release.shipped)
    release.changes("mail/en/phrases.conf", "# a new phrase\n")
    contains(release.install(), "There is no copy of what the release before shipped", "kept " + release.target + "/mail/en/phrases.conf")
    equal(release.installed("mail/en/phrases.conf.new"), release.ships("mail/en/phrases.conf"))
    release.changes("laws/eu-gdpr.conf", "# corrected\n")
    equal(release.install(), "", "from then on there are copies")
    equal(release.installed("laws/eu-gdpr.conf"), release.ships("laws/eu-gdpr.conf"))


@case
def the_man_pages_are_clean_and_complete():
    for page in ("client/dsr.1", "daemon/dsrd.8", "daemon/dsrd-many.7", "daemon/config/dsrd.conf.5"):
        result = subprocess.run(["mandoc", "-Tlint", os.path.join(ROOT, page)], capture_output=True, text=True)
        equal([line for line in result.stdout.splitlines() if "referenced manual not found" not in line], [], page)  # ours need not be installed
    page = open(os.path.join(ROOT, "client", "dsr.1")).read()
    for line in d.dsr("help").splitlines():
        if line.startswith("  "):
            command = line[2:20].strip()
            contains(page, f".It Ic {command}")
            for option in [part.split()[0][2:] for part in d.dsr(*command.split(), "--help").splitlines() if part.startswith("  --")]:
                contains(page, f"Fl Fl {option}")
    printed = subprocess.run([os.path.join(BUILD, "dsrd"), "settings"], capture_output=True, text=True, check=True).stdout
    equal(open(os.path.join(ROOT, "etc", "dsrd.conf")).read(), printed)
    page = open(os.path.join(ROOT, "daemon", "config", "dsrd.conf.5")).read()
    groups = []
    for line in printed.splitlines():
        line = line.strip()
        if line.endswith("= {"):
            groups.append(line.split()[0])
        elif line == "};":
            groups.pop()
        elif line.startswith("#") and line.endswith(";") and not line.startswith("# "):
            name, default = line[1:-1].split(" = ", 1)
            entry = page[page.index(f".It Va {'.'.join(groups + [name])}\n"):]
            contains(entry[:entry.index("\n.It ", 1) if "\n.It " in entry[1:] else len(entry)], default.replace('"', "\\(dq"))


@case
def the_release_number_is_one():
    version = subprocess.run([os.path.join(BUILD, "dsrd"), "version"], capture_output=True, text=True, check=True).stdout.split()[1]
    equal(json.load(open(os.path.join(ROOT, "daemon", "http", "openapi.json")))["info"]["version"], version)


run_cases()
