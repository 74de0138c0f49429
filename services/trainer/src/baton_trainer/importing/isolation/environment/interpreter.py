"""Chooses the Python that opens a model: its own minor version, or the next newer one."""

import json
import platform
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from uv import find_uv_bin

from baton_trainer.errors import ImportFailed

MIN_MINOR = 9
"""The oldest Python 3 that `baton_export` runs in."""

_TIMEOUT_S = 60.0
_DESCRIBE = (
    "import json, platform, sys;"
    "print(json.dumps([sys.executable, sys.base_prefix, platform.python_version()]))"
)


@dataclass(frozen=True)
class Interpreter:
    """A Python of this machine.

    Attributes:
        executable: its file, outside of any virtual environment.
        prefix: the folder with its standard library.
        version: e.g. `3.11.7`.
    """

    executable: Path
    prefix: Path
    version: str

    @property
    def minor(self) -> int:
        """The 11 of `3.11.7`."""
        return int(self.version.split(".")[1])


def choose_interpreter(wanted: str) -> Interpreter:
    """Chooses the Python for a model that was logged with Python `wanted`.

    A pickle does not depend on the minor version, but code inside of a cloudpickle does, and so do
    the wheels of old libraries. The order is: the model's own minor version, then each newer one up
    to Baton's, then Baton's. Nothing is downloaded.

    Args:
        wanted: e.g. `3.10.12`; anything else means unknown.
    """
    for minor in _list_minors(wanted):
        found = get_own() if minor == sys.version_info.minor else _find(minor)
        if found is not None and found.minor == minor:
            return found
    return get_own()


def get_own() -> Interpreter:
    """Returns the Python that Baton runs in."""
    executable = Path(sys._base_executable)  # type: ignore[attr-defined] # noqa: SLF001 - in `venv`, too
    return Interpreter(executable.resolve(), Path(sys.base_prefix), platform.python_version())


def _list_minors(wanted: str) -> Iterator[int]:
    match = re.match(r"3\.(\d{1,2})(\.|$)", wanted)
    own = sys.version_info.minor
    first = max(int(match[1]), MIN_MINOR) if match else own
    yield from range(first, max(first, own) + 1)


def _find(minor: int) -> Interpreter | None:
    find = ["python", "find", "--no-python-downloads", "--no-project", "--no-config", f"3.{minor}"]
    executable = _run([find_uv_bin(), *find])
    # -S, because site-packages may have code that runs at each start, such as pyenv's shims
    described = _run([executable, "-I", "-S", "-c", _DESCRIBE]) if executable else ""
    if not described:
        return None
    file, prefix, version = json.loads(described)
    return Interpreter(Path(file).resolve(), Path(prefix), version)


def _run(command: list[str]) -> str:
    """Returns what a command prints, or an empty text if it fails."""
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=_TIMEOUT_S, check=False, cwd="/"
        )
    except subprocess.TimeoutExpired:
        return ""
    except OSError as error:
        raise ImportFailed(f"{command[0]} cannot be started ({error.strerror})") from error
    return done.stdout.strip() if done.returncode == 0 else ""
