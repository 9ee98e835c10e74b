# SPDX-License-Identifier: GPL-3.0-or-later
"""The clocks of dsrd and of its private PostgreSQL, moved apart from each other while they run."""
import glob
import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "harness"))
from clock import Clock  # noqa: E402
from dsrd import RUNNER, wait_for  # noqa: E402

POSTGRES = sorted(glob.glob("/usr/lib/postgresql/*/bin"))


def start_apart(d):
    """Starts a Dsrd that was made with start=False: two clocks, dsrd's and PostgreSQL's. What runs is adopted by dsrd, so PostgreSQL is started first."""
    ours, theirs = Clock(d.folder, "clock-dsrd"), Clock(d.folder, "clock-postgres")
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
