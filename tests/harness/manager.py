# SPDX-License-Identifier: GPL-3.0-or-later
"""What a service manager does with sockets: it listens, and passes them to one dsrd after the other."""
import os
import socket
import subprocess
import sys

from dsrd import RUNNER, conf, merge

# The descriptors go to 3 and on, and the environment says for whom they are.
ACTIVATE = ("import fcntl, os, sys; numbers = [fcntl.fcntl(int(n), fcntl.F_DUPFD, 20) for n in sys.argv[1].split(',')]; "
            "[os.dup2(n, 3 + i, inheritable=True) for i, n in enumerate(numbers)]; [os.close(n) for n in numbers]; "
            "os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS=str(len(numbers))); os.execv(sys.argv[2], sys.argv[2:])")


def listener(path=None):
    made = socket.socket(socket.AF_UNIX if path else socket.AF_INET)
    made.bind(path or ("127.0.0.1", 0))
    if path:
        os.chmod(path, 0o666)
    made.listen(4096)
    return made


def start_passed(d, passed, command, log, settings=None, number=3, prefix=()):
    """A command of dsrd with the sockets `passed`, in the folder and with the settings of `d` and some of its own."""
    numbers = [one.fileno() for one in (passed if isinstance(passed, list) else [passed])]
    path = os.path.join(d.folder, f"{number}.conf")
    with open(path, "w") as file:
        file.write(conf(merge(d.settings, settings or {})))
    os.chmod(path, 0o644)
    with open(log, "ab") as file:
        return subprocess.Popen([*prefix, *RUNNER] + [sys.executable, "-c", ACTIVATE, ",".join(map(str, numbers)), os.path.join(d.program, "dsrd"), *command, "-c", path],
                                pass_fds=numbers, stdout=file, stderr=file, env=d.environment())
