# SPDX-License-Identifier: GPL-3.0-or-later
"""Asks `dsr due --batch` and the model the same questions."""
import json
import os
import subprocess

from . import calendars, laws
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

    def run(self, count, seed, at_once=5000):
        """Yields (line, the engine's answer, the model's answer or None, differences)."""
        cases, number = Cases(self.laws, self.calendars, seed), 0
        while number < count:
            lines = [cases.line(number + i) for i in range(min(at_once, count - number))]
            number += len(lines)
            for line, theirs in zip(lines, self.ask(lines)):
                try:
                    ours = answer(cases.question(line))
                except Refused:
                    ours = None
                yield line, theirs, ours, self.differences(theirs, ours)
