"""A service that reports what only the garbage collector would free.

`SIGUSR1` makes it collect, and write the number of unreachable objects into the file of the
environment variable `GARBAGE_FILE`. After the first time, the collector runs only on request.
"""

import gc
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from baton_inference.main import main

COMMAND = [sys.executable, "-m", "tests.support.rig.garbage"]
TIMEOUT_S = 20.0


def count_garbage(process: subprocess.Popen[str], file: Path) -> int:
    """Makes the service collect; returns the number of unreachable objects."""
    file.unlink(missing_ok=True)
    process.send_signal(signal.SIGUSR1)
    deadline_s = time.monotonic() + TIMEOUT_S
    while time.monotonic() < deadline_s:
        if file.exists():
            return int(file.read_text())
        time.sleep(0.02)
    raise TimeoutError("the service did not collect")


def _collect(number: int, frame: object) -> None:
    count = gc.collect()
    gc.disable()
    file = Path(os.environ["GARBAGE_FILE"])
    part = file.with_suffix(".part")
    part.write_text(str(count))
    part.rename(file)


if __name__ == "__main__":
    signal.signal(signal.SIGUSR1, _collect)
    sys.exit(main())
