# SPDX-License-Identifier: GPL-3.0-or-later
"""A scripted SMTP relay: every byte that came is kept, and what it answers is set from outside.

At each PLACE of a conversation it can do an action:
    "451 4.3.0 later"     any answer
    "close", "reset"      break off, politely or by RST
    "silence"             say nothing until the client goes away
    "garbage"             a line that is no answer
    ("delay", SECONDS)    be right, but late
    bytes                 send these, then be right: what a hostile relay says
    a function            is called with the conversation and gives one of these, or None: be right
At "body" an answer is given before the mail is over, and none after that.
"""
import base64
import json
import socket
import ssl
import struct
import threading
import time

PLACES = ("connect", "ehlo", "starttls", "auth", "mail", "rcpt", "data", "body", "dot", "quit")
GARBAGE = b"\xff\xfe\x00 neither a number nor a word\r\n"
SILENCE_S = 60


class Mail:
    def __init__(self, sender, recipients, data):
        self.sender, self.recipients, self.data, self.at = sender, recipients, data, time.time()


class Over(Exception):
    """This conversation is over."""


class Conversation:
    """One connection, while it is talked on."""

    def __init__(self, relay, connection, plan):
        self.relay, self.connection, self.plan = relay, connection, plan
        self.file = connection.makefile("rb")
        self.sender, self.recipients, self.in_mail = None, [], False

    def say(self, text):
        self.connection.sendall(text.encode() + b"\r\n")

    def reset(self):
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        raise Over

    def be_silent(self):
        self.connection.settimeout(SILENCE_S)
        while self.connection.recv(65536):
            pass
        raise Over

    def answer(self, place, right):
        """Does what is planned for a place; True: it was answered as it should be."""
        return self.act(self.planned(place), right)

    def planned(self, place):
        action = self.plan.get(place)
        return action(self) if callable(action) else action

    def act(self, action, right):
        if isinstance(action, tuple):
            threading.Event().wait(action[1])
            action = None
        if isinstance(action, bytes):
            self.connection.sendall(action)
            action = None
        if action == "close":
            raise Over
        if action == "reset":
            self.reset()
        if action == "silence":
            self.be_silent()
        if action == "garbage":
            self.connection.sendall(GARBAGE)
            self.be_silent()
        action = action or right
        if action:
            self.say(action)
        if action.startswith("421") and not right.startswith("421"):
            raise Over  # RFC 5321, 3.8
        return action == right

    def start_tls(self):
        if not self.answer("starttls", "220 2.0.0 Ready"):
            return
        self.file.close()
        self.connection = self.relay.tls.wrap_socket(self.connection, server_side=True)
        self.file = self.connection.makefile("rb")

    def greet(self, word):
        features = ["relay.example", "8BITMIME"]
        if self.relay.tls is not None and not isinstance(self.connection, ssl.SSLSocket):
            features.append("STARTTLS")
        if self.relay.login:
            features.append("AUTH PLAIN")
        if word.startswith(b"HELO"):
            features = features[:1]
        self.answer("ehlo", "\r\n".join("250" + ("-" if feature != features[-1] else " ") + feature for feature in features))

    def talk(self):
        if not self.answer("connect", "220 relay.example ESMTP"):
            return
        for line in iter(lambda: self.file.readline(), b""):
            self.relay.dialogue.append(line)
            word = line.strip().upper()
            if word.startswith((b"EHLO", b"HELO")):
                self.greet(word)
            elif word == b"STARTTLS":
                self.start_tls()
            elif word.startswith(b"AUTH "):
                if word == b"AUTH PLAIN":
                    self.say("334 ")
                    self.file.readline()
                self.answer("auth", "235 2.7.0 Welcome")
            elif word.startswith(b"MAIL FROM:"):
                if self.in_mail:
                    self.relay.violations.append(line)
                self.sender, self.recipients = line.strip()[10:].decode(), []
                self.in_mail = self.answer("mail", self.relay.next_of(self.relay.after_mail))
            elif word.startswith(b"RCPT TO:"):
                self.recipients.append(line.strip()[8:].decode())
                self.answer("rcpt", self.relay.next_of(self.relay.after_rcpt))
            elif word == b"DATA":
                if self.answer("data", "354 go on"):
                    self.take_data()
            elif word == b"RSET":
                self.in_mail = False
                self.say("250 Ok")
            elif word == b"QUIT":
                self.answer("quit", "221 bye")
                return
            else:
                self.say("250 Ok")

    def take_data(self):
        lines = []
        for line in self.file:
            if not lines and not self.answer("body", ""):
                while line not in (b".\r\n", b""):  # what is left unread would break the connection before the answer is seen
                    line = self.file.readline()
                raise Over
            if line == b".\r\n":
                break
            lines.append(line[1:] if line.startswith(b".") else line)
        else:
            raise Over
        self.in_mail = False
        mail = Mail(self.sender, self.recipients, b"".join(lines))
        answer = self.relay.next_of(self.relay.after_data)
        action = self.planned("dot") or (answer if answer in ("close", "silence") else None)
        said = action if isinstance(action, str) else answer
        # Whoever refuses has not taken it. Whoever breaks off, or says nothing that can be understood, may have.
        self.relay.keep(mail, taken=not (said[:1] in "45" and said[:3].isdigit()))
        self.act(action, answer)


