# SPDX-License-Identifier: GPL-3.0-or-later
"""The clocks of dsrd and of its private PostgreSQL, moved apart from each other while they run, by libfaketime. Timers go on evenly."""
import datetime
import glob
import os
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "harness"))
from dsrd import BUILD, RUNNER, wait_for  # noqa: E402

LIBRARY = glob.glob("/usr/lib/*/faketime/libfaketime.so.1")
WHY_NOT = "libfaketime and AddressSanitizer do not go together" if "sanitize" in BUILD else "" if LIBRARY else "libfaketime is not installed"
POSTGRES = sorted(glob.glob("/usr/lib/postgresql/*/bin"))


class Clock:
    """A clock that some processes go by: how many seconds it is ahead of the right one."""

    def __init__(self, path):
        self.path, self.ahead = path, 0
        self.set(0)

    def set(self, ahead):
        with open(self.path + ".new", "w") as file:
            file.write(f"{ahead:+d}\n")
        os.chmod(self.path + ".new", 0o644)
        os.rename(self.path + ".new", self.path)
        self.ahead = ahead

    def now(self):
        return time.time() + self.ahead

    def date(self):
        """In UTC."""
        return (datetime.datetime(1970, 1, 1) + datetime.timedelta(seconds=self.now())).date()

    def environment(self):
        return {"LD_PRELOAD": LIBRARY[0], "FAKETIME_TIMESTAMP_FILE": self.path, "FAKETIME_NO_CACHE": "1", "DONT_FAKE_MONOTONIC": "1",
                "NO_FAKE_STAT": "1", "TZ": "UTC"}


def start_apart(d):
    """Starts a Dsrd that was made with start=False: two clocks, dsrd's and PostgreSQL's. What runs is adopted by dsrd, so PostgreSQL is started first."""
    ours, theirs = Clock(os.path.join(d.folder, "clock-dsrd")), Clock(os.path.join(d.folder, "clock-postgres"))
    d.start()  # makes the cluster
    d.stop()
    cluster = os.path.join(d.data, "postgres")
    variables = [f"{name}={value}" for name, value in theirs.environment().items()]
    with open(os.path.join(d.folder, "postgres.log"), "wb") as log:
        subprocess.Popen(RUNNER + ["env"] + variables + [os.path.join(POSTGRES[-1], "postgres"), "-D", cluster], stdout=log, stderr=log,
                         stdin=subprocess.DEVNULL, cwd="/", start_new_session=True)
    wait_for(lambda: subprocess.run([os.path.join(POSTGRES[-1], "pg_isready"), "-q", "-h", os.path.join(d.data, "run")]).returncode == 0, "PostgreSQL answers")
    d.start(more=ours.environment())
    return ours, theirs
