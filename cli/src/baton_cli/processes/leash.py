"""Holds a command that must not outlive its owner: `leash.py LIFELINE COMMAND…`.

LIFELINE is the read end of a pipe whose write end only the owner holds. When it closes, the owner
is gone, however it went, and everything in this process group is stopped: SIGTERM, and SIGKILL
for what is still there after a while. SIGTERM to this process does the same. The exit code is
the command's, 128 + n where signal n ended it.

A process of its own because the kernel's "die with my parent" reaches only direct children, and a
tracking server has children itself. It is run as a file, with the standard library alone, so that
it costs next to nothing.
"""

import os
import signal
import subprocess
import sys
import threading
import time
from types import FrameType

GRACE_S = 10
COURTESY_S = 0.5


def main(lifeline: int, command: list[str]) -> int:
    """Runs the command to its end, or to the owner's."""
    signal.signal(signal.SIGTERM, _stop_group)
    child = subprocess.Popen(command)
    owner_is_gone = threading.Event()
    threading.Thread(target=_watch, args=(lifeline, owner_is_gone), daemon=True).start()
    code = child.wait()
    if owner_is_gone.is_set():  # nobody else is left to look after what the command started
        time.sleep(COURTESY_S)
        _kill_group()
    return code if code >= 0 else 128 - code


def _watch(lifeline: int, owner_is_gone: threading.Event) -> None:
    while os.read(lifeline, 1):
        pass
    owner_is_gone.set()
    os.kill(os.getpid(), signal.SIGTERM)


def _stop_group(_signal: int, _frame: FrameType | None) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)  # we are of the group ourselves
    signal.signal(signal.SIGALRM, lambda *_: _kill_group())
    signal.alarm(GRACE_S)
    os.killpg(0, signal.SIGTERM)


def _kill_group() -> None:
    os.killpg(0, signal.SIGKILL)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), sys.argv[2:]))
