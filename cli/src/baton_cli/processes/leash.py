"""Runs a command that must not outlive its owner: `leash.py LIFELINE COMMAND…`.

LIFELINE is the read end of a pipe whose write end only the owner has. The pipe closes when the
owner ends, for whatever reason. The leash then stops its whole process group: SIGTERM, later
SIGKILL. SIGTERM to the leash does the same. The exit code is the command's, or 128 + n after
signal n.

The leash is a process because the kernel's parent-death signal reaches only direct children, and a
tracking server has children. It starts fast: it is run as a file and imports only the standard
library.
"""

import os
import signal
import subprocess
import sys
import threading
import time
from types import FrameType

GRACE_S = 10
LEFTOVER_S = 0.5


def main(lifeline: int, command: list[str]) -> int:
    """Runs the command until it or the owner ends."""
    signal.signal(signal.SIGTERM, _stop_group)
    child = subprocess.Popen(command)
    owner_is_gone = threading.Event()
    threading.Thread(target=_watch, args=(lifeline, owner_is_gone), daemon=True).start()
    code = child.wait()
    if owner_is_gone.is_set():  # the owner cannot stop the command's descendants any more
        time.sleep(LEFTOVER_S)
        _kill_group()
    return code if code >= 0 else 128 - code


def _watch(lifeline: int, owner_is_gone: threading.Event) -> None:
    while os.read(lifeline, 1):
        pass
    owner_is_gone.set()
    os.kill(os.getpid(), signal.SIGTERM)


def _stop_group(_signal: int, _frame: FrameType | None) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)  # the leash is in the group, too
    signal.signal(signal.SIGALRM, lambda *_: _kill_group())
    signal.alarm(GRACE_S)
    os.killpg(0, signal.SIGTERM)


def _kill_group() -> None:
    os.killpg(0, signal.SIGKILL)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), sys.argv[2:]))
