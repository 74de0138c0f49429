"""Kubernetes' programs: compiled once, and kept outside of the checkout for other runs."""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable, Iterable
from pathlib import Path

from tests.support.kubernetes.commands import ClusterError

SOURCES = Path(__file__).parent / "programs"
CACHE_VARIABLE = "BATON_KUBERNETES_CACHE"
_REPORT_EVERY_S = 20.0
_KEPT_LINES = 30

Report = Callable[[str], None]


def print_report(line: str) -> None:
    """Prints a line of progress."""
    print(line, file=sys.stderr, flush=True)  # noqa: T201 - progress is for a person


def find_programs(report: Report = print_report, sources: Path = SOURCES) -> Path:
    """Returns the folder of the programs. Compiles them if it is missing: 5 to 10 minutes.

    The folder's name is a hash of the sources, which name every version and Go's, too. Another
    process that compiles is awaited. An interrupted build leaves nothing that looks complete.

    Raises:
        ClusterError: they cannot be compiled.
    """
    cache = _choose_cache()
    target = cache / _hash_sources(sources)
    if target.exists():
        return target
    cache.mkdir(parents=True, exist_ok=True)
    with (cache / "lock").open("w") as lock:
        _acquire(lock.fileno(), report)
        if not target.exists():
            unfinished = cache / "unfinished"
            shutil.rmtree(unfinished, ignore_errors=True)
            _compile(sources, unfinished, report)
            unfinished.rename(target)
    return target


def _choose_cache() -> Path:
    if chosen := os.environ.get(CACHE_VARIABLE):
        return Path(chosen)
    parent = Path("/var/cache") if os.geteuid() == 0 else Path.home() / ".cache"
    return parent / "baton-kubernetes"


def _hash_sources(sources: Path) -> str:
    found = hashlib.sha256()
    for path in sorted(each for each in sources.rglob("*") if each.is_file()):
        found.update(f"{path.relative_to(sources)}\n".encode())
        found.update(path.read_bytes())
    return found.hexdigest()[:16]


def _acquire(lock: int, report: Report) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        report("another process compiles Kubernetes: waiting for it")
        fcntl.flock(lock, fcntl.LOCK_EX)


def _compile(sources: Path, target: Path, report: Report) -> None:
    report("compiling Kubernetes: about 5 to 10 minutes, once")
    started_s = time.monotonic()
    command = ["docker", "build", "--progress", "plain", "--output", str(target), str(sources)]
    environment = {**os.environ, "DOCKER_BUILDKIT": "1"}
    try:
        with subprocess.Popen(
            command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        ) as process:
            assert process.stdout is not None
            last = _follow(process.stdout, report)
    except FileNotFoundError as error:
        raise ClusterError("cannot compile Kubernetes: Docker is not installed") from error
    if process.returncode != 0:
        raise ClusterError("cannot compile Kubernetes:\n" + "".join(last))
    report(f"compiled Kubernetes in {time.monotonic() - started_s:.0f} s into {target.parent}")


def _follow(lines: Iterable[str], report: Report) -> Iterable[str]:
    """Reports how many lines there are, now and then: one for each compiled package."""
    started_s = reported_s = time.monotonic()
    last: deque[str] = deque(maxlen=_KEPT_LINES)
    for count, line in enumerate(lines, 1):
        last.append(line)
        if (now_s := time.monotonic()) > reported_s + _REPORT_EVERY_S:
            reported_s = now_s
            report(f"compiling Kubernetes: {now_s - started_s:.0f} s, {count} packages")
    return last
