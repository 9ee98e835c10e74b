# SPDX-License-Identifier: GPL-3.0-or-later
"""The clock of dsrd and of its PostgreSQL, moved by libfaketime while they run. Timers go on evenly."""
import datetime
import glob
import os
import time

from dsrd import BUILD

LIBRARY = glob.glob("/usr/lib/*/faketime/libfaketime.so.1")
# PostgreSQL asks for the time in the handler of its timers, and libfaketime then reads a file, which asks for memory: where that came while memory was given
# out, a backend ended. With such limits in the settings of dsrd few timers ever come. (One that comes while a backend waits is told the right time. So while
# PostgreSQL's clock is ahead nothing ends in time there, no wait for a lock and no deadlock.)
FEW_TIMERS = {"statement_timeout_ms": 600000, "lock_timeout_ms": 600000}
WHY_NOT = "libfaketime and AddressSanitizer do not go together" if "sanitize" in BUILD else "" if LIBRARY else "libfaketime is not installed"


def environment(path, zone="UTC"):
    """Of a process whose clock is that file's: a moment in the zone, or seconds ahead of the right one."""
    return {"LD_PRELOAD": LIBRARY[0], "FAKETIME_TIMESTAMP_FILE": path, "FAKETIME_NO_CACHE": "1", "DONT_FAKE_MONOTONIC": "1", "NO_FAKE_STAT": "1", "TZ": zone}


def write(path, text):
    """Nobody ever reads half of it."""
    with open(path + ".new", "w") as file:
        file.write(text + "\n")
    os.chmod(path + ".new", 0o644)
    os.rename(path + ".new", path)


class Clock:
    """A clock that some processes go by: how many seconds it is ahead of the right one."""

    def __init__(self, path):
        self.path, self.ahead = path, 0
        self.set(0)

    def set(self, ahead):
        write(self.path, f"{ahead:+d}")
        self.ahead = ahead

    def now(self):
        return time.time() + self.ahead

    def date(self):
        """In UTC."""
        return (datetime.datetime(1970, 1, 1) + datetime.timedelta(seconds=self.now())).date()

    def environment(self):
        return environment(self.path)
