# SPDX-License-Identifier: GPL-3.0-or-later
"""The clock of dsrd and of its PostgreSQL, moved while they run (tests/fault/clock.c). Timers go on evenly."""
import datetime
import mmap
import os
import shutil
import struct
import time
from zoneinfo import ZoneInfo

from dsrd import BUILD

LIBRARY = os.path.join(BUILD, "fault", "clock.so")
WHY_NOT = "a library loaded before and AddressSanitizer do not go together" if "sanitize" in BUILD else ""


class Clock:
    """A clock that goes on from where it was moved to, for the processes that have its environment()."""

    def __init__(self, folder, name="clock"):
        self.path, self.library = os.path.join(folder, name), os.path.join(folder, name + ".so")
        shutil.copy(LIBRARY, self.library)
        with open(self.path, "w+b") as file:
            file.write(bytes(16))
            file.flush()
            self.map = mmap.mmap(file.fileno(), 16)
        os.chmod(self.path, 0o644)
        self.ahead = 0

    def set(self, ahead):
        """So many seconds ahead of the right clock."""
        struct.pack_into("qq", self.map, 0, round(ahead * 1e9), 0)
        self.ahead = ahead

    def move_to(self, moment, zone="UTC"):
        """A date with a time of day, in that zone."""
        self.set(datetime.datetime.fromisoformat(moment).replace(tzinfo=ZoneInfo(zone)).timestamp() - time.time())

    def stop_at(self, moment):
        """In UTC. It stands still until it is moved."""
        struct.pack_into("q", self.map, 8, round(datetime.datetime.fromisoformat(moment + "+00:00").timestamp() * 1e9))

    def now(self):
        return time.time() + self.ahead

    def date(self):
        """In UTC."""
        return (datetime.datetime(1970, 1, 1) + datetime.timedelta(seconds=self.now())).date()

    def environment(self):
        return {"LD_PRELOAD": self.library, "FAULT_CLOCK": self.path, "TZ": "UTC"}
