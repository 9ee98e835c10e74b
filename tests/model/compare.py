# SPDX-License-Identifier: GPL-3.0-or-later
"""Asks `dsr due --batch` and the model the same questions."""
import json
import os
import subprocess

from . import calendars, laws, properties
from .cases import Cases
from .clocks import Refused, answer

FIELDS = ("due", "earliest", "latest", "raw", "state")


class Comparison:
    def __init__(self, program, law_folder, calendar_folder):
        self.command = [program, "due", "--batch", "-", "--json", "--laws", law_folder, "--calendars", calendar_folder]
        self.calendars = calendars.load(calendar_folder)
        self.laws = laws.load(law_folder, self.calendars)
        self.counts = {}

    def ask(self, lines):
        """The engine's answers."""
        text = "".join(json.dumps(line) + "\n" for line in lines)
        result = subprocess.run(self.command, input=text, capture_output=True, text=True, check=False)
        answers = [json.loads(line) for line in result.stdout.splitlines()]
        if result.returncode not in (0, 2) or len(answers) != len(lines):
            raise AssertionError(f"dsr due: status {result.returncode}, {len(answers)} answers to {len(lines)} questions\n{result.stderr[-1000:]}")
        return answers

    @staticmethod
    def differences(theirs, ours):
        """In words; none when both agree."""
        if "error" in theirs or ours is None:
            return [] if "error" in theirs and ours is None else [f"dsr: {theirs.get('error', 'answers')}; model: {'refuses' if ours is None else 'answers'}"]
        found = [f"{name}: dsr {theirs[name]}, model {ours[name]}" for name in ("received", "extension", "next_free_from") if theirs[name] != ours[name]]
        names = [clock["clock"] for clock in theirs["clocks"]], [clock["clock"] for clock in ours["clocks"]]
        if names[0] != names[1]:
            return found + [f"clocks: dsr {names[0]}, model {names[1]}"]
        for clock, mine in zip(theirs["clocks"], ours["clocks"]):
            found += [f"{mine['clock']} {field}: dsr {clock[field]}, model {mine[field]}" for field in FIELDS if clock[field] != mine[field]]
        return found

    def twins(self, line):
        """Questions whose answers must not be before, or after, that of this one."""
        later = properties.received_later(line, 1 + line["id"] % 9) if line["id"] % 3 == 0 else None
        return {name: twin for name, twin in (("later", later), ("short", properties.not_extended(line))) if twin is not None}

    def broken(self, line, answer, twins):
        """What the answer breaks of what must always hold."""
        if "error" in answer:
            return []
        law = self.laws[line["law"]]
        wrong = properties.ends_on_working_days(law, line, answer, self.calendars)
        for clock in answer["clocks"]:
            wrong += properties.Explanation(clock, self.calendars).check()
        if "later" in twins:
            wrong += [f"received later: {text}" for text in properties.not_earlier(law, line, answer, twins["later"])]
        if "short" in twins:
            wrong += [f"not extended, then extended: {text}" for text in properties.not_earlier(law, line, twins["short"], answer)]
        self.count("twins", len(twins))
        return wrong

    def count(self, what, number=1):
        self.counts[what] = self.counts.get(what, 0) + number

    def run(self, count, seed, at_once=5000):
        """Yields (line, differences between the engine and the model, broken properties) of each case that is not good."""
        cases, number = Cases(self.laws, self.calendars, seed), 0
        while number < count:
            lines = [cases.line(number + i) for i in range(min(at_once, count - number))]
            number += len(lines)
            twins = [self.twins(line) for line in lines]
            answers = iter(self.ask(lines + [twin for found in twins for twin in found.values()]))
            theirs = [next(answers) for _ in lines]
            for line, answer_given, found in zip(lines, theirs, twins):
                differences = self.differences(answer_given, self.ours(cases, line))
                broken = self.broken(line, answer_given, {name: next(answers) for name in found})
                if differences or broken:
                    yield line, differences, broken

    def ours(self, cases, line):
        try:
            found = answer(cases.question(line))
        except Refused:
            self.count("refused")
            return None
        self.count("clocks", len(found["clocks"]))
        for clock in found["clocks"]:
            self.count(clock["state"])
        self.count("extended", found["extension"]["valid"] is True)
        self.count("extension void", found["extension"]["valid"] is False)
        return found