class Relay:
    """`after_data` is a list of what to do at the end of each mail, in turn; the last one repeats:
    an answer such as "250 2.0.0 Ok: queued as A1", or "close", "silence".
    `plans` are {PLACE: action}, each for one conversation to come; then `plan` holds for all. `record`: a file that gets a line for each mail
    that was taken, before its answer goes out. `certificate`: (file, key file), STARTTLS is offered. `login`: AUTH is."""

    def __init__(self, port=0, record=None, certificate=None, login=False):
        self.mails = []       # what was seen whole
        self.accepted = []    # what was taken, or may have been
        self.dialogue = []    # each line the client sent outside DATA
        self.violations = []  # MAIL in the middle of another mail
        self.after_data = ["250 2.0.0 Ok: queued as A1"]
        self.after_rcpt = ["250 2.1.5 Ok"]
        self.after_mail = ["250 2.1.0 Ok"]
        self.plans, self.plan = [], {}
        self.login = login
        self.tls = None
        if certificate is not None:
            self.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self.tls.load_cert_chain(*certificate)
        self.record = open(record, "a", buffering=1) if record is not None else None
        self.lock = threading.Lock()
        self.listener = None
        self.talks = []  # the conversations there are
        self.port = port
        self.open()

    def open(self):
        self.listener = socket.socket()
        self.listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.listener.bind(("127.0.0.1", self.port))
        self.port = self.listener.getsockname()[1]
        self.listener.listen(128)
        threading.Thread(target=self._serve, args=(self.listener,), daemon=True).start()

    def close(self):
        """Breaks off the connections there are and refuses others from now on."""
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self.break_off()

    def break_off(self):
        with self.lock:
            talks, self.talks = self.talks, []
        for conversation in talks:
            try:
                conversation.connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass  # it has ended by itself

    @property
    def url(self):
        return f"smtp://127.0.0.1:{self.port}"

    def keep(self, mail, taken):
        with self.lock:
            self.mails.append(mail)
            if not taken:
                return
            self.accepted.append(mail)
            if self.record is not None:
                self.record.write(json.dumps({"at": mail.at, "sender": mail.sender, "recipients": mail.recipients,
                                              "data": base64.b64encode(mail.data).decode()}) + "\n")

    def _serve(self, listener):
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with self.lock:
                conversation = Conversation(self, connection, self.plans.pop(0) if self.plans else self.plan)
                self.talks.append(conversation)
            threading.Thread(target=self._talk, args=(conversation,), daemon=True).start()

    def next_of(self, answers):
        with self.lock:
            return answers.pop(0) if len(answers) > 1 else answers[0]

    def _talk(self, conversation):
        try:
            conversation.talk()
        except (Over, OSError, ValueError):  # ValueError: a mailer that died in the middle of TLS
            pass
        finally:
            with self.lock:
                if conversation in self.talks:
                    self.talks.remove(conversation)
            for part in (conversation.file, conversation.connection):
                try:
                    part.close()
                except OSError:
                    pass
