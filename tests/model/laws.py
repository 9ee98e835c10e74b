# SPDX-License-Identifier: GPL-3.0-or-later
"""The laws of etc/laws, as far as dates rest on them."""
import glob
import os

from . import conf, counting
from .calendars import parse

RIGHTS = ("access", "deletion", "correction", "portability", "opt_out", "limit_sensitive", "restrict_object", "third_party_list", "complaint", "adm")


def _day(data, name):
    return parse(data[name]) if name in data else None


def _rights(data):
    return frozenset(data.get("rights") or RIGHTS)


class Clock:
    def __init__(self, data, rules):
        self.id, self.unit, self.source = data["id"], data["unit"], data["from"]
        self.n = data.get("n")
        self.rule = rules[data["counting"]]
        self.rights = _rights(data)
        self.when = data.get("when")
        self.party = data.get("party", "vendor")
        self.from_date, self.until_date, self.not_before = _day(data, "from_date"), _day(data, "until_date"), _day(data, "not_before")
        self.extends = data.get("extends")
        self.any_day = data.get("notice_any_day", False)
        self.repeats = data.get("repeats", False)
        self.met_by = data.get("met_by")


class Law:
    def __init__(self, data, rules):
        self.id, self.kind = data["id"], data["kind"]
        self.effective_from = _day(data, "effective_from")
        self.rights = {right["id"]: _day(right, "from") for right in data.get("rights", ())}
        self.clocks = [Clock(clock, rules) for clock in data.get("clocks", ())]
        self.frequency = data.get("frequency", {})
        self.frequency_rights = _rights(self.frequency)
        self.identity = data.get("identity", {}).get("effect", "none")
        self.clarification = data.get("clarification", {"effect": "none"})
        self.clarification_rights = _rights(self.clarification)
        self.fee = data.get("fee", {"effect": "none"})
        self.fee_rights = _rights(self.fee)


def load(folder, calendars):
    """All laws, by identifier."""
    rules = counting.load(folder, calendars)
    paths = sorted(glob.glob(os.path.join(folder, "*.conf")))
    laws = (Law(conf.read(path)["law"], rules) for path in paths if os.path.basename(path) != "counting.conf")
    return {law.id: law for law in laws}
