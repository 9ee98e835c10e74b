#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Once through a real postfix with STARTTLS and AUTH, as a library's relay has it; and into postfix's smtp-sink and aiosmtpd."""
import asyncio
import os
import shutil
import subprocess
import sys
import threading

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "harness"))
from dsrd import AS_ROOT, Dsrd, case, contains, equal, free_port, run_cases, wait_for  # noqa: E402
from mailservers import listens  # noqa: E402


class Postfix:
    """An instance of its own under a folder: smtpd with TLS and SASL on one port, delivery into a Maildir."""

    def __init__(self, folder):
        self.folder, self.port = folder, free_port()
        conf, spool = folder + "/etc", folder + "/spool"
        os.makedirs(conf)
        os.makedirs(spool)
        os.makedirs(folder + "/data")
        os.makedirs(folder + "/mail")
        shutil.chown(folder + "/data", "postfix")
        os.chmod(folder + "/mail", 0o777)
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost",
                        "-keyout", conf + "/key.pem", "-out", conf + "/cert.pem"], check=True, capture_output=True)
        subprocess.run(["saslpasswd2", "-c", "-p", "-f", conf + "/sasldb2", "-u", "relay.example", "library"], input=b"s3cret pass", check=True)
        os.chmod(conf + "/sasldb2", 0o644)
        os.makedirs(conf + "/sasl")
        with open(conf + "/sasl/smtpd.conf", "w") as file:
            file.write(f"pwcheck_method: auxprop\nauxprop_plugin: sasldb\nmech_list: PLAIN LOGIN\nsasldb_path: {conf}/sasldb2\n")
        with open(conf + "/main.cf", "w") as file:
            file.write(f"""compatibility_level = 3.6
queue_directory = {spool}
data_directory = {folder}/data
mail_owner = postfix
setgid_group = postdrop
myhostname = relay.example
mydestination =
mynetworks =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
maillog_file = /var/log/dsrd-test-postfix-{os.getpid()}.log
virtual_mailbox_domains = library.example
virtual_mailbox_base = {folder}/mail
virtual_mailbox_maps = static:all/
virtual_uid_maps = static:65534
virtual_gid_maps = static:65534
smtpd_tls_cert_file = {conf}/cert.pem
smtpd_tls_key_file = {conf}/key.pem
smtpd_tls_security_level = encrypt
smtpd_sasl_auth_enable = yes
smtpd_sasl_path = smtpd
cyrus_sasl_config_path = {conf}/sasl
smtpd_sasl_local_domain = relay.example
smtpd_relay_restrictions = permit_sasl_authenticated, reject
smtpd_recipient_restrictions = permit_sasl_authenticated, reject
""")
        with open(conf + "/master.cf", "w") as file:
            file.write(f"""127.0.0.1:{self.port} inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
proxymap unix - - n - - proxymap
error unix - - n - - error
retry unix - - n - - error
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
tlsmgr unix - - n 1000? 1 tlsmgr
postlog unix-dgram n - n - 1 postlogd
""")
        self.conf = conf
        subprocess.run(["postfix", "-c", conf, "start"], check=True, capture_output=True)
        wait_for(lambda: listens(self.port), "postfix listens")

    def stop(self):
        subprocess.run(["postfix", "-c", self.conf, "stop"], capture_output=True)

    def mails(self):
        found = []
        for folder, _, names in os.walk(self.folder + "/mail"):
            if folder.endswith("/new"):
                found += [open(os.path.join(folder, name), "rb").read() for name in names]
        return found


