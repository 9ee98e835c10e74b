# SPDX-License-Identifier: GPL-3.0-or-later
"""A postfix and a dovecot of one's own under a folder, as root. For tests of what comes back."""
import os
import shutil
import socket
import subprocess

from dsrd import free_port, wait_for


def listens(port):
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
        return True
    except OSError:
        return False


class Dovecot:
    """An instance of its own: IMAP with TLS over a Maildir; `starttls`: also on `starttls_port`, where TLS is asked for."""

    def __init__(self, folder, starttls=False):
        self.folder, self.port, self.starttls_port = folder, free_port(), free_port() if starttls else 0
        for part in ("", "/run", "/state", "/home"):
            os.makedirs(folder + part, exist_ok=True)
        for part in ("", "/home"):
            shutil.chown(folder + part, "nobody", "nogroup")
        os.chmod(folder, 0o755)
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost",
                        "-keyout", folder + "/key.pem", "-out", folder + "/cert.pem"], check=True, capture_output=True)
        self.box = folder + "/home/Maildir"
        self.make_box()
        with open(folder + "/dovecot.conf", "w") as file:
            file.write(f"""protocols = imap
listen = 127.0.0.1
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
ssl = required
ssl_cert = <{folder}/cert.pem
ssl_key = <{folder}/key.pem
mail_location = maildir:{self.box}
first_valid_uid = 1
passdb {{
  driver = static
  args = password=s3cret-pass
}}
userdb {{
  driver = static
  args = uid=65534 gid=65534 home={folder}/home
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {self.starttls_port}
  }}
  inet_listener imaps {{
    port = {self.port}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
}}
""")
        self.process = None

    def make_box(self):
        for part in ("", "/tmp", "/new", "/cur"):
            os.makedirs(self.box + part)
            shutil.chown(self.box + part, "nobody", "nogroup")

    def start(self):
        self.process = subprocess.Popen(["dovecot", "-F", "-c", self.folder + "/dovecot.conf"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_for(lambda: listens(self.port), "dovecot listens")

    def stop(self):
        if self.process is not None:
            self.process.terminate()
            self.process.wait(20)
            self.process = None


class Postfix:
    """Takes mail from this machine on a port of its own and delivers each domain of `boxes` into Maildirs: {domain: folder}. Mail to an
    address of `refusals` {address: "550 5.1.1 text"} it gives on to a second server of its own, which refuses it: so it bounces."""

    def __init__(self, folder, boxes, refusals):
        self.folder, self.port, next_port = folder, free_port(), free_port()
        self.log = f"/var/log/dsrd-test-postfix-{os.getpid()}.log"  # nowhere else does postfix write one
        conf = folder + "/etc"
        for part in ("", "/etc", "/spool", "/data"):
            os.makedirs(folder + part)
        os.chmod(folder, 0o755)
        shutil.chown(folder + "/data", "postfix")
        table = lambda pairs: "{ " + ", ".join(f"{{ {a} = {b} }}" for a, b in pairs.items()) + " }"  # noqa: E731
        with open(conf + "/main.cf", "w") as file:
            file.write(f"""compatibility_level = 3.6
queue_directory = {folder}/spool
data_directory = {folder}/data
mail_owner = postfix
setgid_group = postdrop
myhostname = mx.library.example
mydestination =
mynetworks = 127.0.0.0/8
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
maillog_file = {self.log}
recipient_delimiter = +
message_size_limit = 100000000
mailbox_size_limit = 0
virtual_mailbox_limit = 0
virtual_mailbox_domains = {" ".join(boxes)}
virtual_mailbox_base = /
virtual_mailbox_maps = inline:{table({"@" + domain: box[1:] + "/" for domain, box in boxes.items()})}
virtual_uid_maps = static:65534
virtual_gid_maps = static:65534
virtual_minimum_uid = 100
transport_maps = inline:{table({address: f"smtp:[127.0.0.1]:{next_port}" for address in refusals})}
refusing = inline:{table(refusals)}
smtpd_relay_restrictions = permit_mynetworks, reject
smtpd_recipient_restrictions = permit_mynetworks, reject
smtpd_forbid_bare_newline = yes
""")
        with open(conf + "/master.cf", "w") as file:
            file.write(f"""127.0.0.1:{self.port} inet n - n - - smtpd
127.0.0.1:{next_port} inet n - n - - smtpd
  -o syslog_name=postfix/next
  -o smtpd_recipient_restrictions=check_recipient_access,$refusing,reject
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
flush unix n - n 1000? 0 flush
smtp unix - - n - - smtp
proxymap unix - - n - - proxymap
error unix - - n - - error
retry unix - - n - - error
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
""")

    def start(self):
        subprocess.run(["postfix", "-c", self.folder + "/etc", "start"], check=True, capture_output=True)
        wait_for(lambda: listens(self.port), "postfix listens")

    def stop(self):
        subprocess.run(["postfix", "-c", self.folder + "/etc", "stop"], capture_output=True)
        if os.path.exists(self.log):
            os.remove(self.log)
