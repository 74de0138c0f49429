"""Installs the packages of an environment, and keeps it for the next import.

An environment is a folder of unpacked wheels, no `venv`. So no interpreter starts in it outside of
the sandbox, not even the installer's probe, and no `.pth` file runs. Wheels
have no code that runs when they are installed, and nothing is built.
"""

import hashlib
import re
import shutil
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from packaging.utils import canonicalize_name
from uv import find_uv_bin

from baton_common.texts import to_one_line, truncate
from baton_trainer.errors import ImportFailed
from baton_trainer.importing.isolation.environment.interpreter import Interpreter
from baton_trainer.importing.isolation.environment.selection import OVERRIDES
from baton_trainer.progress import Progress

ENVIRONMENTS = "import-environments"
"""The folder below the cache. Deleting it is harmless: the next import installs again."""

_LAYOUT = "1"
"""Part of the hash: change it if an environment is laid out in another way."""
_TIMEOUT_S = 1800.0
_MAX_REASON = 300
_PIN = re.compile(r"^([A-Za-z0-9._-]+)==([^ ;\\]+)", re.MULTILINE)
_QUIET = ("--quiet", "--no-progress", "--color=never", "--no-python-downloads")
_WHEELS_ONLY = ("--only-binary", ":all:")


@dataclass(frozen=True)
class Environment:
    """Installed packages.

    Attributes:
        folder: the unpacked packages, to be a folder of `sys.path`.
        versions: the version of each package, by its normalized name.
    """

    folder: Path
    versions: Mapping[str, str]


def prepare_environment(
    lines: Sequence[str], interpreter: Interpreter, cache: Path, progress: Progress
) -> Environment:
    """Finds or installs the environment.

    The package index, its credentials and proxies are those of the user's uv: its variables and its
    `uv.toml`.

    Args:
        lines: the requirement lines; only names, versions and markers.
        interpreter: the Python to install for.
        cache: the folder that keeps environments.
        progress: receives what is installed.

    Raises:
        ImportFailed: no versions fit together, a package has no wheel for this Python, the index
            does not answer, or the disk is full.
    """
    progress.start_phase("Resolving the model's libraries")
    pins = _resolve(lines, interpreter)
    versions: dict[str, str] = {
        canonicalize_name(name): version for name, version in _PIN.findall(pins)
    }
    key = "\n".join((_LAYOUT, interpreter.version, str(interpreter.executable), pins))
    folder = cache / ENVIRONMENTS / hashlib.sha256(key.encode()).hexdigest()[:32]
    if not folder.is_dir():
        progress.start_phase(f"Installing {len(versions)} libraries, Python {interpreter.version}")
        try:
            _install(pins, interpreter, folder)
        except OSError as error:
            raise ImportFailed(
                f"the model's libraries cannot be kept below {cache} ({error.strerror}); free space"
                " or make it writable"
            ) from error
    return Environment(folder, versions)


def _resolve(lines: Sequence[str], interpreter: Interpreter) -> str:
    """Returns the pins of all packages with the hashes of their wheels."""
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as overrides:
        overrides.write("\n".join(OVERRIDES))
        overrides.flush()
        command = ["pip", "compile", "-", "--no-header", "--no-annotate", "--generate-hashes"]
        return _run_uv(
            [*command, *_WHEELS_ONLY, "--override", overrides.name],
            interpreter,
            "\n".join(lines),
            "the model's libraries cannot be resolved",
        )


def _install(pins: str, interpreter: Interpreter, folder: Path) -> None:
    """Installs into a folder beside and renames it, so that only complete ones have the name."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
    try:
        command = ["pip", "install", "--no-deps", "--require-hashes", "-r", "-"]
        _run_uv(
            [*command, *_WHEELS_ONLY, "--target", str(draft)],
            interpreter,
            pins,
            "the model's libraries cannot be installed",
        )
        draft.chmod(0o755)
        try:
            draft.rename(folder)
        except OSError:
            if not folder.is_dir():  # else another import was faster
                raise
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _run_uv(arguments: list[str], interpreter: Interpreter, lines: str, failure: str) -> str:
    command = [find_uv_bin(), *arguments, *_QUIET, "--python", str(interpreter.executable)]
    try:
        done = subprocess.run(
            command,
            input=lines,
            capture_output=True,
            text=True,
            timeout=_TIMEOUT_S,
            check=False,
            cwd="/",  # not the settings of a project that the user happens to be in
        )
    except subprocess.TimeoutExpired as error:
        raise ImportFailed(
            f"{failure}: no end after {_TIMEOUT_S:g} s; check the package index"
        ) from error
    if done.returncode != 0:
        raise ImportFailed(
            f"{failure} for Python {interpreter.version}: {_describe(done.stderr)}; register a"
            " version whose requirements have wheels for this Python, or install the Python of the"
            " model"
        )
    return done.stdout


def _describe(output: str) -> str:
    """Makes one line of uv's report, which draws a tree over several."""
    text = to_one_line(re.sub(r"[^\x20-\x7e\n]|error:", " ", output)).strip(" .")
    return truncate(text.removeprefix("x "), _MAX_REASON) or "uv gives no reason"
