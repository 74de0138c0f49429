"""Runs programs in network namespaces, and waits for them."""

import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from tests.support.rig.process import SLOWDOWN

ROOT = Path(__file__).parents[3]
"""The project's root, where `python -m tests.…` runs."""


class ClusterError(Exception):
    """The cluster cannot start, or one of its commands failed."""


def run(*command: str | Path, text: str = "", limit_s: float = 120) -> str:
    """Runs a command with a text on its stdin and returns its stdout.

    Raises:
        ClusterError: it failed, or did not end within the limit.
    """
    try:
        done = subprocess.run(
            command, input=text, capture_output=True, text=True, timeout=limit_s, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise ClusterError(f"{_shorten(command)}: did not end within {limit_s:g} s") from error
    if done.returncode != 0:
        raise ClusterError(f"{_shorten(command)}: {(done.stderr or done.stdout).strip()[-2000:]}")
    return done.stdout


def enter(namespace: str, *command: str | Path) -> list[str]:
    """Returns the command that runs in a network namespace.

    `ip netns exec` would also mount another /sys, without the cgroups.
    """
    return ["nsenter", f"--net=/run/netns/{namespace}", *map(str, command)]


def start_daemon(log: Path, namespace: str, *command: str | Path) -> None:
    """Starts a program that outlives this one. The removal finds it by its network namespace."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as output:
        subprocess.run(
            ["setsid", "--fork", *enter(namespace, *command)],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            check=True,
        )


def wait_for(probe: Callable[[], object], limit_s: float, what: str, log: Path) -> None:
    """Waits until a probe raises no ClusterError.

    Raises:
        ClusterError: not within `SLOWDOWN` times the limit; the message has the end of the log.
    """
    end_s = time.monotonic() + SLOWDOWN * limit_s
    while True:
        try:
            probe()
        except ClusterError as error:
            if time.monotonic() > end_s:
                tail = log.read_text(errors="replace")[-2000:] if log.exists() else ""
                raise ClusterError(f"{what}: not within {limit_s:g} s: {error}\n{tail}") from error
            time.sleep(0.1)
        else:
            return


def _shorten(command: Sequence[str | Path]) -> str:
    return " ".join(map(str, command))[:300]
