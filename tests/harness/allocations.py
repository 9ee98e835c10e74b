# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes allocations of dsrd, dsr or dsrd-inbox fail while they run (tests/fault/allocations.c), and says where one failed."""
import atexit
import mmap
import os
import re
import shutil
import struct
import subprocess
import tempfile

from dsrd import AS_ROOT, BUILD

LIBRARY = os.path.join(BUILD, "fault", "allocations.so")
FRAMES = 24
CONTROL = struct.Struct(f"5Qq{FRAMES}Q")  # of allocations.c
ALWAYS = (1 << 64) - 1


class Allocations:
    """`names` are programs, or roles of dsrd: api, mailer. The environment() of this makes them obey."""

    def __init__(self, *names):
        if not os.path.exists(LIBRARY):  # the loader would go on without it, and nothing fail
            raise FileNotFoundError(f"{LIBRARY} is not there: make {os.path.relpath(LIBRARY)}")
        self.folder = tempfile.mkdtemp(prefix="dsrd-allocations-", dir="/tmp")
        atexit.register(shutil.rmtree, self.folder, True)
        os.chmod(self.folder, 0o755)
        self.controls = {}
        for name in names:
            path = os.path.join(self.folder, name)
            for name_of, content in ((path, bytes(CONTROL.size)), (path + ".maps", b"")):
                with open(name_of, "wb") as file:
                    file.write(content)
                os.chmod(name_of, 0o666)
                if AS_ROOT:
                    shutil.chown(name_of, "nobody", "nogroup")
            self.controls[name] = Control(path)

    def __getitem__(self, name):
        return self.controls[name]

    def environment(self):
        return {"LD_PRELOAD": LIBRARY, "FAULT_ALLOCATIONS": self.folder}


class Control:
    def __init__(self, path):
        with open(path, "r+b") as file:
            self.map = mmap.mmap(file.fileno(), CONTROL.size)
        self.path = path
        self.maps, self.mapped, self.long_lived = [], None, False

    def _get(self, index):
        return struct.unpack_from("Q", self.map, 8 * index)[0]

    def _set(self, index, value):
        struct.pack_into("Q", self.map, 8 * index, value)

    process = property(lambda self: self._get(0))
    count = property(lambda self: self._get(3))
    failed = property(lambda self: self._get(4))
    live = property(lambda self: struct.unpack_from("q", self.map, 40)[0])

    def arm(self, first, last=None):
        """From now on the first-th allocation fails, and those up to the last."""
        self.disarm()
        if self.mapped != self.process:  # a process that ends is followed by another with maps of its own
            self.maps, self.mapped = read_maps(self.path + ".maps"), self.process
        for index in (3, 4, *range(6, 6 + FRAMES)):
            self._set(index, 0)
        self.long_lived = os.path.exists(f"/proc/{self.process}") and self.process != 0
        self._set(2, first if last is None else last)
        self._set(1, first)

    def count_only(self):
        self.arm(ALWAYS)

    def disarm(self):
        self._set(1, 0)

    def where(self):
        """The functions in which the first allocation failed, innermost first."""
        frames = [frame for frame in CONTROL.unpack_from(self.map)[6:] if frame != 0]
        maps = self.maps if self.long_lived else read_maps(self.path + ".maps")
        return " < ".join(name for name in (symbol(maps, frame) for frame in frames) if name is not None) or "nowhere"


def read_maps(path):
    """[(first, last, offset, file)] of the code of a process, as it began."""
    found = []
    with open(path) as file:
        for line in file:
            match = re.match(r"([0-9a-f]+)-([0-9a-f]+) \S+ ([0-9a-f]+) \S+ \S+\s+(/.*)", line)
            if match:
                first, last, offset = (int(match.group(i), 16) for i in (1, 2, 3))
                found.append((first, last, offset, match.group(4).strip()))
    return found


_symbols = {}


def symbol(maps, address):
    for first, last, offset, path in maps:
        if first <= address < last:
            if "allocations" in path:
                return None
            base = min(f for f, _, o, p in maps if p == path and o == 0)
            key = (path, address - base)
            if key not in _symbols:
                result = subprocess.run(["addr2line", "-f", "-e", path, hex(address - base - 1)], capture_output=True, text=True)
                lines = result.stdout.split("\n")
                name = lines[0] if result.returncode == 0 and lines[0] != "??" else "?"
                place = os.path.basename(lines[1].split(" ")[0]) if len(lines) > 1 and not lines[1].startswith("??") else os.path.basename(path)
                _symbols[key] = f"{name} ({place})"
            return _symbols[key]
    return "?"
