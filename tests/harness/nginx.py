# SPDX-License-Identifier: GPL-3.0-or-later
"""A real nginx before dsrd, as etc/nginx.conf.example has it."""
import atexit
import http.client
import os
import socket
import ssl
import subprocess

from dsrd import ROOT, RUNNER, Reply, equal, free_port, wait_for


class NginxProcess:
    """One nginx in a folder of its own, with sites of etc/ for which it has made a certificate; `port` is the one that is waited for."""

    def __init__(self, folder):
        self.port = free_port()
        self.folder = folder
        os.mkdir(folder)
        self.certificate, self.key = os.path.join(folder, "certificate.pem"), os.path.join(folder, "key.pem")
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
                        "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout", self.key, "-out", self.certificate],
                       check=True, capture_output=True)

    def site(self, name, port, changes):
        """A file of etc/ with names, port and certificate of the test; each of the changes (before, after) must fit."""
        with open(os.path.join(ROOT, "etc", name)) as file:
            site = file.read()
        for before, after in (("listen 443 ssl;", f"listen 127.0.0.1:{port} ssl;"), ("    listen [::]:443 ssl;\n", ""),
                              ("server_name dsr.library.example;", "server_name localhost;"),
                              ("/etc/ssl/certs/dsr.library.example.pem", self.certificate),
                              ("/etc/ssl/private/dsr.library.example.key", self.key), *changes):
            equal(site.count(before), 1, before)
            site = site.replace(before, after)
        return site

    def start(self, sites, log_level="error"):
        temporary = "".join(f"{name}_temp_path {self.folder}/{name};\n" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        with open(os.path.join(self.folder, "nginx.conf"), "w") as file:
            file.write(f"daemon off;\nworker_processes 1;\npid {self.folder}/pid;\nerror_log {self.folder}/error.log {log_level};\nevents {{}}\n"
                       f"http {{\n{temporary}{sites}}}\n")
        if RUNNER:
            subprocess.run(["chown", "-R", "nobody:nogroup", self.folder], check=True)
        self.process = subprocess.Popen(RUNNER + ["/usr/sbin/nginx", "-e", f"{self.folder}/error.log", "-p", self.folder, "-c",
                                                  os.path.join(self.folder, "nginx.conf")],
                                        stdin=subprocess.DEVNULL)
        atexit.register(self.stop)
        wait_for(self.answers, "nginx answers")

    def answers(self):
        if self.process.poll() is not None:
            raise AssertionError("nginx ended: " + open(f"{self.folder}/error.log").read())
        try:
            socket.create_connection(("127.0.0.1", self.port)).close()
            return True
        except OSError:
            return False

    @property
    def url(self):
        return f"https://localhost:{self.port}"

    def stop(self):
        self.process.terminate()
        self.process.wait(20)


class Nginx(NginxProcess):
    """That of etc/nginx.conf.example before the port `upstream`. Without `tls` it speaks plainly, which is quicker."""

    def __init__(self, d, upstream, tls=True, more=()):
        super().__init__(os.path.join(d.folder, "nginx"))
        site = self.site("nginx.conf.example", self.port, (("proxy_pass http://127.0.0.1:8765;", f"proxy_pass http://127.0.0.1:{upstream};"),
                                                           ("client_max_body_size 256k;", "client_max_body_size 16k;"), *more))
        if not tls:
            site = "\n".join(line.replace(" ssl;", ";") for line in site.splitlines() if not line.strip().startswith("ssl_"))
        self.start(site)

    def http(self, method, path, token=None, body=None, source="127.0.0.1", headers=None):
        context = ssl.create_default_context(cafile=self.certificate)
        connection = http.client.HTTPSConnection("localhost", self.port, timeout=60, context=context, source_address=(source, 0))
        connection.request(method, path, body, dict({"Authorization": f"Bearer {token}"} if token else {}, **(headers or {})))
        response = connection.getresponse()
        reply = Reply(response.status, response.headers, response.read())
        connection.close()
        return reply

    def raw(self, data):
        context = ssl.create_default_context(cafile=self.certificate)
        with context.wrap_socket(socket.create_connection(("127.0.0.1", self.port), timeout=20), server_hostname="localhost") as connection:
            connection.sendall(data)
            return connection.recv(65536).decode()
