"""What a training rests on: the code, Python, the platform, and the installed distributions."""

import platform
import subprocess
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement

ROOT = "baton-trainer"
OURS = "baton-"

_GIT_TIMEOUT_S = 10.0


def code_version() -> str:
    """`commit …` where this file is tracked by git, else the version of our distribution.

    A commit whose files were changed since is told as such. A virtual environment may lie inside
    somebody else's repository: there this file is not tracked.
    """
    here = Path(__file__)
    try:
        _git(here.parent, "ls-files", "--error-unmatch", here.name)
        commit = _git(here.parent, "rev-parse", "HEAD")
        changed = _git(here.parent, "status", "--porcelain", "--untracked-files=no")
    except (OSError, subprocess.SubprocessError):
        return f"{ROOT} {metadata.version(ROOT)}"
    return f"commit {commit}, changed since" if changed else f"commit {commit}"


def _git(folder: Path, *arguments: str) -> str:
    command = ["git", "-C", str(folder), *arguments]
    done = subprocess.run(
        command, capture_output=True, text=True, check=True, timeout=_GIT_TIMEOUT_S
    )
    return done.stdout.strip()


def python_version() -> str:
    """Such as `CPython 3.13.1`."""
    return f"{platform.python_implementation()} {platform.python_version()}"


def platform_name() -> str:
    """Such as `Linux x86_64`; no name of a machine, nor of its kernel."""
    return f"{platform.system()} {platform.machine()}"


def requirements(root: str = ROOT) -> dict[str, str]:
    """The installed version of every distribution that `root` rests on, by name; not our own."""
    found: dict[str, str] = {}
    waiting, seen = [(root, frozenset[str]())], set[tuple[str, frozenset[str]]]()
    while waiting:
        name, extras = waiting.pop()
        if (name, extras) in seen:
            continue
        seen.add((name, extras))
        try:
            distribution = metadata.distribution(name)
        except metadata.PackageNotFoundError:
            continue  # an extra of somebody's that is not installed
        if not name.startswith(OURS):
            found[name] = distribution.version
        for text in distribution.requires or ():
            needed = Requirement(text)
            if _applies(needed, extras):
                waiting.append((_canonical(needed.name), frozenset(needed.extras)))
    return dict(sorted(found.items()))


def _applies(needed: Requirement, extras: frozenset[str]) -> bool:
    if needed.marker is None:
        return True
    return any(needed.marker.evaluate({"extra": extra}) for extra in ("", *extras))


def _canonical(name: str) -> str:
    return name.lower().replace("_", "-").replace(".", "-")


def requirements_text(versions: dict[str, str]) -> str:
    """The versions as a requirements.txt."""
    return "".join(f"{name}=={version}\n" for name, version in versions.items())
