# SPDX-License-Identifier: GPL-3.0-or-later
"""A scripted SMTP relay: every byte that came is kept, and what it answers is set from outside."""
import socket
import threading


class Mail:
    def __init__(self, sender, recipients, data):
        self.sender, self.recipients, self.data = sender, recipients, data


class Relay:
    """`after_data` is a list of what to do at the end of each mail, in turn; the last one repeats:
    an answer such as "250 2.0.0 Ok: queued as A1", or "close", "silence"."""

    def __init__(self, port=0):
        self.mails = []      # what was accepted or seen whole
        self.dialogue = []   # each line the client sent outside DATA
        self.after_data = ["250 2.0.0 Ok: queued as A1"]
        self.after_rcpt = ["250 2.1.5 Ok"]
        self.after_mail = ["250 2.1.0 Ok"]
        self.listener = None
        self.connections = []
        self.port = port
        self.open()

    def open(self):
        self.listener = socket.socket()
        self.listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.listener.bind(("127.0.0.1", self.port))
        self.port = self.listener.getsockname()[1]
        self.listener.listen(16)
        threading.Thread(target=self._serve, args=(self.listener,), daemon=True).start()

    def close(self):
        """Breaks off the connections there are and refuses others from now on."""
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        for connection in self.connections:
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass  # it has ended by itself
        self.connections.clear()

    @property
    def url(self):
        return f"smtp://127.0.0.1:{self.port}"

    def _serve(self, listener):
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            self.connections.append(connection)
            threading.Thread(target=self._talk, args=(connection,), daemon=True).start()

    @staticmethod
    def _next(answers):
        return answers.pop(0) if len(answers) > 1 else answers[0]

    def _talk(self, connection):
        file = connection.makefile("rb")

        def say(text):
            connection.sendall(text.encode() + b"\r\n")
        try:
            say("220 relay.example ESMTP")
            sender, recipients = None, []
            for line in file:
                self.dialogue.append(line)
                word = line.strip().upper()
                if word.startswith(b"EHLO"):
                    say("250-relay.example\r\n250 8BITMIME")
                elif word.startswith(b"MAIL FROM:"):
                    sender, recipients = line.strip()[10:].decode(), []
                    say(self._next(self.after_mail))
                elif word.startswith(b"RCPT TO:"):
                    recipients.append(line.strip()[8:].decode())
                    say(self._next(self.after_rcpt))
                elif word == b"DATA":
                    say("354 go on")
                    if not self._take_data(connection, file, say, sender, recipients):
                        return
                elif word == b"QUIT":
                    say("221 bye")
                    return
                else:
                    say("250 Ok")
        except OSError:
            pass
        finally:
            connection.close()

    def _take_data(self, connection, file, say, sender, recipients):
        data = b""
        for line in file:
            if line == b".\r\n":
                break
            data += line[1:] if line.startswith(b".") else line
        else:
            return False
        action = self._next(self.after_data)
        self.mails.append(Mail(sender, recipients, data))
        if action == "close":
            return False
        if action == "silence":
            threading.Event().wait(60)
            return False
        say(action)
        return True