@case
def a_real_postfix_takes_it_over_starttls_with_a_password():
    if not AS_ROOT or shutil.which("postfix") is None:
        print("# skipped: postfix starts as root only" if not AS_ROOT else "# skipped: another mail server is installed")
        return
    d = Dsrd(start=False)
    postfix = Postfix(d.folder + "/postfix")
    try:
        credentials = d.folder + "/relay"
        with open(credentials, "w") as file:
            file.write("library@relay.example\ns3cret pass\n")
        shutil.chown(credentials, "nobody")
        os.chmod(credentials, 0o600)
        d.write_conf({"mail": {"transport": "smtp", "relay": f"smtp://localhost:{postfix.port}", "ca_file": postfix.conf + "/cert.pem",
                               "credentials": credentials, "from": "dsrd@library.example"}})
        subprocess.run(["chmod", "a+rx", postfix.folder, postfix.conf], check=True)
        d.start()
        contains(d.dsr("mail", "test", "reader@library.example"), "Sent; the relay calls it ")
        mail = wait_for(postfix.mails, "postfix has delivered it")[0]
        contains(mail.decode(), "with ESMTPSA id", "Subject: Test mail from dsrd", "This is a test mail from dsrd.")
        d.stop()
        with open(credentials, "w") as file:
            file.write("library@relay.example\nwrong\n")
        d.start()
        contains(d.dsr("mail", "test", "reader@library.example", status=5), "The relay refused the log-in of dsrd.")
        d.stop()
        # What the service manager gives goes before the file.
        given = d.data + "/given"
        os.mkdir(given)
        with open(given + "/relay", "w") as file:
            file.write("library@relay.example\ns3cret pass\n")
        os.chmod(given + "/relay", 0o440)  # as an access list for one user looks
        for path in (given, given + "/relay"):
            shutil.chown(path, "nobody", "nogroup")
        d.start(more={"CREDENTIALS_DIRECTORY": given})
        contains(d.dsr("mail", "test", "reader@library.example"), "Sent; the relay calls it ")
        d.stop()
        d.write_conf({"mail": {"ca_file": "/etc/ssl/certs/ca-certificates.crt" if os.path.exists("/etc/ssl/certs/ca-certificates.crt") else d.conf}})
        d.start()
        contains(d.dsr("mail", "test", "reader@library.example", status=5), "Not sent: The relay")
        equal(len(postfix.mails()), 2)
    finally:
        postfix.stop()


@case
def smtp_sink_takes_it():
    if not os.path.exists("/usr/sbin/smtp-sink"):
        print("# skipped: another mail server is installed")
        return
    port = free_port()
    sink = subprocess.Popen(["/usr/sbin/smtp-sink", "-u", "nobody", "-c", f"127.0.0.1:{port}", "100"] if AS_ROOT else
                            ["/usr/sbin/smtp-sink", f"127.0.0.1:{port}", "100"], stdout=subprocess.DEVNULL)
    try:
        wait_for(lambda: listens(port), "smtp-sink listens")
        d = Dsrd({"mail": {"transport": "smtp", "relay": f"smtp://127.0.0.1:{port}"}})
        contains(d.dsr("mail", "test", "reader@library.example"), "Sent")
        d.stop()
    finally:
        sink.kill()


@case
def aiosmtpd_takes_it_as_it_was_composed():
    from aiosmtpd.smtp import SMTP
    got = []

    class Handler:
        async def handle_DATA(self, server, session, envelope):
            got.append(envelope)
            return "250 2.0.0 Ok"
    loop = asyncio.new_event_loop()
    server = loop.run_until_complete(loop.create_server(lambda: SMTP(Handler(), loop=loop), "127.0.0.1", 0))
    threading.Thread(target=loop.run_forever, daemon=True).start()
    d = Dsrd({"mail": {"transport": "smtp", "relay": f"smtp://127.0.0.1:{server.sockets[0].getsockname()[1]}"}})
    contains(d.dsr("mail", "test", "reader@library.example"), "Sent")
    shown = d.dsr_json("mail", "show", d.dsr_json("mail", "list")[0]["id"])
    equal(got[0].rcpt_tos, ["reader@library.example"])
    import hashlib
    equal(hashlib.sha256(got[0].original_content).hexdigest(), shown["sha256"])


run_cases()
