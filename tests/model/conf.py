# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads the libconfig files of etc/laws and etc/calendars into dictionaries and lists."""
import re

_TOKEN = re.compile(r"""
    (?P<blank>\s+|\#[^\n]*|//[^\n]*|/\*.*?\*/)
  | (?P<text>"(?:[^"\\]|\\.)*")
  | (?P<number>[-+]?(?:0[xX][0-9a-fA-F]+L?L?|\d+\.\d*(?:[eE][-+]?\d+)?|\d+L?L?))
  | (?P<name>[A-Za-z*][-A-Za-z0-9_*]*)
  | (?P<mark>[{}()\[\]=:;,])
""", re.VERBOSE | re.DOTALL)
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "f": "\f", '"': '"', "\\": "\\"}


class _Reader:
    def __init__(self, text):
        self.tokens, at = [], 0
        while at < len(text):
            match = _TOKEN.match(text, at)
            if match is None:
                raise ValueError(f"line {text.count(chr(10), 0, at) + 1}: {text[at:at + 20]!r} is no libconfig")
            if match.lastgroup != "blank":
                self.tokens.append((match.lastgroup, match.group()))
            at = match.end()
        self.tokens.append(("end", ""))
        self.at = 0

    def peek(self):
        return self.tokens[self.at]

    def take(self, kind=None, word=None):
        token = self.tokens[self.at]
        if kind is not None and token[0] != kind or word is not None and token[1] not in word:
            raise ValueError(f"{token[1]!r} stands where {word or kind} should")
        self.at += 1
        return token[1]

    def members(self, end):
        group = {}
        while self.peek() != end:
            name = self.take("name")
            self.take("mark", "=:")
            if name in group:
                raise ValueError(f"{name} is given twice")
            group[name] = self.value()
            while self.peek() in (("mark", ";"), ("mark", ",")):
                self.at += 1
        return group

    def values(self, end):
        found = []
        while self.peek() != ("mark", end):
            found.append(self.value())
            if self.peek() != ("mark", end):
                self.take("mark", ",")
        self.at += 1
        return found

    def value(self):
        kind, word = self.peek()
        self.at += 1
        if kind == "text":
            text = word[1:-1]
            while self.peek()[0] == "text":
                text += self.take()[1:-1]
            return re.sub(r"\\(.)", lambda match: _ESCAPES[match.group(1)], text)
        if kind == "number":
            return float(word) if "." in word else int(word.rstrip("L"), 0)
        if kind == "name" and word.lower() in ("true", "false"):
            return word.lower() == "true"
        if word == "{":
            group = self.members(("mark", "}"))
            self.at += 1
            return group
        if word in ("(", "["):
            return self.values(")" if word == "(" else "]")
        raise ValueError(f"{word!r} is no value")


def read(path):
    """The file's members."""
    with open(path, encoding="utf-8") as file:
        text = file.read()
    try:
        return _Reader(text).members(("end", ""))
    except ValueError as reason:
        raise ValueError(f"{path}: {reason}") from reason
