# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests of letters share: a dsrd with a relay, people, drafts, and what became of a letter."""
import contextlib
import os
import signal

from dsrd import Dsrd, days_ago
from relay import Relay


class Letters:
    def __init__(self):
        self.people = 0
        self.relay = Relay()
        self.d = Dsrd({"mail": {"transport": "smtp", "relay": self.relay.url, "backoff_s": [1], "doubt_pause_s": 0, "reply_address": "requests@library.example"},
                       "authority": {"required": "confirm"}})

    def subject(self, *more, authority=True):
        self.people += 1
        alias = self.d.dsr("subject", "add", "--residence", "NL", "--name", "Zoë Patron", "--email", f"zoe{self.people}@example.org", *more).strip()
        if authority:
            self.d.dsr("authority", "add", alias, "--form", "signed", "--on", days_ago(200))
        return alias

    def draft(self, alias, vendor="elsevier", right="access", law="eu-gdpr", *more):
        return self.d.file(vendor, right, "--law", law, "--for", alias, "--draft", *more)

    def letter(self, ref, what):
        return self.d.sql(f"select {what} from dsr.letter l where request_id = (select id from dsr.request where ref = '{ref}') order by approved_at desc limit 1")

    def message(self, ref, what):
        return self.d.sql(f"select {what} from dsr.message where id = '{self.letter(ref, 'message_id')}'")

    def is_logged(self, ref):
        return self.letter(ref, "logged") == "t"

    def mails_about(self, ref):
        return [mail for mail in self.relay.mails if ref.encode() in mail.data]

    @contextlib.contextmanager
    def mailers_stopped(self):
        """What is sent meanwhile waits."""
        for pid in self.d.pids("mailer"):
            os.kill(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            for pid in self.d.pids("mailer"):
                os.kill(pid, signal.SIGCONT)

    def refused(self):
        """A request whose refusal may be appealed by e-mail."""
        alias = self.d.dsr("subject", "add", "--residence", "US-VA", "--name", "Val Patron").strip()
        ref = self.d.file("thomson-reuters", "access", "--law", "us-va-vcdpa", "--for", alias, "--sent", days_ago(20), "--channel", "email", "--anyway")
        self.d.dsr("log", ref, "refused")
        return ref
