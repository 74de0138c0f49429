"""The environment of a training run: code, Python, platform, and installed distributions."""

import platform
import subprocess
from collections.abc import Mapping
from functools import cache
from importlib import metadata
from pathlib import Path
from types import MappingProxyType

from packaging.requirements import Requirement

DISTRIBUTION = "baton-trainer"
BATON_PREFIX = "baton-"

_GIT_TIMEOUT_S = 10.0


def describe_code() -> str:
    """Returns `commit …` if git tracks this file, else the version of Baton's distribution.

    The text says if files were changed after the commit. A virtual environment may be inside an
    unrelated repository: git does not track this file there.
    """
    here = Path(__file__)
    try:
        _run_git(here.parent, "ls-files", "--error-unmatch", here.name)
        commit = _run_git(here.parent, "rev-parse", "HEAD")
        changes = _run_git(here.parent, "status", "--porcelain", "--untracked-files=no")
    except (OSError, subprocess.SubprocessError):
        return f"{DISTRIBUTION} {metadata.version(DISTRIBUTION)}"
    return f"commit {commit}, changed since" if changes else f"commit {commit}"


def _run_git(folder: Path, *arguments: str) -> str:
    command = ["git", "-C", str(folder), *arguments]
    process = subprocess.run(
        command, capture_output=True, text=True, check=True, timeout=_GIT_TIMEOUT_S
    )
    return process.stdout.strip()


def describe_python() -> str:
    """Returns e.g. `CPython 3.13.1`."""
    return f"{platform.python_implementation()} {platform.python_version()}"


def describe_platform() -> str:
    """Returns e.g. `Linux x86_64`; no host name and no kernel version."""
    return f"{platform.system()} {platform.machine()}"


def list_requirements(root: str = DISTRIBUTION) -> dict[str, str]:
    """Returns the installed version of every distribution that `root` requires, without Baton's."""
    return {**_read_requirements(root)}


@cache  # reading the metadata of a hundred distributions takes a quarter of a second
def _read_requirements(root: str) -> Mapping[str, str]:
    versions: dict[str, str] = {}
    waiting, seen = [(root, frozenset[str]())], set[tuple[str, frozenset[str]]]()
    while waiting:
        name, extras = waiting.pop()
        if (name, extras) in seen:
            continue
        seen.add((name, extras))
        try:
            distribution = metadata.distribution(name)
        except metadata.PackageNotFoundError:
            continue  # of an extra that is not installed
        if not name.startswith(BATON_PREFIX):
            versions[name] = distribution.version
        for text in distribution.requires or ():
            requirement = Requirement(text)
            if _is_needed(requirement, extras):
                waiting.append((_normalize(requirement.name), frozenset(requirement.extras)))
    return MappingProxyType(dict(sorted(versions.items())))


def _is_needed(requirement: Requirement, extras: frozenset[str]) -> bool:
    if requirement.marker is None:
        return True
    return any(requirement.marker.evaluate({"extra": extra}) for extra in ("", *extras))


def _normalize(name: str) -> str:
    return name.lower().replace("_", "-").replace(".", "-")


def format_requirements(versions: dict[str, str]) -> str:
    """Formats the versions as a requirements.txt."""
    return "".join(f"{name}=={version}\n" for name, version in versions.items())
