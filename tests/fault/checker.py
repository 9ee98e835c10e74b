# SPDX-License-Identifier: GPL-3.0-or-later
"""What became of reminders: from the relay's record and from the database alone, never from what dsrd says of itself."""
import base64
import collections
import email
import email.policy
import json


class Taken:
    """A mail that the relay took."""

    def __init__(self, line):
        row = json.loads(line)
        self.at, self.sender, self.recipients = row["at"], row["sender"], row["recipients"]
        self.data = base64.b64decode(row["data"])
        head = self.data.split(b"\r\n\r\n")[0].decode()
        self.id = [line.split("<")[1].rstrip(">") for line in head.split("\r\n") if line.lower().startswith("message-id:")][0]

    def text(self):
        return email.message_from_bytes(self.data, policy=email.policy.default).get_content()


def read_record(path):
    with open(path) as file:
        return [Taken(line) for line in file if line.endswith("\n")]


class Verdict:
    """`wrong` holds a sentence for each thing that must not be."""

    def __init__(self):
        self.due = self.accepted = self.lost = self.duplicates = self.in_doubt = self.unexplained = 0
        self.wrong = []

    def accuse(self, text):
        if len(self.wrong) < 20:
            self.wrong.append(text)

    def print_figures(self, name, **more):
        figures = dict(due=self.due, accepted=self.accepted, lost=self.lost, duplicates=self.duplicates, unexplained=self.unexplained, **more)
        figures["in doubt"] = self.in_doubt
        for what, value in figures.items():
            print(f"# figure {name}, {what}: {value}", flush=True)


def rows(sql, text):
    return [line.split("|") for line in sql(text).splitlines() if line]


def compare_copies(verdict, copies, doubts):
    for identity, mails in copies.items():
        if len({mail.data for mail in mails}) > 1 or len({tuple(mail.recipients) for mail in mails}) > 1:
            verdict.accuse(f"{identity} came {len(mails)} times and not the same to the byte")
        extra = len(mails) - 1
        verdict.duplicates += extra
        if extra > doubts.get(identity, 0):
            verdict.unexplained += extra - doubts.get(identity, 0)
            verdict.accuse(f"{identity} came {len(mails)} times, with {doubts.get(identity, 0)} tries in doubt")


def check(sql, record, people=None, kills=0, mailers=1):
    """`sql` asks the database. `record` is the relay's file. `people` {address: a text that the mail to it must hold}: what the test itself has
    filed. At most `kills` x `mailers` copies too many are forgiven, and those only where a try in doubt is on record."""
    verdict = Verdict()
    taken = read_record(record)
    verdict.accepted = len(taken)
    copies = collections.defaultdict(list)
    for mail in taken:
        copies[mail.id].append(mail)
    state_of = {row[0]: row[1] for row in rows(sql, "select coalesce(message_id, id::text), state from dsr.message")}
    doubts = {row[0]: int(row[1]) for row in rows(sql, "select m.message_id, count(*) from dsr.attempt a join dsr.message m on m.library_id = a.library_id "
                                                       "and m.id = a.message_id where a.verdict = 'in_doubt' group by 1")}
    verdict.in_doubt = sum(doubts.values())
    # A reminder that is due and was neither cancelled nor stopped is in a mail that was taken.
    for reminder, state, identity in rows(sql, "select d.id, d.state, m.message_id from dsr.reminder d left join dsr.message m on m.library_id = d.library_id "
                                               "and m.id = d.message_id where d.gather_on <= current_date and d.state not in ('cancelled', 'stopped')"):
        verdict.due += 1
        if not copies.get(identity):
            verdict.lost += 1
            verdict.accuse(f"reminder {reminder}, {state}, is in no mail that was taken (message {identity or 'none'})")
    for address, wanted in (people or {}).items():
        if not any(mail.recipients == [f"<{address}>"] and wanted in mail.text() for mail in taken):
            verdict.lost += 1
            verdict.accuse(f"{address} was not told of {wanted}")
    for identity, state in state_of.items():
        if state == "sent" and not copies.get(identity):
            verdict.accuse(f"{identity} is recorded as sent, and nobody took it")
    for identity in copies:
        if identity not in state_of:
            verdict.accuse(f"{identity} was taken, and the database knows no such mail")
    compare_copies(verdict, copies, doubts)
    if verdict.duplicates > kills * mailers:
        verdict.accuse(f"{verdict.duplicates} copies too many after {kills} deaths with {mailers} mailers")
    return verdict
